"""In which order lives are recorded, for a recording may be cut off."""

import json
from itertools import islice

from demo.repertoire import STORIES
from tests.corpus.choosing import in_order_of_worth, taken_by
from tests.corpus.features import Feature
from tests.corpus.keeping import ORIGINS, Corpus
from tests.corpus.lives import Life


def test_a_life_that_takes_nothing_more_is_recorded_after_those_that_do(today: Corpus) -> None:
    lives = list(islice(today.lives(), 12))
    again = Life("AGAIN", lives[0].origin, lives[0].journal)
    ordered = in_order_of_worth([again, *lives], ())
    assert {each.scene for each in ordered} == {"AGAIN", *(each.scene for each in lives)}
    same = [each.scene for each in ordered if each.scene in ("AGAIN", lives[0].scene)]
    later = ordered[[each.scene for each in ordered].index(same[1]) + 1 :]
    before: set[Feature] = set()
    for life in ordered[: -len(later) or None]:
        before |= taken_by(life.journal, life.origin.city)
    assert all(taken_by(life.journal, life.origin.city) <= before for life in later)


def test_no_life_bears_the_name_of_a_story(today: Corpus) -> None:
    lives = json.loads((today.folder / ORIGINS).read_text())
    assert set(lives).isdisjoint(story.scene for story in STORIES)
