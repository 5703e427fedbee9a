"""Several orders to correct at once: each has its officers, its clock, its report and its end; none touches another."""

from datetime import timedelta
from itertools import product

import pytest

from models.actor import Actor
from models.calendar import Period, Unit
from models.commands.anywhere import Appeal, DecideAppeal, DecideExtension, Override, RequestExtension
from models.commands.handling import ClaimDuty
from models.commands.trial import (
    AnalyseIncident,
    ApproveResumption,
    CloseIncident,
    EndInclusionEarly,
    LiftSupervision,
    ProposeResumption,
    ProveRollback,
    RecordFault,
    ReportCorrection,
    ReportFix,
    ReportIncident,
    SuspendTrial,
    TerminateTrial,
    VerifyCorrection,
    VerifyIncident,
)
from models.deadline import AwaitedService, Deadline, DeadlineStatus
from models.events.anywhere import DocumentIssued
from models.events.clock import DeadlineMet, DeadlinePassed, DeadlineSet
from models.events.trial import CorrectionReported, CorrectionVerified
from models.policy import Measure, Policy
from models.refusal import Refused
from models.state import Fault
from models.vocabulary import Role
from rules.calendar import shift_workdays
from rules.inclusion_statement import FaultLine, statements
from rules.notifications import notifications
from rules.possible import offers
from rules.red_lines import crossed
from rules.subjects import Matters
from tests.plays import leave
from tests.scenario import Play, document, with_limit, with_rules

A = "甲公司"
OTHERS = ("regulator-4", "regulator-5")


def order(number: int) -> str:
    return f"correction_order/{A}/#{number}"


def check(number: int) -> str:
    return f"correction_check/{A}/#{number}"


def fault(kind: str, second: str = "regulator-3", red_line: str | None = None) -> RecordFault:
    return RecordFault(
        bidder=A, kind=kind, red_line=red_line, plan_clause="1.1", finding="属实", evidence=document("证据"),
        with_officer=second,
    )  # fmt: skip


def report(number: int | None = None) -> ReportCorrection:
    return ReportCorrection(bidder=A, proof=document(f"整改证明{number}"), fault=number)


def verdict(number: int | None = None, *, corrected: bool = True) -> VerifyCorrection:
    return VerifyCorrection(bidder=A, corrected=corrected, finding=f"核验{number}", fault=number)


def officer(play: Play, name: str) -> Actor:
    return play.person(Role.REGULATOR, play.state.regulator or "", name)


def clocks(play: Play) -> set[str]:
    running: tuple[Deadline | AwaitedService, ...] = (*play.state.deadlines, *play.state.services)
    return {each.id for each in running if each.limit.startswith("correction_")}


def standing(play: Play) -> tuple[int, ...]:
    return tuple(each.number for each in play.state.open_orders(A))


def steps(play: Play) -> tuple[str, str]:
    return play.state.inclusions[0].step, play.state.trials[0].step


def annul(play: Play, number: int) -> None:
    decision = next(each for each in play.state.decisions if (each.verb, each.item) == ("record_fault", str(number)))
    if decision.served_on is None:
        play.serve(decision.sequence)
    play.do(Appeal(decision=decision.sequence, grounds="不服"), play.bidder(A))
    play.do(DecideAppeal(decision=decision.sequence, upheld=True, reasons="撤销"), play.supervisor)


@pytest.fixture
def two(yancheng: Policy) -> Play:
    """Two orders of ordinary supervision: of regulator-1 and -3, and three days later of regulator-4 and -5."""
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    play.do(fault("one"), play.regulator)
    play.serve_notices()
    play.wait(timedelta(days=3))
    play.do(fault("two", OTHERS[1]), officer(play, OTHERS[0]))
    play.serve_notices()
    return play


# each has its own


def test_each_order_has_a_clock_and_a_document_of_its_own(two: Play) -> None:
    calendar = two.policy.calendar
    assert clocks(two) == {order(1), order(2)}
    assert two.deadline(order(2)).due_on == shift_workdays(calendar, two.today, 15)
    assert two.deadline(order(1)).due_on == shift_workdays(calendar, two.today - timedelta(days=3), 15)
    issued = [event for entry in two.journal for event in entry.events if isinstance(event, DocumentIssued)]
    assert [each.form for each in issued].count("record_fault") == 2


