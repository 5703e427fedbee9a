"""Letters by e-mail: plain text and HTML, through one SMTP server."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from urllib.parse import quote, unquote, urlsplit

import aiosmtplib

from activities.delivery import NotNow, Refusal, Way, Written
from models.mailbox import Contact, Letter
from rules.delivery import dispensable

TIMEOUT_SECONDS = 20
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_OUR_FAULT = {530, 534, 535, 538}
"""What a server says of our own login: the letter is as good as before, once that is mended."""
LONGEST_LINE = 998
"""Octets of a line (RFC 5322). A link that would be longer is left out: cut in two it leads nowhere."""


class _InOnePiece(UnstructuredHeader, BaseHeader):
    """A link, which the library would cut and encode as if it were words."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _InOnePiece)


@dataclass(frozen=True)
class Email:
    """Implements `activities.delivery.Channel`. `url`: smtp, smtp+starttls or smtps, with user and password if any.

    `unsubscribe` is the address to which a reader writes who wants no more of what may be turned off.
    """

    url: str
    sender: str
    unsubscribe: str | None = None

    def ways(self, contact: Contact) -> Iterator[Way]:
        if contact.email:
            yield _Mail(self, contact)

    async def send(
        self, id: str, addresses: Sequence[str], letter: Written, at: datetime, turned_off_by: str | None = None
    ) -> tuple[Refusal, ...]:
        """Sends one letter; gives the addresses that the server refused for good. Raises NotNow.

        `turned_off_by` is the mailbox that may turn all of it off; None where it may not.
        """
        server = urlsplit(self.url)
        try:
            refused, _ = await aiosmtplib.send(
                self._message(id, addresses, letter, at, turned_off_by),
                sender=self.sender,
                recipients=list(addresses),
                hostname=server.hostname,
                port=server.port or PORTS[server.scheme],
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=server.scheme == "smtps",
                start_tls=server.scheme == "smtp+starttls",
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as all_refused:
            answers = all_refused.recipients
            refused = {each.recipient: aiosmtplib.SMTPResponse(each.code, each.message) for each in answers}
        except aiosmtplib.SMTPResponseException as answer:
            if answer.code >= 500 and answer.code not in _OUR_FAULT:
                return tuple(Refusal(address, f"{answer.code} {answer.message}") for address in addresses)
            raise NotNow(f"{answer.code} {answer.message}") from answer
        except (aiosmtplib.SMTPException, OSError) as problem:
            raise NotNow(f"{type(problem).__name__}: {problem}") from problem
        if later := [f"{code} {message}" for code, message in refused.values() if code < 500]:
            raise NotNow("; ".join(later))
        return tuple(Refusal(address, f"{code} {message}") for address, (code, message) in refused.items())

    def _message(
        self, id: str, addresses: Sequence[str], letter: Written, at: datetime, turned_off_by: str | None
    ) -> EmailMessage:
        message = EmailMessage(policy=SMTP.clone(header_factory=_HEADERS))
        message["From"] = self.sender
        message["To"] = ", ".join(addresses)
        message["Subject"] = letter.subject
        message["Date"] = at
        # ASCII only, and the same for every attempt: a receiver that has the letter drops the repeat.
        message["Message-ID"] = f"<{id}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        message["Auto-Submitted"] = "auto-generated"
        if self.unsubscribe is not None and turned_off_by is not None:
            link = f"<mailto:{self.unsubscribe}?subject={quote(f'unsubscribe {turned_off_by}', safe='')}>"
            if len(f"List-Unsubscribe: {link}") <= LONGEST_LINE:
                message["List-Unsubscribe"] = link
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        for document in letter.enclosed:
            message.add_attachment(
                (document.text or "").encode(),
                maintype="text",
                subtype="plain",
                filename=f"{document.number or document.title}.txt",
                params={"charset": "utf-8"},
            )
        return message


@dataclass(frozen=True)
class _Mail:
    by: Email
    to: Contact
    name: str = "email"

    @property
    def addresses(self) -> int:
        return len(self.to.email)

    async def send(self, letter: Letter, written: Written, at: datetime) -> tuple[Refusal, ...]:
        turned_off_by = self.to.mailbox if all(dispensable(each) for each in letter.messages) else None
        return await self.by.send(letter.id, self.to.email, written, at, turned_off_by)
