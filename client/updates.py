"""One update, sent once. The SDK's own call repeats for us, and where a run ends it repeats too late.

An act that meets a run's end is told "workflow is closing" with RESOURCE_EXHAUSTED, for some 20 ms. The SDK takes that
for an overload and waits a second. Here the caller hears of it at once, and asks again after its own pause.
"""

from datetime import timedelta

from temporalio.api.common.v1 import Payloads, WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage
from temporalio.api.update.v1 import Input, Meta, Outcome, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import UpdateWorkflowExecutionRequest
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateHandle
from temporalio.converter import DataConverter, WorkflowSerializationContext
from temporalio.service import RPCError, RPCStatusCode

from models.commands import Command
from models.receipt import Receipt

_COMPLETED = UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
ENDING = {
    RPCStatusCode.RESOURCE_EXHAUSTED,
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.ABORTED,
}
"""What an act is answered with whose run has ended, or is about to."""
_BROKEN = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.UNKNOWN, RPCStatusCode.INTERNAL}
"""What a connection says that breaks in the middle of a call."""


async def update(temporal: Client, workflow_id: str, command: Command, *, within: timedelta) -> Receipt:
    """Sends the command as the update of its verb, and waits for the receipt.

    A connection that breaks is left to the SDK, which repeats for some seconds: the update's id makes that safe.
    Raises RPCError, WorkflowUpdateFailedError.
    """
    converter = temporal.data_converter.with_context(WorkflowSerializationContext(temporal.namespace, workflow_id))
    asked = UpdateWorkflowExecutionRequest(
        namespace=temporal.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id),
        wait_policy=WaitPolicy(lifecycle_stage=_COMPLETED),
        request=Request(
            meta=Meta(update_id=command.command_id, identity=temporal.identity),
            input=Input(name=command.act.verb, args=Payloads(payloads=await converter.encode([command]))),
        ),
    )
    service = temporal.workflow_service
    try:
        answer = await service.update_workflow_execution(asked, retry=False, timeout=within)
    except RPCError as error:
        if error.status not in _BROKEN:
            raise
        answer = await service.update_workflow_execution(asked, retry=True, timeout=within)
    if answer.HasField("outcome"):
        return await _receipt(answer.outcome, converter)
    waiting: WorkflowUpdateHandle[Receipt] = temporal.get_workflow_handle(workflow_id).get_update_handle(
        command.command_id, result_type=Receipt
    )
    return await waiting.result(rpc_timeout=within)


async def _receipt(outcome: Outcome, converter: DataConverter) -> Receipt:
    if outcome.HasField("failure"):
        raise WorkflowUpdateFailedError(await converter.decode_failure(outcome.failure))
    receipt: Receipt
    [receipt] = await converter.decode(outcome.success.payloads, [Receipt])
    return receipt
