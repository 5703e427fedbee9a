"""A refused tolerance (容错) can be appealed: the refund's time runs on meanwhile, and upheld it is found on anew."""

import pytest

from models.actor import Actor
from models.commands.acceptance import AskFaultTolerance, RecordRefund
from models.commands.anywhere import Appeal, DecideAppeal
from models.deadline import DeadlineStatus
from models.events.anywhere import UpheldTooLate
from models.policy import Policy
from models.vocabulary import PanelPurpose, Role
from rules.duties import duties
from tests.plays import fail, make_final
from tests.rules.test_refund import PAID, pay
from tests.scenario import Play, city, document, receipt, with_rules

A = "甲公司"


@pytest.fixture(params=["yancheng", "ningbo", "chongqing"])
def refused(request: pytest.FixtureRequest) -> Play:
    return refuse(failed(city(request.param)))


def failed(policy: Policy) -> Play:
    """The result failed, that is final, and what was paid is owed back."""
    play = pay(Play(policy).to_acceptance(A))
    fail(play, A)
    make_final(play)
    return play


def refuse(play: Play) -> Play:
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    play.do(play.tolerance_act(A, tolerated=False), finder(play))
    return play


def finder(play: Play, person: str = "finder-1") -> Actor:
    (role,) = play.policy.permissions["decide_fault_tolerance"]
    return play.person(role, play.holder(role).unit, person)


def refund(amount: int) -> RecordRefund:
    return RecordRefund(bidder=A, amount_yuan=amount, proof=document("退款凭证"))


def pay_back(play: Play, amount: int) -> None:
    """The bidder says so, and the payer has received it."""
    play.do(refund(amount), play.bidder(A))
    play.do(receipt(A, amount), play.office(Role.PAYER))


def test_a_refusal_is_a_decision_against_the_bidder_and_the_refund_goes_on(refused: Play) -> None:
    (decision,) = refused.state.decisions
    assert (decision.verb, decision.against, decision.reopens) == ("decide_fault_tolerance", A, "failed")
    assert refused.deadline(f"refund/{A}").status is not DeadlineStatus.PAUSED


def test_what_is_tolerated_is_no_decision_against_anybody(yancheng: Policy) -> None:
    play = failed(yancheng)
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    play.do(play.tolerance_act(A), finder(play))
    assert play.state.decisions == ()


def test_upheld_it_is_found_on_anew_and_the_refund_waits(refused: Play) -> None:
    refused.win_appeal()
    assert refused.state.acceptances[0].fault_tolerated is None
    assert refused.deadline(f"fault_tolerance/{A}").verbs == ("decide_fault_tolerance",)
    assert refused.deadline(f"refund/{A}").status is DeadlineStatus.PAUSED
    refused.refuses("refund_pending_finding", refund(PAID), refused.bidder(A))
    refused.do(refused.tolerance_act(A), finder(refused, "finder-2"))
    pay_back(refused, 1)
    assert refused.state.closed


def test_dismissed_it_stays_refused(refused: Play) -> None:
    decision = refused.state.decisions[0].sequence
    refused.serve(decision)
    refused.do(Appeal(decision=decision, grounds="不服"), refused.bidder(A))
    refused.do(DecideAppeal(decision=decision, upheld=False, reasons="维持"), refused.supervisor)
    refused.refuses("refund_short", refund(1), refused.bidder(A))


def test_upheld_after_the_refund_it_is_a_finding(refused: Play) -> None:
    pay_back(refused, PAID)
    assert refused.state.step == "remedies"
    refused.win_appeal()
    (late,) = [each for each in refused.journal[-1].events if isinstance(each, UpheldTooLate)]
    assert late.because == "nothing_owed"
    assert refused.state.closed


def test_who_refused_does_not_decide_the_appeal(refused: Play) -> None:
    decision = refused.state.decisions[0].sequence
    refused.serve(decision)
    refused.do(Appeal(decision=decision, grounds="不服"), refused.bidder(A))
    act = DecideAppeal(decision=decision, upheld=True, reasons="撤销")
    refused.refuses("decided_before", act, refused.supervisor.model_copy(update={"person": "finder-1"}))


