"""Matching: from the posted challenge to signed contracts.

A bid before the close is a commitment hash and nothing else. After the close two officials hold the opening session
(招标投标法 34-36), where each bidder reveals its bid, which must match. Only eligible bids are scored, only bids above
the pass mark are ranked for an award, awards follow the ranking. A contract that is not signed in time goes to the next
in the ranking. A call that finds nobody is re-issued once. A consortium bids as one: `rules.consortium`.
"""

import hashlib
import math
from datetime import date, timedelta
from typing import assert_never

from models.commands.matching import (
    AmendChallenge,
    Award,
    CompareRacers,
    DeclineAward,
    GiveUpMatching,
    MatchingAct,
    OpenBids,
    PostChallenge,
    ProposeContract,
    RevealBid,
    ReviewInvitation,
    Score,
    ScoreBid,
    SignContract,
    SubmitBid,
    VerifyEligibility,
    WithdrawBid,
)
from models.commands.review import ConvenePanel
from models.deadline import Deadline
from models.events.matching import (
    Awarded,
    BidRevealed,
    BidScored,
    BidsOpened,
    BidsRanked,
    BidSubmitted,
    BidWithdrawn,
    ChallengeAmended,
    ChallengePosted,
    ContractProposed,
    ContractSigned,
    EligibilityVerified,
    InvitationReviewed,
    RacersCompared,
)
from models.policy import ModeRule
from models.state import Bid, Challenge, Contract
from models.state.matching import Member, Party
from models.state.review import Flag
from models.vocabulary import Machine, Outcome, PanelPurpose, Role
from rules import consortium, panels, scoring, separation, settling
from rules.calendar import due_date
from rules.deadlines import fixed_on
from rules.docket import Docket
from rules.fair_competition import answered_flags, refuse_unfair
from rules.keyed import find

PARTIES: dict[Party, Role] = {"owner": Role.OWNER, "st_bureau": Role.ST_BUREAU, "bidder": Role.BIDDER}


def commitment(nonce: str, proposal_sha256: str, price_yuan: int) -> str:
    """What a bidder commits to before the close: SHA-256 of "nonce|proposal hash|price in yuan"."""
    return hashlib.sha256(f"{nonce}|{proposal_sha256}|{price_yuan}".encode()).hexdigest()


def judge(docket: Docket, act: MatchingAct) -> None:
    match act:
        case PostChallenge():
            _post(docket, act)
        case AmendChallenge():
            _amend(docket, act)
        case ReviewInvitation():
            _review_invitation(docket, act)
        case SubmitBid():
            _bid(docket, act)
        case WithdrawBid():
            _own_bid(docket, act.bidder)
            docket.record(BidWithdrawn(bidder=act.bidder))
        case OpenBids():
            _open(docket, act)
        case RevealBid():
            _reveal(docket, act)
        case VerifyEligibility():
            _verify(docket, act)
        case ScoreBid():
            _score(docket, act)
        case Award():
            _award(docket, act)
        case DeclineAward():
            lapse(docket, act.bidder)
        case ProposeContract():
            _propose(docket, act)
        case SignContract():
            _sign(docket, act)
        case CompareRacers():
            _compare(docket, act)
        case GiveUpMatching():
            docket.refuse_over_incidents()
            docket.close(Outcome.UNMATCHED)
        case _:
            assert_never(act)


def _mode(docket: Docket) -> ModeRule:
    challenge = docket.state.challenge
    if challenge is None or (rule := docket.policy.modes.get(challenge.mode)) is None:
        docket.refuse("unknown_mode", mode=challenge.mode if challenge else "-", known=", ".join(docket.policy.modes))
    return rule


def _post(docket: Docket, act: PostChallenge) -> None:
    if (mode := docket.policy.modes.get(act.mode)) is None:
        docket.refuse("unknown_mode", mode=act.mode, known=", ".join(docket.policy.modes))
    refuse_unfair(docket, act.conditions)
    texts = (act.criteria, act.justification or "", *(each.text for each in act.conditions))
    flags = answered_flags(docket, texts, act.findings)
    if mode.legal_bases and act.legal_basis not in mode.legal_bases:
        docket.refuse("legal_basis_unlisted", mode=act.mode, basis=act.legal_basis, known="；".join(mode.legal_bases))
    if mode.invited_only and not (act.invited and act.justification):
        docket.refuse("invitation_missing", mode=act.mode)
    invited = tuple(dict.fromkeys(act.invited))
    if mode.invited_only and not mode.fewest_invited <= len(invited) <= mode.most_invited:
        docket.refuse(
            "invited_number",
            mode=act.mode, fewest=mode.fewest_invited, most=mode.most_invited, invited=len(invited),
        )  # fmt: skip
    earliest = due_date(docket.policy.calendar, docket.day, docket.policy.limits.bidding.period)
    if act.closes_on < earliest.on:
        docket.refuse("closes_too_early", closes_on=act.closes_on, earliest=earliest.on)
    docket.refuse_over_incidents()  # a new call begins with nobody
    before = docket.state.challenge
    challenge = Challenge(
        number=before.number + (before.reviewed is not False) if before else 1,
        mode=act.mode,
        budget_yuan=act.budget_yuan,
        posted_on=docket.day,
        closes_on=act.closes_on,
        invited=invited,
    )
    docket.record(ChallengePosted(challenge=challenge, flags=flags))
    for deadline in docket.state.deadlines:
        if deadline.bidder is not None:
            docket.cancel(deadline.id)
    docket.enter("posted", due_on=act.closes_on)
    if mode.invited_only:
        docket.set_deadline("invitation_review", docket.holder(Role.LEAD), ("review_invitation",))


