"""What is possible at any open step: termination, suspension, return, reassignment, another policy or calendar.

In files of their own: withdrawal, extensions, remedies, correction, and taking over a scene that runs elsewhere.
"""

from typing import assert_never

from pydantic import ValidationError

from models.commands.anywhere import (
    AdoptPolicy,
    AnswerWithdrawal,
    AnywhereAct,
    Appeal,
    ConfirmCorrection,
    ConfirmTakeOver,
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
from models.deadline import Deadline, DeadlineStatus, Holder
from models.events.anywhere import (
    CalendarLoaded,
    DecisionFinal,
    PartReassigned,
    PolicyAdopted,
    SceneResubmitted,
    SceneResumed,
    SceneReturned,
    SceneSuspended,
    StepOverridden,
)
from models.events.promotion import BenchmarkWithdrawn
from models.events.review import OpinionsVoided
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Machine, Outcome, PanelPurpose, Role
from models.words import Word
from rules import (
    correction,
    extensions,
    ineligible,
    lifecycle,
    remedies,
    review,
    separation,
    settling,
    taking_over,
    upheld_complaints,
    withdrawal,
)
from rules.calendar import with_notice
from rules.deadlines import local_minute, recomputed
from rules.docket import REMEDIES, Docket
from rules.keyed import find
from rules.permissions import unknown_unit
from rules.policy_check import contradictions
from rules.solicitation import refuse_before_its_day, refuse_judge_of_itself


def judge(docket: Docket, act: AnywhereAct) -> None:
    match act:
        case Withdraw():
            withdrawal.withdraw(docket)
        case AnswerWithdrawal():
            withdrawal.answer(docket, act)
        case Terminate():
            if act.ground == "complaint" and act.objection is None:
                docket.refuse(
                    "complaint_not_named", waiting=", ".join(upheld_complaints.to_conclude(docket.state)) or "-"
                )
            upheld_complaints.followed(docket, act.objection)
            owner = docket.state.profile.owner if docket.state.profile else ""
            docket.decide_against(owner, reopens=docket.state.step, closes_as=Outcome.TERMINATED)
            _stop_trials(docket)
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
            extensions.request(docket, act)
        case DecideExtension():
            extensions.decide(docket, act)
        case Reassign():
            _reassign(docket, act)
        case RecordService():
            remedies.serve(docket, act)
        case Appeal():
            remedies.appeal(docket, act)
        case DecideAppeal():
            remedies.decide_appeal(docket, act)
        case ProposeCorrection():
            correction.propose(docket, act)
        case ConfirmCorrection():
            correction.confirm(docket, act)
        case AdoptPolicy():
            _adopt(docket, act)
        case LoadCalendar():
            _load_calendar(docket, act)
        case Override():
            _override(docket, act)
        case TakeOver():
            taking_over.take_over(docket, act)
        case ConfirmTakeOver():
            taking_over.confirm(docket)
        case PassDeadline():
            raise AssertionError("alarms are judged by rules.alarms")
        case _:
            assert_never(act)


# suspension: a domain state with its own clock rules


def _suspend(docket: Docket) -> None:
    if docket.state.suspension is not None:
        docket.refuse("suspended", since=local_minute(docket.state.suspension.since), possible="resume")
    docket.record(SceneSuspended(at=docket.at, on=docket.day, by=docket.person))
    _stop_trials(docket)
    docket.stand_still()


def _stop_trials(docket: Docket) -> None:
    """No trial goes on in a scene that does not; resuming the scene resumes none: that takes two persons and proof."""
    for trial in docket.state.trials:
        settling.suspend_trial(docket, trial.bidder)


def _resume(docket: Docket) -> None:
    suspension = docket.state.suspension
    if suspension is None:
        docket.refuse("not_suspended")
    if docket.day < suspension.on:
        docket.refuse("effective_before_step", effective_on=docket.day, entered_on=suspension.on)
    docket.record(SceneResumed(on=docket.day))
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


def _verbs(docket: Docket) -> tuple[str, ...]:
    return lifecycle.verbs_at(Machine.SCENE, docket.state.step)


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
    if state.step != "posted" and act.to_unit in separation.units_bidding(state):
        # Until the close a refusal would tell who has bid; a unit that bids may not judge whatever its part.
        docket.refuse("own_scene", bidder=act.to_unit)
    taken = present if act.part == "regulator" else (state.lead, *state.cooperating)
    if act.to_unit in taken:
        docket.refuse("same_part", unit=act.to_unit)
    refuse_judge_of_itself(docket, act.to_unit)
    role = {"lead": Role.LEAD, "regulator": Role.REGULATOR, "cooperating": Role.COOPERATING}[act.part]
    docket.record(PartReassigned(part=act.part, from_unit=act.from_unit, to_unit=act.to_unit))
    for deadline in state.deadlines:
        if deadline.holder == Holder(role=role, unit=act.from_unit):
            if _has_spoken(state, deadline, act.to_unit):
                docket.cancel(deadline.id)
            else:
                _hand_over(docket, deadline, Holder(role=role, unit=act.to_unit))


def _has_spoken(state: SceneState, deadline: Deadline, unit: str) -> bool:
    """Whether an opinion on an acceptance is asked of a unit that gave its own in another part."""
    accepting = find(state.acceptances, bidder=deadline.bidder) if deadline.limit == "acceptance_opinion" else None
    return accepting is not None and any(each.unit == unit for each in accepting.opinions)


def _hand_over(docket: Docket, deadline: Deadline, holder: Holder) -> None:
    """The same clock in other hands, at nobody's desk yet; an id that names the unit names the new one.

    But for the consent to a withdrawal, which keeps the name of the party that was asked.
    """
    id, keeps = deadline.id, deadline.limit == "withdrawal_consent"
    if deadline.holder is not None and id.endswith(f"/{deadline.holder.unit}") and not keeps:
        id = id.removesuffix(deadline.holder.unit) + holder.unit
    handed: dict[str, object] = {"id": id, "holder": holder, "desk": None}
    docket.shift(deadline.model_copy(update=handed), "reassignment")
    if id != deadline.id:
        docket.cancel(deadline.id)


# policy and calendar


_CALL = ("posted", "opening", "eligibility", "scoring", "ranked", "ranking_notice", "awarding")
"""From the posted score sheet to the award that follows from it."""


def _adopt(docket: Docket, act: AdoptPolicy) -> None:
    """The rules change from here on; the calendar stays: holiday notices come by themselves.

    Offices hand over, and so does a role that may not do any more what it owes here.
    """
    policy, state = act.policy, docket.state
    if policy.city != docket.policy.city:
        docket.refuse("other_city_policy", city=policy.city, expected=docket.policy.city)
    refuse_before_its_day(docket, policy)
    if problem := _problem(docket, policy):
        docket.refuse("policy_problem", problem=problem.en, problem_zh=problem.zh)
    docket.record(PolicyAdopted(policy_version=policy.version, policy_digest=policy.digest, calendar=state.calendar))
    for deadline in state.deadlines:
        holder = _holder_by(docket, policy, deadline)
        if holder is not None and holder != deadline.holder:
            _hand_over(docket, deadline, holder)


def _holder_by(docket: Docket, policy: Policy, deadline: Deadline) -> Holder | None:
    """Whose duty it is by another policy: the office's that plays its role, or theirs who may do it instead."""
    holder, by = deadline.holder, Docket(policy, docket.state, docket.command, docket.now)
    if holder is None:
        return None
    if not _may(policy, holder, deadline):
        holder = next(filter(None, map(by.first_holder, deadline.verbs)), holder)
    approvers = _approvers(docket, policy, deadline)
    if approvers and holder.role not in approvers:
        holder = by.holder(approvers[0])
    return holder.model_copy(update={"unit": policy.office(holder.role) or holder.unit})


def _approvers(docket: Docket, policy: Policy, deadline: Deadline) -> tuple[Role, ...]:
    """Who answers, where it is the duty to answer who asked for more time, and the policy gives any."""
    asked = find(docket.state.deadlines, id=deadline.id.removeprefix("extension_answer/"))
    rule = policy.limit(asked.limit).extension if asked is not None else None
    return rule.approvers if rule is not None and deadline.limit == "extension_answer" else ()


def _may(policy: Policy, holder: Holder, deadline: Deadline) -> bool:
    return not deadline.verbs or any(holder.role in policy.permissions.get(verb, ()) for verb in deadline.verbs)


def _problem(docket: Docket, policy: Policy) -> Word | None:
    """Why a policy cannot be adopted in this scene: its name, itself, or what it lacks of what goes on here."""
    state, present = docket.state, docket.policy
    if policy.version == present.version and policy.digest != present.digest:
        return Word(
            f"version：{policy.version} 已是另一份政策的版本号；请另取新号",
            f"version: {policy.version} is another policy's; name the new one anew",
        )
    for found in contradictions(policy):
        return Word(f"{found.key}：{found.zh}", f"{found.key}: {found.message}")
    for unit in filter(None, (state.lead, state.regulator, *state.cooperating)):
        if unit not in policy.unit_names:
            return Word(
                f"units：缺少参与本场景的 {unit}；请列入", f"units: {unit} takes part in this scene and is missing"
            )
    if state.profile is not None and policy.domain(state.profile.domain) is None:
        domain = state.profile.domain
        return Word(f"domains：缺少本场景的领域 {domain}；请列入", f"domains: this scene's, {domain}, is missing")
    if state.challenge is not None and state.challenge.mode not in policy.modes:
        mode = state.challenge.mode
        return Word(f"modes：缺少本场景的对接方式 {mode}；请列入", f"modes: this scene's, {mode}, is missing")
    if policy.score_sheet != present.score_sheet and state.step in _CALL:
        return Word(
            "score_sheet：已按现行评分表征集，不能更换；请待本次征集结束",
            "score_sheet: bids are called for under the present one",
        )
    if policy.consultation != present.consultation and state.step == "consultation":
        return Word(
            "consultation：已按现行规则征求各部门意见，不能更换；请待会商结束",
            "consultation: departments are being asked under the present one",
        )
    for deadline in state.deadlines:
        holder = _holder_by(docket, policy, deadline)
        if holder is not None and not _may(policy, holder, deadline):
            verb, id, role = deadline.verbs[0], deadline.id, holder.role
            return Word(
                f"permissions.{verb}：本场景有待办事项 {id}，而没有哪一个单位可办；请加上 {role}",
                f"permissions.{verb}: {id} is open in this scene, and no single unit could discharge it; add {role}",
            )
    return None


def _load_calendar(docket: Docket, act: LoadCalendar) -> None:
    """Every open clock that was counted is counted again; what is paused is counted when it resumes."""
    if act.proposed_by is None or act.confirmed_by is None:
        docket.refuse("notice_unconfirmed", year=act.notice.year)
    if act.proposed_by == act.confirmed_by:
        docket.refuse("same_person", person=act.confirmed_by)
    before = docket.policy.calendar
    try:
        calendar = with_notice(before, act.notice)
    except ValidationError as wrong:
        found = wrong.errors()
        zh = "；".join(error.get("ctx", {}).get("zh", error["msg"]) for error in found)
        en = "; ".join(error["msg"] for error in found)
        docket.refuse("notice_misfits", year=act.notice.year, problem=en, problem_zh=zh)
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
    upheld_complaints.followed(docket, act.objection)
    state = docket.state
    if act.bidder is not None:
        _override_trial(docket, act.bidder, act.to)
        return
    targets = [to for to in override_targets(state) if docket.used(to)]
    if act.to not in targets:
        docket.refuse("not_returnable", to=act.to, known=", ".join(targets) or "-")
    docket.record(StepOverridden(to=act.to, left=state.step, by=docket.person))
    if state.step == "remedies":
        for decision in state.decisions:
            docket.record(DecisionFinal(decision=decision.sequence))
        for deadline in docket.state.deadlines:
            if deadline.limit in REMEDIES and not _of_a_notice(docket.state, deadline):
                docket.cancel(deadline.id)
    elif act.to != "candidate":
        ineligible.forget(docket)
    if act.to == "candidate" and state.benchmark is not None and state.benchmark.confirmed:
        docket.record(BenchmarkWithdrawn())
    docket.enter(act.to)
    docket.run_on()


def override_targets(state: SceneState) -> tuple[str, ...]:
    """What of the scene's own way may be re-opened; a city may leave some of these steps out."""
    reached = _reached(state)
    return tuple(
        to
        for to in (*lifecycle.OVERRIDE_TO, "candidate")
        if lifecycle.has_row(Machine.SCENE, state.step, "override", to) and not lifecycle.comes_before(reached, to)
    )


def overridable_trial(state: SceneState, bidder: str) -> str | None:
    """To where a bidder's trial may be re-opened; None where it may not."""
    trial = find(state.trials, bidder=bidder)
    ending = state.step == "remedies" and any(
        each.closes_as or (each.machine, each.bidder) != (Machine.TRIAL, bidder) for each in state.decisions
    )
    if trial is None or ending or state.step not in ("trial", "remedies"):
        return None
    return lifecycle.OVERRIDE_TRIAL.get(trial.step)


def _override_trial(docket: Docket, bidder: str, to: str) -> None:
    """The regulator decides anew on the admission, or on the exit; nobody decides in its place.

    A scene that has moved on to acceptance, or that another decision ends, is not brought back.
    """
    state = docket.state
    stands = docket.step(Machine.TRIAL, bidder)
    if not stands:
        known = ", ".join(each.bidder for each in state.trials) or "-"
        docket.refuse("unknown_bidder", bidder=bidder, known=known)
    target = overridable_trial(state, bidder)
    if to != target:
        docket.refuse("not_returnable", to=to, known=target or "-")
    docket.record(StepOverridden(to=to, left=stands, by=docket.person))
    remedies.reopen_trial(docket, bidder, to)


def _of_a_notice(state: SceneState, deadline: Deadline) -> bool:
    """The service of what is no decision, but what another clock waits for."""
    return any(deadline.id == f"service/{each.entry}" for each in state.services)


def _reached(state: SceneState) -> str:
    """How far the scene has come, also where it was returned or ended. Past the contract nothing is re-opened."""
    if state.step == "returned" and state.returned is not None:
        return state.returned.returned_from
    if state.step == "remedies":
        return "draft" if state.contracts else state.decisions[-1].reopens
    return state.step
