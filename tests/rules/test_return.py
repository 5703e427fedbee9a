"""Return for correction: from every step of the review to every step before it, started over or straight back."""

from datetime import timedelta

import pytest

from models.commands.anywhere import (
    DecideExtension,
    Override,
    RequestExtension,
    Resubmit,
    ReturnForCorrection,
    Withdraw,
)
from models.commands.review import (
    AskConsultation,
    ConcludeFairCompetition,
    ConfirmScene,
    GiveOpinion,
    Recognise,
)
from models.deadline import DeadlineStatus
from models.events.anywhere import SceneResubmitted, SceneReturned
from models.events.review import OpinionsVoided
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import NoticeAbout, Outcome, PanelPurpose, Position, Stage
from rules.lifecycle import RETURN_FROM, RETURN_TO, comes_before
from tests.plays import at
from tests.scenario import Play, with_rules

RESUBMIT = Resubmit(note="已更正")


def back(to: str, then: str = "start_over") -> ReturnForCorrection:
    return ReturnForCorrection.model_validate({"to": to, "then": then, "reasons": "申报材料有误"})


POSSIBLE = [(step, to) for step in RETURN_FROM for to in RETURN_TO if not comes_before(step, to)]


@pytest.mark.parametrize(("step", "to"), POSSIBLE)
@pytest.mark.parametrize("then", ["start_over", "straight_back"])
def test_a_scene_is_returned_to_any_step_before_it(step: str, to: str, then: str) -> None:
    play = at(step)
    events = play.do(back(to, then), play.group)
    assert [event.to for event in events if isinstance(event, SceneReturned)] == [to]
    assert (play.state.step, play.state.returns) == ("returned", 1)
    assert play.state.stage is (Stage.SOLICITATION if to == "accepted" else Stage.REVIEW)
    play.serve_notices()
    duty = play.deadline("resubmission")
    assert duty.holder is not None
    assert duty.holder.unit == play.owner_unit
    assert duty.verbs == ("resubmit", "withdraw")
    assert SceneResubmitted() in play.do(RESUBMIT, play.owner)
    straight = "recognised" if step == "recognition_notice" else step
    assert play.state.step == (to if then == "start_over" else straight)
    assert play.state.returned is None


@pytest.mark.parametrize(("step", "to"), POSSIBLE)
def test_the_opinions_given_since_the_target_are_void_and_no_others(step: str, to: str) -> None:
    play = at(step)
    events = play.do(back(to), play.lead)
    voided = next(event for event in events if isinstance(event, OpinionsVoided))
    assert voided.consultation == (to in ("accepted", "registered"))
    assert voided.fair_competition == (to != "expert_review")
    assert voided.panels == (PanelPurpose.RECOGNITION,)
    state = play.state
    if state.consultation is not None:
        assert all(opinion.void == voided.consultation for opinion in state.consultation.opinions)
    if state.fair_competition is not None:
        assert state.fair_competition.void == voided.fair_competition
    assert all(panel.void for panel in state.panels)


@pytest.mark.parametrize(
    ("step", "to"),
    [(step, to) for step in RETURN_FROM for to in (*RETURN_TO, "draft", "listed") if (step, to) not in POSSIBLE],
)
def test_no_scene_is_returned_to_a_step_after_its_own_or_to_one_that_is_no_target(step: str, to: str) -> None:
    play = at(step)
    play.refuses("not_returnable", back(to), play.lead)


def test_a_step_that_the_city_does_not_use_is_no_target(yancheng: Policy) -> None:
    play = Play(yancheng.model_copy(update={"steps_off": ("expert_review",)})).to_recognised()
    no = play.refuses("not_returnable", back("expert_review"), play.lead)
    assert "expert_review" not in no.details["known"]


