"""An installation of its own to restore backups in: Temporal on a file, a database, a worker that comes and goes."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client

from client.scene_client import SceneClient, workflow_id
from models.commands.anywhere import ProposeCorrection
from runtime.connect import connect
from runtime.embedded import prepare_namespace
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, make_worker, parts, scene_client
from tests.cli.terminal import Answer, Terminal
from tests.e2e.processes import TemporalServer, until
from tests.scenario import Play, city

_numbers = count(1)


@dataclass
class Site:
    """`url` is the database's; backups of it and of Temporal lie beside."""

    folder: Path
    url: str
    temporal: TemporalServer
    backups: int = 0
    acts: int = field(default=0)

    @property
    def settings(self) -> Settings:
        return Settings.model_validate(
            {"data_dir": self.folder, "task_queue": "tests", "record_linger_ms": 0, "database_url": self.url}
        )

    async def client(self) -> Client:
        return await connect(self.settings, [scene_plugin()], address=self.temporal.address)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Parts]:
        with parts(self.settings) as stored:
            yield stored

    @asynccontextmanager
    async def working(self) -> AsyncIterator[tuple[Parts, SceneClient]]:
        """With a worker, and everything recorded at the end."""
        temporal = await self.client()
        with parts(self.settings) as stored:
            async with make_worker(temporal, stored):
                yield stored, scene_client(temporal, stored)

    async def submit(self, scenes: SceneClient, scene: str = "") -> Play:
        play = Play(city("盐城市"), scene=scene or f"R-{next(_numbers)}", now=datetime.now(UTC)).submit()
        await scenes.submit(play.scene, play.policy, play.journal[0].command)
        return play

    async def act(
        self, stored: Parts, scenes: SceneClient, play: Play, times: int = 1, *, recorded: bool = True
    ) -> int:
        """Acts of the owner, each recorded unless it can not be; gives the last entry's number."""
        sequence = 0
        for _ in range(times):
            self.acts += 1
            slip = ProposeCorrection(
                correction=f"k{self.acts}", sequence=1, reasons=f"笔误{self.acts}", right_text="更正"
            )
            command = play.command(slip, play.owner, id=f"act-{self.acts}", seen=1)
            sequence = (await scenes.act(play.scene, command)).sequence
        if recorded:
            await until(lambda: len(stored.reads.chain(play.scene)) >= sequence)
        return sequence

    # backups, made and restored while nothing runs

    def back_up_database(self) -> str:
        self.backups += 1
        url = make_url(self.url)
        if url.get_backend_name() == "sqlite":
            target = self.folder / f"backup-{self.backups}.db"
            with closing(sqlite3.connect(str(url.database))) as whole, closing(sqlite3.connect(target)) as copy:
                whole.backup(copy)
            return str(target)
        name = f"{url.database}_backup_{self.backups}"
        _administer(self.url, f"CREATE DATABASE {name} TEMPLATE {url.database}")
        return name

    def restore_database(self, backup: str) -> None:
        url = make_url(self.url)
        if url.get_backend_name() == "sqlite":
            for suffix in ("-wal", "-shm"):
                Path(f"{url.database}{suffix}").unlink(missing_ok=True)
            shutil.copy(backup, str(url.database))
            return
        _administer(self.url, f"DROP DATABASE {url.database}", f"CREATE DATABASE {url.database} TEMPLATE {backup}")

    async def back_up_temporal(self) -> Path:
        """The server stops for it, and goes on."""
        self.backups += 1
        target = self.folder / f"temporal-{self.backups}"
        await self._without_temporal(lambda: _copied(self.folder, target))
        return target

    async def restore_temporal(self, backup: Path) -> None:
        def put_back() -> None:
            for file in self.folder.glob("temporal.db*"):
                file.unlink()
            _copied(backup, self.folder)

        await self._without_temporal(put_back)

    async def _without_temporal(self, do: Any) -> None:
        await self.temporal.kill()
        do()
        await self.temporal.start()

    async def terminate(self, play: Play) -> None:
        await (await self.client()).get_workflow_handle(workflow_id(play.scene)).terminate()

    async def delete(self, play: Play, run: str) -> None:
        """What `temporal workflow delete` does; returns when the lists have forgotten it as well."""
        temporal, its = await self.client(), workflow_id(play.scene)
        request = DeleteWorkflowExecutionRequest(
            namespace=temporal.namespace, workflow_execution=WorkflowExecution(workflow_id=its, run_id=run)
        )
        await temporal.workflow_service.delete_workflow_execution(request)
        async with asyncio.timeout(60):
            while (await temporal.count_workflows(f"WorkflowId = '{its}'")).count:
                await asyncio.sleep(0.1)

    # the command

    async def reconcile(self, *typed: str) -> Answer:
        terminal = Terminal(
            self.folder,
            {
                "TEMPORAL_ADDRESS": self.temporal.address, "SCENE_DATABASE_URL": self.url,
                "SCENE_TASK_QUEUE": "tests", "SCENE_CONNECT_TIMEOUT_SECONDS": "5",
            },
        )  # fmt: skip
        return await asyncio.to_thread(terminal, "audit", "reconcile", *typed, "--json")

    async def told(self, *typed: str, status: int = 1) -> dict[str, Any]:
        answer = await self.reconcile(*typed)
        assert answer.status == status, answer
        content: dict[str, Any] = answer.json
        return content

    async def agrees(self) -> dict[str, Any]:
        told = await self.told(status=0)
        assert told["differences"] == []
        return told


def _copied(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for file in source.glob("temporal.db*"):
        shutil.copy(file, target / file.name)


def _administer(url: str, *statements: str) -> None:
    admin = make_url(url).set(drivername="postgresql+psycopg", database="postgres")
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@asynccontextmanager
async def site(binary: Path, folder: Path, url: str) -> AsyncIterator[Site]:
    async with TemporalServer(binary, folder) as temporal:
        made = Site(folder, url, temporal)
        await prepare_namespace(await made.client())
        yield made


def kinds(told: dict[str, Any]) -> list[tuple[str, int | None, int | None, str]]:
    return [(each["kind"], each["first"], each["last"], each["plan"]) for each in told["differences"]]
