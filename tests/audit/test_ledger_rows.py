"""Whatever is done to the rows of the ledger shows. Ten thousand: `python -m tests.benchmarks.ledger`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from audit.checkpoints import Checkpoints
from models.recording import RECORD_ENTRIES, RecordBatch
from storage.checkpoints import SqlCheckpoints
from storage.database import engine_for
from storage.ledger import SqlLedger
from tests.audit.ledger_rows import KINDS, Done, Ledger
from tests.audit.logs import key
from tests.scenario import Play, city, of_narrow_pools

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
CASES = 4


def lived(engine: Engine, folder: Path) -> Engine:
    """Six scenes, some at their beginning, some grown up, and a checkpoint over all of them."""
    policy, ledger = of_narrow_pools(city("盐城市")), SqlLedger(engine)
    # Two scenes with the same acts at the same moments would have the same chain: no two begin together.
    begun = [NOW + timedelta(minutes=number) for number in range(6)]
    plays = [Play(policy, scene=f"YC-2026-{number:04}", now=now) for number, now in enumerate(begun, start=1)]
    for number, play in enumerate(plays):
        (play.submit, play.to_consultation, lambda play=play: play.to_running("甲公司"))[number % 3]()
        for at in range(0, len(play.journal), RECORD_ENTRIES):
            batch = RecordBatch(stream=play.scene, entries=tuple(play.journal[at : at + RECORD_ENTRIES]))
            ledger.record(batch, build="0.1.0+0", rules="0", now=NOW)
    Checkpoints(SqlCheckpoints(engine), key(folder, 1)).now(NOW)
    return engine


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Ledger:
    folder = tmp_path_factory.mktemp("rows")
    (folder / "scene.db").write_bytes(sqlite_template.read_bytes())
    return Ledger(lived(engine_for(f"sqlite:///{folder}/scene.db"), folder))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_shows_where_it_was_done(of: Ledger, kind: str) -> None:
    for seed in range(CASES):
        done = KINDS[kind](of, Random(f"{kind} {seed}"))  # noqa: S311  # the same every time
        verdict = of.judged(done)
        assert verdict.noticed, (seed, done.streams, done.first)
        assert verdict.named, (seed, done.streams, done.first)


def test_what_was_undone_leaves_no_trace(of: Ledger) -> None:
    stream = next(iter(of.rows))
    rows = of.rows[stream]
    for kind in KINDS.values():
        of.judged(kind(of, Random(1)))  # noqa: S311
    assert not of.judged(Done((stream,), [dict(row) for row in rows], 1)).noticed
