"""Acceptance."""

from typing import assert_never

from models.events.acceptance import (
    AcceptanceAppliedFor,
    AcceptanceConcluded,
    AcceptanceEvent,
    AcceptanceOpened,
    AcceptanceOpinionGiven,
    AcceptanceOpinionSigned,
    AcceptanceSilence,
    FaultToleranceAnnulled,
    FaultToleranceAsked,
    FaultToleranceDecided,
    IntellectualPropertyChecked,
    RectificationSubmitted,
    RefundDeclared,
    RefundMissed,
    RefundOwed,
    RefundRecorded,
    ValueAssessed,
)
from models.state import Acceptance, IpCheck, PaymentStatus, Refund, SceneState, Signature, UnitOpinion
from models.vocabulary import PanelPurpose
from rules.keyed import change, find, put, without


def evolve(state: SceneState, event: AcceptanceEvent) -> SceneState:
    match event:
        case AcceptanceOpened():
            known = find(state.acceptances, bidder=event.bidder) or Acceptance(bidder=event.bidder, step="")
            # What a re-trial makes is looked at anew.
            opened = known.model_copy(update={"budget_yuan": event.budget_yuan, "ip_check": None})
            return state.model_copy(update={"acceptances": put(state.acceptances, opened, by=lambda each: each.bidder)})
        case AcceptanceAppliedFor():
            return _acceptance(state, event.bidder, by_defence=event.by_defence)
        case AcceptanceOpinionGiven():
            acceptance = find(state.acceptances, bidder=event.bidder)
            opinion = UnitOpinion(unit=event.unit, position=event.position)
            opinions = put(acceptance.opinions, opinion, by=lambda each: each.unit) if acceptance else (opinion,)
            return _acceptance(state, event.bidder, opinions=opinions)
        case IntellectualPropertyChecked():
            found = IpCheck(
                items=event.items, conflicts=event.conflicts, by=event.by, on=event.on, document=event.document
            )
            return _acceptance(state, event.bidder, ip_check=found)
        case AcceptanceSilence():
            acceptance = find(state.acceptances, bidder=event.bidder)
            return _acceptance(state, event.bidder, silent=(*(acceptance.silent if acceptance else ()), event.unit))
        case AcceptanceOpinionSigned():
            acceptance = find(state.acceptances, bidder=event.bidder)
            signed = Signature(person=event.person, document=event.document, dissents=event.dissents)
            others = acceptance.signatures if acceptance else ()
            return _acceptance(state, event.bidder, signatures=put(others, signed, by=lambda each: each.person))
        case AcceptanceConcluded():
            acceptance = find(state.acceptances, bidder=event.bidder)
            retrials = (acceptance.retrials if acceptance else 0) + (event.verdict == "retrial")
            rectifications = (acceptance.rectifications if acceptance else 0) + (event.verdict == "conditional")
            return _acceptance(
                state,
                event.bidder,
                concluded_by=event.by,
                retrials=retrials,
                rectifications=rectifications,
                verdict=event.verdict,
                concluded_on=event.on,
                document_sha256=event.document,
            )
        case RectificationSubmitted():
            return state  # it was counted with the conclusion that asked for it, whether it comes or not
        case RefundOwed():
            coming = find(state.refunds_on_their_way, bidder=event.bidder)
            owed = Refund(bidder=event.bidder, declared_yuan=coming.amount_yuan if coming is not None else None)
            refunds = put(state.refunds, owed, by=lambda each: each.bidder)
            state = _has_come(state.model_copy(update={"refunds": refunds}), event.bidder)
            return _acceptance(state, event.bidder, refund_due_yuan=event.amount_yuan)
        case RefundDeclared():
            return _refund(state, event.bidder, declared_yuan=event.amount_yuan)
        case RefundMissed():
            return _refund(_has_come(state, event.bidder), event.bidder, declared_yuan=None)
        case RefundRecorded():
            return _refunded(state, event)
        case FaultToleranceAsked():
            state = _refund(state, event.bidder, fault_tolerance_asked=True)
            return _acceptance(state, event.bidder, fault_tolerance_asked=True)
        case FaultToleranceDecided():
            state = _refund(state, event.bidder, fault_tolerated=event.tolerated)
            return _acceptance(state, event.bidder, fault_tolerated=event.tolerated)
        case FaultToleranceAnnulled():
            state = _refund(state, event.bidder, fault_tolerated=None)
            return _acceptance(state, event.bidder, fault_tolerated=None)
        case ValueAssessed():
            return state.model_copy(update={"value_yuan": event.value_yuan, "value_shares": event.shares})
        case _:
            assert_never(event)


def _refunded(state: SceneState, event: RefundRecorded) -> SceneState:
    """The last payment is given back first; a refund after a second failure comes on top of the first."""
    acceptance = find(state.acceptances, bidder=event.bidder)
    before = (acceptance.refunded_yuan or 0) if acceptance else 0
    left, payments = event.amount_yuan, list(state.payments)
    for at in reversed(range(len(payments))):
        if (payments[at].bidder, payments[at].status) == (event.bidder, PaymentStatus.PAID):
            back = min(left, payments[at].kept_yuan)
            payments[at] = payments[at].model_copy(update={"refunded_yuan": payments[at].refunded_yuan + back})
            left -= back
    state = state.model_copy(update={"payments": tuple(payments)})
    state = _refund(_has_come(state, event.bidder), event.bidder, settled=True, declared_yuan=None)
    return _acceptance(state, event.bidder, refunded_yuan=before + event.amount_yuan)


def _has_come(state: SceneState, bidder: str) -> SceneState:
    """Nothing is on its way any more: it came, it did not, or it counts towards what is owed again."""
    return state.model_copy(update={"refunds_on_their_way": without(state.refunds_on_their_way, bidder=bidder)})


def unsigned(state: SceneState, bidder: str | None, person: str | None = None) -> SceneState:
    """Signatures fall away: all of a panel that is void or convened anew, or that of the member who recused."""
    acceptance = find(state.acceptances, bidder=bidder)
    if acceptance is None:
        return state
    kept = without(acceptance.signatures, person=person) if person is not None else ()
    return _acceptance(state, acceptance.bidder, signatures=kept)


def reviewed_anew(state: SceneState, bidder: str) -> SceneState:
    """A review begins: with opinions and a panel of its own, and nothing asked yet about a failure."""
    state = _acceptance(
        state, bidder, opinions=(), silent=(), signatures=(), fault_tolerance_asked=False, fault_tolerated=None
    )
    return state.model_copy(update={"panels": without(state.panels, purpose=PanelPurpose.ACCEPTANCE, bidder=bidder)})


def _refund(state: SceneState, bidder: str, **to: object) -> SceneState:
    return state.model_copy(update={"refunds": change(state.refunds, to=to, bidder=bidder)})


def _acceptance(state: SceneState, bidder: str, **to: object) -> SceneState:
    return state.model_copy(update={"acceptances": change(state.acceptances, to=to, bidder=bidder)})
