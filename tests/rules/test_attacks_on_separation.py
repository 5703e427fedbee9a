"""People who change their role, lend their name or are merged with others in mid-flow, and what is refused them."""

from models.actor import Actor
from models.commands.anywhere import AdoptPolicy, ConfirmCorrection, DecideExtension, Reassign, Withdraw
from models.commands.matching import Award, ProposeContract
from models.commands.trial import ApproveResumption, ReportIncident, SuspendTrial
from models.policy import Policy
from models.vocabulary import NoticeAbout
from tests.scenario import Play, free_unit
from tests.separation_cases import (
    FAIR,
    PAYMENT,
    SIGN,
    A,
    appeal_decision,
    appealed,
    approved,
    awarding,
    corrected,
    deciding_fairness,
    more_inclusion_asked,
    notice,
    recognised,
    refused,
    resumption_proposed,
    signing,
)
from tests.separation_cases import actor as cast


def as_(actor: Actor, person: str, *behalf: str) -> Actor:
    return actor.model_copy(update={"person": person, "on_behalf_of": behalf})


def played(policy: Policy, scene: object) -> Play:
    play = Play(policy)
    scene(play)  # type: ignore[operator]
    return play


def test_a_lead_officer_who_moves_to_the_owner_draws_up_no_contract(policy: Policy) -> None:
    play = Play(policy).to_contracting(A)
    terms = ProposeContract(bidder=A, terms=play.terms())
    for mover in (as_(play.owner, play.lead.person), as_(play.owner, "clerk", "deputy", play.lead.person)):
        play.refuses("decider_drafts", terms, mover)
    play.do(terms, as_(play.owner, "newcomer"))


def test_a_registrar_who_moves_to_the_owner_signs_nothing(policy: Policy) -> None:
    play = played(policy, signing)
    play.refuses("decider_drafts", SIGN, as_(play.owner, play.platform.person))
    play.do(SIGN, play.owner)


def test_a_bidders_employee_who_is_hired_by_the_owner_withdraws_nothing(policy: Policy) -> None:
    play = Play(policy).to_running(A)
    play.refuses("other_side", Withdraw(reasons="不再需要"), as_(play.owner, play.bidder(A).person))
    play.refuses("other_side", Withdraw(reasons="不再需要"), as_(play.owner, "x", "y", play.bidder(A).person))


def test_whoever_decided_may_stop_a_trial_all_the_same(policy: Policy) -> None:
    play = Play(policy).to_running(A)
    play.do(SuspendTrial(bidder=A, reasons="故障"), as_(play.owner, play.lead.person))
    play.do(ReportIncident(bidder=A, incident="I-1", casualty=False, text="碰撞"), as_(play.owner, play.lead.person))


def test_the_delegate_of_a_delegate_publishes_nothing_that_the_first_decided(yancheng: Policy) -> None:
    play = played(yancheng, recognised)
    act = notice(NoticeAbout.RECOGNITION)
    play.refuses("decider_publishes", act, as_(play.platform, "clerk", "deputy", play.lead.person))
    play.do(act, as_(play.platform, "clerk", "deputy", "unconcerned"))


def test_a_judge_who_becomes_the_leads_officer_awards_nothing(policy: Policy) -> None:
    play = played(policy, awarding)
    judge = next(person for bid in play.state.bids for person, _ in bid.scores)
    award = Award(bidders=(A,), reasons="按名次")
    play.refuses("decides_and_judges", award, as_(play.lead, judge))
    play.refuses("decides_and_judges", award, as_(play.lead, "x", judge))


def test_when_lead_and_payer_become_one_unit_the_approver_still_does_not_pay(policy: Policy) -> None:
    play = played(policy, approved)
    approver = play.journal[-1].command.actor
    offices = policy.offices.model_copy(update={"payer": play.state.lead})
    merged = policy.model_copy(update={"offices": offices, "version": "merged"})
    play.do(AdoptPolicy(policy=merged, reasons="机构合并"), play.group)

    play.refuses("approver_pays", PAYMENT, cast(play, "payer").model_copy(update={"person": approver.person}))
    play.do(PAYMENT, cast(play, "payer").model_copy(update={"person": "cashier"}))


def test_whose_department_hands_the_lead_over_does_not_hear_the_appeal_elsewhere(policy: Policy) -> None:
    play = played(policy, appealed(refused, lambda p: p.owner))
    before = play.lead
    play.do(Reassign(part="lead", from_unit=before.unit, to_unit=free_unit(play), reasons="职能调整"), play.group)

    act = appeal_decision(play)
    play.refuses("decided_before", act, as_(play.supervisor, before.person))
    play.refuses("decided_before", act, as_(play.supervisor, "secretary", "director", before.person))
    play.do(act, play.supervisor)


def test_who_granted_the_inclusion_period_extends_it_through_nobody(policy: Policy) -> None:
    play = played(policy, more_inclusion_asked)
    longer = DecideExtension(deadline=f"inclusion/{A}", granted=True, reasons="同意")
    granted_by = next(each.granted_by for each in play.state.inclusions)
    assert granted_by is not None
    for actor in (as_(cast(play, "extender"), granted_by), as_(cast(play, "extender"), "x", "y", granted_by)):
        play.refuses("granted_before", longer, actor)
    play.do(longer, as_(cast(play, "extender"), "unconcerned"))


def test_two_deputies_of_one_chief_are_one_person_for_a_resumption(policy: Policy) -> None:
    play = played(policy, resumption_proposed)
    proposer = play.journal[-1].command.actor.person
    play.refuses("same_person", ApproveResumption(bidder=A), as_(play.regulator, "second-deputy", proposer))
    play.do(ApproveResumption(bidder=A), as_(play.regulator, "somebody-else", "another-chief"))


def test_a_correction_is_not_confirmed_by_a_deputy_of_who_proposed_it(policy: Policy) -> None:
    play = played(policy, corrected)
    proposer = play.journal[-1].command.actor.person
    confirmation = ConfirmCorrection(correction="K-1", confirmed=True)
    play.refuses("same_person", confirmation, as_(play.platform, "deputy", proposer))
    play.do(confirmation, as_(play.platform, "deputy", "unconcerned"))


def test_a_path_that_comes_back_to_whom_it_began_with_is_no_path(policy: Policy) -> None:
    play = played(policy, deciding_fairness)
    play.refuses("delegation_cycle", FAIR, as_(play.lead, "a", "b", "a"))
    play.refuses("delegation_cycle", FAIR, as_(play.lead, "a", "a"))
