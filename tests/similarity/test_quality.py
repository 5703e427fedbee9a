"""What the labelled set says: floors below what was measured. `python -m tests.similarity.quality` prints it all."""

import pytest

from models.policy import NO_LOOKALIKE_RULES
from tests.similarity.quality import Half, Measure, Quality, labelled, samples

PROPOSED = NO_LOOKALIKE_RULES.propose_from


@pytest.fixture(scope="module")
def quality() -> dict[Half, Quality]:
    return {half: Measure(half).at(PROPOSED) for half in ("tuned", "held out")}


def test_the_labelled_set_is_large_enough_and_names_only_samples() -> None:
    known = labelled()
    named = {id for pair in known.pairs for id in (pair.one, pair.other)} | {each.original for each in known.rewritten}

    assert len(known.pairs) >= 60
    assert len(known.rewritten) >= 30
    assert named <= samples().keys()


def test_most_look_alikes_among_the_samples_are_proposed(quality: dict[Half, Quality]) -> None:
    assert quality["tuned"].recall >= 0.8
    assert quality["held out"].recall >= 0.75


def test_what_is_proposed_is_seldom_of_another_need(quality: dict[Half, Quality]) -> None:
    assert min(each.useful for each in quality.values()) >= 0.8


def test_a_scene_under_another_name_is_found_again(quality: dict[Half, Quality]) -> None:
    assert quality["tuned"].found_rewritten >= 0.9
    assert quality["held out"].found_rewritten >= 0.7


def test_two_long_applications_for_one_need_are_found_and_others_left_alone(quality: dict[Half, Quality]) -> None:
    assert min(each.found_long for each in quality.values()) >= 0.75
    assert max(each.wrong_long for each in quality.values()) <= 0.01


def test_a_desk_is_not_swamped(quality: dict[Half, Quality]) -> None:
    assert max(each.proposals for each in quality.values()) <= 4
    assert max(each.false_alarms for each in quality.values()) <= 1.5
