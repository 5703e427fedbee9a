"""From an act to a letter in a real mail server's hands, and what happens when that is away, or a message is broken."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from temporalio.service import RPCError

from client.mailboxes import Mailboxes, mailbox_id
from client.scene_client import SceneClient, workflow_id
from models.commands.anywhere import RecordService
from models.commands.solicitation import RequestSupplement
from models.notification import NotificationKind, unit_mailbox
from models.state import SceneState
from models.vocabulary import Role
from runtime.settings import Settings
from runtime.wiring import Parts, make_worker, parts
from storage.database import migrate
from storage.outbox import Outbox
from tests.listener import listening
from tests.postoffice import PostOffice, plain, post_office
from tests.scenario import Play
from tests.workflows.conftest import Stage
from workflows.mailbox import MailboxSweepWorkflow

_queues = count(1)
ADDRESS = "platform@city.example"
SHORTLY = timedelta(minutes=2)
"""Longer than the first pause after a letter that did not go out."""


class Town:
    """A worker with a mail server, and one contact: the platform office."""

    def __init__(self, stage: Stage, stored: Parts, office: PostOffice) -> None:
        self.stage = stage
        self.stored = stored
        self.office = office
        self.outbox = Outbox(stored.engine)
        self.recipient = unit_mailbox(stage.policy.city, str(stage.policy.office(Role.PLATFORM_OFFICE)))
        self.owner = unit_mailbox(stage.policy.city, stage.play().owner_unit)
        self.queue = stored.settings.task_queue
        self.mailboxes = Mailboxes(stage.env.client, self.queue)
        stage.client = SceneClient(stage.env.client, self.queue, stage.refusals, stored.rulebooks)

    async def submit(self) -> Play:
        play = self.stage.play().submit()
        await self.stage.submit(play)
        return play

    async def wake(self, ahead: timedelta = timedelta()) -> None:
        await self.mailboxes.wake((self.recipient,), datetime.now(UTC) + ahead)

    def rows(self, play: Play) -> list[Any]:
        found = self.outbox.messages(play.scene, limit=200).items
        return [each for each in found if each.recipient == self.recipient]


@asynccontextmanager
async def town_with(stage: Stage, folder: Path, contacts: str) -> AsyncIterator[Town]:
    with post_office() as office:
        settings = Settings.model_validate(
            {
                "data_dir": folder,
                "task_queue": f"letters-{next(_queues)}",
                "record_linger_ms": 0,
                "smtp_url": SecretStr(office.url),
                "webhooks_into_private_networks": True,
                "templates_dir": folder / "templates",
            }
        )
        migrate(settings.database_url.get_secret_value())
        (folder / "contacts.yaml").write_text(contacts)
        with parts(settings) as stored:
            async with make_worker(stage.env.client, stored):
                town = Town(stage, stored, office)
                yield town
                for recipient in (town.recipient, town.owner):
                    with suppress(RPCError):  # it has ended
                        await stage.env.client.get_workflow_handle(mailbox_id(recipient)).terminate()


@pytest.fixture
async def town(stage: Stage, tmp_path: Path) -> AsyncIterator[Town]:
    recipient = unit_mailbox(stage.policy.city, str(stage.policy.office(Role.PLATFORM_OFFICE)))
    async with town_with(stage, tmp_path, f"contacts:\n- mailbox: {recipient}\n  email: [{ADDRESS}]\n") as town:
        yield town


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(90):
        while not condition():
            await asyncio.sleep(0.05)


async def tried_again(town: Town, play: Play, ahead: timedelta) -> None:
    tried = town.rows(play)[0].attempts
    await town.wake(ahead)
    await until(lambda: town.rows(play)[0].attempts > tried)


async def test_an_act_becomes_a_letter(town: Town) -> None:
    play = await town.submit()
    await until(lambda: town.office.letters)

    (letter,) = town.office.letters
    assert letter["To"] == ADDRESS
    assert play.application().name in letter["Subject"]
    assert "完整性核查" in plain(letter)
    await until(lambda: all(each.delivered_at for each in town.rows(play)))
    (row,) = town.rows(play)
    assert letter["Message-ID"].startswith(f"<{row.message_id}@")
    assert row.attempts == 1


async def test_what_comes_together_goes_out_in_one_letter_and_nothing_twice(town: Town) -> None:
    plays = [await town.submit() for _ in range(3)]
    await until(lambda: all(town.rows(play) for play in plays))
    await until(lambda: all(row.delivered_at for play in plays for row in town.rows(play)))
    said = "\n".join(plain(letter) for letter in town.office.letters)
    assert all(said.count(play.scene + "）") == 1 for play in plays)
    assert len(town.office.letters) < len(plays)

    await town.wake()
    with_nothing_to_do = town.stage.env.client.get_workflow_handle(mailbox_id(town.recipient))
    await asyncio.wait_for(with_nothing_to_do.result(), 30)
    assert "\n".join(plain(letter) for letter in town.office.letters) == said


async def test_a_mail_server_that_is_away_loses_nothing_and_the_letter_keeps_its_id(town: Town) -> None:
    town.office.busy = "451 back in ten minutes"
    play = await town.submit()
    await until(lambda: any(row.retry_at for row in town.rows(play)))
    (put_off,) = town.rows(play)
    assert "451" in put_off.last_error

    town.office.busy = None
    await town.wake(SHORTLY)
    await until(lambda: all(row.delivered_at for row in town.rows(play)))

    (letter,) = town.office.letters
    assert letter["Message-ID"].startswith(f"<{put_off.message_id}@")
    assert town.rows(play)[0].attempts >= 2


async def test_a_unit_that_is_merged_while_its_mail_waits_gets_it_at_its_new_address(town: Town) -> None:
    town.office.busy = "451 not yet"
    play = await town.submit()
    await until(lambda: any(row.retry_at for row in town.rows(play)))
    file = town.stored.settings.contacts
    file.write_text(
        f"contacts:\n- mailbox: unit:盐城市/合并后的局\n  formerly: ['{town.recipient}']\n"
        "  email: [merged@city.example]\n"
    )
    os.utime(file, (1, 1))  # another time than before, however fast the test is
    for ahead in (SHORTLY, 10 * SHORTLY):  # an attempt to the old address may be on its way, the one after it is not
        await tried_again(town, play, ahead)
    town.office.busy = None
    await town.wake(timedelta(days=1))
    await until(lambda: all(row.delivered_at for row in town.rows(play)))
    (letter,) = town.office.letters
    assert letter["To"] == "merged@city.example"


async def test_a_broken_message_is_given_up_alone_and_sent_when_it_is_mended(town: Town) -> None:
    town.office.busy = "451 not yet"
    broken, whole = await town.submit(), await town.submit()
    await until(lambda: town.rows(broken) and town.rows(whole))
    await until(lambda: all(row.retry_at for play in (broken, whole) for row in town.rows(play)))
    spoil = text("UPDATE outbox SET payload = :payload WHERE stream = :stream")
    right = text("SELECT payload FROM outbox WHERE stream = :stream")
    with town.stored.engine.begin() as connection:
        payload = connection.execute(right, {"stream": broken.scene}).scalar_one()
        connection.execute(spoil, {"payload": "{}", "stream": broken.scene})
    await town.wake(SHORTLY)
    await until(lambda: town.outbox.messages(dead=True).items)
    town.office.busy = None
    await town.wake(timedelta(days=1))
    await until(lambda: all(row.delivered_at for row in town.rows(whole)))

    (dead,) = town.outbox.messages(dead=True).items
    assert dead.stream == broken.scene
    assert "cannot be written" in str(dead.last_error)

    with town.stored.engine.begin() as connection:
        connection.execute(spoil, {"payload": payload, "stream": broken.scene})
    assert town.outbox.retry(broken.scene, at=datetime.now(UTC)) == (town.recipient,)
    await town.wake(SHORTLY)
    await until(lambda: all(row.delivered_at for row in town.rows(broken)))
    assert sum(broken.scene in plain(letter) for letter in town.office.letters) == 1


async def test_an_address_that_is_refused_is_a_dead_letter(town: Town) -> None:
    town.office.refuses[ADDRESS] = "550 no such user"
    play = await town.submit()
    await until(lambda: any(row.given_up_at for row in town.rows(play)))
    assert "550" in town.rows(play)[0].last_error
    assert town.outbox.given_up() == 1


async def test_the_sweep_finds_what_nobody_woke_a_mailbox_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(*_: object) -> None:
        raise ConnectionError("the worker died between commit and wake")

    with monkeypatch.context() as broken:
        broken.setattr(Mailboxes, "wake", nobody)
        play = await town.submit()
        await until(lambda: town.rows(play))
    await asyncio.sleep(0.2)
    assert town.office.letters == []

    woken = await town.stage.env.client.execute_workflow(
        MailboxSweepWorkflow.run, id="sweep-now", task_queue=town.queue, execution_timeout=timedelta(seconds=90)
    )
    assert woken >= 1
    await until(lambda: town.office.letters)


async def test_who_has_no_address_reads_the_inbox(stage: Stage, tmp_path: Path) -> None:
    async with town_with(stage, tmp_path, "contacts: []\n") as town:
        play = await town.submit()
        await until(lambda: any(row.delivered_at for row in town.rows(play)))
        assert town.rows(play)[0].last_error == "inbox only"
        assert town.office.letters == []


async def test_a_city_that_tries_once_gives_up_at_once(stage: Stage, tmp_path: Path) -> None:
    recipient = unit_mailbox(stage.policy.city, str(stage.policy.office(Role.PLATFORM_OFFICE)))
    contacts = f"delivery: {{attempts: 1}}\ncontacts:\n- mailbox: {recipient}\n  email: [{ADDRESS}]\n"
    async with town_with(stage, tmp_path, contacts) as town:
        town.office.busy = "451 later"
        play = await town.submit()
        await until(lambda: any(row.given_up_at for row in town.rows(play)))
        assert "451" in town.rows(play)[0].last_error


async def test_a_letter_that_only_together_cannot_be_written_is_given_up_and_holds_up_no_later_one(
    stage: Stage, tmp_path: Path
) -> None:
    recipient = unit_mailbox(stage.policy.city, str(stage.policy.office(Role.PLATFORM_OFFICE)))
    subject = tmp_path / "templates/zh/subject.txt.j2"
    subject.parent.mkdir(parents=True)
    subject.write_text("{{ items[0].name if items|length == 1 else items[99].name }}")
    contacts = f"contacts:\n- mailbox: {recipient}\n  email: [{ADDRESS}]\n  digest_at: 09:00\n"
    async with town_with(stage, tmp_path, contacts) as town:
        first, second = await town.submit(), await town.submit()
        await until(lambda: town.rows(first) and town.rows(second))
        await town.wake(timedelta(days=10))
        await until(lambda: all(row.given_up_at for play in (first, second) for row in town.rows(play)))
        assert "cannot be written" in town.rows(first)[0].last_error
        third = await town.submit()
        await until(lambda: town.rows(third))
        await town.wake(timedelta(days=20))
        await until(lambda: town.office.letters)
        assert town.office.letters[0]["Subject"] == third.application().name


async def test_what_is_turned_off_is_read_in_the_inbox_and_the_rest_still_comes(stage: Stage, tmp_path: Path) -> None:
    recipient = unit_mailbox(stage.policy.city, str(stage.policy.office(Role.PLATFORM_OFFICE)))
    contacts = f"contacts:\n- mailbox: {recipient}\n  email: [{ADDRESS}]\n  without: [early_reminder, closed]\n"
    async with town_with(stage, tmp_path, contacts) as town:
        play = await town.submit()
        await until(lambda: town.office.letters)
        due_at = play.deadline("completeness").due_at
        await town.stage.until(play.scene, due_at + timedelta(days=1))
        await until(lambda: any("does without" in (row.last_error or "") for row in town.rows(play)))
        await until(lambda: all(row.delivered_at for row in town.rows(play)))

        turned_off = [row for row in town.rows(play) if "does without" in (row.last_error or "")]
        assert turned_off
        assert all(row.last_error == f"inbox only: {recipient} does without early_reminder" for row in turned_off)
        assert all(row.rung.startswith("T-") for row in turned_off)
        said = "\n".join(plain(letter) for letter in town.office.letters)
        assert said.count("号记录") == len(town.rows(play)) - len(turned_off)


async def test_reminders_of_skipped_time_arrive_as_the_scene_s_clock_goes(town: Town) -> None:
    play = await town.submit()
    await until(lambda: town.office.letters)
    due_at = play.deadline("completeness").due_at
    await town.stage.until(play.scene, due_at - timedelta(hours=1))
    # Those that come due close to each other go out in one letter, whose subject only counts them.
    await until(lambda: [row for row in town.rows(play) if row.kind == NotificationKind.REMINDER])
    await until(lambda: all(row.delivered_at for row in town.rows(play)))
    said = [f"{letter['Subject']}\n{plain(letter)}" for letter in town.office.letters]
    assert any(play.scene in each and "提醒" in each for each in said)
    ids = [letter["Message-ID"] for letter in town.office.letters]
    assert len(set(ids)) == len(ids)


async def test_each_way_is_gone_once_and_one_that_is_blocked_is_tried_alone(stage: Stage, tmp_path: Path) -> None:
    recipient = unit_mailbox(stage.policy.city, str(stage.policy.office(Role.PLATFORM_OFFICE)))
    with listening() as chat:
        chat.body = '{"errcode": 45009, "errmsg": "api freq out of limit"}'
        contacts = (
            f"contacts:\n- mailbox: {recipient}\n  email: [{ADDRESS}]\n"
            f"  robots: [{{kind: wecom, token: secret-token, base_url: '{chat.url}'}}]\n"
        )
        async with town_with(stage, tmp_path, contacts) as town:
            play = await town.submit()
            await until(lambda: any(row.retry_at for row in town.rows(play)))
            assert len(town.office.letters) == len(chat.calls) == 1
            assert "45009" in town.rows(play)[0].last_error

            chat.body = '{"errcode": 0, "errmsg": "ok"}'
            await town.wake(SHORTLY)
            await until(lambda: all(row.delivered_at for row in town.rows(play)))
            assert len(town.office.letters) == 1
            assert len(chat.calls) == 2
            assert all("secret-token" not in (row.last_error or "") for row in town.rows(play))


def owners(stage: Stage, *, agrees: bool) -> str:
    owner = unit_mailbox(stage.policy.city, stage.play().owner_unit)
    return f"contacts:\n- mailbox: {owner}\n  email: [{ADDRESS}]\n  accepts_service: {str(agrees).lower()}\n"


async def asked_for_more(town: Town) -> Play:
    play = await town.submit()
    play.do(RequestSupplement(items=("资金证明",)), play.platform)
    await town.stage.act(play.scene, play.journal[-1].command)
    return play


def notice(town: Town) -> EmailMessage | None:
    """The letter that names the supplement notice, once it arrived."""
    return next((each for each in town.office.letters if "补正通知书" in plain(each)), None)


async def test_who_agreed_to_electronic_service_gets_the_document_and_the_letter_proves_its_service(
    stage: Stage, tmp_path: Path
) -> None:
    async with town_with(stage, tmp_path, owners(stage, agrees=True)) as town:
        play = await asked_for_more(town)
        handle = stage.env.client.get_workflow_handle(workflow_id(play.scene))

        async def state() -> SceneState:
            stands: SceneState = await handle.query("scene", result_type=SceneState)
            return stands

        async with asyncio.timeout(90):
            while (now := await state()).services:
                await asyncio.sleep(0.1)
        assert [each.id for each in now.deadlines] == ["supplement"], "the clock runs"

        letter = notice(town)
        assert letter is not None
        (document,) = town.stored.documents.of_entry(play.scene, 2)
        (enclosed,) = list(letter.iter_attachments())
        assert enclosed.get_filename() == f"{document.number}.txt"
        content = enclosed.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert sha256(content).hexdigest() == document.sha256, "to the byte what the register has"
        assert "1. 资金证明" in content.decode()
        await until(lambda: len(town.stored.reads.entries(play.scene)) == 3)
        recorded = town.stored.reads.entries(play.scene)[-1].entry.command
        assert (recorded.command_id, recorded.actor.person) == ("electronic-service-2", "electronic-service")
        assert isinstance(recorded.act, RecordService)
        assert (recorded.act.how, recorded.act.to) == ("electronic", play.owner_unit)


async def test_who_has_not_agreed_learns_the_number_and_is_served_by_hand(stage: Stage, tmp_path: Path) -> None:
    async with town_with(stage, tmp_path, owners(stage, agrees=False)) as town:
        play = await asked_for_more(town)
        await until(lambda: notice(town))
        letter = notice(town)
        assert letter is not None
        (document,) = town.stored.documents.of_entry(play.scene, 2)
        assert str(document.number) in plain(letter)
        assert "资金证明" not in plain(letter)
        assert list(letter.iter_attachments()) == []
        await until(lambda: not town.outbox.messages(play.scene, recipient=town.owner, pending=True).items)
        assert len(town.stored.reads.entries(play.scene)) == 2
        assert town.stored.documents.of_entry(play.scene, 2)[0].text is not None


async def test_a_mail_server_that_is_away_serves_nothing_until_it_takes_the_letter(
    stage: Stage, tmp_path: Path
) -> None:
    async with town_with(stage, tmp_path, owners(stage, agrees=True)) as town:
        town.office.busy = "451 later"
        play = await asked_for_more(town)

        def waiting() -> Any:
            found = town.outbox.messages(play.scene, recipient=town.owner, pending=True).items
            return any(each.retry_at for each in found if each.kind == "document")

        await until(waiting)
        assert len(town.stored.reads.entries(play.scene)) == 2
        town.office.busy = None
        await town.mailboxes.wake((town.owner,), datetime.now(UTC) + SHORTLY)
        await until(lambda: len(town.stored.reads.entries(play.scene)) == 3)
        assert len([each for each in town.office.letters if "补正通知书" in plain(each)]) == 1
