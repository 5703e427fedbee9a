"""A deadline that explains itself: given a journal, then its story and its days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from models.calendar import Unit
from models.commands.anywhere import Resume, Suspend
from models.policy import Policy
from rules.calendar import is_workday
from rules.explaining import DayKind, Explanation, explained
from tests.scenario import Play


def why(play: Play, id: str) -> Explanation:
    found = explained(play.journal, id, play.policy.calendar)
    assert found is not None
    return found


def test_a_deadline_says_what_started_it_and_counts_itself_day_by_day(policy: Policy) -> None:
    play = Play(policy).submit()
    story = why(play, "completeness")
    assert story.deadline == play.deadline("completeness")
    (turn,) = story.turns
    assert (turn.what, turn.verb, turn.sequence, turn.due_on) == ("set", "submit", 1, story.deadline.due_on)
    (leg,) = story.legs
    assert leg.start == story.deadline.started_on
    assert leg.days[-1].on == leg.due_on == story.deadline.due_on
    assert all(after.on - before.on == timedelta(days=1) for before, after in pairwise(leg.days))
    if leg.period.unit is Unit.WORKDAYS:
        assert [day.number for day in leg.days if day.number] == list(range(1, leg.period.length + 1))
        assert all(is_workday(policy.calendar, day.on) == (day.number is not None) for day in leg.days)


def test_every_open_deadline_of_a_life_counts_to_its_own_date(policy: Policy) -> None:
    play = Play(policy).to_registered()
    for deadline in play.state.deadlines:
        story = why(play, deadline.id)
        assert story.deadline.due_on == deadline.due_on
        assert not story.legs or story.legs[-1].due_on == deadline.due_on


def test_holidays_and_make_up_days_bear_their_names(yancheng: Policy) -> None:
    play = Play(yancheng, now=Play(yancheng).now.replace(year=2026, month=9, day=24)).submit()
    days = {day.on: day for leg in why(play, "completeness").legs for day in leg.days}
    assert (days[date(2026, 9, 25)].kind, days[date(2026, 9, 25)].number) == (DayKind.HOLIDAY, None)
    assert days[date(2026, 9, 25)].name
    assert days[date(2026, 9, 28)].kind is DayKind.WORKDAY


def test_a_pause_and_its_end_stand_in_the_story_with_who_and_why(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    (before,) = [each for each in play.state.deadlines if each.holder is not None][:1]
    play.do(Suspend(reasons="等上级批复"), play.lead)
    play.wait(timedelta(days=20))
    play.do(Resume(reasons="已批复"), play.lead)
    story = why(play, before.id)
    assert [turn.what for turn in story.turns] == ["set", "paused", "moved"]
    paused, moved = story.turns[1:]
    assert (paused.verb, paused.reasons, paused.unit) == ("suspend", "等上级批复", play.state.lead)
    assert paused.remaining is not None
    assert (moved.because, moved.reasons, moved.due_on) == ("resumption", "已批复", play.deadline(before.id).due_on)
    assert story.legs[-1].due_on == play.deadline(before.id).due_on


def test_one_that_never_was_has_no_story(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    assert explained(play.journal, "nothing", yancheng.calendar) is None


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.MONTHS])
def test_every_day_of_a_natural_period_counts(yancheng: Policy, unit: Unit) -> None:
    for limit in type(yancheng.limits).model_fields:
        period = getattr(yancheng.limits, limit).period
        if period.unit is unit:
            break
    else:
        pytest.skip(f"no limit in {unit}")
    play = Play(yancheng).submit()
    deadline = play.deadline("completeness").model_copy(update={"legs": (period,)})
    first, *rest = play.journal
    events = tuple(
        event.model_copy(update={"deadline": deadline}) if event.kind == "deadline_set" else event
        for event in first.events
    )
    story = explained((first.model_copy(update={"events": events}), *rest), "completeness", yancheng.calendar)
    assert story is not None
    assert all(day.number is not None for day in story.legs[0].days)
