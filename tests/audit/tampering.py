"""What somebody who wants another past does to a bundle: each kind of tampering once, at a place that chance picks.

A tampering gives the changed parts and the place that a verification has to name. `clever` ones make the sums again and
sign with a key of their own; the cleverest make the chain again as well.
"""

import base64
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.bundle import MANIFEST, PUBLIC_KEY, SIGNATURE, SUMS, UNLISTED, rulebook_path
from audit.findings import Finding, Verdict
from models.journal import ALGORITHM, GENESIS, link

Parts = dict[str, bytes]
FORGER = Ed25519PrivateKey.from_private_bytes(bytes(reversed(range(32))))


@dataclass(frozen=True)
class Tampered:
    """`part`, `scene` and `sequence`: what a verification has to name; None where any place will do."""

    kind: str
    parts: Parts
    part: str | None = None
    scene: str | None = None
    sequence: int | None = None
    event: int | None = None

    def is_named_by(self, findings: list[Finding]) -> bool:
        """Whether one deviation is at the place; a part is named by its path, an entry by scene and sequence."""
        return any(
            (self.part is not None and deviation.part == self.part)
            or (self.sequence is not None and deviation.sequence == self.sequence and self.scene in (None, each.scene))
            or (self.event is not None and deviation.event == self.event)
            or (self.part, self.sequence, self.event) == (None, None, None)
            for each in findings
            for deviation in each.deviations
        )


def read(path: Path) -> Parts:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def write(parts: Parts, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def signed_anew(parts: Parts, key: Ed25519PrivateKey = FORGER) -> Parts:
    """Sums made again, signed by somebody else; or with the office's `key`, by somebody of the office."""
    kept = {name: content for name, content in parts.items() if name not in UNLISTED}
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(kept.items())).encode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {**kept, SUMS: sums, SIGNATURE: key.sign(sums), PUBLIC_KEY: public}


def tamper(parts: Parts, chance: random.Random) -> Tampered:
    kind = chance.choice(sorted(KINDS))
    return KINDS[kind](parts, chance)


def _evidence(parts: Parts) -> list[str]:
    return sorted(name for name in parts if name not in UNLISTED and not name.startswith("sources/"))


def _ledgers(parts: Parts) -> list[str]:
    return sorted(name for name in parts if name.endswith("ledger.jsonl"))


def _scene(path: str) -> str:
    return path.split("/")[1]


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def edit_part(parts: Parts, chance: random.Random) -> Tampered:
    """One byte of one part."""
    name = chance.choice(sorted(name for name, content in parts.items() if content))
    content = bytearray(parts[name])
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    # A changed signature or key is named as such; changed sums are a wrong signature.
    part = {SIGNATURE: SIGNATURE, SUMS: SIGNATURE, PUBLIC_KEY: None}.get(name, name)
    return Tampered("edit_part", {**parts, name: bytes(content)}, part)


def delete_part(parts: Parts, chance: random.Random) -> Tampered:
    name = chance.choice(_evidence(parts))
    return Tampered("delete_part", {key: value for key, value in parts.items() if key != name}, name)


def insert_part(parts: Parts, chance: random.Random) -> Tampered:
    name = f"scenes/{chance.randrange(10**6)}/ledger.jsonl"
    return Tampered("insert_part", {**parts, name: parts[chance.choice(_ledgers(parts))]}, name)


def truncate_part(parts: Parts, chance: random.Random) -> Tampered:
    name = chance.choice(_evidence(parts))
    return Tampered("truncate_part", {**parts, name: parts[name][: chance.randrange(len(parts[name]))]}, name)


def swap_parts(parts: Parts, chance: random.Random) -> Tampered:
    """Two parts of one kind change places: two scenes' ledgers, two runs."""
    kind = chance.choice(["ledger.jsonl", ".json"])
    names = [name for name in _evidence(parts) if name.endswith(kind) and name.startswith("scenes/")]
    one, other = chance.sample(names, 2)
    return Tampered("swap_parts", {**parts, one: parts[other], other: parts[one]}, one)


