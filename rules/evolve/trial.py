"""Trial, inclusion period, incidents."""

from datetime import date
from typing import assert_never

from models.events.trial import (
    CorrectionReported,
    CorrectionVerified,
    ExitConcluded,
    ExitReportFiled,
    FaultRecorded,
    FixReported,
    IncidentAcknowledged,
    IncidentAnalysed,
    IncidentAssessed,
    IncidentClosed,
    IncidentEvent,
    IncidentReported,
    IncidentVerified,
    InclusionEvent,
    InclusionGranted,
    InsuranceRenewed,
    LeakNotified,
    MeasureAnnulled,
    PhaseAdvanced,
    ReadingRecorded,
    ReportedUpward,
    ReportFiled,
    ResumptionProposed,
    RollbackProven,
    SupervisionBegan,
    SupervisionLifted,
    TrialAdmitted,
    TrialEvent,
    TrialOpinionGiven,
    TrialPlanned,
    TrialResumed,
    TrialStarted,
    TrialSuspended,
    TrialTerminated,
)
from models.plan import Reading
from models.state import IncidentStatus, Inclusion, SceneState, UnitOpinion
from models.vocabulary import PanelPurpose, Phase, Role
from rules.keyed import change, find, put


def evolve(state: SceneState, event: TrialEvent | InclusionEvent | IncidentEvent) -> SceneState:
    match event:
        case TrialPlanned():
            return _trial(
                state,
                event.bidder,
                duration=event.duration,
                risk=event.risk,
                plan_sha256=event.plan_sha256,
                insurance_until=event.insurance_until,
                insured_yuan=event.insured_yuan,
                kpis=event.kpis,
                clauses=event.clauses,
                readings=(),
                opinions=(),
                factors=event.factors,
            )
        case TrialOpinionGiven():
            trial = find(state.trials, bidder=event.bidder)
            opinion = UnitOpinion(
                unit=event.unit, position=event.position, person=event.person, on=event.on, expert=event.expert
            )
            return _trial(state, event.bidder, opinions=(*(trial.opinions if trial else ()), opinion))
        case TrialAdmitted():
            return _trial(state, event.bidder, admitted_by=event.officers, found_risk=event.risk)
        case TrialStarted():
            return _trial(state, event.bidder, started_on=event.started_on, **_phase(event.phase, event.started_on))
        case PhaseAdvanced():
            return _trial(state, event.bidder, **_phase(event.phase, event.on))
        case ReportFiled():
            trial = find(state.trials, bidder=event.bidder)
            if trial is None:
                return state
            return _trial(
                state,
                event.bidder,
                reports=trial.reports + 1,
                phase_reports=trial.phase_reports + int(event.report == "regular"),
                employment=event.employment or trial.employment,
            )
        case ReadingRecorded(counts=False):
            return state
        case ReadingRecorded(reading=reading):
            trial = find(state.trials, bidder=event.bidder)
            before = find(trial.readings, kpi=reading.kpi) if trial else None
            if trial is None or (before is not None and _counts_above(before, reading)):
                return state
            return _trial(state, event.bidder, readings=put(trial.readings, reading, by=lambda each: each.kpi))
        case InsuranceRenewed():
            renewed: dict[str, object] = {"insurance_until": event.until}
            if event.insured_yuan is not None:
                renewed["insured_yuan"] = event.insured_yuan
            return _trial(state, event.bidder, **renewed)
        case TrialSuspended():
            return _trial(state, event.bidder, fix_reported=False, resumption_proposed_by=None, suspended_on=event.on)
        case FixReported():
            return _trial(state, event.bidder, fix_reported=True)
        case ResumptionProposed():
            return _trial(state, event.bidder, resumption_proposed_by=event.by)
        case TrialResumed():
            trial = find(state.trials, bidder=event.bidder)
            stopped_on = trial.suspended_on if trial else None
            days = max((event.on - stopped_on).days, 0) if event.on and stopped_on else 0
            return _trial(
                state, event.bidder, fix_reported=False, resumption_proposed_by=None, suspended_on=None,
                stood_still=(trial.stood_still if trial else 0) + days,
            )  # fmt: skip
        case ExitReportFiled():
            impact: dict[str, object] = {"employment": event.employment} if event.employment else {}
            return _trial(state, event.bidder, exit_report=True, results=event.results, **impact)
        case ExitConcluded():
            return _trial(state, event.bidder, results=event.results) if event.results else state
        case TrialTerminated() | RollbackProven():
            return state
        case InclusionGranted():
            inclusion = find(state.inclusions, bidder=event.bidder) or Inclusion(bidder=event.bidder, step="")
            granted = inclusion.model_copy(
                update={
                    "granted_by": event.by, "started_on": event.started_on, "credit": event.credit,
                    "suspension_pauses": event.suspension_pauses,
                }
            )  # fmt: skip
            return state.model_copy(update={"inclusions": put(state.inclusions, granted, by=lambda each: each.bidder)})
        case FaultRecorded(fault=fault):
            state = _orders_fall(state, event.bidder) if fault.breaches else state
            ledger = find(state.inclusions, bidder=event.bidder)
            to: dict[str, object] = {"faults": (*(ledger.faults if ledger else ()), fault)}
            return state.model_copy(update={"inclusions": change(state.inclusions, to=to, bidder=event.bidder)})
        case CorrectionReported(incident=str(incident)):
            return _incident(state, incident, correction_reported=True)
        case CorrectionReported():
            return _fault(state, event.bidder, event.fault, correction_reported=True)
        case CorrectionVerified():
            state = state if event.corrected else _orders_fall(state, event.bidder)
            return _fault(state, event.bidder, event.fault, order_over=True, unfollowed=not event.corrected)
        case MeasureAnnulled():
            return _annulled(state, event)
        case SupervisionBegan():
            trial = find(state.trials, bidder=event.bidder)
            causes = (*(trial.supervised_for if trial else ()), event.decision)
            return _trial(state, event.bidder, supervised_for=causes, resumption_proposed_by=None)
        case SupervisionLifted():
            trial = find(state.trials, bidder=event.bidder)
            causes = trial.supervised_for if trial and event.decision is not None else ()
            left = tuple(cause for cause in causes if cause != event.decision)
            return _trial(state, event.bidder, supervised_for=left)
        case IncidentReported(incident=incident):
            return state.model_copy(update={"incidents": (*state.incidents, incident)})
        case IncidentAcknowledged():
            return _incident(state, event.incident, acknowledged_by=event.by)
        case ReportedUpward():
            told = find(state.incidents, id=event.incident)
            return _incident(state, event.incident, upward=(*(told.upward if told else ()), event.to))
        case LeakNotified():
            told = find(state.incidents, id=event.incident)
            return _incident(state, event.incident, leak_told=(*(told.leak_told if told else ()), event.to))
        case IncidentAnalysed():
            status = IncidentStatus.ORDERED if event.ordered else IncidentStatus.INVESTIGATED
            by = event.by if event.ordered else None
            return _incident(state, event.incident, status=status, ordered_by=by, officers=event.officers)
        case IncidentVerified():
            status = IncidentStatus.INVESTIGATED if event.verified else IncidentStatus.ORDERED
            return _incident(state, event.incident, status=status, correction_reported=False)
        case IncidentAssessed():
            return _incident(
                state, event.incident,
                casualty=event.casualty, severity=event.severity, leak=event.leak, red_line=event.red_line,
            )  # fmt: skip
        case IncidentClosed():
            state = _orders_fall(state, event.bidder) if event.red_line is not None else state
            return _incident(state, event.incident, status=IncidentStatus.CLOSED, found_red_line=event.red_line)
        case _:
            assert_never(event)


