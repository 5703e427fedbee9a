"""赛马: when the lead department owes the comparison, and a race that was taken over."""

from datetime import timedelta

import pytest

from models.commands.matching import CompareRacers, RacerFinding
from models.commands.trial import SuspendTrial, TerminateTrial
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.vocabulary import Mode
from rules.calendar import due_date
from tests.scenario import Play

A, B = "甲公司", "乙公司"
CLOCK = "race_comparison"


def comparison(*racers: str, ends: str | None = None) -> CompareRacers:
    findings = tuple(RacerFinding(bidder=each, finding="完成率") for each in racers)
    return CompareRacers(basis="按任务书指标", findings=findings, reasons="中期比较", ends=ends)


def ids(play: Play) -> list[str]:
    return [each.id for each in play.state.deadlines]


@pytest.fixture
def race(yancheng: Policy) -> Play:
    return Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)


def test_the_lead_department_owes_the_comparison_from_when_it_may_be_made(race: Play) -> None:
    no = race.refuses("race_too_young", comparison(A, B), race.lead)
    clock = race.deadline(CLOCK)
    assert clock.holder is not None
    assert (clock.holder.unit, clock.verbs, str(clock.counted_from)) == (
        race.state.lead, ("compare_racers",), no.details["earliest"],
    )  # fmt: skip
    limit = race.policy.limits.race_comparison
    assert limit is not None
    assert clock.due_on == due_date(race.policy.calendar, clock.counted_from, limit.period).on


def test_who_compares_in_time_owes_it_no_more_though_all_race_on(race: Play) -> None:
    race.until(race.morning_of(race.deadline(CLOCK).counted_from + timedelta(days=1)))
    race.do(comparison(A, B), race.lead)
    assert CLOCK not in ids(race)
    race.read(A)
    assert CLOCK not in ids(race)


def test_a_comparison_that_is_late_is_reminded_and_ends_nothing(race: Play) -> None:
    race.pass_limit(CLOCK)
    race.let_pass()
    clock = race.deadline(CLOCK)
    assert clock.status is DeadlineStatus.OVERDUE
    assert clock.rungs
    race.do(comparison(A, B, ends=B), race.lead)
    assert CLOCK not in ids(race)


def test_one_who_races_alone_is_compared_with_nobody(yancheng: Policy) -> None:
    play = Play(yancheng).to_trial(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.start(A)
    assert CLOCK not in ids(play)
    play.start(B)
    assert CLOCK in ids(play)


def test_who_leaves_the_race_takes_the_duty_along(race: Play) -> None:
    race.do(TerminateTrial(bidder=B, ground="safety", reasons="危及安全"), race.regulator)
    assert CLOCK not in ids(race)


def test_a_standstill_that_moves_a_trials_half_moves_the_duty(race: Play) -> None:
    before = race.deadline(CLOCK)
    race.suspend_and_resume(timedelta(days=40))
    after = race.deadline(CLOCK)
    no = race.refuses("race_too_young", comparison(A, B), race.lead)
    assert str(after.started_on) == no.details["earliest"]
    assert after.due_on > before.due_on


def test_a_trial_that_was_stopped_still_races(race: Play) -> None:
    race.do(SuspendTrial(bidder=B, reasons="故障"), race.regulator)
    assert CLOCK in ids(race)


def test_an_open_challenge_is_no_race(yancheng: Policy) -> None:
    assert CLOCK not in ids(Play(yancheng).to_running(A))


def test_a_policy_without_the_limit_asks_for_no_comparison(yancheng: Policy) -> None:
    limits = yancheng.limits.model_copy(update={"race_comparison": None})
    policy = yancheng.model_copy(update={"limits": limits})
    play = Play(policy).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    assert CLOCK not in ids(play)
    play.wait(timedelta(days=100))
    play.do(comparison(A, B), play.lead)


# a race that was taken over


def taken_over(policy: Policy, *bidders: str) -> Play:
    play = Play(policy)
    began = play.today - timedelta(days=20)
    declared = [play.declared(each, plan=play.plan(months=6), trial_started_on=began, phase="test") for each in bidders]
    play.do(play.take_over_act("trial", *declared), play.platform)
    return play


def test_a_race_that_was_taken_over_is_compared_by_what_was_declared(yancheng: Policy) -> None:
    play = taken_over(yancheng, A, B)
    no = play.refuses("race_too_young", comparison(A, B), play.lead)
    clock = play.deadline(CLOCK)
    assert str(clock.started_on) == no.details["earliest"]
    play.until(play.morning_of(clock.counted_from + timedelta(days=1)))
    play.do(comparison(A, B, ends=B), play.lead)
    assert {trial.bidder: trial.step for trial in play.state.trials} == {A: "running", B: "rolling_back"}


def test_one_trial_that_was_taken_over_is_no_race(yancheng: Policy) -> None:
    play = taken_over(yancheng, A)
    assert CLOCK not in ids(play)
    play.refuses("no_race", comparison(A), play.lead)


def test_a_city_that_knows_no_race_compares_none(ningbo: Policy) -> None:
    play = taken_over(ningbo, A, B)
    play.wait(timedelta(days=120))
    play.refuses("no_race", comparison(A, B), play.lead)