def swap_scenes_cleverly(parts: Parts, chance: random.Random) -> Tampered:
    one, other = chance.sample(_ledgers(parts), 2)
    swapped = signed_anew({**parts, one: parts[other], other: parts[one]})
    return Tampered("swap_scenes_cleverly", swapped, None, _scene(one), 1)


def sign_anew(parts: Parts, chance: random.Random) -> Tampered:
    return Tampered("sign_anew", signed_anew(parts), PUBLIC_KEY)


def delete_entry(parts: Parts, chance: random.Random) -> Tampered:
    """A line of a ledger, cleverly: what follows is not numbered anew."""
    name, lines, place = _place(parts, chance)
    gone = json.loads(lines[place])["sequence"]
    changed = signed_anew({**parts, name: b"".join(lines[:place] + lines[place + 1 :])})
    last = place == len(lines) - 1
    return Tampered("delete_entry", changed, None, _scene(name), gone - 1 if last and gone > 1 else None)


def insert_entry(parts: Parts, chance: random.Random) -> Tampered:
    name, lines, place = _place(parts, chance)
    twice = json.loads(lines[place])["sequence"]
    return Tampered(
        "insert_entry", signed_anew({**parts, name: b"".join([*lines[: place + 1], *lines[place:]])}), None,
        _scene(name), twice,
    )  # fmt: skip


def reorder_entries(parts: Parts, chance: random.Random) -> Tampered:
    name, lines, place = _place(parts, chance, at_least=2)
    place = max(place, 1)
    moved = json.loads(lines[place])["sequence"]
    lines[place - 1], lines[place] = lines[place], lines[place - 1]
    return Tampered("reorder_entries", signed_anew({**parts, name: b"".join(lines)}), None, _scene(name), moved)


def roll_back(parts: Parts, chance: random.Random) -> Tampered:
    """The last entries never happened; the manifest says so too."""
    name, lines, place = _place(parts, chance, at_least=2)
    kept = lines[: max(place, 1)]
    last = json.loads(kept[-1])
    manifest = json.loads(parts[MANIFEST])
    for scene in manifest["scenes"]:
        if scene["scene"] == _scene(name):
            scene.update(sequence=last["sequence"], head=last["hash"])
    changed = {**parts, name: b"".join(kept), MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}
    return Tampered("roll_back", signed_anew(changed), None, _scene(name), last["sequence"] + 1)


def edit_entry(parts: Parts, chance: random.Random) -> Tampered:
    """Another person did it. The chain is made again to its end, and the head in the manifest."""
    name, lines, place = _place(parts, chance)
    rows = [json.loads(line) for line in lines]
    entry = json.loads(rows[place]["text"])
    entry["command"]["actor"]["person"] = f"nobody-{chance.randrange(10**6)}"
    rows[place]["text"] = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    changed = _chained_anew(parts, name, rows)
    return Tampered("edit_entry", signed_anew(changed), None, _scene(name), rows[place]["sequence"])


def edit_hash(parts: Parts, chance: random.Random) -> Tampered:
    name, lines, place = _place(parts, chance)
    row = json.loads(lines[place])
    row["hash"] = sha256(row["hash"].encode()).hexdigest()
    lines[place] = json.dumps(row, ensure_ascii=False).encode() + b"\n"
    return Tampered("edit_hash", signed_anew({**parts, name: b"".join(lines)}), None, _scene(name), row["sequence"])


def edit_update(parts: Parts, chance: random.Random) -> Tampered:
    """What somebody asked for, in the history alone."""
    name, history, events = _events(parts, chance, "workflowExecutionUpdateAcceptedEventAttributes")
    event = chance.choice(events)
    accepted = event["workflowExecutionUpdateAcceptedEventAttributes"]["acceptedRequest"]
    command = payload(accepted["input"]["args"])
    command["actor"]["person"] = f"nobody-{chance.randrange(10**6)}"
    put(accepted["input"]["args"], command)
    return _in_history("edit_update", parts, name, history, event)


