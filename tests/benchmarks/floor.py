"""The floor: what any workflow costs that answers the same updates. It judges nothing and records nothing.

Same update with a validator, same decoding of the command and same receipt, and one timer that moves whenever the
engine's would: the alarms are given to it beforehand.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from models.frozen import Frozen
    from models.receipt import Receipt
    from models.refusal import Refused
    from models.state import SceneState
    from models.text import Moment
    from models.vocabulary import Stage
    from workflows.messages import command_of, error_for


class FloorOpening(Frozen):
    scene: str
    alarms: tuple[Moment | None, ...]


@workflow.defn(name="Floor")
class FloorWorkflow:
    @workflow.init
    def __init__(self, opening: FloorOpening) -> None:
        self.opening = opening
        self.sequence = 0
        self.alarm: datetime | None = None

    @workflow.run
    async def run(self, opening: FloorOpening) -> None:
        while True:
            await workflow.wait_condition(lambda: self.alarm is not None)
            if self.alarm is not None:
                await self._wait_for(self.alarm)

    @workflow.update(dynamic=True)
    def act(self, verb: str, args: Sequence[RawValue]) -> Receipt:
        """Any verb, with a `Command` as its one argument."""
        try:
            command = command_of(verb, args)
        except Refused as refused:
            raise error_for(refused, SceneState(scene="-")) from None
        self.alarm = self.opening.alarms[self.sequence]
        self.sequence += 1
        return Receipt(
            scene=self.opening.scene,
            sequence=self.sequence,
            command_id=command.command_id,
            digest=command.digest,
            at=workflow.now(),
            stage=Stage.REVIEW,
            step="consultation",
        )

    @act.validator
    def _refuse(self, verb: str, args: Sequence[RawValue]) -> None:
        try:
            command_of(verb, args)
        except Refused as refused:
            raise error_for(refused, SceneState(scene="-")) from None

    async def _wait_for(self, alarm: datetime) -> None:
        wait = alarm - workflow.now()
        timer = asyncio.create_task(workflow.sleep(wait, summary=f"next alarm {alarm.isoformat()}"))
        await workflow.wait_condition(lambda: timer.done() or self.alarm != alarm)
        timer.cancel()
