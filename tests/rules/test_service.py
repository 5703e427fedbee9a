"""Service (送达): a clock that the policy lets run from it waits until it is proven, and official documents."""

from datetime import date, timedelta

import pytest

from models.commands import Act
from models.commands.anywhere import (
    Appeal,
    Override,
    RecordService,
    Resume,
    ReturnForCorrection,
    Suspend,
    Terminate,
)
from models.commands.review import AnswerObjection, FileComplaint, RaiseObjection
from models.commands.solicitation import AcceptFiling, AnswerSupplement, RequestSupplement
from models.commands.trial import EndInclusionEarly, FirstFault, RecordFault, VerifyCorrection
from models.deadline import DeadlineStatus, Holder
from models.events.anywhere import DocumentIssued, NoticeServed, ServiceAwaited, ServiceDropped
from models.events.clock import DeadlineCancelled, DeadlineMet, DeadlineSet
from models.notification import NotificationKind, unit_mailbox
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Mode, NoticeAbout, Outcome, PanelPurpose, Role, RunsFrom
from rules.calendar import shift_workdays
from rules.journal import fold
from rules.notifications import notifications
from rules.policy_check import FROM_SERVICE, contradictions
from tests.scenario import Play, document, with_limit, with_rules

A, B = "甲公司", "乙公司"
ASK = RequestSupplement(items=("资金证明",))
ANSWER = AnswerSupplement(documents=(document("资金证明"),))


@pytest.fixture
def asked(policy: Policy) -> Play:
    """The platform office has asked for more, in any of the cities."""
    play = Play(policy)
    play.submit()
    play.do(ASK, play.platform)
    return play


def service(play: Play, entry: int, on: date | None = None) -> RecordService:
    return RecordService(entry=entry, how="post", served_on=on or play.today, to="收件人", proof=document("回证"))


def ids(play: Play) -> list[str]:
    return [each.id for each in play.state.deadlines]


# the clock waits


def test_a_notice_that_is_not_served_yet_starts_no_clock_and_gives_the_office_a_duty(asked: Play) -> None:
    assert (asked.state.step, ids(asked)) == ("supplement", ["service/2"])
    duty = asked.deadline("service/2")
    assert duty.holder == asked.holder(Role.PLATFORM_OFFICE)
    (awaited,) = asked.state.services
    assert (awaited.id, awaited.entry, awaited.to) == ("supplement", 2, asked.holder(Role.OWNER))
    assert ServiceAwaited(awaited=awaited) in asked.journal[-1].events


def test_the_time_runs_from_the_day_of_service_whenever_it_is_entered(asked: Play) -> None:
    asked.wait(timedelta(days=3))
    served_on = asked.today
    asked.wait(timedelta(days=2))
    events = asked.do(service(asked, 2, served_on), asked.platform)
    assert NoticeServed(entry=2, served_on=served_on, proof=document("回证").sha256) in events
    assert DeadlineMet(id="service/2", late=False) in events
    clock = asked.deadline("supplement")
    assert clock.due_on == shift_workdays(asked.policy.calendar, served_on, 10)
    assert (clock.counted_from, clock.holder, clock.started_by) == (served_on, asked.holder(Role.OWNER), 3)
    assert ids(asked) == ["supplement"]
    assert asked.state.services == ()


def test_silence_before_the_service_has_no_consequence_and_after_it_the_usual_one(asked: Play) -> None:
    asked.wait(timedelta(days=60))
    assert asked.state.step == "supplement"
    assert asked.deadline("service/2").status is DeadlineStatus.OVERDUE
    asked.serve_notices()
    asked.pass_limit("supplement")
    assert (asked.state.step, asked.state.outcome) == ("closed", Outcome.WITHDRAWN)


def test_who_answers_before_the_service_was_entered_needs_none(asked: Play) -> None:
    events = asked.do(ANSWER, asked.owner)
    assert ServiceDropped(id="supplement") in events
    assert DeadlineCancelled(id="service/2", because="answer_supplement") in events
    assert (asked.state.step, asked.state.services) == ("submitted", ())
    asked.refuses("nothing_to_serve", service(asked, 2), asked.platform)


