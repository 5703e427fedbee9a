"""The sandbox trial: planned, admitted, running and reporting, stopped and resumed, terminated, ended and evaluated."""

import itertools
from datetime import date, timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import (
    AnswerWithdrawal,
    Appeal,
    DecideAppeal,
    DecideExtension,
    RequestExtension,
    Withdraw,
)
from models.commands.trial import (
    AdvancePhase,
    ApproveResumption,
    ConcludeExit,
    FileReport,
    ProposeResumption,
    ProveRollback,
    RefuseTrial,
    ReportFix,
    ReportIncident,
    ReturnTrialPlan,
    StartTrial,
    SubmitTrialPlan,
    SuspendTrial,
    TerminateTrial,
)
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.vocabulary import Credit, Mode, Outcome, Phase, Risk, Role, Suspends
from rules.calendar import due_date, shift_workdays
from tests.plays import make_final
from tests.scenario import Play, document, with_limit, with_rules

A, B, C = "甲公司", "乙公司", "丙公司"


@pytest.fixture
def planning(yancheng: Policy) -> Play:
    return Play(yancheng).to_trial(A)


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


def step(play: Play, bidder: str = A) -> str:
    return next(trial.step for trial in play.state.trials if trial.bidder == bidder)


def ids(play: Play) -> set[str]:
    return {deadline.id for deadline in play.state.deadlines}


def report(play: Play, bidder: str = A) -> None:
    play.do(FileReport(bidder=bidder, kind="regular", document=document("月报")), play.bidder(bidder))


# the plan


def test_a_trial_lasts_at_most_as_long_as_the_city_allows(planning: Play) -> None:
    too_long = planning.plan(months=13)
    planning.refuses("trial_too_long", SubmitTrialPlan(bidder=A, plan=too_long), planning.bidder(A))
    in_hours = planning.plan().model_copy(update={"duration": Period(length=5, unit=Unit.HOURS)})
    planning.refuses("trial_too_long", SubmitTrialPlan(bidder=A, plan=in_hours), planning.bidder(A))
    planning.do(SubmitTrialPlan(bidder=A, plan=planning.plan(months=12)), planning.bidder(A))
    assert step(planning) == "submitted"


@pytest.mark.parametrize(
    "gap",
    [
        {"insurance": None},
        {"insurance_until": None},
        {"insurance_until": date(2026, 9, 1)},
    ],
)
def test_a_trial_is_insured_for_its_whole_length(planning: Play, gap: dict[str, object]) -> None:
    plan = planning.plan(months=12).model_copy(update=gap)
    planning.refuses("insurance_missing", SubmitTrialPlan(bidder=A, plan=plan), planning.bidder(A))


def test_a_city_may_do_without_insurance(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "trial", insurance=False)).to_trial(A)
    plan = play.plan().model_copy(update={"insurance": None, "insurance_until": None})
    play.do(SubmitTrialPlan(bidder=A, plan=plan), play.bidder(A))
    play.do(play.admit_act(A), play.regulator)
    play.do(StartTrial(bidder=A, notice=document("启动通知")), play.regulator)
    assert step(play) == "running"


def test_a_trial_does_not_start_if_its_insurance_would_end_before_it(planning: Play) -> None:
    """It covered the trial when the plan was filed; the admission took its time."""
    plan = planning.plan(months=6)
    ends = due_date(planning.policy.calendar, planning.today, plan.duration).on
    tight = plan.model_copy(update={"insurance_until": ends})
    planning.do(SubmitTrialPlan(bidder=A, plan=tight), planning.bidder(A))
    planning.wait(timedelta(days=20))
    planning.do(planning.admit_act(A), planning.regulator)
    planning.refuses("insurance_missing", StartTrial(bidder=A, notice=document("启动通知")), planning.regulator)
    planning.do(ReturnTrialPlan(bidder=A, reasons="保险期不足"), planning.regulator)
    planning.start(A)
    assert step(planning) == "running"


# refused


def test_a_refused_trial_can_be_appealed_and_is_then_judged_again(planning: Play) -> None:
    planning.refuse_trial(A)
    assert (planning.state.step, planning.state.outcome) == ("remedies", Outcome.TERMINATED)
    (decision,) = planning.state.decisions
    planning.serve(decision.sequence)
    planning.do(Appeal(decision=decision.sequence, grounds="风险可控"), planning.bidder(A))
    planning.do(DecideAppeal(decision=decision.sequence, upheld=True, reasons="撤销原决定"), planning.supervisor)
    assert (planning.state.step, step(planning), planning.state.outcome) == ("trial", "submitted", None)
    planning.do(planning.admit_act(A), planning.regulator)
    planning.do(StartTrial(bidder=A, notice=document("启动通知")), planning.regulator)
    planning.end_trial(A)
    planning.accept(A)
    assert planning.state.step == "candidate"


