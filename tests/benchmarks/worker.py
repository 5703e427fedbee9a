"""One design's worker as a process of its own, so that its CPU time is known apart.

`python -m tests.benchmarks.worker DESIGN TASK_QUEUE ADDRESS FOLDER DATABASE_URL` says `ready` and works until its
standard input ends. The working directory decides whose code it is: that is how another checkout's engine is measured
beside this one's. Every design gets the engine's own worker, with another workflow in it.
"""

import asyncio
import os
import sys
from pathlib import Path

from pydantic import SecretStr
from temporalio.client import Client
from temporalio.worker import Worker

from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import make_worker, parts
from tests.benchmarks.floor import FloorWorkflow
from tests.benchmarks.obvious import ObviousActivities, ObviousWorkflow

INSTEAD: dict[str, list[type]] = {"floor": [FloorWorkflow], "obvious": [ObviousWorkflow]}


async def serve(design: str, task_queue: str, address: str, folder: str, database_url: str) -> None:
    settings = Settings(data_dir=Path(folder), database_url=SecretStr(database_url), task_queue=f"{task_queue}-unused")
    client = await Client.connect(address, plugins=[scene_plugin()])
    with parts(settings) as ours:
        config = make_worker(client, ours).config()
        config["client"] = client
        config["task_queue"] = task_queue
        config["workflows"] = INSTEAD.get(design, config.get("workflows", []))
        theirs = ObviousActivities(ours.ledger)
        config["activities"] = [*config.get("activities", []), theirs.persist, theirs.notify]
        async with Worker(**config):
            print("ready", flush=True)
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)  # the SDK's threads abort one shutdown in ten