def test_a_service_is_entered_once_for_an_entry_that_waits_for_one(asked: Play) -> None:
    no = asked.refuses("nothing_to_serve", service(asked, 1), asked.platform)
    assert no.details["known"] == "2"
    asked.refuses("served_in_future", service(asked, 2, asked.today + timedelta(days=1)), asked.platform)
    asked.refuses("served_before_decision", service(asked, 2, asked.today - timedelta(days=1)), asked.platform)
    asked.refuses("not_permitted", service(asked, 2), asked.owner)
    asked.do(service(asked, 2), asked.platform)
    asked.refuses("nothing_to_serve", service(asked, 2), asked.platform)


def test_two_who_enter_the_same_service_at_once_do_it_once(asked: Play) -> None:
    seen = asked.state.sequence
    asked.do(service(asked, 2), asked.platform)
    asked.refuses("stale", service(asked, 2), asked.platform, seen=seen)


def test_a_city_may_let_the_time_run_from_the_act(policy: Policy) -> None:
    play = Play(with_limit(policy, "supplement", runs_from=RunsFrom.ACT))
    play.submit()
    play.do(ASK, play.platform)
    assert (ids(play), play.state.services) == (["supplement"], ())


def test_a_scene_that_is_suspended_can_be_served_and_its_clock_stands_still_then(asked: Play) -> None:
    asked.do(Suspend(reasons="检查"), asked.owner)
    asked.serve_notices()
    assert asked.deadline("supplement").status is DeadlineStatus.PAUSED


def test_a_termination_keeps_what_waited_for_service_until_the_scene_closes(policy: Policy) -> None:
    play = Play(policy).to_registered()
    play.do(ReturnForCorrection(to="registered", then="start_over", reasons="补"), play.lead)
    returned = play.state.sequence
    play.do(Terminate(ground="force_majeure", reasons="灾害"), play.group)
    assert [each.entry for each in play.state.services] == [returned]
    play.serve(play.state.decisions[-1].sequence)
    play.pass_limit(f"appeal_window/{play.state.decisions[-1].sequence}")
    assert (play.state.step, play.state.services, play.state.deadlines) == ("closed", (), ())


# orders and complaints


def fault(kind: str) -> RecordFault:
    return RecordFault(
        bidder=A, kind=kind, plan_clause="1.1", finding="查实", evidence=document("照片"), with_officer="regulator-3"
    )


def ordered(policy: Policy) -> Play:
    play = Play(policy).to_running(A)
    for kind in ("one", "two", "three", "four"):
        play.do(fault(kind), play.regulator)
    return play


def test_an_order_is_open_before_it_is_served_and_there_is_no_second_one(policy: Policy) -> None:
    play = ordered(policy)
    assert [each.id for each in play.state.services] == [f"correction_order/{A}/#4"]
    tolerated = RecordFault(
        bidder=A, kind="five", punishable=False, plan_clause="1.1", finding="轻微", evidence=document("照片"),
        guidance="当场指导", first_fault=FirstFault(first=True, minor=True, corrected=True, harmless=True),
    )  # fmt: skip
    play.do(tolerated, play.regulator)
    assert len(play.state.services) == 1


def test_an_order_corrected_before_it_was_served_is_served_for_its_appeal_alone(policy: Policy) -> None:
    play = ordered(policy)
    play.do(VerifyCorrection(bidder=A, corrected=True, finding="已改"), play.second_regulator)
    assert play.state.services == ()
    (decision,) = play.state.decisions
    assert f"service/{decision.sequence}" in ids(play)


def test_an_order_that_waits_for_its_service_outlives_an_early_end_and_falls_with_a_breach(policy: Policy) -> None:
    play = ordered(policy)
    play.do(EndInclusionEarly(bidder=A, reasons="成熟"), play.regulator)
    assert [each.id for each in play.state.services] == [f"correction_order/{A}/#4"]
    play.do(VerifyCorrection(bidder=A, corrected=False, finding="未改"), play.second_regulator)
    assert play.state.services == ()


def objected(policy: Policy) -> tuple[Play, str]:
    """An objection that was answered and not upheld."""
    play = Play(policy).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    citizen = play.person(Role.PUBLIC, "市民")
    objection = RaiseObjection(about=NoticeAbout.RECOGNITION, real_name=True, text="异议", document=document("书"))
    play.do(objection, citizen)
    id = play.state.objections[0].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
    return play, id


def test_the_time_to_complain_runs_from_the_service_of_the_answer_to_the_objector(policy: Policy) -> None:
    play, id = objected(policy)
    (awaited,) = play.state.services
    objector = play.person(Role.PUBLIC, "市民").person
    assert awaited.to == Holder(role=Role.PUBLIC, unit="", person=objector)
    play.serve_notices()
    assert play.deadline(f"complaint_window/{id}").counted_from == play.today


