"""What is possible at any open step: withdrawal, termination, suspension, return, extension, reassignment, remedies,
correction, change of policy and calendar, override, and taking over a scene that runs elsewhere.
"""

from hashlib import sha256
from typing import assert_never

from pydantic import ValidationError

from models.commands.anywhere import (
    AdoptPolicy,
    AnswerWithdrawal,
    AnywhereAct,
    Appeal,
    ConfirmCorrection,
    DecideAppeal,
    DecideExtension,
    LoadCalendar,
    Override,
    PassDeadline,
    ProposeCorrection,
    Reassign,
    RecordService,
    RequestExtension,
    Resubmit,
    Resume,
    ReturnForCorrection,
    Suspend,
    TakeOver,
    Terminate,
    Withdraw,
)
from models.deadline import Deadline, DeadlineStatus, Extension, Holder
from models.events.anywhere import (
    AppealDecided,
    AppealLodged,
    CalendarLoaded,
    CorrectionProposed,
    CorrectionRejected,
    DecisionFinal,
    DecisionServed,
    EntryCorrected,
    ExtensionDecided,
    ExtensionRequested,
    PartReassigned,
    PolicyAdopted,
    SceneResubmitted,
    SceneResumed,
    SceneReturned,
    SceneSuspended,
    StepOverridden,
    WithdrawalAnswered,
    WithdrawalAsked,
)
from models.events.review import OpinionGiven, OpinionsVoided
from models.policy import ExtensionRule
from models.state import Decision, SceneState, Withdrawal
from models.vocabulary import Machine, Outcome, PanelPurpose, Role
from rules import lifecycle, matching, review, settling, taking_over, trial
from rules.calendar import shift_workdays, with_notice
from rules.deadlines import extended, local_day, local_minute, recomputed
from rules.docket import REMEDIES, Docket
from rules.keyed import find
from rules.permissions import unknown_unit
from rules.policy_check import contradictions


def judge(docket: Docket, act: AnywhereAct) -> None:
    match act:
        case Withdraw():
            _withdraw(docket)
        case AnswerWithdrawal():
            _answer_withdrawal(docket, act)
        case Terminate():
            owner = docket.state.profile.owner if docket.state.profile else ""
            docket.decide_against(owner, reopens=docket.state.step, closes_as=Outcome.TERMINATED)
            docket.close(Outcome.TERMINATED)
        case Suspend():
            _suspend(docket)
        case Resume():
            _resume(docket)
        case ReturnForCorrection():
            _return(docket, act)
        case Resubmit():
            _resubmit(docket)
        case RequestExtension():
            _request_extension(docket, act)
        case DecideExtension():
            _decide_extension(docket, act)
        case Reassign():
            _reassign(docket, act)
        case RecordService():
            _serve(docket, act)
        case Appeal():
            _appeal(docket, act)
        case DecideAppeal():
            _decide_appeal(docket, act)
        case ProposeCorrection():
            _propose_correction(docket, act)
        case ConfirmCorrection():
            _confirm_correction(docket, act)
        case AdoptPolicy():
            _adopt(docket, act)
        case LoadCalendar():
            _load_calendar(docket, act)
        case Override():
            _override(docket, act)
        case TakeOver():
            taking_over.take_over(docket, act)
        case PassDeadline():
            raise AssertionError("alarms are judged by rules.alarms")
        case _:
            assert_never(act)


# withdrawal


