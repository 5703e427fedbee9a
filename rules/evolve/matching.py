"""Matching."""

from typing import assert_never

from models.events.matching import (
    Awarded,
    BidRevealed,
    BidScored,
    BidsOpened,
    BidsRanked,
    BidSubmitted,
    BidWithdrawn,
    CallFailed,
    ChallengeAmended,
    ChallengePosted,
    ContractProposed,
    ContractSigned,
    EligibilityAnnulled,
    EligibilityVerified,
    InvitationLapsed,
    InvitationReviewed,
    MatchingEvent,
    RacersCompared,
)
from models.state import Contract, SceneState
from models.vocabulary import PanelPurpose
from rules.keyed import change, find, put, without


def evolve(state: SceneState, event: MatchingEvent) -> SceneState:
    match event:
        case ChallengePosted(challenge=challenge):
            return state.model_copy(update={"challenge": challenge, **_NOBODY})
        case ChallengeAmended(challenge=challenge):
            return state.model_copy(update={"challenge": challenge})
        case InvitationReviewed(approved=approved):
            answer = {"reviewed": approved, "reviewed_on": event.on}
            reviewed = state.challenge.model_copy(update=answer) if state.challenge else None
            return state.model_copy(update={"challenge": reviewed})
        case BidSubmitted(bid=bid):
            return state.model_copy(update={"bids": put(state.bids, bid, by=lambda each: each.bidder)})
        case BidWithdrawn(bidder=bidder):
            return state.model_copy(update={"bids": without(state.bids, bidder=bidder)})
        case BidsOpened(officers=officers):
            opened = state.challenge.model_copy(update={"opened_by": officers}) if state.challenge else None
            return state.model_copy(update={"challenge": opened})
        case BidRevealed():
            return _bid(state, event.bidder, {"proposal_sha256": event.proposal_sha256, "price_yuan": event.price_yuan})
        case EligibilityVerified():
            return _bid(
                state,
                event.bidder,
                {
                    "eligible": event.eligible,
                    "credit": event.credit,
                    "commitment_signed": event.commitment_signed,
                    "members": event.members,
                },
            )
        case EligibilityAnnulled():
            return _bid(state, event.bidder, _UNCHECKED)
        case BidScored(bidder=bidder):
            scored = find(state.bids, bidder=bidder)
            others = tuple(score for score in scored.scores if score[0] != event.person) if scored else ()
            return _bid(state, bidder, {"scores": (*others, (event.person, event.tenths))})
        case BidsRanked(ranking=ranking):
            return state.model_copy(update={"ranking": ranking})
        case CallFailed() | InvitationLapsed():
            return state
        case RacersCompared():
            return state.model_copy(update={"race_compared": True})
        case Awarded():
            contract = Contract(bidder=event.bidder, rank=event.rank, step="", awarded_in=state.sequence + 1)
            return state.model_copy(update={"contracts": put(state.contracts, contract, by=lambda each: each.bidder)})
        case ContractProposed():
            to: dict[str, object] = {
                "terms_sha256": event.terms_sha256,
                "budget_yuan": event.budget_yuan,
                "milestones": event.milestones,
                "gates": event.gates,
                "consortium": event.consortium,
                "parties": event.parties,
                "signed": (),
                "co_owners": event.co_owners,
                "co_signed": (),
            }
            return state.model_copy(update={"contracts": change(state.contracts, to=to, bidder=event.bidder)})
        case ContractSigned():
            contract_ = find(state.contracts, bidder=event.bidder)
            if event.unit is not None:
                to = {"co_signed": (*(contract_.co_signed if contract_ else ()), event.unit)}
            else:
                to = {"signed": (*contract_.signed, event.party) if contract_ else ()}
            return state.model_copy(update={"contracts": change(state.contracts, to=to, bidder=event.bidder)})
        case _:
            assert_never(event)


_NOBODY: dict[str, object] = {
    "bids": (), "ranking": (), "contracts": (), "trials": (), "inclusions": (), "acceptances": (),
    "race_compared": False,
}  # fmt: skip
"""A new call begins with nobody; those who bid before may bid again."""


_UNCHECKED: dict[str, object] = {
    "eligible": None, "credit": None, "commitment_signed": False, "scores": (), "members": (),
}  # fmt: skip


def checked_anew(state: SceneState) -> SceneState:
    """The eligibility check begins: nothing that was found, scored or offered before counts."""
    return state.model_copy(
        update={
            "bids": tuple(bid.model_copy(update=_UNCHECKED) for bid in state.bids),
            "ranking": (),
            "contracts": tuple(each for each in state.contracts if each.step not in ("offered", "signing")),
            "panels": without(state.panels, purpose=PanelPurpose.SCORING),
        }
    )


def _bid(state: SceneState, bidder: str, to: dict[str, object]) -> SceneState:
    return state.model_copy(update={"bids": change(state.bids, to=to, bidder=bidder)})
