"""存量导入: a scene that ran elsewhere enters at a settled step, its past declared, and lives on to its end."""

from datetime import timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import DeclaredBidder
from models.commands.matching import DeclineAward, ProposeContract
from models.commands.promotion import CloseScene
from models.commands.solicitation import DuplicateCheck, Register
from models.commands.trial import FileReport
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.vocabulary import Outcome, PanelPurpose, Role, Track
from rules.calendar import due_date
from rules.taking_over import TAKE_OVER_TO
from tests.scenario import Play, document

A, B = "甲公司", "乙公司"
WITH_BIDDERS = ("contracting", "trial", "acceptance", "candidate", "benchmark")


@pytest.fixture
def play(yancheng: Policy) -> Play:
    return Play(yancheng)


def ids(play: Play) -> set[str]:
    return {deadline.id for deadline in play.state.deadlines}


def live_on(play: Play) -> Play:
    """From wherever it stands to the end of its promotion, step by step."""
    if play.state.step == "accepted":
        play.register()
    if play.state.step == "registered":
        play.consult()
    if play.state.step == "fair_competition":
        play.conclude_fair_competition()
    play.recognise()
    if play.state.step in ("recognised", "listing"):
        play.put_on_list()
    if play.state.step == "listed":
        play.find_bidder(A)
    for contract in play.state.contracts:
        if contract.step == "offered":
            play.sign(contract.bidder)
    for trial in play.state.trials:
        if trial.step == "planning":
            play.start(trial.bidder, inclusion=False)
        if trial.step != "ended":
            play.end_trial(trial.bidder)
    for acceptance in play.state.acceptances:
        if acceptance.step == "applying":
            play.accept(acceptance.bidder)
    if play.state.step == "candidate":
        play.to_benchmark()
    play.do(CloseScene(reasons="办结"), play.lead)
    return play


@pytest.mark.parametrize("step", TAKE_OVER_TO)
def test_a_scene_taken_over_at_any_step_is_marked_declared_and_lives_on_to_its_end(policy: Policy, step: str) -> None:
    play = Play(policy)
    play.taken_over(step, *((A,) if step in WITH_BIDDERS else ()))
    domain = policy.domain(play.domain)
    assert domain is not None
    assert (play.state.step, play.state.declared, play.state.lead) == (step, True, domain.lead)
    assert play.state.regulator == domain.regulator
    assert domain.lead not in play.state.cooperating
    assert all(contract.declared for contract in play.state.contracts)
    assert play.state.deadlines, "its clock runs"
    live_on(play)
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.PROMOTED)


def test_it_enters_no_step_that_holds_something_half_done(play: Play) -> None:
    for step in ("consultation", "posted", "opening", "scoring", "ranked", "evaluation", "closed", "nowhere"):
        no = play.refuses("unknown_step", play.take_over_act(step), play.platform)
        assert no.details["known"] == ", ".join(TAKE_OVER_TO)


def test_a_step_that_the_city_or_the_track_leaves_out_is_refused(ningbo: Policy) -> None:
    fast = Play(ningbo, track=Track.FAST)
    fast.refuses("step_off", fast.take_over_act("trial", fast.declared(A)), fast.platform)
    fast.refuses("step_off", fast.take_over_act("expert_review"), fast.platform)


# what is needed


@pytest.mark.parametrize("step", WITH_BIDDERS)
def test_from_the_contract_on_the_bidders_are_named(play: Play, step: str) -> None:
    no = play.refuses("take_over_incomplete", play.take_over_act(step), play.platform)
    assert no.details["missing"] == "bidders"


def test_before_the_contract_there_are_none(play: Play) -> None:
    play.refuses("take_over_incomplete", play.take_over_act("listed", play.declared(A)), play.platform)


def test_a_trial_that_has_begun_needs_its_plan(play: Play) -> None:
    begun = play.declared(A, trial_started_on=play.today - timedelta(days=30))
    no = play.refuses("take_over_incomplete", play.take_over_act("trial", begun), play.platform)
    assert A in no.details["missing"]


def test_a_bidder_whose_trial_has_ended_is_not_in_trial(play: Play) -> None:
    ended = play.declared(
        A, plan=play.plan(), trial_started_on=play.today - timedelta(days=300), trial_ended_on=play.today
    )
    play.refuses("take_over_incomplete", play.take_over_act("trial", ended), play.platform)


