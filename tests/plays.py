"""Plays that together walk every row of the lifecycle table.

One common way from draft to benchmark, and from where it stood at each step the ways that lead off it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Literal

from models.actor import Actor
from models.calendar import Period, Unit
from models.commands import Act
from models.commands.acceptance import AskFaultTolerance, RecordRefund, SubmitRectification
from models.commands.anywhere import (
    AdoptPolicy,
    AnswerWithdrawal,
    Appeal,
    ConfirmCorrection,
    DecideAppeal,
    DecideExtension,
    Override,
    ProposeCorrection,
    RequestExtension,
    Resubmit,
    ReturnForCorrection,
    Suspend,
    Terminate,
    Withdraw,
)
from models.commands.handling import RemoveSigner
from models.commands.matching import (
    CompareRacers,
    DeclineAward,
    GiveUpMatching,
    ProposeContract,
    RacerFinding,
    ReviewInvitation,
)
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.commands.promotion import (
    CloseScene,
    ConfirmBenchmark,
    ReviewBenchmark,
    WithdrawBenchmark,
)
from models.commands.review import (
    AnswerObjection,
    ConcludeComplaint,
    ConfirmScene,
    DecideComplaint,
    FileComplaint,
    ListScene,
    RaiseObjection,
    Refuse,
)
from models.commands.solicitation import AcceptFiling, AnswerSupplement, DeclineAdmission, RequestSupplement
from models.commands.trial import (
    AdvancePhase,
    AnalyseIncident,
    ApproveResumption,
    CloseIncident,
    EndInclusionEarly,
    ProposeResumption,
    ProveRollback,
    RecordFault,
    ReportCorrection,
    ReportFix,
    ReportIncident,
    ReturnTrialPlan,
    SubmitTrialPlan,
    SuspendTrial,
    TerminateTrial,
    VerifyCorrection,
    VerifyIncident,
)
from models.policy import Closing, Policy
from models.refusal import Refused
from models.vocabulary import (
    ComplaintOutcome,
    Machine,
    Mode,
    NoticeAbout,
    PanelPurpose,
    Phase,
    Position,
    Role,
    Scale,
    Suspends,
    Track,
)
from rules import lifecycle
from rules.calendar import due_date
from rules.lifecycle import ROWS, STARTED
from tests.scenario import Play, city, document, receipt, with_limit, with_rules

A, B, C = "甲公司", "乙公司", "丙公司"
NOTICES = ("recognition_notice", "ranking_notice", "acceptance_notice", "benchmark_notice")
SCENE, CONTRACT, TRIAL, INCLUSION, ACCEPTANCE = Machine

Script = Callable[[Play], object]


def without(*steps: str, **rules: Mapping[str, object]) -> Policy:
    """Yancheng's rules without some steps."""
    policy = city("yancheng").model_copy(update={"steps_off": steps})
    for group, to in rules.items():
        policy = with_rules(policy, group, **to)
    return policy


# the scenes from which the plays start


@cache
def _common_way() -> dict[str, Play]:
    """One comprehensive scene from draft to benchmark: how it stood at each of its own steps."""
    play = Play(city("yancheng"), scale=Scale.COMPREHENSIVE)
    stood = {"draft": play.fork()}

    def keep(*scripts: Script) -> None:
        for script in scripts:
            script(play)
            stood.setdefault(play.state.step, play.fork())

    keep(
        lambda p: p.submit(),
        lambda p: p.do(AcceptFiling(), p.platform),
        lambda p: p.register(),
        lambda p: p.ask_consultation(),
    )
    keep(
        all_agree,
        lambda p: p.conclude_fair_competition(),
        in_order(lambda p: p.experts_recommend(PanelPurpose.RECOGNITION), lambda p: p.do(p.recognise_act(), p.lead)),
        lambda p: p.recognise(),
        lambda p: p.publish(NoticeAbout.RECOGNITION),
        passing("public_notice"),
        lambda p: p.do(ListScene(list="demand", batch="2026-1"), p.platform),
        lambda p: p.post(),
        in_order(lambda p: p.bid(A), lambda p: p.bid(B), passing("bidding")),
        in_order(lambda p: p.reveal(A), lambda p: p.reveal(B)),
        in_order(lambda p: p.verify(A), lambda p: p.verify(B)),
        lambda p: p.score({A: 0.9, B: 0.8}),
        lambda p: p.publish(NoticeAbout.RANKING),
        passing("public_notice"),
        lambda p: p.award(A),
        lambda p: p.sign(A),
        in_order(lambda p: p.start(A), lambda p: p.end_trial(A)),
        lambda p: p.accept(A),
        lambda p: p.nominate(),
        lambda p: p.do(p.evaluation_act(), p.evaluators),
        lambda p: p.do(ConfirmBenchmark(confirmed=True, reasons="同意"), p.group),
        lambda p: p.publish(NoticeAbout.BENCHMARK),
        passing("public_notice"),
    )
    stood["supplement"] = _then(stood["submitted"], lambda p: p.do(RequestSupplement(items=("证明",)), p.platform))
    stood["deadlock"] = _then(stood["consultation"], all_object)
    stood["returned"] = _then(stood["registered"], sending_back("registered"))
    stood["unmatched"] = _then(stood["posted"], passing("bidding"))
    stood["end"] = play
    return stood


def _then(play: Play, *scripts: Script) -> Play:
    play = play.fork()
    for script in scripts:
        script(play)
    return play


def in_order(*scripts: Script) -> Script:
    def script(play: Play) -> None:
        for each in scripts:
            each(play)

    return script


def at(step: str) -> Play:
    return _common_way()[step].fork()


@cache
def _race(step: str, track: Track = Track.SANDBOX, policy: str = "yancheng") -> Play:
    """A and B are awarded together, C comes next."""
    play = Play(city(policy), track=track)
    play.to_contracting(A, B, C, winners=2, mode=Mode.HORSE_RACE)
    if step != "contracting":
        play.sign(A)
        play.sign(B)
    return play


def race(step: str = "contracting", track: Track = Track.SANDBOX) -> Play:
    return _race(step, track).fork()


@cache
def _alone(step: str, track: Track = Track.SANDBOX) -> Play:
    """A alone, with its own machines at a step: `trial/running`, `acceptance/reviewing`, ..."""
    if step in ("contract/offered", "trial/planning", "acceptance/applying"):
        play = Play(city("yancheng"), track=track).to_contracting(A)
        if step != "contract/offered":
            play.sign(A)
        if step == "acceptance/applying" and track is Track.SANDBOX:
            play.start(A)
            play.end_trial(A)
        return play
    before, scripts = STANDING[step]
    return _then(_alone(before), *scripts)