def _withdraw(docket: Docket) -> None:
    """Before the contract the owner withdraws alone, and a bidder gives its award back; after it the others agree."""
    state, unit = docket.state, docket.unit
    if docket.role is not Role.BIDDER:
        if state.step in lifecycle.BEFORE_CONTRACT:
            docket.close(Outcome.WITHDRAWN)
            return
        bidder = None
        others = [
            docket.holder(Role.BIDDER, contract.bidder)
            for contract in state.contracts
            if contract.step in ("offered", "signing", "signed")
        ]
    else:
        contract = find(state.contracts, bidder=unit)
        if contract is not None and contract.step in ("offered", "signing") and state.step == "contracting":
            matching.lapse(docket, unit)
            return
        if contract is None or contract.step != "signed":
            docket.refuse("wrong_step", step=state.step, verb="withdraw", possible="withdraw_bid")
        bidder = unit
        others = [docket.holder(Role.OWNER)]
    if state.step not in lifecycle.BY_AGREEMENT:
        docket.refuse("wrong_step", step=state.step, verb="withdraw", possible=", ".join(_verbs(docket)))
    if state.withdrawal is not None:
        docket.refuse("withdrawal_pending")
    if "st_bureau" in docket.policy.contracting.parties:
        others.append(docket.holder(Role.ST_BUREAU))
    parties = tuple(dict.fromkeys(holder.unit for holder in others if holder.unit != unit))
    if not parties:
        # Everybody has left already; what is still to be rolled back ends the scene by itself.
        docket.refuse("wrong_step", step=state.step, verb="withdraw", possible="-")
    docket.record(WithdrawalAsked(by=unit, bidder=bidder, parties=parties))
    for holder in others:
        if holder.unit in parties:
            docket.set_deadline("withdrawal_consent", holder, ("answer_withdrawal",), key=holder.unit, step="")


def _verbs(docket: Docket) -> tuple[str, ...]:
    return lifecycle.verbs_at(Machine.SCENE, docket.state.step)


def _answer_withdrawal(docket: Docket, act: AnswerWithdrawal) -> None:
    withdrawal = docket.state.withdrawal
    if withdrawal is None or docket.state.step not in lifecycle.BY_AGREEMENT:
        docket.refuse("no_withdrawal")
    if docket.unit not in withdrawal.parties or docket.unit in withdrawal.agreed:
        docket.refuse("not_asked_to_agree", unit=docket.unit)
    docket.met(f"withdrawal_consent/{docket.unit}")
    docket.record(WithdrawalAnswered(party=docket.unit, agreed=act.agreed))
    if act.agreed and docket.state.withdrawal is None:
        _withdrawn(docket, withdrawal)


def _withdrawn(docket: Docket, withdrawal: Withdrawal) -> None:
    """Who leaves by agreement has nothing left to appeal against."""
    leaving = [withdrawal.bidder] if withdrawal.bidder else [each.bidder for each in docket.state.contracts]
    for bidder in leaving:
        _end_part(docket, bidder, "withdrawn")
        for decision in docket.state.decisions:
            if decision.bidder == bidder:
                docket.record(DecisionFinal(decision=decision.sequence))
                for limit in REMEDIES:
                    docket.cancel(f"{limit}/{decision.sequence}")
    if withdrawal.bidder is None:
        docket.close(Outcome.WITHDRAWN)
    else:
        settling.settle(docket)


def _end_part(docket: Docket, bidder: str, trial: str) -> None:
    """Ends what is still open of a bidder's contract, trial, inclusion period and acceptance."""
    settling.end_inclusion(docket, bidder, "ended_early")
    for machine, to in ((Machine.TRIAL, trial), (Machine.ACCEPTANCE, "withdrawn"), (Machine.CONTRACT, "dissolved")):
        if lifecycle.has_row(machine, docket.step(machine, bidder), docket.cause, to):
            docket.move(machine, bidder, to)
    settling.end_trial_clocks(docket, bidder)


# suspension: a domain state with its own clock rules


def _suspend(docket: Docket) -> None:
    if docket.state.suspension is not None:
        docket.refuse("suspended", since=local_minute(docket.state.suspension.since), possible="resume")
    docket.record(SceneSuspended(at=docket.at, on=docket.day, by=docket.person))
    docket.stand_still()


