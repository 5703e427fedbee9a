"""The demo's post: three mailboxes, each a workflow in skipped time, and a real mail server that takes their letters.

A mailbox is opened when the scenes that write to it have ended, and lives through the same years: each letter goes out
on the day, and at the hour, on which its reader wants it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import SecretStr
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from client.mailboxes import mailbox_id
from demo.scene import StoryBroken
from demo.years import invented_calendar
from models.deadline import Level
from models.journal import JournalEntry
from models.mailbox import Contact, MailboxOpening
from models.notification import NotificationKind
from models.state import SceneState
from rules.journal import fold
from rules.notifications import notifications
from runtime.contact_files import ContactFile
from runtime.local_post import LocalPost, local_post
from runtime.settings import Settings
from runtime.wiring import make_worker, parts
from storage.outbox import Outbox, OutboxMessage
from storage.reads import LARGEST_PAGE
from workflows.mailbox import MailboxWorkflow

CONTACTS: Final = Path(__file__).parent / "contacts.yaml"
TASK_QUEUE: Final = "demo-post"
LOUDNESS: Final = tuple(Level)
"""From the quietest to the loudest."""
WITHIN: Final = 120
"""Seconds after which nobody waits for a mailbox any more."""


class Delivery(NamedTuple):
    """A letter as it came, and the messages that it brought."""

    contact: Contact
    letter: EmailMessage
    messages: tuple[OutboxMessage, ...]

    @property
    def at(self) -> datetime:
        at: datetime = self.letter["Date"].datetime
        return at

    @property
    def reminds(self) -> bool:
        return any(each.kind == NotificationKind.REMINDER for each in self.messages)

    @property
    def level(self) -> Level:
        """The loudest of its messages."""
        return max((Level(each.level) for each in self.messages), key=LOUDNESS.index)


@dataclass(frozen=True)
class Post:
    """The mailboxes of `contacts`, and the mail server that takes their letters."""

    contacts: tuple[Contact, ...]
    _temporal: Client
    _skipper: TimeSkipper
    _office: LocalPost
    _outbox: Outbox

    async def empty(self, contact: Contact) -> None:
        """Opens a mailbox and lets time pass in it; it ends by itself, once nothing is left.

        One that does not end is left as it is: what it holds back is missed when the post is opened.
        """
        handle = await self._temporal.start_workflow(
            MailboxWorkflow.run,
            MailboxOpening(recipient=contact.mailbox, clock=datetime.now(UTC)),
            id=mailbox_id(contact.mailbox),
            task_queue=TASK_QUEUE,
            static_summary=contact.mailbox,
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(WITHIN):
                await self._skipper.fast_forward(handle)

    def opened(self) -> tuple[Delivery, ...]:
        """What came, the earliest first. Raises StoryBroken where a message did not come, or came twice."""
        letters, told = self._office.letters, {each: self._messages(each) for each in self.contacts}
        _check(letters, [message for messages in told.values() for message in messages])
        came = [each for contact, messages in told.items() for each in _opened(letters, contact, messages)]
        return tuple(sorted(came, key=lambda each: each.at))

    def _messages(self, contact: Contact) -> tuple[OutboxMessage, ...]:
        return self._outbox.messages(recipient=contact.mailbox, limit=LARGEST_PAGE).items


@asynccontextmanager
async def post(temporal: Client, skipper: TimeSkipper, home: Settings, folder: Path | None) -> AsyncIterator[Post]:
    """With a worker behind the mailboxes. `folder`: where the letters are kept as files."""
    async with local_post(folder) as office:
        settings = home.model_copy(
            update={
                "smtp_url": SecretStr(office.url),
                "contacts_file": CONTACTS,
                "mail_from": "scene@city.example",
                "task_queue": TASK_QUEUE,
            }
        )
        contacts = ContactFile(settings).book().contacts
        with parts(settings) as stored:
            async with make_worker(temporal, stored, invented_calendar()):
                yield Post(contacts, temporal, skipper, office, Outbox(stored.engine))


def readers(journal: Sequence[JournalEntry]) -> frozenset[str]:
    """Whose mailboxes a scene writes to in its life."""
    state, found = SceneState(scene=""), set[str]()
    for entry in journal:
        before, state = state, fold(state, entry)
        found |= {each.recipient for each in notifications(before, state, entry)}
    return frozenset(found)


def _check(letters: Sequence[EmailMessage], messages: Sequence[OutboxMessage]) -> None:
    came = Counter(map(_id, letters))
    if missing := [each for each in messages if each.message_id not in came]:
        raise StoryBroken(f"{len(missing)} messages came in no letter, the first to {missing[0].recipient}")
    if twice := [id for id, times in came.items() if times > 1]:
        raise StoryBroken(f"{len(twice)} letters came twice, the first as {twice[0]}")


def _opened(letters: Sequence[EmailMessage], contact: Contact, messages: Sequence[OutboxMessage]) -> Iterator[Delivery]:
    for letter in letters:
        if brought := tuple(each for each in messages if each.message_id == _id(letter)):
            yield Delivery(contact, letter, brought)


def _id(letter: EmailMessage) -> str:
    return str(letter["Message-ID"]).strip("<>").partition("@")[0]
