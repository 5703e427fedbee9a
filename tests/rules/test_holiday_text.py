"""The published text of a holiday notice gives exactly the days that it announces, or says where it is wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import Calendar, YearNotice
from rules.calendar import is_workday
from rules.holiday_notice import Draft, flaws, noticed, weekday
from rules.holiday_text import read
from runtime.calendar_files import load_calendar
from tests.holiday_texts import TEXTS

DAY = timedelta(days=1)
CHINA = {each.year: each for each in load_calendar(Path(__file__).parents[2] / "policies" / "calendars").notices}
PLAIN = "国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：{}\n"


def notice(text: str) -> YearNotice:
    reading = read(text)
    assert reading.flaws == ()
    assert reading.draft is not None
    return noticed(reading.draft)


def said(text: str) -> list[tuple[int, str]]:
    return [(flaw.line, flaw.zh) for flaw in read(text).flaws]


def workdays(notice: YearNotice) -> list[date]:
    calendar = Calendar(notices=(notice,))
    first, last = date(notice.year - 1, 12, 1), date(notice.year + 1, 1, 31)
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [day for day in days if is_workday(calendar, day)]


@pytest.mark.parametrize("year", TEXTS)
def test_the_published_texts_give_the_calendars_that_were_entered_by_hand(year: int) -> None:
    assert workdays(notice(TEXTS[year])) == workdays(CHINA[year])


@pytest.mark.parametrize("year", [2018, 2022, 2023, 2025, 2026])
def test_so_they_do_holiday_by_holiday(year: int) -> None:
    read_, kept = notice(TEXTS[year]), CHINA[year]
    assert read_.issued_on is not None
    assert (read_.holidays, read_.makeup_workdays) == (kept.holidays, kept.makeup_workdays)


def test_title_number_and_date_of_issue_are_kept() -> None:
    found = notice(TEXTS[2026])
    assert found.source == "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"
    assert (found.year, found.issued_on) == (2026, date(2025, 11, 4))


@pytest.mark.parametrize(
    ("clause", "off", "worked"),
    [
        ("1月1日（周五）放假1天，不调休。", ["2027-01-01"], []),
        ("1月1日放假，与周末连休。", ["2027-01-01"], []),
        ("1月1日放假，1月4日（星期一）补休。", ["2027-01-01", "2027-01-04"], []),
        ("１月１日（周五）至３日（星期天）放假，共３天。", ["2027-01-01", "2027-01-02", "2027-01-03"], []),
        ("1 月 1 日 至 3 日 放 假 ， 共 三 天 。", ["2027-01-01", "2027-01-02", "2027-01-03"], []),
        ("12月31日至1月2日放假。1月9日上班。", ["2026-12-31", "2027-01-01", "2027-01-02"], ["2027-01-09"]),
        ("2026年12月31日至2027年1月1日放假，共2天。2026年12月26日（周六）上班。",
         ["2026-12-31", "2027-01-01"], ["2026-12-26"]),
        ("1月1日放假。1月2日（周六）、9日（周六）和1月10日照常上班。", ["2027-01-01"],
         ["2027-01-02", "2027-01-09", "2027-01-10"]),
        ("1月1日、4日至5日放假，共3天。", ["2027-01-01", "2027-01-04", "2027-01-05"], []),
        ("1月1日放假。鼓励各单位安排职工在1月4日休息。", ["2027-01-01"], []),
    ],
)  # fmt: skip
def test_a_clause_says_its_days_in_many_ways(clause: str, off: list[str], worked: list[str]) -> None:
    found = notice(PLAIN.format(clause))
    assert [str(day) for holiday in found.holidays for day in holiday.days] == off
    assert [str(day) for day in found.makeup_workdays] == worked


def test_line_breaks_and_full_width_signs_mean_nothing() -> None:
    wide = TEXTS[2026].translate({**{ord(str(n)): ord("０") + n for n in range(10)}, ord("日"): "日\n　"})
    assert notice(wide) == notice(TEXTS[2026])


@pytest.mark.parametrize(
    ("clause", "wrong"),
    [
        ("1月1日至3日放假，共4天。", "写的是“共4天”，按日期却是 3 天"),
        ("1月1日至3日放假2天。", "写的是“放假2天”，按日期却是 3 天"),
        ("1月1日（周四）放假。", "2027-01-01 是周五，括号里写的却是“周四”"),
        ("1月1日放假。1月9日（星期天）上班。", "2027-01-09 是周六，括号里写的却是“星期天”"),
        ("1月1日放假。1月6日上班。", "2027-01-06 是周三，本来就上班"),
        ("1月1日至3日放假。1月3日上班。", "2027-01-03 既放假（元旦）又上班"),
        ("1月1日放假。1月9日、1月9日上班。", "2027-01-09 出现两次（调休上班、调休上班）"),
        ("1月1日至3日放假。1月3日补休。", "2027-01-03 出现两次（元旦、元旦）"),
        ("1月1日放假。2月30日上班。", "没有 2027 年 2 月 30 日这一天"),
        ("1月3日至1日放假。", "2027-01-03 至 2027-01-01 不是一段假期"),
        ("1月1日至3月1日放假。", "2027-01-01 至 2027-03-01 不是一段假期"),
        ("3日放假。", "“3日”没有月份"),
        ("1月1日放假，1月4日另行通知。", "“1月4日”既没有说放假，也没有说上班"),
        ("放假一天。", "没有读到放假日期"),
        ("2025年1月1日放假。", "2025-01-01 不属于 2027 年的通知"),
    ],
)
def test_what_contradicts_itself_is_told_with_its_line(clause: str, wrong: str) -> None:
    [(line, zh), *_] = [each for each in said(PLAIN.format(clause)) if wrong in each[1]]
    assert line == 2
    assert "请" in zh


@pytest.mark.parametrize("clause", ["1月1日至3日放假，共4天。", "1月1日（周四）放假。", "1月1日放假。1月6日上班。"])
def test_a_flaw_is_told_in_english_as_well(clause: str) -> None:
    [flaw] = read(PLAIN.format(clause)).flaws
    assert flaw.message
    assert flaw.hint
    assert f"{flaw.message}{flaw.hint}".isascii() or "says" in flaw.message


def test_a_text_that_lost_a_clause_is_told() -> None:
    whole = TEXTS[2026]
    cut = "\n".join(line for line in whole.splitlines() if not line.startswith("六、"))
    assert [flaw.key for flaw in read(cut).flaws] == ["中秋节"]


@pytest.mark.parametrize(
    "text", ["", "今天放假。", "国务院办公厅关于2027年部分节假日安排的通知", "一、元旦：1月1日放假。"]
)
def test_what_is_no_notice_is_told(text: str) -> None:
    reading = read(text)
    assert reading.draft is None
    assert len(reading.flaws) == 1


@given(st.text(alphabet="一二、元旦春节：:（）()周六1230年月日至放假上班共天。，\n ", max_size=120))
def test_whatever_is_written_is_read_or_told(text: str) -> None:
    reading = read(f"关于2027年节假日\n{text}")
    if not reading.flaws:
        assert reading.draft is not None
        noticed(reading.draft)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A year's holidays as spans apart from each other, and some free weekend days that are worked instead."""
    year = draw(st.integers(2001, 2100))
    day = date(year - 1, 12, 29) + draw(st.integers(0, 4)) * DAY
    holidays: list[tuple[str, tuple[date, ...]]] = []
    for name in draw(st.sampled_from([("元旦", "春节", "国庆节、中秋节"), ("元旦", "劳动节"), ("元旦",)])):
        length = draw(st.integers(1, 9))
        holidays.append((name, tuple(day + n * DAY for n in range(length))))
        day += (length + draw(st.integers(20, 90))) * DAY
    off = {each for _, days in holidays for each in days}
    free = [date(year, 1, 1) + n * DAY for n in range(360)]
    weekend = [each for each in free if each.weekday() > 4 and each not in off]
    makeup = draw(st.lists(st.sampled_from(weekend), max_size=6, unique=True))
    return Draft(year, f"国务院办公厅关于{year}年部分节假日安排的通知", tuple(holidays), tuple(sorted(makeup)))


def written(draft: Draft) -> str:
    """The draft in the words of the State Council; what is worked stands in the last clause, as good as anywhere."""
    lines = [draft.source]
    for number, (name, days) in enumerate(draft.holidays):
        first, last = days[0], days[-1]
        start = f"{first.year}年{first.month}月{first.day}日（{weekday(first)}）"
        end = f"至{f'{last.month}月' if last.month != first.month else ''}{last.day}日（农历正月初七、{weekday(last)}）"
        lines.append(f"{'一二三'[number]}、{name}：{start}{end if last > first else ''}放假调休，共{len(days)}天。")
    if draft.makeup_workdays:
        worked = (f"{day.year}年{day.month}月{day.day}日（{weekday(day)}）" for day in draft.makeup_workdays)
        lines[-1] += f"{'、'.join(worked)}上班。"
    return "\n".join(lines)


@settings(max_examples=60, deadline=None)
@given(drafts())
def test_what_is_written_in_the_usual_words_is_read_back(draft: Draft) -> None:
    assert list(flaws(draft, lambda _: 0)) == []
    assert notice(written(draft)) == noticed(draft)
