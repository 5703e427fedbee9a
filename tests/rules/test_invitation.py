"""Modes that invite (定向委托, 定向择优): legal basis, how many, and a justification that somebody else reviews."""

from datetime import timedelta

import pytest

from models.commands.matching import AmendChallenge, DeclineAward, ReviewInvitation, SubmitBid
from models.policy import Policy
from models.vocabulary import Mode
from rules.calendar import due_date, workdays_between
from rules.policy_check import contradictions
from tests.scenario import Play, digest

A, B, C, D = "甲公司", "乙公司", "丙公司", "丁公司"
APPROVED = ReviewInvitation(approved=True, reasons="确系唯一来源")
REFUSED = ReviewInvitation(approved=False, reasons="市场上另有供方")


@pytest.fixture
def listed(yancheng: Policy) -> Play:
    return Play(yancheng).to_listed()


@pytest.fixture
def invited(listed: Play) -> Play:
    listed.do(listed.post_act(Mode.DIRECTED, invited=(A,)), listed.owner)
    return listed


def test_the_justification_stands_in_the_journal_and_the_lead_department_has_its_review(invited: Play) -> None:
    act = invited.journal[-1].command.act
    assert (getattr(act, "justification", ""), getattr(act, "legal_basis", "")) == ("唯一来源", "政府采购法第三十一条")
    review = invited.deadline("invitation_review")
    assert review.holder is not None
    assert (review.holder.unit, review.verbs) == (invited.state.lead, ("review_invitation",))


def test_nobody_bids_before_the_invitation_was_reviewed(invited: Play) -> None:
    bid = SubmitBid(bidder=A, commitment=digest("x"))
    invited.refuses("invitation_not_reviewed", bid, invited.bidder(A))
    invited.do(APPROVED, invited.lead)
    assert "invitation_review" not in [each.id for each in invited.state.deadlines]
    invited.do(bid, invited.bidder(A))
    invited.refuses("invitation_reviewed_already", APPROVED, invited.lead)


def test_those_invited_have_the_whole_time_from_the_review_on(invited: Play) -> None:
    before = invited.deadline("bidding").due_on
    invited.wait(timedelta(days=14))
    invited.do(APPROVED, invited.lead)
    close = invited.deadline("bidding").due_on
    assert close >= invited.today + timedelta(days=20) > before
    assert invited.state.challenge is not None
    assert invited.state.challenge.closes_on == close


def test_a_review_in_time_leaves_the_close_alone(invited: Play) -> None:
    before = invited.deadline("bidding")
    invited.do(APPROVED, invited.lead)
    assert invited.deadline("bidding") == before


def test_an_invitation_that_is_not_carried_goes_back_to_the_owner_and_was_no_call(invited: Play) -> None:
    invited.do(REFUSED, invited.lead)
    assert invited.state.step == "listed"
    assert [each.id for each in invited.state.deadlines] == ["posting"]
    invited.post()
    assert invited.state.challenge is not None
    assert invited.state.challenge.number == 1


def test_who_acts_for_the_owner_does_not_review_the_invitation(invited: Play) -> None:
    insider = invited.lead.model_copy(update={"person": invited.owner.person})
    invited.refuses("drafter_decides", APPROVED, insider)


def test_an_open_challenge_has_no_invitation_to_review(listed: Play) -> None:
    listed.post()
    listed.refuses("nobody_invited", APPROVED, listed.lead)


@pytest.mark.parametrize(
    ("mode", "bidders", "right"),
    [
        (Mode.DIRECTED, (A,), True),
        (Mode.DIRECTED, (A, B, C), True),
        (Mode.DIRECTED, (A, B, C, D), False),
        (Mode.DIRECTED_BEST, (A,), False),
        (Mode.DIRECTED_BEST, (A, A), False),
        (Mode.DIRECTED_BEST, (A, B), True),
    ],
)
def test_a_mode_invites_as_many_as_its_policy_says(
    listed: Play, mode: Mode, bidders: tuple[str, ...], right: bool
) -> None:
    act = listed.post_act(mode, invited=bidders)
    if right:
        listed.do(act, listed.owner)
    else:
        listed.refuses("invited_number", act, listed.owner)


