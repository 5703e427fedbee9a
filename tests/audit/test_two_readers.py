"""What the office signs and two readers see otherwise: tricks of zip files, of JSON and of names; each is a verdict."""

import io
import json
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.bundle import (
    MANIFEST,
    PUBLIC_KEY,
    NotABundle,
    documents_path,
    history_path,
    ledger_path,
    plain_json,
)
from audit.findings import Check, Deviation, Verdict, worst
from audit.signing import raw_of
from audit.unambiguous import loads
from audit.verify import verify
from models.journal import ALGORITHM, GENESIS, link
from tests.audit import tampering
from tests.audit.conftest import KEY, PUBLIC, TRUST, Kept
from tests.audit.tampering import Parts
from tests.audit.test_insider import DATA_ALONE, deviations, only


def found(file: Path, check: Check = Check.PARTS) -> list[tuple[str, str | None]]:
    return [(each.what, each.part) for each in deviations(list(verify(file, DATA_ALONE)), check)]


@pytest.fixture
def parts(kept: Kept) -> Parts:
    return only(kept, kept.scenes[0])


@pytest.fixture
def scene(kept: Kept) -> str:
    return kept.scenes[0]


def signed(parts: Parts, folder: Path) -> Path:
    return tampering.write(tampering.signed_anew(parts, KEY), folder / "two-readers.zip")


def text_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# how it is packed


def before(content: bytes) -> bytes:
    return b"#!/bin/sh\necho something else\n" + content


def behind(content: bytes) -> bytes:
    return content + bytes(100)


def another_bundle_before(content: bytes) -> bytes:
    return content + content


def comment(content: bytes) -> bytes:
    return content[:-2] + struct.pack("<H", 5) + b"hello"


def a_part_that_is_not_listed(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as other:
        other.writestr("scenes/other/ledger.jsonl", b"{}")
        ends = other.start_dir
    stray = made.getvalue()[:ends]
    end = content.rfind(b"PK\5\6")
    offset = struct.unpack_from("<I", content, end + 16)[0]
    moved = content[end : end + 16] + struct.pack("<I", offset + len(stray)) + content[end + 20 :]
    return content[:offset] + stray + content[offset:end] + moved


def heading_of_its_own(content: bytes) -> bytes:
    """The heading before a part says another length."""
    at = content.find(b"/ledger.jsonl") - 30
    at = content.rfind(b"PK\3\4", 0, at + 30)
    return content[: at + 22] + struct.pack("<I", 7) + content[at + 26 :]


def fewer_parts_than_listed(content: bytes) -> bytes:
    """Some read so many parts as the end says, others all that are listed."""
    end = content.rfind(b"PK\5\6")
    return content[: end + 8] + struct.pack("<2H", 3, 3) + content[end + 12 :]


def a_second_disk(content: bytes) -> bytes:
    end = content.rfind(b"PK\5\6")
    return content[: end + 4] + struct.pack("<H", 1) + content[end + 6 :]


@pytest.mark.parametrize(
    "packed",
    [before, behind, another_bundle_before, comment, a_part_that_is_not_listed, heading_of_its_own,
     fewer_parts_than_listed, a_second_disk],
)  # fmt: skip
def test_a_bundle_is_its_parts_and_nothing_else(parts: Parts, tmp_path: Path, packed: Callable[[bytes], bytes]) -> None:
    file = signed(parts, tmp_path)
    assert found(file) == []
    file.write_bytes(packed(file.read_bytes()))
    assert "hidden" in [what for what, _ in found(file)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_attr", 0o120777 << 16),
        ("comment", b"otherwise"),
        ("extra", b"\x75\x70\x05\x00\x01\0\0\0\0"),  # another name, for those who read it there
    ],
)
def test_a_part_is_a_plain_file_with_one_name(
    parts: Parts, scene: str, tmp_path: Path, field: str, value: object
) -> None:
    file = tmp_path / "strange.zip"
    with zipfile.ZipFile(file, "w") as made:
        for name, content in tampering.signed_anew(parts, KEY).items():
            info = zipfile.ZipInfo(name)
            if name == ledger_path(scene):
                setattr(info, field, value)
            made.writestr(info, content)
    assert ("hidden", ledger_path(scene)) in found(file)


