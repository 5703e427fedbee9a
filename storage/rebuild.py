"""The projections, made again from the journal: what differed is said, and put right.

Each stream is one transaction, alone with its recorders. Delivery is no projection: it stays as it is, and a delivered
message that the journal no longer asks for stays as well. One that is missing is sent.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, union
from sqlmodel import Session, col, select

from models.journal import JournalEntry
from models.state import SceneState
from models.tables import DELIVERY, DeadlineRow, DutyRow, EntryRow, OutboxRow, SceneRow
from storage.database import writing
from storage.projection import Difference, Projection, put

PAGE = 200
"""How many entries are in memory at once."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One stream is done, the `done`-th of `total`."""

    stream: str
    done: int
    total: int
    entries: int
    differences: tuple[Difference, ...]


class JournalDamaged(Exception):
    """An entry can not be read, or does not follow: a rebuild stops before this stream, and changes nothing in it."""

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
        with writing(engine, f"stream {each}") as session:
            entries, found = _rebuild(session, each)
        differences += found
        progress(Progress(stream=each, done=done, total=len(streams), entries=entries, differences=tuple(found)))
    return tuple(differences)


def _streams(engine: Engine) -> list[str]:
    """Those of the journal, and those that only projections know."""
    every = union(*(select(column) for column in (EntryRow.stream, SceneRow.scene, OutboxRow.stream)))
    with Session(engine) as session:
        return sorted(session.scalars(every))


def _rebuild(session: Session, stream: str) -> tuple[int, list[Difference]]:
    projection, head = Projection(SceneState(scene=stream)), ""
    for row in _entries(session, stream):
        try:
            projection.follow(JournalEntry.model_validate_json(row.text))
        except ValueError as error:
            raise JournalDamaged(stream, row.sequence) from error
        head = row.hash
    scenes = [projection.scene(head)] if head else []
    return projection.state.sequence, [
        *put(session, session.exec(select(SceneRow).where(SceneRow.scene == stream)), scenes),
        *put(session, session.exec(select(DutyRow).where(DutyRow.scene == stream)), projection.duties()),
        *put(
            session,
            session.exec(select(DeadlineRow).where(DeadlineRow.scene == stream)),
            projection.deadlines.values(),
        ),
        *put(
            session,
            session.exec(select(OutboxRow).where(OutboxRow.stream == stream)),
            projection.outbox,
            leave=DELIVERY,
            spare=lambda row: row.delivered_at is not None,
        ),
    ]


def _entries(session: Session, stream: str) -> Iterator[EntryRow]:
    after = 0
    while page := session.exec(
        select(EntryRow)
        .where(EntryRow.stream == stream, col(EntryRow.sequence) > after)
        .order_by(col(EntryRow.sequence))
        .limit(PAGE)
    ).all():
        yield from page
        after = page[-1].sequence
        session.expunge_all()