def test_started_over_everybody_speaks_again(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.do(back("registered"), play.platform)
    play.do(RESUBMIT, play.owner)
    play.do(AskConsultation(question="是否同意"), play.lead)
    assert play.state.consultation is not None
    assert (play.state.consultation.round, play.state.consultation.opinions) == (2, ())
    for unit in play.state.cooperating:
        play.agree(unit)
    play.do(ConcludeFairCompetition(passed=True, conclusion="通过"), play.lead)
    play.refuses("no_panel", Recognise(value="有价值"), play.lead)
    play.experts_recommend(PanelPurpose.RECOGNITION)
    play.do(Recognise(value="有价值"), play.lead)
    assert play.state.step == "recognised"


def test_straight_back_to_a_consultation_asks_everybody_again(yancheng: Policy) -> None:
    play = Play(yancheng).to_consultation()
    first = play.state.cooperating[0]
    play.agree(first)
    play.do(back("registered", "straight_back"), play.lead)
    play.refuses("wrong_step", GiveOpinion(position=Position.AGREE, text="意见"), play.cooperating(first))
    play.do(RESUBMIT, play.owner)
    assert play.state.step == "consultation"
    assert len([each for each in play.state.deadlines if each.limit == "consultation"]) == 3
    for unit in play.state.cooperating:
        play.agree(unit)
    assert play.state.step == "fair_competition"


def test_straight_back_to_the_leading_group_asks_the_leading_group(yancheng: Policy) -> None:
    play = at("confirmation")
    play.do(back("accepted", "straight_back"), play.group)
    play.do(RESUBMIT, play.owner)
    play.do(ConfirmScene(confirmed=True, reasons="同意"), play.group)
    assert play.state.step == "recognised"


def test_a_notice_that_was_interrupted_is_published_anew_for_its_full_time(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    play.wait(timedelta(days=3))
    play.do(back("accepted", "straight_back"), play.platform)
    assert "public_notice" not in [each.id for each in play.state.deadlines]
    play.do(RESUBMIT, play.owner)
    play.publish(NoticeAbout.RECOGNITION)
    assert play.deadline("public_notice").started_on == play.today
    play.pass_limit("public_notice")
    assert play.state.step == "listing"


def test_a_scene_is_returned_as_often_as_the_policy_says(yancheng: Policy) -> None:
    play = Play(with_rules(yancheng, "returns", times=2)).to_registered()
    for _ in range(2):
        play.do(back("registered"), play.lead)
        play.do(RESUBMIT, play.owner)
    no = play.refuses("returns_used_up", back("registered"), play.lead)
    assert no.details["times"] == "2"


def test_an_owner_who_does_not_resubmit_in_time_is_deemed_to_have_withdrawn(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    play.do(back("registered"), play.lead)
    play.pass_limit("resubmission")
    assert (play.state.step, play.state.outcome) == ("closed", Outcome.WITHDRAWN)


def test_the_time_to_resubmit_may_be_extended_by_the_platform_office(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    play.do(back("registered"), play.lead)
    play.serve_notices()
    before = play.deadline("resubmission").due_on
    play.do(RequestExtension(deadline="resubmission", reasons="需补检测"), play.owner)
    play.do(DecideExtension(deadline="resubmission", granted=True, reasons="同意"), play.platform)
    assert play.deadline("resubmission").due_on > before
    play.do(RESUBMIT, play.owner)
    assert play.state.step == "registered"


def test_a_returned_scene_may_be_withdrawn(yancheng: Policy) -> None:
    play = Play(yancheng).to_registered()
    play.do(back("registered"), play.lead)
    play.do(Withdraw(reasons="不再申报"), play.owner)
    assert play.state.outcome is Outcome.WITHDRAWN


def test_a_returned_scene_is_reopened_only_where_it_was_already() -> None:
    play = at("fair_competition")
    play.do(back("registered"), play.lead)
    for beyond in ("expert_review", "listing", "listed"):
        play.refuses("not_returnable", Override(to=beyond, reasons="加快"), play.group)
    play.do(Override(to="fair_competition", reasons="无须退回"), play.group)
    assert play.deadline("fair_competition").status is DeadlineStatus.OPEN


def test_what_is_due_at_the_step_that_was_left_is_due_no_more(yancheng: Policy) -> None:
    play = Play(yancheng).to_expert_review()
    play.seat_panel(PanelPurpose.RECOGNITION)
    play.do(back("fair_competition"), play.lead)
    play.serve_notices()
    assert [each.id for each in play.state.deadlines] == ["resubmission"]


def test_nothing_is_returned_before_its_registration_or_after_its_listing(yancheng: Policy) -> None:
    for play in (Play(yancheng).submit(), Play(yancheng).to_listed()):
        if play.state.lead is None:
            play.refuses("wrong_step", back("accepted"), play.platform)
        else:
            play.refuses("wrong_step", back("accepted"), play.lead)
    with pytest.raises(Refused, match="wrong_step"):
        Play(yancheng).submit().do(RESUBMIT, Play(yancheng).owner)
