"""A deadline is a fact: set, moved, paused and met by events, never recomputed on the fly.

It keeps all that is needed to recompute its date by hand: the clause it rests on, the period, the day it is counted
from (that day itself excluded, Civil Code 201), the calendar version, and what happened to it since.
"""

from datetime import date
from enum import StrEnum

from pydantic import Field

from .calendar import Arithmetic, Period
from .frozen import Frozen
from .text import Moment, Name
from .vocabulary import Machine, Role


class Holder(Frozen):
    """Whose turn it is. `person` is set where one person answers (an expert on a panel)."""

    role: Role
    unit: str
    person: str | None = None


class Level(StrEnum):
    """How loud a rung of the reminder ladder is."""

    REMIND = "remind"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    ASSESSMENT = "assessment"


class Rung(Frozen):
    """One reminder still to come: `name` is "T-5" or "T+3" in working days, `to` the role that hears of it."""

    name: str
    at: Moment
    level: Level
    to: Role | None = None
    """None: the holder of the deadline."""


class DeadlineStatus(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    OVERDUE = "overdue"


class Extension(Frozen):
    period: Period
    reason_sha256: str
    asked_by: str
    approved_by: str
    sequence: int


class Desk(Frozen):
    """At whose desk a duty lies: claimed by one person, perhaps prepared by another; and when it was last nudged."""

    claimed_by: str | None = None
    delegated_to: str | None = None
    nudged_on: date | None = None


class Deadline(Frozen):
    """One running clock of a scene.

    `id` is unique among the scene's open deadlines. `holder` None means a period that simply runs (a public notice,
    an inclusion period); otherwise the deadline is that holder's duty, discharged by one of `verbs`.
    `started_on` is the day of the triggering event. The present date is the count of `legs`, one after the other, from
    `counted_from` (that day excluded): the period, then each extension; after a pause what was left, from the day of
    resumption. No legs: the day was fixed, not counted. `arithmetic` is that of the last leg.
    `due_at` is the first instant at which it has passed. `remaining` counts the units left while paused (working days
    for a period in working days, seconds for one in hours, else natural days); negative where it was overdue.
    """

    id: str
    limit: str
    holder: Holder | None
    verbs: tuple[str, ...]
    machine: Machine
    bidder: str | None
    step: str
    clause: Name
    period: Period
    started_by: int
    started_on: date
    counted_from: date
    legs: tuple[Period, ...]
    due_on: date
    due_at: Moment
    provisional: bool
    calendar: str
    arithmetic: Arithmetic | None
    rungs: tuple[Rung, ...] = ()
    status: DeadlineStatus = DeadlineStatus.OPEN
    remaining: int | None = None
    extensions: tuple[Extension, ...] = ()
    desk: Desk | None = Field(None, exclude_if=lambda desk: desk is None)


class AwaitedService(Frozen):
    """A clock that starts with the service of what the entry decided; `id` is what the deadline will be called.

    `to` is whom it is served to; `on` the day of the decision, before which nothing can be served.
    """

    id: str
    entry: int
    on: date
    to: Holder | None
    limit: str
    holder: Holder | None
    verbs: tuple[str, ...]
    machine: Machine
    bidder: str | None
    step: str
    period: Period | None = None


class Duty(Frozen):
    """Who must do what by when: one open deadline seen from the side of its holder."""

    deadline: str
    limit: str
    holder: Holder
    verbs: tuple[str, ...]
    machine: Machine
    bidder: str | None
    due_on: date
    due_at: Moment
    provisional: bool
    status: DeadlineStatus
    desk: Desk | None = None
