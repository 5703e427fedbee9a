"""The outbox: what was said to whom, and what still waits. Sending is done elsewhere."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, delete, func, select, update

from models.frozen import Frozen
from models.tables import DeadlineRow, OutboxRow, PostedRow
from models.text import Moment
from storage.database import table_of, writing
from storage.reads import LARGEST_PAGE, Page

RESTORED = "restored"
"""Stands as the error of a message that is taken as delivered because its ledger was lost and made again."""
OUTBOX = table_of(OutboxRow)
POSTED = table_of(PostedRow)
DEADLINE = table_of(DeadlineRow)
_WAITS = and_(OUTBOX.c.delivered_at.is_(None), OUTBOX.c.given_up_at.is_(None))


class OutboxMessage(Frozen):
    """One message to one recipient; `delivered_at` None: it waits, from `send_after` on."""

    stream: str
    sequence: int
    recipient: str
    rung: str
    kind: str
    level: str
    deadline: str | None
    payload: dict[str, Any]
    send_after: Moment
    created_at: Moment
    delivered_at: Moment | None
    given_up_at: Moment | None
    retry_at: Moment | None
    attempts: int
    last_error: str | None
    message_id: str | None


class Outbox:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def messages(
        self,
        scene: str | None = None,
        *,
        recipient: str | None = None,
        pending: bool = False,
        dead: bool = False,
        page: int = 1,
        limit: int = 50,
    ) -> Page[OutboxMessage]:
        """The latest first. `pending`: what waits; `dead`: what was given up."""
        conditions: list[ColumnElement[bool]] = []
        if scene is not None:
            conditions.append(OUTBOX.c.stream == scene)
        if recipient is not None:
            conditions.append(OUTBOX.c.recipient == recipient)
        if pending:
            conditions.append(_WAITS)
        if dead:
            conditions.append(OUTBOX.c.given_up_at.is_not(None))
        page, limit = max(page, 1), min(max(limit, 1), LARGEST_PAGE)
        columns = [OUTBOX.c[name] for name in OutboxMessage.model_fields]
        query = (
            select(*columns)
            .where(*conditions)
            .order_by(OUTBOX.c.created_at.desc(), OUTBOX.c.stream, OUTBOX.c.sequence.desc(), OUTBOX.c.recipient)
        )
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(OUTBOX).where(*conditions)) or 0
            rows = connection.execute(query.offset((page - 1) * limit).limit(limit)).mappings()
            items = tuple(OutboxMessage.model_validate(dict(row)) for row in rows)
        return Page(items=items, total=total, number=page, limit=limit)

    def give_up_restored(self, stream: str, after: int, now: datetime) -> int:
        """The messages of entries after `after` that should have gone out by now will not go out. Says how many.

        For a ledger that was lost and made again: what it said before the loss is not said twice.
        """
        late = update(OUTBOX).where(
            OUTBOX.c.stream == stream,
            OUTBOX.c.sequence > after,
            OUTBOX.c.delivered_at.is_(None),
            OUTBOX.c.send_after <= now,
        )
        with writing(self._engine, f"outbox {stream}") as connection:
            return connection.execute(late.values(delivered_at=now, last_error=RESTORED)).rowcount

    def given_up(self) -> int:
        """How many messages were given up: nobody but a person sends them again."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).where(OUTBOX.c.given_up_at.is_not(None))) or 0

    def retry(self, stream: str | None = None, *, at: datetime) -> tuple[str, ...]:
        """Puts what was given up, of one scene or of all, back to be sent; gives the recipients to be woken.

        In a new letter: the one that it stood in may have gone out without it.
        """
        dead = [OUTBOX.c.given_up_at.is_not(None), *([OUTBOX.c.stream == stream] if stream is not None else [])]
        with writing(self._engine, "outbox retry") as connection:
            recipients = connection.scalars(select(OUTBOX.c.recipient).where(*dead).distinct()).all()
            letters = select(OUTBOX.c.message_id).where(*dead)
            connection.execute(delete(POSTED).where(POSTED.c.letter.in_(letters), POSTED.c.arrived.is_(False)))
            again = {"given_up_at": None, "retry_at": at, "attempts": 0, "message_id": None}
            connection.execute(update(OUTBOX).where(*dead).values(**again))
        return tuple(sorted(recipients))

    def waiting(self, now: datetime) -> int:
        """How many messages should have gone out by now."""
        late = select(func.count()).where(_WAITS, OUTBOX.c.send_after <= now)
        with self._engine.connect() as connection:
            return connection.scalar(late) or 0

    def provisional(self) -> int:
        """How many running deadlines reach into a year whose holiday notice is not loaded."""
        open_ones = select(func.count()).where(DEADLINE.c.closed_sequence.is_(None), DEADLINE.c.provisional.is_(True))
        with self._engine.connect() as connection:
            return connection.scalar(open_ones) or 0
