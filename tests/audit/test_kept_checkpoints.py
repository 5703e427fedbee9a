"""Against the auditor's own copy of the checkpoint log even the office, with its key, can take nothing back."""

import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from audit.bundle import MANIFEST, Manifest, refusals_path
from audit.findings import Check, Finding, Verdict
from audit.log import LogDiffers, Said, said
from audit.verify import Trust, verify
from models.checkpoint import LogItem, LogLeaf
from models.journal import GENESIS
from tests.audit import tampering
from tests.audit.conftest import KEY, NOW, TRUST, Kept
from tests.audit.logs import MemoryLog, days, key
from tests.audit.tampering import Parts

HOUR = timedelta(hours=1)


def logged(parts: Parts, later: timedelta = -HOUR) -> tuple[Said, ...]:
    """What a log says that was signed when all stood as in this bundle, `later` than it was made."""
    found = []
    for each in Manifest.model_validate_json(parts[MANIFEST]).scenes:
        heads = [("scene", each.sequence, each.head), ("refusal", each.refusals, each.refusals_head)]
        for kind, sequence, head in heads:
            if sequence:
                leaf = {"kind": kind, "stream": each.scene, "sequence": sequence, "head": head, "algorithm": "sha256"}
                found.append(Said(LogLeaf.model_validate(leaf), NOW + later))
    return tuple(found)


def judged(parts: Parts, folder: Path, log: tuple[Said, ...]) -> dict[str, Finding]:
    file = tampering.write(tampering.signed_anew(parts, KEY), folder / "kept.zip")
    findings = list(verify(file, Trust(keys=TRUST.keys, log=log)))
    assert [each for each in findings if each.verdict is Verdict.DEVIATES and each.check is not Check.CHECKPOINTS] == []
    return {each.scene: each for each in findings if each.check is Check.CHECKPOINTS and each.scene}


def without_refusals(parts: Parts, scene: str) -> Parts:
    """What was refused never was; manifest and signature say so too."""
    manifest = json.loads(parts[MANIFEST])
    for each in manifest["scenes"]:
        if each["scene"] == scene:
            each.update(refusals=0, refusals_head=GENESIS)
    left = {name: content for name, content in parts.items() if name != refusals_path(scene)}
    return {**left, MANIFEST: json.dumps(manifest, ensure_ascii=False).encode()}


def test_an_honest_bundle_is_as_the_log_says(kept: Kept, tmp_path: Path) -> None:
    parts = tampering.read(kept.bundle)
    assert {each.verdict for each in judged(parts, tmp_path, logged(parts)).values()} == {Verdict.PROVEN}


def test_what_the_office_took_back_is_named(kept: Kept, tmp_path: Path) -> None:
    parts, young = tampering.read(kept.bundle), kept.scenes[2]
    found = judged(without_refusals(parts, young), tmp_path, logged(parts))
    ((what, at, sequence),) = [(each.what, each.at, each.sequence) for each in found[young].deviations]
    assert (what, at, sequence) == ("went_back", "refusal", 1)
    assert {each.verdict for scene, each in found.items() if scene != young} == {Verdict.PROVEN}


def test_another_head_than_the_one_that_was_signed_is_named(kept: Kept, tmp_path: Path) -> None:
    parts, young = tampering.read(kept.bundle), kept.scenes[2]
    log = tuple(
        Said(each.leaf.model_copy(update={"head": GENESIS}), each.at) if each.leaf.stream == young else each
        for each in logged(parts)
    )
    assert {each.what for each in judged(parts, tmp_path, log)[young].deviations} == {"logged"}


def test_a_bundle_that_is_older_than_the_log_is_not_said_to_be_wrong(kept: Kept, tmp_path: Path) -> None:
    parts = tampering.read(kept.bundle)
    found = judged(without_refusals(parts, kept.scenes[2]), tmp_path, logged(parts, HOUR))
    assert {each.verdict for each in found.values()} == {Verdict.UNPROVEN}
    assert {each.notes for each in found.values()} == {("older_than_log",)}


def test_of_a_scene_that_is_not_in_the_log_nothing_is_proven(kept: Kept, tmp_path: Path) -> None:
    found = judged(tampering.read(kept.bundle), tmp_path, ())
    assert {each.notes for each in found.values()} == {("not_logged",)}


def test_what_a_log_says_is_what_was_signed(tmp_path: Path) -> None:
    log, office = MemoryLog(), key(tmp_path, 1)
    days(log, office, 5, Random(1))  # noqa: S311
    told = said(log.items)
    assert [each.leaf for each in told] == [each.leaf for each in log.leaves()]
    assert all(one.at <= other.at for one, other in pairwise(told))
    without_the_first: list[LogItem] = log.items[1:]
    with pytest.raises(LogDiffers):
        said(without_the_first)
