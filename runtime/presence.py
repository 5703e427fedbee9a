"""One `scene up` a data folder: who runs there, and where it listens, so that the other commands find it.

The lock is the kernel's and ends with the process, however that ends; the file beside it says what is running.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from models.frozen import Frozen
from models.text import Moment

LOCK: Final = "up.lock"
CARD: Final = "up.json"
_LOOKS: Final = 5
_BETWEEN_LOOKS: Final = 0.05


class Presence(Frozen):
    """What one `scene up` says of itself. `database` shows no password."""

    pid: int
    address: str
    ui_url: str | None
    database: str
    since: Moment


Announce = Callable[[Presence], None]
"""Says to the other commands what listens."""


class AlreadyUp(Exception):
    """Another `scene up` runs on the data folder; `presence` is None while it is still starting."""

    def __init__(self, data_dir: Path, presence: Presence | None) -> None:
        super().__init__(f"another `scene up` runs on {data_dir}")
        self.data_dir = data_dir
        self.presence = presence


@contextmanager
def alone(data_dir: Path) -> Iterator[Announce]:
    """Holds the data folder; give it what listens, once it does. Raises AlreadyUp."""
    data_dir.mkdir(parents=True, exist_ok=True)
    card = data_dir / CARD
    with (data_dir / LOCK).open("a") as lock:
        if not _locked(lock.fileno()):
            raise AlreadyUp(data_dir, _read(card))
        card.unlink(missing_ok=True)
        try:
            yield lambda presence: _write(card, presence)
        finally:
            card.unlink(missing_ok=True)


def find(data_dir: Path) -> Presence | None:
    """What runs on a data folder; None where nothing does, or it does not listen yet."""
    try:
        with (data_dir / LOCK).open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(data_dir / CARD)
    except OSError:
        pass
    return None


def _locked(file: int) -> bool:
    """A command that only looks holds the lock for an instant: look again before saying that somebody is there."""
    for _ in range(_LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN_LOOKS)
        else:
            return True
    return False


def _read(card: Path) -> Presence | None:
    try:
        return Presence.model_validate_json(card.read_bytes())
    except (OSError, ValidationError):
        return None


def _write(card: Path, presence: Presence) -> None:
    beside = card.with_suffix(".part")
    beside.write_text(presence.model_dump_json(indent=2) + "\n", encoding="utf-8")
    beside.replace(card)
