import asyncio
import shutil
import socket
import stat
import sys
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from models.search_attributes import SCENE_CITY, SEARCH_ATTRIBUTES
from runtime import embedded
from runtime.connect import ServerUnreachable, connect
from runtime.embedded import EmbeddedServer, EmbeddedServerError, PortInUse, find_temporal, prepare_namespace
from runtime.settings import Settings
from tests.runtime.parked import Parked


@pytest.fixture
async def client(server: EmbeddedServer) -> Client:
    return await connect(Settings(), address=server.address)


async def test_closed_runs_are_kept_for_ten_years(client: Client) -> None:
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))

    assert described.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=3650)


async def test_every_search_attribute_is_registered_with_its_type(client: Client) -> None:
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))

    registered = {name: IndexedValueType.Name(kind) for name, kind in listed.custom_attributes.items()}
    assert registered == {name: f"INDEXED_VALUE_TYPE_{kind.upper()}" for name, kind in SEARCH_ATTRIBUTES.items()}


async def test_a_workflow_can_be_started_with_a_chinese_search_attribute_at_once(client: Client) -> None:
    city = SearchAttributePair(SearchAttributeKey.for_keyword(SCENE_CITY), "盐城")

    handle = await client.start_workflow(
        "Nothing", id="searchable", task_queue="nobody", search_attributes=TypedSearchAttributes([city])
    )

    described = await handle.describe()
    assert described.typed_search_attributes[city.key] == "盐城"
    await handle.terminate()


async def test_preparing_a_prepared_namespace_changes_nothing(client: Client) -> None:
    await prepare_namespace(client)


async def test_an_attribute_of_another_type_is_reported_and_not_kept_silently(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace="default", search_attributes={"SceneOdd": IndexedValueType.INDEXED_VALUE_TYPE_INT}
        )
    )
    monkeypatch.setattr(embedded, "SEARCH_ATTRIBUTES", {"SceneOdd": "Keyword"})

    with pytest.raises(EmbeddedServerError, match="SceneOdd"):
        await prepare_namespace(client)


async def test_the_server_listens_on_loopback_only(server: EmbeddedServer) -> None:
    assert server.pid is not None
    listening = [
        c.laddr.ip for c in psutil.Process(server.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN
    ]

    assert listening
    assert set(listening) == {"127.0.0.1"}


async def test_the_server_ends_when_its_block_ends(temporal_binary: Path, tmp_path: Path) -> None:
    async with EmbeddedServer(temporal_binary, log_file=tmp_path / "server.log") as server:
        pid = server.pid
        assert pid is not None
        assert psutil.pid_exists(pid)

    assert not psutil.pid_exists(pid)
    assert server.pid is None
    with pytest.raises(ServerUnreachable):
        await connect(Settings(connect_timeout_seconds=1), address=server.address)


async def test_a_server_that_ignores_the_request_to_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "START_LIMIT", timedelta(seconds=0.3))
    monkeypatch.setattr(embedded, "STOP_LIMIT", timedelta(seconds=0.1))
    deaf = _program(tmp_path, "trap '' TERM\necho $$ > \"$0.pid\"\nwhile true; do sleep 0.05; done")

    with pytest.raises(EmbeddedServerError, match="did not answer"):
        await EmbeddedServer(deaf, log_file=tmp_path / "server.log", db_file=tmp_path / "temporal.db").__aenter__()

    assert not psutil.pid_exists(_pid_of(deaf))


async def test_a_cancelled_start_leaves_no_server_behind(tmp_path: Path) -> None:
    slow = _program(tmp_path, 'echo $$ > "$0.pid"\nexec sleep 30')
    start = asyncio.create_task(EmbeddedServer(slow, log_file=tmp_path / "server.log").__aenter__())
    await asyncio.sleep(0.2)

    start.cancel()

    with pytest.raises(asyncio.CancelledError):
        await start
    assert not psutil.pid_exists(_pid_of(slow))


async def test_a_port_in_use_is_named_before_anything_starts(server: EmbeddedServer, tmp_path: Path) -> None:
    port = int(server.address.rpartition(":")[2])
    second = EmbeddedServer(Path("never-started"), log_file=tmp_path / "server.log", port=port)

    with pytest.raises(PortInUse, match=f"Port {port} is in use.*scene up"):
        await second.__aenter__()


