"""The records: refusals and the archive; and making the projections, or the ledger itself, again."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.progress import Progress as Bar
from temporalio.service import RPCError

from activities.archive import ClosedRun
from activities.ledger import LedgerFault
from client.from_archives import HistoriesDiffer, entries_of, not_archived, restore
from client.health import archive_now
from client.histories import TemporalHistories
from models.refusal import Refused
from runtime.build import build_id, rules_digest
from runtime.connect import ServerUnreachable
from runtime.wiring import Parts
from storage.archive_files import ArchiveDamaged
from storage.outbox import Outbox
from storage.reads import LARGEST_PAGE, RefusalFilter, RefusalRecord
from storage.rebuild import JournalDamaged, Progress
from storage.rebuild import rebuild as rebuilt

from . import output, shown, wording
from .acting import OnBehalf
from .output import AsJson, Failure, PageNumber, PerPage, SceneOption, say
from .session import database, server, settings
from .viewing import Veils, Viewing, page_of

archive = output.group("归档的运行历史 · The archived histories")


def add_to(app: typer.Typer) -> None:
    app.command("refusals", rich_help_panel=output.RECORDS)(refusals)
    app.command("rebuild", rich_help_panel=output.RECORDS)(rebuild)


def refusals(
    scene: Annotated[
        str | None,
        typer.Option(help="只看某场景，或 calendar:年份 · one scene, or calendar:YEAR", show_default=False),
    ] = None,
    code: Annotated[str | None, typer.Option(help="只看某种原因 · one code", show_default=False)] = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """被拒绝的操作 · What the rules refused, and why"""
    with database() as opened:
        where = RefusalFilter(scene=scene, code=code)
        veils = Veils(opened, who=who, behalf=on_behalf_of)
        if who is None:
            found = opened.reads.refusals(where, page=page, limit=limit)
            shown_, total, pages = list(found.items), found.total, found.pages
        else:
            every = (each for each in _every(opened, where) if "withheld" not in _seen(veils, each)["refusal"])
            shown_, total, pages = page_of(every, page, limit)
            veils.refuse_stranger()
        items = [_seen(veils, each) for each in shown_]
    data = {"items": items, "total": total, "page": page, "pages": pages}
    columns = [("号", "no"), ("时间", "time"), ("场景", "scene"), ("至", "as of"), ("操作", "act"), ("办理人", "who"),
               ("原因", "why")]  # fmt: skip
    rows = [
        (record["sequence"], shown.moment(each.refusal.at), each.refusal.scene,
         "-" if each.refusal.sequence is None else each.refusal.sequence, _verb(record["refusal"]["command"]),
         _who(record["refusal"]["actor"]),
         f"{each.refusal.code}: {_reason(each.refusal.code, record['refusal']['details'])}")
        for each, record in zip(shown_, items, strict=True)
    ]  # fmt: skip
    none = say("没有被拒绝的操作。", "Nothing was refused.")
    output.present(data, output.table(columns, rows) if rows else none)


def _every(opened: Parts, where: RefusalFilter) -> Iterator[RefusalRecord]:
    page = 1
    while True:
        found = opened.reads.refusals(where, page=page, limit=LARGEST_PAGE)
        yield from found.items
        if page >= found.pages:
            return
        page += 1


def _seen(veils: Veils, each: RefusalRecord) -> dict[str, Any]:
    """What was refused outside the scenes is for who does not look in a role."""
    data, veil = each.model_dump(mode="json"), veils.of(each.refusal.scene)
    if veil is not None:
        return {**data, "refusal": veil.refusal(data["refusal"])}
    if veils.looks_in_a_role:
        return {**data, "refusal": {**data["refusal"], "command": None, "actor": None, "details": {}, "withheld": True}}
    return data


def _who(actor: Any) -> str:
    return " · ".join(part for part in (actor["person"], actor["unit"]) if part) if actor else "-"


def _verb(command: Any) -> str:
    act = command.get("act") if isinstance(command, dict) else None
    return wording.verb(str(act["verb"])) if isinstance(act, dict) and "verb" in act else "-"


def _reason(code: str, details: dict[str, str]) -> str:
    try:
        return Refused(code, **wording.in_words(details, output.language())).text(output.language())
    except KeyError:  # a code of another build
        return code


def rebuild(
    scene: SceneOption = None,
    from_archives: Annotated[
        bool, typer.Option("--from-archives", help="先从归档历史补全账本 · the ledger first, from archived histories")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """由账本重建列表，或由归档重建账本 · Make the lists again from the journal, or the journal from the archive"""
    with database() as opened:
        recorded = _from_archives(opened, scene) if from_archives else {}
        if scene is not None and not from_archives and scene not in opened.reads.streams():
            raise Refused("unknown_scene", scene=scene)
        with Bar(disable=output.as_json(), transient=True) as bar:
            task = bar.add_task(say("重建", "rebuilding"), total=None)

            def tell(progress: Progress) -> None:
                bar.update(task, total=progress.total, completed=progress.done)

            try:
                differences = rebuilt(opened.engine, scene, progress=tell)
            except JournalDamaged as damaged:
                raise _damaged(damaged) from None
    data = {
        "recorded": recorded,
        "differences": [
            {"table": each.table, "key": each.key, "found": each.found, "columns": each.columns} for each in differences
        ],
    }
    lines = [
        say(f"{name}：账本补入 {count} 条", f"{name}: {count} entries put into the ledger")
        for name, count in recorded.items()
    ]
    lines.append(
        say(f"已重建，改正 {len(differences)} 处。", f"Rebuilt; {len(differences)} differences put right.")
        if differences
        else say("已重建，与账本一致。", "Rebuilt; all was as the journal says.")
    )
    columns = [("表", "table"), ("主键", "key"), ("问题", "found"), ("列", "columns")]
    rows = [(each.table, " / ".join(map(str, each.key)), each.found, ", ".join(each.columns)) for each in differences]
    output.present(data, *([output.table(columns, rows)] if rows else []), *lines)


def _damaged(damaged: JournalDamaged) -> Failure:
    return Failure(
        "journal_damaged",
        say(
            f"{damaged.stream} 第 {damaged.sequence} 号记录无法读取，已停止且未改动该场景。请运行 scene doctor --all。",
            f"Entry {damaged.sequence} of {damaged.stream} can not be read; nothing of it was changed. "
            "Run `scene doctor --all`.",
        ),
    )


def _from_archives(opened: Parts, scene: str | None) -> dict[str, int]:
    """Puts what histories hold and the ledger lacks into the ledger; how many entries, by scene.

    First the archive, whose index may be lost with the database; then the runs that Temporal still has.
    """
    histories: dict[str, list[str]] = {}
    try:
        opened.archive.index_again(shown.now())
        runs = opened.archive.runs()
        for run in runs:
            if scene is None or run.stream == scene:
                histories.setdefault(run.stream, []).append(opened.archive.history(run))
    except ArchiveDamaged as damaged:
        raise Failure(
            "archive_damaged", say(f"归档文件损坏：{damaged}。", f"The archive is damaged: {damaged}.")
        ) from None
    archived = {(run.workflow_id, run.run_id) for run in runs}
    living = asyncio.run(_not_archived(opened, archived))
    for stream, history in living or ():
        if scene is None or stream == scene:
            histories.setdefault(stream, []).append(history)
    if not histories:
        raise Failure(
            "nothing_archived",
            say("没有可用的归档历史。先运行 scene archive run。", "No history is archived. See `scene archive run`."),
        )
    restored = {stream: _restored(opened, stream, each) for stream, each in histories.items()}
    if scene is None and living is not None:
        # Every history has been read: a number that none of them knows was never confirmed to its scene.
        opened.documents.number_the_rest()
    return restored


async def _not_archived(opened: Parts, archived: set[tuple[str, str]]) -> list[tuple[str, str]] | None:
    """None where Temporal does not answer."""
    try:
        temporal = await server(opened.settings)
    except ServerUnreachable:
        if not output.as_json():
            output.note(
                say(
                    "连不上 Temporal：只用归档补账。正在办理的场景须待其恢复后再执行一次。",
                    "Temporal does not answer: only archived runs were read. Run this again for the scenes that live.",
                )
            )
        return None
    return [each async for each in not_archived(temporal, archived)]


def _restored(opened: Parts, stream: str, histories: list[str]) -> int:
    known = len(opened.reads.entries(stream))
    try:
        journal = restore(
            opened.ledger, stream, histories, build=build_id(), rules=rules_digest(), now=(now := shown.now())
        )
    except HistoriesDiffer as differ:
        raise Failure(
            "histories_differ", say(f"{stream}：历史互相矛盾（{differ}）。", f"{stream}: {differ}.")
        ) from None
    except LedgerFault as fault:
        raise Failure(
            "ledger_differs",
            say(
                f"账本与历史不符：{fault}。账本未改动。请运行 scene doctor --all。",
                f"The ledger and the histories differ: {fault}. It was not changed. Run `scene doctor --all`.",
            ),
        ) from None
    Outbox(opened.engine).give_up_restored(stream, known, now)
    return max(len(journal) - known, 0)


@archive.command("run")
def archive_run(
    again: Annotated[
        bool,
        typer.Option("--again", help="重新归档文件缺失或损坏的 · and those whose files are missing or damaged"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """立即归档已结束的运行 · Archive closed runs now"""
    made = settings()
    with database(made) as opened:
        mended = asyncio.run(_archived_again(opened)) if again else 0
        done = asyncio.run(_archive(made))
    output.present(
        {**done.model_dump(mode="json"), "archived_again": mended},
        *([say(f"重新归档 {mended} 个。", f"{mended} archived again.")] if again else []),
        say(
            f"查看 {done.looked_at} 个已结束的运行，新归档 {done.archived} 个。",
            f"{done.looked_at} closed runs looked at, {done.archived} archived.",
        ),
    )


async def _archived_again(opened: Parts) -> int:
    """Fetches from Temporal what is lost in the archive; only what has as many events, and the ledger's entries.

    A digest can not tell: the same history comes with its maps in another order.

    Raises Failure for what Temporal does not have any more, or has otherwise; after it has mended the rest.
    """
    histories = TemporalHistories(await server(opened.settings))
    there = set(opened.archive.paths())
    mended, lost = 0, []
    for run in opened.archive.runs():
        if run.path in there:
            try:
                opened.archive.history(run)
                continue
            except ArchiveDamaged:
                pass
        closed = ClosedRun(workflow_id=run.workflow_id, run_id=run.run_id, closed_at=run.closed_at)
        try:
            history, events = await histories.history_json(closed)
        except RPCError:
            lost.append(run.path)
            continue
        if events != run.events or not _is_the_ledgers(opened, run.stream, history):
            lost.append(run.path)
            continue
        opened.archive.keep(closed, history, events, shown.now())
        mended += 1
    if lost:
        raise Failure(
            "archive_lost",
            say(
                f"{mended} 个已重新归档；{len(lost)} 个 Temporal 已没有或内容不同，请从备份恢复：{', '.join(lost[:5])}",
                f"{mended} archived again; {len(lost)} Temporal has no more, or has otherwise. Restore them from a "
                f"backup: {', '.join(lost[:5])}",
            ),
        )
    return mended


def _is_the_ledgers(opened: Parts, stream: str, history: str) -> bool:
    recorded = {each.entry.sequence: each.entry for each in opened.reads.entries(stream)}
    try:
        return all(recorded.get(each.sequence) == each for each in entries_of(history))
    except HistoriesDiffer:
        return False


async def _archive(made: Any) -> Any:
    return await archive_now(await server(made), made.task_queue)


@archive.command("list")
def archive_list(scene: SceneOption = None, as_json: AsJson = False) -> None:
    """已归档的运行 · What is archived"""
    with database() as opened:
        runs = opened.archive.runs(scene)
    columns = [
        ("场景", "scene"),
        ("运行", "run"),
        ("结束", "closed"),
        ("归档", "archived"),
        ("事件", "events"),
        ("字节", "bytes"),
    ]
    rows = [
        (
            each.stream,
            each.run_id,
            shown.moment(each.closed_at),
            shown.moment(each.archived_at),
            each.events,
            each.bytes,
        )
        for each in runs
    ]
    none = say("还没有归档。", "Nothing is archived yet.")
    output.present([each.model_dump(mode="json") for each in runs], output.table(columns, rows) if rows else none)
