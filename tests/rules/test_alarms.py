"""Time: what comes due comes due once, at its own moment, and never spins; after an outage reminders collapse."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendar import Period, Unit
from models.commands.anywhere import DecideExtension, PassDeadline, RequestExtension, Suspend
from models.commands.review import AskConsultation, PublishNotice, Recognise
from models.deadline import Deadline, DeadlineStatus, Level
from models.events import AnyEvent
from models.events.clock import DeadlinePassed, RungDue
from models.policy import Closing, Limits, Policy, Quorum
from models.refusal import Refused
from models.vocabulary import NoticeAbout, PanelPurpose, Position, Role, Track
from rules.alarms import CONSEQUENCES, next_alarm
from rules.deadlines import BEIJING, end_of
from rules.duties import duties
from rules.journal import due_alarm, entry_for, fold
from tests.improviser import improvise
from tests.scenario import Play, at, city, document, with_limit, with_rules

ALL = Quorum(rule="all")


def rungs(events: tuple[AnyEvent, ...]) -> list[RungDue]:
    return [event for event in events if isinstance(event, RungDue)]


def names(events: tuple[AnyEvent, ...]) -> list[str]:
    return [event.rung.name for event in rungs(events)]


@pytest.fixture
def reviewing(yancheng: Policy) -> Play:
    """Twenty working days from Monday 2 March 2026 end on Monday the 30th; nobody but the lead has a duty."""
    play = Play(yancheng).to_expert_review()
    assert play.deadline("expert_review").due_on == date(2026, 3, 30)
    return play


# the ladder


def test_every_rung_of_the_ladder_is_due_once_on_its_day(reviewing: Play) -> None:
    due = {}
    while reviewing.now < at(2026, 5, 1):
        for event in rungs(reviewing.wait(timedelta(hours=6))):
            assert event.rung.name not in due
            assert event.skipped == ()
            due[event.rung.name] = event.rung.at.astimezone(BEIJING)
    assert due == {
        "T-10": at(2026, 3, 16, 9), "T-5": at(2026, 3, 23, 9), "T-2": at(2026, 3, 26, 9), "T-0": at(2026, 3, 30, 9),
        "T+1": at(2026, 3, 31, 9), "T+3": at(2026, 4, 2, 9), "T+5": at(2026, 4, 7, 9), "T+10": at(2026, 4, 14, 9),
    }  # fmt: skip


def test_the_longer_it_is_overdue_the_louder_and_the_higher_it_is_said(reviewing: Play) -> None:
    due = rungs(reviewing.until(at(2026, 5, 1)))
    said = {event.rung.name: (event.rung.level, event.rung.to) for event in due}
    assert said["T-5"] == (Level.REMIND, None)
    assert said["T+1"] == (Level.YELLOW, Role.LEAD)
    assert said["T+3"] == (Level.ORANGE, None)
    assert said["T+5"] == (Level.RED, Role.LEADING_GROUP)
    assert said["T+10"] == (Level.ASSESSMENT, Role.LEADING_GROUP)


def test_a_short_limit_is_not_announced_ten_days_before(yancheng: Policy) -> None:
    play = Play(yancheng).submit()
    assert [rung.name for rung in play.deadline("completeness").rungs] == ["T-2", "T-0"]


def test_a_rung_that_lies_before_the_clock_is_set_is_left_out(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    assert [rung.name for rung in play.deadline("consultation_start").rungs][:2] == ["T-2", "T-0"]
    late = Play(yancheng, now=at(2026, 3, 2, 8)).submit()
    late.until(at(2026, 3, 5))
    late.register()
    late.until(at(2026, 3, 6, 12))
    late.do(AskConsultation(question="是否同意"), late.lead, on=date(2026, 3, 5))
    unit = late.state.cooperating[0]
    assert all(rung.at > late.now for rung in late.deadline(f"consultation/{unit}").rungs)


def test_who_has_done_it_hears_no_more_of_it(reviewing: Play) -> None:
    reviewing.until(at(2026, 3, 24))
    reviewing.experts_recommend(PanelPurpose.RECOGNITION)
    reviewing.do(Recognise(value="有价值"), reviewing.lead)
    heard = {event.id for event in rungs(reviewing.until(at(2026, 4, 30)))}
    assert "expert_review" not in heard


# after an outage


def test_reminders_missed_in_an_outage_collapse_into_the_last_for_each_who_hears(reviewing: Play) -> None:
    reviewing.until(at(2026, 3, 18))
    reviewing.now = at(2026, 4, 8)
    events = reviewing.let_pass()
    assert [event.kind for event in events] == ["deadline_passed", "rung_due", "rung_due", "rung_due"]
    assert [(event.rung.name, event.rung.to, event.skipped) for event in rungs(events)] == [
        ("T+1", Role.LEAD, ()), ("T+3", None, ("T-5", "T-2", "T-0")), ("T+5", Role.LEADING_GROUP, ()),
    ]  # fmt: skip
    assert reviewing.journal[-1].at == at(2026, 4, 8)
    assert names(reviewing.until(at(2026, 5, 1))) == ["T+10"]


def test_consequences_missed_in_an_outage_follow_one_another_each_from_its_own_day(yancheng: Policy) -> None:
    """Accepted by silence on the 9th; the registration is counted from there, not from when a worker came back."""
    play = Play(yancheng).submit()
    play.now = at(2026, 3, 20)
    play.let_pass()
    assert [entry.command.act.verb for entry in play.journal] == ["submit", "pass_deadline", "pass_deadline"]
    registration = play.deadline("registration")
    assert (registration.started_on, registration.due_on) == (date(2026, 3, 9), date(2026, 3, 16))
    assert registration.status is DeadlineStatus.OVERDUE
    assert play.state.entered_on == date(2026, 3, 9)


def test_of_two_silences_in_an_outage_the_first_has_its_own_moment(yancheng: Policy) -> None:
    """The first already decides the round: what follows begins then, not when the second would have passed."""
    rules = with_rules(yancheng, "consultation", silence="objects", closes=Closing.WHEN_DECIDED, quorum=ALL)
    play = Play(rules).to_consultation()
    longer = play.state.cooperating[0]
    id = f"consultation/{longer}"
    play.do(RequestExtension(deadline=id, reasons="核实"), play.cooperating(longer))
    play.do(DecideExtension(deadline=id, granted=True, reasons="同意"), play.lead)
    first = play.deadline(f"consultation/{play.state.cooperating[1]}").due_at
    play.now = play.deadline(id).due_at
    play.let_pass()
    assert (play.state.step, play.state.entered_at) == ("deadlock", first)
    assert play.deadline("deadlock").started_on == date(2026, 3, 16)


def test_nobody_is_reminded_of_what_ended_in_the_outage(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    play.now = at(2026, 3, 17, 12)
    events = play.let_pass()
    assert not [event for event in rungs(events) if event.id.startswith("consultation/")]
    assert play.state.step == "fair_competition"


def test_a_command_after_an_outage_finds_the_scene_where_time_has_brought_it(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    play.now = at(2026, 4, 20)
    unit = play.state.cooperating[0]
    with pytest.raises(Refused, match="wrong_step"):
        play.agree(unit, Position.OBJECT)
    assert play.state.step == "fair_competition"


# one instant


def test_what_is_due_at_one_instant_is_one_entry(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    due_at = {each.due_at for each in play.state.deadlines}
    assert len(due_at) == 1
    play.until(due_at.pop())
    passed = [event.id for event in play.journal[-1].events if isinstance(event, DeadlinePassed)]
    assert passed == sorted(passed)
    assert len(passed) == 3
    assert play.state.step == "fair_competition"


def test_the_last_silence_closes_the_round_and_the_others_were_counted_with_it(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    first = play.state.cooperating[0]
    id = f"consultation/{first}"
    play.do(RequestExtension(deadline=id, reasons="核实"), play.cooperating(first))
    play.do(DecideExtension(deadline=id, granted=True, reasons="同意"), play.lead)
    play.pass_limit(f"consultation/{play.state.cooperating[1]}")
    assert play.state.step == "consultation"
    play.pass_limit(id)
    assert play.state.step == "fair_competition"


def test_a_day_ends_when_the_city_says_so(yancheng: Policy, ningbo: Policy, chongqing: Policy) -> None:
    for policy in (yancheng, ningbo, chongqing):
        play = Play(policy).submit()
        duty = play.deadline("completeness")
        assert duty.due_at == end_of(policy, duty.due_on)
        play.until(duty.due_at - timedelta(seconds=1))
        assert play.state.step == "submitted"
        play.until(duty.due_at)
        assert play.state.step == "accepted"


def test_a_clock_in_hours_passes_at_its_hour(yancheng: Policy) -> None:
    play = Play(with_limit(yancheng, "completeness", period=Period(length=3, unit=Unit.HOURS))).submit()
    play.wait(timedelta(hours=2, minutes=59))
    assert play.state.step == "submitted"
    play.wait(timedelta(minutes=1))
    assert play.state.step == "accepted"


# what runs, and for whom


def test_nothing_is_due_before_the_application_and_after_the_end(yancheng: Policy) -> None:
    play = Play(yancheng)
    assert next_alarm(play.state) is None
    play.submit()
    assert next_alarm(play.state) == at(2026, 3, 5, 9)
    assert due_alarm(play.state, play.now) is None


def test_a_scene_that_stands_still_has_no_alarm(reviewing: Play) -> None:
    reviewing.do(Suspend(reasons="核查"), reviewing.lead)
    assert next_alarm(reviewing.state) is None


def test_duties_are_the_held_deadlines_the_most_urgent_first(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.do(PublishNotice(about=NoticeAbout.RECOGNITION, document=document("公示")), play.platform)
    assert duties(play.state) == ()
    play = Play(yancheng).to_running("甲公司")
    owed = duties(play.state)
    assert [duty.due_at for duty in owed] == sorted(duty.due_at for duty in owed)
    assert {duty.holder.unit for duty in owed} == {"甲公司"}


def test_every_limit_that_ends_by_itself_is_one_of_the_policys() -> None:
    assert set(CONSEQUENCES) <= set(Limits.model_fields)


# the property that keeps the workflow from spinning


def alarms_lead_on(play: Play, until: datetime) -> None:
    while (moment := next_alarm(play.state)) is not None and moment <= until:
        play.now = max(play.now, moment)
        command = due_alarm(play.state, play.now)
        assert command is not None
        assert isinstance(command.act, PassDeadline)
        entry = entry_for(play.policy, play.state, command, play.now)
        after = next_alarm(fold(play.state, entry))
        assert after is None or after > command.act.at
        assert entry.events, "an alarm that does nothing would come again"
        play.let_pass()


CITIES = ("yancheng", "ningbo", "chongqing")
BEGINNINGS: tuple[Callable[[Play], object], ...] = (
    Play.submit,
    Play.to_expert_review,
    Play.to_listed,
    lambda play: play.to_contracting("甲公司", "乙公司"),
    lambda play: play.to_trial("甲公司"),
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CITIES), st.sampled_from(Track), st.sampled_from(BEGINNINGS), st.integers(0), st.integers(1, 60))
def test_after_an_alarm_the_next_is_later_whatever_has_happened(
    name: str, track: Track, begin: Callable[[Play], object], seed: int, steps: int
) -> None:
    play = Play(city(name), track=track)
    begin(play)
    improvise(play, seed, steps)
    alarms_lead_on(play, play.now + timedelta(days=800))


@settings(max_examples=30, deadline=None)
@given(st.integers(min_value=0), st.integers(1, 90))
def test_it_makes_no_difference_to_what_follows_how_long_a_worker_was_away(seed: int, days: int) -> None:
    """Step, outcome and dates are the same; only reminders were skipped."""
    play = improvise(Play(city("yancheng")).submit(), seed, 25)
    there, away = play.fork(), play.fork()
    until = play.now + timedelta(days=days)
    there.until(until)
    away.now = until
    away.let_pass()

    def dates(deadline: Deadline) -> tuple[object, ...]:
        return deadline.id, deadline.due_at, deadline.status, deadline.rungs

    assert (away.state.step, away.state.outcome) == (there.state.step, there.state.outcome)
    assert [dates(each) for each in away.state.deadlines] == [dates(each) for each in there.state.deadlines]
    assert away.state.consultation == there.state.consultation
