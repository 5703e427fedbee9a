"""A holiday notice on its way into the scenes: one proposes it, another confirms it, and then it is loaded everywhere.

A notice moves deadlines in every open scene, so it is known by the digest of its content: what was confirmed is, to the
last day, what was proposed.
"""

from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from .actor import Actor
from .calendar import YearNotice
from .canonical import canonical
from .frozen import Frozen
from .proposal import ProposalDecision, ProposalStatus, status_of
from .text import DeadlineId, Digest, Moment, Name


class NoticeProposal(Frozen):
    """`city` is the city whose offices propose and decide; the notice itself is the whole country's."""

    digest: Digest
    notice: YearNotice
    city: Name
    proposed_by: Actor
    proposed_at: Moment
    decision: ProposalDecision | None = None

    @property
    def status(self) -> ProposalStatus:
        return status_of(self.decision)

    @property
    def confirmed_at(self) -> datetime | None:
        return self.decision.at if self.decision and self.decision.confirmed else None


class DeadlineMove(Frozen):
    """A deadline that another calendar gives another last day."""

    deadline: DeadlineId
    limit: str
    due_from: date
    due_to: date


class NoticeLoaded(Frozen):
    """What a notice did in one scene. `already`: the scene had that calendar; `closed`: it ended before.

    `unchanged` are the open deadlines that kept their day; `firm` those of all that are provisional no longer.
    """

    scene: str
    result: Literal["loaded", "already", "closed"]
    moves: tuple[DeadlineMove, ...] = ()
    unchanged: int = 0
    firm: int = 0


def digest_of(notice: YearNotice) -> str:
    """SHA-256 of the notice's canonical JSON."""
    return sha256(canonical(notice)).hexdigest()
