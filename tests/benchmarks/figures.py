"""From measurements to figures: a round's figures, their medians, and the ratios to the floor within each round."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .gauges import Cpu, middle, percentile
from .loads import Measured

Figures = dict[str, float]
"""Name of a figure: its value. CPU and latencies in milliseconds, the CPU for one decision."""

FLOOR = "floor"

RATIOS = ("cpu", "cpu_without_client", "cpu_worker", "ack_p50", "ack_p99", "decisions_a_second", "events", "bytes")
"""Figures that are compared with the floor's of the same round."""


@dataclass(frozen=True)
class Sample:
    """One load played by one design in one round. `idle`: what the processes use in a second without any work."""

    round: int
    load: str
    design: str
    measured: Measured
    idle: Cpu


def figures(sample: Sample) -> Figures:
    """CPU figures are without what the idle processes would have used, `cpu_raw` is with it."""
    measured = sample.measured
    cpu = (measured.cpu - sample.idle.times(measured.window)).times(1000 / measured.decisions)
    return {
        "decisions_a_second": measured.decisions / measured.seconds,
        "cpu": cpu.total,
        "cpu_without_client": cpu.total - cpu.client,
        "cpu_server": cpu.server,
        "cpu_worker": cpu.worker,
        "cpu_client": cpu.client,
        "cpu_database": cpu.database,
        "cpu_raw": measured.cpu.total * 1000 / measured.decisions,
        "ack_p50": percentile(measured.acks, 0.5) * 1000,
        "ack_p99": percentile(measured.acks, 0.99) * 1000,
        "lag": measured.lag * 1000,
        "start_p50": percentile(measured.starts, 0.5) * 1000,
        "events": measured.history.events / measured.history_of,
        "bytes": measured.history.bytes / measured.history_of,
    }


@dataclass(frozen=True)
class Result:
    """`medians` and `ratios` by load, design and figure; a ratio is the median of the rounds' ratios."""

    medians: dict[str, dict[str, Figures]]
    ratios: dict[str, dict[str, Figures]]

    def median(self, load: str, design: str, figure: str) -> float:
        return self.medians.get(load, {}).get(design, {}).get(figure, math.nan)

    def ratio(self, load: str, design: str, figure: str) -> float:
        return self.ratios.get(load, {}).get(design, {}).get(figure, math.nan)


def result_of(samples: Iterable[Sample]) -> Result:
    rounds: dict[str, dict[str, dict[int, Figures]]] = {}
    for sample in samples:
        rounds.setdefault(sample.load, {}).setdefault(sample.design, {})[sample.round] = figures(sample)
    return Result(
        medians={
            load: {design: _medians(of.values()) for design, of in designs.items()} for load, designs in rounds.items()
        },
        ratios={
            load: {design: _medians(_ratios(of, designs[FLOOR])) for design, of in designs.items()}
            for load, designs in rounds.items()
        },
    )


def _medians(rounds: Iterable[Figures]) -> Figures:
    every = list(rounds)
    return {name: middle(of[name] for of in every) for name in every[0]}


def _ratios(rounds: Mapping[int, Figures], floor: Mapping[int, Figures]) -> list[Figures]:
    return [
        {name: of[name] / floor[number][name] if floor[number][name] else math.nan for name in RATIOS}
        for number, of in rounds.items()
    ]


@dataclass(frozen=True)
class Target:
    """What we promise of the engine: a ratio that is at most, or at least, `bound`."""

    says: str
    load: str
    figure: str
    bound: float
    at_least: bool = False
    against: str = FLOOR

    def measured(self, result: Result, design: str) -> float:
        if self.against == FLOOR:
            return result.ratio(self.load, design, self.figure)
        other = result.median(self.load, self.against, self.figure)
        return result.median(self.load, design, self.figure) / other

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound
