"""What a city has reached of the figures that its texts set, for a year: counted in the ledger, scene by scene."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.policy import Subject
from rules.counts import KINDS, Count, counted, facts
from rules.quotas import in_force
from rules.reading import Extent
from runtime.policy_files import load_city
from runtime.quotas import load_quotas
from runtime.settings import PROJECT

from . import output, shown
from .acting import OnBehalf
from .output import AsJson, say
from .session import database, settings
from .viewing import Veils, Viewing, sight_of_city


def add_to(app: typer.Typer) -> None:
    app.command("counts", rich_help_panel=output.RECORDS)(counts)


def counts(
    city: Annotated[str, typer.Option(help="城市 · city")],
    year: Annotated[
        int | None, typer.Option(min=2000, max=2100, help="年度，默认今年 · year", show_default=False)
    ] = None,
    to_csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="导出为 CSV，- 为标准输出 · export", show_default=False)
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """指标完成情况：目标、已完成、尚缺、有哪些场景 · A city's quotas for a year: target, count, missing, the scenes"""
    policy = load_city(settings().policies_dir, city)
    name, year = policy.city, year or shown.today().year
    with database() as opened:
        of_texts = [each for each in load_quotas(PROJECT / "samples") if each.city == name]
        quotas = in_force(of_texts, opened.quotas.of(name))
        happened = [
            fact
            for record in opened.reads.entries_with(name, *KINDS)
            for fact in facts(record.stream, name, record.entry)
        ]
        found = counted(quotas, happened, opened.reads.applications(name), year)
        sight_of_city(opened, policy, who, on_behalf_of).demand(Subject.QUOTA, least=Extent.PUBLIC)
        veils = Veils(opened, who=who, behalf=on_behalf_of)
        # The figures are public; which scenes make them up is told as far as each scene's may be read.
        named = {scene for each in found for scene, _ in each.scenes if veils.whole(scene, Subject.QUOTA)}
    lines = [_data(each, named) for each in found]
    if to_csv is not None:
        rows = ([*list(line.values())[:-1], " ".join(scene for scene, _ in each.scenes if scene in named)]
                for line, each in zip(lines, found, strict=True))  # fmt: skip
        output.export(to_csv, list(lines[0]) if lines else list(_COLUMNS_OF_DATA), rows)
        return
    columns = [("指标", "quota"), ("事项", "what"), ("出处", "source"), ("年度", "years"), ("目标", "target"),
               ("已完成", "count"), ("尚缺", "missing"), ("场景", "scenes")]  # fmt: skip
    none = say(f"{name}在 {year} 年没有可由台账统计的指标。", f"{name} has no quota for {year} that the ledger counts.")
    output.present(lines, output.table(columns, [_row(each, named) for each in found]) if found else none)


_COLUMNS_OF_DATA = (
    "quota", "subject", "domain", "scale", "source", "section", "first_year", "last_year", "target", "unit", "count",
    "missing", "scenes",
)  # fmt: skip


def _data(each: Count, named: set[str]) -> dict[str, Any]:
    quota = each.quota
    return dict(
        zip(
            _COLUMNS_OF_DATA,
            (
                quota.id, quota.subject, quota.domain, quota.scale, quota.source, quota.section, each.first, each.last,
                quota.least, quota.unit, each.number, each.missing,
                [{"scene": scene, "on": on.isoformat()} for scene, on in each.scenes if scene in named],
            ),
            strict=True,
        )
    )  # fmt: skip


def _row(each: Count, named: set[str]) -> tuple[object, ...]:
    quota = each.quota
    what = " · ".join(part for part in (quota.subject, quota.domain) if part)
    years = str(each.last) if each.first == each.last else f"{each.first or ''}–{each.last}"
    return (
        quota.id, what, f"{quota.source} {quota.section}", years, f"≥{quota.least} {quota.unit}", each.number,
        each.missing, " ".join(scene for scene, _ in each.scenes if scene in named),
    )  # fmt: skip
