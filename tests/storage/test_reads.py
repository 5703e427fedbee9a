from datetime import timedelta
from itertools import product
from typing import get_args

import pytest

from models.commands.anywhere import Withdraw
from models.commands.matching import SubmitBid
from models.commands.solicitation import AcceptFiling, Application, Submit
from models.policy import Policy
from models.vocabulary import Role, Scale, Stage, Track
from storage.ledger import SqlLedger
from storage.reads import LedgerReads, SceneFilter, SceneSort
from tests.scenario import Play
from tests.storage.journals import record


@pytest.fixture
def town(ledger: SqlLedger, policy: Policy) -> list[Play]:
    """Twelve scenes of two domains: four submitted, four registered, four of them late with it."""
    domains = [policy.domains[0].name, policy.domains[-1].name]
    plays = []
    for number in range(12):
        play = Play(
            policy,
            scene=f"T-{number:02}",
            domain=domains[number % 2],
            owner_unit=f"第{number}公司",
        ).submit()
        if number % 3 == 1:
            play.register()
        if number % 3 == 2:
            play.pass_limit("completeness")
            play.wait(timedelta(days=20))
        record(ledger, play)
        plays.append(play)
    return plays


def ids(reads: LedgerReads, where: SceneFilter) -> set[str]:
    return {scene.scene for scene in reads.list_scenes(where).items}


def test_a_list_without_a_filter_has_every_scene(reads: LedgerReads, town: list[Play]) -> None:
    page = reads.list_scenes()
    assert page.total == len(page.items) == 12
    assert {scene.scene for scene in page.items} == {play.scene for play in town}


def test_a_line_of_the_list_says_what_the_state_says(reads: LedgerReads, town: list[Play]) -> None:
    play = town[4]
    scene = reads.scene(play.scene)
    assert scene is not None
    assert play.state.profile is not None
    assert (scene.owner, scene.lead, scene.cooperating) == ("第4公司", play.state.lead, play.state.cooperating)
    assert (scene.type, scene.policy_digest) == (play.state.profile.type, play.policy.digest)
    assert scene.next_due_at == min(deadline.due_at for deadline in play.state.deadlines)
    assert scene.entered_at == play.state.entered_at


def test_what_a_scene_was_submitted_with_is_read_from_its_first_entry(
    reads: LedgerReads, policy: Policy, town: list[Play]
) -> None:
    applications = reads.applications(policy.city)

    assert list(applications) == [play.scene for play in town]
    assert {scene: each.owner for scene, each in applications.items()} == {
        play.scene: play.state.profile.owner for play in town if play.state.profile
    }
    assert reads.applications("别的市") == {}


def test_the_open_scenes_are_all_that_have_not_ended(ledger: SqlLedger, reads: LedgerReads, town: list[Play]) -> None:
    town[3].do(Withdraw(reasons="不再需要"), town[3].owner)
    record(ledger, town[3])
    assert town[3].state.closed
    expected = tuple(sorted(play.scene for play in town if play is not town[3]))
    assert reads.open_scenes() == reads.open_scenes("盐城市") == expected
    assert reads.open_scenes("宁波市") == ()


def test_an_unknown_scene_is_none(reads: LedgerReads) -> None:
    assert reads.scene("nowhere") is None
    assert reads.state("nowhere") is None
    assert reads.deadlines("nowhere") == ()
    assert reads.entries("nowhere") == ()
    assert reads.verify_chain("nowhere") is None


def test_filters_narrow_the_list_and_combine(reads: LedgerReads, policy: Policy, town: list[Play]) -> None:
    registered = {play.scene for play in town if play.state.stage is Stage.REVIEW}
    assert ids(reads, SceneFilter(stage=Stage.REVIEW)) == registered
    assert ids(reads, SceneFilter(city=policy.city)) == {play.scene for play in town}
    assert ids(reads, SceneFilter(city="宁波市")) == set()
    first = policy.domains[0].name
    assert ids(reads, SceneFilter(domain=first)) == {play.scene for play in town if play.domain == first}
    assert ids(reads, SceneFilter(stage=Stage.REVIEW, domain=first)) == {"T-04", "T-10"}
    lead = policy.domains[0].lead
    assert ids(reads, SceneFilter(lead=lead)) == {play.scene for play in town if play.state.lead == lead}
    types = {play.application().type for play in town}
    assert set().union(*(ids(reads, SceneFilter(type=each)) for each in types)) == {play.scene for play in town}


def test_overdue_means_that_somebody_is_late(reads: LedgerReads, town: list[Play]) -> None:
    late = {play.scene for play in town if play.state.step == "accepted"}
    assert len(late) == 4
    assert ids(reads, SceneFilter(overdue=True)) == late
    assert ids(reads, SceneFilter(overdue=False)) == {play.scene for play in town} - late


def test_text_is_looked_for_as_it_is_typed_whatever_its_case(reads: LedgerReads, town: list[Play]) -> None:
    assert town
    for words, found in {
        "第7公": {"T-07"},
        "t-1": {"T-10", "T-11"},
        "100%": set(),
        "_": set(),
        "'; DROP TABLE entry; --": set(),
    }.items():
        assert ids(reads, SceneFilter(text=words)) == found


