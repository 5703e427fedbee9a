"""A trial as a statement: what was planned, how its indicators stand, what the phase still asks for, what is due."""

from datetime import time
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from models.commands.trial import TrialPlan
from models.plan import Bounds
from models.policy import Policy, Subject
from models.refusal import Refused
from models.vocabulary import Machine
from models.words import CHECK_ANSWERS, GATE_CONDITIONS, PHASES, UNITS
from rules.trial_statement import Indicator, TrialStatement, statement

from . import output, shown, wording
from .acting import OnBehalf, Scene
from .output import AsJson, Failure, say
from .session import database, policy_of, state_of
from .viewing import Viewing, readable, veil_of


def add_to(app: typer.Typer) -> None:
    app.command("trial", rich_help_panel=output.SCENES)(trial)


def trial(
    scene: Scene,
    bidder: Annotated[str | None, typer.Option(help="只看某揭榜方 · one bidder only", show_default=False)] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """试点一览：方案与边界、指标、阶段条件、报告、保险、核查清单 · A trial: plan, indicators, gate, reports, checks"""
    with database() as opened:
        state = state_of(opened, scene)
        policy = policy_of(opened, state)
        journal = [record.entry for record in opened.reads.entries(scene)]
        sight = veil_of(opened, state, who, on_behalf_of).sight
    if policy is None:
        raise Failure("no_policy", say("找不到该场景所用的政策。", "The policy of this scene was not found."))
    known = readable(sight, Subject.TRIAL, [each.bidder for each in state.trials], bidder)
    if bidder is not None and bidder not in known:
        raise Refused("unknown_bidder", bidder=bidder, known=", ".join(known) or "-")
    if not known:
        raise Failure("no_trial", say("该场景还没有试点。", "This scene has no trial yet."))
    found = [
        statement(policy, state, journal, each, shown.today())
        for each in state.trials
        if each.bidder in known and bidder in (None, each.bidder)
    ]
    parts = [part for each in found for part in rendered(each, policy)]
    output.present({"scene": scene, "trials": [_content(each, policy) for each in found]}, *parts)


def _content(found: TrialStatement, policy: Policy) -> dict[str, Any]:
    content = found.model_dump(mode="json")
    for clock, each in zip(content["clocks"], found.clocks, strict=True):
        clock["workdays_left"] = shown.left(each.status, each.due_on, policy.calendar)
    return content


def rendered(found: TrialStatement, policy: Policy) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text.assemble((found.bidder, "bold"), f"  {wording.step(found.step, Machine.TRIAL)} ({found.step})"),
        output.pairs(_facts(found)),
    ]
    if found.plan is not None:
        columns = [("编号", "key"), ("内容", "what"), ("规定", "says")]
        parts.append(output.table(columns, _clauses(found.plan), say("方案条款", "The plan")))
    if found.indicators:
        columns = [("编号", "key"), ("指标", "indicator"), ("目标", "target"), ("叫停", "stop"), ("最近", "last"),
                   ("日期", "on"), ("结果", "result")]  # fmt: skip
        parts.append(output.table(columns, [_line(each) for each in found.indicators], say("指标", "Indicators")))
    if found.next_phase is not None and found.phase is not None:
        title = say(f"进入{_phase(found.next_phase)}前还须", f"Before the phase {_phase(found.next_phase)}")
        columns = [("条件", "condition"), ("事项", "of"), ("现状", "stands"), ("要求", "needs")]
        rows = [(shown.word(GATE_CONDITIONS, each.what), each.of, each.stands, each.needs) for each in found.unmet]
        parts.append(output.table(columns, rows, title) if rows else say(f"{title}：无", f"{title}: nothing"))
    if found.clocks:
        columns = [("期限", "clock"), ("责任方", "whose turn"), ("到期", "due"), ("剩余", "left")]
        clocks = [
            (
                wording.limit(each.limit),
                shown.holder(each.holder.role, each.holder.unit, each.holder.person) if each.holder else "",
                shown.due_of(each), shown.left_of(each, each.status, policy.calendar),
            )
            for each in found.clocks
        ]  # fmt: skip
        parts.append(output.table(columns, clocks, say("期限", "Clocks")))
    if found.checks:
        columns = [("何时", "asked at"), ("项目", "item"), ("名称", "name"), ("答复", "answer"), ("理由", "reasons")]
        asked = {"admission": say("准入", "admission"), "exit": say("退出", "exit")}
        checks = [
            (
                asked[each.asked], each.check, each.name,
                shown.word(CHECK_ANSWERS, each.answer.answer) if each.answer else "-",
                each.answer.reasons if each.answer else "",
            )
            for each in found.checks
        ]  # fmt: skip
        parts.append(output.table(columns, checks, say("核查清单", "Checklist")))
    return parts


