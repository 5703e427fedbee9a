"""Sealing: once a scene is closed and all its runs are archived, a follow-up makes its bundle and keeps it.

A scene can not seal itself: the last run's history is complete only when it is over. And a bundle is to carry the
proof that its head stood under a checkpoint: it waits for the next one, for two days at most. A seal is written once
and never again, so what was sealed stays what it was. It is two files: the bundle, then its mark, the digest as
sha256sum writes it. A bundle without its mark is one whose writing was cut short: it counts for nothing, and is made
again.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote

from audit import handovers
from audit.bundle import NotABundle, opened
from audit.export import NotExportable, Stores, export
from audit.findings import Verdict
from audit.signing import KeyFile, NoKey
from audit.verify import Trust, verify
from storage.places import Place

SUFFIX = ".audit.zip"
MARK = ".sha256"
CHECKPOINT_WITHIN = timedelta(days=2)
"""A checkpoint is made every day; where none comes, the scene is sealed without."""
_log = logging.getLogger(__name__)


class NotSealed(Exception):
    """There is no bundle that was sealed, is whole, and is what the ledger says.

    `problem`: missing, digest (not that of its mark), unreadable, signature, parts, head (not the ledger's).
    """

    def __init__(self, scene: str, problem: str) -> None:
        super().__init__(f"{scene}: {problem}")
        self.scene, self.problem = scene, problem


class Seals:
    """Implements `activities.archive.Seals`. A bundle is made in `scratch`, a folder of this machine."""

    def __init__(
        self,
        stores: Stores,
        place: Place,
        scratch: Path,
        key: KeyFile,
        made_by: Callable[[], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._stores, self._place, self._scratch, self._key = stores, place, scratch, key
        self._made_by, self._now = made_by, now

    def scenes(self) -> tuple[str, ...]:
        """Those that are sealed, whatever the ledger says of them. Raises OSError."""
        there = set(self._place.all())
        return tuple(
            sorted(
                unquote(each.removesuffix(SUFFIX)) for each in there if each.endswith(SUFFIX) and each + MARK in there
            )
        )

    def missing(self) -> tuple[str, ...]:
        """The closed scenes without a seal. Raises OSError."""
        there = set(self._place.all())
        closed = self._stores.reads.scenes(closed=True)
        return tuple(each for each in closed if not {name_of(each), name_of(each) + MARK} <= there)

    def seal(self, scenes: Sequence[str]) -> int:
        """Seals what can be sealed, and says how many. A run that is not archived yet waits for the next sweep.

        Raises OSError.
        """
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

    def copy(self, scene: str, to: Path) -> None:
        """The bundle as it was sealed, in a file of this machine. Raises NotSealed, OSError."""
        name = name_of(scene)
        try:
            mark = self._place.get(name + MARK).decode("utf-8", "replace").partition(" ")[0]
            self._place.get_file(name, to)
        except FileNotFoundError:
            raise NotSealed(scene, "missing") from None
        if _digest(to) != mark:
            raise NotSealed(scene, "digest")

    def begun(self, scene: str) -> bool:
        """Whether there is a bundle at all, marked or not. Raises OSError."""
        return self._place.has(name_of(scene))

    def check(self, scene: str, to: Path) -> None:
        """Copies the bundle there, and looks whether it is what was sealed, by a key of ours, and what the ledger says.

        Raises NotSealed, OSError.
        """
        self.copy(scene, to)
        try:
            with opened(to) as bundle:
                manifest = bundle.manifest()
            signature, parts = islice(verify(to, Trust(keys=self.own_keys())), 2)
        except NotABundle:
            raise NotSealed(scene, "unreadable") from None
        if signature.verdict is Verdict.DEVIATES:
            raise NotSealed(scene, "signature")
        if parts.verdict is Verdict.DEVIATES or not manifest.sealed:
            raise NotSealed(scene, "parts")
        known = self._stores.reads.scene(scene)
        heads = [(each.scene, each.sequence, each.head) for each in manifest.scenes]
        if known is None or heads != [(scene, known.sequence, known.head)]:
            raise NotSealed(scene, "head")

    def own_keys(self) -> frozenset[str]:
        """The key of now, and every one that signed a checkpoint."""
        keys = self._stores.attestor.keys()
        try:
            return keys | {self._key.fingerprint()}
        except NoKey:
            return keys

    def _waits(self, scene: str, now: datetime) -> bool:
        """Whether the next checkpoint will cover its head."""
        known = self._stores.reads.scene(scene)
        if known is None:
            return False
        attested = self._stores.attestor.of(scene, known.sequence)
        if attested is not None and attested.leaf.sequence == known.sequence:
            return False
        (last,) = self._stores.reads.entries(scene, known.sequence, known.sequence)
        return now - last.recorded_at < CHECKPOINT_WITHIN

    def _seal(self, scene: str) -> None:
        key, now = self._key.read(), self._now()
        if self._waits(scene, now):
            raise NotExportable(scene, "not_checkpointed")
        self._scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._scratch, prefix=".seal-") as folder:
            made = Path(folder, "bundle.zip")
            with made.open("wb") as file:
                manifest = export(
                    file,
                    (scene,),
                    self._stores,
                    unarchived=lambda _: (),
                    made_at=now,
                    made_by=self._made_by(),
                    sign=key.sign,
                    public_key=key.public_pem().encode(),
                    handover=handovers.beside(self._key, key.fingerprint()),
                    sealed=True,
                )
            if not manifest.scenes[0].closed:
                raise NotExportable(scene, "still_open")
            name = name_of(scene)
            self._place.put_file(name, made)
            self._place.put(name + MARK, f"{_digest(made)}  {name}\n".encode())


def name_of(scene: str) -> str:
    return f"{quote(scene, safe='')}{SUFFIX}"


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