def alone(step: str, track: Track = Track.SANDBOX) -> Play:
    return _alone(step, track).fork()


def act(act: Act, who: str) -> Script:
    """`who` is the name of one of the play's people."""
    return lambda p: p.do(act, p.bidder(A) if who == "bidder" else getattr(p, who))


STANDING: dict[str, tuple[str, tuple[Script, ...]]] = {}
"""Step: the one before it, and what leads from there."""


def stands(step: str, before: str, *scripts: Script) -> None:
    STANDING[step] = (before, scripts)


def doing(what: Callable[[Play, str], object], bidder: str) -> Script:
    return lambda play: what(play, bidder)


def passing(deadline: str) -> Script:
    return lambda play: play.pass_limit(deadline)


def resubmit(play: Play) -> None:
    play.do(Resubmit(note="已改"), play.owner)


def insured_to_its_end(play: Play) -> None:
    """A's trial, which is then extended."""
    plan = play.plan()
    ends = due_date(play.policy.calendar, play.today, plan.duration).on
    play.do(SubmitTrialPlan(bidder=A, plan=plan.model_copy(update={"insurance_until": ends})), play.bidder(A))
    play.start(A)
    play.do(RequestExtension(deadline=f"trial/{A}", reasons="数据不足"), play.bidder(A))
    play.do(DecideExtension(deadline=f"trial/{A}", granted=True, reasons="同意"), play.regulator)


def overriding(to: str) -> Script:
    return lambda play: play.do(Override(to=to, reasons="重新审定"), play.group)


stands("contract/signing", "contract/offered", lambda p: p.do(ProposeContract(bidder=A, terms=p.terms()), p.owner))
stands("trial/submitted", "trial/planning", lambda p: p.do(SubmitTrialPlan(bidder=A, plan=p.plan()), p.bidder(A)))
stands("trial/admitted", "trial/submitted", lambda p: p.admit(A))
stands("trial/running", "trial/admitted", lambda p: p.do(p.start_act(A), p.regulator))
stands("trial/suspended", "trial/running", act(SuspendTrial(bidder=A, reasons="故障"), "regulator"))
stands("trial/exit", "trial/running", passing(f"trial/{A}"))
stands(
    "trial/rolling_back", "trial/running", act(TerminateTrial(bidder=A, ground="safety", reasons="事故"), "regulator")
)
stands("inclusion/active", "trial/running")
stands(
    "inclusion/extended",
    "trial/running",
    act(RequestExtension(deadline=f"inclusion/{A}", reasons="继续"), "bidder"),
    act(DecideExtension(deadline=f"inclusion/{A}", granted=True, reasons="同意"), "group"),
)
stands("acceptance/reviewing", "acceptance/applying", lambda p: p.apply(A))
stands("acceptance/reviewed", "acceptance/reviewing", lambda p: p.experts_recommend(PanelPurpose.ACCEPTANCE, A))
stands("acceptance/concluded", "acceptance/reviewed", lambda p: p.conclude(A))
stands("acceptance/noticed", "acceptance/concluded", lambda p: p.publish(NoticeAbout.ACCEPTANCE, A))
stands("acceptance/rectifying", "acceptance/reviewed", lambda p: p.conclude(A, "conditional", conditions=("补充",)))
stands("acceptance/failed", "acceptance/reviewed", lambda p: p.conclude(A, "failed"))
stands("acceptance/retrial", "acceptance/reviewed", lambda p: p.conclude(A, "retrial"))


# what happens in several plays


def all_agree(play: Play) -> None:
    """Each department while the round is open; where a city has everybody's time run out first, it does."""
    for unit in play.state.cooperating:
        if play.state.step == "consultation":
            play.agree(unit)
    if play.state.step == "consultation":
        play.pass_limit("consultation")


def misread_by_nobody(play: Play) -> None:
    """A department wants its opinion corrected, and the platform office finds that it was entered rightly."""
    unit = play.state.cooperating[0]
    play.agree(unit)
    correction = ProposeCorrection(
        correction="K-1", sequence=play.state.sequence, reasons="录入有误", right_text="反对", position=Position.OBJECT
    )
    play.do(correction, play.cooperating(unit))
    play.do(ConfirmCorrection(correction="K-1", confirmed=False), play.platform)


def all_object(play: Play) -> None:
    for unit in play.state.cooperating:
        if play.state.step == "consultation":
            play.agree(unit, Position.OBJECT)


def sending_back(to: str, then: str = "start_over") -> Script:
    act = ReturnForCorrection.model_validate({"to": to, "then": then, "reasons": "修改"})
    return lambda play: play.do(act, play.platform)


def terminate(play: Play) -> None:
    play.do(Terminate(ground="force_majeure", reasons="不可抗力"), play.group)


def decline(play: Play, bidder: str) -> None:
    play.do(DeclineAward(bidder=bidder, reasons="产能不足"), play.bidder(bidder))


def give_back(play: Play, bidder: str) -> None:
    play.do(Withdraw(reasons="放弃"), play.bidder(bidder))


def let_lapse(play: Play, bidder: str) -> None:
    clock = next(each for each in play.state.deadlines if (each.limit, each.bidder) == ("contract", bidder))
    play.until(clock.due_at)


WAYS_TO_LOSE_A_CONTRACT = (decline, give_back, let_lapse)


def leave(play: Play, bidder: str) -> None:
    """The bidder withdraws after the signature, and every other party agrees."""
    play.do(Withdraw(reasons="退出"), play.bidder(bidder))
    for clock in play.state.deadlines:
        if clock.limit == "withdrawal_consent" and clock.holder is not None:
            asked = play.person(clock.holder.role, clock.holder.unit)
            play.do(AnswerWithdrawal(agreed=True, reasons="同意"), asked)


def claim(play: Play) -> None:
    act = ProposePayment(bidder=A, milestone="交付", amount_yuan=1_000, proof=document("交付确认单"))
    play.do(act, play.bidder(A))


def answer_claim(*, approved: bool) -> Script:
    return act(ApprovePayment(bidder=A, milestone="交付", approved=approved, reasons="核对"), "lead")


def pay(play: Play) -> None:
    play.do(PayMilestone(bidder=A, milestone="交付", proof=document("支付凭证")), play.office(Role.PAYER))


def terminate_trial(play: Play, bidder: str) -> None:
    play.do(TerminateTrial(bidder=bidder, ground="safety", reasons="事故"), play.regulator)
    play.do(ProveRollback(bidder=bidder, proof=document("恢复证明")), play.bidder(bidder))


