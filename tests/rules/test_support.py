"""Complaints, factors, the green channel, loans and insurance."""

from datetime import timedelta

import pytest

from models.actor import Actor
from models.calendar import Period, Unit
from models.commands.handling import RemoveSigner
from models.commands.promotion import CloseScene
from models.commands.support import (
    AnswerComplaint,
    AnswerFactor,
    AskGreenChannel,
    Complain,
    DecideGreenChannel,
    RecordFinance,
    RequestFactor,
)
from models.commands.trial import SubmitTrialPlan
from models.deadline import Holder
from models.events.support import ComplaintAnswered, FactorAnswered
from models.vocabulary import Credit, Role
from tests.scenario import Play, city, document

A, B = "甲公司", "乙公司"
CITIZEN = Actor(person="citizen-1", unit="市民", role=Role.PUBLIC)


def complaint(id: str = "C-1", **more: object) -> Complain:
    return Complain.model_validate({"complaint": id, "real_name": True, "text": "扰民", **more})


def answer(founded: bool, id: str = "C-1", **more: object) -> AnswerComplaint:
    return AnswerComplaint.model_validate({"complaint": id, "founded": founded, "finding": "核查", **more})


@pytest.fixture
def planning() -> Play:
    return Play(city("yancheng")).to_trial(A)


# complaints


def test_a_citizen_complains_of_a_trial_and_the_regulator_answers_within_its_limit() -> None:
    play = Play(city("yancheng")).to_running(A)
    play.do(complaint(against=A), CITIZEN)
    clock = play.deadline("complaint_answer/C-1")
    assert (clock.holder, clock.verbs) == (play.holder(Role.REGULATOR), ("answer_complaint",))
    play.refuses("id_in_use", complaint(), CITIZEN)
    events = play.do(answer(False), play.regulator)
    assert ComplaintAnswered(complaint="C-1", founded=False) in events
    assert "complaint_answer/C-1" not in [each.id for each in play.state.deadlines]
    assert play.refuses("no_such_request", answer(False), play.regulator).details["known"] == "-"


def test_only_who_was_addressed_answers_and_before_there_is_a_regulator_the_supervisor() -> None:
    play = Play(city("yancheng")).submit()
    play.do(complaint(), CITIZEN)
    assert play.deadline("complaint_answer/C-1").holder == play.holder(Role.SUPERVISOR)
    play.register()
    play.do(complaint("C-2"), CITIZEN)
    play.refuses("not_your_part", answer(False), play.regulator)
    play.refuses("not_your_part", answer(False, "C-2"), play.supervisor)
    play.do(answer(False), play.supervisor)


def test_a_founded_complaint_may_lower_the_grade_that_an_inclusion_period_is_granted_by(planning: Play) -> None:
    planning.do(complaint(against=A), CITIZEN)
    planning.do(answer(True, credit="较差"), planning.regulator)
    assert planning.state.complaints[0].credit is Credit.POOR
    planning.admit(A)
    refused = planning.refuses("inclusion_not_eligible", planning.start_act(A), planning.regulator)
    assert "较差" in str(refused.details["why"])
    planning.do(planning.start_act(A, inclusion=False), planning.regulator)


@pytest.mark.parametrize(("against", "founded"), [(A, False), (None, True)])
def test_no_grade_changes_without_ground(planning: Play, against: str | None, founded: bool) -> None:
    planning.do(complaint(against=against), CITIZEN)
    planning.refuses("credit_without_ground", answer(founded, credit="较差"), planning.regulator)


def test_nobody_learns_by_complaining_who_has_bid() -> None:
    play = Play(city("yancheng")).to_listed()
    play.post()
    play.bid(A)
    assert play.refuses("unknown_bidder", complaint(against=A), CITIZEN).details["known"] == "-"


def test_who_complained_does_not_answer_and_neither_do_the_bidders_people(planning: Play) -> None:
    planning.do(complaint(against=A), CITIZEN.model_copy(update={"person": planning.regulator.person}))
    planning.refuses("decided_before", answer(False), planning.regulator)
    insider = planning.regulator.model_copy(update={"person": planning.bidder(A).person})
    planning.refuses("own_bid", answer(False), insider)
    planning.do(answer(False), planning.second_regulator)


def test_a_scene_is_not_closed_over_an_open_complaint() -> None:
    play = Play(city("yancheng")).to_candidate(A)
    play.do(complaint(), CITIZEN)
    assert play.refuses("complaints_open", CloseScene(reasons="办结"), play.lead).details["complaints"] == "C-1"
    play.do(answer(False), play.regulator)
    play.do(CloseScene(reasons="办结"), play.lead)


# factors


def request(id: str = "F-1", factor: str = "compute") -> RequestFactor:
    return RequestFactor(request=id, factor=factor, amount="2 PFlops", grounds="推理")


def granted(id: str = "F-1", yes: bool = True) -> AnswerFactor:
    return AnswerFactor(request=id, granted=yes, result="已落实")


def test_the_department_that_the_policy_names_answers_where_it_takes_part(planning: Play) -> None:
    planning.do(request(), planning.bidder(A))
    unit = "要素保障配合单位"
    assert planning.deadline("factor/F-1").holder == Holder(role=Role.COOPERATING, unit=unit)
    planning.refuses("not_your_part", granted(), planning.lead)
    assert FactorAnswered(request="F-1", granted=True) in planning.do(granted(), planning.cooperating(unit))
    planning.refuses("no_such_request", granted(), planning.cooperating(unit))


