"""At whose desk a duty lies, who signs in a consultation, and what was taken back."""

from typing import assert_never

from models.deadline import Desk
from models.events.handling import (
    ActTakenBack,
    CopySent,
    DutyClaimed,
    DutyDelegated,
    DutyHandedBack,
    DutyNudged,
    DutyReleased,
    DutyTransferred,
    HandlingEvent,
    SignerAdded,
    SignerRemoved,
)
from models.state import SceneState
from rules.keyed import change, find


def evolve(state: SceneState, event: HandlingEvent) -> SceneState:
    match event:
        case DutyClaimed(person=person) | DutyTransferred(to=person):
            return _handled(state, event.duty, claimed_by=person, delegated_to=None)
        case DutyReleased():
            return _handled(state, event.duty, claimed_by=None, delegated_to=None)
        case DutyDelegated(to=person):
            return _handled(state, event.duty, delegated_to=person)
        case DutyHandedBack():
            return _handled(state, event.duty, delegated_to=None)
        case DutyNudged(on=on):
            return _handled(state, event.duty, nudged_on=on)
        case CopySent():
            return state
        case SignerAdded(unit=unit):
            return _signers(state, add=(unit,))
        case SignerRemoved(unit=unit):
            return _signers(state, drop=unit)
        case ActTakenBack():
            return _as_before(state)
        case _:
            assert_never(event)


def _handled(state: SceneState, duty: str, **to: object) -> SceneState:
    deadline = find(state.deadlines, id=duty)
    if deadline is None:
        return state
    desk = (deadline.desk or Desk()).model_copy(update=to)
    kept = None if desk == Desk() else desk
    return state.model_copy(update={"deadlines": change(state.deadlines, to={"desk": kept}, id=duty)})


def _signers(state: SceneState, add: tuple[str, ...] = (), drop: str = "") -> SceneState:
    cooperating = tuple(unit for unit in (*state.cooperating, *add) if unit != drop)
    update: dict[str, object] = {"cooperating": cooperating}
    if (round := state.consultation) is not None:
        units = tuple(unit for unit in (*round.units, *add) if unit != drop)
        update["consultation"] = round.model_copy(update={"units": units})
    return state.model_copy(update=update)


def _as_before(state: SceneState) -> SceneState:
    """The scene before the act; its clocks are set and ended by events of their own."""
    if state.last is None:
        return state
    kept = ("sequence", "deadlines", "touched", "receipts", "hands", "directory_version")
    return state.last.before.model_copy(update={name: getattr(state, name) for name in kept})
