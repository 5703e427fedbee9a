"""The inclusion ledger (包容期台账) as people read it, hand it in, and open it in a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from models.policy import Subject
from models.refusal import Refused
from models.vocabulary import Machine
from models.words import FIRST_FAULT, LIMITS, MEASURES, RISKS, VERBS, Word
from rules.inclusion_statement import Doer, Extension, FaultLine, InclusionStatement, Order, Turn, statements

from . import output, shown, wording
from .acting import OnBehalf, Scene
from .output import AsJson, say
from .session import database, state_of
from .viewing import Viewing, readable, veil_of

Line = tuple[str, str]
"""What is told, and how it reads."""

CSV_COLUMNS = (
    "bidder", "period", "fault", "entry", "date", "kind", "measure", "plan_clause", "guidance", "finding", "evidence",
    "evidence_sha256", "officer", "unit", "red_line", "above", "steps", "repeats", "window", "order_officers",
    "served_on", "due_on", "verified_by", "corrected", "lapsed", "corrections",
    "reported_by", "annulled_on",
)  # fmt: skip
"""One line for each fault; the names stay, whatever the language."""


def add_to(app: typer.Typer) -> None:
    app.command("inclusion", rich_help_panel=output.SCENES)(inclusion)


def inclusion(
    scene: Scene,
    bidder: Annotated[str | None, typer.Option(help="只看某揭榜方 · one bidder", show_default=False)] = None,
    to_csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="差错逐条导出，- 为标准输出 · the faults as CSV", show_default=False
        ),
    ] = None,
    to_markdown: Annotated[
        Path | None,
        typer.Option(
            "--markdown", metavar="FILE", help="全文导出，- 为标准输出 · all of it as Markdown", show_default=False
        ),
    ] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """包容期台账 · The inclusion ledger: faults and why each met its measure, orders, extensions, the end"""
    with database() as opened:
        state = state_of(opened, scene)
        told = statements([record.entry for record in opened.reads.entries(scene)])
        sight = veil_of(opened, state, who, on_behalf_of).sight
    known = readable(sight, Subject.TRIAL, [each.bidder for each in told], bidder)
    told = tuple(each for each in told if each.bidder in known)
    chosen = tuple(each for each in told if bidder in (None, each.bidder))
    if bidder is not None and not chosen:
        raise Refused("no_inclusion_yet", bidder=bidder, known=", ".join(dict.fromkeys(each.bidder for each in told)))
    if to_csv is not None:
        _write(csv_text(chosen), to_csv, "utf-8-sig")
    if to_markdown is not None:
        _write(markdown(scene, chosen), to_markdown, "utf-8")
    if to_csv is not None or to_markdown is not None:
        return
    none = say("本场景没有包容期。", "This scene has no inclusion period.")
    output.present(
        {"scene": scene, "periods": [each.model_dump(mode="json") for each in chosen]},
        *([part for each in chosen for part in _rendered(each)] or [none]),
    )


def _write(text: str, to: Path, encoding: str) -> None:
    if str(to) == "-":
        output.write(text)
        return
    to.write_text(text, encoding=encoding, newline="")
    output.note(say(f"已导出到 {to}", f"exported to {to}"))


def _rendered(told: InclusionStatement) -> list[RenderableType]:
    words = measure_words(told)
    parts: list[RenderableType] = [output.line((title(told), "bold")), output.pairs(_head(told))]
    for fault in told.faults:
        parts += [
            output.line((f"#{fault.number} {_measure(fault, words)}", "bold")),
            output.pairs(_fault(fault, words)),
        ]
    if not told.faults:
        parts.append(say("没有差错记录。", "No fault is recorded."))
    return [*parts, ""]


def markdown(scene: str, told: tuple[InclusionStatement, ...]) -> str:
    """The statements as one document."""
    lines = [say(f"# 包容期台账 {scene}", f"# Inclusion ledger of {scene}"), ""]
    for each in told:
        lines += [f"## {title(each)}", "", *_items(_head(each)), ""]
        words = measure_words(each)
        for fault in each.faults:
            lines += [f"### {fault.number}. {_escaped(_measure(fault, words))}", "", *_items(_fault(fault, words)), ""]
        if not each.faults:
            lines += [say("没有差错记录。", "No fault is recorded."), ""]
    return "\n".join(lines)


def _items(lines: list[Line]) -> Iterator[str]:
    for name, text in lines:
        yield f"- **{name}**: {_escaped(text)}"


def _escaped(text: str) -> str:
    """What somebody wrote shall not read as markup, nor break the list."""
    for mark in ("\\", "`", "*", "_", "[", "<", "#", "|"):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " / ")


def csv_text(told: tuple[InclusionStatement, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for each in told:
        for fault in each.faults:
            writer.writerow([output.cell(value) for value in _row(each, fault)])
    return text.getvalue()


def _row(told: InclusionStatement, fault: FaultLine) -> tuple[object, ...]:
    climb, order = fault.climb, fault.order
    verified = order.verified.person if order and order.verified else None
    return (
        told.bidder, told.number, fault.number, fault.recorded.sequence, fault.recorded.on, fault.kind, fault.measure,
        fault.plan_clause, fault.guidance, fault.finding, fault.evidence.title, fault.evidence.sha256,
        fault.recorded.person, fault.recorded.unit, fault.red_line,
        climb.above if climb else None, climb.steps if climb else None, list(climb.repeats) if climb else None,
        f"{climb.window.length} {climb.window.unit}" if climb else None,
        list(order.officers) if order else None, order.served_on if order else None, order.due_on if order else None,
        verified, order.corrected if order else None, order.lapsed if order else None, list(fault.corrections),
        order.reported.person if order and order.reported else None, fault.annulled.on if fault.annulled else None,
    )  # fmt: skip


def title(told: InclusionStatement) -> str:
    step = wording.step(told.step, Machine.INCLUSION)
    return say(f"{told.bidder} 第 {told.number} 次包容期：{step}", f"{told.bidder}, period {told.number}: {step}")


def _head(told: InclusionStatement) -> list[Line]:
    found = told.eligibility
    until = told.until.isoformat() if told.until else "-"
    lines = [
        (say("起算", "start"), f"{told.started_on} · {_doer(told.granted)}"),
        (say("止日", "last day"), until),
        (say("准入认定", "eligibility"), _eligibility(told)),
    ]
    if told.notice is not None:
        lines.insert(1, (say("启动通知", "start notice"), f"{told.notice.title} {told.notice.sha256}"))
    if found.livelihood:
        lines.append((say("民生领域", "livelihood"), say("须承诺与信用核查", "commitment and credit check are needed")))
    lines += [(say("延长", "extension"), _extension(each)) for each in told.extensions]
    if told.ended is not None:
        lines.append((say("结束", "end"), _turn(told.ended)))
    if (under := told.supervision) is not None:
        text = say(f"始于 {_doer(under.began)}", f"began {_doer(under.began)}")
        if under.decided is not None:
            lifted = under.decision == "lifted"
            what = say("解除", "lifted") if lifted else say("终止试点", "trial terminated")
            text += f"; {what} {_doer(under.decided)}: {under.reasons}"
        lines.append((say("正式监管", "supervision"), text))
    for remedy in told.remedies:
        served = remedy.served_on or say("尚未送达", "not served yet")
        lines.append(
            (
                say("救济", "remedy"),
                say(f"第 {remedy.sequence} 号决定，送达：{served}", f"decision {remedy.sequence}, served: {served}"),
            )
        )
    return lines


def _eligibility(told: InclusionStatement) -> str:
    found = told.eligibility
    unknown = say("未见证", "not witnessed")
    commitment = {True: say("已签", "signed"), False: say("未签", "not signed"), None: unknown}[found.commitment]
    return say(
        f"风险 {shown.word(RISKS, found.risk or '-')}，信用 {found.credit or unknown}，承诺{commitment}",
        f"risk {found.risk or '-'}, credit {found.credit or unknown}, commitment {commitment}",
    )


def _fault(fault: FaultLine, words: Mapping[str, Word]) -> list[Line]:
    lines = [
        (say("记录", "recorded"), _doer(fault.recorded)),
        (say("种类", "kind"), fault.kind),
        (say("方案条款", "plan clause"), fault.plan_clause),
        (say("指导", "guidance"), fault.guidance or "-"),
        (say("认定", "finding"), fault.finding),
        (say("证据", "evidence"), f"{fault.evidence.title} {fault.evidence.sha256}"),
        (say("理由", "why"), why(fault, words)),
    ]
    if fault.incident is not None:
        lines.append((say("事件", "incident"), fault.incident))
    if fault.order is not None:
        lines += _order(fault.order)
    if fault.annulled is not None:
        lines.append((say("申诉撤销", "annulled on appeal"), _doer(fault.annulled)))
    lines += [(say("更正", "corrected"), text) for text in fault.corrections]
    return lines


def measure_words(told: InclusionStatement) -> Mapping[str, Word]:
    """With the city's own measures, as its policy called them when a fault met them."""
    own = [fault.climb.measure for fault in told.faults if fault.climb and fault.climb.measure]
    return {**MEASURES, **{measure.key: Word(measure.name, measure.name_en) for measure in own}}