def test_a_refusal_that_nobody_appeals_ends_the_scene(planning: Play) -> None:
    planning.refuse_trial(A)
    planning.serve(planning.state.decisions[0].sequence)
    planning.pass_limit(f"appeal_window/{planning.state.decisions[0].sequence}")
    assert (planning.state.step, planning.state.outcome) == ("closed", Outcome.TERMINATED)


def test_an_upheld_appeal_brings_a_scene_in_acceptance_back_to_the_trial(yancheng: Policy) -> None:
    race = Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.refuse_trial(B)
    race.start(A)
    race.end_trial(A)
    assert race.state.step == "acceptance"
    decision = race.state.decisions[0].sequence
    race.serve(decision)
    race.do(Appeal(decision=decision, grounds="风险可控"), race.bidder(B))
    race.do(DecideAppeal(decision=decision, upheld=True, reasons="撤销原决定"), race.supervisor)
    assert (race.state.step, step(race, B)) == ("trial", "submitted")


# the start


def test_the_start_sets_the_clocks_of_trial_report_midterm_and_inclusion(running: Play) -> None:
    start = running.today
    assert ids(running) == {f"trial/{A}", f"insurance/{A}", f"report/{A}", f"midterm/{A}", f"inclusion/{A}"}
    assert running.deadline(f"trial/{A}").due_on == due_date(running.policy.calendar, start, running.plan().duration).on
    monthly = running.policy.limits.report.period
    assert running.deadline(f"report/{A}").due_on == due_date(running.policy.calendar, start, monthly).on
    assert running.state.trials[0].phase is Phase.TEST
    assert running.state.inclusions[0].step == "active"


def test_a_trial_may_start_without_an_inclusion_period(planning: Play) -> None:
    planning.start(A, inclusion=False)
    assert not planning.state.inclusions
    assert f"inclusion/{A}" not in ids(planning)


@pytest.mark.parametrize(("risk", "eligible"), [(Risk.LOW, True), (Risk.MEDIUM, True), (Risk.HIGH, False)])
def test_inclusion_is_for_low_and_medium_risk(yancheng: Policy, risk: Risk, eligible: bool) -> None:
    play = Play(yancheng, risk=risk).to_trial(A)
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))
    play.do(play.admit_act(A), play.regulator)
    start = StartTrial(bidder=A, notice=document("启动通知"))
    if eligible:
        play.do(start, play.regulator)
    else:
        assert "high" in play.refuses("inclusion_not_eligible", start, play.regulator).details["why"]
        play.do(start.model_copy(update={"inclusion": False}), play.regulator)


@pytest.mark.parametrize("city", ["yancheng", "chongqing"])
@pytest.mark.parametrize("credit", list(Credit))
def test_inclusion_asks_for_the_citys_grade_of_credit(
    request: pytest.FixtureRequest, city: str, credit: Credit
) -> None:
    policy: Policy = request.getfixturevalue(city)
    play = Play(policy).to_eligibility(A)
    play.verify(A, credit=credit)
    play.rank(A)
    play.award(A)
    play.sign(A)
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))
    play.do(play.admit_act(A), play.regulator)
    start = StartTrial(bidder=A, notice=document("启动通知"))
    grades = list(Credit)
    if grades.index(credit) <= grades.index(policy.inclusion.credit_at_least):
        play.do(start, play.regulator)
    else:
        play.refuses("inclusion_not_eligible", start, play.regulator)


# reports


def test_reports_are_due_month_after_month_until_the_trial_ends(running: Play) -> None:
    due = []
    while f"report/{A}" in ids(running):
        due.append(running.deadline(f"report/{A}").due_on)
        running.wait(timedelta(days=(due[-1] - running.today).days))
        report(running)
    assert len(due) in (5, 6)
    assert all(28 <= (later - earlier).days <= 34 for earlier, later in itertools.pairwise(due))
    assert due[-1] <= running.deadline(f"trial/{A}").due_on


