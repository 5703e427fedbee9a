"""Against every measure under an inclusion period there is a remedy, and none of them waits for it."""

from datetime import timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import Appeal, DecideAppeal, DecideExtension, RequestExtension
from models.commands.trial import (
    AnalyseIncident,
    CloseIncident,
    EndInclusionEarly,
    ProveRollback,
    RecordFault,
    ReportIncident,
    SuspendTrial,
    TerminateTrial,
    VerifyCorrection,
    VerifyIncident,
)
from models.deadline import DeadlineStatus, Level
from models.policy import Policy
from models.state import IncidentStatus
from models.vocabulary import Role, Suspends
from rules.policy_check import contradictions
from tests.scenario import Play, document, with_limit, with_rules

A = "甲公司"
KINDS = ("one", "two", "three", "four")


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def record(play: Play, kind: str, red_line: str | None = None) -> None:
    play.do(
        RecordFault(
            bidder=A, kind=kind, red_line=red_line, plan_clause="3.1", finding="属实", evidence=document("证据"),
            with_officer="regulator-2",
        ),
        play.regulator,
    )  # fmt: skip


@pytest.fixture
def ordered(running: Play) -> Play:
    for kind in KINDS:
        record(running, kind)
    return running


@pytest.fixture
def breached(running: Play) -> Play:
    record(running, "leak", "data_or_privacy_harm")
    return running


def standing(play: Play) -> tuple[str, str]:
    return play.state.inclusions[0].step, play.state.trials[0].step


def make_final(play: Play) -> None:
    for decision in play.state.decisions:
        play.serve(decision.sequence)
        play.pass_limit(f"appeal_window/{decision.sequence}")


def order_after_incident(play: Play) -> None:
    play.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), play.bidder(A))
    act = AnalyseIncident(bidder=A, incident="I-1", analysis=document("分析"), order="更换", with_officer="regulator-2")
    play.do(act, play.regulator)


# termination for breach


def test_a_trial_that_is_ended_for_breach_is_rolled_back_at_once_and_the_bidder_may_appeal(running: Play) -> None:
    running.do(TerminateTrial(bidder=A, ground="breach", reasons="违约"), running.regulator)
    (decision,) = running.state.decisions
    assert (decision.against, decision.machine, decision.reopens) == (A, "trial", "planning")
    assert standing(running) == ("ended_early", "rolling_back")
    running.win_appeal()
    assert running.state.trials[0].step == "planning"


def test_a_scene_waits_until_the_termination_for_breach_is_final(running: Play) -> None:
    running.do(TerminateTrial(bidder=A, ground="breach", reasons="违约"), running.regulator)
    running.do(ProveRollback(bidder=A, proof=document("恢复证明")), running.bidder(A))
    assert running.state.step == "remedies"
    make_final(running)
    assert running.state.closed


def test_the_city_says_on_which_grounds_an_end_can_be_appealed(yancheng: Policy) -> None:
    for grounds, decisions in (((), 0), (("safety", "breach"), 1)):
        play = Play(with_rules(yancheng, "trial", contestable=grounds)).to_running(A)
        play.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), play.regulator)
        assert len(play.state.decisions) == decisions


def test_who_ended_the_trial_does_not_decide_the_appeal(running: Play) -> None:
    running.do(TerminateTrial(bidder=A, ground="breach", reasons="违约"), running.regulator)
    decision = running.state.decisions[-1].sequence
    running.serve(decision)
    running.do(Appeal(decision=decision, grounds="不服"), running.bidder(A))
    act = DecideAppeal(decision=decision, upheld=False, reasons="维持")
    running.refuses("decided_before", act, running.office(Role.SUPERVISOR, running.regulator.person))


# an order to correct


