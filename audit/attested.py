"""That a scene's entries stood so when a checkpoint was signed: made for a bundle, and checked from it alone.

not_checkpointed    no checkpoint covers the scene yet
later_entries       a checkpoint covers its first entries; the later ones wait for the next
after_the_copy      the auditor's copy of the log ends before the checkpoint
shorter             the auditor's copy knows later entries of a scene that went on, or later refusals: the bundle is
                    older, or was cut
unknown_key         nobody said that the key which signed the checkpoint is to be trusted
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from audit import handovers, signing
from audit.bundle import HANDOVERS, Bundle, NotABundle, checkpoint_path
from audit.evidence import SceneEvidence
from audit.findings import Check, Deviation, Fact, Finding, finding
from audit.log import Log, verified
from audit.merkle import Tree, included, leaf_hash
from models.checkpoint import LoggedLeaf, LogItem, LogLeaf, SignedCheckpoint, SignedHandover
from models.frozen import Frozen
from models.journal import Link
from models.text import Digest
from storage.checkpoints import SqlCheckpoints


class Attested(Frozen):
    """`path` leads from the leaf, the `index`-th, to the checkpoint's root (RFC 6962)."""

    leaf: LogLeaf
    index: int
    path: tuple[Digest, ...]
    signed: SignedCheckpoint


class Attestor:
    """Finds the leaf of a scene in the log; the tree is kept until there is another checkpoint."""

    def __init__(self, store: SqlCheckpoints) -> None:
        self._store = store
        self._last: SignedCheckpoint | None = None
        self._tree = Tree()

    def of(self, scene: str, upto: int) -> Attested | None:
        """The latest of the entries up to `upto`; None where no checkpoint covers any.

        A log that was changed proves nothing: the doctor names it, and no checkpoint is signed over it.
        """
        try:
            last = self._store.last()
            if last is None:
                return None
            if last != self._last:
                self._tree = Tree(map(bytes.fromhex, self._store.hashes()))
                self._last = last
            size = last.checkpoint.size
            if self._tree.size < size or self._tree.root(size).hex() != last.checkpoint.root:
                return None
            logged = self._store.newest_leaf("scene", scene, size, upto)
        except ValueError:
            return None
        if logged is None:
            return None
        path = tuple(each.hex() for each in self._tree.inclusion(logged.index, size))
        return Attested(leaf=logged.leaf, index=logged.index, path=path, signed=last)

    def keys(self) -> frozenset[str]:
        """The fingerprints that signed checkpoints."""
        return frozenset(each.checkpoint.key for each in self._store.readable())

    def handovers(self) -> tuple[SignedHandover, ...]:
        return handovers.logged(self._store.readable())


