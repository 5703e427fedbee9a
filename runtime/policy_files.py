"""A city's policy from its file, with the calendar joined: read, checked against its model, checked against itself.

Everything wrong with a file is said at once, each problem with its line and key. The file says nothing about the
calendar: the yearly notices stand beside it in `calendars/`, one folder for all cities. A policy carries those from
`YEARS_BEFORE` years before it took effect, so that acts entered afterwards (补录) and scenes taken over (存量导入) are
counted right, and a policy still travels in one command.
"""

from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final, NamedTuple, Self

import yaml
from pydantic import model_validator

from models.calendar import Calendar
from models.policy import Policy
from models.words import LIMITS, OFFICE_VERBS, ROLES, VERBS
from rules.policy_check import Contradiction, contradictions, contradictions_of_a_part

from .calendar_files import load_calendar
from .yaml_files import FileProblems, Problem, compose, head, load_as_far, read_text

YEARS_BEFORE: Final = 3
"""So long may a scene have run before it is taken over: a trial of at most two years, and its contract before it."""


class _Draft(Policy):
    """The same file, without the model's own cross-checks: they stop at the first and know no line.

    `contradictions` finds all of them, each with its key.
    """

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        return self


def load_policy(path: Path, calendars: Path | None = None) -> Policy:
    """The policy of a file, with the calendar from `calendars` (default: the folder of that name beside the file).

    Raises FileProblems: for what the model refuses, for what contradicts itself, and for the calendar's files.
    """
    draft, unfit = load_as_far(read_text(path), path, _Draft)
    found = () if draft is None else contradictions_of_a_part(draft) if unfit else contradictions(draft)
    if draft is not None and "calendar" in draft.model_fields_set:
        hint = "remove it: the yearly notices stand in the folder calendars"
        zh = "日历在读入时合并；请删去：放假通知都在 calendars 目录中"
        found = (*found, Contradiction("calendar", "is joined at load", hint, zh))
    problems = [*unfit, *_problems(path, tuple(each for each in found if not _follows(each, unfit)))]
    problems = [replace(each, named=_named(each.key)) for each in problems]
    problems.sort(key=lambda problem: problem.line)
    try:
        calendar = load_calendar(calendars or path.parent / "calendars")
    except FileProblems as unusable:
        problems.extend(unusable.problems)
        raise FileProblems(tuple(problems)) from None
    if problems or draft is None:
        raise FileProblems(tuple(problems))
    content = {name: getattr(draft, name) for name in Policy.model_fields}
    return Policy.model_validate({**content, "calendar": _recent(calendar, draft.effective_from)})


def city_files(policies_dir: Path) -> tuple[Path, ...]:
    """The cities' files of a folder, in order of name."""
    return tuple(sorted(policies_dir.glob("*.yaml")))


def load_city(policies_dir: Path, name: str) -> Policy:
    """The policy of a city, named as 盐城市, 盐城, YC or yancheng (its file). Raises FileProblems."""
    cities = [_City(path, *_head(path)) for path in city_files(policies_dir)]
    found = [city for city in cities if name.casefold() in city.names]
    if len(found) > 1:
        files = ", ".join(city.path.name for city in found)
        problem = Problem(
            file=policies_dir, message=f"{files} are all for {name}", hint="keep one file a city",
            zh=f"{files} 都是 {name} 的文件；请每市只留一个",
        )  # fmt: skip
        raise FileProblems((problem,))
    if not found:
        known = ", ".join(str(city) for city in cities) or "none"
        near = get_close_matches(name.casefold(), [each for city in cities for each in city.names], n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}? Known" if near else "use one of"
        zh = f"没有城市 {name}；{f'是否应为 {near[0]}？已有' if near else '可选'}：{known}"
        message = f"there is no city {name}"
        raise FileProblems((Problem(file=policies_dir, message=message, hint=f"{hint}: {known}", zh=zh),))
    return load_policy(found[0].path)


