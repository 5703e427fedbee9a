"""The only worker is killed: what was answered stands, what was not can be repeated, and time goes on without it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from client.scene_client import SceneClient, workflow_id
from models.calendar import Period, Unit
from models.commands.anywhere import ProposeCorrection
from models.commands.review import GiveOpinion
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.vocabulary import Position
from runtime.connect import connect
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, parts, scene_client
from storage.database import migrate
from tests.e2e.processes import TemporalServer, WorkerProcess, until
from tests.scenario import Play, city

AGREE = GiveOpinion(position=Position.AGREE, text="同意")


def with_an_hour_for_opinions(policy: Policy) -> Policy:
    """And without reminders in it: a clock that is moved while no worker is there stops at the first timer."""
    hour = {"period": Period(length=1, unit=Unit.HOURS), "ladder": "quiet"}
    limit = policy.limits.consultation.model_copy(update=hour)
    return policy.model_copy(update={"limits": policy.limits.model_copy(update={"consultation": limit})})


@dataclass
class Office:
    """One server, one worker process, and what a client needs."""

    server: TemporalServer
    worker: WorkerProcess
    temporal: Client
    client: SceneClient
    stored: Parts
    policy: Policy

    async def to_consultation(self, scene: str) -> Play:
        """A scene whose departments have been asked, on the server and on the rules alone."""
        play = Play(self.policy, scene=scene).to_consultation()
        await self.client.submit(scene, self.policy, play.journal[0].command)
        for entry in play.journal[1:]:
            await self.client.act(scene, entry.command)
        return play

    async def at_rest(self, scene: str) -> None:
        """The ledger's last answer has been taken in. What waits for a worker, activity or task, holds the clock."""
        handle = self.temporal.get_workflow_handle(workflow_id(scene))
        async with asyncio.timeout(90):
            while True:
                stands = (await handle.describe()).raw_description
                if not stands.pending_activities and not stands.HasField("pending_workflow_task"):
                    return
                await asyncio.sleep(0.02)

    async def recorded(self, scene: str, sequence: int) -> None:
        await until(lambda: len(self.stored.reads.entries(scene)) == sequence)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(
    temporal_binary: Path, tmp_path_factory: pytest.TempPathFactory, compiled: Path
) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    settings = Settings(data_dir=folder)
    migrate(settings.database_url.get_secret_value())
    async with TemporalServer(temporal_binary, folder, time_skipping=True) as server:
        environment = {"TEMPORAL_ADDRESS": server.address, "SCENE_DATA_DIR": str(folder)}
        environment["SCENE_RECORD_LINGER_MS"] = "0"  # a clock that is moved would wait for the answer
        worker = WorkerProcess(environment, folder / "worker.log", compiled)
        temporal = await connect(settings, [scene_plugin()], address=server.address)
        with parts(settings) as stored:
            await worker.start()
            try:
                await worker.serving()
                policy = with_an_hour_for_opinions(city("盐城市"))
                yield Office(server, worker, temporal, scene_client(temporal, stored), stored, policy)
            finally:
                await worker.kill()


async def test_a_command_that_met_a_killed_worker_is_done_once_and_keeps_its_receipt(office: Office) -> None:
    play = await office.to_consultation("burst")
    commands = [play.command(AGREE, play.cooperating(unit)) for unit in play.state.cooperating]
    commands += [
        play.command(
            ProposeCorrection(correction=f"k{number}", sequence=1, reasons="笔误", right_text="更正"),
            play.owner,
        )
        for number in range(5)
    ]
    receipts: dict[str, Receipt] = {}

    async def send(number: int) -> None:
        await asyncio.sleep(number * 0.02)
        receipt = await office.client.act(play.scene, commands[number])
        receipts[receipt.command_id] = receipt

    burst = [asyncio.create_task(send(number)) for number in range(len(commands))]
    await until(lambda: bool(receipts))
    await office.worker.kill()
    known = dict(receipts)
    assert len(known) < len(commands), "the worker was killed too late"
    await office.worker.start()
    await asyncio.gather(*burst)

    again = {command.command_id: await office.client.act(play.scene, command) for command in commands}

    assert again == receipts
    assert known.items() <= receipts.items()
    state = await office.client.state(play.scene)
    assert {each.command_id: each for each in state.receipts}.items() >= again.items()
    assert state.sequence == len(state.receipts) == len(play.journal) + len(commands), "each of them once"


async def test_an_opinion_after_silence_does_not_count_because_the_worker_was_away(office: Office) -> None:
    play = await office.to_consultation("silence")
    *heard, late = play.state.cooperating
    for unit in heard:
        await office.client.act(play.scene, play.command(AGREE, play.cooperating(unit)))
    state = await office.client.state(play.scene)
    await office.recorded(play.scene, state.sequence)
    await office.at_rest(play.scene)  # a recording on its way would hold the clock
    due_at = state.deadlines[0].due_at
    await office.worker.kill()
    handle = office.temporal.get_workflow_handle(workflow_id(play.scene))
    await TimeSkipper(office.temporal).fast_forward(handle, due_at - datetime.now(UTC) - timedelta(seconds=1))
    await asyncio.sleep(1.2)
    types = [event.event_type for event in (await handle.fetch_history()).events]
    assert EventType.EVENT_TYPE_TIMER_FIRED in types
    opinion = asyncio.create_task(office.client.act(play.scene, play.command(AGREE, play.cooperating(late))))
    await asyncio.sleep(0.2)
    await office.worker.start()

    with pytest.raises(Refused, match="wrong_step"):
        await opinion

    state = await office.client.state(play.scene)
    assert state.step == "fair_competition"
    assert state.consultation is not None
    assert [each.unit for each in state.consultation.opinions] == heard


async def test_whoever_leaves_before_the_answer_is_told_nothing_and_the_act_is_there_or_not(office: Office) -> None:
    play = await office.to_consultation("left")
    opinion = play.command(AGREE, play.cooperating(play.state.cooperating[0]))
    refusals = office.stored.reads.refusals().total
    await office.worker.kill()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await office.client.act(play.scene, opinion)
    assert office.stored.reads.refusals().total == refusals
    await office.worker.start()

    receipt = await office.client.act(play.scene, opinion)

    state = await office.client.state(play.scene)
    assert state.receipts[-1] == receipt
    assert state.sequence == len(state.receipts) == len(play.journal) + 1, "once, whenever it was done"


async def test_a_submission_that_was_lost_with_server_and_worker_can_be_repeated_much_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = Play(office.policy, scene="lost").submit()
    submission = play.journal[0].command
    await office.worker.kill()
    monkeypatch.setattr("client.scene_client.ANSWER_WITHIN", timedelta(seconds=1))
    with pytest.raises(Refused, match="no_worker"):
        await office.client.submit(play.scene, office.policy, submission)
    monkeypatch.undo()
    await office.server.kill()  # which alone knew that somebody waits
    await office.server.start()
    await office.worker.start()
    await office.worker.serving()
    handle = office.temporal.get_workflow_handle(workflow_id(play.scene))
    await TimeSkipper(office.temporal).fast_forward(handle, timedelta(hours=1))
    assert (await office.client.end(play.scene)).sequence == 0

    receipt = await office.client.submit(play.scene, office.policy, submission)

    assert receipt.sequence == 1
    await office.recorded(play.scene, 1)
