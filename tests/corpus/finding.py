"""Finds lives that together take every feature, in few entries.

A life goes on from wherever it stands, as long as something new is near: a verb that a wanted row names, a deadline
that a wanted row waits for, the scripts of `tests.plays` that begin at the same steps, or a few moves by ear. Lives
begin with a submission, with a scene taken over midway, and last with the plays themselves, which walk every row.

The same seed finds the same.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from math import inf
from random import Random
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from models.commands import Act
from models.commands.anywhere import Override
from models.journal import JournalEntry
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Machine, Role, Scale, Track
from rules.decide import possible_verbs
from rules.docket import BIDDER_MACHINES
from rules.journal import fold, policy_after
from rules.lifecycle import ROWS, Row
from tests import plays, scenario
from tests.corpus import features
from tests.corpus.features import Feature
from tests.corpus.lives import CODES, MORNING_2040, SEED, Life, Origin, rules_of, variation
from tests.improviser import Improviser
from tests.scenario import Play, of_narrow_pools

TRIES: Final = 5
"""How often a verb is tried, each time with other content."""
BY_EAR: Final = 4, 12
"""So many times so many moves, where nothing new is one move away."""
AT_ONCE: Final = 0.5
"""How often a move by ear is one that a wanted row names."""
LONGEST: Final = 120
"""Entries of a life; a longer one is begun anew."""
FORWARD: Final = (Refused, AssertionError, IndexError, StopIteration, KeyError, AttributeError, ValueError, TypeError)
"""What a script meets that does not fit where it is tried."""

TAKEN_OVER: Final = frozenset(row.target for row in ROWS if row.by == "take_over" and row.machine is Machine.SCENE)

Script = Callable[[Play], object]
Steps = frozenset[tuple[Machine, str]]


class Quick(Play):
    """A play that is not checked: the search tries far more than it keeps."""

    def _enter(self, entry: JournalEntry) -> None:
        self.journal.append(entry)
        self.state = fold(self.state, entry)
        self.policy = policy_after(self.policy, entry)


class Finder:
    """`taken` are the features that need not be found again; it grows.

    `least` is how many new ones a life has to take for each of its entries to be worth recording. `until` is when the
    search ends, by `time.monotonic`; the plays, which take the most for their time, have the last third of it.
    """

    def __init__(
        self, city: str, taken: set[Feature], wanted: Iterable[Feature], least: float = 0, until: float = inf
    ) -> None:
        self.city = city
        self.least = least
        self.until = until
        self.base = rules_of(city)
        self.taken = taken
        self.wanted = frozenset(wanted)
        self.lives: list[Life] = []
        self.chance = Random(f"{SEED}/{city}")  # noqa: S311  # chance that can be repeated
        self._rows: dict[tuple[Machine, str], list[Row]] = {}
        for row in ROWS:
            self._rows.setdefault((row.machine, row.source), []).append(row)
        self._scripts: list[Known] = []
        self._stood: dict[Steps, Play] = {}

    def find(self, dry: int = 12) -> list[Life]:
        """From beginnings, until so many in a row bring nothing new; from where scenes stood; from the plays."""
        if not self._missing() or time.monotonic() > self.until:
            return []
        began = time.monotonic()
        found, self._scripts = guides(self.base, self.city)
        by_ear_until = began + (self.until - began) * 2 / 3
        idle = 0
        while idle < dry and self._missing() and time.monotonic() < by_ear_until:
            idle = 0 if self._live(self._beginning()) else idle + 1
        for base in {(each.at, each.before.policy.digest): each.before for each in self._scripts}.values():
            if time.monotonic() > by_ear_until:
                break
            steps = frozenset(steps_of(base.state))
            self._stands(shortened(base, partial(_stands_at, steps)))
        while time.monotonic() < by_ear_until and (play := self._promising()) is not None:
            if not self._live(play):
                del self._stood[frozenset(steps_of(play.state))]
        for play in sorted(found, key=lambda each: len(each.journal)):
            if time.monotonic() < self.until and (new := self._new(play.journal)):
                self._live(shortened(play, partial(self._takes, new)))
        return self.lives

    def _takes(self, new: set[Feature], play: Play) -> bool:
        return new <= self._new(play.journal)

    def _stands(self, play: Play) -> None:
        """Keeps the shortest way to where a scene stands."""
        steps = frozenset(steps_of(play.state))
        if play.journal and (steps not in self._stood or len(play.journal) < len(self._stood[steps].journal)):
            self._stood[steps] = play

    def _promising(self) -> Play | None:
        """Where the most that is new is near, for the shortest way there; None where nothing is near anywhere."""

        missing = self.wanted - self.taken
        useful = [(known.at, known.takes & missing) for known in self._scripts if known.takes & missing]
        best, most = None, 0.0
        for steps, play in self._stood.items():
            near = {features.row(row, self.city) for row in self._open_rows(play.state)}
            near.update(*(takes for at, takes in useful if at <= steps))
            if (worth := len(near) / (len(play.journal) + 3)) > most:
                best, most = play, worth
        return best

    def _missing(self) -> bool:
        return any(each not in self.taken for each in self.wanted)

    def _new(self, journal: Sequence[JournalEntry]) -> set[Feature]:
        found = {each for entry in journal for each in features.of_entry(entry, self.city)}
        return (found & self.wanted) - self.taken

    def _beginning(self) -> Play:
        chance = self.chance
        track = chance.choice((Track.SANDBOX, Track.SANDBOX, Track.FAST))
        play = Quick(of_narrow_pools(self.base), scale=chance.choice(tuple(Scale)), track=track)
        with suppress(*FORWARD):
            Improviser(play, chance.choice, calm=True).attempt(chance.choice(("submit", "take_over", "take_over")))
        return play

    def _live(self, play: Play) -> int:
        """Goes on from here while something new is near; keeps the life up to the last of it. Gives how much it was."""
        before = set(self.taken)
        kept = len(play.journal) if self._new(play.journal) else 0
        self.taken |= self._new(play.journal)
        while play.journal and not play.state.closed and len(play.journal) < LONGEST:
            nearest = self._step(play) or self._by_ear(play)
            if nearest is None:
                break
            self.taken |= self._new(nearest.journal[len(play.journal) :])
            self._stands(nearest)
            play, kept = nearest, len(nearest.journal)
        found = len(self.taken) - len(before)
        if kept and found / kept < self.least:
            self.taken = before
            return 0
        if kept:
            number = f"{CODES[self.city]}-{len(self.lives) + 1:04}"
            self.lives.append(Life(number, self._origin(play.policy), play.journal[:kept]))
        return found

    def _origin(self, policy: Policy) -> Origin:
        """A play changes its rules without a word; its life is told under the last of them from its beginning."""
        if policy.version != self.base.version:  # adopted, by an act of this life
            policy = of_narrow_pools(self.base)
        rules = policy.model_copy(update={"calendar": self.base.calendar, "version": self.base.version})
        patch = variation(self.base.model_dump(mode="json"), rules.model_dump(mode="json"))
        return Origin(city=self.city, variation=patch)

    def _step(self, play: Play) -> Play | None:
        """Something new by one verb, one deadline, or one script."""
        for row in self._open_rows(play.state):
            for _ in range(TRIES):
                if (found := self._tried(play, partial(self._walk, row))) is not None:
                    return found
        for script in (*self._open_verbs(play.state), *self._open_clocks(play.state)):
            if (found := self._tried(play, script)) is not None:
                return found
        steps = frozenset(steps_of(play.state))
        best: Play | None = None
        for known in self._scripts:
            if not known.at <= steps or not (known.takes & self.wanted) - self.taken:
                continue
            found = self._tried(play, known.script)
            if found is not None and (best is None or self._worth(play, found) > self._worth(play, best)):
                best = found
        return best

    def _worth(self, before: Play, after: Play) -> float:
        new = after.journal[len(before.journal) :]
        return len(self._new(new)) / len(new)

    def _open_rows(self, state: SceneState) -> list[Row]:
        here = [row for key in steps_of(state) for row in self._rows.get(key, ())]
        return [row for row in here if features.row(row, self.city) not in self.taken]

    def _open_verbs(self, state: SceneState) -> list[Script]:
        """Verbs that nobody has used yet."""
        missing = [verb for verb in possible_verbs(state) if Feature("verb", verb) in self.wanted - self.taken]
        return [partial(self._attempt, verb) for verb in missing for _ in range(TRIES)]

    def _open_clocks(self, state: SceneState) -> list[Script]:
        """Limits of which nobody has run out of time yet."""
        missing = self.wanted - self.taken
        return [
            partial(_run_out, clock.id)
            for clock in state.deadlines
            if missing & {Feature("alarm", f"{clock.limit} {how}") for how in ("passed", "overdue")}
        ]

    def _attempt(self, verb: str, play: Play) -> None:
        Improviser(play, self.chance.choice, calm=True).attempt(verb)

    def _tried(self, play: Play, script: Script) -> Play | None:
        fork = play.fork()
        with suppress(*FORWARD):
            script(fork)
        return fork if self._new(fork.journal[len(play.journal) :]) else None

    def _walk(self, row: Row, play: Play) -> None:
        if row.by.startswith("after:"):
            limit = row.by.removeprefix("after:")
            clock = next(each for each in play.state.deadlines if each.id.split("/")[0] == limit)
            play.pass_limit(clock.id)
        elif row.by == "override":
            machine = BIDDER_MACHINES.get(row.machine)
            parts = getattr(play.state, machine) if machine else ()
            bidder = next((part.bidder for part in parts if part.step == row.source), None)
            play.do(Override(to=row.target, bidder=bidder, reasons="重新审定"), play.group)
        else:
            self._attempt(row.by, play)

    def _by_ear(self, play: Play) -> Play | None:
        times, moves = BY_EAR
        best: Play | None = None
        for _ in range(times):
            fork = play.fork()
            somebody = Improviser(fork, self.chance.choice, calm=self.chance.choice((True, True, False)))
            for _ in range(moves):
                if fork.state.closed or len(fork.journal) - len(play.journal) > LONGEST // 2:
                    break
                rows = self._open_rows(fork.state)
                with suppress(*FORWARD):
                    if rows and self.chance.random() < AT_ONCE:
                        self._walk(self.chance.choice(rows), fork)
                    else:
                        somebody.move()
                if self._new(fork.journal[len(play.journal) :]):
                    if best is None or self._worth(play, fork) > self._worth(play, best):
                        best = fork
                    break
        return best


def shortened(play: Play, is_as_good: Callable[[Play], bool]) -> Play:
    """The same scene taken over on the way, if that has what is looked for; else the play itself."""
    stood = SceneState(scene=play.scene)
    states = [stood := fold(stood, entry) for entry in play.journal]
    arrived = {state.step: number for number, state in reversed(list(enumerate(states, start=1)))}
    for step, number in sorted(arrived.items(), key=lambda each: -each[1]):
        if step not in TAKEN_OVER:
            continue
        bidders = [play.declared(each.bidder) for each in states[number - 1].contracts]
        short = Quick(play.policy, now=play.journal[number - 1].at, scale=play.scale, track=play.track)
        with suppress(*FORWARD):
            act = short.take_over_act(step, *bidders).model_copy(update={"application": play.application()})
            short.do(act, short.office(Role.PLATFORM_OFFICE, "clerk"))
            for entry in play.journal[number:]:
                short.until(max(short.now, entry.at))
                if entry.command.act.verb != "pass_deadline":
                    later = _counted_from(entry.command.act, number - 1)
                    short.do(later, entry.command.actor, on=entry.command.effective_on)
            if is_as_good(short):
                return short
    return play


def _run_out(deadline: str, play: Play) -> None:
    play.pass_limit(deadline)


def _stands_at(steps: Steps, play: Play) -> bool:
    return frozenset(steps_of(play.state)) == steps


def _counted_from(act: Act, fewer: int) -> Act:
    """The act in a scene that has so many entries fewer before those that it names."""
    named = [name for name in ("entry", "decision", "sequence") if isinstance(getattr(act, name, None), int)]
    update: dict[str, object] = {name: max(1, getattr(act, name) - fewer) for name in named}
    if (objection := getattr(act, "objection", None)) is not None:
        update["objection"] = f"objection-{int(objection.removeprefix('objection-')) - fewer}"
    return act.model_copy(update=update)


def steps_of(state: SceneState) -> Iterator[tuple[Machine, str]]:
    """Where the scene and its bidders' machines stand, each step once."""
    found = [(Machine.SCENE, state.step)]
    found += [(machine, part.step) for machine, parts in BIDDER_MACHINES.items() for part in getattr(state, parts)]
    yield from dict.fromkeys(found)


