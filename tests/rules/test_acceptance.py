"""Acceptance: applied for, reviewed by a panel and the departments, concluded; conditional, repeated, failed."""

import pytest

from models.commands.acceptance import (
    AskFaultTolerance,
    GiveAcceptanceOpinion,
    RecordRefund,
    SignAcceptanceOpinion,
    SubmitRectification,
)
from models.commands.anywhere import AnswerWithdrawal, Appeal, DecideAppeal, Withdraw
from models.commands.review import (
    AnswerObjection,
    DecideComplaint,
    FileComplaint,
    PanelMember,
    RaiseObjection,
)
from models.commands.trial import ProveRollback, TerminateTrial
from models.deadline import DeadlineStatus
from models.events.clock import DeadlineMet
from models.policy import Policy
from models.vocabulary import Mode, NoticeAbout, Outcome, PanelPurpose, Position, Role
from tests.scenario import Play, document

A, B, C = "甲公司", "乙公司", "丙公司"


@pytest.fixture
def applying(yancheng: Policy) -> Play:
    return Play(yancheng).to_acceptance(A)


@pytest.fixture
def reviewing(applying: Play) -> Play:
    applying.apply(A)
    return applying


@pytest.fixture
def reviewed(reviewing: Play) -> Play:
    """The panel has spoken for it, and its intellectual property was looked at."""
    reviewing.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    reviewing.do(reviewing.ip_act(A), reviewing.bureau)
    return reviewing


@pytest.fixture
def failed(reviewed: Play) -> Play:
    reviewed.conclude(A, "failed")
    return reviewed


def step(play: Play, bidder: str = A) -> str:
    return next(each.step for each in play.state.acceptances if each.bidder == bidder)


def ids(play: Play) -> set[str]:
    return {deadline.id for deadline in play.state.deadlines}


def opinion(bidder: str = A, position: Position = Position.AGREE) -> GiveAcceptanceOpinion:
    return GiveAcceptanceOpinion(bidder=bidder, position=position, text="意见")


def objection(bidder: str = A) -> RaiseObjection:
    return RaiseObjection(
        about=NoticeAbout.ACCEPTANCE, bidder=bidder, real_name=True, text="数据有误", document=document("异议书")
    )


# application and opinions


def test_who_does_not_apply_in_time_has_lost_the_acceptance(applying: Play) -> None:
    applying.pass_limit(f"acceptance_application/{A}")
    assert (step(applying), applying.state.step, applying.state.outcome) == ("lapsed", "closed", Outcome.FAILED)


def test_owner_regulator_and_cooperating_departments_are_each_asked_once(policy: Policy) -> None:
    play = Play(policy).to_acceptance(A)
    play.apply(A)
    asked = {each.id.rsplit("/", 1)[1] for each in play.state.deadlines if each.verbs == ("give_acceptance_opinion",)}
    bureau = {play.bureau.unit} - {play.state.lead}
    assert asked == {play.owner_unit, play.state.regulator, *play.state.cooperating, *bureau}
    for unit in play.state.cooperating:
        play.acceptance_opinion(A, play.cooperating(unit))
    for actor in (play.owner, play.regulator, play.bureau):
        if actor.unit not in (play.state.lead, *play.state.cooperating):
            play.acceptance_opinion(A, actor)
    assert ids(play) == {f"acceptance_review/{A}"}
    play.refuses("opinion_already_given", opinion(), play.owner)


def test_opinions_advise_and_do_not_decide(reviewed: Play) -> None:
    reviewed.do(opinion(position=Position.OBJECT), reviewed.owner)
    reviewed.do(opinion(position=Position.OBJECT), reviewed.regulator)
    reviewed.conclude(A, over_objections="已逐一复核")
    assert step(reviewed) == "concluded"


