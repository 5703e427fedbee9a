"""The projections, made again from the journal: what differed is said, and put right.

Each stream is one transaction, alone with its recorders. Delivery is no projection: it stays as it is, and a delivered
message that the journal no longer asks for stays as well. One that is missing is sent.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, delete, insert, select, union, update

from models.journal import JournalEntry
from models.state import SceneState
from storage.database import writing
from storage.ledger import ALARM, DEADLINE, DUTY, ENTRY, KINSHIP, LINEAGE_REVIEW, OUTBOX, SCENE, SUGGESTION
from storage.projection import Projection, Values

PAGE = 200
"""How many entries are in memory at once."""


class Difference(NamedTuple):
    """A row that was not what the journal says; `columns` are those that differed."""

    table: str
    key: tuple[object, ...]
    found: Literal["missing", "different", "too_many"]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One stream is done, the `done`-th of `total`."""

    stream: str
    done: int
    total: int
    entries: int
    differences: tuple[Difference, ...]


class JournalDamaged(Exception):
    """An entry can not be read, or does not follow: the rebuild stops before this stream, and changes nothing in it."""

    def __init__(self, stream: str, sequence: int) -> None:
        super().__init__(f"{stream}: entry {sequence} can not be folded; see `verify_chain`")
        self.stream = stream
        self.sequence = sequence


def rebuild(
    engine: Engine, stream: str | None = None, *, progress: Callable[[Progress], None] = lambda _: None
) -> tuple[Difference, ...]:
    """Makes the projections of one stream, or of all, what the journal says, and gives what differed.

    Raises JournalDamaged.
    """
    streams = [stream] if stream is not None else _streams(engine)
    differences: list[Difference] = []
    for done, each in enumerate(streams, start=1):
        with writing(engine, f"stream {each}") as connection:
            made = rebuild_within(connection, each)
        differences += made.differences
        entries = made.projection.state.sequence
        progress(Progress(stream=each, done=done, total=len(streams), entries=entries, differences=made.differences))
    return tuple(differences)


def _streams(engine: Engine) -> list[str]:
    """Those of the journal, and those that only projections know. What a pool says follows from its own journal."""
    said = select(OUTBOX.c.stream).where(OUTBOX.c.stream.not_like("fund:%"))
    with engine.connect() as connection:
        return sorted(connection.scalars(union(select(ENTRY.c.stream), select(SCENE.c.scene), said)))


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """The journal folded, what differed, and of each difference by column what was found and what was wanted.

    `kept` are messages that the journal does not ask for, and that stay because they were delivered.
    """

    projection: Projection
    differences: tuple[Difference, ...]
    kept: frozenset[Difference]
    values: dict[Difference, dict[str, tuple[object, object]]]


def rebuild_within(connection: Connection, stream: str) -> Rebuilt:
    """In the transaction of whoever is alone with the stream. Raises JournalDamaged."""
    projection, head = Projection(SceneState(scene=stream)), ""
    for sequence, text, hash_ in _entries(connection, stream):
        try:
            projection.follow(JournalEntry.model_validate_json(text))
        except ValueError as error:
            raise JournalDamaged(stream, sequence) from error
        head = hash_
    put = _Put(connection, stream)
    put.rows(SCENE, [projection.scene(head)] if head else [])
    put.rows(DUTY, projection.duties())
    put.rows(DEADLINE, list(projection.deadlines.values()))
    put.rows(OUTBOX, projection.outbox)
    put.rows(KINSHIP, projection.kinship())
    put.rows(ALARM, projection.alarms)
    put.rows(LINEAGE_REVIEW, projection.lineage_reviews())
    put.rows(SUGGESTION, projection.suggestions())
    differences, kept = tuple(put.differences), frozenset(put.kept)
    return Rebuilt(projection=projection, differences=differences, kept=kept, values=put.values)


def _entries(connection: Connection, stream: str) -> Iterator[tuple[int, str, str]]:
    after = 0
    page = select(ENTRY.c.sequence, ENTRY.c.text, ENTRY.c.hash).where(ENTRY.c.stream == stream).limit(PAGE)
    while rows := connection.execute(page.where(ENTRY.c.sequence > after).order_by(ENTRY.c.sequence)).all():
        for sequence, text, hash_ in rows:
            yield sequence, text, hash_
            after = sequence


class _Put:
    """Makes a stream's rows what is wanted, and keeps what differed. Columns that nobody wants values in stay."""

    def __init__(self, connection: Connection, stream: str) -> None:
        self._connection = connection
        self._stream = stream
        self.differences: list[Difference] = []
        self.kept: set[Difference] = set()
        self.values: dict[Difference, dict[str, tuple[object, object]]] = {}

    def rows(self, table: Table, wanted: list[Values]) -> None:
        of_the_stream = table.primary_key.columns[0] == self._stream
        names = [column.name for column in table.primary_key.columns]
        present = {
            tuple(row[name] for name in names): row
            for row in self._connection.execute(select(table).where(of_the_stream)).mappings()
        }
        for values in wanted:
            key = tuple(values[name] for name in names)
            row = present.pop(key, None)
            if row is None:
                self._connection.execute(insert(table), values)
                self.differences.append(Difference(table.name, key, "missing"))
            elif changed := {name: value for name, value in values.items() if row[name] != value}:
                self._connection.execute(update(table).where(_is(table, key)).values(changed))
                self.differences.append(Difference(table.name, key, "different", tuple(changed)))
                self.values[self.differences[-1]] = {name: (row[name], value) for name, value in changed.items()}
        for key, row in present.items():
            self.differences.append(Difference(table.name, key, "too_many"))
            if row.get("delivered_at") is None:
                self._connection.execute(delete(table).where(_is(table, key)))
            else:
                self.kept.add(self.differences[-1])


def _is(table: Table, key: tuple[object, ...]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))


class _OnlyLooked(Exception):
    """Ends a transaction that was only to look."""


def compare(engine: Engine, stream: str | None = None) -> tuple[Difference, ...]:
    """What a rebuild of one stream, or of all, would put right; nothing is changed. Raises JournalDamaged."""
    streams = [stream] if stream is not None else _streams(engine)
    return tuple(difference for each in streams for difference in looked_at(engine, each).differences)


def looked_at(engine: Engine, stream: str) -> Rebuilt:
    """What a rebuild would make of one stream; nothing is changed. Raises JournalDamaged."""
    found: list[Rebuilt] = []
    with suppress(_OnlyLooked), writing(engine, f"stream {stream}") as connection:
        found.append(rebuild_within(connection, stream))
        raise _OnlyLooked
    return found[0]