@dataclass
class Copy:
    """The log that an auditor keeps, checked; `leaves` are those of scenes and refusals, by kind and stream."""

    log: Log
    leaves: dict[tuple[str, str], list[LogLeaf]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return self.log.last.size if self.log.last else 0


def copy_of(items: Iterable[LogItem], trusted: frozenset[str]) -> Copy:
    """Raises audit.log.LogDiffers."""
    leaves: dict[tuple[str, str], list[LogLeaf]] = {}

    def noted() -> Iterator[LogItem]:
        for item in items:
            if isinstance(item, LoggedLeaf):
                leaves.setdefault((item.leaf.kind, item.leaf.stream), []).append(item.leaf)
            yield item

    return Copy(verified(noted(), trusted), leaves)


class Keyring:
    """Which keys an auditor accepts: those he trusts, those that his copy of the log is signed with, and those that
    one of them gave way to."""

    def __init__(self, trusted: frozenset[str], statements: Sequence[SignedHandover], copy: Copy | None) -> None:
        self._copied = copy.log.handovers if copy else ()
        self.trusted = trusted | (copy.log.keys if copy else frozenset())
        self.statements = statements

    @property
    def asked_for(self) -> bool:
        """Whether anybody said which keys are to be trusted."""
        return bool(self.trusted)

    def way(self, key: str) -> tuple[SignedHandover, ...] | None:
        """How a key is reached; None where it is not."""
        return handovers.way((*self._copied, *self.statements), self.trusted, key)

    def vouched(self, key: str, by: str) -> bool:
        """Whether `key` gave way to `by`: what was signed with it before is the same office's."""
        return handovers.way((*self._copied, *self.statements), (key,), by) is not None

    def wrong(self) -> Iterator[Deviation]:
        """Statements that nobody signed who could, and those that the copy has otherwise."""
        for each in handovers.forged(self.statements):
            yield Deviation(what="handover", part=HANDOVERS, recorded=each.handover.new, at=each.handover.old)
        copied = {each.handover.old: each.handover.new for each in self._copied}
        for each in self.statements:
            expected = copied.get(each.handover.old, each.handover.new)
            if expected != each.handover.new:
                yield Deviation(
                    what="not_the_copy", part=HANDOVERS, at=each.handover.old, recorded=each.handover.new,
                    expected=expected,
                )  # fmt: skip


def keyring(bundle: Bundle, trusted: frozenset[str], copy: Copy | None) -> Keyring:
    """Raises NotABundle for statements that can not be read."""
    statements = []
    if HANDOVERS in bundle:
        for number, line in bundle.lines(HANDOVERS):
            try:
                statements.append(SignedHandover.model_validate_json(line))
            except ValidationError as error:
                raise NotABundle(f"{HANDOVERS}: line {number}: {error.errors()[0]['msg']}") from error
    return Keyring(trusted, statements, copy)


def checkpointed(scene: SceneEvidence, bundle: Bundle, keys: Keyring, signer: str, copy: Copy | None) -> Finding:
    """Whether the scene's head stood under a checkpoint; `signer` is the fingerprint that signed the bundle."""
    wrong: list[Deviation] = []
    notes: set[str] = set()
    facts: tuple[Fact, ...] = ()
    covered = covered_by = 0
    part = checkpoint_path(scene.scene)
    if part in bundle:
        try:
            attested = Attested.model_validate_json(bundle.read(part))
        except (ValidationError, NotABundle) as error:
            wrong.append(Deviation(what="unreadable", part=part, recorded=str(error)[:300]))
        else:
            wrong += (each.model_copy(update={"part": part}) for each in _of_the_part(scene, attested, keys, signer))
            covered, covered_by = attested.leaf.sequence, attested.signed.checkpoint.size
            facts = (_fact(attested.leaf.sequence, attested.signed.checkpoint.number, attested.signed.checkpoint.at),)
            if not keys.asked_for:
                notes.add("unknown_key")
            if copy is not None:
                wrong += _against(copy, attested, part, notes)
    if copy is not None:
        held = [*_held(copy, "scene", scene.scene, scene.lines), *_held(copy, "refusal", scene.scene, scene.refusals)]
        wrong += held
        if (cut := _cut(copy, scene, covered_by)) is not None:
            wrong.append(cut)
        elif any(each.sequence > len(scene.refusals) for each in copy.leaves.get(("refusal", scene.scene), ())):
            notes.add("shorter")
        known = [each.sequence for each in copy.leaves.get(("scene", scene.scene), ())]
        if not held:
            covered = max([covered, *(each for each in known if each <= len(scene.lines))])
        if known and known[-1] > len(scene.lines):
            if scene.part.closed:
                wrong.append(Deviation(what="length", sequence=len(scene.lines), recorded=len(scene.lines),
                                       expected=known[-1]))  # fmt: skip
            else:
                notes.add("shorter")
    if covered < max(len(scene.lines), 1):
        notes.add("later_entries" if covered else "not_checkpointed")
    made = finding(Check.CHECKPOINT, scene.scene, wrong, covered, tuple(sorted(notes)))
    return made.model_copy(update={"facts": facts})


def _of_the_part(scene: SceneEvidence, attested: Attested, keys: Keyring, signer: str) -> Iterator[Deviation]:
    leaf, checkpoint = attested.leaf, attested.signed.checkpoint
    if (leaf.kind, leaf.stream) != ("scene", scene.scene):
        yield Deviation(what="other_scene", recorded=f"{leaf.kind} {leaf.stream}", expected=f"scene {scene.scene}")
    line = scene.line_of.get(leaf.sequence)
    if line is None:
        yield Deviation(what="length", sequence=leaf.sequence, recorded=len(scene.lines), expected=leaf.sequence)
    elif line.hash != leaf.head:
        yield Deviation(what="head", sequence=leaf.sequence, recorded=line.hash, expected=leaf.head)
    path, root = [bytes.fromhex(each) for each in attested.path], bytes.fromhex(checkpoint.root)
    if not included(leaf_hash(leaf.text), attested.index, checkpoint.size, path, root):
        yield Deviation(what="inclusion", sequence=leaf.sequence, at=f"checkpoint {checkpoint.number}")
    try:
        public, signature = bytes.fromhex(attested.signed.public_key), bytes.fromhex(attested.signed.signature)
    except ValueError:
        public = signature = b""
    if signing.fingerprint(public) != checkpoint.key or not signing.verify(public, checkpoint.text, signature):
        yield Deviation(what="signature", at=f"checkpoint {checkpoint.number}")
    elif checkpoint.key != signer and not keys.vouched(checkpoint.key, signer) and keys.way(checkpoint.key) is None:
        yield Deviation(what="other_key", recorded=checkpoint.key, expected=signer)


def _against(copy: Copy, attested: Attested, part: str, notes: set[str]) -> Iterator[Deviation]:
    checkpoint = attested.signed.checkpoint
    if copy.log.last is None or checkpoint.number > copy.log.last.number:
        notes.add("after_the_copy")
    elif (
        mine := copy.log.checkpoints[checkpoint.number - 1].checkpoint if checkpoint.number > 0 else None
    ) != checkpoint:
        yield Deviation(
            what="not_the_copy", part=part, at=f"checkpoint {checkpoint.number}", recorded=checkpoint.digest,
            expected=mine.digest if mine else None,
        )  # fmt: skip


def _held(copy: Copy, kind: str, stream: str, lines: Sequence[Link]) -> Iterator[Deviation]:
    """Every head of a chain that the copy has, against what stands there in the bundle."""
    hashes = {each.sequence: each.hash for each in lines}
    for leaf in copy.leaves.get((kind, stream), ()):
        if leaf.sequence in hashes and hashes[leaf.sequence] != leaf.head:
            yield Deviation(
                what="not_the_copy", sequence=leaf.sequence, at=kind, recorded=hashes[leaf.sequence], expected=leaf.head
            )


def _cut(copy: Copy, scene: SceneEvidence, size: int) -> Deviation | None:
    """Refusals that stood under the checkpoint which the bundle itself carries, and are not in it. Those of later may
    have come after the bundle was made: of a closed scene as well."""
    of = ("refusal", scene.scene)
    places = (place for place, name in enumerate(copy.log.names) if name == of)
    known = [leaf.sequence for place, leaf in zip(places, copy.leaves.get(of, ()), strict=False) if place < size]
    if not known or known[-1] <= len(scene.refusals):
        return None
    recorded = len(scene.refusals)
    return Deviation(what="length", sequence=recorded, at="refusal", recorded=recorded, expected=known[-1])


def _fact(sequence: int, number: int, at: datetime) -> Fact:
    return Fact(what="checkpoint", values={"sequence": str(sequence), "number": str(number), "day": handovers.day(at)})


def by_handover(steps: Sequence[SignedHandover]) -> tuple[Fact, ...]:
    return tuple(Fact(what="handover", values={"day": handovers.day(each.handover.at)}) for each in steps)
