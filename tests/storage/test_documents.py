"""The register of documents: numbers without a gap, words that are written once, and what doctor finds wrong."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from models.recording import RecordBatch
from storage.documents import DocumentFilter, Fault, SqlDocuments
from storage.ledger import SqlLedger
from tests.scenario import Play
from tests.storage.journals import BUILD, NOW, RULES, record, spoil, write

SERIES = "盐场景登〔{year}〕{number}号"


def ordinals(documents: SqlDocuments) -> Sequence[int | None]:
    return sorted(each.ordinal or 0 for each in documents.documents(limit=500).items)


def test_a_document_stands_in_the_register_with_its_number_as_the_city_writes_it(
    engine: Engine, ledger: SqlLedger, play: Play
) -> None:
    record(ledger, play)
    (document,) = SqlDocuments(engine).of_entry(play.scene, 2)
    assert (document.number, document.ordinal, document.series) == ("盐场景登〔2026〕1号", 1, SERIES)
    assert (document.title, document.form, document.to_unit) == ("登记通知书", "register", play.owner_unit)
    assert (document.city, document.year, document.issued_at) == ("盐城市", 2026, play.journal[1].at)
    assert (document.text, document.sha256) == (None, None)


def test_scenes_recorded_at_once_get_numbers_without_a_gap_and_none_twice(engine: Engine, play: Play) -> None:
    """Each of the four has a ledger of its own, as four workers have."""
    ledgers = [SqlLedger(engine) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(write, ledgers[at % 4], f"S-{at}", play.journal) for at in range(40)]
        given = [number.ordinal for each in done for number in each.result().documents]
    assert sorted(given) == list(range(1, 41)) == list(ordinals(SqlDocuments(engine)))
    assert SqlDocuments(engine).faults() == ()


def test_a_batch_that_fails_takes_no_number(engine: Engine, ledger: SqlLedger, play: Play) -> None:
    """The database refuses the entry's messages, after the number was given."""
    write(ledger, "A", play.journal)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO away"))
    with pytest.raises(SQLAlchemyError):
        write(ledger, "B", play.journal)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO outbox"))
    write(ledger, "C", play.journal)
    assert list(ordinals(SqlDocuments(engine))) == [1, 2]


def test_the_words_are_written_once(engine: Engine, ledger: SqlLedger, play: Play) -> None:
    record(ledger, play)
    documents = SqlDocuments(engine)
    (unwritten,) = documents.documents(DocumentFilter(unwritten=True)).items
    written = documents.write(unwritten, "登记通知书", NOW)
    assert (written.text, written.written_at) == ("登记通知书", NOW)
    assert written.sha256 == sha256("登记通知书".encode()).hexdigest()
    assert documents.write(unwritten, "别的", NOW) == written
    assert documents.documents(DocumentFilter(unwritten=True)).items == ()


def test_the_register_is_searched_by_scene_city_year_form_addressee_and_number(
    engine: Engine, ledger: SqlLedger, play: Play
) -> None:
    for stream in ("A", "B"):
        write(ledger, stream, play.journal)
    documents = SqlDocuments(engine)

    def found(where: DocumentFilter) -> list[str]:
        return [each.stream for each in documents.documents(where).items]

    assert found(DocumentFilter(scene="A")) == ["A"]
    assert found(DocumentFilter(city="盐城市", year=2026, form="register", to=play.owner_unit)) == ["A", "B"]
    for nothing in (DocumentFilter(city="宁波市"), DocumentFilter(year=2025), DocumentFilter(to="谁")):
        assert found(nothing) == []
    assert [each.stream for each in documents.numbered("盐场景登〔2026〕2号")] == ["B"]
    assert documents.documents(limit=1, page=2).items[0].stream == "B"


def test_a_number_that_is_gone_or_stands_twice_is_found(engine: Engine, ledger: SqlLedger, play: Play) -> None:
    for stream in ("A", "B", "C", "D"):
        write(ledger, stream, play.journal)
    documents = SqlDocuments(engine)
    spoil(engine, "document", "DELETE FROM document WHERE stream = 'B'")
    spoil(engine, "document", "UPDATE document SET ordinal = 3 WHERE stream = 'D'")
    assert documents.faults() == tuple(
        Fault("盐城市", 2026, SERIES, ordinal, scenes) for ordinal, scenes in ((2, ()), (3, ("C", "D")), (4, ()))
    )


def test_what_no_history_knows_the_number_of_gets_the_next_one_when_all_are_read(
    engine: Engine, ledger: SqlLedger, play: Play
) -> None:
    for stream, numbers in (("A", {}), ("B", {(2, 0): 1})):
        batch = RecordBatch(stream=stream, entries=tuple(play.journal))
        ledger.record(batch, build=BUILD, rules=RULES, now=NOW, numbers=numbers)
    documents = SqlDocuments(engine)
    assert documents.without_number() == 1
    assert documents.number_the_rest() == 1
    assert [each.number for each in documents.of_entry("A", 2)] == ["盐场景登〔2026〕2号"]
    assert (documents.without_number(), documents.number_the_rest(), documents.faults()) == (0, 0, ())


def test_a_ledger_that_is_lost_without_its_register_is_restored_beside_it(
    engine: Engine, ledger: SqlLedger, play: Play
) -> None:
    record(ledger, play)
    for table in ("entry", "scene", "duty", "deadline", "outbox"):
        spoil(engine, table, f"DELETE FROM {table}")  # noqa: S608
    documents = SqlDocuments(engine)
    before = documents.documents().items
    batch = RecordBatch(stream=play.scene, entries=tuple(play.journal))
    restored = SqlLedger(engine).record(batch, build=BUILD, rules=RULES, now=NOW, numbers={(2, 0): 1})
    assert [each.ordinal for each in restored.documents] == [1]
    assert (documents.documents().items, documents.faults()) == (before, ())
