"""What came from outside, on both databases: kept once, changed in its handling only, found again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine

from models.commands import Command
from models.commands.anywhere import Suspend
from models.outside import Dismissal, Handling, OutsideEvent, Received, key_of
from models.refusal import Refused
from storage.received import ReceivedFilter, SqlReceived
from tests.scenario import Play
from tests.storage.journals import NOW

BODY = '{"𠮷": "\\u0000"}'.encode()
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def store(engine: Engine) -> SqlReceived:
    return SqlReceived(engine)


def came(id: str = "e-1", data: str = "", source: str = "sensors", minutes: int = 0) -> Received:
    event = OutsideEvent(id=id, source=source, type="incident", subject="YC-1", data=data)
    return Received(
        id=key_of(source, event.digest),
        source=source,
        event_id=id,
        type=event.type,
        subject=event.subject,
        received_at=NOW + timedelta(minutes=minutes),
        sha256=sha256(BODY).hexdigest(),
        headers={"content-type": "application/cloudevents+json", "ce-x": "场景\0"},
        command_id=event.command_id,
    )


def command(play: Play, event: Received, reasons: str = "停") -> Command:
    return play.command(Suspend(reasons=reasons), play.owner, id=event.command_id or "")


def test_an_event_is_kept_as_it_came_and_found_by_its_id(store: SqlReceived) -> None:
    event = came()
    assert store.keep(event, BODY) == event
    assert store.find(event.id) == event
    assert store.body(event.id) == BODY
    assert store.find("ev-0") is None


def test_the_same_event_again_is_what_stands(store: SqlReceived) -> None:
    first = store.keep(came(), BODY)
    assert store.keep(came(minutes=5), b"another spelling") == first
    assert store.body(first.id) == BODY
    assert store.events().total == 1


def test_another_content_under_the_same_id_is_kept_and_refused(store: SqlReceived) -> None:
    first = store.keep(came(), BODY)
    second = store.keep(came(data="other"), b"other")
    assert (second.handling, second.code, second.command_id) == (Handling.REFUSED, "event_id_reused", None)
    assert store.find(second.id) == second
    assert store.find(first.id) == first
    assert store.keep(came(data="other"), b"other") == second
    assert store.keep(came(source="seals", data="other"), BODY).handling is Handling.WAITING


def test_the_first_command_that_is_sent_stays_the_one(store: SqlReceived, play: Play) -> None:
    event = store.keep(came(), BODY)
    first = command(play, event)
    assert store.decide(event.id, "YC-1", first) == first
    assert store.decide(event.id, "YC-2", command(play, event, "又停")) == first
    kept = store.find(event.id)
    assert kept is not None
    assert (kept.scene, kept.command, kept.handling) == ("YC-1", first, Handling.WAITING)


def test_what_may_have_been_heard_keeps_its_command_and_what_was_refused_does_not(
    store: SqlReceived, play: Play
) -> None:
    event = store.keep(came(), BODY)
    store.decide(event.id, "YC-1", command(play, event))
    store.put_off(event.id, Refused("no_worker"), NOW)
    waiting = store.find(event.id)
    assert waiting is not None
    assert (waiting.handling, waiting.code, waiting.attempts) == (Handling.WAITING, "no_worker", 1)
    assert waiting.command is not None

    store.refused(event.id, Refused("unknown_scene", scene="YC-1"), LATER)
    refused = store.find(event.id)
    assert refused is not None
    assert (refused.handling, refused.command, refused.attempts) == (Handling.REFUSED, None, 2)
    assert (refused.details, refused.tried_at) == ({"scene": "YC-1"}, LATER)
    assert refused.refusal is not None
    again = command(play, event, "又停")
    assert store.decide(event.id, "YC-1", again) == again

    store.refused(event.id, Refused("file_unreadable", file="x"), LATER, waits=True)
    waits = store.find(event.id)
    assert waits is not None
    assert (waits.handling, waits.command) == (Handling.WAITING, None)


def test_what_was_accepted_once_stays_so(store: SqlReceived, play: Play) -> None:
    event = store.keep(came(), BODY)
    store.decide(event.id, "YC-1", command(play, event))
    assert store.accepted(event.id, 7, NOW)
    accepted = store.find(event.id)
    assert accepted is not None
    assert (accepted.handling, accepted.entry, accepted.code) == (Handling.ACCEPTED, 7, None)
    assert not store.accepted(event.id, 8, LATER)
    store.refused(event.id, Refused("no_worker"), LATER)
    store.put_off(event.id, Refused("no_worker"), LATER)
    assert store.find(event.id) == accepted


def test_events_are_listed_the_latest_first_by_what_is_asked(store: SqlReceived, play: Play) -> None:
    events = [
        store.keep(came(f"e-{at}", source="seals" if at == 2 else "sensors", minutes=at), BODY) for at in range(4)
    ]
    store.decide(events[0].id, "YC-1", command(play, events[0]))
    store.accepted(events[0].id, 1, NOW)
    store.refused(events[1].id, Refused("no_worker"), NOW)

    def listed(where: ReceivedFilter | None = None) -> list[str | None]:
        return [each.event_id for each in store.events(where).items]

    assert listed() == ["e-3", "e-2", "e-1", "e-0"]
    assert listed(ReceivedFilter(failed=True)) == ["e-3", "e-2", "e-1"]
    assert listed(ReceivedFilter(source="seals")) == ["e-2"]
    assert listed(ReceivedFilter(scene="YC-1")) == ["e-0"]
    assert listed(ReceivedFilter(scene="YC-1", failed=True)) == []
    page = store.events(page=2, limit=3)
    assert ([each.event_id for each in page.items], page.total, page.pages) == (["e-0"], 4, 2)
    assert store.failed() == tuple(each.id for each in events[1:])


def test_strangers_are_counted_by_day_and_reason(store: SqlReceived) -> None:
    for _ in range(3):
        store.turned_away("event_signature", NOW)
    store.turned_away("event_unsigned", NOW)
    store.turned_away("event_signature", NOW + timedelta(days=1))
    found = [(each.day - NOW.date(), each.code, each.count) for each in store.strangers()]
    day = timedelta(days=1)
    assert found == [(day, "event_signature", 1), (day * 0, "event_signature", 3), (day * 0, "event_unsigned", 1)]


def test_many_at_once_keep_one_event_one_command_and_every_count(store: SqlReceived, play: Play) -> None:
    event = came()

    def arrive(number: int) -> tuple[Received, Command, bool]:
        kept = store.keep(came(minutes=number), BODY)
        sent = store.decide(event.id, "YC-1", command(play, event, f"第{number}次"))
        store.turned_away("event_unsigned", NOW)
        return kept, sent, store.accepted(event.id, 1, NOW)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(arrive, range(16)))
    assert store.events().total == 1
    assert len({sent.digest for _, sent, _ in results}) == 1
    assert [first for _, _, first in results].count(True) == 1
    assert [each.count for each in store.strangers()] == [16]


def test_what_failed_is_dismissed_once_with_who_and_why_and_never_what_was_accepted(
    store: SqlReceived, play: Play
) -> None:
    waits, done = store.keep(came("e-1"), BODY), store.keep(came("e-2"), BODY)
    store.accepted(done.id, 7, LATER)
    why = Dismissal(by=play.platform, at=LATER, reasons="传感器误报")

    assert store.dismiss(waits.id, why)
    assert not store.dismiss(waits.id, why.model_copy(update={"reasons": "again"}))
    assert not store.dismiss(done.id, why)
    assert not store.dismiss("ev-0", why)

    found = store.find(waits.id)
    assert found is not None
    assert (found.handling, found.dismissal) == (Handling.DISMISSED, why)
    assert store.failed() == store.waiting() == ()
    store.refused(waits.id, Refused("unknown_scene", scene="x"), LATER)
    store.put_off(waits.id, Refused("no_worker"), LATER)
    assert store.find(waits.id) == found
    with pytest.raises(Refused, match="event_dismissed"):
        store.decide(waits.id, "YC-1", command(play, waits))


def test_an_act_that_stands_after_all_counts_more_than_a_dismissal(store: SqlReceived, play: Play) -> None:
    event = store.keep(came(), BODY)
    store.decide(event.id, "YC-1", command(play, event))
    store.dismiss(event.id, Dismissal(by=play.platform, at=LATER, reasons="没有答复"))
    assert store.accepted(event.id, 7, LATER)
    found = store.find(event.id)
    assert found is not None
    assert (found.handling, found.entry) == (Handling.ACCEPTED, 7)
    assert found.dismissal is not None, "what was done stays known"


def test_what_waits_is_tried_in_turn(store: SqlReceived) -> None:
    first, second, third = (store.keep(came(f"e-{n}", minutes=n), BODY) for n in (1, 2, 3))
    store.refused(third.id, Refused("event_fault", problem="x"), LATER)
    assert store.waiting() == (first.id, second.id)
    store.put_off(first.id, Refused("no_worker"), NOW + timedelta(hours=1))
    assert store.waiting() == (second.id, first.id)
