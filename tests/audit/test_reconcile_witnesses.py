"""Who else knows: archived runs, sealed bundles, checkpoints and kept copies; and what an auditor sees of a restart."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from audit.checkpoints import Checkpoints
from audit.findings import Check, Verdict
from audit.log import lines
from audit.verify import verify
from client.health import archive_now
from models.commands.anywhere import Withdraw
from models.refusal import Refused
from tests.audit.conftest import TRUST, bundle_of
from tests.audit.site import Site, kinds, site
from tests.e2e.test_life_after_retention import forgotten
from tests.scenario import ROOT
from tests.storage.journals import rows, spoil


@pytest_asyncio.fixture(loop_scope="session")
async def here(temporal_binary: Path, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Site]:
    async with site(temporal_binary, tmp_path, sqlite_url) as made:
        yield made


async def closed_and_sealed(here: Site) -> str:
    """A scene with a refusal that was withdrawn, archived, sealed, and forgotten by Temporal."""
    temporal = await here.client()
    async with here.working() as (stored, scenes):
        if not stored.audit_key.exists():
            stored.audit_key.make()
        play = await here.submit(scenes)
        with pytest.raises(Refused):
            await scenes.act(play.scene, play.command(Withdraw(reasons="不再需要"), play.platform, id="no", seen=1))
        await scenes.act(play.scene, play.command(Withdraw(reasons="不再需要"), play.owner, id="yes", seen=1))
        await scenes.end(play.scene)
        Checkpoints(stored.checkpoints, stored.audit_key).now(datetime.now(UTC))  # a seal waits for it
        assert (await archive_now(temporal, "tests")).sealed == 1
        await forgotten(temporal, play.scene, [run.run_id for run in stored.archive.runs(play.scene)])
    return play.scene


async def test_archived_runs_stand_in_where_temporal_has_let_them_go(here: Site) -> None:
    empty = here.back_up_database()
    scene = await closed_and_sealed(here)
    assert (await here.agrees())["scenes"] == {scene: "agrees"}
    async with here.open() as stored:
        before = [stored.reads.chain(scene), stored.reads.refusal_chain(scene)]

    here.restore_database(empty)
    told = await here.told()
    assert told["scenes"] == {scene: "only_in_histories"}
    assert set(kinds(told)) >= {("refusals_behind", 1, 1, "append"), ("archive_index", None, None, "append")}
    assert ("rulebook", None, None, "append") in kinds(told)
    repaired = await here.told("--repair", status=0)
    assert repaired["indexed"] == 1
    assert (repaired["repaired"][0]["rulebooks"], repaired["repaired"][0]["refusals"]) == (1, [1])
    async with here.open() as stored:
        assert [stored.reads.chain(scene), stored.reads.refusal_chain(scene)] == before
        assert stored.reads.verify_refusals() == {}
    await here.agrees()


async def test_a_sealed_bundle_holds_the_histories_that_the_archive_lost(here: Site) -> None:
    empty = here.back_up_database()
    scene = await closed_and_sealed(here)
    here.restore_database(empty)
    for file in (here.folder / "archive").glob("*/*.json.gz"):
        file.unlink()
    told = await here.told()
    assert told["scenes"] == {scene: "only_in_histories"}
    await here.told("--repair", status=0)
    assert (await here.agrees())["scenes"] == {scene: "agrees"}

    (sealed,) = (here.folder / "archive" / "sealed").glob("*.zip")
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 1
    sealed.write_bytes(bytes(content))
    assert "unreadable" in [each[0] for each in kinds(await here.told())]


async def test_checkpoints_and_kept_copies_prove_what_neither_side_has(here: Site, tmp_path: Path) -> None:
    async with here.working() as (stored, scenes):
        stored.audit_key.make()
        play = await here.submit(scenes)
        await here.act(stored, scenes, play)
    before, older = here.back_up_database(), await here.back_up_temporal()
    async with here.working() as (stored, scenes):
        await here.act(stored, scenes, play, 2)
        Checkpoints(stored.checkpoints, stored.audit_key).now(datetime.now(UTC))
        copy = tmp_path / "kept.jsonl"
        copy.write_bytes(b"".join(lines(stored.checkpoints.items())))
        with stored.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER entry_refuses_delete"))
    here.restore_database(before)
    await here.restore_temporal(older)

    await here.agrees()
    told = await here.told("--log", str(copy))
    assert kinds(told) == [("witness_longer", 4, 4, "person")]
    assert (told["differences"][0]["at"], told["differences"][0]["ledger"]) == ("copy 1", 2)
    again = await here.told("--repair", "--restart", "--log", str(copy))
    assert kinds(again) == kinds(told)


async def test_the_logs_own_checkpoint_names_a_head_that_the_ledger_does_not_have(here: Site) -> None:
    async with here.working() as (stored, scenes):
        stored.audit_key.make()
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 2)
        Checkpoints(stored.checkpoints, stored.audit_key).now(datetime.now(UTC))
        spoil(stored.engine, "entry", "DELETE FROM entry WHERE sequence = 3")
    told = await here.told()
    assert kinds(told)[:2] == [("ledger_behind", 3, 3, "append"), ("witness_longer", 3, 3, "append")]
    await here.told("--repair", status=0)


async def test_an_auditor_sees_that_a_scene_was_started_again(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 2)
    await here.terminate(play)
    await here.told("--repair", "--restart", status=0)
    async with here.working() as (stored, scenes):
        await here.act(stored, scenes, play, 2)
        bundle = await bundle_of(stored, await here.client(), here.folder / "bundle.zip", play.scene)
    findings = {each.check: each for each in verify(bundle, TRUST)}
    wrong = {check: each.deviations for check, each in findings.items() if each.verdict is Verdict.DEVIATES}
    assert list(wrong) == [Check.HISTORIES]
    assert [(each.what, each.sequence) for each in wrong[Check.HISTORIES]] == [("restarted", 3)]


async def test_a_policy_and_a_document_that_the_database_lost_come_back(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        for entry in play.register().journal[1:]:
            await scenes.act(play.scene, entry.command)
        await here.act(stored, scenes, play)
        before = rows(stored.engine, "document")
        assert before
        rulebooks = rows(stored.engine, "rulebook")
        spoil(stored.engine, "rulebook", "DELETE FROM rulebook")
        with stored.engine.begin() as connection:
            connection.execute(text("DELETE FROM document"))
    told = await here.told()
    assert {(each[0], each[3]) for each in kinds(told)} == {("document", "append"), ("rulebook", "append")}
    await here.told("--repair", status=0)
    async with here.open() as stored:
        assert rows(stored.engine, "document") == before
        assert rows(stored.engine, "rulebook") == rulebooks
        with stored.engine.begin() as connection:
            connection.execute(text("UPDATE document SET ordinal = 99"))
    told = await here.told("--repair")
    assert [(each["kind"], each["ledger"], each["history"]) for each in told["differences"]] == [("document", 99, 1)]


async def test_a_repair_that_is_killed_is_finished_by_the_next(here: Site) -> None:
    backup = here.back_up_database()
    async with here.working() as (stored, scenes):
        plays = [await here.submit(scenes) for _ in range(12)]
        for play in plays:
            await here.act(stored, scenes, play)
        before = rows(stored.engine, "entry")
    here.restore_database(backup)

    killed = await asyncio.to_thread(repair_until_the_first_entry_is_appended, here)
    assert killed == -9
    with closing(sqlite3.connect(here.folder / "scene.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM entry").fetchone()
        torn = connection.execute("SELECT stream FROM entry GROUP BY stream HAVING count(*) <> 2").fetchall()
    assert 0 < count < len(before)
    assert torn == [], "a scene's repair is one transaction"

    repaired = await here.told("--repair", status=0)
    assert sum(len(each["appended"]) for each in repaired["repaired"]) == len(before) - count
    async with here.open() as stored:
        assert [row["hash"] for row in rows(stored.engine, "entry")] == [row["hash"] for row in before]
    await here.agrees()


def repair_until_the_first_entry_is_appended(here: Site) -> int:
    environment = {
        **os.environ, "SCENE_DATA_DIR": str(here.folder), "SCENE_DATABASE_URL": here.url, "SCENE_TASK_QUEUE": "tests",
        "TEMPORAL_ADDRESS": here.temporal.address, "SCENE_LOG_FORMAT": "json",
    }  # fmt: skip
    command = [sys.executable, "starter.py", "audit", "reconcile", "--repair", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said = json.loads(line)
            if said["event"] == "entry appended":
                assert said["by"] == getuser()
                assert said.keys() >= {"scene", "sequence", "hash", "build"}
                process.kill()
                break
        return process.wait()


async def test_without_temporal_what_is_archived_is_compared_and_the_rest_is_not_proven(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play)
    await here.temporal.kill()
    try:
        told = await here.told(status=3)
        assert (told["asked_temporal"], told["differences"]) == (False, [])
    finally:
        await here.temporal.start()


async def test_an_archive_knows_more_than_a_temporal_that_was_restored(here: Site) -> None:
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play)
    backup = await here.back_up_temporal()
    async with here.working() as (stored, scenes):
        for entry in play.register().journal[1:]:
            await scenes.act(play.scene, entry.command)
        await here.act(stored, scenes, play)
        while not stored.archive.runs(play.scene):
            await archive_now(await here.client(), "tests")
        height = len(stored.reads.chain(play.scene))
    await here.restore_temporal(backup)

    told = await here.told()
    assert [(each["kind"], each["last"], each["plan"]) for each in told["differences"]] == [
        ("history_behind", height, "restart")
    ]
    await here.told("--repair", "--restart", status=0)
    async with here.working() as (stored, scenes):
        assert await here.act(stored, scenes, play) == height + 1
        bundle = await bundle_of(stored, await here.client(), here.folder / "bundle.zip", play.scene)
    await here.agrees()
    histories = next(each for each in verify(bundle, TRUST) if each.check is Check.HISTORIES)
    assert [each.what for each in histories.deviations] == ["restarted"]
