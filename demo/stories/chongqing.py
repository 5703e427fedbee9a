"""Lives in Chongqing: every responsible unit has to agree, and takes its full time."""

from datetime import date
from typing import Literal

from demo.chapters.acceptance import accepted
from demo.chapters.filing import filed, submitted
from demo.chapters.handling import asked_by_the_right_desk, signers_changed
from demo.chapters.matching import (
    BING,
    JIA,
    YI,
    awarded,
    bid,
    chosen,
    matched,
    opened,
    posted,
    scored,
    signed,
    verified,
)
from demo.chapters.notices import answered, complained, concluded, objected, published, ran_out
from demo.chapters.promotion import benefited, closed, made_benchmark
from demo.chapters.remedies import appealed, final, served
from demo.chapters.review import (
    advised,
    consulted,
    found_fair,
    listed,
    listed_after_notice,
    opinions,
    recognised,
    recognised_and_listed,
    recognition,
)
from demo.chapters.suggestions import rule_doubted
from demo.chapters.trial import (
    acknowledged,
    admitted,
    analysed,
    evaluated,
    fault,
    incident_closed,
    leak_told,
    planned,
    ran_its_time,
    resumed_by_two,
    started,
    supervision_lifted,
    taken_down,
    trial_plan,
    tried,
    went_on,
)
from demo.scene import Scene, Script, Story
from demo.years import MARCH_2040
from models.commands.anywhere import (
    ConfirmCorrection,
    ConfirmTakeOver,
    DecideExtension,
    DeclaredBidder,
    Override,
    ProposeCorrection,
    Reassign,
    RequestExtension,
    Resubmit,
    ReturnForCorrection,
    TakeOver,
    Terminate,
    Withdraw,
)
from models.commands.matching import DeclineAward, GiveUpMatching
from models.commands.promotion import RecommendUpward, WithdrawBenchmark
from models.commands.review import AskConsultation, ConfirmScene, GiveOpinion, Refuse
from models.commands.solicitation import DeclineAdmission, DuplicateCheck, Register
from models.commands.trial import ReportIncident, ReturnTrialPlan
from models.vocabulary import NoticeAbout, Outcome, Phase, Position
from models.words import Word


def road_cloud_map(scene: Scene) -> Script:
    """The lead department is late, and the city hears of it; a second round of consultation; the winner declines.

    The next one leaves its bounds, is put under formal supervision, and resumes without an inclusion period.
    """
    yield from filed(scene)
    yield scene.until(scene.workday(6, scene.deadline("consultation_start").due_on))
    yield from consulted(scene, objecting=["市公安局"])
    scene.stands_at("deadlock")
    yield scene.workdays(3)
    yield from consulted(scene)
    scene.holds(scene.state.consultation is not None and scene.state.consultation.round == 2, "there was one round")
    yield from found_fair(scene)
    yield from recognised(scene)
    yield from listed_after_notice(scene)
    yield from posted(scene)
    yield from bid(scene, JIA, YI, BING)
    yield from chosen(scene, JIA, YI, BING)
    yield from awarded(scene, JIA)
    yield scene.workdays(3)
    yield scene.bidder(JIA).does(DeclineAward(bidder=JIA, reasons="车辆改装资质未获批。"))
    yield from signed(scene, YI)
    yield from started(scene, YI, months=4)
    yield from went_on(scene, YI, until=scene.workday(30))
    yield from fault(scene, YI, "route", red_line="out_of_bounds")
    yield from served(scene)
    yield from supervision_lifted(scene, YI)
    yield from resumed_by_two(scene, YI)
    scene.holds(scene.state.inclusions[0].step == "breached", "the inclusion period came back with the trial")
    yield from ran_its_time(scene, YI)
    yield from evaluated(scene, YI)
    yield from accepted(scene, YI)
    yield from closed(scene)


def power_plant_again(scene: Scene) -> Script:
    """A duplicate cannot be registered; it is declined, and nobody appeals."""
    yield from submitted(scene)
    yield scene.soon()
    check = DuplicateCheck(looked_at=("CQ-028", "YC26-033"), duplicate=True, finding="与源网荷储一体化场景内容重复。")
    yield scene.platform.may_not(Register(duplicate_check=check), "duplicate_scene")
    yield scene.platform.does(DeclineAdmission(reasons="重复建设，建议并入已有场景。"))
    yield from final(scene)


