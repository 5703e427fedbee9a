"""Orders to correct (责令限期改正) that come of faults, within an inclusion period or outside it (行政处罚法28).

Each is one of its own, named by the number of its fault: its two officers, its clock, the bidder's report, and the
third officer who verifies it. A bidder may be under several at once; one does not wait for another, and one that is
annulled or verified leaves the others as they are. An order outlives its period, unless that is breached: then all
that stand fall, and the regulator decides on the trial itself, until an upheld appeal leaves no breach standing. The
order of an incident is dealt with there (`rules.incidents`).
"""

from collections.abc import Sequence

from models.commands.trial import ReportCorrection, VerifyCorrection
from models.deadline import Deadline
from models.events.trial import CorrectionReported, CorrectionVerified
from models.state import Fault, SceneState, order_key
from models.vocabulary import Machine, Role
from rules import red_lines, separation, settling
from rules.docket import Docket
from rules.keyed import find

OfOrder = ReportCorrection | VerifyCorrection


def issue(docket: Docket, bidder: str, fault: Fault) -> None:
    """Its time runs from its service: as long as the policy says, or the city's own measure."""
    docket.set_deadline(
        "correction_order", docket.holder(Role.BIDDER, bidder), ("report_correction",),
        key=order_key(fault.number), machine=Machine.INCLUSION, bidder=bidder, step="",
        period=fault.measure.correct_within if fault.measure else None,
    )  # fmt: skip


def report(docket: Docket, act: ReportCorrection) -> None:
    """The bidder's word and its proof meet its duty; whether it is corrected, an officer finds."""
    fault = _ordered(docket, act)
    if fault.correction_reported:
        docket.refuse("correction_reported_already", bidder=act.bidder)
    docket.record(CorrectionReported(bidder=act.bidder, fault=fault.number))
    docket.met(_clock("correction_order", act.bidder, fault))
    _ask_to_verify(docket, act.bidder, fault)


def verify(docket: Docket, act: VerifyCorrection) -> None:
    """Also after the period, however it ended: its order outlives it. One that was not carried out is a breach."""
    fault = _ordered(docket, act)
    separation.refuse_officers(docket, fault.officers)
    docket.record(CorrectionVerified(bidder=act.bidder, fault=fault.number, corrected=act.corrected))
    if act.corrected:
        docket.met(_clock("correction_order", act.bidder, fault))
        docket.met(_clock("correction_check", act.bidder, fault))
    else:
        red_lines.breach(docket, act.bidder, str(fault.number))


def named(state: SceneState, act: OfOrder) -> int | None:
    """The number of the fault whose order is meant; where one order stands, it need not be named."""
    standing = state.open_orders(act.bidder)
    return standing[0].number if act.fault is None and len(standing) == 1 else act.fault


def _ordered(docket: Docket, act: OfOrder) -> Fault:
    """Raises Refused: no_open_order, order_not_named, unknown_order."""
    standing, number = docket.state.open_orders(act.bidder), named(docket.state, act)
    if not standing:
        docket.refuse("no_open_order")
    if number is None:
        docket.refuse("order_not_named", bidder=act.bidder, known=_numbers(standing))
    fault = find(standing, number=number)
    if fault is None:
        docket.refuse("unknown_order", fault=number, known=_numbers(standing))
    return fault


def ran_out(docket: Docket, deadline: Deadline) -> None:
    """Nobody reported it as corrected in time: the trial stops for safety, and an officer has to find how it stands.

    A breach it is by that finding only: the engine decides nobody's guilt, and an officer's silence hurts nobody.
    """
    bidder = deadline.bidder or ""
    for fault in docket.state.open_orders(bidder):
        if _clock(deadline.limit, bidder, fault) == deadline.id:
            settling.suspend_trial(docket, bidder)
            _ask_to_verify(docket, bidder, fault)


def lift(docket: Docket, bidder: str, fault: Fault) -> None:
    """An appeal against it was upheld: nobody waits for it any more."""
    docket.cancel(_clock("correction_order", bidder, fault))
    docket.cancel(_clock("correction_check", bidder, fault))


def stand_again(docket: Docket, bidder: str) -> None:
    """No breach stands any more: what fell with one is due anew, or to be verified where it was reported before."""
    for fault in docket.state.open_orders(bidder):
        if fault.correction_reported:
            _ask_to_verify(docket, bidder, fault)
        else:
            issue(docket, bidder, fault)


def refuse_unverified(docket: Docket, bidder: str) -> None:
    """No trial runs again over an order that is said to be carried out, or past its time, before it is verified."""
    unverified = [
        each
        for each in docket.state.open_orders(bidder)
        if not docket.has_clock(_clock("correction_order", bidder, each))
    ]
    if unverified:
        docket.refuse("correction_unverified", bidder=bidder, faults=_numbers(unverified))


def refuse_open(docket: Docket, bidder: str) -> None:
    """Nothing is fit for acceptance while what was ordered is not verified."""
    if standing := docket.state.open_orders(bidder):
        docket.refuse("correction_order_open", bidder=bidder, faults=_numbers(standing))


def _ask_to_verify(docket: Docket, bidder: str, fault: Fault) -> None:
    if not docket.has_clock(_clock("correction_check", bidder, fault)):
        docket.set_deadline(
            "correction_check", docket.holder(Role.REGULATOR), ("verify_correction",),
            key=order_key(fault.number), machine=Machine.INCLUSION, bidder=bidder, step="",
        )  # fmt: skip


def _clock(limit: str, bidder: str, fault: Fault) -> str:
    return f"{limit}/{bidder}/{order_key(fault.number)}"


def _numbers(faults: Sequence[Fault]) -> str:
    return ", ".join(str(fault.number) for fault in faults)
