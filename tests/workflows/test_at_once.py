"""Two who may both do a thing do it at the same instant: one act stands, the other is refused, every time.

`RACE_ROUNDS=1000 pytest tests/workflows/test_at_once.py` for more rounds.
"""

import asyncio
import os

from models.actor import Actor
from models.commands import Act
from models.commands.anywhere import Resume, Suspend
from models.commands.handling import ClaimDuty, ReleaseDuty
from models.receipt import Receipt
from models.refusal import Refused
from tests.scenario import Play
from tests.workflows.conftest import Stage
from tests.workflows.test_scene import recorded

ROUNDS = int(os.environ.get("RACE_ROUNDS", "10"))
DUTY = "consultation_start"


async def test_of_two_at_the_same_instant_one_stands_and_one_is_told_why(stage: Stage) -> None:
    play = stage.play().to_registered()
    await stage.follow(play)
    seen = play.state.sequence
    two = [play.lead.model_copy(update={"person": person}) for person in ("wang", "li")]
    offices = [play.group.model_copy(update={"person": person}) for person in ("sun", "qian")]
    for _ in range(ROUNDS):
        claimed, no = await at_once(stage, play, ClaimDuty(duty=DUTY), two, seen)
        assert no.code in ("claimed_by_another", "stale")
        person = await claimant(stage, play)
        (winner,) = [each for each in two if each.person == person]
        released = await stage.do(play, ReleaseDuty(duty=DUTY, reasons="下一轮"), winner)
        suspended, no = await at_once(stage, play, Suspend(reasons="检查"), offices, released.sequence)
        assert no.code in ("suspended", "stale")
        resumed, no = await at_once(stage, play, Resume(reasons="已查"), offices, suspended.sequence)
        assert no.code in ("not_suspended", "stale")
        assert [claimed.sequence, released.sequence, suspended.sequence, resumed.sequence] == [
            seen + step for step in (1, 2, 3, 4)
        ]
        seen = resumed.sequence
    await recorded(stage, play.scene, seen)
    entries = stage.ledger.streams[play.scene]
    assert [entry.sequence for entry in entries] == list(range(1, seen + 1))
    refused = [scene for scene, _, _ in stage.refusals.kept if scene == play.scene]
    assert len(refused) == 3 * ROUNDS, "each refusal is on record, once"


async def claimant(stage: Stage, play: Play) -> str | None:
    state = await stage.client.state(play.scene)
    duty = next(each for each in state.deadlines if each.id == DUTY)
    return duty.desk.claimed_by if duty.desk else None


async def at_once(stage: Stage, play: Play, act: Act, actors: list[Actor], seen: int) -> tuple[Receipt, Refused]:
    """What stood, and what the other was told."""
    commands = [play.command(act, actor, seen=seen) for actor in actors]
    with stage.env.with_time_skipping_disabled():
        answers = await asyncio.gather(
            *(stage.client.act(play.scene, command) for command in commands), return_exceptions=True
        )
    (stood,) = [answer for answer in answers if isinstance(answer, Receipt)]
    (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
    return stood, refused
