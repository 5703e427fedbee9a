"""What travels between a workflow and the ledger."""

from .frozen import Frozen
from .journal import JournalEntry

RECORD_ENTRIES = 100
RECORD_BYTES = 512 * 1024
"""The largest batch: above 2 MiB a payload freezes its workflow."""


class RecordBatch(Frozen):
    """Consecutive entries of one stream."""

    stream: str
    entries: tuple[JournalEntry, ...]


class Recorded(Frozen):
    """The ledger's answer stands in the history: chain head, and which build and rules wrote it."""

    stream: str
    sequence: int
    head: str
    algorithm: str
    build: str
    rules: str