def _resume(docket: Docket) -> None:
    suspension = docket.state.suspension
    if suspension is None:
        docket.refuse("not_suspended")
    if docket.day < suspension.on:
        docket.refuse("effective_before_step", effective_on=docket.day, entered_on=suspension.on)
    docket.record(SceneResumed())
    docket.run_on()


# return for correction


def _return(docket: Docket, act: ReturnForCorrection) -> None:
    state, rules = docket.state, docket.policy.returns
    targets = [to for to in lifecycle.RETURN_TO if not lifecycle.comes_before(state.step, to) and docket.used(to)]
    if act.to not in targets:
        docket.refuse("not_returnable", to=act.to, known=", ".join(targets))
    if state.returns >= rules.times:
        docket.refuse("returns_used_up", times=rules.times)
    docket.record(SceneReturned(to=act.to, returned_from=state.step, then=act.then, by=docket.person))
    docket.record(
        OpinionsVoided(
            consultation=lifecycle.comes_before(act.to, "consultation"),
            fair_competition=not lifecycle.comes_before("fair_competition", act.to),
            panels=(PanelPurpose.RECOGNITION,),
        )
    )
    docket.enter("returned")


def _resubmit(docket: Docket) -> None:
    returned = docket.state.returned
    if returned is None:
        docket.refuse("wrong_step", step=docket.state.step, verb="resubmit", possible=", ".join(_verbs(docket)))
    docket.record(SceneResubmitted())
    if returned.then == "start_over":
        docket.enter(returned.to)
    elif returned.returned_from == "consultation":
        review.open_round(docket)
    elif returned.returned_from in lifecycle.STRAIGHT_BACK_TO:
        docket.enter(returned.returned_from)
    else:
        docket.enter("recognised")


# extension


def _rule_for(docket: Docket, deadline: Deadline) -> ExtensionRule:
    rule = docket.policy.limit(deadline.limit).extension
    if rule is None:
        docket.refuse("not_extendable", deadline=deadline.id)
    if len(deadline.extensions) >= rule.times:
        docket.refuse("extensions_used_up", deadline=deadline.id, times=rule.times)
    return rule


def _deadline(docket: Docket, id: str) -> Deadline:
    deadline = docket.deadline(id)
    if deadline is None:
        known = ", ".join(each.id for each in docket.state.deadlines) or "-"
        docket.refuse("unknown_deadline", deadline=id, known=known)
    return deadline


def _request_extension(docket: Docket, act: RequestExtension) -> None:
    deadline = _deadline(docket, act.deadline)
    rule = _rule_for(docket, deadline)
    askers = {deadline.holder.unit} if deadline.holder else {deadline.bidder, docket.state.lead, docket.state.regulator}
    if docket.unit not in askers:
        docket.refuse("not_your_deadline", deadline=deadline.id, holder=", ".join(sorted(filter(None, askers))))
    if find(docket.state.extension_requests, deadline=deadline.id) is not None:
        docket.refuse("extension_pending", deadline=deadline.id)
    latest = deadline.due_on
    if rule.ask_before is not None:
        latest = shift_workdays(docket.policy.calendar, deadline.due_on, -rule.ask_before.length)
    if deadline.status is not DeadlineStatus.PAUSED and docket.day > latest:
        docket.refuse("extension_too_late", latest=latest)
    digest = sha256(act.reasons.encode()).hexdigest()
    docket.record(ExtensionRequested(deadline=deadline.id, by=docket.person, reasons_sha256=digest))
    approver = docket.holder(rule.approvers[0], deadline.bidder)
    docket.set_deadline("extension_answer", approver, ("decide_extension",), key=deadline.id, step="")


