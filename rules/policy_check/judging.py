"""How it is judged: quorums, panels, modes, score sheet, contracts, measures, promotion."""

from collections.abc import Iterator, Sequence

from models.calendar import Unit
from models.policy import Measure, PanelRules, Policy, TrialKinds
from models.vocabulary import Mode, PanelPurpose, Phase, Role
from rules.ladder import MEASURES
from rules.lifecycle import CAN_BE_TAKEN_BACK
from rules.policy_check.contradiction import Contradiction, about_days, nearest, shown, shown_zh, twice, unknown_unit
from rules.policy_check.duties import WITH_ONE_UNIT

_LARGEST_PANEL = 49


_MOST_CRITERIA = 40


_MOST_WINNERS = 10


_PARTY = {"owner": Role.OWNER, "st_bureau": Role.ST_BUREAU, "bidder": Role.BIDDER}


def quorum(policy: Policy) -> Iterator[Contradiction]:
    """A number of voices that a domain's departments can never reach would end every consultation in deadlock."""
    needed, weights = policy.consultation.quorum.count, policy.consultation.quorum.weights
    voices = {
        domain.name: sum(weights.get(unit, 1) for unit in set(domain.units) - {domain.lead})
        for domain in policy.domains
    }
    too_few = {name: asked for name, asked in voices.items() if needed is not None and 0 < asked < needed}
    if too_few:
        least = min(too_few.values())
        named = ", ".join(f"{name} ({asked})" for name, asked in too_few.items())
        named_zh = "、".join(f"{name}（{asked} 票）" for name, asked in too_few.items())
        yield Contradiction(
            "consultation.quorum.count",
            f"{needed} voices are needed, and the cooperating departments of these domains have fewer: {named}",
            f"use {least} or fewer, or name more units there",
            f"须 {needed} 票，而这些领域的配合单位不足：{named_zh}；请写 {least} 或更少，或在这些领域多列单位",
        )
    for unit in weights:
        yield from unknown_unit(policy, f"consultation.quorum.weights.{unit}", unit)
    for at, unit in enumerate(policy.consultation.vetoers):
        yield from unknown_unit(policy, f"consultation.vetoers.{at}", unit)
    if policy.consultation.veto and policy.consultation.vetoers:
        yield Contradiction(
            "consultation.vetoers",
            "with veto: true everybody has a veto",
            "keep one of the two",
            "已写 veto: true，人人都可否决；请保留其一",
        )


def handling(policy: Policy) -> Iterator[Contradiction]:
    """Only what the lifecycle can go back from can be taken back; never what makes a numbered document."""
    if policy.handling is None:
        return
    yield from twice("handling.take_back", policy.handling.take_back)
    documented = policy.documents.forms if policy.documents is not None else {}
    for at, verb in enumerate(policy.handling.take_back):
        key = f"handling.take_back.{at}"
        if verb not in CAN_BE_TAKEN_BACK:
            hint = nearest(verb, CAN_BE_TAKEN_BACK)
            yield Contradiction(key, f"{verb} cannot be taken back", hint.en, f"{verb} 不可撤回；{hint.zh}")
        elif verb in documented:
            yield Contradiction(
                key,
                f"{verb} makes a document with a number",
                "remove it here, or in `documents`",
                f"{verb} 会产生带文号的文书；请在这里或在 `documents` 中删去",
            )
    for name in ("nudge_every", "take_back_within"):
        if getattr(policy.handling, name).unit not in (Unit.WORKDAYS, Unit.DAYS):
            yield Contradiction(
                f"handling.{name}",
                "is counted in workdays or days",
                "use one of the two",
                "须以工作日或自然日计；请写 workdays 或 days",
            )


