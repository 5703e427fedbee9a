"""Bundles, time lines and what-ifs as an auditor types them."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, text

from storage.database import alembic_config, engine_for, writing
from tests.cli.terminal import Terminal
from tests.scenario import ROOT

NOWHERE = {"TEMPORAL_ADDRESS": "127.0.0.1:9", "SCENE_CONNECT_TIMEOUT_SECONDS": "1"}


@pytest.fixture
def bundle(scene: Terminal, submitted: str, tmp_path: Path) -> Path:
    scene("audit", "key", "--new")
    scene.ok("audit", "export", submitted, "--out", tmp_path / "bundle.zip")
    scene.ok("audit", "key", "--out", tmp_path / "key.pem")
    return tmp_path / "bundle.zip"


@pytest.fixture
def auditor(tmp_path: Path) -> Terminal:
    """A machine that has nothing of ours but the program."""
    return Terminal(tmp_path / "elsewhere", NOWHERE)


def test_a_bundle_is_proven_elsewhere_with_the_offices_key(bundle: Path, auditor: Terminal) -> None:
    answer = auditor("audit", "verify", bundle, "--key", bundle.with_name("key.pem"), "--json")
    verdicts = {each["check"]: each["verdict"] for each in answer.json["findings"]}
    assert set(verdicts.values()) <= {"proven", "unproven"}
    assert verdicts["replay"] == verdicts["journal"] == verdicts["signature"] == "proven"
    assert answer.status in (0, 3)


def test_without_a_key_not_everything_is_proven_and_the_status_says_so(
    bundle: Path, auditor: Terminal, scene: Terminal
) -> None:
    answer = auditor("audit", "verify", bundle)
    assert answer.status == 3
    assert "未能全部证实" in answer.out
    assert "--key" in answer.out
    mark = scene.json("audit", "key")["fingerprint"]
    assert mark in answer.out.replace("\n", "").replace(" ", ""), "what to compare with the one that was given out"


def test_whose_code_is_not_trusted_is_told_with_the_digest_to_compare(
    bundle: Path, auditor: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.bundles.digest_of", lambda _: "0" * 64)
    with zipfile.ZipFile(bundle) as file:
        builds = json.loads(file.read("manifest.json"))["builds"]
    told = auditor("audit", "verify", bundle, "--json")
    (code,) = [each for each in told.json["findings"] if each["check"] == "sources"]
    assert [each["values"] for each in code["facts"]] == [
        {"build": build, "digest": digest} for build, digest in builds.items()
    ]
    assert told.status == 3
    for digest in builds.values():
        assert auditor.refused("audit", "verify", bundle, "--code", digest[:12], status=2) == "usage"
        trusting = auditor("audit", "verify", bundle, "--code", digest, "--json")
        assert {each["verdict"] for each in trusting.json["findings"] if each["check"] == "replay"} == {"proven"}


def test_a_database_that_was_not_migrated_is_said_with_what_to_do(
    scene: Terminal, submitted: str, tmp_path: Path
) -> None:
    """A restored backup of an older version: nothing is exported of it, and no half of a bundle stays."""
    scene("audit", "key", "--new")
    older, target = tmp_path / "older.db", tmp_path / "older.zip"
    engine = engine_for(f"sqlite:///{older}")
    with writing(engine, "schema") as connection:
        command.upgrade(alembic_config(connection), "0004")
        for table, column in (("scene", "scene"), ("entry", "stream")):
            _copied(scene, connection, table, column, submitted)
    answer = scene("audit", "export", submitted, "--out", target, SCENE_DATABASE_URL=f"sqlite:///{older}")
    assert (answer.status, target.exists()) == (1, False)
    assert "[database_older]" in answer.err
    assert "scene up" in answer.err
    with writing(engine, "schema") as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert scene.refused("audit", "export", submitted, SCENE_DATABASE_URL=f"sqlite:///{older}") == "database_newer"
    engine.dispose()


def _copied(scene: Terminal, older: Connection, table: str, column: str, id: str) -> None:
    """What the shared database has of a scene, without the columns that an older one lacks."""
    engine = engine_for(f"sqlite:///{scene.data_dir / 'scene.db'}")
    names = ", ".join(each["name"] for each in inspect(older).get_columns(table))
    with engine.connect() as whole:
        rows = whole.execute(text(f"SELECT {names} FROM {table} WHERE {column} = :id"), {"id": id}).all()  # noqa: S608
    engine.dispose()
    assert rows
    places = ", ".join(f":{name}" for name in names.split(", "))
    older.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), [dict(row._mapping) for row in rows])  # noqa: S608


def test_what_was_changed_is_named_and_the_status_says_so(bundle: Path, auditor: Terminal, tmp_path: Path) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(bundle) as honest, zipfile.ZipFile(changed, "w") as other:
        for name in honest.namelist():
            content = honest.read(name)
            if name.endswith("ledger.jsonl"):
                content = content.replace(b"scene_owner", b"regulator", 1)
            other.writestr(name, content)
    answer = auditor("audit", "verify", changed, "--key", tmp_path / "key.pem")
    assert answer.status == 1
    assert "第 1 条" in answer.out
    assert "哈希不符" in answer.out


def test_what_is_no_bundle_is_refused(auditor: Terminal, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip")
    assert auditor.refused("audit", "verify", tmp_path / "text.zip") == "not_a_bundle"
    assert auditor.refused("audit", "verify", tmp_path / "missing.zip") == "not_a_bundle"


def test_a_scene_that_is_not_there_and_a_choice_that_is_none_are_refused(scene: Terminal, tmp_path: Path) -> None:
    assert scene.refused("audit", "at", "NO-SUCH") == "unknown_scene"
    assert scene.refused("audit", "export", "NO-SUCH") == "unknown_scene"
    assert scene.refused("audit", "export", status=2) == "usage"
    assert scene.refused("audit", "export", "--city", "无此市") == "no_scenes"


def test_the_time_machine_goes_to_an_entry_an_event_and_a_moment(
    scene: Terminal, bundle: Path, submitted: str, auditor: Terminal
) -> None:
    live = scene.json("audit", "at", submitted, "--seq", "1", "--replay")
    assert live["state"]["step"] == "submitted"
    assert live["run"] == 1
    offline = auditor.json("audit", "at", bundle, "--event", f"1:{live['event']}")
    assert (offline["sequence"], offline["state"]) == (1, live["state"])
    assert auditor.json("audit", "at", bundle, "--time", "2099-01-01")["sequence"] >= 1
    assert auditor.refused("audit", "at", bundle, "--seq", "999") == "no_such_point"
    assert auditor.refused("audit", "at", bundle, "--time", "1999-01-01") == "no_such_point"
    assert auditor.refused("audit", "at", bundle, "--event", "1:9999") == "no_such_point"
    assert "没有第 999 条记录；可用的是 1 至" in auditor("audit", "at", bundle, "--seq", "999").err
    assert "还没有记录" in auditor("audit", "at", bundle, "--event", "1:1").err
    assert auditor.refused("audit", "at", bundle, "--time", "gestern", status=2) == "usage"
    assert auditor.refused("audit", "at", bundle, "--time", "2026-01-01", "--seq", "1", status=2) == "usage"


def test_the_time_machine_shows_who_looks_what_they_may_read(scene: Terminal, submitted: str) -> None:
    owner = scene.json("show", submitted)["profile"]["owner"]
    whole = scene.json("audit", "at", submitted, "--seq", "1")
    seen = scene.json("audit", "at", submitted, "--seq", "1", "--as", f"owner:{owner}:somebody")
    assert (seen["entry"], seen["state"]["profile"]) == (whole["entry"], whole["state"]["profile"])
    payer = scene.json("audit", "timeline", submitted, "--as", "payer")
    assert payer[0]["verb"] == "submit"
    for typed in (("at", submitted), ("timeline", submitted), ("diff", submitted, "0", "1")):
        assert scene.refused("audit", *typed, "--as", "owner:别的单位:somebody") == "not_readable"
        assert scene.refused("audit", *typed, "--as", "public") == "not_readable"
    changes = {each["at"] for each in scene.json("audit", "diff", submitted, "0", "1", "--as", "platform")}
    assert "step" in changes


def test_a_bundle_without_scenes_has_no_past(bundle: Path, auditor: Terminal, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as whole, zipfile.ZipFile(tmp_path / "none.zip", "w") as none:
        manifest = {**json.loads(whole.read("manifest.json")), "scenes": []}
        none.writestr("manifest.json", json.dumps(manifest))
    assert auditor.refused("audit", "at", tmp_path / "none.zip") == "unknown_scene"


def test_a_bundles_file_shows_all_that_is_in_it_to_who_holds_it(bundle: Path, auditor: Terminal) -> None:
    assert auditor.refused("audit", "at", bundle, "--as", "auditor:审计局:one", status=2) == "usage"


def test_two_entries_are_compared(bundle: Path, auditor: Terminal) -> None:
    changes = {each["at"]: each["after"] for each in auditor.json("audit", "diff", bundle, "0", "1")}
    assert changes["step"] == "submitted"


def test_the_time_line_is_a_table_and_a_page_that_needs_no_network(
    bundle: Path, auditor: Terminal, tmp_path: Path
) -> None:
    points = auditor.json("audit", "timeline", bundle)
    assert [each["sequence"] for each in points] == list(range(1, len(points) + 1))
    auditor.ok("audit", "timeline", bundle, "--html", tmp_path / "line.html")
    page = (tmp_path / "line.html").read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)\s*=\s*["']""", page)
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert [each["sequence"] for each in data["points"]] == [each["sequence"] for each in points]


