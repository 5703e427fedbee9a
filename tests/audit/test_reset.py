"""An operator resets a workflow (`temporal workflow reset`): two histories of one stretch, on the real server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client

from audit.bundle import opened
from audit.findings import Check, Finding, Verdict
from audit.temporal import kind_of
from audit.verify import verify
from client.health import archive_now
from client.scene_client import workflow_id
from runtime.wiring import Parts, make_worker, parts, scene_client
from tests.audit.conftest import TRUST, bundle_of
from tests.audit.site import Site, site
from tests.e2e.processes import until
from tests.scenario import Play, city
from tests.storage.journals import rows, spoil

LINGERS_MS = 4000


@pytest_asyncio.fixture(loop_scope="session")
async def here(temporal_binary: Path, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Site]:
    async with site(temporal_binary, tmp_path, sqlite_url) as made:
        yield made


async def reset(temporal: Client, scene: str, task: int) -> tuple[str, str]:
    """To the `task`-th workflow task that was done, once all is recorded and answered; gives the run that ended and the
    one that came of it."""
    async with asyncio.timeout(30):
        while True:
            history = await temporal.get_workflow_handle(workflow_id(scene)).fetch_history()
            kinds = [kind_of(each) for each in history.events]
            tasks = [number for number, kind in enumerate(kinds, start=1) if kind == "workflow_task_completed"]
            asked, answered = kinds.count("activity_task_scheduled"), kinds.count("activity_task_completed")
            if asked == answered and "activity_task_completed" not in kinds[tasks[-1] :]:
                break
            await asyncio.sleep(0.1)
    answer = await temporal.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=temporal.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id(scene), run_id=history.run_id),
            reason="an operator tries to repair",
            workflow_task_finish_event_id=tasks[task],
            request_id="reset",
        )
    )
    return history.run_id, answer.run_id


async def ended(temporal: Client, run: str, scene: str) -> None:
    async with asyncio.timeout(30):
        while (await temporal.get_workflow_handle(workflow_id(scene), run_id=run).describe()).close_time is None:
            await asyncio.sleep(0.05)


async def verified(stored: Parts, temporal: Client, file: Path, scene: str) -> list[Finding]:
    return list(verify(await bundle_of(stored, temporal, file, scene), TRUST))


def told(findings: list[Finding]) -> list[tuple[Check, str, str | None, int | None]]:
    return [(each.check, one.what, one.run, one.sequence) for each in findings for one in each.deviations]


async def test_a_reset_run_stands_beside_the_one_that_it_was_made_of(here: Site, tmp_path: Path) -> None:
    """Nothing was decided twice: only that it was reset is told, and the scene goes on."""
    temporal = await here.client()
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 2)
        before, after = await reset(temporal, play.scene, -1)
        await here.act(stored, scenes, play, 1)
        await ended(temporal, before, play.scene)
        findings = await verified(stored, temporal, tmp_path / "reset.zip", play.scene)
        with opened(tmp_path / "reset.zip") as bundle:
            assert [each.run_id for each in bundle.manifest().scenes[0].runs] == [before, after]
    assert told(findings) == [(Check.HISTORIES, "reset", after, 3)]
    assert {each.verdict for each in findings if each.check in (Check.REPLAY, Check.JOURNAL)} == {Verdict.PROVEN}
    assert (await here.told(status=0))["differences"] == []


async def test_what_a_reset_run_decided_anew_is_told_beside_the_reset(here: Site, tmp_path: Path) -> None:
    """The acts after the reset are given to the new run again, at another moment: the ledger keeps the first."""
    temporal = await here.client()
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 3)
        before, after = await reset(temporal, play.scene, 3)
        await ended(temporal, before, play.scene)
        # The new run knows them again.
        async with asyncio.timeout(30):
            while (await scenes.state(play.scene)).sequence < 4:
                await asyncio.sleep(0.1)
        await archive_now(temporal, "tests")
        (archived,) = stored.archive.runs(play.scene)
        assert archived.run_id == before
        findings = await verified(stored, temporal, tmp_path / "reset.zip", play.scene)
    deviations = told(findings)
    assert deviations[0][:3] == (Check.HISTORIES, "reset", after)
    assert set(deviations[1:]) <= {
        (Check.HISTORIES, "entry", after, 3),
        (Check.HISTORIES, "entry", after, 4),
    }
    assert (await here.told())["scenes"] == {play.scene: "fork"}


async def test_both_runs_are_archived_and_come_back_into_a_lost_index(here: Site) -> None:
    temporal = await here.client()
    async with here.working() as (stored, scenes):
        play = await here.submit(scenes)
        await here.act(stored, scenes, play, 1)
        before, after = await reset(temporal, play.scene, -1)
        await here.terminate(play)
        await ended(temporal, after, play.scene)
        await archive_now(temporal, "tests")
        runs = {each.run_id for each in stored.archive.runs(play.scene)}
        assert runs == {before, after}
        spoil(stored.engine, "archive", "DELETE FROM archive")
        stored.archive.index_again(datetime.now(UTC))
        assert {each["run_id"] for each in rows(stored.engine, "archive")} == runs


async def test_a_scene_is_proven_while_entries_are_on_their_way_from_one_run_to_the_next(
    here: Site, tmp_path: Path
) -> None:
    """The ledger has not answered yet when the stage changes: what the old run decided the new one gives to it."""
    temporal = await here.client()
    settings = here.settings.model_copy(update={"record_linger_ms": LINGERS_MS})
    with parts(settings) as stored:
        async with make_worker(temporal, stored):
            scenes = scene_client(temporal, stored)
            play = Play(city("盐城市"), scene="young", now=datetime.now(UTC)).to_consultation()
            await scenes.submit(play.scene, play.policy, play.journal[0].command)
            await until(lambda: bool(stored.reads.entries(play.scene)))
            await asyncio.sleep(LINGERS_MS / 1000 + 1)
            for entry in play.journal[1:]:
                seen = (await scenes.state(play.scene)).sequence
                await scenes.act(play.scene, entry.command.model_copy(update={"seen": seen}))
            findings = await verified(stored, temporal, tmp_path / "young.zip", play.scene)
    with opened(tmp_path / "young.zip") as bundle:
        (part,) = bundle.manifest().scenes
    assert (len(part.runs), part.sequence) == (2, 1), "not what this is about"
    assert told(findings) == []