def reach_its_goals(play: Play) -> None:
    """In the last phase, every indicator at its target."""
    for phase in (Phase.DEMONSTRATION, Phase.PILOT):
        play.meet_gate(A)
        play.do(AdvancePhase(bidder=A, phase=phase, reasons="达标"), play.regulator)


def take_down(play: Play) -> None:
    take_down_of(play, A)


def take_down_of(play: Play, bidder: str) -> None:
    play.do(ProveRollback(bidder=bidder, proof=document("恢复证明")), play.bidder(bidder))


def start_and_terminate(play: Play, bidder: str) -> None:
    play.start(bidder)
    terminate_trial(play, bidder)


def start_and_end_unfit(play: Play, bidder: str) -> None:
    play.start(bidder)
    end_unfit(play, bidder)


def refuse(play: Play, bidder: str) -> None:
    play.refuse_trial(bidder)


def end_unfit(play: Play, bidder: str) -> None:
    play.end_trial(bidder, fit=False)


def fail(play: Play, bidder: str) -> None:
    play.apply(bidder)
    play.experts_recommend(PanelPurpose.ACCEPTANCE, bidder)
    play.conclude(bidder, "failed")


def refund(play: Play, bidder: str) -> None:
    play.refund(bidder)


def make_final(play: Play) -> None:
    """Nothing can be done against the decisions any more."""
    for decision in play.state.decisions:
        play.serve(decision.sequence)
        play.pass_limit(f"appeal_window/{decision.sequence}")


def lose_appeal(play: Play) -> None:
    decision = play.state.decisions[-1]
    play.serve(decision.sequence)
    appellant = play.owner if decision.against == play.owner_unit else play.bidder(decision.against)
    play.do(Appeal(decision=decision.sequence, grounds="不服"), appellant)
    play.do(DecideAppeal(decision=decision.sequence, upheld=False, reasons="驳回"), play.supervisor)


def objecting(about: NoticeAbout, *, upheld: bool, complain: bool, bidder: str | None = None) -> Script:
    return lambda play: object_to(play, about, upheld=upheld, complain=complain, bidder=bidder)


def complain_late(play: Play, about: NoticeAbout) -> None:
    """The answer is taken to the supervisor when the notice's days are over, and is upheld there."""
    citizen = play.person(Role.PUBLIC, "市民", "citizen-1")
    objection = RaiseObjection(about=about, real_name=True, text="有误", document=document("异议书"))
    play.do(objection, citizen)
    id = play.state.objections[-1].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
    play.pass_limit("public_notice")
    play.do(FileComplaint(objection=id, text="不服"), citizen)
    play.do(DecideComplaint(objection=id, upheld=True, text="裁决"), play.supervisor)


def accept_the_answer(play: Play, about: NoticeAbout) -> None:
    """An objection is answered, and nobody takes the answer to the supervisor in time."""
    objection = RaiseObjection(about=about, real_name=True, text="有误", document=document("异议书"))
    play.do(objection, play.person(Role.PUBLIC, "市民", "citizen-1"))
    id = play.state.objections[-1].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
    play.pass_limit(f"complaint_window/{id}")


def object_to(play: Play, about: NoticeAbout, *, upheld: bool, complain: bool, bidder: str | None = None) -> None:
    """Somebody objects; it is answered, or decided by the supervisor, when the notice's days are over."""
    citizen = play.person(Role.PUBLIC, "市民", "citizen-1")
    objection = RaiseObjection(about=about, bidder=bidder, real_name=True, text="有误", document=document("异议书"))
    play.do(objection, citizen)
    id = play.state.objections[-1].id
    if complain:
        play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)
        play.do(FileComplaint(objection=id, text="不服"), citizen)
    play.pass_limit("/".join(part for part in ("public_notice", bidder) if part))
    if complain:
        play.do(DecideComplaint(objection=id, upheld=upheld, text="裁决"), play.supervisor)
    else:
        play.do(AnswerObjection(objection=id, upheld=upheld, text="答复"), play.platform)


def fault(play: Play, kind: str, red_line: str | None = None) -> None:
    act = RecordFault(
        bidder=A,
        kind=kind,
        red_line=red_line,
        plan_clause="1.1",
        finding="属实",
        evidence=document("证据"),
        with_officer="regulator-3",
    )
    play.do(act, play.regulator)


def order(play: Play) -> None:
    for kind in ("one", "two", "three", "four"):
        fault(play, kind)


# the plays


def plays() -> Iterator[Play]:
    for chapter in CHAPTERS:
        yield from chapter()


def ends_of_any_step() -> Iterator[Play]:
    yield at("end")
    for step in lifecycle.OPEN:
        yield _then(at(step), terminate, lambda p: p.win_appeal())
    yield _then(at("listed"), terminate, make_final)
    yield _then(at("listed"), terminate, lose_appeal)
    for step in lifecycle.BEFORE_CONTRACT:
        yield _then(at(step), lambda p: p.do(Withdraw(reasons="取消"), p.owner))
    for step in lifecycle.RETURN_FROM:
        returned = _then(at(step), sending_back("accepted", "straight_back"))
        yield _then(returned, resubmit)
    for to in lifecycle.RETURN_TO:
        yield _then(at("listing"), sending_back(to), resubmit)
    yield _then(at("returned"), passing("resubmission"))
    for step in (*lifecycle.OPEN, "ended posting"):
        play = _then(at("posted"), terminate) if step == "ended posting" else at(step)
        for to in (*lifecycle.OVERRIDE_TO, "candidate"):
            again = play.fork()
            try:
                again.do(Override(to=to, reasons="重新审定"), again.group)
            except Refused:
                continue
            yield again
    returned_late = _then(at("listing"), sending_back("accepted"))
    for to in lifecycle.OVERRIDE_TO[:-1]:
        yield _then(returned_late, overriding(to))


