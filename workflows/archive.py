"""The archive's sweep: started by a schedule, it archives every closed run that is not archived yet."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.archive import ArchiveActivities, Archived

SWEEP_TIMEOUT = timedelta(hours=2)
SILENCE = timedelta(minutes=2)
"""A sweep that archives nothing for so long is started again, perhaps by another worker."""


@workflow.defn(name="Archive")
class ArchiveWorkflow:
    @workflow.run
    async def run(self) -> Archived:
        return await workflow.execute_activity_method(
            ArchiveActivities.archive_closed_runs,
            start_to_close_timeout=SWEEP_TIMEOUT,
            heartbeat_timeout=SILENCE,
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        )
