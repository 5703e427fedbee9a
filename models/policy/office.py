"""How duties are handled and acts come back: returns, back-dating, nudges."""

from pydantic import Field

from models.calendar import Period
from models.text import Identifier

from .sourced import Sourced


class ReturnRules(Sourced):
    times: int = Field(3, ge=1, description="how often one scene may be returned for correction")


class BackDating(Sourced):
    at_most: Period = Field(description="how far back a paper act may be entered (补录)")
    confirm_take_over: bool = Field(
        False,
        exclude_if=lambda needed: not needed,
        description="true: a scene taken over with bidders pays and awards nothing until a second person has confirmed",
    )


class HandlingRules(Sourced):
    """How duties are handled among people: nudging (催办) and taking back (撤回)."""

    nudge_every: Period = Field(description="how long after a nudge the next one of the same duty may come")
    take_back: tuple[Identifier, ...] = Field(
        (), description="acts that their author may take back, as long as nobody else has acted"
    )
    take_back_within: Period = Field(description="how long after the act")
