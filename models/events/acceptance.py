"""Acceptance."""

from datetime import date
from typing import Literal

from models.vocabulary import Position

from .event import Event


class AcceptanceOpened(Event):
    """An acceptance record exists from here on: the bidder may apply."""

    kind: Literal["acceptance_opened"] = "acceptance_opened"
    bidder: str
    budget_yuan: int

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class AcceptanceAppliedFor(Event):
    kind: Literal["acceptance_applied_for"] = "acceptance_applied_for"
    bidder: str
    by_defence: bool

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class AcceptanceOpinionGiven(Event):
    kind: Literal["acceptance_opinion_given"] = "acceptance_opinion_given"
    bidder: str
    unit: str
    position: Position

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}/{self.unit}",)


class IntellectualPropertyChecked(Event):
    """`conflicts` are the items with something against their use."""

    kind: Literal["intellectual_property_checked"] = "intellectual_property_checked"
    bidder: str
    items: int
    conflicts: tuple[str, ...]
    by: str
    on: date
    document: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"ip/{self.bidder}",)


class AcceptanceSilence(Event):
    """A unit that was asked for its opinion let its time go by."""

    kind: Literal["acceptance_silence"] = "acceptance_silence"
    bidder: str
    unit: str


class AcceptanceOpinionSigned(Event):
    """`document` is the digest of the text that was signed."""

    kind: Literal["acceptance_opinion_signed"] = "acceptance_opinion_signed"
    bidder: str
    person: str
    document: str
    dissents: bool

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}/{self.person}",)


class AcceptanceConcluded(Event):
    kind: Literal["acceptance_concluded"] = "acceptance_concluded"
    bidder: str
    verdict: Literal["passed", "conditional", "retrial", "failed"]
    by: str
    on: date | None = None
    document: str | None = None

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class RectificationSubmitted(Event):
    kind: Literal["rectification_submitted"] = "rectification_submitted"
    bidder: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class RefundOwed(Event):
    """What the bidder was paid for work that ended without acceptance."""

    kind: Literal["refund_owed"] = "refund_owed"
    bidder: str
    amount_yuan: int


class RefundDeclared(Event):
    """Whoever refunds says that it was paid back; it is owed until the payer has received it."""

    kind: Literal["refund_declared"] = "refund_declared"
    bidder: str
    amount_yuan: int

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class RefundMissed(Event):
    """Of what was said to be paid back the payer received nothing."""

    kind: Literal["refund_missed"] = "refund_missed"
    bidder: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class RefundRecorded(Event):
    kind: Literal["refund_recorded"] = "refund_recorded"
    bidder: str
    amount_yuan: int

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class FaultToleranceAsked(Event):
    kind: Literal["fault_tolerance_asked"] = "fault_tolerance_asked"
    bidder: str


class FaultToleranceAnnulled(Event):
    """An upheld appeal against a refused tolerance: it is found on anew."""

    kind: Literal["fault_tolerance_annulled"] = "fault_tolerance_annulled"
    bidder: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"acceptance/{self.bidder}",)


class FaultToleranceDecided(Event):
    kind: Literal["fault_tolerance_decided"] = "fault_tolerance_decided"
    bidder: str
    tolerated: bool


class ValueAssessed(Event):
    kind: Literal["value_assessed"] = "value_assessed"
    value_yuan: int
    shares: tuple[tuple[str, str], ...] = ()


AcceptanceEvent = (
    AcceptanceOpened
    | AcceptanceAppliedFor
    | AcceptanceOpinionGiven
    | IntellectualPropertyChecked
    | AcceptanceSilence
    | AcceptanceOpinionSigned
    | AcceptanceConcluded
    | RectificationSubmitted
    | RefundOwed
    | RefundDeclared
    | RefundMissed
    | RefundRecorded
    | FaultToleranceAsked
    | FaultToleranceDecided
    | FaultToleranceAnnulled
    | ValueAssessed
)
