"""What would make a policy contradict itself, or the engine: each found with its key, all of them at once.

The model (`models.policy`) refuses what has the wrong shape. Here stands what has the right shape and still cannot
work: a step left out that no city may leave out, a duty laid on somebody who may not discharge it, an extension that
can never be asked for in time, a unit that nobody declared, an office that would judge its own decision
(docs/explanation/domain.md, duties that are kept apart). A policy without a contradiction can carry any scene from
call to promotion.

The hints speak to whoever writes the city's file, who need not know the code.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from models import words
from models.calendar import Period, Unit
from models.commands import ACTS
from models.deadline import Level
from models.policy import ExtensionRule, Limit, Limits, Offices, OutsideRule, Policy, Sourced
from models.vocabulary import Machine, Mode, Phase, Role, RunsFrom, Suspends, Track
from rules import lifecycle
from rules.act_fields import fields_of
from rules.permissions import FROM_THE_CITY


class Contradiction(NamedTuple):
    """`key` is a dotted path into the file, list items counted from 0; `hint` says what to do about it."""

    key: str
    message: str
    hint: str


VERBS: tuple[str, ...] = tuple(verb for verb in ACTS if verb != "pass_deadline")
"""Every verb that a policy gives to roles. Passing a deadline is the system's and is given to nobody."""

OFFICE_VERBS: tuple[str, ...] = tuple(words.OFFICE_VERBS)
"""May stand in the table as well. A file without them is no contradiction: it was adopted before there were any, and a
replay decides as it did then; nobody may do it there."""

OFFICES: tuple[Role, ...] = tuple(Role(name) for name in Offices.model_fields if name not in Sourced.model_fields)
_WITH_ONE_UNIT = (Role.LEAD, Role.OWNER, Role.REGULATOR, *OFFICES)
"""Roles that one unit plays in a scene, whoever the bidder is: they can be written to, and asked to decide."""

_NO_BUSINESS = {
    Role.SYSTEM: "passes deadlines and does nothing else",
    Role.AUDITOR: "reads everything and changes nothing",
    Role.ADMINISTRATOR: "has no business rights (separation of duties)",
}
_PUBLIC = ("raise_objection", "file_complaint", "report_incident")

_OWN_CAUSE: dict[Role, tuple[str, ...]] = {
    Role.BIDDER: (
        "verify_eligibility", "score_bid", "award", "admit_trial", "start_trial", "approve_resumption", "conclude_exit",
        "record_fault", "verify_correction", "verify_incident", "conclude_acceptance", "decide_fault_tolerance",
        "answer_objection", "decide_complaint", "decide_appeal", "decide_extension", "conclude_evaluation",
        "confirm_benchmark",
    ),
    Role.OWNER: (
        "register", "recognise", "confirm_scene", "score_bid", "answer_objection", "decide_complaint", "decide_appeal",
        "decide_fault_tolerance", "conclude_evaluation", "confirm_benchmark",
    ),
    Role.LEADING_GROUP: ("score_bid",),
}  # fmt: skip
"""Verbs with which a role would judge its own cause; the leading group never touches a score."""

_PARTY = {"owner": Role.OWNER, "st_bureau": Role.ST_BUREAU, "bidder": Role.BIDDER}

_BY_PERSONS_ONLY = {
    "submit": "begins a scene, which no event can name yet",
    "take_over": "begins a scene, which no event can name yet",
    "adopt_policy": "carries a whole policy, which people have to approve",
    "reveal_bid": "opens a sealed bid, which would lie open among the events that were received",
}
"""Verbs that no event from outside is entered as, and why."""
_ONE_OF_MANY = (Role.COOPERATING, Role.EXPERT, Role.PUBLIC)
"""Roles that the scene alone gives no unit to."""

_WAYS_OUT = {*lifecycle.ANYWHERE, "terminate", "override"}
"""Possible at any step, and the discharge of no duty."""


def _acts_at(step: lifecycle.Step) -> tuple[str, ...]:
    return tuple(verb for verb in lifecycle.verbs_at(step.machine, step.key) if verb not in _WAYS_OUT)


