"""The `deliver` activity: one look into a mailbox. What is due goes out as letters; what fails is kept and said.

A letter's messages are marked with its id before it is sent, so a crash repeats the same letter under the same id.
Whoever has no address reads the inbox: for them a message is delivered by being there, and no mailbox is woken.
"""

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import NamedTuple, Protocol

from temporalio import activity

from activities.ledger import Wake
from models.calendar import Calendar
from models.document import Document, OfficialDocument
from models.mailbox import Contact, ContactBook, DeliveryRules, Letter, Message, Round, RoundDone
from models.notification import NotificationKind
from models.refusal import Language
from rules.deadlines import local_day
from rules.delivery import dispensable, goes_out_at, reader, try_again_at

SERVED = (NotificationKind.DECISION, NotificationKind.DOCUMENT)
"""Messages that bring what has to be served."""
SERVES = "email"
"""The way that proves service."""
LETTERS = 20
"""So many letters a round; the rest waits for the next, which follows at once."""
INBOX_ONLY = "inbox only"
"""Stands as the note of a message that is delivered by being there."""


class Written(NamedTuple):
    """A letter in words. The subject is one line. `enclosed` are official documents that go with it, by e-mail only."""

    subject: str
    text: str
    html: str
    enclosed: tuple[OfficialDocument, ...] = ()


Papers = Mapping[tuple[str, int], tuple[OfficialDocument, ...]]
"""Scene and entry: its official documents for whom a letter is for."""


class Refusal(NamedTuple):
    """An address that takes no letters, and what its server says."""

    address: str
    reason: str


class Unwritable(Exception):
    """A message of which no letter can be made."""


class NotNow(Exception):
    """The way is blocked for now; the letter is as good as before. What only waits its turn `counts` as no attempt."""

    def __init__(self, why: str, *, counts: bool = True) -> None:
        super().__init__(why)
        self.counts = counts


class Way(Protocol):
    """One way to one recipient. Its name stays the same from attempt to attempt, and holds no secret."""

    @property
    def name(self) -> str: ...

    @property
    def addresses(self) -> int:
        """How many get the letter this way."""
        ...

    async def send(self, letter: Letter, written: Written, at: datetime) -> Sequence[Refusal]:
        """Gives the addresses that refused the letter for good; none where it arrived. Raises NotNow."""
        ...


class Channel(Protocol):
    def ways(self, contact: Contact) -> Iterable[Way]:
        """The contact's ways by this channel."""
        ...


class Writer(Protocol):
    def write(
        self,
        messages: tuple[Message, ...],
        language: Language,
        now: datetime,
        papers: Papers | None = None,
        *,
        enclose: bool = False,
    ) -> Written:
        """`enclose`: the papers go with the letter, else it only names them. Raises Unwritable."""
        ...


class Desk(Protocol):
    """Where official documents are written, each once."""

    def papers(self, stream: str, sequence: int, recipient: str) -> tuple[OfficialDocument, ...]:
        """The documents of an entry that are addressed to a mailbox, written. Raises Unwritable, NotNow."""
        ...

    def write_waiting(self) -> int:
        """Writes what no letter asked for yet; says how many."""
        ...


class Receipts(Protocol):
    async def served(self, scene: str, entry: int, recipient: str, on: date, proof: Document) -> None:
        """Enters the service of what an entry decided to a mailbox; nothing happens where it waits for none there.

        Raises NotNow.
        """
        ...


class Mailroom(Protocol):
    """The outbox of one recipient. Every change is one transaction."""

    def open_letter(self, recipient: str, now: datetime) -> Letter | None:
        """A letter that was begun, and whose time to be tried has come."""
        ...

    def ready(self, recipient: str, now: datetime) -> tuple[Message, ...]:
        """What stands in no letter yet, from its `send_after` on; the earliest first."""
        ...

    def begin_letter(self, messages: tuple[Message, ...]) -> Letter: ...

    def gone(self, letter: Letter) -> Mapping[str, bool]:
        """The ways that this letter went already, and whether it arrived there."""
        ...

    def brought(self, letter: Letter, way: str) -> tuple[datetime, frozenset[str]] | None:
        """When this letter arrived by a way, and the documents that it brought; None where it did not arrive."""
        ...

    def went(
        self, letter: Letter, way: str, at: datetime, *, arrived: bool, note: str | None, brought: Sequence[str] = ()
    ) -> None: ...

    def delivered(self, messages: tuple[Message, ...], at: datetime, note: str | None = None) -> None: ...

    def put_off(self, letter: Letter, until: datetime, error: str, *, counts: bool = True) -> None: ...

    def set_aside(self, message: Message, until: datetime, error: str) -> None:
        """Tried again in another letter: its own may go without it."""
        ...

    def give_up(self, messages: tuple[Message, ...], at: datetime, error: str) -> None: ...

    def leave_in_inbox(self, recipients: tuple[str, ...], now: datetime, note: str) -> None:
        """What of theirs should have gone out by `now` is delivered."""
        ...

    def waiting_recipients(self, now: datetime) -> tuple[str, ...]:
        """For whom something should have gone out by now."""
        ...

    def next_at(self, recipient: str, now: datetime) -> datetime | None:
        """When the mailbox has to be looked into again, for letters begun and messages whose time is still to come."""
        ...


