"""Matching."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.state.matching import Bid, Challenge, Member, Ranked
from models.state.review import Flag
from models.vocabulary import Credit, Gate

from .event import Event


class ChallengePosted(Event):
    kind: Literal["challenge_posted"] = "challenge_posted"
    challenge: Challenge
    flags: tuple[Flag, ...] = Field((), exclude_if=lambda flags: not flags)

    @property
    def touches(self) -> tuple[str, ...]:
        return ("challenge",)


class ChallengeAmended(Event):
    kind: Literal["challenge_amended"] = "challenge_amended"
    challenge: Challenge
    flags: tuple[Flag, ...] = Field((), exclude_if=lambda flags: not flags)

    @property
    def touches(self) -> tuple[str, ...]:
        return ("challenge",)


class InvitationReviewed(Event):
    kind: Literal["invitation_reviewed"] = "invitation_reviewed"
    approved: bool
    on: date | None = Field(None, exclude_if=lambda day: day is None)

    @property
    def touches(self) -> tuple[str, ...]:
        return ("challenge",)


class InvitationLapsed(Event):
    """The close came before the review: nobody could bid, and it was no call."""

    kind: Literal["invitation_lapsed"] = "invitation_lapsed"

    @property
    def touches(self) -> tuple[str, ...]:
        return ("challenge",)


class BidSubmitted(Event):
    kind: Literal["bid_submitted"] = "bid_submitted"
    bid: Bid

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"bid/{self.bid.bidder}",)


class BidWithdrawn(Event):
    kind: Literal["bid_withdrawn"] = "bid_withdrawn"
    bidder: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"bid/{self.bidder}",)


class BidsOpened(Event):
    """The opening session was held, by these two; from here on bids are revealed."""

    kind: Literal["bids_opened"] = "bids_opened"
    officers: tuple[str, ...]
    record_sha256: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("challenge",)


class BidRevealed(Event):
    kind: Literal["bid_revealed"] = "bid_revealed"
    bidder: str
    proposal_sha256: str
    price_yuan: int

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"bid/{self.bidder}",)


class EligibilityVerified(Event):
    """`credit` is the lowest found of the bidder and the `members` of its consortium."""

    kind: Literal["eligibility_verified"] = "eligibility_verified"
    bidder: str
    eligible: bool
    credit: Credit
    commitment_signed: bool
    members: tuple[Member, ...] = Field((), exclude_if=lambda members: not members)

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"bid/{self.bidder}",)


class EligibilityAnnulled(Event):
    """An upheld appeal: the bid is verified anew; whoever else was verified stays so."""

    kind: Literal["eligibility_annulled"] = "eligibility_annulled"
    bidder: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"bid/{self.bidder}",)


class BidScored(Event):
    """Points in tenths, keyed by criterion in the order of the score sheet."""

    kind: Literal["bid_scored"] = "bid_scored"
    bidder: str
    person: str
    tenths: tuple[tuple[str, int], ...]

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"score/{self.bidder}/{self.person}",)


class BidsRanked(Event):
    """`lot` is the seed by which full ties were decided (`rules.lots`), where the policy draws."""

    kind: Literal["bids_ranked"] = "bids_ranked"
    ranking: tuple[Ranked, ...]
    lot: str | None = Field(None, exclude_if=lambda seed: seed is None)


class CallFailed(Event):
    """No valid bid, none eligible, none above the pass mark, or no contract concluded."""

    kind: Literal["call_failed"] = "call_failed"
    because: Literal["no_bid", "none_revealed", "none_eligible", "none_passed", "no_contract"]


class Awarded(Event):
    kind: Literal["awarded"] = "awarded"
    bidder: str
    rank: int

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"contract/{self.bidder}",)


class ContractProposed(Event):
    kind: Literal["contract_proposed"] = "contract_proposed"
    bidder: str
    terms_sha256: str
    budget_yuan: int
    parties: tuple[Literal["owner", "st_bureau", "bidder"], ...]
    milestones: tuple[tuple[str, int], ...] = ()
    consortium: tuple[str, ...] = Field((), exclude_if=lambda consortium: not consortium)
    co_owners: tuple[str, ...] = Field((), exclude_if=lambda units: not units)
    gates: tuple[tuple[str, Gate], ...] = Field((), exclude_if=lambda gates: not gates)

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"contract/{self.bidder}",)


class ContractSigned(Event):
    """`unit` is the co-owner that signed, where it was one."""

    kind: Literal["contract_signed"] = "contract_signed"
    bidder: str
    party: Literal["owner", "st_bureau", "bidder"]
    person: str
    pledge_sha256: str | None = None
    members: tuple[tuple[str, str], ...] = Field((), exclude_if=lambda members: not members)
    """Each other member of the consortium, and the digest of what it signed."""
    unit: str | None = Field(None, exclude_if=lambda unit: unit is None)


class RacersCompared(Event):
    """`tenths` are each racer's points, added up, where they were scored."""

    kind: Literal["racers_compared"] = "racers_compared"
    racers: tuple[tuple[str, int | None], ...]
    ends: str | None = None

    @property
    def touches(self) -> tuple[str, ...]:
        return tuple(f"trial/{bidder}" for bidder, _ in self.racers)


MatchingEvent = (
    ChallengePosted
    | ChallengeAmended
    | InvitationReviewed
    | InvitationLapsed
    | BidSubmitted
    | BidWithdrawn
    | BidsOpened
    | BidRevealed
    | EligibilityVerified
    | EligibilityAnnulled
    | BidScored
    | BidsRanked
    | CallFailed
    | Awarded
    | ContractProposed
    | ContractSigned
    | RacersCompared
)
