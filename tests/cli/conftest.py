from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, town

_numbers = count(1)

APPLICATION = """\
name: 阿卜杜拉·买买提与𠮷田的䶮配送
city: 盐城市
domain: 智能驾驶
type: 赛道引领型
scale: 小切口
owner: 城市运营公司
need: 末端配送
budget_yuan: 800000
funding_source: 市级财政资金
fair_competition_self_check: true
documents: ["@申报书.pdf"]
"""


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


@pytest.fixture
def submitted(scene: Terminal, tmp_path: Path) -> str:
    """A scene that was just submitted, from a file."""
    id = f"LIFE-{next(_numbers)}"
    (tmp_path / "申报书.pdf").write_bytes(b"an application")
    file = tmp_path / "scene.yaml"
    file.write_text(APPLICATION, encoding="utf-8")
    scene.ok("submit", file, "--id", id)
    return id
