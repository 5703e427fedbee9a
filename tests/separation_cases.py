"""Scenes played as far as a rule on duties kept apart needs them, the acts that it refuses, and who tries which."""

from collections.abc import Callable
from typing import NamedTuple

from models.actor import Actor
from models.commands import Act
from models.commands.acceptance import ApplyForAcceptance, AskFaultTolerance, GiveAcceptanceOpinion
from models.commands.anywhere import (
    Appeal,
    ConfirmCorrection,
    DecideAppeal,
    DecideExtension,
    Override,
    ProposeCorrection,
    RequestExtension,
    Withdraw,
)
from models.commands.matching import (
    Award,
    ProposeContract,
    RevealBid,
    SignContract,
    SubmitBid,
    VerifyEligibility,
)
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.commands.promotion import ConfirmBenchmark, NominateBenchmark, RecordBenefit
from models.commands.review import (
    AnswerObjection,
    ConcludeFairCompetition,
    DecideComplaint,
    FileComplaint,
    ListScene,
    PublishNotice,
    RaiseObjection,
    Refuse,
)
from models.commands.solicitation import AcceptFiling, DeclineAdmission, DuplicateCheck, Register
from models.commands.suggestions import AnswerSuggestion, Shown, SuggestRuleChange
from models.commands.trial import (
    AdmitTrial,
    AnalyseIncident,
    ApproveResumption,
    ProposeResumption,
    RecordFault,
    ReportFix,
    ReportIncident,
    SubmitTrialPlan,
    SuspendTrial,
    VerifyCorrection,
    VerifyIncident,
)
from models.events import AnyEvent
from models.plan import CheckAnswer
from models.vocabulary import Credit, NoticeAbout, PanelPurpose, Position, Role
from tests.plays import fail
from tests.scenario import Play, digest, document, receipt

A, B = "甲公司", "乙公司"
CITIZEN = Actor(person="citizen-1", unit="市民", role=Role.PUBLIC)


class Lent(Play):
    """Everybody acts on behalf of a chief; experts and citizens for themselves."""

    def do(self, act: Act, actor: Actor, **more: object) -> tuple[AnyEvent, ...]:
        if actor.role not in (Role.EXPERT, Role.PUBLIC) and not actor.on_behalf_of:
            actor = actor.model_copy(update={"on_behalf_of": (f"{actor.person}-chief",)})
        return super().do(act, actor, **more)  # type: ignore[arg-type]


# the scenes, each as far as a case needs it


def submitted(play: Play) -> None:
    play.submit()


def deciding_fairness(play: Play) -> None:
    play.to_fair_competition()


def experts_asked(play: Play) -> None:
    play.to_expert_review()


def recommended(play: Play) -> None:
    play.to_expert_review().experts_recommend(PanelPurpose.RECOGNITION)


def recognised(play: Play) -> None:
    play.to_recognised()


def listing(play: Play) -> None:
    recognised(play)
    if play.state.step == "recognised":
        play.publish(NoticeAbout.RECOGNITION)
        play.pass_limit("public_notice")


def posted(play: Play) -> None:
    play.to_listed().post()


def a_has_bid(play: Play) -> None:
    posted(play)
    play.bid(A)


def trial(play: Play) -> None:
    play.to_trial(A, B)


def accepting(play: Play) -> None:
    play.to_acceptance(A, B)


def opening(play: Play) -> None:
    play.to_opening(A, B)


def checking(play: Play) -> None:
    play.to_eligibility(A, B)


def scoring(play: Play) -> None:
    play.to_scoring(A, B)


def ranked(play: Play) -> None:
    play.to_scoring(A, B).score({A: 0.9, B: 0.8})


def awarding(play: Play) -> None:
    play.to_awarding(A, B)


def contracting(play: Play) -> None:
    play.to_contracting(A, B)


def signing(play: Play) -> None:
    contracting(play)
    play.do(ProposeContract(bidder=A, terms=play.terms()), play.owner)


