"""Checkpoints over the real chains, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from activities.checkpoint import NotMade
from audit.checkpoints import Checkpoints
from audit.log import LogDiffers, verified
from audit.signing import KeyFile
from models.checkpoint import FIRST
from models.refusal import Refused
from storage.checkpoints import SqlCheckpoints
from storage.ledger import SqlLedger
from storage.refusals import RefusalLedger
from tests.scenario import Play
from tests.storage.journals import NOW, record, rows, spoil, write

DAY = timedelta(days=1)


def streams(store: SqlCheckpoints) -> list[tuple[str, str, int]]:
    tree = [item for item in store.items() if not hasattr(item, "checkpoint")]
    return [(each.leaf.kind, each.leaf.stream, each.leaf.sequence) for each in tree]  # type: ignore[union-attr]


def test_a_checkpoint_logs_the_heads_of_the_chains_that_grew_and_no_others(
    checkpoints: Checkpoints, store: SqlCheckpoints, ledger: SqlLedger, engine: Engine, play: Play, tmp_path: Path
) -> None:
    write(ledger, play.scene, play.journal[:2])
    first = checkpoints.of_the_day(NOW)
    RefusalLedger(engine, tmp_path / "spool").record(play.scene, None, Refused("malformed", problem="x"), NOW)
    recorded = record(ledger, play)
    second = checkpoints.of_the_day(NOW + DAY)

    assert streams(store) == [
        ("scene", play.scene, 2), ("scene", play.scene, len(play.journal)), ("refusal", play.scene, 1),
    ]  # fmt: skip
    assert [each.checkpoint.size for each in store.all()] == [1, 3]
    assert (first.checkpoint.previous, second.checkpoint.previous) == (FIRST, first.checkpoint.digest)
    newest = store.newest_leaf("scene", play.scene, 3)
    assert newest is not None
    assert newest.leaf.head == recorded.head
    log = verified(store.items())
    assert log.tree.root().hex() == second.checkpoint.root
    assert store.differing() == ()


def test_a_day_on_which_nothing_happened_has_its_checkpoint_too(
    checkpoints: Checkpoints, store: SqlCheckpoints, ledger: SqlLedger, play: Play
) -> None:
    record(ledger, play)
    for days in range(3):
        checkpoints.of_the_day(NOW + days * DAY)
    assert {each.checkpoint.root for each in store.all()} == {store.all()[0].checkpoint.root}
    assert len(verified(store.items()).checkpoints) == 3


def test_a_day_of_the_city_has_exactly_one_however_often_and_by_how_many_it_is_asked_for(
    checkpoints: Checkpoints, store: SqlCheckpoints
) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(checkpoints.of_the_day, [NOW] * 12))
    assert len(set(made)) == len(store.all()) == 1
    midnight = NOW.replace(hour=16, minute=0)  # in China the next day begins
    assert checkpoints.of_the_day(midnight - timedelta(seconds=1)) == made[0]
    assert checkpoints.of_the_day(midnight).checkpoint.number == 2
    asked = checkpoints.now(midnight).checkpoint
    assert (asked.number, asked.day) == (3, None)
    verified(store.items())


def test_a_clock_that_goes_back_makes_no_log_that_goes_back(checkpoints: Checkpoints, store: SqlCheckpoints) -> None:
    first = checkpoints.of_the_day(NOW)
    assert checkpoints.of_the_day(NOW - DAY) == first
    assert checkpoints.now(NOW - DAY).checkpoint.at == NOW
    verified(store.items())


def test_without_a_key_nothing_is_written(store: SqlCheckpoints, engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotMade, match="is not there") as refused:
        Checkpoints(store, KeyFile(tmp_path / "none.pem")).of_the_day(NOW)
    assert refused.value.code == "no_audit_key"
    assert rows(engine, "log_leaf") == rows(engine, "checkpoint") == []


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("log_leaf", "UPDATE log_leaf SET hash = replace(hash, substr(hash, 1, 1), 'x')"),
        ("log_leaf", "UPDATE log_leaf SET hash = head"),
        ("log_leaf", "DELETE FROM log_leaf"),
        ("checkpoint", "DELETE FROM checkpoint"),
        ("checkpoint", "UPDATE checkpoint SET text = replace(text, '2026', '2025')"),
        ("checkpoint", "UPDATE checkpoint SET text = '{}'"),
        ("checkpoint", "UPDATE checkpoint SET signature = 'none'"),
        ("checkpoint", "UPDATE checkpoint SET public_key = 'none'"),
    ],
)
def test_nothing_is_signed_over_a_log_that_was_changed(
    checkpoints: Checkpoints, store: SqlCheckpoints, ledger: SqlLedger, engine: Engine, play: Play, table: str,
    statement: str,
) -> None:  # fmt: skip
    record(ledger, play)
    checkpoints.of_the_day(NOW)
    spoil(engine, table, statement)
    with pytest.raises(NotMade) as refused:
        checkpoints.of_the_day(NOW + DAY)
    assert refused.value.code == "log_changed"
    with pytest.raises(LogDiffers):
        verified(store.items())


def test_a_ledger_that_is_not_what_was_signed_is_named_by_stream_and_sequence(
    checkpoints: Checkpoints, store: SqlCheckpoints, ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    write(ledger, play.scene, play.journal[:2])
    checkpoints.of_the_day(NOW)
    record(ledger, play)
    checkpoints.of_the_day(NOW + DAY)
    spoil(engine, "entry", "UPDATE entry SET hash = previous WHERE sequence = 2")
    (changed,) = store.differing()
    assert (changed.logged.leaf.stream, changed.logged.leaf.sequence) == (play.scene, 2)
    assert changed.found is not None
    spoil(engine, "entry", "DELETE FROM entry WHERE sequence = :last", last=len(play.journal))
    assert [(each.logged.leaf.sequence, each.found is None) for each in store.differing()] == [
        (2, False), (len(play.journal), True),
    ]  # fmt: skip
    checkpoints.of_the_day(NOW + 2 * DAY)  # the evidence stays, and the log goes on
    assert len(store.differing()) == 2


def test_the_log_is_read_up_to_any_checkpoint(
    checkpoints: Checkpoints, store: SqlCheckpoints, ledger: SqlLedger, play: Play
) -> None:
    for sequence, entry in enumerate(play.journal, start=1):
        write(ledger, play.scene, [entry])
        checkpoints.of_the_day(NOW + sequence * DAY)
    earlier = verified(store.items(2))
    assert (len(earlier.checkpoints), earlier.tree.size) == (2, 2)
    assert verified(store.items(), held=earlier).tree.size == len(play.journal)
