"""What the tables say of a scene, as a function of its journal. Recording and rebuilding use the same function."""

from datetime import datetime
from typing import assert_never

from models.deadline import Deadline, DeadlineStatus
from models.events import AnyEvent
from models.events.anywhere import DocumentIssued, SceneTakenOver
from models.events.clock import (
    ClockEvent,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMoved,
    DeadlinePassed,
    DeadlinePaused,
    DeadlineSet,
    RungDue,
    SceneClosed,
    SceneEnding,
    StepEntered,
)
from models.events.promotion import BenchmarkWithdrawn
from models.events.solicitation import SceneSubmitted
from models.events.trial import IncidentReported
from models.journal import JournalEntry
from models.notification import Notification
from models.state import SceneState
from models.tables import DeadlineStanding
from models.vocabulary import Role
from rules.deadlines import local_day
from rules.duties import duties
from rules.journal import fold
from rules.notifications import notifications

Values = dict[str, object]
"""A row to be: column: value."""


class Projection:
    """Follows a scene's journal from `state` on.

    `deadlines` are the rows that changed since, `outbox` and `documents` the new ones; documents still lack a number.
    """

    def __init__(self, state: SceneState) -> None:
        self.state = state
        self.deadlines: dict[tuple[str, int], Values] = {}
        self.outbox: list[Values] = []
        self.documents: list[Values] = []
        self.alarms: list[Values] = []
        self._applied: Values = {}
        self._clocks = {deadline.id: deadline for deadline in state.deadlines}
        self._duties_before = duties(state)
        self._lineage_before = _kinship_rows(state), _review_rows(state)
        self._suggestions_before = _suggestion_rows(state)

    def follow(self, entry: JournalEntry) -> None:
        """Raises ValueError for an entry that is not the next."""
        before = self.state
        self.state = fold(before, entry)
        self._applied |= _applied(entry)
        for event in entry.events:
            self._turn(event, entry.sequence)
            self._alarm(event, entry.sequence)
        for notification in notifications(before, self.state, entry):
            self.outbox.append(outbox_row(self.state.scene, entry.sequence, entry.at, notification))
        issued = [event for event in entry.events if isinstance(event, DocumentIssued)]
        for place, event in enumerate(issued):
            self.documents.append(_document_row(self.state, entry, place, event))

    def scene(self, head: str) -> Values:
        return {**_scene_row(self.state, head), **self._applied}

    @property
    def duties_changed(self) -> bool:
        return duties(self.state) != self._duties_before

    def duties(self) -> list[Values]:
        return [
            Values(
                scene=self.state.scene,
                deadline=duty.deadline,
                limit=duty.limit,
                holder_role=duty.holder.role.value,
                holder_unit=duty.holder.unit,
                holder_person=duty.holder.person,
                verbs=list(duty.verbs),
                machine=duty.machine.value,
                bidder=duty.bidder,
                due_on=duty.due_on,
                due_at=duty.due_at,
                provisional=duty.provisional,
                status=duty.status.value,
                claimed_by=duty.desk.claimed_by if duty.desk else None,
                delegated_to=duty.desk.delegated_to if duty.desk else None,
            )
            for duty in duties(self.state)
        ]

    @property
    def lineage_changed(self) -> bool:
        return (self.kinship(), self.lineage_reviews()) != self._lineage_before

    def kinship(self) -> list[Values]:
        return _kinship_rows(self.state)

    def lineage_reviews(self) -> list[Values]:
        return _review_rows(self.state)

    @property
    def suggestions_changed(self) -> bool:
        return self.suggestions() != self._suggestions_before

    def suggestions(self) -> list[Values]:
        return _suggestion_rows(self.state)

    def _alarm(self, event: AnyEvent, sequence: int) -> None:
        """What happened here that the kin have to look at."""
        stream = self.state.scene
        if isinstance(event, IncidentReported):
            self.alarms.append(Values(stream=stream, sequence=sequence, kind="incident", incident=event.incident.id))
        elif isinstance(event, BenchmarkWithdrawn):
            self.alarms.append(Values(stream=stream, sequence=sequence, kind="benchmark_withdrawn", incident=None))

    def _turn(self, event: AnyEvent, sequence: int) -> None:
        if not isinstance(event, ClockEvent):
            return
        match event:
            case DeadlineSet(deadline=deadline) | DeadlineMoved(deadline=deadline):
                replaced = self._clocks.get(deadline.id)
                if replaced is not None and replaced.started_by != deadline.started_by:
                    self._end(deadline.id, DeadlineStanding.CANCELLED, sequence)
                self._runs(deadline)
            case DeadlinePaused(id=id, remaining=left):
                self._change(id, status=DeadlineStatus.PAUSED, remaining=left)
            case DeadlinePassed(id=id, overdue=True):
                self._change(id, status=DeadlineStatus.OVERDUE)
            case DeadlinePassed(id=id):
                self._end(id, DeadlineStanding.PASSED, sequence)
            case DeadlineMet(id=id, late=late):
                self._end(id, DeadlineStanding.MET_LATE if late else DeadlineStanding.MET, sequence)
            case DeadlineCancelled(id=id):
                self._end(id, DeadlineStanding.CANCELLED, sequence)
            case StepEntered() | RungDue() | SceneEnding() | SceneClosed():
                pass
            case _:
                assert_never(event)

    def _runs(self, deadline: Deadline) -> None:
        self._clocks[deadline.id] = deadline
        self._keep(deadline, DeadlineStanding(deadline.status.value), None)

    def _change(self, id: str, **to: object) -> None:
        # Like the fold itself: an event about a deadline that is not there changes nothing.
        if (deadline := self._clocks.get(id)) is not None:
            self._runs(deadline.model_copy(update=to))

    def _end(self, id: str, how: DeadlineStanding, sequence: int) -> None:
        if (deadline := self._clocks.pop(id, None)) is not None:
            self._keep(deadline, how, sequence)

    def _keep(self, deadline: Deadline, status: DeadlineStanding, closed: int | None) -> None:
        row = _deadline_row(self.state.scene, deadline, status, closed)
        self.deadlines[deadline.id, deadline.started_by] = row


