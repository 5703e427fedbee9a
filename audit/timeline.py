"""The time machine: how a scene stood at an entry, an event of a history, or a moment, across all of its runs.

It is read from the evidence of a bundle, in two ways that have to agree: the fold of the journal, and the workflow's
own answers in a replay (`audit.rerun`), one for each workflow task. An entry counts from the event that its workflow
task began with; a state holds until the next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from audit.evidence import SceneEvidence
from audit.findings import first_difference
from models.deadline import Deadline, Duty
from models.frozen import Frozen
from models.journal import JournalEntry
from models.policy import Policy
from models.state import SceneState
from models.text import Moment
from rules.duties import duties
from rules.journal import fold, policy_after

PointOf = Literal["entry", "run", "event", "moment"]


class Point(Frozen):
    """One entry. `run` counts from 1; `event` is that of its workflow task; both are None where no history has it."""

    sequence: int
    at: Moment
    run: int | None
    event: int | None
    verb: str
    person: str
    unit: str
    role: str
    on_behalf_of: tuple[str, ...]
    events: tuple[str, ...]
    stage: str
    step: str
    duties: int
    policy: str
    calendar: str


class Standing(Frozen):
    """The scene after entry `sequence`: its state, who had to do what, which clocks ran, and under which rules."""

    scene: str
    sequence: int
    at: Moment
    run: int | None
    event: int | None
    entry: JournalEntry
    state: SceneState
    duties: tuple[Duty, ...]
    clocks: tuple[Deadline, ...]
    city: str
    policy: str
    policy_version: str
    calendar: str


class Nothing(LookupError):
    """There is no such point: `of` is what was asked for by its number or moment `which`, and what there is goes from
    `first` to `last`: nothing where `last` is None."""

    def __init__(self, of: PointOf, which: int | datetime, first: int | datetime, last: int | None) -> None:
        super().__init__(f"{of} {which}; there is {first} to {last}")
        self.of, self.which, self.first, self.last = of, which, first, last


@dataclass(frozen=True)
class Timeline:
    evidence: SceneEvidence
    places: dict[int, tuple[int, int]]
    """Sequence: run (from 1) and event."""

    @classmethod
    def of(cls, evidence: SceneEvidence) -> "Timeline":
        return cls(evidence, dict(_places(evidence)))

    @property
    def last(self) -> int:
        return self.evidence.entries[-1].sequence if self.evidence.entries else 0

    def at_sequence(self, sequence: int) -> int:
        """Raises Nothing."""
        if not 1 <= sequence <= self.last:
            raise Nothing("entry", sequence, 1, self.last)
        return sequence

    def at_time(self, moment: datetime) -> int:
        """The last entry at or before a moment. Raises Nothing."""
        before = [entry.sequence for entry in self.evidence.entries if entry.at <= moment]
        if not before:
            raise Nothing("moment", moment, self.evidence.entries[0].at if self.evidence.entries else moment, None)
        return before[-1]

    def at_event(self, run: int, event: int) -> int:
        """The last entry as of an event of a run. Raises Nothing."""
        runs = self.evidence.runs
        if not 1 <= run <= len(runs):
            raise Nothing("run", run, 1, len(runs))
        if not 1 <= event <= runs[run - 1].events:
            raise Nothing("event", event, 1, runs[run - 1].events)
        before = [sequence for sequence, place in self.places.items() if place <= (run, event)]
        if not before:
            raise Nothing("event", event, min((place for _, place in self.places.values()), default=0), None)
        return max(before)

    def points(self) -> Iterator[Point]:
        for state, _, entry in _folded(self.evidence, None):
            run, event = self.places.get(entry.sequence, (None, None))
            actor = entry.command.actor
            yield Point(
                sequence=entry.sequence,
                at=entry.at,
                run=run,
                event=event,
                verb=entry.command.act.verb,
                person=actor.person,
                unit=actor.unit,
                role=actor.role,
                on_behalf_of=actor.on_behalf_of,
                events=tuple(dict.fromkeys(each.kind for each in entry.events)),
                stage=state.stage,
                step=state.step,
                duties=len(duties(state)),
                policy=entry.policy,
                calendar=entry.calendar,
            )

    def standings(self, policy: Policy) -> Iterator[Standing]:
        """After each entry. `policy` is what the scene began under."""
        for state, in_force, entry in _folded(self.evidence, policy):
            run, event = self.places.get(entry.sequence, (None, None))
            in_force = in_force or policy
            yield Standing(
                scene=self.evidence.scene,
                sequence=entry.sequence,
                at=entry.at,
                run=run,
                event=event,
                entry=entry,
                state=state,
                duties=tuple(duties(state)),
                clocks=state.deadlines,
                city=in_force.city,
                policy=in_force.digest,
                policy_version=in_force.version,
                calendar=in_force.calendar.version,
            )

    def standing(self, sequence: int, policy: Policy) -> Standing:
        """After entry `sequence`. Raises Nothing."""
        for each in self.standings(policy):
            if each.sequence == sequence:
                return each
        raise Nothing("entry", sequence, 1, self.last)


BOOKKEEPING = ("sequence", "last", "touched", "receipts", "hands")
"""Fields of the state that change with every entry, and say nothing about how the scene stands."""


class Change(Frozen):
    """One value of the state that differs between two points; `at` is its place."""

    at: str
    before: Any
    after: Any

    @property
    def is_bookkeeping(self) -> bool:
        return self.at.split("[")[0].split(".")[0] in BOOKKEEPING


def differences(before: SceneState, after: SceneState) -> tuple[Change, ...]:
    """What is otherwise in `after`, down to the single value."""
    return tuple(_changes(before.model_dump(mode="json"), after.model_dump(mode="json"), ""))


def _changes(before: Any, after: Any, at: str) -> Iterator[Change]:
    match before, after:
        case dict(), dict():
            for key in [*before, *(key for key in after if key not in before)]:
                yield from _changes(before.get(key), after.get(key), f"{at}.{key}" if at else key)
        case list(), list():
            one, other = _named(before), _named(after)
            for key in [*one, *(key for key in other if key not in one)]:
                yield from _changes(one.get(key), other.get(key), f"{at}[{key}]")
        case _ if before != after:
            yield Change(at=at, before=before, after=after)
        case _:
            pass


def _named(items: Sequence[Any]) -> dict[str, Any]:
    """Items of a list by their own names where they have some: a deadline that was met shifts no other."""
    for name in ("id", "bidder", "command_id", "key", "deed"):
        names = [each.get(name) for each in items if isinstance(each, dict)]
        if len(names) == len(items) and None not in names and len(set(names)) == len(names):
            return dict(zip(map(str, names), items, strict=True))
    return {str(place): each for place, each in enumerate(items)}


def disagreements(timeline: Timeline, run: int, snapshots: Sequence[tuple[int, Any]]) -> Iterator[str]:
    """Where the replay of a run saw another state than the journal gives; empty where the two ways agree.

    `snapshots` are history lengths, each with the state as JSON.
    """
    states = {entry.sequence: state for state, _, entry in _folded(timeline.evidence, None)}
    for length, seen in snapshots:
        sequence = seen["sequence"]
        if sequence == 0:
            continue
        try:
            expected = timeline.at_event(run, length)
        except Nothing:
            expected = 0
        if sequence != expected:
            yield f"run {run}, event {length}: the replay stands at entry {sequence}, the journal at {expected}"
        elif (found := first_difference(seen, states[sequence].model_dump(mode="json"))) is not None:
            at, replayed, by_journal = found
            yield f"run {run}, event {length}, entry {sequence}: {at} is {replayed!r}, by the journal {by_journal!r}"


def _folded(evidence: SceneEvidence, policy: Policy | None) -> Iterator[tuple[SceneState, Policy | None, JournalEntry]]:
    """The state after each entry, and the policy then in force."""
    state = SceneState(scene=evidence.scene)
    for entry in evidence.entries:
        state = fold(state, entry)
        policy = policy_after(policy, entry) if policy is not None else None
        yield state, policy, entry


def _places(evidence: SceneEvidence) -> Iterator[tuple[int, tuple[int, int]]]:
    for number, run in enumerate(evidence.runs):
        for sequence, task in evidence.tasks_of(number).items():
            yield sequence, (run.place + 1, task.event)
