"""Copies and their kin are told what concerns them, without anybody's asking for it."""

from asyncio import to_thread
from typing import Protocol

from temporalio import activity

from models.telling import Due, Message


class Watch(Protocol):
    """`client.lineage.LineageWatch`."""

    def due(self) -> Due: ...

    async def tell(self, message: Message) -> bool: ...


class LineageActivities:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    @activity.defn(name="tell_kin")
    async def tell_kin(self) -> int:
        """Safe to repeat: what was told stands in the ledger. Says how many were told; what fails holds up no other."""
        due = await to_thread(self._watch.due)
        for each in due.unread:
            activity.logger.warning("%s cannot inherit from %s: %s", each.replica, each.original, each.problem)
        done = 0
        for message in due.messages:
            activity.heartbeat(message.scene)
            try:
                done += await self._watch.tell(message)
            except Exception:  # noqa: BLE001  # whatever it is, it waits for the next time
                activity.logger.warning("%s could not be told of its kin", message.scene, exc_info=True)
        return done
