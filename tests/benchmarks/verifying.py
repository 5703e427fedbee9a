"""`python -m tests.benchmarks.verifying [SCENES...]`: the cost of exporting and verifying more and more scenes.

Scenes live on the real server to their recognition's consultation; all are exported into one bundle, which is verified
with its code trusted: every run replayed, every entry judged again. Memory is the largest that the process ever had.
"""

import asyncio
import resource
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from temporalio.client import Client

from audit.export import export
from audit.findings import Verdict
from audit.signing import KeyFile
from audit.sources import digest_of, installed
from audit.verify import Trust, verify
from client.from_archives import not_archived
from client.scene_client import SceneClient
from runtime.build import build_id
from runtime.connect import connect
from runtime.embedded import EmbeddedServer, find_temporal
from runtime.plugin import scene_plugin
from runtime.settings import Settings
from runtime.wiring import Parts, evidence, make_worker, parts, scene_client
from storage.database import migrate
from tests.scenario import Play, city

SIDE_BY_SIDE = 16
SIZES = (100, 300, 1000)


async def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), task_queue="verifying")
        migrate(settings.database_url.get_secret_value())
        binary = find_temporal(settings)
        assert binary is not None
        async with EmbeddedServer(binary, log_file=Path(folder, "temporal.log")) as server:
            temporal = await connect(settings, [scene_plugin()], address=server.address)
            with parts(settings) as stored:
                async with make_worker(temporal, stored):
                    for at in range(0, max(sizes), SIDE_BY_SIDE):
                        numbers = range(at, min(at + SIDE_BY_SIDE, max(sizes)))
                        await asyncio.gather(*(live(scene_client(temporal, stored), each) for each in numbers))
                    while len(stored.reads.scenes()) < max(sizes):
                        await asyncio.sleep(0.2)
                    await asyncio.sleep(3)
                histories = await read(temporal)
                for size in sizes:
                    await asyncio.to_thread(measured, stored, histories, size, Path(folder))


async def live(client: SceneClient, number: int) -> None:
    policy = city("yancheng")
    play = Play(policy, scene=f"V-{number}", now=datetime.now(UTC)).to_consultation()
    await client.submit(play.scene, policy, play.journal[0].command)
    for entry in play.journal[1:]:
        if entry.command.act.verb != "pass_deadline":
            seen = (await client.state(play.scene)).sequence
            await client.act(play.scene, entry.command.model_copy(update={"seen": seen}))


async def read(temporal: Client) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    async for scene, history in not_archived(temporal, set()):
        found.setdefault(scene, []).append(history)
    return found


def measured(stored: Parts, histories: dict[str, list[str]], size: int, folder: Path) -> None:
    key = KeyFile(folder / f"key-{size}.pem")
    key.make()
    bundle = folder / f"{size}.zip"
    began = perf_counter()
    with bundle.open("wb") as file:
        manifest = export(
            file,
            [f"V-{number}" for number in range(size)],
            evidence(stored),
            unarchived=lambda scene: histories.get(scene, ()),
            made_at=datetime.now(UTC),
            made_by=build_id(),
            sign=key.sign,
            public_key=key.public_pem().encode(),
        )
    exported = perf_counter() - began
    trust = Trust(keys=frozenset({key.fingerprint()}), sources=frozenset({digest_of(installed())}))
    began = perf_counter()
    findings = list(verify(bundle, trust))
    verified = perf_counter() - began
    wrong = sum(each.verdict is Verdict.DEVIATES for each in findings)
    entries = sum(each.sequence for each in manifest.scenes)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{size:5} scenes, {entries:6} entries, {bundle.stat().st_size / 1e6:7.1f} MB: exported in {exported:6.1f} s, "
        f"verified in {verified:6.1f} s ({size / verified:5.1f} scenes/s), {wrong} deviate; "
        f"most memory {own:.0f} MB and {child:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main([int(each) for each in sys.argv[1:]] or list(SIZES)))
