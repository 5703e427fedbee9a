"""What a breach and an early end of an inclusion period lead to: supervision, remedies, the period given back."""

from datetime import timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import Appeal, DecideAppeal, DecideExtension, RequestExtension
from models.commands.trial import (
    ApproveResumption,
    EndInclusionEarly,
    LiftSupervision,
    ProposeResumption,
    ProveRollback,
    RecordFault,
    ReportFix,
    SuspendTrial,
    TerminateTrial,
)
from models.deadline import DeadlineStatus, Level
from models.events.trial import SupervisionBegan
from models.policy import Policy
from models.vocabulary import Role
from rules.calendar import shift_workdays
from rules.inclusion_statement import statements
from rules.policy_check import contradictions
from tests.scenario import Play, document, with_rules

A = "甲公司"
LIFT = LiftSupervision(bidder=A, reasons="可恢复")
CUT = EndInclusionEarly(bidder=A, reasons="不再符合条件")


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def cross(play: Play) -> None:
    """A red line."""
    play.do(
        RecordFault(
            bidder=A, kind="leak", red_line="data_or_privacy_harm", plan_clause="1.1", finding="属实",
            evidence=document("证据"),
        ),
        play.regulator,
    )  # fmt: skip


def standing(play: Play) -> tuple[str, str]:
    return play.state.inclusions[0].step, play.state.trials[0].step


def ids(play: Play) -> set[str]:
    return {each.id for each in play.state.deadlines}


@pytest.fixture
def breached(running: Play) -> Play:
    cross(running)
    return running


# formal supervision


def test_after_a_breach_the_regulator_owes_a_decision_in_time(breached: Play) -> None:
    clock = breached.deadline(f"supervision/{A}")
    assert clock.holder == breached.holder(Role.REGULATOR)
    assert clock.verbs == ("terminate_trial", "lift_supervision")
    assert clock.due_on == shift_workdays(breached.policy.calendar, breached.today, 20)
    assert Level.RED in {rung.level for rung in clock.rungs}, "nobody sleeps over it"
    assert [event.because for event in breached.journal[-1].events if isinstance(event, SupervisionBegan)] == [
        "record_fault"
    ]


def test_under_supervision_a_trial_is_not_resumed(breached: Play) -> None:
    breached.do(ReportFix(bidder=A, proof=document("证明")), breached.bidder(A))
    propose = ProposeResumption(bidder=A, reasons="已改")
    breached.refuses("under_supervision", propose, breached.regulator)
    breached.refuses("under_supervision", ApproveResumption(bidder=A), breached.second_regulator)
    breached.do(LIFT, breached.regulator)
    assert f"supervision/{A}" not in ids(breached)
    breached.do(propose, breached.regulator)
    breached.do(ApproveResumption(bidder=A), breached.second_regulator)
    assert standing(breached) == ("breached", "running")
    breached.refuses("wrong_bidder_step", LIFT, breached.regulator)


@pytest.mark.parametrize("decision", ["lifted", "terminated"])
def test_the_ledger_tells_of_the_supervision_and_its_end(breached: Play, decision: str) -> None:
    (told,) = statements(breached.journal)
    assert told.supervision is not None
    assert told.supervision.decided is None
    breached.wait(timedelta(days=2))
    ended = TerminateTrial(bidder=A, ground="breach", reasons="触碰红线")
    breached.do(LIFT if decision == "lifted" else ended, breached.regulator)
    (told,) = statements(breached.journal)
    assert told.supervision is not None
    assert told.supervision.decided is not None
    assert (told.supervision.decision, told.supervision.decided.on) == (decision, breached.today)


def test_a_resumption_proposed_before_the_breach_is_proposed_anew(running: Play) -> None:
    running.do(SuspendTrial(bidder=A, reasons="故障"), running.regulator)
    running.do(ReportFix(bidder=A, proof=document("证明")), running.bidder(A))
    running.do(ProposeResumption(bidder=A, reasons="已改"), running.regulator)
    cross(running)
    running.do(LIFT, running.regulator)
    running.refuses("fix_missing", ApproveResumption(bidder=A), running.second_regulator)


