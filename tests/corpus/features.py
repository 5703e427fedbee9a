"""What a history can take that another does not: rows of the lifecycle, verbs, events, alarms, ways of the workflow."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from audit.runs import RunHistory
from models.commands import ACTS
from models.commands.anywhere import PassDeadline
from models.deadline import Level
from models.events import EVENTS
from models.events.clock import DeadlinePassed, RungDue
from models.journal import JournalEntry
from models.vocabulary import Machine
from rules.alarms import CONSEQUENCES, STAYS_OPEN
from rules.lifecycle import ROWS, Row
from tests.invariants import rows_of

_ROWS = frozenset(ROWS)


class Feature(NamedTuple):
    """`city` is empty where it does not matter in which city it is taken."""

    kind: str
    what: str
    city: str = ""


def row(of: Row, city: str) -> Feature:
    return Feature("row", f"{of.machine}: {of.source or 'beginning'} --{of.by}--> {of.target}", city)


def step(machine: Machine, key: str, city: str) -> Feature:
    return Feature("step", f"{machine}: {key}", city)


@cache
def anywhere() -> frozenset[Feature]:
    """What has to be taken at least once, in whichever city."""
    return frozenset(
        {
            *(Feature("verb", verb) for verb in ACTS),
            *(Feature("event", kind) for kind in EVENTS),
            *(Feature("alarm", f"{limit} {'overdue' if limit in STAYS_OPEN else 'passed'}") for limit in CONSEQUENCES),
            *(Feature("rung", level.value) for level in Level),
        }
    )


def of_entry(entry: JournalEntry, city: str) -> Iterator[Feature]:
    """A row that is gone back (`take_back`) is none of the table's."""
    yield Feature("verb", entry.command.act.verb)
    for each in rows_of(entry):
        if each in _ROWS:
            yield row(each, city)
            yield step(each.machine, each.target, city)
    for event in entry.events:
        yield Feature("event", event.kind)
        match event:
            case DeadlinePassed() if isinstance(entry.command.act, PassDeadline):
                yield Feature("alarm", f"{event.id.split('/')[0]} {'overdue' if event.overdue else 'passed'}")
            case RungDue():
                yield Feature("rung", str(event.rung.level.value))
            case _:
                pass


def of_run(run: RunHistory, history: bytes) -> Iterator[Feature]:
    """The workflow's own branches; `history` is the run as Temporal's own tools read it."""
    ways = {
        "goes on at a stage's end": run.next_run is not None and not _same_stage(run),
        "goes on within a stage, for the run grew long": run.next_run is not None and _same_stage(run),
        "ends with its scene": run.end is not None and run.end["sequence"] > 0,
        "ends without a scene": run.end is not None and run.end["sequence"] == 0,
        "an alarm's timer fires": b"EVENT_TYPE_TIMER_FIRED" in history,
        "an alarm's timer is replaced": b"EVENT_TYPE_TIMER_CANCELED" in history,
        "several acts in one task": _stands_twice(act.task for act in run.acts),
        "several entries in one batch": any(len(batch.entries) > 1 for batch in run.batches),
        "takes over what was not recorded": bool(run.opening.get("unrecorded")),
        "hands over what was not recorded": bool((run.next_opening or {}).get("unrecorded")),
        "answers again what an earlier run answered": any(
            act.receipt is not None and act.receipt["sequence"] <= run.opening["state"]["sequence"] for act in run.acts
        ),
        "goes on under other rules": (run.next_opening or run.opening)["policy"] != run.opening["policy"],
    }
    for way, taken in ways.items():
        if taken:
            yield Feature("way", way)


WAYS = (
    "goes on at a stage's end", "goes on within a stage, for the run grew long", "ends with its scene",
    "ends without a scene", "an alarm's timer fires",
    "an alarm's timer is replaced", "several acts in one task", "several entries in one batch",
    "takes over what was not recorded", "hands over what was not recorded",
    "answers again what an earlier run answered", "goes on under other rules",
)  # fmt: skip
"""Of `workflows.scene`, but one: that a newer build waits, for which a server has to know of two builds."""


def _same_stage(run: RunHistory) -> bool:
    return bool(run.next_opening["state"]["stage"] == run.opening["state"]["stage"])


def _stands_twice(numbers: Iterable[int]) -> bool:
    return any(many > 1 for many in Counter(numbers).values())
