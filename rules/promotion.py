"""Promotion: what works becomes a benchmark case, is rewarded, copied, reviewed yearly, and can lose the title again.

The evaluation team proposes, the leading group decides, and only what was recommended can be confirmed (S3 四（三）, S0
三（三）5). Until the decision cooperating departments and the scene's experts may advise; nobody has to wait for them.
"""

from typing import assert_never

from models.commands.promotion import (
    ApplyForBenchmark,
    CloseScene,
    ConcludeEvaluation,
    ConfirmBenchmark,
    GiveBenchmarkOpinion,
    NominateBenchmark,
    PromotionAct,
    RecommendUpward,
    RecordBenefit,
    RecordReplication,
    RecordUptake,
    ReviewBenchmark,
    WithdrawBenchmark,
)
from models.events.promotion import (
    BenchmarkAppliedFor,
    BenchmarkDecided,
    BenchmarkEvaluated,
    BenchmarkNominated,
    BenchmarkOpinionGiven,
    BenchmarkRaised,
    BenchmarkReviewed,
    BenchmarkWithdrawn,
    BenefitRecorded,
    RecommendedUpward,
    ReplicationRecorded,
    UptakeRecorded,
)
from models.policy import Benefit, Policy
from models.state import IncidentStatus, SceneState
from models.vocabulary import Machine, Outcome, Role
from rules import advice, incidents, lineage, payments, refunds, settling, support, taking_over, upheld_complaints
from rules.docket import Docket
from rules.keyed import find

TAKES_THE_TITLE = ("review_benchmark", "withdraw_benchmark")


def judge(docket: Docket, act: PromotionAct) -> None:
    match act:
        case ApplyForBenchmark():
            _apply(docket, act)
        case NominateBenchmark():
            _nominate(docket, act)
        case GiveBenchmarkOpinion():
            advice.refuse_unasked(docket, docket.state.benchmark_opinions)
            expert = docket.role is Role.EXPERT
            docket.record(
                BenchmarkOpinionGiven(
                    unit=docket.unit, position=act.position, person=docket.person, on=docket.day, expert=expert
                )
            )
        case ConcludeEvaluation():
            _evaluate(docket, act)
        case ConfirmBenchmark():
            _confirm(docket, act)
        case ReviewBenchmark():
            _review(docket, act)
        case WithdrawBenchmark():
            upheld_complaints.followed(docket, act.objection)
            lineage.answer_all(docket, affected=True)
            _lose(docket)
        case RecordBenefit():
            _benefit(docket, act)
        case RecordReplication():
            _refuse_untitled(docket, "replication")
            if docket.state.profile and act.city == docket.state.profile.city and act.district is None:
                docket.refuse("same_city_copy")
            lineage.refuse_counted(docket, act.scene)
            docket.record(ReplicationRecorded(city=act.city, district=act.district, scene=act.scene))
        case RecordUptake():
            _take_up(docket, act)
        case RecommendUpward():
            _recommend(docket, act)
        case CloseScene():
            settling.refuse_open_parts(docket)
            payments.refuse_owing(docket)
            refunds.refuse_owing(docket)
            docket.refuse_over_incidents()
            support.refuse_open_complaints(docket)
            upheld_complaints.refuse_unconcluded(docket)
            lineage.refuse_unreviewed(docket)
            docket.close(Outcome.PROMOTED if docket.state.step == "benchmark" else Outcome.ACCEPTED)
        case _:
            assert_never(act)


def _apply(docket: Docket, act: ApplyForBenchmark) -> None:
    """Only for a result of one's own that was accepted; the nomination's clock runs already."""
    if find(docket.state.benchmark_applications, unit=docket.unit) is not None:
        docket.refuse("already_applied", unit=docket.unit)
    if docket.role is Role.BIDDER:
        _refuse_unaccepted(docket, docket.unit)
    _refuse_level(docket, act.level)
    docket.record(BenchmarkAppliedFor(unit=docket.unit, level=act.level))


def _nominate(docket: Docket, act: NominateBenchmark) -> None:
    """A benchmark of one level may be proposed for a higher one, by the same way (S3 四（三）); its title stands."""
    settling.refuse_open_parts(docket)
    _refuse_while_title_is_open(docket)
    rules, state = docket.policy.promotion, docket.state
    held = _refuse_level(docket, act.level)
    if act.case_type is not None and act.case_type not in rules.case_types:
        docket.refuse("unknown_case_type", case_type=act.case_type, known=", ".join(rules.case_types) or "-")
    if rules.value_first and state.value_yuan is None:
        docket.refuse("value_not_assessed")
    docket.record(BenchmarkNominated(level=act.level, raises=held, case_type=act.case_type))
    docket.enter("evaluation")


