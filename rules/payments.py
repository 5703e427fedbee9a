"""Payment of a contract's milestones: who proposes, who approves and who pays are three (separation 5).

The clock starts when a delivered milestone is claimed and is one clock to the payment itself, whoever's turn it is: at
most 60 days, whatever a contract says (保障中小企业款项支付条例). Nothing stops it, not even a suspension, and a scene
that ends otherwise waits for what it owes. All payments of a contract together stay within its budget, those of a
milestone within its share. A milestone that the contract ties to the trial, or to its result, is claimed once that was
reached.
"""

from typing import assert_never

from models.commands.payment import ApprovePayment, PaymentAct, PayMilestone, ProposePayment
from models.deadline import Holder
from models.events.payment import MilestonePaid, PaymentDecided, PaymentProposed
from models.state import Contract, Payment, PaymentStatus, SceneState
from models.vocabulary import Gate, Machine, Role
from rules import refunds, remedies, taking_over
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: PaymentAct) -> None:
    taking_over.refuse_unconfirmed(docket)
    match act:
        case ProposePayment():
            _propose(docket, act)
        case ApprovePayment():
            _approve(docket, act)
        case PayMilestone():
            _on_its_way(docket, act, PaymentStatus.APPROVED)
            docket.record(MilestonePaid(bidder=act.bidder, milestone=act.milestone))
            docket.met(_clock(act))
            refunds.ask(docket, act.bidder)
            remedies.end_if_final(docket)
        case _:
            assert_never(act)


def _propose(docket: Docket, act: ProposePayment) -> None:
    contract = find(docket.state.contracts, bidder=act.bidder)
    if contract is None:
        docket.refuse("unknown_bidder", bidder=act.bidder, known="-")
    if (step := refunds.ended_at(docket, act.bidder)) is not None:
        docket.refuse("nothing_to_pay_for", bidder=act.bidder, step=step)
    shares = dict(contract.milestones)
    if shares and act.milestone not in shares:
        docket.refuse("unknown_milestone", milestone=act.milestone, known=", ".join(shares))
    of_it = [each for each in docket.state.payments if (each.bidder, each.milestone) == (act.bidder, act.milestone)]
    if any(each.status is not PaymentStatus.PAID for each in of_it):
        docket.refuse("payment_on_its_way", milestone=act.milestone)
    gate = dict(contract.gates).get(act.milestone)
    if gate is not None and not _is_reached(docket.state, act.bidder, gate):
        docket.refuse("milestone_not_reached", milestone=act.milestone, gate=gate)
    _refuse_above(docket, contract, act, of_it)
    docket.record(PaymentProposed(bidder=act.bidder, milestone=act.milestone, amount_yuan=act.amount_yuan))
    docket.set_deadline(
        "payment", docket.holder(Role.LEAD), ("approve_payment",),
        key=act.milestone, machine=Machine.CONTRACT, bidder=act.bidder, step="",
    )  # fmt: skip


_TRIED = ("running", "suspended", "exit", "ended")


def _is_reached(state: SceneState, bidder: str, gate: Gate) -> bool:
    """A trial that is repeated was admitted, and ended, once before."""
    trial, accepting = find(state.trials, bidder=bidder), find(state.acceptances, bidder=bidder)
    match gate:
        case Gate.ADMISSION:
            return trial is not None and (trial.attempt > 1 or trial.step in ("admitted", *_TRIED))
        case Gate.EXIT:
            return trial is not None and (trial.attempt > 1 or trial.step == "ended")
        case Gate.ACCEPTANCE:
            return accepting is not None and accepting.step == "passed"
        case _:
            assert_never(gate)


def may_be_claimed(state: SceneState, bidder: str) -> bool:
    """Whether some milestone of a bidder is neither on its way nor paid in full."""
    contract = find(state.contracts, bidder=bidder)
    if contract is None or refunds.ended_in(state, bidder) is not None:
        return False
    of_it = [each for each in state.payments if each.bidder == bidder]
    if sum(each.kept_yuan for each in of_it) >= contract.budget_yuan:
        return False
    gates = dict(contract.gates)
    on_its_way = {each.milestone for each in of_it if each.status is not PaymentStatus.PAID}
    return not contract.milestones or any(
        name not in on_its_way
        and sum(each.kept_yuan for each in of_it if each.milestone == name) < share_of(contract, name)
        and (name not in gates or _is_reached(state, bidder, gates[name]))
        for name, _ in contract.milestones
    )


def share_of(contract: Contract, milestone: str) -> int:
    """What a milestone comes to, in whole yuan: shares are rounded down, and where they are the whole of the budget
    the last takes what that leaves. Of a contract without milestones everything may be of one."""
    budget, shares = contract.budget_yuan, dict(contract.milestones)
    if not shares:
        return budget
    if milestone == contract.milestones[-1][0] and sum(shares.values()) == 100:
        return budget - sum(budget * share // 100 for name, share in contract.milestones if name != milestone)
    return budget * shares[milestone] // 100


def _refuse_above(docket: Docket, contract: Contract, act: ProposePayment, of_it: list[Payment]) -> None:
    """Never more than the contract's budget, nor than the milestone's share of it."""
    everything = sum(each.kept_yuan for each in docket.state.payments if each.bidder == act.bidder)
    of_the_milestone = sum(each.kept_yuan for each in of_it)
    for so_far, cap in (
        (everything, contract.budget_yuan),
        (of_the_milestone, share_of(contract, act.milestone)),
    ):
        if so_far + act.amount_yuan > cap:
            docket.refuse("budget_exceeded", amount=so_far + act.amount_yuan, cap=cap)


def _approve(docket: Docket, act: ApprovePayment) -> None:
    """The clock goes on in the payer's hands; what is not approved is owed no longer, and may be proposed again."""
    _on_its_way(docket, act, PaymentStatus.PROPOSED)
    docket.record(PaymentDecided(bidder=act.bidder, milestone=act.milestone, approved=act.approved))
    clock = docket.deadline(_clock(act))
    if not act.approved:
        docket.cancel(_clock(act))
        remedies.end_if_final(docket)
        return
    if clock is None:
        return
    payer = Holder(role=Role.PAYER, unit=docket.policy.offices.payer)
    docket.shift(clock.model_copy(update={"holder": payer, "verbs": ("pay_milestone",)}), "reassignment")


def _on_its_way(docket: Docket, act: ApprovePayment | PayMilestone, status: PaymentStatus) -> None:
    if find(docket.state.payments, bidder=act.bidder, milestone=act.milestone, status=status) is None:
        waiting = [
            each.milestone for each in docket.state.payments if (each.bidder, each.status) == (act.bidder, status)
        ]
        docket.refuse("no_payment", milestone=act.milestone, status=status, known=", ".join(waiting) or "-")


def _clock(act: ApprovePayment | PayMilestone) -> str:
    return f"payment/{act.bidder}/{act.milestone}"


def refuse_owing(docket: Docket, bidder: str | None = None) -> None:
    """Neither is a scene closed nor a refund settled while a delivered milestone is neither paid nor declined."""
    if owed := [each for each in docket.state.owed_payments if bidder in (None, each.bidder)]:
        docket.refuse("payment_owed", milestones=", ".join(f"{each.bidder} {each.milestone}" for each in owed))
