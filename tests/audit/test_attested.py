"""A bundle shows by itself that its head stood under a checkpoint, and an auditor's own copy of the log shows more."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit import handovers
from audit.attested import Copy, checkpointed, copy_of, keyring
from audit.bundle import HANDOVERS, MANIFEST, checkpoint_path, opened, refusals_path
from audit.checkpoints import Checkpoints
from audit.evidence import read_scene
from audit.findings import Check, Finding, Verdict
from audit.signing import KeyFile, fingerprint, raw_of
from audit.verify import Trust, verify
from models.checkpoint import LoggedLeaf
from models.journal import GENESIS
from runtime.wiring import Parts, parts
from tests.audit.conftest import NOW, TRUST, Kept, bundle_of
from tests.audit.logs import key
from tests.storage.journals import spoil


@dataclass
class Office:
    """The city's records in a copy of their own, with a key and a checkpoint log; and bundles of them."""

    stored: Parts
    file: KeyFile
    kept: Kept
    folder: Path

    def checkpoint(self) -> None:
        Checkpoints(self.stored.checkpoints, self.file).now(NOW)

    def copy(self) -> Copy:
        return copy_of(self.stored.checkpoints.items(), frozenset())

    async def bundle(self, *scenes: str) -> Path:
        """Signed with the key of now."""
        target = self.folder / "bundle.zip"
        signer = self.file.read()
        await bundle_of(
            self.stored, self.kept.temporal, target, *(scenes or self.kept.scenes), key=signer,
            handover=handovers.beside(self.file, signer.fingerprint()),
        )  # fmt: skip
        return target


@pytest.fixture
def office(kept: Kept, tmp_path: Path) -> Iterator[Office]:
    shutil.copy(kept.settings.data_dir / "scene.db", tmp_path)
    settings = kept.settings.model_copy(
        update={"database_url": type(kept.settings.database_url)(f"sqlite:///{tmp_path}/scene.db")}
    )
    with parts(settings) as stored:
        yield Office(stored, key(tmp_path, 1), kept, tmp_path)


def looked(bundle: Path, scene: str, trusted: frozenset[str] = frozenset(), copy: Copy | None = None) -> Finding:
    """The one check, of a bundle that the office's first key, or a later one, signed."""
    with opened(bundle) as content:
        part = next(each for each in content.manifest().scenes if each.scene == scene)
        signer = fingerprint(raw_of(content.read("public-key.pem")))
        return checkpointed(read_scene(content, part), content, keyring(content, trusted, copy), signer, copy)


def rewritten(bundle: Path, path: str, change: Callable[[bytes], bytes | None]) -> Path:
    """The bundle with one part changed, or left out."""
    other = bundle.with_name("changed.zip")
    with zipfile.ZipFile(bundle) as honest, zipfile.ZipFile(other, "w") as to:
        for name in honest.namelist():
            content: bytes | None = honest.read(name)
            if name == path:
                content = change(honest.read(name))
            if content is not None:
                to.writestr(name, content)
    return other


def as_json(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        data = json.loads(content)
        change(data)
        return json.dumps(data).encode()

    return changed


async def test_a_bundle_of_before_any_checkpoint_says_so_and_deviates_in_nothing(office: Office) -> None:
    scene = office.kept.scenes[0]
    found = looked(await office.bundle(), scene)
    assert (found.verdict, found.notes, found.facts) == (Verdict.UNPROVEN, ("not_checkpointed",), ())


async def test_a_head_under_a_checkpoint_is_proven_and_its_day_told(office: Office) -> None:
    office.checkpoint()
    bundle = await office.bundle()
    mark = office.file.fingerprint()
    findings = list(verify(bundle, Trust(keys=frozenset({mark}), sources=TRUST.sources)))
    told = {each.scene: each for each in findings if each.check is Check.CHECKPOINT}
    assert told.keys() == set(office.kept.scenes)
    for scene, each in told.items():
        assert (each.verdict, each.notes) == (Verdict.PROVEN, ()), each
        last = office.kept.plays[str(scene)].state.sequence
        assert each.facts[0].values == {"sequence": str(last), "number": "1", "day": "2026-11-02"}
        assert each.looked_at == last
    assert [each for each in findings if each.verdict is Verdict.DEVIATES] == []


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("log_leaf", "UPDATE log_leaf SET hash = replace(hash, substr(hash, 1, 1), 'x')"),
        ("log_leaf", "UPDATE log_leaf SET hash = head"),
        ("log_leaf", "DELETE FROM log_leaf"),
        ("checkpoint", "UPDATE checkpoint SET text = '{}'"),
    ],
)
async def test_a_log_that_was_changed_attests_nothing_and_keeps_no_evidence_back(
    office: Office, table: str, statement: str
) -> None:
    office.checkpoint()
    spoil(office.stored.engine, table, statement)
    scene = office.kept.scenes[0]
    assert looked(await office.bundle(scene), scene).notes == ("not_checkpointed",)