def panels(policy: Policy) -> Iterator[Contradiction]:
    for purpose in PanelPurpose:
        if (rules := policy.panels.get(purpose.value)) is None:
            if purpose is not PanelPurpose.EXIT:
                yield Contradiction("panels", f"{purpose} is missing", "add it", f"缺少 {purpose}；请补上")
            elif policy.trial.exit_panel_for != TrialKinds():
                yield Contradiction(
                    "trial.exit_panel_for",
                    "there is no `panels.exit`",
                    "add it, or remove this",
                    "没有 `panels.exit`；请补上，或删去这一项",
                )
            continue
        key = f"panels.{purpose}"
        if rules.odd and rules.minimum % 2 == 0:
            yield Contradiction(
                f"{key}.minimum",
                f"{rules.minimum} is even, and `odd: true` asks for an odd number",
                f"use {rules.minimum + 1}, or set odd: false",
                f"{rules.minimum} 是双数，而 `odd: true` 要求单数；请写 {rules.minimum + 1}，或写 odd: false",
            )
        if rules.minimum > _LARGEST_PANEL:
            yield Contradiction(
                f"{key}.minimum",
                f"a panel has at most {_LARGEST_PANEL} members",
                "use fewer",
                f"评审组至多 {_LARGEST_PANEL} 人；请写小些",
            )
        if rules.overlap is not None and purpose != "acceptance":
            yield Contradiction(
                f"{key}.overlap", "counts for acceptance only", "remove it here", "只用于验收评审组；请在这里删去"
            )
        yield from _convened(policy, key, rules)
        yield from twice(f"{key}.criteria", [each.key for each in rules.criteria])
        if rules.criteria and purpose == "scoring":
            yield Contradiction(
                f"{key}.criteria",
                "bids are scored by the score sheet",
                "remove them here",
                "投标按评分表评分；请在这里删去",
            )
        if rules.pass_mark > (full := sum(each.points for each in rules.criteria)):
            message = f"{rules.pass_mark} is above the full marks of {full}: nobody could recommend anything"
            yield Contradiction(
                f"{key}.pass_mark",
                message,
                "lower it, or add criteria",
                f"{rules.pass_mark} 高于满分 {full}，谁也不能建议通过；请降低，或增加评分项",
            )


def _convened(policy: Policy, key: str, rules: PanelRules) -> Iterator[Contradiction]:
    """Whoever convenes a panel may use the verb, and is one unit in the scene."""
    for at, role in enumerate(rules.conveners):
        if role not in policy.permissions.get("convene_panel", ()):
            hint = "add the role to permissions.convene_panel, or remove it here"
            yield Contradiction(
                f"{key}.conveners.{at}",
                f"{role} may not convene_panel",
                hint,
                f"{role} 无权 convene_panel；请在 permissions.convene_panel 中加上该角色，或在这里删去",
            )


def modes(policy: Policy) -> Iterator[Contradiction]:
    for mode, rule in policy.modes.items():
        key = f"modes.{mode}"
        if mode is Mode.HORSE_RACE and rule.winners < 2:
            yield Contradiction(
                f"{key}.winners", "a race of one is no race", "use 2 or more", "只有一家不成赛马；请写 2 或更多"
            )
        if rule.winners > _MOST_WINNERS:
            yield Contradiction(
                f"{key}.winners",
                f"at most {_MOST_WINNERS} can be awarded at once",
                "use fewer",
                f"至多同时授予 {_MOST_WINNERS} 家；请写小些",
            )
        if mode in (Mode.OPEN_CHALLENGE, Mode.HORSE_RACE, Mode.JOINT_TENDER) and rule.invited_only:
            yield Contradiction(
                f"{key}.invited_only", f"{mode} is open to everybody", "remove it", f"{mode} 面向所有单位；请删去"
            )
        if mode in (Mode.DIRECTED, Mode.DIRECTED_BEST) and not rule.invited_only:
            yield Contradiction(
                key,
                f"{mode} goes to those invited only",
                "add invited_only: true",
                f"{mode} 只面向受邀单位；请加 invited_only: true",
            )
        if rule.fewest_invited > rule.most_invited:
            yield Contradiction(
                f"{key}.fewest_invited",
                f"at least {rule.fewest_invited} and at most {rule.most_invited} are invited: nobody could be",
                f"use {rule.most_invited} or fewer",
                f"至少邀请 {rule.fewest_invited} 家、至多 {rule.most_invited} 家，谁也无法邀请；"
                f"请写 {rule.most_invited} 或更少",
            )
        yield from twice(f"{key}.legal_bases", rule.legal_bases)
        if not rule.scored and (mode is Mode.DIRECTED_BEST or not rule.invited_only):
            yield Contradiction(
                f"{key}.scored",
                "several may bid and nobody would judge the bids: the cheapest wins",
                "use true",
                "可有多家投标而无人评审，只能价低者得；请写 true",
            )


