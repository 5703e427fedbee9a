"""Acts that are possible from any open state, and the system's own."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.calendar import YearNotice
from models.document import Document
from models.frozen import Frozen
from models.policy import Policy
from models.text import DeadlineId, Identifier, Moment, Name, Text
from models.vocabulary import Phase, Position

from .act import Act
from .solicitation import Application
from .trial import TrialPlan


class Withdraw(Act):
    """Owner or bidder. Before the contract at once; after it the other parties are asked."""

    verb: Literal["withdraw"] = "withdraw"
    reasons: Text


class AnswerWithdrawal(Act):
    verb: Literal["answer_withdrawal"] = "answer_withdrawal"
    agreed: bool
    reasons: Text


class Terminate(Act):
    """`objection` names the upheld complaint that it follows from."""

    verb: Literal["terminate"] = "terminate"
    ground: Literal["breach", "force_majeure", "safety", "complaint"]
    reasons: Text
    objection: Identifier | None = Field(None, exclude_if=lambda objection: objection is None)


class Suspend(Act):
    verb: Literal["suspend"] = "suspend"
    reasons: Text


class Resume(Act):
    verb: Literal["resume"] = "resume"
    reasons: Text


class ReturnForCorrection(Act):
    """Names the target step; the opinions given since that step are void.

    `then` says where a resubmission goes: `start_over` walks again from the target, `straight_back` goes to the step
    that returned it.
    """

    verb: Literal["return_for_correction"] = "return_for_correction"
    to: Identifier
    then: Literal["start_over", "straight_back"]
    reasons: Text


class Resubmit(Act):
    verb: Literal["resubmit"] = "resubmit"
    documents: tuple[Document, ...] = Field((), max_length=50)
    note: Text


class RequestExtension(Act):
    verb: Literal["request_extension"] = "request_extension"
    deadline: DeadlineId
    reasons: Text


class DecideExtension(Act):
    """By an approver of the limit's extension rule, never by who asked."""

    verb: Literal["decide_extension"] = "decide_extension"
    deadline: DeadlineId
    granted: bool
    reasons: Text


class Reassign(Act):
    """Moves a part in the scene, with its open duties, to another unit."""

    verb: Literal["reassign"] = "reassign"
    part: Literal["lead", "regulator", "cooperating"]
    from_unit: Name
    to_unit: Name
    reasons: Text


class Appeal(Act):
    verb: Literal["appeal"] = "appeal"
    decision: int = Field(ge=1)
    grounds: Text


class DecideAppeal(Act):
    verb: Literal["decide_appeal"] = "decide_appeal"
    decision: int = Field(ge=1)
    upheld: bool
    reasons: Text


class RecordService(Act):
    """Service (送达) of a decision or notice: how, when, to whom. What runs from the service runs from here."""

    verb: Literal["record_service"] = "record_service"
    entry: int = Field(ge=1)
    how: Literal["in_person", "post", "electronic", "public_notice", "left"]
    served_on: date
    to: Name
    proof: Document


class ProposeCorrection(Act):
    """更正 of a wrong entry: the entry stays, a superseding one stands after a second person confirmed it."""

    verb: Literal["propose_correction"] = "propose_correction"
    correction: Identifier
    sequence: int = Field(ge=1)
    reasons: Text
    right_text: Text
    position: Position | None = None
    """For a wrongly entered opinion: the right position."""


class ConfirmCorrection(Act):
    verb: Literal["confirm_correction"] = "confirm_correction"
    correction: Identifier
    confirmed: bool


class AdoptPolicy(Act):
    """Moves the scene to another version of its city's policy, which stands here by value."""

    verb: Literal["adopt_policy"] = "adopt_policy"
    policy: Policy
    reasons: Text


class LoadCalendar(Act):
    """A year's holiday notice; every open deadline that reaches into that year is recomputed.

    It moves the dates of everybody, so two persons stand behind it, by person id: the platform office's who proposed it
    and the leading group's who confirmed it (domain.md, who may do what).
    """

    verb: Literal["load_calendar"] = "load_calendar"
    notice: YearNotice
    proposed_by: Identifier | None = None
    confirmed_by: Identifier | None = None


class Override(Act):
    """The leading group re-opens a step with reasons; it never alters a score or an opinion.

    With `bidder` it is a step of that bidder's trial. `objection` names the upheld complaint that it follows from.
    """

    verb: Literal["override"] = "override"
    to: Identifier
    bidder: Name | None = Field(None, exclude_if=lambda bidder: bidder is None)
    reasons: Text
    objection: Identifier | None = Field(None, exclude_if=lambda objection: objection is None)


class DeclaredBidder(Frozen):
    """What is declared of a bidder of a scene that is taken over in or after matching.

    A running trial says the `phase` it is in, which its gate then counts from the day of the takeover. `paid_yuan` is
    all that was paid under the contract so far and not refunded.
    """

    bidder: Name
    contract_document: Document
    budget_yuan: int = Field(ge=0)
    plan: TrialPlan | None = None
    trial_started_on: date | None = None
    trial_ended_on: date | None = None
    phase: Phase | None = Field(None, exclude_if=lambda phase: phase is None)
    paid_yuan: int = Field(0, ge=0, le=100_000_000_000, exclude_if=lambda paid: not paid)


class TakeOver(Act):
    """存量导入: a scene already running elsewhere enters at `step`; its past is declared, not witnessed."""

    verb: Literal["take_over"] = "take_over"
    application: Application
    step: Identifier
    since: date
    lead: Name | None = None
    cooperating: tuple[Name, ...] | None = Field(None, max_length=40)
    regulator: Name | None = None
    bidders: tuple[DeclaredBidder, ...] = Field((), max_length=20)
    history: Text
    documents: tuple[Document, ...] = Field((), max_length=50)
    awarded_yuan: int = Field(0, ge=0, le=100_000_000_000, exclude_if=lambda awarded: not awarded)
    """What a benchmark was awarded so far."""


class ConfirmTakeOver(Act):
    """A second person has checked what was declared with a scene that was taken over, and its papers."""

    verb: Literal["confirm_take_over"] = "confirm_take_over"
    finding: Text


class PassDeadline(Act):
    """The system's: what is due at `at` has come due. Everything due at that instant is dealt with in one entry."""

    verb: Literal["pass_deadline"] = "pass_deadline"
    at: Moment


AnywhereAct = (
    Withdraw
    | AnswerWithdrawal
    | Terminate
    | Suspend
    | Resume
    | ReturnForCorrection
    | Resubmit
    | RequestExtension
    | DecideExtension
    | Reassign
    | Appeal
    | DecideAppeal
    | RecordService
    | ProposeCorrection
    | ConfirmCorrection
    | AdoptPolicy
    | LoadCalendar
    | Override
    | TakeOver
    | ConfirmTakeOver
    | PassDeadline
)
