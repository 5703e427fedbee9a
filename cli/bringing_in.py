"""存量导入: scenes that already run elsewhere, many at once, from a table (.xlsx, .csv) or a YAML file.

Each is one `take_over`: its past is declared, not witnessed. A table has one row a scene, and one more row under the
same id for each further bidder. A row that cannot be read keeps nobody else out; a YAML file is read as a whole or not
at all. A row's command id comes from its content, so importing the same file again imports nothing twice.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import typer

from client.scene_client import SceneClient
from models.canonical import canonical
from models.commands import Command
from models.commands.anywhere import TakeOver
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from rules.decide import decide
from runtime.policy_files import load_city
from runtime.settings import Settings
from runtime.wiring import Parts, scene_client
from runtime.yaml_files import FileProblems

from . import acting, identity, output, shown
from .acting import As
from .declared_scenes import Declared, declared_in, write_template
from .failure import text_of
from .output import AsJson, Failure, misuse, say
from .session import database, refuse_remote, server, settings

AT_ONCE = 8

Result = Literal["imported", "already", "possible", "refused", "broken"]


@dataclass(frozen=True)
class Outcome:
    """What became of one scene; `place` is its row or line."""

    place: str
    scene: str
    result: Result
    message: str = ""


def add_to(app: typer.Typer) -> None:
    app.command("import", rich_help_panel=output.SCENES)(import_)


def import_(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help=".xlsx、.csv 或 .yaml", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不导入 · only look")] = False,
    template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="写出模板（.csv 或 .yaml） · write a template", show_default=False),
    ] = None,
    who: As = Role.PLATFORM_OFFICE.value,
    as_json: AsJson = False,
) -> None:
    """存量导入：已在别处进行的场景 · Take over scenes that already run elsewhere"""
    if (file is None) == (template is None):
        raise misuse("请给出要导入的文件，或 --template。", "Give a file to import, or --template.")
    if template is not None:
        write_template(template)
        output.note(say(f"模板已写入 {template}", f"The template is in {template}"))
        return
    made = settings()
    acting_as = identity.who(who)
    refuse_remote(made)
    found = declared_in(file or Path())
    if dry_run:
        ready, outcomes = _prepared(made, found, acting_as, None)
        outcomes += [_looked_at(each) for each in ready]
    else:
        with database(made) as opened:
            ready, outcomes = _prepared(made, found, acting_as, opened)
            outcomes += asyncio.run(_bring_in(opened, ready)) if ready else []
    _tell(outcomes)


@dataclass(frozen=True)
class _Ready:
    place: str
    scene: str
    policy: Policy
    command: Command


def _prepared(
    made: Settings, found: list[Declared], who: identity.Who, opened: Parts | None
) -> tuple[list[_Ready], list[Outcome]]:
    policies: dict[str, Policy] = {}
    ready, outcomes = [], []
    rows = Counter(each.scene for each in found if each.take_over is not None)
    for each in found:
        if rows[each.scene] > 1:
            twice = say(
                f"本文件中有 {rows[each.scene]} 行编号相同", f"{rows[each.scene]} rows of this file bear this id"
            )
            outcomes.append(Outcome(each.place, each.scene, "broken", twice))
            continue
        if each.take_over is None:
            outcomes.append(Outcome(each.place, each.scene, "broken", say("；", "; ").join(each.problems)))
            continue
        try:
            policy = _policy(made, each.take_over.application.city, policies)
            command = _command(each.scene, each.take_over, policy, who, opened)
        except (FileProblems, Failure, Refused) as problem:
            outcomes.append(Outcome(each.place, each.scene, "broken", text_of(problem)))
            continue
        ready.append(_Ready(each.place, each.scene, policy, command))
    return ready, outcomes


def _policy(made: Settings, city: str, known: dict[str, Policy]) -> Policy:
    if city not in known:
        known[city] = load_city(made.policies_dir, city)
    return known[city]


def _command(scene: str, act: TakeOver, policy: Policy, who: identity.Who, opened: Parts | None) -> Command:
    blank = SceneState(scene=scene)
    if opened is None:
        actor = identity.actor(who, policy, blank, None)
    else:
        actor = acting.actor_of(opened, who, policy, blank, act.verb)
    digest = sha256(scene.encode() + canonical(act)).hexdigest()
    return acting.command(act, actor, 0, acting.Envelope(command_id=f"import-{digest[:24]}"))


def _looked_at(each: _Ready) -> Outcome:
    try:
        decide(each.policy, SceneState(scene=each.scene), each.command, shown.now())
    except Refused as refused:
        return Outcome(each.place, each.scene, "refused", text_of(refused))
    return Outcome(each.place, each.scene, "possible")


async def _bring_in(opened: Parts, ready: list[_Ready]) -> list[Outcome]:
    client = scene_client(await server(opened.settings), opened)
    free = asyncio.Semaphore(AT_ONCE)

    async def one(each: _Ready) -> Outcome:
        async with free:
            return await _brought_in(opened, client, each)

    return list(await asyncio.gather(*(one(each) for each in ready)))


async def _brought_in(opened: Parts, client: SceneClient, each: _Ready) -> Outcome:
    first = opened.reads.entries(each.scene, 1, 1)
    if first and first[0].entry.command.command_id == each.command.command_id:
        return Outcome(each.place, each.scene, "already")
    try:
        await client.submit(each.scene, each.policy, each.command)
    except Refused as refused:
        return Outcome(each.place, each.scene, "refused", text_of(refused))
    return Outcome(each.place, each.scene, "imported")


def _tell(outcomes: list[Outcome]) -> None:
    names = {
        "imported": say("已导入", "imported"), "already": say("此前已导入", "imported before"),
        "possible": say("可以导入", "can be imported"), "refused": say("被拒绝", "refused"),
        "broken": say("有误", "broken"),
    }  # fmt: skip
    outcomes.sort(key=lambda each: (len(each.place), each.place))
    columns = [("位置", "place"), ("场景", "scene"), ("结果", "result"), ("说明", "details")]
    rows = [(each.place, each.scene, names[each.result], each.message) for each in outcomes]
    counts = {result: sum(each.result == result for each in outcomes) for result in names}
    summary = say("，", ", ").join(f"{names[result]} {count}" for result, count in counts.items() if count)
    none = say("文件里没有场景。", "There is no scene in the file.")
    data = {"items": [each.__dict__ for each in outcomes], "counts": counts}
    output.present(data, *([output.table(columns, rows)] if rows else []), summary or none)
    if not outcomes or counts["refused"] or counts["broken"]:
        raise typer.Exit(1)
