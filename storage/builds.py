"""The sources of every build that ever recorded, kept by their digest: an old journal is run again by its own code."""

import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

_FIXED = (1980, 1, 1, 0, 0, 0)


class BuildFiles:
    """One zip file a build, in a folder of the archive."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, digest: str, sources: Mapping[str, bytes]) -> None:
        """Safe to repeat, by several at once."""
        target = self._folder / f"{digest}.zip"
        if target.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for path, content in sorted(sources.items()):
                file.writestr(zipfile.ZipInfo(path, _FIXED), content, zipfile.ZIP_DEFLATED)
        handle, beside = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(handle, "wb") as written:
            written.write(packed.getvalue())
        Path(beside).replace(target)

    def find(self, short: str) -> tuple[str, dict[str, bytes]] | None:
        """The digest that begins so, with its sources; None where none does, or several do."""
        found = sorted(self._folder.glob(f"{short}*.zip")) if short.isalnum() else []
        if len(found) != 1:
            return None
        with zipfile.ZipFile(found[0]) as file:
            return found[0].stem, {name: file.read(name) for name in file.namelist()}
