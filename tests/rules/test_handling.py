"""At whose desk a duty lies: claim, release, transfer, delegate; who is nudged, copied to, asked to sign."""

from datetime import date, timedelta

import pytest

from models.actor import Actor
from models.commands.anywhere import Reassign, Suspend
from models.commands.handling import (
    AddSigner,
    ClaimDuty,
    CopyTo,
    DelegateDuty,
    HandBackDuty,
    Nudge,
    ReleaseDuty,
    RemoveSigner,
    TransferDuty,
)
from models.commands.matching import VerifyEligibility
from models.commands.review import AskConsultation, GiveOpinion
from models.commands.trial import (
    ApproveResumption,
    ProposeResumption,
    RenewInsurance,
    ReportFix,
    SuspendTrial,
    TerminateTrial,
)
from models.deadline import Desk
from models.notification import NotificationKind, unit_mailbox
from models.policy import Closing, Policy, Quorum
from models.state import SceneState
from models.vocabulary import Credit, Mode, PanelPurpose, Position, Role
from rules.duties import duties
from rules.journal import fold
from rules.notifications import notifications
from tests.scenario import Play, document, free_unit, with_rules

ASK = AskConsultation(question="是否同意")
START = "consultation_start"


def another(actor: Actor, person: str, *behalf: str) -> Actor:
    return actor.model_copy(update={"person": person, "on_behalf_of": behalf})


def told(play: Play) -> set[tuple[NotificationKind, str]]:
    """Whom the newest entry told what."""
    entry = play.journal[-1]
    before = SceneState(scene=play.scene)
    for earlier in play.journal[:-1]:
        before = fold(before, earlier)
    return {(each.kind, each.recipient) for each in notifications(before, play.state, entry)}


def desk(play: Play, duty: str) -> Desk | None:
    return next(each.desk for each in duties(play.state) if each.deadline == duty)


@pytest.fixture
def play(policy: Policy) -> Play:
    return Play(policy).to_registered()


@pytest.fixture
def wang(play: Play) -> Actor:
    return another(play.lead, "wang")


@pytest.fixture
def li(play: Play) -> Actor:
    return another(play.lead, "li")


# claim and release


def test_a_duty_is_its_claimants_until_it_is_released(play: Play, wang: Actor, li: Actor) -> None:
    play.do(ClaimDuty(duty=START), wang)
    assert desk(play, START) == Desk(claimed_by="wang")
    assert play.refuses("claimed_by_another", ASK, li).details == {"duty": START, "person": "wang"}
    play.refuses("claimed_by_another", ClaimDuty(duty=START), li)
    play.do(ReleaseDuty(duty=START, reasons="出差"), wang)
    assert desk(play, START) is None
    play.do(ASK, li)
    assert play.state.step == "consultation"


def test_what_nobody_has_claimed_anybody_of_the_unit_does(play: Play, li: Actor) -> None:
    play.do(ASK, li)


def test_the_claimant_acts_and_a_substitute_on_the_claimants_behalf_too(play: Play, wang: Actor, li: Actor) -> None:
    play.do(ClaimDuty(duty=START), wang)
    play.fork().do(ASK, wang)
    play.do(ASK, another(li, "li", "wang"))


def test_a_colleague_can_release_what_lies_at_the_desk_of_somebody_who_is_ill(
    play: Play, wang: Actor, li: Actor
) -> None:
    play.do(ClaimDuty(duty=START), wang)
    (event,) = play.do(ReleaseDuty(duty=START, reasons="王因病请假"), li)
    assert event.model_dump(include={"person", "by"}) == {"person": "wang", "by": "li"}
    play.refuses("not_claimed", ReleaseDuty(duty=START, reasons="再退"), li)


def test_another_unit_neither_claims_nor_releases(play: Play, wang: Actor) -> None:
    stranger = play.cooperating(play.state.cooperating[0])
    play.refuses("not_your_deadline", ClaimDuty(duty=START), stranger)
    play.do(ClaimDuty(duty=START), wang)
    play.refuses("not_your_deadline", ReleaseDuty(duty=START, reasons="抢件"), stranger)
    play.refuses("unknown_deadline", ClaimDuty(duty="no-such-duty"), wang)


def test_a_claim_moves_no_date_and_a_new_duty_lies_open_to_all(play: Play, wang: Actor, li: Actor) -> None:
    due = {each.deadline: each.due_at for each in duties(play.state)}
    play.do(ClaimDuty(duty=START), wang)
    assert {each.deadline: each.due_at for each in duties(play.state)} == due
    play.do(ASK, wang)
    assert all(each.desk is None for each in duties(play.state))


