"""Letters: what waits in the outbox, what was given up, who is reached where, and what a letter says."""

import asyncio
from typing import Annotated
from uuid import uuid4

import typer

from activities.delivery import NotNow, Unwritable, Written
from channels.email import Email
from channels.writing import Writer
from client.mailboxes import Mailboxes
from models.mailbox import DeliveryRules, Message
from models.words import LEVELS
from runtime.calendar_files import load_calendar
from runtime.contact_files import ContactFile
from runtime.settings import Settings
from storage.outbox import Outbox, OutboxMessage

from . import output, shown
from .output import AsJson, Failure, PageNumber, PerPage, SceneOption, say
from .session import database, server, settings, state_of
from .viewing import Veils

outbox = output.group("发件箱：消息、重发、测试邮件 · The outbox: messages, sending again, a test letter")
notify = output.group("通知：通讯录、预览 · Notices: contacts, what a letter says")


@outbox.command("list")
def messages(
    scene: SceneOption = None,
    recipient: Annotated[
        str | None, typer.Option("--to", metavar="MAILBOX", help="只看某信箱 · one mailbox", show_default=False)
    ] = None,
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
        found = Outbox(opened.engine).messages(
            scene, recipient=recipient, pending=pending, dead=dead, page=page, limit=limit
        )
        veils = Veils(opened)
        items = [veils.told(each.stream, each.model_dump(mode="json")) for each in found.items]
    data = {
        "items": items,
        "total": found.total, "page": found.number, "pages": found.pages,
    }  # fmt: skip
    columns = [("场景", "scene"), ("号", "no"), ("收件人", "recipient"), ("类别", "kind"), ("内容", "about"),
               ("自此发送", "from"), ("送出", "delivered")]  # fmt: skip
    rows = [
        (each.stream, each.sequence, seen["recipient"], f"{each.kind} {seen['rung']}".strip(), seen["deadline"] or "",
         shown.moment(each.send_after), _delivery(each))
        for each, seen in zip(found.items, items, strict=True)
    ]  # fmt: skip
    none = say("没有消息。", "There is no message.")
    output.present(data, output.table(columns, rows) if rows else none)


def _delivery(message: OutboxMessage) -> str:
    """When it went out, or what keeps it."""
    if message.delivered_at is not None:
        return f"{shown.moment(message.delivered_at)} {message.last_error or ''}".strip()
    if message.given_up_at is not None:
        return say(f"已放弃：{message.last_error}", f"given up: {message.last_error}")
    if message.retry_at is not None:
        retried = shown.moment(message.retry_at)
        return say(f"{retried} 重试：{message.last_error}", f"again at {retried}: {message.last_error}")
    return shown.moment(None)


@outbox.command("retry")
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


@outbox.command("test-send")
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


@notify.command("preview")
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
    writer = Writer(load_calendar(made.policies_dir / "calendars"), made.templates_dir)
    data, parts = [], []
    for each in chosen:
        message = Message.model_validate({name: getattr(each, name) for name in Message.model_fields})
        try:
            words = writer.write((message,), output.language(), each.send_after)
        except Unwritable as problem:
            raise Failure(
                "unwritable",
                say(
                    f"第 {each.sequence} 号记录的消息无法成文（{problem}）。请检查 SCENE_TEMPLATES_DIR 中的模板。",
                    f"The message of entry {each.sequence} cannot be written ({problem}). "
                    "Check the templates in SCENE_TEMPLATES_DIR.",
                ),
            ) from None
        data.append({"recipient": each.recipient, "entry": each.sequence, **words._asdict()})
        parts += [f"{each.recipient} · {shown.moment(each.send_after)}", words.subject, words.text]
    output.present(data, *(parts or [say("没有消息。", "There is no message.")]))


@notify.command("contacts")
def contacts(as_json: AsJson = False) -> None:
    """通讯录，核对后列出 · Who is reached where, after a check"""
    file = ContactFile(settings())
    book = file.book()
    columns = [("信箱", "mailbox"), ("邮箱", "e-mail"), ("汇总时间", "digest"), ("办公时间", "hours"),
               ("不发", "without"), ("替代", "away")]  # fmt: skip
    rows = [
        (each.mailbox, ", ".join(each.email), str(each.digest_at or ""),
         f"{each.hours.begins:%H:%M}-{each.hours.ends:%H:%M}" if each.hours else "",
         ", ".join(each.without),
         "; ".join(f"{gone.first}~{gone.last} > {gone.substitute}" for gone in each.away))
        for each in book.contacts
    ]  # fmt: skip
    none = say(f"没有联系人；文件：{file.path}", f"There is no contact; the file is {file.path}")
    output.present(book.model_dump(mode="json"), output.table(columns, rows) if rows else none, _rules(book.delivery))


def _rules(rules: DeliveryRules) -> str:
    loud = "、".join(LEVELS[level].zh for level in rules.at_once) or "无"
    loud_en = ", ".join(LEVELS[level].en for level in rules.at_once) or "none"
    first, longest, attempts = rules.first_retry, rules.longest_pause, rules.attempts
    return say(
        f"不等时间的级别：{loud}。送不出的 {first} 分钟后重试，间隔加倍，最长 {longest} 分钟，{attempts} 次后放弃。",
        f"Levels that wait for no hour: {loud_en}. What cannot go out is tried again after {first} min, with pauses "
        f"that double up to {longest} min, and given up after {attempts} attempts.",
    )