def solicitation_and_review() -> Iterator[Play]:
    yield _then(at("submitted"), passing("completeness"), lambda p: p.register())
    yield _then(at("submitted"), lambda p: p.register())
    yield _then(at("supplement"), lambda p: p.do(AnswerSupplement(documents=(document("证明"),)), p.owner))
    yield _then(at("supplement"), passing("supplement"))
    for step in ("submitted", "accepted"):
        yield _then(at(step), lambda p: p.do(DeclineAdmission(reasons="不符"), p.platform))
    for step in ("deadlock", "fair_competition", "expert_review"):
        yield _then(at(step), lambda p: p.do(Refuse(reasons="不符"), p.lead))
    yield _then(at("confirmation"), lambda p: p.do(ConfirmScene(confirmed=False, reasons="不同意"), p.group))
    # consultation
    yield _then(at("deadlock"), lambda p: p.ask_consultation())
    yield _then(Play(without("consultation")).to_registered(), lambda p: p.ask_consultation())
    yield _then(at("deadlock"), lambda p: adopt_without(p, "consultation"), lambda p: p.ask_consultation())
    silent = with_rules(city("yancheng"), "consultation", silence="objects")
    for policy in (city("yancheng"), silent):
        asked = Play(policy).to_consultation()
        yield _then(asked, passing(f"consultation/{asked.state.cooperating[0]}"))
    yield _then(at("consultation"), misread_by_nobody)
    for position in (Position.AGREE, Position.OBJECT):
        yield decided_by_leaving_one_out(position)
        yield decided_by_a_correction(position)
    # what a city leaves out
    for steps in ((), ("expert_review",), ("recognition_notice",), ("expert_review", "recognition_notice")):
        for scale in (Scale.SMALL, Scale.COMPREHENSIVE):
            yield Play(without(*steps), scale=scale).to_recognised()
    for complain in (False, True):
        for upheld in (False, True):
            yield _then(
                at("recognition_notice"),
                objecting(NoticeAbout.RECOGNITION, upheld=upheld, complain=complain),
            )
        without_experts = Play(without("expert_review")).to_recognised()
        without_experts.publish(NoticeAbout.RECOGNITION)
        object_to(without_experts, NoticeAbout.RECOGNITION, upheld=True, complain=complain)
        yield without_experts
    yield _then(at("recognition_notice"), lambda p: accept_the_answer(p, NoticeAbout.RECOGNITION))
    for off in ((), ("expert_review",)):
        noticed = Play(without(*off)).to_recognised()
        noticed.publish(NoticeAbout.RECOGNITION)
        complain_late(noticed, NoticeAbout.RECOGNITION)
        yield noticed


RAISING: tuple[Script, ...] = (
    lambda p: p.nominate("城市级"),
    lambda p: p.do(p.evaluation_act(), p.evaluators),
    lambda p: p.do(ConfirmBenchmark(confirmed=True, reasons="同意"), p.group),
    lambda p: p.publish(NoticeAbout.BENCHMARK),
)
"""A benchmark on its way to the highest level, step by step."""


def benchmark_of_an_enterprise() -> Play:
    play = at("candidate")
    play.nominate("企业级")
    for script in RAISING[1:]:
        script(play)
    play.pass_limit("public_notice")
    return play


def adopt_without(play: Play, *steps: str) -> None:
    policy = play.policy.model_copy(update={"steps_off": steps, "version": f"{play.policy.version}-b"})
    play.do(AdoptPolicy(policy=policy, reasons="改用新规"), play.group)


def decided_by_leaving_one_out(position: Position) -> Play:
    play = Play(with_rules(city("yancheng"), "consultation", closes=Closing.WHEN_ANSWERED)).to_consultation()
    *others, last = play.state.cooperating
    for unit in others:
        play.agree(unit, position)
    play.do(RemoveSigner(unit=last, reasons="职责无关"), play.platform)
    return play


def decided_by_a_correction(right: Position) -> Play:
    """Two of three have spoken, one each way; the second was entered wrongly, and its correction decides the round."""
    play = Play(with_rules(city("yancheng"), "consultation", closes=Closing.WHEN_DECIDED)).to_consultation()
    first, second, _ = play.state.cooperating
    play.agree(first, right)
    play.agree(second, Position.OBJECT if right is Position.AGREE else Position.AGREE)
    correction = ProposeCorrection(
        correction="K-1", sequence=play.state.sequence, reasons="录入有误", right_text=right.value, position=right
    )
    play.do(correction, play.cooperating(second))
    play.do(ConfirmCorrection(correction="K-1", confirmed=True), play.platform)
    return play


def matching() -> Iterator[Play]:
    no_reissue = {"contracting": {"reissues": 0}}
    yield _then(at("unmatched"), lambda p: p.post())
    yield _then(at("unmatched"), passing("reissue"))
    for step in ("listed", "unmatched"):
        yield _then(at(step), lambda p: p.do(GiveUpMatching(reasons="放弃"), p.owner))
    for policy in (without(), without(**no_reissue)):
        yield _then(Play(policy).to_listed(), lambda p: p.post(), passing("bidding"))
        yield _then(Play(policy).to_opening(A), passing(f"bid_opening/{A}"))
        yield _then(Play(policy).to_eligibility(A), lambda p: p.verify(A, eligible=False))
        yield _then(Play(policy).to_scoring(A), lambda p: p.score({A: 0.1}))
    yield _then(Play(without()).to_opening(A, B), lambda p: p.reveal(A), passing(f"bid_opening/{B}"))
    for steps in ((), ("ranking_notice",)):
        yield Play(without(*steps)).to_awarding(A)
        directed = Play(without(*steps)).to_listed()
        directed.post(Mode.DIRECTED, invited=(A,))
        directed.bid(A)
        directed.pass_limit("bidding")
        directed.reveal(A)
        directed.verify(A)
        yield directed
    # who was found ineligible appeals, wherever the scene stands by then, or the scene ends first
    kept_out = in_order(lambda p: p.verify(B, eligible=False), lambda p: p.verify(A))
    so_far = [Play(without()).to_eligibility(A, B)]
    for further in (
        kept_out,
        lambda p: p.score({A: 0.9}),
        lambda p: p.publish(NoticeAbout.RANKING),
        passing("public_notice"),
        lambda p: p.award(A),
    ):
        so_far.append(_then(so_far[-1], further))
    failed = _then(Play(without()).to_eligibility(A), lambda p: p.verify(A, eligible=False))
    for play in (*so_far[1:], failed):
        yield _then(play, lambda p: p.win_appeal())
    half = _then(so_far[0], lambda p: p.verify(B, eligible=False))
    yield _then(half, lambda p: p.win_appeal())
    for play in (half, *so_far[1:-1], failed):
        yield _then(play, lambda p: p.do(Withdraw(reasons="取消"), p.owner), lambda p: p.win_appeal())
    yield _then(failed, lambda p: p.do(GiveUpMatching(reasons="放弃"), p.owner), make_final)
    yield _then(so_far[-1], lambda p: p.sign(A), lambda p: p.win_appeal())
    last_call = Play(without(**no_reissue)).to_eligibility(A, B)
    yield _then(last_call, kept_out, lambda p: p.score({A: 0.1}), lambda p: p.win_appeal())
    for appeal in (True, False):
        rules = {"contracting": {"reissues": 0, "eligibility_appeal": appeal}}
        last_call = _then(Play(without(**rules)).to_eligibility(A), lambda p: p.verify(A, eligible=False))
        yield _then(last_call, lambda p: p.win_appeal()) if appeal else last_call
    for step in ("listed", "unmatched"):
        yield _then(
            at(step),
            lambda p: p.do(p.post_act(Mode.DIRECTED, invited=(A,)), p.owner),
            lambda p: p.do(ReviewInvitation(approved=False, reasons="并非唯一来源"), p.lead),
        )
        yield _then(at(step), lambda p: p.do(p.post_act(Mode.DIRECTED, invited=(A,)), p.owner), passing("bidding"))
    for complain in (False, True):
        for upheld in (False, True):
            yield _then(
                at("ranking_notice"),
                objecting(NoticeAbout.RANKING, upheld=upheld, complain=complain),
            )
    yield _then(at("ranking_notice"), lambda p: complain_late(p, NoticeAbout.RANKING))


