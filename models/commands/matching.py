"""Matching: challenge, sealed bids, eligibility, scoring, award, task contract."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from models.document import Document
from models.frozen import Frozen
from models.text import Digest, Identifier, Name, Text
from models.vocabulary import Credit, Gate, Mode

from .act import Act, BidderAct
from .review import EntryCondition, WordingFinding

Yuan = int
Nonce = Annotated[Identifier, Field(min_length=16)]
"""So long that price and proposal cannot be guessed from the commitment."""


class PostChallenge(Act):
    """Also re-issues a failed call. `closes_on` is the last day for bids; `invited` for the modes that invite.

    `findings` answer all wording that the policy flags in the criteria, the conditions and the justification.
    """

    verb: Literal["post_challenge"] = "post_challenge"
    mode: Mode
    legal_basis: Text
    budget_yuan: Yuan = Field(ge=0, le=100_000_000_000)
    criteria: Text
    closes_on: date
    conditions: tuple[EntryCondition, ...] = Field((), max_length=50)
    invited: tuple[Name, ...] = Field((), max_length=20)
    justification: Text | None = None
    findings: tuple[WordingFinding, ...] = Field((), max_length=50)


class AmendChallenge(Act):
    """A change later than the policy allows before the close moves the close. `findings` as in `post_challenge`."""

    verb: Literal["amend_challenge"] = "amend_challenge"
    changes: Text
    closes_on: date | None = None
    findings: tuple[WordingFinding, ...] = Field((), max_length=50)


class ReviewInvitation(Act):
    """Whether the justification carries an invitation. Nobody bids before; refused, the owner posts anew."""

    verb: Literal["review_invitation"] = "review_invitation"
    approved: bool
    reasons: Text


class SubmitBid(BidderAct):
    """Before the close only this hash is known: SHA-256 of nonce, proposal_sha256 and price (`rules.bidding`)."""

    verb: Literal["submit_bid"] = "submit_bid"
    commitment: Digest
    consortium: tuple[Name, ...] = Field((), max_length=20)


class WithdrawBid(BidderAct):
    verb: Literal["withdraw_bid"] = "withdraw_bid"
    reasons: Text


class OpenBids(Act):
    """The opening session (开标会), after the close: who enters it and `with_officer` (by person id) hold it.

    `record` is the record that both sign. Where the city has a directory, the second is looked up in the version of the
    actor, as the actor is: of the same unit, in the same role.
    """

    verb: Literal["open_bids"] = "open_bids"
    with_officer: Identifier
    record: Document


class RevealBid(BidderAct):
    verb: Literal["reveal_bid"] = "reveal_bid"
    nonce: Nonce
    proposal: Document
    price_yuan: Yuan = Field(ge=0, le=100_000_000_000)


class MemberFinding(Frozen):
    """What was found of one member of a consortium (联合体)."""

    unit: Name
    eligible: bool
    credit: Credit
    commitment_signed: bool


class VerifyEligibility(BidderAct):
    """`members` speak to every member of the consortium but the bidder, who leads it and stands in the other fields."""

    verb: Literal["verify_eligibility"] = "verify_eligibility"
    eligible: bool
    credit: Credit
    commitment_signed: bool
    reasons: Text
    members: tuple[MemberFinding, ...] = Field((), max_length=20)


class Score(Frozen):
    """Points for one criterion of the policy's score sheet; tenths are allowed."""

    criterion: Identifier
    points: float = Field(ge=0, le=1000, multiple_of=0.1)


class ScoreBid(BidderAct):
    verb: Literal["score_bid"] = "score_bid"
    scores: tuple[Score, ...] = Field(min_length=1, max_length=40)


class Award(Act):
    verb: Literal["award"] = "award"
    bidders: tuple[Name, ...] = Field(min_length=1, max_length=10)
    reasons: Text


class DeclineAward(BidderAct):
    verb: Literal["decline_award"] = "decline_award"
    reasons: Text


class Milestone(Frozen):
    """`after`: it belongs to the trial or to its result, and nothing of it is claimed before that was reached."""

    name: Name
    due_on: date
    share_percent: int = Field(ge=0, le=100)
    after: Gate | None = Field(None, exclude_if=lambda gate: gate is None)


class ContractTerms(Frozen):
    """S3 联合攻关任务书: goals, indicators, milestones, budget, IP, change, breach, acceptance method."""

    goals: Text
    indicators: tuple[Text, ...] = Field(min_length=1, max_length=50)
    milestones: tuple[Milestone, ...] = Field(min_length=1, max_length=50)
    budget_yuan: Yuan = Field(ge=0, le=100_000_000_000)
    intellectual_property: Text
    change: Text
    breach: Text
    acceptance_method: Text
    document: Document


class ProposeContract(BidderAct):
    verb: Literal["propose_contract"] = "propose_contract"
    terms: ContractTerms


class MemberSignature(Frozen):
    """What one member of a consortium has signed: the contract itself, or a power of attorney for who leads it."""

    unit: Name
    document: Document
    power_of_attorney: bool = False


class SignContract(BidderAct):
    """`terms_sha256` is the document that the party signs; another than the proposed one is refused.

    `pledge` (军令状) is the bidder's, where the mode asks for one. `members` are what every other member of its
    consortium has signed, where the policy asks for it; the bidder brings them with its own signature.
    """

    verb: Literal["sign_contract"] = "sign_contract"
    terms_sha256: Digest
    pledge: Document | None = None
    members: tuple[MemberSignature, ...] = Field((), max_length=20, exclude_if=lambda members: not members)


class RacerFinding(Frozen):
    """What was found of one racer; `scores` on the policy's score sheet, for every racer or for none."""

    bidder: Name
    finding: Text
    scores: tuple[Score, ...] = Field((), max_length=40)


class CompareRacers(Act):
    """赛马, midway: all who still race, by the score sheet or by the criteria stated in `basis`.

    `ends` is one racer who goes no further, for `reasons`; each end is a decision of its own, with its remedies.
    """

    verb: Literal["compare_racers"] = "compare_racers"
    basis: Text
    findings: tuple[RacerFinding, ...] = Field(min_length=1, max_length=10)
    reasons: Text
    ends: Name | None = None


class GiveUpMatching(Act):
    verb: Literal["give_up_matching"] = "give_up_matching"
    reasons: Text


MatchingAct = (
    PostChallenge
    | AmendChallenge
    | ReviewInvitation
    | SubmitBid
    | WithdrawBid
    | OpenBids
    | RevealBid
    | VerifyEligibility
    | ScoreBid
    | Award
    | DeclineAward
    | ProposeContract
    | SignContract
    | CompareRacers
    | GiveUpMatching
)
