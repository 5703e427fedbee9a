"""What a trial plan has to say, for how much it is insured, and what an officer looks for before admitting it."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from models.commands.trial import RenewInsurance, ReturnTrialPlan, SubmitTrialPlan, TrialPlan
from models.plan import Bounds, Kpi
from models.policy import Policy
from models.vocabulary import Phase
from rules.policy_check import contradictions
from tests.scenario import ON_TIME, Play, document, with_rules

A = "甲公司"
ORDINARY, LIVELIHOOD, UNMANNED = "海洋经济", "民生服务", "低空经济"


def planning(policy: Policy, domain: str = ORDINARY) -> Play:
    return Play(policy, domain=domain).to_trial(A)


def submit(play: Play, **changes: object) -> SubmitTrialPlan:
    return SubmitTrialPlan(bidder=A, plan=play.plan().model_copy(update=changes))


def bounds(play: Play, **changes: object) -> Bounds:
    within = play.plan().within
    assert within is not None
    return within.model_copy(update=changes)


def kpi(**changes: object) -> Kpi:
    content = {"key": "k", "name": "指标", "unit": "%", "better": "higher", "target": "95", "stop": "80"}
    return Kpi.model_validate(content | changes)


# what it has to say

LACKING: dict[str, Callable[[Play], dict[str, object]]] = {
    "within.areas": lambda play: {"within": bounds(play, areas=())},
    "within.scale": lambda play: {"within": bounds(play, scale=())},
    "within.users": lambda play: {"within": bounds(play, users=())},
    "within.windows": lambda play: {"within": bounds(play, windows=())},
    "within.data": lambda play: {"within": bounds(play, data=())},
    "safeguards": lambda play: {"safeguards": ()},
    "kpis, kpis.stop": lambda play: {"kpis": ()},
    "kpis.stop": lambda play: {"kpis": (kpi(), kpi(key="l", stop=None))},
}


@pytest.mark.parametrize("missing", LACKING)
def test_a_plan_that_lacks_a_part_is_refused_with_what_is_missing(yancheng: Policy, missing: str) -> None:
    play = planning(yancheng, UNMANNED)
    no = play.refuses("plan_incomplete", submit(play, **LACKING[missing](play)), play.bidder(A))
    assert no.details == {"profile": "无人系统", "missing": missing}


def test_everything_that_is_missing_is_told_at_once(yancheng: Policy) -> None:
    play = planning(yancheng)
    no = play.refuses("plan_incomplete", submit(play, within=None, kpis=()), play.bidder(A))
    assert no.details["missing"] == "within.areas, within.scale, within.users, within.windows, kpis"


def test_who_touches_no_personal_data_says_so(yancheng: Policy) -> None:
    play = planning(yancheng, UNMANNED)
    play.do(submit(play, within=bounds(play, data=(), no_personal_data=True)), play.bidder(A))


def test_other_domains_ask_for_less(yancheng: Policy) -> None:
    play = planning(yancheng, ORDINARY)
    play.do(submit(play, within=bounds(play, data=()), safeguards=(), kpis=(kpi(stop=None),)), play.bidder(A))


def test_a_policy_from_before_there_were_profiles_asks_for_none_of_it(yancheng: Policy) -> None:
    before = with_rules(yancheng, "trial", checks=()).model_copy(update={"risk_profiles": ()})
    play = planning(before, UNMANNED)
    play.do(submit(play, within=None, kpis=(), safeguards=(), insured_yuan=None), play.bidder(A))
    play.do(play.admit_act(A, checks=(), with_officer=None), play.regulator)
    assert play.state.trials[0].step == "admitted"


def test_a_plan_as_it_was_filed_before_reads_and_writes_as_it_did(yancheng: Policy) -> None:
    play = planning(yancheng)
    old = play.plan().model_dump(mode="json", exclude={"insured_yuan", "within", "safeguards", "kpis"})
    assert TrialPlan.model_validate(old).model_dump(mode="json") == old


def test_what_can_be_cited_has_a_key_of_its_own_in_the_whole_plan(yancheng: Policy) -> None:
    play = planning(yancheng)
    twice = submit(play, kpis=(kpi(key="1.2"),))
    assert play.refuses("plan_key_twice", twice, play.bidder(A)).details["key"] == "1.2"
    play.do(submit(play), play.bidder(A))
    assert play.state.trials[0].clauses == ("1.1", "1.2", "1.3", "1.4", "1.5", "3.1", ON_TIME)


@pytest.mark.parametrize(
    ("better", "target", "stop", "fits"),
    [
        ("higher", "95", "80", True),
        ("higher", "95", "95", False),
        ("higher", "0.3", "0.31", False),
        ("lower", "3.5", "20", True),
        ("lower", "3.5", "-1", False),
        ("lower", "9", "10", True),
    ],
)
def test_a_stop_threshold_lies_on_the_worse_side_of_the_target(
    yancheng: Policy, better: str, target: str, stop: str, fits: bool
) -> None:
    play = planning(yancheng)
    plan = submit(play, kpis=(kpi(better=better, target=target, stop=stop),))
    if fits:
        play.do(plan, play.bidder(A))
    else:
        play.refuses("kpi_thresholds", plan, play.bidder(A))


@pytest.mark.parametrize(("written", "kept"), [(95, "95"), (99.5, "99.5"), ("-0.25", "-0.25"), (" 7 ", "7")])
def test_a_figure_is_kept_as_it_was_written(written: object, kept: str) -> None:
    assert kpi(target=written, stop=None).target == kept


@pytest.mark.parametrize("nonsense", ["", "about 5", "1e3", "1,000", "5.", True, float("nan"), "9" * 16])
def test_what_is_no_decimal_number_is_no_figure(nonsense: object) -> None:
    with pytest.raises(ValidationError):
        kpi(target=nonsense)


# the insurance


def test_a_trial_is_insured_for_as_much_as_its_domain_asks(yancheng: Policy) -> None:
    play = planning(yancheng, UNMANNED)
    for sum in (None, 4_999_999):
        no = play.refuses("insured_sum_too_low", submit(play, insured_yuan=sum), play.bidder(A))
        assert no.details["least"] == "5000000"
    play.do(submit(play, insured_yuan=5_000_000), play.bidder(A))


def test_a_renewal_may_not_insure_for_less(yancheng: Policy) -> None:
    play = planning(yancheng)
    play.start(A)
    until = play.plan().insurance_until
    assert until is not None
    policy = RenewInsurance(bidder=A, document=document("新保单"), until=until.replace(year=until.year + 1))
    play.refuses("insured_sum_too_low", policy.model_copy(update={"insured_yuan": 999_999}), play.bidder(A))
    play.do(policy, play.bidder(A))
    assert play.state.trials[0].insured_yuan == play.plan().insured_yuan


# the admission


def submitted(policy: Policy, domain: str = ORDINARY) -> Play:
    play = planning(policy, domain)
    play.do(submit(play), play.bidder(A))
    return play


def answers(play: Play, **other: dict[str, object] | None) -> list[dict[str, Any]]:
    """Everything is found, but for the items named: answered otherwise, or (None) not at all."""
    found = [each.model_dump() for each in play.admit_act(A).checks]
    kept = [each | (other.get(each["check"]) or {}) for each in found]
    return [each for each in kept if each["check"] not in other or other[each["check"]] is not None]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"answer": "failed", "reasons": "无许可"},
        {"answer": "failed"},
        {"answer": "not_applicable"},
    ],
)
def test_an_item_that_is_unanswered_or_failed_refuses_the_admission(
    yancheng: Policy, answer: dict[str, object] | None
) -> None:
    play = submitted(yancheng)
    act = play.admit_act(A, checks=answers(play, licence=answer))
    assert "licence" in play.refuses("checks_open", act, play.regulator).details["open"]


def test_an_item_that_does_not_apply_is_answered_with_the_reason(yancheng: Policy) -> None:
    play = submitted(yancheng)
    reason: dict[str, object] = {"answer": "not_applicable", "reasons": "不需许可"}
    play.do(play.admit_act(A, checks=answers(play, licence=reason)), play.regulator)


def test_an_item_is_answered_once_and_only_what_stands_on_the_list(yancheng: Policy) -> None:
    play = submitted(yancheng)
    all_of_it = answers(play)
    play.refuses("checks_open", play.admit_act(A, checks=[*all_of_it, all_of_it[0]]), play.regulator)
    other = {"check": "right_of_way", "answer": "found"}
    assert "licence" in play.refuses(
        "unknown_check", play.admit_act(A, checks=[*all_of_it, other]), play.regulator
    ).text("en")


def test_a_domain_may_have_items_of_its_own(yancheng: Policy) -> None:
    play = submitted(yancheng, UNMANNED)
    act = play.admit_act(A, checks=answers(play, right_of_way=None))
    assert play.refuses("checks_open", act, play.regulator).details["open"] == "right_of_way (路权或空域许可): 0"


def test_a_livelihood_trial_is_admitted_by_two_officers(yancheng: Policy) -> None:
    play = submitted(yancheng, LIVELIHOOD)
    play.refuses("second_officer_missing", play.admit_act(A, with_officer=None), play.regulator)
    play.refuses("same_person", play.admit_act(A, with_officer=play.regulator.person), play.regulator)
    play.refuses("own_bid", play.admit_act(A, with_officer=play.bidder(A).person), play.regulator)
    play.refuses("drafter_decides", play.admit_act(A, with_officer=play.owner.person), play.regulator)
    play.do(play.admit_act(A, with_officer="regulator-2"), play.regulator)
    assert play.state.trials[0].admitted_by == ("regulator-1", "regulator-2")
    assert [hand.persons for hand in play.state.hands if hand.deed == "admit_trial"] == [("regulator-1", "regulator-2")]


# reports and phases


def test_some_domains_report_more_often(yancheng: Policy) -> None:
    play = planning(yancheng, UNMANNED)
    play.start(A)
    profile = yancheng.risk_profile(UNMANNED)
    assert profile is not None
    assert play.deadline(f"report/{A}").period == profile.report != yancheng.limits.report.period


def test_some_domains_use_fewer_phases(chongqing: Policy) -> None:
    play = planning(chongqing, "文化和旅游")
    play.start(A)
    assert chongqing.trial.phases[-1] is Phase.PILOT
    assert play.state.trials[0].phase is Phase.TEST
    profile = chongqing.risk_profile("文化和旅游")
    assert profile is not None
    assert Phase.PILOT not in profile.phases


def test_a_returned_plan_is_filed_anew_with_other_bounds(yancheng: Policy) -> None:
    play = submitted(yancheng)
    play.do(ReturnTrialPlan(bidder=A, reasons="补充"), play.regulator)
    play.do(submit(play, kpis=(kpi(key="9.9"),)), play.bidder(A))
    assert [each.key for each in play.state.trials[0].kpis] == ["9.9"]


# which profile a domain falls under, and profiles that contradict each other


def test_every_domain_of_every_city_falls_under_one_profile(policy: Policy) -> None:
    assert all(policy.risk_profile(domain.name) for domain in policy.domains)


def test_a_livelihood_domain_falls_under_the_stricter_profile_unless_another_names_it(chongqing: Policy) -> None:
    under = {domain.name: chongqing.risk_profile(domain.name) for domain in chongqing.domains}
    named = {name: profile.name for name, profile in under.items() if profile is not None}
    assert (named["医疗卫生"], named["文化和旅游"], named["数字经济"]) == ("民生", "文旅消费", "一般")


BROKEN: dict[str, tuple[list[dict[str, object]], str]] = {
    "a domain that does not exist": ([{}, {"domains": ["低空"]}], "risk_profiles.1.domains.0"),
    "a domain in two profiles": (
        [{}, {"domains": ["低空经济"]}, {"name": "三", "domains": ["低空经济"]}],
        "risk_profiles.2.domains.0",
    ),
    "two for every other domain": ([{}, {}], "risk_profiles.1"),
    "two of one name": ([{}, {"name": "甲", "livelihood": True}], "risk_profiles.1.name"),
    "domains and livelihood": ([{}, {"domains": ["低空经济"], "livelihood": True}], "risk_profiles.1.livelihood"),
    "domains without a profile": ([{"livelihood": True}], "risk_profiles"),
    "a part twice": ([{"plan": ["kpis", "kpis"]}], "risk_profiles.0.plan.1"),
    "a phase twice": ([{"phases": ["test", "test"]}], "risk_profiles.0.phases.1"),
    "reports less often than the city asks": (
        [{"report": {"length": 2, "unit": "months"}}],
        "risk_profiles.0.report",
    ),
    "reports by the hour": ([{"report": {"length": 2, "unit": "hours"}}], "risk_profiles.0.report"),
    "an item of the city's list again": (
        [{"checks": [{"key": "licence", "name": "许可"}]}],
        "risk_profiles.0.checks.0.key",
    ),
}


def profiles(*given: dict[str, object]) -> dict[str, object]:
    names = ("甲", "乙", "丙")
    common = {"plan": ["kpis"], "clause": "平台默认值（无法定依据）", "default": True}
    return {"risk_profiles": [{"name": names[at], **common, **each} for at, each in enumerate(given)]}


@pytest.mark.parametrize("case", BROKEN)
def test_a_contradiction_is_found_at_its_key(yancheng: Policy, case: str) -> None:
    given, key = BROKEN[case]
    content = yancheng.model_dump(mode="json") | profiles(*given)
    assert key in [each.key for each in contradictions(Policy.model_validate(content))]


def test_a_phase_or_a_sum_insured_that_the_city_does_not_have_is_found(ningbo: Policy) -> None:
    content = ningbo.model_dump(mode="json") | profiles({"phases": ["pilot"], "insured_yuan": 5})
    content["trial"]["insurance"] = False
    keys = [each.key for each in contradictions(Policy.model_validate(content))]
    assert keys == ["risk_profiles.0.phases.0", "risk_profiles.0.insured_yuan"]