def test_a_part_that_stands_twice_is_named_whichever_reader_takes_which(parts: Parts, tmp_path: Path) -> None:
    file = tmp_path / "twice.zip"
    with zipfile.ZipFile(file, "w") as made:
        for name, content in tampering.signed_anew(parts, KEY).items():
            made.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr(PUBLIC_KEY, b"another key")
    assert ("twice", PUBLIC_KEY) in found(file)


def test_parts_in_the_same_bytes_are_not_even_read(parts: Parts, tmp_path: Path) -> None:
    """A small file that says ten thousand times that it holds the same 256 MB."""
    file = signed(parts, tmp_path)
    with zipfile.ZipFile(file) as honest:
        offsets = sorted(each.header_offset for each in honest.infolist())
    content = bytearray(file.read_bytes())
    at = content.find(b"PK\1\2", content.find(b"PK\1\2") + 4)
    content[at + 42 : at + 46] = struct.pack("<I", offsets[0])
    file.write_bytes(bytes(content))
    with pytest.raises(NotABundle, match="same bytes"):
        list(verify(file, DATA_ALONE))


def test_a_name_does_not_go_on_behind_its_end(parts: Parts, scene: str, tmp_path: Path) -> None:
    """Some stop reading a name at a zero, others do not."""
    file, name = tmp_path / "zero.zip", ledger_path(scene)
    with zipfile.ZipFile(file, "w") as made:
        for each, content in tampering.signed_anew(parts, KEY).items():
            info = zipfile.ZipInfo(each)
            if each == name:
                info.filename = info.orig_filename = f"{name}\0.old"
            made.writestr(info, content)
    assert ("hidden", name) in found(file)


def test_a_line_break_in_a_files_name_stands_for_no_file(kept: Kept, tmp_path: Path) -> None:
    """Two files of a build made one, which has the same digest: it was trusted, and could not be written."""
    parts = only(kept, kept.scenes[1])
    folder = next(name for name in parts if name.startswith("sources/")).split("/")[1]
    one, other = sorted(name for name in parts if name.startswith(f"sources/{folder}/models/"))[-2:]
    merged = f"{one}\n{len(parts[one])}\n{parts[one].decode()}{other.split('/', 2)[2]}"
    kept_parts = {name: content for name, content in parts.items() if name not in (one, other)}
    file = signed({**kept_parts, merged: parts[other]}, tmp_path)
    told = deviations(list(verify(file, TRUST)), Check.SOURCES)
    assert [each.what for each in told] == ["path"]


# what stands in it that nobody asked for


@pytest.mark.parametrize(
    "name",
    [
        "{ledger}.old",
        "{ledger}/../../../../etc/cron.d/x",
        "{upper}",
        "rulebooks/inner.zip",
        "rulebooks/" + "0" * 64 + ".cn/../x.json",
        "directories/盐城市/1.json.zip",
        "directories/" + unicodedata.normalize("NFD", "É市") + "/1.json",
        "handovers.jsonl.zip",
    ],
)
def test_what_no_manifest_names_is_told_though_it_is_signed(
    parts: Parts, scene: str, tmp_path: Path, name: str
) -> None:
    ledger = ledger_path(scene)
    name = name.format(ledger=ledger, upper=ledger.replace("ledger", "Ledger"))
    inner = tampering.write(parts, tmp_path / "inner.zip").read_bytes()
    assert ("not_named", name) in found(signed({**parts, name: inner}, tmp_path))


def test_a_policy_under_another_policys_name_is_told_though_no_entry_names_it(parts: Parts, tmp_path: Path) -> None:
    book = next(name for name in parts if name.startswith("rulebooks/"))
    name = f"rulebooks/{'0' * 64}.{book.split('.', 1)[1]}"
    assert ("policy", name) in found(signed({**parts, name: parts[book]}, tmp_path))


