"""A milestone that the contract ties to the trial, or to its result, is claimed once that was reached, not before."""

from models.commands.matching import Milestone, ProposeContract, SignContract
from models.commands.payment import ProposePayment
from models.commands.trial import ReturnTrialPlan
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Gate, PanelPurpose, Track
from rules.possible import offers
from tests.scenario import Play, digest, document

A = "甲公司"
DUE = {None: "预付", Gate.ADMISSION: "准入", Gate.EXIT: "试点", Gate.ACCEPTANCE: "验收"}


def claim(gate: Gate | None) -> ProposePayment:
    return ProposePayment(bidder=A, milestone=DUE[gate], amount_yuan=100, proof=document("交付确认单"))


def proposal(play: Play, *gates: Gate | None) -> ProposeContract:
    due_on = play.terms().milestones[0].due_on
    milestones = tuple(Milestone(name=DUE[gate], due_on=due_on, share_percent=25, after=gate) for gate in gates)
    return ProposeContract(bidder=A, terms=play.terms().model_copy(update={"milestones": milestones}))


def signed(policy: Policy, *gates: Gate | None) -> Play:
    play = Play(policy).to_contracting(A)
    play.do(proposal(play, *gates), play.owner)
    people = {"owner": play.owner, "st_bureau": play.bureau, "bidder": play.bidder(A)}
    for party in policy.contracting.parties:
        pledge = document("军令状") if party == "bidder" else None
        play.do(SignContract(bidder=A, terms_sha256=digest("任务书"), pledge=pledge), people[party])
    return play


def claimable_of(play: Play, gate: Gate) -> bool:
    """Else it is refused for what it waits for."""
    fork = play.fork()
    try:
        fork.do(claim(gate), fork.bidder(A))
    except Refused as no:
        told = (no.code, no.details.get("gate"))
    else:
        return True
    assert told == ("milestone_not_reached", gate)
    return False


def claimable(play: Play) -> list[Gate | None]:
    """What the bidder may claim now; all else is refused for what it waits for."""
    return [gate for gate in DUE if gate is None or claimable_of(play, gate)]


def test_each_waits_for_what_the_contract_ties_it_to(policy: Policy) -> None:
    play = signed(policy, *DUE)
    assert claimable(play) == [None]
    play.admit(A)
    assert claimable(play) == [None, Gate.ADMISSION]
    play.do(play.start_act(A), play.regulator)
    assert claimable(play) == [None, Gate.ADMISSION]
    play.end_trial(A)
    assert claimable(play) == [None, Gate.ADMISSION, Gate.EXIT]
    play.accept(A)
    assert claimable(play) == list(DUE)


def test_a_plan_that_was_returned_is_not_admitted_any_more(yancheng: Policy) -> None:
    play = signed(yancheng, Gate.ADMISSION)
    play.admit(A)
    play.do(ReturnTrialPlan(bidder=A, reasons="补充应急预案"), play.regulator)
    assert claimable_of(play, Gate.ADMISSION) is False


def test_a_trial_that_is_repeated_was_admitted_and_ended_before(yancheng: Policy) -> None:
    play = signed(yancheng, Gate.ADMISSION, Gate.EXIT, Gate.ACCEPTANCE)
    play.start(A)
    play.end_trial(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A, no=3)
    play.conclude(A, "retrial")
    assert [claimable_of(play, gate) for gate in Gate] == [True, True, False]


def test_claiming_is_offered_once_something_may_be_claimed(yancheng: Policy) -> None:
    play = signed(yancheng, Gate.ADMISSION)
    assert "propose_payment" not in {each.verb for each in offers(play.policy, play.state)}
    play.admit(A)
    assert "propose_payment" in {each.verb for each in offers(play.policy, play.state)}


def test_without_a_trial_a_milestone_waits_for_the_acceptance_or_for_nothing(ningbo: Policy) -> None:
    play = Play(ningbo, track=Track.FAST).to_contracting(A)
    for gate in (Gate.ADMISSION, Gate.EXIT):
        no = play.refuses("milestone_without_trial", proposal(play, None, gate), play.owner)
        assert no.details["milestones"] == DUE[gate]
    play.do(proposal(play, None, Gate.ACCEPTANCE), play.owner)