def test_another_policy_tells_whose_dates_would_differ(scene: Terminal, submitted: str, tmp_path: Path) -> None:
    city = scene.json("show", submitted)["profile"]["city"]
    file = {"盐城市": "yancheng", "宁波市": "ningbo", "重庆市": "chongqing"}[city]
    text = (ROOT / "policies" / f"{file}.yaml").read_text(encoding="utf-8")
    longer = re.sub(r"(  completeness:\s+\{?period: \{length: )(\d+)", r"\g<1>9", text)
    assert longer != text
    (tmp_path / "other.yaml").write_text(longer, encoding="utf-8")
    found = scene.json(
        "audit", "whatif", "--policy", tmp_path / "other.yaml", "--calendar", ROOT / "policies" / "calendars", submitted
    )
    assert found["changed"] == 1
    assert found["items"][0]["divergences"][0]["what"] == "completeness"


@pytest.mark.skipif(not all(map(shutil.which, ("openssl", "jq", "unzip"))), reason="the tools are not installed")
def test_a_bundle_can_be_checked_by_hand(bundle: Path) -> None:
    """The commands of docs/how-to/audit-a-scene.md."""
    guide = (ROOT / "docs" / "how-to" / "audit-a-scene.md").read_text(encoding="utf-8")
    commands = re.search(r"## By hand\n.*?```sh\n(.*?)```", guide, re.DOTALL)
    assert commands is not None
    ran = subprocess.run(
        ["/bin/bash", "-euc", commands.group(1)], cwd=bundle.parent, capture_output=True, text=True, check=True
    )
    shown = ran.stdout.splitlines()
    assert "Verified" in shown[0]
    assert shown[1] == "all parts as signed"
    assert shown[3] == shown[4], "the head that the chain leads to is the manifest's"
    assert "breaks" not in ran.stdout
    assert shown[5].split("\t")[2] == "submit"
