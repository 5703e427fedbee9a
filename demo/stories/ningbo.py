"""Lives in Ningbo: every solver is found in a scene contest, and three parties sign."""

from datetime import date

from demo.chapters.acceptance import accepted, applied, concluded, reviewed, valued
from demo.chapters.filing import asked_for_more, filed, submitted
from demo.chapters.lineage import alarmed, inherited
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
from demo.chapters.notices import announced, answered, objected, published
from demo.chapters.promotion import closed
from demo.chapters.remedies import served
from demo.chapters.review import consulted, found_fair, listed_after_notice, recognised, recognised_and_listed
from demo.chapters.trial import (
    evaluated,
    fault,
    ran_its_time,
    resumed_by_two,
    started,
    stopped,
    taken_down,
    tried,
    went_on,
)
from demo.scene import Scene, Script, Story
from demo.years import MARCH_2040, notice_of_2042
from models.calendar import Period, Unit
from models.commands.acceptance import SubmitRectification
from models.commands.anywhere import AdoptPolicy, AnswerWithdrawal, DecideExtension, RequestExtension, Withdraw
from models.commands.matching import AmendChallenge, WithdrawBid
from models.commands.review import ConcludeFairCompetition, EntryCondition
from models.commands.trial import EndInclusionEarly, FileReport, RenewInsurance, ReportCorrection, VerifyCorrection
from models.vocabulary import GateKind, NoticeAbout, Outcome
from models.words import Word


def self_driving(scene: Scene) -> Script:
    """A copy of Yancheng's delivery vans, a year later: mature by now, and as traffic in the sandbox all the same."""
    yield from filed(scene)
    yield scene.soon()
    yield from inherited(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, JIA)
    yield from notice_of_2042(scene)
    yield from alarmed(scene)
    yield from tried(scene, JIA, months=2)
    yield from accepted(scene, JIA)
    yield from closed(scene)


def diagnosis(scene: Scene) -> Script:
    """Fault upon fault climbs the ladder to an order, corrected in time; accepted after a winter of rectification.

    While that winter's holiday notice is not published, the date of the rectification is provisional; then it moves.
    """
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, JIA, YI)
    yield from started(scene, JIA, months=10)
    yield from up_the_ladder(scene, JIA)
    yield from ran_its_time(scene, JIA)
    yield from evaluated(scene, JIA)
    yield scene.until(date(2041, 9, 18))
    yield from applied(scene, JIA)
    yield from reviewed(scene, JIA, against=1)
    yield scene.until(date(2041, 11, 6))
    yield from concluded(scene, JIA, "conditional", "误报率降至千分之三以下")
    before = scene.deadline(f"rectification/{JIA}")
    scene.holds(before.provisional, "the rectification is not provisional")
    yield from notice_of_2042(scene)
    after = scene.deadline(f"rectification/{JIA}")
    scene.holds(after.due_on > before.due_on, "loading the notice did not move the rectification")
    yield scene.workdays(45)
    yield scene.bidder(JIA).does(SubmitRectification(bidder=JIA, documents=(scene.document("整改报告"),)))
    yield from reviewed(scene, JIA)
    yield from concluded(scene, JIA, "passed")
    yield from announced(scene, NoticeAbout.ACCEPTANCE, JIA)
    yield from closed(scene)


def up_the_ladder(scene: Scene, bidder: str) -> Script:
    """Remind, advise, interview, order to correct; asked for more time, granted, verified by a third officer."""
    order = f"correction_order/{bidder}/#4"
    for kind in ("late_log", "wrong_label", "late_reply", "late_update"):
        yield from went_on(scene, bidder, until=scene.workday(12))
        yield from fault(scene, bidder, kind)
    rungs = [each.rung for each in scene.state.inclusions[0].faults]
    scene.holds(rungs == ["remind", "advise", "interview", "order"], f"the ladder was {rungs}")
    yield from served(scene)
    yield scene.workdays(3)
    yield scene.bidder(bidder).does(RequestExtension(deadline=order, reasons="第三方复测排期。"))
    yield scene.soon()
    extension = DecideExtension(deadline=order, granted=True, reasons="同意。")
    yield scene.regulator.may_not(extension, "ordered_before")
    yield scene.regulator.third.does(extension)
    yield from went_on(scene, bidder, until=scene.workday(10))
    done = ReportCorrection(bidder=bidder, proof=scene.document("整改证明"))
    yield scene.bidder(bidder).does(done)
    yield scene.workdays(2)
    correction = VerifyCorrection(bidder=bidder, corrected=True, finding="已整改。")
    yield scene.regulator.colleague.may_not(correction, "officer_verifies")
    yield scene.regulator.third.does(correction)
    scene.holds(scene.state.inclusions[0].step == "active", "the inclusion period does not go on")


