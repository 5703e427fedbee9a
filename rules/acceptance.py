"""Acceptance of one bidder's result: applied for, reviewed by a panel and the departments, concluded by the lead.

Small budgets on papers, larger ones with defence and site visit. A conditional result is rectified once, or the trial
is repeated once. A failed one leaves a duty to refund; whether the failure is tolerated (容错 S0, 尽职免责 S4) is found
by somebody else before the refund is settled. Where the policy asks for it, no result passes before somebody has looked
at its intellectual property (知识产权评议), with nothing left against its use.
"""

import math
from fractions import Fraction
from typing import assert_never

from models.commands.acceptance import (
    AcceptanceAct,
    ApplyForAcceptance,
    AskFaultTolerance,
    AssessValue,
    CheckIntellectualProperty,
    ConcludeAcceptance,
    ConfirmRefund,
    DecideFaultTolerance,
    GiveAcceptanceOpinion,
    RecordRefund,
    SignAcceptanceOpinion,
    SubmitRectification,
)
from models.commands.review import ConvenePanel
from models.deadline import Deadline
from models.events.acceptance import (
    AcceptanceAppliedFor,
    AcceptanceConcluded,
    AcceptanceOpinionGiven,
    AcceptanceOpinionSigned,
    AcceptanceSilence,
    FaultToleranceAsked,
    FaultToleranceDecided,
    IntellectualPropertyChecked,
    RectificationSubmitted,
    RefundOwed,
    ValueAssessed,
)
from models.state import Acceptance, Panel, SceneState
from models.vocabulary import Machine, PanelPurpose, Position
from rules import incidents, lineage, panels, payments, refunds, remedies, separation, settling
from rules.docket import Docket
from rules.keyed import find

OF_A_MEMBER = ("give_expert_opinion", "sign_acceptance_opinion")
"""What a member of the panel owes: to speak, and to sign the text that is concluded."""


def judge(docket: Docket, act: AcceptanceAct) -> None:
    match act:
        case ApplyForAcceptance():
            budget = acceptance_of(docket, act.bidder).budget_yuan
            defence = budget >= docket.policy.acceptance.defence_from_yuan
            docket.record(AcceptanceAppliedFor(bidder=act.bidder, by_defence=defence))
            _review(docket, act.bidder)
        case GiveAcceptanceOpinion():
            _opinion(docket, act)
        case CheckIntellectualProperty():
            _check_ip(docket, act)
        case SignAcceptanceOpinion():
            _sign(docket, act)
        case ConcludeAcceptance():
            _conclude(docket, act)
        case SubmitRectification():
            docket.record(RectificationSubmitted(bidder=act.bidder))
            _review(docket, act.bidder)
        case RecordRefund():
            payments.refuse_owing(docket, act.bidder)
            if refunds.record(docket, act):
                settling.settle(docket)
                remedies.end_if_final(docket)
        case ConfirmRefund():
            if find(docket.state.refunds_on_their_way, bidder=act.bidder) is None:
                payments.refuse_owing(docket, act.bidder)
            if refunds.confirm(docket, act):
                settling.settle(docket)
                remedies.end_if_final(docket)
        case AskFaultTolerance():
            if refunds.of(docket, act).fault_tolerance_asked:
                docket.refuse("fault_tolerance_already")
            docket.record(FaultToleranceAsked(bidder=act.bidder))
            refunds.ask_for_finding(docket, act.bidder)
        case DecideFaultTolerance():
            _decide_tolerance(docket, act)
        case AssessValue():
            _assess(docket, act)
        case _:
            assert_never(act)


def acceptance_of(docket: Docket, bidder: str) -> Acceptance:
    acceptance = find(docket.state.acceptances, bidder=bidder)
    if acceptance is None:
        known = ", ".join(each.bidder for each in docket.state.acceptances) or "-"
        docket.refuse("unknown_bidder", bidder=bidder, known=known)
    return acceptance


def _review(docket: Docket, bidder: str) -> None:
    docket.move(Machine.ACCEPTANCE, bidder, "reviewing")
    settling.ask_for_acceptance_opinions(docket, bidder)


