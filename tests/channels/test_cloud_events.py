"""Events as they come over HTTP: what is one, what is none and why, and whose it is."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.cloud_events import DEEPEST, STRUCTURED, read, sender, signed
from channels.webhook import signature
from models.outside import OutsideEvent, SourceBook
from models.refusal import Refused

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SECRET, OTHER = "a secret of some length", "another secret, as long"
ENVELOPE: dict[str, Any] = {"specversion": "1.0", "id": "e-1", "source": "https://sensors.example", "type": "incident"}
BOOK = SourceBook.model_validate(
    {
        "sources": [
            {"name": "sensors", "source": ENVELOPE["source"], "secrets": ["the one before this", SECRET],
             "types": ["incident"], "cities": ["盐城市"]},
            {"name": "seals", "source": "https://seals.example", "secrets": [OTHER], "types": ["signed"],
             "cities": ["盐城市"]},
        ]
    }
)  # fmt: skip
BINARY = {"content-type": "application/json", **{f"ce-{name}": value for name, value in ENVELOPE.items()}}


def structured(body: bytes, kind: str = STRUCTURED) -> OutsideEvent:
    return read({"Content-Type": kind}, body)


def envelope(**changes: Any) -> bytes:
    content = {**ENVELOPE, **changes}
    return json.dumps({name: value for name, value in content.items() if value is not ...}).encode()


def code(headers: Mapping[str, str], body: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(headers, body)
    assert refused.value.text("zh")
    assert "{" not in refused.value.text("en")
    return refused.value.code


def test_an_event_says_the_same_in_one_piece_and_with_its_attributes_as_headers() -> None:
    data = {"text": "𠮷林大桥", "at": [1, 2.5, None, True]}
    time = "2026-03-02T09:30:00+08:00"
    one = structured(envelope(subject="YC-1", time=time, data=data, traceparent="00-1"))
    headers = {**BINARY, "CE-Subject": "YC-1", "Ce-Time": time, "Content-Type": "application/json; charset=UTF-8"}
    headers.pop("content-type")
    two = read(headers, json.dumps(data, indent=2).encode())
    assert one == two
    assert one.data == data
    assert one.digest == two.digest
    assert one.digest != structured(envelope(subject="YC-2", time=time, data=data)).digest


def test_attributes_as_headers_are_percent_encoded_where_they_are_no_ascii() -> None:
    assert read({**BINARY, "ce-subject": "%E5%9C%BA%E6%99%AF 1%25"}, b"{}").subject == "场景 1%"
    assert code({**BINARY, "ce-subject": "%FF"}, b"{}") == "event_not_text"


def test_an_event_may_be_without_data() -> None:
    assert structured(envelope()).data is None
    assert read(BINARY, b"").data is None


WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "event_not_json"),
    "no JSON": (b"<event/>", "event_not_json"),
    "two values": (b"{}{}", "event_not_json"),
    "a list": (b"[]", "event_not_json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "event_not_json"),
    "a number too long to read": (envelope(data=...)[:-1] + b', "data": ' + b"9" * 5000 + b"}", "event_not_json"),
    "latin-1": ('{"id": "é"}'.encode("latin-1"), "event_not_text"),
    "half a character": (b'{"id": "\\ud800"}', "event_not_text"),
    "half a character as a key": (b'{"\\ud800": 1}', "event_not_text"),
    "a key twice": (b'{"id": "1", "id": "2"}', "event_duplicate_key"),
    "a key twice deep inside": (b'{"data": [{"a": 1, "a": 1}]}', "event_duplicate_key"),
    "NaN": (b'{"data": NaN}', "event_not_a_number"),
    "infinity": (b'{"data": -Infinity}', "event_not_a_number"),
    "infinity in figures": (b'{"data": 1e999}', "event_not_a_number"),
    "too deep": (envelope(data=json.loads("[" * DEEPEST + "]" * DEEPEST)), "event_too_deep"),
    "a bomb of lists": (b"[" * 60_000, "event_too_deep"),
    "a bomb of blocks": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "event_too_deep"),
    "no version": (envelope(specversion=...), "event_attribute_missing"),
    "another version": (envelope(specversion="0.3"), "event_specversion"),
    "a version that is a number": (envelope(specversion=1.0), "event_specversion"),
    "no id": (envelope(id=...), "event_attribute_missing"),
    "an empty id": (envelope(id=""), "event_attribute_missing"),
    "no source": (envelope(source=None), "event_attribute_missing"),
    "no type": (envelope(type=...), "event_attribute_missing"),
    "an id that is a number": (envelope(id=7), "event_attribute_wrong"),
    "an id of two lines": (envelope(id="a\nb"), "event_attribute_wrong"),
    "an id with NUL": (envelope(id="a\0"), "event_attribute_wrong"),
    "an id without end": (envelope(id="a" * 301), "event_attribute_wrong"),
    "a subject that is a block": (envelope(subject={}), "event_attribute_wrong"),
    "a time that is none": (envelope(time="yesterday"), "event_attribute_wrong"),
    "a time in seconds": (envelope(time=1_772_000_000), "event_attribute_wrong"),
    "a time without its zone": (envelope(time="2026-03-02T09:30:00"), "event_attribute_wrong"),
    "data in base64": (envelope(data_base64="AAAA"), "event_data"),
    "data that is no JSON": (envelope(data="<a/>", datacontenttype="text/xml"), "event_data"),
    "a data type that is none": (envelope(datacontenttype=1), "event_data"),
}


@pytest.mark.parametrize(("body", "said"), WRONG.values(), ids=WRONG)
def test_what_is_no_event_is_refused_and_told_why(body: bytes, said: str) -> None:
    assert code({"Content-Type": STRUCTURED}, body) == said


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json"},
        {"Content-Type": "application/cloudevents-batch+json"},
        {"Content-Type": f"{STRUCTURED}; charset=gbk"},
        {**BINARY, "content-type": "text/xml"},
    ],
)
def test_another_content_type_is_refused(headers: dict[str, str]) -> None:
    assert code(headers, envelope()) == "event_content_type"


def test_what_is_just_deep_enough_is_taken() -> None:
    assert structured(envelope(data=json.loads("[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)))).data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=300)
    | JSON.map(lambda content: json.dumps(content).encode())
    | st.fixed_dictionaries(
        {name: st.sampled_from([value]) | JSON for name, value in ENVELOPE.items()},
        optional={"data": JSON, "time": JSON},
    ).map(lambda content: json.dumps(content).encode())
)
HEADERS = st.dictionaries(
    st.sampled_from([*BINARY, "Content-Type", "ce-subject", "ce-"]),
    st.sampled_from([STRUCTURED, "application/json", "1.0", "e-1", "%", "%ED%A0%80"]) | st.text(),
)  # fmt: skip


@given(HEADERS | st.just({"content-type": STRUCTURED}), BODIES)
def test_whatever_comes_is_an_event_or_is_refused(headers: dict[str, str], body: bytes) -> None:
    try:
        event = read(headers, body)
    except Refused:
        return
    assert event.digest


# whose it is


def headers_for(
    body: bytes, *, secret: str = SECRET, at: datetime = NOW, headers: Mapping[str, str] | None = None
) -> dict[str, str]:
    headers = headers or {"Content-Type": STRUCTURED}
    timestamp = str(int(at.timestamp()))
    word = signature(secret, timestamp, signed(headers, body))
    return {**headers, "X-Scene-Timestamp": timestamp, "X-Scene-Signature": f"sha256={word}"}


def stranger(headers: Mapping[str, str], body: bytes) -> str:
    with pytest.raises(Refused) as refused:
        sender(BOOK, headers, body, NOW)
    return refused.value.code


def test_a_source_is_known_by_its_signature_as_our_own_webhooks_sign() -> None:
    body = envelope()
    assert sender(BOOK, headers_for(body), body, NOW).name == "sensors"
    assert sender(BOOK, headers_for(body, secret=OTHER), body, NOW).name == "seals"
    assert signed({"content-type": f"{STRUCTURED}; charset=utf-8"}, body) == body


def test_the_secret_before_the_last_is_taken_while_it_stands_in_the_file() -> None:
    body = envelope()
    assert sender(BOOK, headers_for(body, secret="the one before this"), body, NOW).name == "sensors"


def test_a_wrong_secret_an_altered_body_and_an_altered_timestamp_are_seen() -> None:
    body = envelope()
    assert stranger(headers_for(body, secret="nobody's secret, long"), body) == "event_signature"
    assert stranger(headers_for(body), body + b" ") == "event_signature"
    later = {**headers_for(body), "X-Scene-Timestamp": str(int(NOW.timestamp()) + 1)}
    assert stranger(later, body) == "event_signature"
    without = {**headers_for(body), "X-Scene-Signature": headers_for(body)["X-Scene-Signature"].removeprefix("sha256=")}
    assert stranger(without, body) == "event_signature"
    assert stranger({**headers_for(body), "X-Scene-Signature": "sha256=签名"}, body) == "event_signature"


@pytest.mark.parametrize("missing", ["X-Scene-Timestamp", "X-Scene-Signature"])
def test_without_a_signature_nobody_has_sent_it(missing: str) -> None:
    headers = headers_for(envelope())
    del headers[missing]
    assert stranger(headers, envelope()) == "event_unsigned"


@pytest.mark.parametrize("away", [timedelta(seconds=-301), timedelta(seconds=301), timedelta(days=-300)])
def test_what_was_signed_long_ago_or_is_to_come_is_not_taken(away: timedelta) -> None:
    body = envelope()
    assert stranger(headers_for(body, at=NOW + away), body) == "event_timestamp"
    near = timedelta(seconds=299 if away > timedelta() else -299)
    assert sender(BOOK, headers_for(body, at=NOW + near), body, NOW).name == "sensors"


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "９" * 10, "9" * 400, "1772416800.5"])
def test_a_timestamp_that_is_none_is_not_taken(timestamp: str) -> None:
    headers = {**headers_for(envelope()), "X-Scene-Timestamp": timestamp}
    assert stranger(headers, envelope()) in ("event_timestamp", "event_unsigned")


def test_attributes_as_headers_are_signed_with_the_body() -> None:
    """Whoever holds a message cannot send it again under another id, nor as another type."""
    headers = headers_for(b"{}", headers=BINARY)
    assert sender(BOOK, headers, b"{}", NOW).name == "sensors"
    for name, value in (("ce-id", "e-2"), ("ce-type", "another"), ("ce-more", "x"), ("content-type", STRUCTURED)):
        assert stranger({**headers, name: value}, b"{}") == "event_signature"
    upper = {name.upper(): value for name, value in headers.items()}
    assert sender(BOOK, upper, b"{}", NOW).name == "sensors"


@given(st.dictionaries(st.sampled_from(["X-Scene-Timestamp", "X-Scene-Signature", "ce-id"]), st.text()), st.binary())
def test_no_header_is_taken_for_a_signature_by_chance_or_breaks_anything(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Refused):
        sender(BOOK, headers, body, NOW)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"secrets": [OTHER]}, "one secret stands twice"),
        ({"secrets": [SECRET, SECRET]}, "one secret stands twice"),
        ({"name": "seals"}, "two sources have the name seals"),
        ({"source": "https://seals.example"}, "two sources have the source"),
        ({"secrets": ["short"]}, "at least 16"),
        ({"types": []}, "at least 1"),
    ],
)
def test_sources_that_could_be_taken_for_one_another_are_refused(changes: dict[str, Any], problem: str) -> None:
    first, second = ({**each.model_dump(), "secrets": list(each.signing_keys())} for each in BOOK.sources)
    with pytest.raises(ValueError, match=problem):
        SourceBook.model_validate({"sources": [{**first, **changes}, second]})


def test_a_secret_is_not_shown() -> None:
    assert SECRET not in BOOK.model_dump_json() + repr(BOOK)
