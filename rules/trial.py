"""The sandbox trial of one bidder: planned, admitted, running in stages, stopped and resumed, ended and evaluated.

One person is enough to stop a trial; resuming it takes the proven fix and two persons. A trial terminated for safety is
over at once and its rollback is proven afterwards. It lasts as its plan says, at most as long as the policy allows.
"""

from datetime import date, timedelta
from typing import assert_never

from models.calendar import Period, Unit
from models.commands.trial import (
    AdmitTrial,
    AdvancePhase,
    ApproveResumption,
    ConcludeExit,
    FileExitReport,
    FileReport,
    ProposeResumption,
    ProveRollback,
    RefuseTrial,
    RenewInsurance,
    ReportFix,
    ReturnTrialPlan,
    StartTrial,
    SubmitTrialPlan,
    SuspendTrial,
    TerminateTrial,
    TrialAct,
)
from models.deadline import Deadline
from models.events.trial import (
    ExitConcluded,
    ExitReportFiled,
    FixReported,
    InsuranceRenewed,
    PhaseAdvanced,
    ReportFiled,
    ResumptionProposed,
    RollbackProven,
    TrialPlanned,
    TrialResumed,
    TrialStarted,
    TrialTerminated,
)
from models.state import Trial
from models.vocabulary import Machine, Phase, Role
from rules import inclusion, lineage, settling
from rules.calendar import due_date
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: TrialAct) -> None:
    match act:
        case SubmitTrialPlan():
            _plan(docket, act)
        case AdmitTrial():
            docket.move(Machine.TRIAL, act.bidder, "admitted")
        case ReturnTrialPlan():
            docket.move(Machine.TRIAL, act.bidder, "planning")
        case RefuseTrial():
            docket.decide_against(act.bidder, reopens="submitted", machine=Machine.TRIAL, bidder=act.bidder)
            docket.move(Machine.TRIAL, act.bidder, "refused")
            settling.stop_retrial(docket, act.bidder)
            settling.settle(docket)
        case StartTrial():
            _start(docket, act)
        case AdvancePhase():
            _advance(docket, act)
        case FileReport():
            _report(docket, act)
        case RenewInsurance():
            _renew(docket, act)
        case SuspendTrial():
            settling.suspend_trial(docket, act.bidder)
        case ReportFix():
            docket.record(FixReported(bidder=act.bidder))
            docket.met(f"fix/{act.bidder}")
            regulator = docket.holder(Role.REGULATOR)
            docket.set_deadline(
                "resumption", regulator, ("propose_resumption", "approve_resumption"),
                machine=Machine.TRIAL, bidder=act.bidder,
            )  # fmt: skip
        case ProposeResumption():
            if not trial_of(docket, act.bidder).fix_reported:
                docket.refuse("fix_missing")
            docket.record(ResumptionProposed(bidder=act.bidder, by=docket.person))
        case ApproveResumption():
            _resume(docket, act.bidder)
        case TerminateTrial():
            docket.record(TrialTerminated(bidder=act.bidder, ground=act.ground))
            settling.end_inclusion(docket, act.bidder, "ended_early")
            docket.move(Machine.TRIAL, act.bidder, "rolling_back")
            settling.end_trial_clocks(docket, act.bidder)
        case ProveRollback():
            docket.record(RollbackProven(bidder=act.bidder))
            docket.move(Machine.TRIAL, act.bidder, "terminated")
            settling.stop_retrial(docket, act.bidder)
            settling.settle(docket)
        case FileExitReport():
            docket.record(ExitReportFiled(bidder=act.bidder))
            docket.met(f"exit_evaluation/{act.bidder}/report")
        case ConcludeExit():
            _conclude(docket, act)
        case _:
            assert_never(act)


def trial_of(docket: Docket, bidder: str) -> Trial:
    trial = find(docket.state.trials, bidder=bidder)
    if trial is None:
        known = ", ".join(each.bidder for each in docket.state.trials) or "-"
        docket.refuse("unknown_bidder", bidder=bidder, known=known)
    return trial