DUTIES: tuple[tuple[str, Role, tuple[str, ...]], ...] = (
    *(
        (step.limit, step.holder, _acts_at(step))
        for step in lifecycle.STEPS
        if step.limit is not None and step.holder is not None
    ),
    ("consultation", Role.COOPERATING, ("give_opinion",)),
    ("objection", Role.PLATFORM_OFFICE, ("answer_objection",)),
    ("complaint", Role.SUPERVISOR, ("decide_complaint",)),
    ("bid_opening", Role.BIDDER, ("reveal_bid",)),
    ("report", Role.BIDDER, ("file_report",)),
    ("midterm", Role.BIDDER, ("file_report",)),
    ("fix", Role.BIDDER, ("report_fix",)),
    ("resumption", Role.REGULATOR, ("propose_resumption",)),
    ("resumption", Role.REGULATOR, ("approve_resumption",)),
    ("exit_evaluation", Role.BIDDER, ("file_exit_report",)),
    ("incident_report", Role.BIDDER, ("report_incident",)),
    ("incident_analysis", Role.REGULATOR, ("analyse_incident",)),
    ("delivery", Role.BIDDER, ("apply_for_acceptance",)),
    ("acceptance_review", Role.OWNER, ("give_acceptance_opinion",)),
    ("acceptance_review", Role.REGULATOR, ("give_acceptance_opinion",)),
    ("acceptance_review", Role.COOPERATING, ("give_acceptance_opinion",)),
    ("expert_review", Role.EXPERT, ("give_expert_opinion",)),
    ("scoring", Role.EXPERT, ("score_bid",)),
    ("acceptance_review", Role.EXPERT, ("give_expert_opinion",)),
    ("service", Role.PLATFORM_OFFICE, ("record_service",)),
    ("appeal", Role.SUPERVISOR, ("decide_appeal",)),
    ("withdrawal_consent", Role.OWNER, ("answer_withdrawal",)),
    ("withdrawal_consent", Role.BIDDER, ("answer_withdrawal",)),
)
"""Limit, who has the duty, and the verbs of which one discharges it."""

FROM_SERVICE = ("supplement", "resubmission", "complaint_window", "correction_order", "rectification", "refund")
"""Limits that begin with a notice to one party; an appeal's always runs from service."""

_HELD: frozenset[str] = frozenset(limit for limit, _, _ in DUTIES) | {"correction_order", "extension_answer"}
"""Limits that are somebody's duty; the others are periods that simply run."""

_OF_THE_SCENE: frozenset[str] = frozenset(
    step.limit for step in lifecycle.STEPS if step.machine is Machine.SCENE and step.limit is not None
)
"""Limits that also run where no bidder is meant."""

_DAYS = {Unit.HOURS: 1 / 24, Unit.WORKDAYS: 1.4, Unit.DAYS: 1.0, Unit.MONTHS: 30.5, Unit.YEARS: 366.0}
_LARGEST_PANEL = 49
_MOST_CRITERIA = 40
_MOST_WINNERS = 10


def contradictions(policy: Policy) -> tuple[Contradiction, ...]:
    """Everything found, in the order of the file's sections. Empty for a policy that can be adopted."""
    return (
        *_times(policy),
        *_units(policy),
        *_offices(policy),
        *_domains(policy),
        *_quorum(policy),
        *_steps(policy),
        *_limits(policy),
        *_ladders(policy),
        *_panels(policy),
        *_modes(policy),
        *_score_sheet(policy),
        *_contracting(policy),
        *_orders(policy),
        *_promotion(policy),
        *_permissions(policy),
        *_duties(policy),
        *_documents(policy),
        *_outside(policy),
    )


