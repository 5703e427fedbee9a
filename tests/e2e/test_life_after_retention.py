"""The ledger can be lost, and Temporal forgets what is over: archives and open runs together still have everything.

And a ledger that was tampered with is shown as long as it stands so, and holds up nobody.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Engine, text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.ledger import Numbers
from client.from_archives import HistoriesDiffer, entries_of, merged, not_archived, restore
from client.health import archive_now
from client.scene_client import workflow_id
from models.commands.anywhere import ProposeCorrection, Withdraw
from models.journal import JournalEntry
from models.recording import RecordBatch, Recorded
from models.state import SceneState
from runtime.settings import Settings
from runtime.wiring import Parts, make_worker, parts
from storage.database import migrate
from storage.ledger import SqlLedger
from storage.rebuild import rebuild
from tests.e2e.conftest import skipping_server
from tests.e2e.evidence import histories
from tests.e2e.processes import until
from tests.scenario import Play, city
from tests.workflows.conftest import QUEUE, Stage

SOON = timedelta(seconds=15)
"""Real time: while a recording is repeated, the server skips none."""
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def env(temporal_binary: Path) -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own: what it holds is all that there is."""
    async with skipping_server(temporal_binary) as running:
        yield running


def database(folder: Path, name: str) -> Settings:
    """A new, empty database in the folder, beside the archive."""
    settings = Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": f"sqlite:///{folder / name}.db",
            "task_queue": QUEUE,
            "record_linger_ms": 0,
        }
    )
    migrate(settings.database_url.get_secret_value())
    return settings


@asynccontextmanager
async def working(temporal: Client, stored: Parts) -> AsyncIterator[None]:
    async with make_worker(temporal, stored):
        yield


async def recorded(stored: Parts, play: Play) -> None:
    await until(lambda: len(stored.reads.entries(play.scene)) == play.state.sequence)


async def forgotten(temporal: Client, scene: str, runs: Sequence[str]) -> None:
    """Temporal does with these runs at once what it does when their retention is over."""
    for run_id in runs:
        run = WorkflowExecution(workflow_id=workflow_id(scene), run_id=run_id)
        request = DeleteWorkflowExecutionRequest(namespace=temporal.namespace, workflow_execution=run)
        await temporal.workflow_service.delete_workflow_execution(request)
    left = f"WorkflowId = '{workflow_id(scene)}' AND ExecutionStatus != 'Running'"
    async with asyncio.timeout(120):
        while True:
            if not (await temporal.count_workflows(left)).count:
                return
            await asyncio.sleep(0.1)