def green_mine(scene: Scene) -> Script:
    """Comprehensive and of high risk: no inclusion period for it, and after the trial it is not fit for acceptance."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, JIA)
    yield from planned(scene, JIA, months=3)
    yield from admitted(scene, JIA, inclusion=False)
    yield from ran_its_time(scene, JIA)
    yield from evaluated(scene, JIA, fit=False)
    yield from final(scene)


def traffic_flow(scene: Scene) -> Script:
    """A benchmark of the city that does not keep its promise: some months later it loses the title."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, YI, BING)
    yield from tried(scene, YI)
    yield from accepted(scene, YI)
    yield from made_benchmark(scene, "城市级")
    yield from benefited(scene, YI, "scene_loan", 3_000_000)
    yield scene.lead.does(RecommendUpward(to="nation", document=scene.document("推荐函")))
    yield scene.workdays(80)
    yield scene.leading_group.does(WithdrawBenchmark(reasons="运行数据失实，撤销称号。"))
    yield from final(scene)
    yield from closed(scene)


def robotaxi(scene: Scene) -> Script:
    """Taken over in mid-trial. An incident is reported within the hour, analysed, and closed by a third officer."""
    yield scene.platform.does(
        TakeOver(
            application=scene.application,
            step="trial",
            since=date(2040, 1, 4),
            bidders=(
                DeclaredBidder(
                    bidder=BING,
                    contract_document=scene.paper("任务书"),
                    budget_yuan=1_500_000,
                    plan=trial_plan(scene, 6),
                    trial_started_on=date(2040, 1, 16),
                    phase=Phase.TEST,
                ),
            ),
            history="原由线下工作专班推进，材料随附。",
            documents=(scene.paper("移交清单"),),
        )
    )
    yield scene.leading_group.does(ConfirmTakeOver(finding="与移交清单核对一致。"))
    yield from went_on(scene, BING, until=scene.workday(10), phases=False)
    hurt_nobody = "车辆在路口急停，无人受伤；车外影像外传。"
    yield scene.owner.does(ReportIncident(bidder=BING, incident="incident-1", leak=True, text=hurt_nobody))
    yield from acknowledged(scene, BING, "incident-1")
    yield scene.bidder(BING).does(ReportIncident(bidder=BING, incident="incident-1", text="急停，感知误判。"))
    yield from leak_told(scene, BING, "incident-1")
    yield from analysed(scene, BING, "incident-1", order="升级感知软件并复测。")
    yield from served(scene)
    yield from incident_closed(scene, BING, "incident-1")
    yield from ran_its_time(scene, BING, phases=False)
    yield from evaluated(scene, BING)
    yield from rule_doubted(scene, BING)
    yield from accepted(scene, BING)
    yield from closed(scene)


def medical_device(scene: Scene) -> Script:
    """Returned twice: once it starts over, once it goes straight back. Then the fast track, with a late delivery.

    A complaint about its recognition is upheld when it is listed already: the leading group lets it stand.
    """
    yield from filed(scene)
    yield from consulted(scene)
    yield from returned(scene, to="registered", then="start_over")
    scene.stands_at("registered")
    yield from consulted(scene)
    yield from found_fair(scene)
    yield from returned(scene, to="fair_competition", then="straight_back")
    scene.stands_at("expert_review")
    yield from recognised(scene)
    yield from published(scene, NoticeAbout.RECOGNITION)
    yield from objected(scene, NoticeAbout.RECOGNITION)
    yield from answered(scene, upheld=False)
    yield ran_out(scene)
    yield from listed(scene)
    yield from complained(scene, upheld=True)
    yield from concluded(scene)
    yield from matched(scene, JIA, BING)
    yield from late_delivery(scene, JIA)
    yield from accepted(scene, JIA)
    yield from closed(scene)


