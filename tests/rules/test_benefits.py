"""Benefits: kinds with caps for one record and for the scene, and to whom they may go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actor import Actor
from models.commands import Act
from models.commands.lineage import ReopenReview
from models.commands.promotion import (
    ConfirmBenchmark,
    RecommendUpward,
    RecordBenefit,
    RecordReplication,
    ReviewBenchmark,
    WithdrawBenchmark,
)
from models.lineage import Cause
from models.policy import Benefit, Policy
from models.vocabulary import Mode, Role
from rules.policy_check import contradictions
from tests.scenario import Play, city, digest, document, with_rules

A, B, MEMBER = "甲公司", "乙公司", "丙研究院"
KINDS: tuple[str | Benefit, ...] = (
    "commendation",
    Benefit(kind="award", each_yuan=400_000),
    Benefit(kind="subsidy", each_yuan=300_000, in_all_yuan=500_000, amount=True),
)


BEFORE = ("commendation", "award", "subsidy")
"""What a candidate gets already, so that these tests need no title."""


def given_to(beneficiary: str, kind: str = "commendation", amount: int = 0) -> RecordBenefit:
    return RecordBenefit(kind=kind, beneficiary=beneficiary, amount_yuan=amount, document=document("激励文件"))


@pytest.fixture
def candidate(yancheng: Policy) -> Play:
    return Play(with_rules(yancheng, "promotion", benefits=KINDS, before_title=BEFORE)).to_candidate(A)


# caps


def test_one_record_stays_under_the_cap_of_its_kind(candidate: Play) -> None:
    no = candidate.refuses("budget_exceeded", given_to(A, "subsidy", 300_001), candidate.lead)
    assert (no.details["amount"], no.details["cap"]) == ("300001", "300000")
    candidate.do(given_to(A, "subsidy", 300_000), candidate.lead)


def test_all_records_of_a_kind_stay_under_its_cap_whoever_gets_them(candidate: Play) -> None:
    candidate.do(given_to(A, "subsidy", 300_000), candidate.lead)
    no = candidate.refuses("budget_exceeded", given_to(candidate.owner_unit, "subsidy", 200_001), candidate.lead)
    assert (no.details["amount"], no.details["cap"]) == ("500001", "500000")
    candidate.do(given_to(candidate.owner_unit, "subsidy", 200_000), candidate.lead)
    assert dict(candidate.state.benefits_yuan)["subsidy"] == 500_000


def test_an_award_has_a_cap_of_its_own_and_the_one_of_the_case(candidate: Play) -> None:
    candidate.refuses("budget_exceeded", given_to(A, "award", 400_001), candidate.lead)
    candidate.do(given_to(A, "award", 400_000), candidate.lead)
    candidate.do(given_to(A, "award", 400_000), candidate.lead)
    no = candidate.refuses("budget_exceeded", given_to(A, "award", 200_001), candidate.lead)
    assert (no.details["amount"], no.details["cap"]) == ("1000001", "1000000")


def test_a_kind_that_is_money_needs_an_amount(candidate: Play) -> None:
    candidate.refuses("benefit_without_amount", given_to(A, "subsidy"), candidate.lead)
    candidate.do(given_to(A), candidate.lead)


def test_a_kind_without_caps_takes_any_amount(candidate: Play) -> None:
    candidate.do(given_to(A, amount=90_000_000_000), candidate.lead)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 350_000), max_size=8))
def test_whatever_is_recorded_never_comes_to_more_than_the_caps(amounts: list[int]) -> None:
    play, told = _CANDIDATE.fork(), 0
    for amount in amounts:
        if amount > 300_000 or told + amount > 500_000:
            play.refuses("budget_exceeded", given_to(A, "subsidy", amount), play.lead)
        else:
            play.do(given_to(A, "subsidy", amount), play.lead)
            told += amount
    assert dict(play.state.benefits_yuan).get("subsidy", 0) == told <= 500_000


_CANDIDATE = Play(with_rules(city("yancheng"), "promotion", benefits=KINDS, before_title=BEFORE)).to_candidate(A)


# to whom


def test_a_stranger_receives_nothing_and_the_refusal_names_who_may(candidate: Play) -> None:
    no = candidate.refuses("not_beneficiary", given_to("旁人公司"), candidate.lead)
    assert no.details["known"] == f"{candidate.owner_unit}, {A}"
    candidate.do(given_to(candidate.owner_unit), candidate.lead)


def test_the_members_of_the_accepted_consortium_may_receive_it(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "promotion", before_title=BEFORE))
    play.consortium = (MEMBER,)
    play.to_candidate(A)
    play.do(given_to(MEMBER), play.lead)


def test_who_did_not_win_or_whose_result_failed_receives_nothing(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "promotion", before_title=BEFORE))
    play.to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
    play.accept(A)
    play.pass_limit(f"acceptance_application/{B}")
    assert play.state.step == "candidate"
    play.refuses("not_beneficiary", given_to(B), play.lead)
    play.do(given_to(A), play.lead)


# as the policy says it


def test_a_policy_that_only_names_its_kinds_reads_as_before(yancheng: Policy) -> None:
    names = [each for each in yancheng.promotion.benefits if isinstance(each, str)]
    assert len(names) == len(yancheng.promotion.benefits)
    assert yancheng.promotion.model_dump(mode="json")["benefits"] == names


def test_kinds_with_caps_travel_as_they_were_written(ningbo: Policy) -> None:
    again = Policy.model_validate_json(ningbo.model_dump_json())
    assert again.promotion == ningbo.promotion
    assert again.digest == ningbo.digest


def test_ningbo_caps_each_award_at_a_million_and_the_premium_subsidy_by_default(ningbo: Policy) -> None:
    kinds = {each.kind: each for each in ningbo.promotion.kinds}
    assert (kinds["award"].each_yuan, kinds["award"].in_all_yuan) == (1_000_000, 1_000_000)
    assert kinds["insurance_subsidy"].default
    assert not kinds["credit_bonus"].amount


# what takes a title

COPY = RecordReplication(city="南京市")
UPWARD = RecommendUpward(to="province", document=document("推荐函"))


def payer(play: Play) -> Actor:
    """The lead has nominated, and gives nothing."""
    return play.office(Role.PAYER)


def who(play: Play, act: Act) -> Actor:
    return payer(play) if isinstance(act, RecordBenefit) else play.lead


@pytest.fixture
def untitled(yancheng: Policy) -> Play:
    return Play(with_rules(yancheng, "promotion", before_title=("green_channel",))).to_candidate(A)


def test_a_candidate_gets_what_the_city_gives_before_the_title_and_nothing_else(untitled: Play) -> None:
    untitled.do(given_to(A, "green_channel"), payer(untitled))
    for act in (given_to(A, "award", 1), COPY, UPWARD):
        no = untitled.refuses("no_title", act, who(untitled, act))
        assert no.details["before"] == "green_channel"
    untitled.to_benchmark()
    for act in (given_to(A, "award", 1), COPY, UPWARD):
        untitled.do(act, who(untitled, act))


def test_a_city_may_count_copies_before_the_title(yancheng: Policy) -> None:
    rules = with_rules(
        yancheng, "promotion", before_title=("replication", "recommendation"), upward=city("ningbo").promotion.upward
    )
    play = Play(rules).to_candidate(A)
    play.do(COPY, play.lead)
    play.do(UPWARD, play.lead)


def test_a_nomination_that_was_declined_leaves_a_candidate_without_a_title(untitled: Play) -> None:
    untitled.nominate()
    untitled.do(untitled.evaluation_act(), untitled.evaluators)
    untitled.do(ConfirmBenchmark(confirmed=False, reasons="暂缓"), untitled.group)
    untitled.refuses("no_title", given_to(A, "award", 1), payer(untitled))


def test_who_lost_the_title_gets_nothing_any_more(untitled: Play) -> None:
    untitled.to_benchmark()
    untitled.do(WithdrawBenchmark(reasons="失信"), untitled.group)
    for act in (given_to(A, "award", 1), given_to(A, "green_channel"), COPY, UPWARD):
        untitled.refuses("no_title", act, who(untitled, act))


def test_nothing_is_given_while_it_is_open_what_an_alarm_of_the_kin_means_here(untitled: Play) -> None:
    untitled.to_benchmark()
    cause = Cause(scene="YC-9", sequence=5, head=digest("h"), kind="incident", incident="i9")
    untitled.do(ReopenReview(cause=cause), untitled.platform)
    for act in (given_to(A, "green_channel"), COPY, UPWARD):
        untitled.refuses("lineage_review_open", act, who(untitled, act))
    untitled.do(ReviewBenchmark(keep=True, finding="不受影响"), untitled.evaluators)
    untitled.do(given_to(A, "green_channel"), payer(untitled))


def test_a_city_names_before_the_title_only_what_it_gives(yancheng: Policy) -> None:
    wrong = with_rules(yancheng, "promotion", before_title=("green_chanel",))
    assert [each.key for each in contradictions(wrong)] == ["promotion.before_title.0"]
