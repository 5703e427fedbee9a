"""Limits, their extensions, and the ladders of their reminders."""

from collections.abc import Iterator

from models.calendar import Unit
from models.deadline import Level
from models.policy import ExtensionRule, Limit, Policy
from models.vocabulary import Role, RunsFrom, Suspends
from rules import lifecycle
from rules.policy_check.contradiction import Contradiction, about_days, nearest, shown, shown_zh, twice
from rules.policy_check.duties import DUTIES, HELD, OF_THE_SCENE, WITH_ONE_UNIT

FROM_SERVICE = ("supplement", "resubmission", "complaint_window", "correction_order", "rectification", "refund")
"""Limits that begin with a notice to one party; an appeal's always runs from service."""

LONGEST_PAYMENT = 60
"""Days: 保障中小企业款项支付条例."""


def limits(policy: Policy) -> Iterator[Contradiction]:
    for name in policy.limits.stated:
        limit, key = policy.limit(name), f"limits.{name}"
        if limit.ladder not in policy.ladders:
            hint = nearest(limit.ladder, list(policy.ladders))
            yield Contradiction(
                f"{key}.ladder",
                f"{limit.ladder} is not among `ladders`",
                hint.en,
                f"`ladders` 中没有 {limit.ladder}；{hint.zh}",
            )
        if limit.when_suspended is Suspends.RUNS:
            verbs = [verb for duty, _, verbs in DUTIES if duty == name for verb in verbs]
            if verbs and not set(verbs) & set(lifecycle.WHILE_STANDING_STILL):
                yield Contradiction(
                    f"{key}.when_suspended",
                    "the clock would run while the scene is suspended, when its holder may do nothing about it",
                    "write pauses",
                    "场景暂停时责任方什么也不能办，期限却照走；请写 pauses",
                )
        if limit.runs_from is RunsFrom.SERVICE and name not in FROM_SERVICE:
            yield Contradiction(
                f"{key}.runs_from",
                "nothing is served before this clock starts",
                f"write act; these may run from service: {', '.join(FROM_SERVICE)}",
                f"这个期限开始前没有什么要送达；请写 act。可以自送达起算的：{'、'.join(FROM_SERVICE)}",
            )
        if limit.extension is not None:
            yield from _extension(policy, key, limit, limit.extension)
    limits = policy.limits
    if limits.amendment.period.unit is not Unit.DAYS:
        yield Contradiction(
            "limits.amendment.period",
            "is not in days",
            "count it in natural days, as the close is",
            "不是以自然日计；请写 days，与截止日一致",
        )
    if about_days(limits.amendment.period) > about_days(limits.bidding.period):
        yield Contradiction(
            "limits.amendment.period",
            f"{shown(limits.amendment.period)} is longer than a call stays open ({shown(limits.bidding.period)}): "
            "every change would move the close",
            "shorten it, or lengthen bidding",
            f"{shown_zh(limits.amendment.period)}长于开放时间（{shown_zh(limits.bidding.period)}），每次修改都会顺延截止日；"
            "请缩短，或延长 bidding",
        )
    if about_days(limits.payment.period) > LONGEST_PAYMENT or limits.payment.extension is not None:
        yield Contradiction(
            "limits.payment.period",
            f"small and medium enterprises are paid within {LONGEST_PAYMENT} days of delivery "
            "(保障中小企业款项支付条例), whatever a contract says, and no extension counts",
            "shorten it, and leave out `extension`",
            f"中小企业款项须自交付起 {LONGEST_PAYMENT} 日内支付（保障中小企业款项支付条例），合同另有约定和延期都不算；"
            "请缩短，并删去 `extension`",
        )
    if limits.payment.when_suspended is not Suspends.RUNS:
        yield Contradiction(
            "limits.payment.when_suspended",
            "what is owed for a delivery is paid in the law's time, also by a scene that stands still",
            "write runs",
            "交付后的应付款须按法定时间支付，场景停下来也照走；请写 runs",
        )
    if limits.rollback.when_suspended is not Suspends.RUNS:
        yield Contradiction(
            "limits.rollback.when_suspended",
            "what a trial has put up is taken down in time, also where the scene stands still",
            "write runs",
            "试点设施须按时拆除恢复，场景停下来也照走；请写 runs",
        )
    if about_days(limits.acceptance_opinion.period) >= about_days(limits.acceptance_review.period):
        yield Contradiction(
            "limits.acceptance_opinion.period",
            "the opinions would come no earlier than the conclusion, which waits for them",
            "shorten it, or lengthen acceptance_review",
            "结论须等各方意见，意见却不早于结论到期；请缩短，或延长 acceptance_review",
        )
    if about_days(limits.report.period) > about_days(limits.trial.period):
        yield Contradiction(
            "limits.report.period",
            "no trial is long enough for a single report",
            "shorten it, or lengthen trial",
            "任何试点都等不到一次报告；请缩短，或延长 trial",
        )


