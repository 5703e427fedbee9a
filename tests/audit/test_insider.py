"""Somebody of the office tampers and signs with the office's own key: the parts contradict one another all the same."""

import json
import random
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from audit.bundle import MANIFEST, NotABundle, history_path, ledger_path, refusals_path
from audit.findings import Check, Deviation, Finding, Verdict, worst
from audit.verify import Trust, verify
from tests.audit import tampering
from tests.audit.conftest import KEY, TRUST, Kept
from tests.audit.tampering import Parts

DATA_ALONE = Trust(keys=TRUST.keys)
UNTOUCHED = ("edit_part", "delete_part", "insert_part", "truncate_part", "swap_parts", "sign_anew")
"""Kinds that sign nothing anew."""
DEEP = b"[" * 100_000 + b"]" * 100_000


def found(parts: Parts, folder: Path, trust: Trust = DATA_ALONE) -> list[Finding]:
    return list(verify(tampering.write(tampering.signed_anew(parts, KEY), folder / "insider.zip"), trust))


def deviations(findings: list[Finding], check: Check) -> list[Deviation]:
    return [deviation for each in findings if each.check is check for deviation in each.deviations]


def only(kept: Kept, scene: str) -> Parts:
    """A bundle of one of the scenes."""
    parts = tampering.read(kept.bundle)
    manifest = json.loads(parts[MANIFEST])
    manifest["scenes"] = [each for each in manifest["scenes"] if each["scene"] == scene]
    others = [name for name in parts if name.startswith("scenes/") and name.split("/")[1] != scene]
    left = {name: content for name, content in parts.items() if name not in others}
    return {**left, MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}


def first(history: Any, kind: str) -> Any:
    return next(event for event in history["events"] if kind in event)


@pytest.mark.parametrize("kind", sorted(tampering.KINDS.keys() - set(UNTOUCHED)))
def test_the_right_signature_does_not_help(kept: Kept, tmp_path: Path, kind: str) -> None:
    for seed in range(2):
        tampered = tampering.KINDS[kind](tampering.read(kept.bundle), random.Random(f"{kind} {seed}"))  # noqa: S311
        findings = found(tampered.parts, tmp_path)
        assert deviations(findings, Check.SIGNATURE) == []
        assert tampering.deviates(findings), (kind, seed)
        assert tampered.is_named_by(findings), (kind, seed, [each for each in findings if each.deviations])


def edit_timer(history: Any) -> Any:
    event = first(history, "timerStartedEventAttributes")
    event["timerStartedEventAttributes"]["startToFireTimeout"] = "60s"
    return event


def edit_attributes(history: Any) -> Any:
    event = first(history, "upsertWorkflowSearchAttributesEventAttributes")
    fields = event["upsertWorkflowSearchAttributesEventAttributes"]["searchAttributes"]["indexedFields"]
    tampering.put({"payloads": [fields["SceneStep"]]}, "operation")
    return event


def edit_step(history: Any) -> Any:
    event = first(history, "workflowExecutionUpdateCompletedEventAttributes")
    outcome = event["workflowExecutionUpdateCompletedEventAttributes"]["outcome"]["success"]
    tampering.put(outcome, {**tampering.payload(outcome), "step": "rejected"})
    return event


def edit_outcome(history: Any) -> Any:
    event = first(history, "workflowExecutionCompletedEventAttributes")
    result = event["workflowExecutionCompletedEventAttributes"]["result"]
    tampering.put(result, {**tampering.payload(result), "outcome": "completed"})
    return event


@pytest.mark.parametrize("edit", [edit_timer, edit_attributes, edit_step, edit_outcome])
def test_what_the_code_asked_the_server_for_can_not_be_another(
    kept: Kept, tmp_path: Path, edit: Callable[[Any], Any]
) -> None:
    """A replay alone compares no values: it is the audit that does."""
    ended = kept.scenes[1]
    parts = only(kept, ended)
    name = history_path(ended, 1)
    history = json.loads(parts[name])
    event = edit(history)
    findings = found({**parts, name: json.dumps(history, ensure_ascii=False).encode()}, tmp_path, TRUST)
    assert int(event["eventId"]) in [each.event for each in deviations(findings, Check.JOURNAL)]


def test_a_bundle_without_scenes_proves_nothing(kept: Kept, tmp_path: Path) -> None:
    parts = only(kept, "none")
    findings = found(parts, tmp_path, TRUST)
    assert worst(findings) is Verdict.UNPROVEN
    assert next(each for each in findings if each.check is Check.PARTS).notes == ("no_scenes",)


def test_parts_that_the_manifest_knows_nothing_of_are_named(kept: Kept, tmp_path: Path) -> None:
    """A scene is left out, and its parts stand there."""
    parts = tampering.read(kept.bundle)
    manifest = json.loads(parts[MANIFEST])
    gone = manifest["scenes"].pop()["scene"]
    findings = found({**parts, MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}, tmp_path)
    assert (ledger_path(gone), "not_named") in [(each.part, each.what) for each in deviations(findings, Check.PARTS)]


def test_an_open_scene_is_not_sealed(kept: Kept, tmp_path: Path) -> None:
    parts = only(kept, kept.scenes[0])
    manifest = {**json.loads(parts[MANIFEST]), "sealed": True}
    findings = found({**parts, MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}, tmp_path)
    assert [each.what for each in deviations(findings, Check.PARTS)] == ["sealed"]