def _decide_extension(docket: Docket, act: DecideExtension) -> None:
    """With the clock of a step go those that others share in it: the members of its panel, the parties who sign."""
    request = find(docket.state.extension_requests, deadline=act.deadline)
    if request is None:
        docket.refuse("no_extension_request", deadline=act.deadline)
    deadline = _deadline(docket, act.deadline)
    rule = _rule_for(docket, deadline)
    if docket.role not in rule.approvers:
        docket.refuse("not_an_approver", role=docket.role, allowed=", ".join(rule.approvers))
    granted_by = None
    if deadline.limit == "inclusion" and (inclusion := find(docket.state.inclusions, bidder=deadline.bidder)):
        granted_by = inclusion.granted_by
    if docket.person in (request.asked_by, granted_by):
        docket.refuse("same_person", person=docket.person)
    docket.met(f"extension_answer/{act.deadline}")
    docket.record(ExtensionDecided(deadline=act.deadline, granted=act.granted, by=docket.person))
    if not act.granted:
        return
    extension = Extension(
        period=rule.period,
        reason_sha256=request.reasons_sha256,
        asked_by=request.asked_by,
        approved_by=docket.person,
        sequence=docket.sequence,
    )
    for each in docket.state.deadlines:
        if each.id == deadline.id or each.id.startswith(f"{deadline.id}/"):
            docket.shift(extended(docket.policy, each, extension, docket.at), "extension")
    if deadline.limit == "trial":
        trial.ask_for_report(docket, deadline.bidder or "", "report", docket.day)
    if deadline.limit == "inclusion" and docket.step(Machine.INCLUSION, deadline.bidder) == "active":
        docket.move(Machine.INCLUSION, deadline.bidder, "extended")


# parts


def _reassign(docket: Docket, act: Reassign) -> None:
    state = docket.state
    present = {"lead": (state.lead,), "regulator": (state.regulator,), "cooperating": state.cooperating}[act.part]
    if act.from_unit not in present:
        docket.refuse(
            "not_your_part", unit=act.from_unit, role=act.part, expected=", ".join(filter(None, present)) or "-"
        )
    if act.to_unit not in docket.policy.unit_names:
        raise unknown_unit(docket.policy, act.to_unit)
    taken = present if act.part == "regulator" else (state.lead, *state.cooperating)
    if act.to_unit in taken:
        docket.refuse("same_part", unit=act.to_unit)
    role = {"lead": Role.LEAD, "regulator": Role.REGULATOR, "cooperating": Role.COOPERATING}[act.part]
    docket.record(PartReassigned(part=act.part, from_unit=act.from_unit, to_unit=act.to_unit))
    for deadline in state.deadlines:
        if deadline.holder == Holder(role=role, unit=act.from_unit):
            _hand_over(docket, deadline, Holder(role=role, unit=act.to_unit))


def _hand_over(docket: Docket, deadline: Deadline, holder: Holder) -> None:
    """The same clock in other hands; an id that names the unit names the new one."""
    id = deadline.id
    if deadline.holder is not None and id.endswith(f"/{deadline.holder.unit}"):
        id = id.removesuffix(deadline.holder.unit) + holder.unit
    docket.shift(deadline.model_copy(update={"id": id, "holder": holder}), "reassignment")
    if id != deadline.id:
        docket.cancel(deadline.id)


# remedies


def _decision(docket: Docket, sequence: int) -> Decision:
    decision = find(docket.state.decisions, sequence=sequence)
    if decision is None:
        docket.refuse("unknown_decision", decision=sequence)
    return decision


def _serve(docket: Docket, act: RecordService) -> None:
    """The time for an appeal runs from the service, whenever it is entered."""
    decision = _decision(docket, act.decision)
    if decision.served_on is not None:
        docket.refuse("already_served", decision=act.decision)
    if act.served_on > local_day(docket.now):
        docket.refuse("served_in_future", served_on=act.served_on)
    if act.served_on < decision.on:
        docket.refuse("served_before_decision", served_on=act.served_on, decided_on=decision.on)
    docket.record(DecisionServed(decision=act.decision, served_on=act.served_on, proof=act.proof.sha256))
    docket.met(f"service/{act.decision}")
    docket.set_deadline("appeal_window", None, (), key=str(act.decision), step="", counted_from=act.served_on)


