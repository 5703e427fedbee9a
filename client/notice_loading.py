"""Brings a confirmed holiday notice into the open scenes, one command each.

It can be killed at any moment and begun again: a scene's command has one id, and what it did is kept by who calls. What
is told of a scene is what its journal says, or, where nothing came between, what the rules foresaw from it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from temporalio.service import RPCError

from client.histories import SCENE_RUNS
from client.scene_client import SceneClient, scene_of
from client.standing import Standing, Standings
from models.actor import Actor
from models.commands import Command
from models.refusal import Refused
from models.year_notice import NoticeLoaded, NoticeProposal
from rules.keyed import find
from rules.year_notices import asked, effect, foreseen
from storage.reads import LedgerReads

RECORDED_WITHIN = 15.0
"""Seconds that an act is given to reach the ledger, where that has to be asked what it did."""
_POLL = 0.05
_DONE: dict[str, Literal["already", "closed"]] = {"already_closed": "closed", "same_calendar": "already"}
"""What a scene refuses that needs the notice no more, and what came of it."""


@dataclass(frozen=True)
class NoticeLoader:
    """`actor_in` says who acts in a scene that stands so. May raise what `load` then raises."""

    client: SceneClient
    reads: LedgerReads
    standings: Standings
    proposal: NoticeProposal
    actor_in: Callable[[Standing], Actor]

    async def open_scenes(self, city: str | None = None) -> tuple[str, ...]:
        """All that the ledger knows as open, and all that run and are not recorded yet. Raises Refused."""
        recorded = await asyncio.to_thread(self.reads.open_scenes)
        of_city = await asyncio.to_thread(self.reads.open_scenes, city) if city else recorded
        query = f"{SCENE_RUNS} AND ExecutionStatus = 'Running'"
        try:
            running = {scene_of(run.id) async for run in self.client.temporal.list_workflows(query)}
        except RPCError as error:
            raise Refused("server_unreachable", address="-") from error
        fresh = [scene for scene in sorted(running - {*recorded}) if await self._is_new(scene, city)]
        return (*of_city, *fresh)

    async def _is_new(self, scene: str, city: str | None) -> bool:
        """Whether a workflow is a scene that was submitted a moment ago, and no lost submission, nor one that ends."""
        if await asyncio.to_thread(self.reads.scene, scene) is not None:
            return False
        try:
            state = await self.client.state(scene)
        except Refused as refused:
            return refused.code != "unknown_scene"  # what does not answer is told of by `load`
        return state.profile is not None and city in (None, state.profile.city)

    async def load(self, scene: str, now: datetime) -> NoticeLoaded:
        """Safe to repeat. Raises Refused, NoRulebook."""
        standing = await asyncio.to_thread(self.standings.of, scene)
        standing = standing or self.standings.of_state(await self.client.state(scene))
        command = self.command(standing)
        expected = await asyncio.to_thread(self._foreseen, standing, command, now)
        if earlier := find(standing.state.receipts, command_id=command.command_id):
            return await self._as_recorded(scene, earlier.sequence)
        if expected is not None and expected.result != "loaded":
            return expected
        try:
            receipt = await self.client.act(scene, command)
        except Refused as refused:
            if (result := _DONE.get(refused.code)) is None:
                raise
            return NoticeLoaded(scene=scene, result=result)
        await asyncio.to_thread(self.standings.keep, standing.policy, self.proposal.notice)
        if expected is not None and receipt.sequence == standing.state.sequence + 1:
            return expected
        return await self._as_recorded(scene, receipt.sequence)

    def command(self, standing: Standing) -> Command:
        return asked(self.proposal, standing.state.scene, self.actor_in(standing))

    def _foreseen(self, standing: Standing, command: Command, now: datetime) -> NoticeLoaded | None:
        """None where the rules refuse it: then the scene is asked, which has the last word and is on record."""
        try:
            return foreseen(standing.policy, standing.state, command, now)
        except Refused:
            return None

    async def _as_recorded(self, scene: str, sequence: int) -> NoticeLoaded:
        """What the scene's journal says that entry did. Raises Refused where the ledger is too far behind."""
        clock = asyncio.get_running_loop()
        until = clock.time() + RECORDED_WITHIN
        while not (found := await asyncio.to_thread(self.reads.entries, scene, sequence, sequence)):
            if clock.time() > until:
                raise Refused("ledger_behind")
            await asyncio.sleep(_POLL)
        before = await asyncio.to_thread(self.standings.before, scene, sequence)
        return effect(before, found[0].entry.events)
