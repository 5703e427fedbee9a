"""Scenes as they are declared in a file: a table with one row a scene, or YAML. What is wrong, by row and column."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from models.commands.anywhere import TakeOver
from models.frozen import Frozen
from models.text import Identifier
from models.vocabulary import Machine
from rules.lifecycle import STEPS
from runtime.yaml_files import load_yaml

from .fields import Typed, problems_of, with_documents
from .output import Failure, misuse, say

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_ROWS = 5_000


class Column(NamedTuple):
    """`path` is the field of `TakeOver` that it fills; `{n}` is the bidder's number, and `example` a good value."""

    key: str
    zh: str
    path: str
    example: str = ""
    many: bool = False

    @property
    def of_bidder(self) -> bool:
        return "{n}" in self.path


COLUMNS: tuple[Column, ...] = (
    Column("scene", "场景编号", "", "（示例行，导入前请删除）"),
    Column("name", "场景名称", "application.name", "无人配送示范"),
    Column("city", "城市", "application.city", "盐城市"),
    Column("domain", "领域", "application.domain", "智能驾驶"),
    Column("type", "类型", "application.type", "赛道引领型"),
    Column("scale", "规模", "application.scale", "小切口"),
    Column("maturity", "成熟度", "application.maturity", "早期"),
    Column("track", "路径", "application.track", "sandbox"),
    Column("risk", "风险", "application.risk", "medium"),
    Column("owner", "发榜方", "application.owner", "城市运营公司"),
    Column("need", "需求", "application.need", "末端配送"),
    Column("budget_yuan", "预算（元）", "application.budget_yuan", "800000"),
    Column("funding_source", "资金来源", "application.funding_source", "市级财政资金"),
    Column("project_stage", "建设状态", "application.project_stage", "在建"),
    Column("fair_competition_self_check", "公平竞争自查", "application.fair_competition_self_check", "是"),
    Column("source", "来源", "application.source"),
    Column("assumed", "假定字段", "application.assumed", "", many=True),
    Column("step", "当前环节", "step", "沙盒试点"),
    Column("since", "进入日期", "since", "2026-03-02"),
    Column("lead", "牵头单位", "lead"),
    Column("cooperating", "配合单位", "cooperating", "", many=True),
    Column("regulator", "监管单位", "regulator"),
    Column("history", "以往经过", "history", "2025 年立项，2026 年 2 月签订任务书"),
    Column("documents", "文件", "documents", "", many=True),
    Column("awarded_yuan", "已奖励金额（元）", "awarded_yuan"),
    Column("bidder", "揭榜方", "bidders.{n}.bidder", "甲公司"),
    Column("contract_document", "任务书文件", "bidders.{n}.contract_document", "@任务书.pdf"),
    Column("bidder_budget_yuan", "中榜金额（元）", "bidders.{n}.budget_yuan", "500000"),
    Column("paid_yuan", "已付金额（元）", "bidders.{n}.paid_yuan", "150000"),
    Column("trial_started_on", "试点开始", "bidders.{n}.trial_started_on", "2026-03-02"),
    Column("phase", "试点阶段", "bidders.{n}.phase", "test"),
    Column("trial_ended_on", "试点结束", "bidders.{n}.trial_ended_on"),
    Column("plan_duration", "试点期限", "bidders.{n}.plan.duration", "6 个月"),
    Column("plan_bounds", "试点边界", "bidders.{n}.plan.bounds", "限定路段"),
    Column("plan_emergency_plan", "应急预案", "bidders.{n}.plan.emergency_plan", "@应急预案.pdf"),
    Column("plan_commitment", "承诺书", "bidders.{n}.plan.commitment", "@承诺书.pdf"),
    Column("plan_exit_plan", "退出方案", "bidders.{n}.plan.exit_plan", "@退出方案.pdf"),
    Column("plan_insurance", "保险", "bidders.{n}.plan.insurance", "@保单.pdf"),
    Column("plan_insurance_until", "保险到期", "bidders.{n}.plan.insurance_until", "2027-03-01"),
    Column("plan_complaint_channel", "投诉渠道", "bidders.{n}.plan.complaint_channel", "12345"),
    Column("plan_risk", "试点风险", "bidders.{n}.plan.risk", "medium"),
)
_STEPS = {step.zh: step.key for step in STEPS if step.machine is Machine.SCENE}
_BREAKS = re.compile(r"[；;\n]+")


