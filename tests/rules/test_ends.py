"""How a trial that has begun ends, whatever ends it: it is stopped, what it put up is taken down, nothing is left."""

from datetime import timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import AnswerWithdrawal, Resume, Suspend, Terminate, Withdraw
from models.commands.trial import (
    ApproveResumption,
    EndInclusionEarly,
    FileReport,
    ProposeResumption,
    ProveRollback,
    RecordFault,
    RenewInsurance,
    ReportFix,
    TerminateTrial,
    VerifyCorrection,
)
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.vocabulary import Mode, Outcome, Role, Suspends
from tests.scenario import Play, document, with_limit

A, B = "甲公司", "乙公司"
TERMINATE = Terminate(ground="breach", reasons="违约")
DOWN = ProveRollback(bidder=A, proof=document("恢复证明"))


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def step(play: Play) -> tuple[str, str, str]:
    """Of the scene, the trial and the inclusion period."""
    return play.state.step, play.state.trials[0].step, play.state.inclusions[0].step


def statuses(play: Play) -> dict[str, DeadlineStatus]:
    return {each.limit: each.status for each in play.state.deadlines if each.bidder == A}


def serve_and_let_it_be_final(play: Play) -> None:
    for decision in play.state.decisions:
        play.serve(decision.sequence)
        play.pass_limit(f"appeal_window/{decision.sequence}")


def withdraw_by_agreement(play: Play, who: str = A) -> None:
    play.do(Withdraw(reasons="无力继续"), play.bidder(A) if who == A else play.owner)
    for clock in tuple(play.state.deadlines):
        if clock.limit == "withdrawal_consent" and clock.holder is not None:
            unit, role = clock.holder.unit, clock.holder.role
            actor = play.bidder(unit) if role is Role.BIDDER else play.person(role, unit)
            play.do(AnswerWithdrawal(agreed=True, reasons="同意"), actor)


def cross(play: Play) -> None:
    """A red line."""
    play.do(
        RecordFault(
            bidder=A,
            kind="leak",
            red_line="public_safety",
            plan_clause="3.1",
            finding="属实",
            evidence=document("证据"),
        ),
        play.regulator,
    )


def order(play: Play) -> None:
    """Four faults of four kinds: the last of them is ordered to be corrected."""
    for kind in ("one", "two", "three", "four"):
        play.do(
            RecordFault(
                bidder=A, kind=kind, plan_clause="3.1", finding="属实", evidence=document("证据"),
                with_officer="regulator-2",
            ),
            play.regulator,
        )  # fmt: skip


def verify(play: Play, *, corrected: bool = True) -> None:
    third = play.person(Role.REGULATOR, play.state.regulator or "", "regulator-9")
    play.do(VerifyCorrection(bidder=A, corrected=corrected, finding="复核"), third)


# what was put up is taken down


def test_a_terminated_scene_does_not_close_before_the_rollback_of_its_trial_is_proven(running: Play) -> None:
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    running.do(TERMINATE, running.lead)
    assert statuses(running)["rollback"] is DeadlineStatus.OPEN
    serve_and_let_it_be_final(running)
    running.wait(timedelta(days=100))
    assert step(running) == ("remedies", "rolling_back", "ended_early")
    assert statuses(running)["rollback"] is DeadlineStatus.OVERDUE
    running.do(DOWN, running.bidder(A))
    assert (running.state.step, running.state.outcome) == ("closed", Outcome.TERMINATED)
    assert running.state.trials[0].step == "terminated"


def test_a_running_trial_of_a_scene_that_is_terminated_for_good_is_rolled_back(running: Play) -> None:
    running.do(TERMINATE, running.lead)
    running.refuses("wrong_bidder_step", DOWN, running.bidder(A))
    serve_and_let_it_be_final(running)
    assert step(running) == ("remedies", "rolling_back", "ended_early")
    assert statuses(running) == {"rollback": DeadlineStatus.OPEN}
    running.do(DOWN, running.bidder(A))
    assert running.state.closed


