"""Departments on a trial plan before its admission; the leading group that has a trial decided anew."""

import pytest

from models.actor import Actor
from models.commands.anywhere import Override, Terminate
from models.commands.trial import GiveTrialOpinion, ReturnTrialPlan, SubmitTrialPlan
from models.deadline import Deadline
from models.events.clock import DeadlineMet, DeadlinePassed
from models.events.trial import TrialOpinionGiven
from models.policy import Policy
from models.vocabulary import Position, Role
from rules.keyed import find
from tests.scenario import Play, city, with_rules

A, B = "甲公司", "乙公司"


def planned(policy: Policy, *bidders: str) -> Play:
    play = Play(policy).to_trial(*bidders or (A,), winners=1)
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))
    return play


def opinion(position: Position = Position.AGREE) -> GiveTrialOpinion:
    return GiveTrialOpinion(bidder=A, position=position, text="意见")


def clocks(play: Play, limit: str) -> list[Deadline]:
    return [clock for clock in play.state.deadlines if clock.limit == limit]


@pytest.fixture
def asked() -> Play:
    return planned(city("ningbo"))


def test_where_the_policy_consults_every_cooperating_department_owes_an_opinion_on_the_plan(asked: Play) -> None:
    units = {clock.holder.unit for clock in asked.state.deadlines if clock.limit == "trial_opinion" and clock.holder}
    assert units == set(asked.state.cooperating)
    assert asked.deadline(f"trial_opinion/{A}/{asked.state.cooperating[0]}").verbs == ("give_trial_opinion",)


def test_the_admission_waits_for_everybody_who_was_asked(asked: Play) -> None:
    first, *others = asked.state.cooperating
    for unit in others:
        asked.do(opinion(), asked.cooperating(unit))
    refused = asked.refuses("opinions_missing", asked.admit_act(A), asked.regulator)
    assert refused.details["units"] == first
    asked.do(opinion(Position.OBJECT), asked.cooperating(first))
    asked.do(asked.admit_act(A), asked.regulator)


def test_silence_on_a_plan_is_no_objection(asked: Play) -> None:
    passed = asked.pass_limit(f"trial_opinion/{A}/{asked.state.cooperating[0]}")
    assert [event for event in passed if isinstance(event, DeadlinePassed)]
    asked.do(asked.admit_act(A), asked.regulator)


def test_an_opinion_is_given_once_and_stands_with_the_trial(asked: Play) -> None:
    unit = asked.state.cooperating[0]
    events = asked.do(opinion(Position.CONDITIONAL), asked.cooperating(unit))
    assert TrialOpinionGiven(bidder=A, unit=unit, position=Position.CONDITIONAL) in events
    asked.refuses("opinion_already_given", opinion(), asked.cooperating(unit))
    trial = find(asked.state.trials, bidder=A)
    assert trial is not None
    assert [each.unit for each in trial.opinions] == [unit]


def test_a_plan_filed_anew_is_asked_about_anew(asked: Play) -> None:
    for unit in asked.state.cooperating:
        asked.do(opinion(), asked.cooperating(unit))
    asked.do(ReturnTrialPlan(bidder=A, reasons="补充"), asked.regulator)
    asked.do(SubmitTrialPlan(bidder=A, plan=asked.plan()), asked.bidder(A))
    asked.refuses("opinions_missing", asked.admit_act(A), asked.regulator)


def test_where_nobody_is_asked_lead_and_departments_may_still_advise_and_nothing_waits() -> None:
    play = planned(city("yancheng"))
    assert not clocks(play, "trial_opinion")
    play.do(opinion(Position.OBJECT), play.lead)
    play.do(opinion(), play.cooperating(play.state.cooperating[0]))
    play.refuses("not_permitted", opinion(), play.regulator)
    play.do(play.admit_act(A), play.regulator)


def test_a_city_that_switches_it_on_asks() -> None:
    play = planned(with_rules(city("yancheng"), "trial", consult=True))
    assert len(clocks(play, "trial_opinion")) == len(play.state.cooperating)


