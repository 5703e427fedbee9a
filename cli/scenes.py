"""Scenes: submitting one, looking at one, at many, at a desk's duties, at what happened."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from pydantic import TypeAdapter, ValidationError

from channels.feed import feed
from models.canonical import canonical
from models.commands.solicitation import Application, Submit
from models.journal import JournalEntry
from models.policy import Policy, Subject
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from models.text import Identifier
from models.vocabulary import Role, Scale, Stage, Track
from models.words import ROLES, STATUSES, TRACKS
from rules.disclosure import Extent, Veil
from rules.lifecycle import STEPS
from rules.permissions import bidders
from runtime.policy_files import city_files, load_city, load_policy
from runtime.samples import application_of, sample
from runtime.settings import PROJECT, Settings
from runtime.wiring import Parts, scene_client
from runtime.yaml_files import FileProblems
from storage.reads import EntryRecord, InboxItem, Page, SceneFilter, SceneSort, SceneSummary

from . import acting, identity, output, pool_duties, shown, why, wording
from .acting import As, CommandId, OnBehalf, Scene, Wait
from .applications import submission
from .output import AsJson, misuse, say
from .session import database, policy_of, refuse_remote, server, settings, state_of
from .viewing import Veils, Viewing, page_of, veil_of, viewer_of

EXPORT_PAGE = 500
ENDED_WITHIN = timedelta(days=60)
"""So long a deadline that has ended stays in a feed, cancelled: who fetches it rarely hears of it too."""
Why = Annotated[
    str | None,
    typer.Option("--why", metavar="DEADLINE", help="逐日说明某期限 · count one deadline", show_default=False),
]


def add_to(app: typer.Typer) -> None:
    for name, command in (
        ("submit", submit), ("show", show), ("list", list_), ("inbox", inbox), ("history", history),
        ("deadlines", deadlines), ("ical", ical),
    ):  # fmt: skip
        app.command(name, rich_help_panel=output.SCENES)(command)


def submit(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.yaml]", help="申报书 · the application", show_default=False)
    ] = None,
    sample_id: Annotated[
        str | None, typer.Option("--sample", metavar="ID", help="样例场景，如 YC26-014 · a sample", show_default=False)
    ] = None,
    scene: Annotated[
        str | None, typer.Option("--id", metavar="SCENE", help="场景编号，默认自动生成 · scene id", show_default=False)
    ] = None,
    who: As = None,
    command_id: CommandId = None,
    on_behalf_of: OnBehalf = None,
    wait: Wait = 2.0,
    as_json: AsJson = False,
) -> None:
    """申报场景 · Submit a scene, from a file or a sample"""
    if (file is None) == (sample_id is None):
        raise misuse("请给出申报书文件，或 --sample。", "Give a file, or --sample.")
    made = settings()
    refuse_remote(made)
    act, policy = submission(made, file) if file is not None else _sampled(made, sample_id or "")
    scene = known_id(scene) if scene is not None else scene_id(policy, act.application)
    acts = identity.who(who or Role.OWNER.value)
    if acts.role is Role.OWNER and acts.unit is None:
        acts = acts._replace(unit=act.application.owner)
    # The same application twice is the same command: the second time it gives the first receipt.
    envelope = acting.Envelope(command_id=command_id or f"submit-{sha256(canonical(act)).hexdigest()[:20]}")
    with database(made) as opened:
        blank = SceneState(scene=scene)
        actor = acting.actor_of(opened, acts, policy, blank, act.verb, on_behalf_of=tuple(on_behalf_of or ()))
        command = acting.command(act, actor, 0, envelope)
        receipt, recorded = asyncio.run(_submit(opened, scene, policy, command, wait))
    acting.show_receipt(receipt, recorded)


async def _submit(opened: Parts, scene: str, policy: Policy, command: Any, wait: float) -> tuple[Receipt, bool]:
    client = scene_client(await server(opened.settings), opened)
    with acting.told_how_to_repeat(command):
        receipt = await client.submit(scene, policy, command)
    return receipt, await acting.until_recorded(opened, receipt.scene, receipt.sequence, wait)


def _sampled(made: Settings, id: str) -> tuple[Submit, Policy]:
    chosen = sample(PROJECT / "samples", id)
    policy = load_city(made.policies_dir, chosen.city)
    return Submit(application=application_of(chosen, policy)), policy


def known_id(scene: str) -> str:
    """Raises Failure for an id that could not be part of a workflow's id or a file's name."""
    try:
        return TypeAdapter(Identifier).validate_python(scene)
    except ValidationError:
        raise misuse(
            f"场景编号“{scene}”不合要求：以字母或数字开头，只用字母、数字和 . _ : @ -，至多 128 位。",
            f"{scene} is no scene id: letters, digits and . _ : @ -, beginning with a letter or digit, at most 128.",
            code="malformed",
        ) from None


def scene_id(policy: Policy, application: Application) -> str:
    """The city's code, the year, and the first digits of the content's digest: the same for the same application."""
    digest = sha256(canonical(application)).hexdigest()
    return f"{policy.code}-{shown.today().year}-{digest[:8]}"


def show(
    scene: Scene,
    live: Annotated[bool, typer.Option("--live", help="直接问工作流 · ask the workflow itself")] = False,
    why_: Why = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """查看场景 · Show a scene: where it stands, whose turn it is, and until when"""
    made = settings()
    with database(made) as opened:
        if why_ is not None:
            _explain(opened, scene, why_, who, on_behalf_of)
            return
        whole = asyncio.run(_live(opened, scene)) if live else state_of(opened, scene)
        policy = policy_of(opened, whole)
        veil = veil_of(opened, whole, who, on_behalf_of)
        veil.sight.demand(Subject.SCENE, least=Extent.PUBLIC)
        state = veil.state()
    output.present(shown.content(state, policy, "workflow" if live else "ledger"), *shown.rendered(state, policy))


def _explain(opened: Parts, scene: str, deadline: str, who: str | None, behalf: list[str] | None) -> None:
    state = state_of(opened, scene)
    story = why.explanation(opened, state, deadline, viewer_of(opened, policy_of(opened, state), state, who, behalf))
    output.present(story.model_dump(mode="json"), *why.rendered(story))


async def _live(opened: Parts, scene: str) -> SceneState:
    return await scene_client(await server(opened.settings), opened).state(scene)


def list_(
    stage: Annotated[Stage | None, typer.Option(help="阶段 · stage", show_default=False)] = None,
    step: Annotated[str | None, typer.Option(help="环节 · step", show_default=False)] = None,
    city: Annotated[str | None, typer.Option(help="城市 · city", show_default=False)] = None,
    domain: Annotated[str | None, typer.Option(help="领域 · domain", show_default=False)] = None,
    type_: Annotated[str | None, typer.Option("--type", help="类型 · type", show_default=False)] = None,
    lead: Annotated[str | None, typer.Option(help="牵头单位 · lead department", show_default=False)] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只看逾期 · overdue only")] = False,
    text: Annotated[str | None, typer.Option(help="编号、名称、单位含此文字 · looked for", show_default=False)] = None,
    first: Annotated[str | None, typer.Option(help="三首产品 · a first of", show_default=False)] = None,
    project: Annotated[
        str | None, typer.Option(help="重大项目或活动含此文字 · major project or event", show_default=False)
    ] = None,
    scale: Annotated[str | None, typer.Option(help="规模：小切口、集成式、综合性 · scale", show_default=False)] = None,
    track: Annotated[str | None, typer.Option(help="通道：sandbox、fast · track", show_default=False)] = None,
    maturity: Annotated[str | None, typer.Option(help="成熟度 · maturity", show_default=False)] = None,
    project_stage: Annotated[
        str | None, typer.Option(help="项目阶段：在建、待建 · under way or planned", show_default=False)
    ] = None,
    funding: Annotated[
        str | None, typer.Option(help="资金来源含此文字 · where the money is from", show_default=False)
    ] = None,
    sort: Annotated[SceneSort, typer.Option(help="排序 · sorted by")] = "next_due_at",
    descending: Annotated[bool, typer.Option("--descending", help="倒序 · the other way round")] = False,
    page: Annotated[int, typer.Option(min=1, help="页 · page")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=500, help="每页条数 · per page")] = 50,
    to_csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="全部导出为 CSV，- 为标准输出 · export all", show_default=False),
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """场景列表 · List scenes"""
    where = SceneFilter(
        stage=stage, step=_known_step(step), city=_city(city), domain=domain, type=type_, lead=lead,
        overdue=True if overdue else None, text=text, first=first, project=project,
        scale=_scale(scale), track=_track(track), maturity=maturity, project_stage=_project_stage(project_stage),
        funding_source=funding,
    )  # fmt: skip
    with database() as opened:
        _refuse_unknown_class(opened, "type", type_)
        _refuse_unknown_class(opened, "first", first)
        _refuse_unknown_class(opened, "maturity", maturity)
        _refuse_unknown_class(opened, "domain", domain)
        if who is not None:
            veils = Veils(opened, who=who, behalf=on_behalf_of)
            seen = filter(
                None, (_summary(veils.of(each.scene), each) for each in _every(opened, where, sort, descending))
            )
            if to_csv is not None:
                _export(seen, to_csv)
                return
            items, total, _ = page_of(seen, page, limit)
            found = Page(items=tuple(items), total=total, number=page, limit=limit)
        elif to_csv is not None:
            _export(_every(opened, where, sort, descending), to_csv)
            return
        else:
            found = opened.reads.list_scenes(where, sort=sort, descending=descending, page=page, limit=limit)
    columns = [("编号", "scene"), ("名称", "name"), ("城市", "city"), ("环节", "step"), ("牵头单位", "lead"),
               ("最近期限", "next due"), ("标记", "marks")]  # fmt: skip
    table = output.table(columns, [_line(each) for each in found.items])
    output.present(_page(found), *([table] if found.items else []), _footer(found))


def _known_step(step: str | None) -> str | None:
    known = [each.key for each in STEPS if each.machine.value == "scene"]
    if step is None or step in known:
        return step
    near = get_close_matches(step, known, n=3, cutoff=0.4) or known
    raise Refused("unknown_step", step=step, known=", ".join(near))


def _refuse_unknown_class(
    opened: Parts, name: Literal["type", "first", "maturity", "domain"], value: str | None
) -> None:
    """A word that neither a scene has nor any city's lists know is a slip of the pen. Raises typer.BadParameter."""
    wheres = {
        "type": SceneFilter(type=value), "first": SceneFilter(first=value), "maturity": SceneFilter(maturity=value),
        "domain": SceneFilter(domain=value),
    }  # fmt: skip
    if value is None or opened.reads.list_scenes(wheres[name], limit=1).total:
        return
    known: list[str] = []
    for path in city_files(opened.settings.policies_dir):
        with suppress(FileProblems):
            policy = load_policy(path)
            lists = policy.classification
            domains = tuple(each.name for each in policy.domains)
            known += {"type": lists.types, "first": lists.firsts, "maturity": lists.maturities, "domain": domains}[name]
    if value not in known:
        raise _not_among(value, known, f"--{name}")


