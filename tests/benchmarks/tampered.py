"""Bundles tampered with at random: how many are noticed, and named at the right place.

    python -m tests.benchmarks.tampered BUNDLE KEY.pem [COUNT] [SEED]

Nothing of a bundle is run: what is noticed is noticed by the data alone. A part that a tampering left as it was is
parsed once, which saves most of the time; all else is done anew for every bundle.
"""

import copy
import random
import sys
import time
from collections import Counter
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from audit import evidence
from audit import verify as verification
from audit.bundle import NotABundle
from audit.findings import Deviation
from audit.runs import RunHistory, read_run
from audit.signing import fingerprint, raw_of
from audit.verify import Trust, verify
from tests.audit import tampering

PARSED, LOOKED_AT = 64, 1024
TOLD = 500
"""So often it says how far it is, and names what was not noticed at once."""
_read = lru_cache(maxsize=PARSED)(read_run)
_ambiguous = verification._ambiguous


def read_once(text: bytes) -> RunHistory:
    return copy.copy(_read(text))


def noted(path: str, content: bytes) -> list[Deviation]:
    return list(_ambiguous(path, content))


def main(bundle: Path, key: Path, count: int, seed: int) -> None:
    setattr(evidence, "read_run", read_once)  # noqa: B010  # it is not its to export
    setattr(verification, "_ambiguous", lru_cache(maxsize=LOOKED_AT)(noted))  # noqa: B010
    honest = tampering.read(bundle)
    trust = Trust(keys=frozenset({fingerprint(raw_of(key.read_bytes()))}))
    chance = random.Random(seed)  # noqa: S311
    done: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    named: Counter[str] = Counter()
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        for number in range(count):
            if number % TOLD == 0:
                seconds = time.monotonic() - began
                print(f"{number} done, {noticed.total()} noticed, {named.total()} named, {seconds:.0f} s", flush=True)
            tampered = tampering.tamper(honest, chance)
            done[tampered.kind] += 1
            file = tampering.write(tampered.parts, Path(folder, "tampered.zip"))
            try:
                findings = list(verify(file, trust))
            except NotABundle as problem:
                # A manifest that can not be read, or is not there, stops the verification, and is named.
                noticed[tampered.kind] += 1
                named[tampered.kind] += "manifest.json" in str(problem)
                continue
            is_noticed, is_named = tampering.deviates(findings), tampered.is_named_by(findings)
            noticed[tampered.kind] += is_noticed
            named[tampered.kind] += is_named
            if not (is_noticed and is_named):
                print(f"missed: number {number}, {tampered.kind}, noticed {is_noticed}", flush=True)
    for kind in sorted(done):
        print(f"{kind:24} {done[kind]:6} done {noticed[kind]:6} noticed {named[kind]:6} named")
    seconds = time.monotonic() - began
    print(f"{done.total()} done, {noticed.total()} noticed, {named.total()} named, {seconds:.0f} s")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), Path(given[1]), int(given[2]) if given[2:] else 10_000, int(given[3]) if given[3:] else 1)
