"""A bundle proves what happened, from the file alone."""

from audit.findings import Check, Verdict, worst
from audit.verify import Trust, verify
from tests.audit.conftest import TRUST, Kept


def test_an_honest_bundle_is_proven_in_every_check(kept: Kept) -> None:
    findings = list(verify(kept.bundle, TRUST))
    assert [each for each in findings if each.verdict is Verdict.DEVIATES] == []
    unproven = {each.check: each.notes for each in findings if each.verdict is Verdict.UNPROVEN}
    assert unproven == {Check.ACTORS: ("no_directory",), Check.CHECKPOINT: ("not_checkpointed",)}
    assert {each.scene for each in findings} == {None, *kept.scenes}


def test_without_a_trusted_key_and_code_nothing_is_run_and_little_is_proven(kept: Kept) -> None:
    findings = list(verify(kept.bundle, Trust()))
    assert worst(findings) is Verdict.UNPROVEN
    notes = {each.check: each.notes for each in findings if each.notes}
    assert notes[Check.SIGNATURE] == ("unknown_key",)
    assert notes[Check.REPLAY] == notes[Check.JOURNAL] == ("untrusted_build",)
