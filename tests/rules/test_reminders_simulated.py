"""Reminders against a simulator that walks from day to day: whatever happens to a deadline, the same ones go out.

The simulator knows the city's calendar, ladder and hours, and nothing of the rules' own arithmetic. Long runs (10,000
schedules): `pytest tests/rules/test_reminders_simulated.py --hypothesis-profile=long`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal, NamedTuple, get_args

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from models.calendar import Holiday, Period, Unit, YearNotice
from models.commands.anywhere import DecideExtension, RequestExtension, Resume, Suspend
from models.deadline import Level
from models.events.clock import RungDue
from models.policy import Ladder, LadderRung, Policy
from models.refusal import Refused
from models.vocabulary import Role, Suspends
from rules.deadlines import BEIJING
from tests.scenario import Play, city, loading, with_limit

LONG = settings.get_current_profile_name() == "long"
EXAMPLES = 10_000 if LONG else 150
CLOCK = "expert_review"
DAY = timedelta(days=1)
NINE, MIDNIGHT = time(9), time(0)
LONGER = 10
"""Units of one extension."""


RestDays = Literal["keep", "before", "after"]


class Heard(NamedTuple):
    """A reminder that went out, and those that it stands for as well."""

    at: datetime
    name: str
    to: Role | None
    level: Level
    skipped: tuple[str, ...]


# the schedule


class Step(NamedTuple):
    """`hours` go by, alarm by alarm, or unattended; then something is done."""

    hours: int
    attended: bool
    act: Literal["suspend", "resume", "extend", "notice 2027", "notice 2028", "nothing"]


RUNGS = st.builds(
    LadderRung,
    offset=st.integers(-15, 15),
    unit=st.sampled_from(("workdays", "days")),
    level=st.sampled_from(Level),
    to=st.sampled_from((None, Role.LEADING_GROUP, Role.PLATFORM_OFFICE)),
    if_limit_at_least=st.sampled_from((0, 0, 0, 30)),
)
LADDERS = st.lists(RUNGS, min_size=1, max_size=8, unique_by=lambda rung: (rung.offset, rung.unit, rung.to)).map(tuple)
PERIODS = st.builds(
    Period, length=st.integers(1, 60) | st.integers(100, 260), unit=st.sampled_from((Unit.WORKDAYS, Unit.DAYS))
)
STEPS = st.builds(
    Step,
    hours=st.integers(0, 72) | st.integers(0, 2_500),
    attended=st.sampled_from((True, True, False)),
    act=st.sampled_from(("suspend", "resume", "suspend", "resume", "extend", "notice 2027", "notice 2028", "nothing")),
)


@st.composite
def notices(draw: st.DrawFn, year: int) -> YearNotice:
    new_year = date(year, 1, 1)
    rest = {new_year + n * DAY for n in draw(st.sets(st.integers(0, 360), max_size=30))}
    work = {new_year + n * DAY for n in draw(st.sets(st.integers(0, 360), max_size=12))} - rest
    holidays = (Holiday(name="假日", days=tuple(sorted(rest))),) if rest else ()
    makeup = tuple(sorted(day for day in work if day.weekday() >= 5))
    return YearNotice(year=year, source="invented", holidays=holidays, makeup_workdays=makeup, invented=True)


# the simulator


@dataclass
class Simulator:
    """A clock of whole days, walked day by day. `left` is what it had left when it was stopped."""

    rest: set[date]
    work: set[date]
    ladder: tuple[LadderRung, ...]
    rest_days: RestDays
    period: Period
    counted_from: date
    since: datetime
    legs: list[int] = field(default_factory=list)
    due: date = date.min
    left: int | None = None
    overdue: bool = False
    sent: set[LadderRung] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.legs = [self.period.length]
        self.count(self.since)

    def works(self, day: date) -> bool:
        return day in self.work or (day.weekday() < 5 and day not in self.rest)

    def walk(self, day: date, steps: int) -> date:
        """So many working days on, or back."""
        towards = DAY if steps > 0 else -DAY
        for _ in range(abs(steps)):
            day += towards
            while not self.works(day):
                day += towards
        return day

    def count(self, now: datetime) -> None:
        day = self.counted_from
        for leg in self.legs:
            if self.period.unit is Unit.WORKDAYS:
                day = self.walk(day, leg)
            else:
                day += leg * DAY
                while not self.works(day):
                    day += DAY
        self.set(day, now)

    def set(self, due: date, now: datetime) -> None:
        """The ladder stands anew; what lies before `now` does not come any more."""
        self.due, self.since, self.sent = due, now, set()

    def over(self) -> datetime:
        return datetime.combine(self.due + DAY, MIDNIGHT, BEIJING)

    def moment(self, rung: LadderRung) -> datetime:
        on = self.walk(self.due, rung.offset) if rung.unit == "workdays" else self.due + rung.offset * DAY
        if rung.unit == "days" and self.rest_days != "keep" and not self.works(on):
            on = self.walk(on, -1 if self.rest_days == "before" else 1)
        return datetime.combine(on, NINE, BEIJING)

    def counts(self, rung: LadderRung) -> bool:
        length = self.period.length if self.period.unit is Unit.WORKDAYS else self.period.length * 5 // 7
        return rung.if_limit_at_least <= length

    def goes_on(self, now: datetime, *, attended: bool) -> Iterator[Heard]:
        """What goes out until `now`. Unattended: each who hears of it hears the latest only."""
        if self.left is not None:
            return
        due = sorted(
            (rung for rung in self.ladder if self.counts(rung) and rung not in self.sent
             and self.since < self.moment(rung) <= now),
            key=self.moment,
        )  # fmt: skip
        self.sent |= set(due)
        self.overdue = self.overdue or self.over() <= now
        for to in (None, Role.LEADING_GROUP, Role.PLATFORM_OFFICE):
            own = [rung for rung in due if rung.to is to]
            for rung in own:
                together = [other for other in own if not attended or self.moment(other) == self.moment(rung)]
                last = max(map(self.moment, together), default=None)
                if self.moment(rung) == last:
                    skipped = tuple(name(other) for other in together if self.moment(other) < self.moment(rung))
                    yield Heard(self.moment(rung), name(rung), to, rung.level, skipped)

    def stop(self, today: date) -> None:
        if self.period.unit is Unit.WORKDAYS:
            first, last = sorted((today, self.due))
            between = sum(self.works(first + n * DAY) for n in range(1, (last - first).days + 1))
            left = between if today <= self.due else -between
        else:
            left = (self.due - today).days
        self.left = min(left, -1) if self.overdue else max(left, 0)

    def run_on(self, today: date, now: datetime) -> None:
        left, self.left = self.left or 0, None
        self.overdue = left < 0
        if left > 0:
            self.counted_from, self.legs = today, [left]
            self.count(now)
            return
        self.legs = []
        if left == 0:
            self.set(today if self.works(today) else self.walk(today, 1), now)
        elif self.period.unit is Unit.WORKDAYS:
            self.set(self.walk(today, left), now)
        else:
            self.set(today + left * DAY, now)

    def extend(self, now: datetime) -> None:
        before = self.due
        if not self.legs:
            self.counted_from = self.due
        self.legs.append(LONGER)
        self.count(now)
        if self.left is not None:
            if self.period.unit is Unit.WORKDAYS:
                self.left += sum(self.works(before + n * DAY) for n in range(1, (self.due - before).days + 1))
            else:
                self.left += (self.due - before).days
        else:
            self.overdue = False

    def learn(self, notice: YearNotice, now: datetime) -> None:
        self.rest |= {day for holiday in notice.holidays for day in holiday.days}
        self.work |= set(notice.makeup_workdays)
        if self.left is not None:
            return
        if self.legs:
            self.count(now)
        else:
            self.set(self.due, now)
        self.overdue = self.overdue and self.over() <= now


def name(rung: LadderRung) -> str:
    return "T-0" if rung.offset == 0 else f"T{rung.offset:+d}{'' if rung.unit == 'workdays' else 'd'}"


# the comparison


@cache
def stage() -> Play:
    """The moment before the expert review's clock is set."""
    return Play(city("yancheng")).to_fair_competition()


