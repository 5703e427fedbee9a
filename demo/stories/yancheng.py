"""Lives in Yancheng: five ways to find a solver, two parties to a contract."""

from datetime import date

from demo.chapters.acceptance import accepted, applied, concluded, reviewed, tolerance_answers, valued
from demo.chapters.filing import filed, filed_after_supplement
from demo.chapters.matching import (
    BING,
    JIA,
    YI,
    awarded,
    bid,
    compared,
    matched,
    opened,
    posted,
    scored,
    signed,
    verified,
)
from demo.chapters.notices import announced
from demo.chapters.payment import paid
from demo.chapters.promotion import benefited, closed, made_benchmark, nominated, reviewed_yearly, taken_up
from demo.chapters.remedies import appealed, final, served
from demo.chapters.review import (
    advised,
    consulted,
    found_fair,
    listed,
    listed_after_notice,
    recognised,
    recognised_and_listed,
)
from demo.chapters.support import complained_about, hurried, supplied
from demo.chapters.trial import (
    analysed,
    evaluated,
    fault,
    had_incident,
    incident_closed,
    planned,
    ran_its_time,
    started,
    terminated,
    tried,
    went_on,
)
from demo.scene import Scene, Script, Story
from demo.years import MARCH_2040, notice_of_2042
from models.commands.acceptance import AskFaultTolerance, ConfirmRefund, DecideFaultTolerance, RecordRefund
from models.commands.anywhere import DecideExtension, RequestExtension, Resume, Suspend
from models.commands.promotion import (
    ApplyForBenchmark,
    ConfirmBenchmark,
    NominateBenchmark,
    RecommendUpward,
    RecordBenefit,
    RecordReplication,
)
from models.commands.review import Recognise, Refuse
from models.commands.trial import RefuseTrial
from models.vocabulary import Mode, NoticeAbout, Outcome
from models.words import Word

COPY_IN_NINGBO = "NB-023"


def delivery_van(scene: Scene) -> Script:
    """Asked once for what is missing; a silent department does not object; a benchmark, copied to Ningbo."""
    yield from filed_after_supplement(scene)
    yield from hurried(scene)
    yield from recognised_and_listed(scene, silent=["风险防控配合单位"])
    yield from matched(scene, JIA, YI, BING)
    yield from supplied(scene, JIA, "compute")
    yield from started(scene, JIA, months=6)
    yield from complained_about(scene, JIA)
    yield from went_on(scene, JIA, until=scene.workday(50))
    yield from fault(scene, JIA, "late_log", punishable=False)
    yield from ran_its_time(scene, JIA)
    yield from evaluated(scene, JIA)
    yield from accepted(scene, JIA)
    yield from valued(scene)
    yield scene.bidder(JIA).does(ApplyForBenchmark(level="城市级", grounds="试点指标全部达到。"))
    yield from made_benchmark(scene, "城市级")
    yield from benefited(scene, JIA, "award", 800_000)
    yield from benefited(scene, JIA, "green_channel")
    yield from taken_up(scene, JIA, 1_500_000)
    yield scene.leading_group.does(RecommendUpward(to="province", document=scene.document("推荐函")))
    yield scene.until(date(2041, 7, 15))
    yield scene.owner.does(RecordReplication(city="宁波市", scene=COPY_IN_NINGBO))
    yield scene.owner.does(RecordReplication(city="盐城市", district="大丰区"))
    yield from notice_of_2042(scene)
    yield from reviewed_yearly(scene, keep=True)
    yield from closed(scene)