def _not_among(value: str, known: Iterable[str], option: str) -> typer.BadParameter:
    words = "、".join(dict.fromkeys(known))
    text = say(f"没有“{value}”；可选：{words}", f"{value} is not among {words}")
    return typer.BadParameter(text, param_hint=option)


def _scale(word: str | None) -> Scale | None:
    if word is not None and word not in [*Scale]:
        raise _not_among(word, Scale, "--scale")
    return Scale(word) if word is not None else None


def _track(word: str | None) -> Track | None:
    """A track by its code or its Chinese name."""
    if word is None:
        return None
    by_word = {name: Track(key) for key, each in TRACKS.items() for name in (key, each.zh)}
    if word not in by_word:
        raise _not_among(word, by_word, "--track")
    return by_word[word]


def _project_stage(word: str | None) -> str | None:
    known = get_args(Application.model_fields["project_stage"].annotation)
    if word is not None and word not in known:
        raise _not_among(word, known, "--project-stage")
    return word


def _city(name: str | None) -> str | None:
    """A city by its name, short name, code or file."""
    if name is None:
        return None
    return load_city(settings().policies_dir, name).city


def _page(found: Page[SceneSummary]) -> dict[str, Any]:
    return {
        "items": [each.model_dump(mode="json") for each in found.items],
        "total": found.total,
        "page": found.number,
        "pages": found.pages,
    }


