"""The panels of a scene and how they voted, with dissent on record."""

from datetime import UTC

import typer
from rich.console import RenderableType

from models.vocabulary import PanelPurpose
from models.words import PANELS
from rules.subjects import PURPOSES
from rules.votes import PanelVotes, Vote, told

from . import output, shown
from .acting import OnBehalf, Scene
from .output import AsJson, Failure, say
from .session import database, policy_of, state_of
from .viewing import Viewing, veil_of


def add_to(app: typer.Typer) -> None:
    app.command("panels", rich_help_panel=output.SCENES)(panels)


def panels(scene: Scene, who: Viewing = None, on_behalf_of: OnBehalf = None, as_json: AsJson = False) -> None:
    """专家组表决情况：逐席意见，不同意见记录在案 · The panels of a scene: every vote, and dissent on record"""
    with database() as opened:
        state = state_of(opened, scene)
        policy = policy_of(opened, state)
        journal = [record.entry for record in opened.reads.entries(scene)]
        veil = veil_of(opened, state, who, on_behalf_of, journal=journal)
    if policy is None:
        raise Failure(
            "no_policy",
            say(
                "找不到该场景的政策。请运行 scene doctor 核对，并把政策文件放回政策目录。",
                "The policy of the scene was not found. Check with `scene doctor`, and put its file back.",
            ),
        )
    every = told(policy, scene, journal)
    found = [each for each in every if veil.shows_panel(each.purpose, each.bidder)]
    if every and not found:
        veil.sight.demand(PURPOSES[every[-1].purpose], every[-1].bidder)
    data = [
        {**each.model_dump(mode="json"), "votes": [{**vote.model_dump(mode="json"), "dissents": vote.dissents}
                                                   for vote in each.votes]}
        for each in found
    ]  # fmt: skip
    none = say("还没有专家组。", "No panel was convened yet.")
    output.present({"scene": scene, "panels": data}, *([part for each in found for part in rendered(each)] or [none]))


def rendered(panel: PanelVotes) -> list[RenderableType]:
    columns = [("席位", "seat"), ("人员", "person"), ("单位", "unit"), ("专家", "expert"), ("意见", "vote"),
               ("异议", "dissent"), ("内容", "text")]  # fmt: skip
    rows = [
        (
            each.seat, each.person or say("（中榜前不公开）", "(open with the award)"), each.unit or "",
            say("是", "yes") if each.expert else say("否", "no"), _position(each),
            say("不同意见", "dissents") if each.dissents else "", _text(each),
        )
        for each in panel.votes
    ]  # fmt: skip
    lots = [output.line(each) for each in _how_to_draw_again(panel)]
    return [output.line(_title(panel)), output.table(columns, rows), *lots]


def _how_to_draw_again(panel: PanelVotes) -> tuple[str, ...]:
    """With common tools, from what stands in the entry."""
    if panel.lots is None:
        return ()
    moment = panel.lots.at.astimezone(UTC).isoformat(timespec="microseconds")
    return (
        say(f"抽取种子 {panel.lots.seed}", f"seed {panel.lots.seed}"),
        say(
            f"= SHA-256(场景、事项、揭榜方、命令摘要 {panel.lots.command}、入账时刻 {moment}，逐行)；候选人按"
            " SHA-256(“种子 人员”) 从小到大入席。",
            f"= SHA-256 of scene, purpose, bidder, command {panel.lots.command}, moment {moment}, a line each; the pool"
            " sits in the order of SHA-256 of “seed person”.",
        ),
    )


def _title(panel: PanelVotes) -> str:
    about = " · ".join(filter(None, (shown.word(PANELS, panel.purpose), panel.bidder)))
    entry = say(f"第 {panel.convened} 号记录组建", f"convened in entry {panel.convened}")
    gone = "" if panel.stands else say("；已失效", "; stands no more")
    return f"{about} · {entry}{gone} · {_result(panel)}"


def _result(panel: PanelVotes) -> str:
    size = len(panel.votes)
    if panel.yes is not None:
        return say(
            f"同意 {panel.yes}，不同意 {panel.no}（须 {panel.needed} 席同意）",
            f"{panel.yes} for, {panel.no} against ({panel.needed} are needed)",
        )
    if panel.purpose is PanelPurpose.SCORING:
        return say(
            f"已评分 {panel.spoken}/{size} 席；分数见 scene ranking",
            f"{panel.spoken} of {size} have scored; for the points: scene ranking",
        )
    return say(
        f"已发表 {panel.spoken}/{size} 席；到齐前不显示意见",
        f"{panel.spoken} of {size} have spoken; votes are shown once all have",
    )


def _position(vote: Vote) -> str:
    if vote.recommend is None:
        return ""
    return say("同意", "for") if vote.recommend else say("不同意", "against")


def _text(vote: Vote) -> str:
    signed = say(f"签署时：{vote.signed_dissent}", f"on signing: {vote.signed_dissent}") if vote.signed_dissent else ""
    marks = ", ".join(f"{criterion} {tenths / 10:g}" for criterion, tenths in vote.tenths)
    return "\n".join(filter(None, (vote.text, marks, signed)))
