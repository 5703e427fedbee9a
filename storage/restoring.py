"""Giving the ledger back what it lost: entries at their places, with their own hashes, and all that is made from them.

One transaction for a stream, alone with its recorders: killed before its end it has changed nothing, repeated it finds
nothing to do. It only appends: a row that is there is compared, never touched. A message that was lost may have been
delivered, and its mark lost with it: it goes out once more, under the id of the letter that it was alone in, so that
whoever had it can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Engine, and_, insert, select, update

from activities.ledger import LedgerConflict, LedgerGap, Numbers
from models.journal import ALGORITHM, GENESIS, Link, link
from storage.database import writing
from storage.documents import DOCUMENT, enter_documents
from storage.ledger import ENTRY, OUTBOX
from storage.mailroom import letter_id
from storage.outbox import RESTORED
from storage.projection import Values
from storage.rebuild import Difference, Rebuilt, looked_at, rebuild_within
from storage.refusals import REFUSAL, Refusal, columns_of


class LostEntry(Link):
    """An entry as it stood in the ledger; `build` and `rules` recorded it then."""

    build: str
    rules: str


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What one repair of a stream did; `messages` wait again, or were taken as delivered."""

    appended: tuple[int, ...] = ()
    documents: int = 0
    differences: tuple[Difference, ...] = ()
    messages: int = 0


def restore(
    engine: Engine,
    stream: str,
    lost: Sequence[LostEntry],
    *,
    numbers: Numbers,
    now: datetime,
    delivered_until: datetime | None = None,
) -> Restored:
    """Appends what is still missing and rebuilds. Messages due by `delivered_until` are taken as delivered.

    Raises LedgerConflict, LedgerGap, storage.rebuild.JournalDamaged; nothing is changed then.
    """
    with writing(engine, f"stream {stream}") as connection:
        there = _hashes(connection, stream)
        new = [each for each in lost if each.sequence not in there]
        for each in lost:
            if there.get(each.sequence, each.hash) != each.hash:
                raise LedgerConflict(stream, each.sequence, "stands in the ledger with another content")
        if new:
            connection.execute(insert(ENTRY), [_row(stream, each, now) for each in new])
            _refuse_unless_chained(connection, stream, new)
        made = rebuild_within(connection, stream)
        lacking = _lacking(connection, stream, made.projection.documents)
        documents = [each for each in lacking if _place(each) in numbers]
        enter_documents(connection, documents, numbers)
        messages = [each.key for each in made.differences if each.table == OUTBOX.name and each.found == "missing"]
        _say_once_more(connection, messages, now)
        if delivered_until is not None:
            _take_as_delivered(connection, stream, delivered_until, now)
    return Restored(
        appended=tuple(each.sequence for each in new),
        documents=len(documents),
        differences=made.differences,
        messages=len(messages),
    )


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What does not follow from a stream's journal: rows of projections, and documents that the register lacks."""

    rebuilt: Rebuilt
    lacking: tuple[tuple[int, int], ...]


def followed(engine: Engine, stream: str) -> Followed:
    """Changes nothing. Raises JournalDamaged."""
    made = looked_at(engine, stream)
    with engine.connect() as connection:
        lacking = _lacking(connection, stream, made.projection.documents)
    return Followed(rebuilt=made, lacking=tuple(map(_place, lacking)))


def restore_refusals(engine: Engine, scene: str, lost: Sequence[Link]) -> tuple[int, ...]:
    """Appends the refusals that follow the chain's end as they stood; gives their numbers. Raises LedgerGap."""
    with writing(engine, f"refusals {scene}") as connection:
        chain = select(REFUSAL.c.sequence, REFUSAL.c.hash).where(REFUSAL.c.scene == scene)
        last = connection.execute(chain.order_by(REFUSAL.c.sequence.desc()).limit(1)).first()
        sequence, head = (last.sequence, last.hash) if last else (0, GENESIS)
        appended = []
        for each in lost:
            if each.sequence <= sequence:
                continue
            if (each.sequence, each.previous) != (sequence + 1, head) or link(
                ALGORITHM, each.previous, each.text.encode()
            ) != each.hash:
                raise LedgerGap(scene, each.sequence, "does not follow the last refusal")
            refusal = Refusal.model_validate_json(each.text)
            chained = {name: getattr(each, name) for name in ("sequence", "algorithm", "previous", "hash", "text")}
            connection.execute(
                insert(REFUSAL), columns_of(refusal) | chained | {"digest": sha256(each.text.encode()).hexdigest()}
            )
            sequence, head = each.sequence, each.hash
            appended.append(sequence)
    return tuple(appended)


def _hashes(connection: Connection, stream: str) -> dict[int, str]:
    rows = connection.execute(select(ENTRY.c.sequence, ENTRY.c.hash).where(ENTRY.c.stream == stream))
    return {row.sequence: row.hash for row in rows}


def _row(stream: str, each: LostEntry, now: datetime) -> Values:
    return {"stream": stream, **each.model_dump(), "recorded_at": now}


def _refuse_unless_chained(connection: Connection, stream: str, new: Sequence[LostEntry]) -> None:
    """Every appended row is what its hash says, and names the one before; the one after names it. Raises LedgerGap."""
    columns = [ENTRY.c[name] for name in ("sequence", "previous", "hash")]
    rows = connection.execute(select(*columns).where(ENTRY.c.stream == stream))
    chain = {row.sequence: row for row in rows}
    for each in new:
        before = chain.get(each.sequence - 1)
        previous = GENESIS if each.sequence == 1 else before.hash if before is not None else None
        after = chain.get(each.sequence + 1)
        made = link(ALGORITHM, each.previous, each.text.encode())
        if each.previous != previous or each.hash != made or (after is not None and after.previous != each.hash):
            raise LedgerGap(stream, each.sequence, "does not fit between those before and after it")


def _place(document: Values) -> tuple[int, int]:
    return int(str(document["sequence"])), int(str(document["place"]))


def _lacking(connection: Connection, stream: str, issued: Sequence[Values]) -> list[Values]:
    known = select(DOCUMENT.c.sequence, DOCUMENT.c.place).where(DOCUMENT.c.stream == stream)
    there = {(row.sequence, row.place) for row in connection.execute(known)}
    return [each for each in issued if _place(each) not in there]


def _say_once_more(connection: Connection, messages: Sequence[tuple[object, ...]], now: datetime) -> None:
    """What is due may have gone out before it was lost: it bears the id of a letter of its own from the start."""
    for key in messages:
        of_it = and_(*(column == value for column, value in zip(OUTBOX.primary_key.columns, key, strict=True)))
        due = update(OUTBOX).where(of_it, OUTBOX.c.send_after <= now)
        connection.execute(due.values(message_id=letter_id([key])))


def _take_as_delivered(connection: Connection, stream: str, until: datetime, now: datetime) -> None:
    waits = (OUTBOX.c.delivered_at.is_(None), OUTBOX.c.given_up_at.is_(None), OUTBOX.c.send_after <= until)
    taken = update(OUTBOX).where(OUTBOX.c.stream == stream, *waits)
    connection.execute(taken.values(delivered_at=now, retry_at=None, last_error=RESTORED))
