"""What must hold of every scene after every entry, whatever was done: checked by every `Play`, in every suite."""

from collections.abc import Iterator

from models.commands.anywhere import PassDeadline
from models.deadline import Deadline, DeadlineStatus, Duty
from models.events.clock import DeadlinePassed, StepEntered
from models.journal import JournalEntry
from models.policy import Policy
from models.state import IncidentStatus, SceneState, order_key
from models.vocabulary import Machine, Suspends
from rules.docket import BIDDER_MACHINES, OF_INCIDENTS, REMEDIES, RUN_ON_IN_REMEDIES
from rules.duties import duties
from rules.journal import fold
from rules.keyed import find
from rules.lifecycle import ANYWHERE, ROWS, STARTED, WHILE_STANDING_STILL, Row, step_of, verbs_at
from tests.unreachable import left_over, unreachable

_ROWS = frozenset(ROWS)
OF_ORDERS = ("correction_order", "correction_check")
_HELD_BY_A_STOP = ("trial", "report", "midterm")
"""Clocks that stand still while a trial is stopped, where the policy says so."""


def check_entry(policy: Policy, before: SceneState, entry: JournalEntry, after: SceneState) -> None:
    """`policy` is the one in force after the entry."""
    assert fold(before, JournalEntry.model_validate_json(entry.model_dump_json())) == after, (
        "the journal loses something"
    )
    check_state(policy, before, entry, after)


def check_state(policy: Policy, before: SceneState, entry: JournalEntry, after: SceneState) -> None:
    """Without a look at how the entry is written down, which takes longest."""
    verb = entry.command.act.verb
    assert after.sequence == entry.sequence == before.sequence + 1
    for row in rows_of(entry):
        back = row.by == "take_back" and before.last is not None
        way = Row(row.machine, row.target, before.last.verb, row.source) if back and before.last is not None else row
        assert way in _ROWS, f"a way that the table lacks: {row}"
    found = list(problems(policy, after))
    assert not found, f"after {verb} (entry {entry.sequence}): {found}"


def rows_of(entry: JournalEntry) -> Iterator[Row]:
    """The rows of the lifecycle table that an entry walked."""
    by: str = entry.command.act.verb
    for event in entry.events:
        match event:
            case DeadlinePassed(overdue=False) if isinstance(entry.command.act, PassDeadline):
                by = f"after:{event.id.split('/')[0]}"
            case StepEntered():
                yield Row(event.machine, event.left, by, event.step)


def problems(policy: Policy, state: SceneState) -> Iterator[str]:
    ids = [deadline.id for deadline in state.deadlines]
    if len(ids) != len(set(ids)):
        yield f"two deadlines of one name: {ids}"
    receipts = [receipt.command_id for receipt in state.receipts]
    if len(receipts) != len(set(receipts)):
        yield "two receipts of one command"
    if state.closed:
        if ids:
            yield f"closed, and still due: {ids}"
        yield from _left_open(state)
        yield from left_over(state)
        if state.outcome is None:
            yield "closed without an outcome"
        if state.services or state.decisions:
            yield "closed, and something is still to be served or appealed"
        if state.owed_payments:
            yield "closed, and somebody is still to be paid"
        return
    if state.outcome is not None and state.step != "remedies":
        yield f"has the outcome {state.outcome} and lives on"
    yield from _nobodys(state)
    yield from _running_that_should_not(policy, state)
    yield from _out_of_reach(policy, state)
    yield from unreachable(policy, state)
    for duty in duties(state):
        if not duty.holder.unit:
            yield f"{duty.deadline} is nobody's"
        if duty.verbs and duty.status is not DeadlineStatus.PAUSED and not _can_be_done(policy, state, duty):
            yield f"{duty.deadline} can not be discharged by {duty.verbs}"


def _left_open(state: SceneState) -> Iterator[str]:
    """What a scene does not close over: everything that somebody still has to do, or that still runs."""
    if any(incident.status is not IncidentStatus.CLOSED for incident in state.incidents):
        yield "closed over an open incident"
    if state.owed_payments:
        yield "closed over a payment that is owed"
    if state.refunds_on_their_way:
        yield "closed over a refund on its way"
    if state.decisions or state.services:
        yield "closed over a remedy, or a service that something waits for"
    for trial in state.trials:
        if trial.step in (*STARTED, "rolling_back") or trial.supervised:
            yield f"closed over the trial of {trial.bidder} ({trial.step})"
    for period in state.inclusions:
        if period.step in ("active", "extended") or period.open_orders:
            yield f"closed over the inclusion period of {period.bidder} ({period.step})"


