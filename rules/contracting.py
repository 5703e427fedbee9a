"""Task contracts: proposed, signed by every party on the same terms, or lapsed.

A contract that is not signed in time goes to the next in the ranking.
"""

from models.commands.matching import ProposeContract, SignContract
from models.deadline import Deadline, Holder
from models.events.matching import ContractProposed, ContractSigned
from models.state import Contract
from models.state.matching import Party
from models.vocabulary import Gate, Machine, Role
from rules import consortium, refunds, settling
from rules.bidding import mode_of
from rules.docket import Docket
from rules.keyed import find

PARTIES: dict[Party, Role] = {"owner": Role.OWNER, "st_bureau": Role.ST_BUREAU, "bidder": Role.BIDDER}


def lapse(docket: Docket, bidder: str) -> None:
    """This contract will not be: the next in the ranking is asked."""
    docket.move(Machine.CONTRACT, bidder, "lapsed")
    refunds.work_ended(docket, bidder)
    settling.offer_to_next(docket)
    settling.settle(docket)


def contract_ran_out(docket: Docket, deadline: Deadline) -> None:
    """The contract lapses when nobody's time to sign it runs any more."""
    if not docket.open_deadlines("contract", deadline.bidder):
        lapse(docket, deadline.bidder or "")


def _contract(docket: Docket, bidder: str) -> Contract:
    contract = find(docket.state.contracts, bidder=bidder)
    if contract is None:
        known = ", ".join(each.bidder for each in docket.state.contracts) or "-"
        docket.refuse("unknown_bidder", bidder=bidder, known=known)
    return contract


def propose(docket: Docket, act: ProposeContract) -> None:
    """The parties sign these terms, and no others, by the date of the contract; a new proposal asks everyone again."""
    contract, challenge = _contract(docket, act.bidder), docket.state.challenge
    profile = docket.state.profile
    cap = challenge.budget_yuan if challenge is not None else profile.budget_yuan if profile is not None else 0
    bid = find(docket.state.bids, bidder=act.bidder)
    if bid is not None and bid.price_yuan is not None:
        # It won with this price: the contract does not depart from the bid (招标投标法46).
        cap = min(cap, bid.price_yuan)
    if act.terms.budget_yuan > cap:
        docket.refuse("budget_exceeded", amount=act.terms.budget_yuan, cap=cap)
    if (share := sum(each.share_percent for each in act.terms.milestones)) > 100:
        docket.refuse("milestones_too_much", share=share)
    names = [each.name for each in act.terms.milestones]
    if twice := [name for at, name in enumerate(names) if name in names[:at]]:
        # A payment names its milestone: of two that are called the same, one could never be paid.
        docket.refuse("milestone_twice", name=twice[0])
    if early := [each.due_on for each in act.terms.milestones if each.due_on < docket.day]:
        docket.refuse("milestone_in_the_past", due_on=min(early), today=docket.day)
    gates = tuple((each.name, each.after) for each in act.terms.milestones if each.after is not None)
    if not docket.used("trial") and (untried := [name for name, gate in gates if gate is not Gate.ACCEPTANCE]):
        docket.refuse("milestone_without_trial", milestones=", ".join(untried))
    clock = next(each for each in docket.state.deadlines if each.limit == "contract" and each.bidder == act.bidder)
    parties = docket.policy.contracting.parties
    co_owners = docket.state.owners[1:] if docket.policy.contracting.co_owners_sign else ()
    docket.record(
        ContractProposed(
            bidder=act.bidder,
            terms_sha256=act.terms.document.sha256,
            budget_yuan=act.terms.budget_yuan,
            parties=parties,
            milestones=tuple((each.name, each.share_percent) for each in act.terms.milestones),
            consortium=bid.consortium if bid is not None else (),
            co_owners=co_owners,
            gates=gates,
        )
    )
    if contract.step == "offered":
        docket.move(Machine.CONTRACT, act.bidder, "signing")
    for party in parties:
        holder = docket.holder(PARTIES[party], act.bidder)
        docket.share_deadline(clock, holder, ("sign_contract",), party)
    for unit in co_owners:
        docket.share_deadline(clock, Holder(role=Role.OWNER, unit=unit), ("sign_contract",), unit)


def sign(docket: Docket, act: SignContract) -> None:
    contract = _contract(docket, act.bidder)
    if docket.role is Role.OWNER and docket.unit in docket.state.owners[1:]:
        _sign_as_co_owner(docket, contract, act)
        return
    party = next((party for party, role in PARTIES.items() if role is docket.role), None)
    if party is None or party not in contract.parties:
        docket.refuse("not_a_party", role=docket.role)
    if party in contract.signed:
        docket.refuse("already_signed", party=party)
    if act.terms_sha256 != contract.terms_sha256:
        docket.refuse("other_terms")
    if party == "bidder" and act.pledge is None and _asks_for_a_pledge(docket):
        docket.refuse("pledge_missing", mode=docket.state.challenge.mode if docket.state.challenge else "-")
    if party == "bidder":
        consortium.refuse_unsigned(docket, contract, act)
    docket.record(
        ContractSigned(
            bidder=act.bidder,
            party=party,
            person=docket.person,
            pledge_sha256=act.pledge.sha256 if act.pledge else None,
            members=tuple((each.unit, each.document.sha256) for each in act.members) if party == "bidder" else (),
        )
    )
    docket.met(f"contract/{act.bidder}/{party}")
    _begin_if_complete(docket, act.bidder)


def _sign_as_co_owner(docket: Docket, contract: Contract, act: SignContract) -> None:
    """R19: whoever opened the scene with the owner binds itself, and nobody else."""
    if docket.unit not in contract.co_owners:
        docket.refuse("not_a_party", role=docket.unit)
    if docket.unit in contract.co_signed:
        docket.refuse("already_signed", party=docket.unit)
    if act.terms_sha256 != contract.terms_sha256:
        docket.refuse("other_terms")
    docket.record(ContractSigned(bidder=act.bidder, party="owner", person=docket.person, unit=docket.unit))
    docket.met(f"contract/{act.bidder}/{docket.unit}")
    _begin_if_complete(docket, act.bidder)


def _begin_if_complete(docket: Docket, bidder: str) -> None:
    if _contract(docket, bidder).complete:
        docket.move(Machine.CONTRACT, bidder, "signed")
        settling.begin_work(docket, bidder)
        settling.settle(docket)


def _asks_for_a_pledge(docket: Docket) -> bool:
    """A scene that was taken over with its award has no challenge here, and no pledge to ask for."""
    return docket.state.challenge is not None and mode_of(docket).needs_pledge