class _City(NamedTuple):
    path: Path
    name: str
    code: str

    @property
    def names(self) -> set[str]:
        names = {self.path.stem, self.name, self.name.removesuffix("市"), self.code}
        return {name.casefold() for name in names if name}

    def __str__(self) -> str:
        return f"{self.name} ({self.code}, {self.path.stem})" if self.name else self.path.stem


def _head(path: Path) -> tuple[str, str]:
    """City and code, read alone, so that one city's broken file keeps nobody from another's."""
    try:
        found = head(path.read_text("utf-8-sig"), ("city", "code"))
    except (UnicodeDecodeError, OSError):
        found = {}
    return found.get("city", ""), found.get("code", "")


def _follows(found: Contradiction, unfit: tuple[Problem, ...]) -> bool:
    """Whether it may come of something there that does not fit, and be gone with it."""
    key = _without_places(found.key)
    return any(
        f"{key}.".startswith(f"{wrong}.") or f"{wrong}.".startswith(f"{key}.")
        for wrong in (_without_places(each.key) for each in unfit if each.key)
    )


def _without_places(key: str) -> str:
    return key.rstrip("0123456789").rstrip(".") if key[-1:].isdecimal() else key


def _named(key: str) -> str:
    """What a key is called: its section, and the limit, verb or role behind it."""
    section, _, rest = key.partition(".")
    entry = rest.partition(".")[0]
    word = _ENTRIES.get(section, {}).get(entry)
    return " ".join(part for part in (SECTIONS.get(section, ""), word.zh if word else "") if part)


_ENTRIES = {"limits": LIMITS, "permissions": {**VERBS, **OFFICE_VERBS}, "offices": ROLES}
SECTIONS: Final = {
    "city": "城市", "code": "代码", "version": "版本", "title": "名称", "effective_from": "生效日",
    "sources": "依据", "day_ends": "每日截止时间", "reminders_at": "提醒时间", "units": "单位", "offices": "职责",
    "domains": "领域", "classification": "场景分类", "tracks": "通道", "steps_off": "略去的环节", "limits": "期限",
    "ladders": "提醒方式", "consultation": "会商", "panels": "评审组", "recognition": "认定标准",
    "fair_competition": "公平竞争", "modes": "对接方式", "score_sheet": "评分表", "contracting": "签约",
    "trial": "试点", "inclusion": "包容期", "incidents": "事件", "risk_profiles": "风险类别", "acceptance": "验收",
    "promotion": "推广与激励", "handling": "办理", "fund": "风险补偿资金池", "returns": "退回",
    "back_dating": "补录", "permissions": "权限", "reads": "谁可以看什么", "documents": "文书",
    "outside": "外部事件", "lookalikes": "查重", "factors": "要素", "green_channel": "绿色通道", "calendar": "日历",
}  # fmt: skip
"""What the sections of a file are called in Chinese."""


def _problems(path: Path, found: tuple[Contradiction, ...]) -> list[Problem]:
    root = _root(path) if found else None
    return [
        Problem(file=path, line=_line(root, each.key), key=each.key, message=each.message, hint=each.hint, zh=each.zh)
        for each in found
    ]


def _line(root: yaml.Node | None, key: str) -> int:
    """The line where a dotted key stands, or the nearest key above it where the file lacks it."""
    node, line = root, 1
    for step in key.split("."):
        if isinstance(node, yaml.MappingNode):
            inside = {each.value: (each.start_mark.line, value) for each, value in node.value}
        elif isinstance(node, yaml.SequenceNode):
            inside = {str(at): (each.start_mark.line, each) for at, each in enumerate(node.value)}
        else:
            break
        if step not in inside:
            break
        line, node = inside[step][0] + 1, inside[step][1]
    return line


def _root(path: Path) -> yaml.Node | None:
    try:
        return compose(path.read_text("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError):
        return None


def _recent(calendar: Calendar, effective_from: date) -> Calendar:
    first = effective_from.year - YEARS_BEFORE
    return Calendar(notices=tuple(notice for notice in calendar.notices if notice.year >= first))
