"""Whatever is done to a log shows, and at its first place. Ten thousand: `python -m tests.benchmarks.mutations`."""

from pathlib import Path
from random import Random

import pytest

from audit.log import verified
from tests.audit.mutations import MUTATIONS, case, judge, mutation

CASES = 6


@pytest.mark.parametrize("name", MUTATIONS)
def test_it_shows_where_it_was_done(name: str, tmp_path: Path) -> None:
    for seed in range(CASES):
        chance = Random(f"{name} {seed}")  # noqa: S311  # the same every time
        of = case(tmp_path, chance)
        verdict = judge(of, mutation(of, chance, name))
        assert verdict.right_place, (seed, verdict.mutation.first, verdict.at, verdict.found)


def test_the_true_log_is_accepted_after_every_copy_of_it(tmp_path: Path) -> None:
    for seed in range(CASES):
        of = case(tmp_path, Random(seed))  # noqa: S311  # the same every time
        copy = verified(of.truth[: of.held])
        assert verified(of.truth, held=copy).tree.root(copy.tree.size) == copy.tree.root()