def test_nothing_is_concluded_before_everybody_was_heard(reviewed: Play) -> None:
    reviewed.sign_all(A)
    for verdict in ("passed", "failed", "retrial"):
        no = reviewed.refuses("opinions_missing", reviewed.conclude_act(A, verdict), reviewed.lead)
        assert reviewed.owner_unit in no.details["units"]
        assert no.details["until"] == str(reviewed.deadline(f"acceptance_opinion/{A}/{reviewed.owner_unit}").due_on)
    reviewed.hear_all(A)
    reviewed.do(reviewed.conclude_act(A), reviewed.lead)


def test_who_lets_the_time_go_by_is_on_record_as_silent_and_holds_nothing_up(reviewed: Play) -> None:
    reviewed.sign_all(A)
    reviewed.do(opinion(), reviewed.regulator)
    reviewed.pass_limit(f"acceptance_opinion/{A}/{reviewed.owner_unit}")
    acceptance = reviewed.state.acceptances[0]
    assert reviewed.owner_unit in acceptance.silent
    assert reviewed.state.regulator not in acceptance.silent
    reviewed.do(reviewed.conclude_act(A), reviewed.lead)
    assert step(reviewed) == "concluded"


def test_there_is_time_to_conclude_after_the_last_silence(policy: Policy) -> None:
    assert policy.limits.acceptance_opinion.period.length < policy.limits.acceptance_review.period.length


# the signed opinion


def sign(title: str = "验收意见书", dissent: str | None = None) -> SignAcceptanceOpinion:
    return SignAcceptanceOpinion(bidder=A, document=document(title), dissent=dissent)


def test_nothing_is_concluded_on_a_text_that_not_every_member_signed(reviewed: Play) -> None:
    reviewed.hear_all(A)
    first, *others = [play_seat.person for play_seat in reviewed.state.panels[-1].seats]
    for person in others:
        reviewed.do(sign(), reviewed.person(Role.EXPERT, "高校", person))
    no = reviewed.refuses("opinion_unsigned", reviewed.conclude_act(A), reviewed.lead)
    assert no.details["missing"] == "1"
    member = reviewed.person(Role.EXPERT, "高校", first)
    reviewed.do(sign("另一份意见书"), member)
    reviewed.refuses("opinion_unsigned", reviewed.conclude_act(A), reviewed.lead)
    reviewed.do(sign(dissent="样本不足"), member)
    reviewed.do(reviewed.conclude_act(A), reviewed.lead)
    signatures = reviewed.state.acceptances[0].signatures
    assert [each.person for each in signatures if each.dissents] == [first]


def test_only_members_sign_each_once_and_nobody_for_them(reviewed: Play) -> None:
    person = reviewed.state.panels[-1].seats[0].person
    member = reviewed.person(Role.EXPERT, "高校", person)
    reviewed.refuses("not_on_panel", sign(), reviewed.expert(99))
    reviewed.refuses("seat_is_personal", sign(), member.model_copy(update={"on_behalf_of": ("expert-99",)}))
    reviewed.do(sign(), member)
    reviewed.refuses("opinion_signed_already", sign(), member)


def test_a_member_owes_the_review_until_they_have_spoken_and_signed(reviewing: Play) -> None:
    first, *others = reviewing.seat_panel(PanelPurpose.ACCEPTANCE, A)
    member, duty = reviewing.expert(first), f"acceptance_review/{A}/expert-{first}"
    reviewing.refuses("sign_before_opinion", sign(), member)
    reviewing.do(reviewing.recommend_act(A), member)
    assert duty in ids(reviewing)
    reviewing.do(sign("旧稿"), member)
    assert duty in ids(reviewing), "it is not known yet which text is concluded"
    reviewing.do(sign(), member)
    for other in others:
        reviewing.do(reviewing.recommend_act(A), reviewing.expert(other))
    assert DeadlineMet(id=duty, late=False) in reviewing.conclude(A)


