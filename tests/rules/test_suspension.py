"""Suspension: most clocks stand still and keep what was left of them, some run on, and only some acts are possible."""

from datetime import date, timedelta

import pytest

from models.calendar import Holiday, Period, Unit, YearNotice
from models.commands import ACTS
from models.commands.anywhere import (
    ConfirmCorrection,
    Override,
    ProposeCorrection,
    Resume,
    Suspend,
    Terminate,
    Withdraw,
)
from models.commands.review import AnswerObjection, AskConsultation, GiveOpinion, RaiseObjection, Refuse
from models.deadline import Deadline, DeadlineStatus, Level
from models.events.clock import DeadlinePaused, RungDue
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import NoticeAbout, Outcome, Position, Role, Suspends
from rules.deadlines import BEIJING
from rules.decide import decide
from rules.lifecycle import WHILE_STANDING_STILL
from rules.permissions import units_playing
from tests.improviser import some_act
from tests.scenario import Play, at, city, document, loading, with_limit

STOP, GO = Suspend(reasons="举报核查"), Resume(reasons="核查结束")


def suspend(play: Play, on: date | None = None) -> None:
    play.do(STOP, play.lead, on=on)


def resume(play: Play, on: date | None = None) -> None:
    play.do(GO, play.lead, on=on)


def statuses(play: Play) -> dict[str, DeadlineStatus]:
    return {each.id: each.status for each in play.state.deadlines}


@pytest.fixture
def before_the_holiday(yancheng: Policy) -> Play:
    """Asked on Monday 20 April 2026; 1 to 5 May rest, Saturday 9 May is worked."""
    play = Play(yancheng, now=at(2026, 4, 20)).to_consultation()
    assert {each.due_on for each in play.state.deadlines} == {date(2026, 5, 7)}
    return play


# clocks that stand still


def test_the_working_days_that_were_left_are_kept_across_a_holiday(before_the_holiday: Play) -> None:
    play = before_the_holiday
    play.until(at(2026, 4, 24))
    suspend(play)
    paused = [event for event in play.journal[-1].events if isinstance(event, DeadlinePaused)]
    assert {event.remaining for event in paused} == {6}
    play.until(at(2026, 5, 6))
    resume(play)
    assert {each.due_on for each in play.state.deadlines} == {date(2026, 5, 13)}


def test_suspended_and_resumed_on_one_day_nothing_has_changed(before_the_holiday: Play) -> None:
    play = before_the_holiday
    play.until(at(2026, 4, 24))
    before = {each.id: each.due_on for each in play.state.deadlines}
    suspend(play)
    resume(play)
    assert {each.id: each.due_on for each in play.state.deadlines} == before


def test_a_suspension_done_on_paper_stops_the_clocks_on_its_own_day(before_the_holiday: Play) -> None:
    play = before_the_holiday
    play.until(at(2026, 4, 28))
    suspend(play, on=date(2026, 4, 24))
    assert {each.remaining for each in play.state.deadlines} == {6}
    play.until(at(2026, 5, 8))
    resume(play, on=date(2026, 5, 6))
    assert {each.due_on for each in play.state.deadlines} == {date(2026, 5, 13)}


def test_nothing_is_resumed_before_it_was_suspended(before_the_holiday: Play) -> None:
    play = before_the_holiday
    play.until(at(2026, 4, 28))
    suspend(play, on=date(2026, 4, 24))
    no = play.refuses("effective_before_step", GO, play.lead, on=date(2026, 4, 23))
    assert no.details["entered_on"] == "2026-04-24"
    resume(play, on=date(2026, 4, 24))
    assert {each.due_on for each in play.state.deadlines} == {date(2026, 5, 7)}


def test_while_a_clock_stands_still_nobody_is_reminded_and_nothing_passes(before_the_holiday: Play) -> None:
    play = before_the_holiday
    suspend(play)
    assert play.wait(timedelta(days=200)) == ()
    assert play.state.step == "consultation"
    resume(play)
    assert all(each.rungs and each.rungs[0].at > play.now for each in play.state.deadlines)