# JSON


def twice(content: bytes) -> bytes:
    """A key that stands twice: some readers take the first, some the last."""
    first = json.loads(content)
    key = next(iter(first))
    return b'{"%s":null,' % key.encode() + content.lstrip()[1:]


def not_a_number(content: bytes) -> bytes:
    return b'{"zzz":NaN,' + content.lstrip()[1:]


def infinite(content: bytes) -> bytes:
    return b'{"zzz":[-Infinity],' + content.lstrip()[1:]


def half_a_pair(content: bytes) -> bytes:
    return b'{"zzz":"\\ud800",' + content.lstrip()[1:]


@pytest.mark.parametrize("changed", [twice, not_a_number, infinite, half_a_pair])
@pytest.mark.parametrize("kind", ["history", "ledger", "policy"])
def test_what_readers_of_json_take_otherwise_is_named(
    parts: Parts, scene: str, tmp_path: Path, kind: str, changed: Callable[[bytes], bytes]
) -> None:
    name = {
        "history": history_path(scene, 1),
        "ledger": ledger_path(scene),
        "policy": next(each for each in parts if each.startswith("rulebooks/")),
    }[kind]
    first, *rest = parts[name].split(b"\n") if kind == "ledger" else [parts[name]]
    file = signed({**parts, name: b"\n".join([changed(first), *rest])}, tmp_path)
    assert ("ambiguous", name) in found(file)


def test_a_manifest_says_each_thing_once(parts: Parts, tmp_path: Path) -> None:
    closes_twice = parts[MANIFEST].rstrip()[:-1] + b',"sealed":false}'
    assert found(signed({**parts, MANIFEST: closes_twice}, tmp_path)) == [("ambiguous", MANIFEST)]


@pytest.mark.parametrize("marked", ["ledger", "history"])
def test_a_byte_order_mark_is_no_json(parts: Parts, scene: str, tmp_path: Path, marked: str) -> None:
    name = {"ledger": ledger_path(scene), "history": history_path(scene, 1)}[marked]
    assert ("ambiguous", name) in found(signed({**parts, name: b"\xef\xbb\xbf" + parts[name]}, tmp_path))


def test_a_manifest_behind_a_byte_order_mark_is_none(parts: Parts, tmp_path: Path) -> None:
    with pytest.raises(NotABundle, match=MANIFEST):
        found(signed({**parts, MANIFEST: b"\xef\xbb\xbf" + parts[MANIFEST]}, tmp_path))


@pytest.mark.parametrize("number", [b"1e400", b"-1e999"])
def test_a_number_that_is_infinite_to_some_is_named(parts: Parts, scene: str, tmp_path: Path, number: bytes) -> None:
    changed = b'{"zzz":' + number + b"," + parts[history_path(scene, 1)].lstrip()[1:]
    assert ("ambiguous", history_path(scene, 1)) in found(signed({**parts, history_path(scene, 1): changed}, tmp_path))


# histories: what Temporal's reader takes for the same, and no other


def by_another_name(history: Any) -> Any:
    """A field has two names to Temporal's reader: the comparison with what the code asks for knew one of them."""
    event = _first(history, "timerStartedEventAttributes")
    timer = event.pop("timerStartedEventAttributes")
    event["timer_started_event_attributes"] = {**timer, "startToFireTimeout": "777s"}
    return event


def an_end_by_another_name(history: Any) -> Any:
    event = _first(history, "workflowExecutionCompletedEventAttributes")
    end = event.pop("workflowExecutionCompletedEventAttributes")
    tampering.put(end["result"], {**tampering.payload(end["result"]), "outcome": "completed"})
    event["workflow_execution_completed_event_attributes"] = end
    return event


def by_number(history: Any) -> Any:
    event = _first(history, "timerStartedEventAttributes")
    event["eventType"] = 17
    return event


def with_strange_letters(history: Any) -> Any:
    event = _first(history, "workflowExecutionCompletedEventAttributes")
    (payload,) = event["workflowExecutionCompletedEventAttributes"]["result"]["payloads"]
    payload["data"] = "!!" + payload["data"]
    return event


