"""An order to correct: the bidder reports that it did, an officer finds whether it is so, and only that is a breach."""

from datetime import timedelta

import pytest

from models.commands.anywhere import Appeal, DecideAppeal, RecordService
from models.commands.trial import (
    AnalyseIncident,
    ApproveResumption,
    ProposeResumption,
    RecordFault,
    ReportCorrection,
    ReportFix,
    ReportIncident,
    VerifyCorrection,
    VerifyIncident,
)
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.vocabulary import Role
from rules.calendar import shift_workdays
from rules.possible import offers
from tests.scenario import Play, document

A = "甲公司"
FIRST, ORDER, CHECK = f"correction_order/{A}/#1", f"correction_order/{A}/#4", f"correction_check/{A}/#4"
REPORT = ReportCorrection(bidder=A, proof=document("整改证明"))


def verdict(corrected: bool) -> VerifyCorrection:
    return VerifyCorrection(bidder=A, corrected=corrected, finding="现场核验")


def clocks(play: Play) -> set[str]:
    return {each.id for each in play.state.deadlines}


def standing(play: Play) -> tuple[str, str]:
    return play.state.inclusions[0].step, play.state.trials[0].step


@pytest.fixture
def ordered(yancheng: Policy) -> Play:
    """Four faults have climbed to an order, which is served."""
    play = Play(yancheng).to_running(A)
    for kind in ("one", "two", "three", "four"):
        found = RecordFault(
            bidder=A,
            kind=kind,
            plan_clause="1.1",
            finding="属实",
            evidence=document("证据"),
            with_officer="regulator-3",
        )
        play.do(found, play.regulator)
    play.serve_notices()
    return play


def test_the_bidder_has_a_verb_for_its_duty_and_is_offered_it(ordered: Play) -> None:
    clock = ordered.deadline(ORDER)
    assert (clock.holder, clock.verbs) == (ordered.holder(Role.BIDDER, A), ("report_correction",))
    assert "report_correction" in {each.verb for each in offers(ordered.policy, ordered.state)}
    ordered.do(REPORT, ordered.bidder(A))
    assert "report_correction" not in {each.verb for each in offers(ordered.policy, ordered.state)}


def test_what_is_reported_in_time_is_verified_in_time_by_who_did_not_order_it(ordered: Play) -> None:
    ordered.do(REPORT, ordered.bidder(A))
    assert ORDER not in clocks(ordered)
    clock = ordered.deadline(CHECK)
    assert (clock.holder, clock.verbs) == (ordered.holder(Role.REGULATOR), ("verify_correction",))
    assert clock.due_on == shift_workdays(ordered.policy.calendar, ordered.today, 10)
    for issuer in (ordered.regulator, ordered.person(Role.REGULATOR, ordered.state.regulator or "", "regulator-3")):
        ordered.refuses("officer_verifies", verdict(corrected=True), issuer)
    ordered.do(verdict(corrected=True), ordered.second_regulator)
    assert standing(ordered) == ("active", "running")
    assert CHECK not in clocks(ordered)


def test_the_regulators_silence_hurts_no_bidder_who_has_reported(ordered: Play) -> None:
    ordered.do(REPORT, ordered.bidder(A))
    decisions = len(ordered.state.decisions)
    ordered.wait(timedelta(days=40))
    assert standing(ordered) == ("active", "running")
    assert ordered.deadline(CHECK).status is DeadlineStatus.OVERDUE, "the duty stays the officer's, and escalates"
    assert len(ordered.state.decisions) == decisions


def test_what_nobody_reported_in_time_stops_the_trial_and_is_looked_at(ordered: Play) -> None:
    decisions = len(ordered.state.decisions)
    ordered.pass_limit(ORDER)
    assert standing(ordered) == ("active", "suspended")
    assert ordered.deadline(CHECK).holder == ordered.holder(Role.REGULATOR)
    assert len(ordered.state.decisions) == decisions, "only an officer's finding is a breach"
    breached = ordered.fork()
    breached.do(verdict(corrected=False), breached.second_regulator)
    assert standing(breached) == ("breached", "suspended")
    assert breached.state.decisions[-1].verb == "verify_correction"


def test_a_correction_that_is_reported_late_is_verified_before_the_trial_is_resumed(ordered: Play) -> None:
    ordered.pass_limit(ORDER)
    ordered.do(REPORT, ordered.bidder(A))
    ordered.refuses("correction_reported_already", REPORT, ordered.bidder(A))
    ordered.do(ReportFix(bidder=A, proof=document("整改证明")), ordered.bidder(A))
    ordered.do(ProposeResumption(bidder=A, reasons="已整改"), ordered.regulator)
    ordered.refuses("correction_unverified", ApproveResumption(bidder=A), ordered.second_regulator)
    ordered.do(verdict(corrected=True), ordered.second_regulator)
    ordered.do(ApproveResumption(bidder=A), ordered.second_regulator)
    assert standing(ordered) == ("active", "running")


def test_what_is_said_to_be_corrected_and_is_not_is_a_breach(ordered: Play) -> None:
    ordered.do(REPORT, ordered.bidder(A))
    ordered.do(verdict(corrected=False), ordered.second_regulator)
    assert standing(ordered) == ("breached", "suspended")
    assert not {ORDER, CHECK} & clocks(ordered)


def test_an_order_that_is_annulled_is_not_verified_any_more(ordered: Play) -> None:
    ordered.do(REPORT, ordered.bidder(A))
    order = ordered.state.decisions[-1].sequence
    ordered.do(Appeal(decision=order, grounds="不服"), ordered.bidder(A))
    ordered.do(DecideAppeal(decision=order, upheld=True, reasons="撤销"), ordered.supervisor)
    assert not ordered.state.open_orders(A)
    assert CHECK not in clocks(ordered)
    ordered.refuses("no_open_order", verdict(corrected=False), ordered.second_regulator)