def test_an_order_that_does_not_stand_falls_away_with_its_fault(ordered: Play) -> None:
    ordered.serve_notices()
    assert ordered.state.open_orders(A)
    decision = ordered.state.decisions[-1]
    ordered.do(Appeal(decision=decision.sequence, grounds="不服"), ordered.bidder(A))
    assert ordered.deadline(f"correction_order/{A}/#4").status is DeadlineStatus.OPEN
    ordered.do(DecideAppeal(decision=decision.sequence, upheld=True, reasons="撤销"), ordered.supervisor)
    assert not ordered.state.open_orders(A)
    assert standing(ordered) == ("active", "running")
    assert ordered.state.inclusions[0].faults[-1].annulled
    record(ordered, "five")
    assert ordered.state.inclusions[0].faults[-1].rung == "order"


def test_an_order_that_stands_changes_nothing_about_the_period(ordered: Play) -> None:
    ordered.serve_notices()
    third = ordered.person(Role.REGULATOR, ordered.state.regulator or "", "regulator-9")
    ordered.do(VerifyCorrection(bidder=A, corrected=True, finding="已改"), third)
    ordered.pass_limit(f"appeal_window/{ordered.state.decisions[-1].sequence}")
    assert ordered.state.decisions == ()
    assert standing(ordered) == ("active", "running")
    assert ordered.deadline(f"inclusion/{A}").status is DeadlineStatus.OPEN


def test_the_order_of_an_incident_can_be_appealed_and_the_incident_is_closed_without_it(running: Play) -> None:
    order_after_incident(running)
    running.win_appeal()
    assert [each.status for each in running.state.incidents] == [IncidentStatus.INVESTIGATED]
    assert f"correction_order/{A}/I-1" not in [each.id for each in running.state.deadlines]
    closing = CloseIncident(bidder=A, incident="I-1", cause="误判", remedy="升级", lessons="复测")
    running.do(closing, running.regulator)
    assert [each.status for each in running.state.incidents] == [IncidentStatus.CLOSED]


def test_an_order_of_an_incident_that_was_verified_stays_verified(running: Play) -> None:
    order_after_incident(running)
    running.serve_notices()
    third = running.person(Role.REGULATOR, running.state.regulator or "", "regulator-9")
    running.do(VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已换"), third)
    decision = running.state.decisions[-1].sequence
    running.do(Appeal(decision=decision, grounds="不服"), running.bidder(A))
    before = running.deadline(f"incident_close/{A}/I-1")
    running.do(DecideAppeal(decision=decision, upheld=True, reasons="撤销"), running.supervisor)
    assert running.deadline(f"incident_close/{A}/I-1") == before


# a breach


def test_a_breach_takes_effect_at_once_and_an_upheld_appeal_gives_the_period_back(breached: Play) -> None:
    assert standing(breached) == ("breached", "suspended")
    assert breached.deadline(f"inclusion/{A}").status is DeadlineStatus.PAUSED
    breached.win_appeal()
    assert standing(breached) == ("active", "suspended")
    assert not breached.state.trials[0].supervised
    assert f"supervision/{A}" not in [each.id for each in breached.state.deadlines]
    assert breached.deadline(f"inclusion/{A}").status is DeadlineStatus.OPEN
    assert breached.state.inclusions[0].faults[0].annulled


def test_a_breach_that_stands_leaves_nothing_of_the_period(breached: Play) -> None:
    make_final(breached)
    assert standing(breached) == ("breached", "suspended")
    assert f"inclusion/{A}" not in [each.id for each in breached.state.deadlines]


def test_of_a_trial_that_is_over_the_breach_is_lifted_and_no_period_given_back(breached: Play) -> None:
    breached.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), breached.regulator)
    breached.win_appeal(which=0)
    assert standing(breached) == ("ended_early", "rolling_back")


def not_followed(play: Play) -> None:
    play.pass_limit(f"correction_order/{A}/#4")
    third = play.person(Role.REGULATOR, play.state.regulator or "", "regulator-9")
    play.do(VerifyCorrection(bidder=A, corrected=False, finding="未改"), third)


def test_an_order_that_was_found_not_carried_out_is_a_breach_that_can_be_appealed(ordered: Play) -> None:
    not_followed(ordered)
    assert standing(ordered) == ("breached", "suspended")
    assert [each.verb for each in ordered.state.decisions] == ["record_fault", "verify_correction"]
    ordered.win_appeal()
    assert standing(ordered) == ("active", "suspended")
    assert not ordered.state.open_orders(A)


