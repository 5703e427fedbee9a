"""Convening a panel at a desk: named, from a pool that is typed, or from the city's directory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.org import as_yaml, drafted
from models.commands.review import ConvenePanel
from rules import lots
from tests.cli.conftest import APPLICATION
from tests.cli.terminal import Terminal, town
from tests.scenario import city

GROUP, LEAD, OWNER = "盐城市场景培育和开放工作领导小组", "智能驾驶牵头单位", "城市运营公司"
CONVENE = ("--purpose", "recognition", "--size", "5")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """An engine of its own: a directory concerns everybody in its city."""
    with town(tmp_path_factory.mktemp("office")) as terminal:
        yield terminal


def in_review(office: Terminal, folder: Path, id: str) -> None:
    """A scene that waits for its experts."""
    application = yaml.safe_load(APPLICATION.replace('documents: ["@申报书.pdf"]', ""))
    content = {
        "scene": id, "application": application, "step": "expert_review", "since": "2026-05-20", "history": "线下办理",
        "bidders": [],
    }  # fmt: skip
    file = folder / "scenes.yaml"
    file.write_text(yaml.safe_dump({"scenes": [content]}, allow_unicode=True), encoding="utf-8")
    office.ok("import", file)
    office.until_shown(id, "expert_review")


def directory(folder: Path) -> Path:
    """Sixteen experts of universities, one of whom worked for the owner, and the people who keep it."""
    content = yaml.safe_load(as_yaml(drafted(city("yancheng"))))
    content["organisations"] += [{"name": name} for name in (OWNER, *(f"高校{n}" for n in range(16)))]
    people: list[dict[str, Any]] = [
        {"id": id, "name": id, "memberships": [{"unit": unit, "roles": [role]}]}
        for id, unit, role in (
            ("ma", "市财政局", "administrator"), ("zhu", GROUP, "leading_group"), ("qian", LEAD, "lead_department"),
            *((f"zj-{n}", f"高校{n}", "expert") for n in range(16)),
        )
    ]  # fmt: skip
    people[-1]["memberships"].append({"unit": OWNER, "roles": ["scene_owner"], "last": "2025-12-31"})
    file = folder / "directory.yaml"
    file.write_text(yaml.safe_dump({**content, "persons": people}, allow_unicode=True), encoding="utf-8")
    return file


def test_a_panel_is_drawn_from_the_directory_and_the_pool_stands_in_the_command(
    office: Terminal, tmp_path: Path
) -> None:
    in_review(office, tmp_path, "C-1")
    lead = f"lead:{LEAD}:qian"
    assert office.refused("convene", "C-1", *CONVENE, "--from-directory", "--as", lead) == "no_directory"
    change = office.json("org", "import", directory(tmp_path), "--as", "administrator:市财政局:ma")
    office.ok("org", "confirm", change["id"][:12], "--as", f"leading_group:{GROUP}:zhu")

    convene = ("convene", "C-1", *CONVENE, "--from-directory", "--as", "@qian", "--command-id", "draw-1")
    receipt = office.json(*convene)
    entry = office.json("history", "C-1")["entries"][-1]["entry"]
    act = ConvenePanel.model_validate(entry["command"]["act"])
    assert entry["command"]["actor"]["directory_version"] == 1
    assert [each.person for each in act.pool] == [f"zj-{n}" for n in range(16)]
    assert act.pool[-1].ties == (OWNER,)
    convened = next(each for each in entry["events"] if each["kind"] == "panel_convened")
    assert convened["draw"]["excused"] == [{"person": "zj-15", "because": "panel_conflict"}]
    again = lots.draw(convened["draw"]["seed"], act.pool[:15], 5, 4)
    assert [each["person"] for each in convened["panel"]["seats"]] == [each.person for each in again]
    assert office.json(*convene)["sequence"] == receipt["sequence"], "repeated under its id, it is the same command"

    shown = office.json("panels", "C-1")["panels"][-1]["lots"]
    assert (shown["seed"], shown["excused"]) == (convened["draw"]["seed"], ["zj-15"])
    told = office.ok("panels", "C-1")
    assert shown["seed"] in told.out.replace("\n", "")
    typed = [word for n in range(15) for word in ("--member", f"zj-{n}:高校{n}:expert")]
    assert office.refused("convene", "C-1", *CONVENE, *typed, "--as", "@qian") == "pool_in_directory"
    assert office.refused("convene", "C-1", *CONVENE, "--from-directory", "--as", "@qian") == "drawn_already"


def test_members_of_a_pool_are_typed_one_by_one(scene: Terminal, tmp_path: Path) -> None:
    in_review(scene, tmp_path, "C-2")
    typed = [word for n in range(15) for word in ("--member", f"zj-{n}:高校{n}{':expert' if n else ''}")]
    scene.ok("convene", "C-2", *CONVENE, *typed, "--as", f"lead:{LEAD}")
    act = scene.json("history", "C-2")["entries"][-1]["entry"]["command"]["act"]
    assert [(each["person"], each["unit"], each["expert"]) for each in act["pool"]] == [
        (f"zj-{n}", f"高校{n}", n > 0) for n in range(15)
    ]


def test_what_does_not_go_together_is_said(nowhere: Terminal) -> None:
    who = ("--as", "lead")
    for wrong in (
        (), ("--from-directory",), ("--from-directory", "--member", "a:甲", "--size", "5"), ("--member", "a"),
        ("--member", "a:甲:judge"),
    ):  # fmt: skip
        assert nowhere("convene", "C-3", "--purpose", "scoring", *wrong, *who).status == 2
