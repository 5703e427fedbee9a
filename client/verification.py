"""The deploy gate: can this code carry on every scene that is open?"""

from collections.abc import Sequence

from temporalio.client import Client
from temporalio.worker import Plugin, Replayer

from client.histories import SCENE_RUNS
from client.scene_client import scene_of
from workflows.scene import SceneWorkflow


async def unreplayable(client: Client, plugins: Sequence[Plugin]) -> dict[str, str]:
    """Scene: why its open run does not replay on this code. Empty when all do."""
    replayer = Replayer(workflows=[SceneWorkflow], plugins=plugins)
    runs = client.list_workflows(f"{SCENE_RUNS} AND ExecutionStatus = 'Running'")
    failures: dict[str, str] = {}
    async with replayer.workflow_replay_iterator(runs.map_histories()) as results:
        async for result in results:
            if result.replay_failure is not None:
                failures[scene_of(result.history.workflow_id)] = str(result.replay_failure)
    return failures
