"""What comes due by itself. An alarm is a command like any other: `PassDeadline`.

Everything due at one instant is dealt with in one entry, consequences included, so that after `PassDeadline` at t the
next alarm is later than t: each consequence sets only clocks that end later. One that decides against somebody ends its
entry, and the next deals with what else is due at t.
"""

from collections.abc import Callable
from datetime import datetime

from models.deadline import Deadline, DeadlineStatus
from models.events.anywhere import AdverseDecision
from models.events.clock import DeadlinePassed, RungDue
from models.state import SceneState
from rules import (
    acceptance,
    bidding,
    contracting,
    incidents,
    inclusion,
    matching,
    notices,
    remedies,
    review,
    solicitation,
    trial,
)
from rules.docket import Docket

CONSEQUENCES: dict[str, Callable[[Docket, Deadline], None]] = {
    "completeness": solicitation.silence_accepts,
    "supplement": solicitation.deemed_withdrawn,
    "resubmission": solicitation.deemed_withdrawn,
    "consultation": review.consultation_ran_out,
    "public_notice": notices.notice_ran_out,
    "complaint_window": notices.complaint_window_ran_out,
    "bidding": bidding.bidding_closed,
    "bid_opening": bidding.opening_ran_out,
    "contract": contracting.contract_ran_out,
    "reissue": matching.reissue_ran_out,
    "trial_opinion": trial.opinion_ran_out,
    "trial": trial.trial_ran_out,
    "insurance": trial.insurance_ran_out,
    "inclusion": inclusion.inclusion_ran_out,
    "correction_order": inclusion.order_ran_out,
    "service": incidents.service_ran_out,
    "acceptance_application": acceptance.application_ran_out,
    "delivery": acceptance.application_ran_out,
    "acceptance_opinion": acceptance.opinion_ran_out,
    "rectification": acceptance.rectification_ran_out,
    "appeal_window": remedies.appeal_window_ran_out,
}
"""Limit: what its passing does. A limit that is not here is a duty that stays open, overdue, and escalates."""

STAYS_OPEN = ("service",)
"""Limits whose passing has a consequence, and which are a duty all the same."""


def next_alarm(state: SceneState) -> datetime | None:
    """When the scene's next reminder or deadline comes due; None while nothing runs."""
    return min((moment for deadline in state.deadlines for moment in _moments(deadline)), default=None)


def due_until(state: SceneState, now: datetime) -> datetime | None:
    """The instant whose alarm is the next to be dealt with at `now`; None while nothing is due.

    After an outage that is the next passing with a consequence, which counts from its own day. What lies before it, or
    before `now` where there is none, is dealt with together: reminders collapse into the last for each who hears of it.
    """
    decisive = [
        deadline.due_at
        for deadline in state.deadlines
        if deadline.status is DeadlineStatus.OPEN and deadline.limit in CONSEQUENCES and deadline.due_at <= now
    ]
    due = [moment for deadline in state.deadlines for moment in _moments(deadline) if moment <= now]
    return min(decisive, default=max(due, default=None))


def _moments(deadline: Deadline) -> tuple[datetime, ...]:
    rungs = tuple(rung.at for rung in deadline.rungs)
    match deadline.status:
        case DeadlineStatus.PAUSED:
            return ()
        case DeadlineStatus.OVERDUE:
            return rungs
        case DeadlineStatus.OPEN:
            return (*rungs, deadline.due_at)


def pass_deadline(docket: Docket, at: datetime) -> None:
    """What is due by `at`: what has passed, each with its consequence, then the reminders."""
    if at > docket.now:
        docket.refuse("not_due", at=at.isoformat())
    docket.at = at
    while (passed := _first_passed(docket.state, at)) is not None:
        _pass(docket, passed)
        if any(isinstance(event, AdverseDecision) for event in docket.events):
            return  # a decision is known by its entry: what else is due waits for the next
    for deadline in docket.state.deadlines:
        if deadline.status is not DeadlineStatus.PAUSED:
            _remind(docket, deadline)


def _remind(docket: Docket, deadline: Deadline) -> None:
    """Each who hears of this deadline hears the latest that is due; the earlier ones are named and not sent."""
    due = [rung for rung in deadline.rungs if rung.at <= docket.at]
    for rung in due:
        of_the_same = [other for other in due if other.to == rung.to]
        if all(other.at <= rung.at for other in of_the_same):
            skipped = tuple(other.name for other in of_the_same if other.at < rung.at)
            docket.record(RungDue(id=deadline.id, rung=rung, skipped=skipped))


def _first_passed(state: SceneState, at: datetime) -> Deadline | None:
    passed = [each for each in state.deadlines if each.status is DeadlineStatus.OPEN and each.due_at <= at]
    return min(passed, key=lambda each: (each.due_at, each.id), default=None)


def _pass(docket: Docket, deadline: Deadline) -> None:
    consequence = CONSEQUENCES.get(deadline.limit)
    overdue = consequence is None or deadline.limit in STAYS_OPEN
    docket.record(DeadlinePassed(id=deadline.id, overdue=overdue))
    if consequence is not None:
        docket.cause = f"after:{deadline.limit}"
        docket.day = deadline.due_on
        consequence(docket, deadline)
