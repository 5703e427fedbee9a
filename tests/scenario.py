"""A scene played on the rules alone: given what was done, when somebody acts, then these events.

`Play` keeps a policy, a state, a journal and a clock. `play.owner`, `play.lead`, ... are the people of the scene; every
act is entered with the newest sequence as seen unless told otherwise. Due alarms are applied first, as the engine does.
"""

import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

import pytest

from models.actor import Actor
from models.calendar import Period, Unit, YearNotice
from models.commands import Act, Command
from models.commands.acceptance import (
    ApplyForAcceptance,
    AssessValue,
    CheckIntellectualProperty,
    ConcludeAcceptance,
    ConfirmRefund,
    DecideFaultTolerance,
    GiveAcceptanceOpinion,
    RecordRefund,
    SignAcceptanceOpinion,
    ToleranceAnswer,
)
from models.commands.anywhere import (
    Appeal,
    ConfirmTakeOver,
    DecideAppeal,
    DeclaredBidder,
    LoadCalendar,
    Override,
    RecordService,
    Resume,
    Suspend,
    TakeOver,
)
from models.commands.matching import (
    Award,
    ContractTerms,
    MemberSignature,
    Milestone,
    OpenBids,
    PostChallenge,
    ProposeContract,
    RevealBid,
    ReviewInvitation,
    Score,
    ScoreBid,
    SignContract,
    SubmitBid,
    VerifyEligibility,
)
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment
from models.commands.promotion import ConcludeEvaluation, ConfirmBenchmark, NominateBenchmark
from models.commands.review import (
    AskConsultation,
    ConcludeFairCompetition,
    ConfirmScene,
    ConvenePanel,
    Finding,
    GiveExpertOpinion,
    GiveOpinion,
    ListScene,
    PanelMember,
    PublishNotice,
    Recognise,
)
from models.commands.solicitation import Application, DuplicateCheck, Register, Submit
from models.commands.trial import (
    AdmitTrial,
    AdvancePhase,
    ConcludeExit,
    FileExitReport,
    FileReport,
    GiveTrialOpinion,
    RecordReading,
    RefuseTrial,
    StartTrial,
    SubmitTrialPlan,
    TrialPlan,
)
from models.deadline import Deadline, Holder
from models.document import Document
from models.events import AnyEvent
from models.events.anywhere import AdverseDecision
from models.journal import JournalEntry
from models.plan import Area, Bounds, Deployment, EmploymentImpact, Kpi, PersonalData, Safeguard, Users, Window
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Credit, Mode, NoticeAbout, PanelPurpose, Position, Risk, Role, Scale, Track
from rules import exit_panel, phases, trial_plan
from rules.alarms import next_alarm
from rules.bidding import commitment
from rules.deadlines import BEIJING, local_day
from rules.journal import due_alarm
from rules.keyed import find
from rules.refunds import paid_yuan
from runtime.policy_files import load_city
from tests.invariants import check_entry
from tests.steps_taken import Check, The, taken, unborn

ROOT = Path(__file__).resolve().parent.parent
ON_TIME = "kpi-1"
"""The indicator of every plan: how many deliveries come on time, in per cent."""
JOBS = EmploymentImpact(created=12, displaced=3, retrained=3, note="转岗")
MORNING = datetime(2026, 3, 2, 10, 0, tzinfo=BEIJING)
"""A plain Monday morning."""


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def document(title: str) -> Document:
    return Document(title=title, sha256=digest(title))


@cache
def city(name: str) -> Policy:
    """A city's policy as its file in policies/ has it."""
    return load_city(ROOT / "policies", name)


def with_limit(policy: Policy, name: str, **to: object) -> Policy:
    """The policy with another limit: `with_limit(policy, "bidding", when_suspended=Suspends.PAUSES)`."""
    limit = policy.limit(name).model_copy(update=to)
    return policy.model_copy(update={"limits": policy.limits.model_copy(update={name: limit})})


def receipt(bidder: str, amount: int) -> ConfirmRefund:
    """The payer's word on what came back."""
    return ConfirmRefund(bidder=bidder, amount_yuan=amount, proof=document("到账凭证"))


def naming(policy: Policy) -> Policy:
    """The policy with panels whose members are named, not drawn."""
    return _with_panels(The(policy), "drawn", to=False)


def of_narrow_pools(policy: Policy) -> Policy:
    """The policy with pools that need hold no more than the seats."""
    return _with_panels(The(policy), "pool_times", to=1)


@lru_cache(32)
def _with_panels(policy: The[Policy], rule: str, *, to: object) -> Policy:
    panels = {purpose: rules.model_copy(update={rule: to}) for purpose, rules in policy.it.panels.items()}
    return policy.it.model_copy(update={"panels": panels})


def with_rules(policy: Policy, group: str, **to: object) -> Policy:
    """The policy with other rules of one group: `with_rules(policy, "contracting", reissues=0)`."""
    return policy.model_copy(update={group: getattr(policy, group).model_copy(update=to)})


