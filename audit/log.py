"""A copy of the checkpoint log, checked by itself and against an earlier copy: nothing of ours is trusted but the key.

The log in a file is one JSON object a line, in the log's order: the leaves, then the checkpoint over them. A log
without leaves names no scene; its checkpoints carry the proofs that each continues the one before.

What is wrong is named at its first place. Against an earlier copy that is the first leaf or checkpoint that is not as
the copy has it. By itself, a leaf that was changed together with its hash only shows at the checkpoint that covers it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Literal, NoReturn

from pydantic import BaseModel, ValidationError

from audit import signing
from audit.handovers import holds, logged
from audit.merkle import EMPTY_ROOT, Tree, consistent, leaf_hash
from models.canonical import canonical
from models.checkpoint import (
    FIRST,
    ChainKind,
    Checkpoint,
    LoggedLeaf,
    LogItem,
    SignedCheckpoint,
    SignedHandover,
    Unreadable,
)
from models.refusal import Language
from rules.deadlines import BEIJING

Part = Literal["leaf", "checkpoint"]
Fault = Literal[
    "unreadable", "missing", "out_of_place", "not_the_copy", "changed", "went_back", "unsigned", "key", "signature",
    "chain", "time", "size", "root", "consistency", "handover",
]  # fmt: skip
FAULTS: dict[Fault, tuple[str, str]] = {
    "unreadable": ("无法读取", "cannot be read"),
    "missing": ("缺失", "is missing"),
    "out_of_place": ("不在应在的位置", "is not in its place"),
    "not_the_copy": ("与留存的副本不同", "is not as the copy has it"),
    "changed": ("内容与其哈希不符", "is not what its hash says"),
    "went_back": ("序号没有增长，该链曾被回退", "goes back: its chain was longer before"),
    "unsigned": ("没有检查点涵盖，系事后添加", "stands under no checkpoint: it was added"),
    "key": ("由未获信任的密钥签名", "is signed with a key that is not trusted"),
    "handover": ("的密钥交接声明不成立", "has a handover of keys that does not hold"),
    "signature": ("签名不符", "is not what was signed"),
    "chain": ("未衔接前一检查点", "does not follow the one before"),
    "time": ("时间早于前一检查点，或一日有两个", "is earlier than the one before, or the second of its day"),
    "size": ("涵盖的链头数不符", "covers another number of leaves"),
    "root": ("树根与其前的链头不符", "has another root than the leaves before it"),
    "consistency": ("不是前一检查点的延续", "does not continue the one before"),
}


class LogDiffers(Exception):
    """The first place where a log is not what it should be; `number` counts leaves from 0, checkpoints from 1."""

    def __init__(self, part: Part, number: int, fault: Fault, of: tuple[ChainKind, str] | None = None) -> None:
        super().__init__(f"{part} {number}: {fault}")
        self.part = part
        self.number = number
        self.fault = fault
        self.kind: ChainKind | None = of[0] if of else None
        self.stream: str | None = of[1] if of else None

    def text(self, language: Language) -> str:
        zh, en = FAULTS[self.fault]
        if self.part == "checkpoint":
            return f"第 {self.number} 号检查点{zh}" if language == "zh" else f"checkpoint {self.number} {en}"
        of = f" ({self.kind} {self.stream})" if self.stream is not None else ""
        return f"日志第 {self.number} 号链头{of}{zh}" if language == "zh" else f"leaf {self.number}{of} {en}"


@dataclass
class Log:
    """A log that was checked. `short` has no leaves: then `tree` and `names` are empty."""

    tree: Tree = field(default_factory=Tree)
    names: list[tuple[ChainKind, str]] = field(default_factory=list)
    checkpoints: list[SignedCheckpoint] = field(default_factory=list)
    short: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """The fingerprints that signed it."""
        return frozenset(each.checkpoint.key for each in self.checkpoints)

    @property
    def handovers(self) -> tuple[SignedHandover, ...]:
        """How one key gave way to another."""
        return logged(self.checkpoints)

    @property
    def last(self) -> Checkpoint | None:
        return self.checkpoints[-1].checkpoint if self.checkpoints else None


def verified(items: Iterable[LogItem], trusted: frozenset[str] = frozenset(), held: Log | None = None) -> Log:
    """The log, if every leaf and checkpoint of it holds, and what `held` (an earlier copy) has is in it unchanged.

    Signatures are accepted of the keys with the fingerprints `trusted`, and those of the copy. Where there are neither,
    the first checkpoint's key is taken for the office's: only the fingerprint that the office gave out can tell. A key
    that gives way to another by a signed statement vouches for it, and is accepted no more.

    Raises LogDiffers.
    """
    check = _Check(trusted | (held.keys if held else frozenset()), held)
    for item in items:
        match item:
            case LoggedLeaf():
                check.leaf(item)
            case SignedCheckpoint():
                check.checkpoint(item)
            case Unreadable():
                check.fails_where_it_is("unreadable")
    check.end()
    return check.log


class _Check:
    def __init__(self, trusted: frozenset[str], held: Log | None) -> None:
        self.log = Log()
        self._trusted = trusted
        self._held = held
        self._sequences: dict[tuple[ChainKind, str], int] = {}

    def leaf(self, item: LoggedLeaf) -> None:
        index, hash_, of = self.log.tree.size, leaf_hash(item.leaf.text), (item.leaf.kind, item.leaf.stream)
        if (copy := self._in_the_copy()) is not None and self._held is not None:
            if copy.checkpoint.size == index:
                self._checkpoint_fails("missing")
            if not self._held.short and (self._held.tree.leaf(index) != hash_ or item.hash != hash_.hex()):
                raise LogDiffers("leaf", index, "not_the_copy", self._held.names[index])
        if item.index != index:
            raise LogDiffers("leaf", index, "out_of_place", of)
        if item.hash != hash_.hex():
            raise LogDiffers("leaf", index, "changed", of)
        if item.leaf.sequence <= self._sequences.get(of, 0):
            raise LogDiffers("leaf", index, "went_back", of)
        self._sequences[of] = item.leaf.sequence
        self.log.tree.append(hash_)
        self.log.names.append(of)

    def checkpoint(self, item: SignedCheckpoint) -> None:
        log, checkpoint = self.log, item.checkpoint
        if not log.checkpoints:
            log.short = item.consistency is not None and not log.tree.size
            by = checkpoint.handover
            self._trusted = self._trusted or frozenset((by.handover.old if by else checkpoint.key,))
        if (copy := self._in_the_copy()) is not None:
            if not log.short and log.tree.size < copy.checkpoint.size:
                self._leaf_is_missing()
            if _signed_alike(item) != _signed_alike(copy):
                self._checkpoint_fails("not_the_copy")
        self._signature(item)
        before = log.last
        if checkpoint.number != len(log.checkpoints) + 1:
            self._checkpoint_fails("out_of_place")
        if checkpoint.previous != (before.digest if before else FIRST):
            self._checkpoint_fails("chain")
        if not self._is_in_time(checkpoint):
            self._checkpoint_fails("time")
        if log.short:
            self._continues(before, item)
        else:
            self._covers(checkpoint)
        log.checkpoints.append(item)

    def end(self) -> None:
        """What the copy has more, and what stands under no checkpoint."""
        log = self.log
        if (copy := self._in_the_copy()) is not None:
            if not log.short and log.tree.size < copy.checkpoint.size:
                self._leaf_is_missing()
            self._checkpoint_fails("missing")
        covered = log.last.size if log.last else 0
        if not log.short and log.tree.size > covered:
            raise LogDiffers("leaf", covered, "unsigned", log.names[covered])

    def fails_where_it_is(self, fault: Fault) -> NoReturn:
        copy = self._in_the_copy()
        if self.log.short or (copy is not None and copy.checkpoint.size == self.log.tree.size):
            self._checkpoint_fails(fault)
        raise LogDiffers("leaf", self.log.tree.size, fault)

    def _in_the_copy(self) -> SignedCheckpoint | None:
        """The copy's next checkpoint."""
        done = len(self.log.checkpoints)
        return self._held.checkpoints[done] if self._held and done < len(self._held.checkpoints) else None

    def _checkpoint_fails(self, fault: Fault) -> NoReturn:
        raise LogDiffers("checkpoint", len(self.log.checkpoints) + 1, fault)

    def _leaf_is_missing(self) -> NoReturn:
        index = self.log.tree.size
        known = self._held is not None and index < len(self._held.names)
        raise LogDiffers("leaf", index, "missing", self._held.names[index] if known and self._held else None)

    def _signature(self, item: SignedCheckpoint) -> None:
        public, signature = _bytes(item.public_key), _bytes(item.signature)
        if (given := item.checkpoint.handover) is not None:
            if not self._follows(given, item.checkpoint.key):
                self._checkpoint_fails("handover")
            self._trusted = self._trusted - {given.handover.old} | {given.handover.new}
        if item.checkpoint.key not in self._trusted or signing.fingerprint(public) != item.checkpoint.key:
            self._checkpoint_fails("key")
        if not signing.verify(public, item.checkpoint.text, signature):
            self._checkpoint_fails("signature")

    def _follows(self, given: SignedHandover, key: str) -> bool:
        """By the key that signed so far, which is trusted, to the one that signs now, at a place that this log has."""
        handover, log = given.handover, self.log
        if handover.after == 0:
            previous = FIRST
        elif handover.after <= len(log.checkpoints):
            previous = log.checkpoints[handover.after - 1].checkpoint.digest
        else:
            return False
        return (
            holds(given)
            and handover.old in self._trusted
            and handover.new == key
            and (log.last is None or log.last.key == handover.old)
            and handover.previous == previous
        )

    def _is_in_time(self, checkpoint: Checkpoint) -> bool:
        days = (each.checkpoint.day for each in reversed(self.log.checkpoints))
        last_day = next((day for day in days if day is not None), None)
        if checkpoint.day is not None and (
            checkpoint.day != checkpoint.at.astimezone(BEIJING).date()
            or (last_day is not None and checkpoint.day <= last_day)
        ):
            return False
        return checkpoint.at >= (self.log.last.at if self.log.last else datetime.min.replace(tzinfo=UTC))

    def _covers(self, checkpoint: Checkpoint) -> None:
        tree = self.log.tree
        if checkpoint.size > tree.size:
            self._leaf_is_missing()
        if checkpoint.size < tree.size:
            self._checkpoint_fails("size")
        if tree.root().hex() != checkpoint.root:
            self._checkpoint_fails("root")

    def _continues(self, before: Checkpoint | None, item: SignedCheckpoint) -> None:
        size, root = (before.size, bytes.fromhex(before.root)) if before else (0, EMPTY_ROOT)
        path = [bytes.fromhex(each) for each in item.consistency or ()]
        if not consistent(size, item.checkpoint.size, root, bytes.fromhex(item.checkpoint.root), path):
            self._checkpoint_fails("consistency")


