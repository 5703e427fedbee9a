"""Closed runs that only Temporal has: when it deletes them, and that the doctor says so in time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from activities.archive import ClosedRun
from cli.checks import archive
from cli.checks.archive import FORGETS_SOON

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def looked(monkeypatch: pytest.MonkeyPatch, kept: timedelta, *closed: datetime) -> Any:
    """The finding of a namespace that keeps runs so long, where these ended and none is archived."""
    ended = tuple(ClosedRun(workflow_id=f"scene-{at}", run_id="r", closed_at=at) for at in closed)

    class Histories:
        def __init__(self, _: object) -> None: ...

        async def closed_runs(self, _: int) -> AsyncIterator[tuple[ClosedRun, ...]]:
            yield ended

    async def retention(_: object) -> timedelta:
        return kept

    monkeypatch.setattr(archive, "TemporalHistories", Histories)
    monkeypatch.setattr(archive, "retention", retention)
    monkeypatch.setattr("cli.shown.now", lambda: NOW)
    opened: Any = SimpleNamespace(archive=SimpleNamespace(missing=lambda page: page))
    temporal: Any = None
    return await archive.runs(temporal, opened)


async def test_a_run_that_just_ended_waits_for_the_next_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await looked(monkeypatch, 3650 * DAY, NOW - timedelta(hours=1))
    assert (found.level, found.details["fresh"]) == ("ok", 1)


async def test_a_run_of_the_day_before_yesterday_is_late_and_its_last_day_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = await looked(monkeypatch, 40 * DAY, NOW - 2 * DAY, NOW - timedelta(hours=1))
    assert (found.level, found.details["late"], found.details["fresh"]) == ("error", 1, 1)
    assert found.details["forgets"] == (NOW + 38 * DAY).isoformat()
    assert "2026-12-10" in found.message


async def test_where_temporal_forgets_soon_even_a_run_that_just_ended_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    just = NOW - timedelta(hours=1)
    soon = await looked(monkeypatch, FORGETS_SOON, just)
    assert soon.level == "error"
    later = await looked(monkeypatch, FORGETS_SOON + DAY, just)
    assert later.level == "ok"


async def test_nothing_that_waits_is_nothing_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await looked(monkeypatch, DAY)
    assert (found.level, found.details["forgets"]) == ("ok", None)