def test_a_report_filed_early_counts_for_its_month(running: Play) -> None:
    first = running.deadline(f"report/{A}").due_on
    report(running)
    assert running.deadline(f"report/{A}").due_on >= first + timedelta(days=28)


def test_a_late_report_stays_owed_and_so_does_that_of_the_month_after_it(running: Play) -> None:
    first = running.deadline(f"report/{A}")
    running.until(first.due_at + timedelta(days=50))
    assert running.deadline(f"report/{A}").status is DeadlineStatus.OVERDUE
    report(running)
    running.let_pass()
    again = running.deadline(f"report/{A}")
    assert again.status is DeadlineStatus.OVERDUE
    assert again.due_on == due_date(running.policy.calendar, first.due_on, running.policy.limits.report.period).on
    assert again.rungs == (), "nobody is reminded in the past"
    report(running)
    assert running.deadline(f"report/{A}").status is DeadlineStatus.OPEN


def test_the_midterm_report_is_counted_from_the_half_of_the_trial(running: Play) -> None:
    clock = running.deadline(f"midterm/{A}")
    end = running.deadline(f"trial/{A}").due_on
    half = running.today + (end - running.today) / 2
    assert clock.counted_from == half
    running.do(FileReport(bidder=A, kind="midterm", document=document("中期报告")), running.bidder(A))
    assert f"midterm/{A}" not in ids(running)
    assert f"report/{A}" in ids(running)


def test_a_trial_shorter_than_a_month_owes_no_monthly_report(planning: Play) -> None:
    short = planning.plan().model_copy(update={"duration": Period(length=14, unit=Unit.DAYS)})
    planning.do(SubmitTrialPlan(bidder=A, plan=short), planning.bidder(A))
    planning.do(planning.admit_act(A), planning.regulator)
    planning.do(StartTrial(bidder=A, notice=document("启动通知")), planning.regulator)
    assert ids(planning) == {f"trial/{A}", f"inclusion/{A}", f"insurance/{A}"}


def test_an_extended_trial_owes_reports_again(planning: Play) -> None:
    """A trial of 20 days was too short for a monthly report, the same trial with six months more is not."""
    policy = planning.policy
    rule = policy.limits.trial.extension
    assert rule is not None
    planning.policy = with_limit(policy, "trial", extension=rule.model_copy(update={"ask_before": None}))
    short = planning.plan().model_copy(update={"duration": Period(length=20, unit=Unit.DAYS)})
    planning.do(SubmitTrialPlan(bidder=A, plan=short), planning.bidder(A))
    planning.do(planning.admit_act(A), planning.regulator)
    planning.do(StartTrial(bidder=A, notice=document("启动通知")), planning.regulator)
    planning.do(RequestExtension(deadline=f"trial/{A}", reasons="数据不足"), planning.bidder(A))
    planning.do(DecideExtension(deadline=f"trial/{A}", granted=True, reasons="同意"), planning.lead)
    assert f"report/{A}" in ids(planning)


# phases


def test_the_phases_follow_one_another(running: Play) -> None:
    skip = AdvancePhase(bidder=A, phase=Phase.PILOT, reasons="跳过")
    assert running.refuses("wrong_phase", skip, running.regulator).details["expected"] == Phase.DEMONSTRATION
    for phase in (Phase.DEMONSTRATION, Phase.PILOT):
        running.meet_gate(A)
        running.do(AdvancePhase(bidder=A, phase=phase, reasons="达标"), running.regulator)
    again = AdvancePhase(bidder=A, phase=Phase.PILOT, reasons="达标")
    assert running.refuses("wrong_phase", again, running.regulator).details["expected"] == "-"


def test_a_city_may_have_fewer_phases(ningbo: Policy) -> None:
    play = Play(ningbo).to_running(A)
    play.meet_gate(A)
    play.do(AdvancePhase(bidder=A, phase=Phase.DEMONSTRATION, reasons="达标"), play.regulator)
    play.refuses("wrong_phase", AdvancePhase(bidder=A, phase=Phase.PILOT, reasons="达标"), play.regulator)


# stopped and resumed


def stop(play: Play, bidder: str = A) -> None:
    play.do(SuspendTrial(bidder=bidder, reasons="故障"), play.regulator)


def fix(play: Play, bidder: str = A) -> None:
    play.do(ReportFix(bidder=bidder, proof=document("整改证明")), play.bidder(bidder))


