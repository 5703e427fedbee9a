"""What a scene remembers of its matching. Everything of a bidder is keyed by the bidder."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.frozen import Frozen
from models.vocabulary import Credit, Gate, Mode

Party = Literal["owner", "st_bureau", "bidder"]


class Challenge(Frozen):
    """`number` counts the calls: 1, then 2 for the re-issue. `closes_on` is the last day for bids.

    `reviewed` says whether the justification of an invitation was found to carry it; None before, and where nobody is
    invited. Those invited have a whole call's time from `reviewed_on`. `opened_by` are the persons who held the opening
    session; nobody before it. `reissue_left` is what was left of the time to re-issue when this re-issue was posted, in
    the unit of that limit: it runs on where the call comes to be none. None for a first call.
    """

    number: int
    mode: Mode
    budget_yuan: int
    posted_on: date
    closes_on: date
    invited: tuple[str, ...] = ()
    reviewed: bool | None = None
    reviewed_on: date | None = Field(None, exclude_if=lambda day: day is None)
    opened_by: tuple[str, ...] = ()
    reissue_left: int | None = Field(None, exclude_if=lambda left: left is None)


class Member(Frozen):
    """What was found of one member of a consortium."""

    unit: str
    eligible: bool
    credit: Credit
    commitment_signed: bool


class Bid(Frozen):
    """Before the close a commitment and nothing else. Points stand in tenths, by judge and criterion.

    The bidder leads its `consortium`, which names the others; `members` are what was found of them. `credit` is the
    lowest of all.
    """

    bidder: str
    person: str
    commitment: str
    consortium: tuple[str, ...] = ()
    proposal_sha256: str | None = None
    price_yuan: int | None = None
    eligible: bool | None = None
    credit: Credit | None = None
    commitment_signed: bool = False
    scores: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    members: tuple[Member, ...] = Field((), exclude_if=lambda members: not members)

    @property
    def revealed(self) -> bool:
        return self.proposal_sha256 is not None


class Ranked(Frozen):
    """One line of the ranking, in hundredths of a point: a mean of tenths over the counted judges."""

    rank: int
    bidder: str
    hundredths: int
    dimensions: tuple[tuple[str, int], ...] = ()
    passed: bool = True


class Contract(Frozen):
    """`step` is one of the contract machine's steps in `rules.lifecycle`."""

    bidder: str
    rank: int
    step: str
    terms_sha256: str | None = None
    budget_yuan: int = 0
    milestones: tuple[tuple[str, int], ...] = ()
    """Name and share of the budget in percent; none of a contract that was taken over."""
    parties: tuple[Party, ...] = ()
    signed: tuple[Party, ...] = ()
    declared: bool = False
    entered_on: date | None = None
    awarded_in: int = Field(0, exclude_if=lambda entry: not entry)
    """The entry that awarded it; 0 before that was kept."""
    consortium: tuple[str, ...] = Field((), exclude_if=lambda consortium: not consortium)
    """Who does the work beside the bidder, jointly liable."""
    co_owners: tuple[str, ...] = Field((), exclude_if=lambda units: not units)
    """Who opened the scene with the owner, and signs for itself; `co_signed` have."""
    co_signed: tuple[str, ...] = Field((), exclude_if=lambda units: not units)
    gates: tuple[tuple[str, Gate], ...] = Field((), exclude_if=lambda gates: not gates)
    """Of the milestones that wait for something: its name and what for."""

    @property
    def complete(self) -> bool:
        return set(self.signed) == set(self.parties) and set(self.co_signed) == set(self.co_owners)