def _plan(docket: Docket, act: SubmitTrialPlan) -> None:
    plan, calendar = act.plan, docket.policy.calendar
    longest = docket.policy.limits.trial.period
    if plan.duration.unit is Unit.HOURS or (
        due_date(calendar, docket.day, plan.duration).on > due_date(calendar, docket.day, longest).on
    ):
        docket.refuse("trial_too_long", longest=f"{longest.length} {longest.unit}")
    _refuse_uninsured(docket, plan.duration, plan.insurance_until if plan.insurance else None)
    docket.record(
        TrialPlanned(
            bidder=act.bidder,
            duration=plan.duration,
            risk=plan.risk,
            plan_sha256=plan.exit_plan.sha256,
            insurance_until=plan.insurance_until,
        )
    )
    docket.move(Machine.TRIAL, act.bidder, "submitted")


def _refuse_uninsured(docket: Docket, duration: Period, until: date | None) -> None:
    """A trial that began today would be insured to its end: asked when it is planned, and again when it starts."""
    ends = due_date(docket.policy.calendar, docket.day, duration).on
    if docket.policy.trial.insurance and (until is None or until < ends):
        docket.refuse("insurance_missing")


def _start(docket: Docket, act: StartTrial) -> None:
    lineage.refuse_unreviewed(docket)
    trial = trial_of(docket, act.bidder)
    if trial.duration is not None:
        _refuse_uninsured(docket, trial.duration, trial.insurance_until)
    if act.inclusion:
        inclusion.refuse_unless_eligible(docket, trial)
    docket.record(TrialStarted(bidder=act.bidder, started_on=docket.day, phase=docket.policy.trial.phases[0]))
    docket.move(Machine.TRIAL, act.bidder, "running")
    set_running_clocks(docket, act.bidder)
    if act.inclusion:
        inclusion.begin(docket, act.bidder)


def set_running_clocks(docket: Docket, bidder: str) -> None:
    """The trial's end, and the bidder's reports: they run on through a suspension of the trial as the policy says."""
    trial = trial_of(docket, bidder)
    started = trial.started_on or docket.day
    docket.set_deadline(
        "trial", None, (), machine=Machine.TRIAL, bidder=bidder, step="",
        period=trial.duration, counted_from=started,
    )  # fmt: skip
    watch_insurance(docket, bidder)
    ask_for_report(docket, bidder, "report", docket.day)
    if (end := docket.deadline(f"trial/{bidder}")) is not None:
        ask_for_report(docket, bidder, "midterm", started + (end.due_on - started) / 2)


def watch_insurance(docket: Docket, bidder: str) -> None:
    """While a trial runs, or is stopped, its bidder and the regulator hear in time that the insurance ends."""
    until = trial_of(docket, bidder).insurance_until
    docket.met(f"insurance/{bidder}")
    if until is not None and until >= docket.day and docket.deadline(f"trial/{bidder}") is not None:
        docket.set_deadline("insurance", None, (), machine=Machine.TRIAL, bidder=bidder, step="", due_on=until)


def insurance_ran_out(docket: Docket, deadline: Deadline) -> None:
    """A trial that would go on uninsured stands still: 保险失效 is a red line of S3. A finding stays an officer's."""
    bidder = deadline.bidder or ""
    end = docket.deadline(f"trial/{bidder}")
    if end is not None and end.due_on > deadline.due_on:
        settling.suspend_trial(docket, bidder)


def _renew(docket: Docket, act: RenewInsurance) -> None:
    policy, trial = docket.policy, trial_of(docket, act.bidder)
    least = due_date(policy.calendar, docket.day, policy.limits.insurance.period).on
    if (end := docket.deadline(f"trial/{act.bidder}")) is not None:
        least = min(least, end.due_on)
    if trial.insurance_until is not None:
        least = max(least, trial.insurance_until + timedelta(days=1))
    if act.until < least:
        docket.refuse("insurance_too_short", until=act.until, least=least)
    docket.record(InsuranceRenewed(bidder=act.bidder, until=act.until))
    watch_insurance(docket, act.bidder)


