"""The tables. `entry`, `refusal`, `directory`, `fund_entry`, `quota_set`, `log_leaf`, `checkpoint` and `rulebook` only
grow: the database refuses anything else, and nothing of ours asks for it. All else is made from them again, but for
delivery, notices, what came from outside, the register of documents, drafts and read marks.

Only storage imports this. Words of the vocabulary stand as text, not as database enums: a new word is no migration.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Index, LargeBinary, Text, TypeDecorator, text
from sqlmodel import Field, SQLModel


class Utc(TypeDecorator[datetime]):
    """An instant: stored in UTC, read with its time zone, on databases that know none as well."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class DeadlineStanding(StrEnum):
    """How a deadline stands, or how it ended."""

    OPEN = "open"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    PASSED = "passed"
    CANCELLED = "cancelled"


class EntryRow(SQLModel, table=True):
    """One journal entry. `hash` is `models.journal.link` over `previous` and `text`, the entry's canonical JSON."""

    __tablename__ = "entry"

    stream: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    algorithm: str
    previous: str
    hash: str
    text: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=Utc)
    build: str
    rules: str


class SceneRow(SQLModel, table=True):
    """One scene as of its last recorded entry, `sequence`, whose hash is `head`. `snapshot` is its SceneState."""

    __tablename__ = "scene"
    __table_args__ = (
        Index("scene_by_city_and_stage", "city", "stage"),
        Index("scene_by_lead", "lead"),
        Index("scene_by_next_due", "next_due_at"),
    )

    scene: str = Field(primary_key=True)
    name: str
    city: str
    domain: str
    type: str
    scale: str
    track: str
    risk: str
    stage: str
    step: str
    outcome: str | None
    lead: str | None
    regulator: str | None
    owner: str
    cooperating: list[str] = Field(sa_type=JSON)
    bidders: list[str] = Field(sa_type=JSON)
    declared: bool
    suspended: bool
    overdue: bool
    began_on: date | None
    entered_at: datetime | None = Field(sa_type=Utc)
    next_due_at: datetime | None = Field(sa_type=Utc)
    sequence: int
    head: str
    policy_version: str
    policy_digest: str
    calendar: str
    assumed: list[str] = Field(sa_type=JSON)
    firsts: str | None = None
    project_kind: str | None = None
    project: str | None = None
    maturity: str | None = None
    project_stage: str | None = None
    funding_source: str | None = None
    snapshot: str = Field(sa_type=Text)


class DeadlineRow(SQLModel, table=True):
    """Every deadline there ever was; `started_by` tells one from a later one under the same id.

    `fact` is the models.deadline.Deadline as it stood last, `closed_sequence` the entry that ended it.
    """

    __tablename__ = "deadline"
    __table_args__ = (Index("deadline_by_status", "status", "due_at"),)

    scene: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    started_by: int = Field(primary_key=True)
    limit: str
    holder_role: str | None
    holder_unit: str | None
    holder_person: str | None
    machine: str
    bidder: str | None
    verbs: list[str] = Field(sa_type=JSON)
    clause: str
    started_on: date
    due_on: date
    due_at: datetime = Field(sa_type=Utc)
    provisional: bool
    calendar: str
    extensions: list[dict[str, Any]] = Field(sa_type=JSON)
    status: str
    closed_sequence: int | None
    fact: str = Field(sa_type=Text)


class DutyRow(SQLModel, table=True):
    """What `rules.duties` gives now: the inbox."""

    __tablename__ = "duty"
    __table_args__ = (
        Index("duty_by_unit", "holder_unit", "due_at"),
        Index("duty_by_person", "holder_person", "due_at"),
    )

    scene: str = Field(primary_key=True)
    deadline: str = Field(primary_key=True)
    limit: str
    holder_role: str
    holder_unit: str
    holder_person: str | None
    verbs: list[str] = Field(sa_type=JSON)
    machine: str
    bidder: str | None
    due_on: date
    due_at: datetime = Field(sa_type=Utc)
    provisional: bool
    status: str
    claimed_by: str | None = None
    delegated_to: str | None = None


class DraftRow(SQLModel, table=True):
    """One revision of a draft; it is never changed. `text` is the whole models.draft.Draft."""

    __tablename__ = "draft"
    __table_args__ = (Index("draft_by_unit", "unit", "role"),)

    id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    scene: str
    role: str
    unit: str
    person: str
    status: str
    saved_at: datetime = Field(sa_type=Utc)
    text: str = Field(sa_type=Text)


class ReadMarkRow(SQLModel, table=True):
    """Who has read a message of the outbox, and when first."""

    __tablename__ = "read_mark"

    stream: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    rung: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    read_at: datetime = Field(sa_type=Utc)


