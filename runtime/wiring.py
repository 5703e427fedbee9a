"""The composition root: the only place that knows which implementation stands behind which port."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.archive import ArchiveActivities
from activities.checkpoint import CheckpointActivities
from activities.delivery import Channel, DeliveryActivities
from activities.events import EventActivities
from activities.ledger import LedgerActivities
from activities.lineage import LineageActivities
from audit.attested import Attestor
from audit.checkpoints import Checkpoints
from audit.export import Stores
from audit.sealing import Seals
from audit.signing import KeyFile
from audit.sources import digest_of, installed
from channels.documents import DocumentWriter
from channels.email import Email
from channels.robots import Robots
from channels.webhook import Webhook
from channels.writing import Writer
from client.documents import DocumentDesk
from client.electronic_service import ElectronicService
from client.histories import TemporalHistories
from client.lineage import LineageWatch
from client.mailboxes import Mailboxes
from client.outside import Outside
from client.scene_client import SceneClient, scene_of
from client.standing import Standings
from models.calendar import Calendar
from runtime.build import build_id, rules_digest
from runtime.calendar_files import load_calendar
from runtime.contact_files import ContactFile
from runtime.receiving import outside
from runtime.settings import Settings
from storage.archive import SqlArchive
from storage.archive_files import ArchiveFiles
from storage.builds import BuildFiles
from storage.checkpoints import SqlCheckpoints
from storage.database import engine_for
from storage.directories import SqlDirectories
from storage.documents import SqlDocuments
from storage.drafts import SqlDrafts
from storage.funds import SqlFunds
from storage.ledger import SqlLedger
from storage.lineage import SqlLineage
from storage.mailroom import SqlMailroom
from storage.places import place_at
from storage.quotas import SqlQuotas
from storage.readings import SqlReadings
from storage.reads import LedgerReads
from storage.received import SqlReceived
from storage.refusals import RefusalLedger
from storage.rulebooks import SqlRulebooks
from storage.year_notices import SqlYearNotices
from workflows.archive import ArchiveWorkflow
from workflows.checkpoint import CheckpointWorkflow
from workflows.events import EventRetryWorkflow
from workflows.lineage import LineageWorkflow
from workflows.mailbox import MailboxSweepWorkflow, MailboxWorkflow
from workflows.scene import SceneWorkflow

_log = logging.getLogger(__name__)

CACHED_SCENES = 2_000
"""Above the number of scenes that are busy at once; a cached scene costs 100-150 KB, a missing one a replay."""
UNVERSIONED = "scenes"
ACTIVITIES = 1_000
"""At once; most of them only linger, and hold neither a thread nor a connection."""


@dataclass(frozen=True)
class Parts:
    """Everything that stands on the database and the data folder."""

    settings: Settings
    engine: Engine
    ledger: SqlLedger
    reads: LedgerReads
    refusals: RefusalLedger
    rulebooks: SqlRulebooks
    archive: SqlArchive
    builds: BuildFiles
    year_notices: SqlYearNotices
    documents: SqlDocuments
    directories: SqlDirectories
    funds: SqlFunds
    quotas: SqlQuotas
    drafts: SqlDrafts
    readings: SqlReadings
    checkpoints: SqlCheckpoints
    audit_key: KeyFile


@contextmanager
def parts(settings: Settings) -> Iterator[Parts]:
    engine = engine_for(settings.database_url.get_secret_value())
    try:
        yield Parts(
            settings=settings,
            engine=engine,
            ledger=SqlLedger(engine),
            reads=LedgerReads(engine),
            refusals=RefusalLedger(engine, settings.data_dir / "refusals.spool"),
            rulebooks=SqlRulebooks(engine),
            archive=SqlArchive(engine, ArchiveFiles(place := place_at(settings.archive)), scene_of),
            builds=BuildFiles(place.within("builds")),
            year_notices=SqlYearNotices(engine),
            documents=SqlDocuments(engine),
            directories=SqlDirectories(engine),
            funds=SqlFunds(engine),
            quotas=SqlQuotas(engine),
            drafts=SqlDrafts(engine),
            readings=SqlReadings(engine),
            checkpoints=SqlCheckpoints(engine),
            audit_key=KeyFile(settings.audit_key),
        )
    finally:
        engine.dispose()


def scene_client(temporal: Client, parts: Parts) -> SceneClient:
    return SceneClient(
        temporal=temporal,
        task_queue=parts.settings.task_queue,
        refusals=parts.refusals,
        rulebooks=parts.rulebooks,
    )


def make_worker(temporal: Client, parts: Parts, calendar: Calendar | None = None) -> Worker:
    """A worker for everything, ready to run: `async with` it, or await its `run`.

    `calendar` is that of the mailboxes; by default the one beside the policies.
    """
    delivery = _delivery(temporal, parts, calendar)
    code = _code_keeper(parts)
    ledger = LedgerActivities(
        parts.ledger,
        build=build_id(),
        rules=rules_digest(),
        linger=timedelta(milliseconds=parts.settings.record_linger_ms),
        wake=delivery,
    )
    archive = ArchiveActivities(TemporalHistories(temporal), parts.archive, seals(parts), keep_code=code)
    events = EventActivities(_door(temporal, parts), SqlReceived(parts.engine))
    kin = LineageActivities(lineage_watch(temporal, parts))
    checkpoint = CheckpointActivities(Checkpoints(parts.checkpoints, parts.audit_key))
    letters: list[Callable[..., Any]] = [delivery.deliver, delivery.sweep] if delivery else []
    return Worker(
        temporal,
        task_queue=parts.settings.task_queue,
        workflows=[
            SceneWorkflow,
            ArchiveWorkflow,
            MailboxWorkflow,
            MailboxSweepWorkflow,
            EventRetryWorkflow,
            LineageWorkflow,
            CheckpointWorkflow,
        ],
        activities=[ledger.record, archive.archive_closed_runs, events.retry, kin.tell_kin, checkpoint.make, *letters],
        max_concurrent_activities=ACTIVITIES,
        max_cached_workflows=CACHED_SCENES,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        deployment_config=_deployment(parts.settings),
    )


def _code_keeper(parts: Parts) -> Callable[[], None]:
    """Keeps this build's sources, so that what it records can be judged by its own code, however old it is then.

    A bucket that can not be reached keeps no worker from working: each sweep of the archive tries again.
    """

    def keep() -> None:
        parts.builds.keep(digest_of(installed()), installed())

    try:
        keep()
    except OSError as problem:
        _log.warning("the code of this build is not kept yet: %s", problem)
    return keep


def evidence(parts: Parts) -> Stores:
    """Where bundles are made from."""
    return Stores(
        reads=parts.reads,
        archive=parts.archive,
        rulebooks=parts.rulebooks,
        directories=parts.directories,
        documents=parts.documents,
        builds=parts.builds,
        attestor=Attestor(parts.checkpoints),
    )


def seals(parts: Parts) -> Seals:
    """The bundles of closed scenes."""
    place = place_at(parts.settings.archive).within("sealed")
    return Seals(evidence(parts), place, parts.settings.data_dir, parts.audit_key, build_id)


def lineage_watch(temporal: Client, parts: Parts) -> LineageWatch:
    scenes = scene_client(temporal, parts)
    return LineageWatch(scenes, SqlLineage(parts.engine), Standings(parts.reads, parts.rulebooks))


def _door(temporal: Client, parts: Parts) -> Outside:
    async def connected() -> SceneClient:
        return scene_client(temporal, parts)

    return outside(parts, connected)


def _delivery(temporal: Client, parts: Parts, calendar: Calendar | None) -> DeliveryActivities | None:
    """None where nothing goes out: then all read the inbox, and nobody has to be woken."""
    settings = parts.settings
    if not settings.delivers:
        return None
    calendar = calendar or load_calendar(settings.policies_dir / "calendars")
    return DeliveryActivities(
        SqlMailroom(parts.engine),
        book=ContactFile(settings).book,
        calendar=calendar,
        writer=Writer(calendar, settings.templates_dir),
        channels=_channels(settings),
        wake=Mailboxes(temporal, settings.task_queue),
        desk=document_desk(parts),
        receipts=ElectronicService(scene_client(temporal, parts), Standings(parts.reads, parts.rulebooks)),
    )


def document_desk(parts: Parts) -> DocumentDesk:
    return DocumentDesk(
        parts.documents, Standings(parts.reads, parts.rulebooks), DocumentWriter(parts.settings.templates_dir)
    )


def _channels(settings: Settings) -> tuple[Channel, ...]:
    private = settings.webhooks_into_private_networks
    channels: tuple[Channel, ...] = (Webhook(private), Robots(private))
    if settings.smtp_url is None:
        return channels
    email = Email(settings.smtp_url.get_secret_value(), settings.mail_from, settings.unsubscribe_mailto)
    return (email, *channels)


def _deployment(settings: Settings) -> WorkerDeploymentConfig:
    """Where versioning is on, scenes stay with the build that began their run and move on at continue-as-new.

    Where it is off, the build is named all the same: the SDK would take half a second to make up a name.
    """
    if settings.deployment_name is None or settings.build_id is None:
        version = WorkerDeploymentVersion(deployment_name=UNVERSIONED, build_id=build_id())
        return WorkerDeploymentConfig(version=version, use_worker_versioning=False)
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=settings.deployment_name, build_id=settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
