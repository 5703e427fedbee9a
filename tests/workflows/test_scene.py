"""The scene's workflow on the real server, with skipped time."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer

from client.scene_client import workflow_id
from models.commands.review import AskConsultation, GiveOpinion
from models.commands.solicitation import AcceptFiling, DuplicateCheck, Register
from models.journal import JournalEntry
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Position, Stage
from rules.journal import fold
from runtime.plugin import scene_plugin
from storage.refusals import Refusal
from tests.workflows.conftest import Stage as Scenes
from workflows.scene import SceneWorkflow


async def recorded(stage: Scenes, scene: str, sequence: int) -> None:
    async with asyncio.timeout(90):
        while len(stage.ledger.streams.get(scene, [])) < sequence:
            await asyncio.sleep(0.02)


async def test_a_scene_lives_on_the_server_as_it_does_on_the_rules_alone(stage: Scenes) -> None:
    play = stage.play().to_candidate("甲公司")
    state = await stage.follow(play)
    assert state.step == play.state.step == "candidate"
    await recorded(stage, play.scene, state.sequence)
    live = stage.ledger.streams[play.scene]
    # Skipped time is not to the second: reminders may fall together that came apart in the play. Acts do not.
    assert acts(live) == acts(play.journal)
    assert fold_all(play.scene, live) == state


def acts(journal: list[JournalEntry]) -> list[tuple[str, list[str]]]:
    """Each act with what came of it."""
    return [
        (entry.command.act.verb, [event.kind for event in entry.events])
        for entry in journal
        if entry.command.act.verb != "pass_deadline"
    ]


def fold_all(scene: str, journal: list[JournalEntry]) -> SceneState:
    state = SceneState(scene=scene)
    for entry in journal:
        state = fold(state, entry)
    return state


async def test_each_stage_is_a_run_of_its_own_and_nothing_is_lost_between_them(stage: Scenes) -> None:
    play = stage.play().to_listed()
    await stage.follow(play)
    await recorded(stage, play.scene, play.state.sequence)
    assert len(await stage.runs(play.scene, at_least=3)) == 3
    entries = stage.ledger.streams[play.scene]
    assert [entry.sequence for entry in entries] == list(range(1, play.state.sequence + 1))


async def test_every_run_replays(stage: Scenes) -> None:
    play = stage.play().to_listed()
    await stage.follow(play)
    replayer = Replayer(workflows=[SceneWorkflow], plugins=[scene_plugin()])
    for run in await stage.runs(play.scene):
        await replayer.replay_workflow(await stage.handle(play.scene, run).fetch_history())


async def test_a_refusal_leaves_nothing_in_the_history_and_one_entry_in_the_refusal_ledger(stage: Scenes) -> None:
    play = stage.play().submit()
    await stage.follow(play)
    await recorded(stage, play.scene, 1)
    await asyncio.sleep(0.2)
    before = len((await stage.handle(play.scene).fetch_history()).events)
    with pytest.raises(Refused) as refused:
        await stage.do(play, AskConsultation(question="?"), play.platform)
    assert refused.value.code == "not_permitted"
    assert len((await stage.handle(play.scene).fetch_history()).events) == before
    assert stage.refusals.codes == ["not_permitted"]
    kept = Refusal.of(play.scene, *stage.refusals.kept[0][1:], play.now)
    assert (kept.sequence, kept.policy) == (1, play.policy.digest), "how the scene stood"


async def test_the_verb_is_the_name_of_the_update(stage: Scenes) -> None:
    play = stage.play().to_registered()
    await stage.follow(play)
    names = []
    for run in await stage.runs(play.scene):
        history = await stage.handle(play.scene, run).fetch_history()
        names += [
            event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
            for event in history.events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
        ]
    assert names == ["submit", "register"]


async def test_the_same_command_gives_the_same_receipt_also_after_the_run_has_changed(stage: Scenes) -> None:
    play = stage.play().to_registered()
    command = play.journal[1].command
    await stage.submit(play)
    with stage.env.with_time_skipping_disabled():
        first = await stage.client.act(play.scene, command)
        assert first.stage is Stage.REVIEW
        assert await stage.client.act(play.scene, command) == first
        assert len(await stage.runs(play.scene, at_least=2)) == 2
        assert await stage.client.act(play.scene, command) == first
    assert (await stage.client.state(play.scene)).sequence == 2


async def test_a_command_id_with_other_content_is_refused_in_the_same_run_and_in_the_next(stage: Scenes) -> None:
    play = stage.play().submit()
    await stage.submit(play)
    accept = play.command(AcceptFiling(), play.platform, id="one")
    other = play.command(Register(duplicate_check=DuplicateCheck(finding="无")), play.platform, id="one")
    with stage.env.with_time_skipping_disabled():
        await stage.client.act(play.scene, accept)
        with pytest.raises(Refused, match="command_id_reused"):
            await stage.client.act(play.scene, other)
        await stage.act(play.scene, other.model_copy(update={"command_id": "two"}))
        await stage.runs(play.scene, at_least=2)
        with pytest.raises(Refused, match="command_id_reused"):
            await stage.client.act(play.scene, other)
    assert (await stage.client.state(play.scene)).sequence == 3


async def test_departments_that_act_at_the_same_moment_are_all_heard(stage: Scenes) -> None:
    play = stage.play().to_consultation()
    await stage.follow(play)
    opinions = [
        play.command(GiveOpinion(position=Position.AGREE, text="同意"), play.cooperating(unit))
        for unit in play.state.cooperating
    ]
    with stage.env.with_time_skipping_disabled():
        receipts = await asyncio.gather(*(stage.client.act(play.scene, opinion) for opinion in opinions))
    assert sorted(receipt.sequence for receipt in receipts) == list(range(4, 4 + len(opinions)))
    state = await stage.client.state(play.scene)
    assert state.consultation is not None
    assert {opinion.unit for opinion in state.consultation.opinions} == set(play.state.cooperating)


async def test_an_alarm_comes_by_itself_and_silence_accepts(stage: Scenes) -> None:
    play = stage.play().submit()
    await stage.submit(play)
    state = await stage.wait(play.scene, timedelta(days=15))
    assert state.step == "accepted"


async def test_a_ledger_that_is_away_stops_neither_acts_nor_alarms_nor_the_next_run(stage: Scenes) -> None:
    stage.ledger.away = True
    play = stage.play().to_registered()
    await stage.submit(play)
    await stage.act(play.scene, play.journal[1].command)
    play.do(AskConsultation(question="意见"), play.lead)
    await stage.act(play.scene, play.journal[2].command)
    assert len(await stage.runs(play.scene, at_least=2)) == 2
    assert stage.ledger.streams == {}
    stage.ledger.away = False
    await recorded(stage, play.scene, 3)
    assert [entry.sequence for entry in stage.ledger.streams[play.scene]] == [1, 2, 3]


async def test_a_scene_closes_only_when_everything_is_recorded(stage: Scenes) -> None:
    from models.commands.anywhere import Withdraw

    play = stage.play().submit()
    await stage.submit(play)
    stage.ledger.away = True
    await stage.do(play, Withdraw(reasons="不再需要"), play.owner)
    assert (await stage.handle(play.scene).describe()).status is WorkflowExecutionStatus.RUNNING
    stage.ledger.away = False
    with stage.env.with_time_skipping_disabled():
        end = await stage.client.end(play.scene)
    assert (end.outcome, end.sequence) == ("withdrawn", 2)
    assert end.head is not None
    with pytest.raises(Refused, match="already_closed"):
        await stage.client.act(play.scene, play.command(Withdraw(reasons="再次"), play.owner))


async def test_what_the_rules_refuse_is_not_even_started(stage: Scenes) -> None:
    play = stage.play()
    play.owner_unit = "城市运营公司"
    application = play.application().model_copy(update={"city": "某市"})
    from models.commands.solicitation import Submit

    with pytest.raises(Refused, match="wrong_city"):
        await stage.client.submit(play.scene, stage.policy, play.command(Submit(application=application), play.owner))
    assert await stage.runs(play.scene) == []
    with pytest.raises(Refused, match="unknown_scene"):
        await stage.client.act(play.scene, play.command(AcceptFiling(), play.platform))


async def test_a_second_submission_under_the_same_id_is_refused(stage: Scenes) -> None:
    play = stage.play().submit()
    await stage.submit(play)
    again = play.journal[0].command.model_copy(update={"command_id": "another"})
    with pytest.raises(Refused, match="already_submitted"):
        await stage.client.submit(play.scene, stage.policy, again)


async def test_a_malformed_or_oversized_update_from_anywhere_is_refused_by_the_validator(stage: Scenes) -> None:
    play = stage.play().submit()
    await stage.submit(play)
    handle = stage.env.client.get_workflow_handle(workflow_id(play.scene))

    async def code(verb: str, arg: object) -> str | None:
        with pytest.raises(WorkflowUpdateFailedError) as failed, stage.env.with_time_skipping_disabled():
            await handle.execute_update(verb, arg)
        assert isinstance(failed.value.cause, ApplicationError)
        return failed.value.cause.type

    assert await code("accept_filing", {"nonsense": 1}) == "malformed"
    assert await code("accept_filing", "x" * 70_000) == "too_large"
    command = play.command(AcceptFiling(), play.platform)
    assert await code("register", command) == "malformed"
    assert await code("no_such_verb", command) == "malformed"
    assert (await stage.client.state(play.scene)).sequence == 1


async def test_operators_find_a_scene_by_its_search_attributes(stage: Scenes) -> None:
    play = stage.play().to_registered()
    await stage.follow(play)
    query = f"SceneStep = 'registered' AND SceneCity = '盐城市' AND WorkflowId = '{workflow_id(play.scene)}'"
    async with asyncio.timeout(60):
        while not [run async for run in stage.env.client.list_workflows(query)]:
            await asyncio.sleep(0.05)


async def test_closed_runs_are_archived_once(stage: Scenes) -> None:
    play = stage.play().to_registered()
    await stage.follow(play)
    runs = await stage.runs(play.scene, at_least=2)
    from workflows.archive import ArchiveWorkflow

    for sweep in ("first", "second"):
        with stage.env.with_time_skipping_disabled():
            await stage.env.client.execute_workflow(
                ArchiveWorkflow.run, id=f"archive-{play.scene}-{sweep}", task_queue="tests"
            )
    mine = [run for id, run in stage.archive.histories if id == workflow_id(play.scene)]
    assert mine == runs[:1]
