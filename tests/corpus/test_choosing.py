"""What of the plays becomes a life of the corpus."""

import json

from demo.repertoire import STORIES
from tests.corpus.choosing import taken_by, without_the_needless
from tests.corpus.features import Feature
from tests.corpus.finding import Candidate, arrivals, taken_over
from tests.corpus.keeping import ORIGINS, Corpus
from tests.corpus.lives import Life
from tests.scenario import Play, city

ONE, TWO, LATE = (Feature("verb", each) for each in ("one", "two", "late"))


def test_a_play_is_told_as_far_as_it_takes_the_most_for_its_entries() -> None:
    takes = ((1, frozenset({ONE})), (2, frozenset({TWO})), (40, frozenset({LATE})))
    candidate = Candidate(Play(city("yancheng")), 0, takes)
    assert candidate.worth({ONE, TWO, LATE})[1] == 2
    assert candidate.worth({LATE})[1] == 40
    assert candidate.worth(set()) == (0, 0)


def test_a_scene_that_is_taken_over_midway_goes_on_as_the_play_did() -> None:
    play = Play(city("yancheng")).to_listed()
    play.post()
    after = max(arrivals(play))
    assert play.journal[after - 1].events
    short = taken_over(play, after, len(play.journal))
    assert [each.command.act.verb for each in short.journal] == ["take_over", "post_challenge"]
    assert short.state.step == play.state.step


def test_of_lives_that_take_the_same_the_shorter_is_kept(today: Corpus) -> None:
    life = next(today.lives())
    longer = Life("LONGER", life.origin, (*life.journal, life.journal[-1]))
    looked_for = taken_by(life.journal, life.origin.city)
    assert [each.scene for each in without_the_needless([longer, life], looked_for)] == [life.scene]


def test_no_life_bears_the_name_of_a_story(today: Corpus) -> None:
    lives = json.loads((today.folder / ORIGINS).read_text())
    assert set(lives).isdisjoint(story.scene for story in STORIES)
