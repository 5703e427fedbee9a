"""Promotion."""

from typing import assert_never

from models.events.promotion import (
    BenchmarkAppliedFor,
    BenchmarkDecided,
    BenchmarkEvaluated,
    BenchmarkNominated,
    BenchmarkRestored,
    BenchmarkReviewed,
    BenchmarkWithdrawn,
    BenefitRecorded,
    PromotionEvent,
    RecommendedUpward,
    ReplicationRecorded,
    UptakeRecorded,
)
from models.state import Benchmark, BenchmarkApplication, Replication, SceneState, Uptake


def evolve(state: SceneState, event: PromotionEvent) -> SceneState:
    match event:
        case BenchmarkAppliedFor(unit=unit, level=level):
            application = BenchmarkApplication(unit=unit, level=level)
            return state.model_copy(update={"benchmark_applications": (*state.benchmark_applications, application)})
        case BenchmarkNominated(level=level):
            return state.model_copy(update={"benchmark": Benchmark(level=level), "benchmark_applications": ()})
        case BenchmarkEvaluated(recommended=recommended):
            return _benchmark(state, recommended=recommended)
        case BenchmarkDecided(confirmed=confirmed):
            return _benchmark(state, confirmed=confirmed, confirmed_on=event.on if confirmed else None)
        case BenchmarkReviewed():
            return _benchmark(state, reviews=(state.benchmark.reviews if state.benchmark else 0) + 1)
        case BenchmarkWithdrawn():
            return _benchmark(state, withdrawn=True, confirmed=False)
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


def _benchmark(state: SceneState, **to: object) -> SceneState:
    if state.benchmark is None:
        return state
    return state.model_copy(update={"benchmark": state.benchmark.model_copy(update=to)})
