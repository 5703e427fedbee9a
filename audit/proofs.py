"""The proof that a chain stood so when a checkpoint was signed: its entries, the leaf of its head, the way to the root.

A file of this is enough to check one scene: whoever trusts the key, or holds the checkpoint, needs nothing else of us.
"""

import json
from typing import Literal, get_args

from pydantic import Field

from audit import handovers, signing
from audit.merkle import included, leaf_hash
from models.checkpoint import LogLeaf, SignedCheckpoint, SignedHandover
from models.frozen import Frozen
from models.journal import GENESIS, Algorithm, link
from models.text import Digest

ProofFault = Literal["entries", "head", "inclusion", "key", "signature", "not_the_copy", "handover"]


class ProofFails(Exception):
    """The proof does not hold; `sequence` is the first entry that is not in its place, of the fault `entries`."""

    def __init__(self, fault: ProofFault, sequence: int | None = None) -> None:
        super().__init__(fault if sequence is None else f"{fault}: {sequence}")
        self.fault = fault
        self.sequence = sequence


class ProvenEntry(Frozen):
    """`text` is what the chain's hash is computed over, by `algorithm`."""

    sequence: int
    algorithm: str
    text: str


class Proof(Frozen):
    """`entries` are the whole chain up to the leaf's head; `path` leads from the leaf to the checkpoint's root.

    `handovers` are how the office's keys gave way to one another.
    """

    kind: Literal["inclusion"] = "inclusion"
    leaf: LogLeaf
    index: int
    path: tuple[Digest, ...]
    signed: SignedCheckpoint
    entries: tuple[ProvenEntry, ...]
    handovers: tuple[SignedHandover, ...] = Field((), exclude_if=lambda value: not value)


def verify(
    proof: Proof, trusted: frozenset[str] = frozenset(), held: SignedCheckpoint | None = None
) -> tuple[SignedHandover, ...]:
    """How a trusted key gave way to the one that signed: empty where it did itself.

    Raises ProofFails. Without `trusted` fingerprints the key is taken as it is; `held` is the auditor's own copy.
    """
    checkpoint = proof.signed.checkpoint
    if held is not None and held.checkpoint != checkpoint:
        raise ProofFails("not_the_copy")
    try:
        public, signature = bytes.fromhex(proof.signed.public_key), bytes.fromhex(proof.signed.signature)
    except ValueError:
        raise ProofFails("signature") from None
    if handovers.forged(proof.handovers):
        raise ProofFails("handover")
    steps = handovers.way(proof.handovers, trusted, checkpoint.key) if trusted else ()
    if signing.fingerprint(public) != checkpoint.key or steps is None:
        raise ProofFails("key")
    if not signing.verify(public, checkpoint.text, signature):
        raise ProofFails("signature")
    path, root = [bytes.fromhex(each) for each in proof.path], bytes.fromhex(checkpoint.root)
    if not included(leaf_hash(proof.leaf.text), proof.index, checkpoint.size, path, root):
        raise ProofFails("inclusion")
    if head_of(proof.entries) != proof.leaf.head or len(proof.entries) != proof.leaf.sequence:
        raise ProofFails("head")
    return steps


def head_of(entries: tuple[ProvenEntry, ...]) -> str:
    """The hash in which the chain ends. Raises ProofFails for an entry that is not the next one."""
    head = GENESIS
    for expected, entry in enumerate(entries, start=1):
        algorithm = next((known for known in get_args(Algorithm) if known == entry.algorithm), None)
        if entry.sequence != expected or algorithm is None or _numbered(entry.text) not in (None, expected):
            raise ProofFails("entries", expected)
        head = link(algorithm, head, entry.text.encode())
    return head


def _numbered(text: str) -> object:
    """The number that an entry gives itself; refusals and directories give none."""
    try:
        content = json.loads(text)
    except ValueError:
        return 0
    return (
        content.get("sequence") if isinstance(content, dict) and "command" in content and "events" in content else None
    )
