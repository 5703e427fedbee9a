"""Records lives on a real Temporal server, in skipped time, and puts what is left of them into one bundle."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr
from temporalio.testing import TimeSkipper

from audit.export import export
from client.from_archives import not_archived
from client.scene_client import workflow_id
from demo.on_temporal import SKIPS, Theatre
from demo.play import NOBODY
from demo.repertoire import Repertoire
from demo.scene import Story, StoryBroken
from models.journal import JournalEntry
from models.opening import SceneOpening
from models.refusal import Refused
from models.state import SceneState
from runtime.build import build_id
from runtime.connect import connect
from runtime.embedded import EmbeddedServer, TemporalBinaryNotFound, find_temporal
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, evidence, make_worker, parts, scene_client
from storage.database import migrate
from tests.corpus.lives import Life
from workflows.scene import SceneWorkflow

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""Everybody has it: who changed the corpus is seen in the project's own history, not by its signature."""
PUBLIC: Final = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
MADE_AT: Final = datetime(2040, 3, 5, tzinfo=UTC)
SIDE_BY_SIDE: Final = 16
TOLD_WITHIN: Final = 1200
"""Seconds for a whole life, which takes a few where the machine has nothing else to do."""
RUNS_GROW_LONG: Final = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=240")
"""Events of a run after which the server suggests a new one: a stage full of acts and reminders has more."""
AGAIN: Final = 6
"""In so many lives that go on, an act of an earlier run is sent once more."""

Say = Callable[[str], object]


async def record(stories: Sequence[Story], lives: Sequence[Life], bundle: Path, say: Say) -> tuple[Sequence[Life], str]:
    """Plays stories and lives, and writes their bundle.

    Gives the lives as they were recorded, and the history of a start that came to nothing. A life that does not go as
    it was rehearsed, which a clock on a busy machine may do to it, is told again, twice at most, and then left out.
    """
    with tempfile.TemporaryDirectory(prefix="scene-corpus-") as folder:
        settings = Settings().model_copy(
            update={
                "data_dir": Path(folder),
                "database_url": SecretStr(f"sqlite:///{folder}/scene.db"),
                "record_linger_ms": 0,
                "smtp_url": None,
                "contacts_file": NOBODY,
            }
        )
        migrate(settings.database_url.get_secret_value())
        with parts(settings) as stored:
            async with _theatre(stored) as theatre:
                stories, lives = await _played(theatre, stored, stories, lives, say)
                scenes = [*(story.scene for story in stories), *(life.scene for life in lives)]
                abandoned = await _abandoned(theatre, lives[0])
                histories: dict[str, list[str]] = {}
                async for scene, history in not_archived(theatre.client.temporal, set()):
                    histories.setdefault(scene, []).append(history)
            with bundle.open("wb") as file:
                export(
                    file,
                    scenes,
                    evidence(stored),
                    unarchived=lambda scene: histories.get(scene, ()),
                    made_at=MADE_AT,
                    made_by=build_id(),
                    sign=KEY.sign,
                    public_key=PUBLIC,
                )
    return lives, abandoned


@asynccontextmanager
async def _theatre(stored: Parts) -> AsyncIterator[Theatre]:
    binary = find_temporal(stored.settings)
    if binary is None:
        raise TemporalBinaryNotFound
    log = stored.settings.data_dir / "temporal.log"
    async with EmbeddedServer(binary, log_file=log, time_skipping=True, more=RUNS_GROW_LONG) as server:
        temporal = await connect(stored.settings, [scene_plugin()], address=server.address)
        async with make_worker(temporal, stored):
            yield Theatre(scene_client(temporal, stored), TimeSkipper(temporal, config=SKIPS))


async def _played(
    theatre: Theatre, stored: Parts, stories: Sequence[Story], lives: Sequence[Life], say: Say
) -> tuple[list[Story], list[Life]]:
    """Those that went as they were rehearsed."""
    room = asyncio.Semaphore(SIDE_BY_SIDE)
    repertoire = Repertoire(stored.settings)
    left = len(stories) + len(lives)

    async def went_well(scene: str, telling: Awaitable[object]) -> bool:
        try:
            await asyncio.wait_for(telling, TOLD_WITHIN)
        except (StoryBroken, TimeoutError) as broken:
            say(f"{scene} broke: {broken}")
            return False
        nonlocal left
        left -= 1
        if left % 25 == 0:
            say(f"{left} lives still to record")
        return True

    async def of_story(story: Story) -> list[Story]:
        async with room:
            went = await went_well(story.scene, theatre.play(story, repertoire.scene(story), _nobody_hears))
            return [story] if went else []

    async def of_life(life: Life) -> list[Life]:
        async with room:
            for scene in (life.scene, f"{life.scene}-B", f"{life.scene}-C"):
                told = Life(scene, life.origin, life.journal)
                if await went_well(scene, _told(theatre, stored, told)):
                    return [told]
            return []

    told, lived = await asyncio.gather(asyncio.gather(*map(of_story, stories)), asyncio.gather(*map(of_life, lives)))
    recorded = [life for found in lived for life in found]
    await _repeated(theatre, stored, recorded)
    return [story for found in told for story in found], recorded


def _nobody_hears(*_: object) -> None:
    pass


async def _told(theatre: Theatre, stored: Parts, life: Life) -> None:
    await theatre.tell(life.story(), life.on(life.policy), _nobody_hears)
    async with asyncio.timeout(60):
        while len(stored.reads.entries(life.scene)) < len(life.journal):
            await asyncio.sleep(0.02)
    recorded = [_outline(record.entry) for record in stored.reads.entries(life.scene)]
    if recorded[: len(life.journal)] != [_outline(entry) for entry in life.journal]:
        raise StoryBroken(f"{life.scene}: it went otherwise than on the rules alone")


def _outline(entry: JournalEntry) -> list[str]:
    return [entry.command.act.verb, *(event.kind for event in entry.events)]


async def _repeated(theatre: Theatre, stored: Parts, lives: Sequence[Life]) -> None:
    """A command that the run before took in, sent once more; and one that is refused."""
    going_on = [life for life in lives if len(life.journal) > 3][:AGAIN]
    for life in going_on:
        first = stored.reads.entries(life.scene, 1, 1)[0].entry.command
        again = first.model_copy(update={"command_id": f"{life.scene}-again"})
        for command in (first, again):
            try:
                await theatre.client.act(life.scene, command)
            except Refused:
                continue


async def _abandoned(theatre: Theatre, life: Life) -> str:
    """A workflow that was started for a scene whose submission never came, and that ended by itself."""
    temporal = theatre.client.temporal
    handle = await temporal.start_workflow(
        SceneWorkflow.run,
        SceneOpening(policy=life.policy, state=SceneState(scene="NOBODY"), patience=timedelta(seconds=1)),
        id=workflow_id("NOBODY"),
        task_queue=theatre.client.task_queue,
    )
    await handle.result()
    return (await handle.fetch_history()).to_json()
