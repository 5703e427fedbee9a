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
    refusals_path,
    rulebook_path,
)
from audit.findings import Deviation
from audit.runs import NoHistory, RunHistory, Task, read_run
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

        Of a run after which the scene was started again from the ledger, it is what the ledger had then. Raises
        ValueError where the run does not say.
        """
        run = self.runs[number]
        try:
            before = run.opening["state"]["sequence"]
            after = self._last
            if run.went_on:
                after = run.next_opening["state"]["sequence"]
            elif number + 1 < len(self.runs) and self.runs[number + 1].continued_from is None:
                after = self.runs[number + 1].opening["state"]["sequence"]
        except (KeyError, TypeError) as error:
            raise ValueError(f"the run does not say which entries are its own: {error}") from None
        if type(before) is not int or type(after) is not int:
            raise ValueError(f"the run's entries are {before!r} to {after!r}")
        return before + 1, min(after, self._last)

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
            "whole": until == last,
            "receipts": {each: receipt for each, receipt in receipts.items() if first <= each <= until},
        }

    @property
    def _last(self) -> int:
        return max((line.sequence for line in self.lines), default=0)


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
