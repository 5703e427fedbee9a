"""Incidents: reported, stopped where somebody was hurt, analysed, ordered, verified by another person, closed."""

from datetime import timedelta

import pytest

from models.commands.anywhere import Terminate
from models.commands.trial import (
    AnalyseIncident,
    CloseIncident,
    ProveRollback,
    ReportIncident,
    ReportUpward,
    TerminateTrial,
    VerifyIncident,
)
from models.deadline import DeadlineStatus, Level
from models.document import Document
from models.events.clock import RungDue
from models.policy import Policy
from models.state import IncidentStatus
from models.vocabulary import Mode, Role
from rules.calendar import shift_workdays
from tests.plays import make_final
from tests.scenario import Play, digest, document

A, B = "甲公司", "乙公司"


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def ids(play: Play) -> set[str]:
    """What investigating asks for; acknowledging and closing have tests of their own (test_incident_loop)."""
    limits = ("incident_report", "incident_analysis", "correction_order")
    return {deadline.id for deadline in play.state.deadlines if deadline.limit in limits}


def step(play: Play, bidder: str = A) -> str:
    return next(trial.step for trial in play.state.trials if trial.bidder == bidder)


def status(play: Play) -> IncidentStatus:
    return play.state.incidents[0].status


def report(incident: str = "I-1", bidder: str = A, *, casualty: bool = False) -> ReportIncident:
    return ReportIncident(bidder=bidder, incident=incident, casualty=casualty, text="车辆碰撞护栏")


def analysis(incident: str = "I-1", bidder: str = A, *, order: str | None = "更换传感器") -> AnalyseIncident:
    return AnalyseIncident(
        bidder=bidder, incident=incident, analysis=document("事故分析"), order=order, with_officer="regulator-3"
    )


def verification(incident: str = "I-1", bidder: str = A, *, verified: bool = True) -> VerifyIncident:
    return VerifyIncident(bidder=bidder, incident=incident, verified=verified, finding="现场核验")


def closing(incident: str = "I-1") -> CloseIncident:
    return CloseIncident(bidder=A, incident=incident, cause="误判", remedy="升级", lessons="复测", no_red_line="未触碰")


def upward() -> ReportUpward:
    paper = Document(title="快报", sha256=digest("快报"), number="应急〔2026〕1号")
    return ReportUpward(bidder=A, incident="I-1", to="市应急管理局", document=paper)


def test_a_bidder_who_reports_owes_no_other_report_and_the_regulator_owes_the_analysis(running: Play) -> None:
    running.do(report(), running.bidder(A))
    assert ids(running) == {f"incident_analysis/{A}/I-1"}
    clock = running.deadline(f"incident_analysis/{A}/I-1")
    assert clock.holder == running.holder(Role.REGULATOR)
    assert clock.due_on == shift_workdays(running.policy.calendar, running.today, 5)
    assert step(running) == "running"


def test_where_somebody_else_reports_the_bidder_owes_its_report_within_the_hour(running: Play) -> None:
    citizen = running.person(Role.PUBLIC, "市民", "citizen-1")
    running.do(report(), citizen)
    owed = running.deadline(f"incident_report/{A}/I-1")
    assert owed.due_at == running.now + timedelta(hours=1)
    due = owed.due_at
    assert [(rung.name, rung.at - due, rung.level, rung.to) for rung in owed.rungs] == [
        ("T-30min", timedelta(minutes=-30), Level.REMIND, None),
        ("T-0", timedelta(), Level.REMIND, None),
        ("T+30min", timedelta(minutes=30), Level.ORANGE, Role.REGULATOR),
        ("T+1h", timedelta(hours=1), Level.RED, Role.LEADING_GROUP),
    ]
    assert owed.holder == running.holder(Role.BIDDER, A)
    running.refuses("incident_exists", report(), running.regulator)
    running.do(report(), running.bidder(A))
    assert ids(running) == {f"incident_analysis/{A}/I-1"}
    running.refuses("incident_exists", report(), running.bidder(A))


def test_a_report_that_is_not_given_within_the_hour_stays_owed(running: Play) -> None:
    running.do(report(), running.regulator)
    running.pass_limit(f"incident_report/{A}/I-1")
    assert running.deadline(f"incident_report/{A}/I-1").status is DeadlineStatus.OVERDUE
    running.do(report(), running.bidder(A))
    assert f"incident_report/{A}/I-1" not in ids(running)


@pytest.mark.parametrize("who", ["bidder", "regulator", "owner", "public"])
def test_a_casualty_stops_the_trial_at_once_whoever_reports_it(running: Play, who: str) -> None:
    actors = {
        "bidder": running.bidder(A),
        "regulator": running.regulator,
        "owner": running.owner,
        "public": running.person(Role.PUBLIC, "市民", "citizen-1"),
    }
    running.do(report(casualty=True), actors[who])
    assert step(running) == "suspended"
    assert f"fix/{A}" in {deadline.id for deadline in running.state.deadlines}


