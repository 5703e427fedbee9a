"""How it is judged: quorums, panels, modes, score sheet, contracts, measures, promotion."""

from collections.abc import Iterator, Sequence

from models.calendar import Unit
from models.policy import PanelRules, Policy, TrialKinds
from models.vocabulary import Mode, PanelPurpose, Phase, Role
from rules.lifecycle import CAN_BE_TAKEN_BACK
from rules.policy_check.contradiction import Contradiction, about_days, nearest, shown, twice, unknown_unit

_LARGEST_PANEL = 49


_MOST_CRITERIA = 40


_MOST_WINNERS = 10


_PARTY = {"owner": Role.OWNER, "st_bureau": Role.ST_BUREAU, "bidder": Role.BIDDER}


def quorum(policy: Policy) -> Iterator[Contradiction]:
    """A number of voices that a domain's departments can never reach would end every consultation in deadlock."""
    needed, weights = policy.consultation.quorum.count, policy.consultation.quorum.weights
    for domain in policy.domains:
        asked = sum(weights.get(unit, 1) for unit in set(domain.units) - {domain.lead})
        if needed is not None and 0 < asked < needed:
            message = f"{needed} voices are needed, and {domain.name}'s cooperating departments have {asked}"
            yield Contradiction("consultation.quorum.count", message, f"use {asked} or fewer, or name more units there")
    for unit in weights:
        yield from unknown_unit(policy, f"consultation.quorum.weights.{unit}", unit)
    for at, unit in enumerate(policy.consultation.vetoers):
        yield from unknown_unit(policy, f"consultation.vetoers.{at}", unit)
    if policy.consultation.veto and policy.consultation.vetoers:
        yield Contradiction("consultation.vetoers", "with veto: true everybody has a veto", "keep one of the two")


def handling(policy: Policy) -> Iterator[Contradiction]:
    """Only what the lifecycle can go back from can be taken back; never what makes a numbered document."""
    if policy.handling is None:
        return
    yield from twice("handling.take_back", policy.handling.take_back)
    documented = policy.documents.forms if policy.documents is not None else {}
    for at, verb in enumerate(policy.handling.take_back):
        key = f"handling.take_back.{at}"
        if verb not in CAN_BE_TAKEN_BACK:
            hint = nearest(verb, CAN_BE_TAKEN_BACK, f"use some of {', '.join(CAN_BE_TAKEN_BACK)}")
            yield Contradiction(key, f"{verb} cannot be taken back", hint)
        elif verb in documented:
            yield Contradiction(key, f"{verb} makes a document with a number", "remove it here, or in `documents`")
    for name in ("nudge_every", "take_back_within"):
        if getattr(policy.handling, name).unit not in (Unit.WORKDAYS, Unit.DAYS):
            yield Contradiction(f"handling.{name}", "is counted in workdays or days", "use one of the two")


def panels(policy: Policy) -> Iterator[Contradiction]:
    for purpose in PanelPurpose:
        if (rules := policy.panels.get(purpose.value)) is None:
            if purpose is not PanelPurpose.EXIT:
                yield Contradiction("panels", f"{purpose} is missing", "add it")
            elif policy.trial.exit_panel_for != TrialKinds():
                yield Contradiction("trial.exit_panel_for", "there is no `panels.exit`", "add it, or remove this")
            continue
        key = f"panels.{purpose}"
        if rules.odd and rules.minimum % 2 == 0:
            yield Contradiction(
                f"{key}.minimum",
                f"{rules.minimum} is even, and `odd: true` asks for an odd number",
                f"use {rules.minimum + 1}, or set odd: false",
            )
        if rules.minimum > _LARGEST_PANEL:
            yield Contradiction(f"{key}.minimum", f"a panel has at most {_LARGEST_PANEL} members", "use fewer")
        if rules.overlap is not None and purpose != "acceptance":
            yield Contradiction(f"{key}.overlap", "counts for acceptance only", "remove it here")
        yield from _convened(policy, key, rules)
        yield from twice(f"{key}.criteria", [each.key for each in rules.criteria])
        if rules.criteria and purpose == "scoring":
            yield Contradiction(f"{key}.criteria", "bids are scored by the score sheet", "remove them here")
        if rules.pass_mark > (full := sum(each.points for each in rules.criteria)):
            message = f"{rules.pass_mark} is above the full marks of {full}: nobody could recommend anything"
            yield Contradiction(f"{key}.pass_mark", message, "lower it, or add criteria")


