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
from models.notification import person_mailbox, unit_mailbox
from models.refusal import Refused
from models.vocabulary import Role

PERSON = "electronic-service"
_LATER = ("served_in_future", "ledger_behind", "no_worker", "server_unreachable")


class ElectronicService:
    """Implements `activities.delivery.Receipts`."""

    def __init__(self, scenes: SceneClient, standings: Standings) -> None:
        self._scenes = scenes
        self._standings = standings

    async def served(self, scene: str, entry: int, recipient: str, on: date, proof: Document) -> None:
        """Enters the service of what an entry decided to a mailbox; nothing happens where it waits for none there.

        Raises NotNow.
        """
        try:
            standing = await asyncio.to_thread(self._standings.of, scene)
        except NoRulebook as missing:
            raise NotNow(f"the policy of {missing} is not among the rulebooks") from missing
        to = _waits(standing, entry, recipient) if standing is not None else None
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


def _waits(standing: Standing, entry: int, recipient: str) -> str | None:
    """Whom a mailbox belongs to, if what an entry decided is still to be served to them."""
    parties: list[tuple[str, str | None]] = [
        (each.against, None) for each in standing.state.decisions if each.sequence == entry and not each.served_on
    ]
    parties += [(each.to.unit, each.to.person) for each in standing.state.services if each.entry == entry and each.to]
    for unit, person in parties:
        if recipient == (person_mailbox(person) if person else unit_mailbox(standing.policy.city, unit)):
            return person or unit
    return None
