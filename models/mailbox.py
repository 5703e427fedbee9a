"""Mailboxes: where a recipient of `models.notification` is reached, and what its workflow and its post say."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from .deadline import Level
from .frozen import Frozen
from .notification import NotificationKind
from .refusal import Language
from .text import Moment
from .vocabulary import Role

MailboxKey = Annotated[
    str, StringConstraints(pattern=r"^(unit:[^/]+/.+|role:[^/]+/[a-z_]+|person:.+)$", max_length=300)
]
"""`unit:CITY/UNIT`, `role:CITY/ROLE` or `person:ID`, as `models.notification` makes them."""
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s@/]+(/\S*)?$", max_length=2000)]
EmailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+$", max_length=254)]


class Hours(Frozen):
    """Working hours of a working day, on the city's clock (+08:00)."""

    begins: time = Field(time(9), description="first minute in which a message may come")
    ends: time = Field(time(17, 30), description="from this minute on it waits for the next working day")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begins >= self.ends:
            raise ValueError("the hours end before they begin; exchange them")
        return self


class Absence(Frozen):
    """From `first` to `last`, both included, `substitute` reads what comes."""

    first: date
    last: date
    substitute: MailboxKey

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("the absence ends before it begins; exchange the dates")
        return self


class WebhookAddress(Frozen):
    """A program of the recipient's; `secret` signs what it gets."""

    url: WebAddress
    secret: Annotated[SecretStr, Field(min_length=16)] = Field(
        description="shared with the receiver, 16 letters or more"
    )


class RobotKind(StrEnum):
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class Robot(Frozen):
    """A robot in a group chat. `secret`: where it wants signatures; `base_url`: a server of the city's own."""

    kind: RobotKind
    token: SecretStr
    secret: SecretStr | None = None
    base_url: WebAddress | None = None


class Dispensable(StrEnum):
    """What a recipient may do without: it tells of no duty and of no decision, and nothing is late when it comes."""

    EARLY_REMINDER = "early_reminder"
    DUTY_MOVED = "duty_moved"
    CLOSED = "closed"


def _may_be_turned_off(name: object) -> object:
    """Raises PydanticCustomError for a kind of message that there is, and that nobody does without."""
    if name in (*NotificationKind, *Level) and name not in tuple(Dispensable):
        may = ", ".join(Dispensable)
        raise PydanticCustomError(
            "not_dispensable",
            "{given} can not be turned off: duties, decisions, and reminders on the due day and after it always come; "
            "remove it, or use one of: {may}",
            {
                "given": str(name),
                "may": may,
                "zh": f"“{name}”不能关闭：待办、决定、到期当日及逾期的提醒一律发送；请删除，或从中选用：{may}",
            },
        )
    return name


class Contact(Frozen):
    """How one recipient wants its post."""

    mailbox: MailboxKey = Field(description="unit:CITY/UNIT, role:CITY/ROLE or person:ID")
    formerly: tuple[MailboxKey, ...] = Field(
        (), max_length=20, description="mailboxes of before a renaming or merger; their post is read here"
    )
    email: tuple[EmailAddress, ...] = Field((), max_length=10, description="who gets the letters")
    webhook: WebhookAddress | None = Field(None, description="a program that gets the letters as CloudEvents")
    robots: tuple[Robot, ...] = Field((), max_length=5, description="group chats that get the letters")
    language: Language = Field("zh", description="language of the letters: zh or en")
    digest_at: time | None = Field(None, description="everything that can wait once a working day, at this time")
    hours: Hours | None = Field(None, description="everything that can wait in working hours only")
    without: tuple[Annotated[Dispensable, BeforeValidator(_may_be_turned_off)], ...] = Field(
        (), max_length=len(Dispensable), description="what is read in the inbox only"
    )
    accepts_service: bool = Field(
        False,
        description="agreed to electronic service (电子送达): documents come by e-mail, which proves their service",
    )
    away: tuple[Absence, ...] = Field((), max_length=50, description="who reads the post meanwhile")

    @model_validator(mode="after")
    def _served_somewhere(self) -> Self:
        if self.accepts_service and not self.email:
            raise ValueError("accepts_service needs an e-mail address; add `email`, or remove it")
        return self

    def is_own(self, mailbox: str) -> bool:
        """Whether this is the mailbox's own contact, and not that of a substitute."""
        return mailbox in (self.mailbox, *self.formerly)

    @model_validator(mode="after")
    def _one_substitute_at_a_time(self) -> Self:
        in_order = sorted(self.away, key=lambda each: each.first)
        for one, other in pairwise(in_order):
            if other.first <= one.last:
                raise ValueError(f"two absences overlap on {other.first}; only one substitute can read the post then")
        return self

    @model_validator(mode="after")
    def _no_substitute_with_another_interest(self) -> Self:
        """Post stays in its city, and complaints with who decides on them: nobody judges what is said against them."""
        kind, _, rest = self.mailbox.partition(":")
        for substitute in (each.substitute for each in self.away):
            their_kind, _, theirs = substitute.partition(":")
            if "person" in (kind, their_kind):
                continue
            if rest.partition("/")[0] != theirs.partition("/")[0]:
                raise ValueError(f"{substitute} belongs to another city; name a substitute of the same one")
            if self.mailbox.endswith(f"/{Role.SUPERVISOR}"):
                raise ValueError(f"{substitute} may be a party to the complaints; name a person as the substitute")
        return self


