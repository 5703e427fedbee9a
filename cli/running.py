"""Running it all on this machine: `scene up`; and `scene demo`, which plays whole lives in seconds."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from client.schedules import ensure_schedules
from runtime import presence
from runtime.connect import connect
from runtime.embedded import EmbeddedServer, TemporalBinaryNotFound, find_temporal
from runtime.logging import configure_logging
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import make_worker, parts
from storage.database import migrate

from . import output
from .output import AsJson, Failure, say
from .session import database_away, settings

PORT = 7233
UI_PORT = 8233
SERVER_FILE = "temporal.db"
SERVER_LOG = "temporal.log"

log = structlog.get_logger("scene.up")


def add_to(app: typer.Typer) -> None:
    app.command("up", rich_help_panel=output.RUNNING)(up)
    app.command("demo", rich_help_panel=output.RUNNING)(demo)


def up(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Temporal 端口，0 为任一空闲端口 · 0 takes a free one")
    ] = PORT,
    ui_port: Annotated[int, typer.Option(min=0, max=65535, help="界面端口 · port of Temporal's own pages")] = UI_PORT,
    no_ui: Annotated[bool, typer.Option("--no-ui", help="不启动界面 · without those pages")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="数据目录，同 SCENE_DATA_DIR · data folder", show_default=False)
    ] = None,
    durable: Annotated[bool, typer.Option("--durable", help="断电也不丢最后几步 · survives a power cut too")] = False,
    as_json: AsJson = False,
) -> None:
    """在本机启动：Temporal、数据库、工作进程 · Run Temporal, the database and a worker here, until Ctrl-C"""
    made = settings(data_dir)
    configure_logging(made)
    try:
        with presence.alone(made.data_dir) as announce:
            asyncio.run(_up(made, port, None if no_ui else ui_port, durable, announce))
    except presence.AlreadyUp as there:
        raise _already_up(there) from None


def _already_up(there: presence.AlreadyUp) -> Failure:
    known = there.presence
    where = say(f"（进程 {known.pid}，{known.address}）", f" (process {known.pid}, {known.address})") if known else ""
    return Failure(
        "already_up",
        say(
            f"数据目录 {there.data_dir} 上已有 scene up 在运行{where}。请先停止它，或用 --data-dir 换一个目录。",
            f"`scene up` runs on {there.data_dir} already{where}. Stop it first, or choose another --data-dir.",
        ),
    )


async def _up(made: Settings, port: int, ui_port: int | None, durable: bool, announce: presence.Announce) -> None:
    stop = _stop_signals()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_server(made, port, ui_port, durable))
        await asyncio.to_thread(_migrated, made)
        temporal = await connect(made, [scene_plugin()], address=server.address)
        stored = stack.enter_context(parts(made))
        await asyncio.to_thread(stored.refusals.drain_spool)
        if made.audit_key_file is None and not stored.audit_key.exists():
            # On this machine only: a key that a setting names is made by a person, who knows where it is kept.
            stored.audit_key.make()
        worker = make_worker(temporal, stored)
        await ensure_schedules(temporal, made.task_queue, delivers=made.delivers)
        working = asyncio.create_task(worker.run())
        announce(_card(made, server))
        _say_where(made, server)
        waiting = {asyncio.create_task(stop.wait()), asyncio.create_task(server.ended()), working}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        ended_well = stop.is_set()
        if ended_well:
            output.note(say("正在停止…", "Stopping..."))
        await worker.shutdown()
        for task in waiting - {working}:
            task.cancel()
        if not ended_well:
            raise _ended_by_itself(made, working)
        await working
    output.note(say("已停止。", "Stopped."))


def _stop_signals() -> asyncio.Event:
    """The first one asks to stop, which takes a moment; the second ends at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked)
    return stop


@asynccontextmanager
async def _server(made: Settings, port: int, ui_port: int | None, durable: bool) -> AsyncIterator[EmbeddedServer]:
    binary = find_temporal(made)
    if binary is None:
        raise TemporalBinaryNotFound
    files = made.data_dir
    async with EmbeddedServer(
        binary, log_file=files / SERVER_LOG, db_file=files / SERVER_FILE, port=port, ui_port=ui_port, durable=durable
    ) as server:
        yield server


def _migrated(made: Settings) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        migrate(made.database_url.get_secret_value())
    except SQLAlchemyError as error:
        raise database_away(error) from error


def _ended_by_itself(made: Settings, working: asyncio.Task[None]) -> Failure:
    reason = working.exception() if working.done() and not working.cancelled() else None
    if reason is not None:
        return Failure("worker_ended", say(f"工作进程意外结束：{reason}。", f"The worker ended: {reason}."))
    return Failure(
        "server_ended",
        say(
            f"Temporal 服务意外结束，日志见 {made.data_dir / SERVER_LOG}。",
            f"The Temporal server ended by itself. Its log: {made.data_dir / SERVER_LOG}",
        ),
    )


def _card(made: Settings, server: EmbeddedServer) -> presence.Presence:
    shown = make_url(made.database_url.get_secret_value()).render_as_string(hide_password=True)
    return presence.Presence(
        pid=os.getpid(), address=server.address, ui_url=server.ui_url, database=shown, since=datetime.now(UTC)
    )


def _say_where(made: Settings, server: EmbeddedServer) -> None:
    card = _card(made, server)
    rows = [
        ("Temporal", card.address),
        (say("界面", "UI"), card.ui_url),
        (say("数据库", "database"), card.database),
        (say("数据目录", "data folder"), made.data_dir),
        (say("任务队列", "task queue"), made.task_queue),
    ]
    data = {**card.model_dump(mode="json"), "data_dir": made.data_dir, "task_queue": made.task_queue}
    output.present(data, output.pairs(rows), say("已就绪，按 Ctrl-C 停止。", "Ready; Ctrl-C stops it."))
    sys.stdout.flush()
    log.info("serving", address=card.address, task_queue=made.task_queue)


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="演示后保持运行 · stay up afterwards")] = False,
    scenes: Annotated[
        int | None,
        typer.Option(min=1, help="场景个数（不写为 24 个） · how many scenes (24 unless said)", show_default=False),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="SCENE", help="只演这些场景 · only these scenes", show_default=False)
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="--keep 的数据目录 · data folder of --keep", show_default=False)
    ] = None,
) -> None:
    """演示：在真实的 Temporal 服务上走完多个场景的一生 · Play the whole lives of real scenes, in seconds"""
    from demo.play import run  # its stories are long, and only this command tells them

    told = run(settings(data_dir), Console(), keep=keep, scenes=scenes, only=only or (), language=output.language())
    try:
        status = asyncio.run(told)
    except presence.AlreadyUp as there:
        raise _already_up(there) from None
    if status:
        raise typer.Exit(status)
