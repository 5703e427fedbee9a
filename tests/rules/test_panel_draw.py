"""Panels drawn by lot: from a pool, without whom the rules bar, and so that anybody can draw again."""

from datetime import UTC, timedelta
from hashlib import sha256

import pytest

from models.commands.review import ConvenePanel, PanelMember
from models.events.review import Draw, Excused, PanelConvened
from models.policy import Policy
from models.vocabulary import PanelPurpose, Role
from rules import lots
from tests.scenario import Play, naming

RECOGNITION = PanelPurpose.RECOGNITION


def pool(size: int = 21, experts: int = 50) -> tuple[PanelMember, ...]:
    return tuple(PanelMember(person=f"expert-{n}", unit=f"高校{n}", expert=n <= experts) for n in range(1, size + 1))


@pytest.fixture
def asked(policy: Policy) -> Play:
    return Play(policy).to_expert_review()


def convened(play: Play, members: tuple[PanelMember, ...], size: int = 7) -> PanelConvened:
    events = play.do(ConvenePanel(purpose=RECOGNITION, pool=members, size=size), play.lead)
    return next(event for event in events if isinstance(event, PanelConvened))


def test_anybody_can_draw_again_what_was_drawn(asked: Play) -> None:
    """printf '%s\\n%s\\n%s\\n%s\\n%s' SCENE recognition '' COMMAND-DIGEST MOMENT | sha256sum"""
    drawn = convened(asked, pool(21))
    entry = asked.journal[-1]
    moment = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    seed = sha256(f"TEST-1\nrecognition\n\n{entry.command.digest}\n{moment}".encode()).hexdigest()
    assert drawn.draw == Draw(seed=seed)
    by_hand = sorted(pool(21), key=lambda each: lots.ticket(seed, each.person))[:7]
    assert [seat.person for seat in drawn.panel.seats] == [each.person for each in by_hand]


def test_the_same_pool_gives_other_lots_a_microsecond_later(asked: Play) -> None:
    """So that nobody chooses a pool by its lots: the moment is the engine's, and known when all is entered."""
    later = asked.fork()
    later.now += timedelta(microseconds=1)
    first, second = convened(asked, pool(21)).draw, convened(later, pool(21)).draw
    assert first is not None
    assert second is not None
    assert asked.journal[-1].command == later.journal[-1].command
    assert first.seed != second.seed


def test_under_a_policy_of_before_the_seed_is_that_of_before(asked: Play) -> None:
    rules = asked.policy.panels["recognition"].model_copy(update={"drawn_once": False, "pool_times": 1})
    asked.policy = asked.policy.model_copy(update={"panels": {**asked.policy.panels, "recognition": rules}})
    seed = lots.seed_of(asked.state, RECOGNITION, None)
    assert convened(asked, pool(7)).draw == Draw(seed=seed)
    assert convened(asked, pool(7)).draw != Draw(seed=seed)


def test_a_pool_holds_several_times_the_seats_of_people_who_may_sit(asked: Play) -> None:
    own = PanelMember(person="own", unit=asked.owner_unit)
    act = ConvenePanel(purpose=RECOGNITION, pool=(own, *pool(20)), size=7)
    no = asked.refuses("pool_too_narrow", act, asked.lead)
    assert (no.details["needed"], no.details["free"], no.details["excused"]) == ("21", "20", "1")
    convened(asked, (own, *pool(21)))


def test_a_panel_is_drawn_once(asked: Play) -> None:
    convened(asked, pool(21))
    for members in (pool(21), pool(24)):
        asked.refuses("drawn_already", ConvenePanel(purpose=RECOGNITION, pool=members, size=7), asked.lead)


def test_drawing_again_takes_reasons_and_a_second_officer_and_is_on_record(asked: Play) -> None:
    convened(asked, pool(21))
    again = ConvenePanel(purpose=RECOGNITION, pool=pool(24), size=7, reasons="名单漏列三人")
    asked.refuses("second_officer_missing", again, asked.lead)
    asked.refuses("same_person", again.model_copy(update={"with_officer": asked.lead.person}), asked.lead)
    asked.refuses("drafter_decides", again.model_copy(update={"with_officer": asked.owner.person}), asked.lead)
    seconded = again.model_copy(update={"with_officer": "lead-2"})
    asked.do(seconded, asked.lead)
    assert any("lead-2" in hand.persons for hand in asked.state.hands if hand.deed == "convene_panel:recognition")
    asked.refuses("drawn_already", ConvenePanel(purpose=RECOGNITION, pool=pool(24), size=7), asked.lead)


def test_a_second_officer_does_not_sit_and_is_named_for_a_second_draw_only(asked: Play) -> None:
    first = ConvenePanel(purpose=RECOGNITION, pool=pool(21), size=7, with_officer="lead-2")
    asked.refuses("nothing_to_redraw", first, asked.lead)
    convened(asked, pool(21))
    again = ConvenePanel(purpose=RECOGNITION, pool=pool(22), size=7, reasons="名单漏列一人", with_officer="expert-22")
    events = asked.do(again, asked.lead)
    (draw,) = [each.draw for each in events if isinstance(each, PanelConvened)]
    assert draw is not None
    assert draw.excused == (Excused(person="expert-22", because="decides_and_judges"),)


def test_once_somebody_has_spoken_no_reason_draws_again(asked: Play) -> None:
    drawn = convened(asked, pool(21))
    member = drawn.panel.seats[0]
    act = asked.recommend_act(None, purpose=RECOGNITION)
    asked.do(act, asked.person(Role.EXPERT, member.unit, member.person))
    again = ConvenePanel(purpose=RECOGNITION, pool=pool(22), size=7, reasons="名单漏列一人", with_officer="lead-2")
    asked.refuses("panel_already", again, asked.lead)


def test_who_is_drawn_has_a_duty_and_the_others_have_none(asked: Play) -> None:
    drawn = convened(asked, pool())
    holders = {each.holder.person for each in asked.state.deadlines if each.holder and each.holder.person}
    assert holders == {seat.person for seat in drawn.panel.seats}


def test_who_may_not_sit_is_excused_with_the_reason_and_never_drawn(asked: Play) -> None:
    own, tied, *others = pool()
    own = own.model_copy(update={"unit": asked.owner_unit})
    tied = tied.model_copy(update={"ties": (asked.owner_unit,)})
    sided = PanelMember(person=asked.owner.person, unit="别处")
    drawn = convened(asked, (own, tied, sided, *others, *pool(24)[21:]))
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
    act = ConvenePanel(purpose=RECOGNITION, pool=(own, *pool(21, experts=2)), size=7)
    no = asked.refuses("pool_too_small", act, asked.lead)
    assert (no.details["free"], no.details["excused"]) == ("21", "1")


@pytest.mark.parametrize(("size", "code"), [(3, "panel_too_small"), (8, "panel_even")])
def test_a_drawn_panel_is_as_large_as_any(asked: Play, size: int, code: str) -> None:
    asked.refuses(code, ConvenePanel(purpose=RECOGNITION, pool=pool(24), size=size), asked.lead)


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
    fresh = tuple(PanelMember(person=f"fresh-{n}", unit=f"研究院{n}") for n in range(15))
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