def _appeal(docket: Docket, act: Appeal) -> None:
    decision = _decision(docket, act.decision)
    if decision.served_on is None:
        docket.refuse("decision_not_served", decision=act.decision)
    if decision.appealed_by is not None:
        docket.refuse("already_appealed", decision=act.decision)
    if decision.against != docket.unit:
        docket.refuse("not_against_you", decision=act.decision, unit=docket.unit)
    docket.record(AppealLodged(decision=act.decision, by=docket.person))
    docket.cancel(f"appeal_window/{act.decision}")
    supervisor = docket.holder(Role.SUPERVISOR)
    docket.set_deadline("appeal", supervisor, ("decide_appeal",), key=str(act.decision), step="")


def _decide_appeal(docket: Docket, act: DecideAppeal) -> None:
    decision = _decision(docket, act.decision)
    if decision.appealed_by is None:
        docket.refuse("not_appealed", decision=act.decision)
    if docket.person in (decision.by, decision.appealed_by):
        docket.refuse("decided_before", person=docket.person)
    docket.record(AppealDecided(decision=act.decision, upheld=act.upheld, by=docket.person))
    docket.met(f"appeal/{act.decision}")
    if act.upheld:
        _reopen(docket, decision)
    else:
        docket.record(DecisionFinal(decision=act.decision))
        _end_if_final(docket)


def _reopen(docket: Docket, decision: Decision) -> None:
    """Back to where the decision was made; the clocks that stood still with the scene run on.

    A bidder's part that is reopened does not bring back a scene that another decision ends.
    """
    machine = Machine(decision.machine)
    to = decision.reopens
    if machine is not Machine.SCENE:
        docket.move(machine, decision.bidder, to)
        if machine is Machine.ACCEPTANCE:
            settling.ask_for_acceptance_opinions(docket, decision.bidder or "")
        to = "trial" if machine is Machine.TRIAL else "acceptance"
    if docket.state.step == "remedies" and not any(each.closes_as for each in docket.state.decisions):
        docket.enter(to)
        docket.run_on()
    settling.settle(docket)


def appeal_window_ran_out(docket: Docket, deadline: Deadline) -> None:
    docket.record(DecisionFinal(decision=int(deadline.id.removeprefix("appeal_window/"))))
    _end_if_final(docket)


def _end_if_final(docket: Docket) -> None:
    state = docket.state
    if state.step != "remedies" or state.decisions or state.outcome is None:
        return
    if state.outcome is Outcome.TERMINATED:
        for contract in state.contracts:
            _end_part(docket, contract.bidder, "terminated")
    docket.close(state.outcome)


# correction


def _propose_correction(docket: Docket, act: ProposeCorrection) -> None:
    if act.sequence > docket.state.sequence:
        docket.refuse("unknown_entry", sequence=act.sequence)
    if find(docket.state.corrections, id=act.correction) is not None:
        docket.refuse("correction_exists", correction=act.correction)
    docket.record(
        CorrectionProposed(correction=act.correction, sequence=act.sequence, by=docket.person, position=act.position)
    )


def _confirm_correction(docket: Docket, act: ConfirmCorrection) -> None:
    """The entry stays as it was written; a superseding one stands beside it once a second person has confirmed it."""
    correction = find(docket.state.corrections, id=act.correction)
    if correction is None:
        docket.refuse("unknown_correction", correction=act.correction)
    if correction.proposed_by == docket.person:
        docket.refuse("same_person", person=docket.person)
    if not act.confirmed:
        docket.record(CorrectionRejected(correction=act.correction, by=docket.person))
        return
    docket.record(EntryCorrected(correction=act.correction, sequence=correction.sequence, by=docket.person))
    consultation = docket.state.consultation
    if correction.position is None or consultation is None or consultation.result is not None:
        return
    wrong = find(consultation.opinions, sequence=correction.sequence, void=False)
    if wrong is not None:
        docket.record(
            OpinionGiven(
                unit=wrong.unit,
                person=wrong.person,
                position=correction.position,
                conditions=wrong.conditions,
                corrects=correction.sequence,
            )
        )
        review.count(docket)