def returned(scene: Scene, *, to: str, then: Literal["start_over", "straight_back"]) -> Script:
    """The lead department returns the scene with reasons, the owner corrects and resubmits."""
    yield scene.soon()
    yield scene.lead.does(ReturnForCorrection(to=to, then=then, reasons="预算测算依据不足，请补充。"))
    yield scene.workdays(5)
    yield scene.owner.does(Resubmit(documents=(scene.document("预算测算说明"),), note="已补充。"))


def late_delivery(scene: Scene, bidder: str) -> Script:
    """In the last weeks the bidder asks for more time; the lead department grants it, two working days late."""
    delivery = f"delivery/{bidder}"
    yield scene.until(scene.workday(-15, scene.deadline(delivery).due_on))
    yield scene.bidder(bidder).does(RequestExtension(deadline=delivery, reasons="算力设备到货延迟。"))
    yield scene.until(scene.workday(2, scene.deadline(f"extension_answer/{delivery}").due_on))
    yield scene.lead.does(DecideExtension(deadline=delivery, granted=True, reasons="情况属实，同意。"))


def safe_care_home(scene: Scene) -> Script:
    """Recognised by the department, not confirmed by the leading group; the owner's appeal changes nothing."""
    yield from filed(scene)
    yield from consulted(scene)
    yield from found_fair(scene)
    yield from advised(scene)
    yield scene.soon()
    yield scene.lead.does(recognition(scene, "民生急需。"))
    yield scene.workdays(4)
    yield scene.leading_group.does(ConfirmScene(confirmed=False, reasons="与居家养老场景合并推进。"))
    yield from appealed(scene, scene.owner, upheld=False)


