"""The command as a process of its own: how it starts, how it is stopped, how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from runtime import presence
from tests.cli.terminal import Terminal
from tests.scenario import ROOT

SCENE = str(Path(sysconfig.get_path("scripts")) / "scene")
UP = ("up", "--port", "0", "--no-ui", "--json")


def environment(data_dir: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("SCENE_", "TEMPORAL_"))}
    return {**plain, "SCENE_DATA_DIR": str(data_dir)}


@contextmanager
def up(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`scene up` on a data folder, once it is ready."""
    with subprocess.Popen(
        [SCENE, *UP], env=environment(data_dir), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            while not lines or lines[-1] != "}\n":
                line = process.stdout.readline()
                assert line, process.stderr and process.stderr.read()
                lines.append(line)
            yield process, json.loads("".join(lines))
        finally:
            process.kill()


def test_an_engine_is_started_used_stopped_and_started_again(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    scene = Terminal(data_dir)
    with up(data_dir) as (process, ready):
        assert ready["data_dir"] == str(data_dir)
        scene.ok("submit", "--sample", "YC26-020", "--id", "UP-1")
        second = scene(*UP)
        assert (second.status, second.error["code"]) == (1, "already_up")
        assert str(process.pid) in second.err
        children = psutil.Process(process.pid).children(recursive=True)

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=90) == 0
    assert children
    assert not [each for each in children if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    assert scene.refused("accept", "UP-1", "--as", "platform", TEMPORAL_ADDRESS="127.0.0.1:9") == "server_unreachable"

    with up(data_dir) as (process, _):
        scene.ok("accept", "UP-1", "--as", "platform")
        assert scene.json("show", "UP-1", "--live")["step"] == "accepted"
        process.send_signal(signal.SIGHUP)
        assert process.wait(timeout=90) == 0


def test_a_port_that_is_taken_is_said_and_nothing_stays_behind(scene: Terminal, tmp_path: Path) -> None:
    taken = scene.json("doctor")[1]["message"].split()[2].rpartition(":")[2]

    answer = Terminal(tmp_path / "data")("up", "--port", taken, "--no-ui")

    assert answer.status == 1
    assert f"Port {taken} is in use" in answer.err
    assert not (tmp_path / "data/up.json").exists()


def test_a_client_command_ends_well_fifty_times_out_of_fifty(scene: Terminal) -> None:
    scene.ok("submit", "--sample", "YC26-021", "--id", "EXIT-1")

    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.many", "50", "3", "show", "EXIT-1", "--live"],
        cwd=ROOT,
        env=environment(scene.data_dir),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert done.stdout.split() == ["0"] * 50, done.stderr


@pytest.mark.parametrize(("typed", "status"), [(["list"], 0), (["show", "NOPE"], 1), (["nope"], 2)])
def test_the_installed_command_ends_with_its_status(scene: Terminal, typed: list[str], status: int) -> None:
    done = subprocess.run([SCENE, *typed], env=environment(scene.data_dir), capture_output=True, text=True, check=False)

    assert done.returncode == status, done.stderr
    assert bool(done.stderr) == bool(status)


def test_a_reader_who_goes_away_is_no_error(scene: Terminal) -> None:
    command = f"{SCENE} verbs --json | head -1"

    done = subprocess.run(
        ["/bin/sh", "-c", command], env=environment(scene.data_dir), capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("[\n", "")


def test_a_worker_serves_until_it_is_told_to_stop(scene: Terminal, tmp_path: Path) -> None:
    card = presence.find(scene.data_dir)
    assert card is not None
    here = {**environment(tmp_path), "TEMPORAL_ADDRESS": card.address, "SCENE_TASK_QUEUE": "another"}
    with subprocess.Popen(
        [sys.executable, "worker.py", "run"], cwd=ROOT, env=here, stderr=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stderr is not None
        while "serving" not in (line := worker.stderr.readline()):
            assert line, "the worker did not start"
        worker.send_signal(signal.SIGTERM)

        assert "stopped" in worker.stderr.read()
        assert worker.wait(timeout=90) == 0


def test_the_histories_of_open_scenes_are_verified_before_a_deployment(scene: Terminal) -> None:
    card = presence.find(scene.data_dir)
    assert card is not None
    scene.ok("submit", "--sample", "YC26-021", "--id", "VERIFY-1")

    done = subprocess.run(
        [sys.executable, "worker.py", "verify"],
        cwd=ROOT,
        env={**environment(scene.data_dir), "TEMPORAL_ADDRESS": card.address},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    replayed, failed, judged, otherwise = map(int, re.findall(r"\d+", done.stdout))
    assert replayed >= 1
    assert judged >= 1
    assert (failed, otherwise) == (0, 0)


def test_a_worker_without_a_server_says_where_it_looked(tmp_path: Path) -> None:
    nowhere = {"TEMPORAL_ADDRESS": "127.0.0.1:9", "SCENE_CONNECT_TIMEOUT_SECONDS": "1"}

    done = subprocess.run(
        [sys.executable, "worker.py", "run"],
        cwd=ROOT,
        env={**environment(tmp_path), **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
