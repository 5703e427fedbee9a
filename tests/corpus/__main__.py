"""`make corpus`: records the corpus again, with today's rules on today's code.

What it finds depends on the rules, the plays and the stories alone: nothing is carried over from the corpus before.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from runtime.leaving import leave
from tests.corpus.choosing import chosen
from tests.corpus.coverage import line, required, taken_in
from tests.corpus.keeping import TODAY, Corpus, pack
from tests.corpus.recording import record

BEGAN = time.monotonic()


def say(text: str) -> None:
    sys.stdout.write(f"{time.monotonic() - BEGAN:5.0f} s  {text}\n")
    sys.stdout.flush()


def main() -> int:
    stories, lives = chosen(say)
    with tempfile.TemporaryDirectory(prefix="scene-corpus-") as folder:
        bundle = Path(folder, "bundle.zip")
        recorded, abandoned = asyncio.run(record(stories, lives, bundle, say))
        say("recorded")
        pack(TODAY, bundle, recorded, abandoned)
        missing = required() - taken_in(Corpus(Path(folder)))
    for each in sorted(map(line, missing)):
        say(f"missing: {each}")
    say(f"{TODAY}: {TODAY.stat().st_size:,} bytes; {len(missing)} features are missing")
    return 1 if missing else 0


if __name__ == "__main__":
    leave(main())
