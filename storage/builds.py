"""The sources of every build that ever recorded, kept by their digest: an old journal is run again by its own code."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from storage.places import Place

_FIXED = (1980, 1, 1, 0, 0, 0)


class BuildFiles:
    """One zip file a build. Raises OSError where the place can not be reached."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def keep(self, digest: str, sources: Mapping[str, bytes]) -> None:
        """Safe to repeat, by several at once."""
        path = f"{digest}.zip"
        if self._place.has(path):
            return
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in sorted(sources.items()):
                file.writestr(zipfile.ZipInfo(name, _FIXED), content, zipfile.ZIP_DEFLATED)
        self._place.put(path, packed.getvalue())

    def find(self, short: str) -> tuple[str, dict[str, bytes]] | None:
        """The digest that begins so, with its sources; None where none does, or several do."""
        found = [each for each in self._place.all() if each.startswith(short) and each.endswith(".zip")]
        if len(found) != 1 or not short.isalnum():
            return None
        with zipfile.ZipFile(io.BytesIO(self._place.get(found[0]))) as file:
            return PurePosixPath(found[0]).stem, {name: file.read(name) for name in file.namelist()}
