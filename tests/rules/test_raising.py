"""A benchmark of one level is proposed for a higher one: the same way to it, and its title stands meanwhile."""

from datetime import timedelta
from functools import cache

import pytest

from models.commands.promotion import (
    ApplyForBenchmark,
    CloseScene,
    ConfirmBenchmark,
    NominateBenchmark,
    RecommendUpward,
    RecordBenefit,
    RecordReplication,
    ReviewBenchmark,
    WithdrawBenchmark,
)
from models.commands.review import AnswerObjection, RaiseObjection
from models.events.promotion import BenchmarkRaised
from models.policy import BenchmarkLevel, Policy, Upward
from models.vocabulary import NoticeAbout, Role
from rules import benchmark_statement
from rules.decide import possible_verbs
from rules.lineage import evidence_of
from rules.policy_check import contradictions
from tests.scenario import Play, city, digest, document, with_rules

A = "甲公司"
LOW, MIDDLE, HIGH = "企业级", "产业级", "城市级"
WITHDRAWN = WithdrawBenchmark(reasons="失信")


@cache
def _benchmark(name: str, level: str) -> Play:
    play = Play(city(name)).to_candidate(A)
    play.nominate(level)
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    play.publish(NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    return play


@pytest.fixture(params=["yancheng", "ningbo", "chongqing"])
def low(request: pytest.FixtureRequest) -> Play:
    """A benchmark of an enterprise."""
    return _benchmark(request.param, LOW).fork()


def raised(play: Play, level: str = HIGH) -> Play:
    play.nominate(level)
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    play.publish(NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    return play


def award(yuan: int) -> RecordBenefit:
    return RecordBenefit(kind="award", beneficiary=A, amount_yuan=yuan, document=document("奖励文件"))


def level(play: Play) -> str | None:
    return play.state.benchmark.level if play.state.benchmark else None


def test_it_goes_the_whole_way_and_only_its_end_changes_the_level(low: Play) -> None:
    low.nominate(HIGH)
    assert (low.state.step, level(low), low.state.titled) == ("evaluation", LOW, True)
    low.do(low.evaluation_act(), low.evaluators)
    low.do(ConfirmBenchmark(confirmed=True, reasons="同意"), low.group)
    low.publish(NoticeAbout.BENCHMARK)
    assert (low.state.step, level(low)) == ("benchmark_notice", LOW)
    events = low.pass_limit("public_notice")
    (told,) = [each for each in events if isinstance(each, BenchmarkRaised)]
    assert (told.before, told.level) == (LOW, HIGH)
    assert (low.state.step, level(low)) == ("benchmark", HIGH)
    assert low.state.benchmark is not None
    assert low.state.benchmark.raising is None
    assert low.state.benchmark.confirmed_on == told.on


@pytest.mark.parametrize("to", [LOW, "省级"])
def test_it_is_raised_to_a_higher_level_of_the_city_only(low: Play, to: str) -> None:
    act = NominateBenchmark(level=to, grounds="成效")
    if to == LOW:
        assert low.refuses("level_not_higher", act, low.lead).details["higher"] == f"{MIDDLE}, {HIGH}"
    else:
        assert low.refuses("unknown_level", act, low.lead).details["known"] == f"{LOW}, {MIDDLE}, {HIGH}"


def test_from_the_highest_level_there_is_nowhere_to_go() -> None:
    play = _benchmark("yancheng", HIGH).fork()
    assert (
        play.refuses("level_not_higher", NominateBenchmark(level=HIGH, grounds="x"), play.lead).details["higher"] == "-"
    )


def test_the_order_of_the_levels_is_the_citys() -> None:
    levels = tuple(BenchmarkLevel(name=name) for name in (HIGH, LOW, "片区级"))
    play = _benchmark("yancheng", HIGH).fork()
    play.policy = with_rules(play.policy, "promotion", levels=levels)
    play.refuses("unknown_level", NominateBenchmark(level=MIDDLE, grounds="x"), play.lead)
    raised(play, LOW)
    raised(play, "片区级")
    assert level(play) == "片区级"


def test_the_parties_may_ask_for_it(low: Play) -> None:
    low.refuses("level_not_higher", ApplyForBenchmark(level=LOW, grounds="成效"), low.owner)
    low.do(ApplyForBenchmark(level=HIGH, grounds="成效"), low.owner)
    assert [each.level for each in low.state.benchmark_applications] == [HIGH]
    low.nominate(HIGH)
    assert low.state.benchmark_applications == ()


def test_the_criteria_are_those_of_the_higher_level() -> None:
    play = _benchmark("ningbo", LOW).fork()
    play.nominate(HIGH)
    assert [each.criterion for each in play.evaluation_act().answers] == ["advanced", "in_use", "replicable"]
    play.do(play.evaluation_act(), play.evaluators)
    found = benchmark_statement.statement(play.policy, play.state, play.journal)
    assert (found.level, found.raising and found.raising.level) == (LOW, HIGH)
    assert [each.criterion.key for each in found.criteria] == ["advanced", "in_use", "replicable"]
    assert all(each.answer and each.answer.met for each in found.criteria)


def test_what_is_not_recommended_is_not_confirmed_and_the_old_title_stays(low: Play) -> None:
    low.nominate(HIGH)
    low.do(low.evaluation_act(False), low.evaluators)
    low.refuses("not_recommended", ConfirmBenchmark(confirmed=True, reasons="同意"), low.group)
    low.do(ConfirmBenchmark(confirmed=False, reasons="尚早"), low.group)
    assert (low.state.step, level(low), low.state.benchmark and low.state.benchmark.raising) == ("benchmark", LOW, None)
    assert low.state.benchmark is not None
    assert low.state.benchmark.confirmed
    raised(low, MIDDLE)
    assert level(low) == MIDDLE


def test_an_upheld_objection_has_it_evaluated_again_and_takes_nothing(low: Play) -> None:
    low.nominate(HIGH)
    low.do(low.evaluation_act(), low.evaluators)
    low.do(ConfirmBenchmark(confirmed=True, reasons="同意"), low.group)
    low.publish(NoticeAbout.BENCHMARK)
    citizen = low.person(Role.PUBLIC, "市民", "citizen-1")
    low.do(
        RaiseObjection(about=NoticeAbout.BENCHMARK, real_name=True, text="有误", document=document("异议书")), citizen
    )
    low.do(AnswerObjection(objection=low.state.objections[-1].id, upheld=True, text="成立"), low.platform)
    assert (low.state.step, level(low), low.state.titled) == ("evaluation", LOW, True)
    low.do(low.evaluation_act(False), low.evaluators)
    low.do(ConfirmBenchmark(confirmed=False, reasons="有误"), low.group)
    assert (low.state.step, level(low)) == ("benchmark", LOW)


def test_without_a_notice_the_decision_raises_it() -> None:
    play = _benchmark("yancheng", LOW).fork()
    play.policy = play.policy.model_copy(update={"steps_off": ("benchmark_notice",)})
    play.nominate(HIGH)
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    assert (play.state.step, level(play)) == ("benchmark", HIGH)


# what the title brings goes on


def test_the_yearly_review_is_due_when_it_was(low: Play) -> None:
    before = low.deadline("yearly_review")
    assert "review_benchmark" in before.verbs
    assert "nominate_benchmark" not in before.verbs
    raised(low)
    assert low.deadline("yearly_review") == before


def test_it_is_reviewed_while_it_is_being_raised(low: Play) -> None:
    due_on = low.deadline("yearly_review").due_on
    low.nominate(HIGH)
    low.wait(timedelta(days=3))
    low.do(ReviewBenchmark(keep=True, finding="仍具示范作用"), low.evaluators)
    assert (low.state.step, level(low)) == ("evaluation", LOW)
    assert low.deadline("yearly_review").due_on > due_on
    low.do(low.evaluation_act(), low.evaluators)
    assert low.state.step == "benchmark_decision"
    assert low.deadline("yearly_review").due_on > due_on


def test_copies_and_benefits_are_recorded_while_it_is_being_raised(low: Play) -> None:
    low.nominate(HIGH)
    low.do(RecordReplication(city="南京市"), low.lead)
    kind = next(each for each in low.policy.promotion.kinds if each.kind not in low.policy.promotion.before_title)
    act = RecordBenefit(kind=kind.kind, beneficiary=A, amount_yuan=1000, document=document("文件"))
    if kind.firsts:
        low.refuses("not_a_first", act, low.lead)
    else:
        low.do(
            act,
            low.office(Role.PAYER, "payer-2")
            if Role.PAYER in low.policy.permissions["record_benefit"]
            else low.lead.model_copy(update={"person": "lead-7"}),
        )


def test_on_the_way_to_a_first_title_none_of_it_is_possible(policy: Policy) -> None:
    play = Play(policy).to_candidate(A)
    play.nominate(LOW)
    assert not {"review_benchmark", "withdraw_benchmark", "record_replication"} & set(possible_verbs(play.state))
    play.refuses("wrong_step", ReviewBenchmark(keep=False, finding="失效"), play.evaluators)
    play.refuses("wrong_step", WITHDRAWN, play.group)
    play.refuses("wrong_step", RecordReplication(city="南京市"), play.lead)
    assert play.deadline("evaluation").verbs == ("conclude_evaluation",)


@pytest.mark.parametrize("act", [WITHDRAWN, ReviewBenchmark(keep=False, finding="失效")], ids=lambda act: act.verb)
def test_who_loses_the_title_loses_what_it_was_nominated_for(
    low: Play, act: WithdrawBenchmark | ReviewBenchmark
) -> None:
    low.nominate(HIGH)
    low.do(act, low.group if act is WITHDRAWN else low.evaluators)
    assert (low.state.step, low.state.titled) == ("candidate", False)
    assert low.state.benchmark is not None
    assert (low.state.benchmark.withdrawn, low.state.benchmark.raising) == (True, None)
    assert [each.id for each in low.state.deadlines if each.limit == "yearly_review"] == []
    low.refuses("no_title", RecordReplication(city="南京市"), low.lead)
    low.win_appeal()
    assert (low.state.step, level(low), low.state.titled) == ("benchmark", LOW, True)


def test_a_title_that_is_lost_leaves_no_review_behind(low: Play) -> None:
    low.do(WITHDRAWN, low.group)
    assert [each.id for each in low.state.deadlines if each.limit == "yearly_review"] == []


def test_a_raised_title_is_lost_as_a_whole_and_comes_back_as_a_whole(low: Play) -> None:
    raised(low)
    low.do(WITHDRAWN, low.group)
    assert low.state.step == "candidate"
    low.win_appeal()
    assert (low.state.step, level(low)) == ("benchmark", HIGH)


def test_a_benchmark_that_is_being_raised_is_not_closed(low: Play) -> None:
    low.nominate(HIGH)
    low.refuses("wrong_step", CloseScene(reasons="办结"), low.lead)


def test_its_kin_are_answered_by_the_evaluation_team_all_the_while(low: Play) -> None:
    evidence = evidence_of(low.state, digest("head"))
    assert evidence is not None
    assert evidence.level == LOW
    low.nominate(HIGH)
    still = evidence_of(low.state, digest("head"))
    assert still is not None
    assert still.level == LOW


# money


def test_a_case_comes_to_no_more_than_the_cap_however_often_it_is_raised_or_wins_its_title_anew() -> None:
    play = _benchmark("yancheng", LOW).fork()
    payer = play.office(Role.PAYER)
    play.do(award(400_000), payer)
    for level in (MIDDLE, HIGH):
        raised(play, level)
        play.do(award(300_000), payer)
        play.refuses("budget_exceeded", award(1_000_001), payer)
    play.refuses("budget_exceeded", award(1), payer)
    play.do(WITHDRAWN, play.group)
    for decision in play.state.decisions:
        play.serve(decision.sequence)
    play.pass_limit(f"appeal_window/{play.state.decisions[0].sequence}")
    raised(play, LOW)
    no = play.refuses("budget_exceeded", award(1), payer)
    assert (no.details["amount"], no.details["cap"]) == ("1000001", "1000000")


def test_the_higher_level_brings_the_difference_up_to_the_cap() -> None:
    play = _benchmark("yancheng", LOW).fork()
    payer = play.office(Role.PAYER, "payer-2")
    levels = (BenchmarkLevel(name=LOW, award_yuan=300_000), BenchmarkLevel(name=HIGH))
    play.policy = with_rules(play.policy, "promotion", levels=levels)
    assert play.refuses("budget_exceeded", award(300_001), payer).details["cap"] == "300000"
    play.do(award(300_000), payer)
    play.nominate(HIGH)
    play.refuses("budget_exceeded", award(1), payer)
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    play.publish(NoticeAbout.BENCHMARK)
    play.refuses("budget_exceeded", award(1), payer)
    play.pass_limit("public_notice")
    assert play.refuses("budget_exceeded", award(700_001), payer).details["cap"] == "1000000"
    play.do(award(700_000), payer)
    found = benchmark_statement.statement(play.policy, play.state, play.journal)
    assert [(each.recorded_yuan, each.left_yuan) for each in found.kinds if each.benefit.kind == "award"] == [
        (1_000_000, 0)
    ]


# to whom it is recommended, and what it is called


def test_a_recommendation_may_take_a_level_of_its_own() -> None:
    play = _benchmark("yancheng", LOW).fork()
    act = RecommendUpward(to="province", document=document("推荐函"))
    no = play.refuses("level_too_low", act, play.lead)
    assert (no.details["least"], no.details["level"]) == (HIGH, LOW)
    play.nominate(HIGH)
    play.refuses("level_too_low", act, play.lead)
    raising = play.fork()
    raising.do(raising.evaluation_act(), raising.evaluators)
    raising.do(ConfirmBenchmark(confirmed=True, reasons="同意"), raising.group)
    raising.publish(NoticeAbout.BENCHMARK)
    raising.pass_limit("public_notice")
    raising.do(act, raising.lead)
    assert raising.state.recommendations == 1


def test_to_whom_it_may_be_recommended_is_the_citys() -> None:
    play = _benchmark("ningbo", LOW).fork()
    play.policy = with_rules(play.policy, "promotion", upward=(Upward(key="delta", name="长三角"),))
    no = play.refuses("unknown_upward", RecommendUpward(to="nation", document=document("推荐函")), play.lead)
    assert no.details["known"] == "delta 长三角"
    play.do(RecommendUpward(to="delta", document=document("推荐函")), play.lead)


def test_the_type_of_case_is_one_of_the_citys_and_goes_with_the_title() -> None:
    play = Play(city("yancheng")).to_candidate(A)
    act = NominateBenchmark(level=LOW, grounds="成效", case_type="无此类型")
    assert "人工智能应用标杆" in play.refuses("unknown_case_type", act, play.lead).details["known"]
    play.do(act.model_copy(update={"case_type": "人工智能应用标杆"}), play.lead)
    assert benchmark_statement.statement(play.policy, play.state, play.journal).case_type == "人工智能应用标杆"
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    play.publish(NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    raised(play)
    assert play.state.benchmark is not None
    assert play.state.benchmark.case_type == "人工智能应用标杆"


def test_a_title_that_was_taken_over_without_its_level_can_be_raised_to_any() -> None:
    play = Play(city("yancheng")).taken_over("benchmark", A)
    assert play.state.titled
    play.nominate(LOW)
    assert play.state.titled
    assert level(play) == ""
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    play.publish(NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    assert level(play) == LOW


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        ({"levels": (BenchmarkLevel(name=LOW),) * 2}, "promotion.levels"),
        ({"levels": (BenchmarkLevel(name=LOW, award_yuan=2_000_000),)}, "promotion.levels.0.award_yuan"),
        (
            {"levels": (BenchmarkLevel(name=LOW, award_yuan=5), BenchmarkLevel(name=HIGH, award_yuan=4))},
            "promotion.levels.1.award_yuan",
        ),
        ({"levels": (BenchmarkLevel(name=LOW),)}, "promotion.criteria.2.levels.0"),
        ({"upward": (Upward(key="p", name="省级", from_level="区级"),)}, "promotion.upward.0.from_level"),
    ],
)
def test_levels_that_do_not_fit_are_contradictions(rules: dict[str, object], key: str) -> None:
    found = contradictions(with_rules(city("yancheng"), "promotion", **rules))
    assert any(each.key.startswith(key) for each in found)