def resume(play: Play, bidder: str = A) -> None:
    fix(play, bidder)
    play.do(ProposeResumption(bidder=bidder, reasons="已整改"), play.regulator)
    play.do(ApproveResumption(bidder=bidder), play.second_regulator)


@pytest.mark.parametrize("who", ["regulator", "owner"])
def test_one_person_is_enough_to_stop_a_trial(running: Play, who: str) -> None:
    running.do(SuspendTrial(bidder=A, reasons="安全隐患"), getattr(running, who))
    assert step(running) == "suspended"
    assert running.deadline(f"fix/{A}").holder == running.holder(Role.BIDDER, A)


def test_resuming_takes_a_proven_fix_and_two_persons(running: Play) -> None:
    stop(running)
    running.refuses("fix_missing", ProposeResumption(bidder=A, reasons="已整改"), running.regulator)
    running.refuses("fix_missing", ApproveResumption(bidder=A), running.regulator)
    fix(running)
    running.refuses("fix_missing", ApproveResumption(bidder=A), running.regulator)
    running.do(ProposeResumption(bidder=A, reasons="已整改"), running.regulator)
    running.refuses("same_person", ApproveResumption(bidder=A), running.regulator)
    running.do(ApproveResumption(bidder=A), running.second_regulator)
    assert step(running) == "running"


def test_a_proof_of_an_earlier_fix_does_not_serve_a_later_stop(running: Play) -> None:
    stop(running)
    resume(running)
    stop(running)
    running.refuses("fix_missing", ProposeResumption(bidder=A, reasons="已整改"), running.regulator)


def test_after_the_fix_the_regulator_has_a_duty_to_decide(running: Play) -> None:
    stop(running)
    fix(running)
    assert f"fix/{A}" not in ids(running)
    clock = running.deadline(f"resumption/{A}")
    assert clock.holder == running.holder(Role.REGULATOR)
    running.pass_limit(clock.id)
    assert step(running) == "suspended"
    running.do(ProposeResumption(bidder=A, reasons="已整改"), running.regulator)
    running.do(ApproveResumption(bidder=A), running.second_regulator)
    assert clock.id not in ids(running)


def test_while_a_trial_stands_still_its_clocks_do_too_and_then_run_on(running: Play) -> None:
    running.wait(timedelta(days=10))
    before = {id: running.deadline(id) for id in (f"trial/{A}", f"report/{A}", f"midterm/{A}")}
    stop(running)
    assert {running.deadline(id).status for id in before} == {DeadlineStatus.PAUSED}
    inclusion = running.deadline(f"inclusion/{A}")
    assert inclusion.status is DeadlineStatus.OPEN, "a stop does not stop the inclusion period"
    running.wait(timedelta(days=30))
    resume(running)
    assert f"fix/{A}" not in ids(running)
    assert f"resumption/{A}" not in ids(running)
    for id in (f"trial/{A}", f"report/{A}"):
        moved = (running.deadline(id).due_on - before[id].due_on).days
        assert 30 <= moved <= 33, f"{id} moved by {moved} days"
    assert running.deadline(f"midterm/{A}").due_on > before[f"midterm/{A}"].due_on
    assert running.deadline(f"inclusion/{A}").due_on == inclusion.due_on


def test_after_a_long_stop_the_next_reports_keep_their_distance(running: Play) -> None:
    running.wait(timedelta(days=10))
    stop(running)
    running.wait(timedelta(days=100))
    resume(running)
    first = running.deadline(f"report/{A}")
    assert first.due_on > running.today
    running.until(first.due_at - timedelta(hours=12))
    report(running)
    second = running.deadline(f"report/{A}")
    assert 28 <= (second.due_on - first.due_on).days <= 34


def test_a_report_filed_while_the_trial_stands_still_starts_no_clock(running: Play) -> None:
    stop(running)
    report(running)
    assert f"report/{A}" not in ids(running)
    running.wait(timedelta(days=40))
    resume(running)
    assert running.deadline(f"report/{A}").counted_from == running.today


def test_where_the_city_says_so_the_trials_clocks_run_through_a_stop(yancheng: Policy) -> None:
    policy = with_limit(yancheng, "trial", when_suspended=Suspends.RUNS)
    running = Play(policy).to_running(A)
    end = running.deadline(f"trial/{A}")
    stop(running)
    assert running.deadline(f"trial/{A}").status is DeadlineStatus.OPEN
    running.until(end.due_at)
    assert step(running) == "exit"
    assert running.deadline(f"exit_evaluation/{A}").holder == running.holder(Role.REGULATOR)


