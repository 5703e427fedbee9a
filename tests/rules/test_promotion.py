"""Promotion: nominated, evaluated, confirmed, reviewed every year; benefits, copies, recommendation, closing."""

from datetime import timedelta

import pytest

from models.commands.acceptance import RecordRefund
from models.commands.anywhere import Appeal, DecideAppeal
from models.commands.promotion import (
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
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.vocabulary import Mode, NoticeAbout, Outcome, PanelPurpose, Role
from rules.calendar import due_date
from tests.scenario import Play, document, with_rules

NOMINATE = NominateBenchmark(level="城市级", grounds="成效显著")
CLOSE = CloseScene(reasons="办结")


@pytest.fixture
def candidate(yancheng: Policy) -> Play:
    return Play(yancheng).to_candidate()


@pytest.fixture
def early(yancheng: Policy) -> Play:
    """A candidate of a city that waits for no title with any of it."""
    before = ("award", "scene_loan", "replication")
    return Play(with_rules(yancheng, "promotion", before_title=before)).to_candidate()


@pytest.fixture
def benchmark(candidate: Play) -> Play:
    return candidate.to_benchmark()


def ids(play: Play) -> list[str]:
    return [deadline.id for deadline in play.state.deadlines]


# to the title


@pytest.mark.parametrize("level", ["企业级", "产业级", "城市级"])
def test_a_candidate_becomes_a_benchmark_by_nomination_evaluation_decision_and_notice(
    policy: Policy, level: str
) -> None:
    play = Play(policy).to_candidate()
    play.nominate(level)
    assert play.deadline("evaluation").holder == play.holder(Role.EVALUATION_TEAM)
    play.do(play.evaluation_act(), play.evaluators)
    assert play.deadline("evaluation").holder == play.holder(Role.LEADING_GROUP)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    assert play.state.step == "benchmark_confirmed"
    play.publish(NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    assert play.state.step == "benchmark"
    assert play.state.benchmark is not None
    assert (play.state.benchmark.level, play.state.benchmark.confirmed) == (level, True)
    clock = play.deadline("yearly_review")
    assert clock.due_on == due_date(policy.calendar, clock.counted_from, policy.limits.yearly_review.period).on


def test_what_the_evaluation_did_not_recommend_can_not_be_confirmed(candidate: Play) -> None:
    candidate.do(NOMINATE, candidate.lead)
    candidate.do(candidate.evaluation_act(recommended=False), candidate.evaluators)
    candidate.refuses("not_recommended", ConfirmBenchmark(confirmed=True, reasons="同意"), candidate.group)
    candidate.do(ConfirmBenchmark(confirmed=False, reasons="不足"), candidate.group)
    assert candidate.state.step == "candidate"
    candidate.do(NOMINATE, candidate.lead)
    assert candidate.state.benchmark is not None
    assert candidate.state.benchmark.recommended is None, "a new nomination is evaluated anew"


def test_the_leading_group_may_decline_what_was_recommended(candidate: Play) -> None:
    candidate.do(NOMINATE, candidate.lead)
    candidate.do(candidate.evaluation_act(), candidate.evaluators)
    candidate.do(ConfirmBenchmark(confirmed=False, reasons="暂缓"), candidate.group)
    assert candidate.state.step == "candidate"


def test_a_city_may_do_without_the_notice(yancheng: Policy) -> None:
    play = Play(yancheng.model_copy(update={"steps_off": ("benchmark_notice",)})).to_candidate()
    play.do(NOMINATE, play.lead)
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    assert play.state.step == "benchmark"


@pytest.mark.parametrize(("upheld", "to"), [(True, "evaluation"), (False, "benchmark")])
def test_an_objection_to_the_notice_holds_the_title_back_until_it_is_answered(
    candidate: Play, upheld: bool, to: str
) -> None:
    candidate.to_benchmark_notice()
    citizen = candidate.person(Role.PUBLIC, "市民", "citizen-1")
    act = RaiseObjection(about=NoticeAbout.BENCHMARK, real_name=True, text="夸大", document=document("异议书"))
    candidate.do(act, citizen)
    candidate.pass_limit("public_notice")
    assert candidate.state.step == "benchmark_notice"
    id = candidate.state.objections[0].id
    candidate.do(AnswerObjection(objection=id, upheld=upheld, text="答复"), candidate.platform)
    assert candidate.state.step == to


def test_only_the_right_offices_speak(candidate: Play) -> None:
    candidate.refuses("not_permitted", NOMINATE, candidate.owner)
    candidate.do(NOMINATE, candidate.lead)
    candidate.refuses("not_permitted", candidate.evaluation_act(), candidate.lead)
    candidate.refuses("wrong_step", ConfirmBenchmark(confirmed=True, reasons="同意"), candidate.group)


def test_a_candidate_that_nobody_nominates_in_time_stays_a_candidate_and_escalates(candidate: Play) -> None:
    candidate.pass_limit("nomination")
    assert (candidate.state.step, candidate.deadline("nomination").status) == ("candidate", DeadlineStatus.OVERDUE)


# year after year


def test_a_kept_benchmark_is_reviewed_again_a_year_later(benchmark: Play) -> None:
    for year in (1, 2, 3):
        clock = benchmark.deadline("yearly_review")
        benchmark.until(clock.due_at - timedelta(days=1))
        benchmark.do(ReviewBenchmark(keep=True, finding="保持"), benchmark.evaluators)
        assert benchmark.state.benchmark is not None
        assert benchmark.state.benchmark.reviews == year
        assert ids(benchmark) == ["yearly_review"]
        assert 360 <= (benchmark.deadline("yearly_review").due_on - clock.due_on).days <= 370
    assert benchmark.state.step == "benchmark"


def test_a_review_that_is_late_stays_owed(benchmark: Play) -> None:
    benchmark.pass_limit("yearly_review")
    assert benchmark.deadline("yearly_review").status is DeadlineStatus.OVERDUE
    benchmark.do(ReviewBenchmark(keep=True, finding="保持"), benchmark.evaluators)
    assert benchmark.deadline("yearly_review").status is DeadlineStatus.OPEN


@pytest.mark.parametrize("by", ["review", "leading group"])
def test_a_title_can_be_lost_again_and_the_scene_is_a_candidate_once_more(benchmark: Play, by: str) -> None:
    if by == "review":
        benchmark.do(ReviewBenchmark(keep=False, finding="失效"), benchmark.evaluators)
    else:
        benchmark.do(WithdrawBenchmark(reasons="失信"), benchmark.group)
    assert benchmark.state.step == "candidate"
    assert benchmark.state.benchmark is not None
    assert (benchmark.state.benchmark.confirmed, benchmark.state.benchmark.withdrawn) == (False, True)
    again = benchmark.fork()
    again.serve(again.state.decisions[0].sequence)
    again.pass_limit(f"appeal_window/{again.state.decisions[0].sequence}")
    again.to_benchmark()
    assert again.state.benchmark is not None
    assert (again.state.benchmark.confirmed, again.state.benchmark.withdrawn) == (True, False)
    benchmark.do(CLOSE, benchmark.lead)
    assert benchmark.state.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("closing", [False, True])
def test_a_title_that_was_taken_away_wrongly_comes_back_on_appeal(benchmark: Play, closing: bool) -> None:
    benchmark.do(WithdrawBenchmark(reasons="失信"), benchmark.group)
    (decision,) = benchmark.state.decisions
    assert (decision.against, decision.reopens) == (benchmark.owner_unit, "benchmark")
    if closing:
        benchmark.do(CLOSE, benchmark.platform)
        assert benchmark.state.step == "remedies"
    benchmark.win_appeal()
    assert benchmark.state.step == "benchmark"
    assert benchmark.state.benchmark is not None
    assert (benchmark.state.benchmark.confirmed, benchmark.state.benchmark.withdrawn) == (True, False)
    assert "yearly_review" in ids(benchmark)


def test_nothing_is_nominated_while_the_lost_title_may_come_back(benchmark: Play) -> None:
    assert benchmark.state.benchmark is not None
    lost = benchmark.state.benchmark
    benchmark.do(WithdrawBenchmark(reasons="失信"), benchmark.group)
    decision = benchmark.state.decisions[0].sequence
    other = NominateBenchmark(level="企业级", grounds="再次提名")
    assert benchmark.refuses("title_in_remedies", other, benchmark.lead).details["decision"] == str(decision)
    benchmark.serve(decision)
    dismissed = benchmark.fork()
    dismissed.pass_limit(f"appeal_window/{decision}")
    dismissed.do(other, dismissed.lead)
    benchmark.do(Appeal(decision=decision, grounds="不服"), benchmark.owner)
    benchmark.refuses("title_in_remedies", other, benchmark.lead)
    benchmark.do(DecideAppeal(decision=decision, upheld=True, reasons="成立"), benchmark.supervisor)
    assert (benchmark.state.step, benchmark.state.benchmark) == ("benchmark", lost)


@pytest.mark.parametrize("at_acceptance", [False, True])
def test_a_scene_neither_closes_nor_rises_over_a_part_that_an_appeal_reopened(
    yancheng: Policy, at_acceptance: bool
) -> None:
    play = Play(yancheng).to_trial("甲公司", "乙公司", winners=2, mode=Mode.HORSE_RACE)
    if at_acceptance:
        for bidder in ("甲公司", "乙公司"):
            play.start(bidder)
        for bidder in ("甲公司", "乙公司"):
            play.end_trial(bidder)
        play.apply("乙公司")
        play.experts_recommend(PanelPurpose.ACCEPTANCE, "乙公司")
        play.conclude("乙公司", "failed")
        play.do(RecordRefund(bidder="乙公司", amount_yuan=0, proof=document("退款凭证")), play.bidder("乙公司"))
    else:
        play.refuse_trial("乙公司")
        play.start("甲公司")
        play.end_trial("甲公司")
    play.accept("甲公司")
    assert play.state.step == "candidate"
    play.win_appeal()
    assert play.state.step == "candidate"
    for act in (CLOSE, NOMINATE):
        assert "乙公司" in play.refuses("parts_open", act, play.lead).details["parts"]


def test_who_took_a_title_away_does_not_decide_the_appeal(benchmark: Play) -> None:
    benchmark.do(WithdrawBenchmark(reasons="失信"), benchmark.group)
    decision = benchmark.state.decisions[0].sequence
    benchmark.serve(decision)
    benchmark.do(Appeal(decision=decision, grounds="不服"), benchmark.owner)
    same = benchmark.supervisor.model_copy(update={"person": benchmark.group.person})
    benchmark.refuses("decided_before", DecideAppeal(decision=decision, upheld=False, reasons="驳回"), same)


# benefits


def benefit(kind: str, amount: int = 0) -> RecordBenefit:
    return RecordBenefit(kind=kind, beneficiary="甲公司", amount_yuan=amount, document=document("奖励文件"))


def test_awards_for_one_case_stay_under_the_cap_together(early: Play) -> None:
    cap = early.policy.promotion.award_cap_yuan
    assert cap == 1_000_000
    early.refuses("budget_exceeded", benefit("award", cap + 1), early.lead)
    early.do(benefit("award", 600_000), early.lead)
    assert early.refuses("budget_exceeded", benefit("award", 400_001), early.lead).details["amount"] == "1000001"
    early.do(benefit("award", 400_000), early.lead)
    assert early.state.awarded_yuan == cap


def test_benefits_of_another_kind_do_not_count_against_the_award(early: Play) -> None:
    early.do(benefit("scene_loan", 50_000_000), early.lead)
    assert early.state.awarded_yuan == 0
    early.do(benefit("award", 1_000_000), early.lead)


def test_a_city_grants_the_kinds_of_benefit_that_it_names(chongqing: Policy) -> None:
    kinds = tuple(each.kind for each in chongqing.promotion.kinds)
    play = Play(with_rules(chongqing, "promotion", before_title=kinds)).to_candidate()
    no = play.refuses("unknown_benefit", benefit("award", 1), play.lead)
    assert no.details["known"] == ", ".join(each.kind for each in chongqing.promotion.kinds)
    for each in chongqing.promotion.kinds:
        if not each.firsts:
            play.do(benefit(each.kind, 1_000), play.lead)


def test_the_payer_may_record_what_was_paid(benchmark: Play) -> None:
    benchmark.do(benefit("award", 1_000), benchmark.office(Role.PAYER))
    assert benchmark.state.awarded_yuan == 1_000


# copies and recommendation


def test_a_copy_is_in_another_city_or_names_the_district(early: Play) -> None:
    city = early.policy.city
    early.refuses("same_city_copy", RecordReplication(city=city), early.owner)
    early.do(RecordReplication(city=city, district="大丰区"), early.owner)
    early.do(RecordReplication(city="宁波市"), early.lead)
    early.do(RecordReplication(city="南京市", scene="NJ-1"), early.owner)
    early.refuses("not_permitted", RecordReplication(city="苏州市"), early.platform)
    assert [(each.city, each.district) for each in early.state.replications] == [
        (city, "大丰区"),
        ("宁波市", None),
        ("南京市", None),
    ]


def test_recommendations_upward_are_counted(benchmark: Play) -> None:
    benchmark.do(RecommendUpward(to="province", document=document("推荐函")), benchmark.lead)
    benchmark.do(RecommendUpward(to="nation", document=document("推荐函")), benchmark.group)
    assert benchmark.state.recommendations == 2


# closing


def test_a_benchmark_closes_as_promoted_and_a_candidate_as_accepted(candidate: Play) -> None:
    accepted = candidate.fork()
    accepted.do(CLOSE, accepted.lead)
    assert (accepted.state.step, accepted.state.outcome) == ("closed", Outcome.ACCEPTED)
    candidate.to_benchmark().do(CLOSE, candidate.platform)
    assert (candidate.state.step, candidate.state.outcome) == ("closed", Outcome.PROMOTED)


def test_a_candidate_that_the_leading_group_reopened_from_a_benchmark_closes_as_accepted(benchmark: Play) -> None:
    benchmark.override("candidate")
    benchmark.do(CLOSE, benchmark.lead)
    assert benchmark.state.outcome is Outcome.ACCEPTED


def test_a_scene_does_not_close_while_it_is_being_evaluated(candidate: Play) -> None:
    candidate.do(NOMINATE, candidate.lead)
    candidate.refuses("wrong_step", CLOSE, candidate.lead)


def test_a_closed_scene_takes_nothing_more(candidate: Play) -> None:
    candidate.do(CLOSE, candidate.lead)
    assert ids(candidate) == []
    candidate.refuses("already_closed", NOMINATE, candidate.lead)
    candidate.refuses("already_closed", CLOSE, candidate.lead)


def test_a_cap_of_nothing_allows_no_award(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "promotion", award_cap_yuan=0, before_title=("award",))).to_candidate()
    play.refuses("budget_exceeded", benefit("award", 1), play.lead)
