"""The risk compensation pool (风险补偿资金池) of a city: a stream of its own, beside the scenes that draw on it.

Money is whole yuan. Whoever claims sends along how the scene stood: an entry of its journal, by sequence and chain
head, and what follows from it. So the pool asks no scene, and anybody can compare the two journals later.
"""

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .actor import Actor
from .calendar import Period
from .canonical import canonical
from .deadline import Holder, Rung
from .document import Document
from .frozen import Frozen
from .text import Digest, Identifier, Moment, Name, Text

Yuan = Annotated[int, Field(ge=1, le=100_000_000_000, strict=True)]
"""At most a hundred billion."""
Ground = Literal["safety", "breach", "force_majeure"]
"""Why a trial was terminated, as the scene's journal has it."""


class SceneReading(Frozen):
    """How a scene stood at an entry of its journal, as far as a claim depends on it (`rules.fund.read_scene`)."""

    scene: Identifier
    sequence: int = Field(ge=1, strict=True)
    head: Digest
    """The chain's hash of that entry."""
    city: Name
    lead: Name | None = None
    trial: Name | None = None
    """The step of the bidder's trial; None where it has none."""
    breached: bool = False
    """Whether the bidder's inclusion period was breached, or a red line found otherwise."""
    red_line_open: bool = Field(False, exclude_if=lambda open_: not open_)
    """Whether it is still asked if an incident was a red line."""
    unconfirmed: bool = Field(False, exclude_if=lambda waits: not waits)
    """Whether a takeover, on which all this rests, still waits to be confirmed by a second person."""
    happened_on: date | None = None
    """The day of what is claimed for; None where there was no such thing."""
    ground: Ground | None = None
    people: tuple[Identifier, ...] = ()
    """Who has acted for a bidder of the scene."""
    judges: tuple[Identifier, ...] = ()
    """Who has decided on one."""
    units: tuple[Name, ...] = ()
    """Who bids, alone or in a consortium."""


# what can be asked


class PayIn(Frozen):
    verb: Literal["pay_into_fund"] = "pay_into_fund"
    amount_yuan: Yuan
    source: Name
    """Whose money it is."""
    document: Document


class FileClaim(Frozen):
    """`incident` None: for what came of the trial's termination."""

    verb: Literal["claim_from_fund"] = "claim_from_fund"
    bidder: Name
    cause: Identifier
    incident: Identifier | None = None
    loss_yuan: Yuan
    amount_yuan: Yuan
    evidence: Document
    reading: SceneReading


class WithdrawClaim(Frozen):
    verb: Literal["withdraw_fund_claim"] = "withdraw_fund_claim"
    claim: int
    reasons: Text


class ProposeCompensation(Frozen):
    verb: Literal["propose_compensation"] = "propose_compensation"
    claim: int
    amount_yuan: Yuan
    findings: Text


class ApproveCompensation(Frozen):
    """`amount_yuan` is what the approver has before them: approved is what was seen, or nothing."""

    verb: Literal["approve_compensation"] = "approve_compensation"
    claim: int
    amount_yuan: Yuan
    reasons: Text


class DeclineCompensation(Frozen):
    """Of a proposal, or of what was approved and is not paid yet."""

    verb: Literal["decline_compensation"] = "decline_compensation"
    claim: int
    reasons: Text


class PayCompensation(Frozen):
    verb: Literal["pay_compensation"] = "pay_compensation"
    claim: int
    proof: Document


class RecoverCompensation(Frozen):
    """Paid money that came back: from insurance, or because it was not due."""

    verb: Literal["recover_compensation"] = "recover_compensation"
    claim: int
    amount_yuan: Yuan
    document: Document


OnClaim = (
    WithdrawClaim
    | ProposeCompensation
    | ApproveCompensation
    | DeclineCompensation
    | PayCompensation
    | RecoverCompensation
)
FundAct = PayIn | FileClaim | OnClaim


class FundCommand(Frozen):
    """`command_id` is the idempotency key within the city's pool.

    An act that was done on paper is entered afterwards (补录) with the day on which it took effect, and its paper.
    """

    command_id: Identifier
    actor: Actor
    effective_on: date | None = Field(None, exclude_if=lambda day: day is None)
    effective_document: Digest | None = Field(None, exclude_if=lambda paper: paper is None)
    act: Annotated[FundAct, Field(discriminator="verb")]

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(self)).hexdigest()


# what can have happened


