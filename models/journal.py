"""The unit of truth: a journal entry. And the chain that makes a lost or changed entry show.

The chain's hash is a pure function of the algorithm, the previous hash and the entry's canonical text. The time at
which an entry was recorded is not part of it, so the chain is the same at any batching.
"""

import hashlib
from typing import Literal

from .canonical import canonical
from .commands import Command
from .events import SceneEvent
from .frozen import Frozen
from .text import Moment

Algorithm = Literal["sha256"]
ALGORITHM: Algorithm = "sha256"
GENESIS = "0" * 64
"""The hash before the first entry of a stream."""


class JournalEntry(Frozen):
    """One act or alarm: what caused it, when it was entered, under which rules, and what happened, in order applied."""

    sequence: int
    at: Moment
    command: Command
    events: tuple[SceneEvent, ...]
    policy: str
    calendar: str


class Link(Frozen):
    """One link of a chain as it stands: `hash` is made over the algorithm, `previous` and `text`."""

    sequence: int
    algorithm: str
    previous: str
    hash: str
    text: str


def link(algorithm: Algorithm, previous: str, text: bytes) -> str:
    """The chain's next hash over an entry's canonical text (`models.canonical.canonical(entry)`)."""
    digest = hashlib.new(algorithm)
    digest.update(f"{algorithm}\n{previous}\n".encode())
    digest.update(text)
    return digest.hexdigest()


def chain(previous: str, entries: tuple[JournalEntry, ...]) -> str:
    """The head after `entries`."""
    for entry in entries:
        previous = link(ALGORITHM, previous, canonical(entry))
    return previous