def test_a_complaint_before_the_service_needs_none(policy: Policy) -> None:
    play, id = objected(policy)
    play.do(FileComplaint(objection=id, text="不服"), play.person(Role.PUBLIC, "市民"))
    assert play.state.services == ()
    assert not [each for each in ids(play) if each.startswith("service/")]


# official documents


def issued(play: Play) -> list[tuple[str, str, str]]:
    found = [event for event in play.journal[-1].events if isinstance(event, DocumentIssued)]
    return [(each.title, each.series, each.to.person or each.to.unit) for each in found]


def test_an_act_with_a_form_issues_its_document_to_whom_it_concerns(yancheng: Policy) -> None:
    play = Play(yancheng)
    play.submit()
    play.do(ASK, play.platform)
    assert issued(play) == [("补正通知书", "盐场景补〔{year}〕{number}号", play.owner_unit)]
    play.do(ANSWER, play.owner)
    assert issued(play) == [], "no form, no document"
    play.do(AcceptFiling(), play.platform)
    assert issued(play) == [("受理通知书", "盐场景受〔{year}〕{number}号", play.owner_unit)]


def test_a_fault_is_a_document_only_where_something_is_ordered(policy: Policy) -> None:
    play = Play(policy).to_running(A)
    titles = []
    for kind in ("one", "two", "three", "four"):
        play.do(fault(kind), play.regulator)
        titles.append([(title, to) for title, _, to in issued(play)])
    assert titles == [[], [], [], [("责令限期改正通知书", A)]]


def test_an_answer_to_an_objection_is_addressed_to_the_person_who_raised_it(policy: Policy) -> None:
    play, _ = objected(policy)
    objector = play.person(Role.PUBLIC, "市民").person
    assert [(title, to) for title, _, to in issued(play)] == [("异议答复书", objector)]


def test_every_winner_of_a_race_gets_a_notice_of_its_own(policy: Policy) -> None:
    play = Play(policy).to_awarding(A, "乙公司")
    play.award(A)
    assert [(title, to) for title, _, to in issued(play)] == [("中榜通知书", A)]


def test_a_city_without_forms_issues_nothing(policy: Policy) -> None:
    play = Play(policy.model_copy(update={"documents": None}))
    play.submit()
    play.do(ASK, play.platform)
    assert issued(play) == []


def told(play: Play) -> list[tuple[str, str, NotificationKind]]:
    before, entry = SceneState(scene=play.scene), play.journal[-1]
    for each in play.journal[:-1]:
        before = fold(before, each)
    return [(each.recipient, each.rung, each.kind) for each in notifications(before, play.state, entry)]


@pytest.mark.parametrize("with_forms", [True, False])
def test_whom_a_notice_is_served_to_hears_of_it_once_also_without_a_form(policy: Policy, with_forms: bool) -> None:
    play = Play(policy if with_forms else policy.model_copy(update={"documents": None}))
    play.submit()
    play.do(ASK, play.platform)
    owner = unit_mailbox(policy.city, play.owner_unit)
    assert [each for each in told(play) if each[0] == owner] == [(owner, "document", NotificationKind.DOCUMENT)]


def test_whom_a_decision_is_against_hears_of_it_once(policy: Policy) -> None:
    play = Play(policy).to_registered()
    play.do(Terminate(ground="force_majeure", reasons="灾害"), play.group)
    owner = unit_mailbox(policy.city, play.owner_unit)
    assert [each[1] for each in told(play) if each[0] == owner] == ["decision"]


# what a policy may say


def test_only_what_begins_with_a_notice_to_one_party_may_run_from_service(policy: Policy) -> None:
    for name in FROM_SERVICE:
        assert contradictions(with_limit(policy, name, runs_from=RunsFrom.SERVICE)) == ()
    wrong = contradictions(with_limit(policy, "consultation", runs_from=RunsFrom.SERVICE))
    assert [each.key for each in wrong] == ["limits.consultation.runs_from"]


