"""The end of a trial on paper: what the exit report answers for, the impact on work, the checklist again."""

from typing import Any

import pytest
from pydantic import ValidationError

from models.commands.trial import AdvancePhase, FileReport, ReportIncident, SubmitTrialPlan
from models.events.trial import ExitReportFiled
from models.plan import EmploymentImpact, Kpi, KpiResult
from models.policy import Policy
from models.vocabulary import Phase, Role
from tests.rules.test_inclusion import fault
from tests.scenario import JOBS, ON_TIME, Play, document, with_rules

A = "甲公司"
OTHER = Kpi(key="9", name="误报率", unit="‰", better="lower", target="3", stop="20")


def ended(policy: Policy, domain: str = "") -> Play:
    """With two indicators, of which nothing was read."""
    play = Play(policy, domain=domain).to_trial(A)
    plan = play.plan(months=4)
    play.do(SubmitTrialPlan(bidder=A, plan=plan.model_copy(update={"kpis": (*plan.kpis, OTHER)})), play.bidder(A))
    play.start(A)
    return play


def over(play: Play) -> Play:
    play.pass_limit(f"trial/{A}")
    return play


def lacking(play: Play, **report: object) -> str:
    no = play.refuses("exit_report_incomplete", play.exit_report_act(A, **report), play.bidder(A))
    return no.details["missing"]


# what it answers for


def test_an_exit_report_needs_a_reading_of_every_indicator(yancheng: Policy) -> None:
    play = over(ended(yancheng))
    assert lacking(play) == f"kpis: {ON_TIME}, kpis: 9"
    play.read(A)
    assert lacking(play) == "kpis: 9"
    play.read(A, "4", kpi="9")
    play.do(play.exit_report_act(A), play.bidder(A))


def test_what_the_indicators_reached_is_computed_and_kept(yancheng: Policy) -> None:
    play = over(ended(yancheng))
    play.read(A, "97.5")
    play.read(A, "3.01", kpi="9")
    events = play.do(play.exit_report_act(A), play.bidder(A))
    (filed,) = [event for event in events if isinstance(event, ExitReportFiled)]
    assert filed.results == (
        KpiResult(kpi=ON_TIME, target="95", value="97.5", reached=True),
        KpiResult(kpi="9", target="3", value="3.01", reached=False),
    )
    assert play.state.trials[0].results == filed.results


def test_incidents_and_faults_are_answered_for_if_there_were_any(yancheng: Policy) -> None:
    play = ended(yancheng)
    play.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), play.bidder(A))
    play.do(fault("delay"), play.regulator)
    play.do(fault("noise"), play.regulator)
    over(play)
    play.read(A)
    play.read(A, "2", kpi="9")
    assert lacking(play, incidents=None, faults=None) == "incidents: 1, faults: 2"
    assert lacking(play, faults=None) == "faults: 2"
    events = play.do(play.exit_report_act(A), play.bidder(A))
    (filed,) = [event for event in events if isinstance(event, ExitReportFiled)]
    assert (filed.incidents, filed.faults) == (1, 2)


def test_where_nothing_happened_there_is_nothing_to_say_of_it(yancheng: Policy) -> None:
    play = over(ended(yancheng))
    play.read(A)
    play.read(A, "2", kpi="9")
    play.do(play.exit_report_act(A, incidents=None, faults=None), play.bidder(A))


def test_a_policy_that_names_no_parts_takes_a_report_as_it_was_before(yancheng: Policy) -> None:
    play = over(ended(with_rules(yancheng, "trial", exit_report=(), employment=())))
    report = play.exit_report_act(A, incidents=None, faults=None, employment=None)
    assert report.model_dump(mode="json").keys() == {"verb", "bidder", "document"}
    play.do(report, play.bidder(A))


# people's work (R43)


def test_an_exit_report_says_what_the_trial_did_to_work(policy: Policy) -> None:
    play = over(ended(policy))
    play.read(A)
    play.read(A, "2", kpi="9")
    play.refuses("employment_missing", play.exit_report_act(A, employment=None), play.bidder(A))
    play.do(play.exit_report_act(A), play.bidder(A))
    assert play.state.trials[0].employment == JOBS


@pytest.mark.parametrize("name", ["yancheng", "chongqing"])
def test_a_midterm_report_says_it_where_the_city_asks(request: pytest.FixtureRequest, name: str) -> None:
    policy: Policy = request.getfixturevalue(name)
    play = ended(policy)
    midterm = FileReport(bidder=A, kind="midterm", document=document("中期报告"))
    if "midterm" in policy.trial.employment:
        play.refuses("employment_missing", midterm, play.bidder(A))
        play.do(midterm.model_copy(update={"employment": JOBS}), play.bidder(A))
        assert play.state.trials[0].employment == JOBS
    else:
        play.do(midterm, play.bidder(A))
    play.do(FileReport(bidder=A, kind="regular", document=document("月报")), play.bidder(A))


