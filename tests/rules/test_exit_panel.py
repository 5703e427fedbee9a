"""The end of a trial: experts evaluate it, the regulator concludes with their recommendation before it."""

from datetime import timedelta
from functools import cache

import pytest

from models.commands.review import ConvenePanel, Mark, Recuse
from models.events.trial import ExitConcluded
from models.policy import PanelCriterion, Policy, TrialKinds
from models.vocabulary import Mode, PanelPurpose, Risk, Role, Scale
from rules import exit_panel, votes
from rules.policy_check import contradictions
from tests.scenario import Play, city, naming, with_rules

A, B = "甲公司", "乙公司"
EXIT = PanelPurpose.EXIT


def with_panel(policy: Policy, **to: object) -> Policy:
    panels = {**policy.panels, "exit": policy.panels["exit"].model_copy(update=to)}
    return policy.model_copy(update={"panels": panels})


def without_panel(policy: Policy) -> Policy:
    return policy.model_copy(update={"panels": {key: of for key, of in policy.panels.items() if key != "exit"}})


def at_exit(play: Play) -> Play:
    play.to_running(A)
    play.pass_phases()
    play.pass_limit(f"trial/{A}")
    return play


@cache
def _ended(name: str) -> Play:
    play = at_exit(Play(city(name)))
    play.report_exit(A)
    return play


@pytest.fixture(params=["yancheng", "ningbo", "chongqing"])
def ended(request: pytest.FixtureRequest) -> Play:
    """The exit report is in; nobody was asked yet."""
    return _ended(request.param).fork()


def test_the_regulator_convenes_it_and_nobody_else(ended: Play) -> None:
    no = ended.refuses("not_the_convener", ended.convene_act(EXIT, A), ended.lead)
    assert no.details["conveners"] == "regulator"
    ended.do(ended.convene_act(EXIT, A), ended.regulator)
    (clock, *_) = [each for each in ended.state.deadlines if each.id.startswith(f"exit_evaluation/{A}/expert")]
    assert (clock.holder and clock.holder.role, clock.verbs) == (Role.EXPERT, ("give_expert_opinion",))
    assert clock.due_on == ended.deadline(f"exit_evaluation/{A}").due_on


def test_the_regulator_convenes_no_other_panel(policy: Policy) -> None:
    play = Play(policy).to_acceptance(A)
    play.apply(A)
    play.refuses("not_the_convener", play.convene_act(PanelPurpose.ACCEPTANCE, A), play.regulator)


def test_nothing_is_concluded_before_every_member_has_spoken(ended: Play) -> None:
    for fit in (True, False):
        ended.refuses("exit_panel_missing", ended.conclude_exit_act(A, fit=fit), ended.regulator)
    first, *others = ended.seat_panel(EXIT, A)
    ended.do(ended.recommend_act(A, purpose=EXIT), ended.expert(first))
    no = ended.refuses("panel_incomplete", ended.conclude_exit_act(A), ended.regulator)
    assert no.details["missing"] == str(len(others))
    ended.conclude_exit(A)
    assert ended.state.trials[0].step == "ended"


@pytest.mark.parametrize("fit", [True, False])
def test_who_concludes_otherwise_than_the_panel_says_why(ended: Play, fit: bool) -> None:
    ended.hear_exit_panel(A, fit=not fit)
    no = ended.refuses("exit_against_panel", ended.conclude_exit_act(A, fit=fit), ended.regulator)
    assert "against_panel" in no.text("zh")
    events = ended.do(ended.conclude_exit_act(A, fit=fit, against_panel="现场复测另有结果"), ended.regulator)
    assert [each.panel for each in events if isinstance(each, ExitConcluded)] == [not fit]
    assert ended.state.trials[0].step == ("ended" if fit else "unfit")


def test_the_majority_that_the_policy_asks_for_decides_what_the_panel_recommends(policy: Policy) -> None:
    play = at_exit(Play(with_panel(policy, pass_share=1)))
    play.report_exit(A)
    play.experts_recommend(EXIT, A, no=1)
    no = play.refuses("exit_against_panel", play.conclude_exit_act(A), play.regulator)
    assert int(no.details["yes"]) == int(no.details["needed"]) - 1


