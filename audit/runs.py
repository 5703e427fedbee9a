"""One run's history read as data, without any workflow code: an account of its own, beside what a replay gives.

An act is an accepted update with the workflow task that took it in, whose beginning is the run's `now`. What was
recorded stands in the inputs and answers of the `record` activity.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from client.from_archives import RECORD


class NoHistory(Exception):
    """The text is no workflow history."""


@dataclass(frozen=True)
class AcceptedAct:
    """An update that the run took in, in the workflow task that began with event `task`.

    `receipt` is None while it is open; `refused` where its handler refused it.
    """

    event: int
    task: int
    update: str
    verb: str
    command: Any
    at: datetime
    receipt: Any = None
    refused: bool = False


@dataclass(frozen=True)
class RecordedBatch:
    """One call of `record`: its entries as JSON, and the ledger's answer, None where it never came."""

    event: int
    stream: str
    entries: tuple[Any, ...]
    answer: Any = None


@dataclass(kw_only=True)
class RunHistory:
    """`opening` is what the run began with; `next_opening` what it handed over to the run `next_run`, if it did.

    `tasks` are the moments at which the run's code ran, each with the event that the task began with: the only ones
    that can be the `at` of an entry.
    """

    run_id: str
    workflow_id: str
    continued_from: str | None
    opening: Any
    events: int
    last_event: str
    acts: list[AcceptedAct] = field(default_factory=list)
    batches: list[RecordedBatch] = field(default_factory=list)
    tasks: list[tuple[int, datetime]] = field(default_factory=list)
    next_run: str | None = None
    next_opening: Any = None
    end: Any = None

    @property
    def builds(self) -> tuple[str, ...]:
        """Those that recorded in it, the latest last."""
        named = [batch.answer["build"] for batch in self.batches if batch.answer is not None]
        return tuple(reversed(dict.fromkeys(reversed(named))))


def read_run(text: bytes) -> RunHistory:
    """Raises NoHistory."""
    return read_history(lambda: WorkflowHistory.from_json("", text.decode()))


def read_history(given: Callable[[], WorkflowHistory]) -> RunHistory:
    """Raises NoHistory."""
    try:
        return _read(list(given().events))
    except NoHistory:
        raise
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise NoHistory(str(error)[:300]) from error
    except Exception as error:  # protobuf's ParseError is no ValueError
        if type(error).__module__.split(".")[0] != "google":
            raise
        raise NoHistory(str(error)[:300]) from error


def _read(events: list[HistoryEvent]) -> RunHistory:
    if [each.event_id for each in events] != list(range(1, len(events) + 1)):
        raise NoHistory("its events are not numbered 1, 2, 3 and so on")
    if not events or not events[0].HasField("workflow_execution_started_event_attributes"):
        raise NoHistory("it does not begin with the start of a workflow")
    started = events[0].workflow_execution_started_event_attributes
    run = RunHistory(
        run_id=started.original_execution_run_id,
        workflow_id=started.workflow_id,
        continued_from=started.continued_execution_run_id or None,
        opening=_value(started.input.payloads[0]),
        events=len(events),
        last_event=_kind(events[-1]),
    )
    begun: dict[int, datetime] = {}
    begins, now = 0, None
    acts: dict[int, AcceptedAct] = {}
    batches: dict[int, RecordedBatch] = {}
    for event in events[1:]:
        match _kind(event):
            case "workflow_task_started":
                begun[event.event_id] = moment(event.event_time)
            case "workflow_task_completed":
                task = event.workflow_task_completed_event_attributes
                begins, now = task.started_event_id, begun[task.started_event_id]
                run.tasks.append((begins, now))
            case "workflow_execution_update_accepted":
                accepted = event.workflow_execution_update_accepted_event_attributes.accepted_request
                if now is None:
                    raise NoHistory(f"event {event.event_id} is accepted before any workflow task")
                acts[event.event_id] = AcceptedAct(
                    event=event.event_id,
                    task=begins,
                    update=accepted.meta.update_id,
                    verb=accepted.input.name,
                    command=_value(accepted.input.args.payloads[0]),
                    at=now,
                )
            case "workflow_execution_update_completed":
                done = event.workflow_execution_update_completed_event_attributes
                act = acts[done.accepted_event_id]
                refused = done.outcome.HasField("failure")
                receipt = None if refused else _value(done.outcome.success.payloads[0])
                acts[act.event] = replace(act, receipt=receipt, refused=refused)
            case "activity_task_scheduled":
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == RECORD:
                    batch = _value(scheduled.input.payloads[0])
                    batches[event.event_id] = RecordedBatch(event.event_id, batch["stream"], tuple(batch["entries"]))
            case "activity_task_completed":
                completed = event.activity_task_completed_event_attributes
                if (known := batches.get(completed.scheduled_event_id)) is not None:
                    answer = _value(completed.result.payloads[0])
                    batches[known.event] = RecordedBatch(known.event, known.stream, known.entries, answer)
            case "workflow_execution_continued_as_new":
                went_on = event.workflow_execution_continued_as_new_event_attributes
                run.next_run, run.next_opening = went_on.new_execution_run_id, _value(went_on.input.payloads[0])
            case "workflow_execution_completed":
                run.end = _value(event.workflow_execution_completed_event_attributes.result.payloads[0])
            case _:
                pass
    run.acts, run.batches = list(acts.values()), list(batches.values())
    return run


def entries_of(run: RunHistory) -> Iterator[tuple[int, Any]]:
    """Event, and an entry that stands in it, as JSON: again for each time that the run held it."""
    for entry in run.opening.get("unrecorded", ()):
        yield 1, entry
    for batch in run.batches:
        for entry in batch.entries:
            yield batch.event, entry
    if run.next_opening is not None:
        for entry in run.next_opening.get("unrecorded", ()):
            yield run.events, entry


def moment(stamp: Timestamp) -> datetime:
    """As a workflow sees it: rounded to microseconds."""
    nanoseconds = stamp.seconds * 1_000_000_000 + stamp.nanos
    seconds, micros = divmod((nanoseconds + 500) // 1000, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


def _kind(event: HistoryEvent) -> str:
    return (event.WhichOneof("attributes") or "").removesuffix("_event_attributes")


def _value(payload: Payload) -> Any:
    """Raises NoHistory for what is not plain JSON: such a history has to be decoded first."""
    if payload.metadata.get("encoding") != b"json/plain":
        raise NoHistory(
            f"a payload is {payload.metadata.get('encoding', b'-').decode('ascii', 'replace')}, not json/plain"
        )
    return json.loads(payload.data)
