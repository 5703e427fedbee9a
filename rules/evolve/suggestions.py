"""Suggestions to change a rule."""

from typing import assert_never

from models.events.suggestions import RuleChangeSuggested, SuggestionAnswered, SuggestionEvent
from models.state import SceneState
from rules.keyed import change


def evolve(state: SceneState, event: SuggestionEvent) -> SceneState:
    match event:
        case RuleChangeSuggested(suggestion=suggestion):
            return state.model_copy(update={"suggestions": (*state.suggestions, suggestion)})
        case SuggestionAnswered():
            to: dict[str, object] = {
                "answer": event.answer, "answered_on": event.on, "answered_in": state.sequence + 1,
                "authority": event.authority, "document": event.document,
            }  # fmt: skip
            return state.model_copy(update={"suggestions": change(state.suggestions, to=to, id=event.suggestion)})
        case _:
            assert_never(event)
