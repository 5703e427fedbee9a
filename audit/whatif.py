"""What would have been under another policy: the recorded commands, at their own moments, judged by other rules.

Both lives are lived by the same hand, under the policies of the time and under the other one: time passes alarm by
alarm, and each person does again what they did then. What they would have done instead nobody knows. So a command that
the other rules refuse is told, and what depends on it falls away with it: read the first divergence as the cause.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from models.commands.anywhere import AdoptPolicy, PassDeadline
from models.events import AnyEvent
from models.events.clock import DeadlineMoved, DeadlineSet, RungDue
from models.frozen import Frozen
from models.journal import JournalEntry
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.text import Moment
from rules.alarms import next_alarm
from rules.deadlines import local_day
from rules.journal import admit, due_alarm, entry_for, fold, policy_after

Kind = Literal["refused", "possible", "step", "date", "reminder", "outcome"]


class Divergence(Frozen):
    """What is otherwise from entry `sequence` of the record on, at `at`; None stands for what is not there."""

    kind: Kind
    sequence: int
    at: Moment
    what: str
    before: str | None
    after: str | None


class Comparison(Frozen):
    """One scene under two policies. `unlike_record`: even under its own policies the record is not lived again."""

    scene: str
    divergences: tuple[Divergence, ...]
    ended: tuple[str, str]
    would_end: tuple[str, str]
    refused: int
    unlike_record: bool

    @property
    def first(self) -> Divergence | None:
        return self.divergences[0] if self.divergences else None


@dataclass
class _Life:
    """Facts are kept with the recorded entry that they follow.

    `dates` are the dates of a deadline as often as it was set, each with those to which it was moved.
    """

    state: SceneState
    refused: dict[int, str] = field(default_factory=dict)
    steps: dict[int, str] = field(default_factory=dict)
    dates: dict[tuple[str, int], list[tuple[int, date]]] = field(default_factory=dict)
    reminders: dict[tuple[str, str, int], tuple[int, date]] = field(default_factory=dict)


def compared(scene: str, entries: Sequence[JournalEntry], began_under: Policy, other: Policy) -> Comparison:
    """`began_under` is the policy of the first entry, of which there is one at least; `other` has its own calendar."""
    own, else_ = _lived(scene, entries, began_under, adopts=True), _lived(scene, entries, other, adopts=False)
    recorded = SceneState(scene=scene)
    for entry in entries:
        recorded = fold(recorded, entry)
    found = sorted(_divergences(entries, own, else_), key=lambda each: (each.sequence, _ORDER[each.kind]))
    return Comparison(
        scene=scene,
        divergences=tuple(found),
        ended=_end(own.state),
        would_end=_end(else_.state),
        refused=len(else_.refused.keys() - own.refused.keys()),
        unlike_record=bool(own.refused) or _end(own.state) != _end(recorded),
    )


def _lived(scene: str, entries: Sequence[JournalEntry], policy: Policy, *, adopts: bool) -> _Life:
    """Each command is the very one that was recorded, under its own number: what it names is called as it was then."""
    life, after = _Life(SceneState(scene=scene)), 0
    for entry in entries:
        _let_pass(life, policy, entry, after)
        left_out = PassDeadline if adopts else (PassDeadline, AdoptPolicy)
        if not isinstance(entry.command.act, left_out):
            after = entry.sequence
            life.state = _numbered(life.state, entry.sequence - 1)
            try:
                made = admit(policy, life.state, entry.command, entry.at)
            except Refused as refused:
                life.refused[entry.sequence] = refused.code
            else:
                for each in made:
                    _enter(life, each, after)
                    policy = policy_after(policy, each)
        life.steps[entry.sequence] = life.state.step
    return life


def _let_pass(life: _Life, policy: Policy, until: JournalEntry, after: int) -> None:
    """Every alarm at its own moment. However many there are, the next command has the number that it had."""
    while (at := next_alarm(life.state)) is not None and at <= until.at:
        state = _numbered(life.state, min(life.state.sequence, max(until.sequence - 2, 0)))
        alarm = due_alarm(state, at)
        if alarm is None:
            return
        life.state = state
        _enter(life, entry_for(policy, state, alarm, at), after)


def _numbered(state: SceneState, sequence: int) -> SceneState:
    return state if state.sequence == sequence else state.model_copy(update={"sequence": sequence})


def _enter(life: _Life, entry: JournalEntry, after: int) -> None:
    life.state = fold(life.state, entry)
    for event in entry.events:
        _note(life, event, after)


def _note(life: _Life, event: AnyEvent, after: int) -> None:
    match event:
        case DeadlineSet(deadline=deadline):
            life.dates[deadline.id, _times(life, deadline.id)] = [(after, deadline.due_on)]
        case DeadlineMoved(deadline=deadline):
            life.dates[deadline.id, _times(life, deadline.id) - 1].append((after, deadline.due_on))
        case RungDue(id=id, rung=rung):
            number = sum(1 for its, name, _ in life.reminders if (its, name) == (id, rung.name))
            life.reminders[id, rung.name, number] = after, local_day(rung.at)
        case _:
            pass


def _times(life: _Life, deadline: str) -> int:
    return sum(id == deadline for id, _ in life.dates)


_ORDER: dict[str, int] = {"refused": 0, "possible": 1, "step": 2, "date": 3, "reminder": 4, "outcome": 5}


def _divergences(entries: Sequence[JournalEntry], own: _Life, other: _Life) -> Iterator[Divergence]:
    at = {entry.sequence: entry.at for entry in entries}
    verbs = {entry.sequence: entry.command.act.verb for entry in entries}
    last = entries[-1].sequence

    def told(kind: Kind, sequence: int, what: str, before: str | None, after: str | None) -> Divergence:
        return Divergence(
            kind=kind, sequence=sequence, at=at.get(sequence, entries[0].at), what=what, before=before, after=after
        )

    for sequence in sorted(own.refused.keys() ^ other.refused.keys()):
        if sequence in other.refused:
            yield told("refused", sequence, verbs[sequence], None, other.refused[sequence])
        else:
            yield told("possible", sequence, verbs[sequence], own.refused[sequence], None)
    before = None
    for sequence, step in own.steps.items():
        pair = step, other.steps[sequence]
        if pair[0] != pair[1] and pair != before:
            yield told("step", sequence, "step", *pair)
        before = pair
    for key in dict.fromkeys((*own.dates, *other.dates)):
        for sequence, one, two in _dates_side_by_side(own.dates.get(key, []), other.dates.get(key, [])):
            if one != two:
                yield told("date", sequence, key[0], _iso(one), _iso(two))
    for reminder in dict.fromkeys((*own.reminders, *other.reminders)):
        first, second = own.reminders.get(reminder), other.reminders.get(reminder)
        days = _iso(first and first[1]), _iso(second and second[1])
        if days[0] != days[1]:
            sequence = min(each[0] for each in (first, second) if each)
            yield told("reminder", sequence, f"{reminder[0]} {reminder[1]}", *days)
    if _end(own.state) != _end(other.state):
        yield told("outcome", last, "outcome", " ".join(_end(own.state)), " ".join(_end(other.state)))


def _dates_side_by_side(
    own: Sequence[tuple[int, date]], other: Sequence[tuple[int, date]]
) -> Iterator[tuple[int, date | None, date | None]]:
    """A deadline's dates in both lives. Moved in one alone, it is beside the date that it keeps in the other."""
    for number in range(max(len(own), len(other))):
        sequence = min(each[number][0] for each in (own, other) if number < len(each))
        one, two = (each[min(number, len(each) - 1)][1] if each else None for each in (own, other))
        yield sequence, one, two


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _end(state: SceneState) -> tuple[str, str]:
    return state.step, state.outcome.value if state.outcome is not None else ""
