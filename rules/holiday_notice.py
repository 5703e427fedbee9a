"""What makes a year's holiday notice wrong, whoever wrote it down and in whatever form.

A day off that is also worked, a make-up workday (调休上班) in the middle of a week, a day that stands twice or far from
its year: each is a slip of the pen that would move every deadline of a city, so nothing is guessed. A flaw says where
it is and what to do, in both languages.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from models.calendar import SATURDAY, Holiday, YearNotice


class Flaw(NamedTuple):
    """One thing to correct. `line` counts from 1, 0 where no line is to blame; `zh` is message and hint in Chinese."""

    line: int
    key: str
    zh: str
    message: str
    hint: str


class Draft(NamedTuple):
    """A notice as it was written, before anybody looked whether it can be."""

    year: int
    source: str
    holidays: tuple[tuple[str, tuple[date, ...]], ...]
    makeup_workdays: tuple[date, ...]
    issued_on: date | None = None
    invented: bool = False


def flaws(draft: Draft, line_of: Callable[[date], int]) -> Iterator[Flaw]:
    """Everything wrong with the days themselves. `line_of` says where a day stands in what was read."""
    named = [(name, day) for name, days in draft.holidays for day in days]
    yield from _twice(named, line_of)
    yield from _twice([(MAKEUP, day) for day in draft.makeup_workdays], line_of)
    for name, day in (*named, *((MAKEUP, day) for day in draft.makeup_workdays)):
        if not _belongs(day, draft.year):
            yield Flaw(
                line_of(day), name,
                f"{day} 不属于 {draft.year} 年的通知（只可及于前一年 12 月和后一年 1 月）；请改正日期或年份",
                f"{day} does not belong to a notice of {draft.year}",
                "correct the day or the year: it may reach one month beyond the year",
            )  # fmt: skip
    resting = {day: name for name, day in named}
    for day in dict.fromkeys(draft.makeup_workdays):
        if day.weekday() < SATURDAY:
            yield Flaw(
                line_of(day), MAKEUP,
                f"{day} 是{weekday(day)}，本来就上班；调休上班日只能是周六或周日，请改正日期",
                f"{day} is a {day:%A}, a workday anyway",
                "correct the day: only a Saturday or Sunday is a make-up workday",
            )  # fmt: skip
        if day in resting:
            yield Flaw(
                line_of(day), MAKEUP,
                f"{day} 既放假（{resting[day]}）又上班；请保留其一",
                f"{day} is off ({resting[day]}) and worked as well",
                "keep one of the two",
            )  # fmt: skip


MAKEUP = "调休上班"


def noticed(draft: Draft) -> YearNotice:
    """The notice that a draft without flaws stands for, in order of date. Raises ValueError where days interleave."""
    holidays = sorted((Holiday(name=name, days=tuple(sorted(days))) for name, days in draft.holidays), key=_first)
    return YearNotice(
        year=draft.year,
        source=draft.source,
        issued_on=draft.issued_on,
        holidays=tuple(holidays),
        makeup_workdays=tuple(sorted(draft.makeup_workdays)),
        invented=draft.invented,
    )


def weekday(day: date) -> str:
    return f"周{'一二三四五六日'[day.weekday()]}"


def _first(holiday: Holiday) -> date:
    return holiday.days[0]


def _belongs(day: date, year: int) -> bool:
    return day.year == year or (day.year, day.month) in ((year - 1, 12), (year + 1, 1))


def _twice(named: list[tuple[str, date]], line_of: Callable[[date], int]) -> Iterator[Flaw]:
    seen: dict[date, str] = {}
    for name, day in named:
        if day in seen:
            yield Flaw(
                line_of(day), name,
                f"{day} 出现两次（{seen[day]}、{name}）；请保留其一",
                f"{day} stands twice ({seen[day]}, {name})",
                "keep one of the two",
            )  # fmt: skip
        seen.setdefault(day, name)
