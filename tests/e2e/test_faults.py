"""Everything fails, and nothing that was acknowledged is lost, doubled or half there.

Fifty scenes, two worker processes, a Temporal server on its file, PostgreSQL. Ten times one of the three processes is
killed at a random moment, and for ten seconds the database is away. The seed is printed; FAULT_SEED repeats it.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from models.refusal import Refused
from models.state import SceneState
from runtime.connect import connect
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, parts, scene_client
from storage.database import migrate
from tests.e2e.crowd import Crowd, scripts
from tests.e2e.evidence import check_outbox, check_projections, check_refusals, check_scene, histories, told_by
from tests.e2e.processes import Postgres, TemporalServer, WorkerProcess, postgres, until
from tests.scenario import Play, city

SCENES = 50
KILLS = 10
BETWEEN_KILLS = 2.0
"""Seconds: the longest time from the first answer after a kill to the next kill."""
AWAY = 10.0
PAUSE = 1.5
PATIENCE = 120
"""Seconds, many more than it takes: a recording that died with its worker is begun again after 30 (scribe.TIMEOUT)."""


@dataclass
class Installation:
    temporal: TemporalServer
    database: Postgres
    workers: tuple[WorkerProcess, ...]
    client: Client
    parts: Parts
    began: float = field(default_factory=time.monotonic)

    def say(self, what: str) -> None:
        _say(f"{time.monotonic() - self.began:6.1f} s  {what}")


def _say(what: str) -> None:
    print(what)  # noqa: T201  # what pytest shows of a test that failed


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # it is to be repeated


@asynccontextmanager
async def installation(binary: Path, folder: Path, compiled: Path) -> AsyncIterator[Installation]:
    with postgres() as database:
        migrate(database.url)
        async with TemporalServer(binary, folder) as temporal:
            environment = {
                "TEMPORAL_ADDRESS": temporal.address,
                "SCENE_DATABASE_URL": database.url,
                "SCENE_DATA_DIR": str(folder / "data"),
            }
            logs = (folder / "worker-1.log", folder / "worker-2.log")
            workers = tuple(WorkerProcess(environment, log, compiled) for log in logs)
            settings = Settings.model_validate({"database_url": database.url, "data_dir": folder / "data"})
            client = await connect(settings, [scene_plugin()], address=temporal.address)
            with parts(settings) as stored:
                keepers = [asyncio.create_task(_keep_running(worker)) for worker in workers]
                try:
                    await asyncio.gather(*(worker.serving() for worker in workers))
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


async def _kill_one_after_the_other(everything: Installation, crowd: Crowd, chance: random.Random) -> None:
    """Each at a random moment after somebody has had an answer again: faults hit what works."""
    for _ in range(KILLS):
        await _another_receipt(crowd)
        await asyncio.sleep(chance.uniform(0, BETWEEN_KILLS))
        target: TemporalServer | WorkerProcess = everything.temporal
        if (serving := [worker for worker in everything.workers if worker.is_serving]) and chance.random() < 2 / 3:
            target = chance.choice(serving)
        everything.say(f"kill -9 of {target}")
        await target.kill()
        if target is everything.temporal:
            await asyncio.sleep(chance.uniform(0, 1))
            await everything.temporal.start()


async def _another_receipt(crowd: Crowd) -> None:
    before = len(crowd.receipts)
    with suppress(TimeoutError):
        await until(lambda: len(crowd.receipts) > before, limit=10)


async def _take_the_database_away(everything: Installation, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0, 10))
    everything.say("the database goes away")
    await everything.database.go_away()
    await asyncio.sleep(AWAY)
    await everything.database.come_back()
    everything.say("the database is back")


async def _settled(crowd: Crowd, stored: Parts, scene: str) -> SceneState:
    """The scene's state, once the ledger has all of it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                state = await crowd.client.state(scene)
            except (Refused, RPCError):
                pass  # the last kill was a moment ago
            else:
                summary = await asyncio.to_thread(stored.reads.scene, scene)
                if summary is not None and summary.sequence == state.sequence:
                    return state
            await asyncio.sleep(0.2)


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("FAULT_SEED") or _chance(time.time_ns()).randrange(1_000_000))


async def test_what_was_acknowledged_stands_exactly_once_whatever_is_killed(
    seed: int, temporal_binary: Path, tmp_path: Path, compiled: Path
) -> None:
    _say(f"FAULT_SEED={seed}")
    known = [script for name in ("盐城市", "宁波市", "重庆市") for script in scripts(Play(city(name)))]
    scenes = {f"fault-{number}": known[number % len(known)] for number in range(1, SCENES + 1)}
    async with installation(temporal_binary, tmp_path, compiled) as everything:
        stored = everything.parts
        crowd = Crowd(scene_client(everything.client, stored), _chance(seed))
        async with asyncio.TaskGroup() as group:
            for scene, script in scenes.items():
                group.create_task(crowd.play(scene, script, PAUSE))
            group.create_task(_kill_one_after_the_other(everything, crowd, _chance(seed + 1)))
            group.create_task(_take_the_database_away(everything, _chance(seed + 2)))
        everything.say(crowd.summary)
        states = await asyncio.gather(*(_settled(crowd, stored, scene) for scene in scenes))
        everything.say("recorded")
        told = {scene: told_by(await histories(everything.client, scene)) for scene in scenes}

        assert stored.reads.streams() == tuple(sorted(scenes))
        for state in states:
            check_scene(state, told[state.scene], stored.reads)
        for id, receipt in crowd.receipts.items():
            scene, command = crowd.sent[id]
            assert told[scene].given[id] == receipt
            assert told[scene].journal[receipt.sequence - 1].command == command
        for id, refused in crowd.refused.items():
            assert refused.code == "wrong_step", f"{id}: {refused}; nothing but an opinion too many may be refused"
            assert id not in told[crowd.sent[id][0]].accepted, f"{id} was refused, and stands"
        check_outbox({scene: told[scene].journal for scene in scenes}, stored.engine)
        check_projections(stored.engine)
        check_refusals(crowd.heard, stored.refusals, stored.reads)
        everything.say("one story")
