"""A whole life in numbers, counted from its journal."""

from collections.abc import Sequence
from typing import NamedTuple

from models.deadline import Level
from models.events.clock import DeadlinePassed, RungDue, SceneClosed, StepEntered
from models.journal import JournalEntry
from models.vocabulary import Machine, Outcome, Role, Stage
from rules.deadlines import local_day

STAGES = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
LOUD = (Level.YELLOW, Level.ORANGE, Level.RED, Level.ASSESSMENT)


class Life(NamedTuple):
    """`decisions` are the acts of people; `loudest` is how far up an overdue duty was heard."""

    days: int
    stages: tuple[Stage, ...]
    decisions: int
    reminders: int
    overdue: int
    loudest: Level | None
    outcome: Outcome | None


def life_of(journal: Sequence[JournalEntry]) -> Life:
    events = [event for entry in journal for event in entry.events]
    entered = {each.stage for each in events if isinstance(each, StepEntered) and each.machine is Machine.SCENE}
    levels = {event.rung.level for event in events if isinstance(event, RungDue)}
    return Life(
        days=(local_day(journal[-1].at) - local_day(journal[0].at)).days,
        stages=tuple(stage for stage in STAGES if stage in entered),
        decisions=sum(entry.command.actor.role is not Role.SYSTEM for entry in journal),
        reminders=sum(isinstance(event, RungDue) for event in events),
        overdue=sum(isinstance(event, DeadlinePassed) and event.overdue for event in events),
        loudest=next((level for level in reversed(LOUD) if level in levels), None),
        outcome=next((event.outcome for event in events if isinstance(event, SceneClosed)), None),
    )
