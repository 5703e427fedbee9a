"""The risk compensation pool (风险补偿资金池) of a city: how it stands, what is claimed, approved and paid."""

import inspect
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from models.actor import Actor
from models.fund import (
    ApproveCompensation,
    Claim,
    ClaimStatus,
    DeclineCompensation,
    FileClaim,
    FundAct,
    FundCommand,
    FundEntry,
    FundState,
    PayCompensation,
    PayIn,
    ProposeCompensation,
    RecoverCompensation,
    WithdrawClaim,
)
from models.policy import Policy, Subject
from models.refusal import Refused
from models.state import SceneState
from models.words import CLAIM_STATUSES
from rules.fund import read_scene
from rules.keyed import find
from rules.reading import Extent, Sight
from runtime.policy_files import load_city
from runtime.wiring import Parts
from storage.funds import claim_of
from storage.refusals import Refusal

from . import identity, output, shown, wording
from .acting import (
    As,
    CommandId,
    EffectiveDocument,
    EffectiveOn,
    Envelope,
    OnBehalf,
    Scene,
    a_date,
    actor_of,
    new_id,
)
from .fields import digest, document, validated
from .named import Paper, Reasons
from .output import AsJson, PageNumber, PerPage, say
from .session import database, refuse_remote, settings, state_of
from .viewing import Viewing, sight_of_city

app = output.group("风险补偿资金池：余额、申请、审定、拨付 · The risk compensation pool: balance, claims, payments")

City = Annotated[str, typer.Argument(metavar="CITY", help="城市 · the city", show_default=False)]
Number = Annotated[int, typer.Argument(metavar="CLAIM", min=1, help="补偿申请编号 · the claim", show_default=False)]
Amount = Annotated[int, typer.Option(min=1, help="金额（元） · yuan", show_default=False)]
OfClaim = Annotated[int | None, typer.Option("--claim", min=1, help="只看某件 · one claim", show_default=False)]
ToCsv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="全部导出为 CSV，- 为标准输出 · export all", show_default=False),
]


CLAIM_COLUMNS = (
    "number", "scene", "bidder", "lead", "cause", "incident", "loss_yuan", "amount_yuan", "proposed_yuan",
    "granted_yuan", "recovered_yuan", "status", "filed_on", "due_on", "workdays_left",
)  # fmt: skip
ENTRY_COLUMNS = ("sequence", "at", "verb", "unit", "person", "claim", "amount_yuan")


# looking