class OutboxRow(SQLModel, table=True):
    """One message to one recipient. The last six columns are the delivery's; nothing else writes them."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "outbox_undelivered",
            "recipient",
            "send_after",
            sqlite_where=text("delivered_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
    )

    stream: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    rung: str = Field(primary_key=True)
    kind: str
    level: str
    deadline: str | None
    payload: dict[str, Any] = Field(sa_type=JSON)
    send_after: datetime = Field(sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)
    delivered_at: datetime | None = Field(default=None, sa_type=Utc)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    last_error: str | None = Field(default=None, sa_type=Text)
    message_id: str | None = None
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    given_up_at: datetime | None = Field(default=None, sa_type=Utc)


class KinshipRow(SQLModel, table=True):
    """A tie that `stream` tells of: it is itself the `replica`, and a copy of `original`.

    `evidence` is the original's entry as of which the copy inherited its evidence; None where it has not.
    """

    __tablename__ = "kinship"

    stream: str = Field(primary_key=True)
    original: str = Field(primary_key=True)
    replica: str = Field(primary_key=True)
    evidence: int | None


class AlarmRow(SQLModel, table=True):
    """An entry of `stream` that re-opens the review of all its kin; see models.lineage.Cause."""

    __tablename__ = "lineage_alarm"

    stream: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    kind: str
    incident: str | None


class LineageReviewRow(SQLModel, table=True):
    """A review that `stream` re-opened because of an entry of its kin; `affected` is None while it is open."""

    __tablename__ = "lineage_review"

    stream: str = Field(primary_key=True)
    cause_stream: str = Field(primary_key=True)
    cause_sequence: int = Field(primary_key=True)
    affected: bool | None


class SuggestionRow(SQLModel, table=True):
    """A suggestion to change a rule; see models.state.suggestions. `sequence` is the entry with what was written."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("suggestion_by_day", "suggested_on", "stream", "id"),)

    stream: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    sequence: int
    bidder: str
    rule: str
    clause: str
    by_role: str
    by_unit: str
    to_role: str
    to_unit: str
    suggested_on: date
    answer: str | None
    answered_on: date | None
    answered_in: int | None
    authority: str | None
    document: str | None


class DocumentRow(SQLModel, table=True):
    """One official document; see models.document.OfficialDocument. The number is given with the entry, once."""

    __tablename__ = "document"
    __table_args__ = (
        Index("document_by_number", "city", "year", "series", "ordinal"),
        Index("document_by_issue", "issued_at"),
    )

    stream: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    city: str
    year: int
    series: str
    ordinal: int | None
    number: str | None
    form: str
    title: str
    to_role: str
    to_unit: str
    to_person: str | None
    issued_at: datetime = Field(sa_type=Utc)
    text: str | None = Field(sa_type=Text)
    sha256: str | None
    written_at: datetime | None = Field(sa_type=Utc)


class DocumentCountRow(SQLModel, table=True):
    """The last number that a city gave in a series and year."""

    __tablename__ = "document_count"

    city: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    series: str = Field(primary_key=True)
    last: int


class PostedRow(SQLModel, table=True):
    """A way that a letter went, and whether it arrived: it does not go that way again.

    `brought` are the digests of the official documents that it brought to the mailbox's own contact.
    """

    __tablename__ = "posted"

    letter: str = Field(primary_key=True)
    way: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Utc)
    arrived: bool
    note: str | None = Field(default=None, sa_type=Text)
    brought: list[str] | None = Field(default=None, sa_type=JSON)


class RefusalRow(SQLModel, table=True):
    """One refusal, chained like the journal, each scene's for itself. `text` is the whole of it; columns repeat it."""

    __tablename__ = "refusal"
    __table_args__ = (Index("refusal_by_time", "at"), Index("refusal_by_code", "code", "at"))

    scene: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    code: str
    person: str | None
    unit: str | None
    role: str | None
    seen: int | None
    at: datetime = Field(sa_type=Utc)
    digest: str = Field(unique=True)
    algorithm: str
    previous: str
    hash: str
    text: str = Field(sa_type=Text)


class ReceivedRow(SQLModel, table=True):
    """One event from outside, kept before anything came of it; `command` is the models.commands.Command it became.

    `dismissal` is the models.outside.Dismissal of one that a person closed.
    """

    __tablename__ = "received"
    __table_args__ = (
        Index("received_by_handling", "handling", "received_at"),
        Index("received_by_source", "source", "received_at"),
        Index("received_by_scene", "scene", "received_at"),
    )

    id: str = Field(primary_key=True)
    source: str
    event_id: str | None
    type: str | None
    subject: str | None
    time: str | None
    received_at: datetime = Field(sa_type=Utc)
    sha256: str
    headers: dict[str, str] = Field(sa_type=JSON)
    body: bytes = Field(sa_type=LargeBinary)
    command_id: str | None = Field(unique=True)
    handling: str
    code: str | None
    details: dict[str, str] = Field(sa_type=JSON)
    scene: str | None
    entry: int | None
    command: str | None = Field(sa_type=Text)
    attempts: int
    tried_at: datetime | None = Field(sa_type=Utc)
    dismissal: str | None = Field(default=None, sa_type=Text)


