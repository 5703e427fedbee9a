"""Archived histories as files: one for each run, packed, in a folder for each workflow.

A file's digest is that of the history before packing, so that it can be compared
with what Temporal gives, and packed anew by another program.
"""

import gzip
import zlib
from collections.abc import Container, Iterator
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from storage.places import LeadsOut, Place, PlaceAway

SUFFIX = ".json.gz"
_NAME_BYTES = 200
"""File systems allow 255 bytes for a name, suffixes included."""


class ArchivedFile(NamedTuple):
    """`path` is relative to the archive's folder; digest and size are those of the history before packing."""

    path: str
    sha256: str
    bytes: int


class ArchiveDamaged(Exception):
    """A file of the archive is missing, can not be unpacked, or is not what was archived."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


class ArchiveFiles:
    """In `place`, beside what else is archived there. Writing raises OSError."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def write(self, workflow_id: str, run_id: str, history: str) -> ArchivedFile:
        """Safe to repeat: the same history makes the same file."""
        content = history.encode()
        path = f"{_name(workflow_id)}/{_name(run_id)}{SUFFIX}"
        self._place.put(path, gzip.compress(content, mtime=0))
        return ArchivedFile(path, sha256(content).hexdigest(), len(content))

    def read(self, path: str, digest: str) -> str:
        """The history, checked against its digest. Raises ArchiveDamaged, PlaceAway."""
        content = self._unpacked(path)
        if sha256(content).hexdigest() != digest:
            raise ArchiveDamaged(path, "is not what was archived")
        return content.decode()

    def paths(self) -> Iterator[str]:
        """Where there is a file. Raises OSError."""
        return (path for path in self._place.all() if path.endswith(SUFFIX) and path.count("/") == 1)

    def all(self, but: Container[str] = ()) -> Iterator[tuple[ArchivedFile, str]]:
        """Every file but those at some paths, with its history, as it is now. Raises ArchiveDamaged, OSError."""
        for path in self.paths():
            if path in but:
                continue
            content = self._unpacked(path)
            yield ArchivedFile(path, sha256(content).hexdigest(), len(content)), content.decode()

    def _unpacked(self, path: str) -> bytes:
        try:
            return gzip.decompress(self._place.get(path))
        except LeadsOut as error:
            raise ArchiveDamaged(path, "leads out of the archive") from error
        except PlaceAway:
            raise
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise ArchiveDamaged(path, f"can not be read: {error}") from error


def _name(id: str) -> str:
    """An id as a file name: letters of any script stay, all else is escaped, what is too long ends in its digest."""
    name = "".join(letter if letter.isalnum() or letter in "-_" else _escaped(letter) for letter in id)
    if len(name.encode()) <= _NAME_BYTES and name:
        return name
    start = name.encode()[: _NAME_BYTES - 65].decode(errors="ignore")
    return f"{start}~{sha256(id.encode()).hexdigest()}"


def _escaped(letter: str) -> str:
    return quote(letter, safe="").replace(".", "%2E").replace("~", "%7E")