def policy_with(policy: Policy, ladder: tuple[LadderRung, ...], rest_days: RestDays, period: Period) -> Policy:
    drawn = Ladder(clause="for a test", rungs=ladder, rest_days=rest_days)
    rule = policy.limit(CLOCK).extension
    assert rule is not None
    longer = rule.model_copy(update={
        "period": Period(length=LONGER, unit=period.unit), "times": 5,
        "ask_before": Period(length=1, unit=Unit.WORKDAYS),
    })  # fmt: skip
    made = policy.model_copy(update={"ladders": {**policy.ladders, "drawn": drawn}})
    return with_limit(made, CLOCK, period=period, ladder="drawn", extension=longer, when_suspended=Suspends.PAUSES)


def simulator(play: Play, ladder: tuple[LadderRung, ...], rest_days: RestDays, period: Period) -> Simulator:
    calendar = play.policy.calendar
    rest = {day for notice in calendar.notices for holiday in notice.holidays for day in holiday.days}
    work = {day for notice in calendar.notices for day in notice.makeup_workdays}
    return Simulator(rest, work, ladder, rest_days, period, counted_from=play.today, since=play.now)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    LADDERS, st.sampled_from(get_args(RestDays)), PERIODS, st.lists(STEPS, min_size=1, max_size=14), notices(2027),
    notices(2028),
)  # fmt: skip
def test_the_same_reminders_go_out_as_by_hand(
    ladder: tuple[LadderRung, ...],
    rest_days: RestDays,
    period: Period,
    steps: list[Step],
    of_2027: YearNotice,
    of_2028: YearNotice,
) -> None:
    play = stage().fork()
    play.policy = policy_with(play.policy, ladder, rest_days, period)
    play.conclude_fair_competition()
    by_hand = simulator(play, ladder, rest_days, period)
    assert play.deadline(CLOCK).due_on == by_hand.due
    heard: list[Heard] = []
    expected: list[Heard] = []
    for step in (*steps, Step(1, attended=True, act="resume"), Step(2_000, attended=True, act="nothing")):
        play_on(play, step, heard)
        expected.extend(by_hand.goes_on(play.now, attended=step.attended))
        done = act(play, step.act, {2027: of_2027, 2028: of_2028})
        event(f"{step.act}: {'done' if done else 'refused'}")
        if done:
            mirror(by_hand, step.act, play.today, play.now, {2027: of_2027, 2028: of_2028})
        assert (play.deadline(CLOCK).remaining is None) == (by_hand.left is None)
        if by_hand.left is None:
            assert play.deadline(CLOCK).due_on == by_hand.due
    event(f"{min(len(heard), 5)} reminders or more" if len(heard) >= 5 else f"{len(heard)} reminders")
    assert sorted(heard, key=str) == sorted(expected, key=str)


