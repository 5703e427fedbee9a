"""Look-alikes of a scene, the likest first, each with the reasons why: a proposal for the person who registers it.

Four parts are compared: names, needs (all that is said), places, domains. A word weighs the less the more scenes use
it. Names and needs are as alike as the words in common weigh, measured both against all the words of the two and
against those of the shorter one: an application of one sentence may stand whole inside one of a page. A part that
cannot be compared is left out: places where one scene names none, domains of two cities that divide them differently.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple, Protocol

from models.frozen import Frozen
from models.policy import LookAlikeRules

from .words import Reader, any_of, place_name, plain

UNSEEN = 100
"""So many scenes that share no word are counted beside the real ones: among five scenes no word is common yet."""
CORE = 4
"""So much weight of words counts in full; measured with the labelled set, as is the third beyond it."""
WORDS_SHOWN = 8

Part = Literal["name", "need", "place", "domain"]


class Described(Protocol):
    """What is compared of a scene; an Application is one."""

    @property
    def name(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def need(self) -> str: ...
    @property
    def regions(self) -> tuple[str, ...]: ...


class Reason(Frozen):
    """How alike one part is, 0 to 1, and what the two have in common there, the weightiest first, no common words."""

    part: Part
    likeness: float
    common: tuple[str, ...]


class LookAlike(Frozen):
    scene: str
    name: str
    city: str
    domain: str
    score: float
    reasons: tuple[Reason, ...]


class _Read(NamedTuple):
    name: frozenset[str]
    need: frozenset[str]
    places: frozenset[str]


class Corpus:
    """The scenes to compare with, by their ids; read once, asked as often as wanted."""

    def __init__(self, rules: LookAlikeRules, scenes: Iterable[tuple[str, Described]]) -> None:
        self._rules = rules
        self._scenes = dict(scenes)
        self._reader = Reader(
            rules,
            places={region for scene in self._scenes.values() for region in scene.regions},
            cities={scene.city for scene in self._scenes.values()},
        )
        self._read = {id: self._reading(scene) for id, scene in self._scenes.items()}
        self._used = Counter(word for read in self._read.values() for word in read.need)
        self._common = any_of(
            (part for word in rules.common for part in (plain(word), *self._reader.read(word).words)), "+"
        )
        self._weights: dict[str, float] = {}

    def like(self, subject: Described, *, itself: str | None = None, least: float = 0) -> tuple[LookAlike, ...]:
        """All but `itself` that share a word with the subject and are at least so alike."""
        read = self._reading(subject)
        found = (
            self._compared(subject, read, id, scene)
            for id, scene in self._scenes.items()
            if id != itself and not read.need.isdisjoint(self._read[id].need)
        )
        return tuple(
            sorted((each for each in found if each.score >= least), key=lambda each: (-each.score, each.scene))
        )

    def _compared(self, subject: Described, read: _Read, id: str, scene: Described) -> LookAlike:
        other = self._read[id]
        rules = self._rules
        parts = [
            (rules.name, self._alike("name", read.name, other.name)),
            (rules.need, self._alike("need", read.need, other.need)),
        ]
        if read.places and other.places:
            parts.append((rules.place, _overlap(read.places, other.places)))
        if subject.city == scene.city or subject.domain == scene.domain:
            parts.append((rules.domain, _same_domain(subject.domain, scene.domain)))
        score = sum(points * reason.likeness for points, reason in parts) / sum(points for points, _ in parts)
        return LookAlike(
            scene=id,
            name=scene.name,
            city=scene.city,
            domain=scene.domain,
            score=round(score, 3),
            reasons=tuple(reason for _, reason in parts if reason.common),
        )

    def _reading(self, scene: Described) -> _Read:
        name, need = self._reader.read(scene.name), self._reader.read(scene.need)
        regions = {place_name(region) for region in scene.regions}
        return _Read(name.words, name.words | need.words, name.places | need.places | regions)

    def _alike(self, part: Part, one: frozenset[str], other: frozenset[str]) -> Reason:
        common = one & other
        shared = self._weigh(common)
        if not shared:
            return Reason(part=part, likeness=0, common=())
        lengths = _length(self._weigh(one)), _length(self._weigh(other))
        likeness = min(1, (2 * shared / sum(lengths) + shared / min(lengths)) / 2)
        telling = [word for word in common if not self._common.fullmatch(word)]
        words = sorted(_longest(telling), key=lambda word: (-self._weight(word), word))
        return Reason(part=part, likeness=round(likeness, 3), common=tuple(words[:WORDS_SHOWN]))

    def _weigh(self, words: frozenset[str]) -> float:
        return math.fsum(map(self._weight, words))

    def _weight(self, word: str) -> float:
        """1 for a word that no scene uses, towards 0 for one that all use."""
        weight = self._weights.get(word)
        if weight is None:
            scenes = UNSEEN + len(self._scenes)
            weight = math.log(scenes / (1 + self._used[word])) / math.log(scenes)
            weight *= self._rules.common_weight if self._common.fullmatch(word) else 1
            self._weights[word] = weight
        return weight


def _length(weight: float) -> float:
    """Who has said next to nothing has not said the same as another: no text counts for less than half a word."""
    weight = max(weight, 0.5)
    return weight if weight < CORE else CORE + (weight - CORE) / 3


def _overlap(one: frozenset[str], other: frozenset[str]) -> Reason:
    common = one & other
    return Reason(
        part="place", likeness=round(len(common) / min(len(one), len(other)), 3), common=tuple(sorted(common))
    )


def _same_domain(one: str, other: str) -> Reason:
    return Reason(part="domain", likeness=float(one == other), common=(one,) if one == other else ())


def _longest(words: Collection[str]) -> list[str]:
    """Without the words that stand inside another of them."""
    return [word for word in words if not any(word != other and word in other for other in words)]
