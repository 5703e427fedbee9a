"""The inclusion period (包容期, S3 四（二）): minor first faults meet soft measures, inside red lines.

It starts on the date of the start notice and, unless the policy says so, a suspension does not stop its clock. Each
fault that is punishable climbs the ladder (`rules.ladder`); after its last step the period is breached. A first fault
that is minor, corrected and harmless is not punished (行政处罚法33). An order takes two officers and is verified by a
third person. A red line breaches at once. Breach stops the trial, and formal supervision
begins. The engine records the officer's finding; it never
decides guilt itself.
"""

from typing import assert_never

from models.commands.trial import EndInclusionEarly, InclusionAct, LiftSupervision, RecordFault, VerifyCorrection
from models.deadline import Deadline
from models.events.trial import CorrectionVerified, FaultRecorded, InclusionGranted, SupervisionBegan, SupervisionLifted
from models.state import Fault, Inclusion, Trial
from models.vocabulary import Credit, Machine, Role
from rules import incidents, ladder, remedies, separation, settling
from rules.docket import Docket
from rules.keyed import find

_ORDER_OF_CREDIT = tuple(Credit)


def judge(docket: Docket, act: InclusionAct) -> None:
    match act:
        case RecordFault():
            _fault(docket, act)
        case VerifyCorrection():
            _verify(docket, act)
        case EndInclusionEarly():
            _end_early(docket, act)
        case LiftSupervision():
            _lift(docket, act)
        case _:
            assert_never(act)


def found_eligible(docket: Docket, trial: Trial, suspension_pauses: bool | None = None) -> InclusionGranted:
    """Risk and credit as the policy asks, and no breach before; what was found is recorded with the grant.

    The bidding of a scene that was taken over was not witnessed here; where that is a livelihood domain, its missing
    commitment and credit check are missed. Raises Refused: inclusion_not_eligible.
    """
    rules, state = docket.policy.inclusion, docket.state
    if trial.risk not in rules.risks:
        docket.refuse("inclusion_not_eligible", why=f"risk {trial.risk}")
    red_lines = any(each.bidder == trial.bidder and each.found_red_line for each in state.incidents)
    if docket.step(Machine.INCLUSION, trial.bidder) == "breached" or red_lines:
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
        risk=trial.risk,
        credit=credit,
        livelihood=livelihood,
        commitment=bid.commitment_signed if bid else None,
        suspension_pauses=suspension_pauses,
    )


def begin(docket: Docket, granted: InclusionGranted) -> None:
    docket.move(Machine.INCLUSION, granted.bidder, "active")
    docket.record(granted)
    docket.set_deadline("inclusion", None, (), machine=Machine.INCLUSION, bidder=granted.bidder, step="")


def inclusion_of(docket: Docket, bidder: str) -> Inclusion:
    inclusion = find(docket.state.inclusions, bidder=bidder)
    if inclusion is None or inclusion.step not in ("active", "extended"):
        docket.refuse("no_inclusion", bidder=bidder)
    return inclusion


def _fault(docket: Docket, act: RecordFault) -> None:
    inclusion, rules = inclusion_of(docket, act.bidder), docket.policy.inclusion
    if inclusion.started_on is not None and docket.day < inclusion.started_on:
        docket.refuse("fault_before_inclusion", on=docket.day, started_on=inclusion.started_on)
    if act.red_line is not None and act.red_line not in rules.red_lines:
        docket.refuse("unknown_red_line", red_line=act.red_line, known=", ".join(rules.red_lines))
    if act.incident is not None and find(docket.state.incidents, id=act.incident, bidder=act.bidder) is None:
        docket.refuse("unknown_incident", incident=act.incident)
    climbed = None
    if not act.punishable:
        _refuse_unless_excused(docket, inclusion, act)
    elif act.red_line is None:
        climbed = ladder.climb(rules, inclusion.faults, act.kind, docket.day)
    rung = climbed.rung if climbed else None
    fault = Fault(
        number=len(inclusion.faults) + 1,
        kind=act.kind,
        recorded_on=docket.day,
        rung=rung,
        by=docket.person,
        tolerated=not act.punishable,
        red_line=act.red_line,
        officers=separation.two_officers(docket, act.with_officer) if rung == "order" else (),
        climb=climbed,
        incident=act.incident,
    )
    docket.record(FaultRecorded(bidder=act.bidder, fault=fault))
    if act.red_line is not None or rung == "breach":
        breach(docket, act.bidder, fault)
    elif rung == "order":
        docket.decide_against(
            act.bidder, reopens=inclusion.step, machine=Machine.INCLUSION, bidder=act.bidder, item=str(fault.number)
        )
    if rung == "order" and not docket.has_clock(f"correction_order/{act.bidder}"):
        docket.set_deadline(
            "correction_order", docket.holder(Role.BIDDER, act.bidder), (),
            machine=Machine.INCLUSION, bidder=act.bidder, step="",
        )  # fmt: skip


