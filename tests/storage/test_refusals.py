import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.commands.anywhere import Resubmit, Suspend
from models.commands.matching import RevealBid
from models.refusal import Refused
from models.vocabulary import Role
from storage.database import engine_for
from storage.reads import LedgerReads, RefusalFilter
from storage.refusals import DETAIL_LENGTH, Refusal, RefusalLedger
from tests.scenario import Play, document
from tests.storage.journals import NOW, spoil


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "data" / "refusals.spool"


@pytest.fixture
def refusals(engine: Engine, spool: Path) -> RefusalLedger:
    return RefusalLedger(engine, spool)


@pytest.fixture
def away(spool: Path) -> RefusalLedger:
    """The same ledger while nothing answers where the database should be."""
    return RefusalLedger(engine_for("postgresql://nobody@127.0.0.1:1/nowhere"), spool)


def refuse(ledger: RefusalLedger, play: Play, number: int = 1, at: datetime = NOW) -> None:
    command = play.command(Suspend(reasons=f"第{number}次"), play.owner, id=f"c-{number}")
    ledger.record(play.scene, command, Refused("not_permitted", role="scene_owner", verb="suspend", allowed="-"), at)


def test_a_refusal_is_kept_with_who_asked_what_and_why(refusals: RefusalLedger, reads: LedgerReads, play: Play) -> None:
    refuse(refusals, play)
    record = reads.refusals().items[0]
    refusal = record.refusal
    assert (record.sequence, refusal.scene, refusal.code, refusal.at) == (1, play.scene, "not_permitted", NOW)
    assert refusal.details == {"role": "scene_owner", "verb": "suspend", "allowed": "-"}
    assert refusal.actor == play.owner
    assert refusal.seen == play.state.sequence
    assert isinstance(refusal.command, dict)
    assert refusal.command["act"] == {"verb": "suspend", "reasons": "第1次"}


def test_refusals_are_found_by_scene_code_person_unit_and_role(
    refusals: RefusalLedger, reads: LedgerReads, play: Play
) -> None:
    refuse(refusals, play)
    refusals.record("another", None, Refused("malformed", problem="𠮷"), NOW + timedelta(seconds=1))
    found = {
        name: [record.refusal.code for record in reads.refusals(where).items]
        for name, where in {
            "all": RefusalFilter(),
            "scene": RefusalFilter(scene="another"),
            "code": RefusalFilter(code="not_permitted"),
            "person": RefusalFilter(person=play.owner.person),
            "unit": RefusalFilter(unit=play.owner.unit),
            "role": RefusalFilter(role=Role.OWNER),
            "none": RefusalFilter(role=Role.OWNER, scene="another"),
        }.items()
    }
    assert found == {
        "all": ["malformed", "not_permitted"], "scene": ["malformed"], "code": ["not_permitted"],
        "person": ["not_permitted"], "unit": ["not_permitted"], "role": ["not_permitted"], "none": [],
    }  # fmt: skip
    page = reads.refusals(limit=1, page=2)
    assert ([record.refusal.scene for record in page.items], page.total, page.pages) == ([play.scene], 2, 2)


def test_a_sealed_bid_stays_sealed_when_its_opening_is_refused(
    refusals: RefusalLedger, reads: LedgerReads, play: Play
) -> None:
    act = RevealBid(bidder="甲公司", nonce="a-nonce-of-the-bid", proposal=document("方案"), price_yuan=424_242)
    command = play.command(act, play.bidder("甲公司"))
    refusals.record(play.scene, command, Refused("wrong_step", step="posted", verb="reveal_bid", possible="-"), NOW)
    refusal = reads.refusals().items[0].refusal
    assert "424242" not in refusal.model_dump_json()
    assert document("方案").sha256 not in refusal.model_dump_json()
    assert isinstance(refusal.command, dict)
    assert refusal.command["digest"] == command.digest


def test_of_a_command_that_is_too_large_only_its_digest_is_kept(
    refusals: RefusalLedger, reads: LedgerReads, play: Play
) -> None:
    act = Resubmit(documents=tuple(document("长" * 190) for _ in range(50)), note="长" * 20_000)
    command = play.command(act, play.owner)
    refusals.record(play.scene, command, Refused("too_large", size=99_999, limit=65_536), NOW)
    kept = reads.refusals().items[0].refusal.command
    assert isinstance(kept, dict)
    assert (kept["act"], kept["digest"]) == ({"verb": "resubmit"}, command.digest)


def test_a_refusal_is_kept_whatever_was_asked(refusals: RefusalLedger, reads: LedgerReads, spool: Path) -> None:
    refusals.record("a\0b\ud800", None, Refused("malformed", problem="\0" + "长" * 100_000), NOW)
    refusal = reads.refusals().items[0].refusal
    assert len(refusal.details["problem"]) == DETAIL_LENGTH
    assert "\0" not in refusal.scene
    assert not spool.exists()