def _line(each: SceneSummary) -> tuple[object, ...]:
    return (
        each.scene, each.name, each.city, f"{wording.step(each.step)} ({each.step})", each.lead or "-",
        shown.moment(each.next_due_at), _marks(each),
    )  # fmt: skip


def _marks(each: SceneSummary) -> str:
    marks = [
        (each.overdue, say("逾期", "overdue")), (each.suspended, say("暂停", "suspended")),
        (each.declared, say("申报导入", "declared")), (each.firsts is not None, each.firsts or ""),
        (each.project is not None, each.project or ""), (each.outcome is not None, wording.outcome(each.outcome)),
    ]  # fmt: skip
    return " ".join(text for shown_, text in marks if shown_)


def _footer(found: Page[SceneSummary]) -> str:
    if not found.total:
        return say("没有符合条件的场景。", "No scene is like that.")
    return say(
        f"共 {found.total} 个，第 {found.number}/{found.pages} 页",
        f"{found.total} in all, page {found.number}/{found.pages}",
    )


def _summary(veil: Veil | None, each: SceneSummary) -> SceneSummary | None:
    """A line as far as the scene may be read; None where there is no public part either."""
    extent = veil.sight.of(Subject.SCENE) if veil is not None else Extent.NOTHING
    if veil is None or extent is Extent.NOTHING:
        return None
    state = veil.state()
    due = min((deadline.due_at for deadline in state.deadlines), default=None)
    inside = (
        {}
        if extent is Extent.WHOLE
        else {"regulator": None, "cooperating": (), "assumed": (), "head": "", "overdue": False}
    )
    return each.model_copy(update={"bidders": bidders(state), "next_due_at": due, **inside})


