"""Before a deployment: this code is asked whether it would carry on, and decide, what lives and was decided."""

from pathlib import Path

import pytest

from audit import builds, gate
from audit.gate import gated, told
from audit.sources import Sources, installed
from tests.audit.conftest import Kept


def test_the_same_code_carries_on_and_decides_the_same(kept: Kept) -> None:
    outcomes = list(gated(kept.bundle))
    assert [(each.scene, each.cannot, each.otherwise) for each in outcomes] == [(each, (), ()) for each in kept.scenes]
    assert all(each.entries for each in outcomes)


def test_a_release_that_decides_otherwise_names_the_scene_and_the_entry(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = installed()["rules/calendar.py"]
    changed = {**installed(), "rules/calendar.py": rule.replace(b"day.weekday() < SATURDAY", b"day.weekday() <= 5")}
    monkeypatch.setattr(gate, "installed", lambda: changed)
    outcomes = {each.scene: each for each in gated(kept.bundle)}
    lived = outcomes[kept.scenes[0]]
    assert lived.otherwise
    named = f"{lived.scene}: entry {lived.otherwise[0].sequence} would be decided otherwise: events"
    assert any(line.startswith(named) for line in told([lived], []))


def test_a_release_that_can_not_carry_on_says_why(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = installed_with("workflows/scribe.py", b"LedgerActivities.record,", b'"another",')
    monkeypatch.setattr(gate, "installed", lambda: shell)
    outcomes = list(gated(kept.bundle))
    assert all(each.cannot for each in outcomes)
    assert "cannot be carried on" in next(told(outcomes, []))


def installed_with(path: str, old: bytes, new: bytes) -> Sources:
    text = installed()[path]
    assert old in text
    return {**installed(), path: text.replace(old, new)}


def test_code_is_run_in_a_process_that_can_not_write_or_connect(kept: Kept, tmp_path: Path) -> None:
    mark = tmp_path / "written"
    for attempt in (f"open({str(mark)!r}, 'w')", "__import__('socket').create_connection(('127.0.0.1', 9))",
                    "__import__('subprocess').run(['true'])"):  # fmt: skip
        evil = {**installed(), "workflows/__init__.py": f"{attempt}\n".encode()}
        with builds.started(kept.bundle, evil) as process, pytest.raises(builds.BuildFailed, match="Forbidden"):
            process.run_again({})
    assert not mark.exists()