class FundDue(Frozen):
    """By when the next step is to be taken: counted from `since` (that day excluded) on a calendar version.

    `holder` takes it; `rungs` are the reminders, made when the duty began by the entry `sequence`. A duty from before
    there were reminders has none.
    """

    verb: str
    since: date
    period: Period
    on: date
    provisional: bool
    calendar: str
    clause: Name
    sequence: int = 0
    holder: Holder | None = None
    rungs: tuple[Rung, ...] = ()


class PaidIn(Frozen):
    kind: Literal["paid_in"] = "paid_in"
    amount_yuan: int
    source: Name


class ClaimFiled(Frozen):
    kind: Literal["claim_filed"] = "claim_filed"
    claim: "Claim"


class ClaimWithdrawn(Frozen):
    kind: Literal["claim_withdrawn"] = "claim_withdrawn"
    claim: int


class CompensationProposed(Frozen):
    kind: Literal["compensation_proposed"] = "compensation_proposed"
    claim: int
    amount_yuan: int
    by: tuple[Identifier, ...]
    due: FundDue


class CompensationApproved(Frozen):
    """From here on the amount is reserved. `year` is the one whose cap it counts in."""

    kind: Literal["compensation_approved"] = "compensation_approved"
    claim: int
    amount_yuan: int
    year: int
    by: tuple[Identifier, ...]
    due: FundDue


class CompensationDeclined(Frozen):
    kind: Literal["compensation_declined"] = "compensation_declined"
    claim: int


class CompensationPaid(Frozen):
    kind: Literal["compensation_paid"] = "compensation_paid"
    claim: int
    amount_yuan: int
    on: date | None = None


class CompensationRecovered(Frozen):
    kind: Literal["compensation_recovered"] = "compensation_recovered"
    claim: int
    amount_yuan: int


FundEvent = (
    PaidIn
    | ClaimFiled
    | ClaimWithdrawn
    | CompensationProposed
    | CompensationApproved
    | CompensationDeclined
    | CompensationPaid
    | CompensationRecovered
)


class FundEntry(Frozen):
    """The unit of truth, chained as a scene's journal is (`models.journal.link`)."""

    sequence: int
    at: Moment
    command: FundCommand
    events: tuple[Annotated[FundEvent, Field(discriminator="kind")], ...]
    policy: str
    calendar: str
    reading: SceneReading | None = Field(None, exclude_if=lambda reading: reading is None)
    """How the scene stood when it was proposed, approved or paid."""


class FundReceipt(Frozen):
    city: Name
    sequence: int
    command_id: Identifier
    digest: Digest
    at: Moment
    claim: int | None


# how it stands


class ClaimStatus(StrEnum):
    FILED = "filed"
    PROPOSED = "proposed"
    APPROVED = "approved"
    PAID = "paid"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Claim(Frozen):
    """`granted_yuan` is what was approved, and reserved until it is paid; `granted_in` the year whose cap it is in.

    `people` are the claimant's: they, `proposers` and `approvers` are persons by id. `rests_on` and `head` tell which
    entry of the scene's journal was read.
    """

    number: int
    scene: Identifier
    bidder: Name
    lead: Name | None
    cause: Identifier
    incident: Identifier | None
    loss_yuan: int
    amount_yuan: int
    evidence: Document
    rests_on: int
    head: Digest
    people: tuple[Identifier, ...]
    units: tuple[Name, ...]
    filed_on: date
    stepped_on: date | None = None
    """The day of its last step."""
    due: FundDue | None
    """None once nothing is to be done any more."""
    status: ClaimStatus = ClaimStatus.FILED
    proposed_yuan: int | None = None
    proposers: tuple[Identifier, ...] = ()
    granted_yuan: int = 0
    granted_in: int | None = None
    approvers: tuple[Identifier, ...] = ()
    recovered_yuan: int = 0


ClaimFiled.model_rebuild()


class FundState(Frozen):
    """A fold of the city's fund journal. `reserved_yuan` is approved and not paid."""

    city: str
    sequence: int = 0
    paid_in_yuan: int = 0
    paid_out_yuan: int = 0
    recovered_yuan: int = 0
    reserved_yuan: int = 0
    claims: tuple[Claim, ...] = ()

    @property
    def balance_yuan(self) -> int:
        return self.paid_in_yuan + self.recovered_yuan - self.paid_out_yuan

    @property
    def available_yuan(self) -> int:
        return self.balance_yuan - self.reserved_yuan
