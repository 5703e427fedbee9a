"""One act in many scenes: each is judged for itself, and what became of each is said."""

import asyncio
import sys
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from client.scene_client import SceneClient
from models.commands import Act
from models.refusal import Refused
from rules.journal import admit
from runtime.wiring import Parts, scene_client

from . import identity, output, shown
from .acting import As, Envelope, OnBehalf, Wait, asked_of, new_id, told_how_to_repeat, until_recorded
from .acts import Bidder, any_act
from .failure import text_of
from .output import AsJson, Failure, misuse, say
from .session import database, policy_of, refuse_remote, server, settings, state_of

AT_ONCE = 8


def add_to(app: typer.Typer) -> None:
    app.command("bulk", rich_help_panel=output.ACTS)(bulk)


@dataclass(frozen=True)
class Outcome:
    """What became of the act in one scene; `entry` where it stands."""

    scene: str
    result: str
    entry: int | None = None
    code: str = ""
    message: str = ""


def bulk(
    verb: Annotated[str, typer.Argument(metavar="VERB", help="操作名，见 scene verbs · see `scene verbs`")],
    scenes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SCENE...|-]", help="场景编号；- 自标准输入逐行读取 · - reads them from stdin"),
    ] = None,
    department: Annotated[
        str | None,
        typer.Option(
            metavar="UNIT", help="该单位待办中可由此操作办结的全部场景 · every scene where it is the unit's duty"
        ),
    ] = None,
    bidder: Bidder = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="字段=值，可多个 · a field", show_default=False),
    ] = None,
    who: As = None,
    on_behalf_of: OnBehalf = None,
    batch: Annotated[
        str | None,
        typer.Option(metavar="ID", help="批次编号，重做时用同一编号 · repeat with the same one", show_default=False),
    ] = None,
    wait: Wait = 2.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只判断，不办理 · only judge")] = False,
    as_json: AsJson = False,
) -> None:
    """批量办理：同一操作逐个场景判断，逐个说明结果 · One act in many scenes, with a result for each"""
    made = settings()
    acting = identity.who(who)
    refuse_remote(made)
    act = any_act(verb, bidder, set_)
    batch = batch or new_id()
    behalf = tuple(on_behalf_of or ())
    with database(made) as opened:
        chosen = _chosen(opened, act, scenes or [], department)
        asked = [(scene, Envelope(who, command_id=f"{batch}-{scene}"[:128], on_behalf_of=behalf)) for scene in chosen]
        if dry_run:
            outcomes = [_judged(opened, scene, act, acting, envelope) for scene, envelope in asked]
        else:
            outcomes = asyncio.run(_done(opened, asked, act, acting, wait))
    _tell(batch, outcomes, dry_run=dry_run)
    if any(each.code for each in outcomes):
        raise typer.Exit(1)


def _chosen(opened: Parts, act: Act, named: list[str], department: str | None) -> list[str]:
    """Raises Failure where nothing is named."""
    if named == ["-"]:
        named = [line.strip() for line in sys.stdin if line.strip()]
    if department is not None:
        duties = opened.reads.inbox(unit=department)
        named = [*named, *(each.scene for each in duties if act.verb in each.verbs)]
    if not named:
        raise misuse(
            "请给出场景编号，或 --department（该单位没有可由此操作办结的待办时同此）。",
            "Name scenes, or a --department that has such duties.",
        )
    return list(dict.fromkeys(named))


def _judged(opened: Parts, scene: str, act: Act, who: identity.Who, envelope: Envelope) -> Outcome:
    """What the rules would say now; nothing is changed."""
    try:
        state = state_of(opened, scene)
        policy = policy_of(opened, state)
        if policy is None:
            raise Failure("unknown_policy", say("找不到该场景适用的政策。", "The scene's policy is not known here."))
        admit(policy, state, asked_of(opened, state, policy, act, who, envelope), shown.now())
    except (Refused, Failure) as no:
        return Outcome(scene, "refused", code=no.code, message=text_of(no))
    return Outcome(scene, "possible")


async def _done(
    opened: Parts, asked: list[tuple[str, Envelope]], act: Act, who: identity.Who, wait: float
) -> list[Outcome]:
    """Acts in every scene, then waits until the lists show it: once for all, since records come in batches."""
    client = scene_client(await server(opened.settings), opened)
    free = asyncio.Semaphore(AT_ONCE)
    console = Console(stderr=True)
    with Progress(console=console, disable=output.as_json() or not console.is_terminal, transient=True) as bar:
        task = bar.add_task(say("办理", "acting"), total=len(asked))

        async def one(scene: str, envelope: Envelope) -> Outcome:
            async with free:
                outcome = await _acted(opened, client, scene, act, who, envelope)
                bar.advance(task)
                return outcome

        outcomes = list(await asyncio.gather(*(one(scene, envelope) for scene, envelope in asked)))
    await asyncio.gather(*(until_recorded(opened, each.scene, each.entry, wait) for each in outcomes if each.entry))
    return outcomes


async def _acted(
    opened: Parts, client: SceneClient, scene: str, act: Act, who: identity.Who, envelope: Envelope
) -> Outcome:
    try:
        state = await asyncio.to_thread(state_of, opened, scene)
        asked = asked_of(opened, state, policy_of(opened, state), act, who, envelope)
        with told_how_to_repeat(asked):
            receipt = await client.act(scene, asked)
    except (Refused, Failure) as no:
        return Outcome(scene, "refused", code=no.code, message=text_of(no))
    return Outcome(scene, "done", receipt.sequence)


def _tell(batch: str, outcomes: list[Outcome], *, dry_run: bool) -> None:
    names = {
        "done": say("已办理", "done"), "possible": say("可以办理", "possible"), "refused": say("被拒绝", "refused"),
    }  # fmt: skip
    counts: dict[str, Any] = {result: sum(each.result == result for each in outcomes) for result in names}
    columns = [("场景", "scene"), ("结果", "result"), ("记录号", "entry"), ("说明", "details")]
    rows = [(each.scene, names[each.result], each.entry or "", each.message) for each in outcomes]
    summary = say("，", ", ").join(f"{names[result]} {count}" for result, count in counts.items() if count)
    again = say(f"重做：--batch {batch}", f"To repeat it: --batch {batch}")
    data = {"batch": batch, "items": [each.__dict__ for each in outcomes], **counts}
    output.present(data, output.table(columns, rows), summary, *([] if dry_run or not counts["refused"] else [again]))