def test_a_breached_trial_that_is_ended_proves_its_rollback(breached: Play) -> None:
    breached.do(TerminateTrial(bidder=A, ground="breach", reasons="触碰红线"), breached.regulator)
    assert f"supervision/{A}" not in ids(breached)
    assert breached.deadline(f"rollback/{A}").holder == breached.holder(Role.BIDDER, A)
    breached.do(ProveRollback(bidder=A, proof=document("恢复证明")), breached.bidder(A))
    assert breached.state.trials[0].step == "terminated"


def test_a_decision_that_is_late_stays_owed(breached: Play) -> None:
    breached.pass_limit(f"supervision/{A}")
    assert breached.deadline(f"supervision/{A}").status is DeadlineStatus.OVERDUE
    breached.do(LIFT, breached.regulator)
    assert f"supervision/{A}" not in ids(breached)


def test_a_stop_without_a_breach_is_no_supervision(running: Play) -> None:
    running.do(SuspendTrial(bidder=A, reasons="故障"), running.regulator)
    assert f"supervision/{A}" not in ids(running)
    running.refuses("not_supervised", LIFT, running.regulator)


def test_a_breach_in_the_exit_evaluation_leaves_nothing_to_decide(running: Play) -> None:
    running.pass_limit(f"trial/{A}")
    cross(running)
    assert standing(running) == ("breached", "exit")
    assert f"supervision/{A}" not in ids(running)


def test_the_end_of_the_trials_time_ends_the_supervision(breached: Play) -> None:
    breached.do(LIFT, breached.regulator)
    breached.pass_limit(f"fix/{A}")
    assert standing(breached)[1] == "suspended"


# the early end and its remedies


def test_an_early_end_is_a_decision_against_the_bidder_who_may_appeal(running: Play) -> None:
    running.do(CUT, running.regulator)
    assert standing(running) == ("ended_early", "running")
    (decision,) = running.state.decisions
    assert (decision.against, decision.verb, decision.by) == (A, "end_inclusion_early", running.regulator.person)
    running.serve(decision.sequence, A)
    assert f"appeal_window/{decision.sequence}" in ids(running)
    (statement,) = statements(running.journal)
    assert [(each.sequence, each.served_on) for each in statement.remedies] == [(decision.sequence, running.today)]


def appeal(play: Play, *, upheld: bool) -> None:
    (decision,) = play.state.decisions
    play.serve(decision.sequence, A)
    play.do(Appeal(decision=decision.sequence, grounds="不服"), play.bidder(A))
    play.do(DecideAppeal(decision=decision.sequence, upheld=upheld, reasons="裁决"), play.supervisor)


@pytest.mark.parametrize("extended", [False, True])
def test_an_upheld_appeal_gives_the_period_back_with_what_was_left(running: Play, *, extended: bool) -> None:
    id = f"inclusion/{A}"
    if extended:
        running.do(RequestExtension(deadline=id, reasons="继续"), running.bidder(A))
        running.do(DecideExtension(deadline=id, granted=True, reasons="同意"), running.group)
    due = running.deadline(id).due_on
    running.do(CUT, running.regulator)
    assert running.deadline(id).status is DeadlineStatus.PAUSED
    running.wait(timedelta(days=10))
    appeal(running, upheld=True)
    assert standing(running) == ("extended" if extended else "active", "running")
    clock = running.deadline(id)
    assert clock.status is DeadlineStatus.OPEN
    assert timedelta(days=10) <= clock.due_on - due <= timedelta(days=20), "no day is lost to what did not stand"
    assert len(clock.extensions) == int(extended)
    assert [turn.step for turn in statements(running.journal)[0].turns][-2:] == [
        "ended_early", "extended" if extended else "active",
    ]  # fmt: skip


def test_a_dismissed_appeal_ends_the_period_for_good(running: Play) -> None:
    running.do(CUT, running.regulator)
    appeal(running, upheld=False)
    assert standing(running) == ("ended_early", "running")
    assert f"inclusion/{A}" not in ids(running)


def test_nobody_appealed_and_the_period_is_over_for_good(running: Play) -> None:
    running.do(CUT, running.regulator)
    (decision,) = running.state.decisions
    running.serve(decision.sequence, A)
    running.pass_limit(f"appeal_window/{decision.sequence}")
    assert f"inclusion/{A}" not in ids(running)
    assert running.state.decisions == ()


