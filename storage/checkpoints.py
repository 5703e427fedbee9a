"""The checkpoint log as it is stored, and the chains whose heads go into it.

Primary data: no history has it. Whoever adds a checkpoint is alone with the log, and sees the chains as they are when
the new leaves are made; an entry that is recorded meanwhile waits for the next one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Column, Connection, Engine, RowMapping, Table, and_, func, insert, or_, select
from sqlmodel import SQLModel

from models.checkpoint import (
    CHAIN_KINDS,
    ChainKind,
    Checkpoint,
    LoggedLeaf,
    LogItem,
    LogLeaf,
    SignedCheckpoint,
    SignedHandover,
    Unreadable,
)
from models.frozen import Frozen
from models.tables import CheckpointRow, DirectoryRow, EntryRow, FundEntryRow, LogLeafRow, QuotaSetRow, RefusalRow
from storage.database import table_of, writing

LEAF, CHECKPOINT = table_of(LogLeafRow), table_of(CheckpointRow)
PAGE = 1_000


class _Chain(NamedTuple):
    """The table of a kind of chains; its first two columns of the key are the stream and the sequence."""

    table: Table
    stream: "Column[str]"
    sequence: "Column[int]"


def _chain(row: type[SQLModel]) -> _Chain:
    table = table_of(row)
    return _Chain(table, *table.primary_key.columns)


CHAINS: dict[ChainKind, _Chain] = {
    "scene": _chain(EntryRow),
    "refusal": _chain(RefusalRow),
    "directory": _chain(DirectoryRow),
    "fund": _chain(FundEntryRow),
    "quota": _chain(QuotaSetRow),
}


class ChainLink(Frozen):
    """A row of a chain: what its hash is computed over, and what it is said to be."""

    sequence: int
    algorithm: str
    previous: str
    hash: str
    text: str


class HeadDiffers(NamedTuple):
    """A logged head that the ledger does not have any more; `found` is what stands there, None where nothing does."""

    logged: LoggedLeaf
    found: str | None


class SqlCheckpoints:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, make: Callable[["OpenLog"], SignedCheckpoint]) -> SignedCheckpoint:
        """Keeps what `make` signs, with the leaves it added. Raises whatever `make` raises; nothing is kept then."""
        with writing(self._engine, "checkpoints") as connection:
            return make(OpenLog(connection))

    def last(self) -> SignedCheckpoint | None:
        with self._engine.connect() as connection:
            return _last(connection)

    def of_day(self, day: date) -> SignedCheckpoint | None:
        with self._engine.connect() as connection:
            return _of_day(connection, day)

    def all(self) -> tuple[SignedCheckpoint, ...]:
        """The first first."""
        with self._engine.connect() as connection:
            found = connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number)).mappings()
            return tuple(map(_signed, found))

    def readable(self) -> tuple[SignedCheckpoint, ...]:
        """Those that can be read, the first first: what was spoilt, `items` tells."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number)).mappings()
            found = [_readable(_signed, row) for row in rows]
        return tuple(each for each in found if isinstance(each, SignedCheckpoint))

    def items(self, upto: int | None = None) -> Iterator[LogItem]:
        """The log in its order, each leaf before the checkpoint over it; all, or up to checkpoint `upto`."""
        checkpoints, leaves = select(CHECKPOINT).order_by(CHECKPOINT.c.number), select(LEAF).order_by(LEAF.c.index)
        if upto is not None:
            checkpoints = checkpoints.where(CHECKPOINT.c.number <= upto)
        with self._engine.connect() as connection:
            signed = [_readable(_signed, row) for row in connection.execute(checkpoints).mappings()]
            # A check that stops at the first fault leaves the rest unread; the cursor must not stay open.
            with closing(connection.execute(leaves.execution_options(yield_per=PAGE))) as found:
                rows = iter(found.mappings())
                row = next(rows, None)
                for each in signed:
                    while (
                        row is not None and isinstance(each, SignedCheckpoint) and row["index"] < each.checkpoint.size
                    ):
                        yield _readable(_logged, row)
                        row = next(rows, None)
                    yield each
                while row is not None and upto is None:
                    yield _readable(_logged, row)
                    row = next(rows, None)

    def hashes(self) -> tuple[str, ...]:
        """Those of all leaves, in order."""
        with self._engine.connect() as connection:
            return tuple(OpenLog(connection).hashes())

    def differing(self) -> tuple[HeadDiffers, ...]:
        """Logged heads that are not the ledger's at that sequence, in the log's order."""
        found: list[HeadDiffers] = []
        with self._engine.connect() as connection:
            for kind in CHAIN_KINDS:
                chain = CHAINS[kind]
                hash_ = chain.table.c.hash
                same = and_(chain.stream == LEAF.c.stream, chain.sequence == LEAF.c.sequence)
                query = (
                    select(LEAF, hash_.label("found"))
                    .outerjoin(chain.table, same)
                    .where(LEAF.c.kind == kind, or_(hash_.is_(None), hash_ != LEAF.c.head))
                )
                rows = connection.execute(query).mappings()
                found += [HeadDiffers(_logged(row), row["found"]) for row in rows]
        return tuple(sorted(found, key=lambda each: each.logged.index))

    def newest_leaf(self, kind: ChainKind, stream: str, size: int, upto: int | None = None) -> LoggedLeaf | None:
        """The last leaf of a chain among the first `size`; of a head that is at most entry `upto`."""
        query = select(LEAF).where(LEAF.c.kind == kind, LEAF.c.stream == stream, LEAF.c.index < size)
        if upto is not None:
            query = query.where(LEAF.c.sequence <= upto)
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(LEAF.c.index.desc()).limit(1)).mappings().first()
        return None if row is None else _logged(row)

    def chain(self, kind: ChainKind, stream: str) -> tuple[ChainLink, ...]:
        """Every row of one chain, as it stands."""
        chain = CHAINS[kind]
        others = [chain.table.c[name] for name in ("algorithm", "previous", "hash", "text")]
        query = select(chain.sequence.label("sequence"), *others).where(chain.stream == stream).order_by(chain.sequence)
        with self._engine.connect() as connection:
            return tuple(ChainLink.model_validate(dict(row)) for row in connection.execute(query).mappings())


