"""Reads the text of 国务院办公厅关于某年部分节假日安排的通知, as it is published.

A clause a holiday: 「四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。」 What is said twice
is compared: a weekday with its date, 共5天 with the days, the holidays that the first paragraph names with the clauses.
A date that no 放假 or 上班 speaks of is not passed over: whoever reads a notice half would move deadlines wrongly. Only
what is encouraged (鼓励…), and no rest day, is left aside.

Full-width digits, brackets and spaces mean what the half-width ones mean; line breaks mean nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from rules.holiday_notice import Draft, Flaw, flaws, weekday

LONGEST_SPAN = 31
"""Days from 至 to 至: a longer one is a slip."""
_TITLE = re.compile(r"国务院办公厅关于(\d{4})年(?:部分)?节假日安排的通知")
_YEAR = re.compile(r"(\d{4})年(?:部分)?节假日")
_NUMBER = re.compile(r"国办发[^\d]{0,4}[\[〔(]\d{4}[\])〕]\d+号")
_BRACKETS = str.maketrans("[(])", "〔〔〕〕")
_ISSUED = re.compile(r"国务院办公厅(\d{4})年(\d{1,2})月(\d{1,2})日")
_ANNOUNCED = re.compile(r"现将(?:\d{4}年)?([^。:;,]{2,80}?)放假")
_CLAUSE = re.compile(
    r"(?<![\d一二三四五六七八九十月日(])(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.]([^:。,()\d]{1,30}):"
)
_END = re.compile(r"节假日期间|国务院办公厅")
_DAY = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:\([^()]*\))?"
_SPAN = rf"{_DAY}(?:[至到~—–-]+{_DAY})?"
_STATEMENT = re.compile(
    rf"(?P<spans>{_SPAN}(?:[、,和及]{_SPAN})*),?(?:(?P<work>(?:照常|正常)?上班)|(?:放假|补休|公休|调休)(?:调休|公休)?)"
)
_ONE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?")
_TOTAL = re.compile(r"(?:共|放假)(\d{1,3}|[一二三四五六七八九十])天")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_NEW_YEAR = "元旦"


class Reading(NamedTuple):
    """`draft` is None where not even the year or a clause was found; any flaw means that the text is not to be used."""

    draft: Draft | None
    flaws: tuple[Flaw, ...]


def read(text: str) -> Reading:
    """The notice that a published text announces, with everything that is wrong with it, in order of line."""
    page = _Page.of(text)
    if (year := _year_of(page)) is None:
        return Reading(None, (_NO_YEAR,))
    clauses = list(_clauses(page))
    if not clauses:
        return Reading(None, (_NO_CLAUSE,))
    reader = _Reader(page, year)
    holidays = tuple((name, tuple(reader.days_off(name, first, last))) for name, first, last in clauses)
    draft = Draft(
        year=year,
        source=_source(page, year),
        holidays=tuple((name, days) for name, days in holidays if days),
        makeup_workdays=tuple(reader.makeup),
        issued_on=_issued_on(page),
    )
    found = (*reader.flaws, *_unannounced(page, clauses), *flaws(draft, lambda day: reader.lines.get(day, 0)))
    return Reading(draft, tuple(sorted(found, key=lambda flaw: flaw.line)))


@dataclass(frozen=True)
class _Page:
    """The text in half-width signs, without any space; `lines` has the line of each of its signs."""

    text: str
    lines: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "_Page":
        signs: list[str] = []
        lines: list[int] = []
        for number, line in enumerate(text.splitlines(), start=1):
            for sign in unicodedata.normalize("NFKC", line):
                if not sign.isspace() and unicodedata.category(sign) not in ("Cc", "Cf"):
                    signs.append(sign)
                    lines.append(number)
        return cls("".join(signs), tuple(lines))

    def line(self, at: int) -> int:
        return self.lines[at] if at < len(self.lines) else 0


def _year_of(page: _Page) -> int | None:
    found = _TITLE.search(page.text) or _YEAR.search(page.text)
    return int(found[1]) or None if found else None


def _source(page: _Page, year: int) -> str:
    number = _NUMBER.search(page.text)
    official = f"（{number[0].translate(_BRACKETS)}）" if number else ""
    return f"国务院办公厅关于{year}年部分节假日安排的通知{official}"


def _issued_on(page: _Page) -> date | None:
    found = _ISSUED.search(page.text)
    return _date(*map(int, found.groups())) if found else None


def _clauses(page: _Page) -> Iterator[tuple[str, int, int]]:
    """Each holiday's name, and from where to where its clause goes."""
    heads = list(_CLAUSE.finditer(page.text))
    for at, head in enumerate(heads):
        end = _END.search(page.text, head.end())
        stop = heads[at + 1].start() if at + 1 < len(heads) else len(page.text)
        yield head[1], head.end(), min(stop, end.start()) if end else stop


def _unannounced(page: _Page, clauses: list[tuple[str, int, int]]) -> Iterator[Flaw]:
    """A holiday that the first paragraph names and no clause arranges: a part of the text is missing."""
    announced = _ANNOUNCED.search(page.text)
    for name in re.split(r"[、和及]", announced[1]) if announced else ():
        if not any(name in heading for heading, _, _ in clauses):
            yield Flaw(
                page.line(announced.start() if announced else 0), name,
                "首段提到该节日，正文却没有它的安排；请补全文本",
                "is named in the first paragraph and arranged in no clause",
                "add the part of the text that is missing",
            )  # fmt: skip


