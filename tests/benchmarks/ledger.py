"""The rows of the ledger tampered with at random: how much is noticed by `scene doctor`'s checks, and named rightly.

python -m tests.benchmarks.ledger [COUNT] [SEED]
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from storage.database import engine_for, migrate
from tests.audit.ledger_rows import Ledger, at_random
from tests.audit.test_ledger_rows import lived

COUNT = 10_000


def main(count: int, seed: int) -> None:
    done: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    named: Counter[str] = Counter()
    chance = Random(seed)  # noqa: S311  # the same every time
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scene.db"
        migrate(url)
        of = Ledger(lived(engine_for(url), Path(folder)))
        began = perf_counter()
        for number in range(count):
            name, what = at_random(of, chance)
            verdict = of.judged(what)
            done[name] += 1
            noticed[name] += verdict.noticed
            named[name] += verdict.named
            if not (verdict.noticed and verdict.named):
                print(f"missed: number {number}, {name}, {what.streams} {what.first}: {verdict}", flush=True)
    for name in sorted(done):
        print(f"{name:24} {done[name]:6} done {noticed[name]:6} noticed {named[name]:6} named")
    print(f"{done.total()} done, {noticed.total()} noticed, {named.total()} named, {perf_counter() - began:.0f} s")
    if named.total() < done.total():
        sys.exit(1)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(given[0] if given else COUNT, given[1] if given[1:] else 1)