def score_sheet(policy: Policy) -> Iterator[Contradiction]:
    sheet = policy.score_sheet
    keys = [dimension.key for dimension in sheet.dimensions]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            yield Contradiction(
                f"score_sheet.dimensions.{at}.key",
                f"{key} stands twice",
                "name it differently",
                f"{key} 出现两次；请另取一个名字",
            )
    known: list[str] = []
    for at, dimension in enumerate(sheet.dimensions):
        for place, criterion in enumerate(dimension.criteria):
            if criterion.key in known:
                yield Contradiction(
                    f"score_sheet.dimensions.{at}.criteria.{place}.key",
                    f"two criteria have the key {criterion.key}",
                    "name one differently",
                    f"两项指标的 key 都是 {criterion.key}；请改其一",
                )
            known.append(criterion.key)
    if sheet.tie_break not in keys:
        hint = nearest(sheet.tie_break, keys)
        message, zh = f"names no dimension: {sheet.tie_break}", f"不是任何维度：{sheet.tie_break}"
        yield Contradiction("score_sheet.tie_break", message, hint.en, f"{zh}；{hint.zh}")
    if sheet.pass_mark > sheet.points:
        yield Contradiction(
            "score_sheet.pass_mark",
            f"{sheet.pass_mark} is above the sheet's {sheet.points} points",
            "lower it",
            f"{sheet.pass_mark} 高于各项分值之和 {sheet.points}；请降低",
        )
    if (points := sum(each.points for each in sheet.criteria)) != sheet.full_marks:
        message = f"the criteria come to {points} points, and full_marks says {sheet.full_marks}"
        yield Contradiction(
            "score_sheet.full_marks",
            message,
            "change the points, or full_marks",
            f"各项指标合计 {points} 分，而 full_marks 写的是 {sheet.full_marks}；请改分值，或改 full_marks",
        )
    if len(sheet.criteria) > _MOST_CRITERIA:
        yield Contradiction(
            "score_sheet.dimensions",
            f"more than {_MOST_CRITERIA} criteria",
            "use fewer",
            f"指标超过 {_MOST_CRITERIA} 项；请减少",
        )
    if sheet.drop_extremes_from > _LARGEST_PANEL:
        yield Contradiction(
            "score_sheet.drop_extremes_from",
            f"a panel has at most {_LARGEST_PANEL} members",
            "use a smaller number",
            f"评审组至多 {_LARGEST_PANEL} 人；请写小些",
        )


def contracting(policy: Policy) -> Iterator[Contradiction]:
    parties = policy.contracting.parties
    yield from twice("contracting.parties", parties)
    for party in ("owner", "bidder"):
        if party not in parties:
            yield Contradiction(
                "contracting.parties",
                f"lacks the {party}",
                "add it: owner and bidder always sign",
                f"缺少 {party}；请补上：owner 和 bidder 必须签字",
            )
    for at, party in enumerate(parties):
        if _PARTY[party] not in policy.permissions.get("sign_contract", ()):
            yield Contradiction(
                f"contracting.parties.{at}",
                f"{_PARTY[party]} may not sign_contract: no contract would ever be complete",
                "add the role to permissions.sign_contract, or remove the party",
                f"{_PARTY[party]} 无权 sign_contract，合同永远签不齐；"
                "请在 permissions.sign_contract 中加上该角色，或删去这一方",
            )
    if "st_bureau" in parties and Role.ST_BUREAU not in policy.permissions.get("answer_withdrawal", ()):
        yield Contradiction(
            f"contracting.parties.{parties.index('st_bureau')}",
            "st_bureau is a party and may not answer_withdrawal",
            "add the role to permissions.answer_withdrawal",
            "st_bureau 是签约一方，却无权 answer_withdrawal；请在 permissions.answer_withdrawal 中加上该角色",
        )