def _applied(entry: JournalEntry) -> Values:
    """What only the application says: the row keeps it from the entry on that brings it."""
    for event in entry.events:
        if isinstance(event, SceneSubmitted | SceneTakenOver):
            told = event.application
            return Values(
                maturity=told.maturity, project_stage=told.project_stage, funding_source=told.funding_source
            )  # fmt: skip
    return {}


def _scene_row(state: SceneState, head: str) -> Values:
    profile = state.profile
    if profile is None:
        raise ValueError(f"{state.scene}: its first entry does not submit it")
    running = [each for each in state.deadlines if each.status is not DeadlineStatus.PAUSED]
    return Values(
        scene=state.scene,
        name=profile.name,
        city=profile.city,
        domain=profile.domain,
        type=profile.type,
        scale=profile.scale.value,
        track=profile.track.value,
        risk=profile.risk.value,
        stage=state.stage.value,
        step=state.step,
        outcome=state.outcome.value if state.outcome else None,
        lead=state.lead,
        regulator=state.regulator,
        owner=profile.owner,
        cooperating=list(state.cooperating),
        bidders=list(_known_bidders(state)),
        declared=state.declared,
        suspended=state.suspension is not None,
        overdue=any(each.holder is not None and each.status is DeadlineStatus.OVERDUE for each in running),
        began_on=state.began_on,
        entered_at=state.entered_at,
        next_due_at=min((each.due_at for each in running), default=None),
        sequence=state.sequence,
        head=head,
        policy_version=state.policy_version,
        policy_digest=state.policy_digest,
        calendar=state.calendar,
        assumed=list(profile.assumed),
        firsts=" ".join(profile.firsts) or None,
        project_kind=profile.project.kind if profile.project else None,
        project=profile.project.name if profile.project else None,
        snapshot=state.model_dump_json(),
    )


