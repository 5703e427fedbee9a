"""Matching: sealed bids, the close of a call, opening, eligibility, and a call that finds nobody."""

from datetime import date, timedelta

import pytest

from models.commands.matching import (
    AmendChallenge,
    GiveUpMatching,
    PostChallenge,
    RevealBid,
    SubmitBid,
    VerifyEligibility,
    WithdrawBid,
)
from models.commands.review import AnswerObjection, EntryCondition, RaiseObjection
from models.events.matching import BidsOpened, BidsRanked, BidSubmitted, CallFailed, ChallengeAmended
from models.policy import Policy
from models.vocabulary import Credit, GateKind, Mode, NoticeAbout, Outcome, PanelPurpose, Role, Suspends
from rules import lots
from rules.bidding import commitment
from tests.scenario import Play, digest, document, with_limit

A, B, C = "甲公司", "乙公司", "丙公司"


@pytest.fixture
def listed(yancheng: Policy) -> Play:
    return Play(yancheng).to_listed()


def posting(play: Play, mode: Mode = Mode.OPEN_CHALLENGE, days: int = 30, **more: object) -> PostChallenge:
    rule = play.policy.modes.get(mode)
    return PostChallenge.model_validate(
        {
            "mode": mode,
            "legal_basis": rule.legal_bases[0] if rule and rule.legal_bases else "政策",
            "budget_yuan": 800_000,
            "criteria": "见评分表",
            "closes_on": play.today + timedelta(days=days),
            **more,
        }
    )


def scoring_panel_units(play: Play) -> set[str]:
    return {seat.unit for panel in play.state.panels if panel.purpose is PanelPurpose.SCORING for seat in panel.seats}


# posting


def test_every_mode_that_a_city_uses_leads_to_an_award(policy: Policy) -> None:
    for mode, rule in policy.modes.items():
        play = Play(policy).to_listed()
        play.post(mode, invited=(A, B) if rule.invited_only else ())
        for bidder in (A, B):
            play.bid(bidder)
        play.pass_limit("bidding")
        for bidder in (A, B):
            play.reveal(bidder)
        for bidder in (A, B):
            play.verify(bidder)
        assert play.state.step == ("scoring" if rule.scored else "ranked")
        play.rank(A, B)
        first = play.state.ranking[0].bidder
        play.award(first)
        assert [(each.bidder, each.step) for each in play.state.contracts] == [(first, "offered")]


def test_a_mode_that_the_city_does_not_use_is_refused(yancheng: Policy) -> None:
    modes = {mode: rule for mode, rule in yancheng.modes.items() if mode is not Mode.HORSE_RACE}
    play = Play(yancheng.model_copy(update={"modes": modes})).to_listed()
    play.refuses("unknown_mode", posting(play, Mode.HORSE_RACE), play.owner)


def test_a_challenge_stays_open_for_twenty_days_at_least(listed: Play) -> None:
    no = listed.refuses("closes_too_early", posting(listed, days=19), listed.owner)
    earliest = date.fromisoformat(no.details["earliest"])
    assert earliest >= listed.today + timedelta(days=20)
    listed.do(posting(listed, closes_on=earliest), listed.owner)
    assert listed.deadline("bidding").due_on == earliest


def test_a_close_that_would_be_on_a_rest_day_is_the_next_working_day_at_the_earliest(listed: Play) -> None:
    while (listed.today + timedelta(days=20)).weekday() != 5:
        listed.wait(timedelta(days=1))
    saturday = listed.today + timedelta(days=20)
    listed.refuses("closes_too_early", posting(listed, closes_on=saturday), listed.owner)


@pytest.mark.parametrize("gate", [GateKind.REGION, GateKind.TRACK_RECORD, GateKind.SIZE, GateKind.OWNERSHIP])
def test_a_challenge_with_an_unfair_gate_is_refused(listed: Play, gate: GateKind) -> None:
    unfair = (EntryCondition(kind=gate, text="限本地企业"),)
    listed.refuses("unfair_gate", posting(listed, conditions=unfair), listed.owner)
    fair = (EntryCondition(kind=GateKind.SAFETY, text="须有安全员"),)
    listed.do(posting(listed, conditions=fair), listed.owner)


