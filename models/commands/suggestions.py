"""A scene tests rules as well as technology: what a trial showed is brought before who can have a rule changed."""

from typing import Literal

from pydantic import Field

from models.document import Document
from models.frozen import Frozen
from models.text import Identifier, Name, Text
from models.vocabulary import Role

from .act import Act, BidderAct


class Shown(Frozen):
    """Where the trial shows it: keys of its plan (an exempted rule, a bound), readings by indicator, incidents."""

    clauses: tuple[Identifier, ...] = Field((), max_length=50)
    readings: tuple[Identifier, ...] = Field((), max_length=50)
    incidents: tuple[Identifier, ...] = Field((), max_length=50)


class SuggestRuleChange(BidderAct):
    """To have `rule` changed in this `clause`, to the `proposed` wording, for what this bidder's trial showed.

    `to` is who answers; `suggestion` names it among the scene's.
    """

    verb: Literal["suggest_rule_change"] = "suggest_rule_change"
    suggestion: Identifier
    rule: Name
    clause: Name
    finding: Text
    evidence: Shown
    proposed: Text
    to: Literal[Role.LEAD, Role.REGULATOR]


class AnswerSuggestion(Act):
    """Adopted for a proposal of one's own, passed on to an `authority` above with a `document`, or declined."""

    verb: Literal["answer_suggestion"] = "answer_suggestion"
    suggestion: Identifier
    answer: Literal["adopted", "passed_on", "declined"]
    reasons: Text
    authority: Name | None = None
    document: Document | None = None


SuggestionAct = SuggestRuleChange | AnswerSuggestion
