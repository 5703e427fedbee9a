"""What is found after the faults, in histories, ledger and scenes; and whether it is one story."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, select
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from client.from_archives import entries_in, merged
from client.scene_client import workflow_id
from models.commands import Command
from models.commands.anywhere import PassDeadline
from models.journal import GENESIS, JournalEntry, chain
from models.receipt import Receipt
from models.state import SceneState
from models.tables import OutboxRow
from rules.journal import fold
from rules.notifications import notifications
from storage.reads import LedgerReads
from storage.rebuild import rebuild
from storage.refusals import RefusalLedger

_decode = pydantic_data_converter.payload_converter.from_payload


async def histories(temporal: Client, scene: str) -> tuple[WorkflowHistory, ...]:
    """The histories of all runs of a scene, oldest first, as the runs name each other."""
    found: list[WorkflowHistory] = []
    run_id = (await temporal.get_workflow_handle(workflow_id(scene)).describe()).run_id
    while run_id:
        found.insert(0, await temporal.get_workflow_handle(workflow_id(scene), run_id=run_id).fetch_history())
        run_id = found[0].events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return tuple(found)


@dataclass(frozen=True)
class Told:
    """What a scene's histories hold: its journal, the commands that were accepted, the receipts that were given."""

    journal: tuple[JournalEntry, ...]
    accepted: dict[str, Command]
    given: dict[str, Receipt]


def told_by(runs: tuple[WorkflowHistory, ...]) -> Told:
    """A command that was repeated in a later run stands in both; its content and its receipt must be the same."""
    accepted: dict[str, Command] = {}
    given: dict[str, Receipt] = {}
    for event in (event for run in runs for event in run.events):
        if event.HasField("workflow_execution_update_accepted_event_attributes"):
            request = event.workflow_execution_update_accepted_event_attributes.accepted_request
            command: Command = _decode(request.input.args.payloads[0], Command)
            assert command.command_id == request.meta.update_id
            assert accepted.setdefault(command.command_id, command) == command
        elif event.HasField("workflow_execution_update_completed_event_attributes"):
            completed = event.workflow_execution_update_completed_event_attributes
            assert completed.outcome.HasField("success"), completed
            receipt: Receipt = _decode(completed.outcome.success.payloads[0], Receipt)
            assert receipt.command_id == completed.meta.update_id
            assert given.setdefault(receipt.command_id, receipt) == receipt
    return Told(merged(entry for run in runs for entry in entries_in(run)), accepted, given)


def check_scene(state: SceneState, told: Told, reads: LedgerReads) -> None:
    """One scene's workflow, histories and ledger tell the same, entry by entry."""
    scene = state.scene
    assert [entry.sequence for entry in told.journal] == list(range(1, state.sequence + 1)), scene
    assert tuple(record.entry for record in reads.entries(scene)) == told.journal, scene
    assert reads.verify_chain(scene) is None, scene
    summary = reads.scene(scene)
    assert summary is not None
    assert summary.head == chain(GENESIS, told.journal), scene

    folded = SceneState(scene=scene)
    for entry in told.journal:
        folded = fold(folded, entry)
    assert folded == state, scene

    acts = {entry.command.command_id: entry.command for entry in told.journal if not _is_alarm(entry)}
    assert len(acts) == sum(not _is_alarm(entry) for entry in told.journal), f"{scene}: a command stands twice"
    assert acts == told.accepted, scene
    assert {receipt.command_id: receipt for receipt in state.receipts} == told.given, scene


def check_outbox(journals: dict[str, tuple[JournalEntry, ...]], engine: Engine) -> int:
    """Exactly the messages that the rules ask for, each once; gives their number."""
    with Session(engine) as session:
        found = Counter(
            (row.stream, row.sequence, row.recipient, row.rung, row.kind, row.level, row.deadline, row.send_after)
            for row in session.exec(select(OutboxRow))
        )
    wanted = Counter(row for scene, journal in journals.items() for row in _messages(scene, journal))
    assert found == wanted
    return found.total()


def _messages(scene: str, journal: tuple[JournalEntry, ...]) -> Iterator[tuple[object, ...]]:
    state = SceneState(scene=scene)
    for entry in journal:
        before, state = state, fold(state, entry)
        for each in notifications(before, state, entry):
            yield (
                scene, entry.sequence, each.recipient, each.rung, each.kind.value, each.level.value, each.deadline,
                each.send_after,
            )  # fmt: skip


def check_projections(engine: Engine) -> None:
    assert rebuild(engine) == ()


def check_refusals(heard: Iterable[tuple[str, str]], refusals: RefusalLedger, reads: LedgerReads) -> None:
    """Every refusal that a client heard, by command id and code, stands in the refusal ledger."""
    refusals.drain_spool()
    assert reads.verify_refusals() == {}
    kept: Counter[tuple[object, str]] = Counter()
    number, pages = 1, 1
    while number <= pages:
        page = reads.refusals(page=number, limit=500)
        for refusal in (record.refusal for record in page.items):
            assert isinstance(refusal.command, dict)
            kept[refusal.command["command_id"], refusal.code] += 1
        number, pages = number + 1, page.pages
    assert Counter(heard) <= kept


def _is_alarm(entry: JournalEntry) -> bool:
    return isinstance(entry.command.act, PassDeadline)