def convene(docket: Docket, act: ConvenePanel) -> None:
    """Nobody accepts their own unit's work, or a competitor's.

    Who sat on the scene's earlier panels, or decided in its trials, may fill only the policy's share.
    """
    bidder = act.bidder or ""
    if docket.step(Machine.ACCEPTANCE, bidder) != "reviewing":
        known = ", ".join(each.bidder for each in docket.state.acceptances if each.step == "reviewing") or "-"
        docket.refuse("unknown_bidder", bidder=bidder or "-", known=known)
    parties = (*docket.state.owners, *separation.units_bidding(docket.state))
    before = _sat_before(docket.state) | separation.who_tried(docket.state)
    rules = docket.policy.panels["acceptance"]
    panel = panels.convene(
        docket, act, limit="acceptance_review", parties=parties,
        verbs=OF_A_MEMBER, not_drawn=before if rules.overlap is not None else (),
    )  # fmt: skip
    size, again = len(panel.seats), sum(seat.person in before for seat in panel.seats)
    if rules.overlap is not None and again > math.floor(rules.overlap * size):
        docket.refuse("panel_overlap", overlap=f"{again}/{size}", share=rules.overlap)


def _sat_before(state: SceneState) -> set[str]:
    """On the scene's earlier panels; of an exit panel also who spoke on one that another took the place of."""
    earlier = [panel for panel in state.panels if panel.purpose is not PanelPurpose.ACCEPTANCE]
    spoke = (hand.persons for hand in state.hands if hand.deed in separation.JUDGED[PanelPurpose.EXIT])
    return {*(seat.person for each in earlier for seat in each.seats), *(each for persons in spoke for each in persons)}


def _opinion(docket: Docket, act: GiveAcceptanceOpinion) -> None:
    acceptance = acceptance_of(docket, act.bidder)
    if any(opinion.unit == docket.unit for opinion in acceptance.opinions):
        docket.refuse("opinion_already_given", unit=docket.unit)
    docket.record(AcceptanceOpinionGiven(bidder=act.bidder, unit=docket.unit, position=act.position))
    docket.met(f"acceptance_opinion/{act.bidder}/{docket.unit}")


def opinion_ran_out(docket: Docket, deadline: Deadline) -> None:
    """Whoever was asked and said nothing is on record as silent; the conclusion waits for them no longer."""
    bidder, unit = deadline.bidder or "", deadline.holder.unit if deadline.holder else ""
    docket.record(AcceptanceSilence(bidder=bidder, unit=unit))


def _check_ip(docket: Docket, act: CheckIntellectualProperty) -> None:
    """What belongs to others names the licence it is used under; each item stands there once."""
    names = [item.name for item in act.items]
    if twice := [name for at, name in enumerate(names) if name in names[:at]]:
        docket.refuse("ip_item_twice", item=twice[0])
    foreign = [each.name for each in act.items if each.origin in ("licensed", "open_source") and each.licence is None]
    if foreign:
        docket.refuse("ip_licence_missing", items=", ".join(foreign))
    docket.record(
        IntellectualPropertyChecked(
            bidder=act.bidder,
            items=len(act.items),
            conflicts=tuple(each.name for each in act.items if each.conflict is not None),
            by=docket.person,
            on=docket.day,
            document=act.document.sha256,
        )
    )


def _refuse_unchecked_ip(docket: Docket, acceptance: Acceptance) -> None:
    """知识产权审查评估，规避知识产权风险 (盐城十四五科技规划 四（九）): no result passes over what is not settled."""
    if not docket.policy.acceptance.ip_check:
        return
    if acceptance.ip_check is None:
        docket.refuse("ip_check_missing", bidder=acceptance.bidder)
    if acceptance.ip_check.conflicts:
        docket.refuse("ip_conflict_open", items=", ".join(acceptance.ip_check.conflicts))


def _sign(docket: Docket, act: SignAcceptanceOpinion) -> None:
    """Each for themselves, and the very text: another is signed anew, and the duty lasts until one is concluded."""
    seat = panels.own_seat(docket, panels.seated(docket, PanelPurpose.ACCEPTANCE, act.bidder))
    if seat.recommend is None:
        docket.refuse("sign_before_opinion", person=docket.person)
    signed = find(acceptance_of(docket, act.bidder).signatures, person=docket.person)
    if signed is not None and signed.document == act.document.sha256:
        docket.refuse("opinion_signed_already", person=docket.person)
    docket.record(
        AcceptanceOpinionSigned(
            bidder=act.bidder,
            person=docket.person,
            document=act.document.sha256,
            dissents=act.dissent is not None,
        )
    )


