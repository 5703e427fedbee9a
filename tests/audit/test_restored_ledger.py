"""A lost ledger that is made again from the histories is the evidence that it was."""

import zipfile
from pathlib import Path

from audit.bundle import LedgerLine, history_path, ledger_path
from client.from_archives import restore
from storage.database import engine_for
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from tests.audit.conftest import NOW, Kept


def test_entries_keep_the_build_that_recorded_them(kept: Kept, tmp_path: Path, sqlite_template: Path) -> None:
    """Another version restores it: an audit that compares ledger and histories must not take that for tampering."""
    ended = kept.scenes[1]
    with zipfile.ZipFile(kept.bundle) as bundle:
        history = bundle.read(history_path(ended, 1)).decode()
        lines = [LedgerLine.model_validate_json(line) for line in bundle.read(ledger_path(ended)).splitlines()]
    (tmp_path / "scene.db").write_bytes(sqlite_template.read_bytes())
    engine = engine_for(f"sqlite:///{tmp_path}/scene.db")
    restore(SqlLedger(engine), ended, [history], build="9.9.9+000000000000", rules="other", now=NOW)
    restored = LedgerReads(engine).entries(ended)
    assert [(each.hash, each.build, each.rules) for each in restored] == [
        (line.hash, line.build, line.rules) for line in lines
    ]