@pytest.mark.parametrize("who", ["regulator-1", "regulator-3"])
def test_who_issued_an_order_does_not_verify_it_when_another_was_issued_since(two: Play, who: str) -> None:
    two.do(report(1), two.bidder(A))
    two.refuses("officer_verifies", verdict(1), officer(two, who))
    for other in OTHERS:
        two.refuses("officer_verifies", verdict(2), officer(two, other))
    two.do(verdict(2), officer(two, who))
    two.do(verdict(1), officer(two, OTHERS[0]))
    assert standing(two) == ()


def test_a_report_is_of_one_order_and_leaves_the_other_to_be_reported(two: Play) -> None:
    events = two.do(report(2), two.bidder(A))
    assert CorrectionReported(bidder=A, fault=2) in events
    assert [each.id for each in events if isinstance(each, DeadlineMet)] == [order(2)]
    assert clocks(two) == {order(1), check(2)}
    two.refuses("correction_reported_already", report(2), two.bidder(A))
    two.do(report(1), two.bidder(A))
    assert clocks(two) == {check(1), check(2)}


def test_a_verification_is_of_one_order_and_leaves_the_other_to_be_carried_out(two: Play) -> None:
    two.do(report(1), two.bidder(A))
    events = two.do(verdict(1), two.second_regulator)
    assert CorrectionVerified(bidder=A, fault=1, corrected=True) in events
    assert (standing(two), clocks(two)) == ((2,), {order(2)})


def test_an_order_that_is_annulled_stops_no_trial_when_its_time_would_be_over(two: Play) -> None:
    two.do(report(1), two.bidder(A))
    annul(two, 2)
    passed = two.wait(timedelta(days=60))
    assert not [each for each in passed if isinstance(each, DeadlinePassed) and each.id.startswith("correction_order")]
    assert (standing(two), steps(two)) == ((1,), ("ordinary", "running"))
    assert two.deadline(check(1)).status is DeadlineStatus.OVERDUE


def test_an_order_that_runs_out_leaves_the_clock_and_the_report_of_the_other(two: Play) -> None:
    two.do(report(2), two.bidder(A))
    left = two.deadline(check(2))
    events = two.pass_limit(order(1))
    assert [each.deadline.id for each in events if isinstance(each, DeadlineSet)].count(check(1)) == 1
    assert steps(two) == ("ordinary", "suspended")
    assert clocks(two) == {check(1), check(2)}
    assert two.deadline(check(2)).due_on == left.due_on


def test_an_order_has_the_time_of_its_own_measure(yancheng: Policy) -> None:
    week = Period(length=5, unit=Unit.WORKDAYS)
    again = Measure(key="second_order", name="再次责令", name_en="second order", correct_within=week)
    play = Play(with_rules(yancheng, "inclusion", ladder=("order", again))).to_running(A)
    play.do(fault("one"), play.regulator)
    play.do(fault("two"), play.regulator)
    play.serve_notices()
    calendar = play.policy.calendar
    assert play.deadline(order(1)).due_on == shift_workdays(calendar, play.today, 15)
    assert play.deadline(order(2)).due_on == shift_workdays(calendar, play.today, 5)
    play.pass_limit(order(2))
    assert (steps(play), clocks(play)) == (("active", "suspended"), {order(1), check(2)})


def test_more_time_for_one_order_is_none_for_another_nor_for_that_of_an_incident(two: Play) -> None:
    two.do(ReportIncident(bidder=A, incident="1", text="碰撞"), two.bidder(A))
    analysis = AnalyseIncident(
        bidder=A, incident="1", analysis=document("分析"), order="更换", with_officer="regulator-3"
    )
    two.do(analysis, two.regulator)
    two.serve_notices()
    of_incident = f"correction_order/{A}/1"
    before = {id: two.deadline(id).due_on for id in (order(2), of_incident)}
    ask = RequestExtension(deadline=order(1), reasons="备件")
    two.do(ask, two.bidder(A))
    for issuer in ("regulator-1", "regulator-3"):
        given = DecideExtension(deadline=order(1), granted=True, reasons="同意")
        two.refuses("ordered_before", given, officer(two, issuer))
    was = two.deadline(order(1)).due_on
    two.do(DecideExtension(deadline=order(1), granted=True, reasons="同意"), two.second_regulator)
    assert two.deadline(order(1)).due_on == shift_workdays(two.policy.calendar, was, 15)
    assert {id: two.deadline(id).due_on for id in before} == before


