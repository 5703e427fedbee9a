from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from runtime.embedded import prepare_namespace, server_arguments
from runtime.plugin import scene_plugin
from tests.e2e.processes import FORGETS_AT_ONCE
from tests.fakes import MemoryArchive, MemoryLedger
from tests.scenario import city, of_narrow_pools
from tests.workflows.conftest import Stage


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where worker processes keep compiled modules: all starts but the first take a third of the time."""
    return tmp_path_factory.mktemp("compiled")


@asynccontextmanager
async def skipping_server(temporal_binary: Path) -> AsyncIterator[WorkflowEnvironment]:
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(temporal_binary),
        dev_server_extra_args=[*server_arguments(time_skipping=True), *FORGETS_AT_ONCE],
        dev_server_log_level="error",
        plugins=[scene_plugin()],
    ) as running:
        await prepare_namespace(running.client)
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def env(temporal_binary: Path) -> AsyncIterator[WorkflowEnvironment]:
    async with skipping_server(temporal_binary) as running:
        yield running


@pytest.fixture
def stage(env: WorkflowEnvironment) -> Stage:
    """What acts; each test has a worker of its own."""
    return Stage(env, of_narrow_pools(city("盐城市")), MemoryLedger(), MemoryArchive())
