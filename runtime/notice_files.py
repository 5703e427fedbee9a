"""A year's holiday notice from a file or from stdin, in any of the forms in which people have it.

The published Chinese text; our own YAML (`policies/calendars/cn-2026.yaml`); JSON with the same fields; and the JSON of
the public lists: `{"year": 2027, "papers": [...], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}`.
Whatever the form, the same checks are made (`rules.holiday_notice`), and all problems come at once.
"""

import json
import re
import sys
from collections.abc import Callable
from datetime import date
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from models.calendar import Holiday, YearNotice
from models.text import Name
from rules.holiday_notice import Draft, Flaw, flaws, noticed
from rules.holiday_text import read

from .yaml_files import FileProblems, Problem, load_text, read_text, split_advice, text_in

STDIN = Path("-")
_OURS = re.compile(r"^(year|source|holidays|makeup_workdays)[ \t]*:", re.MULTILINE)
_WIDTH = 120


def load_notice(path: Path) -> YearNotice:
    """Raises FileProblems with everything that is wrong, each with its line where it has one."""
    text = text_in(sys.stdin.buffer, path) if path == STDIN else read_text(path)
    if text.lstrip().startswith("{"):
        draft = _from_json(text, path)
    elif _OURS.search(text):
        draft = _of(load_text(text, path, _Unchecked))
    else:
        return _from_published(text, path)
    if found := [_problem(path, flaw) for flaw in flaws(draft, _line_in(text))]:
        raise FileProblems(tuple(sorted(found, key=lambda problem: problem.line)))
    return _noticed(draft, path)


def as_yaml(notice: YearNotice) -> str:
    """The notice as it stands in `policies/calendars/`."""
    lines = [f"year: {notice.year}", f"source: {_plain(notice.source)}"]
    lines += [f"issued_on: {notice.issued_on}"] if notice.issued_on else []
    lines += ["invented: true"] if notice.invented else []
    lines += ["holidays:"] if notice.holidays else ["holidays: []"]
    for holiday in notice.holidays:
        name, days = _plain(holiday.name), _days(holiday.days)
        whole = f"  - {{name: {name}, days: {days}}}"
        lines += [whole] if len(whole) <= _WIDTH else [f"  - name: {name}", f"    days: {days}"]
    return "\n".join([*lines, f"makeup_workdays: {_days(notice.makeup_workdays)}"]) + "\n"


def write_notice(notice: YearNotice, folder: Path) -> Path:
    """Writes `cn-YEAR.yaml`; the same notice again changes nothing.

    Raises FileProblems where the year's file says something else: which of the two holds is for people to say.
    """
    file = folder / f"cn-{notice.year}.yaml"
    if file.exists():
        if load_notice(file) == notice:
            return file
        zh = f"已有 {notice.year} 年的另一份通知；请核对，改名或删除旧文件后再写"
        hint = "compare the two, and rename or remove the old file first"
        raise FileProblems((Problem(file=file, message="holds another notice of that year", hint=hint, zh=zh),))
    file.write_text(as_yaml(notice), encoding="utf-8")
    return file


class _Unchecked(YearNotice):
    """The same fields; what contradicts itself is told by `flaws`, with its line and all at once."""

    @field_validator("holidays")
    @classmethod
    def _rest_days_are_of_the_year(cls, holidays: tuple[Holiday, ...], info: ValidationInfo) -> tuple[Holiday, ...]:
        return holidays

    @field_validator("makeup_workdays")
    @classmethod
    def _makeup_workdays_are_weekend_days(cls, days: tuple[date, ...], info: ValidationInfo) -> tuple[date, ...]:
        return days


class _PublicDay(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: Name
    date: date
    isOffDay: bool  # noqa: N815  # as the public lists write it


class _PublicList(BaseModel):
    """The form of the public holiday lists; what else they say (`$schema`, `$id`) is left aside."""

    model_config = ConfigDict(extra="ignore")

    year: int = Field(ge=1, le=9999, strict=True)
    papers: tuple[str, ...] = ()
    days: tuple[_PublicDay, ...]


def _from_published(text: str, path: Path) -> YearNotice:
    reading = read(text)
    if reading.flaws or reading.draft is None:
        raise FileProblems(tuple(_problem(path, flaw) for flaw in reading.flaws))
    return _noticed(reading.draft, path)


def _from_json(text: str, path: Path) -> Draft:
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as wrong:
        line = getattr(wrong, "lineno", 0)
        zh = f"不是有效的 JSON（{wrong}）；请检查逗号、引号和括号"
        hint = "check commas, quotes and brackets here"
        problem = Problem(file=path, line=line, message=f"is not JSON: {wrong}", hint=hint, zh=zh)
        raise FileProblems((problem,)) from None
    # JSON is YAML but for tabs: the one reader says what is missing or does not fit, with its line.
    text = text.replace("\t", " ")
    if "days" in content:
        return _of_public(load_text(text, path, _PublicList))
    return _of(load_text(text, path, _Unchecked))


def _of(notice: YearNotice) -> Draft:
    return Draft(
        year=notice.year,
        source=notice.source,
        holidays=tuple((holiday.name, holiday.days) for holiday in notice.holidays),
        makeup_workdays=notice.makeup_workdays,
        issued_on=notice.issued_on,
        invented=notice.invented,
    )


def _of_public(listed: _PublicList) -> Draft:
    off = sorted((day for day in listed.days if day.isOffDay), key=lambda day: day.date)
    holidays = tuple((name, tuple(day.date for day in days)) for name, days in groupby(off, key=lambda day: day.name))
    paper = f"（{listed.papers[0]}）" if listed.papers else ""
    return Draft(
        year=listed.year,
        source=f"国务院办公厅关于{listed.year}年部分节假日安排的通知{paper}",
        holidays=holidays,
        makeup_workdays=tuple(day.date for day in listed.days if not day.isOffDay),
    )


def _noticed(draft: Draft, path: Path) -> YearNotice:
    try:
        return noticed(draft)
    except ValidationError as invalid:
        found = []
        for error in invalid.errors(include_url=False):
            message, hint = split_advice(error["msg"])
            zh = error.get("ctx", {}).get("zh", "")
            found.append(Problem(file=path, key=".".join(map(str, error["loc"])), message=message, hint=hint, zh=zh))
        raise FileProblems(tuple(found)) from None


def _line_in(text: str) -> Callable[[date], int]:
    lines = text.splitlines()

    def line(day: date) -> int:
        return next((at for at, each in enumerate(lines, start=1) if day.isoformat() in each), 0)

    return line


def _problem(path: Path, flaw: Flaw) -> Problem:
    return Problem(file=path, line=flaw.line, key=flaw.key, message=flaw.message, hint=flaw.hint, zh=flaw.zh)


def _days(days: tuple[date, ...]) -> str:
    return f"[{', '.join(map(str, days))}]"


def _plain(text: str) -> str:
    """As it is where YAML reads it as it is, else in quotes: a quoted JSON string is YAML as well."""
    plain = re.fullmatch(r"[一-鿿（][^\[\]{},\"'`&*!|>%@\\]*", text) and not re.search(r":( |$)| #", text)
    return text if plain else json.dumps(text, ensure_ascii=False)
