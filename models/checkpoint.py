"""The checkpoint log: what is said of every chain (scenes, refusals, directories, funds, quotas), and what is signed.

A leaf names a chain's head. Leaves only follow one another; a checkpoint says by one hash, the root of the tree over
the first `size` leaves, what they all were. Whoever keeps a checkpoint can tell later whether anything before it
was changed.
"""

from datetime import date
from hashlib import sha256
from typing import Literal, get_args

from pydantic import Field

from .canonical import canonical
from .frozen import Frozen
from .journal import Algorithm
from .text import Digest, Moment

ChainKind = Literal["scene", "refusal", "directory", "fund", "quota"]
CHAIN_KINDS: tuple[ChainKind, ...] = get_args(ChainKind)
"""Refusals are chained for each scene, directories, funds and quotas for each city."""
FIRST = "0" * 64
"""What the first checkpoint names as the one before it."""


class LogLeaf(Frozen):
    """The chain of `stream` ends in entry `sequence`, whose hash is `head` by `algorithm`."""

    kind: ChainKind
    stream: str
    sequence: int
    head: Digest
    algorithm: Algorithm

    @property
    def text(self) -> bytes:
        """What its hash in the tree is computed over."""
        return canonical(self)


class LoggedLeaf(Frozen):
    """A leaf in its place: `index` counts from 0; `hash` is RFC 6962's over its text, in hexadecimal digits."""

    index: int
    leaf: LogLeaf
    hash: str


class Handover(Frozen):
    """What the old key signs when it gives way to a new one, as canonical JSON: both raw public keys (Ed25519, hex).

    `after` is the number of the last checkpoint under the old key, `previous` its digest; 0 and FIRST where there is
    none.
    """

    kind: Literal["key-handover"] = "key-handover"
    old_key: Digest
    new_key: Digest
    at: Moment
    after: int
    previous: Digest

    @property
    def text(self) -> bytes:
        return canonical(self)

    @property
    def old(self) -> str:
        """The old key's fingerprint."""
        return sha256(bytes.fromhex(self.old_key)).hexdigest()

    @property
    def new(self) -> str:
        """The new key's fingerprint."""
        return sha256(bytes.fromhex(self.new_key)).hexdigest()


class SignedHandover(Frozen):
    """`signature` is the old key's, in hexadecimal digits."""

    handover: Handover
    signature: str


class Checkpoint(Frozen):
    """What is signed, as canonical JSON. `root` is RFC 6962's (SHA-256) over the first `size` leaves.

    `day` is the day, by the city's time, that this is the one checkpoint of; None where a person asked for it.
    `previous` is the digest of the checkpoint before, `key` the SHA-256 of the raw public key that signs. The first
    one under a new key says by `handover` that the old key gave way to it.
    """

    kind: Literal["checkpoint"] = "checkpoint"
    tree: Literal["rfc6962-sha256"] = "rfc6962-sha256"
    number: int
    size: int
    root: Digest
    at: Moment
    day: date | None
    previous: Digest
    key: Digest
    handover: SignedHandover | None = Field(None, exclude_if=lambda value: value is None)

    @property
    def text(self) -> bytes:
        return canonical(self)

    @property
    def digest(self) -> str:
        return sha256(self.text).hexdigest()


class Unreadable(Frozen):
    """What stands in the log where a leaf or a checkpoint should, and is neither."""

    problem: str


class SignedCheckpoint(Frozen):
    """`public_key` (Ed25519, raw) and `signature` in hexadecimal digits.

    `consistency` stands in a log that is given away without its leaves: the proof from the checkpoint before.
    """

    checkpoint: Checkpoint
    public_key: str
    signature: str
    consistency: tuple[Digest, ...] | None = Field(None, exclude_if=lambda value: value is None)


LogItem = LoggedLeaf | SignedCheckpoint | Unreadable
"""A log is a sequence of these: the leaves of a checkpoint, then the checkpoint."""