def _facts(found: TrialStatement) -> list[tuple[str, object]]:
    every, insured = found.report_every, found.insurance
    sum = f"{_yuan(insured.insured_yuan)} ≥ {_yuan(insured.least_yuan)}"
    rows: list[tuple[str, object]] = [
        (say("风险类别", "risk profile"), found.profile),
        (say("开始", "started"), found.started_on),
        (say("阶段", "phase"), _phases(found)),
        (say("报告", "reports"), _reports(found.reports, f"{every.length} {shown.word(UNITS, every.unit)}")),
        (
            say("保险", "insurance"),
            say(f"至 {insured.until or '-'}，保额（元） {sum}", f"to {insured.until or '-'}, {sum} yuan"),
        ),
    ]
    if found.two_officers:
        rows.append((say("准入", "admission"), say("须两名监管人员", "by two officers")))
    if (work := found.employment) is not None:
        text = say(
            f"新增 {work.created}，减少 {work.displaced}，再培训 {work.retrained}",
            f"created {work.created}, displaced {work.displaced}, retrained {work.retrained}",
        )
        rows.append((say("就业影响", "employment"), text))
    return rows


def _phases(found: TrialStatement) -> Text:
    shown_ = Text()
    for at, phase in enumerate(found.phases):
        shown_.append(" → " if at else "")
        shown_.append(_phase(phase), "bold" if phase is found.phase else "dim")
    since = say(f"（自 {found.phase_since}）", f" (since {found.phase_since})") if found.phase_since else ""
    return shown_.append(since)


def _phase(phase: str) -> str:
    return shown.word(PHASES, phase)


def _reports(filed: int, every: str) -> str:
    return say(f"已交 {filed} 份，每 {every}一份", f"{filed} filed, one every {every}")


def _yuan(sum: int | None) -> str:
    return f"{sum:,}" if sum is not None else "-"


def _line(each: Indicator) -> tuple[object, ...]:
    kpi, sign = each.kpi, "≥" if each.kpi.better == "higher" else "≤"
    beyond = "<" if each.kpi.better == "higher" else ">"
    result = Text("-")
    if each.past_stop:
        result = Text(say("越过叫停值", "past the stop"), "bold red")
    elif each.reached is not None:
        result = Text(say("达标", "reached"), "green") if each.reached else Text(say("未达标", "not reached"), "yellow")
    return (
        kpi.key, kpi.name, f"{sign}{kpi.target} {kpi.unit}", f"{beyond}{kpi.stop} {kpi.unit}" if kpi.stop else "-",
        f"{each.last.value} {kpi.unit}" if each.last else "-", each.last.on if each.last else "-", result,
    )  # fmt: skip


def _clauses(plan: TrialPlan) -> list[tuple[object, ...]]:
    """Everything in it that can be cited, by its key."""
    within = plan.within or Bounds()
    rows: list[tuple[object, ...]] = [("-", say("边界", "bounds"), plan.bounds)]
    rows += [(each.key, say("区域", "area"), each.where) for each in within.areas]
    rows += [(each.key, say("规模", "scale"), f"{each.what} ≤ {each.at_most}") for each in within.scale]
    rows += [
        (each.key, say("对象", "users"), each.who + (f" ≤ {each.at_most}" if each.at_most else ""))
        for each in within.users
    ]
    rows += [
        (each.key, say("时段", "window"), f"{each.days} {_hours(each.opens, each.closes)}") for each in within.windows
    ]
    rows += [(each.key, say("个人信息", "personal data"), f"{each.what}: {each.protection}") for each in within.data]
    if within.no_personal_data:
        rows.append(("-", say("个人信息", "personal data"), say("不涉及", "none")))
    rows += [
        (each.key, say("豁免规则", "exempted rule"), f"{each.rule} {each.clause}: {each.why} → {each.instead}")
        for each in plan.exempted_rules
    ]
    rows += [(each.key, say("保障措施", "safeguard"), each.text) for each in plan.safeguards]
    return rows


def _hours(opens: time | None, closes: time | None) -> str:
    return f"{opens:%H:%M}-{closes:%H:%M}" if opens and closes else ""
