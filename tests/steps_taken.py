"""Steps of the rules that were taken already: most plays begin alike, and rules are pure.

A scene that stood so before, under this very policy, is where it went then. What is checked of a step was checked when
it was taken first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Generic, TypeVar

from models.commands import Command
from models.journal import JournalEntry
from models.policy import Policy
from models.state import SceneState
from rules.journal import admit, entry_for, fold, policy_after

_Any = TypeVar("_Any")


class The(Generic[_Any]):
    """One object and no other that is equal to it: what was found of it is found again without comparing it."""

    def __init__(self, it: _Any) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, The) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


Check = Callable[[Policy, SceneState, JournalEntry, SceneState], None]
Step = tuple[Policy, SceneState, JournalEntry]


@cache
def unborn(scene: str) -> SceneState:
    return SceneState(scene=scene)


def taken(
    policy: Policy, state: SceneState, command: Command, now: datetime, check: Check, *, alarm: bool
) -> tuple[Step, ...]:
    """Each entry that comes of a command, with the policy and the state after it. Raises Refused."""
    return _taken(The(policy), The(state), _Asked(command.model_dump_json(), command), now, check, alarm=alarm)


@dataclass(frozen=True)
class _Asked:
    """A command, known again by what it says."""

    text: str
    command: Command = field(compare=False)


@lru_cache(4096)
def _taken(
    policy: The[Policy], state: The[SceneState], asked: _Asked, now: datetime, check: Check, *, alarm: bool
) -> tuple[Step, ...]:
    steps: list[Step] = []
    rules, before = policy.it, state.it
    command = asked.command
    for entry in (entry_for(rules, before, command, now),) if alarm else admit(rules, before, command, now):
        after, rules = fold(before, entry), policy_after(rules, entry)
        check(rules, before, entry, after)
        steps.append((rules, after, entry))
        before = after
    return tuple(steps)
