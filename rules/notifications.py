"""Who is told what about an entry. A function of the journal alone, so that the outbox can be made again from it.

Told are: the holder of a new duty; the holder of one whose date moved, or whose clock stopped; whom the reminder ladder
names; whom a city's own measure names; regulator and lead of a reading past its stop threshold; a unit whose part was
given to another; whom a decision
is against; who is nudged, gets a copy, or has a duty no more because an act was taken back or a signer left out; and at
the end the owner and the lead. What came and went within one entry is told to nobody, and nobody is told twice of the
same.
"""

from collections.abc import Iterator

from models.deadline import AwaitedService, Deadline, DeadlineStatus, Holder, Level
from models.events.anywhere import AdverseDecision, DocumentIssued, PartReassigned, ServiceAwaited
from models.events.clock import RungDue, SceneClosed
from models.events.handling import ActTakenBack, CopySent, DutyNudged, SignerRemoved
from models.events.trial import FaultRecorded, ReadingRecorded
from models.journal import JournalEntry
from models.notification import (
    Matter,
    Notification,
    NotificationKind,
    person_mailbox,
    role_mailbox,
    unit_mailbox,
)
from models.policy import Measure
from models.state import Fault, SceneState
from models.vocabulary import Role
from rules.docket import OF_INCIDENTS
from rules.keyed import find
from rules.permissions import bidders

_LOUDNESS = tuple(Level)


def notifications(before: SceneState, after: SceneState, entry: JournalEntry) -> tuple[Notification, ...]:
    """The messages of an entry that led from `before` to `after`: one for each recipient and rung, the loudest."""
    told: dict[tuple[str, str], Notification] = {}
    for each in (*_of_duties(before, after, entry), *_of_events(before, after, entry)):
        known = told.get((each.recipient, each.rung))
        if known is None or _LOUDNESS.index(each.level) > _LOUDNESS.index(known.level):
            told[each.recipient, each.rung] = each
    return tuple(told.values())


def _of_duties(before: SceneState, after: SceneState, entry: JournalEntry) -> Iterator[Notification]:
    for deadline in after.deadlines:
        if deadline.holder is None:
            continue
        known = find(before.deadlines, id=deadline.id, started_by=deadline.started_by)
        if known is None or known.holder != deadline.holder:
            kind = NotificationKind.DUTY_SET
        elif known.due_at != deadline.due_at or _paused(known) != _paused(deadline):
            kind = NotificationKind.DUTY_MOVED
        else:
            continue
        for recipient in _holder(after, deadline.holder):
            yield Notification(
                recipient=recipient,
                rung=f"{kind.value}/{deadline.id}",
                kind=kind,
                deadline=deadline.id,
                send_after=entry.at,
                matter=_matter(after, deadline),
            )


def _of_events(before: SceneState, after: SceneState, entry: JournalEntry) -> Iterator[Notification]:
    for event in entry.events:
        match event:
            case RungDue():
                yield from _reminders(after, event)
            case PartReassigned():
                yield Notification(
                    recipient=unit_mailbox(_city(after), event.from_unit),
                    rung=f"handed_over/{event.part}",
                    kind=NotificationKind.HANDED_OVER,
                    send_after=entry.at,
                    matter=_matter(after).model_copy(update={"part": event.part, "given_to": event.to_unit}),
                )
            case AdverseDecision():
                decided = {"verb": event.verb, "bidder": event.bidder, "outcome": event.closes_as}
                yield Notification(
                    recipient=unit_mailbox(_city(after), event.against),
                    rung="decision",
                    kind=NotificationKind.DECISION,
                    send_after=entry.at,
                    matter=_matter(after).model_copy(update=decided),
                )
            case DocumentIssued(to=to) | ServiceAwaited(awaited=AwaitedService(to=Holder() as to)):
                yield from _document(after, entry, to)
            case DutyNudged(duty=id):
                yield from _about_duty(after, entry, find(after.deadlines, id=id), NotificationKind.NUDGE)
            case SignerRemoved(unit=unit):
                gone = find(before.deadlines, id=f"consultation/{unit}")
                yield from _about_duty(after, entry, gone, NotificationKind.DUTY_OVER)
            case ActTakenBack():
                for deadline in before.deadlines:
                    if find(after.deadlines, id=deadline.id, started_by=deadline.started_by) is None:
                        yield from _about_duty(after, entry, deadline, NotificationKind.DUTY_OVER)
            case CopySent(units=units):
                for unit in units:
                    yield Notification(
                        recipient=unit_mailbox(_city(after), unit),
                        rung="copy",
                        kind=NotificationKind.COPY,
                        send_after=entry.at,
                        matter=_matter(after),
                    )
            case FaultRecorded(fault=Fault(measure=Measure() as measure)):
                for role in measure.told:
                    for recipient in _playing(after, role, event.bidder):
                        yield Notification(
                            recipient=recipient,
                            rung=f"measure/{event.bidder}/{event.fault.number}",
                            kind=NotificationKind.COPY,
                            send_after=entry.at,
                            matter=_matter(after).model_copy(
                                update={"verb": entry.command.act.verb, "bidder": event.bidder}
                            ),
                        )
            case ReadingRecorded(past_stop=True):
                for recipient in (*_playing(after, Role.REGULATOR, None), *_playing(after, Role.LEAD, None)):
                    yield Notification(
                        recipient=recipient,
                        rung=f"stop_threshold/{event.bidder}/{event.reading.kpi}",
                        kind=NotificationKind.STOP_THRESHOLD,
                        level=Level.RED,
                        send_after=entry.at,
                        matter=_matter(after).model_copy(
                            update={"verb": entry.command.act.verb, "bidder": event.bidder}
                        ),
                    )
            case SceneClosed():
                for role in (Role.OWNER, Role.LEAD):
                    for recipient in _playing(after, role, None):
                        yield Notification(
                            recipient=recipient,
                            rung="closed",
                            kind=NotificationKind.CLOSED,
                            send_after=entry.at,
                            matter=_matter(after).model_copy(update={"outcome": event.outcome}),
                        )
            case _:
                pass


