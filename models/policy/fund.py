"""The risk compensation pool (风险补偿资金池)."""

from typing import Literal

from pydantic import Field

from models.calendar import Period
from models.frozen import Frozen
from models.text import Identifier, Name

from .sourced import Share, Sourced


class FundCause(Frozen):
    """What the pool compensates. A termination counts on one of `grounds` only."""

    key: Identifier = Field(description="its short name in claims")
    name: Name = Field(description="its name for people")
    rests_on: Literal["incident", "termination"] = Field(description="what there has to be in the scene's journal")
    grounds: tuple[Literal["safety", "breach", "force_majeure"], ...] = Field(
        ("safety", "force_majeure"), description="with rests_on: termination, the grounds that count"
    )


class FundRules(Sourced):
    """The risk compensation pool (风险补偿资金池). A cap that is left out does not exist."""

    causes: tuple[FundCause, ...] = Field(min_length=1, description="what may be claimed for")
    excludes_breach: bool = Field(True, description="true: nothing for who crossed a red line of the inclusion period")
    loss_share: Share = Field(description="largest share of the proven loss that is compensated")
    per_claim_yuan: int | None = Field(None, ge=1, description="most for one claim")
    per_scene_yuan: int | None = Field(None, ge=1, description="most for all claims of one scene")
    per_year_yuan: int | None = Field(None, ge=1, description="most that is approved in a calendar year")
    claim_after: Period | None = Field(None, description="how long after what happened a claim may first be filed")
    claim_within: Period = Field(description="how long after what happened a claim may still be filed")
    proposal: Period = Field(description="lead department proposes, from the claim")
    decision: Period = Field(description="leading group decides, from the proposal")
    payment: Period = Field(description="payer pays, from the approval")
    ladder: str = Field(
        "standard",
        exclude_if=lambda ladder: ladder == "standard",
        description="the reminder ladder of its duties, by its name in `ladders`",
    )

    def cause(self, key: str) -> FundCause | None:
        return next((each for each in self.causes if each.key == key), None)