def contracting() -> Iterator[Play]:
    yield _then(race(track=Track.FAST), lambda p: p.sign(A), lambda p: p.sign(B))
    for lose in WAYS_TO_LOSE_A_CONTRACT:
        # from offered and from signing; the next is asked
        yield _then(alone("contract/offered"), doing(lose, A))
        yield _then(alone("contract/signing"), doing(lose, A))
        none_left = Play(without(contracting={"reissues": 0})).to_contracting(A)
        yield _then(none_left, doing(lose, A))
        # A has signed and gone on while B and C still had to
        for track, meanwhile in (
            (Track.SANDBOX, lambda p: None),
            (Track.FAST, lambda p: None),
            (Track.FAST, lambda p: p.accept(A)),
            (Track.SANDBOX, lambda p: p.refuse_trial(A)),
            (Track.SANDBOX, in_order(lambda p: p.start(A), doing(terminate_trial, A))),
        ):
            yield _then(
                race(track=track), lambda p: p.sign(A), meanwhile,
                doing(lose, B), doing(lose, C),
            )  # fmt: skip
    agreed = _then(race(), lambda p: p.sign(A), lambda p: p.do(Withdraw(reasons="取消"), p.owner))
    for bidder in (A, B):
        agreed.do(AnswerWithdrawal(agreed=True, reasons="同意"), agreed.bidder(bidder))
    yield agreed
    drawn_up = _then(race(), lambda p: p.sign(A), lambda p: p.do(ProposeContract(bidder=B, terms=p.terms()), p.owner))
    drawn_up.do(Withdraw(reasons="取消"), drawn_up.owner)
    for bidder in (A, B):
        drawn_up.do(AnswerWithdrawal(agreed=True, reasons="同意"), drawn_up.bidder(bidder))
    yield drawn_up
    claimed = _then(race(), lambda p: p.sign(A), claim, lambda p: p.do(Withdraw(reasons="取消"), p.owner))
    for bidder in (A, B):
        claimed.do(AnswerWithdrawal(agreed=True, reasons="同意"), claimed.bidder(bidder))
    yield _then(claimed, answer_claim(approved=False))
    owing = _then(claimed, answer_claim(approved=True), pay)
    said = RecordRefund(bidder=A, amount_yuan=1_000, proof=document("退款凭证"))
    owing.do(said, owing.bidder(A))
    owing.do(receipt(A, 0), owing.office(Role.PAYER))
    yield _then(owing, lambda p: p.refund(A))
    yield _then(owing, keep_it_all)
    yield _then(at("candidate"), claim, answer_claim(approved=True), terminate, make_final, pay)
    for step in ("contract/offered", "contract/signing", "trial/planning"):
        for end in (make_final, lose_appeal):
            yield _then(alone(step), terminate, end)


def trials() -> Iterator[Play]:
    for ground in ("safety", "force_majeure", "breach"):
        ended = TerminateTrial.model_validate({"bidder": A, "ground": ground, "reasons": "终止"})
        over = _then(alone("trial/running"), act(ended, "regulator"))
        yield _then(over, lambda p: p.win_appeal(), *(() if ground == "breach" else (take_down,)))
        yield _then(over, take_down, lambda p: p.win_appeal())
        yield _then(over, take_down, make_final)
    heard = Play(with_rules(city("yancheng"), "trial", consult=True)).to_trial(A)
    plan = SubmitTrialPlan(bidder=A, plan=heard.plan())
    yield _then(heard, act(plan, "bidder"), lambda p: passing(f"trial_opinion/{A}/{p.state.cooperating[0]}")(p))
    yield _then(alone("trial/submitted"), act(ReturnTrialPlan(bidder=A, reasons="补充"), "regulator"))
    yield _then(alone("trial/admitted"), act(ReturnTrialPlan(bidder=A, reasons="补充"), "regulator"))
    yield _then(alone("trial/planning"), lambda p: p.refuse_trial(A), lambda p: p.win_appeal())
    yield _then(alone("trial/running"), doing(end_unfit, A), lambda p: p.win_appeal())
    for step in ("planning", "submitted", "admitted"):
        yield _then(alone(f"trial/{step}"), doing(leave, A))
    for step in STARTED:
        yield _then(alone(f"trial/{step}"), doing(leave, A), take_down)
    yield _then(alone("trial/running"), act(Suspend(reasons="核查"), "lead"))
    yield _then(alone("trial/running"), terminate, make_final, take_down)
    for step in ("planning", "submitted", "admitted", "running", "suspended", "exit", "rolling_back"):
        for end in (make_final, lose_appeal):
            yield _then(alone(f"trial/{step}"), terminate, end)
    for step in ("admitted", "running", "suspended", "exit"):
        yield _then(alone(f"trial/{step}"), doing(terminate_trial, A))
    yield _then(alone("trial/running"), reach_its_goals, lambda p: p.report_exit(A))
    # stopped
    incident = ReportIncident(bidder=A, incident="I-1", text="碰撞")
    analysis = AnalyseIncident(
        bidder=A, incident="I-1", analysis=document("分析"), order="更换", with_officer="regulator-3"
    )
    ordered = _then(alone("trial/running"), act(incident, "bidder"), act(analysis, "regulator"))
    yield _then(alone("trial/running"), act(incident.model_copy(update={"casualty": True}), "bidder"))
    yield _then(ordered, passing(f"correction_order/{A}/I-1"))
    verification = VerifyIncident(bidder=A, incident="I-1", verified=False, finding="未改")
    yield _then(ordered, act(verification, "second_regulator"))
    yield _then(
        alone("trial/suspended"),
        act(ReportFix(bidder=A, proof=document("证明")), "bidder"),
        act(ProposeResumption(bidder=A, reasons="已改"), "regulator"),
        act(ApproveResumption(bidder=A), "second_regulator"),
    )
    yield _then(alone("trial/planning"), insured_to_its_end, passing(f"insurance/{A}"))
    yield _then(alone("trial/running"), lambda p: p.read(A, "79.9"))
    runs_on = Play(with_limit(city("yancheng"), "trial", when_suspended=Suspends.RUNS)).to_running(A)
    yield _then(runs_on, act(SuspendTrial(bidder=A, reasons="故障"), "regulator"), passing(f"trial/{A}"))
    # the last of two trials ends, one way or another, when the other bidder stands somewhere
    for last in (start_and_end_unfit, refuse, start_and_terminate, leave):
        for other in (
            in_order(lambda p: p.start(A), lambda p: p.end_trial(A)),
            in_order(lambda p: p.start(A), lambda p: p.end_trial(A), lambda p: p.accept(A)),
            lambda p: p.refuse_trial(A),
            doing(start_and_terminate, A),
        ):
            yield _then(race("trial"), other, doing(last, B))
    # a scene that was terminated comes back, and its last rollback was proven meanwhile
    for other in (
        in_order(lambda p: p.start(A), lambda p: p.end_trial(A)),
        in_order(lambda p: p.start(A), lambda p: p.end_trial(A), lambda p: p.accept(A)),
        lambda p: p.refuse_trial(A),
        doing(leave, A),
    ):
        play = _then(race("trial"), other, lambda p: p.start(B))
        play.do(TerminateTrial(bidder=B, ground="safety", reasons="事故"), play.regulator)
        for meanwhile in ((), (make_final,)):
            yield _then(play, *meanwhile, terminate, doing(take_down_of, B), lambda p: p.win_appeal())


