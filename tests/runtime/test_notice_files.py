"""A holiday notice in each of its forms is the same notice, and what is wrong with it is told with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.calendar import YearNotice
from runtime.calendar_files import load_calendar
from runtime.notice_files import as_yaml, load_notice, write_notice
from runtime.settings import PROJECT
from runtime.yaml_files import FileProblems, load_yaml
from tests.holiday_texts import TEXTS

CALENDARS = PROJECT / "policies" / "calendars"
KEPT = {each.year: each for each in load_calendar(CALENDARS).notices}


def public(notice: YearNotice, **changes: object) -> dict[str, Any]:
    """The notice as the public lists have it."""
    off = [(holiday.name, day, True) for holiday in notice.holidays for day in holiday.days]
    worked = [("国庆节", day, False) for day in notice.makeup_workdays]
    days = [{"name": name, "date": str(day), "isOffDay": is_off} for name, day, is_off in sorted(off + worked, key=str)]
    content = {"$schema": "https://x.example/s.json", "year": notice.year, "papers": ["https://gov.example/1.htm"]}
    return {**content, "days": days, **changes}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notice"


def problems(file: Path, text: str) -> list[str]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileProblems) as found:
        load_notice(file)
    for each in found.value.problems:
        assert each.zh, each
        assert each.hint, each
    return [f"{each.line} {each.key}: {each.zh}" for each in found.value.problems]


@pytest.mark.parametrize("year", KEPT)
def test_our_own_files_are_read_and_written_the_same(year: int, tmp_path: Path) -> None:
    notice = load_notice(CALENDARS / f"cn-{year}.yaml")
    assert notice == KEPT[year]
    assert load_yaml(write_notice(notice, tmp_path), YearNotice) == notice


def test_what_is_written_looks_like_the_files_that_are_there() -> None:
    assert as_yaml(KEPT[2026]) == (CALENDARS / "cn-2026.yaml").read_text(encoding="utf-8")


def test_the_published_text_is_told_by_its_look(file: Path) -> None:
    file.write_text(TEXTS[2026], encoding="utf-8-sig")
    assert load_notice(file).holidays == KEPT[2026].holidays


def test_json_with_our_fields(file: Path) -> None:
    file.write_text(KEPT[2026].model_dump_json(indent=2), encoding="utf-8")
    assert load_notice(file) == KEPT[2026]


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_of_the_public_lists(file: Path, indent: int | str | None) -> None:
    file.write_text(json.dumps(public(KEPT[2026]), ensure_ascii=False, indent=indent), encoding="utf-8")
    found = load_notice(file)
    assert (found.holidays, found.makeup_workdays) == (KEPT[2026].holidays, KEPT[2026].makeup_workdays)
    assert "https://gov.example/1.htm" in found.source


def test_every_form_makes_the_same_checks_and_names_the_line(file: Path) -> None:
    yaml = "year: 2027\nsource: 通知\nholidays:\n  - {name: 元旦, days: [2027-01-01, 2027-01-02]}\nmakeup_workdays:\n"
    assert problems(file, yaml + "  - 2027-01-02\n  - 2027-01-06\n") == [
        "4 调休上班: 2027-01-02 既放假（元旦）又上班；请保留其一",
        "7 调休上班: 2027-01-06 是周三，本来就上班；调休上班日只能是周六或周日，请改正日期",
    ]
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "x", "date": "2027-01-06", "isOffDay": False},
    ]
    told = problems(file, json.dumps({"year": 2027, "days": days}, indent=1))
    assert told == ["11 调休上班: 2027-01-06 是周三，本来就上班；调休上班日只能是周六或周日，请改正日期"]
    assert [each.split(":")[0] for each in problems(file, TEXTS[2026].replace("共9天", "共8天"))] == ["7 春节"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"year": 2027,\n "days": [}', "2 : 不是有效的 JSON"),
        ('{"year": "二〇二七", "days": []}', "1 year: “二〇二七”不是数字"),
        ('{"year": 2027, "days": [{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]}', "不是日期"),
        ('{"year": 2027, "days": [{"date": "2027-02-20", "isOffDay": true}]}', "1 days.0.name: 缺少这一项"),
        ("year: 2027\nholiday: []\n", "2 holiday: 没有这个键"),
        ("今天天气很好", "0 year: 没有读到年份"),
        ("", "0 year: 没有读到年份"),
    ],
)
def test_what_can_not_be_read_is_told(file: Path, text: str, told: str) -> None:
    assert any(told in each for each in problems(file, text))


def test_writing_again_changes_nothing_and_another_notice_is_not_overwritten(tmp_path: Path) -> None:
    written = write_notice(KEPT[2026], tmp_path)
    before = written.stat().st_mtime_ns
    assert write_notice(KEPT[2026], tmp_path).stat().st_mtime_ns == before
    other = KEPT[2026].model_copy(update={"source": "更正：另一份"})
    with pytest.raises(FileProblems, match="holds another notice"):
        write_notice(other, tmp_path)
    assert load_notice(written) == KEPT[2026]


@pytest.mark.parametrize(
    "source", ["通知: 有冒号", "yes", "#号开头", "引号\"与'", "2027", "据 https://x.example/a?b=c#d"]
)
def test_whatever_the_source_is_called_it_is_read_back(tmp_path: Path, source: str) -> None:
    notice = KEPT[2026].model_copy(update={"source": source, "invented": True})
    assert load_yaml(write_notice(notice, tmp_path), YearNotice) == notice
