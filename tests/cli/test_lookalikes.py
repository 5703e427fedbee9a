"""The duplicate check at a desk: what is proposed, why, and what a registration keeps of it."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from models.policy import Policy
from runtime.policy_files import load_city
from runtime.samples import application_of, sample
from tests.cli.terminal import Terminal
from tests.scenario import ROOT


@pytest.fixture(scope="module")
def yancheng() -> Policy:
    return load_city(ROOT / "policies", "yancheng")


def draft(folder: Path, policy: Policy, name: str, need: str, sample_id: str = "YC26-077") -> str:
    content = application_of(sample(ROOT / "samples", sample_id), policy).model_dump(mode="json")
    file = folder / "application.yaml"
    file.write_text(yaml.safe_dump({**content, "name": name, "need": need}, allow_unicode=True), encoding="utf-8")
    return str(file)


POACHING = ("珍稀鸟类和麋鹿反盗猎智能防控", "保护区布设热成像相机，识别非法闯入、张网捕鸟等盗猎行为，防范盗猎。")


def test_a_draft_is_compared_before_it_is_submitted(scene: Terminal, tmp_path: Path, yancheng: Policy) -> None:
    scene.ok("submit", "--sample", "YC26-077", "--id", "LA-1")
    file = draft(tmp_path, yancheng, *POACHING)

    found = scene.json("lookalikes", "--file", file)
    shown = scene.ok("lookalikes", "--file", file).out

    assert [each["scene"] for each in found["here"]] == ["LA-1"]
    assert "盗猎" in next(reason["common"] for reason in found["here"][0]["reasons"] if reason["part"] == "need")
    assert "本市" in shown
    assert "领域相同" in shown
    assert "In this city" in scene.ok("lookalikes", "--file", file, "--lang", "en").out


def test_samples_are_compared_where_wanted_and_other_cities_stand_apart(scene: Terminal) -> None:
    scene.ok("submit", "--sample", "YC26-033", "--id", "LA-2")

    found = scene.json("lookalikes", "LA-2", "--samples")
    here = scene.json("lookalikes", "LA-2", "--samples", "--city", "盐城", "--min", "0", "--limit", "3")

    assert "CQ-027" in [each["scene"] for each in found["elsewhere"]]
    assert "YC26-033" not in [each["scene"] for each in found["here"]]
    assert (len(here["here"]), here["elsewhere"]) == (3, [])
    assert "其他城市" in scene.ok("lookalikes", "LA-2", "--samples").out


def test_a_registration_keeps_what_was_proposed_and_says_what_it_does_not_name(
    scene: Terminal, tmp_path: Path, yancheng: Policy
) -> None:
    scene.ok("submit", "--sample", "YC26-073", "--id", "LA-3")
    rewritten = ("滩涂湿地遥感调查", "用卫星遥感对湿地滩涂开展调查监测。")
    scene.ok("submit", draft(tmp_path, yancheng, *rewritten, sample_id="YC26-073"), "--id", "LA-4")
    scene.ok("accept", "LA-4", "--as", "platform_office")

    register = ("register", "LA-4", "--as", "platform_office", "--finding", "范围不同", "--command-id", "la-4")
    assert scene.refused(*register) == "lookalikes_not_looked_at"
    assert "LA-3" in scene(*register).err

    named = (*register[:-1], "la-4b", "--looked-at", "YC26-047")
    assert "LA-3" in scene.ok(*named).err, "what was looked at is another"
    again = scene.ok(*named)
    kept = scene.json("history", "LA-4")["entries"][-1]["entry"]["command"]["act"]["duplicate_check"]

    assert "LA-3" in kept["proposed"]
    assert kept["looked_at"] == ["YC26-047"]
    assert "la-4b" in again.out
    assert "LA-3" not in again.err


def test_a_check_that_names_its_look_alikes_is_not_warned(scene: Terminal, tmp_path: Path, yancheng: Policy) -> None:
    scene.ok("submit", "--sample", "YC26-055", "--id", "LA-5")
    scene.ok("submit", draft(tmp_path, yancheng, "盐碱地综合利用示范", "盐碱地利用", "YC26-055"), "--id", "LA-6")
    scene.ok("accept", "LA-6", "--as", "platform_office")

    done = scene.ok(
        "register", "LA-6", "--as", "platform_office", "--finding", "地块不同", "--looked-at", "LA-5"
    )  # fmt: skip

    assert "LA-5" not in done.err


def test_nothing_alike_is_said_with_what_to_try(scene: Terminal, tmp_path: Path, yancheng: Policy) -> None:
    file = draft(tmp_path, yancheng, "殡仪馆骨灰堂", "骨灰寄存")

    assert "没有相似的" in scene.ok("lookalikes", "--file", file).out


def test_what_can_not_be_compared_is_said(scene: Terminal, nowhere: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "none.yaml"

    assert "--file" in scene("lookalikes").err
    assert "--file" in scene("lookalikes", "LA-1", "--file", str(file)).err
    assert scene("lookalikes", "NO-SUCH", "--json").error["code"] == "unknown_scene"
    assert scene("lookalikes", "--file", str(file), "--json").error["code"] == "file"
    assert nowhere("lookalikes", "LA-1", "--json").error["code"] == "no_database"


def test_no_other_command_waits_for_the_dictionary() -> None:
    asked = "import sys, starter; sys.exit('rjieba' in sys.modules or 'similarity' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 0