def report_of(play: Play, bidder: str) -> None:
    play.do(ReportIncident(bidder=bidder, incident="I-1", text="碰撞"), play.bidder(bidder))


def close_incident(play: Play, bidder: str, **found: str) -> None:
    analysis = AnalyseIncident(bidder=bidder, incident="I-1", analysis=document("分析"))
    play.do(analysis, play.regulator)
    content = {"bidder": bidder, "incident": "I-1", "cause": "误判", "remedy": "升级", "lessons": "复测"}
    play.do(CloseIncident.model_validate({**content, **(found or {"no_red_line": "未触碰"})}), play.regulator)


def close_as_red_line(play: Play, bidder: str) -> None:
    close_incident(play, bidder, red_line="public_safety")


def incidents() -> Iterator[Play]:
    """The scene is over, and waits for an incident that is still open."""
    yield _then(alone("trial/running"), doing(report_of, A), doing(terminate_trial, A), doing(close_incident, A))
    yield _then(
        alone("trial/running"), doing(report_of, A), doing(terminate_trial, A), make_final, doing(close_incident, A)
    )
    found = AnalyseIncident(bidder=A, incident="I-1", analysis=document("分析"), casualty=True)
    yield _then(alone("trial/running"), doing(report_of, A), act(found, "regulator"))
    agreed = _then(race(), lambda p: p.sign(A), doing(report_of, A), act(Withdraw(reasons="取消"), "owner"))
    for bidder in (A, B):
        agreed.do(AnswerWithdrawal(agreed=True, reasons="同意"), agreed.bidder(bidder))
    yield agreed
    # whoever had the incident has left, and the call is not issued again
    left = _then(race(), lambda p: p.sign(A), doing(leave, A), doing(decline, B), doing(decline, C))
    yield _then(left, doing(report_of, A), passing("reissue"))
    yield _then(
        left,
        overriding("accepted"),
        doing(report_of, A),
        lambda p: p.register(),
        sending_back("accepted"),
        passing("resubmission"),
    )


def end_racer(play: Play, bidder: str) -> None:
    """Midway in a race of A and B."""
    end = play.deadline(f"trial/{bidder}")
    play.until(play.morning_of(play.today + (end.due_on - play.today) * 2 / 3))
    findings = tuple(RacerFinding(bidder=each, finding="进展") for each in (A, B))
    play.do(CompareRacers(basis="以指标完成率比较", findings=findings, reasons="进展落后", ends=bidder), play.lead)


def races() -> Iterator[Play]:
    """One of two racers is ended midway, and wins its appeal before or after its rollback is proven."""
    running = _then(race("trial"), lambda p: p.start(A, months=9), lambda p: p.start(B, months=9))
    suspended = _then(running, act(SuspendTrial(bidder=B, reasons="故障"), "regulator"))
    extended = _then(
        running,
        lambda p: p.do(RequestExtension(deadline=f"inclusion/{B}", reasons="继续"), p.bidder(B)),
        lambda p: p.do(DecideExtension(deadline=f"inclusion/{B}", granted=True, reasons="同意"), p.group),
    )
    for play in (running, suspended, extended):
        yield _then(play, doing(end_racer, B), lambda p: p.win_appeal())
    prove = ProveRollback(bidder=B, proof=document("恢复证明"))
    yield _then(running, doing(end_racer, B), lambda p: p.do(prove, p.bidder(B)), lambda p: p.win_appeal())


def reopened_trials() -> Iterator[Play]:
    """The leading group has the regulator decide anew."""
    admitted = _then(alone("trial/planning"), lambda p: p.admit(A))
    for play, to in (
        (admitted, "submitted"),
        (_then(alone("trial/planning"), lambda p: p.refuse_trial(A)), "submitted"),
        (_then(alone("trial/running"), doing(end_unfit, A)), "exit"),
    ):
        yield _then(play, act(Override(to=to, bidder=A, reasons="重新审定"), "group"))


