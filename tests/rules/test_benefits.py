"""Benefits: kinds with caps for one record and for the scene, and to whom they may go."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.commands.promotion import RecordBenefit
from models.policy import Benefit, Policy
from models.vocabulary import Mode
from tests.scenario import Play, city, document, with_rules

A, B, MEMBER = "甲公司", "乙公司", "丙研究院"
KINDS: tuple[str | Benefit, ...] = (
    "commendation",
    Benefit(kind="award", each_yuan=400_000),
    Benefit(kind="subsidy", each_yuan=300_000, in_all_yuan=500_000, amount=True),
)


def given_to(beneficiary: str, kind: str = "commendation", amount: int = 0) -> RecordBenefit:
    return RecordBenefit(kind=kind, beneficiary=beneficiary, amount_yuan=amount, document=document("激励文件"))


@pytest.fixture
def candidate(yancheng: Policy) -> Play:
    return Play(with_rules(yancheng, "promotion", benefits=KINDS)).to_candidate(A)


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


_CANDIDATE = Play(with_rules(city("yancheng"), "promotion", benefits=KINDS)).to_candidate(A)


# to whom


def test_a_stranger_receives_nothing_and_the_refusal_names_who_may(candidate: Play) -> None:
    no = candidate.refuses("not_beneficiary", given_to("旁人公司"), candidate.lead)
    assert no.details["known"] == f"{candidate.owner_unit}, {A}"
    candidate.do(given_to(candidate.owner_unit), candidate.lead)


def test_the_members_of_the_accepted_consortium_may_receive_it(yancheng: Policy) -> None:
    play = Play(yancheng)
    play.consortium = (MEMBER,)
    play.to_candidate(A)
    play.do(given_to(MEMBER), play.lead)


def test_who_did_not_win_or_whose_result_failed_receives_nothing(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
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