def _convened(policy: Policy, key: str, rules: PanelRules) -> Iterator[Contradiction]:
    """Whoever convenes a panel may use the verb, and is one unit in the scene."""
    for at, role in enumerate(rules.conveners):
        if role not in policy.permissions.get("convene_panel", ()):
            hint = "add the role to permissions.convene_panel, or remove it here"
            yield Contradiction(f"{key}.conveners.{at}", f"{role} may not convene_panel", hint)


def modes(policy: Policy) -> Iterator[Contradiction]:
    for mode, rule in policy.modes.items():
        key = f"modes.{mode}"
        if mode is Mode.HORSE_RACE and rule.winners < 2:
            yield Contradiction(f"{key}.winners", "a race of one is no race", "use 2 or more")
        if rule.winners > _MOST_WINNERS:
            yield Contradiction(f"{key}.winners", f"at most {_MOST_WINNERS} can be awarded at once", "use fewer")
        if mode in (Mode.OPEN_CHALLENGE, Mode.HORSE_RACE, Mode.JOINT_TENDER) and rule.invited_only:
            yield Contradiction(f"{key}.invited_only", f"{mode} is open to everybody", "remove it")
        if mode in (Mode.DIRECTED, Mode.DIRECTED_BEST) and not rule.invited_only:
            yield Contradiction(key, f"{mode} goes to those invited only", "add invited_only: true")
        if rule.fewest_invited > rule.most_invited:
            yield Contradiction(
                f"{key}.fewest_invited",
                f"at least {rule.fewest_invited} and at most {rule.most_invited} are invited: nobody could be",
                f"use {rule.most_invited} or fewer",
            )
        yield from twice(f"{key}.legal_bases", rule.legal_bases)
        if not rule.scored and (mode is Mode.DIRECTED_BEST or not rule.invited_only):
            yield Contradiction(
                f"{key}.scored", "several may bid and nobody would judge the bids: the cheapest wins", "use true"
            )


def score_sheet(policy: Policy) -> Iterator[Contradiction]:
    sheet = policy.score_sheet
    keys = [dimension.key for dimension in sheet.dimensions]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            yield Contradiction(f"score_sheet.dimensions.{at}.key", f"{key} stands twice", "name it differently")
    if (points := sum(each.points for each in sheet.criteria)) != sheet.full_marks:
        message = f"the criteria come to {points} points, and full_marks says {sheet.full_marks}"
        yield Contradiction("score_sheet.full_marks", message, "change the points, or full_marks")
    if len(sheet.criteria) > _MOST_CRITERIA:
        yield Contradiction("score_sheet.dimensions", f"more than {_MOST_CRITERIA} criteria", "use fewer")
    if sheet.drop_extremes_from > _LARGEST_PANEL:
        yield Contradiction(
            "score_sheet.drop_extremes_from", f"a panel has at most {_LARGEST_PANEL} members", "use a smaller number"
        )


def contracting(policy: Policy) -> Iterator[Contradiction]:
    parties = policy.contracting.parties
    yield from twice("contracting.parties", parties)
    for party in ("owner", "bidder"):
        if party not in parties:
            yield Contradiction("contracting.parties", f"lacks the {party}", "add it: owner and bidder always sign")
    for at, party in enumerate(parties):
        if _PARTY[party] not in policy.permissions.get("sign_contract", ()):
            yield Contradiction(
                f"contracting.parties.{at}",
                f"{_PARTY[party]} may not sign_contract: no contract would ever be complete",
                "add the role to permissions.sign_contract, or remove the party",
            )
    if "st_bureau" in parties and Role.ST_BUREAU not in policy.permissions.get("answer_withdrawal", ()):
        yield Contradiction(
            f"contracting.parties.{parties.index('st_bureau')}",
            "st_bureau is a party and may not answer_withdrawal",
            "add the role to permissions.answer_withdrawal",
        )


