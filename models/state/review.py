"""What a scene remembers of its review, its public notices and the objections to them."""

from enum import StrEnum

from pydantic import Field

from models.frozen import Frozen
from models.vocabulary import ComplaintOutcome, GateKind, NoticeAbout, PanelPurpose, Position


class Opinion(Frozen):
    unit: str
    person: str
    position: Position
    conditions: int = 0
    sequence: int = 0
    void: bool = False


class Tally(Frozen):
    """A count of a consultation at one moment. `decided`: no outstanding answer can change the verdict any more.

    `decided` and `everyone_answered` are different things: all may have answered without enough yeses.
    """

    yes: int
    no: int
    silent: int
    outstanding: int
    needed: int
    vetoed: bool
    passes: bool
    decided: bool
    everyone_answered: bool


class Consultation(Frozen):
    round: int
    units: tuple[str, ...]
    opinions: tuple[Opinion, ...] = ()
    result: Tally | None = None


class Flag(Frozen):
    """Wording that may keep some from taking part, and what kind of gate it would be."""

    kind: GateKind
    wording: str


class FairCompetitionResult(Frozen):
    passed: bool
    conditions: int = 0
    void: bool = False


class Seat(Frozen):
    """`tenths` are the points that the member gave for each criterion of the panel, where it has any."""

    person: str
    unit: str
    expert: bool
    recommend: bool | None = None
    tenths: tuple[tuple[str, int], ...] = Field((), exclude_if=lambda tenths: not tenths)


class Panel(Frozen):
    """`reserve` are those who were drawn next, in their order, as many as there are seats."""

    purpose: PanelPurpose
    bidder: str | None = None
    seats: tuple[Seat, ...]
    void: bool = False
    reserve: tuple[Seat, ...] = Field((), exclude_if=lambda reserve: not reserve)
    drawn: bool = Field(False, exclude_if=lambda drawn: not drawn)

    @property
    def key(self) -> str:
        return f"{self.purpose}/{self.bidder or ''}"

    def seat(self, person: str) -> Seat | None:
        return next((seat for seat in self.seats if seat.person == person), None)


class Notice(Frozen):
    """`sequence` is the entry at which it was put up: what is announced anew is another notice."""

    about: NoticeAbout
    bidder: str | None
    document: str
    ran_out: bool = False
    sequence: int = Field(0, exclude_if=lambda sequence: not sequence)

    @property
    def key(self) -> str:
        return f"{self.about}/{self.bidder or ''}"


class ObjectionStatus(StrEnum):
    """`to_conclude`: upheld against a result that counts already; what follows is still to be said."""

    RAISED = "raised"
    ANSWERED = "answered"
    COMPLAINT = "complaint"
    TO_CONCLUDE = "to_conclude"
    UPHELD = "upheld"
    SETTLED = "settled"


class Objection(Frozen):
    """Freezes the step after its notice while it is raised or before the supervisor.

    `notice` is the sequence of the one that it was raised against: it concerns no other. `outcome`: what became of a
    result that counted already when it was upheld.
    """

    id: str
    about: NoticeAbout
    bidder: str | None
    objector: str
    status: ObjectionStatus = ObjectionStatus.RAISED
    answered_by: str | None = None
    notice: int = Field(0, exclude_if=lambda notice: not notice)
    outcome: ComplaintOutcome | None = Field(None, exclude_if=lambda outcome: outcome is None)

    @property
    def freezes(self) -> bool:
        return self.status in (ObjectionStatus.RAISED, ObjectionStatus.COMPLAINT)
