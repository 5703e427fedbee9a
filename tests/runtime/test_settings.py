from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.settings import Settings


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SCENE_{name.upper()}", raising=False)


def test_without_any_setting_everything_lives_in_a_folder_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = Settings()

    assert settings.data_dir == tmp_path / ".scene"
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/.scene/scene.db"


def test_the_database_follows_the_data_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_DATA_DIR", "/srv/scene")

    assert Settings().database_url.get_secret_value() == "sqlite:////srv/scene/scene.db"


def test_a_relative_folder_stays_where_it_was_when_the_working_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=Path("data"))
    monkeypatch.chdir("/")

    assert settings.data_dir == tmp_path / "data"


def test_the_default_policies_are_those_beside_the_code() -> None:
    assert Settings().policies_dir == Path(__file__).resolve().parents[2] / "policies"


def test_a_password_in_the_database_url_is_never_shown() -> None:
    settings = Settings.model_validate({"database_url": "postgresql+psycopg://scene:hunter2@db/scene"})

    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)
    assert "hunter2" not in settings.model_dump_json()
    assert "hunter2" in settings.database_url.get_secret_value()


def test_a_refused_database_url_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_DATABASE_URL", "mysql://scene:hunter2@db/scene")

    with pytest.raises(ValidationError, match="database_url") as caught:
        Settings()

    assert "hunter2" not in str(caught.value)
    assert "sqlite: or postgresql:" in str(caught.value)


def test_an_empty_variable_means_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_BUILD_ID", "")

    assert Settings().build_id is None


@pytest.mark.parametrize("half", ["deployment_name", "build_id"])
def test_half_a_worker_version_is_refused(half: str) -> None:
    with pytest.raises(ValidationError, match="go together"):
        Settings.model_validate({half: "x"})


def test_the_log_level_may_be_written_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_LOG_LEVEL", "debug")

    assert Settings().log_level == "DEBUG"


@pytest.mark.parametrize(
    ("name", "value"),
    [("LOG_FORMAT", "xml"), ("LANGUAGE", "fr"), ("LOG_LEVEL", "loud"), ("CONNECT_TIMEOUT_SECONDS", "0")],
)
def test_a_value_that_cannot_be_meant_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"SCENE_{name}", value)

    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    description = Settings.model_fields[name].description

    assert description is not None
    assert description.endswith(".")