def _about_duty(
    after: SceneState, entry: JournalEntry, duty: Deadline | None, kind: NotificationKind
) -> Iterator[Notification]:
    if duty is None:
        return
    for recipient in _holder(after, duty.holder):
        yield Notification(
            recipient=recipient,
            rung=f"{kind.value}/{duty.id}",
            kind=kind,
            deadline=duty.id,
            send_after=entry.at,
            matter=_matter(after, duty),
        )


def _document(after: SceneState, entry: JournalEntry, to: Holder) -> Iterator[Notification]:
    """What is addressed to somebody, or waits to be served to them. A decision against them says it already."""
    if any(isinstance(event, AdverseDecision) and event.against == to.unit for event in entry.events):
        return
    for recipient in _holder(after, to):
        yield Notification(
            recipient=recipient,
            rung="document",
            kind=NotificationKind.DOCUMENT,
            send_after=entry.at,
            matter=_matter(after).model_copy(update={"verb": entry.command.act.verb}),
        )


def _reminders(after: SceneState, event: RungDue) -> Iterator[Notification]:
    """Nobody is reminded of what is over by the end of the entry.

    Where nobody plays the role that a rung is for (no lead before the filing is accepted), the holder hears it.
    """
    deadline = find(after.deadlines, id=event.id)
    if deadline is None:
        return
    to = event.rung.to
    playing = _playing(after, to, deadline.bidder) if to is not None else ()
    recipients = playing or _holder(after, deadline.holder)
    for recipient in recipients:
        yield Notification(
            recipient=recipient,
            rung=f"{event.rung.name}/{deadline.id}",
            kind=NotificationKind.REMINDER,
            level=event.rung.level,
            deadline=deadline.id,
            send_after=event.rung.at,
            matter=_matter(after, deadline),
        )


def _holder(state: SceneState, holder: Holder | None) -> tuple[str, ...]:
    if holder is None:
        return ()
    if holder.person is not None:
        return (person_mailbox(holder.person),)
    return (unit_mailbox(_city(state), holder.unit) if holder.unit else role_mailbox(_city(state), holder.role),)


def _playing(state: SceneState, role: Role, bidder: str | None) -> tuple[str, ...]:
    """Who plays a role in this scene, as far as the scene knows; a city's office is addressed by its role."""
    units: tuple[str | None, ...]
    match role:
        case Role.LEAD:
            units = (state.lead,)
        case Role.REGULATOR:
            units = (state.regulator,)
        case Role.OWNER:
            units = (state.profile.owner if state.profile else None,)
        case Role.COOPERATING:
            units = state.cooperating
        case Role.BIDDER:
            units = (bidder,) if bidder is not None else bidders(state)
        case _:
            return (role_mailbox(_city(state), role),)
    return tuple(unit_mailbox(_city(state), unit) for unit in units if unit)


def _matter(state: SceneState, deadline: Deadline | None = None) -> Matter:
    matter = Matter(
        city=_city(state), scene=state.scene, name=state.profile.name if state.profile else "", step=state.step
    )
    if deadline is None:
        return matter
    of_the_clock = {
        "limit": deadline.limit,
        "verbs": deadline.verbs,
        "bidder": deadline.bidder,
        "item": _item(deadline),
        "due_on": deadline.due_on,
        "due_at": deadline.due_at,
        "provisional": deadline.provisional,
        "paused": _paused(deadline),
    }
    return matter.model_copy(update=of_the_clock)


def _item(deadline: Deadline) -> str | None:
    """The incident, or the fault that was ordered to be corrected."""
    return deadline.id.removeprefix(f"{deadline.limit}/{deadline.bidder}/") if deadline.limit in OF_INCIDENTS else None


def _city(state: SceneState) -> str:
    return state.profile.city if state.profile else ""


def _paused(deadline: Deadline) -> bool:
    return deadline.status is DeadlineStatus.PAUSED
