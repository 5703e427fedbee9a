from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, town


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The command line beside a running engine, which all tests share; each has scenes of its own."""
    with town(tmp_path_factory.mktemp("town")) as terminal:
        yield terminal


@pytest.fixture
def nowhere(tmp_path: Path) -> Terminal:
    """The command line of somebody who has started nothing; the server's address leads nowhere."""
    return Terminal(tmp_path / "data", {"TEMPORAL_ADDRESS": "127.0.0.1:9", "SCENE_CONNECT_TIMEOUT_SECONDS": "2"})


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A document, as it is typed."""
    file = tmp_path_factory.mktemp("papers") / "通知.pdf"
    file.write_bytes(b"a paper")
    return f"@{file}"