def orders(policy: Policy) -> Iterator[Contradiction]:
    """Lists whose order means something."""
    lists: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
        ("trial.phases", policy.trial.phases, tuple(Phase)),
        ("inclusion.ladder", tuple(each for each in policy.inclusion.measures if each in MEASURES), MEASURES),
    )
    for key, items, order in lists:
        places = [order.index(item) for item in items]
        if places != sorted(set(places)):
            yield Contradiction(
                key,
                f"{', '.join(items)} is out of order, or repeats",
                f"keep this order: {', '.join(order)}",
                f"{'、'.join(items)} 次序不对或有重复；请按此次序：{'、'.join(order)}",
            )
    yield from _own_measures(policy)
    yield from _whole_period(policy)
    yield from twice("inclusion.red_lines", policy.inclusion.red_lines)
    yield from twice("incidents.severities", tuple(each.key for each in policy.incidents.severities))
    for name, red_line in policy.incidents.red_lines:
        if red_line is not None and red_line not in policy.inclusion.red_lines:
            known = ", ".join(policy.inclusion.red_lines)
            message = f"{red_line} is no red line of the inclusion period"
            yield Contradiction(
                f"incidents.red_lines.{name}",
                message,
                f"use one of: {known}, or leave it out",
                f"{red_line} 不是包容期的红线；可选：{'、'.join(policy.inclusion.red_lines)}，或不写",
            )
    yield from twice("inclusion.risks", policy.inclusion.risks)
    yield from twice("fair_competition.unfair", policy.fair_competition.unfair)
    yield from twice("recognition.criteria", policy.recognition.criteria if policy.recognition else ())
    if policy.inclusion.repeat_window.unit in (Unit.HOURS, Unit.WORKDAYS):
        yield Contradiction(
            "inclusion.repeat_window",
            "is counted in natural days",
            "count it in days, months or years",
            "须以自然日期计；请用 days、months 或 years",
        )


_DAYS = {Unit.DAYS: 1.0, Unit.WORKDAYS: 1.45, Unit.MONTHS: 365.25 / 12, Unit.YEARS: 365.25}


def _own_measures(policy: Policy) -> Iterator[Contradiction]:
    """The city's own steps of the ladder of faults."""
    yield from twice("inclusion.ladder", policy.inclusion.measures)
    for at, step in enumerate(policy.inclusion.ladder):
        if not isinstance(step, Measure):
            continue
        key = f"inclusion.ladder.{at}"
        if step.key in ("tolerated", "breach", "red_line"):
            yield Contradiction(
                f"{key}.key",
                f"{step.key} says what becomes of a fault otherwise",
                "take another word",
                f"{step.key} 已另有所指；请换一个词",
            )
        for place, role in enumerate(step.roles):
            if role not in policy.permissions.get("record_fault", ()):
                yield Contradiction(
                    f"{key}.roles.{place}",
                    f"{role} may not record_fault",
                    "add the role to permissions.record_fault, or name another",
                    f"{role} 无权 record_fault；请在 permissions.record_fault 中加上该角色，或换一个角色",
                )
        for place, role in enumerate(step.told):
            if role not in (*WITH_ONE_UNIT, Role.COOPERATING, Role.BIDDER):
                hint = f"use one of: {', '.join((*WITH_ONE_UNIT, Role.COOPERATING, Role.BIDDER))}"
                yield Contradiction(
                    f"{key}.told.{place}",
                    f"nobody in a scene is told as the {role}",
                    hint,
                    f"场景中没有可以通知的 {role}；可选：{'、'.join((*WITH_ONE_UNIT, Role.COOPERATING, Role.BIDDER))}",
                )


