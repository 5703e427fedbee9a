"""Every field of every act says what it means, in Chinese and in English, wherever acts are looked up."""

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from cli.fields import entries
from models.commands import ACTS
from models.field_words import FIELDS, about, owner_of
from models.policy import Policy

VERBS = tuple(verb for verb in ACTS if verb != "pass_deadline")


def parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The act and all that its fields are made of; a policy is a file with a guide of its own."""
    yield model
    for info in model.model_fields.values():
        for part in models_in(info.annotation):
            yield from parts(part)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not issubclass(annotation, Policy):
            yield annotation
        return
    for argument in get_args(annotation):
        yield from models_in(argument)


ALL = {
    (owner_of(model), name)
    for verb in VERBS
    for model in parts(ACTS[verb])
    for name in model.model_fields
    if name != "verb"
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_field_of_an_act_is_described_in_both_languages(verb: str) -> None:
    for model in parts(ACTS[verb]):
        for name in model.model_fields:
            if name != "verb":
                word = about(owner_of(model), name)
                assert re.search("[一-鿿]", word.zh), name
                assert re.search("[a-z]", word.en), name
                assert not re.search("[一-鿿]", word.en), word.en


@pytest.mark.parametrize("verb", VERBS)
def test_scene_verbs_shows_them(verb: str) -> None:
    assert all(entry.note for entry in entries(ACTS[verb]))


def test_no_text_is_left_over() -> None:
    used = {f"{owner}.{name}" if f"{owner}.{name}" in FIELDS else name for owner, name in ALL}
    assert set(FIELDS) - used == set()


def test_an_amount_says_its_unit() -> None:
    for owner, name in ALL:
        if name.endswith("_yuan"):
            word = about(owner, name)
            assert ("元" in word.zh, "yuan" in word.en) == (True, True), (owner, name)
