"""How scenes are reviewed: consultation, panels, and the recognition standard."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.frozen import Frozen
from models.text import Identifier, Name, wrong
from models.vocabulary import Role

from .sourced import Share, Sourced


class Quorum(Frozen):
    """`all`: every voice; `majority`: more than half; `share`: at least `share`; `count`: at least `count`.

    A department has one voice, or as many as `weights` gives it.
    """

    rule: Literal["all", "majority", "share", "count"] = Field(description="how it is counted")
    share: Share | None = Field(None, description="the share, with rule: share")
    count: int | None = Field(None, ge=1, description="the number, with rule: count")
    weights: dict[Name, Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=dict,
        exclude_if=lambda weights: not weights,
        description="unit: how many voices its opinion has; one where it is not named here",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.rule == "share") != (self.share is not None):
            raise wrong(
                "`share` goes with rule: share, and only there; add it there, remove it elsewhere",
                "`share` 与 rule: share 须同时写；有 rule: share 的补上，其余删去",
            )
        if (self.rule == "count") != (self.count is not None):
            raise wrong(
                "`count` goes with rule: count, and only there; add it there, remove it elsewhere",
                "`count` 与 rule: count 须同时写；有 rule: count 的补上，其余删去",
            )
        return self


class Closing(StrEnum):
    WHEN_ANSWERED = "when_all_answered"
    WHEN_DECIDED = "when_decided"
    AT_DEADLINE = "at_deadline"


class ConsultationRules(Sourced):
    quorum: Quorum = Field(description="how many yeses carry a round")
    silence: Literal["no_objection", "abstains", "objects"] = Field(description="what a department's silence counts as")
    veto: bool = Field(False, description="true: a single objection blocks, whatever the quorum")
    vetoers: tuple[Name, ...] = Field(
        (),
        exclude_if=lambda units: not units,
        description="units of which a single objection blocks, also where others' do not",
    )
    closes: Closing = Field(description="when the count is taken")
    rounds: int = Field(2, ge=1, description="how often the departments may be asked")


class PanelCriterion(Frozen):
    """What each member of a panel marks, beside the recommendation."""

    key: Identifier = Field(description="its short name in the marks")
    name: Name = Field(description="what is marked")
    points: int = Field(ge=1, le=1000, description="full marks")


class PanelRules(Sourced):
    minimum: int = Field(ge=1, description="fewest members")
    odd: bool = Field(True, description="an odd number of members")
    expert_share: Share = Field(description="smallest share of experts among the members")
    pass_share: Share = Field(description="share of the members that must recommend")
    overlap: Share | None = Field(None, description="largest share of members who sat on the bidder's trial panel")
    drawn: bool = Field(
        False,
        exclude_if=lambda drawn: not drawn,
        description="true: the members are drawn by lot from a pool (随机抽取), never named",
    )
    drawn_once: bool = Field(
        False,
        exclude_if=lambda once: not once,
        description="true: the lots cannot be known when the pool is given, and a panel is drawn again only with"
        " reasons and a second officer",
    )
    pool_times: int = Field(
        1,
        ge=1,
        le=20,
        exclude_if=lambda times: times == 1,
        description="how many times the seats the pool has to hold, of people who may sit",
    )
    conveners: tuple[Role, ...] = Field(
        (),
        exclude_if=lambda roles: not roles,
        description="the roles that convene it; none named: whoever may `convene_panel`",
    )
    criteria: tuple[PanelCriterion, ...] = Field(
        (),
        max_length=40,
        exclude_if=lambda criteria: not criteria,
        description="what every member marks, one by one; none: they recommend, or not, and say why",
    )
    pass_mark: int = Field(
        0,
        ge=0,
        exclude_if=lambda mark: not mark,
        description="fewest points in all with which a member may recommend",
    )


class RecognitionRules(Sourced):
    criteria: tuple[Name, ...] = Field(min_length=1, description="what the panel and the lead department look at")
