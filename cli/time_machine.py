"""The time machine: how a scene stood at an entry, an event, a moment; what changed between two; the whole line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from audit import builds
from audit.evidence import read_scene, rulebook
from audit.sources import digest_of, installed
from audit.timeline import Change, Nothing, Point, PointOf, Standing, Timeline, differences, disagreements
from models.deadline import Deadline
from models.policy import Policy, Subject
from models.state import SceneState
from rules.calendar import workdays_left
from rules.deadlines import local_day
from rules.disclosure import Veil, Viewer
from rules.duties import duties
from rules.journal import policy_after

from . import output, shown, wording
from .acting import OnBehalf
from .bundles import bundle_of, moment_of
from .output import AsJson, Failure, misuse, say
from .session import database, state_of
from .viewing import Viewing, veil_of

Source = Annotated[str, typer.Argument(metavar="SCENE|BUNDLE", help="场景，或审计包文件 · a scene, or a bundle's file")]
OfScene = Annotated[
    str | None, typer.Option("--scene", help="包内哪个场景 · which scene of the bundle", show_default=False)
]
CHANGES = 200


class Opened(NamedTuple):
    timeline: Timeline
    policy: Policy
    bundle: Path


def add_to(app: typer.Typer) -> None:
    app.command("at")(at)
    app.command("diff")(diff)
    app.command("timeline")(timeline)


def at(
    source: Source,
    seq: Annotated[int | None, typer.Option("--seq", min=1, help="第几条记录 · the entry", show_default=False)] = None,
    event: Annotated[
        str | None,
        typer.Option("--event", metavar="[RUN:]N", help="运行历史的事件号 · an event of a run", show_default=False),
    ] = None,
    time: Annotated[
        str | None, typer.Option("--time", metavar="TIME", help="何时，北京时间 · when", show_default=False)
    ] = None,
    scene: OfScene = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="再用历史重放核对 · check it by a replay of the histories as well")
    ] = False,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """某一时刻的状态、待办、期限和政策 · How a scene stood then: state, duties, clocks, policy"""
    viewer = _viewer(source, who, on_behalf_of)
    with _opened(source, scene) as its:
        sequence = _sequence(its.timeline, seq, event, time)
        standing = its.timeline.standing(sequence, its.policy)
        _refuse_disagreement(its) if replay else None
        policy = _policy_at(its, sequence)
        entry = standing.entry.model_dump(mode="json")
        if viewer is not None:
            veil = _veil(its, standing, policy, viewer)
            standing, entry = _as_seen(standing, veil), veil.entry(standing.entry)
    data = {**standing.model_dump(mode="json"), "entry": entry}
    rows = [(name, value) for name, value in _standing(standing, told="command" in entry)]
    duties = [_duty(each, standing, policy) for each in standing.clocks if each.holder is not None]
    clocks = [_duty(each, standing, policy) for each in standing.clocks if each.holder is None]
    columns = [("期限", "limit"), ("由谁办理", "whose"), ("到期", "due"), ("剩余", "left")]
    agreed = [say("重放所得与账本一致。", "The replay gives the same.")] if replay else []
    output.present(
        data, output.pairs(rows), output.table(columns, duties, title=say("待办", "duties")),
        output.table(columns, clocks, title=say("其他期限", "other clocks")), *agreed,
    )  # fmt: skip


def diff(
    source: Source,
    before: Annotated[int, typer.Argument(metavar="FROM", min=0, help="从第几条记录之后 · after which entry")],
    after: Annotated[int, typer.Argument(metavar="TO", min=1, help="到第几条记录之后 · to which entry")],
    scene: OfScene = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """两条记录之间状态有何不同 · What changed in the state between two entries"""
    viewer = _viewer(source, who, on_behalf_of)
    with _opened(source, scene) as its:
        one, other = (_state(its, each, viewer) for each in (before, after))
    changes = differences(one, other)
    told = [each for each in changes if not each.is_bookkeeping]
    rows = [(each.at, _brief(each.before), _brief(each.after)) for each in told[:CHANGES]]
    more = len(told) - CHANGES
    last = [say(f"另有 {more} 处，见 --json。", f"{more} more; see --json.")] if more > 0 else []
    output.present(
        [each.model_dump(mode="json") for each in changes],
        output.table([("位置", "place"), ("原为", "before"), ("后为", "after")], rows), *last,
    )  # fmt: skip


def timeline(
    source: Source,
    scene: OfScene = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="写成一个离线网页 · one page that needs no network", show_default=False
        ),
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """全过程时间线：表格、网页（可拖动）或 JSON · The whole line: a table, a page with a slider, or JSON"""
    viewer = _viewer(source, who, on_behalf_of)
    if viewer is not None and html is not None:
        raise misuse("网页含全部内容，不能与 --as 同用。", "The page holds everything: not with --as.")
    with _opened(source, scene) as its:
        points = list(its.timeline.points())
        if viewer is not None:
            points = _told(its, points, viewer)
        if html is not None:
            html.write_text(_page(its, points), encoding="utf-8")
    columns = [("号", "no"), ("时间", "time"), ("历史", "run"), ("事件", "event"), ("操作", "act"), ("办理人", "by"),
               ("环节", "step"), ("待办", "duties")]  # fmt: skip
    rows = [
        (each.sequence, shown.moment(each.at), each.run, each.event, _act(each), _by(each),
         wording.step(each.step), each.duties)
        for each in points
    ]  # fmt: skip
    if html is not None:
        told = say(f"已写入 {html}（{len(points)} 条记录）。", f"{html} written ({len(points)} entries).")
        output.present({"file": str(html), "points": len(points)}, told)
        return
    output.present([each.model_dump(mode="json") for each in points], output.table(columns, rows))


@contextmanager
def _opened(source: str, scene: str | None) -> Iterator[Opened]:
    """Raises Failure."""
    with bundle_of(source) as (path, bundle):
        parts = {part.scene: part for part in bundle.manifest().scenes}
        if scene is None and len(parts) > 1:
            raise misuse(
                f"包内有 {len(parts)} 个场景，请用 --scene 指明：{'、'.join(list(parts)[:20])}。",
                f"The bundle has {len(parts)} scenes; name one with --scene: {', '.join(list(parts)[:20])}.",
            )
        part = parts.get(scene or next(iter(parts), ""))
        if part is None:
            named = scene or ""
            raise Failure("unknown_scene", say(f"包内没有场景{named}。", f"There is no scene {named} in the bundle."))
        found = read_scene(bundle, part)
        if found.unread or not found.entries:
            raise Failure(
                "damaged",
                say(
                    "证据不完整，请先核验：scene audit verify。",
                    "The evidence is not complete; look with `scene audit verify` first.",
                ),
            )
        first = found.entries[0]
        try:
            yield Opened(Timeline.of(found), rulebook(bundle, first.policy, first.calendar), path)
        except Nothing as problem:
            raise Failure("no_such_point", _no_such_point(problem)) from None


_POINTS: dict[PointOf, tuple[str, str]] = {
    "entry": ("第 {} 条记录", "entry {}"), "run": ("第 {} 段历史", "run {}"), "event": ("事件 {}", "event {}"),
    "moment": ("{}", "{}"),
}  # fmt: skip


def _no_such_point(problem: Nothing) -> str:
    def named(which: int | datetime) -> str:
        said = shown.moment(which) if isinstance(which, datetime) else str(which)
        return say(*_POINTS[problem.of]).format(said)

    if problem.last is None:
        return say(
            f"{named(problem.which)} 时场景还没有记录；最早的是 {named(problem.first)}。",
            f"At {named(problem.which)} there was no entry yet; the first is at {named(problem.first)}.",
        )
    return say(
        f"没有{named(problem.which)}；可用的是 {problem.first} 至 {problem.last}。",
        f"There is no {named(problem.which)}: they go from {problem.first} to {problem.last}.",
    )


def _sequence(line: Timeline, seq: int | None, event: str | None, time: str | None) -> int:
    """Raises Failure, audit.timeline.Nothing."""
    if sum(each is not None for each in (seq, event, time)) > 1:
        raise misuse("--seq、--event、--time 只能用一个。", "Use one of --seq, --event and --time.")
    if event is not None:
        run, _, number = event.rpartition(":")
        if not number.isdigit() or not (run.isdigit() or not run):
            raise misuse(
                f"--event {event}：请写作 12，或第 2 段历史的 2:12。",
                f"--event {event}: write it as 12, or as 2:12 for the second run.",
            )
        return line.at_event(int(run or len(line.evidence.runs)), int(number))
    if time is not None:
        return line.at_time(moment_of(time, "--time"))
    return line.at_sequence(seq if seq is not None else line.last)


def _state(its: Opened, sequence: int, viewer: Viewer | None) -> SceneState:
    if sequence == 0:
        return SceneState(scene=its.timeline.evidence.scene)
    standing = its.timeline.standing(its.timeline.at_sequence(sequence), its.policy)
    if viewer is None:
        return standing.state
    return _as_seen(standing, _veil(its, standing, _policy_at(its, sequence), viewer)).state


def _viewer(source: str, who: str | None, behalf: list[str] | None) -> Viewer | None:
    """Who looks at the records of a scene; whoever holds a bundle holds all that is in it. Raises Refused, Failure."""
    if who is None:
        return None
    if source.endswith(".zip") or Path(source).is_file():
        raise misuse("--as 只用于场景，不用于审计包文件。", "--as goes with a scene, not with a bundle's file.")
    with database() as opened:
        sight = veil_of(opened, state_of(opened, source), who, behalf).sight
    sight.demand(Subject.AUDIT)
    return sight.viewer


def _veil(its: Opened, standing: Standing, policy: Policy, viewer: Viewer) -> Veil:
    return Veil(policy, standing.state, viewer, its.timeline.evidence.entries[: standing.sequence])


def _as_seen(standing: Standing, veil: Veil) -> Standing:
    """As it could have been read then: a moment does not open what it had not opened itself."""
    state = veil.state()
    return standing.model_copy(update={"state": state, "clocks": state.deadlines, "duties": tuple(duties(state))})


def _told(its: Opened, points: list[Point], viewer: Viewer) -> list[Point]:
    """The line as far as each of its entries may be read today."""
    last = its.timeline.standing(its.timeline.last, its.policy)
    veil = _veil(its, last, _policy_at(its, last.sequence), viewer)
    found = []
    for point, entry in zip(points, its.timeline.evidence.entries, strict=True):
        seen = veil.entry(entry)
        if "command" not in seen:
            nobody = {"verb": "", "person": "", "unit": "", "role": "", "on_behalf_of": ()}
            kinds = tuple(dict.fromkeys(each["kind"] for each in seen.get("events", ())))
            point = point.model_copy(update={**nobody, "events": kinds})
        found.append(point)
    return found


def _policy_at(its: Opened, sequence: int) -> Policy:
    policy = its.policy
    for entry in its.timeline.evidence.entries[:sequence]:
        policy = policy_after(policy, entry)
    return policy


def _refuse_disagreement(its: Opened) -> None:
    """The second way: the workflow's own answers in a replay, by the code that is installed. Raises Failure."""
    evidence = its.timeline.evidence
    with builds.started(its.bundle, installed()) as process:
        for number in range(1, len(evidence.runs) + 1):
            job = {**evidence.job(number - 1), "receipts": {}, "snapshots": True}
            answer = process.run_again(job)
            wrong = [
                *disagreements(its.timeline, number, answer.get("snapshots", ())),
                *([answer["replay"]] if answer.get("replay") else []),
                *([answer["failed"]] if answer.get("failed") else []),
            ]
            if wrong:
                raise Failure(
                    "replay_differs",
                    say(
                        f"重放所得与账本不符：{wrong[0]}（所用代码 {digest_of(installed())[:12]}）。",
                        f"The replay differs from the ledger: {wrong[0]} (code {digest_of(installed())[:12]}).",
                    ),
                )