def test_a_review_that_begins_anew_is_signed_anew(reviewed: Play) -> None:
    reviewed.conclude(A, "conditional", conditions=("补充",))
    reviewed.do(SubmitRectification(bidder=A, documents=(document("整改报告"),)), reviewed.bidder(A))
    acceptance = reviewed.state.acceptances[0]
    assert (acceptance.signatures, acceptance.opinions, acceptance.silent) == ((), (), ())


def test_an_opinion_that_was_not_given_ends_with_the_review(reviewed: Play) -> None:
    reviewed.pass_limit(f"acceptance_opinion/{A}/{reviewed.owner_unit}")
    reviewed.conclude(A)
    assert ids(reviewed) == {f"notice_publication/{A}"}
    reviewed.refuses("wrong_bidder_step", opinion(), reviewed.owner)


# the panel


def test_who_sat_on_an_earlier_panel_may_fill_a_third_of_the_seats(reviewing: Play) -> None:
    before = [PanelMember(person=f"expert-{n}", unit=f"高校{n}") for n in (1, 2, 3)]
    fresh = [PanelMember(person=f"expert-{n}", unit=f"高校{n}") for n in range(51, 60)]
    act = reviewing.panel_act(PanelPurpose.ACCEPTANCE, A)
    two_of_five = act.model_copy(update={"members": (*before[:2], *fresh[:3])})
    assert reviewing.refuses("panel_overlap", two_of_five, reviewing.lead).details["overlap"] == "2/5"
    one_of_five = act.model_copy(update={"members": (*before[:1], *fresh[:4])})
    reviewing.do(one_of_five, reviewing.lead)
    three_of_nine = act.model_copy(update={"members": (*before, *fresh[:6])})
    reviewing.do(three_of_nine, reviewing.lead)
    assert sum("give_expert_opinion" in deadline.verbs for deadline in reviewing.state.deadlines) == 9


def test_in_a_race_one_panel_may_accept_both_results(yancheng: Policy) -> None:
    race = Play(yancheng).to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
    for bidder in (A, B):
        race.apply(bidder)
        race.experts_recommend(PanelPurpose.ACCEPTANCE, bidder)
        race.conclude(bidder)
    assert (step(race, A), step(race, B)) == ("concluded", "concluded")


@pytest.mark.parametrize("unit", [A, "城市运营公司"])
def test_nobody_accepts_the_work_of_their_own_unit_or_the_owners(reviewing: Play, unit: str) -> None:
    act = reviewing.panel_act(PanelPurpose.ACCEPTANCE, A, unit=unit)
    reviewing.refuses("panel_conflict", act, reviewing.lead)


def test_nobody_accepts_the_work_of_a_consortium_that_their_unit_is_in(yancheng: Policy) -> None:
    play = Play(yancheng, consortium=("研究院",)).to_acceptance(A)
    play.apply(A)
    act = play.panel_act(PanelPurpose.ACCEPTANCE, A, unit="研究院")
    play.refuses("panel_conflict", act, play.lead)


def test_a_panel_is_convened_for_a_bidder_whose_result_is_under_review(reviewing: Play) -> None:
    reviewing.refuses("unknown_bidder", reviewing.panel_act(PanelPurpose.ACCEPTANCE, B), reviewing.lead)
    reviewing.refuses("wrong_step", reviewing.panel_act(PanelPurpose.ACCEPTANCE), reviewing.lead)


def test_nothing_is_concluded_before_the_whole_panel_has_spoken(reviewing: Play) -> None:
    conclude = reviewing.conclude_act(A, "failed")
    reviewing.refuses("no_panel", conclude, reviewing.lead)
    first, *others = reviewing.seat_panel(PanelPurpose.ACCEPTANCE, A)
    for number in others:
        reviewing.do(reviewing.recommend_act(A), reviewing.expert(number))
    assert reviewing.refuses("panel_incomplete", conclude, reviewing.lead).details["missing"] == "1"
    reviewing.refuses("not_on_panel", reviewing.recommend_act(A), reviewing.expert(99))
    reviewing.refuses("already_reviewed", reviewing.recommend_act(A), reviewing.expert(others[0]))
    reviewing.do(reviewing.recommend_act(A), reviewing.expert(first))
    reviewing.conclude(A, "failed")