@dataclass
class Play:
    policy: Policy
    scene: str = "TEST-1"
    now: datetime = field(default_factory=lambda: MORNING)
    domain: str = ""
    scale: Scale = Scale.SMALL
    track: Track = Track.SANDBOX
    risk: Risk = Risk.MEDIUM
    budget_yuan: int = 800_000
    contract_yuan: int = 500_000
    consortium: tuple[str, ...] = ()
    owner_unit: str = "城市运营公司"
    narrow: bool = True
    state: SceneState = field(init=False)
    journal: list[JournalEntry] = field(init=False, default_factory=list)
    commands: int = 0
    check: Check = check_entry
    began: date = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.today
        self.state = unborn(self.scene)
        self.domain = self.domain or self.policy.domains[0].name

    @property
    def today(self) -> date:
        return local_day(self.now)

    # who

    def person(self, role: Role, unit: str, name: str = "") -> Actor:
        return Actor(person=name or f"{role.value}-1", unit=unit, role=role)

    def office(self, role: Role, name: str = "") -> Actor:
        return self.person(role, self.policy.office(role) or "", name)

    @property
    def platform(self) -> Actor:
        return self.office(Role.PLATFORM_OFFICE)

    @property
    def owner(self) -> Actor:
        return self.person(Role.OWNER, self.owner_unit)

    @property
    def lead(self) -> Actor:
        return self.person(Role.LEAD, self.state.lead or "")

    @property
    def regulator(self) -> Actor:
        return self.person(Role.REGULATOR, self.state.regulator or "")

    @property
    def second_regulator(self) -> Actor:
        return self.person(Role.REGULATOR, self.state.regulator or "", "regulator-2")

    def holder(self, role: Role, bidder: str = "") -> Holder:
        """Who a duty of this role is laid on."""
        units = {
            Role.BIDDER: bidder,
            Role.OWNER: self.owner_unit,
            Role.LEAD: self.state.lead,
            Role.REGULATOR: self.state.regulator,
        }
        return Holder(role=role, unit=units.get(role) or self.policy.office(role) or "")

    @property
    def group(self) -> Actor:
        return self.office(Role.LEADING_GROUP)

    @property
    def bureau(self) -> Actor:
        return self.office(Role.ST_BUREAU)

    @property
    def supervisor(self) -> Actor:
        return self.office(Role.SUPERVISOR)

    @property
    def evaluators(self) -> Actor:
        return self.office(Role.EVALUATION_TEAM)

    def cooperating(self, unit: str) -> Actor:
        return self.person(Role.COOPERATING, unit)

    def bidder(self, name: str) -> Actor:
        return self.person(Role.BIDDER, name, f"bidder-{digest(name)[:6]}")

    def expert(self, number: int) -> Actor:
        return self.person(Role.EXPERT, f"高校{number}", f"expert-{number}")

    # what

    def command(
        self, act: Act, actor: Actor, *, seen: int | None = None, id: str = "", on: date | None = None
    ) -> Command:
        self.commands += 1
        return Command.model_validate(
            {
                "command_id": id or f"c{self.commands}",
                "actor": actor,
                "seen": self.state.sequence if seen is None else seen,
                "effective_on": on,
                "effective_document": digest("paper") if on else None,
                "act": act,
            }
        )

    def do(
        self, act: Act, actor: Actor, *, seen: int | None = None, id: str = "", on: date | None = None
    ) -> tuple[AnyEvent, ...]:
        """Acts; gives the events of the act itself. Raises Refused, and nothing has changed then."""
        if seen is None:
            self.let_pass()
        command = self.command(act, actor, seen=seen, id=id, on=on)
        try:
            self._take(command, alarm=False)
        except Refused as no:
            if "{" in no.text("zh") + no.text("en"):
                raise AssertionError(f"{no.code} leaves a detail out") from no
            raise
        return self.journal[-1].events

    def _take(self, command: Command, *, alarm: bool) -> None:
        steps = taken(self.policy, self.state, command, self.now, self.check, alarm=alarm)
        for self.policy, self.state, entry in steps:
            self.journal.append(entry)

    def refuses(self, code: str, act: Act, actor: Actor, *, seen: int | None = None, on: date | None = None) -> Refused:
        """Tries, and is refused with this code."""
        self.let_pass()
        before = self.state
        with pytest.raises(Refused) as refused:
            self.do(act, actor, seen=seen, on=on)
        assert refused.value.code == code, f"refused, but with {refused.value}"
        assert self.state == before
        return refused.value

    def fork(self) -> "Play":
        """The same scene so far, to be played on in another way."""
        other = copy.copy(self)
        other.journal = list(self.journal)
        return other

    def let_pass(self) -> tuple[AnyEvent, ...]:
        """Applies the alarms that are due now."""
        events: list[AnyEvent] = []
        while (due := due_alarm(self.state, self.now)) is not None:
            self._take(due, alarm=True)
            after, entry = next_alarm(self.state), self.journal[-1]
            decided = any(isinstance(event, AdverseDecision) for event in entry.events)
            assert after is None or after > due.act.at or decided  # type: ignore[union-attr]
            events.extend(entry.events)
        return tuple(events)

    def wait(self, delta: timedelta) -> tuple[AnyEvent, ...]:
        """Lets time go by, alarm by alarm."""
        return self.until(self.now + delta)

    def until(self, moment: datetime) -> tuple[AnyEvent, ...]:
        events: list[AnyEvent] = []
        while (at := next_alarm(self.state)) is not None and at <= moment and not self.state.closed:
            self.now = max(self.now, at)
            events.extend(self.let_pass())
        self.now = max(self.now, moment)
        return tuple(events)

    def suspend_and_resume(self, after: timedelta) -> None:
        self.do(Suspend(reasons="安全检查"), self.lead)
        self.wait(after)
        self.do(Resume(reasons="检查结束"), self.lead)

    def pass_limit(self, id: str) -> tuple[AnyEvent, ...]:
        """Lets time go by until this deadline has passed; one that waits for its service is served first."""
        if any(each.id == id for each in self.state.services):
            self.serve_notices()
        return self.until(self.deadline(id).due_at)

    def serve_notices(self) -> None:
        """Serves what clocks wait for."""
        for entry in dict.fromkeys(each.entry for each in self.state.services):
            self.serve(entry)

    def morning_of(self, day: date) -> datetime:
        return datetime.combine(day, time(10), BEIJING)

    def serve(self, entry: int, to: str = "") -> None:
        """Serves (送达) a decision or notice today, in person."""
        self.do(
            RecordService(
                entry=entry, how="in_person", served_on=self.today, to=to or "当事人", proof=document("送达回证")
            ),
            self.platform,
        )

    def win_appeal(self, which: int = -1) -> None:
        """One of the open decisions, the newest unless told otherwise, is served, appealed against and reversed."""
        decision = self.state.decisions[which]
        self.serve(decision.sequence)
        owner = decision.against == self.owner_unit
        appellant = self.owner if owner else self.bidder(decision.against)
        self.do(Appeal(decision=decision.sequence, grounds="不服"), appellant)
        self.do(DecideAppeal(decision=decision.sequence, upheld=True, reasons="撤销原决定"), self.supervisor)

    def deadline(self, id: str) -> Deadline:
        found = [each for each in self.state.deadlines if each.id == id]
        assert found, f"no deadline {id}; open: {[each.id for each in self.state.deadlines]}"
        return found[0]

    # the common way, step by step

    def application(self) -> Application:
        domain = self.policy.domain(self.domain)
        assert domain is not None
        return Application(
            name="无人配送示范", city=self.policy.city, domain=self.domain, type=domain.type, scale=self.scale,
            maturity="成熟" if self.track is Track.FAST else "早期",
            track=self.track, risk=self.risk, owner=self.owner_unit, need="末端配送",
            budget_yuan=self.budget_yuan, funding_source="财政", fair_competition_self_check=True,
        )  # fmt: skip

    def declared(self, bidder: str, **more: object) -> DeclaredBidder:
        return DeclaredBidder.model_validate(
            {"bidder": bidder, "contract_document": document("任务书"), "budget_yuan": 500_000, **more}
        )

    def take_over_act(self, step: str, *bidders: DeclaredBidder, **more: object) -> TakeOver:
        return TakeOver.model_validate(
            {
                "application": self.application(), "step": step, "since": self.today - timedelta(days=300),
                "bidders": bidders, "history": "此前在线下办理", **more,
            }
        )  # fmt: skip

    def taken_over(self, step: str, *bidders: str) -> "Play":
        """A scene that ran elsewhere, entered at this step by somebody who does not decide on it."""
        clerk = self.office(Role.PLATFORM_OFFICE, "clerk")
        self.do(self.take_over_act(step, *(self.declared(bidder) for bidder in bidders)), clerk)
        return self

    def confirm_take_over(self) -> "Play":
        self.do(ConfirmTakeOver(finding="与移交材料一致"), self.platform)
        return self

    def submit(self) -> "Play":
        self.do(Submit(application=self.application()), self.owner)
        return self

    def register(self) -> "Play":
        self.do(Register(duplicate_check=DuplicateCheck(finding="无重复")), self.platform)
        return self

    def to_registered(self) -> "Play":
        return self.submit().register()

    def ask_consultation(self) -> None:
        self.do(AskConsultation(question="是否同意"), self.lead)

    def to_consultation(self) -> "Play":
        self.to_registered().ask_consultation()
        return self

    def agree(self, unit: str, position: Position = Position.AGREE) -> tuple[AnyEvent, ...]:
        return self.do(GiveOpinion(position=position, text="意见"), self.cooperating(unit))

    def consult(self) -> None:
        """Every department is asked and agrees."""
        self.ask_consultation()
        for unit in self.state.cooperating:
            if self.state.step == "consultation":
                self.agree(unit)
        if self.state.step == "consultation":
            self.pass_limit("consultation")
        assert self.state.step == "fair_competition", self.state.step

    def to_fair_competition(self) -> "Play":
        self.to_registered().consult()
        return self

    def conclude_fair_competition(self) -> None:
        self.do(ConcludeFairCompetition(passed=True, conclusion="通过"), self.lead)

    def to_expert_review(self) -> "Play":
        self.to_fair_competition().conclude_fair_competition()
        return self

    def members(self, size: int = 0, purpose: PanelPurpose = PanelPurpose.RECOGNITION) -> tuple[PanelMember, ...]:
        """Acceptance panels have faces of their own: who reviewed before may fill only a third."""
        size = size or max(self.policy.panels[purpose.value].minimum, 5)
        first = {PanelPurpose.ACCEPTANCE: 51, PanelPurpose.EXIT: 81}.get(purpose, 1)
        return tuple(
            PanelMember(person=f"expert-{n}", unit=f"高校{n}", expert=True) for n in range(first, first + size)
        )

    def panel_act(self, purpose: PanelPurpose, bidder: str | None = None, *, unit: str = "") -> ConvenePanel:
        """Of named members, which the policy lets from here on. `unit`: where the first of them comes from."""
        self.policy = naming(self.policy)
        first, *others = self.members(purpose=purpose)
        first = first.model_copy(update={"unit": unit or first.unit})
        return ConvenePanel(purpose=purpose, members=(first, *others), bidder=bidder)

    def convene_act(self, purpose: PanelPurpose, bidder: str | None = None, *, size: int = 0) -> ConvenePanel:
        """As the policy wants it: named, or drawn. A `narrow` pool is as large as the panel: the policy lets it be."""
        if self.narrow:
            self.policy = of_narrow_pools(self.policy)
        members, rules = self.members(size, purpose), self.policy.panels[purpose.value]
        if rules.drawn:
            pool = self.members(len(members) * rules.pool_times, purpose)
            return ConvenePanel(purpose=purpose, pool=pool, size=len(members), bidder=bidder)
        return ConvenePanel(purpose=purpose, members=members, bidder=bidder)

    def seat_panel(self, purpose: PanelPurpose, bidder: str | None = None) -> tuple[int, ...]:
        """The numbers of the experts seated."""
        convener = self.regulator if purpose is PanelPurpose.EXIT else self.lead
        self.do(self.convene_act(purpose, bidder), convener)
        panel = next(each for each in self.state.panels if (each.purpose, each.bidder) == (purpose, bidder))
        return tuple(sorted(int(seat.person.removeprefix("expert-")) for seat in panel.seats))

    def recommend_act(
        self, bidder: str | None, *, purpose: PanelPurpose = PanelPurpose.ACCEPTANCE, recommend: bool = True
    ) -> GiveExpertOpinion:
        """With four fifths of the points, or one fifth, for each criterion that the panel has."""
        criteria = self.policy.panels[purpose.value].criteria
        share = 0.8 if recommend else 0.2
        marks = [{"criterion": each.key, "points": round(each.points * share, 1)} for each in criteria]
        return GiveExpertOpinion.model_validate(
            {"purpose": purpose, "recommend": recommend, "text": "评审意见", "bidder": bidder, "marks": marks}
        )

    def experts_recommend(self, purpose: PanelPurpose, bidder: str | None = None, *, no: int = 0) -> None:
        for place, number in enumerate(self.seat_panel(purpose, bidder), start=1):
            self.do(self.recommend_act(bidder, purpose=purpose, recommend=place > no), self.expert(number))

    def recognise_act(self) -> Recognise:
        """With something found on every criterion of the city's standard."""
        standard = self.policy.recognition.criteria if self.policy.recognition else ()
        return Recognise(value="有价值", findings=tuple(Finding(criterion=each, text="符合") for each in standard))

    def recognise(self) -> None:
        """By experts and leading group, as far as the city asks them."""
        if self.state.step == "expert_review":
            self.experts_recommend(PanelPurpose.RECOGNITION)
            self.do(self.recognise_act(), self.lead)
        if self.state.step == "confirmation":
            self.do(ConfirmScene(confirmed=True, reasons="同意"), self.group)

    def to_recognised(self) -> "Play":
        self.to_expert_review().recognise()
        return self

    def publish(self, about: NoticeAbout, bidder: str | None = None) -> None:
        self.do(PublishNotice(about=about, document=document("公示"), bidder=bidder), self.platform)

    def put_on_list(self) -> None:
        """After its public notice, where the city has one."""
        if self.state.step == "recognised":
            self.publish(NoticeAbout.RECOGNITION)
            self.pass_limit("public_notice")
        self.do(ListScene(list="demand", batch="2026-1"), self.platform)

    def to_listed(self) -> "Play":
        self.to_recognised().put_on_list()
        return self

    def post_act(self, mode: Mode, days: int = 30, invited: tuple[str, ...] = ()) -> PostChallenge:
        rule = self.policy.modes.get(mode)
        return PostChallenge(
            mode=mode,
            legal_basis=rule.legal_bases[0] if rule and rule.legal_bases else "以赛代招",
            budget_yuan=self.budget_yuan,
            criteria="见评分表",
            closes_on=self.today + timedelta(days=days),
            invited=invited,
            justification="唯一来源" if invited else None,
        )

    def post(self, mode: Mode = Mode.OPEN_CHALLENGE, days: int = 30, invited: tuple[str, ...] = ()) -> None:
        """An invitation is approved at once."""
        self.do(self.post_act(mode, days, invited), self.owner)
        if self.policy.modes[mode].invited_only:
            self.do(ReviewInvitation(approved=True, reasons="理由成立"), self.lead)

    def bid(self, bidder: str, price: int | None = None) -> None:
        price = price or min(self.budget_yuan, self.contract_yuan)
        secret = commitment(f"n-{digest(bidder)[:16]}", digest(f"方案{bidder}"), price)
        consortium = () if self.state.bids else self.consortium  # of who bids first: nobody is in two bids
        self.do(SubmitBid(bidder=bidder, commitment=secret, consortium=consortium), self.bidder(bidder))

    def open_bids_act(self) -> OpenBids:
        return OpenBids(with_officer="platform_office-2", record=document("开标记录"))

    def open_bids(self) -> None:
        """The opening session, where it was not held yet."""
        if self.state.challenge is not None and not self.state.challenge.opened_by:
            self.do(self.open_bids_act(), self.platform)

    def reveal(self, bidder: str, price: int | None = None) -> None:
        price = price or min(self.budget_yuan, self.contract_yuan)
        if self.state.step == "opening":
            self.open_bids()
        self.do(
            RevealBid(
                bidder=bidder, nonce=f"n-{digest(bidder)[:16]}", proposal=document(f"方案{bidder}"), price_yuan=price
            ),
            self.bidder(bidder),
        )

    def find_bidder(self, bidder: str) -> None:
        """From the list, or from a failed call, to an award."""
        self.post()
        self.bid(bidder)
        self.pass_limit("bidding")
        self.reveal(bidder)
        self.verify(bidder)
        self.rank(bidder)
        self.award(bidder)

    def to_close(self, *bidders: str, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        """The call is closed, the opening session not held yet."""
        self.to_listed().post(mode)
        for bidder in bidders:
            self.bid(bidder)
        self.pass_limit("bidding")
        return self

    def to_opening(self, *bidders: str, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        self.to_close(*bidders, mode=mode).open_bids()
        return self

    def to_eligibility(self, *bidders: str, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        self.to_opening(*bidders, mode=mode)
        for bidder in bidders:
            self.reveal(bidder)
        return self

    def verify(self, bidder: str, *, eligible: bool = True, credit: Credit = Credit.GOOD) -> None:
        self.do(self.verify_act(bidder, eligible=eligible, credit=credit), self.lead)

    def verify_act(self, bidder: str, **more: object) -> VerifyEligibility:
        """All of its consortium are found in order."""
        consortium = next((bid.consortium for bid in self.state.bids if bid.bidder == bidder), ())
        in_order = {"eligible": True, "credit": Credit.GOOD, "commitment_signed": True}
        members = [{"unit": unit, **in_order} for unit in consortium]
        return VerifyEligibility.model_validate(
            {"bidder": bidder, "reasons": "核查", "members": members, **in_order, **more}
        )

    def to_scoring(self, *bidders: str, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        self.to_eligibility(*bidders, mode=mode)
        for bidder in bidders:
            self.verify(bidder)
        return self

    def scores(self, share: float) -> tuple[Score, ...]:
        sheet = self.policy.score_sheet
        return tuple(Score(criterion=each.key, points=round(each.points * share, 1)) for each in sheet.criteria)

    def score_act(self, bidder: str, share: float) -> ScoreBid:
        return ScoreBid(bidder=bidder, scores=self.scores(share))

    def score(self, shares: dict[str, float], *, convene: bool = True) -> None:
        """Every judge gives each bidder this share of every criterion's points."""
        if convene:
            self.seat_panel(PanelPurpose.SCORING)
        for panel in self.state.panels:
            for seat in panel.seats if panel.purpose is PanelPurpose.SCORING else ():
                for bidder, share in shares.items():
                    self.do(self.score_act(bidder, share), self.expert(int(seat.person.removeprefix("expert-"))))

    def rank(self, *bidders: str) -> None:
        """From the eligibility check to the award: the bidders are ranked in the order given."""
        if self.state.step == "scoring":
            self.score({bidder: 0.95 - 0.05 * at for at, bidder in enumerate(bidders)})
        if self.state.step == "ranked":
            self.publish(NoticeAbout.RANKING)
            self.pass_limit("public_notice")

    def to_awarding(self, *bidders: str, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        """The bidders are ranked in the order given."""
        self.to_scoring(*bidders, mode=mode).rank(*bidders)
        return self

    def award(self, *bidders: str) -> None:
        self.do(Award(bidders=bidders, reasons="按名次"), self.lead)

    def terms(self) -> ContractTerms:
        return ContractTerms(
            goals="目标", indicators=("准点率≥95%",),
            milestones=(Milestone(name="交付", due_on=self.began + timedelta(days=485), share_percent=100),),
            budget_yuan=min(self.budget_yuan, self.contract_yuan), intellectual_property="共有", change="协商",
            breach="违约金", acceptance_method="现场测试", document=document("任务书"),
        )  # fmt: skip

    def sign(self, bidder: str) -> None:
        self.do(ProposeContract(bidder=bidder, terms=self.terms()), self.owner)
        people = {"owner": self.owner, "st_bureau": self.bureau, "bidder": self.bidder(bidder)}
        for party in self.policy.contracting.parties:
            pledge = document("军令状") if party == "bidder" else None
            signed = SignContract(
                bidder=bidder, terms_sha256=digest("任务书"), pledge=pledge,
                members=self.members_signed(bidder) if party == "bidder" else (),
            )  # fmt: skip
            self.do(signed, people[party])
        contract = find(self.state.contracts, bidder=bidder)
        for unit in contract.co_owners if contract is not None else ():
            act = SignContract(bidder=bidder, terms_sha256=digest("任务书"))
            self.do(act, self.person(Role.OWNER, unit, f"owner-{digest(unit)[:6]}"))

    def members_signed(self, bidder: str) -> tuple[MemberSignature, ...]:
        """By every other member of the bidder's consortium."""
        consortium = next((each.consortium for each in self.state.contracts if each.bidder == bidder), ())
        return tuple(MemberSignature(unit=unit, document=document(f"签署页{unit}")) for unit in consortium)

    def to_contracting(self, *bidders: str, winners: int = 1, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        self.to_awarding(*bidders, mode=mode).award(*bidders[:winners])
        return self

    def to_trial(self, *bidders: str, winners: int = 1, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        self.to_contracting(*bidders, winners=winners, mode=mode)
        for bidder in bidders[:winners]:
            self.sign(bidder)
        return self

    def pay(self, bidder: str, amount: int, milestone: str = "交付") -> "Play":
        """Claimed by the bidder, approved by the lead, paid by the payer."""
        paper = document("凭证")
        self.do(
            ProposePayment(bidder=bidder, milestone=milestone, amount_yuan=amount, proof=paper), self.bidder(bidder)
        )
        self.do(ApprovePayment(bidder=bidder, milestone=milestone, approved=True, reasons="核对"), self.lead)
        self.do(PayMilestone(bidder=bidder, milestone=milestone, proof=paper), self.office(Role.PAYER))
        return self

    def refund(self, bidder: str) -> "Play":
        """All that the bidder has kept is paid back, and received."""
        due = paid_yuan(self.state, bidder)
        said = RecordRefund(bidder=bidder, amount_yuan=due, proof=document("退款凭证"))
        self.do(said, self.bidder(bidder))
        if due and self.policy.acceptance.refund_receipt:
            self.do(receipt(bidder, due), self.office(Role.PAYER))
        return self

    def plan(self, months: int = 6) -> TrialPlan:
        return TrialPlan(
            duration=Period(length=months, unit=Unit.MONTHS), bounds="限定路段", emergency_plan=document("应急预案"),
            commitment=document("承诺书"), exit_plan=document("退出方案"), insurance=document("保单"),
            insurance_until=self.began + timedelta(days=1400), complaint_channel="12345", risk=self.risk,
            insured_yuan=10_000_000,
            within=Bounds(
                areas=(Area(key="1.1", where="开放大道"),),
                scale=(Deployment(key="1.2", what="配送车", at_most=5),),
                users=(Users(key="1.3", who="园区员工", at_most=500),),
                windows=(Window(key="1.4", days="工作日", opens=time(9), closes=time(17)),),
                data=(PersonalData(key="1.5", what="收件人电话", protection="脱敏，三十日后删除"),),
            ),
            safeguards=(Safeguard(key="3.1", text="随车安全员"),),
            kpis=(Kpi(key=ON_TIME, name="准点率", unit="%", better="higher", target="95", stop="80"),),
        )  # fmt: skip

    def admit(self, bidder: str, months: int = 6) -> None:
        """Files the plan where none is filed, and admits it."""
        if not any((trial.bidder, trial.step) == (bidder, "submitted") for trial in self.state.trials):
            self.do(SubmitTrialPlan(bidder=bidder, plan=self.plan(months)), self.bidder(bidder))
        self.hear_on_plan(bidder)
        self.do(self.admit_act(bidder), self.regulator)

    def hear_on_plan(self, bidder: str) -> None:
        """Every department that is asked about the plan agrees."""
        for clock in self.state.deadlines:
            if (clock.limit, clock.bidder) == ("trial_opinion", bidder) and clock.holder is not None:
                agrees = GiveTrialOpinion(bidder=bidder, position=Position.AGREE, text="同意")
                self.do(agrees, self.cooperating(clock.holder.unit))

    def admit_act(self, bidder: str, **more: object) -> AdmitTrial:
        """Everything on the checklist is found, by as many officers as it takes."""
        checks = trial_plan.checks_of(self.policy, self.state, "admission")
        profile = trial_plan.profile_of(self.policy, self.state)
        return AdmitTrial.model_validate(
            {
                "bidder": bidder, "reasons": "准入",
                "checks": [{"check": each.key, "answer": "found"} for each in checks],
                "with_officer": "regulator-3" if profile and profile.two_officers else None, **more,
            }
        )  # fmt: skip

    def start_act(self, bidder: str, *, inclusion: bool = True) -> StartTrial:
        return StartTrial(bidder=bidder, notice=document("启动通知"), inclusion=inclusion)

    def start(self, bidder: str, *, inclusion: bool = True, months: int = 6) -> None:
        self.admit(bidder, months)
        self.do(self.start_act(bidder, inclusion=inclusion), self.regulator)

    def read(self, bidder: str, value: str = "97", **more: object) -> tuple[AnyEvent, ...]:
        return self.do(self.reading_act(bidder, value, **more), self.bidder(bidder))

    def reading_act(self, bidder: str, value: str = "97", **more: object) -> RecordReading:
        """Of today, or of the last day of a trial that is over."""
        ended = next((trial.last_day for trial in self.state.trials if trial.bidder == bidder), None)
        on = min(self.today, ended or self.today)
        return RecordReading.model_validate(
            {"bidder": bidder, "kpi": ON_TIME, "value": value, "on": on, "evidence": document("记录"), **more}
        )

    def meet_gate(self, bidder: str) -> None:
        """Time goes by, reports and readings come in, until the present phase may be left."""
        while any(trial.bidder == bidder and trial.step == "running" for trial in self.state.trials) and any(
            each.what in ("time", "reports", "overdue")
            for each in phases.unmet(self.policy, self.state, bidder, self.today)
        ):
            self.wait(timedelta(days=7))
            for kind in ("report", "midterm"):
                if any(
                    each.id == f"{kind}/{bidder}" and (kind == "midterm" or each.counted_from <= self.today)
                    for each in self.state.deadlines
                ):
                    filed = FileReport.model_validate(
                        {
                            "bidder": bidder,
                            "kind": "regular" if kind == "report" else kind,
                            "document": document("报告"),
                            "employment": JOBS,
                        }
                    )
                    self.do(filed, self.bidder(bidder))
        trial = next(trial for trial in self.state.trials if trial.bidder == bidder)
        for kpi in trial.kpis:
            self.read(bidder, "97" if kpi.key == ON_TIME else kpi.target, kpi=kpi.key)

    def pass_phases(self) -> None:
        """Every trial that runs meets its gates, and is advanced, to the end of its last phase."""
        order = trial_plan.phases_of(self.policy, self.state)
        for phase in order:
            for bidder in [each.bidder for each in self.state.trials if (each.step, each.phase) == ("running", phase)]:
                if phases.unmet(self.policy, self.state, bidder, self.today):
                    self.meet_gate(bidder)
                if (following := phases.next_of(order, phase)) is not None:
                    self.do(AdvancePhase(bidder=bidder, phase=following, reasons="达标"), self.regulator)

    def refuse_trial(self, bidder: str) -> None:
        self.do(SubmitTrialPlan(bidder=bidder, plan=self.plan()), self.bidder(bidder))
        self.do(RefuseTrial(bidder=bidder, reasons="风险不可控"), self.regulator)

    def to_running(self, *bidders: str, winners: int = 1, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        self.to_trial(*bidders, winners=winners, mode=mode)
        for bidder in bidders[:winners]:
            self.start(bidder)
        return self

    def end_trial(self, bidder: str, *, fit: bool = True) -> None:
        """Its time is over, with all phases behind it."""
        if f"trial/{bidder}" in [each.id for each in self.state.deadlines]:
            self.pass_phases()
            self.pass_limit(f"trial/{bidder}")
        self.report_exit(bidder)
        self.conclude_exit(bidder, fit=fit)

    def report_exit(self, bidder: str) -> None:
        """With a last reading of every indicator."""
        trial = next(trial for trial in self.state.trials if trial.bidder == bidder)
        for kpi in trial.kpis:
            self.read(bidder, kpi=kpi.key)
        self.do(self.exit_report_act(bidder), self.bidder(bidder))

    def exit_report_act(self, bidder: str, **more: object) -> FileExitReport:
        return FileExitReport.model_validate(
            {
                "bidder": bidder, "document": document("退出报告"), "incidents": "已办结", "faults": "已改正",
                "employment": JOBS, **more,
            }
        )  # fmt: skip

    def conclude_exit(self, bidder: str, *, fit: bool = True) -> None:
        """As the panel recommends, where one is asked."""
        self.hear_exit_panel(bidder, fit=fit)
        self.do(self.conclude_exit_act(bidder, fit=fit), self.regulator)

    def hear_exit_panel(self, bidder: str, *, fit: bool = True) -> None:
        """Every member speaks, of a panel that is convened where none sits."""
        trial = next(trial for trial in self.state.trials if trial.bidder == bidder)
        if not exit_panel.needed(self.policy, self.state, trial):
            return
        panel = find(self.state.panels, purpose=PanelPurpose.EXIT, bidder=bidder)
        if panel is None or panel.void:
            self.seat_panel(PanelPurpose.EXIT, bidder)
            panel = find(self.state.panels, purpose=PanelPurpose.EXIT, bidder=bidder)
        for seat in panel.seats if panel is not None else ():
            if seat.recommend is None:
                act = self.recommend_act(bidder, purpose=PanelPurpose.EXIT, recommend=fit)
                self.do(act, self.person(Role.EXPERT, seat.unit, seat.person))

    def conclude_exit_act(self, bidder: str, *, fit: bool = True, **more: object) -> ConcludeExit:
        checks = trial_plan.checks_of(self.policy, self.state, "exit")
        return ConcludeExit.model_validate(
            {
                "bidder": bidder, "fit_for_acceptance": fit, "reasons": "评估",
                "checks": [{"check": each.key, "answer": "found"} for each in checks],
                "shortfalls": [
                    {"of": each, "finding": "不影响验收"}
                    for each in phases.shortfalls(self.policy, self.state, bidder)
                ], **more,
            }
        )  # fmt: skip

    def to_acceptance(self, *bidders: str, winners: int = 1, mode: Mode = Mode.OPEN_CHALLENGE) -> "Play":
        self.to_running(*bidders, winners=winners, mode=mode)
        for bidder in bidders[:winners]:
            self.end_trial(bidder)
        return self

    def apply(self, bidder: str) -> None:
        self.do(ApplyForAcceptance(bidder=bidder, documents=(document("验收申请"),)), self.bidder(bidder))

    def acceptance_opinion(self, bidder: str, actor: Actor, position: Position = Position.AGREE) -> None:
        self.do(GiveAcceptanceOpinion(bidder=bidder, position=position, text="意见"), actor)

    def ip_act(self, bidder: str, *items: dict[str, object]) -> CheckIntellectualProperty:
        own: dict[str, object] = {"name": "调度软件", "kind": "software", "origin": "made", "owners": (bidder,)}
        return CheckIntellectualProperty.model_validate(
            {"bidder": bidder, "items": items or (own,), "finding": "权属清晰", "document": document("评议报告")}
        )

    def conclude_act(self, bidder: str, verdict: str = "passed", **more: object) -> ConcludeAcceptance:
        return ConcludeAcceptance.model_validate(
            {"bidder": bidder, "verdict": verdict, "reasons": "结论", "document": document("验收意见书"),
             "against_panel": None if verdict == "passed" else "证据不足", **self.defended(), **more}
        )  # fmt: skip

    def defended(self) -> dict[str, object]:
        """A defence and a site visit of today."""
        visit = {"on": self.today, "by": ("张工", "李工"), "record": document("现场核查记录")}
        return {"defence": {"on": self.today, "record": document("答辩记录")}, "visit": visit}

    def hear_all(self, bidder: str) -> None:
        """Everybody who was asked and did not answer yet gives an opinion."""
        for clock in self.state.deadlines:
            if (clock.limit, clock.bidder) == ("acceptance_opinion", bidder) and clock.holder is not None:
                actor = self.person(clock.holder.role, clock.holder.unit)
                self.acceptance_opinion(bidder, actor)

    def sign_all(self, bidder: str, title: str = "验收意见书") -> None:
        """Every member of the panel signs the acceptance opinion who did not yet."""
        panel = next(each for each in self.state.panels if (each.purpose, each.bidder) == ("acceptance", bidder))
        acceptance = next(each for each in self.state.acceptances if each.bidder == bidder)
        act = SignAcceptanceOpinion(bidder=bidder, document=document(title))
        for seat in panel.seats:
            signed = [each for each in acceptance.signatures if each.document == act.document.sha256]
            if seat.person not in [each.person for each in signed]:
                self.do(act, self.person(Role.EXPERT, seat.unit, seat.person))

    def conclude(self, bidder: str, verdict: str = "passed", **more: object) -> tuple[AnyEvent, ...]:
        """Once everybody was heard, the panel has signed, and the intellectual property was looked at."""
        self.hear_all(bidder)
        self.sign_all(bidder)
        checked = next(each.ip_check for each in self.state.acceptances if each.bidder == bidder)
        if verdict == "passed" and self.policy.acceptance.ip_check and checked is None:
            self.do(self.ip_act(bidder), self.bureau)
        return self.do(self.conclude_act(bidder, verdict, **more), self.lead)

    def tolerance_act(self, bidder: str, tolerated: bool = True) -> DecideFaultTolerance:
        """Every criterion of the city is answered; where the failure is not tolerated, the last one with a no."""
        criteria = self.policy.acceptance.tolerance
        answers = [
            ToleranceAnswer(criterion=each, met=tolerated or each != criteria[-1], finding="核查") for each in criteria
        ]
        return DecideFaultTolerance(bidder=bidder, tolerated=tolerated, finding="认定", answers=tuple(answers))

    def retrial(self, bidder: str) -> None:
        """The bidder applies, and is sent back to the sandbox."""
        self.apply(bidder)
        self.experts_recommend(PanelPurpose.ACCEPTANCE, bidder)
        self.conclude(bidder, "retrial")

    def accept(self, bidder: str) -> None:
        self.apply(bidder)
        self.experts_recommend(PanelPurpose.ACCEPTANCE, bidder)
        self.conclude(bidder)
        if f"notice_publication/{bidder}" in [each.id for each in self.state.deadlines]:
            self.publish(NoticeAbout.ACCEPTANCE, bidder)
            self.pass_limit(f"public_notice/{bidder}")

    def to_candidate(self, bidder: str = "甲公司") -> "Play":
        self.to_acceptance(bidder).accept(bidder)
        return self

    def value_act(self, yuan: int = 1_000_000, *shares: tuple[str, str], **more: object) -> AssessValue:
        parties = shares or ((self.owner_unit, "3/5"), ("甲公司", "2/5"))
        return AssessValue.model_validate(
            {
                "value_yuan": yuan, "sharing": "按约定", "method": "收益法", "assessors": ["评估机构"],
                "figures": [{"indicator": "节约成本", "amount_yuan": yuan}],
                "shares": [{"party": party, "share": share} for party, share in parties], **more,
            }
        )  # fmt: skip

    def nominate(self, level: str = "城市级") -> None:
        """With the value assessed, where the city wants it."""
        if self.policy.promotion.value_first and self.state.value_yuan is None:
            self.do(self.value_act(), self.lead)
        self.do(NominateBenchmark(level=level, grounds="成效显著"), self.lead)

    def evaluation_act(self, recommended: bool = True, **more: object) -> ConcludeEvaluation:
        """Every criterion of the level is answered; where it is not recommended, with a no."""
        nominated = self.state.contested
        level = nominated.level if nominated else "城市级"
        answers = [
            {"criterion": each.key, "met": recommended, "finding": "核查"}
            for each in self.policy.promotion.criteria_at(level)
        ]
        return ConcludeEvaluation.model_validate(
            {"recommended": recommended, "finding": "评估", "answers": answers, **more}
        )

    def to_benchmark_notice(self) -> "Play":
        """From candidate."""
        self.nominate()
        self.do(self.evaluation_act(), self.evaluators)
        self.do(ConfirmBenchmark(confirmed=True, reasons="同意"), self.group)
        self.publish(NoticeAbout.BENCHMARK)
        return self

    def to_benchmark(self) -> "Play":
        """From candidate."""
        self.to_benchmark_notice().pass_limit("public_notice")
        return self

    def override(self, to: str) -> None:
        self.do(Override(to=to, reasons="重新审定"), self.group)

    def kinds(self) -> list[str]:
        return [event.kind for entry in self.journal for event in entry.events]


def free_unit(play: "Play") -> str:
    """A unit without a part in the scene and without an office: what somebody leads may pass to it."""
    offices = play.policy.offices
    taken = (
        play.state.lead, play.state.regulator, *play.state.cooperating, *play.state.owners,
        offices.platform_office, offices.complaint_supervisor,
    )  # fmt: skip
    return next(unit.name for unit in play.policy.units if unit.name not in taken)


def loading(notice: YearNotice) -> LoadCalendar:
    """As the leading group has confirmed it."""
    return LoadCalendar(notice=notice, proposed_by="office-1", confirmed_by="group-1")


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BEIJING).astimezone(UTC)
