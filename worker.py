"""The worker process: `run` serves scenes until it is stopped; `verify` replays live histories before a deployment."""

import asyncio
import signal
import sys

import structlog
import typer
from temporalio.client import Client

from client.schedules import ensure_schedules
from client.verification import replayed
from runtime.connect import ServerUnreachable, connect
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
def verify() -> None:
    """Replay the histories of all open scenes on this code; names those that it cannot carry on, and exits with 1."""
    configure_logging(settings := Settings())
    outcomes = asyncio.run(_verify(settings))
    failures = {scene: problem for scene, problem in outcomes.items() if problem is not None}
    for scene, problem in failures.items():
        print(f"{scene}: {problem}")
    print(f"{len(outcomes)} open scenes replayed, {len(failures)} cannot be carried on by this code.")
    leave(1 if failures else 0)


async def _verify(settings: Settings) -> dict[str, str | None]:
    return await replayed(await _connected(settings), [scene_plugin()])


async def _connected(settings: Settings) -> Client:
    try:
        return await connect(settings, [scene_plugin()])
    except ServerUnreachable as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
