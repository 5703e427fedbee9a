"""A build's code, taken from a bundle and run apart: only what is trusted by its digest, in a limited process."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from audit.bundle import Bundle
from audit.sources import PACKAGES, SHORT, digest_of

RERUN = Path(__file__).with_name("rerun.py")
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TZ")


class BuildFailed(Exception):
    """The process of a build ended, or gave no answer."""


def sources_in(bundle: Bundle, digest: str) -> dict[str, bytes]:
    """The files of one build. Raises NotABundle."""
    folder = f"sources/{digest}/"
    return {name.removeprefix(folder): bundle.read(name) for name in bundle.names if name.startswith(folder)}


def problem_with(sources: Mapping[str, bytes], digest: str, build: str) -> tuple[str, Any, Any] | None:
    """Why these are not the sources that a build is named after: what, as found, as expected."""
    for path in sources:
        parts = path.split("/")
        # The digest is over names and contents one after the other: a line break in a name could stand for a file.
        odd = not path.isprintable() or any(part in ("", ".", "..") for part in parts)
        if parts[0] not in PACKAGES or not path.endswith(".py") or odd:
            return "path", path, None
    if (made := digest_of(sources)) != digest:
        return "digest", made, digest
    if build.rpartition("+")[2] != digest[:SHORT]:
        return "build", build, digest[:SHORT]
    return None


class BuildProcess:
    """One process with the code of one build; jobs are given one after the other."""

    def __init__(self, process: "subprocess.Popen[str]", errors: Path) -> None:
        self._process = process
        self._errors = errors

    def run_again(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """See `audit.rerun`. Raises BuildFailed."""
        if self._process.stdin is None or self._process.stdout is None:
            raise BuildFailed("it has no pipes")
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError as error:
            raise BuildFailed(f"{error}: {self._said()}") from error
        if not line:
            raise BuildFailed(f"it ended with {self._process.wait(timeout=10)}: {self._said()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _said(self) -> str:
        return self._errors.read_text(errors="replace").strip()[-500:]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def started(bundle: Path, sources: Mapping[str, bytes]) -> Iterator[BuildProcess]:
    """`sources` are trusted: the caller has compared their digest."""
    with tempfile.TemporaryDirectory(prefix="scene-build-") as place:
        folder = Path(place, "sources")
        for path, content in sources.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        for package in PACKAGES:
            (folder / package).mkdir(parents=True, exist_ok=True)
        errors = Path(place, "errors")
        with errors.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-I", str(RERUN), str(bundle.resolve()), str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                encoding="utf-8",
                cwd=place,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
        with BuildProcess(process, errors) as running:
            yield running
