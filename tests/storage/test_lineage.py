"""Who is kin, what happened and who was told, as the ledger has it: what is left to tell follows from nothing else."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from client.lineage import LineageWatch, current_evidence
from client.standing import Standings
from models.commands import Command
from models.commands.anywhere import Withdraw
from models.commands.lineage import InheritEvidence, ReopenReview
from models.commands.promotion import CloseScene, RecordReplication, WithdrawBenchmark
from models.commands.solicitation import Application, Submit
from models.commands.trial import ReportIncident
from models.lineage import LAST_ENTRY, Evidence
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.state import IncidentStatus
from models.telling import Message
from storage.ledger import SqlLedger
from storage.lineage import SqlLineage
from storage.reads import LedgerReads
from storage.rebuild import rebuild
from storage.rulebooks import SqlRulebooks
from tests.scenario import Play, digest
from tests.storage.journals import record, rows

A, B, C = "YC-A", "YC-B", "YC-C"
TABLES = ("kinship", "lineage_alarm", "lineage_review")


@dataclass
class Town:
    """Scenes played on the rules alone, each recorded as it goes: the client of a watch."""

    ledger: SqlLedger
    plays: dict[str, Play] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def add(self, play: Play) -> Play:
        self.plays[play.scene] = play
        record(self.ledger, play)
        return play

    async def act(self, scene: str, command: Command) -> Receipt:
        play = self.plays[scene]
        play.do(command.act, command.actor, seen=command.seen, id=command.command_id)
        self.sent.append((scene, command.act.verb))
        record(self.ledger, play)
        return play.state.receipts[-1]


class CopyOfA(Play):
    def application(self) -> Application:
        return super().application().model_copy(update={"copied_from": A})


def copy_of(policy: Policy, scene: str, original: str) -> Play:
    play = Play(policy, scene=scene)
    application = play.application().model_copy(update={"copied_from": original})
    play.do(Submit(application=application), play.owner)
    return play


@pytest.fixture
def town(ledger: SqlLedger) -> Town:
    return Town(ledger)


@pytest.fixture
def watch(town: Town, engine: Engine, reads: LedgerReads, policy: Policy) -> LineageWatch:
    rulebooks = SqlRulebooks(engine)
    rulebooks.keep(policy)
    return LineageWatch(town, SqlLineage(engine), Standings(reads, rulebooks))


@pytest.fixture
def family(town: Town, policy: Policy) -> Town:
    """A benchmark; a copy that is registered; another whose trial runs."""
    town.add(Play(policy, scene=A).to_candidate().to_benchmark())
    town.add(copy_of(policy, B, A).register())
    town.add(CopyOfA(policy, scene=C).to_running("甲公司"))
    return town


def due(watch: LineageWatch) -> list[tuple[str, str]]:
    return [(each.scene, each.act.verb) for each in watch.due()[0]]


def tell_all(watch: LineageWatch) -> int:
    async def told() -> int:
        return sum([await watch.tell(message) for message in watch.due()[0]])

    return asyncio.run(told())


def incident(town: Town, scene: str) -> None:
    play = town.plays[scene]
    play.do(ReportIncident(bidder="甲公司", incident="I-1", text="碰撞"), play.regulator)
    town.add(play)


def test_a_copy_is_told_what_its_original_had_shown(family: Town, watch: LineageWatch) -> None:
    assert due(watch) == [(B, "inherit_evidence"), (C, "inherit_evidence")]
    assert tell_all(watch) == 2
    assert due(watch) == []
    for copy in (B, C):
        evidence = family.plays[copy].state.inherited[0]
        assert (evidence.scene, evidence.sequence) == (A, family.plays[A].state.sequence)


def test_the_head_that_evidence_names_is_found_in_the_originals_chain(
    family: Town, watch: LineageWatch, reads: LedgerReads
) -> None:
    tell_all(watch)
    evidence = family.plays[B].state.inherited[0]
    entry = reads.entries(A, evidence.sequence, evidence.sequence)[0]
    assert entry.hash == evidence.head


def forge(town: Town, scene: str, original: str = A) -> Evidence:
    """Somebody of the platform office writes evidence of an entry that there is not."""
    forged = Evidence(scene=original, sequence=LAST_ENTRY, head=digest("forged"), city="盐城市", value_yuan=10**9)
    play = town.plays[scene]
    play.do(InheritEvidence(evidence=forged), play.platform)
    town.add(play)
    return forged


def test_forged_evidence_is_named_and_gives_way_to_the_true(family: Town, watch: LineageWatch) -> None:
    forged = forge(family, B)
    assert watch.lineage.unproven([B, C]) == ((B, A, LAST_ENTRY, forged.head),)
    assert tell_all(watch) == 2
    assert family.plays[B].state.inherited[0].sequence == family.plays[A].state.sequence
    assert watch.lineage.unproven([B, C]) == ()
    assert due(watch) == []


def test_evidence_of_a_true_entry_with_another_head_is_forged_as_well(family: Town, watch: LineageWatch) -> None:
    tell_all(watch)
    true = family.plays[B].state.inherited[0]
    other = InheritEvidence(evidence=true.model_copy(update={"head": digest("other")}), replaces=true.head)
    play = family.plays[B]
    play.do(other, play.platform)
    family.add(play)
    assert [each.replica for each in watch.lineage.unproven([B])] == [B]
    tell_all(watch)
    assert family.plays[B].state.inherited == (true,)


def test_another_content_under_a_true_head_is_forged_as_well(family: Town, watch: LineageWatch) -> None:
    tell_all(watch)
    true = family.plays[B].state.inherited[0]
    richer = InheritEvidence(evidence=true.model_copy(update={"value_yuan": 10**9}), replaces=true.head)
    play = family.plays[B]
    play.do(richer, play.platform)
    family.add(play)
    assert watch.lineage.unproven([B, C]) == ((B, A, true.sequence, true.head),)
    tell_all(watch)
    assert family.plays[B].state.inherited == (true,)
    assert watch.lineage.unproven([B, C]) == ()
    assert due(watch) == []


def test_what_was_true_of_an_earlier_entry_stays_true_when_the_original_goes_on(
    family: Town, watch: LineageWatch
) -> None:
    tell_all(watch)
    incident(family, A)
    assert watch.lineage.unproven([B, C]) == ()


def test_of_an_original_that_is_not_run_here_nothing_is_said(family: Town, watch: LineageWatch, policy: Policy) -> None:
    family.add(copy_of(policy, "YC-P", "NJ-1"))
    forge(family, "YC-P", "NJ-1")
    assert watch.lineage.unproven(["YC-P"]) == ()


def test_an_original_without_an_accepted_result_has_nothing_to_give_yet(
    town: Town, watch: LineageWatch, policy: Policy
) -> None:
    original = town.add(Play(policy, scene=A).to_acceptance("甲公司"))
    town.add(copy_of(policy, B, A))
    assert due(watch) == []
    original.accept("甲公司")
    town.add(original)
    assert due(watch) == [(B, "inherit_evidence")]


def test_a_copy_of_what_nobody_here_knows_is_told_nothing(town: Town, watch: LineageWatch, policy: Policy) -> None:
    town.add(copy_of(policy, B, "NJ-1"))
    assert due(watch) == []


def test_a_copy_that_names_another_original_is_left_alone(town: Town, watch: LineageWatch, policy: Policy) -> None:
    original = Play(policy, scene=A).to_candidate().to_benchmark()
    original.do(RecordReplication(city="宁波市", scene=B), original.owner)
    town.add(original)
    town.add(copy_of(policy, B, "NJ-1"))
    assert due(watch) == []


def test_who_did_not_say_so_is_no_kin_whatever_another_records(town: Town, watch: LineageWatch, policy: Policy) -> None:
    original = Play(policy, scene=A).to_candidate().to_benchmark()
    original.do(RecordReplication(city="宁波市", scene=C), original.owner)
    town.add(original)
    town.add(Play(policy, scene=C).to_running("甲公司"))
    incident(town, C)
    assert watch.due() == ((), (), ())


@pytest.mark.parametrize("closed", [True, False])
def test_a_new_copy_hears_of_an_old_incident_only_while_it_is_open(
    family: Town, watch: LineageWatch, policy: Policy, closed: bool
) -> None:
    tell_all(watch)
    incident(family, C)
    tell_all(watch)
    if closed:
        state = family.plays[C].state
        over = tuple(each.model_copy(update={"status": IncidentStatus.CLOSED}) for each in state.incidents)
        with watch.lineage._engine.begin() as connection:
            as_closed = state.model_copy(update={"incidents": over}).model_dump_json()
            connection.execute(
                text("UPDATE scene SET snapshot = :of WHERE scene = :scene"), {"of": as_closed, "scene": C}
            )
    copy = CopyOfA(policy, scene="YC-NEW")
    copy.wait(timedelta(days=400))
    family.add(copy.submit())
    assert (("YC-NEW", "reopen_review") in due(watch)) is not closed


def test_an_incident_in_a_copy_re_opens_the_review_of_its_original_and_of_its_siblings(
    family: Town, watch: LineageWatch, reads: LedgerReads
) -> None:
    tell_all(watch)
    incident(family, C)
    assert due(watch) == [(A, "reopen_review"), (B, "reopen_review")]
    assert tell_all(watch) == 2
    assert due(watch) == []
    cause = family.plays[A].state.lineage_reviews[0].cause
    assert cause is not None
    assert (cause.scene, cause.sequence, cause.incident) == (C, family.plays[C].state.sequence, "I-1")
    assert reads.entries(C, cause.sequence, cause.sequence)[0].hash == cause.head
    assert family.plays[C].state.lineage_reviews == ()


def test_a_lost_title_alarms_the_copies(family: Town, watch: LineageWatch) -> None:
    tell_all(watch)
    original = family.plays[A]
    original.do(WithdrawBenchmark(reasons="失信"), original.group)
    family.add(original)
    assert due(watch)[:2] == [(B, "reopen_review"), (C, "reopen_review")]


def test_evidence_is_sent_again_when_the_title_has_changed_and_for_nothing_less(
    family: Town, watch: LineageWatch
) -> None:
    tell_all(watch)
    original = family.plays[A]
    original.do(RecordReplication(city="南京市"), original.owner)
    family.add(original)
    assert due(watch) == []
    original.do(WithdrawBenchmark(reasons="失信"), original.group)
    family.add(original)
    assert (B, "inherit_evidence") in due(watch)
    tell_all(watch)
    assert due(watch) == []
    assert family.plays[B].state.inherited[0].level is None


def test_who_is_killed_between_two_begins_again_with_what_is_left(family: Town, watch: LineageWatch) -> None:
    tell_all(watch)
    incident(family, C)
    asyncio.run(watch.tell(watch.due()[0][0]))
    assert due(watch) == [(B, "reopen_review")]


def test_what_was_sent_and_is_not_recorded_yet_is_done_once(family: Town, watch: LineageWatch) -> None:
    tell_all(watch)
    incident(family, C)
    messages = watch.due()[0]
    for _ in range(2):
        for message in messages:
            assert asyncio.run(watch.tell(message))
    assert len(family.plays[A].state.lineage_reviews) == len(family.plays[B].state.lineage_reviews) == 1
    assert [verb for _, verb in family.sent].count("reopen_review") == 2


def test_the_same_message_has_the_same_id_and_another_has_another(family: Town, watch: LineageWatch) -> None:
    incident(family, C)
    first, again = watch.due()[0], watch.due()[0]
    assert [each.command_id for each in first] == [each.command_id for each in again]
    assert len({each.command_id for each in first}) == len(first)


def test_a_closed_scene_is_named_for_a_person_and_told_nothing(family: Town, watch: LineageWatch) -> None:
    tell_all(watch)
    original = family.plays[A]
    original.do(CloseScene(reasons="办结"), original.lead)
    family.add(original)
    incident(family, C)
    messages, untold, _ = watch.due()
    assert [each.scene for each in messages] == [B]
    assert [(each.scene, each.cause.scene) for each in untold] == [(A, C)]


def test_a_scene_that_ended_with_its_review_unanswered_is_named_for_a_person(family: Town, watch: LineageWatch) -> None:
    tell_all(watch)
    incident(family, C)
    tell_all(watch)
    copy = family.plays[B]
    copy.do(Withdraw(reasons="撤回"), copy.owner)
    family.add(copy)
    assert copy.state.closed
    assert [(each.scene, each.cause.scene) for each in watch.due().untold] == [(B, C)]


def test_what_a_scene_refuses_for_another_reason_is_heard(family: Town, watch: LineageWatch) -> None:
    foreign = current_evidence(watch.lineage, A)
    assert foreign is not None
    message = Message(scene=B, act=InheritEvidence(evidence=foreign.model_copy(update={"scene": "NJ-9"})))
    with pytest.raises(Refused, match="not_the_original"):
        asyncio.run(watch.tell(message))


def test_a_scene_without_kin_alarms_nobody(town: Town, watch: LineageWatch, policy: Policy) -> None:
    town.add(Play(policy, scene=C).to_running("甲公司"))
    incident(town, C)
    assert watch.due() == ((), (), ())


def test_one_record_that_cannot_be_read_holds_up_no_other(family: Town, watch: LineageWatch, engine: Engine) -> None:
    policy = family.plays[A].policy
    family.add(Play(policy, scene="YC-O").to_candidate())
    family.add(copy_of(policy, "YC-P", "YC-O"))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE scene SET snapshot = '{{}}' WHERE scene = '{A}'"))  # noqa: S608
    assert ("YC-P", "inherit_evidence") in due(watch)
    assert {(each.original, each.replica) for each in watch.due().unread} >= {(A, B)}


def test_all_of_it_is_made_again_from_the_journals(family: Town, watch: LineageWatch, engine: Engine) -> None:
    tell_all(watch)
    incident(family, C)
    tell_all(watch)
    before = {table: rows(engine, table) for table in TABLES}
    assert all(before.values())
    assert rebuild(engine) == ()
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    assert {each.found for each in rebuild(engine)} == {"missing"}
    assert {table: rows(engine, table) for table in TABLES} == before


def test_an_alarm_is_a_reopened_review_and_nothing_else(family: Town, watch: LineageWatch) -> None:
    incident(family, C)
    alarms = [each.act for each in watch.due()[0] if isinstance(each.act, ReopenReview)]
    assert {each.cause.kind for each in alarms} == {"incident"}
