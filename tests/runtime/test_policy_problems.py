"""Whoever edits a city's file hears everything at once, in the interface's language, with its place."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from models.policy import Policy
from runtime.policy_files import SECTIONS, load_policy
from runtime.yaml_files import FileProblems, Problem

PROJECT = Path(__file__).resolve().parents[2]
POLICIES = PROJECT / "policies"

Edited = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """What is said of Ningbo's file in which these texts were replaced; nothing of one that may be adopted."""

    def edited(*replacements: tuple[str, str]) -> tuple[Problem, ...]:
        text = (POLICIES / "ningbo.yaml").read_text("utf-8")
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "city.yaml"
        path.write_text(text, "utf-8")
        try:
            load_policy(path, POLICIES / "calendars")
        except FileProblems as found:
            return found.problems
        return ()

    return edited


WRONG = {
    "a quorum by another rule": ('{rule: share, share: "2/3"}', "{rule: count, count: three}"),
    "a quorum without its number": ('{rule: share, share: "2/3"}', "{rule: count}"),
    "a share in words": ('share: "2/3"}', "share: 三分之二}"),
    "a share above one": ('share: "2/3"}', "share: 1.5}"),
    "a quorum nobody reaches": ('{rule: share, share: "2/3"}', "{rule: count, count: 9}"),
    "a pass mark above the points": ("pass_mark: 70", "pass_mark: 170"),
    "half a point": ("points: 15}", "points: 15.5}"),
    "points that do not add up": ("points: 15}", "points: 25}"),
    "a criterion twice": ("key: need, name", "key: solution, name"),
    "a tie-break that is no dimension": ("tie_break: technical", "tie_break: technic"),
    "extremes of two judges": ("drop_extremes_from: 7", "drop_extremes_from: 2"),
    "a unit that is none": (
        "registration: {period: {length: 5, unit: workdays}",
        "registration: {period: {length: 5, unit: d}",
    ),
    "a length in words": ("eligibility: {period: {length: 5,", "eligibility: {period: {length: 五,"),
    "a length of nothing": ("eligibility: {period: {length: 5,", "eligibility: {period: {length: 0,"),
    "a role that is none": ("  award: [lead_department]", "  award: [lead_departmnt]"),
    "a verb that is none": ("  award: [lead_department]", "  awrd: [lead_department]"),
    "a role without a list": ("  award: [lead_department]", "  award: lead_department"),
    "a word for silence": ("silence: no_objection", "silence: agree"),
    "nothing for silence": ("silence: no_objection", "silence:"),
    "a Chinese no": ("veto: false", "veto: 否"),
    "an hour that is none": ("day_ends: 17:30", "day_ends: 25:30"),
    "a day that is none": ("effective_from: 2026-01-01", "effective_from: 2026-13-01"),
    "a key twice": ("  pass_mark: 70\n", "  pass_mark: 70\n  pass_mark: 80\n"),
    "a full-width colon": ("pass_mark: 70", "pass_mark：70"),
    "an indent": ("  pass_mark: 70", "   pass_mark: 70"),
    "a tab": ("  pass_mark: 70", "\tpass_mark: 70"),
    "an open bracket": ("steps_off: [confirmation]", "steps_off: [confirmation"),
    "an open quote": ('share: "2/3"', 'share: "2/3'),
    "a step of the ladder": ("[remind, advise, interview, order]", "[remind, circular, order]"),
    "an own step half written": ("[remind, advise, interview, order]", "[remind, {key: a b, name: 通报}]"),
    "a key that is missing": ("  tie_break: technical\n", ""),
    "a key that is none": ("tie_break: technical", "tiebreak: technical"),
    "a step that stays": ("steps_off: [confirmation]", "steps_off: [fair_competition, tria]"),
    "a negative cap": ("award_cap_yuan: 1000000", "award_cap_yuan: -5"),
    "a version in digits": ("version: v2026-1", "version: 2026"),
    "a pattern that is none": ("unless: [国有资产]", "unless: ['国有(']"),
    "a row too short": ("public public public none\n", "public public public\n"),
}
"""One slip each, as somebody makes it who edits the file for the first time."""


