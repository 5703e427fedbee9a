"""A closed scene is sealed by a follow-up, once, from the archive alone."""

from pathlib import Path

from audit.bundle import opened
from audit.findings import Verdict
from audit.signing import KeyFile
from audit.verify import Trust, verify
from runtime.wiring import parts, seals
from tests.audit.conftest import TRUST, Kept


def test_what_is_closed_is_sealed_once_and_proves_itself(kept: Kept, tmp_path: Path) -> None:
    settings = kept.settings.model_copy(update={"audit_key_file": tmp_path / "key.pem"})
    with parts(settings) as stored:
        sealing = seals(stored)
        closed = [scene for scene, play in kept.plays.items() if play.state.closed]
        assert list(sealing.missing()) == closed != []
        assert sealing.seal(closed) == 0, "without a key nothing is sealed"
        KeyFile(settings.audit_key).make()
        assert sealing.seal(closed) == len(closed)
        assert sealing.missing() == ()
        trust = Trust(keys=frozenset({KeyFile(settings.audit_key).fingerprint()}), sources=TRUST.sources)
        for scene in closed:
            with opened(sealing.path(scene)) as bundle:
                assert bundle.manifest().sealed
            wrong = [each for each in verify(sealing.path(scene), trust) if each.verdict is Verdict.DEVIATES]
            assert wrong == []


def test_an_open_scene_is_not_sealed(kept: Kept, tmp_path: Path) -> None:
    settings = kept.settings.model_copy(update={"audit_key_file": tmp_path / "key.pem"})
    KeyFile(settings.audit_key).make()
    still_open = next(scene for scene, play in kept.plays.items() if not play.state.closed)
    with parts(settings) as stored:
        assert seals(stored).seal([still_open]) == 0
        assert not seals(stored).path(still_open).exists()
