"""Policies, calendars and diagrams on the command line, and the words they use. No server is needed for any of it."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import get_args

import pytest

from cli import output, wording
from cli.events import DISMISS
from models.commands import ACTS
from models.event_words import EVENT_REASONS, EVENT_WORDS
from models.events import EVENTS
from models.events.anywhere import UpheldTooLate
from models.events.matching import CallFailed
from models.fund import ClaimStatus, FundAct
from models.policy import Limits, Policy
from models.proposal import ProposalStatus
from models.refusal import Language
from models.vocabulary import Machine, NoticeAbout, Outcome, Risk, Role, Stage, Track
from models.words import (
    CLAIM_STATUSES,
    FUND_DUTIES,
    LIMITS,
    MACHINES,
    NOTICES,
    OFFICE_VERBS,
    OUTCOMES,
    PROPOSAL_STATUSES,
    RISKS,
    ROLES,
    STAGES,
    TRACKS,
    VERBS,
    Word,
)
from rules import directory, quotas
from rules.diagram import START, graph, listed, mermaid
from rules.fund_notifications import LIMIT_OF
from rules.lifecycle import ROWS, STEPS
from rules.year_notices import CONFIRM, PROPOSE
from runtime.drawing import svg
from tests.cli.terminal import Terminal
from tests.scenario import ROOT, city

FUND_VERBS = {act.model_fields["verb"].default for act in get_args(FundAct)}
CALENDARS = ROOT / "policies/calendars"


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (VERBS, ACTS.keys()),
        (LIMITS, Limits.model_fields.keys()),
        (ROLES, set(Role)),
        (STAGES, set(Stage)),
        (MACHINES, set(Machine)),
        (OUTCOMES, set(Outcome)),
        (NOTICES, set(NoticeAbout)),
        (RISKS, set(Risk)),
        (TRACKS, set(Track)),
        (PROPOSAL_STATUSES, set(ProposalStatus)),
        (EVENT_WORDS, EVENTS.keys()),
        (OFFICE_VERBS, {PROPOSE, CONFIRM, directory.PROPOSE, directory.CONFIRM, DISMISS, quotas.SET, *FUND_VERBS}),
        (CLAIM_STATUSES, set(ClaimStatus)),
        (FUND_DUTIES, set(LIMIT_OF.values())),
    ],
)
def test_every_word_of_a_closed_list_has_its_name_in_both_languages(words: dict[str, Word], known: set[str]) -> None:
    assert words.keys() == {str(each) for each in known}
    assert all(word.zh and word.en for word in words.values())


@pytest.mark.parametrize("event", [UpheldTooLate, CallFailed])
def test_every_reason_of_an_event_has_its_name_in_both_languages(event: type[UpheldTooLate | CallFailed]) -> None:
    words = EVENT_REASONS[event.model_fields["kind"].default]
    assert words.keys() == set(get_args(event.model_fields["because"].annotation))
    assert all(word.zh and word.en for word in words.values())


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "申诉成立，已无法恢复（已无应退款项）"), ("en", "upheld too late (nothing is owed back any more)")],
)
def test_the_history_says_why_an_appeal_was_upheld_too_late(language: Language, said: str) -> None:
    output.begin(language)
    assert wording.event("upheld_too_late", "nothing_owed") == said
    assert "(" not in wording.event("deadline_cancelled", "decide_appeal")


def test_every_policy_of_the_project_is_right(nowhere: Terminal) -> None:
    checked = nowhere.json("policy", "check", "--all")

    assert [each["ok"] for each in checked] == [True, True, True]


def test_a_policy_with_problems_tells_all_of_them_with_their_lines(nowhere: Terminal, tmp_path: Path) -> None:
    text = (ROOT / "policies/yancheng.yaml").read_text("utf-8")
    (tmp_path / "calendars").symlink_to(CALENDARS)
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace("code: YC", "kode: YC").replace("day_ends: 00:00", "day_ends: 25:00"), "utf-8")

    answer = nowhere("policy", "check", broken, "--json")

    assert answer.status == 1
    [result] = answer.json
    assert {"code", "kode", "day_ends"} <= {problem["key"] for problem in result["problems"]}
    assert all(problem["line"] for problem in result["problems"])


def test_one_key_of_a_policy_is_shown(nowhere: Terminal) -> None:
    assert nowhere.json("policy", "show", "yancheng", "--key", "limits.supplement.period.unit") == "workdays"
    assert nowhere.json("policy", "show", "盐城", "--key", "domains.0.name")
    assert nowhere.refused("policy", "show", "盐城", "--key", "limits.nope") == "unknown_key"


def test_two_policies_are_compared_key_by_key(nowhere: Terminal) -> None:
    differences = {each["key"]: each for each in nowhere.json("policy", "diff", "盐城", "宁波")}

    assert (differences["code"]["first"], differences["code"]["second"]) == ("YC", "NB")
    assert nowhere.json("policy", "diff", "盐城", "YC") == []
    assert "相同" in nowhere.ok("policy", "diff", "盐城", "YC").out


def test_the_permissions_are_told_by_verb_and_by_role(nowhere: Terminal) -> None:
    [row] = nowhere.json("policy", "permissions", "--verb", "sign-contract")
    assert row["roles"]["盐城市"] == ["scene_owner", "bidder"]
    assert row["roles"]["宁波市"] == ["scene_owner", "st_bureau", "bidder"]
    rows = nowhere.json("policy", "permissions", "--role", "配合单位")
    verbs = {each["verb"] for each in rows if "verb" in each}
    assert "give_opinion" in verbs
    assert "register" not in verbs


def test_one_citys_permissions_are_a_table_of_verbs_by_stage_and_roles(nowhere: Terminal) -> None:
    policy = city("yancheng")
    whole = nowhere.json("policy", "permissions", "盐城")
    assert {each["verb"]: tuple(each["roles"]) for each in whole["verbs"]} == policy.permissions
    at = {each["verb"]: each["stages"] for each in whole["verbs"]}
    assert (at["give_opinion"], at["score_bid"], at["suspend"]) == (["review"], ["matching"], [])
    assert whole["played_by"]["payer"] == "市财政局"
    assert "administrator" not in whole["played_by"]

    said = nowhere.ok("policy", "permissions", "盐城", "--role", "payer").out
    assert "confirm_refund" in said
    assert "市财政局" in said
    assert "award " not in said.partition("谁可以看什么")[0]
    one = nowhere.json("policy", "permissions", "盐城", "--verb", "publish-notice")
    assert one["verbs"][0]["stages"] == ["review", "matching", "acceptance", "promotion"]


@pytest.mark.parametrize("machine", [machine.value for machine in Machine])
def test_every_way_of_the_table_is_drawn_or_listed(machine: str) -> None:
    drawn = graph(Machine(machine))

    edges = {(edge.source, edge.target, by) for edge in drawn.edges for by in edge.by}
    wide = {(source, target, each.by) for each in drawn.wide for source in each.sources for target in each.targets}
    rows = {(row.source, row.target, row.by) for row in ROWS if row.machine == machine}
    assert edges | {each for each in rows if each in wide} == rows
    assert {node.key for node in drawn.nodes} == {step.key for step in STEPS if step.machine == machine}
    assert all(listed(drawn, language) for language in ("zh", "en") if drawn.wide)


def test_a_city_leaves_out_what_it_does_not_use_and_says_how_long(chongqing: Policy, ningbo: Policy) -> None:
    for policy in (chongqing, ningbo):
        drawn = graph(Machine.SCENE, policy)
        assert not {node.key for node in drawn.nodes} & set(policy.steps_off)
        assert "个工作日" in mermaid((drawn,), "zh", policy)


@pytest.fixture(scope="module")
def chongqing() -> Policy:
    return city("chongqing")


@pytest.fixture(scope="module")
def ningbo() -> Policy:
    return city("ningbo")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_is_whole_and_no_two_boxes_overlap(language: str, chongqing: Policy) -> None:
    picture = svg(tuple(graph(machine, chongqing) for machine in Machine), language, chongqing)  # type: ignore[arg-type]

    root = ET.fromstring(picture)  # noqa: S314  # we made it
    space = "{http://www.w3.org/2000/svg}"
    for drawing in root.findall(f"{space}g"):
        boxes = [_box(each) for each in drawing.findall(f"{space}rect") if each.get("rx") == "8"]
        assert boxes
        assert not [(a, b) for at, a in enumerate(boxes) for b in boxes[at + 1 :] if _overlap(a, b)]
    assert all(edge.source == START or edge.source for edge in graph(Machine.CONTRACT).edges)


def _box(rect: ET.Element) -> tuple[float, float, float, float]:
    x, y, width, height = (float(rect.get(name, "nan")) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_a_diagram_is_written_to_a_file_or_printed(nowhere: Terminal, tmp_path: Path) -> None:
    assert nowhere.ok("policy", "diagram").out.startswith("stateDiagram-v2\n")
    nowhere.ok("policy", "diagram", "--machine", "all", "--format", "svg", "--city", "盐城", "-o", tmp_path / "all.svg")

    root = ET.fromstring((tmp_path / "all.svg").read_text("utf-8"))  # noqa: S314  # we made it
    assert root.tag.endswith("svg")


def test_a_due_date_is_explained_so_that_it_can_be_counted_by_hand(nowhere: Terminal) -> None:
    counted = ["calendar", "due", "--start", "2026-09-24", "--workdays", "5"]

    assert nowhere.json(*counted)["on"] == "2026-10-09"
    explained = nowhere.ok(*counted).out
    assert "2026-09-24 为触发日，不计入" in explained
    assert "2026-10-01" in explained


def test_a_period_that_ends_on_a_rest_day_moves_and_says_so(nowhere: Terminal) -> None:
    explained = nowhere.ok("calendar", "due", "--start", "2026-09-01", "--months", "1").out

    assert "2026-10-08" in explained
    assert "民法典" in explained


def test_a_date_beyond_the_published_notices_is_provisional(nowhere: Terminal) -> None:
    far = nowhere.json("calendar", "due", "--start", "2030-01-01", "--workdays", "5")

    assert far["provisional"]
    assert "暂定" in nowhere.ok("calendar", "due", "--start", "2030-01-01", "--workdays", "5").out


def test_a_year_is_shown_with_its_workdays(nowhere: Terminal) -> None:
    assert nowhere.json("calendar", "show", "2026")["total"] == 248
    assert not nowhere.json("calendar", "show", "2031")["published"]
    assert nowhere.json("calendar", "show", "9999")["total"]


def test_the_file_of_a_notice_is_checked(nowhere: Terminal, tmp_path: Path) -> None:
    assert nowhere.json("calendar", "check", CALENDARS / "cn-2026.yaml")["rest_days"] == 33
    wrong = tmp_path / "cn-2027.yaml"
    wrong.write_text("year: 2027\nsource: x\nmakeup_workdays: [2027-01-04]\n", "utf-8")
    answer = nowhere("calendar", "check", wrong)
    assert answer.status == 1
    assert "cn-2027.yaml:3" in answer.err