def signed_by_bureau(play: Play) -> None:
    signing(play)
    play.do(SIGN, play.bureau)


def planned(play: Play) -> None:
    play.to_trial(A, B)
    play.do(SubmitTrialPlan(bidder=A, plan=play.plan()), play.bidder(A))
    play.hear_on_plan(A)


def running(play: Play) -> None:
    play.to_running(A, B)


def stopped(play: Play) -> None:
    running(play)
    play.do(SuspendTrial(bidder=A, reasons="故障"), play.regulator)
    play.do(ReportFix(bidder=A, proof=document("证明")), play.bidder(A))


def rule_suggested(play: Play) -> None:
    play.to_running(A)
    suggestion = SuggestRuleChange(
        bidder=A, suggestion="S-1", rule="作业规程", clause="第三条", finding="试点未见风险", proposed="可以远程值守",
        evidence=Shown(clauses=("1.1",)), to=Role.REGULATOR,
    )  # fmt: skip
    play.do(suggestion, play.regulator)


RULE_ANSWER = AnswerSuggestion(suggestion="S-1", answer="adopted", reasons="采纳")


def resumption_proposed(play: Play) -> None:
    stopped(play)
    play.do(ProposeResumption(bidder=A, reasons="已改"), play.regulator)


def owner_proposes(play: Play) -> None:
    stopped(play)
    play.do(ProposeResumption(bidder=A, reasons="已改"), play.owner)


def more_correction_asked(play: Play) -> None:
    fault_ordered(play)
    play.serve_notices()
    play.do(RequestExtension(deadline=f"correction_order/{A}/#4", reasons="备件"), play.bidder(A))


def more_mending_asked(play: Play) -> None:
    incident_ordered(play)
    play.serve_notices()
    play.do(RequestExtension(deadline=f"correction_order/{A}/I-1", reasons="备件"), play.bidder(A))


def more_correction(of: str) -> DecideExtension:
    return DecideExtension(deadline=f"correction_order/{A}/{of}", granted=True, reasons="同意")


def more_inclusion_asked(play: Play) -> None:
    running(play)
    play.do(RequestExtension(deadline=f"inclusion/{A}", reasons="继续"), play.bidder(A))


def more_review_asked(play: Play) -> None:
    play.to_expert_review()
    play.do(RequestExtension(deadline="expert_review", reasons="专家未齐"), play.lead)


def corrected(play: Play) -> None:
    play.to_registered()
    play.do(ProposeCorrection(correction="K-1", sequence=1, reasons="误", right_text="正"), play.lead)


def fault(kind: str, second: str | None = "regulator-2") -> RecordFault:
    return RecordFault(
        bidder=A, kind=kind, plan_clause="1.1", finding="属实", evidence=document("证据"), with_officer=second
    )


def next_is_an_order(play: Play) -> None:
    running(play)
    for kind in ("one", "two", "three"):
        play.do(fault(kind, None), play.regulator)


def fault_ordered(play: Play) -> None:
    next_is_an_order(play)
    play.do(fault("four"), play.regulator)


def incident_reported(play: Play) -> None:
    running(play)
    play.do(ReportIncident(bidder=A, incident="I-1", text="碰撞"), play.bidder(A))


def analysis(second: str | None = "regulator-2", order: str | None = "更换") -> AnalyseIncident:
    return AnalyseIncident(bidder=A, incident="I-1", analysis=document("分析"), order=order, with_officer=second)


def incident_ordered(play: Play) -> None:
    incident_reported(play)
    play.do(analysis(), play.regulator)


APPROVAL = ApprovePayment(bidder=A, milestone="交付", approved=True, reasons="属实")
PAYMENT = PayMilestone(bidder=A, milestone="交付", proof=document("支付凭证"))


def claimed(play: Play) -> None:
    play.to_trial(A, B)
    claim = ProposePayment(bidder=A, milestone="交付", amount_yuan=1_000, proof=document("交付确认单"))
    play.do(claim, play.owner)


