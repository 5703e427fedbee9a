"""One scene, one workflow: it waits, decides, evolves, records, and repeats, for as long as the scene lives.

A department's act is an update whose name is the verb. The validator asks the rules and throws the answer away; the
handler asks again and applies. What happened is recorded behind the update, one batch at a time, so that an approval
never waits for the database. One timer stands for the next alarm. Judgement lives in `rules`.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy, VersioningBehavior
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.ledger import LedgerActivities
    from models.commands import Command
    from models.journal import JournalEntry
    from models.opening import SceneEnd, SceneOpening
    from models.policy import Policy
    from models.receipt import Receipt
    from models.recording import RECORD_BYTES, RECORD_ENTRIES, Recorded, RecordBatch
    from models.refusal import Refused
    from models.state import SceneState
    from rules.alarms import next_alarm
    from rules.journal import admit, due_alarm, entry_for, fold, policy_after, refuse_oversized, repeated
    from workflows.presentation import attributes_of, details_of

FOR_EVER = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=5))
"""The ledger may be away for as long as it likes; nobody's decision fails for it."""
RECORD_TIMEOUT = timedelta(seconds=30)
UNSUBMITTED = timedelta(minutes=1)
"""A start whose submission was refused leaves a workflow without a scene; it ends by itself."""
BACKLOG_BYTES = 1024 * 1024
"""So much unrecorded journal still fits through continue-as-new; beyond it new commands are refused for a while."""


@workflow.defn(name="Scene", versioning_behavior=VersioningBehavior.PINNED)
class SceneWorkflow:
    @workflow.init
    def __init__(self, opening: SceneOpening) -> None:
        self.policy: Policy = opening.policy
        self.state: SceneState = opening.state
        self.stage = opening.state.stage
        self.unrecorded: list[tuple[JournalEntry, int]] = [(entry, _size(entry)) for entry in opening.unrecorded]
        self.recorded: Recorded | None = None
        self.alarm: datetime | None = next_alarm(self.state)

    @workflow.run
    async def run(self, opening: SceneOpening) -> SceneEnd:
        if not self.state.sequence and not await self._submitted():
            return SceneEnd(scene=self.state.scene, outcome=None, sequence=0, head=None)
        self._present()
        clock, scribe = asyncio.create_task(self._keep_time()), asyncio.create_task(self._record())
        await workflow.wait_condition(lambda: self._moves_on() or self._is_over())
        await workflow.wait_condition(workflow.all_handlers_finished)
        clock.cancel()
        scribe.cancel()
        if not self._is_over():
            unrecorded = tuple(entry for entry, _ in self.unrecorded)
            workflow.continue_as_new(
                SceneOpening(policy=self.policy, state=self.state, unrecorded=unrecorded),
                initial_versioning_behavior=workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
            )
        head = self.recorded.head if self.recorded else None
        return SceneEnd(scene=self.state.scene, outcome=self.state.outcome, sequence=self.state.sequence, head=head)

    @workflow.update(dynamic=True)
    def act(self, verb: str, args: Sequence[RawValue]) -> Receipt:
        """Any verb of `models.commands`, with a `Command` as its one argument."""
        try:
            return self._apply(_command(verb, args))
        except Refused as refused:
            raise _error(refused) from None

    @act.validator
    def _refuse(self, verb: str, args: Sequence[RawValue]) -> None:
        try:
            command = _command(verb, args)
            if repeated(self.state, command) is None:
                if sum(size for _, size in self.unrecorded) > BACKLOG_BYTES:
                    raise Refused("ledger_behind")
                admit(self.policy, self.state, command, workflow.now())
        except Refused as refused:
            raise _error(refused) from None

    @workflow.query
    def scene(self) -> SceneState:
        """The state as of the last entry."""
        return self.state

    def _apply(self, command: Command) -> Receipt:
        if (receipt := repeated(self.state, command)) is not None:
            return receipt
        for entry in admit(self.policy, self.state, command, workflow.now()):
            self._enter(entry)
        return self.state.receipts[-1]

    def _enter(self, entry: JournalEntry) -> None:
        before = self.state
        self.state = fold(self.state, entry)
        self.policy = policy_after(self.policy, entry)
        self.alarm = next_alarm(self.state)
        self.unrecorded.append((entry, _size(entry)))
        if (self.state.step, self.state.lead) != (before.step, before.lead):
            self._present()

    async def _keep_time(self) -> None:
        """One durable timer waits for the next alarm, and stays while that alarm stays the same."""
        while True:
            await workflow.wait_condition(lambda: self.alarm is not None)
            while (command := due_alarm(self.state, workflow.now())) is not None:
                self._enter(entry_for(self.policy, self.state, command, workflow.now()))
            if (alarm := self.alarm) is not None:
                wait = alarm - workflow.now()
                timer = asyncio.create_task(workflow.sleep(wait, summary=f"next alarm {alarm.isoformat()}"))
                await workflow.wait_condition(lambda: timer.done() or self.alarm != alarm)
                timer.cancel()

    async def _record(self) -> None:
        """One batch in flight; what happens meanwhile gathers for the next."""
        while True:
            await workflow.wait_condition(lambda: bool(self.unrecorded) and not self._moves_on())
            batch = self._batch()
            self.recorded = await workflow.execute_activity_method(
                LedgerActivities.record,
                RecordBatch(stream=self.state.scene, entries=batch),
                start_to_close_timeout=RECORD_TIMEOUT,
                retry_policy=FOR_EVER,
            )
            del self.unrecorded[: len(batch)]

    def _batch(self) -> tuple[JournalEntry, ...]:
        batch, size = [], 0
        for entry, bytes_ in self.unrecorded[:RECORD_ENTRIES]:
            size += bytes_
            if batch and size > RECORD_BYTES:
                break
            batch.append(entry)
        return tuple(batch)

    async def _submitted(self) -> bool:
        try:
            await workflow.wait_condition(lambda: self.state.sequence > 0, timeout=UNSUBMITTED)
        except TimeoutError:
            return False
        return True

    def _moves_on(self) -> bool:
        """At a stage's end, or when this run grows long, a new run takes over."""
        info = workflow.info()
        return not self.state.closed and (
            self.state.stage is not self.stage
            or info.is_continue_as_new_suggested()
            or info.is_target_worker_deployment_version_changed()
        )

    def _is_over(self) -> bool:
        return self.state.closed and not self.unrecorded

    def _present(self) -> None:
        workflow.upsert_search_attributes(attributes_of(self.state, self.alarm))
        workflow.set_current_details(details_of(self.state))


def _size(entry: JournalEntry) -> int:
    return len(entry.model_dump_json())


def _command(verb: str, args: Sequence[RawValue]) -> Command:
    """The update's argument. Raises Refused: too_large, malformed."""
    if len(args) != 1:
        raise Refused("malformed", problem="the update takes one argument, the command")
    payload = args[0].payload
    refuse_oversized(len(payload.data))
    try:
        command = workflow.payload_converter().from_payload(payload, Command)
    except (ValidationError, ValueError) as problem:
        raise Refused("malformed", problem=problem) from None
    if command.act.verb != verb:
        raise Refused("malformed", problem=f"the update is {verb}, the command {command.act.verb}")
    return command


def _error(refused: Refused) -> ApplicationError:
    return ApplicationError(refused.text("en"), refused.details, type=refused.code, non_retryable=True)
