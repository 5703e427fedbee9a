"""Acceptance and promotion as statements: what was concluded and paid, what a benchmark was found by and received."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from models.deadline import Deadline
from models.journal import JournalEntry
from models.policy import Policy, Subject
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Machine
from models.words import PAYMENTS, POSITIONS, VERDICTS
from rules import acceptance_statement, benchmark_statement
from rules.acceptance_statement import AcceptanceStatement
from rules.benchmark_statement import BenchmarkStatement
from rules.disclosure import Sight

from . import output, shown, wording
from .acting import OnBehalf, Scene
from .output import AsJson, Failure, say
from .session import database, policy_of, state_of
from .viewing import Viewing, readable, veil_of


def add_to(app: typer.Typer) -> None:
    app.command("acceptance", rich_help_panel=output.SCENES)(acceptance)
    app.command("benchmark", rich_help_panel=output.SCENES)(benchmark)


def acceptance(
    scene: Scene,
    bidder: Annotated[str | None, typer.Option(help="只看某揭榜方 · one bidder only", show_default=False)] = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """验收一览：结论、意见、沉默、签署、付款、退款、价值与分享 · Verdict, opinions, signatures, payments, value"""
    state, policy, journal, sight = _read(scene, who, on_behalf_of)
    known = readable(sight, Subject.ACCEPTANCE, [each.bidder for each in state.acceptances], bidder)
    if bidder is not None and bidder not in known:
        raise Refused("unknown_bidder", bidder=bidder, known=", ".join(known) or "-")
    if not known:
        raise Failure("no_acceptance", say("该场景还没有验收。", "This scene has no acceptance yet."))
    found = [
        acceptance_statement.statement(policy, state, journal, each)
        for each in state.acceptances
        if each.bidder in known and bidder in (None, each.bidder)
    ]
    content = []
    for each in found:
        item = each.model_dump(mode="json")
        for clock, deadline in zip(item["clocks"], each.clocks, strict=True):
            clock["workdays_left"] = shown.left(deadline.status, deadline.due_on, policy.calendar)
        if not sight.whole(Subject.CONTRACT, each.bidder):
            item |= {"payments": None, "paid_yuan": None}
        content.append(item)
    parts = [
        part for each in found for part in _acceptance(each, policy, paid=sight.whole(Subject.CONTRACT, each.bidder))
    ]
    output.present({"scene": scene, "acceptances": content}, *parts)


def benchmark(scene: Scene, who: Viewing = None, on_behalf_of: OnBehalf = None, as_json: AsJson = False) -> None:
    """推广一览：标杆等级与标准、激励与上限、年度复核、复制、推荐 · A benchmark: criteria, benefits, reviews, copies"""
    state, policy, journal, sight = _read(scene, who, on_behalf_of)
    sight.demand(Subject.PROMOTION)
    found = benchmark_statement.statement(policy, state, journal)
    content = found.model_dump(mode="json")
    if found.clock is not None:
        content["clock"]["workdays_left"] = shown.left(found.clock.status, found.clock.due_on, policy.calendar)
    output.present({"scene": scene, **content}, *_benchmark(found, policy))


def _read(
    scene: str, who: str | None, behalf: list[str] | None
) -> tuple[SceneState, Policy, list[JournalEntry], Sight]:
    with database() as opened:
        state = state_of(opened, scene)
        policy = policy_of(opened, state)
        journal = [record.entry for record in opened.reads.entries(scene)]
        sight = veil_of(opened, state, who, behalf).sight
    if policy is None:
        raise Failure("no_policy", say("找不到该场景所用的政策。", "The policy of this scene was not found."))
    return state, policy, journal, sight


def _acceptance(found: AcceptanceStatement, policy: Policy, *, paid: bool) -> list[RenderableType]:
    """`paid`: with what was paid, which is the contract's."""
    heard = [f"{each.unit} {shown.word(POSITIONS, each.position)}" for each in found.opinions]
    manner = say("答辩并现场核查", "with defence and site visit") if found.by_defence else say("书面", "on papers")
    rows: list[tuple[str, object]] = [
        (say("预算（元）", "budget, yuan"), f"{found.budget_yuan:,} {manner}"),
        (say("结论", "verdict"), shown.word(VERDICTS, found.verdict) if found.verdict else "-"),
        (say("结论日期", "concluded"), found.concluded_on),
        (say("验收意见书", "signed opinion"), found.document_sha256),
        (say("整改", "rectifications"), f"{found.rectifications} / {found.rectifications_at_most}"),
        (say("重新试点", "re-trials"), f"{found.retrials} / {found.retrials_at_most}"),
        (say("意见", "opinions"), _listed(heard)),
        (say("沉默", "silent"), _listed(found.silent)),
        (say("待提意见", "awaited"), _listed(found.awaited)),
        (say("答辩", "defence"), found.defence.on if found.defence else "-"),
        (
            say("现场核查", "site visit"),
            f"{found.visit.on} {_listed(found.visit.by)}" if found.visit else "-",
        ),
        (say("实测", "field tests"), _listed([f"{each.on} {each.kind} {each.by}" for each in found.field_tests])),
        (say("专家推荐", "experts recommending"), f"{found.recommending} / {found.seats}"),
        (
            say("签署", "signatures"),
            _listed([f"{each.person}{say('（保留意见）', ' (dissents)') if each.dissents else ''}"
                     for each in found.signatures]),
        ),
        (say("未签署", "unsigned"), _listed(found.unsigned)),
        (say("三首产品", "three firsts"), _listed(found.firsts)),
        (say("已付（元）", "paid, yuan"), f"{found.paid_yuan:,}" if paid else "-"),
    ]  # fmt: skip
    if (refund := found.refund) is not None:
        done = f"{refund.refunded_yuan:,}" if refund.refunded_yuan is not None else "-"
        tolerated = {None: "-", True: say("予以容错", "tolerated"), False: say("不予容错", "not tolerated")}
        rows += [
            (say("应退（元）", "refund due, yuan"), f"{refund.due_yuan:,}"),
            (say("已退（元）", "refunded, yuan"), done),
            (say("申报已退、待收（元）", "said to be paid back, yuan"), f"{refund.declared_yuan or 0:,}"),
            (say("容错认定", "fault tolerance"), tolerated[refund.tolerated]),
        ]
    if found.value_yuan is not None:
        rows.append((say("价值（元）", "value, yuan"), f"{found.value_yuan:,}"))
    parts: list[RenderableType] = [
        Text.assemble((found.bidder, "bold"), f"  {wording.step(found.step, Machine.ACCEPTANCE)} ({found.step})"),
        output.pairs(rows),
    ]
    if found.payments and paid:
        columns = [("节点", "milestone"), ("金额（元）", "yuan"), ("状态", "status")]
        lines = [
            (
                say("导入前已付", "paid before the takeover") if each.declared else each.milestone,
                f"{each.amount_yuan:,}", shown.word(PAYMENTS, each.status),
            )
            for each in found.payments
        ]  # fmt: skip
        parts.append(output.table(columns, lines, say("付款", "Payments")))
    if found.shares and found.value_yuan is not None:
        columns = [("参与方", "party"), ("比例", "share"), ("约合（元）", "about, yuan")]
        shares = [(party, share, f"{int(found.value_yuan * Fraction(share)):,}") for party, share in found.shares]
        parts.append(output.table(columns, shares, say("利益分享", "Benefit sharing")))
    if found.clocks:
        parts.append(_clocks(found.clocks, policy))
    return parts


