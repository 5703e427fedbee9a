"""The release gate on the live scenes: their evidence is put together as for an auditor, and judged by this code."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client

from audit.export import NotExportable, export
from audit.gate import Gated, gated
from audit.signing import KeyFile
from client.from_archives import not_archived
from runtime.build import build_id
from runtime.wiring import Parts, evidence


async def open_histories(temporal: Client, stored: Parts) -> dict[str, list[str]]:
    """Scene: the histories that only Temporal has."""
    archived = {(run.workflow_id, run.run_id) for run in stored.archive.runs()}
    histories: dict[str, list[str]] = {}
    async for scene, history in not_archived(temporal, archived):
        histories.setdefault(scene, []).append(history)
    return histories


def live_scenes_gated(stored: Parts, histories: Mapping[str, Sequence[str]]) -> tuple[list[Gated], list[NotExportable]]:
    """Every open scene by the installed code, and those whose evidence is not complete."""
    scenes, unread = stored.reads.open_scenes(), list[NotExportable]()
    if not scenes:
        return [], []
    with TemporaryDirectory(prefix="scene-gate-") as folder:
        key = KeyFile(Path(folder, "key.pem"))
        key.make()  # nobody but this process reads what it signs
        bundle = Path(folder, "open.audit.zip")
        with bundle.open("wb") as file:
            export(
                file,
                scenes,
                evidence(stored),
                unarchived=lambda scene: histories.get(scene, ()),
                made_at=datetime.now(UTC),
                made_by=build_id(),
                sign=key.sign,
                public_key=key.public_pem().encode(),
                left_out=unread.append,
            )
        return ([] if len(unread) == len(scenes) else list(gated(bundle))), unread
