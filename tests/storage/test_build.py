from importlib.metadata import version
from pathlib import Path

from runtime import build
from runtime.build import build_id, rules_digest


def test_a_build_is_named_by_version_and_source() -> None:
    name, _, digest = build_id().partition("+")
    assert name == version("scene-lifecycle-engine")
    assert len(digest) == 12
    assert len(rules_digest()) == 64


def test_one_changed_letter_makes_another_digest(tmp_path: Path) -> None:
    class Package:
        __file__ = str(tmp_path / "rules" / "__init__.py")

    (tmp_path / "rules" / "deep").mkdir(parents=True)
    (tmp_path / "rules" / "__init__.py").write_text("")
    (tmp_path / "rules" / "deep" / "a.py").write_text("x = 1\n")
    (tmp_path / "rules" / "notes.txt").write_text("not code")
    first = build._digest([Package])  # type: ignore[list-item]
    (tmp_path / "rules" / "notes.txt").write_text("changed")
    assert build._digest([Package]) == first  # type: ignore[list-item]
    (tmp_path / "rules" / "deep" / "a.py").write_text("x = 2\n")
    assert build._digest([Package]) != first  # type: ignore[list-item]
