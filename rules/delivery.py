"""When a message may go out, to whom, and when to try again; and which ones somebody may do without.

Nobody can turn off what a duty, a decision or a delay is told by: reminders only before the due day, and never a duty,
a decision, or a part that went to somebody else.
"""

from datetime import date, datetime, time, timedelta

from models.calendar import Calendar
from models.deadline import Level
from models.mailbox import Contact, ContactBook, DeliveryRules, Dispensable, Message
from models.notification import NotificationKind
from rules.calendar import is_workday, shift_workdays
from rules.deadlines import BEIJING, local_day


def reader(book: ContactBook, mailbox: str, now: datetime) -> Contact:
    """Who reads a mailbox's post on the day of `now`: its own contact, or that of the substitute."""
    day = local_day(now)
    seen = {mailbox}
    while (substitute := book.substitute(mailbox, day)) is not None and substitute not in seen:
        seen.add(mailbox := substitute)
    return book.find(mailbox)


def dispensable(message: Message) -> Dispensable | None:
    """As what a message may be turned off; None: it always comes."""
    match message.kind:
        case NotificationKind.DUTY_MOVED:
            return Dispensable.DUTY_MOVED
        case NotificationKind.CLOSED:
            return Dispensable.CLOSED
        case NotificationKind.REMINDER if message.level is Level.REMIND and _before_the_due_day(message):
            return Dispensable.EARLY_REMINDER
        case _:
            return None


def _before_the_due_day(message: Message) -> bool:
    due_on = message.payload.get("due_on")
    return due_on is not None and local_day(message.send_after) < date.fromisoformat(due_on)


def goes_out_at(
    rules: DeliveryRules, contact: Contact, calendar: Calendar, level: Level, ready_at: datetime
) -> datetime:
    """The first moment from `ready_at` on at which the contact wants a message of this loudness."""
    if level in rules.at_once:
        return ready_at
    if contact.digest_at is not None:
        return _next(calendar, ready_at, contact.digest_at)
    if contact.hours is None:
        return ready_at
    local = ready_at.astimezone(BEIJING)
    if is_workday(calendar, local.date()) and contact.hours.begins <= local.time() < contact.hours.ends:
        return ready_at
    return _next(calendar, ready_at, contact.hours.begins)


def _next(calendar: Calendar, after: datetime, at: time) -> datetime:
    """The next working day's `at`, today's where that is still to come."""
    local = after.astimezone(BEIJING)
    today = datetime.combine(local.date(), at, BEIJING)
    if is_workday(calendar, local.date()) and today >= local:
        return today
    return datetime.combine(shift_workdays(calendar, local.date(), 1), at, BEIJING)


def try_again_at(rules: DeliveryRules, attempts: int, now: datetime) -> datetime | None:
    """After so many attempts, each pause twice as long as the one before; None: give it up."""
    if attempts >= rules.attempts:
        return None
    pause = rules.first_retry * 2 ** min(attempts - 1, 20)
    return now + timedelta(minutes=min(pause, rules.longest_pause))
