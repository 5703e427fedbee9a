"""A complaint that comes when a notice has run out still freezes the next step, and brings the scene back if upheld."""

import pytest

from models.commands.matching import Award
from models.commands.review import AnswerObjection, DecideComplaint, FileComplaint, ListScene, RaiseObjection
from models.policy import Policy
from models.vocabulary import NoticeAbout, Role
from tests.scenario import Play, document

A, B = "甲公司", "乙公司"


def complained(play: Play, about: NoticeAbout) -> str:
    """Objected to, answered, run out; then taken to the supervisor."""
    play.publish(about)
    citizen = play.person(Role.PUBLIC, "市民", "citizen-1")
    play.do(RaiseObjection(about=about, real_name=True, text="有误", document=document("异议书")), citizen)
    objection = play.state.objections[-1].id
    play.do(AnswerObjection(objection=objection, upheld=False, text="不成立"), play.platform)
    play.pass_limit("public_notice")
    play.do(FileComplaint(objection=objection, text="不服"), citizen)
    return objection


@pytest.fixture
def ranked(yancheng: Policy) -> Play:
    play = Play(yancheng).to_scoring(A, B)
    play.score({A: 0.9, B: 0.8})
    return play


def test_nobody_is_awarded_while_a_complaint_about_the_ranking_is_open(ranked: Play) -> None:
    objection = complained(ranked, NoticeAbout.RANKING)
    assert ranked.state.step == "awarding"
    ranked.refuses("complaint_open", Award(bidders=(A,), reasons="排名第一"), ranked.lead)
    ranked.do(DecideComplaint(objection=objection, upheld=False, text="驳回"), ranked.supervisor)
    ranked.do(Award(bidders=(A,), reasons="排名第一"), ranked.lead)


def test_upheld_the_bids_are_verified_again(ranked: Play) -> None:
    objection = complained(ranked, NoticeAbout.RANKING)
    ranked.do(DecideComplaint(objection=objection, upheld=True, text="成立"), ranked.supervisor)
    assert ranked.state.step == "eligibility"
    ranked.refuses("wrong_step", Award(bidders=(A,), reasons="排名第一"), ranked.lead)


@pytest.mark.parametrize("upheld", [True, False])
def test_no_scene_is_listed_while_a_complaint_about_its_recognition_is_open(yancheng: Policy, upheld: bool) -> None:
    play = Play(yancheng).to_recognised()
    objection = complained(play, NoticeAbout.RECOGNITION)
    listing = ListScene(list="demand", batch="2026-1")
    play.refuses("complaint_open", listing, play.platform)
    play.do(DecideComplaint(objection=objection, upheld=upheld, text="裁决"), play.supervisor)
    assert play.state.step == ("expert_review" if upheld else "listing")
    if not upheld:
        play.do(listing, play.platform)
