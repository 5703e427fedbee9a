"""Plays a story on a Temporal server, through `SceneClient`, in skipped time.

Every scene is a workflow with a clock of its own. It is opened before its submission, with patience, and its clock is
moved from today to the day on which its story begins; from then on it is moved as the story says. A clock goes forward
only, and stands still for nobody: while people act, real time passes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from client.scene_client import SceneClient, workflow_id
from demo.scene import Deed, Refusal, Scene, Story, StoryBroken, Until, command_for
from models.commands import Command
from models.commands.anywhere import TakeOver
from models.commands.solicitation import Submit
from models.opening import SceneEnd, SceneOpening
from models.refusal import Refused
from models.state import SceneState
from rules.alarms import next_alarm
from workflows.scene import SceneWorkflow

PATIENCE: Final = timedelta(days=365 * 100)
"""How long an opened scene waits for its submission: longer than any move to its first day, and no longer than the
server takes a timer: a history would have another than the workflow asked for."""
SKIPS: Final = TimeSkippingConfig(max_session_skip_count=100_000)
"""The server's own limit is 200 skips, and the 201st hangs without a word."""
IN_FLIGHT: Final = 8
"""So many acts a scene at once; the server takes about ten."""
REST: Final = 0.01
"""Seconds between two looks whether a scene is at rest."""
TIME_PASSES_WITHIN: Final = 120
"""Seconds after which a clock that does not move is a fault of ours."""

Told = Callable[[Scene, Deed], None]
"""Hears of every deed that stands."""


@dataclass(frozen=True)
class Theatre:
    """`client` begins scenes and acts in them; `skipper` moves their clocks."""

    client: SceneClient
    skipper: TimeSkipper

    async def play(self, story: Story, scene: Scene, told: Told) -> SceneEnd:
        """Raises StoryBroken where the scene does not go, or end, as its story says."""
        try:
            stage = await self._opened(scene, told)
            for move in story.told(scene):
                match move:
                    case Until(moment=moment):
                        await stage.wait(moment)
                    case Refusal(deed=deed, code=code):
                        await stage.refuse(deed, code)
                    case Deed():
                        await stage.do(move)
                    case _:
                        await stage.do(*move)
            story.check_end(scene)
            return await stage.client.end(scene.id)
        except (StoryBroken, Refused, RPCError) as broken:
            raise StoryBroken(f"{story.scene} on {scene.today}: {broken}") from broken

    async def _opened(self, scene: Scene, told: Told) -> "_Stage":
        client = replace(self.client, clock=lambda: scene.now)
        application = scene.application
        try:
            handle = await client.temporal.start_workflow(
                SceneWorkflow.run,
                SceneOpening(policy=scene.policy, state=SceneState(scene=scene.id), patience=PATIENCE),
                id=workflow_id(scene.id),
                task_queue=client.task_queue,
                static_summary=application.name,
                static_details=f"{application.city} · {application.domain} · {scene.policy.version}",
            )
        except WorkflowAlreadyStartedError:
            raise StoryBroken("it is there already; begin with an empty data folder") from None
        # Without a run id: the handle follows the scene from run to run.
        stage = _Stage(scene, client, self.skipper, client.temporal.get_workflow_handle(handle.id), told)
        if scene.now < datetime.now(UTC):
            raise StoryBroken("its first day is over, and a clock goes forward only; invent later years")
        await stage.move_clock(scene.now)
        return stage


@dataclass
class _Stage:
    scene: Scene
    client: SceneClient
    skipper: TimeSkipper
    handle: WorkflowHandle[Any, Any]
    told: Told
    commands: int = 0

    async def wait(self, moment: datetime) -> None:
        if moment > self.scene.now:
            at = next_alarm(self.scene.state)
            await self.move_clock(moment)
            # Where nothing came due, nothing changed.
            state = self.scene.state if at is None or at > moment else await self.client.state(self.scene.id)
            self.scene.see(state, moment)

    async def move_clock(self, moment: datetime) -> None:
        """Everything that comes due on the way happens on the way; it may end the scene."""
        try:
            async with asyncio.timeout(TIME_PASSES_WITHIN):
                ahead = moment - await self._time_at_rest()
                if ahead > timedelta():
                    await self.skipper.fast_forward(self.handle, ahead)
        except TimeoutError:
            raise StoryBroken(f"its clock does not reach {moment}") from None

    async def _time_at_rest(self) -> datetime:
        """The scene's own time, once nothing of it is in flight.

        Moving a clock while a batch is being recorded costs the scene a workflow task for nothing, and the clock waits
        for the batch anyway.
        """
        temporal = self.client.temporal
        question = DescribeWorkflowExecutionRequest(
            namespace=temporal.namespace, execution=WorkflowExecution(workflow_id=self.handle.id)
        )
        while True:
            # The SDK's own describe() would decode everything that it tells, each time.
            described = await temporal.workflow_service.describe_workflow_execution(question, retry=True)
            if not described.pending_activities and not described.HasField("pending_workflow_task"):
                break
            await asyncio.sleep(REST)
        skipped = described.workflow_extended_info
        if not skipped.HasField("time_skipping_info"):
            return datetime.now(UTC)
        return skipped.time_skipping_info.current_time.ToDatetime(UTC)

    async def do(self, *deeds: Deed) -> None:
        """Several people at once have all seen the same, and act at the same time."""
        commands = [(deed, self._command(deed)) for deed in deeds]
        for first in range(0, len(commands), IN_FLIGHT):
            await asyncio.gather(*(self._act(*each) for each in commands[first : first + IN_FLIGHT]))
        self.scene.see(await self.client.state(self.scene.id), self.scene.now)

    async def _act(self, deed: Deed, command: Command) -> None:
        """On a machine that is very busy nobody may answer in time: the same command is given again."""
        for again in (True, True, False):
            try:
                if isinstance(deed.act, Submit | TakeOver):
                    await self.client.submit(self.scene.id, self.scene.policy, command)
                else:
                    await self.client.act(self.scene.id, command)
                break
            except Refused as refused:
                if refused.code != "no_worker" or not again:
                    raise
        self.told(self.scene, deed)

    async def refuse(self, deed: Deed, code: str) -> None:
        try:
            await self.client.act(self.scene.id, self._command(deed))
        except Refused as refused:
            self.scene.holds(refused.code == code, f"{deed.act.verb} is refused as {refused}, not as {code}")
        else:
            raise StoryBroken(f"{deed.act.verb} is not refused; it should be, as {code}")

    def _command(self, deed: Deed) -> Command:
        self.commands += 1
        return command_for(self.scene, deed, self.commands)