def _annulled(state: SceneState, event: MeasureAnnulled) -> SceneState:
    if event.end:
        return _trial(state, event.bidder, end_annulled=True)
    if event.period is not None:
        to: dict[str, object] = {"breached_from": event.period}
        return state.model_copy(update={"inclusions": change(state.inclusions, to=to, bidder=event.bidder)})
    if event.incident is not None and event.finding:
        return _incident(state, event.incident, found_red_line=None)
    if event.incident is not None:
        ordered = find(state.incidents, id=event.incident, status=IncidentStatus.ORDERED) is not None
        return _incident(state, event.incident, status=IncidentStatus.INVESTIGATED) if ordered else state
    return _fault(state, event.bidder, event.fault, **({"unfollowed": False} if event.finding else {"annulled": True}))


def _fault(state: SceneState, bidder: str, number: int | None, **to: object) -> SceneState:
    ledger = find(state.inclusions, bidder=bidder)
    faults = change(ledger.faults, to=to, number=number) if ledger is not None else ()
    return state.model_copy(update={"inclusions": change(state.inclusions, to={"faults": faults}, bidder=bidder)})


def _orders_fall(state: SceneState, bidder: str) -> SceneState:
    """A breach ends every order that stands: from then on the regulator decides on the trial itself."""
    for fault in state.open_orders(bidder):
        state = _fault(state, bidder, fault.number, order_fell=True)
    return state


def _counts_above(before: Reading, reading: Reading) -> bool:
    """That of the latest day counts; what the regulator measured on a day, above the bidder's own of that day."""
    if before.on == reading.on:
        return before.by is Role.REGULATOR and reading.by is not Role.REGULATOR
    return before.on > reading.on


def evaluated_anew(state: SceneState, bidder: str) -> SceneState:
    """An exit evaluation begins: by a panel of its own."""
    panels = change(state.panels, to={"void": True}, purpose=PanelPurpose.EXIT, bidder=bidder)
    return state.model_copy(update={"panels": panels})


def _phase(phase: Phase, since: date | None) -> dict[str, object]:
    return {"phase": phase, "phase_since": since, "phase_reports": 0, "stood_still": 0}


def _trial(state: SceneState, bidder: str, **to: object) -> SceneState:
    return state.model_copy(update={"trials": change(state.trials, to=to, bidder=bidder)})


def _incident(state: SceneState, id: str, **to: object) -> SceneState:
    return state.model_copy(update={"incidents": change(state.incidents, to=to, id=id)})
