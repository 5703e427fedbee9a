"""The records: messages that wait, refusals, the archive; and making the projections, or the ledger itself, again."""

import asyncio
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.progress import Progress as Bar

from activities.delivery import NotNow, Written
from activities.ledger import LedgerFault
from channels.email import Email
from channels.writing import Writer
from client.from_archives import HistoriesDiffer, not_archived, restore
from client.health import archive_now
from client.mailboxes import Mailboxes
from models.mailbox import Message
from models.refusal import Refused
from runtime.build import build_id, rules_digest
from runtime.calendar_files import load_calendar
from runtime.connect import ServerUnreachable
from runtime.contact_files import ContactFile
from runtime.settings import Settings
from runtime.wiring import Parts
from storage.archive_files import ArchiveDamaged
from storage.outbox import Outbox, OutboxMessage
from storage.reads import RefusalFilter
from storage.rebuild import JournalDamaged, Progress
from storage.rebuild import rebuild as rebuilt

from . import output, shown, wording
from .output import AsJson, Failure, say
from .session import database, server, settings, state_of

SceneOption = Annotated[str | None, typer.Option("--scene", help="只看某场景 · one scene", show_default=False)]
PageNumber = Annotated[int, typer.Option("--page", min=1, help="页 · page")]
PerPage = Annotated[int, typer.Option("--limit", min=1, max=500, help="每页条数 · per page")]

archive = output.group("归档的运行历史 · The archived histories")
letters = output.group("信件：通讯录、测试、重发 · Letters: contacts, a test, sending again")


def add_to(app: typer.Typer) -> None:
    app.command("outbox", rich_help_panel=output.RECORDS)(outbox)
    app.command("refusals", rich_help_panel=output.RECORDS)(refusals)
    app.command("rebuild", rich_help_panel=output.RECORDS)(rebuild)


def outbox(
    scene: SceneOption = None,
    pending: Annotated[bool, typer.Option("--pending", help="只看未送出 · only what waits")] = False,
    dead: Annotated[bool, typer.Option("--dead", help="只看已放弃 · only what was given up")] = False,
    page: PageNumber = 1,
    limit: PerPage = 50,
    as_json: AsJson = False,
) -> None:
    """发件箱：通知与提醒 · The outbox: messages and reminders"""
    with database() as opened:
        if scene is not None:
            state_of(opened, scene)
        found = Outbox(opened.engine).messages(scene, pending=pending, dead=dead, page=page, limit=limit)
    data = {
        "items": [each.model_dump(mode="json") for each in found.items],
        "total": found.total, "page": found.number, "pages": found.pages,
    }  # fmt: skip
    columns = [("场景", "scene"), ("号", "no"), ("收件人", "recipient"), ("类别", "kind"), ("内容", "about"),
               ("自此发送", "from"), ("送出", "delivered")]  # fmt: skip
    rows = [
        (each.stream, each.sequence, each.recipient, f"{each.kind} {each.rung}".strip(), each.deadline or "",
         shown.moment(each.send_after), _delivery(each))
        for each in found.items
    ]  # fmt: skip
    none = say("没有消息。", "There is no message.")
    output.present(data, output.table(columns, rows) if rows else none)


def _delivery(message: OutboxMessage) -> str:
    """When it went out, or what keeps it."""
    if message.delivered_at is not None:
        return shown.moment(message.delivered_at)
    if message.given_up_at is not None:
        return say(f"已放弃：{message.last_error}", f"given up: {message.last_error}")
    if message.retry_at is not None:
        retried = shown.moment(message.retry_at)
        return say(f"{retried} 重试：{message.last_error}", f"again at {retried}: {message.last_error}")
    return shown.moment(None)


@letters.command("retry")
def retry(scene: SceneOption = None, as_json: AsJson = False) -> None:
    """重发已放弃的消息 · Send again what was given up"""
    made = settings()
    with database(made) as opened:
        if scene is not None:
            state_of(opened, scene)
        recipients = Outbox(opened.engine).retry(scene, at=shown.now())
    if recipients:
        asyncio.run(_wake(made, recipients))
    output.present(
        {"recipients": recipients},
        say(f"已唤醒 {len(recipients)} 个收件人的信箱。", f"{len(recipients)} mailboxes were woken."),
    )


async def _wake(made: Settings, recipients: tuple[str, ...]) -> None:
    await Mailboxes(await server(made), made.task_queue).wake(recipients, shown.now())