def test_an_incident_may_be_called_by_the_number_of_a_fault(two: Play) -> None:
    two.do(ReportIncident(bidder=A, incident="1", text="碰撞"), two.bidder(A))
    analysis = AnalyseIncident(
        bidder=A, incident="1", analysis=document("分析"), order="更换", with_officer="regulator-3"
    )
    two.do(analysis, two.regulator)
    two.do(report(1).model_copy(update={"fault": None, "incident": "1"}), two.bidder(A))
    assert clocks(two) == {order(1), order(2), f"correction_order/{A}/1", f"correction_check/{A}/1"}
    two.do(VerifyIncident(bidder=A, incident="1", verified=True, finding="已换"), two.second_regulator)
    assert clocks(two) == {order(1), order(2)}


# which is meant


def test_of_several_orders_the_one_that_is_meant_is_named(two: Play) -> None:
    for act, who in ((report(), two.bidder(A)), (verdict(), two.second_regulator)):
        refused = two.refuses("order_not_named", act, who)
        assert refused.details["known"] == "1, 2"
    unknown = two.refuses("unknown_order", verdict(3), two.second_regulator)
    assert unknown.details["known"] == "1, 2"
    two.do(verdict(1), two.second_regulator)
    two.refuses("unknown_order", report(1), two.bidder(A))
    two.do(report(), two.bidder(A))
    two.do(verdict(), two.second_regulator)
    two.refuses("no_open_order", verdict(2), two.second_regulator)


def test_an_order_came_of_a_fault_or_of_an_incident(two: Play) -> None:
    both = report(1).model_copy(update={"incident": "I-1"})
    two.refuses("order_both_ways", both, two.bidder(A))


def test_a_fault_that_ordered_nothing_names_no_order(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    for kind in ("one", "two", "three", "four"):
        play.do(fault(kind), play.regulator)
    play.refuses("unknown_order", report(3), play.bidder(A))
    play.do(report(4), play.bidder(A))


def test_it_is_offered_while_one_of_them_is_open_to_it(two: Play) -> None:
    def offered() -> set[str]:
        return {each.verb for each in offers(two.policy, two.state)} & {"report_correction", "verify_correction"}

    two.do(report(1), two.bidder(A))
    assert offered() == {"report_correction", "verify_correction"}
    two.do(report(2), two.bidder(A))
    assert offered() == {"verify_correction"}
    two.do(verdict(1), two.second_regulator)
    two.do(verdict(2), two.second_regulator)
    assert offered() == set()


def test_only_what_happened_to_an_order_makes_an_act_on_it_stale(two: Play) -> None:
    seen = two.state.sequence
    two.do(SuspendTrial(bidder=A, reasons="故障"), two.regulator)
    two.do(report(1), two.bidder(A), seen=seen)
    two.do(verdict(2), two.second_regulator, seen=seen)
    two.refuses("stale", verdict(1), two.second_regulator, seen=seen)
    two.refuses("stale", verdict(), two.second_regulator, seen=seen)
    two.do(verdict(1), two.second_regulator)


def test_who_names_no_order_rests_on_which_there_are(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.start(A, inclusion=False)
    play.do(fault("one"), play.regulator)
    seen = play.state.sequence
    play.do(verdict(), play.second_regulator)
    play.do(fault("two"), play.regulator)
    play.refuses("stale", verdict(corrected=False), play.second_regulator, seen=seen)


def test_who_claimed_one_order_is_not_asked_about_the_other(two: Play) -> None:
    two.do(report(1), two.bidder(A))
    two.do(report(2), two.bidder(A))
    two.do(ClaimDuty(duty=check(1)), officer(two, "regulator-8"))
    two.refuses("claimed_by_another", verdict(1), two.second_regulator)
    two.do(verdict(2), two.second_regulator)
    two.refuses("claimed_by_another", verdict(), two.second_regulator)
    two.do(verdict(), officer(two, "regulator-8"))


def test_a_message_says_which_order_it_is_about(two: Play) -> None:
    before = two.state
    two.do(report(2), two.bidder(A))
    told = notifications(before, two.state, two.journal[-1])
    assert {(each.matter.bidder, each.matter.item) for each in told if each.deadline == check(2)} == {(A, "#2")}


def test_what_became_of_a_clock_that_is_gone_is_still_its_bidders(two: Play) -> None:
    met = next(each for each in two.do(report(2), two.bidder(A)) if isinstance(each, DeadlineMet))
    assert Matters(two.state).event(met).bidder == A


# both ways, in both orders


FATES = ("reported", "corrected", "not corrected", "lapsed", "annulled")


def meet(play: Play, number: int, fate: str) -> str:
    """The code with which it is refused, or nothing."""
    try:
        match fate:
            case "reported":
                play.do(report(number), play.bidder(A))
            case "corrected" | "not corrected":
                play.do(verdict(number, corrected=fate == "corrected"), play.second_regulator)
            case "lapsed" if order(number) in clocks(play):
                play.pass_limit(order(number))
            case "annulled":
                annul(play, number)
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(("one", "other"), list(product(FATES, FATES)), ids="-".join)
@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)], ids=["first-second", "second-first"])
def test_whatever_becomes_of_two_orders_each_goes_its_way(
    two: Play, one: str, other: str, numbers: tuple[int, int]
) -> None:
    expected = {1: order(1), 2: order(2)}
    stopped = breached = False
    for number, fate in zip(numbers, (one, other), strict=True):
        code = meet(two, number, fate)
        if breached:
            assert code == ("" if fate in ("annulled", "lapsed") else "no_open_order")
            continue
        assert code == ""
        if fate == "reported":
            expected[number] = check(number)
        elif fate == "lapsed":
            stopped = True
            for each in (1, number):  # the first runs out before the second
                if expected.get(each) == order(each) and each <= number:
                    expected[each] = check(each)
        else:
            del expected[number]
        if fate == "not corrected":
            stopped = breached = True
            expected.clear()
    assert standing(two) == tuple(sorted(expected))
    assert clocks(two) == set(expected.values())
    assert steps(two) == ("breached" if breached else "ordinary", "suspended" if stopped else "running")