def test_an_analysis_without_an_order_ends_the_investigation(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.do(analysis(order=None), running.regulator)
    assert running.state.incidents[0].status is IncidentStatus.INVESTIGATED
    assert ids(running) == set()
    running.refuses("incident_not_open", analysis(), running.regulator)


def test_an_order_is_verified_by_another_person_than_who_issued_it(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.refuses("incident_not_open", verification(), running.second_regulator)
    running.do(analysis(), running.regulator)
    running.serve_notices()
    assert ids(running) == {f"correction_order/{A}/I-1"}
    running.refuses("officer_verifies", verification(), running.regulator)
    running.do(verification(), running.second_regulator)
    assert running.state.incidents[0].status is IncidentStatus.INVESTIGATED
    assert ids(running) == set()
    assert step(running) == "running"


def test_an_order_that_was_found_not_carried_out_stops_the_trial_and_stays_open(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.do(analysis(), running.regulator)
    running.do(verification(verified=False), running.second_regulator)
    assert step(running) == "suspended"
    assert status(running) is IncidentStatus.ORDERED
    running.do(verification(), running.second_regulator)
    assert status(running) is IncidentStatus.INVESTIGATED


def test_an_order_that_nobody_verified_in_time_stops_the_trial_by_itself(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.do(analysis(), running.regulator)
    running.pass_limit(f"correction_order/{A}/I-1")
    assert step(running) == "suspended"
    assert running.state.inclusions[0].step == "active", "it is no fault under the inclusion period"
    running.do(verification(), running.second_regulator)
    assert running.state.incidents[0].status is IncidentStatus.INVESTIGATED


def test_an_analysis_that_is_late_escalates_and_can_still_be_given(running: Play) -> None:
    running.do(report(), running.bidder(A))
    running.pass_limit(f"incident_analysis/{A}/I-1")
    assert running.deadline(f"incident_analysis/{A}/I-1").status is DeadlineStatus.OVERDUE
    running.do(analysis(order=None), running.regulator)
    assert ids(running) == set()


def test_several_incidents_are_dealt_with_apart(running: Play) -> None:
    running.do(report("I-1"), running.bidder(A))
    running.do(report("I-2"), running.bidder(A))
    running.do(analysis("I-1"), running.regulator)
    running.serve_notices()
    assert ids(running) == {f"correction_order/{A}/I-1", f"incident_analysis/{A}/I-2"}
    running.do(analysis("I-2"), running.regulator)
    running.do(verification("I-1"), running.second_regulator)
    running.serve_notices()
    assert ids(running) == {f"correction_order/{A}/I-2"}
    running.refuses("unknown_incident", analysis("I-3"), running.regulator)


def test_an_incident_of_one_bidder_is_not_dealt_with_under_anothers_name(yancheng: Policy) -> None:
    race = Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.do(report("I-1", A), race.bidder(A))
    race.refuses("unknown_incident", analysis("I-1", B), race.regulator)
    race.do(analysis("I-1", A), race.regulator)
    race.refuses("unknown_incident", verification("I-1", B), race.second_regulator)
    race.refuses("incident_exists", report("I-1", B), race.bidder(B))
    assert step(race, B) == "running"


def test_an_incident_outlives_the_trial_and_is_closed_all_the_same(running: Play) -> None:
    running.do(report(), running.regulator)
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    assert ids(running) == {f"incident_report/{A}/I-1", f"incident_analysis/{A}/I-1"}
    running.do(report(), running.bidder(A))
    running.do(analysis(), running.regulator)
    running.do(verification(), running.second_regulator)
    assert ids(running) == set()
    running.do(ProveRollback(bidder=A, proof=document("恢复证明")), running.bidder(A))
    assert not running.state.closed
    running.do(closing(), running.regulator)
    assert not running.state.closed, "the order may still be appealed"
    make_final(running)
    assert running.state.closed


def test_after_an_upheld_appeal_the_investigation_goes_on_though_the_trial_stands_still(running: Play) -> None:
    running.do(report(casualty=True), running.bidder(A))
    running.do(Terminate(ground="safety", reasons="事故"), running.group)
    assert running.deadline(f"incident_analysis/{A}/I-1").status is DeadlineStatus.OPEN, "also in remedies"
    running.win_appeal()
    assert running.deadline(f"trial/{A}").status is DeadlineStatus.PAUSED
    assert running.deadline(f"incident_analysis/{A}/I-1").status is DeadlineStatus.OPEN


def test_an_incident_that_comes_to_light_after_the_trial_is_dealt_with_during_acceptance(running: Play) -> None:
    running.end_trial(A)
    running.do(report(casualty=True), running.regulator)
    assert step(running) == "ended"
    running.do(report(), running.bidder(A))
    running.do(analysis(), running.regulator)
    running.pass_limit(f"correction_order/{A}/I-1")
    running.do(verification(), running.second_regulator)
    assert ids(running) == set()
    running.do(upward(), running.regulator)
    running.do(closing(), running.regulator)
    running.accept(A)
    assert running.state.step == "candidate"


def test_an_incident_outlives_the_sending_back_into_a_second_trial(running: Play) -> None:
    running.end_trial(A)
    running.do(report(), running.regulator)
    running.retrial(A)
    running.do(report(), running.bidder(A))
    running.do(analysis(order=None), running.regulator)
    assert ids(running) == set()


def test_an_incident_is_reported_of_a_bidder_who_is_in_trial(running: Play) -> None:
    running.refuses("unknown_bidder", report(bidder=B), running.regulator)


def test_nobody_sleeps_through_a_report_that_is_owed(running: Play) -> None:
    citizen = running.person(Role.PUBLIC, "市民", "citizen-1")
    running.do(report(), citizen)
    due = running.deadline(f"incident_report/{A}/I-1").due_at
    events = running.until(due + timedelta(hours=2))
    reminded = [event.rung.name for event in events if isinstance(event, RungDue) and "incident_report" in event.id]
    assert reminded == ["T-30min", "T-0", "T+30min", "T+1h"]
