"""What one proposes and another decides, for all scenes at once: a holiday notice, a city's directory."""

from enum import StrEnum

from .actor import Actor
from .frozen import Frozen
from .text import Moment, Text


class ProposalStatus(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ProposalDecision(Frozen):
    confirmed: bool
    by: Actor
    at: Moment
    reasons: Text | None = None


def status_of(decision: ProposalDecision | None) -> ProposalStatus:
    if decision is None:
        return ProposalStatus.PROPOSED
    return ProposalStatus.CONFIRMED if decision.confirmed else ProposalStatus.REJECTED
