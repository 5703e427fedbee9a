"""A red line, wherever it is found: in the period, after it, without one, in the exit evaluation, at a closing."""

from datetime import timedelta
from typing import Any

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import Appeal, DecideAppeal
from models.commands.trial import (
    AnalyseIncident,
    ApproveResumption,
    CloseIncident,
    EndInclusionEarly,
    LiftSupervision,
    NotifyLeak,
    ProposeResumption,
    RecordFault,
    ReportFix,
    ReportIncident,
    ReportUpward,
    TerminateTrial,
    VerifyIncident,
)
from models.deadline import DeadlineStatus
from models.document import Document
from models.policy import Policy
from models.state import IncidentStatus
from models.vocabulary import Suspends
from rules import fund
from rules.inclusion_statement import statements
from tests.scenario import Play, digest, document, with_limit

A = "甲公司"
CUT = EndInclusionEarly(bidder=A, reasons="不再需要", at_bidders_request=True)
EXCUSED: dict[str, Any] = {
    "punishable": False, "guidance": "现场指导",
    "first_fault": {"first": True, "minor": True, "corrected": True, "harmless": True},
}  # fmt: skip


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


@pytest.fixture
def bare(yancheng: Policy) -> Play:
    """A trial that has no inclusion period."""
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    return play


@pytest.fixture
def over(yancheng: Policy) -> Play:
    """The period ran out before its trial."""
    play = Play(with_limit(yancheng, "inclusion", period=Period(length=2, unit=Unit.MONTHS))).to_running(A)
    play.pass_limit(f"inclusion/{A}")
    return play


def fault(kind: str = "accident", **more: object) -> RecordFault:
    content = {
        "bidder": A, "kind": kind, "plan_clause": "1.1", "finding": "属实", "evidence": document("证据"),
        "with_officer": "regulator-3", **more,
    }  # fmt: skip
    return RecordFault.model_validate(content)


RED = fault(red_line="public_safety")


def closing(**more: object) -> CloseIncident:
    content = {"bidder": A, "incident": "I-1", "cause": "误判", "remedy": "升级", "lessons": "复测", **more}
    return CloseIncident.model_validate(content)


def analysis(**more: object) -> AnalyseIncident:
    content = {"bidder": A, "incident": "I-1", "analysis": document("分析"), "with_officer": "regulator-3", **more}
    return AnalyseIncident.model_validate(content)


def leak(play: Play) -> None:
    """A leak, told and investigated; the trial runs on."""
    play.do(ReportIncident(bidder=A, incident="I-1", leak=True, text="泄露"), play.bidder(A))
    play.do(analysis(), play.regulator)
    for to in ("authority", "persons"):
        notice = {"bidder": A, "incident": "I-1", "to": to, "document": document("告知")}
        play.do(NotifyLeak.model_validate(notice), play.bidder(A))


def casualty(play: Play) -> None:
    play.do(ReportIncident(bidder=A, incident="I-1", casualty=True, text="受伤"), play.bidder(A))


def upward(play: Play) -> None:
    paper = Document(title="快报", sha256=digest("快报"), number="应急〔2026〕1号")
    play.do(ReportUpward(bidder=A, incident="I-1", to="市应急管理局", document=paper), play.regulator)


def resume(play: Play) -> None:
    play.do(ReportFix(bidder=A, proof=document("证明")), play.bidder(A))
    play.do(ProposeResumption(bidder=A, reasons="已改"), play.regulator)
    play.do(ApproveResumption(bidder=A), play.second_regulator)


def trial(play: Play) -> tuple[str, bool]:
    return play.state.trials[0].step, play.state.trials[0].supervised


def breached_for_the_fund(play: Play) -> bool:
    return fund.read_scene(play.scene, play.journal, digest("head"), A, None).breached


def dated(play: Play) -> bool:
    return f"supervision/{A}" in {each.id for each in play.state.deadlines}


# a live trial stops, wherever the line is found


def test_a_red_line_recorded_after_the_period_stops_the_trial_and_breaches_it(over: Play) -> None:
    over.do(RED, over.regulator)
    assert trial(over) == ("suspended", True)
    assert dated(over)
    assert over.state.inclusions[0].step == "breached"
    (told,) = statements(over.journal)
    assert told.step == "breached"
    assert told.supervision is not None


