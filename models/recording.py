"""What travels between a workflow and the ledger."""

from pydantic import Field

from .frozen import Frozen
from .journal import JournalEntry

RECORD_ENTRIES = 100
RECORD_BYTES = 512 * 1024
"""The largest batch: above 2 MiB a payload freezes its workflow."""


class RecordBatch(Frozen):
    """Consecutive entries of one stream."""

    stream: str
    entries: tuple[JournalEntry, ...]


class GivenNumber(Frozen):
    """The `ordinal` that the `place`-th document of an entry got in its series of the year."""

    sequence: int
    place: int
    ordinal: int


class Recorded(Frozen):
    """The ledger's answer stands in the history: chain head, which build and rules wrote it, numbers of documents."""

    stream: str
    sequence: int
    head: str
    algorithm: str
    build: str
    rules: str
    documents: tuple[GivenNumber, ...] = Field((), exclude_if=lambda given: not given)