@pytest.mark.parametrize("reported", [True, False])
def test_a_breach_ends_every_order_and_an_upheld_appeal_brings_back_those_nobody_verified(
    two: Play, reported: bool
) -> None:
    if reported:
        two.do(report(1), two.bidder(A))
    two.do(verdict(2, corrected=False), two.second_regulator)
    assert (standing(two), clocks(two)) == ((), set())
    two.win_appeal()
    assert (standing(two), steps(two)) == ((1,), ("ordinary", "suspended"))
    if not reported:
        two.serve(two.state.sequence)
    assert clocks(two) == {check(1) if reported else order(1)}
    two.do(verdict(1), two.second_regulator)
    assert (standing(two), clocks(two)) == ((), set())


def test_what_fell_with_one_breach_stays_fallen_while_another_stands(two: Play) -> None:
    two.do(fault("leak", red_line="data_or_privacy_harm"), two.regulator)
    two.do(fault("again", red_line="public_safety"), two.regulator)
    two.win_appeal()
    assert standing(two) == ()
    two.win_appeal()
    assert standing(two) == (1, 2)


def test_a_red_line_ends_every_order(two: Play) -> None:
    two.do(fault("leak", red_line="data_or_privacy_harm"), two.regulator)
    assert (standing(two), clocks(two), steps(two)[0]) == ((), set(), "breached")


@pytest.mark.parametrize("by", ["verdict", "red line", "incident"])
def test_orders_of_a_trial_that_was_breached_before_fall_with_the_next_breach(two: Play, by: str) -> None:
    two.do(ReportIncident(bidder=A, incident="I-1", text="外传"), two.bidder(A))
    two.do(AnalyseIncident(bidder=A, incident="I-1", analysis=document("分析")), two.regulator)
    two.do(verdict(1, corrected=False), two.second_regulator)
    two.do(LiftSupervision(bidder=A, reasons="转常态监管"), two.regulator)
    for kind in ("three", "four"):
        two.do(fault(kind), two.regulator)
    assert standing(two) == (3, 4)
    if by == "verdict":
        two.do(verdict(4, corrected=False), two.second_regulator)
    elif by == "red line":
        two.do(fault("leak", red_line="data_or_privacy_harm"), two.regulator)
    else:
        closing = CloseIncident(
            bidder=A, incident="I-1", cause="误判", remedy="升级", lessons="复测", red_line="data_or_privacy_harm"
        )
        two.do(closing, two.regulator)
    assert (standing(two), clocks(two)) == ((), set())
    assert two.state.trials[0].supervised


