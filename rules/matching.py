"""Matching: from the posted challenge to the awards.

Sealed bids come in and are opened (`rules.bidding`). Only eligible bids are scored, only bids above the pass mark are
ranked for an award, awards follow the ranking, and each ends in a contract (`rules.contracting`). A call that finds
nobody is re-issued once. A consortium bids as one: `rules.consortium`; several winners race: `rules.race`.
"""

from datetime import date
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
    BidScored,
    BidsRanked,
    BidWithdrawn,
    ChallengeAmended,
    ChallengePosted,
    EligibilityVerified,
    InvitationReviewed,
)
from models.state import Bid, Challenge
from models.state.matching import Member
from models.state.review import Flag
from models.vocabulary import Machine, NoticeAbout, Outcome, PanelPurpose, Role
from rules import (
    bidding,
    consortium,
    contracting,
    ineligible,
    lots,
    notices,
    panels,
    race,
    scoring,
    separation,
    settling,
)
from rules.bidding import mode_of, own_bid
from rules.calendar import due_date
from rules.deadlines import fixed_on, remaining
from rules.docket import Docket
from rules.fair_competition import answered_flags, refuse_unfair
from rules.scoring import on_the_sheet


def judge(docket: Docket, act: MatchingAct) -> None:
    match act:
        case PostChallenge():
            _post(docket, act)
        case AmendChallenge():
            _amend(docket, act)
        case ReviewInvitation():
            _review_invitation(docket, act)
        case SubmitBid():
            bidding.submit(docket, act)
        case WithdrawBid():
            own_bid(docket, act.bidder)
            docket.record(BidWithdrawn(bidder=act.bidder))
        case OpenBids():
            bidding.open_session(docket, act)
        case RevealBid():
            bidding.reveal(docket, act)
        case VerifyEligibility():
            _verify(docket, act)
        case ScoreBid():
            _score(docket, act)
        case Award():
            _award(docket, act)
        case DeclineAward():
            contracting.lapse(docket, act.bidder)
        case ProposeContract():
            contracting.propose(docket, act)
        case SignContract():
            contracting.sign(docket, act)
        case CompareRacers():
            race.compare(docket, act)
        case GiveUpMatching():
            docket.refuse_over_incidents()
            docket.close(Outcome.UNMATCHED)
        case _:
            assert_never(act)


def _post(docket: Docket, act: PostChallenge) -> None:
    if (mode := docket.policy.modes.get(act.mode)) is None:
        docket.refuse("unknown_mode", mode=act.mode, known=", ".join(docket.policy.modes))
    refuse_unfair(docket, act.conditions)
    texts = (act.criteria, act.justification or "", *(each.text for each in act.conditions))
    flags = answered_flags(docket, texts, act.findings)
    if mode.legal_bases and act.legal_basis not in mode.legal_bases:
        docket.refuse("legal_basis_unlisted", mode=act.mode, basis=act.legal_basis, known="；".join(mode.legal_bases))
    _refuse_above_funding(docket, act)
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
    challenge = Challenge(
        number=_calls_so_far(docket) + 1,
        mode=act.mode,
        budget_yuan=act.budget_yuan,
        posted_on=docket.day,
        closes_on=act.closes_on,
        invited=invited,
        reissue_left=_left_to_reissue(docket),
    )
    ineligible.forget(docket)
    docket.record(ChallengePosted(challenge=challenge, flags=flags))
    for deadline in docket.state.deadlines:
        if deadline.bidder is not None:
            docket.cancel(deadline.id)
    docket.enter("posted", due_on=act.closes_on)
    if mode.invited_only:
        docket.set_deadline("invitation_review", docket.holder(Role.LEAD), ("review_invitation",))


def _refuse_above_funding(docket: Docket, act: PostChallenge) -> None:
    """Nobody is promised what nobody has: more needs an application with more funding (预算法第十三条)."""
    profile = docket.state.profile
    if docket.policy.contracting.within_funding and profile is not None and act.budget_yuan > profile.budget_yuan:
        docket.refuse("funding_exceeded", budget=act.budget_yuan, funding=profile.budget_yuan)


def _calls_so_far(docket: Docket) -> int:
    """An invitation that was not approved was no call. The call of a scene that was taken over was its first."""
    before = docket.state.challenge
    if before is None:
        return int(docket.state.step == "unmatched")
    return before.number - settling.is_no_call(docket, before)


def _left_to_reissue(docket: Docket) -> int | None:
    clock = docket.deadline("reissue")
    return remaining(docket.policy, clock, docket.at, docket.day) if clock is not None else None


def _review_invitation(docket: Docket, act: ReviewInvitation) -> None:
    """Those invited have the whole time of a call from here on. A call that was not approved was none."""
    challenge, deadline = docket.state.challenge, docket.deadline("bidding")
    if challenge is None or deadline is None or not mode_of(docket).invited_only:
        docket.refuse("nobody_invited")
    if challenge.reviewed is not None:
        docket.refuse("invitation_reviewed_already")
    docket.record(InvitationReviewed(approved=act.approved, on=docket.day))
    docket.met("invitation_review")
    if not act.approved:
        settling.no_call(docket)
        return
    earliest = due_date(docket.policy.calendar, docket.day, docket.policy.limits.bidding.period).on
    if earliest > deadline.due_on:
        _move_close(docket, deadline, earliest)


