"""The checkpoint log on both databases."""

from pathlib import Path

import pytest

from audit.checkpoints import Checkpoints
from audit.signing import KeyFile
from storage.checkpoints import SqlCheckpoints
from tests.audit.logs import key
from tests.storage.conftest import (  # noqa: F401  # fixtures are found by their names
    database_url,
    engine,
    ledger,
    play,
    policy,
    postgres_server,
    postgres_url,
    reads,
    sqlite_template,
    sqlite_url,
)


@pytest.fixture
def office(tmp_path: Path) -> KeyFile:
    return key(tmp_path, 1)


@pytest.fixture
def store(engine) -> SqlCheckpoints:  # type: ignore[no-untyped-def]  # noqa: F811
    return SqlCheckpoints(engine)


@pytest.fixture
def checkpoints(store: SqlCheckpoints, office: KeyFile) -> Checkpoints:
    return Checkpoints(store, office)
