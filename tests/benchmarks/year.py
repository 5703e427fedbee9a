"""`python -m tests.benchmarks.year`: many scenes live through a year in skipped time, and every reminder is counted.

Rungs that came due (in the journal), rows in the outbox, and messages that a real mail server was given: the same
number, rung by rung, each once. And what a reminder costs in events, and how long a letter takes on an idle system.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from client.mailboxes import mailbox_id
from client.scene_client import SceneClient, workflow_id
from models.commands.anywhere import Resume, Suspend
from models.events.clock import RungDue
from models.journal import JournalEntry
from models.mailbox import MailboxOpening
from models.notification import NotificationKind, unit_mailbox
from models.state import SceneState
from models.vocabulary import Role
from rules.journal import fold
from rules.notifications import notifications
from runtime.connect import connect
from runtime.embedded import EmbeddedServer, find_temporal
from runtime.local_post import LocalPost, local_post
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, make_worker, parts, scene_client
from storage.database import migrate
from storage.outbox import Outbox, OutboxMessage
from storage.reads import LARGEST_PAGE
from tests.scenario import Play, city
from workflows.mailbox import MailboxWorkflow

from .gauges import percentile

SIDE_BY_SIDE = 16
CITIES = ("yancheng", "ningbo", "chongqing")
YEAR = timedelta(days=365)
SKIPS = TimeSkippingConfig(max_session_skip_count=100_000)
AFTER = timedelta(days=10)
"""A fifth of the scenes are stopped after so many days, for a month."""

Rung = tuple[str, str]
"""Name and level."""


class Year:
    def __init__(self, temporal: Client, stored: Parts) -> None:
        self.temporal = temporal
        self.stored = stored
        self.client: SceneClient = scene_client(temporal, stored)
        self.skipper = TimeSkipper(temporal, config=SKIPS)
        self.room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def live(self, number: int) -> str:
        """A scene is brought to one of five points, and left alone for a year, but for a stop of one in five."""
        play = Play(city(CITIES[number % len(CITIES)]), scene=f"Y-{number:03}")
        if number % 5 == 0:
            play.submit()
        elif number % 5 in (2, 4):
            play.to_consultation()
        else:
            play.to_registered()
        async with self.room:
            first, *rest = [entry.command for entry in play.journal]
            await self.client.submit(play.scene, play.policy, first)
            for command in rest:
                await self.client.act(play.scene, command)
            handle = self.temporal.get_workflow_handle(workflow_id(play.scene))
            if number % 5 == 3:
                await self.skipper.fast_forward(handle, AFTER)
                await self.client.act(
                    play.scene, play.command(Suspend(reasons="检查"), play.lead, seen=await self.seen(play))
                )
                await self.skipper.fast_forward(handle, 3 * AFTER)
                await self.client.act(
                    play.scene, play.command(Resume(reasons="完毕"), play.lead, seen=await self.seen(play))
                )
            await self.skipper.fast_forward(handle, YEAR)
        return play.scene

    async def seen(self, play: Play) -> int:
        return (await self.client.state(play.scene)).sequence

    async def empty(self, recipient: str, task_queue: str) -> None:
        async with self.room:
            handle = await self.temporal.start_workflow(
                MailboxWorkflow.run,
                MailboxOpening(recipient=recipient, clock=datetime.now(UTC)),
                id=mailbox_id(recipient),
                task_queue=task_queue,
            )
            await self.skipper.fast_forward(handle)


def reminders(journal: Sequence[JournalEntry]) -> Iterator[Rung]:
    for entry in journal:
        for event in entry.events:
            if isinstance(event, RungDue):
                yield event.rung.name, event.rung.level.value


def told(scene: str, journal: Sequence[JournalEntry]) -> Iterator[Rung]:
    """The reminders that the rules address to somebody."""
    state = SceneState(scene=scene)
    for entry in journal:
        before, state = state, fold(state, entry)
        for each in notifications(before, state, entry):
            if each.kind is NotificationKind.REMINDER:
                yield each.rung.partition("/")[0], each.level.value


def all_messages(outbox: Outbox) -> list[OutboxMessage]:
    first = outbox.messages(limit=LARGEST_PAGE)
    return [each for page in range(1, first.pages + 1) for each in outbox.messages(page=page, limit=LARGEST_PAGE).items]


def rung_of(message: OutboxMessage) -> Rung:
    return message.rung.partition("/")[0], message.level


def letter_id(letter: EmailMessage) -> str:
    return str(letter["Message-ID"]).strip("<>").partition("@")[0]


async def lags(year: Year, office: LocalPost, count: int) -> list[float]:
    """Seconds from a receipt to the letter that it caused, one after the other."""
    found = []
    for number in range(count):
        play = Play(city("yancheng"), scene=f"LAG-{number}").submit()
        before = len(office.letters)
        await year.client.submit(play.scene, play.policy, play.journal[0].command)
        began = perf_counter()
        while len(office.letters) == before:
            await asyncio.sleep(0.005)
        found.append(perf_counter() - began)
        await asyncio.sleep(0.2)
    return found


async def measure(scenes: int, letters: int, console: Console) -> bool:
    with tempfile.TemporaryDirectory(prefix="scene-year-") as folder:
        base = Settings().model_copy(
            update={
                "data_dir": Path(folder),
                "database_url": SecretStr(f"sqlite:///{folder}/scene.db"),
                "record_linger_ms": 0,
                "smtp_url": None,
                "contacts_file": None,
            }
        )
        migrate(base.database_url.get_secret_value())
        binary = find_temporal(base)
        assert binary is not None
        server = EmbeddedServer(binary, log_file=Path(folder) / "temporal.log", port=0, time_skipping=True)
        async with server, local_post() as office:
            temporal = await connect(base, [scene_plugin()], address=server.address)
            with parts(base) as stored:
                year = Year(temporal, stored)
                began = perf_counter()
                async with make_worker(temporal, stored):
                    ids = await asyncio.gather(*map(year.live, range(scenes)))
                console.print(f"{scenes} scenes lived through a year in {perf_counter() - began:.0f} s")
                outbox = Outbox(stored.engine)
                recipients = sorted({each.recipient for each in all_messages(outbox)})
                contacts = Path(folder) / "contacts.yaml"
                contacts.write_text(_contacts(recipients), encoding="utf-8")
                post = base.model_copy(
                    update={"smtp_url": SecretStr(office.url), "contacts_file": contacts, "task_queue": "post"}
                )
                began = perf_counter()
                with parts(post) as theirs:
                    async with make_worker(temporal, theirs):
                        await asyncio.gather(*(year.empty(each, "post") for each in recipients))
                console.print(
                    f"{len(recipients)} mailboxes sent {len(office.letters)} letters in {perf_counter() - began:.0f} s"
                )
                same = _counted(console, stored, ids, all_messages(outbox), office.letters)
                await _costs(console, year, ids)
                live = post.model_copy(update={"task_queue": base.task_queue})
                with parts(live) as theirs:
                    async with make_worker(temporal, theirs):
                        took = await lags(year, office, letters)
                console.print(
                    f"from a receipt to its letter, idle: p50 {percentile(took, 0.5):.2f} s, "
                    f"p95 {percentile(took, 0.95):.2f} s ({letters} letters; the mailbox gathers for 2 s)"
                )
                return same


def _contacts(recipients: Sequence[str]) -> str:
    everybody = {*recipients, unit_mailbox("盐城市", str(city("yancheng").office(Role.PLATFORM_OFFICE)))}
    entries = (f'- mailbox: "{each}"\n  email: [r{n}@city.example]\n' for n, each in enumerate(sorted(everybody)))
    return "contacts:\n" + "".join(entries)


def _counted(
    console: Console,
    stored: Parts,
    ids: Sequence[str],
    messages: Sequence[OutboxMessage],
    letters: Sequence[EmailMessage],
) -> bool:
    journals = {id: [record.entry for record in stored.reads.entries(id)] for id in ids}
    due = Counter(rung for journal in journals.values() for rung in reminders(journal))
    addressed = Counter(rung for id, journal in journals.items() for rung in told(id, journal))
    rows = [each for each in messages if each.kind == NotificationKind.REMINDER]
    came = Counter(map(letter_id, letters))
    outbox = Counter(map(rung_of, rows))
    delivered = Counter(rung_of(each) for each in rows if each.message_id and came[each.message_id] == 1)
    table = Table("rung", "level", "came due", "addressed to somebody", "outbox rows", "delivered")
    for rung in sorted(due, key=lambda each: (each[1], each[0])):
        table.add_row(*rung, *(str(count[rung]) for count in (due, addressed, outbox, delivered)))
    table.add_row("all", "", *(str(count.total()) for count in (due, addressed, outbox, delivered)))
    console.print(table)
    others = [each for each in messages if each.kind != NotificationKind.REMINDER]
    sent = sum(each.message_id is not None and came[each.message_id] == 1 for each in others)
    twice = sum(times > 1 for times in came.values())
    console.print(f"other messages: {len(others)}, delivered {sent}; letters that came twice: {twice}")
    return addressed == outbox == delivered and sent == len(others) and not twice


async def _costs(console: Console, year: Year, ids: Sequence[str]) -> None:
    """Of the scenes that were submitted and then left alone: all that happens to them are alarms."""
    events = alarms = rungs = 0
    for id in ids[::5]:
        journal = [record.entry for record in year.stored.reads.entries(id)]
        history = await year.temporal.get_workflow_handle(workflow_id(id)).fetch_history()
        events += sum(each.event_id > 0 for each in history.events)
        alarms += len(journal) - 1
        rungs += sum(1 for _ in reminders(journal))
    console.print(
        f"history: {events / max(alarms, 1):.1f} events an alarm, {events / max(rungs, 1):.1f} a reminder "
        f"(all of {len(ids[::5])} scenes' events, their submissions included)"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--letters", type=int, default=30, help="of which the delay is measured")
    arguments = parser.parse_args()
    return 0 if asyncio.run(measure(arguments.scenes, arguments.letters, Console())) else 1


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # the SDK's threads abort one shutdown in ten
