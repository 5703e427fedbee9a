import socket
from pathlib import Path

import pytest

from runtime.connect import DEFAULT_ADDRESS, ServerUnreachable, connect
from runtime.embedded import EmbeddedServer
from runtime.settings import Settings


@pytest.fixture(autouse=True)
def _no_temporal_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE", "TEMPORAL_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "none.toml"))


async def test_the_address_comes_from_the_environment_the_temporal_cli_reads(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "default")

    client = await connect(Settings())

    assert client.service_client.config.target_host == server.address


async def test_an_embedded_servers_address_leaves_the_environment_aside(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.invalid:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")

    client = await connect(Settings(), address=server.address)

    assert client.namespace == "default"


async def test_no_server_is_said_with_the_address_and_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody = f"127.0.0.1:{probe.getsockname()[1]}"

    with pytest.raises(ServerUnreachable, match=f"at {nobody}.*scene up.*TEMPORAL_ADDRESS") as caught:
        await connect(Settings(), address=nobody)

    assert caught.value.address == nobody


async def test_something_that_listens_and_never_answers_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"

        with pytest.raises(ServerUnreachable, match=r"no answer within 0\.2 s"):
            await connect(Settings(connect_timeout_seconds=0.2), address=address)


async def test_without_any_configuration_the_usual_local_port_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(target_host: str, **_: object) -> None:
        raise RuntimeError(target_host)

    monkeypatch.setattr("runtime.connect.Client.connect", refuse)

    with pytest.raises(ServerUnreachable) as caught:
        await connect(Settings())

    assert caught.value.address == DEFAULT_ADDRESS
