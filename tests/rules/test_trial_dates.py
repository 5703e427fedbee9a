"""What a trial's days bind: acts entered afterwards, readings, reports, and a trial that begins anew."""

from datetime import timedelta

import pytest

from models.commands.matching import CompareRacers
from models.commands.trial import (
    ApproveResumption,
    FileReport,
    ProposeResumption,
    RecordFault,
    ReportFix,
    SuspendTrial,
)
from models.events.trial import ExitConcluded
from models.policy import Policy
from models.vocabulary import Mode, Phase
from rules.phases import beyond_stop, next_of
from tests.rules.test_race import comparison
from tests.scenario import Play, document

A, B = "甲公司", "乙公司"


@pytest.fixture
def running(policy: Policy) -> Play:
    return Play(policy).to_running(A)


def regular() -> FileReport:
    return FileReport(bidder=A, kind="regular", document=document("月报"))


# entered afterwards


def test_a_resumption_takes_effect_no_earlier_than_the_stop(running: Play) -> None:
    running.wait(timedelta(days=20))
    stopped_on = running.today
    running.do(SuspendTrial(bidder=A, reasons="故障"), running.regulator)
    running.wait(timedelta(days=4))
    running.do(ReportFix(bidder=A, proof=document("证明")), running.bidder(A))
    running.do(ProposeResumption(bidder=A, reasons="已改"), running.regulator)
    approval = ApproveResumption(bidder=A)
    early = stopped_on - timedelta(days=1)
    no = running.refuses("effective_before_step", approval, running.second_regulator, on=early)
    assert no.details["entered_on"] == str(stopped_on)
    running.do(approval, running.second_regulator, on=stopped_on)
    assert running.state.trials[0].stood_still == 0


def test_a_trial_starts_no_earlier_than_it_was_admitted(policy: Policy) -> None:
    play = Play(policy).to_trial(A)
    play.wait(timedelta(days=6))
    play.admit(A)
    early = play.today - timedelta(days=1)
    play.refuses("effective_before_step", play.start_act(A), play.regulator, on=early)
    play.do(play.start_act(A), play.regulator, on=play.today)
    assert play.state.trials[0].started_on == play.today


# readings


def test_nothing_is_measured_of_a_trial_after_its_last_day(running: Play) -> None:
    last = running.deadline(f"trial/{A}").due_on
    running.pass_limit(f"trial/{A}")
    running.wait(timedelta(days=5))
    late = running.reading_act(A, "99", on=last + timedelta(days=1))
    assert running.refuses("reading_not_in_trial", late, running.bidder(A)).details["last"] == str(last)
    running.do(running.reading_act(A, on=last), running.bidder(A))


def test_what_came_in_after_the_exit_report_counts_at_the_conclusion(running: Play) -> None:
    running.pass_limit(f"trial/{A}")
    running.report_exit(A)
    assert running.state.trials[0].results[0].reached
    running.do(running.reading_act(A, "10"), running.regulator)
    running.conclude_exit(A, fit=False)
    assert [(each.value, each.reached) for each in running.state.trials[0].results] == [("10", False)]
    (concluded,) = [event for event in running.journal[-1].events if isinstance(event, ExitConcluded)]
    assert concluded.results == running.state.trials[0].results


def test_a_bidders_reading_does_not_stand_above_the_regulators_of_the_same_day(running: Play) -> None:
    running.do(running.reading_act(A, "50"), running.regulator)
    running.read(A, "97")
    assert beyond_stop(running.state.trials[0])
    running.do(running.reading_act(A, "96"), running.regulator)
    assert not beyond_stop(running.state.trials[0])


def test_a_bidders_reading_of_a_later_day_counts(running: Play) -> None:
    running.do(running.reading_act(A, "50"), running.regulator)
    running.wait(timedelta(days=1))
    running.read(A, "97")
    assert not beyond_stop(running.state.trials[0])


# reports


def test_reports_of_later_months_are_not_filed_on_the_first_day(running: Play) -> None:
    first = running.deadline(f"report/{A}").due_on
    running.do(regular(), running.bidder(A))
    second = running.deadline(f"report/{A}")
    assert second.counted_from == first
    for _ in range(4):
        no = running.refuses("report_not_due", regular(), running.bidder(A))
        assert no.details == {"first": str(first), "due_on": str(second.due_on)}
    running.until(running.morning_of(first))
    running.do(regular(), running.bidder(A))
    assert running.deadline(f"report/{A}").counted_from == second.due_on


# a trial that begins anew


def test_nothing_of_a_trial_whose_end_did_not_stand_binds_the_next(yancheng: Policy) -> None:
    race = Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.wait(timedelta(days=100))
    race.do(
        RecordFault(
            bidder=A, kind="k", red_line="out_of_bounds", plan_clause="1.1", finding="属实", evidence=document("证据")
        ),
        race.regulator,
    )
    act: CompareRacers = comparison(A, B, ends=A)
    race.do(act, race.lead)
    race.win_appeal()
    (again,) = [trial for trial in race.state.trials if trial.bidder == A]
    assert (again.step, again.attempt) == ("planning", 1)
    assert (again.supervised, again.suspended_on, again.started_on, again.readings) == (False, None, None, ())


# phases


def test_after_a_phase_that_a_newer_policy_leaves_out_comes_a_later_one() -> None:
    shorter = (Phase.TEST, Phase.PILOT)
    assert next_of(shorter, Phase.DEMONSTRATION) is Phase.PILOT
    assert next_of((Phase.TEST,), Phase.DEMONSTRATION) is None
    assert next_of(shorter, None) is Phase.TEST
    assert next_of(shorter, Phase.PILOT) is None
