"""What an incident outlives, and what it turns out to be: closings, later reports, lapsed orders, late findings."""

from datetime import timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import AnswerWithdrawal, Suspend, Terminate, Withdraw
from models.commands.matching import DeclineAward, GiveUpMatching
from models.commands.promotion import CloseScene
from models.commands.trial import (
    AnalyseIncident,
    ApproveResumption,
    CloseIncident,
    ProposeResumption,
    ProveRollback,
    RecordFault,
    ReportFix,
    ReportIncident,
    ReportUpward,
    TerminateTrial,
    VerifyCorrection,
    VerifyIncident,
)
from models.deadline import DeadlineStatus
from models.document import Document
from models.policy import Policy
from models.state import Incident, IncidentStatus
from models.vocabulary import Mode, Outcome
from tests.plays import make_final
from tests.scenario import Play, digest, document, with_limit

A, B = "甲公司", "乙公司"


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def report(**more: object) -> ReportIncident:
    return ReportIncident.model_validate({"bidder": A, "incident": "I-1", "text": "碰撞", **more})


def analysis(**more: object) -> AnalyseIncident:
    content = {"bidder": A, "incident": "I-1", "analysis": document("分析"), "with_officer": "regulator-3", **more}
    return AnalyseIncident.model_validate(content)


def closing(**more: object) -> CloseIncident:
    content = {"bidder": A, "incident": "I-1", "cause": "误判", "remedy": "升级", "lessons": "复测", **more}
    return CloseIncident.model_validate(content)


def upward() -> ReportUpward:
    paper = Document(title="快报", sha256=digest("快报"), number="应急〔2026〕1号")
    return ReportUpward(bidder=A, incident="I-1", to="市应急管理局", document=paper)


def fault(kind: str = "accident", **more: object) -> RecordFault:
    content = {
        "bidder": A, "kind": kind, "plan_clause": "1.1", "finding": "属实", "evidence": document("证据"),
        "with_officer": "regulator-3", **more,
    }  # fmt: skip
    return RecordFault.model_validate(content)


def terminate_trial(play: Play) -> None:
    play.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), play.regulator)
    play.do(ProveRollback(bidder=A, proof=document("恢复证明")), play.bidder(A))


def order(play: Play) -> None:
    for kind in ("one", "two", "three", "four"):
        play.do(fault(kind), play.regulator)
    play.serve_notices()


def verification(*, corrected: bool) -> VerifyCorrection:
    return VerifyCorrection(bidder=A, corrected=corrected, finding="核验")


def owed(play: Play) -> set[str]:
    return {each.limit for each in play.state.deadlines if f"{A}/I-1" in each.id}


def trial(play: Play) -> str:
    return play.state.trials[0].step


def incident(play: Play) -> Incident:
    return play.state.incidents[0]


# a scene does not end over an open incident


def test_a_terminated_scene_waits_for_its_casualty_and_ends_with_it(running: Play) -> None:
    running.do(report(casualty=True, leak=True), running.bidder(A))
    before = owed(running)
    terminate_trial(running)
    assert (running.state.step, running.state.outcome) == ("remedies", Outcome.TERMINATED)
    assert owed(running) == before >= {"casualty_report", "leak_notice", "incident_acknowledgement"}
    running.do(upward(), running.regulator)
    running.do(analysis(leak=False), running.regulator)
    make_final(running)
    running.do(closing(no_red_line="未触碰"), running.regulator)
    assert (running.state.closed, running.state.outcome) == (True, Outcome.TERMINATED)


def test_what_is_owed_for_an_incident_runs_on_in_remedies_and_holds_the_end(running: Play) -> None:
    running.do(report(casualty=True), running.bidder(A))
    running.do(Terminate(ground="breach", reasons="违约"), running.group)
    clocks = [each for each in running.state.deadlines if f"{A}/I-1" in each.id]
    assert clocks
    assert all(each.status is DeadlineStatus.OPEN for each in clocks)
    decision = running.state.decisions[-1].sequence
    running.serve(decision)
    running.pass_limit(f"appeal_window/{decision}")
    assert not running.state.closed
    assert trial(running) == "rolling_back"
    running.do(ProveRollback(bidder=A, proof=document("恢复证明")), running.bidder(A))
    running.do(upward(), running.regulator)
    running.do(analysis(), running.regulator)
    running.do(closing(no_red_line="未触碰"), running.regulator)
    assert running.state.closed


