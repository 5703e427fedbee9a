"""The working-day calendar as data: one notice a year, and what counting on it gives.

Each year the State Council announces the rest days inside the holidays and the weekend days worked instead (调休). A
year without its notice knows weekends only, so a date that touches such a year is provisional. A calendar is pinned by
value to whoever counts on it; its version names its content. Loading a notice makes a new calendar (`rules.calendar`).
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Final, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from .frozen import Frozen
from .text import Name, wrong

SATURDAY = 5
"""`date.weekday()` from which a day belongs to the weekend."""


class Unit(StrEnum):
    """What a period is counted in; `workdays` count make-up workdays (调休) as work."""

    HOURS = "hours"
    WORKDAYS = "workdays"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


LONGEST: Final = {Unit.HOURS: 876_000, Unit.WORKDAYS: 26_000, Unit.DAYS: 36_500, Unit.MONTHS: 1_200, Unit.YEARS: 100}
"""Periods end in years that calendars know: a date past the year 9999 cannot even be said."""


class Period(Frozen):
    """A length of time as a clause states it: 20 workdays, 12 months, 1 hour. At most a century."""

    length: int = Field(ge=1, strict=True)
    unit: Unit

    @model_validator(mode="after")
    def _of_this_world(self) -> Self:
        if self.length > LONGEST[self.unit]:
            raise wrong(
                f"{self.length} {self.unit} is more than a century; shorten it",
                f"{self.length} {self.unit} 超过一百年；请缩短",
            )
        return self


class Holiday(Frozen):
    """One holiday of a notice: every rest day announced for it, weekend days among them included."""

    name: Name
    days: tuple[date, ...] = Field(min_length=1)


class YearNotice(Frozen):
    """One year's holiday notice (国务院办公厅关于某年部分节假日安排的通知), with that year's amendments in it.

    Days stand in order of date, each once. As in real notices they may reach into the December before and the January
    after. `invented` marks a notice made up for a demonstration or a test: it counts as published, and says what it is.
    """

    year: int = Field(ge=1, le=9999, strict=True)
    source: Name
    issued_on: date | None = None
    holidays: tuple[Holiday, ...] = ()
    makeup_workdays: tuple[date, ...] = ()
    invented: bool = False

    @field_validator("holidays")
    @classmethod
    def _rest_days_are_of_the_year(cls, holidays: tuple[Holiday, ...], info: ValidationInfo) -> tuple[Holiday, ...]:
        _check_days([day for holiday in holidays for day in holiday.days], info.data.get("year"))
        return holidays

    @field_validator("makeup_workdays")
    @classmethod
    def _makeup_workdays_are_weekend_days(cls, days: tuple[date, ...], info: ValidationInfo) -> tuple[date, ...]:
        _check_days(days, info.data.get("year"))
        rest_days = {day for holiday in info.data.get("holidays", ()) for day in holiday.days}
        for day in days:
            if day.weekday() < SATURDAY:
                raise wrong(
                    f"{day} is a {day:%A}; only a Saturday or Sunday is a make-up workday",
                    f"{day} 是周{'一二三四五六日'[day.weekday()]}；调休上班日只能是周六或周日",
                )
            if day in rest_days:
                raise wrong(
                    f"{day} is also a rest day; keep it in one of the two lists", f"{day} 既放假又上班；请保留其一"
                )
        return days


class Calendar(Frozen):
    """The published notices in order of year. Two calendars with the same content have the same `version`.

    Raises pydantic's ValidationError (a ValueError) when a year stands twice or out of order, or when one notice has as
    work what another has as rest.
    """

    notices: tuple[YearNotice, ...] = ()

    @cached_property
    def version(self) -> str:
        """Last published year and 8 hex digits of the content's SHA-256, e.g. "cn-2026-1a2b3c4d"."""
        # Defaults are left out, so that a field added in later years leaves the versions in old histories as they are.
        content = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        last = self.notices[-1].year if self.notices else "none"
        return f"cn-{last}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    @cached_property
    def years(self) -> frozenset[int]:
        """The years whose notice is published."""
        return frozenset(notice.year for notice in self.notices)

    @cached_property
    def rest_days(self) -> frozenset[date]:
        """The announced rest days; all other Saturdays and Sundays rest as well, unless they are make-up workdays."""
        return frozenset(day for notice in self.notices for holiday in notice.holidays for day in holiday.days)

    @cached_property
    def makeup_workdays(self) -> frozenset[date]:
        return frozenset(day for notice in self.notices for day in notice.makeup_workdays)

    def __hash__(self) -> int:
        return hash(self.version)

    def __copy__(self) -> Self:
        copy = super().__copy__()
        # Cached lookups are left behind: after model_copy(update=...) they would still be those of the old notices.
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for before, after in pairwise(self.notices):
            if before.year >= after.year:
                raise wrong(
                    f"the notice of {after.year} follows that of {before.year}; keep one a year, in order",
                    f"{before.year} 年的通知之后是 {after.year} 年的；每年一份，按年份排列",
                )
        if clash := self.rest_days & self.makeup_workdays:
            raise wrong(
                f"{min(clash)} is a rest day in one notice and a workday in another; correct one of them",
                f"{min(clash)} 在一份通知中放假，在另一份中上班；请改正其一",
            )
        return self


class Arithmetic(Frozen):
    """How a date was found, so that anyone can count it again by hand.

    A period in workdays: `counted_from` is the first workday after the start; every workday from it to `due_on` counts,
    and the `rest_days_skipped` rest days between start and `due_on` do not. A period in days, months or years: every
    day counts, from the day after the start; if it ends on a rest day, that is `rolled_from`, and `rest_days_skipped`
    days later comes the next workday (Civil Code 203). `makeup_workdays` are the weekend days that counted as work: all
    on the way of a period in workdays, only the last day of any other.
    """

    counted_from: date
    rest_days_skipped: int
    makeup_workdays: tuple[date, ...] = ()
    rolled_from: date | None = None
    due_on: date


class DueDate(Frozen):
    """The last day of a period. `provisional`: some day on the way lies in a year whose notice is not yet published."""

    on: date
    provisional: bool
    arithmetic: Arithmetic


def _check_days(days: Iterable[date], year: int | None) -> None:
    previous = None
    for day in days:
        if previous is not None and day <= previous:
            raise wrong(
                f"{day} stands after {previous}; list the days in order of date, each once",
                f"{day} 写在 {previous} 之后；请按日期排列，每日一次",
            )
        if year not in (None, day.year, day.year + (day.month == 12), day.year - (day.month == 1)):
            raise wrong(
                f"{day} does not belong to a notice of {year}; it may reach one month beyond the year",
                f"{day} 不属于 {year} 年的通知；只可及于前一年 12 月和后一年 1 月",
            )
        previous = day
