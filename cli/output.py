"""How a command speaks: data to stdout, for people or as JSON; remarks and errors to stderr; in Chinese or English."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from models.refusal import Language

PIPED_WIDTH = 200
"""A file or a pipe has no width; lines longer than this are folded."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


SCENES = "场景 · Scenes"
ACTS = "办理 · Acts"
RECORDS = "记录与维护 · Records and upkeep"
RUNNING = "运行与规则 · Running, and the rules"
"""How `scene --help` groups the commands."""


@dataclass
class _Speech:
    language: Language = "zh"
    json: bool = False


_speech = _Speech()


@dataclass(eq=False)
class Failure(Exception):
    """The command did not succeed: `code` is for programs, `message` one sentence for people, with what to do next."""

    code: str
    message: str
    status: int = 1
    details: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def group(about: str) -> typer.Typer:
    """A group of commands that shows its help where none is named."""
    made = typer.Typer()

    @made.callback(invoke_without_command=True, help=about)
    def _shown(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            write(context.get_help())

    return made


def misuse(zh: str, en: str, code: str = "usage") -> Failure:
    """What was typed cannot be meant."""
    return Failure(code, say(zh, en), status=2)


def begin(language: Language) -> None:
    """Before each command: its language, and people as the readers until it says otherwise."""
    _speech.language = language
    _speech.json = False


def language() -> Language:
    return _speech.language


def as_json() -> bool:
    return _speech.json


def say(zh: str, en: str) -> str:
    return zh if _speech.language == "zh" else en


def _set_json(value: bool) -> bool:
    _speech.json = value
    return value


_OBEYED = dict.fromkeys(
    [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"
)
"""Control characters but tab and line break, and what turns the order of letters round."""
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出 · print JSON", callback=_set_json, is_eager=True)]
"""The option of every command that prints data; its callback notes it, so that errors come as JSON too."""
SceneOption = Annotated[str | None, typer.Option("--scene", help="只看某场景 · one scene", show_default=False)]
PageNumber = Annotated[int, typer.Option("--page", min=1, help="页 · page")]
PerPage = Annotated[int, typer.Option("--limit", min=1, max=500, help="每页条数 · per page")]


def present(data: object, *shown: RenderableType) -> None:
    """`data` as JSON for programs, or what is `shown` for people."""
    if _speech.json:
        write(json.dumps(to_jsonable_python(data), ensure_ascii=False, indent=2))
        return
    console = _console()
    for each in shown:
        console.print(_harmless(each))


def printable(text: str) -> str:
    """What is shown may come from anybody, as a bundle or a proof does, and a terminal obeys what it is sent."""
    return text.translate(_OBEYED)


def _harmless(shown: RenderableType) -> RenderableType:
    if isinstance(shown, Text):
        shown = shown.copy()
        shown.plain = printable(shown.plain)
    return printable(shown) if isinstance(shown, str) else shown


def write(text: str) -> None:
    """Plain text to stdout, as it is."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def export(to: Path, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> int:
    """A list as CSV that spreadsheets open and compute nothing of; `-` is stdout. Gives the number of rows."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last is the number of rows
        writer.writerow([cell(value) for value in row])
    if str(to) == "-":
        write(text.getvalue())
    else:
        to.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    return count


def note(text: str) -> None:
    """A remark beside the data: progress, where a file went."""
    _console(stderr=True).print(Text(printable(text)), soft_wrap=True)


def error(code: str, message: str) -> None:
    line = Text.assemble((say("错误", "Error"), "bold red"), (f" [{code}] ", "red"), printable(message))
    _console(stderr=True).print(line, soft_wrap=True)


def table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]], title: str = "") -> Table:
    """A table whose cells are plain text, whatever stands in them. Columns are given as (Chinese, English)."""
    made = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        title=Text(printable(title), "bold") if title else None,
        title_justify="left",
        pad_edge=False,
    )
    for zh, en in columns:
        made.add_column(say(zh, en), overflow="fold")
    for row in rows:
        made.add_row(*(_harmless(cell if isinstance(cell, Text) else Text(_said(cell, ""))) for cell in row))
    return made


def cell(value: Any) -> str:
    """What a spreadsheet gets: a list on one line, and nothing that it would compute."""
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def pairs(rows: Iterable[tuple[str, object]]) -> Table:
    """Name and value, one a line."""
    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        made.add_row(Text(name), _harmless(value if isinstance(value, Text) else Text(_said(value, "-"))))
    return made


def _said(value: object, nothing: str) -> str:
    return nothing if value is None else str(value)


def line(*parts: str | tuple[str, str]) -> Text:
    """Text with styles: ("overdue", "red")."""
    return Text.assemble(*parts)


def _console(*, stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=PIPED_WIDTH)
    return console
