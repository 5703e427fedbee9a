"""Whose mailbox is woken, and for whom a message is delivered by being in the inbox; on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from activities.delivery import INBOX_ONLY, DeliveryActivities
from channels.email import Email
from channels.writing import Writer
from models.document import Document, OfficialDocument
from models.mailbox import Absence, Contact, ContactBook
from runtime.yaml_files import FileProblems
from storage.ledger import SqlLedger
from storage.mailroom import SqlMailroom
from storage.outbox import Outbox
from tests.scenario import Play
from tests.storage.journals import record, rows

LATE = datetime(2036, 1, 1, tzinfo=UTC)
SUBSTITUTE = Contact(mailbox="person:li-si", email=("li@city.example",))


class Bells:
    def __init__(self) -> None:
        self.rung: list[str] = []

    async def wake(self, recipients: tuple[str, ...], clock: datetime) -> None:
        self.rung += recipients


class Nobody:
    """No document is written and nothing is served where nothing is sent."""

    def papers(self, stream: str, sequence: int, recipient: str) -> tuple[OfficialDocument, ...]:
        raise AssertionError(stream)

    def write_waiting(self) -> int:
        return 0

    async def served(self, scene: str, entry: int, recipient: str, on: date, proof: Document) -> None:
        raise AssertionError(scene)


@pytest.fixture
def everybody(ledger: SqlLedger, engine: Engine, play: Play) -> tuple[str, ...]:
    record(ledger, play)
    return tuple(sorted({row["recipient"] for row in rows(engine, "outbox")}))


def delivery(engine: Engine, play: Play, book: Callable[[], ContactBook], bells: Bells) -> DeliveryActivities:
    calendar = play.policy.calendar
    channels = (Email("smtp://mail.city.example", "scene@city.example"),)
    return DeliveryActivities(
        SqlMailroom(engine), book=book, calendar=calendar, writer=Writer(calendar), channels=channels, wake=bells,
        desk=Nobody(), receipts=Nobody(),
    )  # fmt: skip


async def woken(engine: Engine, play: Play, everybody: tuple[str, ...], *contacts: Contact) -> list[str]:
    """And all the others have what is due to them in the inbox, with a note of it."""
    bells = Bells()
    await delivery(engine, play, lambda: ContactBook(contacts=contacts), bells).wake(everybody, LATE)
    left = {each.recipient for each in Outbox(engine).messages(limit=200).items if each.delivered_at == LATE}
    assert left == set(everybody) - set(bells.rung)
    assert SqlMailroom(engine).waiting_recipients(LATE) == tuple(bells.rung)
    return bells.rung


async def test_only_who_has_an_address_is_woken(engine: Engine, play: Play, everybody: tuple[str, ...]) -> None:
    first, *_ = everybody
    assert await woken(engine, play, everybody, Contact(mailbox=first, email=("a@city.example",))) == [first]
    notes = {each.last_error for each in Outbox(engine).messages(limit=200).items if each.delivered_at}
    assert notes == {INBOX_ONLY}


async def test_who_has_only_a_way_that_is_not_set_up_is_not_woken(
    engine: Engine, play: Play, everybody: tuple[str, ...]
) -> None:
    named = Contact(mailbox=everybody[0], language="en")
    assert await woken(engine, play, everybody, named) == []


async def test_a_former_name_is_woken_for_its_heir(engine: Engine, play: Play, everybody: tuple[str, ...]) -> None:
    heir = Contact(mailbox="unit:盐城市/合并后的局", formerly=everybody[:2], email=("a@city.example",))
    assert await woken(engine, play, everybody, heir) == list(everybody[:2])


@pytest.mark.parametrize(("last", "is_woken"), [(date(2036, 1, 1), True), (date(2035, 12, 31), False)])
async def test_a_substitute_s_address_counts_on_the_days_of_the_absence(
    engine: Engine, play: Play, everybody: tuple[str, ...], last: date, is_woken: bool
) -> None:
    away = Absence(first=date(2035, 12, 1), last=last, substitute=SUBSTITUTE.mailbox)
    absent = Contact(mailbox=everybody[0], away=(away,))
    assert await woken(engine, play, everybody, absent, SUBSTITUTE) == [everybody[0]] * is_woken


async def test_contacts_that_cannot_be_read_lose_nothing(
    engine: Engine, play: Play, everybody: tuple[str, ...]
) -> None:
    def broken() -> ContactBook:
        raise FileProblems(())

    bells = Bells()
    await delivery(engine, play, broken, bells).wake(everybody, LATE)
    assert tuple(bells.rung) == everybody
    assert Outbox(engine).waiting(LATE) == len(rows(engine, "outbox"))


async def test_a_recipient_that_is_no_mailbox_keeps_no_other_from_being_woken(
    engine: Engine, play: Play, everybody: tuple[str, ...]
) -> None:
    bells = Bells()
    await delivery(engine, play, ContactBook, bells).wake((*everybody, "nobody we know"), LATE)
    assert bells.rung == [*everybody, "nobody we know"]


async def test_what_is_still_to_come_stays_for_the_sweep(
    engine: Engine, play: Play, everybody: tuple[str, ...]
) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET send_after = '2001-01-01 00:00:00+00'"))
        soon = text("UPDATE outbox SET send_after = :at WHERE recipient = :to")
        connection.execute(soon, {"at": f"{now + timedelta(hours=1):%Y-%m-%d %H:%M:%S}+00", "to": everybody[0]})
    bells = Bells()
    works = delivery(engine, play, ContactBook, bells)

    assert await works.sweep() == len(everybody) - 1

    assert bells.rung == []
    assert Outbox(engine).waiting(now) == 0
    assert SqlMailroom(engine).waiting_recipients(now + timedelta(hours=2)) == (everybody[0],)
