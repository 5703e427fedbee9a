"""One contract for every place of the archive: a folder, a bucket on a real S3 server, and what is neither."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from runtime.settings import Settings
from storage.archive_files import ArchiveFiles
from storage.builds import BuildFiles
from storage.places import Folder, LeadsOut, Place, PlaceAway, Remote, place_at
from tests.storage.s3 import KEY_ID, SECRET, TOKEN, s3_server

BUCKET = "archive"


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with s3_server(BUCKET) as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        yield environment


@pytest.fixture(params=["folder", "memory", "beside", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    match request.param:
        case "folder":
            return place_at(str(tmp_path / "archive"))
        case "memory":
            return place_at(f"memory://{uuid4()}/archive")
        case "beside":  # a file system of fsspec that is no object store
            return Remote("local", str(tmp_path / "archive"))
        case _:
            request.getfixturevalue("s3")
            return place_at(f"s3://{BUCKET}/{uuid4()}")


def test_what_is_put_is_there_and_listed_as_it_was_named(place: Place) -> None:
    names = ["a/1.json.gz", "a/2.json.gz", "builds/x.zip", "sealed/%E5%9C%BA.audit.zip", "z", "场景-1/run.json.gz"]
    for name in reversed(names):
        place.put(name, name.encode())
    assert list(place.all()) == names
    assert list(place.all("a")) == names[:2]
    assert [place.get(name) for name in names] == [name.encode() for name in names]
    assert list(place.within("a").all()) == ["1.json.gz", "2.json.gz"]
    assert place.within("builds").get("x.zip") == b"builds/x.zip"
    place.put("z", b"another")
    assert place.get("z") == b"another"


def test_what_is_not_there_is_said_to_be_missing(place: Place, tmp_path: Path) -> None:
    assert not place.has("a/1")
    assert list(place.all()) == list(place.all("a")) == []
    with pytest.raises(FileNotFoundError):
        place.get("a/1")
    with pytest.raises(FileNotFoundError):
        place.get_file("a/1", tmp_path / "copy")
    place.put("a/1", b"")
    assert place.has("a/1")
    assert not place.has("a")


def test_files_go_there_and_come_back(place: Place, tmp_path: Path) -> None:
    (tmp_path / "made").write_bytes(bytes(range(256)) * 5000)
    place.put_file("sealed/x.zip", tmp_path / "made")
    place.get_file("sealed/x.zip", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == (tmp_path / "made").read_bytes()
    assert list(place.all()) == ["sealed/x.zip"]


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", ""])
def test_no_path_leads_out(place: Place, path: str) -> None:
    for ask in (place.get, place.has, lambda path: place.put(path, b""), lambda path: list(place.within(path).all())):
        with pytest.raises(LeadsOut):
            ask(path)


def test_a_link_in_the_folder_does_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a").symlink_to("/etc")
    with pytest.raises(LeadsOut):
        Folder(tmp_path / "archive").get("a/passwd")


def test_a_write_that_is_cut_short_leaves_what_was_there(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the place does when the connection, the disk or the process fails in the middle."""
    place.put("a/1", b"before")

    def fails(*_: object, **__: object) -> None:
        raise ConnectionError("cut")

    if isinstance(place, Remote):
        monkeypatch.setattr(place._fs, "mv" if place._scheme == "local" else "pipe_file", fails)
    else:
        monkeypatch.setattr("storage.places.os.fsync", fails)
    with pytest.raises(OSError, match="cut"):
        place.put("a/1", b"after")
    assert place.get("a/1") == b"before"
    assert list(place.all()) == ["a/1"]


def test_another_process_sees_at_once_what_was_written(s3: dict[str, str]) -> None:
    """fsspec remembers listings; a worker would never see another's files."""
    one, other = (place_at(f"s3://{BUCKET}/shared/x") for _ in range(2))
    one.put("first", b"x")
    assert list(one.all()) == ["first"]
    fs = fsspec.filesystem("s3", skip_instance_cache=True)
    fs.pipe_file(f"{BUCKET}/shared/x/new", b"x")
    assert (list(one.all()), one.has("new"), list(other.all())) == (["first", "new"], True, ["first", "new"])


def test_a_bucket_that_is_not_there_is_no_empty_one(s3: dict[str, str], tmp_path: Path) -> None:
    none = place_at("s3://no-such-bucket/x")
    with pytest.raises(PlaceAway, match="s3://no-such-bucket/x"):
        list(none.all())
    with pytest.raises(PlaceAway):
        none.put("a", b"x")


def test_a_server_that_is_away_is_named_without_any_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": KEY_ID,
                        "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN, "AWS_MAX_ATTEMPTS": "1",
                        "AWS_DEFAULT_REGION": "us-east-1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    away = place_at("s3://archive/x")
    monkeypatch.setitem(away.__dict__, "_fs", fsspec.filesystem("s3", skip_instance_cache=True))
    with pytest.raises(PlaceAway) as told:
        away.has("a")
    assert "127.0.0.1:9" in str(told.value)
    assert not any(secret in str(told.value) for secret in (KEY_ID, SECRET, TOKEN))


def test_histories_and_sources_stand_in_a_bucket_as_in_a_folder(place: Place) -> None:
    files = ArchiveFiles(place)
    file = files.write("scene-场景", "run-1", '{"events": []}')
    assert files.read(file.path, file.sha256) == '{"events": []}'
    builds = BuildFiles(place.within("builds"))
    builds.keep("abc123", {"rules/x.py": b"x"})
    builds.keep("abc123", {"rules/x.py": b"x"})
    assert builds.find("abc") == ("abc123", {"rules/x.py": b"x"})
    assert builds.find("abd") is None
    assert list(files.all()) == [(file, '{"events": []}')], "sources are no histories"


@pytest.mark.parametrize(
    "address",
    ["s3://key:secret@bucket/x", "s3://bucket/x?secret=1", "nonsense://bucket", "zip://x::s3://bucket", "gs://bucket"],
)
def test_an_address_that_holds_a_secret_or_that_nothing_opens_is_refused_and_not_quoted(address: str) -> None:
    with pytest.raises(ValueError, match="archive_url") as refused:
        Settings.model_validate({"archive_url": address})
    assert "secret@" not in str(refused.value)
    assert "secret=" not in str(refused.value)


def test_the_archive_is_in_the_data_folder_unless_it_is_said_to_be_elsewhere(tmp_path: Path) -> None:
    assert Settings.model_validate({"data_dir": tmp_path}).archive == str(tmp_path / "archive")
    assert Settings.model_validate({"archive_url": "s3://bucket/x"}).archive == "s3://bucket/x"
    assert Settings.model_validate({"archive_url": "elsewhere"}).archive == str(Path("elsewhere").absolute())
    assert str(place_at("file:///srv/archive")) == "/srv/archive"
