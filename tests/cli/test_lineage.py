"""`scene lineage`: the tree of copies, what happened in it, and what is left to tell."""

import asyncio
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import yaml

from cli.lineage import _Family
from runtime.settings import Settings
from tests.cli.terminal import Terminal
from workflows.lineage import LineageWorkflow

from .conftest import APPLICATION


def copied(scene: Terminal, folder: Path, id: str, original: str) -> None:
    (folder / "申报书.pdf").write_bytes(b"an application")
    file = folder / f"{id}.yaml"
    file.write_text(f"{APPLICATION}copied_from: {original}\n", encoding="utf-8")
    scene.ok("submit", file, "--id", id)


def test_the_tree_shows_copies_below_their_original(scene: Terminal, submitted: str, tmp_path: Path) -> None:
    copied(scene, tmp_path, f"{submitted}-B", submitted)
    copied(scene, tmp_path, f"{submitted}-C", f"{submitted}-B")

    found = scene.json("lineage", submitted)
    shown = scene.ok("lineage", f"{submitted}-C").out

    assert [(each["scene"], each["depth"], each["original"]) for each in found["tree"]] == [
        (submitted, 0, None),
        (f"{submitted}-B", 1, submitted),
        (f"{submitted}-C", 2, f"{submitted}-B"),
    ]
    assert found["closed_to_look_at"] == []
    assert f"└ {submitted}-B" in shown
    assert "待核完整性" in shown


def test_an_original_that_is_not_run_here_is_named_all_the_same(
    scene: Terminal, submitted: str, tmp_path: Path
) -> None:
    copied(scene, tmp_path, f"{submitted}-B", f"{submitted}-elsewhere")

    found = scene.json("lineage", f"{submitted}-B")

    assert [(each["scene"], each["known"]) for each in found["tree"]] == [
        (f"{submitted}-elsewhere", False),
        (f"{submitted}-B", True),
    ]


def test_a_scene_without_kin_stands_alone_and_an_unknown_one_is_refused(scene: Terminal, submitted: str) -> None:
    assert [each["scene"] for each in scene.json("lineage", submitted)["tree"]] == [submitted]
    assert "unknown_scene" in scene("lineage", "NO-SUCH-SCENE").err


def test_a_long_chain_and_a_mesh_show_each_scene_once() -> None:
    chain = [(f"S{each}", f"S{each + 1}") for each in range(1200)]
    names = [f"S{each}" for each in range(30)]
    mesh = [(one, other) for one in names for other in names if one != other]
    assert [node.depth for node in _Family(chain, {}).nodes()] == list(range(1201))
    assert sorted(node.scene for node in _Family(mesh, {}).nodes()) == sorted(names)


def taken_over(scene: Terminal, folder: Path, id: str, **more: object) -> str:
    """A scene that enters at the step `more` says."""
    application = {**yaml.safe_load(APPLICATION), "documents": [], "copied_from": more.pop("copied_from", None)}
    past = {"since": date(2026, 1, 5), "history": "2025 年立项", **more}
    file = folder / f"{id}.yaml"
    file.write_text(yaml.safe_dump({"scenes": [{"scene": id, "application": application, **past}]}, allow_unicode=True))
    scene.ok("import", file)
    scene.until_shown(id, str(more["step"]))
    return id


def test_the_kin_of_a_scene_are_told_by_the_workflow_of_the_schedule(scene: Terminal, tmp_path: Path) -> None:
    """Evidence goes to the copy, and what happens in the copy re-opens the review of its original, once."""
    paper = {"title": "任务书", "sha256": "a" * 64}
    done = {"bidder": "甲公司", "contract_document": paper, "budget_yuan": 500000}
    plan = {
        "duration": {"length": 24, "unit": "months"}, "bounds": "限定路段", "emergency_plan": paper,
        "commitment": paper, "exit_plan": paper, "insurance": paper, "insurance_until": date(2029, 1, 1),
        "complaint_channel": "12345", "risk": "medium",
    }  # fmt: skip
    on_trial = {**done, "trial_started_on": date(2026, 6, 1), "phase": "test", "plan": plan}
    original = taken_over(scene, tmp_path, "KIN-1", step="benchmark", bidders=[done])
    copy = taken_over(scene, tmp_path, "KIN-2", step="trial", bidders=[on_trial], copied_from=original)

    def told() -> None:
        async def run() -> None:
            client = await scene.client()
            await client.execute_workflow(LineageWorkflow.run, id=f"told-{uuid4()}", task_queue=Settings().task_queue)

        asyncio.run(run())

    told()
    until(lambda: scene.json("lineage", copy)["tree"][1]["evidence"])
    evidence = scene.json("lineage", copy)["tree"][1]["evidence"][0]
    entry = scene.json("history", original)["entries"][evidence["sequence"] - 1]
    assert (evidence["scene"], evidence["head"]) == (original, entry["hash"])

    incident = ("--set", "bidder=甲公司", "--set", "incident=I-1", "--set", "text=碰撞")
    scene.ok("act", copy, "report_incident", *incident, "--as", "regulator")
    until(lambda: scene.json("lineage")["waiting"])
    assert [(each["scene"], each["verb"]) for each in scene.json("lineage")["waiting"]] == [(original, "reopen_review")]
    assert "1 项待通知" in scene.ok("lineage").out
    told()
    told()
    until(lambda: scene.json("lineage", original)["tree"][0]["reviews"])
    [review] = scene.json("lineage", original)["tree"][0]["reviews"]
    assert (review["cause"]["scene"], review["cause"]["incident"], review["affected"]) == (copy, "I-1", None)
    assert scene.json("lineage")["waiting"] == []
    assert f"lineage_review/{review['id']}" in scene.ok("deadlines", original, "--json").out


def until(true: Callable[[], object]) -> None:
    """What was entered is recorded a moment later."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
