"""The bundle: everything that proves one or more scenes, in one zip file.

    SHA256SUMS                              the digest of every other part, as the program sha256sum writes it
    SHA256SUMS.sig, public-key.pem          Ed25519 over SHA256SUMS, and the key that it is checked with
    manifest.json                           what the bundle is: its scenes and their runs, when and by what it was made
    scenes/SCENE/histories/0001.json        each run as Temporal's own tools read it, in the order of the runs
    scenes/SCENE/ledger.jsonl               the journal as recorded, one chained entry a line
    scenes/SCENE/refusals.jsonl             what was refused in it, one chained refusal a line
    scenes/SCENE/documents.jsonl            its official documents: number, words, digest
    scenes/SCENE/checkpoint.json            the city's signed checkpoint over its entries, and the way there from them
    rulebooks/DIGEST.CALENDAR.json          each policy that an entry names, by value, its calendar in it
    directories/CITY/VERSION.json           who the acting persons were, in each version that an actor names
    sources/DIGEST/PATH.py                  the code that a run was made by
    handovers.jsonl                         how the office's keys gave way to one another, if they did

Nothing else stands in it. A part is read whole, and only one at a time: the largest is one run's history.
"""

import io
import json
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Literal
from urllib.parse import quote

from pydantic import ValidationError

from audit import layout
from models.canonical import canonical
from models.frozen import Frozen
from models.journal import Link
from models.text import Digest, Moment

SUMS, SIGNATURE, PUBLIC_KEY, MANIFEST = "SHA256SUMS", "SHA256SUMS.sig", "public-key.pem", "manifest.json"
HANDOVERS = "handovers.jsonl"
UNLISTED = (SUMS, SIGNATURE, PUBLIC_KEY)
"""The parts that SHA256SUMS can not or need not list."""
PART_BYTES = 256 * 1024 * 1024
"""A larger part is not read: a history is at most 50 MiB of payloads, and a bundle may come from anybody."""
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Whatever else packs tighter can not be read bit by bit: a small part could fill the memory."""
_PIECE = 1024 * 1024
_FIXED = (1980, 1, 1, 0, 0, 0)


class RunPart(Frozen):
    """One run: `path` of its history, and the builds that recorded in it, the latest last."""

    run_id: str
    path: str
    builds: tuple[str, ...]


class ScenePart(Frozen):
    """A scene as of its entry `sequence`, whose chain has the head `head`; and the chain of what was refused in it."""

    scene: str
    city: str
    name: str
    sequence: int
    head: Digest
    closed: bool
    refusals: int
    refusals_head: Digest
    runs: tuple[RunPart, ...]


class Manifest(Frozen):
    """`sealed`: made by the engine itself after the scene was closed. `builds`: build id, digest of its sources."""

    format: Literal["scene-audit-bundle/1"] = "scene-audit-bundle/1"
    made_at: Moment
    made_by: str
    python: str
    packages: dict[str, str]
    sealed: bool
    builds: dict[str, Digest]
    scenes: tuple[ScenePart, ...]


class LedgerLine(Link):
    """One entry as it stands in the ledger; `text` is its canonical JSON."""

    recorded_at: Moment
    build: str
    rules: str


class NotABundle(Exception):
    """The file is no bundle, or one that can not be read."""


def ledger_path(scene: str) -> str:
    return f"{_folder(scene)}/ledger.jsonl"


def refusals_path(scene: str) -> str:
    return f"{_folder(scene)}/refusals.jsonl"


def documents_path(scene: str) -> str:
    return f"{_folder(scene)}/documents.jsonl"


def checkpoint_path(scene: str) -> str:
    return f"{_folder(scene)}/checkpoint.json"


def history_path(scene: str, number: int) -> str:
    return f"{_folder(scene)}/histories/{number:04}.json"


def _folder(scene: str) -> str:
    return f"scenes/{quote(scene, safe='')}"


def rulebook_path(digest: str, calendar: str) -> str:
    return f"rulebooks/{digest}.{calendar}.json"


def directory_path(city: str, version: int) -> str:
    return f"directories/{city}/{version}.json"


def source_path(digest: str, path: str) -> str:
    return f"sources/{digest}/{path}"


class BundleWriter:
    """Writes part after part; what was written stays out of memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._sums: dict[str, str] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._sums

    def add(self, path: str, content: bytes) -> None:
        """Raises ValueError for a part that is there already."""
        if path in self._sums or path in UNLISTED:
            raise ValueError(f"{path} is in the bundle already")
        self._sums[path] = sha256(content).hexdigest()
        self._write(path, content)

    def abandon(self) -> None:
        """What was written is no bundle, and is not to be kept."""
        self._zip.close()

    def close(self, manifest: Manifest, sign: Callable[[bytes], bytes], public_key: bytes) -> None:
        """`sign` gives the Ed25519 signature, `public_key` is its key as PEM."""
        self.add(MANIFEST, canonical(manifest))
        sums = "".join(f"{digest}  {path}\n" for path, digest in sorted(self._sums.items())).encode()
        self._write(SUMS, sums)
        self._write(SIGNATURE, sign(sums))
        self._write(PUBLIC_KEY, public_key)
        self._zip.close()

    def _write(self, path: str, content: bytes) -> None:
        # The same parts make the same file, whenever they are written.
        info = zipfile.ZipInfo(path, _FIXED)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        self._zip.writestr(info, content)