def test_a_breach_after_an_early_end_is_lifted_to_the_early_end(ordered: Play) -> None:
    ordered.do(EndInclusionEarly(bidder=A, reasons="不再符合", at_bidders_request=False), ordered.regulator)
    not_followed(ordered)
    assert standing(ordered) == ("breached", "suspended")
    breach, early = ordered.state.decisions[-1], ordered.state.decisions[-2]
    assert (breach.reopens, early.reopens) == ("ended_early", "active")
    ordered.win_appeal()
    assert standing(ordered) == ("ended_early", "suspended")
    assert ordered.deadline(f"inclusion/{A}").status is DeadlineStatus.PAUSED
    ordered.win_appeal()
    assert standing(ordered) == ("active", "suspended")


# an order's time


@pytest.mark.parametrize("who", ["regulator-1", "regulator-2"])
def test_who_issued_an_order_does_not_give_it_more_time(ordered: Play, who: str) -> None:
    ordered.serve_notices()
    ordered.do(RequestExtension(deadline=f"correction_order/{A}/#4", reasons="备件未到"), ordered.bidder(A))
    act = DecideExtension(deadline=f"correction_order/{A}/#4", granted=True, reasons="属实")
    ordered.refuses("ordered_before", act, ordered.person(Role.REGULATOR, ordered.state.regulator or "", who))
    ordered.do(act, ordered.person(Role.REGULATOR, ordered.state.regulator or "", "regulator-9"))


@pytest.mark.parametrize("who", ["regulator-1", "regulator-2"])
def test_who_issued_an_incidents_order_does_not_give_it_more_time(running: Play, who: str) -> None:
    order_after_incident(running)
    running.serve_notices()
    clock = f"correction_order/{A}/I-1"
    running.do(RequestExtension(deadline=clock, reasons="备件未到"), running.bidder(A))
    act = DecideExtension(deadline=clock, granted=True, reasons="属实")
    running.refuses("ordered_before", act, running.person(Role.REGULATOR, running.state.regulator or "", who))
    running.do(act, running.person(Role.REGULATOR, running.state.regulator or "", "regulator-9"))


def test_an_order_that_nobody_serves_is_heard_of_up_to_the_leading_group(running: Play) -> None:
    order_after_incident(running)
    service = running.deadline(f"service/{running.state.sequence}")
    running.wait(timedelta(days=60))
    told = [
        event.rung for entry in running.journal for event in entry.events
        if event.kind == "rung_due" and event.id == service.id
    ]  # fmt: skip
    assert (Level.RED, Role.LEADING_GROUP) in [(rung.level, rung.to) for rung in told]
    assert (Level.ASSESSMENT, Role.LEADING_GROUP) in [(rung.level, rung.to) for rung in told]


# what the start notice says of the period's clock


@pytest.mark.parametrize("says", [True, False])
@pytest.mark.parametrize("policy_pauses", [True, False])
def test_the_start_notice_says_whether_a_stop_stops_the_periods_clock(
    yancheng: Policy, says: bool, policy_pauses: bool
) -> None:
    play = Play(with_rules(yancheng, "inclusion", suspension_pauses=policy_pauses)).to_trial(A)
    play.admit(A)
    notice = play.start_act(A).model_copy(update={"suspension_pauses": says})
    play.do(notice, play.regulator)
    assert play.state.inclusions[0].suspension_pauses is says
    play.do(SuspendTrial(bidder=A, reasons="故障"), play.owner)
    expected = DeadlineStatus.PAUSED if says else DeadlineStatus.OPEN
    assert play.deadline(f"inclusion/{A}").status is expected


def test_a_rollback_runs_on_whatever_stands_still(yancheng: Policy) -> None:
    wrong = with_limit(yancheng, "rollback", when_suspended=Suspends.PAUSES, period=Period(length=5, unit=Unit.DAYS))
    assert [each.key for each in contradictions(wrong)] == ["limits.rollback.when_suspended"]