def test_a_milder_measure_that_is_annulled_leaves_the_orders(yancheng: Policy) -> None:
    warned = Measure(key="circular", name="通报批评", name_en="public criticism", contestable=True)
    play = Play(with_rules(yancheng, "inclusion", ladder=("order", warned))).to_running(A)
    play.do(fault("one"), play.regulator)
    play.do(fault("two"), play.regulator)
    annul(play, 2)
    assert (standing(play), clocks(play)) == ((1,), {order(1)})


# two breaches


def test_a_breach_that_does_not_stand_gives_nothing_back_while_another_does(yancheng: Policy) -> None:
    for first, lifted in product((True, False), (True, False)):
        play = Play(yancheng).to_running(A)
        play.do(fault("one", red_line="data_or_privacy_harm"), play.regulator)
        if lifted:
            play.do(LiftSupervision(bidder=A, reasons="转常态监管"), play.regulator)
        play.do(fault("two", red_line="public_safety"), play.regulator)
        play.win_appeal(0 if first else -1)
        assert steps(play) == ("breached", "suspended")
        assert play.state.trials[0].supervised is not (lifted and not first)
        assert (f"supervision/{A}" in {each.id for each in play.state.deadlines}) is play.state.trials[0].supervised
        play.win_appeal()
        assert steps(play) == ("active", "suspended")
        assert not play.state.trials[0].supervised
        assert play.deadline(f"inclusion/{A}").status is DeadlineStatus.OPEN


def test_an_early_end_and_a_breach_after_it_give_the_period_back_whichever_is_annulled_first(yancheng: Policy) -> None:
    for early_first in (True, False):
        play = Play(yancheng).to_running(A)
        play.do(EndInclusionEarly(bidder=A, reasons="无必要"), play.regulator)
        play.do(fault("one", red_line="public_safety"), play.regulator)
        play.win_appeal(0 if early_first else -1)
        assert steps(play)[0] == ("breached" if early_first else "ended_early")
        play.win_appeal()
        assert steps(play) == ("active", "suspended")
        assert play.deadline(f"inclusion/{A}").status is DeadlineStatus.OPEN


def test_an_early_end_in_a_trial_before_gives_back_no_later_period(yancheng: Policy) -> None:
    """Both periods were ended early, and the second was breached: what is annulled of the first ends nothing of it."""
    play = Play(yancheng).to_running(A)
    play.do(EndInclusionEarly(bidder=A, reasons="无必要"), play.regulator)
    play.end_trial(A)
    play.retrial(A)
    play.start(A)
    play.do(EndInclusionEarly(bidder=A, reasons="无必要"), play.regulator)
    play.do(fault("one", red_line="public_safety"), play.regulator)
    play.win_appeal(0)
    assert steps(play)[0] == "breached"
    play.win_appeal()
    assert steps(play)[0] == "ended_early"
    play.win_appeal()
    assert steps(play)[0] == "active"


