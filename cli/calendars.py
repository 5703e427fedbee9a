"""The working-day calendar: when is it due, what a year looks like, is a notice's file right."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from models.calendar import SATURDAY, Calendar, DueDate, Period, Unit, YearNotice
from models.words import UNITS
from models.year_notice import digest_of
from rules.calendar import due_date, is_published, is_workday
from runtime.calendar_files import load_calendar
from runtime.notice_files import load_notice, write_notice
from runtime.yaml_files import load_yaml

from . import output
from .acting import a_date
from .output import AsJson, Failure, misuse, say
from .session import settings

app = output.group("工作日日历 · The working-day calendar")

Folder = Annotated[
    Path | None,
    typer.Option("--calendar", metavar="DIR", help="放假通知目录 · folder of the yearly notices", show_default=False),
]

NoticeFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE|-",
        help="放假通知：公布的文本、JSON 或 YAML，- 为标准输入 · the notice: published text, JSON or YAML; - is stdin",
        show_default=False,
    ),
]
WriteTo = Annotated[
    Path | None,
    typer.Option(
        "--write",
        metavar="DIR",
        help="把 cn-年份.yaml 写入该目录 · write cn-YEAR.yaml into this folder",
        show_default=False,
        exists=True,
        file_okay=False,
    ),
]


def calendar_in(folder: Path | None) -> Calendar:
    """Raises FileProblems."""
    return load_calendar(folder or settings().policies_dir / "calendars")


@app.command()
def due(
    start: Annotated[
        str, typer.Option(metavar="DATE", help="触发日，不计入 · day of the event, not counted", show_default=False)
    ],
    workdays: Annotated[
        int | None, typer.Option(help="工作日数 · workdays", min=1, max=100_000, show_default=False)
    ] = None,
    days: Annotated[int | None, typer.Option(help="日数 · days", min=1, max=1_000_000, show_default=False)] = None,
    months: Annotated[int | None, typer.Option(help="月数 · months", min=1, max=100_000, show_default=False)] = None,
    years: Annotated[int | None, typer.Option(help="年数 · years", min=1, max=9_999, show_default=False)] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """算期限，并说明怎么算的 · When a period ends, and how that was counted"""
    counts = {Unit.WORKDAYS: workdays, Unit.DAYS: days, Unit.MONTHS: months, Unit.YEARS: years}
    given = [(unit, count) for unit, count in counts.items() if count is not None]
    if len(given) != 1:
        raise misuse(
            "请在 --workdays、--days、--months、--years 中给出一个。",
            "Give one of --workdays, --days, --months, --years.",
        )
    unit, number = given[0]
    first = a_date(start, "--start")
    if first is None:
        raise misuse("--start 不能为空。", "--start must not be empty.")
    calendar = calendar_in(folder)
    try:
        found = due_date(calendar, first, Period(length=number, unit=unit))
    except ValueError as error:
        raise Failure("out_of_bounds", say(f"日期超出范围：{error}。", f"{error}.")) from None
    data = {"start": first, "length": number, "unit": unit.value, "calendar": calendar.version, **found.model_dump()}
    output.present(data, *(output.line(line) for line in _explained(calendar, first, number, unit, found)))


def _explained(calendar: Calendar, start: date, number: int, unit: Unit, found: DueDate) -> Iterator[str]:
    how = found.arithmetic
    length = f"{number} {UNITS[unit].text(output.language())}"
    yield say(f"到期日 {found.on}（{_weekday(found.on)}）", f"Due on {found.on} ({_weekday(found.on)})")
    yield say(
        f"· {start} 为触发日，不计入；自 {how.counted_from} 起算 {length}。",
        f"· {start} is the day of the event and does not count; {length} from {how.counted_from}.",
    )
    rest = how.rest_days_skipped
    if how.rolled_from is not None:
        yield say(
            f"· 末日 {how.rolled_from} 为休息日，顺延 {rest} 日至下一工作日（民法典第二百零三条）。",
            f"· {how.rolled_from} is a rest day: {rest} days on to the next workday (Civil Code 203).",
        )
    elif unit is Unit.WORKDAYS:
        yield say(f"· 途中休息日 {rest} 天，不计入。", f"· {rest} rest days on the way do not count.")
        if off := [day for day in sorted(calendar.rest_days) if start < day < found.on and day.weekday() < SATURDAY]:
            yield say(f"· 其中放假的平日：{_days(off)}。", f"· Weekdays off among them: {_days(off)}.")
    if makeup := how.makeup_workdays:
        yield say(f"· 调休上班，计为工作日：{_days(makeup)}。", f"· Make-up workdays, which count: {_days(makeup)}.")
    if found.provisional:
        missing = [year for year in range(start.year, found.on.year + 1) if not is_published(calendar, year)]
        years = str(missing[0]) if len(missing) == 1 else f"{missing[0]}–{missing[-1]}"
        yield say(
            f"· 暂定：{years} 年的放假通知尚未发布（或未载入），发布后重算。",
            f"· Provisional: the holiday notice of {years} is not loaded; it is counted again then.",
        )
    yield say(f"· 日历版本 {calendar.version}", f"· calendar {calendar.version}")


def _days(days: tuple[date, ...] | list[date]) -> str:
    shown = say("、", ", ").join(day.isoformat() for day in days[:12])
    return shown + ("…" if len(days) > 12 else "")


def _weekday(day: date) -> str:
    return say(f"星期{'一二三四五六日'[day.weekday()]}", day.strftime("%A"))


@app.command()
def show(
    year: Annotated[int, typer.Argument(min=1, max=9999, help="年份 · year", show_default=False)],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """某年的工作日、放假与调休 · A year's workdays, holidays and make-up workdays"""
    calendar = calendar_in(folder)
    notice = next((each for each in calendar.notices if each.year == year), None)
    months = [_month(calendar, year, month) for month in range(1, 13)]
    data = {
        "year": year,
        "published": notice is not None,
        "calendar": calendar.version,
        "notice": notice,
        "workdays": {str(month): count for month, count in enumerate(months, start=1)},
        "total": sum(months),
    }
    columns = [("月", "month"), *((str(month), str(month)) for month in range(1, 13)), ("全年", "year")]
    table = output.table(columns, [(say("工作日", "workdays"), *months, sum(months))])
    if notice is None:
        missing = say(
            f"{year} 年的放假通知尚未发布（或未载入）：只知道周末，涉及该年的期限均为暂定。",
            f"The holiday notice of {year} is not loaded: only weekends are known, and dates in it are provisional.",
        )
        output.present(data, table, missing)
        return
    output.present(data, output.line(notice.source), table, *preview(notice)[1:])


