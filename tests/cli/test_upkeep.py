"""The doctor, the rebuild and the archive: what is wrong is found, named and can be put right."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runtime import presence
from tests.cli.terminal import Terminal


@pytest.fixture
def apart(scene: Terminal, tmp_path: Path) -> Terminal:
    """A copy of the town's records, without its server, to damage."""
    scene.ok("submit", "--sample", "YC26-017", "--id", "UPKEEP-1")
    data_dir = tmp_path / "copy"
    data_dir.mkdir()
    with (
        closing(sqlite3.connect(scene.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(data_dir / "scene.db")) as copy,
    ):
        whole.backup(copy)
    if (scene.data_dir / "archive").exists():
        shutil.copytree(scene.data_dir / "archive", data_dir / "archive")
    return Terminal(data_dir, {"TEMPORAL_ADDRESS": "127.0.0.1:9", "SCENE_CONNECT_TIMEOUT_SECONDS": "2"})


@pytest.fixture
def table(apart: Terminal) -> Iterator[sqlite3.Connection]:
    """The copy's database, with the guards that keep the ledger from being changed taken off."""
    with closing(sqlite3.connect(apart.data_dir / "scene.db", isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


def findings(terminal: Terminal, *typed: str) -> dict[str, str]:
    return {each["check"]: each["level"] for each in terminal("doctor", "--json", *typed).json}


def test_a_healthy_engine_has_no_errors(scene: Terminal) -> None:
    scene.ok("submit", "--sample", "YC26-018", "--id", "UPKEEP-2")

    found = {each["check"]: each for each in scene.json("doctor", "--all")}

    assert {each["level"] for each in found.values()} <= {"ok", "warning"}
    assert found.keys() == {
        "database", "server", "retention", "search_attributes", "archive_schedule", "worker", "chains", "refusals",
        "projections", "spool", "outbox", "templates", "events", "documents", "directories", "funds", "quotas",
        "lineage", "provisional", "notices", "archive", "recording", "guards", "checkpoints",
        "histories", "seals",
    }  # fmt: skip


def test_a_scene_that_the_ledger_does_not_take_is_named_with_the_reason(scene: Terminal) -> None:
    with closing(sqlite3.connect(scene.data_dir / "scene.db", isolation_level=None)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entry WHEN NEW.stream = 'UPKEEP-9' BEGIN"
            " SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        try:
            scene.ok("submit", "--sample", "YC26-022", "--id", "UPKEEP-9", "--wait", "0")
            found = {each["check"]: each for each in scene("doctor", "--all", "--json").json}
        finally:
            connection.execute("DROP TRIGGER full")

    assert found["recording"]["level"] == "error"
    assert "the disk is full" in found["recording"]["details"]["behind"]["UPKEEP-9"]
    scene.until_shown("UPKEEP-9", "submitted")


def test_without_a_server_the_records_are_looked_at_all_the_same(apart: Terminal) -> None:
    found = findings(apart)

    assert (found["server"], found["chains"], found["projections"]) == ("error", "ok", "ok")
    assert apart("doctor").status == 1
    assert "scene up" in apart("doctor").out


def test_without_a_database_the_doctor_says_what_to_do(nowhere: Terminal) -> None:
    answer = nowhere("doctor")

    assert answer.status == 1
    assert "scene up" in answer.out
    assert not nowhere.data_dir.exists()


def test_a_changed_entry_breaks_its_chain_and_the_doctor_names_it(apart: Terminal, table: sqlite3.Connection) -> None:
    table.execute("UPDATE entry SET text = replace(text, '海上', '陆上') WHERE stream = 'UPKEEP-1'")

    assert findings(apart, "--all")["chains"] == "error"
    assert "UPKEEP-1 #1" in apart("doctor", "--all").out
    history = apart("history", "UPKEEP-1")
    assert history.status == 1
    assert "✘" in history.out


def test_a_changed_list_is_found_and_put_right_by_a_rebuild(apart: Terminal, table: sqlite3.Connection) -> None:
    table.execute("UPDATE scene SET step = 'listed' WHERE scene = 'UPKEEP-1'")
    assert findings(apart, "--all")["projections"] == "error"
    assert findings(apart, "--all")["projections"] == "error", "looking changes nothing"

    rebuilt = apart.json("rebuild", "--scene", "UPKEEP-1")

    assert [(each["table"], each["columns"]) for each in rebuilt["differences"]] == [("scene", ["step"])]
    assert findings(apart, "--all")["projections"] == "ok"
    assert "一致" in apart.ok("rebuild", "--scene", "UPKEEP-1").out


def test_a_quota_that_was_put_in_past_the_engine_is_named(apart: Terminal, table: sqlite3.Connection) -> None:
    assert findings(apart)["quotas"] == "ok"
    row = ("苏州市", 1, "YC26-Q040", "sha256", "0" * 64, "f" * 64, "2026-03-02 10:00:00", "{}")
    table.execute("INSERT INTO quota_set (city, number, quota, algorithm, previous, hash, at, text) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # fmt: skip
    [found] = [each for each in apart("doctor", "--json").json if each["check"] == "quotas"]
    assert (found["level"], found["details"]) == ("error", {"city": "苏州市", "broken": 1})


def test_evidence_that_the_originals_journal_does_not_have_is_named(apart: Terminal, table: sqlite3.Connection) -> None:
    (snapshot,) = table.execute("SELECT snapshot FROM scene WHERE scene = 'UPKEEP-1'").fetchone()
    forged = {"scene": "UPKEEP-1", "sequence": 99, "head": "0" * 64, "city": "盐城市"}
    copy = json.dumps({**json.loads(snapshot), "scene": "UPKEEP-COPY", "inherited": [forged]})
    table.execute("CREATE TABLE twin AS SELECT * FROM scene WHERE scene = 'UPKEEP-1'")
    table.execute("UPDATE twin SET scene = 'UPKEEP-COPY', snapshot = ?", (copy,))
    table.execute("INSERT INTO scene SELECT * FROM twin")
    tie = ("UPKEEP-COPY", "UPKEEP-1", "UPKEEP-COPY", 99)
    table.execute("INSERT INTO kinship (stream, original, replica, evidence) VALUES (?, ?, ?, ?)", tie)

    [found] = [each for each in apart("doctor", "--json").json if each["check"] == "lineage"]

    assert found["level"] == "error"
    assert "UPKEEP-1@99 > UPKEEP-COPY" in found["message"]
    assert found["details"]["unproven"] == [
        {"replica": "UPKEEP-COPY", "original": "UPKEEP-1", "sequence": 99, "head": "0" * 64}
    ]


def test_a_refusal_that_waits_in_the_spool_is_reported(apart: Terminal) -> None:
    (apart.data_dir / "refusals.spool").write_bytes(b"{}\n")

    assert findings(apart)["spool"] == "warning"


def test_a_lost_journal_is_made_again_from_the_archive(scene: Terminal, tmp_path: Path) -> None:
    scene.ok("submit", "--sample", "YC26-019", "--id", "UPKEEP-3")
    scene.ok("withdraw", "UPKEEP-3", "--reasons", "不再需要", "--as", "owner")
    scene.until_shown("UPKEEP-3", "closed")
    before = scene.json("history", "UPKEEP-3")
    swept = scene.json("archive", "run")
    assert swept["archived"] >= 1
    assert scene.json("archive", "list", "--scene", "UPKEEP-3")

    lost = Terminal(tmp_path / "lost")
    lost.data_dir.mkdir()
    shutil.copytree(scene.data_dir / "archive", lost.data_dir / "archive")
    with (
        closing(sqlite3.connect(scene.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(lost.data_dir / "scene.db", isolation_level=None)) as copy,
    ):
        whole.backup(copy)
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        for name in ("entry", "scene", "duty", "deadline", "outbox"):
            copy.execute(f"DELETE FROM {name}")  # noqa: S608
    assert lost.refused("show", "UPKEEP-3") == "unknown_scene"

    rebuilt = lost.json("rebuild", "--from-archives")

    assert rebuilt["recorded"]["UPKEEP-3"] == len(before["entries"])
    after = lost.json("history", "UPKEEP-3")
    assert [each["hash"] for each in after["entries"]] == [each["hash"] for each in before["entries"]]
    assert lost.json("show", "UPKEEP-3")["outcome"] == "withdrawn"


def test_a_living_scene_is_made_again_from_its_open_run(scene: Terminal, tmp_path: Path) -> None:
    scene.ok("submit", "--sample", "YC26-020", "--id", "UPKEEP-4")
    scene.ok("accept", "UPKEEP-4", "--as", "platform")
    scene.until_shown("UPKEEP-4", "accepted")
    before = scene.json("history", "UPKEEP-4")["entries"]
    with (
        closing(sqlite3.connect(scene.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(tmp_path / "scene.db", isolation_level=None)) as copy,
    ):
        whole.backup(copy)
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        for name in ("entry", "scene", "duty", "deadline", "outbox", "archive"):
            copy.execute(f"DELETE FROM {name}")  # noqa: S608
    card = presence.find(scene.data_dir)
    assert card is not None
    lost = Terminal(tmp_path, {"TEMPORAL_ADDRESS": card.address})

    rebuilt = lost.json("rebuild", "--from-archives", "--scene", "UPKEEP-4")

    assert rebuilt["recorded"] == {"UPKEEP-4": len(before)}
    after = lost.json("history", "UPKEEP-4")["entries"]
    assert [each["hash"] for each in after] == [each["hash"] for each in before]
    assert lost.json("rebuild", "--from-archives", "--scene", "UPKEEP-4")["recorded"] == {"UPKEEP-4": 0}


def test_without_an_archive_a_rebuild_from_it_says_so(apart: Terminal) -> None:
    with closing(sqlite3.connect(apart.data_dir / "scene.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM archive")
    shutil.rmtree(apart.data_dir / "archive", ignore_errors=True)

    assert apart.refused("rebuild", "--from-archives") == "nothing_archived"
