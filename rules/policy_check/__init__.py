"""What would make a policy contradict itself, or the engine: each found with its key, all of them at once.

The model (`models.policy`) refuses what has the wrong shape. Here stands what has the right shape and still cannot
work: a step left out that no city may leave out, a duty laid on somebody who may not discharge it, an extension that
can never be asked for in time, a unit that nobody declared, an office that would judge its own decision
(docs/explanation/domain.md, duties that are kept apart). A policy without a contradiction can carry any scene from
call to promotion.

The hints speak to whoever writes the city's file, who need not know the code.
"""

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

__all__ = ["DUTIES", "FROM_SERVICE", "VERBS", "Contradiction", "contradictions"]


def contradictions(policy: Policy) -> tuple[Contradiction, ...]:
    """Everything found, in the order of the file's sections. Empty for a policy that can be adopted."""
    return (
        *times(policy),
        *units(policy),
        *offices(policy),
        *domains(policy),
        *classification(policy),
        *quorum(policy),
        *handling(policy),
        *steps(policy),
        *limits(policy),
        *ladders(policy),
        *panels(policy),
        *modes(policy),
        *score_sheet(policy),
        *contracting(policy),
        *orders(policy),
        *gates(policy),
        *risk_profiles(policy),
        *promotion(policy),
        *fund(policy),
        *permissions(policy),
        *reads(policy),
        *undischarged(policy),
        *documents(policy),
        *outside(policy),
    )