def test_no_bidder_is_declared_twice(play: Play) -> None:
    twice = play.take_over_act("trial", play.declared(A), play.declared(A))
    play.refuses("take_over_incomplete", twice, play.platform)


def test_nobody_is_declared_a_bidder_for_a_scene_that_they_own_or_review(play: Play) -> None:
    domain = play.policy.domains[0]
    for unit in (play.owner_unit, domain.lead, domain.regulator, domain.units[-1]):
        play.refuses("own_scene", play.take_over_act("trial", play.declared(unit)), play.platform)


def test_what_was_declared_to_have_happened_has_happened(play: Play) -> None:
    tomorrow = play.today + timedelta(days=1)
    play.refuses("effective_in_future", play.take_over_act("listed", since=tomorrow), play.platform)
    begins = play.declared(A, plan=play.plan(), trial_started_on=tomorrow, phase="test")
    play.refuses("effective_in_future", play.take_over_act("trial", begins), play.platform)


def test_city_domain_and_units_are_the_policys(play: Play) -> None:
    act = play.take_over_act("listed")
    elsewhere = act.model_copy(update={"application": act.application.model_copy(update={"city": "南京市"})})
    play.refuses("wrong_city", elsewhere, play.platform)
    unheard_of = act.model_copy(update={"application": act.application.model_copy(update={"domain": "炼金术"})})
    play.refuses("unknown_domain", unheard_of, play.platform)
    for part in ({"lead": "某局"}, {"regulator": "某局"}, {"cooperating": ("某局",)}):
        play.refuses("unknown_unit", play.take_over_act("listed", **part), play.platform)


def test_only_the_platform_office_takes_over_and_only_once(play: Play) -> None:
    act = play.take_over_act("listed")
    play.refuses("not_permitted", act, play.owner)
    play.do(act, play.platform)
    play.refuses("already_submitted", act, play.platform)


# the clocks


def test_an_accepted_scene_is_registered_with_other_parts_than_were_declared(play: Play) -> None:
    play.taken_over("accepted")
    other = play.policy.domains[1]
    play.do(Register(duplicate_check=DuplicateCheck(finding="无重复"), lead=other.lead), play.platform)
    assert play.state.lead == other.lead


def test_a_declared_contract_is_offered_with_its_time_and_goes_its_way(play: Play) -> None:
    play.taken_over("contracting", A, B)
    assert ids(play) == {f"contract/{A}", f"contract/{B}", "take_over_confirmation"}
    play.do(ProposeContract(bidder=A, terms=play.terms()), play.owner)
    play.do(DeclineAward(bidder=B, reasons="放弃"), play.bidder(B))
    play.sign(A)
    assert play.state.step == "trial"


def test_when_the_declared_contracts_come_to_nothing_the_call_is_issued_again(play: Play) -> None:
    play.taken_over("contracting", A)
    play.do(DeclineAward(bidder=A, reasons="放弃"), play.bidder(A))
    assert play.state.step == "unmatched"
    play.post()
    assert play.state.step == "posted"


def test_a_declared_trial_runs_from_the_day_it_began_and_reports_from_today(play: Play) -> None:
    began = play.today - timedelta(days=120)
    declared = play.declared(A, plan=play.plan(months=12), trial_started_on=began, phase="test")
    play.do(play.take_over_act("trial", declared), play.platform)
    calendar = play.policy.calendar
    clock = play.deadline(f"trial/{A}")
    assert clock.due_on == due_date(calendar, began, Period(length=12, unit=Unit.MONTHS)).on
    report = play.deadline(f"report/{A}")
    assert report.due_on == due_date(calendar, play.today, Period(length=1, unit=Unit.MONTHS)).on
    assert f"midterm/{A}" in ids(play)
    assert play.state.trials[0].declared
    play.do(FileReport(bidder=A, kind="regular", document=document("月报")), play.bidder(A))
    live_on(play)
    assert play.state.outcome is Outcome.PROMOTED


def test_a_report_that_was_due_before_the_taking_over_is_not_asked_for(play: Play) -> None:
    began = play.today - timedelta(days=300)
    declared = play.declared(A, plan=play.plan(months=12), trial_started_on=began, phase="test")
    play.do(play.take_over_act("trial", declared), play.platform)
    play.let_pass()
    assert f"midterm/{A}" not in ids(play)
    assert {each.status for each in play.state.deadlines} == {DeadlineStatus.OPEN}


