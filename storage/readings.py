"""What a mailbox was told, and who of its people has read it. A mark is set once and stays."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, and_, func, select

from models.frozen import Frozen
from models.tables import OutboxRow, ReadMarkRow
from models.text import Moment
from storage.database import table_of, writing
from storage.outbox import OutboxMessage
from storage.reads import LARGEST_PAGE, Page

OUTBOX = table_of(OutboxRow)
MARK = table_of(ReadMarkRow)
_KEY = ("stream", "sequence", "recipient", "rung")
_SAME = and_(*(MARK.c[name] == OUTBOX.c[name] for name in _KEY))


class ReadMark(Frozen):
    person: str
    read_at: Moment


class ReadMessage(Frozen):
    """A message with who has read it, the first first."""

    message: OutboxMessage
    marks: tuple[ReadMark, ...]


class SqlReadings:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def messages(
        self,
        recipients: tuple[str, ...],
        now: datetime,
        *,
        unread_by: str | None = None,
        scene: str | None = None,
        page: int = 1,
        limit: int = 50,
    ) -> Page[ReadMessage]:
        """What was due by `now` in these mailboxes, the latest first; `unread_by`: what that person has not read."""
        conditions = [OUTBOX.c.recipient.in_(recipients), OUTBOX.c.send_after <= now]
        if scene is not None:
            conditions.append(OUTBOX.c.stream == scene)
        if unread_by is not None:
            conditions.append(
                ~select(MARK.c.person).where(_SAME, MARK.c.person == unread_by).correlate(OUTBOX).exists()
            )
        page, limit = max(page, 1), min(max(limit, 1), LARGEST_PAGE)
        columns = [OUTBOX.c[name] for name in OutboxMessage.model_fields]
        order = (OUTBOX.c.send_after.desc(), OUTBOX.c.stream, OUTBOX.c.sequence.desc(), OUTBOX.c.rung)
        query = select(*columns).where(*conditions).order_by(*order).offset((page - 1) * limit).limit(limit)
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(OUTBOX).where(*conditions)) or 0
            found = [OutboxMessage.model_validate(dict(row)) for row in connection.execute(query).mappings()]
            marks = select(MARK).join(OUTBOX, _SAME).where(*conditions).order_by(MARK.c.read_at, MARK.c.person)
            read: dict[tuple[object, ...], list[ReadMark]] = {}
            for row in connection.execute(marks).mappings():
                key = tuple(row[name] for name in _KEY)
                read.setdefault(key, []).append(ReadMark(person=row["person"], read_at=row["read_at"]))
        items = tuple(ReadMessage(message=each, marks=tuple(read.get(_key(each), ()))) for each in found)
        return Page(items=items, total=total, number=page, limit=limit)

    def mark(self, messages: Iterable[OutboxMessage], person: str, now: datetime) -> int:
        """Says how many were new to the person."""
        new = 0
        with writing(self._engine, f"read marks {person}") as connection:
            for each in messages:
                key = dict(zip(_KEY, _key(each), strict=True))
                known = select(MARK.c.person).where(
                    MARK.c.person == person, *(MARK.c[name] == value for name, value in key.items())
                )
                if connection.scalar(known) is None:
                    connection.execute(MARK.insert(), {**key, "person": person, "read_at": now})
                    new += 1
        return new


def _key(message: OutboxMessage) -> tuple[object, ...]:
    return tuple(getattr(message, name) for name in _KEY)
