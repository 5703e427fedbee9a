"""`python -m tests.benchmarks.verifying [SCENES...] [--keep FOLDER]`: what exporting and verifying more and more scenes
costs.

Scenes live on the real server to their recognition's consultation; all are exported into one bundle, which is verified
with its code trusted: every run replayed, every entry judged again. Each bundle is verified by a process of its own,
whose CPU time and largest memory are told, with those of the process that runs the code of the time: both hold on a
machine that is shared. `python -m tests.benchmarks.verifying BUNDLE.zip...` measures bundles that were kept.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from temporalio.client import Client

from audit.bundle import PUBLIC_KEY, opened
from audit.export import export
from audit.findings import Verdict
from audit.signing import KeyFile, fingerprint, raw_of
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
ANSWERED_SECONDS = 5
"""So long the ledger's last answers need to reach their scenes."""


async def main(sizes: list[int], keep: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), task_queue="verifying")
        migrate(settings.database_url.get_secret_value())
        binary = find_temporal(settings)
        assert binary is not None
        async with EmbeddedServer(binary, log_file=Path(folder, "temporal.log")) as server:
            temporal = await connect(settings, [scene_plugin()], address=server.address)
            with parts(settings) as stored:
                async with make_worker(temporal, stored):
                    done: dict[str, int] = {}
                    for at in range(0, max(sizes), SIDE_BY_SIDE):
                        numbers = range(at, min(at + SIDE_BY_SIDE, max(sizes)))
                        done |= dict(
                            await asyncio.gather(*(live(scene_client(temporal, stored), each) for each in numbers))
                        )
                    while any(len(stored.reads.entries(scene)) < upto for scene, upto in done.items()):
                        await asyncio.sleep(1)
                    await asyncio.sleep(ANSWERED_SECONDS)
                histories = await read(temporal)
                for size in sizes:
                    await asyncio.to_thread(measured, stored, histories, size, keep or Path(folder))


async def live(client: SceneClient, number: int) -> tuple[str, int]:
    """The scene, and how many entries it has."""
    policy = city("yancheng")
    play = Play(policy, scene=f"V-{number}", now=datetime.now(UTC)).to_consultation()
    await client.submit(play.scene, policy, play.journal[0].command)
    for entry in play.journal[1:]:
        if entry.command.act.verb != "pass_deadline":
            seen = (await client.state(play.scene)).sequence
            await client.act(play.scene, entry.command.model_copy(update={"seen": seen}))
    return play.scene, (await client.state(play.scene)).sequence


async def read(temporal: Client) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    async for scene, history in not_archived(temporal, set()):
        found.setdefault(scene, []).append(history)
    return found


def measured(stored: Parts, histories: dict[str, list[str]], size: int, folder: Path) -> None:
    key = KeyFile(folder / f"key-{size}.pem")
    key.make()
    bundle = folder / f"{size}.zip"
    began = process_time()
    with bundle.open("wb") as file:
        export(
            file,
            [f"V-{number}" for number in range(size)],
            evidence(stored),
            unarchived=lambda scene: histories.get(scene, ()),
            made_at=datetime.now(UTC),
            made_by=build_id(),
            sign=key.sign,
            public_key=key.public_pem().encode(),
        )
    print(f"{size} scenes exported in {process_time() - began:.1f} s of CPU", flush=True)
    told(bundle)


def told(bundle: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.verifying", "--only", str(bundle)], stdout=subprocess.PIPE, check=True
    )
    it: dict[str, Any] = json.loads(ran.stdout)
    print(
        f"{it['scenes']:5} scenes, {it['entries']:6} entries, {it['runs']:5} runs, {it['bytes'] / 1e6:7.1f} MB: "
        f"{it['cpu']:6.1f} s of CPU to verify ({it['scenes'] / it['cpu']:5.2f} scenes/s), {it['seconds']:6.1f} s by "
        f"the clock; {it['deviate']} checks deviate; most memory {it['memory']:.0f} MB, of the code of the time "
        f"{it['code_memory']:.0f} MB",
        flush=True,
    )


def only(bundle: Path) -> None:
    """Verifies in this process, which does nothing else, and prints what it took as JSON."""
    with opened(bundle) as read:
        manifest = read.manifest()
        signer = fingerprint(raw_of(read.read(PUBLIC_KEY)))
    trust = Trust(keys=frozenset({signer}), sources=frozenset({digest_of(installed()), *manifest.builds.values()}))
    began, cpu = perf_counter(), spent()
    deviate, code_memory = 0, 0.0
    for each in verify(bundle, trust):
        deviate += each.verdict is Verdict.DEVIATES
        code_memory = max([code_memory, *(largest(child.name) for child in children())])
    seconds, cpu = perf_counter() - began, spent() - cpu
    json.dump(
        {
            "scenes": len(manifest.scenes),
            "entries": sum(each.sequence for each in manifest.scenes),
            "runs": sum(len(each.runs) for each in manifest.scenes),
            "bytes": bundle.stat().st_size,
            "cpu": cpu,
            "seconds": seconds,
            "deviate": deviate,
            "memory": largest("self"),
            "code_memory": code_memory,
        },
        sys.stdout,
    )


def largest(process: str) -> float:
    """The most memory that a process ever had, in MB. What getrusage tells begins with that of the parent."""
    try:
        status = Path("/proc", process, "status").read_text()
    except FileNotFoundError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def children() -> list[Path]:
    """The processes that this one started, which runs but one thread of its own."""
    found = (file.read_text().split() for file in Path("/proc/self/task").glob("*/children"))
    return [Path("/proc", pid) for pids in found for pid in pids]


def spent() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)


if __name__ == "__main__":
    given = ArgumentParser(usage=__doc__)
    given.add_argument("of", nargs="*", default=[str(each) for each in SIZES])
    given.add_argument("--keep", type=Path)
    given.add_argument("--only", type=Path)
    asked = given.parse_args()
    if asked.only is not None:
        only(asked.only)
    elif all(each.isdecimal() for each in asked.of):
        asyncio.run(main([int(each) for each in asked.of], asked.keep))
    else:
        for each in asked.of:
            told(Path(each))
