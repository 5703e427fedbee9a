"""What one check of `scene doctor` found."""

from dataclasses import dataclass, field
from typing import Any, Literal

from cli.output import say

PAGE = 200
"""So many places are named in the details; and so many runs are compared at once."""

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """What one check found: in words, and what to do about it."""

    check: str
    level: Level
    message: str
    advice: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def of(looked: int, total: int) -> str:
    if looked == total:
        return say(f"{total} 个场景", f"{total} scenes")
    return say(f"{total} 个场景中的 {looked} 个（--all 检查全部）", f"{looked} of {total} scenes (--all for every one)")
