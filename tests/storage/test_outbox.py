from datetime import timedelta

from sqlalchemy import Engine, text

from storage.ledger import SqlLedger
from storage.outbox import Outbox
from storage.rebuild import compare, rebuild
from storage.schema import schema
from tests.scenario import Play
from tests.storage.journals import record, rows


def test_messages_are_listed_the_latest_first_and_paged(ledger: SqlLedger, engine: Engine, play: Play) -> None:
    record(ledger, play)
    reads = Outbox(engine)

    first = reads.messages(play.scene, limit=2)

    assert first.total == len(rows(engine, "outbox")) > 2
    assert [each.created_at for each in first.items] == sorted((each.created_at for each in first.items), reverse=True)
    last = reads.messages(play.scene, page=first.pages, limit=2).items[-1]
    assert last.sequence == 1
    assert reads.messages("another").items == ()


def test_what_was_delivered_waits_no_more(ledger: SqlLedger, engine: Engine, play: Play) -> None:
    record(ledger, play)
    reads = Outbox(engine)
    late = play.now + timedelta(days=3650)
    waiting = reads.waiting(late)

    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET delivered_at = created_at WHERE sequence = 1"))

    assert reads.waiting(late) < waiting
    assert reads.messages(pending=True).total == reads.waiting(late)
    assert reads.waiting(play.now - timedelta(days=3650)) == 0


def test_a_restored_ledger_does_not_say_again_what_was_due_before(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    record(ledger, play)
    outbox = Outbox(engine)
    last = max(row["sequence"] for row in rows(engine, "outbox"))
    of_the_last = sum(row["sequence"] == last for row in rows(engine, "outbox"))

    assert outbox.give_up_restored(play.scene, last - 1, play.now - timedelta(days=3650)) == 0
    assert outbox.give_up_restored(play.scene, last - 1, play.now + timedelta(days=3650)) == of_the_last
    assert outbox.give_up_restored("another", 0, play.now + timedelta(days=3650)) == 0

    given_up = [row["sequence"] for row in rows(engine, "outbox") if row["last_error"] == "restored"]
    assert given_up == [last] * of_the_last


def test_provisional_deadlines_are_counted_while_they_run(ledger: SqlLedger, engine: Engine, play: Play) -> None:
    record(ledger, play)
    assert Outbox(engine).provisional() == 0

    with engine.begin() as connection:
        connection.execute(text("UPDATE deadline SET provisional = true"))

    assert Outbox(engine).provisional() == len(play.state.deadlines)


def test_comparing_finds_what_a_rebuild_would_put_right_and_changes_nothing(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    record(ledger, play)
    assert compare(engine) == ()
    with engine.begin() as connection:
        connection.execute(text("UPDATE scene SET lead = '某局'"))
    spoiled = rows(engine, "scene")

    differences = compare(engine, play.scene)

    assert rows(engine, "scene") == spoiled
    assert differences == compare(engine) == rebuild(engine)


def test_the_schema_of_a_new_database_is_the_one_that_the_code_needs(engine: Engine) -> None:
    assert schema(engine).current

    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))

    assert schema(engine).has is None
    assert not schema(engine).current