@letters.command("test")
def try_out(
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="收件地址 · an address", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """发一封测试邮件 · Send a letter to see whether the mail server takes it"""
    made = settings()
    if made.smtp_url is None:
        raise Failure(
            "no_mail_server",
            say("未设置邮件服务器。请设置 SCENE_SMTP_URL。", "No mail server is set. Set SCENE_SMTP_URL."),
        )
    words = Written(
        say("【场景引擎】测试邮件", "[Scenes] a test"),
        say("邮件服务器可用。", "The mail server works."),
        say("<p>邮件服务器可用。</p>", "<p>The mail server works.</p>"),
    )
    channel = Email(made.smtp_url.get_secret_value(), made.mail_from)
    try:
        refused = asyncio.run(channel.send(f"test-{uuid4().hex}", [address], words, shown.now()))
    except NotNow as problem:
        raise Failure(
            "mail_server_away",
            say(f"邮件服务器暂不可用：{problem}。", f"The mail server does not take it now: {problem}."),
        ) from None
    if refused:
        reason = refused[0].reason
        raise Failure("address_refused", say(f"{address} 被拒收：{reason}。", f"{address} was refused: {reason}."))
    output.present({"sent_to": address}, say(f"已发往 {address}。", f"Sent to {address}."))


@letters.command("preview")
def preview(
    scene: Annotated[str, typer.Argument(help="场景编号 · the scene", show_default=False)],
    entry: Annotated[
        int | None, typer.Option(min=1, help="只看某号记录的 · those of one entry", show_default=False)
    ] = None,
    limit: PerPage = 10,
    as_json: AsJson = False,
) -> None:
    """预览：某场景的消息写成邮件是什么样 · What the letters of a scene's messages say"""
    made = settings()
    with database(made) as opened:
        state_of(opened, scene)
        found = Outbox(opened.engine).messages(scene, limit=500).items
    chosen = [each for each in found if entry is None or each.sequence == entry][:limit]
    writer = Writer(load_calendar(made.policies_dir / "calendars"))
    data, parts = [], []
    for each in chosen:
        message = Message.model_validate({name: getattr(each, name) for name in Message.model_fields})
        words = writer.write((message,), output.language(), each.send_after)
        data.append({"recipient": each.recipient, "entry": each.sequence, **words._asdict()})
        parts += [f"{each.recipient} · {shown.moment(each.send_after)}", words.subject, words.text]
    output.present(data, *(parts or [say("没有消息。", "There is no message.")]))


@letters.command("contacts")
def contacts(as_json: AsJson = False) -> None:
    """通讯录，核对后列出 · Who is reached where, after a check"""
    file = ContactFile(settings())
    book = file.book()
    columns = [("信箱", "mailbox"), ("邮箱", "e-mail"), ("汇总时间", "digest"), ("办公时间", "hours"), ("替代", "away")]
    rows = [
        (each.mailbox, ", ".join(each.email), str(each.digest_at or ""),
         f"{each.hours.begins:%H:%M}-{each.hours.ends:%H:%M}" if each.hours else "",
         "; ".join(f"{gone.first}~{gone.last} > {gone.substitute}" for gone in each.away))
        for each in book.contacts
    ]  # fmt: skip
    none = say(f"没有联系人；文件：{file.path}", f"There is no contact; the file is {file.path}")
    output.present(book.model_dump(mode="json"), output.table(columns, rows) if rows else none)


def refusals(
    scene: SceneOption = None,
    code: Annotated[str | None, typer.Option(help="只看某种原因 · one code", show_default=False)] = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    as_json: AsJson = False,
) -> None:
    """被拒绝的操作 · What the rules refused, and why"""
    with database() as opened:
        found = opened.reads.refusals(RefusalFilter(scene=scene, code=code), page=page, limit=limit)
    data = {
        "items": [each.model_dump(mode="json") for each in found.items],
        "total": found.total, "page": found.number, "pages": found.pages,
    }  # fmt: skip
    columns = [("号", "no"), ("时间", "time"), ("场景", "scene"), ("操作", "act"), ("办理人", "who"), ("原因", "why")]
    rows = [
        (each.sequence, shown.moment(each.refusal.at), each.refusal.scene, _verb(each.refusal.command),
         f"{each.refusal.actor.person} · {each.refusal.actor.unit}" if each.refusal.actor else "-",
         f"{each.refusal.code}: {_reason(each.refusal.code, each.refusal.details)}")
        for each in found.items
    ]  # fmt: skip
    none = say("没有被拒绝的操作。", "Nothing was refused.")
    output.present(data, output.table(columns, rows) if rows else none)


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
    for stream, history in asyncio.run(_not_archived(opened, archived)):
        if scene is None or stream == scene:
            histories.setdefault(stream, []).append(history)
    if not histories:
        raise Failure(
            "nothing_archived",
            say("没有可用的归档历史。先运行 scene archive run。", "No history is archived. See `scene archive run`."),
        )
    return {stream: _restored(opened, stream, each) for stream, each in histories.items()}


async def _not_archived(opened: Parts, archived: set[tuple[str, str]]) -> list[tuple[str, str]]:
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
        return []
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
def archive_run(as_json: AsJson = False) -> None:
    """立即归档已结束的运行 · Archive closed runs now"""
    made = settings()
    with database(made):
        done = asyncio.run(_archive(made))
    output.present(
        done,
        say(
            f"查看 {done.looked_at} 个已结束的运行，新归档 {done.archived} 个。",
            f"{done.looked_at} closed runs looked at, {done.archived} archived.",
        ),
    )


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
