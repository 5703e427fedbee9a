"""What would make a policy contradict itself, or the engine: each found with its key, all of them at once.

The model (`models.policy`) refuses what has the wrong shape. Here stands what has the right shape and still cannot
work: a step left out that no city may leave out, a duty laid on somebody who may not discharge it, an extension that
can never be asked for in time, a unit that nobody declared, an office that would judge its own decision
(docs/explanation/domain.md, duties that are kept apart). A policy without a contradiction can carry any scene from
call to promotion.

The hints speak to whoever writes the city's file, who need not know the code.
"""

from collections.abc import Callable, Iterator

from pydantic import BaseModel

from models.policy import Policy
from rules.policy_check.city import classification, domains, offices, steps, times, units
from rules.policy_check.clocks import FROM_SERVICE, ladders, limits
from rules.policy_check.contradiction import VERBS, Contradiction
from rules.policy_check.duties import DUTIES
from rules.policy_check.events import outside
from rules.policy_check.judging import (
    contracting,
    fund,
    handling,
    modes,
    orders,
    panels,
    promotion,
    quorum,
    score_sheet,
)
from rules.policy_check.rights import documents, permissions, reads, undischarged
from rules.policy_check.trials import gates, risk_profiles

__all__ = ["DUTIES", "FROM_SERVICE", "VERBS", "Contradiction", "contradictions", "contradictions_of_a_part"]


_CHECKS: tuple[Callable[[Policy], Iterator[Contradiction]], ...] = (
    times,
    units,
    offices,
    domains,
    classification,
    quorum,
    handling,
    steps,
    limits,
    ladders,
    panels,
    modes,
    score_sheet,
    contracting,
    orders,
    gates,
    risk_profiles,
    promotion,
    fund,
    permissions,
    reads,
    undischarged,
    documents,
    outside,
)
"""In the order of the file's sections."""


def contradictions(policy: Policy) -> tuple[Contradiction, ...]:
    """Everything found, in the order of the file's sections. Empty for a policy that can be adopted."""
    return tuple(found for check in _CHECKS for found in check(policy))


def contradictions_of_a_part(policy: Policy) -> tuple[Contradiction, ...]:
    """The same of a draft that lacks what does not fit: a check goes as far as it finds what it asks for."""
    found: list[Contradiction] = []
    for check in _CHECKS:
        try:
            found.extend(check(policy))
        except AttributeError as lacking:
            if not _is_of_the_file(lacking):
                raise
    return tuple(found)


def _is_of_the_file(lacking: AttributeError) -> bool:
    """Whether what was asked for is a key that the file could have, and not a fault of the check itself."""
    block, key = lacking.obj, lacking.name
    return isinstance(block, BaseModel) and key in type(block).model_fields
