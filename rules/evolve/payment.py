"""Payment of a contract's milestones."""

from typing import assert_never

from models.events.payment import MilestonePaid, PaymentDecided, PaymentEvent, PaymentProposed
from models.state import Payment, PaymentStatus, SceneState
from rules.keyed import change, without


def evolve(state: SceneState, event: PaymentEvent) -> SceneState:
    match event:
        case PaymentProposed():
            payment = Payment(bidder=event.bidder, milestone=event.milestone, amount_yuan=event.amount_yuan)
            return state.model_copy(update={"payments": (*state.payments, payment)})
        case PaymentDecided(approved=True):
            return _payment(state, event, PaymentStatus.APPROVED)
        case PaymentDecided():
            kept = without(
                state.payments, bidder=event.bidder, milestone=event.milestone, status=PaymentStatus.PROPOSED
            )
            return state.model_copy(update={"payments": kept})
        case MilestonePaid():
            return _payment(state, event, PaymentStatus.PAID)
        case _:
            assert_never(event)


def _payment(state: SceneState, event: PaymentDecided | MilestonePaid, status: PaymentStatus) -> SceneState:
    """The one payment of a milestone that is on its way."""
    before = PaymentStatus.PROPOSED if status is PaymentStatus.APPROVED else PaymentStatus.APPROVED
    to: dict[str, object] = {"status": status}
    payments = change(state.payments, to=to, bidder=event.bidder, milestone=event.milestone, status=before)
    return state.model_copy(update={"payments": payments})