def edit_recorded(parts: Parts, chance: random.Random) -> Tampered:
    """What was given to the ledger, in the history alone."""
    name, history, events = _events(parts, chance, "activityTaskScheduledEventAttributes")
    event = chance.choice(events)
    given = event["activityTaskScheduledEventAttributes"]["input"]
    batch = payload(given)
    entry = chance.choice(batch["entries"])
    entry["at"] = "2020-01-01T00:00:00Z"
    put(given, batch)
    return _in_history("edit_recorded", parts, name, history, event, entry["sequence"])


def edit_answer(parts: Parts, chance: random.Random) -> Tampered:
    """The head that the ledger answered, in the history alone."""
    name, history, events = _events(parts, chance, "activityTaskCompletedEventAttributes")
    event = chance.choice(events)
    result = event["activityTaskCompletedEventAttributes"]["result"]
    answer = payload(result)
    answer["head"] = sha256(answer["head"].encode()).hexdigest()
    put(result, answer)
    return _in_history("edit_answer", parts, name, history, event, answer["sequence"])


def delete_event(parts: Parts, chance: random.Random) -> Tampered:
    """Not the last: without that one a history is an earlier one, see `truncate_history`."""
    name, history, events = _events(parts, chance, "eventId")
    history["events"].remove(chance.choice(events[:-1]))
    content = json.dumps(history, ensure_ascii=False).encode()
    return Tampered("delete_event", signed_anew({**parts, name: content}), name)


def truncate_history(parts: Parts, chance: random.Random) -> Tampered:
    """The last events of a run that ended, or that another took over from, never happened."""
    ends = ("workflowExecutionContinuedAsNewEventAttributes", "workflowExecutionCompletedEventAttributes")
    name, history, _ = _events(parts, chance, chance.choice([end for end in ends if _any(parts, end)]))
    place = chance.randrange(5, len(history["events"]))
    history["events"] = history["events"][:place]
    return _in_history("truncate_history", parts, name, history, history["events"][-1])


def _any(parts: Parts, kind: str) -> bool:
    return any(kind.encode() in content for name, content in parts.items() if "/histories/" in name)


def edit_refusal(parts: Parts, chance: random.Random) -> Tampered:
    """Somebody else was refused."""
    name = chance.choice(sorted(name for name in parts if name.endswith("refusals.jsonl")))
    lines = [json.loads(line) for line in _lines(parts[name])]
    line = chance.choice(lines)
    line["text"] = line["text"].replace('"person":"', '"person":"not-')
    content = b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in lines)
    return Tampered("edit_refusal", signed_anew({**parts, name: content}), None, _scene(name), line["sequence"])


def truncate_refusals(parts: Parts, chance: random.Random) -> Tampered:
    """The last refusals never happened."""
    name = chance.choice(sorted(name for name in parts if name.endswith("refusals.jsonl")))
    lines = _lines(parts[name])
    kept = lines[: chance.randrange(len(lines))]
    changed = signed_anew({**parts, name: b"".join(kept)})
    return Tampered("truncate_refusals", changed, None, _scene(name), len(kept))


def edit_policy(parts: Parts, chance: random.Random) -> Tampered:
    """Another limit in the rulebook that the entries name."""
    name = chance.choice(sorted(name for name in parts if name.startswith("rulebooks/")))
    policy = json.loads(parts[name])
    policy["limits"]["consultation"]["period"]["length"] += 1 + chance.randrange(50)
    content = json.dumps(policy, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    entries = (json.loads(json.loads(line)["text"]) for each in _ledgers(parts) for line in _lines(parts[each]))
    first = next(each for each in entries if name == rulebook_path(each["policy"], each["calendar"]))
    return Tampered("edit_policy", signed_anew({**parts, name: content}), None, None, first["sequence"])


def edit_source(parts: Parts, chance: random.Random) -> Tampered:
    """A rule is changed, and the build keeps its name."""
    name = chance.choice(sorted(name for name in parts if name.startswith("sources/") and "/rules/" in name))
    changed = signed_anew({**parts, name: parts[name] + b"\n# changed\n"})
    return Tampered("edit_source", changed, "/".join(name.split("/")[:2]))


def edit_register(parts: Parts, chance: random.Random) -> Tampered:
    """A document went to somebody else, or had another number."""
    name = chance.choice(sorted(name for name in parts if name.endswith("documents.jsonl")))
    lines = [json.loads(line) for line in _lines(parts[name])]
    line, field = chance.choice(lines), chance.choice(["number", "title", "to_unit", "series", "form"])
    line[field] += " (改)"
    content = b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in lines)
    return Tampered("edit_register", signed_anew({**parts, name: content}), None, _scene(name), line["sequence"])


