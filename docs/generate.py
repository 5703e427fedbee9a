"""Writes docs/reference from the code: `make docs`. A test fails where what is committed is not what this writes.

Everything here reads tables, models and their descriptions; nothing is said twice.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from models.commands import ACTS, Act  # noqa: E402  # the project is put on the path first, for a run as a script
from models.field_words import about, owner_of  # noqa: E402
from models.policy import Limits, Policy, Sourced  # noqa: E402
from models.refusal import REFUSALS  # noqa: E402
from models.vocabulary import Machine  # noqa: E402
from models.words import LIMITS, MACHINES, ROLES, VERBS  # noqa: E402
from rules import lifecycle  # noqa: E402
from rules.diagram import graph, listed, mermaid, ways  # noqa: E402
from runtime.drawing import svg  # noqa: E402
from runtime.settings import Settings  # noqa: E402

WRITTEN = "<!-- Written by docs/generate.py (`make docs`); edit the code, not this page. -->"


@cache
def pages() -> dict[str, str]:
    """File name in docs/reference: its content."""
    graphs = tuple(graph(machine) for machine in Machine)
    return {
        "lifecycle.md": _lifecycle(),
        "lifecycle.svg": svg(graphs, "zh"),
        "lifecycle.en.svg": svg(graphs, "en"),
        "verbs.md": _verbs(),
        "policy.md": _policy(),
        "refusals.md": _refusals(),
        "settings.md": _settings(),
        "commands.md": _commands(),
    }


def _page(title: str, *blocks: str) -> str:
    return "\n\n".join((f"# {title}", WRITTEN, *blocks)).rstrip() + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _lifecycle() -> str:
    blocks = [
        "Every step a scene can stand at and every way from one to another, from the table in `rules/lifecycle.py`. A city's policy leaves steps out and sets limits; it adds none. `scene policy diagram --city CITY` draws one city's.",
        "![生命周期](lifecycle.svg)",
    ]
    for machine in Machine:
        steps = [step for step in lifecycle.STEPS if step.machine is machine]
        rows = [
            (
                f"`{step.key}`",
                step.zh,
                step.en,
                step.stage.value,
                ROLES[step.holder].zh if step.holder else "",
                f"`{step.limit}`" if step.limit else "",
                ", ".join(f"`{verb}`" for verb in lifecycle.verbs_at(machine, step.key)),
            )
            for step in steps
        ]
        drawn = graph(machine)
        blocks.append(f"## {MACHINES[machine].zh} · {MACHINES[machine].en}")
        blocks.append(_table(("step", "中文", "English", "stage", "whose turn", "limit", "verbs"), rows))
        if wide := listed(drawn, "zh"):
            blocks.append("\n".join(f"- {line}" for line in wide))
        blocks.append("```mermaid\n" + mermaid((drawn,), "zh").strip() + "\n```")
    blocks.append("## 任何环节均可 · possible at any open step")
    blocks.append(ways(lifecycle.ANYWHERE, "zh"))
    blocks.append("## 暂停期间仍可 · possible while suspended")
    blocks.append(ways(lifecycle.WHILE_STANDING_STILL, "zh"))
    return _page("生命周期 · Lifecycle", *blocks)


def _shown(annotation: Any) -> str:
    """A type as people read it."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " or ".join(_shown(arg) for arg in args if arg is not type(None))
    if origin is tuple:
        return f"list of {_shown(args[0])}"
    if origin is dict:
        return f"map of {_shown(args[0])} to {_shown(args[1])}"
    if origin is not None and str(origin) == "typing.Literal":
        return " / ".join(f"`{getattr(arg, 'value', arg)}`" for arg in args)
    if args:
        return _shown(args[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.__name__
    if hasattr(annotation, "__members__"):
        return " / ".join(f"`{member.value}`" for member in annotation)
    return getattr(annotation, "__name__", str(annotation))


def _fields(model: type[BaseModel], without: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    return [
        (f"`{name}`", _shown(info.annotation), "yes" if info.is_required() else _default(info), info.description or "")
        for name, info in model.model_fields.items()
        if name not in without
    ]


def _act_fields(model: type[BaseModel], without: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """With what each means, in both languages."""
    owner = owner_of(model)
    return [
        (*row[:3], about(owner, name).zh, about(owner, name).en)
        for row in _fields(model, without)
        for name in (row[0].strip("`"),)
    ]


def _default(info: FieldInfo) -> str:
    if info.default_factory is not None or info.default in (None, ()):
        return "no"
    return f"no: `{getattr(info.default, 'value', info.default)}`"


def _parts(model: type[BaseModel], seen: dict[str, type[BaseModel]]) -> None:
    """The models that a model is made of, in order of appearance."""

    def within(annotation: Any) -> Iterator[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        for arg in get_args(annotation):
            yield from within(arg)

    for info in model.model_fields.values():
        for part in within(info.annotation):
            if part.__name__ not in seen:
                seen[part.__name__] = part
                _parts(part, seen)


def _said(thing: type) -> str:
    """A docstring as one paragraph; nothing for one that is inherited."""
    own = thing.__dict__.get("__doc__") or ""
    return re.sub(r"\s+", " ", own).strip()


def _verbs() -> str:
    steps: dict[str, list[str]] = {}
    for step in lifecycle.STEPS:
        for verb in lifecycle.verbs_at(step.machine, step.key):
            steps.setdefault(verb, []).append(f"{MACHINES[step.machine].zh}:{step.zh}")
    blocks = [
        "Everything that can be asked of a scene. `scene act SCENE VERB --as ROLE:UNIT --set field=value` asks it; `scene verbs VERB` shows the same at the terminal. Who may is policy: `scene policy permissions`.",
    ]
    seen: dict[str, type[BaseModel]] = {}
    for verb, act in ACTS.items():
        if verb == "pass_deadline":
            continue
        where = "任何环节" if verb in lifecycle.ANYWHERE else "、".join(steps.get(verb, []))
        word = VERBS[verb]
        blocks.append(f"## `{verb}` {word.zh} · {word.en}")
        blocks.append("  \n".join(part for part in (_said(act), f"可用于 at: {where}") if part))
        if rows := _act_fields(act, without=tuple(Act.model_fields)):
            blocks.append(_table(("field", "type", "needed", "含义", "meaning"), rows))
        if verb != "adopt_policy":
            _parts(act, seen)
    blocks.append("## Parts")
    for name, part in seen.items():
        blocks.append(f"### {name}")
        if said := _said(part):
            blocks.append(said)
        blocks.append(_table(("field", "type", "needed", "含义", "meaning"), _act_fields(part)))
    return _page("操作 · Verbs", *blocks)


def _policy() -> str:
    seen: dict[str, type[BaseModel]] = {}
    _parts(Policy, seen)
    blocks = [
        "The keys of a city's policy file (`policies/*.yaml`). How to write one: [../how-to/write-a-city-policy.md](../how-to/write-a-city-policy.md). `scene policy check FILE` names what is wrong with file, line and key.",
        "Where a group has `clause` and `default`: the clause it comes from, and `true` where the city's text states no figure.",
        "## The file",
        _table(("key", "type", "needed", "meaning"), _fields(Policy, without=("calendar",))),
    ]
    for name, part in seen.items():
        if part is Limits or (part.__module__ == "models.calendar" and name != "Period"):
            continue
        blocks.append(f"## {name}")
        if said := _said(part):
            blocks.append(said)
        shared = tuple(Sourced.model_fields) if issubclass(part, Sourced) else ()
        blocks.append(_table(("key", "type", "needed", "meaning"), _fields(part, without=shared)))
        if shared:
            blocks.append("and `clause`, `default`.")
    rows = [(f"`limits.{name}`", LIMITS[name].zh, info.description or "") for name, info in Limits.model_fields.items()]
    blocks += ["## Limits", _table(("key", "中文", "meaning"), rows)]
    return _page("政策文件 · Policy file", *blocks)


def _refusals() -> str:
    rows = [(f"`{code}`", zh, en) for code, (zh, en) in REFUSALS.items()]
    return _page(
        "拒绝代码 · Refusal codes",
        "Codes are stable: programs rely on them, never on the texts. Braces are filled from the refusal's details.",
        _table(("code", "中文", "English"), rows),
    )


def _settings() -> str:
    rows = []
    for name, info in Settings.model_fields.items():
        default = (
            ""
            if info.default_factory or info.default in (None,) or isinstance(info.default, Path)
            else str(info.default)
        )
        rows.append((f"`SCENE_{name.upper()}`", f"`{default}`" if default else "", info.description or ""))
    return _page(
        "设置 · Settings",
        "Environment variables of every process. Where Temporal is, the SDK's own variables say (`TEMPORAL_ADDRESS`, "
        "`TEMPORAL_NAMESPACE`, `TEMPORAL_TLS_*`, or a profile file), so the engine and the `temporal` command mean the same server.",
        _table(("variable", "default", "meaning"), rows),
    )


def _commands() -> str:
    import typer.main

    import starter

    root = typer.main.get_command(starter.app)
    return _page("命令行 · Command line", *_command(root, "scene"))


def _command(command: Any, path: str) -> Iterator[str]:
    yield f"## `{path}`"
    said = re.sub(r"\s*\n\s*\n\s*", "\n\n", (command.help or "").replace("\b", "").strip())
    if said:
        yield said
    rows = []
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or parameter.name in ("help", "install_completion", "show_completion"):
            continue
        names = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
        kind = f"`{parameter.name.upper()}`" if parameter.param_type_name == "argument" else names
        rows.append((kind, "yes" if parameter.required else "", getattr(parameter, "help", "") or ""))
    if rows:
        yield _table(("argument or option", "needed", "meaning"), rows)
    for name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield from _command(child, f"{path} {name}")


def main() -> None:
    folder = PROJECT / "docs" / "reference"
    folder.mkdir(exist_ok=True)
    for name, content in pages().items():
        (folder / name).write_text(content, encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