def test_a_second_red_line_in_a_trial_that_was_resumed_stops_it_again(running: Play) -> None:
    running.do(RED, running.regulator)
    running.do(LiftSupervision(bidder=A, reasons="可恢复"), running.regulator)
    resume(running)
    running.do(fault(red_line="death_or_injury"), running.regulator)
    assert trial(running) == ("suspended", True)
    assert dated(running)


def test_a_second_red_line_found_at_a_closing_stops_the_trial_again(running: Play) -> None:
    running.do(RED, running.regulator)
    running.do(LiftSupervision(bidder=A, reasons="可恢复"), running.regulator)
    resume(running)
    leak(running)
    running.refuses("red_line_unanswered", closing(), running.regulator)
    running.do(closing(red_line="data_or_privacy_harm"), running.regulator)
    assert trial(running) == ("suspended", True)


def test_a_red_line_found_at_a_closing_stops_a_trial_that_never_had_a_period(bare: Play) -> None:
    leak(bare)
    bare.do(closing(red_line="data_or_privacy_harm"), bare.regulator)
    assert trial(bare) == ("suspended", True)
    assert dated(bare)
    assert breached_for_the_fund(bare)


def test_a_trial_that_is_supervised_already_gets_no_second_date(running: Play) -> None:
    casualty(running)
    running.do(RED, running.regulator)
    due = running.deadline(f"supervision/{A}").due_on
    running.wait(timedelta(days=3))
    upward(running)
    running.do(analysis(), running.regulator)
    running.do(closing(red_line="death_or_injury"), running.regulator)
    assert running.deadline(f"supervision/{A}").due_on == due


# nobody is fit over it


def test_after_a_red_line_in_the_exit_evaluation_nobody_is_fit(running: Play) -> None:
    running.pass_limit(f"trial/{A}")
    running.do(RED, running.regulator)
    running.report_exit(A)
    running.refuses("red_line_bars_fit", running.conclude_exit_act(A), running.regulator)
    running.conclude_exit(A, fit=False)
    assert trial(running)[0] == "unfit"


def test_a_supervision_that_outlasts_the_trial_bars_that_it_is_fit(yancheng: Policy) -> None:
    running = Play(with_limit(yancheng, "trial", when_suspended=Suspends.RUNS)).to_running(A)
    running.do(RED, running.regulator)
    running.pass_limit(f"trial/{A}")
    assert not dated(running)
    running.report_exit(A)
    running.refuses("red_line_bars_fit", running.conclude_exit_act(A), running.regulator)


def test_a_trial_that_was_resumed_after_its_supervision_may_be_fit(running: Play) -> None:
    running.do(RED, running.regulator)
    running.do(LiftSupervision(bidder=A, reasons="可恢复"), running.regulator)
    resume(running)
    running.end_trial(A)
    assert trial(running) == ("ended", False)


def test_who_upholds_the_appeal_against_unfit_has_decided_on_the_red_line(running: Play) -> None:
    running.pass_phases()
    running.pass_limit(f"trial/{A}")
    running.do(RED, running.regulator)
    running.report_exit(A)
    running.conclude_exit(A, fit=False)
    breach, decision = running.state.decisions
    assert breach.machine == "inclusion"
    running.serve(decision.sequence, A)
    running.do(Appeal(decision=decision.sequence, grounds="不服"), running.bidder(A))
    running.do(DecideAppeal(decision=decision.sequence, upheld=True, reasons="不属红线"), running.supervisor)
    running.conclude_exit(A)
    assert trial(running)[0] == "ended"


# the question of a red line, and what answers it


def test_a_period_is_not_ended_early_while_it_is_asked_whether_a_line_was_crossed(running: Play) -> None:
    leak(running)
    no = running.refuses("red_line_question_open", CUT, running.regulator)
    assert no.details["incidents"] == "I-1"
    against = CUT.model_copy(update={"at_bidders_request": False})
    running.refuses("red_line_question_open", against, running.regulator)
    running.do(closing(no_red_line="演练"), running.regulator)
    running.do(CUT, running.regulator)
    assert running.state.inclusions[0].step == "ended_early"


def test_a_red_line_found_after_an_early_end_leaves_nothing_to_give_back(running: Play) -> None:
    running.do(CUT.model_copy(update={"at_bidders_request": False}), running.regulator)
    (decision,) = running.state.decisions
    running.do(RED, running.regulator)
    running.serve(decision.sequence, A)
    running.do(Appeal(decision=decision.sequence, grounds="不服"), running.bidder(A))
    running.do(DecideAppeal(decision=decision.sequence, upheld=True, reasons="裁决"), running.supervisor)
    assert running.state.inclusions[0].step == "breached"
    assert trial(running) == ("suspended", True)