def _route(policy: Policy, key: str) -> str:
    return next((each.name for each in policy.promotion.uptake if each.key == key), key)


def _benchmark(found: BenchmarkStatement, policy: Policy) -> list[RenderableType]:
    recommended = {None: "-", True: say("推荐", "recommended"), False: say("不推荐", "not recommended")}
    rows: list[tuple[str, object]] = [
        (say("等级", "level"), found.level),
        (say("评估", "evaluation"), recommended[found.recommended]),
        (say("确认", "confirmed"), found.confirmed_on if found.confirmed else "-"),
        (say("年度复核", "yearly reviews"), found.reviews),
        (say("价值（元）", "value, yuan"), f"{found.value_yuan:,}" if found.value_yuan is not None else "-"),
        (say("可受激励", "may receive benefits"), _listed(found.beneficiaries)),
        (say("三首产品", "three firsts"), _listed(found.firsts)),
        (say("复制", "copies"), _listed([" ".join(filter(None, (each.city, each.district, each.scene)))
                                        for each in found.copies])),
        (say("采用", "taken up"), _listed([f"{_route(policy, each.route)} {each.bidder} {each.amount_yuan:,}"
                                         f" ({each.legal_basis})" for each in found.uptakes])),
        (say("向上推荐", "recommended upward"), _listed([f"{each.to} {each.on}" for each in found.recommendations])),
    ]  # fmt: skip
    if found.raising is not None:
        rows.insert(1, (say("拟提升至", "nominated for"), found.raising.level))
    if found.case_type is not None:
        rows.append((say("案例类型", "type of case"), found.case_type))
    if found.withdrawn:
        rows.append((say("称号", "title"), Text(say("已撤销", "withdrawn"), "bold red")))
    parts: list[RenderableType] = [
        Text.assemble((wording.step(found.step, Machine.SCENE), "bold"), f" ({found.step})"),
        output.pairs(rows),
    ]
    if found.criteria:
        answers = {None: "-", True: say("满足", "met"), False: say("未满足", "not met")}
        columns = [
            ("标准", "criterion"),
            ("名称", "name"),
            ("必备", "obligatory"),
            ("结果", "result"),
            ("认定", "finding"),
        ]
        lines = [
            (
                each.criterion.key, each.criterion.name, say("是", "yes") if each.criterion.obligatory else "",
                answers[each.answer.met if each.answer else None], each.answer.finding if each.answer else "",
            )
            for each in found.criteria
        ]  # fmt: skip
        parts.append(output.table(columns, lines, say("标杆标准", "Criteria")))
    if found.opinions:
        columns = [("日期", "on"), ("单位", "unit"), ("人员", "person"), ("意见", "opinion"), ("内容", "text")]
        said = [
            (each.opinion.on, each.opinion.unit, each.opinion.person, shown.word(POSITIONS, each.opinion.position),
             each.text)
            for each in found.opinions
        ]  # fmt: skip
        parts.append(output.table(columns, said, say("标杆意见", "Opinions on the benchmark")))
    columns = [
        ("激励", "benefit"), ("已登记（元）", "recorded, yuan"), ("每项上限", "cap each"), ("总上限", "cap in all"),
        ("余额", "left"),
    ]  # fmt: skip
    kinds = [
        (
            each.benefit.kind, f"{each.recorded_yuan:,}", _yuan(each.benefit.each_yuan),
            _yuan(each.benefit.in_all_yuan), _yuan(each.left_yuan),
        )
        for each in found.kinds
    ]  # fmt: skip
    parts.append(output.table(columns, kinds, say("激励与上限", "Benefits and caps")))
    if found.granted:
        columns = [("日期", "on"), ("激励", "benefit"), ("受益方", "beneficiary"), ("金额（元）", "yuan")]
        granted = [(each.on, each.kind, each.beneficiary, f"{each.amount_yuan:,}") for each in found.granted]
        parts.append(output.table(columns, granted, say("激励登记", "Benefits recorded")))
    if found.clock is not None:
        parts.append(_clocks((found.clock,), policy))
    return parts


def _clocks(clocks: Sequence[Deadline], policy: Policy) -> RenderableType:
    columns = [("期限", "clock"), ("责任方", "whose turn"), ("到期", "due"), ("剩余", "left")]
    rows: list[tuple[Any, ...]] = [
        (
            wording.limit(each.limit),
            shown.holder(each.holder.role, each.holder.unit, each.holder.person) if each.holder else "",
            shown.due_of(each), shown.left_of(each, each.status, policy.calendar),
        )
        for each in clocks
    ]  # fmt: skip
    return output.table(columns, rows, say("期限", "Clocks"))


def _listed(items: Sequence[str]) -> str:
    return say("、", ", ").join(items) or "-"


def _yuan(sum: int | None) -> str:
    return f"{sum:,}" if sum is not None else "-"
