"""A scene that ends, however it does, waits for what it owes; the clock of the payment runs on meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from models.commands.anywhere import AnswerWithdrawal, Terminate, Withdraw
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.state import PaymentStatus
from models.vocabulary import Outcome, Role
from tests.scenario import Play, document, receipt

A = "甲公司"
CLOCK = f"payment/{A}/交付"
PAY = PayMilestone(bidder=A, milestone="交付", proof=document("支付凭证"))


def claim(play: Play) -> None:
    act = ProposePayment(bidder=A, milestone="交付", amount_yuan=100_000, proof=document("交付确认单"))
    play.do(act, play.bidder(A))


RECEIPT = receipt(A, 100_000)


def approval(approved: bool = True) -> ApprovePayment:
    return ApprovePayment(bidder=A, milestone="交付", approved=approved, reasons="核对")


def not_applied_for(play: Play) -> None:
    play.pass_limit(f"acceptance_application/{A}")


def terminated(play: Play) -> None:
    play.do(Terminate(ground="force_majeure", reasons="不可抗力"), play.lead)
    number = play.state.decisions[-1].sequence
    play.serve(number)
    play.pass_limit(f"appeal_window/{number}")


def withdrawn(play: Play) -> None:
    play.do(Withdraw(reasons="无力继续"), play.bidder(A))
    play.do(AnswerWithdrawal(agreed=True, reasons="同意"), play.owner)


WAYS = {
    not_applied_for: Outcome.FAILED,
    terminated: Outcome.TERMINATED,
    withdrawn: Outcome.WITHDRAWN,
}


@pytest.fixture
def owing(yancheng: Policy) -> Play:
    play = Play(yancheng).to_acceptance(A)
    claim(play)
    return play


@pytest.mark.parametrize(("end", "outcome"), WAYS.items())
def test_a_scene_that_ends_waits_for_an_approved_payment_and_closes_when_it_came_back(
    owing: Play, end: Callable[[Play], None], outcome: Outcome
) -> None:
    owing.do(approval(), owing.lead)
    due_on = owing.deadline(CLOCK).due_on
    end(owing)
    assert (owing.state.step, owing.state.outcome) == ("remedies", outcome)
    assert owing.deadline(CLOCK).due_on == due_on
    assert owing.deadline(CLOCK).status is not DeadlineStatus.PAUSED
    owing.do(PAY, owing.office(Role.PAYER))
    assert [each.status for each in owing.state.payments] == [PaymentStatus.PAID]
    assert [each.id for each in owing.state.deadlines] == [f"refund/{A}"]
    owing.do(RECEIPT, owing.office(Role.PAYER))
    assert (owing.state.step, owing.state.outcome) == ("closed", outcome)
    assert owing.state.deadlines == ()


def test_a_payment_is_overdue_also_where_the_scene_waits_for_nothing_else(owing: Play) -> None:
    owing.do(approval(), owing.lead)
    withdrawn(owing)
    owing.wait(timedelta(days=40))
    assert (owing.state.step, owing.deadline(CLOCK).status) == ("remedies", DeadlineStatus.OVERDUE)


@pytest.mark.parametrize("approved", [True, False])
def test_a_claim_is_still_answered_and_one_that_is_declined_keeps_no_scene_open(owing: Play, approved: bool) -> None:
    withdrawn(owing)
    owing.do(approval(approved), owing.lead)
    assert owing.state.step == ("remedies" if approved else "closed")


def test_a_payment_before_the_remedies_are_over_closes_nothing(owing: Play) -> None:
    owing.do(approval(), owing.lead)
    owing.do(Terminate(ground="force_majeure", reasons="不可抗力"), owing.lead)
    owing.do(PAY, owing.office(Role.PAYER))
    assert owing.state.step == "remedies"
    owing.serve(owing.state.decisions[-1].sequence)
    owing.pass_limit(f"appeal_window/{owing.state.decisions[-1].sequence}")
    assert owing.state.step == "remedies"
    owing.do(RECEIPT, owing.office(Role.PAYER))
    assert owing.state.step == "closed"