def test_a_member_marks_every_criterion_once_and_within_its_points(ended: Play) -> None:
    number, *_ = ended.seat_panel(EXIT, A)
    whole = ended.recommend_act(A, purpose=EXIT)
    first, *others = whole.marks
    for marks, missing, unknown in (
        (tuple(others), "safety 安全可控", "-"),
        ((*whole.marks, Mark(criterion="x", points=1)), "-", "x"),
        ((*whole.marks, first), "-", "safety"),
    ):
        no = ended.refuses("marks_incomplete", whole.model_copy(update={"marks": marks}), ended.expert(number))
        assert (no.details["missing"], no.details["unknown"].split(", ")[0]) == (missing, unknown)
    above = (first.model_copy(update={"points": 40.1}), *others)
    ended.refuses("mark_out_of_range", whole.model_copy(update={"marks": above}), ended.expert(number))
    ended.do(whole, ended.expert(number))
    (panel,) = [each for each in ended.state.panels if each.purpose is EXIT]
    assert panel.seat(f"expert-{number}").tenths == (("safety", 320), ("effect", 320), ("conduct", 160))  # type: ignore[union-attr]


def test_below_the_pass_mark_a_member_recommends_nothing(ended: Play) -> None:
    number, *_ = ended.seat_panel(EXIT, A)
    low = ended.recommend_act(A, purpose=EXIT, recommend=False)
    no = ended.refuses("marks_contradict", low.model_copy(update={"recommend": True}), ended.expert(number))
    assert no.details == {"total": "20.0", "mark": "60"}
    high = ended.recommend_act(A, purpose=EXIT).model_copy(update={"recommend": False})
    ended.do(high, ended.expert(number))  # who gives high marks may still advise against it, and says why


def test_the_panel_judges_an_exit_report_and_waits_for_it(policy: Policy) -> None:
    play = at_exit(Play(policy))
    number, *_ = play.seat_panel(EXIT, A)
    play.refuses("exit_report_missing", play.recommend_act(A, purpose=EXIT), play.expert(number))
    play.report_exit(A)
    play.do(play.recommend_act(A, purpose=EXIT), play.expert(number))


def test_no_panel_before_the_exit_and_none_about_nobody(policy: Policy) -> None:
    play = Play(policy).to_running(A)
    play.refuses("wrong_bidder_step", play.convene_act(EXIT, A), play.regulator)
    play.refuses("wrong_step", play.convene_act(EXIT), play.regulator)
    play.refuses("unknown_bidder", play.convene_act(EXIT, "无名"), play.regulator)


def test_who_admitted_the_trial_or_belongs_to_its_parties_does_not_sit_on_it(ended: Play) -> None:
    ended.policy = naming(ended.policy)
    first, *others = ended.members(purpose=EXIT)
    official = first.model_copy(update={"person": ended.regulator.person})
    another = ended.second_regulator.model_copy(update={"person": "regulator-8"})
    act = ConvenePanel(purpose=EXIT, members=(official, *others), bidder=A)
    assert ended.refuses("decides_and_judges", act, another).details["did"] == "admit_trial"
    for unit in (A, ended.owner_unit):
        tied = first.model_copy(update={"ties": (unit,)})
        act = ConvenePanel(purpose=EXIT, members=(tied, *others), bidder=A)
        ended.refuses("panel_conflict", act, ended.regulator)


def test_who_finds_a_tie_leaves_the_seat_to_the_next_drawn(ended: Play) -> None:
    pool = ended.members(15, EXIT)
    ended.do(ConvenePanel(purpose=EXIT, pool=pool, size=5, bidder=A), ended.regulator)
    (drawn,) = [each for each in ended.state.panels if each.purpose is EXIT]
    number = int(drawn.seats[0].person.removeprefix("expert-"))
    ended.do(Recuse(purpose=EXIT, bidder=A, reasons="曾任职于揭榜方"), ended.expert(number))
    (panel,) = [each for each in ended.state.panels if each.purpose is EXIT]
    assert not panel.void
    assert panel.seat(f"expert-{number}") is None
    assert len(panel.seats) == 5
    ended.conclude_exit(A)
    assert ended.state.trials[0].step == "ended"


def test_an_exit_that_is_evaluated_anew_has_a_panel_of_its_own(ended: Play) -> None:
    ended.conclude_exit(A, fit=False)
    ended.win_appeal()
    assert ended.state.trials[0].step == "exit"
    ended.refuses("exit_panel_missing", ended.conclude_exit_act(A), ended.regulator)
    ended.conclude_exit(A)
    assert ended.state.trials[0].step == "ended"


def test_each_racer_has_a_panel_of_its_own() -> None:
    play = Play(city("yancheng")).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.pass_phases()
    play.pass_limit(f"trial/{A}")
    for bidder in (A, B):
        play.report_exit(bidder)
    play.hear_exit_panel(A)
    play.refuses("exit_panel_missing", play.conclude_exit_act(B), play.regulator)
    play.conclude_exit(B, fit=False)
    play.do(play.conclude_exit_act(A), play.regulator)
    assert [each.step for each in play.state.trials] == ["ended", "unfit"]


