"""Withdrawal: the owner's from the scene, a bidder's from its award or, with the others' consent, from its contract."""

from models.commands.anywhere import AnswerWithdrawal
from models.deadline import Holder
from models.events.anywhere import WithdrawalAnswered, WithdrawalAsked
from models.state import Contract, Withdrawal
from models.vocabulary import Machine, Outcome, Role
from rules import contracting, lifecycle, settling
from rules.docket import Docket
from rules.keyed import find


def withdraw(docket: Docket) -> None:
    """Before the contract the owner withdraws alone, and a bidder gives its award back; after it the others agree."""
    state, unit = docket.state, docket.unit
    if docket.role is not Role.BIDDER:
        if state.step in lifecycle.BEFORE_CONTRACT:
            docket.refuse_over_incidents()
            docket.close(Outcome.WITHDRAWN)
            return
        bidder = None
        others = [
            docket.holder(Role.BIDDER, contract.bidder)
            for contract in state.contracts
            if contract.step in ("offered", "signing", "signed")
        ]
        others += _co_owners(*(each for each in state.contracts if each.step in ("signing", "signed")))
    else:
        contract = find(state.contracts, bidder=unit)
        if contract is not None and contract.step in ("offered", "signing") and state.step == "contracting":
            contracting.lapse(docket, unit)
            return
        if contract is None or contract.step != "signed":
            docket.refuse("wrong_step", step=state.step, verb="withdraw", possible="withdraw_bid")
        bidder = unit
        others = [docket.holder(Role.OWNER), *_co_owners(contract)]
    if state.step not in lifecycle.BY_AGREEMENT:
        docket.refuse(
            "wrong_step",
            step=state.step,
            verb="withdraw",
            possible=", ".join(lifecycle.verbs_at(Machine.SCENE, state.step)),
        )
    if state.withdrawal is not None:
        docket.refuse("withdrawal_pending")
    if "st_bureau" in docket.policy.contracting.parties:
        others.append(docket.holder(Role.ST_BUREAU))
    parties = tuple(dict.fromkeys(holder.unit for holder in others if holder.unit != unit))
    if not parties:
        # Everybody has left already; what is still to be rolled back ends the scene by itself.
        docket.refuse("wrong_step", step=state.step, verb="withdraw", possible="-")
    docket.record(WithdrawalAsked(by=unit, bidder=bidder, parties=parties))
    for holder in others:
        if holder.unit in parties:
            docket.set_deadline("withdrawal_consent", holder, ("answer_withdrawal",), key=holder.unit, step="")


def _co_owners(*contracts: Contract) -> list[Holder]:
    """Who opened the scene with the owner and is a party to these contracts."""
    units = dict.fromkeys(unit for contract in contracts for unit in contract.co_owners)
    return [Holder(role=Role.OWNER, unit=unit) for unit in units]


def answer(docket: Docket, act: AnswerWithdrawal) -> None:
    withdrawal = docket.state.withdrawal
    if withdrawal is None or docket.state.step not in lifecycle.BY_AGREEMENT:
        docket.refuse("no_withdrawal")
    party = _party(docket, withdrawal)
    docket.met(f"withdrawal_consent/{party}")
    docket.record(WithdrawalAnswered(party=party, agreed=act.agreed))
    if act.agreed and docket.state.withdrawal is None:
        _withdrawn(docket, withdrawal)


def _party(docket: Docket, withdrawal: Withdrawal) -> str:
    """As which of those who were asked a unit answers: an office that was handed on answers for the one before it."""
    asked = [party for party in withdrawal.parties if party not in withdrawal.agreed]
    clocks = ((party, docket.deadline(f"withdrawal_consent/{party}")) for party in asked)
    held = [party for party, clock in clocks if clock and clock.holder and clock.holder.unit == docket.unit]
    if not held:
        docket.refuse("not_asked_to_agree", unit=docket.unit)
    return held[0]


def _withdrawn(docket: Docket, withdrawal: Withdrawal) -> None:
    """Who leaves by agreement has nothing left to appeal against."""
    leaving = [withdrawal.bidder] if withdrawal.bidder else [each.bidder for each in docket.state.contracts]
    for bidder in leaving:
        settling.end_part(docket, bidder, "withdrawn")
        for decision in docket.state.decisions:
            if decision.bidder == bidder:
                docket.make_final(decision.sequence)
    if withdrawal.bidder is None:
        docket.close(Outcome.WITHDRAWN)
    else:
        settling.settle(docket)
