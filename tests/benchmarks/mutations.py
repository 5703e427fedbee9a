"""How many ways of tampering with a checkpoint log are noticed, and named at the right place.

`python -m tests.benchmarks.mutations [MUTATIONS]`
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.audit.mutations import case, judge, mutation

COUNT = 10_000
OF_ONE_LOG = 20


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    done: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    began = perf_counter()
    with TemporaryDirectory() as folder:
        chance = Random(0)  # noqa: S311  # the same every time
        of = case(Path(folder), chance)
        for number in range(wanted):
            if number % OF_ONE_LOG == 0:
                of = case(Path(folder), chance)
            verdict = judge(of, mutation(of, chance))
            name = verdict.mutation.name
            done[name] += 1
            noticed[name] += verdict.found is not None
            placed[name] += verdict.right_place
    for name in sorted(done):
        print(f"{name:26} {done[name]:6} done, {noticed[name]:6} noticed, {placed[name]:6} named at the right place")
    print(
        f"{'in all':26} {done.total():6} done, {noticed.total():6} noticed, "
        f"{placed.total():6} named at the right place, {perf_counter() - began:.0f} s"
    )
    if placed.total() < done.total():
        sys.exit(1)


if __name__ == "__main__":
    main()
