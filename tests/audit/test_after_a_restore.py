"""Backups restored on real servers and databases: what was lost on one side comes back from the other, or is told."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import text

from tests.audit.site import Site, kinds, site
from tests.storage.journals import rows, spoil, write


@pytest_asyncio.fixture(loop_scope="session")
async def place(temporal_binary: Path, tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    """On each database."""
    async with site(temporal_binary, tmp_path, database_url) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def here(temporal_binary: Path, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Site]:
    """On SQLite alone: what it shows does not depend on the database."""
    async with site(temporal_binary, tmp_path, sqlite_url) as made:
        yield made


def entries(stored: Any, scene: str) -> list[tuple[Any, ...]]:
    """All of it but when it was recorded."""
    return [
        (each["sequence"], each["previous"], each["hash"], each["text"], each["build"], each["rules"])
        for each in sorted(rows(stored.engine, "entry"), key=lambda each: each["sequence"])
        if each["stream"] == scene
    ]


async def test_a_database_from_an_older_backup_gets_back_what_it_lost(place: Site) -> None:
    async with place.working() as (stored, scenes):
        play, young = await place.submit(scenes), None
        await place.act(stored, scenes, play, 2)
    backup = place.back_up_database()
    async with place.working() as (stored, scenes):
        await place.act(stored, scenes, play, 3)
        young = await place.submit(scenes)
        await place.act(stored, scenes, young)
        before = {each.scene: entries(stored, each.scene) for each in (play, young)}
        messages = rows(stored.engine, "outbox")
    await place.agrees()
    place.restore_database(backup)

    told = await place.told()
    assert told["scenes"] == {play.scene: "ledger_behind", young.scene: "only_in_histories"}
    assert set(kinds(told)) >= {
        ("ledger_behind", 4, 6, "append"), ("only_in_histories", 1, 2, "append"),
    }  # fmt: skip
    async with place.open() as stored:
        assert len(entries(stored, play.scene)) == 3, "looking changes nothing"

    repaired = await place.told("--repair", status=0)
    assert {each["scene"]: each["appended"] for each in repaired["repaired"]} == {
        play.scene: [4, 5, 6],
        young.scene: [1, 2],
    }
    async with place.open() as stored:
        assert {each.scene: entries(stored, each.scene) for each in (play, young)} == before
        again = rows(stored.engine, "outbox")
        keys = ("stream", "sequence", "recipient", "rung", "payload", "send_after", "created_at")
        assert [[row[key] for key in keys] for row in again] == [[row[key] for key in keys] for row in messages]
    await place.agrees()
    async with place.working() as (stored, scenes):
        assert await place.act(stored, scenes, play) == 7, "and life goes on"
    await place.agrees()


async def test_a_worker_that_waits_for_the_lost_entries_goes_on_by_itself(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play)
    backup = here.back_up_database()
    async with here.working() as (stored, scenes):
        await here.act(stored, scenes, play, 2)
    here.restore_database(backup)
    async with here.working() as (stored, scenes):
        assert await here.act(stored, scenes, play, recorded=False) == 5
        assert kinds(await here.told()) == [("ledger_behind", 3, 4, "append")]
        await here.told("--repair", status=0)
        await here.act(stored, scenes, play)
        assert stored.reads.verify_chain(play.scene) is None
        await here.agrees()


async def test_beside_a_busy_worker_nothing_is_told_that_is_not_so(here: Site) -> None:
    async with here.working() as (stored, scenes):
        plays = [await here.submit(scenes) for _ in range(3)]
        for _ in range(4):
            for play in plays:
                await here.act(stored, scenes, play, 3, recorded=False)
            await here.agrees()


async def test_an_older_temporal_is_brought_up_from_the_ledger_only_when_asked(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 2)
    backup = await here.back_up_temporal()
    async with here.working() as (stored, scenes):
        await here.act(stored, scenes, play, 3)
        before = entries(stored, play.scene)
    await here.restore_temporal(backup)

    assert kinds(await here.told()) == [("history_behind", 4, 6, "restart")]
    told = await here.told("--repair")
    assert kinds(told) == [("history_behind", 4, 6, "restart")], "not without --restart"

    restarted = await here.told("--repair", "--restart", status=0)
    assert [bool(each["run"]) for each in restarted["repaired"]] == [True]
    async with here.working() as (stored, scenes):
        state = await scenes.state(play.scene)
        assert state.sequence == 6
        assert await here.act(stored, scenes, play) == 7
        assert entries(stored, play.scene)[:6] == before
        assert stored.reads.verify_chain(play.scene) is None
    await here.agrees()


async def test_both_went_on_after_a_restore(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play)
    backup = await here.back_up_temporal()
    async with here.working() as (stored, scenes):
        await here.act(stored, scenes, play, 2)
    await here.restore_temporal(backup)
    async with here.working() as (stored, scenes):
        await here.act(stored, scenes, play, recorded=False)
        told = await here.told()
        assert kinds(told) == [("fork", 3, 4, "person")]
        [fork] = told["differences"]
        assert [each["sequence"] for each in fork["in_ledger"]] == [3, 4]
        assert [each["sequence"] for each in fork["in_histories"]] == [3]
        assert fork["ledger"] != fork["history"]
        for more in ((), ("--restart",)):
            left = await here.told("--repair", *more)
            assert ("fork", 3, 4, "person") in kinds(left)
        assert len(entries(stored, play.scene)) == 4

    # The office decides that the ledger's life stands: the other one is taken away by hand.
    await here.delete(play, fork["run"])
    assert kinds(await here.told()) == [("only_in_ledger", 1, 4, "restart")]
    await here.told("--repair", "--restart", status=0)
    async with here.working() as (stored, scenes):
        assert await here.act(stored, scenes, play) == 5
    await here.agrees()


async def test_a_workflow_that_somebody_ended_is_started_again(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 2)
    await here.terminate(play)
    assert kinds(await here.told()) == [("workflow_missing", 3, 3, "restart")]
    await here.told("--repair", "--restart", status=0)
    async with here.working() as (stored, scenes):
        assert await here.act(stored, scenes, play) == 4
    await here.agrees()


async def test_a_temporal_that_lost_everything_begins_again_from_the_ledger(here: Site, tmp_path: Path) -> None:
    empty = await here.back_up_temporal()
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 2)
    await here.restore_temporal(empty)
    assert kinds(await here.told()) == [("only_in_ledger", 1, 3, "restart")]
    await here.told("--repair", "--restart", status=0)
    async with here.working() as (stored, scenes):
        assert await here.act(stored, scenes, play) == 4
    await here.agrees()


async def test_what_the_rules_would_not_decide_is_not_handed_to_a_workflow(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 2)
    await here.terminate(play)
    async with here.open() as stored:
        forged = play.journal[0].model_copy(update={"sequence": 4, "events": ()})
        write(stored.ledger, play.scene, [forged])
    told = await here.told("--repair", "--restart")
    assert ("judged_otherwise", 4, 4, "person") in kinds(told)
    assert ("workflow_missing", 4, 4, "restart") in kinds(told)


async def test_edited_rows_of_the_lists_are_put_right(place: Site) -> None:
    async with place.working() as (stored, scenes):
        play = await place.submit(scenes)
        await place.act(stored, scenes, play)
    async with place.open() as stored:
        with stored.engine.begin() as connection:
            connection.execute(text("UPDATE scene SET step = 'listed', lead = '某局'"))
            connection.execute(text("DELETE FROM duty"))
            connection.execute(text("DELETE FROM outbox WHERE sequence = 1"))
    told = await place.told()
    step = next(each for each in told["differences"] if each["at"] == "scene step")
    assert (step["kind"], step["ledger"], step["history"]) == ("projection", "listed", "submitted")
    assert {each["at"].split()[0] for each in told["differences"]} >= {"scene", "outbox"}
    await place.told("--repair", status=0)
    await place.agrees()
    async with place.open() as stored:
        assert stored.reads.scene(play.scene).step == "submitted"  # type: ignore[union-attr]


async def test_an_entry_deleted_by_hand_comes_back_and_a_forged_one_is_named(place: Site) -> None:
    async with place.working() as (stored, scenes):
        play = await place.submit(scenes)
        await place.act(stored, scenes, play, 4)
        before = entries(stored, play.scene)
        spoil(stored.engine, "entry", "DELETE FROM entry WHERE sequence = 3")
    assert kinds(await place.told()) == [("ledger_gap", 3, 3, "append")]
    await place.told("--repair", status=0)
    async with place.open() as stored:
        assert entries(stored, play.scene) == before
        spoil(stored.engine, "entry", "UPDATE entry SET text = replace(text, '更正', '属实') WHERE sequence = 4")
    told = await place.told("--repair")
    assert [each[0] for each in kinds(told)] == ["changed"]
    assert (told["differences"][0]["first"], told["differences"][0]["at"]) == (4, "command.act.right_text")
    assert (told["differences"][0]["ledger"], told["differences"][0]["history"]) == ("属实", "更正")