def inclusion_periods() -> Iterator[Play]:
    for step in ("active", "extended"):
        play = alone(f"inclusion/{step}")
        cut = act(EndInclusionEarly(bidder=A, reasons="无必要"), "regulator")
        yield _then(play, cut, lambda p: p.win_appeal())
        for script in (
            cut,
            lambda p: fault(p, "accident", "public_safety"),
            doing(terminate_trial, A),
            doing(leave, A),
            lambda p: p.end_trial(A),
        ):
            yield _then(play, script)
        yield _then(play, order, act(VerifyCorrection(bidder=A, corrected=False, finding="未改"), "second_regulator"))
        unmended = act(VerifyCorrection(bidder=A, corrected=False, finding="未改"), "second_regulator")
        yield _then(play, order, passing(f"correction_order/{A}/#4"), unmended)
        yield _then(play, lambda p: fault(p, "accident", "public_safety"), lambda p: p.win_appeal())
        unwanted = _then(
            play, order, act(EndInclusionEarly(bidder=A, reasons="请求", at_bidders_request=True), "regulator")
        )
        unwanted.serve_notices()
        yield _then(unwanted, passing(f"correction_order/{A}/#4"))
        yield _then(unwanted, unmended, lambda p: p.win_appeal())
        for end in (make_final, lose_appeal):
            yield _then(play, terminate, end)
        two_months = with_limit(city("yancheng"), "inclusion", period=Period(length=2, unit=Unit.MONTHS))
        short = Play(two_months).to_running(A)
        if step == "extended":
            short.do(RequestExtension(deadline=f"inclusion/{A}", reasons="继续"), short.bidder(A))
            short.do(DecideExtension(deadline=f"inclusion/{A}", granted=True, reasons="同意"), short.group)
            rule = two_months.limits.inclusion.extension
            assert rule is not None
        yield _then(short, passing(f"inclusion/{A}"))
    left = Play(with_limit(city("yancheng"), "inclusion", period=Period(length=2, unit=Unit.MONTHS))).to_running(A)
    left.until(left.deadline(f"inclusion/{A}").due_at - timedelta(days=2))
    order(left)
    left.serve_notices()
    left.pass_limit(f"inclusion/{A}")
    unmended = act(VerifyCorrection(bidder=A, corrected=False, finding="未改"), "second_regulator")
    yield _then(left, unmended)
    yield _then(left, unmended, lambda p: p.win_appeal())
    # the scene waits for nothing but an order
    waits = _then(left, doing(leave, A), take_down)
    yield _then(waits, act(VerifyCorrection(bidder=A, corrected=True, finding="已改"), "second_regulator"))
    yield _then(left, passing(f"correction_order/{A}/#4"))
    yield from ordinary_supervision(unmended)
    # a red line that is found when the period is over
    cut_short = _then(alone("trial/running"), act(EndInclusionEarly(bidder=A, reasons="无必要"), "regulator"))
    for over in (left, cut_short):
        yield _then(over, lambda p: fault(p, "accident", "public_safety"))
        yield _then(over, doing(report_of, A), doing(close_as_red_line, A))
    for early in (False, True):
        play = alone("trial/running")
        if early:
            play.do(EndInclusionEarly(bidder=A, reasons="无必要"), play.regulator)
        yield _then(play, lambda p: p.end_trial(A), lambda p: p.retrial(A), lambda p: p.start(A))


def ordinary_supervision(unmended: Script) -> Iterator[Play]:
    """Faults of a trial that has no inclusion period are ordered to be corrected at once."""
    bare = _then(alone("trial/planning"), lambda p: p.start(A, inclusion=False))
    ordered = _then(bare, lambda p: fault(p, "late_log", None))
    ordered.serve_notices()
    reported = _then(ordered, act(ReportCorrection(bidder=A, proof=document("整改证明")), "bidder"))
    yield _then(reported, unmended, lambda p: p.win_appeal())
    yield _then(bare, lambda p: fault(p, "accident", "public_safety"))
    yield _then(ordered, doing(report_of, A), doing(close_as_red_line, A))
    yield from two_orders(bare)
    mended = act(VerifyCorrection(bidder=A, corrected=True, finding="已改"), "second_regulator")
    yield _then(reported, mended, lambda p: p.end_trial(A), lambda p: p.retrial(A), lambda p: p.start(A))


def two_orders(bare: Play) -> Iterator[Play]:
    """Each goes its own way: the second is reported, or annulled, and the first is carried out, or runs out."""
    both = _then(bare, lambda p: fault(p, "late_log", None), lambda p: fault(p, "wrong_label", None))
    report = act(ReportCorrection(bidder=A, proof=document("整改证明"), fault=2), "bidder")
    verify = VerifyCorrection(bidder=A, corrected=True, finding="已改", fault=2)
    unmended = act(VerifyCorrection(bidder=A, corrected=False, finding="未改", fault=1), "second_regulator")
    yield _then(both, report, passing(f"correction_order/{A}/#1"), act(verify, "second_regulator"), unmended)
    yield _then(both, lambda p: p.win_appeal(), passing(f"correction_order/{A}/#1"), unmended)
    yield _then(both, report, unmended, lambda p: p.win_appeal())


def acceptances() -> Iterator[Play]:
    yield _then(
        alone("acceptance/rectifying"), act(SubmitRectification(bidder=A, documents=(document("报告"),)), "bidder")
    )
    yield _then(alone("acceptance/rectifying"), passing(f"rectification/{A}"))
    yield _then(alone("acceptance/failed"), lambda p: p.win_appeal())
    yield _then(alone("acceptance/failed"), doing(refund, A), lambda p: p.win_appeal())
    yield _then(alone("acceptance/failed"), make_final, refuse_tolerance, lambda p: p.win_appeal())
    no_notice = Play(without("acceptance_notice")).to_acceptance(A)
    yield _then(
        no_notice,
        lambda p: p.apply(A),
        lambda p: p.experts_recommend(PanelPurpose.ACCEPTANCE, A),
        lambda p: p.conclude(A),
    )
    for complain in (False, True):
        for upheld in (False, True):
            yield _then(
                alone("acceptance/noticed"),
                objecting(NoticeAbout.ACCEPTANCE, upheld=upheld, complain=complain, bidder=A),
            )
    for step in ("applying", "reviewing", "concluded", "noticed", "rectifying", "retrial"):
        yield _then(alone(f"acceptance/{step}"), doing(leave, A))
        for end in (make_final, lose_appeal):
            yield _then(alone(f"acceptance/{step}"), terminate, end)
    # a second trial and what becomes of it
    again = alone("acceptance/retrial")
    yield _then(again, lambda p: p.start(A), lambda p: p.end_trial(A))
    yield _then(again, lambda p: p.start(A), doing(terminate_trial, A))
    yield _then(again, lambda p: p.refuse_trial(A))
    revived = _then(again, lambda p: p.start(A), doing(end_unfit, A), lambda p: p.win_appeal())
    yield _then(revived, lambda p: p.conclude_exit(A))
    # the last of two acceptances ends, one way or another, when the other bidder stands somewhere
    for track in (Track.SANDBOX, Track.FAST):
        both = race("trial", track)
        if track is Track.SANDBOX:
            for bidder in (A, B):
                both.start(bidder)
            for bidder in (A, B):
                both.end_trial(bidder)
        limit = "acceptance_application" if track is Track.SANDBOX else "delivery"
        for other in (
            lambda p: p.accept(A),
            in_order(doing(fail, A), doing(refund, A)),
            in_order(doing(fail, A), doing(refund, A), make_final),
        ):
            yield _then(both, other, doing(leave, B))
            yield _then(both, other, passing(f"{limit}/{B}"))
            yield _then(both, doing(fail, B), other, doing(refund, B))
            yield _then(both, doing(fail, B), make_final, other, doing(refund, B))
            paid = _then(both, lambda p: p.pay(B, 1_000))
            yield _then(paid, doing(fail, B), other, doing(refund, B))
            yield _then(paid, doing(fail, B), make_final, other, doing(refund, B))
    # an upheld appeal brings a scene in acceptance back to the trial
    back = _then(race("trial"), lambda p: p.refuse_trial(B), lambda p: p.start(A), lambda p: p.end_trial(A))
    yield _then(back, lambda p: p.win_appeal())


