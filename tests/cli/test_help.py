"""Every command explains itself, in both languages, and every named act is one of the engine's."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

import starter
from tests.cli.terminal import Terminal


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


EVERY = dict(commands(get_command(starter.app)))


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_help_says_in_two_languages_what_a_command_does(path: tuple[str, ...], nowhere: Terminal) -> None:
    printed = nowhere.ok(*path, "--help").out

    assert "·" in (EVERY[path].help or "")
    assert "Usage: scene" in printed


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    silent = [each.name for each in EVERY[path].params if each.name != "help" and not getattr(each, "help", "")]

    assert not silent


def test_without_a_command_the_help_is_shown(nowhere: Terminal) -> None:
    for path in ((), ("policy",), ("calendar",), ("archive",)):
        assert "Usage: scene" in nowhere.ok(*path).out


def test_the_version_is_printed(nowhere: Terminal) -> None:
    assert nowhere.json("version")["version"] in nowhere.ok("version").out
