"""A trial at a desk: what `scene trial` shows of it, in words and as JSON."""

from datetime import date
from itertools import count
from pathlib import Path

import pytest
import yaml

from cli.shown import today
from models.policy import Policy
from runtime.policy_files import load_city
from tests.cli.terminal import Terminal
from tests.scenario import ON_TIME, ROOT, Play

_numbers = count(1)
A = "甲公司"


@pytest.fixture(scope="module")
def yancheng() -> Policy:
    return load_city(ROOT / "policies", "yancheng")


@pytest.fixture
def running(scene: Terminal, tmp_path: Path, yancheng: Policy) -> str:
    """A trial that ran elsewhere before, with a plan that says everything item by item."""
    play = Play(yancheng, domain="低空经济")
    plan = play.plan(months=24).model_copy(update={"insurance_until": date(2040, 12, 31)})
    id = f"TR-{next(_numbers)}"
    declared = play.declared(A, plan=plan, trial_started_on=date(2026, 6, 1))
    content = {
        "scene": id, "application": play.application().model_dump(mode="json", exclude_defaults=True), "step": "trial",
        "since": "2026-05-20", "history": "线下办理", "bidders": [declared.model_dump(mode="json")],
    }  # fmt: skip
    file = tmp_path / "scenes.yaml"
    file.write_text(yaml.safe_dump({"scenes": [content]}, allow_unicode=True), encoding="utf-8")
    scene.ok("import", file)
    scene.until_shown(id, "trial")
    return id


def test_a_trial_is_shown_with_its_plan_its_indicators_and_what_is_due(scene: Terminal, running: str) -> None:
    shown = scene.ok("trial", running).out
    for said in (
        "试点中",
        "无人系统",
        "1.2",
        "配送车 ≤ 5",
        "09:00-17:00",
        "准点率",
        "≥95 %",
        "<80 %",
        "right_of_way",
        "剩",
    ):
        assert said in shown, said
    in_english = scene.ok("trial", running, "--lang", "en").out
    for said in ("running", "personal data", "Checklist", "reports", "workdays left"):
        assert said in in_english, said


def test_a_reading_that_was_typed_is_shown_against_its_threshold(scene: Terminal, running: str, paper: str) -> None:
    typed = (
        "act", running, "record_reading", "--as", f"bidder:{A}", "--set", f"bidder={A}", "--set", f"kpi={ON_TIME}",
        "--set", f"on={today()}", "--set", f"evidence={paper}",
    )  # fmt: skip
    scene.ok(*typed, "--set", "value=91.5")
    [found] = scene.json("trial", running)["trials"]
    [indicator] = found["indicators"]
    assert (indicator["last"]["value"], indicator["reached"], indicator["past_stop"]) == ("91.5", False, False)
    assert "未达标" in scene.ok("trial", running).out
    assert scene.refused(*typed, "--set", "value=about", status=2) == "malformed"


def test_as_json_every_clock_says_how_many_working_days_are_left(scene: Terminal, running: str) -> None:
    content = scene.json("trial", running, "--bidder", A)
    [found] = content["trials"]
    assert content["scene"] == running
    assert {each["limit"] for each in found["clocks"]} >= {"trial", "report"}
    assert all(isinstance(each["workdays_left"], int) for each in found["clocks"])
    assert found["plan"]["within"]["scale"] == [{"key": "1.2", "what": "配送车", "at_most": 5}]


def test_who_has_no_trial_is_told(scene: Terminal, running: str, submitted: str) -> None:
    assert scene.refused("trial", running, "--bidder", "乙公司") == "unknown_bidder"
    assert scene.refused("trial", submitted) == "no_trial"
    assert scene.refused("trial", "NOWHERE") == "unknown_scene"
