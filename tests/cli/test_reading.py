"""Lists, inboxes, histories: what a reader sees, and what a program reads."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

OFFICE = "全市场景征集和发布统一平台"


@pytest.fixture(scope="module")
def three(scene: Terminal) -> tuple[str, ...]:
    """Three scenes of two cities: submitted, registered, suspended."""
    for sample, id in (("YC26-015", "READ-1"), ("YC26-016", "READ-2"), ("NB-001", "READ-3")):
        scene.ok("submit", "--sample", sample, "--id", id)
    scene.ok("register", "READ-2", "--finding", "无重复", "--looked-at", "OTHER-1", "--as", "platform")
    scene.ok("suspend", "READ-3", "--reasons", "核查", "--as", "owner")
    return ("READ-1", "READ-2", "READ-3")


def ids(scene: Terminal, *typed: str) -> list[str]:
    return [each["scene"] for each in scene.json("list", "--text", "READ-", "--sort", "scene", *typed)["items"]]


def test_a_list_is_narrowed_sorted_and_paged(scene: Terminal, three: tuple[str, ...]) -> None:
    assert ids(scene) == list(three)
    assert ids(scene, "--city", "宁波") == ["READ-3"]
    assert ids(scene, "--stage", "review", "--step", "registered") == ["READ-2"]
    assert ids(scene, "--descending", "--limit", "2") == ["READ-3", "READ-2"]
    page = scene.json("list", "--text", "READ-", "--sort", "scene", "--limit", "2", "--page", "2")
    assert ([each["scene"] for each in page["items"]], page["total"], page["pages"]) == (["READ-3"], 3, 2)


def test_an_empty_list_says_so(scene: Terminal) -> None:
    assert "没有符合条件的场景" in scene.ok("list", "--text", "no scene has this name").out


def test_a_list_is_exported_for_spreadsheets_without_formulas(
    scene: Terminal, three: tuple[str, ...], tmp_path: Path
) -> None:
    name = "=HYPERLINK(1)"
    application = tmp_path / "formula.yaml"
    application.write_text(
        f"name: '{name}'\ncity: 盐城市\ndomain: 智能驾驶\ntype: 赛道引领型\nscale: 小切口\nowner: 城市运营公司\n"
        "need: 配送\nbudget_yuan: 1\nfunding_source: 财政\nfair_competition_self_check: true\n",
        encoding="utf-8",
    )
    scene.ok("submit", application, "--id", "READ-4")

    scene.ok("list", "--text", "READ-", "--sort", "scene", "--csv", tmp_path / "all.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text("utf-8-sig"))))

    assert [row["scene"] for row in rows] == [*three, "READ-4"]
    assert rows[3]["name"] == f"'{name}"
    assert (tmp_path / "all.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_inbox_holds_what_a_desk_has_to_do(scene: Terminal, three: tuple[str, ...]) -> None:
    by_unit = {each["scene"]: each for each in scene.json("inbox", "--department", OFFICE)}

    assert by_unit[three[0]]["limit"] == "completeness"
    assert by_unit[three[0]]["workdays_left"] == 5
    assert three[1] not in by_unit
    assert three[0] in {each["scene"] for each in scene.json("inbox", "--role", "平台窗口", "--city", "YC")}


def test_the_inbox_of_a_known_unit_without_duties_is_empty(scene: Terminal) -> None:
    assert scene.json("inbox", "--department", "市财政局") == []


def test_a_history_is_numbered_chained_and_cut_to_size(scene: Terminal, three: tuple[str, ...]) -> None:
    whole = scene.json("history", three[1])
    last = scene.json("history", three[1], "--from", "2")

    assert whole["chain"] == {"whole": True, "first_broken": None}
    assert [each["entry"]["sequence"] for each in whole["entries"]] == [1, 2]
    assert last["entries"] == whole["entries"][1:]
    printed = scene.ok("history", three[1], "--full").out
    assert "✔ 链条完整" in printed
    assert "无重复" in printed
    assert "场景已登记、" in printed
    assert "scene registered, " in scene.ok("history", three[1], "--lang", "en").out


def test_what_is_assumed_is_marked(scene: Terminal, three: tuple[str, ...]) -> None:
    assert "假定" in scene.ok("show", three[0]).out
    assert "assumed" in scene.ok("show", three[0], "--lang", "en").out


def test_refusals_are_on_record(scene: Terminal, three: tuple[str, ...]) -> None:
    scene.refused("accept", three[0], "--as", "owner")

    [refusal] = scene.json("refusals", "--scene", three[0], "--code", "not_permitted")["items"]
    assert refusal["refusal"]["actor"]["role"] == "scene_owner"
    assert "无权" in scene.ok("refusals", "--scene", three[0]).out


def test_the_outbox_shows_who_is_told_what(scene: Terminal, three: tuple[str, ...]) -> None:
    messages = scene.json("outbox", "list", "--scene", three[0], "--pending")["items"]

    assert [(each["kind"], each["recipient"]) for each in messages] == [("duty_set", f"unit:盐城市/{OFFICE}")]


def test_the_verbs_are_listed_with_their_steps_and_fields(scene: Terminal) -> None:
    verbs = {each["verb"]: each for each in scene.json("verbs")}
    fields = {each["path"]: each for each in scene.json("verbs", "submit_trial_plan")["fields"]}

    assert verbs["give_opinion"]["steps"] == ["consultation"]
    assert "pass_deadline" not in verbs
    assert fields["plan.duration"]["required"]
    assert not fields["plan.insurance"]["required"]


def test_wide_letters_keep_the_columns_straight(scene: Terminal, three: tuple[str, ...]) -> None:
    from rich.cells import cell_len

    lines = scene.ok("list", "--text", "READ-").out.splitlines()
    table = [line for line in lines if line.strip()][:-1]

    assert len({cell_len(line) for line in table}) == 1


def test_a_deadline_is_counted_day_by_day(scene: Terminal, three: tuple[str, ...]) -> None:
    story = scene.json("deadlines", three[0], "--why", "completeness")

    assert story == scene.json("show", three[0], "--why", "completeness")
    assert [turn["what"] for turn in story["turns"]] == ["set"]
    assert story["legs"][0]["days"][-1]["on"] == story["deadline"]["due_on"]
    text = scene.ok("deadlines", three[0], "--why", "completeness").out
    for said in ("完整性核查", "依据", "日历版本", "设定", story["deadline"]["due_on"]):
        assert said in text
    assert "number" in scene.ok("--lang", "en", "deadlines", three[0], "--why", "completeness").out
    assert scene.refused("show", three[0], "--why", "nothing") == "unknown_deadline"


def test_a_department_s_deadlines_come_as_a_calendar(scene: Terminal, three: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "office.ics"
    scene.ok("ical", "--department", OFFICE, "--city", "盐城市", "-o", file)
    text = scene.ok("ical", "--department", OFFICE, "--city", "盐城市").out

    assert text.startswith("BEGIN:VCALENDAR")
    assert file.read_bytes().count(b"BEGIN:VEVENT") == text.count("BEGIN:VEVENT") >= len(three)
    unknown = scene("ical", "--department", "不存在的单位")
    assert unknown.status == 1
    assert "unknown_unit" in unknown.err