def test_a_result_that_the_panel_did_not_recommend_is_not_accepted(reviewing: Play) -> None:
    reviewing.experts_recommend(PanelPurpose.ACCEPTANCE, A, no=2)
    no = reviewing.refuses("panel_not_for", reviewing.conclude_act(A, "passed"), reviewing.lead)
    assert (no.details["yes"], no.details["needed"]) == ("3", "4")
    reviewing.conclude(A, "failed")


@pytest.mark.parametrize(("contract_yuan", "defence"), [(999_999, False), (1_000_000, True)])
def test_from_a_million_on_there_is_a_defence_and_a_site_visit(
    yancheng: Policy, contract_yuan: int, defence: bool
) -> None:
    play = Play(yancheng, budget_yuan=2_000_000, contract_yuan=contract_yuan).to_acceptance(A)
    play.apply(A)
    assert play.state.acceptances[0].by_defence is defence
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    if not defence:
        play.conclude(A, defence=None, visit=None)
        assert step(play) == "concluded"
        return
    for lacks in ({"defence": None}, {"visit": None}, {"defence": None, "visit": None, "site_visit": True}):
        play.refuses("defence_needed", play.conclude_act(A, **lacks), play.lead)
    play.conclude(A)
    assert step(play) == "concluded"


# passed


def test_a_passed_result_is_noticed_and_then_stands(reviewed: Play) -> None:
    reviewed.conclude(A)
    reviewed.publish(NoticeAbout.ACCEPTANCE, A)
    assert (step(reviewed), reviewed.state.step) == ("noticed", "acceptance")
    reviewed.pass_limit(f"public_notice/{A}")
    assert (step(reviewed), reviewed.state.step) == ("passed", "candidate")


def test_a_city_may_do_without_the_notice(yancheng: Policy) -> None:
    play = Play(yancheng.model_copy(update={"steps_off": ("acceptance_notice",)})).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    play.conclude(A)
    assert (step(play), play.state.step) == ("passed", "candidate")


@pytest.fixture
def noticed(reviewed: Play) -> Play:
    reviewed.conclude(A)
    reviewed.publish(NoticeAbout.ACCEPTANCE, A)
    return reviewed


def raise_objection(play: Play) -> str:
    play.do(objection(), play.person(Role.PUBLIC, "市民", "citizen-1"))
    return play.state.objections[-1].id


def test_an_open_objection_freezes_the_acceptance_until_it_is_answered(noticed: Play) -> None:
    id = raise_objection(noticed)
    noticed.pass_limit(f"public_notice/{A}")
    assert step(noticed) == "noticed"
    noticed.do(AnswerObjection(objection=id, upheld=False, text="不成立"), noticed.platform)
    assert (step(noticed), noticed.state.step) == ("passed", "candidate")


def test_an_objection_answered_while_the_notice_stands_leaves_it_standing(noticed: Play) -> None:
    id = raise_objection(noticed)
    noticed.do(AnswerObjection(objection=id, upheld=False, text="不成立"), noticed.platform)
    assert step(noticed) == "noticed"
    noticed.pass_limit(f"public_notice/{A}")
    assert step(noticed) == "passed"


def test_a_complaint_freezes_it_again_until_the_supervisor_decides(noticed: Play) -> None:
    id = raise_objection(noticed)
    noticed.do(AnswerObjection(objection=id, upheld=False, text="不成立"), noticed.platform)
    noticed.do(FileComplaint(objection=id, text="不服"), noticed.person(Role.PUBLIC, "市民", "citizen-1"))
    noticed.pass_limit(f"public_notice/{A}")
    assert step(noticed) == "noticed"
    noticed.do(DecideComplaint(objection=id, upheld=False, text="驳回"), noticed.supervisor)
    assert (step(noticed), noticed.state.step) == ("passed", "candidate")