class Known(NamedTuple):
    """A script of the plays: what it began with and the steps there, and what it took."""

    before: Play
    at: Steps
    script: Script
    takes: frozenset[Feature]


def guides(base: Policy, city: str) -> tuple[list[Play], list[Known]]:
    """The plays under a city's rules, as far as they go there, and the scripts that they consist of."""
    scripts: list[Known] = []
    found: list[Play] = []

    def then(play: Play, *told: Script) -> Play:
        fork = play.fork()
        with suppress(*FORWARD):
            for script in told:
                script(fork)
        new = fork.journal[len(play.journal) :]
        takes = frozenset(each for entry in new for each in features.of_entry(entry, city))
        scripts.append(Known(play, frozenset(steps_of(play.state)), plays.in_order(*told), takes))
        return fork

    def or_nothing(beginning: Callable[..., Play]) -> Callable[..., Play]:
        """Where a city has no such step, or no such mode, the scripts have nothing to begin with, and fail."""

        def found(*of: Any, **more: Any) -> Play:
            with suppress(*FORWARD):
                return beginning(*of, **more)
            return Quick(base)

        return found

    with (
        _elsewhere(base),
        patch.object(plays, "_then", then),
        patch.object(plays, "at", or_nothing(plays.at)),
        patch.object(plays, "race", or_nothing(plays.race)),
        patch.object(plays, "alone", or_nothing(plays.alone)),
    ):
        for chapter in (
            plays.ends_of_any_step, plays.solicitation_and_review, plays.matching, plays.contracting, plays.trials,
            plays.races, plays.reopened_trials, plays.incidents, plays.inclusion_periods, plays.acceptances,
            plays.promotion, plays.taken_over,
        ):  # fmt: skip
            with suppress(*FORWARD):
                found.extend(chapter())
    return found, scripts


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
