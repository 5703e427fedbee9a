import pytest
from sqlalchemy import Engine, text

from models.policy import Policy
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from storage.rebuild import Difference, JournalDamaged, Progress, rebuild
from tests.scenario import Play
from tests.storage.journals import record, rows, spoil

PROJECTIONS = ("scene", "deadline", "duty", "outbox")


def test_the_projections_are_what_a_rebuild_makes(ledger: SqlLedger, engine: Engine, whole_life: Play) -> None:
    record(ledger, whole_life, 4, 5, 18)
    before = {table: rows(engine, table) for table in PROJECTIONS}
    assert rebuild(engine) == ()
    assert {table: rows(engine, table) for table in PROJECTIONS} == before


def test_what_is_lost_comes_back_as_it_was(ledger: SqlLedger, engine: Engine, whole_life: Play) -> None:
    record(ledger, whole_life)
    before = {table: rows(engine, table) for table in PROJECTIONS}
    with engine.begin() as connection:
        for table in PROJECTIONS:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    differences = rebuild(engine)
    assert {table: rows(engine, table) for table in PROJECTIONS} == before
    assert {each.found for each in differences} == {"missing"}
    assert len(differences) == sum(len(found) for found in before.values())


def test_what_differs_is_said_and_put_right(ledger: SqlLedger, engine: Engine, reads: LedgerReads, play: Play) -> None:
    record(ledger, play)
    with engine.begin() as connection:
        connection.execute(text("UPDATE scene SET lead = '某局', overdue = true"))
        connection.execute(text("UPDATE duty SET status = 'overdue'"))
    differences = rebuild(engine, play.scene)
    assert differences[0] == Difference("scene", (play.scene,), "different", ("lead", "overdue"))
    assert {(each.table, each.found, each.columns) for each in differences[1:]} == {("duty", "different", ("status",))}
    scene = reads.scene(play.scene)
    assert scene is not None
    assert (scene.lead, scene.overdue) == (play.state.lead, False)


def test_a_projection_without_a_journal_is_taken_away(ledger: SqlLedger, engine: Engine, play: Play) -> None:
    record(ledger, play)
    with engine.begin() as connection:
        connection.execute(text("UPDATE scene SET scene = 'a-ghost'"))
    assert {(each.key, each.found) for each in rebuild(engine)} == {
        (("a-ghost",), "too_many"),
        ((play.scene,), "missing"),
    }


def test_delivery_survives_a_rebuild(ledger: SqlLedger, engine: Engine, play: Play) -> None:
    record(ledger, play)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE outbox SET delivered_at = created_at, attempts = 2, message_id = '<1@scene>', level = 'red' "
                "WHERE sequence = 1"
            )
        )
        connection.execute(text("UPDATE outbox SET attempts = 7, last_error = 'refused' WHERE sequence = 2"))
        connection.execute(text("UPDATE outbox SET rung = 'nobody asks for this' WHERE sequence IN (1, 2)"))
    differences = rebuild(engine)
    kept = {(row["sequence"], row["rung"], row["attempts"], row["message_id"]) for row in rows(engine, "outbox")}
    assert (1, "nobody asks for this", 2, "<1@scene>") in kept
    assert not any(rung == "nobody asks for this" for sequence, rung, *_ in kept if sequence == 2)
    assert {each.found for each in differences} == {"too_many", "missing"}


def test_a_changed_message_is_corrected_without_touching_its_delivery(
    ledger: SqlLedger, engine: Engine, play: Play
) -> None:
    record(ledger, play)
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET level = 'red', attempts = 3, message_id = 'm'"))
    differences = rebuild(engine)
    assert {(each.found, each.columns) for each in differences} == {("different", ("level",))}
    assert {(row["level"], row["attempts"], row["message_id"]) for row in rows(engine, "outbox")} == {
        ("remind", 3, "m")
    }


def test_a_rebuild_of_all_says_how_far_it_is(ledger: SqlLedger, engine: Engine, policy: Policy) -> None:
    plays = [Play(policy, scene=f"S-{number}").submit() for number in range(3)]
    for play in plays:
        record(ledger, play)
    seen: list[Progress] = []
    rebuild(engine, progress=seen.append)
    assert [(each.stream, each.done, each.total, each.entries) for each in seen] == [
        ("S-0", 1, 3, 1),
        ("S-1", 2, 3, 1),
        ("S-2", 3, 3, 1),
    ]


def test_a_damaged_journal_stops_the_rebuild_and_changes_nothing(ledger: SqlLedger, engine: Engine, play: Play) -> None:
    record(ledger, play)
    spoil(engine, "entry", "UPDATE entry SET text = '{}' WHERE sequence = 2")
    before = {table: rows(engine, table) for table in PROJECTIONS}
    with pytest.raises(JournalDamaged) as damaged:
        rebuild(engine)
    assert (damaged.value.stream, damaged.value.sequence) == (play.scene, 2)
    assert {table: rows(engine, table) for table in PROJECTIONS} == before
