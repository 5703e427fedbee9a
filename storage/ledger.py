"""The one write transaction: journal entries, what is made from them, and what is to be sent.

An entry that is there already is compared, never overwritten and never passed over; one that does not follow is
refused. The chain's head is a function of the entries alone, whatever the batches they came in.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Table, bindparam, delete, insert, select, update

from activities.ledger import LedgerConflict, LedgerGap, Numbers
from models.canonical import canonical
from models.journal import ALGORITHM, GENESIS, JournalEntry, link
from models.recording import RecordBatch, Recorded
from models.state import SceneState
from models.tables import (
    AlarmRow,
    DeadlineRow,
    DutyRow,
    EntryRow,
    KinshipRow,
    LineageReviewRow,
    OutboxRow,
    SceneRow,
    SuggestionRow,
)
from rules.journal import fold
from storage.database import table_of, writing
from storage.documents import enter_documents, given_numbers, issuing
from storage.projection import Projection, Values

STATES_IN_MEMORY = 512
"""A busy scene's state is not read back from its snapshot for each batch."""

ENTRY = table_of(EntryRow)
SCENE = table_of(SceneRow)
DEADLINE = table_of(DeadlineRow)
DUTY = table_of(DutyRow)
OUTBOX = table_of(OutboxRow)
KINSHIP = table_of(KinshipRow)
ALARM = table_of(AlarmRow)
LINEAGE_REVIEW = table_of(LineageReviewRow)
SUGGESTION = table_of(SuggestionRow)


class SqlLedger:
    """Implements `activities.ledger.LedgerPort`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._states = _States(STATES_IN_MEMORY)

    def record(
        self, batch: RecordBatch, *, build: str, rules: str, now: datetime, numbers: Numbers | None = None
    ) -> Recorded:
        """See the port. Raises LedgerConflict, LedgerGap, and SQLAlchemy's errors; nothing is written then."""
        _refuse_unless_consecutive(batch)
        stream, projection = batch.stream, None
        with writing(self._engine, f"stream {stream}") as connection:
            lines = _lines(connection, batch)
            new = tuple(entry for entry in batch.entries if not _is_there(lines, stream, entry))
            if new:
                before = _predecessor(lines, stream, new[0])
                projection = Projection(self._state(connection, stream, before))
                for entry in new:
                    projection.follow(entry)
                appended = _linked(new, before, build=build, rules=rules, now=now)
                connection.execute(insert(ENTRY), [{"stream": stream, **line._asdict()} for line in appended])
                enter_documents(connection, projection.documents, numbers)
                _project(connection, projection, appended[-1].hash)
                lines |= {line.sequence: line for line in appended}
            documents = given_numbers(connection, stream, issuing(batch.entries))
        last = lines[batch.entries[-1].sequence]
        if projection is not None:
            self._states.keep(stream, last.hash, projection.state)
        return Recorded(
            stream=stream,
            sequence=last.sequence,
            head=last.hash,
            algorithm=last.algorithm,
            build=last.build,
            rules=last.rules,
            documents=documents,
        )

    def recipients(self, batch: RecordBatch) -> tuple[str, ...]:
        sequences = [entry.sequence for entry in batch.entries]
        undelivered = (
            select(OUTBOX.c.recipient)
            .where(OUTBOX.c.stream == batch.stream, OUTBOX.c.sequence.in_(sequences), OUTBOX.c.delivered_at.is_(None))
            .distinct()
            .order_by(OUTBOX.c.recipient)
        )
        with self._engine.connect() as connection:
            return tuple(connection.scalars(undelivered))

    def _state(self, connection: Connection, stream: str, last: "_Line | None") -> SceneState:
        """The state after the ledger's last entry."""
        if last is None:
            return SceneState(scene=stream)
        if (state := self._states.find(stream, last.hash)) is not None:
            return state
        of_the_head = select(SCENE.c.snapshot).where(SCENE.c.scene == stream, SCENE.c.head == last.hash)
        if (snapshot := connection.scalar(of_the_head)) is not None:
            try:
                return SceneState.model_validate_json(snapshot)
            except ValidationError:
                pass  # an older build's; the journal is what counts
        return _folded(connection, stream)


class _Line(NamedTuple):
    """An entry as it stands in its stream: the table's columns."""

    sequence: int
    algorithm: str
    previous: str
    hash: str
    text: str
    recorded_at: datetime
    build: str
    rules: str


