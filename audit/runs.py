"""One run's history read as data, without any workflow code: an account of its own, beside what a replay gives.

An act is an accepted update with the workflow task that took it in, whose beginning is the run's `now`. What was
recorded stands in the inputs and answers of the `record` activity.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent, WorkflowTaskCompletedEventAttributes
from temporalio.api.update.v1 import Request
from temporalio.client import WorkflowHistory

from audit import temporal, unambiguous
from audit.temporal import Broken, kind_of, moment
from client.from_archives import RECORD

_NAMED_BY_ITS_CODE = re.compile(r".*\+[0-9a-f]{12}")
"""A build's own name (`runtime.build`). An operator may give versions others, which do not tell the code."""


class NoHistory(Exception):
    """The text is no workflow history."""


@dataclass(frozen=True)
class AcceptedAct:
    """An update that the run took in, in the workflow task that began with event `task`.

    `receipt` is None while it is open; `refused` where its handler refused it. `answered` is the update that its answer
    names.
    """

    event: int
    task: int
    update: str
    verb: str
    command: Any
    at: datetime
    receipt: Any = None
    refused: bool = False
    answered: str | None = None


@dataclass(frozen=True)
class RecordedBatch:
    """One call of `record`: its entries as JSON, and the ledger's answer, None where it never came."""

    event: int
    stream: str
    entries: tuple[Any, ...]
    answer: Any = None


@dataclass(frozen=True)
class Task:
    """A workflow task that was done: the event it began with, the run's `now`, and the build whose code ran in it."""

    event: int
    at: datetime
    build: str | None


@dataclass(kw_only=True)
class RunHistory:
    """`opening` is what the run began with; `next_opening` what it handed over to the run `next_run`, if it did.

    `tasks` are when the run's code ran: the only moments that can be the `at` of an entry. `broken` is what no history
    of a Temporal server has, or Temporal's own tools would write otherwise; `unknown` are places that they do not read.
    `place` is the run's in its scene, counted from 0.

    A run that was reset was ended, and another, `reset_of` it, begins with the same events up to `reset_at`. What had
    been accepted after that is given to the other one again, which decides it at another moment.
    """

    run_id: str
    first_run: str
    workflow_id: str
    workflow_type: str
    continued_from: str | None
    opening: Any
    events: int
    last_event: str
    began: datetime
    ended: datetime
    place: int = 0
    acts: list[AcceptedAct] = field(default_factory=list)
    batches: list[RecordedBatch] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    broken: tuple[Broken, ...] = ()
    unknown: tuple[str, ...] = ()
    next_run: str | None = None
    next_opening: Any = None
    opening_text: bytes = b""
    next_text: bytes = b""
    end: Any = None
    reset_of: str | None = None
    reset_at: int = 0
    reset_on: datetime | None = None

    @property
    def builds(self) -> tuple[str, ...]:
        """Those whose code ran in it, the latest last; where the history does not name them, those that recorded."""
        named = [task.build for task in self.tasks if task.build is not None]
        if len(named) < len(self.tasks):
            named = [batch.answer["build"] for batch in self.batches if batch.answer is not None] + named
        return tuple(reversed(dict.fromkeys(reversed(named))))

    @property
    def recorders(self) -> frozenset[str]:
        """The builds that the ledger answered with: one may record what another decided."""
        return frozenset(batch.answer["build"] for batch in self.batches if batch.answer is not None)

    @property
    def came_about(self) -> datetime:
        """When there was this run: of one that was reset, not what it has of the other."""
        return self.reset_on or self.began

    @property
    def went_on(self) -> bool:
        """Whether another run took over."""
        return self.next_run is not None


def read_run(text: bytes) -> RunHistory:
    """Raises NoHistory."""
    return read_history(lambda: WorkflowHistory.from_json("", text.decode()), text)


def read_history(given: Callable[[], WorkflowHistory], text: bytes | None = None) -> RunHistory:
    """`text` is what it was read from, to be looked at as well. Raises NoHistory."""
    try:
        history = given()
        run = _read(list(history.events))
        if text is not None:
            _look_at(run, json.loads(text), json.loads(history.to_json()))
        return run
    except NoHistory:
        raise
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise NoHistory(str(error)[:300]) from error
    except Exception as error:  # protobuf's ParseError is no ValueError
        if type(error).__module__.split(".")[0] != "google":
            raise
        raise NoHistory(str(error)[:300]) from error


def _look_at(run: RunHistory, given: Any, written: Any) -> None:
    """Temporal's reader takes a field by two names, a number for a word, and data with strange letters in it. Others
    do not: `given` has to be as its writer wrote it."""
    broken: list[Broken] = []
    unknown = [key for key in given if key != "events"]
    for event, (one, other) in enumerate(zip(given["events"], written["events"], strict=True), start=1):
        for at, recorded, expected in _unlike(one, other, "", unknown, event):
            broken.append(Broken("ambiguous", event, at, str(recorded)[:200], str(expected)[:200]))
    run.broken, run.unknown = (*run.broken, *broken), tuple(unknown)


