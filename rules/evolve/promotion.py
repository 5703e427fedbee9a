"""Promotion."""

from typing import assert_never

from models.events.promotion import (
    BenchmarkAppliedFor,
    BenchmarkDecided,
    BenchmarkEvaluated,
    BenchmarkNominated,
    BenchmarkOpinionGiven,
    BenchmarkRaised,
    BenchmarkRestored,
    BenchmarkReviewed,
    BenchmarkWithdrawn,
    BenefitRecorded,
    PromotionEvent,
    RecommendedUpward,
    ReplicationRecorded,
    UptakeRecorded,
)
from models.state import Benchmark, BenchmarkApplication, Replication, SceneState, UnitOpinion, Uptake
from models.state.acceptance import Raising
from models.vocabulary import NoticeAbout
from rules.keyed import find


def evolve(state: SceneState, event: PromotionEvent) -> SceneState:
    match event:
        case BenchmarkAppliedFor(unit=unit, level=level):
            application = BenchmarkApplication(unit=unit, level=level)
            return state.model_copy(update={"benchmark_applications": (*state.benchmark_applications, application)})
        case BenchmarkNominated():
            return _nominated(state, event)
        case BenchmarkOpinionGiven():
            opinion = UnitOpinion(
                unit=event.unit, position=event.position, person=event.person, on=event.on, expert=event.expert
            )
            return state.model_copy(update={"benchmark_opinions": (*state.benchmark_opinions, opinion)})
        case BenchmarkEvaluated(recommended=recommended):
            return _contested(state, recommended=recommended)
        case BenchmarkDecided(confirmed=False) if state.is_raised:
            return _benchmark(state, raising=None)
        case BenchmarkDecided(confirmed=True) if state.is_raised:
            return _contested(state, confirmed=True)
        case BenchmarkDecided(confirmed=confirmed):
            return _benchmark(state, confirmed=confirmed, confirmed_on=event.on if confirmed else None)
        case BenchmarkRaised(level=level):
            kept = state.benchmark.case_type if state.benchmark else None
            raising = state.benchmark.raising if state.benchmark else None
            of = raising.case_type if raising is not None else None
            return _benchmark(
                state, level=level, case_type=of or kept, recommended=True, confirmed_on=event.on, raising=None,
                notice=_announced(state),
            )  # fmt: skip
        case BenchmarkReviewed():
            return _benchmark(state, reviews=(state.benchmark.reviews if state.benchmark else 0) + 1)
        case BenchmarkWithdrawn():
            return _benchmark(state, withdrawn=True, confirmed=False, raising=None)
        case BenchmarkRestored():
            return _benchmark(state, withdrawn=False, confirmed=True)
        case BenefitRecorded(benefit="award", amount_yuan=amount):
            return state.model_copy(update={"awarded_yuan": state.awarded_yuan + amount})
        case BenefitRecorded(benefit=kind, amount_yuan=amount):
            sums = dict(state.benefits_yuan)
            sums[kind] = sums.get(kind, 0) + amount
            return state.model_copy(update={"benefits_yuan": tuple(sums.items())})
        case ReplicationRecorded():
            copy = Replication(city=event.city, district=event.district, scene=event.scene)
            return state.model_copy(update={"replications": (*state.replications, copy)})
        case UptakeRecorded():
            uptake = Uptake(
                route=event.route, bidder=event.bidder, legal_basis=event.legal_basis, amount_yuan=event.amount_yuan
            )
            return state.model_copy(update={"uptakes": (*state.uptakes, uptake)})
        case RecommendedUpward():
            return state.model_copy(update={"recommendations": state.recommendations + 1})
        case _:
            assert_never(event)


def _nominated(state: SceneState, event: BenchmarkNominated) -> SceneState:
    nominated = Benchmark(level=event.level, case_type=event.case_type)
    if event.raises is not None:
        title = state.benchmark or Benchmark(level=event.raises, confirmed=True)
        raising = Raising(level=event.level, case_type=event.case_type)
        notice = title.notice if title.notice is not None else _announced(state)
        nominated = title.model_copy(update={"raising": raising, "notice": notice})
    return state.model_copy(update={"benchmark": nominated, "benchmark_applications": (), "benchmark_opinions": ()})


def _announced(state: SceneState) -> int | None:
    """The entry at which a benchmark was announced last; None where it never was."""
    notice = find(state.notices, about=NoticeAbout.BENCHMARK, bidder=None)
    return notice.sequence if notice is not None else None


def _contested(state: SceneState, **to: object) -> SceneState:
    """What is decided on: the higher level, where there is a title already."""
    if state.benchmark is None or state.benchmark.raising is None:
        return _benchmark(state, **to)
    return _benchmark(state, raising=state.benchmark.raising.model_copy(update=to))


def _benchmark(state: SceneState, **to: object) -> SceneState:
    if state.benchmark is None:
        return state
    return state.model_copy(update={"benchmark": state.benchmark.model_copy(update=to)})
