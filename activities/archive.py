"""Every closed run's history is archived, so that months-old stages outlive Temporal's retention.

A run that continued as new is a closed run. Histories are kept as the JSON that Temporal's own tools read. A scene that
is closed, with all its runs archived, is sealed: the bundle that proves it is made once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from temporalio import activity

from models.frozen import Frozen
from models.text import Moment

T = TypeVar("T")
BEAT_SECONDS = 20
"""Well below `workflows.archive.SILENCE`."""
PAGE = 200
"""How many runs are compared with the index at once."""


class ClosedRun(Frozen):
    workflow_id: str
    run_id: str
    closed_at: Moment


class Archived(Frozen):
    """What one sweep found and did, in runs; and how many scenes it sealed."""

    looked_at: int = 0
    archived: int = 0
    sealed: int = 0


class Histories(Protocol):
    """Where runs and their histories are read from: Temporal."""

    def closed_runs(self, size: int) -> AsyncIterator[tuple[ClosedRun, ...]]:
        """Every closed run of a scene, in pages of `size`."""
        ...

    async def history_json(self, run: ClosedRun) -> tuple[str, int]:
        """The history as JSON, and how many events it has."""
        ...


class Archive(Protocol):
    """Where histories are kept: files, and an index of them."""

    def missing(self, runs: tuple[ClosedRun, ...]) -> tuple[ClosedRun, ...]:
        """Those of the runs that the index does not know."""
        ...

    def keep(self, run: ClosedRun, history: str, events: int, at: datetime) -> None: ...


class Seals(Protocol):
    """Where closed scenes are sealed."""

    def missing(self) -> tuple[str, ...]:
        """The closed scenes without a seal."""
        ...

    def seal(self, scenes: tuple[str, ...]) -> int:
        """Seals what can be sealed, and says how many."""
        ...


class ArchiveActivities:
    def __init__(
        self,
        histories: Histories,
        archive: Archive,
        seals: Seals | None = None,
        keep_code: Callable[[], None] = lambda: None,
    ) -> None:
        """`keep_code` keeps the sources of this build, where they are not kept yet."""
        self._histories = histories
        self._archive = archive
        self._seals = seals
        self._keep_code = keep_code

    @activity.defn
    async def archive_closed_runs(self) -> Archived:
        """Archives what is not archived yet, then seals; safe to repeat, and to be interrupted."""
        await asyncio.to_thread(self._keep_code)
        looked_at = archived = 0
        async for page in self._histories.closed_runs(PAGE):
            missing = await asyncio.to_thread(self._archive.missing, page)
            for run in missing:
                history, events = await self._histories.history_json(run)
                now = activity.info().started_time
                await _beating(run.workflow_id, partial(self._archive.keep, run, history, events, now))
            looked_at += len(page)
            archived += len(missing)
        return Archived(looked_at=looked_at, archived=archived, sealed=await self._seal())

    async def _seal(self) -> int:
        if self._seals is None:
            return 0
        sealed = 0
        for scene in await asyncio.to_thread(self._seals.missing):
            sealed += await _beating(scene, partial(self._seals.seal, (scene,)))
        return sealed


async def _beating(what: str, work: Callable[[], T]) -> T:
    """In a thread, with a sign of life all the while: to carry a long archive to a far place takes longer than a sweep
    may be silent, and would be begun again and again."""
    working = asyncio.create_task(asyncio.to_thread(work))
    activity.heartbeat(what)
    while not (await asyncio.wait({working}, timeout=BEAT_SECONDS))[0]:
        activity.heartbeat(what)
    return working.result()
