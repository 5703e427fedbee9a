"""The demo itself, on a real Temporal server: short lives, one a city."""

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import inspect

from demo import play as demo
from demo.repertoire import STORIES, chosen
from models.vocabulary import Outcome
from runtime.local_post import LocalPost
from runtime.samples import UnknownSample
from runtime.settings import Settings
from runtime.wiring import parts
from tests.postoffice import post_office

SHORT = ("YC26-007", "NB-007", "CQ-009")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    url = SecretStr(f"sqlite:///{tmp_path}/scene.db")
    return Settings().model_copy(update={"data_dir": tmp_path, "database_url": url})


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=160)


def said(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


async def test_three_lives_are_played_on_a_real_server(settings: Settings, console: Console) -> None:
    status = await demo.run(settings, console, only=SHORT, language="en")
    assert status == 0, said(console)
    for line in (
        "experts against it; appeal dismissed",
        "no answer: deemed withdrawn",
        "a department reassigned; given up",
    ):
        assert line in said(console)
    assert "3/3 scenes have ended" in said(console)
    with parts(settings) as stored:
        assert not inspect(stored.engine).get_table_names(), "without --keep nothing stays in the data folder"


async def test_an_overdue_duty_is_heard_step_by_step_in_the_mailboxes(settings: Settings, console: Console) -> None:
    assert await demo.run(settings, console, only=["CQ-018"]) == 0, said(console)
    lines = [" ".join(line.split()) for line in said(console).splitlines()]
    owner = "重庆市全空间无人体系场景单位（市级部门）"
    for at, reader, alert in (
        ("2040-05-11 09:00", owner, "到期提醒"),
        ("2040-05-25 09:00", owner, "到期提醒"),
        ("2040-05-29 08:30", "市发展改革委", "黄色预警"),  # came due the day before, after that day's digest
        ("2040-05-30 09:00", owner, "橙色预警"),
        ("2040-06-01 09:00", "领导小组", "红色预警"),
    ):
        assert f"{at} {reader} 【{alert}】内河航运无人船舶测试：发榜，5月25日到期" in lines
    assert "2040-03-28 08:30 市发展改革委 【场景】2 件事项" in lines, "a day's news in one letter"
    # What is gathered into one letter depends on when a mailbox looks.
    (letters,) = re.findall(r"3 个信箱经真实邮件服务器收到 (\d+) 封（24 条消息，无遗漏、无重复）", said(console))
    assert 18 <= int(letters) <= 24
    assert "文书：编发 5 份，文号连续、不重复，如 渝场景终〔2040〕1号" in said(console)


async def test_nobody_real_gets_a_letter_of_the_demo(settings: Settings, console: Console) -> None:
    with post_office() as real:
        (settings.data_dir / "contacts.yaml").write_text(
            "contacts:\n- mailbox: unit:重庆市/市发展改革委\n  email: [somebody@city.example]\n"
        )
        ours = settings.model_copy(update={"smtp_url": SecretStr(real.url)})
        assert await demo.run(ours, console, only=["CQ-009"]) == 0, said(console)
        assert real.letters == []


async def test_letters_that_do_not_come_make_the_demo_fail(
    settings: Settings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def loses(*_: object) -> str:
        return "250 OK"

    monkeypatch.setattr(LocalPost, "handle_DATA", loses)
    assert await demo.run(settings, console, only=["CQ-009"], language="en") == 1
    assert "messages came in no letter, the first to unit:重庆市/市发展改革委" in said(console)


async def test_what_is_kept_can_be_read_afterwards(
    settings: Settings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once() -> None: ...

    monkeypatch.setattr(demo, "_until_stopped", at_once)
    monkeypatch.setattr(demo, "PORT", 0)
    monkeypatch.setattr(demo, "UI_PORT", 0)
    assert await demo.run(settings, console, keep=True, only=["NB-007"], language="en") == 0, said(console)
    assert "scene show NB-007" in said(console)
    assert f"{settings.data_dir}/mail" in said(console)
    with parts(settings) as stored:
        kept = stored.reads.scene("NB-007")
        assert kept is not None
        assert kept.outcome is Outcome.WITHDRAWN
    assert await demo.run(settings, console, keep=True, only=["NB-007"], language="en") == 1
    assert "holds scenes already" in said(console)


async def test_a_story_that_ends_otherwise_makes_the_demo_fail(
    settings: Settings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [replace(story, ends=Outcome.PROMOTED) for story in chosen(only=["NB-007"])]
    monkeypatch.setattr(demo, "chosen", lambda *_: wrong)
    assert await demo.run(settings, console, language="en") == 1
    assert "it ends as withdrawn, not as promoted" in said(console)


def test_a_scene_without_a_story_is_an_error_that_names_those_with_one() -> None:
    with pytest.raises(UnknownSample, match="no story is told of YC26-001; there are YC26-047"):
        chosen(only=["yc26-001"])


def test_the_first_few_stories_are_from_every_city_in_turn() -> None:
    assert {story.scene[:2] for story in chosen(3)} == {"YC", "NB", "CQ"}
    assert len(chosen(5)) == 5


def test_unless_said_a_minute_is_played_and_everything_where_it_is_asked_for() -> None:
    usual = chosen()
    assert not any(story.encore for story in usual)
    assert len(usual) == 24, "the help of `scene demo` and both READMEs name the number"
    assert chosen(24) == usual
    assert chosen(len(STORIES)) == list(STORIES)