def test_a_breach_that_is_final_keeps_what_a_later_one_would_give_back(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.do(fault("one", red_line="data_or_privacy_harm"), play.regulator)
    first = play.state.decisions[-1].sequence
    play.serve(first)
    play.pass_limit(f"appeal_window/{first}")
    play.do(fault("two", red_line="public_safety"), play.regulator)
    play.win_appeal()
    assert steps(play) == ("breached", "suspended")
    assert f"inclusion/{A}" not in {each.id for each in play.state.deadlines}


def test_an_incident_that_was_no_red_line_after_all_bars_no_other_period(two: Play) -> None:
    two.do(ReportIncident(bidder=A, incident="I-1", text="外传"), two.bidder(A))
    two.do(AnalyseIncident(bidder=A, incident="I-1", analysis=document("分析")), two.regulator)
    closing = CloseIncident(
        bidder=A, incident="I-1", cause="误判", remedy="升级", lessons="复测", red_line="data_or_privacy_harm"
    )
    two.do(closing, two.regulator)
    assert crossed(two.state, A)
    two.win_appeal()
    assert steps(two) == ("ordinary", "suspended")
    assert not crossed(two.state, A)


def test_two_orders_that_were_not_followed_one_after_the_other(two: Play) -> None:
    two.do(verdict(1, corrected=False), two.second_regulator)
    two.do(LiftSupervision(bidder=A, reasons="转常态监管"), two.regulator)
    two.do(fault("three"), two.regulator)
    two.do(verdict(corrected=False), two.second_regulator)
    two.win_appeal()
    assert (steps(two), two.state.trials[0].supervised) == (("breached", "suspended"), False)
    breach = next(at for at, each in enumerate(two.state.decisions) if each.verb == "verify_correction")
    two.win_appeal(breach)
    assert steps(two) == ("ordinary", "suspended")


# what waits for them


def stopped_and_fixed(play: Play) -> None:
    play.do(ReportFix(bidder=A, proof=document("整改证明")), play.bidder(A))
    play.do(ProposeResumption(bidder=A, reasons="已整改"), play.regulator)


def test_no_trial_is_resumed_over_one_that_is_not_verified_and_an_order_in_time_bars_nothing(two: Play) -> None:
    two.do(report(1), two.bidder(A))
    two.do(SuspendTrial(bidder=A, reasons="故障"), two.regulator)
    stopped_and_fixed(two)
    refused = two.refuses("correction_unverified", ApproveResumption(bidder=A), two.second_regulator)
    assert refused.details["faults"] == "1"
    two.do(verdict(1), two.second_regulator)
    two.do(ApproveResumption(bidder=A), two.second_regulator)
    assert (standing(two), steps(two)) == ((2,), ("ordinary", "running"))


def test_nobody_is_fit_over_one_of_them(yancheng: Policy) -> None:
    long = with_limit(yancheng, "correction_order", period=Period(length=24, unit=Unit.MONTHS), extension=None)
    play = Play(long).to_trial(A)
    play.start(A, inclusion=False)
    for kind in ("one", "two"):
        play.do(fault(kind), play.regulator)
    play.serve_notices()
    play.pass_limit(f"trial/{A}")
    play.report_exit(A)
    refused = play.refuses("correction_order_open", play.conclude_exit_act(A), play.regulator)
    assert refused.details["faults"] == "1, 2"
    play.do(verdict(2), play.second_regulator)
    play.refuses("correction_order_open", play.conclude_exit_act(A), play.regulator)
    play.do(verdict(1), play.second_regulator)
    play.refuses("phases_not_passed", play.conclude_exit_act(A), play.regulator)


@pytest.mark.parametrize("of_incident", [False, True])
def test_an_order_that_is_not_served_yet_is_still_served_when_its_bidder_has_left(
    yancheng: Policy, *, of_incident: bool
) -> None:
    """There is nothing left to appeal against, and the scene waits for the order: somebody has to serve it."""
    play = Play(yancheng).to_running(A)
    if of_incident:
        order_after_incident(play)
    else:
        for kind in ("one", "two", "three", "four"):
            play.do(fault(kind), play.regulator)
    (awaited,) = play.state.services
    leave(play, A)
    assert play.state.decisions == ()
    assert play.deadline(f"service/{awaited.entry}").verbs == ("record_service",)
    play.do(ProveRollback(bidder=A, proof=document("恢复证明")), play.bidder(A))
    assert play.state.step == "remedies"
    play.serve_notices()
    assert [each.id for each in play.state.deadlines] == [awaited.id]
    if not of_incident:
        play.do(verdict(), play.second_regulator)
        assert play.state.closed


def order_after_incident(play: Play) -> None:
    play.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), play.bidder(A))
    analysis = AnalyseIncident(
        bidder=A, incident="I-1", analysis=document("分析"), order="更换", with_officer="regulator-3"
    )
    play.do(analysis, play.regulator)


def test_an_override_of_the_exit_leaves_the_order_of_an_incident_open_to_appeal(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.pass_phases()
    play.pass_limit(f"trial/{A}")
    order_after_incident(play)
    of_order = play.state.decisions[0].sequence
    play.report_exit(A)
    play.conclude_exit(A, fit=False)
    play.do(Override(to="exit", bidder=A, reasons="重新评估"), play.group)
    assert [each.sequence for each in play.state.decisions] == [of_order]
    play.win_appeal()
    assert play.state.incidents[0].status == "investigated"


def test_a_scene_that_ends_waits_for_every_order(two: Play) -> None:
    two.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), two.regulator)
    two.do(ProveRollback(bidder=A, proof=document("恢复证明")), two.bidder(A))
    two.do(verdict(1), two.second_regulator)
    for decision in two.state.decisions:
        if decision.served_on is None:
            two.serve(decision.sequence)
    two.wait(timedelta(days=300))
    assert (two.state.step, two.state.decisions) == ("remedies", ())
    two.do(verdict(), two.second_regulator)
    assert two.state.closed


