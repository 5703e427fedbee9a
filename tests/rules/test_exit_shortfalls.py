"""What is missing when a trial ends: each month its report, no indicator past its stop, or a finding that says why."""

from datetime import timedelta

import pytest

from models.commands.lineage import ReopenReview
from models.commands.trial import AdvancePhase, FileReport, ReportFix, SuspendTrial
from models.deadline import DeadlineStatus
from models.events.trial import ExitConcluded
from models.lineage import Cause
from models.policy import Policy
from models.vocabulary import Phase, Role
from rules import phases
from tests.scenario import JOBS, ON_TIME, Play, digest, document, with_rules

A = "甲公司"
REPORT = FileReport(bidder=A, kind="regular", document=document("月报"))
MIDTERM = FileReport(bidder=A, kind="midterm", document=document("中期报告"), employment=JOBS)


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


@pytest.fixture
def ended(running: Play) -> Play:
    """Six months without a report."""
    running.policy = without_gates(running.policy)
    running.pass_limit(f"trial/{A}")
    running.report_exit(A)
    return running


def without_gates(policy: Policy) -> Policy:
    """No phase has to be passed: what is asked here is what the end leaves to explain."""
    return with_rules(policy, "trial", gates=())


def short(play: Play) -> tuple[str, ...]:
    return phases.shortfalls(play.policy, play.state, A)


def test_each_month_that_went_by_owes_a_report_of_its_own(running: Play) -> None:
    first = running.deadline(f"report/{A}")
    running.until(first.due_at + timedelta(days=65))
    for _ in range(3):
        assert running.deadline(f"report/{A}").status is DeadlineStatus.OVERDUE
        running.do(REPORT, running.bidder(A))
        running.let_pass()
    assert running.deadline(f"report/{A}").status is DeadlineStatus.OPEN
    assert running.state.trials[0].reports == 3


def test_what_was_owed_when_the_trial_ended_is_named_month_by_month(ended: Play) -> None:
    owed = [each for each in short(ended) if each.startswith("report/")]
    assert len(owed) in (5, 6)
    assert [each for each in short(ended) if each.startswith("midterm/")]
    assert ended.deadline(f"report/{A}").status is DeadlineStatus.OVERDUE


def test_fit_takes_a_finding_on_each_report_that_is_owed(ended: Play) -> None:
    silent = ended.conclude_exit_act(A, shortfalls=())
    no = ended.refuses("exit_shortfalls_open", silent, ended.regulator)
    assert no.details["missing"] == ", ".join(short(ended))
    other = ended.conclude_exit_act(A, shortfalls=[*ended.conclude_exit_act(A).shortfalls, {"of": "x", "finding": "x"}])
    assert ended.refuses("exit_shortfalls_open", other, ended.regulator).details["unknown"] == "x"
    named = short(ended)
    ended.hear_exit_panel(A)
    events = ended.do(ended.conclude_exit_act(A), ended.regulator)
    assert [event.shortfalls for event in events if isinstance(event, ExitConcluded)] == [named]
    assert not {f"report/{A}", f"midterm/{A}"} & {each.id for each in ended.state.deadlines}


def test_unfit_needs_no_finding_on_them(ended: Play) -> None:
    ended.hear_exit_panel(A, fit=False)
    ended.do(ended.conclude_exit_act(A, fit=False, shortfalls=()), ended.regulator)
    assert ended.state.trials[0].step == "unfit"


def test_they_can_be_filed_after_the_trial_as_well_and_then_nothing_is_missing(ended: Play) -> None:
    for _ in [each for each in short(ended) if each.startswith("report/")]:
        ended.do(REPORT, ended.bidder(A))
    ended.refuses("report_not_due", REPORT, ended.bidder(A))
    ended.do(MIDTERM, ended.bidder(A))
    assert short(ended) == ()
    ended.hear_exit_panel(A)
    ended.do(ended.conclude_exit_act(A, shortfalls=()), ended.regulator)


def test_who_reported_every_month_has_nothing_to_explain(running: Play) -> None:
    while any(each.id == f"report/{A}" for each in running.state.deadlines):
        running.until(running.deadline(f"report/{A}").due_at - timedelta(hours=8))
        if running.state.trials[0].step == "running":
            running.do(REPORT, running.bidder(A))
    running.do(MIDTERM, running.bidder(A))
    running.pass_limit(f"trial/{A}")
    assert short(running) == ()


def test_a_stop_does_not_forget_the_months_before_it(running: Play) -> None:
    running.until(running.deadline(f"report/{A}").due_at + timedelta(days=35))
    running.do(SuspendTrial(bidder=A, reasons="故障"), running.regulator)
    running.do(REPORT, running.bidder(A))
    assert f"report/{A}" in {each.id for each in running.state.deadlines}, "the second month is owed as well"
    running.do(ReportFix(bidder=A, proof=document("证明")), running.bidder(A))


def test_an_indicator_past_its_stop_is_named_and_takes_a_finding(running: Play) -> None:
    running.policy = without_gates(running.policy)
    running.pass_limit(f"trial/{A}")
    running.report_exit(A)
    running.do(running.reading_act(A, "70"), running.regulator)
    assert short(running)[-1] == ON_TIME
    others = [each for each in running.conclude_exit_act(A).shortfalls if each.of != ON_TIME]
    no = running.refuses("exit_shortfalls_open", running.conclude_exit_act(A, shortfalls=others), running.regulator)
    assert no.details["missing"] == ON_TIME
    running.conclude_exit(A)
    assert running.state.trials[0].step == "ended"


# readings of one day


def test_a_bidders_own_good_reading_does_not_make_up_for_its_bad_one_of_the_day(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "trial", stop_suspends=False)).to_running(A)
    play.read(A, "70")
    play.read(A, "97")
    assert phases.beyond_stop(play.state.trials[0])
    play.do(play.reading_act(A, "96"), play.regulator)
    assert not phases.beyond_stop(play.state.trials[0])
    assert play.state.trials[0].readings[0].by is Role.REGULATOR


def test_the_reading_of_another_day_counts(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "trial", stop_suspends=False)).to_running(A)
    play.read(A, "70")
    play.wait(timedelta(days=1))
    play.read(A, "97")
    assert not phases.beyond_stop(play.state.trials[0])


# the next phase


def test_no_phase_is_left_while_a_review_of_the_kin_is_open(running: Play) -> None:
    running.meet_gate(A)
    cause = Cause(scene="YC-9", sequence=5, head=digest("h"), kind="incident", incident="i9")
    running.do(ReopenReview(cause=cause), running.platform)
    advance = AdvancePhase(bidder=A, phase=Phase.DEMONSTRATION, reasons="达标")
    running.refuses("lineage_review_open", advance, running.regulator)
