"""Promotion: what works becomes a benchmark case, is rewarded, copied, reviewed yearly, and can lose the title again.

The evaluation team proposes, the leading group decides, and only what was recommended can be confirmed (S3 四（三）, S0
三（三）5).
"""

from typing import assert_never

from models.commands.promotion import (
    CloseScene,
    ConcludeEvaluation,
    ConfirmBenchmark,
    NominateBenchmark,
    PromotionAct,
    RecommendUpward,
    RecordBenefit,
    RecordReplication,
    ReviewBenchmark,
    WithdrawBenchmark,
)
from models.events.promotion import (
    BenchmarkDecided,
    BenchmarkEvaluated,
    BenchmarkNominated,
    BenchmarkReviewed,
    BenchmarkWithdrawn,
    BenefitRecorded,
    RecommendedUpward,
    ReplicationRecorded,
)
from models.vocabulary import Machine, Outcome, Role
from rules import lineage, payments
from rules.docket import Docket


def judge(docket: Docket, act: PromotionAct) -> None:
    match act:
        case NominateBenchmark():
            docket.record(BenchmarkNominated(level=act.level))
            docket.enter("evaluation")
        case ConcludeEvaluation():
            docket.record(BenchmarkEvaluated(recommended=act.recommended))
            docket.enter("benchmark_decision")
        case ConfirmBenchmark():
            _confirm(docket, act)
        case ReviewBenchmark():
            _review(docket, act)
        case WithdrawBenchmark():
            lineage.answer_all(docket, affected=True)
            _lose(docket)
        case RecordBenefit():
            _benefit(docket, act)
        case RecordReplication():
            if docket.state.profile and act.city == docket.state.profile.city and act.district is None:
                docket.refuse("same_city_copy")
            lineage.refuse_counted(docket, act.scene)
            docket.record(ReplicationRecorded(city=act.city, district=act.district, scene=act.scene))
        case RecommendUpward():
            docket.record(RecommendedUpward(to=act.to))
        case CloseScene():
            payments.refuse_owing(docket)
            lineage.refuse_unreviewed(docket)
            docket.close(Outcome.PROMOTED if docket.state.step == "benchmark" else Outcome.ACCEPTED)
        case _:
            assert_never(act)


def _confirm(docket: Docket, act: ConfirmBenchmark) -> None:
    benchmark = docket.state.benchmark
    if act.confirmed and not (benchmark and benchmark.recommended):
        docket.refuse("not_recommended")
    if act.confirmed:
        lineage.refuse_unreviewed(docket)
    docket.record(BenchmarkDecided(confirmed=act.confirmed, by=docket.person, on=docket.day))
    if not act.confirmed:
        docket.enter("candidate")
    elif docket.used("benchmark_notice"):
        docket.enter("benchmark_confirmed")
    else:
        docket.enter("benchmark")


def _review(docket: Docket, act: ReviewBenchmark) -> None:
    docket.record(BenchmarkReviewed(keep=act.keep))
    lineage.answer_all(docket, affected=not act.keep)
    if not act.keep:
        _lose(docket)
        return
    docket.met("yearly_review")
    team = docket.holder(Role.EVALUATION_TEAM)
    docket.set_deadline("yearly_review", team, ("review_benchmark",), machine=Machine.SCENE)


def _lose(docket: Docket) -> None:
    """A title is taken away by a decision against the owner: served, and open to appeal."""
    docket.record(BenchmarkWithdrawn())
    docket.decide_against(docket.holder(Role.OWNER).unit, reopens="benchmark")
    docket.enter("candidate")


def _benefit(docket: Docket, act: RecordBenefit) -> None:
    rules = docket.policy.promotion
    if act.kind not in rules.benefits:
        docket.refuse("unknown_benefit", known=", ".join(rules.benefits))
    if act.kind == "award" and docket.state.awarded_yuan + act.amount_yuan > rules.award_cap_yuan:
        total = docket.state.awarded_yuan + act.amount_yuan
        docket.refuse("budget_exceeded", amount=total, cap=rules.award_cap_yuan)
    docket.record(BenefitRecorded(benefit=act.kind, beneficiary=act.beneficiary, amount_yuan=act.amount_yuan))
