"""A scene's journal as its keepers have it: the ledger's chain, and what the histories of its runs hold of it.

A history holds an entry where a run gave it to be recorded or handed it over, and knows of one where it gave a receipt
for it. What the ledger answered stands there as well, so the chain that was lost can be made again and compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from audit.runs import RunHistory, entries_of
from models.recording import GivenNumber


@dataclass(frozen=True)
class Held:
    """An entry as a history holds it, as JSON, at `event` of `run`."""

    sequence: int
    entry: Any
    run: str
    event: int


@dataclass(frozen=True)
class Given:
    """A receipt that a run gave to who acted: the act stands as entry `sequence`."""

    sequence: int
    command_id: str
    verb: str
    run: str
    event: int


@dataclass(frozen=True)
class Answer:
    """What the ledger said to the entries from `first` on: after entry `sequence` its chain's head was `head`."""

    first: int
    sequence: int
    head: str
    build: str | None
    rules: str | None
    run: str
    event: int


@dataclass(frozen=True)
class Live:
    """The newest run that Temporal has. `height` is the last entry that it knows of."""

    run: str
    height: int
    is_open: bool
    events: int
    last_event: str


@dataclass(frozen=True)
class Histories:
    """What all runs of a scene hold; `lost` are runs that others name and nobody has; `ended`: one closed the scene.

    `asked` is False where Temporal gave no answer: then nothing is known of what goes on.
    """

    held: tuple[Held, ...] = ()
    answers: tuple[Answer, ...] = ()
    given: tuple[Given, ...] = ()
    numbers: tuple[GivenNumber, ...] = ()
    live: Live | None = None
    lost: tuple[str, ...] = ()
    ended: bool = False
    asked: bool = True

    @property
    def top(self) -> int:
        """The last entry that any of them knows of."""
        known = [*(each.sequence for each in self.held), *(each.sequence for each in self.answers)]
        return max([*known, self.live.height if self.live else 0], default=0)

    @property
    def confirmed(self) -> int:
        return max((each.sequence for each in self.answers), default=0)

    def is_on_its_way(self, sequence: int) -> bool:
        """Whether the run that goes on will still give this entry to the ledger."""
        live = self.live
        return live is not None and live.is_open and self.confirmed < sequence <= live.height


def histories_of(
    runs: Sequence[RunHistory], live: RunHistory | None, *, lost: Sequence[str] = (), asked: bool = True
) -> Histories:
    """`live` is the newest run that Temporal has, and among the `runs`; where a run is there twice, each counts."""
    return Histories(
        held=tuple(each for run in runs for each in _held(run)),
        answers=tuple(each for run in runs for each in _answers(run)),
        given=tuple(each for run in runs for each in _given(run)),
        numbers=tuple(each for run in runs for each in _numbers(run)),
        live=_live(live) if live is not None else None,
        lost=tuple(lost),
        ended=any(run.end is not None and run.end["sequence"] for run in runs),
        asked=asked,
    )


def height(run: RunHistory) -> int:
    """The last entry that a run knows of: handed over to it, given to be recorded, or confirmed to who acted."""
    known: list[int] = [run.opening["state"]["sequence"]]
    known += [entry["sequence"] for _, entry in entries_of(run)]
    known += [act.receipt["sequence"] for act in run.acts if act.receipt is not None]
    if run.next_opening is not None:
        known.append(run.next_opening["state"]["sequence"])
    if run.end is not None:
        known.append(run.end["sequence"])
    return max(known)


def _live(run: RunHistory) -> Live:
    ended = run.last_event.startswith("workflow_execution_") and run.last_event.removeprefix("workflow_execution_") in (
        "completed",
        "failed",
        "timed_out",
        "terminated",
        "canceled",
        "continued_as_new",
    )
    return Live(
        run=run.run_id, height=height(run), is_open=not ended, events=run.events,
        last_event=run.last_event.removeprefix("workflow_execution_"),
    )  # fmt: skip


def _held(run: RunHistory) -> Iterator[Held]:
    for event, entry in entries_of(run):
        yield Held(sequence=entry["sequence"], entry=entry, run=run.run_id, event=event)


def _answers(run: RunHistory) -> Iterator[Answer]:
    for batch in run.batches:
        if batch.answer is not None:
            yield Answer(
                first=batch.entries[0]["sequence"], sequence=batch.answer["sequence"], head=batch.answer["head"],
                build=batch.answer["build"], rules=batch.answer["rules"], run=run.run_id, event=batch.event,
            )  # fmt: skip
    if run.end is not None and run.end.get("head") is not None:
        yield Answer(
            first=run.end["sequence"], sequence=run.end["sequence"], head=run.end["head"], build=None, rules=None,
            run=run.run_id, event=run.events,
        )  # fmt: skip


def _given(run: RunHistory) -> Iterator[Given]:
    for act in run.acts:
        if act.receipt is not None:
            yield Given(act.receipt["sequence"], act.update, act.verb, run.run_id, act.event)


def _numbers(run: RunHistory) -> Iterator[GivenNumber]:
    for batch in run.batches:
        for each in (batch.answer or {}).get("documents", ()):
            yield GivenNumber.model_validate(each)


def spans(sequences: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as (first, last)."""
    found = []
    for _, group in groupby(enumerate(sorted(sequences)), lambda each: each[1] - each[0]):
        numbers = [number for _, number in group]
        found.append((numbers[0], numbers[-1]))
    return found
