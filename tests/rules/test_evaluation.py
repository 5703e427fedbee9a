"""The evaluation answers the city's criteria one by one; recommended is only what meets every obligatory one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.commands.promotion import ConcludeEvaluation, CriterionAnswer, NominateBenchmark
from models.policy import BenchmarkCriterion, Policy
from tests.scenario import Play, city, with_rules

CITY, INDUSTRY, ENTERPRISE = "城市级", "产业级", "企业级"
CRITERIA = (
    BenchmarkCriterion(key="advanced", name="技术先进"),
    BenchmarkCriterion(key="local", name="地方特色", levels=(CITY,), obligatory=False),
    BenchmarkCriterion(key="spread", name="可复制推广", levels=(CITY, INDUSTRY)),
)


def at_evaluation(policy: Policy, level: str = CITY) -> Play:
    play = Play(policy).to_candidate()
    play.nominate(level)
    return play


@pytest.fixture
def nominated(yancheng: Policy) -> Play:
    return at_evaluation(with_rules(yancheng, "promotion", criteria=CRITERIA))


def answering(recommended: bool, **met: bool) -> ConcludeEvaluation:
    answers = tuple(CriterionAnswer(criterion=key, met=value, finding="核查") for key, value in met.items())
    return ConcludeEvaluation(recommended=recommended, finding="评估", answers=answers)


def test_what_is_unanswered_is_named_with_its_key_and_its_name(nominated: Play) -> None:
    no = nominated.refuses("evaluation_unanswered", answering(True, advanced=True, local=True), nominated.evaluators)
    assert (no.details["missing"], no.details["unknown"]) == ("spread 可复制推广", "-")
    nominated.refuses("evaluation_unanswered", answering(False), nominated.evaluators)


def test_what_was_not_asked_or_is_answered_twice_is_refused(nominated: Play) -> None:
    whole = answering(True, advanced=True, local=True, spread=True)
    foreign = answering(True, advanced=True, local=True, spread=True, own=True)
    assert nominated.refuses("evaluation_unanswered", foreign, nominated.evaluators).details["unknown"] == "own"
    twice = whole.model_copy(update={"answers": (*whole.answers, whole.answers[0])})
    nominated.refuses("evaluation_unanswered", twice, nominated.evaluators)
    nominated.do(whole, nominated.evaluators)
    assert nominated.state.step == "benchmark_decision"


def test_nothing_is_recommended_that_misses_an_obligatory_criterion(nominated: Play) -> None:
    missing = answering(True, advanced=False, local=True, spread=True)
    no = nominated.refuses("evaluation_contradicts", missing, nominated.evaluators)
    assert no.details["unmet"] == "advanced 技术先进"
    nominated.do(missing.model_copy(update={"recommended": False}), nominated.evaluators)
    assert nominated.state.benchmark is not None
    assert nominated.state.benchmark.recommended is False


def test_another_criterion_may_be_missed_and_what_meets_all_need_not_be_recommended(nominated: Play) -> None:
    lenient = nominated.fork()
    lenient.do(answering(True, advanced=True, local=False, spread=True), lenient.evaluators)
    assert lenient.state.benchmark is not None
    assert lenient.state.benchmark.recommended
    nominated.do(answering(False, advanced=True, local=True, spread=True), nominated.evaluators)


@pytest.mark.parametrize(
    ("level", "asked"),
    [(CITY, ("advanced", "local", "spread")), (INDUSTRY, ("advanced", "spread")), (ENTERPRISE, ("advanced",))],
)
def test_each_level_has_criteria_of_its_own(yancheng: Policy, level: str, asked: tuple[str, ...]) -> None:
    play = at_evaluation(with_rules(yancheng, "promotion", criteria=CRITERIA), level)
    play.do(answering(True, **dict.fromkeys(asked, True)), play.evaluators)
    assert play.state.step == "benchmark_decision"


@settings(deadline=None, max_examples=30)
@given(met=st.fixed_dictionaries({each.key: st.booleans() for each in CRITERIA}), recommended=st.booleans())
def test_recommended_is_exactly_refused_where_something_obligatory_is_missed(
    met: dict[str, bool], recommended: bool
) -> None:
    play = _NOMINATED.fork()
    if recommended and not (met["advanced"] and met["spread"]):
        play.refuses("evaluation_contradicts", answering(recommended, **met), play.evaluators)
    else:
        play.do(answering(recommended, **met), play.evaluators)
        assert play.state.benchmark is not None
        assert play.state.benchmark.recommended is recommended


_NOMINATED = at_evaluation(with_rules(city("yancheng"), "promotion", criteria=CRITERIA))


@pytest.mark.parametrize("recommended", [True, False])
def test_a_city_without_criteria_leaves_it_to_the_finding(yancheng: Policy, recommended: bool) -> None:
    play = at_evaluation(with_rules(yancheng, "promotion", criteria=()))
    assert "criteria" not in play.policy.promotion.model_dump()
    play.refuses("evaluation_unanswered", answering(recommended, advanced=True), play.evaluators)
    play.do(answering(recommended), play.evaluators)
    assert play.state.step == "benchmark_decision"


def test_where_the_city_wants_it_the_value_is_assessed_before_the_nomination(chongqing: Policy) -> None:
    assert chongqing.promotion.value_first
    play = Play(chongqing).to_candidate()
    nomination = NominateBenchmark(level=CITY, grounds="成效")
    play.refuses("value_not_assessed", nomination, play.lead)
    play.do(play.value_act(), play.owner)
    play.do(nomination, play.lead)
    assert play.state.step == "evaluation"


def test_every_city_asks_something_at_every_level(policy: Policy) -> None:
    for level in (CITY, INDUSTRY, ENTERPRISE):
        assert any(each.obligatory for each in policy.promotion.criteria_at(level))
