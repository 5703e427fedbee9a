"""A promotion as a statement: criteria with their answers, benefits against their caps, reviews, copies."""

import pytest

from models.commands.promotion import RecommendUpward, RecordBenefit, RecordReplication, ReviewBenchmark
from models.policy import Policy
from models.vocabulary import Role
from rules.benchmark_statement import BenchmarkStatement, statement
from tests.plays import make_final
from tests.scenario import Play, document

A = "甲公司"


def of(play: Play) -> BenchmarkStatement:
    return statement(play.policy, play.state, play.journal)


@pytest.fixture
def candidate(ningbo: Policy) -> Play:
    return Play(ningbo).to_candidate(A)


def test_before_a_nomination_there_is_no_level_and_nothing_is_asked(candidate: Play) -> None:
    found = of(candidate)
    assert (found.level, found.criteria, found.confirmed) == (None, (), False)
    assert found.clock is not None
    assert found.clock.limit == "nomination"


def test_the_criteria_of_the_level_stand_there_with_what_the_last_evaluation_found(candidate: Play) -> None:
    candidate.nominate("企业级")
    asked = [each.key for each in candidate.policy.promotion.criteria_at("企业级")]
    before = of(candidate)
    assert [(each.criterion.key, each.answer) for each in before.criteria] == [(key, None) for key in asked]
    act = candidate.evaluation_act()
    candidate.do(act, candidate.evaluators)
    assert tuple(each.answer for each in of(candidate).criteria) == act.answers


def test_a_new_nomination_is_not_answered_by_the_evaluation_before_it(candidate: Play) -> None:
    candidate.to_benchmark()
    candidate.do(ReviewBenchmark(keep=False, finding="失效"), candidate.evaluators)
    assert of(candidate).withdrawn
    make_final(candidate)
    candidate.nominate()
    assert {each.answer for each in of(candidate).criteria} == {None}


def test_benefits_stand_against_their_caps_with_who_received_what(candidate: Play) -> None:
    candidate.to_benchmark()
    for kind, amount in (("award", 400_000), ("insurance_subsidy", 900_000), ("rd_plan", 0)):
        act = RecordBenefit(kind=kind, beneficiary=A, amount_yuan=amount, document=document("文件"))
        candidate.do(act, candidate.office(Role.PAYER))
    found = of(candidate)
    kinds = {each.benefit.kind: (each.recorded_yuan, each.left_yuan) for each in found.kinds}
    assert kinds["award"] == (400_000, 600_000)
    assert kinds["insurance_subsidy"] == (900_000, 2_100_000)
    assert kinds["rd_plan"] == (0, None)
    assert [(each.kind, each.beneficiary, each.on) for each in found.granted] == [
        (kind, A, candidate.today) for kind in ("award", "insurance_subsidy", "rd_plan")
    ]
    assert found.beneficiaries == (candidate.owner_unit, A)


def test_reviews_copies_and_recommendations_are_counted_and_the_next_review_is_due(candidate: Play) -> None:
    candidate.to_benchmark()
    candidate.do(ReviewBenchmark(keep=True, finding="保持"), candidate.evaluators)
    candidate.do(RecordReplication(city="南京市"), candidate.lead)
    candidate.do(RecommendUpward(to="province", document=document("推荐函")), candidate.lead)
    found = of(candidate)
    assert (found.reviews, found.confirmed) == (1, True)
    assert found.clock is not None
    assert found.clock.limit == "yearly_review"
    assert [each.city for each in found.copies] == ["南京市"]
    assert [(each.to, each.on) for each in found.recommendations] == [("province", candidate.today)]
