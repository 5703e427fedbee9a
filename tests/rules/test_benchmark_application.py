"""The parties apply as a benchmark themselves; lead department or evaluation team nominates."""

import pytest

from models.commands.promotion import ApplyForBenchmark, NominateBenchmark
from models.events.promotion import BenchmarkAppliedFor
from models.policy import Policy
from models.vocabulary import Mode
from tests.scenario import Play, city

A, B = "甲公司", "乙公司"
APPLICATION = ApplyForBenchmark(level="产业级", grounds="指标领先")


@pytest.fixture
def candidate() -> Play:
    return Play(city("yancheng")).to_candidate(A)


def test_bidder_and_owner_each_apply_once(candidate: Play) -> None:
    events = candidate.do(APPLICATION, candidate.bidder(A))
    assert events == (BenchmarkAppliedFor(unit=A, level="产业级"),)
    candidate.do(APPLICATION, candidate.owner)
    candidate.refuses("already_applied", APPLICATION, candidate.bidder(A))
    assert [each.unit for each in candidate.state.benchmark_applications] == [A, candidate.owner_unit]
    assert candidate.state.step == "candidate", "an application nominates nobody"


def test_a_bidder_whose_result_was_not_accepted_does_not_apply() -> None:
    play = Play(city("yancheng")).to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.accept(A)
    play.pass_limit(f"acceptance_application/{B}")
    assert play.state.step == "candidate"
    assert play.refuses("not_accepted", APPLICATION, play.bidder(B)).details["accepted"] == A
    play.do(APPLICATION, play.bidder(A))


def test_nobody_else_applies_and_none_before_it_is_a_candidate(candidate: Play) -> None:
    candidate.refuses("not_permitted", APPLICATION, candidate.lead)
    before = Play(city("yancheng")).to_acceptance(A)
    before.refuses("wrong_step", APPLICATION, before.bidder(A))


def test_a_nomination_answers_the_applications(candidate: Play) -> None:
    candidate.do(APPLICATION, candidate.bidder(A))
    candidate.nominate()
    assert candidate.state.benchmark_applications == ()


def test_the_evaluation_team_nominates_too_and_another_of_it_evaluates(policy: Policy) -> None:
    play = Play(policy).to_candidate(A)
    if policy.promotion.value_first:
        play.do(play.value_act(), play.lead)
    play.do(NominateBenchmark(level="城市级", grounds="成效显著"), play.evaluators)
    evaluation = play.evaluation_act()
    play.refuses("proposer_approves", evaluation, play.evaluators)
    play.do(evaluation, play.evaluators.model_copy(update={"person": "evaluation_team-2"}))
    assert play.state.step == "benchmark_decision"
