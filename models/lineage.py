"""Kin: a scene, what it was copied from, and its copies. What one of them has shown, and what went wrong in one.

Nothing here is believed by itself: each says which scene it was taken from, as of which entry and which head of that
scene's chain, so that an auditor finds the very text.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from .frozen import Frozen
from .plan import Quantity
from .text import Digest, Identifier, Name

LAST_ENTRY = 2**31 - 1
"""No journal comes near it; a greater number would be one that the ledger's lists cannot hold."""


class AcceptedResult(Frozen):
    """How one bidder's acceptance ended; `document` is the digest of the signed opinion (验收意见书)."""

    bidder: Name
    step: Identifier
    verdict: Identifier | None = None
    on: date | None = None
    document: Digest | None = None


class Figure(Frozen):
    """An indicator of a trial's plan: its last reading beside what was to be reached, and where the trial had to stop.

    `value` None: it was not read.
    """

    kpi: Identifier
    name: Name
    unit: Name
    target: Quantity
    stop: Quantity | None = Field(None, exclude_if=lambda stop: stop is None)
    value: Quantity | None = None
    reached: bool = False


class TriedOut(Frozen):
    """One bidder's trial: how far it came, since when, in which attempt, with how many reports, to what figures."""

    bidder: Name
    step: Identifier
    attempt: int = 1
    started_on: date | None = None
    reports: int = 0
    figures: tuple[Figure, ...] = Field((), max_length=50, exclude_if=lambda figures: not figures)


class KnownIncident(Frozen):
    id: Identifier
    casualty: bool
    status: Identifier


NEWEST_INCIDENTS = 200
"""So many are inherited one by one; the older are a number, and stand in the original's journal."""


class Evidence(Frozen):
    """What a scene had shown as of its entry `sequence`, whose chain's head was `head`."""

    scene: Identifier
    sequence: int = Field(ge=1, le=LAST_ENTRY)
    head: Digest
    city: Name
    level: Name | None = None
    confirmed_on: date | None = None
    reviews: int = Field(0, ge=0)
    value_yuan: int | None = Field(None, ge=0)
    acceptances: tuple[AcceptedResult, ...] = Field((), max_length=50)
    trials: tuple[TriedOut, ...] = Field((), max_length=50)
    incidents: tuple[KnownIncident, ...] = Field((), max_length=NEWEST_INCIDENTS)
    older_incidents: int = Field(0, ge=0)


class Cause(Frozen):
    """What went wrong in a kin scene: its entry `sequence`, with the chain's head there."""

    scene: Identifier
    sequence: int = Field(ge=1, le=LAST_ENTRY)
    head: Digest
    kind: Literal["incident", "benchmark_withdrawn"]
    incident: Identifier | None = None

    @property
    def review(self) -> str:
        """The id of the review that it re-opens in each of its kin."""
        return f"{self.scene}@{self.sequence}"
