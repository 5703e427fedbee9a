"""A worker that remembers nothing meets every step of a scene anew, from its history: so do all, after a crash."""

import asyncio

from temporalio.worker import Replayer, Worker

from activities.ledger import LedgerActivities
from runtime.plugin import scene_plugin
from tests.e2e.processes import until
from tests.workflows.conftest import QUEUE, Stage
from workflows.scene import SceneWorkflow


async def test_a_scene_lives_on_with_a_worker_that_forgets_it_after_every_step(stage: Stage) -> None:
    """The ledger answers late, and between an act and its answer the workflow is woken for nothing.

    From such a history the SDK hands over the ledger's answer together with the next act, and after it; from the same
    history grown longer, before it (sdk-rust #1146). What the workflow then does must be the same.
    """
    play = stage.play().to_listed()
    async with Worker(
        stage.env.client,
        task_queue=QUEUE,
        workflows=[SceneWorkflow],
        activities=[LedgerActivities(stage.ledger, build="test", rules="test").record],
        max_cached_workflows=0,
    ):
        for entry in play.journal:
            if entry.command.act.verb == "pass_deadline":
                await stage.until(play.scene, entry.at)
            else:
                stage.ledger.away = True
                await (stage.submit(play) if entry.sequence == 1 else stage.act(play.scene, entry.command))
                await stage.handle(play.scene).signal("nothing")
                await idle(stage, play.scene)
                stage.ledger.away = False
            await recorded(stage, play.scene, entry.sequence)
            await idle(stage, play.scene)

    runs = await stage.runs(play.scene)
    assert len(runs) == 3
    replayer = Replayer(workflows=[SceneWorkflow], plugins=[scene_plugin()])
    for run in runs:
        await replayer.replay_workflow(await stage.handle(play.scene, run).fetch_history())


async def recorded(stage: Stage, scene: str, sequence: int) -> None:
    await until(lambda: len(stage.ledger.streams.get(scene, [])) == sequence)


async def idle(stage: Stage, scene: str) -> None:
    """The workflow has taken in everything that came."""
    async with asyncio.timeout(90):
        while True:
            described = (await stage.handle(scene).describe()).raw_description
            if not described.HasField("pending_workflow_task"):
                return
            await asyncio.sleep(0.02)
