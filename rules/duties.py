"""`duties(state)`: who must do what by when. A duty is an open deadline seen from the side of its holder."""

from models.deadline import Duty
from models.state import SceneState


def duties(state: SceneState) -> tuple[Duty, ...]:
    """Every open duty, the most urgent first."""
    open_ones = [
        Duty(
            deadline=deadline.id,
            limit=deadline.limit,
            holder=deadline.holder,
            verbs=deadline.verbs,
            machine=deadline.machine,
            bidder=deadline.bidder,
            due_on=deadline.due_on,
            due_at=deadline.due_at,
            provisional=deadline.provisional,
            status=deadline.status,
            desk=deadline.desk,
        )
        for deadline in state.deadlines
        if deadline.holder is not None
    ]
    return tuple(sorted(open_ones, key=lambda duty: (duty.due_at, duty.deadline)))
