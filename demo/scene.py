"""A scene as a story sees it: who takes part, what day it is, where things stand.

A story is a generator. It yields what happens next (a deed, deeds one after the other, a deed that the rules must
refuse, or time that passes) and finds in its `Scene` how things stand then. Who plays it, the rules alone or a Temporal
server, it does not know; it draws every choice from its own seed, so it tells the same every time.

People act on working days at ten in the morning.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from random import Random
from typing import NamedTuple, Self

from models.actor import Actor
from models.calendar import Calendar
from models.commands import Act, Command
from models.commands.solicitation import Application
from models.deadline import Deadline
from models.document import Document
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Outcome, Role
from models.words import Word
from rules.calendar import shift_workdays
from rules.deadlines import BEIJING, local_day
from rules.keyed import find

TEN = time(10)


class StoryBroken(Exception):
    """The scene does not stand where its story says it does."""


class Deed(NamedTuple):
    """`on` enters an act that was done on paper on an earlier day."""

    actor: Actor
    act: Act
    on: date | None = None


class Refusal(NamedTuple):
    """A deed that the rules must refuse, with this code."""

    deed: Deed
    code: str


class Until(NamedTuple):
    """Time passes until this moment; nothing happens if it lies in the past."""

    moment: datetime


Move = Deed | Iterable[Deed] | Refusal | Until
Script = Generator[Move, None, None]


@dataclass(frozen=True)
class Story:
    """One scene's life: what is told of `scene` (a sample's id), from `begins` to its end as `ends`.

    An `encore` is played only where it is asked for: the others are a minute's work, and show most of what can happen.
    """

    scene: str
    title: Word
    told: Callable[["Scene"], Script]
    ends: Outcome
    begins: date
    copied_from: str | None = None
    encore: bool = False

    def check_end(self, scene: "Scene") -> None:
        """Raises StoryBroken where the scene, told to its end, did not end as it should."""
        scene.holds(scene.state.closed, f"it is told to its end, and stands at {scene.state.step}")
        scene.holds(scene.state.outcome is self.ends, f"it ends as {scene.state.outcome}, not as {self.ends}")


class Person(NamedTuple):
    actor: Actor

    def does(self, act: Act, *, on: date | None = None) -> Deed:
        return Deed(self.actor, act, on)

    def may_not(self, act: Act, code: str) -> Refusal:
        return Refusal(self.does(act), code)

    @property
    def id(self) -> str:
        return self.actor.person

    @property
    def colleague(self) -> Self:
        """Another person of the same unit, in the same role."""
        return self._other("b")

    @property
    def third(self) -> Self:
        """One more of the same unit, in the same role."""
        return self._other("c")

    def _other(self, which: str) -> Self:
        return self._replace(actor=self.actor.model_copy(update={"person": f"{self.actor.person}-{which}"}))


class Scene:
    """`calendar` holds every year that the story reaches, also those whose notice the scene does not have yet."""

    def __init__(self, policy: Policy, application: Application, story: Story, calendar: Calendar, seed: int) -> None:
        self.id = story.scene
        self.policy = policy
        self.application = application
        self.calendar = calendar
        self.chance = Random(f"{seed}/{story.scene}")  # noqa: S311  # a story, not a secret
        self.state = SceneState(scene=story.scene)
        self.now = at_ten(story.begins)

    def see(self, state: SceneState, now: datetime) -> None:
        """For who plays the story: how things stand now."""
        self.state = state
        self.now = now

    # who takes part

    def _person(self, role: Role, unit: str) -> Person:
        return Person(Actor(person=f"{self.policy.code}-{role.value}-{_short(unit)}", unit=unit, role=role))

    def _office(self, role: Role) -> Person:
        return self._person(role, self.policy.office(role) or "")

    @property
    def owner(self) -> Person:
        return self._person(Role.OWNER, self.application.owner)

    @property
    def platform(self) -> Person:
        return self._office(Role.PLATFORM_OFFICE)

    @property
    def lead(self) -> Person:
        return self._person(Role.LEAD, self.state.lead or "")

    @property
    def regulator(self) -> Person:
        return self._person(Role.REGULATOR, self.state.regulator or "")

    @property
    def leading_group(self) -> Person:
        return self._office(Role.LEADING_GROUP)

    @property
    def st_bureau(self) -> Person:
        return self._office(Role.ST_BUREAU)

    @property
    def supervisor(self) -> Person:
        return self._office(Role.SUPERVISOR)

    @property
    def evaluators(self) -> Person:
        return self._office(Role.EVALUATION_TEAM)

    @property
    def payer(self) -> Person:
        return self._office(Role.PAYER)

    @property
    def citizen(self) -> Person:
        return self._person(Role.PUBLIC, "公众")

    def department(self, unit: str) -> Person:
        return self._person(Role.COOPERATING, unit)

    def bidder(self, name: str) -> Person:
        return self._person(Role.BIDDER, name)

    def expert(self, number: int) -> Person:
        return Person(Actor(person=f"expert-{number:02}", unit=f"专家库{number:02}号", role=Role.EXPERT))

    # what day it is

    @property
    def today(self) -> date:
        return local_day(self.now)

    def workday(self, n: int, day: date | None = None) -> date:
        """The n-th working day after a day (today)."""
        return shift_workdays(self.calendar, day or self.today, n)

    def workdays(self, n: int) -> Until:
        return Until(at_ten(self.workday(n)))

    def soon(self) -> Until:
        """A working day or two: nobody answers at once."""
        return self.workdays(self.chance.choice((1, 1, 2)))

    def until(self, day: date) -> Until:
        return Until(at_ten(day))

    def passed(self, deadline: str) -> Until:
        """The morning after a deadline has passed."""
        return self.until(self.workday(1, self.deadline(deadline).due_on))

    def running(self, deadline: str) -> Deadline | None:
        return find(self.state.deadlines, id=deadline)

    def deadline(self, id: str) -> Deadline:
        """Raises StoryBroken where no such deadline is open."""
        if (found := self.running(id)) is None:
            known = ", ".join(each.id for each in self.state.deadlines) or "none"
            raise StoryBroken(f"no deadline {id} is open; open: {known}")
        return found

    # where things stand

    def stands_at(self, step: str) -> None:
        self.holds(self.state.step == step, f"it stands at {self.state.step}, not at {step}")

    def holds(self, true: bool, otherwise: str) -> None:
        """Raises StoryBroken, saying what is so instead."""
        if not true:
            raise StoryBroken(otherwise)

    def document(self, title: str) -> Document:
        return Document(title=title, sha256=sha256(f"{self.id}/{title}/{self.today}".encode()).hexdigest())

    def paper(self, title: str) -> Document:
        """A document that is the same on every day."""
        return Document(title=title, sha256=sha256(f"{self.id}/{title}".encode()).hexdigest())


def command_for(scene: Scene, deed: Deed, number: int) -> Command:
    """The command that enters a deed, as the `number`-th of its scene; it rests on the newest entry."""
    return Command.model_validate(
        {
            "command_id": f"{scene.id}-{number:03}",
            "actor": deed.actor,
            "seen": scene.state.sequence,
            "effective_on": deed.on,
            "effective_document": scene.paper("纸质办理单").sha256 if deed.on else None,
            "act": deed.act,
        }
    )


def at_ten(day: date) -> datetime:
    return datetime.combine(day, TEN, BEIJING)


def _short(unit: str) -> str:
    return sha256(unit.encode()).hexdigest()[:6]