def _first(history: Any, kind: str) -> Any:
    return next(event for event in history["events"] if kind in event)


@pytest.mark.parametrize("change", [by_another_name, an_end_by_another_name, by_number, with_strange_letters])
def test_a_history_is_written_as_its_writer_writes(kept: Kept, tmp_path: Path, change: Callable[[Any], Any]) -> None:
    ended = kept.scenes[1]
    parts = only(kept, ended)
    history = json.loads(parts[history_path(ended, 1)])
    event = int(change(history)["eventId"])
    findings = list(verify(signed({**parts, history_path(ended, 1): text_of(history)}, tmp_path), DATA_ALONE))
    assert ("ambiguous", event) in [(each.what, each.event) for each in deviations(findings, Check.HISTORIES)]


@pytest.mark.parametrize(
    "attributes", ["workflowExecutionCompletedEventAttributes", "activityTaskCompletedEventAttributes"]
)
def test_what_is_handed_over_is_one_value(kept: Kept, tmp_path: Path, attributes: str) -> None:
    """A second one, which no check looked at."""
    ended = kept.scenes[1]
    parts = only(kept, ended)
    history = json.loads(parts[history_path(ended, 1)])
    payloads = _first(history, attributes)[attributes]["result"]["payloads"]
    payloads.append(payloads[0])
    file = signed({**parts, history_path(ended, 1): text_of(history)}, tmp_path)
    assert ("unreadable", history_path(ended, 1)) in found(file, Check.HISTORIES)


def test_fields_that_this_version_does_not_know_prove_nothing(kept: Kept, tmp_path: Path) -> None:
    ended = kept.scenes[1]
    parts = only(kept, ended)
    history = json.loads(parts[history_path(ended, 1)])
    history["events"][3]["ofALaterServer"] = {"act": "x"}
    findings = list(verify(signed({**parts, history_path(ended, 1): text_of(history)}, tmp_path), DATA_ALONE))
    (its,) = [each for each in findings if each.check is Check.HISTORIES]
    assert (its.verdict, its.notes) == (Verdict.UNPROVEN, ("unknown_fields",))


# the ledger


def chained(parts: Parts, scene: str, change: Callable[[dict[str, Any]], str], place: int = 3) -> Parts:
    """An entry in other words, with the chain made again to its end and the head in the manifest."""
    name, previous = ledger_path(scene), GENESIS
    rows = [json.loads(line) for line in parts[name].splitlines()]
    rows[place]["text"] = change(json.loads(rows[place]["text"]))
    for row in rows:
        row["previous"] = previous
        row["hash"] = previous = link(ALGORITHM, previous, row["text"].encode())
    manifest = json.loads(parts[MANIFEST])
    manifest["scenes"][0]["head"] = previous
    return {**parts, name: b"".join(text_of(row) + b"\n" for row in rows), MANIFEST: text_of(manifest)}


def in_another_zone(entry: dict[str, Any]) -> str:
    """The same instant: `2026-05-06T10:00:00+08:00` and not `2026-05-06T02:00:00Z`."""
    return plain_json({**entry, "at": entry["at"].replace("Z", "+00:00")}).decode()


def with_spaces(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True)


def in_another_order(entry: dict[str, Any]) -> str:
    return json.dumps(dict(reversed(entry.items())), ensure_ascii=False, separators=(",", ":"))


def with_a_key_twice(entry: dict[str, Any]) -> str:
    return f'{{"sequence":{entry["sequence"]},' + plain_json(entry).decode()[1:]


@pytest.mark.parametrize("change", [in_another_zone, with_spaces, in_another_order, with_a_key_twice])
def test_an_entry_has_one_form(
    parts: Parts, scene: str, tmp_path: Path, change: Callable[[dict[str, Any]], str]
) -> None:
    findings = list(verify(signed(chained(parts, scene, change), tmp_path), DATA_ALONE))
    told = deviations(findings, Check.CHAIN)
    assert {(each.what, each.sequence) for each in told} & {("form", 4), ("malformed", None)}, told


