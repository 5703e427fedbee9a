"""`make corpus`: records the corpus again, with today's rules on today's code.

The lives of the corpus that stands are told again, each as far as today's rules let it go; what the lifecycle's rows
then still lack is searched for. `--afresh` forgets them and searches for all; `--minutes N` searches for half of that
time, begins no more lives after it, and keeps a list of what is lacking then.
"""

import asyncio
import sys
import tempfile
import time
from argparse import ArgumentParser
from math import inf
from pathlib import Path

from runtime.leaving import leave
from tests.corpus.choosing import chosen
from tests.corpus.coverage import keep_lacking, required, taken_in
from tests.corpus.keeping import TODAY, Corpus, pack
from tests.corpus.recording import record

BEGAN = time.monotonic()


def say(text: str) -> None:
    sys.stdout.write(f"{time.monotonic() - BEGAN:5.0f} s  {text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--afresh", action="store_true")
    parser.add_argument("--minutes", type=float, default=inf)
    asked = parser.parse_args()
    stories, lives = chosen(afresh=asked.afresh, say=say, until=BEGAN + asked.minutes * 30)
    with tempfile.TemporaryDirectory(prefix="scene-corpus-") as folder:
        bundle = Path(folder, "bundle.zip")
        recorded, abandoned = asyncio.run(record(stories, lives, bundle, say, BEGAN + asked.minutes * 60))
        pack(TODAY, bundle, recorded, abandoned)
        missing = required() - taken_in(Corpus(Path(folder)))
    keep_lacking(missing)
    say(f"{TODAY}: {TODAY.stat().st_size:,} bytes; {len(missing)} features are lacking")
    return 1 if missing else 0


if __name__ == "__main__":
    leave(main())