def approved(play: Play) -> None:
    claimed(play)
    play.do(APPROVAL, play.lead)


def reviewing(play: Play) -> None:
    play.to_acceptance(A, B).apply(A)


def reviewed(play: Play) -> None:
    reviewing(play)
    play.acceptance_opinion(A, play.regulator)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)
    if play.policy.acceptance.ip_check:
        play.do(play.ip_act(A), play.bureau)
    play.hear_all(A)
    play.sign_all(A)


def concluded(play: Play) -> None:
    reviewed(play)
    play.conclude(A)


def failed(play: Play) -> None:
    reviewed(play)
    play.conclude(A, "failed")


def failed_and_paid(play: Play) -> None:
    play.to_acceptance(A).pay(A, 1_000)
    fail(play, A)


def tolerance_asked(play: Play) -> None:
    failed(play)
    play.do(AskFaultTolerance(bidder=A, grounds="尽职"), play.bidder(A))


def tolerance_annulled(play: Play) -> None:
    tolerance_asked(play)
    play.do(play.tolerance_act(A, tolerated=False), actor(play, "who found before"))
    play.win_appeal()


def benefited(play: Play) -> None:
    play.to_candidate(A)
    play.do(benefit(play), play.office(Role.PAYER))
    if play.policy.promotion.value_first:
        play.do(play.value_act(), play.lead)


def nominated(play: Play) -> None:
    play.to_candidate(A)
    play.nominate()


def evaluated(play: Play) -> None:
    nominated(play)
    play.do(evaluation(play), play.evaluators)


def confirmed(play: Play) -> None:
    evaluated(play)
    play.do(CONFIRMATION, play.group)


def benchmark(play: Play) -> None:
    play.to_candidate(A).to_benchmark()


def objected(before: Callable[[Play], None], about: NoticeAbout, bidder: str | None = None) -> Callable[[Play], None]:
    def scene(play: Play) -> None:
        before(play)
        play.publish(about, bidder)
        objection = RaiseObjection(about=about, bidder=bidder, real_name=True, text="有误", document=document("异议书"))
        play.do(objection, CITIZEN)

    return scene


def complained(scene: Callable[[Play], None]) -> Callable[[Play], None]:
    def on(play: Play) -> None:
        scene(play)
        id = play.state.objections[-1].id
        play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
        play.do(FileComplaint(objection=id, text="不服"), CITIZEN)

    return on


def appealed(decided: Callable[[Play], None], appellant: Callable[[Play], Actor]) -> Callable[[Play], None]:
    def on(play: Play) -> None:
        decided(play)
        decision = play.state.decisions[-1].sequence
        play.serve(decision)
        play.do(Appeal(decision=decision, grounds="不服"), appellant(play))

    return on


def declined(play: Play) -> None:
    play.submit().do(DeclineAdmission(reasons="不符"), play.platform)


def refused(play: Play) -> None:
    recommended(play)
    play.do(Refuse(reasons="不符"), play.lead)


def trial_refused(play: Play) -> None:
    play.to_trial(A, B)
    play.refuse_trial(A)


SCENES: dict[NoticeAbout, Callable[[Play], None]] = {
    NoticeAbout.RECOGNITION: objected(recognised, NoticeAbout.RECOGNITION),
    NoticeAbout.RANKING: objected(ranked, NoticeAbout.RANKING),
    NoticeAbout.ACCEPTANCE: objected(concluded, NoticeAbout.ACCEPTANCE, A),
    NoticeAbout.BENCHMARK: objected(confirmed, NoticeAbout.BENCHMARK),
}
COMPLAINTS = {about: complained(scene) for about, scene in SCENES.items()}


# the acts