def test_who_ended_a_period_does_not_decide_the_appeal(running: Play) -> None:
    running.do(CUT, running.regulator)
    (decision,) = running.state.decisions
    running.serve(decision.sequence, A)
    running.do(Appeal(decision=decision.sequence, grounds="不服"), running.bidder(A))
    judge = running.supervisor.model_copy(update={"person": running.regulator.person})
    ruling = DecideAppeal(decision=decision.sequence, upheld=False, reasons="驳回")
    running.refuses("decided_before", ruling, judge)


def test_an_appeal_that_is_upheld_after_the_trial_gives_nothing_back(running: Play) -> None:
    running.pass_phases()
    running.until(running.deadline(f"trial/{A}").due_at - timedelta(days=1))
    running.do(CUT, running.regulator)
    (decision,) = running.state.decisions
    running.end_trial(A)
    assert f"inclusion/{A}" not in ids(running)
    appeal(running, upheld=True)
    assert standing(running) == ("ended_early", "ended")
    assert running.state.step == "acceptance"
    assert decision not in running.state.decisions


@pytest.mark.parametrize("upheld", [False, True])
def test_the_remedy_against_an_earlier_end_leaves_the_period_of_a_second_trial_alone(
    running: Play, *, upheld: bool
) -> None:
    running.do(CUT, running.regulator)
    running.end_trial(A)
    running.retrial(A)
    running.start(A)
    due = running.deadline(f"inclusion/{A}").due_on
    (decision,) = running.state.decisions
    running.serve(decision.sequence, A)
    running.do(Appeal(decision=decision.sequence, grounds="不服"), running.bidder(A))
    running.do(DecideAppeal(decision=decision.sequence, upheld=upheld, reasons="裁决"), running.supervisor)
    assert standing(running) == ("active", "running")
    clock = running.deadline(f"inclusion/{A}")
    assert (clock.due_on, clock.status) == (due, DeadlineStatus.OPEN)


def test_a_scene_that_only_waited_for_this_appeal_closes_when_it_is_upheld(running: Play) -> None:
    running.do(CUT, running.regulator)
    (decision,) = running.state.decisions
    running.serve(decision.sequence, A)
    running.do(Appeal(decision=decision.sequence, grounds="不服"), running.bidder(A))
    running.do(TerminateTrial(bidder=A, ground="force_majeure", reasons="台风"), running.regulator)
    running.do(ProveRollback(bidder=A, proof=document("恢复证明")), running.bidder(A))
    end = running.state.decisions[-1].sequence
    running.serve(end)
    running.pass_limit(f"appeal_window/{end}")
    assert running.state.step == "remedies"
    running.do(DecideAppeal(decision=decision.sequence, upheld=True, reasons="裁决"), running.supervisor)
    assert running.state.closed


def test_what_waits_for_an_appeal_is_not_extended(running: Play) -> None:
    running.do(CUT, running.regulator)
    more = RequestExtension(deadline=f"inclusion/{A}", reasons="继续")
    running.refuses("no_inclusion", more, running.bidder(A))


def test_while_the_appeal_is_open_a_suspension_of_the_scene_does_not_start_the_clock(running: Play) -> None:
    running.do(CUT, running.regulator)
    running.suspend_and_resume(timedelta(days=3))
    assert running.deadline(f"inclusion/{A}").status is DeadlineStatus.PAUSED


# how long in all


def test_a_period_with_all_its_extensions_has_a_longest_length(yancheng: Policy) -> None:
    def too_long(policy: Policy) -> bool:
        return "limits.inclusion.extension" in [each.key for each in contradictions(policy)]

    assert not too_long(yancheng)
    assert not too_long(with_rules(yancheng, "inclusion", at_most=Period(length=24, unit=Unit.MONTHS)))
    assert too_long(with_rules(yancheng, "inclusion", at_most=Period(length=23, unit=Unit.MONTHS)))
    assert not too_long(with_rules(yancheng, "inclusion", at_most=Period(length=2, unit=Unit.YEARS)))
