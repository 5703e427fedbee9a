"""The outbox as the delivery sees it: one recipient's messages, gathered into letters, sent, put off or given up.

A letter is the rows that bear its id. They get it before it is sent, so that a crash repeats the same letter.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, delete, func, insert, or_, select, update

from models.mailbox import Letter, Message
from models.tables import OutboxRow, PostedRow
from storage.database import table_of, writing

OUTBOX = table_of(OutboxRow)
POSTED = table_of(PostedRow)
LARGEST_LETTER = 50
"""Messages; the rest goes into the next."""
_WAITS = and_(OUTBOX.c.delivered_at.is_(None), OUTBOX.c.given_up_at.is_(None))

_KEY = ("stream", "sequence", "recipient", "rung")


class SqlMailroom:
    """Implements `activities.delivery.Mailroom`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open_letter(self, recipient: str, now: datetime) -> Letter | None:
        tried = and_(
            OUTBOX.c.recipient == recipient,
            _WAITS,
            OUTBOX.c.message_id.is_not(None),
            or_(OUTBOX.c.retry_at.is_(None), OUTBOX.c.retry_at <= now),
        )
        with self._engine.connect() as connection:
            id = connection.scalar(select(OUTBOX.c.message_id).where(tried).order_by(OUTBOX.c.send_after).limit(1))
        if id is None:
            return None
        of_it = and_(OUTBOX.c.recipient == recipient, OUTBOX.c.message_id == id, _WAITS)
        return Letter(id=id, recipient=recipient, messages=self._messages(of_it))

    def ready(self, recipient: str, now: datetime) -> tuple[Message, ...]:
        fresh = and_(OUTBOX.c.recipient == recipient, _WAITS, OUTBOX.c.message_id.is_(None))
        return self._messages(and_(fresh, _due(now)), LARGEST_LETTER)

    def _messages(self, which: ColumnElement[bool], limit: int | None = None) -> tuple[Message, ...]:
        columns = [OUTBOX.c[name] for name in Message.model_fields]
        query = select(*columns).where(which).order_by(OUTBOX.c.send_after, *(OUTBOX.c[name] for name in _KEY))
        with self._engine.connect() as connection:
            return tuple(Message.model_validate(dict(row)) for row in connection.execute(query.limit(limit)).mappings())

    def begin_letter(self, messages: tuple[Message, ...]) -> Letter:
        id = letter_id([tuple(getattr(each, name) for name in _KEY) for each in messages])
        letter = Letter(id=id, recipient=messages[0].recipient, messages=messages)
        self._change(messages, message_id=letter.id)
        return letter

    def gone(self, letter: Letter) -> dict[str, bool]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(POSTED.c.way, POSTED.c.arrived).where(POSTED.c.letter == letter.id))
            return {row.way: row.arrived for row in rows}

    def brought(self, letter: Letter, way: str) -> tuple[datetime, frozenset[str]] | None:
        of_it = (POSTED.c.letter == letter.id, POSTED.c.way == way, POSTED.c.arrived)
        with self._engine.connect() as connection:
            row = connection.execute(select(POSTED.c.at, POSTED.c.brought).where(*of_it)).first()
        return (row.at, frozenset(row.brought or ())) if row is not None else None

    def went(
        self, letter: Letter, way: str, at: datetime, *, arrived: bool, note: str | None, brought: Sequence[str] = ()
    ) -> None:
        with writing(self._engine, "delivery") as connection:
            connection.execute(delete(POSTED).where(POSTED.c.letter == letter.id, POSTED.c.way == way))
            values = {"at": at, "arrived": arrived, "note": note, "brought": list(brought)}
            connection.execute(insert(POSTED), {"letter": letter.id, "way": way, **values})

    def delivered(self, messages: tuple[Message, ...], at: datetime, note: str | None = None) -> None:
        self._change(messages, delivered_at=at, retry_at=None, last_error=note, attempts=OUTBOX.c.attempts + 1)

    def put_off(self, letter: Letter, until: datetime, error: str, *, counts: bool = True) -> None:
        self._change(letter.messages, retry_at=until, last_error=error, attempts=OUTBOX.c.attempts + int(counts))

    def set_aside(self, message: Message, until: datetime, error: str) -> None:
        self._change(
            (message,), message_id=None, retry_at=until, last_error=error, attempts=OUTBOX.c.attempts + 1
        )  # fmt: skip

    def give_up(self, messages: tuple[Message, ...], at: datetime, error: str) -> None:
        self._change(messages, given_up_at=at, retry_at=None, last_error=error, attempts=OUTBOX.c.attempts + 1)

    def leave_in_inbox(self, recipients: tuple[str, ...], now: datetime, note: str) -> None:
        due = (OUTBOX.c.recipient.in_(recipients), _WAITS, _due(now))
        with writing(self._engine, "delivery") as connection:
            connection.execute(update(OUTBOX).where(*due).values(delivered_at=now, retry_at=None, last_error=note))

    def _change(self, messages: Sequence[Message], **values: Any) -> None:
        with writing(self._engine, "delivery") as connection:
            for each in messages:
                of_it = [OUTBOX.c[name] == getattr(each, name) for name in _KEY]
                connection.execute(update(OUTBOX).where(*of_it, _WAITS).values(**values))

    def next_at(self, recipient: str, now: datetime) -> datetime | None:
        """A message whose time has come already is the next round's own business, unless it was put off."""
        when = func.coalesce(OUTBOX.c.retry_at, OUTBOX.c.send_after)
        next_one = select(func.min(when)).where(OUTBOX.c.recipient == recipient, _WAITS, when > now)
        with self._engine.connect() as connection:
            moment: datetime | None = connection.scalar(next_one)
            return moment

    def waiting_recipients(self, now: datetime) -> tuple[str, ...]:
        """For whom something should have gone out by now: what a crash left behind."""
        query = select(OUTBOX.c.recipient).where(_WAITS, _due(now)).distinct().order_by(OUTBOX.c.recipient)
        with self._engine.connect() as connection:
            return tuple(connection.scalars(query))


def letter_id(keys: Sequence[tuple[object, ...]]) -> str:
    """The id of a letter with the messages of these keys: the same whoever gathers them, so that a repeat is known."""
    return sha256("\n".join("|".join(map(str, key)) for key in keys).encode()).hexdigest()[:32]


def _due(now: datetime) -> ColumnElement[bool]:
    return func.coalesce(OUTBOX.c.retry_at, OUTBOX.c.send_after) <= now
