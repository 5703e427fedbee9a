"""The command line as its users have it: what is typed, and what comes back. In this process, which saves a second."""

import asyncio
import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from temporalio.client import Client
from temporalio.testing import TimeSkipper

import starter
from client.scene_client import workflow_id
from runtime import presence
from runtime.connect import connect
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from tests.scenario import ROOT


@dataclass(frozen=True)
class Answer:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Mapping[str, Any]:
        """The error as a program reads it: of a command that was typed with --json."""
        content: Mapping[str, Any] = json.loads(self.err)["error"]
        return content


@dataclass
class Terminal:
    """`data_dir` is the folder whose engine is spoken to; `settings` are more variables of the environment."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __call__(self, *typed: str | Path, **settings: str) -> Answer:
        """Types one command. Keyword arguments are variables of its environment."""
        out, err = io.StringIO(), io.StringIO()
        with self._environment(settings), _own_log(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = starter.run([str(word) for word in typed])
        return Answer(status, out.getvalue(), err.getvalue())

    def ok(self, *typed: str | Path, **settings: str) -> Answer:
        answer = self(*typed, **settings)
        assert answer.status == 0, answer
        return answer

    def json(self, *typed: str | Path) -> Any:
        return self.ok(*typed, "--json").json

    def refused(self, *typed: str | Path, status: int = 1, **settings: str) -> str:
        """The code with which a command is refused; nothing is printed but that."""
        answer = self(*typed, "--json", **settings)
        assert (answer.status, answer.out) == (status, ""), answer
        return str(answer.error["code"])

    def skip(self, scene: str, delta: timedelta) -> None:
        """Lets time go by in one scene."""

        async def skip() -> None:
            client = await self.client()
            await TimeSkipper(client).fast_forward(client.get_workflow_handle(workflow_id(scene)), delta)

        asyncio.run(skip())

    def take_away(self, scene: str) -> None:
        """Ends a workflow that nobody works on."""

        async def end() -> None:
            await (await self.client()).get_workflow_handle(workflow_id(scene)).terminate()

        asyncio.run(end())

    async def client(self) -> Client:
        here = presence.find(self.data_dir)
        assert here is not None
        return await connect(Settings(data_dir=self.data_dir), [scene_plugin()], address=here.address)

    def until_shown(self, scene: str, step: str) -> Any:
        """What lists say of a scene once it stands at `step`: alarms are recorded a moment after they come due."""
        until = time.monotonic() + 15
        answer = self("show", scene, "--json")
        while answer.status or answer.json["step"] != step:
            assert time.monotonic() < until, (step, answer)
            time.sleep(0.05)
            answer = self("show", scene, "--json")
        return answer.json

    @contextlib.contextmanager
    def _environment(self, settings: dict[str, str]) -> Iterator[None]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("SCENE_", "TEMPORAL_"))}
        ours = {"SCENE_DATA_DIR": str(self.data_dir), **self.settings, **settings}
        with patch.dict(os.environ, {**plain, **ours}, clear=True):
            yield


@contextlib.contextmanager
def _own_log() -> Iterator[None]:
    """A command sends the process's log to its own stderr; the tests' log comes back after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@contextlib.contextmanager
def town(data_dir: Path) -> Iterator[Terminal]:
    """A running engine on a data folder of its own."""
    command = [sys.executable, "-m", "tests.cli.town", str(data_dir)]
    with (
        (data_dir / "town.log").open("w") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as engine,
    ):
        assert engine.stdin is not None
        assert engine.stdout is not None
        assert engine.stdout.readline(), "the town did not start"
        yield Terminal(data_dir)
        engine.stdin.close()
        assert engine.wait(timeout=90) == 0
