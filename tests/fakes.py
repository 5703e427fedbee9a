"""Fakes of the ports, written by hand. They pass the same contract tests as the real ones where those exist."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from activities.archive import ClosedRun
from activities.ledger import LedgerConflict, LedgerGap, Numbers
from models.canonical import canonical
from models.commands import Command
from models.events.anywhere import DocumentIssued
from models.journal import ALGORITHM, GENESIS, JournalEntry, chain
from models.policy import Policy
from models.recording import GivenNumber, RecordBatch, Recorded
from models.refusal import Refused
from rules.deadlines import local_day


class DatabaseAway(Exception):
    pass


@dataclass
class MemoryLedger:
    """`LedgerPort` in memory; `away` makes it fail as a database that is not there."""

    streams: dict[str, list[JournalEntry]] = field(default_factory=dict)
    away: bool = False
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    documents: dict[tuple[str, int], list[GivenNumber]] = field(default_factory=dict)

    def record(
        self, batch: RecordBatch, *, build: str, rules: str, now: datetime, numbers: Numbers | None = None
    ) -> Recorded:
        with self.lock:
            self.calls += 1
            if self.away:
                raise DatabaseAway
            known = self.streams.setdefault(batch.stream, [])
            for entry in batch.entries:
                if entry.sequence <= len(known):
                    if canonical(known[entry.sequence - 1]) != canonical(entry):
                        raise LedgerConflict(batch.stream, entry.sequence, "stands in the ledger with another content")
                elif entry.sequence == len(known) + 1:
                    known.append(entry)
                    self._number(batch.stream, entry, numbers)
                else:
                    raise LedgerGap(batch.stream, entry.sequence, "does not follow the last")
            head = chain(GENESIS, tuple(known))
            return Recorded(
                stream=batch.stream, sequence=len(known), head=head, algorithm=ALGORITHM, build=build, rules=rules,
                documents=tuple(
                    number
                    for entry in batch.entries
                    for number in self.documents.get((batch.stream, entry.sequence), ())
                ),
            )  # fmt: skip

    def _number(self, stream: str, entry: JournalEntry, numbers: Numbers | None) -> None:
        issued = [event for event in entry.events if isinstance(event, DocumentIssued)]
        for place, event in enumerate(issued):
            series = (event.series, local_day(entry.at).year)
            ordinal = self.counts.get(series, 0) + 1 if numbers is None else numbers.get((entry.sequence, place))
            if ordinal is not None:
                self.counts[series] = max(self.counts.get(series, 0), ordinal)
                given = GivenNumber(sequence=entry.sequence, place=place, ordinal=ordinal)
                self.documents.setdefault((stream, entry.sequence), []).append(given)

    def recipients(self, batch: RecordBatch) -> tuple[str, ...]:
        return ()


@dataclass
class MemoryRefusals:
    kept: list[tuple[str, Command, Refused]] = field(default_factory=list)

    def record(self, scene: str, command: Command, refused: Refused, at: datetime) -> None:
        self.kept.append((scene, command, refused))

    @property
    def codes(self) -> list[str]:
        return [refused.code for _, _, refused in self.kept]


@dataclass
class MemoryRulebooks:
    policies: dict[str, Policy] = field(default_factory=dict)

    def keep(self, policy: Policy) -> None:
        self.policies[policy.digest] = policy


@dataclass
class MemoryArchive:
    histories: dict[tuple[str, str], str] = field(default_factory=dict)

    def missing(self, runs: tuple[ClosedRun, ...]) -> tuple[ClosedRun, ...]:
        return tuple(run for run in runs if (run.workflow_id, run.run_id) not in self.histories)

    def keep(self, run: ClosedRun, history: str, events: int, at: datetime) -> None:
        self.histories[run.workflow_id, run.run_id] = history
