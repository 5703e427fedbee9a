"""`evolve(state, event) -> state`: what happened, folded into what is known. It judges nothing and needs no policy.

One file for each group of events; an event that no file knows is an error, never passed over.
"""

from typing import assert_never

from models.events import AnyEvent
from models.events.acceptance import AcceptanceEvent
from models.events.anywhere import AnywhereEvent
from models.events.clock import ClockEvent
from models.events.handling import HandlingEvent
from models.events.lineage import LineageEvent
from models.events.matching import MatchingEvent
from models.events.payment import PaymentEvent
from models.events.promotion import PromotionEvent
from models.events.review import NoticeEvent, ReviewEvent
from models.events.solicitation import SolicitationEvent
from models.events.suggestions import SuggestionEvent
from models.events.support import SupportEvent
from models.events.trial import IncidentEvent, InclusionEvent, TrialEvent
from models.state import SceneState
from rules.evolve import (
    acceptance,
    anywhere,
    clock,
    handling,
    lineage,
    matching,
    payment,
    promotion,
    review,
    solicitation,
    suggestions,
    support,
    trial,
)


def evolve(state: SceneState, event: AnyEvent) -> SceneState:
    """The state after one event of the entry that is being written or read."""
    state = _folded(state, event)
    if touches := event.touches:
        state = state.model_copy(update={"touched": _touched(state, touches)})
    return state


def _folded(state: SceneState, event: AnyEvent) -> SceneState:
    if isinstance(event, ClockEvent):
        return clock.evolve(state, event)
    if isinstance(event, SolicitationEvent):
        return solicitation.evolve(state, event)
    if isinstance(event, ReviewEvent | NoticeEvent):
        return review.evolve(state, event)
    if isinstance(event, MatchingEvent):
        return matching.evolve(state, event)
    if isinstance(event, TrialEvent | InclusionEvent | IncidentEvent):
        return trial.evolve(state, event)
    if isinstance(event, AcceptanceEvent):
        return acceptance.evolve(state, event)
    if isinstance(event, PromotionEvent):
        return promotion.evolve(state, event)
    if isinstance(event, PaymentEvent):
        return payment.evolve(state, event)
    if isinstance(event, LineageEvent):
        return lineage.evolve(state, event)
    if isinstance(event, SuggestionEvent):
        return suggestions.evolve(state, event)
    if isinstance(event, AnywhereEvent):
        return anywhere.evolve(state, event)
    if isinstance(event, HandlingEvent):
        return handling.evolve(state, event)
    if isinstance(event, SupportEvent):
        return support.evolve(state, event)
    assert_never(event)


def _touched(state: SceneState, subjects: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Subject: the sequence of the last entry that changed it."""
    others = tuple(pair for pair in state.touched if pair[0] not in subjects)
    return (*others, *((subject, state.sequence + 1) for subject in subjects))
