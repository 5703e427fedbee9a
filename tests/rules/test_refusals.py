"""Refusals: a code for each that is raised somewhere, and a text in two languages that says what to do next."""

import re
from pathlib import Path
from random import Random
from string import Formatter

import pytest

from models.refusal import REFUSALS, Refused
from tests.improviser import Improviser
from tests.scenario import Play, city

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("rules", "workflows", "client", "activities", "runtime", "storage", "channels", "cli", "console", "models")
RAISED = re.compile(r'(?:Refused|\brefuse)\(\s*"(\w+)"')
NAMED = re.compile(r'"([a-z]+(?:_[a-z]+)*)"')
CHINESE = re.compile(r"[一-鿿]")


def sources() -> dict[Path, str]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")] + list(ROOT.glob("*.py"))
    return {path: path.read_text() for path in files if path.name != "refusal.py"}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_that_is_raised_has_its_texts() -> None:
    raised = {code for text in sources().values() for code in RAISED.findall(text)}
    assert raised
    assert raised <= REFUSALS.keys()


def test_every_code_is_used_somewhere() -> None:
    named = {code for text in sources().values() for code in NAMED.findall(text)}
    assert REFUSALS.keys() <= named


def test_an_unknown_code_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError, match="no_such_code"):
        Refused("no_such_code")


@pytest.mark.parametrize("code", REFUSALS)
def test_both_languages_say_the_same_with_the_same_details(code: str) -> None:
    chinese, english = REFUSALS[code]
    assert blanks(chinese) == blanks(english)
    assert CHINESE.search(chinese)
    assert not CHINESE.search(english)
    assert chinese[-1] in "。）}"
    assert english[-1] in ".}?"


def test_a_detail_that_is_a_sentence_is_said_in_the_language_of_the_text() -> None:
    no = Refused("policy_problem", problem="units: A is missing", problem_zh="units：缺少 A")
    assert (no.text("zh"), no.text("en")) == (
        "政策不适用：units：缺少 A", "The policy cannot be adopted: units: A is missing"
    )  # fmt: skip
    assert Refused("policy_problem", problem="from before").text("zh") == "政策不适用：from before"


def test_a_detail_that_is_missing_shows_as_itself() -> None:
    assert Refused("not_due").text("en") == "{at} is not due yet."


@pytest.mark.parametrize("name", ["yancheng", "ningbo", "chongqing"])
def test_whatever_is_refused_is_said_in_full(name: str) -> None:
    """`Play` looks at every refusal that any test meets; here at those that random play meets besides."""
    met = set()
    for seed in range(8):
        play = Play(city(name)).submit()
        somebody = Improviser(play, Random(seed).choice)  # noqa: S311 - chance that can be repeated
        met |= {somebody.move().partition(": ")[2] for _ in range(60)}
    assert len(met & REFUSALS.keys()) > 15