def test_orders_of_a_period_that_ended_early_stand_beside_those_of_ordinary_supervision(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    for kind in ("one", "two", "three", "four"):
        play.do(fault(kind), play.regulator)
    play.do(EndInclusionEarly(bidder=A, reasons="无必要"), play.regulator)
    play.do(fault("five"), play.regulator)
    play.serve_notices()
    assert clocks(play) == {order(4), order(5)}
    play.win_appeal(which=-2)
    assert steps(play) == ("active", "running"), "the early end does not stand"
    assert standing(play) == (4, 5)
    play.do(verdict(5), play.second_regulator)
    play.do(verdict(4, corrected=False), play.second_regulator)
    assert steps(play) == ("breached", "suspended")


@pytest.fixture
def second_trial(yancheng: Policy) -> Play:
    """An order stands; the trial was ended for breach, that did not stand, and another period was granted."""
    play = Play(yancheng).to_running(A)
    for kind in ("one", "two", "three", "four"):
        play.do(fault(kind), play.regulator)
    play.do(TerminateTrial(bidder=A, ground="breach", reasons="违约"), play.regulator)
    play.win_appeal()
    play.start(A)
    return play


def test_an_order_outlives_its_period_into_the_next(second_trial: Play) -> None:
    assert (standing(second_trial), clocks(second_trial)) == ((4,), {order(4)})
    second_trial.do(report(), second_trial.bidder(A))
    second_trial.do(verdict(), second_trial.second_regulator)
    assert steps(second_trial) == ("active", "running")
    first, second = statements(second_trial.journal, A)
    assert second.faults == ()
    told = first.faults[-1].order
    assert told is not None
    assert (told.corrected, told.proof) == (True, document("整改证明None"))


# as it is told


def lines(play: Play) -> tuple[FaultLine, ...]:
    return statements(play.journal, A)[-1].faults


def test_the_statement_tells_of_each_order_what_became_of_it(yancheng: Policy) -> None:
    again = Measure(
        key="again", name="再次责令", name_en="second order", correct_within=Period(length=5, unit=Unit.DAYS)
    )
    play = Play(with_rules(yancheng, "inclusion", ladder=("order", again))).to_running(A)
    play.do(fault("one"), play.regulator)
    play.do(fault("two", OTHERS[1]), officer(play, OTHERS[0]))
    play.serve_notices()
    dues = [play.deadline(order(number)).due_on for number in (1, 2)]
    play.do(report(1), play.bidder(A))
    play.do(RequestExtension(deadline=order(2), reasons="备件"), play.bidder(A))
    play.do(DecideExtension(deadline=order(2), granted=False, reasons="不同意"), play.second_regulator)
    play.pass_limit(order(2))
    play.do(verdict(1), officer(play, OTHERS[0]))
    one, two = (line.order for line in lines(play))
    assert one is not None
    assert two is not None
    assert [one.due_on, two.due_on] == dues
    assert (one.officers, two.officers) == (("regulator-1", "regulator-3"), OTHERS)
    assert (one.lapsed, one.corrected, one.finding, one.extensions) == (False, True, "核验1", ())
    assert one.reported is not None
    assert one.verified is not None
    assert one.verified.person == OTHERS[0]
    assert (two.lapsed, two.reported, two.verified, len(two.extensions)) == (True, None, None, 1)
    assert [line.number for line in lines(play) if line.order] == [1, 2]


def test_the_statement_tells_which_order_was_annulled_and_by_whom(yancheng: Policy) -> None:
    again = Measure(
        key="again", name="再次责令", name_en="second order", correct_within=Period(length=5, unit=Unit.DAYS)
    )
    play = Play(with_rules(yancheng, "inclusion", ladder=("order", again))).to_running(A)
    for kind in ("one", "two"):
        play.do(fault(kind), play.regulator)
    annul(play, 1)
    one, two = lines(play)
    assert one.annulled is not None
    assert (one.annulled.person, two.annulled) == (play.supervisor.person, None)


def test_an_order_and_its_standing_are_what_the_faults_say(two: Play) -> None:
    period = two.state.inclusions[0]
    assert period.open_orders == period.faults
    done = period.faults[0].model_copy(update={"order_over": True})
    annulled = period.faults[1].model_copy(update={"annulled": True})
    reminded = Fault(number=3, kind="a", recorded_on=two.today, rung="remind", by="r")
    told = period.model_copy(update={"faults": (done, annulled, reminded)})
    assert told.open_orders == ()