def _extension(policy: Policy, key: str, limit: Limit, rule: ExtensionRule) -> Iterator[Contradiction]:
    key = f"{key}.extension"
    if (limit.period.unit is Unit.HOURS) != (rule.period.unit is Unit.HOURS):
        yield Contradiction(
            f"{key}.period",
            "hours and days do not add up",
            "use the unit of the limit itself",
            "小时和日不能相加；请与期限用同一单位",
        )
    elif about_days(rule.period) * rule.times > about_days(limit.period):
        yield Contradiction(
            f"{key}.period",
            f"{rule.times} times {shown(rule.period)} is more than the limit itself ({shown(limit.period)})",
            "shorten it, or set a longer limit that says what is meant",
            f"{rule.times} 次、每次{shown_zh(rule.period)}，超过期限本身（{shown_zh(limit.period)}）；"
            "请缩短，或直接把期限写长",
        )
    if rule.ask_before is not None:
        if rule.ask_before.unit is not Unit.WORKDAYS:
            yield Contradiction(
                f"{key}.ask_before", "is not in workdays", "count it in workdays", "不是以工作日计；请用 workdays"
            )
        if about_days(rule.ask_before) >= about_days(limit.period):
            yield Contradiction(
                f"{key}.ask_before",
                f"{shown(rule.ask_before)} before the end of {shown(limit.period)} lies before the start: "
                "nobody could ask in time",
                "shorten it",
                f"期限只有{shown_zh(limit.period)}，提前{shown_zh(rule.ask_before)}已在起算之前，谁也来不及申请；"
                "请缩短",
            )
    allowed = policy.permissions.get("decide_extension", ())
    for at, role in enumerate(rule.approvers):
        if role not in WITH_ONE_UNIT:
            hint = f"use one of: {', '.join(WITH_ONE_UNIT)}"
            yield Contradiction(
                f"{key}.approvers.{at}",
                f"no single unit is the {role} of a scene",
                hint,
                f"场景中没有哪一个单位担任 {role}；可选：{'、'.join(WITH_ONE_UNIT)}",
            )
        elif role not in allowed:
            yield Contradiction(
                f"{key}.approvers.{at}",
                f"{role} may not decide_extension",
                "add the role to permissions.decide_extension, or name another approver",
                f"{role} 无权 decide_extension；请在 permissions.decide_extension 中加上该角色，或换一个批准人",
            )
    yield from twice(f"{key}.approvers", rule.approvers)


def ladders(policy: Policy) -> Iterator[Contradiction]:
    for name, ladder in policy.ladders.items():
        used_by = [limit for limit in policy.limits.stated if policy.limit(limit).ladder == name]
        told: list[tuple[object, ...]] = []
        for at, rung in enumerate(ladder.rungs):
            key = f"ladders.{name}.rungs.{at}"
            if rung.to is not None and rung.to not in (*WITH_ONE_UNIT, Role.BIDDER):
                hint = f"use one of: {', '.join((*WITH_ONE_UNIT, Role.BIDDER))}, or leave `to` out for the holder"
                yield Contradiction(
                    f"{key}.to",
                    f"no single unit is the {rung.to} of a scene",
                    hint,
                    f"场景中没有哪一个单位担任 {rung.to}；可选："
                    f"{'、'.join((*WITH_ONE_UNIT, Role.BIDDER))}，通知责任方本人的不写 `to`",
                )
            if rung.to is Role.BIDDER and (wrong := [limit for limit in used_by if limit in OF_THE_SCENE]):
                yield Contradiction(
                    f"{key}.to",
                    f"{', '.join(wrong)} uses this ladder and may run where there is no bidder",
                    "give that limit another ladder, or tell somebody else",
                    f"{'、'.join(wrong)} 用这一提醒方式，而那时可能还没有揭榜方；"
                    "请让该期限换用别的提醒方式，或改为通知他人",
                )
            if rung.to is None and (nobody := [limit for limit in used_by if limit not in HELD]):
                yield Contradiction(
                    key,
                    f"{', '.join(nobody)} uses this ladder and is nobody's duty: the reminder would reach nobody",
                    "say whom it is for with `to`, or give that limit another ladder",
                    f"{'、'.join(nobody)} 用这一提醒方式，却没有责任方，提醒会无人收到；"
                    "请用 `to` 写明通知谁，或换用别的提醒方式",
                )
            # By the minute heads hear before the time is over: who has not acknowledged within half of it, say.
            if rung.offset <= 0 and rung.level is not Level.REMIND and rung.unit != "minutes":
                yield Contradiction(
                    f"{key}.level",
                    f"{rung.level} comes before anything is overdue",
                    "use remind, or a positive offset",
                    f"尚未逾期就到了 {rung.level}；请写 remind，或把 offset 改为正数",
                )
            if (same := (rung.offset, rung.unit, rung.to, rung.if_limit_at_least)) in told:
                yield Contradiction(
                    key,
                    "tells the same unit twice on the same day",
                    "remove one of the two",
                    "同一天两次通知同一单位；请删去一条",
                )
            told.append(same)