def test_who_evaluated_the_exit_fills_a_share_of_the_acceptance_panel_only(ended: Play) -> None:
    ended.policy = naming(ended.policy)
    ended.conclude_exit(A)
    ended.apply(A)
    sat = ended.members(purpose=EXIT)
    fresh = ended.members(9, PanelPurpose.ACCEPTANCE)
    too_many = ConvenePanel(purpose=PanelPurpose.ACCEPTANCE, members=(*sat[:4], *fresh[:5]), bidder=A)
    assert ended.refuses("panel_overlap", too_many, ended.lead).details["overlap"] == "4/9"
    ended.do(too_many.model_copy(update={"members": (*sat[:3], *fresh[:6])}), ended.lead)


def test_who_spoke_on_an_exit_panel_that_another_replaced_still_counts(ended: Play) -> None:
    ended.policy = naming(ended.policy)
    ended.conclude_exit(A, fit=False)
    ended.win_appeal()
    others = tuple(each.model_copy(update={"person": f"new-{each.person}"}) for each in ended.members(purpose=EXIT))
    ended.do(ConvenePanel(purpose=EXIT, members=others, bidder=A), ended.regulator)
    ended.conclude_exit(A)
    ended.apply(A)
    first = ended.members(purpose=EXIT)
    fresh = ended.members(3, PanelPurpose.ACCEPTANCE)
    act = ConvenePanel(purpose=PanelPurpose.ACCEPTANCE, members=(*first[:4], *fresh), bidder=A)
    assert ended.refuses("panel_overlap", act, ended.lead).details["overlap"] == "4/7"


def test_a_policy_without_such_a_panel_leaves_the_conclusion_to_the_regulator() -> None:
    play = at_exit(Play(without_panel(city("yancheng"))))
    play.report_exit(A)
    play.refuses("no_exit_panel", ConvenePanel(purpose=EXIT, members=play.members(5), bidder=A), play.regulator)
    events = play.do(play.conclude_exit_act(A), play.regulator)
    assert [each.panel for each in events if isinstance(each, ExitConcluded)] == [None]


def test_a_panel_that_a_newer_policy_does_not_ask_for_is_not_waited_for(ended: Play) -> None:
    number, *_ = ended.seat_panel(EXIT, A)
    ended.policy = without_panel(ended.policy)
    ended.refuses("no_exit_panel", Recuse(purpose=EXIT, bidder=A, reasons="回避"), ended.expert(number))
    ended.conclude_exit(A)
    told = votes.told(ended.policy, ended.scene, ended.journal)
    assert [each.needed for each in told if each.purpose is EXIT] == [None]


@pytest.mark.parametrize(
    ("kinds", "needed"),
    [
        (TrialKinds(), True),
        (TrialKinds(risks=(Risk.HIGH,)), False),
        (TrialKinds(risks=(Risk.MEDIUM,)), True),
        (TrialKinds(scales=(Scale.INTEGRATED, Scale.COMPREHENSIVE)), False),
        (TrialKinds(risks=(Risk.HIGH,), scales=(Scale.SMALL,)), True),
        (TrialKinds(maturities=("早期",)), True),
        (TrialKinds(maturities=("成熟",)), False),
    ],
)
def test_the_policy_says_which_trials_need_it(kinds: TrialKinds, needed: bool) -> None:
    play = at_exit(Play(with_rules(city("yancheng"), "trial", exit_panel_for=kinds)))
    assert exit_panel.needed(play.policy, play.state, play.state.trials[0]) is needed


def test_the_risk_that_the_regulator_found_counts_above_the_bidders_word() -> None:
    policy = with_rules(city("yancheng"), "trial", exit_panel_for=TrialKinds(risks=(Risk.HIGH,)))
    play = at_exit(Play(policy))
    trial = play.state.trials[0]
    assert not exit_panel.needed(policy, play.state, trial)
    assert exit_panel.needed(policy, play.state, trial.model_copy(update={"found_risk": Risk.HIGH}))


def test_silence_of_an_expert_leaves_the_evaluation_open_and_overdue(ended: Play) -> None:
    ended.seat_panel(EXIT, A)
    ended.wait(timedelta(days=60))
    ended.refuses("panel_incomplete", ended.conclude_exit_act(A), ended.regulator)
    assert all(each.status == "overdue" for each in ended.state.deadlines if each.limit == "exit_evaluation")


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        ({"pass_mark": 101}, "panels.exit.pass_mark"),
        ({"conveners": (Role.SUPERVISOR,)}, "panels.exit.conveners.0"),
        ({"criteria": (PanelCriterion(key="a", name="甲", points=60),) * 2}, "panels.exit.criteria"),
    ],
)
def test_a_panel_that_could_never_speak_is_a_contradiction(rules: dict[str, object], key: str) -> None:
    found = contradictions(with_panel(city("yancheng"), **rules))
    assert any(each.key.startswith(key) for each in found)
