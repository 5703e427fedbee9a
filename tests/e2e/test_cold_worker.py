"""A worker that remembers nothing meets every step of a scene anew, from its history: so do all, after a crash."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from temporalio.worker import Replayer, Worker

from activities.ledger import LedgerActivities
from runtime.plugin import scene_plugin
from tests.e2e.processes import until
from tests.workflows.conftest import QUEUE, Stage
from workflows.scene import SceneWorkflow


async def test_a_scene_lives_on_with_a_worker_that_forgets_it_after_every_step(stage: Stage) -> None:
    play = stage.play().to_listed()
    with ThreadPoolExecutor(4) as executor:
        async with Worker(
            stage.env.client,
            task_queue=QUEUE,
            workflows=[SceneWorkflow],
            activities=[LedgerActivities(stage.ledger, build="test", rules="test").record],
            activity_executor=executor,
            max_cached_workflows=0,
        ):
            await stage.submit(play)
            for entry in play.journal[1:]:
                await quiet(stage, play.scene, entry.sequence - 1)
                if entry.command.act.verb == "pass_deadline":
                    await stage.until(play.scene, entry.at)
                else:
                    await stage.act(play.scene, entry.command)
            await quiet(stage, play.scene, play.state.sequence)

    runs = await stage.runs(play.scene)
    assert len(runs) == 3
    replayer = Replayer(workflows=[SceneWorkflow], plugins=[scene_plugin()])
    for run in runs:
        await replayer.replay_workflow(await stage.handle(play.scene, run).fetch_history())


async def quiet(stage: Stage, scene: str, sequence: int) -> None:
    """Recorded, and the answer taken in: a step of the workflow that does nothing, where the trouble would begin."""
    await until(lambda: len(stage.ledger.streams.get(scene, [])) == sequence)
    async with asyncio.timeout(20):
        while True:
            described = (await stage.handle(scene).describe()).raw_description
            if not described.pending_activities and not described.HasField("pending_workflow_task"):
                return
            await asyncio.sleep(0.02)