def rows(engine: Engine, columns: str, table: str, order: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY {order}"))  # noqa: S608
        return [tuple(row) for row in found]


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """The whole ledger and what is made from it; who recorded an entry, and when, is no part of it."""
    return {
        "entry": rows(engine, "stream, sequence, algorithm, previous, hash, text", "entry", "1, 2"),
        "scene": rows(engine, "*", "scene", "scene"),
        "duty": rows(engine, "*", "duty", "scene, deadline"),
        "deadline": rows(engine, "*", "deadline", "scene, id, started_by"),
        "outbox": rows(engine, "*", "outbox", "stream, sequence, recipient, rung"),
        "document": rows(engine, "*", "document", "stream, sequence, place"),
    }


async def test_a_lost_ledger_is_made_again_from_archived_and_open_runs(stage: Stage, tmp_path: Path) -> None:
    temporal = stage.env.client
    living, ended, young = stage.play().to_listed(), stage.play().submit(), stage.play().submit()
    ended.do(Withdraw(reasons="不再需要"), ended.owner)
    plays = {play.scene: play for play in (living, ended, young)}
    with parts(database(tmp_path, "lost")) as lost:
        async with working(temporal, lost):
            for play in plays.values():
                await stage.follow(play)
                await recorded(lost, play)
            with stage.env.with_time_skipping_disabled():
                await archive_now(temporal, QUEUE)
        before = everything(lost.engine)
        for scene in (living.scene, ended.scene):
            await forgotten(temporal, scene, [run.run_id for run in lost.archive.runs(scene)])

    with parts(database(tmp_path, "fresh")) as fresh:
        assert fresh.archive.index_again(NOW) == 3, "two runs of the living scene, one of the ended"
        known: dict[str, list[str]] = {}
        for run in fresh.archive.runs():
            known.setdefault(run.stream, []).append(fresh.archive.history(run))
        archived = {(run.workflow_id, run.run_id) for run in fresh.archive.runs()}
        async for scene, history in not_archived(temporal, archived):
            known.setdefault(scene, []).append(history)
        for scene, its_histories in known.items():
            restore(fresh.ledger, scene, its_histories, build="b", rules="r", now=NOW)
        assert rebuild(fresh.engine) == ()

        assert everything(fresh.engine) == before

        async with working(temporal, fresh):
            living.post()
            await stage.act(living.scene, living.journal[-1].command)
            await recorded(fresh, living)
        assert fresh.reads.verify_chain(living.scene) is None
        assert fresh.archive.index_again(NOW) == 0


class Unsteady(SqlLedger):
    """A ledger that is `away`, or one whose answers are lost on their way: what it was given stands in it by then."""

    away = False
    mute = False

    def record(
        self, batch: RecordBatch, *, build: str, rules: str, now: datetime, numbers: Numbers | None = None
    ) -> Recorded:
        if self.away:
            raise ConnectionError("the ledger is away")
        answer = super().record(batch, build=build, rules=rules, now=now, numbers=numbers)
        if self.mute:
            raise ConnectionError("the connection broke before the answer")
        return answer


async def test_what_a_run_could_not_record_any_more_stands_in_its_history(stage: Stage, tmp_path: Path) -> None:
    play = stage.play().to_registered()
    with parts(database(tmp_path, "scene")) as stored:
        ledger = Unsteady(stored.engine)
        ledger.away = True
        async with working(stage.env.client, replace(stored, ledger=ledger)):
            await stage.follow(play)
            await stage.runs(play.scene, at_least=2)
            first, second = await histories(stage.env.client, play.scene)
            ledger.away = False
            await recorded(stored, play)

        journal = tuple(record.entry for record in stored.reads.entries(play.scene))
        assert entries_of(first.to_json()) == journal
        assert entries_of(second.to_json()) == journal


def slip(play: Play) -> ProposeCorrection:
    return ProposeCorrection(correction=f"k{play.commands}", sequence=1, reasons="笔误", right_text="更正")


async def test_a_changed_ledger_shows_at_the_next_repeat_and_stops_neither_acts_nor_alarms(
    stage: Stage, tmp_path: Path
) -> None:
    play = stage.play().submit()
    with parts(database(tmp_path, "scene")) as stored:
        ledger = Unsteady(stored.engine)
        async with working(stage.env.client, replace(stored, ledger=ledger)):
            await stage.submit(play)
            await recorded(stored, play)
            due_at = play.deadline("completeness").due_at
            await stage.until(play.scene, due_at - SOON, past=timedelta())  # nothing comes due just before
            play.until(due_at - SOON)
            await recorded(stored, play)

            ledger.mute = True
            first = await stage.do(play, slip(play), play.owner)
            await until(lambda: len(stored.reads.entries(play.scene)) == first.sequence)
            right = change(stored.engine, play.scene, first.sequence, "笔误", "属实")
            ledger.mute = False
            pending = await shown(stage, play.scene, "LedgerConflict")
            assert str(first.sequence) in pending.last_failure.message

            second = await stage.do(play, slip(play), play.owner)
            assert second.sequence == first.sequence + 1
            state = await accepted(stage, play.scene)
            again = await shown(stage, play.scene, "LedgerConflict")
            assert again.attempt > pending.attempt
            assert len(stored.reads.entries(play.scene)) == first.sequence
            assert stored.reads.verify_chain(play.scene) == first.sequence

            put_back(stored.engine, play.scene, first.sequence, right)
            await until(lambda: len(stored.reads.entries(play.scene)) == state.sequence)
        assert stored.reads.verify_chain(play.scene) is None


async def accepted(stage: Stage, scene: str) -> SceneState:
    """By silence, while the ledger can not be written."""
    async with asyncio.timeout(120):
        while (state := await stage.client.state(scene)).step != "accepted":
            await asyncio.sleep(0.2)
    return state


def change(engine: Engine, scene: str, sequence: int, old: str, new: str) -> str:
    """Changes the text of an entry, as somebody could who may drop the ledger's triggers. Gives the right text."""
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER entry_refuses_update"))
        where = {"scene": scene, "sequence": sequence}
        right: str = connection.execute(
            text("SELECT text FROM entry WHERE stream = :scene AND sequence = :sequence"), where
        ).scalar_one()
    assert old in right
    put_back(engine, scene, sequence, right.replace(old, new))
    return right


def put_back(engine: Engine, scene: str, sequence: int, content: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE entry SET text = :content WHERE stream = :scene AND sequence = :sequence"),
            {"content": content, "scene": scene, "sequence": sequence},
        )


async def shown(stage: Stage, scene: str, type: str) -> PendingActivityInfo:
    """The recording that is repeated because of an error of this type, as Temporal's own tools show it."""
    async with asyncio.timeout(120):
        while True:
            described = await stage.handle(scene).describe()
            for pending in described.raw_description.pending_activities:
                if pending.last_failure.application_failure_info.type == type:
                    return pending
            await asyncio.sleep(0.1)


def test_histories_that_contradict_each_other_are_refused() -> None:
    first = Play(city("盐城市")).submit().journal[0]
    again = JournalEntry.model_validate_json(first.model_dump_json())
    assert merged([first, again]) == (first,)
    with pytest.raises(HistoriesDiffer, match="entry 1 "):
        merged([first, first.model_copy(update={"policy": "0" * 64})])
