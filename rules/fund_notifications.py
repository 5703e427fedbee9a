"""Who is told what about an entry of a pool. A function of the journal alone, as `rules.notifications` is of a scene's.

The reminders of a duty are facts of the claim, made when the duty began: all are said at once, each to go out at its
own moment. What the claim has outrun by then is taken back before it goes out (`outrun`). Told are whoever has to act
next, and whom the ladder names; where nobody of the claim plays that role, who has to act.
"""

from collections.abc import Iterator

from models.deadline import Holder, Level
from models.fund import Claim, FundDue, FundEntry, FundState
from models.notification import Matter, Notification, NotificationKind, role_mailbox, unit_mailbox
from models.vocabulary import Role
from rules.keyed import find

_LOUDNESS = tuple(Level)
LIMIT_OF = {
    "propose_compensation": "fund_proposal",
    "approve_compensation": "fund_decision",
    "pay_compensation": "fund_payment",
}
"""Verb of a duty: what its period is called."""


def duty_of(claim: int, due: FundDue) -> str:
    """The id of a claim's duty; one that was set again, by another proposal, is another."""
    return f"{LIMIT_OF[due.verb]}/{claim}/{due.sequence}"


def notifications(before: FundState, after: FundState, entry: FundEntry) -> tuple[Notification, ...]:
    """The messages of an entry: one for each recipient and rung, the loudest."""
    told: dict[tuple[str, str], Notification] = {}
    for claim in after.claims:
        for each in _of_claim(before, after, claim, entry):
            known = told.get((each.recipient, each.rung))
            if known is None or _LOUDNESS.index(each.level) > _LOUDNESS.index(known.level):
                told[each.recipient, each.rung] = each
    return tuple(told.values())


def outrun(before: FundState, after: FundState) -> tuple[str, ...]:
    """The duties that an entry ended: what they would still have said is said no more."""
    over = []
    for claim in before.claims:
        now = find(after.claims, number=claim.number)
        if claim.due is not None and (now is None or now.due != claim.due):
            over.append(duty_of(claim.number, claim.due))
    return tuple(over)


def _of_claim(before: FundState, after: FundState, claim: Claim, entry: FundEntry) -> Iterator[Notification]:
    due, known = claim.due, find(before.claims, number=claim.number)
    if due is None or due.holder is None or (known is not None and known.due == due):
        return
    duty, matter = duty_of(claim.number, due), _matter(after.city, claim, due)
    kind = NotificationKind.DUTY_SET
    yield Notification(
        recipient=_holder(after.city, due.holder), rung=f"{kind.value}/{duty}", kind=kind, deadline=duty,
        send_after=entry.at, matter=matter,
    )  # fmt: skip
    for rung in due.rungs:
        yield Notification(
            recipient=_playing(after.city, claim, rung.to) or _holder(after.city, due.holder),
            rung=f"{rung.name}/{duty}",
            kind=NotificationKind.REMINDER,
            level=rung.level,
            deadline=duty,
            send_after=rung.at,
            matter=matter,
        )


def _playing(city: str, claim: Claim, role: Role | None) -> str | None:
    """A city's office is addressed by its role; of the scene the pool knows its lead and the claimant."""
    match role:
        case None | Role.REGULATOR | Role.OWNER | Role.COOPERATING:
            return None
        case Role.LEAD:
            return unit_mailbox(city, claim.lead) if claim.lead else None
        case Role.BIDDER:
            return unit_mailbox(city, claim.bidder)
        case _:
            return role_mailbox(city, role)


def _holder(city: str, holder: Holder) -> str:
    return unit_mailbox(city, holder.unit) if holder.unit else role_mailbox(city, holder.role)


def _matter(city: str, claim: Claim, due: FundDue) -> Matter:
    return Matter(
        city=city,
        scene=claim.scene,
        name=f"风险补偿申请 {claim.number}",
        step=claim.status,
        limit=LIMIT_OF[due.verb],
        verbs=(due.verb,),
        bidder=claim.bidder,
        due_on=due.on,
        provisional=due.provisional,
    )