def test_a_mode_by_invitation_names_whom_it_invites_and_why(listed: Play) -> None:
    no_basis = posting(listed, Mode.DIRECTED, invited=(A,), justification="唯一来源", legal_basis="以赛代招")
    assert "第三十一条" in listed.refuses("legal_basis_unlisted", no_basis, listed.owner).details["known"]
    listed.refuses("invitation_missing", listed.post_act(Mode.DIRECTED), listed.owner)
    unexplained = listed.post_act(Mode.DIRECTED, invited=(A,)).model_copy(update={"justification": None})
    listed.refuses("invitation_missing", unexplained, listed.owner)
    basis = listed.policy.modes[Mode.DIRECTED].legal_bases[0]
    listed.do(posting(listed, Mode.DIRECTED, invited=(A,), justification="唯一来源", legal_basis=basis), listed.owner)


def test_an_owner_who_does_not_post_in_time_is_reminded_and_may_still_give_up(listed: Play) -> None:
    listed.pass_limit("posting")
    assert listed.state.step == "listed"
    listed.do(GiveUpMatching(reasons="无合适对象"), listed.owner)
    assert (listed.state.step, listed.state.outcome) == ("closed", Outcome.UNMATCHED)


# the close, and what moves it


def test_a_change_well_before_the_close_leaves_the_close_alone(listed: Play) -> None:
    listed.post(days=40)
    close = listed.deadline("bidding")
    listed.do(AmendChallenge(changes="补充技术说明"), listed.owner)
    assert listed.deadline("bidding") == close


def test_a_change_near_the_close_moves_the_close(listed: Play) -> None:
    listed.post(days=30)
    listed.wait(timedelta(days=20))
    events = listed.do(AmendChallenge(changes="补充技术说明"), listed.owner)
    close = listed.deadline("bidding").due_on
    assert close >= listed.today + timedelta(days=15)
    assert [event.challenge.closes_on for event in events if isinstance(event, ChallengeAmended)] == [close]
    assert listed.state.challenge is not None
    assert listed.state.challenge.closes_on == close


def test_a_close_nearer_than_fifteen_days_after_a_change_is_refused(listed: Play) -> None:
    listed.post(days=40)
    soon = listed.today + timedelta(days=14)
    listed.refuses("closes_too_early", AmendChallenge(changes="提前", closes_on=soon), listed.owner)


def test_a_change_can_not_shorten_a_call_below_twenty_days(listed: Play) -> None:
    listed.post(days=40)
    early = listed.today + timedelta(days=16)
    listed.refuses("closes_too_early", AmendChallenge(changes="提前", closes_on=early), listed.owner)
    listed.do(AmendChallenge(changes="提前", closes_on=listed.today + timedelta(days=24)), listed.owner)
    assert listed.deadline("bidding").due_on == listed.today + timedelta(days=24)


def test_a_close_is_moved_from_where_it_stands_now_not_from_where_it_stood_once(listed: Play) -> None:
    """A suspension had moved it already."""
    listed.policy = with_limit(listed.policy, "bidding", when_suspended=Suspends.PAUSES)
    listed.post(days=40)
    listed.suspend_and_resume(timedelta(days=60))
    moved = listed.deadline("bidding").due_on
    listed.do(AmendChallenge(changes="补充技术说明"), listed.owner)
    assert listed.deadline("bidding").due_on >= moved


# sealed bids


def test_before_the_close_the_journal_holds_a_hash_and_neither_price_nor_proposal(listed: Play) -> None:
    listed.post()
    price, proposal = 487_613, digest(f"方案{A}")
    listed.bid(A, price=price)
    sealed = "".join(entry.model_dump_json() for entry in listed.journal) + listed.state.model_dump_json()
    assert str(price) not in sealed
    assert proposal not in sealed
    assert f"n-{digest(A)[:16]}" not in sealed
    listed.pass_limit("bidding")
    listed.open_bids()
    listed.reveal(A, price=price)
    opened = "".join(entry.model_dump_json() for entry in listed.journal)
    assert str(price) in opened
    assert proposal in opened


def test_a_commitment_depends_on_nonce_proposal_and_price() -> None:
    one = commitment("n1-of-the-first-bid", digest("方案"), 100)
    others = {
        commitment("n2", digest("方案"), 100),
        commitment("n1-of-the-first-bid", digest("他"), 100),
        commitment("n1-of-the-first-bid", digest("方案"), 101),
    }
    assert one not in others
    assert len(others) == 3


