"""The corpus takes everything that there is to take: computed by folding it, compared with the tables of today."""

from typing import Final

import pytest

from models.vocabulary import Machine
from rules.lifecycle import ROWS, Row
from tests.corpus import coverage, features
from tests.corpus.coverage import line, required, taken_in
from tests.corpus.features import Feature
from tests.corpus.keeping import Corpus

WHAT_TO_DO: Final = """
No recorded history takes what is named above. `make corpus` records the corpus again (CONTRIBUTING.md, "Changing a
rule"): it finds its lives in the plays (tests/plays.py), in what the improviser (tests/improviser.py) does where they
stand, and in the demo's stories, so what is new has to stand there first. What it finds in none of them nobody can do.
"""


@pytest.fixture(scope="session")
def taken(today: Corpus) -> frozenset[Feature]:
    return taken_in(today)


@pytest.mark.parametrize("kind", ["row", "step", "verb", "event", "alarm", "rung", "way"])
def test_everything_that_can_be_walked_done_or_fall_due_stands_in_some_history(
    taken: frozenset[Feature], kind: str
) -> None:
    missing = {line(each) for each in required() - taken if each.kind == kind}
    assert not missing, "\n".join([*sorted(missing), WHAT_TO_DO])


def test_a_row_that_no_history_takes_is_missing(taken: frozenset[Feature], monkeypatch: pytest.MonkeyPatch) -> None:
    new = Row(Machine.SCENE, "benchmark", "register", "draft")
    monkeypatch.setattr(coverage, "ROWS", (*ROWS, new))
    assert {each for each in coverage.required.__wrapped__() - taken if each.kind == "row"} == {features.row(new, "")}
