"""The trial's insurance: its clock, its renewal, and a trial that would go on uninsured."""

from datetime import date, timedelta

import pytest

from models.calendar import Period, Unit
from models.commands.anywhere import (
    DecideExtension,
    RequestExtension,
)
from models.commands.trial import (
    ApproveResumption,
    ProposeResumption,
    RenewInsurance,
    ReportFix,
    ReturnTrialPlan,
    SubmitTrialPlan,
)
from models.events.clock import RungDue
from models.policy import Policy
from models.vocabulary import Role
from rules.calendar import due_date
from rules.deadlines import local_day
from tests.scenario import Play, document

A = "甲公司"


@pytest.fixture
def planning(yancheng: Policy) -> Play:
    return Play(yancheng).to_trial(A)


def step(play: Play, bidder: str = A) -> str:
    return next(trial.step for trial in play.state.trials if trial.bidder == bidder)


def ids(play: Play) -> set[str]:
    return {deadline.id for deadline in play.state.deadlines}


@pytest.fixture
def insured_to(planning: Play) -> date:
    """The last day of a six months' trial that began today."""
    return due_date(planning.policy.calendar, planning.today, planning.plan().duration).on


@pytest.fixture
def tight(planning: Play, insured_to: date) -> Play:
    """A running trial of six months, insured to its last day, and extended by six."""
    plan = planning.plan().model_copy(update={"insurance_until": insured_to})
    planning.do(SubmitTrialPlan(bidder=A, plan=plan), planning.bidder(A))
    planning.start(A)
    planning.do(RequestExtension(deadline=f"trial/{A}", reasons="数据不足"), planning.bidder(A))
    planning.do(DecideExtension(deadline=f"trial/{A}", granted=True, reasons="同意"), planning.regulator)
    return planning


def renewal(until: date) -> RenewInsurance:
    return RenewInsurance(bidder=A, document=document("新保单"), until=until)


def test_bidder_and_regulator_hear_60_30_and_10_days_before_the_insurance_ends(tight: Play, insured_to: date) -> None:
    events = tight.pass_limit(f"insurance/{A}")
    heard = [
        (event.rung.name, event.rung.to, local_day(event.rung.at))
        for event in events
        if isinstance(event, RungDue) and event.id == f"insurance/{A}"
    ]
    assert insured_to == date(2026, 10, 19)
    on = {"T-60d": date(2026, 8, 20), "T-30d": date(2026, 9, 18), "T-10d": date(2026, 10, 9)}
    assert heard == [(name, to, day) for name, day in on.items() for to in (Role.BIDDER, Role.REGULATOR)]


def test_a_renewal_moves_the_reminders(tight: Play, insured_to: date) -> None:
    until = insured_to + timedelta(days=400)
    tight.do(renewal(until), tight.bidder(A))
    assert tight.deadline(f"insurance/{A}").due_on == until
    reminded = [each for each in tight.wait(timedelta(days=200)) if isinstance(each, RungDue)]
    assert f"insurance/{A}" not in {each.id for each in reminded}
    assert step(tight) == "running"


def test_a_renewal_lasts_a_month_or_the_rest_of_the_trial(tight: Play, insured_to: date) -> None:
    tight.refuses("insurance_too_short", renewal(insured_to), tight.bidder(A))
    tight.until(tight.morning_of(insured_to - timedelta(days=3)))
    month = due_date(tight.policy.calendar, tight.today, Period(length=1, unit=Unit.MONTHS)).on
    tight.refuses("insurance_too_short", renewal(month - timedelta(days=1)), tight.bidder(A))
    tight.refuses("not_permitted", renewal(month), tight.regulator)
    tight.do(renewal(month), tight.bidder(A))
    assert tight.deadline(f"insurance/{A}").due_on == month


def test_a_renewal_need_not_outlast_the_trial(tight: Play, insured_to: date) -> None:
    end = tight.deadline(f"trial/{A}").due_on
    tight.do(renewal(end - timedelta(days=10)), tight.bidder(A))
    tight.until(tight.morning_of(end - timedelta(days=12)))
    tight.refuses("insurance_too_short", renewal(end - timedelta(days=1)), tight.bidder(A))
    tight.do(renewal(end), tight.bidder(A))
    tight.pass_limit(f"trial/{A}")
    assert step(tight) == "exit"


def test_a_trial_whose_insurance_ends_stands_still_until_it_is_renewed(tight: Play, insured_to: date) -> None:
    tight.pass_limit(f"insurance/{A}")
    assert step(tight) == "suspended"
    assert f"insurance/{A}" not in ids(tight)
    tight.do(ReportFix(bidder=A, proof=document("续保证明")), tight.bidder(A))
    tight.do(ProposeResumption(bidder=A, reasons="已续保"), tight.owner)
    tight.refuses("insurance_missing", ApproveResumption(bidder=A), tight.regulator)
    tight.do(renewal(insured_to + timedelta(days=400)), tight.bidder(A))
    tight.do(ApproveResumption(bidder=A), tight.regulator)
    assert step(tight) == "running"


def test_an_insurance_that_ends_with_its_trial_stops_nothing(planning: Play, insured_to: date) -> None:
    plan = planning.plan().model_copy(update={"insurance_until": insured_to})
    planning.do(SubmitTrialPlan(bidder=A, plan=plan), planning.bidder(A))
    planning.start(A)
    planning.pass_limit(f"trial/{A}")
    assert step(planning) == "exit"
    assert f"insurance/{A}" not in ids(planning)


def test_an_insurance_can_be_renewed_before_the_trial_starts(planning: Play, insured_to: date) -> None:
    plan = planning.plan().model_copy(update={"insurance_until": insured_to})
    planning.do(SubmitTrialPlan(bidder=A, plan=plan), planning.bidder(A))
    planning.do(planning.admit_act(A), planning.regulator)
    planning.wait(timedelta(days=10))
    planning.refuses("insurance_missing", planning.start_act(A), planning.regulator)
    planning.do(renewal(insured_to + timedelta(days=60)), planning.bidder(A))
    assert f"insurance/{A}" not in ids(planning), "nothing runs before the trial does"
    planning.do(planning.start_act(A), planning.regulator)
    assert planning.deadline(f"insurance/{A}").due_on == insured_to + timedelta(days=60)


def test_a_returned_plan_is_filed_again(planning: Play) -> None:
    planning.do(SubmitTrialPlan(bidder=A, plan=planning.plan()), planning.bidder(A))
    planning.do(ReturnTrialPlan(bidder=A, reasons="补充应急预案"), planning.regulator)
    assert step(planning) == "planning"
    assert f"trial_plan/{A}" in ids(planning)
    planning.start(A)
    assert step(planning) == "running"
