"""What an auditor is given and checks by himself: the log, a proof, and that the log was only added to."""

import asyncio
import shutil
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.checkpoints import Checkpoints
from audit.log import lines, read
from audit.signing import KeyFile
from client.schedules import CHECKPOINT_SCHEDULE, ensure_schedules
from runtime.settings import Settings
from storage.checkpoints import SqlCheckpoints
from storage.database import engine_for
from tests.cli.terminal import Terminal


@pytest.fixture
def signing(scene: Terminal) -> Terminal:
    """The town with a key to sign with."""
    scene("audit", "key", "--new")
    return scene


@pytest.fixture
def apart(signing: Terminal, submitted: str, tmp_path: Path) -> Iterator[tuple[Terminal, sqlite3.Connection, str]]:
    """A copy of the records under a fresh checkpoint, without a server and without its guards, to damage."""
    signing.ok("audit", "checkpoint")
    data_dir = tmp_path / "copy"
    data_dir.mkdir()
    shutil.copy(signing.data_dir / "audit-key.pem", data_dir)
    with (
        closing(sqlite3.connect(signing.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(data_dir / "scene.db", isolation_level=None)) as copy,
    ):
        whole.backup(copy)
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        yield Terminal(data_dir, {"TEMPORAL_ADDRESS": "127.0.0.1:9"}), copy, submitted


def checked(terminal: Terminal, name: str) -> dict[str, object]:
    found = {each["check"]: each for each in terminal("doctor", "--json").json}
    of_it: dict[str, object] = found[name]
    return of_it


def test_a_key_is_made_once_for_its_owner_and_shown_by_its_fingerprint(nowhere: Terminal, tmp_path: Path) -> None:
    assert nowhere.refused("audit", "key") == "no_audit_key"
    made = nowhere.json("audit", "key", "--new")
    assert stat.S_IMODE(Path(made["file"]).stat().st_mode) == 0o600
    assert nowhere.refused("audit", "key", "--new") == "audit_key_exists"
    assert nowhere.json("audit", "key", "--out", tmp_path / "key.pem")["fingerprint"] == made["fingerprint"]
    assert (tmp_path / "key.pem").read_text() == made["public_key"]
    elsewhere = nowhere("audit", "key", "--json", SCENE_AUDIT_KEY_FILE=str(tmp_path / "other.pem"))
    assert elsewhere.error["code"] == "no_audit_key"


def test_without_a_key_a_checkpoint_is_refused_and_the_doctor_says_what_to_do(scene: Terminal, tmp_path: Path) -> None:
    key = scene.data_dir / "audit-key.pem"
    if key.exists():
        key.rename(tmp_path / "aside.pem")
    try:
        assert scene.refused("audit", "checkpoint") == "no_audit_key"
        assert f"（{key}：不存在）" in scene("audit", "checkpoint").err
        finding = checked(scene, "checkpoints")
        assert (finding["level"], finding["advice"]) == ("warning", "scene audit key --new")
    finally:
        if (tmp_path / "aside.pem").exists():
            (tmp_path / "aside.pem").rename(key)


def test_an_auditor_keeps_the_log_and_sees_later_that_it_was_only_added_to(
    signing: Terminal, submitted: str, tmp_path: Path
) -> None:
    signing.ok("audit", "checkpoint")
    signing.ok("audit", "checkpoints", "--out", tmp_path / "kept.jsonl")
    signing.ok("accept", submitted, "--as", "platform")
    signing.until_shown(submitted, "accepted")
    later = signing.json("audit", "checkpoint")
    signing.ok("audit", "checkpoints", "--out", tmp_path / "new.jsonl")
    signing.ok("audit", "checkpoints", "--short", "--out", tmp_path / "short.jsonl")

    offline = Terminal(tmp_path / "nothing")  # no database, no server
    files = ("audit", "consistent", tmp_path / "kept.jsonl", tmp_path / "new.jsonl")
    answer = offline.json(*files)
    assert answer["new"]["checkpoint"] == later["checkpoint"]
    assert signing.json("audit", "key")["fingerprint"] in answer["keys"], "others may have been used before"
    assert "指纹" in offline.ok(*files).out
    assert "指纹" not in offline.ok(*files, "--key", answer["keys"][0]).out
    assert offline.refused("audit", "consistent", tmp_path / "kept.jsonl", tmp_path / "kept.jsonl", "--key", "a" * 64)
    offline.ok("audit", "consistent", tmp_path / "kept.jsonl", tmp_path / "short.jsonl")
    assert offline.refused("audit", "consistent", tmp_path / "new.jsonl", tmp_path / "kept.jsonl") == "log_differs"
    number = str(later["checkpoint"]["number"])
    assert signing.json("audit", "consistent", tmp_path / "kept.jsonl", number)["proof"] == answer["proof"]
    signing.ok("audit", "consistent", str(int(number) - 1), number)
    assert signing.refused("audit", "consistent", "1", "999999") == "no_checkpoint"
    assert number in signing.ok("audit", "checkpoints").out


def test_a_changed_log_is_refused_with_the_place_and_the_scene(
    signing: Terminal, submitted: str, tmp_path: Path
) -> None:
    signing.ok("audit", "checkpoint")
    signing.ok("audit", "checkpoints", "--out", tmp_path / "kept.jsonl")
    items = list(read((tmp_path / "kept.jsonl").read_bytes().splitlines(keepends=True)))
    place = next(at for at, each in enumerate(items) if hasattr(each, "leaf") and each.leaf.stream == submitted)
    leaf = items[place]
    changed = leaf.model_copy(update={"leaf": leaf.leaf.model_copy(update={"head": "0" * 64})})  # type: ignore[union-attr]
    (tmp_path / "new.jsonl").write_bytes(b"".join(lines([*items[:place], changed, *items[place + 1 :]])))
    typed = ("audit", "consistent", tmp_path / "kept.jsonl", tmp_path / "new.jsonl", "--json")
    error = signing(*typed).error
    assert (error["code"], error["details"]["stream"], error["details"]["fault"]) == (
        "log_differs", submitted, "not_the_copy",
    )  # fmt: skip


def test_a_proof_of_one_scene_is_checked_offline(signing: Terminal, submitted: str, tmp_path: Path) -> None:
    assert signing.refused("audit", "prove", "NOBODY-1") == "unknown_scene"
    signing.ok("audit", "checkpoint")
    signing.ok("audit", "checkpoints", "--out", tmp_path / "kept.jsonl")
    signing.ok("accept", submitted, "--as", "platform")
    signing.until_shown(submitted, "accepted")
    proof = signing.json("audit", "prove", submitted, "--out", tmp_path / "proof.json")
    assert (proof["leaf"]["stream"], proof["leaf"]["sequence"], len(proof["entries"])) == (submitted, 1, 1)
    assert "待下一个检查点" in signing.ok("audit", "prove", submitted).out

    offline = Terminal(tmp_path / "nothing")
    assert offline.json("audit", "proven", tmp_path / "proof.json", "--log", tmp_path / "kept.jsonl")["in_copy"]
    assert "指纹" in offline.ok("audit", "proven", tmp_path / "proof.json").out
    assert offline.refused("audit", "proven", tmp_path / "proof.json", "--key", "b" * 64) == "proof_fails"
    spoilt = (tmp_path / "proof.json").read_text().replace("买买提", "买买题")
    (tmp_path / "spoilt.json").write_text(spoilt)
    assert offline.refused("audit", "proven", tmp_path / "spoilt.json") == "proof_fails"
    (tmp_path / "spoilt.json").write_text('{"index":0,' + (tmp_path / "proof.json").read_text()[1:])
    assert offline.refused("audit", "proven", tmp_path / "spoilt.json", status=2) == "unreadable_proof", "said twice"
    (tmp_path / "spoilt.json").write_text("{}")
    assert offline.refused("audit", "proven", tmp_path / "spoilt.json", status=2) == "unreadable_proof"


def test_the_doctor_names_a_scene_whose_ledger_is_not_what_was_signed(
    apart: tuple[Terminal, sqlite3.Connection, str],
) -> None:
    copy, table, scene = apart
    assert checked(copy, "checkpoints")["level"] == "ok"
    assert checked(copy, "guards")["level"] == "error"
    table.execute("UPDATE entry SET hash = previous WHERE stream = ?", (scene,))
    finding = checked(copy, "checkpoints")
    assert finding["level"] == "error"
    assert f"scene {scene} #1" in str(finding["message"])
    table.execute("UPDATE entry SET text = replace(text, '买买提', '买买题') WHERE stream = ?", (scene,))
    assert copy.refused("audit", "prove", scene) == "head_differs"


def test_the_doctor_names_the_place_where_the_log_was_changed(
    apart: tuple[Terminal, sqlite3.Connection, str],
) -> None:
    copy, table, scene = apart
    table.execute("UPDATE log_leaf SET head = hash WHERE stream = ?", (scene,))
    finding = checked(copy, "checkpoints")
    assert finding["level"] == "error"
    assert scene in str(finding["message"])
    assert copy.refused("audit", "prove", scene) == "log_differs"


def test_a_log_of_which_something_can_not_be_read_is_not_given_out_as_a_whole_one(
    apart: tuple[Terminal, sqlite3.Connection, str], tmp_path: Path
) -> None:
    """Without its last checkpoint it would look like an older log, which nobody could tell from an honest one."""
    copy, table, _ = apart
    copy.ok("audit", "checkpoints", "--out", tmp_path / "whole.jsonl")
    table.execute("UPDATE checkpoint SET text = '{}' WHERE number = (SELECT max(number) FROM checkpoint)")
    assert copy.refused("audit", "checkpoints", "--out", tmp_path / "less.jsonl") == "log_changed"


def test_a_checkpoint_of_three_days_ago_is_a_warning(apart: tuple[Terminal, sqlite3.Connection, str]) -> None:
    copy, table, _ = apart
    table.execute("DELETE FROM checkpoint")
    table.execute("DELETE FROM log_leaf")
    assert checked(copy, "checkpoints")["level"] == "ok"  # there is none yet
    engine = engine_for(f"sqlite:///{copy.data_dir / 'scene.db'}")
    office = Checkpoints(SqlCheckpoints(engine), KeyFile(copy.data_dir / "audit-key.pem"))
    office.now(datetime.now(UTC) - timedelta(days=3))
    engine.dispose()
    finding = checked(copy, "checkpoints")
    assert (finding["level"], finding["advice"]) == ("warning", "scene audit checkpoint")


async def _scheduled(scene: Terminal) -> None:
    client = await scene.client()
    await ensure_schedules(client, Settings().task_queue, delivers=False)
    await client.get_schedule_handle(CHECKPOINT_SCHEDULE).trigger()


def test_the_schedule_makes_the_one_of_the_day(signing: Terminal) -> None:
    asyncio.run(_scheduled(signing))
    end = time.monotonic() + 60
    while not (of_days := [each for each in signing.json("audit", "checkpoints") if each["checkpoint"]["day"]]):
        assert time.monotonic() < end
        time.sleep(0.2)
    asyncio.run(_scheduled(signing))
    time.sleep(1)
    assert [each for each in signing.json("audit", "checkpoints") if each["checkpoint"]["day"]] == of_days


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_log_can_be_checked_with_common_tools(signing: Terminal, submitted: str, tmp_path: Path) -> None:
    """The commands of docs/how-to/keep-checkpoints.md."""
    signing.ok("audit", "checkpoint")
    signing.ok("audit", "checkpoints", "--out", tmp_path / "log.jsonl")
    signing.ok("audit", "key", "--out", tmp_path / "key.pem")
    ran = subprocess.run(["/bin/sh", "-euc", BY_HAND], cwd=tmp_path, capture_output=True, text=True, check=True)
    shown = ran.stdout.splitlines()
    leaf = next(each for each in (tmp_path / "log.jsonl").read_text().splitlines() if '"leaf"' in each)
    assert shown[0].split()[0] in leaf
    assert "Verified" in shown[1]
    assert shown[2].split()[0] == signing.json("audit", "checkpoints")[-1]["digest"]
    assert shown[3].split()[0] == signing.json("audit", "key")["fingerprint"]


BY_HAND = r"""
LEAF=$(grep '"leaf"' log.jsonl | head -n 1 | sed 's/.*"leaf":\(.*\)}$/\1/')
{ printf '\000'; printf '%s' "$LEAF"; } | sha256sum
LINE=$(grep '^{"checkpoint"' log.jsonl | tail -n 1)
printf '%s' "$LINE" | sed 's/^{"checkpoint":\(.*\),"public_key".*/\1/' > checkpoint.txt
printf '%s' "$LINE" | sed 's/.*"signature":"\(.*\)"}$/\1/' | xxd -r -p > checkpoint.sig
openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in checkpoint.txt -sigfile checkpoint.sig
sha256sum checkpoint.txt
openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | sha256sum
"""
