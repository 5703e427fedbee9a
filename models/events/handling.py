"""Who has a duty on their desk, who signs with it, who was told, and what was taken back."""

from datetime import date
from typing import Literal

from models.text import Moment

from .event import Event


class DutyEvent(Event):
    duty: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"duty/{self.duty}",)


class DutyClaimed(DutyEvent):
    kind: Literal["duty_claimed"] = "duty_claimed"
    person: str


class DutyReleased(DutyEvent):
    """`by` differs from `person` where a colleague released it."""

    kind: Literal["duty_released"] = "duty_released"
    person: str
    by: str


class DutyTransferred(DutyEvent):
    kind: Literal["duty_transferred"] = "duty_transferred"
    person: str
    to: str


class DutyDelegated(DutyEvent):
    kind: Literal["duty_delegated"] = "duty_delegated"
    person: str
    to: str


class DutyHandedBack(DutyEvent):
    kind: Literal["duty_handed_back"] = "duty_handed_back"
    person: str
    by: str


class DutyNudged(Event):
    """Changes nothing that another decision could rest on."""

    kind: Literal["duty_nudged"] = "duty_nudged"
    duty: str
    by_unit: str
    on: date


class CopySent(Event):
    kind: Literal["copy_sent"] = "copy_sent"
    units: tuple[str, ...]
    by_unit: str


class SignerAdded(Event):
    kind: Literal["signer_added"] = "signer_added"
    unit: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("parts",)


class SignerRemoved(Event):
    kind: Literal["signer_removed"] = "signer_removed"
    unit: str

    @property
    def touches(self) -> tuple[str, ...]:
        return ("parts", f"opinion/{self.unit}")


class ActTakenBack(Event):
    """The scene stands again as it stood before `entry`; `subjects` are what that act was about."""

    kind: Literal["act_taken_back"] = "act_taken_back"
    entry: int
    verb: str
    by: str
    at: Moment
    subjects: tuple[str, ...]

    @property
    def touches(self) -> tuple[str, ...]:
        return self.subjects


HandlingEvent = (
    DutyClaimed
    | DutyReleased
    | DutyTransferred
    | DutyDelegated
    | DutyHandedBack
    | DutyNudged
    | CopySent
    | SignerAdded
    | SignerRemoved
    | ActTakenBack
)
