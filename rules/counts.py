"""Counting what the texts set a figure for (R53, R54): how many scenes were opened, copied, recommended, and when.

A scene counts once for a quota, on the day that counts in law (an act on paper by its own date). S0 三（三）5 wants at
least 20 scenes a year that province or nation takes up: the recommendations are what the engine witnesses. S0 三（三）6
wants at least 3 a year copied outside the city.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from models.commands.anywhere import TakeOver
from models.commands.solicitation import Application
from models.events.anywhere import SceneTakenOver
from models.events.promotion import RecommendedUpward, ReplicationRecorded
from models.events.review import SceneListed
from models.journal import JournalEntry
from models.quota import Counter, Quota
from rules import lifecycle
from rules.deadlines import local_day

KINDS = ("scene_listed", "scene_taken_over", "replication_recorded", "recommended_upward")
"""The kinds of event that are counted."""


class Fact(NamedTuple):
    """One thing that happened, for one counter."""

    counter: Counter
    scene: str
    on: date


class Count(NamedTuple):
    """`first`, `last`: the years counted. `scenes` are those behind the number, with the day each first counted."""

    quota: Quota
    first: int
    last: int
    scenes: tuple[tuple[str, date], ...]

    @property
    def number(self) -> int:
        return len(self.scenes)

    @property
    def missing(self) -> int:
        return max(0, self.quota.least - self.number)


def facts(scene: str, city: str, entry: JournalEntry) -> tuple[Fact, ...]:
    """What an entry of a scene adds to the counters. A scene taken over behind the lists was opened when it began."""
    on = entry.command.effective_on or local_day(entry.at)
    found: list[Fact] = []
    for event in entry.events:
        match event:
            case SceneListed():
                found.append(Fact("scenes", scene, on))
            case SceneTakenOver(since=since):
                act = entry.command.act
                if isinstance(act, TakeOver) and not lifecycle.comes_before(act.step, "listed"):
                    found.append(Fact("scenes", scene, since))
            case ReplicationRecorded(city=to):
                found.append(Fact("copies", scene, on))
                if to != city:
                    found.append(Fact("copies_outside", scene, on))
            case RecommendedUpward():
                found.append(Fact("recommendations", scene, on))
            case _:
                pass
    return tuple(found)


def counted(
    quotas: Iterable[Quota], known: Iterable[Fact], applications: dict[str, Application], year: int
) -> tuple[Count, ...]:
    """Every quota that can be counted and binds that year, in the file's order."""
    known = sorted(known, key=lambda fact: (fact.on, fact.scene))
    out = []
    for quota in quotas:
        years = quota.years(year)
        if quota.counts is None or years is None:
            continue
        first: dict[str, date] = {}
        for fact in known:
            in_time = years[0] <= fact.on.year <= years[1]
            if fact.counter == quota.counts and in_time and _binds(quota, applications.get(fact.scene)):
                first.setdefault(fact.scene, fact.on)
        out.append(Count(quota, *years, tuple(first.items())))
    return tuple(out)


def _binds(quota: Quota, application: Application | None) -> bool:
    if application is None:
        return False
    return quota.domain in (None, application.domain) and quota.scale in (None, application.scale)
