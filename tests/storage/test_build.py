from importlib.metadata import version

import pytest

from audit.sources import digest_of, installed
from runtime.build import build_id, rules_digest


def test_a_build_is_named_by_version_and_source() -> None:
    name, _, digest = build_id().partition("+")
    assert name == version("scene-lifecycle-engine")
    assert digest == digest_of(installed())[:12]
    assert len(rules_digest()) == 64


@pytest.mark.parametrize("path", ["rules/decide.py", "models/state/__init__.py", "workflows/scene.py"])
def test_one_changed_letter_makes_another_build(path: str) -> None:
    assert digest_of({**installed(), path: installed()[path] + b" "}) != digest_of(installed())


def test_a_renamed_file_makes_another_build() -> None:
    renamed = {path.replace("rules/decide.py", "rules/decided.py"): text for path, text in installed().items()}
    assert digest_of(renamed) != digest_of(installed())
