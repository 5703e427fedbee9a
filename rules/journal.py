"""From a command to a journal entry, and from entries to the state. The one way in, for the engine and the audit."""

from datetime import datetime

from models.actor import SYSTEM
from models.commands import COMMAND_BYTES, Command
from models.commands.anywhere import AdoptPolicy, LoadCalendar, PassDeadline
from models.commands.handling import CopyTo, Nudge
from models.events.anywhere import AdverseDecision, DocumentIssued, ServiceAwaited
from models.events.clock import RungDue, SceneClosed, SceneEnding
from models.events.matching import BidsRanked
from models.journal import JournalEntry
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.state import RECEIPTS, LastAct, SceneState
from rules import lifecycle, separation
from rules.alarms import due_until
from rules.calendar import with_notice
from rules.deadlines import local_day
from rules.decide import decide
from rules.evolve import evolve
from rules.staleness import subjects_of

_FINAL = (AdverseDecision, DocumentIssued, ServiceAwaited, BidsRanked, SceneEnding, SceneClosed)
"""What went out into the world with an act: it is not taken back by a word."""


def repeated(state: SceneState, command: Command) -> Receipt | None:
    """The receipt of a command that stands already. Raises Refused where its id was used for another content."""
    for receipt in state.receipts:
        if receipt.command_id == command.command_id:
            if receipt.digest != command.digest:
                raise Refused("command_id_reused", command_id=command.command_id)
            return receipt
    return None


def entry_for(policy: Policy, state: SceneState, command: Command, now: datetime) -> JournalEntry:
    """The entry that a command makes. Raises Refused."""
    return JournalEntry(
        sequence=state.sequence + 1,
        at=now,
        command=command,
        events=decide(policy, state, command, now),
        policy=policy.digest,
        calendar=policy.calendar.version,
    )


def due_alarm(state: SceneState, now: datetime) -> Command | None:
    """The system's command for what has come due by `now`; its id is the same whoever makes it."""
    at = due_until(state, now)
    if at is None:
        return None
    return Command(
        command_id=f"alarm-{state.sequence + 1}",
        actor=SYSTEM,
        seen=state.sequence,
        act=PassDeadline(at=at),
    )


def admit(policy: Policy, state: SceneState, command: Command, now: datetime) -> tuple[JournalEntry, ...]:
    """The entries that a command makes, in order: first one for each alarm that is due, then its own.

    Alarms come first so that an opinion after silence never counts because a worker was away. They are nobody's to
    send: what is due passes by itself. Raises Refused.
    """
    if isinstance(command.act, PassDeadline):
        raise Refused("not_permitted", role=command.actor.role, verb=command.act.verb, allowed="-")
    entries = []
    while (alarm := due_alarm(state, now)) is not None:
        entry = entry_for(policy, state, alarm, now)
        entries.append(entry)
        state = fold(state, entry)
    entries.append(entry_for(policy, state, command, now))
    return tuple(entries)


def fold(state: SceneState, entry: JournalEntry) -> SceneState:
    """The state after an entry. Raises ValueError for one that is not the next."""
    if entry.sequence != state.sequence + 1:
        raise ValueError(f"entry {entry.sequence} does not follow {state.sequence}")
    before = state
    for event in entry.events:
        state = evolve(state, event)
    update: dict[str, object] = {"sequence": entry.sequence, "last": _last(before, entry)}
    if (version := entry.command.actor.directory_version) > state.directory_version:
        update["directory_version"] = version
    if not isinstance(entry.command.act, PassDeadline):
        update["hands"] = separation.remember(before, entry.command)
        update["receipts"] = (*state.receipts, _receipt(state, entry))[-RECEIPTS:]
    return state.model_copy(update=update)


def _last(before: SceneState, entry: JournalEntry) -> LastAct | None:
    """What can be taken back after the entry. Reminders, nudges and copies leave it; whatever else happens ends it."""
    command, act = entry.command, entry.command.act
    if isinstance(act, Nudge | CopyTo) or all(isinstance(event, RungDue) for event in entry.events):
        return before.last
    if act.verb not in lifecycle.CAN_BE_TAKEN_BACK or any(isinstance(event, _FINAL) for event in entry.events):
        return None
    forgets: dict[str, object] = {"last": None, "touched": (), "receipts": (), "hands": ()}
    return LastAct(
        verb=act.verb,
        persons=command.actor.persons,
        unit=command.actor.unit,
        on=local_day(entry.at),
        subjects=subjects_of(command),
        before=before.model_copy(update=forgets),
    )


def _receipt(state: SceneState, entry: JournalEntry) -> Receipt:
    return Receipt(
        scene=state.scene,
        sequence=entry.sequence,
        command_id=entry.command.command_id,
        digest=entry.command.digest,
        at=entry.at,
        stage=state.stage,
        step=state.step,
    )


def policy_after(policy: Policy, entry: JournalEntry) -> Policy:
    """The policy in force after an entry: other rules once adopted, another calendar once a notice is loaded."""
    match entry.command.act:
        case AdoptPolicy(policy=adopted):
            return adopted.model_copy(update={"calendar": policy.calendar})
        case LoadCalendar(notice=notice):
            return policy.model_copy(update={"calendar": with_notice(policy.calendar, notice)})
        case _:
            return policy


def refuse_oversized(size: int) -> None:
    """Raises Refused for a command of more than `COMMAND_BYTES` bytes."""
    if size > COMMAND_BYTES:
        raise Refused("too_large", size=size, limit=COMMAND_BYTES)