def test_a_part_that_goes_to_another_unit_lies_at_nobodys_desk_there(play: Play, wang: Actor) -> None:
    lead = play.state.lead or ""
    play.do(ClaimDuty(duty=START), wang)
    to = free_unit(play)
    play.do(Reassign(part="lead", from_unit=lead, to_unit=to, reasons="机构调整"), play.group)
    assert desk(play, START) is None
    play.do(ASK, play.person(Role.LEAD, to, "zhao"))


def test_a_seat_on_a_panel_is_neither_claimed_nor_passed_on(policy: Policy) -> None:
    play = Play(policy).to_scoring("甲公司", "乙公司")
    play.seat_panel(PanelPurpose.SCORING)
    seat = next(each for each in duties(play.state) if each.holder.person is not None)
    owner_of_seat = play.person(Role.EXPERT, seat.holder.unit, seat.holder.person or "")
    play.refuses("not_permitted", ClaimDuty(duty=seat.deadline), owner_of_seat)
    play.refuses("duty_is_personal", ClaimDuty(duty=seat.deadline), play.lead)


def test_of_several_duties_alike_only_the_one_that_is_named_is_claimed(policy: Policy) -> None:
    play = Play(policy).to_consultation()
    first, second = play.state.cooperating[:2]
    play.do(ClaimDuty(duty=f"consultation/{first}"), another(play.cooperating(first), "qian"))
    play.refuses("claimed_by_another", GiveOpinion(position=Position.AGREE, text="同意"), play.cooperating(first))
    play.agree(second)


def claimed(play: Play, limit: str, actor: Actor) -> None:
    duty = next(each.deadline for each in duties(play.state) if each.limit == limit)
    play.do(ClaimDuty(duty=duty), actor)


def test_a_claim_holds_for_every_bid_that_the_duty_is_about(policy: Policy) -> None:
    play = Play(policy).to_eligibility("甲公司", "乙公司")
    claimed(play, "eligibility", another(play.lead, "sun"))
    act = VerifyEligibility(bidder="乙公司", eligible=True, credit=Credit.GOOD, commitment_signed=True, reasons="合格")
    play.refuses("claimed_by_another", act, play.lead)
    play.do(act, another(play.lead, "sun"))


def test_a_claim_stops_nobody_from_what_is_for_safety_or_takes_a_second_person(policy: Policy) -> None:
    play = Play(policy).to_running("甲公司")
    play.do(SuspendTrial(bidder="甲公司", reasons="异常"), play.regulator)
    claimed(play, "fix", another(play.bidder("甲公司"), "engineer"))
    renewal = RenewInsurance(bidder="甲公司", document=document("保单"), until=date(2031, 1, 1))
    play.do(renewal, play.bidder("甲公司"))
    play.refuses("claimed_by_another", ReportFix(bidder="甲公司", proof=document("证明")), play.bidder("甲公司"))
    play.do(ReportFix(bidder="甲公司", proof=document("证明")), another(play.bidder("甲公司"), "engineer"))
    claimed(play, "resumption", play.regulator)
    play.fork().do(TerminateTrial(bidder="甲公司", ground="safety", reasons="险情"), play.second_regulator)
    play.do(ProposeResumption(bidder="甲公司", reasons="已修"), play.regulator)
    play.do(ApproveResumption(bidder="甲公司"), play.second_regulator)


def test_a_claim_for_one_bidders_acceptance_leaves_another_bidders_alone(yancheng: Policy) -> None:
    play = Play(yancheng).to_acceptance("甲公司", "乙公司", winners=2, mode=Mode.HORSE_RACE)
    for bidder in ("甲公司", "乙公司"):
        play.apply(bidder)
    play.do(ClaimDuty(duty="acceptance_review/甲公司"), another(play.lead, "wang"))
    play.do(play.convene_act(PanelPurpose.ACCEPTANCE, "乙公司"), play.lead)


# transfer and delegation


def test_what_is_transferred_does_not_come_back(play: Play, wang: Actor, li: Actor) -> None:
    play.do(ClaimDuty(duty=START), wang)
    play.do(TransferDuty(duty=START, to="li", reasons="分工调整"), wang)
    assert desk(play, START) == Desk(claimed_by="li")
    play.refuses("claimed_by_another", ASK, wang)
    play.refuses("claimed_by_another", TransferDuty(duty=START, to="zhao", reasons="要回"), wang)
    play.do(ASK, li)


