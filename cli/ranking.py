"""The ranking of a scene's bids, line by line, to be laid beside the sheets on paper."""

import typer
from rich.console import RenderableType

from models.events.matching import BidsRanked
from models.policy import Policy, ScoreSheet, Subject
from models.state import SceneState
from rules.permissions import bidders
from rules.reading import Stand
from rules.scoring import Explanation, Line, as_seen, explained
from runtime.wiring import Parts

from . import output
from .acting import OnBehalf, Scene
from .output import AsJson, Failure, say
from .session import database, policy_of, state_of
from .viewing import Viewing, veil_of

_BELOW = {
    "score": ("得分", "score"),
    "name": ("同分，按名称", "tie: by name"),
    "lot": ("同分，抽签", "tie: by lot"),
    "price": ("报价", "price"),
}
_COUNTS = {
    "counts": ("计入", "counts"),
    "highest": ("去掉最高", "highest, dropped"),
    "lowest": ("去掉最低", "lowest, dropped"),
}


def add_to(app: typer.Typer) -> None:
    app.command("ranking", rich_help_panel=output.SCENES)(ranking)


def ranking(scene: Scene, who: Viewing = None, on_behalf_of: OnBehalf = None, as_json: AsJson = False) -> None:
    """排名逐行说明 · The ranking, line by line: sheets, what was dropped, means, ties"""
    with database() as opened:
        state = state_of(opened, scene)
        policy = _policy_of_ranking(opened, state)
        sight = veil_of(opened, state, who, on_behalf_of).sight
    if policy is None:
        raise Failure(
            "no_policy",
            say(
                "找不到排名所用的政策。请运行 scene doctor 核对，并把该政策文件放回政策目录。",
                "The policy of the ranking was not found. Check with `scene doctor`, and put its file back.",
            ),
        )
    found = as_seen(explained(policy.score_sheet, state), sight)
    ever = any(sight.of(Subject.SCORE, each, at=Stand.AWARDED) for each in (None, *bidders(state)))
    if not ever or (state.ranking and not found.lines):
        sight.demand(Subject.SCORE)
    output.present({"scene": scene, **found.model_dump(mode="json")}, *rendered(found, policy.score_sheet))


def _policy_of_ranking(opened: Parts, state: SceneState) -> Policy | None:
    """What it was ranked by: a scene may have adopted other rules since."""
    if state.ranking:
        for record in reversed(opened.reads.entries(state.scene)):
            if any(isinstance(event, BidsRanked) for event in record.entry.events):
                return opened.rulebooks.find(record.entry.policy, record.entry.calendar) or policy_of(opened, state)
    return policy_of(opened, state)


def rendered(found: Explanation, sheet: ScoreSheet) -> list[RenderableType]:
    if not found.lines:
        due = found.bids * found.judges
        return [
            say(
                f"尚无排名。评分全部到齐之前不显示分数（已到 {found.scores} 份，应有 {due} 份）。",
                f"There is no ranking yet. Scores are shown once all are in ({found.scores} of {due} are).",
            )
        ]
    if not any(line.judges or line.price_yuan is not None for line in found.lines):
        return [_places(found)]
    if not found.lines[0].judges and any(line.judges for line in found.lines):
        return [_places(found), *(_sheets(line, sheet) for line in found.lines if line.judges)]
    parts: list[RenderableType] = [_rule(found, sheet), _summary(found, sheet)]
    parts += [_sheets(line, sheet) for line in found.lines if line.judges]
    return parts


def _places(found: Explanation) -> RenderableType:
    """For who may not read the sheets: the places, and the totals as far as they are told."""
    columns = [("名次", "rank"), ("揭榜方", "bidder"), ("得分", "score"), ("及格", "passed")]
    rows = [
        (
            line.rank, line.bidder, _hundredths(line.hundredths) if line.hundredths else "-",
            say("是", "yes") if line.passed else say("否", "no"),
        )
        for line in found.lines
    ]  # fmt: skip
    return output.table(columns, rows, say("排名", "Ranking"))


def _rule(found: Explanation, sheet: ScoreSheet) -> str:
    zh, en = ("抽签", "by lot") if sheet.full_tie == "lot" else ("按名称", "by name")
    if not found.lines[0].judges:
        return say(f"本方式不评分，按报价排名，同价{zh}。", f"This mode is not scored: ranked by price, then {en}.")
    tie = _name_of(sheet, found.tie_break)
    return say(
        f"满 {found.drop_extremes_from} 名评委时每份投标去掉一个最高总分和一个最低总分；其余取平均，四舍五入到百分位；"
        f"及格 {found.pass_mark}，按未舍入的平均分判断；同分看{tie}，再同{zh}。",
        f"With {found.drop_extremes_from} judges or more each bid loses its highest and its lowest total; the rest is "
        f"averaged, shown in hundredths, halves up. Pass mark {found.pass_mark}, judged before rounding. "
        f"A tie goes to {found.tie_break}, then {en}.",
    )


def _name_of(sheet: ScoreSheet, key: str) -> str:
    return next((each.name for each in sheet.dimensions if each.key == key), key)


def _summary(found: Explanation, sheet: ScoreSheet) -> RenderableType:
    columns = [("名次", "rank"), ("揭榜方", "bidder"), ("计入合计÷人数", "sum ÷ judges"), ("得分", "score")]
    columns += [(each.name, each.key) for each in sheet.dimensions] if found.lines[0].judges else [("报价", "price")]
    columns += [("及格", "passed"), ("低于上一名之因", "below by")]
    rows = []
    for line in found.lines:
        scored = bool(line.judges)
        middle = [_hundredths(each.hundredths) for each in line.dimensions] if scored else [f"{line.price_yuan or 0:,}"]
        rows.append(
            (
                line.rank,
                line.bidder,
                f"{_tenths(line.tenths)} ÷ {line.counted}" if scored else "-",
                _hundredths(line.hundredths) if scored else "-",
                *middle,
                say("是", "yes") if line.passed else say("否", "no"),
                _below(line, found, sheet),
            )
        )
    return output.table(columns, rows, say("排名", "Ranking"))


def _below(line: Line, found: Explanation, sheet: ScoreSheet) -> str:
    if line.below is None:
        return ""
    if line.below == "tie_break":
        return say(f"同分，看{_name_of(sheet, found.tie_break)}", f"tie: by {found.tie_break}")
    return say(*_BELOW[line.below])


def _sheets(line: Line, sheet: ScoreSheet) -> RenderableType:
    """One row for each criterion, one column for each judge."""
    columns = [("评分项", "criterion")]
    columns += [(each.person or f"评委{each.judge}", each.person or f"judge {each.judge}") for each in line.judges]
    rows: list[list[str]] = []
    for dimension in sheet.dimensions:
        for criterion in dimension.criteria:
            points = [_tenths(dict(each.points).get(criterion.key, 0)) for each in line.judges]
            rows.append([f"{say(criterion.name, criterion.key)} ({criterion.points})", *points])
        subtotals = [_tenths(dict(each.dimensions)[dimension.key]) for each in line.judges]
        rows.append([f"{say(dimension.name, dimension.key)} ({dimension.points})", *subtotals])
    rows.append([say("总分", "total"), *(_tenths(each.tenths) for each in line.judges)])
    rows.append(["", *(say(*_COUNTS[each.counts]) for each in line.judges)])
    return output.table(columns, rows, f"{line.rank} {line.bidder}")


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _hundredths(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