def _whole_period(policy: Policy) -> Iterator[Contradiction]:
    """An inclusion period and all its extensions together."""
    rule, most = policy.limits.inclusion, policy.inclusion.at_most
    periods = [rule.period, *([rule.extension.period] * rule.extension.times if rule.extension else ())]
    if Unit.HOURS in (most.unit, *(period.unit for period in periods)):
        yield Contradiction(
            "inclusion.at_most",
            "is counted in days or longer, as the period is",
            "use months",
            "须以日或更长的单位计，与包容期一致；请用 months",
        )
    elif sum(period.length * _DAYS[period.unit] for period in periods) > most.length * _DAYS[most.unit] + 1:
        yield Contradiction(
            "limits.inclusion.extension",
            f"with it the period is longer than inclusion.at_most ({most.length} {most.unit})",
            "shorten the period or its extension, extend less often, or allow more there",
            f"加上延长，包容期超过 inclusion.at_most（{shown_zh(most)}）；请缩短包容期或其延长，减少次数，或放宽上限",
        )


def fund(policy: Policy) -> Iterator[Contradiction]:
    """Caps that another cap makes void, and claims that could never be filed or decided in time."""
    if (rules := policy.fund) is None:
        return
    yield from twice("fund.causes", [cause.key for cause in rules.causes])
    for at, cause in enumerate(rules.causes):
        if cause.rests_on == "termination" and not cause.grounds:
            yield Contradiction(
                f"fund.causes.{at}.grounds",
                "no ground counts: it could never be claimed",
                "name one",
                "没有列出任何情形，永远不能申请；请写明一种",
            )
    caps = ("per_claim_yuan", "per_scene_yuan", "per_year_yuan")
    for at, lower in enumerate(caps):
        for upper in caps[at + 1 :]:
            low, high = getattr(rules, lower), getattr(rules, upper)
            if low is not None and high is not None and low > high:
                message = f"{low} can never be reached: {upper} is {high}"
                yield Contradiction(
                    f"fund.{lower}",
                    message,
                    f"lower it, or raise {upper}",
                    f"永远到不了 {low}：{upper} 只有 {high}；请降低，或提高 {upper}",
                )
    if rules.ladder not in policy.ladders:
        hint = nearest(rules.ladder, list(policy.ladders))
        yield Contradiction(
            "fund.ladder",
            f"{rules.ladder} is not among `ladders`",
            hint.en,
            f"`ladders` 中没有 {rules.ladder}；{hint.zh}",
        )
    for name in ("claim_after", "claim_within", "proposal", "decision", "payment"):
        period = getattr(rules, name)
        if period is not None and period.unit is Unit.HOURS:
            yield Contradiction(
                f"fund.{name}",
                "is counted in days, not in hours",
                "use workdays, days or months",
                "以日计，不以小时计；请用 workdays、days 或 months",
            )
    if rules.claim_after is not None and about_days(rules.claim_after) >= about_days(rules.claim_within):
        message = f"claims begin after {shown(rules.claim_after)} and end within {shown(rules.claim_within)}"
        yield Contradiction(
            "fund.claim_after",
            message,
            "shorten it, or lengthen claim_within",
            f"{shown_zh(rules.claim_after)}之后才能申请，{shown_zh(rules.claim_within)}之内就截止；"
            "请缩短，或延长 claim_within",
        )


