"""Checkpoints of the log of all chains: one a day without anybody's asking for it, and one more for whoever asks."""

from asyncio import to_thread
from datetime import datetime
from typing import Literal, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from models.checkpoint import SignedCheckpoint
from models.frozen import Frozen


class CheckpointAsked(Frozen):
    """`daily`: the one of today, which may be there already; otherwise one more."""

    daily: bool


NotMadeCode = Literal["no_audit_key", "key_given_up", "log_changed"]


class NotMade(Exception):
    """No checkpoint can be signed, and trying again would not help before a person has done something."""

    def __init__(self, code: NotMadeCode, problem: str) -> None:
        super().__init__(problem)
        self.code = code


class Checkpoints(Protocol):
    """`audit.checkpoints.Checkpoints`."""

    def of_the_day(self, at: datetime) -> SignedCheckpoint:
        """Raises NotMade, and the database's errors."""
        ...

    def now(self, at: datetime) -> SignedCheckpoint: ...


class CheckpointActivities:
    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints

    @activity.defn(name="make_checkpoint")
    async def make(self, asked: CheckpointAsked) -> SignedCheckpoint:
        """Repeated after a lost answer it finds the day's; one that a person asked for is then made twice."""
        make = self._checkpoints.of_the_day if asked.daily else self._checkpoints.now
        try:
            return await to_thread(make, activity.info().started_time)
        except NotMade as problem:
            raise ApplicationError(str(problem), type=problem.code, non_retryable=True) from None
