"""What an e-mail proves to be served: the documents that it brought, to whom it brought them, when it did."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from activities.delivery import SERVES, DeliveryActivities, NotNow, Refusal, Way, Written
from channels.documents import DocumentWriter
from channels.writing import Writer
from client.documents import DocumentDesk
from client.standing import Standings
from models.commands.solicitation import RequestSupplement
from models.document import Document, OfficialDocument
from models.mailbox import Absence, Contact, ContactBook, DeliveryRules, Letter, Round
from models.notification import unit_mailbox
from rules.deadlines import local_day
from storage.documents import SqlDocuments
from storage.ledger import SqlLedger
from storage.mailroom import SqlMailroom
from storage.outbox import Outbox, OutboxMessage
from storage.reads import LedgerReads
from storage.rulebooks import SqlRulebooks
from tests.scenario import Play
from tests.storage.journals import record, write

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Post:
    """A way that takes every letter, unless it is `busy`."""

    def __init__(self, name: str = SERVES) -> None:
        self.name = name
        self.busy: NotNow | None = None
        self.took: list[tuple[str, tuple[str, ...]]] = []
        self.addresses = 1
        self._to = ""

    def ways(self, contact: Contact) -> Iterator[Way]:
        if contact.email:
            self._to = contact.email[0]
            yield self

    async def send(self, letter: Letter, written: Written, at: datetime) -> Sequence[Refusal]:
        if self.busy is not None:
            raise self.busy
        self.took.append((self._to, tuple(str(each.number) for each in written.enclosed)))
        return ()


class Desk(DocumentDesk):
    """`away`: the scene whose policy is not among the rulebooks yet."""

    away: str | None = None

    def papers(self, stream: str, sequence: int, recipient: str) -> tuple[OfficialDocument, ...]:
        if stream == self.away:
            raise NotNow("the policy is not there yet")
        return super().papers(stream, sequence, recipient)


class Office:
    def __init__(self) -> None:
        self.entered: list[tuple[str, int, object]] = []

    async def served(self, scene: str, entry: int, recipient: str, on: object, proof: Document) -> None:
        self.entered.append((scene, entry, on))


class Silence:
    async def wake(self, recipients: tuple[str, ...], clock: datetime) -> None:
        pass


class Town:
    def __init__(self, engine: Engine, play: Play) -> None:
        rulebooks = SqlRulebooks(engine)
        rulebooks.keep(play.policy)
        self.owner = unit_mailbox(play.policy.city, play.owner_unit)
        self.post, self.chat, self.office = Post(), Post("chat/1"), Office()
        self.desk = Desk(SqlDocuments(engine), Standings(LedgerReads(engine), rulebooks), DocumentWriter())
        self.contact = Contact(mailbox=self.owner, email=("owner@b.cn",), accepts_service=True)
        self.others: tuple[Contact, ...] = ()
        self.rules = DeliveryRules()
        self.outbox = Outbox(engine)
        self.activities = DeliveryActivities(
            SqlMailroom(engine), book=self._book, calendar=play.policy.calendar, writer=Writer(play.policy.calendar),
            channels=(self.post, self.chat), wake=Silence(), desk=self.desk, receipts=self.office,
        )  # fmt: skip

    def _book(self) -> ContactBook:
        return ContactBook(contacts=(self.contact, *self.others), delivery=self.rules)

    async def deliver(self, now: datetime) -> None:
        await self.activities.deliver(Round(recipient=self.owner, now=now))

    def messages(self) -> tuple[OutboxMessage, ...]:
        return self.outbox.messages(recipient=self.owner).items


@pytest.fixture
def play(play: Play) -> Play:
    """Asked to complete its application."""
    fresh = Play(play.policy)
    fresh.submit()
    fresh.do(RequestSupplement(items=("资金证明",)), fresh.platform)
    return fresh


@pytest.fixture
def town(engine: Engine, ledger: SqlLedger, play: Play) -> Town:
    record(ledger, play)
    return Town(engine, play)


async def test_a_letter_that_brought_the_document_proves_its_service(town: Town, play: Play) -> None:
    later = datetime.now(UTC) + 400 * DAY
    await town.deliver(later)
    assert town.post.took == [("owner@b.cn", ("盐场景补〔2026〕1号",))]
    assert town.office.entered == [(play.scene, 2, local_day(later))]


async def test_a_message_that_has_to_wait_goes_in_a_letter_of_its_own_and_is_served_by_that(
    town: Town, ledger: SqlLedger, play: Play
) -> None:
    other = tuple(play.journal)
    write(ledger, "S-2", other)
    town.desk.away = "S-2"
    later = datetime.now(UTC) + 400 * DAY
    await town.deliver(later)
    assert [each[:2] for each in town.office.entered] == [(play.scene, 2)]
    assert [each.stream for each in town.messages() if each.delivered_at is None] == ["S-2"]
    town.desk.away = None
    await town.deliver(later + HOUR)
    assert [numbers for _, numbers in town.post.took] == [("盐场景补〔2026〕1号",), ("盐场景补〔2026〕2号",)]
    assert [each[:2] for each in town.office.entered] == [(play.scene, 2), ("S-2", 2)]
    assert all(each.delivered_at for each in town.messages())


async def test_a_letter_that_a_substitute_read_serves_nothing_when_the_owner_is_back(town: Town) -> None:
    now = datetime.now(UTC) + 400 * DAY
    today = local_day(now)
    away = Absence(first=today - 3 * DAY, last=today, substitute="person:sub")
    town.contact = town.contact.model_copy(update={"away": (away,)})
    town.others = (Contact(mailbox="person:sub", email=("sub@b.cn",)),)
    town.chat.busy = NotNow("later")
    await town.deliver(now)
    town.chat.busy = None
    await town.deliver(now + DAY)
    assert town.post.took == [("sub@b.cn", ())]
    assert town.office.entered == []


async def test_who_agrees_between_two_attempts_is_not_served_by_the_first(town: Town) -> None:
    now = datetime.now(UTC) + 400 * DAY
    town.contact = town.contact.model_copy(update={"accepts_service": False})
    town.chat.busy = NotNow("later")
    await town.deliver(now)
    town.contact = town.contact.model_copy(update={"accepts_service": True})
    town.chat.busy = None
    await town.deliver(now + DAY)
    assert town.office.entered == []


async def test_a_round_that_waited_out_an_outage_is_served_on_the_day_it_really_went(town: Town, play: Play) -> None:
    assert play.now < datetime.now(UTC) - DAY
    await town.deliver(play.now + HOUR)
    assert [each[2] for each in town.office.entered] == [local_day(datetime.now(UTC))]


async def test_a_decision_without_a_document_is_not_served_by_mail(
    engine: Engine, ledger: SqlLedger, play: Play
) -> None:
    bare = Play(play.policy.model_copy(update={"documents": None}))
    bare.submit()
    bare.do(RequestSupplement(items=("资金证明",)), bare.platform)
    record(ledger, bare)
    town = Town(engine, bare)
    await town.deliver(datetime.now(UTC) + 400 * DAY)
    assert town.post.took == [("owner@b.cn", ())]
    assert town.office.entered == []


@pytest.mark.parametrize("counts", [True, False])
async def test_what_only_waits_its_turn_is_never_given_up(town: Town, counts: bool) -> None:
    town.rules = DeliveryRules(attempts=3)
    town.post.busy = town.chat.busy = NotNow("20 messages within a minute", counts=counts)
    now = datetime.now(UTC) + 400 * DAY
    for hours in range(6):
        await town.deliver(now + hours * HOUR)
    given_up = [each for each in town.messages() if each.given_up_at is not None]
    assert bool(given_up) is counts
    assert [each.attempts for each in town.messages()] == [3 if counts else 0]


@pytest.mark.parametrize("text", ["{{ 1 // 0 }}", "{{ nobody }}", "{% for %}"])
async def test_a_broken_template_of_a_document_holds_up_no_mailbox(
    town: Town, engine: Engine, tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("own") / "documents"
    folder.mkdir()
    (folder / "request_supplement.txt.j2").write_text(text)
    standings = Standings(LedgerReads(engine), SqlRulebooks(engine))
    desk = DocumentDesk(SqlDocuments(engine), standings, DocumentWriter(folder.parent))
    assert desk.write_waiting() == 0
    town.activities._desk = desk
    await town.deliver(datetime.now(UTC) + 400 * DAY)
    assert all(each.given_up_at or each.delivered_at for each in town.messages())
    assert await town.activities.sweep() >= 0


def test_the_documents_that_waited_longest_are_written_first(
    engine: Engine, ledger: SqlLedger, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that cannot be written are passed over, however many they are."""
    monkeypatch.setattr("client.documents.AT_ONCE", 2)
    SqlRulebooks(engine).keep(play.policy)
    for at in range(5):
        write(ledger, f"S-{at}", play.journal)
    documents = SqlDocuments(engine)
    broken: Callable[[OfficialDocument], bool] = lambda each: each.stream in ("S-0", "S-1", "S-2")  # noqa: E731

    class Picky(DocumentDesk):
        def written(self, document: OfficialDocument) -> OfficialDocument:
            if broken(document):
                raise NotNow(document.stream)
            return super().written(document)

    desk = Picky(documents, Standings(LedgerReads(engine), SqlRulebooks(engine)), DocumentWriter())
    assert desk.write_waiting() == 2
    assert {each.stream for each in documents.unwritten()} == {"S-0", "S-1", "S-2"}
