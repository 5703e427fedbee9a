"""The acts of every day as commands of their own, with proper options. All others: `scene act`."""

from collections.abc import Callable
from datetime import date
from secrets import token_hex
from typing import Annotated, Any, Literal

import typer

from models.commands import Act
from models.commands.anywhere import (
    Appeal,
    DecideExtension,
    RecordService,
    RequestExtension,
    Resume,
    ReturnForCorrection,
    Suspend,
    Terminate,
    Withdraw,
)
from models.commands.matching import Award, OpenBids, PostChallenge, RevealBid, ScoreBid, SubmitBid
from models.commands.review import (
    AskConsultation,
    ConcludeFairCompetition,
    ConvenePanel,
    Finding,
    GiveOpinion,
    ListScene,
    PanelMember,
    PublishNotice,
    Recognise,
    Refuse,
    WordingFinding,
)
from models.commands.solicitation import AcceptFiling, DuplicateCheck, Register, RequestSupplement
from models.document import Document
from models.vocabulary import Mode, NoticeAbout, PanelPurpose, Position
from rules.bidding import commitment

from .acting import Asked, a_date, command_for
from .fields import digest, document, validated
from .output import misuse, note, say
from .pools import FromDirectory

NONCE_LENGTH = 16
Reasons = Annotated[str, typer.Option(help="理由 · the reasons", show_default=False)]
Paper = Annotated[str, typer.Option(metavar="@FILE|SHA256", help="文件 · the document", show_default=False)]
Number = Annotated[str | None, typer.Option(help="文号 · its official number", show_default=False)]
Bidder = Annotated[str, typer.Option(help="揭榜方 · the bidder", show_default=False)]
ForBidder = Annotated[str | None, typer.Option(help="揭榜方 · the bidder it concerns", show_default=False)]
Served = Annotated[
    int, typer.Option("--entry", min=1, help="决定或通知的记录号 · entry of what was served", show_default=False)
]
Decision = Annotated[int, typer.Option(min=1, help="不利决定的记录号 · entry of the decision", show_default=False)]
Proposal = Annotated[str, typer.Option(metavar="@FILE", help="投标文件 · the proposal", show_default=False)]
WordingAnswers = Annotated[
    list[str] | None,
    typer.Option(
        "--finding", metavar="WORDING=REASONS", help="对提示表述的说明，可多次 · on flagged wording", show_default=False
    ),
]
Price = Annotated[int, typer.Option(min=0, help="报价（元） · price in yuan", show_default=False)]


def add_to(app: typer.Typer) -> None:
    for name, build in _COMMANDS.items():
        command_for(app, name)(build)


def paper(value: str, number: str | None = None) -> Document:
    return validated(Document, {**document(value), "number": number})


def accept_filing() -> Act:
    """受理申报 · Accept a filing as complete"""
    return AcceptFiling()


def supplement(
    item: Annotated[
        list[str], typer.Option(help="所缺材料，可多个，一次性告知 · what is missing, all at once", show_default=False)
    ],
) -> Act:
    """要求补正 · Ask for what an application lacks"""
    return RequestSupplement(items=tuple(item))


def register(
    finding: Annotated[str, typer.Option(help="查重结论 · finding of the duplicate check", show_default=False)],
    looked_at: Annotated[
        list[str] | None, typer.Option(help="比对过的场景，可多个 · scenes looked at", show_default=False)
    ] = None,
    duplicate: Annotated[bool, typer.Option("--duplicate", help="认定为重复建设 · found to be a duplicate")] = False,
    lead: Annotated[str | None, typer.Option(help="牵头单位，默认按领域 · lead department", show_default=False)] = None,
    cooperating: Annotated[
        list[str] | None, typer.Option(help="配合单位，可多个 · cooperating departments", show_default=False)
    ] = None,
    regulator: Annotated[str | None, typer.Option(help="监管单位 · regulator", show_default=False)] = None,
) -> Act:
    """登记 · Register an application, with its duplicate check"""
    check = DuplicateCheck(looked_at=tuple(looked_at or ()), duplicate=duplicate, finding=finding)
    units = tuple(cooperating) if cooperating else None
    return Register(duplicate_check=check, lead=lead, cooperating=units, regulator=regulator)


