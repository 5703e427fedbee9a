"""What is read off: CPU time of processes, latencies, and a scene's history."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

import psutil
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHistoryEventFilterType


@dataclass(frozen=True)
class Cpu:
    """CPU seconds: of the Temporal server, the design's worker, this process as its client, a PostgreSQL server."""

    server: float = 0
    worker: float = 0
    client: float = 0
    database: float = 0

    def __sub__(self, other: Self) -> "Cpu":
        return Cpu(
            self.server - other.server,
            self.worker - other.worker,
            self.client - other.client,
            self.database - other.database,
        )

    def times(self, factor: float) -> "Cpu":
        return Cpu(self.server * factor, self.worker * factor, self.client * factor, self.database * factor)

    @property
    def total(self) -> float:
        return self.server + self.worker + self.client + self.database


@dataclass(frozen=True)
class Meter:
    """Process ids; `database` None where the database has no process of its own."""

    server: int
    worker: int
    database: int | None = None

    def read(self) -> Cpu:
        return Cpu(
            server=_seconds(psutil.Process(self.server)),
            worker=_seconds(psutil.Process(self.worker)),
            client=_seconds(psutil.Process()),
            database=_family_seconds(psutil.Process(self.database)) if self.database is not None else 0,
        )


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _family_seconds(process: psutil.Process) -> float:
    """With the children, those that have ended included."""
    times = process.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True):
        try:
            total += _seconds(child)
        except psutil.NoSuchProcess:
            continue
    return total


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed; NaN of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def middle(values: Iterable[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return median(known) if known else math.nan


@dataclass(frozen=True)
class History:
    events: int
    bytes: int

    def __sub__(self, other: Self) -> "History":
        return History(self.events - other.events, self.bytes - other.bytes)


async def history_of(client: Client, workflow_id: str) -> History:
    """Of all its runs. The bytes are the server's own count."""
    described = await client.get_workflow_handle(workflow_id).describe()
    run_id = described.raw_description.workflow_execution_info.first_run_id
    events = size = 0
    while True:
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        described = await handle.describe()
        events += described.history_length
        size += described.raw_description.workflow_execution_info.history_size_bytes
        if described.status is not WorkflowExecutionStatus.CONTINUED_AS_NEW:
            return History(events, size)
        async for event in handle.fetch_history_events(event_filter_type=WorkflowHistoryEventFilterType.CLOSE_EVENT):
            if event.event_type is not EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
                continue
            run_id = event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
