"""The register of documents (发文登记簿): which were issued, under which number, to whom, and in which words.

A number is given in the transaction that records its entry, one after the other for a city, series and year: no gap,
and none twice. It goes back to the scene's history as well, from which a lost register is made again. The words are
written once, after that, and never change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from activities.ledger import Numbers
from models.document import OfficialDocument, number_of
from models.events.anywhere import DocumentIssued
from models.journal import JournalEntry
from models.recording import GivenNumber
from models.tables import DeadlineRow, DeadlineStanding, DocumentCountRow, DocumentRow, EntryRow
from storage.database import table_of, writing
from storage.projection import Values
from storage.reads import LARGEST_PAGE, Page

DOCUMENT = table_of(DocumentRow)
COUNT = table_of(DocumentCountRow)
ENTRY = table_of(EntryRow)
DEADLINE = table_of(DeadlineRow)
_SERIES = ("city", "year", "series")
_KEY = ("stream", "sequence", "place")


def issuing(entries: Iterable[JournalEntry]) -> tuple[int, ...]:
    """The sequences of the entries that issue a document."""
    return tuple(each.sequence for each in entries if any(isinstance(event, DocumentIssued) for event in each.events))


def enter_documents(connection: Connection, documents: Sequence[Values], numbers: Numbers | None) -> None:
    """Enters new documents, each with its number; see `activities.ledger.LedgerPort.record`."""
    if numbers is not None:
        documents = _missing(connection, documents)
    # In one order whoever counts, so that two who count several series do not wait for each other.
    in_order = sorted(documents, key=lambda each: [str(each[name]) for name in _SERIES])
    if in_order:
        connection.execute(insert(DOCUMENT), [{**each, **_numbered(connection, each, numbers)} for each in in_order])


def _missing(connection: Connection, documents: Sequence[Values]) -> list[Values]:
    """Those that the register lacks: a ledger may be lost without it."""
    columns = [DOCUMENT.c[name] for name in _KEY]
    there = select(*columns).where(DOCUMENT.c.stream.in_({each["stream"] for each in documents}))
    known = {tuple(row) for row in connection.execute(there)} if documents else set()
    return [each for each in documents if tuple(each[name] for name in _KEY) not in known]


def _numbered(connection: Connection, document: Values, numbers: Numbers | None) -> Values:
    if numbers is None:
        ordinal: int | None = _count(connection, document, at_least=None)
    else:
        ordinal = numbers.get((int(str(document["sequence"])), int(str(document["place"]))))
        if ordinal is not None:
            _count(connection, document, at_least=ordinal)
    if ordinal is None:
        return {"ordinal": None, "number": None}
    return {"ordinal": ordinal, "number": number_of(str(document["series"]), int(str(document["year"])), ordinal)}


def _count(connection: Connection, document: Values, *, at_least: int | None) -> int:
    """The series' next number, which nobody else gets; or makes sure that the numbers up to `at_least` are taken."""
    into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = into(COUNT).values(**{name: document[name] for name in _SERIES}, last=at_least or 1)
    last = COUNT.c.last + 1 if at_least is None else func.greatest(COUNT.c.last, at_least)
    if at_least is not None and connection.dialect.name == "sqlite":
        last = func.max(COUNT.c.last, at_least)
    counted = new.on_conflict_do_update(index_elements=_SERIES, set_={"last": last}).returning(COUNT.c.last)
    ordinal: int = connection.execute(counted).scalar_one()
    return ordinal


def given_numbers(connection: Connection, stream: str, sequences: Sequence[int]) -> tuple[GivenNumber, ...]:
    if not sequences:
        return ()
    columns = (DOCUMENT.c.sequence, DOCUMENT.c.place, DOCUMENT.c.ordinal)
    of_them = select(*columns).where(
        DOCUMENT.c.stream == stream, DOCUMENT.c.sequence.in_(sequences), DOCUMENT.c.ordinal.is_not(None)
    )
    rows = connection.execute(of_them.order_by(DOCUMENT.c.sequence, DOCUMENT.c.place))
    return tuple(GivenNumber(sequence=row.sequence, place=row.place, ordinal=row.ordinal) for row in rows)