@app.command()
def show(
    city: City,
    status: Annotated[ClaimStatus | None, typer.Option(help="状态 · status", show_default=False)] = None,
    scene: Annotated[str | None, typer.Option("--scene", help="只看某场景 · one scene", show_default=False)] = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    to_csv: ToCsv = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """余额、已预留、可用，和各件补偿申请 · The balance, what is reserved and available, and the claims"""
    policy = load_city(settings().policies_dir, city)
    with database() as opened:
        state = opened.funds.state(policy.city)
        claims = _readable(opened, policy, state.claims, who, on_behalf_of)
    found = [each for each in claims[::-1] if status in (None, each.status) and scene in (None, each.scene)]
    rows = [_claim_data(policy, each) for each in found]
    if to_csv is not None:
        _export(to_csv, CLAIM_COLUMNS, [_flat(each).values() for each in rows])
        return
    data = {**_money(policy, state), **_paged(rows, page, limit)}
    columns = [("编号", "claim"), ("场景", "scene"), ("揭榜方", "bidder"), ("事由", "cause"), ("申请", "asked"),
               ("提出", "proposed"), ("审定", "granted"), ("状态", "status"), ("期限", "due"),
               ("剩余", "left")]  # fmt: skip
    begin = (page - 1) * limit
    lines = [_line(policy, each) for each in found[begin : begin + limit]]
    none = say("没有补偿申请。", "There is no claim.")
    output.present(data, output.pairs(_facts(policy, state)), output.table(columns, lines) if lines else none)


@app.command()
def history(
    city: City,
    claim: OfClaim = None,
    page: PageNumber = 1,
    limit: PerPage = 50,
    to_csv: ToCsv = None,
    who: Viewing = None,
    on_behalf_of: OnBehalf = None,
    as_json: AsJson = False,
) -> None:
    """资金池的全部记录，最近的在前 · Every entry of the pool, the latest first"""
    policy = load_city(settings().policies_dir, city)
    with database() as opened:
        found = opened.funds.history(policy.city, claim=claim)
        if who is not None:
            claims = _readable(opened, policy, opened.funds.state(policy.city).claims, who, on_behalf_of)
            known = {each.number for each in claims}
            every = sight_of_city(opened, policy, who, on_behalf_of).whole(Subject.FUND)
            found = tuple(each for each in found if every or claim_of(each) in known)
    if to_csv is not None:
        _export(to_csv, ENTRY_COLUMNS, map(_exported, found))
        return
    begin = (page - 1) * limit
    columns = [("号", "no"), ("时间", "at"), ("操作", "act"), ("申请", "claim"), ("金额（元）", "yuan"),
               ("单位", "unit"), ("办理人", "by")]  # fmt: skip
    lines = [
        (each.sequence, shown.moment(each.at), wording.verb(each.command.act.verb), *_what(each),
         each.command.actor.unit, " ← ".join(each.command.actor.persons))
        for each in found[begin : begin + limit]
    ]  # fmt: skip
    none = say("还没有记录。", "There is no entry yet.")
    data = _paged([each.model_dump(mode="json") for each in found], page, limit)
    output.present(data, output.table(columns, lines) if lines else none)


def _readable(
    opened: Parts, policy: Policy, claims: Sequence[Claim], who: str | None, behalf: list[str] | None
) -> tuple[Claim, ...]:
    """The claims that who looks may read: all, or those of the scenes, or the bidder, that are their own.

    How the pool stands is its public part. Raises Refused: not_readable.
    """
    if who is None:
        return tuple(claims)
    sight = sight_of_city(opened, policy, who, behalf)
    sight.demand(Subject.FUND, least=Extent.PUBLIC)
    if sight.whole(Subject.FUND):
        return tuple(claims)
    found = []
    for each in claims:
        state = opened.reads.state(each.scene) or SceneState(scene=each.scene, lead=each.lead)
        if Sight(policy, state, sight.viewer).of(Subject.FUND, each.bidder) is Extent.WHOLE:
            found.append(each)
    return tuple(found)


# acting

Build = Callable[[Parts, Actor, Policy, Claim | None], FundAct]


class Asked(NamedTuple):
    """What a command wants to be entered: `build` makes the act once it is known who acts, and how the claim stands."""

    city: str
    act: type[FundAct]
    build: Build
    number: int | None = None
    bidder: str | None = None


def _says(city: str, act: type[FundAct], content: dict[str, Any], number: int | None = None) -> Asked:
    """An act that depends on nothing but what was typed."""
    return Asked(city, act, lambda *_: validated(act, content), number)


def _acts(name: str) -> Callable[[Callable[..., Asked]], Callable[..., Asked]]:
    """Makes a function that says what is wanted into the command `scene fund NAME ...`, with what every act has."""

    def register(ask: Callable[..., Asked]) -> Callable[..., Asked]:
        own = inspect.signature(ask, eval_str=True).parameters
        shared = inspect.signature(_shared, eval_str=True).parameters

        def run(**given: Any) -> None:
            envelope = _shared(**{key: value for key, value in given.items() if key in shared})
            _act(ask(**{key: value for key, value in given.items() if key in own}), envelope)

        every = [
            *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for key, each in own.items() if key not in shared),
            *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in shared.values()),
        ]
        run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in every}
        run.__doc__ = ask.__doc__
        app.command(name)(run)
        return ask

    return register


