"""The inclusion period (包容期, S3 四（二）): minor first faults meet soft measures, inside red lines.

It starts on the date of the start notice and, unless the policy says so, a suspension does not stop its clock. Each
fault that is punishable climbs the ladder; repeats of the same kind within the window skip a step; after the ladder's
last step the period is breached. An order takes two officers and is verified by a third person. A red line breaches at
once. Breach stops the trial. The engine records the officer's finding; it never decides guilt itself.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import assert_never

from models.calendar import Period, Unit
from models.commands.trial import EndInclusionEarly, InclusionAct, RecordFault, VerifyCorrection
from models.deadline import Deadline
from models.events.trial import CorrectionVerified, FaultRecorded, InclusionGranted
from models.policy import InclusionRules
from models.state import Fault, Inclusion, Trial
from models.vocabulary import Credit, Machine, Role
from rules import separation, settling
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
            settling.end_inclusion(docket, act.bidder, "ended_early")
        case _:
            assert_never(act)


def refuse_unless_eligible(docket: Docket, trial: Trial) -> None:
    """Risk and credit as the policy asks, and no breach before.

    The bidding of a scene that was taken over was not witnessed here; where that is a livelihood domain, its missing
    commitment and credit check are missed.
    """
    rules, state = docket.policy.inclusion, docket.state
    if trial.risk not in rules.risks:
        docket.refuse("inclusion_not_eligible", why=f"risk {trial.risk}")
    if docket.step(Machine.INCLUSION, trial.bidder) == "breached":
        docket.refuse("inclusion_not_eligible", why="breached before")
    bid = find(state.bids, bidder=trial.bidder)
    credit = bid.credit if bid else None
    if credit is not None and _ORDER_OF_CREDIT.index(credit) > _ORDER_OF_CREDIT.index(rules.credit_at_least):
        docket.refuse("inclusion_not_eligible", why=f"credit {credit}")
    domain = docket.policy.domain(state.profile.domain) if state.profile else None
    if domain and domain.livelihood and rules.livelihood_commitment and not (bid and bid.commitment_signed):
        docket.refuse("inclusion_not_eligible", why="no commitment and credit check")


def begin(docket: Docket, bidder: str) -> None:
    docket.move(Machine.INCLUSION, bidder, "active")
    docket.record(InclusionGranted(bidder=bidder, by=docket.person, started_on=docket.day))
    docket.set_deadline("inclusion", None, (), machine=Machine.INCLUSION, bidder=bidder, step="")


def inclusion_of(docket: Docket, bidder: str) -> Inclusion:
    inclusion = find(docket.state.inclusions, bidder=bidder)
    if inclusion is None or inclusion.step not in ("active", "extended"):
        docket.refuse("no_inclusion", bidder=bidder)
    return inclusion


def _fault(docket: Docket, act: RecordFault) -> None:
    inclusion, rules = inclusion_of(docket, act.bidder), docket.policy.inclusion
    if act.red_line is not None and act.red_line not in rules.red_lines:
        docket.refuse("unknown_red_line", red_line=act.red_line, known=", ".join(rules.red_lines))
    rung = None
    if act.red_line is None and act.punishable:
        rung = next_rung(rules, inclusion.faults, act.kind, docket.day)
    fault = Fault(
        number=len(inclusion.faults) + 1,
        kind=act.kind,
        recorded_on=docket.day,
        rung=rung,
        by=docket.person,
        tolerated=act.red_line is None and not act.punishable,
        red_line=act.red_line,
        officers=separation.two_officers(docket, act.with_officer) if rung == "order" else (),
    )
    docket.record(FaultRecorded(bidder=act.bidder, fault=fault))
    if act.red_line is not None or rung == "breach":
        breach(docket, act.bidder)
    elif rung == "order" and not docket.has_clock(f"correction_order/{act.bidder}"):
        docket.set_deadline(
            "correction_order", docket.holder(Role.BIDDER, act.bidder), (),
            machine=Machine.INCLUSION, bidder=act.bidder, step="",
        )  # fmt: skip


def next_rung(rules: InclusionRules, faults: tuple[Fault, ...], kind: str, on: date) -> str:
    """The measure for the next fault: one rung above the highest so far, two if this kind keeps coming back."""
    climbed = [fault for fault in faults if fault.rung is not None]
    order: tuple[str, ...] = rules.ladder
    highest = max((order.index(fault.rung) for fault in climbed if fault.rung in order), default=-1)
    repeats = sum(fault.kind == kind and on <= window_end(fault.recorded_on, rules.repeat_window) for fault in climbed)
    step = 2 if repeats >= rules.repeats_to_skip else 1
    rung = highest + step
    return rules.ladder[rung] if rung < len(rules.ladder) else "breach"


def window_end(start: date, window: Period) -> date:
    """The last day of a window in natural days, months or years; it rolls over no rest day, it grants nobody time."""
    match window.unit:
        case Unit.DAYS | Unit.WORKDAYS | Unit.HOURS:
            return start + timedelta(days=window.length)
        case Unit.MONTHS | Unit.YEARS:
            months = window.length * (12 if window.unit is Unit.YEARS else 1)
            year, month = divmod(start.month - 1 + months, 12)
            last = monthrange(start.year + year, month + 1)[1]
            return date(start.year + year, month + 1, min(start.day, last))
        case _:
            assert_never(window.unit)


def _verify(docket: Docket, act: VerifyCorrection) -> None:
    inclusion = inclusion_of(docket, act.bidder)
    if not inclusion.order_open:
        docket.refuse("no_open_order")
    separation.refuse_officers(docket, inclusion.officers)
    docket.record(CorrectionVerified(bidder=act.bidder, corrected=act.corrected))
    if act.corrected:
        docket.met(f"correction_order/{act.bidder}")
    else:
        breach(docket, act.bidder)


def breach(docket: Docket, bidder: str) -> None:
    """Red line, refusal to correct, or the ladder's end: the period is over and the trial stands still."""
    settling.end_inclusion(docket, bidder, "breached")
    settling.suspend_trial(docket, bidder)


def order_ran_out(docket: Docket, deadline: Deadline) -> None:
    """An order that nobody verified in time: under an inclusion period a breach, after an incident a stop."""
    bidder = deadline.bidder or ""
    if deadline.machine is Machine.INCLUSION:
        breach(docket, bidder)
    else:
        settling.suspend_trial(docket, bidder)


def inclusion_ran_out(docket: Docket, deadline: Deadline) -> None:
    settling.end_inclusion(docket, deadline.bidder or "", "ended")
