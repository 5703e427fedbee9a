"""Whoever makes a panel, checks what it judges or decides on it does not sit on it; who published decides no more."""

import pytest

from models.actor import Actor
from models.commands import Act
from models.commands.anywhere import Override
from models.commands.matching import Award
from models.commands.promotion import ConfirmBenchmark, WithdrawBenchmark
from models.commands.review import AnswerObjection, ConvenePanel, PanelMember, PublishNotice, RaiseObjection
from models.policy import Policy
from models.vocabulary import NoticeAbout, PanelPurpose, Role
from tests.scenario import Play, document, naming
from tests.separation_cases import CITIZEN, A, B

RECOGNITION, SCORING, ACCEPTANCE = PanelPurpose.RECOGNITION, PanelPurpose.SCORING, PanelPurpose.ACCEPTANCE


def seating(play: Play, purpose: PanelPurpose, person: str, bidder: str | None = None) -> ConvenePanel:
    first, *others = play.members(purpose=purpose)
    return ConvenePanel(purpose=purpose, members=(first.model_copy(update={"person": person}), *others), bidder=bidder)


@pytest.mark.parametrize("purpose", PanelPurpose)
def test_who_convenes_a_panel_does_not_sit_on_it(policy: Policy, purpose: PanelPurpose) -> None:
    play, bidder = Play(naming(policy)), None
    match purpose:
        case PanelPurpose.RECOGNITION:
            play.to_expert_review()
        case PanelPurpose.SCORING:
            play.to_scoring(A, B)
        case PanelPurpose.ACCEPTANCE:
            play.to_acceptance(A).apply(A)
            bidder = A
        case PanelPurpose.EXIT:
            play.to_running(A)
            play.pass_phases()
            play.pass_limit(f"trial/{A}")
            bidder = A
    office = play.regulator if purpose is PanelPurpose.EXIT else play.lead
    convener = office.model_copy(update={"person": "convener"})
    play.refuses("decides_and_judges", seating(play, purpose, "convener", bidder), convener)
    lent = convener.model_copy(update={"person": "deputy", "on_behalf_of": ("convener",)})
    play.refuses("decides_and_judges", seating(play, purpose, "convener", bidder), lent)
    play.do(seating(play, purpose, "fresh", bidder), convener)
    another = office.model_copy(update={"person": "another"})
    play.refuses("decides_and_judges", seating(play, purpose, "convener", bidder), another)


def test_who_checked_the_bidders_does_not_score_them(policy: Policy) -> None:
    play = Play(naming(policy)).to_scoring(A, B)
    another = play.lead.model_copy(update={"person": "another"})
    no = play.refuses("decides_and_judges", seating(play, SCORING, play.lead.person), another)
    assert no.details["did"] == "verify_eligibility"


def test_who_is_kept_off_is_excused_from_the_draw(policy: Policy) -> None:
    play = Play(policy).to_scoring(A, B)
    pool = (PanelMember(person=play.lead.person, unit="别处"), *play.members(20))
    play.do(ConvenePanel(purpose=SCORING, pool=pool, size=7), play.lead.model_copy(update={"person": "another"}))
    (draw,) = [each.draw for each in play.journal[-1].events if each.kind == "panel_convened"]
    assert draw is not None
    assert [(each.person, each.because) for each in draw.excused] == [(play.lead.person, "decides_and_judges")]


def test_a_member_who_spoke_for_a_department_meanwhile_does_not_speak_for_the_panel(policy: Policy) -> None:
    play = Play(policy).to_acceptance(A)
    play.apply(A)
    number, *_ = play.seat_panel(ACCEPTANCE, A)
    play.acceptance_opinion(A, play.regulator.model_copy(update={"person": f"expert-{number}"}))
    play.refuses("decides_and_judges", play.recommend_act(A), play.expert(number))


# who published


X = "publisher-x"


def published_by_x(play: Play, about: NoticeAbout, bidder: str | None = None) -> None:
    office = play.office(Role.PLATFORM_OFFICE, X)
    play.do(PublishNotice(about=about, document=document("公示"), bidder=bidder), office)


def upheld(play: Play, about: NoticeAbout, bidder: str | None = None) -> None:
    play.do(
        RaiseObjection(about=about, bidder=bidder, real_name=True, text="有误", document=document("异议书")), CITIZEN
    )
    play.do(AnswerObjection(objection=play.state.objections[-1].id, upheld=True, text="成立"), play.platform)


def as_x(actor: Actor) -> Actor:
    return actor.model_copy(update={"person": X})


def refused_to_x_only(play: Play, act: Act, actor: Actor) -> None:
    play.refuses("decider_publishes", act, as_x(actor))
    play.refuses("decider_publishes", act, actor.model_copy(update={"person": "deputy", "on_behalf_of": (X,)}))
    play.do(act, actor)


def test_who_published_or_listed_a_recognition_does_not_recognise_after_an_override(ningbo: Policy) -> None:
    play = Play(ningbo).to_recognised()
    published_by_x(play, NoticeAbout.RECOGNITION)
    play.do(Override(to="expert_review", reasons="重新审定"), play.group)
    refused_to_x_only(play, play.recognise_act(), play.lead)


def test_who_published_a_recognition_does_not_recognise_after_an_objection_was_upheld(ningbo: Policy) -> None:
    play = Play(ningbo).to_recognised()
    published_by_x(play, NoticeAbout.RECOGNITION)
    upheld(play, NoticeAbout.RECOGNITION)
    play.experts_recommend(RECOGNITION)
    refused_to_x_only(play, play.recognise_act(), play.lead)


def test_who_published_a_ranking_does_not_verify_or_award_after_an_objection_was_upheld(ningbo: Policy) -> None:
    play = Play(ningbo).to_scoring(A, B)
    play.score({A: 0.9, B: 0.8})
    published_by_x(play, NoticeAbout.RANKING)
    upheld(play, NoticeAbout.RANKING)
    assert play.state.step == "eligibility"
    refused_to_x_only(play, play.verify_act(A), play.lead)
    play.verify(B)
    play.rank(A, B)
    refused_to_x_only(play, Award(bidders=(A,), reasons="按名次"), play.lead)


def test_who_published_an_acceptance_does_not_conclude_it_again(ningbo: Policy) -> None:
    play = Play(ningbo).to_acceptance(A)
    play.apply(A)
    play.experts_recommend(ACCEPTANCE, A)
    play.conclude(A)
    published_by_x(play, NoticeAbout.ACCEPTANCE, A)
    upheld(play, NoticeAbout.ACCEPTANCE, A)
    if not any(panel.purpose is ACCEPTANCE for panel in play.state.panels):
        play.experts_recommend(ACCEPTANCE, A)
    play.hear_all(A)
    play.sign_all(A)
    refused_to_x_only(play, play.conclude_act(A), play.lead)


def test_who_published_a_benchmark_does_not_withdraw_it(ningbo: Policy) -> None:
    play = Play(ningbo).to_candidate(A)
    play.nominate()
    play.do(play.evaluation_act(), play.evaluators)
    play.do(ConfirmBenchmark(confirmed=True, reasons="同意"), play.group)
    published_by_x(play, NoticeAbout.BENCHMARK)
    play.pass_limit("public_notice")
    refused_to_x_only(play, WithdrawBenchmark(reasons="成效不再"), play.group)
