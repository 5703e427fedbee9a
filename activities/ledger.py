"""The `record` activity: from a scene's workflow to the ledger, one batch at a time.

It is retried for ever. A ledger that holds something else than the workflow says is a fault to be shown, never a reason
to end a scene: such an error is retried like any other, stands in Temporal's UI, and `scene doctor` reports it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from models.recording import RecordBatch, Recorded


class LedgerFault(Exception):
    """The ledger and a batch do not fit together."""

    def __init__(self, stream: str, sequence: int, problem: str) -> None:
        super().__init__(f"{stream}: entry {sequence} {problem}")
        self.stream = stream
        self.sequence = sequence


class LedgerConflict(LedgerFault):
    """The ledger holds another entry under this sequence."""


class LedgerGap(LedgerFault):
    """The entry does not follow the ledger's last one."""


Numbers = Mapping[tuple[int, int], int]
"""Sequence and place of a document: its number in its series of the year."""


class LedgerPort(Protocol):
    def record(
        self, batch: RecordBatch, *, build: str, rules: str, now: datetime, numbers: Numbers | None = None
    ) -> Recorded:
        """Appends what is new of the batch, in one transaction with projections, outbox and documents.

        Documents get the next number of their year; where `numbers` are given, theirs, and those it lacks none.
        Repeating a batch changes nothing and gives the same answer. Raises LedgerConflict, LedgerGap.
        """
        ...

    def recipients(self, batch: RecordBatch) -> tuple[str, ...]:
        """Whose messages from these entries are not delivered yet."""
        ...


class Wake(Protocol):
    async def wake(self, recipients: tuple[str, ...], clock: datetime) -> None:
        """Tells the recipients' mailboxes that there is something for them, as of `clock`."""
        ...


class LedgerActivities:
    """`build` and `rules` say which code writes; they stand beside each entry, and in the workflow's history.

    `linger` is how long a batch's answer stays out after its commit: a scene on which people are busy gathers their
    acts meanwhile, and takes in one answer for several. It delays nobody's act and no alarm.
    """

    def __init__(
        self,
        ledger: LedgerPort,
        *,
        build: str,
        rules: str,
        linger: timedelta = timedelta(),
        wake: Wake | None = None,
    ) -> None:
        self._ledger = ledger
        self._build = build
        self._rules = rules
        self._linger = linger
        self._wake = wake

    @activity.defn(name="record")
    async def record(self, batch: RecordBatch) -> Recorded:
        """Safe to repeat. Raises ApplicationError, retryable, of the type LedgerConflict or LedgerGap."""
        recorded = await asyncio.to_thread(self._record, batch)
        await self._wake_recipients(batch)
        if self._linger:
            with suppress(TimeoutError):
                await asyncio.wait_for(activity.wait_for_worker_shutdown(), self._linger.total_seconds())
        return recorded

    def _record(self, batch: RecordBatch) -> Recorded:
        try:
            return self._ledger.record(batch, build=self._build, rules=self._rules, now=datetime.now(UTC))
        except LedgerFault as fault:
            raise ApplicationError(str(fault), fault.stream, fault.sequence, type=type(fault).__name__) from fault

    async def _wake_recipients(self, batch: RecordBatch) -> None:
        """Best effort: the mailboxes' own sweep finds what nobody woke them for."""
        if self._wake is None:
            return
        try:
            if recipients := await asyncio.to_thread(self._ledger.recipients, batch):
                await self._wake.wake(recipients, batch.entries[-1].at)
        except Exception:  # noqa: BLE001  # whatever it is, it is recorded already
            activity.logger.warning("the mailboxes could not be woken", exc_info=True)
