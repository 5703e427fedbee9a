"""Acceptance and promotion at a desk: what `scene acceptance` and `scene benchmark` show, in words and as JSON."""

from datetime import date
from itertools import count
from pathlib import Path
from typing import get_args

import pytest
import yaml

from models.commands.acceptance import ConcludeAcceptance
from models.policy import Policy
from models.state import PaymentStatus
from models.vocabulary import Position
from models.words import PAYMENTS, POSITIONS, VERDICTS
from runtime.policy_files import load_city
from tests.cli.terminal import Terminal
from tests.scenario import ROOT, Play

_numbers = count(1)
A = "甲公司"


@pytest.fixture(scope="module")
def yancheng() -> Policy:
    return load_city(ROOT / "policies", "yancheng")


@pytest.fixture
def candidate(scene: Terminal, tmp_path: Path, yancheng: Policy) -> str:
    """A candidate whose result was accepted elsewhere before."""
    return taken_over(scene, tmp_path, yancheng, "candidate")


def taken_over(scene: Terminal, tmp_path: Path, yancheng: Policy, step: str) -> str:
    play = Play(yancheng)
    id = f"RS-{next(_numbers)}"
    declared = play.declared(A, plan=play.plan(), trial_started_on=date(2025, 1, 6), trial_ended_on=date(2025, 7, 4))
    content = {
        "scene": id, "application": play.application().model_dump(mode="json", exclude_defaults=True),
        "step": step, "since": "2025-12-01", "history": "线下办理",
        "bidders": [declared.model_dump(mode="json")],
    }  # fmt: skip
    file = tmp_path / "scenes.yaml"
    file.write_text(yaml.safe_dump({"scenes": [content]}, allow_unicode=True), encoding="utf-8")
    scene.ok("import", file)
    scene.until_shown(id, step)
    return id


def test_an_acceptance_is_shown_in_both_languages_and_as_json(scene: Terminal, candidate: str) -> None:
    shown = scene.ok("acceptance", candidate).out
    for said in (A, "验收通过", "预算（元）", "500,000", "未签署"):
        assert said in shown, said
    assert "signatures" in scene.ok("acceptance", candidate, "--lang", "en").out
    [found] = scene.json("acceptance", candidate, "--bidder", A)["acceptances"]
    assert (found["step"], found["budget_yuan"], found["refund"]) == ("passed", 500_000, None)


def test_a_benefit_that_was_typed_is_shown_with_its_sum(scene: Terminal, candidate: str, paper: str) -> None:
    typed = (
        "act", candidate, "record_benefit", "--as", "lead_department", "--set", "kind=scene_loan", "--set",
        f"document={paper}",
    )  # fmt: skip
    assert scene.refused(*typed, "--set", f"beneficiary={A}", "--set", "amount_yuan=1") == "take_over_unconfirmed"
    scene.ok("act", candidate, "confirm_take_over", "--as", "leading_group", "--set", "finding=与移交材料一致")
    assert scene.refused(*typed, "--set", "beneficiary=旁人公司", "--set", "amount_yuan=1") == "not_beneficiary"
    scene.ok(*typed, "--set", f"beneficiary={A}", "--set", "amount_yuan=600000")
    found = scene.json("benchmark", candidate)
    [loan] = [each for each in found["kinds"] if each["benefit"]["kind"] == "scene_loan"]
    assert (loan["recorded_yuan"], loan["left_yuan"]) == (600_000, None)
    assert [each["beneficiary"] for each in found["granted"]] == [A]
    assert isinstance(found["clock"]["workdays_left"], int)
    shown = scene.ok("benchmark", candidate).out
    for said in ("推广候选", "激励与上限", "600,000", A):
        assert said in shown, said
    assert "Benefits and caps" in scene.ok("benchmark", candidate, "--lang", "en").out


def test_a_citys_quotas_are_counted_with_the_scenes_behind_them(
    scene: Terminal, yancheng: Policy, tmp_path: Path
) -> None:
    titled = taken_over(scene, tmp_path, yancheng, "benchmark")
    scene.ok("act", titled, "record_replication", "--as", "lead_department", "--set", "city=宁波市")
    counted = {each["quota"]: each for each in scene.json("counts", "--city", "盐城市", "--year", "2026")}
    out = counted["YC26-Q040"]
    assert (out["target"], out["count"] + out["missing"]) == (3, 3)
    assert titled in [each["scene"] for each in out["scenes"]]
    assert titled in scene.ok("counts", "--city", "盐城市").out
    scene.ok("counts", "--city", "YC", "--csv", tmp_path / "counts.csv")
    assert "YC26-Q039" in (tmp_path / "counts.csv").read_text(encoding="utf-8-sig")
    assert scene.json("counts", "--city", "重庆市") == []


