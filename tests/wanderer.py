"""Anything may happen to a scene: acts chosen at random among those that somebody could try, and time that goes by.

A wanderer never minds a refusal. What must hold after whatever it did is checked by every `Play` (`tests.invariants`);
an error that is not a refusal ends the test that sent it out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from models.actor import Actor
from models.calendar import Holiday, YearNotice
from models.commands import ACTS, Act
from models.commands.acceptance import (
    ApplyForAcceptance,
    AskFaultTolerance,
    AssessValue,
    ConcludeAcceptance,
    DecideFaultTolerance,
    GiveAcceptanceOpinion,
    RecordRefund,
    SubmitRectification,
)
from models.commands.anywhere import (
    AdoptPolicy,
    AnswerWithdrawal,
    Appeal,
    ConfirmCorrection,
    DecideAppeal,
    DecideExtension,
    LoadCalendar,
    Override,
    ProposeCorrection,
    Reassign,
    RecordService,
    RequestExtension,
    Resubmit,
    Resume,
    ReturnForCorrection,
    Suspend,
    TakeOver,
    Terminate,
    Withdraw,
)
from models.commands.matching import (
    AmendChallenge,
    Award,
    DeclineAward,
    GiveUpMatching,
    PostChallenge,
    ProposeContract,
    RevealBid,
    SignContract,
    SubmitBid,
    VerifyEligibility,
    WithdrawBid,
)
from models.commands.promotion import (
    CloseScene,
    ConcludeEvaluation,
    ConfirmBenchmark,
    NominateBenchmark,
    RecommendUpward,
    RecordBenefit,
    RecordReplication,
    ReviewBenchmark,
    WithdrawBenchmark,
)
from models.commands.review import (
    AnswerObjection,
    AskConsultation,
    ConcludeFairCompetition,
    ConfirmScene,
    ConvenePanel,
    DecideComplaint,
    FileComplaint,
    GiveExpertOpinion,
    GiveOpinion,
    ListScene,
    PublishNotice,
    RaiseObjection,
    Recognise,
    Refuse,
)
from models.commands.solicitation import (
    AcceptFiling,
    AnswerSupplement,
    DeclineAdmission,
    DuplicateCheck,
    Register,
    RequestSupplement,
    Submit,
)
from models.commands.trial import (
    AdmitTrial,
    AdvancePhase,
    AnalyseIncident,
    ApproveResumption,
    ConcludeExit,
    EndInclusionEarly,
    FileExitReport,
    FileReport,
    ProposeResumption,
    ProveRollback,
    RecordFault,
    RefuseTrial,
    ReportFix,
    ReportIncident,
    ReturnTrialPlan,
    StartTrial,
    SubmitTrialPlan,
    SuspendTrial,
    TerminateTrial,
    VerifyCorrection,
    VerifyIncident,
)
from models.refusal import Refused
from models.vocabulary import (
    BenchmarkLevel,
    Credit,
    Machine,
    Mode,
    NoticeAbout,
    PanelPurpose,
    Phase,
    Position,
    Role,
)
from rules import lifecycle
from rules.decide import possible_verbs
from rules.matching import commitment
from rules.permissions import units_playing
from tests.scenario import Play, digest, document

BIDDERS = ("甲公司", "乙公司", "丙公司")
PRICE = 400_000
_PAPER = document("材料")


@dataclass
class Wanderer:
    """`refusals` collects what was refused, `walked` the verbs that were not."""

    play: Play
    chance: Random
    refusals: list[Refused] = field(default_factory=list)
    walked: list[str] = field(default_factory=list)

    def wander(self, steps: int) -> None:
        for _ in range(steps):
            if self.play.state.closed:
                return
            if self.chance.random() < 0.15:
                self.play.wait(timedelta(hours=self.chance.choice((1, 20, 50, 200, 900))))
            else:
                self.try_something()

    def try_something(self) -> None:
        """Mostly what the step is for, sometimes what is possible anywhere, now and then anything at all."""
        kind = self.chance.random()
        verbs: tuple[str, ...] = possible_verbs(self.play.state)
        if kind > 0.85:
            verbs = lifecycle.ANYWHERE
        if kind > 0.97 or not verbs:
            verbs = tuple(verb for verb in ACTS if verb in ANYTHING)
        calm = [verb for verb in verbs if verb not in _DRASTIC or self.chance.random() < 0.1]
        verb = self.chance.choice(calm or verbs)
        if verb not in ANYTHING:
            return
        act = ANYTHING[verb](self)
        try:
            self.play.do(act, self.somebody(act))
            self.walked.append(verb)
        except Refused as refused:
            self.refusals.append(refused)

    def somebody(self, act: Act) -> Actor:
        """Who may do this: a role that may, and a unit that plays it, one of two persons."""
        play = self.play
        roles = play.policy.permissions.get(act.verb) or (Role.PUBLIC,)
        role = self.chance.choice(roles)
        if role is Role.EXPERT:
            return play.expert(self.chance.choice((1, 2, 3, 4, 5, 51, 52, 53, 54, 55)))
        units = units_playing(play.policy, play.state, role, act)
        unit = self.chance.choice(units) if units else "路人"
        return play.person(role, unit, self.chance.choice((f"{role.value}-1", f"{role.value}-2")))

    # content

    def bidder(self) -> str:
        return self.chance.choice(BIDDERS)

    def yes(self) -> bool:
        return self.chance.random() < 0.7

    def one_of(self, known: list[str], otherwise: str = "none") -> str:
        return self.chance.choice(known) if known else otherwise

    def about(self) -> tuple[NoticeAbout, str | None]:
        """What a notice is due or open about."""
        scene = {
            "recognised": NoticeAbout.RECOGNITION, "recognition_notice": NoticeAbout.RECOGNITION,
            "ranked": NoticeAbout.RANKING, "ranking_notice": NoticeAbout.RANKING,
            "benchmark_confirmed": NoticeAbout.BENCHMARK, "benchmark_notice": NoticeAbout.BENCHMARK,
        }  # fmt: skip
        if self.play.state.step in scene:
            return scene[self.play.state.step], None
        return NoticeAbout.ACCEPTANCE, self.bidder()

    def publish(self) -> PublishNotice:
        about, bidder = self.about()
        return PublishNotice(about=about, document=_PAPER, bidder=bidder)

    def object(self) -> RaiseObjection:
        about, bidder = self.about()
        return RaiseObjection(about=about, real_name=True, text="异议", document=_PAPER, bidder=bidder)

    def objection(self) -> str:
        return self.one_of([each.id for each in self.play.state.objections])

    def decision(self) -> int:
        return self.chance.choice([each.sequence for each in self.play.state.decisions] or [1])

    def clock(self) -> str:
        return self.one_of([each.id for each in self.play.state.deadlines])

    def incident(self) -> str:
        return self.one_of([each.id for each in self.play.state.incidents])

    def convene(self) -> ConvenePanel:
        purposes = {"expert_review": PanelPurpose.RECOGNITION, "scoring": PanelPurpose.SCORING}
        purpose = purposes.get(self.play.state.step, PanelPurpose.ACCEPTANCE)
        bidder = self.bidder() if purpose is PanelPurpose.ACCEPTANCE else None
        return ConvenePanel(purpose=purpose, members=self.play.members(purpose=purpose), bidder=bidder)

    def expert_opinion(self) -> GiveExpertOpinion:
        if self.play.state.step == "expert_review":
            return GiveExpertOpinion(purpose=PanelPurpose.RECOGNITION, recommend=self.yes(), text="意见")
        return GiveExpertOpinion(
            purpose=PanelPurpose.ACCEPTANCE, recommend=self.yes(), text="意见", bidder=self.bidder()
        )

    def reassign(self) -> Reassign:
        state = self.play.state
        part, units = self.chance.choice(
            (("lead", (state.lead,)), ("regulator", (state.regulator,)), ("cooperating", state.cooperating))
        )
        from_unit = self.one_of([unit for unit in units if unit], "无")
        to_unit = self.chance.choice(sorted(self.play.policy.unit_names))
        return Reassign.model_validate({"part": part, "from_unit": from_unit, "to_unit": to_unit, "reasons": "调整"})

    def post(self) -> PostChallenge:
        mode = self.chance.choice(tuple(self.play.policy.modes))
        return PostChallenge(
            mode=mode, legal_basis="依据", budget_yuan=self.play.budget_yuan, criteria="标准",
            closes_on=self.play.today + timedelta(days=45), invited=BIDDERS, justification="理由",
        )  # fmt: skip

    def award(self) -> Award:
        passed = [line.bidder for line in self.play.state.ranking if line.passed] or list(BIDDERS)
        winners = 2 if self.play.state.challenge and self.play.state.challenge.mode is Mode.HORSE_RACE else 1
        return Award(bidders=tuple(passed[:winners]), reasons="按名次")

    def correction(self) -> ProposeCorrection:
        consultation = self.play.state.consultation
        known = [each.sequence for each in consultation.opinions] if consultation else []
        return ProposeCorrection(
            correction=f"correction-{self.play.commands}", sequence=self.chance.choice(known or [1]), reasons="笔误",
            right_text="更正", position=self.chance.choice(tuple(Position)),
        )  # fmt: skip

    def notice(self) -> LoadCalendar:
        """Next year's or the year after's, with a holiday that falls now here, now there."""
        year = self.play.today.year + self.chance.choice((1, 2))
        first = date(year, 1, self.chance.randint(1, 20))
        days = tuple(first + timedelta(days=n) for n in range(self.chance.randint(1, 8)))
        return LoadCalendar(notice=YearNotice(year=year, source="通知", holidays=(Holiday(name="元旦", days=days),)))

    def phase(self) -> Phase:
        return self.chance.choice(tuple(Phase))

    def conclusion(self) -> ConcludeAcceptance:
        verdict = self.chance.choice(("passed", "passed", "conditional", "retrial", "failed"))
        return ConcludeAcceptance.model_validate(
            {"bidder": self.bidder(), "verdict": verdict, "conditions": ("补测",), "site_visit": True, "reasons": "结论",
             "document": _PAPER}
        )  # fmt: skip


_DRASTIC = (
    "withdraw", "terminate", "refuse", "decline_admission", "override", "return_for_correction", "suspend",
    "terminate_trial", "refuse_trial", "give_up_matching", "close_scene", "withdraw_bid", "decline_award",
    "withdraw_benchmark", "suspend_trial", "reassign",
)  # fmt: skip
"""Tried more rarely, so that a scene also comes far."""

ANYTHING: dict[str, Callable[[Wanderer], Act]] = {
    "submit": lambda one: Submit(application=one.play.application()),
    "accept_filing": lambda _: AcceptFiling(),
    "request_supplement": lambda _: RequestSupplement(items=("补材料",)),
    "answer_supplement": lambda _: AnswerSupplement(documents=(_PAPER,)),
    "register": lambda one: Register(
        duplicate_check=DuplicateCheck(finding="查重", duplicate=one.chance.random() < 0.1)
    ),
    "decline_admission": lambda _: DeclineAdmission(reasons="理由"),
    "ask_consultation": lambda _: AskConsultation(question="是否同意"),
    "give_opinion": lambda one: GiveOpinion(
        position=Position.AGREE if one.yes() else Position.OBJECT, text="意见"
    ),
    "conclude_fair_competition": lambda one: ConcludeFairCompetition(passed=one.yes(), conclusion="结论"),
    "convene_panel": Wanderer.convene,
    "give_expert_opinion": Wanderer.expert_opinion,
    "recognise": lambda _: Recognise(value="价值"),
    "refuse": lambda _: Refuse(reasons="理由"),
    "confirm_scene": lambda one: ConfirmScene(confirmed=one.yes(), reasons="理由"),
    "publish_notice": Wanderer.publish,
    "raise_objection": Wanderer.object,
    "answer_objection": lambda one: AnswerObjection(objection=one.objection(), upheld=not one.yes(), text="答复"),
    "file_complaint": lambda one: FileComplaint(objection=one.objection(), text="投诉"),
    "decide_complaint": lambda one: DecideComplaint(objection=one.objection(), upheld=not one.yes(), text="决定"),
    "list_scene": lambda _: ListScene(list="demand", batch="2026-1"),
    "post_challenge": Wanderer.post,
    "amend_challenge": lambda _: AmendChallenge(changes="修改"),
    "submit_bid": lambda one: SubmitBid(bidder=(who := one.bidder()), commitment=commitment("n", digest(who), PRICE)),
    "withdraw_bid": lambda one: WithdrawBid(bidder=one.bidder(), reasons="理由"),
    "reveal_bid": lambda one: RevealBid(
        bidder=(who := one.bidder()), nonce="n", proposal=document(who), price_yuan=PRICE
    ),
    "verify_eligibility": lambda one: VerifyEligibility(
        bidder=one.bidder(), eligible=one.yes(), credit=one.chance.choice(tuple(Credit)), commitment_signed=True,
        reasons="核查",
    ),
    "score_bid": lambda one: one.play.score_act(one.bidder(), one.chance.choice((0.6, 0.8, 0.9))),
    "award": Wanderer.award,
    "decline_award": lambda one: DeclineAward(bidder=one.bidder(), reasons="理由"),
    "propose_contract": lambda one: ProposeContract(bidder=one.bidder(), terms=one.play.terms()),
    "sign_contract": lambda one: SignContract(bidder=one.bidder(), terms_sha256=digest("任务书")),
    "give_up_matching": lambda _: GiveUpMatching(reasons="理由"),
    "submit_trial_plan": lambda one: SubmitTrialPlan(bidder=one.bidder(), plan=one.play.plan()),
    "admit_trial": lambda one: AdmitTrial(bidder=one.bidder(), reasons="理由"),
    "return_trial_plan": lambda one: ReturnTrialPlan(bidder=one.bidder(), reasons="理由"),
    "refuse_trial": lambda one: RefuseTrial(bidder=one.bidder(), reasons="理由"),
    "start_trial": lambda one: StartTrial(bidder=one.bidder(), notice=_PAPER, inclusion=one.yes()),
    "advance_phase": lambda one: AdvancePhase(bidder=one.bidder(), phase=one.phase(), reasons="理由"),
    "file_report": lambda one: FileReport(bidder=one.bidder(), kind="regular", document=_PAPER),
    "suspend_trial": lambda one: SuspendTrial(bidder=one.bidder(), reasons="理由"),
    "report_fix": lambda one: ReportFix(bidder=one.bidder(), proof=_PAPER),
    "propose_resumption": lambda one: ProposeResumption(bidder=one.bidder(), reasons="理由"),
    "approve_resumption": lambda one: ApproveResumption(bidder=one.bidder()),
    "terminate_trial": lambda one: TerminateTrial(bidder=one.bidder(), ground="safety", reasons="理由"),
    "prove_rollback": lambda one: ProveRollback(bidder=one.bidder(), proof=_PAPER),
    "file_exit_report": lambda one: FileExitReport(bidder=one.bidder(), document=_PAPER),
    "conclude_exit": lambda one: ConcludeExit(bidder=one.bidder(), fit_for_acceptance=one.yes(), reasons="理由"),
    "record_fault": lambda one: RecordFault(
        bidder=one.bidder(), kind="late", red_line=None if one.yes() else one.play.policy.inclusion.red_lines[0],
        plan_clause="第一条", finding="情况", evidence=_PAPER,
    ),
    "verify_correction": lambda one: VerifyCorrection(bidder=one.bidder(), corrected=one.yes(), finding="情况"),
    "end_inclusion_early": lambda one: EndInclusionEarly(bidder=one.bidder(), reasons="理由"),
    "report_incident": lambda one: ReportIncident(
        bidder=one.bidder(), incident=f"incident-{one.play.commands}", casualty=not one.yes(), text="情况"
    ),
    "analyse_incident": lambda one: AnalyseIncident(
        bidder=one.bidder(), incident=one.incident(), analysis=_PAPER, order="整改" if one.yes() else None
    ),
    "verify_incident": lambda one: VerifyIncident(
        bidder=one.bidder(), incident=one.incident(), verified=one.yes(), finding="情况"
    ),
    "apply_for_acceptance": lambda one: ApplyForAcceptance(bidder=one.bidder(), documents=(_PAPER,)),
    "give_acceptance_opinion": lambda one: GiveAcceptanceOpinion(
        bidder=one.bidder(), position=Position.AGREE, text="意见"
    ),
    "conclude_acceptance": Wanderer.conclusion,
    "submit_rectification": lambda one: SubmitRectification(bidder=one.bidder(), documents=(_PAPER,)),
    "record_refund": lambda one: RecordRefund(bidder=one.bidder(), amount_yuan=1, proof=_PAPER),
    "ask_fault_tolerance": lambda one: AskFaultTolerance(bidder=one.bidder(), grounds="理由"),
    "decide_fault_tolerance": lambda one: DecideFaultTolerance(
        bidder=one.bidder(), tolerated=one.yes(), finding="情况"
    ),
    "assess_value": lambda _: AssessValue(value_yuan=1, sharing="共享"),
    "nominate_benchmark": lambda _: NominateBenchmark(level=BenchmarkLevel.CITY, grounds="理由"),
    "conclude_evaluation": lambda one: ConcludeEvaluation(recommended=one.yes(), finding="情况"),
    "confirm_benchmark": lambda one: ConfirmBenchmark(confirmed=one.yes(), reasons="理由"),
    "record_benefit": lambda one: RecordBenefit(
        kind=one.play.policy.promotion.benefits[0], beneficiary="甲公司", document=_PAPER
    ),
    "record_replication": lambda _: RecordReplication(city="别处"),
    "recommend_upward": lambda _: RecommendUpward(to="province", document=_PAPER),
    "review_benchmark": lambda one: ReviewBenchmark(keep=one.yes(), finding="情况"),
    "withdraw_benchmark": lambda _: WithdrawBenchmark(reasons="理由"),
    "close_scene": lambda _: CloseScene(reasons="理由"),
    "withdraw": lambda _: Withdraw(reasons="理由"),
    "answer_withdrawal": lambda one: AnswerWithdrawal(agreed=one.yes(), reasons="理由"),
    "terminate": lambda _: Terminate(ground="breach", reasons="理由"),
    "suspend": lambda _: Suspend(reasons="理由"),
    "resume": lambda _: Resume(reasons="理由"),
    "return_for_correction": lambda one: ReturnForCorrection.model_validate(
        {"to": one.chance.choice(lifecycle.RETURN_TO), "then": one.chance.choice(("start_over", "straight_back")),
         "reasons": "理由"}
    ),
    "resubmit": lambda _: Resubmit(note="已改"),
    "request_extension": lambda one: RequestExtension(deadline=one.clock(), reasons="理由"),
    "decide_extension": lambda one: DecideExtension(
        deadline=one.one_of([each.deadline for each in one.play.state.extension_requests]), granted=one.yes(),
        reasons="理由",
    ),
    "reassign": Wanderer.reassign,
    "record_service": lambda one: RecordService(
        decision=one.decision(), how="post", served_on=one.play.today, to="对方", proof=_PAPER
    ),
    "appeal": lambda one: Appeal(decision=one.decision(), grounds="理由"),
    "decide_appeal": lambda one: DecideAppeal(decision=one.decision(), upheld=one.yes(), reasons="理由"),
    "propose_correction": Wanderer.correction,
    "confirm_correction": lambda one: ConfirmCorrection(
        correction=one.one_of([each.id for each in one.play.state.corrections]), confirmed=one.yes()
    ),
    "adopt_policy": lambda one: AdoptPolicy(policy=one.play.policy, reasons="理由"),
    "load_calendar": Wanderer.notice,
    "take_over": lambda one: TakeOver(
        application=one.play.application(), step="accepted", since=one.play.today, history="此前线下办理"
    ),
    "override": lambda one: Override(to=one.chance.choice((*lifecycle.OVERRIDE_TO, "candidate")), reasons="理由"),
}  # fmt: skip
"""Verb: an act with content that makes some sense in the scene; for every verb but the system's own."""


def act_of(verb: str, play: Play) -> Act:
    return ANYTHING[verb](Wanderer(play, Random(0)))


def rows_walked(play: Play) -> set[tuple[Machine, str, str]]:
    """Machine, left and entered: to see how far random play reaches."""
    return {
        (event.machine, event.left, event.step)
        for entry in play.journal
        for event in entry.events
        if event.kind == "step_entered"
    }
