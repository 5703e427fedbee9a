"""The calendar counts as the Civil Code does, on real and on invented notices, checked against a slow honest count."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import LONGEST, Calendar, DueDate, Holiday, Period, Unit, YearNotice
from rules.calendar import (
    due_date,
    is_published,
    is_workday,
    shift_workdays,
    with_notice,
    workdays_between,
    workdays_left,
)
from runtime.calendar_files import load_calendar

DAY = timedelta(days=1)
CHINA = load_calendar(Path(__file__).parents[2] / "policies" / "calendars")
WEEKENDS_ONLY = Calendar()

VECTORS_2026 = [
    ("2026-01-01", 1, "2026-01-04"),
    ("2026-02-12", 5, "2026-02-26"),
    ("2026-02-13", 10, "2026-03-05"),
    ("2026-04-03", 3, "2026-04-09"),
    ("2026-04-30", 5, "2026-05-11"),
    ("2026-06-18", 1, "2026-06-22"),
    ("2026-09-18", 5, "2026-09-24"),
    ("2026-09-30", 5, "2026-10-13"),
    ("2026-10-09", 2, "2026-10-12"),
]


def notice(
    year: int, rest: tuple[date, ...] = (), work: tuple[date, ...] = (), source: str = "invented for a test"
) -> YearNotice:
    holidays = (Holiday(name="假日", days=rest),) if rest else ()
    return YearNotice(year=year, source=source, holidays=holidays, makeup_workdays=work, invented=True)


def workdays(n: int) -> Period:
    return Period(length=n, unit=Unit.WORKDAYS)


def days(n: int) -> Period:
    return Period(length=n, unit=Unit.DAYS)


def months(n: int) -> Period:
    return Period(length=n, unit=Unit.MONTHS)


def years(n: int) -> Period:
    return Period(length=n, unit=Unit.YEARS)


# The slow honest count: one day at a time, over plain lists, with no arithmetic on dates but "the next day".


def works(calendar: Calendar, day: date) -> bool:
    for each in calendar.notices:
        if day in each.makeup_workdays:
            return True
        if any(day in holiday.days for holiday in each.holidays):
            return False
    return day.strftime("%a") not in ("Sat", "Sun")


def counted(calendar: Calendar, start: date, period: Period) -> date:
    day = start
    if period.unit is Unit.WORKDAYS:
        left = period.length
        while left:
            day += DAY
            left -= works(calendar, day)
        return day
    if period.unit is Unit.DAYS:
        for _ in range(period.length):
            day += DAY
    else:
        left = period.length * (12 if period.unit is Unit.YEARS else 1)
        while left:  # into the month in which the period ends
            day += DAY
            left -= day.day == 1
        while day.day != start.day and (day + DAY).day != 1:
            day += DAY
    while not works(calendar, day):
        day += DAY
    return day


def touches_an_unpublished_year(calendar: Calendar, start: date, due: date) -> bool:
    published = [each.year for each in calendar.notices]
    day = start
    while day <= due:
        if day.year not in published:
            return True
        day += DAY
    return False


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Notices for some of the years 2023 to 2033: blocks of rest days and make-up weekends, reaching over New Year."""
    notices: list[YearNotice] = []
    rest_so_far: set[date] = set()
    work_so_far: set[date] = set()
    for year in sorted(draw(st.sets(st.integers(2023, 2033), max_size=8))):
        first = date(year - 1, 12, 1)
        length = (date(year + 1, 1, 31) - first).days
        blocks = draw(st.lists(st.tuples(st.integers(0, length - 12), st.integers(1, 12)), max_size=7))
        rest = {first + n * DAY for at, size in blocks for n in range(size)} - work_so_far
        candidates = {first + n * DAY for n in draw(st.sets(st.integers(0, length), max_size=25))}
        work = {day for day in candidates if day.weekday() >= 5} - rest - rest_so_far
        rest_so_far |= rest
        work_so_far |= work
        notices.append(notice(year, tuple(sorted(rest)), tuple(sorted(work))))
    return Calendar(notices=tuple(notices))


