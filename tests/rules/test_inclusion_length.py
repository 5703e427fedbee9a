"""How long an inclusion period may be: 24 months in all, counted as one, and never for a trial that is over."""

from datetime import date

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import DecideExtension, RequestExtension
from models.policy import Policy
from tests.scenario import Play, at, with_limit, with_rules

A = "甲公司"
CLOCK = f"inclusion/{A}"
ASK = RequestExtension(deadline=CLOCK, reasons="继续")
GRANT = DecideExtension(deadline=CLOCK, granted=True, reasons="同意")


def started(policy: Policy, day: date) -> Play:
    play = Play(policy).to_trial(A)
    play.admit(A, months=12)
    play.until(at(day.year, day.month, day.day))
    play.do(play.start_act(A), play.regulator)
    return play


def extended(play: Play) -> Play:
    play.do(ASK, play.bidder(A))
    play.do(GRANT, play.group)
    return play


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (date(2026, 6, 5), date(2028, 6, 5)),  # its first half ends on a Saturday: that is carried nowhere
        (date(2026, 6, 4), date(2028, 6, 5)),  # the whole ends on a Sunday, and moves once
    ],
)
def test_an_extended_period_is_one_period_of_24_months_that_moves_off_a_rest_day_once(
    yancheng: Policy, start: date, until: date
) -> None:
    play = extended(started(yancheng, start))
    clock = play.deadline(CLOCK)
    assert clock.due_on == until
    assert clock.legs == (Period(length=24, unit=Unit.MONTHS),)


def test_extensions_of_another_unit_are_counted_one_after_the_other(yancheng: Policy) -> None:
    rule = yancheng.limits.inclusion.extension
    assert rule is not None
    longer = rule.model_copy(update={"period": Period(length=30, unit=Unit.DAYS)})
    play = extended(started(with_limit(yancheng, "inclusion", extension=longer), date(2026, 6, 5)))
    assert [leg.unit for leg in play.deadline(CLOCK).legs] == [Unit.MONTHS, Unit.DAYS]


def test_no_extension_makes_it_longer_than_the_policy_has_it_in_all(yancheng: Policy) -> None:
    in_all = with_rules(yancheng, "inclusion", at_most=Period(length=18, unit=Unit.MONTHS))
    assert extended(started(in_all, date(2026, 6, 3))).deadline(CLOCK).due_on == date(2027, 12, 3)


def test_a_period_is_not_extended_for_a_trial_that_is_over(yancheng: Policy) -> None:
    running = started(yancheng, date(2026, 6, 3))
    running.do(ASK, running.bidder(A))
    asked = running.fork()
    over = Play(yancheng).to_running(A)
    over.pass_limit(f"trial/{A}")
    over.refuses("inclusion_trial_over", ASK, over.bidder(A))
    trials = tuple(each.model_copy(update={"step": "exit"}) for each in asked.state.trials)
    asked.state = asked.state.model_copy(update={"trials": trials})
    asked.refuses("inclusion_trial_over", GRANT, asked.group)
