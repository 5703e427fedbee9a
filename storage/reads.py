"""What lists, inboxes and auditors read. Lists come from here, never from querying workflows.

Results are frozen models of their own, not rows: whoever shows them needs no session, and no table.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Generic, Literal, TypeVar, get_args

from sqlalchemy import ColumnElement, Engine, Row, Select, func, or_, select
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from models.commands.solicitation import Application
from models.deadline import Deadline, DeadlineStatus, Holder
from models.frozen import Frozen
from models.journal import GENESIS, Algorithm, JournalEntry, Link, link
from models.state import SceneState
from models.tables import DeadlineRow, DeadlineStanding, DutyRow, EntryRow, RefusalRow, SceneRow
from models.text import Moment
from models.vocabulary import Machine, Outcome, Risk, Role, Scale, Stage, Track
from storage.refusals import Refusal, columns_of

__all__ = [
    "DeadlineRecord",
    "DeadlineStanding",
    "EntryRecord",
    "InboxItem",
    "LedgerReads",
    "Page",
    "RefusalFilter",
    "RefusalRecord",
    "SceneFilter",
    "SceneSort",
    "SceneSummary",
]

LARGEST_PAGE = 500
SceneSort = Literal["next_due_at", "entered_at", "began_on", "name", "stage", "scene", "scale", "track", "maturity"]
T = TypeVar("T")
REPEATED = ("scene", "code", "person", "unit", "role", "seen", "at")
"""The columns of a refusal that its text says as well."""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 1, `total` is over all pages."""

    items: tuple[T, ...]
    total: int
    number: int
    limit: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.limit))


@dataclass(frozen=True, kw_only=True)
class SceneFilter:
    """What is None does not matter. `text` is looked for in id, name, owner and lead, `project` in kind and name.

    `funding_source` is looked for in the owner's own words.
    """

    stage: Stage | None = None
    step: str | None = None
    city: str | None = None
    domain: str | None = None
    type: str | None = None
    lead: str | None = None
    overdue: bool | None = None
    text: str | None = None
    first: str | None = None
    project: str | None = None
    scale: Scale | None = None
    track: Track | None = None
    maturity: str | None = None
    project_stage: str | None = None
    funding_source: str | None = None


@dataclass(frozen=True, kw_only=True)
class RefusalFilter:
    """What is None does not matter."""

    scene: str | None = None
    code: str | None = None
    person: str | None = None
    unit: str | None = None
    role: Role | None = None


class SceneSummary(Frozen):
    """One line of a list of scenes, as of entry `sequence`. `next_due_at` may lie in the past: then it is overdue."""

    scene: str
    name: str
    city: str
    domain: str
    type: str
    scale: Scale
    track: Track
    risk: Risk
    stage: Stage
    step: str
    outcome: Outcome | None
    lead: str | None
    regulator: str | None
    owner: str
    cooperating: tuple[str, ...]
    bidders: tuple[str, ...]
    declared: bool
    suspended: bool
    overdue: bool
    began_on: date | None
    entered_at: Moment | None
    next_due_at: Moment | None
    sequence: int
    head: str
    policy_version: str
    policy_digest: str
    calendar: str
    assumed: tuple[str, ...]
    firsts: str | None = None
    project_kind: str | None = None
    project: str | None = None
    maturity: str | None = None
    project_stage: str | None = None
    funding_source: str | None = None


class InboxItem(Frozen):
    """One duty, with its scene."""

    scene: str
    name: str
    city: str
    stage: Stage
    step: str
    deadline: str
    limit: str
    holder: Holder
    verbs: tuple[str, ...]
    machine: Machine
    bidder: str | None
    due_on: date
    due_at: Moment
    provisional: bool
    status: DeadlineStatus
    claimed_by: str | None = None
    delegated_to: str | None = None


class DeadlineRecord(Frozen):
    """A deadline as it stood last, and what became of it; `closed_sequence` is the entry that ended it."""

    deadline: Deadline
    status: DeadlineStanding
    closed_sequence: int | None