class Bundle:
    """A bundle to be read. It may come from anybody: nothing in it is believed here, and nothing is run."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Raises NotABundle."""
        if layout.overlaps(archive):
            raise NotABundle("two parts are packed in the same bytes")
        self._zip = archive
        self.names = archive.namelist()
        self._parts = {each.filename: each for each in archive.infolist()}

    def __contains__(self, path: str) -> bool:
        return path in self._parts

    def hidden(self) -> Iterator[tuple[str, str]]:
        """Part, and what is strange about how it is packed: what other programs may unpack otherwise."""
        return layout.faults(self._zip)

    def read(self, path: str) -> bytes:
        """Raises NotABundle for a part that is missing, damaged or too large."""
        part = self._parts.get(path)
        if part is None:
            raise NotABundle(f"{path} is missing")
        if part.compress_type not in _READ:
            raise NotABundle(f"{path} is packed in a way that a bundle never is")
        if part.file_size > PART_BYTES:
            raise NotABundle(f"{path} has {part.file_size} bytes, more than the {PART_BYTES} of a part")
        try:
            with self._zip.open(part) as file:
                # What it says of its size is no more to be believed than the rest, and bounds what is unpacked.
                content = b"".join(iter(lambda: file.read(_PIECE), b""))
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            ValueError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise NotABundle(f"{path} can not be read: {error}") from error
        if len(content) != part.file_size:
            raise NotABundle(f"{path} has {len(content)} bytes and says {part.file_size}")
        return content

    def lines(self, path: str) -> Iterator[tuple[int, bytes]]:
        """The lines of a part, numbered from 1. Raises NotABundle."""
        for number, line in enumerate(io.BytesIO(self.read(path)), start=1):
            yield number, line.rstrip(b"\n")

    def manifest(self) -> Manifest:
        """Raises NotABundle."""
        try:
            return Manifest.model_validate_json(self.read(MANIFEST))
        except ValidationError as error:
            first = error.errors()[0]
            raise NotABundle(f"{MANIFEST}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error

    def sums(self) -> dict[str, str]:
        """Path: digest, as SHA256SUMS says. Raises NotABundle."""
        found: dict[str, str] = {}
        for number, line in self.lines(SUMS):
            digest, gap, path = line.decode("utf-8", "replace").partition("  ")
            if not gap or len(digest) != 64 or path in found:
                raise NotABundle(f"{SUMS}: line {number} is not `digest  path`, or names a part again")
            found[path] = digest
        return found


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """Raises NotABundle."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NotABundle(f"{path}: {error}") from error
    with archive:
        yield Bundle(archive)


def json_line(model: Frozen) -> bytes:
    return canonical(model) + b"\n"


def plain_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
