"""What can happen at any open step."""

from datetime import date
from typing import assert_never

from models.commands.anywhere import DeclaredBidder
from models.events.anywhere import (
    AdverseDecision,
    AnywhereEvent,
    AppealDecided,
    AppealLodged,
    CalendarLoaded,
    CorrectionProposed,
    CorrectionRejected,
    DecisionFinal,
    DecisionServed,
    DocumentIssued,
    EntryCorrected,
    ExtensionDecided,
    ExtensionRequested,
    NoticeServed,
    PartReassigned,
    PolicyAdopted,
    SceneResubmitted,
    SceneResumed,
    SceneReturned,
    SceneSuspended,
    SceneTakenOver,
    ServiceAwaited,
    ServiceDropped,
    StepOverridden,
    TakeOverConfirmed,
    UpheldTooLate,
    WithdrawalAnswered,
    WithdrawalAsked,
)
from models.state import (
    Contract,
    Correction,
    Decision,
    ExtensionRequest,
    Payment,
    PaymentStatus,
    Return,
    SceneState,
    Suspension,
    Trial,
    Withdrawal,
)
from rules.evolve.solicitation import profile_of
from rules.keyed import change, find, put, without


def evolve(state: SceneState, event: AnywhereEvent) -> SceneState:
    match event:
        case SceneTakenOver():
            return _taken_over(state, event)
        case TakeOverConfirmed():
            return state.model_copy(update={"unconfirmed": False})
        case WithdrawalAsked():
            withdrawal = Withdrawal(by=event.by, bidder=event.bidder, parties=event.parties)
            return state.model_copy(update={"withdrawal": withdrawal})
        case WithdrawalAnswered(agreed=False):
            return state.model_copy(update={"withdrawal": None})
        case WithdrawalAnswered():
            if state.withdrawal is None:
                return state
            agreed = (*state.withdrawal.agreed, event.party)
            asked = state.withdrawal.model_copy(update={"agreed": agreed})
            return state.model_copy(update={"withdrawal": asked if set(agreed) < set(asked.parties) else None})
        case SceneSuspended():
            return state.model_copy(update={"suspension": Suspension(since=event.at, on=event.on, by=event.by)})
        case SceneResumed():
            trials = tuple(_stood_still(trial, state.suspension, event.on) for trial in state.trials)
            return state.model_copy(update={"suspension": None, "ran_on": event.on, "trials": trials})
        case SceneReturned():
            returned = Return(to=event.to, returned_from=event.returned_from, then=event.then, by=event.by)
            return state.model_copy(update={"returned": returned, "returns": state.returns + 1})
        case SceneResubmitted():
            return state.model_copy(update={"returned": None})
        case ExtensionRequested():
            request = ExtensionRequest(deadline=event.deadline, asked_by=event.by, reasons_sha256=event.reasons_sha256)
            return state.model_copy(update={"extension_requests": (*state.extension_requests, request)})
        case ExtensionDecided():
            return state.model_copy(
                update={"extension_requests": without(state.extension_requests, deadline=event.deadline)}
            )
        case PartReassigned():
            return _reassigned(state, event)
        case AdverseDecision():
            decision = Decision(
                sequence=event.decision,
                verb=event.verb,
                against=event.against,
                by=event.by,
                machine=event.machine,
                bidder=event.bidder,
                reopens=event.reopens,
                closes_as=event.closes_as,
                on=event.on,
                item=event.item,
            )
            return state.model_copy(update={"decisions": (*state.decisions, decision)})
        case DecisionServed():
            return _decision(state, event.decision, served_on=event.served_on)
        case ServiceAwaited(awaited=awaited):
            return state.model_copy(update={"services": put(state.services, awaited, by=lambda each: each.id)})
        case NoticeServed(entry=entry):
            return state.model_copy(update={"services": without(state.services, entry=entry)})
        case ServiceDropped(id=id):
            return state.model_copy(update={"services": without(state.services, id=id)})
        case DocumentIssued():
            return state
        case AppealLodged():
            return _decision(state, event.decision, appealed_by=event.by)
        case AppealDecided(upheld=True) | DecisionFinal():
            return state.model_copy(update={"decisions": without(state.decisions, sequence=event.decision)})
        case AppealDecided() | UpheldTooLate():
            return state
        case CorrectionProposed():
            correction = Correction(
                id=event.correction, sequence=event.sequence, proposed_by=event.by, position=event.position
            )
            return state.model_copy(update={"corrections": (*state.corrections, correction)})
        case EntryCorrected() | CorrectionRejected():
            return state.model_copy(update={"corrections": without(state.corrections, id=event.correction)})
        case PolicyAdopted():
            return state.model_copy(
                update={
                    "policy_version": event.policy_version,
                    "policy_digest": event.policy_digest,
                    "calendar": event.calendar,
                }
            )
        case CalendarLoaded():
            return state.model_copy(update={"calendar": event.calendar})
        case StepOverridden():
            return state
        case _:
            assert_never(event)