_LINES = (
    select(*(ENTRY.c[name] for name in _Line._fields))
    .where(ENTRY.c.stream == bindparam("of"))
    .where(ENTRY.c.sequence.between(bindparam("first"), bindparam("last")))
)
_CHANGE_SCENE = update(SCENE).where(SCENE.c.scene == bindparam("of"))
_CLEAR_DUTIES = delete(DUTY).where(DUTY.c.scene == bindparam("of"))
_CLEAR_DEADLINE = delete(DEADLINE).where(
    DEADLINE.c.scene == bindparam("of"),
    DEADLINE.c.id == bindparam("named"),
    DEADLINE.c.started_by == bindparam("since"),
)


def _refuse_unless_consecutive(batch: RecordBatch) -> None:
    if not batch.entries:
        raise LedgerGap(batch.stream, 0, "is missing: the batch is empty")
    for expected, entry in enumerate(batch.entries, start=batch.entries[0].sequence):
        if entry.sequence != expected:
            raise LedgerGap(batch.stream, entry.sequence, f"stands in the batch where {expected} belongs")


def _lines(connection: Connection, batch: RecordBatch) -> dict[int, _Line]:
    """The ledger's entries of the batch, and the one before."""
    between = {"of": batch.stream, "first": batch.entries[0].sequence - 1, "last": batch.entries[-1].sequence}
    return {row.sequence: _Line(*row) for row in connection.execute(_LINES, between)}


def _is_there(lines: dict[int, _Line], stream: str, entry: JournalEntry) -> bool:
    """Raises LedgerConflict where another content is there."""
    if (line := lines.get(entry.sequence)) is None:
        return False
    # Another build may write the same entry with one field more, at its default: equal, though not in its text.
    if line.text != canonical(entry).decode() and JournalEntry.model_validate_json(line.text) != entry:
        raise LedgerConflict(stream, entry.sequence, "stands in the ledger with another content")
    return True


def _predecessor(lines: dict[int, _Line], stream: str, first: JournalEntry) -> _Line | None:
    """What the first new entry follows. Raises LedgerGap where that is not the last one known."""
    if max(lines, default=0) != first.sequence - 1:
        raise LedgerGap(stream, first.sequence, "does not follow the ledger's last one")
    return lines.get(first.sequence - 1)


def _linked(
    entries: Sequence[JournalEntry], before: _Line | None, *, build: str, rules: str, now: datetime
) -> list[_Line]:
    lines = []
    previous = before.hash if before is not None else GENESIS
    for entry in entries:
        text = canonical(entry)
        head = link(ALGORITHM, previous, text)
        lines.append(_Line(entry.sequence, ALGORITHM, previous, head, text.decode(), now, build, rules))
        previous = head
    return lines


def _folded(connection: Connection, stream: str) -> SceneState:
    state = SceneState(scene=stream)
    texts = select(ENTRY.c.text).where(ENTRY.c.stream == stream).order_by(ENTRY.c.sequence)
    for text in connection.scalars(texts):
        state = fold(state, JournalEntry.model_validate_json(text))
    return state


def _project(connection: Connection, projection: Projection, head: str) -> None:
    of = projection.state.scene
    scene = projection.scene(head)
    if not connection.execute(_CHANGE_SCENE, {"of": of, **scene}).rowcount:
        connection.execute(insert(SCENE), scene)
    if projection.duties_changed:
        connection.execute(_CLEAR_DUTIES, {"of": of})
        _add(connection, DUTY, projection.duties())
    if projection.deadlines:
        turned = [{"of": of, "named": id, "since": started_by} for id, started_by in projection.deadlines]
        connection.execute(_CLEAR_DEADLINE, turned)
        _add(connection, DEADLINE, list(projection.deadlines.values()))
    if projection.lineage_changed:
        for table, values in ((KINSHIP, projection.kinship()), (LINEAGE_REVIEW, projection.lineage_reviews())):
            connection.execute(delete(table).where(table.c.stream == of))
            _add(connection, table, values)
    if projection.suggestions_changed:
        connection.execute(delete(SUGGESTION).where(SUGGESTION.c.stream == of))
        _add(connection, SUGGESTION, projection.suggestions())
    _add(connection, ALARM, projection.alarms)
    _add(connection, OUTBOX, projection.outbox)


def _add(connection: Connection, table: Table, rows: list[Values]) -> None:
    if rows:
        connection.execute(insert(table), rows)


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
