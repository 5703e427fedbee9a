"""Incidents where there is no trial (fast track, S3 一（二）): from the contract on, wherever somebody delivers."""

import pytest

from models.commands.anywhere import AnswerWithdrawal, Withdraw
from models.commands.promotion import CloseScene
from models.commands.trial import (
    AcknowledgeIncident,
    AnalyseIncident,
    CloseIncident,
    ReportCorrection,
    ReportIncident,
    ReportUpward,
    VerifyIncident,
)
from models.policy import Policy
from models.vocabulary import PanelPurpose, Role, Track
from rules.possible import offers
from tests.scenario import Play, document

A = "甲公司"


@pytest.fixture
def delivering(yancheng: Policy) -> Play:
    return Play(yancheng, track=Track.FAST).to_trial(A)


def report(**more: object) -> ReportIncident:
    return ReportIncident.model_validate({"bidder": A, "incident": "I-1", "text": "车辆碰撞", **more})


def clocks(play: Play) -> set[str]:
    return {each.limit for each in play.state.deadlines if each.id.startswith(f"{each.limit}/{A}/I-1")}


def deal_with(play: Play, order: str | None = None) -> None:
    analysis = AnalyseIncident(
        bidder=A, incident="I-1", analysis=document("分析"), order=order, with_officer="regulator-3" if order else None
    )
    play.do(analysis, play.regulator)


def close(play: Play, **more: object) -> None:
    closing = {"bidder": A, "incident": "I-1", "cause": "误判", "remedy": "升级", "lessons": "复测", **more}
    play.do(CloseIncident.model_validate(closing), play.regulator)


def test_a_casualty_during_delivery_is_reported_with_all_its_clocks(delivering: Play) -> None:
    delivering.do(report(casualty=True), delivering.bidder(A))
    assert clocks(delivering) == {"incident_acknowledgement", "incident_analysis", "casualty_report"}
    delivering.do(AcknowledgeIncident(bidder=A, incident="I-1"), delivering.regulator)
    notice = document("事故报告").model_copy(update={"number": "盐应急〔2026〕1号"})
    delivering.do(ReportUpward(bidder=A, incident="I-1", to="市应急管理局", document=notice), delivering.regulator)
    deal_with(delivering)
    close(delivering, no_red_line="未触碰")
    assert not clocks(delivering)


def test_somebody_elses_report_leaves_the_bidder_to_report_as_well(delivering: Play) -> None:
    delivering.do(report(), delivering.person(Role.PUBLIC, "市民", "citizen-1"))
    assert delivering.deadline(f"incident_report/{A}/I-1").holder == delivering.holder(Role.BIDDER, A)


def test_an_order_is_carried_out_and_verified_and_nothing_passes_before(delivering: Play) -> None:
    delivering.do(report(), delivering.bidder(A))
    deal_with(delivering, order="更换传感器")
    delivering.serve_notices()
    delivering.apply(A)
    delivering.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    delivering.hear_all(A)
    delivering.sign_all(A)
    delivering.refuses("incidents_unsettled", delivering.conclude_act(A), delivering.lead)
    delivering.do(ReportCorrection(bidder=A, incident="I-1", proof=document("证明")), delivering.bidder(A))
    verified = VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已改")
    delivering.do(verified, delivering.second_regulator)
    delivering.conclude(A)


def test_what_happens_in_a_promoted_scene_is_reported_and_keeps_it_open(delivering: Play) -> None:
    delivering.accept(A)
    assert delivering.state.step == "candidate"
    delivering.do(report(), delivering.owner)
    delivering.refuses("incidents_open", CloseScene(reasons="办结"), delivering.lead)
    delivering.do(report(), delivering.bidder(A))
    deal_with(delivering)
    close(delivering)
    delivering.do(CloseScene(reasons="办结"), delivering.lead)


def test_before_the_contract_is_signed_there_is_nobody_to_report_of(yancheng: Policy) -> None:
    play = Play(yancheng, track=Track.FAST).to_contracting(A)
    play.refuses("wrong_bidder_step", report(), play.bidder(A))


def test_an_incident_of_who_left_by_agreement_is_dealt_with_to_its_end(delivering: Play) -> None:
    delivering.do(report(), delivering.bidder(A))
    delivering.do(Withdraw(reasons="退出"), delivering.bidder(A))
    delivering.do(AnswerWithdrawal(agreed=True, reasons="同意"), delivering.owner)
    assert delivering.state.step == "remedies"
    deal_with(delivering)
    close(delivering)
    assert delivering.state.closed


def test_a_bidder_with_a_trial_is_offered_each_act_once(yancheng: Policy) -> None:
    for play in (Play(yancheng).to_running(A), Play(yancheng, track=Track.FAST).to_trial(A)):
        offered = [each.verb for each in offers(play.policy, play.state) if each.bidder == A]
        assert offered.count("report_incident") == 1
