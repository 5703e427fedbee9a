"""Promotion: benchmark, benefits, copies, yearly review, closing."""

from typing import Literal

from pydantic import Field

from models.document import Document
from models.frozen import Frozen
from models.text import Identifier, Name, Text
from models.vocabulary import Position

from .act import Act


class ApplyForBenchmark(Act):
    """The bidder's, or the owner's, own word: the lead department or the evaluation team nominates."""

    verb: Literal["apply_for_benchmark"] = "apply_for_benchmark"
    level: Name
    grounds: Text
    documents: tuple[Document, ...] = Field((), max_length=50)


class NominateBenchmark(Act):
    """A candidate for a title, or a benchmark for a higher level, which keeps its title meanwhile.

    `level` and `case_type` (案例类型, R58) are of the policy's lists.
    """

    verb: Literal["nominate_benchmark"] = "nominate_benchmark"
    level: Name
    grounds: Text
    case_type: Name | None = Field(None, exclude_if=lambda of: of is None)


class GiveBenchmarkOpinion(Act):
    """A cooperating department, or an expert of the scene, on what is nominated: they advise, the team evaluates."""

    verb: Literal["give_benchmark_opinion"] = "give_benchmark_opinion"
    position: Position
    text: Text


class CriterionAnswer(Frozen):
    """What the evaluation team found on one criterion of the city (`promotion.criteria`), by its key."""

    criterion: Identifier
    met: bool
    finding: Text


class ConcludeEvaluation(Act):
    """Recommended is only what meets every obligatory criterion of its level, answered one by one."""

    verb: Literal["conclude_evaluation"] = "conclude_evaluation"
    recommended: bool
    finding: Text
    answers: tuple[CriterionAnswer, ...] = Field((), max_length=50)


class ConfirmBenchmark(Act):
    verb: Literal["confirm_benchmark"] = "confirm_benchmark"
    confirmed: bool
    reasons: Text


class RecordBenefit(Act):
    verb: Literal["record_benefit"] = "record_benefit"
    kind: Identifier
    beneficiary: Name
    amount_yuan: int = Field(0, ge=0, le=100_000_000_000)
    document: Document


class RecordReplication(Act):
    """A copy in another district or city; `scene` is the copy's id where this engine runs it."""

    verb: Literal["record_replication"] = "record_replication"
    city: Name
    district: Name | None = None
    scene: Identifier | None = None


class RecordUptake(Act):
    """R29: the owner buys what was accepted, or develops it further with who made it; `route` is the policy's."""

    verb: Literal["record_uptake"] = "record_uptake"
    route: Identifier
    bidder: Name
    legal_basis: Name
    amount_yuan: int = Field(0, ge=0, le=100_000_000_000)
    document: Document


class RecommendUpward(Act):
    """R53: recommendation to province or nation, as the policy lists them."""

    verb: Literal["recommend_upward"] = "recommend_upward"
    to: Identifier
    document: Document


class ReviewBenchmark(Act):
    verb: Literal["review_benchmark"] = "review_benchmark"
    keep: bool
    finding: Text


class WithdrawBenchmark(Act):
    """`objection` names the upheld complaint that it follows from."""

    verb: Literal["withdraw_benchmark"] = "withdraw_benchmark"
    reasons: Text
    objection: Identifier | None = Field(None, exclude_if=lambda objection: objection is None)


class CloseScene(Act):
    verb: Literal["close_scene"] = "close_scene"
    reasons: Text


PromotionAct = (
    ApplyForBenchmark
    | NominateBenchmark
    | GiveBenchmarkOpinion
    | ConcludeEvaluation
    | ConfirmBenchmark
    | RecordBenefit
    | RecordReplication
    | RecordUptake
    | RecommendUpward
    | ReviewBenchmark
    | WithdrawBenchmark
    | CloseScene
)