def edit_manifest(parts: Parts, chance: random.Random) -> Tampered:
    """The bundle calls a scene otherwise, or puts it into another city."""
    manifest = json.loads(parts[MANIFEST])
    chance.choice(manifest["scenes"])[chance.choice(["name", "city"])] += "二"
    content = json.dumps(manifest, ensure_ascii=False).encode()
    return Tampered("edit_manifest", signed_anew({**parts, MANIFEST: content}), MANIFEST)


def refuse_update(parts: Parts, chance: random.Random) -> Tampered:
    """An act that stands in the ledger was refused, by the history."""
    name, history, events = _events(parts, chance, "workflowExecutionUpdateCompletedEventAttributes")
    event = chance.choice(events)["workflowExecutionUpdateCompletedEventAttributes"]
    event["outcome"] = {"failure": {"message": "no", "applicationFailureInfo": {"type": "not_permitted"}}}
    accepted = history["events"][int(event["acceptedEventId"]) - 1]
    return _in_history("refuse_update", parts, name, history, accepted)


def edit_time(parts: Parts, chance: random.Random) -> Tampered:
    """A workflow task, with all that was decided in it, began a year before."""
    name, history, events = _events(parts, chance, "workflowTaskStartedEventAttributes")
    event = chance.choice(events)
    event["eventTime"] = f"{int(event['eventTime'][:4]) - 1}{event['eventTime'][4:]}"
    return _in_history("edit_time", parts, name, history, event)


def edit_reference(parts: Parts, chance: random.Random) -> Tampered:
    """A command comes of another workflow task."""
    kind = chance.choice(["timerStartedEventAttributes", "activityTaskScheduledEventAttributes"])
    name, history, events = _events(parts, chance, kind)
    event = chance.choice(events)
    event[kind]["workflowTaskCompletedEventId"] = str(int(event[kind]["workflowTaskCompletedEventId"]) - 1)
    return _in_history("edit_reference", parts, name, history, event)


def edit_receipt(parts: Parts, chance: random.Random) -> Tampered:
    """What the actor was told."""
    name, history, events = _events(parts, chance, "workflowExecutionUpdateCompletedEventAttributes")
    event = chance.choice(events)["workflowExecutionUpdateCompletedEventAttributes"]
    receipt = payload(event["outcome"]["success"])
    receipt[chance.choice(["scene", "command_id"])] += "2"
    put(event["outcome"]["success"], receipt)
    accepted = history["events"][int(event["acceptedEventId"]) - 1]
    return _in_history("edit_receipt", parts, name, history, accepted, receipt["sequence"])


def edit_opening(parts: Parts, chance: random.Random) -> Tampered:
    """A run began under other rules."""
    name, history, events = _events(parts, chance, "workflowExecutionStartedEventAttributes")
    given = events[0]["workflowExecutionStartedEventAttributes"]["input"]
    opening = payload(given)
    opening["policy"]["limits"]["consultation"]["period"]["length"] += 1 + chance.randrange(50)
    put(given, opening)
    return _in_history("edit_opening", parts, name, history, events[0])


