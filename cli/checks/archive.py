"""The archive: are closed runs in it before Temporal forgets them, are its files whole, are closed scenes sealed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client

from audit.sealing import NotSealed, Seals
from cli import shown
from cli.output import say
from client.health import retention
from client.histories import TemporalHistories
from runtime.wiring import Parts, seals
from storage.archive_files import ArchiveDamaged

from .finding import PAGE, Finding

ARCHIVE_WITHIN = timedelta(hours=24)
FORGETS_SOON = timedelta(days=30)
SEALED_WITHIN = timedelta(days=3)
"""A seal waits two days for the checkpoint over its scene, then for the next sweep."""


async def runs(temporal: Client, opened: Parts) -> Finding:
    """Closed runs that only Temporal has, and until when it has them."""
    late = fresh = 0
    closed: list[datetime] = []
    async for page in TemporalHistories(temporal).closed_runs(PAGE):
        for run in opened.archive.missing(page):
            closed.append(run.closed_at)
            if shown.now() - run.closed_at > ARCHIVE_WITHIN:
                late += 1
            else:
                fresh += 1
    forgets = _forgets(closed, await retention(temporal))
    details = {"late": late, "fresh": fresh, "forgets": forgets.isoformat() if forgets else None}
    if forgets is not None and (late or forgets - shown.now() < FORGETS_SOON):
        day = shown.moment(forgets)
        return Finding(
            "archive",
            "error",
            say(
                f"{late} 个已结束的运行超过一天未归档，另 {fresh} 个待归档；Temporal 最早于 {day} 删除",
                f"{late} closed runs were not archived within a day, {fresh} more wait; Temporal deletes the first on "
                f"{day}",
            ),
            "scene archive run",
            details,
        )
    waiting = say(f"（{fresh} 个待下一次归档）", f" ({fresh} wait for the next sweep)") if fresh else ""
    return Finding(
        "archive", "ok", say(f"已结束的运行均已归档{waiting}", f"closed runs are archived{waiting}"), details=details
    )


def histories(opened: Parts, sample: int | None, kept: timedelta | None) -> Finding:
    """What is archived is there, and whole where it is looked into; `kept` is Temporal's retention, if it answers."""
    indexed = opened.archive.runs()
    try:
        there = set(opened.archive.paths())
        gone = [run for run in indexed if run.path not in there]
        looked = [run for run in indexed if run.path in there]
        damaged = []
        for run in looked if sample is None else looked[-sample:]:
            try:
                opened.archive.history(run)
            except ArchiveDamaged:
                damaged.append(run)
    except OSError as away:
        return _away("histories", opened, away)
    if not gone and not damaged:
        return Finding(
            "histories",
            "ok",
            say(f"{len(indexed)} 份归档的历史都在", f"all {len(indexed)} archived histories are there"),
        )
    wrong = [*gone, *damaged]
    last = None if kept is None else _forgets((run.closed_at for run in wrong), kept)
    named = ", ".join(f"{run.stream} {run.run_id[:8]}" for run in wrong[:5])
    until = "" if last is None else say(
        f"；Temporal 最早于 {shown.moment(last)} 删除", f"; Temporal deletes the first on {shown.moment(last)}"
    )  # fmt: skip
    return Finding(
        "histories",
        "error",
        say(
            f"归档文件缺失 {len(gone)} 个、损坏 {len(damaged)} 个：{named}{until}",
            f"{len(gone)} archived histories are missing, {len(damaged)} damaged: {named}{until}",
        ),
        say("scene archive run --again；或从备份恢复", "scene archive run --again; or restore a backup"),
        {
            "missing": [run.path for run in gone[:PAGE]],
            "damaged": [run.path for run in damaged[:PAGE]],
            "forgets": last.isoformat() if last else None,
        },
    )


def sealed(opened: Parts, sample: int | None) -> Finding:
    """Every closed scene has its bundle; those that are looked into are what was sealed, and what the ledger says."""
    sealing = seals(opened)
    closed = opened.reads.scenes(closed=True)
    try:
        missing = sealing.missing()
        late = [scene for scene in missing if _is_late(opened, scene)]
        done = [scene for scene in closed if scene not in set(missing)]
        wrong = {scene: "not_sealed" if sealing.begun(scene) else "missing" for scene in late}
        wrong |= _differing(sealing, done if sample is None else done[-sample:])
    except OSError as away:
        return _away("seals", opened, away)
    if not wrong:
        waiting = say(f"，{len(missing)} 个待封存", f", {len(missing)} wait for theirs") if missing else ""
        return Finding(
            "seals",
            "ok",
            say(f"{len(done)} 个办结场景已封存{waiting}", f"{len(done)} closed scenes are sealed{waiting}"),
        )
    named = ", ".join(f"{scene} ({SEAL_FAULTS.get(what, what)})" for scene, what in list(wrong.items())[:5])
    return Finding(
        "seals",
        "error",
        say(f"{len(wrong)} 个办结场景的审计包缺失或不符：{named}", f"bundles of closed scenes are wrong: {named}"),
        say(
            "缺失的：scene audit key、scene archive run；不符的：从备份恢复，并告知审计人员",
            "missing: scene audit key, scene archive run; else restore a backup, and tell the auditors",
        ),
        {"wrong": dict(list(wrong.items())[:PAGE])},
    )


SEAL_FAULTS = {
    "missing": "缺失 missing",
    "not_sealed": "未封存 not sealed",
    "digest": "摘要不符 digest",
    "signature": "签名不符 signature",
    "parts": "内容不符 parts",
    "head": "与账本不符 head",
    "unreadable": "无法读取 unreadable",
}


def _differing(sealing: Seals, scenes: Iterable[str]) -> dict[str, str]:
    wrong = {}
    with TemporaryDirectory(prefix="scene-doctor-") as folder:
        for scene in scenes:
            try:
                sealing.check(scene, Path(folder, "bundle.zip"))
            except NotSealed as problem:
                wrong[scene] = problem.problem
    return wrong


def _is_late(opened: Parts, scene: str) -> bool:
    known = opened.reads.scene(scene)
    last = opened.reads.entries(scene, known.sequence) if known else ()
    return bool(last) and shown.now() - last[-1].recorded_at > SEALED_WITHIN


def _forgets(closed: Iterable[datetime], kept: timedelta) -> datetime | None:
    return min((each + kept for each in closed), default=None)


def _away(check: str, opened: Parts, away: OSError) -> Finding:
    where = opened.settings.archive
    return Finding(
        check,
        "error",
        say(f"归档位置 {where} 无法访问：{away}", f"the archive in {where} can not be reached: {away}"),
        say(
            "检查 SCENE_ARCHIVE_URL 及其凭据的环境变量", "check SCENE_ARCHIVE_URL and the variables of its credentials"
        ),
    )