def test_the_leading_group_sets_a_quota_and_the_counts_follow(scene: Terminal, yancheng: Policy, paper: str) -> None:
    lead = f"lead_department:{yancheng.domains[0].lead}"
    setting = ("quotas", "set", "YC26-Q040", "--city", "盐城市", "--reasons", "年度调整", "--document", paper)
    assert scene.refused(*setting, "--value", "4", "--as", lead) == "not_permitted"
    scene.ok(*setting, "--value", "4", "--as", "leading_group")
    assert scene.refused(*setting, "--value", "4", "--as", "leading_group") == "same_quota"
    counted = {each["quota"]: each for each in scene.json("counts", "--city", "盐城市", "--year", "2026")}
    assert counted["YC26-Q040"]["target"] == 4
    for who in ("platform_office", lead, "public", "leading_group"):
        stands = {each["id"]: each for each in scene.json("quotas", "list", "--city", "盐城市", "--as", who)}
        assert stands["YC26-Q040"]["set"]["reasons"] == "年度调整"
    assert "YC26-Q040" in scene.ok("quotas", "list", "--city", "盐城市", "--history").out


def test_what_is_no_figure_and_what_says_it_twice_is_refused(scene: Terminal, paper: str, tmp_path: Path) -> None:
    setting = ("--city", "盐城市", "--reasons", "年度调整", "--document", paper, "--as", "leading_group")
    for value in ("nan", "inf", "-inf", "-3"):
        assert scene.refused("quotas", "set", "YC26-Q040", *setting, f"--value={value}") == "quota_invalid"
    file = tmp_path / "quota.yaml"
    stands = {each["id"]: each for each in scene.json("quotas", "list", "--city", "盐城市", "--as", "leading_group")}
    quota = {key: value for key, value in stands["YC26-Q040"].items() if key != "set"}
    file.write_text(yaml.safe_dump({**quota, "value": 8}, allow_unicode=True))
    for more in (("YC26-Q040",), ("YC26-Q040", "--value", "3"), ("--value", "3")):
        assert scene.refused("quotas", "set", *more, "--file", file, *setting, status=2) == "usage"
    file.write_text(yaml.safe_dump({**quota, "per_unit": True}, allow_unicode=True))
    answer = scene("quotas", "set", "--file", file, *setting)
    assert answer.status != 0
    assert "只有全市的最低数" in answer.err
    assert "Traceback" not in answer.err


def test_who_sets_a_quota_hears_what_it_replaces_and_which_years_it_drops(
    scene: Terminal, paper: str, tmp_path: Path
) -> None:
    setting = ("--city", "盐城市", "--reasons", "年度调整", "--document", paper, "--as", "leading_group")
    stands = {each["id"]: each for each in scene.json("quotas", "list", "--city", "盐城市", "--as", "leading_group")}
    quota = {key: value for key, value in stands["YC26-Q039"].items() if key != "set"}
    same = scene.json("quotas", "set", "YC26-Q039", "--value", "31", *setting)
    assert (same["replaces"], same["drops_years"]) == (quota, False)
    file = tmp_path / "quota.yaml"
    period = {**quota["period"], "start": 2027, "end": 2027}
    file.write_text(yaml.safe_dump({**quota, "value": 32, "period": period}, allow_unicode=True))
    assert "不再有此指标" in scene.ok("quotas", "set", "--file", file, *setting).out


def test_who_has_no_acceptance_is_told(scene: Terminal, candidate: str, submitted: str) -> None:
    assert scene.refused("acceptance", candidate, "--bidder", "乙公司") == "unknown_bidder"
    assert scene.refused("acceptance", submitted) == "no_acceptance"
    assert scene.refused("benchmark", "NOWHERE") == "unknown_scene"


def test_every_verdict_position_and_payment_has_its_words() -> None:
    assert VERDICTS.keys() == set(get_args(ConcludeAcceptance.model_fields["verdict"].annotation))
    assert POSITIONS.keys() == set(Position)
    assert PAYMENTS.keys() == set(PaymentStatus)