def test_who_has_bid_gives_no_opinion_on_a_plan() -> None:
    play = planned(city("yancheng"))
    someone = play.lead.model_copy(update={"person": play.bidder(A).person})
    play.refuses("own_bid", opinion(), someone)


# experts


def experts_of(play: Play, unit: str) -> tuple[Actor, ...]:
    """Those who have seen the scene, as if all of them worked in this department."""
    seats = [seat for panel in play.state.panels if not panel.void for seat in panel.seats]
    return tuple(play.person(Role.EXPERT, unit, seat.person) for seat in seats)


def test_what_an_expert_says_meets_no_duty_of_the_department_that_they_work_in(asked: Play) -> None:
    unit = asked.state.cooperating[0]
    expert = experts_of(asked, unit)[0]
    events = asked.do(opinion(Position.OBJECT), expert)
    assert not [event for event in events if isinstance(event, DeadlineMet)]
    assert asked.deadline(f"trial_opinion/{A}/{unit}").verbs == ("give_trial_opinion",)
    refused = asked.refuses("opinions_missing", asked.admit_act(A), asked.regulator)
    assert unit in refused.details["units"]
    asked.do(opinion(), asked.cooperating(unit))
    assert f"trial_opinion/{A}/{unit}" not in {clock.id for clock in asked.state.deadlines}


def test_two_experts_of_one_unit_and_its_department_speak_without_having_seen_each_other(asked: Play) -> None:
    unit, seen = asked.state.cooperating[0], asked.state.sequence
    one, other, *_ = experts_of(asked, unit)
    for who in (one, asked.cooperating(unit), other):
        asked.do(opinion(), who, seen=seen)
    asked.refuses("stale", opinion(), one, seen=seen)
    asked.refuses("opinion_already_given", opinion(), one)


# the leading group


def reopen(to: str, bidder: str = A) -> Override:
    return Override(to=to, bidder=bidder, reasons="复核认为应重新审查")


def test_the_leading_group_has_an_admission_decided_anew_before_the_start() -> None:
    play = planned(city("yancheng"))
    play.do(play.admit_act(A), play.regulator)
    play.do(reopen("submitted"), play.group)
    assert play.state.trials[0].step == "submitted"
    assert play.holder(play.regulator.role) == play.deadline(f"admission/{A}").holder
    play.do(play.admit_act(A), play.regulator)


def test_a_refused_trial_that_is_reopened_brings_its_scene_back_and_needs_no_remedy() -> None:
    play = Play(city("yancheng")).to_trial(A)
    play.refuse_trial(A)
    assert play.state.step == "remedies"
    play.do(reopen("submitted"), play.group)
    assert (play.state.step, play.state.trials[0].step, play.state.decisions) == ("trial", "submitted", ())
    assert not [*clocks(play, "service"), *clocks(play, "appeal_window")]
    play.do(play.admit_act(A), play.regulator)


def test_an_exit_found_unfit_is_evaluated_anew_by_the_regulator() -> None:
    play = Play(city("yancheng")).to_running(A)
    play.end_trial(A, fit=False)
    play.do(reopen("exit"), play.group)
    assert play.state.trials[0].step == "exit"
    play.conclude_exit(A)
    assert play.state.step == "acceptance"


def test_only_what_was_decided_is_reopened_and_only_by_the_leading_group() -> None:
    play = Play(city("yancheng")).to_running(A)
    refused = play.refuses("not_returnable", reopen("submitted"), play.group)
    assert refused.details["known"] == "-"
    play.refuses("unknown_bidder", reopen("submitted", B), play.group)
    play.refuses("not_permitted", reopen("submitted"), play.lead)


def test_a_scene_that_another_decision_ends_is_not_brought_back() -> None:
    play = planned(city("yancheng"))
    play.do(play.admit_act(A), play.regulator)
    play.do(Terminate(ground="breach", reasons="违约"), play.lead)
    play.refuses("not_returnable", reopen("submitted"), play.group)
