"""Refunds: what a bidder was paid is owed back where its work ends without acceptance, however it ends.

A contract that lapses or is dissolved, a trial that is refused, terminated or found unfit, an acceptance that is never
applied for: what was paid less what was refunded is due (民法典第五百六十六条). It is one duty with a clock of its own,
and neither remedies nor the scene's end stop it: a scene that ends waits for it as for what it owes. Work that goes on
again, after an upheld appeal, owes nothing. Whoever was found diligent (容错 S0, 尽职免责 S4) may owe less, nobody
more.

Where the policy wants a receipt, who owes it says that it was paid back, and the payer that it came: a duty and a clock
of the payer's own, while that of the refund stands still. What did not come is owed as before. Nobody has to receive
nothing. What was on its way when the work went on again is received all the same, and may then be claimed anew.
"""

from typing import Literal

from models.commands.acceptance import AskFaultTolerance, ConfirmRefund, DecideFaultTolerance, RecordRefund
from models.events.acceptance import RefundDeclared, RefundMissed, RefundOwed, RefundRecorded
from models.state import Acceptance, PaymentStatus, Refund, RefundOnItsWay, SceneState
from models.vocabulary import Machine, Role
from rules.docket import BIDDER_MACHINES, Docket
from rules.keyed import find

Debt = Refund | Acceptance
"""What a bidder owes back; of a scene from before there were refunds, its failed acceptance."""

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
    """No scene is closed while a refund is owed in it, or on its way: what comes may be claimed anew."""
    if coming := docket.state.refunds_on_their_way:
        docket.refuse("refund_on_its_way", bidders=", ".join(each.bidder for each in coming))
    if owed := docket.state.owed_refunds:
        due = ", ".join(f"{each.bidder} {paid_yuan(docket.state, each.bidder)}" for each in owed)
        docket.refuse("refund_owed", refunds=due)


def debt(state: SceneState, bidder: str | None) -> Debt | None:
    """What a bidder owes back, with what was found on it; None of one that is settled, or at work."""
    return find(state.refunds, bidder=bidder, settled=False) or find(state.acceptances, bidder=bidder, step="failed")


def awaits_a_finding(state: SceneState, bidder: str | None) -> bool:
    owed = debt(state, bidder)
    return owed is not None and owed.fault_tolerance_asked and owed.fault_tolerated is None


def not_found_on_anew(state: SceneState, bidder: str) -> Literal["nothing_owed", "no_longer_asked"] | None:
    """Why a refused tolerance cannot be found on anew: all is settled, or the failure was another. None: it can."""
    owed = debt(state, bidder)
    if owed is None:
        return "nothing_owed"
    return None if owed.fault_tolerated is False else "no_longer_asked"


def ask_for_finding(docket: Docket, bidder: str) -> None:
    """Whoever finds on fault tolerance owes it; the refund's clock waits."""
    docket.set_deadline(
        "fault_tolerance", docket.first_holder("decide_fault_tolerance"), ("decide_fault_tolerance",),
        machine=Machine.ACCEPTANCE, bidder=bidder,
    )  # fmt: skip
    docket.stand_still()


def of(docket: Docket, act: RecordRefund | ConfirmRefund | AskFaultTolerance | DecideFaultTolerance) -> Debt:
    """What is owed back by this bidder, with what was found on it."""
    owed = debt(docket.state, act.bidder)
    if owed is None:
        docket.refuse("no_refund_owed", bidder=act.bidder)
    return owed


def record(docket: Docket, act: RecordRefund) -> bool:
    """Whether it is settled: where the policy wants the payer's receipt, what is said to be paid back is not yet.

    The payer has a time of its own to look into it; that of who paid back stands still meanwhile.
    """
    _refuse_other_than_due(docket, act, of(docket, act))
    if not (docket.policy.acceptance.refund_receipt and act.amount_yuan):
        _settle(docket, act)
        return True
    docket.record(RefundDeclared(bidder=act.bidder, amount_yuan=act.amount_yuan))
    if not docket.has_clock(_receipt(act)):
        docket.set_deadline(
            "refund_receipt", docket.holder(Role.PAYER), ("confirm_refund",),
            machine=Machine.ACCEPTANCE, bidder=act.bidder, step="",
        )  # fmt: skip
    docket.stand_still()
    return False


