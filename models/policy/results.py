"""Acceptance, benchmark cases and their benefits."""

from typing import Literal

from pydantic import Field

from models.frozen import Frozen
from models.text import Identifier, Name

from .sourced import Sourced


class AcceptanceRules(Sourced):
    defence_from_yuan: int = Field(ge=0, description="from this budget with defence and site visit, below on papers")
    retrials: int = Field(1, ge=0, description="how often a trial may be repeated")
    rectifications: int = Field(1, ge=0, description="how often a conditional result may be rectified")
    ip_check: bool = Field(
        False,
        exclude_if=lambda needed: not needed,
        description="true: no result passes before its intellectual property was checked, with no conflict open",
    )
    objections: tuple[Literal["all", "majority", "regulator"], ...] = Field(
        ("all",),
        exclude_if=lambda whose: whose == ("all",),
        description="objections over which a pass says why: of all who were heard; of more than half of them, the "
        "owner not counted; of the regulator",
    )
    refund_receipt: bool = Field(
        False,
        exclude_if=lambda needed: not needed,
        description="true: a refund is settled once the payer has recorded that it came, not when the bidder says so",
    )
    tolerance: tuple[Name, ...] = Field(
        (),
        max_length=50,
        description="criteria of fault tolerance (容错、尽职免责): a tolerated failure meets all",
    )
    tolerance_appeal: bool = Field(
        False,
        exclude_if=lambda open_to: not open_to,
        description="true: a refused tolerance is a decision against the bidder: served, and open to appeal",
    )


class BenchmarkCriterion(Frozen):
    """What a benchmark is evaluated by; a level that it does not name leaves it out."""

    key: Identifier = Field(description="its short name in the answers")
    name: Name = Field(description="what is asked")
    levels: tuple[Name, ...] = Field(
        (), exclude_if=lambda levels: not levels, description="the levels it is asked at; none named: all"
    )
    obligatory: bool = Field(
        True, exclude_if=lambda must: must, description="true: nothing is recommended that does not meet it"
    )


class Benefit(Frozen):
    """A kind of benefit with what it may come to."""

    kind: Identifier = Field(description="its short name")
    each_yuan: int | None = Field(
        None,
        gt=0,
        exclude_if=lambda cap: cap is None,
        description="most that one record may say, in yuan; none: no cap",
    )
    in_all_yuan: int | None = Field(
        None,
        gt=0,
        exclude_if=lambda cap: cap is None,
        description="most that all its records in one scene come to; none: no cap; for `award`: `award_cap_yuan`",
    )
    amount: bool = Field(
        False, exclude_if=lambda needed: not needed, description="true: a record without an amount is refused"
    )
    firsts: tuple[Name, ...] = Field(
        (),
        exclude_if=lambda firsts: not firsts,
        description="only where the application names one of these 三首 products; none named: any scene",
    )
    default: bool = Field(
        False, exclude_if=lambda default: not default, description="true where the city's text names no such cap"
    )


class BenchmarkLevel(Frozen):
    """A level at which a benchmark may stand (R6)."""

    name: Name = Field(description="the level as the city calls it")
    award_yuan: int | None = Field(
        None,
        ge=0,
        exclude_if=lambda cap: cap is None,
        description="most that awards come to in all while a benchmark stands at it; none: `award_cap_yuan`",
    )


class Upward(Frozen):
    """To whom a benchmark may be recommended (R53)."""

    key: Identifier = Field(description="its short name")
    name: Name = Field(description="its name for people")
    from_level: Name | None = Field(
        None, exclude_if=lambda level: level is None, description="the least level for it; none: any"
    )


UNTOLD_LEVELS = tuple(BenchmarkLevel(name=name) for name in ("企业级", "产业级", "城市级"))
UNTOLD_UPWARD = (Upward(key="province", name="省级"), Upward(key="nation", name="国家级"))
"""Of a policy from before there were these lists: it keeps its digest."""


class UptakeRoute(Frozen):
    """How an owner goes on with what was accepted (R29)."""

    key: Identifier = Field(description="its short name")
    name: Name = Field(description="its name for people")
    legal_bases: tuple[Name, ...] = Field(min_length=1, description="what it may rest on")


class PromotionRules(Sourced):
    award_cap_yuan: int = Field(ge=0, description="largest award for one case, and most for one scene in all")
    benefits: tuple[Identifier | Benefit, ...] = Field(
        description="kinds of benefit that may be recorded: a name, or a kind with its caps"
    )
    criteria: tuple[BenchmarkCriterion, ...] = Field(
        (),
        max_length=50,
        exclude_if=lambda criteria: not criteria,
        description="what the evaluation answers, one by one; none: the evaluation team finds as it sees fit",
    )
    levels: tuple[BenchmarkLevel, ...] = Field(
        UNTOLD_LEVELS,
        min_length=1,
        exclude_if=lambda levels: levels == UNTOLD_LEVELS,
        description="the levels of a benchmark, lowest first: it may be raised along them",
    )
    case_types: tuple[Name, ...] = Field(
        (), exclude_if=lambda types: not types, description="what a nomination may call it (案例类型)"
    )
    upward: tuple[Upward, ...] = Field(
        UNTOLD_UPWARD,
        exclude_if=lambda upward: upward == UNTOLD_UPWARD,
        description="to whom it may be recommended",
    )
    before_title: tuple[Identifier, ...] = Field(
        (),
        exclude_if=lambda before: not before,
        description="what a candidate gets already: kinds of benefit, `replication`, `recommendation`; "
        "all else takes a confirmed title",
    )
    uptake: tuple[UptakeRoute, ...] = Field(
        (),
        exclude_if=lambda routes: not routes,
        description="direct purchase, joint development, ...: what an owner may record; none: nothing",
    )
    value_first: bool = Field(
        False,
        exclude_if=lambda first: not first,
        description="true: a benchmark is nominated once its value has been assessed",
    )

    @property
    def kinds(self) -> tuple[Benefit, ...]:
        """Every kind with its caps; one that stands there as a name has none. An award has the cap of its own key."""
        return tuple(self._capped(each if isinstance(each, Benefit) else Benefit(kind=each)) for each in self.benefits)

    def _capped(self, benefit: Benefit) -> Benefit:
        if benefit.kind != "award":
            return benefit
        return benefit.model_copy(update={"in_all_yuan": self.award_cap_yuan})

    def rank(self, level: str) -> int:
        """Where a level stands, lowest 0; below them all one that the policy does not know."""
        return next((at for at, each in enumerate(self.levels) if each.name == level), -1)

    def award_cap(self, level: str) -> int:
        """Most that awards come to in all at a level."""
        caps = [each.award_yuan for each in self.levels if each.name == level and each.award_yuan is not None]
        return min((self.award_cap_yuan, *caps))

    def criteria_at(self, level: Name) -> tuple[BenchmarkCriterion, ...]:
        return tuple(each for each in self.criteria if not each.levels or level in each.levels)
