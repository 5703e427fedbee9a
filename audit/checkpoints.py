"""Making a checkpoint: what grew since the last one becomes leaves, and the root over all leaves is signed.

Nothing is signed over a log that was changed: all leaves are hashed together anew, and must give the root that was
signed last. A chain that was changed in the ledger stops nothing: its logged head stays, as the evidence that it was
another.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from activities.checkpoint import NotMade
from audit import handovers
from audit.merkle import Tree, leaf_hash
from audit.signing import KeyFile, NoKey, fingerprint, verify
from models.checkpoint import FIRST, Checkpoint, LoggedLeaf, LogLeaf, SignedCheckpoint, SignedHandover
from rules.deadlines import BEIJING


class OpenLog(Protocol):
    """`storage.checkpoints.OpenLog`."""

    def last(self) -> SignedCheckpoint | None: ...
    def of_day(self, day: date) -> SignedCheckpoint | None: ...
    def hashes(self) -> Iterable[str]: ...
    def grown(self) -> Iterable[LogLeaf]: ...
    def handovers(self) -> Iterable[SignedHandover]: ...
    def append(self, leaves: Sequence[LoggedLeaf], signed: SignedCheckpoint) -> None: ...


class Store(Protocol):
    """`storage.checkpoints.SqlCheckpoints`."""

    def of_day(self, day: date) -> SignedCheckpoint | None: ...
    def add(self, make: Callable[[OpenLog], SignedCheckpoint]) -> SignedCheckpoint: ...


class Checkpoints:
    """Implements `activities.checkpoint.Checkpoints`."""

    def __init__(self, store: Store, key: KeyFile) -> None:
        self._store = store
        self._key = key

    def of_the_day(self, at: datetime) -> SignedCheckpoint:
        """The one of the day of `at`, by the city's time; made where there is none. Raises NotMade."""
        try:
            there = self._store.of_day(at.astimezone(BEIJING).date())
        except ValueError as error:
            raise _unreadable(error) from None
        return there or self._made(at, daily=True)

    def now(self, at: datetime) -> SignedCheckpoint:
        """One more. Raises NotMade."""
        return self._made(at, daily=False)

    def _made(self, at: datetime, *, daily: bool) -> SignedCheckpoint:
        try:
            key = self._key.read()
        except NoKey as problem:
            raise NotMade("no_audit_key", str(problem)) from None

        def make(log: OpenLog) -> SignedCheckpoint:
            try:
                before, given_up = log.last(), {each.handover.old for each in log.handovers()}
            except ValueError as error:
                raise _unreadable(error) from None
            # Two machines' clocks may differ by a moment; the log's time does not go back.
            moment = max(at, before.checkpoint.at) if before else at
            day = moment.astimezone(BEIJING).date() if daily else None
            if day is not None and (there := log.of_day(day)) is not None:
                return there
            if key.fingerprint() in given_up:
                # On another machine the old key may still lie; what it signed now, no auditor would accept.
                raise NotMade("key_given_up", "this key gave way to another")
            tree = _as_signed(log, before)
            leaves = []
            for leaf in log.grown():
                hash_ = leaf_hash(leaf.text)
                leaves.append(LoggedLeaf(index=tree.size, leaf=leaf, hash=hash_.hex()))
                tree.append(hash_)
            checkpoint = Checkpoint(
                number=before.checkpoint.number + 1 if before else 1,
                size=tree.size,
                root=tree.root().hex(),
                at=moment,
                day=day,
                previous=before.checkpoint.digest if before else FIRST,
                key=key.fingerprint(),
                handover=handovers.for_checkpoint(self._key, key, before),
            )
            signature = key.sign(checkpoint.text).hex()
            signed = SignedCheckpoint(checkpoint=checkpoint, public_key=key.public().hex(), signature=signature)
            log.append(leaves, signed)
            return signed

        return self._store.add(make)


def _unreadable(error: ValueError) -> NotMade:
    return NotMade("log_changed", f"a checkpoint cannot be read: {str(error).splitlines()[0]}")


def _as_signed(log: OpenLog, before: SignedCheckpoint | None) -> Tree:
    """The tree of all leaves. Raises NotMade where it is not what was signed last."""
    try:
        tree = Tree(bytes.fromhex(each) for each in log.hashes())
    except ValueError as error:
        raise NotMade("log_changed", f"a leaf's hash cannot be read: {error}") from None
    if before is None:
        if tree.size:
            raise NotMade("log_changed", "there are leaves and no checkpoint")
        return tree
    checkpoint = before.checkpoint
    if (tree.size, tree.root().hex()) != (checkpoint.size, checkpoint.root):
        raise NotMade("log_changed", f"the leaves are not those of checkpoint {checkpoint.number}")
    try:
        public, signature = bytes.fromhex(before.public_key), bytes.fromhex(before.signature)
    except ValueError:
        public = signature = b""
    if fingerprint(public) != checkpoint.key or not verify(public, checkpoint.text, signature):
        raise NotMade("log_changed", f"checkpoint {checkpoint.number} is not what was signed")
    return tree