def test_what_is_delegated_comes_back_to_be_decided(play: Play, wang: Actor, li: Actor) -> None:
    play.do(ClaimDuty(duty=START), wang)
    play.do(DelegateDuty(duty=START, to="li", reasons="请拟稿"), wang)
    assert desk(play, START) == Desk(claimed_by="wang", delegated_to="li")
    assert play.refuses("delegated", ASK, wang).details["person"] == "li"
    play.refuses("claimed_by_another", ASK, li)
    play.refuses("claimed_by_another", DelegateDuty(duty=START, to="zhao", reasons="再委"), li)
    play.do(HandBackDuty(duty=START, note="已拟好"), li)
    assert desk(play, START) == Desk(claimed_by="wang")
    play.refuses("claimed_by_another", ASK, li)
    play.do(ASK, wang)


def test_who_delegated_can_call_it_back_and_nobody_else(play: Play, wang: Actor, li: Actor) -> None:
    play.refuses("not_claimed", DelegateDuty(duty=START, to="li", reasons="请拟稿"), wang)
    play.do(ClaimDuty(duty=START), wang)
    play.refuses("duty_not_delegated", HandBackDuty(duty=START, note="无"), wang)
    play.refuses("same_person", DelegateDuty(duty=START, to="wang", reasons="自己"), wang)
    play.do(DelegateDuty(duty=START, to="li", reasons="请拟稿"), wang)
    play.refuses("delegated", DelegateDuty(duty=START, to="zhao", reasons="再委"), wang)
    play.refuses("delegated", TransferDuty(duty=START, to="zhao", reasons="转出"), wang)
    play.refuses("delegated", HandBackDuty(duty=START, note="抢回"), another(wang, "zhao"))
    play.do(HandBackDuty(duty=START, note="改为自办"), wang)
    play.do(ASK, wang)


def test_an_authoritys_duty_does_not_lie_with_the_owners_or_a_bidders_people(policy: Policy) -> None:
    play = Play(policy).to_eligibility("甲公司", "乙公司")
    duty = next(each.deadline for each in duties(play.state) if "verify_eligibility" in each.verbs)
    for mallory in (play.owner.person, play.bidder("甲公司").person):
        play.refuses("handler_takes_sides", ClaimDuty(duty=duty), another(play.lead, mallory))
        play.refuses("handler_takes_sides", ClaimDuty(duty=duty), another(play.lead, "sun", mallory))
    play.do(ClaimDuty(duty=duty), another(play.lead, "sun"))
    for hand_on in (TransferDuty, DelegateDuty):
        play.refuses(
            "handler_takes_sides",
            hand_on(duty=duty, to=play.bidder("甲公司").person, reasons="代办"),
            another(play.lead, "sun"),
        )
    act = VerifyEligibility(bidder="甲公司", eligible=True, credit=Credit.GOOD, commitment_signed=True, reasons="合格")
    play.do(act, another(play.lead, "sun"))


# nudges and copies


def test_a_nudge_tells_the_holder_once_a_working_day(play: Play) -> None:
    play.do(Nudge(duty=START, note="请尽快"), play.platform)
    lead = unit_mailbox(play.policy.city, play.state.lead or "")
    assert told(play) == {(NotificationKind.NUDGE, lead)}
    again = play.refuses("nudged_already", Nudge(duty=START, note="再催"), play.owner)
    assert again.details["again"] == "2026-03-03"
    play.wait(timedelta(days=1))
    play.do(Nudge(duty=START, note="再催"), play.owner)


def test_nobody_nudges_themselves_or_what_stands_still(play: Play) -> None:
    play.refuses("own_duty", Nudge(duty=START, note="催"), play.lead)
    play.do(Suspend(reasons="安全检查"), play.group)
    play.refuses("duty_paused", Nudge(duty=START, note="催"), play.platform)


def test_a_copy_tells_units_and_gives_no_right(play: Play) -> None:
    lead, first = play.state.lead or "", play.state.cooperating[0]
    play.do(CopyTo(units=(first, play.owner_unit, first), note="请知悉"), play.lead)
    city = play.policy.city
    assert told(play) == {
        (NotificationKind.COPY, unit_mailbox(city, first)),
        (NotificationKind.COPY, unit_mailbox(city, play.owner_unit)),
    }
    play.refuses("unknown_unit", CopyTo(units=("没有的单位",), note="请知悉"), play.lead)
    play.refuses("same_part", CopyTo(units=(lead,), note="请知悉"), play.lead)
    play.refuses("not_permitted", ASK, play.cooperating(first))


# signers


def outsider(play: Play) -> str:
    offices = play.policy.offices
    inside = {
        play.state.lead, *play.state.cooperating, play.owner_unit, offices.platform_office, offices.payer,
        offices.complaint_supervisor, offices.leading_group,
    }  # fmt: skip
    return next(each.name for each in play.policy.units if each.name not in inside)


