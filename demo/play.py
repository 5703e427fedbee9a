"""`scene demo`: two dozen real scenes live their whole lives on a real Temporal server, in less than a minute.

The stories are first rehearsed on the rules alone, which takes a second. Then they are played on the server, side by
side, each in its own skipped time: people act through `SceneClient`, alarms come from durable timers, and what happens
is recorded in the database. In the end the ledger has to tell of each life what the rehearsal told, and each life has
to end as its story says; otherwise the demo says which did not, and fails.
"""

import asyncio
import os
import resource
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from itertools import compress
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import make_url
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import TimeSkipper

from demo.life import life_of
from demo.on_temporal import SKIPS, Theatre
from demo.post import CONTACTS, Post, post, readers
from demo.programme import WIDE, Curtain, Performance, Programme
from demo.repertoire import SEED, Repertoire, chosen
from demo.rules_alone import play
from demo.scene import Story, StoryBroken
from models.mailbox import Contact
from models.refusal import Language
from runtime import presence
from runtime.connect import connect
from runtime.embedded import EmbeddedServer, TemporalBinaryNotFound, find_temporal
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, make_worker, parts, scene_client
from storage.database import migrate

SIDE_BY_SIDE: Final = 16
SHOWN_DOCUMENTS: Final = 3
"""Scenes at once: enough that no processor waits for a clock to move, few enough that nobody waits for an answer."""
PORT: Final = 7233
NOBODY: Final = CONTACTS.with_name("nobody.yaml")
"""No such file: nobody has an address while the scenes are played."""
UI_PORT: Final = 8233
"""Of a server that is kept: the same as with `scene up`."""


async def run(
    settings: Settings,
    console: Console,
    *,
    keep: bool = False,
    scenes: int | None = None,
    only: Sequence[str] = (),
    language: Language | None = None,
    seed: int = SEED,
) -> int:
    """Plays the stories: all but the encores, so many, or `only` those of these scenes.

    Gives the exit status: 1 if one broke. Without `keep` everything stands in memory and in a temporary folder; with it
    in the settings' data folder, and the server keeps running until it is told to stop. Raises UnknownSample,
    AlreadyUp, EmbeddedServerError, FileProblems.
    """
    if not console.is_terminal:
        console = Console(file=console.file, width=max(console.width, WIDE))
    programme = Programme(console, language or settings.language)
    clock = _Stopwatch()
    _silence_the_sdk()
    repertoire, stories = Repertoire(settings, seed), chosen(scenes, only)
    with _home(settings, keep) as (home, announce):
        migrate(home.database_url.get_secret_value())
        with parts(home) as stored:
            if stored.reads.streams():
                programme.not_empty(home.data_dir)
                return 1
            async with (
                _server(home, keep) as server,
                _theatre(stored, server.address) as theatre,
                post(theatre.client.temporal, theatre.skipper, home, home.data_dir / "mail" if keep else None) as mail,
            ):
                performances = await _performed(programme, theatre, mail, repertoire, stories, stored)
                programme.show(performances)
                came = _post_came(programme, mail) and _numbered(programme, stored)
                if keep:
                    announce(_card(home, server))
                    programme.took(clock.seconds, None, stored.reads.refusals().total)
                    programme.how_to_look(performances[0].story.scene, home.data_dir, server.ui_url)
                    await _until_stopped()
            if not keep:
                programme.took(clock.seconds, clock.processor_seconds, stored.reads.refusals().total)
                programme.how_to_keep()
    return 0 if came and not any(each.broken for each in performances) else 1


@asynccontextmanager
async def _theatre(stored: Parts, address: str) -> AsyncIterator[Theatre]:
    """With a worker behind it."""
    temporal = await connect(stored.settings, [scene_plugin()], address=address)
    async with make_worker(temporal, stored):
        yield Theatre(scene_client(temporal, stored), TimeSkipper(temporal, config=SKIPS))


async def _performed(
    programme: Programme, theatre: Theatre, mail: Post, repertoire: Repertoire, stories: Sequence[Story], stored: Parts
) -> list[Performance]:
    read = {contact.mailbox for contact in mail.contacts}
    # The longest lives begin first: nobody waits for one that began last. Before them, those whose post is waited for.
    rehearsals = sorted(
        (_rehearsed(repertoire, story) for story in stories),
        key=lambda each: (bool(each.writes_to & read), _acts(each)),
        reverse=True,
    )
    room = asyncio.Semaphore(SIDE_BY_SIDE)
    with programme.progress(sum(map(_acts, rehearsals)), len(stories)) as curtain:
        plays = [asyncio.create_task(_played(theatre, repertoire, each.story, room, curtain)) for each in rehearsals]
        written_by = {each: [each.mailbox in rehearsal.writes_to for rehearsal in rehearsals] for each in mail.contacts}
        await asyncio.gather(*(_emptied(mail, each, compress(plays, those)) for each, those in written_by.items()))
        broken = await asyncio.gather(*plays)
    told = [_recorded(stored, *each) for each in zip(rehearsals, broken, strict=True)]
    return sorted(told, key=lambda performance: stories.index(performance.story))


