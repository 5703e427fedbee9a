"""Who looks: what a display withholds depends on it (`rules.disclosure`), and nobody has to say who they are.

Where the city has a directory, who says so has to be in it, as for an act.
"""

from typing import Annotated, Any

import typer

from models.state import SceneState
from models.vocabulary import Role
from rules.disclosure import ANYBODY, Veil, Viewer
from runtime.wiring import Parts

from . import acting, identity
from .session import policy_of, refuse_remote

Viewing = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="@PERSON|ROLE[:UNIT[:PERSON]]",
        help="以谁的身份查看：本人的投标、席位和打分可见 · who looks: one's own bid, seat and points are shown",
        show_default=False,
    ),
]


def viewer_of(opened: Parts, state: SceneState, who: str | None) -> Viewer:
    """Raises Refused for who is not what they say, Failure for who does not say enough."""
    if who is None:
        return ANYBODY
    refuse_remote(opened.settings)
    asked = identity.who(who, outside=(Role.AUDITOR, Role.ADMINISTRATOR))
    actor = acting.actor_of(opened, asked, policy_of(opened, state), state, "", bidder=asked.unit)
    return Viewer(actor.role, actor.unit, actor.person)


class Veils:
    """The veil of each scene, for lists over several. `person`: whose own list it is."""

    def __init__(self, opened: Parts, person: str | None = None) -> None:
        self._opened = opened
        self._viewer = Viewer(person=person)
        self._known: dict[str, Veil | None] = {}

    def of(self, scene: str) -> Veil | None:
        """None of what is no scene."""
        if scene not in self._known:
            state = self._opened.reads.state(scene)
            self._known[scene] = Veil(state, self._viewer) if state is not None else None
        return self._known[scene]

    def told(self, scene: str, data: Any) -> Any:
        veil = self.of(scene)
        return data if veil is None else veil.told(data)

    def text(self, scene: str, text: str) -> str:
        veil = self.of(scene)
        return text if veil is None else veil.text(text)