def _shared(
    who: As = None,
    command_id: CommandId = None,
    on_behalf_of: OnBehalf = None,
    effective_on: EffectiveOn = None,
    effective_document: EffectiveDocument = None,
    as_json: AsJson = False,
) -> Envelope:
    return Envelope(
        who=who, command_id=command_id, effective_on=effective_on, effective_document=effective_document,
        on_behalf_of=tuple(on_behalf_of or ()),
    )  # fmt: skip


@_acts("pay-in")
def pay_in(
    city: City,
    amount: Amount,
    source: Annotated[str, typer.Option(help="资金来源 · whose money it is", show_default=False)],
    paper: Annotated[str, typer.Option("--document", metavar="@FILE|SHA256", help="凭证 · the voucher")],
) -> Asked:
    """缴入资金 · Pay into the pool"""
    return _says(city, PayIn, {"amount_yuan": amount, "source": source, "document": document(paper)})


@_acts("claim")
def claim(
    scene: Scene,
    cause: Annotated[str, typer.Option(help="事由，见政策 fund.causes · the cause", show_default=False)],
    loss: Annotated[int, typer.Option(min=1, help="损失（元） · the loss, yuan", show_default=False)],
    amount: Amount,
    evidence: Paper,
    incident: Annotated[str | None, typer.Option(help="事故编号 · the incident", show_default=False)] = None,
    bidder: Annotated[str | None, typer.Option(help="揭榜方 · the bidder", show_default=False)] = None,
    *,
    command_id: str | None = None,
) -> Asked:
    """揭榜方申请风险补偿；场景的情况由系统读取 · A bidder claims; how the scene stands is read here"""
    paper = document(evidence)
    with database(settings()) as opened:
        profile = state_of(opened, scene).profile
    if profile is None:
        raise Refused("unknown_scene", scene=scene)

    def build(opened: Parts, actor: Actor, policy: Policy, _: Claim | None) -> FundAct:
        claimant = bidder or actor.unit
        earlier = opened.funds.command(policy.city, command_id) if command_id is not None else None
        if earlier is not None and isinstance(earlier.act, FileClaim):
            # A command that is repeated says again what it said.
            reading = earlier.act.reading
        else:
            records = opened.reads.entries(scene)
            journal = tuple(each.entry for each in records)
            reading = read_scene(scene, journal, records[-1].hash, claimant, incident)
        content = {
            "bidder": claimant, "cause": cause, "incident": incident, "loss_yuan": loss, "amount_yuan": amount,
            "evidence": paper, "reading": reading,
        }  # fmt: skip
        return validated(FileClaim, content)

    return Asked(profile.city, FileClaim, build, bidder=bidder)


@_acts("withdraw")
def withdraw(city: City, number: Number, reasons: Reasons) -> Asked:
    """揭榜方撤回申请；已预留的随即释放 · The bidder withdraws; what was reserved is free again"""
    return _says(city, WithdrawClaim, {"claim": number, "reasons": reasons}, number)


@_acts("propose")
def propose(
    city: City,
    number: Number,
    amount: Amount,
    findings: Annotated[str, typer.Option(help="核实情况 · what was found", show_default=False)],
) -> Asked:
    """牵头单位提出补偿额 · The lead department proposes an amount"""
    return _says(
        city, ProposeCompensation, {"claim": number, "amount_yuan": amount, "findings": findings}, number
    )  # fmt: skip


@_acts("approve")
def approve(
    city: City,
    number: Number,
    reasons: Reasons,
    amount: Annotated[
        int | None,
        typer.Option(min=1, help="所见的补偿额，默认为现提出额 · the amount that you saw", show_default=False),
    ] = None,
) -> Asked:
    """领导小组审定；资金随即预留 · The leading group approves; the amount is reserved"""

    def build(_opened: Parts, _actor: Actor, _policy: Policy, standing: Claim | None) -> FundAct:
        # Without a proposal the rules say so, whatever the amount.
        seen = amount or (standing.proposed_yuan if standing is not None else None) or 1
        return validated(ApproveCompensation, {"claim": number, "amount_yuan": seen, "reasons": reasons})

    return Asked(city, ApproveCompensation, build, number)