def orders(policy: Policy) -> Iterator[Contradiction]:
    """Lists whose order means something."""
    lists: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
        ("trial.phases", policy.trial.phases, tuple(Phase)),
        ("inclusion.ladder", policy.inclusion.ladder, ("remind", "advise", "interview", "order")),
    )
    for key, items, order in lists:
        places = [order.index(item) for item in items]
        if places != sorted(set(places)):
            yield Contradiction(
                key, f"{', '.join(items)} is out of order, or repeats", f"keep this order: {', '.join(order)}"
            )
    yield from _whole_period(policy)
    yield from twice("inclusion.red_lines", policy.inclusion.red_lines)
    yield from twice("incidents.severities", tuple(each.key for each in policy.incidents.severities))
    for name, red_line in policy.incidents.red_lines:
        if red_line is not None and red_line not in policy.inclusion.red_lines:
            known = ", ".join(policy.inclusion.red_lines)
            message = f"{red_line} is no red line of the inclusion period"
            yield Contradiction(f"incidents.red_lines.{name}", message, f"use one of: {known}, or leave it out")
    yield from twice("inclusion.risks", policy.inclusion.risks)
    yield from twice("fair_competition.unfair", policy.fair_competition.unfair)
    yield from twice("recognition.criteria", policy.recognition.criteria if policy.recognition else ())
    if policy.inclusion.repeat_window.unit in (Unit.HOURS, Unit.WORKDAYS):
        yield Contradiction(
            "inclusion.repeat_window", "is counted in natural days", "count it in days, months or years"
        )


_DAYS = {Unit.DAYS: 1.0, Unit.WORKDAYS: 1.45, Unit.MONTHS: 365.25 / 12, Unit.YEARS: 365.25}


def _whole_period(policy: Policy) -> Iterator[Contradiction]:
    """An inclusion period and all its extensions together."""
    rule, most = policy.limits.inclusion, policy.inclusion.at_most
    periods = [rule.period, *([rule.extension.period] * rule.extension.times if rule.extension else ())]
    if Unit.HOURS in (most.unit, *(period.unit for period in periods)):
        yield Contradiction("inclusion.at_most", "is counted in days or longer, as the period is", "use months")
    elif sum(period.length * _DAYS[period.unit] for period in periods) > most.length * _DAYS[most.unit] + 1:
        yield Contradiction(
            "limits.inclusion.extension",
            f"with it the period is longer than inclusion.at_most ({most.length} {most.unit})",
            "shorten the period or its extension, extend less often, or allow more there",
        )


def fund(policy: Policy) -> Iterator[Contradiction]:
    """Caps that another cap makes void, and claims that could never be filed or decided in time."""
    if (rules := policy.fund) is None:
        return
    yield from twice("fund.causes", [cause.key for cause in rules.causes])
    for at, cause in enumerate(rules.causes):
        if cause.rests_on == "termination" and not cause.grounds:
            yield Contradiction(f"fund.causes.{at}.grounds", "no ground counts: it could never be claimed", "name one")
    caps = ("per_claim_yuan", "per_scene_yuan", "per_year_yuan")
    for at, lower in enumerate(caps):
        for upper in caps[at + 1 :]:
            low, high = getattr(rules, lower), getattr(rules, upper)
            if low is not None and high is not None and low > high:
                message = f"{low} can never be reached: {upper} is {high}"
                yield Contradiction(f"fund.{lower}", message, f"lower it, or raise {upper}")
    if rules.ladder not in policy.ladders:
        hint = nearest(rules.ladder, list(policy.ladders), f"use one of: {', '.join(policy.ladders)}")
        yield Contradiction("fund.ladder", f"{rules.ladder} is not among `ladders`", hint)
    for name in ("claim_after", "claim_within", "proposal", "decision", "payment"):
        period = getattr(rules, name)
        if period is not None and period.unit is Unit.HOURS:
            yield Contradiction(f"fund.{name}", "is counted in days, not in hours", "use workdays, days or months")
    if rules.claim_after is not None and about_days(rules.claim_after) >= about_days(rules.claim_within):
        message = f"claims begin after {shown(rules.claim_after)} and end within {shown(rules.claim_within)}"
        yield Contradiction("fund.claim_after", message, "shorten it, or lengthen claim_within")