class TurnedAwayRow(SQLModel, table=True):
    """How many messages of nobody we know came on a day (UTC), by the code they were refused with."""

    __tablename__ = "turned_away"

    day: date = Field(primary_key=True)
    code: str = Field(primary_key=True)
    count: int
    last_at: datetime = Field(sa_type=Utc)


class RulebookRow(SQLModel, table=True):
    """A policy by value with its calendar: what its digest and its calendar's version stand for."""

    __tablename__ = "rulebook"

    digest: str = Field(primary_key=True)
    calendar: str = Field(primary_key=True)
    city: str
    version: str
    text: str = Field(sa_type=Text)


class DirectoryRow(SQLModel, table=True):
    """A version of a city's directory, chained like the journal. `text` is the models.directory.DirectoryChange."""

    __tablename__ = "directory"

    city: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    algorithm: str
    previous: str
    hash: str
    at: datetime = Field(sa_type=Utc)
    text: str = Field(sa_type=Text)


class DirectoryChangeRow(SQLModel, table=True):
    """A directory that was proposed. `text` is the whole models.directory.DirectoryChange."""

    __tablename__ = "directory_change"
    __table_args__ = (Index("directory_change_by_city", "city", "proposed_at"),)

    id: str = Field(primary_key=True)
    city: str
    base: int
    status: str
    proposed_at: datetime = Field(sa_type=Utc)
    text: str = Field(sa_type=Text)


class QuotaSetRow(SQLModel, table=True):
    """A quota as a city's leading group set it, chained like the journal. `text` is the models.quota.QuotaSet."""

    __tablename__ = "quota_set"

    city: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    quota: str
    algorithm: str
    previous: str
    hash: str
    at: datetime = Field(sa_type=Utc)
    text: str = Field(sa_type=Text)


class FundEntryRow(SQLModel, table=True):
    """An entry of a city's risk compensation pool, chained like the journal. `text` is the models.fund.FundEntry."""

    __tablename__ = "fund_entry"
    __table_args__ = (Index("fund_entry_by_command", "city", "command_id", unique=True),)

    city: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    command_id: str
    algorithm: str
    previous: str
    hash: str
    at: datetime = Field(sa_type=Utc)
    text: str = Field(sa_type=Text)


class LogLeafRow(SQLModel, table=True):
    """A leaf of the checkpoint log, see models.checkpoint.LogLeaf; `hash` is its hash in the tree."""

    __tablename__ = "log_leaf"
    __table_args__ = (Index("log_leaf_by_stream", "kind", "stream", "sequence", unique=True),)

    index: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    stream: str
    sequence: int
    head: str
    algorithm: str
    hash: str


class CheckpointRow(SQLModel, table=True):
    """One checkpoint. `text` is the models.checkpoint.Checkpoint that was signed; the columns before repeat it."""

    __tablename__ = "checkpoint"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: date | None = Field(unique=True)
    text: str = Field(sa_type=Text)
    public_key: str
    signature: str


class YearNoticeRow(SQLModel, table=True):
    """A year's holiday notice that was proposed. `text` is the whole models.year_notice.NoticeProposal."""

    __tablename__ = "year_notice"
    __table_args__ = (Index("year_notice_by_year", "year", "proposed_at"),)

    digest: str = Field(primary_key=True)
    year: int
    city: str
    status: str
    proposed_at: datetime = Field(sa_type=Utc)
    text: str = Field(sa_type=Text)


class NoticeLoadedRow(SQLModel, table=True):
    """A scene that a notice was brought into. `text` is the whole models.year_notice.NoticeLoaded."""

    __tablename__ = "notice_loaded"

    digest: str = Field(primary_key=True)
    scene: str = Field(primary_key=True)
    result: str
    at: datetime = Field(sa_type=Utc)
    text: str = Field(sa_type=Text)


class ArchiveRow(SQLModel, table=True):
    """One archived run: `path` within the archive's folder, digest and size of the history before it was packed."""

    __tablename__ = "archive"
    __table_args__ = (Index("archive_by_stream", "stream", "closed_at"),)

    workflow_id: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    stream: str
    path: str
    sha256: str
    bytes: int
    events: int
    closed_at: datetime = Field(sa_type=Utc)
    archived_at: datetime = Field(sa_type=Utc)