def ask(question: Annotated[str, typer.Option(help="征求意见的问题 · the question", show_default=False)]) -> Act:
    """发起会商 · Ask the cooperating departments"""
    return AskConsultation(question=question)


def opinion(
    position: Annotated[
        Position,
        typer.Argument(metavar="agree|agree_with_conditions|object", help="意见 · position", show_default=False),
    ],
    text: Annotated[str, typer.Option(help="意见内容 · the opinion", show_default=False)],
    condition: Annotated[list[str] | None, typer.Option(help="条件，可多个 · a condition", show_default=False)] = None,
) -> Act:
    """发表会商意见 · Give a department's opinion"""
    return GiveOpinion(position=position, text=text, conditions=tuple(condition or ()))


def fair_competition(
    conclusion: Annotated[str, typer.Option(help="审查结论 · the conclusion", show_default=False)],
    passed: Annotated[bool, typer.Option("--passed/--failed", help="是否通过 · whether it passed")] = True,
    finding: WordingAnswers = None,
) -> Act:
    """公平竞争审查结论 · Conclude the fair-competition review"""
    return ConcludeFairCompetition(passed=passed, conclusion=conclusion, findings=_on_wording(finding))


def _on_wording(given: list[str] | None) -> tuple[WordingFinding, ...]:
    parts = (each.partition("=") for each in given or ())
    return tuple(validated(WordingFinding, {"wording": wording, "reasons": reasons}) for wording, _, reasons in parts)


def convene(
    purpose: Annotated[
        PanelPurpose,
        typer.Option(metavar="recognition|scoring|acceptance|exit", help="评审事项 · what for", show_default=False),
    ],
    size: Annotated[
        int | None, typer.Option(min=1, max=49, help="抽取几名 · how many are drawn", show_default=False)
    ] = None,
    bidder: ForBidder = None,
    from_directory: Annotated[
        bool, typer.Option("--from-directory", help="从人员目录当日的专家中抽取 · from the city's directory")
    ] = False,
    member: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PERSON:UNIT[:expert]",
            help="成员，可多次；与 --size 合用则为候选人 · a member; with --size one of the pool",
            show_default=False,
        ),
    ] = None,
    reasons: Annotated[
        str | None, typer.Option(help="重新抽取的理由 · why a panel is drawn again", show_default=False)
    ] = None,
    with_officer: Annotated[
        str | None,
        typer.Option(metavar="PERSON", help="重新抽取时的另一名经办人 · the second officer then", show_default=False),
    ] = None,
) -> Asked:
    """组建专家组：指定成员，或从候选人、人员目录中随机抽取 · Convene a panel: named, or drawn by lot"""
    if from_directory is bool(member):
        raise misuse(
            "请用 --from-directory 从人员目录抽取，或用 --member 列出人员，二者择一。",
            "Draw with --from-directory, or name people with --member: one of the two.",
        )
    if from_directory:
        if size is None:
            raise misuse("请用 --size 说明抽取几名。", "Say with --size how many are drawn.")
        return FromDirectory(purpose, size, bidder, reasons, with_officer)
    named = tuple(map(_member, member or ()))
    people = {"pool": named, "size": size} if size is not None else {"members": named}
    again = {"reasons": reasons, "with_officer": with_officer}
    return validated(ConvenePanel, {"purpose": purpose, "bidder": bidder, **people, **again})


def _member(given: str) -> PanelMember:
    person, _, rest = given.partition(":")
    unit, _, expert = rest.partition(":")
    if not unit or expert not in ("", "expert"):
        raise misuse(f"应为 人员:单位[:expert]，而不是“{given}”。", f"Expected PERSON:UNIT[:expert], not {given}.")
    return validated(PanelMember, {"person": person, "unit": unit, "expert": bool(expert)})


def recognise(
    value: Annotated[str, typer.Option(help="场景价值 · its value", show_default=False)],
    finding: Annotated[
        list[str] | None,
        typer.Option(metavar="CRITERION=TEXT", help="逐项认定说明，可多次 · on one criterion", show_default=False),
    ] = None,
) -> Act:
    """认定 · Recognise a scene"""
    return Recognise(value=value, findings=tuple(map(_finding, finding or ())))


def _finding(given: str) -> Finding:
    criterion, _, text = given.partition("=")
    return validated(Finding, {"criterion": criterion, "text": text})


