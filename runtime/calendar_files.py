"""The calendar from its folder: one file a year's notice, `cn-2026.yaml`."""

from pathlib import Path

from pydantic import ValidationError

from models.calendar import Calendar, YearNotice

from .yaml_files import FileProblems, Problem, load_yaml, split_advice


def load_calendar(folder: Path) -> Calendar:
    """Every `cn-*.yaml` of the folder as one calendar. Raises FileProblems with the problems of all files."""
    notices: list[YearNotice] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("cn-*.yaml")):
        try:
            notice = load_yaml(path, YearNotice)
        except FileProblems as found:
            problems.extend(found.problems)
            continue
        notices.append(notice)
        if path.stem != f"cn-{notice.year}":
            hint = f"rename the file to cn-{notice.year}.yaml, or correct the year"
            zh = f"写的是 {notice.year} 年；请把文件改名为 cn-{notice.year}.yaml，或改正年份"
            problems.append(Problem(file=path, key="year", message=f"is {notice.year}", hint=hint, zh=zh))
    if not notices and not problems:
        hint = "add the yearly notices, one file each, or correct the path"
        zh = "没有 cn-*.yaml 文件；请放入各年的放假通知，每年一份，或改正路径"
        problems.append(Problem(file=folder, message="holds no file cn-*.yaml", hint=hint, zh=zh))
    if problems:
        raise FileProblems(tuple(problems))
    try:
        return Calendar(notices=tuple(sorted(notices, key=lambda notice: notice.year)))
    except ValidationError as invalid:
        error = invalid.errors()[0]
        message, hint = split_advice(error["msg"])
        zh = error.get("ctx", {}).get("zh", "")
        raise FileProblems((Problem(file=folder, message=message, hint=hint, zh=zh),)) from None
