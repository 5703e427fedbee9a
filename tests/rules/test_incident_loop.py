"""The closed loop of an incident: acknowledged, stopped by its severity, reported upward, told of, closed."""

from datetime import timedelta

import pytest

from models.commands.trial import (
    AcknowledgeIncident,
    AnalyseIncident,
    CloseIncident,
    NotifyLeak,
    RecordFault,
    ReportIncident,
    ReportUpward,
    TerminateTrial,
    VerifyIncident,
)
from models.deadline import DeadlineStatus, Level
from models.document import Document
from models.events.clock import RungDue
from models.events.trial import ReportedUpward
from models.policy import IncidentRedLines, Policy
from models.state import IncidentStatus
from models.vocabulary import Role
from rules.calendar import shift_workdays
from rules.inclusion_statement import statements
from rules.policy_check import contradictions
from tests.scenario import Play, digest, document, with_rules

A = "甲公司"
ACKNOWLEDGEMENT = AcknowledgeIncident(bidder=A, incident="I-1")


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def report(play: Play, **more: object) -> None:
    content = {"bidder": A, "incident": "I-1", "text": "车辆碰撞护栏", **more}
    play.do(ReportIncident.model_validate(content), play.bidder(A))


def upward(number: str | None = "盐应急〔2026〕7号") -> ReportUpward:
    paper = Document(title="事件快报", sha256=digest("快报"), number=number)
    return ReportUpward(bidder=A, incident="I-1", to="市应急管理局", document=paper)


def analyse(play: Play, order: str | None = None) -> None:
    act = AnalyseIncident(bidder=A, incident="I-1", analysis=document("分析"), order=order, with_officer="regulator-3")
    play.do(act, play.regulator)


def close(**more: object) -> CloseIncident:
    content = {"bidder": A, "incident": "I-1", "cause": "感知误判", "remedy": "升级", "lessons": "先仿真", **more}
    return CloseIncident.model_validate(content)


def owed(play: Play) -> set[str]:
    return {deadline.id for deadline in play.state.deadlines if f"{A}/I-1" in deadline.id}


def step(play: Play) -> str:
    return play.state.trials[0].step


# acknowledged


def test_a_report_is_acknowledged_within_the_hour_and_the_heads_hear_before(running: Play) -> None:
    report(running)
    clock = running.deadline(f"incident_acknowledgement/{A}/I-1")
    assert clock.holder == running.holder(Role.REGULATOR)
    reported = running.now
    assert [(rung.at - reported, rung.level, rung.to) for rung in clock.rungs] == [
        (timedelta(minutes=30), Level.ORANGE, Role.REGULATOR),
        (timedelta(hours=1), Level.RED, Role.LEADING_GROUP),
    ]
    running.do(ACKNOWLEDGEMENT, running.regulator)
    assert clock.id not in owed(running)
    assert running.state.incidents[0].acknowledged_by == running.regulator.person
    running.refuses("already_acknowledged", ACKNOWLEDGEMENT, running.second_regulator)


def test_who_analyses_has_acknowledged(running: Play) -> None:
    report(running)
    analyse(running)
    assert f"incident_acknowledgement/{A}/I-1" not in owed(running)
    running.refuses("already_acknowledged", ACKNOWLEDGEMENT, running.regulator)


def test_nobody_acknowledged_and_everybody_heard_of_it_once(running: Play) -> None:
    report(running)
    events = running.wait(timedelta(hours=3))
    heard = [event.rung.to for event in events if isinstance(event, RungDue) and "acknowledgement" in event.id]
    assert heard == [Role.REGULATOR, Role.LEADING_GROUP]
    assert running.deadline(f"incident_acknowledgement/{A}/I-1").status is DeadlineStatus.OVERDUE
    running.do(ACKNOWLEDGEMENT, running.regulator)


def test_an_incident_that_is_not_there_is_not_acknowledged(running: Play) -> None:
    running.refuses("unknown_incident", ACKNOWLEDGEMENT, running.regulator)


# stopped by its severity


def test_the_policy_says_which_severities_stop_the_trial_by_themselves(running: Play) -> None:
    for severity in running.policy.incidents.severities:
        play = running.fork()
        report(play, severity=severity.key)
        assert (step(play) == "suspended") is severity.stops
        assert (f"upward_report/{A}/I-1" in owed(play)) is severity.upward


def test_a_severity_that_the_city_does_not_know_is_refused(running: Play) -> None:
    unknown = ReportIncident(bidder=A, incident="I-1", severity="apocalyptic", text="x")
    assert "serious" in running.refuses("unknown_severity", unknown, running.bidder(A)).details["known"]


# reported upward


def test_a_casualty_is_reported_upward_within_the_hour(running: Play) -> None:
    report(running, casualty=True, severity="serious")
    clock = running.deadline(f"casualty_report/{A}/I-1")
    assert (clock.holder, clock.due_at) == (running.holder(Role.REGULATOR), running.now + timedelta(hours=1))
    assert f"upward_report/{A}/I-1" not in owed(running), "it is one report"
    running.refuses("number_missing", upward(None), running.regulator)
    (reported, *_) = running.do(upward(), running.regulator)
    assert isinstance(reported, ReportedUpward)
    assert (reported.to, reported.number) == ("市应急管理局", "盐应急〔2026〕7号")
    assert clock.id not in owed(running)
    assert running.state.incidents[0].upward == ("市应急管理局",)