def _review_invitation(docket: Docket, act: ReviewInvitation) -> None:
    """Those invited have the whole time of a call from here on. A call that was not approved was none."""
    challenge, deadline = docket.state.challenge, docket.deadline("bidding")
    if challenge is None or deadline is None or not _mode(docket).invited_only:
        docket.refuse("nobody_invited")
    if challenge.reviewed is not None:
        docket.refuse("invitation_reviewed_already")
    docket.record(InvitationReviewed(approved=act.approved))
    docket.met("invitation_review")
    if not act.approved:
        docket.enter("listed")
        return
    earliest = due_date(docket.policy.calendar, docket.day, docket.policy.limits.bidding.period).on
    if earliest > deadline.due_on:
        _move_close(docket, deadline, earliest)


def _amend(docket: Docket, act: AmendChallenge) -> None:
    """A change nearer to the close than the limit `amendment` moves the close; none makes the call too short."""
    challenge, deadline = docket.state.challenge, docket.deadline("bidding")
    if challenge is None or deadline is None:
        docket.refuse("wrong_step", step=docket.state.step, verb=act.verb, possible="-")
    calendar, limits = docket.policy.calendar, docket.policy.limits
    earliest = max(
        due_date(calendar, docket.day, limits.amendment.period).on,
        due_date(calendar, challenge.posted_on, limits.bidding.period).on,
    )
    closes_on = act.closes_on or max(deadline.due_on, earliest)
    if closes_on < earliest:
        docket.refuse("closes_too_early", closes_on=closes_on, earliest=earliest)
    _move_close(docket, deadline, closes_on, answered_flags(docket, (act.changes,), act.findings))


def _move_close(docket: Docket, deadline: Deadline, closes_on: date, flags: tuple[Flag, ...] = ()) -> None:
    if (challenge := docket.state.challenge) is not None:
        amended = challenge.model_copy(update={"closes_on": closes_on})
        docket.record(ChallengeAmended(challenge=amended, flags=flags))
    if closes_on != deadline.due_on:
        docket.shift(fixed_on(docket.policy, deadline, closes_on, docket.at), "change")


def _bid(docket: Docket, act: SubmitBid) -> None:
    state, challenge = docket.state, docket.state.challenge
    invited = challenge.invited if challenge else ()
    if _mode(docket).invited_only and act.bidder not in invited:
        docket.refuse("not_invited", bidder=act.bidder)
    if challenge is not None and _mode(docket).invited_only and not challenge.reviewed:
        docket.refuse("invitation_not_reviewed")
    own = {state.profile.owner if state.profile else "", state.lead, state.regulator, *state.cooperating}
    if own & {act.bidder, *act.consortium}:
        docket.refuse("own_scene", bidder=act.bidder)
    if find(state.bids, bidder=act.bidder) is not None:
        docket.refuse("already_bid", bidder=act.bidder)
    others = tuple(dict.fromkeys(unit for unit in act.consortium if unit != act.bidder))
    bid = Bid(bidder=act.bidder, person=docket.person, commitment=act.commitment, consortium=others)
    docket.record(BidSubmitted(bid=bid))


def _own_bid(docket: Docket, bidder: str) -> Bid:
    """Until the close a refusal tells nobody who has bid."""
    bid = find(docket.state.bids, bidder=bidder)
    if bid is None:
        bids = () if docket.state.step == "posted" else docket.state.bids
        known = ", ".join(each.bidder for each in bids) or "-"
        docket.refuse("unknown_bidder", bidder=bidder, known=known)
    return bid


def bidding_closed(docket: Docket, _: Deadline) -> None:
    if not docket.state.bids:
        settling.call_failed(docket, "no_bid")
        return
    docket.enter("opening")


def _open(docket: Docket, act: OpenBids) -> None:
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


