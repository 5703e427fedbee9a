"""What a bundle holds of one scene, read and parsed; what can not be read is itself a deviation."""

from dataclasses import dataclass, field
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
from audit.runs import NoHistory, RunHistory, read_run
from models.document import OfficialDocument
from models.journal import JournalEntry, Link
from models.policy import Policy


@dataclass
class SceneEvidence:
    """`entries` and `runs` hold what could be read, in order; `unread` says what could not."""

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

        Of a run that was ended by force, and the scene started again from the ledger, it is what the ledger had then.
        """
        run = self.runs[number]
        after = self._last if number == len(self.runs) - 1 else self.runs[number + 1].opening["state"]["sequence"]
        after = run.next_opening["state"]["sequence"] if run.next_opening is not None else after
        return run.opening["state"]["sequence"] + 1, after

    def job(self, number: int) -> dict[str, Any]:
        """What `audit.rerun` is to run again: the `number`-th run, with the receipts that it gave."""
        first, last = self.range_of(number)
        receipts = {act.receipt["sequence"]: act.receipt for act in self.runs[number].acts if act.receipt is not None}
        return {
            "history": self.part.runs[number].path,
            "ledger": ledger_path(self.scene),
            "first": first,
            "last": last,
            "receipts": {each: receipt for each, receipt in receipts.items() if first <= each <= last},
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
    for each in part.runs:
        try:
            found.runs.append(read_run(bundle.read(each.path)))
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
