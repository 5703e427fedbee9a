import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

import models.tables  # noqa: F401
from runtime.settings import PROJECT
from storage.database import alembic_config, engine_for, migrate, writing
from storage.ledger import SqlLedger
from tests.scenario import Play
from tests.storage.journals import record, rows, write


def test_the_migrations_make_the_tables_that_the_models_describe(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_changes_nothing(database_url: str, ledger: SqlLedger, engine: Engine, play: Play) -> None:
    record(ledger, play)
    migrate(database_url)
    assert len(rows(engine, "entry")) == len(play.journal)


def test_the_alembic_command_finds_everything_by_pyproject_and_environment(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    ran = subprocess.run(
        [Path(sys.executable).with_name("alembic"), "upgrade", "head"],
        cwd=PROJECT, env={**os.environ, "SCENE_DATABASE_URL": url}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    engine = engine_for(url)
    assert rows(engine, "alembic_version") == [{"version_num": "0011"}]
    engine.dispose()


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql is not supported"):
        engine_for("mysql://localhost/scene")


def test_sqlite_writes_ahead_waits_for_another_writer_and_makes_its_folder(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'deep' / 'down' / 'scene.db'}")
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 10_000}
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET text = '{}' WHERE sequence = 1",
        "UPDATE entry SET build = 'another'",
        "DELETE FROM entry WHERE sequence = 3",
        "DELETE FROM entry",
        "UPDATE refusal SET code = 'stale'",
        "DELETE FROM refusal",
    ],
)
def test_the_database_itself_refuses_to_change_a_ledger(
    engine: Engine, ledger: SqlLedger, play: Play, statement: str
) -> None:
    record(ledger, play)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO refusal (sequence, scene, code, at, digest, algorithm, previous, hash, text) "
                "VALUES (1, 'x', 'stale', '2026-01-01', 'd', 'sha256', 'p', 'h', '{}')"
            )
        )
    before = rows(engine, "entry"), rows(engine, "refusal")
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    assert (rows(engine, "entry"), rows(engine, "refusal")) == before


def test_an_error_of_the_database_does_not_repeat_what_people_wrote(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as error, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "意见"})
    assert "意见" not in str(error.value)


def test_replacing_and_truncating_are_refused_as_well(engine: Engine, ledger: SqlLedger, play: Play) -> None:
    record(ledger, play)
    before = rows(engine, "entry")
    if engine.dialect.name == "sqlite":
        statement = "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE sequence = 2"
    else:
        statement = "TRUNCATE entry"
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    assert rows(engine, "entry") == before


def test_going_back_is_refused_while_the_ledger_holds_anything(engine: Engine, ledger: SqlLedger, play: Play) -> None:
    write(ledger, play.scene, play.journal[:1])
    with writing(engine, "schema") as connection, pytest.raises(RuntimeError, match="entry is not empty"):
        command.downgrade(alembic_config(connection), "base")
    assert len(rows(engine, "entry")) == 1


def test_an_empty_ledger_can_go_back_and_forth(engine: Engine, database_url: str) -> None:
    with writing(engine, "schema") as connection:
        command.downgrade(alembic_config(connection), "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(database_url)
    assert rows(engine, "entry") == []
