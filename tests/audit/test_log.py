"""Copies of the log as files, and what each kind of fault is called."""

from pathlib import Path
from random import Random

import pytest

from audit.log import Log, LogDiffers, lines, read, verified, without_leaves
from audit.signing import KeyFile
from models.checkpoint import LoggedLeaf, SignedCheckpoint
from tests.audit.logs import MemoryLog, days, key


@pytest.fixture
def office(tmp_path: Path) -> KeyFile:
    return key(tmp_path, 1)


@pytest.fixture
def log(office: KeyFile) -> MemoryLog:
    made = MemoryLog()
    days(made, office, 9, Random(3))  # noqa: S311  # the same every time
    return made


def refused(log: list[bytes], held: Log | None = None) -> str:
    with pytest.raises(LogDiffers) as differs:
        verified(read(log), held=held)
    assert differs.value.text("zh") != differs.value.text("en")
    return str(differs.value)


def test_a_file_says_what_the_log_says(log: MemoryLog) -> None:
    assert list(read(lines(log.items))) == log.items
    assert verified(read(lines(log.items))).last == log.items[-1].checkpoint  # type: ignore[union-attr]


def test_a_copy_without_leaves_names_nobody_and_proves_that_each_checkpoint_continues_the_last(log: MemoryLog) -> None:
    whole = verified(log.items)
    short = list(lines(without_leaves(whole)))
    assert len(short) == 9
    assert b"YC-2026" not in b"".join(short)
    checked = verified(read(short))
    assert (checked.short, checked.last) == (True, whole.last)
    assert verified(log.items, held=checked).last == whole.last
    assert verified(read(short), held=verified(read(short[:4]))).last == whole.last
    assert verified(read(short), held=whole).last == whole.last


def test_a_copy_without_leaves_shows_a_checkpoint_that_does_not_continue_the_last(
    log: MemoryLog, office: KeyFile
) -> None:
    other = MemoryLog()
    days(other, office, 9, Random(4))  # noqa: S311  # the same every time
    forged = list(without_leaves(verified(log.items)))
    theirs = next(each for each in reversed(list(without_leaves(verified(other.items)))))
    previous = forged[-2].checkpoint
    checkpoint = theirs.checkpoint.model_copy(update={"previous": previous.digest, "at": forged[-1].checkpoint.at})
    forged[-1] = theirs.model_copy(update={"checkpoint": checkpoint, "signature": office.sign(checkpoint.text).hex()})
    assert refused(list(lines(forged))) in ("checkpoint 9: consistency", "checkpoint 9: time")
    spoilt = list(without_leaves(verified(log.items)))
    spoilt[5] = spoilt[5].model_copy(update={"consistency": ("0" * 64,)})
    assert refused(list(lines(spoilt))) == "checkpoint 6: consistency"


def test_each_fault_has_its_name_and_place(log: MemoryLog, tmp_path: Path) -> None:
    written = list(lines(log.items))
    leaf = next(place for place, item in enumerate(log.items) if isinstance(item, LoggedLeaf))
    first = next(place for place, item in enumerate(log.items) if isinstance(item, SignedCheckpoint))
    assert refused([*written[:leaf], b"{}\n", *written[leaf + 1 :]]) == "leaf 0: unreadable"
    assert refused([*written[:leaf], b" " + written[leaf], *written[leaf + 1 :]]) == "leaf 0: unreadable"
    assert refused([*written[:leaf], *written[leaf + 1 :]]) in ("leaf 0: out_of_place", "leaf 0: missing")
    assert refused([*written[:first], *written[first + 1 :]]) == "checkpoint 1: out_of_place"
    assert refused(written[:-1] + [each for each in written if b'"leaf"' in each][:1]).endswith("out_of_place")
    copy = verified(log.items)
    assert refused(written[:-1], copy) == "checkpoint 9: missing"
    assert refused([], copy).endswith("missing")
    stranger = MemoryLog()
    days(stranger, key(tmp_path, 2), 9, Random(3))  # noqa: S311  # the same every time
    with pytest.raises(LogDiffers, match="checkpoint 1: key"):
        verified(stranger.items, copy.keys)


def test_a_chain_that_was_put_back_shows_by_its_sequences_alone(office: KeyFile) -> None:
    log = MemoryLog()
    log.grow("scene", "A", 5)
    days(log, office, 1, Random(1))  # noqa: S311  # the same every time
    del log.heads["scene", "A"]
    log.grow("scene", "A", 3, content="another")
    log.grown = lambda: [  # type: ignore[method-assign]  # a store that does not look
        LoggedLeaf.model_validate(log.leaves()[0]).leaf.model_copy(
            update={"sequence": 3, "head": log.heads["scene", "A"][1]}
        )
    ]
    days(log, office, 1, Random(1))  # noqa: S311  # the same every time
    with pytest.raises(LogDiffers, match="went_back"):
        verified(log.items)
