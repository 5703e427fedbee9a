"""The sandbox trial of one bidder: planned, admitted, running in stages, stopped and resumed, ended and evaluated.

One person is enough to stop a trial; resuming it takes the proven fix and two persons. A trial terminated for safety is
over at once and its rollback is proven afterwards. It lasts as its plan says, at most as long as the policy allows.
The departments may advise on the plan before it is admitted; where the policy has them asked, the regulator waits for
their word, or for the end of their time (S3 四（四） 多部门会商).
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
    GiveTrialOpinion,
    ProposeResumption,
    ProveRollback,
    RecordReading,
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
from models.deadline import Deadline, Holder
from models.events.trial import (
    ExitConcluded,
    ExitReportFiled,
    FixReported,
    InsuranceRenewed,
    PhaseAdvanced,
    ReadingRecorded,
    ReportFiled,
    ResumptionProposed,
    RollbackProven,
    TrialAdmitted,
    TrialOpinionGiven,
    TrialPlanned,
    TrialResumed,
    TrialStarted,
    TrialTerminated,
)
from models.plan import Reading
from models.policy import Policy
from models.state import SceneState, Trial
from models.vocabulary import Machine, Outcome, Role
from rules import (
    advice,
    annulment,
    exit_panel,
    incidents,
    inclusion,
    lineage,
    orders,
    phases,
    red_lines,
    refunds,
    remedies,
    separation,
    settling,
    support,
    trial_plan,
)
from rules.calendar import due_date
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: TrialAct) -> None:
    match act:
        case SubmitTrialPlan():
            _plan(docket, act)
        case GiveTrialOpinion():
            _advise(docket, act)
        case AdmitTrial():
            _admit(docket, act)
        case ReturnTrialPlan():
            docket.move(Machine.TRIAL, act.bidder, "planning")
        case RefuseTrial():
            docket.decide_against(act.bidder, reopens="submitted", machine=Machine.TRIAL, bidder=act.bidder)
            docket.move(Machine.TRIAL, act.bidder, "refused")
            settling.stop_retrial(docket, act.bidder)
            refunds.work_ended(docket, act.bidder)
            settling.settle(docket)
        case StartTrial():
            _start(docket, act)
        case AdvancePhase():
            _advance(docket, act)
        case FileReport():
            _report(docket, act)
        case RecordReading():
            _read(docket, act)
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
            trial = trial_of(docket, act.bidder)
            inclusion.refuse_under_supervision(docket, trial)
            if not trial.fix_reported:
                docket.refuse("fix_missing")
            if beyond := phases.beyond_stop(trial):
                docket.refuse("still_past_stop", readings=", ".join(beyond))
            docket.record(ResumptionProposed(bidder=act.bidder, by=docket.person))
        case ApproveResumption():
            _resume(docket, act.bidder)
        case TerminateTrial():
            docket.record(TrialTerminated(bidder=act.bidder, ground=act.ground))
            if act.ground in docket.policy.trial.contestable:
                docket.decide_against(
                    act.bidder, reopens="planning", machine=Machine.TRIAL, bidder=act.bidder,
                    item=act.ground if act.ground in annulment.TAKEN_DOWN_FIRST else None,
                )  # fmt: skip
            settling.end_inclusion(docket, act.bidder, "ended_early")
            docket.move(Machine.TRIAL, act.bidder, "rolling_back")
            settling.end_trial_clocks(docket, act.bidder)
        case ProveRollback():
            _prove_rollback(docket, act.bidder)
        case FileExitReport():
            _report_exit(docket, act)
        case ConcludeExit():
            _conclude(docket, act)
        case _:
            assert_never(act)


def _prove_rollback(docket: Docket, bidder: str) -> None:
    """The trial is over: of who left its contract by agreement withdrawn, else terminated.

    One whose end did not stand on appeal is planned anew, unless its contract has ended since.
    """
    contract = docket.step(Machine.CONTRACT, bidder)
    left = contract == "dissolved" and docket.state.outcome is not Outcome.TERMINATED
    docket.record(RollbackProven(bidder=bidder))
    if trial_of(docket, bidder).end_annulled and contract == "signed":
        docket.move(Machine.TRIAL, bidder, "planning")
        return
    docket.move(Machine.TRIAL, bidder, "withdrawn" if left else "terminated")
    settling.stop_retrial(docket, bidder)
    refunds.work_ended(docket, bidder)
    settling.settle(docket)
    remedies.end_if_final(docket)


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
    trial_plan.refuse_incomplete(docket, plan)
    support.refuse_unknown_factors(docket, plan.factors)
    docket.record(
        TrialPlanned(
            bidder=act.bidder,
            duration=plan.duration,
            risk=plan.risk,
            plan_sha256=plan.exit_plan.sha256,
            insurance_until=plan.insurance_until,
            insured_yuan=plan.insured_yuan,
            kpis=plan.kpis,
            clauses=plan.keys,
            factors=plan.factors,
        )
    )
    docket.move(Machine.TRIAL, act.bidder, "submitted")
    if docket.policy.trial.consult:
        for unit in docket.state.cooperating:
            docket.set_deadline(
                "trial_opinion", Holder(role=Role.COOPERATING, unit=unit), ("give_trial_opinion",),
                key=unit, machine=Machine.TRIAL, bidder=act.bidder,
            )  # fmt: skip


def _advise(docket: Docket, act: GiveTrialOpinion) -> None:
    advice.refuse_unasked(docket, trial_of(docket, act.bidder).opinions, act.bidder)
    expert = docket.role is Role.EXPERT
    docket.record(
        TrialOpinionGiven(
            bidder=act.bidder,
            unit=docket.unit,
            position=act.position,
            person=docket.person if expert else None,
            on=docket.day if expert else None,
            expert=expert,
        )
    )
    if not expert:  # a department waits for its own word, not for that of somebody who works there
        docket.met(f"trial_opinion/{act.bidder}/{docket.unit}")


def opinion_ran_out(docket: Docket, deadline: Deadline) -> None:
    """Silence is no objection: that the time passed stands in the journal, and the admission waits no longer."""


def _admit(docket: Docket, act: AdmitTrial) -> None:
    if waiting := docket.open_deadlines("trial_opinion", act.bidder):
        units = ", ".join(clock.holder.unit for clock in waiting if clock.holder)
        docket.refuse("opinions_missing", units=units, until=max(clock.due_on for clock in waiting))
    profile = trial_plan.profile_of(docket.policy, docket.state)
    two = act.with_officer is not None or (profile is not None and profile.two_officers)
    officers = separation.two_officers(docket, act.with_officer) if two else docket.command.actor.persons
    trial_plan.refuse_unanswered(docket, act.checks, "admission")
    support.refuse_missing_factors(docket, trial_of(docket, act.bidder).factors)
    docket.record(TrialAdmitted(bidder=act.bidder, officers=officers, risk=act.risk))
    docket.move(Machine.TRIAL, act.bidder, "admitted")


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
    granted = inclusion.found_eligible(docket, trial, act.suspension_pauses) if act.inclusion else None
    first = trial_plan.phases_of(docket.policy, docket.state)[0]
    docket.record(TrialStarted(bidder=act.bidder, started_on=docket.day, phase=first))
    docket.move(Machine.TRIAL, act.bidder, "running")
    set_running_clocks(docket, act.bidder)
    if granted is not None:
        inclusion.begin(docket, granted)


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
    trial_plan.refuse_low_insurance(docket, act.insured_yuan or trial.insured_yuan)
    docket.record(InsuranceRenewed(bidder=act.bidder, until=act.until, insured_yuan=act.insured_yuan))
    watch_insurance(docket, act.bidder)


def ask_for_report(docket: Docket, bidder: str, limit: str, counted_from: date, *, missed: bool = False) -> None:
    """Of a running trial, if none is asked for already. One due after the trial's end is not.

    Nor is one due before today, unless it was `missed`: that is owed also while the trial stands still, or is over.
    """
    last = _last_day(docket, bidder)
    if last is None or docket.deadline(f"{limit}/{bidder}"):
        return
    if docket.step(Machine.TRIAL, bidder) != "running" and not missed:
        return
    period = docket.policy.limit(limit).period
    if limit == "report":
        period = trial_plan.report_period(docket.policy, docket.state)
    due_on = due_date(docket.policy.calendar, counted_from, period).on
    if due_on <= last and (missed or docket.day <= due_on):
        docket.set_deadline(
            limit, docket.holder(Role.BIDDER, bidder), ("file_report",), machine=Machine.TRIAL, bidder=bidder,
            step="", period=period, counted_from=counted_from,
        )  # fmt: skip


def _last_day(docket: Docket, bidder: str) -> date | None:
    """Until when a trial that runs, stands still or is over owes reports."""
    trial, end = trial_of(docket, bidder), docket.deadline(f"trial/{bidder}")
    if trial.step == "running":
        return end.due_on if end is not None else None
    return {"suspended": trial.suspended_on, "exit": trial.last_day}.get(trial.step)


def _advance(docket: Docket, act: AdvancePhase) -> None:
    order, trial = trial_plan.phases_of(docket.policy, docket.state), trial_of(docket, act.bidder)
    present = trial.phase
    expected = phases.next_of(order, present)
    if act.phase is not expected:
        docket.refuse("wrong_phase", order=" > ".join(order), expected=expected or "-")
    if unmet := phases.unmet(docket.policy, docket.state, act.bidder, docket.day):
        docket.refuse("gate_closed", phase=present or "-", unmet="; ".join(map(str, unmet)))
    lineage.refuse_unreviewed(docket)
    if trial.phase_since is not None and docket.day < trial.phase_since:
        docket.refuse("effective_before_step", effective_on=docket.day, entered_on=trial.phase_since)
    docket.record(PhaseAdvanced(bidder=act.bidder, phase=act.phase, on=docket.day))


def _read(docket: Docket, act: RecordReading) -> None:
    """What was measured is recorded, however bad; past the stop threshold the trial stops where the policy says so.

    A bidder's better reading of the same day does not make up for one that was past it, but after a fix; the
    regulator's does.
    """
    trial = trial_of(docket, act.bidder)
    kpi = find(trial.kpis, key=act.kpi)
    if kpi is None:
        docket.refuse("unknown_kpi", kpi=act.kpi, known=", ".join(each.key for each in trial.kpis) or "-")
    last = min(docket.day, trial.last_day or docket.day)
    if act.on > last or (trial.started_on is not None and act.on < trial.started_on):
        docket.refuse("reading_not_in_trial", on=act.on, first=trial.started_on, last=last)
    past = trial_plan.past_stop(kpi, act.value)
    reading = Reading(kpi=act.kpi, value=act.value, on=act.on, phase=trial.phase, by=docket.role)
    before = find(trial.readings, kpi=act.kpi)
    mended = (
        before is not None
        and (before.on, docket.role) == (act.on, Role.BIDDER)
        and trial_plan.past_stop(kpi, before.value)
        and not (past or trial.fix_reported)
    )
    docket.record(ReadingRecorded(bidder=act.bidder, reading=reading, past_stop=past, counts=not mended))
    if past and docket.policy.trial.stop_suspends:
        settling.suspend_trial(docket, act.bidder)


def _report(docket: Docket, act: FileReport) -> None:
    """Each period has a report of its own: the next is due one period after this one was, also where that is past."""
    if act.kind == "midterm" and "midterm" in docket.policy.trial.employment and act.employment is None:
        docket.refuse("employment_missing")
    clock = docket.deadline(f"{'report' if act.kind == 'regular' else 'midterm'}/{act.bidder}")
    if act.kind == "regular":
        _refuse_undue(docket, act.bidder, clock)
    docket.record(ReportFiled(bidder=act.bidder, report=act.kind, employment=act.employment))
    if clock is None:
        return
    docket.met(clock.id)
    if act.kind == "regular":
        ask_for_report(docket, act.bidder, "report", clock.due_on, missed=True)


def _refuse_undue(docket: Docket, bidder: str, clock: Deadline | None) -> None:
    """A regular report is for the period that runs. Where none runs any more, the gate may still want one."""
    if clock is not None and docket.day < clock.counted_from:
        docket.refuse("report_not_due", first=clock.counted_from, due_on=clock.due_on)
    if clock is None:
        unmet = phases.unmet(docket.policy, docket.state, bidder, docket.day)
        if all(each.what != "reports" for each in unmet):
            docket.refuse("report_not_due", first="-", due_on="-")


def _resume(docket: Docket, bidder: str) -> None:
    lineage.refuse_unreviewed(docket)
    trial = trial_of(docket, bidder)
    inclusion.refuse_under_supervision(docket, trial)
    incidents.refuse_ordered(docket, bidder)
    orders.refuse_unverified(docket, bidder)
    if trial.resumption_proposed_by is None:
        docket.refuse("fix_missing")
    if docket.policy.trial.insurance and trial.insurance_until is not None and trial.insurance_until < docket.day:
        docket.refuse("insurance_missing")
    docket.record(TrialResumed(bidder=bidder, on=docket.day))
    docket.move(Machine.TRIAL, bidder, "running")
    docket.run_on()
    ask_for_report(docket, bidder, "report", docket.day)


def trial_ran_out(docket: Docket, deadline: Deadline) -> None:
    """The trial's time is over: exit evaluation by experts and regulator, on the bidder's exit report.

    A report that was due in its time stays owed.
    """
    bidder = deadline.bidder or ""
    docket.move(Machine.TRIAL, bidder, "exit")
    clocks = [docket.deadline(f"{limit}/{bidder}") for limit in ("report", "midterm")]
    settling.end_trial_clocks(
        docket, bidder, but=[clock.limit for clock in clocks if clock is not None and phases.was_due(clock, deadline)]
    )
    docket.set_deadline(
        "exit_evaluation", docket.holder(Role.BIDDER, bidder), ("file_exit_report",),
        key="report", machine=Machine.TRIAL, bidder=bidder,
    )  # fmt: skip


def _report_exit(docket: Docket, act: FileExitReport) -> None:
    """What the policy asks of it; what came of the indicators is computed from their last readings.

    A trial that still runs ends with it, at its bidder's wish, where it has nothing left to show.
    """
    early = docket.step(Machine.TRIAL, act.bidder) == "running"
    if early:
        _refuse_unless_reached(docket, act.bidder)
    trial, asked = trial_of(docket, act.bidder), docket.policy.trial.exit_report
    inclusion_ = find(docket.state.inclusions, bidder=act.bidder)
    incidents = sum(incident.bidder == act.bidder for incident in docket.state.incidents)
    faults = len(inclusion_.faults) if inclusion_ else 0
    results = phases.results(trial)
    missing = [f"kpis: {each.kpi}" for each in results if "kpis" in asked and each.value is None]
    missing += [f"incidents: {incidents}"] if "incidents" in asked and incidents and not act.incidents else []
    missing += [f"faults: {faults}"] if "faults" in asked and faults and not act.faults else []
    if missing:
        docket.refuse("exit_report_incomplete", missing=", ".join(missing))
    if "exit" in docket.policy.trial.employment and act.employment is None:
        docket.refuse("employment_missing")
    docket.record(
        ExitReportFiled(
            bidder=act.bidder, results=results, incidents=incidents, faults=faults, employment=act.employment
        )
    )
    if early:
        docket.move(Machine.TRIAL, act.bidder, "exit")
        settling.end_trial_clocks(docket, act.bidder)
    docket.met(f"exit_evaluation/{act.bidder}/report")


def _refuse_unless_reached(docket: Docket, bidder: str) -> None:
    """Before its time a trial ends well in its last phase only, with every indicator at its target."""
    trial = trial_of(docket, bidder)
    missing = _not_reached(docket.policy, docket.state, trial)
    if not docket.policy.trial.early_exit or not trial.kpis or missing:
        docket.refuse("trial_not_over", bidder=bidder, missing=", ".join(missing) or "-")


def _not_reached(policy: Policy, state: SceneState, trial: Trial) -> list[str]:
    missing = [f"{each.kpi}: {each.value or '-'} / {each.target}" for each in phases.results(trial) if not each.reached]
    if (later := phases.next_of(trial_plan.phases_of(policy, state), trial.phase)) is not None:
        missing.append(later)
    return missing


def may_report_exit(policy: Policy, state: SceneState, bidder: str) -> bool:
    """Whether an exit report can be complete now: the trial is over, or has nothing left to show, and was read."""
    trial = find(state.trials, bidder=bidder)
    if trial is None:
        return False
    over = trial.step != "running"
    reached = policy.trial.early_exit and bool(trial.kpis) and not _not_reached(policy, state, trial)
    unread = "kpis" in policy.trial.exit_report and any(each.value is None for each in phases.results(trial))
    return (over or reached) and not unread


def _conclude(docket: Docket, act: ConcludeExit) -> None:
    trial = trial_of(docket, act.bidder)
    if not trial.exit_report:
        docket.refuse("exit_report_missing")
    if act.fit_for_acceptance:
        orders.refuse_open(docket, act.bidder)
        incidents.refuse_unsettled(docket, act.bidder)
        red_lines.refuse_unfit(docket, act.bidder)
        order = trial_plan.phases_of(docket.policy, docket.state)
        if unmet := phases.short_of_fit(docket.policy, docket.state, order, trial):
            docket.refuse("phases_not_passed", phases=" > ".join(order), unmet="; ".join(map(str, unmet)))
    trial_plan.refuse_unanswered(docket, act.checks, "exit", failing=not act.fit_for_acceptance)
    short = phases.shortfalls(docket.policy, docket.state, act.bidder)
    if act.fit_for_acceptance:
        _refuse_unexplained(docket, act, short)
    recommended = exit_panel.refuse_unheard(docket, act, trial)
    docket.record(
        ExitConcluded(
            bidder=act.bidder,
            fit_for_acceptance=act.fit_for_acceptance,
            results=phases.results(trial),
            shortfalls=short,
            panel=recommended,
        )
    )
    settling.end_trial_clocks(docket, act.bidder)
    settling.end_inclusion(docket, act.bidder, "ended")
    if act.fit_for_acceptance:
        docket.move(Machine.TRIAL, act.bidder, "ended")
        settling.open_acceptance(docket, act.bidder)
    else:
        docket.decide_against(act.bidder, reopens="exit", machine=Machine.TRIAL, bidder=act.bidder)
        docket.move(Machine.TRIAL, act.bidder, "unfit")
        settling.stop_retrial(docket, act.bidder)
        refunds.work_ended(docket, act.bidder)
    settling.settle(docket)


def _refuse_unexplained(docket: Docket, act: ConcludeExit, short: tuple[str, ...]) -> None:
    """Fit in spite of a report that is owed, or of an indicator past its stop: a finding on each says why."""
    answered = [each.of for each in act.shortfalls]
    if sorted(answered) != sorted(short):
        docket.refuse(
            "exit_shortfalls_open",
            missing=", ".join(each for each in short if each not in answered) or "-",
            unknown=", ".join(each for each in answered if each not in short or answered.count(each) > 1) or "-",
        )
