"""A trial at a desk: what `scene trial` shows of it, in words and as JSON."""

from datetime import date
from itertools import count
from pathlib import Path
from typing import get_args

import pytest
import yaml

from cli.shown import today
from cli.wording import in_words
from models.policy import Policy
from models.vocabulary import Phase, PlanPart
from models.words import GATE_CONDITIONS, PHASES, PLAN_PARTS
from rules.phases import Unmet
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
    declared = play.declared(A, plan=plan, trial_started_on=date(2026, 6, 1), phase="test")
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


def test_a_refusal_names_what_is_missing_in_words() -> None:
    unmet = {"phase": "test", "unmet": "time test: 2026-06-01 / 2026-06-12; kpi 4.1 准点率: - / 95 %"}
    said = in_words(unmet, "zh")
    assert said == {"phase": "测试 test", "unmet": "最短时间 test: 2026-06-01 / 2026-06-12；指标 4.1 准点率: - / 95 %"}
    assert in_words(unmet, "en") == unmet
    assert in_words({"missing": "within.areas, plan (甲公司)"}, "zh")["missing"] == "区域 within.areas、plan (甲公司)"


def test_every_part_of_a_plan_every_phase_and_every_condition_has_its_words() -> None:
    assert PLAN_PARTS.keys() == set(PlanPart)
    assert PHASES.keys() == set(Phase)
    assert GATE_CONDITIONS.keys() == set(get_args(Unmet.__annotations__["what"]))
