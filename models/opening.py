"""What a scene's workflow starts with, carries on, and ends with."""

from datetime import timedelta

from .frozen import Frozen
from .journal import JournalEntry
from .policy import Policy
from .state import SceneState
from .vocabulary import Outcome


class SceneOpening(Frozen):
    """One run's beginning: the pinned policy by value, the state so far, and what the ledger has not confirmed yet.

    `patience` is how long a scene waits for its submission before it ends as never submitted.
    """

    policy: Policy
    state: SceneState
    unrecorded: tuple[JournalEntry, ...] = ()
    patience: timedelta = timedelta(minutes=1)


class SceneEnd(Frozen):
    """`head` is the ledger's chain head over the whole life; None for a scene that was never submitted."""

    scene: str
    outcome: Outcome | None
    sequence: int
    head: str | None