def _export(scenes: Iterable[SceneSummary], to: Path) -> None:
    rows = (each.model_dump(mode="json").values() for each in scenes)
    count = output.export(to, list(SceneSummary.model_fields), rows)
    if str(to) != "-":
        output.note(say(f"已导出 {count} 个场景到 {to}", f"{count} scenes exported to {to}"))


def _every(opened: Parts, where: SceneFilter, sort: SceneSort, descending: bool) -> Iterator[SceneSummary]:
    page = 1
    while True:
        found = opened.reads.list_scenes(where, sort=sort, descending=descending, page=page, limit=EXPORT_PAGE)
        yield from found.items
        if page >= found.pages:
            return
        page += 1


def inbox(
    department: Annotated[str | None, typer.Option(metavar="UNIT", help="单位 · the unit", show_default=False)] = None,
    role: Annotated[str | None, typer.Option(help="角色 · the role", show_default=False)] = None,
    person: Annotated[str | None, typer.Option(help="人员编号 · the person", show_default=False)] = None,
    city: Annotated[str | None, typer.Option(help="城市 · the city", show_default=False)] = None,
    claimed_by: Annotated[
        str | None, typer.Option("--at", metavar="PERSON", help="只看在某人手上的 · at whose desk", show_default=False)
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """待办箱：某单位、角色或人员的应办事项 · The open duties of a unit, a role or a person"""
    if not (department or role or person):
        raise misuse(
            "请用 --department、--role 或 --person 说明看谁的待办。", "Say whose: --department, --role or --person."
        )
    acting_role = identity.who(role).role if role else None
    made = settings()
    with database(made) as opened:
        found = (
            *opened.reads.inbox(city=_city(city), unit=department, role=acting_role, person=person),
            *pool_duties.of_units(opened, city=_city(city), unit=department, role=acting_role, person=person),
        )
        found = tuple(sorted(found, key=lambda each: each.due_at))
        if not found and department is not None:
            _refuse_unknown_unit(made, opened, department)
        if claimed_by is not None:
            found = tuple(each for each in found if claimed_by in (each.claimed_by, each.delegated_to))
        veils = Veils(opened, person, who=who, behalf=on_behalf_of)
        found = tuple(each for each in found if _is_shown(veils.of(each.scene), each, who))
        veils.refuse_stranger()
        policies = {each.scene: _policy_of(opened, each.scene) for each in found}
    data = [{**each.model_dump(mode="json"), "workdays_left": _left(each, policies[each.scene])} for each in found]
    columns = [("场景", "scene"), ("名称", "name"), ("应办", "duty"), ("责任方", "whose turn"), ("在办", "at"),
               ("期限", "due"), ("剩余", "left"), ("操作", "by")]  # fmt: skip
    rows = [
        (
            each.scene, each.name, wording.limit(each.limit) + (f" · {each.bidder}" if each.bidder else ""),
            shown.holder(each.holder.role, each.holder.unit, each.holder.person),
            shown.at_desk(each.claimed_by, each.delegated_to),
            shown.due(each.due_on, provisional=each.provisional),
            shown.left_in_words(each.status, _left(each, policies[each.scene])), ", ".join(each.verbs),
        )
        for each in found
    ]  # fmt: skip
    none = say("没有待办事项。", "Nothing is to be done.")
    output.present(data, output.table(columns, rows) if rows else none)


def _is_shown(veil: Veil | None, item: Any, who: str | None) -> bool:
    """A judge's seat stands in the judge's own inbox alone: the unit that was asked for would tell whose it is."""
    return veil is None or (not veil.is_judges(item) and (who is None or veil.shows(item)))


def ical(
    department: Annotated[str, typer.Option(metavar="UNIT", help="单位 · the unit", show_default=False)],
    city: Annotated[str | None, typer.Option(help="城市 · the city", show_default=False)] = None,
    output_: Annotated[
        Path | None, typer.Option("--out", "-o", help="写入文件，默认标准输出 · to a file", show_default=False)
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
) -> None:
    """日历订阅：某单位的期限（iCalendar） · A unit's deadlines as an iCalendar feed"""
    made = settings()
    with database(made) as opened:
        since = shown.today() - ENDED_WITHIN
        held = opened.reads.held(department, city=_city(city), ended_since=since)
        if not held:
            _refuse_unknown_unit(made, opened, department)
        veils = Veils(opened, who=who, behalf=on_behalf_of)
        held = tuple(each for each in held if _is_shown(veils.of(each.scene), each.deadline, who))
        veils.refuse_stranger()
    title = say(f"{department} 场景期限", f"{department}: deadlines")
    content = feed(held, title=title, language=output.language(), now=shown.now())
    if output_ is None:
        output.write(content.decode())
        return
    output_.write_bytes(content)
    output.note(say(f"{len(held)} 个期限已写入 {output_}。", f"{len(held)} deadlines written to {output_}."))


def _policy_of(opened: Parts, scene: str) -> Policy | None:
    state = opened.reads.state(scene)
    return policy_of(opened, state) if state else None


def _left(item: InboxItem, policy: Policy | None) -> int | None:
    return shown.left(item.status, item.due_on, policy.calendar if policy else None)


def _refuse_unknown_unit(made: Settings, opened: Parts, unit: str) -> None:
    """An empty inbox may be one of a unit that does not exist: then the name was mistyped."""
    known: set[str] = set()
    for path in city_files(made.policies_dir):
        try:
            known |= load_policy(path).unit_names
        except FileProblems:
            continue
    for each in _every(opened, SceneFilter(), "scene", False):
        known |= {each.owner, *each.bidders, *each.cooperating, *(unit for unit in (each.lead, each.regulator) if unit)}
    if unit not in known:
        near = get_close_matches(unit, sorted(known), n=3, cutoff=0.3) or sorted(known)[:5]
        raise Refused("unknown_unit", unit=unit, near=", ".join(near))


def history(
    scene: Scene,
    first: Annotated[int, typer.Option("--from", min=1, help="起始记录号 · first entry")] = 1,
    last: Annotated[int | None, typer.Option("--to", min=1, help="末条记录号 · last entry", show_default=False)] = None,
    full: Annotated[bool, typer.Option("--full", help="含全部内容 · with everything that was written")] = False,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """办理记录 · The journal of a scene: what happened, when, by whom"""
    with database() as opened:
        state = state_of(opened, scene)
        journal = opened.reads.entries(scene)
        veil = veil_of(opened, state, who, on_behalf_of, journal=[each.entry for each in journal])
        broken = opened.reads.verify_chain(scene)
    entries = [each for each in journal if first <= each.entry.sequence <= (last or each.entry.sequence)]
    told = [veil.entry(each.entry) for each in entries]
    data = {
        "scene": scene,
        "chain": {"whole": broken is None, "first_broken": broken},
        "entries": [_recorded(each, seen) for each, seen in zip(entries, told, strict=True)],
    }
    columns = [("号", "no"), ("时间", "time"), ("操作", "act"), ("办理人", "who"), ("结果", "events")]
    table = output.table(columns, [_entry(each.entry, seen) for each, seen in zip(entries, told, strict=True)])
    if broken is None:
        mark = output.line(
            (say("✔ 链条完整", "✔ chain whole"), "green"), f"  {entries[-1].hash[:16] if entries else ''}"
        )
    else:
        mark = output.line(
            (say(f"✘ 第 {broken} 号记录缺失或被改动", f"✘ entry {broken} is missing or changed"), "bold red")
        )
    details = [_written(each) for each in told if each.get("command") is not None] if full else []
    output.present(data, table, *details, mark)
    if broken is not None:
        raise typer.Exit(1)


def _recorded(each: EntryRecord, seen: dict[str, Any]) -> dict[str, Any]:
    return {"entry": seen, "hash": each.hash, "recorded_at": each.recorded_at, "build": each.build}


def _entry(entry: JournalEntry, seen: dict[str, Any]) -> tuple[object, ...]:
    if seen.get("sealed"):
        sealed = say("（密封，到时公开）", "(sealed until it may be read)")
        return (entry.sequence, shown.moment(entry.at), sealed, "", "")
    events = (wording.event(event["kind"], event.get("because")) for event in seen.get("events", ()))
    kinds = say("、", ", ").join(dict.fromkeys(events))
    if seen.get("command") is None:
        return (entry.sequence, shown.moment(entry.at), say("（无权查看）", "(not yours to read)"), "", kinds)
    command, actor = entry.command, seen["command"]["actor"]
    person = " · ".join(part for part in (actor["person"], actor["unit"]) if part)
    who = shown.word(ROLES, "system") if actor["role"] == Role.SYSTEM else person
    path = actor["on_behalf_of"]
    behalf = say("（代 ", " (for ") + ", ".join(path) + say("）", ")") if path else ""
    paper = say(f" 补录 {command.effective_on}", f" as of {command.effective_on}") if command.effective_on else ""
    return (entry.sequence, shown.moment(entry.at), wording.verb(command.act.verb) + paper, who + behalf, kinds)


def _written(seen: dict[str, Any]) -> str:
    act = {key: value for key, value in seen["command"]["act"].items() if key != "policy"}
    lines = [f"#{seen['sequence']} {json.dumps(act, ensure_ascii=False, indent=2)}"]
    for event in seen["events"]:
        clock = event.get("deadline")
        brief = {key: value for key, value in clock.items() if key != "rungs"} if isinstance(clock, dict) else clock
        lines.append("  " + json.dumps({**event, **({"deadline": brief} if clock else {})}, ensure_ascii=False))
    return "\n".join(lines)


def deadlines(
    scene: Scene,
    every: Annotated[bool, typer.Option("--all", help="含已结束的 · those that ended as well")] = False,
    why_: Why = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """期限 · The deadlines of a scene, with clause, dates and what is left"""
    with database() as opened:
        if why_ is not None:
            _explain(opened, scene, why_, who, on_behalf_of)
            return
        state = state_of(opened, scene)
        # The judges of earlier panels have had deadlines too: they are known from the journal.
        journal = [each.entry for each in opened.reads.entries(scene)]
        veil = veil_of(opened, state, who, on_behalf_of, journal=journal)
        records = [
            each.model_copy(update={"deadline": veil.deadline(each.deadline)})
            for each in opened.reads.deadlines(scene)
            if veil.shows(each.deadline)
        ]
        policy = policy_of(opened, state)
    calendar = policy.calendar if policy else None
    chosen = [each for each in records if every or each.closed_sequence is None]
    data = [
        {
            **each.deadline.model_dump(mode="json"),
            "status": each.status.value,
            "closed_sequence": each.closed_sequence,
            "workdays_left": shown.left(each.status.value, each.deadline.due_on, calendar)
            if each.closed_sequence is None
            else None,
        }
        for each in chosen
    ]
    columns = [("编号", "id"), ("期限", "limit"), ("责任方", "whose turn"), ("起算", "counted from"), ("到期", "due"),
               ("剩余／结果", "left or end"), ("依据", "clause")]  # fmt: skip
    rows = []
    for each in chosen:
        deadline = each.deadline
        holder = deadline.holder
        ended = say(f"已结束（第 {each.closed_sequence} 号）", f"ended by entry {each.closed_sequence}")
        rows.append(
            (
                deadline.id,
                f"{wording.limit(deadline.limit)} {shown.word(STATUSES, each.status.value)}",
                shown.holder(holder.role, holder.unit, holder.person) if holder else "-",
                deadline.counted_from,
                shown.due_of(deadline),
                shown.left_of(deadline, each.status.value, calendar) if each.closed_sequence is None else ended,
                deadline.clause,
            )
        )
    none = say("没有进行中的期限。", "No deadline is running.")
    output.present(data, output.table(columns, rows) if rows else none)