# extension


def test_a_trial_is_extended_twice_by_six_months_if_asked_twenty_working_days_before(running: Play) -> None:
    calendar = running.policy.calendar
    ask = RequestExtension(deadline=f"trial/{A}", reasons="数据不足")
    for _ in range(2):
        clock = running.deadline(f"trial/{A}")
        running.until(running.morning_of(shift_workdays(calendar, clock.due_on, -20)))
        late = running.fork()
        late.wait(timedelta(days=1))
        late.refuses("extension_too_late", ask, late.bidder(A))
        running.do(ask, running.bidder(A))
        running.refuses("extension_pending", ask, running.bidder(A))
        grant = DecideExtension(deadline=clock.id, granted=True, reasons="同意")
        running.refuses("not_an_approver", grant, running.group)
        running.do(grant, running.regulator)
        longer = running.deadline(clock.id)
        assert longer.due_on == due_date(calendar, clock.due_on, Period(length=6, unit=Unit.MONTHS)).on
        assert longer.extensions[-1].asked_by == running.bidder(A).person
    running.refuses("extensions_used_up", ask, running.bidder(A))


def test_who_asks_for_an_extension_does_not_decide_it(running: Play) -> None:
    running.do(RequestExtension(deadline=f"trial/{A}", reasons="数据不足"), running.regulator)
    grant = DecideExtension(deadline=f"trial/{A}", granted=True, reasons="同意")
    running.refuses("same_person", grant, running.regulator)
    running.do(grant, running.second_regulator)


def test_an_extension_that_was_not_granted_changes_nothing(running: Play) -> None:
    clock = running.deadline(f"trial/{A}")
    running.do(RequestExtension(deadline=clock.id, reasons="数据不足"), running.bidder(A))
    running.do(DecideExtension(deadline=clock.id, granted=False, reasons="不同意"), running.regulator)
    assert running.deadline(clock.id) == clock
    assert f"extension_answer/{clock.id}" not in ids(running)


# terminated


@pytest.mark.parametrize("ground", ["safety", "force_majeure"])  # appealed: test_end_for_safety_appealed
def test_a_terminated_trial_is_over_at_once_and_its_rollback_is_proven_afterwards(running: Play, ground: str) -> None:
    running.do(TerminateTrial.model_validate({"bidder": A, "ground": ground, "reasons": "终止"}), running.regulator)
    assert step(running) == "rolling_back"
    assert running.state.inclusions[0].step == "ended_early"
    assert ids(running) == {f"rollback/{A}", f"service/{running.state.sequence}"}
    running.do(ProveRollback(bidder=A, proof=document("恢复证明")), running.bidder(A))
    assert (step(running), running.state.step, running.state.outcome) == ("terminated", "remedies", Outcome.TERMINATED)
    make_final(running)
    assert running.state.closed


def test_a_rollback_that_is_not_proven_in_time_stays_owed(running: Play) -> None:
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    running.pass_limit(f"rollback/{A}")
    assert (step(running), running.deadline(f"rollback/{A}").status) == ("rolling_back", DeadlineStatus.OVERDUE)


@pytest.mark.parametrize("from_step", ["admitted", "suspended", "exit"])
def test_a_trial_is_terminated_from_admission_to_exit(planning: Play, from_step: str) -> None:
    planning.do(SubmitTrialPlan(bidder=A, plan=planning.plan()), planning.bidder(A))
    planning.do(planning.admit_act(A), planning.regulator)
    if from_step != "admitted":
        planning.do(StartTrial(bidder=A, notice=document("启动通知")), planning.regulator)
    if from_step == "suspended":
        stop(planning)
    if from_step == "exit":
        planning.pass_limit(f"trial/{A}")
    assert step(planning) == from_step
    planning.do(TerminateTrial(bidder=A, ground="safety", reasons="终止"), planning.regulator)
    assert ids(planning) == {f"rollback/{A}", f"service/{planning.state.sequence}"}


def test_an_incident_is_still_investigated_when_the_trial_is_over(running: Play) -> None:
    running.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), running.regulator)
    running.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), running.regulator)
    assert {f"incident_analysis/{A}/I-1", f"incident_report/{A}/I-1"} <= ids(running)


# the end