def _conclude(docket: Docket, act: ConcludeAcceptance) -> None:
    acceptance, rules = acceptance_of(docket, act.bidder), docket.policy.acceptance
    panel = panels.seated(docket, PanelPurpose.ACCEPTANCE, act.bidder)
    panels.refuse_incomplete(docket, panel)
    _refuse_without_defence(docket, acceptance, act)
    match act.verdict:
        case "passed":
            lineage.refuse_unreviewed(docket)
            incidents.refuse_unsettled(docket, act.bidder)
            panels.refuse_unless_recommended(docket, panel)
        case "conditional":
            if not act.conditions:
                docket.refuse("conditions_missing")
            if acceptance.rectifications >= rules.rectifications:
                docket.refuse("rectified_already")
        case "retrial":
            if docket.step(Machine.TRIAL, act.bidder) != "ended":
                docket.refuse("fast_track_no_retrial")
            if acceptance.retrials >= rules.retrials:
                docket.refuse("retried_already")
        case "failed":
            pass
        case _:
            assert_never(act.verdict)
    _refuse_unheard(docket, acceptance)
    _refuse_unreasoned(docket, act, panel)
    _refuse_unsigned(docket, acceptance, panel, act.document.sha256)
    if act.verdict == "passed":
        _refuse_unchecked_ip(docket, acceptance)
    docket.record(
        AcceptanceConcluded(
            bidder=act.bidder, verdict=act.verdict, by=docket.person, on=docket.day, document=act.document.sha256
        )
    )
    for seat in panel.seats:
        docket.met(panels.seat_deadline("acceptance_review", act.bidder, seat.person))
    match act.verdict:
        case "passed":
            noticed = docket.used("acceptance_notice")
            docket.move(Machine.ACCEPTANCE, act.bidder, "concluded" if noticed else "passed")
            settling.settle(docket)
        case "conditional":
            docket.move(Machine.ACCEPTANCE, act.bidder, "rectifying")
        case "retrial":
            docket.move(Machine.ACCEPTANCE, act.bidder, "retrial")
            docket.move(Machine.TRIAL, act.bidder, "planning")
            settling.settle(docket)
        case "failed":
            _fail(docket, act.bidder)
        case _:
            assert_never(act.verdict)


def may_be_concluded(state: SceneState, bidder: str) -> bool:
    """Whether all have been heard: the panel, which has signed one text, and those who give an opinion."""
    panel = find(state.panels, purpose=PanelPurpose.ACCEPTANCE, bidder=bidder)
    accepting = find(state.acceptances, bidder=bidder)
    if panel is None or panel.void or accepting is None or not panels.all_have_spoken(panel):
        return False
    waiting = any((each.limit, each.bidder) == ("acceptance_opinion", bidder) for each in state.deadlines)
    signed = {(each.person, each.document) for each in accepting.signatures}
    texts = {document for _, document in signed}
    return not waiting and any(all((seat.person, text) in signed for seat in panel.seats) for text in texts)


def _refuse_without_defence(docket: Docket, acceptance: Acceptance, act: ConcludeAcceptance) -> None:
    """A large budget is defended and visited, each on a day of this review and with its record (R50: field tests)."""
    if acceptance.by_defence and (act.defence is None or act.visit is None):
        docket.refuse("defence_needed", budget=acceptance.budget_yuan)
    since, until = acceptance.entered_on, docket.day
    days = [(each.on, since) for each in (act.defence, act.visit) if each is not None]
    for on, first in (*days, *((each.on, None) for each in act.field_tests)):
        if on > until or (first is not None and on < first):
            docket.refuse("not_in_review", on=on, first=first or "-", last=until)


def _refuse_unheard(docket: Docket, acceptance: Acceptance) -> None:
    """Owner, regulator and cooperating departments have spoken, or let their time go by."""
    asked = docket.open_deadlines("acceptance_opinion", acceptance.bidder)
    if waiting := [clock for clock in asked if clock.holder is not None]:
        units = ", ".join(clock.holder.unit for clock in waiting if clock.holder is not None)
        docket.refuse("opinions_missing", units=units, until=max(clock.due_on for clock in waiting))


def _refuse_unreasoned(docket: Docket, act: ConcludeAcceptance, panel: Panel) -> None:
    """The lead decides, and says why where it does not follow those whom it asked: the panel, or every department."""
    yes, needed = panels.votes(docket.policy, panel)
    if act.verdict != "passed" and yes >= needed and act.against_panel is None:
        docket.refuse("verdict_below_panel", verdict=act.verdict, yes=yes, size=len(panel.seats))
    objecting = _objections_to_answer(docket, acceptance_of(docket, act.bidder))
    if act.verdict == "passed" and objecting and act.over_objections is None:
        docket.refuse("objections_unanswered", units=", ".join(objecting))