def _standing(each: Standing, *, told: bool = True) -> Iterator[tuple[str, object]]:
    actor = each.entry.command.actor
    yield say("场景", "scene"), each.scene
    yield say("记录", "entry"), f"{each.sequence} · {shown.moment(each.at)}"
    if each.run is not None:
        yield say("历史", "history"), say(f"第 {each.run} 段，事件 {each.event}", f"run {each.run}, event {each.event}")
    if told:
        yield say("操作", "act"), f"{wording.verb(each.entry.command.act.verb)} · {actor.person} · {actor.unit}"
    yield say("阶段", "stage"), wording.stage(each.state.stage)
    yield say("环节", "step"), wording.step(each.state.step)
    yield say("政策", "policy"), f"{each.city} {each.policy_version} ({each.policy[:12]})"
    yield say("日历", "calendar"), each.calendar


def _duty(each: Deadline, standing: Standing, policy: Policy) -> tuple[object, ...]:
    left = workdays_left(policy.calendar, local_day(standing.at), each.due_on)
    holder = each.holder
    whose = (holder.person or holder.unit) if holder is not None else ""
    return wording.limit(each.limit), whose, shown.due_of(each), say(f"{left} 个工作日", f"{left} workdays")


def _act(point: Point) -> str:
    return wording.verb(point.verb) if point.verb else say("（无权查看）", "(not yours to read)")


