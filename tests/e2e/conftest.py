from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where worker processes keep compiled modules: all starts but the first take a third of the time."""
    return tmp_path_factory.mktemp("compiled")