def _reveal(docket: Docket, act: RevealBid) -> None:
    challenge = docket.state.challenge
    if challenge is None or not challenge.opened_by:
        docket.refuse("bids_not_open")
    bid = _own_bid(docket, act.bidder)
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


def _verify(docket: Docket, act: VerifyEligibility) -> None:
    bid = _own_bid(docket, act.bidder)
    if not bid.revealed:
        docket.refuse("not_eligible", bidder=act.bidder)
    if bid.eligible is not None:
        docket.refuse("already_verified", bidder=act.bidder)
    if act.eligible and not act.commitment_signed:
        docket.refuse("commitment_unsigned")
    consortium.refuse_unfounded(docket, bid, act)
    docket.record(
        EligibilityVerified(
            bidder=act.bidder,
            eligible=act.eligible,
            credit=consortium.lowest_credit(act),
            commitment_signed=act.commitment_signed,
            members=tuple(Member.model_validate(each.model_dump()) for each in act.members),
        )
    )
    if any(each.revealed and each.eligible is None for each in docket.state.bids):
        return
    if not eligible(docket):
        settling.call_failed(docket, "none_eligible")
    elif _mode(docket).scored and docket.used("scoring"):
        docket.enter("scoring")
    else:
        _ranked(docket, scoring.by_price(eligible(docket)))


def eligible(docket: Docket) -> tuple[Bid, ...]:
    return tuple(bid for bid in docket.state.bids if bid.eligible)


def convene(docket: Docket, act: ConvenePanel) -> None:
    """Nobody scores a bid of their own unit's, nor the owner's scene."""
    if docket.state.step != "scoring":
        docket.refuse("wrong_step", step=docket.state.step, verb=act.verb, possible="-")
    owner = docket.state.profile.owner if docket.state.profile else ""
    parties = (owner, *separation.units_bidding(docket.state))
    panels.convene(docket, act, limit="scoring", verbs=("score_bid",), parties=parties)


def _score(docket: Docket, act: ScoreBid) -> None:
    panel = panels.seated(docket, PanelPurpose.SCORING)
    panels.own_seat(docket, panel)
    bid = _own_bid(docket, act.bidder)
    if not bid.eligible:
        docket.refuse("not_eligible", bidder=act.bidder)
    if any(person == docket.person for person, _ in bid.scores):
        docket.refuse("already_reviewed", person=docket.person)
    tenths = _on_the_sheet(docket, act.scores)
    docket.record(BidScored(bidder=act.bidder, person=docket.person, tenths=tenths))
    if all(any(person == docket.person for person, _ in each.scores) for each in eligible(docket)):
        docket.met(panels.seat_deadline("scoring", None, docket.person))
    if all(len(each.scores) == len(panel.seats) for each in eligible(docket)):
        _ranked(docket, scoring.ranking(docket.policy.score_sheet, eligible(docket)))


def _on_the_sheet(docket: Docket, scores: tuple[Score, ...]) -> scoring.Points:
    """Points for every criterion of the sheet, none above its own."""
    sheet = docket.policy.score_sheet
    given = {score.criterion: round(score.points * 10) for score in scores}
    keys = [criterion.key for criterion in sheet.criteria]
    missing, extra = [key for key in keys if key not in given], [key for key in given if key not in keys]
    if missing or extra or len(given) != len(scores):
        docket.refuse("scores_incomplete", missing=", ".join(missing) or "-", extra=", ".join(extra) or "-")
    for criterion in sheet.criteria:
        if given[criterion.key] > criterion.points * 10:
            docket.refuse(
                "score_too_high", criterion=criterion.key, points=criterion.points, given=given[criterion.key] / 10
            )
    return tuple((key, given[key]) for key in keys)


def _ranked(docket: Docket, lines: tuple[scoring.Line, ...]) -> None:
    docket.record(BidsRanked(ranking=tuple(line.ranked for line in lines)))
    if not any(line.passed for line in lines):
        settling.call_failed(docket, "none_passed")
    else:
        docket.enter("ranked" if docket.used("ranking_notice") else "awarding")


def _award(docket: Docket, act: Award) -> None:
    """To the first in the ranking, or in a 赛马 to the first few, in order, all above the pass mark."""
    winners = _mode(docket).winners
    if len(act.bidders) > winners:
        docket.refuse(
            "too_many_winners", mode=docket.state.challenge.mode if docket.state.challenge else "-", winners=winners
        )
    passed = [line.bidder for line in docket.state.ranking if line.passed]
    if list(act.bidders) != passed[: len(act.bidders)]:
        docket.refuse("not_next_ranked", expected=", ".join(passed[: len(act.bidders)]))
    docket.enter("contracting")
    for bidder in act.bidders:
        docket.record(Awarded(bidder=bidder, rank=passed.index(bidder) + 1))
        docket.move(Machine.CONTRACT, bidder, "offered")