@dataclass(frozen=True, kw_only=True)
class DocumentFilter:
    """What is None does not matter. `unwritten`: has no text yet."""

    scene: str | None = None
    city: str | None = None
    year: int | None = None
    form: str | None = None
    to: str | None = None
    unwritten: bool = False


class Fault(NamedTuple):
    """A number of a series that nobody has (`scenes` is empty), or that several documents have."""

    city: str
    year: int
    series: str
    ordinal: int
    scenes: tuple[str, ...]


class Service(NamedTuple):
    """Whether what an entry decided is served: by when it has to be, and with which entry it was."""

    status: DeadlineStanding
    due_on: date
    closed_by: int | None

    @property
    def done(self) -> bool:
        return self.status in (DeadlineStanding.MET, DeadlineStanding.MET_LATE)

    @property
    def late(self) -> bool:
        return self.status is DeadlineStanding.OVERDUE

    @property
    def waits(self) -> bool:
        return self.closed_by is None


class SqlDocuments:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def documents(
        self, where: DocumentFilter | None = None, *, page: int = 1, limit: int = 50
    ) -> Page[OfficialDocument]:
        """The last issued first."""
        conditions = _conditions(where or DocumentFilter())
        page, limit = max(page, 1), min(max(limit, 1), LARGEST_PAGE)
        query = _DOCUMENTS.where(*conditions).order_by(
            DOCUMENT.c.issued_at.desc(), DOCUMENT.c.stream, DOCUMENT.c.sequence.desc(), DOCUMENT.c.place
        )
        with self._engine.connect() as connection:
            total = connection.scalar(select(func.count()).select_from(DOCUMENT).where(*conditions)) or 0
            items = _read(connection, query.offset((page - 1) * limit).limit(limit))
        return Page(items=items, total=total, number=page, limit=limit)

    def unwritten(self) -> tuple[OfficialDocument, ...]:
        """What has no text yet, the first issued first."""
        waiting = _DOCUMENTS.where(DOCUMENT.c.text.is_(None)).order_by(
            DOCUMENT.c.issued_at, *(DOCUMENT.c[name] for name in _KEY)
        )
        with self._engine.connect() as connection:
            return _read(connection, waiting)

    def of(self, stream: str) -> tuple[OfficialDocument, ...]:
        """Every document of a stream, the first issued first."""
        with self._engine.connect() as connection:
            of_it = _DOCUMENTS.where(DOCUMENT.c.stream == stream)
            return _read(connection, of_it.order_by(DOCUMENT.c.sequence, DOCUMENT.c.place))

    def of_entry(self, stream: str, sequence: int) -> tuple[OfficialDocument, ...]:
        of_it = _DOCUMENTS.where(DOCUMENT.c.stream == stream, DOCUMENT.c.sequence == sequence)
        with self._engine.connect() as connection:
            return _read(connection, of_it.order_by(DOCUMENT.c.place))

    def numbered(self, number: str) -> tuple[OfficialDocument, ...]:
        """Those that bear a number: more than one only where a register was restored wrongly."""
        with self._engine.connect() as connection:
            return _read(connection, _DOCUMENTS.where(DOCUMENT.c.number == number).order_by(DOCUMENT.c.issued_at))

    def entry(self, stream: str, sequence: int) -> JournalEntry | None:
        text = select(ENTRY.c.text).where(ENTRY.c.stream == stream, ENTRY.c.sequence == sequence)
        with self._engine.connect() as connection:
            found = connection.scalar(text)
        return JournalEntry.model_validate_json(found) if found is not None else None

    def services(self, documents: Sequence[OfficialDocument]) -> dict[tuple[str, int], Service]:
        """How the service of each entry stands; an entry that needs none is missing."""
        keys = {(each.stream, f"service/{each.sequence}") for each in documents}
        columns = [DEADLINE.c[name] for name in ("scene", "id", "status", "due_on", "closed_sequence")]
        query = select(*columns).where(tuple_(DEADLINE.c.scene, DEADLINE.c.id).in_(sorted(keys)))
        with self._engine.connect() as connection:
            return {
                (scene, int(id.removeprefix("service/"))): Service(DeadlineStanding(status), due_on, closed)
                for scene, id, status, due_on, closed in connection.execute(query)
            }

    def write(self, document: OfficialDocument, text: str, at: datetime) -> OfficialDocument:
        """Keeps a document's words, once: gives the document as it stands."""
        of_it = [DOCUMENT.c[name] == getattr(document, name) for name in _KEY]
        written = {"text": text, "sha256": sha256(text.encode()).hexdigest(), "written_at": at}
        with writing(self._engine, f"document {document.stream}") as connection:
            connection.execute(update(DOCUMENT).where(*of_it, DOCUMENT.c.text.is_(None)).values(**written))
            return _read(connection, _DOCUMENTS.where(*of_it))[0]

    def faults(self) -> tuple[Fault, ...]:
        """Numbers that are missing between the first and the last of a series, and numbers that stand twice."""
        given: dict[tuple[str, int, str], dict[int, list[str]]] = {}
        with self._engine.connect() as connection:
            for city, year, series, last in connection.execute(select(COUNT)):
                given[city, year, series] = {ordinal: [] for ordinal in range(1, last + 1)}
            columns = (*(DOCUMENT.c[name] for name in _SERIES), DOCUMENT.c.ordinal, DOCUMENT.c.stream)
            for city, year, series, ordinal, stream in connection.execute(
                select(*columns).where(DOCUMENT.c.ordinal.is_not(None)).order_by(*columns)
            ):
                given.setdefault((city, year, series), {}).setdefault(ordinal, []).append(stream)
        return tuple(
            Fault(city, year, series, ordinal, tuple(scenes))
            for (city, year, series), numbers in sorted(given.items())
            for ordinal, scenes in sorted(numbers.items())
            if len(scenes) != 1
        )

    def without_number(self) -> int:
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).where(DOCUMENT.c.ordinal.is_(None))) or 0

    def number_the_rest(self) -> int:
        """Gives the documents without a number the next ones, the first issued first. Says how many.

        For those of which no history says what their number was: they were never confirmed to their scene.
        """
        lacking = _DOCUMENTS.where(DOCUMENT.c.ordinal.is_(None)).order_by(
            DOCUMENT.c.issued_at, *(DOCUMENT.c[name] for name in _KEY)
        )
        with writing(self._engine, "document numbers") as connection:
            documents = _read(connection, lacking)
            for each in documents:
                of_it = [DOCUMENT.c[name] == getattr(each, name) for name in _KEY]
                number = _numbered(connection, {name: getattr(each, name) for name in (*_SERIES, *_KEY)}, None)
                connection.execute(update(DOCUMENT).where(*of_it).values(**number))
        return len(documents)


_DOCUMENTS = select(*(DOCUMENT.c[name] for name in OfficialDocument.model_fields))


def _read(connection: Connection, query: Select[tuple[object, ...]]) -> tuple[OfficialDocument, ...]:
    return tuple(OfficialDocument.model_validate(dict(row)) for row in connection.execute(query).mappings())


def _conditions(where: DocumentFilter) -> list[ColumnElement[bool]]:
    wanted = {
        "stream": where.scene, "city": where.city, "year": where.year, "form": where.form,
    }  # fmt: skip
    conditions = [DOCUMENT.c[name] == value for name, value in wanted.items() if value is not None]
    if where.to is not None:
        conditions.append((DOCUMENT.c.to_unit == where.to) | (DOCUMENT.c.to_person == where.to))
    if where.unwritten:
        conditions.append(DOCUMENT.c.text.is_(None))
    return conditions
