"""Copies and their kin: the tree, what happened in it, which reviews are open, and whom nobody can tell any more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from client.lineage import left_to_tell
from models.commands.lineage import ReopenReview
from models.policy import Subject
from models.refusal import Refused
from models.state import SceneState
from rules.lineage import kin, open_reviews
from rules.reading import Extent
from runtime.wiring import Parts
from storage.lineage import SqlLineage

from . import output, wording
from .acting import OnBehalf
from .output import AsJson, say
from .session import database
from .viewing import Veils, Viewing


def add_to(app: typer.Typer) -> None:
    app.command("lineage", rich_help_panel=output.SCENES)(lineage)


def lineage(
    scene: Annotated[
        str | None, typer.Argument(metavar="[SCENE]", help="场景编号 · scene id", show_default=False)
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """复制谱系：原场景、复制场景、事件与复核 · What was copied from what, incidents, and the reviews they re-opened

    不写编号：列出尚未通知的场景，和已办结、须由人查看的场景。
    """
    with database() as opened:
        veils = Veils(opened, who=who, behalf=on_behalf_of)
        if scene is None:
            _waiting(opened, veils)
            return
        if opened.reads.scene(scene) is None:
            raise Refused("unknown_scene", scene=scene)
        if veils.looks_in_a_role and (veil := veils.of(scene)) is not None:
            veils.refuse_stranger()
            veil.sight.demand(Subject.SCENE, least=Extent.PUBLIC)
        family = _family(opened, scene, veils)
        closed = [each for each in left_to_tell(SqlLineage(opened.engine)).untold if each.scene in family.states]
        closed = [each for each in closed if veils.whole(each.scene, Subject.PROMOTION)]
    nodes = list(family.nodes())
    data = {
        "scene": scene,
        "tree": [family.data(node) for node in nodes],
        "closed_to_look_at": [each.model_dump(mode="json") for each in closed],
    }
    table = output.table(_COLUMNS, [family.line(node) for node in nodes])
    output.present(data, table, *_figures(family.states.get(scene)), *_closed(closed))


def _figures(state: SceneState | None) -> list[Any]:
    """What the originals of the scene that was asked for had measured, beside what was to be reached."""
    rows = [
        (
            f"{evidence.scene}@{evidence.sequence}", trial.bidder, f"{each.kpi} {each.name}",
            f"{each.value} {each.unit}" if each.value is not None else "-", f"{each.target} {each.unit}",
            f"{each.stop} {each.unit}" if each.stop is not None else "",
            say("是", "yes") if each.reached else say("否", "no"),
        )
        for evidence in (state.inherited if state is not None else ())
        for trial in evidence.trials
        for each in trial.figures
    ]  # fmt: skip
    columns = [("佐证", "evidence"), ("揭榜方", "bidder"), ("指标", "indicator"), ("读数", "reading"),
               ("目标", "target"), ("叫停值", "stop"), ("达到", "reached")]  # fmt: skip
    title = say("原场景的指标", "What the original had measured")
    return [output.table(columns, rows, title)] if rows else []


_COLUMNS = [("场景", "scene"), ("名称", "name"), ("城市", "city"), ("环节", "step"), ("佐证", "evidence"),
            ("事件", "incidents"), ("待复核", "reviews open")]  # fmt: skip


@dataclass(frozen=True)
class _Node:
    """A scene in the tree, `depth` copies below its root. Each stands there once."""

    scene: str
    depth: int
    original: str | None


@dataclass(frozen=True)
class _Family:
    """`states` lacks the scenes that this engine does not run."""

    ties: Sequence[tuple[str, str]]
    states: Mapping[str, SceneState]

    def nodes(self) -> Iterator[_Node]:
        copies = {copy for _, copy in self.ties}
        known = dict.fromkeys((*self.states, *(each for tie in self.ties for each in tie)))
        roots = [scene for scene in known if scene not in copies] or list(known)[:1]
        copies_of: dict[str, list[str]] = {}
        for original, copy in self.ties:
            copies_of.setdefault(original, []).append(copy)
        shown: set[str] = set()
        for root in (*roots, *known):
            waiting = [_Node(root, 0, None)]
            while waiting:
                node = waiting.pop()
                if node.scene in shown:
                    continue
                shown.add(node.scene)
                yield node
                below = copies_of.get(node.scene, ())
                waiting += [_Node(copy, node.depth + 1, node.scene) for copy in reversed(below)]

    def data(self, node: _Node) -> dict[str, Any]:
        state = self.states.get(node.scene)
        if state is None:
            return {"scene": node.scene, "depth": node.depth, "original": node.original, "known": False}
        profile = state.profile
        return {
            "scene": node.scene, "depth": node.depth, "original": node.original, "known": True,
            "name": profile.name if profile else None, "city": profile.city if profile else None,
            "step": state.step, "outcome": state.outcome,
            "evidence": [each.model_dump(mode="json") for each in state.inherited],
            "incidents": [each.model_dump(mode="json", include={"id", "casualty", "status"})
                          for each in state.incidents],
            "reviews": [each.model_dump(mode="json") for each in state.lineage_reviews],
        }  # fmt: skip

    def line(self, node: _Node) -> tuple[object, ...]:
        state, indented = self.states.get(node.scene), f"{'  ' * node.depth}{'└ ' if node.depth else ''}{node.scene}"
        if state is None or state.profile is None:
            return indented, say("不在本系统", "not run here"), "", "", "", "", ""
        stands = wording.outcome(state.outcome) if state.outcome is not None else wording.step(state.step)
        taken = ", ".join(f"{each.scene}@{each.sequence}" for each in state.inherited)
        incidents = ", ".join(f"{each.id} ({each.status})" for each in state.incidents)
        reviews = ", ".join(open_reviews(state))
        return indented, state.profile.name, state.profile.city, stands, taken, incidents, reviews


def _family(opened: Parts, scene: str, veils: Veils) -> _Family:
    """Of scenes that who looks may read nothing of, the family knows the id alone."""
    read = SqlLineage(opened.engine)
    all_ties = read.ties()
    of_it = {scene, *kin(all_ties, scene)}
    found = {each: read.snapshot(each) for each in sorted(of_it)}
    states = {each: snapshot.state for each, snapshot in found.items() if snapshot is not None}
    if veils.looks_in_a_role:
        seen = {each: veil.state() for each in states if (veil := veils.of(each)) is not None}
        veils.refuse_stranger()
        states = {each: state for each, state in seen.items() if state.profile is not None}
    return _Family(tuple(tie for tie in all_ties if tie[0] in of_it), states)


def _waiting(opened: Parts, veils: Veils) -> None:
    untold, ended, _ = left_to_tell(SqlLineage(opened.engine))
    messages = [each for each in untold if veils.whole(each.scene, Subject.PROMOTION)]
    closed = [each for each in ended if veils.whole(each.scene, Subject.PROMOTION)]
    veils.refuse_stranger()
    rows = []
    for each in messages:
        of = each.act.cause.review if isinstance(each.act, ReopenReview) else each.act.evidence.scene
        rows.append((each.scene, wording.verb(each.act.verb), of))
    data = {
        "waiting": [
            {"scene": scene, "verb": each.act.verb, "of": of}
            for each, (scene, _, of) in zip(messages, rows, strict=True)
        ],
        "closed_to_look_at": [each.model_dump(mode="json") for each in closed],
    }
    columns = [("场景", "scene"), ("将办理", "to be entered"), ("缘由", "because of")]
    footer = say(
        f"{len(rows)} 项待通知，由工作进程每五分钟办理一次。",
        f"{len(rows)} to be told; a worker does so every five minutes.",
    )
    output.present(data, *([output.table(columns, rows)] if rows else []), footer, *_closed(closed))


def _closed(closed: Sequence[Any]) -> list[Any]:
    if not closed:
        return []
    columns = [("已办结场景", "closed scene"), ("缘由", "because of")]
    rows = [(each.scene, each.cause.review) for each in closed]
    title = say("已办结，无法重启复核，请人工查看", "Closed: their review can not be re-opened; look at them by hand")
    return [output.table(columns, rows, title)]
