"""The obvious design: each approval awaits one activity that writes it to SQL, and one that notifies.

The same judgement and the same SQL transaction as the engine's, so that only the design differs. One approval at a time
is written, else the second could reach the ledger before the first. Kinder to it than to the engine in three ways: it
never continues as new, shows nothing in Temporal's UI, and its notification is sent nowhere.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio import activity, workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from activities.ledger import LedgerPort
    from models.opening import SceneOpening
    from models.receipt import Receipt
    from models.recording import RecordBatch
    from models.refusal import Refused
    from rules.alarms import next_alarm
    from rules.journal import admit, fold
    from workflows.messages import command_of, error_for

TIMEOUT = timedelta(seconds=30)


class ObviousActivities:
    def __init__(self, ledger: LedgerPort) -> None:
        self._ledger = ledger

    @activity.defn
    async def persist(self, batch: RecordBatch) -> None:
        now = datetime.now(UTC)
        await asyncio.to_thread(self._ledger.record, batch, build="obvious", rules="obvious", now=now)

    @activity.defn
    async def notify(self, receipt: Receipt) -> None:
        """Sends nothing."""


@workflow.defn(name="Obvious")
class ObviousWorkflow:
    @workflow.init
    def __init__(self, opening: SceneOpening) -> None:
        self.policy = opening.policy
        self.state = opening.state
        self.alarm = next_alarm(opening.state)
        self.turn = asyncio.Lock()

    @workflow.run
    async def run(self, opening: SceneOpening) -> None:
        while True:
            await workflow.wait_condition(lambda: self.alarm is not None)
            if self.alarm is not None:
                await self._wait_for(self.alarm)

    @workflow.update(dynamic=True)
    async def act(self, verb: str, args: Sequence[RawValue]) -> Receipt:
        """Any verb, with a `Command` as its one argument."""
        async with self.turn:
            try:
                entries = admit(self.policy, self.state, command_of(verb, args), workflow.now())
            except Refused as refused:
                raise error_for(refused, self.state) from None
            for entry in entries:
                self.state = fold(self.state, entry)
            self.alarm = next_alarm(self.state)
            receipt = self.state.receipts[-1]
            await workflow.execute_activity_method(
                ObviousActivities.persist,
                RecordBatch(stream=self.state.scene, entries=entries),
                start_to_close_timeout=TIMEOUT,
            )
            await workflow.execute_activity_method(ObviousActivities.notify, receipt, start_to_close_timeout=TIMEOUT)
        return receipt

    @act.validator
    def _refuse(self, verb: str, args: Sequence[RawValue]) -> None:
        try:
            admit(self.policy, self.state, command_of(verb, args), workflow.now())
        except Refused as refused:
            raise error_for(refused, self.state) from None

    async def _wait_for(self, alarm: datetime) -> None:
        wait = alarm - workflow.now()
        timer = asyncio.create_task(workflow.sleep(wait, summary=f"next alarm {alarm.isoformat()}"))
        await workflow.wait_condition(lambda: timer.done() or self.alarm != alarm)
        timer.cancel()