@pytest.mark.parametrize("number", [10**12, int("9" * 4000)])
def test_an_entry_that_says_a_huge_number_takes_no_longer(
    parts: Parts, scene: str, tmp_path: Path, number: int
) -> None:
    """Runs were gone through from their first entry to their last, by number."""
    name = ledger_path(scene)
    *lines, last = [json.loads(line) for line in parts[name].splitlines()]
    content = b"".join(text_of(each) + b"\n" for each in (*lines, {**last, "sequence": number}))
    findings = list(verify(signed({**parts, name: content}, tmp_path), DATA_ALONE))
    assert number in [each.sequence for each in deviations(findings, Check.CHAIN)]


def test_entries_of_one_number_are_named(parts: Parts, scene: str, tmp_path: Path) -> None:
    name = ledger_path(scene)
    lines = parts[name].splitlines(keepends=True)
    file = signed({**parts, name: b"".join([*lines[:4], *lines[3:]])}, tmp_path)
    assert ("sequence", 4) in [(each.what, each.sequence) for each in _chain(file)]


def _chain(file: Path) -> list[Deviation]:
    return deviations(list(verify(file, DATA_ALONE)), Check.CHAIN)


# papers and policies


def test_two_papers_of_a_scene_do_not_change_places(parts: Parts, scene: str, tmp_path: Path) -> None:
    """Their words and digests, which no chain holds: the number in the words gives them away."""
    name = documents_path(scene)
    register = [json.loads(line) for line in parts[name].split(b"\n") if line]
    words = [f"通知书\n{each['number']}\n现予登记。\n" for each in register]

    def written(order: list[str]) -> bytes:
        lines = (
            {**each, "text": text, "sha256": sha256(text.encode()).hexdigest(), "written_at": each["issued_at"]}
            for each, text in zip(register, order, strict=True)
        )
        return b"".join(text_of(each) + b"\n" for each in lines)

    assert found(signed({**parts, name: written(words)}, tmp_path), Check.DOCUMENTS) == []
    swapped = [words[1], words[0], *words[2:]]
    told = found(signed({**parts, name: written(swapped)}, tmp_path), Check.DOCUMENTS)
    assert [what for what, _ in told] == ["other_document", "other_document"]


def test_a_policy_that_says_its_own_digest_is_not_believed(parts: Parts, tmp_path: Path) -> None:
    name = next(each for each in parts if each.startswith("rulebooks/"))
    policy = json.loads(parts[name])
    policy["limits"]["consultation"]["period"]["length"] += 40
    changed = plain_json({**policy, "digest": name.split("/")[1].split(".")[0]})
    findings = list(verify(signed({**parts, name: changed}, tmp_path), DATA_ALONE))
    assert "unreadable" in [each.what for each in deviations(findings, Check.RULEBOOKS)]


# keys


def test_a_key_file_holds_one_key(parts: Parts, tmp_path: Path) -> None:
    """Of two each reader takes another."""
    forger = tampering.FORGER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="2 keys"):
        raw_of(PUBLIC + forger)
    made = {**tampering.signed_anew(parts, KEY), PUBLIC_KEY: PUBLIC + forger}
    findings = list(verify(tampering.write(made, tmp_path / "keys.zip"), DATA_ALONE))
    assert ("unreadable", PUBLIC_KEY) in [(each.what, each.part) for each in deviations(findings, Check.SIGNATURE)]
    assert worst(findings) is Verdict.DEVIATES


@pytest.mark.parametrize("text", [b'{"a":1,"a":1}', b"[NaN]", b'["\\ud800"]', b"\xef\xbb\xbf{}", b"\xff"])
def test_ambiguous_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        loads(text)


@pytest.mark.parametrize("text", [b'{"a":{"a":1},"b":"\\ud83d\\ude00"}', '{"名":"𠮷"}'.encode(), b"[1e5, -0.5]"])
def test_plain_json_is_read(text: bytes) -> None:
    assert loads(text) == json.loads(text)