def test_nobody_bids_twice_but_a_withdrawn_bid_can_be_replaced(listed: Play) -> None:
    listed.post()
    listed.bid(A)
    listed.refuses("already_bid", SubmitBid(bidder=A, commitment=digest("x")), listed.bidder(A))
    listed.do(WithdrawBid(bidder=A, reasons="改方案"), listed.bidder(A))
    assert not listed.state.bids
    events = listed.do(SubmitBid(bidder=A, commitment=digest("x")), listed.bidder(A))
    assert isinstance(events[0], BidSubmitted)


def test_nobody_withdraws_a_bid_that_is_not_theirs(listed: Play) -> None:
    listed.post()
    listed.bid(A)
    listed.refuses("not_your_part", WithdrawBid(bidder=A, reasons="捣乱"), listed.bidder(B))
    listed.refuses("unknown_bidder", WithdrawBid(bidder=B, reasons="未投"), listed.bidder(B))


def test_a_bid_can_not_be_withdrawn_after_the_close(yancheng: Policy) -> None:
    play = Play(yancheng).to_opening(A, B)
    play.refuses("wrong_step", WithdrawBid(bidder=A, reasons="反悔"), play.bidder(A))


def test_a_bid_after_the_close_does_not_count_though_the_worker_was_away(listed: Play) -> None:
    listed.post()
    listed.bid(A)
    listed.now = listed.deadline("bidding").due_at + timedelta(days=1)
    late = SubmitBid(bidder=B, commitment=digest("x"))
    listed.refuses("wrong_step", late, listed.bidder(B))
    assert [bid.bidder for bid in listed.state.bids] == [A]


@pytest.mark.parametrize("part", ["owner", "lead", "regulator", "cooperating"])
def test_nobody_bids_for_a_scene_that_they_own_or_review(listed: Play, part: str) -> None:
    listed.post()
    unit = {
        "owner": listed.owner_unit,
        "lead": listed.state.lead or "",
        "regulator": listed.state.regulator or "",
        "cooperating": listed.state.cooperating[0],
    }[part]
    listed.refuses("own_scene", SubmitBid(bidder=unit, commitment=digest("x")), listed.bidder(unit))
    through = SubmitBid(bidder=A, commitment=digest("x"), consortium=(B, unit))
    listed.refuses("own_scene", through, listed.bidder(A))


def test_only_those_invited_bid_where_the_mode_invites(listed: Play) -> None:
    listed.post(Mode.DIRECTED_BEST, invited=(A, C))
    listed.refuses("not_invited", SubmitBid(bidder=B, commitment=digest("x")), listed.bidder(B))
    listed.bid(A)


def test_a_consortium_bids_as_one(listed: Play) -> None:
    listed.post()
    listed.do(SubmitBid(bidder=A, commitment=digest("x"), consortium=(B, C)), listed.bidder(A))
    assert listed.state.bids[0].consortium == (B, C)


# opening


def test_no_bid_is_revealed_before_two_officials_hold_the_opening_session(yancheng: Policy) -> None:
    play = Play(yancheng).to_close(A, B)
    honest = RevealBid(bidder=A, nonce=f"n-{digest(A)[:16]}", proposal=document(f"方案{A}"), price_yuan=500_000)
    play.refuses("bids_not_open", honest, play.bidder(A))
    play.refuses("not_permitted", play.open_bids_act(), play.bidder(A))
    alone = play.open_bids_act().model_copy(update={"with_officer": play.platform.person})
    play.refuses("same_person", alone, play.platform)
    (event, *_) = play.do(play.open_bids_act(), play.platform)
    assert event == BidsOpened(officers=("platform_office-1", "platform_office-2"), record_sha256=digest("开标记录"))
    play.refuses("bids_open_already", play.open_bids_act(), play.platform)
    play.do(honest, play.bidder(A))


