"""Public notices (公示): they stand for their days, and an objection freezes what follows them."""

from datetime import date, timedelta

import pytest

from models.actor import Actor
from models.commands.anywhere import ReturnForCorrection
from models.commands.review import (
    AnswerObjection,
    ConcludeFairCompetition,
    DecideComplaint,
    FileComplaint,
    ListScene,
    PublishNotice,
    RaiseObjection,
    Recognise,
)
from models.events.clock import DeadlinePassed
from models.events.review import NoticePublished, NoticeRanOut, ObjectionSettled
from models.policy import Policy
from models.state.review import ObjectionStatus
from models.vocabulary import NoticeAbout, PanelPurpose, Role
from tests.scenario import Play, document, with_limit

ABOUT = NoticeAbout.RECOGNITION
PAPER = document("异议书")
OBJECT = RaiseObjection(about=ABOUT, real_name=True, text="重复建设", document=PAPER)


def citizen(play: Play, name: str = "citizen-1") -> Actor:
    return play.person(Role.PUBLIC, "市民", name)


def objected(play: Play, name: str = "citizen-1") -> str:
    play.do(OBJECT, citizen(play, name))
    return play.state.objections[-1].id


def answer(play: Play, id: str, *, upheld: bool) -> list[str]:
    return [event.kind for event in play.do(AnswerObjection(objection=id, upheld=upheld, text="答复"), play.platform)]


def complain(play: Play, id: str, name: str = "citizen-1") -> None:
    play.do(FileComplaint(objection=id, text="不服"), citizen(play, name))


def decide(play: Play, id: str, *, upheld: bool) -> None:
    play.do(DecideComplaint(objection=id, upheld=upheld, text="决定"), play.supervisor)


def status(play: Play, id: str) -> ObjectionStatus:
    return next(each.status for each in play.state.objections if each.id == id)


@pytest.fixture
def noticed(yancheng: Policy) -> Play:
    play = Play(yancheng).to_recognised()
    play.publish(ABOUT)
    return play


# publishing