def test_the_regulator_reports_upward_more_than_once_and_nobody_in_its_place(running: Play) -> None:
    report(running, severity="serious")
    running.refuses("not_permitted", upward(), running.lead)
    for who in (running.regulator, running.second_regulator):
        running.do(upward(), who)
    assert len(running.state.incidents[0].upward) == 2
    assert f"upward_report/{A}/I-1" not in owed(running)


def test_a_report_upward_that_is_late_stays_owed(running: Play) -> None:
    report(running, casualty=True)
    running.pass_limit(f"casualty_report/{A}/I-1")
    assert running.deadline(f"casualty_report/{A}/I-1").status is DeadlineStatus.OVERDUE
    running.do(upward(), running.regulator)
    assert f"casualty_report/{A}/I-1" not in owed(running)


# a leak of personal data


def test_a_leak_is_told_to_the_authority_and_to_those_concerned(running: Play) -> None:
    report(running, leak=True)
    ids = {f"leak_notice/{A}/I-1/authority", f"leak_notice/{A}/I-1/persons"}
    assert ids <= owed(running)
    assert {running.deadline(id).holder for id in ids} == {running.holder(Role.BIDDER, A)}
    told = NotifyLeak(bidder=A, incident="I-1", to="authority", document=document("通知"))
    running.do(told, running.bidder(A))
    assert ids & owed(running) == {f"leak_notice/{A}/I-1/persons"}
    running.refuses("leak_told_already", told, running.bidder(A))
    running.do(told.model_copy(update={"to": "persons"}), running.bidder(A))
    assert not ids & owed(running)
    assert running.state.incidents[0].leak_told == ("authority", "persons")


def test_a_stopped_trial_stops_none_of_these_clocks(running: Play) -> None:
    report(running, casualty=True, leak=True)
    assert step(running) == "suspended"
    clocks = [each for each in running.state.deadlines if each.id in owed(running)]
    assert len(clocks) == 5
    assert {each.status for each in clocks} == {DeadlineStatus.OPEN}


# closed


def test_an_incident_is_closed_with_cause_remedy_and_lessons_in_ten_working_days(running: Play) -> None:
    report(running)
    running.refuses("incident_not_open", close(), running.regulator)
    analyse(running)
    clock = running.deadline(f"incident_close/{A}/I-1")
    assert clock.due_on == shift_workdays(running.policy.calendar, running.today, 10)
    running.do(close(), running.regulator)
    assert running.state.incidents[0].status is IncidentStatus.CLOSED
    assert owed(running) == set()
    running.refuses("incident_not_open", close(), running.regulator)
    running.refuses("incident_not_open", upward(), running.regulator)


def test_an_incident_is_not_closed_while_its_order_is_open(running: Play) -> None:
    report(running)
    analyse(running, order="更换传感器")
    running.refuses("incident_order_open", close(), running.regulator)
    verified = VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已换")
    running.do(verified, running.second_regulator)
    running.do(close(), running.regulator)


@pytest.mark.parametrize("what", ["casualty", "leak", "severity"])
def test_an_incident_is_not_closed_while_a_report_is_owed(running: Play, what: str) -> None:
    report(running, **{what: "serious" if what == "severity" else True})
    analyse(running)
    no = running.refuses("incident_reports_owed", close(no_red_line="未触碰"), running.regulator)
    assert "I-1" in no.details["owed"]


def test_a_report_owed_for_another_incident_holds_nothing_up(running: Play) -> None:
    report(running)
    report(running, incident="I-11", severity="serious")
    analyse(running)
    running.do(close(), running.regulator)


def test_an_incident_is_closed_after_its_trial_as_well(running: Play) -> None:
    report(running)
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    analyse(running)
    running.do(close(), running.regulator)
    assert running.state.incidents[0].status is IncidentStatus.CLOSED


# a red line: offered, not decided


def ready(play: Play) -> None:
    """A casualty, investigated and reported."""
    report(play, casualty=True)
    play.do(upward(), play.regulator)
    analyse(play)


def test_an_incident_may_be_a_red_line_and_nobody_decides_that_but_an_officer(running: Play) -> None:
    ready(running)
    assert running.state.incidents[0].red_line == "death_or_injury"
    assert running.state.inclusions[0].step == "active"
    running.refuses("red_line_unanswered", close(), running.regulator)
    running.do(close(no_red_line="轻微擦伤，与试点无关"), running.regulator)
    assert running.state.inclusions[0].step == "active"


def test_the_officer_finds_the_red_line_and_ties_the_fault_to_the_incident(running: Play) -> None:
    ready(running)
    fault = RecordFault(
        bidder=A, kind="injury", red_line="death_or_injury", incident="I-1", plan_clause="1.1", finding="属实",
        evidence=document("证据"),
    )  # fmt: skip
    running.refuses("unknown_incident", fault.model_copy(update={"incident": "I-9"}), running.regulator)
    running.do(fault, running.regulator)
    assert running.state.inclusions[0].step == "breached"
    running.do(close(), running.regulator)
    assert statements(running.journal)[0].faults[0].incident == "I-1"


def test_the_question_is_asked_of_a_trial_without_an_inclusion_period_as_well(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    ready(play)
    assert play.state.incidents[0].red_line == "death_or_injury"
    play.refuses("red_line_unanswered", close(), play.regulator)
    play.do(close(no_red_line="轻微擦伤，与试点无关"), play.regulator)


def test_a_city_offers_only_red_lines_that_it_draws(yancheng: Policy) -> None:
    assert not [each for each in contradictions(yancheng) if each.key.startswith("incidents")]
    wrong = with_rules(yancheng, "incidents", red_lines=IncidentRedLines(casualty="bad_weather"))
    assert [each.key for each in contradictions(wrong)] == ["incidents.red_lines.casualty"]