def _refuse_unless_excused(docket: Docket, inclusion: Inclusion, act: RecordFault) -> None:
    """行政处罚法33: only a first fault that is minor, was corrected and did no harm, as the officer finds.

    The findings are the officer's; that there was none of its kind before within the window, the ledger knows.
    """
    if act.red_line is not None:
        docket.refuse("red_line_excused", red_line=act.red_line)
    if act.first_fault is None:
        docket.refuse("first_fault_findings_missing")
    if otherwise := [name for name, found in act.first_fault if not found]:
        docket.refuse("fault_not_excused", findings=", ".join(otherwise))
    earlier = ladder.earlier_of_its_kind(docket.policy.inclusion, inclusion.faults, act.kind, docket.day)
    if earlier is not None:
        docket.refuse("fault_not_first", kind=act.kind, number=earlier.number, on=earlier.recorded_on)
    if act.guidance is None:
        docket.refuse("guidance_missing")


def _verify(docket: Docket, act: VerifyCorrection) -> None:
    """Also after the period, however it ended: its order outlives it. The scene may have waited for nothing else."""
    inclusion = find(docket.state.inclusions, bidder=act.bidder)
    if inclusion is None or not docket.state.order_stands(act.bidder):
        inclusion_of(docket, act.bidder)
        docket.refuse("no_open_order")
    separation.refuse_officers(docket, inclusion.officers)
    docket.record(CorrectionVerified(bidder=act.bidder, corrected=act.corrected))
    if act.corrected:
        docket.met(f"correction_order/{act.bidder}")
    else:
        breach(docket, act.bidder)
    remedies.end_if_final(docket)


def refuse_order_open(docket: Docket, bidder: str) -> None:
    """Nothing is fit for acceptance while what was ordered is not verified."""
    if docket.state.order_stands(bidder):
        docket.refuse("correction_order_open", bidder=bidder)


def breach(docket: Docket, bidder: str, fault: Fault | None = None) -> None:
    """Red line, refusal to correct, or the ladder's end: the period is over and the trial stands still.

    Formal supervision begins (S3 四（二）): within its limit the regulator ends the trial, whose rollback is then
    proven, or lets it be resumed without an inclusion period. A trial whose time is over has nothing to decide on. It
    is a decision against the bidder, and takes effect at once: an upheld appeal gives back what is left of the period.
    """
    before = docket.step(Machine.INCLUSION, bidder)
    docket.decide_against(
        bidder, reopens=before, machine=Machine.INCLUSION, bidder=bidder, item=str(fault.number) if fault else None
    )
    if before in ("ended", "ended_early"):
        docket.move(Machine.INCLUSION, bidder, "breached")
    settling.end_inclusion(docket, bidder, "breached", for_now=True)
    settling.suspend_trial(docket, bidder)
    if docket.step(Machine.TRIAL, bidder) == "suspended":
        docket.record(SupervisionBegan(bidder=bidder, because=docket.cause))
        docket.set_deadline(
            "supervision", docket.holder(Role.REGULATOR), ("terminate_trial", "lift_supervision"),
            machine=Machine.TRIAL, bidder=bidder,
        )  # fmt: skip


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
    if act.at_bidders_request:
        settling.end_inclusion(docket, act.bidder, "ended_early")
        return
    reopens = docket.step(Machine.INCLUSION, act.bidder)
    docket.decide_against(act.bidder, reopens=reopens, machine=Machine.INCLUSION, bidder=act.bidder)
    settling.end_inclusion(docket, act.bidder, "ended_early", for_now=True)


def order_ran_out(docket: Docket, deadline: Deadline) -> None:
    """An order that nobody verified in time: under an inclusion period a breach, after an incident a stop."""
    if deadline.machine is Machine.INCLUSION:
        breach(docket, deadline.bidder or "")
    else:
        incidents.order_ran_out(docket, deadline)


def inclusion_ran_out(docket: Docket, deadline: Deadline) -> None:
    settling.end_inclusion(docket, deadline.bidder or "", "ended")
