"""Suggestions to change a rule."""

from datetime import date
from typing import Literal

from models.state.suggestions import Suggestion

from .event import Event


class RuleChangeSuggested(Event):
    kind: Literal["rule_change_suggested"] = "rule_change_suggested"
    suggestion: Suggestion

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"suggestion/{self.suggestion.id}",)


class SuggestionAnswered(Event):
    kind: Literal["suggestion_answered"] = "suggestion_answered"
    suggestion: str
    answer: Literal["adopted", "passed_on", "declined"]
    on: date
    authority: str | None = None
    document: str | None = None

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"suggestion/{self.suggestion}",)


SuggestionEvent = RuleChangeSuggested | SuggestionAnswered