def _measure(fault: FaultLine, words: Mapping[str, Word]) -> str:
    return f"{fault.recorded.on} {fault.kind}: {shown.word(words, fault.measure)}"


def why(fault: FaultLine, words: Mapping[str, Word] = MEASURES) -> str:
    """Why it met its measure, in one sentence."""
    if fault.red_line is not None:
        return say(f"触碰红线 {fault.red_line}，不经阶梯", f"the red line {fault.red_line} breaches without the ladder")
    if fault.first_fault is not None and fault.measure == "tolerated":
        names = [shown.word(FIRST_FAULT, name) for name, found in fault.first_fault if found]
        return say(f"行政处罚法第三十三条：{'、'.join(names)}", f"not punished (行政处罚法33): {', '.join(names)}")
    climb = fault.climb
    if climb is None:
        return say("当时未记录", "was not recorded then")
    above = shown.word(words, climb.above) if climb.above else say("无", "none")
    repeats = ", ".join(f"#{number}" for number in climb.repeats) or say("无", "none")
    window = f"{climb.window.length} {wording.period_unit(climb.window.unit)}"
    skips = climb.steps > 1
    return say(
        f"此前最高一级：{above}；{window}内同类：{repeats}（满 {climb.repeats_to_skip} 次跳一级）；"
        f"升 {climb.steps} 级{'，跳级' if skips else ''}",
        f"highest before: {above}; same kind within {window}: {repeats} ({climb.repeats_to_skip} skip a step); "
        f"{climb.steps} step{'s, one skipped' if skips else ''} up",
    )