class DeliveryRules(Frozen):
    """What holds for every mailbox. By default a letter that cannot go out is given up after about a day and a half."""

    at_once: tuple[Level, ...] = Field(
        (Level.RED, Level.ASSESSMENT), description="so loud that neither working hours nor a digest hold it up"
    )
    first_retry: int = Field(1, ge=1, le=24 * 60, description="minutes; each pause is twice as long as the one before")
    longest_pause: int = Field(60, ge=1, le=7 * 24 * 60, description="minutes")
    attempts: int = Field(40, ge=1, le=1000, description="after so many it is given up")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_retry > self.longest_pause:
            raise PydanticCustomError(
                "pauses_out_of_order",
                "first_retry is longer than longest_pause; exchange them",
                {"zh": "first_retry 比 longest_pause 长；请对调"},
            )
        return self


class ContactBook(Frozen):
    """Raises ValueError for a mailbox that is there twice, and for substitutes that form a ring."""

    delivery: DeliveryRules = DeliveryRules()
    contacts: tuple[Contact, ...] = ()

    def find(self, mailbox: str) -> Contact:
        """One without an entry has no address: its post is read in the inbox."""
        return next(
            (each for each in self.contacts if mailbox in (each.mailbox, *each.formerly)), Contact(mailbox=mailbox)
        )

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        known = [mailbox for each in self.contacts for mailbox in (each.mailbox, *each.formerly)]
        for mailbox in known:
            if known.count(mailbox) > 1:
                raise ValueError(f"{mailbox} is there twice; make one entry of the two")
        known = [each.mailbox for each in self.contacts]
        for day in sorted(self._turning_days()):
            for mailbox in known:
                self._refuse_ring(mailbox, day)
        return self

    def _turning_days(self) -> set[date]:
        """The days on which somebody else begins to read somebody's post: only there can a ring close."""
        absences = [absence for contact in self.contacts for absence in contact.away]
        return {each.first for each in absences} | {each.last + timedelta(days=1) for each in absences}

    def _refuse_ring(self, mailbox: str, day: date) -> None:
        path = [mailbox]
        while (substitute := self.substitute(path[-1], day)) is not None:
            path.append(substitute)
            if substitute == mailbox:
                ring = " > ".join(path)
                raise ValueError(f"on {day} the substitutes form a ring ({ring}); name another for one of them")
            if substitute in path[:-1]:
                return  # a ring of others, found when it is their turn

    def substitute(self, mailbox: str, day: date) -> str | None:
        away = self.find(mailbox).away
        return next((each.substitute for each in away if each.first <= day <= each.last), None)


class Message(Frozen):
    """One row of the outbox, to be delivered."""

    stream: str
    sequence: int
    recipient: str
    rung: str
    kind: NotificationKind
    level: Level
    payload: dict[str, Any]
    send_after: Moment
    attempts: int = 0


class Letter(Frozen):
    """What goes out in one piece. `id` stays the same when it has to be sent again."""

    id: str
    recipient: str
    messages: tuple[Message, ...]


class Round(Frozen):
    """One look into a mailbox, at `now` of the mailbox's own clock."""

    recipient: str
    now: Moment


class RoundDone(Frozen):
    """How many messages went out, will be tried again, and were given up; when something is to be done next."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    next_at: Moment | None = None


class MailboxOpening(Frozen):
    """`clock` is the newest moment that a scene's own clock told: a scene in skipped time is ahead of ours."""

    recipient: str
    clock: Moment | None = None


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two moments; the one that is there."""
    return max((each for each in (one, other) if each is not None), default=None)