def test_an_upheld_objection_begins_the_review_anew_with_fresh_opinions_and_a_fresh_panel(noticed: Play) -> None:
    id = raise_objection(noticed)
    noticed.do(AnswerObjection(objection=id, upheld=True, text="成立"), noticed.platform)
    assert step(noticed) == "reviewing"
    assert f"acceptance_opinion/{A}/{noticed.owner_unit}" in ids(noticed)
    noticed.do(opinion(), noticed.owner)
    noticed.refuses("no_panel", noticed.conclude_act(A), noticed.lead)
    noticed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    noticed.conclude(A)
    noticed.publish(NoticeAbout.ACCEPTANCE, A)
    noticed.pass_limit(f"public_notice/{A}")
    assert noticed.state.step == "candidate"


# conditional


def test_a_conditional_result_names_its_conditions_and_is_rectified_once(reviewed: Play) -> None:
    reviewed.refuses("conditions_missing", reviewed.conclude_act(A, "conditional"), reviewed.lead)
    reviewed.conclude(A, "conditional", conditions=("补充测试数据",))
    assert step(reviewed) == "rectifying"
    assert ids(reviewed) == {f"rectification/{A}"}
    reviewed.do(SubmitRectification(bidder=A, documents=(document("整改报告"),)), reviewed.bidder(A))
    assert step(reviewed) == "reviewing"
    reviewed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    again = reviewed.conclude_act(A, "conditional", conditions=("再补",))
    reviewed.refuses("rectified_already", again, reviewed.lead)
    reviewed.conclude(A)
    assert step(reviewed) == "concluded"


def test_a_rectification_that_was_not_submitted_in_time_is_a_failure_with_its_remedies(reviewed: Play) -> None:
    reviewed.conclude(A, "conditional", conditions=("补充测试数据",))
    reviewed.pass_limit(f"rectification/{A}")
    assert step(reviewed) == "failed"
    assert f"refund/{A}" in ids(reviewed)
    (decision,) = reviewed.state.decisions
    assert (decision.against, decision.by) == (A, "system")


def test_a_rectification_that_was_asked_for_counts_also_where_it_never_came(reviewed: Play) -> None:
    reviewed.conclude(A, "conditional", conditions=("补充",))
    reviewed.pass_limit(f"rectification/{A}")
    reviewed.win_appeal()
    reviewed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    reviewed.hear_all(A)
    reviewed.sign_all(A)
    again = reviewed.conclude_act(A, "conditional", conditions=("再补充",))
    reviewed.refuses("rectified_already", again, reviewed.lead)
    reviewed.do(reviewed.conclude_act(A), reviewed.lead)


# repeated


def test_a_trial_is_repeated_once_and_finds_its_whole_way_back(reviewed: Play) -> None:
    reviewed.conclude(A, "retrial")
    assert (step(reviewed), reviewed.state.step, reviewed.state.trials[0].attempt) == ("retrial", "trial", 2)
    reviewed.start(A)
    reviewed.end_trial(A)
    assert (step(reviewed), reviewed.state.step) == ("applying", "acceptance")
    reviewed.apply(A)
    reviewed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    reviewed.refuses("retried_already", reviewed.conclude_act(A, "retrial"), reviewed.lead)
    reviewed.conclude(A)
    reviewed.publish(NoticeAbout.ACCEPTANCE, A)
    reviewed.pass_limit(f"public_notice/{A}")
    assert reviewed.state.step == "candidate"