def test_pages_hold_each_scene_once_in_a_fixed_order(reads: LedgerReads, town: list[Play]) -> None:
    for sort, descending in product(get_args(SceneSort), (False, True)):
        whole = [scene.scene for scene in reads.list_scenes(sort=sort, descending=descending).items]
        pages = [reads.list_scenes(sort=sort, descending=descending, page=number, limit=5) for number in (1, 2, 3, 4)]
        assert [scene.scene for page in pages for scene in page.items] == whole
        assert [(page.number, page.total, page.pages, len(page.items)) for page in pages] == [
            (1, 12, 3, 5), (2, 12, 3, 5), (3, 12, 3, 2), (4, 12, 3, 0),
        ]  # fmt: skip
        assert set(whole) == {play.scene for play in town}


def test_by_due_date_the_most_urgent_comes_first(reads: LedgerReads, town: list[Play]) -> None:
    assert town
    dates = [scene.next_due_at for scene in reads.list_scenes().items]
    assert dates == sorted(each for each in dates if each is not None)


def test_an_inbox_holds_the_duties_of_a_unit_with_their_scenes(
    reads: LedgerReads, policy: Policy, town: list[Play]
) -> None:
    office = policy.office(Role.PLATFORM_OFFICE)
    items = reads.inbox(city=policy.city, unit=office)
    assert {item.scene for item in items} == {play.scene for play in town if play.state.step != "registered"}
    assert [item.due_at for item in items] == sorted(item.due_at for item in items)
    assert {item.name for item in items} == {"无人配送示范"}
    assert {item.holder.unit for item in items} == {office}
    assert reads.inbox(city="宁波市", unit=office) == ()
    assert len(reads.inbox(role=Role.LEAD)) == 4
    assert reads.inbox(person="nobody") == ()


def test_an_experts_duty_is_found_by_the_person(ledger: SqlLedger, reads: LedgerReads, policy: Policy) -> None:
    play = Play(policy).to_scoring("甲公司", "乙公司")
    play.score({})
    record(ledger, play)
    assert {item.scene for item in reads.inbox(person="expert-1")} == {play.scene}


def test_who_has_bid_is_on_no_list_before_the_bids_are_opened(
    ledger: SqlLedger, reads: LedgerReads, policy: Policy
) -> None:
    play = Play(policy).to_listed()
    play.post()
    play.bid("甲公司")
    record(ledger, play)
    assert isinstance(play.journal[-1].command.act, SubmitBid)
    scene = reads.scene(play.scene)
    assert scene is not None
    assert scene.bidders == ()
    play.pass_limit("bidding")
    play.reveal("甲公司")
    record(ledger, play)
    scene = reads.scene(play.scene)
    assert scene is not None
    assert scene.bidders == ("甲公司",)


def test_a_part_of_the_journal_is_read_by_sequence(ledger: SqlLedger, reads: LedgerReads, whole_life: Play) -> None:
    record(ledger, whole_life)
    assert [each.entry.sequence for each in reads.entries(whole_life.scene, 3, 6)] == [3, 4, 5, 6]
    assert [each.entry.sequence for each in reads.entries(whole_life.scene, 60)] == list(
        range(60, len(whole_life.journal) + 1)
    )
    assert reads.streams() == (whole_life.scene,)


def test_scenes_are_found_by_scale_track_maturity_project_stage_and_money(
    ledger: SqlLedger, reads: LedgerReads, policy: Policy
) -> None:
    plain = Play(policy, scene="C-1").submit()
    told = Play(policy, scene="C-2", scale=Scale.COMPREHENSIVE)
    said = {"maturity": "成熟", "project_stage": "在建", "funding_source": "专项债券"}
    application = Application.model_validate(told.application().model_dump() | said)
    told.do(Submit(application=application), told.owner)
    for play in (plain, told):
        record(ledger, play)
    plain.do(AcceptFiling(), plain.platform)
    record(ledger, plain)
    assert ids(reads, SceneFilter(scale=Scale.COMPREHENSIVE)) == {"C-2"}
    assert ids(reads, SceneFilter(track=Track.SANDBOX)) == {"C-1", "C-2"}
    assert ids(reads, SceneFilter(maturity="成熟")) == {"C-2"}
    assert ids(reads, SceneFilter(project_stage="待建")) == {"C-1"}, "kept by the row when the scene goes on"
    assert ids(reads, SceneFilter(funding_source="债券", maturity="成熟")) == {"C-2"}
    by_scale = reads.list_scenes(SceneFilter(), sort="scale").items
    assert [each.scale for each in by_scale] == sorted(each.scale for each in by_scale)


def test_scenes_are_found_by_their_firsts_and_by_the_project_behind_them(
    ledger: SqlLedger, reads: LedgerReads, policy: Policy
) -> None:
    plain = Play(policy, scene="F-1").submit()
    told = Play(policy, scene="F-2")
    said = {"firsts": ["首台套", "首版次"], "project": {"kind": "重大活动", "name": "全球滨海论坛"}}
    application = Application.model_validate(told.application().model_dump() | said)
    told.do(Submit(application=application), told.owner)
    for play in (plain, told):
        record(ledger, play)
    assert ids(reads, SceneFilter(first="首版次")) == {"F-2"}
    assert ids(reads, SceneFilter(first="首批次")) == set()
    assert ids(reads, SceneFilter(project="滨海")) == ids(reads, SceneFilter(project="重大活动")) == {"F-2"}
    found = reads.scene("F-2")
    assert found is not None
    assert (found.firsts, found.project) == ("首台套 首版次", "全球滨海论坛")
