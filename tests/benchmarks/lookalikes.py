"""How long the duplicate check takes among many scenes: `python -m tests.benchmarks.lookalikes [SCENES]`."""

import json
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Engine, create_engine, text

from models.policy import NO_LOOKALIKE_RULES
from runtime.policy_files import load_city
from similarity.lookalikes import Corpus
from storage.database import migrate
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from tests.scenario import ROOT, Play
from tests.similarity.quality import labelled
from tests.storage.journals import record, rows

SCENES = 10_000


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else SCENES
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'scene.db'}"
        migrate(url)
        engine = create_engine(url)
        _fill(engine, wanted)
        began = perf_counter()
        applications = LedgerReads(engine).applications()
        read = perf_counter()
        corpus = Corpus(NO_LOOKALIKE_RULES, applications.items())
        known = perf_counter()
        found = corpus.like(applications["S-0"], itself="S-0", least=NO_LOOKALIKE_RULES.propose_from)
        asked = perf_counter()
        engine.dispose()
    print(
        f"{len(applications)} scenes: read {read - began:.2f} s, words {known - read:.2f} s, compared "
        f"{asked - known:.2f} s, {asked - began:.2f} s in all; {len(found)} are alike"
    )


def _fill(engine: Engine, wanted: int) -> None:
    """Copies of one recorded scene, each with a need of three sentences of different applications."""
    record(SqlLedger(engine), Play(load_city(ROOT / "policies", "盐城市"), scene="S").submit())
    scene, entry = rows(engine, "scene")[0], next(row for row in rows(engine, "entry") if row["sequence"] == 1)
    chance = random.Random(0)  # noqa: S311  # the same scenes every time
    written = (*labelled().rewritten, *labelled().new)
    scenes, entries = [], []
    for number in range(wanted):
        chosen = chance.sample(written, 3)
        content = json.loads(entry["text"])
        content["command"]["act"]["application"] |= {
            "name": chosen[0].name,
            "need": "".join(each.need for each in chosen),
        }
        scenes.append({**scene, "scene": f"S-{number}"})
        entries.append({**entry, "stream": f"S-{number}", "text": json.dumps(content, ensure_ascii=False)})
    with engine.begin() as connection:
        for table, copies in (("scene", scenes), ("entry", entries)):
            columns = ", ".join(copies[0])
            places = ", ".join(f":{name}" for name in copies[0])
            connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), copies)  # noqa: S608


if __name__ == "__main__":
    main()
