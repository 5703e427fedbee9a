"""Official documents: the register with its numbers, and what each of them says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.delivery import NotNow, Unwritable
from models.commands.anywhere import RecordService
from models.document import OfficialDocument
from runtime.wiring import Parts, document_desk
from storage.documents import DocumentFilter, Service, SqlDocuments
from storage.reads import LARGEST_PAGE

from . import output, shown
from .acting import OnBehalf
from .output import AsJson, Failure, PageNumber, PerPage, SceneOption, say
from .session import database
from .viewing import Veils, Viewing, page_of

app = output.group("文书：发文登记簿、正文 · Official documents: the register, what they say")


@app.command("list")
def list_(
    scene: SceneOption = None,
    city: Annotated[str | None, typer.Option(help="只看某市 · one city", show_default=False)] = None,
    year: Annotated[int | None, typer.Option(help="只看某年 · one year", show_default=False)] = None,
    form: Annotated[
        str | None, typer.Option(metavar="VERB", help="由哪项办理产生 · the act they come of", show_default=False)
    ] = None,
    to: Annotated[str | None, typer.Option(help="只看发给谁的 · to whom", show_default=False)] = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """发文登记簿，最近的在前 · The register of documents, the latest first"""
    with database() as opened:
        where = DocumentFilter(scene=scene, city=city, year=year, form=form, to=to)
        if who is None:
            found = opened.documents.documents(where, page=page, limit=limit)
            items, total, pages = list(found.items), found.total, found.pages
        else:
            veils = Veils(opened, who=who, behalf=on_behalf_of)
            items, total, pages = page_of(
                (each for each in _every(opened, where) if _is_shown(veils, each)), page, limit
            )
            veils.refuse_stranger()
        services = opened.documents.services(items)
    data = {"items": [_summary(each, services) for each in items], "total": total, "page": page, "pages": pages}
    columns = [("文号", "number"), ("名称", "title"), ("发给", "to"), ("场景", "scene"), ("号", "no"),
               ("日期", "date"), ("送达", "service")]  # fmt: skip
    rows = [
        (each.number or "-", each.title, each.to_unit or each.to_person, each.stream, each.sequence,
         shown.moment(each.issued_at), _service(services.get((each.stream, each.sequence))))
        for each in items
    ]  # fmt: skip
    none = say("没有文书。", "There is no document.")
    output.present(data, output.table(columns, rows) if rows else none)


def _every(opened: Parts, where: DocumentFilter) -> Iterator[OfficialDocument]:
    page = 1
    while True:
        found = opened.documents.documents(where, page=page, limit=LARGEST_PAGE)
        yield from found.items
        if page >= found.pages:
            return
        page += 1


def _is_shown(veils: Veils, document: OfficialDocument) -> bool:
    veil = veils.of(document.stream)
    return not veils.looks_in_a_role if veil is None else veil.shows_document(document)


def _summary(document: OfficialDocument, services: dict[tuple[str, int], Service]) -> dict[str, Any]:
    service = services.get((document.stream, document.sequence))
    stands = {"status": service.status, "due_on": service.due_on.isoformat()} if service else None
    return {**document.model_dump(mode="json", exclude={"text"}), "service": stands}


def _service(service: Service | None) -> str:
    if service is None:
        return say("无须登记", "none needed")
    if service.done:
        return say("已送达", "served")
    if service.late:
        return say(f"送达逾期（{service.due_on}）", f"overdue since {service.due_on}")
    if service.waits:
        return say(f"待送达，{service.due_on} 前", f"due by {service.due_on}")
    return say("不再需要", "needed no more")


@app.command()
def show(
    number: Annotated[str, typer.Argument(metavar="NUMBER|SCENE", help="文号，或场景编号 · its number, or a scene")],
    entry: Annotated[int | None, typer.Argument(help="记录号 · the entry", show_default=False)] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="另存为文件 · write it to a file", show_default=False),
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """一份文书的正文和送达 · What a document says, and its service"""
    with database() as opened:
        documents = opened.documents
        found = documents.numbered(number) if entry is None else documents.of_entry(number, entry)
        if who is not None:
            veils = Veils(opened, who=who, behalf=on_behalf_of)
            found = tuple(each for each in found if _is_shown(veils, each))
            veils.refuse_stranger()
        if not found:  # whether there is one that somebody may not read would tell too much
            raise _unknown(number, entry)
        try:
            written = tuple(document_desk(opened).written(each) for each in found)
        except (Unwritable, NotNow) as problem:
            raise Failure(
                "document_unwritable",
                say(
                    f"文书无法生成：{problem}。请检查模板和政策。",
                    f"It cannot be written: {problem}. See its template and its policy.",
                ),
            ) from None
        services = documents.services(written)
        proofs = {key: _proof(documents, key[0], each) for key, each in services.items()}
    text = "\n".join(each.text or "" for each in written)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    data = [
        {**_summary(each, services), "text": each.text, "proof": proofs.get((each.stream, each.sequence))}
        for each in written
    ]
    rows = [row for each in written for row in _rows(each, services, proofs)]
    output.present(data, text if out is None else say(f"已写入 {out}", f"Written to {out}"), output.pairs(rows))


def _rows(
    document: OfficialDocument,
    services: dict[tuple[str, int], Service],
    proofs: dict[tuple[str, int], dict[str, Any] | None],
) -> list[tuple[str, object]]:
    key = document.stream, document.sequence
    proof = proofs.get(key)
    rows: list[tuple[str, object]] = [
        (say("场景和记录", "scene and entry"), f"{document.stream} {document.sequence}"),
        (say("送达", "service"), _service(services.get(key))),
        ("SHA-256", document.sha256),
    ]
    if proof is not None:
        served = f"{proof['served_on']} · {proof['how']} · {proof['to']} · {proof['proof']['title']}"
        rows.insert(2, (say("送达凭证", "proof of service"), served))
    return rows


def _proof(documents: SqlDocuments, scene: str, service: Service) -> dict[str, Any] | None:
    """How, when and to whom it was served, as the entry says that recorded it."""
    if service.closed_by is None or (entry := documents.entry(scene, service.closed_by)) is None:
        return None
    act = entry.command.act
    if not isinstance(act, RecordService):
        return None
    return {**act.model_dump(mode="json", exclude={"verb"}), "recorded_by": entry.command.actor.person}


def _unknown(number: str, entry: int | None) -> Failure:
    if entry is None:
        return Failure(
            "unknown_document",
            say(
                f"登记簿中没有 {number}。用 scene document list 查看；或给出场景编号和记录号。",
                f"The register has no {number}. See `scene document list`; or give a scene and an entry.",
            ),
        )
    return Failure(
        "unknown_document",
        say(f"{number} 第 {entry} 号记录没有文书。", f"Entry {entry} of {number} issued no document."),
    )
