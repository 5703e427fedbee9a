"""The inclusion period (包容期, S3 四（二）): minor first faults meet soft measures, inside red lines.

It starts on the date of the start notice and, unless the policy says so, a suspension does not stop its clock. Each
fault that is punishable climbs the ladder (`rules.ladder`); after its last step the period is breached. A first fault
that is minor, corrected and harmless is not punished (行政处罚法33). An order takes two officers and is verified by a
third person (`rules.orders`). A red line breaches at once, also one that is found when the period is over
(`rules.red_lines`). The engine records the officer's finding; it never decides guilt itself.
"""

from typing import assert_never

from models.commands.trial import (
    EndInclusionEarly,
    InclusionAct,
    LiftSupervision,
    RecordFault,
    ReportCorrection,
    VerifyCorrection,
)
from models.deadline import Deadline
from models.events.trial import FaultRecorded, InclusionGranted, SupervisionLifted
from models.state import Fault, Inclusion, Trial
from models.vocabulary import Credit, Machine, Risk
from rules import incidents, ladder, orders, red_lines, remedies, separation, settling
from rules.docket import Docket
from rules.keyed import find

_ORDER_OF_CREDIT = tuple(Credit)


def judge(docket: Docket, act: InclusionAct) -> None:
    match act:
        case RecordFault():
            _fault(docket, act)
        case ReportCorrection(incident=str(), fault=int()):
            docket.refuse("order_both_ways")
        case ReportCorrection(incident=str(incident)):
            incidents.report_correction(docket, act.bidder, incident)
        case ReportCorrection():
            orders.report(docket, act)
        case VerifyCorrection():
            orders.verify(docket, act)
            remedies.end_if_final(docket)  # the scene may have waited for nothing else
        case EndInclusionEarly():
            _end_early(docket, act)
        case LiftSupervision():
            _lift(docket, act)
        case _:
            assert_never(act)


def found_eligible(docket: Docket, trial: Trial, suspension_pauses: bool | None = None) -> InclusionGranted:
    """Risk and credit as the policy asks, and no breach before; what was found is recorded with the grant.

    The risk is what the regulator found at the admission; else the worse of what owner and bidder declared.

    The bidding of a scene that was taken over was not witnessed here; where that is a livelihood domain, its missing
    commitment and credit check are missed. Raises Refused: inclusion_not_eligible.
    """
    rules, state = docket.policy.inclusion, docket.state
    risk = trial.found_risk or _worst(trial.risk, state.profile.risk if state.profile else None)
    if risk not in rules.risks:
        docket.refuse("inclusion_not_eligible", why=f"risk {risk}")
    if red_lines.crossed(state, trial.bidder):
        docket.refuse("inclusion_not_eligible", why="breached before")
    bid = find(state.bids, bidder=trial.bidder)
    credit = bid.credit if bid else None
    if credit is not None and _ORDER_OF_CREDIT.index(credit) > _ORDER_OF_CREDIT.index(rules.credit_at_least):
        docket.refuse("inclusion_not_eligible", why=f"credit {credit}")
    domain = docket.policy.domain(state.profile.domain) if state.profile else None
    livelihood = bool(domain and domain.livelihood)
    if livelihood and rules.livelihood_commitment and not (bid and bid.commitment_signed):
        docket.refuse("inclusion_not_eligible", why="no commitment and credit check")
    return InclusionGranted(
        bidder=trial.bidder,
        by=docket.person,
        started_on=docket.day,
        risk=risk,
        credit=credit,
        livelihood=livelihood,
        commitment=bid.commitment_signed if bid else None,
        suspension_pauses=suspension_pauses,
    )


def _worst(*declared: Risk | None) -> Risk | None:
    """None where nobody declared any."""
    known = [risk for risk in declared if risk is not None]
    return max(known, key=tuple(Risk).index, default=None)


def begin(docket: Docket, granted: InclusionGranted) -> None:
    docket.move(Machine.INCLUSION, granted.bidder, "active")
    docket.record(granted)
    docket.set_deadline("inclusion", None, (), machine=Machine.INCLUSION, bidder=granted.bidder, step="")


def inclusion_of(docket: Docket, bidder: str) -> Inclusion:
    inclusion = find(docket.state.inclusions, bidder=bidder)
    if inclusion is None or inclusion.step not in ("active", "extended"):
        docket.refuse("no_inclusion", bidder=bidder)
    return inclusion


def refuse_over(docket: Docket, bidder: str) -> None:
    """A period is longer only for a trial that goes on; one that was ended early only waits for its remedies."""
    inclusion_of(docket, bidder)
    if docket.step(Machine.TRIAL, bidder) not in ("running", "suspended"):
        docket.refuse("inclusion_trial_over", bidder=bidder)


def _running(docket: Docket, bidder: str) -> Inclusion | None:
    """The period that a fault falls into; None of a trial that goes on without one."""
    inclusion = find(docket.state.inclusions, bidder=bidder)
    return inclusion if inclusion is not None and inclusion.step in ("active", "extended") else None