def confirm(docket: Docket, act: ConfirmRefund) -> bool:
    """Whether nothing is left to be done: what came in full, or what was no longer owed. Also of what nobody announced.

    Where nothing came, whoever owes it has what was left of the time.
    """
    on_its_way = find(docket.state.refunds_on_their_way, bidder=act.bidder)
    if on_its_way is not None:
        _arrived(docket, act, on_its_way)
        return True
    owed = of(docket, act)
    said = owed.declared_yuan if isinstance(owed, Refund) else None
    if act.amount_yuan:
        if said is not None and act.amount_yuan < said:
            docket.refuse("refund_other_than_said", said=said, amount=act.amount_yuan)
        if said == act.amount_yuan < paid_yuan(docket.state, act.bidder) and not owed.fault_tolerance_asked:
            _receive_part(docket, act)
            return False
        _refuse_other_than_due(docket, act, owed)
        _settle(docket, act)
        return True
    if said is None:
        docket.refuse("refund_not_declared", bidder=act.bidder)
    docket.record(RefundMissed(bidder=act.bidder))
    docket.met(_receipt(act))
    docket.run_on()
    return False


def _receipt(act: RecordRefund | ConfirmRefund) -> str:
    return f"refund_receipt/{act.bidder}"


def _refuse_other_than_due(docket: Docket, act: RecordRefund | ConfirmRefund, owed: Debt) -> None:
    """All of it, or less where the failure was found tolerable; not while that is asked."""
    due = paid_yuan(docket.state, act.bidder)
    if not due and docket.step(Machine.ACCEPTANCE, act.bidder) != "failed":
        docket.refuse("no_refund_owed", bidder=act.bidder)
    if awaits_a_finding(docket.state, act.bidder):
        docket.refuse("refund_pending_finding")
    if act.amount_yuan < due and not owed.fault_tolerated:
        docket.refuse("refund_short", due=due, amount=act.amount_yuan)
    if act.amount_yuan > due:
        docket.refuse("refund_over", due=due, amount=act.amount_yuan)


def _settle(docket: Docket, act: RecordRefund | ConfirmRefund) -> None:
    docket.record(RefundRecorded(bidder=act.bidder, amount_yuan=act.amount_yuan))
    docket.met(_receipt(act))
    docket.met(f"refund/{act.bidder}")
    if docket.step(Machine.ACCEPTANCE, act.bidder) == "failed":
        docket.move(Machine.ACCEPTANCE, act.bidder, "settled")


def _receive_part(docket: Docket, act: ConfirmRefund) -> None:
    """It came as it was said, before more was paid: what was paid since is owed in what was left of the time."""
    docket.record(RefundRecorded(bidder=act.bidder, amount_yuan=act.amount_yuan))
    docket.record(RefundOwed(bidder=act.bidder, amount_yuan=paid_yuan(docket.state, act.bidder)))
    docket.met(_receipt(act))
    docket.run_on()


def _arrived(docket: Docket, act: ConfirmRefund, on_its_way: RefundOnItsWay) -> None:
    """The work went on before it came, and nothing is owed: it came just as it was said, or it did not."""
    if not act.amount_yuan:
        docket.record(RefundMissed(bidder=act.bidder))
    elif act.amount_yuan != on_its_way.amount_yuan:
        docket.refuse("refund_other_than_said", said=on_its_way.amount_yuan, amount=act.amount_yuan)
    else:
        docket.record(RefundRecorded(bidder=act.bidder, amount_yuan=act.amount_yuan))
    docket.met(_receipt(act))
