"""Scenes that lived on the real server, with a bundle of them; and the checkpoint log on both databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from audit.checkpoints import Checkpoints
from audit.export import export
from audit.signing import Key, KeyFile, fingerprint
from audit.sources import digest_of, installed
from audit.verify import Trust
from client.from_archives import not_archived
from client.health import archive_now
from models.calendar import YearNotice
from models.checkpoint import SignedHandover
from models.commands.anywhere import Withdraw
from models.commands.review import Recognise
from models.refusal import Refused
from runtime.build import build_id
from runtime.settings import Settings
from runtime.wiring import Parts, evidence, make_worker, parts
from storage.checkpoints import SqlCheckpoints
from storage.database import migrate
from tests.audit import logs
from tests.e2e.conftest import skipping_server
from tests.e2e.processes import until
from tests.fakes import MemoryArchive, MemoryLedger
from tests.scenario import Play, city, loading, of_narrow_pools
from tests.storage.conftest import (  # noqa: F401  # fixtures are found by their names
    database_url,
    engine,
    ledger,
    play,
    policy,
    postgres_server,
    postgres_url,
    reads,
    sqlite_template,
    sqlite_url,
)
from tests.workflows.conftest import QUEUE, Stage

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
TRUST = Trust(
    keys=frozenset({fingerprint(KEY.public_key().public_bytes_raw())}), sources=frozenset({digest_of(installed())})
)


@dataclass(frozen=True)
class Kept:
    """A city after a year: its scenes, its records, and a bundle of all of them."""

    bundle: Path
    settings: Settings
    scenes: tuple[str, ...]
    plays: dict[str, Play]
    temporal: Client


async def bundle_of(
    stored: Parts,
    temporal: Client,
    file: Path,
    *scenes: str,
    sealed: bool = False,
    key: Key | None = None,
    handover: SignedHandover | None = None,
) -> Path:
    archived = {(run.workflow_id, run.run_id) for run in stored.archive.runs()}
    loose: dict[str, list[str]] = {}
    async for scene, history in not_archived(temporal, archived):
        loose.setdefault(scene, []).append(history)
    with file.open("wb") as to:
        export(
            to, scenes, evidence(stored), unarchived=lambda scene: loose.get(scene, ()), made_at=NOW,
            made_by=build_id(), sign=key.sign if key else KEY.sign,
            public_key=key.public_pem().encode() if key else PUBLIC, handover=handover, sealed=sealed,
        )  # fmt: skip
    return file


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def audited_env(temporal_binary: Path) -> AsyncIterator[WorkflowEnvironment]:
    async with skipping_server(temporal_binary) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kept(audited_env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("audit")
    settings = Settings.model_validate(
        {"data_dir": folder, "task_queue": QUEUE, "record_linger_ms": 0, "database_url": f"sqlite:///{folder}/scene.db"}
    )
    migrate(settings.database_url.get_secret_value())
    stage = Stage(audited_env, of_narrow_pools(city("盐城市")), MemoryLedger(), MemoryArchive())
    with parts(settings) as stored:
        stage.rulebooks, stage.refusals = stored.rulebooks, stored.refusals  # type: ignore[assignment]
        stage.__post_init__()
        lived, ended, young = stage.play().to_running("甲公司"), stage.play().submit(), stage.play().to_consultation()
        ended.do(Withdraw(reasons="不再需要"), ended.owner)
        # Whose calendar grew on the way: no rulebook is kept with it.
        young.do(loading(YearNotice(year=young.now.year + 1, source="放假通知")), young.platform)
        young.agree(young.state.cooperating[0])
        plays = {play.scene: play for play in (lived, ended, young)}
        async with make_worker(audited_env.client, stored):
            for play in plays.values():
                await stage.follow(play)
                await until(lambda play=play: len(stored.reads.entries(play.scene)) >= play.state.sequence)  # type: ignore[misc]
            with pytest.raises(Refused):
                await stage.do(young, Recognise(value="太早"), young.lead)
            with stage.env.with_time_skipping_disabled():
                await archive_now(audited_env.client, QUEUE)
        bundle = await bundle_of(stored, audited_env.client, folder / "bundle.zip", *plays)
    return Kept(bundle, settings, tuple(plays), plays, audited_env.client)


@pytest.fixture
def office(tmp_path: Path) -> KeyFile:
    return logs.key(tmp_path, 1)


@pytest.fixture
def store(engine) -> SqlCheckpoints:  # type: ignore[no-untyped-def]  # noqa: F811
    return SqlCheckpoints(engine)


@pytest.fixture
def checkpoints(store: SqlCheckpoints, office: KeyFile) -> Checkpoints:
    return Checkpoints(store, office)
