"""The demo itself, on a real Temporal server: short lives, one a city."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import inspect

from demo import play as demo
from demo.repertoire import chosen
from models.vocabulary import Outcome
from runtime.samples import UnknownSample
from runtime.settings import Settings
from runtime.wiring import parts

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


async def test_what_is_kept_can_be_read_afterwards(
    settings: Settings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once() -> None: ...

    monkeypatch.setattr(demo, "_until_stopped", at_once)
    monkeypatch.setattr(demo, "PORT", 0)
    monkeypatch.setattr(demo, "UI_PORT", 0)
    assert await demo.run(settings, console, keep=True, only=["NB-007"], language="en") == 0, said(console)
    assert "scene show NB-007" in said(console)
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