def keep_it_all(play: Play) -> None:
    """Found diligent: nothing is paid back, and nobody has to receive it."""
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    play.do(play.tolerance_act(A), play.group)
    play.do(RecordRefund(bidder=A, amount_yuan=0, proof=document("情况说明")), play.bidder(A))


def refuse_tolerance(play: Play) -> None:
    play.do(AskFaultTolerance(bidder=A, grounds="已尽职"), play.bidder(A))
    (role,) = play.policy.permissions["decide_fault_tolerance"]
    play.do(play.tolerance_act(A, tolerated=False), play.person(role, play.holder(role).unit, "finder"))


def promotion() -> Iterator[Play]:
    decision = at("benchmark_decision")
    yield _then(decision, lambda p: p.do(ConfirmBenchmark(confirmed=False, reasons="暂缓"), p.group))
    no_notice = _then(decision, lambda p: adopt_without(p, "benchmark_notice"))
    yield _then(no_notice, lambda p: p.do(ConfirmBenchmark(confirmed=True, reasons="同意"), p.group))
    for complain in (False, True):
        for upheld in (False, True):
            yield _then(
                at("benchmark_notice"),
                objecting(NoticeAbout.BENCHMARK, upheld=upheld, complain=complain),
            )
    yield _then(at("benchmark"), lambda p: p.do(ReviewBenchmark(keep=False, finding="失效"), p.evaluators))
    for way in range(4):
        for lose in (ReviewBenchmark(keep=False, finding="失效"), WithdrawBenchmark(reasons="失信")):
            raised = _then(benchmark_of_an_enterprise(), *RAISING[: way + 1])
            raised.do(lose, raised.group if lose.verb == "withdraw_benchmark" else raised.evaluators)
            yield raised
    yield _then(at("benchmark"), lambda p: p.do(WithdrawBenchmark(reasons="失信"), p.group))
    yield _then(at("benchmark"), lambda p: p.do(WithdrawBenchmark(reasons="失信"), p.group), lambda p: p.win_appeal())
    # one bidder succeeded, the other may still appeal
    unserved = _then(
        race("trial"),
        lambda p: p.refuse_trial(B),
        lambda p: p.start(A),
        lambda p: p.end_trial(A),
        lambda p: p.accept(A),
    )
    for play in (at("candidate"), unserved):
        yield _then(play, lambda p: p.do(CloseScene(reasons="办结"), p.lead))
        yield _then(play, lambda p: p.to_benchmark(), lambda p: p.do(CloseScene(reasons="办结"), p.lead))


def upheld_complaints() -> Iterator[Play]:
    """A complaint that is upheld when the contract is signed, or a title stands, and what the leading group says."""
    ranked = _then(at("ranking_notice"), lambda p: object_in_time(p, NoticeAbout.RANKING), passing("public_notice"))
    ranked = _then(ranked, lambda p: p.award(A), lambda p: p.sign(A), uphold)
    yield _then(ranked, concluding("stands"))
    yield _then(ranked, concluding("done_again", follows="重新评分"))
    yield _then(ranked, lambda p: p.do(_end_for(p), another_of_the_group(p)))
    titled = _then(at("benchmark_notice"), lambda p: object_in_time(p, NoticeAbout.BENCHMARK), passing("public_notice"))
    titled = _then(titled, uphold)
    yield _then(titled, concluding("stands"), lambda p: p.do(CloseScene(reasons="办结"), p.lead))
    withdrawn = WithdrawBenchmark(reasons="失实", objection=titled.state.objections[-1].id)
    yield _then(titled, lambda p: p.do(withdrawn, another_of_the_group(p)))


def object_in_time(play: Play, about: NoticeAbout) -> None:
    """Somebody objects while the notice stands, and is answered."""
    objection = RaiseObjection(about=about, real_name=True, text="有误", document=document("异议书"))
    play.do(objection, play.person(Role.PUBLIC, "市民", "citizen-1"))
    id = play.state.objections[-1].id
    play.do(AnswerObjection(objection=id, upheld=False, text="不成立"), play.platform)


def uphold(play: Play) -> None:
    """The answer is taken to the supervisor when others rely on the result already, and the complaint is upheld."""
    id = play.state.objections[-1].id
    play.do(FileComplaint(objection=id, text="不服"), play.person(Role.PUBLIC, "市民", "citizen-1"))
    play.do(DecideComplaint(objection=id, upheld=True, text="裁决"), play.supervisor)


def concluding(outcome: Literal["stands", "done_again"], follows: str | None = None) -> Script:
    def conclude(play: Play) -> None:
        act = ConcludeComplaint(
            objection=play.state.objections[-1].id, outcome=ComplaintOutcome(outcome), reasons="审定", follows=follows
        )
        play.do(act, another_of_the_group(play))

    return conclude


def another_of_the_group(play: Play) -> Actor:
    """Of the leading group, who took no part so far."""
    return play.office(Role.LEADING_GROUP, "another")


def _end_for(play: Play) -> Terminate:
    return Terminate(ground="complaint", reasons="排名有误", objection=play.state.objections[-1].id)


def taken_over() -> Iterator[Play]:
    for row in ROWS:
        if row.machine is SCENE and row.by == "take_over":
            late = row.target in ("contracting", "trial", "acceptance", "candidate", "benchmark")
            yield Play(city("yancheng")).taken_over(row.target, *((A,) if late else ()))
    began = timedelta(days=60)
    for step in ("trial", "acceptance"):
        play = Play(city("yancheng"))
        declared = play.declared(A, plan=play.plan(), trial_started_on=play.today - began, phase="test")
        play.do(play.take_over_act(step, declared), play.office(Role.PLATFORM_OFFICE, "clerk"))
        yield play.confirm_take_over()


CHAPTERS: tuple[Callable[[], Iterator[Play]], ...] = (
    ends_of_any_step, solicitation_and_review, matching, contracting, trials, races, reopened_trials, incidents,
    inclusion_periods, acceptances, promotion, upheld_complaints, taken_over,
)  # fmt: skip