def test_a_declared_trial_whose_time_is_over_goes_straight_to_its_exit(play: Play) -> None:
    began = play.today - timedelta(days=200)
    declared = play.declared(A, plan=play.plan(months=6), trial_started_on=began, phase="pilot")
    play.do(play.take_over_act("trial", declared), play.platform)
    play.let_pass()
    assert play.state.trials[0].step == "exit"
    play.end_trial(A)
    assert play.state.step == "acceptance"


def test_each_declared_bidder_applies_within_the_time_after_its_own_trial(play: Play) -> None:
    ended = play.today - timedelta(days=30)
    first = play.declared(A, trial_started_on=ended - timedelta(days=90), trial_ended_on=ended)
    play.do(play.take_over_act("acceptance", first, play.declared(B)), play.platform)
    limit = play.policy.limits.acceptance_application.period
    calendar = play.policy.calendar
    assert play.deadline(f"acceptance_application/{A}").due_on == due_date(calendar, ended, limit).on
    assert play.deadline(f"acceptance_application/{B}").due_on == due_date(calendar, play.today, limit).on
    assert {trial.bidder: trial.step for trial in play.state.trials} == {A: "ended"}


def test_a_declared_trial_can_be_repeated_and_one_that_was_not_declared_can_not(play: Play) -> None:
    ended = play.today - timedelta(days=30)
    first = play.declared(A, plan=play.plan(), trial_started_on=ended - timedelta(days=90), trial_ended_on=ended)
    play.do(play.take_over_act("acceptance", first, play.declared(B)), play.platform)
    play.apply(B)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, B)
    play.refuses("fast_track_no_retrial", play.conclude_act(B, "retrial"), play.lead)
    play.retrial(A)
    assert play.state.step == "trial"
    play.start(A)
    play.end_trial(A)


def test_on_the_fast_track_the_delivery_time_runs(yancheng: Policy) -> None:
    play = Play(yancheng, track=Track.FAST).taken_over("acceptance", A)
    assert play.deadline(f"delivery/{A}").holder == play.holder(Role.BIDDER, A)
    live_on(play)
    assert play.state.outcome is Outcome.PROMOTED


def test_a_benchmark_taken_over_is_reviewed_yearly_and_closes_as_promoted(play: Play) -> None:
    play.taken_over("benchmark", A)
    assert ids(play) == {"yearly_review", "take_over_confirmation"}
    play.do(CloseScene(reasons="办结"), play.lead)
    assert play.state.outcome is Outcome.PROMOTED


def declared_running(play: Play, **more: object) -> DeclaredBidder:
    plan = play.plan(months=12)
    if "plan" in more:
        plan = plan.model_copy(update=more.pop("plan"))  # type: ignore[arg-type]
    began = play.today - timedelta(days=60)
    return play.declared(A, plan=plan.model_dump(mode="json"), trial_started_on=began, **{"phase": "pilot", **more})


def test_a_running_trial_says_the_phase_it_is_in(play: Play) -> None:
    no = play.refuses(
        "take_over_incomplete", play.take_over_act("trial", declared_running(play, phase=None)), play.platform
    )
    assert no.details["missing"] == f"phase ({A}): test / demonstration / pilot"
    play.do(play.take_over_act("trial", declared_running(play)), play.platform)
    assert (play.state.trials[0].phase, play.state.trials[0].phase_since) == ("pilot", play.today)


def test_a_running_trial_is_not_taken_over_uninsured(play: Play) -> None:
    for until in (play.today - timedelta(days=1), None):
        lapsed = declared_running(play, plan={"insurance_until": until})
        no = play.refuses("take_over_uninsured", play.take_over_act("trial", lapsed), play.platform)
        assert no.details["until"] == str(until or "-")
    today = declared_running(play, plan={"insurance_until": play.today})
    play.do(play.take_over_act("trial", today), play.platform)
    assert f"insurance/{A}" in ids(play)


def test_a_declared_plan_names_no_key_twice(play: Play) -> None:
    twice = declared_running(play, plan={"kpis": play.plan().kpis * 2})
    play.refuses("plan_key_twice", play.take_over_act("trial", twice), play.platform)
