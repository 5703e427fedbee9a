"""Where archived files stand: in a folder, or behind any URL that fsspec opens, such as a bucket of S3.

A file is there as a whole or not at all. In a folder it is written beside its place, made durable, and moved there. An
object store shows an object when all of it has arrived; it is not asked to move anything, so that a bucket in which
nothing can be deleted will do. What is neither gets the file under another name first.

Who may write in a bucket, the environment says, in the provider's own variables (AWS_ACCESS_KEY_ID and the like): no
address in our settings holds a password, and nothing here repeats one.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

PART = ".part"
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "memory"})
_OPTIONS: dict[str, dict[str, Any]] = {
    # Another worker writes there too: a listing of a minute ago is wrong.
    "s3": {"use_listings_cache": False},
    "s3a": {"use_listings_cache": False},
}


class PlaceAway(OSError):
    """The place can not be reached, or does not let us in."""


class LeadsOut(ValueError):
    """A path that leads out of the place."""


class Place(Protocol):
    """Paths are relative, with slashes. All raise OSError, which is a FileNotFoundError for what is not there; and
    LeadsOut.
    """

    def put(self, path: str, content: bytes) -> None: ...
    def put_file(self, path: str, file: Path) -> None:
        """A copy of a file of this machine."""
        ...

    def get(self, path: str) -> bytes: ...
    def get_file(self, path: str, file: Path) -> None: ...
    def has(self, path: str) -> bool: ...
    def all(self, under: str = "") -> Iterator[str]:
        """Every path, in order; those in the folder `under`."""
        ...

    def within(self, folder: str) -> "Place": ...
    def __str__(self) -> str:
        """Where it is, for people."""
        ...


def place_at(address: str) -> Place:
    """The place of a folder or a URL. Nothing is opened or made yet."""
    scheme, there, rest = address.partition("://")
    if not there:
        return Folder(Path(address))
    if scheme in ("file", "local"):
        return Folder(Path(urlsplit(address).path))
    return Remote(scheme, rest.strip("/"))


class Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: str, content: bytes) -> None:
        self._write(path, lambda file: file.write(content))

    def put_file(self, path: str, file: Path) -> None:
        with file.open("rb") as source:
            self._write(path, lambda target: shutil.copyfileobj(source, target))

    def get(self, path: str) -> bytes:
        return self._at(path).read_bytes()

    def get_file(self, path: str, file: Path) -> None:
        shutil.copyfile(self._at(path), file)

    def has(self, path: str) -> bool:
        return self._at(path).is_file()

    def all(self, under: str = "") -> Iterator[str]:
        for file in sorted((self._at(under) if under else self._folder).rglob("*")):
            if file.is_file() and file.suffix != PART:
                yield file.relative_to(self._folder).as_posix()

    def within(self, folder: str) -> "Folder":
        return Folder(self._at(folder))

    def __str__(self) -> str:
        return str(self._folder)

    def _at(self, path: str) -> Path:
        file = self._folder / _inside(path)
        if not file.resolve().is_relative_to(self._folder.resolve()):
            raise LeadsOut(path)
        return file

    def _write(self, path: str, write: Callable[[IO[bytes]], object]) -> None:
        target = self._at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=PART)
        try:
            with os.fdopen(handle, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Remote:
    """`prefix` is what stands behind `scheme://`: the bucket, and the folder in it."""

    def __init__(self, scheme: str, prefix: str) -> None:
        self._scheme, self._prefix = scheme, prefix

    def put(self, path: str, content: bytes) -> None:
        self._write(path, lambda at: self._fs.pipe_file(at, content))

    def put_file(self, path: str, file: Path) -> None:
        self._write(path, lambda at: self._fs.put_file(str(file), at))

    def get(self, path: str) -> bytes:
        at = self._at(path)
        content: bytes = self._asked(lambda: self._fs.cat_file(at))
        return content

    def get_file(self, path: str, file: Path) -> None:
        at = self._at(path)
        self._asked(lambda: self._fs.get_file(at, str(file)))

    def has(self, path: str) -> bool:
        at = self._at(path)
        try:
            # `isfile` takes every error for a no.
            return bool(self._asked(lambda: self._fs.info(at))["type"] == "file")
        except FileNotFoundError:
            return False

    def all(self, under: str = "") -> Iterator[str]:
        at = self._at(under) if under else self._prefix
        try:
            found = self._asked(lambda: self._fs.find(at))
        except FileNotFoundError as error:
            raise self._away(error) from error
        root = self._prefix.lstrip("/") + "/"
        return iter(sorted(each.lstrip("/").removeprefix(root) for each in found if not each.endswith(PART)))

    def within(self, folder: str) -> "Remote":
        return Remote(self._scheme, self._at(folder))

    def __str__(self) -> str:
        return f"{self._scheme}://{self._prefix}"

    @cached_property
    def _fs(self) -> Any:
        # Half a second for S3, and only where there is a bucket.
        import fsspec

        return fsspec.filesystem(self._scheme, **_OPTIONS.get(self._scheme, {}))

    def _at(self, path: str) -> str:
        return f"{self._prefix}/{_inside(path)}"

    def _write(self, path: str, write: Callable[[str], object]) -> None:
        at = self._at(path)
        try:
            self._asked(lambda: write(at) if self._scheme in _OBJECT_STORES else self._write_beside(at, write))
        except FileNotFoundError as error:  # there is no such bucket
            raise self._away(error) from error

    def _write_beside(self, at: str, write: Callable[[str], object]) -> None:
        folder, _, name = at.rpartition("/")
        beside = f"{folder}/.{name}{PART}"
        self._fs.makedirs(folder, exist_ok=True)
        write(beside)
        self._fs.mv(beside, at)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """What the place answers. Each provider has errors of its own, which all mean that it can not be done now."""
        try:
            return ask()
        except FileNotFoundError:
            raise
        except Exception as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> PlaceAway:
        first = (str(error).splitlines() or [""])[0]
        return PlaceAway(f"{self}: {type(error).__name__}: {first}")


def _inside(path: str) -> str:
    """Raises LeadsOut."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise LeadsOut(path)
    return path
