"""回避: a seated member finds a tie after the draw. What they said is void, the next in the order takes the seat."""

import pytest

from models.commands.acceptance import SignAcceptanceOpinion
from models.commands.handling import TakeBack
from models.commands.review import ConvenePanel, PanelMember, Recuse
from models.events.review import MemberRecused
from models.policy import Policy
from models.state import Panel
from models.vocabulary import PanelPurpose, Role
from rules import lots
from tests.scenario import Play, document, naming, of_narrow_pools

A, B = "甲公司", "乙公司"
SCORING, RECOGNITION, ACCEPTANCE = PanelPurpose.SCORING, PanelPurpose.RECOGNITION, PanelPurpose.ACCEPTANCE
TIED = Recuse(purpose=SCORING, reasons="配偶任职于投标单位")


def pool(size: int, experts: int = 50) -> tuple[PanelMember, ...]:
    return tuple(PanelMember(person=f"expert-{n}", unit=f"高校{n}", expert=n <= experts) for n in range(1, size + 1))


def number(person: str) -> int:
    return int(person.removeprefix("expert-"))


def panel(play: Play, purpose: PanelPurpose = SCORING) -> Panel:
    return next(each for each in play.state.panels if each.purpose is purpose)


def drawn(policy: Policy, *, of: int) -> Play:
    """Seven judges for two bids, drawn from a pool."""
    play = Play(of_narrow_pools(policy)).to_scoring(A, B)
    play.do(ConvenePanel(purpose=SCORING, pool=pool(of), size=7), play.lead)
    return play


def test_the_next_in_the_drawn_order_takes_the_seat(policy: Policy) -> None:
    play = drawn(policy, of=12)
    by_hand = [each.person for each in lots.ordered(_seed(play), pool(12))]
    assert [seat.person for seat in panel(play).seats] == by_hand[:7]
    leaver = by_hand[2]
    (event, *_) = play.do(TIED, play.expert(number(leaver)))
    assert isinstance(event, MemberRecused)
    assert event.successor is not None
    assert event.successor.person == by_hand[7]
    assert [seat.person for seat in panel(play).seats] == [*by_hand[:2], by_hand[7], *by_hand[3:7]]
    holders = {each.holder.person for each in play.state.deadlines if each.limit == "scoring" and each.holder}
    assert by_hand[7] in holders
    assert leaver not in holders
    play.refuses("not_on_panel", play.score_act(A, 0.9), play.expert(number(leaver)))
    play.do(play.score_act(A, 0.9), play.expert(number(by_hand[7])))


def _seed(play: Play) -> str:
    return next(event.draw.seed for event in play.journal[-1].events if event.kind == "panel_convened" and event.draw)


def test_the_scores_of_who_recuses_are_void_and_the_others_stand(policy: Policy) -> None:
    play = drawn(policy, of=12)
    first, second, *_ = (number(seat.person) for seat in panel(play).seats)
    for judge in (first, second):
        for bidder in (A, B):
            play.do(play.score_act(bidder, 0.9), play.expert(judge))
    play.do(TIED, play.expert(first))
    assert [[person for person, _ in bid.scores] for bid in play.state.bids] == [[f"expert-{second}"]] * 2


def test_the_ranking_waits_for_the_successor(policy: Policy) -> None:
    play = drawn(policy, of=12)
    judges = [number(seat.person) for seat in panel(play).seats]
    for judge in judges[:-1]:
        play.do(play.score_act(A, 0.9), play.expert(judge))
        play.do(play.score_act(B, 0.8), play.expert(judge))
    play.do(TIED, play.expert(judges[-1]))
    assert play.state.step == "scoring"
    successor = number(panel(play).seats[-1].person)
    play.do(play.score_act(A, 0.9), play.expert(successor))
    play.do(play.score_act(B, 0.8), play.expert(successor))
    assert [line.bidder for line in play.state.ranking] == [A, B]


def test_where_nobody_is_left_the_panel_is_void_and_convened_again_without_who_recused(policy: Policy) -> None:
    play = drawn(policy, of=7)
    leaver, stays = (number(seat.person) for seat in panel(play).seats[:2])
    play.do(play.score_act(A, 0.9), play.expert(stays))
    (event, *_) = play.do(TIED, play.expert(leaver))
    assert isinstance(event, MemberRecused)
    assert event.successor is None
    assert panel(play).void
    assert not any(bid.scores for bid in play.state.bids)
    assert [each.id for each in play.state.deadlines if each.limit == "scoring"] == ["scoring"]
    play.refuses("no_panel", play.score_act(A, 0.9), play.expert(stays))
    play.refuses("pool_too_small", ConvenePanel(purpose=SCORING, pool=pool(7), size=7), play.lead)
    play.do(ConvenePanel(purpose=SCORING, pool=pool(8), size=7), play.lead)
    assert f"expert-{leaver}" not in [seat.person for seat in panel(play).seats]


def test_who_recused_is_not_named_for_a_later_panel_of_the_scene(policy: Policy) -> None:
    play = Play(naming(policy)).to_scoring(A, B)
    play.seat_panel(SCORING)
    play.do(TIED, play.expert(1))
    play.refuses("panel_recused", play.panel_act(SCORING), play.lead)


