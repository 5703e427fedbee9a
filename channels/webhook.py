"""Letters as CloudEvents 1.0 (structured JSON) to a program of the recipient's, signed with a shared secret.

Signed is "<timestamp>.<body>" by HMAC-SHA256; timestamp (Unix seconds) and signature stand in headers. The receiver
compares the signature, refuses old timestamps, and drops an id that it has.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from activities.delivery import Refusal, Way, Written
from channels.http import Refused, as_json, post
from models.mailbox import Contact, Letter

TYPE = "scene.letter"
SOURCE = "/scene-lifecycle-engine"


@dataclass(frozen=True)
class Webhook:
    """Implements `activities.delivery.Channel`. `private` allows addresses of our own network."""

    private: bool

    def ways(self, contact: Contact) -> Iterator[Way]:
        if contact.webhook is not None:
            yield _Hook(contact.webhook.url, contact.webhook.secret.get_secret_value(), self.private)


@dataclass(frozen=True)
class _Hook:
    url: str
    secret: str
    private: bool
    name: str = "webhook"
    addresses: int = 1

    async def send(self, letter: Letter, written: Written, at: datetime) -> tuple[Refusal, ...]:
        body = as_json(
            {
                "specversion": "1.0",
                "id": letter.id,
                "source": SOURCE,
                "type": TYPE,
                "subject": letter.recipient,
                "time": at.astimezone(UTC).isoformat(),
                "datacontenttype": "application/json",
                "data": {
                    "subject": written.subject,
                    "messages": [
                        {
                            "scene": each.stream,
                            "entry": each.sequence,
                            "rung": each.rung,
                            "kind": each.kind,
                            "level": each.level,
                            **each.payload,
                        }
                        for each in letter.messages
                    ],
                },
            }
        )
        timestamp = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "X-Scene-Timestamp": timestamp,
            "X-Scene-Signature": f"sha256={signature(self.secret, timestamp, body)}",
        }
        try:
            await post(self.url, body, headers, private=self.private)
        except Refused as refused:
            return (Refusal("webhook", str(refused)),)
        return ()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over "<timestamp>.<body>", in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()
