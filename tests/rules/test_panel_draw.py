"""Panels drawn by lot: from a pool, without whom the rules bar, and so that anybody can draw again."""

import pytest

from models.commands.review import ConvenePanel, PanelMember
from models.events.review import Draw, Excused, PanelConvened
from models.policy import Policy
from models.vocabulary import PanelPurpose
from rules import lots
from tests.scenario import Play, naming

RECOGNITION = PanelPurpose.RECOGNITION


def pool(size: int = 20, experts: int = 20) -> tuple[PanelMember, ...]:
    return tuple(PanelMember(person=f"expert-{n}", unit=f"高校{n}", expert=n <= experts) for n in range(1, size + 1))


@pytest.fixture
def asked(policy: Policy) -> Play:
    return Play(policy).to_expert_review()


def convened(play: Play, members: tuple[PanelMember, ...], size: int = 7) -> PanelConvened:
    events = play.do(ConvenePanel(purpose=RECOGNITION, pool=members, size=size), play.lead)
    return next(event for event in events if isinstance(event, PanelConvened))


def test_anybody_can_draw_again_what_was_drawn(asked: Play) -> None:
    seed = lots.seed_of(asked.state, RECOGNITION, None)
    drawn = convened(asked, pool())
    assert drawn.draw == Draw(seed=seed)
    by_hand = sorted(pool(), key=lambda each: lots.ticket(seed, each.person))[:7]
    assert [seat.person for seat in drawn.panel.seats] == [each.person for each in by_hand]


def test_who_is_drawn_has_a_duty_and_the_others_have_none(asked: Play) -> None:
    drawn = convened(asked, pool())
    holders = {each.holder.person for each in asked.state.deadlines if each.holder and each.holder.person}
    assert holders == {seat.person for seat in drawn.panel.seats}


def test_who_may_not_sit_is_excused_with_the_reason_and_never_drawn(asked: Play) -> None:
    own, tied, *others = pool()
    own = own.model_copy(update={"unit": asked.owner_unit})
    tied = tied.model_copy(update={"ties": (asked.owner_unit,)})
    sided = PanelMember(person=asked.owner.person, unit="别处")
    drawn = convened(asked, (own, tied, sided, *others))
    assert drawn.draw is not None
    assert drawn.draw.excused == (
        Excused(person=own.person, because="panel_conflict"),
        Excused(person=tied.person, because="panel_conflict"),
        Excused(person=sided.person, because="panel_took_sides"),
    )
    assert not {own.person, tied.person, sided.person} & {seat.person for seat in drawn.panel.seats}


def test_a_draw_has_the_experts_that_the_policy_wants(asked: Play) -> None:
    drawn = convened(asked, pool(30, experts=6), size=9)
    assert sum(seat.expert for seat in drawn.panel.seats) >= 6


def test_a_pool_that_is_too_small_says_how_many_may_sit(asked: Play) -> None:
    own = PanelMember(person="own", unit=asked.owner_unit)
    act = ConvenePanel(purpose=RECOGNITION, pool=(own, *pool(6)), size=7)
    no = asked.refuses("pool_too_small", act, asked.lead)
    assert (no.details["free"], no.details["excused"]) == ("6", "1")


@pytest.mark.parametrize(("size", "code"), [(3, "panel_too_small"), (8, "panel_even")])
def test_a_drawn_panel_is_as_large_as_any(asked: Play, size: int, code: str) -> None:
    asked.refuses(code, ConvenePanel(purpose=RECOGNITION, pool=pool(), size=size), asked.lead)


def test_nobody_stands_twice_in_a_pool(asked: Play) -> None:
    act = ConvenePanel(purpose=RECOGNITION, pool=(*pool(), pool()[0]), size=7)
    asked.refuses("panel_duplicate", act, asked.lead)


def test_where_members_are_drawn_nobody_is_named_and_where_they_are_named_they_may_be_drawn(policy: Policy) -> None:
    act = ConvenePanel(purpose=RECOGNITION, members=pool(7))
    Play(policy).to_expert_review().refuses("panel_drawn", act, Play(policy).to_expert_review().lead)
    play = Play(naming(policy)).to_expert_review()
    play.do(act, play.lead)
    assert convened(Play(naming(policy)).to_expert_review(), pool()).draw is not None


def test_who_sat_on_an_earlier_panel_is_not_drawn_for_acceptance(policy: Policy) -> None:
    play = Play(policy).to_acceptance("甲公司")
    play.apply("甲公司")
    earlier = {seat.person for panel in play.state.panels for seat in panel.seats}
    again = tuple(PanelMember(person=person, unit="高校") for person in sorted(earlier))
    fresh = tuple(PanelMember(person=f"fresh-{n}", unit=f"研究院{n}") for n in range(9))
    act = ConvenePanel(purpose=PanelPurpose.ACCEPTANCE, pool=(*again, *fresh), size=5, bidder="甲公司")
    (event,) = [each for each in play.do(act, play.lead) if isinstance(each, PanelConvened)]
    assert event.draw is not None
    assert {each.because for each in event.draw.excused} == {"panel_overlap"}
    assert not earlier & {seat.person for seat in event.panel.seats}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"members": pool(5), "pool": pool()}, {"pool": pool()}, {"members": pool(5), "size": 5}, {"size": 5}],
)
def test_a_panel_is_named_or_drawn_never_both_and_a_draw_has_a_size(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"one of the two|goes with `pool`"):
        ConvenePanel.model_validate({"purpose": RECOGNITION, **wrong})
