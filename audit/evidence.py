"""What a bundle holds of one scene, read and parsed; what can not be read is itself a deviation."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from audit.bundle import (
    Bundle,
    LedgerLine,
    NotABundle,
    ScenePart,
    documents_path,
    ledger_path,
    plain_json,
    refusals_path,
    rulebook_path,
)
from audit.findings import Deviation
from audit.runs import NoHistory, RunHistory, Task, entries_of, read_run
from models.commands.anywhere import PassDeadline
from models.document import OfficialDocument
from models.journal import JournalEntry, Link
from models.policy import Policy

MICROSECOND = timedelta(microseconds=1)


@dataclass
class SceneEvidence:
    """`entries` and `runs` hold what could be read, in order; `unread` says what could not.

    A run that can not be read leaves a gap: `RunHistory.place` is its place in the scene all the same.
    """

    part: ScenePart
    lines: list[LedgerLine] = field(default_factory=list)
    entries: list[JournalEntry] = field(default_factory=list)
    refusals: list[Link] = field(default_factory=list)
    documents: list[OfficialDocument] = field(default_factory=list)
    runs: list[RunHistory] = field(default_factory=list)
    unread: dict[str, list[Deviation]] = field(default_factory=dict)

    @property
    def scene(self) -> str:
        return self.part.scene

    @cached_property
    def line_of(self) -> dict[int, LedgerLine]:
        return {line.sequence: line for line in self.lines}

    def range_of(self, number: int) -> tuple[int, int]:
        """The first and the last entry that the `number`-th run decided; the last is the ledger's in an open run.

        Of a run after which the scene was started again from the ledger, it is what the ledger had then; of one that
        was reset, what the ledger had taken of it. What a run decided that came of a reset begins after that, unless it
        holds the same. Raises ValueError where the run does not say.
        """
        before, after = self._decided(number)
        return before + 1, min(after, self._last)

    def _decided(self, number: int) -> tuple[int, int]:
        """The last entry before the run, and the last that it decided, in the ledger or not. Raises ValueError."""
        run = self.runs[number]
        following = self.runs[number + 1] if number + 1 < len(self.runs) else None
        try:
            before = run.opening["state"]["sequence"]
            after = self._last
            if run.went_on:
                after = run.next_opening["state"]["sequence"]
            elif following is not None and following.reset_of is not None:
                after = max((each.answer["sequence"] for each in run.batches if each.answer), default=before)
            elif following is not None and following.continued_from is None:
                after = following.opening["state"]["sequence"]
        except (KeyError, TypeError) as error:
            raise ValueError(f"the run does not say which entries are its own: {error}") from None
        if type(before) is not int or type(after) is not int:
            raise ValueError(f"the run's entries are {before!r} to {after!r}")
        return max(before, self._decided_before(number, before)), after

    def _decided_before(self, number: int, opening: int) -> int:
        """Up to which entry runs that were reset had decided already what this run decided otherwise."""
        reset = [place for place in range(1, number + 1) if self.runs[place].reset_of is not None]
        if not reset:
            return opening
        upto = max((each.answer["sequence"] for run in self.runs[: reset[-1]] for each in run.batches if each.answer),
                   default=opening)  # fmt: skip
        held = {entry["sequence"]: plain_json(entry) for _, entry in entries_of(self.runs[number])}
        lines = (self.line_of.get(sequence) for sequence in range(opening + 1, min(upto, self._last) + 1))
        same = all(line is not None and held.get(line.sequence) == line.text.encode() for line in lines)
        return opening if same else upto

    def tasks_of(self, number: int) -> dict[int, Task]:
        """The workflow task that made each entry of the `number`-th run: its update's, or the one of an alarm's moment.
        Raises ValueError."""
        run = self.runs[number]
        first, last = self.range_of(number)
        by_event = {task.event: task for task in run.tasks}
        by_update = {act.update: by_event.get(act.task) for act in run.acts}
        found: dict[int, Task] = {}
        for entry in self.entries:
            if not first <= entry.sequence <= last:
                continue
            if isinstance(entry.command.act, PassDeadline):
                task = next((each for each in run.tasks if abs(each.at - entry.at) <= MICROSECOND), None)
            else:
                task = by_update.get(entry.command.command_id)
            if task is not None:
                found[entry.sequence] = task
        return found

    def job(self, number: int, build: str | None = None) -> dict[str, Any]:
        """What `audit.rerun` is to run again: the `number`-th run, with the receipts that it gave.

        One of several builds may not know what a later one writes: it is asked until the last entry that it made.
        Raises ValueError.
        """
        run = self.runs[number]
        first, last = self.range_of(number)
        is_whole = last == self._decided(number)[1]
        if first > run.opening["state"]["sequence"] + 1:
            last, is_whole = first - 1, False  # others decided what it began with: it is replayed, and not judged
        its = [sequence for sequence, task in self.tasks_of(number).items() if task.build == build]
        until = last if build is None or build == run.builds[-1] else max(its, default=first - 1)
        receipts = {
            act.receipt["sequence"]: act.receipt
            for act in run.acts
            if isinstance(act.receipt, dict) and type(act.receipt.get("sequence")) is int
        }
        return {
            "history": self.part.runs[run.place].path,
            "ledger": ledger_path(self.scene),
            "first": first,
            "last": until,
            "whole": until == last and is_whole,
            "receipts": {each: receipt for each, receipt in receipts.items() if first <= each <= until},
        }

    @property
    def _last(self) -> int:
        """As far as the lines go: what one of them says of its number is no more to be believed than the rest."""
        return min(max((line.sequence for line in self.lines), default=0), len(self.lines))


def read_scene(bundle: Bundle, part: ScenePart) -> SceneEvidence:
    found = SceneEvidence(part)
    for line in _models(bundle, ledger_path(part.scene), LedgerLine, found, "chain"):
        found.lines.append(line)
        try:
            found.entries.append(JournalEntry.model_validate_json(line.text))
        except ValidationError as error:
            _unread(found, "chain", ledger_path(part.scene), str(error.errors()[0]["msg"]), line.sequence)
    if refusals_path(part.scene) in bundle:
        found.refusals = _models(bundle, refusals_path(part.scene), Link, found, "refusals")
    if documents_path(part.scene) in bundle:
        found.documents = _models(bundle, documents_path(part.scene), OfficialDocument, found, "documents")
    for place, each in enumerate(part.runs):
        try:
            run = read_run(bundle.read(each.path))
            run.place = place
            found.runs.append(run)
        except (NoHistory, NotABundle) as error:
            _unread(found, "histories", each.path, str(error))
    return found


def rulebook(bundle: Bundle, digest: str, calendar: str) -> Policy:
    """Raises NotABundle for one that is missing or can not be read."""
    path = rulebook_path(digest, calendar)
    try:
        return Policy.model_validate_json(bundle.read(path))
    except ValidationError as error:
        raise NotABundle(f"{path}: {error.errors()[0]['msg']}") from error


def _models(bundle: Bundle, path: str, model: Any, found: SceneEvidence, check: str) -> list[Any]:
    parsed = []
    try:
        for number, line in bundle.lines(path):
            try:
                parsed.append(model.model_validate_json(line))
            except ValidationError as error:
                _unread(found, check, path, f"line {number}: {error.errors()[0]['msg']}")
    except NotABundle as error:
        _unread(found, check, path, str(error))
    return parsed


def _unread(found: SceneEvidence, check: str, part: str, problem: str, sequence: int | None = None) -> None:
    deviation = Deviation(what="unreadable", part=part, sequence=sequence, recorded=problem)
    found.unread.setdefault(check, []).append(deviation)
