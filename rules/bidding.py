"""Sealed bids, from the commitment to the opening.

A bid before the close is a commitment hash and nothing else. After the close two officials hold the opening session
(招标投标法 34-36), where each bidder reveals its bid, which must match. A bid that is not revealed in time is none.
"""

import hashlib

from models.commands.matching import OpenBids, RevealBid, SubmitBid
from models.deadline import Deadline
from models.events.matching import BidRevealed, BidsOpened, BidSubmitted, InvitationLapsed
from models.policy import ModeRule
from models.state import Bid
from models.vocabulary import Role
from rules import separation, settling
from rules.docket import Docket
from rules.keyed import find


def commitment(nonce: str, proposal_sha256: str, price_yuan: int) -> str:
    """What a bidder commits to before the close: SHA-256 of "nonce|proposal hash|price in yuan"."""
    return hashlib.sha256(f"{nonce}|{proposal_sha256}|{price_yuan}".encode()).hexdigest()


def mode_of(docket: Docket) -> ModeRule:
    challenge = docket.state.challenge
    if challenge is None or (rule := docket.policy.modes.get(challenge.mode)) is None:
        docket.refuse("unknown_mode", mode=challenge.mode if challenge else "-", known=", ".join(docket.policy.modes))
    return rule


def submit(docket: Docket, act: SubmitBid) -> None:
    state, challenge = docket.state, docket.state.challenge
    invited = challenge.invited if challenge else ()
    if mode_of(docket).invited_only and act.bidder not in invited:
        docket.refuse("not_invited", bidder=act.bidder)
    if challenge is not None and mode_of(docket).invited_only and not challenge.reviewed:
        docket.refuse("invitation_not_reviewed")
    own = {*state.owners, state.lead, state.regulator, *state.cooperating}
    if own & {act.bidder, *act.consortium}:
        docket.refuse("own_scene", bidder=act.bidder)
    owner = state.profile.owner if state.profile else ""
    if owner in docket.command.actor.ties and not docket.policy.contracting.affiliates_bid:
        docket.refuse("owner_affiliate", owner=owner)
    if any(bid.commitment == act.commitment for bid in state.bids):
        docket.refuse("commitment_copied")
    if find(state.bids, bidder=act.bidder) is not None:
        docket.refuse("already_bid", bidder=act.bidder)
    others = tuple(dict.fromkeys(unit for unit in act.consortium if unit != act.bidder))
    bid = Bid(bidder=act.bidder, person=docket.person, commitment=act.commitment, consortium=others)
    docket.record(BidSubmitted(bid=bid))


def own_bid(docket: Docket, bidder: str) -> Bid:
    """Until the close a refusal tells nobody who has bid."""
    bid = find(docket.state.bids, bidder=bidder)
    if bid is None:
        bids = () if docket.state.step == "posted" else docket.state.bids
        known = ", ".join(each.bidder for each in bids) or "-"
        docket.refuse("unknown_bidder", bidder=bidder, known=known)
    return bid


def bidding_closed(docket: Docket, _: Deadline) -> None:
    """A close that comes before the review of an invitation closes no call: nobody could bid (招标投标法24)."""
    challenge = docket.state.challenge
    if challenge is not None and settling.is_no_call(docket, challenge):
        docket.record(InvitationLapsed())
        settling.no_call(docket)
        return
    if not docket.state.bids:
        settling.call_failed(docket, "no_bid")
        return
    docket.enter("opening")


def open_session(docket: Docket, act: OpenBids) -> None:
    """Two officials, neither of whom acted for a side; the bidders' time to reveal runs from here."""
    challenge = docket.state.challenge
    if challenge is not None and challenge.opened_by:
        docket.refuse("bids_open_already", officers=", ".join(challenge.opened_by))
    officers = separation.two_officers(docket, act.with_officer)
    docket.record(BidsOpened(officers=officers, record_sha256=act.record.sha256))
    docket.met("opening_session")
    for bid in docket.state.bids:
        holder = docket.holder(Role.BIDDER, bid.bidder)
        docket.set_deadline("bid_opening", holder, ("reveal_bid",), key=bid.bidder)


def reveal(docket: Docket, act: RevealBid) -> None:
    challenge = docket.state.challenge
    if challenge is None or not challenge.opened_by:
        docket.refuse("bids_not_open")
    bid = own_bid(docket, act.bidder)
    if bid.revealed:
        docket.refuse("already_revealed", bidder=act.bidder)
    if commitment(act.nonce, act.proposal.sha256, act.price_yuan) != bid.commitment:
        docket.refuse("commitment_mismatch")
    docket.record(BidRevealed(bidder=act.bidder, proposal_sha256=act.proposal.sha256, price_yuan=act.price_yuan))
    docket.met(f"bid_opening/{act.bidder}")
    _all_opened(docket)


def opening_ran_out(docket: Docket, _: Deadline) -> None:
    """A bid that was not opened in time is not a valid bid."""
    _all_opened(docket)


def _all_opened(docket: Docket) -> None:
    if docket.open_deadlines("bid_opening"):
        return
    if any(bid.revealed for bid in docket.state.bids):
        docket.enter("eligibility")
    else:
        settling.call_failed(docket, "none_revealed")
