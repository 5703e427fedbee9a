"""What somebody is told, and who: written to the outbox together with the entry that it comes from.

Units of two cities may bear the same name (市科技局), so the key of a unit's or an office's mailbox names the city.
"""

from datetime import date
from enum import StrEnum

from pydantic import Field

from .deadline import Level
from .frozen import Frozen
from .text import Moment
from .vocabulary import Outcome, Role


class NotificationKind(StrEnum):
    """Why somebody is told."""

    DUTY_SET = "duty_set"
    DUTY_MOVED = "duty_moved"
    REMINDER = "reminder"
    HANDED_OVER = "handed_over"
    DECISION = "decision"
    DOCUMENT = "document"
    NUDGE = "nudge"
    COPY = "copy"
    DUTY_OVER = "duty_over"
    STOP_THRESHOLD = "stop_threshold"
    CLOSED = "closed"


class Matter(Frozen):
    """What it is about. Facts only: no free text, and no person."""

    city: str
    scene: str
    name: str
    step: str
    limit: str | None = None
    verbs: tuple[str, ...] = ()
    bidder: str | None = None
    item: str | None = Field(None, exclude_if=lambda item: item is None)
    """Of several clocks of one bidder: its incident, or the fault that was ordered to be corrected."""
    due_on: date | None = None
    due_at: Moment | None = None
    provisional: bool = False
    paused: bool = False
    verb: str | None = None
    outcome: Outcome | None = None
    part: str | None = None
    given_to: str | None = None


class Notification(Frozen):
    """One message. `rung` tells it from the recipient's others of the same entry; it goes out from `send_after` on."""

    recipient: str
    rung: str
    kind: NotificationKind
    level: Level = Level.REMIND
    deadline: str | None = None
    send_after: Moment
    matter: Matter


def unit_mailbox(city: str, unit: str) -> str:
    return f"unit:{city}/{unit}"


def person_mailbox(person: str) -> str:
    return f"person:{person}"


def role_mailbox(city: str, role: Role) -> str:
    """For an office whose unit the scene does not know: the directory does."""
    return f"role:{city}/{role.value}"