@pytest.mark.parametrize("ending", ["unfit", "terminated", "refused"])
def test_a_repeated_trial_that_did_not_end_well_leaves_nothing_to_accept(reviewed: Play, ending: str) -> None:
    reviewed.conclude(A, "retrial")
    if ending == "refused":
        reviewed.refuse_trial(A)
    else:
        reviewed.start(A)
    if ending == "unfit":
        reviewed.end_trial(A, fit=False)
    if ending == "terminated":
        reviewed.do(TerminateTrial(bidder=A, ground="safety", reasons="事故"), reviewed.regulator)
        reviewed.do(ProveRollback(bidder=A, proof=document("恢复证明")), reviewed.bidder(A))
    assert (step(reviewed), reviewed.state.outcome) == ("lapsed", Outcome.FAILED)
    assert reviewed.state.step == "remedies"


@pytest.mark.parametrize("ending", ["unfit", "refused"])
def test_an_appeal_that_revives_a_repeated_trial_revives_its_acceptance(reviewed: Play, ending: str) -> None:
    reviewed.conclude(A, "retrial")
    if ending == "refused":
        reviewed.refuse_trial(A)
    else:
        reviewed.start(A)
        reviewed.end_trial(A, fit=False)
    reviewed.win_appeal()
    assert reviewed.state.step == "trial"
    if ending == "refused":
        reviewed.start(A)
        reviewed.end_trial(A)
    else:
        reviewed.conclude_exit(A)
    assert (step(reviewed), reviewed.state.step) == ("applying", "acceptance")
    reviewed.accept(A)
    assert reviewed.state.step == "candidate"


# failed


def test_a_failed_result_leaves_a_refund_due_and_a_decision_to_serve(failed: Play) -> None:
    assert step(failed) == "failed"
    decision = failed.state.decisions[0].sequence
    assert ids(failed) == {f"refund/{A}", f"service/{decision}"}
    failed.pass_limit(f"refund/{A}")
    assert failed.deadline(f"refund/{A}").status is DeadlineStatus.OVERDUE
    failed.refund(A)
    assert (step(failed), failed.state.step, failed.state.outcome) == ("settled", "remedies", Outcome.FAILED)
    assert failed.state.acceptances[0].refunded_yuan == 0
    failed.serve(decision)
    failed.pass_limit(f"appeal_window/{decision}")
    assert (failed.state.step, failed.state.outcome) == ("closed", Outcome.FAILED)


def refund(amount: int) -> RecordRefund:
    return RecordRefund(bidder=A, amount_yuan=amount, proof=document("退款凭证"))


def test_fault_tolerance_is_found_by_another_person_before_the_refund_is_settled(failed: Play) -> None:
    finding = failed.tolerance_act(A)
    failed.refuses("fault_tolerance_not_asked", finding, failed.group)
    failed.do(AskFaultTolerance(bidder=A, grounds="已尽职"), failed.bidder(A))
    failed.refuses("fault_tolerance_already", AskFaultTolerance(bidder=A, grounds="已尽职"), failed.owner)
    failed.refuses("refund_pending_finding", refund(0), failed.bidder(A))
    who_concluded = failed.group.model_copy(update={"person": failed.lead.person})
    failed.refuses("decided_before", finding, who_concluded)
    failed.do(finding, failed.group)
    failed.refuses("fault_tolerance_already", finding, failed.office(Role.LEADING_GROUP, "another"))
    failed.do(refund(0), failed.bidder(A))
    assert step(failed) == "settled"
    assert failed.state.acceptances[0].fault_tolerated is True


def test_an_upheld_appeal_reviews_the_result_anew(failed: Play) -> None:
    failed.do(AskFaultTolerance(bidder=A, grounds="已尽职"), failed.bidder(A))
    failed.win_appeal()
    assert (step(failed), failed.state.step) == ("reviewing", "acceptance")
    failed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    failed.conclude(A, "failed")
    failed.do(AskFaultTolerance(bidder=A, grounds="已尽职"), failed.bidder(A))