@_acts("decline")
def decline(city: City, number: Number, reasons: Reasons) -> Asked:
    """领导小组不予补偿；已审定未拨付的也可撤销 · Decline, or take back what is approved and not paid"""
    return _says(city, DeclineCompensation, {"claim": number, "reasons": reasons}, number)


@_acts("pay")
def pay(city: City, number: Number, proof: Paper) -> Asked:
    """付款单位拨付 · The payer pays"""
    return _says(city, PayCompensation, {"claim": number, "proof": document(proof)}, number)


@_acts("recover")
def recover(
    city: City,
    number: Number,
    amount: Amount,
    paper: Annotated[str, typer.Option("--document", metavar="@FILE|SHA256", help="凭证 · the voucher")],
) -> Asked:
    """收回已拨付的补偿 · Record money that came back"""
    content = {"claim": number, "amount_yuan": amount, "document": document(paper)}
    return _says(city, RecoverCompensation, content, number)


def _act(asked: Asked, envelope: Envelope) -> None:
    """Acts in the pool, and prints the receipt. What is refused stands in the refusal ledger, under `fund:CODE`."""
    made = settings()
    acting = identity.who(envelope.who)
    refuse_remote(made)
    policy = load_city(made.policies_dir, asked.city)
    stream, verb = f"fund:{policy.code}", str(asked.act.model_fields["verb"].default)
    with database(made) as opened:
        standing = find(opened.funds.state(policy.city).claims, number=asked.number)
        around = SceneState(scene=stream, lead=standing.lead if standing is not None else None)
        actor = actor_of(
            opened, acting, policy, around, verb, bidder=standing.bidder if standing is not None else asked.bidder,
            on_behalf_of=envelope.on_behalf_of,
        )  # fmt: skip
        made_act = asked.build(opened, actor, policy, standing)
        content = {
            "command_id": envelope.command_id or new_id(), "actor": actor, "act": made_act,
            "effective_on": a_date(envelope.effective_on, "--effective-on"),
            "effective_document": digest(envelope.effective_document) if envelope.effective_document else None,
        }  # fmt: skip
        command = validated(FundCommand, content)
        try:
            receipt = opened.funds.act(policy, command, shown.now())
        except Refused as refused:
            opened.refusals.keep(Refusal.of_office(stream, actor, _asked(made_act), refused, shown.now()))
            raise
        opened.rulebooks.keep(policy)
        state = opened.funds.state(policy.city)
    after = find(state.claims, number=receipt.claim)
    rows: list[tuple[str, object]] = [
        (say("城市", "city"), receipt.city),
        (say("记录号", "entry"), receipt.sequence),
        (say("命令编号", "command id"), receipt.command_id),
    ]
    if after is not None:
        rows += [
            (say("补偿申请", "claim"), after.number),
            (say("状态", "status"), shown.word(CLAIM_STATUSES, after.status)),
        ]
        if after.due is not None:
            rows.append((say("下一步", "next"), f"{wording.verb(after.due.verb)}，{after.due.on}"))
    rows.append((say("可用余额（元）", "available, yuan"), f"{state.available_yuan:,}"))
    data = {
        **receipt.model_dump(mode="json"),
        "stands": _claim_data(policy, after) if after is not None else None,
        "available_yuan": state.available_yuan,
    }
    output.present(data, output.pairs(rows))


def _asked(act: FundAct) -> dict[str, str]:
    """What was asked, for the refusal ledger."""
    content = act.model_dump(mode="json", exclude_none=True)
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        for key, value in content.items()
    }


# what is told


