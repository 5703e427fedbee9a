"""What a corpus takes, computed by folding it, and what it has to take by the tables of today."""

from collections.abc import Iterator
from functools import cache

from audit.bundle import opened
from audit.runs import read_run
from rules.lifecycle import ROWS
from tests.corpus import features
from tests.corpus.choosing import steps_in
from tests.corpus.features import Feature
from tests.corpus.keeping import Corpus
from tests.corpus.lives import CITIES
from tests.scenario import city


@cache
def required() -> frozenset[Feature]:
    """Every row in some city; every step in each city; every verb, event, alarm and level; the workflow's own ways."""
    return frozenset(
        {
            *(features.row(row, "") for row in ROWS),
            *(step for name in CITIES for step in steps_in(name)),
            *(Feature("way", way) for way in features.WAYS),
            *features.anywhere(),
        }
    )


def taken_in(corpus: Corpus) -> frozenset[Feature]:
    return frozenset(_taken_in(corpus))


def _taken_in(corpus: Corpus) -> Iterator[Feature]:
    names = {city(name).city: name for name in CITIES}
    with opened(corpus.bundle) as parts:
        for scene in corpus.scenes():
            for entry in scene.entries:
                for each in features.of_entry(entry, names[scene.part.city]):
                    yield each._replace(city="") if each.kind == "row" else each
            for run, kept in zip(scene.runs, scene.part.runs, strict=True):
                yield from features.of_run(run, parts.read(kept.path))
    yield from features.of_run(read_run(corpus.abandoned().encode()), b"")


def line(feature: Feature) -> str:
    return " ".join(part for part in (feature.kind, feature.city, feature.what) if part)