def test_an_appeal_upheld_after_the_refund_reviews_the_result_as_well(failed: Play) -> None:
    failed.refund(A)
    failed.win_appeal()
    assert (step(failed), failed.state.step, failed.state.outcome) == ("reviewing", "acceptance", None)
    failed.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    failed.conclude(A)
    failed.publish(NoticeAbout.ACCEPTANCE, A)
    failed.pass_limit(f"public_notice/{A}")
    assert failed.state.step == "candidate"


def test_a_dismissed_appeal_lets_the_failure_stand(failed: Play) -> None:
    failed.refund(A)
    decision = failed.state.decisions[0].sequence
    failed.serve(decision)
    failed.do(Appeal(decision=decision, grounds="不服"), failed.bidder(A))
    failed.do(DecideAppeal(decision=decision, upheld=False, reasons="驳回"), failed.supervisor)
    assert (failed.state.step, failed.state.outcome) == ("closed", Outcome.FAILED)


# several bidders


def test_bidders_with_different_ends_and_one_success_lead_to_promotion(chongqing: Policy) -> None:
    race = Play(chongqing).to_acceptance(A, B, C, winners=3, mode=Mode.HORSE_RACE)
    race.accept(A)
    race.apply(B)
    race.experts_recommend(PanelPurpose.ACCEPTANCE, B, no=3)
    race.conclude(B, "failed")
    race.refund(B)
    assert race.state.step == "acceptance", "C may still apply"
    race.pass_limit(f"acceptance_application/{C}")
    assert (step(race, A), step(race, B), step(race, C)) == ("passed", "settled", "lapsed")
    assert race.state.step == "candidate"


def test_where_every_bidder_fails_the_scene_has_failed(yancheng: Policy) -> None:
    race = Play(yancheng).to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.apply(A)
    race.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    race.conclude(A, "failed")
    race.refund(A)
    race.pass_limit(f"acceptance_application/{B}")
    assert (race.state.step, race.state.outcome) == ("remedies", Outcome.FAILED)


def test_a_retrial_of_one_brings_the_scene_back_and_the_other_goes_on(yancheng: Policy) -> None:
    race = Play(yancheng).to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.retrial(A)
    assert race.state.step == "trial"
    race.accept(B)
    assert (step(race, B), race.state.step) == ("passed", "trial")
    id = f"trial_plan/{A}"
    assert id in ids(race)
    race.start(A)
    race.end_trial(A, fit=False)
    assert race.state.step == "candidate"


def test_an_objection_to_one_bidders_notice_is_answered_while_the_other_is_in_trial(yancheng: Policy) -> None:
    race = Play(yancheng).to_running(A, B, winners=2, mode=Mode.HORSE_RACE)
    race.end_trial(A)
    race.apply(A)
    race.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    race.conclude(A)
    race.publish(NoticeAbout.ACCEPTANCE, A)
    assert race.state.step == "trial"
    race.do(objection(A), race.person(Role.PUBLIC, "市民", "citizen-1"))
    race.do(AnswerObjection(objection=race.state.objections[0].id, upheld=True, text="成立"), race.platform)
    assert step(race, A) == "reviewing"


# withdrawal


@pytest.mark.parametrize("at", ["applying", "reviewing", "rectifying", "concluded", "noticed"])
def test_the_only_bidder_who_withdraws_by_agreement_ends_the_scene_as_withdrawn(applying: Play, at: str) -> None:
    if at != "applying":
        applying.apply(A)
    if at in ("rectifying", "concluded", "noticed"):
        applying.experts_recommend(PanelPurpose.ACCEPTANCE, A)
        applying.conclude(A, "conditional" if at == "rectifying" else "passed", conditions=("补充",))
    if at == "noticed":
        applying.publish(NoticeAbout.ACCEPTANCE, A)
    assert step(applying) == at
    applying.do(Withdraw(reasons="放弃"), applying.bidder(A))
    applying.do(AnswerWithdrawal(agreed=True, reasons="同意"), applying.owner)
    assert (step(applying), applying.state.step, applying.state.outcome) == ("withdrawn", "closed", Outcome.WITHDRAWN)
