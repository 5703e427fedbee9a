"""What the ledger lost is appended as it stood, in one transaction, once; its messages bear the ids that they had."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from activities.ledger import LedgerConflict, LedgerGap
from models.journal import GENESIS, Link, chain
from models.recording import RecordBatch
from models.refusal import Refused
from storage import restoring
from storage.documents import SqlDocuments
from storage.ledger import SqlLedger
from storage.mailroom import SqlMailroom
from storage.outbox import RESTORED, Outbox
from storage.reads import LedgerReads
from storage.rebuild import JournalDamaged
from storage.refusals import RefusalLedger
from storage.restoring import LostEntry, followed, restore, restore_refusals
from tests.scenario import Play
from tests.storage.journals import BUILD, NOW, RULES, record, rows, spoil, write

LATER = NOW + timedelta(days=400)
TABLES = ("scene", "deadline", "duty", "document")


def lost(ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play, *sequences: int) -> list[LostEntry]:
    """The whole journal recorded, then these entries taken out of the ledger by force, with what was made of them."""
    record(ledger, play)
    taken = [
        LostEntry(**line.model_dump(), build=BUILD, rules=RULES)
        for line in reads.chain(play.scene)
        if line.sequence in sequences
    ]
    for sequence in sequences:
        spoil(engine, "entry", "DELETE FROM entry WHERE sequence = :it", it=sequence)
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM outbox WHERE sequence = :it"), {"it": sequence})
            connection.execute(text("DELETE FROM document WHERE sequence = :it"), {"it": sequence})
    return taken


def numbers(engine: Engine, play: Play) -> dict[tuple[int, int], int]:
    found = SqlDocuments(engine).of(play.scene)
    return {(each.sequence, each.place): each.ordinal for each in found if each.ordinal is not None}


@pytest.mark.parametrize("sequences", [(1, 2, 3), (2, 3), (3,), (2,), (1, 3)])
def test_lost_entries_come_back_as_they_stood_and_a_repeat_changes_nothing(
    ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play, sequences: tuple[int, ...]
) -> None:
    record(ledger, play)
    before, given = {table: rows(engine, table) for table in ("entry", *TABLES)}, numbers(engine, play)
    taken = lost(ledger, reads, engine, play, *sequences)

    done = restore(engine, play.scene, taken, numbers=given, now=LATER)

    assert done.appended == sequences
    for table in TABLES:
        assert rows(engine, table) == before[table]
    columns = ("sequence", "algorithm", "previous", "hash", "text", "build", "rules")
    after = rows(engine, "entry")
    assert [[row[name] for name in columns] for row in after] == [
        [row[name] for name in columns] for row in before["entry"]
    ]
    assert reads.verify_chain(play.scene) is None
    assert followed(engine, play.scene).rebuilt.differences == ()
    again = restore(engine, play.scene, taken, numbers=given, now=LATER)
    assert (again.appended, again.differences, again.documents, again.messages) == ((), (), 0, 0)


def test_a_ledger_with_a_gap_is_not_folded(ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play) -> None:
    lost(ledger, reads, engine, play, 2)
    with pytest.raises(JournalDamaged):
        followed(engine, play.scene)


def test_a_message_that_is_made_again_bears_the_id_of_the_letter_that_it_was_alone_in(
    ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play
) -> None:
    record(ledger, play)
    mailroom = SqlMailroom(engine)
    recipient, sequence = next((row["recipient"], row["sequence"]) for row in rows(engine, "outbox"))
    (first, *_) = mailroom.ready(recipient, LATER)
    letter = mailroom.begin_letter((first,))
    mailroom.delivered(letter.messages, NOW)

    taken = lost(ledger, reads, engine, play, *range(sequence, len(play.journal) + 1))
    done = restore(engine, play.scene, taken, numbers={}, now=LATER)

    assert done.messages > 0
    again = mailroom.open_letter(recipient, LATER)
    assert again is not None
    assert (again.id, [each.sequence for each in again.messages]) == (letter.id, [first.sequence])
    assert restore(engine, play.scene, taken, numbers={}, now=LATER).messages == 0


def test_a_message_whose_time_has_not_come_waits_for_it(
    ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play
) -> None:
    taken = lost(ledger, reads, engine, play, len(play.journal))
    restore(engine, play.scene, taken, numbers={}, now=play.journal[0].at - timedelta(days=1))
    made = [row for row in rows(engine, "outbox") if row["sequence"] == len(play.journal)]
    assert made
    assert {row["message_id"] for row in made} == {None}


def test_what_a_person_knows_to_be_delivered_does_not_go_out_again(
    ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play
) -> None:
    taken = lost(ledger, reads, engine, play, len(play.journal))
    restore(engine, play.scene, taken, numbers={}, now=LATER, delivered_until=LATER)
    assert Outbox(engine).messages(pending=True).total == 0
    assert {row["last_error"] for row in rows(engine, "outbox")} == {RESTORED}


def test_what_does_not_fit_is_refused_and_nothing_is_changed(
    ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play
) -> None:
    last = len(play.journal)
    taken = lost(ledger, reads, engine, play, last - 1, last)
    before = rows(engine, "entry")
    other = taken[1].model_copy(update={"text": taken[1].text + " "})
    for wrong in ([taken[1]], [taken[0], other], [taken[0].model_copy(update={"previous": GENESIS})]):
        with pytest.raises(LedgerGap):
            restore(engine, play.scene, wrong, numbers={}, now=LATER)
    restore(engine, play.scene, taken, numbers={}, now=LATER)
    with pytest.raises(LedgerConflict):
        restore(engine, play.scene, [other.model_copy(update={"hash": "a" * 64})], numbers={}, now=LATER)
    assert len(rows(engine, "entry")) == len(before) + 2


def test_a_repair_that_is_cut_off_has_changed_nothing(
    ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = lost(ledger, reads, engine, play, len(play.journal))
    before = {table: rows(engine, table) for table in ("entry", "outbox", *TABLES)}

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("rebuild_within", "enter_documents", "_say_once_more"):
        with monkeypatch.context() as patch:
            patch.setattr(restoring, step, cut_off)
            with pytest.raises(KeyboardInterrupt):
                restore(engine, play.scene, taken, numbers={}, now=LATER)
        assert {table: rows(engine, table) for table in ("entry", "outbox", *TABLES)} == before
    assert restore(engine, play.scene, taken, numbers={}, now=LATER).appended == (len(play.journal),)


def test_a_document_that_the_register_lost_gets_its_number_back_and_never_another(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    record(ledger, play)
    before, given = rows(engine, "document"), numbers(engine, play)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM document"))
    assert followed(engine, play.scene).lacking == tuple(given)
    assert restore(engine, play.scene, (), numbers={}, now=LATER).documents == 0
    assert restore(engine, play.scene, (), numbers=given, now=LATER).documents == len(given)
    assert rows(engine, "document") == before
    batch = RecordBatch(stream="B", entries=tuple(play.journal))
    later = ledger.record(batch, build=BUILD, rules=RULES, now=LATER)
    assert min(each.ordinal for each in later.documents) > max(given.values())


def test_a_worker_may_record_what_a_repair_gave_back(
    ledger: SqlLedger, reads: LedgerReads, engine: Engine, play: Play
) -> None:
    last = len(play.journal)
    taken = lost(ledger, reads, engine, play, last - 1, last)
    restore(engine, play.scene, taken[:1], numbers={}, now=LATER)
    recorded = write(SqlLedger(engine), play.scene, play.journal[-2:])
    assert recorded.head == chain(GENESIS, tuple(play.journal))


def test_lost_refusals_follow_the_last_one_or_are_refused(
    engine: Engine, reads: LedgerReads, play: Play, tmp_path: Path
) -> None:
    refusals = RefusalLedger(engine, tmp_path / "spool")
    for number in range(3):
        refusals.record(play.scene, play.command(play.journal[0].command.act, play.owner, id=f"c{number}"),
                        Refused("already_submitted", scene=play.scene), NOW + timedelta(seconds=number))  # fmt: skip
    whole: tuple[Link, ...] = reads.refusal_chain(play.scene)
    spoil(engine, "refusal", "DELETE FROM refusal WHERE sequence > 1")
    with pytest.raises(LedgerGap):
        restore_refusals(engine, play.scene, whole[2:])
    assert restore_refusals(engine, play.scene, whole) == (2, 3)
    assert restore_refusals(engine, play.scene, whole) == ()
    assert reads.refusal_chain(play.scene) == whole
    assert reads.verify_refusals() == {}
