"""Everything fails, and nothing that was acknowledged is lost, doubled or half there.

Fifty scenes, two worker processes, a Temporal server on its file, PostgreSQL. Ten times one of the three processes is
killed at a random moment, and for ten seconds the database is away. The seed is printed; FAULT_SEED repeats it.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from client.scene_client import SceneClient
from models.refusal import Refused
from models.state import SceneState
from runtime.connect import connect
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, parts, scene_client
from storage.database import migrate
from tests.e2e.crowd import Crowd, script
from tests.e2e.evidence import check_outbox, check_projections, check_scene, histories, told_by
from tests.e2e.processes import Postgres, TemporalServer, WorkerProcess, postgres
from tests.scenario import Play, city

SCENES = 50
KILLS = 10
WITHIN = 26.0
"""The seconds in which the faults happen, and most of the acts."""
PAUSE = 1.2
AWAY = 10.0
SETTLED = 60
"""A recording that died with its worker is begun again after 30 seconds (workflows.scribe.TIMEOUT)."""


@dataclass
class Installation:
    temporal: TemporalServer
    database: Postgres
    workers: tuple[WorkerProcess, ...]
    client: Client
    parts: Parts


@asynccontextmanager
async def installation(binary: Path, folder: Path) -> AsyncIterator[Installation]:
    with postgres(folder) as database:
        migrate(database.url)
        async with TemporalServer(binary, folder) as temporal:
            environment = {
                "TEMPORAL_ADDRESS": temporal.address,
                "SCENE_DATABASE_URL": database.url,
                "SCENE_DATA_DIR": str(folder / "data"),
            }
            workers = tuple(WorkerProcess(environment, folder / f"worker-{number}.log") for number in (1, 2))
            settings = Settings.model_validate({"database_url": database.url, "data_dir": folder / "data"})
            client = await connect(settings, [scene_plugin()], address=temporal.address)
            with parts(settings) as stored:
                keepers = [asyncio.create_task(_keep_running(worker)) for worker in workers]
                try:
                    yield Installation(temporal, database, workers, client, stored)
                finally:
                    for keeper in keepers:
                        keeper.cancel()
                    await asyncio.gather(*keepers, return_exceptions=True)
                    for worker in workers:
                        await worker.kill()


async def _keep_running(worker: WorkerProcess) -> None:
    """What a service manager does."""
    while True:
        await worker.start()
        await worker.ended()
        await asyncio.sleep(0.1)


async def _kill_again_and_again(everything: Installation, chance: random.Random, began: float) -> None:
    targets = [everything.temporal, *everything.workers]
    moments = sorted(chance.uniform(0, WITHIN) for _ in range(KILLS))
    for moment in moments:
        target = chance.choice(targets)
        await _until(began + moment)
        print(f"{time.monotonic() - began:5.1f} s: kill -9 {type(target).__name__} {targets.index(target)}")
        await target.kill()
        if target is everything.temporal:
            await asyncio.sleep(chance.uniform(0, 1))
            await everything.temporal.start()


async def _take_the_database_away(everything: Installation, chance: random.Random, began: float) -> None:
    await _until(began + chance.uniform(0, WITHIN - AWAY))
    print(f"{time.monotonic() - began:5.1f} s: the database goes away")
    await everything.database.go_away()
    await asyncio.sleep(AWAY)
    await everything.database.come_back()
    print(f"{time.monotonic() - began:5.1f} s: the database is back")


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def _settled(client: SceneClient, stored: Parts, scene: str) -> SceneState:
    """The scene's state, once the ledger has all of it."""
    async with asyncio.timeout(SETTLED):
        while True:
            try:
                state = await client.state(scene)
            except (Refused, RPCError):
                pass  # the last kill was a moment ago
            else:
                summary = await asyncio.to_thread(stored.reads.scene, scene)
                if summary is not None and summary.sequence == state.sequence:
                    return state
            await asyncio.sleep(0.2)


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("FAULT_SEED") or random.randrange(1_000_000))


async def test_what_was_acknowledged_stands_exactly_once_whatever_is_killed(
    seed: int, temporal_binary: Path, tmp_path: Path
) -> None:
    print(f"FAULT_SEED={seed}")
    chance = random.Random(seed)
    scripts = [
        script(Play(city(name)), withdrawn=withdrawn)
        for name in ("盐城市", "宁波市", "重庆市")
        for withdrawn in (False, True)
    ]
    async with installation(temporal_binary, tmp_path) as everything:
        stored = everything.parts
        crowd = Crowd(scene_client(everything.client, stored), random.Random(seed + 1))
        for worker in everything.workers:
            await worker.serving()
        began = time.monotonic()
        scenes = [f"fault-{number}" for number in range(1, SCENES + 1)]
        async with asyncio.TaskGroup() as group:
            for scene in scenes:
                group.create_task(crowd.play(scene, chance.choice(scripts), PAUSE))
            group.create_task(_kill_again_and_again(everything, random.Random(seed + 2), began))
            group.create_task(_take_the_database_away(everything, random.Random(seed + 3), began))
        print(f"{time.monotonic() - began:5.1f} s: {len(crowd.receipts)} receipts, {len(crowd.refused)} refused, "
              f"{len(crowd.sent) - len(crowd.receipts) - len(crowd.refused)} unanswered; {Counter(crowd.errors)}; "
              f"{Counter(code for _, code in crowd.heard)}")
        states = await asyncio.gather(*(_settled(crowd.client, stored, scene) for scene in scenes))
        print(f"{time.monotonic() - began:5.1f} s: settled")
        told = {scene: told_by(await histories(everything.client, scene)) for scene in scenes}

        for state in states:
            check_scene(state, told[state.scene], stored.reads)
        assert stored.reads.streams() == tuple(sorted(scenes))
        for id, receipt in crowd.receipts.items():
            scene, command = crowd.sent[id]
            assert told[scene].given[id] == receipt
            assert told[scene].accepted[id] == command
            assert told[scene].journal[receipt.sequence - 1].command == command
        for id in crowd.refused:
            assert id not in told[crowd.sent[id][0]].accepted
        messages = check_outbox({scene: told[scene].journal for scene in scenes}, stored.engine)
        check_projections(stored.engine)
        print(f"{time.monotonic() - began:5.1f} s: all is well; {messages} messages")
