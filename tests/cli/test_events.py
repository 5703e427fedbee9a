"""Events from outside as operators have them, beside a running engine: handed in, listed, tried again."""

import asyncio
import json
import re
import sqlite3
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from channels.webhook import signature
from client.schedules import ensure_schedules
from runtime.settings import Settings
from tests.cli.terminal import Answer, Terminal
from tests.scenario import ROOT

SECRET = "a secret of some length"
SOURCES = f"""\
sources:
  - name: sensors
    source: https://sensors.city.example
    secrets: [{SECRET}]
    types: [incident.reported]
    cities: [盐城市]
"""
NUMBERS = count(1)
NOWHERE = {"TEMPORAL_ADDRESS": "127.0.0.1:9", "SCENE_CONNECT_TIMEOUT_SECONDS": "2"}

Written = Callable[..., Path]


@pytest.fixture(autouse=True)
def _sources(scene: Terminal) -> Iterator[None]:
    file = scene.data_dir / "sources.yaml"
    file.write_text(SOURCES, encoding="utf-8")
    yield
    file.unlink(missing_ok=True)


@pytest.fixture
def on_trial(scene: Terminal, tmp_path: Path) -> str:
    """A scene whose trial by 甲公司 runs."""
    id = f"EVENT-{next(NUMBERS)}"
    paper = {"title": "任务书", "sha256": "a" * 64}
    application = {
        "name": "无人配送示范", "city": "盐城市", "domain": "智能驾驶", "type": "赛道引领型", "scale": "小切口",
        "owner": "城市运营公司", "need": "末端配送", "budget_yuan": 800000, "funding_source": "市级财政资金",
        "fair_competition_self_check": True,
    }  # fmt: skip
    plan = {
        "duration": {"length": 24, "unit": "months"}, "bounds": "限定路段", "emergency_plan": paper,
        "commitment": paper, "exit_plan": paper, "insurance": paper, "insurance_until": date(2029, 1, 1),
        "complaint_channel": "12345", "risk": "medium",
    }  # fmt: skip
    bidder = {
        "bidder": "甲公司", "contract_document": paper, "budget_yuan": 500000,
        "trial_started_on": date(2026, 6, 1), "phase": "test", "plan": plan,
    }  # fmt: skip
    past = {"step": "trial", "since": date(2026, 6, 1), "history": "2025 年立项", "bidders": [bidder]}
    file = tmp_path / "scenes.yaml"
    file.write_text(yaml.safe_dump({"scenes": [{"scene": id, "application": application, **past}]}, allow_unicode=True))
    scene.ok("import", file)
    scene.until_shown(id, "trial")
    return id


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A file with an event, of a new id where none is given."""

    def written(about: str, *, id: str = "", **changes: Any) -> Path:
        data = {"bidder": "甲公司", "incident": "INC-1", "casualty": False, "text": "车辆偏离车道"}
        event = {"specversion": "1.0", "id": id or f"{about}-{next(NUMBERS)}", "type": "incident.reported",
                 "source": "https://sensors.city.example", "subject": about, "data": data}  # fmt: skip
        file = tmp_path / f"event-{next(NUMBERS)}.json"
        file.write_text(json.dumps(event | changes), encoding="utf-8")
        return file

    return written


def signs(file: Path, secret: str = SECRET) -> tuple[str, ...]:
    timestamp = str(int(datetime.now(UTC).timestamp()))
    return ("--timestamp", timestamp, "--signature", f"sha256={signature(secret, timestamp, file.read_bytes())}")


def incidents(scene: Terminal, id: str) -> list[str]:
    entries = scene.json("history", id)["entries"]
    return [
        each["entry"]["command"]["actor"]["person"]
        for each in entries
        if each["entry"]["command"]["act"]["verb"] == "report_incident"
    ]


def test_an_incident_reported_by_a_sensor_is_one_act_however_often_it_comes(
    scene: Terminal, on_trial: str, written: Written
) -> None:
    file = written(on_trial)

    first = scene.ok("event", "send", file, *signs(file), "--json").json
    again = scene.ok("event", "send", file, *signs(file), "--json").json

    assert (first["outcome"], first["scene"], first["status"]) == ("accepted", on_trial, 202)
    assert (again["outcome"], again["entry"], again["id"]) == ("duplicate", first["entry"], first["id"])
    scene.until_shown(on_trial, "trial")
    assert incidents(scene, on_trial) == ["source:sensors"]
    [kept] = scene.json("event", "list", "--scene", on_trial)["items"]
    assert (kept["id"], kept["handling"], kept["entry"]) == (first["id"], "accepted", first["entry"])
    shown = scene.json("event", "show", first["id"])
    assert json.loads(shown["body"]) == json.loads(file.read_text())
    assert shown["command"]["actor"]["role"] == "regulator"
    assert "此前已办理" in scene.ok("event", "send", file, *signs(file)).out
    assert "车辆偏离车道" in scene.ok("event", "show", first["id"]).out
    assert "done before" in scene.ok("--lang", "en", "event", "retry", first["id"]).out


def test_on_this_machine_an_operator_hands_it_in_in_the_sources_name(
    scene: Terminal, on_trial: str, written: Written
) -> None:
    file = written(on_trial)
    assert scene.ok("event", "send", file, "--source", "sensors", "--json").json["outcome"] == "accepted"
    assert incidents(scene, on_trial) == ["source:sensors"]
    assert scene.refused("event", "send", file, "--source", "somebody") == "unknown_source"
    elsewhere = {"TEMPORAL_ADDRESS": "temporal.city.example:7233"}
    assert scene("event", "send", file, "--source", "sensors", "--json", **elsewhere).error["code"] == "as_not_here"


def test_what_is_signed_by_nobody_known_is_counted_and_not_kept(scene: Terminal, written: Written) -> None:
    def counted() -> int:
        return sum(each["count"] for each in scene.json("event", "list")["turned_away"])

    file, before = written("EVENT-0"), counted()
    kept = scene.json("event", "list")["total"]
    assert scene.refused("event", "send", file, *signs(file, "nobody's, and long enough")) == "event_signature"
    stamp, _, *rest = signs(file)
    assert scene.refused("event", "send", file, stamp, "1700000000", *rest) == "event_timestamp"
    assert counted() == before + 2
    assert scene.json("event", "list")["total"] == kept
    assert "来源不明" in scene.ok("event", "list").out


def test_what_fails_is_listed_found_by_the_doctor_and_tried_again(
    scene: Terminal, on_trial: str, written: Written
) -> None:
    file = written(on_trial)
    waits = scene("event", "send", file, *signs(file), "--json", **NOWHERE)
    assert waits.error["code"] == "server_unreachable"
    id = waits.error["details"]["kept_as"]
    lost = written("EVENT-0")
    assert scene.refused("event", "send", lost, *signs(lost)) == "unknown_scene"

    failed = {each["id"]: each for each in scene.json("event", "list", "--failed", "--source", "sensors")["items"]}
    assert (failed[id]["handling"], failed[id]["code"]) == ("waiting", "server_unreachable")
    assert "待重试" in scene.ok("event", "list", "--failed").out
    finding = {each["check"]: each for each in scene("doctor", "--json").json}["events"]
    assert (finding["level"], finding["details"]["failed"]) == ("warning", len(failed))
    assert incidents(scene, on_trial) == []

    again = scene("event", "retry", "--all-failed", "--json")
    assert again.status == 1
    outcomes = {each["id"]: each["outcome"] for each in again.json}
    assert outcomes.pop(id) == "accepted"
    assert set(outcomes.values()) == {"refused"}
    assert incidents(scene, on_trial) == ["source:sensors"]
    assert id not in {each["id"] for each in scene.json("event", "list", "--failed")["items"]}
    assert scene.refused("event", "retry", next(iter(outcomes))) == "unknown_scene"
    assert "没有编号为 EVENT-0 的场景" in scene("event", "retry", "--all-failed").out


def test_what_waits_is_tried_again_by_the_schedule_s_workflow(scene: Terminal, on_trial: str, written: Written) -> None:
    file = written(on_trial)
    waits = scene("event", "send", file, *signs(file), "--json", **NOWHERE).error["details"]["kept_as"]

    async def scheduled() -> None:
        await ensure_schedules(await scene.client(), Settings().task_queue, delivers=False)

    asyncio.run(scheduled())  # and it begins at once

    end = time.monotonic() + 60
    while scene.json("event", "show", waits)["handling"] == "waiting":
        assert time.monotonic() < end
        time.sleep(0.2)
    assert scene.json("event", "show", waits)["handling"] == "accepted"
    assert incidents(scene, on_trial) == ["source:sensors"]


def test_what_failed_is_dismissed_with_who_and_why(scene: Terminal, on_trial: str, written: Written) -> None:
    lost = written("EVENT-0", id=f"{on_trial}-lost")
    typed = ("--reasons", "对方系统测试", "--as", "platform:全市场景征集和发布统一平台:li-si")
    id = scene("event", "send", lost, *signs(lost), "--json").error["details"]["kept_as"]
    assert scene.refused("event", "dismiss", id, "--reasons", "x", status=2) == "who"
    assert scene.refused("event", "dismiss", id, "--reasons", "x", "--as", "bidder:甲公司:x") == "not_permitted"
    (kept,) = scene.json("refusals", "--scene", f"event:{id}")["items"]
    assert kept["refusal"]["actor"]["person"] == "x"
    assert scene.refused("event", "dismiss", id, "--reasons", " ", *typed[2:], status=2) == "malformed"
    assert scene.refused("event", "dismiss", "ev-0", *typed) == "unknown_event"

    assert scene.json("event", "dismiss", id, *typed)["by"]["person"] == "li-si"

    shown = scene.json("event", "show", id)
    assert (shown["handling"], shown["dismissal"]["reasons"]) == ("dismissed", "对方系统测试")
    assert "li-si · 全市场景征集和发布统一平台" in scene.ok("event", "show", id).out
    assert id not in {each["id"] for each in scene.json("event", "list", "--failed")["items"]}
    assert "已关闭" in scene.ok("event", "list").out
    assert scene.refused("event", "dismiss", id, *typed) == "event_settled"
    assert scene.refused("event", "send", lost, *signs(lost)) == "event_dismissed"
    assert scene.refused("event", "retry", id) == "event_dismissed"


def test_two_contents_under_one_id_are_no_second_act(scene: Terminal, on_trial: str, written: Written) -> None:
    file, other = (
        written(on_trial, id=f"{on_trial}-x"),
        written(on_trial, id=f"{on_trial}-x", time="2026-06-01T00:00:00Z"),
    )
    scene.ok("event", "send", file, *signs(file))
    assert scene.refused("event", "send", other, *signs(other)) == "event_id_reused"
    assert incidents(scene, on_trial) == ["source:sensors"]
    assert scene.json("event", "list", "--limit", "1", "--page", "2")["page"] == 2


def test_what_is_no_event_is_told_why(scene: Terminal, tmp_path: Path) -> None:
    def said(content: bytes) -> Answer:
        file = tmp_path / "event.json"
        file.write_bytes(content)
        return scene("event", "send", file, *signs(file))

    assert "不是有效的 JSON" in said(b"{").err
    assert "编号 ev-" in said(b"{").err
    assert "出现两次" in said(b'{"id": 1, "id": 1}').err
    assert "超过上限" in said(b"[" * 70_000).err
    assert said(b"{").status == 1


def test_what_cannot_be_meant_is_refused(scene: Terminal, written: Written, tmp_path: Path) -> None:
    file = written("EVENT-0")
    assert scene.refused("event", "send", file, status=2) == "usage"
    assert scene.refused("event", "send", file, *signs(file), "--source", "sensors", status=2) == "usage"
    assert scene.refused("event", "send", file, *signs(file)[:2], status=2) == "usage"
    assert scene.refused("event", "send", tmp_path / "none.json", "--source", "sensors") == "file"
    assert scene.refused("event", "retry", status=2) == "usage"
    assert scene.refused("event", "retry", "ev-0", "--all-failed", status=2) == "usage"
    assert scene.refused("event", "retry", "ev-0") == "unknown_event"
    assert scene.refused("event", "show", "ev-0") == "unknown_event"


def test_sources_are_checked_and_listed_without_their_secrets(scene: Terminal) -> None:
    [source] = scene.json("event", "sources")
    assert (source["name"], source["types"], source["cities"]) == ("sensors", ["incident.reported"], ["盐城市"])
    assert "secrets" not in source
    assert "incident.reported" in scene.ok("event", "sources").out
    assert SECRET not in scene.ok("event", "sources").out
    file = scene.data_dir / "sources.yaml"
    file.write_text(SOURCES.replace(SECRET, "short"), encoding="utf-8")
    wrong = scene("event", "sources")
    assert wrong.status == 1
    assert "sources.yaml:4" in wrong.err
    assert "short" not in wrong.err + scene("doctor", "--json").out
    finding = {each["check"]: each for each in scene("doctor", "--json").json}["events"]
    assert finding["level"] == "error"
    file.unlink()
    assert scene.json("event", "sources") == []


def test_no_secret_comes_to_lie_in_the_database(scene: Terminal, on_trial: str, written: Written) -> None:
    file = written(on_trial)
    scene.ok("event", "send", file, *signs(file))
    with closing(sqlite3.connect(scene.data_dir / "scene.db")) as connection:
        assert SECRET not in "\n".join(connection.iterdump())


@pytest.mark.parametrize("page", ["receive-events.md", "receive-events.zh-CN.md"])
def test_the_how_to_can_be_followed_as_it_stands(scene: Terminal, on_trial: str, page: str, tmp_path: Path) -> None:
    text = (ROOT / "docs/how-to" / page).read_text(encoding="utf-8")
    sources, rule = (textwrap.dedent(each) for each in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    event = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    (scene.data_dir / "sources.yaml").write_text(sources, encoding="utf-8")
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event | {"subject": on_trial, "id": page}), encoding="utf-8")
    [secret] = re.findall(r"-hmac '(.*?)'", text)
    assert yaml.safe_load(sources)["sources"][0]["secrets"] == [secret]

    assert scene.json("event", "send", file, *signs(file, secret))["outcome"] == "accepted"

    assert yaml.safe_load(rule)["outside"][0] == yaml.safe_load((ROOT / "policies/yancheng.yaml").read_text())[
        "outside"
    ][0] | {"scene": "subject"}