def test_a_rollback_that_is_proven_while_an_appeal_is_possible_closes_nothing_yet(running: Play) -> None:
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    running.do(TERMINATE, running.lead)
    running.do(DOWN, running.bidder(A))
    assert step(running) == ("remedies", "terminated", "ended_early")
    serve_and_let_it_be_final(running)
    assert running.state.closed


@pytest.mark.parametrize("who", [A, "owner"])
def test_a_running_trial_that_is_left_by_agreement_is_rolled_back_first(running: Play, who: str) -> None:
    withdraw_by_agreement(running, who)
    assert running.state.trials[0].step == "rolling_back"
    assert statuses(running) == {"rollback": DeadlineStatus.OPEN}
    running.wait(timedelta(days=100))
    assert not running.state.closed
    running.do(DOWN, running.bidder(A))
    assert (running.state.step, running.state.outcome) == ("closed", Outcome.WITHDRAWN)
    assert running.state.trials[0].step == "withdrawn"


def test_who_leaves_under_supervision_takes_down_what_was_put_up(running: Play) -> None:
    cross(running)
    withdraw_by_agreement(running)
    assert running.state.trials[0].step == "rolling_back"
    assert not running.state.trials[0].supervised
    running.do(DOWN, running.bidder(A))
    assert running.state.trials[0].step == "withdrawn"


