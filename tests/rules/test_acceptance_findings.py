"""What an acceptance is founded on: defence, site visit, field tests; and who is asked and who judges."""

import math
from datetime import timedelta

import pytest

from models.commands.review import ConvenePanel, PanelMember
from models.commands.trial import SubmitTrialPlan, SuspendTrial
from models.deadline import Holder
from models.policy import Policy
from models.vocabulary import PanelPurpose, Role
from tests.scenario import Play, city, document, naming

A = "甲公司"


@pytest.fixture
def reviewing(yancheng: Policy) -> Play:
    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    return play


def step(play: Play) -> str:
    return play.state.acceptances[0].step


def test_defence_and_visit_are_of_this_review_and_no_field_test_is_still_to_come(reviewing: Play) -> None:
    reviewing.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    entered = reviewing.state.acceptances[0].entered_on
    assert entered is not None
    before, tomorrow = entered - timedelta(days=1), reviewing.today + timedelta(days=1)
    field_test = {"kind": "连续运行", "on": before, "by": "检测院", "report": document("实测报告")}
    for day in (before, tomorrow):
        record = {"on": day, "record": document("记录")}
        late = reviewing.conclude_act(A, defence=record)
        no = reviewing.refuses("not_in_review", late, reviewing.lead)
        assert (no.details["on"], no.details["first"]) == (str(day), str(entered))
        reviewing.refuses("not_in_review", reviewing.conclude_act(A, visit={**record, "by": ["甲"]}), reviewing.lead)
    planned = reviewing.conclude_act(A, field_tests=[{**field_test, "on": tomorrow}])
    reviewing.refuses("not_in_review", planned, reviewing.lead)
    reviewing.conclude(A, field_tests=[field_test])
    assert step(reviewing) == "concluded"


def test_the_s_and_t_bureau_is_asked_where_it_may_speak_and_does_not_lead(yancheng: Policy) -> None:
    def asked(play: Play) -> set[str]:
        return {each.id for each in play.state.deadlines if each.limit == "acceptance_opinion"}

    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    bureau = f"acceptance_opinion/{A}/{play.bureau.unit}"
    assert bureau in asked(play)
    assert play.deadline(bureau).holder == Holder(role=Role.ST_BUREAU, unit=play.bureau.unit)
    without = {**yancheng.permissions, "give_acceptance_opinion": (Role.OWNER, Role.REGULATOR, Role.COOPERATING)}
    silent = Play(yancheng.model_copy(update={"permissions": without})).to_acceptance(A)
    silent.apply(A)
    assert bureau not in asked(silent)
    led = Play(city("ningbo")).to_acceptance(A)
    led.apply(A)
    assert led.bureau.unit == led.state.lead
    assert f"acceptance_opinion/{A}/{led.bureau.unit}" not in asked(led)


def members(play: Play, *officers: str) -> tuple[PanelMember, ...]:
    """Five, the first of them these officers of the regulator."""
    theirs = [PanelMember(person=each, unit=play.state.regulator or "", expert=True) for each in officers]
    fresh = [PanelMember(person=f"fresh-{at}", unit=f"高校7{at}", expert=True) for at in range(5 - len(officers))]
    return (*theirs, *fresh)


def convene(play: Play, *officers: str) -> ConvenePanel:
    return ConvenePanel(purpose=PanelPurpose.ACCEPTANCE, bidder=A, members=members(play, *officers))


def test_officers_who_decided_in_the_trial_count_as_its_reviewers_on_the_panel(yancheng: Policy) -> None:
    play = Play(naming(yancheng)).to_trial(A)
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))
    play.hear_on_plan(A)
    play.do(play.admit_act(A, with_officer="regulator-3"), play.regulator)
    play.do(play.start_act(A), play.regulator)
    play.end_trial(A)
    play.apply(A)
    tried = (play.regulator.person, "regulator-3")
    no = play.refuses("panel_overlap", convene(play, *tried), play.lead)
    assert no.details["overlap"] == "2/5"
    share = play.policy.panels["acceptance"].overlap
    assert share is not None
    assert math.floor(share * 5) == 1
    play.do(convene(play, "regulator-9", tried[0]), play.lead)


def test_who_only_stopped_the_trial_judged_it_too(yancheng: Policy) -> None:
    play = Play(naming(yancheng)).to_running(A)
    stopper = play.person(Role.REGULATOR, play.state.regulator or "", "regulator-8")
    stopped = play.fork()
    stopped.do(SuspendTrial(bidder=A, reasons="抽查"), stopper)
    hands = {hand.deed: hand.persons for hand in stopped.state.hands}
    assert hands["suspend_trial"] == (stopper.person,)
