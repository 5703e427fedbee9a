"""Events from outside: what another system reports, who it is, and what became of it.

An event is a CloudEvent 1.0. Whose it is, is shown by a signature; what it means is the city's policy to say
(`models.policy.OutsideRule`); here it is only kept, so that none is lost.
"""

import hashlib
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, SecretStr, StringConstraints, model_validator

from .actor import Actor
from .canonical import canonical
from .commands import Command
from .frozen import Frozen
from .refusal import REFUSALS, Language, Refused
from .text import Identifier, Moment, Name, Text

EVENT_BYTES = 64 * 1024
"""The largest body that is taken."""
Attribute = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
"""An attribute of an event: one line, exactly as its sender wrote it."""
Rfc3339 = Annotated[
    str,
    StringConstraints(max_length=40, pattern=r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$"),
]


class OutsideEvent(Frozen):
    """What the rules see of an event. `source` and `id` together name it; extension attributes are not kept here."""

    id: Attribute
    source: Attribute
    type: Attribute
    subject: Attribute | None = None
    time: Rfc3339 | None = None
    data: JsonValue = None

    @property
    def digest(self) -> str:
        """SHA-256 of what it says, however it travelled."""
        return hashlib.sha256(canonical(self)).hexdigest()

    @property
    def command_id(self) -> str:
        """The id of the command it becomes: the same event twice is one act."""
        return f"event-{_named(self.source, self.id)}"


def key_of(source: str, content: str) -> str:
    """The id under which a source's event of this content is kept."""
    return f"ev-{_named(source, content)[:16]}"


def _named(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


class Source(Frozen):
    """A system that may report, and what."""

    name: Annotated[Identifier, Field(max_length=100)] = Field(description="its short name; it acts as source:NAME")
    source: Attribute = Field(description="the `source` attribute of its events")
    secrets: tuple[Annotated[SecretStr, Field(min_length=16)], ...] = Field(
        min_length=1, max_length=3, description="what it signs with, 16 letters or more; several while one is replaced"
    )
    types: tuple[Attribute, ...] = Field(min_length=1, max_length=100, description="types of event that it may send")
    cities: tuple[Name, ...] = Field(min_length=1, max_length=100, description="the cities whose scenes it may touch")

    @property
    def person(self) -> str:
        """Who stands as the actor of what it reports."""
        return f"source:{self.name}"

    def signing_keys(self) -> Iterator[str]:
        return (secret.get_secret_value() for secret in self.secrets)


class SourceBook(Frozen):
    """Raises ValueError where two sources could be taken for one another."""

    sources: tuple[Source, ...] = ()

    def find(self, name: str) -> Source | None:
        return next((each for each in self.sources if each.name == name), None)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        for what, values in (
            ("name", [each.name for each in self.sources]),
            ("source", [each.source for each in self.sources]),
        ):
            for value in values:
                if values.count(value) > 1:
                    raise ValueError(f"two sources have the {what} {value}; change one of the two")
        secrets = [key for each in self.sources for key in each.signing_keys()]
        if len(secrets) != len(set(secrets)):
            raise ValueError("one secret stands twice; give every source secrets of its own")
        return self


class Handling(StrEnum):
    """How far an event has come.

    What waits is tried again; what was refused, only when somebody asks for it; what was dismissed, never.
    """

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISMISSED = "dismissed"


class Dismissal(Frozen):
    """Who closed an event that had not become an act, and why."""

    by: Actor
    at: Moment
    reasons: Text


class Received(Frozen):
    """One event that was received from a known source, and what became of it.

    `id` names its content. `command_id` is None where it cannot become a command: it could not be read, or its
    source had used its id for another content. `command` is what was sent and may stand; `entry` is where it stands.
    """

    id: str
    source: str
    event_id: str | None = None
    type: str | None = None
    subject: str | None = None
    time: str | None = None
    received_at: Moment
    sha256: str
    headers: dict[str, str]
    command_id: str | None = None
    handling: Handling = Handling.WAITING
    code: str | None = None
    details: dict[str, str] = Field(default_factory=dict)
    scene: str | None = None
    entry: int | None = None
    command: Command | None = None
    attempts: int = 0
    tried_at: Moment | None = None
    dismissal: Dismissal | None = None

    @property
    def refusal(self) -> Refused | None:
        """Why it has not become an act: that it was dismissed, or what was said at the last attempt."""
        if self.handling is Handling.DISMISSED:
            return Refused("event_dismissed")
        return Refused(self.code, **self.details) if self.code in REFUSALS else None


class Reception(Frozen):
    """The answer to who sent an event, as HTTP has it. `id` is under which it is kept; None where it is not."""

    outcome: Literal["accepted", "duplicate", "refused", "retry_later"]
    status: int
    id: str | None = None
    scene: str | None = None
    entry: int | None = None
    code: str | None = None
    details: dict[str, str] = Field(default_factory=dict)
    retry_after: int | None = Field(None, description="seconds")

    def text(self, language: Language) -> str:
        """Why not; empty for what was accepted."""
        return Refused(self.code, **self.details).text(language) if self.code else ""

    @property
    def headers(self) -> dict[str, str]:
        again = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else {}
        return {"Content-Type": "application/json; charset=utf-8", **again}

    @property
    def body(self) -> bytes:
        content = self.model_dump(mode="json", exclude={"status", "details"}, exclude_none=True)
        said = {"zh": self.text("zh"), "en": self.text("en")} if self.code else {}
        return json.dumps({**content, **said}, ensure_ascii=False).encode()
