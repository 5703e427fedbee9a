"""A city's directory, from the first draft to who may act: as it is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cli.org import as_yaml, drafted
from models.directory import Directory
from runtime.yaml_files import load_yaml
from tests.cli.conftest import APPLICATION
from tests.cli.terminal import Terminal, town
from tests.scenario import ROOT, city

CITIES = ("yancheng", "ningbo", "chongqing")
GROUP, PLATFORM = "盐城市场景培育和开放工作领导小组", "全市场景征集和发布统一平台"
PEOPLE = [
    {"id": id, "name": name, "memberships": [{"unit": unit, "roles": [role]}]}
    for id, name, unit, role in (
        ("ma", "马某", "市财政局", "administrator"),
        ("zhu", "朱某", GROUP, "leading_group"),
        ("yu", "于某", "城市运营公司", "scene_owner"),
        ("ping", "平某", PLATFORM, "platform_office"),
        ("dai", "代某", "市财政局", "payer"),
        ("tai", "邰某", PLATFORM, "platform_office"),
    )
]
AWAY = [
    {"by": "ping", "to": to, "first": "2026-01-01", "last": "2126-12-31", "reasons": "休假"} for to in ("yu", "dai")
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """An engine of its own: a directory concerns everybody in its city."""
    with town(tmp_path_factory.mktemp("office")) as terminal:
        yield terminal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    content = yaml.safe_load(as_yaml(drafted(city("yancheng"))))
    content["organisations"].append({"name": "城市运营公司", "kind": "enterprise", "aliases": ["城运公司"]})
    path = tmp_path / "directory.yaml"
    path.write_text(yaml.safe_dump({**content, "persons": PEOPLE, "delegations": AWAY}, allow_unicode=True))
    return path


@pytest.mark.parametrize("name", CITIES)
def test_the_sample_directories_are_what_is_drafted_from_the_policies(name: str, nowhere: Terminal) -> None:
    drawn = nowhere.ok("org", "draft", "--city", name).out
    assert drawn == (ROOT / "samples" / "directories" / f"{name}.yaml").read_text()
    directory = load_yaml(ROOT / "samples" / "directories" / f"{name}.yaml", Directory)
    assert {each.name for each in directory.organisations} == city(name).unit_names
    assert {each.name for each in directory.organisations if each.assumed} == {
        unit.name for unit in city(name).units if unit.assumed
    }


def test_a_file_is_checked_with_its_line_and_against_the_policy(nowhere: Terminal, file: Path) -> None:
    assert nowhere.json("org", "check", file)["lacks"] == []
    content = yaml.safe_load(file.read_text())
    content["organisations"] = content["organisations"][1:]
    content["persons"], content["delegations"] = [], []
    file.write_text(yaml.safe_dump(content, allow_unicode=True))
    assert "全市场景征集和发布统一平台" in nowhere.ok("org", "check", file).out
    file.write_text("city: 盐城市\norganisations:\n- name: 甲局\n  knid: department\n")
    wrong = nowhere("org", "check", file)
    assert (wrong.status, "directory.yaml:4" in wrong.err) == (1, True)


def test_a_directory_is_proposed_confirmed_and_then_says_who_may_act(office: Terminal, file: Path) -> None:
    # before there is one, anybody on this machine may say who they are
    assert office.json("org", "versions") == []
    assert office.refused("org", "show", "--city", "yancheng") == "no_directory"

    by = ("--as", "administrator:市财政局:ma")
    change = office.json("org", "import", file, *by)
    assert change["changes"]["persons"]["added"] == ["ma", "zhu", "yu", "ping", "dai", "tai"]
    id = change["id"][:12]
    chief = f"leading_group:{GROUP}"
    assert office.refused("org", "confirm", id, "--as", f"platform:{PLATFORM}:ping") == "not_permitted"
    assert office.refused("org", "confirm", id, "--as", f"{chief}:ma") == "same_person"
    assert office.refused("org", "confirm", "ffff", "--as", f"{chief}:zhu") == "unknown_directory_change"
    assert office.json("org", "confirm", id, "--as", f"{chief}:zhu")["status"] == "confirmed"
    recorded = [each["refusal"]["code"] for each in office.json("refusals", "--scene", "directory:YC")["items"]]
    assert sorted(recorded) == ["not_permitted", "same_person"]

    # now people act by their id, and nobody is what the directory does not say
    application = file.with_name("scene.yaml")
    application.write_text(APPLICATION.replace('documents: ["@申报书.pdf"]', "regions: [亭湖区]"), encoding="utf-8")
    assert office("submit", application, "--as", "owner").status == 2
    assert office.refused("submit", application, "--as", "@nobody") == "unknown_person"
    scene = office.json("submit", application, "--as", "@yu")["scene"]
    assert office.refused("accept", scene, "--as", f"platform:{PLATFORM}:yu") == "not_a_member"
    assert office.refused("accept", scene, "--as", "@yu") == "not_permitted"
    assert office.refused("accept", scene, "--as", "@tai", "--on-behalf-of", "ping") == "not_delegated"
    assert office.refused("accept", scene, "--as", "@yu", "--on-behalf-of", "ping") == "drafter_decides"
    office.ok("accept", scene, "--as", "@dai", "--on-behalf-of", "ping")

    actor = office.json("history", scene)["entries"][-1]["entry"]["command"]["actor"]
    assert (actor["person"], actor["on_behalf_of"], actor["directory_version"]) == ("dai", ["ping"], 1)
    assert actor["unit"] == PLATFORM
    codes = {each["refusal"]["code"] for each in office.json("refusals", "--scene", scene)["items"]}
    assert codes == {"unknown_person", "not_a_member", "not_permitted", "not_delegated", "drafter_decides"}

    # a second version; the first stays
    content = yaml.safe_load(file.read_text())
    content["persons"] = [each for each in content["persons"] if each["id"] != "tai"]
    file.write_text(yaml.safe_dump(content, allow_unicode=True))
    change = office.json("org", "import", file, "--as", "@ma")
    assert change["changes"]["persons"]["removed"] == ["tai"]
    office.ok("org", "reject", change["id"][:12], "--reasons", "仍在岗", "--as", "@zhu")
    assert [each["id"] for each in office.json("org", "show", "--city", "yancheng")["persons"]][-1] == "tai"
    assert [(each["version"], each["status"]) for each in office.json("org", "versions")] == [
        (1, "confirmed"), (2, "rejected"),
    ]  # fmt: skip


def test_the_directory_is_looked_into_by_unit_person_and_day(office: Terminal, file: Path) -> None:
    if not office.json("org", "versions"):
        change = office.json("org", "import", file, "--as", "administrator:市财政局:ma")
        office.ok("org", "confirm", change["id"][:12], "--as", f"leading_group:{GROUP}:zhu")
    show = ("org", "show", "--city", "盐城市")
    shown = office.json(*show, "--unit", "城运公司")
    assert [each["id"] for each in shown["persons"]] == ["yu"]
    assert [each["to"] for each in office.json(*show, "--person", "ping")["delegations"]] == ["yu", "dai"]
    assert office.json(*show, "--on", "2025-12-31")["delegations"] == []
    assert "† 假定" in office.ok(*show).out
    assert office.refused(*show, "--person", "nobody") == "unknown_person"
    assert office.refused(*show, "--unit", "无此局") == "unknown_unit"
    finding = next(each for each in office("doctor", "--json").json if each["check"] == "directories")
    assert finding["level"] == "ok"