def _nearest(word: str, known: Sequence[str], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else otherwise


Item = TypeVar("Item")


def _twice(key: str, items: Sequence[Item]) -> Iterator[Contradiction]:
    for at, item in enumerate(items):
        if item in items[:at]:
            yield Contradiction(f"{key}.{at}", f"{item} stands twice", "keep one of the two")


def _days(period: Period) -> float:
    """About how long a period is, to compare periods of different units."""
    return period.length * _DAYS[period.unit]


def _shown(period: Period) -> str:
    return f"{period.length} {period.unit}"


def _times(policy: Policy) -> Iterator[Contradiction]:
    for key in ("day_ends", "reminders_at"):
        if getattr(policy, key).tzinfo is not None:
            yield Contradiction(key, "names a time zone", "leave it out: every time is +08:00")
            return
    ends = policy.day_ends
    if (ends.hour, ends.minute, ends.second) != (0, 0, 0) and policy.reminders_at >= ends:
        yield Contradiction(
            "reminders_at",
            f"{policy.reminders_at:%H:%M} is not before {ends:%H:%M}, when the day ends: "
            "the reminder of the last day would come after it is over",
            "set it earlier",
        )
    if policy.back_dating.at_most.unit is Unit.HOURS:
        yield Contradiction("back_dating.at_most", "is in hours", "count it in days, workdays, months or years")


def _units(policy: Policy) -> Iterator[Contradiction]:
    names = [unit.name for unit in policy.units]
    for at, name in enumerate(names):
        if name in names[:at]:
            yield Contradiction(f"units.{at}.name", f"{name} stands twice", "keep one of the two")


def _unknown_unit(policy: Policy, key: str, name: str) -> Iterator[Contradiction]:
    known = sorted(policy.unit_names)
    if name not in known:
        hint = _nearest(name, known, f"add {name} to `units`, or name one that stands there")
        yield Contradiction(key, f"{name} is not among `units`", hint)


def _offices(policy: Policy) -> Iterator[Contradiction]:
    held = {role: getattr(policy.offices, role.value) for role in OFFICES}
    for role, unit in held.items():
        yield from _unknown_unit(policy, f"offices.{role}", unit)
    judged = {unit for domain in policy.domains for unit in (domain.lead, domain.regulator)}
    for role, does in ((Role.PLATFORM_OFFICE, "answers objections"), (Role.SUPERVISOR, "decides appeals")):
        if held[role] in judged:
            yield Contradiction(
                f"offices.{role}",
                f"{held[role]} {does} and is also a domain's lead or regulator: it would judge its own decisions",
                "give the office to another unit",
            )
    for role, other in (
        (Role.SUPERVISOR, Role.PLATFORM_OFFICE),
        (Role.PAYER, Role.EVALUATION_TEAM),
        (Role.PAYER, Role.LEADING_GROUP),
        (Role.EVALUATION_TEAM, Role.LEADING_GROUP),
    ):
        if held[role] == held[other]:
            yield Contradiction(
                f"offices.{role}",
                f"{held[role]} is also the {other}; who proposes, who decides and who pays are different units",
                "give one of the two offices to another unit",
            )


def _domains(policy: Policy) -> Iterator[Contradiction]:
    names = [domain.name for domain in policy.domains]
    for at, domain in enumerate(policy.domains):
        key = f"domains.{at}"
        if domain.name in names[:at]:
            yield Contradiction(f"{key}.name", f"{domain.name} stands twice", "keep one of the two")
        yield from _unknown_unit(policy, f"{key}.lead", domain.lead)
        yield from _unknown_unit(policy, f"{key}.regulator", domain.regulator)
        for place, unit in enumerate(domain.units):
            yield from _unknown_unit(policy, f"{key}.units.{place}", unit)
        yield from _twice(f"{key}.units", domain.units)
        if domain.lead not in domain.units:
            yield Contradiction(f"{key}.units", f"lacks the lead {domain.lead}", "add it: the lead is one of them")


def _steps(policy: Policy) -> Iterator[Contradiction]:
    lists = {
        "steps_off": policy.steps_off,
        **{f"tracks.{track}.skips": rule.skips for track, rule in policy.tracks.items()},
    }
    known = {step.key for step in lifecycle.STEPS}
    for key, steps in lists.items():
        for at, step in enumerate(steps):
            if step in lifecycle.SKIPPABLE:
                continue
            otherwise = f"use one of: {', '.join(lifecycle.SKIPPABLE)}"
            what = "is a step that no city may leave out" if step in known else "is no step of the lifecycle"
            hint = otherwise if step in known else _nearest(step, lifecycle.SKIPPABLE, otherwise)
            yield Contradiction(f"{key}.{at}", f"{step} {what}", hint)
        yield from _twice(key, steps)
    for track in Track:
        if track not in policy.tracks:
            yield Contradiction("tracks", f"{track} is missing", "add it, with `skips: []` if it leaves nothing out")
    sandbox = policy.tracks.get(Track.SANDBOX)
    if sandbox is not None and "trial" in sandbox.skips:
        yield Contradiction(
            f"tracks.sandbox.skips.{sandbox.skips.index('trial')}",
            "the sandbox track would have no sandbox trial",
            "remove it; a scene that needs no trial takes the fast track",
        )
    if "scoring" in policy.steps_off and (scored := [mode for mode, rule in policy.modes.items() if rule.scored]):
        yield Contradiction(
            f"steps_off.{policy.steps_off.index('scoring')}",
            f"{', '.join(scored)} would be scored by a panel, and scoring is left out",
            "remove it, or set `scored: false` there",
        )


def _limits(policy: Policy) -> Iterator[Contradiction]:
    for name in Limits.model_fields:
        limit, key = policy.limit(name), f"limits.{name}"
        if limit.ladder not in policy.ladders:
            hint = _nearest(limit.ladder, list(policy.ladders), f"use one of: {', '.join(policy.ladders)}")
            yield Contradiction(f"{key}.ladder", f"{limit.ladder} is not among `ladders`", hint)
        if limit.when_suspended is Suspends.RUNS:
            verbs = [verb for duty, _, verbs in DUTIES if duty == name for verb in verbs]
            if verbs and not set(verbs) & set(lifecycle.WHILE_STANDING_STILL):
                yield Contradiction(
                    f"{key}.when_suspended",
                    "the clock would run while the scene is suspended, when its holder may do nothing about it",
                    "write pauses",
                )
        if limit.runs_from is RunsFrom.SERVICE and name not in FROM_SERVICE:
            yield Contradiction(
                f"{key}.runs_from",
                "nothing is served before this clock starts",
                f"write act; these may run from service: {', '.join(FROM_SERVICE)}",
            )
        if limit.extension is not None:
            yield from _extension(policy, key, limit, limit.extension)
    limits = policy.limits
    if limits.amendment.period.unit is not Unit.DAYS:
        yield Contradiction("limits.amendment.period", "is not in days", "count it in natural days, as the close is")
    if _days(limits.amendment.period) > _days(limits.bidding.period):
        yield Contradiction(
            "limits.amendment.period",
            f"{_shown(limits.amendment.period)} is longer than a call stays open ({_shown(limits.bidding.period)}): "
            "every change would move the close",
            "shorten it, or lengthen bidding",
        )
    if _days(limits.report.period) > _days(limits.trial.period):
        yield Contradiction(
            "limits.report.period", "no trial is long enough for a single report", "shorten it, or lengthen trial"
        )


def _extension(policy: Policy, key: str, limit: Limit, rule: ExtensionRule) -> Iterator[Contradiction]:
    key = f"{key}.extension"
    if (limit.period.unit is Unit.HOURS) != (rule.period.unit is Unit.HOURS):
        yield Contradiction(f"{key}.period", "hours and days do not add up", "use the unit of the limit itself")
    elif _days(rule.period) * rule.times > _days(limit.period):
        yield Contradiction(
            f"{key}.period",
            f"{rule.times} times {_shown(rule.period)} is more than the limit itself ({_shown(limit.period)})",
            "shorten it, or set a longer limit that says what is meant",
        )
    if rule.ask_before is not None:
        if rule.ask_before.unit is not Unit.WORKDAYS:
            yield Contradiction(f"{key}.ask_before", "is not in workdays", "count it in workdays")
        if _days(rule.ask_before) >= _days(limit.period):
            yield Contradiction(
                f"{key}.ask_before",
                f"{_shown(rule.ask_before)} before the end of {_shown(limit.period)} lies before the start: "
                "nobody could ask in time",
                "shorten it",
            )
    allowed = policy.permissions.get("decide_extension", ())
    for at, role in enumerate(rule.approvers):
        if role not in _WITH_ONE_UNIT:
            hint = f"use one of: {', '.join(_WITH_ONE_UNIT)}"
            yield Contradiction(f"{key}.approvers.{at}", f"no single unit is the {role} of a scene", hint)
        elif role not in allowed:
            yield Contradiction(
                f"{key}.approvers.{at}",
                f"{role} may not decide_extension",
                "add the role to permissions.decide_extension, or name another approver",
            )
    yield from _twice(f"{key}.approvers", rule.approvers)


def _ladders(policy: Policy) -> Iterator[Contradiction]:
    for name, ladder in policy.ladders.items():
        used_by = [limit for limit in Limits.model_fields if policy.limit(limit).ladder == name]
        told: list[tuple[object, ...]] = []
        for at, rung in enumerate(ladder.rungs):
            key = f"ladders.{name}.rungs.{at}"
            if rung.to is not None and rung.to not in (*_WITH_ONE_UNIT, Role.BIDDER):
                hint = f"use one of: {', '.join((*_WITH_ONE_UNIT, Role.BIDDER))}, or leave `to` out for the holder"
                yield Contradiction(f"{key}.to", f"no single unit is the {rung.to} of a scene", hint)
            if rung.to is Role.BIDDER and (wrong := [limit for limit in used_by if limit in _OF_THE_SCENE]):
                yield Contradiction(
                    f"{key}.to",
                    f"{', '.join(wrong)} uses this ladder and may run where there is no bidder",
                    "give that limit another ladder, or tell somebody else",
                )
            if rung.to is None and (nobody := [limit for limit in used_by if limit not in _HELD]):
                yield Contradiction(
                    key,
                    f"{', '.join(nobody)} uses this ladder and is nobody's duty: the reminder would reach nobody",
                    "say whom it is for with `to`, or give that limit another ladder",
                )
            if rung.offset <= 0 and rung.level is not Level.REMIND:
                yield Contradiction(
                    f"{key}.level", f"{rung.level} comes before anything is overdue", "use remind, or a positive offset"
                )
            if (same := (rung.offset, rung.unit, rung.to, rung.if_limit_at_least)) in told:
                yield Contradiction(key, "tells the same unit twice on the same day", "remove one of the two")
            told.append(same)


def _quorum(policy: Policy) -> Iterator[Contradiction]:
    """A number of yeses that a domain's departments can never reach would end every consultation in deadlock."""
    needed = policy.consultation.quorum.count
    for domain in policy.domains:
        asked = len(set(domain.units) - {domain.lead})
        if needed is not None and 0 < asked < needed:
            message = f"{needed} yeses are needed, and {domain.name} has {asked} cooperating departments"
            yield Contradiction("consultation.quorum.count", message, f"use {asked} or fewer, or name more units there")


def _panels(policy: Policy) -> Iterator[Contradiction]:
    for purpose in ("recognition", "scoring", "acceptance"):
        if (rules := policy.panels.get(purpose)) is None:
            yield Contradiction("panels", f"{purpose} is missing", "add it")
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


def _modes(policy: Policy) -> Iterator[Contradiction]:
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
        if not rule.scored and (mode is Mode.DIRECTED_BEST or not rule.invited_only):
            yield Contradiction(
                f"{key}.scored", "several may bid and nobody would judge the bids: the cheapest wins", "use true"
            )


def _score_sheet(policy: Policy) -> Iterator[Contradiction]:
    sheet = policy.score_sheet
    keys = [dimension.key for dimension in sheet.dimensions]
    for at, key in enumerate(keys):
        if key in keys[:at]:
            yield Contradiction(f"score_sheet.dimensions.{at}.key", f"{key} stands twice", "name it differently")
    if len(sheet.criteria) > _MOST_CRITERIA:
        yield Contradiction("score_sheet.dimensions", f"more than {_MOST_CRITERIA} criteria", "use fewer")
    if sheet.drop_extremes_from > _LARGEST_PANEL:
        yield Contradiction(
            "score_sheet.drop_extremes_from", f"a panel has at most {_LARGEST_PANEL} members", "use a smaller number"
        )


def _contracting(policy: Policy) -> Iterator[Contradiction]:
    parties = policy.contracting.parties
    yield from _twice("contracting.parties", parties)
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


def _orders(policy: Policy) -> Iterator[Contradiction]:
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
    yield from _twice("inclusion.red_lines", policy.inclusion.red_lines)
    yield from _twice("inclusion.risks", policy.inclusion.risks)
    yield from _twice("fair_competition.unfair", policy.fair_competition.unfair)
    yield from _twice("recognition.criteria", policy.recognition.criteria if policy.recognition else ())
    if policy.inclusion.repeat_window.unit in (Unit.HOURS, Unit.WORKDAYS):
        yield Contradiction(
            "inclusion.repeat_window", "is counted in natural days", "count it in days, months or years"
        )


def _promotion(policy: Policy) -> Iterator[Contradiction]:
    rules = policy.promotion
    yield from _twice("promotion.benefits", rules.benefits)
    if rules.award_cap_yuan and "award" not in rules.benefits:
        yield Contradiction(
            "promotion.award_cap_yuan",
            "caps an award that `benefits` does not list",
            "add award to benefits, or set the cap to 0",
        )
    if "award" in rules.benefits and not rules.award_cap_yuan:
        yield Contradiction(
            f"promotion.benefits.{rules.benefits.index('award')}",
            "an award of at most 0 yuan can never be recorded",
            "set award_cap_yuan, or remove award",
        )


def _permissions(policy: Policy) -> Iterator[Contradiction]:
    granted = policy.permissions
    for verb, roles in granted.items():
        key = f"permissions.{verb}"
        if verb not in (*VERBS, *OFFICE_VERBS):
            missing = [each for each in (*VERBS, *OFFICE_VERBS) if each not in granted] or list(VERBS)
            system = "remove it: only the system passes deadlines"
            hint = system if verb in ACTS else _nearest(verb, missing, "remove it, or use a verb of the manual")
            yield Contradiction(key, f"{verb} is no verb that a role may use", hint)
            continue
        if not roles:
            yield Contradiction(key, "is given to nobody: it could never be done", "name a role")
        yield from _twice(key, roles)
        for at, role in enumerate(roles):
            if role in _NO_BUSINESS and (role, verb) != (Role.ADMINISTRATOR, "propose_directory"):
                yield Contradiction(f"{key}.{at}", f"{role} {_NO_BUSINESS[role]}", "remove it")
            elif role is Role.PUBLIC and verb not in _PUBLIC:
                yield Contradiction(f"{key}.{at}", f"the public may only {', '.join(_PUBLIC)}", "remove it")
            elif verb in _OWN_CAUSE.get(role, ()):
                yield Contradiction(f"{key}.{at}", f"{role} would judge its own cause", "give it to another role")
    for verb in VERBS:
        if verb not in granted:
            yield Contradiction(f"permissions.{verb}", "is missing: nobody could ever do it", "add it, with its roles")


def _duties(policy: Policy) -> Iterator[Contradiction]:
    granted = policy.permissions
    for limit, role, verbs in DUTIES:
        if any(role in granted.get(verb, ()) for verb in verbs) or not any(granted.get(verb) for verb in verbs):
            continue
        yield Contradiction(
            f"permissions.{verbs[0]}",
            f"{role} has the duty `{limit}` and may do nothing to discharge it ({' or '.join(verbs)})",
            f"add {role}",
        )
    for limit in Limits.model_fields:
        if policy.limit(limit).extension is None:
            continue
        holders = {role for duty, role, _ in DUTIES if duty == limit and role is not Role.EXPERT}
        holders = holders or {Role.BIDDER, Role.LEAD, Role.REGULATOR}
        if granted.get("request_extension") and not holders & set(granted["request_extension"]):
            yield Contradiction(
                "permissions.request_extension",
                f"limits.{limit} can be extended, and none of those who would ask may ask",
                f"add one of: {', '.join(sorted(holders))}",
            )


def _documents(policy: Policy) -> Iterator[Contradiction]:
    for verb in policy.documents.forms if policy.documents else ():
        if verb not in VERBS:
            hint = _nearest(verb, VERBS, "use a verb of the manual")
            yield Contradiction(f"documents.forms.{verb}", f"{verb} is no verb that a role may use", hint)


def _outside(policy: Policy) -> Iterator[Contradiction]:
    """Whether every event that is taken becomes an act that the engine has, in a role that may use it."""
    types = [rule.event for rule in policy.outside]
    for at, rule in enumerate(policy.outside):
        key = f"outside.{at}"
        if rule.event in types[:at]:
            yield Contradiction(f"{key}.event", f"{rule.event} stands twice", "an event becomes one act: keep one")
        if rule.verb not in VERBS:
            hint = _nearest(rule.verb, VERBS, "use a verb of the manual")
            yield Contradiction(f"{key}.verb", f"{rule.verb} is no verb that a role may use", hint)
            continue
        if rule.verb in _BY_PERSONS_ONLY:
            yield Contradiction(f"{key}.verb", f"{rule.verb} {_BY_PERSONS_ONLY[rule.verb]}", "leave it to people")
        allowed = policy.permissions.get(rule.verb, ())
        if rule.role not in allowed:
            hint = f"use one of: {', '.join(allowed)}" if allowed else "name the verb there first"
            yield Contradiction(f"{key}.role", f"permissions do not give {rule.verb} to {rule.role}", hint)
        yield from _outside_unit(policy, key, rule)
        yield from _outside_fields(key, rule)


def _outside_unit(policy: Policy, key: str, rule: OutsideRule) -> Iterator[Contradiction]:
    if rule.unit is not None and rule.role in FROM_THE_CITY:
        yield from _unknown_unit(policy, f"{key}.unit", rule.unit)
    if rule.role in _ONE_OF_MANY and rule.unit is None and rule.unit_path is None:
        yield Contradiction(f"{key}.role", f"a scene has no single {rule.role}", "add `unit` or `unit_path`")


def _outside_fields(key: str, rule: OutsideRule) -> Iterator[Contradiction]:
    known = fields_of(ACTS[rule.verb])
    filled = [field.field for field in rule.fields]
    for at, field in enumerate(rule.fields):
        place, name = f"{key}.fields.{at}", field.field
        if name in filled[:at]:
            yield Contradiction(f"{place}.field", f"{name} stands twice", "keep one of the two")
        elif any(name.startswith(f"{each}.") for each in filled):
            yield Contradiction(f"{place}.field", f"{name} is part of another field that is filled", "keep one of them")
        if (there := known.get(_numbered(name))) is None:
            hint = _nearest(name, list(known), f"use one of: {', '.join(known) or 'none, it takes no field'}")
            yield Contradiction(f"{place}.field", f"{rule.verb} has no field {name}", hint)
            continue
        for option in ("value", "otherwise"):
            constant = getattr(field, option)
            if constant is not None and not there.takes(constant):
                yield Contradiction(f"{place}.{option}", f"{constant} is nothing that {name} can be", "correct it")
    covered = {_numbered(name) for name in filled}
    for name, there in known.items():
        wanted = there.needed and (not there.inside or any(each.startswith(f"{there.inside}.") for each in covered))
        if wanted and not _is_filled(name, covered):
            yield Contradiction(f"{key}.fields", f"{rule.verb} needs {name}, which nothing fills", "add it")


def _is_filled(name: str, covered: set[str]) -> bool:
    """Whether a field is filled, as a whole or in its parts, or with what it is a part of."""
    return any(f"{name}.".startswith(f"{each}.") or each.startswith(f"{name}.") for each in covered)


def _numbered(name: str) -> str:
    """A field's name as `fields_of` knows it: every item of a list is its first."""
    return ".".join("0" if step.isdecimal() else step for step in name.split("."))