def test_a_recognised_scene_is_announced_for_five_working_days(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    assert play.deadline("notice_publication").holder == play.state.deadlines[0].holder
    events = play.do(PublishNotice(about=ABOUT, document=PAPER), play.platform)
    assert NoticePublished(about=ABOUT, bidder=None, document=PAPER.sha256) in events
    period = play.deadline("public_notice")
    assert (period.holder, period.due_on) == (None, date(2026, 3, 9))


def test_a_notice_is_published_once(noticed: Play) -> None:
    noticed.refuses("wrong_step", PublishNotice(about=ABOUT, document=PAPER), noticed.platform)


def test_another_notice_than_the_one_that_is_due_is_refused(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.refuses("notice_not_due", PublishNotice(about=NoticeAbout.RANKING, document=PAPER), play.platform)


def test_a_notice_that_nobody_objects_to_runs_out_and_the_scene_goes_on(noticed: Play) -> None:
    kinds = [event.kind for event in noticed.pass_limit("public_notice")]
    assert kinds == ["deadline_passed", "notice_ran_out", "step_entered", "deadline_set"]
    assert noticed.state.step == "listing"
    assert noticed.deadline("listing").started_on == date(2026, 3, 9)


# objections


def test_an_objection_is_raised_in_a_real_name_while_the_notice_stands(noticed: Play) -> None:
    nameless = OBJECT.model_copy(update={"real_name": False})
    noticed.refuses("real_name_needed", nameless, citizen(noticed))
    noticed.refuses("no_open_notice", OBJECT.model_copy(update={"about": NoticeAbout.RANKING}), citizen(noticed))
    id = objected(noticed)
    duty = noticed.deadline(f"objection/{id}")
    assert duty.holder is not None
    assert (duty.holder.role, duty.due_on) == (Role.PLATFORM_OFFICE, date(2026, 3, 11))


def test_after_the_notice_nobody_objects(noticed: Play) -> None:
    noticed.pass_limit("public_notice")
    noticed.refuses("wrong_step", OBJECT, citizen(noticed))


def test_while_an_objection_freezes_the_scene_a_further_one_is_too_late(noticed: Play) -> None:
    objected(noticed)
    noticed.pass_limit("public_notice")
    noticed.refuses("no_open_notice", OBJECT, citizen(noticed, "citizen-2"))


def test_an_open_objection_freezes_the_next_step(noticed: Play) -> None:
    id = objected(noticed)
    kinds = [event.kind for event in noticed.pass_limit("public_notice")]
    assert kinds[-2:] == ["deadline_passed", "notice_ran_out"]
    assert noticed.state.step == "recognition_notice"
    noticed.refuses("wrong_step", ListScene(list="demand", batch="2026-1"), noticed.platform)
    assert answer(noticed, id, upheld=False) == [
        "objection_answered", "deadline_met", "service_awaited", "deadline_set", "step_entered", "deadline_set",
        "document_issued",
    ]  # fmt: skip
    assert noticed.state.step == "listing"


def test_an_answer_while_the_notice_still_stands_leaves_it_standing(noticed: Play) -> None:
    id = objected(noticed)
    answer(noticed, id, upheld=False)
    assert noticed.state.step == "recognition_notice"
    noticed.pass_limit("public_notice")
    assert noticed.state.step == "listing"


def test_the_scene_goes_on_only_when_the_last_objection_is_answered(noticed: Play) -> None:
    first, second = objected(noticed), objected(noticed, "citizen-2")
    noticed.pass_limit("public_notice")
    answer(noticed, first, upheld=False)
    assert noticed.state.step == "recognition_notice"
    answer(noticed, second, upheld=False)
    assert noticed.state.step == "listing"


def test_an_upheld_objection_sends_the_scene_back_to_its_experts_who_are_seated_anew(noticed: Play) -> None:
    id = objected(noticed)
    answer(noticed, id, upheld=True)
    assert (noticed.state.step, status(noticed, id)) == ("expert_review", ObjectionStatus.UPHELD)
    noticed.refuses("no_panel", Recognise(value="有价值"), noticed.lead)
    noticed.experts_recommend(PanelPurpose.RECOGNITION)
    noticed.do(Recognise(value="有价值"), noticed.lead)
    noticed.publish(ABOUT)
    noticed.pass_limit("public_notice")
    assert noticed.state.step == "listing"


def test_where_the_city_has_no_experts_it_goes_back_to_the_fair_competition_review(yancheng: Policy) -> None:
    play = Play(yancheng.model_copy(update={"steps_off": ("expert_review",)})).to_recognised()
    play.publish(ABOUT)
    id = objected(play)
    answer(play, id, upheld=True)
    assert play.state.step == "fair_competition"
    play.do(ConcludeFairCompetition(passed=True, conclusion="通过"), play.lead)
    assert play.state.step == "recognised"


def test_nobody_answers_their_own_objection_and_none_is_answered_twice(noticed: Play) -> None:
    id = objected(noticed, noticed.platform.person)
    noticed.refuses("decided_before", AnswerObjection(objection=id, upheld=False, text="答复"), noticed.platform)
    another = noticed.office(Role.PLATFORM_OFFICE, "another")
    noticed.do(AnswerObjection(objection=id, upheld=False, text="答复"), another)
    noticed.refuses("objection_not_open", AnswerObjection(objection=id, upheld=True, text="答复"), another)
    unknown = AnswerObjection(objection="objection-999", upheld=True, text="答复")
    noticed.refuses("unknown_objection", unknown, another)


def test_an_unanswered_objection_escalates_and_keeps_the_scene_frozen(noticed: Play) -> None:
    objected(noticed)
    noticed.wait(timedelta(days=60))
    assert noticed.state.step == "recognition_notice"


# complaints


def test_a_complaint_goes_to_the_supervisor_within_fifteen_working_days_and_is_decided_in_thirty(
    noticed: Play,
) -> None:
    id = objected(noticed)
    answer(noticed, id, upheld=False)
    noticed.serve_notices()
    window = noticed.deadline(f"complaint_window/{id}")
    assert (window.holder, window.due_on) == (None, date(2026, 3, 23))
    complain(noticed, id)
    duty = noticed.deadline(f"complaint/{id}")
    assert duty.holder is not None
    assert (duty.holder.role, duty.due_on) == (Role.SUPERVISOR, date(2026, 4, 14))
    assert f"complaint_window/{id}" not in [each.id for each in noticed.state.deadlines]


def test_a_complaint_freezes_the_next_step_again(noticed: Play) -> None:
    id = objected(noticed)
    answer(noticed, id, upheld=False)
    complain(noticed, id)
    noticed.pass_limit("public_notice")
    assert noticed.state.step == "recognition_notice"
    decide(noticed, id, upheld=False)
    assert (noticed.state.step, status(noticed, id)) == ("listing", ObjectionStatus.SETTLED)


def test_an_upheld_complaint_sends_the_scene_back(noticed: Play) -> None:
    id = objected(noticed)
    answer(noticed, id, upheld=False)
    complain(noticed, id)
    decide(noticed, id, upheld=True)
    assert (noticed.state.step, status(noticed, id)) == ("expert_review", ObjectionStatus.UPHELD)


def test_without_a_complaint_the_answer_is_final_when_the_window_is_over(noticed: Play) -> None:
    id = objected(noticed)
    answer(noticed, id, upheld=False)
    events = noticed.pass_limit(f"complaint_window/{id}")
    assert ObjectionSettled(objection=id) in events
    noticed.refuses("objection_not_open", FileComplaint(objection=id, text="不服"), citizen(noticed))


def test_only_who_objected_complains_and_only_of_an_answer(noticed: Play) -> None:
    id = objected(noticed)
    noticed.refuses("objection_not_open", FileComplaint(objection=id, text="不服"), citizen(noticed))
    answer(noticed, id, upheld=False)
    noticed.refuses("not_your_part", FileComplaint(objection=id, text="不服"), citizen(noticed, "citizen-2"))


def test_who_objected_or_answered_does_not_decide_the_complaint(noticed: Play) -> None:
    id = objected(noticed)
    answer(noticed, id, upheld=False)
    complain(noticed, id)
    act = DecideComplaint(objection=id, upheld=True, text="决定")
    for person in ("citizen-1", noticed.platform.person):
        noticed.refuses("decided_before", act, noticed.office(Role.SUPERVISOR, person))


def test_a_complaint_after_the_scene_went_on_is_decided_and_moves_nothing(noticed: Play) -> None:
    """What it then means for the scene is the leading group's to say: `test_upheld_complaints`."""
    id = objected(noticed)
    answer(noticed, id, upheld=False)
    noticed.pass_limit("public_notice")
    noticed.do(ListScene(list="demand", batch="2026-1"), noticed.platform)
    complain(noticed, id)
    decide(noticed, id, upheld=True)
    assert (noticed.state.step, status(noticed, id)) == ("listed", ObjectionStatus.TO_CONCLUDE)


def test_an_objection_can_be_answered_though_the_scene_was_returned_meanwhile(noticed: Play) -> None:
    id = objected(noticed)
    back = ReturnForCorrection(to="expert_review", then="straight_back", reasons="材料有误")
    noticed.do(back, noticed.platform)
    answer(noticed, id, upheld=True)
    assert noticed.state.step == "returned"
    assert not [each for each in noticed.state.deadlines if each.limit == "objection"]


def test_when_the_notice_runs_out_as_the_answer_becomes_overdue_both_stand_in_one_entry(yancheng: Policy) -> None:
    """The clocks in the order of their names; the objection still freezes the scene."""
    play = Play(with_limit(yancheng, "objection", period=yancheng.limits.public_notice.period)).to_recognised()
    play.publish(ABOUT)
    id = objected(play)
    play.pass_limit("public_notice")
    events = play.journal[-1].events
    assert [event.id for event in events if isinstance(event, DeadlinePassed)] == [f"objection/{id}", "public_notice"]
    assert NoticeRanOut(about=ABOUT, bidder=None) in events
    assert play.state.step == "recognition_notice"
    answer(play, id, upheld=False)
    assert play.state.step == "listing"