def test_an_order_of_an_incident_lapses_also_in_remedies(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.do(analysis(order="更换传感器"), running.regulator)
    running.serve_notices()
    terminate_trial(running)
    running.pass_limit(f"correction_order/{A}/I-1")
    assert owed(running) == {"correction_check"}


def test_nobody_closes_a_scene_over_an_incident(running: Play) -> None:
    running.end_trial(A)
    running.accept(A)
    running.do(report(leak=True), running.owner)
    refused = running.refuses("incidents_open", CloseScene(reasons="办结"), running.lead)
    assert refused.details["incidents"] == "I-1"
    running.do(report(), running.bidder(A))
    running.do(analysis(leak=False), running.regulator)
    running.do(closing(), running.regulator)
    running.do(CloseScene(reasons="办结"), running.lead)
    assert running.state.closed


# what it is


def test_the_bidders_owed_report_adds_what_the_first_did_not_say(running: Play) -> None:
    running.do(report(severity="minor"), running.regulator)
    running.do(report(casualty=True, leak=True), running.bidder(A))
    assert (incident(running).casualty, incident(running).leak, incident(running).severity) == (True, True, "minor")
    assert {"casualty_report", "leak_notice"} <= owed(running)
    assert "incident_report" not in owed(running)
    assert trial(running) == "suspended"


def test_the_bidders_owed_report_takes_nothing_away(running: Play) -> None:
    running.do(report(severity="serious"), running.regulator)
    running.do(report(severity="minor"), running.bidder(A))
    assert incident(running).severity == "serious"
    assert "upward_report" in owed(running)


def test_an_analysis_finds_a_casualty_and_the_trial_stops(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.do(analysis(casualty=True, severity="serious"), running.regulator)
    assert "casualty_report" in owed(running)
    assert trial(running) == "suspended"
    assert incident(running).red_line == running.policy.incidents.red_lines.casualty


def test_a_hoax_is_closed_without_what_was_owed_for_a_casualty(running: Play) -> None:
    running.do(report(casualty=True, leak=True, severity="serious"), running.bidder(A))
    running.refuses("unknown_severity", analysis(severity="no_such"), running.regulator)
    running.do(analysis(casualty=False, leak=False, severity="minor"), running.regulator)
    assert owed(running) == {"incident_close"}
    running.do(closing(), running.regulator)
    assert incident(running).status is IncidentStatus.CLOSED


def test_a_severe_incident_that_hurt_nobody_is_still_reported_upward(running: Play) -> None:
    running.do(report(casualty=True, severity="serious"), running.bidder(A))
    running.do(analysis(casualty=False), running.regulator)
    assert owed(running) == {"upward_report", "incident_close"}


# its order


def test_no_trial_is_resumed_over_an_order_that_lapsed(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.do(analysis(order="更换传感器"), running.regulator)
    running.serve_notices()
    running.pass_limit(f"correction_order/{A}/I-1")
    assert trial(running) == "suspended"
    clock = running.deadline(f"correction_check/{A}/I-1")
    assert (clock.holder, clock.verbs) == (running.holder(clock.holder.role), ("verify_incident",))  # type: ignore[union-attr]
    running.do(ReportFix(bidder=A, proof=document("证明")), running.bidder(A))
    running.do(ProposeResumption(bidder=A, reasons="已改"), running.regulator)
    refused = running.refuses("resumption_order_open", ApproveResumption(bidder=A), running.second_regulator)
    assert refused.details["incidents"] == "I-1"
    running.do(VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已改"), running.second_regulator)
    assert running.deadline(f"incident_close/{A}/I-1").verbs == ("close_incident",)
    running.do(ApproveResumption(bidder=A), running.second_regulator)
    assert trial(running) == "running"


def test_a_stopped_trial_does_not_hold_the_order_of_an_incident(running: Play) -> None:
    running.do(report(casualty=True), running.bidder(A))
    running.do(analysis(order="更换传感器"), running.regulator)
    running.serve_notices()
    assert trial(running) == "suspended"
    assert running.deadline(f"correction_order/{A}/I-1").status is DeadlineStatus.OPEN


# the red line


def test_after_the_period_the_closing_says_that_it_was_a_red_line(running: Play) -> None:
    running.do(report(casualty=True), running.bidder(A))
    running.do(upward(), running.regulator)
    running.do(analysis(), running.regulator)
    line = running.policy.inclusion.red_lines[0]
    running.refuses("red_line_in_period", closing(red_line=line), running.regulator)
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    running.refuses("red_line_unanswered", closing(), running.regulator)
    running.refuses("unknown_red_line", closing(red_line="no_such"), running.regulator)
    running.refuses("red_line_both_ways", closing(red_line=line, no_red_line="未触碰"), running.regulator)
    running.do(closing(red_line=line), running.regulator)
    assert incident(running).found_red_line == line


def test_who_was_found_to_have_crossed_a_red_line_gets_no_other_period(running: Play) -> None:
    running.end_trial(A)
    running.do(report(casualty=True), running.bidder(A))
    running.do(upward(), running.regulator)
    running.do(analysis(), running.regulator)
    running.do(closing(red_line=running.policy.inclusion.red_lines[0]), running.regulator)
    running.retrial(A)
    running.admit(A)
    running.refuses("inclusion_not_eligible", running.start_act(A), running.regulator)


def test_a_red_line_is_recorded_while_the_scene_is_suspended(running: Play) -> None:
    running.do(Suspend(reasons="汛期"), running.lead)
    running.do(fault(red_line=running.policy.inclusion.red_lines[0]), running.regulator)
    assert (running.state.inclusions[0].step, trial(running)) == ("breached", "suspended")


# the order of an inclusion period


def test_a_bidder_with_an_open_order_is_not_found_fit(running: Play) -> None:
    running.pass_phases()
    running.until(running.deadline(f"trial/{A}").due_at - timedelta(days=3))
    order(running)
    running.pass_limit(f"trial/{A}")
    running.report_exit(A)
    running.refuses("correction_order_open", running.conclude_exit_act(A), running.regulator)
    running.do(verification(corrected=True), running.second_regulator)
    running.conclude_exit(A)
    assert trial(running) == "ended"


@pytest.fixture
def ran_out(yancheng: Policy) -> Play:
    """An order was open when the inclusion period ran out."""
    play = Play(with_limit(yancheng, "inclusion", period=Period(length=2, unit=Unit.MONTHS))).to_running(A)
    play.until(play.deadline(f"inclusion/{A}").due_at - timedelta(days=2))
    order(play)
    play.pass_limit(f"inclusion/{A}")
    return play


def test_an_order_outlives_its_period_and_is_verified(ran_out: Play) -> None:
    assert ran_out.deadline(f"correction_order/{A}/#4").status is DeadlineStatus.OPEN
    ran_out.do(verification(corrected=True), ran_out.second_regulator)
    assert (ran_out.state.inclusions[0].step, trial(ran_out)) == ("ended", "running")
    ran_out.refuses("no_open_order", verification(corrected=True), ran_out.second_regulator)


@pytest.mark.parametrize("late", [False, True])
def test_who_does_not_carry_it_out_comes_under_supervision_after_the_period_too(ran_out: Play, late: bool) -> None:
    if late:
        ran_out.pass_limit(f"correction_order/{A}/#4")
    ran_out.do(verification(corrected=False), ran_out.second_regulator)
    assert (ran_out.state.inclusions[0].step, trial(ran_out)) == ("breached", "suspended")
    assert ran_out.state.trials[0].supervised
    assert f"supervision/{A}" in {each.id for each in ran_out.state.deadlines}


def test_a_failed_call_is_neither_issued_anew_nor_given_up_over_an_incident_of_who_left(yancheng: Policy) -> None:
    play = Play(yancheng).to_contracting(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.sign(A)
    play.do(Withdraw(reasons="退出"), play.bidder(A))
    play.do(AnswerWithdrawal(agreed=True, reasons="同意"), play.owner)
    play.do(DeclineAward(bidder=B, reasons="产能不足"), play.bidder(B))
    play.do(report(), play.bidder(A))
    for act in (play.post_act(Mode.OPEN_CHALLENGE), GiveUpMatching(reasons="放弃"), Withdraw(reasons="放弃")):
        play.refuses("incidents_open", act, play.owner)
    play.pass_limit("reissue")
    assert play.state.step == "remedies"
    play.do(analysis(), play.regulator)
    play.do(closing(), play.regulator)
    assert (play.state.closed, play.state.outcome) == (True, Outcome.UNMATCHED)
