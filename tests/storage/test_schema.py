import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

import models.tables  # noqa: F401
from models.canonical import canonical
from models.journal import ALGORITHM, GENESIS, link
from models.refusal import Refused
from runtime.settings import PROJECT
from storage.database import alembic_config, engine_for, migrate, writing
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from storage.refusals import Refusal
from storage.schema import GUARDED, missing_guards
from tests.scenario import Play
from tests.storage.journals import NOW, record, rows, spoil, write


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
    assert rows(engine, "alembic_version") == [{"version_num": "0016"}]
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


ROWS = {
    "entry": "(stream, sequence, algorithm, previous, hash, text, recorded_at, build, rules) "
    "VALUES ('s', 1, 'sha256', 'p', 'h', '{}', '2026-01-01', 'b', 'r')",
    "refusal": "(scene, sequence, code, at, digest, algorithm, previous, hash, text) "
    "VALUES ('s', 1, 'stale', '2026-01-01', 'd', 'sha256', 'p', 'h', '{}')",
    "directory": "(city, version, algorithm, previous, hash, at, text) "
    "VALUES ('c', 1, 'sha256', 'p', 'h', '2026-01-01', '{}')",
    "fund_entry": "(city, sequence, command_id, algorithm, previous, hash, at, text) "
    "VALUES ('c', 1, 'i', 'sha256', 'p', 'h', '2026-01-01', '{}')",
    "log_leaf": """("index", kind, stream, sequence, head, algorithm, hash) """
    "VALUES (0, 'scene', 's', 1, 'h', 'sha256', 'x')",
    "checkpoint": "(number, day, text, public_key, signature) VALUES (1, '2026-01-01', '{}', 'k', 's')",
    "rulebook": "(digest, calendar, city, version, text) VALUES ('d', 'c', 'x', 'v', '{}')",
    "quota_set": "(city, number, quota, algorithm, previous, hash, at, text) "
    "VALUES ('c', 1, 'q', 'sha256', 'p', 'h', '2026-01-01', '{}')",
}
COLUMNS = {"entry": "build", "refusal": "code", "directory": "text", "fund_entry": "command_id", "log_leaf": "head",
           "checkpoint": "signature", "rulebook": "text", "quota_set": "quota"}  # fmt: skip
ACTS = ("UPDATE {table} SET {column} = 'other'", "DELETE FROM {table}")
OF_ONE_DATABASE = {"sqlite": "INSERT OR REPLACE INTO {table} {row}", "postgresql": "TRUNCATE {table}"}


def test_there_is_a_row_to_try_for_every_table_that_only_grows() -> None:
    assert ROWS.keys() == COLUMNS.keys() == set(GUARDED)


@pytest.mark.parametrize("table", GUARDED)
def test_the_database_itself_refuses_to_change_what_only_grows(engine: Engine, table: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} {ROWS[table]}"))
    before = rows(engine, table)
    for act in (*ACTS, OF_ONE_DATABASE[engine.dialect.name]):
        statement = act.format(table=table, column=COLUMNS[table], row=ROWS[table])
        with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    assert rows(engine, table) == before


def test_a_guard_that_somebody_took_away_is_named(engine: Engine) -> None:
    assert missing_guards(engine) == ()
    for table in GUARDED:
        spoil(engine, table, f"UPDATE {table} SET {COLUMNS[table]} = 'other'")  # noqa: S608
    of_a_table = 3 if engine.dialect.name == "sqlite" else 1
    gone = missing_guards(engine)
    assert len(gone) == of_a_table * len(GUARDED)
    assert {each.partition("_refuses_")[0].removesuffix("_append_only") for each in gone} == set(GUARDED)


def test_an_error_of_the_database_does_not_repeat_what_people_wrote(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as error, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "意见"})
    assert "意见" not in str(error.value)