@pytest.mark.parametrize("field", ["created", "displaced", "retrained"])
def test_jobs_are_counted_from_zero_up(field: str) -> None:
    with pytest.raises(ValidationError):
        EmploymentImpact.model_validate({"created": 0, "displaced": 0, field: -1})


# the checklist once more


@pytest.fixture
def reported(yancheng: Policy) -> Play:
    play = ended(yancheng)
    play.pass_phases()
    over(play).report_exit(A)
    return play


def answered(play: Play, **answer: object) -> list[dict[str, Any]]:
    first, *others = [each.model_dump() for each in play.conclude_exit_act(A).checks]
    return [first | answer, *others]


def test_only_the_items_that_are_asked_again_are_answered_at_the_exit(reported: Play) -> None:
    again = [check.key for check in reported.policy.trial.checks if check.at_exit]
    assert again == ["data", "complaint"]
    unknown = {"check": "licence", "answer": "found"}
    reported.refuses(
        "unknown_check", reported.conclude_exit_act(A, checks=[*answered(reported), unknown]), reported.regulator
    )
    reported.refuses("checks_open", reported.conclude_exit_act(A, checks=()), reported.regulator)
    reported.conclude_exit(A)


def test_what_failed_an_item_is_not_fit_for_acceptance(reported: Play) -> None:
    failed = answered(reported, answer="failed", reasons="数据未删除")
    reported.refuses("checks_open", reported.conclude_exit_act(A, checks=failed), reported.regulator)
    reported.hear_exit_panel(A, fit=False)
    reported.do(reported.conclude_exit_act(A, fit=False, checks=failed), reported.regulator)
    assert reported.state.trials[0].step == "unfit"


def test_what_failed_is_said_with_reasons_and_nothing_is_left_out_of_an_unfit_exit_either(reported: Play) -> None:
    bare = answered(reported, answer="failed")
    reported.refuses("checks_open", reported.conclude_exit_act(A, fit=False, checks=bare), reported.regulator)
    reported.refuses("checks_open", reported.conclude_exit_act(A, fit=False, checks=bare[1:]), reported.regulator)


def test_a_livelihood_trial_is_asked_for_consent_again(yancheng: Policy) -> None:
    play = ended(yancheng, "民生服务")
    play.pass_phases()
    over(play).report_exit(A)
    assert [each.check for each in play.conclude_exit_act(A).checks] == ["data", "complaint", "consent"]
    play.conclude_exit(A)


# before its time


def in_its_last_phase(policy: Policy) -> Play:
    play = Play(policy).to_running(A)
    for phase in (Phase.DEMONSTRATION, Phase.PILOT):
        play.meet_gate(A)
        play.do(AdvancePhase(bidder=A, phase=phase, reasons="达标"), play.regulator)
    return play


def test_a_trial_that_reached_its_goals_ends_with_its_exit_report(yancheng: Policy) -> None:
    play = in_its_last_phase(yancheng)
    end = play.deadline(f"trial/{A}").due_on
    play.report_exit(A)
    trial = play.state.trials[0]
    assert (trial.step, trial.last_day) == ("exit", play.today)
    assert play.today < end
    assert play.deadline(f"exit_evaluation/{A}").holder == play.holder(Role.REGULATOR)
    assert f"trial/{A}" not in [each.id for each in play.state.deadlines]
    play.conclude_exit(A)
    assert play.state.step == "acceptance"


def test_a_trial_does_not_end_early_before_its_last_phase_or_below_a_target(yancheng: Policy) -> None:
    early = Play(yancheng).to_running(A)
    early.read(A)
    no = early.refuses("trial_not_over", early.exit_report_act(A), early.bidder(A))
    assert no.details["missing"] == "demonstration"
    play = in_its_last_phase(yancheng)
    play.read(A, "90")
    no = play.refuses("trial_not_over", play.exit_report_act(A), play.bidder(A))
    assert no.details["missing"] == f"{ON_TIME}: 90 / 95"


def test_a_city_may_have_every_trial_run_its_time(yancheng: Policy) -> None:
    play = in_its_last_phase(with_rules(yancheng, "trial", early_exit=False))
    play.read(A)
    play.refuses("trial_not_over", play.exit_report_act(A), play.bidder(A))
