"""Events from outside: handed in by hand, listed, looked into, tried again; and who may send them."""

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from channels.cloud_events import STRUCTURED
from client.outside import Outside
from client.scene_client import SceneClient
from models.actor import Actor
from models.outside import EVENT_BYTES, Dismissal, Handling, Received, Reception
from models.refusal import Refused
from models.state import SceneState
from rules.permissions import authorise_office
from runtime.policy_files import load_city
from runtime.receiving import SourceFile, outside
from runtime.settings import Settings
from runtime.wiring import Parts, scene_client
from storage.received import ReceivedFilter, SqlReceived
from storage.refusals import Refusal

from . import identity, output, shown, wording
from .acting import As, actor_of
from .fields import validated
from .output import AsJson, Failure, PageNumber, PerPage, SceneOption, misuse, say
from .session import database, policy_of, refuse_remote, server, settings

DISMISS = "dismiss_event"
app = output.group("外部事件：递交、查看、重试、来源 · Events from outside: hand in, look, try again, sources")

EventId = Annotated[str, typer.Argument(metavar="ID", help="事件编号，见 scene event list · its id in the list")]
SourceName = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help="来源名称 · name of a source", show_default=False)
]


@app.command()
def send(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help="CloudEvents 1.0 的 JSON 文件，- 为标准输入 · a CloudEvent in JSON; - is stdin"
        ),
    ],
    source: SourceName = None,
    signature: Annotated[
        str | None, typer.Option(metavar="sha256=...", help="来源的签名 · the source's signature", show_default=False)
    ] = None,
    timestamp: Annotated[
        str | None, typer.Option(metavar="SECONDS", help="签名时间 · when it was signed", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """递交一个事件：凭来源签名，或在本机以 --source 代为递交 · Hand in an event, signed, or here in a source's name"""
    if (signature is None) != (timestamp is None) or (signature is None) == (source is None):
        raise misuse(
            "请给出 --signature 和 --timestamp，或（仅限本机）--source。",
            "Give --signature and --timestamp; or, on this machine only, --source.",
        )
    made = settings()
    body = _body(file)
    if source is not None:
        refuse_remote(made)
    with database(made) as opened:
        door = _door(made, opened)
        headers = {"Content-Type": STRUCTURED}
        if source is not None:
            reception = asyncio.run(_in_the_name_of(made, door, source, headers, body))
        else:
            signs = {"X-Scene-Signature": signature or "", "X-Scene-Timestamp": timestamp or ""}
            reception = asyncio.run(door.receive({**headers, **signs}, body))
    _show(reception)


async def _in_the_name_of(made: Settings, door: Outside, name: str, headers: dict[str, str], body: bytes) -> Reception:
    file = SourceFile(made)
    book = file.book()
    if (source := book.find(name)) is None:
        known = ", ".join(each.name for each in book.sources) or "-"
        raise Failure(
            "unknown_source",
            say(
                f"{file.path} 中没有来源“{name}”。已有：{known}。", f"{file.path} has no source {name}. Known: {known}."
            ),
        )
    return await door.take(source, headers, body)


def _body(file: str) -> bytes:
    """One byte more than is taken is enough to say that it is too large."""
    if file == "-":
        return sys.stdin.buffer.read(EVENT_BYTES + 1)
    with Path(file).expanduser().open("rb") as opened:
        return opened.read(EVENT_BYTES + 1)


def _door(made: Settings, opened: Parts) -> Outside:
    async def connect() -> SceneClient:
        return scene_client(await server(made), opened)

    return outside(opened, connect)


def _show(reception: Reception) -> None:
    """Raises Refused for what has not become an act."""
    if reception.code is not None:
        kept = {"kept_as": reception.id} if reception.id else {}
        if reception.id and not output.as_json():
            output.note(say(f"事件已存，编号 {reception.id}。", f"The event is kept as {reception.id}."))
        raise Refused(reception.code, **reception.details, **kept)
    rows = [
        (say("结果", "result"), _outcome(reception.outcome)),
        (say("事件", "event"), reception.id),
        (say("场景", "scene"), reception.scene),
        (say("记录号", "entry"), reception.entry),
    ]
    output.present(_data(reception), output.pairs(rows))


def _data(reception: Reception) -> dict[str, Any]:
    return reception.model_dump(mode="json", exclude={"retry_after"})


def _outcome(outcome: str) -> str:
    words = {
        "accepted": say("已办理", "accepted"),
        "duplicate": say("此前已办理", "done before"),
        "refused": say("被拒绝", "refused"),
        "retry_later": say("稍后重试", "to be tried again"),
    }
    return words[outcome]


@app.command("list")
def list_(
    failed: Annotated[bool, typer.Option("--failed", help="只看未办成的 · only what has not become an act")] = False,
    source: SourceName = None,
    scene: SceneOption = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    as_json: AsJson = False,
) -> None:
    """收到的事件，最近的在前 · The events received, the latest first"""
    with database() as opened:
        store = SqlReceived(opened.engine)
        found = store.events(ReceivedFilter(failed=failed, source=source, scene=scene), page=page, limit=limit)
        strangers = store.strangers()
    data = {
        "items": [_summary(each) for each in found.items],
        "total": found.total, "page": found.number, "pages": found.pages,
        "turned_away": [each.model_dump(mode="json") for each in strangers],
    }  # fmt: skip
    columns = [("编号", "id"), ("时间", "time"), ("来源", "source"), ("类型", "type"), ("场景", "scene"),
               ("号", "no"), ("结果", "result"), ("原因", "why")]  # fmt: skip
    rows = [
        (each.id, shown.moment(each.received_at), each.source, each.type or "-", each.scene or "-", each.entry,
         _handling(each.handling), _why(each))
        for each in found.items
    ]  # fmt: skip
    none = say("没有事件。", "There is no event.")
    count = sum(each.count for each in strangers)
    beside = say(f"另有 {count} 条来源不明的消息被拒收。", f"{count} messages of unknown senders were turned away.")
    output.present(data, output.table(columns, rows) if rows else none, *([beside] if count else []))


def _summary(event: Received) -> dict[str, Any]:
    return event.model_dump(mode="json", exclude={"command", "headers"})


def _handling(handling: Handling) -> str:
    words = {
        Handling.WAITING: say("待重试", "waiting"),
        Handling.ACCEPTED: say("已办理", "accepted"),
        Handling.REFUSED: say("被拒绝", "refused"),
        Handling.DISMISSED: say("已关闭", "dismissed"),
    }
    return words[handling]


def _why(event: Received) -> str:
    """Why it is no act; a code of another build is shown as it is."""
    if event.dismissal is not None and event.handling is Handling.DISMISSED:
        return event.dismissal.reasons
    if event.code is None:
        return ""
    refused = event.refusal
    if refused is None:
        return event.code
    words = wording.in_words(refused.details, output.language())
    return f"{event.code}: {Refused(event.code, **words).text(output.language())}"


@app.command()
def show(id: EventId, as_json: AsJson = False) -> None:
    """一个事件的全部：属性、正文、结果 · One event: its attributes, its body, what became of it"""
    with database() as opened:
        store = SqlReceived(opened.engine)
        event = store.find(id)
        if event is None:
            raise _unknown(id)
        body = store.body(id).decode("utf-8", "replace")
    rows = [
        (say("编号", "id"), event.id),
        (say("来源", "source"), event.source),
        (say("类型", "type"), event.type),
        (say("事件编号", "event id"), event.event_id),
        (say("主题", "subject"), event.subject),
        (say("时间", "time"), event.time),
        (say("收到", "received"), shown.moment(event.received_at)),
        ("SHA-256", event.sha256),
        (say("结果", "result"), _handling(event.handling)),
        (say("原因", "why"), _why(event) or None),
        (say("关闭", "dismissed by"), _by(event.dismissal) if event.dismissal else None),
        (say("场景", "scene"), event.scene),
        (say("记录号", "entry"), event.entry),
        (say("命令编号", "command id"), event.command_id),
        (say("尝试", "attempts"), f"{event.attempts} · {shown.moment(event.tried_at)}"),
    ]
    output.present({**event.model_dump(mode="json"), "body": body}, output.pairs(rows), output.line(_readable(body)))


def _by(dismissal: Dismissal) -> str:
    return f"{dismissal.by.person} · {dismissal.by.unit} · {shown.moment(dismissal.at)}"


def _readable(body: str) -> str:
    """JSON with its letters and line breaks; what is none as it came."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body


def _unknown(id: str) -> Failure:
    return Failure("unknown_event", say(f"没有编号为 {id} 的事件。", f"There is no event {id}."))


@app.command()
def retry(
    id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="事件编号 · id of an event", show_default=False)
    ] = None,
    all_failed: Annotated[bool, typer.Option("--all-failed", help="所有未办成的 · everything that failed")] = False,
    as_json: AsJson = False,
) -> None:
    """重试未办成的事件 · Try again what has not become an act"""
    if (id is None) != all_failed:
        raise misuse("请给出事件编号，或 --all-failed。", "Name an event, or use --all-failed.")
    made = settings()
    with database(made) as opened:
        door = _door(made, opened)
        ids = (id,) if id is not None else SqlReceived(opened.engine).failed()
        receptions = asyncio.run(_retried(door, ids))
    if id is not None:
        _show(receptions[0])
        return
    _show_all(receptions)


async def _retried(door: Outside, ids: Iterable[str]) -> list[Reception]:
    """One after the other, the oldest first: one may rest on another."""
    receptions = []
    for id in ids:
        if (reception := await door.retry(id)) is None:
            raise _unknown(id)
        receptions.append(reception)
    return receptions


def _show_all(receptions: list[Reception]) -> None:
    columns = [("编号", "id"), ("场景", "scene"), ("号", "no"), ("结果", "result"), ("原因", "why")]
    rows = [
        (each.id, each.scene, each.entry, _outcome(each.outcome), each.text(output.language())) for each in receptions
    ]
    none = say("没有未办成的事件。", "No event has failed.")
    output.present([_data(each) for each in receptions], output.table(columns, rows) if rows else none)
    if any(each.code for each in receptions):
        raise typer.Exit(1)


@app.command()
def dismiss(
    id: EventId,
    reasons: Annotated[str, typer.Option(help="理由 · the reasons", show_default=False)],
    who: As = None,
    as_json: AsJson = False,
) -> None:
    """关闭未办成的事件，不再重试 · Close what has not become an act: it is not tried again"""
    made = settings()
    acts = identity.who(who)
    refuse_remote(made)
    with database(made) as opened:
        store = SqlReceived(opened.engine)
        if (event := store.find(id)) is None:
            raise _unknown(id)
        by = _allowed(opened, event, acts)
        dismissal = validated(Dismissal, {"by": by, "at": shown.now(), "reasons": reasons})
        if not store.dismiss(id, dismissal):
            raise Failure(
                "event_settled",
                say(
                    f"事件 {id} 已办理或已关闭，不能再关闭；见 scene event show {id}。",
                    f"The event {id} became an act, or was dismissed before; see scene event show {id}.",
                ),
            )
    output.present({"id": id, **dismissal.model_dump(mode="json")}, say(f"已关闭 {id}。", f"{id} is dismissed."))


def _allowed(opened: Parts, event: Received, acts: identity.Who) -> Actor:
    """An office of the scene's city, or of a city that the source reports to. Raises Refused, and records it."""
    state = opened.reads.state(event.scene or "")
    policy = policy_of(opened, state) if state is not None else None
    if policy is None:
        source = SourceFile(opened.settings).book().find(event.source)
        if source is None:
            raise Refused("event_source_gone", source=event.source)
        policy = load_city(opened.settings.policies_dir, source.cities[0])
    stream = f"event:{event.id}"
    by = actor_of(opened, acts, policy, SceneState(scene=stream), DISMISS)
    try:
        authorise_office(policy, by, DISMISS)
    except Refused as refused:
        opened.refusals.keep(Refusal.of_office(stream, by, {"verb": DISMISS}, refused, shown.now()))
        raise
    return by


@app.command()
def sources(as_json: AsJson = False) -> None:
    """来源：谁可以报送哪些城市的哪类事件 · Who may send which events of which cities"""
    file = SourceFile(settings())
    book = file.book()
    columns = [("名称", "name"), ("来源", "source"), ("事件类型", "types"), ("城市", "cities")]
    rows = [(each.name, each.source, "\n".join(each.types), "、".join(each.cities)) for each in book.sources]
    none = say(f"没有来源；文件：{file.path}", f"There is no source; the file is {file.path}")
    data = [each.model_dump(mode="json", exclude={"secrets"}) for each in book.sources]
    output.present(data, output.table(columns, rows) if rows else none)
