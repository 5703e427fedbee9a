"""A key gives way to another: who trusts the old one follows, and whoever forges a statement is named."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from activities.checkpoint import NotMade
from audit import handovers
from audit.checkpoints import Checkpoints
from audit.handovers import HandoverWaits, hand_over, holds, way
from audit.log import LogDiffers, lines, read, verified, without_leaves
from audit.signing import KeyFile, NoKey
from models.checkpoint import FIRST, Handover, SignedCheckpoint, SignedHandover
from storage.checkpoints import SqlCheckpoints
from storage.ledger import SqlLedger
from tests.audit.logs import BEGAN, MemoryLog, days, key
from tests.scenario import Play
from tests.storage.journals import NOW, record

LATER = BEGAN + timedelta(days=40)


def grown(log: MemoryLog, office: KeyFile, count: int = 3) -> None:
    days(log, office, count, Random(5))  # noqa: S311  # the same every time


@pytest.fixture
def office(tmp_path: Path) -> KeyFile:
    return key(tmp_path, 1)


@pytest.fixture
def changed(office: KeyFile) -> tuple[MemoryLog, str, str]:
    """A log in which the key changed after three days; the old and the new fingerprint."""
    log, old = MemoryLog(), office.fingerprint()
    grown(log, office)
    hand_over(office, log.last(), LATER)
    grown(log, office)
    return log, old, office.fingerprint()


def checkpoints_of(log: MemoryLog) -> list[SignedCheckpoint]:
    return [each for each in log.items if isinstance(each, SignedCheckpoint)]


def with_handover(log: MemoryLog, office: KeyFile, given: SignedHandover | None) -> MemoryLog:
    """The log as it would be if checkpoint 4, and those after it, said `given`, signed with the key of now."""
    other = MemoryLog()
    previous = FIRST
    for item in log.items:
        if isinstance(item, SignedCheckpoint):
            update: dict[str, object] = {"previous": previous}
            if item.checkpoint.number == 4:
                update["handover"] = given
            checkpoint = item.checkpoint.model_copy(update=update)
            signature = item.signature if checkpoint == item.checkpoint else office.sign(checkpoint.text).hex()
            item = item.model_copy(update={"checkpoint": checkpoint, "signature": signature})
            previous = checkpoint.digest
        other.items.append(item)
    return other


def test_who_trusts_the_old_key_follows_to_the_new_one(changed: tuple[MemoryLog, str, str]) -> None:
    log, old, new = changed
    found = verified(log.items, frozenset({old}))
    assert found.keys == {old, new}
    assert [each.handover.new for each in found.handovers] == [new]
    assert [each.checkpoint.handover is not None for each in checkpoints_of(log)] == [
        False, False, False, True, False, False,
    ]  # fmt: skip
    assert verified(read(lines(log.items)), frozenset({old})).last == found.last
    assert verified(without_leaves(found), frozenset({old})).last == found.last
    assert verified(log.items).last == found.last, "without any trust the first key is the office's"
    earlier = verified(log.items[: log.items.index(checkpoints_of(log)[2]) + 1])
    assert verified(log.items, held=earlier).last == found.last


def test_a_new_key_without_a_word_of_the_old_one_is_not_followed(tmp_path: Path, office: KeyFile) -> None:
    log = MemoryLog()
    grown(log, office)
    grown(log, key(tmp_path, 2))
    with pytest.raises(LogDiffers, match="checkpoint 4: key"):
        verified(log.items, frozenset({office.fingerprint()}))


def test_what_the_old_key_signs_after_it_gave_way_is_refused(
    changed: tuple[MemoryLog, str, str], tmp_path: Path
) -> None:
    log, old, new = changed
    (tmp_path / "apart").mkdir()
    before = key(tmp_path / "apart", 1)
    with pytest.raises(NotMade, match="gave way") as refused:
        Checkpoints(log, before).now(LATER)
    assert refused.value.code == "key_given_up"
    log.handovers = tuple  # type: ignore[method-assign]  # a machine that does not look
    Checkpoints(log, before).now(LATER)
    with pytest.raises(LogDiffers, match="checkpoint 7: key"):
        verified(log.items, frozenset({old, new}))


@pytest.mark.parametrize("forgery", ["unsigned", "of_a_stranger", "to_another", "elsewhere", "removed", "garbled"])
def test_a_forged_handover_is_refused_and_named(
    changed: tuple[MemoryLog, str, str], office: KeyFile, tmp_path: Path, forgery: str
) -> None:
    log, old, _ = changed
    honest = checkpoints_of(log)[3].checkpoint.handover
    assert honest is not None
    (tmp_path / "apart").mkdir()
    stranger, before = key(tmp_path, 9), key(tmp_path / "apart", 1)
    assert before.fingerprint() == old

    def signed(by: KeyFile, **update: object) -> SignedHandover:
        handover = honest.handover.model_copy(update=update)
        return SignedHandover(handover=handover, signature=by.sign(handover.text).hex())

    given = {
        "unsigned": signed(stranger),
        "of_a_stranger": signed(stranger, old_key=stranger.public().hex()),
        "to_another": signed(before, new_key=stranger.public().hex()),
        "elsewhere": signed(before, previous="a" * 64),
        "removed": None,
        "garbled": honest.model_copy(update={"signature": "zz"}),
    }[forgery]
    forged = with_handover(log, office, given)
    with pytest.raises(LogDiffers) as differs:
        verified(forged.items, frozenset({old}))
    assert str(differs.value) == ("checkpoint 4: key" if given is None else "checkpoint 4: handover")


def test_two_statements_that_name_different_keys_lead_nowhere(office: KeyFile, tmp_path: Path) -> None:
    old, thief = office.read(), key(tmp_path, 7)
    given, _ = hand_over(office, None, BEGAN)
    stolen = Handover(old_key=old.public().hex(), new_key=thief.public().hex(), at=BEGAN, after=0, previous=FIRST)
    other = SignedHandover(handover=stolen, signature=old.sign(stolen.text).hex())
    assert holds(other)
    assert way([given], [old.fingerprint()], office.fingerprint()) == (given,)
    assert way([given, other], [old.fingerprint()], office.fingerprint()) is None
    assert way([given, other], [old.fingerprint()], thief.fingerprint()) is None


def test_a_way_leads_over_several_keys_and_ends(office: KeyFile) -> None:
    log, first = MemoryLog(), office.fingerprint()
    given = []
    for _ in range(3):
        grown(log, office, 1)
        given.append(hand_over(office, log.last(), LATER)[0])
    grown(log, office, 1)
    assert way(given[::-1], [first], office.fingerprint()) == tuple(given)
    assert way(given, [office.fingerprint()], first) is None, "no way back"
    assert way(given, [first], "0" * 64) is None
    assert way([], [first], first) == way(given, [first, office.fingerprint()], office.fingerprint()) == ()
    assert len(verified(log.items, frozenset({first})).handovers) == 3


def test_a_key_that_signed_nothing_yet_can_not_give_way(office: KeyFile) -> None:
    log = MemoryLog()
    grown(log, office)
    hand_over(office, log.last(), LATER)
    with pytest.raises(HandoverWaits):
        hand_over(office, log.last(), LATER)
    grown(log, office, 1)
    hand_over(office, log.last(), LATER)


def test_before_the_first_checkpoint_a_key_gives_way_once(office: KeyFile) -> None:
    log, old = MemoryLog(), office.fingerprint()
    hand_over(office, None, BEGAN)
    with pytest.raises(HandoverWaits):
        hand_over(office, None, BEGAN)
    grown(log, office)
    assert verified(log.items, frozenset({old})).keys == {office.fingerprint()}
    assert verified(log.items).last is not None


def test_without_a_key_there_is_nothing_to_hand_over(tmp_path: Path) -> None:
    with pytest.raises(NoKey):
        hand_over(KeyFile(tmp_path / "none.pem"), None, BEGAN)


@pytest.mark.parametrize("step", ["make", "_keep", "link", "replace"])
def test_a_handover_that_is_cut_short_leaves_the_old_key_and_can_be_done_again(
    office: KeyFile, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("no space left")

    log, old = MemoryLog(), office.fingerprint()
    office.file.chmod(0o600)
    grown(log, office)
    target = {"make": "audit.signing.KeyFile.make", "_keep": "audit.handovers._keep",
              "link": "audit.handovers.os.link", "replace": "pathlib.Path.replace"}[step]  # fmt: skip
    monkeypatch.setattr(target, fails)
    with pytest.raises(OSError, match="no space"):
        hand_over(office, log.last(), LATER)
    monkeypatch.undo()
    assert office.fingerprint() == old
    grown(log, office, 1)
    assert checkpoints_of(log)[-1].checkpoint.handover is None
    given, retired = hand_over(office, log.last(), LATER)
    assert KeyFile(retired).fingerprint() == old
    assert retired.stat().st_mode & 0o077 == office.file.stat().st_mode & 0o077 == 0
    grown(log, office, 1)
    assert verified(log.items, frozenset({old})).handovers == (given,)


def test_the_statement_stands_in_both_databases(
    checkpoints: Checkpoints, store: SqlCheckpoints, office: KeyFile, ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    record(ledger, play)
    old = office.fingerprint()
    checkpoints.of_the_day(NOW)
    given, retired = hand_over(office, store.last(), NOW)
    checkpoints.now(NOW)
    assert handovers.logged(store.all()) == (given,)
    assert verified(store.items(), frozenset({old})).handovers == (given,)
    with pytest.raises(NotMade, match="gave way"):
        Checkpoints(store, KeyFile(retired)).now(NOW)
