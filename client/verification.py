"""The deploy gate: can this code carry on every scene that is open?"""

from collections.abc import Sequence

from temporalio.client import Client
from temporalio.worker import Plugin, Replayer

from client.histories import SCENE_RUNS
from client.scene_client import scene_of
from workflows.scene import SceneWorkflow


async def replayed(client: Client, plugins: Sequence[Plugin]) -> dict[str, str | None]:
    """Every open scene: why its open run does not replay on this code, or None where it does."""
    replayer = Replayer(workflows=[SceneWorkflow], plugins=plugins)
    runs = client.list_workflows(f"{SCENE_RUNS} AND ExecutionStatus = 'Running'")
    outcomes: dict[str, str | None] = {}
    async with replayer.workflow_replay_iterator(runs.map_histories()) as results:
        async for result in results:
            failure = result.replay_failure
            outcomes[scene_of(result.history.workflow_id)] = str(failure) if failure is not None else None
    return outcomes
