"""A long archive on its way to a far place gives signs of life, or the server would begin the sweep again."""

import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities import archive
from activities.archive import ArchiveActivities, Archived, ClosedRun
from workflows.archive import SILENCE

RUN = ClosedRun(workflow_id="scene-A", run_id="a", closed_at=datetime(2026, 11, 22, tzinfo=UTC))
BEATS = 4


class OneRun:
    async def closed_runs(self, size: int) -> AsyncIterator[tuple[ClosedRun, ...]]:
        yield (RUN,)

    async def history_json(self, run: ClosedRun) -> tuple[str, int]:
        return "{}", 1


class FarAway:
    """Takes until so many signs of life were given."""

    def __init__(self) -> None:
        self.may_end = threading.Event()

    def missing(self, runs: tuple[ClosedRun, ...]) -> tuple[ClosedRun, ...]:
        return runs

    def keep(self, run: ClosedRun, history: str, events: int, at: datetime) -> None:
        assert self.may_end.wait(20), "no sign of life"


class Broken(FarAway):
    def keep(self, run: ClosedRun, history: str, events: int, at: datetime) -> None:
        raise OSError("the place is away")


async def test_a_long_upload_beats_all_the_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "BEAT_SECONDS", 0.01)
    far, beats = FarAway(), 0

    def beat(*_: object) -> None:
        nonlocal beats
        beats += 1
        if beats == BEATS:
            far.may_end.set()

    environment = ActivityEnvironment()
    environment.on_heartbeat = beat
    activities = ArchiveActivities(OneRun(), far)
    assert await environment.run(activities.archive_closed_runs) == Archived(looked_at=1, archived=1)
    assert beats >= BEATS


async def test_what_fails_on_the_way_fails_the_sweep() -> None:
    with pytest.raises(OSError, match="away"):
        await ActivityEnvironment().run(ArchiveActivities(OneRun(), Broken()).archive_closed_runs)


def test_signs_of_life_are_given_well_before_the_server_misses_them() -> None:
    assert timedelta(seconds=archive.BEAT_SECONDS) * 3 <= SILENCE