def drop_run(parts: Parts, chance: random.Random) -> Tampered:
    """A run never was; those after it take its number."""
    manifest = json.loads(parts[MANIFEST])
    scene = chance.choice([each for each in manifest["scenes"] if len(each["runs"]) > 1])
    paths = [run["path"] for run in scene["runs"]]
    place = chance.randrange(len(paths))
    scene["runs"].pop(place)
    kept = dict(parts)
    for path, after in zip(paths[place:], paths[place + 1 :], strict=False):
        kept[path] = parts[after]
    del kept[paths[-1]]
    for path, run in zip(paths, scene["runs"], strict=False):
        run["path"] = path
    kept[MANIFEST] = json.dumps(manifest, ensure_ascii=False).encode()
    gone = _first_entry(json.loads(parts[paths[place]]))
    return Tampered("drop_run", signed_anew(kept), None, scene["scene"], gone)


def _first_entry(history: Any) -> int:
    """The first entry that a run decided."""
    opening = payload(history["events"][0]["workflowExecutionStartedEventAttributes"]["input"])
    return int(opening["state"]["sequence"]) + 1


KINDS: dict[str, Callable[[Parts, random.Random], Tampered]] = {
    each.__name__: each
    for each in (
        edit_part, delete_part, insert_part, truncate_part, swap_parts, swap_scenes_cleverly, sign_anew, delete_entry,
        insert_entry, reorder_entries, roll_back, edit_entry, edit_hash, edit_update, edit_recorded, edit_answer,
        delete_event, truncate_history, edit_refusal, truncate_refusals, edit_policy, edit_source, edit_register,
        edit_manifest, refuse_update, edit_time, edit_reference, edit_receipt, edit_opening, drop_run,
    )
}  # fmt: skip


def _place(parts: Parts, chance: random.Random, *, at_least: int = 1) -> tuple[str, list[bytes], int]:
    name = chance.choice([each for each in _ledgers(parts) if len(_lines(parts[each])) >= at_least])
    lines = _lines(parts[name])
    return name, lines, chance.randrange(len(lines))


def _chained_anew(parts: Parts, name: str, rows: list[dict[str, Any]]) -> Parts:
    previous = GENESIS
    for row in rows:
        row["previous"] = previous
        row["hash"] = previous = link(ALGORITHM, previous, row["text"].encode())
    manifest = json.loads(parts[MANIFEST])
    for scene in manifest["scenes"]:
        if scene["scene"] == _scene(name):
            scene["head"] = previous
    lines = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    return {**parts, name: lines, MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}


def _events(parts: Parts, chance: random.Random, kind: str) -> tuple[str, Any, list[Any]]:
    found = []
    for name in sorted(parts):
        if "/histories/" in name:
            history = json.loads(parts[name])
            if events := [each for each in history["events"] if kind in each]:
                found.append((name, history, events))
    return chance.choice(found)


def payload(payloads: Any) -> Any:
    return json.loads(base64.b64decode(payloads["payloads"][0]["data"]))


def put(payloads: Any, value: Any) -> None:
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    payloads["payloads"][0]["data"] = base64.b64encode(content).decode()


def _in_history(kind: str, parts: Parts, name: str, history: Any, event: Any, sequence: int | None = None) -> Tampered:
    changed = signed_anew({**parts, name: json.dumps(history, ensure_ascii=False).encode()})
    return Tampered(kind, changed, None, _scene(name), sequence, int(event["eventId"]))


def deviates(findings: list[Finding]) -> bool:
    return any(each.verdict is Verdict.DEVIATES for each in findings)


def built_by(parts: Parts, old: str, new: str) -> Parts:
    """As if another build had made all this."""
    changed = {}
    for name, content in parts.items():
        if name.endswith("ledger.jsonl"):
            content = content.replace(old.encode(), new.encode())
        elif "/histories/" in name:
            history = json.loads(content)
            for event in history["events"]:
                if (done := event.get("activityTaskCompletedEventAttributes")) is not None:
                    answer = payload(done["result"])
                    put(done["result"], {**answer, "build": answer["build"].replace(old, new)})
            content = json.dumps(history, ensure_ascii=False).replace(f'"{old}"', f'"{new}"').encode()
        changed[name] = content
    manifest = json.loads(parts[MANIFEST])
    for scene in manifest["scenes"]:
        for run in scene["runs"]:
            run["builds"] = [new if build == old else build for build in run["builds"]]
    return {**changed, MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}
