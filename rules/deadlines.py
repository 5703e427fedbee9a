"""Setting, pausing and moving deadlines. Everything here makes facts; nothing here is ever asked again for a date.

Days are counted on the city's clock, +08:00. A deadline has passed from the first instant after its due day ends
(policy `day_ends`). Reminders go out at `reminders_at` on the day that the ladder names; rungs that lie before the
moment the deadline is set are left out.
"""

from datetime import date, datetime, time, timedelta, timezone
from typing import assert_never

from models.calendar import Arithmetic, Period, Unit
from models.deadline import Deadline, DeadlineStatus, Extension, Holder, Rung
from models.policy import Ladder, Policy
from models.vocabulary import Machine
from rules.calendar import due_date, is_workday, shift_workdays, workdays_between

BEIJING = timezone(timedelta(hours=8))


def local_day(at: datetime) -> date:
    """The city's date at an instant."""
    return at.astimezone(BEIJING).date()


def local_minute(at: datetime) -> str:
    """The city's clock, for people."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def end_of(policy: Policy, day: date) -> datetime:
    """The first instant at which `day` is over for deadlines."""
    if policy.day_ends == time(0):
        return datetime.combine(day + timedelta(days=1), time(0), BEIJING)
    return datetime.combine(day, policy.day_ends, BEIJING)


def _in_workdays(period: Period) -> int:
    """How long a period is for `if_limit_at_least`: about 21 working days a month."""
    match period.unit:
        case Unit.HOURS:
            return 0
        case Unit.WORKDAYS:
            return period.length
        case Unit.DAYS:
            return period.length * 5 // 7
        case Unit.MONTHS:
            return period.length * 21
        case Unit.YEARS:
            return period.length * 250


def rungs(
    policy: Policy, ladder: Ladder, due_on: date, due_at: datetime, period: Period, after: datetime
) -> tuple[Rung, ...]:
    """The reminders of a deadline that still lie after `after`, in order of time."""
    out = []
    for rung in ladder.rungs:
        if rung.if_limit_at_least > _in_workdays(period):
            continue
        match rung.unit:
            case "workdays":
                day = shift_workdays(policy.calendar, due_on, rung.offset) if rung.offset else due_on
                name, at = f"T{rung.offset:+d}", datetime.combine(day, policy.reminders_at, BEIJING)
            case "days":
                day = _moved(policy, ladder, due_on + timedelta(days=rung.offset))
                name, at = f"T{rung.offset:+d}d", datetime.combine(day, policy.reminders_at, BEIJING)
            case "hours":
                name, at = f"T{rung.offset:+d}h", due_at + timedelta(hours=rung.offset)
            case "minutes":
                name, at = f"T{rung.offset:+d}min", due_at + timedelta(minutes=rung.offset)
            case _:
                assert_never(rung.unit)
        if at > after:
            out.append(Rung(name="T-0" if rung.offset == 0 else name, at=at, level=rung.level, to=rung.to))
    return tuple(sorted(out, key=lambda rung: rung.at))


def _moved(policy: Policy, ladder: Ladder, day: date) -> date:
    """Where a reminder of that day comes, as the ladder wants it on rest days."""
    if ladder.rest_days == "keep" or is_workday(policy.calendar, day):
        return day
    return shift_workdays(policy.calendar, day, -1 if ladder.rest_days == "before" else 1)


def new_deadline(
    policy: Policy,
    limit: str,
    *,
    key: str,
    holder: Holder | None,
    verbs: tuple[str, ...],
    machine: Machine,
    bidder: str | None,
    step: str,
    sequence: int,
    counted_from: date,
    set_at: datetime,
    period: Period | None = None,
    due_on: date | None = None,
) -> Deadline:
    """A deadline under one of the policy's limits.

    `counted_from` is the day of the triggering event, which is excluded; a period in hours is counted from `set_at`.
    `period` replaces the limit's own (a trial lasts as its plan says); `due_on` fixes the last day instead of counting.
    """
    rule = policy.limit(limit)
    period = period or rule.period
    fixed = due_on is not None
    deadline = Deadline(
        id=key,
        limit=limit,
        holder=holder,
        verbs=verbs,
        machine=machine,
        bidder=bidder,
        step=step,
        clause=rule.clause,
        period=period,
        started_by=sequence,
        started_on=counted_from,
        counted_from=counted_from,
        legs=() if fixed else (period,),
        due_on=due_on or counted_from,
        due_at=set_at,
        provisional=False,
        calendar=policy.calendar.version,
        arithmetic=None,
    )
    if period.unit is Unit.HOURS:
        return _ends_at(policy, deadline, set_at + timedelta(hours=period.length), set_at)
    if fixed:
        return _ends_on(policy, deadline, deadline.due_on, set_at)
    return _counted(policy, deadline, set_at)


def _ends_at(policy: Policy, deadline: Deadline, due_at: datetime, at: datetime) -> Deadline:
    return _dated(policy, deadline, local_day(due_at), due_at, at)


def _ends_on(policy: Policy, deadline: Deadline, due_on: date, at: datetime) -> Deadline:
    return _dated(policy, deadline, due_on, end_of(policy, due_on), at)


def _dated(policy: Policy, deadline: Deadline, due_on: date, due_at: datetime, at: datetime) -> Deadline:
    ladder = policy.ladders[policy.limit(deadline.limit).ladder]
    return deadline.model_copy(
        update={
            "due_on": due_on,
            "due_at": due_at,
            "status": DeadlineStatus.OPEN,
            "remaining": None,
            "calendar": policy.calendar.version,
            "rungs": rungs(policy, ladder, due_on, due_at, deadline.period, at),
        }
    )


def _counted(policy: Policy, deadline: Deadline, at: datetime) -> Deadline:
    """The date that the deadline's legs lead to under the policy's calendar."""
    day, provisional = deadline.counted_from, False
    arithmetic: Arithmetic | None = None
    for leg in deadline.legs:
        due = due_date(policy.calendar, day, leg)
        day, arithmetic, provisional = due.on, due.arithmetic, provisional or due.provisional
    counted = deadline.model_copy(update={"arithmetic": arithmetic, "provisional": provisional})
    return _ends_on(policy, counted, day, at)


def fixed_on(policy: Policy, deadline: Deadline, due_on: date, at: datetime) -> Deadline:
    """The same clock with its last day given, not counted."""
    return _ends_on(
        policy, deadline.model_copy(update={"legs": (), "arithmetic": None, "provisional": False}), due_on, at
    )


def remaining(policy: Policy, deadline: Deadline, at: datetime, today: date) -> int:
    """What is left of a clock when it is paused: seconds for hours, working days for working days, else days.

    Negative, and at least one unit, for what is overdue: a pause neither heals it nor makes it worse.
    """
    if deadline.period.unit is Unit.HOURS:
        left = int((deadline.due_at - at).total_seconds())
    else:
        left = _days_between(policy, deadline, today, deadline.due_on)
    return min(left, -1) if deadline.status is DeadlineStatus.OVERDUE else max(left, 0)


def _days_between(policy: Policy, deadline: Deadline, first: date, last: date) -> int:
    if deadline.period.unit is Unit.WORKDAYS:
        return workdays_between(policy.calendar, first, last)
    return (last - first).days


def resumed(policy: Policy, deadline: Deadline, at: datetime, today: date) -> Deadline:
    """The paused clock runs on: what was left is counted from the day of resumption, at the least a working day.

    What was overdue is overdue again, by as much.
    """
    left = deadline.remaining or 0
    if deadline.period.unit is Unit.HOURS:
        again = _ends_at(policy, deadline, at + timedelta(seconds=left or 1), at)
    elif left > 0:
        unit = Unit.WORKDAYS if deadline.period.unit is Unit.WORKDAYS else Unit.DAYS
        legs = (Period(length=left, unit=unit),)
        again = _counted(policy, deadline.model_copy(update={"counted_from": today, "legs": legs}), at)
    else:
        again = fixed_on(policy, deadline, _last_day(policy, deadline, left, at, today), at)
    return again.model_copy(update={"status": DeadlineStatus.OVERDUE}) if left < 0 else again


def _last_day(policy: Policy, deadline: Deadline, left: int, at: datetime, today: date) -> date:
    if left < 0:
        workdays = deadline.period.unit is Unit.WORKDAYS
        return shift_workdays(policy.calendar, today, left) if workdays else today + timedelta(days=left)
    over = end_of(policy, today) <= at or not is_workday(policy.calendar, today)
    return shift_workdays(policy.calendar, today, 1) if over else today


def extended(
    policy: Policy, deadline: Deadline, extension: Extension, at: datetime, at_most: Period | None = None
) -> Deadline:
    """The extension's period more, counted from the day it was due. A clock that stands still has as much more left.

    What is `at_most` so long in all is one period with its extension: only its last day is moved off a rest day.
    """
    longer = _with(policy, deadline, extension, at)
    if at_most is not None:
        longer = _counted(policy, longer.model_copy(update={"legs": _together(deadline.legs, extension.period)}), at)
        if due_date(policy.calendar, longer.counted_from, at_most).on < longer.due_on:
            longer = _counted(policy, longer.model_copy(update={"legs": (at_most,)}), at)
    if deadline.status is not DeadlineStatus.PAUSED:
        return longer
    if deadline.period.unit is Unit.HOURS:
        more = int((longer.due_at - deadline.due_at).total_seconds())
    else:
        more = _days_between(policy, deadline, deadline.due_on, longer.due_on)
    return longer.model_copy(update={"status": deadline.status, "remaining": (deadline.remaining or 0) + more})


def _with(policy: Policy, deadline: Deadline, extension: Extension, at: datetime) -> Deadline:
    with_it = deadline.model_copy(update={"extensions": (*deadline.extensions, extension)})
    if extension.period.unit is Unit.HOURS:
        return _ends_at(policy, with_it, deadline.due_at + timedelta(hours=extension.period.length), at)
    if not deadline.legs:
        with_it = with_it.model_copy(update={"counted_from": deadline.due_on})
    legs = (*deadline.legs, extension.period)
    return _counted(policy, with_it.model_copy(update={"legs": legs}), at)


def _together(legs: tuple[Period, ...], more: Period) -> tuple[Period, ...]:
    """Months and months are months (民法典203)."""
    if not legs or legs[-1].unit is not more.unit:
        return (*legs, more)
    return (*legs[:-1], more.model_copy(update={"length": legs[-1].length + more.length}))


def recomputed(policy: Policy, deadline: Deadline, at: datetime) -> Deadline:
    """The same count, and the reminders, under the policy's present calendar.

    A day that was fixed (a call's close) and an exact instant stay.
    """
    if deadline.period.unit is Unit.HOURS:
        again = _ends_at(policy, deadline, deadline.due_at, at)
    elif deadline.legs:
        again = _counted(policy, deadline, at)
    else:
        again = _ends_on(policy, deadline, deadline.due_on, at)
    if deadline.status is DeadlineStatus.OVERDUE and again.due_at <= at:
        again = again.model_copy(update={"status": deadline.status})
    return again
