"""A holiday notice takes two persons of two offices, and what it would do to a scene is known before it does."""

from datetime import date

import pytest

from models.actor import Actor
from models.calendar import Holiday, YearNotice
from models.commands.anywhere import Suspend
from models.policy import Policy
from models.proposal import ProposalStatus
from models.refusal import Refused
from models.vocabulary import Role
from models.year_notice import NoticeLoaded, NoticeProposal, digest_of
from rules.year_notices import (
    asked,
    command_id,
    decide,
    effect,
    foreseen,
    in_force,
    propose,
    proposed_again,
    refuse_unless_in_force,
)
from tests.scenario import Play, at

NOW = at(2026, 11, 5)
NOTICE = YearNotice(
    year=2027, source="关于2027年部分节假日安排的通知",
    holidays=(Holiday(name="元旦", days=tuple(date(2027, 1, day) for day in (1, 2, 3))),),
    makeup_workdays=(date(2027, 1, 9),),
)  # fmt: skip
CORRECTED = NOTICE.model_copy(update={"makeup_workdays": ()})


def one(role: Role, policy: Policy, person: str = "somebody") -> Actor:
    return Actor(person=person, unit=policy.office(role) or "-", role=role)


@pytest.fixture
def office(yancheng: Policy) -> Actor:
    return one(Role.PLATFORM_OFFICE, yancheng, "zhang")


@pytest.fixture
def group(yancheng: Policy) -> Actor:
    return one(Role.LEADING_GROUP, yancheng, "li")


@pytest.fixture
def proposal(yancheng: Policy, office: Actor) -> NoticeProposal:
    return propose(yancheng, NOTICE, office, NOW)


@pytest.fixture
def confirmed(yancheng: Policy, proposal: NoticeProposal, group: Actor) -> NoticeProposal:
    return decide(yancheng, proposal, group, NOW, confirmed=True)


def test_the_platform_office_proposes_and_the_leading_group_confirms(
    yancheng: Policy, proposal: NoticeProposal, group: Actor
) -> None:
    assert (proposal.status, proposal.digest, proposal.city) == ("proposed", digest_of(NOTICE), "盐城市")
    confirmed = decide(yancheng, proposal, group, NOW, confirmed=True)
    assert (confirmed.status, confirmed.confirmed_at) == ("confirmed", NOW)
    assert decide(yancheng, confirmed, group, at(2026, 11, 9), confirmed=True) == confirmed


def test_a_notice_is_rejected_with_reasons_and_stays_rejected(
    yancheng: Policy, proposal: NoticeProposal, group: Actor
) -> None:
    rejected = decide(yancheng, proposal, group, NOW, confirmed=False, reasons="不是正式文本")
    assert rejected.status is ProposalStatus.REJECTED
    with pytest.raises(Refused, match="year_notice_decided") as no:
        decide(yancheng, rejected, group, NOW, confirmed=True)
    assert no.value.details["reasons"] == "不是正式文本"
    with pytest.raises(Refused, match="year_notice_decided"):
        proposed_again(rejected)
    assert proposed_again(proposal) == proposal


def test_nobody_confirms_what_they_proposed(yancheng: Policy, proposal: NoticeProposal, group: Actor) -> None:
    with pytest.raises(Refused, match="same_person"):
        decide(yancheng, proposal, group.model_copy(update={"person": "zhang"}), NOW, confirmed=True)


def test_nor_does_a_delegate_of_theirs_or_whom_they_proposed_it_for(
    yancheng: Policy, office: Actor, group: Actor
) -> None:
    proposal = propose(yancheng, NOTICE, office.model_copy(update={"on_behalf_of": ("director",)}), NOW)
    for person, behalf in (("director", ()), ("deputy", ("director",)), ("deputy", (office.person,))):
        again = group.model_copy(update={"person": person, "on_behalf_of": behalf})
        with pytest.raises(Refused, match="same_person"):
            decide(yancheng, proposal, again, NOW, confirmed=True)
    with pytest.raises(Refused, match="delegation_cycle"):
        decide(yancheng, proposal, group.model_copy(update={"on_behalf_of": (group.person,)}), NOW, confirmed=True)


def test_another_role_may_neither_propose_nor_confirm(
    yancheng: Policy, proposal: NoticeProposal, office: Actor, group: Actor
) -> None:
    with pytest.raises(Refused, match="not_permitted"):
        propose(yancheng, NOTICE, group, NOW)
    with pytest.raises(Refused, match="not_permitted"):
        decide(yancheng, proposal, office.model_copy(update={"person": "wang"}), NOW, confirmed=True)