def _unlike(given: Any, written: Any, at: str, unknown: list[str], event: int) -> Iterator[tuple[str, Any, Any]]:
    match given, written:
        case dict(), dict():
            unknown += [f"event {event} {at}{key}" for key in given if key not in written]
            for key, value in written.items():
                if key in given:
                    yield from _unlike(given[key], value, f"{at}{key}.", unknown, event)
                else:
                    yield f"{at}{key}", None, value
        case list(), list() if len(given) == len(written):
            for place, (one, other) in enumerate(zip(given, written, strict=True)):
                yield from _unlike(one, other, f"{at}{place}.", unknown, event)
        case _ if type(given) is not type(written) or given != written:
            yield at.removesuffix("."), given, written
        case _:
            pass


def _read(events: list[HistoryEvent]) -> RunHistory:
    if [each.event_id for each in events] != list(range(1, len(events) + 1)):
        raise NoHistory("its events are not numbered 1, 2, 3 and so on")
    if not events or not events[0].HasField("workflow_execution_started_event_attributes"):
        raise NoHistory("it does not begin with the start of a workflow")
    started = events[0].workflow_execution_started_event_attributes
    run = RunHistory(
        run_id=started.original_execution_run_id,
        first_run=started.first_execution_run_id,
        workflow_id=started.workflow_id,
        workflow_type=started.workflow_type.name,
        continued_from=started.continued_execution_run_id or None,
        opening=_only(started.input),
        opening_text=started.input.payloads[0].data,
        events=len(events),
        last_event=kind_of(events[-1]),
        began=moment(events[0].event_time),
        ended=moment(events[-1].event_time),
        broken=tuple(temporal.broken(events)),
    )
    begun: dict[int, datetime] = {}
    begins, now = 0, None
    acts: dict[int, AcceptedAct] = {}
    admitted: dict[str, Request] = {}
    batches: dict[int, RecordedBatch] = {}
    for event in events[1:]:
        match kind_of(event):
            case "workflow_task_started":
                begun[event.event_id] = moment(event.event_time)
            case "workflow_task_completed":
                task = event.workflow_task_completed_event_attributes
                begins, now = task.started_event_id, begun[task.started_event_id]
                run.tasks.append(Task(begins, now, _build_of(task)))
            case "workflow_task_failed":
                failed = event.workflow_task_failed_event_attributes
                if failed.cause == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW:
                    # The start is copied from the other run, and tells that one's id.
                    run.run_id, run.reset_of = failed.new_run_id, failed.base_run_id
                    run.reset_at, run.reset_on = event.event_id, moment(event.event_time)
            case "workflow_execution_update_admitted":
                request = event.workflow_execution_update_admitted_event_attributes.request
                admitted[request.meta.update_id] = request
            case "workflow_execution_update_accepted":
                taken_in = event.workflow_execution_update_accepted_event_attributes
                accepted = taken_in.accepted_request
                if not accepted.HasField("input"):
                    accepted = admitted[taken_in.protocol_instance_id]
                if now is None:
                    raise NoHistory(f"event {event.event_id} is accepted before any workflow task")
                acts[event.event_id] = AcceptedAct(
                    event=event.event_id,
                    task=begins,
                    update=accepted.meta.update_id,
                    verb=accepted.input.name,
                    command=_only(accepted.input.args),
                    at=now,
                )
            case "workflow_execution_update_completed":
                done = event.workflow_execution_update_completed_event_attributes
                act = acts[done.accepted_event_id]
                refused = done.outcome.HasField("failure")
                receipt = None if refused else _only(done.outcome.success)
                acts[act.event] = replace(act, receipt=receipt, refused=refused, answered=done.meta.update_id)
            case "activity_task_scheduled":
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == RECORD:
                    batch = _only(scheduled.input)
                    batches[event.event_id] = RecordedBatch(event.event_id, batch["stream"], tuple(batch["entries"]))
            case "activity_task_completed":
                completed = event.activity_task_completed_event_attributes
                if (known := batches.get(completed.scheduled_event_id)) is not None:
                    answer = _only(completed.result)
                    batches[known.event] = RecordedBatch(known.event, known.stream, known.entries, answer)
            case "workflow_execution_continued_as_new":
                went_on = event.workflow_execution_continued_as_new_event_attributes
                run.next_run, run.next_opening = went_on.new_execution_run_id, _only(went_on.input)
                run.next_text = went_on.input.payloads[0].data
            case "workflow_execution_completed":
                run.end = _only(event.workflow_execution_completed_event_attributes.result)
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


def _build_of(task: WorkflowTaskCompletedEventAttributes) -> str | None:
    named: str = task.worker_version.build_id or task.deployment_version.build_id
    return named if _NAMED_BY_ITS_CODE.fullmatch(named) else None


def _only(payloads: Payloads) -> Any:
    """The one value that is handed over. Raises NoHistory for several, or for what is not plain JSON: such a history
    has to be decoded first."""
    if (count := len(payloads.payloads)) != 1:
        raise NoHistory(f"{count} values are handed over, not one")
    payload = payloads.payloads[0]
    if payload.metadata.get("encoding") != b"json/plain":
        raise NoHistory(
            f"a payload is {payload.metadata.get('encoding', b'-').decode('ascii', 'replace')}, not json/plain"
        )
    return unambiguous.loads(payload.data)