def _fault(docket: Docket, act: RecordFault) -> None:
    """Within a period it climbs the ladder; outside, it is ordered to be corrected at once (行政处罚法28)."""
    running, rules = _running(docket, act.bidder), docket.policy.inclusion
    if running is not None and running.started_on is not None and docket.day < running.started_on:
        docket.refuse("fault_before_inclusion", on=docket.day, started_on=running.started_on)
    if running is None and docket.step(Machine.TRIAL, act.bidder) not in red_lines.LIVE:
        docket.refuse("no_inclusion", bidder=act.bidder)
    ledger = find(docket.state.inclusions, bidder=act.bidder)
    faults = ledger.faults if ledger is not None else ()
    _refuse_unknown_clause(docket, act)
    if act.red_line is not None and act.red_line not in rules.red_lines:
        docket.refuse("unknown_red_line", red_line=act.red_line, known=", ".join(rules.red_lines))
    incident = find(docket.state.incidents, id=act.incident, bidder=act.bidder)
    if act.incident is not None and incident is None:
        docket.refuse("unknown_incident", incident=act.incident)
    if incident is not None and incidents.does_harm(incident) and not act.punishable:
        docket.refuse("harm_excused", incident=incident.id)
    climbed = None
    if not act.punishable:
        _refuse_unless_excused(docket, faults, act)
    elif act.first_fault is not None and all(found for _, found in act.first_fault):
        docket.refuse("first_fault_punished")
    elif act.red_line is None and running is not None:
        climbed = ladder.climb(rules, faults, act.kind, docket.day)
    rung = climbed.rung if climbed else None
    if running is None and act.punishable and act.red_line is None:
        rung = "order"
    measure = climbed.measure if climbed else None
    if measure is not None and measure.roles and docket.role not in measure.roles:
        docket.refuse(
            "measure_of_others", measure=measure.name, measure_en=measure.name_en, roles=", ".join(measure.roles)
        )
    fault = Fault(
        number=len(faults) + 1,
        kind=act.kind,
        recorded_on=docket.day,
        rung=rung,
        by=docket.person,
        tolerated=not act.punishable,
        red_line=act.red_line,
        climb=climbed,
        incident=act.incident,
        ordinary=running is None,
    )
    if fault.takes_two_officers:
        officers = separation.two_officers(docket, act.with_officer)
        fault = fault.model_copy(update={"officers": officers})
    if ledger is None:
        docket.move(Machine.INCLUSION, act.bidder, "ordinary")
    docket.record(FaultRecorded(bidder=act.bidder, fault=fault))
    if fault.breaches:
        red_lines.breach(docket, act.bidder, str(fault.number))
    elif fault.contestable:
        docket.decide_against(
            act.bidder, reopens=docket.step(Machine.INCLUSION, act.bidder), machine=Machine.INCLUSION,
            bidder=act.bidder, item=str(fault.number),
        )  # fmt: skip
    if fault.orders:
        orders.issue(docket, act.bidder, fault)


def _refuse_unknown_clause(docket: Docket, act: RecordFault) -> None:
    """A fault cites what the plan has a key for; a plan from before there were keys is cited in words."""
    trial = find(docket.state.trials, bidder=act.bidder)
    if trial is not None and trial.clauses and act.plan_clause not in trial.clauses:
        docket.refuse("unknown_plan_clause", clause=act.plan_clause, known=", ".join(trial.clauses))


def _refuse_unless_excused(docket: Docket, faults: tuple[Fault, ...], act: RecordFault) -> None:
    """行政处罚法33: only a first fault that is minor, was corrected and did no harm, as the officer finds.

    The findings are the officer's; that there was none of its kind before within the window, the ledger knows.
    """
    if act.red_line is not None:
        docket.refuse("red_line_excused", red_line=act.red_line)
    if act.first_fault is None:
        docket.refuse("first_fault_findings_missing")
    if otherwise := [name for name, found in act.first_fault if not found]:
        docket.refuse("fault_not_excused", findings=", ".join(otherwise))
    earlier = ladder.earlier_of_its_kind(docket.policy.inclusion, faults, act.kind, docket.day)
    if earlier is not None:
        docket.refuse("fault_not_first", kind=act.kind, number=earlier.number, on=earlier.recorded_on)
    if act.guidance is None:
        docket.refuse("guidance_missing")


def _lift(docket: Docket, act: LiftSupervision) -> None:
    trial = find(docket.state.trials, bidder=act.bidder)
    if trial is None or not trial.supervised:
        docket.refuse("not_supervised", bidder=act.bidder)
    docket.record(SupervisionLifted(bidder=act.bidder, by=docket.person))
    docket.met(f"supervision/{act.bidder}")


def refuse_under_supervision(docket: Docket, trial: Trial) -> None:
    """A breached trial is not resumed before the regulator has decided that it may be."""
    if trial.supervised:
        docket.refuse("under_supervision", bidder=trial.bidder)


def _end_early(docket: Docket, act: EndInclusionEarly) -> None:
    """Against the bidder: its clock waits, for an upheld appeal gives the period back with what was left of it."""
    red_lines.refuse_open_question(docket, act.bidder)
    if act.at_bidders_request:
        settling.end_inclusion(docket, act.bidder, "ended_early")
        return
    reopens = docket.step(Machine.INCLUSION, act.bidder)
    docket.decide_against(act.bidder, reopens=reopens, machine=Machine.INCLUSION, bidder=act.bidder)
    settling.end_inclusion(docket, act.bidder, "ended_early", for_now=True)


def order_ran_out(docket: Docket, deadline: Deadline) -> None:
    if deadline.machine is Machine.INCLUSION:
        orders.ran_out(docket, deadline)
    else:
        incidents.order_ran_out(docket, deadline)


def inclusion_ran_out(docket: Docket, deadline: Deadline) -> None:
    settling.end_inclusion(docket, deadline.bidder or "", "ended")
