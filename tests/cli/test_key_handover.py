"""The key is changed as an officer types it, and an auditor who has the old fingerprint follows."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.checkpoints import Checkpoints
from audit.log import lines, read
from audit.signing import KeyFile
from cli.checks.evidence import _signed_again
from models.checkpoint import LogItem, SignedCheckpoint
from storage.checkpoints import SqlCheckpoints
from storage.database import engine_for
from tests.cli.terminal import Terminal


@pytest.fixture
def auditor(tmp_path: Path) -> Terminal:
    """A machine that has nothing of ours but the program."""
    return Terminal(tmp_path / "elsewhere", {"TEMPORAL_ADDRESS": "127.0.0.1:9"})


@pytest.fixture
def signing(scene: Terminal) -> Terminal:
    """The town with a key to sign with, and a checkpoint by it."""
    scene("audit", "key", "--new")
    scene.ok("audit", "checkpoint")
    return scene


def test_an_auditor_with_the_old_key_follows_to_the_new_one(
    signing: Terminal, submitted: str, auditor: Terminal, tmp_path: Path
) -> None:
    old = signing.json("audit", "key")["fingerprint"]
    signing.ok("audit", "checkpoints", "--out", tmp_path / "kept.jsonl")
    handed = signing.json("audit", "key", "--hand-over")
    assert handed["fingerprint"] == signing.json("audit", "key")["fingerprint"] != old
    assert signing.refused("audit", "key", "--hand-over") == "handover_waits"
    signing.ok("audit", "export", submitted, "--out", tmp_path / "before.zip")
    signing.ok("audit", "checkpoint")
    signing.ok("audit", "export", submitted, "--out", tmp_path / "after.zip")
    signing.ok("audit", "checkpoints", "--out", tmp_path / "new.jsonl")
    signing.ok("audit", "prove", submitted, "--out", tmp_path / "proof.json")

    files = ("audit", "consistent", tmp_path / "kept.jsonl", tmp_path / "new.jsonl")
    answer = auditor.json(*files, "--key", old)
    assert [each["handover"]["new_key"] for each in answer["handovers"]] == [handed["handover"]["handover"]["new_key"]]
    assert "交接" in auditor.ok(*files, "--key", old).out
    proven = auditor.json("audit", "proven", tmp_path / "proof.json", "--key", old)
    assert len(proven["by_handover"]) == 1
    assert auditor.refused("audit", "proven", tmp_path / "proof.json", "--key", "b" * 64) == "proof_fails"
    for name in ("before.zip", "after.zip"):
        answer = auditor("audit", "verify", tmp_path / name, "--key", old)
        assert "由信任的密钥签名交接" in answer.out, name
        assert answer.status in (0, 3)
    told = auditor("audit", "verify", tmp_path / "after.zip", "--log", tmp_path / "new.jsonl", "--json").json
    found = {each["check"]: each for each in told["findings"]}
    assert (found["signature"]["verdict"], found["checkpoint"]["verdict"]) == ("proven", "proven")
    assert "号检查点中" in auditor("audit", "verify", tmp_path / "after.zip", "--log", tmp_path / "new.jsonl").out

    forged = tmp_path / "forged.jsonl"
    forged.write_bytes(b"".join(lines(_with_another_new_key(list(read(_lines(tmp_path / "new.jsonl")))))))
    refused = auditor("audit", "consistent", tmp_path / "kept.jsonl", forged, "--key", old, "--json").error
    assert (refused["code"], refused["details"]["fault"]) == ("log_differs", "handover")
    assert auditor.refused("audit", "verify", tmp_path / "after.zip", "--log", forged) == "log_differs"
    spoilt = json.loads((tmp_path / "proof.json").read_text())
    spoilt["handovers"][0]["handover"]["after"] = 0
    (tmp_path / "spoilt.json").write_text(json.dumps(spoilt))
    answer = auditor("audit", "proven", tmp_path / "spoilt.json", "--key", old, "--json")
    assert answer.error["details"]["fault"] == "handover"


def _lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)


def _with_another_new_key(items: list[LogItem]) -> list[LogItem]:
    changed: list[LogItem] = []
    for item in items:
        if isinstance(item, SignedCheckpoint) and (given := item.checkpoint.handover) is not None:
            other = given.model_copy(update={"handover": given.handover.model_copy(update={"new_key": "ab" * 32})})
            item = item.model_copy(update={"checkpoint": item.checkpoint.model_copy(update={"handover": other})})
        changed.append(item)
    return changed


def test_without_a_key_or_records_there_is_nothing_to_hand_over(nowhere: Terminal) -> None:
    answer = nowhere("audit", "key", "--hand-over")
    assert answer.status == 1
    assert "scene up" in answer.err


def test_the_doctor_follows_the_handover_and_names_a_key_that_no_word_leads_to(
    signing: Terminal, tmp_path: Path
) -> None:
    def checked() -> str:
        found = {each["check"]: each for each in signing("doctor", "--json").json}
        return str(found["checkpoints"]["level"])

    signing.ok("audit", "key", "--hand-over")
    signing.ok("audit", "checkpoint")
    assert checked() == "ok"
    retired = [*signing.data_dir.glob("audit-key.pem.*.retired")]
    aside = tmp_path / "key.pem"
    shutil.move(signing.data_dir / "audit-key.pem", aside)
    shutil.copy(retired[-1], signing.data_dir / "audit-key.pem")
    try:
        assert signing.refused("audit", "checkpoint") == "key_given_up", "a key that gave way signs nothing"
        assert "不要另生成" in signing("audit", "checkpoint").err
        assert checked() == "ok"
    finally:
        shutil.move(aside, signing.data_dir / "audit-key.pem")


def test_after_a_lost_key_the_log_goes_on_and_who_gives_both_fingerprints_follows(
    signing: Terminal, submitted: str, auditor: Terminal, tmp_path: Path
) -> None:
    signing.ok("audit", "checkpoint")
    copy = Terminal(tmp_path / "copy", {"TEMPORAL_ADDRESS": "127.0.0.1:9", "SCENE_CONNECT_TIMEOUT_SECONDS": "1"})
    copy.data_dir.mkdir()
    with (
        closing(sqlite3.connect(signing.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(copy.data_dir / "scene.db")) as records,
    ):
        whole.backup(records)
    new = copy.json("audit", "key", "--new")["fingerprint"]
    engine = engine_for(f"sqlite:///{copy.data_dir / 'scene.db'}")
    Checkpoints(SqlCheckpoints(engine), KeyFile(copy.data_dir / "audit-key.pem")).now(datetime.now(UTC))
    engine.dispose()

    copy.ok("audit", "prove", submitted, "--out", tmp_path / "proof.json")
    copy.ok("audit", "checkpoints", "--short", "--out", tmp_path / "short.jsonl")
    copy.ok("audit", "checkpoints", "--out", tmp_path / "log.jsonl")
    auditor.ok("audit", "proven", tmp_path / "proof.json", "--key", new)
    signed = copy.json("audit", "checkpoints")
    files = ("audit", "consistent", tmp_path / "log.jsonl", tmp_path / "short.jsonl")
    before = [part for each in {each["checkpoint"]["key"] for each in signed[:-1]} for part in ("--key", each)]
    assert auditor.refused(*files, *before) == "log_differs"
    auditor.ok(*files, *before, "--key", new)
    found = {each["check"]: each for each in copy("doctor", "--json").json}["checkpoints"]
    assert (found["level"], found["details"]["fault"]) == ("error", "key")
    for known, level in ((new, "ok"), ("0" * 64, "error"), (f"{'0' * 64},{new}", "ok")):
        answer = copy("doctor", "--json", SCENE_AUDIT_KEYS_AFTER_LOSS=known).json
        assert {each["check"]: each for each in answer}["checkpoints"]["level"] == level, "the operator knows of it"
    assert copy("doctor", SCENE_AUDIT_KEYS_AFTER_LOSS="the new one").status == 2, "a setting that can not be meant"


@pytest.mark.parametrize(("keys", "again"), [("", None), ("aab", None), ("aba", "a"), ("abbcb", "b")])
def test_a_lost_key_that_signs_again_is_somebody_elses(keys: str, again: str | None) -> None:
    assert _signed_again(keys) == again
