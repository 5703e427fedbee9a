"""The doctor and the archive: files that are gone or damaged, closed scenes without a seal, bundles that are others."""

import gzip
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from audit.sealing import MARK, name_of
from storage.places import place_at
from tests.cli.terminal import Terminal
from tests.storage.s3 import KEY_ID, SECRET, TOKEN, s3_server

SCENE = "KEPT-1"


@pytest.fixture(scope="module")
def closed(scene: Terminal) -> Terminal:
    """The town, in which a scene is closed, archived, under a checkpoint, and sealed."""
    scene("audit", "key", "--new")
    scene.ok("submit", "--sample", "YC26-031", "--id", SCENE)
    scene.ok("withdraw", SCENE, "--reasons", "不再需要", "--as", "owner")
    scene.until_shown(SCENE, "closed")
    scene.ok("archive", "run")
    assert not place_at(str(scene.data_dir / "archive")).has(f"sealed/{name_of(SCENE)}"), "it waits for a checkpoint"
    scene.ok("audit", "checkpoint")
    assert scene.json("archive", "run")["sealed"] >= 1
    return scene


@pytest.fixture
def apart(closed: Terminal, tmp_path: Path) -> Iterator[tuple[Terminal, sqlite3.Connection]]:
    """A copy of its records and its archive, without its server and its guards, to damage."""
    data_dir = tmp_path / "copy"
    shutil.copytree(closed.data_dir / "archive", data_dir / "archive")
    shutil.copy(closed.data_dir / "audit-key.pem", data_dir)
    with (
        closing(sqlite3.connect(closed.data_dir / "scene.db")) as whole,
        closing(sqlite3.connect(data_dir / "scene.db", isolation_level=None)) as copy,
    ):
        whole.backup(copy)
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        yield Terminal(data_dir, {"TEMPORAL_ADDRESS": "127.0.0.1:9", "SCENE_CONNECT_TIMEOUT_SECONDS": "1"}), copy


def found(terminal: Terminal, check: str, **settings: str) -> dict[str, object]:
    told: dict[str, object] = next(
        each for each in terminal("doctor", "--all", "--json", **settings).json if each["check"] == check
    )
    return told


def bundle(terminal: Terminal) -> Path:
    return terminal.data_dir / "archive" / "sealed" / name_of(SCENE)


def test_a_sealed_scene_and_a_whole_archive_are_as_they_should_be(closed: Terminal) -> None:
    assert found(closed, "seals")["level"] == "ok"
    assert found(closed, "histories")["level"] == "ok"


def test_the_sealed_bundle_is_handed_out_as_it_is(closed: Terminal, tmp_path: Path) -> None:
    closed.ok("audit", "export", SCENE, "--sealed", "--out", tmp_path / "sealed.zip")
    assert (tmp_path / "sealed.zip").read_bytes() == bundle(closed).read_bytes()
    closed.ok("submit", "--sample", "YC26-032", "--id", "KEPT-2")
    assert closed.refused("audit", "export", "KEPT-2", "--sealed", "--out", tmp_path / "no.zip") == "not_sealed"
    assert [file.name for file in tmp_path.glob("*.zip*")] == ["sealed.zip"]
    assert closed.refused("audit", "export", "KEPT-2", SCENE, "--sealed", status=2) == "usage"
    assert closed.refused("audit", "export", "NO-SUCH", "--sealed") == "unknown_scene"


def test_a_closed_scene_without_its_bundle_is_named_once_it_is_late(
    apart: tuple[Terminal, sqlite3.Connection],
) -> None:
    terminal, table = apart
    bundle(terminal).unlink()
    assert found(terminal, "seals")["level"] == "ok", "it may wait for a checkpoint"
    table.execute("UPDATE entry SET recorded_at = '2026-01-05 00:00:00.000000' WHERE stream = ?", (SCENE,))
    told = found(terminal, "seals")
    assert (told["level"], told["details"]) == ("error", {"wrong": {SCENE: "missing"}})


def test_a_bundle_that_was_never_marked_is_not_sealed(apart: tuple[Terminal, sqlite3.Connection]) -> None:
    terminal, table = apart
    bundle(terminal).with_name(bundle(terminal).name + MARK).unlink()
    table.execute("UPDATE entry SET recorded_at = '2026-01-05 00:00:00.000000' WHERE stream = ?", (SCENE,))
    assert found(terminal, "seals")["details"] == {"wrong": {SCENE: "not_sealed"}}


@pytest.mark.parametrize("fault", ["digest", "unreadable", "signature", "parts", "head"])
def test_a_bundle_that_is_not_what_was_sealed_is_named(
    apart: tuple[Terminal, sqlite3.Connection], tmp_path: Path, fault: str
) -> None:
    """Even where its mark was written anew."""
    terminal, table = apart
    file = bundle(terminal)
    match fault:
        case "digest":
            file.write_bytes(file.read_bytes() + b"x")
        case "unreadable":
            _replace(file, b"no zip")
        case "signature":
            stranger = Terminal(terminal.data_dir, terminal.settings)
            stranger.ok("audit", "key", "--new", SCENE_AUDIT_KEY_FILE=str(tmp_path / "stranger.pem"))
            other = tmp_path / "other.zip"
            stranger.ok("audit", "export", SCENE, "--out", other, SCENE_AUDIT_KEY_FILE=str(tmp_path / "stranger.pem"))
            _replace(file, other.read_bytes())
        case "parts":
            _replace(file, _with_another_ledger(file, tmp_path))
        case "head":
            table.execute("UPDATE scene SET head = ? WHERE scene = ?", ("f" * 64, SCENE))
    assert found(terminal, "seals")["details"] == {"wrong": {SCENE: fault}}
    assert SCENE in terminal("doctor").out


