"""A deadline's whole story, for whoever wants to count it again: what started it, what moved it and why, day by day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from models.calendar import SATURDAY, Calendar, Period, Unit
from models.commands.anywhere import PassDeadline
from models.deadline import Deadline
from models.events import AnyEvent
from models.events.clock import (
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMoved,
    DeadlinePassed,
    DeadlinePaused,
    DeadlineSet,
)
from models.frozen import Frozen
from models.journal import JournalEntry
from models.text import Moment
from models.vocabulary import Role
from rules.calendar import due_date, is_published, is_workday

_DAY = timedelta(days=1)


class DayKind(StrEnum):
    WORKDAY = "workday"
    MAKEUP = "makeup_workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class CountedDay(Frozen):
    """`number`: the how manieth of its leg it is; None for a day that does not count. `name`: of the holiday."""

    on: date
    kind: DayKind
    name: str | None
    number: int | None
    published: bool


class Leg(Frozen):
    """One stretch: `period` counted from `start` (that day excluded) to `due_on`. Days of natural periods all count."""

    period: Period
    start: date
    due_on: date
    days: tuple[CountedDay, ...]


class Turn(Frozen):
    """What happened to the deadline in one entry, by whom, and why. `remaining` is in the deadline's own unit."""

    sequence: int
    at: Moment
    what: Literal["set", "moved", "paused", "met", "passed", "cancelled"]
    verb: str
    role: Role
    unit: str
    on_behalf_of: tuple[str, ...]
    because: str | None
    reasons: str | None
    due_on: date | None
    remaining: int | None


class Explanation(Frozen):
    """`deadline` as it stands now; `legs` are how its present date was counted, empty where it was fixed."""

    deadline: Deadline
    turns: tuple[Turn, ...]
    legs: tuple[Leg, ...]


def explained(journal: Sequence[JournalEntry], id: str, calendar: Calendar) -> Explanation | None:
    """The newest deadline of this id; None where there never was one. `calendar`: the one that it was counted by."""
    turns: list[Turn] = []
    deadline: Deadline | None = None
    for entry in journal:
        for event in entry.events:
            match event:
                case DeadlineSet(deadline=Deadline(id=its) as new) if its == id:
                    deadline, turns = new, [_turn(entry, event, new)]
                case DeadlineMoved(deadline=Deadline(id=its) as new) if its == id:
                    deadline = new
                    turns.append(_turn(entry, event, new))
                case DeadlinePaused() | DeadlineMet() | DeadlinePassed() | DeadlineCancelled() if event.id == id:
                    turns.append(_turn(entry, event, deadline))
                case _:
                    pass
    if deadline is None:
        return None
    return Explanation(deadline=deadline, turns=tuple(turns), legs=tuple(_legs(deadline, calendar)))


def _turn(entry: JournalEntry, event: AnyEvent, deadline: Deadline | None) -> Turn:
    act, actor = entry.command.act, entry.command.actor
    because = getattr(event, "because", None)
    return Turn(
        sequence=entry.sequence,
        at=entry.at,
        what=_WORDS[type(event)],
        verb=act.verb,
        role=actor.role,
        unit=actor.unit,
        on_behalf_of=actor.on_behalf_of,
        because=because,
        reasons=None if isinstance(act, PassDeadline) else getattr(act, "reasons", None),
        due_on=deadline.due_on if deadline and isinstance(event, DeadlineSet | DeadlineMoved) else None,
        remaining=getattr(event, "remaining", None),
    )


_WORDS: dict[type[AnyEvent], Literal["set", "moved", "paused", "met", "passed", "cancelled"]] = {
    DeadlineSet: "set",
    DeadlineMoved: "moved",
    DeadlinePaused: "paused",
    DeadlineMet: "met",
    DeadlinePassed: "passed",
    DeadlineCancelled: "cancelled",
}


def _legs(deadline: Deadline, calendar: Calendar) -> Iterator[Leg]:
    start = deadline.counted_from
    for period in deadline.legs:
        due_on = due_date(calendar, start, period).on
        yield Leg(period=period, start=start, due_on=due_on, days=tuple(_days(calendar, start, due_on, period)))
        start = due_on


def _days(calendar: Calendar, start: date, due_on: date, period: Period) -> Iterator[CountedDay]:
    number = 0
    day = start
    while day < due_on:
        day += _DAY
        counts = is_workday(calendar, day) or period.unit is not Unit.WORKDAYS
        number += counts
        kind, name = _kind(calendar, day)
        published = is_published(calendar, day.year)
        yield CountedDay(on=day, kind=kind, name=name, number=number if counts else None, published=published)


def _kind(calendar: Calendar, day: date) -> tuple[DayKind, str | None]:
    for notice in calendar.notices:
        for holiday in notice.holidays:
            if day in holiday.days:
                return DayKind.HOLIDAY, holiday.name
    if day.weekday() < SATURDAY:
        return DayKind.WORKDAY, None
    return (DayKind.MAKEUP if day in calendar.makeup_workdays else DayKind.WEEKEND), None
