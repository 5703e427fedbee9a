"""The code that decides, as text: which build a journal was made by, and what is needed to run it again.

A build is named by the digest of these sources, so a rule that was changed is another build, whatever its version says.
"""

import importlib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGES = ("activities", "models", "rules", "workflows")
"""What a scene's workflow consists of. Of `activities` it needs the ports alone, but can not be loaded without."""
SHORT = 12
"""So many digits of the digest stand in a build's id."""

Sources = Mapping[str, bytes]
"""Path from the project's root: content, in the order of the paths."""


@cache
def installed() -> Sources:
    """The sources of the code that is running."""
    found = {}
    for package in PACKAGES:
        folder = Path(str(importlib.import_module(package).__file__)).parent
        for file in folder.rglob("*.py"):
            found[f"{package}/{file.relative_to(folder).as_posix()}"] = file.read_bytes()
    return dict(sorted(found.items()))


def digest_of(sources: Sources, packages: tuple[str, ...] = PACKAGES) -> str:
    """SHA-256 over the paths, sizes and contents of the files in these packages, in the order of the paths."""
    digest = sha256()
    for path, content in sorted(sources.items()):
        if path.split("/", 1)[0] in packages:
            digest.update(f"{path}\n{len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()