class HeldDeadline(Frozen):
    """A deadline, running or ended, of one holder; `sequence` grows with every entry of its scene."""

    scene: str
    name: str
    city: str
    sequence: int
    deadline: Deadline
    status: DeadlineStanding
    ended: bool


class EntryRecord(Frozen):
    """A journal entry as it stands in the ledger; `text` is what the chain is computed over."""

    stream: str
    entry: JournalEntry
    text: str
    algorithm: str
    previous: str
    hash: str
    recorded_at: Moment
    build: str
    rules: str


class RefusalRecord(Frozen):
    """`sequence` counts the refusals of its scene."""

    sequence: int
    refusal: Refusal
    hash: str


class LedgerReads:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_scenes(
        self,
        where: SceneFilter | None = None,
        *,
        sort: SceneSort = "next_due_at",
        descending: bool = False,
        page: int = 1,
        limit: int = 50,
    ) -> Page[SceneSummary]:
        """What has no date comes last, in either direction."""
        conditions = tuple(_scene_conditions(where or SceneFilter()))
        column: Mapped[Any] = col(getattr(SceneRow, sort))
        order = (column.desc() if descending else column.asc()).nulls_last()
        query = select(*_SUMMARY).where(*conditions).order_by(order, col(SceneRow.scene))
        page, limit = max(page, 1), min(max(limit, 1), LARGEST_PAGE)
        with Session(self._engine) as session:
            total = session.scalar(select(func.count()).select_from(SceneRow).where(*conditions)) or 0
            rows = session.execute(query.offset((page - 1) * limit).limit(limit))
            items = tuple(SceneSummary.model_validate(row, from_attributes=True) for row in rows)
        return Page(items=items, total=total, number=page, limit=limit)

    def open_scenes(self, city: str | None = None) -> tuple[str, ...]:
        """The ids of all scenes, or of a city's, that have not ended."""
        query = select(col(SceneRow.scene)).where(col(SceneRow.step) != "closed", *_equal((col(SceneRow.city), city)))
        with Session(self._engine) as session:
            return tuple(session.scalars(query.order_by(col(SceneRow.scene))))

    def scene(self, scene: str) -> SceneSummary | None:
        with Session(self._engine) as session:
            row = session.execute(select(*_SUMMARY).where(col(SceneRow.scene) == scene)).first()
        return None if row is None else SceneSummary.model_validate(row, from_attributes=True)

    def state(self, scene: str) -> SceneState | None:
        """The state as of the last recorded entry; its workflow may be further by what is being recorded."""
        with Session(self._engine) as session:
            snapshot = session.scalar(select(col(SceneRow.snapshot)).where(col(SceneRow.scene) == scene))
        return None if snapshot is None else SceneState.model_validate_json(snapshot)

    def applications(self, city: str | None = None) -> dict[str, Application]:
        """What each scene, or each of a city, was submitted or taken over with: the content of its first entry."""
        query = (
            select(col(EntryRow.stream), col(EntryRow.text))
            .join(SceneRow, col(SceneRow.scene) == col(EntryRow.stream))
            .where(col(EntryRow.sequence) == 1, *_equal((col(SceneRow.city), city)))
            .order_by(col(EntryRow.stream))
        )
        with Session(self._engine) as session:
            return {
                scene: Application.model_validate(json.loads(text)["command"]["act"]["application"])
                for scene, text in session.execute(query)
            }

    def inbox(
        self, *, city: str | None = None, unit: str | None = None, role: Role | None = None, person: str | None = None
    ) -> tuple[InboxItem, ...]:
        """The open duties of whoever is named, the most urgent first. Units of two cities may bear the same name."""
        conditions = _equal(
            (col(SceneRow.city), city),
            (col(DutyRow.holder_unit), unit),
            (col(DutyRow.holder_role), role),
            (col(DutyRow.holder_person), person),
        )
        query = (
            select(DutyRow, col(SceneRow.name), col(SceneRow.city), col(SceneRow.stage), col(SceneRow.step))
            .join(SceneRow, col(SceneRow.scene) == col(DutyRow.scene))
            .where(*conditions)
            .order_by(col(DutyRow.due_at), col(DutyRow.scene), col(DutyRow.deadline))
        )
        with Session(self._engine) as session:
            return tuple(
                InboxItem(
                    scene=duty.scene,
                    name=name,
                    city=city,
                    stage=Stage(stage),
                    step=step,
                    deadline=duty.deadline,
                    limit=duty.limit,
                    holder=Holder(role=Role(duty.holder_role), unit=duty.holder_unit, person=duty.holder_person),
                    verbs=tuple(duty.verbs),
                    machine=Machine(duty.machine),
                    bidder=duty.bidder,
                    due_on=duty.due_on,
                    due_at=duty.due_at,
                    provisional=duty.provisional,
                    status=DeadlineStatus(duty.status),
                    claimed_by=duty.claimed_by,
                    delegated_to=duty.delegated_to,
                )
                for duty, name, city, stage, step in session.execute(query)
            )

    def deadlines(self, scene: str) -> tuple[DeadlineRecord, ...]:
        """Every deadline the scene ever had, in order of their start."""
        query = (
            select(DeadlineRow)
            .where(col(DeadlineRow.scene) == scene)
            .order_by(col(DeadlineRow.started_by), col(DeadlineRow.id))
        )
        with Session(self._engine) as session:
            return tuple(
                DeadlineRecord(
                    deadline=Deadline.model_validate_json(row.fact),
                    status=DeadlineStanding(row.status),
                    closed_sequence=row.closed_sequence,
                )
                for row in session.scalars(query)
            )

    def held(self, unit: str, *, city: str | None = None, ended_since: date) -> tuple[HeldDeadline, ...]:
        """A unit's deadlines in order of their dates: all that run, and those that ended and were due since a day."""
        query = (
            select(DeadlineRow, col(SceneRow.name), col(SceneRow.city), col(SceneRow.sequence))
            .join(SceneRow, col(SceneRow.scene) == col(DeadlineRow.scene))
            .where(*_equal((col(DeadlineRow.holder_unit), unit), (col(SceneRow.city), city)))
            .where(or_(col(DeadlineRow.closed_sequence).is_(None), col(DeadlineRow.due_on) >= ended_since))
            .order_by(col(DeadlineRow.due_on), col(DeadlineRow.scene), col(DeadlineRow.id))
        )
        with Session(self._engine) as session:
            return tuple(
                HeldDeadline(
                    scene=row.scene,
                    name=name,
                    city=city,
                    sequence=sequence,
                    deadline=Deadline.model_validate_json(row.fact),
                    status=DeadlineStanding(row.status),
                    ended=row.closed_sequence is not None,
                )
                for row, name, city, sequence in session.execute(query)
            )

    def scenes(self, *, city: str | None = None, since: date | None = None, closed: bool = False) -> tuple[str, ...]:
        """Every scene, or those of a city, with an entry recorded on a day (UTC) or later, or that are closed."""
        query = select(col(SceneRow.scene)).order_by(col(SceneRow.scene))
        if closed:
            query = query.where(col(SceneRow.stage) == Stage.CLOSED.value)
        if city is not None:
            query = query.where(col(SceneRow.city) == city)
        if since is not None:
            from_then = datetime.combine(since, time(0), UTC)
            recorded = select(col(EntryRow.stream)).where(col(EntryRow.recorded_at) >= from_then)
            query = query.where(col(SceneRow.scene).in_(recorded))
        with Session(self._engine) as session:
            return tuple(session.scalars(query))

    def streams(self) -> tuple[str, ...]:
        with Session(self._engine) as session:
            return tuple(session.scalars(select(col(EntryRow.stream)).distinct().order_by(col(EntryRow.stream))))

    def entries(self, stream: str, first: int = 1, last: int | None = None) -> tuple[EntryRecord, ...]:
        """The journal from entry `first` to `last`, both included; to its end where `last` is None."""
        query = _journal(stream).where(col(EntryRow.sequence) >= first)
        if last is not None:
            query = query.where(col(EntryRow.sequence) <= last)
        with Session(self._engine) as session:
            return tuple(_record(row) for row in session.scalars(query))

    def chain(self, stream: str) -> tuple[Link, ...]:
        """The journal as it stands, in order, whatever its texts say."""
        query = _columns(EntryRow, ()).where(col(EntryRow.stream) == stream).order_by(col(EntryRow.sequence))
        with Session(self._engine) as session:
            return tuple(Link.model_validate(row, from_attributes=True) for row in session.execute(query))

    def entries_with(self, city: str, *kinds: str) -> tuple[EntryRecord, ...]:
        """The entries of a city's scenes in which an event of these kinds happened, scene by scene."""
        says = or_(*(col(EntryRow.text).contains(f'"kind":"{kind}"', autoescape=True) for kind in kinds))
        query = (
            select(EntryRow)
            .join(SceneRow, col(SceneRow.scene) == col(EntryRow.stream))
            .where(col(SceneRow.city) == city, says)
            .order_by(col(EntryRow.stream), col(EntryRow.sequence))
        )
        with Session(self._engine) as session:
            return tuple(_record(row) for row in session.scalars(query))

    def verify_chain(self, stream: str) -> int | None:
        """The first sequence of a stream that is missing, changed or out of its chain; None where all stands."""
        with Session(self._engine) as session:
            # Read first: a recorder that writes meanwhile makes the journal longer, never shorter than this.
            known = session.scalar(select(col(SceneRow.sequence)).where(col(SceneRow.scene) == stream)) or 0
            of_it = _columns(EntryRow, ()).where(col(EntryRow.stream) == stream).order_by(col(EntryRow.sequence))
            last, broken = _follow(session, of_it, _is_numbered)
        return last + 1 if broken or last < known else None

    def refusals(self, where: RefusalFilter | None = None, *, page: int = 1, limit: int = 50) -> Page[RefusalRecord]:
        """The last refused first."""
        where = where or RefusalFilter()
        conditions = _equal(
            (col(RefusalRow.scene), where.scene),
            (col(RefusalRow.code), where.code),
            (col(RefusalRow.person), where.person),
            (col(RefusalRow.unit), where.unit),
            (col(RefusalRow.role), where.role),
        )
        order = (col(RefusalRow.at).desc(), col(RefusalRow.scene), col(RefusalRow.sequence).desc())
        query = select(RefusalRow).where(*conditions).order_by(*order)
        page, limit = max(page, 1), min(max(limit, 1), LARGEST_PAGE)
        with Session(self._engine) as session:
            total = session.scalar(select(func.count()).select_from(RefusalRow).where(*conditions)) or 0
            rows = session.scalars(query.offset((page - 1) * limit).limit(limit))
            items = tuple(
                RefusalRecord(sequence=row.sequence, refusal=Refusal.model_validate_json(row.text), hash=row.hash)
                for row in rows
            )
        return Page(items=items, total=total, number=page, limit=limit)

    def refusal_chain(self, scene: str) -> tuple[Link, ...]:
        """A scene's refusals as they stand, in order."""
        query = select(RefusalRow).where(col(RefusalRow.scene) == scene).order_by(col(RefusalRow.sequence))
        with Session(self._engine) as session:
            return tuple(
                Link(
                    sequence=row.sequence, algorithm=row.algorithm, previous=row.previous, hash=row.hash, text=row.text
                )
                for row in session.scalars(query)
            )

    def verify_refusals(self, scene: str | None = None) -> dict[str, int]:
        """By scene, the first refusal that is missing, changed or out of its chain; empty where all stand."""
        broken: dict[str, int] = {}
        with Session(self._engine) as session:
            scenes = select(col(RefusalRow.scene)).distinct().order_by(col(RefusalRow.scene))
            for each in [scene] if scene is not None else session.scalars(scenes).all():
                chain = _columns(RefusalRow, REPEATED)
                chain = chain.where(col(RefusalRow.scene) == each).order_by(col(RefusalRow.sequence))
                last, stops = _follow(session, chain, _repeats)
                if stops:
                    broken[each] = last + 1
        return broken


