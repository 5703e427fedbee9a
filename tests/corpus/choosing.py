"""Which lives a corpus holds: what together takes every feature, in few entries."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from unittest.mock import patch

from demo.repertoire import STORIES, Repertoire
from demo.rules_alone import play
from demo.scene import Story
from models.journal import JournalEntry
from rules.lifecycle import ROWS, STEPS
from runtime.settings import Settings
from tests import scenario
from tests.corpus import features
from tests.corpus.features import Feature
from tests.corpus.finding import Finder
from tests.corpus.keeping import TODAY, unpacked
from tests.corpus.lives import CITIES, CODES, MORNING_2040, Life, Origin, rehearsed, rules_of

Say = Callable[[str], object]
DENSE: Final = 0.15
"""A story that takes fewer new features for each of its entries waits until the lives were found."""
ELSEWHERE: Final = 0.12
"""So many new rows for each entry: what it costs more to take in a second city is taken in the first alone."""
OF_NO_CITY: Final = 4
"""A feature that no city has yet is worth so many of those that one city lacks."""
BEGINNING: Final = 3
"""To open a scene on the server takes as long as so many entries."""
BY_CODE = {code: city for city, code in CODES.items()}
"""The name of a city's file, by the code in it."""


def chosen(*, afresh: bool, say: Say, until: float = inf) -> tuple[list[Story], list[Life]]:
    """Stories of the demo that take much; lives of each city; and the stories that take what is missing then.

    The search ends at `until`, by `time.monotonic`. Of the lives those come first that take the most for their
    entries, for a recording may be cut off.
    """
    taken: set[Feature] = set()
    told = _stories()
    stories = _densest(told, taken, DENSE)
    say(f"{len(stories)} stories of the demo take {len(taken)} features")
    known = [] if afresh or not TODAY.exists() else _known(TODAY)
    # One city, one process: each has its own rows.
    with ProcessPoolExecutor(max_workers=len(CITIES)) as cities:
        look = partial(_of_city, taken=frozenset(taken), known=known, until=until)
        lives = [life for found in cities.map(look, CITIES) for life in found]
    say(f"{len(lives)} lives found, with {sum(len(life.journal) for life in lives)} entries")
    lives = in_order_of_worth(lives, taken)
    for life in lives:
        taken |= taken_by(life.journal, life.origin.city)
    stories += _densest(told, taken)
    say(f"{len(stories)} stories with {sum(told[each.scene].entries for each in stories)} entries")
    missing = wanted(CITIES[0]) - taken
    for each in sorted(missing):
        say(f"nobody takes the {each.kind} {each.what}")
    return stories, lives


class Taking(NamedTuple):
    story: Story
    takes: frozenset[Feature]
    entries: int


def _stories() -> dict[str, Taking]:
    repertoire = Repertoire(Settings())
    told = {}
    for story in STORIES:
        journal = play(story, scene := repertoire.scene(story))
        told[story.scene] = Taking(story, frozenset(taken_by(journal, BY_CODE[scene.policy.code])), len(journal))
    return told


def _densest(told: Mapping[str, Taking], taken: set[Feature], least: float = 0) -> list[Story]:
    """Those that take what none before them did, the densest first; `taken` grows by what they take."""
    picked = []
    left = dict(told)
    while left:
        best = max(left.values(), key=lambda each: len((each.takes - taken) & features.anywhere()) / each.entries)
        new = (best.takes - taken) & features.anywhere()
        if not new or len(new) / best.entries < least:
            break
        taken |= best.takes
        picked.append(best.story)
        del left[best.story.scene]
    return picked


def wanted(city: str) -> set[Feature]:
    """In one city everything is looked for, in the others what their lifecycle has."""
    found = {features.row(row, city) for row in ROWS} | steps_in(city)
    return found | features.anywhere() if city == CITIES[0] else found


def steps_in(city: str) -> set[Feature]:
    """Where a scene of the city, or a bidder of it, can stand."""
    off = ("draft", *rules_of(city).steps_off)
    return {features.step(each.machine, each.key, city) for each in STEPS if each.key not in off}


def taken_by(journal: Iterable[JournalEntry], city: str) -> set[Feature]:
    return {each for entry in journal for each in features.of_entry(entry, city)}


def _known(file: Path) -> list[Life]:
    with TemporaryDirectory(prefix="scene-corpus-") as folder:
        return list(unpacked(file, Path(folder)).lives())


def _of_city(city: str, *, taken: frozenset[Feature], known: Sequence[Life], until: float) -> list[Life]:
    looked_for = wanted(city)
    have = set(taken)
    lives: list[Life] = []

    def keep(found: Iterable[Life]) -> None:
        """As the rules alone have them, up to the last entry that takes something new.

        Their names have four digits, for those of the demo's scenes have three.
        """
        for life in found:
            told = rehearsed(_named(life, f"{CODES[city]}-{len(lives) + 1:04}"))
            new = [
                number
                for number, entry in enumerate(told.journal, start=1)
                if (set(features.of_entry(entry, city)) & looked_for) - have
            ]
            if new:
                journal = told.journal[: new[-1]]
                have.update(taken_by(journal, city))
                lives.append(Life(told.scene, told.origin, journal))

    with patch.object(scenario, "MORNING", MORNING_2040):
        keep(sorted((each for each in known if each.origin.city == city), key=lambda life: life.scene))
        if city == CITIES[0]:
            keep(Finder(city, set(have), looked_for, until=until).find())
            # A life that does not go under its own name, for a panel was drawn otherwise, is found once more.
            keep(Finder(city, set(have), looked_for, until=until).find(dry=0))
        else:
            keep(Finder(city, set(have), looked_for, ELSEWHERE, until).find())
            keep(Finder(city, set(have), steps_in(city), until=until).find(dry=0))
    return without_the_needless(lives, looked_for - taken)


def without_the_needless(lives: Sequence[Life], looked_for: set[Feature]) -> list[Life]:
    """Those that take something that no other of them takes; of two that take the same, the shorter."""
    takes = {life.scene: taken_by(life.journal, life.origin.city) & looked_for for life in lives}
    times = Counter(each for found in takes.values() for each in found)
    kept = []
    for life in sorted(lives, key=lambda each: -len(each.journal)):
        if all(times[each] > 1 for each in takes[life.scene]):
            times.subtract(takes[life.scene])
        else:
            kept.append(life)
    return sorted(kept, key=lambda each: each.scene)


def in_order_of_worth(lives: Sequence[Life], taken: Iterable[Feature]) -> list[Life]:
    """Each takes the most, for its entries, of what none before it took, and what no city has yet before all."""
    have = {each for known in taken for each in (known, _in_some_city(known))}
    left = {life.scene: (life, taken_by(life.journal, life.origin.city)) for life in lives}
    ordered = []
    while left:
        for _, takes in left.values():
            takes -= have
        worth = {
            scene: (len(takes) + OF_NO_CITY * len({*map(_in_some_city, takes)} - have))
            / (len(life.journal) + BEGINNING)
            for scene, (life, takes) in left.items()
        }
        life, takes = left.pop(max(worth, key=lambda scene: worth[scene]))
        have |= takes | {*map(_in_some_city, takes)}
        ordered.append(life)
    return ordered


def _in_some_city(feature: Feature) -> Feature:
    return feature._replace(city="")


def _named(life: Life, scene: str) -> Life:
    return Life(scene, Origin.model_validate(life.origin), life.journal)
