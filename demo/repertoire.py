"""What is played: the stories, each with its real scene, its city's policy and the application it begins with."""

from collections.abc import Sequence
from itertools import zip_longest

from demo.scene import Scene, Story
from demo.stories import chongqing, ningbo, yancheng
from demo.years import invented_calendar, with_invented_years
from models.policy import Policy
from runtime.policy_files import city_files, load_policy
from runtime.samples import UnknownSample, application_of, load_scenes
from runtime.settings import PROJECT, Settings

STORIES: tuple[Story, ...] = (*yancheng.STORIES, *ningbo.STORIES, *chongqing.STORIES)
SEED = 2040


class Repertoire:
    """Raises FileProblems where a policy or the samples cannot be read."""

    def __init__(self, settings: Settings, seed: int = SEED) -> None:
        self._seed = seed
        self._calendar = invented_calendar()
        policies = [load_policy(path) for path in city_files(settings.policies_dir)]
        self._policies = {each.city: with_invented_years(each, self._calendar) for each in policies}
        self._samples = {scene.id: scene for scene in load_scenes(PROJECT / "samples")}

    def policy(self, city: str) -> Policy:
        return self._policies[city]

    def scene(self, story: Story) -> Scene:
        """The scene on the day before its story begins."""
        sample = self._samples[story.scene]
        policy = self.policy(sample.city)
        application = application_of(sample, policy).model_copy(update={"copied_from": story.copied_from})
        return Scene(policy, application, story, self._calendar, self._seed)


def chosen(number: int | None = None, only: Sequence[str] = ()) -> Sequence[Story]:
    """So many stories, from every city in turn, or those of some scenes; all but the encores where nothing is said.

    Raises UnknownSample for a scene of which no story is told.
    """
    told = {story.scene: story for story in STORIES}
    wanted = [scene.upper() for scene in only]
    for scene in wanted:
        if scene not in told:
            raise UnknownSample(f"no story is told of {scene}; there are {', '.join(told)}")
    cities = (yancheng.STORIES, ningbo.STORIES, chongqing.STORIES)
    usual_first = (sorted(city, key=lambda story: story.encore) for city in cities)
    in_turn = sorted(
        (story for turn in zip_longest(*usual_first) for story in turn if story is not None),
        key=lambda story: story.encore,
    )
    number = sum(not story.encore for story in STORIES) if number is None else number
    picked = wanted or [story.scene for story in in_turn[:number]]
    return [story for story in STORIES if story.scene in picked]
