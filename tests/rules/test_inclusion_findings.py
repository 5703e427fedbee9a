"""What an inclusion period rests on: the risk as it was found, and faults that cite their clause and say one thing."""

import pytest

from models.commands.trial import FirstFault, RecordFault, SubmitTrialPlan
from models.events.trial import InclusionGranted
from models.policy import Policy
from models.vocabulary import Risk
from tests.scenario import Play, document

A = "甲公司"
FOUND = FirstFault(first=True, minor=True, corrected=True, harmless=True)


def admitted(policy: Policy, of_scene: Risk, of_plan: Risk, found: Risk | None = None) -> Play:
    """Owner and bidder each declared a risk, and the regulator may have found another."""
    play = Play(policy, risk=of_scene).to_trial(A)
    plan = play.plan().model_copy(update={"risk": of_plan})
    play.do(SubmitTrialPlan(bidder=A, plan=plan), play.bidder(A))
    play.do(play.admit_act(A, risk=found), play.regulator)
    return play


def granted(play: Play) -> Risk | None:
    events = play.do(play.start_act(A), play.regulator)
    return next(event.risk for event in events if isinstance(event, InclusionGranted))


@pytest.mark.parametrize(("of_scene", "of_plan"), [(Risk.HIGH, Risk.LOW), (Risk.LOW, Risk.HIGH)])
def test_nobody_opens_a_period_by_calling_its_own_risk_low(yancheng: Policy, of_scene: Risk, of_plan: Risk) -> None:
    play = admitted(yancheng, of_scene, of_plan)
    no = play.refuses("inclusion_not_eligible", play.start_act(A), play.regulator)
    assert no.details["why"] == "risk high"
    play.do(play.start_act(A, inclusion=False), play.regulator)


def test_the_worse_of_what_owner_and_bidder_declared_is_recorded_with_the_grant(yancheng: Policy) -> None:
    assert granted(admitted(yancheng, Risk.MEDIUM, Risk.LOW)) is Risk.MEDIUM


def test_what_the_regulator_found_at_the_admission_stands_for_both(yancheng: Policy) -> None:
    assert granted(admitted(yancheng, Risk.HIGH, Risk.LOW, found=Risk.MEDIUM)) is Risk.MEDIUM
    worse = admitted(yancheng, Risk.LOW, Risk.LOW, found=Risk.HIGH)
    worse.refuses("inclusion_not_eligible", worse.start_act(A), worse.regulator)


def test_a_fault_cites_a_clause_of_the_plan(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    fault = RecordFault(bidder=A, kind="late", plan_clause="第九十九条", finding="属实", evidence=document("证据"))
    no = play.refuses("unknown_plan_clause", fault, play.regulator)
    assert no.details["known"] == ", ".join(play.plan().keys)
    for key in play.plan().keys[:3]:
        play.do(fault.model_copy(update={"plan_clause": key, "kind": key}), play.regulator)
    assert len(play.state.inclusions[0].faults) == 3


def test_a_plan_without_keys_is_cited_in_words(yancheng: Policy) -> None:
    play = Play(yancheng.model_copy(update={"risk_profiles": ()})).to_trial(A)
    bare = play.plan().model_copy(update={"within": None, "safeguards": (), "kpis": ()})
    play.do(SubmitTrialPlan(bidder=A, plan=bare), play.bidder(A))
    play.start(A)
    fault = RecordFault(bidder=A, kind="late", plan_clause="第三条", finding="属实", evidence=document("证据"))
    play.do(fault, play.regulator)


def test_a_fault_of_which_all_four_findings_say_that_it_is_excused_is_not_punished(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    fault = RecordFault(
        bidder=A, kind="late", plan_clause="1.1", finding="属实", evidence=document("证据"), first_fault=FOUND
    )
    play.refuses("first_fault_punished", fault, play.regulator)
    harmful = FOUND.model_copy(update={"harmless": False})
    play.do(fault.model_copy(update={"first_fault": harmful}), play.regulator)
