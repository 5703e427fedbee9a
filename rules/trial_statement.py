"""One bidder's trial as a statement, for who has to decide on it: plan, indicators, gate, reports, insurance, checks.

Made from the journal and the state alone; nothing here is judged.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from models.calendar import Period
from models.commands.anywhere import TakeOver
from models.commands.trial import AdmitTrial, ConcludeExit, SubmitTrialPlan, TrialPlan
from models.deadline import Deadline
from models.frozen import Frozen
from models.journal import JournalEntry
from models.plan import CheckAnswer, EmploymentImpact, Kpi, Reading
from models.policy import Policy
from models.state import SceneState, Trial
from models.vocabulary import Phase
from rules import phases, trial_plan
from rules.keyed import find


class Indicator(Frozen):
    """`last` is its last reading; `reached` None where there is none."""

    kpi: Kpi
    last: Reading | None
    reached: bool | None
    past_stop: bool


class Checked(Frozen):
    """An item of the checklist, and how it was answered; None: not yet."""

    asked: Literal["admission", "exit"]
    check: str
    name: str
    answer: CheckAnswer | None


class Condition(Frozen):
    """What the gate of the present phase still asks for; at the exit, what a fit conclusion lacks."""

    what: str
    of: str
    stands: str
    needs: str


class Insurance(Frozen):
    until: date | None
    insured_yuan: int | None
    least_yuan: int | None


class TrialStatement(Frozen):
    """`clocks` are the bidder's running deadlines of the trial: its end, its reports, its insurance."""

    bidder: str
    step: str
    attempt: int
    declared: bool
    profile: str | None
    two_officers: bool
    started_on: date | None
    report_every: Period
    phases: tuple[Phase, ...]
    phase: Phase | None
    phase_since: date | None
    next_phase: Phase | None
    unmet: tuple[Condition, ...]
    plan: TrialPlan | None
    indicators: tuple[Indicator, ...]
    reports: int
    clocks: tuple[Deadline, ...]
    insurance: Insurance
    checks: tuple[Checked, ...]
    employment: EmploymentImpact | None


def statement(
    policy: Policy, state: SceneState, journal: Sequence[JournalEntry], trial: Trial, today: date
) -> TrialStatement:
    profile = trial_plan.profile_of(policy, state)
    order = trial_plan.phases_of(policy, state)
    return TrialStatement(
        bidder=trial.bidder,
        step=trial.step,
        attempt=trial.attempt,
        declared=trial.declared,
        profile=profile.name if profile else None,
        two_officers=profile.two_officers if profile else False,
        started_on=trial.started_on,
        report_every=trial_plan.report_period(policy, state),
        phases=order,
        phase=trial.phase,
        phase_since=trial.phase_since,
        next_phase=phases.next_of(order, trial.phase),
        unmet=tuple(
            Condition(**each._asdict())
            for each in (
                phases.short_of_fit(policy, state, order, trial)
                if trial.step == "exit"
                else phases.unmet(policy, state, trial.bidder, today)
            )
        ),
        plan=_plan(journal, trial.bidder),
        indicators=tuple(_indicator(trial, kpi) for kpi in trial.kpis),
        reports=trial.reports,
        clocks=tuple(
            sorted(
                (each for each in state.deadlines if each.bidder == trial.bidder and each.limit in _CLOCKS),
                key=lambda each: (each.due_at, each.id),
            )
        ),
        insurance=Insurance(
            until=trial.insurance_until,
            insured_yuan=trial.insured_yuan,
            least_yuan=profile.insured_yuan if profile and policy.trial.insurance else None,
        ),
        checks=(*_checks(policy, state, journal, trial, "admission"), *_checks(policy, state, journal, trial, "exit")),
        employment=trial.employment,
    )


_CLOCKS = (
    "trial_plan", "admission", "start", "trial", "insurance", "report", "midterm", "fix", "resumption", "rollback",
    "exit_evaluation",
)  # fmt: skip


def _plan(journal: Sequence[JournalEntry], bidder: str) -> TrialPlan | None:
    """The last one filed, or declared."""
    for entry in reversed(journal):
        match entry.command.act:
            case SubmitTrialPlan(bidder=by, plan=plan) if by == bidder:
                return plan
            case TakeOver(bidders=declared):
                return next((each.plan for each in declared if each.bidder == bidder), None)
            case _:
                pass
    return None


def _indicator(trial: Trial, kpi: Kpi) -> Indicator:
    last = find(trial.readings, kpi=kpi.key)
    return Indicator(
        kpi=kpi,
        last=last,
        reached=trial_plan.reached(kpi, last.value) if last else None,
        past_stop=last is not None and trial_plan.past_stop(kpi, last.value),
    )


def _checks(
    policy: Policy,
    state: SceneState,
    journal: Sequence[JournalEntry],
    trial: Trial,
    asked: Literal["admission", "exit"],
) -> tuple[Checked, ...]:
    answers = _answers(journal, trial.bidder, asked)
    return tuple(
        Checked(asked=asked, check=item.key, name=item.name, answer=find(answers, check=item.key))
        for item in trial_plan.checks_of(policy, state, asked)
    )


def _answers(
    journal: Sequence[JournalEntry], bidder: str, asked: Literal["admission", "exit"]
) -> tuple[CheckAnswer, ...]:
    """Those of the last admission or conclusion; a plan that was filed since is not answered yet."""
    for entry in reversed(journal):
        match entry.command.act:
            case SubmitTrialPlan(bidder=by) if by == bidder:
                return ()
            case AdmitTrial(bidder=by, checks=checks) if by == bidder and asked == "admission":
                return checks
            case ConcludeExit(bidder=by, checks=checks) if by == bidder and asked == "exit":
                return checks
            case _:
                pass
    return ()
