"""A trial as a statement: made from the journal and the state, it says what stands where, and judges nothing."""

from datetime import timedelta

import pytest

from models.commands.trial import ReturnTrialPlan, SubmitTrialPlan
from models.policy import Policy
from models.vocabulary import Phase
from rules.trial_statement import TrialStatement, statement
from tests.scenario import JOBS, ON_TIME, Play, with_rules

A = "甲公司"


def of(play: Play) -> TrialStatement:
    (trial,) = play.state.trials
    return statement(play.policy, play.state, play.journal, trial, play.today)


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng, domain="低空经济").to_running(A)


def test_it_says_what_was_planned_and_what_the_domain_asks(running: Play) -> None:
    found = of(running)
    assert found.plan == running.plan()
    assert (found.profile, found.two_officers) == ("无人系统", False)
    assert (found.insurance.insured_yuan, found.insurance.least_yuan) == (10_000_000, 5_000_000)
    assert found.report_every.length == 15


def test_it_says_how_each_indicator_stands_against_its_thresholds(running: Play) -> None:
    (before,) = of(running).indicators
    assert (before.kpi.key, before.last, before.reached, before.past_stop) == (ON_TIME, None, None, False)
    running.read(A, "90")
    (short,) = of(running).indicators
    assert (short.reached, short.past_stop) == (False, False)
    running.read(A, "97.25")
    (good,) = of(running).indicators
    assert good.last is not None
    assert (good.last.value, good.last.on, good.reached) == ("97.25", running.today, True)


def test_it_says_what_the_gate_still_asks_for_and_of_the_last_phase_nothing(running: Play) -> None:
    found = of(running)
    assert (found.phase, found.next_phase) == (Phase.TEST, Phase.DEMONSTRATION)
    assert [each.what for each in found.unmet] == ["time", "kpi", "reports"]
    running.meet_gate(A)
    assert of(running).unmet == ()


def test_its_clocks_are_those_of_the_trial_the_next_first(running: Play) -> None:
    clocks = of(running).clocks
    assert {each.limit for each in clocks} == {"trial", "insurance", "report", "midterm"}
    assert [each.due_at for each in clocks] == sorted(each.due_at for each in clocks)


def test_it_says_how_the_checklist_was_answered_at_admission_and_at_exit(running: Play) -> None:
    answered = {(each.asked, each.check): each.answer is not None for each in of(running).checks}
    assert answered == {
        ("admission", "licence"): True,
        ("admission", "site"): True,
        ("admission", "data"): True,
        ("admission", "complaint"): True,
        ("admission", "right_of_way"): True,
        ("exit", "data"): False,
        ("exit", "complaint"): False,
    }
    running.end_trial(A)
    assert all(each.answer for each in of(running).checks)
    assert of(running).employment == JOBS


def test_a_plan_that_was_filed_again_is_not_answered_yet(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.admit(A)
    play.do(ReturnTrialPlan(bidder=A, reasons="补充"), play.regulator)
    other = play.plan(months=2)
    play.do(SubmitTrialPlan(bidder=A, plan=other), play.bidder(A))
    found = of(play)
    assert found.plan == other
    assert not any(each.answer for each in found.checks)


def test_a_trial_that_was_taken_over_shows_its_declared_plan(yancheng: Policy) -> None:
    play = Play(yancheng)
    declared = play.declared(A, plan=play.plan(), trial_started_on=play.today - timedelta(days=60), phase="test")
    play.do(play.take_over_act("trial", declared), play.platform)
    found = of(play)
    assert (found.plan, found.declared, found.phase) == (play.plan(), True, Phase.TEST)
    assert {each.what for each in found.unmet} == {"time", "kpi", "reports"}
    assert found.next_phase is Phase.DEMONSTRATION


def test_a_policy_without_profiles_asks_for_nothing(yancheng: Policy) -> None:
    plain = with_rules(yancheng, "trial", gates=(), checks=()).model_copy(update={"risk_profiles": ()})
    found = of(Play(plain).to_running(A))
    assert (found.profile, found.insurance.least_yuan, found.unmet, found.checks) == (None, None, (), ())


def test_it_is_written_and_read_back_whole(running: Play) -> None:
    running.read(A)
    assert TrialStatement.model_validate_json(of(running).model_dump_json()) == of(running)
