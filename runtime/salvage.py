"""What of a content fits its model, although something in it does not.

So that whoever wrote a file hears everything at once: what fits is judged further, what does not is left out of the
model, and asking for it raises AttributeError. Lists keep their places: a block in a list is kept with what fits of it.
"""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[int | str, ...]
"""Where something does not fit: the steps from the content to it."""


class _NothingFits(Exception):
    """Nothing of a value can be used."""


def fitting(model: type[Model], content: object, wrong: Sequence[Place]) -> Model | None:
    """The model of all that lies outside the places that do not fit; None where that is nothing."""
    try:
        return _model(model, content, wrong)
    except _NothingFits:
        return None


def _model(model: type[Model], content: object, wrong: Sequence[Place]) -> Model:
    if not isinstance(content, dict) or () in wrong:
        raise _NothingFits
    fits: dict[str, Any] = {}
    missing: list[str] = []
    for name, info in model.model_fields.items():
        inside = _within(wrong, name)
        if name not in content and not inside:
            continue
        try:
            fits[name] = _value(info.rebuild_annotation(), content.get(name), inside)
        except _NothingFits:
            missing.append(name)
    made = model.model_construct(**fits)
    for name in missing:  # a default would not be what the file says
        made.__dict__.pop(name, None)
    return made


def _value(annotation: Any, content: object, wrong: Sequence[Place]) -> Any:
    if not wrong:
        return TypeAdapter(annotation).validate_python(content)
    if () in wrong:
        raise _NothingFits
    kinds = [kind for kind in _kinds(annotation) if kind is not type(None)]
    if len(kinds) != 1:
        raise _NothingFits
    (kind,) = kinds
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _model(kind, content, wrong)
    if get_origin(kind) is dict and isinstance(content, dict):
        key_kind, value_kind = get_args(kind)
        return {
            TypeAdapter(key_kind).validate_python(key): _value(value_kind, value, _within(wrong, key))
            for key, value in content.items()
            if (key, "[key]") not in wrong
        }
    if get_origin(kind) is tuple and isinstance(content, list):
        item_kind = get_args(kind)[0]
        return tuple(_items(item_kind, content, wrong))
    raise _NothingFits


def _items(kind: Any, content: list[object], wrong: Sequence[Place]) -> list[Any]:
    """Every block in its place; a plain word that does not fit is left out."""
    items = []
    for at, item in enumerate(content):
        try:
            items.append(_value(kind, item, _within(wrong, at)))
        except _NothingFits:
            if isinstance(item, dict):
                raise
    return items


def _kinds(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(kind for each in get_args(annotation) for kind in _kinds(each))
    return (annotation,)


def _within(wrong: Sequence[Place], step: int | str) -> list[Place]:
    return [place[1:] for place in wrong if place[:1] == (step,)]
