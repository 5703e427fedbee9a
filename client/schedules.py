"""What runs by the clock, beside the scenes: the day's checkpoint, the sweeps of archive, mailboxes, events, kin."""

from contextlib import suppress
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)

from activities.checkpoint import CheckpointAsked
from workflows.archive import ArchiveWorkflow
from workflows.checkpoint import CheckpointWorkflow
from workflows.events import EventRetryWorkflow
from workflows.lineage import LineageWorkflow
from workflows.mailbox import MailboxSweepWorkflow

ARCHIVE_SCHEDULE = "archive"
ARCHIVE_EVERY = timedelta(hours=1)
SWEEP_SCHEDULE = "mailboxes"
SWEEP_EVERY = timedelta(minutes=5)
EVENT_SCHEDULE = "events"
EVENTS_EVERY = timedelta(minutes=5)
LINEAGE_SCHEDULE = "lineage"
LINEAGE_EVERY = timedelta(minutes=5)
CHECKPOINT_SCHEDULE = "checkpoints"
CHECKPOINTS_EVERY = timedelta(hours=1)
"""Each day has one all the same: the first that finds none of today makes it, on a machine that sleeps at night too."""


async def ensure_schedules(client: Client, task_queue: str, *, delivers: bool) -> None:
    """Makes the schedules unless they are there; the mailboxes' only where letters are delivered."""
    archive = ScheduleActionStartWorkflow(ArchiveWorkflow.run, id=ARCHIVE_SCHEDULE, task_queue=task_queue)
    await _ensure(client, ARCHIVE_SCHEDULE, archive, ARCHIVE_EVERY)
    events = ScheduleActionStartWorkflow(EventRetryWorkflow.run, id=EVENT_SCHEDULE, task_queue=task_queue)
    await _ensure(client, EVENT_SCHEDULE, events, EVENTS_EVERY)
    kin = ScheduleActionStartWorkflow(LineageWorkflow.run, id=LINEAGE_SCHEDULE, task_queue=task_queue)
    await _ensure(client, LINEAGE_SCHEDULE, kin, LINEAGE_EVERY)
    checkpoint = ScheduleActionStartWorkflow(
        CheckpointWorkflow.run, CheckpointAsked(daily=True), id=CHECKPOINT_SCHEDULE, task_queue=task_queue
    )
    await _ensure(client, CHECKPOINT_SCHEDULE, checkpoint, CHECKPOINTS_EVERY)
    if delivers:
        sweep = ScheduleActionStartWorkflow(MailboxSweepWorkflow.run, id=SWEEP_SCHEDULE, task_queue=task_queue)
        await _ensure(client, SWEEP_SCHEDULE, sweep, SWEEP_EVERY)


async def _ensure(client: Client, name: str, action: ScheduleActionStartWorkflow, every: timedelta) -> None:
    schedule = Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    with suppress(ScheduleAlreadyRunningError):
        await client.create_schedule(name, schedule, trigger_immediately=True)
