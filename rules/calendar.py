"""Counting time on the working-day calendar: the Civil Code's rules (articles 201 to 203) over published notices.

The day of the triggering event does not count (201). A period in workdays ends on its last workday. One in days, months
or years ends on the last day, the corresponding day, or the month's last day where that is missing (202); when this is
a rest day, it ends on the next workday (203). Every day off is a rest day here: weekends and announced holidays alike,
make-up workdays not. Years without a notice know plain weekends, and mark every date they touch as provisional.

Days only: periods in hours are exact instants and none of this file's business. All functions raise ValueError where a
count would leave the years 1 to 9999.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import assert_never

from models.calendar import SATURDAY, Arithmetic, Calendar, DueDate, Period, Unit, YearNotice

_DAY = timedelta(days=1)


def is_workday(calendar: Calendar, day: date) -> bool:
    """Whether people work on `day`: Monday to Friday outside the holidays, and make-up workdays."""
    if day.weekday() < SATURDAY:
        return day not in calendar.rest_days
    return day in calendar.makeup_workdays


def is_published(calendar: Calendar, year: int) -> bool:
    """Whether the calendar holds the year's notice; without it the year's days are a guess."""
    return year in calendar.years


def due_date(calendar: Calendar, start: date, period: Period) -> DueDate:
    """The last day of `period` when its triggering event falls on `start` (Civil Code 201 to 203).

    Raises ValueError for a period in hours, and for one that runs past the year 9999.
    """
    length = period.length
    try:
        match period.unit:
            case Unit.HOURS:
                raise ValueError(f"{length} hours end at an instant, not on a day; add them to the time of the event")
            case Unit.WORKDAYS:
                return _due_after_workdays(calendar, start, length)
            case Unit.DAYS:
                return _due_at_end(calendar, start, start + timedelta(days=length))
            case Unit.MONTHS:
                return _due_at_end(calendar, start, _months_later(start, length))
            case Unit.YEARS:
                return _due_at_end(calendar, start, _months_later(start, 12 * length))
            case _:
                assert_never(period.unit)
    except OverflowError:
        raise _beyond_the_years(start, length, period.unit) from None


def shift_workdays(calendar: Calendar, day: date, n: int) -> date:
    """The n-th workday after `day`; for negative n the |n|-th before it; for 0 `day` itself, whatever it is.

    `day` never counts: from a Saturday or Sunday of a plain week, 1 is the Monday after and -1 the Friday before. So
    there and back again leads to `day` only where `day` is a workday.
    Raises ValueError when the count leaves the years 1 to 9999.
    """
    step = _DAY if n > 0 else -_DAY
    room = date.max - day if n > 0 else day - date.min
    if abs(n) > room.days:
        raise _beyond_the_years(day, n, Unit.WORKDAYS)
    shifted = day
    try:
        for _ in range(abs(n)):
            shifted += step
            while not is_workday(calendar, shifted):
                shifted += step
    except OverflowError:
        raise _beyond_the_years(day, n, Unit.WORKDAYS) from None
    return shifted


def workdays_between(calendar: Calendar, after: date, until: date) -> int:
    """How many workdays follow `after`, up to and including `until`.

    Where `until` is the earlier one, the same count from `until` to `after`, negative.
    """
    if until < after:
        return -workdays_between(calendar, until, after)
    return sum(is_workday(calendar, after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def workdays_left(calendar: Calendar, today: date, due: date) -> int:
    """Workdays after today up to and including `due`: 0 on the due day, -1 on the first workday after it.

    On the rest days right after the due day it is still 0: whether a deadline has passed is for the dates to say.
    """
    return workdays_between(calendar, today, due)


def with_notice(calendar: Calendar, notice: YearNotice) -> Calendar:
    """A new calendar in which `notice` is the one of its year, replacing an earlier one.

    Raises ValueError when a neighbouring year's notice has as work what this one has as rest, or the reverse.
    """
    others = (other for other in calendar.notices if other.year != notice.year)
    return Calendar(notices=tuple(sorted((*others, notice), key=lambda each: each.year)))


def _due_after_workdays(calendar: Calendar, start: date, length: int) -> DueDate:
    due = shift_workdays(calendar, start, length)
    arithmetic = Arithmetic(
        counted_from=shift_workdays(calendar, start, 1),
        rest_days_skipped=(due - start).days - length,
        makeup_workdays=tuple(sorted(day for day in calendar.makeup_workdays if start < day <= due)),
        due_on=due,
    )
    return DueDate(on=due, provisional=_is_provisional(calendar, start, due), arithmetic=arithmetic)


def _due_at_end(calendar: Calendar, start: date, end: date) -> DueDate:
    due = end if is_workday(calendar, end) else shift_workdays(calendar, end, 1)
    arithmetic = Arithmetic(
        counted_from=start + _DAY,
        rest_days_skipped=(due - end).days,
        makeup_workdays=(due,) if due in calendar.makeup_workdays else (),
        rolled_from=end if due != end else None,
        due_on=due,
    )
    return DueDate(on=due, provisional=_is_provisional(calendar, start, due), arithmetic=arithmetic)


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise OverflowError(f"year {year}")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _is_provisional(calendar: Calendar, start: date, due: date) -> bool:
    return not all(is_published(calendar, year) for year in range(start.year, due.year + 1))


def _beyond_the_years(start: date, n: int, unit: Unit) -> ValueError:
    return ValueError(f"{n} {unit.value} from {start} leave the years 1 to 9999; give a shorter period")
