"""What a result is worth and who gets what of it; and whether a failure is tolerated, criterion by criterion."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands.acceptance import AskFaultTolerance, AssessValue, BenefitShare, ToleranceAnswer, ValueFigure
from models.deadline import DeadlineStatus
from models.policy import Policy
from models.vocabulary import PanelPurpose, Role
from rules.policy_check import contradictions
from tests.scenario import Play, with_rules

A = "甲公司"


def value(yuan: int = 1_000_000, *shares: tuple[str, str], **more: object) -> AssessValue:
    parties = shares or (("城市运营公司", "3/5"), (A, "2/5"))
    return AssessValue.model_validate(
        {
            "value_yuan": yuan, "sharing": "按约定", "method": "收益法", "assessors": ["评估机构"],
            "figures": [{"indicator": "节约成本", "amount_yuan": yuan}],
            "shares": [{"party": party, "share": share} for party, share in parties], **more,
        }
    )  # fmt: skip


@pytest.fixture
def applying(yancheng: Policy) -> Play:
    return Play(yancheng).to_acceptance(A)


def test_the_value_is_assessed_with_the_acceptance_and_can_be_assessed_again(applying: Play) -> None:
    applying.do(value(1_000_000), applying.lead)
    applying.do(value(1_200_000), applying.owner)
    assert applying.state.value_yuan == 1_200_000
    assert applying.state.value_shares == (("城市运营公司", "3/5"), (A, "2/5"))
    applying.wait(timedelta(days=1))
    applying.accept(A)
    applying.do(value(2_000_000), applying.lead)
    assert applying.state.value_yuan == 2_000_000


@pytest.mark.parametrize("lacking", [{"method": None}, {"assessors": []}, {"figures": []}])
def test_a_value_says_how_it_was_found_by_whom_and_of_what_it_is_made(
    applying: Play, lacking: dict[str, object]
) -> None:
    act = AssessValue.model_validate({**value().model_dump(), **lacking})
    applying.refuses("value_unfounded", act, applying.lead)


def test_the_figures_add_up_to_the_value(applying: Play) -> None:
    figures = (ValueFigure(indicator="成本", amount_yuan=600_000), ValueFigure(indicator="销售", amount_yuan=300_000))
    no = applying.refuses("figures_differ", value(figures=figures), applying.lead)
    assert (no.details["total"], no.details["value"]) == ("900000", "1000000")
    applying.do(value(900_000, figures=figures), applying.lead)


@pytest.mark.parametrize(
    "shares",
    [(("甲", "1/2"), ("乙", "49/100")), (("甲", "1/2"), ("乙", "51/100")), (("甲", "1/2"), ("甲", "1/2"))],
)
def test_the_shares_make_the_whole_with_each_party_once(applying: Play, shares: tuple[tuple[str, str], ...]) -> None:
    applying.refuses("shares_not_whole", value(1_000_000, *shares), applying.lead)
    applying.refuses("shares_not_whole", value(shares=[]), applying.lead)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_any_division_of_the_whole_is_accepted_to_the_last_fraction(parts: list[int]) -> None:
    """Thirds as well: shares are exact."""
    shares = [BenefitShare(party=f"单位{at}", share=Fraction(part, sum(parts))) for at, part in enumerate(parts)]
    assert sum(each.share for each in shares) == 1
    again = AssessValue.model_validate_json(value(shares=shares).model_dump_json())
    assert again.shares == tuple(shares)


# fault tolerance


@pytest.fixture
def asked(applying: Play) -> Play:
    applying.apply(A)
    applying.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    applying.conclude(A, "failed")
    applying.do(AskFaultTolerance(bidder=A, grounds="已尽职"), applying.bidder(A))
    return applying


def test_every_criterion_of_the_city_is_answered_once(asked: Play) -> None:
    whole = asked.tolerance_act(A)
    assert whole.answers
    short = whole.model_copy(update={"answers": whole.answers[1:]})
    no = asked.refuses("tolerance_unanswered", short, asked.group)
    assert no.details["missing"] == whole.answers[0].criterion
    twice = whole.model_copy(update={"answers": (*whole.answers, whole.answers[0])})
    asked.refuses("tolerance_unanswered", twice, asked.group)
    own = ToleranceAnswer(criterion="自拟标准", met=True, finding="核查")
    foreign = whole.model_copy(update={"answers": (*whole.answers, own)})
    assert asked.refuses("tolerance_unanswered", foreign, asked.group).details["unknown"] == "自拟标准"


def test_tolerated_is_what_meets_every_criterion_and_nothing_else(asked: Play) -> None:
    met, unmet = asked.tolerance_act(A), asked.tolerance_act(A, tolerated=False)
    asked.refuses("tolerance_contradicts", met.model_copy(update={"tolerated": False}), asked.group)
    asked.refuses("tolerance_contradicts", unmet.model_copy(update={"tolerated": True}), asked.group)
    asked.do(unmet, asked.group)
    assert asked.state.acceptances[0].fault_tolerated is False


def test_a_city_without_criteria_leaves_it_to_the_finding(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "acceptance", tolerance=())).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.conclude(A, "failed")
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    for tolerated in (True, False):
        play.fork().do(play.tolerance_act(A, tolerated), play.group)


# somebody owes the finding, and the refund waits for it


def test_who_finds_on_fault_tolerance_owes_it_in_time_and_the_refund_waits(asked: Play) -> None:
    clock = asked.deadline(f"fault_tolerance/{A}")
    assert clock.holder is not None
    assert clock.holder == asked.holder(asked.policy.permissions["decide_fault_tolerance"][0])
    assert clock.verbs == ("decide_fault_tolerance",)
    assert asked.deadline(f"refund/{A}").status is DeadlineStatus.PAUSED
    asked.pass_limit(f"fault_tolerance/{A}")
    assert asked.deadline(f"fault_tolerance/{A}").status is DeadlineStatus.OVERDUE
    asked.do(asked.tolerance_act(A), asked.person(clock.holder.role, clock.holder.unit))
    assert f"fault_tolerance/{A}" not in [each.id for each in asked.state.deadlines]
    assert asked.deadline(f"refund/{A}").status is DeadlineStatus.OPEN


def test_a_question_falls_away_with_the_failure_that_it_is_about(asked: Play) -> None:
    asked.win_appeal()
    assert not [each.id for each in asked.state.deadlines if each.limit in ("refund", "fault_tolerance")]


def test_a_city_says_whose_the_finding_is(yancheng: Policy) -> None:
    nobody = yancheng.model_copy(
        update={"permissions": {**yancheng.permissions, "decide_fault_tolerance": (Role.EXPERT,)}}
    )
    assert "permissions.decide_fault_tolerance" in [each.key for each in contradictions(nobody)]


def test_a_policy_from_before_the_limit_keeps_its_digest(yancheng: Policy) -> None:
    written = yancheng.model_dump(mode="json")
    assert "fault_tolerance" not in written["limits"]
    assert Policy.model_validate(written).limits.fault_tolerance == yancheng.limits.fault_tolerance