def _signed_alike(item: SignedCheckpoint) -> tuple[bytes, str, str]:
    return item.checkpoint.text, item.public_key, item.signature


def _bytes(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def lines(items: Iterable[LogItem]) -> Iterator[bytes]:
    """A log as the lines of a file. What could not be read is left out: a check names the place."""
    for item in items:
        if not isinstance(item, Unreadable):
            yield canonical(item) + b"\n"


def read(content: Iterable[bytes]) -> Iterator[LogItem]:
    """The lines of a file as a log; a line that is neither a leaf nor a checkpoint is given as unreadable."""
    for line in content:
        model: type[BaseModel] = SignedCheckpoint if line.startswith(b'{"checkpoint"') else LoggedLeaf
        try:
            item = model.model_validate_json(line)
        except ValidationError as error:
            yield Unreadable(problem=str(error).splitlines()[0])
            continue
        if isinstance(item, LoggedLeaf | SignedCheckpoint):
            # Another spelling of the same is not what was given out, and could hide a second value of one key.
            readable = line.rstrip(b"\r\n") == canonical(item)
            yield item if readable else Unreadable(problem="is not in canonical form")


def without_leaves(log: Log) -> Iterator[SignedCheckpoint]:
    """The log as it may be given to who must not see the names of scenes."""
    sizes = chain((0,), (each.checkpoint.size for each in log.checkpoints))
    for size, each in zip(sizes, log.checkpoints, strict=False):
        path = tuple(node.hex() for node in log.tree.consistency(size, each.checkpoint.size))
        yield each.model_copy(update={"consistency": path})
