"""Whatever ends a bidder's work without acceptance: what it was paid and has not given back is owed back."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from models.commands.acceptance import AskFaultTolerance, RecordRefund
from models.commands.anywhere import AnswerWithdrawal, Resume, Suspend, Terminate, Withdraw
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.commands.promotion import CloseScene
from models.commands.trial import ProveRollback, TerminateTrial
from models.deadline import DeadlineStatus
from models.events.acceptance import RefundOwed
from models.policy import Policy
from models.vocabulary import Mode, Outcome, PanelPurpose, Role
from rules.calendar import due_date
from rules.possible import offers
from tests.plays import make_final
from tests.scenario import Play, document, receipt

A, B = "甲公司", "乙公司"
PAID = 120_000
CLOCK = f"refund/{A}"


def claim(bidder: str = A, amount: int = PAID) -> ProposePayment:
    return ProposePayment(bidder=bidder, milestone="交付", amount_yuan=amount, proof=document("交付确认单"))


def pay(play: Play, bidder: str = A) -> Play:
    """The lead whom a scene without lead lacks approves; the payer pays."""
    play.do(claim(bidder), play.bidder(bidder))
    play.do(ApprovePayment(bidder=bidder, milestone="交付", approved=True, reasons="核对"), play.lead)
    play.do(PayMilestone(bidder=bidder, milestone="交付", proof=document("支付凭证")), play.office(Role.PAYER))
    return play


def refund(amount: int = PAID, bidder: str = A) -> RecordRefund:
    return RecordRefund(bidder=bidder, amount_yuan=amount, proof=document("退款凭证"))


def ids(play: Play) -> list[str]:
    return [each.id for each in play.state.deadlines]


# how the work ends


def trial_refused(play: Play) -> None:
    play.refuse_trial(A)


def trial_terminated(play: Play) -> None:
    play.start(A)
    play.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), play.regulator)
    play.do(ProveRollback(bidder=A, proof=document("恢复证明")), play.bidder(A))


def unfit(play: Play) -> None:
    play.start(A)
    play.end_trial(A, fit=False)


def not_applied_for(play: Play) -> None:
    play.start(A)
    play.end_trial(A)
    play.pass_limit(f"acceptance_application/{A}")


def bidder_withdrew(play: Play) -> None:
    play.do(Withdraw(reasons="无力继续"), play.bidder(A))
    play.do(AnswerWithdrawal(agreed=True, reasons="同意"), play.owner)


def owner_withdrew(play: Play) -> None:
    play.do(Withdraw(reasons="需求变化"), play.owner)
    play.do(AnswerWithdrawal(agreed=True, reasons="同意"), play.bidder(A))


def scene_terminated(play: Play) -> None:
    play.do(Terminate(ground="breach", reasons="违约"), play.lead)
    make_final(play)


ENDS = {
    trial_refused: Outcome.TERMINATED,
    trial_terminated: Outcome.TERMINATED,
    unfit: Outcome.TERMINATED,
    not_applied_for: Outcome.FAILED,
    bidder_withdrew: Outcome.WITHDRAWN,
    owner_withdrew: Outcome.WITHDRAWN,
    scene_terminated: Outcome.TERMINATED,
}


@pytest.fixture
def paid(yancheng: Policy) -> Play:
    return pay(Play(yancheng).to_trial(A))


@pytest.mark.parametrize(("end", "outcome"), ENDS.items())
def test_what_was_paid_is_owed_back_however_the_work_ends(
    paid: Play, end: Callable[[Play], None], outcome: Outcome
) -> None:
    end(paid)
    clock = paid.deadline(CLOCK)
    assert (clock.holder, clock.verbs) == (paid.holder(Role.BIDDER, A), ("record_refund",))
    assert clock.due_on == due_date(paid.policy.calendar, clock.started_on, paid.policy.limits.refund.period).on
    owed = [event for entry in paid.journal for event in entry.events if isinstance(event, RefundOwed)]
    assert owed == [RefundOwed(bidder=A, amount_yuan=PAID)]
    make_final(paid)
    assert (paid.state.step, paid.state.outcome) == ("remedies", outcome)
    paid.refuses("refund_short", refund(PAID - 1), paid.bidder(A))
    paid.do(receipt(A, PAID), paid.office(Role.PAYER))
    assert (paid.state.step, paid.state.outcome) == ("closed", outcome)


@pytest.mark.parametrize("end", ENDS)
def test_who_was_paid_nothing_owes_nothing(yancheng: Policy, end: Callable[[Play], None]) -> None:
    play = Play(yancheng).to_trial(A)
    end(play)
    assert CLOCK not in ids(play)
    make_final(play)
    assert play.state.step == "closed"


def test_a_refund_that_is_not_made_stays_owed_and_escalates_while_the_scene_waits_for_it(paid: Play) -> None:
    bidder_withdrew(paid)
    paid.pass_limit(CLOCK)
    assert (paid.state.step, paid.deadline(CLOCK).status) == ("remedies", DeadlineStatus.OVERDUE)
    paid.wait(timedelta(days=60))
    assert paid.state.step == "remedies"


def test_a_refund_while_a_remedy_is_open_closes_nothing(paid: Play) -> None:
    trial_refused(paid)
    paid.do(receipt(A, PAID), paid.office(Role.PAYER))
    assert paid.state.step == "remedies"
    make_final(paid)
    assert paid.state.step == "closed"


@pytest.mark.parametrize("end", [trial_refused, unfit])
def test_work_that_goes_on_again_after_an_appeal_owes_nothing(paid: Play, end: Callable[[Play], None]) -> None:
    end(paid)
    paid.win_appeal()
    assert paid.state.refunds == ()
    assert CLOCK not in ids(paid)
    paid.refuses("no_refund_owed", refund(), paid.bidder(A))
    paid.do(claim(amount=1), paid.bidder(A))


def test_who_refunded_and_won_the_appeal_owes_back_only_what_it_is_paid_anew(paid: Play) -> None:
    trial_refused(paid)
    paid.do(receipt(A, PAID), paid.office(Role.PAYER))
    paid.win_appeal()
    pay(paid)
    paid.start(A)
    paid.end_trial(A, fit=False)
    assert paid.state.payments[-1].kept_yuan == PAID
    paid.refuses("refund_short", refund(PAID - 1), paid.bidder(A))
    paid.do(receipt(A, PAID), paid.office(Role.PAYER))


def test_nothing_more_is_claimed_once_the_work_is_over(yancheng: Policy) -> None:
    race = Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.refuse_trial(A)
    assert race.refuses("nothing_to_pay_for", claim(), race.bidder(A)).details["step"] == "refused"
    race.do(claim(B), race.bidder(B))


def test_what_was_approved_before_the_end_is_paid_and_owed_back_from_then_on(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.do(claim(), play.bidder(A))
    play.do(ApprovePayment(bidder=A, milestone="交付", approved=True, reasons="核对"), play.lead)
    play.refuse_trial(A)
    assert CLOCK not in ids(play)
    play.refuses("payment_owed", refund(), play.bidder(A))
    play.do(PayMilestone(bidder=A, milestone="交付", proof=document("支付凭证")), play.office(Role.PAYER))
    assert play.deadline(CLOCK).started_on == play.today
    play.do(receipt(A, PAID), play.office(Role.PAYER))


def test_a_claim_that_is_declined_after_the_end_leaves_nothing_owed(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.do(claim(), play.bidder(A))
    bidder_withdrew(play)
    play.do(ApprovePayment(bidder=A, milestone="交付", approved=False, reasons="未交付"), play.lead)
    assert play.state.step == "closed"


# what was found on it


@pytest.mark.parametrize("tolerated", [True, False])
def test_who_was_found_diligent_may_keep_some_of_it(paid: Play, tolerated: bool) -> None:
    trial_terminated(paid)
    make_final(paid)
    assert paid.state.step == "remedies"
    paid.do(AskFaultTolerance(bidder=A, grounds="不可抗力"), paid.bidder(A))
    paid.refuses("fault_tolerance_already", AskFaultTolerance(bidder=A, grounds="又"), paid.bidder(A))
    paid.refuses("refund_pending_finding", refund(), paid.bidder(A))
    paid.do(paid.tolerance_act(A, tolerated), paid.group)
    paid.refuses(
        "fault_tolerance_already", paid.tolerance_act(A, tolerated), paid.office(Role.LEADING_GROUP, "another")
    )
    if not tolerated:
        paid.refuses("refund_short", refund(0), paid.bidder(A))
        return
    paid.do(receipt(A, 20_000), paid.office(Role.PAYER))
    assert paid.state.step == "closed"
    assert paid.state.payments[0].kept_yuan == PAID - 20_000


def test_nobody_is_found_on_who_owes_nothing(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    play.refuses("no_refund_owed", AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    play.refuses("no_refund_owed", play.tolerance_act(A), play.group)
    play.refuses("no_refund_owed", refund(), play.bidder(A))


def test_what_was_settled_is_not_owed_again_when_the_scene_ends(yancheng: Policy) -> None:
    """One of two racers left and kept what it was allowed to keep; later the whole scene is terminated."""
    race = pay(Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE))
    bidder_withdrew(race)
    race.do(AskFaultTolerance(bidder=A, grounds="已尽职"), race.bidder(A))
    race.do(race.tolerance_act(A, True), race.group)
    race.do(refund(0), race.bidder(A))
    scene_terminated(race)
    assert race.state.step == "closed"


# the scene meanwhile


def test_the_others_go_on_and_the_scene_is_not_closed_over_it(yancheng: Policy) -> None:
    race = pay(Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE))
    bidder_withdrew(race)
    race.start(B)
    race.end_trial(B)
    race.accept(B)
    assert race.state.step == "candidate"
    assert race.refuses("refund_owed", CloseScene(reasons="办结"), race.platform).details["refunds"] == f"{A} {PAID}"
    race.do(receipt(A, PAID), race.office(Role.PAYER))
    race.do(CloseScene(reasons="办结"), race.platform)
    assert race.state.step == "closed"


def test_a_failed_acceptance_is_refunded_before_a_terminated_scene_closes(paid: Play) -> None:
    paid.start(A)
    paid.end_trial(A)
    paid.apply(A)
    paid.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    paid.conclude(A, "failed")
    paid.do(Terminate(ground="breach", reasons="违约"), paid.lead)
    make_final(paid)
    assert paid.state.step == "remedies"
    assert paid.deadline(CLOCK).status is not DeadlineStatus.PAUSED
    paid.do(receipt(A, PAID), paid.office(Role.PAYER))
    assert (paid.state.step, paid.state.outcome) == ("closed", Outcome.TERMINATED)


def test_its_clock_stands_still_with_a_suspended_scene_and_the_money_may_come_back_meanwhile(yancheng: Policy) -> None:
    race = pay(Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE))
    bidder_withdrew(race)
    race.do(Suspend(reasons="核查"), race.lead)
    assert race.deadline(CLOCK).status is DeadlineStatus.PAUSED
    race.do(receipt(A, PAID), race.office(Role.PAYER))
    race.do(Resume(reasons="结束"), race.lead)
    assert CLOCK not in ids(race)


def test_a_refund_is_offered_only_to_who_owes_one(paid: Play) -> None:
    def offered(play: Play) -> list[str | None]:
        return [each.bidder for each in offers(play.policy, play.state) if each.verb == "record_refund"]

    assert offered(paid) == []
    trial_refused(paid)
    assert offered(paid) == [A]


# what a scene had paid before it was taken over


def declared(play: Play, step: str, paid_yuan: int) -> Play:
    clerk = play.office(Role.PLATFORM_OFFICE, "clerk")
    play.do(play.take_over_act(step, play.declared(A, paid_yuan=paid_yuan)), clerk)
    return play.confirm_take_over()


def test_what_was_paid_before_a_takeover_is_owed_back_as_well(yancheng: Policy) -> None:
    play = declared(Play(yancheng), "acceptance", 300_000)
    play.pass_limit(f"acceptance_application/{A}")
    assert play.state.step == "remedies"
    play.refuses("refund_short", refund(299_999), play.bidder(A))
    play.do(receipt(A, 300_000), play.office(Role.PAYER))
    assert play.state.step == "closed"


def test_and_counts_towards_the_budget_of_the_contract(yancheng: Policy) -> None:
    play = declared(Play(yancheng), "acceptance", 300_000)
    assert play.refuses("budget_exceeded", claim(amount=200_001), play.bidder(A)).details["cap"] == "500000"
    play.do(claim(amount=200_000), play.bidder(A))


def test_a_contract_that_is_never_signed_owes_back_its_advance(yancheng: Policy) -> None:
    play = declared(Play(yancheng), "contracting", 50_000)
    play.pass_limit(f"contract/{A}")
    assert (play.state.step, play.state.outcome) == ("remedies", Outcome.UNMATCHED)
    play.do(receipt(A, 50_000), play.office(Role.PAYER))
    assert play.state.step == "closed"


def test_more_than_the_budget_is_not_declared_as_paid(yancheng: Policy) -> None:
    play = Play(yancheng)
    act = play.take_over_act("acceptance", play.declared(A, paid_yuan=500_001))
    no = play.refuses("budget_exceeded", act, play.platform)
    assert (no.details["amount"], no.details["cap"]) == ("500001", "500000")


def test_a_takeover_from_before_says_nothing_of_payments(yancheng: Policy) -> None:
    play = Play(yancheng).taken_over("acceptance", A)
    assert "paid_yuan" not in play.declared(A).model_dump(mode="json")
    assert play.state.payments == ()
