"""The end of a trial for safety, or by force majeure, can be appealed; its rollback waits for nobody.

Upheld, the trial is planned anew.
"""

import pytest

from models.commands.anywhere import AnswerWithdrawal, Appeal, DecideAppeal, Withdraw
from models.commands.trial import ProveRollback, SubmitTrialPlan, TerminateTrial
from models.policy import Policy
from rules.fund import read_scene
from tests.plays import fault, make_final
from tests.rules.test_refund import pay
from tests.scenario import Play, city, digest, document, with_rules

A = "甲公司"
PROOF = ProveRollback(bidder=A, proof=document("恢复证明"))


@pytest.fixture(params=["yancheng", "ningbo", "chongqing"])
def ended(request: pytest.FixtureRequest) -> Play:
    return end(Play(city(request.param)).to_running(A))


def end(play: Play, ground: str = "safety") -> Play:
    act = TerminateTrial.model_validate({"bidder": A, "ground": ground, "reasons": "险情"})
    play.do(act, play.regulator)
    return play


def step(play: Play) -> str:
    return play.state.trials[0].step


def test_the_end_takes_effect_at_once_and_is_a_decision_against_the_bidder(ended: Play) -> None:
    (decision,) = ended.state.decisions
    assert (decision.verb, decision.against, decision.item) == ("terminate_trial", A, "safety")
    assert step(ended) == "rolling_back"
    assert f"rollback/{A}" in [each.id for each in ended.state.deadlines]


@pytest.mark.parametrize("ground", ["safety", "force_majeure"])
def test_an_upheld_appeal_stops_no_rollback_and_then_a_new_plan_is_owed(yancheng: Policy, ground: str) -> None:
    play = end(Play(yancheng).to_running(A), ground)
    clock = play.deadline(f"rollback/{A}")
    play.win_appeal()
    assert (step(play), play.state.trials[0].end_annulled) == ("rolling_back", True)
    assert play.deadline(f"rollback/{A}").due_at == clock.due_at
    play.do(PROOF, play.bidder(A))
    assert (step(play), play.state.trials[0].end_annulled, play.state.step) == ("planning", False, "trial")
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))


def test_an_end_for_breach_is_given_back_at_once(yancheng: Policy) -> None:
    play = end(Play(yancheng).to_running(A), "breach")
    play.win_appeal()
    assert step(play) == "planning"


def test_the_scene_waits_for_the_appeal_once_the_site_is_clear_and_then_comes_back(ended: Play) -> None:
    ended.do(PROOF, ended.bidder(A))
    assert (ended.state.step, step(ended)) == ("remedies", "terminated")
    ended.win_appeal()
    assert (ended.state.step, step(ended)) == ("trial", "planning")


def test_an_end_that_stands_is_the_end(ended: Play) -> None:
    ended.do(PROOF, ended.bidder(A))
    make_final(ended)
    assert ended.state.closed


def test_what_was_paid_is_owed_back_only_while_the_end_stands(yancheng: Policy) -> None:
    play = end(pay(Play(yancheng).to_running(A)))
    play.do(PROOF, play.bidder(A))
    assert [each.bidder for each in play.state.owed_refunds] == [A]
    play.win_appeal()
    assert play.state.owed_refunds == ()
    assert f"refund/{A}" not in [each.id for each in play.state.deadlines]


def test_nothing_is_owed_back_where_the_appeal_was_upheld_before_the_proof(yancheng: Policy) -> None:
    play = end(pay(Play(yancheng).to_running(A)))
    play.win_appeal()
    play.do(PROOF, play.bidder(A))
    assert play.state.refunds == ()


def test_an_end_that_was_annulled_is_no_ground_for_the_risk_pool(ended: Play) -> None:
    def ground() -> str | None:
        return read_scene(ended.scene, ended.journal, digest("head"), A, None).ground

    assert ground() == "safety"
    ended.win_appeal()
    assert ground() is None


def test_who_leaves_its_contract_meanwhile_plans_nothing(ended: Play) -> None:
    ended.win_appeal()
    ended.do(Withdraw(reasons="退出"), ended.bidder(A))
    for clock in ended.state.deadlines:
        if clock.limit == "withdrawal_consent" and clock.holder is not None:
            asked = ended.person(clock.holder.role, clock.holder.unit)
            ended.do(AnswerWithdrawal(agreed=True, reasons="同意"), asked)
    ended.do(PROOF, ended.bidder(A))
    assert (step(ended), ended.state.closed) == ("withdrawn", True)


def test_a_retrial_that_was_ended_for_safety_is_tried_again(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    play.end_trial(A)
    play.retrial(A)
    play.start(A)
    end(play)
    play.win_appeal()
    play.do(PROOF, play.bidder(A))
    assert (step(play), play.state.acceptances[0].step, play.state.trials[0].attempt) == ("planning", "retrial", 2)


def test_a_breach_that_stands_keeps_the_period_away(yancheng: Policy) -> None:
    play = Play(yancheng).to_running(A)
    fault(play, "leak", "data_or_privacy_harm")
    end(play)
    assert [each.verb for each in play.state.decisions] == ["record_fault", "terminate_trial"]
    play.win_appeal()
    play.do(PROOF, play.bidder(A))
    assert (step(play), play.state.inclusions[0].step) == ("planning", "breached")


def test_who_ended_the_trial_does_not_decide_the_appeal(ended: Play) -> None:
    decision = ended.state.decisions[0].sequence
    ended.serve(decision)
    ended.do(Appeal(decision=decision, grounds="不服"), ended.bidder(A))
    act = DecideAppeal(decision=decision, upheld=True, reasons="撤销")
    ended.refuses("decided_before", act, ended.supervisor.model_copy(update={"person": ended.regulator.person}))


def test_a_policy_of_before_ends_it_for_good(yancheng: Policy) -> None:
    play = end(Play(with_rules(yancheng, "trial", contestable=("breach",))).to_running(A))
    assert play.state.decisions == ()
    play.do(PROOF, play.bidder(A))
    assert play.state.closed
