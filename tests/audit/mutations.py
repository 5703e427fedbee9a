"""What can be done to a log, by hand and with knowledge: each done at random, with the place where it must show.

Three who do it: one who changes lines, one who also makes the leaves' hashes and numbers fit, and one who also makes
roots, links and signatures fit, with a key of his own or, as an insider, with the office's.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from audit.log import Log, LogDiffers, verified
from audit.merkle import Tree, leaf_hash
from audit.signing import KeyFile, fingerprint
from models.checkpoint import FIRST, LoggedLeaf, LogItem, SignedCheckpoint
from tests.audit.logs import MemoryLog, days, key

Items = list[LogItem]
HEX = "0123456789abcdef"


@dataclass(frozen=True)
class Case:
    """`held` items are the auditor's copy of the true log; all of it was true when it was given out."""

    truth: Items
    held: int
    office: KeyFile
    stranger: KeyFile


@dataclass(frozen=True)
class Mutation:
    name: str
    items: Items
    first: int
    """The first place that is not as it was."""


@dataclass(frozen=True)
class Verdict:
    """`found` is None where nothing was noticed."""

    mutation: Mutation
    found: LogDiffers | None
    at: int
    right_place: bool


def case(folder: Path, chance: Random) -> Case:
    office, stranger = key(folder, 1), key(folder, 2)
    log = MemoryLog()
    days(log, office, chance.randint(3, 12), chance)
    held = len(log.items)
    days(log, office, chance.randint(0, 5), chance)
    return Case(log.items, held, office, stranger)


def mutation(of: Case, chance: Random, name: str | None = None) -> Mutation:
    """One that can be noticed at all: what an insider writes after the copy was given out is simply the log."""
    while True:
        chosen = name or chance.choice(list(MUTATIONS))
        items = MUTATIONS[chosen](of, chance)
        if items is None or (first := _first_difference(of.truth, items)) is None:
            continue
        signed_by_office = chosen in ("roll_back", "swap_scenes_signed", "edit_signed")
        cut_at_a_checkpoint = items == of.truth[: len(items)] and len(items) >= of.held
        if first < of.held or not (signed_by_office or (cut_at_a_checkpoint and _ends_signed(items))):
            return Mutation(chosen, items, first)


def judge(of: Case, done: Mutation) -> Verdict:
    """Whether the check names the very first place; after the copy's end, one no later than the next checkpoint."""
    copy = verified(of.truth[: of.held])
    taken = 0

    def counted() -> Iterator[LogItem]:
        nonlocal taken
        for item in done.items:
            taken += 1
            yield item
        taken += 1

    found: LogDiffers | None = None
    try:
        verified(counted(), held=copy)
    except LogDiffers as differs:
        found = differs
    at = taken - 1
    return Verdict(done, found, at, found is not None and _is_right(of, done, found, at, copy))


def _is_right(of: Case, done: Mutation, found: LogDiffers, at: int, copy: Log) -> bool:
    if done.first < of.held:
        return at == done.first and (found.part, found.number) == _named(of.truth, done.first)
    after = [
        place for place, item in enumerate(done.items) if place >= done.first and isinstance(item, SignedCheckpoint)
    ]
    return done.first <= at <= (after[0] if after else len(done.items))


def _named(items: Items, place: int) -> tuple[str, int]:
    signed = sum(isinstance(each, SignedCheckpoint) for each in items[:place])
    return ("checkpoint", signed + 1) if isinstance(items[place], SignedCheckpoint) else ("leaf", place - signed)


def _first_difference(truth: Items, items: Items) -> int | None:
    for place, (one, other) in enumerate(zip(truth, items, strict=False)):
        if one != other:
            return place
    return None if len(truth) == len(items) else min(len(truth), len(items))


def _ends_signed(items: Items) -> bool:
    return not items or isinstance(items[-1], SignedCheckpoint)


def _spoilt(digits: str, chance: Random) -> str:
    place = chance.randrange(len(digits))
    other = chance.choice([each for each in HEX if each != digits[place]])
    return digits[:place] + other + digits[place + 1 :]


def _edited(item: LogItem, chance: Random) -> LogItem:
    if isinstance(item, LoggedLeaf):
        changes = chance.choice(
            (
                {"leaf": item.leaf.model_copy(update={"head": _spoilt(item.leaf.head, chance)})},
                {"leaf": item.leaf.model_copy(update={"sequence": item.leaf.sequence + chance.choice((-1, 1, 7))})},
                {"leaf": item.leaf.model_copy(update={"stream": f"{item.leaf.stream}0"})},
                {"leaf": item.leaf.model_copy(update={"kind": "fund" if item.leaf.kind == "scene" else "scene"})},
                {"hash": _spoilt(item.hash, chance)},
                {"index": item.index + chance.choice((-1, 1))},
            )
        )
        return item.model_copy(update=changes)
    assert isinstance(item, SignedCheckpoint)
    checkpoint = item.checkpoint
    of_the_text = {
        "root": _spoilt(checkpoint.root, chance),
        "size": checkpoint.size + chance.choice((-1, 1)),
        "at": checkpoint.at + timedelta(seconds=chance.choice((-1, 1))),
        "previous": _spoilt(checkpoint.previous, chance),
        "number": checkpoint.number + chance.choice((-1, 1)),
        "day": None,
        "key": _spoilt(checkpoint.key, chance),
    }
    name = chance.choice([*of_the_text, "public_key", "signature"])
    if name in of_the_text:
        return item.model_copy(update={"checkpoint": checkpoint.model_copy(update={name: of_the_text[name]})})
    return item.model_copy(update={name: _spoilt(getattr(item, name), chance)})


