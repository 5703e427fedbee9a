"""Advice on what others decide: of departments, and of experts who have seen the scene (docs/explanation/domain.md).

On a trial plan and on a benchmark. Each speaks once, a department for itself and an expert for themselves; where a
city has nobody asked for it, nobody waits for it. Experts advise where they are assigned: who sits on a panel of the
scene that stands, of the same bidder where the panel is one bidder's.
"""

from models.state import SceneState, UnitOpinion
from models.vocabulary import Role
from rules.docket import Docket


def refuse_unasked(docket: Docket, given: tuple[UnitOpinion, ...], bidder: str | None = None) -> None:
    """Raises Refused: seat_is_personal, not_assigned or opinion_already_given."""
    if docket.role is not Role.EXPERT:
        if is_heard(given, docket.unit):
            docket.refuse("opinion_already_given", unit=docket.unit)
        return
    if docket.command.actor.on_behalf_of:
        docket.refuse("seat_is_personal", person=docket.person)
    if docket.person not in assigned(docket.state, bidder):
        docket.refuse("not_assigned", person=docket.person)
    if any(each.expert and each.person == docket.person for each in given):
        docket.refuse("opinion_already_given", unit=docket.person)


def is_heard(given: tuple[UnitOpinion, ...], unit: str) -> bool:
    """Whether the unit has spoken: what an expert said who works there is not its word."""
    return any(each.unit == unit and not each.expert for each in given)


def assigned(state: SceneState, bidder: str | None) -> tuple[str, ...]:
    """Who sits on a panel of the scene that stands; `bidder` None: on any."""
    panels = (each for each in state.panels if not each.void and (bidder is None or each.bidder in (None, bidder)))
    return tuple(dict.fromkeys(seat.person for panel in panels for seat in panel.seats))