def test_another_units_people_are_not_the_office(yancheng: Policy, office: Actor) -> None:
    other = next(unit.name for unit in yancheng.units if unit.name != office.unit)
    with pytest.raises(Refused, match="not_the_office"):
        propose(yancheng, NOTICE, office.model_copy(update={"unit": other}), NOW)
    with pytest.raises(Refused, match="unknown_unit"):
        propose(yancheng, NOTICE, office.model_copy(update={"unit": "天外"}), NOW)


def test_only_what_is_confirmed_and_not_overtaken_is_brought_into_scenes(
    yancheng: Policy, proposal: NoticeProposal, office: Actor, group: Actor
) -> None:
    with pytest.raises(Refused, match="year_notice_not_confirmed"):
        refuse_unless_in_force(proposal, (proposal,))
    confirmed = decide(yancheng, proposal, group, NOW, confirmed=True)
    second = propose(yancheng, CORRECTED, office, NOW)
    refuse_unless_in_force(confirmed, (confirmed, second))
    later = decide(yancheng, second, group, at(2026, 12, 1), confirmed=True)
    refuse_unless_in_force(later, (confirmed, later))
    assert in_force((later, confirmed)) == in_force((confirmed, later)) == (later,)
    with pytest.raises(Refused, match="year_notice_overtaken"):
        refuse_unless_in_force(confirmed, (confirmed, later))
    of_2028 = later.model_copy(update={"notice": NOTICE.model_copy(update={"year": 2028})})
    refuse_unless_in_force(confirmed, (confirmed, of_2028))
    assert in_force((of_2028, second, confirmed)) == (confirmed, of_2028)


@pytest.fixture
def across(yancheng: Policy) -> Play:
    """Ten working days from 21 December 2026 reach into a year whose notice is not loaded."""
    return Play(yancheng, now=at(2026, 12, 21)).to_consultation()


def load(play: Play, confirmed: NoticeProposal) -> NoticeLoaded:
    """What is foreseen; then it is done, and has to come as foreseen."""
    command = asked(confirmed, play.scene, play.platform)
    before = play.state
    expected = foreseen(play.policy, before, command, play.now)
    events = play.do(command.act, play.platform)
    assert effect(before, events) == expected
    return expected


def test_what_moves_is_foreseen(across: Play, confirmed: NoticeProposal) -> None:
    loaded = load(across, confirmed)
    assert (loaded.result, len(loaded.moves), loaded.unchanged, loaded.firm) == ("loaded", 3, 0, 3)
    assert {(move.due_from, move.due_to) for move in loaded.moves} == {(date(2027, 1, 4), date(2027, 1, 5))}
    assert {each.due_on for each in across.state.deadlines} == {date(2027, 1, 5)}


def test_so_is_what_stays(yancheng: Policy, across: Play, confirmed: NoticeProposal) -> None:
    across.until(at(2026, 12, 28))
    across.do(Suspend(reasons="核查"), across.lead)
    assert load(across, confirmed) == NoticeLoaded(scene="TEST-1", result="loaded", unchanged=3)
    early = Play(yancheng).to_consultation()
    assert load(early, confirmed) == NoticeLoaded(scene="TEST-1", result="loaded", unchanged=len(early.state.deadlines))


def test_a_scene_that_has_the_calendar_or_is_closed_needs_nothing(across: Play, confirmed: NoticeProposal) -> None:
    load(across, confirmed)
    command = asked(confirmed, across.scene, across.platform)
    assert foreseen(across.policy, across.state, command, across.now).result == "already"
    closed = across.state.model_copy(update={"step": "closed"})
    assert foreseen(across.policy, closed, command, across.now).result == "closed"


def test_what_comes_due_before_it_is_not_counted_as_its_doing(across: Play, confirmed: NoticeProposal) -> None:
    command = asked(confirmed, across.scene, across.platform)
    found = foreseen(across.policy, across.state, command, at(2027, 1, 20))
    after = Play(across.policy, now=at(2026, 12, 21)).to_consultation()
    after.until(at(2027, 1, 20))
    assert found == foreseen(after.policy, after.state, command, at(2027, 1, 20))
    assert {move.deadline for move in found.moves} <= {each.id for each in after.state.deadlines}


def test_a_refusal_of_the_scene_is_foreseen_as_well(yancheng: Policy, across: Play, confirmed: NoticeProposal) -> None:
    nobody = one(Role.ST_BUREAU, yancheng)
    with pytest.raises(Refused, match="not_permitted"):
        foreseen(across.policy, across.state, asked(confirmed, "TEST-1", nobody), across.now)


def test_the_command_of_a_scene_is_the_same_however_often_it_is_made() -> None:
    digest = digest_of(NOTICE)
    assert command_id(digest, "A-1") == command_id(digest, "A-1") != command_id(digest, "A-2")
    assert command_id(digest, "A-1") != command_id(digest_of(CORRECTED), "A-1")
    assert len(command_id(digest, "x" * 128)) == 128