def _fitting(items: Items, signer: KeyFile | None = None, since: int = 0) -> Items:
    """Hashes and numbers made to fit; with a signer also the checkpoints from place `since` on."""
    tree, made, before = Tree(), [], None
    for place, item in enumerate(items):
        fits: LogItem = item
        if isinstance(item, LoggedLeaf):
            hash_ = leaf_hash(item.leaf.text)
            fits = item.model_copy(update={"index": tree.size, "hash": hash_.hex()})
            tree.append(hash_)
        elif isinstance(item, SignedCheckpoint):
            if signer is not None and place >= since:
                fits = _resigned(item, signer, before, tree)
            before = fits
        made.append(fits)
    return made


def _resigned(item: SignedCheckpoint, signer: KeyFile, before: LogItem | None, tree: Tree) -> SignedCheckpoint:
    earlier = before.checkpoint if isinstance(before, SignedCheckpoint) else None
    public = signer.public()
    checkpoint = item.checkpoint.model_copy(
        update={
            "number": earlier.number + 1 if earlier else 1,
            "previous": earlier.digest if earlier else FIRST,
            "size": tree.size,
            "root": tree.root().hex(),
            "key": fingerprint(public),
        }
    )
    return SignedCheckpoint(
        checkpoint=checkpoint, public_key=public.hex(), signature=signer.sign(checkpoint.text).hex()
    )


def _edit(of: Case, chance: Random) -> Items:
    items, place = list(of.truth), chance.randrange(len(of.truth))
    items[place] = _edited(items[place], chance)
    return items


def _edit_fitting(of: Case, chance: Random) -> Items:
    return _fitting(_edit(of, chance))


def _edit_signed(of: Case, chance: Random) -> Items:
    return _fitting(_edit(of, chance), of.office)


def _delete(of: Case, chance: Random) -> Items:
    items = list(of.truth)
    del items[chance.randrange(len(items))]
    return items


def _delete_fitting(of: Case, chance: Random) -> Items:
    return _fitting(_delete(of, chance))


def _insert(of: Case, chance: Random) -> Items:
    items = list(of.truth)
    item = chance.choice(items)
    items.insert(chance.randint(0, len(items)), chance.choice((item, _edited(item, chance))))
    return items


def _insert_fitting(of: Case, chance: Random) -> Items:
    return _fitting(_insert(of, chance))


def _reorder(of: Case, chance: Random) -> Items:
    items = list(of.truth)
    one, other = chance.randrange(len(items)), chance.randrange(len(items))
    items[one], items[other] = items[other], items[one]
    return items


def _reorder_fitting(of: Case, chance: Random) -> Items:
    return _fitting(_reorder(of, chance))


def _truncate(of: Case, chance: Random) -> Items:
    return of.truth[: chance.randrange(len(of.truth))]


def _roll_back(of: Case, chance: Random) -> Items:
    return _another_history(of, chance, of.office)


def _roll_back_by_a_stranger(of: Case, chance: Random) -> Items:
    return _another_history(of, chance, of.stranger)


def _another_history(of: Case, chance: Random, signer: KeyFile) -> Items:
    """A backup is put back, and other entries follow: shorter or longer than what was there."""
    ends = [0, *(place + 1 for place, item in enumerate(of.truth) if isinstance(item, SignedCheckpoint))]
    log = MemoryLog()
    log.items = of.truth[: chance.choice(ends)]
    for item in log.items:
        if isinstance(item, LoggedLeaf):
            log.heads[item.leaf.kind, item.leaf.stream] = (item.leaf.sequence, item.leaf.head)
    days(log, signer, chance.randint(1, 8), chance, content="another")
    return log.items


def _swap_scenes(of: Case, chance: Random) -> Items | None:
    places = [place for place, item in enumerate(of.truth) if isinstance(item, LoggedLeaf)]
    if len(places) < 2:
        return None
    items = list(of.truth)
    chosen = chance.sample(places, 2)
    one, other = (items[place] for place in chosen)
    assert isinstance(one, LoggedLeaf)
    assert isinstance(other, LoggedLeaf)
    for place, item, takes in ((chosen[0], one, other), (chosen[1], other, one)):
        named = {"kind": takes.leaf.kind, "stream": takes.leaf.stream}
        items[place] = item.model_copy(update={"leaf": item.leaf.model_copy(update=named)})
    return items


def _swap_scenes_fitting(of: Case, chance: Random) -> Items | None:
    swapped = _swap_scenes(of, chance)
    return swapped and _fitting(swapped)


def _swap_scenes_signed(of: Case, chance: Random) -> Items | None:
    swapped = _swap_scenes(of, chance)
    return swapped and _fitting(swapped, of.office)


def _another_key(of: Case, chance: Random) -> Items:
    """From a checkpoint on, all are signed with a key of somebody's own; the leaves stay as they are."""
    return _fitting(deepcopy(of.truth), of.stranger, chance.randrange(len(of.truth)))


MUTATIONS: dict[str, Callable[[Case, Random], Items | None]] = {
    "edit": _edit,
    "edit_fitting": _edit_fitting,
    "edit_signed": _edit_signed,
    "delete": _delete,
    "delete_fitting": _delete_fitting,
    "insert": _insert,
    "insert_fitting": _insert_fitting,
    "reorder": _reorder,
    "reorder_fitting": _reorder_fitting,
    "truncate": _truncate,
    "roll_back": _roll_back,
    "roll_back_by_a_stranger": _roll_back_by_a_stranger,
    "swap_scenes": _swap_scenes,
    "swap_scenes_fitting": _swap_scenes_fitting,
    "swap_scenes_signed": _swap_scenes_signed,
    "another_key": _another_key,
}
