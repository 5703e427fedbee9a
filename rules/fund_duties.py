"""Who must do what by when in a risk compensation pool: a claim's next step, seen as a duty of its scene (R62).

As `rules.duties` is of a scene. A claim from before there were reminders names no holder: then the role that its next
step takes, as the claim and the policy have it.
"""

from datetime import datetime

from models.deadline import DeadlineStatus, Duty, Holder
from models.fund import Claim, FundDue, FundState
from models.policy import Policy
from models.vocabulary import Machine, Role
from rules.deadlines import end_of
from rules.fund_notifications import LIMIT_OF, duty_of

_TURN = {
    "propose_compensation": Role.LEAD,
    "approve_compensation": Role.LEADING_GROUP,
    "pay_compensation": Role.PAYER,
}
"""Whose turn a step is where the claim does not say."""


def fund_duties(policy: Policy, state: FundState, now: datetime) -> tuple[tuple[Claim, Duty], ...]:
    """The claims on which somebody has to act, each with its duty, the most urgent first."""
    found = [(claim, _duty(policy, claim, claim.due, now)) for claim in state.claims if claim.due is not None]
    return tuple(sorted(found, key=lambda each: (each[1].due_at, each[0].number)))


def _duty(policy: Policy, claim: Claim, due: FundDue, now: datetime) -> Duty:
    due_at = end_of(policy, due.on)
    return Duty(
        deadline=duty_of(claim.number, due),
        limit=LIMIT_OF[due.verb],
        holder=due.holder or _whose_turn(policy, claim, due.verb),
        verbs=(due.verb,),
        machine=Machine.SCENE,
        bidder=claim.bidder,
        due_on=due.on,
        due_at=due_at,
        provisional=due.provisional,
        status=DeadlineStatus.OVERDUE if now >= due_at else DeadlineStatus.OPEN,
    )


def _whose_turn(policy: Policy, claim: Claim, verb: str) -> Holder:
    role = _TURN[verb]
    return Holder(role=role, unit=(claim.lead if role is Role.LEAD else policy.office(role)) or "")