def promotion(policy: Policy) -> Iterator[Contradiction]:
    rules = policy.promotion
    kinds = [each.kind for each in rules.kinds]
    yield from twice("promotion.benefits", kinds)
    for at, benefit in enumerate(rules.benefits):
        if isinstance(benefit, str):
            continue
        key = f"promotion.benefits.{at}"
        if benefit.kind == "award" and benefit.in_all_yuan not in (None, rules.award_cap_yuan):
            yield Contradiction(f"{key}.in_all_yuan", "differs from award_cap_yuan", "leave it out")
        all_yuan = rules.award_cap_yuan if benefit.kind == "award" else benefit.in_all_yuan
        if benefit.each_yuan and all_yuan and benefit.each_yuan > all_yuan:
            yield Contradiction(
                f"{key}.each_yuan", f"is above the cap for all ({all_yuan})", "lower it, or leave it out"
            )
    keys = [each.key for each in rules.criteria]
    for at, criterion in enumerate(rules.criteria):
        if criterion.key in keys[:at]:
            yield Contradiction(f"promotion.criteria.{at}.key", f"{criterion.key} stands twice", "name it differently")
        yield from twice(f"promotion.criteria.{at}.levels", criterion.levels)
    levels = [each.name for each in rules.levels]
    yield from twice("promotion.levels", levels)
    yield from twice("promotion.case_types", rules.case_types)
    yield from twice("promotion.upward", [each.key for each in rules.upward])
    for at, to in enumerate(rules.upward):
        if to.from_level is not None and to.from_level not in levels:
            hint = nearest(to.from_level, levels, f"use one of: {', '.join(levels)}")
            yield Contradiction(f"promotion.upward.{at}.from_level", f"`levels` lacks {to.from_level}", hint)
        elif to.from_level is not None and "recommendation" in rules.before_title:
            message = "asks for a title, and `before_title` lets a candidate without one be recommended"
            yield Contradiction(f"promotion.upward.{at}.from_level", message, "keep one of the two")
    for at, level in enumerate(rules.levels):
        below = max((rules.award_cap(each) for each in levels[:at]), default=0)
        if level.award_yuan is not None and not below <= level.award_yuan <= rules.award_cap_yuan:
            message = f"is not between the level below ({below}) and award_cap_yuan ({rules.award_cap_yuan})"
            yield Contradiction(f"promotion.levels.{at}.award_yuan", message, "raise or lower it")
    for at, criterion in enumerate(rules.criteria):
        for place, name in enumerate(criterion.levels):
            if name not in levels:
                hint = nearest(name, levels, f"use one of: {', '.join(levels)}")
                yield Contradiction(f"promotion.criteria.{at}.levels.{place}", f"`levels` lacks {name}", hint)
    if rules.criteria and (without := [level for level in levels if not rules.criteria_at(level)]):
        message = f"{', '.join(without)} has no criterion"
        yield Contradiction("promotion.criteria", message, "add one for it, or one without `levels`")
    yield from twice("promotion.before_title", rules.before_title)
    known = (*kinds, "replication", "recommendation")
    for at, what in enumerate(rules.before_title):
        if what not in known:
            hint = nearest(what, known, f"use some of: {', '.join(known)}")
            yield Contradiction(f"promotion.before_title.{at}", f"`benefits` does not list {what}", hint)
    if rules.award_cap_yuan and "award" not in kinds:
        yield Contradiction(
            "promotion.award_cap_yuan",
            "caps an award that `benefits` does not list",
            "add award to benefits, or set the cap to 0",
        )
    if "award" in kinds and not rules.award_cap_yuan:
        yield Contradiction(
            f"promotion.benefits.{kinds.index('award')}",
            "an award of at most 0 yuan can never be recorded",
            "set award_cap_yuan, or remove award",
        )
