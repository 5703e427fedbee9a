"""A corpus as it is kept: one `.tar.xz`, for policies and states repeat themselves, and only a solid archive sees it.

    audit.zip        the bundle, as `scene audit export` makes it; its parts are stored, not compressed once more
    origins.json     scene: its city and what its rules have otherwise, for playing the life again
    standing.jsonl   after each entry: what was due from whom by when, and the next alarm
    abandoned.json   the history of a start whose submission never came

`tar xf` and `scene audit verify audit.zip` read it without any of this.
"""

import io
import json
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from audit.bundle import opened
from audit.evidence import SceneEvidence, read_scene
from models.canonical import canonical
from models.journal import JournalEntry
from models.state import SceneState
from rules.alarms import next_alarm
from rules.duties import duties
from rules.journal import fold
from tests.corpus.lives import Life, Origin

FOLDER: Final = Path(__file__).parent / "recorded"
TODAY: Final = FOLDER / "unreleased.tar.xz"
"""What `make corpus` writes. A release keeps it under the name of its version, for ever."""
BUNDLE, ORIGINS, STANDING, ABANDONED = "audit.zip", "origins.json", "standing.jsonl", "abandoned.json"
_PRESET: Final = 6


@dataclass(frozen=True)
class Corpus:
    """One that was unpacked into a folder."""

    folder: Path

    @property
    def bundle(self) -> Path:
        return self.folder / BUNDLE

    def scenes(self) -> Iterator[SceneEvidence]:
        with opened(self.bundle) as parts:
            for part in parts.manifest().scenes:
                yield read_scene(parts, part)

    def journals(self) -> Iterator[tuple[str, list[JournalEntry]]]:
        """Each scene with its entries: its histories, which take ten times as long to read, are left alone."""
        with opened(self.bundle) as parts:
            for part in parts.manifest().scenes:
                scene = read_scene(parts, part.model_copy(update={"runs": ()}))
                yield scene.scene, scene.entries

    def lives(self) -> Iterator[Life]:
        """Those that were found; the stories are told by the demo."""
        origins = json.loads((self.folder / ORIGINS).read_text())
        for scene, entries in self.journals():
            if scene in origins:
                yield Life(scene, Origin.model_validate(origins[scene]), entries)

    def abandoned(self) -> str:
        return (self.folder / ABANDONED).read_text()

    def standing(self) -> dict[str, list[Any]]:
        """Scene: how it stood after each of its entries."""
        found: dict[str, list[Any]] = {}
        for line in (self.folder / STANDING).read_text().splitlines():
            scene, stood = json.loads(line)
            found.setdefault(scene, []).append(stood)
        return found


def kept() -> list[Path]:
    """Every corpus: that of today, and those of the releases."""
    return sorted(FOLDER.glob("*.tar.xz"))


def name_of(corpus: Path) -> str:
    return corpus.name.removesuffix(".tar.xz")


def unpacked(file: Path, folder: Path) -> Corpus:
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    return Corpus(folder)


def pack(file: Path, bundle: Path, lives: Sequence[Life], abandoned: str) -> None:
    folder = bundle.parent
    plain = folder / BUNDLE
    _stored(bundle, plain)
    corpus = Corpus(folder)
    (folder / ABANDONED).write_text(abandoned)
    origins = {life.scene: life.origin.model_dump(mode="json") for life in lives}
    (folder / ORIGINS).write_text(json.dumps(origins, ensure_ascii=False, indent=1, sort_keys=True))
    stood = ([scene, each] for scene, entries in corpus.journals() for each in standings(scene, entries))
    (folder / STANDING).write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in stood))
    file.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "w:xz", preset=_PRESET) as archive:
        for name in (BUNDLE, ORIGINS, STANDING, ABANDONED):
            content = (folder / name).read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def standings(scene: str, entries: Sequence[JournalEntry]) -> Iterator[Any]:
    """How a scene stood after each entry: its step, its duties, its next alarm."""
    state = SceneState(scene=scene)
    for entry in entries:
        state = fold(state, entry)
        alarm = next_alarm(state)
        due = [json.loads(canonical(each)) for each in duties(state)]
        yield [state.step, due, alarm.isoformat() if alarm else None]


def _stored(bundle: Path, plain: Path) -> None:
    """The same parts in the same order, not compressed."""
    with zipfile.ZipFile(bundle) as parts, zipfile.ZipFile(plain, "w") as to:
        for info in parts.infolist():
            same = zipfile.ZipInfo(info.filename, info.date_time)
            same.external_attr = info.external_attr
            to.writestr(same, parts.read(info))
