"""A closed scene is sealed by a follow-up, once, from the archive alone: in a folder, or in a bucket of S3."""

import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from audit.bundle import opened
from audit.checkpoints import Checkpoints
from audit.findings import Check, Verdict
from audit.sealing import NotSealed, Seals, name_of
from audit.signing import KeyFile
from audit.verify import Trust, verify
from runtime.logging import configure_logging
from runtime.settings import Settings
from runtime.wiring import Parts, evidence, parts, seals
from storage.places import place_at
from tests.audit.conftest import NOW, TRUST, Kept
from tests.storage.s3 import KEY_ID, SECRET, TOKEN, s3_server


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3_server("sealed") as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield "s3://sealed"


@pytest.fixture(params=["folder", "s3"])
def elsewhere(request: pytest.FixtureRequest, kept: Kept, tmp_path: Path) -> Settings:
    """The settings of who archives there: what was archived in the folder has moved."""
    address = str(tmp_path / "archive")
    if request.param == "s3":
        address = f"{request.getfixturevalue('bucket')}/{uuid4()}"
    here, there = place_at(kept.settings.archive), place_at(address)
    for path in here.all():
        if not path.startswith("sealed/"):
            there.put(path, here.get(path))
    shutil.copy(kept.settings.data_dir / "scene.db", tmp_path)
    return kept.settings.model_copy(
        update={
            "archive_url": address,
            "audit_key_file": tmp_path / "key.pem",
            "database_url": SecretStr(f"sqlite:///{tmp_path}/scene.db"),
        }
    )


def office(settings: Settings, stored: Parts) -> KeyFile:
    """With a key, and with a checkpoint over all there is."""
    key = KeyFile(settings.audit_key)
    key.make()
    Checkpoints(stored.checkpoints, key).now(NOW)
    return key


def closed_of(kept: Kept) -> list[str]:
    return [scene for scene, play in kept.plays.items() if play.state.closed]


def test_what_is_closed_is_sealed_once_and_proves_itself(kept: Kept, elsewhere: Settings, tmp_path: Path) -> None:
    with parts(elsewhere) as stored:
        sealing = seals(stored)
        closed = closed_of(kept)
        assert list(sealing.missing()) == closed != []
        assert sealing.seal(closed) == 0, "without a key nothing is sealed"
        key = office(elsewhere, stored)
        assert sealing.seal(closed) == len(closed)
        assert sealing.missing() == ()
        trust = Trust(keys=frozenset({key.fingerprint()}), sources=TRUST.sources)
        for scene in closed:
            sealing.copy(scene, tmp_path / "copy.zip")
            with opened(tmp_path / "copy.zip") as bundle:
                assert bundle.manifest().sealed
            findings = {each.check: each for each in verify(tmp_path / "copy.zip", trust)}
            assert [each for each in findings.values() if each.verdict is Verdict.DEVIATES] == []
            assert findings[Check.CHECKPOINT].verdict is Verdict.PROVEN
        assert not list(elsewhere.data_dir.glob(".seal-*"))


def test_an_open_scene_is_not_sealed(kept: Kept, elsewhere: Settings, tmp_path: Path) -> None:
    still_open = next(scene for scene, play in kept.plays.items() if not play.state.closed)
    with parts(elsewhere) as stored:
        office(elsewhere, stored)
        assert seals(stored).seal([still_open]) == 0
        with pytest.raises(NotSealed, match="missing"):
            seals(stored).copy(still_open, tmp_path / "copy.zip")


def test_a_seal_waits_for_the_checkpoint_over_its_head_but_not_for_ever(kept: Kept, elsewhere: Settings) -> None:
    scene = closed_of(kept)[0]
    with parts(elsewhere) as stored:
        recorded = stored.reads.entries(scene)[-1].recorded_at
        for days, sealed in ((0, 0), (1, 0), (3, 1)):
            now = recorded + timedelta(days=days)
            place = place_at(f"{elsewhere.archive}/sealed-{days}")
            key = KeyFile(elsewhere.audit_key)
            if not key.exists():
                key.make()
            waits = Seals(evidence(stored), place, elsewhere.data_dir, key, lambda: "tests", lambda now=now: now)  # type: ignore[misc]
            assert waits.seal([scene]) == sealed, days


def test_a_bundle_whose_mark_was_never_written_does_not_count_and_is_made_again(
    kept: Kept, elsewhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = closed_of(kept)[0]
    with parts(elsewhere) as stored:
        office(elsewhere, stored)
        sealing = seals(stored)
        place = sealing._place
        monkeypatch.setattr(type(place), "put", _cut)
        with pytest.raises(OSError, match="cut"):
            sealing.seal([scene])
        monkeypatch.undo()
        assert list(place.all()) == [name_of(scene)]
        assert scene in sealing.missing()
        with pytest.raises(NotSealed, match="missing"):
            sealing.copy(scene, tmp_path / "copy.zip")
        assert sealing.seal([scene]) == 1
        sealing.copy(scene, tmp_path / "copy.zip")


def _cut(*_: object) -> None:
    raise ConnectionError("cut")


def test_another_bundle_in_its_place_is_noticed(kept: Kept, elsewhere: Settings, tmp_path: Path) -> None:
    scene = closed_of(kept)[0]
    with parts(elsewhere) as stored:
        office(elsewhere, stored)
        sealing = seals(stored)
        sealing.seal([scene])
        sealing._place.put(name_of(scene), b"another")
        with pytest.raises(NotSealed, match="digest"):
            sealing.copy(scene, tmp_path / "copy.zip")


def test_one_damaged_history_keeps_no_other_scene_from_its_seal(kept: Kept, elsewhere: Settings) -> None:
    scene = closed_of(kept)[0]
    with parts(elsewhere) as stored:
        office(elsewhere, stored)
        path = stored.archive.runs(scene)[0].path
        place_at(elsewhere.archive).put(path, b"damaged")
        assert seals(stored).seal([scene]) == 0


def test_no_credential_is_logged_even_at_debug(
    kept: Kept, bucket: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = kept.settings.model_copy(
        update={"archive_url": f"{bucket}/{uuid4()}", "audit_key_file": tmp_path / "key.pem", "log_level": "DEBUG"}
    )
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure_logging(settings)
    try:
        place_at(settings.archive).put("a", b"x")
        with parts(settings) as stored:
            assert seals(stored).missing() != ()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    told = "".join(capfd.readouterr())
    assert not any(secret in told for secret in (KEY_ID, SECRET, TOKEN))
