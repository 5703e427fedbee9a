"""A scene's promotion as a statement: level, criteria and how they were answered, benefits against their caps, reviews,
copies, recommendations.

Made from the journal and the state alone; nothing here is judged.
"""

from collections.abc import Sequence
from datetime import date

from models.commands.promotion import ConcludeEvaluation, CriterionAnswer, GiveBenchmarkOpinion, NominateBenchmark
from models.deadline import Deadline
from models.events.promotion import BenchmarkOpinionGiven, BenefitRecorded, RecommendedUpward
from models.frozen import Frozen
from models.journal import JournalEntry
from models.policy import BenchmarkCriterion, Benefit, Policy
from models.state import Replication, SceneState, UnitOpinion, Uptake
from models.state.acceptance import Raising
from rules import promotion
from rules.deadlines import local_day
from rules.keyed import find


class Asked(Frozen):
    """A criterion of the level, and how the last evaluation answered it; None: not yet."""

    criterion: BenchmarkCriterion
    answer: CriterionAnswer | None


class Kind(Frozen):
    """A kind of benefit with what was recorded of it; `left_yuan` None where the scene has no cap."""

    benefit: Benefit
    recorded_yuan: int
    left_yuan: int | None


class Granted(Frozen):
    kind: str
    beneficiary: str
    amount_yuan: int
    on: date


class Advice(Frozen):
    """What a department or an expert said of what is nominated now, or was last."""

    opinion: UnitOpinion
    text: str


class Recommendation(Frozen):
    to: str
    on: date


class BenchmarkStatement(Frozen):
    """`clock` is the running one of the promotion: nomination, evaluation, notice or yearly review.

    While a benchmark is being raised `criteria` are those of the level that it is nominated for.
    """

    step: str
    level: str | None
    recommended: bool | None
    confirmed: bool
    confirmed_on: date | None
    withdrawn: bool
    reviews: int
    clock: Deadline | None
    value_yuan: int | None
    value_first: bool
    criteria: tuple[Asked, ...]
    kinds: tuple[Kind, ...]
    granted: tuple[Granted, ...]
    beneficiaries: tuple[str, ...]
    copies: tuple[Replication, ...]
    recommendations: tuple[Recommendation, ...]
    firsts: tuple[str, ...] = ()
    uptakes: tuple[Uptake, ...] = ()
    raising: Raising | None = None
    case_type: str | None = None
    opinions: tuple[Advice, ...] = ()


def statement(policy: Policy, state: SceneState, journal: Sequence[JournalEntry]) -> BenchmarkStatement:
    benchmark, events = state.benchmark, [(entry, event) for entry in journal for event in entry.events]
    nominated = state.contested
    answers = _answers(journal) if nominated and nominated.recommended is not None else ()
    return BenchmarkStatement(
        step=state.step,
        level=benchmark.level if benchmark else None,
        recommended=benchmark.recommended if benchmark else None,
        confirmed=benchmark.confirmed if benchmark else False,
        confirmed_on=benchmark.confirmed_on if benchmark else None,
        withdrawn=benchmark.withdrawn if benchmark else False,
        reviews=benchmark.reviews if benchmark else 0,
        clock=next((each for each in state.deadlines if each.bidder is None and each.limit in _CLOCKS), None),
        value_yuan=state.value_yuan,
        value_first=policy.promotion.value_first,
        criteria=tuple(
            Asked(criterion=each, answer=find(answers, criterion=each.key))
            for each in (policy.promotion.criteria_at(nominated.level) if nominated else ())
        ),
        kinds=tuple(_kind(policy, state, each) for each in policy.promotion.kinds),
        raising=benchmark.raising if benchmark else None,
        case_type=benchmark.case_type if benchmark else None,
        granted=tuple(
            Granted(
                kind=event.benefit, beneficiary=event.beneficiary, amount_yuan=event.amount_yuan, on=local_day(entry.at)
            )
            for entry, event in events
            if isinstance(event, BenefitRecorded)
        ),
        beneficiaries=promotion.beneficiaries(state),
        opinions=_advice(state, journal),
        copies=state.replications,
        uptakes=state.uptakes,
        firsts=state.profile.firsts if state.profile else (),
        recommendations=tuple(
            Recommendation(to=event.to, on=local_day(entry.at))
            for entry, event in events
            if isinstance(event, RecommendedUpward)
        ),
    )


def _advice(state: SceneState, journal: Sequence[JournalEntry]) -> tuple[Advice, ...]:
    """In the order said. Who speaks again on a later nomination takes the place of what they said before."""
    texts = {
        (event.person, event.unit): entry.command.act.text
        for entry in journal
        if isinstance(entry.command.act, GiveBenchmarkOpinion)
        for event in entry.events
        if isinstance(event, BenchmarkOpinionGiven)
    }
    return tuple(
        Advice(opinion=each, text=texts[each.person, each.unit])
        for each in state.benchmark_opinions
        if each.person is not None
    )


_CLOCKS = ("nomination", "evaluation", "notice_publication", "public_notice", "yearly_review")


def _kind(policy: Policy, state: SceneState, benefit: Benefit) -> Kind:
    recorded, cap = promotion.recorded_yuan(state, benefit.kind), promotion.cap_of(policy, state, benefit)
    left = cap - recorded if cap is not None else None
    return Kind(benefit=benefit, recorded_yuan=recorded, left_yuan=left)


def _answers(journal: Sequence[JournalEntry]) -> tuple[CriterionAnswer, ...]:
    """Those of the last evaluation; what was nominated since is not answered yet."""
    for entry in reversed(journal):
        match entry.command.act:
            case NominateBenchmark():
                return ()
            case ConcludeEvaluation(answers=answers):
                return answers
            case _:
                pass
    return ()