_SUMMARY = tuple(getattr(SceneRow, name) for name in SceneSummary.model_fields)


def _scene_conditions(where: SceneFilter) -> Iterator[ColumnElement[bool]]:
    yield from _equal(
        (col(SceneRow.stage), where.stage),
        (col(SceneRow.step), where.step),
        (col(SceneRow.city), where.city),
        (col(SceneRow.domain), where.domain),
        (col(SceneRow.type), where.type),
        (col(SceneRow.lead), where.lead),
        (col(SceneRow.scale), where.scale),
        (col(SceneRow.track), where.track),
        (col(SceneRow.maturity), where.maturity),
        (col(SceneRow.project_stage), where.project_stage),
    )
    if where.funding_source:
        yield col(SceneRow.funding_source).icontains(where.funding_source, autoescape=True)
    if where.overdue is not None:
        yield col(SceneRow.overdue).is_(where.overdue)
    if where.first is not None:
        yield col(SceneRow.firsts).contains(where.first)
    if where.project:
        named = (SceneRow.project_kind, SceneRow.project)
        yield or_(*(col(each).icontains(where.project, autoescape=True) for each in named))
    if where.text:
        searched = (SceneRow.scene, SceneRow.name, SceneRow.owner, SceneRow.lead)
        yield or_(*(col(each).icontains(where.text, autoescape=True) for each in searched))


