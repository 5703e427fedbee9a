"""Every story of the demo on the rules alone: what it says of a life has to come true."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from demo.chapters.filing import submitted
from demo.life import life_of
from demo.post import CONTACTS, readers
from demo.repertoire import STORIES, Repertoire
from demo.rules_alone import play
from demo.scene import Scene, Script, Story, StoryBroken
from demo.stories.yancheng import COPY_IN_NINGBO
from models.canonical import canonical
from models.commands import ACTS
from models.commands.solicitation import AcceptFiling
from models.deadline import Level
from models.events.clock import RungDue
from models.journal import JournalEntry
from models.vocabulary import Outcome, Risk, Scale, Track
from runtime.contact_files import ContactFile
from runtime.samples import load_scenes
from runtime.settings import PROJECT, Settings


@pytest.fixture(scope="session")
def repertoire() -> Repertoire:
    return Repertoire(Settings())


@pytest.fixture(scope="session")
def journals(repertoire: Repertoire) -> dict[str, tuple[JournalEntry, ...]]:
    return {story.scene: play(story, repertoire.scene(story)) for story in STORIES}


def the_story(scene: str) -> Story:
    return next(story for story in STORIES if story.scene == scene)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.scene)
def test_a_story_ends_as_it_says(story: Story, repertoire: Repertoire) -> None:
    journal = play(story, repertoire.scene(story))
    assert life_of(journal).outcome is story.ends


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_choices_lead_to_the_same_ends(seed: int) -> None:
    repertoire = Repertoire(Settings(), seed)
    for story in STORIES:
        play(story, repertoire.scene(story))


def test_at_least_twenty_four_real_scenes_of_all_three_cities(repertoire: Repertoire) -> None:
    real = {scene.id for scene in load_scenes(PROJECT / "samples")}
    played = {story.scene for story in STORIES}
    assert len(played) == len(STORIES) >= 24
    assert played <= real
    assert {repertoire.scene(story).application.city for story in STORIES} == {"盐城市", "宁波市", "重庆市"}


def test_every_track_risk_scale_and_end_occurs(repertoire: Repertoire) -> None:
    applications = [repertoire.scene(story).application for story in STORIES]
    assert {each.track for each in applications} == set(Track)
    assert {each.risk for each in applications} == set(Risk)
    assert {each.scale for each in applications} == set(Scale)
    assert {story.ends for story in STORIES} == set(Outcome)


def test_together_the_stories_use_every_verb(journals: dict[str, tuple[JournalEntry, ...]]) -> None:
    used = {entry.command.act.verb for journal in journals.values() for entry in journal}
    assert ACTS.keys() - used == set()


def test_somebody_is_late_at_every_level(journals: dict[str, tuple[JournalEntry, ...]]) -> None:
    assert levels(entry for journal in journals.values() for entry in journal).keys() == set(Level)


def levels(entries: Iterable[JournalEntry]) -> Counter[Level]:
    return Counter(event.rung.level for entry in entries for event in entry.events if isinstance(event, RungDue))


def test_the_same_seed_tells_the_same_to_the_byte(journals: dict[str, tuple[JournalEntry, ...]]) -> None:
    again = Repertoire(Settings())
    for story in STORIES:
        told = [canonical(entry) for entry in play(story, again.scene(story))]
        assert told == [canonical(entry) for entry in journals[story.scene]], story.scene


def test_another_seed_draws_other_experts_and_days(journals: dict[str, tuple[JournalEntry, ...]]) -> None:
    story = the_story("YC26-007")
    assert play(story, Repertoire(Settings(), 1).scene(story)) != journals[story.scene]


def test_the_copy_in_the_other_city_begins_after_the_original_was_copied(repertoire: Repertoire) -> None:
    original, copy = the_story("YC26-047"), the_story(COPY_IN_NINGBO)
    scene = repertoire.scene(original)
    journal = play(original, scene)
    copied = next(entry for entry in journal if entry.command.act.verb == "record_replication")
    assert COPY_IN_NINGBO in [each.scene for each in scene.state.replications]
    assert copied.at.date() <= copy.begins
    assert repertoire.scene(copy).application.copied_from == original.scene


def test_a_story_that_ends_otherwise_is_noticed(repertoire: Repertoire) -> None:
    wrong = replace(the_story("NB-007"), ends=Outcome.PROMOTED)
    with pytest.raises(StoryBroken, match=r"^NB-007 on 2040-03-\d\d: it ends as withdrawn, not as promoted$"):
        play(wrong, repertoire.scene(wrong))


def test_a_story_that_is_not_told_to_its_end_is_noticed(repertoire: Repertoire) -> None:
    short = replace(the_story("NB-007"), told=submitted)
    with pytest.raises(StoryBroken, match="told to its end, and stands at submitted"):
        play(short, repertoire.scene(short))


def test_a_deed_that_is_not_refused_as_it_should_be_is_noticed(repertoire: Repertoire) -> None:
    def told(scene: Scene) -> Script:
        yield from submitted(scene)
        yield scene.platform.may_not(AcceptFiling(), "wrong_step")

    wrong = replace(the_story("NB-007"), told=told)
    with pytest.raises(StoryBroken, match="accept_filing is not refused; it should be, as wrong_step"):
        play(wrong, repertoire.scene(wrong))


def test_a_refusal_that_the_story_does_not_know_is_noticed(repertoire: Repertoire) -> None:
    def told(scene: Scene) -> Script:
        yield from submitted(scene)
        yield scene.owner.does(AcceptFiling())

    wrong = replace(the_story("NB-007"), told=told)
    with pytest.raises(StoryBroken, match="not_permitted"):
        play(wrong, repertoire.scene(wrong))


def test_a_deadline_that_is_not_there_is_noticed(repertoire: Repertoire) -> None:
    def told(scene: Scene) -> Script:
        yield from submitted(scene)
        yield scene.passed("bidding")

    wrong = replace(the_story("NB-007"), told=told)
    with pytest.raises(StoryBroken, match="no deadline bidding is open; open: completeness"):
        play(wrong, repertoire.scene(wrong))


def test_every_mailbox_of_the_demo_is_written_to(journals: dict[str, tuple[JournalEntry, ...]]) -> None:
    settings = Settings().model_copy(update={"contacts_file": CONTACTS})
    written_to = frozenset[str]().union(*map(readers, journals.values()))
    assert {each.mailbox for each in ContactFile(settings).book().contacts} <= written_to