a_day = st.dates(date(2022, 6, 1), date(2034, 6, 1))
periods = st.one_of(
    st.builds(workdays, st.integers(1, 300)),
    st.builds(days, st.integers(1, 500)),
    st.builds(months, st.integers(1, 30)),
    st.builds(years, st.integers(1, 3)),
)


# The notices


def test_every_day_from_2007_to_2026_is_what_chinesecalendar_says() -> None:
    day = date(2007, 1, 1)
    differing = []
    while day.year < 2027:
        if is_workday(CHINA, day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += DAY
    assert differing == []


def test_the_year_2026_has_248_workdays() -> None:
    assert workdays_between(CHINA, date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_the_notices_of_2007_to_2026_are_published_and_no_others() -> None:
    assert [year for year in range(1990, 2050) if is_published(CHINA, year)] == list(range(2007, 2027))


def test_a_notice_may_reach_into_the_december_before() -> None:
    by_year = {each.year: each for each in CHINA.notices}
    assert by_year[2008].holidays[0].days == (date(2007, 12, 30), date(2007, 12, 31), date(2008, 1, 1))
    assert date(2007, 12, 29) in by_year[2008].makeup_workdays
    assert date(2006, 12, 31) in by_year[2007].makeup_workdays


@pytest.mark.parametrize(("start", "length", "due"), VECTORS_2026)
def test_the_vectors_of_2026_hold(start: str, length: int, due: str) -> None:
    result = due_date(CHINA, date.fromisoformat(start), workdays(length))
    assert result.on == date.fromisoformat(due)
    assert not result.provisional


# Due dates


@settings(max_examples=150, deadline=None)
@given(calendars(), a_day, periods)
def test_a_due_date_is_what_counting_day_by_day_gives(calendar: Calendar, start: date, period: Period) -> None:
    result = due_date(calendar, start, period)
    assert result.on == counted(calendar, start, period)
    assert result.provisional == touches_an_unpublished_year(calendar, start, result.on)


@settings(max_examples=150, deadline=None)
@given(calendars(), a_day, periods)
def test_the_arithmetic_lets_anyone_count_again_by_hand(calendar: Calendar, start: date, period: Period) -> None:
    result = due_date(calendar, start, period)
    told = result.arithmetic
    passed = [start + n * DAY for n in range(1, (result.on - start).days + 1)]
    assert told.due_on == result.on
    if period.unit is Unit.WORKDAYS:
        counting = [day for day in passed if works(calendar, day)]
        assert told.counted_from == counting[0]
        assert told.rest_days_skipped == len(passed) - period.length
        assert told.makeup_workdays == tuple(day for day in counting if day.weekday() >= 5)
        assert told.rolled_from is None
    else:
        end = told.rolled_from or result.on
        assert told.counted_from == start + DAY
        assert told.rest_days_skipped == (result.on - end).days
        assert told.makeup_workdays == ((result.on,) if result.on.weekday() >= 5 else ())
        assert (told.rolled_from is None) == works(calendar, end)


@given(a_day, st.integers(1, 300))
def test_the_day_of_the_event_is_not_counted(start: date, length: int) -> None:
    end = due_date(WEEKENDS_ONLY, start, days(length))
    assert (end.arithmetic.rolled_from or end.on) == start + length * DAY


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2025-01-31", months(1), "2025-02-28"),
        ("2024-01-31", months(1), "2024-02-29"),
        ("2025-03-31", months(1), "2025-04-30"),
        ("2025-02-28", months(1), "2025-03-28"),
        ("2024-02-29", years(1), "2025-02-28"),
        ("2024-02-29", years(4), "2028-02-29"),
        ("2025-12-31", months(2), "2026-02-28"),
        ("2025-11-15", months(14), "2027-01-15"),
        ("2025-06-30", years(2), "2027-06-30"),
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_last_of_the_month(
    start: str, period: Period, end: str
) -> None:
    result = due_date(WEEKENDS_ONLY, date.fromisoformat(start), period)
    assert (result.arithmetic.rolled_from or result.on) == date.fromisoformat(end)


def test_a_period_that_ends_in_a_holiday_ends_on_the_first_workday_after_it() -> None:
    result = due_date(CHINA, date(2026, 9, 3), months(1))
    assert result.on == date(2026, 10, 8)
    assert result.arithmetic.rolled_from == date(2026, 10, 3)
    assert result.arithmetic.rest_days_skipped == 5


def test_a_period_that_ends_on_a_plain_weekend_ends_on_the_monday() -> None:
    assert due_date(CHINA, date(2026, 7, 1), days(10)).on == date(2026, 7, 13)


def test_a_period_that_ends_on_a_makeup_workday_stays_there() -> None:
    result = due_date(CHINA, date(2026, 9, 20), days(20))
    assert result.on == date(2026, 10, 10)
    assert result.on.weekday() == 5
    assert result.arithmetic.rolled_from is None
    assert result.arithmetic.makeup_workdays == (date(2026, 10, 10),)


def test_a_rest_day_before_a_makeup_workday_rolls_onto_it() -> None:
    result = due_date(CHINA, date(2025, 12, 24), days(10))
    assert result.arithmetic.rolled_from == date(2026, 1, 3)
    assert result.on == date(2026, 1, 4)


# Provisional dates


def test_a_date_within_published_years_is_firm() -> None:
    assert not due_date(CHINA, date(2025, 12, 1), workdays(40)).provisional


def test_a_date_in_a_year_without_notice_is_provisional_and_counts_weekends_only() -> None:
    result = due_date(CHINA, date(2026, 12, 25), workdays(10))
    assert result.on == date(2027, 1, 8)
    assert result.provisional


def test_a_date_that_only_rolls_into_a_year_without_notice_is_provisional() -> None:
    calendar = Calendar(notices=(notice(2027, rest=(date(2027, 12, 31),)),))
    result = due_date(calendar, date(2027, 12, 1), days(30))
    assert result.arithmetic.rolled_from == date(2027, 12, 31)
    assert result.on == date(2028, 1, 3)
    assert result.provisional


def test_a_gap_between_published_years_makes_a_date_provisional() -> None:
    calendar = Calendar(notices=(notice(2026), notice(2028)))
    assert due_date(calendar, date(2026, 6, 1), years(2)).provisional
    assert not due_date(calendar, date(2026, 6, 1), months(2)).provisional


def test_an_event_before_the_first_notice_is_provisional() -> None:
    assert due_date(CHINA, date(2006, 12, 29), workdays(5)).provisional


def test_loading_the_notice_makes_the_date_firm_and_moves_it() -> None:
    before = due_date(CHINA, date(2026, 12, 30), workdays(3))
    assert (before.on, before.provisional) == (date(2027, 1, 4), True)
    told = notice(2027, rest=(date(2027, 1, 1), date(2027, 1, 4)), work=(date(2027, 1, 9),))
    after = due_date(with_notice(CHINA, told), date(2026, 12, 30), workdays(3))
    assert (after.on, after.provisional) == (date(2027, 1, 6), False)


# Shifting and counting


@settings(max_examples=150, deadline=None)
@given(calendars(), a_day, st.integers(-300, 300))
def test_from_a_workday_there_and_back_is_home(calendar: Calendar, day: date, n: int) -> None:
    home = shift_workdays(calendar, day, 1)
    there = shift_workdays(calendar, home, n)
    assert works(calendar, there)
    assert shift_workdays(calendar, there, -n) == home
    assert workdays_between(calendar, home, there) == n
    assert workdays_left(calendar, home, there) == n


@given(calendars(), a_day, a_day)
@settings(max_examples=50, deadline=None)
def test_workdays_between_two_days_are_those_counted_one_by_one(calendar: Calendar, one: date, other: date) -> None:
    after, until = sorted((one, other))
    passed = [after + n * DAY for n in range(1, (until - after).days + 1)]
    total = sum(works(calendar, day) for day in passed)
    assert workdays_between(calendar, after, until) == total
    assert workdays_between(calendar, until, after) == -total


@given(calendars(), a_day, st.integers(1, 60))
@settings(deadline=None)
def test_a_deadline_in_workdays_is_that_many_workdays_away(calendar: Calendar, start: date, length: int) -> None:
    due = due_date(calendar, start, workdays(length)).on
    assert due == shift_workdays(calendar, start, length)
    assert workdays_left(calendar, start, due) == length


def test_from_a_rest_day_one_workday_leads_to_the_nearest_on_either_side() -> None:
    saturday = date(2026, 7, 11)
    assert shift_workdays(CHINA, saturday, 1) == date(2026, 7, 13)
    assert shift_workdays(CHINA, saturday, -1) == date(2026, 7, 10)
    assert shift_workdays(CHINA, saturday, 0) == saturday


def test_a_reminder_five_workdays_ahead_skips_the_holiday() -> None:
    assert shift_workdays(CHINA, date(2026, 10, 12), -5) == date(2026, 9, 29)


def test_workdays_left_is_zero_on_the_day_and_negative_from_the_first_workday_overdue() -> None:
    friday = date(2026, 7, 10)
    left = [workdays_left(CHINA, friday + n * DAY, friday) for n in (-2, -1, 0, 1, 2, 3, 4)]
    assert left == [2, 1, 0, 0, 0, -1, -2]


# What is refused


def test_hours_have_no_due_date() -> None:
    with pytest.raises(ValueError, match="1 hours end at an instant, not on a day"):
        due_date(CHINA, date(2026, 3, 2), Period(length=1, unit=Unit.HOURS))


@pytest.mark.parametrize("period", [workdays(1), days(3), months(1), years(1)])
def test_a_period_past_the_year_9999_is_refused(period: Period) -> None:
    with pytest.raises(
        ValueError, match=rf"{period.length} {period.unit.value} from 9999-12-31 leave the years 1 to 9999"
    ):
        due_date(CHINA, date(9999, 12, 31), period)


@pytest.mark.parametrize("unit", Unit)
def test_a_period_of_more_than_a_century_is_refused(unit: Unit) -> None:
    assert Period(length=LONGEST[unit], unit=unit).length == LONGEST[unit]
    with pytest.raises(ValidationError, match="more than a century; shorten it"):
        Period(length=LONGEST[unit] + 1, unit=unit)


@pytest.mark.parametrize("n", [-1, -(10**12)])
def test_shifting_before_the_year_1_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="leave the years 1 to 9999"):
        shift_workdays(CHINA, date(1, 1, 1), n)


@pytest.mark.parametrize("length", [0, -3, True, 2.5, "5"])
def test_a_period_has_a_whole_positive_length(length: object) -> None:
    with pytest.raises(ValidationError):
        Period.model_validate({"length": length, "unit": "days"})


@pytest.mark.parametrize(
    ("rest", "work", "complaint"),
    [
        ((), (date(2026, 3, 2),), "2026-03-02 is a Monday; only a Saturday or Sunday"),
        ((date(2026, 3, 7),), (date(2026, 3, 7),), "2026-03-07 is also a rest day"),
        ((date(2026, 3, 3), date(2026, 3, 3)), (), "2026-03-03 stands after 2026-03-03"),
        ((date(2026, 3, 3), date(2026, 3, 2)), (), "2026-03-02 stands after 2026-03-03"),
        ((), (date(2026, 3, 8), date(2026, 3, 7)), "2026-03-07 stands after 2026-03-08"),
        ((date(2025, 11, 30),), (), "2025-11-30 does not belong to a notice of 2026"),
        ((date(2027, 2, 1),), (), "2027-02-01 does not belong to a notice of 2026"),
        ((), (date(2028, 1, 1),), "2028-01-01 does not belong to a notice of 2026"),
    ],
)
def test_a_contradictory_notice_is_refused(rest: tuple[date, ...], work: tuple[date, ...], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint) as refused:
        notice(2026, rest, work)
    (error,) = refused.value.errors()
    assert complaint[:10] in error["ctx"]["zh"], "and the same in Chinese"
    assert "；" in error["ctx"]["zh"]


def test_a_notice_may_reach_into_the_neighbouring_december_and_january() -> None:
    told = notice(2026, rest=(date(2025, 12, 1), date(2027, 1, 31)), work=(date(2025, 12, 6), date(2027, 1, 30)))
    assert told.makeup_workdays == (date(2025, 12, 6), date(2027, 1, 30))


def test_two_holidays_of_a_notice_do_not_share_a_day() -> None:
    day = date(2026, 10, 1)
    with pytest.raises(ValidationError, match="2026-10-01 stands after 2026-10-01"):
        YearNotice(
            year=2026,
            source="test",
            holidays=(Holiday(name="国庆节", days=(day,)), Holiday(name="中秋节", days=(day,))),
        )


def test_a_calendar_holds_one_notice_a_year_in_order() -> None:
    with pytest.raises(ValidationError, match="the notice of 2026 follows that of 2026"):
        Calendar(notices=(notice(2026), notice(2026)))
    with pytest.raises(ValidationError, match="the notice of 2026 follows that of 2027"):
        Calendar(notices=(notice(2027), notice(2026)))


def test_a_day_is_not_rest_in_one_notice_and_work_in_another() -> None:
    saturday = date(2027, 1, 2)
    calendar = Calendar(notices=(notice(2026, work=(saturday,)),))
    with pytest.raises(ValueError, match="2027-01-02 is a rest day in one notice and a workday in another"):
        with_notice(calendar, notice(2027, rest=(saturday,)))


# Versions and payloads


def test_a_version_names_the_last_year_and_the_content() -> None:
    assert CHINA.version.startswith("cn-2026-")
    assert WEEKENDS_ONLY.version.startswith("cn-none-")
    assert Calendar(notices=(notice(2026),)).version == Calendar(notices=(notice(2026),)).version
    assert Calendar(notices=(notice(2026),)).version != Calendar(notices=(notice(2026, source="other"),)).version


def test_a_version_in_an_old_history_is_still_that_of_its_content() -> None:
    calendar = Calendar(notices=(notice(2026, rest=(date(2026, 1, 1),), work=(date(2026, 1, 4),)),))
    assert calendar.version == "cn-2026-47a934d1"


def test_loading_a_notice_gives_a_new_version_and_leaves_the_old_calendar_alone() -> None:
    before = CHINA.version
    told = with_notice(CHINA, notice(2027, rest=(date(2027, 3, 1),)))
    assert told.version.startswith("cn-2027-")
    assert not is_workday(told, date(2027, 3, 1))
    assert CHINA.version == before
    assert is_workday(CHINA, date(2027, 3, 1))


def test_a_later_notice_replaces_that_of_its_year() -> None:
    first = with_notice(CHINA, notice(2027, rest=(date(2027, 3, 1),)))
    second = with_notice(first, notice(2027, rest=(date(2027, 3, 2),)))
    assert is_workday(second, date(2027, 3, 1))
    assert not is_workday(second, date(2027, 3, 2))
    assert [each.year for each in second.notices] == list(range(2007, 2028))


def test_a_notice_of_an_earlier_year_finds_its_place() -> None:
    told = with_notice(CHINA, notice(2005))
    assert [each.year for each in told.notices] == [2005, *range(2007, 2027)]
    assert told.version.startswith("cn-2026-")


def test_a_copy_with_other_notices_counts_on_those() -> None:
    assert CHINA.version
    copy = CHINA.model_copy(update={"notices": (notice(2026),)})
    assert copy.version == Calendar(notices=(notice(2026),)).version
    assert is_workday(copy, date(2026, 10, 1))


@given(calendars())
@settings(max_examples=50, deadline=None)
def test_a_calendar_comes_back_from_json_the_same(calendar: Calendar) -> None:
    back = Calendar.model_validate_json(calendar.model_dump_json())
    assert back == calendar
    assert hash(back) == hash(calendar)
    assert back.version == calendar.version
    assert Calendar.model_validate_json(calendar.model_dump_json(exclude_defaults=True)) == calendar


@given(calendars(), a_day, periods)
@settings(max_examples=50, deadline=None)
def test_a_due_date_comes_back_from_json_the_same(calendar: Calendar, start: date, period: Period) -> None:
    due = due_date(calendar, start, period)
    assert DueDate.model_validate_json(due.model_dump_json()) == due
    assert Period.model_validate_json(period.model_dump_json()) == period
