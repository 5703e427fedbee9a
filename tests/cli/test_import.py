"""存量导入: scenes that run elsewhere come in from tables and YAML, each by itself, each once."""

import csv
import io
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
import yaml

from cli.declared_scenes import COLUMNS
from tests.cli.terminal import Terminal

LISTED = {
    "场景编号": "IN-1", "场景名称": "存量无人配送", "城市": "盐城市", "领域": "智能驾驶",
    "类型": "赛道引领型", "规模": "小切口", "发榜方": "城市运营公司", "需求": "末端配送", "预算（元）": 800000,
    "资金来源": "市级财政资金", "公平竞争自查": "是",
    "当前环节": "已列入清单", "进入日期": date(2026, 3, 2), "以往经过": "2025 年立项",
    "配合单位": "智能驾驶配合单位；要素保障配合单位",
}  # fmt: skip
TRIAL = LISTED | {
    "场景编号": "IN-2", "当前环节": "trial", "揭榜方": "甲公司", "任务书文件": "@任务书.pdf", "中榜金额（元）": 500000,
    "试点开始": date(2026, 6, 1), "试点期限": "24 个月", "试点边界": "限定路段", "应急预案": "@任务书.pdf",
    "承诺书": "@任务书.pdf", "退出方案": "@任务书.pdf", "保险": "@任务书.pdf", "保险到期": date(2029, 1, 1),
    "投诉渠道": "12345", "试点风险": "medium", "试点阶段": "test",
}  # fmt: skip


def as_xlsx(file: Path, rows: list[dict[str, Any]]) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with xlsxwriter.Workbook(str(file)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, names)
        for at, row in enumerate(rows, start=1):
            for column, name in enumerate(names):
                value = row.get(name)
                if isinstance(value, date):
                    sheet.write_datetime(at, column, datetime.combine(value, time()), day)
                elif value is not None:
                    sheet.write(at, column, value)
    return file


def as_csv(file: Path, rows: list[dict[str, Any]], encoding: str = "utf-8-sig") -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding=encoding, newline="") as opened:
        writer = csv.DictWriter(opened, names)
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture(autouse=True)
def _a_paper(tmp_path: Path) -> None:
    (tmp_path / "任务书.pdf").write_bytes(b"a contract")


def results(answer: Any) -> dict[str, str]:
    return {each["scene"]: each["result"] for each in answer["items"]}


def test_a_table_comes_in_row_by_row_and_again_without_effect(scene: Terminal, tmp_path: Path) -> None:
    file = as_xlsx(tmp_path / "scenes.xlsx", [LISTED, TRIAL, {"场景编号": "IN-2", "揭榜方": "乙公司",
                   "任务书文件": "@任务书.pdf", "中榜金额（元）": 400000}])  # fmt: skip

    assert results(scene.json("import", file, "--dry-run")) == {"IN-1": "possible", "IN-2": "possible"}
    assert scene.refused("show", "IN-1") == "unknown_scene"
    assert results(scene.json("import", file)) == {"IN-1": "imported", "IN-2": "imported"}
    for id, step in (("IN-1", "listed"), ("IN-2", "trial")):
        scene.until_shown(id, step)  # what is recorded is known again
    assert results(scene.json("import", file)) == {"IN-1": "already", "IN-2": "already"}

    listed, trial = scene.json("show", "IN-1"), scene.json("show", "IN-2")
    assert (listed["step"], listed["declared"]) == ("listed", True)
    assert listed["cooperating"] == ["智能驾驶配合单位", "要素保障配合单位"]
    assert listed["profile"]["budget_yuan"] == 800_000
    steps = {each["bidder"]: each.get("trial") for each in trial["bidders"]}
    assert steps == {"甲公司": "running", "乙公司": "planning"}
    assert "未经本系统见证" in scene.ok("show", "IN-2").out


def test_a_changed_row_under_a_known_id_is_refused(scene: Terminal, tmp_path: Path) -> None:
    scene.ok("import", as_csv(tmp_path / "one.csv", [LISTED | {"场景编号": "IN-3"}]))

    answer = scene("import", as_csv(tmp_path / "two.csv", [LISTED | {"场景编号": "IN-3", "预算（元）": 1}]), "--json")

    assert answer.status == 1
    assert results(answer.json) == {"IN-3": "refused"}