def _replace(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.with_name(file.name + MARK).write_text(f"{sha256(content).hexdigest()}  {file.name}\n")


def _with_another_ledger(file: Path, folder: Path) -> bytes:
    with zipfile.ZipFile(file) as honest, zipfile.ZipFile(folder / "changed.zip", "w") as changed:
        for name in honest.namelist():
            content = honest.read(name)
            changed.writestr(name, content.replace(b"owner", b"other") if name.endswith("ledger.jsonl") else content)
    return (folder / "changed.zip").read_bytes()


def test_a_file_of_the_archive_that_is_gone_or_damaged_is_named(
    apart: tuple[Terminal, sqlite3.Connection],
) -> None:
    terminal, _ = apart
    run = terminal.json("archive", "list", "--scene", SCENE)[0]
    file = terminal.data_dir / "archive" / run["path"]
    file.write_bytes(b"damaged")
    told = found(terminal, "histories")
    assert (told["level"], told["details"]) == (
        "error", {"missing": [], "damaged": [run["path"]], "forgets": None},
    )  # fmt: skip
    file.unlink()
    assert found(terminal, "histories")["details"] == {"missing": [run["path"]], "damaged": [], "forgets": None}
    assert SCENE in str(found(terminal, "histories")["message"])


def test_what_the_archive_lost_is_archived_again_while_temporal_has_it(closed: Terminal) -> None:
    run = closed.json("archive", "list", "--scene", SCENE)[0]
    file = closed.data_dir / "archive" / run["path"]
    before = file.read_bytes()
    file.unlink()
    try:
        told = found(closed, "histories")
        assert told["level"] == "error"
        assert "Temporal" in str(told["message"])
        assert closed.json("archive", "run", "--again")["archived_again"] == 1
        assert gzip.decompress(file.read_bytes())
        assert closed.json("archive", "run", "--again")["archived_again"] == 0
        assert found(closed, "histories")["level"] == "ok"
    finally:
        if not file.exists():
            file.write_bytes(before)


def test_another_history_under_the_same_name_is_not_taken_for_the_lost_one(closed: Terminal) -> None:
    run = closed.json("archive", "list", "--scene", SCENE)[0]
    file = closed.data_dir / "archive" / run["path"]
    before = file.read_bytes()
    file.write_bytes(b"damaged")
    with closing(sqlite3.connect(closed.data_dir / "scene.db", isolation_level=None)) as table:
        try:
            for column, other in (("events", "events + 1"), ("stream", "'UPKEEP-OTHER'")):
                table.execute(f"UPDATE archive SET {column} = {other} WHERE run_id = ?", (run["run_id"],))  # noqa: S608
                assert closed.refused("archive", "run", "--again") == "archive_lost"
                back = (run["events"], SCENE, run["run_id"])
                table.execute("UPDATE archive SET events = ?, stream = ? WHERE run_id = ?", back)
        finally:
            file.write_bytes(before)
    assert found(closed, "histories")["level"] == "ok"


def test_the_doctor_looks_into_a_bucket_and_repeats_no_credential(
    apart: tuple[Terminal, sqlite3.Connection],
) -> None:
    terminal, _ = apart
    with s3_server("city") as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        here, there = place_at(str(terminal.data_dir / "archive")), place_at("s3://city/archive")
        for path in here.all():
            there.put(path, here.get(path))
        settings = {"SCENE_ARCHIVE_URL": "s3://city/archive", "SCENE_LOG_LEVEL": "DEBUG"}
        answer = terminal("doctor", "--all", "--json", **settings)
        levels = {each["check"]: each["level"] for each in answer.json}
        assert (levels["seals"], levels["histories"]) == ("ok", "ok")
        there.put(f"sealed/{name_of(SCENE)}", b"another")
        assert found(terminal, "seals", **settings)["details"] == {"wrong": {SCENE: "digest"}}
    with pytest.MonkeyPatch.context() as away:
        for name, value in {
            **environment,
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
            "AWS_MAX_ATTEMPTS": "1",
        }.items():
            away.setenv(name, value)
        answers = [
            terminal("doctor", "--all", **{**settings, "SCENE_ARCHIVE_URL": "s3://nowhere/archive"}),
            terminal("rebuild", "--from-archives", **{**settings, "SCENE_ARCHIVE_URL": "s3://nowhere/archive"}),
        ]
    assert "s3://nowhere/archive" in answers[0].out
    assert "archive_away" in answers[1].err
    told = json.dumps([answer.out + answer.err for answer in [answer, *answers]])
    assert not any(secret in told for secret in (KEY_ID, SECRET, TOKEN))
