"""A scene at each of its own steps: the shortest way there from the application."""

from collections.abc import Callable

from models.commands.anywhere import ReturnForCorrection
from models.commands.promotion import ConcludeEvaluation, ConfirmBenchmark, NominateBenchmark
from models.commands.review import Recognise
from models.commands.solicitation import AcceptFiling, RequestSupplement
from models.policy import Policy, Quorum
from models.vocabulary import BenchmarkLevel, NoticeAbout, PanelPurpose, Position, Scale
from tests.scenario import Play, with_rules

A, B = "甲公司", "乙公司"


def _supplement(play: Play) -> None:
    play.submit().do(RequestSupplement(items=("资金证明",)), play.platform)


def _accepted(play: Play) -> None:
    play.submit().do(AcceptFiling(), play.platform)


def _deadlock(play: Play) -> None:
    play.policy = with_rules(play.policy, "consultation", silence="objects", quorum=Quorum(rule="all"))
    play.to_consultation()
    for unit in play.state.cooperating:
        if play.state.step == "consultation":
            play.agree(unit, Position.OBJECT)
    if play.state.step == "consultation":
        play.pass_limit("consultation")


def _confirmation(play: Play) -> None:
    play.to_expert_review().experts_recommend(PanelPurpose.RECOGNITION)
    play.do(Recognise(value="有价值"), play.lead)


def _recognition_notice(play: Play) -> None:
    play.to_recognised().publish(NoticeAbout.RECOGNITION)


def _listing(play: Play) -> None:
    _recognition_notice(play)
    play.pass_limit("public_notice")


def _posted(play: Play) -> None:
    play.to_listed().post()


def _unmatched(play: Play) -> None:
    _posted(play)
    play.pass_limit("bidding")


def _ranked(play: Play) -> None:
    play.to_scoring(A, B).score({A: 0.95, B: 0.9})


def _ranking_notice(play: Play) -> None:
    _ranked(play)
    play.publish(NoticeAbout.RANKING)


def _evaluation(play: Play) -> None:
    play.to_candidate(A).do(NominateBenchmark(level=BenchmarkLevel.CITY, grounds="成效显著"), play.lead)


def _benchmark_decision(play: Play) -> None:
    _evaluation(play)
    play.do(ConcludeEvaluation(recommended=True, finding="建议"), play.evaluators)


def _benchmark_confirmed(play: Play) -> None:
    _benchmark_decision(play)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)


def _benchmark_notice(play: Play) -> None:
    _benchmark_confirmed(play)
    play.publish(NoticeAbout.BENCHMARK)


def _benchmark(play: Play) -> None:
    _benchmark_notice(play)
    play.pass_limit("public_notice")


def _returned(play: Play) -> None:
    back = ReturnForCorrection(to="registered", then="start_over", reasons="材料有误")
    play.to_recognised().do(back, play.lead)


WAYS: dict[str, Callable[[Play], object]] = {
    "submitted": Play.submit,
    "supplement": _supplement,
    "accepted": _accepted,
    "registered": Play.to_registered,
    "consultation": Play.to_consultation,
    "deadlock": _deadlock,
    "fair_competition": Play.to_fair_competition,
    "expert_review": Play.to_expert_review,
    "confirmation": _confirmation,
    "recognised": Play.to_recognised,
    "recognition_notice": _recognition_notice,
    "listing": _listing,
    "listed": Play.to_listed,
    "posted": _posted,
    "opening": lambda play: play.to_opening(A, B),
    "eligibility": lambda play: play.to_eligibility(A, B),
    "scoring": lambda play: play.to_scoring(A, B),
    "ranked": _ranked,
    "ranking_notice": _ranking_notice,
    "awarding": lambda play: play.to_awarding(A, B),
    "contracting": lambda play: play.to_contracting(A, B),
    "unmatched": _unmatched,
    "trial": lambda play: play.to_running(A, B),
    "acceptance": lambda play: play.to_acceptance(A, B),
    "candidate": lambda play: play.to_candidate(A),
    "evaluation": _evaluation,
    "benchmark_decision": _benchmark_decision,
    "benchmark_confirmed": _benchmark_confirmed,
    "benchmark_notice": _benchmark_notice,
    "benchmark": _benchmark,
    "returned": _returned,
}


def standing_at(policy: Policy, step: str) -> Play:
    """A comprehensive scene, so that the leading group has its step too."""
    play = Play(policy, scale=Scale.COMPREHENSIVE)
    WAYS[step](play)
    assert play.state.step == step
    return play
