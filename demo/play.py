"""`scene demo`: thirty real scenes live their whole lives on a real Temporal server, in less than a minute.

The stories are first rehearsed on the rules alone, which takes a second. Then they are played on the server, side by
side, each in its own skipped time: people act through `SceneClient`, alarms come from durable timers, and what happens
is recorded in the database. In the end the ledger has to tell of each life what the rehearsal told, and each life has
to end as its story says; otherwise the demo says what did not, and fails.
"""

import asyncio
import os
import resource
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import make_url
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import TimeSkipper

from demo.life import Life, life_of
from demo.on_temporal import SKIPS, Theatre
from demo.programme import WIDE, Curtain, Performance, Programme
from demo.repertoire import SEED, Repertoire, the_first
from demo.rules_alone import play
from demo.scene import Scene, Story, StoryBroken
from models.journal import JournalEntry
from models.refusal import Language
from models.vocabulary import Role
from runtime import presence
from runtime.connect import connect
from runtime.embedded import EmbeddedServer, TemporalBinaryNotFound, find_temporal
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, make_worker, parts, scene_client
from storage.database import migrate

SIDE_BY_SIDE: Final = 16
"""Scenes at once: enough that two cores never wait for a clock to move, few enough that nobody waits for an answer."""
PORT: Final = 7233
UI_PORT: Final = 8233
"""Of a server that is kept: the same as with `scene up`."""


class NotEmpty(Exception):
    """The data folder holds scenes already; invented ones do not belong among them."""


async def run(
    settings: Settings,
    console: Console,
    *,
    keep: bool = False,
    scenes: int | None = None,
    language: Language | None = None,
    seed: int = SEED,
) -> int:
    """Plays the stories, all or so many, and shows what became of each scene. Gives the exit status: 1 if one broke.

    Without `keep` everything stands in a temporary folder and in memory; with it in the settings' data folder, and the
    server keeps running until it is stopped. Raises NotEmpty, AlreadyUp, EmbeddedServerError, FileProblems.
    """
    if not console.is_terminal:
        console = Console(file=console.file, width=max(console.width, WIDE))
    programme = Programme(console, language or settings.language)
    began, processor = time.perf_counter(), _processor_seconds()
    repertoire = Repertoire(settings, seed)
    stories = the_first(scenes)
    with _folder(settings, keep) as (kept, announce):
        async with _server(kept, keep) as server:
            migrate(kept.database_url.get_secret_value())
            performances, refused = await _performed(kept, server.address, programme, repertoire, stories)
            if keep:
                announce(_card(kept, server))
                ...
    return 0
