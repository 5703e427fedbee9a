"""Whoever has a bidder or the owner among their units judges nothing of theirs, and no delegate of theirs does."""

from datetime import date
from typing import Any

import pytest

from models.actor import Actor
from models.commands.anywhere import ProposeCorrection
from models.commands.matching import SubmitBid
from models.commands.review import FileComplaint, RaiseObjection
from models.directory import Delegation, Directory, Membership, Organisation, Person
from models.policy import Policy
from models.vocabulary import NoticeAbout, PanelPurpose, Role
from rules import directory as rules
from tests.scenario import Play, digest, document, with_rules
from tests.separation_cases import CITIZEN, RECOGNITION, SCENES, A, B

SUBSIDIARY, SCHOOL, UNIVERSITY = "甲公司子公司", "城市学院", "大学"


def person(id: str, *memberships: Membership) -> Person:
    return Person(id=id, name=id, memberships=memberships)


def directory(play: Play) -> Directory:
    lead, bidder = (Role.LEAD,), (Role.BIDDER,)
    office = play.state.lead or ""
    return Directory(
        city=play.policy.city,
        organisations=(
            Organisation(name="市政府"),
            Organisation(name=office, parent="市政府"),
            Organisation(name=A, kind="enterprise"),
            Organisation(name=SUBSIDIARY, kind="enterprise", parent=A),
            Organisation(name=play.owner_unit, kind="enterprise", aliases=("城运公司",)),
            Organisation(name="城运科技", kind="enterprise", parent=play.owner_unit),
            Organisation(name=UNIVERSITY, parent=A),
            Organisation(name=SCHOOL, parent=UNIVERSITY),
        ),
        persons=(
            person("chief", Membership(unit=office, roles=lead)),
            person("employee", Membership(unit=A, roles=bidder)),
            person("dual", Membership(unit=SUBSIDIARY, roles=bidder), Membership(unit=office, roles=lead)),
            person(
                "left-lately",
                Membership(unit=A, roles=bidder, last=date(2024, 1, 31)),
                Membership(unit=office, roles=lead, first=date(2024, 2, 1)),
            ),
            person(
                "left-long-ago",
                Membership(unit=A, roles=bidder, last=date(2020, 1, 31)),
                Membership(unit=office, roles=lead, first=date(2020, 2, 1)),
            ),
            person(
                "of-the-owner",
                Membership(unit="城运公司", roles=(Role.OWNER,), last=date(2025, 6, 30)),
                Membership(unit=office, roles=lead),
            ),
            person("affiliate", Membership(unit="城运科技", roles=bidder)),
            person("professor", Membership(unit=SCHOOL, roles=(Role.EXPERT,))),
        ),
        delegations=(Delegation(by="chief", to="employee", reasons="休假"),),
    )


def acting(play: Play, id: str, role: Role = Role.LEAD, **more: Any) -> Actor:
    return rules.actor(directory(play), 1, id, play.today, role=role, **more)


def test_an_official_has_their_other_units_as_ties_and_not_their_own_line_of_command(policy: Policy) -> None:
    play = Play(policy).to_eligibility(A, B)
    assert acting(play, "chief").ties == ()
    assert acting(play, "dual").ties == (SUBSIDIARY, A)
    assert acting(play, "left-lately").ties == (A,)
    assert acting(play, "left-long-ago").ties == ()
    assert acting(play, "professor", Role.EXPERT).ties == (UNIVERSITY, A)
    assert acting(play, "employee", on_behalf_of=("chief",)).ties == (A,)


@pytest.mark.parametrize("id", ["dual", "left-lately"])
def test_who_belongs_or_lately_belonged_to_a_bidder_does_not_check_it(policy: Policy, id: str) -> None:
    play = Play(policy).to_eligibility(A, B)
    assert play.refuses("own_unit_bids", play.verify_act(A), acting(play, id)).details["unit"] == A
    play.refuses("own_unit_bids", play.verify_act(B), acting(play, id))
    play.do(play.verify_act(A), acting(play, "left-long-ago"))


def test_a_bidders_employee_is_no_delegate_of_who_checks_it(policy: Policy) -> None:
    play = Play(policy).to_eligibility(A, B)
    play.refuses("own_unit_bids", play.verify_act(A), acting(play, "employee", on_behalf_of=("chief",)))
    play.do(play.verify_act(A), acting(play, "chief"))


def test_who_belonged_to_the_owner_neither_checks_nor_awards(policy: Policy) -> None:
    play = Play(policy).to_eligibility(A, B)
    tied = acting(play, "of-the-owner", known_as=(play.owner_unit,))
    assert tied.ties == (play.owner_unit,)
    play.refuses("tied_to_owner", play.verify_act(A), tied)


def test_an_expert_below_a_bidder_does_not_score(policy: Policy) -> None:
    play = Play(policy).to_scoring(A, B)
    number, *_ = play.seat_panel(PanelPurpose.SCORING)
    professor = acting(play, "professor", Role.EXPERT)
    seated = play.expert(number).model_copy(update={"ties": professor.ties})
    play.refuses("own_unit_bids", play.score_act(B, 0.9), seated)


def test_the_pool_of_the_directory_knows_what_stands_above_an_experts_unit(policy: Policy) -> None:
    play = Play(policy).to_scoring(A, B)
    (professor,) = rules.experts(directory(play), play.today)
    assert (professor.unit, professor.ties) == (SCHOOL, (UNIVERSITY, A))


def test_the_owners_subsidiary_bids_only_where_the_policy_lets_it(policy: Policy) -> None:
    play = Play(policy).to_listed()
    play.post()
    bid = SubmitBid(bidder="城运科技", commitment=digest("x"))
    affiliate = acting(play, "affiliate", Role.BIDDER)
    play.refuses("owner_affiliate", bid, affiliate)
    play.policy = with_rules(play.policy, "contracting", affiliates_bid=True)
    play.do(bid, affiliate)


def test_a_commitment_is_not_copied(policy: Policy) -> None:
    play = Play(policy).to_listed()
    play.post()
    play.bid(A)
    copied = SubmitBid(bidder=B, commitment=play.state.bids[0].commitment)
    play.refuses("commitment_copied", copied, play.bidder(B))


# for whom the public speaks, and who was asked of the directory


def test_a_citizen_cannot_involve_an_official_by_naming_them(policy: Policy) -> None:
    play = Play(policy)
    SCENES[RECOGNITION](play)
    objection = RaiseObjection(about=NoticeAbout.RECOGNITION, real_name=True, text="有误", document=document("异议书"))
    troll = CITIZEN.model_copy(update={"person": "troll", "on_behalf_of": (play.platform.person,)})
    no = play.refuses("public_speaks_for_itself", objection, troll)
    assert no.details["person"] == play.platform.person
    play.refuses("public_speaks_for_itself", FileComplaint(objection=play.state.objections[0].id, text="不服"), troll)
    play.do(objection, troll.model_copy(update={"on_behalf_of": ()}))


def slip(id: str) -> ProposeCorrection:
    return ProposeCorrection(correction=id, sequence=1, reasons="笔误", right_text="更正")


def test_a_scene_remembers_by_which_directory_somebody_acted(policy: Policy) -> None:
    play = Play(policy).to_registered()
    assert play.state.directory_version == 0
    play.do(slip("K-1"), play.lead.model_copy(update={"directory_version": 3}))
    assert play.state.directory_version == 3
    play.do(slip("K-2"), play.lead.model_copy(update={"directory_version": 2}))
    assert play.state.directory_version == 3