@dataclass
class _Reader:
    """Reads clause after clause: what was found so far, the line of each day, and what is wrong."""

    page: _Page
    year: int
    makeup: list[date] = field(default_factory=list)
    lines: dict[date, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def days_off(self, name: str, first: int, last: int) -> list[date]:
        """The rest days of one clause; its make-up workdays are put to the others."""
        off: list[date] = []
        at = first
        for sentence in re.split(r"(?<=[。;])", self.page.text[first:last]):
            off += self._sentence(name, sentence, at)
            at += len(sentence)
        if not off:
            self._flaw(
                first, name, "没有读到放假日期；请写明，如“10月1日至7日放假”",
                "has no rest day", "write its days, such as 10月1日至7日放假",
            )  # fmt: skip
        return off

    def _sentence(self, name: str, sentence: str, at: int) -> list[date]:
        off: list[date] = []
        unread = 0
        for statement in _STATEMENT.finditer(sentence):
            self._leftover(name, sentence[unread : statement.start()], at + unread)
            days = list(self._spans(name, statement["spans"], at + statement.start()))
            (self.makeup if statement["work"] else off).extend(days)
            unread = statement.end()
        self._leftover(name, sentence[unread:], at + unread)
        if off and (total := _TOTAL.search(sentence)) and _count(total[1]) != len(off):
            shown = f"{off[0]}" if len(off) == 1 else f"{off[0]} … {off[-1]}"
            self._flaw(
                at + total.start(), name,
                f"写的是“{total[0]}”，按日期却是 {len(off)} 天（{shown}）；请核对日期和天数",
                f"says {total[0]}, but its dates are {len(off)} days ({shown})",
                "check the dates and the number",
            )  # fmt: skip
        return off

    def _leftover(self, name: str, text: str, at: int) -> None:
        """No date is passed over, unless it stands in what is only encouraged."""
        if "鼓励" in text:
            return
        for one in _ONE.finditer(text):
            self._flaw(
                at + one.start(), name,
                f"“{one[0]}”既没有说放假，也没有说上班；请写成“…放假”或“…上班”",
                f"{one[0]} is said to be neither off (放假) nor worked (上班)",
                "write …放假 or …上班",
            )  # fmt: skip

    def _spans(self, name: str, text: str, at: int) -> Iterator[date]:
        """The days of 「9月28日、10月11日」 or 「1月28日至2月4日」; what a date leaves out, the one before it says."""
        before: date | None = None
        last_end = 0
        for one in _ONE.finditer(text):
            day = self._day(name, one, at, before)
            if day is None:
                return
            spans = before is not None and re.fullmatch(r"[至到~—–-]+", text[last_end : one.start()])
            for each in self._between(name, before, day, at + one.start()) if spans and before else (day,):
                self.lines.setdefault(each, self.page.line(at + one.start()))
                yield each
            before, last_end = day, one.end()

    def _between(self, name: str, first: date, last: date, at: int) -> Iterator[date]:
        """The days after `first` up to `last`."""
        length = (last - first).days
        if not 0 < length <= LONGEST_SPAN:
            self._flaw(
                at, name,
                f"{first} 至 {last} 不是一段假期（须由先到后，至多 {LONGEST_SPAN} 天）；请核对",
                f"{first} to {last} is no holiday: it goes from an earlier to a later day, at most {LONGEST_SPAN}",
                "check both dates",
            )  # fmt: skip
            return
        yield from (first + timedelta(days=n) for n in range(1, length + 1))

    def _day(self, name: str, one: re.Match[str], at: int, before: date | None) -> date | None:
        month = int(one[2]) if one[2] else before.month if before else None
        if month is None:
            self._flaw(at + one.start(), name, f"“{one[0]}”没有月份；请补上", f"{one[0]} has no month", "add it")
            return None
        year = int(one[1]) if one[1] else self._year(name, month, before)
        day = _date(year, month, int(one[3]))
        if day is None:
            self._flaw(
                at + one.start(), name,
                f"没有 {year} 年 {month} 月 {one[3]} 日这一天；请改正",
                f"there is no day {year}-{month}-{one[3]}",
                "correct it",
            )  # fmt: skip
            return None
        said = _WEEKDAY.search(one[4] or "")
        if said and "一二三四五六日".index(said[1].replace("天", "日")) != day.weekday():
            self._flaw(
                at + one.start(), name,
                f"{day} 是{weekday(day)}，括号里写的却是“{said[0]}”；请核对日期和年份",
                f"{day} is a {day:%A}, but the bracket says {said[0]}",
                "check the date and the year",
            )  # fmt: skip
        return day

    def _year(self, name: str, month: int, before: date | None) -> int:
        """New Year's Day may begin in the December before; after a date the next one never goes back a month."""
        if before is not None:
            return before.year + (month < before.month)
        return self.year - (name.startswith(_NEW_YEAR) and month == 12)

    def _flaw(self, at: int, name: str, zh: str, message: str, hint: str) -> None:
        self.flaws.append(Flaw(self.page.line(at), name, zh, message, hint))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _count(number: str) -> int:
    return int(number) if number.isdecimal() else "一二三四五六七八九十".index(number) + 1


_NO_YEAR = Flaw(
    0, "year",
    "没有读到年份；请连同标题“国务院办公厅关于2027年部分节假日安排的通知”一起复制",
    "names no year",
    "copy the text with its title, 国务院办公厅关于2027年部分节假日安排的通知",
)  # fmt: skip
_NO_CLAUSE = Flaw(
    0, "holidays",
    "没有读到“一、元旦：…”这样的条目；请复制通知全文",
    "has no clause such as 一、元旦：…",
    "copy the whole text of the notice",
)  # fmt: skip
