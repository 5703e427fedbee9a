"""The loads: one scene with pauses, one without, many at once, and ten departments at the same instant."""

import asyncio
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from models.commands import Command

from .designs import Design
from .gauges import Cpu, History, Meter
from .plays import Script

SETTLE_SECONDS = 1.0
"""After the last receipt and the last entry: what a design puts off (an activity's answer, the next run) counts too."""
BETWEEN_BURSTS = 0.2


@dataclass(frozen=True)
class Measured:
    """`seconds`: until all was acknowledged and recorded (a burst: acknowledged). `window`: those that `cpu` covers.

    `lag`: seconds from the last receipt until all was recorded (less the pause, for bursts).
    `acks`: seconds from each act to its receipt; `starts`: the same for the submissions. `history`: what the first
    scene's history grew by, in `history_of` decisions.
    """

    decisions: int
    seconds: float
    window: float
    lag: float
    cpu: Cpu
    acks: tuple[float, ...]
    starts: tuple[float, ...]
    history: History
    history_of: int


class Load(Protocol):
    @property
    def name(self) -> str: ...

    async def run(self, design: Design, meter: Meter, prefix: str) -> Measured:
        """Plays new scenes whose names begin with `prefix`."""
        ...


@dataclass(frozen=True)
class Alone:
    """One scene after the other, with a pause of `gap` seconds before each act."""

    name: str
    script: Script
    scenes: int
    gap: float

    async def run(self, design: Design, meter: Meter, prefix: str) -> Measured:
        return await _played(design, meter, prefix, self.script, self.scenes, at_once=1, gap=self.gap)


@dataclass(frozen=True)
class ManyAtOnce:
    """`at_once` scenes at any time, each act sent as soon as the one before is acknowledged."""

    name: str
    script: Script
    scenes: int
    at_once: int

    async def run(self, design: Design, meter: Meter, prefix: str) -> Measured:
        return await _played(design, meter, prefix, self.script, self.scenes, at_once=self.at_once, gap=0)


async def _played(
    design: Design, meter: Meter, prefix: str, script: Script, scenes: int, *, at_once: int, gap: float
) -> Measured:
    acks: list[float] = []
    starts: list[float] = []
    waiting = iter([f"{prefix}-{number}" for number in range(scenes)])

    async def play_those_waiting() -> None:
        for scene in waiting:
            began = perf_counter()
            await design.submit(scene, script)
            starts.append(perf_counter() - began)
            for command in script.commands[1:]:
                await asyncio.sleep(gap)
                began = perf_counter()
                await design.act(scene, command)
                acks.append(perf_counter() - began)

    decisions = scenes * len(script.commands)
    before, began = meter.read(), perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(play_those_waiting())
    acknowledged, at = meter.read(), perf_counter()
    await design.recorded(prefix, decisions)
    seconds, lag = perf_counter() - began, perf_counter() - at
    await asyncio.sleep(SETTLE_SECONDS)
    cpu = replace(meter.read() - before, client=acknowledged.client - before.client)
    return Measured(
        decisions=decisions,
        seconds=seconds,
        window=perf_counter() - began,
        lag=lag,
        cpu=cpu,
        acks=tuple(acks),
        starts=tuple(starts),
        history=await design.history(f"{prefix}-0"),
        history_of=len(script.commands),
    )


@dataclass(frozen=True)
class Bursts:
    """The last `size` acts of the script at the same instant, scene after scene. The acts before are not counted."""

    name: str
    script: Script
    scenes: int
    size: int

    async def run(self, design: Design, meter: Meter, prefix: str) -> Measured:
        opening, burst = self.script.commands[: -self.size], self.script.commands[-self.size :]
        scenes = [f"{prefix}-{number}" for number in range(self.scenes)]
        for scene in scenes:
            await design.submit(scene, self.script)
            for command in opening[1:]:
                await design.act(scene, command)
        await design.recorded(prefix, len(scenes) * len(opening))
        await asyncio.sleep(SETTLE_SECONDS)
        opened = await design.history(scenes[0])
        acks: list[float] = []
        seconds = 0.0
        before, began = meter.read(), perf_counter()
        for scene in scenes:
            at = perf_counter()
            await asyncio.gather(*(_timed(design, scene, command, acks) for command in burst))
            seconds += perf_counter() - at
            await asyncio.sleep(BETWEEN_BURSTS)
        acknowledged, at = meter.read(), perf_counter()
        await design.recorded(prefix, len(scenes) * len(self.script.commands))
        lag = perf_counter() - at
        await asyncio.sleep(SETTLE_SECONDS)
        cpu = replace(meter.read() - before, client=acknowledged.client - before.client)
        return Measured(
            decisions=len(scenes) * self.size,
            seconds=seconds,
            window=perf_counter() - began,
            lag=lag,
            cpu=cpu,
            acks=tuple(acks),
            starts=(),
            history=await design.history(scenes[0]) - opened,
            history_of=self.size,
        )


async def _timed(design: Design, scene: str, command: Command, acks: list[float]) -> None:
    began = perf_counter()
    await design.act(scene, command)
    acks.append(perf_counter() - began)
