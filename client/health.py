"""What an operator asks of the server: does it keep histories, does it know our words, does somebody work."""

from datetime import timedelta
from typing import NamedTuple, get_args

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.archive import Archived
from activities.checkpoint import CheckpointAsked, NotMade, NotMadeCode
from client.histories import SCENE_RUNS
from client.scene_client import scene_of, workflow_id
from client.schedules import ARCHIVE_SCHEDULE
from models.checkpoint import SignedCheckpoint
from models.search_attributes import SEARCH_ATTRIBUTES
from workflows.archive import ArchiveWorkflow
from workflows.checkpoint import CheckpointWorkflow

ARCHIVE_NOW = "archive-now"
SWEEP_WITHIN = timedelta(minutes=30)
CHECKPOINT_NOW = "checkpoint-now"
CHECKPOINT_WITHIN = timedelta(minutes=30)


class Pollers(NamedTuple):
    """Who asked for tasks in the last minutes, by identity."""

    workflows: tuple[str, ...]
    activities: tuple[str, ...]


async def retention(client: Client) -> timedelta:
    """How long the namespace keeps closed runs."""
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def missing_search_attributes(client: Client) -> tuple[str, ...]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return tuple(name for name in SEARCH_ATTRIBUTES if name not in answer.custom_attributes)


async def pollers(client: Client, task_queue: str) -> Pollers:
    workflows = await _polling(client, task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
    activities = await _polling(client, task_queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
    return Pollers(workflows, activities)


async def _polling(client: Client, task_queue: str, kind: "TaskQueueType.ValueType") -> tuple[str, ...]:
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=task_queue), task_queue_type=kind
        )
    )
    return tuple(dict.fromkeys(poller.identity for poller in answer.pollers))


async def has_archive_schedule(client: Client) -> bool:
    try:
        await client.get_schedule_handle(ARCHIVE_SCHEDULE).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def open_scenes(client: Client, limit: int | None = None) -> tuple[str, ...]:
    """The scenes whose workflow runs; the first `limit` the server names."""
    runs = client.list_workflows(f"{SCENE_RUNS} AND ExecutionStatus = 'Running'", limit=limit)
    return tuple([scene_of(run.id) async for run in runs])


async def recording_failure(client: Client, scene: str) -> str | None:
    """Why the ledger does not take a scene's entries, as its last attempt said; None while nothing failed."""
    description = await client.get_workflow_handle(workflow_id(scene)).describe()
    failures = [each.last_failure.message for each in description.raw_description.pending_activities]
    return next((message for message in failures if message), None)


async def archive_now(client: Client, task_queue: str) -> Archived:
    """One sweep at once, beside the schedule's; a sweep that runs already is waited for."""
    handle = await client.start_workflow(
        ArchiveWorkflow.run,
        id=ARCHIVE_NOW,
        task_queue=task_queue,
        execution_timeout=SWEEP_WITHIN,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    return await handle.result()


async def checkpoint_now(client: Client, task_queue: str) -> SignedCheckpoint:
    """A checkpoint beside the schedule's; one that is being made already is waited for. Raises NotMade."""
    handle = await client.start_workflow(
        CheckpointWorkflow.run,
        CheckpointAsked(daily=False),
        id=CHECKPOINT_NOW,
        task_queue=task_queue,
        execution_timeout=CHECKPOINT_WITHIN,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    try:
        return await handle.result()
    except WorkflowFailureError as failure:
        reason = failure.cause.cause if isinstance(failure.cause, ActivityError) else None
        for code in get_args(NotMadeCode):
            if isinstance(reason, ApplicationError) and reason.type == code:
                raise NotMade(code, reason.message) from None
        raise
