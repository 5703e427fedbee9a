"""Putting a played journal into a ledger, whole or in pieces, and reaching past the ledger to spoil it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, text

from activities.ledger import LedgerPort
from models.journal import JournalEntry
from models.recording import RecordBatch, Recorded
from tests.scenario import Play

NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
BUILD, RULES = "1.0+abc", "r" * 64


def write(ledger: LedgerPort, stream: str, entries: Sequence[JournalEntry]) -> Recorded:
    return ledger.record(RecordBatch(stream=stream, entries=tuple(entries)), build=BUILD, rules=RULES, now=NOW)


def record(ledger: LedgerPort, play: Play, *cuts: int) -> Recorded:
    """The whole journal, in batches that end after the entries `cuts`."""
    ends = sorted({0, *cuts, len(play.journal)})
    return [write(ledger, play.scene, play.journal[first:last]) for first, last in pairwise(ends)][-1]


def rows(engine: Engine, table: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608
        return sorted((dict(row) for row in found), key=repr)


def spoil(engine: Engine, table: str, statement: str, **values: object) -> None:
    """Changes what is append-only, as somebody with the database's own rights could."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        else:
            for act in ("update", "delete", "replace"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_refuses_{act}"))
        connection.execute(text(statement), values)