def _kinship_rows(state: SceneState) -> list[Values]:
    """What this scene copies, by its own word: nobody becomes kin because another says so."""
    original = state.profile.copied_from if state.profile else None
    if original is None or original == state.scene:
        return []
    evidence = next((each.sequence for each in state.inherited if each.scene == original), None)
    return [Values(stream=state.scene, original=original, replica=state.scene, evidence=evidence)]


def _review_rows(state: SceneState) -> list[Values]:
    return [
        Values(
            stream=state.scene,
            cause_stream=review.caused_by[0],
            cause_sequence=review.caused_by[1],
            affected=review.affected,
        )
        for review in state.lineage_reviews
    ]


def _suggestion_rows(state: SceneState) -> list[Values]:
    """With the unit that has to answer as it is now: the scene may have been handed on."""
    units = {Role.LEAD: state.lead, Role.REGULATOR: state.regulator}
    return [
        Values(
            stream=state.scene,
            id=each.id,
            sequence=each.sequence,
            bidder=each.bidder,
            rule=each.rule,
            clause=each.clause,
            by_role=each.by_role.value,
            by_unit=each.by_unit,
            to_role=each.to.value,
            to_unit=units.get(each.to) or "",
            suggested_on=each.on,
            answer=each.answer,
            answered_on=each.answered_on,
            answered_in=each.answered_in,
            authority=each.authority,
            document=each.document,
        )
        for each in state.suggestions
    ]


def _known_bidders(state: SceneState) -> tuple[str, ...]:
    """Until a bid is opened, nobody learns from a list who has bid."""
    opened = (bid.bidder for bid in state.bids if bid.revealed)
    return tuple(dict.fromkeys((*opened, *(contract.bidder for contract in state.contracts))))


def _deadline_row(scene: str, deadline: Deadline, status: DeadlineStanding, closed: int | None) -> Values:
    holder = deadline.holder
    return Values(
        scene=scene,
        id=deadline.id,
        started_by=deadline.started_by,
        limit=deadline.limit,
        holder_role=holder.role.value if holder else None,
        holder_unit=holder.unit if holder else None,
        holder_person=holder.person if holder else None,
        machine=deadline.machine.value,
        bidder=deadline.bidder,
        verbs=list(deadline.verbs),
        clause=deadline.clause,
        started_on=deadline.started_on,
        due_on=deadline.due_on,
        due_at=deadline.due_at,
        provisional=deadline.provisional,
        calendar=deadline.calendar,
        extensions=[extension.model_dump(mode="json") for extension in deadline.extensions],
        status=status.value,
        closed_sequence=closed,
        # The reminders still to come change with every reminder, and say nothing afterwards.
        fact=deadline.model_copy(update={"rungs": ()}).model_dump_json(),
    )


def _document_row(state: SceneState, entry: JournalEntry, place: int, event: DocumentIssued) -> Values:
    return Values(
        stream=state.scene,
        sequence=entry.sequence,
        place=place,
        city=state.profile.city if state.profile else "",
        year=local_day(entry.at).year,
        series=event.series,
        form=event.form,
        title=event.title,
        to_role=event.to.role.value,
        to_unit=event.to.unit,
        to_person=event.to.person,
        issued_at=entry.at,
    )


def outbox_row(stream: str, sequence: int, at: datetime, notification: Notification) -> Values:
    return Values(
        stream=stream,
        sequence=sequence,
        recipient=notification.recipient,
        rung=notification.rung,
        kind=notification.kind.value,
        level=notification.level.value,
        deadline=notification.deadline,
        payload=notification.matter.model_dump(mode="json"),
        send_after=notification.send_after,
        created_at=at,
    )