def test_at_the_end_the_bidder_reports_and_the_regulator_evaluates(running: Play) -> None:
    running.pass_phases()
    end = running.deadline(f"trial/{A}")
    running.until(end.due_at)
    assert step(running) == "exit"
    assert ids(running) == {
        f"exit_evaluation/{A}", f"exit_evaluation/{A}/report", f"inclusion/{A}", f"report/{A}",
    }, "what was due in its time stays owed"  # fmt: skip
    conclude = running.conclude_exit_act(A)
    running.refuses("exit_report_missing", conclude, running.regulator)
    running.report_exit(A)
    running.hear_exit_panel(A)
    running.do(conclude, running.regulator)
    assert (step(running), running.state.step) == ("ended", "acceptance")
    assert running.state.inclusions[0].step == "ended"
    assert ids(running) == {f"acceptance_application/{A}"}


def test_the_exit_report_of_a_first_trial_does_not_serve_a_second(running: Play) -> None:
    running.end_trial(A)
    running.retrial(A)
    running.start(A)
    running.pass_limit(f"trial/{A}")
    conclude = ConcludeExit(bidder=A, fit_for_acceptance=True, reasons="达标")
    running.refuses("exit_report_missing", conclude, running.regulator)


def test_a_trial_that_ended_unfit_leaves_the_bidder_its_remedies(running: Play) -> None:
    running.end_trial(A, fit=False)
    assert (step(running), running.state.step, running.state.outcome) == ("unfit", "remedies", Outcome.TERMINATED)
    decision = running.state.decisions[0].sequence
    lost = running.fork()
    lost.serve(decision)
    lost.pass_limit(f"appeal_window/{decision}")
    assert (lost.state.step, lost.state.outcome) == ("closed", Outcome.TERMINATED)
    running.serve(decision)
    running.do(Appeal(decision=decision, grounds="指标已达"), running.bidder(A))
    running.do(DecideAppeal(decision=decision, upheld=True, reasons="重新评估"), running.supervisor)
    assert (step(running), running.state.step) == ("exit", "trial")
    running.conclude_exit(A)
    assert running.state.step == "acceptance"


# a horse race


def test_in_a_race_one_trial_ends_one_is_terminated_one_is_withdrawn(chongqing: Policy) -> None:
    race = Play(chongqing).to_running(A, B, C, winners=3, mode=Mode.HORSE_RACE)
    race.do(TerminateTrial(bidder=B, ground="safety", reasons="事故"), race.regulator)
    race.do(ProveRollback(bidder=B, proof=document("恢复证明")), race.bidder(B))
    race.do(Withdraw(reasons="经营困难"), race.bidder(C))
    parties = {each.holder.unit for each in race.state.deadlines if each.limit == "withdrawal_consent" and each.holder}
    for actor in (race.owner, race.bureau):
        if actor.unit in parties:
            race.do(AnswerWithdrawal(agreed=True, reasons="同意"), actor)
    race.do(ProveRollback(bidder=C, proof=document("恢复证明")), race.bidder(C))
    assert {trial.bidder: trial.step for trial in race.state.trials} == {A: "running", B: "terminated", C: "withdrawn"}
    assert {id.split("/")[1] for id in ids(race) if not id.startswith("service/")} == {A}
    assert race.state.step == "trial"
    race.end_trial(A)
    assert race.state.step == "acceptance"
    race.accept(A)
    assert race.state.step == "candidate"


def test_in_a_race_the_scene_is_as_far_as_its_slowest_bidder(yancheng: Policy) -> None:
    race = Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.end_trial(A)
    race.accept(A)
    assert race.state.step == "trial"
    race.do(TerminateTrial(bidder=B, ground="breach", reasons="违约"), race.regulator)
    race.do(ProveRollback(bidder=B, proof=document("恢复证明")), race.bidder(B))
    assert race.state.step == "candidate"


def test_an_act_for_a_bidder_whose_trial_stands_elsewhere_is_refused(yancheng: Policy) -> None:
    race = Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.start(A)
    proof = ProveRollback(bidder=A, proof=document("恢复证明"))
    race.refuses("wrong_bidder_step", proof, race.bidder(A))
    race.refuses("wrong_bidder_step", ConcludeExit(bidder=B, fit_for_acceptance=True, reasons="x"), race.regulator)
    race.refuses("wrong_bidder_step", RefuseTrial(bidder=A, reasons="x"), race.regulator)
    race.refuses("unknown_bidder", SuspendTrial(bidder=C, reasons="x"), race.regulator)
