"""Who looks: what a display shows depends on it (`rules.disclosure`), by the policy that the scene is pinned to.

Nobody has to say who they are: who works at the database may read it all, and is shown what the law does not close.
With `--as` the policy's whole table of reading rights holds. Where the city has a directory, who says so has to be in
it, and whoever looks for somebody else has to stand in for them, as for an act.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

import typer
from pydantic import JsonValue

from models.journal import JournalEntry
from models.policy import Policy, Reading, Subject
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from rules.disclosure import ANYBODY, Extent, Sight, Veil, Viewer
from runtime.policy_files import city_files, load_policy
from runtime.wiring import Parts
from storage.refusals import Refusal

from . import acting, identity, shown
from .output import say
from .session import policy_of, refuse_remote

T = TypeVar("T")
OUTSIDE = (Role.AUDITOR, Role.ADMINISTRATOR)
"""Who looks may be of no scene."""

Viewing = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="@PERSON|ROLE[:UNIT[:PERSON]]",
        help="以谁的身份查看：按政策的查看权限显示 · who looks: what the policy lets them read",
        show_default=False,
    ),
]


def viewer_of(
    opened: Parts, policy: Policy | None, state: SceneState, who: str | None, behalf: Sequence[str] | None = None
) -> Viewer:
    """Raises Refused for who is not what they say, Failure for who does not say enough."""
    if who is None:
        return ANYBODY
    refuse_remote(opened.settings)
    asked = identity.who(who, outside=OUTSIDE)
    actor = acting.actor_of(opened, asked, policy, state, "", bidder=asked.unit, on_behalf_of=tuple(behalf or ()))
    return Viewer(actor.role, actor.unit, actor.person, actor.on_behalf_of)


def veil_of(
    opened: Parts,
    state: SceneState,
    who: str | None,
    behalf: Sequence[str] | None = None,
    *,
    journal: Sequence[JournalEntry] = (),
) -> Veil:
    """What one scene shows to who looks. Raises as `viewer_of`."""
    policy = policy_of(opened, state)
    return Veil(policy, state, viewer_of(opened, policy, state, who, behalf), journal)


def sight_of_city(opened: Parts, policy: Policy, who: str | None, behalf: Sequence[str] | None = None) -> Sight:
    """What is read of a city and of no scene: its pool, its quotas. Raises as `viewer_of`."""
    nowhere = _nowhere(policy)
    return Sight(policy, nowhere, viewer_of(opened, policy, nowhere, who, behalf))


def readable(sight: Sight, subject: Subject, bidders: Iterable[str], asked: str | None = None) -> list[str]:
    """The bidders of whom all of the subject may be read. Raises Refused where there are some, and none may be."""
    known = list(dict.fromkeys(bidders))
    found = [each for each in known if sight.of(subject, each) is Extent.WHOLE]
    if asked in known and asked not in found:
        sight.demand(subject, asked)
    if known and not found:
        sight.demand(subject, known[0])
    if not known and sight.of(subject) is Extent.NOTHING and sight.cell(subject) is Reading.NONE:
        sight.demand(subject)
    return found


class Veils:
    """The veil of each scene, for lists over several. `person`: whose own list it is, where nobody says who looks."""

    def __init__(
        self,
        opened: Parts,
        person: str | None = None,
        *,
        who: str | None = None,
        behalf: Sequence[str] | None = None,
    ) -> None:
        self._opened = opened
        self._who, self._behalf = who, behalf
        self._viewer = Viewer(person=person)
        self._known: dict[str, Veil | None] = {}
        self._viewers: dict[str, Viewer | None] = {}
        self._refused: Refused | None = None

    def of(self, scene: str) -> Veil | None:
        """None of what is no scene."""
        if scene not in self._known:
            state = self._opened.reads.state(scene)
            self._known[scene] = self._made(state) if state is not None else None
        return self._known[scene]

    def _made(self, state: SceneState) -> Veil:
        if self._who is None:
            return Veil(None, state, self._viewer)
        policy = policy_of(self._opened, state)
        city = policy.city if policy is not None else ""
        if city not in self._viewers:
            self._viewers[city] = self._viewer_in(policy)
        return Veil(policy, state, self._viewers[city] or NOBODY)

    def _viewer_in(self, policy: Policy | None) -> Viewer | None:
        """Whoever is somebody in one city may be nobody in another: there they read nothing."""
        try:
            return viewer_of(self._opened, policy, _nowhere(policy), self._who, self._behalf)
        except Refused as refused:
            self._refused = refused
            return None

    def refuse_stranger(self) -> None:
        """Raises Refused where who looks is in none of the cities what they say."""
        if self._refused is not None and not any(self._viewers.values()):
            raise self._refused

    @property
    def looks_in_a_role(self) -> bool:
        return self._who is not None

    def whole(self, scene: str, subject: Subject, bidder: str | None = None) -> bool:
        """Whether a subject that the law closes to nobody may be read; of what is no scene, by nobody in a role."""
        if self._who is None:
            return True
        veil = self.of(scene)
        return veil is not None and veil.sight.of(subject, bidder) is Extent.WHOLE

    def told(self, scene: str, data: Any) -> Any:
        veil = self.of(scene)
        return data if veil is None else veil.told(data)

    def text(self, scene: str, text: str) -> str:
        veil = self.of(scene)
        return text if veil is None else veil.text(text)


class Admitted(NamedTuple):
    """The scenes that are shown, and how many are not: of those whoever looks is told the number alone."""

    scenes: tuple[str, ...]
    left_out: int = 0

    @property
    def told(self) -> tuple[str, ...]:
        """A line where something was left out."""
        if not self.left_out:
            return ()
        return (
            say(
                f"另有 {self.left_out} 个场景，此身份无权查看其留痕，未列入。",
                f"{self.left_out} more scenes were left out: this role may not read their records.",
            ),
        )


def may_audit(
    opened: Parts,
    scenes: Sequence[str],
    who: str | None,
    behalf: Sequence[str] | None = None,
    *,
    named: bool,
    display: str,
    subjects: Sequence[Subject] = (Subject.AUDIT,),
    all_scenes: bool = False,
) -> Admitted:
    """The scenes of which who looks may read the `subjects` whole: all where nobody says who looks.

    Of `named` scenes each has to be; of others those are left out that are not. Raises Refused where none is left. That
    is recorded with the scene: whoever asks for records in a role that has no part in them is seen. Nobody has a part
    in a scene that no list knows: it is for who may read the subjects of any scene, in every city that is here.
    `all_scenes` asks that of every scene, in its own city.
    """
    if who is None:
        return Admitted(tuple(scenes))
    found: list[str] = []
    first: _NotRead | None = None
    of_cities: dict[str, _NotRead | None] = {}
    stranger_in: dict[str, _NotRead] = {}
    everywhere: list[_NotRead] | None = None
    for scene in scenes:
        state = _listed(opened, scene)
        policy = policy_of(opened, state) if state is not None else None
        city = policy.city if policy is not None else ""
        if state is None:
            if everywhere is None:
                asked = (_of_city(opened, each, who, behalf, subjects) for each in _policies_here(opened))
                everywhere = [each for each in asked if each is not None]
            problem = next(iter(everywhere), None)
        elif city in stranger_in:
            problem = stranger_in[city]
        elif all_scenes:
            if city not in of_cities:
                of_cities[city] = _of_city(opened, policy, who, behalf, subjects)
            problem = of_cities[city]
        else:
            problem = _not_read(opened, policy, state, who, behalf, subjects)
            if problem is not None and problem.is_stranger:
                stranger_in[city] = problem
        if problem is None:
            found.append(scene)
        first = first or problem
    if first is not None and (named or not found):
        if (viewer := first.viewer) is not None:
            claimed: dict[str, JsonValue] = {
                "person": viewer.person, "role": viewer.role, "unit": viewer.unit, "verb": display,
            }  # fmt: skip
            opened.refusals.keep(Refusal.of_claim(first.stream, claimed, None, first.refused, shown.now()))
        raise first.refused
    return Admitted(tuple(found), len(scenes) - len(found))


class _NotRead(NamedTuple):
    """Why something is not shown, to whom, and with what that is recorded. `viewer` None: who looks is not what they
    say, which is recorded already (`acting.actor_of`)."""

    stream: str
    viewer: Viewer | None
    refused: Refused

    @property
    def is_stranger(self) -> bool:
        """In all scenes of the city; a membership may be unclear in one and clear in another."""
        return self.viewer is None and self.refused.code != "unclear_membership"


def _not_read(
    opened: Parts,
    policy: Policy | None,
    state: SceneState,
    who: str,
    behalf: Sequence[str] | None,
    subjects: Iterable[Subject],
) -> _NotRead | None:
    """Whoever is somebody in one city may be nobody in another: that keeps nobody from the first one's scenes."""
    viewer: Viewer | None = None
    try:
        viewer = viewer_of(opened, policy, state, who, behalf)
        sight = Sight(policy, state, viewer)
        for subject in subjects:
            sight.demand(subject)
    except Refused as refused:
        return _NotRead(state.scene, viewer, refused)
    return None


def _of_city(
    opened: Parts, policy: Policy | None, who: str, behalf: Sequence[str] | None, subjects: Iterable[Subject]
) -> _NotRead | None:
    """Of any scene of a city: who has a part in single ones alone has none here."""
    return _not_read(opened, policy, _nowhere(policy), who, behalf, subjects)


def _nowhere(policy: Policy | None) -> SceneState:
    """What stands for a city: a scene that never began."""
    return SceneState(scene=f"city:{policy.code}" if policy is not None else "city")


def _policies_here(opened: Parts) -> list[Policy | None]:
    """Raises FileProblems."""
    return [*map(load_policy, city_files(opened.settings.policies_dir))] or [None]


def _listed(opened: Parts, scene: str) -> SceneState | None:
    """What the lists have of a scene; of what can not be read, nothing."""
    try:
        return opened.reads.state(scene)
    except ValueError:
        return None


NOBODY = Viewer(Role.SYSTEM)
"""Reads nothing: no city's table has a line for the system."""


def page_of(items: Iterable[T], page: int, limit: int) -> tuple[list[T], int, int]:
    """One page of what was left in, how much that is in all, and how many pages."""
    every = list(items)
    return every[(page - 1) * limit : page * limit], len(every), max(1, -(-len(every) // limit))