def test_who_found_before_does_not_find_anew_nor_anybody_for_them_in_whatever_role(refused: Play) -> None:
    """职责分离四: what an upheld appeal brings back is a question of fault, and goes to somebody who did not decide."""
    refused.win_appeal()
    act, second = refused.tolerance_act(A), finder(refused, "finder-2")
    refused.refuses("decided_before", act, finder(refused))
    refused.refuses("decided_before", act, second.model_copy(update={"on_behalf_of": ("finder-1",)}))
    may = dict(refused.policy.permissions, decide_fault_tolerance=(Role.LEADING_GROUP, Role.LEAD, Role.EVALUATION_TEAM))
    moved = refused.fork()
    moved.policy = moved.policy.model_copy(update={"permissions": may})
    for other in (moved.evaluators, moved.group, moved.lead):
        moved.refuses("decided_before", act, other.model_copy(update={"person": "finder-1"}))
    refused.do(act, second)


# the work goes on again: nobody is asked any more


def test_a_finding_that_was_asked_for_is_owed_no_more_when_the_work_goes_on(yancheng: Policy) -> None:
    play = pay(Play(yancheng).to_trial(A))
    play.refuse_trial(A)
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    assert play.deadline(f"fault_tolerance/{A}").holder is not None
    play.win_appeal()
    assert (play.state.step, play.state.refunds) == ("trial", ())
    assert not [each for each in duties(play.state) if each.limit in ("fault_tolerance", "refund")]


@pytest.mark.parametrize("appealed", [False, True])
def test_a_refused_tolerance_is_over_with_the_failure_that_it_was_about(policy: Policy, appealed: bool) -> None:
    play = pay(Play(policy).to_acceptance(A))
    fail(play, A)
    refuse(play)
    failure, refusal = play.state.decisions
    if appealed:
        play.serve(refusal.sequence)
        play.do(Appeal(decision=refusal.sequence, grounds="不服"), play.bidder(A))
    play.win_appeal(0)
    assert (failure.verb, play.state.acceptances[0].step) == ("conclude_acceptance", "reviewing")
    assert play.state.decisions == ()
    clocks = [*(each.id for each in play.state.deadlines), *(each.id for each in play.state.services)]
    assert not [each for each in clocks if each.endswith(f"/{refusal.sequence}")]
    play.refuses("unknown_decision", Appeal(decision=refusal.sequence, grounds="不服"), play.bidder(A))


def test_an_appeal_that_outlived_its_failure_leaves_a_finding_and_no_duty(yancheng: Policy) -> None:
    """A scene from before these ended together: the result failed again, and nobody has asked about that failure."""
    play = pay(Play(yancheng).to_acceptance(A))
    fail(play, A)
    refuse(play)
    left_over = play.state.decisions[1].model_copy(update={"served_on": play.today, "appealed_by": "bidder"})
    play.win_appeal(0)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.conclude(A, "failed")
    play.state = play.state.model_copy(update={"decisions": (left_over, *play.state.decisions)})
    upheld = DecideAppeal(decision=left_over.sequence, upheld=True, reasons="撤销")
    (late,) = [each for each in play.do(upheld, play.supervisor) if isinstance(each, UpheldTooLate)]
    assert late.because == "no_longer_asked"
    assert f"fault_tolerance/{A}" not in [each.id for each in play.state.deadlines]


def test_of_a_trial_that_was_refused_it_is_found_on_while_the_scene_waits_for_its_end(yancheng: Policy) -> None:
    play = pay(Play(yancheng).to_trial(A))
    play.refuse_trial(A)
    make_final(play)
    assert play.state.step == "remedies"
    refuse(play)
    play.win_appeal()
    assert play.state.refunds[0].fault_tolerated is None
    assert play.deadline(f"refund/{A}").status is DeadlineStatus.PAUSED
    assert play.deadline(f"fault_tolerance/{A}").status is not DeadlineStatus.PAUSED
    play.do(play.tolerance_act(A), finder(play, "finder-2"))
    pay_back(play, 1)
    assert play.state.closed


def test_a_policy_of_before_refuses_once_for_all(yancheng: Policy) -> None:
    play = refuse(failed(with_rules(yancheng, "acceptance", tolerance_appeal=False)))
    assert play.state.decisions == ()