async def test_without_a_trusted_key_the_checkpoint_proves_nothing(office: Office) -> None:
    office.checkpoint()
    found = looked(await office.bundle(), office.kept.scenes[0])
    assert (found.verdict, found.notes) == (Verdict.UNPROVEN, ("unknown_key",))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda part: part["leaf"].update(head="0" * 64), {"head", "inclusion"}),
        (lambda part: part["leaf"].update(stream="ANOTHER"), {"other_scene", "inclusion"}),
        (lambda part: part["leaf"].update(kind="refusal"), {"other_scene", "inclusion"}),
        (lambda part: part["leaf"].update(sequence=1), {"head", "inclusion"}),
        (lambda part: part["leaf"].update(sequence=9999), {"length", "inclusion"}),
        (lambda part: part.update(index=part["index"] + 1), {"inclusion"}),
        (lambda part: part.update(index=-1), {"inclusion"}),
        (lambda part: part.update(path=[]), {"inclusion"}),
        (lambda part: part["signed"]["checkpoint"].update(at="2020-01-01T00:00:00Z"), {"signature"}),
        (lambda part: part["signed"]["checkpoint"].update(root="0" * 64), {"inclusion", "signature"}),
        (lambda part: part["signed"].update(signature="zz"), {"signature"}),
        (lambda part: part["signed"].update(public_key="00" * 32), {"signature"}),
        (lambda part: part.pop("leaf"), {"unreadable"}),
    ],
)
async def test_what_was_changed_in_the_proof_is_named(
    office: Office, change: Callable[[Any], None], what: set[str]
) -> None:
    office.checkpoint()
    scene = office.kept.scenes[0]
    changed = rewritten(await office.bundle(scene), checkpoint_path(scene), as_json(change))
    found = looked(changed, scene, frozenset({office.file.fingerprint()}))
    assert found.verdict is Verdict.DEVIATES
    assert {each.what for each in found.deviations} == what
    assert {each.part for each in found.deviations} == {checkpoint_path(scene)}


async def test_a_checkpoint_of_a_strangers_key_is_no_checkpoint_of_the_city(office: Office, tmp_path: Path) -> None:
    """Whoever can sign bundles could make up a log of his own: its key would have to be known."""
    scene, office_key = office.kept.scenes[0], office.file
    office.file = key(tmp_path, 2)
    office.checkpoint()
    office.file = office_key
    found = looked(await office.bundle(scene), scene, frozenset({office_key.fingerprint()}))
    assert [each.what for each in found.deviations] == ["other_key"]


async def test_a_ledger_that_was_changed_after_the_checkpoint_does_not_lead_to_its_head(office: Office) -> None:
    office.checkpoint()
    scene = office.kept.scenes[0]
    bundle = await office.bundle(scene)
    path = f"scenes/{scene}/ledger.jsonl"

    def last_hash(content: bytes) -> bytes:
        lines = content.splitlines()
        lines[-1] = json.dumps({**json.loads(lines[-1]), "hash": "f" * 64}).encode()
        return b"\n".join(lines) + b"\n"

    found = looked(rewritten(bundle, path, last_hash), scene, frozenset({office.file.fingerprint()}))
    assert [each.what for each in found.deviations] == ["head"]


async def test_the_auditors_own_copy_proves_a_bundle_that_carries_no_proof(office: Office) -> None:
    scene = office.kept.scenes[0]
    before = await office.bundle(scene)
    office.checkpoint()
    found = looked(before, scene, copy=office.copy())
    assert (found.verdict, found.notes) == (Verdict.PROVEN, ())


async def test_a_checkpoint_after_the_copy_or_unlike_it_is_told(office: Office, tmp_path: Path) -> None:
    scene = office.kept.scenes[0]
    office.checkpoint()
    copy = office.copy()
    assert looked(await office.bundle(scene), scene, copy=copy).verdict is Verdict.PROVEN
    Checkpoints(office.stored.checkpoints, office.file).now(NOW + timedelta(days=1))
    found = looked(await office.bundle(scene), scene, copy=copy)
    assert (found.verdict, found.notes) == (Verdict.UNPROVEN, ("after_the_copy",))
    copy = office.copy()
    mine = copy.log.checkpoints[-1]
    copy.log.checkpoints[-1] = mine.model_copy(
        update={"checkpoint": mine.checkpoint.model_copy(update={"root": "0" * 64})}
    )
    found = looked(await office.bundle(scene), scene, copy=copy)
    assert [each.what for each in found.deviations] == ["not_the_copy"]


async def test_a_history_that_was_rewritten_and_signed_anew_meets_the_auditors_copy(office: Office) -> None:
    """Ledger, log and bundle can all be made again by whoever has the key; the copy can not."""
    scene = office.kept.scenes[0]
    office.checkpoint()
    items = [
        each.model_copy(update={"leaf": each.leaf.model_copy(update={"head": "0" * 64})})
        if isinstance(each, LoggedLeaf) and each.leaf.stream == scene
        else each
        for each in office.stored.checkpoints.items()
    ]
    honest = office.copy()
    for each in items:
        if isinstance(each, LoggedLeaf) and each.leaf.stream == scene:
            honest.leaves[each.leaf.kind, scene] = [each.leaf]
    found = looked(await office.bundle(scene), scene, copy=honest)
    assert {each.what for each in found.deviations} == {"not_the_copy"}
    assert found.deviations[0].expected == "0" * 64


