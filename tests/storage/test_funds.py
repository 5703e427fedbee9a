"""The pools' journals: one writer at a time, one receipt for each command, and nothing is ever changed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from channels.writing import Writer
from models.commands.trial import RecordFault, ReportIncident
from models.fund import FileClaim, FundAct, FundCommand, SceneReading
from models.journal import GENESIS, chain
from models.notification import unit_mailbox
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import Role
from rules.fund import read_scene
from storage.funds import SqlFunds
from storage.ledger import SqlLedger
from storage.mailroom import SqlMailroom
from storage.rebuild import compare, rebuild
from tests.pool import A, Pool, approve, file, pay, pay_in, propose
from tests.scenario import Play, document, with_rules
from tests.storage.journals import record, rows, spoil, write

THREADS, CLAIMS, EACH, SUFFICES_FOR = 8, 40, 1_000, 13


@pytest.fixture
def store(engine: Engine) -> SqlFunds:
    return SqlFunds(engine)


@pytest.fixture(scope="module")
def running(policy: Policy) -> Play:
    """A trial with as many incidents as there are claims: whose day is the same."""
    play = Play(policy, scene="YC-2026-001").to_running(A)
    for number in range(CLAIMS):
        play.do(ReportIncident(bidder=A, incident=f"I-{number}", casualty=False, text="碰撞"), play.bidder(A))
    return play


@pytest.fixture
def pool(policy: Policy, running: Play, ledger: SqlLedger) -> Pool:
    """Says who acts; its own state is not used here."""
    record(ledger, running)
    return Pool(with_rules(policy, "fund", per_scene_yuan=None, per_year_yuan=None), now=running.now)


def read(play: Play, incident: str = "I-0") -> SceneReading:
    journal = tuple(play.journal)
    return read_scene(play.scene, journal, chain(GENESIS, journal), A, incident)


def claim(play: Play, number: int = 0, amount: int = EACH) -> FileClaim:
    return file(read(play, f"I-{number}"), amount=amount, incident=f"I-{number}")


def send(store: SqlFunds, pool: Pool, act: FundAct, role: Role, id: str, person: str = "") -> Any:
    command = FundCommand(command_id=id, actor=pool.actor(role, person), act=act)
    return store.act(pool.policy, command, pool.now)


def refused(code: str, *sent: Any) -> Refused:
    with pytest.raises(Refused) as no:
        send(*sent)
    assert no.value.code == code, no.value
    return no.value


def test_a_claim_goes_its_way_and_the_receipts_tell_where(store: SqlFunds, pool: Pool, running: Play) -> None:
    assert send(store, pool, pay_in(5_000), Role.PAYER, "a").claim is None
    receipt = send(store, pool, claim(running), Role.BIDDER, "b")
    assert (receipt.city, receipt.sequence, receipt.claim) == (pool.policy.city, 2, 1)
    send(store, pool, propose(1, EACH), Role.LEAD, "c")
    send(store, pool, approve(1, EACH), Role.LEADING_GROUP, "d")
    send(store, pool, pay(1), Role.PAYER, "e")
    state = store.state(pool.policy.city)
    assert (state.balance_yuan, state.reserved_yuan, state.sequence) == (4_000, 0, 5)
    assert [each.sequence for each in store.history(pool.policy.city)] == [5, 4, 3, 2, 1]
    assert [each.sequence for each in store.history(pool.policy.city, claim=1)] == [5, 4, 3, 2]
    assert (store.cities(), store.broken(pool.policy.city)) == ((pool.policy.city,), None)
    assert store.state("宁波市").sequence == 0


def test_what_is_proposed_rests_on_how_the_scene_stands_then(
    store: SqlFunds, pool: Pool, running: Play, ledger: SqlLedger
) -> None:
    send(store, pool, pay_in(5_000), Role.PAYER, "a")
    send(store, pool, claim(running), Role.BIDDER, "b")
    fault = RecordFault(
        bidder=A, kind="x", red_line="public_safety", plan_clause="1.1", finding="属实", evidence=document("证据")
    )
    later = running.fork()
    later.do(fault, later.regulator)
    write(ledger, later.scene, later.journal[-1:])
    refused("fund_breach", store, pool, propose(1, EACH), Role.LEAD, "c")


def test_the_same_command_again_has_the_same_receipt_and_another_under_its_id_is_refused(
    store: SqlFunds, pool: Pool, running: Play, engine: Engine
) -> None:
    first = send(store, pool, pay_in(5_000), Role.PAYER, "a")
    assert send(store, pool, pay_in(5_000), Role.PAYER, "a") == first
    no = refused("command_id_reused", store, pool, pay_in(5_001), Role.PAYER, "a")
    assert no.details["command_id"] == "a"
    second = send(store, pool, claim(running), Role.BIDDER, "b")
    assert send(store, pool, claim(running), Role.BIDDER, "b") == second
    assert len(rows(engine, "fund_entry")) == 2


def test_what_is_refused_leaves_nothing_and_tells_how_the_pool_stood(
    store: SqlFunds, pool: Pool, running: Play, engine: Engine
) -> None:
    send(store, pool, pay_in(1), Role.PAYER, "a")
    send(store, pool, claim(running), Role.BIDDER, "b")
    send(store, pool, propose(1, EACH), Role.LEAD, "c")
    no = refused("fund_short", store, pool, approve(1, EACH), Role.LEADING_GROUP, "d")
    assert (no.sequence, no.policy) == (3, pool.policy.digest)
    assert len(rows(engine, "fund_entry")) == 3
    send(store, pool, pay_in(EACH), Role.PAYER, "e")
    # the id was not used up
    send(store, pool, approve(1, EACH), Role.LEADING_GROUP, "d")


# what a claim says of its scene


@pytest.mark.parametrize(
    "lie",
    [
        {"happened_on": "2026-12-01"}, {"breached": True}, {"people": ()}, {"judges": ()}, {"lead": "市财政局"},
        {"head": "0" * 64}, {"sequence": 3}, {"sequence": 9_999}, {"scene": "NO-SUCH"}, {"units": ()},
    ],
)  # fmt: skip
def test_what_the_scenes_journal_does_not_say_is_refused(
    store: SqlFunds, pool: Pool, running: Play, lie: dict[str, Any]
) -> None:
    act = claim(running)
    reading = SceneReading.model_validate({**act.reading.model_dump(mode="json"), **lie})
    refused("fund_reading_untrue", store, pool, act.model_copy(update={"reading": reading}), Role.BIDDER, "a")
    assert store.state(pool.policy.city).sequence == 0


def test_a_claim_rests_on_the_last_entry_of_its_scene(
    store: SqlFunds, pool: Pool, running: Play, ledger: SqlLedger
) -> None:
    before = claim(running)
    later = running.fork()
    later.do(ReportIncident(bidder=A, incident="I-X", casualty=False, text="碰撞"), later.bidder(A))
    write(ledger, later.scene, later.journal[-1:])
    no = refused("stale", store, pool, before, Role.BIDDER, "a")
    assert no.details["changed"] == str(later.state.sequence)
    send(store, pool, claim(later), Role.BIDDER, "a")


def test_a_claim_that_stands_is_repeated_though_its_scene_went_on(
    store: SqlFunds, pool: Pool, running: Play, ledger: SqlLedger
) -> None:
    first = send(store, pool, claim(running), Role.BIDDER, "a")
    later = running.fork()
    later.do(ReportIncident(bidder=A, incident="I-X", casualty=False, text="碰撞"), later.bidder(A))
    write(ledger, later.scene, later.journal[-1:])
    assert send(store, pool, claim(running), Role.BIDDER, "a") == first


# all at once


def at_once(store: SqlFunds, pool: Pool, sent: Sequence[tuple[FundAct, Role, str]]) -> list[str]:
    """What came of each, sent by eight threads: "stands", or the code it was refused with."""

    def one(each: tuple[FundAct, Role, str]) -> str:
        try:
            send(store, pool, *each)
        except Refused as no:
            return no.code
        return "stands"

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, sent))


def test_of_forty_approvals_at_once_exactly_as_many_stand_as_the_balance_suffices_for(
    store: SqlFunds, pool: Pool, running: Play
) -> None:
    city = pool.policy.city
    send(store, pool, pay_in(SUFFICES_FOR * EACH + EACH // 2), Role.PAYER, "in")
    filed = at_once(store, pool, [(claim(running, n), Role.BIDDER, f"claim-{n}") for n in range(CLAIMS)])
    assert filed == ["stands"] * CLAIMS
    numbers = range(1, CLAIMS + 1)
    assert [each.number for each in store.state(city).claims] == list(numbers), "each has a number of its own"
    at_once(store, pool, [(propose(n, EACH), Role.LEAD, f"propose-{n}") for n in numbers])

    approved = at_once(store, pool, [(approve(n, EACH), Role.LEADING_GROUP, f"approve-{n}") for n in numbers])
    assert approved.count("stands") == SUFFICES_FOR
    assert approved.count("fund_short") == CLAIMS - SUFFICES_FOR
    state = store.state(city)
    assert (state.reserved_yuan, state.available_yuan) == (SUFFICES_FOR * EACH, EACH // 2)

    # each paid twice at once, under two ids: one of them stands
    twice = [(pay(n), Role.PAYER, f"pay-{n}-{time}") for n in numbers for time in (1, 2)]
    paid = at_once(store, pool, twice)
    assert paid.count("stands") == SUFFICES_FOR
    state = store.state(city)
    assert (state.balance_yuan, state.reserved_yuan) == (EACH // 2, 0)
    assert store.broken(city) is None, "which also looks at every balance on the way"


def test_one_command_sent_by_all_at_once_is_entered_once(store: SqlFunds, pool: Pool, engine: Engine) -> None:
    assert at_once(store, pool, [(pay_in(100), Role.PAYER, "same")] * 16) == ["stands"] * 16
    assert len(rows(engine, "fund_entry")) == 1
    assert store.state(pool.policy.city).balance_yuan == 100


# nothing is changed


@pytest.mark.parametrize(
    "statement",
    ["UPDATE fund_entry SET text = 'x'", "DELETE FROM fund_entry", "UPDATE fund_entry SET command_id = 'free'"],
)
def test_the_database_refuses_to_change_an_entry(store: SqlFunds, pool: Pool, engine: Engine, statement: str) -> None:
    send(store, pool, pay_in(100), Role.PAYER, "a")
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


def test_an_entry_that_was_changed_past_the_database_is_found(store: SqlFunds, pool: Pool, engine: Engine) -> None:
    for amount in (100, 200, 300):
        send(store, pool, pay_in(amount), Role.PAYER, f"in-{amount}")
    assert store.broken(pool.policy.city) is None
    spoil(engine, "fund_entry", "UPDATE fund_entry SET command_id = 'free' WHERE sequence = 3")
    assert store.broken(pool.policy.city) == 3
    spoil(engine, "fund_entry", "UPDATE fund_entry SET text = replace(text, '200', '900') WHERE sequence = 2")
    assert store.broken(pool.policy.city) == 2
    spoil(engine, "fund_entry", "DELETE FROM fund_entry WHERE sequence = 1")
    assert store.broken(pool.policy.city) == 1


# what is said to whom


def outbox(engine: Engine, pool: Pool) -> list[Any]:
    query = text(
        "SELECT sequence, recipient, rung, kind, send_after, delivered_at FROM outbox WHERE stream = :stream"
        " ORDER BY sequence, recipient, rung, kind"
    )
    with engine.connect() as connection:
        return list(connection.execute(query, {"stream": f"fund:{pool.policy.code}"}))


def test_what_is_said_stands_in_the_outbox_with_its_entry_and_once(
    engine: Engine, store: SqlFunds, pool: Pool, running: Play
) -> None:
    send(store, pool, pay_in(100_000), Role.PAYER, "m")
    assert outbox(engine, pool) == []
    for _ in range(3):
        send(store, pool, claim(running), Role.BIDDER, "c", "bidder-a")
    said = outbox(engine, pool)
    assert [row.kind for row in said].count("duty_set") == 1
    assert len({(row.sequence, row.recipient, row.rung) for row in said}) == len(said) > 5
    assert {row.sequence for row in said} == {2}


def test_the_reminders_that_a_step_outran_are_taken_back_and_what_was_said_stays(
    engine: Engine, store: SqlFunds, pool: Pool, running: Play
) -> None:
    send(store, pool, pay_in(100_000), Role.PAYER, "m")
    send(store, pool, claim(running), Role.BIDDER, "c", "bidder-a")
    send(store, pool, propose(1, EACH), Role.LEAD, "p")
    kinds = sorted(row.kind for row in outbox(engine, pool) if row.sequence == 2)
    assert kinds == ["duty_set"]
    send(store, pool, approve(1, EACH), Role.LEADING_GROUP, "a")
    send(store, pool, pay(1), Role.PAYER, "y")
    assert [row.kind for row in outbox(engine, pool)] == ["duty_set"] * 3


def test_they_go_out_by_the_same_mailboxes_as_a_scenes_each_at_its_moment(
    engine: Engine, store: SqlFunds, pool: Pool, running: Play
) -> None:
    send(store, pool, pay_in(100_000), Role.PAYER, "m")
    send(store, pool, claim(running), Role.BIDDER, "c", "bidder-a")
    due = store.state(pool.policy.city).claims[0].due
    assert due is not None
    mailroom, recipient = SqlMailroom(engine), unit_mailbox(pool.policy.city, pool.lead.unit)
    stream = f"fund:{pool.policy.code}"
    heard = []
    for at in (pool.now, *(rung.at for rung in due.rungs)):
        mine = tuple(each for each in mailroom.ready(recipient, at) if each.stream == stream)
        heard += [each.rung for each in mine]
        for each in mine:
            letter = Writer(pool.policy.calendar).write((each,), "zh", at)
            assert "补偿" in letter.text
        mailroom.delivered(mine, at)
    assert len(heard) == len(set(heard)) >= 5
    assert heard[0].startswith("duty_set/")


def test_a_rebuild_of_the_scenes_leaves_what_a_pool_said_alone(
    engine: Engine, store: SqlFunds, pool: Pool, running: Play
) -> None:
    send(store, pool, pay_in(100_000), Role.PAYER, "m")
    send(store, pool, claim(running), Role.BIDDER, "c", "bidder-a")
    said = outbox(engine, pool)
    assert compare(engine) == ()
    assert rebuild(engine) == ()
    assert outbox(engine, pool) == said