def _refuse_level(docket: Docket, level: str) -> str | None:
    """A level of the policy, above the one that the scene has; gives that, or None for a candidate without a title."""
    rules, benchmark = docket.policy.promotion, docket.state.benchmark
    if rules.rank(level) < 0:
        docket.refuse("unknown_level", level=level, known=", ".join(each.name for each in rules.levels))
    if not docket.state.titled:
        return None
    held = benchmark.level if benchmark is not None else ""
    if rules.rank(level) <= rules.rank(held):
        higher = ", ".join(each.name for each in rules.levels[rules.rank(held) + 1 :])
        docket.refuse("level_not_higher", level=level, held=held, higher=higher or "-")
    return held


def _recommend(docket: Docket, act: RecommendUpward) -> None:
    """S0 三（三）5: 力争每年创成国家级、省级应用场景; the policy says to whom, and from which level on."""
    rules, benchmark = docket.policy.promotion, docket.state.benchmark
    to = find(rules.upward, key=act.to)
    if to is None:
        known = ", ".join(f"{each.key} {each.name}" for each in rules.upward) or "-"
        docket.refuse("unknown_upward", to=act.to, known=known)
    _refuse_untitled(docket, "recommendation")
    held = benchmark.level if benchmark is not None and docket.state.titled else ""
    if to.from_level is not None and rules.rank(held) < rules.rank(to.from_level):
        docket.refuse("level_too_low", to=to.name, level=held or "-", least=to.from_level)
    docket.record(RecommendedUpward(to=act.to))


def _take_up(docket: Docket, act: RecordUptake) -> None:
    """S3 三（四）: 直接采购技术（产品）、联合开发新产品; each way on a legal basis that the city names for it."""
    routes = docket.policy.promotion.uptake
    route = find(routes, key=act.route)
    if route is None:
        known = ", ".join(f"{each.key} {each.name}" for each in routes) or "-"
        docket.refuse("unknown_route", route=act.route, known=known)
    if act.legal_basis not in route.legal_bases:
        docket.refuse("basis_not_of_route", basis=act.legal_basis, known=", ".join(route.legal_bases))
    _refuse_unaccepted(docket, act.bidder)
    docket.record(
        UptakeRecorded(
            route=act.route, bidder=act.bidder, legal_basis=act.legal_basis, amount_yuan=act.amount_yuan
        )
    )  # fmt: skip


def _refuse_unaccepted(docket: Docket, bidder: str) -> None:
    accepted = [each.bidder for each in docket.state.acceptances if each.step == "passed"]
    if bidder not in accepted:
        docket.refuse("not_accepted", bidder=bidder, accepted=", ".join(accepted) or "-")


def _evaluate(docket: Docket, act: ConcludeEvaluation) -> None:
    """Every criterion of the level is answered, each once; what misses an obligatory one is not recommended."""
    nominated = docket.state.contested
    criteria = docket.policy.promotion.criteria_at(nominated.level) if nominated else ()
    asked, answered = [each.key for each in criteria], [each.criterion for each in act.answers]
    if sorted(answered) != sorted(asked):
        docket.refuse(
            "evaluation_unanswered",
            missing=", ".join(f"{each.key} {each.name}" for each in criteria if each.key not in answered) or "-",
            unknown=", ".join(each for each in answered if each not in asked or answered.count(each) > 1) or "-",
        )
    unmet = {each.criterion for each in act.answers if not each.met}
    missed = [f"{each.key} {each.name}" for each in criteria if each.obligatory and each.key in unmet]
    if act.recommended and missed:
        docket.refuse("evaluation_contradicts", unmet=", ".join(missed))
    docket.record(BenchmarkEvaluated(recommended=act.recommended))
    docket.enter("benchmark_decision")


def _refuse_while_title_is_open(docket: Docket) -> None:
    """What an appeal may give back is not nominated over: it would be the other title that comes back."""
    for decision in docket.state.decisions:
        if decision.verb in TAKES_THE_TITLE:
            docket.refuse("title_in_remedies", decision=decision.sequence)


def _confirm(docket: Docket, act: ConfirmBenchmark) -> None:
    nominated, titled = docket.state.contested, docket.state.titled
    if act.confirmed and not (nominated and nominated.recommended):
        docket.refuse("not_recommended")
    if act.confirmed:
        lineage.refuse_unreviewed(docket)
        incidents.refuse_unsettled(docket)
    docket.record(BenchmarkDecided(confirmed=act.confirmed, by=docket.person, on=docket.day))
    if not act.confirmed:
        docket.enter("benchmark" if titled else "candidate")
    elif docket.used("benchmark_notice"):
        docket.enter("benchmark_confirmed")
    else:
        take_higher_title(docket)
        docket.enter("benchmark")


def take_higher_title(docket: Docket) -> None:
    """A level that was confirmed, and announced, takes the place of the one before."""
    benchmark = docket.state.benchmark
    if benchmark is not None and benchmark.raising is not None:
        docket.record(BenchmarkRaised(level=benchmark.raising.level, before=benchmark.level, on=docket.day))


