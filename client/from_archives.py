"""A scene's journal, read from the histories of its runs: what a lost ledger is made from again.

Every entry is in a history before it is in the ledger: as input of the `record` activity, or among what a run had not
recorded when the next one took over. No workflow code is needed to read it, so the histories of any build can be read.
"""

from collections.abc import AsyncIterator, Container, Iterable, Iterator
from datetime import datetime
from itertools import groupby

from temporalio.api.common.v1 import Payloads
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.ledger import LedgerPort
from client.histories import SCENE_RUNS
from client.scene_client import scene_of, workflow_id
from models.frozen import Frozen
from models.journal import JournalEntry
from models.recording import RECORD_ENTRIES, GivenNumber, RecordBatch, Recorded

RECORD = "record"
"""The type of the activity `activities.ledger.LedgerActivities.record`."""


class HistoriesDiffer(Exception):
    """Two places in a scene's histories hold different entries under one sequence."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"entry {sequence} stands in the histories with two contents")
        self.sequence = sequence


class _Carried(Frozen, extra="ignore"):
    """What is read of a `models.opening.SceneOpening`: the policy beside it is not needed, and takes its time."""

    unrecorded: tuple[JournalEntry, ...] = ()


def entries_of(history_json: str) -> tuple[JournalEntry, ...]:
    """The entries that one run's history holds, in order of their sequence; repeats are merged.

    The history of a run that goes on lacks what waits for its next recording. Raises HistoriesDiffer.
    """
    return merged(entries_in(WorkflowHistory.from_json("", history_json)))


def journal_of(histories: Iterable[str]) -> tuple[JournalEntry, ...]:
    """The entries of a scene, from the histories of all its runs, whatever their order. Raises HistoriesDiffer."""
    return merged(entry for history in histories for entry in entries_of(history))


def restore(
    ledger: LedgerPort, stream: str, histories: Iterable[str], *, build: str, rules: str, now: datetime
) -> tuple[JournalEntry, ...]:
    """Gives the ledger what the histories of a scene hold; what it knows already is compared. Gives the journal.

    Entries keep the build and rules that recorded them, as the ledger answered then: an auditor compares both. `build`
    and `rules` are those of an entry whose recording no history knows.
    Documents keep the numbers that they had; one whose number no history knows waits for `number_the_rest`.

    Raises HistoriesDiffer, activities.ledger.LedgerFault, and the database's errors.
    """
    read = [WorkflowHistory.from_json("", each) for each in histories]
    journal = merged(entry for history in read for entry in entries_in(history))
    numbers = {(each.sequence, each.place): each.ordinal for history in read for each in numbers_in(history)}
    recorded = {sequence: by for history in read for sequence, by in recorders_in(history)}
    for by, entries in groupby(journal, lambda entry: recorded.get(entry.sequence, (build, rules))):
        its = tuple(entries)
        for at in range(0, len(its), RECORD_ENTRIES):
            batch = RecordBatch(stream=stream, entries=its[at : at + RECORD_ENTRIES])
            ledger.record(batch, build=by[0], rules=by[1], now=now, numbers=numbers)
    return journal


async def not_archived(
    client: Client, archived: Container[tuple[str, str]], scene: str | None = None
) -> AsyncIterator[tuple[str, str]]:
    """Scenes, each with the history of a run that is in no archive, as JSON: of the open ones, and of the newest.
    One scene alone where it is named.

    `archived` are workflow and run ids. Without the open run a lost ledger lacks what that has recorded, and the scene
    could never record anything again.
    """
    query = SCENE_RUNS if scene is None else f"{SCENE_RUNS} AND WorkflowId = '{workflow_id(scene)}'"
    async for run in client.list_workflows(query):
        if (run.id, run.run_id) not in archived:
            history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
            yield scene_of(run.id), history.to_json()


def merged(entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    """Each sequence once, in order. Raises HistoriesDiffer."""
    known: dict[int, JournalEntry] = {}
    for entry in entries:
        if known.setdefault(entry.sequence, entry) != entry:
            raise HistoriesDiffer(entry.sequence)
    return tuple(known[sequence] for sequence in sorted(known))


def entries_in(history: WorkflowHistory) -> Iterator[JournalEntry]:
    """As they stand there: again for each run that carried them, and each batch that was given to the ledger."""
    for event in history.events:
        match event.WhichOneof("attributes"):
            case "workflow_execution_started_event_attributes":
                yield from _carried(event.workflow_execution_started_event_attributes.input)
            case "workflow_execution_continued_as_new_event_attributes":
                yield from _carried(event.workflow_execution_continued_as_new_event_attributes.input)
            case "activity_task_scheduled_event_attributes":
                yield from _given_to_record(event)
            case _:
                pass


def numbers_in(history: WorkflowHistory) -> Iterator[GivenNumber]:
    """The numbers of documents, as the ledger gave them to the scene."""
    for _, recorded in _recordings(history):
        yield from recorded.documents


def recorders_in(history: WorkflowHistory) -> Iterator[tuple[int, tuple[str, str]]]:
    """By which build and rules each entry was recorded, as the ledger answered the scene."""
    for scheduled, recorded in _recordings(history):
        for entry in _given_to_record(scheduled):
            yield entry.sequence, (recorded.build, recorded.rules)


def _recordings(history: WorkflowHistory) -> Iterator[tuple[HistoryEvent, Recorded]]:
    """Each batch that was recorded, with the ledger's answer."""
    recordings: dict[int, HistoryEvent] = {}
    for event in history.events:
        if event.activity_task_scheduled_event_attributes.activity_type.name == RECORD:
            recordings[event.event_id] = event
        elif (at := event.activity_task_completed_event_attributes.scheduled_event_id) in recordings:
            result = event.activity_task_completed_event_attributes.result.payloads[0]
            yield recordings[at], pydantic_data_converter.payload_converter.from_payload(result, Recorded)


def _carried(opening: Payloads) -> Iterator[JournalEntry]:
    for payload in opening.payloads[:1]:
        carried: _Carried = pydantic_data_converter.payload_converter.from_payload(payload, _Carried)
        yield from carried.unrecorded


def _given_to_record(event: HistoryEvent) -> Iterator[JournalEntry]:
    scheduled = event.activity_task_scheduled_event_attributes
    if scheduled.activity_type.name == RECORD:
        batch: RecordBatch = pydantic_data_converter.payload_converter.from_payload(
            scheduled.input.payloads[0], RecordBatch
        )
        yield from batch.entries
