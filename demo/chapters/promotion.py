"""From an accepted result to the end: a benchmark, or simply closed."""

from demo.chapters.acceptance import valued
from demo.chapters.notices import announced
from demo.scene import Scene, Script
from models.commands.promotion import (
    CloseScene,
    ConcludeEvaluation,
    ConfirmBenchmark,
    CriterionAnswer,
    GiveBenchmarkOpinion,
    NominateBenchmark,
    RecordBenefit,
    RecordUptake,
    ReviewBenchmark,
)
from models.vocabulary import NoticeAbout, Position


def closed(scene: Scene) -> Script:
    yield scene.workdays(5)
    yield scene.lead.does(CloseScene(reasons="事项办结，材料归档。"))


def made_benchmark(scene: Scene, level: str) -> Script:
    """Nominated, evaluated, confirmed, announced."""
    yield from nominated(scene, level, recommended=True)
    yield scene.workdays(4)
    yield scene.leading_group.does(ConfirmBenchmark(confirmed=True, reasons="同意确认。"))
    if scene.state.step == "benchmark_confirmed":
        yield from announced(scene, NoticeAbout.BENCHMARK)
    scene.stands_at("benchmark")


def nominated(scene: Scene, level: str, *, recommended: bool) -> Script:
    yield scene.workdays(6)
    if scene.policy.promotion.value_first and scene.state.value_yuan is None:
        yield from valued(scene)
    yield scene.lead.does(NominateBenchmark(level=level, grounds="指标领先，已形成可复制的做法。"))
    yield scene.workdays(2)
    if scene.state.cooperating:
        yield scene.department(scene.state.cooperating[0]).does(
            GiveBenchmarkOpinion(position=Position.AGREE, text="运行平稳，可在本系统推广。")
        )
    yield scene.workdays(4)
    finding = "建议列为标杆。" if recommended else "示范性不足。"
    found = "经核查符合。" if recommended else "证据不足。"
    answers = tuple(
        CriterionAnswer(criterion=each.key, met=recommended, finding=found)
        for each in scene.policy.promotion.criteria_at(level)
    )
    yield scene.evaluators.does(ConcludeEvaluation(recommended=recommended, finding=finding, answers=answers))


def benefited(scene: Scene, bidder: str, kind: str, amount_yuan: int = 0) -> Script:
    yield scene.payer.does(
        RecordBenefit(kind=kind, beneficiary=bidder, amount_yuan=amount_yuan, document=scene.document("激励文件"))
    )


def taken_up(scene: Scene, bidder: str, amount_yuan: int) -> Script:
    """The owner buys what was accepted, by the first way that the city names."""
    route = scene.policy.promotion.uptake[0]
    yield scene.owner.does(
        RecordUptake(
            route=route.key, bidder=bidder, legal_basis=route.legal_bases[0], amount_yuan=amount_yuan,
            document=scene.document("采购合同"),
        )
    )  # fmt: skip


def reviewed_yearly(scene: Scene, *, keep: bool) -> Script:
    """A good month before the review is due."""
    yield scene.until(scene.workday(-12, scene.deadline("yearly_review").due_on))
    finding = "仍具示范作用。" if keep else "设备停用，不再具示范作用。"
    yield scene.evaluators.does(ReviewBenchmark(keep=keep, finding=finding))
