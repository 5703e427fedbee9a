"""From listed to signed contracts. The bidders are invented."""

from collections.abc import Mapping
from datetime import timedelta

from demo.chapters.notices import announced
from demo.chapters.review import convened, seated
from demo.scene import Scene, Script
from models.commands.matching import (
    Award,
    CompareRacers,
    ContractTerms,
    Milestone,
    OpenBids,
    PostChallenge,
    ProposeContract,
    RacerFinding,
    RevealBid,
    ReviewInvitation,
    Score,
    ScoreBid,
    SignContract,
    SubmitBid,
    VerifyEligibility,
)
from models.commands.review import Recuse
from models.document import Document
from models.vocabulary import Credit, Mode, NoticeAbout, PanelPurpose
from rules.bidding import commitment

JIA, YI, BING = "揭榜企业甲", "揭榜企业乙", "揭榜企业丙"
OPEN_FOR = timedelta(days=25)
NONCE = "a-nonce-of-the-demo"
_SHARES: Mapping[str, float] = {JIA: 0.94, YI: 0.86, BING: 0.78}


def matched(scene: Scene, *bidders: str, mode: Mode = Mode.OPEN_CHALLENGE, winners: int = 1) -> Script:
    """The whole matching: the bidders are ranked in this order, the first of them sign."""
    yield from posted(scene, mode=mode)
    yield from bid(scene, *bidders)
    yield from chosen(scene, *bidders)
    yield from awarded(scene, *bidders[:winners])
    for bidder in bidders[:winners]:
        yield from signed(scene, bidder)


def posted(scene: Scene, *, mode: Mode = Mode.OPEN_CHALLENGE, invited: tuple[str, ...] = ()) -> Script:
    yield scene.workdays(3)
    bases = scene.policy.modes[mode].legal_bases
    yield scene.owner.does(
        PostChallenge(
            mode=mode,
            legal_basis=bases[0] if bases else "场景开放采用以赛代招，依据本市场景规则。",
            budget_yuan=scene.application.budget_yuan,
            criteria="见评分表。",
            closes_on=scene.today + OPEN_FOR,
            invited=invited,
            justification="现有系统由受邀方建设，更换将中断服务。" if invited else None,
        )
    )
    if scene.policy.modes[mode].invited_only:
        yield scene.soon()
        yield scene.lead.does(ReviewInvitation(approved=True, reasons="理由属实，符合所列依据。"))


def bid(scene: Scene, *bidders: str) -> Script:
    """Sealed bids come in, and the challenge closes."""
    yield scene.workdays(5)
    yield [
        scene.bidder(name).does(
            SubmitBid(bidder=name, commitment=commitment(NONCE, _proposal(scene, name).sha256, _price(scene, name)))
        )
        for name in bidders
    ]
    yield scene.passed("bidding")


def _proposal(scene: Scene, bidder: str) -> Document:
    return scene.paper(f"方案-{bidder}")


def _price(scene: Scene, bidder: str) -> int:
    return scene.application.budget_yuan * (70 + 5 * len(bidder.encode()) % 20) // 100


def chosen(scene: Scene, *bidders: str) -> Script:
    """Bids are opened, checked, scored, and the ranking is announced."""
    yield from opened(scene, *bidders)
    yield from verified(scene, *bidders)
    yield from scored(scene, *bidders)
    if scene.state.step == "ranked":
        yield from announced(scene, NoticeAbout.RANKING)


def opened(scene: Scene, *bidders: str) -> Script:
    """Two officials hold the session, the bidders reveal their bids there."""
    yield scene.platform.does(OpenBids(with_officer=scene.platform.colleague.id, record=scene.document("开标记录")))
    yield [
        scene.bidder(name).does(
            RevealBid(bidder=name, nonce=NONCE, proposal=_proposal(scene, name), price_yuan=_price(scene, name))
        )
        for name in bidders
    ]


def verified(scene: Scene, *bidders: str, credit: Credit = Credit.GOOD) -> Script:
    """Credit commitment and credit check."""
    yield scene.soon()
    yield [
        scene.lead.does(
            VerifyEligibility(
                bidder=name, eligible=True, credit=credit, commitment_signed=True, reasons="承诺已签，核查无异常。"
            )
        )
        for name in bidders
    ]


def scored(scene: Scene, *bidders: str, recuses: bool = False) -> Script:
    """A panel is drawn and scores; where a judge finds a tie and `recuses`, the next drawn sits instead."""
    if scene.state.step != "scoring":
        return
    yield from convened(scene, PanelPurpose.SCORING)
    if recuses:
        tied, *_ = seated(scene, PanelPurpose.SCORING)
        yield scene.expert(tied).does(Recuse(purpose=PanelPurpose.SCORING, reasons="近三年曾任职于投标单位。"))
    yield scene.workdays(3)
    yield [
        scene.expert(number).does(ScoreBid(bidder=name, scores=_scores(scene, name)))
        for number in seated(scene, PanelPurpose.SCORING)
        for name in bidders
    ]


def _scores(scene: Scene, bidder: str) -> tuple[Score, ...]:
    """Judges differ a little, never so much that the order changes."""
    share = _SHARES[bidder] + scene.chance.choice((-0.03, 0.0, 0.03))
    return tuple(
        Score(criterion=each.key, points=round(each.points * share, 1)) for each in scene.policy.score_sheet.criteria
    )


def awarded(scene: Scene, *bidders: str) -> Script:
    scene.stands_at("awarding")
    yield scene.lead.does(Award(bidders=bidders, reasons="按名次授予。"))


def signed(scene: Scene, bidder: str) -> Script:
    """The owner drafts the task contract, all parties sign it."""
    yield scene.workdays(4)
    terms = contract_terms(scene, bidder)
    yield scene.owner.does(ProposeContract(bidder=bidder, terms=terms))
    yield scene.workdays(3)
    parties = {"owner": scene.owner, "st_bureau": scene.st_bureau, "bidder": scene.bidder(bidder)}
    yield [
        parties[party].does(
            SignContract(
                bidder=bidder,
                terms_sha256=terms.document.sha256,
                pledge=scene.document("军令状") if party == "bidder" else None,
            )
        )
        for party in scene.policy.contracting.parties
    ]


def compared(scene: Scene, *racers: str, ends: str | None = None) -> Script:
    """赛马, midway: who races is laid side by side; one may go no further."""
    yield scene.lead.does(
        CompareRacers(
            basis="以任务书指标的完成率比较。",
            findings=tuple(RacerFinding(bidder=each, finding="指标完成过半，继续观察。") for each in racers),
            reasons="中期比较。",
            ends=ends,
        )
    )


def contract_terms(scene: Scene, bidder: str) -> ContractTerms:
    return ContractTerms(
        goals="在真实场景中验证方案，达到约定指标。",
        indicators=("任务完成率不低于95%", "责任事故为零"),
        milestones=(Milestone(name="交付", due_on=scene.today + timedelta(days=360), share_percent=100),),
        budget_yuan=_price(scene, bidder),
        intellectual_property="双方共有，运行数据归发榜方。",
        change="书面协商。",
        breach="返还未用经费，支付违约金。",
        acceptance_method="现场测试与专家评审。",
        document=scene.paper(f"任务书-{bidder}"),
    )