def test_a_panel_keeps_its_share_of_experts(yancheng: Policy) -> None:
    """The next in the order is no expert and would leave too few: the first expert behind them is seated."""
    play = Play(yancheng).to_scoring(A, B)
    members = tuple(
        PanelMember(person=f"expert-{n}", unit=f"高校{n}", expert=n in (1, 2, 3, 4, 5, 6)) for n in range(1, 14)
    )
    play.do(ConvenePanel(purpose=SCORING, pool=members, size=7), play.lead)
    experts = [seat for seat in panel(play).seats if seat.expert]
    while len(experts) > 5:
        play.do(TIED, play.expert(number(experts[0].person)))
        experts = [seat for seat in panel(play).seats if seat.expert]
    play.do(TIED, play.expert(number(experts[0].person)))
    assert panel(play).void or sum(seat.expert for seat in panel(play).seats) >= 5


@pytest.mark.parametrize("purpose", [RECOGNITION, ACCEPTANCE])
def test_an_opinion_is_void_with_the_seat(policy: Policy, purpose: PanelPurpose) -> None:
    play = Play(policy)
    bidder = None
    if purpose is RECOGNITION:
        play.to_expert_review()
    else:
        bidder = A
        play.to_acceptance(A).apply(A)
    size = policy.panels[purpose.value].minimum
    fresh = tuple(PanelMember(person=f"expert-{n}", unit=f"研究院{n}") for n in range(101, 131))
    play.do(ConvenePanel(purpose=purpose, pool=fresh, size=size, bidder=bidder), play.lead)
    leaver = play.expert(number(panel(play, purpose).seats[0].person))
    play.do(play.recommend_act(bidder, purpose=purpose), leaver)
    play.do(Recuse(purpose=purpose, reasons="曾任职于该单位", bidder=bidder), leaver)
    assert [seat.recommend for seat in panel(play, purpose).seats] == [None] * size
    assert leaver.person not in [seat.person for seat in panel(play, purpose).seats]
    assert play.state.recused == (leaver.person,)


@pytest.mark.parametrize("purpose", [RECOGNITION, ACCEPTANCE])
def test_once_all_have_spoken_nobody_leaves_or_takes_back_by_what_the_others_said(
    policy: Policy, purpose: PanelPurpose
) -> None:
    play, bidder = Play(policy), None
    if purpose is RECOGNITION:
        play.to_expert_review()
    else:
        bidder = A
        play.to_acceptance(A).apply(A)
    *others, last = (play.expert(each) for each in play.seat_panel(purpose, bidder))
    for each in others:
        play.do(play.recommend_act(bidder, purpose=purpose), each)
    play.fork().do(Recuse(purpose=purpose, reasons="曾任职", bidder=bidder), others[0])
    play.fork().do(TakeBack(entry=play.state.sequence, reasons="误点"), others[-1])
    play.do(play.recommend_act(bidder, purpose=purpose), last)
    play.refuses("votes_open", TakeBack(entry=play.state.sequence, reasons="误点"), last)
    for each in (last, others[0]):
        play.refuses("votes_open", Recuse(purpose=purpose, reasons="曾任职", bidder=bidder), each)


def test_only_a_member_recuses_themselves_and_nobody_for_them(policy: Policy) -> None:
    play = drawn(policy, of=12)
    seat = panel(play).seats[0]
    play.refuses("not_on_panel", TIED, play.expert(99))
    lent = play.expert(number(seat.person)).model_copy(update={"on_behalf_of": ("chief",)})
    play.refuses("seat_is_personal", TIED, lent)
    play.refuses("not_permitted", TIED, play.person(Role.LEAD, play.state.lead or ""))


def test_after_the_ranking_a_tie_is_for_an_objection(policy: Policy) -> None:
    play = drawn(policy, of=12)
    play.score({A: 0.9, B: 0.8}, convene=False)
    play.refuses("wrong_step", TIED, play.expert(number(panel(play).seats[0].person)))


@pytest.fixture
def signed(policy: Policy) -> Play:
    """A panel for acceptance whose members have all spoken and signed but the last."""
    play = Play(policy).to_acceptance(A)
    play.apply(A)
    play.policy = of_narrow_pools(play.policy)
    fresh = tuple(PanelMember(person=f"expert-{n}", unit=f"研究院{n}") for n in range(101, 111))
    size = policy.panels["acceptance"].minimum
    play.do(ConvenePanel(purpose=ACCEPTANCE, pool=fresh, size=size, bidder=A), play.lead)
    for seat in panel(play, ACCEPTANCE).seats[:-1]:
        member = play.expert(number(seat.person))
        play.do(play.recommend_act(A), member)
        play.do(SignAcceptanceOpinion(bidder=A, document=document("验收意见书")), member)
    return play


def test_a_signature_falls_away_with_the_seat_and_the_successor_has_to_speak_and_sign(signed: Play) -> None:
    first, *others, _ = [seat.person for seat in panel(signed, ACCEPTANCE).seats]
    signed.do(Recuse(purpose=ACCEPTANCE, reasons="曾任职", bidder=A), signed.expert(number(first)))
    assert [each.person for each in signed.state.acceptances[0].signatures] == others
    successor = panel(signed, ACCEPTANCE).seats[0].person
    duty = signed.deadline(f"acceptance_review/{A}/{successor}")
    assert duty.verbs == ("give_expert_opinion", "sign_acceptance_opinion")


def test_the_signatures_of_a_void_panel_are_nobodys(signed: Play) -> None:
    while not panel(signed, ACCEPTANCE).void:
        last = panel(signed, ACCEPTANCE).seats[-1].person
        signed.do(Recuse(purpose=ACCEPTANCE, reasons="曾任职", bidder=A), signed.expert(number(last)))
    assert signed.state.acceptances[0].signatures == ()