@pytest.mark.parametrize("slip", WRONG)
def test_every_problem_is_told_in_chinese_with_its_line_and_what_to_do(edited: Edited, slip: str) -> None:
    problems = edited(WRONG[slip])
    assert problems
    for problem in problems:
        assert problem.line
        assert re.search("[一-鿿]", problem.zh), problem
        assert re.search("[；？]", problem.zh), problem
        assert not re.search(r"\b(should|must|is not|does not|expected|while)\b", problem.text("zh")), problem


def test_slips_contradictions_and_double_keys_come_together(edited: Edited) -> None:
    problems = edited(
        ("day_ends: 17:30", "day_ends: abc"),
        ("regulator: 市经信局", "regulator: 市经信委"),
        ("eligibility: {period: {length: 5,", "eligibility: {period: {length: 五,"),
        ("minimum: 7", "minimum: 6"),
        ("  pass_mark: 70\n", "  pass_mark: 70\n  pass_mark: 75\n"),
        ("  award: [lead_department]", "  awrd: [lead_department]"),
    )
    assert [problem.key for problem in problems] == [
        "day_ends",
        "domains.0.regulator",
        "limits.eligibility.period.length",
        "panels.scoring.minimum",
        "score_sheet.pass_mark",
        "permissions.award",
        "permissions.awrd",
    ]


def test_what_only_follows_from_a_slip_is_not_told_beside_it(edited: Edited) -> None:
    problems = edited(("  award: [lead_department]", "  award: [lead_departmnt]"))
    assert [problem.key for problem in problems] == ["permissions.award.0"]


def test_a_block_of_a_list_that_lacks_something_keeps_the_places_of_the_others(edited: Edited) -> None:
    problems = edited(("livelihood: true", "livelihood: 是"), ("regulator: 市商务局", "regulator: 市商委"))
    assert [problem.key for problem in problems if problem.key.endswith("regulator")] == ["domains.1.regulator"]


def test_a_key_has_its_chinese_name_beside_it(edited: Edited) -> None:
    (problem,) = edited(("eligibility: {period: {length: 5,", "eligibility: {period: {length: 0,"))
    assert "limits.eligibility.period.length（期限 资格核查" in problem.text("zh")
    assert "期限" not in problem.text("en")
    assert set(SECTIONS) == set(Policy.model_fields)


def test_every_contradiction_has_its_chinese_words() -> None:
    sites = [
        call
        for file in sorted((PROJECT / "rules" / "policy_check").glob("*.py"))
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Contradiction"
    ]
    assert len(sites) > 100
    for site in sites:
        assert re.search("；", ast.unparse(site.args[3])), ast.unparse(site)


def test_edits_that_fit_are_taken(edited: Edited) -> None:
    right = (
        ('{rule: share, share: "2/3"}', "{rule: majority}"),
        ("pass_mark: 70", "pass_mark: 65"),
        ("drop_extremes_from: 7", "drop_extremes_from: 5"),
        ("points: 15}", "points: 10}"),
        ("整体技术解决方案, points: 20}", "整体技术解决方案, points: 25}"),
        ("eligibility: {period: {length: 5,", "eligibility: {period: {length: 3,"),
        ("  award: [lead_department]", "  award: [lead_department, leading_group]"),
    )
    assert edited(*right) == ()


def test_everything_wrong_with_a_score_sheet_is_told_at_once(edited: Edited) -> None:
    problems = edited(
        ("pass_mark: 70", "pass_mark: 170"),
        ("key: need, name", "key: solution, name"),
        ("tie_break: technical", "tie_break: technic"),
        ("points: 15}", "points: 25}"),
    )
    assert {each.key for each in problems} == {
        "score_sheet.pass_mark", "score_sheet.dimensions.0.criteria.1.key", "score_sheet.tie_break",
        "score_sheet.full_marks",
    }  # fmt: skip
    assert all(each.line and each.zh for each in problems)


def test_a_quorum_that_departments_cannot_reach_is_told_once_with_the_domains(edited: Edited) -> None:
    (problem,) = edited(('{rule: share, share: "2/3"}', "{rule: count, count: 9}"))
    assert problem.key == "consultation.quorum.count"
    assert problem.zh.count("（") > 1
