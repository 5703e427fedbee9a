"""`scene audit reconcile`: do Temporal and the database tell the same of every scene, and what can be put right."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.progress import Progress as Bar
from rich.text import Text
from temporalio.service import RPCError

from audit.difference_words import KINDS, PLANS, WHYS
from audit.differences import Difference, Kind, Plan, Told
from audit.log import LogDiffers, verified
from audit.log import read as read_log
from client.scene_runs import SceneRuns
from models.checkpoint import LogItem
from models.refusal import Refused
from models.vocabulary import Role
from runtime.connect import ServerUnreachable
from runtime.reconciling import Looked, Reconciliation
from runtime.repairing import NotRestarted, Repaired, Repairs
from runtime.settings import Settings
from runtime.wiring import Parts
from storage.archive_files import ArchiveDamaged

from . import identity, output, shown, wording
from .acting import OnBehalf
from .bundles import moment_of
from .output import AsJson, Failure, misuse, say
from .session import database, server, settings
from .viewing import Admitted, Viewing, may_audit

LEFT, UNPROVEN = 1, 3
"""Exit statuses; 0 means that all agree. The same as `scene audit verify`."""
ROWS = 60
"""So many differences are printed; --json has all of them."""


def add_to(app: typer.Typer) -> None:
    app.command("reconcile")(reconcile)


def reconcile(
    scene: Annotated[list[str] | None, typer.Argument(metavar="[SCENE]...", help="场景 · the scenes")] = None,
    city: Annotated[str | None, typer.Option(help="某市全部场景 · every scene of a city", show_default=False)] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="改正能改正的；默认只看 · put right what can be; else it only looks")
    ] = False,
    restart: Annotated[
        bool,
        typer.Option("--restart", help="并由账本重启落后或缺失的流程 · start workflows again from the ledger as well"),
    ] = False,
    delivered_until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="此前到时的消息确已送达 · what was due by then was delivered",
            show_default=False,
        ),
    ] = None,
    copy: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="另行留存的检查点日志 · a kept checkpoint log", show_default=False),
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """核对 Temporal 与数据库，从备份恢复之后用 · Compare Temporal and the database, after a restore

    不带 --as 时，改正记在本机登录账户名下。 Without --as a repair stands under the account of this machine.

    退出状态：0 一致，1 仍有差异，3 未能全部核对 · Exits with 0: all agree; 1: differences are left; 3: unproven
    """
    by = _by(who) if repair else ""
    if (restart or delivered_until) and not repair:
        raise misuse(
            "--restart 和 --delivered-until 须与 --repair 同用。", "--restart and --delivered-until go with --repair."
        )
    until = moment_of(delivered_until, "--delivered-until") if delivered_until is not None else None
    witnesses = _copy(copy) if copy is not None else []
    made = settings()
    with database(made) as opened:
        admitted = partial(
            may_audit, opened, who=who, behalf=on_behalf_of, named=bool(scene) or repair, all_scenes=repair,
            display="audit_reconcile",
        )  # fmt: skip
        told = asyncio.run(
            _run(made, opened, scene or [], city, witnesses, by, admitted=admitted, restart=restart, until=until)
        )
    output.present(told.data(), *told.lines())
    if told.left:
        raise typer.Exit(LEFT)
    if not told.asked or told.left_out:
        raise typer.Exit(UNPROVEN)


def _by(who: str | None) -> str:
    """Under which name it stands in the log: a person's, or the account of whoever works at this machine.

    An auditor changes nothing (docs/explanation/domain.md).
    """
    if who is None:
        return _account()
    named = identity.who(who, outside=(Role.ADMINISTRATOR,))
    if named.person is None:
        raise misuse(
            "--repair 与 --as 同用时须写明人员编号：--as @人员编号，或 --as 角色:单位:人员编号。",
            "With --repair --as names a person: --as @PERSON, or --as ROLE:UNIT:PERSON.",
            code="who",
        )
    return named.person


def _account() -> str:
    try:
        return getuser()
    except (OSError, KeyError):  # a container may run as a number that no account has
        return f"uid {os.getuid()}"


def _copy(file: Path) -> list[LogItem]:
    with file.open("rb") as opened:
        items = list(read_log(opened))
    try:
        verified(items)
    except LogDiffers as differs:
        raise Failure("log_differs", say(f"{file}：{differs.text('zh')}。", f"{file}: {differs.text('en')}.")) from None
    return items


class _Told:
    """What was found last, and what was done."""

    def __init__(self, *, asked: bool, admitted: Admitted | None = None) -> None:
        self.asked = asked
        self._admitted = admitted or Admitted(())
        self.looked: dict[str, Looked] = {}
        self.apart: tuple[Difference, ...] = ()
        self.repaired: list[Repaired] = []
        self.indexed = 0
        self.failed: list[Difference] = []

    @property
    def differences(self) -> list[Difference]:
        scenes = [each for scene in sorted(self.looked) for each in self.looked[scene].differences]
        return [*self.failed, *scenes, *self.apart]

    @property
    def left(self) -> int:
        return len(self.differences)

    @property
    def left_out(self) -> int:
        """Scenes that who looks may not see."""
        return self._admitted.left_out

    def data(self) -> dict[str, Any]:
        return {
            "asked_temporal": self.asked,
            "scenes": {scene: self.looked[scene].case for scene in sorted(self.looked)},
            "left": self.left,
            "left_out": self.left_out,
            "differences": [each.model_dump(mode="json") for each in self.differences],
            "repaired": [
                {
                    "scene": each.scene, "appended": each.restored.appended, "rows": len(each.restored.differences),
                    "messages": each.restored.messages, "documents": each.restored.documents,
                    "refusals": each.refusals, "rulebooks": each.rulebooks, "run": each.run, "problem": each.problem,
                }
                for each in self.repaired
                if each.did or each.problem
            ],
            "indexed": self.indexed,
        }  # fmt: skip

    def lines(self) -> Iterator[RenderableType]:
        if not self.asked:
            yield say(
                "连不上 Temporal：只核对了归档。进行中的流程须待其恢复后再核对。",
                "Temporal does not answer: only archives were compared. Run this again for the scenes that live.",
            )
        for each in self.repaired:
            if each.did or each.problem:
                yield _done(each)
        if self.indexed:
            yield say(
                f"归档索引补入 {self.indexed} 个运行。", f"{self.indexed} runs put back into the archive's index."
            )
        if self.differences:
            yield _table(self.differences[:ROWS])
            if self.left > ROWS:
                yield say(f"另有 {self.left - ROWS} 处，见 --json。", f"{self.left - ROWS} more; see --json.")
        for fork in self.differences[:ROWS]:
            if fork.kind in (Kind.FORK, Kind.REWRITTEN) and (fork.in_ledger or fork.in_histories):
                yield _branches(fork)
        agree = sum(not each.differences for each in self.looked.values())
        yield say(
            f"{len(self.looked)} 个场景，{agree} 个一致，{self.left} 处差异。",
            f"{len(self.looked)} scenes, {agree} agree, {self.left} differences.",
        )
        yield from self._admitted.told


async def _run(
    made: Settings,
    opened: Parts,
    scenes: Sequence[str],
    city: str | None,
    copy: Sequence[LogItem],
    by: str,
    *,
    admitted: Callable[[Sequence[str]], Admitted],
    restart: bool,
    until: datetime | None,
) -> _Told:
    """`admitted` says which of the scenes may be shown: asked of all that are known anywhere."""
    runs = await _runs(made)
    reading = Reconciliation(opened, runs, copy=copy)
    await reading.begin()
    if unknown := [each for each in scenes if each not in reading.scenes()]:
        raise Refused("unknown_scene", scene=unknown[0])
    shows = admitted(tuple(dict.fromkeys(scenes)) or reading.scenes(city))
    chosen = shows.scenes
    told = _Told(asked=runs is not None, admitted=shows)
    with Bar(disable=output.as_json(), transient=True) as bar:
        task = bar.add_task(say("核对", "comparing"), total=len(chosen))
        async for looked in reading.look(chosen, lambda _: bar.advance(task)):
            told.looked[looked.scene] = looked
        among = None if city is None and not scenes and not shows.left_out else chosen
        apart = reading.apart_from_scenes(among)
        # What can not be read of the archive may be anybody's.
        told.apart = apart if not shows.left_out else tuple(each for each in apart if each.scene in chosen)
        if by:
            repairs = Repairs(opened, runs, now=shown.now)
            await _put_right(reading, repairs, told, by, restart=restart, until=until, among=among, bar=bar)
    return told


async def _runs(made: Settings) -> SceneRuns | None:
    try:
        return SceneRuns(await server(made), made.task_queue)
    except (ServerUnreachable, RPCError):
        return None


async def _put_right(
    reading: Reconciliation,
    repairs: Repairs,
    told: _Told,
    by: str,
    *,
    restart: bool,
    until: datetime | None,
    among: Sequence[str] | None,
    bar: Bar,
) -> None:
    if any(each.kind is Kind.ARCHIVE_INDEX for each in told.apart):
        with suppress(ArchiveDamaged):  # told already as what can not be read
            told.indexed = repairs.index_archive(by)
        told.apart = reading.apart_from_scenes(among)
    wrong = [each for each in told.looked.values() if each.differences or until is not None]
    task = bar.add_task(say("改正", "putting right"), total=len(wrong))
    for looked in wrong:
        told.repaired.append(await repairs.repair(looked, by=by, delivered_until=until))
        bar.advance(task)
    await _again(reading, told, told.repaired)
    if not restart:
        return
    restarted: list[Repaired] = []
    for looked in list(told.looked.values()):
        if any(each.plan is Plan.RESTART for each in looked.differences):
            try:
                restarted.append(await repairs.restart(looked, by=by))
            except NotRestarted as why:
                told.failed.append(_why(why))
                if why.why == "act_lost":
                    restarted.append(Repaired(looked.scene))
    told.repaired += restarted
    await _again(reading, told, restarted, settles=bool(restarted))


async def _again(reading: Reconciliation, told: _Told, repaired: Sequence[Repaired], *, settles: bool = False) -> None:
    async for looked in reading.look([each.scene for each in repaired if each.did or settles]):
        told.looked[looked.scene] = looked


def _why(why: NotRestarted) -> Difference:
    if why.otherwise is None:
        return Difference(
            scene=why.scene, kind=Kind.NOT_RESTARTED, plan=Plan.PERSON, at=why.why, history=why.detail or None
        )
    each = why.otherwise
    return Difference(
        scene=why.scene, kind=Kind.JUDGED_OTHERWISE, plan=Plan.PERSON, first=each.sequence, last=each.sequence,
        at=f"{each.at} ({why.detail})", ledger=each.recorded, history=each.expected,
    )  # fmt: skip


def _done(each: Repaired) -> Text:
    if each.problem:
        return Text(say(f"{each.scene}：未改动（{each.problem}）", f"{each.scene}: left as it was ({each.problem})"))
    done = each.restored
    counts = [
        (len(done.appended), "补入账本 {} 条", "{} entries appended"),
        (len(done.differences), "改正列表 {} 处", "{} rows made again"),
        (done.messages, "其中消息 {} 条待再送", "{} messages of them to go out once more"),
        (done.documents, "补登公文 {} 份", "{} documents put into the register"),
        (len(each.refusals), "补入拒绝记录 {} 条", "{} refusals appended"),
        (each.rulebooks, "补入政策 {} 份", "{} policies kept"),
        (1 if each.run else 0, "流程已重启", "its workflow was started again"),
    ]
    said = [say(zh, en).format(count) for count, zh, en in counts if count]
    return Text(f"{each.scene}: {say('，', ', ').join(said)}")


def _table(differences: Sequence[Difference]) -> RenderableType:
    columns = [("场景", "scene"), ("问题", "what"), ("记录", "entries"), ("位置", "place"), ("账本", "ledger"),
               ("历史", "histories"), ("处置", "plan")]  # fmt: skip
    return output.table(
        columns,
        [
            (each.scene, shown.word(KINDS, each.kind), _entries(each), _place(each), _short(each.ledger),
             _short(each.history), shown.word(PLANS, each.plan))
            for each in differences
        ],
    )  # fmt: skip


def _entries(each: Difference) -> str:
    if each.first is None:
        return ""
    return str(each.first) if each.last in (None, each.first) else f"{each.first}-{each.last}"


def _place(each: Difference) -> str:
    at = each.at or ""
    if each.kind is Kind.NOT_RESTARTED:
        at = shown.word(WHYS, at) if at in WHYS else shown.word(KINDS, at) if at in KINDS else at
    event = say(f"事件 {each.event}", f"event {each.event}") if each.event is not None else ""
    return " · ".join(part for part in ((each.run or "")[:8], event, at) if part)


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _branches(fork: Difference) -> RenderableType:
    """Entry by entry, the two lives beside one another."""
    ours = {each.sequence: each for each in fork.in_ledger}
    theirs = {each.sequence: each for each in fork.in_histories}
    rows = [(number, _entry(ours.get(number)), _entry(theirs.get(number))) for number in sorted({*ours, *theirs})]
    columns = [("记录", "entry"), ("账本", "ledger"), ("历史", "histories")]
    title = say(f"{fork.scene}：自第 {fork.first} 条起", f"{fork.scene}: from entry {fork.first} on")
    return output.table(columns, rows, title)


def _entry(each: Told | None) -> str:
    if each is None:
        return "-"
    verb = wording.verb(each.verb) if each.verb else "?"
    return " · ".join(part for part in (verb, each.person, each.unit, each.at) if part)