def _amend(docket: Docket, act: AmendChallenge) -> None:
    """A change nearer to the close than the limit `amendment` moves the close; none makes the call too short.

    Bidders have the whole time of a call (招标投标法24), those invited from the approval of their invitation on.
    """
    challenge, deadline = docket.state.challenge, docket.deadline("bidding")
    if challenge is None or deadline is None:
        docket.refuse("wrong_step", step=docket.state.step, verb=act.verb, possible="-")
    calendar, limits = docket.policy.calendar, docket.policy.limits
    earliest = max(
        due_date(calendar, docket.day, limits.amendment.period).on,
        due_date(calendar, challenge.reviewed_on or challenge.posted_on, limits.bidding.period).on,
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


def _verify(docket: Docket, act: VerifyEligibility) -> None:
    bid = own_bid(docket, act.bidder)
    if not bid.revealed:
        docket.refuse("not_eligible", bidder=act.bidder)
    if bid.eligible is not None:
        docket.refuse("already_verified", bidder=act.bidder)
    if act.eligible and not act.commitment_signed:
        docket.refuse("commitment_unsigned")
    challenge = docket.state.challenge
    if act.eligible and challenge is not None and (bid.price_yuan or 0) > challenge.budget_yuan:
        docket.refuse("bid_over_budget", bidder=act.bidder, price=bid.price_yuan, budget=challenge.budget_yuan)
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
    if not act.eligible and docket.policy.contracting.eligibility_appeal:
        docket.decide_against(act.bidder, reopens="eligibility", bidder=act.bidder)
    if any(each.revealed and each.eligible is None for each in docket.state.bids):
        return
    if not eligible(docket):
        settling.call_failed(docket, "none_eligible")
    elif mode_of(docket).scored and docket.used("scoring"):
        docket.enter("scoring")
    else:
        seed, drawn = _lots(docket)
        _ranked(docket, scoring.by_price(eligible(docket), drawn), seed)


def eligible(docket: Docket) -> tuple[Bid, ...]:
    return tuple(bid for bid in docket.state.bids if bid.eligible)


def convene(docket: Docket, act: ConvenePanel) -> None:
    """Nobody scores a bid of their own unit's, nor the owner's scene."""
    if docket.state.step != "scoring":
        docket.refuse("wrong_step", step=docket.state.step, verb=act.verb, possible="-")
    parties = (*docket.state.owners, *separation.units_bidding(docket.state))
    panels.convene(docket, act, limit="scoring", verbs=("score_bid",), parties=parties)


def _score(docket: Docket, act: ScoreBid) -> None:
    panel = panels.seated(docket, PanelPurpose.SCORING)
    panels.own_seat(docket, panel)
    bid = own_bid(docket, act.bidder)
    if not bid.eligible:
        docket.refuse("not_eligible", bidder=act.bidder)
    if any(person == docket.person for person, _ in bid.scores):
        docket.refuse("already_reviewed", person=docket.person)
    tenths = on_the_sheet(docket, act.scores)
    docket.record(BidScored(bidder=act.bidder, person=docket.person, tenths=tenths))
    if all(any(person == docket.person for person, _ in each.scores) for each in eligible(docket)):
        docket.met(panels.seat_deadline("scoring", None, docket.person))
    if all(len(each.scores) == len(panel.seats) for each in eligible(docket)):
        seed, drawn = _lots(docket)
        _ranked(docket, scoring.ranking(docket.policy.score_sheet, eligible(docket), drawn=drawn), seed)


def _lots(docket: Docket) -> tuple[str | None, tuple[str, ...]]:
    """The seed by which full ties are decided, and the bidders in the order of their lots."""
    if docket.policy.score_sheet.full_tie != "lot":
        return None, ()
    seed = lots.seed_at(docket.state.scene, "ranking", None, docket.command.digest, docket.now)
    return seed, lots.tie_break(seed, [bid.bidder for bid in eligible(docket)])


def _ranked(docket: Docket, lines: tuple[scoring.Line, ...], seed: str | None) -> None:
    docket.record(BidsRanked(ranking=tuple(line.ranked for line in lines), lot=seed))
    if not any(line.passed for line in lines):
        settling.call_failed(docket, "none_passed")
    else:
        docket.enter("ranked" if docket.used("ranking_notice") else "awarding")


def _award(docket: Docket, act: Award) -> None:
    """To the first in the ranking, or in a 赛马 to the first few, in order, all above the pass mark."""
    winners = mode_of(docket).winners
    if len(act.bidders) > winners:
        docket.refuse(
            "too_many_winners", mode=docket.state.challenge.mode if docket.state.challenge else "-", winners=winners
        )
    notices.refuse_while_complained(docket, NoticeAbout.RANKING)
    passed = [line.bidder for line in docket.state.ranking if line.passed]
    if list(act.bidders) != passed[: len(act.bidders)]:
        docket.refuse("not_next_ranked", expected=", ".join(passed[: len(act.bidders)]))
    docket.enter("contracting")
    for bidder in act.bidders:
        docket.record(Awarded(bidder=bidder, rank=passed.index(bidder) + 1))
        docket.move(Machine.CONTRACT, bidder, "offered")


def reissue_ran_out(docket: Docket, _: Deadline) -> None:
    docket.close(Outcome.UNMATCHED)