class DeliveryActivities:
    """Implements `activities.ledger.Wake` as well. `wake` rings at a mailbox, whoever's it is."""

    def __init__(
        self,
        mailroom: Mailroom,
        *,
        book: Callable[[], ContactBook],
        calendar: Calendar,
        writer: Writer,
        channels: Sequence[Channel],
        wake: Wake,
        desk: Desk,
        receipts: Receipts,
    ) -> None:
        self._mailroom = mailroom
        self._book = book
        self._calendar = calendar
        self._writer = writer
        self._channels = channels
        self._wake = wake
        self._desk = desk
        self._receipts = receipts

    @activity.defn(name="deliver")
    async def deliver(self, round: Round) -> RoundDone:
        """Safe to repeat. A letter that cannot go out holds up no other."""
        book = await to_thread(self._book)
        contact = reader(book, round.recipient, round.now)
        sent = failed = given_up = 0
        held_until: datetime | None = None
        for _ in range(LETTERS):
            letter = await to_thread(self._mailroom.open_letter, round.recipient, round.now)
            if letter is None:
                due, held_until = await to_thread(self._due, book.delivery, contact, round)
                if not due:
                    break
                letter = await to_thread(self._mailroom.begin_letter, due)
            wanted = await to_thread(self._wanted, letter.messages, contact, round.now)
            sent += len(letter.messages) - len(wanted)
            letter = letter.model_copy(update={"messages": wanted})
            papers, rest, later = await to_thread(self._writable, letter, book.delivery, contact, round.now)
            failed += later
            given_up += len(wanted) - len(rest) - later
            if not rest:
                continue
            letter = letter.model_copy(update={"messages": rest})
            if await self._sent(letter, papers, book.delivery, contact, round.now):
                sent += len(rest)
            else:
                failed += len(rest)
        else:
            return RoundDone(sent=sent, failed=failed, given_up=given_up, next_at=round.now)
        to_come = await to_thread(self._mailroom.next_at, round.recipient, round.now)
        next_at = min((each for each in (held_until, to_come) if each is not None), default=None)
        return RoundDone(sent=sent, failed=failed, given_up=given_up, next_at=next_at)

    @activity.defn(name="sweep_mailboxes")
    async def sweep(self) -> int:
        """Sees to every mailbox in which something is overdue, and says how many; writes the documents that wait."""
        now = datetime.now(UTC)
        recipients = await to_thread(self._mailroom.waiting_recipients, now)
        await self.wake(recipients, now)
        await to_thread(self._desk.write_waiting)
        return len(recipients)

    async def wake(self, recipients: tuple[str, ...], clock: datetime) -> None:
        """Wakes whom a letter can reach on that day; for the others what is due is delivered by being in the inbox.

        While the contacts cannot be read, every mailbox is woken: its round waits until they can.
        """
        try:
            reached = await to_thread(self._reached, recipients, clock)
        except Exception:  # noqa: BLE001  # whatever it is, nothing may be left lying for it
            reached = recipients
        await self._wake.wake(reached, clock)
        if rest := tuple(each for each in recipients if each not in reached):
            await to_thread(self._mailroom.leave_in_inbox, rest, clock, INBOX_ONLY)

    def _reached(self, recipients: tuple[str, ...], clock: datetime) -> tuple[str, ...]:
        book = self._book()
        return tuple(each for each in recipients if self._ways(reader(book, each, clock)))

    def _due(self, rules: DeliveryRules, contact: Contact, round: Round) -> tuple[tuple[Message, ...], datetime | None]:
        """What the contact wants by now, and when it wants the first of the rest."""
        due: list[Message] = []
        held: list[datetime] = []
        for message in self._mailroom.ready(round.recipient, round.now):
            at = goes_out_at(rules, contact, self._calendar, message.level, message.send_after)
            if at <= round.now:
                due.append(message)
            else:
                held.append(at)
        return tuple(due), min(held, default=None)

    def _wanted(self, messages: tuple[Message, ...], contact: Contact, now: datetime) -> tuple[Message, ...]:
        """What the contact does without stays in the inbox."""
        wanted = []
        for message in messages:
            kind = dispensable(message)
            if kind is None or kind not in contact.without:
                wanted.append(message)
            else:
                self._mailroom.delivered((message,), now, f"{INBOX_ONLY}: {contact.mailbox} does without {kind}")
        return tuple(wanted)

    def _writable(
        self, letter: Letter, rules: DeliveryRules, contact: Contact, now: datetime
    ) -> tuple[Papers, tuple[Message, ...], int]:
        """What can be written, with its documents; how many have to wait. One of many that cannot is left out alone."""
        papers: dict[tuple[str, int], tuple[OfficialDocument, ...]] = {}
        found: list[Message] = []
        waiting = 0
        for message in letter.messages:
            try:
                if message.kind in SERVED:
                    of_it = self._desk.papers(message.stream, message.sequence, message.recipient)
                    papers[message.stream, message.sequence] = of_it
                self._writer.write((message,), contact.language, now, papers)
                found.append(message)
            except Unwritable as problem:
                self._mailroom.give_up((message,), now, f"cannot be written: {problem}")
            except NotNow as problem:
                waiting += self._set_aside(message, rules, now, str(problem))
        keys = [(each.stream, each.sequence) for each in found]
        return {key: brought for key, brought in papers.items() if key in keys}, tuple(found), waiting

    def _set_aside(self, message: Message, rules: DeliveryRules, now: datetime, problem: str) -> bool:
        """Whether one message is tried again; it is given up after as many attempts as any."""
        until = try_again_at(rules, message.attempts + 1, now)
        if until is None:
            self._mailroom.give_up((message,), now, problem)
            return False
        self._mailroom.set_aside(message, until, problem)
        return True

    async def _sent(
        self, letter: Letter, papers: Papers, rules: DeliveryRules, contact: Contact, now: datetime
    ) -> bool:
        """By every way that the contact has. A way that it went already it does not go again."""
        ways = self._ways(contact)
        if not ways:
            await to_thread(self._mailroom.delivered, letter.messages, now, INBOX_ONLY)
            return True
        serves = contact.accepts_service and contact.is_own(letter.recipient)
        write = partial(self._writer.write, letter.messages, contact.language, now, papers, enclose=serves)
        try:
            written = await to_thread(write)
        except Unwritable as problem:
            await to_thread(self._mailroom.give_up, letter.messages, now, f"cannot be written: {problem}")
            return False
        gone = dict(await to_thread(self._mailroom.gone, letter))
        against: list[str] = []
        blocked: list[NotNow] = []
        for way in ways:
            if way.name in gone:
                continue
            try:
                refused = await way.send(letter, written, now)
            except NotNow as problem:
                blocked.append(NotNow(f"{way.name}: {problem}", counts=problem.counts))
                continue
            note = "; ".join(f"{each.address}: {each.reason}" for each in refused) or None
            gone[way.name] = note is None or len(refused) < way.addresses
            against += [note] if note else []
            # The clock of a round may be behind what it waited for, and ahead of ours in skipped time.
            at = max(now, datetime.now(UTC))
            brought = [each.sha256 for each in written.enclosed if each.sha256] if way.name == SERVES else []
            went = partial(self._mailroom.went, arrived=gone[way.name], note=note, brought=brought)
            await to_thread(went, letter, way.name, at)
        if serves and gone.get(SERVES):
            blocked += await self._serve(letter, papers)
        return await to_thread(self._settle, letter, rules, now, blocked, against, arrived=any(gone.values()))

    def _ways(self, contact: Contact) -> tuple[Way, ...]:
        """None for who reads the inbox."""
        return tuple(way for channel in self._channels for way in channel.ways(contact))

    async def _serve(self, letter: Letter, papers: Papers) -> list[NotNow]:
        """The letter proves the service of the documents that it brought; gives what has to be tried again."""
        went = await to_thread(self._mailroom.brought, letter, SERVES)
        blocked: list[NotNow] = []
        for message in letter.messages:
            brought = papers.get((message.stream, message.sequence), ())
            if went is None or not brought or not {each.sha256 for each in brought} <= went[1]:
                continue
            at = went[0]
            try:
                await self._receipts.served(
                    message.stream, message.sequence, message.recipient, local_day(at),
                    receipt(letter, message, brought, at),
                )  # fmt: skip
            except NotNow as problem:
                blocked.append(NotNow(f"service: {problem}", counts=problem.counts))
        return blocked

    def _settle(
        self,
        letter: Letter,
        rules: DeliveryRules,
        now: datetime,
        blocked: Sequence[NotNow],
        against: Sequence[str],
        *,
        arrived: bool,
    ) -> bool:
        """Delivered once it arrived somewhere and no way is left to be tried; given up where it can arrive nowhere."""
        said = "; ".join((*map(str, blocked), *against)) or None
        tried = max(each.attempts for each in letter.messages)
        if blocked and not any(each.counts for each in blocked):
            self._mailroom.put_off(letter, now + timedelta(minutes=rules.first_retry), said or "", counts=False)
            return False
        until = try_again_at(rules, tried + 1, now) if blocked else None
        if until is not None:
            self._mailroom.put_off(letter, until, said or "")
            return False
        if not arrived:
            self._mailroom.give_up(letter.messages, now, said or "no way took it")
            return False
        self._mailroom.delivered(letter.messages, now, said)
        return True


def receipt(letter: Letter, message: Message, papers: tuple[OfficialDocument, ...], at: datetime) -> Document:
    """The proof of an electronic service. Its digest is over lines that all stand in the tables.

    They are the letter, scene and entry, recipient, when the mail server took it, each document's number and digest.
    """
    lines = [letter.id, f"{message.stream} {message.sequence}", message.recipient, at.astimezone(UTC).isoformat()]
    lines += [f"{each.number} {each.sha256}" for each in papers]
    return Document(title=f"电子送达回执 {letter.id}", sha256=sha256("\n".join(lines).encode()).hexdigest())
