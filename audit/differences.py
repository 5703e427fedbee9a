"""What a comparison of ledger and histories says: one difference at its place, with what either side has."""

from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from models.frozen import Frozen


class Kind(StrEnum):
    """What is the case, in the order in which it is told."""

    FORK = "fork"
    REWRITTEN = "rewritten"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    WITNESS_DIFFERS = "witness_differs"
    ENTRIES_LOST = "entries_lost"
    UNPROVABLE = "unprovable"
    ONLY_IN_HISTORIES = "only_in_histories"
    LEDGER_BEHIND = "ledger_behind"
    LEDGER_GAP = "ledger_gap"
    HISTORY_BEHIND = "history_behind"
    WORKFLOW_MISSING = "workflow_missing"
    ONLY_IN_LEDGER = "only_in_ledger"
    NOT_IN_HISTORIES = "not_in_histories"
    WITNESS_LONGER = "witness_longer"
    JUDGED_OTHERWISE = "judged_otherwise"
    NOT_RESTARTED = "not_restarted"
    PROJECTION = "projection"
    DOCUMENT = "document"
    RULEBOOK = "rulebook"
    REFUSALS_BEHIND = "refusals_behind"
    REFUSALS_CHANGED = "refusals_changed"
    ARCHIVE_INDEX = "archive_index"


class Plan(StrEnum):
    """What would put it right: `--repair` appends and rebuilds, `--repair --restart` restarts; else a person must."""

    APPEND = "append"
    REBUILD = "rebuild"
    RESTART = "restart"
    PERSON = "person"


class Told(Frozen):
    """An entry in short: what was done, by whom, when."""

    sequence: int
    verb: str | None = None
    person: str | None = None
    unit: str | None = None
    at: str | None = None


class Difference(Frozen):
    """`first` and `last` are entries; `at` a place inside one, or in a table. `branches` are those of a fork."""

    scene: str
    kind: Kind
    plan: Plan
    first: int | None = None
    last: int | None = None
    run: str | None = None
    event: int | None = None
    at: str | None = None
    ledger: JsonValue = None
    history: JsonValue = None
    in_ledger: tuple[Told, ...] = ()
    in_histories: tuple[Told, ...] = ()


class Witness(Frozen):
    """Somebody else who knows a chain's head: a checkpoint, a copy of the checkpoint log, a sealed bundle."""

    name: str
    sequence: int
    head: str


def told(entry: Any) -> Told:
    """Whatever can be read of it: an entry may be of another build, or of a forger."""
    content = entry if isinstance(entry, dict) else {}
    command = _part(content, "command")
    actor = _part(command, "actor")
    return Told(
        sequence=content.get("sequence") or 0,
        verb=_part(command, "act").get("verb"),
        person=actor.get("person"),
        unit=actor.get("unit"),
        at=content.get("at"),
    )


def _part(content: dict[str, Any], key: str) -> dict[str, Any]:
    part = content.get(key)
    return part if isinstance(part, dict) else {}