def play_on(play: Play, step: Step, heard: list[Heard]) -> None:
    to = play.now + timedelta(hours=step.hours)
    if step.attended:
        events = play.until(to)
    else:
        play.now = to
        events = play.let_pass()
    heard.extend(
        Heard(each.rung.at, each.rung.name, each.rung.to, each.rung.level, each.skipped)
        for each in events
        if isinstance(each, RungDue) and each.id == CLOCK
    )


def act(play: Play, what: str, given: dict[int, YearNotice]) -> bool:
    """Whether the rules let it happen."""
    try:
        match what.split():
            case ["suspend"]:
                play.do(Suspend(reasons="安全检查"), play.lead)
            case ["resume"]:
                play.do(Resume(reasons="检查结束"), play.lead)
            case ["extend"]:
                play.do(RequestExtension(deadline=CLOCK, reasons="需补充材料"), play.lead)
                play.do(DecideExtension(deadline=CLOCK, granted=True, reasons="同意"), play.group)
            case ["notice", year]:
                play.do(loading(given[int(year)]), play.platform)
            case _:
                return False
    except Refused:
        return False
    return True


def mirror(by_hand: Simulator, what: str, today: date, now: datetime, given: dict[int, YearNotice]) -> None:
    match what.split():
        case ["suspend"]:
            by_hand.stop(today)
        case ["resume"]:
            by_hand.run_on(today, now)
        case ["extend"]:
            by_hand.extend(now)
        case ["notice", year]:
            by_hand.learn(given[int(year)], now)