def rescue_circle(scene: Scene) -> Script:
    """Fast track: no trial. Directed to one bidder without scores; accepted, and not found fit as a benchmark."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from posted(scene, mode=Mode.DIRECTED, invited=(JIA,))
    yield from bid(scene, JIA)
    yield from opened(scene, JIA)
    yield from verified(scene, JIA)
    yield from announced(scene, NoticeAbout.RANKING)
    yield from awarded(scene, JIA)
    yield from signed(scene, JIA)
    yield scene.workdays(40)
    yield from accepted(scene, JIA)
    yield from nominated(scene, "企业级", recommended=False)
    yield scene.leading_group.may_not(ConfirmBenchmark(confirmed=True, reasons="同意。"), "not_recommended")
    yield scene.leading_group.does(ConfirmBenchmark(confirmed=False, reasons="评估未推荐。"))
    yield from closed(scene)


def low_altitude_work(scene: Scene) -> Script:
    """Comprehensive: confirmed by the leading group, which suspends it for a summer; a benchmark that is raised."""
    yield from filed(scene)
    yield from consulted(scene)
    yield from found_fair(scene)
    yield from recognised(scene)
    yield from listed_after_notice(scene)
    yield scene.workdays(5)
    yield scene.leading_group.does(Suspend(reasons="迎汛期间空域统一管制。"))
    yield scene.workdays(30)
    yield scene.leading_group.does(Resume(reasons="管制解除。"))
    yield from matched(scene, YI, BING)
    yield from tried(scene, YI)
    yield from accepted(scene, YI)
    yield from made_benchmark(scene, "产业级")
    yield from benefited(scene, YI, "award", 400_000)
    yield scene.lead.may_not(NominateBenchmark(level="企业级", grounds="指标领先。"), "level_not_higher")
    yield from made_benchmark(scene, "城市级")
    yield from benefited(scene, YI, "award", 600_000)
    yield scene.payer.may_not(
        RecordBenefit(kind="award", beneficiary=YI, amount_yuan=1, document=scene.document("奖励文件")),
        "budget_exceeded",
    )
    yield from benefited(scene, YI, "scene_insurance")
    yield from closed(scene)


def virtual_power_plant(scene: Scene) -> Script:
    """A horse race: of two solvers one is ended for safety, the other carries the scene to its acceptance."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, JIA, YI, BING, mode=Mode.HORSE_RACE, winners=2)
    yield from started(scene, JIA, YI, months=4)
    yield from went_on(scene, JIA, YI, until=scene.workday(48))
    yield from compared(scene, JIA, YI)
    yield from had_incident(scene, YI, "incident-1", casualty=True)
    scene.holds(scene.state.trials[1].step == "suspended", "a casualty did not stop the trial")
    yield from analysed(scene, YI, "incident-1")
    yield from incident_closed(scene, YI, "incident-1", ordered=False)
    yield from terminated(scene, YI)
    yield from served(scene)
    yield from ran_its_time(scene, JIA)
    yield from evaluated(scene, JIA)
    yield from accepted(scene, JIA)
    yield from valued(scene)
    yield from closed(scene)


def high_rise_fire(scene: Scene) -> Script:
    """Refused against the experts' advice, the appeal is upheld; two are invited to compete; the trial is extended."""
    yield from filed(scene)
    yield from consulted(scene)
    yield from found_fair(scene)
    yield from advised(scene)
    yield scene.soon()
    yield scene.lead.does(Refuse(reasons="暂无消防作业空域。"))
    yield from appealed(scene, scene.owner, upheld=True)
    scene.stands_at("expert_review")
    yield scene.soon()
    yield scene.lead.does(Recognise(value="复核后认定。"))
    yield from listed_after_notice(scene)
    yield from posted(scene, mode=Mode.DIRECTED_BEST, invited=(JIA, BING))
    yield from bid(scene, BING, JIA)
    yield from opened(scene, JIA, BING)
    yield from verified(scene, JIA, BING)
    yield from scored(scene, JIA, BING)
    yield from announced(scene, NoticeAbout.RANKING)
    yield from awarded(scene, JIA)
    yield from signed(scene, JIA)
    yield from started(scene, JIA, months=3)
    yield from extended_trial(scene, JIA)
    yield from ran_its_time(scene, JIA)
    yield from evaluated(scene, JIA)
    yield from accepted(scene, JIA)
    yield from closed(scene)


def extended_trial(scene: Scene, bidder: str) -> Script:
    """Asked in time by the bidder, granted by the regulator: six months more."""
    trial = f"trial/{bidder}"
    due_on = scene.deadline(trial).due_on
    yield from went_on(scene, bidder, until=scene.workday(-25, due_on))
    yield scene.bidder(bidder).does(RequestExtension(deadline=trial, reasons="冬季工况尚未验证。"))
    yield scene.soon()
    yield scene.regulator.does(DecideExtension(deadline=trial, granted=True, reasons="同意延长。"))
    scene.holds(scene.deadline(trial).due_on > due_on, "the trial's end did not move")


def sea_tourism(scene: Scene) -> Script:
    """The experts are against it, the lead department refuses, the appeal is dismissed."""
    yield from filed(scene)
    yield from consulted(scene)
    yield from found_fair(scene)
    yield from advised(scene, against=4)
    yield scene.soon()
    yield scene.lead.may_not(Recognise(value="有价值。"), "panel_not_for")
    yield scene.lead.does(Refuse(reasons="评审组未推荐。"))
    yield from appealed(scene, scene.owner, upheld=False)


