"""Suggestions to change a rule, across all scenes: what trials showed, who was asked, what became of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from models.commands.suggestions import AnswerSuggestion, SuggestRuleChange
from models.policy import Subject
from models.words import ROLES
from runtime.wiring import Parts
from storage.reads import LARGEST_PAGE
from storage.suggestions import SqlSuggestions, Standing, Suggested, SuggestionFilter

from . import output, shown
from .acting import OnBehalf
from .output import AsJson, PageNumber, PerPage, SceneOption, misuse, say
from .session import database
from .viewing import Veils, Viewing, page_of

_COLUMNS = (
    "scene", "name", "city", "id", "rule", "clause", "bidder", "by_role", "by_unit", "suggested_on", "finding",
    "proposed", "evidence", "to_role", "to_unit", "standing", "answered_on", "reasons", "authority", "document",
)  # fmt: skip


def add_to(app: typer.Typer) -> None:
    app.command("suggestions", rich_help_panel=output.SCENES)(suggestions)


def suggestions(
    scene: SceneOption = None,
    city: Annotated[str | None, typer.Option(help="只看某市 · one city", show_default=False)] = None,
    standing: Annotated[
        str | None,
        typer.Option(
            metavar="STANDING",
            help=f"只看某状态 · one standing: {', '.join(get_args(Standing))}",
            show_default=False,
        ),
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="规则名称中的字 · part of the rule's name", show_default=False)
    ] = None,
    unit: Annotated[str | None, typer.Option(help="由谁答复 · who has to answer", show_default=False)] = None,
    to_csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="全部导出，- 为标准输出 · all of them as CSV", show_default=False),
    ] = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """规则建议：试点证明了什么、请谁答复、结果如何 · Suggestions to change a rule, across scenes, the latest first"""
    if standing is not None and standing not in get_args(Standing):
        known = ", ".join(get_args(Standing))
        raise misuse(f"没有状态“{standing}”。可用：{known}。", f"There is no standing {standing}. Known: {known}.")
    where = SuggestionFilter(scene=scene, city=city, standing=standing, rule=rule, unit=unit)
    with database() as opened:
        store = SqlSuggestions(opened.engine)
        veils = Veils(opened, who=who, behalf=on_behalf_of)
        if to_csv is not None:
            count = output.export(to_csv, _COLUMNS, _lines(opened, _seen(store, where, veils)))
            veils.refuse_stranger()
            if str(to_csv) != "-":
                output.note(say(f"已导出 {count} 条到 {to_csv}", f"exported {count} to {to_csv}"))
            return
        items, total, pages = page_of(_seen(store, where, veils), page, limit)
        veils.refuse_stranger()
        data = {"items": [_written(opened, each) for each in items], "total": total, "page": page, "pages": pages}
    columns = [("场景", "scene"), ("编号", "id"), ("规则", "rule"), ("条款", "clause"), ("建议方", "by"),
               ("日期", "date"), ("由谁答复", "to"), ("状态", "standing"), ("受理机关", "authority")]  # fmt: skip
    rows = [
        (each.scene, each.id, each.rule, each.clause, each.by_unit, each.suggested_on,
         each.to_unit or shown.word(ROLES, each.to_role), _word(each.standing), each.authority or "-")
        for each in items
    ]  # fmt: skip
    none = say("没有规则建议。", "There is no suggestion.")
    at = f"{page}/{pages}"
    footer = say(f"共 {total} 条，第 {at} 页。", f"{total} in all, page {at}.")
    output.present(data, output.table(columns, rows) if rows else none, *([footer] if pages > 1 else []))


def _lines(opened: Parts, found: Iterable[Suggested]) -> Iterator[list[Any]]:
    for each in found:
        written = _written(opened, each)
        yield [written[name] for name in _COLUMNS]


def _seen(store: SqlSuggestions, where: SuggestionFilter, veils: Veils) -> Iterator[Suggested]:
    page = store.suggestions(where, limit=LARGEST_PAGE)
    while True:
        yield from (each for each in page.items if veils.whole(each.scene, Subject.TRIAL, each.bidder))
        if page.number >= page.pages:
            return
        page = store.suggestions(where, page=page.number + 1, limit=LARGEST_PAGE)


def _written(opened: Parts, each: Suggested) -> dict[str, Any]:
    """With what was written, which stands in the journal."""
    data: dict[str, Any] = each.model_dump(mode="json")
    data |= {"finding": None, "proposed": None, "evidence": [], "reasons": None}
    [made] = opened.reads.entries(each.scene, each.sequence, each.sequence)
    if isinstance(act := made.entry.command.act, SuggestRuleChange):
        shows = act.evidence
        data |= {"finding": act.finding, "proposed": act.proposed}
        data["evidence"] = [*shows.clauses, *shows.readings, *shows.incidents]
    for answered in opened.reads.entries(each.scene, each.answered_in, each.answered_in) if each.answered_in else ():
        if isinstance(act := answered.entry.command.act, AnswerSuggestion):
            data["reasons"] = act.reasons
    return data


def _word(standing: Standing) -> str:
    words = {
        "open": say("待答复", "open"),
        "adopted": say("采纳待提案", "adopted"),
        "passed_on": say("已转报", "passed on"),
        "declined": say("未采纳", "declined"),
        "unanswered": say("办结未答复", "unanswered"),
    }
    return words[standing]