def _objections_to_answer(docket: Docket, acceptance: Acceptance) -> tuple[str, ...]:
    """The units that object, where the policy wants it said why the result passes all the same."""
    rules, state = docket.policy.acceptance.objections, docket.state
    units = tuple(each.unit for each in acceptance.opinions if each.position is Position.OBJECT)
    others = [each.unit for each in acceptance.opinions if each.unit not in state.owners]
    of_others = sum(unit in others for unit in units)
    asked = (
        ("all" in rules and units and len(units) == len(acceptance.opinions))
        or ("majority" in rules and 2 * of_others > len(others))
        or ("regulator" in rules and state.regulator in units)
    )
    return units if asked else ()


def _refuse_unsigned(docket: Docket, acceptance: Acceptance, panel: Panel, document: str) -> None:
    """The acceptance opinion (验收意见书) bears the name of every member; a dissent is signed as well."""
    signed = {each.person for each in acceptance.signatures if each.document == document}
    if missing := sum(seat.person not in signed for seat in panel.seats):
        docket.refuse("opinion_unsigned", missing=missing)


def _fail(docket: Docket, bidder: str) -> None:
    docket.decide_against(bidder, reopens="reviewing", machine=Machine.ACCEPTANCE, bidder=bidder)
    docket.record(RefundOwed(bidder=bidder, amount_yuan=refunds.paid_yuan(docket.state, bidder)))
    docket.move(Machine.ACCEPTANCE, bidder, "failed")


def rectification_ran_out(docket: Docket, deadline: Deadline) -> None:
    _fail(docket, deadline.bidder or "")


def application_ran_out(docket: Docket, deadline: Deadline) -> None:
    docket.move(Machine.ACCEPTANCE, deadline.bidder, "lapsed")
    refunds.work_ended(docket, deadline.bidder or "")
    settling.settle(docket)


def _decide_tolerance(docket: Docket, act: DecideFaultTolerance) -> None:
    owed = refunds.of(docket, act)
    if not owed.fault_tolerance_asked:
        docket.refuse("fault_tolerance_not_asked")
    if owed.fault_tolerated is not None:
        docket.refuse("fault_tolerance_already")
    _refuse_unanswered(docket, act)
    docket.record(FaultToleranceDecided(bidder=act.bidder, tolerated=act.tolerated))
    if not act.tolerated and docket.policy.acceptance.tolerance_appeal:
        ended = refunds.ended_at(docket, act.bidder) or ""
        docket.decide_against(act.bidder, reopens=ended, machine=Machine.ACCEPTANCE, bidder=act.bidder)
    docket.met(f"fault_tolerance/{act.bidder}")
    docket.run_on()


def _refuse_unanswered(docket: Docket, act: DecideFaultTolerance) -> None:
    """Every criterion of the city is answered, each once; tolerated is what meets them all, and nothing else."""
    criteria = docket.policy.acceptance.tolerance
    answered = [each.criterion for each in act.answers]
    if sorted(answered) != sorted(criteria):
        docket.refuse(
            "tolerance_unanswered",
            missing=", ".join(each for each in criteria if each not in answered) or "-",
            unknown=", ".join(each for each in answered if each not in criteria or answered.count(each) > 1) or "-",
        )
    unmet = [each.criterion for each in act.answers if not each.met]
    if criteria and act.tolerated is bool(unmet):
        docket.refuse("tolerance_contradicts", unmet=", ".join(unmet) or "-")


def _assess(docket: Docket, act: AssessValue) -> None:
    """The figures add up to the value, and the shares to the whole of it; each party stands there once."""
    if act.method is None or not act.assessors or not act.figures:
        docket.refuse("value_unfounded")
    total = sum(figure.amount_yuan for figure in act.figures)
    if total != act.value_yuan:
        docket.refuse("figures_differ", total=total, value=act.value_yuan)
    whole = sum((each.share for each in act.shares), Fraction(0))
    if whole != 1 or len({each.party for each in act.shares}) < len(act.shares):
        docket.refuse("shares_not_whole", total=whole)
    known = _parties(docket.state)
    if strangers := [each.party for each in act.shares if each.party not in known]:
        docket.refuse("share_to_stranger", party=", ".join(strangers), known=", ".join(known))
    shares = tuple((each.party, str(each.share)) for each in act.shares)
    docket.record(ValueAssessed(value_yuan=act.value_yuan, shares=shares))


def _parties(state: SceneState) -> tuple[str, ...]:
    """Who can have a share in the value: who opened the scene, who works in it, who has part in it."""
    owner = (state.profile.owner,) if state.profile else ()
    solvers = [contract.bidder for contract in state.contracts]
    members = (unit for bid in state.bids if bid.bidder in solvers for unit in bid.consortium)
    offices = (unit for unit in (state.lead, *state.cooperating, state.regulator) if unit)
    return tuple(dict.fromkeys((*owner, *solvers, *members, *offices)))