def preview(notice: YearNotice) -> list[RenderableType]:
    """What a notice says: its title, each holiday with its days, the make-up workdays, and how many of each."""
    rows = [(holiday.name, _days(holiday.days), len(holiday.days)) for holiday in notice.holidays]
    total = sum(len(holiday.days) for holiday in notice.holidays)
    makeup, count = _days(notice.makeup_workdays) or "-", len(notice.makeup_workdays)
    issued = say(f"，{notice.issued_on} 印发", f", issued on {notice.issued_on}") if notice.issued_on else ""
    invented = say("（虚构，仅供演示）", " (invented, for a demonstration)") if notice.invented else ""
    return [
        output.line((f"{notice.source}{issued}{invented}", "bold")),
        output.table([("节日", "holiday"), ("放假", "days off"), ("天数", "days")], rows),
        say(f"调休上班：{makeup}", f"Make-up workdays: {makeup}"),
        say(
            f"{notice.year} 年：放假 {total} 天，调休上班 {count} 天",
            f"{notice.year}: {total} days off, {count} worked",
        ),
    ]


def _month(calendar: Calendar, year: int, month: int) -> int:
    first = date(year, month, 1)
    days = (date(year + month // 12, month % 12 + 1, 1) - first).days if (year, month) != (9999, 12) else 31
    return sum(is_workday(calendar, first + timedelta(days=n)) for n in range(days))


@app.command()
def read(
    file: NoticeFile,
    write: WriteTo = None,
    as_json: AsJson = False,
) -> None:
    """读放假通知：公布的中文文本、JSON 或 YAML，核对后预览 · Read a notice, check it, and show what it says"""
    notice = load_notice(file)
    written = write_notice(notice, write) if write else None
    total = sum(len(holiday.days) for holiday in notice.holidays)
    data = {
        "notice": notice.model_dump(mode="json"),
        "digest": digest_of(notice),
        "rest_days": total,
        "makeup_workdays": len(notice.makeup_workdays),
        "written": written,
    }
    output.present(data, *preview(notice), say("✔ 各项核对无误", "✔ all checks passed"))
    if written:
        output.note(say(f"已写入 {written}", f"Written to {written}"))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="放假通知文件 · the notice's file", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """检查放假通知文件 · Check the file of a holiday notice"""
    notice = load_yaml(file, YearNotice)
    days = sum(len(holiday.days) for holiday in notice.holidays)
    output.present(
        {
            "file": str(file),
            "ok": True,
            "year": notice.year,
            "rest_days": days,
            "makeup_workdays": len(notice.makeup_workdays),
        },
        say(
            f"✔ {notice.year} 年：放假 {days} 天，调休上班 {len(notice.makeup_workdays)} 天",
            f"✔ {notice.year}: {days} rest days, {len(notice.makeup_workdays)} make-up workdays",
        ),
    )