def test_a_fault_that_is_no_red_line_answers_nothing(running: Play) -> None:
    leak(running)
    running.do(fault(incident="I-1"), running.regulator)
    running.refuses("red_line_unanswered", closing(), running.regulator)
    running.refuses("red_line_question_open", CUT, running.regulator)
    running.do(fault(red_line="data_or_privacy_harm", incident="I-1"), running.regulator)
    running.do(closing(), running.regulator)
    assert running.state.incidents[0].status is IncidentStatus.CLOSED


@pytest.mark.parametrize("what", ["casualty", "leak"])
def test_a_fault_tied_to_a_casualty_or_a_leak_is_never_excused(running: Play, what: str) -> None:
    running.do(ReportIncident.model_validate({"bidder": A, "incident": "I-1", what: True, "text": "x"}), running.owner)
    running.refuses("harm_excused", fault(incident="I-1", **EXCUSED), running.regulator)
    running.do(ReportIncident(bidder=A, incident="I-2", text="擦碰"), running.owner)
    running.do(fault(incident="I-2", **EXCUSED), running.regulator)


# what it is to others


def test_a_red_line_found_after_the_trial_is_a_breach_for_the_fund_and_for_the_next_period(running: Play) -> None:
    casualty(running)
    upward(running)
    running.do(analysis(), running.regulator)
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    assert not breached_for_the_fund(running)
    running.do(closing(red_line="death_or_injury"), running.regulator)
    assert breached_for_the_fund(running)
    assert trial(running) == ("rolling_back", False)
    assert running.state.inclusions[0].step == "breached"


# what an incident left behind


def ordered(play: Play) -> None:
    """An order after an incident that hurt nobody, unverified when its trial's time is over."""
    play.do(ReportIncident(bidder=A, incident="I-1", text="擦碰"), play.bidder(A))
    play.do(analysis(order="更换传感器"), play.regulator)


def verify(play: Play) -> None:
    play.do(VerifyIncident(bidder=A, incident="I-1", verified=True, finding="核验"), play.second_regulator)


def test_nobody_is_fit_while_an_order_of_an_incident_is_not_verified(running: Play) -> None:
    running.pass_phases()
    running.until(running.deadline(f"trial/{A}").due_at - timedelta(days=3))
    ordered(running)
    running.pass_limit(f"trial/{A}")
    running.report_exit(A)
    no = running.refuses("incidents_unsettled", running.conclude_exit_act(A), running.regulator)
    assert no.details["incidents"] == "I-1"
    verify(running)
    running.conclude_exit(A)
    assert running.state.incidents[0].status is IncidentStatus.INVESTIGATED, "its closing is owed on"
    assert running.deadline(f"incident_close/{A}/I-1").status is DeadlineStatus.OPEN


def test_nobody_is_fit_while_a_casualty_is_not_closed(running: Play) -> None:
    running.pass_phases()
    running.pass_limit(f"trial/{A}")
    casualty(running)
    running.report_exit(A)
    running.refuses("incidents_unsettled", running.conclude_exit_act(A), running.regulator)
    upward(running)
    running.do(analysis(), running.regulator)
    running.refuses("incidents_unsettled", running.conclude_exit_act(A), running.regulator)
    running.do(closing(no_red_line="与试点无关"), running.regulator)
    running.conclude_exit(A)
    assert trial(running)[0] == "ended"


def test_no_result_passes_over_an_order_that_is_not_verified(running: Play) -> None:
    running.end_trial(A)
    ordered(running)
    with pytest.raises(Exception, match="incidents_unsettled"):
        running.fork().accept(A)
    verify(running)
    running.accept(A)
    assert running.state.step == "candidate"


def test_no_title_is_confirmed_over_a_casualty_and_a_refusal_needs_no_waiting(running: Play) -> None:
    running.end_trial(A)
    running.accept(A)
    casualty(running)
    with pytest.raises(Exception, match="incidents_unsettled"):
        running.fork().to_benchmark()
    upward(running)
    running.do(analysis(), running.regulator)
    running.do(closing(no_red_line="与试点无关"), running.regulator)
    running.to_benchmark()
    assert running.state.step == "benchmark"
