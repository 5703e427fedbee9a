"""Refunds: what a bidder was paid is owed back where its work ends without acceptance, however it ends.

A contract that lapses or is dissolved, a trial that is refused, terminated or found unfit, an acceptance that is never
applied for: what was paid less what was refunded is due (民法典第五百六十六条). It is one duty with a clock of its own,
and neither remedies nor the scene's end stop it: a scene that ends waits for it as for what it owes. Work that goes on
again, after an upheld appeal, owes nothing. Whoever was found diligent (容错 S0, 尽职免责 S4) may owe less, nobody
more. Where the policy wants a receipt, who owes it says that it was paid back, and the payer that it
came.
"""

from models.commands.acceptance import AskFaultTolerance, DecideFaultTolerance, RecordRefund
from models.deadline import Holder
from models.events.acceptance import RefundDeclared, RefundMissed, RefundOwed, RefundRecorded
from models.state import Acceptance, PaymentStatus, Refund, SceneState
from models.vocabulary import Machine, Role
from rules.docket import BIDDER_MACHINES, Docket
from rules.keyed import find

_OVER = {
    Machine.CONTRACT: ("lapsed", "dissolved"),
    Machine.TRIAL: ("refused", "rolling_back", "terminated", "unfit", "withdrawn"),
    Machine.ACCEPTANCE: ("failed", "settled", "lapsed", "withdrawn"),
}
"""Where a bidder's work stands that ended without acceptance."""


def paid_yuan(state: SceneState, bidder: str) -> int:
    """What a bidder was paid and has not refunded."""
    return sum(each.kept_yuan for each in state.payments if (each.bidder, each.status) == (bidder, PaymentStatus.PAID))


def ended_at(docket: Docket, bidder: str) -> str | None:
    """The step at which a bidder's work ended without acceptance; None while it goes on, and where it was accepted."""
    return ended_in(docket.state, bidder)


def ended_in(state: SceneState, bidder: str) -> str | None:
    for machine, over in _OVER.items():
        part = find(getattr(state, BIDDER_MACHINES[machine]), bidder=bidder)
        if part is not None and part.step in over:
            step: str = part.step
            return step
    return None


def work_ended(docket: Docket, bidder: str) -> None:
    """Nothing of it was accepted: what was paid is owed back, and what is still to be paid will be.

    Nothing happens where nothing was paid, where it was owed or settled before, or where the result was accepted.
    """
    state = docket.state
    accepted = docket.step(Machine.ACCEPTANCE, bidder) == "passed"
    known = find(state.refunds, bidder=bidder) is not None
    if accepted or known or not any(each.bidder == bidder for each in state.payments):
        return
    docket.record(RefundOwed(bidder=bidder, amount_yuan=paid_yuan(state, bidder)))
    ask(docket, bidder)


def ask(docket: Docket, bidder: str) -> None:
    """The duty of a refund that is owed, if it does not run already; a failed acceptance has the clock of its step."""
    id, failed = f"refund/{bidder}", docket.step(Machine.ACCEPTANCE, bidder) == "failed"
    if not failed and not docket.has_clock(id) and find(docket.state.owed_refunds, bidder=bidder) is not None:
        holder = docket.holder(Role.BIDDER, bidder)
        docket.set_deadline("refund", holder, ("record_refund",), machine=Machine.CONTRACT, bidder=bidder, step="")


def refuse_owing(docket: Docket) -> None:
    """No scene is closed while a refund is owed in it."""
    if owed := docket.state.owed_refunds:
        due = ", ".join(f"{each.bidder} {paid_yuan(docket.state, each.bidder)}" for each in owed)
        docket.refuse("refund_owed", refunds=due)


def is_owed(state: SceneState, bidder: str) -> bool:
    """Whether a finding of tolerance could still change what this bidder pays back."""
    unsettled = find(state.refunds, bidder=bidder, settled=False) is not None
    return unsettled or find(state.acceptances, bidder=bidder, step="failed") is not None


def ask_for_finding(docket: Docket, bidder: str) -> None:
    """Whoever finds on fault tolerance owes it; the refund's clock waits."""
    docket.set_deadline(
        "fault_tolerance", _finder(docket), ("decide_fault_tolerance",), machine=Machine.ACCEPTANCE, bidder=bidder
    )
    docket.stand_still()


def _finder(docket: Docket) -> Holder | None:
    """Who finds on fault tolerance: the first of the policy's roles that one unit plays."""
    roles = docket.policy.permissions.get("decide_fault_tolerance", ())
    holders = (docket.holder(role) for role in roles)
    return next((holder for holder in holders if holder.unit), None)


def of(docket: Docket, act: RecordRefund | AskFaultTolerance | DecideFaultTolerance) -> Refund | Acceptance:
    """What is owed back by this bidder, with what was found on it."""
    owed = find(docket.state.refunds, bidder=act.bidder, settled=False)
    if owed is not None:
        return owed
    acceptance = find(docket.state.acceptances, bidder=act.bidder, step="failed")
    if acceptance is None:
        docket.refuse("no_refund_owed", bidder=act.bidder)
    return acceptance


def record(docket: Docket, act: RecordRefund) -> bool:
    """Whether it is settled: where the policy wants the payer's receipt, what is said to be paid back is not yet."""
    due, failed = paid_yuan(docket.state, act.bidder), docket.step(Machine.ACCEPTANCE, act.bidder) == "failed"
    owed = of(docket, act)
    if not failed and not due:
        docket.refuse("no_refund_owed", bidder=act.bidder)
    if not act.received:
        _miss(docket, act, owed)
        return False
    if owed.fault_tolerance_asked and owed.fault_tolerated is None:
        docket.refuse("refund_pending_finding")
    if act.amount_yuan < due and not owed.fault_tolerated:
        docket.refuse("refund_short", due=due, amount=act.amount_yuan)
    if act.amount_yuan > due:
        docket.refuse("refund_over", due=due, amount=act.amount_yuan)
    if docket.policy.acceptance.refund_receipt and due and docket.role is not Role.PAYER:
        docket.record(RefundDeclared(bidder=act.bidder, amount_yuan=act.amount_yuan))
        _hand_to(docket, act.bidder, docket.holder(Role.PAYER))
        return False
    docket.record(RefundRecorded(bidder=act.bidder, amount_yuan=act.amount_yuan))
    if failed:
        docket.move(Machine.ACCEPTANCE, act.bidder, "settled")
    docket.met(f"refund/{act.bidder}")
    return True


def _miss(docket: Docket, act: RecordRefund, owed: Refund | Acceptance) -> None:
    """Nothing came: the same clock goes on in the hands of who owes it."""
    if docket.role is not Role.PAYER or not isinstance(owed, Refund) or owed.declared_yuan is None:
        docket.refuse("refund_not_declared", bidder=act.bidder)
    docket.record(RefundMissed(bidder=act.bidder))
    _hand_to(docket, act.bidder, docket.holder(Role.BIDDER, act.bidder))


def _hand_to(docket: Docket, bidder: str, holder: Holder) -> None:
    clock = docket.deadline(f"refund/{bidder}")
    if clock is not None and clock.holder != holder:
        handed: dict[str, object] = {"holder": holder, "verbs": ("record_refund",), "desk": None}
        docket.shift(clock.model_copy(update=handed), "reassignment")
