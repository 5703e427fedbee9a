"""Started by a schedule: what came from outside and waits is tried again."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.events import EventActivities

ROUND_TIMEOUT = timedelta(minutes=30)
SILENCE = timedelta(minutes=2)
"""No event takes so long: the round is begun again, perhaps by another worker."""


@workflow.defn(name="EventRetry")
class EventRetryWorkflow:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity_method(
            EventActivities.retry,
            start_to_close_timeout=ROUND_TIMEOUT,
            heartbeat_timeout=SILENCE,
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        )
