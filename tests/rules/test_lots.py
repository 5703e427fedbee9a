"""Drawing lots: fair, the same for whoever draws again, and not to be moved by who else is in the pool."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands.review import PanelMember
from models.vocabulary import PanelPurpose
from rules.lots import draw, seed_of, ticket
from tests.scenario import Play, city


def pool(experts: int, others: int = 0) -> list[PanelMember]:
    return [
        PanelMember(person=f"p{at}", unit=f"单位{at}", expert=at < experts) for at in range(experts + others)
    ]  # fmt: skip


def test_a_ticket_can_be_made_with_common_tools() -> None:
    """printf '%s' 'abc p1' | sha256sum"""
    assert ticket("abc", "p1") == "8e872b8aa96795308b39252990432d62eb786544e4c498652861ab2918f9d306"


@given(st.text("abcdef", min_size=1), st.integers(1, 12), st.integers(0, 6), st.data())
def test_a_draw_is_full_has_its_experts_and_is_the_same_in_any_order(
    seed: str, experts: int, others: int, data: st.DataObject
) -> None:
    candidates = pool(experts, others)
    size = data.draw(st.integers(1, experts + others))
    needed = data.draw(st.integers(max(0, size - others), min(size, experts)))
    drawn = draw(seed, candidates, size, needed)
    assert len({each.person for each in drawn}) == size
    assert sum(each.expert for each in drawn) >= needed
    assert set(drawn) <= set(candidates)
    assert draw(seed, data.draw(st.permutations(candidates)), size, needed) == drawn


@given(st.text("abcdef", min_size=1))
def test_who_is_not_drawn_could_as_well_have_been_left_out(seed: str) -> None:
    candidates = pool(9, 3)
    drawn = draw(seed, candidates, 5, 4)
    for left_out in set(candidates) - set(drawn):
        rest = [each for each in candidates if each != left_out]
        assert draw(seed, rest, 5, 4) == drawn


def test_a_pool_that_is_too_small_is_an_error() -> None:
    for experts, others, size, needed in ((3, 0, 5, 3), (2, 9, 5, 4), (0, 5, 5, 1)):
        with pytest.raises(ValueError, match="cannot be drawn"):
            draw("s", pool(experts, others), size, needed)


def test_everybody_is_drawn_about_as_often() -> None:
    """4,000 draws of 5 out of 20: each person 1,000 times, give or take 120 (four standard deviations)."""
    often: Counter[str] = Counter()
    for number in range(4_000):
        often.update(each.person for each in draw(sha256(str(number).encode()).hexdigest(), pool(20), 5, 4))
    assert len(often) == 20
    assert all(abs(count - 1_000) < 120 for count in often.values())


def test_the_seed_comes_from_the_journal_and_is_another_after_every_act() -> None:
    play = Play(city("yancheng")).to_expert_review()
    seeds = {seed_of(play.state, purpose, bidder) for purpose in PanelPurpose for bidder in (None, "甲", "乙")}
    assert len(seeds) == 3 * len(PanelPurpose)
    again = Play(city("yancheng")).to_expert_review()
    assert seed_of(again.state, PanelPurpose.SCORING, None) == seed_of(play.state, PanelPurpose.SCORING, None)
    play.wait(play.deadline("expert_review").due_at - play.now)
    assert seed_of(play.state, PanelPurpose.SCORING, None) not in seeds
