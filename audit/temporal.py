"""What a Temporal server itself guarantees of a history, whatever workflow it is of.

Events name the ones that they come of, and those are there, earlier, and of the right kind. Their types are those of
their contents. Time does not go back, and no timer fires before it is due. Names of workers and task queues, request
and task ids are the server's own business: nothing else in a history says what they should be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

SKEW = timedelta(minutes=1)
"""So far may the clocks of a cluster's servers differ."""
_REFERENCES = {
    "scheduled_event_id": {
        "workflow_task": "workflow_task_scheduled",
        "activity_task": "activity_task_scheduled",
    },
    "started_event_id": {
        "workflow_task": "workflow_task_started",
        "activity_task": "activity_task_started",
        "timer": "timer_started",
    },
    "workflow_task_completed_event_id": {"": "workflow_task_completed"},
    "accepted_event_id": {"workflow_execution_update": "workflow_execution_update_accepted"},
}
"""Field: the kind that it names, by how the kind of the event begins that has it."""
_IN_ORDER = ("workflow_", "timer_started", "timer_canceled", "activity_task_scheduled", "upsert_")
"""What the server writes at once. Others (a fired timer, an answer) may wait for a workflow task to end."""


@dataclass(frozen=True)
class Broken:
    """`what`: `reference`, `type`, `time` or `timer`; `at` is the field."""

    what: str
    event: int
    at: str
    recorded: str
    expected: str


def kind_of(event: HistoryEvent) -> str:
    return (event.WhichOneof("attributes") or "").removesuffix("_event_attributes")


def moment(stamp: Timestamp) -> datetime:
    """As a workflow sees it: rounded to microseconds."""
    nanoseconds = stamp.seconds * 1_000_000_000 + stamp.nanos
    seconds, micros = divmod((nanoseconds + 500) // 1000, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


def broken(events: Sequence[HistoryEvent]) -> Iterator[Broken]:
    """The events are numbered 1, 2, 3 and so on."""
    kinds = [kind_of(event) for event in events]
    latest, task = moment(events[0].event_time), 0
    for event, kind in zip(events, kinds, strict=True):
        number, at = event.event_id, moment(event.event_time)
        named = EventType.Name(event.event_type) if event.event_type in EventType.values() else str(event.event_type)
        if named != f"EVENT_TYPE_{kind.upper()}":
            yield Broken("type", number, "eventType", named, f"EVENT_TYPE_{kind.upper()}")
        yield from _references(event, kind, kinds, task)
        if kind == "workflow_task_completed":
            task = number
        if kind.startswith(_IN_ORDER):
            if at < latest - SKEW:
                yield Broken("time", number, "eventTime", at.isoformat(), f">= {latest.isoformat()}")
            latest = max(latest, at)
        elif at > latest + SKEW and number < len(events) and moment(events[number].event_time) < at - SKEW:
            yield Broken(
                "time", number, "eventTime", at.isoformat(), f"<= {moment(events[number].event_time).isoformat()}"
            )
        if kind == "timer_fired":
            yield from _early(event, events)


def _references(event: HistoryEvent, kind: str, kinds: Sequence[str], task: int) -> Iterator[Broken]:
    attributes: Any = getattr(event, f"{kind}_event_attributes", None)
    if attributes is None:
        return
    for field in attributes.DESCRIPTOR.fields_by_name.keys() & _REFERENCES.keys():
        wanted = next((to for begins, to in _REFERENCES[field].items() if kind.startswith(begins)), None)
        named = getattr(attributes, field)
        if wanted is None or (not named and field == "started_event_id"):
            continue  # what was never started ended all the same
        if not 0 < named < event.event_id or kinds[named - 1] != wanted:
            yield Broken("reference", event.event_id, field, str(named), wanted)
        elif field == "workflow_task_completed_event_id" and named != task:
            yield Broken("reference", event.event_id, field, str(named), str(task))


def _early(event: HistoryEvent, events: Sequence[HistoryEvent]) -> Iterator[Broken]:
    number = event.timer_fired_event_attributes.started_event_id
    if not 0 < number < event.event_id:
        return
    began = events[number - 1]
    lasts = timedelta(microseconds=began.timer_started_event_attributes.start_to_fire_timeout.ToMicroseconds())
    due, at = moment(began.event_time) + lasts, moment(event.event_time)
    if at < due - SKEW:
        yield Broken("timer", event.event_id, "eventTime", at.isoformat(), f">= {due.isoformat()}")
