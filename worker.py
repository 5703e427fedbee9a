"""The worker process: `run` serves scenes until it is stopped; `verify` replays live histories before a deployment."""

import asyncio
import signal
import sys
from typing import Annotated

import structlog
import typer
from temporalio.client import Client

from audit.export import NotExportable
from audit.gate import Gated, told
from client.schedules import ensure_schedules
from runtime.connect import ServerUnreachable, connect
from runtime.gating import live_scenes_gated, open_histories
from runtime.leaving import leave
from runtime.logging import configure_logging
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import make_worker, parts

main = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
log = structlog.get_logger("worker")


@main.command()
def run() -> None:
    """Serve the task queue until SIGTERM or Ctrl-C; work in hand is finished first."""
    configure_logging(settings := Settings())
    asyncio.run(_run(settings))
    leave(0)


async def _run(settings: Settings) -> None:
    temporal = await _connected(settings)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with parts(settings) as stored:
        await ensure_schedules(temporal, settings.task_queue, delivers=settings.delivers)
        async with make_worker(temporal, stored):
            log.info("serving", task_queue=settings.task_queue)
            await stopped.wait()
    log.info("stopped")


@main.command()
def verify(
    decisions_may_differ: Annotated[
        bool, typer.Option(help="Do not fail where this code would decide otherwise than was decided.")
    ] = False,
) -> None:
    """Replay the histories of all open scenes on this code, and judge every entry again; names what is otherwise.

    Exits with 1 where a scene can not be carried on, or where an old decision would not be given any more.
    """
    configure_logging(settings := Settings())
    outcomes, unread = asyncio.run(_verify(settings))
    for line in told(outcomes, unread):
        print(line)
    stops = unread or any(each.cannot or (each.otherwise and not decisions_may_differ) for each in outcomes)
    leave(1 if stops else 0)


async def _verify(settings: Settings) -> tuple[list[Gated], list[NotExportable]]:
    temporal = await _connected(settings)
    with parts(settings) as stored:
        histories = await open_histories(temporal, stored)
        return live_scenes_gated(stored, histories)


async def _connected(settings: Settings) -> Client:
    try:
        return await connect(settings, [scene_plugin()])
    except ServerUnreachable as problem:
        print(problem, file=sys.stderr)
        leave(1)


if __name__ == "__main__":
    main()