def test_a_form_of_an_unknown_verb_is_found_with_the_nearest_one(yancheng: Policy) -> None:
    assert yancheng.documents is not None
    forms = {"regsiter": next(iter(yancheng.documents.forms.values()))}
    (wrong,) = contradictions(with_rules(yancheng, "documents", forms=forms))
    assert (wrong.key, wrong.hint) == ("documents.forms.regsiter", "did you mean register?")


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("盐〔{year}〕号", "{number} stands there 0 times"),
        ("盐{mark}〔{year}{year}〕{number}号", "{year} stands there 2 times"),
        ("盐〔{year}〕{number}号", "{mark} goes with forms"),
        ("盐{oops}〔{year}〕{number}号", "number"),
    ],
)
def test_a_number_that_cannot_be_counted_is_refused(yancheng: Policy, number: str, problem: str) -> None:
    assert yancheng.documents is not None
    content = yancheng.documents.model_dump() | {"number": number}
    with pytest.raises(ValueError, match="number") as wrong:
        type(yancheng.documents).model_validate(content)
    assert problem in str(wrong.value)


def test_acts_that_clocks_run_from_have_a_form_in_every_city(policy: Policy) -> None:
    assert policy.documents is not None
    served: tuple[type[Act], ...] = (RequestSupplement, ReturnForCorrection, AnswerObjection, RecordFault)
    for act in served:
        assert act.model_fields["verb"].default in policy.documents.forms


def test_the_clock_that_started_says_so(asked: Play) -> None:
    asked.serve_notices()
    assert [each.kind for each in asked.journal[-1].events] == ["deadline_met", "notice_served", "deadline_set"]
    assert isinstance(asked.journal[-1].events[-1], DeadlineSet)


# standing still between a service and its entry


def test_a_suspension_between_the_service_and_its_entry_costs_the_owner_no_time(asked: Play) -> None:
    served_on = asked.today
    asked.wait(timedelta(days=1))
    asked.do(Suspend(reasons="检查"), asked.owner)
    asked.wait(timedelta(days=30))
    asked.refuses("suspended", ANSWER, asked.owner)
    asked.do(Resume(reasons="检查结束"), asked.office(Role.LEADING_GROUP))
    resumed_on = asked.today
    asked.do(service(asked, 2, served_on), asked.platform)
    assert asked.deadline("supplement").due_on == shift_workdays(asked.policy.calendar, resumed_on, 10)


def test_a_service_that_is_entered_during_a_suspension_leaves_the_whole_time(asked: Play) -> None:
    served_on = asked.today
    asked.do(Suspend(reasons="检查"), asked.owner)
    asked.wait(timedelta(days=30))
    asked.do(service(asked, 2, served_on), asked.platform)
    assert asked.deadline("supplement").remaining == 10


def test_a_suspension_before_the_service_changes_nothing(asked: Play) -> None:
    asked.do(Suspend(reasons="检查"), asked.owner)
    asked.wait(timedelta(days=5))
    asked.do(Resume(reasons="检查结束"), asked.office(Role.LEADING_GROUP))
    asked.wait(timedelta(days=5))
    asked.serve_notices()
    assert asked.deadline("supplement").counted_from == asked.today


def test_an_override_out_of_remedies_leaves_the_service_of_a_notice_to_be_proven(policy: Policy) -> None:
    play, id = objected(policy)
    answered = play.state.sequence
    play.do(Terminate(ground="force_majeure", reasons="灾害"), play.group)
    to = next(step for step in ("expert_review", "fair_competition") if step not in policy.steps_off)
    play.do(Override(to=to, reasons="重启"), play.office(Role.LEADING_GROUP, "group-2"))
    assert [each.id for each in play.state.services] == [f"complaint_window/{id}"]
    play.serve(answered)
    assert play.deadline(f"complaint_window/{id}").counted_from == play.today


def test_two_decisions_of_one_instant_are_two_entries_and_each_can_be_appealed(policy: Policy) -> None:
    modes = {**policy.modes, Mode.HORSE_RACE: policy.modes[Mode.OPEN_CHALLENGE].model_copy(update={"winners": 2})}
    play = Play(policy.model_copy(update={"modes": modes}))
    play.to_acceptance(A, B, winners=2, mode=Mode.HORSE_RACE)
    for bidder in (A, B):
        play.apply(bidder)
        play.experts_recommend(PanelPurpose.ACCEPTANCE, bidder)
    for bidder in (A, B):
        play.conclude(bidder, "conditional", conditions=("补充",))
    play.pass_limit(f"rectification/{A}")
    assert sorted(each.against for each in play.state.decisions) == sorted((A, B))
    assert len({each.sequence for each in play.state.decisions}) == 2
    for decision in play.state.decisions:
        play.serve(decision.sequence)
        play.do(Appeal(decision=decision.sequence, grounds="已整改"), play.bidder(decision.against))