def test_where_nothing_was_ordered_nothing_is_reported(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.refuses("no_open_order", REPORT, play.bidder(A))
    unknown = REPORT.model_copy(update={"incident": "I-9"})
    play.refuses("unknown_incident", unknown, play.bidder(A))


# after an incident


OF_IT = f"correction_order/{A}/I-1"
REPORT_OF_IT = REPORT.model_copy(update={"incident": "I-1"})


def after_incident(policy: Policy) -> Play:
    play = Play(policy).to_running(A)
    play.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), play.bidder(A))
    analysis = AnalyseIncident(
        bidder=A, incident="I-1", analysis=document("分析"), order="更换传感器", with_officer="regulator-3"
    )
    play.do(analysis, play.regulator)
    return play


def test_the_order_of_an_incident_is_reported_verified_and_stops_the_trial_while_it_is_not(yancheng: Policy) -> None:
    play = after_incident(yancheng)
    play.serve_notices()
    assert play.deadline(OF_IT).verbs == ("report_correction",)
    play.do(REPORT_OF_IT, play.bidder(A))
    play.refuses("correction_reported_already", REPORT_OF_IT, play.bidder(A))
    check = play.deadline(f"correction_check/{A}/I-1")
    assert (check.holder, check.verbs) == (play.holder(Role.REGULATOR), ("verify_incident",))
    unverified = play.fork()
    unverified.pass_limit(OF_IT)
    assert standing(unverified)[1] == "suspended", "S4 四（十一）: not verified by its due date"
    play.do(VerifyIncident(bidder=A, incident="I-1", verified=False, finding="未换"), play.second_regulator)
    assert check.id not in clocks(play)
    play.do(REPORT_OF_IT, play.bidder(A))
    play.do(VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已换"), play.second_regulator)
    assert not {check.id, OF_IT} & clocks(play)


def test_an_order_of_an_incident_that_nobody_serves_counts_from_the_last_day_of_its_service(yancheng: Policy) -> None:
    play = after_incident(yancheng)
    entry = play.state.decisions[-1].sequence
    service = play.deadline(f"service/{entry}")
    play.pass_limit(service.id)
    assert play.deadline(service.id).status is DeadlineStatus.OVERDUE, "it is still to be served"
    assert play.deadline(OF_IT).counted_from == service.due_on
    served = play.fork()
    play.pass_limit(OF_IT)
    assert standing(play)[1] == "suspended"
    served.do(
        RecordService(
            entry=entry, how="in_person", served_on=served.today, to=A, proof=document("送达回证")
        ),
        served.platform,
    )  # fmt: skip
    assert served.deadline(OF_IT).counted_from == service.due_on
    assert f"appeal_window/{entry}" in clocks(served)


def test_an_order_of_the_inclusion_period_waits_for_its_service_all_the_same(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    found = RecordFault(
        bidder=A, kind="one", plan_clause="1.1", finding="属实", evidence=document("证据"), with_officer="regulator-3"
    )
    play.do(found, play.regulator)
    play.pass_limit(f"service/{play.state.decisions[-1].sequence}")
    assert FIRST in {each.id for each in play.state.services}


# ordinary supervision


def test_a_fault_outside_any_period_is_ordered_to_be_corrected_at_once(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    found = RecordFault(bidder=A, kind="one", plan_clause="1.1", finding="属实", evidence=document("证据"))
    play.refuses("second_officer_missing", found, play.regulator)
    play.do(found.model_copy(update={"with_officer": "regulator-3"}), play.regulator)
    fault = play.state.inclusions[0].faults[0]
    assert (fault.rung, fault.climb, fault.ordinary) == ("order", None, True)
    assert standing(play) == ("ordinary", "running")
    play.serve_notices()
    play.do(REPORT, play.bidder(A))
    play.do(verdict(corrected=False), play.second_regulator)
    assert standing(play) == ("breached", "suspended")
    assert play.state.trials[0].supervised, "whoever refuses to correct comes under formal supervision"
    play.win_appeal()
    assert standing(play) == ("ordinary", "suspended")


def test_what_was_ordered_outside_a_period_is_no_rung_of_a_later_ones_ladder(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    found = RecordFault(
        bidder=A, kind="one", plan_clause="1.1", finding="属实", evidence=document("证据"), with_officer="regulator-3"
    )
    play.do(found, play.regulator)
    play.do(verdict(corrected=True), play.second_regulator)
    play.end_trial(A)
    play.retrial(A)
    play.start(A)
    assert standing(play) == ("active", "running")
    play.do(found, play.regulator)
    assert play.state.inclusions[0].faults[-1].rung == "remind"


def test_of_two_orders_the_other_stands_when_one_falls_away(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    for kind in ("one", "two"):
        found = RecordFault(bidder=A, kind=kind, plan_clause="1.1", finding="属实", evidence=document("证据"))
        play.do(found.model_copy(update={"with_officer": "regulator-3"}), play.regulator)
    first, second = (each.sequence for each in play.state.decisions)
    for decision, stands in ((first, True), (second, False)):
        play.serve(decision)
        play.do(Appeal(decision=decision, grounds="不服"), play.bidder(A))
        play.do(DecideAppeal(decision=decision, upheld=True, reasons="撤销"), play.supervisor)
        assert bool(play.state.open_orders(A)) is stands
