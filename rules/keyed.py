"""Tuples that hold one item for each key: what the state keeps instead of dictionaries."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from models.frozen import Frozen

T = TypeVar("T", bound=Frozen)


def find(items: Iterable[T], **key: object) -> T | None:
    """The item whose fields have these values, or None."""
    return next((item for item in items if all(getattr(item, name) == value for name, value in key.items())), None)


def without(items: tuple[T, ...], **key: object) -> tuple[T, ...]:
    return tuple(item for item in items if not all(getattr(item, name) == value for name, value in key.items()))


def put(items: tuple[T, ...], item: T, *, by: Callable[[T], object]) -> tuple[T, ...]:
    """`item` in the place of the one with the same key, or at the end."""
    key = by(item)
    if any(by(other) == key for other in items):
        return tuple(item if by(other) == key else other for other in items)
    return (*items, item)


def change(items: tuple[T, ...], *, to: dict[str, object], **key: object) -> tuple[T, ...]:
    """The items with these changes in the one that has this key; as they are where none has it."""
    return tuple(
        item.model_copy(update=to) if all(getattr(item, name) == value for name, value in key.items()) else item
        for item in items
    )
