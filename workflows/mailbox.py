"""One recipient's mailbox: woken after the ledger's commit, it waits a moment, looks, and sends what is due.

It lives while there is something to wait for, and ends; the next wake begins it anew. Its clock is the newest moment
that it was woken with, where that is ahead of ours: so scenes in skipped time are served too.
"""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.delivery import DeliveryActivities
    from models.mailbox import MailboxOpening, Round, RoundDone, later

GATHER = timedelta(seconds=2)
"""After a wake: what follows a message within this time goes out in the same letter."""
ROUND_TIMEOUT = timedelta(minutes=5)
FOR_EVER = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


@workflow.defn(name="Mailbox")
class MailboxWorkflow:
    @workflow.init
    def __init__(self, opening: MailboxOpening) -> None:
        self.recipient = opening.recipient
        self.clock = opening.clock
        self.woken = opening.clock is not None

    @workflow.run
    async def run(self, opening: MailboxOpening) -> None:
        await workflow.wait_condition(lambda: self.woken)
        while True:
            if self.woken:
                await workflow.sleep(GATHER)
            self.woken = False
            now = self._now()
            done: RoundDone = await workflow.execute_activity_method(
                DeliveryActivities.deliver,
                Round(recipient=self.recipient, now=now),
                start_to_close_timeout=ROUND_TIMEOUT,
                retry_policy=FOR_EVER,
            )
            if done.next_at is None and not self.woken:
                return
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(MailboxOpening(recipient=self.recipient, clock=now))
            await self._wait_for(done.next_at)

    @workflow.signal
    def wake(self, clock: datetime) -> None:
        """Something may be there, as of `clock`."""
        self.clock = later(self.clock, clock)
        self.woken = True

    async def _wait_for(self, moment: datetime | None) -> None:
        if self.woken or moment is None or moment <= self._now():
            return
        try:
            await workflow.wait_condition(lambda: self.woken, timeout=moment - self._now(), timeout_summary=f"{moment}")
        except TimeoutError:
            self.clock = later(self.clock, moment)

    def _now(self) -> datetime:
        return later(workflow.now(), self.clock) or workflow.now()


@workflow.defn(name="MailboxSweep")
class MailboxSweepWorkflow:
    """Started by a schedule: wakes the mailboxes that nobody woke, because a worker died between commit and wake."""

    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity_method(
            DeliveryActivities.sweep, start_to_close_timeout=ROUND_TIMEOUT, retry_policy=FOR_EVER
        )
