"""What receiving stands on: the file of sources, the cities' policies, and a server that is asked when it is needed."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from client.outside import Outside
from client.scene_client import SceneClient
from models.commands import Command
from models.outside import SourceBook
from models.policy import Policy
from models.receipt import Receipt
from models.refusal import Refused
from models.state import SceneState
from runtime.connect import ServerUnreachable
from runtime.policy_files import load_city
from runtime.settings import Settings
from storage.received import SqlReceived

from .yaml_files import FileProblems, load_yaml

if TYPE_CHECKING:
    from runtime.wiring import Parts


class SourceFile:
    """Who may report what, from a YAML file that may change while the engine runs. Without a file, nobody may."""

    def __init__(self, settings: Settings) -> None:
        self.path: Path = settings.sources
        self._known: tuple[float, SourceBook] = (0, SourceBook())

    def book(self) -> SourceBook:
        """Raises FileProblems."""
        try:
            changed = self.path.stat().st_mtime
        except FileNotFoundError:
            return SourceBook()
        if changed != self._known[0]:
            self._known = changed, load_yaml(self.path, SourceBook)
        return self._known[1]


class FilesAndLists:
    """Implements `client.outside.Books`. Policies are read anew when a file among them has changed."""

    def __init__(self, parts: "Parts") -> None:
        self._parts = parts
        self._sources = SourceFile(parts.settings)
        # A policy takes half a second to read: who comes meanwhile waits for it.
        self._alone = Lock()
        self._policies: dict[str, Policy] = {}
        self._read_at: tuple[tuple[Path, float], ...] = ()

    def sources(self) -> SourceBook:
        try:
            return self._sources.book()
        except FileProblems:
            raise Refused("file_unreadable", file=self._sources.path.name) from None

    def policy_today(self, city: str) -> Policy:
        folder = self._parts.settings.policies_dir
        changed = tuple((path, path.stat().st_mtime) for path in sorted(folder.rglob("*.yaml")))
        with self._alone:
            if changed != self._read_at:
                self._policies, self._read_at = {}, changed
            try:
                if city not in self._policies:
                    self._policies[city] = load_city(folder, city)
            except FileProblems:
                raise Refused("file_unreadable", file=f"{folder.name}: {city}") from None
            return self._policies[city]

    def policy_of(self, state: SceneState) -> Policy:
        try:
            pinned = self._parts.rulebooks.find(state.policy_digest, state.calendar)
        except ValueError:
            raise Refused("file_unreadable", file=f"rulebook {state.policy_digest}") from None
        return pinned or self.policy_today(state.profile.city if state.profile else "")

    def known(self, scene: str) -> SceneState | None:
        return self._parts.reads.state(scene)


class WhenNeeded:
    """Implements `client.outside.Scenes`: an event is kept whether or not a server answers."""

    def __init__(self, connect: Callable[[], Awaitable[SceneClient]]) -> None:
        self._connect = connect
        self._client: SceneClient | None = None

    async def state(self, scene: str) -> SceneState:
        return await (await self._scenes()).state(scene)

    async def act(self, scene: str, command: Command) -> Receipt:
        return await (await self._scenes()).act(scene, command)

    async def _scenes(self) -> SceneClient:
        try:
            self._client = self._client or await self._connect()
        except ServerUnreachable as away:
            raise Refused("server_unreachable", address=away.address) from None
        return self._client


def outside(parts: "Parts", connect: Callable[[], Awaitable[SceneClient]]) -> Outside:
    """The door for events from outside; `connect` gives the scenes' client, or raises ServerUnreachable."""
    return Outside(scenes=WhenNeeded(connect), store=SqlReceived(parts.engine), books=FilesAndLists(parts))
