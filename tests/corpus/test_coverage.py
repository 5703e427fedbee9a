"""The corpus takes everything that there is to take: computed by folding it, compared with the tables of today."""

from typing import Final

import pytest

from tests.corpus.coverage import lacking, line, required, taken_in
from tests.corpus.features import Feature
from tests.corpus.keeping import Corpus

WHAT_TO_DO: Final = """
No recorded history takes what is named above. `make corpus` records the corpus again (CONTRIBUTING.md, "Changing a
rule"): it finds a life for each row by the plays (tests/plays.py), by ear (tests/improviser.py) and in the demo's
stories, so what is new has to stand there first. A row that it still finds no life for is one that nothing can walk.
"""


@pytest.fixture(scope="session")
def taken(today: Corpus) -> frozenset[Feature]:
    return taken_in(today)


@pytest.mark.parametrize("kind", ["row", "step", "verb", "event", "alarm", "rung", "way"])
def test_everything_that_can_be_walked_done_or_fall_due_stands_in_some_history(
    taken: frozenset[Feature], kind: str
) -> None:
    missing = {line(each) for each in required() - taken if each.kind == kind} - lacking()
    assert not missing, "\n".join([*sorted(missing), WHAT_TO_DO])


def test_what_is_said_to_be_lacking_is_lacking(taken: frozenset[Feature]) -> None:
    assert lacking() & {line(each) for each in taken} == frozenset()
