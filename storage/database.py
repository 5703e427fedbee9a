"""One database, SQLite (WAL) or PostgreSQL, by URL: its engine, its write transactions, its migrations.

There is one rule for writing: whoever writes to a stream is alone with it. PostgreSQL has a lock for the transaction
under the stream's name; SQLite has one writer at a time anyway, if the transaction says from its start that it writes.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, make_url, select
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from alembic.config import Config

WAIT_SECONDS = 10
"""How long a writer waits for another: less than a recording may take, so that the error says what was waited for."""
_WRITES = "scene_writes"
_EVERY_ENGINE: dict[str, Any] = {
    "json_serializer": partial(json.dumps, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    # An error's text goes to logs and to Temporal; what people wrote does not.
    "hide_parameters": True,
}


def engine_for(url: str) -> Engine:
    """An engine for `sqlite:` and `postgresql:` URLs; the folder of a SQLite file is made where it is missing.

    Raises ValueError for another database.
    """
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            # The driver's timeout is SQLite's busy_timeout.
            engine = create_engine(parsed, connect_args={"timeout": WAIT_SECONDS}, **_EVERY_ENGINE)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        case "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                connect_args={"connect_timeout": 5, "options": f"-c lock_timeout={WAIT_SECONDS}s"},
                pool_size=10,
                max_overflow=10,
                pool_timeout=WAIT_SECONDS,
                # A restarted database is noticed before a transaction, not by it.
                pool_pre_ping=True,
                pool_recycle=1800,
                **_EVERY_ENGINE,
            )
        case other:
            raise ValueError(f"{other} is not supported: use sqlite: or postgresql:")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin a transaction late, and not for DDL; we begin it ourselves, in _begin_sqlite.
    connection.isolation_level = None
    for setting in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer is refused at once when another wrote meanwhile; one that says so first waits.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine, name: str) -> Iterator[Connection]:
    """A write transaction, alone with `name` until it ends: committed at the end of the block, or not at all."""
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
        yield connection


def table_of(row: type[SQLModel]) -> Table:
    """For statements that write: they take plain values, because an object for each row costs three times as much."""
    return SQLModel.metadata.tables[str(row.__tablename__)]


def migrate(url: str) -> None:
    """Brings the database to the newest schema, in one transaction; nothing happens where it has it already.

    Two processes that start at once do not migrate at once.
    """
    from alembic import command  # half a second, for nothing but this

    engine = engine_for(url)
    try:
        with writing(engine, "schema") as connection:
            command.upgrade(alembic_config(connection), "head")
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> "Config":
    """What the alembic command reads from pyproject.toml, for use within a process."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.attributes["connection"] = connection
    return config