def test_a_plan_that_never_began_leaves_nothing_to_take_down(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.admit(A)
    withdraw_by_agreement(play)
    assert (play.state.step, play.state.trials[0].step) == ("closed", "withdrawn")


def test_a_racer_who_leaves_keeps_the_scene_at_its_trials_until_the_site_is_clear(yancheng: Policy) -> None:
    race = Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    withdraw_by_agreement(race)
    race.end_trial(B)
    assert race.state.step == "trial"
    race.do(DOWN, race.bidder(A))
    assert race.state.step == "acceptance"


# a terminated scene stops its trials


def test_a_termination_of_the_scene_stops_its_trials_at_once(running: Play) -> None:
    running.do(TERMINATE, running.lead)
    assert step(running) == ("remedies", "suspended", "active")
    assert "trial_suspended" in [event.kind for event in running.journal[-1].events]


def test_insurance_and_inclusion_period_of_a_terminated_scene_run_on(running: Play) -> None:
    running.do(TERMINATE, running.lead)
    found = statuses(running)
    assert (found["insurance"], found["inclusion"]) == (DeadlineStatus.OPEN, DeadlineStatus.OPEN)
    running.pass_limit(f"inclusion/{A}")
    assert step(running) == ("remedies", "suspended", "ended")
    renewal = RenewInsurance(bidder=A, document=document("保单"), until=running.today + timedelta(days=1500))
    running.do(renewal, running.bidder(A))


def test_what_a_stop_holds_of_a_trial_it_holds_in_remedies_too_and_nothing_else(yancheng: Policy) -> None:
    play = Play(with_limit(yancheng, "trial", when_suspended=Suspends.RUNS)).to_running(A)
    play.do(TERMINATE, play.lead)
    assert statuses(play)["trial"] is DeadlineStatus.OPEN
    assert statuses(play)["report"] is DeadlineStatus.PAUSED
    play.pass_limit(f"trial/{A}")
    assert step(play)[:2] == ("remedies", "exit")
    serve_and_let_it_be_final(play)
    assert play.state.trials[0].step == "rolling_back"


def test_a_termination_that_does_not_stand_gives_the_trial_back_stopped(running: Play) -> None:
    running.do(TERMINATE, running.lead)
    running.win_appeal()
    assert step(running)[:2] == ("trial", "suspended")
    assert statuses(running)["fix"] is DeadlineStatus.OPEN
    resume_trial(running)
    running.wait(timedelta(days=40))
    running.do(FileReport(bidder=A, kind="regular", document=document("月报")), running.bidder(A))


def resume_trial(play: Play) -> None:
    play.do(ReportFix(bidder=A, proof=document("整改证明")), play.bidder(A))
    play.do(ProposeResumption(bidder=A, reasons="可恢复"), play.regulator)
    play.do(ApproveResumption(bidder=A), play.second_regulator)
    assert play.state.trials[0].step == "running"


# one stops, two resume, also where the whole scene was stopped


def test_a_scene_that_is_suspended_stops_its_trials_and_one_person_does_not_resume_them(running: Play) -> None:
    running.do(Suspend(reasons="安全"), running.regulator)
    assert running.state.trials[0].step == "suspended"
    running.do(Resume(reasons="好了"), running.regulator)
    assert step(running)[:2] == ("trial", "suspended")
    running.refuses("fix_missing", ApproveResumption(bidder=A), running.regulator)
    resume_trial(running)


def test_a_plan_that_is_being_judged_is_stopped_by_nobody_who_suspends_the_scene(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.admit(A)
    play.suspend_and_resume(timedelta(days=3))
    assert play.state.trials[0].step == "admitted"


# an order outlives the period, however it ends but by a breach


def test_a_period_that_ends_at_the_bidders_wish_leaves_its_order_to_be_carried_out(running: Play) -> None:
    order(running)
    running.serve_notices()
    running.do(EndInclusionEarly(bidder=A, reasons="已无必要", at_bidders_request=True), running.regulator)
    assert running.state.open_orders(A)
    verify(running)
    assert not running.state.open_orders(A)
    assert step(running) == ("trial", "running", "ended_early")


def test_an_order_that_is_not_followed_after_an_early_end_is_a_breach(running: Play) -> None:
    order(running)
    running.serve_notices()
    running.do(EndInclusionEarly(bidder=A, reasons="已无必要", at_bidders_request=True), running.regulator)
    running.pass_limit(f"correction_order/{A}/#4")
    assert step(running) == ("trial", "suspended", "ended_early")
    verify(running, corrected=False)
    assert step(running) == ("trial", "suspended", "breached")
    assert running.state.trials[0].supervised


@pytest.mark.parametrize("corrected", [True, False])
def test_an_order_is_verified_where_the_scene_waits_for_its_remedies(running: Play, corrected: bool) -> None:
    running.until(running.deadline(f"trial/{A}").due_at - timedelta(days=10))
    order(running)
    running.pass_limit(f"trial/{A}")
    running.report_exit(A)
    running.conclude_exit(A, fit=False)
    assert step(running) == ("remedies", "unfit", "ended")
    verify(running, corrected=corrected)
    assert running.state.inclusions[0].step == ("ended" if corrected else "breached")


def test_a_scene_waits_for_an_order_that_nobody_verified_and_ends_when_it_lapses(running: Play) -> None:
    order(running)
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    running.do(DOWN, running.bidder(A))
    assert step(running) == ("remedies", "terminated", "ended_early")
    running.wait(timedelta(days=200))
    assert not running.state.closed
    running.serve_notices()
    running.wait(timedelta(days=100))
    assert not running.state.closed, "the regulator has not found yet how the order stands"
    verify(running, corrected=False)
    assert running.state.inclusions[0].step == "breached"


def test_an_order_of_a_terminated_scene_runs_and_its_time_may_pass(yancheng: Policy) -> None:
    short = with_limit(yancheng, "correction_order", period=Period(length=5, unit=Unit.DAYS), extension=None)
    play = Play(short).to_running(A)
    order(play)
    play.serve_notices()
    play.do(TERMINATE, play.lead)
    assert statuses(play)["correction_order"] is DeadlineStatus.OPEN
    play.pass_limit(f"correction_order/{A}/#4")
    assert step(play) == ("remedies", "suspended", "active")
    assert statuses(play)["correction_check"] is DeadlineStatus.OPEN