def shopping_street(scene: Scene) -> Script:
    """Asked for what is missing, the owner does not answer: deemed withdrawn."""
    yield from submitted(scene)
    yield from asked_for_more(scene)
    yield from served(scene)
    yield scene.passed("supplement")


def water_alarm(scene: Scene) -> Script:
    """Nobody bids; the challenge is issued again, amended near its close, and won by the one who stays."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from posted(scene)
    yield scene.passed("bidding")
    scene.stands_at("unmatched")
    yield from posted(scene)
    closes = scene.deadline("bidding").due_on
    yield scene.workdays(10)
    yield scene.owner.does(AmendChallenge(changes="增加断面数据接口说明。"))
    scene.holds(scene.deadline("bidding").due_on > closes, "a late change did not move the close")
    yield from bid_and_withdraw(scene)
    yield from chosen(scene, JIA)
    yield from awarded(scene, JIA)
    yield from signed(scene, JIA)
    yield scene.workdays(30)
    yield from accepted(scene, JIA)
    yield from valued(scene)
    yield from closed(scene)


def bid_and_withdraw(scene: Scene) -> Script:
    """Two bid; one of them thinks better of it before the close."""
    *moves, close = bid(scene, JIA, BING)
    yield from moves
    yield scene.workdays(2)
    yield scene.bidder(BING).does(WithdrawBid(bidder=BING, reasons="产能不足。"))
    yield close


def smart_parking(scene: Scene) -> Script:
    """Stopped by one, resumed by two; the inclusion period is given back when it is not needed; insured anew."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, JIA, YI)
    yield from started(scene, JIA, months=4)
    yield from went_on(scene, JIA, until=scene.workday(20))
    yield from stopped(scene, JIA)
    yield from resumed_by_two(scene, JIA)
    yield from reported_late(scene, JIA)
    yield scene.regulator.does(EndInclusionEarly(bidder=JIA, reasons="运行平稳，转常态监管。", at_bidders_request=True))
    policy = scene.paper("续保保险单")
    yield scene.bidder(JIA).does(RenewInsurance(bidder=JIA, document=policy, until=date(2045, 12, 31)))
    yield from ran_its_time(scene, JIA)
    yield from evaluated(scene, JIA)
    yield from accepted(scene, JIA)
    yield from closed(scene)


def reported_late(scene: Scene, bidder: str) -> Script:
    """Three working days after it was due."""
    yield scene.until(scene.workday(3, scene.deadline(f"report/{bidder}").due_on))
    yield scene.bidder(bidder).does(FileReport(bidder=bidder, kind="regular", document=scene.document("试点报告")))


