"""One time-skipping server and one worker for all workflow tests; each test has scenes of its own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.archive import ArchiveActivities
from activities.ledger import LedgerActivities
from client.histories import TemporalHistories
from client.scene_client import SceneClient, workflow_id
from models.actor import Actor
from models.commands import Act, Command
from models.policy import Policy
from models.receipt import Receipt
from models.state import SceneState
from rules.alarms import next_alarm
from runtime.embedded import prepare_namespace, server_arguments
from runtime.plugin import scene_plugin
from runtime.policy_files import load_city
from tests.fakes import MemoryArchive, MemoryLedger, MemoryRefusals, MemoryRulebooks
from tests.scenario import ROOT, Play, of_narrow_pools
from workflows.archive import ArchiveWorkflow
from workflows.scene import SceneWorkflow

QUEUE = "tests"
_numbers = count(1)
_HOURS = 96
_LONGER_THAN_ANY_TASK = timedelta(minutes=2)


@dataclass
class Stage:
    """Scenes on the real server: what a test acts with, and what it looks at."""

    env: WorkflowEnvironment
    policy: Policy
    ledger: MemoryLedger
    archive: MemoryArchive
    refusals: MemoryRefusals = field(default_factory=MemoryRefusals)
    rulebooks: MemoryRulebooks = field(default_factory=MemoryRulebooks)
    skipped: dict[str, timedelta] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = SceneClient(self.env.client, QUEUE, self.refusals, self.rulebooks)

    def play(self, **more: object) -> Play:
        """A plan of what to do: played on the rules alone, its commands are then sent."""
        return Play(self.policy, scene=f"test-{next(_numbers)}", now=datetime.now(UTC), **more)  # type: ignore[arg-type]

    def handle(self, scene: str, run_id: str | None = None) -> WorkflowHandle[SceneWorkflow, object]:
        return self.env.client.get_workflow_handle(workflow_id(scene), run_id=run_id)

    async def submit(self, play: Play) -> Receipt:
        with self.env.with_time_skipping_disabled():
            return await self.client.submit(play.scene, self.policy, play.journal[0].command)

    async def act(self, scene: str, command: Command) -> Receipt:
        """With the newest sequence as seen."""
        with self.env.with_time_skipping_disabled():
            seen = (await self.client.state(scene)).sequence
            return await self.client.act(scene, command.model_copy(update={"seen": seen}))

    async def do(self, play: Play, act: Act, actor: Actor) -> Receipt:
        return await self.act(play.scene, play.command(act, actor))

    async def follow(self, play: Play) -> SceneState:
        """Does on the server what was played, at the same time of its own clock."""
        await self.submit(play)
        for entry in play.journal[1:]:
            if entry.command.act.verb == "pass_deadline":
                await self.until(play.scene, entry.at)
            else:
                if entry.at - datetime.now(UTC) - self.skipped.get(play.scene, timedelta()) > timedelta(hours=1):
                    await self.until(play.scene, entry.at)
                await self.act(play.scene, entry.command)
        with self.env.with_time_skipping_disabled():
            state = await self.client.state(play.scene)
        for _ in range(_HOURS):
            if state.step == play.state.step:
                break
            # On a slow machine an act may have come after the end of a day that the play met.
            state = await self.wait(play.scene, timedelta(hours=1))
        return state

    async def until(self, scene: str, moment: datetime, *, past: timedelta = _LONGER_THAN_ANY_TASK) -> None:
        """Skips time to shortly after a moment of the scene's own clock.

        Where the workflow is still busy with that moment when the skip is to end, the server skips to the next timer.
        """
        now = datetime.now(UTC) + self.skipped.get(scene, timedelta())
        if (delta := moment - now + past) > timedelta():
            await self.wait(scene, delta)

    async def wait(self, scene: str, delta: timedelta) -> SceneState:
        await self.env.fast_forward(self.handle(scene), delta)
        self.skipped[scene] = self.skipped.get(scene, timedelta()) + delta
        now = datetime.now(UTC) + self.skipped[scene]
        jumped = await self.env.get_current_time(self.handle(scene)) - now
        assert jumped < timedelta(minutes=5), f"the server skipped {jumped} more than it was asked to"
        with self.env.with_time_skipping_disabled():
            async with asyncio.timeout(90):
                # The server says that the time has come before the timers of that time have fired.
                while (alarm := next_alarm(state := await self.client.state(scene))) is not None and alarm <= now:
                    await asyncio.sleep(0.02)
            return state

    async def runs(self, scene: str, at_least: int = 0) -> list[str]:
        """The run ids of a scene, oldest first; waits until there are so many."""
        async with asyncio.timeout(90):
            while len(found := await self._runs(scene)) < at_least:
                await asyncio.sleep(0.05)
            return found

    async def _runs(self, scene: str) -> list[str]:
        query = f"WorkflowId = '{workflow_id(scene)}'"
        found = [run async for run in self.env.client.list_workflows(query)]
        return [run.run_id for run in sorted(found, key=lambda run: run.start_time)]


@pytest.fixture(scope="session")
def policy() -> Policy:
    return of_narrow_pools(load_city(ROOT / "policies", "盐城市"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def env(temporal_binary: Path) -> AsyncIterator[WorkflowEnvironment]:
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(temporal_binary),
        dev_server_extra_args=server_arguments(time_skipping=True),
        dev_server_log_level="error",
        plugins=[scene_plugin(sandbox=True)],
    ) as running:
        await prepare_namespace(running.client)
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def stage(env: WorkflowEnvironment, policy: Policy) -> AsyncIterator[Stage]:
    ledger, archive = MemoryLedger(), MemoryArchive()
    record = LedgerActivities(ledger, build="test", rules="test").record
    sweep = ArchiveActivities(TemporalHistories(env.client), archive).archive_closed_runs
    async with Worker(
        env.client,
        task_queue=QUEUE,
        workflows=[SceneWorkflow, ArchiveWorkflow],
        activities=[record, sweep],
    ):
        yield Stage(env, policy, ledger, archive)