def _decision(state: SceneState, sequence: int, **to: object) -> SceneState:
    return state.model_copy(update={"decisions": change(state.decisions, to=to, sequence=sequence)})


def _reassigned(state: SceneState, event: PartReassigned) -> SceneState:
    match event.part:
        case "lead":
            return state.model_copy(update={"lead": event.to_unit})
        case "regulator":
            return state.model_copy(update={"regulator": event.to_unit})
        case "cooperating":
            swap = {event.from_unit: event.to_unit}
            units = tuple(swap.get(unit, unit) for unit in state.cooperating)
            consultation = state.consultation
            if consultation is not None and find(state.deadlines, id=f"consultation/{event.from_unit}") is not None:
                asked = tuple(swap.get(unit, unit) for unit in consultation.units)
                consultation = consultation.model_copy(update={"units": asked})
            return state.model_copy(update={"cooperating": units, "consultation": consultation})
        case _:
            assert_never(event.part)


def _taken_over(state: SceneState, event: SceneTakenOver) -> SceneState:
    return state.model_copy(
        update={
            "profile": profile_of(event.application, event.by),
            "declared": True,
            "began_on": event.since,
            "lead": event.lead,
            "cooperating": event.cooperating,
            "regulator": event.regulator,
            "policy_version": event.policy_version,
            "policy_digest": event.policy_digest,
            "calendar": event.calendar,
            "awarded_yuan": event.awarded_yuan,
            "unconfirmed": event.to_confirm,
            "contracts": tuple(
                Contract(
                    bidder=each.bidder,
                    rank=rank,
                    step="",
                    terms_sha256=each.contract_document.sha256,
                    budget_yuan=each.budget_yuan,
                    declared=True,
                )
                for rank, each in enumerate(event.bidders, start=1)
            ),
            "payments": tuple(
                Payment(
                    bidder=each.bidder,
                    milestone="",
                    amount_yuan=each.paid_yuan,
                    status=PaymentStatus.PAID,
                    declared=True,
                )
                for each in event.bidders
                if each.paid_yuan
            ),
            "trials": tuple(_declared_trial(each) for each in event.bidders if each.trial_started_on is not None),
        }
    )


def _stood_still(trial: Trial, suspension: Suspension | None, until: date | None) -> Trial:
    """The trial stood still with its scene; one that was stopped meanwhile, since the scene was."""
    if suspension is None or until is None or trial.phase_since is None:
        return trial
    if trial.suspended_on is not None:
        return trial.model_copy(update={"suspended_on": min(trial.suspended_on, suspension.on)})
    lost = (until - max(suspension.on, trial.phase_since)).days if trial.step == "running" else 0
    return trial.model_copy(update={"stood_still": trial.stood_still + max(lost, 0)})


def _declared_trial(declared: DeclaredBidder) -> Trial:
    plan = declared.plan
    return Trial(
        bidder=declared.bidder,
        step="",
        duration=plan.duration if plan else None,
        risk=plan.risk if plan else None,
        plan_sha256=plan.exit_plan.sha256 if plan else None,
        insurance_until=plan.insurance_until if plan else None,
        insured_yuan=plan.insured_yuan if plan else None,
        kpis=plan.kpis if plan else (),
        clauses=plan.keys if plan else (),
        started_on=declared.trial_started_on,
        declared=True,
    )
