"""`SceneClient`: the only place that knows workflow ids, task queues and update ids.

It runs on our servers only and acts on somebody's behalf. What the rules refuse is written to the refusal ledger before
the caller hears of it, because a refusal leaves nothing in a Temporal history.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from client.updates import ENDING, update
from models.canonical import canonical
from models.commands import Command
from models.commands.anywhere import AdoptPolicy, TakeOver
from models.commands.solicitation import Application, Submit
from models.opening import SceneEnd, SceneOpening
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import REFUSALS, Refused
from models.state import SceneState
from rules.decide import decide
from rules.journal import refuse_oversized
from workflows.scene import SceneWorkflow

ANSWER_WITHIN = timedelta(seconds=20)
"""How long a decision may take before the caller is told that no worker answers. It may still come to stand when one
does: only the same command id tells."""
_HAND_OVER = timedelta(seconds=15)
"""How long a scene may be between two runs (continue-as-new) before a missing run means that there is none."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0
"""Seconds before what met a run's end is asked again; each pause is twice the one before."""
_ANSWERS = (
    RPCError,
    WorkflowAlreadyStartedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
_TOO_BUSY = "[TMPRL1101]"
"""How a worker begins that had no processor for two seconds: nothing about the scene, which may be asked again."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_NAMESPACE = NamespaceNotFoundFailure.DESCRIPTOR.full_name.encode()


def workflow_id(scene: str) -> str:
    return f"scene-{scene}"


def scene_of(id: str) -> str:
    """The scene whose workflow has this id."""
    return id.removeprefix("scene-")


class Refusals(Protocol):
    """The refusal ledger; it never fails, it spools while the database is away."""

    def record(self, scene: str, command: Command, refused: Refused, at: datetime) -> None: ...


class Rulebooks(Protocol):
    """Policies by value, by digest: what an auditor needs beside the journal."""

    def keep(self, policy: Policy) -> None:
        """Never fails: the histories have the policy by value, and the next submission keeps it again."""
        ...


@dataclass(frozen=True)
class SceneClient:
    temporal: Client
    task_queue: str
    refusals: Refusals
    rulebooks: Rulebooks
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def submit(self, scene: str, policy: Policy, command: Command) -> Receipt:
        """Begins a scene's life, with `Submit` or `TakeOver`, under a policy that it is pinned to by value.

        Raises Refused.
        """
        return await self._asked(scene, command, lambda: self._begin(scene, policy, command))

    async def act(self, scene: str, command: Command) -> Receipt:
        """One act in a scene. The same id with the same content gives the same receipt. Raises Refused."""
        if isinstance(command.act, AdoptPolicy):
            await asyncio.to_thread(self.rulebooks.keep, command.act.policy)
        return await self._asked(
            scene, command, lambda: update(self.temporal, workflow_id(scene), command, within=ANSWER_WITHIN)
        )

    async def _asked(self, scene: str, command: Command, ask: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """Asks again, with the same id, what met a scene on its way from one run to the next."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _HAND_OVER.total_seconds()
        pause = _FIRST_PAUSE
        try:
            refuse_oversized(len(canonical(command)))
            while True:
                try:
                    return _same(await ask(), command)
                except _ANSWERS as error:
                    if _is_missing(error) and (ended := await self._ended(scene)) is not None:
                        raise ended from None
                    if not _between_runs(error) or loop.time() > until:
                        raise _refusal(error, scene) from error
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        except Refused as refused:
            await asyncio.to_thread(self.refusals.record, scene, command, refused, self.clock())
            raise

    async def _begin(self, scene: str, policy: Policy, command: Command) -> Receipt:
        """The rules are asked before the start: a start whose submission is refused would leave an empty workflow."""
        if not isinstance(command.act, Submit | TakeOver):
            raise Refused("not_submitted")
        blank = SceneState(scene=scene)
        decide(policy, blank, command, self.clock())
        await asyncio.to_thread(self.rulebooks.keep, policy)
        opening, application = SceneOpening(policy=policy, state=blank), command.act.application
        try:
            return await self._start(opening, command, application, WorkflowIDReusePolicy.REJECT_DUPLICATE)
        except WorkflowAlreadyStartedError:
            if not await self._was_never_submitted(scene):
                raise
            return await self._start(opening, command, application, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _was_never_submitted(self, scene: str) -> bool:
        """A submission that was lost with its server leaves a workflow that ends without a scene: the id is free."""
        try:
            return not (await self._handle(scene).result(rpc_timeout=ANSWER_WITHIN)).sequence
        except (RPCError, WorkflowFailureError):
            return False

    async def _start(
        self, opening: SceneOpening, command: Command, application: Application, reuse: WorkflowIDReusePolicy
    ) -> Receipt:
        policy = opening.policy
        start = WithStartWorkflowOperation(
            SceneWorkflow.run,
            opening,
            id=workflow_id(opening.state.scene),
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            static_summary=application.name,
            static_details=f"{policy.city} · {application.domain} · {policy.version}",
        )
        try:
            receipt: Receipt = await self.temporal.execute_update_with_start_workflow(
                command.act.verb,
                command,
                start_workflow_operation=start,
                id=command.command_id,
                result_type=Receipt,
                rpc_timeout=ANSWER_WITHIN,
            )
        except _ANSWERS:
            # The SDK has the same error for whoever waits for the start; unheard, it would be logged as lost.
            with suppress(*_ANSWERS):
                await start.workflow_handle()
            raise
        return receipt

    async def state(self, scene: str) -> SceneState:
        """The scene's state from its workflow: for one scene, never for lists. Raises Refused."""
        loop = asyncio.get_running_loop()
        until = loop.time() + ANSWER_WITHIN.total_seconds()
        while True:
            try:
                return await self._handle(scene).query(SceneWorkflow.scene, rpc_timeout=ANSWER_WITHIN)
            except WorkflowQueryFailedError as error:
                if not str(error).startswith(_TOO_BUSY):
                    raise
                if loop.time() > until:
                    raise Refused("no_worker") from error
            except RPCError as error:
                raise _refusal(error, scene) from error
            await asyncio.sleep(_LONGEST_PAUSE)

    async def end(self, scene: str) -> SceneEnd:
        """Waits for the scene's end."""
        return await self._handle(scene).result()

    def _handle(self, scene: str) -> WorkflowHandle[SceneWorkflow, SceneEnd]:
        return self.temporal.get_workflow_handle_for(SceneWorkflow.run, workflow_id(scene))

    async def _ended(self, scene: str) -> Refused | None:
        """Why no run can be asked: the scene is closed, or unknown. None where one runs, or the server cannot say."""
        try:
            if (await self._handle(scene).describe()).status is WorkflowExecutionStatus.RUNNING:
                return None
            end = await self._handle(scene).result(rpc_timeout=ANSWER_WITHIN)
        except RPCError as error:
            return Refused("unknown_scene", scene=scene) if _is_missing(error) else None
        return Refused("already_closed", outcome=end.outcome) if end.sequence else Refused("unknown_scene", scene=scene)


def _same(receipt: Receipt, command: Command) -> Receipt:
    """Temporal answers a known update id with its first result, whatever the arguments: compare the content."""
    if receipt.digest != command.digest:
        raise Refused("command_id_reused", command_id=command.command_id)
    return receipt


def _is_missing(error: Exception) -> bool:
    return isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND and not _is_waking(error)


def _is_waking(error: RPCError) -> bool:
    """Just begun, a server does not know its namespace for a moment: that says nothing about the scene."""
    return _NO_NAMESPACE in error.raw_grpc_status


def _between_runs(error: Exception) -> bool:
    """Whether the update may have met the end of a run: it has not happened then, or its id tells that it has."""
    match error:
        case RPCError(status=status) if status in ENDING:
            return True
        case WorkflowUpdateFailedError(cause=ApplicationError(type="AcceptedUpdateCompletedWorkflow")):
            return True
        case _:
            return False


def _by_the_scene(code: str, given: Mapping[str, Any] = _NOTHING, ground: Mapping[str, Any] = _NOTHING) -> Refused:
    """A refusal with its details, and how the scene stood."""
    refused = Refused(code, **given)
    refused.sequence, refused.policy = ground.get("sequence"), ground.get("policy")
    return refused


def _refusal(error: Exception, scene: str) -> BaseException:
    """The refusal that an error of Temporal's stands for; the error itself where it stands for none."""
    match error:
        case WorkflowUpdateRPCTimeoutOrCancelledError(__cause__=asyncio.CancelledError() as left):
            return left  # nobody is there to be refused anything
        case WorkflowUpdateFailedError(cause=ApplicationError(type=str(code), details=details)) if code in REFUSALS:
            return _by_the_scene(code, *(each for each in details if isinstance(each, dict)))
        case WorkflowUpdateFailedError(cause=cause):
            return cause  # a fault of ours, with its own words
        case WorkflowUpdateRPCTimeoutOrCancelledError():
            return Refused("no_worker")
        case RPCError() if _is_waking(error):
            return Refused("server_unreachable", address="-")
        case RPCError(status=RPCStatusCode.NOT_FOUND):
            return Refused("unknown_scene", scene=scene)
        case WorkflowAlreadyStartedError() | RPCError(status=RPCStatusCode.ALREADY_EXISTS):
            return Refused("already_submitted", scene=scene)
        case RPCError(status=RPCStatusCode.DEADLINE_EXCEEDED | RPCStatusCode.CANCELLED):
            return Refused("no_worker")
        case RPCError(status=RPCStatusCode.FAILED_PRECONDITION):
            # The last workers to take the scene up did not bring it to an end: the server asks them no more for now.
            return Refused("no_worker")
        case RPCError(status=RPCStatusCode.UNAVAILABLE | RPCStatusCode.UNKNOWN):
            # Unknown is what a connection says that breaks in the middle of a call.
            return Refused("server_unreachable", address="-")
        case _:
            return error
