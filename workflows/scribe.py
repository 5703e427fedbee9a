"""Recording behind the update: one batch is in flight, and what happens meanwhile gathers for the next.

A database that is away stops nobody: what is not confirmed yet waits here, and travels along to the next run.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.ledger import LedgerActivities
    from models.journal import JournalEntry
    from models.recording import RECORD_BYTES, RECORD_ENTRIES, RecordBatch, Recorded

FOR_EVER = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=5))
"""The ledger may be away for as long as it likes; nobody's decision fails for it."""
TIMEOUT = timedelta(seconds=15)
HAND_OVER = timedelta(seconds=2)
"""How long a run that ends waits for the batch in flight."""
BACKLOG_BYTES = 1024 * 1024
"""So much unrecorded journal still fits through continue-as-new; beyond it new commands are refused for a while."""


class Scribe:
    def __init__(self, stream: str, unrecorded: tuple[JournalEntry, ...]) -> None:
        self._stream = stream
        self._waiting: list[tuple[JournalEntry, int]] = []
        self._bytes = 0
        self.is_writing = False
        self.last: Recorded | None = None
        for entry in unrecorded:
            self.add(entry)

    @property
    def unrecorded(self) -> tuple[JournalEntry, ...]:
        return tuple(entry for entry, _ in self._waiting)

    @property
    def is_behind(self) -> bool:
        return self._bytes > BACKLOG_BYTES

    def add(self, entry: JournalEntry) -> None:
        size = len(entry.model_dump_json().encode())
        self._waiting.append((entry, size))
        self._bytes += size

    async def write(self, halted: Callable[[], bool]) -> None:
        """Records for ever; begins no new batch while `halted`: the next run begins it."""
        while True:
            await workflow.wait_condition(lambda: bool(self._waiting) and not halted())
            batch = self._batch()
            self.is_writing = True
            self.last = await workflow.execute_activity_method(
                LedgerActivities.record,
                RecordBatch(stream=self._stream, entries=batch),
                start_to_close_timeout=TIMEOUT,
                retry_policy=FOR_EVER,
            )
            self.is_writing = False
            self._bytes -= sum(size for _, size in self._waiting[: len(batch)])
            del self._waiting[: len(batch)]

    async def finish(self) -> None:
        """The batch in flight may end before its run does, but not for long: an activity's answer that comes in while
        a run ends makes the server throw the run's last step away, act included, and ask again.
        """
        if self.is_writing:
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: not self.is_writing, timeout=HAND_OVER)

    def _batch(self) -> tuple[JournalEntry, ...]:
        batch: list[JournalEntry] = []
        size = 0
        for entry, more in self._waiting[:RECORD_ENTRIES]:
            size += more
            if batch and size > RECORD_BYTES:
                break
            batch.append(entry)
        return tuple(batch)