def refuse(reasons: Reasons) -> Act:
    """不予认定 · Refuse a scene in review"""
    return Refuse(reasons=reasons)


def return_(
    to: Annotated[str, typer.Option(metavar="STEP", help="退回到的环节 · the step it returns to", show_default=False)],
    reasons: Reasons,
    then: Annotated[
        Literal["start_over", "straight_back"], typer.Option(help="重报后 · where a resubmission goes")
    ] = "start_over",
) -> Act:
    """退回修改 · Return a scene for correction"""
    return ReturnForCorrection(to=to, then=then, reasons=reasons)


def publish(
    about: Annotated[
        NoticeAbout,
        typer.Argument(metavar="recognition|ranking|acceptance|benchmark", help="公示事项 · about", show_default=False),
    ],
    document: Paper,
    number: Number = None,
    bidder: ForBidder = None,
) -> Act:
    """发布公示 · Publish a public notice"""
    return PublishNotice(about=about, document=paper(document, number), bidder=bidder)


def list_scene(
    batch: Annotated[str, typer.Option(help="发布批次 · the batch", show_default=False)],
    to: Annotated[Literal["demand", "project"], typer.Option(help="需求清单或项目清单 · which list")] = "demand",
) -> Act:
    """列入清单 · Put a scene on a list"""
    return ListScene(list=to, batch=batch)


def post(
    mode: Annotated[Mode, typer.Option(help="发榜方式 · the mode", show_default=False)],
    budget: Annotated[int, typer.Option(min=0, help="预算（元） · budget in yuan", show_default=False)],
    closes_on: Annotated[str, typer.Option(metavar="DATE", help="截止日 · last day for bids", show_default=False)],
    criteria: Annotated[str, typer.Option(help="评审标准 · criteria", show_default=False)],
    legal_basis: Annotated[str, typer.Option(help="法律依据 · legal basis", show_default=False)],
    invite: Annotated[
        list[str] | None, typer.Option(help="受邀方，可多个 · who is invited", show_default=False)
    ] = None,
    justification: Annotated[str | None, typer.Option(help="邀请理由 · why them", show_default=False)] = None,
    finding: WordingAnswers = None,
) -> Act:
    """发榜 · Post the challenge"""
    content: dict[str, Any] = {
        "mode": mode, "legal_basis": legal_basis, "budget_yuan": budget, "criteria": criteria,
        "closes_on": a_date(closes_on, "--closes-on"), "invited": tuple(invite or ()), "justification": justification,
        "findings": _on_wording(finding),
    }  # fmt: skip
    return validated(PostChallenge, content)


def bid(
    bidder: Bidder,
    proposal: Proposal,
    price: Price,
    nonce: Annotated[
        str | None,
        typer.Option(help="密封口令，16 位以上，默认自动生成 · the seal, made up if not given", show_default=False),
    ] = None,
    with_: Annotated[
        list[str] | None, typer.Option("--with", help="联合体成员，可多个 · consortium", show_default=False)
    ] = None,
) -> Act:
    """密封投标：只提交承诺哈希 · Bid under seal: only a hash of proposal, price and nonce is handed in"""
    nonce = nonce or token_hex(16)
    if len(nonce) < NONCE_LENGTH:
        raise misuse(
            f"密封口令至少 {NONCE_LENGTH} 位；不给 --nonce 则自动生成。",
            f"A nonce has {NONCE_LENGTH} letters or more; without --nonce one is made up.",
        )
    seal = commitment(nonce, digest(proposal), price)
    note(
        say(
            f"承诺哈希 {seal}，口令 {nonce}。投标受理后请保管好口令、文件与报价，开标时须一致。",
            f"Seal {seal}, nonce {nonce}. Once the bid is accepted, keep nonce, file and price: they open it.",
        )
    )
    return SubmitBid(bidder=bidder, commitment=seal, consortium=tuple(with_ or ()))


def open_bids(
    with_officer: Annotated[
        str, typer.Option(metavar="PERSON", help="另一名主持人的人员编号 · the second official", show_default=False)
    ],
    record: Annotated[str, typer.Option(metavar="@FILE|SHA256", help="开标记录 · the record", show_default=False)],
) -> Act:
    """主持开标会：截止后由两人主持 · Hold the opening session, two officials, after the close"""
    return OpenBids(with_officer=with_officer, record=paper(record))