def test_a_run_that_can_not_be_read_leaves_the_others_in_their_places(kept: Kept, tmp_path: Path) -> None:
    lived = kept.scenes[0]
    parts = only(kept, lived)
    findings = found({**parts, history_path(lived, 2): b"{}"}, tmp_path, TRUST)
    named = deviations(findings, Check.HISTORIES)
    assert (history_path(lived, 2), "unreadable") in [(each.part, each.what) for each in named]
    assert {each.what for each in named} == {"unreadable", "runs", "not_in_histories"}
    assert deviations(findings, Check.REPLAY) == deviations(findings, Check.JOURNAL) == []


@pytest.mark.parametrize(
    ("name", "value"), [("recused", ["张三"]), ("lead", "别的单位"), ("listed_in", "第一批"), ("of_a_later_build", [1])]
)
def test_a_scene_is_born_with_nothing(kept: Kept, tmp_path: Path, name: str, value: Any) -> None:
    """What the first run began with no entry decided; replay and journal both start from there."""
    ended = kept.scenes[1]
    parts = only(kept, ended)
    history = json.loads(parts[history_path(ended, 1)])
    given = history["events"][0]["workflowExecutionStartedEventAttributes"]["input"]
    opening = tampering.payload(given)
    opening["state"][name] = value
    tampering.put(given, opening)
    findings = found({**parts, history_path(ended, 1): json.dumps(history).encode()}, tmp_path)
    told = [each for each in deviations(findings, Check.HISTORIES) if each.what == "born_with"]
    assert [(each.at, each.recorded) for each in told] == [(f"input.state.{name}", value)]


def test_a_history_that_names_no_code_was_judged_by_none(kept: Kept, tmp_path: Path) -> None:
    """Without builds nothing was run, and whatever it told was proven."""
    ended = kept.scenes[1]
    parts = only(kept, ended)
    history, manifest = json.loads(parts[history_path(ended, 1)]), json.loads(parts[MANIFEST])
    for event in history["events"]:
        if (task := event.get("workflowTaskCompletedEventAttributes")) is not None:
            for name in ("workerVersion", "deploymentVersion"):
                task.pop(name, None)
        if (answer := event.pop("activityTaskCompletedEventAttributes", None)) is not None:
            answer.pop("result")
            event["activityTaskTimedOutEventAttributes"] = answer
            event["eventType"] = "EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT"
    manifest["scenes"][0]["runs"][0]["builds"] = []
    changed = {history_path(ended, 1): json.dumps(history).encode(), MANIFEST: json.dumps(manifest).encode()}
    findings = {each.check: each for each in found({**parts, **changed}, tmp_path, TRUST)}
    for check in (Check.REPLAY, Check.JOURNAL):
        assert (findings[check].verdict, findings[check].notes) == (Verdict.UNPROVEN, ("unnamed_build",))


@pytest.mark.parametrize("value", [None, 1.5, -1, 10**12, "5", [[]], {}, True])
def test_a_number_may_be_anything(kept: Kept, tmp_path: Path, value: Any) -> None:
    """It is a verdict, not a traceback, and takes no longer."""
    lived = kept.scenes[0]
    parts = only(kept, lived)
    name = history_path(lived, 1)
    for attributes in ("workflowExecutionStartedEventAttributes", "workflowExecutionContinuedAsNewEventAttributes"):
        history = json.loads(parts[name])
        given = first(history, attributes)[attributes]["input"]
        opening = tampering.payload(given)
        opening["state"]["sequence"] = value
        tampering.put(given, opening)
        assert tampering.deviates(found({**parts, name: json.dumps(history).encode()}, tmp_path))


def test_what_is_nested_too_deeply_is_unreadable(kept: Kept, tmp_path: Path) -> None:
    young = kept.scenes[2]
    parts = only(kept, young)
    lines = [json.loads(line) for line in parts[refusals_path(young)].splitlines()]
    refusals = b"".join(json.dumps({**line, "text": DEEP.decode()}).encode() + b"\n" for line in lines)
    history = b'{"events":' + DEEP + b"}"
    findings = found({**parts, refusals_path(young): refusals, history_path(young, 1): history}, tmp_path)
    assert "unreadable" in [each.what for each in deviations(findings, Check.REFUSALS)]
    assert history_path(young, 1) in [each.part for each in deviations(findings, Check.HISTORIES)]


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_small_part_does_not_fill_the_memory(kept: Kept, tmp_path: Path, packed: int) -> None:
    """It says 10 bytes, and unpacks to many."""
    parts = tampering.signed_anew(only(kept, kept.scenes[2]), KEY)
    name = ledger_path(kept.scenes[2])
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for each, content in parts.items():
            if each != name:
                file.writestr(each, content)
        file.writestr(name, bytes(64 * 1024 * 1024), packed)
    altered = bytearray(made.getvalue())
    size = altered.rfind(name.encode()) - 46 + 24
    altered[size : size + 4] = (10).to_bytes(4, "little")
    (tmp_path / "bomb.zip").write_bytes(altered)
    findings = list(verify(tmp_path / "bomb.zip", DATA_ALONE))
    assert (name, "unreadable") in [(each.part, each.what) for each in deviations(findings, Check.PARTS)]


def test_a_manifest_that_is_packed_strangely_is_no_manifest(kept: Kept, tmp_path: Path) -> None:
    parts = tampering.read(kept.bundle)
    with zipfile.ZipFile(tmp_path / "strange.zip", "w", zipfile.ZIP_BZIP2) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    with pytest.raises(NotABundle):
        list(verify(tmp_path / "strange.zip", DATA_ALONE))