def test_refusals_are_chained_for_each_scene_and_tampering_shows_there(
    refusals: RefusalLedger, reads: LedgerReads, engine: Engine, play: Play
) -> None:
    for number in range(1, 6):
        refuse(refusals, play, number)
        refusals.record("another", None, Refused("malformed", problem=str(number)), NOW)
    of_it = [record.sequence for record in reads.refusals(RefusalFilter(scene=play.scene)).items]
    assert of_it == [5, 4, 3, 2, 1]
    assert reads.verify_refusals() == {}
    spoil(engine, "refusal", "UPDATE refusal SET code = 'stale' WHERE scene = :of AND sequence = 4", of=play.scene)
    assert reads.verify_refusals() == {play.scene: 4}
    assert reads.verify_refusals("another") == {}
    spoil(engine, "refusal", "DELETE FROM refusal WHERE scene = :of AND sequence = 3", of=play.scene)
    assert reads.verify_refusals(play.scene) == {play.scene: 3}
    spoil(engine, "refusal", "UPDATE refusal SET text = replace(text, :old, :new)", old='"2"', new='"7"')
    assert reads.verify_refusals() == {play.scene: 3, "another": 2}


def test_many_refusals_at_once_make_one_chain_for_each_scene(
    refusals: RefusalLedger, reads: LedgerReads, play: Play
) -> None:
    def both(number: int) -> None:
        refuse(refusals, play, number)
        refusals.record("another", None, Refused("malformed", problem=str(number)), NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(both, range(24)))
    assert reads.refusals().total == 48
    assert reads.verify_refusals() == {}


def test_while_the_database_is_away_refusals_wait_and_come_in_later_once(
    away: RefusalLedger, refusals: RefusalLedger, reads: LedgerReads, spool: Path, play: Play
) -> None:
    refuse(away, play, 1)
    refuse(away, play, 2)
    assert reads.refusals().total == 0
    waiting = spool.read_bytes()
    assert refusals.drain_spool() == 2
    assert spool.read_bytes() == b""
    spool.write_bytes(waiting)  # a crash between the database and the file
    refuse(refusals, play, 3)
    refusals.drain_spool()
    assert [record.refusal.details["verb"] for record in reads.refusals().items] == ["suspend"] * 3
    assert reads.verify_refusals() == {}


def test_draining_while_the_database_is_away_loses_nothing(away: RefusalLedger, spool: Path, play: Play) -> None:
    refuse(away, play)
    waiting = spool.read_bytes()
    with pytest.raises(SQLAlchemyError):
        away.drain_spool()
    assert spool.read_bytes() == waiting


def test_draining_where_nothing_waits_does_nothing(refusals: RefusalLedger, spool: Path) -> None:
    assert refusals.drain_spool() == 0
    assert not spool.exists()


def test_a_line_that_was_cut_short_is_set_aside_and_holds_up_nobody(
    away: RefusalLedger, refusals: RefusalLedger, reads: LedgerReads, spool: Path, play: Play
) -> None:
    refuse(away, play, 1)
    whole = spool.read_bytes()
    spool.write_bytes(whole + whole[:40])
    refuse(away, play, 2)
    assert refusals.drain_spool() == 2
    assert reads.refusals().total == 2
    assert spool.with_suffix(".unreadable").read_bytes() == whole[:40] + b"\n"


def test_a_database_without_its_tables_counts_as_away(tmp_path: Path, spool: Path, play: Play) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'empty.db'}")
    refuse(RefusalLedger(engine, spool), play)
    engine.dispose()
    assert json.loads(spool.read_text())["code"] == "not_permitted"


def test_what_an_office_asked_outside_any_scene_is_kept_in_a_chain_of_its_own_also_through_the_spool(
    refusals: RefusalLedger, away: RefusalLedger, reads: LedgerReads, play: Play
) -> None:
    refuse(refusals, play)
    act = {"verb": "propose_calendar", "reasons": "长" * 2 * DETAIL_LENGTH}
    of_office = Refusal.of_office("calendar:2027", play.owner, act, Refused("not_the_office", unit="x"), NOW)
    away.keep(of_office)
    assert refusals.drain_spool() == 1

    (record,) = reads.refusals(RefusalFilter(scene="calendar:2027")).items
    assert (record.sequence, record.refusal) == (1, of_office)
    assert record.refusal.actor == play.owner
    assert record.refusal.command == {"act": {"verb": "propose_calendar", "reasons": "长" * DETAIL_LENGTH}}
    assert reads.verify_refusals() == {}
