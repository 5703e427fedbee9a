"""One scene, one workflow: it waits, decides, evolves, records, and repeats, for as long as the scene lives.

A department's act is an update whose name is the verb. The validator asks the rules and throws the answer away; the
handler asks again and applies. What happened is recorded behind the update, so that an approval never waits for the
database. One timer stands for the next alarm. Judgement lives in `rules`.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from models.journal import JournalEntry
    from models.opening import SceneEnd, SceneOpening
    from models.receipt import Receipt
    from models.refusal import Refused
    from models.state import SceneState
    from rules.alarms import next_alarm
    from rules.journal import admit, due_alarm, entry_for, fold, policy_after, repeated
    from workflows.messages import command_of, error_for
    from workflows.presentation import Sign
    from workflows.scribe import Scribe


@workflow.defn(name="Scene")
class SceneWorkflow:
    @workflow.init
    def __init__(self, opening: SceneOpening) -> None:
        self.policy = opening.policy
        self.state = opening.state
        self.opened_in = opening.state.stage
        self.alarm = next_alarm(opening.state)
        self.timed: datetime | None = None
        self.scribe = Scribe(opening.state.scene, opening.unrecorded)
        self.judged: tuple[object, Receipt | tuple[JournalEntry, ...]] = (None, ())
        self.sign = Sign()

    @workflow.run
    async def run(self, opening: SceneOpening) -> SceneEnd:
        if not self.state.sequence and not await self._submitted(opening.patience):
            return SceneEnd(scene=self.state.scene, outcome=None, sequence=0, head=None)
        self.sign.show(self.state, self.alarm)
        self.behind = asyncio.create_task(self._keep_time()), asyncio.create_task(self.scribe.write(self._holds_back))
        await workflow.wait_condition(lambda: self._moves_on() or self._is_over())
        await self.scribe.finish()
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._is_over():
            self._carry_on()
        head = self.scribe.last.head if self.scribe.last else None
        return SceneEnd(scene=self.state.scene, outcome=self.state.outcome, sequence=self.state.sequence, head=head)

    @workflow.update(dynamic=True)
    def act(self, verb: str, args: Sequence[RawValue]) -> Receipt:
        """Any verb of `models.commands`, with a `Command` as its one argument."""
        try:
            answer = self._judge(verb, args)
        except Refused as refused:
            raise error_for(refused, self.state) from None
        if isinstance(answer, Receipt):
            return answer
        for entry in answer:
            self._enter(entry)
        return self.state.receipts[-1]

    @act.validator
    def _refuse(self, verb: str, args: Sequence[RawValue]) -> None:
        try:
            self._judge(verb, args)
        except Refused as refused:
            raise error_for(refused, self.state) from None
        except Exception:
            workflow.logger.exception("the rules failed at %s", verb)
            raise

    @workflow.query
    def scene(self) -> SceneState:
        """The state as of the last entry."""
        return self.state

    def _judge(self, verb: str, args: Sequence[RawValue]) -> Receipt | tuple[JournalEntry, ...]:
        """The receipt of a command that stands already, else the entries that it makes. Raises Refused.

        The handler asks what the validator has just asked; a replay runs the handler alone, and judges the same.
        """
        question = (verb, [each.payload.data for each in args], self.state.sequence, workflow.now())
        if self.judged[0] != question:
            command = command_of(verb, args)
            receipt = repeated(self.state, command)
            if receipt is None and self.scribe.is_behind:
                raise Refused("ledger_behind")
            self.judged = question, receipt or admit(self.policy, self.state, command, workflow.now())
        return self.judged[1]

    def _enter(self, entry: JournalEntry) -> None:
        before = self.state
        self.state = fold(self.state, entry)
        self.policy = policy_after(self.policy, entry)
        self.alarm = next_alarm(self.state)
        self.scribe.add(entry)
        if (self.state.step, self.state.lead) != (before.step, before.lead):
            self.sign.show(self.state, self.alarm)

    async def _keep_time(self) -> None:
        """One durable timer stands for the next alarm, and stays while that stays the same."""
        while True:
            while (command := due_alarm(self.state, workflow.now())) is not None:
                self._enter(entry_for(self.policy, self.state, command, workflow.now()))
            await self._wait_for(self.alarm)

    async def _wait_for(self, alarm: datetime | None) -> None:
        """Until the alarm comes, or another is the next. A run that ends leaves it to the next run."""
        timer = None
        if alarm is not None and not self._moves_on():
            summary = f"next alarm {alarm.isoformat()}"
            timer = asyncio.create_task(workflow.sleep(alarm - workflow.now(), summary=summary))
        self.timed = alarm
        await workflow.wait_condition(lambda: self.alarm != alarm or (timer is not None and timer.done()))
        if timer is not None:
            timer.cancel()

    def _holds_back(self) -> bool:
        """Whether a new batch has to wait: for the next run, or for the timer, which always comes first.

        The SDK may hand over a batch's answer before the next act or, to a worker that lost the scene from its memory,
        after it (sdk-rust #1146). Without an order of their own, timer and batch would then change places, and the
        history could never be replayed.
        """
        return self._moves_on() or self.timed != self.alarm

    async def _submitted(self, patience: timedelta) -> bool:
        """A start whose submission was refused leaves a workflow without a scene; it ends by itself."""
        try:
            await workflow.wait_condition(lambda: self.state.sequence > 0, timeout=patience)
        except TimeoutError:
            return False
        return True

    def _moves_on(self) -> bool:
        """At a stage's end, when this run grows long, or when a newer build waits, a new run takes over."""
        info = workflow.info()
        return not self.state.closed and (
            self.state.stage is not self.opened_in
            or info.is_continue_as_new_suggested()
            or info.is_target_worker_deployment_version_changed()
        )

    def _is_over(self) -> bool:
        return self.state.closed and not self.scribe.unrecorded

    def _carry_on(self) -> NoReturn:
        newer = workflow.info().is_target_worker_deployment_version_changed()
        workflow.continue_as_new(
            SceneOpening(policy=self.policy, state=self.state, unrecorded=self.scribe.unrecorded),
            initial_versioning_behavior=workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE if newer else None,
        )
