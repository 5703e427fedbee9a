"""A fault of ours in the rules: the act fails with the fault's own words, nothing is changed, and the log has it."""

import logging

import pytest
from temporalio.worker import Worker

from activities.ledger import LedgerActivities
from models.commands.solicitation import AcceptFiling
from tests.workflows.conftest import QUEUE, Stage
from workflows import scene
from workflows.scene import SceneWorkflow


async def test_what_the_rules_stumble_over_is_said_and_logged(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*_: object) -> None:
        raise ValueError("no such day")

    record = LedgerActivities(stage.ledger, build="test", rules="test").record
    async with Worker(stage.env.client, task_queue=QUEUE, workflows=[SceneWorkflow], activities=[record]):
        play = stage.play().submit()
        await stage.submit(play)
        with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
            broken.setattr(scene, "admit", stumble)
            with pytest.raises(Exception, match="no such day"):
                await stage.do(play, AcceptFiling(), play.platform)
        assert "the rules failed at accept_filing" in caplog.text
        assert (await stage.client.state(play.scene)).sequence == 1
        assert (await stage.do(play, AcceptFiling(), play.platform)).sequence == 2