class OpenLog:
    """The log within the transaction that makes it longer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last(self) -> SignedCheckpoint | None:
        return _last(self._connection)

    def of_day(self, day: date) -> SignedCheckpoint | None:
        return _of_day(self._connection, day)

    def hashes(self) -> Iterator[str]:
        """Those of all leaves, in order."""
        query = select(LEAF.c.hash).order_by(LEAF.c.index)
        with closing(self._connection.scalars(query.execution_options(yield_per=PAGE))) as found:
            yield from found

    def grown(self) -> Iterator[LogLeaf]:
        """The heads of the chains that are longer than the log says."""
        for kind in CHAIN_KINDS:
            table, stream, sequence = CHAINS[kind]
            newest = select(stream.label("stream"), func.max(sequence).label("sequence")).group_by(stream).subquery()
            logged = (
                select(LEAF.c.stream, func.max(LEAF.c.sequence).label("sequence"))
                .where(LEAF.c.kind == kind)
                .group_by(LEAF.c.stream)
                .subquery()
            )
            query = (
                select(newest.c.stream, newest.c.sequence, table.c.hash, table.c.algorithm)
                .join(table, and_(stream == newest.c.stream, sequence == newest.c.sequence))
                .outerjoin(logged, logged.c.stream == newest.c.stream)
                .where(or_(logged.c.sequence.is_(None), logged.c.sequence < newest.c.sequence))
                .order_by(newest.c.stream)
            )
            for row in self._connection.execute(query).all():
                yield LogLeaf(kind=kind, stream=row[0], sequence=row[1], head=row[2], algorithm=row[3])

    def handovers(self) -> Iterator[SignedHandover]:
        """How one key gave way to another."""
        query = select(CHECKPOINT.c.text).where(CHECKPOINT.c.text.contains('"handover":')).order_by(CHECKPOINT.c.number)
        for text in self._connection.scalars(query).all():
            if (given := Checkpoint.model_validate_json(text).handover) is not None:
                yield given

    def append(self, leaves: Sequence[LoggedLeaf], signed: SignedCheckpoint) -> None:
        if leaves:
            rows = [{"index": each.index, **each.leaf.model_dump(), "hash": each.hash} for each in leaves]
            self._connection.execute(insert(LEAF), rows)
        checkpoint = signed.checkpoint
        self._connection.execute(
            insert(CHECKPOINT),
            {
                "number": checkpoint.number,
                "day": checkpoint.day,
                "text": checkpoint.text.decode(),
                "public_key": signed.public_key,
                "signature": signed.signature,
            },
        )


def _last(connection: Connection) -> SignedCheckpoint | None:
    return _first(connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number.desc()).limit(1)).mappings())


def _of_day(connection: Connection, day: date) -> SignedCheckpoint | None:
    return _first(connection.execute(select(CHECKPOINT).where(CHECKPOINT.c.day == day)).mappings())


def _first(rows: Iterable[RowMapping]) -> SignedCheckpoint | None:
    return next((_signed(row) for row in rows), None)


def _signed(row: RowMapping) -> SignedCheckpoint:
    """Raises ValidationError."""
    return SignedCheckpoint(
        checkpoint=Checkpoint.model_validate_json(row["text"]),
        public_key=row["public_key"],
        signature=row["signature"],
    )


def _logged(row: RowMapping) -> LoggedLeaf:
    """Raises ValidationError."""
    leaf = LogLeaf.model_validate({name: row[name] for name in LogLeaf.model_fields})
    return LoggedLeaf(index=row["index"], leaf=leaf, hash=row["hash"])


def _covers(item: LogItem, index: int) -> bool:
    return isinstance(item, SignedCheckpoint) and index < item.checkpoint.size


def _readable(read: Callable[[RowMapping], LogItem], row: RowMapping) -> LogItem:
    try:
        return read(row)
    except ValidationError as error:
        return Unreadable(problem=str(error).splitlines()[0])
