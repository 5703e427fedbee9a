import gzip
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from activities.archive import ClosedRun
from storage.archive import SqlArchive
from storage.archive_files import ArchiveDamaged, ArchiveFiles
from storage.places import Folder
from tests.storage.journals import NOW

HISTORY = '{"events": [{"eventId": "1", "名": "𠮷"}]}'


@pytest.fixture
def files(tmp_path: Path) -> ArchiveFiles:
    return ArchiveFiles(Folder(tmp_path / "archive"))


@pytest.fixture
def archive(engine: Engine, files: ArchiveFiles) -> SqlArchive:
    return SqlArchive(engine, files, lambda workflow_id: workflow_id.removeprefix("scene-"))


def run(number: int = 1, workflow_id: str = "scene-S-1") -> ClosedRun:
    return ClosedRun(workflow_id=workflow_id, run_id=f"run-{number}", closed_at=NOW + timedelta(hours=number))


def test_a_history_reads_back_and_is_described_by_its_content(files: ArchiveFiles, tmp_path: Path) -> None:
    file = files.write("scene-S-1", "run-1", HISTORY)
    assert file == ("scene-S-1/run-1.json.gz", sha256(HISTORY.encode()).hexdigest(), len(HISTORY.encode()))
    assert files.read(file.path, file.sha256) == HISTORY
    assert gzip.decompress((tmp_path / "archive" / file.path).read_bytes()).decode() == HISTORY


def test_writing_again_makes_the_same_file_and_leaves_nothing_beside_it(files: ArchiveFiles, tmp_path: Path) -> None:
    path = tmp_path / "archive" / files.write("w", "r", HISTORY).path
    first = path.read_bytes()
    files.write("w", "r", HISTORY)
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "id",
    ["..", ".", "", "../../etc/passwd", "/etc/passwd", "a/b", "a\\b", "con:1", "mailbox:unit:盐城市/市公安局",
     "·" * 300, "长" * 300, "x" * 5000, "a\0b", "~", "%2E"],
)  # fmt: skip
def test_no_id_leads_out_of_the_archive_or_breaks_a_file_system(files: ArchiveFiles, tmp_path: Path, id: str) -> None:
    file = files.write(id, id, HISTORY)
    assert files.read(file.path, file.sha256) == HISTORY
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.parent.parent for path in found] == [tmp_path / "archive"]
    assert all(len(part.encode()) <= 255 for part in found[0].parts)


def test_two_ids_never_share_a_file(files: ArchiveFiles) -> None:
    ids = ["a/b", "a%2Fb", "a:b", "a.b", "a b", "x" * 5000, "x" * 5001, "", "%"]
    assert len({files.write(id, "r", HISTORY).path for id in ids}) == len(ids)


def test_a_damaged_or_missing_file_is_said_to_be_so(files: ArchiveFiles, tmp_path: Path) -> None:
    file = files.write("w", "r", HISTORY)
    path = tmp_path / "archive" / file.path
    path.write_bytes(gzip.compress(HISTORY.replace("1", "2").encode()))
    with pytest.raises(ArchiveDamaged, match="is not what was archived"):
        files.read(file.path, file.sha256)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ArchiveDamaged, match="can not be read"):
        files.read(file.path, file.sha256)
    path.write_bytes(b"not packed")
    with pytest.raises(ArchiveDamaged, match="can not be read"):
        files.read(file.path, file.sha256)
    path.unlink()
    with pytest.raises(ArchiveDamaged, match="can not be read"):
        files.read(file.path, file.sha256)
    with pytest.raises(ArchiveDamaged, match="leads out of the archive"):
        files.read("../../etc/passwd", file.sha256)


def test_the_index_knows_what_is_archived_and_what_is_missing(archive: SqlArchive) -> None:
    archive.keep(run(1), HISTORY, 4, NOW)
    assert archive.missing((run(1), run(2), run(1, "scene-S-2"))) == (run(2), run(1, "scene-S-2"))
    assert archive.missing(()) == ()


def test_archived_runs_are_listed_by_stream_in_order_of_their_close(archive: SqlArchive) -> None:
    for each in (run(2), run(1), run(3, "scene-S-2")):
        archive.keep(each, HISTORY, 4, NOW)
    archive.keep(run(1), HISTORY, 4, NOW + timedelta(days=1))
    runs = archive.runs("S-1")
    assert [(each.run_id, each.stream, each.events, each.bytes) for each in runs] == [
        ("run-1", "S-1", 4, len(HISTORY.encode())),
        ("run-2", "S-1", 4, len(HISTORY.encode())),
    ]
    assert runs[0].archived_at == NOW + timedelta(days=1)
    assert archive.history(runs[0]) == HISTORY
    assert len(archive.runs()) == 3
