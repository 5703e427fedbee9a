"""Duties kept apart, rule by rule: who is refused, with which code, and that somebody else is not.

Every case is attacked in every way that a person can come back: in another role, through a delegate, as a delegate, and
as one of two delegates of the same person. A scene that is `lent` was played by delegates throughout.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pytest

from models.actor import Actor
from models.commands import ACTS, Act
from models.commands.acceptance import AskFaultTolerance, DecideFaultTolerance, GiveAcceptanceOpinion, RecordRefund
from models.commands.anywhere import (
    Appeal,
    ConfirmCorrection,
    DecideAppeal,
    DecideExtension,
    Override,
    ProposeCorrection,
    Reassign,
    RequestExtension,
    Resubmit,
    ReturnForCorrection,
)
from models.commands.matching import (
    Award,
    ProposeContract,
    RevealBid,
    SignContract,
    SubmitBid,
    VerifyEligibility,
    WithdrawBid,
)
from models.commands.promotion import ConcludeEvaluation, ConfirmBenchmark, NominateBenchmark, RecordBenefit
from models.commands.review import (
    AnswerObjection,
    ConcludeFairCompetition,
    ConvenePanel,
    DecideComplaint,
    FileComplaint,
    ListScene,
    PublishNotice,
    RaiseObjection,
    Refuse,
)
from models.commands.solicitation import AcceptFiling, DeclineAdmission, DuplicateCheck, Register
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
from models.policy import Policy
from models.refusal import Refused
from models.vocabulary import BenchmarkLevel, Credit, NoticeAbout, PanelPurpose, Position, Role
from models.words import OFFICE_VERBS
from rules.separation import APART, OVER_BIDDERS
from tests.improviser import some_act
from tests.rules.conftest import CITIES
from tests.scenario import Play, city, digest, document, naming

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


def running(play: Play) -> None:
    play.to_running(A, B)


def stopped(play: Play) -> None:
    running(play)
    play.do(SuspendTrial(bidder=A, reasons="故障"), play.regulator)
    play.do(ReportFix(bidder=A, proof=document("证明")), play.bidder(A))


def resumption_proposed(play: Play) -> None:
    stopped(play)
    play.do(ProposeResumption(bidder=A, reasons="已改"), play.regulator)


def owner_proposes(play: Play) -> None:
    stopped(play)
    play.do(ProposeResumption(bidder=A, reasons="已改"), play.owner)


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
        bidder=A, kind=kind, plan_clause="三", finding="属实", evidence=document("证据"), with_officer=second
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


def reviewed(play: Play) -> None:
    play.to_acceptance(A, B).apply(A)
    play.acceptance_opinion(A, play.regulator)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, A)


def concluded(play: Play) -> None:
    reviewed(play)
    play.conclude(A)


def failed(play: Play) -> None:
    reviewed(play)
    play.conclude(A, "failed")


def tolerance_asked(play: Play) -> None:
    failed(play)
    play.do(AskFaultTolerance(bidder=A, grounds="尽职"), play.bidder(A))


def benefited(play: Play) -> None:
    play.to_candidate(A)
    play.do(benefit(play), play.office(Role.PAYER))


def nominated(play: Play) -> None:
    play.to_candidate(A)
    play.do(NOMINATION, play.lead)


def evaluated(play: Play) -> None:
    nominated(play)
    play.do(EVALUATION, play.evaluators)


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

REGISTRATION = Register(duplicate_check=DuplicateCheck(finding="无重复"))
FAIR = ConcludeFairCompetition(passed=True, conclusion="通过")
LISTING = ListScene(list="demand", batch="2026-1")
BID = SubmitBid(bidder=B, commitment=digest("x"))
SIGN = SignContract(bidder=A, terms_sha256=digest("任务书"), pledge=document("军令状"))
NOMINATION = NominateBenchmark(level=BenchmarkLevel.CITY, grounds="成效")
EVALUATION = ConcludeEvaluation(recommended=True, finding="建议")
CONFIRMATION = ConfirmBenchmark(confirmed=True, reasons="同意")
REFUND = RecordRefund(bidder=A, amount_yuan=1, proof=document("凭证"))


def notice(about: NoticeAbout, bidder: str | None = None) -> PublishNotice:
    return PublishNotice(about=about, document=document("公示"), bidder=bidder)


def check(play: Play) -> Act:
    return VerifyEligibility(bidder=B, eligible=True, credit=Credit.GOOD, commitment_signed=True, reasons="核查")


def benefit(play: Play) -> Act:
    kind = next(kind for kind in play.policy.promotion.benefits if kind != "award")
    return RecordBenefit(kind=kind, beneficiary=A, document=document("文件"))


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
    Case("drafter_decides", planned, "owner", AdmitTrial(bidder=A, reasons="准入"), "regulator"),
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
    Case("own_bid", planned, "bidder_a", AdmitTrial(bidder=A, reasons="准入"), "regulator"),
    Case("own_bid", planned, "bidder_b", AdmitTrial(bidder=A, reasons="准入"), "regulator"),
    Case("own_bid", next_is_an_order, "bidder_b", fault("four"), "regulator"),
    Case("own_bid", fault_ordered, "bidder_a", VerifyCorrection(bidder=A, corrected=True, finding="已改"), "regulator"),
    Case("own_bid", reviewed, "bidder_a", lambda p: p.conclude_act(A), "lead"),
    Case(
        "own_bid", reviewed, "bidder_a",
        GiveAcceptanceOpinion(bidder=A, position=Position.AGREE, text="同意"), "cooperator",
    ),
    Case("own_bid", nominated, "bidder_a", EVALUATION, "evaluators"),
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
        DecideFaultTolerance(bidder=A, tolerated=True, finding="尽职"), "judge of fault",
    ),
    Case(
        "decided_before", tolerance_asked, "acceptance_expert",
        DecideFaultTolerance(bidder=A, tolerated=True, finding="尽职"), "judge of fault",
    ),
    # 5: proposer, approver, payer
    Case("proposer_approves", nominated, "lead", EVALUATION, "evaluators"),
    Case("proposer_approves", evaluated, "lead", CONFIRMATION, "group"),
    Case("proposer_approves", evaluated, "evaluators", CONFIRMATION, "group"),
    Case("approver_pays", benchmark, "lead", benefit, "payer"),
    Case("approver_pays", benchmark, "lead", benefit, "lead"),
    Case("approver_pays", benchmark, "evaluators", benefit, "payer"),
    Case("approver_pays", benchmark, "group", benefit, "payer"),
    Case("approver_pays", benefited, "payer", NOMINATION, "lead"),
    Case("approver_pays", failed, "lead", REFUND, "payer"),
    # 7: inclusion
    Case(
        "granted_before", more_inclusion_asked, "regulator",
        DecideExtension(deadline=f"inclusion/{A}", granted=True, reasons="同意"), "extender",
    ),
    # 8: two resume, a second person answers
    Case("same_person", resumption_proposed, "regulator", ApproveResumption(bidder=A), "regulator"),
    Case("drafter_decides", owner_proposes, "owner", ApproveResumption(bidder=A), "regulator"),
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
        case "judge of fault":
            role = play.policy.permissions["decide_fault_tolerance"][0]
            return play.person(role, play.holder(role).unit)
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


def in_every_city(cases: tuple[Case, ...]) -> pytest.MarkDecorator:
    """But for the third signature, where a city asks for none."""
    signs = {name for name in CITIES if "st_bureau" in city(name).contracting.parties}
    return pytest.mark.parametrize(
        ("case", "name"),
        [
            pytest.param(case, name, id=f"{case}-{name}")
            for case in cases
            for name in (CITIES if "bureau" not in (case.did, case.then) else signs)
        ],
    )


def played(case: Case, name: str, *, lent: bool = False) -> Play:
    return _played(case.scene, name, lent).fork()


@cache
def _played(scene: Callable[[Play], None], name: str, lent: bool) -> Play:
    play = Lent(city(name)) if lent else Play(city(name))
    scene(play)
    return play


def refusing(case: Case, play: Play, *actors: Actor) -> None:
    act = case.act if isinstance(case.act, Act) else case.act(play)
    for each in actors:
        no = play.refuses(case.code, act, each)
        assert no.details["person"] in each.persons


def as_(play: Play, case: Case, person: str, *behalf: str) -> Actor:
    return actor(play, case.then).model_copy(update={"person": person, "on_behalf_of": behalf})


@in_every_city(CASES)
def test_who_had_a_hand_in_it_is_refused_in_any_role_and_through_any_delegate(case: Case, name: str) -> None:
    play = played(case, name)
    before = actor(play, case.did).person
    refusing(
        case, play,
        as_(play, case, before),
        as_(play, case, "deputy", before),
        as_(play, case, "clerk", "deputy", before),
        as_(play, case, before, "somebody else"),
    )  # fmt: skip
    act = case.act if isinstance(case.act, Act) else case.act(play)
    play.do(act, as_(play, case, "fresh", "unconcerned"))


@in_every_city(tuple(each for each in CASES if each.did not in ("expert", "acceptance_expert", "citizen")))
def test_whom_a_delegate_acted_for_had_a_hand_in_it_as_well(case: Case, name: str) -> None:
    play = played(case, name, lent=True)
    delegate = actor(play, case.did).person
    chief = f"{delegate}-chief" if case.did != "second_regulator" else delegate
    refusing(
        case, play,
        as_(play, case, delegate),
        as_(play, case, chief),
        as_(play, case, "another delegate", chief),
        as_(play, case, "clerk", "another delegate", chief),
    )  # fmt: skip


# the table itself


HARMLESS = {
    "take_over", "ask_consultation", "suspend_trial", "report_incident", "record_refund", "assess_value",
    "record_replication", "recommend_upward", "close_scene", "suspend", "resume", "request_extension", "record_service",
    "propose_correction", "confirm_correction", "adopt_policy", "load_calendar", *OFFICE_VERBS,
    "sign_contract", "answer_withdrawal",
}  # fmt: skip
"""What decides nothing about a bid, stops for safety, or has a second person, or a line, of its own."""


def test_every_code_of_the_table_is_attacked() -> None:
    assert {line.code for line in APART} == {case.code for case in CASES} - {"officer_verifies"}


def test_every_deed_of_the_table_is_one_that_happens() -> None:
    kinds = {*NoticeAbout, *PanelPurpose, Role.OWNER, Role.ST_BUREAU, Role.BIDDER, "inclusion"}
    for line in APART:
        for deed in (*line.first, *line.then):
            verb, _, kind = deed.partition(":")
            assert verb in ACTS or (deed in (Role.OWNER, Role.BIDDER) and deed in line.first), deed
            assert not kind or kind in kinds, deed


def test_whatever_an_authority_may_do_is_barred_to_a_bidders_people_unless_it_is_harmless(policy: Policy) -> None:
    of_authorities = {
        verb for verb, roles in policy.permissions.items() if set(roles) - {Role.OWNER, Role.BIDDER, Role.PUBLIC}
    }
    barred = {deed.partition(":")[0] for deed in OVER_BIDDERS}
    assert not barred & HARMLESS
    assert of_authorities <= barred | HARMLESS


# 1: across a return, a role change, and a scene that was taken over


@pytest.mark.parametrize("then", ["start_over", "straight_back"])
def test_who_corrected_a_returned_scene_for_the_owner_does_not_recognise_it(policy: Policy, then: str) -> None:
    play = Play(policy)
    recommended(play)
    back = ReturnForCorrection.model_validate({"to": "registered", "then": then, "reasons": "修改"})
    play.do(back, play.lead)
    drafter = play.owner.model_copy(update={"person": "mallory"})
    play.do(Resubmit(note="已改"), drafter)
    if play.state.step == "registered":
        play.consult()
        play.refuses("drafter_decides", FAIR, play.lead.model_copy(update={"person": "mallory"}))
        play.conclude_fair_competition()
    play.experts_recommend(PanelPurpose.RECOGNITION)
    for person, behalf in (("mallory", ()), ("deputy", ("mallory",)), (play.owner.person, ())):
        again = play.lead.model_copy(update={"person": person, "on_behalf_of": behalf})
        play.refuses("drafter_decides", play.recognise_act(), again)
    play.do(play.recognise_act(), play.lead)


def test_who_took_a_scene_over_does_not_decide_on_it(policy: Policy) -> None:
    play = Play(policy).taken_over("accepted")
    play.refuses("drafter_decides", REGISTRATION, play.office(Role.PLATFORM_OFFICE, "clerk"))
    play.do(REGISTRATION, play.platform)


def test_what_was_decided_in_a_first_round_is_not_published_in_the_second(policy: Policy) -> None:
    play = Play(policy)
    SCENES[RECOGNITION](play)
    play.do(AnswerObjection(objection=play.state.objections[-1].id, upheld=True, text="成立"), play.platform)
    if play.state.step == "expert_review":
        play.experts_recommend(PanelPurpose.RECOGNITION)
        second = play.person(Role.LEAD, play.state.lead or "", "lead-2")
        play.do(play.recognise_act(), second)
        for person in (play.lead.person, second.person):
            play.refuses("decider_publishes", notice(RECOGNITION), play.office(Role.PLATFORM_OFFICE, person))


# 2: panels, ties, units


def test_nobody_who_acted_for_the_owner_or_a_bidder_is_seated(policy: Policy) -> None:
    play = Play(naming(policy)).to_scoring(A, B)
    for person in (play.owner.person, play.bidder(A).person, play.bidder(B).person):
        first, *others = play.members(purpose=PanelPurpose.SCORING)
        act = ConvenePanel(purpose=PanelPurpose.SCORING, members=(first.model_copy(update={"person": person}), *others))
        play.refuses("panel_took_sides", act, play.lead)


@pytest.mark.parametrize("purpose", [PanelPurpose.RECOGNITION, PanelPurpose.SCORING, PanelPurpose.ACCEPTANCE])
def test_declared_ties_lead_to_recusal(policy: Policy, purpose: PanelPurpose) -> None:
    play = Play(naming(policy), consortium=("丙公司",))
    tied = [play.owner_unit]
    if purpose is PanelPurpose.RECOGNITION:
        play.to_expert_review()
    elif purpose is PanelPurpose.SCORING:
        play.to_scoring(A, B)
        tied += [A, B, "丙公司"]
    else:
        play.to_acceptance(A, B).apply(A)
        tied += [A, B, "丙公司"]
    bidder = A if purpose is PanelPurpose.ACCEPTANCE else None
    first, *others = play.members(purpose=purpose)
    for unit in tied:
        with_ties = first.model_copy(update={"ties": ("某高校", unit)})
        act = ConvenePanel(purpose=purpose, members=(with_ties, *others), bidder=bidder)
        assert play.refuses("panel_conflict", act, play.lead).details["unit"] == unit
    harmless = first.model_copy(update={"ties": ("某高校",)})
    play.do(ConvenePanel(purpose=purpose, members=(harmless, *others), bidder=bidder), play.lead)


def test_a_competitors_people_do_not_accept(policy: Policy) -> None:
    play = Play(policy).to_acceptance(A, B)
    play.apply(A)
    play.refuses("panel_conflict", play.panel_act(PanelPurpose.ACCEPTANCE, A, unit=B), play.lead)


def test_a_member_who_now_acts_for_a_bidding_unit_does_not_score(policy: Policy) -> None:
    play = Play(policy, consortium=("丙公司",)).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    for unit in (A, B, "丙公司"):
        play.refuses("own_unit_bids", play.score_act(A, 0.9), play.expert(1).model_copy(update={"unit": unit}))
    play.do(play.score_act(A, 0.9), play.expert(1))


def test_a_seat_is_personal(policy: Policy) -> None:
    play = Play(policy).to_scoring(A, B)
    play.seat_panel(PanelPurpose.SCORING)
    act = play.score_act(A, 0.9)
    play.refuses("not_on_panel", act, play.expert(1).model_copy(update={"person": "x", "on_behalf_of": ("expert-1",)}))
    for behalf in ("expert-2", "x"):
        play.refuses("seat_is_personal", act, play.expert(1).model_copy(update={"on_behalf_of": (behalf,)}))


def outside(policy: Policy) -> str:
    """A department that has no part in the scene."""
    domain = policy.domains[0]
    taken = (domain.lead, domain.regulator, *domain.units)
    return next(unit.name for unit in policy.units if unit.name not in taken)


def test_a_part_is_not_handed_to_a_unit_that_bids(policy: Policy) -> None:
    department = outside(policy)
    play = Play(policy, consortium=(department,))
    checking(play)
    for part, unit in (("lead", play.state.lead), ("regulator", play.state.regulator)):
        act = Reassign.model_validate({"part": part, "from_unit": unit, "to_unit": department, "reasons": "调整"})
        play.refuses("own_scene", act, play.group)


# 3: orders


@pytest.mark.parametrize("scene", [next_is_an_order, incident_reported])
def test_an_order_names_a_second_officer(policy: Policy, scene: Callable[[Play], None]) -> None:
    play = Play(policy)
    scene(play)
    order = (lambda second: fault("four", second)) if scene is next_is_an_order else analysis
    deputy = play.regulator.model_copy(update={"on_behalf_of": ("chief",)})
    play.refuses("second_officer_missing", order(None), play.regulator)
    play.refuses("same_person", order(play.regulator.person), play.regulator)
    play.refuses("same_person", order("chief"), deputy)
    play.refuses("own_bid", order(play.bidder(B).person), play.regulator)
    play.do(order("regulator-2"), deputy)
    state = play.state
    officers = state.inclusions[0].officers if scene is next_is_an_order else state.incidents[0].officers
    assert officers == ("regulator-1", "chief", "regulator-2")


def test_what_orders_nothing_needs_one_officer(policy: Policy) -> None:
    play = Play(policy)
    incident_reported(play)
    play.do(analysis(None, order=None), play.regulator)
    play.do(fault("one", None), play.regulator)


def test_an_officer_who_moves_with_the_reassigned_part_still_does_not_verify(policy: Policy) -> None:
    play = Play(policy)
    incident_ordered(play)
    before = play.state.regulator or ""
    after = next(unit.name for unit in policy.units if unit.name not in (before, play.state.lead))
    play.do(Reassign(part="regulator", from_unit=before, to_unit=after, reasons="机构调整"), play.group)
    act = VerifyIncident(bidder=A, incident="I-1", verified=True, finding="已改")
    assert play.regulator.unit == after
    for officer in (play.regulator, play.second_regulator):
        play.refuses("officer_verifies", act, officer)
    play.do(act, play.person(Role.REGULATOR, after, "regulator-3"))


# 6: sealed bids


def test_before_the_close_nothing_opens_a_bid(policy: Policy) -> None:
    play = Play(policy)
    posted(play)
    play.bid(A)
    reveal = revelation(play)
    play.refuses("wrong_step", reveal, play.bidder(A))
    (bid,) = play.state.bids
    assert (bid.revealed, bid.price_yuan, bid.proposal_sha256) == (False, None, None)
    play.refuses("wrong_step", VerifyEligibility.model_validate({**check(play).model_dump(), "bidder": A}), play.lead)


def test_a_bid_is_opened_by_its_own_bidder_only(policy: Policy) -> None:
    play = Play(policy).to_opening(A, B)
    reveal = revelation(play)
    for other in (play.bidder(B), play.bidder(A).model_copy(update={"unit": B})):
        play.refuses("not_your_part", reveal, other)
    for role in set(Role) - {Role.BIDDER}:
        play.refuses("not_permitted", reveal, play.person(role, A))
    play.refuses("commitment_mismatch", reveal.model_copy(update={"price_yuan": 1}), play.bidder(A))
    play.do(reveal, play.bidder(A).model_copy(update={"on_behalf_of": ("director",)}))


def test_before_the_close_no_refusal_tells_who_has_bid(policy: Policy) -> None:
    department = outside(policy)
    play = Play(policy, consortium=(department,))
    posted(play)
    play.bid(A)
    no = play.refuses("unknown_bidder", WithdrawBid(bidder=B, reasons="撤回"), play.bidder(B))
    assert no.details["known"] == "-"
    act = Reassign(part="lead", from_unit=play.state.lead or "", to_unit=department, reasons="调整")
    play.do(act, play.group)
    play.pass_limit("bidding")
    play.reveal(A)
    play.refuses("own_unit_bids", check(play).model_copy(update={"bidder": A}), play.lead)


# 8: each stop for itself


def test_who_approved_once_may_propose_the_next_time(policy: Policy) -> None:
    play = Play(policy)
    resumption_proposed(play)
    play.do(ApproveResumption(bidder=A), play.second_regulator)
    play.do(SuspendTrial(bidder=A, reasons="又一故障"), play.second_regulator)
    play.do(ReportFix(bidder=A, proof=document("证明")), play.bidder(A))
    play.do(ProposeResumption(bidder=A, reasons="已改"), play.second_regulator)
    play.refuses("same_person", ApproveResumption(bidder=A), play.second_regulator)
    play.do(ApproveResumption(bidder=A), play.regulator)


# 9: no business rights


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM])
def test_no_policy_gives_an_administrator_or_an_auditor_business_rights(policy: Policy, role: Role) -> None:
    everything = {verb: (*roles, role) for verb, roles in policy.permissions.items()}
    play = Play(policy.model_copy(update={"permissions": everything})).submit()
    play.refuses("not_permitted", REGISTRATION, play.platform.model_copy(update={"role": role}))


# 10: an override


def test_an_override_re_opens_and_alters_nothing_that_was_said(policy: Policy) -> None:
    tried = 0
    for scene in (recommended, recognised, listing, ranked, awarding):
        before = Play(policy)
        scene(before)
        for to in ("accepted", "registered", "fair_competition", "expert_review", "listing", "listed"):
            play = before.fork()
            try:
                play.do(Override(to=to, reasons="重新审定"), play.group)
            except Refused:
                continue
            tried += 1
            assert play.state.bids == before.state.bids
            assert play.state.ranking == before.state.ranking
            assert play.state.panels == before.state.panels
            assert play.state.consultation == before.state.consultation
            kinds = {event.kind for event in play.journal[-1].events}
            assert not kinds & {"bid_scored", "bids_ranked", "opinion_given", "expert_opinion_given"}
    assert tried > 5


# 11: delegation


@pytest.mark.parametrize(
    "path", [("owner",), ("chief", "chief"), ("chief", "owner"), ("a", "b", "a"), ("owner", "chief", "owner")]
)
def test_a_path_that_names_somebody_twice_is_refused(policy: Policy, path: tuple[str, ...]) -> None:
    play = Play(policy)
    submit = play.owner.model_copy(update={"person": "owner", "on_behalf_of": path})
    no = play.refuses("delegation_cycle", some_act(play, "submit"), submit)
    assert no.details["path"] == " > ".join(("owner", *path))


def test_the_path_stays_on_record(policy: Policy) -> None:
    play = Play(policy)
    deputy = play.owner.model_copy(update={"on_behalf_of": ("director", "mayor")})
    play.do(some_act(play, "submit"), deputy)
    assert play.journal[-1].command.actor.on_behalf_of == ("director", "mayor")
    assert ("scene_owner-1", "director", "mayor") in [hand.persons for hand in play.state.hands]


def test_a_complaint_is_filed_by_who_objected_or_their_delegate(policy: Policy) -> None:
    play = Play(policy)
    SCENES[RECOGNITION](play)
    id = play.state.objections[-1].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
    act = FileComplaint(objection=id, text="不服")
    play.refuses("not_your_part", act, CITIZEN.model_copy(update={"person": "neighbour"}))
    play.do(act, CITIZEN.model_copy(update={"person": "lawyer", "on_behalf_of": (CITIZEN.person,)}))
    for person in ("lawyer", CITIZEN.person):
        play.refuses("decided_before", complaint_decision(play), play.office(Role.SUPERVISOR, person))


def test_a_wrong_entry_is_confirmed_by_no_delegate_of_who_proposed(policy: Policy) -> None:
    """Two corrections side by side: each has its own proposer."""
    play = Play(policy)
    corrected(play)
    play.do(ProposeCorrection(correction="K-2", sequence=1, reasons="误", right_text="正"), play.platform)
    play.refuses("same_person", ConfirmCorrection(correction="K-2", confirmed=True), play.platform)
    play.do(ConfirmCorrection(correction="K-1", confirmed=True), play.platform)
    play.do(ConfirmCorrection(correction="K-2", confirmed=True), play.lead)
