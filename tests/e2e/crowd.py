"""Many departments that act at once in many scenes, as clients who do not give up before they have an answer."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import takewhile

from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from client.scene_client import SceneClient
from models.commands import Command
from models.commands.anywhere import PassDeadline, ProposeCorrection, Withdraw
from models.commands.review import GiveExpertOpinion, GiveOpinion
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.vocabulary import Position
from tests.scenario import Play

NO_ANSWER = frozenset({"no_worker", "server_unreachable", "ledger_behind"})
"""Refusals that say nothing about the act: the same command is sent again."""


@dataclass(frozen=True)
class Script:
    """What is done in a scene, in rounds: the commands of one round are sent at the same moment."""

    policy: Policy
    rounds: tuple[tuple[Command, ...], ...]


def scripts(play: Play) -> tuple[Script, Script]:
    """From the submission to the panel, whose lots fall otherwise on another clock, as far as nobody has to wait for
    days; the same, withdrawn by its owner in the end.
    """
    asked = play.fork().to_consultation()
    opinion = GiveOpinion(position=Position.AGREE, text="同意")
    opinions = tuple(asked.command(opinion, asked.cooperating(unit)) for unit in asked.state.cooperating)
    play.to_expert_review()
    rounds: list[tuple[Command, ...]] = []
    for entry in takewhile(lambda entry: not isinstance(entry.command.act, PassDeadline), play.journal):
        match entry.command.act:
            case GiveOpinion():
                # Everybody who is asked answers, though in some cities fewer are enough: the last may come too late.
                if rounds[-1] is not opinions:
                    rounds.append(opinions)
            case GiveExpertOpinion() if isinstance(rounds[-1][0].act, GiveExpertOpinion):
                rounds[-1] = (*rounds[-1], entry.command)
            case _:
                rounds.append((entry.command,))
    withdrawal = (play.command(Withdraw(reasons="不再需要"), play.owner),)
    return Script(play.policy, tuple(rounds)), Script(play.policy, (*rounds, withdrawal))


@dataclass
class Crowd:
    """What its clients hold, by command id: every id has been sent, and has a receipt, a refusal, or no answer."""

    client: SceneClient
    chance: random.Random
    sent: dict[str, tuple[str, Command]] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    heard: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        unanswered = len(self.sent) - len(self.receipts) - len(self.refused)
        trouble = Counter([*self.errors, *(code for _, code in self.heard)])
        return f"{len(self.receipts)} receipts, {len(self.refused)} refused, {unanswered} unanswered; {dict(trouble)}"

    async def play(self, scene: str, script: Script, pause: float) -> None:
        """Plays a scene; between its rounds lie two times up to `pause` seconds."""
        seen = 0
        for number, commands in enumerate(script.rounds):
            await asyncio.sleep(self.chance.uniform(0, pause))
            if number:
                await self._say_and_leave(scene, script.rounds[0][0], seen, f"{scene}-{number}-slip")
                await asyncio.sleep(self.chance.uniform(0, pause))
            given = [
                command.model_copy(update={"command_id": f"{scene}-{number}-{place}", "seen": seen})
                for place, command in enumerate(commands)
            ]
            answers = await asyncio.gather(*(self._insist(scene, script.policy, command) for command in given))
            seen = max([seen, *(receipt.sequence for receipt in answers if receipt)])

    async def _insist(self, scene: str, policy: Policy, command: Command) -> Receipt | None:
        """The same command again and again until there is an answer; None if it is no."""
        while command.command_id not in self.refused:
            if (receipt := await self._send(scene, policy, command)) is not None:
                return receipt
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))
        return None

    async def _say_and_leave(self, scene: str, submission: Command, seen: int, id: str) -> None:
        """The owner notes a slip and does not wait for the answer: nobody may ever learn whether it was heard."""
        act = ProposeCorrection(correction=id, sequence=1, reasons="笔误", right_text="更正")
        command = submission.model_copy(update={"command_id": id, "seen": seen, "act": act})
        try:
            async with asyncio.timeout(self.chance.uniform(0.001, 0.1)):
                await self._send(scene, None, command)
        except TimeoutError:
            pass

    async def _send(self, scene: str, policy: Policy | None, command: Command) -> Receipt | None:
        id = command.command_id
        self.sent[id] = scene, command
        send: Callable[[], Awaitable[Receipt]] = lambda: self.client.act(scene, command)  # noqa: E731
        if policy is not None and command.act.verb == "submit":
            send = lambda: self.client.submit(scene, policy, command)  # noqa: E731
        try:
            self.receipts[id] = await send()
        except Refused as refused:
            self.heard.append((id, refused.code))
            if refused.code not in NO_ANSWER:
                self.refused[id] = refused
        except (RPCError, SQLAlchemyError) as error:
            self.errors.append(f"{type(error).__name__} {str(error).strip()[:200]}")
        return self.receipts.get(id)
