"""Checkpoint logs made in memory: chains that grow, keys from a seed, and copies as an auditor keeps them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.checkpoints import Checkpoints, OpenLog
from audit.handovers import logged
from audit.signing import KeyFile
from models.checkpoint import CHAIN_KINDS, ChainKind, LoggedLeaf, LogItem, LogLeaf, SignedCheckpoint, SignedHandover

BEGAN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class MemoryLog:
    """Stands in for `storage.checkpoints.SqlCheckpoints`, over chains that `grow` makes longer."""

    def __init__(self) -> None:
        self.items: list[LogItem] = []
        self.heads: dict[tuple[ChainKind, str], tuple[int, str]] = {}

    def grow(self, kind: ChainKind, stream: str, by: int = 1, content: str = "") -> None:
        sequence, head = self.heads.get((kind, stream), (0, ""))
        for _ in range(by):
            sequence, head = sequence + 1, sha256(f"{head}{content}{sequence}".encode()).hexdigest()
        self.heads[kind, stream] = (sequence, head)

    def add(self, make: Callable[[OpenLog], SignedCheckpoint]) -> SignedCheckpoint:
        return make(self)

    def last(self) -> SignedCheckpoint | None:
        return next((each for each in reversed(self.items) if isinstance(each, SignedCheckpoint)), None)

    def of_day(self, day: date) -> SignedCheckpoint | None:
        signed = (each for each in self.items if isinstance(each, SignedCheckpoint))
        return next((each for each in signed if each.checkpoint.day == day), None)

    def leaves(self) -> list[LoggedLeaf]:
        return [each for each in self.items if isinstance(each, LoggedLeaf)]

    def hashes(self) -> Iterable[str]:
        return [each.hash for each in self.leaves()]

    def grown(self) -> Iterable[LogLeaf]:
        logged = {(each.leaf.kind, each.leaf.stream): each.leaf.sequence for each in self.leaves()}
        for (kind, stream), (sequence, head) in sorted(self.heads.items()):
            if sequence > logged.get((kind, stream), 0):
                yield LogLeaf(kind=kind, stream=stream, sequence=sequence, head=head, algorithm="sha256")

    def handovers(self) -> Iterable[SignedHandover]:
        return logged(each for each in self.items if isinstance(each, SignedCheckpoint))

    def append(self, leaves: Sequence[LoggedLeaf], signed: SignedCheckpoint) -> None:
        self.items += [*leaves, signed]


def key(folder: Path, seed: int) -> KeyFile:
    """Always the same for a seed."""
    file = folder / f"key-{seed}.pem"
    private = Ed25519PrivateKey.from_private_bytes(sha256(str(seed).encode()).digest())
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return KeyFile(file)


def days(log: MemoryLog, signer: KeyFile, count: int, chance: Random, content: str = "") -> None:
    """So many days, each with its checkpoint: scenes and other chains grow by chance, on some days none does."""
    last = log.last()
    at = last.checkpoint.at if last else BEGAN
    for _ in range(count):
        at += timedelta(days=1)
        for _ in range(chance.choice((0, 1, 2, 3, 5))):
            kind = chance.choices(CHAIN_KINDS, (6, 2, 1, 1, 1))[0]
            log.grow(kind, f"YC-2026-{chance.randrange(6):03}", chance.randint(1, 4), content)
        Checkpoints(log, signer).of_the_day(at)
