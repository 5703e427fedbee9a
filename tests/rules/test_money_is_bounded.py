"""Money never comes back in more than is due, and counts once it has come."""

from datetime import timedelta

import pytest

from models.actor import Actor
from models.commands.acceptance import AskFaultTolerance, RecordRefund
from models.deadline import DeadlineStatus
from models.events.acceptance import RefundDeclared, RefundMissed, RefundRecorded
from models.policy import Policy
from models.vocabulary import PanelPurpose, Role
from tests.scenario import Play, document, with_rules

A = "甲公司"
PAID = 120_000
CLOCK = f"refund/{A}"


def refund(amount: int = PAID, *, received: bool = True) -> RecordRefund:
    return RecordRefund(bidder=A, amount_yuan=amount, proof=document("退款凭证"), received=received)


def payer(play: Play) -> Actor:
    return play.office(Role.PAYER)


@pytest.fixture
def owing(policy: Policy) -> Play:
    """Paid, and then not admitted: all of it is owed back."""
    play = Play(policy).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    return play


def test_no_more_is_refunded_than_is_owed(owing: Play) -> None:
    for who in (owing.bidder(A), payer(owing)):
        no = owing.refuses("refund_over", refund(PAID + 1), who)
        assert (no.details["due"], no.details["amount"]) == (str(PAID), str(PAID + 1))
    owing.do(refund(), payer(owing))
    assert owing.state.payments[0].kept_yuan == 0


def test_who_was_paid_nothing_refunds_nothing(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.conclude(A, "failed")
    play.refuses("refund_over", refund(1), play.bidder(A))
    assert play.do(refund(0), play.bidder(A))[0] == RefundRecorded(bidder=A, amount_yuan=0)


@pytest.mark.parametrize("who", [Role.BIDDER, Role.OWNER])
def test_a_refund_counts_once_the_payer_has_received_it(owing: Play, who: Role) -> None:
    before = owing.deadline(CLOCK)
    said = owing.do(refund(), owing.bidder(A) if who is Role.BIDDER else owing.owner)
    assert said[0] == RefundDeclared(bidder=A, amount_yuan=PAID)
    assert [each.bidder for each in owing.state.owed_refunds] == [A], "it is owed until it has come"
    clock = owing.deadline(CLOCK)
    assert (clock.holder, clock.due_on) == (owing.holder(Role.PAYER), before.due_on), "one clock to the end"
    assert owing.do(refund(), payer(owing))[0] == RefundRecorded(bidder=A, amount_yuan=PAID)
    assert owing.state.owed_refunds == ()
    assert CLOCK not in [each.id for each in owing.state.deadlines]


def test_what_did_not_come_is_owed_as_before(owing: Play) -> None:
    owing.do(refund(), owing.bidder(A))
    assert owing.do(refund(received=False), payer(owing))[0] == RefundMissed(bidder=A)
    assert owing.deadline(CLOCK).holder == owing.holder(Role.BIDDER, A)
    assert owing.state.payments[0].kept_yuan == PAID
    owing.refuses("refund_not_declared", refund(received=False), payer(owing))
    owing.refund(A)
    assert owing.state.owed_refunds == ()


def test_only_the_payer_says_that_nothing_came(owing: Play) -> None:
    owing.refuses("refund_not_declared", refund(received=False), payer(owing))
    owing.do(refund(), owing.bidder(A))
    owing.refuses("refund_not_declared", refund(received=False), owing.bidder(A))


def test_the_receipt_is_due_in_the_same_time_and_escalates(owing: Play) -> None:
    owing.do(refund(), owing.bidder(A))
    owing.pass_limit(CLOCK)
    assert owing.deadline(CLOCK).status is DeadlineStatus.OVERDUE
    owing.wait(timedelta(days=1))
    owing.do(refund(), payer(owing))


def test_nobody_receives_what_they_paid_back_themselves(owing: Play) -> None:
    owing.do(refund(), owing.bidder(A))
    who_paid_back = payer(owing).model_copy(update={"person": owing.bidder(A).person})
    owing.refuses("own_bid", refund(), who_paid_back)
    for_the_owner = payer(owing).model_copy(update={"person": owing.owner.person})
    owing.refuses("drafter_decides", refund(), for_the_owner)


def test_who_was_found_diligent_says_less_and_the_payer_still_receives_it(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    play.do(play.tolerance_act(A), play.group)
    play.do(refund(0), play.bidder(A))
    assert play.state.owed_refunds, "to owe nothing is not the bidder's word alone"
    play.do(refund(0), payer(play))
    assert play.state.owed_refunds == ()


def test_a_city_that_asks_for_no_receipt_takes_the_bidders_word(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "acceptance", refund_receipt=False)).to_trial(A).pay(A, PAID)
    play.refuse_trial(A)
    assert play.do(refund(), play.bidder(A))[0] == RefundRecorded(bidder=A, amount_yuan=PAID)
