"""Finds lives that together take every feature, in few entries: the plays of `tests.plays`, which walk every row.

Each is told under a city's rules as far as it goes there, and again as a scene that was taken over at a step on its
way. What no play does is tried wherever one of them stood: a verb that nobody used, a time that nobody ran out of. Of
all these lives, and of how they begin, the one that takes the most for its entries is kept, until nothing is missing.

The same plays find the same.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from models.commands import Act
from models.journal import JournalEntry
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Machine, Role
from rules.decide import possible_verbs
from rules.docket import BIDDER_MACHINES
from rules.journal import fold, policy_after
from rules.lifecycle import ROWS
from tests import plays, scenario
from tests.corpus import features
from tests.corpus.features import Feature
from tests.corpus.lives import CODES, MORNING_2040, SEED, Life, Origin, rehearsed, rules_of, variation
from tests.improviser import Improviser
from tests.scenario import Play, of_narrow_pools

BEGINNING: Final = 3
"""To open a scene on the server takes as long as so many entries."""
TRIES: Final = 5
"""How often a verb is tried where a scene stands, each time with other content."""
PLACES: Final = 10
"""In so many places at most, the nearest first."""
FORWARD: Final = (Refused, AssertionError, IndexError, StopIteration, KeyError, AttributeError, ValueError, TypeError)
"""What a script meets that does not fit where it is tried."""

TAKEN_OVER: Final = frozenset(row.target for row in ROWS if row.by == "take_over" and row.machine is Machine.SCENE)


class Quick(Play):
    """A play that is not checked: the search tries far more than it keeps."""

    def _enter(self, entry: JournalEntry) -> None:
        self.journal.append(entry)
        self.state = fold(self.state, entry)
        self.policy = policy_after(self.policy, entry)


class Candidate(NamedTuple):
    """A play that a life may be made of, told from its beginning or from where it is taken over instead."""

    play: Play
    after: int
    """So many entries are not told: the scene is taken over as it stood after them."""
    takes: tuple[tuple[int, frozenset[Feature]], ...]
    """How many entries the life has then, and what the last of them takes."""

    def worth(self, missing: set[Feature]) -> tuple[float, int]:
        """How much that is missing it takes for each entry, as far as that is the most; and how far that is."""
        best, length = 0.0, 0
        new: set[Feature] = set()
        for number, takes in self.takes:
            if (found := takes & missing) and not found <= new:
                new |= found
                if (worth := len(new) / (number + BEGINNING)) > best:
                    best, length = worth, number
        return best, length

    def told(self, length: int) -> Play:
        return taken_over(self.play, self.after, self.after + length - 1) if self.after else self.play


class Finder:
    def __init__(self, city: str) -> None:
        self.city = city
        self.base = rules_of(city)
        self.chance = Random(f"{SEED}/{city}")  # noqa: S311  # chance that can be repeated
        self.lives: list[Life] = []
        self._taken_by: dict[int, frozenset[Feature]] = {}
        self.found, self.stood = told_in(self.base)

    def find(self, missing: set[Feature], least: float = 0) -> None:
        """Adds lives that take what is missing, which grows smaller by what they take.

        `least` is how many features a life has to take for each of its entries to be worth recording.
        """
        self.found.extend(self._tried(missing))
        known = [each for play in self.found for each in self._candidates(play, missing)]
        ranked = [(-each.worth(missing)[0], number) for number, each in enumerate(known)]
        heapify(ranked)
        while ranked and -ranked[0][0] > least:
            before, number = heappop(ranked)
            worth, length = known[number].worth(missing)
            if worth == -before:
                self._keep(known[number].told(length), length, missing)
                worth, _ = known[number].worth(missing)
            if worth < -before:  # a play that was told in vain is not told again
                heappush(ranked, (-worth, number))

    def _candidates(self, play: Play, missing: set[Feature]) -> Iterator[Candidate]:
        takes = [self._takes(entry) & missing for entry in play.journal]
        for after in (0, *arrivals(play)):
            numbered = enumerate(takes[after:], start=2 if after else 1)
            yield Candidate(play, after, tuple((number, found) for number, found in numbered if found))

    def _keep(self, play: Play, length: int, missing: set[Feature]) -> None:
        """As it is told under its own name: a panel may be drawn otherwise there, and the life go otherwise."""
        scene = f"{CODES[self.city]}-{len(self.lives) + 1:04}"  # those of the demo have three digits
        origin = self._origin(play.policy)
        told = rehearsed(Life(scene, origin, play.journal[:length])).journal
        takes = [frozenset(features.of_entry(entry, self.city)) & missing for entry in told]
        new = [number for number, found in enumerate(takes, start=1) if found]
        if new:
            self.lives.append(Life(scene, origin, told[: new[-1]]))
            missing.difference_update(*takes)

    def _takes(self, entry: JournalEntry) -> frozenset[Feature]:
        """Plays have their beginnings in common."""
        if id(entry) not in self._taken_by:
            self._taken_by[id(entry)] = frozenset(features.of_entry(entry, self.city))
        return self._taken_by[id(entry)]

    def _origin(self, policy: Policy) -> Origin:
        """A play changes its rules without a word; its life is told under the last of them from its beginning."""
        if policy.version != self.base.version:  # adopted, by an act of this life
            policy = of_narrow_pools(self.base)
        rules = policy.model_copy(update={"calendar": self.base.calendar, "version": self.base.version})
        patch = variation(self.base.model_dump(mode="json"), rules.model_dump(mode="json"))
        return Origin(city=self.city, variation=patch)

    def _tried(self, missing: Iterable[Feature]) -> list[Play]:
        """What no play does, done where one of them stands."""
        taken = {each for play in self.found for entry in play.journal for each in self._takes(entry)}
        found: list[Play] = []
        for feature in sorted(set(missing) - taken):
            for play in [each for each in self.stood if is_near(feature, each.state)][:PLACES]:
                for _ in range(TRIES):
                    fork = play.fork()
                    with suppress(*FORWARD):
                        self._do(feature, fork)
                    if any(feature in features.of_entry(entry, self.city) for entry in fork.journal):
                        found.append(fork)
                        break
        return found

    def _do(self, feature: Feature, play: Play) -> None:
        if feature.kind == "verb":
            Improviser(play, self.chance.choice, calm=True).attempt(feature.what)
        else:
            limit = feature.what.split()[0]
            play.pass_limit(next(each.id for each in play.state.deadlines if each.limit == limit))


def is_near(feature: Feature, state: SceneState) -> bool:
    match feature.kind:
        case "verb":
            return feature.what in possible_verbs(state)
        case "alarm":
            return any(each.limit == feature.what.split()[0] for each in state.deadlines)
        case _:
            return False


def arrivals(play: Play) -> Iterator[int]:
    """After how many entries the scene first stood at a step where one may be taken over."""
    stood = SceneState(scene=play.scene)
    states = [stood := fold(stood, entry) for entry in play.journal]
    arrived = {state.step: number for number, state in reversed(list(enumerate(states, start=1)))}
    yield from (number for step, number in arrived.items() if step in TAKEN_OVER and number > 1)


def taken_over(play: Play, after: int, until: int) -> Play:
    """The same scene taken over as it stood after so many entries, and told from there as far as it goes."""
    stood = SceneState(scene=play.scene)
    for entry in play.journal[:after]:
        stood = fold(stood, entry)
    bidders = [play.declared(each.bidder) for each in stood.contracts]
    short = Quick(play.policy, now=play.journal[after - 1].at, scale=play.scale, track=play.track)
    with suppress(*FORWARD):
        act = short.take_over_act(stood.step, *bidders).model_copy(update={"application": play.application()})
        short.do(act, short.office(Role.PLATFORM_OFFICE, "clerk"))
        for entry in play.journal[after:until]:
            short.until(max(short.now, entry.at))
            if entry.command.act.verb != "pass_deadline":
                later = _counted_from(entry.command.act, after - 1)
                short.do(later, entry.command.actor, on=entry.command.effective_on)
    return short


def _counted_from(act: Act, fewer: int) -> Act:
    """The act in a scene that has so many entries fewer before those that it names."""
    named = [name for name in ("entry", "decision", "sequence") if isinstance(getattr(act, name, None), int)]
    update: dict[str, object] = {name: max(1, getattr(act, name) - fewer) for name in named}
    if (objection := getattr(act, "objection", None)) is not None:
        update["objection"] = f"objection-{int(objection.removeprefix('objection-')) - fewer}"
    return act.model_copy(update=update)


def told_in(base: Policy) -> tuple[list[Play], list[Play]]:
    """The plays under a city's rules, as far as they go there; and wherever they stood, the nearest first."""
    found: list[Play] = []
    stood: list[Play] = []

    def then(play: Play, *told: Callable[[Play], object]) -> Play:
        fork = play.fork()
        with suppress(*FORWARD):
            for script in told:
                script(fork)
        stood.extend((play, fork))
        return fork

    def or_nothing(beginning: Callable[..., Play]) -> Callable[..., Play]:
        """Where a city has no such step, or no such mode, the scripts have nothing to begin with, and fail."""

        def begun(*of: Any, **more: Any) -> Play:
            with suppress(*FORWARD):
                return beginning(*of, **more)
            return Quick(base)

        return begun

    with (
        _elsewhere(base),
        patch.object(plays, "_then", then),
        patch.object(plays, "at", or_nothing(plays.at)),
        patch.object(plays, "race", or_nothing(plays.race)),
        patch.object(plays, "alone", or_nothing(plays.alone)),
    ):
        for chapter in plays.CHAPTERS:
            with suppress(*FORWARD):
                found.extend(chapter())
    shortest = {_steps(play): play for play in sorted(stood, key=lambda play: -len(play.journal)) if play.journal}
    return found, sorted(shortest.values(), key=lambda play: len(play.journal))


def _steps(play: Play) -> frozenset[tuple[str, str]]:
    """Where the scene and its bidders' machines stand."""
    at = [(machine, part.step) for machine, parts in BIDDER_MACHINES.items() for part in getattr(play.state, parts)]
    return frozenset([("scene", play.state.step), *at])


@contextmanager
def _elsewhere(base: Policy) -> Iterator[None]:
    """The plays move to another city and to the demo's invented years."""
    kept: list[Any] = [plays._common_way, plays._race, plays._alone]
    for cached in kept:
        cached.cache_clear()
    try:
        with (
            patch.object(plays, "city", lambda _: base),
            patch.object(plays, "Play", Quick),
            patch.object(scenario, "MORNING", MORNING_2040),
        ):
            yield
    finally:
        for cached in kept:
            cached.cache_clear()
