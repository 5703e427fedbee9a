"""A life of the corpus: what somebody does when, in one scene, under the rules of a city or a variation of them.

It is told as a story of the demo is, so the same theatre plays it on the server, and the same rehearsal on the rules
alone. Where the rules have changed since, it is told as far as it still goes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import Field

from demo.rules_alone import play
from demo.scene import Deed, Scene, Script, Story, StoryBroken, Until
from demo.years import MARCH_2040, invented_calendar, with_invented_years
from models.commands.anywhere import TakeOver
from models.commands.solicitation import Application, Submit
from models.frozen import Frozen
from models.journal import JournalEntry
from models.policy import Policy
from models.vocabulary import Outcome
from models.words import Word
from rules.deadlines import BEIJING
from tests.scenario import city

SEED = 2040
CITIES = ("yancheng", "ningbo", "chongqing")
CODES = {"yancheng": "YC", "ningbo": "NB", "chongqing": "CQ"}
MORNING_2040 = datetime(MARCH_2040.year, MARCH_2040.month, MARCH_2040.day, 10, tzinfo=BEIJING)
"""A plain Monday morning, as that of the plays."""


class Origin(Frozen):
    """`variation`: what its policy says otherwise than the city's, as a JSON merge patch (RFC 7396)."""

    city: str
    variation: dict[str, Any] = Field(default_factory=dict)


class Life:
    def __init__(self, scene: str, origin: Origin, journal: Sequence[JournalEntry]) -> None:
        self.scene = scene
        self.origin = origin
        self.journal = tuple(journal)

    @property
    def policy(self) -> Policy:
        """Today's rules of the city, with what this life has otherwise. Raises ValidationError."""
        return varied(rules_of(self.origin.city), self.origin.variation)

    @property
    def application(self) -> Application:
        act = self.journal[0].command.act
        assert isinstance(act, Submit | TakeOver), act.verb
        return act.application

    def story(self) -> "Told":
        return Told(
            scene=self.scene,
            title=Word(zh=self.scene, en=self.scene),
            told=lambda scene: _told(scene, self.journal),
            ends=Outcome.WITHDRAWN,
            begins=MARCH_2040,
        )

    def on(self, policy: Policy) -> Scene:
        """The scene in which it is told."""
        return Scene(policy, self.application, self.story(), calendar(), SEED)


class Told(Story):
    """A life may be left where it stands: only what it has taken on the way counts."""

    def check_end(self, scene: Scene) -> None:
        pass


def _told(_: Scene, journal: Sequence[JournalEntry]) -> Script:
    """What people did, each at its time; what passes by itself passes."""
    for entry in journal:
        yield Until(entry.at)
        if entry.command.act.verb != "pass_deadline":
            yield Deed(entry.command.actor, entry.command.act, entry.command.effective_on)


def rehearsed(life: Life) -> Life:
    """The life as today's rules have it: to its end, or to where they first refuse. Empty where it can not begin."""
    try:
        policy = life.policy
    except ValueError:
        return Life(life.scene, life.origin, ())
    journal = life.journal
    while journal:
        told = Life(life.scene, life.origin, journal)
        try:
            return Life(life.scene, life.origin, play(told.story(), told.on(policy)))
        except StoryBroken:
            journal = journal[: len(journal) * 3 // 4]
    return Life(life.scene, life.origin, ())


calendar = cache(invented_calendar)


@cache
def rules_of(name: str) -> Policy:
    """The city's rules in the demo's invented years."""
    return with_invented_years(city(name), calendar())


def variation(base: Any, other: Any) -> dict[str, Any]:
    """The merge patch that makes `other` of `base`, both as JSON."""
    patch: dict[str, Any] = {key: None for key in base if key not in other}
    for key, value in other.items():
        before = base.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            if inner := variation(before, value):
                patch[key] = inner
        elif key not in base or before != value:
            patch[key] = value
    return patch


def varied(policy: Policy, patch: dict[str, Any]) -> Policy:
    return Policy.model_validate(_merged(policy.model_dump(mode="json"), patch)) if patch else policy


def _merged(base: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged


def entries(lives: Sequence[Life]) -> Iterator[tuple[str, JournalEntry]]:
    for life in lives:
        for entry in life.journal:
            yield life.origin.city, entry
