"""When a message goes out, to whom, and when it is tried again."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.deadline import Level
from models.mailbox import Absence, Contact, ContactBook, DeliveryRules, Dispensable, Hours, Message
from models.notification import NotificationKind
from rules.calendar import is_workday
from rules.deadlines import BEIJING, local_day
from rules.delivery import dispensable, goes_out_at, reader, try_again_at
from tests.scenario import city

RULES = DeliveryRules()
CALENDAR = city("yancheng").calendar
KJ, FG, GX = "unit:盐城市/市科技局", "unit:盐城市/市发改委", "unit:盐城市/市工信局"
FRIDAY = datetime(2026, 9, 18, 8, 0, tzinfo=BEIJING)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def contact(**how: Any) -> Contact:
    return Contact(mailbox=KJ, **how)


def book(*contacts: Contact) -> ContactBook:
    return ContactBook(contacts=contacts)


def away(who: str, first: date, last: date, substitute: str) -> Contact:
    return Contact(mailbox=who, away=(Absence(first=first, last=last, substitute=substitute),))


@given(MOMENTS)
def test_whoever_asks_for_nothing_gets_it_at_once(moment: datetime) -> None:
    assert goes_out_at(RULES, contact(), CALENDAR, Level.REMIND, moment) == moment


@pytest.mark.parametrize("level", [Level.RED, Level.ASSESSMENT])
def test_a_red_alert_waits_for_nobody_s_hours(level: Level) -> None:
    night = FRIDAY.replace(hour=23)
    assert goes_out_at(RULES, contact(hours=Hours(), digest_at=time(9)), CALENDAR, level, night) == night


@pytest.mark.parametrize(
    ("hour", "day"),
    [
        (time(8), date(2026, 9, 18)),
        (time(17, 30), date(2026, 9, 20)),  # the Sunday is a make-up workday
    ],
)
def test_out_of_hours_it_waits_for_the_next_working_morning(hour: time, day: date) -> None:
    ready = datetime.combine(date(2026, 9, 18), hour, BEIJING)
    assert goes_out_at(RULES, contact(hours=Hours()), CALENDAR, Level.YELLOW, ready) == datetime.combine(
        day, time(9), BEIJING
    )


def test_in_hours_it_goes_out_at_once() -> None:
    noon = FRIDAY.replace(hour=12)
    assert goes_out_at(RULES, contact(hours=Hours()), CALENDAR, Level.REMIND, noon) == noon


@given(MOMENTS, st.sampled_from([Level.REMIND, Level.YELLOW, Level.ORANGE]))
def test_it_always_goes_out_in_hours_and_never_before_it_is_ready(moment: datetime, level: Level) -> None:
    at = goes_out_at(RULES, contact(hours=Hours()), CALENDAR, level, moment)
    assert at >= moment
    assert is_workday(CALENDAR, local_day(at))
    assert time(9) <= at.astimezone(BEIJING).time() < time(17, 30)
    assert goes_out_at(RULES, contact(hours=Hours()), CALENDAR, level, at) == at


@given(MOMENTS)
def test_a_digest_comes_once_a_working_day_at_its_time(moment: datetime) -> None:
    at = goes_out_at(RULES, contact(digest_at=time(16)), CALENDAR, Level.REMIND, moment)
    assert at >= moment
    assert at.astimezone(BEIJING).time() == time(16)
    assert is_workday(CALENDAR, local_day(at))


def test_a_substitute_reads_the_post_while_somebody_is_away() -> None:
    first, last = date(2026, 9, 17), date(2026, 9, 18)
    contacts = book(away(KJ, first, last, FG), away(FG, last, last, GX), Contact(mailbox=GX))
    thursday = FRIDAY - timedelta(days=1)
    assert reader(contacts, KJ, thursday).mailbox == FG
    assert reader(contacts, KJ, FRIDAY).mailbox == GX
    assert reader(contacts, KJ, FRIDAY + timedelta(days=1)).mailbox == KJ
    assert reader(contacts, "person:nobody", FRIDAY) == Contact(mailbox="person:nobody")


def test_substitutes_who_stand_in_for_each_other_are_refused() -> None:
    day = date(2026, 9, 18)
    with pytest.raises(ValidationError, match="2026-09-18 the substitutes form a ring"):
        book(away(KJ, day - timedelta(days=1), day, FG), away(FG, day, day, GX), away(GX, day, day, KJ))
    with pytest.raises(ValidationError, match="ring"):
        book(away(KJ, day, day, KJ))
    next_day = day + timedelta(days=1)
    contacts = book(away(KJ, day, day, FG), away(FG, next_day, next_day, KJ))
    assert reader(contacts, KJ, FRIDAY).mailbox == FG


def test_the_post_of_a_unit_of_before_a_merger_is_read_by_its_heir() -> None:
    day = date(2026, 9, 18)
    absent = Absence(first=day, last=day, substitute=GX)
    heir = Contact(mailbox=KJ, formerly=(FG, "unit:盐城市/市大数据局"), away=(absent,))
    contacts = book(heir, Contact(mailbox=GX))
    assert reader(contacts, FG, FRIDAY - timedelta(days=1)) == heir
    assert reader(contacts, FG, FRIDAY).mailbox == GX
    with pytest.raises(ValidationError, match="unit:盐城市/市发改委 is there twice"):
        book(heir, Contact(mailbox=FG))


def test_a_ring_over_a_former_name_is_refused() -> None:
    day = date(2026, 9, 18)
    heir = Contact(mailbox=KJ, formerly=(FG,), away=(Absence(first=day, last=day, substitute=GX),))
    with pytest.raises(ValidationError, match="ring"):
        book(heir, away(GX, day, day, FG))


def test_only_one_substitute_reads_the_post_on_a_day() -> None:
    day = date(2026, 9, 18)
    one, other = Absence(first=day, last=day, substitute=FG), Absence(first=day, last=day, substitute=GX)
    with pytest.raises(ValidationError, match="two absences overlap on 2026-09-18"):
        Contact(mailbox=KJ, away=(one, other))
    next_day = other.model_copy(update={"first": day + timedelta(days=1), "last": day + timedelta(days=1)})
    assert Contact(mailbox=KJ, away=(next_day, one)).away


@pytest.mark.parametrize(
    ("mailbox", "substitute", "says"),
    [
        (KJ, "unit:宁波市/市科技局", "belongs to another city"),
        (KJ, "role:宁波市/leading_group", "belongs to another city"),
        ("role:盐城市/complaint_supervisor", KJ, "may be a party to the complaints"),
        ("role:盐城市/complaint_supervisor", "role:盐城市/leading_group", "may be a party to the complaints"),
    ],
)
def test_a_substitute_with_another_interest_is_refused(mailbox: str, substitute: str, says: str) -> None:
    day = date(2026, 9, 18)
    with pytest.raises(ValidationError, match=says):
        away(mailbox, day, day, substitute)
    assert away(mailbox, day, day, "person:zhang-san").away


DAYS = st.dates(date(2026, 9, 1), date(2026, 9, 10))


@given(st.lists(st.tuples(st.sampled_from([KJ, FG, GX]), DAYS, DAYS, st.sampled_from([KJ, FG, GX])), max_size=5))
def test_a_book_is_refused_exactly_when_some_day_has_a_ring(absences: list[tuple[str, date, date, str]]) -> None:
    gone: dict[str, list[Absence]] = {KJ: [], FG: [], GX: []}
    for who, one, other, substitute in absences:
        gone[who].append(Absence(first=min(one, other), last=max(one, other), substitute=substitute))
    contacts = tuple(Contact.model_construct(mailbox=who, away=tuple(each)) for who, each in gone.items())
    assume(not any(one.first <= other.last and other.first <= one.last
                   for each in gone.values() for one, other in combinations(each, 2)))  # fmt: skip
    unchecked = ContactBook.model_construct(contacts=contacts)
    ring = any(_comes_back(unchecked, who, date(2026, 9, 1) + timedelta(days=day)) for who in gone for day in range(10))
    try:
        ContactBook(contacts=contacts)
    except ValidationError:
        assert ring
    else:
        assert not ring


def _comes_back(contacts: ContactBook, who: str, day: date) -> bool:
    at: str | None = who
    for _ in range(4):
        at = contacts.substitute(at, day) if at is not None else None
        if at == who:
            return True
    return False


def test_each_pause_is_twice_as_long_up_to_an_hour_and_then_it_is_given_up() -> None:
    pauses = [try_again_at(RULES, attempts, FRIDAY) for attempts in range(1, RULES.attempts)]
    minutes = [(each - FRIDAY) / timedelta(minutes=1) for each in pauses if each is not None]
    assert minutes[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert max(minutes) == RULES.longest_pause
    assert len(minutes) == RULES.attempts - 1
    assert try_again_at(RULES, RULES.attempts, FRIDAY) is None


def test_how_loud_and_how_often_is_for_the_city_to_say() -> None:
    rules = DeliveryRules(at_once=(Level.ORANGE,), first_retry=5, longest_pause=15, attempts=4)
    night, morning = FRIDAY.replace(hour=23), FRIDAY.replace(hour=9) + timedelta(days=2)
    hours = contact(hours=Hours())
    assert goes_out_at(rules, hours, CALENDAR, Level.ORANGE, night) == night
    assert goes_out_at(rules, hours, CALENDAR, Level.RED, night) == morning
    pauses = [try_again_at(rules, attempts, FRIDAY) for attempts in range(1, 5)]
    assert pauses == [FRIDAY + timedelta(minutes=minutes) for minutes in (5, 10, 15)] + [None]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"first_retry": 90}, "first_retry is longer than longest_pause; exchange them"),
        ({"first_retry": 0}, "greater than or equal to 1"),
        ({"attempts": 0}, "greater than or equal to 1"),
        ({"at_once": ["scarlet"]}, "'remind', 'yellow', 'orange', 'red' or 'assessment'"),
        ({"attempt": 3}, "Extra inputs are not permitted"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        DeliveryRules.model_validate(wrong)


def message(kind: NotificationKind, level: Level = Level.REMIND, due_on: date | None = None) -> Message:
    return Message(
        stream="YC-1", sequence=1, recipient=KJ, rung="x", kind=kind, level=level,
        payload={"due_on": due_on.isoformat() if due_on else None}, send_after=FRIDAY,
    )  # fmt: skip


@given(
    st.sampled_from(NotificationKind),
    st.sampled_from(Level),
    st.none() | st.dates(date(2026, 9, 10), date(2026, 9, 30)),
)
def test_nothing_may_be_turned_off_but_what_is_early_moved_or_closed(
    kind: NotificationKind, level: Level, due_on: date | None
) -> None:
    match dispensable(message(kind, level, due_on)):
        case Dispensable.EARLY_REMINDER:
            assert kind is NotificationKind.REMINDER
            assert level is Level.REMIND
            assert due_on is not None
            assert due_on > FRIDAY.date()
        case Dispensable.DUTY_MOVED:
            assert kind is NotificationKind.DUTY_MOVED
        case Dispensable.CLOSED:
            assert kind is NotificationKind.CLOSED
        case None:
            assert kind not in (NotificationKind.DUTY_MOVED, NotificationKind.CLOSED)


def test_a_reminder_is_early_until_the_eve_of_the_due_day_on_the_city_s_clock() -> None:
    reminder = message(NotificationKind.REMINDER, due_on=date(2026, 9, 19))
    before_midnight = datetime(2026, 9, 18, 23, 59, tzinfo=BEIJING)
    assert dispensable(reminder.model_copy(update={"send_after": before_midnight})) is Dispensable.EARLY_REMINDER
    midnight = before_midnight + timedelta(minutes=1)
    assert dispensable(reminder.model_copy(update={"send_after": midnight.astimezone(UTC)})) is None


@pytest.mark.parametrize("always", ["duty_set", "decision", "handed_over", "reminder", "red"])
def test_what_always_comes_cannot_be_turned_off(always: str) -> None:
    with pytest.raises(ValidationError, match=f"{always} can not be turned off.*; remove it, or use one of: early_rem"):
        contact(without=("closed", always))
    assert contact(without=tuple(Dispensable)).without == tuple(Dispensable)
