"""What came from outside: kept whole before it is acted on, with what became of it.

An event that was kept is never changed but for its handling, and never deleted. What no known source had signed is
counted by day, not kept: anybody can send it, and as much as they like.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, func, insert, select, update

from models.canonical import canonical
from models.commands import Command
from models.frozen import Frozen
from models.outside import Dismissal, Handling, Received
from models.refusal import Refused
from models.tables import ReceivedRow, TurnedAwayRow
from models.text import Moment
from storage.database import table_of, writing
from storage.reads import LARGEST_PAGE, Page

RECEIVED = table_of(ReceivedRow)
TURNED_AWAY = table_of(TurnedAwayRow)
_COLUMNS = [RECEIVED.c[name] for name in Received.model_fields]
FAILED = (Handling.WAITING, Handling.REFUSED)


@dataclass(frozen=True, kw_only=True)
class ReceivedFilter:
    """What is None does not matter. `failed`: has not become an act."""

    failed: bool = False
    source: str | None = None
    scene: str | None = None


class TurnedAway(Frozen):
    """Messages of one day (UTC) that no known source had signed, or that were too large to be looked at."""

    day: date
    code: str
    count: int
    last_at: Moment


class SqlReceived:
    """Implements `client.outside.Store`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, event: Received, body: bytes) -> Received:
        """What stands under the event's id: what was kept before, else this.

        A source that used the event's own id for another content before has it kept all the same, as refused.
        """
        with writing(self._engine, f"received {event.command_id or event.id}") as connection:
            if (known := _find(connection, RECEIVED.c.id == event.id)) is not None:
                return known
            if event.command_id and _find(connection, RECEIVED.c.command_id == event.command_id) is not None:
                event = _refused(event, Refused("event_id_reused", event=event.event_id))
            connection.execute(insert(RECEIVED), {**_values(event), "body": body})
            return event

    def decide(self, id: str, scene: str, command: Command) -> Command:
        """Keeps the command that is about to be sent. The one that is kept already wins: it may stand.

        Raises Refused: event_dismissed.
        """
        with writing(self._engine, f"received {command.command_id}") as connection:
            known = _find(connection, RECEIVED.c.id == id)
            if known is not None and known.handling is Handling.DISMISSED:
                raise Refused("event_dismissed")
            if known is not None and known.command is not None:
                return known.command
            content = {"scene": scene, "command": canonical(command).decode(), "handling": Handling.WAITING.value}
            connection.execute(update(RECEIVED).where(RECEIVED.c.id == id).values(**content))
            return command

    def accepted(self, id: str, entry: int, at: datetime) -> bool:
        """False where it had been accepted before."""
        return self._tried(id, at, handling=Handling.ACCEPTED.value, entry=entry, code=None, details={})

    def put_off(self, id: str, refused: Refused, at: datetime) -> None:
        """It may have been heard: the same command is sent again."""
        self._tried(id, at, code=refused.code, details=refused.details)

    def refused(self, id: str, refused: Refused, at: datetime, *, waits: bool = False) -> None:
        """It has not been done: the next attempt makes its command anew. `waits`: its coming again is an attempt."""
        handling = Handling.WAITING if waits else Handling.REFUSED
        said = {"code": refused.code, "details": refused.details}
        self._tried(id, at, handling=handling.value, command=None, **said)

    def dismiss(self, id: str, dismissal: Dismissal) -> bool:
        """Closes what has not become an act. False for any other, and nothing is changed."""
        closed = {"handling": Handling.DISMISSED.value, "dismissal": canonical(dismissal).decode()}
        with writing(self._engine, f"received {id}") as connection:
            change = update(RECEIVED).where(RECEIVED.c.id == id, _has_failed()).values(**closed)
            return connection.execute(change).rowcount == 1

    def _tried(self, id: str, at: datetime, **values: Any) -> bool:
        """An act that stands after all counts more than a dismissal; another failure does not."""
        over = [Handling.ACCEPTED.value]
        if values.get("handling") != Handling.ACCEPTED.value:
            over.append(Handling.DISMISSED.value)
        of_it = (RECEIVED.c.id == id, RECEIVED.c.handling.not_in(over))
        change = update(RECEIVED).where(*of_it).values(tried_at=at, attempts=RECEIVED.c.attempts + 1, **values)
        with writing(self._engine, f"received {id}") as connection:
            return connection.execute(change).rowcount == 1

    def turned_away(self, code: str, at: datetime) -> None:
        day = at.astimezone(UTC).date()
        of_it = (TURNED_AWAY.c.day == day, TURNED_AWAY.c.code == code)
        with writing(self._engine, "turned away") as connection:
            more = update(TURNED_AWAY).where(*of_it).values(count=TURNED_AWAY.c.count + 1, last_at=at)
            if not connection.execute(more).rowcount:
                connection.execute(insert(TURNED_AWAY), {"day": day, "code": code, "count": 1, "last_at": at})

    def find(self, id: str) -> Received | None:
        with self._engine.connect() as connection:
            return _find(connection, RECEIVED.c.id == id)

    def body(self, id: str) -> bytes:
        """Raises NoResultFound for an event that is not kept."""
        with self._engine.connect() as connection:
            return bytes(connection.execute(select(RECEIVED.c.body).where(RECEIVED.c.id == id)).scalar_one())

    def events(self, where: ReceivedFilter | None = None, *, page: int = 1, limit: int = 50) -> Page[Received]:
        """The latest first."""
        conditions = _conditions(where or ReceivedFilter())
        page, limit = max(page, 1), min(max(limit, 1), LARGEST_PAGE)
        query = select(*_COLUMNS).where(*conditions).order_by(RECEIVED.c.received_at.desc(), RECEIVED.c.id)
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(RECEIVED).where(*conditions)) or 0
            rows = connection.execute(query.offset((page - 1) * limit).limit(limit)).mappings()
            items = tuple(_read(row) for row in rows)
        return Page(items=items, total=total, number=page, limit=limit)

    def failed(self) -> tuple[str, ...]:
        """Every event that has not become an act, the oldest first."""
        query = select(RECEIVED.c.id).where(_has_failed()).order_by(RECEIVED.c.received_at, RECEIVED.c.id)
        with self._engine.connect() as connection:
            return tuple(connection.scalars(query))

    def waiting(self) -> tuple[str, ...]:
        """The events that are tried again without being asked for, the one that was tried longest ago first."""
        order = (func.coalesce(RECEIVED.c.tried_at, RECEIVED.c.received_at), RECEIVED.c.received_at, RECEIVED.c.id)
        query = select(RECEIVED.c.id).where(RECEIVED.c.handling == Handling.WAITING.value).order_by(*order)
        with self._engine.connect() as connection:
            return tuple(connection.scalars(query))

    def strangers(self) -> tuple[TurnedAway, ...]:
        """The latest day first."""
        query = select(TURNED_AWAY).order_by(TURNED_AWAY.c.day.desc(), TURNED_AWAY.c.code)
        with self._engine.connect() as connection:
            return tuple(TurnedAway.model_validate(dict(row)) for row in connection.execute(query).mappings())


