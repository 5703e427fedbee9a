"""Which lives a corpus holds: what together takes every feature, in few entries."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Final, NamedTuple

from demo.repertoire import STORIES, Repertoire
from demo.rules_alone import play
from demo.scene import Story
from models.journal import JournalEntry
from rules.lifecycle import ROWS, STEPS
from runtime.settings import Settings
from tests.corpus import features
from tests.corpus.features import Feature
from tests.corpus.finding import Finder
from tests.corpus.lives import CITIES, CODES, Life, rules_of

Say = Callable[[str], object]
DENSE: Final = 0.15
"""A story that takes fewer new features for each of its entries waits until the lives were found."""
ELSEWHERE: Final = 0.4
"""So many new rows for each entry: what it costs more to take in a second city is taken in the first alone."""
BY_CODE = {code: city for city, code in CODES.items()}
"""The name of a city's file, by the code in it."""


def chosen(say: Say) -> tuple[list[Story], list[Life]]:
    """Stories of the demo that take much; lives of each city; and the stories that take what is missing then."""
    taken: set[Feature] = set()
    told = _stories()
    stories = _densest(told, taken, DENSE)
    say(f"{len(stories)} stories of the demo take {len(taken)} features")
    # One city, one process: each has its own rows.
    with ProcessPoolExecutor(max_workers=len(CITIES)) as cities:
        lives = [life for found in cities.map(partial(_of_city, taken=frozenset(taken)), CITIES) for life in found]
    say(f"{len(lives)} lives found, with {sum(len(life.journal) for life in lives)} entries")
    for life in lives:
        taken |= taken_by(life.journal, life.origin.city)
    stories += _densest(told, taken)
    say(f"{len(stories)} stories with {sum(told[each.scene].entries for each in stories)} entries")
    for each in sorted(wanted(CITIES[0]) - taken):
        say(f"nobody takes the {each.kind} {each.what}")
    # The longest first: nobody waits for one that was begun last.
    return stories, sorted(lives, key=lambda life: -len(life.journal))


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


def _of_city(city: str, taken: frozenset[Feature]) -> list[Life]:
    """In the first everything that is missing; in the others what costs little, and every step."""
    finder = Finder(city)
    if city == CITIES[0]:
        finder.find(wanted(city) - taken)
    else:
        finder.find(missing := wanted(city) - taken, ELSEWHERE)
        finder.find(missing & steps_in(city))
    return without_the_needless(finder.lives, wanted(city) - taken)


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