def test_the_opening_session_is_held_after_the_close_and_within_its_limit(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post()
    play.bid(A)
    play.refuses("wrong_step", play.open_bids_act(), play.platform)
    play.pass_limit("bidding")
    (session,) = play.state.deadlines
    assert (session.id, session.holder, session.verbs) == (
        "opening_session", play.holder(Role.PLATFORM_OFFICE), ("open_bids",),
    )  # fmt: skip
    play.pass_limit("opening_session")
    assert play.state.step == "opening", "nobody's bid is lost because the office is late"
    play.open_bids()
    assert [each.id for each in play.state.deadlines] == [f"bid_opening/{A}"]


@pytest.mark.parametrize(("side", "code"), [("owner", "drafter_decides"), ("bidder", "own_bid")])
def test_neither_of_the_two_acted_for_a_side(yancheng: Policy, side: str, code: str) -> None:
    play = Play(yancheng).to_close(A, B)
    person = {"owner": play.owner, "bidder": play.bidder(A)}[side].person
    play.refuses(code, play.open_bids_act().model_copy(update={"with_officer": person}), play.platform)
    play.refuses(code, play.open_bids_act(), play.platform.model_copy(update={"person": person}))


def test_who_held_the_opening_session_does_not_bid_in_the_next_call(yancheng: Policy) -> None:
    play = Play(yancheng).to_opening(A)
    play.pass_limit(f"bid_opening/{A}")
    assert play.state.step == "unmatched"
    play.post()
    for officer in ("platform_office-1", "platform_office-2"):
        insider = play.bidder(B).model_copy(update={"person": officer})
        play.refuses("bids_as_judge", SubmitBid(bidder=B, commitment=digest("x")), insider)
    play.bid(C)
    play.pass_limit("bidding")
    play.refuses(
        "bids_not_open",
        RevealBid(bidder=C, nonce=f"n-{digest(C)[:16]}", proposal=document(f"方案{C}"), price_yuan=500_000),
        play.bidder(C),
    )


def test_a_bid_that_does_not_match_its_commitment_is_not_opened(yancheng: Policy) -> None:
    play = Play(yancheng).to_opening(A, B)
    nonce = f"n-{digest(A)[:16]}"
    cheaper = RevealBid(bidder=A, nonce=nonce, proposal=document(f"方案{A}"), price_yuan=499_999)
    other = RevealBid(bidder=A, nonce=nonce, proposal=document("另一方案"), price_yuan=500_000)
    play.refuses("commitment_mismatch", cheaper, play.bidder(A))
    play.refuses("commitment_mismatch", other, play.bidder(A))
    play.reveal(A)
    honest = RevealBid(bidder=A, nonce=nonce, proposal=document(f"方案{A}"), price_yuan=500_000)
    play.refuses("already_revealed", honest, play.bidder(A))


def test_each_bidder_has_a_duty_of_its_own_to_open_its_bid(yancheng: Policy) -> None:
    play = Play(yancheng).to_opening(A, B)
    assert [(each.id, each.holder and each.holder.unit) for each in play.state.deadlines] == [
        (f"bid_opening/{A}", A),
        (f"bid_opening/{B}", B),
    ]
    play.reveal(A)
    assert play.state.step == "opening"
    play.reveal(B)
    assert play.state.step == "eligibility"


def test_an_unopened_bid_is_no_valid_bid_and_the_others_go_on(yancheng: Policy) -> None:
    play = Play(yancheng).to_opening(A, B)
    play.reveal(A)
    play.pass_limit(f"bid_opening/{B}")
    assert play.state.step == "eligibility"
    b_passes = VerifyEligibility(bidder=B, eligible=True, credit=Credit.GOOD, commitment_signed=True, reasons="核查")
    play.refuses("not_eligible", b_passes, play.lead)
    play.verify(A)
    assert play.state.step == "scoring"


def test_a_call_in_which_nobody_opened_a_bid_has_failed(yancheng: Policy) -> None:
    play = Play(yancheng).to_opening(A, B)
    events = play.pass_limit(f"bid_opening/{A}")
    assert [event.because for event in events if isinstance(event, CallFailed)] == ["none_revealed"]
    assert play.state.step == "unmatched"


# eligibility


def test_a_bid_without_the_signed_commitment_is_not_eligible(yancheng: Policy) -> None:
    play = Play(yancheng).to_eligibility(A)
    unsigned = VerifyEligibility(bidder=A, eligible=True, credit=Credit.GOOD, commitment_signed=False, reasons="核查")
    play.refuses("commitment_unsigned", unsigned, play.lead)
    play.do(unsigned.model_copy(update={"eligible": False}), play.lead)
    assert play.state.step == "unmatched"


def test_eligibility_is_verified_once(yancheng: Policy) -> None:
    play = Play(yancheng).to_eligibility(A, B)
    play.verify(A)
    again = VerifyEligibility(bidder=A, eligible=False, credit=Credit.POOR, commitment_signed=True, reasons="改")
    play.refuses("already_verified", again, play.lead)


def test_only_the_eligible_are_scored(yancheng: Policy) -> None:
    play = Play(yancheng).to_eligibility(A, B)
    play.verify(A)
    play.verify(B, eligible=False)
    play.seat_panel(PanelPurpose.SCORING)
    play.refuses("not_eligible", play.score_act(B, 0.9), play.expert(1))
    play.score({A: 0.9}, convene=False)
    assert [line.bidder for line in play.state.ranking] == [A]


def test_a_mode_without_scoring_ranks_by_price_then_by_lot(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post(Mode.DIRECTED, invited=(A, B, C))
    for bidder, price in ((A, 300_000), (B, 200_000), (C, 300_000)):
        play.bid(bidder, price)
    play.pass_limit("bidding")
    for bidder, price in ((A, 300_000), (B, 200_000), (C, 300_000)):
        play.reveal(bidder, price)
    for bidder in (A, B, C):
        play.verify(bidder)
    (ranked,) = [each for each in play.journal[-1].events if isinstance(each, BidsRanked)]
    assert ranked.lot is not None
    in_order = sorted((A, C), key=lambda bidder: lots.ticket(ranked.lot or "", bidder))
    assert [line.bidder for line in play.state.ranking] == [B, *in_order]


# an objection to the ranking


def test_an_upheld_objection_to_the_ranking_begins_the_check_and_the_scoring_anew(yancheng: Policy) -> None:
    play = Play(yancheng).to_scoring(A, B)
    play.score({A: 0.9, B: 0.8})
    play.publish(NoticeAbout.RANKING)
    citizen = play.person(Role.PUBLIC, "市民", "citizen-1")
    objection = RaiseObjection(about=NoticeAbout.RANKING, real_name=True, text="信用有误", document=document("异议书"))
    play.do(objection, citizen)
    id = play.state.objections[0].id
    play.do(AnswerObjection(objection=id, upheld=True, text="成立"), play.platform)
    assert play.state.step == "eligibility"
    assert not play.state.ranking
    play.verify(A, eligible=False)
    play.verify(B)
    play.score({B: 0.8})
    assert [line.bidder for line in play.state.ranking] == [B]


# a call that finds nobody


def test_a_call_without_a_bid_is_reissued_once_and_then_the_scene_closes(listed: Play) -> None:
    listed.post()
    events = listed.pass_limit("bidding")
    assert [event.because for event in events if isinstance(event, CallFailed)] == ["no_bid"]
    assert listed.state.step == "unmatched"
    listed.post()
    assert listed.state.challenge is not None
    assert listed.state.challenge.number == 2
    listed.pass_limit("bidding")
    assert (listed.state.step, listed.state.outcome) == ("closed", Outcome.UNMATCHED)


def test_an_owner_who_does_not_reissue_in_time_lets_the_scene_close(listed: Play) -> None:
    listed.post()
    listed.pass_limit("bidding")
    listed.pass_limit("reissue")
    assert (listed.state.step, listed.state.outcome) == ("closed", Outcome.UNMATCHED)


def test_a_reissued_call_knows_nothing_of_the_bids_before(yancheng: Policy) -> None:
    play = Play(yancheng).to_scoring(A, B)
    play.score({A: 0.3, B: 0.2})
    assert play.state.step == "unmatched"
    play.post()
    play.bid(A)
    play.pass_limit("bidding")
    play.reveal(A)
    play.verify(A)
    play.refuses("no_panel", play.score_act(A, 0.9), play.expert(1))
    assert not scoring_panel_units(play)
    play.score({A: 0.9})
    assert [(line.bidder, line.passed) for line in play.state.ranking] == [(A, True)]


def test_nobody_of_a_bidders_or_the_owners_unit_scores(yancheng: Policy) -> None:
    play = Play(yancheng).to_listed()
    play.post()
    play.do(
        SubmitBid(bidder=A, commitment=commitment("n1-of-the-first-bid", digest("方案"), 1), consortium=("高校3",)),
        play.bidder(A),
    )
    play.pass_limit("bidding")
    play.open_bids()
    play.do(RevealBid(bidder=A, nonce="n1-of-the-first-bid", proposal=document("方案"), price_yuan=1), play.bidder(A))
    play.verify(A)
    for unit in (A, play.owner_unit, "高校3"):
        play.refuses("panel_conflict", play.panel_act(PanelPurpose.SCORING, unit=unit), play.lead)
