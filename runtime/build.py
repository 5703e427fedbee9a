"""Which code this is, said without git: what writes to the ledger signs with it."""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import models
import rules
import workflows


@cache
def build_id() -> str:
    """The version of the package, and the first digits of a digest over models, rules and workflows."""
    return f"{version('scene-lifecycle-engine')}+{_digest((models, rules, workflows))[:12]}"


@cache
def rules_digest() -> str:
    """SHA-256 over the source of models and rules: the code that a journal is folded with."""
    return _digest((models, rules))


def _digest(packages: Iterable[ModuleType]) -> str:
    digest = sha256()
    for package in packages:
        folder = Path(str(package.__file__)).parent
        for file in sorted(folder.rglob("*.py")):
            content = file.read_bytes()
            digest.update(f"{folder.name}/{file.relative_to(folder).as_posix()}\n{len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()