@dataclass(frozen=True)
class Declared:
    """One scene of a file; `take_over` is None where it cannot be read, and `problems` say why."""

    place: str
    scene: str
    take_over: TakeOver | None
    problems: tuple[str, ...] = ()


class _Item(TakeOver):
    """One scene in YAML: the act, and the scene's id."""

    scene: Identifier


class _Items(Frozen):
    scenes: tuple[_Item, ...]


def declared_in(file: Path) -> list[Declared]:
    """Raises FileProblems or Failure for a file that cannot be read at all."""
    match file.suffix.lower():
        case ".yaml" | ".yml":
            return _from_yaml(file)
        case ".csv":
            return _from_table(_csv_rows(_bytes(file)), file.parent)
        case ".xlsx":
            return _from_table(_xlsx_rows(_bytes(file), file), file.parent)
        case other:
            raise misuse(
                f"不能导入“{other or file.name}”文件；请用 .xlsx、.csv 或 .yaml。",
                f"{other or file.name} can not be imported; use .xlsx, .csv or .yaml.",
            )


def write_template(file: Path) -> None:
    """An empty table with one example row, or a YAML file with an example. Raises Failure for another kind."""
    match file.suffix.lower():
        case ".csv":
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerow([column.zh for column in COLUMNS])
            writer.writerow([column.example for column in COLUMNS])
            # With its mark, so that a spreadsheet program knows that it is UTF-8.
            file.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
        case ".yaml" | ".yml":
            file.write_text(_YAML_TEMPLATE, encoding="utf-8")
        case _:
            raise misuse(
                "模板只能写成 .csv（可用 Excel 打开并另存为 .xlsx）或 .yaml。",
                "A template is a .csv (a spreadsheet program opens it and saves it as .xlsx) or a .yaml.",
            )


def _from_yaml(file: Path) -> list[Declared]:
    items = load_yaml(file, _Items, lambda content: with_documents(_Items, content, file.parent))
    fields = set(TakeOver.model_fields)
    return [
        Declared(f"scenes.{at}", item.scene, TakeOver.model_validate({name: getattr(item, name) for name in fields}))
        for at, item in enumerate(items.scenes)
    ]


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from None
    if len(content) > LARGEST_FILE:
        raise _unreadable(file, say(f"超过 {LARGEST_FILE:,} 字节", f"it has more than {LARGEST_FILE:,} bytes"))
    return content


def _unreadable(file: Path, reason: str) -> Failure:
    return Failure("file", say(f"无法读取 {file}（{reason}）。", f"{file} can not be read ({reason})."))


def _csv_rows(content: bytes) -> list[list[str]]:
    """UTF-8, or what Chinese spreadsheet programs write without asking (GB 18030)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    head = text.partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _xlsx_rows(content: bytes, file: Path) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST_UNPACKED:
                raise _unreadable(file, say("解压后过大", "it is too large when unpacked"))
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, IndexError) as error:
        raise _unreadable(file, say(f"不是 Excel 文件：{error}", f"it is no Excel file: {error}")) from None
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """A cell as it would be typed: 800000 and not 800000.0, 2026-03-02 and not a midnight."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


@dataclass
class _Scene:
    """The rows of one scene, as far as they could be read."""

    row: int
    id: str
    typed: Typed = field(default_factory=lambda: Typed(TakeOver))
    said: dict[str, str] = field(default_factory=dict)
    bidders: int = 0
    problems: list[str] = field(default_factory=list)


def _from_table(rows: Sequence[Sequence[str]], folder: Path) -> list[Declared]:
    if not rows:
        raise Failure("file", say("文件是空的。", "The file is empty."))
    if len(rows) > LARGEST_ROWS + 1:
        raise Failure(
            "file", say(f"超过 {LARGEST_ROWS} 行，请分批导入。", f"More than {LARGEST_ROWS} rows; split the file.")
        )
    columns = _header(rows[0])
    scenes: dict[str, _Scene] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = [(column, row[at].strip()) for at, column in columns.items() if at < len(row) and row[at].strip()]
        if not cells:
            continue
        id = next((text for column, text in cells if column.key == "scene"), "")
        # A row without an id stands alone, so that its problem is told with its number.
        scene = scenes.setdefault(id or f"#{number}", _Scene(number, id))
        _read_row(scene, number, cells, folder)
    return [_declared(scene) for scene in scenes.values()]