async def _emptied(mail: Post, contact: Contact, plays: Iterable[asyncio.Task[str | None]]) -> None:
    """Once the scenes that write to it have ended."""
    await asyncio.gather(*plays)
    await mail.empty(contact)


def _post_came(programme: Programme, mail: Post) -> bool:
    try:
        programme.post(mail.opened())
    except StoryBroken as broken:
        programme.broke(str(broken))
        return False
    return True


def _numbered(programme: Programme, stored: Parts) -> bool:
    if faults := stored.documents.faults():
        programme.broke(f"numbers of documents are missing or stand twice: {faults[0]}")
        return False
    last = stored.documents.documents(limit=SHOWN_DOCUMENTS)
    if last.total:
        programme.register(last.total, [each.number for each in last.items if each.number])
    return True


def _rehearsed(repertoire: Repertoire, story: Story) -> Performance:
    scene = repertoire.scene(story)
    try:
        journal = play(story, scene)
        return Performance(story, scene, life_of(journal), None, readers(journal))
    except StoryBroken as broken:
        return Performance(story, scene, None, str(broken))


def _acts(rehearsal: Performance) -> int:
    return rehearsal.life.decisions if rehearsal.life else 0


async def _played(
    theatre: Theatre, repertoire: Repertoire, story: Story, room: asyncio.Semaphore, curtain: Curtain
) -> str | None:
    """What broke, if anything did."""
    async with room:
        try:
            await theatre.play(story, repertoire.scene(story), curtain.act)
        except StoryBroken as broken:
            return str(broken)
        finally:
            curtain.end()
    return None


def _recorded(stored: Parts, rehearsal: Performance, broken: str | None) -> Performance:
    """The life as the ledger tells it: the same as was rehearsed, in an unbroken chain."""
    id = rehearsal.story.scene
    journal = [record.entry for record in stored.reads.entries(id)]
    life = life_of(journal) if journal else None
    broken = broken or rehearsal.broken
    if broken is None and life != rehearsal.life:
        broken = f"{id}: the ledger tells {life}, the rules alone {rehearsal.life}"
    if broken is None and (sequence := stored.reads.verify_chain(id)) is not None:
        broken = f"{id}: the chain breaks at entry {sequence}"
    return rehearsal._replace(life=life, broken=broken)


@contextmanager
def _home(settings: Settings, keep: bool) -> Iterator[tuple[Settings, presence.Announce]]:
    """Where the data stand: the settings' folder, held as by `scene up`, or a temporary one.

    No batch's answer lingers: a clock that is moved would wait for it. And nobody real gets a letter of it.
    """
    settings = settings.model_copy(update={"record_linger_ms": 0, "smtp_url": None, "contacts_file": NOBODY})
    if keep:
        with presence.alone(settings.data_dir) as announce:
            yield settings, announce
        return
    with tempfile.TemporaryDirectory(prefix="scene-demo-") as folder:
        url = SecretStr(f"sqlite:///{folder}/scene.db")
        yield settings.model_copy(update={"data_dir": Path(folder), "database_url": url}), lambda _: None


@asynccontextmanager
async def _server(home: Settings, keep: bool) -> AsyncIterator[EmbeddedServer]:
    binary = find_temporal(home)
    if binary is None:
        raise TemporalBinaryNotFound
    async with EmbeddedServer(
        binary,
        log_file=home.data_dir / "temporal.log",
        db_file=home.data_dir / "temporal.db" if keep else None,
        port=PORT if keep else 0,
        ui_port=UI_PORT if keep else None,
        time_skipping=True,
    ) as server:
        yield server


def _card(home: Settings, server: EmbeddedServer) -> presence.Presence:
    database = make_url(home.database_url.get_secret_value()).render_as_string(hide_password=True)
    return presence.Presence(
        pid=os.getpid(), address=server.address, ui_url=server.ui_url, database=database, since=datetime.now(UTC)
    )


async def _until_stopped() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def _silence_the_sdk() -> None:
    """A recording that a scene's next run repeats is a warning to the SDK, and none to who watches the demo."""
    errors_only = LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=errors_only)), error_if_already_set=False)


class _Stopwatch:
    """Real time, and what the processors did in it: this process and the server, once that has ended."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._processor = _processor_seconds()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    @property
    def processor_seconds(self) -> float:
        return _processor_seconds() - self._processor


def _processor_seconds() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