def _find(connection: Connection, which: ColumnElement[bool]) -> Received | None:
    row = connection.execute(select(*_COLUMNS).where(which)).mappings().first()
    return None if row is None else _read(row)


def _read(row: RowMapping) -> Received:
    command = Command.model_validate_json(row["command"]) if row["command"] is not None else None
    dismissal = Dismissal.model_validate_json(row["dismissal"]) if row["dismissal"] is not None else None
    return Received.model_validate({**row, "command": command, "dismissal": dismissal})


def _values(event: Received) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in Received.model_fields}
    command = canonical(event.command).decode() if event.command else None
    dismissal = canonical(event.dismissal).decode() if event.dismissal else None
    return {**values, "handling": event.handling.value, "command": command, "dismissal": dismissal}


def _refused(event: Received, refused: Refused) -> Received:
    said = {"handling": Handling.REFUSED, "code": refused.code, "details": refused.details}
    return event.model_copy(update={**said, "command_id": None})


def _conditions(where: ReceivedFilter) -> tuple[ColumnElement[bool], ...]:
    wanted = ((RECEIVED.c.source, where.source), (RECEIVED.c.scene, where.scene))
    equal = tuple(column == value for column, value in wanted if value is not None)
    return (*equal, _has_failed()) if where.failed else equal


def _has_failed() -> ColumnElement[bool]:
    return RECEIVED.c.handling.in_([each.value for each in FAILED])
