"""One act in many scenes at once: each is judged for itself, and says what became of it."""

from pathlib import Path

import pytest

from tests.cli.conftest import APPLICATION
from tests.cli.terminal import Terminal


@pytest.fixture
def five(scene: Terminal, tmp_path: Path) -> list[str]:
    file = tmp_path / "scene.yaml"
    found = []
    for number in range(5):
        file.write_text(
            APPLICATION.replace("末端配送", f"末端配送{tmp_path.name}{number}").replace(
                'documents: ["@申报书.pdf"]', "regions: [亭湖区]"
            )
        )
        found.append(scene.json("submit", file)["scene"])
    return found


def test_what_can_be_done_is_done_and_what_can_not_says_why(scene: Terminal, five: list[str]) -> None:
    scene.ok("accept", five[1], "--as", "platform")
    typed = ("bulk", "accept_filing", *five, "NOWHERE-1", "--as", "platform", "--batch", f"b-{five[0]}")

    looked = scene(*typed, "--dry-run", "--json")
    assert looked.status == 1
    assert (looked.json["possible"], looked.json["refused"], looked.json["done"]) == (4, 2, 0)
    assert scene.json("show", five[0])["step"] == "submitted", "nothing is changed"

    first = scene(*typed, "--json")
    assert first.status == 1
    outcomes = {each["scene"]: each for each in first.json["items"]}
    assert [outcomes[each]["result"] for each in five] == ["done", "refused", "done", "done", "done"]
    assert (outcomes[five[1]]["code"], outcomes["NOWHERE-1"]["code"]) == ("wrong_step", "unknown_scene")
    assert [scene.json("show", each)["step"] for each in five] == ["accepted"] * 5

    again = scene(*typed, "--json")
    assert {each["scene"]: each["entry"] for each in again.json["items"]} == {
        each["scene"]: each["entry"] for each in first.json["items"]
    }, "the same batch again is done once"
    assert "--batch" in scene(*typed).out


def test_a_units_duties_are_done_in_one_go(scene: Terminal, five: list[str]) -> None:
    office = "全市场景征集和发布统一平台"
    duties = [each["scene"] for each in scene.json("inbox", "--department", office) if "accept_filing" in each["verbs"]]
    assert set(five) <= set(duties)
    answer = scene("bulk", "accept_filing", "--department", office, "--as", "platform", "--json")
    outcomes = {each["scene"]: each for each in answer.json["items"]}
    assert set(outcomes) == set(duties)
    assert {each: outcomes[each]["result"] for each in five} == dict.fromkeys(five, "done"), outcomes
    assert [scene.json("show", each)["step"] for each in five] == ["accepted"] * 5
    assert scene("bulk", "accept_filing", "--department", "没有这个单位", "--as", "platform").status == 2