def test_a_policy_that_could_invite_nobody_is_contradictory(yancheng: Policy) -> None:
    rule = yancheng.modes[Mode.DIRECTED].model_copy(update={"fewest_invited": 4})
    wrong = yancheng.model_copy(update={"modes": {**yancheng.modes, Mode.DIRECTED: rule}})
    assert "modes.定向委托.fewest_invited" in [each.key for each in contradictions(wrong)]


# a close that comes before the review


def test_a_close_before_the_review_uses_up_no_call(invited: Play) -> None:
    events = invited.pass_limit("bidding")
    assert "invitation_lapsed" in [event.kind for event in events]
    assert "call_failed" not in [event.kind for event in events]
    assert (invited.state.step, invited.state.outcome) == ("listed", None)
    assert [each.id for each in invited.state.deadlines] == ["posting"]
    invited.post(Mode.DIRECTED, invited=(A,))
    assert invited.state.challenge is not None
    assert invited.state.challenge.number == 1


def test_a_reviewed_call_that_nobody_answers_is_used_up(invited: Play) -> None:
    invited.do(APPROVED, invited.lead)
    invited.pass_limit("bidding")
    assert invited.state.step == "unmatched"
    invited.post(Mode.DIRECTED, invited=(A,))
    invited.pass_limit("bidding")
    assert invited.state.outcome == "unmatched"


# a change of an approved invitation


def test_a_change_leaves_those_invited_the_whole_time_from_the_approval_on(invited: Play) -> None:
    posted = invited.today
    invited.wait(timedelta(days=5))
    invited.do(APPROVED, invited.lead)
    approved = invited.today
    early = posted + timedelta(days=23)
    assert early - approved < timedelta(days=20)
    act = AmendChallenge(changes="提前截止", closes_on=early)
    no = invited.refuses("closes_too_early", act, invited.owner)
    assert no.details["earliest"] >= str(approved + timedelta(days=20))
    assert invited.deadline("bidding").due_on >= approved + timedelta(days=20)
    invited.do(act.model_copy(update={"closes_on": approved + timedelta(days=30)}), invited.owner)


# the time to re-issue


@pytest.fixture
def failed(invited: Play) -> Play:
    """The first call found nobody."""
    invited.do(APPROVED, invited.lead)
    invited.pass_limit("bidding")
    return invited


@pytest.mark.parametrize("ends", ["refused", "lapsed"])
def test_a_reissue_that_was_no_call_leaves_what_was_left_of_the_time_to_reissue(failed: Play, ends: str) -> None:
    failed.wait(timedelta(days=14))
    left = workdays_between(failed.policy.calendar, failed.today, failed.deadline("reissue").due_on)
    assert 0 < left < 20
    failed.do(failed.post_act(Mode.DIRECTED, invited=(A,)), failed.owner)
    if ends == "refused":
        failed.do(REFUSED, failed.lead)
    else:
        failed.pass_limit("bidding")
    assert failed.state.step == "unmatched"
    clock = failed.deadline("reissue")
    assert clock.due_on == due_date(failed.policy.calendar, clock.counted_from, clock.period).on
    assert clock.period.length == left
    assert failed.today - clock.counted_from <= timedelta(days=1)
    again = failed.fork()
    again.post(Mode.DIRECTED, invited=(A,))
    assert again.state.challenge is not None
    assert again.state.challenge.number == 2
    failed.pass_limit("reissue")
    assert failed.state.outcome == "unmatched"


def test_the_time_to_reissue_shrinks_with_every_invitation_that_is_refused(failed: Play) -> None:
    first = failed.deadline("reissue").due_on
    for _ in range(2):
        failed.wait(timedelta(days=7))
        failed.do(failed.post_act(Mode.DIRECTED, invited=(A,)), failed.owner)
        failed.do(REFUSED, failed.lead)
    assert failed.deadline("reissue").due_on == first


def test_a_scene_taken_over_whose_contract_came_to_nothing_has_one_reissue(yancheng: Policy) -> None:
    play = Play(yancheng).taken_over("contracting", A)
    play.do(DeclineAward(bidder=A, reasons="放弃"), play.bidder(A))
    assert play.state.step == "unmatched"
    play.post()
    assert play.state.challenge is not None
    assert play.state.challenge.number == 2
