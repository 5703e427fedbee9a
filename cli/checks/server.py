"""The server: is it set up, does somebody work, is what lives recorded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from temporalio.client import Client
from temporalio.service import RPCError

from cli.output import say
from cli.session import address, server
from client.health import (
    has_archive_schedule,
    missing_search_attributes,
    open_scenes,
    pollers,
    recording_failure,
    retention,
)
from models.refusal import Refused
from runtime.connect import ServerUnreachable
from runtime.embedded import RETENTION
from runtime.settings import Settings
from runtime.wiring import Parts, scene_client

from .finding import Finding

SETTLES_WITHIN = 2.0
"""Seconds in which a scene's last entries reach the ledger when all is well."""


async def reached(made: Settings) -> tuple[Client | None, Finding]:
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


async def of_the_server(temporal: Client, made: Settings) -> AsyncIterator[Finding]:
    for check in (_retention, _search_attributes, _schedule):
        yield await asked(check.__name__.removeprefix("_"), lambda check=check: check(temporal))  # type: ignore[misc]
    yield await asked("worker", lambda: _worker(temporal, made))


async def asked(name: str, check: Callable[[], Awaitable[Finding]]) -> Finding:
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


async def recording(temporal: Client, opened: Parts, sample: int | None) -> Finding:
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
