import asyncio
import logging
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.ledger import LedgerActivities, LedgerPort
from models.notification import unit_mailbox
from models.recording import RecordBatch
from storage.ledger import SqlLedger
from tests.scenario import Play
from tests.storage.journals import rows


class Bell:
    """Keeps whom it woke; `broken` is what it fails with."""

    def __init__(self, broken: Exception | None = None) -> None:
        self.woken: list[tuple[str, ...]] = []
        self.broken = broken

    async def wake(self, recipients: tuple[str, ...], clock: datetime) -> None:
        if self.broken is not None:
            raise self.broken
        self.woken.append(recipients)


def activities(ledger: LedgerPort, wake: Bell | None = None, linger: timedelta = timedelta()) -> LedgerActivities:
    return LedgerActivities(ledger, build="1.0", rules="r", linger=linger, wake=wake)


def batch(play: Play, first: int = 0) -> RecordBatch:
    return RecordBatch(stream=play.scene, entries=tuple(play.journal[first:]))


async def test_the_activity_records_and_wakes_whom_the_entries_concern(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    bell = Bell()
    recorded = await ActivityEnvironment().run(activities(ledger, bell).record, batch(play))
    assert (recorded.sequence, recorded.build, recorded.rules) == (len(play.journal), "1.0", "r")
    assert bell.woken == [tuple(sorted({row["recipient"] for row in rows(engine, "outbox")}))]
    assert unit_mailbox(play.policy.city, play.state.cooperating[0]) in bell.woken[0]


async def test_a_bell_that_is_broken_does_not_keep_an_entry_from_being_recorded(
    ledger: SqlLedger, engine: Engine, play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await ActivityEnvironment().run(activities(ledger, Bell(ConnectionError("away"))).record, batch(play))
    assert len(rows(engine, "entry")) == len(play.journal)
    assert "could not be woken" in caplog.text


async def test_a_conflict_is_an_error_that_temporal_retries_and_shows(ledger: SqlLedger, play: Play) -> None:
    await ActivityEnvironment().run(activities(ledger).record, batch(play))
    changed = play.journal[0].model_copy(update={"policy": "0" * 64})
    with pytest.raises(ApplicationError) as conflict:
        await ActivityEnvironment().run(activities(ledger).record, RecordBatch(stream=play.scene, entries=(changed,)))
    assert (conflict.value.type, conflict.value.non_retryable) == ("LedgerConflict", False)
    assert conflict.value.details == (play.scene, 1)


async def test_a_gap_is_an_error_that_temporal_retries_and_shows(ledger: SqlLedger, play: Play) -> None:
    with pytest.raises(ApplicationError) as gap:
        await ActivityEnvironment().run(activities(ledger).record, batch(play, 1))
    assert (gap.value.type, gap.value.non_retryable) == ("LedgerGap", False)


async def test_the_answer_lingers_after_the_commit_until_the_worker_stops(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    worker = ActivityEnvironment()
    answer = asyncio.create_task(worker.run(activities(ledger, linger=timedelta(hours=1)).record, batch(play)))
    async with asyncio.timeout(20):
        while not rows(engine, "entry"):
            await asyncio.sleep(0.01)
    done, _ = await asyncio.wait({answer}, timeout=0.05)
    assert not done
    worker.worker_shutdown()
    assert (await asyncio.wait_for(answer, 5)).sequence == len(play.journal)
