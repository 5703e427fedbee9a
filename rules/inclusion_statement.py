"""The inclusion ledger (包容期台账) as a statement, told from the journal alone: an auditor needs nothing else.

One statement for each inclusion period: how eligibility was found, from when it ran and until when, every extension
with who asked and who granted, every fault with its clause, guidance, finding, evidence, rung and why that rung, every
order with its service, its due date and its verification, and how the period ended. Nothing is judged here: the rungs
were computed once, by `rules.ladder`, and are recorded with the faults.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from models.actor import Actor
from models.commands.anywhere import DecideExtension, ProposeCorrection, RequestExtension
from models.commands.trial import FirstFault, RecordFault, ReportCorrection, StartTrial, VerifyCorrection
from models.deadline import Deadline
from models.document import Document
from models.events.anywhere import (
    AdverseDecision,
    DecisionServed,
    EntryCorrected,
    ExtensionDecided,
    ExtensionRequested,
    NoticeServed,
)
from models.events.clock import DeadlineMoved, DeadlinePassed, DeadlineSet, StepEntered
from models.events.trial import (
    CorrectionReported,
    CorrectionVerified,
    FaultRecorded,
    InclusionGranted,
    MeasureAnnulled,
    SupervisionBegan,
    SupervisionLifted,
    TrialTerminated,
)
from models.frozen import Frozen
from models.journal import JournalEntry
from models.state import Climb, order_key
from models.vocabulary import Credit, Machine, Risk
from rules.deadlines import local_day


class Doer(Frozen):
    """Who did it, in which entry, and on which day it counts."""

    sequence: int
    on: date
    person: str
    unit: str


class Eligibility(Frozen):
    """As it was found at the start. `credit` and `commitment` are None where the bidding was not witnessed here."""

    risk: Risk | None
    credit: Credit | None
    livelihood: bool
    commitment: bool | None


class Extension(Frozen):
    """`until` is the last day after it; None where it was refused, or is not answered yet."""

    asked: Doer
    reasons: str
    answered: Doer | None = None
    granted: bool | None = None
    answer_reasons: str | None = None
    until: date | None = None


class Order(Frozen):
    """One fault's order. `due_on` is None until it is served. `lapsed`: nobody reported or verified it in time.

    `reported` is when the bidder said that it was carried out, with its `proof`; `finding_annulled` is who upheld the
    appeal against the finding that it was not.
    """

    officers: tuple[str, ...]
    served_on: date | None = None
    due_on: date | None = None
    extensions: tuple[Extension, ...] = ()
    verified: Doer | None = None
    corrected: bool | None = None
    finding: str | None = None
    lapsed: bool = False
    reported: Doer | None = None
    proof: Document | None = None
    finding_annulled: Doer | None = None


class FaultLine(Frozen):
    """`measure` is what became of it: `tolerated`, a rung of the ladder, its end `breach`, or `red_line`.

    `climb` says why that rung; None where none was climbed. `corrections` are the confirmed right texts (更正).
    `annulled` is who upheld the appeal against what was made of it, with its order.
    """

    number: int
    recorded: Doer
    kind: str
    measure: str
    plan_clause: str
    guidance: str | None
    finding: str
    evidence: Document
    first_fault: FirstFault | None
    red_line: str | None
    climb: Climb | None
    incident: str | None = None
    order: Order | None = None
    corrections: tuple[str, ...] = ()
    annulled: Doer | None = None


class Turn(Frozen):
    """A step of the period. `cause` is the verb, or `after:` and the limit that ran out."""

    entered: Doer
    step: str
    cause: str
    reasons: str | None


class Supervision(Frozen):
    """Formal supervision after a breach, and what the regulator decided; None while it has not.

    `causes` are the entries that found the breaches, but for those that did not stand on appeal.
    """

    began: Doer
    causes: tuple[int, ...] = ()
    decided: Doer | None = None
    decision: Literal["lifted", "terminated"] | None = None
    reasons: str | None = None


class Remedy(Frozen):
    """A decision against the bidder on the period itself: whether it was served, so that its appeal runs."""

    sequence: int
    served_on: date | None = None


class InclusionStatement(Frozen):
    """One period of one bidder; `number` counts the bidder's periods from 1. `until` is its last day as it stands."""

    bidder: str
    number: int
    granted: Doer
    notice: Document | None
    started_on: date
    until: date | None
    eligibility: Eligibility
    extensions: tuple[Extension, ...] = ()
    faults: tuple[FaultLine, ...] = ()
    turns: tuple[Turn, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    supervision: Supervision | None = None

    @property
    def step(self) -> str:
        return self.turns[-1].step if self.turns else "active"

    @property
    def ended(self) -> Turn | None:
        """How it ended; None while it runs."""
        return self.turns[-1] if self.turns and self.step not in ("active", "extended") else None


def statements(entries: Sequence[JournalEntry], bidder: str | None = None) -> tuple[InclusionStatement, ...]:
    """Of every bidder or of one, in the order in which the periods were granted."""
    names = dict.fromkeys(
        event.bidder for entry in entries for event in entry.events if isinstance(event, InclusionGranted)
    )
    told = [each for name in names if bidder in (None, name) for each in _of_bidder(entries, name)]
    return tuple(sorted(told, key=lambda each: each.granted.sequence))


def _of_bidder(entries: Sequence[JournalEntry], bidder: str) -> Iterator[InclusionStatement]:
    told: list[InclusionStatement] = []
    entered: Turn | None = None
    for entry in entries:
        cause: str = entry.command.act.verb
        for event in entry.events:
            match event:
                case DeadlinePassed(overdue=False):
                    cause = f"after:{event.id.split('/')[0]}"
                case StepEntered(machine=Machine.INCLUSION) if event.bidder == bidder:
                    reasons = getattr(entry.command.act, "reasons", None)
                    entered = Turn(entered=_doer(entry, event.on), step=event.step, cause=cause, reasons=reasons)
                    if told and not (event.step == "active" and cause == "start_trial"):
                        told[-1] = _with(told[-1], turns=(*told[-1].turns, entered))
                case InclusionGranted() if event.bidder == bidder:
                    first = (entered,) if entered is not None else ()
                    told.append(_granted(entry, event, len(told) + 1).model_copy(update={"turns": first}))
                case _:
                    pass
            if told:
                told[-1] = _after(told[-1], entry, event)
            for at, each in enumerate(told):
                told[at] = _with(each, faults=tuple(_line(line, bidder, entry, event) for line in each.faults))
    yield from (_corrected(each, entries) for each in told)


def _doer(entry: JournalEntry, on: date | None = None) -> Doer:
    actor: Actor = entry.command.actor
    day = on or entry.command.effective_on or local_day(entry.at)
    return Doer(sequence=entry.sequence, on=day, person=actor.person, unit=actor.unit)


def _granted(entry: JournalEntry, event: InclusionGranted, number: int) -> InclusionStatement:
    act = entry.command.act
    return InclusionStatement(
        bidder=event.bidder,
        number=number,
        granted=_doer(entry, event.started_on),
        notice=act.notice if isinstance(act, StartTrial) else None,
        started_on=event.started_on,
        until=None,
        eligibility=Eligibility(
            risk=event.risk, credit=event.credit, livelihood=event.livelihood, commitment=event.commitment
        ),
    )


def _with(told: InclusionStatement, **to: object) -> InclusionStatement:
    return told.model_copy(update=to)


def _after(told: InclusionStatement, entry: JournalEntry, event: object) -> InclusionStatement:
    """The statement after one event of the bidder's period; all others leave it as it is."""
    period = f"inclusion/{told.bidder}"
    match event:
        case FaultRecorded() if event.bidder == told.bidder and isinstance(entry.command.act, RecordFault):
            return _with(told, faults=(*told.faults, _fault(entry, event, entry.command.act)))
        case DeadlineSet(deadline=deadline) | DeadlineMoved(deadline=deadline) if deadline.id == period:
            return _with(told, until=deadline.due_on, extensions=_until(told.extensions, entry, deadline))
        case ExtensionRequested() | ExtensionDecided() if event.deadline == period:
            return _with(told, extensions=_extensions(told.extensions, entry))
        case SupervisionBegan() if event.bidder == told.bidder:
            under = told.supervision
            if under is None or under.decided is not None:
                under = Supervision(began=_doer(entry))
            return _with(told, supervision=under.model_copy(update={"causes": (*under.causes, event.decision)}))
        case SupervisionLifted() | TrialTerminated() if event.bidder == told.bidder and told.supervision is not None:
            return _with(told, supervision=_decided(told.supervision, entry, event))
        case AdverseDecision(machine=Machine.INCLUSION) if event.bidder == told.bidder:
            return _with(told, remedies=(*told.remedies, Remedy(sequence=event.decision)))
        case DecisionServed():
            remedies = tuple(
                each.model_copy(update={"served_on": event.served_on}) if each.sequence == event.decision else each
                for each in told.remedies
            )
            return _with(told, remedies=remedies)
        case _:
            return told


def _decided(under: Supervision, entry: JournalEntry, event: SupervisionLifted | TrialTerminated) -> Supervision:
    """After a decision on it, or on one of its breaches on appeal: it goes on for the others."""
    lifted = isinstance(event, SupervisionLifted)
    if isinstance(event, SupervisionLifted) and event.decision is not None:
        under = under.model_copy(update={"causes": tuple(each for each in under.causes if each != event.decision)})
        if under.causes:
            return under
    if under.decided is not None:
        return under
    to = {"decided": _doer(entry), "decision": "lifted" if lifted else "terminated"}
    return under.model_copy(update={**to, "reasons": getattr(entry.command.act, "reasons", None)})


def _fault(entry: JournalEntry, event: FaultRecorded, act: RecordFault) -> FaultLine:
    fault = event.fault
    return FaultLine(
        number=fault.number,
        recorded=_doer(entry, fault.recorded_on),
        kind=fault.kind,
        measure="tolerated" if fault.tolerated else "red_line" if fault.rung is None else fault.rung,
        plan_clause=act.plan_clause,
        guidance=act.guidance,
        finding=act.finding,
        evidence=act.evidence,
        first_fault=act.first_fault,
        red_line=fault.red_line,
        climb=fault.climb,
        incident=fault.incident,
        order=Order(officers=fault.officers) if fault.orders else None,
    )


def _line(fault: FaultLine, bidder: str, entry: JournalEntry, event: object) -> FaultLine:
    """The line after one event of its fault or order, also when its period is over; all others leave it as it is."""
    order = fault.order
    if isinstance(event, MeasureAnnulled) and (event.bidder, event.fault) == (bidder, fault.number):
        if not event.finding or order is None:
            return fault.model_copy(update={"annulled": _doer(entry)})
        return fault.model_copy(update={"order": order.model_copy(update={"finding_annulled": _doer(entry)})})
    if order is None or (to := _change(fault, order, bidder, entry, event)) is None:
        return fault
    return fault.model_copy(update={"order": order.model_copy(update=to)})


def _change(
    fault: FaultLine, order: Order, bidder: str, entry: JournalEntry, event: object
) -> dict[str, object] | None:
    clock, act = f"correction_order/{bidder}/{order_key(fault.number)}", entry.command.act
    match event:
        case DeadlineSet(deadline=deadline) | DeadlineMoved(deadline=deadline) if deadline.id == clock:
            return {"due_on": deadline.due_on, "extensions": _until(order.extensions, entry, deadline)}
        case ExtensionRequested(deadline=of) | ExtensionDecided(deadline=of) if of == clock:
            return {"extensions": _extensions(order.extensions, entry)}
        case NoticeServed() if event.entry == fault.recorded.sequence:
            return {"served_on": event.served_on}
        case CorrectionReported() if (event.bidder, event.fault) == (bidder, fault.number):
            return {"reported": _doer(entry), "proof": act.proof if isinstance(act, ReportCorrection) else None}
        case CorrectionVerified() if (event.bidder, event.fault) == (bidder, fault.number):
            finding = act.finding if isinstance(act, VerifyCorrection) else None
            return {"verified": _doer(entry), "corrected": event.corrected, "finding": finding}
        case DeadlinePassed() if event.id == clock:
            return {"lapsed": True}
        case _:
            return None


def _extensions(before: tuple[Extension, ...], entry: JournalEntry) -> tuple[Extension, ...]:
    """After a request, or after its answer."""
    match entry.command.act:
        case RequestExtension(reasons=reasons):
            return (*before, Extension(asked=_doer(entry), reasons=reasons))
        case DecideExtension(granted=granted, reasons=reasons) if before:
            answer = {"answered": _doer(entry), "granted": granted, "answer_reasons": reasons}
            return (*before[:-1], before[-1].model_copy(update=answer))
        case _:
            return before


def _until(before: tuple[Extension, ...], entry: JournalEntry, deadline: Deadline) -> tuple[Extension, ...]:
    """The extension that moved a deadline says until when."""
    if not before or not isinstance(entry.command.act, DecideExtension):
        return before
    return (*before[:-1], before[-1].model_copy(update={"until": deadline.due_on}))


def _corrected(told: InclusionStatement, entries: Sequence[JournalEntry]) -> InclusionStatement:
    """With the right texts that a second person confirmed, each beside the fault whose entry it corrects."""
    acts = [entry.command.act for entry in entries]
    right = {act.correction: act.right_text for act in acts if isinstance(act, ProposeCorrection)}
    confirmed = [event for entry in entries for event in entry.events if isinstance(event, EntryCorrected)]
    faults = tuple(
        fault.model_copy(
            update={
                "corrections": tuple(
                    right[event.correction] for event in confirmed if event.sequence == fault.recorded.sequence
                )
            }
        )
        for fault in told.faults
    )
    return _with(told, faults=faults)