def _paged(rows: list[dict[str, Any]], page: int, limit: int) -> dict[str, Any]:
    begin = (page - 1) * limit
    return {
        "items": rows[begin : begin + limit], "total": len(rows), "page": page,
        "pages": max(1, -(-len(rows) // limit)),
    }  # fmt: skip


def _export(to: Path, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    count = output.export(to, columns, rows)
    if str(to) != "-":
        output.note(say(f"已导出 {count} 行到 {to}", f"{count} rows exported to {to}"))


def _money(policy: Policy, state: FundState) -> dict[str, Any]:
    year = shown.today().year
    return {
        "city": policy.city, "sequence": state.sequence, "balance_yuan": state.balance_yuan,
        "reserved_yuan": state.reserved_yuan, "available_yuan": state.available_yuan,
        "paid_in_yuan": state.paid_in_yuan, "paid_out_yuan": state.paid_out_yuan,
        "recovered_yuan": state.recovered_yuan, "year": year,
        "granted_in_year_yuan": sum(each.granted_yuan for each in state.claims if each.granted_in == year),
        "year_cap_yuan": policy.fund.per_year_yuan if policy.fund is not None else None,
    }  # fmt: skip


def _facts(policy: Policy, state: FundState) -> list[tuple[str, object]]:
    money = _money(policy, state)
    cap = money["year_cap_yuan"]
    granted = f"{money['granted_in_year_yuan']:,}" + (f" / {cap:,}" if cap is not None else "")
    rows: list[tuple[str, object]] = [
        (say("城市", "city"), policy.city),
        (say("余额（元）", "balance, yuan"), f"{state.balance_yuan:,}"),
        (say("已预留", "reserved"), f"{state.reserved_yuan:,}"),
        (say("可用", "available"), f"{state.available_yuan:,}"),
        (say("累计缴入、拨付、收回", "paid in, paid out, recovered"),
         f"{state.paid_in_yuan:,} · {state.paid_out_yuan:,} · {state.recovered_yuan:,}"),
        (say(f"{money['year']} 年已审定", f"approved in {money['year']}"), granted),
    ]  # fmt: skip
    if policy.fund is None:
        rows.append((say("政策", "policy"), say("未设资金池，不再受理", "has no pool; nothing more can be done")))
    return rows


def _left(policy: Policy, each: Claim) -> int | None:
    return shown.left("open", each.due.on, policy.calendar) if each.due is not None else None


def _claim_data(policy: Policy, each: Claim) -> dict[str, Any]:
    return {**each.model_dump(mode="json"), "workdays_left": _left(policy, each)}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    due = row["due"]["on"] if row["due"] is not None else None
    return {name: due if name == "due_on" else row[name] for name in CLAIM_COLUMNS}


def _line(policy: Policy, each: Claim) -> tuple[object, ...]:
    cause = policy.fund.cause(each.cause) if policy.fund is not None else None
    about = f"{cause.name if cause is not None else each.cause} {each.incident or ''}".strip()
    due = shown.due(each.due.on, provisional=each.due.provisional) if each.due is not None else ""
    left = shown.left_in_words("open", _left(policy, each)) if each.due is not None else ""
    return (
        each.number, each.scene, each.bidder, about, f"{each.amount_yuan:,}",
        f"{each.proposed_yuan:,}" if each.proposed_yuan is not None else "",
        f"{each.granted_yuan:,}" if each.granted_yuan else "", shown.word(CLAIM_STATUSES, each.status), due, left,
    )  # fmt: skip


def _what(entry: FundEntry) -> tuple[object, object]:
    amount = _amount(entry)
    return (claim_of(entry) or "", f"{amount:,}" if amount is not None else "")


def _amount(entry: FundEntry) -> int | None:
    """What was paid, for a payment: the act itself names no amount."""
    named = [getattr(each, "amount_yuan", None) for each in (*entry.events, entry.command.act)]
    return next((amount for amount in named if amount is not None), None)


def _exported(entry: FundEntry) -> tuple[object, ...]:
    actor = entry.command.actor
    return (
        entry.sequence, shown.moment(entry.at), entry.command.act.verb, actor.unit, actor.person, claim_of(entry),
        _amount(entry),
    )  # fmt: skip
