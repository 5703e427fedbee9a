"""How a duty is handled among people: who has taken it up, who prepares it, who signs with it, who is told of it.

None of these discharges a duty or moves its date: they say at whose desk it lies.
"""

from typing import Literal

from pydantic import Field

from models.text import DeadlineId, Identifier, Name, Text

from .act import Act


class DutyAct(Act):
    """An act about one open duty, by the id that `scene deadlines` shows."""

    duty: DeadlineId


class ClaimDuty(DutyAct):
    """认领: from now on the duty is this person's; a colleague's act is refused until it is released or transferred."""

    verb: Literal["claim_duty"] = "claim_duty"


class ReleaseDuty(DutyAct):
    """The duty lies open to the whole unit again. A colleague may do it as well: people fall ill."""

    verb: Literal["release_duty"] = "release_duty"
    reasons: Text


class TransferDuty(DutyAct):
    """转办: the duty is another person's from now on, and does not come back."""

    verb: Literal["transfer_duty"] = "transfer_duty"
    to: Identifier
    reasons: Text


class DelegateDuty(DutyAct):
    """委办: another person prepares it and hands it back; the decision stays with who has claimed it."""

    verb: Literal["delegate_duty"] = "delegate_duty"
    to: Identifier
    reasons: Text


class HandBackDuty(DutyAct):
    """What was delegated comes back: handed back by who prepared it, or called back by who delegated it."""

    verb: Literal["hand_back_duty"] = "hand_back_duty"
    note: Text


class Nudge(DutyAct):
    """催办: its holder is told once more, out of turn."""

    verb: Literal["nudge"] = "nudge"
    note: Text


class CopyTo(Act):
    """抄送: units are told of the scene as it stands. A copy gives no right to act."""

    verb: Literal["copy_to"] = "copy_to"
    units: tuple[Name, ...] = Field(min_length=1, max_length=20)
    note: Text


class AddSigner(Act):
    """加签: one more department is asked in the consultation that is open, with its own full time."""

    verb: Literal["add_signer"] = "add_signer"
    unit: Name
    reasons: Text


class RemoveSigner(Act):
    """减签: a department that has not answered yet is asked no more."""

    verb: Literal["remove_signer"] = "remove_signer"
    unit: Name
    reasons: Text


class TakeBack(Act):
    """撤回: one's own last act is undone, before anybody else has acted in the scene."""

    verb: Literal["take_back"] = "take_back"
    entry: int = Field(ge=1)
    reasons: Text


HandlingAct = (
    ClaimDuty
    | ReleaseDuty
    | TransferDuty
    | DelegateDuty
    | HandBackDuty
    | Nudge
    | CopyTo
    | AddSigner
    | RemoveSigner
    | TakeBack
)