def ask_for_report(docket: Docket, bidder: str, limit: str, counted_from: date) -> None:
    """Of a running trial, if none is asked for already. One due before today, or after the trial's end, is not."""
    end = docket.deadline(f"trial/{bidder}")
    if end is None or docket.deadline(f"{limit}/{bidder}") or docket.step(Machine.TRIAL, bidder) != "running":
        return
    if docket.day <= due_date(docket.policy.calendar, counted_from, docket.policy.limit(limit).period).on <= end.due_on:
        docket.set_deadline(
            limit, docket.holder(Role.BIDDER, bidder), ("file_report",), machine=Machine.TRIAL, bidder=bidder,
            step="", counted_from=counted_from,
        )  # fmt: skip


def _advance(docket: Docket, act: AdvancePhase) -> None:
    phases = docket.policy.trial.phases
    present = trial_of(docket, act.bidder).phase
    at = phases.index(present) if present in phases else -1
    expected: Phase | None = phases[at + 1] if at + 1 < len(phases) else None
    if act.phase is not expected:
        docket.refuse("wrong_phase", order=" > ".join(phases), expected=expected or "-")
    docket.record(PhaseAdvanced(bidder=act.bidder, phase=act.phase))


def _report(docket: Docket, act: FileReport) -> None:
    """The next regular report is due one period after this one was due, or after it was filed if that was later."""
    docket.record(ReportFiled(bidder=act.bidder, report=act.kind))
    clock = docket.deadline(f"{'report' if act.kind == 'regular' else 'midterm'}/{act.bidder}")
    if clock is None:
        return
    docket.met(clock.id)
    if act.kind == "regular":
        ask_for_report(docket, act.bidder, "report", max(clock.due_on, docket.day))


def _resume(docket: Docket, bidder: str) -> None:
    trial = trial_of(docket, bidder)
    if trial.resumption_proposed_by is None:
        docket.refuse("fix_missing")
    if docket.policy.trial.insurance and trial.insurance_until is not None and trial.insurance_until < docket.day:
        docket.refuse("insurance_missing")
    docket.record(TrialResumed(bidder=bidder))
    docket.move(Machine.TRIAL, bidder, "running")
    docket.run_on()
    ask_for_report(docket, bidder, "report", docket.day)


def trial_ran_out(docket: Docket, deadline: Deadline) -> None:
    """The trial's time is over: exit evaluation by the regulator, on the bidder's exit report."""
    bidder = deadline.bidder or ""
    docket.move(Machine.TRIAL, bidder, "exit")
    settling.end_trial_clocks(docket, bidder)
    docket.set_deadline(
        "exit_evaluation", docket.holder(Role.BIDDER, bidder), ("file_exit_report",),
        key="report", machine=Machine.TRIAL, bidder=bidder,
    )  # fmt: skip


def _conclude(docket: Docket, act: ConcludeExit) -> None:
    if not trial_of(docket, act.bidder).exit_report:
        docket.refuse("exit_report_missing")
    docket.record(ExitConcluded(bidder=act.bidder, fit_for_acceptance=act.fit_for_acceptance))
    settling.end_inclusion(docket, act.bidder, "ended")
    if act.fit_for_acceptance:
        docket.move(Machine.TRIAL, act.bidder, "ended")
        settling.open_acceptance(docket, act.bidder)
    else:
        docket.decide_against(act.bidder, reopens="exit", machine=Machine.TRIAL, bidder=act.bidder)
        docket.move(Machine.TRIAL, act.bidder, "unfit")
        settling.stop_retrial(docket, act.bidder)
    settling.settle(docket)
