"""Makes a checkpoint: a schedule asks each hour for the one of the day; a person asks for one more."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.checkpoint import CheckpointActivities, CheckpointAsked
    from models.checkpoint import SignedCheckpoint

TIMEOUT = timedelta(minutes=10)
"""A million leaves are hashed anew in seconds; the rest is for a database that is slow or away."""


@workflow.defn(name="Checkpoint")
class CheckpointWorkflow:
    @workflow.run
    async def run(self, asked: CheckpointAsked) -> SignedCheckpoint:
        return await workflow.execute_activity_method(
            CheckpointActivities.make,
            asked,
            start_to_close_timeout=TIMEOUT,
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        )