# policy and calendar


def _adopt(docket: Docket, act: AdoptPolicy) -> None:
    """The rules change from here on; the calendar stays: holiday notices come by themselves. Offices hand over."""
    policy, state = act.policy, docket.state
    if policy.city != docket.policy.city:
        docket.refuse("other_city_policy", city=policy.city, expected=docket.policy.city)
    for problem in contradictions(policy):
        docket.refuse("policy_problem", problem=f"{problem.key}: {problem.message}")
    for unit in filter(None, (state.lead, state.regulator, *state.cooperating)):
        if unit not in policy.unit_names:
            docket.refuse("policy_problem", problem=f"units: {unit} takes part in this scene and is missing")
    if state.profile is not None and policy.domain(state.profile.domain) is None:
        docket.refuse("policy_problem", problem=f"domains: this scene's, {state.profile.domain}, is missing")
    if state.challenge is not None and state.challenge.mode not in policy.modes:
        docket.refuse("policy_problem", problem=f"modes: this scene's, {state.challenge.mode}, is missing")
    docket.record(PolicyAdopted(policy_version=policy.version, policy_digest=policy.digest, calendar=state.calendar))
    for deadline in state.deadlines:
        office = policy.office(deadline.holder.role) if deadline.holder else None
        if deadline.holder is not None and office not in (None, deadline.holder.unit):
            _hand_over(docket, deadline, deadline.holder.model_copy(update={"unit": office}))


def _load_calendar(docket: Docket, act: LoadCalendar) -> None:
    """Every open clock that was counted is counted again; what is paused is counted when it resumes."""
    before = docket.policy.calendar
    try:
        calendar = with_notice(before, act.notice)
    except ValidationError as wrong:
        docket.refuse("malformed", problem="; ".join(error["msg"] for error in wrong.errors()))
    if calendar.version == before.version:
        docket.refuse("same_calendar")
    docket.record(CalendarLoaded(year=act.notice.year, calendar=calendar.version))
    policy = docket.policy.model_copy(update={"calendar": calendar})
    for deadline in docket.state.deadlines:
        if deadline.status is DeadlineStatus.PAUSED:
            continue
        again = recomputed(policy, deadline, docket.at)
        if again != deadline.model_copy(update={"calendar": again.calendar}):
            docket.shift(again, "calendar")


# the leading group


def _override(docket: Docket, act: Override) -> None:
    """Re-opens a step where the scene was already, with reasons; scores and opinions stay as they were given."""
    state = docket.state
    reached = _reached(state)
    targets = [
        to
        for to in (*lifecycle.OVERRIDE_TO, "candidate")
        if lifecycle.has_row(Machine.SCENE, state.step, "override", to)
        and docket.used(to)
        and not lifecycle.comes_before(reached, to)
    ]
    if act.to not in targets:
        docket.refuse("not_returnable", to=act.to, known=", ".join(targets) or "-")
    docket.record(StepOverridden(to=act.to, left=state.step, by=docket.person))
    if state.step == "remedies":
        for decision in state.decisions:
            docket.record(DecisionFinal(decision=decision.sequence))
        for deadline in docket.state.deadlines:
            if deadline.limit in REMEDIES:
                docket.cancel(deadline.id)
    docket.enter(act.to)
    docket.run_on()


def _reached(state: SceneState) -> str:
    """How far the scene has come, also where it was returned or ended. Past the contract nothing is re-opened."""
    if state.step == "returned" and state.returned is not None:
        return state.returned.returned_from
    if state.step == "remedies":
        return "draft" if state.contracts else state.decisions[-1].reopens
    return state.step
