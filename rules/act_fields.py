"""The fields of an act by their dotted paths, for whoever fills them one by one without knowing the model."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from models.commands import Act


@dataclass(frozen=True)
class ActField:
    """`inside` is the path of what it is a part of, empty at the top; `needed` holds where that is given."""

    annotation: Any
    needed: bool
    inside: str

    def takes(self, value: object) -> bool:
        try:
            TypeAdapter(self.annotation).validate_python(value)
        except ValidationError:
            return False
        return True


@cache
def fields_of(act: type[Act]) -> dict[str, ActField]:
    """Every field but the verb: nested ones as `proof.sha256`, and a list's items as its first, `documents.0.title`."""
    return {name: field for name, field in _fields(act, "") if name != "verb"}


def _fields(model: type[BaseModel], inside: str) -> Iterator[tuple[str, ActField]]:
    for name, info in model.model_fields.items():
        path = f"{inside}.{name}" if inside else name
        yield path, ActField(info.rebuild_annotation(), info.is_required(), inside)
        yield from _parts(info.annotation, path)


def _parts(annotation: Any, path: str) -> Iterator[tuple[str, ActField]]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _parts(arguments[0], path)
    elif origin in (Union, UnionType):
        for each in arguments:
            if each is not NoneType:
                yield from _parts(each, path)
    elif origin is tuple:
        yield f"{path}.0", ActField(arguments[0], False, path)
        yield from _parts(arguments[0], f"{path}.0")
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _fields(annotation, path)
