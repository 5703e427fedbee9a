"""Events that can happen at any open step."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.commands.anywhere import DeclaredBidder
from models.commands.solicitation import Application
from models.deadline import AwaitedService, Holder
from models.text import Moment
from models.vocabulary import Machine, Outcome, Position

from .event import Event


class SceneTakenOver(Event):
    """存量导入: everything before this entry is declared, not witnessed."""

    kind: Literal["scene_taken_over"] = "scene_taken_over"
    application: Application
    by: str
    since: date
    lead: str
    cooperating: tuple[str, ...]
    regulator: str
    bidders: tuple[DeclaredBidder, ...]
    policy_version: str
    policy_digest: str
    calendar: str
    awarded_yuan: int = Field(0, exclude_if=lambda awarded: not awarded)
    to_confirm: bool = Field(False, exclude_if=lambda waits: not waits)


class TakeOverConfirmed(Event):
    """Somebody else than who declared it has checked it: what hangs on it may be paid."""

    kind: Literal["take_over_confirmed"] = "take_over_confirmed"
    by: str


class WithdrawalAsked(Event):
    """After the contract: every other party is asked."""

    kind: Literal["withdrawal_asked"] = "withdrawal_asked"
    by: str
    bidder: str | None
    parties: tuple[str, ...]

    @property
    def touches(self) -> tuple[str, ...]:
        return ("withdrawal",)


class WithdrawalAnswered(Event):
    kind: Literal["withdrawal_answered"] = "withdrawal_answered"
    party: str
    agreed: bool

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"withdrawal/{self.party}",)


class SceneSuspended(Event):
    kind: Literal["scene_suspended"] = "scene_suspended"
    at: Moment
    on: date
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("suspension",)


class SceneResumed(Event):
    kind: Literal["scene_resumed"] = "scene_resumed"
    on: date | None = None

    @property
    def touches(self) -> tuple[str, ...]:
        return ("suspension",)


class SceneReturned(Event):
    kind: Literal["scene_returned"] = "scene_returned"
    to: str
    returned_from: str
    then: Literal["start_over", "straight_back"]
    by: str


class SceneResubmitted(Event):
    kind: Literal["scene_resubmitted"] = "scene_resubmitted"


class ExtensionRequested(Event):
    kind: Literal["extension_requested"] = "extension_requested"
    deadline: str
    by: str
    reasons_sha256: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"extension/{self.deadline}",)


class ExtensionDecided(Event):
    kind: Literal["extension_decided"] = "extension_decided"
    deadline: str
    granted: bool
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"extension/{self.deadline}",)


class PartReassigned(Event):
    kind: Literal["part_reassigned"] = "part_reassigned"
    part: Literal["lead", "regulator", "cooperating"]
    from_unit: str
    to_unit: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("parts",)


class AdverseDecision(Event):
    """A decision against somebody. Its remedy runs from its service; upheld on appeal, `reopens` is entered again.

    `item` names what of the bidder it is about: the number of a fault, the incident whose order it is, the ground on
    which a trial was ended other than breach. `closes_as` is the scene's outcome if it stands and nothing else keeps
    the scene open; None where it ends one bidder's part only.
    """

    kind: Literal["adverse_decision"] = "adverse_decision"
    decision: int
    verb: str
    against: str
    by: str
    machine: Machine
    bidder: str | None
    reopens: str
    closes_as: Outcome | None
    on: date
    item: str | None = Field(None, exclude_if=lambda item: item is None)


class DecisionServed(Event):
    kind: Literal["decision_served"] = "decision_served"
    decision: int
    served_on: date
    proof: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"decision/{self.decision}", f"service/{self.decision}")


class ServiceAwaited(Event):
    """A clock will run from the service of what this entry decided."""

    kind: Literal["service_awaited"] = "service_awaited"
    awaited: AwaitedService


class NoticeServed(Event):
    """What an entry decided is served: the clocks that waited for it start."""

    kind: Literal["notice_served"] = "notice_served"
    entry: int
    served_on: date
    proof: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"service/{self.entry}",)


class ServiceDropped(Event):
    """A clock that waited for its service is needed no more: its matter was settled, or left another way."""

    kind: Literal["service_dropped"] = "service_dropped"
    id: str


class DocumentIssued(Event):
    """An official document (公文) comes of this entry. Its number is given when it is recorded.

    `form` is the verb it comes of, `series` the form of its number, `to` whom it is addressed to.
    """

    kind: Literal["document_issued"] = "document_issued"
    form: str
    title: str
    series: str
    to: Holder


class AppealLodged(Event):
    kind: Literal["appeal_lodged"] = "appeal_lodged"
    decision: int
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"decision/{self.decision}",)


class AppealDecided(Event):
    kind: Literal["appeal_decided"] = "appeal_decided"
    decision: int
    upheld: bool
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"decision/{self.decision}",)


class UpheldTooLate(Event):
    """An appeal was upheld when nothing could be brought back any more: it stays a finding, on which damages may rest.

    `because` says what stands in the way.
    """

    kind: Literal["upheld_too_late"] = "upheld_too_late"
    decision: int
    because: Literal["contract_signed", "scene_ending", "nothing_owed", "no_longer_asked"]


class DecisionFinal(Event):
    """No appeal was lodged in time, or it was dismissed."""

    kind: Literal["decision_final"] = "decision_final"
    decision: int


class CorrectionProposed(Event):
    kind: Literal["correction_proposed"] = "correction_proposed"
    correction: str
    sequence: int
    by: str
    position: Position | None

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"correction/{self.correction}",)


class EntryCorrected(Event):
    kind: Literal["entry_corrected"] = "entry_corrected"
    correction: str
    sequence: int
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"correction/{self.correction}",)


class CorrectionRejected(Event):
    kind: Literal["correction_rejected"] = "correction_rejected"
    correction: str
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"correction/{self.correction}",)


class PolicyAdopted(Event):
    kind: Literal["policy_adopted"] = "policy_adopted"
    policy_version: str
    policy_digest: str
    calendar: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("policy",)


class CalendarLoaded(Event):
    kind: Literal["calendar_loaded"] = "calendar_loaded"
    year: int
    calendar: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("calendar",)


class StepOverridden(Event):
    kind: Literal["step_overridden"] = "step_overridden"
    to: str
    left: str
    by: str


AnywhereEvent = (
    SceneTakenOver
    | TakeOverConfirmed
    | WithdrawalAsked
    | WithdrawalAnswered
    | SceneSuspended
    | SceneResumed
    | SceneReturned
    | SceneResubmitted
    | ExtensionRequested
    | ExtensionDecided
    | PartReassigned
    | AdverseDecision
    | DecisionServed
    | ServiceAwaited
    | NoticeServed
    | ServiceDropped
    | DocumentIssued
    | AppealLodged
    | AppealDecided
    | UpheldTooLate
    | DecisionFinal
    | CorrectionProposed
    | EntryCorrected
    | CorrectionRejected
    | PolicyAdopted
    | CalendarLoaded
    | StepOverridden
)
