"""What every `LedgerPort` does: the two databases, and the fake that the workflows' tests use."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from activities.ledger import LedgerConflict, LedgerGap, LedgerPort
from models.journal import ALGORITHM, GENESIS, chain
from models.recording import GivenNumber, RecordBatch, Recorded
from rules.deadlines import BEIJING
from storage.database import engine_for
from storage.ledger import SqlLedger
from tests.fakes import MemoryLedger
from tests.scenario import Play
from tests.storage.journals import BUILD, NOW, RULES, record, write


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def port(request: pytest.FixtureRequest) -> Iterator[LedgerPort]:
    if request.param == "memory":
        yield MemoryLedger()
        return
    engine = engine_for(request.getfixturevalue(f"{request.param}_url"))
    yield SqlLedger(engine)
    engine.dispose()


def test_recording_answers_with_the_chain_head_and_with_who_wrote_it(port: LedgerPort, play: Play) -> None:
    assert record(port, play) == Recorded(
        stream=play.scene,
        sequence=len(play.journal),
        head=chain(GENESIS, tuple(play.journal)),
        algorithm=ALGORITHM,
        build=BUILD,
        rules=RULES,
        documents=(GivenNumber(sequence=2, place=0, ordinal=1),),
    )


def test_repeating_a_batch_gives_the_same_answer(port: LedgerPort, play: Play) -> None:
    assert record(port, play) == record(port, play)


def test_a_batch_that_begins_with_known_entries_appends_the_rest(port: LedgerPort, play: Play) -> None:
    write(port, play.scene, play.journal[:2])
    assert write(port, play.scene, play.journal[1:]).head == chain(GENESIS, tuple(play.journal))


def test_the_answer_is_the_same_at_any_batching(port: LedgerPort, whole_life: Play) -> None:
    assert record(port, whole_life, 1, 2, 9, 33).head == chain(GENESIS, tuple(whole_life.journal))


def test_streams_do_not_touch_each_other(port: LedgerPort, play: Play) -> None:
    first = write(port, "A", play.journal)
    assert write(port, "B", play.journal).head == first.head
    assert write(port, "A", play.journal) == first


def test_another_content_under_a_known_sequence_is_a_conflict(port: LedgerPort, play: Play) -> None:
    write(port, play.scene, play.journal[:2])
    changed = play.journal[1].model_copy(update={"at": play.journal[1].at.replace(microsecond=1)})
    with pytest.raises(LedgerConflict) as conflict:
        write(port, play.scene, [changed, *play.journal[2:]])
    assert (conflict.value.stream, conflict.value.sequence) == (play.scene, 2)


def test_a_gap_is_refused(port: LedgerPort, whole_life: Play) -> None:
    scene, journal = whole_life.scene, whole_life.journal
    with pytest.raises(LedgerGap):
        write(port, scene, journal[1:])
    write(port, scene, journal[:1])
    with pytest.raises(LedgerGap):
        write(port, scene, journal[2:])
    with pytest.raises(LedgerGap):
        write(port, scene, [journal[1], journal[3]])
    write(port, scene, journal)


def test_documents_are_numbered_one_after_the_other_whatever_their_scenes(port: LedgerPort, play: Play) -> None:
    given = [write(port, stream, play.journal).documents for stream in ("A", "B", "C")]
    assert given == [(GivenNumber(sequence=2, place=0, ordinal=number),) for number in (1, 2, 3)]
    assert write(port, "B", play.journal).documents == given[1], "a repeat gives what was given"


def test_every_year_begins_its_numbers_anew(port: LedgerPort, play: Play) -> None:
    at = datetime(2027, 1, 1, 0, 30, tzinfo=BEIJING)
    later = tuple(each.model_copy(update={"at": at}) for each in play.journal)
    assert at.astimezone(UTC).year == 2026, "the year is Beijing's"
    assert [write(port, "A", play.journal).documents, write(port, "B", later).documents] == [
        (GivenNumber(sequence=2, place=0, ordinal=1),),
    ] * 2


def test_a_restored_entry_keeps_its_number_and_the_next_one_follows_the_highest(port: LedgerPort, play: Play) -> None:
    batch = RecordBatch(stream="A", entries=tuple(play.journal))
    known = port.record(batch, build=BUILD, rules=RULES, now=NOW, numbers={(2, 0): 7})
    assert known.documents == (GivenNumber(sequence=2, place=0, ordinal=7),)
    unknown = port.record(batch.model_copy(update={"stream": "B"}), build=BUILD, rules=RULES, now=NOW, numbers={})
    assert unknown.documents == (), "nobody knows what its number was"
    assert [each.ordinal for each in write(port, "C", play.journal).documents] == [8]
