"""A consortium (联合体) bids as one: the bidder leads it, each member is verified, and nobody is in two bids of a call.

Every member is found eligible, or the bid is not; its credit is the lowest among them (招标投标法 31).
Whoever takes part in two bids of one call makes all of them invalid (招标投标法实施条例 37). That is looked at once the
bids are open: a refusal before the close would tell who else has bid. A bid may name a unit that knows nothing of it;
so a member takes part where they signed the commitment, and as long as nobody has looked. A bid that named others
without their word is found ineligible, and spoils nobody else's. The contract is signed by all of them (招标投标法31).
"""

from models.commands.matching import SignContract, VerifyEligibility
from models.state import Bid, Contract
from models.vocabulary import Credit
from rules.docket import Docket

_BEST_FIRST = tuple(Credit)


def refuse_unfounded(docket: Docket, bid: Bid, act: VerifyEligibility) -> None:
    """Raises Refused: members_unverified, member_not_eligible, in_two_bids."""
    named = [each.unit for each in act.members]
    missing = [unit for unit in bid.consortium if unit not in named]
    extra = [unit for unit in named if unit not in bid.consortium or named.count(unit) > 1]
    if missing or extra:
        docket.refuse("members_unverified", missing=", ".join(missing) or "-", extra=", ".join(extra) or "-")
    if not act.eligible:
        return
    if unfit := [each.unit for each in act.members if not (each.eligible and each.commitment_signed)]:
        docket.refuse("member_not_eligible", units=", ".join(unfit))
    others = [each for each in docket.state.bids if each.revealed and each.bidder != bid.bidder]
    doubles = {
        unit: other.bidder for unit in (bid.bidder, *bid.consortium) for other in others if _takes_part(unit, other)
    }
    if doubles:
        docket.refuse("in_two_bids", units=", ".join(doubles), others=", ".join(dict.fromkeys(doubles.values())))


def refuse_unsigned(docket: Docket, contract: Contract, act: SignContract) -> None:
    """All members sign the contract together with their lead (招标投标法31), as the policy has it.

    Raises Refused: member_signature_missing, power_of_attorney_not_taken.
    """
    how = docket.policy.contracting.members_sign
    if how is None:
        return
    named = [each.unit for each in act.members]
    missing = [unit for unit in contract.consortium if unit not in named]
    extra = [unit for unit in named if unit not in contract.consortium or named.count(unit) > 1]
    if missing or extra:
        docket.refuse("member_signature_missing", missing=", ".join(missing) or "-", extra=", ".join(extra) or "-")
    if how == "contract" and (unsigned := [each.unit for each in act.members if each.power_of_attorney]):
        docket.refuse("power_of_attorney_not_taken", units=", ".join(unsigned))


def _takes_part(unit: str, bid: Bid) -> bool:
    found = [each for each in bid.members if each.unit == unit]
    return unit == bid.bidder or (unit in bid.consortium and all(each.commitment_signed for each in found))


def lowest_credit(act: VerifyEligibility) -> Credit:
    return max((act.credit, *(each.credit for each in act.members)), key=_BEST_FIRST.index)
