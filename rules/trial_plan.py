"""What a city asks of a trial's plan, its insurance and its admission (R39, R41, R44, R48).

The policy's risk profiles say for each domain what a plan has to say, for how much the trial is insured, which phases
it goes through, how often its bidder reports, what an officer looks for before admitting it, and whether one officer is
enough. A policy from before there were profiles asks for none of it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from models.calendar import Period
from models.commands.trial import TrialPlan
from models.plan import Bounds, CheckAnswer, Kpi
from models.policy import Check, Policy, RiskProfile
from models.state import SceneState
from models.vocabulary import Phase, PlanPart
from rules.docket import Docket


def profile_of(policy: Policy, state: SceneState) -> RiskProfile | None:
    return policy.risk_profile(state.profile.domain) if state.profile is not None else None


def phases_of(policy: Policy, state: SceneState) -> tuple[Phase, ...]:
    profile = profile_of(policy, state)
    return tuple(each for each in policy.trial.phases if profile is None or each in (profile.phases or Phase))


def report_period(policy: Policy, state: SceneState) -> Period:
    profile = profile_of(policy, state)
    return (profile.report if profile else None) or policy.limits.report.period


def checks_of(policy: Policy, state: SceneState, asked: Literal["admission", "exit"]) -> tuple[Check, ...]:
    profile = profile_of(policy, state)
    every = (*policy.trial.checks, *(profile.checks if profile else ()))
    return tuple(check for check in every if asked == "admission" or check.at_exit)


def refuse_incomplete(docket: Docket, plan: TrialPlan) -> None:
    """Raises Refused: plan_incomplete, insured_sum_too_low, and what `refuse_wrong_keys` raises."""
    refuse_wrong_keys(docket, plan)
    profile = profile_of(docket.policy, docket.state)
    if profile is not None and (missing := missing_parts(profile, plan)):
        docket.refuse("plan_incomplete", profile=profile.name, missing=", ".join(missing))
    refuse_low_insurance(docket, plan.insured_yuan)


def refuse_wrong_keys(docket: Docket, plan: TrialPlan) -> None:
    """Raises Refused: plan_key_twice, kpi_thresholds. Asked of a declared plan too: faults and readings cite keys."""
    for at, key in enumerate(plan.keys):
        if key in plan.keys[:at]:
            docket.refuse("plan_key_twice", key=key)
    for kpi in plan.kpis:
        if kpi.stop is not None and not _worse(kpi, kpi.stop, kpi.target):
            docket.refuse("kpi_thresholds", kpi=kpi.key, stop=kpi.stop, target=kpi.target)


def missing_parts(profile: RiskProfile, plan: TrialPlan) -> tuple[PlanPart, ...]:
    within = plan.within or Bounds()
    there = {
        PlanPart.AREAS: bool(within.areas),
        PlanPart.SCALE: bool(within.scale),
        PlanPart.USERS: bool(within.users),
        PlanPart.WINDOWS: bool(within.windows),
        PlanPart.DATA: bool(within.data) or within.no_personal_data,
        PlanPart.SAFEGUARDS: bool(plan.safeguards),
        PlanPart.KPIS: bool(plan.kpis),
        PlanPart.STOPS: bool(plan.kpis) and all(kpi.stop is not None for kpi in plan.kpis),
    }
    return tuple(part for part in profile.plan if not there[part])


def refuse_low_insurance(docket: Docket, insured_yuan: int | None) -> None:
    profile = profile_of(docket.policy, docket.state)
    if profile is not None and docket.policy.trial.insurance and (insured_yuan or 0) < profile.insured_yuan:
        docket.refuse(
            "insured_sum_too_low", profile=profile.name, least=profile.insured_yuan, sum=insured_yuan or "-"
        )  # fmt: skip


def refuse_unanswered(
    docket: Docket, answers: Sequence[CheckAnswer], asked: Literal["admission", "exit"], *, failing: bool = False
) -> None:
    """Every item has one answer, with reasons unless it was found. `failing`: it may also have failed."""
    items = checks_of(docket.policy, docket.state, asked)
    known = [item.key for item in items]
    for answer in answers:
        if answer.check not in known:
            docket.refuse("unknown_check", check=answer.check, known=", ".join(known) or "-")
    still_open = []
    for item in items:
        given = [answer for answer in answers if answer.check == item.key]
        if len(given) != 1:
            still_open.append(f"{item.key} ({item.name}): {len(given)}")
        elif (given[0].answer == "failed" and not failing) or (given[0].answer != "found" and not given[0].reasons):
            still_open.append(f"{item.key} ({item.name}): {given[0].answer}")
    if still_open:
        docket.refuse("checks_open", open="; ".join(still_open))


def _worse(kpi: Kpi, value: str, than: str) -> bool:
    """Whether a value of this indicator is worse than another."""
    return Decimal(value) < Decimal(than) if kpi.better == "higher" else Decimal(value) > Decimal(than)


def reached(kpi: Kpi, value: str) -> bool:
    return not _worse(kpi, value, kpi.target)


def past_stop(kpi: Kpi, value: str) -> bool:
    return kpi.stop is not None and _worse(kpi, value, kpi.stop)
