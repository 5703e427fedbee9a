"""Events from outside become commands: authenticated, kept, read by the scene's policy, and sent like anybody's.

`Outside.receive` takes what came over HTTP, headers and body, and gives the answer with its status. What a known
source signed is kept before it is acted on, so that none is lost: what cannot be done now waits, and what is refused
stays in a list until somebody has it tried again. The same event twice is one act, because its id is the command's.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, Protocol

from sqlalchemy.exc import SQLAlchemyError
from temporalio.exceptions import TemporalError

from channels import cloud_events
from models.commands import Command
from models.outside import EVENT_BYTES, Handling, OutsideEvent, Received, Reception, Source, SourceBook, key_of
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from rules.outside import command_for, scene_of

RETRY_AFTER_SECONDS = 30
HEADER_BYTES = 8 * 1024
"""Of the event's own headers; those of a sender who means well have some hundred."""
_UNANSWERED = ("no_worker", "server_unreachable", "ledger_behind", "event_fault")
"""After these the same command is sent again: it may have been heard."""
_LATER = ("stale", "file_unreadable")
"""Not done, and the fault is not the sender's: tried again, as of then."""
_NOT_HERE = ("event_unmapped", "event_incomplete", "unknown_scene", "file_unreadable")
"""Why an event is about no scene of one city, and may be about another city's; the more telling ones last."""
_STATUS = {
    "event_unsigned": 401, "event_signature": 401, "event_timestamp": 401, "event_not_allowed": 403,
    "unknown_scene": 404, "event_id_reused": 409, "event_too_large": 413, "event_content_type": 415,
    "event_not_text": 400, "event_not_json": 400, "event_duplicate_key": 400, "event_not_a_number": 400,
    "event_too_deep": 400, "event_data": 400, "event_specversion": 400, "event_attribute_missing": 400,
    "event_attribute_wrong": 400,
}  # fmt: skip
_UNPROCESSABLE = 422
"""What can be read, and cannot be done."""


class Scenes(Protocol):
    """`client.scene_client.SceneClient`, or what becomes one when it is needed. Raises Refused."""

    async def state(self, scene: str) -> SceneState: ...

    async def act(self, scene: str, command: Command) -> Receipt: ...


class Store(Protocol):
    """`storage.received.SqlReceived`."""

    def keep(self, event: Received, body: bytes) -> Received: ...

    def decide(self, id: str, scene: str, command: Command) -> Command:
        """Raises Refused: event_dismissed."""
        ...

    def accepted(self, id: str, entry: int, at: datetime) -> bool: ...

    def put_off(self, id: str, refused: Refused, at: datetime) -> None: ...

    def refused(self, id: str, refused: Refused, at: datetime, *, waits: bool = False) -> None: ...

    def turned_away(self, code: str, at: datetime) -> None: ...

    def find(self, id: str) -> Received | None: ...

    def body(self, id: str) -> bytes: ...


class Books(Protocol):
    """What stands in files and lists. All but `known` raise Refused: file_unreadable."""

    def sources(self) -> SourceBook: ...

    def policy_today(self, city: str) -> Policy:
        """What the city's file says today."""
        ...

    def policy_of(self, state: SceneState) -> Policy:
        """What the scene is pinned to."""
        ...

    def known(self, scene: str) -> SceneState | None:
        """A scene as lists know it."""
        ...


