"""A scene's runs as Temporal has them now: all that it lists, and the newest one, whatever the lists say yet.

And starting a scene's workflow again, from a state that was handed over, as continue-as-new does.
"""

from dataclasses import dataclass

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistory
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from client.histories import SCENE_RUNS
from client.scene_client import scene_of, workflow_id
from models.opening import SceneOpening
from workflows.scene import SceneWorkflow


class WentOn(Exception):
    """The scene's workflow is not any more what was looked at: another run, or another event."""


@dataclass(frozen=True)
class SceneRuns:
    temporal: Client
    task_queue: str

    async def listed(self, scene: str | None = None) -> dict[str, list[str]]:
        """Scene: its run ids. Lists may lack what began a moment ago."""
        query = SCENE_RUNS if scene is None else f"{SCENE_RUNS} AND WorkflowId = '{workflow_id(scene)}'"
        found: dict[str, list[str]] = {}
        async for run in self.temporal.list_workflows(query):
            found.setdefault(scene_of(run.id), []).append(run.run_id)
        return found

    async def history(self, scene: str, run_id: str | None = None) -> WorkflowHistory | None:
        """Of one run, or of the newest; None where Temporal has none."""
        try:
            return await self.temporal.get_workflow_handle(workflow_id(scene), run_id=run_id).fetch_history()
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return None
            raise

    async def restart(self, scene: str, opening: SceneOpening, *, instead_of: tuple[str, int] | None) -> str:
        """Starts a run with what is handed over, and gives its id. Raises WentOn, and nothing was started then.

        `instead_of` is an open run and the number of its events: it ends in the moment in which the new one begins.
        """
        handle = self.temporal.get_workflow_handle(workflow_id(scene))
        try:
            now = await handle.describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            runs = None
        else:
            runs = (now.run_id, now.history_length) if now.status is WorkflowExecutionStatus.RUNNING else None
        if runs != instead_of:
            raise WentOn(scene)
        profile = opening.state.profile
        try:
            started = await self.temporal.start_workflow(
                SceneWorkflow.run,
                opening,
                id=workflow_id(scene),
                task_queue=self.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=(
                    WorkflowIDConflictPolicy.TERMINATE_EXISTING if instead_of else WorkflowIDConflictPolicy.FAIL
                ),
                static_summary=profile.name if profile else scene,
                static_details=f"{opening.policy.city} · {opening.policy.version}",
            )
        except WorkflowAlreadyStartedError:
            raise WentOn(scene) from None
        return started.result_run_id or ""
