"""Everything that can have happened to a scene."""

from typing import Annotated, get_args

from pydantic import Field

from .acceptance import AcceptanceEvent
from .anywhere import AnywhereEvent
from .clock import ClockEvent
from .event import Event
from .handling import HandlingEvent
from .lineage import LineageEvent
from .matching import MatchingEvent
from .payment import PaymentEvent
from .promotion import PromotionEvent
from .review import NoticeEvent, ReviewEvent
from .solicitation import SolicitationEvent
from .suggestions import SuggestionEvent
from .support import SupportEvent
from .trial import IncidentEvent, InclusionEvent, TrialEvent

AnyEvent = (
    ClockEvent
    | SolicitationEvent
    | ReviewEvent
    | NoticeEvent
    | MatchingEvent
    | TrialEvent
    | InclusionEvent
    | IncidentEvent
    | AcceptanceEvent
    | PromotionEvent
    | PaymentEvent
    | LineageEvent
    | SuggestionEvent
    | AnywhereEvent
    | HandlingEvent
    | SupportEvent
)

SceneEvent = Annotated[AnyEvent, Field(discriminator="kind")]

EVENTS: dict[str, type[Event]] = {event.model_fields["kind"].default: event for event in get_args(AnyEvent)}
"""Kind: its class."""

__all__ = ["EVENTS", "AnyEvent", "Event", "SceneEvent"]