FOUND = tuple(CheckAnswer(check=each, answer="found") for each in ("licence", "site", "data", "complaint"))
REGISTRATION = Register(duplicate_check=DuplicateCheck(finding="无重复"))
FAIR = ConcludeFairCompetition(passed=True, conclusion="通过")
LISTING = ListScene(list="demand", batch="2026-1")
BID = SubmitBid(bidder=B, commitment=digest("x"))
APPLICATION = ApplyForAcceptance(bidder=A, documents=(document("验收申请"),))
SIGN = SignContract(bidder=A, terms_sha256=digest("任务书"), pledge=document("军令状"))
NOMINATION = NominateBenchmark(level="城市级", grounds="成效")
CONFIRMATION = ConfirmBenchmark(confirmed=True, reasons="同意")
LEAVE = Withdraw(reasons="不再需要")
RECEIPT = receipt(A, 1_000)


def notice(about: NoticeAbout, bidder: str | None = None) -> PublishNotice:
    return PublishNotice(about=about, document=document("公示"), bidder=bidder)


def measured(play: Play) -> Act:
    return play.reading_act(A)


def check(play: Play) -> Act:
    return VerifyEligibility(bidder=B, eligible=True, credit=Credit.GOOD, commitment_signed=True, reasons="核查")


def evaluation(play: Play) -> Act:
    return play.evaluation_act()


def benefit(play: Play) -> Act:
    return RecordBenefit(kind=play.policy.promotion.before_title[0], beneficiary=A, document=document("文件"))


def answer(play: Play) -> Act:
    return AnswerObjection(objection=play.state.objections[-1].id, upheld=False, text="答复")


def revelation(play: Play) -> Act:
    return RevealBid(bidder=A, nonce=f"n-{digest(A)[:16]}", proposal=document(f"方案{A}"), price_yuan=500_000)


def more_time(play: Play) -> Act:
    return DecideExtension(deadline="expert_review", granted=True, reasons="同意")


def complaint_decision(play: Play) -> Act:
    return DecideComplaint(objection=play.state.objections[-1].id, upheld=False, text="裁决")


def appeal_decision(play: Play) -> Act:
    return DecideAppeal(decision=play.state.decisions[-1].sequence, upheld=False, reasons="驳回")


class Case(NamedTuple):
    """At `scene`, who has `did` something may not do `act` as `then`."""

    code: str
    scene: Callable[[Play], None]
    did: str
    act: Act | Callable[[Play], Act]
    then: str

    def __str__(self) -> str:
        return f"{self.did}>{self.code}>{getattr(self.act, 'verb', getattr(self.act, '__name__', ''))}"


def bench(about: NoticeAbout, did: str, *, complaint: bool = False) -> Case:
    """An objection to a notice, answered or decided by who had a hand in what it announced."""
    if complaint:
        return Case("decided_before", COMPLAINTS[about], did, complaint_decision, "supervisor")
    return Case("decided_before", SCENES[about], did, answer, "platform")


RECOGNITION, RANKING, ACCEPTANCE, BENCHMARK = (
    NoticeAbout.RECOGNITION, NoticeAbout.RANKING, NoticeAbout.ACCEPTANCE, NoticeAbout.BENCHMARK,
)  # fmt: skip