def _by(point: Point) -> str:
    return " ← ".join((point.person, *point.on_behalf_of)) + f" · {point.unit}" if point.person else ""


def _brief(value: Any) -> str:
    text = "-" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _page(its: Opened, points: list[Point]) -> str:
    line, policy = its.timeline, its.policy
    before = SceneState(scene=line.evidence.scene)
    told = []
    for point, standing in zip(points, line.standings(its.policy), strict=True):
        after, policy = standing.state, policy_after(policy, standing.entry)
        clocks = [(each, [_text(cell) for cell in _duty(each, standing, policy)]) for each in standing.clocks]
        told.append(
            {
                "sequence": point.sequence,
                "at": shown.moment(point.at),
                "act": wording.verb(point.verb),
                "by": _by(point),
                "where": f"{point.sequence} / {len(points)} · {shown.moment(point.at)}",
                "standing": [[name, _text(value)] for name, value in _standing(standing)],
                "duties": [row for each, row in clocks if each.holder is not None],
                "clocks": [row for each, row in clocks if each.holder is None],
                "changes": [_change(each) for each in differences(before, after) if not each.is_bookkeeping],
            }
        )
        before = after
    part = line.evidence.part
    about = say(
        f"{part.city} · {len(points)} 条记录，{len(part.runs)} 段历史 · 链头 {part.head}",
        f"{part.city} · {len(points)} entries, {len(part.runs)} runs · head {part.head}",
    )
    data = {
        "language": output.language(), "scene": part.scene, "name": part.name, "about": about, "points": told,
        "words": {
            "entries": say("记录", "entries"), "standing": say("此时", "as of then"), "duties": say("待办", "duties"),
            "clocks": say("其他期限", "other clocks"), "changes": say("本条改变了什么", "what this entry changed"),
            "none": say("无", "none"),
        },
    }  # fmt: skip
    # In a script element only `<` could end it.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    template = files("audit").joinpath("templates/timeline.html").read_text(encoding="utf-8")
    return template.replace("$data", text)


def _change(change: Change) -> list[str]:
    return [change.at, _brief(change.before), _brief(change.after)]


def _text(value: object) -> str:
    return str(value)
