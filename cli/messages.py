"""The in-app inbox: what a unit or a person was told, and who has read it."""

from typing import Annotated

import typer

from models.notification import person_mailbox, unit_mailbox
from models.policy import Subject
from models.refusal import Refused
from models.words import LEVELS, NOTIFICATIONS
from runtime.policy_files import load_city
from runtime.wiring import Parts
from storage.readings import ReadMessage

from . import output, shown, wording
from .acting import OnBehalf
from .output import AsJson, PageNumber, PerPage, SceneOption, misuse, say
from .session import database
from .viewing import Veils, Viewing, sight_of_city

app = output.group("消息：本单位或本人收到的通知，已读未读 · Messages: what you were told, read or not")

Department = Annotated[
    str | None, typer.Option(metavar="UNIT", help="单位，须同时用 --city · the unit, with --city", show_default=False)
]
City = Annotated[str | None, typer.Option(help="城市 · the city", show_default=False)]
Person = Annotated[str | None, typer.Option(help="人员编号 · the person", show_default=False)]
Unread = Annotated[
    str | None,
    typer.Option(metavar="PERSON", help="只看该人未读的 · what they have not read", show_default=False),
]


@app.command("list")
def list_(
    department: Department = None,
    city: City = None,
    person: Person = None,
    unread_by: Unread = None,
    scene: SceneOption = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """收到的消息，最近的在前 · The messages, the latest first"""
    boxes = _mailboxes(department, city, person)
    with database() as opened:
        if who is not None:
            _refuse_other(opened, who, on_behalf_of, department, city, person)
        found = opened.readings.messages(boxes, shown.now(), unread_by=unread_by, scene=scene, page=page, limit=limit)
        veils = Veils(opened, person)
        items = [veils.told(each.message.stream, each.model_dump(mode="json")) for each in found.items]
    data = {
        "items": items,
        "total": found.total, "page": found.number, "pages": found.pages,
    }  # fmt: skip
    columns = [("时间", "at"), ("场景", "scene"), ("名称", "name"), ("消息", "message"), ("事项", "about"),
               ("期限", "due"), ("已读", "read by")]  # fmt: skip
    none = say("没有消息。", "There is no message.")
    output.present(data, output.table(columns, map(_row, found.items)) if found.items else none)


@app.command("read")
def read(
    by: Annotated[str, typer.Option(metavar="PERSON", help="谁已读 · who has read", show_default=False)],
    department: Department = None,
    city: City = None,
    person: Person = None,
    scene: SceneOption = None,
    as_json: AsJson = False,
) -> None:
    """把收到的消息记为已读 · Mark the messages as read"""
    boxes = _mailboxes(department, city, person)
    marked = 0
    with database() as opened:
        while found := opened.readings.messages(boxes, shown.now(), unread_by=by, scene=scene, limit=500).items:
            marked += opened.readings.mark((each.message for each in found), by, shown.now())
    output.present({"marked": marked}, say(f"{marked} 条消息已记为已读。", f"{marked} messages marked as read."))


def _refuse_other(
    opened: Parts, who: str, behalf: list[str] | None, department: str | None, city: str | None, person: str | None
) -> None:
    """What a unit or a person was told is theirs to read. Raises Refused: not_readable."""
    if city is None:
        raise misuse("用 --as 时须写明 --city。", "With --as name the --city.")
    sight = sight_of_city(opened, load_city(opened.settings.policies_dir, city), who, behalf)
    viewer = sight.viewer
    if department not in (None, viewer.unit) or (person is not None and person not in viewer.persons):
        raise Refused(
            "not_readable", role=viewer.role or "-", unit=viewer.unit or "-", subject=Subject.AUDIT,
            allowed=department or person or "-",
        )  # fmt: skip


def _mailboxes(department: str | None, city: str | None, person: str | None) -> tuple[str, ...]:
    if department is not None and city is None:
        raise misuse(
            "单位须与 --city 同用：两市可有同名单位。", "A unit goes with --city: two cities may share a name."
        )
    boxes = [
        *([unit_mailbox(city, department)] if department is not None and city is not None else []),
        *([person_mailbox(person)] if person is not None else []),
    ]
    if not boxes:
        raise misuse(
            "请用 --department 与 --city，或 --person 说明看谁的。", "Say whose: --department with --city, or --person."
        )
    return tuple(boxes)


def _row(read: ReadMessage) -> tuple[object, ...]:
    message, language = read.message, output.language()
    what = NOTIFICATIONS[message.kind].text(language)
    if message.level != "remind":
        what = f"{what} · {LEVELS[message.level].text(language)}"
    limit = message.payload.get("limit")
    return (
        shown.moment(message.send_after),
        message.stream,
        message.payload.get("name", ""),
        what,
        wording.limit(limit) if limit else "",
        message.payload.get("due_on") or "",
        ", ".join(f"{each.person} {shown.moment(each.read_at)}" for each in read.marks) or say("未读", "unread"),
    )
