"""Staged trials: what a phase has to show before the next may begin, and what a reading past its threshold does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import Period, Unit
from models.commands.anywhere import Resume, Suspend
from models.commands.trial import (
    AdvancePhase,
    AnalyseIncident,
    ApproveResumption,
    CloseIncident,
    FileReport,
    ProposeResumption,
    ReportFix,
    ReportIncident,
    SubmitTrialPlan,
    SuspendTrial,
    VerifyIncident,
)
from models.deadline import Level
from models.events.trial import ReadingRecorded
from models.notification import Notification, NotificationKind, unit_mailbox
from models.plan import Kpi
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Phase, Role
from rules.calendar import shift_workdays
from rules.journal import fold
from rules.notifications import notifications
from rules.phases import unmet
from rules.policy_check import contradictions
from rules.trial_plan import past_stop, reached
from tests.rules.test_inclusion import fault
from tests.scenario import ON_TIME, Play, document, with_rules

A = "甲公司"
NEXT = AdvancePhase(bidder=A, phase=Phase.DEMONSTRATION, reasons="达标")


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


@pytest.fixture
def ready(running: Play) -> Play:
    """The gate of the first phase is met."""
    running.meet_gate(A)
    assert not unmet(running.policy, running.state, A, running.today)
    return running


def what(play: Play) -> list[str]:
    return [each.what for each in unmet(play.policy, play.state, A, play.today)]


def gated(policy: Policy, **gate: object) -> Policy:
    """The first phase asks for this and no more."""
    content = policy.model_dump(mode="json")
    content["trial"]["gates"] = [{"phase": "test", **gate}]
    return Policy.model_validate(content)


# the gate


def test_a_phase_is_not_left_before_its_gate_is_met_and_everything_unmet_is_named(running: Play) -> None:
    no = running.refuses("gate_closed", NEXT, running.regulator)
    first = shift_workdays(running.policy.calendar, running.today, 10) + timedelta(days=1)
    assert no.details["phase"] == "test"
    assert no.details["unmet"] == (
        f"time test: {running.today} / {first}; kpi {ON_TIME} 准点率: - / 95 %; reports test: 0 / 1"
    )
    running.meet_gate(A)
    running.do(NEXT, running.regulator)
    assert running.state.trials[0].phase is Phase.DEMONSTRATION


def test_the_next_phase_begins_from_nothing(ready: Play) -> None:
    ready.do(NEXT, ready.regulator)
    trial = ready.state.trials[0]
    assert (trial.phase_since, trial.phase_reports, trial.stood_still) == (ready.today, 0, 0)
    assert "time" in what(ready)
    assert "reports" in what(ready)


def test_a_policy_without_gates_lets_every_phase_go(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "trial", gates=())).to_running(A)
    play.do(NEXT, play.regulator)


def test_a_phase_lasts_its_shortest_time_to_the_end_of_the_last_day(yancheng: Policy) -> None:
    play = Play(gated(yancheng, at_least={"length": 10, "unit": "workdays"})).to_running(A)
    last = shift_workdays(play.policy.calendar, play.today, 10)
    play.until(play.morning_of(last))
    play.refuses("gate_closed", NEXT, play.regulator)
    play.until(play.morning_of(last + timedelta(days=1)))
    play.do(NEXT, play.regulator)


def test_days_in_which_the_trial_was_stopped_are_no_days_of_the_phase(yancheng: Policy) -> None:
    play = Play(gated(yancheng, at_least={"length": 20, "unit": "days"})).to_running(A)
    play.wait(timedelta(days=5))
    stopped_on = play.today
    play.do(SuspendTrial(bidder=A, reasons="故障"), play.regulator)
    play.wait(timedelta(days=14))
    resume(play)
    lost = (play.today - stopped_on).days
    assert lost >= 14
    play.wait(timedelta(days=14))
    play.refuses("gate_closed", NEXT, play.regulator)
    play.wait(timedelta(days=9))
    play.do(NEXT, play.regulator)


def test_nor_are_those_in_which_the_whole_scene_was_suspended(yancheng: Policy) -> None:
    play = Play(gated(yancheng, at_least={"length": 20, "unit": "days"})).to_running(A)
    play.suspend_and_resume(after=timedelta(days=30))
    resume(play)
    assert play.state.trials[0].stood_still == 30
    assert what(play) == ["time"]


def test_a_day_on_which_both_stood_still_is_lost_once(yancheng: Policy) -> None:
    """The trial is stopped, its scene suspended three days later; the trial resumes two days after the scene did."""
    play = Play(gated(yancheng, at_least={"length": 20, "unit": "days"})).to_running(A)
    play.do(SuspendTrial(bidder=A, reasons="故障"), play.regulator)
    play.wait(timedelta(days=3))
    play.do(Suspend(reasons="安全检查"), play.lead)
    play.wait(timedelta(days=7))
    play.do(Resume(reasons="检查结束"), play.lead)
    play.wait(timedelta(days=2))
    resume(play)
    assert play.state.trials[0].stood_still == 12


def resume(play: Play) -> None:
    play.do(ReportFix(bidder=A, proof=document("整改证明")), play.bidder(A))
    play.do(ProposeResumption(bidder=A, reasons="已整改"), play.regulator)
    play.do(ApproveResumption(bidder=A), play.second_regulator)


def test_an_indicator_below_its_target_keeps_the_gate_closed(ready: Play) -> None:
    ready.read(A, "94.9")
    no = ready.refuses("gate_closed", NEXT, ready.regulator)
    assert no.details["unmet"] == f"kpi {ON_TIME} 准点率: 94.9 % / 95 %"
    ready.read(A, "95")
    ready.do(NEXT, ready.regulator)


def test_a_reading_of_an_earlier_phase_does_not_count_for_the_present_one(ready: Play) -> None:
    ready.do(NEXT, ready.regulator)
    yesterday = ready.today - timedelta(days=1)
    ready.read(A, on=yesterday)
    assert "kpi" in what(ready)
    ready.read(A)
    assert "kpi" not in what(ready)


def test_the_reading_of_the_latest_day_counts_whenever_it_was_entered(ready: Play) -> None:
    ready.read(A, "70", on=ready.today - timedelta(days=3), kpi=ON_TIME)
    assert [each.value for each in ready.state.trials[0].readings] == ["97"]


def test_every_indicator_of_the_plan_counts(yancheng: Policy) -> None:
    play = Play(gated(yancheng, targets=True)).to_trial(A)
    other = Kpi(key="9", name="误报", unit="‰", better="lower", target="3", stop="20")
    plan = play.plan()
    play.do(SubmitTrialPlan(bidder=A, plan=plan.model_copy(update={"kpis": (*plan.kpis, other)})), play.bidder(A))
    play.start(A)
    play.read(A)
    assert what(play) == ["kpi"]
    play.read(A, "3.000001", kpi="9")
    assert what(play) == ["kpi"]
    play.read(A, "3.0", kpi="9")
    play.do(NEXT, play.regulator)


def test_an_open_incident_keeps_the_gate_closed_until_it_is_dealt_with_to_its_end(ready: Play) -> None:
    ready.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), ready.bidder(A))
    assert what(ready) == ["incident"]
    analysis = AnalyseIncident(
        bidder=A, incident="I-1", analysis=document("分析"), order="换", with_officer="officer-2"
    )
    ready.do(analysis, ready.regulator)
    assert what(ready) == ["incident"]
    ready.do(VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已改"), ready.second_regulator)
    assert what(ready) == ["incident"]
    ready.do(CloseIncident(bidder=A, incident="I-1", cause="误判", remedy="换件", lessons="先仿真"), ready.regulator)
    assert what(ready) == []


def test_an_open_order_keeps_the_gate_closed(ready: Play) -> None:
    for kind in ("one", "two", "three", "four"):
        ready.do(fault(kind), ready.regulator)
    assert what(ready) == ["order"]


def test_an_overdue_report_keeps_the_gate_closed(ready: Play) -> None:
    ready.until(ready.deadline(f"report/{A}").due_at + timedelta(days=1))
    assert what(ready) == ["overdue"]
    ready.do(FileReport(bidder=A, kind="regular", document=document("月报")), ready.bidder(A))
    assert what(ready) == []


def test_a_midterm_report_is_no_regular_one(yancheng: Policy) -> None:
    play = Play(gated(yancheng, reports=1)).to_running(A)
    play.until(play.morning_of(play.deadline(f"midterm/{A}").counted_from + timedelta(days=1)))
    play.do(FileReport(bidder=A, kind="midterm", document=document("中期报告")), play.bidder(A))
    assert what(play) == ["reports"]


def test_another_bidders_incidents_and_readings_do_not_count(yancheng: Policy) -> None:
    race = Play(gated(yancheng, targets=True, nothing_open=True)).to_running(A, "乙公司", winners=2, mode="赛马")  # type: ignore[arg-type]
    race.do(ReportIncident(bidder="乙公司", incident="I-1", text="碰撞"), race.bidder("乙公司"))
    race.read("乙公司")
    assert what(race) == ["kpi"]


def test_who_decided_before_a_reading_came_in_decides_anew(ready: Play) -> None:
    seen = ready.state.sequence
    ready.read(A, "96")
    ready.refuses("stale", NEXT, ready.regulator, seen=seen)
    ready.do(FileReport(bidder=A, kind="midterm", document=document("中期")), ready.bidder(A), seen=seen)


# readings


def test_the_regulator_may_read_too_and_the_owner_may_not(running: Play) -> None:
    running.do(running.reading_act(A, "93.5"), running.regulator)
    running.refuses("not_permitted", running.reading_act(A), running.owner)
    running.refuses("own_bid", running.reading_act(A), running.regulator.model_copy(update={"person": who(running)}))


def who(play: Play) -> str:
    return play.bidder(A).person


def test_only_an_indicator_of_the_plan_is_read_and_only_on_a_day_of_the_trial(running: Play) -> None:
    assert (
        running.refuses("unknown_kpi", running.reading_act(A, kpi="k"), running.bidder(A)).details["known"] == ON_TIME
    )
    for day in (running.today + timedelta(days=1), running.today - timedelta(days=1)):
        running.refuses("reading_not_in_trial", running.reading_act(A, on=day), running.bidder(A))


@pytest.mark.parametrize(("value", "past"), [("79.999999", True), ("80", False), ("80.0", False), ("-3", True)])
def test_a_reading_is_past_the_stop_threshold_beyond_it_not_at_it(running: Play, value: str, past: bool) -> None:
    events = running.read(A, value)
    (recorded,) = [event for event in events if isinstance(event, ReadingRecorded)]
    assert (recorded.reading.value, recorded.past_stop) == (value, past)
    assert (running.state.trials[0].step == "suspended") is past


def test_a_city_may_leave_the_stop_to_people(ningbo: Policy) -> None:
    play = Play(ningbo).to_running(A)
    play.read(A, "10")
    assert not ningbo.trial.stop_suspends
    assert play.state.trials[0].step == "running"


@pytest.mark.parametrize("name", ["yancheng", "ningbo"])
def test_regulator_and_lead_hear_of_it_at_once_wherever_the_trial_goes_on(
    request: pytest.FixtureRequest, name: str
) -> None:
    policy: Policy = request.getfixturevalue(name)
    play = Play(policy).to_running(A)
    play.read(A, "10")
    told = [each for each in told_of_last(play) if each.kind is NotificationKind.STOP_THRESHOLD]
    units = {play.state.regulator or "", play.state.lead or ""}
    assert {each.recipient for each in told} == {unit_mailbox(policy.city, unit) for unit in units}
    assert {each.level for each in told} == {Level.RED}
    play = Play(policy).to_running(A)
    play.read(A, "90")
    assert not told_of_last(play)


def told_of_last(play: Play) -> tuple[Notification, ...]:
    before = SceneState(scene=play.scene)
    for entry in play.journal[:-1]:
        before = fold(before, entry)
    return notifications(before, play.state, play.journal[-1])


def test_a_trial_stopped_by_an_indicator_resumes_only_with_a_reading_after_the_fix(running: Play) -> None:
    running.read(A, "79")
    running.do(ReportFix(bidder=A, proof=document("整改证明")), running.bidder(A))
    proposal = ProposeResumption(bidder=A, reasons="已整改")
    assert running.refuses("still_past_stop", proposal, running.regulator).details["readings"] == (
        f"{ON_TIME} 准点率: 79 / 80"
    )
    running.read(A, "88")
    running.do(proposal, running.regulator)
    running.do(ApproveResumption(bidder=A), running.second_regulator)
    assert running.state.trials[0].step == "running"


def test_a_further_plan_begins_without_readings(running: Play) -> None:
    running.read(A)
    running.end_trial(A)
    running.retrial(A)
    running.start(A)
    assert running.state.trials[0].readings == ()


decimals = st.decimals(-1_000_000, 1_000_000, allow_nan=False, places=3).map(lambda value: f"{value:.3f}")


@given(better=st.sampled_from(("higher", "lower")), target=decimals, stop=decimals, value=decimals)
def test_what_reaches_its_target_is_not_past_its_stop_threshold(
    better: str, target: str, stop: str, value: str
) -> None:
    if (Decimal(stop) < Decimal(target)) != (better == "higher") or Decimal(stop) == Decimal(target):
        return
    kpi = Kpi.model_validate({"key": "k", "name": "n", "unit": "u", "better": better, "target": target, "stop": stop})
    assert not (reached(kpi, value) and past_stop(kpi, value))
    assert reached(kpi, target)
    assert not past_stop(kpi, stop)


# fit for acceptance only with all phases behind it


def over(play: Play) -> Play:
    play.pass_limit(f"trial/{A}")
    play.report_exit(A)
    return play


def fit_is_refused(play: Play) -> str:
    return play.refuses("phases_not_passed", play.conclude_exit_act(A), play.regulator).details["unmet"]


def test_a_trial_that_ends_in_its_first_phase_is_not_fit_for_acceptance(running: Play) -> None:
    over(running)
    assert fit_is_refused(running) == f"phase {A}: test / pilot"
    running.conclude_exit(A, fit=False)
    assert running.state.trials[0].step == "unfit"


def test_nor_is_one_that_ends_before_the_last(ready: Play) -> None:
    ready.do(NEXT, ready.regulator)
    over(ready)
    assert fit_is_refused(ready) == f"phase {A}: demonstration / pilot"


def test_one_that_passed_every_phase_is(running: Play) -> None:
    running.pass_phases()
    over(running).conclude_exit(A)
    assert running.state.trials[0].step == "ended"


def test_without_gates_a_trial_may_end_in_any_phase(yancheng: Policy) -> None:
    over(Play(with_rules(yancheng, "trial", gates=())).to_running(A)).conclude_exit(A)


def test_a_city_may_name_the_phase_that_is_enough(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "trial", fit_from=Phase.TEST)).to_running(A)
    early = play.fork()
    assert fit_is_refused(over(early)) == "reports test: 0 / 1"
    play.meet_gate(A)
    over(play).conclude_exit(A)


def test_a_phase_that_is_named_counts_without_gates_too(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "trial", gates=(), fit_from=Phase.DEMONSTRATION)).to_running(A)
    assert fit_is_refused(over(play.fork())) == f"phase {A}: test / demonstration"
    play.do(NEXT, play.regulator)
    over(play).conclude_exit(A)


def test_a_domain_without_the_phase_that_is_named_has_passed_with_its_own_last(chongqing: Policy) -> None:
    short = next(each for each in chongqing.risk_profiles if each.phases == (Phase.TEST, Phase.DEMONSTRATION))
    named = with_rules(chongqing, "trial", fit_from=Phase.PILOT)
    play = Play(named, domain=short.domains[0]).to_running(A)
    play.pass_phases()
    over(play).conclude_exit(A)


def test_the_last_phase_has_a_gate_too_where_the_policy_says_so(yancheng: Policy) -> None:
    asked = gated(yancheng, reports=0)
    content = asked.model_dump(mode="json")
    content["trial"]["gates"] = [{"phase": "pilot", "at_least": {"length": 10, "unit": "workdays"}, "targets": True}]
    asked = Policy.model_validate(content)
    assert not contradictions(asked)
    play = Play(asked).to_running(A)
    play.do(NEXT, play.regulator)
    play.do(NEXT.model_copy(update={"phase": Phase.PILOT}), play.regulator)
    late = play.fork()
    late.pass_limit(f"trial/{A}")
    late.read(A, "90")
    late.do(late.exit_report_act(A), late.bidder(A))
    assert fit_is_refused(late) == f"kpi {ON_TIME} 准点率: 90 % / 95 %"
    over(play).conclude_exit(A)


def test_the_days_of_the_last_phase_end_with_the_trial(yancheng: Policy) -> None:
    content = gated(yancheng).model_dump(mode="json")
    content["trial"]["gates"] = [{"phase": "pilot", "at_least": {"length": 20, "unit": "workdays"}}]
    play = Play(Policy.model_validate(content)).to_running(A)
    play.do(NEXT, play.regulator)
    play.until(play.deadline(f"trial/{A}").due_at - timedelta(days=10))
    play.do(NEXT.model_copy(update={"phase": Phase.PILOT}), play.regulator)
    over(play).wait(timedelta(days=30))
    assert fit_is_refused(play).startswith("time pilot")


def test_of_a_trial_that_was_taken_over_while_it_ran_no_phase_is_asked(yancheng: Policy) -> None:
    play = Play(yancheng)
    declared = play.declared(A, plan=play.plan(), trial_started_on=play.today - timedelta(days=30), phase="test")
    play.do(play.take_over_act("trial", declared), play.platform)
    over(play).conclude_exit(A)


def test_of_its_second_trial_they_are(yancheng: Policy) -> None:
    play = Play(yancheng)
    declared = play.declared(A, plan=play.plan(), trial_started_on=play.today - timedelta(days=30), phase="test")
    play.do(play.take_over_act("trial", declared), play.office(Role.PLATFORM_OFFICE, "clerk"))
    over(play).conclude_exit(A)
    play.retrial(A)
    play.start(A)
    assert fit_is_refused(over(play)) == f"phase {A}: test / pilot"


# gates that contradict themselves


@pytest.mark.parametrize(
    ("gates", "key"),
    [
        ([{"phase": "test"}, {"phase": "test"}], "trial.gates.1.phase"),
        ([{"phase": "test", "at_least": {"length": 3, "unit": "hours"}}], "trial.gates.0.at_least"),
        ([{"phase": "test", "at_least": {"length": 1, "unit": "years"}}], "trial.gates"),
    ],
)
def test_a_gate_that_can_never_be_met_is_found(yancheng: Policy, gates: list[object], key: str) -> None:
    content = yancheng.model_dump(mode="json")
    content["trial"]["gates"] = gates
    assert key in [each.key for each in contradictions(Policy.model_validate(content))]


def test_a_phase_to_be_passed_is_one_of_the_citys(ningbo: Policy) -> None:
    wrong = with_rules(ningbo, "trial", fit_from=Phase.PILOT)
    assert [each.key for each in contradictions(wrong)] == ["trial.fit_from"]


def test_a_reading_is_refused_before_the_trial_runs(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A)
    with pytest.raises(Refused, match="wrong_bidder_step"):
        play.read(A)
    short = play.plan().model_copy(update={"duration": Period(length=1, unit=Unit.MONTHS)})
    play.do(SubmitTrialPlan(bidder=A, plan=short), play.bidder(A))
    play.start(A)
    play.pass_limit(f"trial/{A}")
    play.read(A)
    assert play.state.trials[0].readings[0].value == "97"
