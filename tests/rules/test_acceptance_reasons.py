"""The lead decides on a result, and says why where it follows neither the panel nor the departments."""

import pytest

from models.policy import Policy
from models.vocabulary import PanelPurpose, Position
from rules.policy_check import contradictions
from tests.scenario import Play, with_rules

A = "甲公司"


@pytest.fixture
def applied(yancheng: Policy) -> Play:
    play = Play(yancheng).to_acceptance(A)
    play.apply(A)
    return play


@pytest.mark.parametrize("verdict", ["conditional", "retrial", "failed"])
def test_a_verdict_below_the_panels_says_why(applied: Play, verdict: str) -> None:
    applied.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    applied.hear_all(A)
    applied.sign_all(A)
    silent = applied.conclude_act(A, verdict, conditions=["补测"], against_panel=None)
    no = applied.refuses("verdict_below_panel", silent, applied.lead)
    assert (no.details["verdict"], no.details["yes"], no.details["size"]) == (verdict, "5", "5")
    applied.do(applied.conclude_act(A, verdict, conditions=["补测"], against_panel="现场复核数据不符"), applied.lead)


def test_a_verdict_that_the_panel_shares_needs_no_more_reasons(applied: Play) -> None:
    applied.experts_recommend(PanelPurpose.ACCEPTANCE, A, no=5)
    applied.conclude(A, "failed", against_panel=None)
    assert applied.state.acceptances[0].step == "failed"


def speak(play: Play, *positions: Position) -> None:
    asked = [each.holder for each in play.state.deadlines if each.limit == "acceptance_opinion"]
    for at, holder in enumerate(holder for holder in asked if holder is not None):
        play.acceptance_opinion(A, play.person(holder.role, holder.unit), positions[min(at, len(positions) - 1)])


def test_what_every_department_objects_to_passes_only_with_reasons(applied: Play) -> None:
    applied.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    speak(applied, Position.OBJECT)
    applied.sign_all(A)
    applied.do(applied.ip_act(A), applied.lead)
    applied.refuses("objections_unanswered", applied.conclude_act(A), applied.lead)
    applied.do(applied.conclude_act(A, over_objections="各项意见已逐一复核"), applied.lead)
    assert applied.state.acceptances[0].verdict == "passed"


AGREE, OBJECT = Position.AGREE, Position.OBJECT


def heard(policy: Policy, *positions: Position) -> Play:
    """Owner, regulator and departments in turn have said so, the last of it everybody after them as well."""
    play = Play(policy).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    speak(play, *positions)
    play.sign_all(A)
    play.do(play.ip_act(A), play.lead)
    return play


def test_the_owners_own_yes_answers_nobodys_objection(yancheng: Policy) -> None:
    play = heard(yancheng, AGREE, OBJECT)
    no = play.refuses("objections_unanswered", play.conclude_act(A), play.lead)
    assert play.owner_unit not in no.details["units"]
    play.do(play.conclude_act(A, over_objections="各项意见已逐一复核"), play.lead)


def test_the_regulators_objection_is_answered_whoever_agrees(yancheng: Policy) -> None:
    play = heard(yancheng, AGREE, OBJECT, AGREE)
    no = play.refuses("objections_unanswered", play.conclude_act(A), play.lead)
    assert no.details["units"] == play.state.regulator


def test_one_department_of_several_that_objects_is_outvoted(yancheng: Policy) -> None:
    play = heard(yancheng, AGREE, AGREE, OBJECT, AGREE)
    play.do(play.conclude_act(A), play.lead)
    assert play.state.acceptances[0].verdict == "passed"


def test_a_city_may_want_reasons_only_where_all_object(yancheng: Policy) -> None:
    all_only = with_rules(yancheng, "acceptance", objections=("all",))
    play = heard(all_only, AGREE, OBJECT)
    play.do(play.conclude_act(A), play.lead)
    everybody = heard(all_only, OBJECT)
    everybody.refuses("objections_unanswered", everybody.conclude_act(A), everybody.lead)


def test_a_share_in_the_value_goes_to_nobody_outside_the_scene(applied: Play) -> None:
    stranger = applied.value_act(10, (applied.owner_unit, "1/2"), ("旁人公司", "1/2"))
    no = applied.refuses("share_to_stranger", stranger, applied.lead)
    assert no.details["party"] == "旁人公司"
    applied.do(applied.value_act(10, (applied.owner_unit, "1/2"), (A, "1/4"), (applied.lead.unit, "1/4")), applied.lead)


def test_a_score_sheet_comes_to_the_marks_that_it_says(policy: Policy) -> None:
    assert not contradictions(policy)
    wrong = with_rules(policy, "score_sheet", full_marks=99)
    assert [each.key for each in contradictions(wrong)] == ["score_sheet.full_marks"]