def _equal(*wanted: tuple[Mapped[Any], str | None]) -> tuple[ColumnElement[bool], ...]:
    """A word of the vocabulary is compared as the text it stands for."""
    return tuple(column == str(value) for column, value in wanted if value is not None)


def _record(row: EntryRow) -> EntryRecord:
    return EntryRecord(
        stream=row.stream,
        entry=JournalEntry.model_validate_json(row.text),
        text=row.text,
        algorithm=row.algorithm,
        previous=row.previous,
        hash=row.hash,
        recorded_at=row.recorded_at,
        build=row.build,
        rules=row.rules,
    )


def _journal(stream: str) -> Select[EntryRow]:
    return select(EntryRow).where(col(EntryRow.stream) == stream).order_by(col(EntryRow.sequence))


def _columns(of: type[EntryRow] | type[RefusalRow], others: tuple[str, ...]) -> Select[Any]:
    """What a check reads. Rows, not objects of the table's model: those cost more than all the hashing."""
    return select(*(getattr(of, name) for name in ("sequence", "algorithm", "previous", "hash", "text", *others)))


def _follow(session: Session, chain: Select[Any], is_true: Callable[[Row[Any]], bool]) -> tuple[int, bool]:
    """How far a chain holds, and whether it breaks there."""
    previous, last = GENESIS, 0
    with closing(session.execute(chain.execution_options(yield_per=200))) as rows:
        for row in rows:
            if row.sequence != last + 1 or not _links(row, previous) or not is_true(row):
                return last, True
            previous, last = row.hash, row.sequence
    return last, False


def _is_numbered(row: Row[Any]) -> bool:
    """Whether an entry gives itself the number that it stands under: the last key of its canonical text."""
    if row.text.endswith(f',"sequence":{row.sequence}}}'):
        return True
    return bool(json.loads(row.text)["sequence"] == row.sequence)


def _links(row: Row[Any], previous: str) -> bool:
    algorithm = next((known for known in get_args(Algorithm) if known == row.algorithm), None)
    if algorithm is None or row.previous != previous:
        return False
    return bool(link(algorithm, previous, row.text.encode()) == row.hash)


def _repeats(row: Row[Any]) -> bool:
    """Whether the columns that lists ask for say what the text says."""
    said = columns_of(Refusal.model_validate_json(row.text))
    return all(getattr(row, name) == value for name, value in said.items())
