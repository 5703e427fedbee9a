"""Proposed notices are kept by their digest, decided once, and known scene by scene, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from models.actor import Actor
from models.calendar import Holiday, YearNotice
from models.proposal import ProposalDecision
from models.vocabulary import Role
from models.year_notice import DeadlineMove, NoticeLoaded, NoticeProposal, digest_of
from storage.year_notices import SqlYearNotices
from tests.storage.journals import rows

NOW = datetime(2026, 11, 5, 1, 30, tzinfo=UTC)
ZHANG = Actor(person="zhang", unit="数据局", role=Role.PLATFORM_OFFICE)
LI = Actor(person="li", unit="领导小组", role=Role.LEADING_GROUP)


def proposal(year: int = 2027, at: datetime = NOW) -> NoticeProposal:
    holidays = (Holiday(name="元旦", days=(date(year, 1, 1),)),)
    notice = YearNotice(year=year, source=f"关于{year}年的通知", holidays=holidays)
    return NoticeProposal(digest=digest_of(notice), notice=notice, city="盐城市", proposed_by=ZHANG, proposed_at=at)


def decided(stands: NoticeProposal, by: Actor = LI) -> NoticeProposal:
    return stands.model_copy(update={"decision": ProposalDecision(confirmed=True, by=by, at=NOW)})


@pytest.fixture
def notices(engine: Engine) -> SqlYearNotices:
    return SqlYearNotices(engine)


def test_a_proposal_is_kept_and_found_by_the_first_digits_of_its_digest(notices: SqlYearNotices) -> None:
    first, second = proposal(), proposal(2028, NOW + timedelta(days=1))
    assert notices.propose(first) == first
    notices.propose(second)
    assert notices.all() == (second, first)
    assert notices.starting_with(first.digest[:10]) == (first,)
    assert notices.starting_with(first.digest) == (first,)
    assert set(notices.starting_with("")) == {first, second}
    assert notices.starting_with("no digits") == ()


def test_the_same_content_proposed_again_is_what_stands(engine: Engine, notices: SqlYearNotices) -> None:
    first = notices.propose(proposal())
    assert notices.propose(proposal(at=NOW + timedelta(days=3))) == first
    with pytest.raises(ValueError, match="no"):
        notices.propose(proposal(), again=_refuse)
    assert len(rows(engine, "year_notice")) == 1


def _refuse(_: NoticeProposal) -> NoticeProposal:
    raise ValueError("no")


def test_a_decision_is_kept_and_a_refused_one_leaves_nothing(engine: Engine, notices: SqlYearNotices) -> None:
    first = notices.propose(proposal())
    with pytest.raises(ValueError, match="no"):
        notices.change(first.digest, _refuse)
    assert notices.all() == (first,)
    assert notices.change(first.digest, decided) == decided(first)
    assert notices.all() == (decided(first),)
    assert [row["status"] for row in rows(engine, "year_notice")] == ["confirmed"]
    with pytest.raises(KeyError):
        notices.change("0" * 64, decided)


def test_two_who_decide_at_once_do_so_one_by_one(notices: SqlYearNotices) -> None:
    digest = notices.propose(proposal()).digest
    seen: list[bool] = []

    def decide(person: str) -> None:
        def once(stands: NoticeProposal) -> NoticeProposal:
            seen.append(stands.decision is None)
            return stands if stands.decision else decided(stands, LI.model_copy(update={"person": person}))

        notices.change(digest, once)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decide, ("a", "b", "c", "d")))
    assert sorted(seen) == [False, False, False, True]


def test_what_a_notice_did_is_kept_once_for_each_scene(engine: Engine, notices: SqlYearNotices) -> None:
    digest, other = proposal().digest, proposal(2028).digest
    move = DeadlineMove(
        deadline="consultation/某局", limit="consultation", due_from=date(2027, 1, 4), due_to=date(2027, 1, 5)
    )
    moved = NoticeLoaded(scene="B", result="loaded", moves=(move,), unchanged=2, firm=1)
    closed = NoticeLoaded(scene="A", result="closed")
    for each in (moved, closed, moved.model_copy(update={"result": "already", "moves": ()})):
        notices.keep_loaded(digest, each, NOW)
    notices.keep_loaded(other, closed, NOW)
    assert notices.loaded(digest) == (closed, moved)
    assert notices.done(digest) == {"A", "B"}
    assert notices.done("0" * 64) == frozenset()
    assert notices.counts() == {digest: 2, other: 1}
    assert {row["result"] for row in rows(engine, "notice_loaded")} == {"loaded", "closed"}