def _nobodys(state: SceneState) -> Iterator[str]:
    """R62: every step has an owner and a due date."""
    if state.step == "draft":
        return
    if state.step == "remedies":
        if not any(each.status is not DeadlineStatus.PAUSED for each in state.deadlines):
            yield "waits in remedies, and nothing runs"
        for trial in state.trials:
            if trial.step == "running":
                yield f"the trial of {trial.bidder} runs in a scene that waits for its remedies"
        return
    here = [each for each in state.deadlines if (each.machine, each.bidder) == (Machine.SCENE, None)]
    waits = any(each.machine is Machine.SCENE and each.step == state.step for each in state.services)
    has_clock = waits or any(each.step == state.step for each in here) or _frozen_by_an_objection(state, None)
    if step_of(Machine.SCENE, state.step).limit and not has_clock:
        yield f"stands at {state.step} without a clock"
    if all(each.status is DeadlineStatus.PAUSED for each in state.deadlines) and state.suspension is None:
        yield f"stands at {state.step}, and nothing runs"
    for machine, parts in BIDDER_MACHINES.items():
        for part in getattr(state, parts):
            if step_of(machine, part.step).terminal:
                continue
            also = Machine.TRIAL if part.step == "retrial" or machine is Machine.INCLUSION else machine
            of_it = [each for each in state.deadlines if each.bidder == part.bidder and each.machine in (machine, also)]
            if not state.stands_still:
                of_it = [each for each in of_it if each.status is not DeadlineStatus.PAUSED]
            if of_it or any(each.bidder == part.bidder and each.machine is machine for each in state.services):
                continue
            if not (machine is Machine.ACCEPTANCE and _frozen_by_an_objection(state, part.bidder)):
                yield f"the {machine} of {part.bidder} stands at {part.step} without a clock"


def _frozen_by_an_objection(state: SceneState, bidder: str | None) -> bool:
    return any(
        objection.freezes and objection.bidder == bidder and deadline.id.endswith(f"/{objection.id}")
        for objection in state.objections
        for deadline in state.deadlines
    )


def _out_of_reach(policy: Policy, state: SceneState) -> Iterator[str]:
    """Where no scene may ever stand, whatever was done."""
    trials = {trial.bidder: trial.step for trial in state.trials}
    clocks = {deadline.id for deadline in state.deadlines} | {awaited.id for awaited in state.services}
    for period in state.inclusions:
        runs = period.step in ("active", "extended")
        if runs and trials.get(period.bidder) not in ("running", "suspended", "exit"):
            yield f"the inclusion period of {period.bidder} runs, its trial is {trials.get(period.bidder)}"
        if runs and f"inclusion/{period.bidder}" not in clocks:
            yield f"the inclusion period of {period.bidder} has no end"
        found = any(each.bidder == period.bidder and each.found_red_line for each in state.incidents)
        breached = any(fault.is_breach for fault in period.faults)
        if (breached and period.step != "breached") or (period.step == "breached" and not (breached or found)):
            yield f"the inclusion period of {period.bidder} is {period.step}, and its breaches say otherwise"
        for fault in period.faults:
            of_it = {f"{limit}/{period.bidder}/{order_key(fault.number)}" for limit in OF_ORDERS}
            if fault.order_stands is clocks.isdisjoint(of_it):
                yield f"the order of fault {fault.number} to {period.bidder} and its clocks disagree"
    for trial in state.trials:
        if trial.supervised and trial.step not in ("suspended", "exit", "unfit"):
            yield f"the trial of {trial.bidder} is supervised, and is {trial.step}"
    for contract in state.contracts:
        paid = sum(each.kept_yuan for each in state.payments if each.bidder == contract.bidder)
        if paid > contract.budget_yuan and not contract.declared:
            yield f"{contract.bidder} was paid {paid} of {contract.budget_yuan}"
    rule = policy.modes.get(state.challenge.mode) if state.challenge is not None else None
    winners = [each.bidder for each in state.contracts if each.step in ("offered", "signing", "signed")]
    if rule is not None and len(winners) > rule.winners:
        yield f"more winners than the mode has: {winners}"
    for clock in state.deadlines:
        owed = find(state.refunds, bidder=clock.bidder, settled=False)
        open_question = owed is not None and owed.fault_tolerance_asked and owed.fault_tolerated is None
        if clock.limit == "fault_tolerance" and not open_question:
            yield f"{clock.id} is asked, and no finding is possible"
        if clock.limit == "refund_receipt" and clock.bidder not in _said_to_be_paid_back(state):
            yield f"{clock.id} runs, and nothing was said to be paid back"
    for bidder in _said_to_be_paid_back(state):
        if f"refund_receipt/{bidder}" not in clocks:
            yield f"{bidder} is said to have paid back, and nobody says whether it came"
    for suggestion in state.suggestions:
        if (suggestion.answer is None) is not (f"suggestion/{suggestion.id}" in clocks):
            yield f"the suggestion {suggestion.id} and its clock disagree"


