"""How a scene stands by the ledger: its state, and its policy with the calendar that it counts by."""

from datetime import date

import pytest
from sqlalchemy import Engine

from client.standing import NoRulebook, Standings
from models.calendar import Holiday, YearNotice
from models.policy import Policy
from storage.ledger import SqlLedger
from storage.reads import LedgerReads
from storage.rulebooks import SqlRulebooks
from tests.scenario import Play, loading
from tests.storage.journals import record, rows

NOTICE = YearNotice(year=2031, source="通知", holidays=(Holiday(name="元旦", days=(date(2031, 1, 1),)),), invented=True)


@pytest.fixture
def rulebooks(engine: Engine) -> SqlRulebooks:
    return SqlRulebooks(engine)


@pytest.fixture
def standings(reads: LedgerReads, rulebooks: SqlRulebooks) -> Standings:
    return Standings(reads, rulebooks)


def test_a_scene_stands_as_its_last_entry_left_it(
    ledger: SqlLedger, rulebooks: SqlRulebooks, standings: Standings, play: Play
) -> None:
    rulebooks.keep(play.policy)
    record(ledger, play)
    assert standings.of(play.scene) == (play.state, play.policy)
    assert standings.of_state(play.state) == (play.state, play.policy)
    assert standings.of("nowhere") is None


def test_the_journal_leads_to_a_calendar_that_no_rulebook_has(
    ledger: SqlLedger, rulebooks: SqlRulebooks, standings: Standings, play: Play
) -> None:
    rulebooks.keep(play.policy)
    play.do(loading(NOTICE), play.platform)
    record(ledger, play)
    standing = standings.of(play.scene)
    assert standing == (play.state, play.policy)
    assert standing.policy.calendar.notices[-1] == NOTICE
    with pytest.raises(NoRulebook):
        standings.of_state(play.state)


def test_a_calendar_that_was_kept_is_found_by_its_version(
    engine: Engine, ledger: SqlLedger, reads: LedgerReads, rulebooks: SqlRulebooks, standings: Standings, play: Play
) -> None:
    before: Policy = play.policy
    rulebooks.keep(before)
    for _ in range(2):
        standings.keep(before, NOTICE)
    assert len(rows(engine, "rulebook")) == 2
    play.do(loading(NOTICE), play.platform)
    assert Standings(reads, rulebooks).of_state(play.state).policy == play.policy


def test_without_its_rulebook_a_scene_cannot_be_judged(ledger: SqlLedger, standings: Standings, play: Play) -> None:
    record(ledger, play)
    with pytest.raises(NoRulebook):
        standings.of(play.scene)


def test_the_state_that_an_entry_met(ledger: SqlLedger, standings: Standings, play: Play) -> None:
    record(ledger, play)
    met = standings.before(play.scene, 3)
    assert met.sequence == 2
    assert standings.before(play.scene, play.state.sequence + 1) == play.state