def reveal(
    bidder: Bidder,
    proposal: Proposal,
    price: Price,
    nonce: Annotated[str, typer.Option(help="投标时的密封口令 · the seal of the bid", show_default=False)],
) -> Act:
    """开标：公开投标内容 · Open a sealed bid"""
    return RevealBid(bidder=bidder, nonce=nonce, proposal=paper(proposal), price_yuan=price)


def score(
    bidder: Bidder,
    points: Annotated[
        list[str],
        typer.Argument(metavar="CRITERION=POINTS...", help="指标=得分 · criterion=points", show_default=False),
    ],
) -> Act:
    """评分 · Score a bid"""
    scores = []
    for each in points:
        criterion, _, value = each.partition("=")
        try:
            scores.append({"criterion": criterion, "points": float(value)})
        except ValueError:
            raise misuse(f"应为 指标=得分，而不是“{each}”。", f"Expected criterion=points, not {each}.") from None
    return validated(ScoreBid, {"bidder": bidder, "scores": scores})


def award(
    bidder: Annotated[list[str], typer.Option(help="中榜方，可多个，按名次 · winners, in order", show_default=False)],
    reasons: Reasons,
) -> Act:
    """中榜通知 · Award"""
    return Award(bidders=tuple(bidder), reasons=reasons)


def suspend(reasons: Reasons) -> Act:
    """暂停场景 · Suspend a scene"""
    return Suspend(reasons=reasons)


def resume(reasons: Reasons) -> Act:
    """恢复场景 · Resume a suspended scene"""
    return Resume(reasons=reasons)


def terminate(
    reasons: Reasons,
    ground: Annotated[
        Literal["breach", "force_majeure", "safety"], typer.Option(help="事由 · ground", show_default=False)
    ],
) -> Act:
    """终止场景 · Terminate a scene"""
    return Terminate(ground=ground, reasons=reasons)


def withdraw(reasons: Reasons) -> Act:
    """撤回 · Withdraw"""
    return Withdraw(reasons=reasons)


def extend(
    deadline: Annotated[
        str, typer.Option(help="期限编号，见 scene deadlines · id of the deadline", show_default=False)
    ],
    reasons: Reasons,
) -> Act:
    """申请延期 · Ask for an extension"""
    return RequestExtension(deadline=deadline, reasons=reasons)


def decide_extension(
    deadline: Annotated[str, typer.Option(help="期限编号 · id of the deadline", show_default=False)],
    reasons: Reasons,
    granted: Annotated[bool, typer.Option("--granted/--denied", help="是否同意 · whether it is granted")] = True,
) -> Act:
    """延期决定 · Decide on an extension"""
    return DecideExtension(deadline=deadline, granted=granted, reasons=reasons)


def serve(
    entry: Served,
    to: Annotated[str, typer.Option(help="受送达人 · to whom", show_default=False)],
    served_on: Annotated[str, typer.Option("--on", metavar="DATE", help="送达日期 · when", show_default=False)],
    proof: Paper,
    how: Annotated[
        Literal["in_person", "post", "electronic", "public_notice", "left"], typer.Option(help="送达方式 · how")
    ] = "in_person",
) -> Act:
    """登记送达 · Record the service of a decision or notice; what runs from service runs from it"""
    day = a_date(served_on, "--on") or date.min
    return RecordService(entry=entry, how=how, served_on=day, to=to, proof=paper(proof))


def appeal(
    decision: Decision, grounds: Annotated[str, typer.Option(help="申诉理由 · the grounds", show_default=False)]
) -> Act:
    """申诉 · Appeal against a decision"""
    return Appeal(decision=decision, grounds=grounds)


_COMMANDS: dict[str, Callable[..., Asked]] = {
    "accept": accept_filing, "supplement": supplement, "register": register, "ask": ask, "opinion": opinion,
    "fair-competition": fair_competition, "convene": convene, "recognise": recognise, "refuse": refuse,
    "return": return_, "publish": publish, "list-scene": list_scene, "post": post, "bid": bid,
    "open-bids": open_bids, "reveal": reveal, "score": score, "award": award, "suspend": suspend, "resume": resume,
    "terminate": terminate, "withdraw": withdraw, "extend": extend, "decide-extension": decide_extension,
    "serve": serve, "appeal": appeal,
}  # fmt: skip
