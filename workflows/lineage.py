"""Started by a schedule: copies and their kin are told what concerns them."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.lineage import LineageActivities

ROUND_TIMEOUT = timedelta(minutes=30)
SILENCE = timedelta(minutes=2)
"""No scene takes so long to be told: the round is begun again, perhaps by another worker."""


@workflow.defn(name="Lineage")
class LineageWorkflow:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity_method(
            LineageActivities.tell_kin,
            start_to_close_timeout=ROUND_TIMEOUT,
            heartbeat_timeout=SILENCE,
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        )