@dataclass(frozen=True)
class Outside:
    scenes: Scenes
    store: Store
    books: Books
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Reception:
        """What came over HTTP. Never raises for anything that can be sent."""
        try:
            return await self._receive(headers, body)
        except (SQLAlchemyError, OSError):
            return _later(None, Refused("event_not_kept"))

    async def _receive(self, headers: Mapping[str, str], body: bytes) -> Reception:
        try:
            _refuse_oversized(headers, body)
            source = cloud_events.sender(await asyncio.to_thread(self.books.sources), headers, body, self.clock())
        except Refused as refused:
            if refused.code in _LATER:
                return _later(None, refused)
            await asyncio.to_thread(self.store.turned_away, refused.code, self.clock())
            return _refusal(None, refused)
        return await self.take(source, headers, body)

    async def take(self, source: Source, headers: Mapping[str, str], body: bytes) -> Reception:
        """What is a source's beyond doubt. Raises Refused: event_too_large; SQLAlchemyError."""
        _refuse_oversized(headers, body)
        event, came = self._read(source, headers, body)
        kept = await asyncio.to_thread(self.store.keep, came, body)
        match kept.handling:
            case Handling.ACCEPTED:
                return _accepted(kept, "duplicate")
            case Handling.WAITING if event is not None:
                return await self._act(kept, event, source)
            case _:
                return _refusal(kept, kept.refusal or Refused("event_id_reused", event=kept.event_id))

    def _read(self, source: Source, headers: Mapping[str, str], body: bytes) -> tuple[OutsideEvent | None, Received]:
        """The event, and what is kept of it; an event that cannot be read is kept as refused."""
        digest = sha256(body).hexdigest()
        kept = cloud_events.kept_headers(headers)
        came = {"source": source.name, "received_at": self.clock(), "sha256": digest, "headers": kept}
        try:
            event = cloud_events.read(headers, body)
        except Refused as refused:
            whole = sha256(cloud_events.signed(headers, body)).hexdigest()
            said = {"handling": Handling.REFUSED, "code": refused.code, "details": refused.details}
            return None, Received.model_validate({**came, **said, "id": key_of(source.name, whole)})
        attributes = {"event_id": event.id, "type": event.type, "subject": event.subject, "time": event.time}
        named = {"id": key_of(source.name, event.digest), "command_id": event.command_id}
        return event, Received.model_validate({**came, **attributes, **named})

    async def retry(self, id: str) -> Reception | None:
        """Tries an event again that was kept, as the rules and files stand now; None where none is kept under the id.

        Raises SQLAlchemyError.
        """
        kept = await asyncio.to_thread(self.store.find, id)
        if kept is None:
            return None
        if kept.handling is Handling.ACCEPTED:
            return _accepted(kept, "duplicate")
        if kept.command_id is None or kept.handling is Handling.DISMISSED:
            return _refusal(kept, kept.refusal or Refused("event_id_reused", event=kept.event_id))
        event = cloud_events.read(kept.headers, await asyncio.to_thread(self.store.body, id))
        try:
            source = (await asyncio.to_thread(self.books.sources)).find(kept.source)
            if source is None:
                raise Refused("event_source_gone", source=kept.source)
        except Refused as refused:
            return await self._not_done(kept, refused)
        return await self._act(kept, event, source)

    async def _act(self, kept: Received, event: OutsideEvent, source: Source) -> Reception:
        try:
            command, scene = kept.command, kept.scene
            if command is None or scene is None:
                scene, command = await self._command(event, source)
                command = await asyncio.to_thread(self.store.decide, kept.id, scene, command)
            receipt = await self.scenes.act(scene, command)
        except Refused as refused:
            return await self._not_done(kept, refused)
        except TemporalError as fault:
            return await self._not_done(kept, Refused("event_fault", problem=type(fault).__name__))
        first = await asyncio.to_thread(self.store.accepted, kept.id, receipt.sequence, self.clock())
        stands = kept.model_copy(update={"scene": receipt.scene, "entry": receipt.sequence})
        return _accepted(stands, "accepted" if first else "duplicate")

    async def _not_done(self, kept: Received, refused: Refused) -> Reception:
        if refused.code in _UNANSWERED:
            await asyncio.to_thread(self.store.put_off, kept.id, refused, self.clock())
            return _later(kept, refused)
        later = refused.code in _LATER
        await asyncio.to_thread(self.store.refused, kept.id, refused, self.clock(), waits=later)
        return _later(kept, refused) if later else _refusal(kept, refused)

    async def _command(self, event: OutsideEvent, source: Source) -> tuple[str, Command]:
        """The scene an event is about, and its command by the policy that this scene is pinned to. Raises Refused."""
        if event.source != source.source or event.type not in source.types:
            raise Refused("event_not_allowed", source=source.name, type=event.type, given=event.source)
        state = await self._scene(event, source)
        policy = await asyncio.to_thread(self.books.policy_of, state)
        rule = policy.outside_rule(event.type)
        if rule is None:
            raise Refused("event_unmapped", type=event.type, policy=f"{policy.city} {policy.version}")
        if (named := scene_of(rule, event)) != state.scene:
            raise Refused("unknown_scene", scene=named)
        return state.scene, command_for(policy, rule, state, event, source)

    async def _scene(self, event: OutsideEvent, source: Source) -> SceneState:
        """Where the scene's name stands in the event, the cities' files of today say. Raises Refused."""
        refusals = [Refused("event_unmapped", type=event.type, policy=", ".join(source.cities))]
        for city in source.cities:
            try:
                return await self._scene_in(city, event)
            except Refused as refused:
                if refused.code not in _NOT_HERE:
                    raise
                refusals.append(refused)
        raise max(refusals, key=lambda each: _NOT_HERE.index(each.code))

    async def _scene_in(self, city: str, event: OutsideEvent) -> SceneState:
        policy = await asyncio.to_thread(self.books.policy_today, city)
        rule = policy.outside_rule(event.type)
        if rule is None:
            raise Refused("event_unmapped", type=event.type, policy=f"{policy.city} {policy.version}")
        state = await self._state(scene_of(rule, event))
        if state.profile is None or state.profile.city != policy.city:
            raise Refused("unknown_scene", scene=state.scene)
        return state

    async def _state(self, scene: str) -> SceneState:
        return await asyncio.to_thread(self.books.known, scene) or await self.scenes.state(scene)


def _refuse_oversized(headers: Mapping[str, str], body: bytes) -> None:
    kept = cloud_events.kept_headers(headers)
    if len(body) > EVENT_BYTES or sum(len(name) + len(value) for name, value in kept.items()) > HEADER_BYTES:
        raise Refused("event_too_large", limit=EVENT_BYTES)


def _accepted(kept: Received, outcome: Literal["accepted", "duplicate"]) -> Reception:
    status = 202 if outcome == "accepted" else 200
    return Reception(outcome=outcome, status=status, id=kept.id, scene=kept.scene, entry=kept.entry)


def _refusal(kept: Received | None, refused: Refused) -> Reception:
    status = _STATUS.get(refused.code, _UNPROCESSABLE)
    return _not_accepted("refused", kept, refused, status)


def _later(kept: Received | None, refused: Refused) -> Reception:
    return _not_accepted("retry_later", kept, refused, 503, RETRY_AFTER_SECONDS)


def _not_accepted(
    outcome: Literal["refused", "retry_later"],
    kept: Received | None,
    refused: Refused,
    status: int,
    retry_after: int | None = None,
) -> Reception:
    id = kept.id if kept else None
    return Reception(
        outcome=outcome, status=status, id=id, code=refused.code, details=refused.details, retry_after=retry_after
    )
