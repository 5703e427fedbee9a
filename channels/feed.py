"""A department's deadlines as iCalendar (RFC 5545): each keeps its UID; a change or its end raises its SEQUENCE."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol

from icalendar import Calendar, Event

from models.deadline import Deadline, DeadlineStatus
from models.refusal import Language
from models.words import LIMITS, VERBS

PRODUCT = "-//Scene Lifecycle Engine//deadlines//ZH"


class Held(Protocol):
    """What `storage.reads.HeldDeadline` is."""

    @property
    def scene(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def sequence(self) -> int: ...

    @property
    def deadline(self) -> Deadline: ...

    @property
    def ended(self) -> bool: ...


def feed(held: Iterable[Held], *, title: str, language: Language, now: datetime) -> bytes:
    """One all-day event a deadline, on its last day. One that has ended is cancelled, a provisional one tentative."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for each in held:
        calendar.add_component(_event(each, language, now))
    return bytes(calendar.to_ical())


def _event(held: Held, language: Language, now: datetime) -> Event:
    deadline = held.deadline
    limit = LIMITS[deadline.limit].text(language)
    between = "、" if language == "zh" else ", "
    to_do = between.join(VERBS[verb].text(language) for verb in deadline.verbs)
    lines = [f"{held.scene} {held.name}", to_do, deadline.clause]
    event = Event()
    event.add("uid", uid(held.scene, deadline))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", held.sequence)
    event.add("dtstart", deadline.due_on)
    event.add("dtend", deadline.due_on + timedelta(days=1))
    event.add("summary", f"{held.name}：{limit}" if language == "zh" else f"{held.name}: {limit}")
    event.add("description", "\n".join(line for line in lines if line))
    event.add("transp", "TRANSPARENT")
    event.add("status", _status(held))
    return event


def _status(held: Held) -> str:
    if held.ended:
        return "CANCELLED"
    paused = held.deadline.status is DeadlineStatus.PAUSED
    return "TENTATIVE" if paused or held.deadline.provisional else "CONFIRMED"


def uid(scene: str, deadline: Deadline) -> str:
    """The same for one deadline through all its changes; another for a later one under the same name. ASCII."""
    key = sha256(f"{scene}|{deadline.id}|{deadline.started_by}".encode()).hexdigest()[:32]
    return f"{key}@scene-lifecycle-engine"