def test_a_department_that_is_added_is_asked_with_its_own_full_time(policy: Policy) -> None:
    play = Play(with_rules(policy, "consultation", closes=Closing.WHEN_ANSWERED)).to_consultation()
    first = play.state.cooperating[0]
    play.wait(timedelta(days=2))
    added = outsider(play)
    play.do(AddSigner(unit=added, reasons="涉及其职责"), play.lead)
    asked = {each.holder.unit: each for each in duties(play.state) if each.limit == "consultation"}
    assert asked[added].due_on > asked[first].due_on
    for unit in play.state.cooperating:
        play.agree(unit)
    assert play.state.step == "fair_competition"
    assert added in play.state.cooperating


def test_who_cannot_be_added(policy: Policy) -> None:
    play = Play(policy).to_registered()
    play.refuses("wrong_step", AddSigner(unit=outsider(play), reasons="早了"), play.lead)
    play.ask_consultation()
    play.refuses("unknown_unit", AddSigner(unit="没有的单位", reasons="误"), play.lead)
    play.refuses("same_part", AddSigner(unit=play.state.cooperating[0], reasons="误"), play.lead)
    play.refuses("same_part", AddSigner(unit=play.state.lead or "", reasons="误"), play.lead)
    play.refuses("drafter_decides", AddSigner(unit=outsider(play), reasons="加"), another(play.lead, play.owner.person))


def test_nobody_is_added_who_could_outweigh_what_was_said_already(policy: Policy) -> None:
    play = Play(with_rules(policy, "consultation", closes=Closing.WHEN_ANSWERED)).to_consultation()
    play.agree(play.state.cooperating[0], Position.OBJECT)
    play.refuses("opinions_in", AddSigner(unit=outsider(play), reasons="加"), play.lead)


def test_no_office_that_judges_later_signs(policy: Policy) -> None:
    play = Play(policy).to_consultation()
    offices = policy.offices
    for unit in (offices.platform_office, offices.complaint_supervisor, offices.payer, offices.leading_group):
        if unit not in (play.state.lead, *play.state.cooperating):
            play.refuses("no_signer", AddSigner(unit=unit, reasons="加"), play.lead)


def test_a_department_that_has_not_answered_can_be_left_out_and_the_round_goes_on_without_it(policy: Policy) -> None:
    play = Play(with_rules(policy, "consultation", closes=Closing.WHEN_ANSWERED)).to_consultation()
    *others, last = play.state.cooperating
    play.refuses("not_asked", RemoveSigner(unit=outsider(play), reasons="误"), play.platform)
    for unit in others:
        play.agree(unit)
    play.refuses("opinion_already_given", RemoveSigner(unit=others[0], reasons="不便"), play.platform)
    play.do(RemoveSigner(unit=last, reasons="职责无关"), play.platform)
    assert play.state.step == "fair_competition"
    assert last not in play.state.cooperating
    assert (NotificationKind.DUTY_OVER, unit_mailbox(play.policy.city, last)) in told(play)


def test_an_objection_does_not_go_away_by_leaving_others_out(policy: Policy) -> None:
    rules = {"closes": Closing.WHEN_ANSWERED, "quorum": Quorum(rule="all")}
    play = Play(with_rules(policy, "consultation", **rules)).to_consultation()
    first, *others = play.state.cooperating
    play.agree(first, Position.OBJECT)
    for unit in others:
        play.do(RemoveSigner(unit=unit, reasons="职责无关"), play.platform)
    assert play.state.step == "deadlock"


def test_who_has_a_veto_is_never_left_out_and_the_lead_leaves_nobody_out(policy: Policy) -> None:
    units = Play(policy).to_registered().state.cooperating
    play = Play(with_rules(policy, "consultation", veto=False, vetoers=(units[-1],))).to_consultation()
    play.refuses("signer_has_veto", RemoveSigner(unit=units[-1], reasons="职责无关"), play.platform)
    play.refuses("not_permitted", RemoveSigner(unit=units[0], reasons="职责无关"), play.lead)


def test_the_only_one_who_is_asked_stays(policy: Policy) -> None:
    play = Play(with_rules(policy, "consultation", closes=Closing.WHEN_ANSWERED)).to_consultation()
    for unit in play.state.cooperating[1:]:
        play.do(RemoveSigner(unit=unit, reasons="职责无关"), play.platform)
    play.refuses("last_signer", RemoveSigner(unit=play.state.cooperating[0], reasons="职责无关"), play.platform)
