"""What a corpus takes, computed by folding it, and what it has to take by the tables of today."""

from collections.abc import Iterable, Iterator
from functools import cache

from audit.bundle import opened
from audit.runs import read_run
from rules.lifecycle import ROWS
from tests.corpus import features
from tests.corpus.choosing import steps_in
from tests.corpus.features import Feature
from tests.corpus.keeping import LACKING, Corpus
from tests.corpus.lives import CITIES
from tests.scenario import city

WHY = """\
# What the corpus of today does not take, for its recording was cut off (`--minutes`). `make corpus` records it whole,
# and empties this list. Nothing is added here by hand: what is new and not here fails tests/corpus/test_coverage.py.
"""


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


def lacking() -> frozenset[str]:
    if not LACKING.exists():
        return frozenset()
    return frozenset(each for each in LACKING.read_text().splitlines() if each and not each.startswith("#"))


def keep_lacking(missing: Iterable[Feature]) -> None:
    lines = sorted(map(line, missing))
    LACKING.unlink(missing_ok=True)
    if lines:
        LACKING.write_text(WHY + "\n".join([*lines, ""]))
