"""`scene doctor`: is everything as it should be; and what to do where it is not. It looks and changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal

import typer
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from audit.log import LogDiffers, verified
from channels.template_files import broken_templates
from client.health import (
    has_archive_schedule,
    missing_search_attributes,
    open_scenes,
    pollers,
    recording_failure,
    retention,
)
from client.histories import TemporalHistories
from client.lineage import left_to_tell
from client.standing import Standings
from models.document import number_of
from models.refusal import Refused
from rules.year_notices import in_force
from runtime.connect import ServerUnreachable
from runtime.contact_files import ContactFile
from runtime.embedded import RETENTION
from runtime.receiving import SourceFile
from runtime.settings import Settings
from runtime.wiring import Parts, parts, scene_client
from runtime.yaml_files import FileProblems
from storage.lineage import SqlLineage
from storage.outbox import Outbox
from storage.rebuild import JournalDamaged, compare
from storage.received import ReceivedFilter, SqlReceived
from storage.schema import missing_guards, schema

from . import output, shown
from .output import AsJson, Failure, say
from .session import address, database, database_away, server, settings
from .year_notices import SHOWN_DIGITS

SAMPLE = 50
"""So many scenes are looked into without --all."""
ARCHIVE_WITHIN = timedelta(hours=24)
CHECKPOINT_WITHIN = timedelta(days=2)
SETTLES_WITHIN = 2.0
"""Seconds in which a scene's last entries reach the ledger when all is well."""
_PAGE = 200

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What one check found: in words, and what to do about it."""

    check: str
    level: Level
    message: str
    advice: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def add_to(app: typer.Typer) -> None:
    app.command("doctor", rich_help_panel=output.RECORDS)(doctor)


def doctor(
    every: Annotated[bool, typer.Option("--all", help="逐一检查全部场景 · look into every scene")] = False,
    fix_nothing: Annotated[
        bool, typer.Option("--fix-nothing", help="只检查（默认如此） · only look; it always does")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """体检：服务、数据库、账本、归档是否正常 · Is everything as it should be? Changes nothing"""
    del fix_nothing
    made = settings()
    findings = asyncio.run(_all_findings(made, None if every else SAMPLE))
    columns = [("项目", "check"), ("结果", "result"), ("说明", "what"), ("怎么办", "what to do")]
    output.present(
        [each.__dict__ for each in findings],
        output.table(columns, [(each.check, _mark(each.level), each.message, each.advice) for each in findings]),
        _verdict(findings),
    )
    if any(each.level == "error" for each in findings):
        raise typer.Exit(1)


def _mark(level: Level) -> Text:
    match level:
        case "ok":
            return Text(say("✔ 正常", "✔ ok"), "green")
        case "warning":
            return Text(say("！注意", "! warning"), "yellow")
        case "error":
            return Text(say("✘ 异常", "✘ error"), "bold red")


def _verdict(findings: list[Finding]) -> str:
    errors = sum(each.level == "error" for each in findings)
    warnings = sum(each.level == "warning" for each in findings)
    return say(f"{errors} 项异常，{warnings} 项注意。", f"{errors} errors, {warnings} warnings.")


async def _all_findings(made: Settings, sample: int | None) -> list[Finding]:
    findings = list(_database(made))
    stands = all(each.level == "ok" for each in findings)
    temporal, there = await _server(made)
    findings.append(there)
    if temporal is not None:
        findings += [each async for each in _of_the_server(temporal, made)]
    if stands:
        with parts(made) as opened:
            findings += _of_the_records(opened, sample)
            if temporal is not None:
                findings += [each async for each in _of_both(temporal, opened, sample)]
    return findings


def _database(made: Settings) -> Iterator[Finding]:
    try:
        with database(made) as opened:
            found = schema(opened.engine)
    except Failure as failure:
        yield Finding("database", "error", failure.message)
        return
    except SQLAlchemyError as error:
        yield Finding("database", "error", str(error).splitlines()[0])
        return
    if found.current:
        yield Finding(
            "database", "ok", say(f"可用，结构为最新（{found.has}）", f"answers; its schema is current ({found.has})")
        )
    else:
        yield Finding(
            "database",
            "error",
            say(
                f"结构不是最新：{found.has or '空'}，应为 {found.needs}",
                f"its schema is {found.has or 'empty'}, not {found.needs}",
            ),
            say("运行 scene up，或执行数据库迁移", "run `scene up`, or migrate it"),
        )


async def _server(made: Settings) -> tuple[Client | None, Finding]:
    where = address(made)[0]
    try:
        return await server(made), Finding(
            "server", "ok", say(f"Temporal 在 {where} 应答", f"Temporal answers at {where}")
        )
    except ServerUnreachable as away:
        return None, Finding(
            "server",
            "error",
            say(f"Temporal 在 {where} 没有应答", f"no Temporal server answers at {where}"),
            say("运行 scene up，或检查 TEMPORAL_ADDRESS", "run `scene up`, or check TEMPORAL_ADDRESS"),
            {"reason": away.reason},
        )


async def _of_the_server(temporal: Client, made: Settings) -> AsyncIterator[Finding]:
    for check in (_retention, _search_attributes, _schedule):
        yield await _asked(check.__name__.removeprefix("_"), lambda check=check: check(temporal))  # type: ignore[misc]
    yield await _asked("worker", lambda: _worker(temporal, made))


async def _asked(name: str, check: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await check()
    except RPCError as error:
        return Finding(
            name, "error", say(f"服务拒绝回答：{error.message}", f"the server gave no answer: {error.message}")
        )


async def _retention(temporal: Client) -> Finding:
    kept = await retention(temporal)
    if kept >= RETENTION:
        return Finding(
            "retention", "ok", say(f"已结束的运行保留 {kept.days} 天", f"closed runs are kept for {kept.days} days")
        )
    return Finding(
        "retention",
        "warning",
        say(f"已结束的运行只保留 {kept.days} 天", f"closed runs are kept for {kept.days} days only"),
        f"temporal operator namespace update --retention {RETENTION.days * 24}h -n {temporal.namespace}",
    )


async def _search_attributes(temporal: Client) -> Finding:
    missing = await missing_search_attributes(temporal)
    if not missing:
        return Finding("search_attributes", "ok", say("检索字段齐全", "the search attributes are there"))
    return Finding(
        "search_attributes",
        "error",
        say(f"缺少检索字段：{'、'.join(missing)}", f"search attributes are missing: {', '.join(missing)}"),
        say(
            "运行 scene up，或 deploy/temporal/prepare-namespace.sh",
            "run `scene up`, or deploy/temporal/prepare-namespace.sh",
        ),
    )


async def _schedule(temporal: Client) -> Finding:
    if await has_archive_schedule(temporal):
        return Finding("archive_schedule", "ok", say("归档计划已建立", "the archive's schedule is there"))
    return Finding(
        "archive_schedule",
        "warning",
        say("没有归档计划", "nothing archives closed runs"),
        say("启动工作进程即会建立", "starting a worker makes the schedule"),
    )


async def _worker(temporal: Client, made: Settings) -> Finding:
    found = await pollers(temporal, made.task_queue)
    if found.workflows and found.activities:
        who = ", ".join(found.workflows)
        return Finding(
            "worker", "ok", say(f"队列 {made.task_queue} 有工作进程：{who}", f"{who} works on {made.task_queue}")
        )
    return Finding(
        "worker",
        "error",
        say(f"队列 {made.task_queue} 没有工作进程", f"nobody works on the task queue {made.task_queue}"),
        say("运行 scene up，或 scene-worker run", "run `scene up`, or `scene-worker run`"),
    )


def _of_the_records(opened: Parts, sample: int | None) -> Iterator[Finding]:
    streams = opened.reads.streams()
    total = len(streams)
    chosen = streams if sample is None else streams[-sample:]
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("chains", lambda: _chains(opened, chosen, total)),
        ("refusals", lambda: _refusal_chain(opened)),
        ("guards", lambda: _guards(opened)),
        ("checkpoints", lambda: _checkpoints(opened)),
        ("projections", lambda: _projections(opened, chosen, total)),
        ("spool", lambda: _spool(opened)),
        ("outbox", lambda: _outbox(opened)),
        ("templates", lambda: _templates(opened)),
        ("events", lambda: _events(opened)),
        ("documents", lambda: _documents(opened)),
        ("directories", lambda: _directories(opened)),
        ("funds", lambda: _funds(opened)),
        ("provisional", lambda: _provisional(opened)),
        ("notices", lambda: _notices(opened)),
        ("lineage", lambda: _lineage(opened, chosen)),
    )
    for name, check in checks:
        try:
            yield check()
        except SQLAlchemyError as error:
            yield Finding(name, "error", database_away(error).message)


def _lineage(opened: Parts, chosen: tuple[str, ...]) -> Finding:
    """Every copy of an original that it named, and whatever else the scenes that are looked into have inherited."""
    lineage = SqlLineage(opened.engine)
    copies = {replica for _, replica in lineage.inherited()}
    if unproven := lineage.unproven(sorted(copies.union(chosen))):
        named = ", ".join(f"{each.original}@{each.sequence} > {each.replica}" for each in unproven[:5])
        return Finding(
            "lineage",
            "error",
            say(
                f"承接的佐证与原场景账本不符：{named}",
                f"inherited evidence that the original's journal does not have: {named}",
            ),
            say(
                "工作进程五分钟内换上真实佐证；何人录入：scene history",
                "a worker replaces it within five minutes where there is any; who entered it: scene history",
            ),
            {"unproven": [each._asdict() for each in unproven[:_PAGE]]},
        )
    unread = left_to_tell(lineage).unread
    if not unread:
        return Finding(
            "lineage",
            "ok",
            say(
                "复制场景的佐证可承接、与账本相符", "every copy can be told what its original showed, and has no other"
            ),
        )
    named = ", ".join(f"{each.original} > {each.replica}" for each in unread[:5])
    return Finding(
        "lineage",
        "error",
        say(f"佐证无法读取：{named}", f"evidence that cannot be read: {named}"),
        "scene rebuild",
        {"unread": [each.model_dump() for each in unread[:_PAGE]]},
    )


def _of(looked: int, total: int) -> str:
    if looked == total:
        return say(f"{total} 个场景", f"{total} scenes")
    return say(f"{total} 个场景中的 {looked} 个（--all 检查全部）", f"{looked} of {total} scenes (--all for every one)")


def _chains(opened: Parts, chosen: tuple[str, ...], total: int) -> Finding:
    broken = {stream: at for stream in chosen if (at := opened.reads.verify_chain(stream)) is not None}
    if not broken:
        return Finding(
            "chains",
            "ok",
            say(f"账本链条完整：{_of(len(chosen), total)}", f"the journals are whole: {_of(len(chosen), total)}"),
        )
    named = ", ".join(f"{stream} #{at}" for stream, at in list(broken.items())[:5])
    return Finding(
        "chains",
        "error",
        say(f"账本有缺失或改动：{named}", f"entries are missing or changed: {named}"),
        say("从备份恢复，或 scene rebuild --from-archives", "restore a backup, or `scene rebuild --from-archives`"),
        {"broken": broken},
    )


def _refusal_chain(opened: Parts) -> Finding:
    broken = opened.reads.verify_refusals()
    if not broken:
        return Finding("refusals", "ok", say("拒绝记录链条完整", "the refusals are whole"))
    named = ", ".join(f"{scene} #{at}" for scene, at in list(broken.items())[:5])
    return Finding(
        "refusals",
        "error",
        say(f"拒绝记录缺失或被改动：{named}", f"refusals are missing or changed: {named}"),
        say("从备份恢复", "restore a backup"),
        {"broken": broken},
    )


def _guards(opened: Parts) -> Finding:
    gone = missing_guards(opened.engine)
    if not gone:
        return Finding("guards", "ok", say("数据库拒绝改动只增的表", "the database refuses to change what only grows"))
    return Finding(
        "guards",
        "error",
        say(
            f"数据库的防改触发器缺失：{', '.join(gone[:5])}",
            f"triggers that guard the ledger are gone: {', '.join(gone[:5])}",
        ),
        say("查明何人移除；从备份恢复结构", "ask who took them away; restore the schema"),
        {"gone": gone},
    )


def _checkpoints(opened: Parts) -> Finding:
    try:
        last = verified(opened.checkpoints.items()).last
    except LogDiffers as differs:
        return Finding(
            "checkpoints",
            "error",
            say(f"检查点日志：{differs.text('zh')}", f"the checkpoint log: {differs.text('en')}"),
            say(
                "与审计人员留存的副本比对：scene audit consistent",
                "compare with an auditor's copy: scene audit consistent",
            ),
            {"part": differs.part, "number": differs.number, "fault": differs.fault, "stream": differs.stream},
        )
    if differing := opened.checkpoints.differing():
        named = ", ".join(
            f"{each.logged.leaf.kind} {each.logged.leaf.stream} #{each.logged.leaf.sequence}" for each in differing[:5]
        )
        return Finding(
            "checkpoints",
            "error",
            say(f"账本与已签的检查点不符：{named}", f"the ledger is not what was signed: {named}"),
            say(
                "账本曾被改动：从备份恢复，并告知审计人员",
                "the ledger was changed: restore a backup, and tell the auditors",
            ),
            {"differing": [{**each.logged.leaf.model_dump(), "found": each.found} for each in differing[:_PAGE]]},
        )
    if not opened.audit_key.exists():
        return Finding(
            "checkpoints",
            "warning",
            say(
                f"没有签名密钥（{opened.audit_key.file}），不作检查点",
                f"there is no key to sign with: {opened.audit_key.file}",
            ),
            "scene audit key --new",
        )
    if last is None:
        return Finding("checkpoints", "ok", say("还没有检查点", "there is no checkpoint yet"))
    if shown.now() - last.at > CHECKPOINT_WITHIN:
        return Finding(
            "checkpoints",
            "warning",
            say(f"最近的检查点是 {shown.moment(last.at)} 的", f"the last checkpoint is of {shown.moment(last.at)}"),
            "scene audit checkpoint",
            {"last": last.number},
        )
    return Finding(
        "checkpoints",
        "ok",
        say(f"{last.number} 个检查点与账本一致", f"{last.number} checkpoints, and the ledger is as they say"),
    )


def _projections(opened: Parts, chosen: tuple[str, ...], total: int) -> Finding:
    differing: dict[str, int] = {}
    try:
        for stream in chosen:
            if found := compare(opened.engine, stream):
                differing[stream] = len(found)
    except JournalDamaged as damaged:
        return Finding("projections", "error", str(damaged), "scene doctor --all")
    if not differing:
        return Finding(
            "projections",
            "ok",
            say(
                f"列表与账本一致：{_of(len(chosen), total)}",
                f"the lists are as the journals say: {_of(len(chosen), total)}",
            ),
        )
    return Finding(
        "projections",
        "error",
        say(
            f"列表与账本不一致：{'、'.join(list(differing)[:5])}",
            f"lists differ from the journal: {', '.join(list(differing)[:5])}",
        ),
        "scene rebuild",
        {"differing": differing},
    )


def _spool(opened: Parts) -> Finding:
    spool = opened.settings.data_dir / "refusals.spool"
    waiting = len(spool.read_bytes().splitlines()) if spool.exists() else 0
    if not waiting:
        return Finding("spool", "ok", say("没有滞留的拒绝记录", "no refusal waits in the spool"))
    return Finding(
        "spool",
        "warning",
        say(f"{waiting} 条拒绝记录滞留在 {spool}", f"{waiting} refusals wait in {spool}"),
        say("数据库恢复后重启 scene up 或工作进程", "restart `scene up` or the worker once the database is back"),
        {"waiting": waiting},
    )


def _outbox(opened: Parts) -> Finding:
    try:
        ContactFile(opened.settings).book()
    except FileProblems as problems:
        return Finding("outbox", "error", problems.text(output.language()), "scene notify contacts")
    box = Outbox(opened.engine)
    if dead := box.given_up():
        return Finding(
            "outbox",
            "error",
            say(f"{dead} 条消息发送失败，已放弃", f"{dead} messages could not be delivered and were given up"),
            "scene outbox list --dead; scene outbox retry",
            {"given_up": dead},
        )
    if not opened.settings.delivers:
        return Finding(
            "outbox", "ok", say("未设置邮件服务器，消息在待办中查看", "no mail server is set: all read the inbox")
        )
    late = box.waiting(shown.now())
    if not late:
        return Finding("outbox", "ok", say("没有滞留的消息", "no message waits"))
    return Finding(
        "outbox",
        "warning",
        say(f"{late} 条到时的消息尚未送出", f"{late} messages are due and not delivered"),
        "scene outbox list --pending",
        {"waiting": late},
    )


def _templates(opened: Parts) -> Finding:
    own = opened.settings.templates_dir
    if own is None:
        return Finding("templates", "ok", say("使用内置的信件模板", "letters use the built-in templates"))
    try:
        broken = broken_templates(own)
    except OSError as problem:
        broken = {str(own): str(problem.strerror)}
    if not broken:
        return Finding(
            "templates", "ok", say(f"{own} 的信件模板可用", f"the templates of letters in {own} can be used")
        )
    named = "; ".join(f"{file}: {why}" for file, why in list(broken.items())[:5])
    return Finding(
        "templates",
        "error",
        say(f"信件模板无法读取：{named}", f"templates of letters cannot be loaded: {named}"),
        say("改正后 scene notify preview", "mend them, then scene notify preview"),
        {"broken": broken},
    )


def _events(opened: Parts) -> Finding:
    try:
        SourceFile(opened.settings).book()
    except FileProblems as problems:
        return Finding("events", "error", problems.text(output.language()), "scene event sources")
    failed = SqlReceived(opened.engine).events(ReceivedFilter(failed=True), limit=1).total
    if not failed:
        return Finding("events", "ok", say("外部事件均已办理", "every event from outside became an act"))
    return Finding(
        "events",
        "warning",
        say(f"{failed} 个外部事件未办成", f"{failed} events from outside have not become an act"),
        "scene event list --failed; scene event retry --all-failed; scene event dismiss ID",
        {"failed": failed},
    )


def _documents(opened: Parts) -> Finding:
    if faults := opened.documents.faults():
        each = faults[0]
        first = number_of(each.series, each.year, each.ordinal)
        return Finding(
            "documents",
            "error",
            say(
                f"{len(faults)} 个文号缺失或重复，如 {first}",
                f"{len(faults)} numbers are missing or stand twice, such as {first}",
            ),
            say("从备份恢复发文登记簿；重复的须人工更正", "restore the register; those that stand twice need a person"),
            {"faults": [fault._asdict() for fault in faults[:_PAGE]]},
        )
    if lacking := opened.documents.without_number():
        return Finding(
            "documents",
            "warning",
            say(f"{lacking} 份文书没有文号", f"{lacking} documents have no number"),
            "scene rebuild --from-archives",
            {"without_number": lacking},
        )
    return Finding("documents", "ok", say("文号连续、不重复", "the numbers of documents have no gap"))


def _directories(opened: Parts) -> Finding:
    for city in opened.directories.cities():
        if (broken := opened.directories.broken(city)) is not None:
            return Finding(
                "directories",
                "error",
                say(f"{city}人员目录第 {broken} 版缺失或被改动", f"version {broken} of {city} is missing or changed"),
                say("从备份恢复", "restore a backup"),
                {"city": city, "broken": broken},
            )
    return Finding("directories", "ok", say("人员目录各版完整", "every version of the directories is whole"))


def _funds(opened: Parts) -> Finding:
    for city in opened.funds.cities():
        if (broken := opened.funds.broken(city)) is not None:
            return Finding(
                "funds",
                "error",
                say(
                    f"{city}风险补偿资金池第 {broken} 号记录缺失或被改动",
                    f"entry {broken} of the risk compensation pool of {city} is missing or changed",
                ),
                say("从备份恢复", "restore a backup"),
                {"city": city, "broken": broken},
            )
    return Finding("funds", "ok", say("风险补偿资金池记录完整", "the risk compensation pools are whole"))


def _provisional(opened: Parts) -> Finding:
    count = Outbox(opened.engine).provisional()
    if not count:
        return Finding("provisional", "ok", say("没有暂定的期限", "no deadline is provisional"))
    return Finding(
        "provisional",
        "warning",
        say(
            f"{count} 个期限为暂定（放假通知未发布或未载入）",
            f"{count} deadlines are provisional (a holiday notice is not loaded)",
        ),
        say("通知发布后：scene calendar propose", "once the notice is published: scene calendar propose"),
        {"count": count},
    )


def _notices(opened: Parts) -> Finding:
    standings, scenes = Standings(opened.reads, opened.rulebooks), opened.reads.open_scenes()
    lacking: dict[str, list[str]] = {}
    for proposal in in_force(opened.year_notices.all()):
        done = opened.year_notices.done(proposal.digest)
        if without := [each for each in scenes if each not in done and not standings.has(each, proposal.notice)]:
            lacking[proposal.digest] = without
    if not lacking:
        return Finding("notices", "ok", say("已确认的放假通知均已载入", "every open scene has the confirmed notices"))
    count = len({each for without in lacking.values() for each in without})
    return Finding(
        "notices",
        "warning",
        say(f"{count} 个未结场景尚未载入已确认的放假通知", f"{count} open scenes lack a confirmed holiday notice"),
        "; ".join(f"scene calendar apply {digest[:SHOWN_DIGITS]}" for digest in lacking),
        {"lacking": lacking},
    )


async def _of_both(temporal: Client, opened: Parts, sample: int | None) -> AsyncIterator[Finding]:
    yield await _asked("archive", lambda: _archive(temporal, opened))
    yield await _asked("recording", lambda: _recording(temporal, opened, sample))


async def _archive(temporal: Client, opened: Parts) -> Finding:
    late = fresh = 0
    async for page in TemporalHistories(temporal).closed_runs(_PAGE):
        for run in opened.archive.missing(page):
            if shown.now() - run.closed_at > ARCHIVE_WITHIN:
                late += 1
            else:
                fresh += 1
    if late:
        return Finding(
            "archive",
            "error",
            say(f"{late} 个已结束的运行超过一天未归档", f"{late} closed runs were not archived within a day"),
            "scene archive run",
            {"late": late, "fresh": fresh},
        )
    waiting = say(f"（{fresh} 个待下一次归档）", f" ({fresh} wait for the next sweep)") if fresh else ""
    return Finding(
        "archive",
        "ok",
        say(f"已结束的运行均已归档{waiting}", f"closed runs are archived{waiting}"),
        details={"late": 0, "fresh": fresh},
    )


async def _recording(temporal: Client, opened: Parts, sample: int | None) -> Finding:
    scenes = await open_scenes(temporal, sample)
    behind = await _behind(temporal, opened, scenes)
    if behind:
        await asyncio.sleep(SETTLES_WITHIN)
        behind = await _behind(temporal, opened, tuple(behind))
    if not behind:
        return Finding(
            "recording", "ok", say(f"{len(scenes)} 个进行中的场景均已入账", f"{len(scenes)} open scenes are recorded")
        )
    named = ", ".join(f"{scene} ({why})" for scene, why in list(behind.items())[:5])
    return Finding(
        "recording",
        "error",
        say(f"未入账：{named}", f"not recorded: {named}"),
        say(
            "看 Temporal 界面中 record 活动的错误；检查数据库与工作进程；恢复备份之后：scene audit reconcile",
            "see the record activity's error in Temporal's UI; check database and worker; after a restore: scene audit "
            "reconcile",
        ),
        {"behind": behind},
    )


async def _behind(temporal: Client, opened: Parts, scenes: tuple[str, ...]) -> dict[str, str]:
    client = scene_client(temporal, opened)
    behind: dict[str, str] = {}
    for scene in scenes:
        known = opened.reads.scene(scene)
        try:
            live = (await client.state(scene)).sequence
        except Refused as refused:
            if refused.code != "unknown_scene":
                behind[scene] = refused.code
            continue
        recorded = known.sequence if known else 0
        if live > recorded:
            failure = await recording_failure(temporal, scene)
            behind[scene] = f"{recorded} < {live}" + (f", {failure}" if failure else "")
    return behind
