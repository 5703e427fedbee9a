"""The outbox as the delivery sees it, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from storage.ledger import SqlLedger
from storage.mailroom import SqlMailroom
from storage.outbox import Outbox
from storage.rebuild import rebuild
from tests.scenario import Play
from tests.storage.journals import record, rows

LATE = datetime(2036, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def mailroom(ledger: SqlLedger, engine: Engine, play: Play) -> SqlMailroom:
    record(ledger, play)
    return SqlMailroom(engine)


@pytest.fixture
def recipient(mailroom: SqlMailroom) -> str:
    return mailroom.waiting_recipients(LATE)[0]


def test_what_is_ready_is_one_recipient_s_and_due(mailroom: SqlMailroom, engine: Engine, recipient: str) -> None:
    ready = mailroom.ready(recipient, LATE)
    assert len(ready) == sum(row["recipient"] == recipient for row in rows(engine, "outbox"))
    assert mailroom.ready(recipient, ready[0].send_after - HOUR) == ()
    assert mailroom.ready("person:nobody", LATE) == ()
    assert mailroom.next_at(recipient, ready[0].send_after - HOUR) == ready[0].send_after
    assert mailroom.next_at(recipient, LATE) is None


def test_a_letter_that_was_begun_is_the_same_letter_after_a_crash(mailroom: SqlMailroom, recipient: str) -> None:
    letter = mailroom.begin_letter(mailroom.ready(recipient, LATE))
    assert mailroom.ready(recipient, LATE) == ()
    assert mailroom.open_letter(recipient, LATE) == letter
    assert letter.id.isascii()


def test_what_is_delivered_is_over(mailroom: SqlMailroom, engine: Engine, recipient: str) -> None:
    letter = mailroom.begin_letter(mailroom.ready(recipient, LATE))
    mailroom.delivered(letter.messages, LATE)
    assert mailroom.open_letter(recipient, LATE) is None
    assert recipient not in mailroom.waiting_recipients(LATE)
    mailroom.give_up(letter.messages, LATE, "too late to say so")
    assert Outbox(engine).given_up() == 0


def test_a_way_that_a_letter_went_is_known(mailroom: SqlMailroom, recipient: str) -> None:
    letter = mailroom.begin_letter(mailroom.ready(recipient, LATE))
    assert mailroom.gone(letter) == {}
    mailroom.went(letter, "email", LATE, arrived=False, note="450 later")
    mailroom.went(letter, "email", LATE, arrived=True, note=None)
    mailroom.went(letter, "webhook", LATE, arrived=False, note="HTTP 410")
    assert mailroom.gone(letter) == {"email": True, "webhook": False}


def test_what_is_put_off_comes_again_under_the_same_id(mailroom: SqlMailroom, recipient: str) -> None:
    letter = mailroom.begin_letter(mailroom.ready(recipient, LATE))
    mailroom.put_off(letter, LATE + HOUR, "451 busy")
    assert mailroom.open_letter(recipient, LATE) is None
    assert mailroom.next_at(recipient, LATE) == LATE + HOUR
    again = mailroom.open_letter(recipient, LATE + HOUR)
    assert again is not None
    assert (again.id, {each.attempts for each in again.messages}) == (letter.id, {1})


def test_what_is_given_up_waits_for_a_person(mailroom: SqlMailroom, engine: Engine, recipient: str, play: Play) -> None:
    outbox = Outbox(engine)
    letter = mailroom.begin_letter(mailroom.ready(recipient, LATE))
    mailroom.went(letter, "email", LATE, arrived=False, note="550 no such user")
    mailroom.give_up(letter.messages, LATE, "550 no such user")
    assert outbox.given_up() == len(letter.messages)
    assert recipient not in mailroom.waiting_recipients(LATE)
    assert outbox.waiting(LATE) == len(rows(engine, "outbox")) - len(letter.messages)
    assert {each.last_error for each in outbox.messages(dead=True).items} == {"550 no such user"}
    assert rebuild(engine) == ()

    assert outbox.retry("another", at=LATE) == ()
    assert outbox.retry(play.scene, at=LATE) == (recipient,)

    assert mailroom.open_letter(recipient, LATE) is None
    again = mailroom.begin_letter(mailroom.ready(recipient, LATE))
    assert again.messages == letter.messages
    assert mailroom.gone(again) == {}, "a way that refused it is gone again"
    assert outbox.given_up() == 0
