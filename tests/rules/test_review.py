"""Review after the consultation: fair competition, the panel, recognition, the leading group's word, the list."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from models.commands.anywhere import Appeal, DecideAppeal, DecideExtension, RecordService, RequestExtension
from models.commands.review import (
    ConcludeFairCompetition,
    ConfirmScene,
    ConvenePanel,
    EntryCondition,
    Finding,
    GiveExpertOpinion,
    ListScene,
    PanelMember,
    Recognise,
    Refuse,
)
from models.events.review import ExpertOpinionGiven, FairCompetitionConcluded, SceneListed, SceneRecognised
from models.policy import Policy
from models.vocabulary import GateKind, Mode, NoticeAbout, Outcome, PanelPurpose, Role, Scale
from tests.scenario import Play, document, naming

PASS = ConcludeFairCompetition(passed=True, conclusion="通过")
FAIL = ConcludeFairCompetition(passed=False, conclusion="须修改")
RECOGNISE = Recognise(value="有价值")
RECOGNITION = PanelPurpose.RECOGNITION


def panel(*members: PanelMember) -> ConvenePanel:
    return ConvenePanel(purpose=RECOGNITION, members=members)


def people(experts: int, others: int = 0) -> tuple[PanelMember, ...]:
    return tuple(
        PanelMember(person=f"expert-{n}", unit=f"高校{n}", expert=n <= experts) for n in range(1, experts + others + 1)
    )


def advice(*, recommend: bool = True) -> GiveExpertOpinion:
    return GiveExpertOpinion(purpose=PanelPurpose.RECOGNITION, recommend=recommend, text="意见")


def with_panel(policy: Policy, **rules: object) -> Policy:
    policy = naming(policy)
    recognition = policy.panels["recognition"].model_copy(update=rules)
    return policy.model_copy(update={"panels": {**policy.panels, "recognition": recognition}})


@pytest.fixture
def fair(yancheng: Policy) -> Play:
    return Play(yancheng).to_fair_competition()


@pytest.fixture
def experts(yancheng: Policy) -> Play:
    return Play(naming(yancheng)).to_expert_review()


# fair competition


def test_a_failed_review_blocks_what_follows_until_it_is_amended(fair: Play) -> None:
    events = fair.do(FAIL, fair.lead)
    assert [event.result.passed for event in events if isinstance(event, FairCompetitionConcluded)] == [False]
    assert fair.state.step == "fair_competition"
    fair.refuses("wrong_step", RECOGNISE, fair.lead)
    fair.do(PASS, fair.lead)
    assert fair.state.step == "expert_review"


def test_after_a_failed_review_the_lead_has_the_full_time_again_and_the_same_ways_out(fair: Play) -> None:
    before = fair.deadline("fair_competition")
    fair.wait(timedelta(days=2))
    fair.do(FAIL, fair.lead)
    again = fair.deadline("fair_competition")
    assert again.due_on > before.due_on
    assert again.verbs == before.verbs
    fair.do(Refuse(reasons="限制竞争"), fair.lead)
    assert "deadline_met" in [event.kind for event in fair.journal[-1].events]


@pytest.mark.parametrize("kind", [GateKind.REGION, GateKind.TRACK_RECORD, GateKind.SIZE, GateKind.OWNERSHIP])
def test_entry_conditions_that_shut_others_out_are_refused(fair: Play, kind: GateKind) -> None:
    gates = (EntryCondition(kind=GateKind.SAFETY, text="安全员"), EntryCondition(kind=kind, text="仅限本地"))
    for verdict in (True, False):
        act = ConcludeFairCompetition(passed=verdict, conditions=gates, conclusion="结论")
        no = fair.refuses("unfair_gate", act, fair.lead)
        assert no.details["kinds"] == kind.value


def test_conditions_that_the_work_needs_are_fine(fair: Play) -> None:
    gates = (EntryCondition(kind=GateKind.SAFETY, text="安全员"), EntryCondition(kind=GateKind.LICENCE, text="牌照"))
    fair.do(ConcludeFairCompetition(passed=True, conditions=gates, conclusion="通过"), fair.lead)
    assert fair.state.fair_competition is not None
    assert fair.state.fair_competition.conditions == 2


def test_two_who_conclude_at_once_do_not_overrule_each_other(fair: Play) -> None:
    seen = fair.state.sequence
    fair.do(FAIL, fair.lead)
    fair.refuses("stale", PASS, fair.person(Role.LEAD, fair.state.lead or "", "second"), seen=seen)


# the panel


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (people(4), "panel_too_small"),
        (people(6), "panel_even"),
        (people(3, 2), "panel_too_few_experts"),
        ((*people(4), people(1)[0]), "panel_duplicate"),
    ],
)
def test_a_panel_that_is_not_made_up_right_is_refused(
    experts: Play, members: tuple[PanelMember, ...], code: str
) -> None:
    experts.refuses(code, panel(*members), experts.lead)


def test_two_thirds_of_a_panel_are_experts_rounded_up(experts: Play) -> None:
    experts.do(panel(*people(4, 1)), experts.lead)
    assert [seat.expert for seat in experts.state.panels[0].seats] == [True] * 4 + [False]


def test_an_even_panel_is_fine_where_the_city_says_so(yancheng: Policy) -> None:
    play = Play(with_panel(yancheng, odd=False)).to_expert_review()
    play.do(panel(*people(6)), play.lead)
    assert len(play.state.panels[0].seats) == 6


def test_nobody_of_the_owners_sits_on_the_panel(experts: Play) -> None:
    own = PanelMember(person="insider", unit=experts.owner_unit)
    no = experts.refuses("panel_conflict", panel(*people(4), own), experts.lead)
    assert no.details["person"] == "insider"


def test_every_member_has_until_the_date_of_the_review_itself(experts: Play) -> None:
    experts.wait(timedelta(days=5))
    experts.do(panel(*people(5)), experts.lead)
    own = experts.deadline("expert_review")
    for number in range(1, 6):
        seat = experts.deadline(f"expert_review/expert-{number}")
        assert seat.due_on == own.due_on
        assert seat.holder is not None
        assert (seat.holder.role, seat.holder.person) == (Role.EXPERT, f"expert-{number}")


def test_more_time_for_the_review_is_more_time_for_its_experts(experts: Play) -> None:
    experts.do(panel(*people(5)), experts.lead)
    experts.do(advice(), experts.expert(1))
    before = experts.deadline("expert_review").due_on
    experts.do(RequestExtension(deadline="expert_review", reasons="需现场考察"), experts.lead)
    experts.do(DecideExtension(deadline="expert_review", granted=True, reasons="同意"), experts.group)
    dates = {each.due_on for each in experts.state.deadlines if each.limit == "expert_review"}
    assert dates == {experts.deadline("expert_review").due_on}
    assert dates != {before}
    assert "expert_review/expert-1" not in [each.id for each in experts.state.deadlines]


def test_a_panel_may_be_changed_until_a_member_has_spoken(experts: Play) -> None:
    experts.do(panel(*people(5)), experts.lead)
    experts.do(panel(*people(7)), experts.lead)
    held = [each.id for each in experts.state.deadlines if each.holder and each.holder.role is Role.EXPERT]
    assert held == [f"expert_review/expert-{n}" for n in range(1, 8)]
    experts.do(advice(), experts.expert(7))
    experts.refuses("panel_already", panel(*people(5)), experts.lead)


def test_a_panel_for_something_else_is_not_convened_here(experts: Play) -> None:
    scoring = ConvenePanel(purpose=PanelPurpose.SCORING, members=people(5))
    experts.refuses("wrong_step", scoring, experts.lead)
    of_a_bidder = ConvenePanel(purpose=RECOGNITION, members=people(5), bidder="甲公司")
    experts.refuses("unknown_bidder", of_a_bidder, experts.lead)


def test_an_expert_speaks_once_and_from_a_seat(experts: Play) -> None:
    experts.refuses("no_panel", advice(), experts.expert(1))
    experts.do(panel(*people(5)), experts.lead)
    events = experts.do(advice(), experts.expert(1))
    given = ExpertOpinionGiven(purpose=RECOGNITION, bidder=None, person="expert-1", recommend=True)
    assert given in events
    assert "deadline_met" in [event.kind for event in events]
    experts.refuses("already_reviewed", advice(), experts.expert(1))
    experts.refuses("not_on_panel", advice(), experts.expert(9))


# recognition


def test_the_lead_recognises_only_what_a_panel_has_looked_at(experts: Play) -> None:
    experts.refuses("no_panel", RECOGNISE, experts.lead)
    experts.do(panel(*people(5)), experts.lead)
    for number in range(1, 5):
        experts.do(advice(), experts.expert(number))
    no = experts.refuses("panel_incomplete", RECOGNISE, experts.lead)
    assert no.details["missing"] == "1"
    experts.do(advice(recommend=False), experts.expert(5))
    assert SceneRecognised() in experts.do(RECOGNISE, experts.lead)


@pytest.mark.parametrize(
    ("share", "against", "recognised"),
    [(Fraction(1, 2), 2, True), (Fraction(1, 2), 3, False), (Fraction(2, 3), 1, True), (Fraction(2, 3), 2, False),
     (Fraction(1), 0, True), (Fraction(1), 1, False)],
)  # fmt: skip
def test_enough_of_the_panel_must_be_for_it(yancheng: Policy, share: Fraction, against: int, recognised: bool) -> None:
    play = Play(with_panel(yancheng, pass_share=share)).to_expert_review()
    play.experts_recommend(RECOGNITION, no=against)
    if recognised:
        play.do(RECOGNISE, play.lead)
        assert play.state.step == "recognised"
    else:
        play.refuses("panel_not_for", RECOGNISE, play.lead)


def test_a_city_without_expert_review_recognises_with_the_fair_competition_review(yancheng: Policy) -> None:
    play = Play(yancheng.model_copy(update={"steps_off": ("expert_review",)})).to_fair_competition()
    events = play.do(PASS, play.lead)
    assert SceneRecognised() in events
    assert play.state.step == "recognised"


@pytest.mark.parametrize("scale", list(Scale))
def test_only_a_comprehensive_scene_goes_to_the_leading_group(yancheng: Policy, scale: Scale) -> None:
    play = Play(yancheng, scale=scale).to_expert_review()
    play.experts_recommend(RECOGNITION)
    play.do(RECOGNISE, play.lead)
    assert play.state.step == ("confirmation" if scale is Scale.COMPREHENSIVE else "recognised")


def test_a_city_may_do_without_confirmation(ningbo: Policy) -> None:
    play = Play(ningbo, scale=Scale.COMPREHENSIVE).to_expert_review()
    play.experts_recommend(RECOGNITION)
    play.do(RECOGNISE, play.lead)
    assert play.state.step == "recognised"


def test_the_leading_group_confirms_or_refuses(yancheng: Policy) -> None:
    play = Play(yancheng, scale=Scale.COMPREHENSIVE).to_expert_review()
    play.experts_recommend(RECOGNITION)
    play.do(RECOGNISE, play.lead)
    duty = play.deadline("confirmation")
    assert duty.holder is not None
    assert duty.holder.unit == yancheng.offices.leading_group
    against = play.fork()
    play.do(ConfirmScene(confirmed=True, reasons="同意"), play.group)
    assert play.state.step == "recognised"
    against.do(ConfirmScene(confirmed=False, reasons="不成熟"), against.group)
    assert (against.state.step, against.state.outcome) == ("remedies", Outcome.REFUSED)
    assert against.state.decisions[0].reopens == "confirmation"


def test_a_refusal_may_be_appealed_and_is_decided_by_somebody_else(experts: Play) -> None:
    experts.do(Refuse(reasons="价值不足"), experts.lead)
    decision = experts.state.decisions[0].sequence
    served = RecordService(entry=decision, how="post", served_on=experts.today, to="发榜方", proof=document("送达回证"))
    experts.do(served, experts.platform)
    experts.do(Appeal(decision=decision, grounds="评审有误"), experts.owner)
    experts.do(DecideAppeal(decision=decision, upheld=True, reasons="成立"), experts.supervisor)
    assert (experts.state.step, experts.state.outcome) == ("expert_review", None)
    assert experts.deadline("expert_review").started_on == experts.today


# the list


def test_a_scene_is_listed_in_a_batch_and_then_waits_for_its_owner(yancheng: Policy) -> None:
    play = Play(yancheng).to_recognised()
    play.publish(NoticeAbout.RECOGNITION)
    play.pass_limit("public_notice")
    assert play.state.step == "listing"
    events = play.do(ListScene(list="project", batch="2026-2"), play.platform)
    assert SceneListed(list="project", batch="2026-2") in events
    assert (play.state.step, play.state.listed_in) == ("listed", "2026-2")
    duty = play.deadline("posting")
    assert duty.holder is not None
    assert duty.holder.unit == play.owner_unit


def test_a_city_without_a_notice_of_recognition_lists_at_once(yancheng: Policy) -> None:
    play = Play(yancheng.model_copy(update={"steps_off": ("recognition_notice",)})).to_recognised()
    assert play.state.step == "listing"


def test_every_city_plays_from_application_to_list(policy: Policy) -> None:
    play = Play(policy, scale=Scale.COMPREHENSIVE).to_listed()
    assert play.state.step == "listed"
    assert Mode.OPEN_CHALLENGE in policy.modes


def test_the_limits_of_review_are_those_of_the_policy(yancheng: Policy) -> None:
    """From Monday 2 March 2026; Qingming rests on the 6th of April."""
    play = Play(yancheng, scale=Scale.COMPREHENSIVE).to_registered()
    assert play.deadline("consultation_start").due_on == date(2026, 3, 5)
    play = Play(yancheng, scale=Scale.COMPREHENSIVE).to_consultation()
    assert {each.due_on for each in play.state.deadlines} == {date(2026, 3, 16)}
    play = Play(yancheng).to_fair_competition()
    assert play.deadline("fair_competition").due_on == date(2026, 3, 9)
    play.do(PASS, play.lead)
    assert play.deadline("expert_review").due_on == date(2026, 3, 30)


# a city's standard


def test_a_scene_is_recognised_by_every_criterion_of_the_city_s_standard(chongqing: Policy) -> None:
    play = Play(chongqing).to_expert_review()
    play.experts_recommend(RECOGNITION)
    full = play.recognise_act()
    first = full.findings[0]
    lacking = full.model_copy(update={"findings": full.findings[1:]})
    assert first.criterion in play.refuses("findings_missing", lacking, play.lead).text("zh")
    other = full.model_copy(update={"findings": (*full.findings, first.model_copy(update={"criterion": "别的"}))})
    play.refuses("unknown_criterion", other, play.lead)
    assert SceneRecognised() in play.do(full, play.lead)


def test_a_city_without_a_standard_asks_for_no_findings(experts: Play) -> None:
    experts.experts_recommend(RECOGNITION)
    finding = Finding(criterion="创新性", text="符合")
    experts.refuses("unknown_criterion", Recognise(value="有价值", findings=(finding,)), experts.lead)
    assert SceneRecognised() in experts.do(RECOGNISE, experts.lead)