def _review(docket: Docket, act: ReviewBenchmark) -> None:
    docket.record(BenchmarkReviewed(keep=act.keep))
    lineage.answer_all(docket, affected=not act.keep)
    if not act.keep:
        _lose(docket)
        return
    docket.met("yearly_review")
    team = docket.holder(Role.EVALUATION_TEAM)
    docket.set_deadline("yearly_review", team, ("review_benchmark",), machine=Machine.SCENE, step="benchmark")


def _lose(docket: Docket) -> None:
    """A title is taken away by a decision against the owner: served, and open to appeal."""
    docket.record(BenchmarkWithdrawn())
    docket.decide_against(docket.holder(Role.OWNER).unit, reopens="benchmark")
    docket.enter("candidate")


def _benefit(docket: Docket, act: RecordBenefit) -> None:
    """Within the caps of its kind, and to somebody whose work it rewards (S3 三（三）, 四（一）)."""
    kinds = docket.policy.promotion.kinds
    kind = find(kinds, kind=act.kind)
    if kind is None:
        docket.refuse("unknown_benefit", known=", ".join(each.kind for each in kinds))
    taking_over.refuse_unconfirmed(docket)
    _refuse_untitled(docket, act.kind)
    if act.beneficiary not in (known := beneficiaries(docket.state)):
        docket.refuse("not_beneficiary", beneficiary=act.beneficiary, known=", ".join(known) or "-")
    profile = docket.state.profile
    if kind.firsts and not (profile and set(kind.firsts) & set(profile.firsts)):
        docket.refuse("not_a_first", kind=act.kind, firsts=", ".join(kind.firsts))
    if kind.amount and not act.amount_yuan:
        docket.refuse("benefit_without_amount", kind=act.kind)
    if kind.each_yuan is not None and act.amount_yuan > kind.each_yuan:
        docket.refuse("budget_exceeded", amount=act.amount_yuan, cap=kind.each_yuan)
    total = recorded_yuan(docket.state, act.kind) + act.amount_yuan
    cap = cap_of(docket.policy, docket.state, kind)
    if cap is not None and total > cap:
        docket.refuse("budget_exceeded", amount=total, cap=cap)
    docket.record(BenefitRecorded(benefit=act.kind, beneficiary=act.beneficiary, amount_yuan=act.amount_yuan))


def _refuse_untitled(docket: Docket, what: str) -> None:
    """What comes of a title needs one that was confirmed and stands, and no question of the kin about it.

    The policy says what a candidate gets already (`promotion.before_title`); who lost the title gets nothing.
    """
    lineage.refuse_unreviewed(docket)
    if not _comes_with_the_title(docket.policy, docket.state, what):
        docket.refuse("no_title", what=what, before=", ".join(docket.policy.promotion.before_title) or "-")


def _comes_with_the_title(policy: Policy, state: SceneState, what: str) -> bool:
    lost = state.benchmark is not None and state.benchmark.withdrawn
    return state.titled or (not lost and what in policy.promotion.before_title)


def may_have(policy: Policy, state: SceneState, what: str) -> bool:
    """Whether a benefit of this kind, a copy or a recommendation may be recorded as the scene stands."""
    return not lineage.open_reviews(state) and _comes_with_the_title(policy, state, what)


def may_be_closed(state: SceneState) -> bool:
    """Whether nothing is open that a scene is not closed over."""
    incident = any(each.status is not IncidentStatus.CLOSED for each in state.incidents)
    complaint = any(each.founded is None for each in state.complaints) or upheld_complaints.to_conclude(state)
    owed = state.owed_payments or state.owed_refunds or state.refunds_on_their_way
    return not (incident or complaint or owed or settling.open_parts(state) or lineage.open_reviews(state))


def may_be_nominated(policy: Policy, state: SceneState) -> bool:
    """Whether nothing that is still open keeps a scene from being nominated."""
    contested = any(decision.verb in TAKES_THE_TITLE for decision in state.decisions)
    valued = state.value_yuan is not None or not policy.promotion.value_first
    return valued and not contested and not settling.open_parts(state)


def cap_of(policy: Policy, state: SceneState, kind: Benefit) -> int | None:
    """Most that a kind comes to in one scene; a raised benchmark gets what its new level has above what it got."""
    if kind.kind != "award" or state.benchmark is None or not state.titled:
        return kind.in_all_yuan
    return policy.promotion.award_cap(state.benchmark.level)


def beneficiaries(state: SceneState) -> tuple[str, ...]:
    """The owner, who had a result accepted, and the members of their consortium."""
    owner = (state.profile.owner,) if state.profile else ()
    accepted = [each.bidder for each in state.acceptances if each.step == "passed"]
    members = (unit for bid in state.bids if bid.bidder in accepted for unit in bid.consortium)
    return tuple(dict.fromkeys((*owner, *accepted, *members)))


def recorded_yuan(state: SceneState, kind: str) -> int:
    """What the records of a kind come to; an award's sum is older than the sums of the others."""
    return state.awarded_yuan if kind == "award" else dict(state.benefits_yuan).get(kind, 0)
