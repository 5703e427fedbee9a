"""Payment of milestones: claimed, approved and paid by three, within the budget, and within the law's time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands.acceptance import AskFaultTolerance, RecordRefund
from models.commands.anywhere import Resume, Suspend
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.commands.promotion import CloseScene
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.state import Contract, PaymentStatus
from models.vocabulary import PanelPurpose, Role
from rules.calendar import due_date
from rules.payments import share_of
from tests.scenario import Play, document, receipt

A = "甲公司"
CLOCK = f"payment/{A}/交付"


def claim(amount: int = 100_000, milestone: str = "交付") -> ProposePayment:
    return ProposePayment(bidder=A, milestone=milestone, amount_yuan=amount, proof=document("交付确认单"))


def approval(approved: bool = True) -> ApprovePayment:
    return ApprovePayment(bidder=A, milestone="交付", approved=approved, reasons="核对")


PAY = PayMilestone(bidder=A, milestone="交付", proof=document("支付凭证"))


@pytest.fixture
def signed(yancheng: Policy) -> Play:
    return Play(yancheng).to_trial(A)


def pay(play: Play, amount: int = 100_000) -> None:
    play.do(claim(amount), play.bidder(A))
    play.do(approval(), play.lead)
    play.do(PAY, play.office(Role.PAYER))


def test_one_clock_goes_from_the_claim_through_the_approval_to_the_payment(signed: Play) -> None:
    signed.do(claim(), signed.bidder(A))
    clock = signed.deadline(CLOCK)
    period = signed.policy.limits.payment.period
    assert clock.holder == signed.holder(Role.LEAD)
    assert clock.due_on == due_date(signed.policy.calendar, signed.today, period).on
    signed.wait(timedelta(days=9))
    signed.do(approval(), signed.lead)
    handed_over = signed.deadline(CLOCK)
    assert (handed_over.holder, handed_over.due_on) == (signed.holder(Role.PAYER), clock.due_on)
    signed.do(PAY, signed.office(Role.PAYER))
    assert [each.status for each in signed.state.payments] == [PaymentStatus.PAID]
    assert CLOCK not in [each.id for each in signed.state.deadlines]


def test_what_is_not_paid_in_time_stays_owed_and_escalates_through_a_suspension(signed: Play) -> None:
    signed.do(claim(), signed.bidder(A))
    signed.do(Suspend(reasons="核查"), signed.lead)
    signed.pass_limit(CLOCK)
    assert signed.deadline(CLOCK).status is DeadlineStatus.OVERDUE
    signed.do(approval(), signed.lead)
    signed.do(PAY, signed.office(Role.PAYER))
    signed.do(Resume(reasons="结束"), signed.lead)


def test_nothing_is_paid_that_was_not_approved_or_claimed(signed: Play) -> None:
    signed.refuses("no_payment", approval(), signed.lead)
    signed.refuses("no_payment", PAY, signed.office(Role.PAYER))
    signed.do(claim(), signed.bidder(A))
    signed.refuses("no_payment", PAY, signed.office(Role.PAYER))


def test_a_claim_that_was_declined_may_be_made_again(signed: Play) -> None:
    signed.do(claim(), signed.bidder(A))
    signed.refuses("payment_on_its_way", claim(), signed.owner)
    signed.do(approval(approved=False), signed.lead)
    assert signed.state.payments == ()
    assert CLOCK not in [each.id for each in signed.state.deadlines]
    signed.do(claim(), signed.bidder(A))


def test_all_payments_together_stay_within_the_contract(signed: Play) -> None:
    budget = signed.state.contracts[0].budget_yuan
    pay(signed, budget - 1)
    no = signed.refuses("budget_exceeded", claim(2), signed.bidder(A))
    assert (no.details["amount"], no.details["cap"]) == (str(budget + 1), str(budget))
    pay(signed, 1)
    signed.refuses("budget_exceeded", claim(1), signed.bidder(A))


def test_a_milestone_is_one_of_the_contracts(signed: Play) -> None:
    assert signed.refuses("unknown_milestone", claim(milestone="没有的"), signed.bidder(A)).details["known"] == "交付"


def test_a_milestone_is_paid_up_to_its_share(signed: Play) -> None:
    contract = signed.state.contracts[0].model_copy(update={"milestones": (("样机", 30), ("交付", 70))})
    signed.state = signed.state.model_copy(update={"contracts": (contract,)})
    cap = contract.budget_yuan * 30 // 100
    signed.refuses("budget_exceeded", claim(cap + 1, "样机"), signed.bidder(A))
    signed.do(claim(cap, "样机"), signed.bidder(A))


def sharing(play: Play, budget: int, *shares: int) -> None:
    milestones = tuple((f"第{at}期", share) for at, share in enumerate(shares, start=1))
    contract = play.state.contracts[0].model_copy(update={"milestones": milestones, "budget_yuan": budget})
    play.state = play.state.model_copy(update={"contracts": (contract,)})


def pay_of(play: Play, milestone: str, amount: int) -> None:
    play.do(claim(amount, milestone), play.bidder(A))
    play.do(approval().model_copy(update={"milestone": milestone}), play.lead)
    play.do(PAY.model_copy(update={"milestone": milestone}), play.office(Role.PAYER))


def test_the_last_milestone_takes_the_yuan_that_rounding_leaves(signed: Play) -> None:
    sharing(signed, 100_001, 33, 33, 34)
    for milestone, most in (("第1期", 33_000), ("第2期", 33_000), ("第3期", 34_001)):
        no = signed.refuses("budget_exceeded", claim(most + 1, milestone), signed.bidder(A))
        assert no.details["cap"] in (str(most), "100001")
        pay_of(signed, milestone, most)
    assert sum(each.amount_yuan for each in signed.state.payments) == 100_001


def test_nothing_is_left_to_the_last_where_the_shares_are_not_the_whole(signed: Play) -> None:
    sharing(signed, 100_001, 33, 33)
    signed.refuses("budget_exceeded", claim(33_001, "第2期"), signed.bidder(A))
    signed.do(claim(33_000, "第2期"), signed.bidder(A))


@given(budget=st.integers(1, 10**11), cuts=st.sets(st.integers(1, 99), max_size=8))
def test_milestones_that_share_the_whole_come_to_the_budget_to_the_yuan(budget: int, cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), 100]
    shares = tuple((str(at), high - low) for at, (low, high) in enumerate(pairwise(edges)))
    contract = Contract(bidder=A, rank=1, step="signed", budget_yuan=budget, milestones=shares)
    parts = [share_of(contract, name) for name, _ in shares]
    assert sum(parts) == budget
    assert all(0 <= part - budget * share // 100 < len(shares) for part, (_, share) in zip(parts, shares, strict=True))


def test_of_a_contract_that_was_taken_over_only_the_budget_is_known(yancheng: Policy) -> None:
    play = Play(yancheng).taken_over("acceptance", A).confirm_take_over()
    play.refuses("budget_exceeded", claim(500_001, "尾款"), play.bidder(A))
    play.do(claim(500_000, "尾款"), play.bidder(A))


@pytest.mark.parametrize("who", ["owner", "platform", "lead"])
def test_only_the_payer_pays(signed: Play, who: str) -> None:
    signed.do(claim(), signed.bidder(A))
    signed.do(approval(), signed.lead)
    signed.refuses("not_permitted", PAY, getattr(signed, who))


def test_a_scene_does_not_close_on_a_payment_that_is_owed(yancheng: Policy) -> None:
    play = Play(yancheng).to_candidate(A)
    play.do(claim(), play.bidder(A))
    close = CloseScene(reasons="办结")
    play.refuses("payment_owed", close, play.platform)
    play.do(approval(), play.lead)
    play.refuses("payment_owed", close, play.platform)
    play.do(PAY, play.office(Role.PAYER))
    play.do(close, play.platform)


# what was paid for a result that failed


@pytest.fixture
def failed(signed: Play) -> Play:
    signed.start(A)
    pay(signed, 200_000)
    signed.end_trial(A)
    signed.apply(A)
    signed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    signed.conclude(A, "failed")
    return signed


def refund(amount: int) -> RecordRefund:
    return RecordRefund(bidder=A, amount_yuan=amount, proof=document("退款凭证"))


def test_what_was_paid_for_a_result_that_failed_is_owed_back_in_full(failed: Play) -> None:
    assert failed.state.acceptances[0].refund_due_yuan == 200_000
    no = failed.refuses("refund_short", refund(199_999), failed.bidder(A))
    assert no.details["due"] == "200000"
    failed.do(receipt(A, 200_000), failed.office(Role.PAYER))


@pytest.mark.parametrize("tolerated", [True, False])
def test_less_is_owed_back_only_where_the_failure_was_tolerated(failed: Play, tolerated: bool) -> None:
    failed.do(AskFaultTolerance(bidder=A, grounds="已尽职"), failed.bidder(A))
    failed.do(failed.tolerance_act(A, tolerated), failed.group)
    if tolerated:
        failed.do(refund(0), failed.bidder(A))
    else:
        failed.refuses("refund_short", refund(0), failed.bidder(A))


def again(play: Play, verdict: str) -> None:
    """The failed result is reviewed once more, after an appeal."""
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.conclude(A, verdict)


def test_nothing_more_is_claimed_for_a_result_that_failed(failed: Play) -> None:
    failed.refuses("nothing_to_pay_for", claim(), failed.bidder(A))


def test_what_was_approved_before_the_failure_is_paid_and_owed_back_as_well(signed: Play) -> None:
    signed.start(A)
    signed.do(claim(), signed.bidder(A))
    signed.do(approval(), signed.lead)
    signed.end_trial(A)
    signed.apply(A)
    again(signed, "failed")
    signed.refuses("payment_owed", refund(0), signed.bidder(A))
    signed.do(PAY, signed.office(Role.PAYER))
    assert signed.refuses("refund_short", refund(0), signed.bidder(A)).details["due"] == "100000"
    signed.do(receipt(A, 100_000), signed.office(Role.PAYER))


def test_what_was_refunded_once_is_not_owed_back_twice(failed: Play) -> None:
    failed.do(receipt(A, 200_000), failed.office(Role.PAYER))
    failed.win_appeal()
    again(failed, "failed")
    failed.do(refund(0), failed.bidder(A))
    assert failed.state.acceptances[0].refunded_yuan == 200_000


def test_who_refunded_and_won_the_appeal_can_be_paid_in_full_again(failed: Play) -> None:
    failed.do(receipt(A, 200_000), failed.office(Role.PAYER))
    failed.win_appeal()
    budget = failed.state.contracts[0].budget_yuan
    failed.refuses("budget_exceeded", claim(budget + 1), failed.bidder(A))
    pay(failed, budget)
    failed.refuses("budget_exceeded", claim(1), failed.bidder(A))
