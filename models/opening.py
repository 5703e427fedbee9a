"""What a scene's workflow starts with, carries on, and ends with."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import ValidatorFunctionWrapHandler, WrapValidator

from .frozen import Frozen
from .journal import JournalEntry
from .policy import Policy
from .state import SceneState
from .vocabulary import Outcome

_PARSED: dict[tuple[object, ...], tuple[dict[str, Any], Policy]] = {}


def _parsed_once(given: Any, parse: ValidatorFunctionWrapHandler) -> Any:
    """One policy in memory for all scenes that are pinned to it. A name proves nothing: the contents are compared."""
    if not isinstance(given, dict):
        return parse(given)
    name = given.get("city"), given.get("version"), str(given.get("calendar", {}).get("version"))
    known = _PARSED.get(name)
    if known is None or known[0] != given:
        known = _PARSED[name] = given, parse(given)
    return known[1]


class SceneOpening(Frozen):
    """One run's beginning: the pinned policy by value, the state so far, and what the ledger has not confirmed yet.

    `patience` is how long a scene waits for its submission before it ends as never submitted.
    """

    policy: Annotated[Policy, WrapValidator(_parsed_once)]
    state: SceneState
    unrecorded: tuple[JournalEntry, ...] = ()
    patience: timedelta = timedelta(minutes=1)


class SceneEnd(Frozen):
    """`head` is the ledger's chain head over the whole life; None for a scene that was never submitted."""

    scene: str
    outcome: Outcome | None
    sequence: int
    head: str | None