def _order(order: Order) -> list[Line]:
    waiting = say("尚未送达", "not served yet")
    lines = [
        (say("责令", "order"), ", ".join(order.officers)),
        (say("送达／到期", "served, due"), f"{order.served_on or waiting} / {order.due_on or '-'}"),
    ]
    lines += [(say("延期", "extension"), _extension(each)) for each in order.extensions]
    if order.reported is not None:
        proof = f"{order.proof.title} {order.proof.sha256} · " if order.proof is not None else ""
        lines.append((say("整改报告", "reported"), proof + _doer(order.reported)))
    if order.verified is not None:
        result = say("已改正", "corrected") if order.corrected else say("未改正", "not corrected")
        lines.append((say("核验", "verified"), f"{result}: {order.finding} · {_doer(order.verified)}"))
    if order.finding_annulled is not None:
        lines.append((say("申诉撤销核验结论", "finding annulled on appeal"), _doer(order.finding_annulled)))
    if order.lapsed:
        lines.append((say("到期", "ran out"), say("到期未报告整改", "nobody reported or verified it in time")))
    return lines


def _extension(extension: Extension) -> str:
    asked = say(f"申请 {_doer(extension.asked)}", f"asked by {_doer(extension.asked)}") + f": {extension.reasons}"
    if extension.answered is None:
        return asked + say("；待答复", "; not answered yet")
    granted = say("同意", "granted") if extension.granted else say("不同意", "refused")
    until = say(f"，至 {extension.until}", f", until {extension.until}") if extension.until else ""
    return f"{asked}; {granted} {_doer(extension.answered)}: {extension.answer_reasons}{until}"


def _turn(turn: Turn) -> str:
    limit = turn.cause.removeprefix("after:")
    cause = shown.word(LIMITS if turn.cause.startswith("after:") else VERBS, limit)
    passed = say("（到期）", " (ran out)") if turn.cause.startswith("after:") else ""
    reasons = f": {turn.reasons}" if turn.reasons else ""
    return f"{wording.step(turn.step, Machine.INCLUSION)} · {cause}{passed}{reasons} · {_doer(turn.entered)}"


def _doer(doer: Doer) -> str:
    who = " ".join(part for part in (doer.person, doer.unit) if part)
    return say(f"{doer.on} {who}（第 {doer.sequence} 号）", f"{doer.on} {who} (entry {doer.sequence})")
