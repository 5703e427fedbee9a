"""From the end of the trial, or from delivery on the fast track, to the acceptance of the result."""

from fractions import Fraction
from typing import Literal

from demo.chapters.notices import announced
from demo.chapters.review import convened, seated
from demo.scene import Scene, Script
from models.commands.acceptance import (
    ApplyForAcceptance,
    AssessValue,
    BenefitShare,
    CheckIntellectualProperty,
    ConcludeAcceptance,
    Defence,
    FieldTest,
    GiveAcceptanceOpinion,
    IpItem,
    SignAcceptanceOpinion,
    SiteVisit,
    ToleranceAnswer,
    ValueFigure,
)
from models.commands.review import GiveExpertOpinion
from models.vocabulary import NoticeAbout, PanelPurpose, Position

Verdict = Literal["passed", "conditional", "retrial", "failed"]


def accepted(scene: Scene, bidder: str) -> Script:
    """Applied for, reviewed, passed, announced."""
    yield from applied(scene, bidder)
    yield from reviewed(scene, bidder)
    yield from concluded(scene, bidder, "passed")
    if scene.running(f"notice_publication/{bidder}"):
        yield from announced(scene, NoticeAbout.ACCEPTANCE, bidder)


def applied(scene: Scene, bidder: str) -> Script:
    yield scene.workdays(5)
    documents = (scene.document("验收申请"), scene.document("总结报告"))
    yield scene.bidder(bidder).does(ApplyForAcceptance(bidder=bidder, documents=documents))


def reviewed(scene: Scene, bidder: str, *, against: int = 0) -> Script:
    """A panel reviews, so many of its members `against`; owner, regulator and departments give their opinions."""
    yield scene.workdays(3)
    yield from convened(scene, PanelPurpose.ACCEPTANCE, bidder)
    yield scene.workdays(4)
    people = [scene.owner, scene.regulator, *(scene.department(unit) for unit in scene.state.cooperating)]
    if scene.st_bureau.actor.unit != scene.state.lead:
        people.append(scene.st_bureau)
    once = {person.actor.unit: person for person in reversed(people)}
    position = Position.OBJECT if against else Position.AGREE
    opinion = GiveAcceptanceOpinion(bidder=bidder, position=position, text="见书面意见。")
    yield [person.does(opinion) for person in reversed(once.values())]
    yield [
        scene.expert(number).does(
            GiveExpertOpinion(
                purpose=PanelPurpose.ACCEPTANCE, recommend=place >= against, text="评审意见见附件。", bidder=bidder
            )
        )
        for place, number in enumerate(seated(scene, PanelPurpose.ACCEPTANCE, bidder))
    ]


def concluded(scene: Scene, bidder: str, verdict: Verdict, *conditions: str) -> Script:
    yield scene.soon()
    opinion = scene.document("验收意见书")
    against = {seat.person for panel in scene.state.panels for seat in panel.seats if seat.recommend is False}
    yield [
        expert.does(
            SignAcceptanceOpinion(
                bidder=bidder, document=opinion, dissent="保留意见，见评审意见。" if expert.id in against else None
            )
        )
        for expert in map(scene.expert, seated(scene, PanelPurpose.ACCEPTANCE, bidder))
    ]
    if verdict == "passed" and scene.policy.acceptance.ip_check:
        yield scene.st_bureau.does(ip_checked(scene, bidder))
    yield scene.lead.does(
        ConcludeAcceptance(
            bidder=bidder, verdict=verdict, conditions=conditions, reasons="依据评审意见。",
            defence=Defence(on=scene.today, record=scene.document("答辩记录")),
            visit=SiteVisit(on=scene.today, by=(scene.lead.id,), record=scene.document("现场核查记录")),
            field_tests=(FieldTest(kind="现场实测", on=scene.today, by=bidder, report=scene.document("实测报告")),),
            document=opinion, against_panel=None if verdict == "passed" else "关键指标证据不足，须补充。",
        )
    )  # fmt: skip


def ip_checked(scene: Scene, bidder: str) -> CheckIntellectualProperty:
    return CheckIntellectualProperty(
        bidder=bidder,
        items=(
            IpItem(name="调度算法", kind="patent", origin="brought_in", owners=(bidder,)),
            IpItem(name="现场数据", kind="data", origin="made", owners=(scene.application.owner,)),
            IpItem(name="定位组件", kind="software", origin="open_source", owners=("社区",), licence="Apache-2.0"),
        ),
        finding="权属与任务书一致，开源许可允许商用。",
        document=scene.document("知识产权评议报告"),
    )


def valued(scene: Scene) -> Script:
    """What the scene is worth, and who gets what of it (S4)."""
    value = scene.application.budget_yuan * 3
    figures = (
        ValueFigure(indicator="节约运行成本", amount_yuan=value - value // 3),
        ValueFigure(indicator="带动产品销售", amount_yuan=value // 3),
    )
    shares = (
        BenefitShare(party=scene.application.owner, share=Fraction(3, 5)),
        BenefitShare(party=scene.state.contracts[0].bidder, share=Fraction(2, 5)),
    )
    yield scene.lead.does(
        AssessValue(
            value_yuan=value, sharing="发榜方六成，揭榜方四成。", method="成本节约法与收益法",
            assessors=("第三方评估机构",), figures=figures, shares=shares,
        )
    )  # fmt: skip


def tolerance_answers(scene: Scene) -> tuple[ToleranceAnswer, ...]:
    """Every criterion of the city, met."""
    criteria = scene.policy.acceptance.tolerance
    return tuple(ToleranceAnswer(criterion=each, met=True, finding="经核查属实。") for each in criteria)