def promotion(policy: Policy) -> Iterator[Contradiction]:
    rules = policy.promotion
    kinds = [each.kind for each in rules.kinds]
    yield from twice("promotion.benefits", kinds)
    for at, benefit in enumerate(rules.benefits):
        if isinstance(benefit, str):
            continue
        key = f"promotion.benefits.{at}"
        if benefit.kind == "award" and benefit.in_all_yuan not in (None, rules.award_cap_yuan):
            yield Contradiction(
                f"{key}.in_all_yuan", "differs from award_cap_yuan", "leave it out", "与 award_cap_yuan 不同；请不写"
            )
        all_yuan = rules.award_cap_yuan if benefit.kind == "award" else benefit.in_all_yuan
        if benefit.each_yuan and all_yuan and benefit.each_yuan > all_yuan:
            yield Contradiction(
                f"{key}.each_yuan",
                f"is above the cap for all ({all_yuan})",
                "lower it, or leave it out",
                f"高于合计上限 {all_yuan}；请降低，或不写",
            )
    keys = [each.key for each in rules.criteria]
    for at, criterion in enumerate(rules.criteria):
        if criterion.key in keys[:at]:
            yield Contradiction(
                f"promotion.criteria.{at}.key",
                f"{criterion.key} stands twice",
                "name it differently",
                f"{criterion.key} 出现两次；请另取一个名字",
            )
        yield from twice(f"promotion.criteria.{at}.levels", criterion.levels)
    levels = [each.name for each in rules.levels]
    yield from twice("promotion.levels", levels)
    yield from twice("promotion.case_types", rules.case_types)
    yield from twice("promotion.upward", [each.key for each in rules.upward])
    for at, to in enumerate(rules.upward):
        if to.from_level is not None and to.from_level not in levels:
            hint = nearest(to.from_level, levels)
            yield Contradiction(
                f"promotion.upward.{at}.from_level",
                f"`levels` lacks {to.from_level}",
                hint.en,
                f"`levels` 中没有 {to.from_level}；{hint.zh}",
            )
        elif to.from_level is not None and "recommendation" in rules.before_title:
            message = "asks for a title, and `before_title` lets a candidate without one be recommended"
            yield Contradiction(
                f"promotion.upward.{at}.from_level",
                message,
                "keep one of the two",
                "要求已有称号，而 `before_title` 允许没有称号的候选案例获推荐；请保留其一",
            )
    for at, level in enumerate(rules.levels):
        below = max((rules.award_cap(each) for each in levels[:at]), default=0)
        if level.award_yuan is not None and not below <= level.award_yuan <= rules.award_cap_yuan:
            message = f"is not between the level below ({below}) and award_cap_yuan ({rules.award_cap_yuan})"
            yield Contradiction(
                f"promotion.levels.{at}.award_yuan",
                message,
                "raise or lower it",
                f"不在下一级（{below}）与 award_cap_yuan（{rules.award_cap_yuan}）之间；请调高或调低",
            )
    for at, criterion in enumerate(rules.criteria):
        for place, name in enumerate(criterion.levels):
            if name not in levels:
                hint = nearest(name, levels)
                yield Contradiction(
                    f"promotion.criteria.{at}.levels.{place}",
                    f"`levels` lacks {name}",
                    hint.en,
                    f"`levels` 中没有 {name}；{hint.zh}",
                )
    if rules.criteria and (without := [level for level in levels if not rules.criteria_at(level)]):
        message = f"{', '.join(without)} has no criterion"
        yield Contradiction(
            "promotion.criteria",
            message,
            "add one for it, or one without `levels`",
            f"{'、'.join(without)} 没有任何标准；请为其补一条，或写一条不带 `levels` 的",
        )
    yield from twice("promotion.before_title", rules.before_title)
    known = (*kinds, "replication", "recommendation")
    for at, what in enumerate(rules.before_title):
        if what not in known:
            hint = nearest(what, known)
            yield Contradiction(
                f"promotion.before_title.{at}",
                f"`benefits` does not list {what}",
                hint.en,
                f"`benefits` 没有列出 {what}；{hint.zh}",
            )
    if rules.award_cap_yuan and "award" not in kinds:
        yield Contradiction(
            "promotion.award_cap_yuan",
            "caps an award that `benefits` does not list",
            "add award to benefits, or set the cap to 0",
            "设了奖金上限，而 `benefits` 没有列出 award；请在 benefits 中加 award，或把上限写为 0",
        )
    if "award" in kinds and not rules.award_cap_yuan:
        yield Contradiction(
            f"promotion.benefits.{kinds.index('award')}",
            "an award of at most 0 yuan can never be recorded",
            "set award_cap_yuan, or remove award",
            "奖金上限为 0，永远不能登记奖励；请写 award_cap_yuan，或删去 award",
        )
