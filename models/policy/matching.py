"""How a solver is found: modes, score sheet, fair competition, contracting."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from models.frozen import Frozen
from models.text import Identifier, Name, wrong
from models.vocabulary import GateKind

from .sourced import Share, Sourced


class Criterion(Frozen):
    key: Identifier = Field(description="its short name in scores")
    name: Name = Field(description="its name for people")
    points: int = Field(ge=1, description="the most points a judge can give")


class Dimension(Frozen):
    key: Identifier = Field(description="its short name")
    name: Name = Field(description="its name for people")
    criteria: tuple[Criterion, ...] = Field(min_length=1, description="what is scored in it")

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)


class ScoreSheet(Sourced):
    dimensions: tuple[Dimension, ...] = Field(min_length=1, description="what a bid is scored on")
    pass_mark: int = Field(ge=1, description="fewest points of a bid that may be awarded")
    drop_extremes_from: int = Field(7, ge=3, description="from this many judges one high and one low score are dropped")
    tie_break: Identifier = Field(description="the dimension that decides a tie")
    full_tie: Literal["name", "lot"] = Field(
        "name",
        exclude_if=lambda how: how == "name",
        description="what decides where that dimension, or the price, is the same as well: `lot`, drawn by what nobody"
        " knows beforehand, or the bidder's `name`",
    )
    full_marks: int = Field(
        100, ge=1, exclude_if=lambda marks: marks == 100, description="what the points of all criteria come to"
    )

    @property
    def points(self) -> int:
        return sum(dimension.points for dimension in self.dimensions)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for dimension in self.dimensions for criterion in dimension.criteria)


class ModeRule(Sourced):
    scored: bool = Field(description="false: no panel scores, the invited bidder is ranked alone")
    winners: int = Field(1, ge=1, description="how many bidders may be awarded at once")
    invited_only: bool = Field(False, description="only who is invited may bid")
    fewest_invited: int = Field(
        1, ge=1, exclude_if=lambda fewest: fewest == 1, description="fewest who are invited, where the mode invites"
    )
    most_invited: int = Field(
        20, ge=1, exclude_if=lambda most: most == 20, description="most who are invited, where the mode invites"
    )
    legal_bases: tuple[Name, ...] = Field(
        (),
        exclude_if=lambda bases: not bases,
        description="the legal bases of which a challenge names one; where none is listed any may be named",
    )
    compare_from: Share | None = Field(
        None,
        exclude_if=lambda share: share is None,
        description="赛马: the share of each racer's trial from which the race may be compared; none means at any time",
    )
    needs_pledge: bool = Field(False, description="军令状: the bidder signs a pledge")
    called: Name | None = Field(None, description="the city's own name for the mode, such as 场景大赛（以赛代招）")


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise wrong(
            f"{value} is no pattern ({error}); write a regular expression, or the words themselves",
            f"{value} 不是有效的正则（{error}）；请写正则，或直接写词语",
        ) from None
    return value


Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_pattern)]


class Wording(Frozen):
    flags: tuple[Pattern, ...] = Field(min_length=1, description="words, or regular expressions, that are flagged")
    unless: tuple[Pattern, ...] = Field((), description="what they are part of where they mean something else")


class FairCompetition(Sourced):
    unfair: tuple[GateKind, ...] = Field(description="kinds of entry condition that are refused")
    wording: dict[GateKind, Wording] = Field(
        default_factory=dict,
        exclude_if=lambda wording: not wording,
        description="wording that is flagged in a challenge and in the fair-competition review, for a person to answer",
    )


class Contracting(Sourced):
    parties: tuple[Literal["owner", "st_bureau", "bidder"], ...] = Field(min_length=2, description="who signs")
    members_sign: Literal["contract", "contract_or_power_of_attorney"] | None = Field(
        None,
        exclude_if=lambda how: how is None,
        description="what every member of a consortium signs beside its lead: the contract itself, or else a power of "
        "attorney for the lead; left out, the lead signs alone",
    )
    co_owners_sign: bool = Field(
        False,
        exclude_if=lambda sign: not sign,
        description="true: whoever opens the scene with the owner signs as well; false: the owner signs for all",
    )
    next_ranked: bool = Field(True, description="a lapsed contract is offered to the next in the ranking")
    reissues: int = Field(1, ge=0, description="how often a failed call may be re-issued")
    eligibility_appeal: bool = Field(
        False,
        exclude_if=lambda open_to: not open_to,
        description="true: to be found ineligible is a decision against the bidder: served, and open to appeal",
    )
    within_funding: bool = Field(
        False,
        exclude_if=lambda within: not within,
        description="true: a challenge's budget stays within the funding that the scene's application names",
    )
    affiliates_bid: bool = Field(
        True,
        exclude_if=lambda may: may,
        description="false: whoever the directory has below the owner, or among its people, does not bid for its scene",
    )
