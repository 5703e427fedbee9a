"""Electronic service (电子送达): the e-mail that brought an official document to who agreed to it proves its service.

What waits for the service is entered in the name of the platform office, with the day on which the mail server took the
letter. The command's id names the entry: repeating it changes nothing.
"""

import asyncio
from datetime import date

from temporalio.exceptions import TemporalError

from activities.delivery import NotNow
from client.scene_client import SceneClient
from client.standing import NoRulebook, Standing, Standings
from models.actor import Actor
from models.commands import Command
from models.commands.anywhere import RecordService
from models.document import Document
from models.refusal import Refused
from models.vocabulary import Role

PERSON = "electronic-service"
_LATER = ("served_in_future", "ledger_behind", "no_worker", "server_unreachable")


class ElectronicService:
    """Implements `activities.delivery.Receipts`."""

    def __init__(self, scenes: SceneClient, standings: Standings) -> None:
        self._scenes = scenes
        self._standings = standings

    async def served(self, scene: str, entry: int, on: date, proof: Document) -> None:
        """Enters the service of what an entry decided; nothing happens where it waits for none. Raises NotNow."""
        try:
            standing = await asyncio.to_thread(self._standings.of, scene)
        except NoRulebook as missing:
            raise NotNow(f"the policy of {missing} is not among the rulebooks") from missing
        to = _waits(standing, entry) if standing is not None else None
        if standing is None or to is None:
            return
        command = Command(
            command_id=f"{PERSON}-{entry}",
            actor=Actor(
                person=PERSON, unit=standing.policy.offices.platform_office, role=Role.PLATFORM_OFFICE
            ),
            seen=standing.state.sequence,
            act=RecordService(entry=entry, how="electronic", served_on=on, to=to, proof=proof),
        )  # fmt: skip
        try:
            await self._scenes.act(scene, command)
        except Refused as refused:
            if refused.code in _LATER:
                raise NotNow(f"{scene}: {refused.code}") from refused
            # It was entered by hand meanwhile, or the scene is over: the refusal ledger has it.
        except TemporalError as fault:
            raise NotNow(f"{scene}: {type(fault).__name__}") from fault


def _waits(standing: Standing, entry: int) -> str | None:
    """To whom what an entry decided is still to be served."""
    for decision in standing.state.decisions:
        if decision.sequence == entry and decision.served_on is None:
            return decision.against
    for awaited in standing.state.services:
        if awaited.entry == entry and awaited.to is not None:
            return awaited.to.unit or awaited.to.person
    return None
