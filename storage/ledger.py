"""The one write transaction: journal entries, what is made from them, and what is to be sent.

An entry that is there already is compared, never overwritten and never passed over; one that does not follow is
refused. The chain's head is a function of the entries alone, whatever the batches they came in.
"""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from activities.ledger import LedgerConflict, LedgerGap
from models.canonical import canonical
from models.journal import ALGORITHM, GENESIS, JournalEntry, link
from models.recording import RecordBatch, Recorded
from models.state import SceneState
from models.tables import DeadlineRow, DutyRow, EntryRow, OutboxRow, SceneRow
from rules.journal import fold
from storage.database import writing
from storage.projection import Projection, put

STATES_IN_MEMORY = 512
"""A busy scene's state is not read back from its snapshot for each batch."""


class SqlLedger:
    """Implements `activities.ledger.LedgerPort`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._states = _States(STATES_IN_MEMORY)

    def record(self, batch: RecordBatch, *, build: str, rules: str, now: datetime) -> Recorded:
        """See the port. Raises LedgerConflict, LedgerGap, and SQLAlchemy's errors; nothing is written then."""
        _refuse_unless_consecutive(batch)
        projection = None
        with writing(self._engine, f"stream {batch.stream}") as session:
            rows = _rows(session, batch)
            new = tuple(entry for entry in batch.entries if not _is_there(rows, entry))
            if new:
                before = _predecessor(rows, batch.stream, new[0])
                projection = Projection(self._state(session, batch.stream, before))
                for entry in new:
                    projection.follow(entry)
                appended = _linked(batch.stream, new, before, build=build, rules=rules, now=now)
                session.add_all(appended)
                _project(session, projection, appended[-1].hash)
                rows |= {row.sequence: row for row in appended}
        last = rows[batch.entries[-1].sequence]
        if projection is not None:
            self._states.keep(last.stream, last.hash, projection.state)
        return Recorded(
            stream=last.stream,
            sequence=last.sequence,
            head=last.hash,
            algorithm=last.algorithm,
            build=last.build,
            rules=last.rules,
        )

    def recipients(self, batch: RecordBatch) -> tuple[str, ...]:
        sequences = [entry.sequence for entry in batch.entries]
        with Session(self._engine) as session:
            undelivered = (
                select(OutboxRow.recipient)
                .where(OutboxRow.stream == batch.stream, col(OutboxRow.sequence).in_(sequences))
                .where(col(OutboxRow.delivered_at).is_(None))
            )
            return tuple(session.exec(undelivered.distinct().order_by(OutboxRow.recipient)))

    def _state(self, session: Session, stream: str, last: EntryRow | None) -> SceneState:
        """The state after the ledger's last entry."""
        if last is None:
            return SceneState(scene=stream)
        if (state := self._states.find(stream, last.hash)) is not None:
            return state
        scene = session.get(SceneRow, stream)
        if scene is not None and scene.head == last.hash:
            try:
                return SceneState.model_validate_json(scene.snapshot)
            except ValidationError:
                pass  # an older build's snapshot; the journal is what counts
        return _folded(session, stream)


def _refuse_unless_consecutive(batch: RecordBatch) -> None:
    if not batch.entries:
        raise LedgerGap(batch.stream, 0, "is missing: the batch is empty")
    for expected, entry in enumerate(batch.entries, start=batch.entries[0].sequence):
        if entry.sequence != expected:
            raise LedgerGap(batch.stream, entry.sequence, f"stands in the batch where {expected} belongs")


def _rows(session: Session, batch: RecordBatch) -> dict[int, EntryRow]:
    """The ledger's entries of the batch, and the one before."""
    found = session.exec(
        select(EntryRow)
        .where(EntryRow.stream == batch.stream)
        .where(col(EntryRow.sequence).between(batch.entries[0].sequence - 1, batch.entries[-1].sequence))
    )
    return {row.sequence: row for row in found}


def _is_there(rows: dict[int, EntryRow], entry: JournalEntry) -> bool:
    """Raises LedgerConflict where another content is there."""
    if (row := rows.get(entry.sequence)) is None:
        return False
    # Another build may write the same entry with one field more, at its default: equal, though not in its text.
    if row.text != canonical(entry).decode() and JournalEntry.model_validate_json(row.text) != entry:
        raise LedgerConflict(row.stream, row.sequence, "stands in the ledger with another content")
    return True


def _predecessor(rows: dict[int, EntryRow], stream: str, first: JournalEntry) -> EntryRow | None:
    """The row that the first new entry follows. Raises LedgerGap where that is not the last one known."""
    if max(rows, default=0) != first.sequence - 1:
        raise LedgerGap(stream, first.sequence, "does not follow the ledger's last one")
    return rows.get(first.sequence - 1)


def _linked(
    stream: str, entries: tuple[JournalEntry, ...], before: EntryRow | None, *, build: str, rules: str, now: datetime
) -> list[EntryRow]:
    previous = before.hash if before is not None else GENESIS
    rows = []
    for entry in entries:
        text = canonical(entry)
        row = EntryRow(
            stream=stream,
            sequence=entry.sequence,
            algorithm=ALGORITHM,
            previous=previous,
            hash=link(ALGORITHM, previous, text),
            text=text.decode(),
            recorded_at=now,
            build=build,
            rules=rules,
        )
        rows.append(row)
        previous = row.hash
    return rows


def _folded(session: Session, stream: str) -> SceneState:
    state = SceneState(scene=stream)
    texts = select(EntryRow.text).where(EntryRow.stream == stream).order_by(col(EntryRow.sequence))
    for text in session.exec(texts):
        state = fold(state, JournalEntry.model_validate_json(text))
    return state


def _project(session: Session, projection: Projection, head: str) -> None:
    scene = projection.state.scene
    present = session.get(SceneRow, scene)
    put(session, [present] if present is not None else [], [projection.scene(head)])
    put(session, session.exec(select(DutyRow).where(DutyRow.scene == scene)), projection.duties())
    turned = projection.deadlines
    known = session.exec(
        select(DeadlineRow).where(DeadlineRow.scene == scene, col(DeadlineRow.id).in_({id for id, _ in turned}))
    )
    put(session, [row for row in known if (row.id, row.started_by) in turned], turned.values())
    session.add_all(projection.outbox)


class _States:
    """The newest states of the scenes last written, each with its journal's head: another head, another state."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._states: OrderedDict[str, tuple[str, SceneState]] = OrderedDict()
        self._lock = Lock()

    def find(self, stream: str, head: str) -> SceneState | None:
        with self._lock:
            known, state = self._states.get(stream, ("", None))
            return state if known == head else None

    def keep(self, stream: str, head: str, state: SceneState) -> None:
        with self._lock:
            self._states[stream] = (head, state)
            self._states.move_to_end(stream)
            if len(self._states) > self._size:
                self._states.popitem(last=False)
