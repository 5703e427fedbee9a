from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from activities.ledger import LedgerConflict
from models.canonical import canonical
from models.commands.anywhere import Reassign, Suspend
from models.commands.review import GiveOpinion
from models.journal import GENESIS, chain
from models.notification import unit_mailbox
from models.policy import Policy
from models.recording import RecordBatch
from models.vocabulary import Position
from rules.duties import duties
from rules.journal import fold
from rules.notifications import notifications
from storage.ledger import SqlLedger
from storage.reads import DeadlineStanding, LedgerReads
from tests.scenario import Play, free_unit
from tests.storage.journals import NOW, record, rows, spoil, write


def test_the_journal_reads_back_as_it_was_written(ledger: SqlLedger, reads: LedgerReads, whole_life: Play) -> None:
    record(ledger, whole_life, 5, 20)
    records = reads.entries(whole_life.scene)
    assert [each.entry for each in records] == whole_life.journal
    assert [each.text.encode() for each in records] == [canonical(entry) for entry in whole_life.journal]
    assert {each.recorded_at for each in records} == {NOW}


def test_repeating_a_batch_changes_nothing_and_gives_the_same_answer(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    first = record(ledger, play)
    tables = ("entry", "scene", "deadline", "duty", "outbox")
    before = [rows(engine, table) for table in tables]
    again = ledger.record(
        RecordBatch(stream=play.scene, entries=tuple(play.journal)),
        build="2.0",
        rules="another",
        now=NOW.replace(day=9),
    )
    assert again == first
    assert [rows(engine, table) for table in tables] == before


def test_an_old_batch_repeated_late_gives_its_own_answer(ledger: SqlLedger, play: Play) -> None:
    early = write(ledger, play.scene, play.journal[:2])
    record(ledger, play)
    assert write(ledger, play.scene, play.journal[:2]) == early


def test_another_content_under_a_known_sequence_is_a_conflict_and_nothing_is_written(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    write(ledger, play.scene, play.journal[:2])
    before = rows(engine, "entry")
    changed = play.journal[1].model_copy(update={"at": play.journal[1].at.replace(microsecond=1)})
    with pytest.raises(LedgerConflict) as conflict:
        write(ledger, play.scene, [changed, *play.journal[2:]])
    assert (conflict.value.stream, conflict.value.sequence) == (play.scene, 2)
    assert rows(engine, "entry") == before


def test_an_entry_of_an_older_build_without_a_newer_field_is_the_same_entry(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    first = write(ledger, play.scene, play.journal[:1])
    stored = rows(engine, "entry")[0]["text"]
    older = stored.replace('"copied_from":null,', "")
    assert older != stored
    spoil(engine, "entry", "UPDATE entry SET text = :older", older=older)
    assert write(ledger, play.scene, play.journal[:1]) == first


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, 60)), again=st.integers(0, 60))
def test_the_head_and_the_projections_are_the_same_at_any_batching(
    ledger: SqlLedger, engine: Engine, whole_life: Play, cuts: set[int], again: int
) -> None:
    """Ledgers with and without the states in memory take turns, and one batch comes twice."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE entry DISABLE TRIGGER ALL"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS entry_refuses_delete"))
        for table in ("entry", "scene", "deadline", "duty", "outbox", "document", "document_count"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    scene, journal = whole_life.scene, whole_life.journal
    ends = sorted({0, *(cut for cut in cuts if cut < len(journal)), len(journal)})
    for turn, (first, last) in enumerate(pairwise(ends)):
        recorder = ledger if turn % 2 else SqlLedger(engine)
        write(recorder, scene, journal[min(first, again) : last] if first else journal[:last])
    assert write(ledger, scene, journal).head == chain(GENESIS, tuple(journal))
    assert_projected(engine, whole_life)


def assert_projected(engine: Engine, play: Play) -> None:
    reads = LedgerReads(engine)
    scene = reads.scene(play.scene)
    assert scene is not None
    assert (scene.sequence, scene.stage, scene.step) == (play.state.sequence, play.state.stage, play.state.step)
    assert reads.state(play.scene) == play.state
    running = [
        record.deadline
        for record in reads.deadlines(play.scene)
        if record.status in (DeadlineStanding.OPEN, DeadlineStanding.PAUSED, DeadlineStanding.OVERDUE)
    ]
    expected = [deadline.model_copy(update={"rungs": ()}) for deadline in play.state.deadlines]
    assert sorted(running, key=lambda each: each.id) == sorted(expected, key=lambda each: each.id)
    assert [item.deadline for item in reads.inbox()] == [duty.deadline for duty in duties(play.state)]


def test_every_deadline_keeps_its_row_and_says_how_it_ended(
    ledger: SqlLedger, reads: LedgerReads, whole_life: Play
) -> None:
    record(ledger, whole_life, 7, 30)
    deadlines = reads.deadlines(whole_life.scene)
    ended = Counter(each.status for each in deadlines)
    assert ended[DeadlineStanding.MET] > 10
    assert ended[DeadlineStanding.PASSED] >= 2
    for each in deadlines:
        is_over = each.status in ("met", "met_late", "passed", "cancelled")
        assert is_over == (each.closed_sequence is not None)
    notices = [each for each in deadlines if each.deadline.limit == "public_notice"]
    assert len({each.deadline.started_by for each in notices}) == len(notices) > 1


def test_a_part_given_to_another_unit_moves_its_duty_and_ends_the_old_one(
    ledger: SqlLedger, reads: LedgerReads, play: Play
) -> None:
    former = play.state.cooperating[0]
    successor = free_unit(play)
    play.do(Reassign(part="cooperating", from_unit=former, to_unit=successor, reasons="机构改革"), play.group)
    record(ledger, play)
    statuses = {each.deadline.id: each.status for each in reads.deadlines(play.scene)}
    assert statuses[f"consultation/{former}"] == DeadlineStanding.CANCELLED
    assert statuses[f"consultation/{successor}"] == DeadlineStanding.OPEN
    assert reads.inbox(unit=former) == ()
    assert [item.deadline for item in reads.inbox(unit=successor)] == [f"consultation/{successor}"]


def test_a_suspended_scene_shows_its_clocks_standing_still(ledger: SqlLedger, reads: LedgerReads, play: Play) -> None:
    play.do(Suspend(reasons="场地维修"), play.lead)
    record(ledger, play)
    scene = reads.scene(play.scene)
    assert scene is not None
    assert scene.suspended
    assert {item.status for item in reads.inbox()} == {"paused"}


def test_two_recorders_of_one_stream_write_it_once(engine: Engine, whole_life: Play) -> None:
    expected = chain(GENESIS, tuple(whole_life.journal))

    def recorder(number: int) -> str:
        return record(SqlLedger(engine), whole_life, *range(number, len(whole_life.journal), 7 + number)).head

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(recorder, range(4))) == {expected}
    assert LedgerReads(engine).verify_chain(whole_life.scene) is None
    assert len(rows(engine, "entry")) == len(whole_life.journal)
    assert_projected(engine, whole_life)


def test_recorders_of_many_streams_do_not_disturb_each_other(engine: Engine, policy: Policy) -> None:
    plays = [Play(policy, scene=f"S-{number}").to_consultation() for number in range(6)]
    ledger = SqlLedger(engine)
    with ThreadPoolExecutor(6) as pool:
        heads = list(pool.map(lambda play: record(ledger, play, 1, 2).head, plays))
    assert heads == [chain(GENESIS, tuple(play.journal)) for play in plays]


def test_a_message_stands_in_the_outbox_once_for_each_recipient_and_rung(
    ledger: SqlLedger, engine: Engine, whole_life: Play
) -> None:
    record(ledger, whole_life, 3, 4, 11)
    record(ledger, whole_life)
    outbox = rows(engine, "outbox")
    expected: Counter[tuple[int, str, str]] = Counter()
    before = Play(whole_life.policy, scene=whole_life.scene).state
    for entry in whole_life.journal:
        after = fold(before, entry)
        expected.update((entry.sequence, each.recipient, each.rung) for each in notifications(before, after, entry))
        before = after
    assert Counter((row["sequence"], row["recipient"], row["rung"]) for row in outbox) == expected
    assert set(expected.values()) == {1}


def test_who_is_to_be_woken_is_read_from_the_undelivered_messages(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    record(ledger, play)
    last = RecordBatch(stream=play.scene, entries=tuple(play.journal[-1:]))
    asked = {unit_mailbox(play.policy.city, unit) for unit in play.state.cooperating}
    assert set(ledger.recipients(last)) == asked
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET delivered_at = created_at"))
    assert ledger.recipients(last) == ()


def test_rare_characters_and_the_middle_dot_come_back_as_they_went_in(
    ledger: SqlLedger, reads: LedgerReads, policy: Policy
) -> None:
    play = Play(policy, scene="YC-𠮷", owner_unit="𠮷野家·䶮科技（盐城）有限公司").to_consultation()
    words = "同意。𠮷、䶮、阿卜杜拉·买买提；“引号”与 'quotes' \\ % _"
    play.do(GiveOpinion(position=Position.AGREE, text=words), play.cooperating(play.state.cooperating[0]))
    record(ledger, play)
    scene = reads.scene(play.scene)
    assert scene is not None
    assert scene.owner == "𠮷野家·䶮科技（盐城）有限公司"
    assert reads.entries(play.scene)[-1].entry == play.journal[-1]
    assert words.replace("\\", "\\\\").replace('"', '\\"') in reads.entries(play.scene)[-1].text
    assert reads.verify_chain(play.scene) is None


def test_a_snapshot_that_no_longer_fits_is_made_again_from_the_journal(
    ledger: SqlLedger, engine: Engine, reads: LedgerReads, play: Play
) -> None:
    write(ledger, play.scene, play.journal[:2])
    with engine.begin() as connection:
        connection.execute(text('UPDATE scene SET snapshot = \'{"scene": "x", "an_old_field": 1}\''))
    record(SqlLedger(engine), play)
    assert reads.state(play.scene) == play.state


def test_a_lost_projection_comes_back_with_the_next_entry(
    ledger: SqlLedger, engine: Engine, reads: LedgerReads, play: Play
) -> None:
    write(ledger, play.scene, play.journal[:2])
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM scene"))
    record(SqlLedger(engine), play)
    assert reads.state(play.scene) == play.state


def test_tampering_is_found_at_its_sequence(
    ledger: SqlLedger, engine: Engine, reads: LedgerReads, whole_life: Play
) -> None:
    record(ledger, whole_life)
    assert reads.verify_chain(whole_life.scene) is None
    spoil(
        engine, "entry", "UPDATE entry SET text = replace(text, :word, :other) WHERE sequence = 2",
        word='"sequence":2', other='"sequence": 2',
    )  # fmt: skip
    assert reads.verify_chain(whole_life.scene) == 2


def test_a_changed_entry_with_a_matching_hash_breaks_the_chain_after_it(
    ledger: SqlLedger, engine: Engine, reads: LedgerReads, play: Play
) -> None:
    record(ledger, play)
    spoil(engine, "entry", "UPDATE entry SET previous = hash WHERE sequence = 3")
    assert reads.verify_chain(play.scene) == 3


def test_a_missing_entry_is_found_in_the_middle_and_at_the_end(
    ledger: SqlLedger, engine: Engine, reads: LedgerReads, play: Play
) -> None:
    record(ledger, play)
    spoil(engine, "entry", "DELETE FROM entry WHERE sequence = :last", last=len(play.journal))
    assert reads.verify_chain(play.scene) == len(play.journal)
    spoil(engine, "entry", "DELETE FROM entry WHERE sequence = 2")
    assert reads.verify_chain(play.scene) == 2
