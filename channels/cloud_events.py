"""Reading a CloudEvent 1.0 that came over HTTP, structured or binary, and whose it is.

It is signed as our own webhooks are (`channels.webhook`): HMAC-SHA256 over "<timestamp>.<content>". The content is the
body; in binary mode, where the attributes travel as headers, they are signed before it, else whoever holds a message
could send it again under another id. Who sent it is settled before a byte of it is parsed.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from pydantic import JsonValue, ValidationError

from channels.webhook import signature
from models.outside import OutsideEvent, Source, SourceBook
from models.refusal import Refused

TOLERANCE = timedelta(minutes=5)
"""So far may a sender's clock be from ours; an older message is not taken, whoever signed it."""
DEEPEST = 32
"""Levels of JSON, the envelope among them."""
MOST_ATTRIBUTES = 40
STRUCTURED = "application/cloudevents+json"
_SPECVERSION = "1.0"
_ATTRIBUTES = ("id", "source", "type", "subject", "time")


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that an event is read from, in lower case: what has to be kept beside its body."""
    lower = {name.lower().strip(): value.strip() for name, value in headers.items()}
    return {name: _plain(lower[name]) for name in sorted(lower) if name.startswith("ce-") or name == "content-type"}


def _plain(text: str) -> str:
    """Halves of characters, which no database takes, are replaced."""
    return text.encode("utf-8", "replace").decode()


def signed(headers: Mapping[str, str], body: bytes) -> bytes:
    """What is signed after the timestamp: the body; in binary mode a line "name:value" for each header of the event in
    lower case and alphabetical order, an empty line, and the body."""
    kept = kept_headers(headers)
    if _media_type(kept) == STRUCTURED:
        return body
    lines = "".join(f"{name}:{value}\n" for name, value in kept.items())
    return lines.encode() + b"\n" + body


def sender(book: SourceBook, headers: Mapping[str, str], body: bytes, now: datetime) -> Source:
    """Whose signature it bears. Raises Refused: event_unsigned, event_timestamp, event_signature."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    timestamp, given = lower.get("x-scene-timestamp", ""), lower.get("x-scene-signature", "")
    if not timestamp or not given:
        raise Refused("event_unsigned")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise Refused("event_timestamp", seconds=int(TOLERANCE.total_seconds()))
    content, word = signed(headers, body), given.encode("utf-8", "replace")
    found = [
        source
        for source in book.sources
        for secret in source.signing_keys()
        if hmac.compare_digest(f"sha256={signature(secret, timestamp, content)}".encode(), word)
    ]
    if not found:
        raise Refused("event_signature")
    return found[0]


def read(headers: Mapping[str, str], body: bytes) -> OutsideEvent:
    """Raises Refused, and nothing else, for what is no event; each code says what is wrong with it."""
    kept = kept_headers(headers)
    media, charset = _media_type(kept), _charset(kept)
    if charset in ("utf-8", "utf8", "us-ascii"):
        if media == STRUCTURED:
            return _structured(_json(body))
        if (media == "application/json" or media.endswith("+json")) and "ce-specversion" in kept:
            return _event(_attributes(kept), _json(body) if body else None)
    raise Refused("event_content_type", given=kept.get("content-type", "-")[:100])


def _media_type(kept: Mapping[str, str]) -> str:
    return kept.get("content-type", "").partition(";")[0].strip().lower()


def _charset(kept: Mapping[str, str]) -> str:
    found = re.search(r";\s*charset\s*=\s*\"?([\w-]+)", kept.get("content-type", ""), re.IGNORECASE)
    return found[1].lower() if found else "utf-8"


def _structured(content: JsonValue) -> OutsideEvent:
    if not isinstance(content, dict):
        raise Refused("event_not_json", problem="not an object")
    if "data_base64" in content:
        raise Refused("event_data")
    kind = content.get("datacontenttype", "application/json")
    if not isinstance(kind, str) or not re.fullmatch(r"application/(json|[\w.-]+\+json)\s*(;.*)?", kind.lower()):
        raise Refused("event_data")
    return _event(content, content.get("data"))


def _attributes(kept: Mapping[str, str]) -> dict[str, JsonValue]:
    """The attributes of binary mode: header values, percent-encoded where they are no ASCII."""
    found = {name.removeprefix("ce-"): value for name, value in kept.items() if name.startswith("ce-")}
    if len(found) > MOST_ATTRIBUTES:
        raise Refused("event_attribute_wrong", attribute="ce-*")
    try:
        return {name: unquote_to_bytes(value).decode() for name, value in found.items()}
    except UnicodeError:
        raise Refused("event_not_text") from None


def _event(attributes: Mapping[str, JsonValue], data: JsonValue) -> OutsideEvent:
    for name in ("specversion", "id", "source", "type"):
        if attributes.get(name) in (None, ""):
            raise Refused("event_attribute_missing", attribute=name)
    if attributes["specversion"] != _SPECVERSION:
        raise Refused("event_specversion", given=str(attributes["specversion"])[:20])
    try:
        return OutsideEvent.model_validate({**{name: attributes.get(name) for name in _ATTRIBUTES}, "data": data})
    except ValidationError as invalid:
        raise Refused("event_attribute_wrong", attribute=invalid.errors()[0]["loc"][0]) from None


def _json(body: bytes) -> JsonValue:
    """JSON and no more: Python's own reading takes NaN, keys that stand twice, and halves of characters."""
    try:
        content: JsonValue = json.loads(
            body.decode(), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite
        )
        _refuse_depth(content)
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeError:
        raise Refused("event_not_text") from None
    except RecursionError:
        raise Refused("event_too_deep", limit=DEEPEST) from None
    except ValueError as problem:
        raise Refused("event_not_json", problem=str(problem)[:200]) from None
    return content


def _refuse_depth(content: JsonValue) -> None:
    level: list[JsonValue] = [content]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Refused("event_too_deep", limit=DEEPEST)
        level = [inner for each in level for inner in _inside(each)]


def _inside(content: JsonValue) -> Iterable[JsonValue]:
    match content:
        case dict():
            return content.values()
        case list():
            return content
        case _:
            return ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise Refused("event_duplicate_key", key=_plain(key[:100]))
        content[key] = value
    return content


def _no_number(word: str) -> NoReturn:
    raise Refused("event_not_a_number", given=word)


def _finite(word: str) -> float:
    number = float(word)
    if not isfinite(number):
        raise Refused("event_not_a_number", given=word[:40])
    return number