def homes_for_the_old(scene: Scene) -> Script:
    """The first trial does not convince: it is repeated, and passes."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, YI)
    yield from tried(scene, YI, months=2)
    yield from applied(scene, YI)
    yield from reviewed(scene, YI, against=3)
    yield from concluded(scene, YI, "retrial")
    scene.stands_at("trial")
    yield from tried(scene, YI, months=2)
    yield from accepted(scene, YI)
    yield from closed(scene)


def insurance_watch(scene: Scene) -> Script:
    """After the contract the bidder wants out; owner and S&T bureau agree."""
    yield from filed(scene)
    yield from recognised_and_listed(scene)
    yield from matched(scene, JIA)
    yield from started(scene, JIA, months=4)
    yield from went_on(scene, JIA, until=scene.workday(15))
    yield scene.bidder(JIA).does(Withdraw(reasons="核心团队变动，无法继续。"))
    yield scene.workdays(3)
    yield scene.owner.does(AnswerWithdrawal(agreed=True, reasons="同意解除。"))
    yield scene.soon()
    yield scene.st_bureau.does(AnswerWithdrawal(agreed=True, reasons="同意解除，经费结清。"))
    yield from taken_down(scene, JIA)


def source_grid_load(scene: Scene) -> Script:
    """An unfair gate is refused outright, a failed review blocks until mended; an objection to the ranking holds."""
    yield from filed(scene)
    yield from consulted(scene)
    yield scene.soon()
    gate = EntryCondition(kind=GateKind.REGION, text="须在本市注册")
    yield scene.lead.may_not(
        ConcludeFairCompetition(passed=True, conditions=(gate,), conclusion="通过。"), "unfair_gate"
    )
    yield scene.lead.does(ConcludeFairCompetition(passed=False, conclusion="资格条件变相限定规模，须修改。"))
    yield scene.workdays(3)
    yield from found_fair(scene)
    yield from recognised(scene)
    yield from listed_after_notice(scene)
    yield from posted(scene)
    yield from bid(scene, JIA, YI)
    yield from opened(scene, JIA, YI)
    yield from verified(scene, JIA, YI)
    yield from scored(scene, JIA, YI)
    yield from published(scene, NoticeAbout.RANKING)
    yield from objected(scene, NoticeAbout.RANKING)
    yield from answered(scene, upheld=True)
    scene.stands_at("eligibility")
    yield from chosen_again(scene, JIA, YI)
    yield from awarded(scene, JIA)
    yield from signed(scene, JIA)
    yield from tried(scene, JIA)
    yield from accepted(scene, JIA)
    yield from closed(scene)


def chosen_again(scene: Scene, *bidders: str) -> Script:
    """Everything since the opening of the bids is done anew, and a judge with a tie makes way."""
    yield from verified(scene, *bidders)
    yield from scored(scene, *bidders, recuses=True)
    yield from announced(scene, NoticeAbout.RANKING)


def credit_reports(scene: Scene) -> Script:
    """In the middle of its life the scene moves to a new version of the city's policy, with longer public notices."""
    yield from filed(scene)
    yield from consulted(scene)
    yield from found_fair(scene)
    yield scene.workdays(2)
    limits = scene.policy.limits
    notice = limits.public_notice.model_copy(update={"period": Period(length=7, unit=Unit.WORKDAYS)})
    newer = scene.policy.model_copy(
        update={"version": "v2040-2", "limits": limits.model_copy(update={"public_notice": notice})}
    )
    yield scene.leading_group.does(AdoptPolicy(policy=newer, reasons="公示期调整为七个工作日。"))
    scene.holds(scene.state.policy_version == newer.version, "the policy was not adopted")
    yield from listed_after_notice(scene)
    yield from matched(scene, YI)
    yield scene.workdays(20)
    yield from accepted(scene, YI)
    yield from closed(scene)


STORIES = (
    Story("NB-023", Word("复制自盐城；民生领域，仍走沙盒", "copied from Yancheng; a livelihood, so in the sandbox"),
          self_driving, Outcome.ACCEPTED, date(2041, 7, 22), copied_from="YC26-047"),
    Story("NB-036", Word("责令整改按期改正；有条件通过后整改", "an order corrected in time; rectified"),
          diagnosis, Outcome.ACCEPTED, date(2040, 6, 4)),
    Story("NB-007", Word("补正逾期，视为撤回", "no answer: deemed withdrawn"),
          shopping_street, Outcome.WITHDRAWN, MARCH_2040),
    Story("NB-029", Word("无人揭榜，重新发榜后找到", "no bid, issued again, found"),
          water_alarm, Outcome.ACCEPTED, MARCH_2040),
    Story("NB-022", Word("一人叫停，两人恢复；提前结束包容期", "stopped by one, resumed by two"),
          smart_parking, Outcome.ACCEPTED, MARCH_2040),
    Story("NB-045", Word("重新试点后通过", "passed after a re-trial"),
          homes_for_the_old, Outcome.ACCEPTED, MARCH_2040, encore=True),
    Story("NB-037", Word("签约后揭榜方协商退出", "the bidder leaves by agreement"),
          insurance_watch, Outcome.WITHDRAWN, MARCH_2040),
    Story("NB-028", Word("公平竞争先不通过；排名异议成立", "unfair at first; objection to the ranking upheld"),
          source_grid_load, Outcome.ACCEPTED, MARCH_2040, encore=True),
    Story("NB-014", Word("中途适用新版政策", "a new policy version on the way"),
          credit_reports, Outcome.ACCEPTED, MARCH_2040),
)  # fmt: skip
