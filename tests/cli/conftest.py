import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.scenario import ROOT


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The command line beside a running engine, which all tests share; each has scenes of its own."""
    data_dir = tmp_path_factory.mktemp("town")
    command = [sys.executable, "-m", "tests.cli.town", str(data_dir)]
    with (
        (data_dir / "town.log").open("w") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as town,
    ):
        assert town.stdin is not None
        assert town.stdout is not None
        assert town.stdout.readline(), "the town did not start"
        yield Terminal(data_dir)
        town.stdin.close()
        assert town.wait(timeout=30) == 0


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