def medical_drones(scene: Scene) -> Script:
    """Flown outside the plan's bounds: a red line. The inclusion period is breached, the trial stopped and ended."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, YI)
    yield from started(scene, YI, months=6)
    yield from went_on(scene, YI, until=scene.workday(30))
    yield from fault(scene, YI, "no_fly_zone", red_line="out_of_bounds")
    scene.holds(scene.state.inclusions[0].step == "breached", "the inclusion period is not breached")
    scene.holds(scene.state.trials[0].step == "suspended", "the trial is not stopped")
    yield scene.workdays(3)
    yield from terminated(scene, YI)
    yield from final(scene)


def hospital_group(scene: Scene) -> Script:
    """The acceptance fails. The failure is tolerated, the unused money is paid back."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, JIA)
    yield from tried(scene, JIA)
    yield from paid(scene, JIA, 150_000)
    yield from applied(scene, JIA)
    yield from reviewed(scene, JIA, against=3)
    yield from concluded(scene, JIA, "failed")
    yield from served(scene)
    yield scene.workdays(4)
    yield scene.bidder(JIA).does(AskFaultTolerance(bidder=JIA, grounds="按方案实施，未达指标系技术路线原因。"))
    refund = RecordRefund(bidder=JIA, amount_yuan=120_000, proof=scene.paper("退款凭证"))
    yield scene.bidder(JIA).may_not(refund, "refund_pending_finding")
    yield scene.workdays(6)
    finding = DecideFaultTolerance(
        bidder=JIA, tolerated=True, finding="勤勉尽责，予以容错。", answers=tolerance_answers(scene)
    )
    yield scene.leading_group.does(finding)
    yield scene.workdays(4)
    yield scene.bidder(JIA).does(refund)
    yield scene.workdays(3)
    yield scene.payer.does(ConfirmRefund(bidder=JIA, amount_yuan=120_000, proof=scene.paper("到账凭证")))
    yield scene.passed(f"appeal_window/{scene.state.decisions[-1].sequence}")


def flow_battery(scene: Scene) -> Script:
    """Listed so late that it enters the yearly assessment; of high risk, not admitted, and the appeal is dismissed."""
    yield from filed(scene)
    yield from consulted(scene)
    yield from found_fair(scene)
    yield from recognised(scene)
    yield from announced(scene, NoticeAbout.RECOGNITION)
    yield scene.until(scene.workday(11, scene.deadline("listing").due_on))
    yield from listed(scene)
    yield from matched(scene, JIA)
    yield from planned(scene, JIA)
    yield scene.workdays(8)
    yield scene.regulator.does(RefuseTrial(bidder=JIA, reasons="热失控防护不足。"))
    yield from appealed(scene, scene.bidder(JIA), upheld=False)


def road_accidents(scene: Scene) -> Script:
    """Nobody bids, twice."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from posted(scene, mode=Mode.JOINT_TENDER)
    yield scene.passed("bidding")
    scene.stands_at("unmatched")
    yield from posted(scene)
    yield scene.passed("bidding")


STORIES = (
    Story("YC26-047", Word("标杆，复制到宁波，年度复核通过", "a benchmark, copied to Ningbo, kept after a year"),
          delivery_van, Outcome.PROMOTED, MARCH_2040),
    Story("YC26-017", Word("快速通道，定向委托，不评分", "fast track, directed to one"),
          rescue_circle, Outcome.ACCEPTED, MARCH_2040),
    Story("YC26-018", Word("领导小组暂停一夏后恢复；标杆", "suspended and resumed by the leading group"),
          low_altitude_work, Outcome.PROMOTED, MARCH_2040, encore=True),
    Story("YC26-033", Word("赛马两家，一家因安全终止", "a race of two, one ended for safety"),
          virtual_power_plant, Outcome.ACCEPTED, MARCH_2040),
    Story("YC26-068", Word("初次不予认定，申诉成立；试点延期", "refused, appeal upheld; trial extended"),
          high_rise_fire, Outcome.ACCEPTED, MARCH_2040, encore=True),
    Story("YC26-007", Word("专家反对；申诉驳回", "experts against it; appeal dismissed"),
          sea_tourism, Outcome.REFUSED, MARCH_2040),
    Story("YC26-093", Word("触碰红线，叫停", "a red line: stopped and ended"),
          medical_drones, Outcome.TERMINATED, MARCH_2040),
    Story("YC26-088", Word("验收不合格，予以容错，退款", "acceptance failed, tolerated, refunded"),
          hospital_group, Outcome.FAILED, MARCH_2040),
    Story("YC145-003", Word("列单逾期计入考核；高风险未准入", "listed too late; of high risk, not admitted"),
          flow_battery, Outcome.TERMINATED, MARCH_2040),
    Story("YC26-070", Word("两次无人揭榜", "nobody bids, twice"),
          road_accidents, Outcome.UNMATCHED, MARCH_2040),
)  # fmt: skip