def test_on_its_last_day_a_clock_has_a_working_day_left(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    play.until(at(2026, 3, 16, 15))
    suspend(play)
    for day, due in ((date(2026, 3, 20), date(2026, 3, 20)), (date(2026, 3, 21), date(2026, 3, 23))):
        again = play.fork()
        again.until(at(day.year, day.month, day.day, 17))
        resume(again)
        assert {each.due_on for each in again.state.deadlines} == {due}


def test_a_clock_in_days_keeps_its_days_and_ends_on_no_rest_day(yancheng: Policy) -> None:
    ten_days = Period(length=10, unit=Unit.DAYS)
    play = Play(with_limit(yancheng, "registration", period=ten_days)).submit()
    play.pass_limit("completeness")
    assert play.deadline("registration").due_on == date(2026, 3, 19)
    play.until(at(2026, 3, 16))
    play.do(STOP, play.owner)
    play.until(at(2026, 3, 18))
    play.do(GO, play.group)
    assert play.deadline("registration").due_on == date(2026, 3, 23)


def test_a_clock_in_hours_keeps_its_seconds(yancheng: Policy) -> None:
    two_hours = Period(length=2, unit=Unit.HOURS)
    play = Play(with_limit(yancheng, "consultation_start", period=two_hours)).to_registered()
    play.wait(timedelta(minutes=30))
    suspend(play)
    assert play.deadline("consultation_start").remaining == 90 * 60
    play.wait(timedelta(days=1))
    resume(play)
    assert play.deadline("consultation_start").due_at == play.now + timedelta(minutes=90)


def test_what_was_overdue_is_overdue_again_by_as_much_and_goes_on_escalating(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    play.until(at(2026, 3, 9))
    overdue = play.deadline("consultation_start")
    assert (overdue.status, overdue.due_on) == (DeadlineStatus.OVERDUE, date(2026, 3, 5))
    suspend(play)
    assert play.deadline("consultation_start").remaining == -2
    assert play.wait(timedelta(days=14)) == ()
    resume(play)
    again = play.deadline("consultation_start")
    assert (again.status, again.due_on) == (DeadlineStatus.OVERDUE, date(2026, 3, 19))
    play.until(at(2026, 3, 24, 12))
    due = [event.rung for event in play.journal[-1].events if isinstance(event, RungDue)]
    assert [(rung.name, rung.level) for rung in due] == [("T+3", Level.ORANGE)]


# clocks that run on


def test_a_public_notice_runs_on_and_what_follows_it_stands_still(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    suspend(play)
    play.pass_limit("public_notice")
    assert play.state.step == "listing"
    listing = play.deadline("listing")
    assert (listing.status, listing.remaining) == (DeadlineStatus.PAUSED, 20)
    play.wait(timedelta(days=70))
    resume(play)
    assert play.deadline("listing").status is DeadlineStatus.OPEN
    assert play.deadline("listing").due_on > play.today + timedelta(days=27)


def test_who_is_against_a_notice_may_say_so_while_the_scene_is_suspended(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    suspend(play)
    citizen = play.person(Role.PUBLIC, "市民")
    play.do(
        RaiseObjection(about=NoticeAbout.RECOGNITION, real_name=True, text="异议", document=document("书")), citizen
    )
    id = play.state.objections[0].id
    assert statuses(play)[f"objection/{id}"] is DeadlineStatus.OPEN
    play.do(AnswerObjection(objection=id, upheld=True, text="成立"), play.platform)
    assert play.state.step == "expert_review"
    assert statuses(play)["expert_review"] is DeadlineStatus.PAUSED


def test_whether_a_clock_stands_still_is_the_policys_to_say(yancheng: Policy) -> None:
    play = Play(with_limit(yancheng, "public_notice", when_suspended=Suspends.PAUSES)).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    suspend(play)
    assert statuses(play) == {"public_notice": DeadlineStatus.PAUSED}
    play.wait(timedelta(days=30))
    assert play.state.step == "recognition_notice"


# what is possible


def test_what_a_suspension_does_not_stop_are_verbs_that_exist() -> None:
    assert set(WHILE_STANDING_STILL) <= ACTS.keys()


def refusal(play: Play, verb: str) -> str:
    """What is said to one who may use this verb, about an act that makes some sense: a code, or "" where it stands."""
    act = some_act(play, verb)
    role = play.policy.permissions[verb][0]
    units = units_playing(play.policy, play.state, role, act)
    command = play.command(act, play.person(role, units[0] if units else "某单位"))
    try:
        decide(play.policy, play.state, command, play.now)
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize("verb", sorted(ACTS.keys() - {"pass_deadline", "submit", "take_over"}))
def test_a_suspension_and_open_remedies_stop_every_verb_but_the_listed(suspended: Play, ended: Play, verb: str) -> None:
    codes = refusal(suspended, verb), refusal(ended, verb)
    if verb in WHILE_STANDING_STILL:
        assert codes[0] != "suspended"
    else:
        assert codes == ("suspended", "wrong_step")


@pytest.fixture(scope="module")
def suspended() -> Play:
    play = Play(city("yancheng")).to_running("甲公司")
    play.do(STOP, play.lead)
    return play


@pytest.fixture(scope="module")
def ended() -> Play:
    play = Play(city("yancheng")).to_running("甲公司")
    play.do(Terminate(ground="breach", reasons="违约"), play.lead)
    return play


def test_the_ordinary_course_is_stopped(before_the_holiday: Play) -> None:
    play = before_the_holiday
    suspend(play)
    unit = play.state.cooperating[0]
    no = play.refuses("suspended", GiveOpinion(position=Position.AGREE, text="意见"), play.cooperating(unit))
    assert "resume" in no.details["possible"]
    assert no.details["since"] == f"{play.now.astimezone(BEIJING):%Y-%m-%d %H:%M}", "by the city's clock"
    play.refuses("suspended", AskConsultation(question="再问"), play.lead)
    play.refuses("suspended", Refuse(reasons="不行"), play.lead)


def test_a_scene_is_suspended_once_and_resumed_once(before_the_holiday: Play) -> None:
    play = before_the_holiday
    play.refuses("not_suspended", GO, play.lead)
    suspend(play)
    play.refuses("suspended", STOP, play.lead)
    resume(play)
    assert play.state.suspension is None


def test_a_suspended_scene_may_be_withdrawn_terminated_and_reopened_elsewhere(before_the_holiday: Play) -> None:
    suspend(before_the_holiday)
    for act, who, step in (
        (Withdraw(reasons="不再申报"), before_the_holiday.owner, "closed"),
        (Terminate(ground="breach", reasons="违约"), before_the_holiday.lead, "remedies"),
        (Override(to="registered", reasons="重来"), before_the_holiday.group, "registered"),
    ):
        play = before_the_holiday.fork()
        play.do(act, who)
        assert play.state.step == step
        if step == "registered":
            assert statuses(play) == {"consultation_start": DeadlineStatus.PAUSED}


def test_a_correction_that_ends_a_round_while_suspended_starts_no_clock(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    first, *others = play.state.cooperating
    play.agree(first, Position.OBJECT)
    entered = play.state.sequence
    play.agree(others[0])
    suspend(play)
    wrong = ProposeCorrection(
        correction="c-1", sequence=entered, reasons="误录", right_text="同意", position=Position.AGREE
    )
    play.do(wrong, play.cooperating(first))
    play.do(ConfirmCorrection(correction="c-1", confirmed=True), play.platform)
    running = [each for each in play.state.deadlines if each.status is DeadlineStatus.OPEN]
    assert running == []


# suspension and the end


def test_a_terminated_scene_stands_still_whether_it_was_suspended_or_not(before_the_holiday: Play) -> None:
    play = before_the_holiday
    suspend(play)
    play.do(Terminate(ground="breach", reasons="违约"), play.lead)
    resume(play)
    running = [each.limit for each in play.state.deadlines if each.status is DeadlineStatus.OPEN]
    assert (play.state.step, running) == ("remedies", ["service"])
    play.refuses("wrong_step", STOP, play.lead)
    assert play.state.outcome is Outcome.TERMINATED


def test_a_notice_of_holidays_moves_what_runs_and_leaves_what_stands_still(yancheng: Policy) -> None:
    play = Play(yancheng, now=at(2026, 12, 14)).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    citizen = play.person(Role.PUBLIC, "市民")
    play.until(at(2026, 12, 21))
    play.do(
        RaiseObjection(about=NoticeAbout.RECOGNITION, real_name=True, text="异议", document=document("书")), citizen
    )
    suspend(play)
    play.pass_limit("public_notice")
    objection = next(each for each in play.state.deadlines if each.limit == "objection")
    assert (objection.due_on, objection.provisional) == (date(2026, 12, 30), False)
    answer = AnswerObjection(objection=play.state.objections[0].id, upheld=False, text="不成立")
    play.until(at(2026, 12, 28))
    play.do(answer, play.platform)
    play.serve_notices()
    window = next(each for each in play.state.deadlines if each.limit == "complaint_window")
    assert (window.due_on, window.provisional) == (date(2027, 1, 18), True)
    rest = tuple(date(2027, 1, day) for day in (1, 2, 3))
    notice = YearNotice(year=2027, source="通知", holidays=(Holiday(name="元旦", days=rest),))
    play.do(loading(notice), play.platform)
    moved = next(each for each in play.state.deadlines if each.limit == "complaint_window")
    assert (moved.due_on, moved.provisional) == (date(2027, 1, 19), False)
    listing: Deadline = play.deadline("listing")
    assert (listing.status, listing.remaining) == (DeadlineStatus.PAUSED, 20)
    play.until(at(2027, 1, 4))
    resume(play)
    assert (play.deadline("listing").due_on, play.deadline("listing").provisional) == (date(2027, 2, 1), False)