def test_going_back_is_refused_while_the_ledger_holds_anything(engine: Engine, ledger: SqlLedger, play: Play) -> None:
    write(ledger, play.scene, play.journal[:1])
    with writing(engine, "schema") as connection, pytest.raises(RuntimeError, match="entry is not empty"):
        command.downgrade(alembic_config(connection), "base")
    assert len(rows(engine, "entry")) == 1


@pytest.mark.parametrize("table", ["directory", "fund_entry", "quota_set"])
def test_going_back_is_refused_while_there_is_what_no_history_has(engine: Engine, table: str) -> None:
    kept = SQLModel.metadata.tables[table]
    given = {"at": NOW, "sequence": 1, "version": 1, "number": 1}
    row = {each.name: given.get(each.name, "x") for each in kept.columns}
    with engine.begin() as connection:
        connection.execute(kept.insert(), row)
    with writing(engine, "schema") as connection, pytest.raises(RuntimeError, match=f"{table} is not empty"):
        command.downgrade(alembic_config(connection), "base")
    assert len(rows(engine, table)) == 1


def test_an_empty_ledger_can_go_back_and_forth(engine: Engine, database_url: str) -> None:
    with writing(engine, "schema") as connection:
        command.downgrade(alembic_config(connection), "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(database_url)
    assert rows(engine, "entry") == []


def test_scenes_from_before_are_found_by_what_their_applications_say(
    engine: Engine, database_url: str, ledger: SqlLedger, play: Play
) -> None:
    write(ledger, play.scene, play.journal)
    before = _applied(engine)
    assert all(before)
    with writing(engine, "schema") as connection:
        command.downgrade(alembic_config(connection), "0013")
    migrate(database_url)
    assert _applied(engine) == before


def _applied(engine: Engine) -> tuple[object, ...]:
    (row,) = rows(engine, "scene")
    return row["maturity"], row["project_stage"], row["funding_source"]


def test_old_refusals_are_linked_anew_for_each_scene_and_no_word_of_them_changes(
    engine: Engine, database_url: str
) -> None:
    texts = _one_chain_of_refusals(engine)
    migrate(database_url)
    reads = LedgerReads(engine)
    found = [(row["scene"], row["sequence"], row["text"]) for row in rows(engine, "refusal")]
    assert sorted(found) == sorted(
        [("a", 1, texts[0]), ("b", 1, texts[1]), ("a", 2, texts[2]), ("a", 3, texts[3])], key=lambda each: each[:2]
    )
    assert reads.verify_refusals() == {}
    assert missing_guards(engine) == ()


def test_a_chain_of_refusals_that_does_not_hold_is_not_linked_anew(engine: Engine, database_url: str) -> None:
    _one_chain_of_refusals(engine)
    spoil(engine, "refusal", "DELETE FROM refusal WHERE sequence = 3")
    with pytest.raises(RuntimeError, match="refusal 3 is missing or changed"):
        migrate(database_url)
    assert [row["sequence"] for row in rows(engine, "refusal")] == [1, 2, 4]


def _one_chain_of_refusals(engine: Engine) -> list[str]:
    """Four refusals of two scenes in one chain, as they stood before 0012; gives their texts."""
    with writing(engine, "schema") as connection:
        command.downgrade(alembic_config(connection), "0010")
    texts, previous = [], GENESIS
    with engine.begin() as connection:
        for number, scene in enumerate("abaa", start=1):
            refusal = Refusal.of(scene, None, Refused("malformed", problem=str(number)), NOW)
            content = canonical(refusal)
            row = {
                "sequence": number, "scene": scene, "code": refusal.code, "at": refusal.at.isoformat(sep=" "),
                "digest": sha256(content).hexdigest(), "algorithm": ALGORITHM, "previous": previous,
                "hash": (previous := link(ALGORITHM, previous, content)), "text": content.decode(),
            }  # fmt: skip
            connection.execute(
                text(f"INSERT INTO refusal ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"),  # noqa: S608
                row,
            )
            texts.append(content.decode())
    return texts
