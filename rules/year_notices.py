"""Who may bring a holiday notice into the scenes, and what it does in each.

A notice moves the deadlines of every open scene, so two persons stand behind it: the city's platform office proposes,
the leading group confirms or rejects, and never the one who proposed. Both verbs stand in the policy's table of
permissions, beside `load_calendar`, with which the notice then enters each scene. A notice that a later one of the same
year has overtaken is not loaded any more: a half-finished run would bring the old days back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from models.actor import Actor
from models.calendar import YearNotice
from models.commands import Command
from models.commands.anywhere import LoadCalendar
from models.events import AnyEvent
from models.events.clock import DeadlineMoved
from models.policy import Policy
from models.proposal import ProposalDecision, ProposalStatus
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from models.year_notice import DeadlineMove, NoticeLoaded, NoticeProposal, digest_of
from rules.deadlines import local_minute
from rules.journal import admit, fold
from rules.keyed import find
from rules.permissions import authorise_office

PROPOSE, CONFIRM = "propose_calendar", "confirm_calendar"


def propose(policy: Policy, notice: YearNotice, actor: Actor, now: datetime) -> NoticeProposal:
    """Raises Refused: not_permitted, unknown_unit, not_the_office."""
    authorise_office(policy, actor, PROPOSE)
    return NoticeProposal(digest=digest_of(notice), notice=notice, city=policy.city, proposed_by=actor, proposed_at=now)


def proposed_again(stands: NoticeProposal) -> NoticeProposal:
    """The same content is the same proposal. Raises Refused for one that was rejected: it takes another content."""
    if stands.status is ProposalStatus.REJECTED:
        raise _decided(stands)
    return stands


def decide(
    policy: Policy,
    proposal: NoticeProposal,
    actor: Actor,
    now: datetime,
    *,
    confirmed: bool,
    reasons: str | None = None,
) -> NoticeProposal:
    """The proposal with its decision. The same decision by the same person again changes nothing.

    Raises Refused: not_permitted, unknown_unit, not_the_office, same_person, year_notice_decided.
    """
    authorise_office(policy, actor, CONFIRM)
    if known := set(actor.persons) & set(proposal.proposed_by.persons):
        raise Refused("same_person", person=min(known))
    if proposal.decision is not None:
        if (proposal.decision.confirmed, proposal.decision.by) == (confirmed, actor):
            return proposal
        raise _decided(proposal)
    decision = ProposalDecision(confirmed=confirmed, by=actor, at=now, reasons=reasons)
    return proposal.model_copy(update={"decision": decision})


def refuse_unless_in_force(proposal: NoticeProposal, others: Iterable[NoticeProposal]) -> None:
    """Raises Refused: year_notice_not_confirmed, year_notice_overtaken."""
    if proposal.confirmed_at is None:
        raise Refused("year_notice_not_confirmed", digest=proposal.digest[:12], status=proposal.status)
    for other in others:
        same_year = other.notice.year == proposal.notice.year
        if same_year and other.confirmed_at is not None and other.confirmed_at > proposal.confirmed_at:
            raise Refused(
                "year_notice_overtaken",
                digest=proposal.digest[:12],
                year=other.notice.year,
                later=other.digest[:12],
                confirmed=local_minute(other.confirmed_at),
            )


def in_force(proposals: Sequence[NoticeProposal]) -> tuple[NoticeProposal, ...]:
    """Those that every open scene should have, in order of year: of each year the one confirmed last."""
    confirmed = [each for each in proposals if each.confirmed_at is not None]
    in_order = sorted(confirmed, key=lambda each: each.confirmed_at or each.proposed_at)
    last = {each.notice.year: each for each in in_order}
    return tuple(last[year] for year in sorted(last))


def command_id(digest: str, scene: str) -> str:
    """One for each notice and scene: who asks twice asks for the same."""
    return f"notice-{digest[:24]}-{scene}"[:128]


def foreseen(policy: Policy, state: SceneState, command: Command, now: datetime) -> NoticeLoaded:
    """What loading a notice would do in a scene that stands so. Raises Refused as the scene would."""
    if state.closed:
        return NoticeLoaded(scene=state.scene, result="closed")
    try:
        *alarms, entry = admit(policy, state, command, now)
    except Refused as refused:
        if refused.code != "same_calendar":
            raise
        return NoticeLoaded(scene=state.scene, result="already", unchanged=len(state.deadlines))
    for alarm in alarms:
        state = fold(state, alarm)
    return effect(state, entry.events)


def effect(before: SceneState, events: Iterable[AnyEvent]) -> NoticeLoaded:
    """What the events of a loaded notice changed in a scene that stood so before."""
    moves = []
    firm = 0
    for event in events:
        if isinstance(event, DeadlineMoved) and (old := find(before.deadlines, id=event.deadline.id)) is not None:
            firm += old.provisional and not event.deadline.provisional
            if old.due_on != event.deadline.due_on:
                moves.append(
                    DeadlineMove(deadline=old.id, limit=old.limit, due_from=old.due_on, due_to=event.deadline.due_on)
                )
    return NoticeLoaded(
        scene=before.scene, result="loaded", moves=tuple(moves), unchanged=len(before.deadlines) - len(moves), firm=firm
    )


def asked(proposal: NoticeProposal, scene: str, actor: Actor) -> Command:
    """The command that brings a notice into a scene. Nothing has to be seen first: a notice is never stale."""
    id = command_id(proposal.digest, scene)
    return Command(command_id=id, actor=actor, seen=0, act=confirmed(proposal))


def once_confirmed(proposal: NoticeProposal) -> NoticeProposal:
    """As it would be, so that what it would do can be foreseen."""
    if proposal.decision is not None:
        return proposal
    somebody = Actor(person="nobody", unit=proposal.proposed_by.unit, role=Role.LEADING_GROUP)
    decision = ProposalDecision(confirmed=True, by=somebody, at=proposal.proposed_at)
    return proposal.model_copy(update={"decision": decision})


def confirmed(proposal: NoticeProposal) -> LoadCalendar:
    """The act, with the two persons who stand behind the notice."""
    by = proposal.decision.by.person if proposal.decision is not None and proposal.decision.confirmed else None
    return LoadCalendar(notice=proposal.notice, proposed_by=proposal.proposed_by.person, confirmed_by=by)


def _decided(proposal: NoticeProposal) -> Refused:
    decision = proposal.decision
    return Refused(
        "year_notice_decided",
        digest=proposal.digest[:12],
        status=proposal.status,
        at=local_minute(decision.at) if decision else "-",
        person=decision.by.person if decision else "-",
        reasons=(decision.reasons if decision else None) or "-",
    )