def _said_to_be_paid_back(state: SceneState) -> tuple[str, ...]:
    owed = (each.bidder for each in state.refunds if each.declared_yuan is not None)
    return (*owed, *(each.bidder for each in state.refunds_on_their_way))


def _running_that_should_not(policy: Policy, state: SceneState) -> Iterator[str]:
    for deadline in state.deadlines:
        pauses = policy.limit(deadline.limit).when_suspended is Suspends.PAUSES
        if deadline.status is DeadlineStatus.PAUSED:
            held = state.step == "remedies" or state.suspension is not None
            goes_on = deadline.limit in ("rollback", "insurance", *OF_ORDERS) or _of_incident(deadline)
            if state.step == "remedies" and goes_on:
                yield f"{deadline.id} stands still in remedies"
            waits = _awaits_its_appeal(state, deadline) or _awaits_its_finding(state, deadline)
            if not held and not _stopped(state, deadline) and not waits:
                yield f"{deadline.id} stands still, and nothing holds it"
            continue
        if deadline.status is not DeadlineStatus.OPEN:
            continue
        runs_on = deadline.limit in (*REMEDIES, "payment", *RUN_ON_IN_REMEDIES) or _of_incident(deadline)
        if state.step == "remedies" and not runs_on:
            yield f"{deadline.id} runs while the scene stands still in remedies"
        elif state.suspension is not None and pauses and state.step != "remedies":
            yield f"{deadline.id} runs while the scene is suspended"
        elif deadline.limit in _HELD_BY_A_STOP and pauses and _stopped(state, deadline):
            yield f"{deadline.id} runs while the trial is stopped"


def _of_incident(deadline: Deadline) -> bool:
    return deadline.limit in OF_INCIDENTS and deadline.machine is Machine.TRIAL


def _awaits_its_appeal(state: SceneState, deadline: Deadline) -> bool:
    """What is left of an inclusion period that was ended early, while a remedy against its end is open."""
    contested = any((each.machine, each.bidder) == ("inclusion", deadline.bidder) for each in state.decisions)
    return contested and deadline.machine is Machine.INCLUSION


def _awaits_its_finding(state: SceneState, deadline: Deadline) -> bool:
    """A refund, while somebody owes the finding on fault tolerance, or has to say whether it came."""
    ids = [each.id for each in state.deadlines]
    asked, said = f"fault_tolerance/{deadline.bidder}" in ids, f"refund_receipt/{deadline.bidder}" in ids
    return (asked and deadline.limit == "refund_receipt") or ((asked or said) and deadline.limit == "refund")


def _stopped(state: SceneState, deadline: Deadline) -> bool:
    return any(trial.bidder == deadline.bidder and trial.step == "suspended" for trial in state.trials)


def _can_be_done(policy: Policy, state: SceneState, duty: Duty) -> bool:
    possible = {*verbs_at(Machine.SCENE, state.step), *ANYWHERE}
    for machine, parts in BIDDER_MACHINES.items():
        for part in getattr(state, parts):
            if part.bidder == duty.bidder:
                possible.update(verbs_at(machine, part.step))
    if state.suspension is not None:
        possible &= set(WHILE_STANDING_STILL)
    return any(verb in possible and duty.holder.role in policy.permissions.get(verb, ()) for verb in duty.verbs)
