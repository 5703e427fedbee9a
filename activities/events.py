"""Events from outside that wait are tried again, without anybody's asking for it."""

from asyncio import to_thread
from typing import Literal, Protocol

from temporalio import activity

from models.outside import Reception


class Door(Protocol):
    """`client.outside.Outside`."""

    async def retry(self, id: str) -> Reception | None: ...


class Waiting(Protocol):
    """`storage.received.SqlReceived`."""

    def waiting(self) -> tuple[str, ...]:
        """The one that was tried longest ago first."""
        ...


class EventActivities:
    def __init__(self, door: Door, store: Waiting) -> None:
        self._door = door
        self._store = store

    @activity.defn(name="retry_events")
    async def retry(self) -> int:
        """Safe to repeat: an event is one act. Says how many became one; what fails holds up no other."""
        done = 0
        for id in await to_thread(self._store.waiting):
            activity.heartbeat(id)
            done += await self._tried(id) in ("accepted", "duplicate")
        return done

    async def _tried(self, id: str) -> Literal["accepted", "duplicate", "refused", "retry_later"] | None:
        try:
            reception = await self._door.retry(id)
        except Exception:  # noqa: BLE001  # whatever it is, it waits for the next time
            activity.logger.warning("the event %s could not be tried again", id, exc_info=True)
            return None
        return reception.outcome if reception else None
