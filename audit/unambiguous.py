"""JSON that every reader reads alike: what programs and people make different things of has no place in evidence.

Of a key that stands twice some take the first, some the last. NaN and infinities are no JSON, a number that is too
large for most is infinite to some, and half of a surrogate pair is no text. Nothing of ours writes any of them.
"""

import json
import math
from typing import Any


class Ambiguous(ValueError):
    """Readers may differ about it; `str` says why."""


def loads(text: str | bytes) -> Any:
    """Raises Ambiguous, or ValueError for what is no JSON; RecursionError for what is nested too deeply."""
    if isinstance(text, bytes):
        text = text.decode()  # json itself would take UTF-16, and skip a byte order mark
    value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number)
    if "\\u" in text:
        _refuse_halves(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Ambiguous(f"{next(key for key in keys if keys.count(key) > 1)!a} stands twice")
    return found


def _constant(name: str) -> Any:
    raise Ambiguous(f"{name} is no number")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Ambiguous(f"{text[:30]} is too large")
    return number


def _refuse_halves(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Ambiguous("half of a surrogate pair is no text") from error