CASES = (
    # 1: drafter, approver, publisher
    Case("drafter_decides", submitted, "owner", REGISTRATION, "platform"),
    Case("drafter_decides", submitted, "owner", AcceptFiling(), "platform"),
    Case("drafter_decides", deciding_fairness, "owner", FAIR, "lead"),
    Case("drafter_decides", experts_asked, "owner", lambda p: p.panel_act(PanelPurpose.RECOGNITION), "lead"),
    Case("drafter_decides", recommended, "owner", lambda p: p.recognise_act(), "lead"),
    Case("drafter_decides", recognised, "owner", notice(RECOGNITION), "platform"),
    Case("drafter_decides", listing, "owner", LISTING, "platform"),
    Case("drafter_decides", checking, "owner", check, "lead"),
    Case("drafter_decides", awarding, "owner", Award(bidders=(A,), reasons="按名次"), "lead"),
    Case("drafter_decides", planned, "owner", AdmitTrial(bidder=A, reasons="准入", checks=FOUND), "regulator"),
    Case("drafter_decides", reviewed, "owner", lambda p: p.conclude_act(A), "lead"),
    Case("drafter_decides", evaluated, "owner", CONFIRMATION, "group"),
    Case("drafter_decides", SCENES[RECOGNITION], "owner", answer, "platform"),
    Case("drafter_decides", more_review_asked, "owner", more_time, "more_time"),
    Case("decider_publishes", recognised, "lead", notice(RECOGNITION), "platform"),
    Case("decider_publishes", recognised, "expert", notice(RECOGNITION), "platform"),
    Case("decider_publishes", listing, "lead", LISTING, "platform"),
    Case("decider_publishes", ranked, "lead", notice(RANKING), "platform"),
    Case("decider_publishes", ranked, "expert", notice(RANKING), "platform"),
    Case("decider_publishes", awarding, "platform", Award(bidders=(A,), reasons="按名次"), "lead"),
    Case("decider_publishes", concluded, "lead", notice(ACCEPTANCE, A), "platform"),
    Case("decider_publishes", concluded, "acceptance_expert", notice(ACCEPTANCE, A), "platform"),
    Case("decider_publishes", concluded, "regulator", notice(ACCEPTANCE, A), "platform"),
    Case("decider_publishes", confirmed, "lead", notice(BENCHMARK), "platform"),
    Case("decider_publishes", confirmed, "evaluators", notice(BENCHMARK), "platform"),
    Case("decider_publishes", confirmed, "group", notice(BENCHMARK), "platform"),
    # 2: no bid of one's own
    Case("own_bid", checking, "bidder_a", check, "lead"),
    Case("own_bid", scoring, "bidder_a", lambda p: p.panel_act(PanelPurpose.SCORING), "lead"),
    Case("own_bid", ranked, "bidder_a", notice(RANKING), "platform"),
    Case("own_bid", awarding, "bidder_a", Award(bidders=(A,), reasons="按名次"), "lead"),
    Case("own_bid", awarding, "bidder_a", Override(to="listed", reasons="重新审定"), "group"),
    Case("own_bid", planned, "bidder_a", AdmitTrial(bidder=A, reasons="准入", checks=FOUND), "regulator"),
    Case("own_bid", running, "bidder_b", measured, "regulator"),
    Case("own_bid", planned, "bidder_b", AdmitTrial(bidder=A, reasons="准入", checks=FOUND), "regulator"),
    Case("own_bid", next_is_an_order, "bidder_b", fault("four"), "regulator"),
    Case("own_bid", fault_ordered, "bidder_a", VerifyCorrection(bidder=A, corrected=True, finding="已改"), "regulator"),
    Case("own_bid", reviewed, "bidder_a", lambda p: p.conclude_act(A), "lead"),
    Case(
        "own_bid", reviewing, "bidder_a",
        GiveAcceptanceOpinion(bidder=A, position=Position.AGREE, text="同意"), "cooperator",
    ),
    Case("own_bid", nominated, "bidder_a", evaluation, "evaluators"),
    Case("own_bid", benchmark, "bidder_a", benefit, "payer"),
    Case("bids_as_judge", posted, "owner", BID, "bidder_b"),
    Case("bids_as_judge", posted, "lead", BID, "bidder_b"),
    Case("bids_as_judge", posted, "expert", BID, "bidder_b"),
    Case("bids_as_judge", opening, "lead", revelation, "bidder_a"),
    Case("other_side", contracting, "bidder_a", lambda p: ProposeContract(bidder=A, terms=p.terms()), "owner"),
    Case("other_side", signing, "bidder_a", SIGN, "owner"),
    Case("other_side", signing, "owner", SIGN, "bidder_a"),
    Case("other_side", signing, "lead", SIGN, "bidder_a"),
    Case("other_side", signing, "owner", SIGN, "bureau"),
    Case("other_side", signing, "bidder_a", SIGN, "bureau"),
    Case("other_side", signed_by_bureau, "bureau", SIGN, "owner"),
    Case("other_side", signed_by_bureau, "bureau", SIGN, "bidder_a"),
    Case("other_side", signing, "lead", SIGN, "bureau"),
    Case("other_side", trial, "lead", lambda p: SubmitTrialPlan(bidder=A, plan=p.plan()), "bidder_a"),
    Case("other_side", trial, "expert", lambda p: SubmitTrialPlan(bidder=A, plan=p.plan()), "bidder_a"),
    Case("other_side", running, "regulator", measured, "bidder_a"),
    Case("other_side", accepting, "lead", APPLICATION, "bidder_a"),
    Case("bids_for_two", a_has_bid, "bidder_a", BID, "bidder_b"),
    Case("decides_and_judges", recommended, "expert", lambda p: p.recognise_act(), "lead"),
    Case("decides_and_judges", awarding, "expert", Award(bidders=(A,), reasons="按名次"), "lead"),
    Case("decides_and_judges", reviewed, "acceptance_expert", lambda p: p.conclude_act(A), "lead"),
    # 3: two officers, and a third
    Case(
        "officer_verifies", fault_ordered, "regulator",
        VerifyCorrection(bidder=A, corrected=True, finding="已改"), "regulator",
    ),
    Case(
        "officer_verifies", fault_ordered, "second_regulator",
        VerifyCorrection(bidder=A, corrected=True, finding="已改"), "regulator",
    ),
    Case(
        "officer_verifies", incident_ordered, "regulator",
        VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已改"), "regulator",
    ),
    Case(
        "officer_verifies", incident_ordered, "second_regulator",
        VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已改"), "regulator",
    ),
    Case("ordered_before", more_correction_asked, "regulator", more_correction("#4"), "regulator"),
    Case("ordered_before", more_correction_asked, "second_regulator", more_correction("#4"), "regulator"),
    Case("ordered_before", more_mending_asked, "regulator", more_correction("I-1"), "regulator"),
    Case("ordered_before", more_mending_asked, "second_regulator", more_correction("I-1"), "regulator"),
    # 4: somebody who did not decide
    bench(RECOGNITION, "lead"),
    bench(RECOGNITION, "expert"),
    bench(RECOGNITION, "citizen"),
    bench(RANKING, "lead"),
    bench(RANKING, "expert"),
    bench(ACCEPTANCE, "lead"),
    bench(ACCEPTANCE, "acceptance_expert"),
    bench(ACCEPTANCE, "regulator"),
    bench(BENCHMARK, "lead"),
    bench(BENCHMARK, "evaluators"),
    bench(BENCHMARK, "group"),
    bench(RECOGNITION, "platform", complaint=True),
    bench(RECOGNITION, "citizen", complaint=True),
    bench(RECOGNITION, "lead", complaint=True),
    bench(RANKING, "expert", complaint=True),
    bench(ACCEPTANCE, "lead", complaint=True),
    bench(BENCHMARK, "group", complaint=True),
    Case("decided_before", appealed(declined, lambda p: p.owner), "platform", appeal_decision, "supervisor"),
    Case("decided_before", appealed(refused, lambda p: p.owner), "lead", appeal_decision, "supervisor"),
    Case("decided_before", appealed(refused, lambda p: p.owner), "expert", appeal_decision, "supervisor"),
    Case("drafter_decides", appealed(refused, lambda p: p.owner), "owner", appeal_decision, "supervisor"),
    Case("decided_before", appealed(trial_refused, lambda p: p.bidder(A)), "regulator", appeal_decision, "supervisor"),
    Case("own_bid", appealed(trial_refused, lambda p: p.bidder(A)), "bidder_a", appeal_decision, "supervisor"),
    Case(
        "decided_before", tolerance_asked, "lead",
        lambda p: p.tolerance_act(A), "judge of fault",
    ),
    Case(
        "decided_before", tolerance_asked, "acceptance_expert",
        lambda p: p.tolerance_act(A), "judge of fault",
    ),
    Case("decided_before", tolerance_annulled, "who found before", lambda p: p.tolerance_act(A), "judge of fault"),
    # 5: proposer, approver, payer
    Case("proposer_approves", nominated, "lead", evaluation, "evaluators"),
    Case("proposer_approves", evaluated, "lead", CONFIRMATION, "group"),
    Case("proposer_approves", evaluated, "evaluators", CONFIRMATION, "group"),
    Case("approver_pays", benchmark, "lead", benefit, "payer"),
    Case("approver_pays", benchmark, "lead", benefit, "lead"),
    Case("approver_pays", benchmark, "evaluators", benefit, "payer"),
    Case("approver_pays", benchmark, "group", benefit, "payer"),
    Case("proposer_approves", claimed, "owner", APPROVAL, "lead"),
    Case("own_bid", claimed, "bidder_a", APPROVAL, "lead"),
    Case("approver_pays", approved, "lead", PAYMENT, "payer"),
    Case("approver_pays", approved, "owner", PAYMENT, "payer"),
    Case("own_bid", approved, "bidder_a", PAYMENT, "payer"),
    Case("approver_pays", benefited, "payer", NOMINATION, "lead"),
    Case("approver_pays", failed_and_paid, "lead", RECEIPT, "payer"),
    Case("proposer_approves", rule_suggested, "regulator", RULE_ANSWER, "regulator"),
    # 6: who opened the bids
    Case("opened_bids", checking, "platform", check, "lead"),
    # 7: inclusion
    Case(
        "granted_before", more_inclusion_asked, "regulator",
        DecideExtension(deadline=f"inclusion/{A}", granted=True, reasons="同意"), "extender",
    ),
    # 8: two resume, a second person answers
    Case("same_person", resumption_proposed, "regulator", ApproveResumption(bidder=A), "regulator"),
    Case("drafter_decides", owner_proposes, "owner", ApproveResumption(bidder=A), "regulator"),
    # 1: who decided changes sides
    Case("decider_drafts", contracting, "lead", lambda p: ProposeContract(bidder=A, terms=p.terms()), "owner"),
    Case("decider_drafts", signing, "platform", SIGN, "owner"),
    Case("decider_drafts", signing, "cooperator", SIGN, "owner"),
    Case("decider_drafts", signing, "expert", SIGN, "owner"),
    Case("decider_drafts", reviewed, "regulator", LEAVE, "owner"),
    Case("other_side", running, "bidder_a", LEAVE, "owner"),
    Case("same_person", more_review_asked, "lead", more_time, "more_time"),
    Case("same_person", corrected, "lead", ConfirmCorrection(correction="K-1", confirmed=True), "platform"),
)  # fmt: skip


def actor(play: Play, who: str) -> Actor:
    match who:
        case "bidder_a":
            return play.bidder(A)
        case "bidder_b":
            return play.bidder(B)
        case "expert":
            return play.expert(1)
        case "acceptance_expert":
            return play.expert(51)
        case "citizen":
            return CITIZEN
        case "cooperator":
            return play.cooperating(play.state.cooperating[0])
        case "judge of fault" | "who found before":
            role = play.policy.permissions["decide_fault_tolerance"][0]
            name = "finder" if who == "who found before" else ""
            return play.person(role, play.holder(role).unit, name)
        case "payer":
            return play.office(Role.PAYER)
        case "extender" | "more_time":
            rule = play.policy.limit("inclusion" if who == "extender" else "expert_review").extension
            assert rule is not None
            holder = play.holder(rule.approvers[0])
            return play.person(holder.role, holder.unit)
        case _:
            found: Actor = getattr(play, who)
            return found