def lapse(docket: Docket, bidder: str) -> None:
    """This contract will not be: the next in the ranking is asked."""
    docket.move(Machine.CONTRACT, bidder, "lapsed")
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


def _propose(docket: Docket, act: ProposeContract) -> None:
    """The parties sign these terms, and no others, by the date of the contract; a new proposal asks everyone again."""
    contract, challenge = _contract(docket, act.bidder), docket.state.challenge
    profile = docket.state.profile
    cap = challenge.budget_yuan if challenge is not None else profile.budget_yuan if profile is not None else 0
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
    clock = next(each for each in docket.state.deadlines if each.limit == "contract" and each.bidder == act.bidder)
    parties = docket.policy.contracting.parties
    docket.record(
        ContractProposed(
            bidder=act.bidder,
            terms_sha256=act.terms.document.sha256,
            budget_yuan=act.terms.budget_yuan,
            parties=parties,
            milestones=tuple((each.name, each.share_percent) for each in act.terms.milestones),
            consortium=bid.consortium if (bid := find(docket.state.bids, bidder=act.bidder)) is not None else (),
        )
    )
    if contract.step == "offered":
        docket.move(Machine.CONTRACT, act.bidder, "signing")
    for party in parties:
        holder = docket.holder(PARTIES[party], act.bidder)
        docket.share_deadline(clock, holder, ("sign_contract",), party)


def _sign(docket: Docket, act: SignContract) -> None:
    contract = _contract(docket, act.bidder)
    party = next((party for party, role in PARTIES.items() if role is docket.role), None)
    if party is None or party not in contract.parties:
        docket.refuse("not_a_party", role=docket.role)
    if party in contract.signed:
        docket.refuse("already_signed", party=party)
    if act.terms_sha256 != contract.terms_sha256:
        docket.refuse("other_terms")
    if party == "bidder" and act.pledge is None and _asks_for_a_pledge(docket):
        docket.refuse("pledge_missing", mode=docket.state.challenge.mode if docket.state.challenge else "-")
    pledge = act.pledge.sha256 if act.pledge else None
    docket.record(ContractSigned(bidder=act.bidder, party=party, person=docket.person, pledge_sha256=pledge))
    docket.met(f"contract/{act.bidder}/{party}")
    if set(_contract(docket, act.bidder).signed) == set(contract.parties):
        docket.move(Machine.CONTRACT, act.bidder, "signed")
        settling.begin_work(docket, act.bidder)
        settling.settle(docket)


def _compare(docket: Docket, act: CompareRacers) -> None:
    """Midway in a 赛马 the racers are laid side by side; one may go no further, never a better one than who goes on."""
    racing = [trial for trial in docket.state.trials if trial.step in ("running", "suspended")]
    if docket.state.challenge is None or (mode := _mode(docket)).winners < 2 or len(racing) < 2:
        docket.refuse("no_race", racing=", ".join(trial.bidder for trial in racing) or "-")
    racers, named = [trial.bidder for trial in racing], [finding.bidder for finding in act.findings]
    if sorted(named) != sorted(racers) or act.ends not in (None, *racers):
        docket.refuse("other_racers", racers=", ".join(racers), named=", ".join(named))
    for trial in racing:
        end, started = docket.deadline(f"trial/{trial.bidder}"), trial.started_on
        if mode.compare_from is not None and end is not None and started is not None:
            earliest = started + timedelta(days=math.ceil((end.due_on - started).days * mode.compare_from))
            if docket.day < earliest:
                docket.refuse("race_too_young", bidder=trial.bidder, share=mode.compare_from, earliest=earliest)
    scored = any(finding.scores for finding in act.findings)
    tenths = {
        finding.bidder: sum(points for _, points in _on_the_sheet(docket, finding.scores)) if scored else None
        for finding in act.findings
    }
    if act.ends is not None and scored:
        its = tenths[act.ends] or 0
        if worse := [bidder for bidder, points in tenths.items() if (points or 0) < its]:
            docket.refuse("ends_the_better", bidder=act.ends, points=its / 10, worse=", ".join(worse))
    docket.record(RacersCompared(racers=tuple(tenths.items()), ends=act.ends))
    if act.ends is not None:
        docket.decide_against(act.ends, reopens="planning", machine=Machine.TRIAL, bidder=act.ends)
        settling.end_inclusion(docket, act.ends, "ended_early")
        docket.move(Machine.TRIAL, act.ends, "rolling_back")
        settling.end_trial_clocks(docket, act.ends)


def _asks_for_a_pledge(docket: Docket) -> bool:
    """A scene that was taken over with its award has no challenge here, and no pledge to ask for."""
    return docket.state.challenge is not None and _mode(docket).needs_pledge


def reissue_ran_out(docket: Docket, _: Deadline) -> None:
    docket.close(Outcome.UNMATCHED)
