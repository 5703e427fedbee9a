"""Every kind of tampering is found, and at its place: without running any code, by what stands in the bundle alone."""

import random
from pathlib import Path

import pytest

from audit.bundle import MANIFEST, Manifest, NotABundle
from audit.findings import Check, Deviation, Verdict
from audit.sources import digest_of
from audit.verify import Trust, verify
from models.canonical import canonical
from tests.audit import tampering
from tests.audit.conftest import TRUST, Kept

DATA_ALONE = Trust(keys=TRUST.keys)
ROUNDS = 3


@pytest.mark.parametrize("kind", sorted(tampering.KINDS))
def test_it_is_found_and_named(kept: Kept, tmp_path: Path, kind: str) -> None:
    honest = tampering.read(kept.bundle)
    for seed in range(ROUNDS):
        tampered = tampering.KINDS[kind](honest, random.Random(f"{kind} {seed}"))  # noqa: S311
        try:
            findings = list(verify(tampering.write(tampered.parts, tmp_path / "tampered.zip"), DATA_ALONE))
        except NotABundle as error:
            named = str(error)
            assert "manifest.json" in named, "only a manifest that can not be read stops it"
            continue
        assert tampering.deviates(findings), (kind, seed)
        assert tampered.is_named_by(findings), (kind, seed, [each for each in findings if each.deviations])


def test_a_truncated_file_is_no_bundle(kept: Kept, tmp_path: Path) -> None:
    content = kept.bundle.read_bytes()
    cut = tmp_path / "cut.zip"
    for size in (0, 1, 1000, len(content) // 2, len(content) - 1):
        cut.write_bytes(content[:size])
        with pytest.raises(NotABundle):
            list(verify(cut, DATA_ALONE))


def test_code_that_nobody_trusts_is_not_run(kept: Kept, tmp_path: Path) -> None:
    """A forger brings code of his own, with its right digest and under a name that fits it."""
    mark = tmp_path / "run"
    honest = tampering.read(kept.bundle)
    evil = f"from pathlib import Path\nPath({str(mark)!r}).touch()\n".encode()
    manifest = Manifest.model_validate_json(honest[MANIFEST])
    ((build, digest),) = manifest.builds.items()
    folder = f"sources/{digest}/"
    sources = {name.removeprefix(folder): text for name, text in honest.items() if name.startswith(folder)}
    sources["workflows/__init__.py"] = evil
    made = digest_of(sources)
    parts = {name: text for name, text in honest.items() if not name.startswith(folder)}
    parts |= {f"sources/{made}/{path}": text for path, text in sources.items()}
    name = f"{build.rpartition('+')[0]}+{made[:12]}"
    parts[MANIFEST] = canonical(manifest.model_copy(update={"builds": {build: made, name: made}}))
    findings = list(verify(tampering.write(tampering.signed_anew(parts), tmp_path / "evil.zip"), TRUST))
    sources_found = next(each for each in findings if each.check is Check.SOURCES)
    assert sources_found.notes == ("untrusted_build",)
    assert Deviation(what="build", part=f"sources/{made}", at=build, recorded=build, expected=made[:12]) in (
        sources_found.deviations
    )
    assert next(each for each in findings if each.check is Check.REPLAY).verdict is Verdict.UNPROVEN
    assert not mark.exists()


def test_a_rule_that_was_changed_shows_in_the_first_entry_that_it_decides_otherwise(kept: Kept, tmp_path: Path) -> None:
    """The engine ran on other rules than it says: the code it names, though trusted, does not give the journal."""
    honest = tampering.read(kept.bundle)
    manifest = Manifest.model_validate_json(honest[MANIFEST])
    ((_, digest),) = manifest.builds.items()
    folder = f"sources/{digest}/"
    sources = {name.removeprefix(folder): text for name, text in honest.items() if name.startswith(folder)}
    rule = sources["rules/calendar.py"]
    sources["rules/calendar.py"] = rule.replace(b"day.weekday() < SATURDAY", b"day.weekday() <= SATURDAY")
    assert sources["rules/calendar.py"] != rule
    made = digest_of(sources)
    parts = {name: text for name, text in honest.items() if not name.startswith(folder)}
    parts |= {f"sources/{made}/{path}": text for path, text in sources.items()}
    # Histories and ledger name the build: they are what the altered worker would have written.
    old, new = next(iter(manifest.builds)), next(iter(manifest.builds)).rpartition("+")[0] + "+" + made[:12]
    parts[MANIFEST] = canonical(manifest.model_copy(update={"builds": {old: digest, new: made}}))
    parts = tampering.built_by(parts, old, new)
    trust = Trust(keys=TRUST.keys, sources=frozenset({made}))
    findings = list(verify(tampering.write(tampering.signed_anew(parts), tmp_path / "other.zip"), trust))
    journal = [each for each in findings if each.check is Check.JOURNAL]
    assert journal[0].verdict is Verdict.DEVIATES, "a year has Saturdays"
    assert journal[0].deviations[0].sequence is not None
    assert (journal[0].deviations[0].at or "").startswith("events")
