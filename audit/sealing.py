"""Sealing: once a scene is closed and all its runs are archived, a follow-up makes its bundle and keeps it.

A scene can not seal itself: the last run's history is complete only when it is over. A seal is a file; it is written
once and never again, so what was sealed stays what it was.
"""

import logging
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from audit.export import NotExportable, Stores, export
from audit.signing import KeyFile, NoKey

_log = logging.getLogger(__name__)


class Seals:
    """Implements `activities.archive.Seals`. `folder` holds one bundle a scene."""

    def __init__(self, stores: Stores, folder: Path, key: KeyFile, made_by: Callable[[], str]) -> None:
        self._stores, self._folder, self._key, self._made_by = stores, folder, key, made_by

    def path(self, scene: str) -> Path:
        return self._folder / f"{quote(scene, safe='')}.audit.zip"

    def scenes(self) -> tuple[str, ...]:
        """Those that are sealed, whatever the ledger says of them."""
        return tuple(sorted(unquote(each.name.removesuffix(".audit.zip")) for each in self._folder.glob("*.audit.zip")))

    def missing(self) -> tuple[str, ...]:
        """The closed scenes without a seal."""
        return tuple(each for each in self._stores.reads.scenes(closed=True) if not self.path(each).exists())

    def seal(self, scenes: Sequence[str]) -> int:
        """Seals what can be sealed, and says how many. A run that is not archived yet waits for the next sweep."""
        sealed = 0
        for scene in scenes:
            try:
                self._seal(scene)
            except NotExportable as waits:
                _log.info("not sealed yet: %s", waits)
            except NoKey as problem:
                _log.warning("nothing is sealed without a key: %s", problem)
                return sealed
            else:
                sealed += 1
        return sealed

    def _seal(self, scene: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / f".{quote(scene, safe='')}.{os.getpid()}.part"
        try:
            with beside.open("wb") as file:
                manifest = export(
                    file,
                    (scene,),
                    self._stores,
                    unarchived=lambda _: (),
                    made_at=datetime.now(UTC),
                    made_by=self._made_by(),
                    sign=self._key.sign,
                    public_key=self._key.public_pem().encode(),
                    sealed=True,
                )
                file.flush()
                os.fsync(file.fileno())
            if not manifest.scenes[0].closed:
                raise NotExportable(scene, "still_open")
            beside.replace(self.path(scene))
        finally:
            beside.unlink(missing_ok=True)