async def test_a_web_ui_port_in_use_is_named_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        second = EmbeddedServer(Path("never-started"), log_file=tmp_path / "server.log", ui_port=port)

        with pytest.raises(PortInUse, match=f"Port {port} "):
            await second.__aenter__()


async def test_a_server_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    broken = _program(tmp_path, "echo 'Error: no such pragma' >&2\nexit 3")

    with pytest.raises(EmbeddedServerError, match=r"status 3.*no such pragma"):
        await EmbeddedServer(broken, log_file=tmp_path / "server.log").__aenter__()


async def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="missing-program"):
        await EmbeddedServer(tmp_path / "missing-program", log_file=tmp_path / "server.log").__aenter__()


async def test_a_server_with_a_file_keeps_its_workflows_when_it_is_started_again(
    temporal_binary: Path, tmp_path: Path
) -> None:
    db_file, log_file = tmp_path / "data" / "temporal.db", tmp_path / "server.log"
    async with EmbeddedServer(temporal_binary, log_file=log_file, db_file=db_file, durable=True, ui_port=0) as server:
        client = await connect(Settings(), address=server.address)
        await client.start_workflow("Nothing", id="kept", task_queue="nobody")
        assert await asyncio.to_thread(_page, server.ui_url) == 200

    async with EmbeddedServer(temporal_binary, log_file=log_file, db_file=db_file) as server:
        client = await connect(Settings(), address=server.address)
        described = await client.get_workflow_handle("kept").describe()
        assert described.status is WorkflowExecutionStatus.RUNNING


async def test_a_port_that_somebody_took_meanwhile_is_given_up_for_another(
    temporal_binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = embedded._reserve
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1]])
        monkeypatch.setattr(embedded, "_reserve", lambda port: next(ports, None) or reserve(port))
        async with EmbeddedServer(temporal_binary, log_file=tmp_path / "server.log") as server:
            await connect(Settings(), address=server.address)
            assert not server.address.endswith(f":{taken.getsockname()[1]}")


async def test_with_time_skipping_ninety_days_pass_in_a_moment(temporal_binary: Path, tmp_path: Path) -> None:
    async with EmbeddedServer(temporal_binary, log_file=tmp_path / "server.log", time_skipping=True) as server:
        skipper = TimeSkipper(await connect(Settings(), address=server.address))
        async with Worker(skipper.client, task_queue="parked", workflows=[Parked]):
            handle = await skipper.client.start_workflow(Parked.run, 90, id="parked", task_queue="parked")
            await skipper.fast_forward(handle, timedelta(days=91))

            waited = await handle.result()

    assert waited == 90


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="only Linux can tie a child's life to its parent's")
async def test_a_killed_parent_takes_its_server_with_it(temporal_binary: Path, tmp_path: Path) -> None:
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from runtime.embedded import EmbeddedServer

async def main():
    async with EmbeddedServer(Path(sys.argv[1]), log_file=Path(sys.argv[2])) as server:
        print(server.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, temporal_binary, tmp_path / "server.log", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await parent.communicate()
    server = psutil.Process(int(output))

    await asyncio.to_thread(server.wait, 10)

    assert not server.is_running()


async def test_time_skipping_is_off_unless_asked_for(client: Client) -> None:
    with pytest.raises(RPCError, match=r"(?i)time.?skipping"):
        await TimeSkipper(client).client.start_workflow("Nothing", id="skipping", task_queue="nobody")


def test_the_setting_for_the_binary_wins_over_path_and_wheel(tmp_path: Path) -> None:
    assert find_temporal(Settings(temporal_binary=tmp_path / "mine")) == tmp_path / "mine"


def test_a_temporal_on_path_wins_over_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = _program(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_temporal(Settings()) == mine


def test_without_one_on_path_the_wheel_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    found = find_temporal(Settings())

    assert found is not None
    assert found.exists()


def _program(folder: Path, script: str) -> Path:
    path = folder / "temporal"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _pid_of(program: Path) -> int:
    return int(Path(f"{program}.pid").read_text())


def _page(url: str | None) -> int:
    assert url is not None
    with urlopen(url, timeout=5) as answer:  # noqa: S310  (our own loopback address)
        status: int = answer.status
        return status