def test_what_was_asked_of_a_department_that_is_left_out_the_lead_answers() -> None:
    """With the time it had, and at nobody's desk yet."""
    unit = "要素保障配合单位"
    play = Play(city("yancheng")).to_consultation()
    play.do(request(), play.owner)
    due = play.deadline("factor/F-1").due_at
    play.do(RemoveSigner(unit=unit, reasons="职责无关"), play.platform)
    assert (play.deadline("factor/F-1").holder, play.deadline("factor/F-1").due_at) == (play.holder(Role.LEAD), due)
    play.do(granted(), play.lead)


def test_elsewhere_the_lead_answers() -> None:
    play = Play(city("ningbo")).to_registered()
    play.do(request(factor="funding"), play.owner)
    assert play.deadline("factor/F-1").holder == play.holder(Role.LEAD)
    play.do(granted(), play.lead)


def test_only_kinds_of_the_city_are_asked_for_each_under_its_own_number(planning: Play) -> None:
    assert "compute 算力" in str(planning.refuses("unknown_factor", request(factor="gold"), planning.owner).details)
    planning.do(request(), planning.owner)
    planning.refuses("id_in_use", request(), planning.bidder(A))
    before = Play(city("yancheng")).submit()
    before.refuses("wrong_step", request(), before.owner)


def test_a_trial_waits_for_the_factors_that_its_plan_rests_on(planning: Play) -> None:
    bidder, department = planning.bidder(A), planning.cooperating("要素保障配合单位")
    plan = SubmitTrialPlan(bidder=A, plan=planning.plan().model_copy(update={"factors": ("F-1",)}))
    assert planning.refuses("no_such_request", plan, bidder).details["id"] == "F-1"
    planning.do(request(), bidder)
    planning.do(plan, bidder)
    assert planning.refuses("factors_missing", planning.admit_act(A), planning.regulator).details["missing"] == "F-1"
    refused = planning.fork()
    refused.do(granted(yes=False), department)
    refused.refuses("factors_missing", refused.admit_act(A), refused.regulator)
    planning.do(granted(), department)
    planning.do(planning.admit_act(A), planning.regulator)


def test_a_plan_that_rests_on_none_has_the_content_it_had(planning: Play) -> None:
    assert "factors" not in planning.plan().model_dump(mode="json")


# green channel


def test_a_green_channel_shortens_the_listed_limits_from_its_grant_on_and_says_so() -> None:
    play = Play(city("yancheng")).submit()
    before = play.deadline("completeness")
    play.do(AskGreenChannel(grounds="重大项目"), play.owner)
    assert play.deadline("green_channel").holder == play.holder(Role.PLATFORM_OFFICE)
    play.refuses("green_channel_asked", AskGreenChannel(grounds="重大项目"), play.owner)
    play.do(DecideGreenChannel(granted=True, reasons="符合"), play.platform)
    assert play.deadline("completeness") == before, "what runs already keeps its date"
    play.pass_limit("completeness")
    after = play.deadline("registration")
    assert after.period == Period(length=3, unit=Unit.WORKDAYS), "half of five, rounded up"
    assert after.clause.endswith("盐城场景行动计划 四（三）")
    play.register()
    assert play.deadline("consultation_start").period == play.policy.limit("consultation_start").period


def test_a_refused_green_channel_shortens_nothing_and_may_be_asked_for_again() -> None:
    play = Play(city("yancheng")).submit()
    play.refuses("green_channel_not_asked", DecideGreenChannel(granted=True, reasons="符合"), play.platform)
    play.do(AskGreenChannel(grounds="急"), play.owner)
    play.do(DecideGreenChannel(granted=False, reasons="不符"), play.platform)
    play.pass_limit("completeness")
    assert play.deadline("registration").period == play.policy.limit("registration").period
    play.do(AskGreenChannel(grounds="列入重大项目"), play.owner)


def test_a_city_whose_text_names_none_has_no_green_channel() -> None:
    play = Play(city("chongqing")).submit()
    play.refuses("no_green_channel", AskGreenChannel(grounds="急"), play.owner)


# loans and insurance


def finance(play: Play, **more: object) -> RecordFinance:
    return RecordFinance.model_validate(
        {
            "kind": "insurance", "provider": "某保险", "amount_yuan": 1_000_000, "premium_yuan": 8_000,
            "since": play.today, "until": play.today + timedelta(days=365), "document": document("保单"), **more,
        }
    )  # fmt: skip


def test_loans_and_insurance_are_on_record_with_their_period_and_who_recorded_them(planning: Play) -> None:
    bidder = planning.bidder(A)
    planning.do(finance(planning), bidder)
    planning.do(finance(planning, kind="loan", premium_yuan=None), planning.owner)
    insurance, loan = planning.state.finances
    assert (insurance.unit, insurance.by, insurance.premium_yuan) == (A, bidder.person, 8_000)
    assert (loan.kind, loan.unit) == ("loan", planning.owner_unit)
    planning.refuses("not_permitted", finance(planning), planning.regulator)


def test_an_insurance_names_its_premium_and_no_period_runs_backwards(planning: Play) -> None:
    planning.refuses("premium_missing", finance(planning, premium_yuan=None), planning.bidder(A))
    planning.refuses("period_reversed", finance(planning, until=planning.today - timedelta(days=1)), planning.owner)
    before = Play(city("yancheng")).to_listed()
    before.refuses("no_contract_yet", finance(before), before.owner)
