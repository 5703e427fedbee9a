"""One design's worker as a process of its own, so that its CPU time is known apart.

`python -m tests.benchmarks.worker DESIGN TASK_QUEUE ADDRESS DATABASE_URL` says `ready` and works until its standard input ends.
The working directory decides whose code it is: that is how another checkout's engine is measured beside this one's.
"""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.ledger import LedgerActivities
from runtime.plugin import scene_plugin
from storage.database import engine_for
from storage.ledger import SqlLedger
from tests.benchmarks.floor import FloorWorkflow
from tests.benchmarks.obvious import ObviousWorkflow, notify
from workflows.scene import SceneWorkflow

WORKFLOWS = {"floor": FloorWorkflow, "engine": SceneWorkflow, "obvious": ObviousWorkflow}


async def serve(design: str, task_queue: str, address: str, database_url: str) -> None:
    client = await Client.connect(address, plugins=[scene_plugin()])
    ledger = LedgerActivities(SqlLedger(engine_for(database_url)), build="benchmark", rules="benchmark")
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=[WORKFLOWS[design]],
        activities=[] if design == "floor" else [ledger.record, notify],
        activity_executor=ThreadPoolExecutor(16),
        max_concurrent_activities=16,
        max_cached_workflows=2000,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
    async with worker:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)  # the SDK's threads abort one shutdown in ten
