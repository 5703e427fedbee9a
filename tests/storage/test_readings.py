"""Who has read which message: marked once, listed with the message, and still there after a rebuild."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.notification import unit_mailbox
from storage.ledger import SqlLedger
from storage.readings import SqlReadings
from storage.rebuild import rebuild
from tests.scenario import Play
from tests.storage.journals import record


@pytest.fixture
def readings(engine: Engine) -> SqlReadings:
    return SqlReadings(engine)


@pytest.fixture
def asked(ledger: SqlLedger, play: Play) -> Play:
    record(ledger, play)
    return play


def test_a_message_is_read_once_by_each(readings: SqlReadings, asked: Play) -> None:
    box = (unit_mailbox(asked.policy.city, asked.state.cooperating[0]),)
    (one,) = readings.messages(box, asked.now).items
    assert one.marks == ()
    assert readings.mark([one.message], "wang", asked.now) == 1
    assert readings.mark([one.message], "wang", asked.now + timedelta(hours=1)) == 0
    assert readings.mark([one.message], "li", asked.now + timedelta(hours=2)) == 1
    (read,) = readings.messages(box, asked.now).items
    assert [(mark.person, mark.read_at) for mark in read.marks] == [
        ("wang", asked.now), ("li", asked.now + timedelta(hours=2)),
    ]  # fmt: skip
    assert readings.messages(box, asked.now, unread_by="wang").total == 0
    assert readings.messages(box, asked.now, unread_by="zhao").total == 1


def test_what_is_not_due_yet_is_not_shown_and_other_boxes_stay_shut(readings: SqlReadings, asked: Play) -> None:
    first, second = (unit_mailbox(asked.policy.city, unit) for unit in asked.state.cooperating[:2])
    assert readings.messages((first,), asked.now - timedelta(days=1)).total == 0
    assert readings.messages((first, second), asked.now).total == 2
    assert readings.messages((first,), asked.now, scene="OTHER").total == 0


def test_marks_outlast_a_rebuild(engine: Engine, readings: SqlReadings, asked: Play) -> None:
    box = (unit_mailbox(asked.policy.city, asked.state.cooperating[0]),)
    readings.mark([each.message for each in readings.messages(box, asked.now).items], "wang", asked.now)
    rebuild(engine, asked.scene)
    (read,) = readings.messages(box, asked.now).items
    assert [mark.person for mark in read.marks] == ["wang"]