def unmanned_ship(scene: Scene) -> Script:
    """The owner is late until the leading group hears of it; then the river floods, and the scene is terminated."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield scene.until(scene.workday(6, scene.deadline("posting").due_on))
    yield from matched(scene, YI)
    yield scene.workdays(15)
    yield scene.leading_group.does(Terminate(ground="force_majeure", reasons="特大洪水，测试水域停航。"))
    yield from final(scene)


def tower_fire(scene: Scene) -> Script:
    """The asking goes from desk to desk; a department changes in the middle of the consultation, and is silent.

    Once listed, the owner gives up.
    """
    yield from filed(scene)
    yield scene.soon()
    yield from asked_by_the_right_desk(scene)
    yield from signers_changed(scene)
    yield scene.workdays(2)
    yield scene.platform.does(
        Reassign(part="cooperating", from_unit="市城市管理局", to_unit="市应急管理局", reasons="职能划转。")
    )
    yield from opinions(scene, silent=["市应急管理局"])
    yield scene.passed("consultation")
    yield from found_fair(scene)
    yield from recognised(scene)
    yield from listed_after_notice(scene)
    yield scene.workdays(12)
    yield scene.owner.does(GiveUpMatching(reasons="财政评审核减，暂缓。"))


def assisted_diagnosis(scene: Scene) -> Script:
    """A wrongly entered objection is corrected; a complaint about the recognition holds, one about the ranking not.

    In the end the owner is in breach: the lead department terminates the scene.
    """
    yield from filed(scene)
    yield from wrongly_entered(scene, "市科技局")
    yield from found_fair(scene)
    yield from recognised(scene)
    yield from disputed(scene, NoticeAbout.RECOGNITION, upheld=True)
    scene.stands_at("expert_review")
    yield from recognised(scene)
    yield from listed_after_notice(scene)
    yield from posted(scene)
    yield from bid(scene, JIA, YI)
    yield from opened(scene, JIA, YI)
    yield from verified(scene, JIA, YI)
    yield from scored(scene, JIA, YI)
    yield from disputed(scene, NoticeAbout.RANKING, upheld=False)
    yield from awarded(scene, JIA)
    yield from signed(scene, JIA)
    yield from planned(scene, JIA)
    yield scene.workdays(4)
    yield scene.regulator.does(ReturnTrialPlan(bidder=JIA, reasons="未说明患者知情同意。"))
    yield from started(scene, JIA)
    yield scene.workdays(10)
    yield scene.lead.does(Terminate(ground="breach", reasons="发榜方未按约开放数据。"))
    yield from final(scene)
    yield from taken_down(scene, JIA)


def wrongly_entered(scene: Scene, unit: str) -> Script:
    """The department agreed on paper and was entered as objecting: the entry stays, a right one supersedes it."""
    yield scene.soon()
    yield scene.lead.does(AskConsultation(question="是否同意？"))
    yield scene.workdays(2)
    department = scene.department(unit)
    yield department.does(GiveOpinion(position=Position.OBJECT, text="见纸质意见。"), on=scene.workday(-1))
    yield scene.workdays(2)
    entry = scene.state.sequence
    yield department.does(
        ProposeCorrection(
            correction="correction-1",
            sequence=entry,
            reasons="录入时选错。",
            right_text="同意。",
            position=Position.AGREE,
        )
    )
    confirmation = ConfirmCorrection(correction="correction-1", confirmed=True)
    yield scene.soon()
    yield scene.platform.does(confirmation)
    yield scene.passed("consultation")
    scene.stands_at("fair_competition")


def disputed(scene: Scene, about: NoticeAbout, *, upheld: bool) -> Script:
    """A citizen objects to a notice, is not content with the answer, and the supervisor decides."""
    yield from published(scene, about)
    yield from objected(scene, about)
    yield from answered(scene, upheld=False)
    yield from complained(scene, upheld=upheld)


def flight_service(scene: Scene) -> Script:
    """Refused, re-opened by the leading group, recognised; in the end the owner withdraws it before a challenge."""
    yield from filed(scene)
    yield from consulted(scene)
    yield from found_fair(scene)
    yield from advised(scene)
    yield scene.soon()
    yield scene.lead.does(Refuse(reasons="空域条件不成熟。"))
    yield from served(scene)
    yield scene.workdays(5)
    yield scene.leading_group.does(Override(to="expert_review", reasons="列入市级重点，重新审议。"))
    yield scene.soon()
    yield scene.lead.does(recognition(scene, "按重新审议意见认定。"))
    yield from listed_after_notice(scene)
    yield scene.workdays(8)
    yield scene.owner.does(Withdraw(reasons="并入省级平台建设。"))


STORIES = (
    Story("CQ-046", Word("牵头逾期亮红；会商再议；首名弃权", "late to red; second round; winner declines"),
          road_cloud_map, Outcome.ACCEPTED, MARCH_2040, encore=True),
    Story("CQ-027", Word("与已有场景重复", "a duplicate"),
          power_plant_again, Outcome.NOT_ADMITTED, MARCH_2040),
    Story("CQ-066", Word("高风险无包容期；退出评估不合格", "high risk; unfit after the trial"),
          green_mine, Outcome.TERMINATED, MARCH_2040),
    Story("CQ-050", Word("成为标杆后被撤销", "a benchmark that loses its title"),
          traffic_flow, Outcome.ACCEPTED, MARCH_2040, encore=True),
    Story("CQ-049", Word("存量导入；事件闭环", "taken over in mid-trial; an incident closed"),
          robotaxi, Outcome.ACCEPTED, MARCH_2040),
    Story("CQ-020", Word("退回两次；延期交付", "returned twice; delivered late"),
          medical_device, Outcome.ACCEPTED, MARCH_2040),
    Story("CQ-091", Word("领导小组未确认；申诉驳回", "not confirmed; appeal dismissed"),
          safe_care_home, Outcome.REFUSED, MARCH_2040),
    Story("CQ-018", Word("发榜逾期；签约后遇不可抗力", "posted late; force majeure after the contract"),
          unmanned_ship, Outcome.TERMINATED, MARCH_2040),
    Story("CQ-009", Word("会商中改派；发榜方放弃", "a department reassigned; given up"),
          tower_fire, Outcome.UNMATCHED, MARCH_2040),
    Story("CQ-089", Word("更正错录；两次投诉；发榜方违约", "corrected; two complaints; breach"),
          assisted_diagnosis, Outcome.TERMINATED, MARCH_2040),
    Story("CQ-013", Word("领导小组重启；发榜方撤回", "re-opened by the leading group; withdrawn"),
          flight_service, Outcome.WITHDRAWN, MARCH_2040),
)  # fmt: skip
