"""Promotion."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.vocabulary import Position

from .event import Event


class BenchmarkAppliedFor(Event):
    kind: Literal["benchmark_applied_for"] = "benchmark_applied_for"
    unit: str
    level: str


class BenchmarkNominated(Event):
    """`raises`: the level of the title that it has and keeps meanwhile; None for a candidate without one."""

    kind: Literal["benchmark_nominated"] = "benchmark_nominated"
    level: str
    raises: str | None = Field(None, exclude_if=lambda level: level is None)
    case_type: str | None = Field(None, exclude_if=lambda of: of is None)

    @property
    def touches(self) -> tuple[str, ...]:
        return ("nomination",)


class BenchmarkOpinionGiven(Event):
    kind: Literal["benchmark_opinion_given"] = "benchmark_opinion_given"
    unit: str
    position: Position
    person: str
    on: date
    expert: bool = Field(False, exclude_if=lambda expert: not expert)

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"benchmark_opinion/{self.person if self.expert else self.unit}",)


class BenchmarkEvaluated(Event):
    kind: Literal["benchmark_evaluated"] = "benchmark_evaluated"
    recommended: bool


class BenchmarkDecided(Event):
    kind: Literal["benchmark_decided"] = "benchmark_decided"
    confirmed: bool
    by: str
    on: date | None = None


class BenchmarkRaised(Event):
    """The higher title stands, in the place of the one before."""

    kind: Literal["benchmark_raised"] = "benchmark_raised"
    level: str
    before: str
    on: date


class BenchmarkReviewed(Event):
    kind: Literal["benchmark_reviewed"] = "benchmark_reviewed"
    keep: bool


class BenchmarkWithdrawn(Event):
    kind: Literal["benchmark_withdrawn"] = "benchmark_withdrawn"


class BenchmarkRestored(Event):
    """An appeal against the withdrawal was upheld."""

    kind: Literal["benchmark_restored"] = "benchmark_restored"


class BenefitRecorded(Event):
    kind: Literal["benefit_recorded"] = "benefit_recorded"
    benefit: str
    beneficiary: str
    amount_yuan: int


class ReplicationRecorded(Event):
    kind: Literal["replication_recorded"] = "replication_recorded"
    city: str
    district: str | None
    scene: str | None


class UptakeRecorded(Event):
    kind: Literal["uptake_recorded"] = "uptake_recorded"
    route: str
    bidder: str
    legal_basis: str
    amount_yuan: int


class RecommendedUpward(Event):
    kind: Literal["recommended_upward"] = "recommended_upward"
    to: str


PromotionEvent = (
    BenchmarkAppliedFor
    | BenchmarkNominated
    | BenchmarkOpinionGiven
    | BenchmarkEvaluated
    | BenchmarkDecided
    | BenchmarkRaised
    | BenchmarkReviewed
    | BenchmarkWithdrawn
    | BenchmarkRestored
    | BenefitRecorded
    | ReplicationRecorded
    | UptakeRecorded
    | RecommendedUpward
)