def _header(names: Sequence[str]) -> dict[int, Column]:
    known = {name: column for column in COLUMNS for name in (column.key, column.zh)}
    columns: dict[int, Column] = {}
    for at, name in enumerate(name.strip() for name in names):
        if not name:
            continue
        if name not in known:
            near = ", ".join(get_close_matches(name, known, n=2, cutoff=0.4)) or "--template"
            raise Failure(
                "file",
                say(f"第 1 行：没有列“{name}”。相近：{near}。", f"Row 1: there is no column {name}. Near: {near}."),
            )
        if known[name] in columns.values():
            raise Failure("file", say(f"第 1 行：列“{name}”出现两次。", f"Row 1: the column {name} stands twice."))
        columns[at] = known[name]
    missing = [column.zh for column in COLUMNS if column.key in ("scene", "step") and column not in columns.values()]
    if missing:
        raise Failure(
            "file", say(f"第 1 行：缺少列 {'、'.join(missing)}。", f"Row 1 lacks the columns {', '.join(missing)}.")
        )
    return columns


def _read_row(scene: _Scene, number: int, cells: list[tuple[Column, str]], folder: Path) -> None:
    bidder = scene.bidders
    if any(column.of_bidder for column, _ in cells):
        scene.bidders += 1
    for column, text in cells:
        if not column.path:
            continue
        if not column.of_bidder:
            if scene.said.setdefault(column.key, text) != text:
                scene.problems.append(_at(number, column, say("与前面的行不一致", "differs from the rows above")))
                continue
            if number != scene.row and scene.row and column.key in scene.said and _known(scene, column):
                continue
        for value in _values(column, text, folder):
            try:
                scene.typed.set(column.path.format(n=bidder), value)
            except Failure as failure:
                scene.problems.append(_at(number, column, failure.message.partition("：")[2] or failure.message))


def _known(scene: _Scene, column: Column) -> bool:
    place = tuple(column.path.split("."))
    return any(leaf[: len(place)] == place for leaf in scene.typed.leaves)


def _values(column: Column, text: str, folder: Path) -> Iterator[str]:
    if column.key == "step":
        yield _STEPS.get(text, text)
        return
    for value in _BREAKS.split(text) if column.many else [text]:
        value = value.strip()
        if value.startswith("@"):
            yield f"@{folder / Path(value[1:]).expanduser()}"
        elif value:
            yield value


def _at(number: int, column: Column, problem: str) -> str:
    return say(f"第 {number} 行「{column.zh}」：{problem}", f"row {number}, {column.key}: {problem}")


def _declared(scene: _Scene) -> Declared:
    place = say(f"第 {scene.row} 行", f"row {scene.row}")
    problems = list(scene.problems)
    if not scene.id:
        problems.append(say(f"第 {scene.row} 行：缺少场景编号", f"row {scene.row}: the scene's id is missing"))
    elif re.fullmatch(_IDENTIFIER, scene.id) is None:
        problems.append(
            say(
                f"第 {scene.row} 行「场景编号」：“{scene.id}”只能用字母、数字和 . _ : @ -",
                f"row {scene.row}, scene: {scene.id} may hold letters, digits and . _ : @ - only",
            )
        )
    if problems:
        return Declared(place, scene.id, None, tuple(problems))
    try:
        return Declared(place, scene.id, TakeOver.model_validate(scene.typed.content()))
    except ValidationError as invalid:
        named = tuple(_named(scene.row, path, problem) for path, problem in problems_of(invalid))
        return Declared(place, scene.id, None, named)


def _named(row: int, path: str, problem: str) -> str:
    plain = re.sub(r"\.\d+(?=\.|$)", ".{n}", path) if path.startswith("bidders.") else re.sub(r"\.\d+$", "", path)
    column = next((column for column in COLUMNS if column.path and plain.startswith(column.path)), None)
    return _at(row, column, problem) if column else say(f"第 {row} 行：{problem}", f"row {row}: {problem}")


_IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}"

_YAML_TEMPLATE = """\
# 存量导入模板：scene import 本文件。文件写作 @路径（相对本文件），只登记文件名和 SHA-256。
# step 为当前环节，见 scene verbs take_over 与 scene policy diagram。
scenes:
  - scene: EXAMPLE-1
    application:
      name: 无人配送示范
      city: 盐城市
      domain: 智能驾驶
      type: 赛道引领型
      scale: 小切口
      owner: 城市运营公司
      need: 末端配送
      budget_yuan: 800000
      funding_source: 市级财政资金
      fair_competition_self_check: true
    step: listed
    since: 2026-03-02
    history: 2025 年立项，2026 年 2 月列入清单
"""