async def test_a_closed_scene_that_was_longer_in_the_copy_was_cut(office: Office) -> None:
    office.checkpoint()
    for scene, play in office.kept.plays.items():
        copy = office.copy()
        leaf = copy.leaves["scene", scene][-1]
        copy.leaves["scene", scene].append(leaf.model_copy(update={"sequence": leaf.sequence + 1}))
        found = looked(await office.bundle(scene), scene, copy=copy)
        if play.state.closed:
            assert [each.what for each in found.deviations] == ["length"]
        else:
            assert (found.verdict, found.notes) == (Verdict.UNPROVEN, ("shorter",))


async def test_refusals_that_were_taken_back_meet_the_auditors_copy(office: Office) -> None:
    """The manifest says so too, and every hash fits."""
    office.checkpoint()
    young = office.kept.scenes[2]
    copy, bundle = office.copy(), await office.bundle(young)
    assert looked(bundle, young, copy=copy).verdict is Verdict.PROVEN

    def none(manifest: Any) -> None:
        manifest["scenes"][0].update(refusals=0, refusals_head=GENESIS)

    without = rewritten(bundle, refusals_path(young), lambda _: None).replace(bundle)
    cut = rewritten(without, MANIFEST, as_json(none))
    found = looked(cut, young, copy=copy)
    assert [(each.what, each.at, each.recorded, each.expected) for each in found.deviations] == [
        ("length", "refusal", 0, 1)
    ]
    unattested = rewritten(cut.replace(bundle), checkpoint_path(young), lambda _: None)
    found = looked(unattested, young, copy=copy)
    assert (found.verdict, found.notes) == (Verdict.UNPROVEN, ("shorter",)), "it may be older than the refusal"


async def test_after_a_handover_who_trusts_the_old_key_believes_the_bundle(office: Office) -> None:
    old, scene = office.file.fingerprint(), office.kept.scenes[0]
    office.checkpoint()
    handovers.hand_over(office.file, office.stored.checkpoints.last(), NOW)
    trust = Trust(keys=frozenset({old}), sources=TRUST.sources)
    for _ in ("by the statement beside the key", "by the one in the log"):
        bundle = await office.bundle(scene)
        signature, checkpoint = (
            next(each for each in verify(bundle, trust) if each.check is check)
            for check in (Check.SIGNATURE, Check.CHECKPOINT)
        )
        assert (signature.verdict, checkpoint.verdict) == (Verdict.PROVEN, Verdict.PROVEN)
        assert [(each.what, each.values) for each in signature.facts] == [("handover", {"day": "2026-11-02"})]
        office.checkpoint()


async def test_a_forged_handover_in_a_bundle_is_named_and_leads_nowhere(office: Office, tmp_path: Path) -> None:
    scene, office_key, thief = office.kept.scenes[0], office.file, key(tmp_path, 6)
    old = office_key.fingerprint()
    office.checkpoint()
    honest, _ = handovers.hand_over(key(tmp_path, 3), None, NOW)
    stolen = honest.handover.model_copy(update={"old_key": office_key.public().hex(), "new_key": thief.public().hex()})
    forged = honest.model_copy(update={"handover": stolen})
    signer = thief.read()
    target = tmp_path / "forged.zip"
    await bundle_of(office.stored, office.kept.temporal, target, scene, key=signer, handover=forged)
    (signature,) = (each for each in verify(target, Trust(keys=frozenset({old}))) if each.check is Check.SIGNATURE)
    assert [(each.what, each.part) for each in signature.deviations] == [
        ("handover", HANDOVERS), ("other_key", "public-key.pem"),
    ]  # fmt: skip
    broken = rewritten(target, HANDOVERS, lambda _: b"{}\n")
    (signature,) = (each for each in verify(broken, Trust(keys=frozenset({old}))) if each.check is Check.SIGNATURE)
    assert signature.verdict is Verdict.DEVIATES


async def test_a_second_handover_meets_the_auditors_copy(office: Office, tmp_path: Path) -> None:
    """A stolen old key can name a key of the thief's; the copy knows whom it named."""
    (tmp_path / "apart").mkdir()
    scene, old = office.kept.scenes[0], key(tmp_path / "apart", 1)
    office.checkpoint()
    handovers.hand_over(office.file, office.stored.checkpoints.last(), NOW)
    office.checkpoint()
    copy = office.copy()
    second, _ = handovers.hand_over(old, None, NOW)
    target = tmp_path / "second.zip"
    await bundle_of(office.stored, office.kept.temporal, target, scene, key=old.read(), handover=second)
    (signature,) = (each for each in verify(target, Trust(copy=copy)) if each.check is Check.SIGNATURE)
    assert [each.what for each in signature.deviations] == ["not_the_copy", "other_key"]
