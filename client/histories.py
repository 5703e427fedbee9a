"""Runs and their histories, read from Temporal; and the schedule that archives them."""

from collections.abc import AsyncIterator
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

from activities.archive import ClosedRun
from workflows.archive import ArchiveWorkflow

SCENE_RUNS = "WorkflowType = 'Scene'"
ARCHIVE_SCHEDULE = "archive"
ARCHIVE_EVERY = timedelta(hours=1)


class TemporalHistories:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def closed_runs(self, size: int) -> AsyncIterator[tuple[ClosedRun, ...]]:
        page: list[ClosedRun] = []
        query = f"{SCENE_RUNS} AND ExecutionStatus != 'Running'"
        async for run in self._client.list_workflows(query, page_size=size):
            if run.close_time is not None:
                page.append(ClosedRun(workflow_id=run.id, run_id=run.run_id, closed_at=run.close_time))
            if len(page) == size:
                yield tuple(page)
                page.clear()
        if page:
            yield tuple(page)

    async def history_json(self, run: ClosedRun) -> tuple[str, int]:
        handle = self._client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
        history = await handle.fetch_history()
        return history.to_json(), len(history.events)


async def ensure_archive_schedule(client: Client, task_queue: str) -> None:
    """Makes the schedule that archives closed runs, unless it is there."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(ArchiveWorkflow.run, id="archive", task_queue=task_queue),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=ARCHIVE_EVERY)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    with suppress(ScheduleAlreadyRunningError):
        await client.create_schedule(ARCHIVE_SCHEDULE, schedule, trigger_immediately=True)