def test_a_broken_row_is_told_by_row_and_column_and_keeps_nobody_out(scene: Terminal, tmp_path: Path) -> None:
    rows = [
        LISTED | {"场景编号": "IN-4", "预算（元）": "八十万", "规模": "中等"},
        {},
        LISTED | {"场景编号": "IN-5"},
        LISTED | {"场景编号": "IN-6", "城市": "北京市"},
        LISTED | {"场景编号": ""},
        LISTED | {"场景编号": "IN-7", "当前环节": "会商"},
        LISTED | {"场景编号": "IN-8", "场景名称": "无\u202e人"},
    ]

    answer = scene("import", as_csv(tmp_path / "broken.csv", rows), "--json")

    assert answer.status == 1
    told = {each["scene"]: each for each in answer.json["items"]}
    assert told["IN-5"]["result"] == "imported"
    assert "第 2 行「预算（元）」" in told["IN-4"]["message"]
    assert "八十万" in told["IN-4"]["message"]
    assert told["IN-6"]["result"] == "broken"
    assert "第 6 行" in told[""]["message"]
    assert told["IN-7"]["result"] == "refused"
    assert "第 8 行「场景名称」" in told["IN-8"]["message"]
    assert scene.refused("show", "IN-4") == "unknown_scene"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_as_chinese_spreadsheets_write_it(scene: Terminal, tmp_path: Path, encoding: str) -> None:
    file = as_csv(tmp_path / "scenes.csv", [LISTED | {"场景编号": "IN-9", "场景名称": "䶮湖配送"}], encoding)

    assert results(scene.json("import", file, "--dry-run")) == {"IN-9": "possible"}


def test_yaml_comes_in_and_a_problem_names_its_line(scene: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "scenes.yaml"
    scene.ok("import", "--template", file)
    file.write_text(file.read_text("utf-8").replace("EXAMPLE-1", "IN-10"), encoding="utf-8")

    assert results(scene.json("import", file)) == {"IN-10": "imported"}
    file.write_text(file.read_text("utf-8").replace("800000", "many"), encoding="utf-8")
    answer = scene("import", file)
    assert answer.status == 1
    assert "scenes.yaml:13: scenes.0.application.budget_yuan" in answer.err


def test_the_template_has_every_column_and_its_example_comes_in(scene: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "template.csv"
    scene.ok("import", "--template", file)
    for column in COLUMNS:
        if column.example.startswith("@"):
            (tmp_path / column.example[1:]).write_bytes(b"a paper")

    [row] = csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline=""))
    left = scene("import", file, "--dry-run", "--json")

    assert list(row) == [column.zh for column in COLUMNS]
    assert left.status == 1, "the example row is not meant to come in"
    ready = as_csv(tmp_path / "ready.csv", [row | {"场景编号": "IN-11"}])
    assert results(scene.json("import", ready, "--dry-run")) == {"IN-11": "possible"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        ("场景编号,当前环节,价格\nX,listed,1\n".encode(), "价格"),
        ("场景名称\nX\n".encode(), "场景编号"),
        ("场景编号,场景编号,当前环节\n".encode(), "两次"),
    ],
)
def test_a_table_with_a_wrong_head_is_not_read(scene: Terminal, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "scenes.csv"
    file.write_bytes(content)

    answer = scene("import", file)

    assert answer.status == 1
    assert said in answer.err


def test_what_only_says_that_it_is_a_spreadsheet_is_told(scene: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "scenes.xlsx"
    file.write_bytes(b"no zip at all")

    assert scene.refused("import", file) == "file"
    assert scene.refused("import", tmp_path / "nope.csv") == "file"


def test_without_a_server_nothing_is_imported_and_it_is_said(scene: Terminal, tmp_path: Path) -> None:
    file = as_csv(tmp_path / "scenes.csv", [LISTED | {"场景编号": "IN-12"}])

    assert scene.refused("import", file, TEMPORAL_ADDRESS="127.0.0.1:9") == "server_unreachable"
    assert scene.refused("show", "IN-12") == "unknown_scene"


def test_a_scene_that_stands_twice_in_a_file_is_not_imported(scene: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "scenes.yaml"
    scene.ok("import", "--template", file)
    [item] = yaml.safe_load(file.read_text("utf-8").replace("EXAMPLE-1", "IN-13"))["scenes"]
    file.write_text(yaml.safe_dump({"scenes": [item, item]}, allow_unicode=True), encoding="utf-8")

    answer = scene("import", file, "--json")

    assert answer.status == 1
    assert [each["result"] for each in answer.json["items"]] == ["broken", "broken"]
    assert "2 行编号相同" in answer.json["items"][0]["message"]
    assert scene.refused("show", "IN-13") == "unknown_scene"
