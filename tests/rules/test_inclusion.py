"""The inclusion period: its ladder, red lines and orders, its length, and its independence of the trial's stops."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import Period, Unit
from models.commands.anywhere import DecideExtension, RequestExtension
from models.commands.trial import (
    ApproveResumption,
    EndInclusionEarly,
    FirstFault,
    LiftSupervision,
    ProposeResumption,
    RecordFault,
    ReportFix,
    SuspendTrial,
    VerifyCorrection,
)
from models.deadline import DeadlineStatus
from models.events.trial import FaultRecorded
from models.policy import Policy
from models.state import Fault
from models.vocabulary import Role, Suspends
from rules.calendar import shift_workdays
from rules.ladder import climb, window_end
from tests.scenario import Play, city, document, with_limit, with_rules

A = "甲公司"


@pytest.fixture
def running(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A)


EXCUSED = FirstFault(first=True, minor=True, corrected=True, harmless=True)


def fault(kind: str = "delay", *, red_line: str | None = None, punishable: bool = True, **more: object) -> RecordFault:
    excuse = {} if punishable else {"first_fault": EXCUSED, "guidance": "现场指导后当日改正"}
    return RecordFault.model_validate(
        {
            "bidder": A, "kind": kind, "red_line": red_line, "punishable": punishable, "plan_clause": "1.1",
            "finding": "经查属实", "evidence": document("证据"), "with_officer": "regulator-3", **excuse, **more,
        }
    )  # fmt: skip


def record(play: Play, kind: str = "delay", **more: object) -> str | None:
    """The measure that the fault meets."""
    events = play.do(fault(kind, **more), play.regulator)  # type: ignore[arg-type]
    return next(event.fault.rung for event in events if isinstance(event, FaultRecorded))


def standing(play: Play) -> tuple[str, str]:
    return play.state.inclusions[0].step, play.state.trials[0].step


def verify(play: Play, *, corrected: bool) -> None:
    play.do(VerifyCorrection(bidder=A, corrected=corrected, finding="核验"), play.second_regulator)


# the ladder


def test_faults_of_different_kinds_climb_the_ladder_step_by_step_and_then_breach(running: Play) -> None:
    measures = [record(running, kind) for kind in ("one", "two", "three", "four")]
    assert measures == ["remind", "advise", "interview", "order"]
    verify(running, corrected=True)
    assert record(running, "five") == "breach"
    assert standing(running) == ("breached", "suspended")


def test_two_repeats_within_a_year_skip_a_step(running: Play) -> None:
    assert [record(running, "delay") for _ in range(3)] == ["remind", "advise", "order"]


def test_repeats_of_another_kind_skip_nothing(running: Play) -> None:
    assert [record(running, kind) for kind in ("delay", "noise", "delay")] == ["remind", "advise", "interview"]


def test_a_fault_older_than_the_window_is_no_repeat(yancheng: Policy) -> None:
    running = Play(with_rules(yancheng, "inclusion", repeat_window=Period(length=30, unit=Unit.DAYS))).to_running(A)
    assert [record(running, "delay") for _ in range(2)] == ["remind", "advise"]
    running.wait(timedelta(days=31))
    assert record(running, "delay") == "interview"


def test_a_fault_on_the_last_day_of_the_window_is_a_repeat(yancheng: Policy) -> None:
    running = Play(with_rules(yancheng, "inclusion", repeat_window=Period(length=30, unit=Unit.DAYS))).to_running(A)
    assert [record(running, "delay") for _ in range(2)] == ["remind", "advise"]
    running.wait(timedelta(days=30))
    assert record(running, "delay") == "order"


def test_a_first_minor_corrected_harmless_fault_is_not_punished_and_climbs_nothing(running: Play) -> None:
    for kind in ("one", "two", "three", "four", "five"):
        assert record(running, kind, punishable=False) is None
    assert [each.tolerated for each in running.state.inclusions[0].faults] == [True] * 5
    assert record(running, "one") == "remind"


@pytest.mark.parametrize("punished", [True, False])
def test_the_second_of_a_kind_within_the_window_is_never_a_first_fault(yancheng: Policy, *, punished: bool) -> None:
    running = Play(with_rules(yancheng, "inclusion", repeat_window=Period(length=30, unit=Unit.DAYS))).to_running(A)
    record(running, punishable=punished)
    running.wait(timedelta(days=30))
    assert running.refuses("fault_not_first", fault(punishable=False), running.regulator).details["number"] == "1"
    running.wait(timedelta(days=1))
    assert record(running, punishable=False) is None


@pytest.mark.parametrize("finding", ["first", "minor", "corrected", "harmless"])
def test_a_fault_is_excused_on_four_findings_of_the_officer_and_not_on_three(running: Play, finding: str) -> None:
    otherwise = EXCUSED.model_copy(update={finding: False})
    no = running.refuses("fault_not_excused", fault(punishable=False, first_fault=otherwise), running.regulator)
    assert no.details["findings"] == finding
    assert record(running) == "remind", "punished, it may be recorded"


def test_a_tolerated_fault_names_its_findings_and_the_guidance_that_was_followed(running: Play) -> None:
    without = fault(punishable=False, first_fault=None)
    running.refuses("first_fault_findings_missing", without, running.regulator)
    running.refuses("guidance_missing", fault(punishable=False, guidance=None), running.regulator)


def test_a_red_line_is_never_excused(running: Play) -> None:
    crossed = fault(red_line="public_safety", punishable=False)
    running.refuses("red_line_excused", crossed, running.regulator)


def test_a_tolerated_fault_is_no_repeat(running: Play) -> None:
    record(running, punishable=False)
    assert [record(running) for _ in range(3)] == ["remind", "advise", "order"]


def test_what_happened_before_the_period_is_no_fault_of_it(running: Play) -> None:
    running.wait(timedelta(days=3))
    started = running.state.inclusions[0].started_on
    assert started is not None
    long_ago = {"entered_on": started - timedelta(days=9)}
    trials = tuple(trial.model_copy(update=long_ago) for trial in running.state.trials)
    inclusions = tuple(period.model_copy(update=long_ago) for period in running.state.inclusions)
    running.state = running.state.model_copy(update={**long_ago, "trials": trials, "inclusions": inclusions})
    before = started - timedelta(days=1)
    running.refuses("fault_before_inclusion", fault(), running.regulator, on=before)
    running.do(fault(), running.regulator, on=started)


LADDERS = (("remind", "advise", "interview", "order"), ("remind", "order"), ("order",))


@settings(deadline=None)
@given(kinds=st.lists(st.sampled_from("ab"), min_size=1, max_size=6), ladder=st.sampled_from(LADDERS))
def test_every_path_on_every_ladder_only_climbs(kinds: list[str], ladder: tuple[str, ...]) -> None:
    """An independent climb: one up, two up from the second repeat of a kind on, at last the breach."""
    rules = with_rules(city("yancheng"), "inclusion", ladder=ladder).inclusion
    day, faults, at = date(2026, 3, 2), (), -1  # type: tuple[date, tuple[Fault, ...], int]
    for number, kind in enumerate(kinds, start=1):
        rung = climb(rules, faults, kind, day).rung
        at += 2 if kinds[: number - 1].count(kind) >= 2 else 1
        assert rung == (ladder[at] if at < len(ladder) else "breach")
        if rung == "breach":
            return
        faults = (*faults, Fault(number=number, kind=kind, recorded_on=day, rung=rung, by="r"))


@pytest.mark.parametrize(
    ("start", "window", "end"),
    [
        (date(2026, 1, 31), Period(length=1, unit=Unit.MONTHS), date(2026, 2, 28)),
        (date(2024, 2, 29), Period(length=1, unit=Unit.YEARS), date(2025, 2, 28)),
        (date(2026, 3, 2), Period(length=12, unit=Unit.MONTHS), date(2027, 3, 2)),
        (date(2026, 11, 30), Period(length=3, unit=Unit.MONTHS), date(2027, 2, 28)),
        (date(2026, 3, 2), Period(length=30, unit=Unit.DAYS), date(2026, 4, 1)),
    ],
)
def test_the_window_ends_on_its_own_day_and_rolls_over_no_rest_day(start: date, window: Period, end: date) -> None:
    assert window_end(start, window) == end


# red lines


def test_every_red_line_breaches_at_once_and_stops_the_trial(yancheng: Policy) -> None:
    start = Play(yancheng).to_running(A)
    for red_line in yancheng.inclusion.red_lines:
        play = start.fork()
        assert record(play, "accident", red_line=red_line) is None
        assert standing(play) == ("breached", "suspended")
        period = play.deadline(f"inclusion/{A}")
        assert period.status is DeadlineStatus.PAUSED, "what is left of it waits for the remedies"
        assert f"fix/{A}" in [each.id for each in play.state.deadlines]


def test_a_red_line_that_the_city_does_not_draw_is_refused(running: Play) -> None:
    no = running.refuses("unknown_red_line", fault(red_line="bad_weather"), running.regulator)
    assert "public_safety" in no.details["known"]


def test_after_the_breach_there_is_no_period_and_no_ladder(running: Play) -> None:
    record(running, red_line="public_safety")
    assert record(running) == "order"
    running.refuses("wrong_bidder_step", EndInclusionEarly(bidder=A, reasons="x"), running.regulator)


def test_a_breached_trial_may_be_resumed_but_without_its_inclusion_period(running: Play) -> None:
    record(running, red_line="public_safety")
    running.do(LiftSupervision(bidder=A, reasons="可恢复"), running.regulator)
    running.do(ReportFix(bidder=A, proof=document("整改证明")), running.bidder(A))
    running.do(ProposeResumption(bidder=A, reasons="已整改"), running.regulator)
    running.do(ApproveResumption(bidder=A), running.second_regulator)
    assert standing(running) == ("breached", "running")


# orders to correct


@pytest.fixture
def ordered(running: Play) -> Play:
    for kind in ("one", "two", "three", "four"):
        record(running, kind)
    running.serve_notices()
    return running


def test_an_order_to_correct_is_the_bidders_duty_for_fifteen_working_days(ordered: Play) -> None:
    clock = ordered.deadline(f"correction_order/{A}/#4")
    assert clock.holder == ordered.holder(Role.BIDDER, A)
    assert clock.due_on == shift_workdays(ordered.policy.calendar, ordered.today, 15)


def test_who_issued_an_order_does_not_verify_it(ordered: Play) -> None:
    verification = VerifyCorrection(bidder=A, corrected=True, finding="核验")
    ordered.refuses("officer_verifies", verification, ordered.regulator)
    ordered.do(verification, ordered.second_regulator)
    assert standing(ordered) == ("active", "running")
    ordered.refuses("no_open_order", verification, ordered.second_regulator)


def test_an_order_that_was_not_followed_breaches(ordered: Play) -> None:
    verify(ordered, corrected=False)
    assert standing(ordered) == ("breached", "suspended")
    assert not [each for each in ordered.state.deadlines if each.limit == "correction_order"]


def test_the_time_of_an_order_is_extended_once_by_another_person(ordered: Play) -> None:
    clock = ordered.deadline(f"correction_order/{A}/#4")
    ordered.do(RequestExtension(deadline=clock.id, reasons="备件未到"), ordered.bidder(A))
    ordered.do(DecideExtension(deadline=clock.id, granted=True, reasons="同意"), ordered.second_regulator)
    assert ordered.deadline(clock.id).due_on == shift_workdays(ordered.policy.calendar, clock.due_on, 15)
    again = RequestExtension(deadline=clock.id, reasons="备件未到")
    ordered.refuses("extensions_used_up", again, ordered.bidder(A))


def test_a_red_line_during_an_open_order_ends_the_order_with_the_period(ordered: Play) -> None:
    record(ordered, red_line="refusal_to_correct")
    assert standing(ordered) == ("breached", "suspended")
    assert f"correction_order/{A}/#4" not in [each.id for each in ordered.state.deadlines]


# length


def test_the_period_is_extended_once_and_not_by_who_granted_it(running: Play) -> None:
    clock = running.deadline(f"inclusion/{A}")
    running.do(RequestExtension(deadline=clock.id, reasons="继续验证"), running.bidder(A))
    grant = DecideExtension(deadline=clock.id, granted=True, reasons="同意")
    assert running.state.inclusions[0].granted_by == running.regulator.person
    running.refuses("granted_before", grant, running.regulator)
    running.do(grant, running.group)
    assert standing(running) == ("extended", "running")
    assert (running.deadline(clock.id).due_on - clock.due_on).days >= 365
    again = RequestExtension(deadline=clock.id, reasons="继续验证")
    running.refuses("extensions_used_up", again, running.bidder(A))
    assert record(running) == "remind", "faults are recorded in an extended period as well"


def test_an_extension_of_the_period_is_asked_for_twenty_working_days_before_its_end(yancheng: Policy) -> None:
    running = Play(yancheng).to_trial(A)
    running.start(A, months=12)
    clock = running.deadline(f"inclusion/{A}")
    latest = shift_workdays(running.policy.calendar, clock.due_on, -20)
    running.until(running.morning_of(latest + timedelta(days=1)))
    ask = RequestExtension(deadline=clock.id, reasons="继续验证")
    assert running.refuses("extension_too_late", ask, running.bidder(A)).details["latest"] == latest.isoformat()


def test_a_period_that_runs_out_before_the_trial_ends_by_itself(yancheng: Policy) -> None:
    play = Play(with_limit(yancheng, "inclusion", period=Period(length=2, unit=Unit.MONTHS))).to_running(A)
    play.pass_limit(f"inclusion/{A}")
    assert standing(play) == ("ended", "running")
    play.end_trial(A)
    assert play.state.step == "acceptance"


def test_an_order_open_at_the_end_of_the_period_outlives_it(yancheng: Policy) -> None:
    play = Play(with_limit(yancheng, "inclusion", period=Period(length=10, unit=Unit.DAYS))).to_running(A)
    for kind in ("one", "two", "three", "four"):
        record(play, kind)
    play.pass_limit(f"inclusion/{A}")
    assert standing(play) == ("ended", "running")
    assert [each.id for each in play.state.services] == [f"correction_order/{A}/#4"]


def test_a_trial_that_ends_before_the_period_ends_the_period(running: Play) -> None:
    running.end_trial(A)
    assert standing(running) == ("ended", "ended")


def test_a_period_that_the_bidder_wants_no_more_ends_early_and_for_good(running: Play) -> None:
    running.do(EndInclusionEarly(bidder=A, reasons="已无必要", at_bidders_request=True), running.regulator)
    assert standing(running) == ("ended_early", "running")
    assert f"inclusion/{A}" not in [each.id for each in running.state.deadlines]
    assert running.state.decisions == ()


ORDER = f"correction_order/{A}/#4"


def test_the_clock_of_an_order_runs_on_whether_its_period_is_given_back_or_not(ordered: Play) -> None:
    left = ordered.deadline(ORDER)
    ordered.do(EndInclusionEarly(bidder=A, reasons="已无必要"), ordered.regulator)
    assert ordered.deadline(ORDER) == left
    ordered.win_appeal()
    assert (standing(ordered), ordered.deadline(ORDER).due_on) == (("active", "running"), left.due_on)
    missed = ordered.fork()
    missed.pass_limit(ORDER)
    assert standing(missed) == ("active", "suspended")
    verify(ordered, corrected=True)
    assert ORDER not in [each.id for each in ordered.state.deadlines]


def test_an_order_that_was_not_served_yet_waits_for_its_service_in_a_period_that_is_given_back(running: Play) -> None:
    for kind in ("one", "two", "three", "four"):
        record(running, kind)
    if not running.state.services:
        pytest.skip("here an order runs from the act")
    running.do(EndInclusionEarly(bidder=A, reasons="已无必要"), running.regulator)
    running.win_appeal()
    running.serve_notices()
    assert running.deadline(ORDER).status is DeadlineStatus.OPEN


def test_a_stop_of_the_trial_stops_the_periods_clock_only_where_the_city_says_so(yancheng: Policy) -> None:
    for pauses, status in ((False, DeadlineStatus.OPEN), (True, DeadlineStatus.PAUSED)):
        play = Play(with_rules(yancheng, "inclusion", suspension_pauses=pauses)).to_running(A)
        before = play.deadline(f"inclusion/{A}").due_on
        play.do(SuspendTrial(bidder=A, reasons="故障"), play.regulator)
        assert play.deadline(f"inclusion/{A}").status is status
        play.wait(timedelta(days=20))
        play.do(ReportFix(bidder=A, proof=document("整改证明")), play.bidder(A))
        play.do(ProposeResumption(bidder=A, reasons="已整改"), play.regulator)
        play.do(ApproveResumption(bidder=A), play.second_regulator)
        moved = (play.deadline(f"inclusion/{A}").due_on - before).days
        assert (moved >= 20) is pauses


def test_a_period_that_a_stop_held_runs_on_when_the_trial_ends_meanwhile(yancheng: Policy) -> None:
    policy = with_limit(
        with_rules(yancheng, "inclusion", suspension_pauses=True), "trial", when_suspended=Suspends.RUNS
    )
    play = Play(policy).to_running(A)
    play.do(SuspendTrial(bidder=A, reasons="故障"), play.regulator)
    play.pass_limit(f"trial/{A}")
    assert play.deadline(f"inclusion/{A}").status is DeadlineStatus.OPEN


# a second trial


def test_a_repeated_trial_may_have_an_inclusion_period_again_with_the_faults_of_the_first(running: Play) -> None:
    running.pass_phases()
    running.until(running.deadline(f"trial/{A}").due_at - timedelta(days=5))
    for kind in ("one", "two", "three", "four"):
        record(running, kind)
    verify(running, corrected=True)
    running.end_trial(A)
    running.retrial(A)
    running.start(A)
    assert standing(running) == ("active", "running")
    assert len(running.state.inclusions[0].faults) == 4
    verification = VerifyCorrection(bidder=A, corrected=True, finding="核验")
    running.refuses("no_open_order", verification, running.second_regulator)
    assert record(running, "five") == "breach"


def test_who_breached_the_period_gets_no_second_one(running: Play) -> None:
    record(running, red_line="public_safety")
    running.do(LiftSupervision(bidder=A, reasons="可恢复"), running.regulator)
    running.do(ReportFix(bidder=A, proof=document("整改证明")), running.bidder(A))
    running.do(ProposeResumption(bidder=A, reasons="已整改"), running.regulator)
    running.do(ApproveResumption(bidder=A), running.second_regulator)
    running.end_trial(A)
    running.retrial(A)
    running.admit(A)
    running.refuses("inclusion_not_eligible", running.start_act(A), running.regulator)
    running.do(running.start_act(A, inclusion=False), running.regulator)


# livelihood


def test_a_livelihood_scene_that_was_taken_over_gets_no_period_without_the_credit_check(yancheng: Policy) -> None:
    livelihood = next(domain for domain in yancheng.domains if domain.livelihood)
    other = next(domain for domain in yancheng.domains if not domain.livelihood)
    for domain, strict in ((livelihood, True), (livelihood, False), (other, True)):
        policy = with_rules(yancheng, "inclusion", livelihood_commitment=strict)
        play = Play(policy, domain=domain.name).taken_over("trial", A)
        play.admit(A)
        if domain is livelihood and strict:
            play.refuses("inclusion_not_eligible", play.start_act(A), play.regulator)
        else:
            play.do(play.start_act(A), play.regulator)
            assert standing(play) == ("active", "running")
