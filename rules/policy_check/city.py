"""The city itself: its times, units, offices, domains, and the steps that it leaves out."""

from collections.abc import Iterator

from models.calendar import Unit
from models.policy import Policy
from models.vocabulary import Role, Track
from rules import lifecycle
from rules.policy_check.contradiction import Contradiction, nearest, twice, unknown_unit
from rules.policy_check.duties import OFFICES


def times(policy: Policy) -> Iterator[Contradiction]:
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


def units(policy: Policy) -> Iterator[Contradiction]:
    names = [unit.name for unit in policy.units]
    for at, name in enumerate(names):
        if name in names[:at]:
            yield Contradiction(f"units.{at}.name", f"{name} stands twice", "keep one of the two")


def offices(policy: Policy) -> Iterator[Contradiction]:
    held = {role: getattr(policy.offices, role.value) for role in OFFICES}
    for role, unit in held.items():
        yield from unknown_unit(policy, f"offices.{role}", unit)
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


def domains(policy: Policy) -> Iterator[Contradiction]:
    names = [domain.name for domain in policy.domains]
    for at, domain in enumerate(policy.domains):
        key = f"domains.{at}"
        if domain.name in names[:at]:
            yield Contradiction(f"{key}.name", f"{domain.name} stands twice", "keep one of the two")
        yield from _unlisted(f"{key}.type", domain.type, "types", policy.classification.types)
        yield from unknown_unit(policy, f"{key}.lead", domain.lead)
        yield from unknown_unit(policy, f"{key}.regulator", domain.regulator)
        for place, unit in enumerate(domain.units):
            yield from unknown_unit(policy, f"{key}.units.{place}", unit)
        yield from twice(f"{key}.units", domain.units)
        if domain.lead not in domain.units:
            yield Contradiction(f"{key}.units", f"lacks the lead {domain.lead}", "add it: the lead is one of them")


def classification(policy: Policy) -> Iterator[Contradiction]:
    """What the rules sort scenes by stands in the city's own lists, each once."""
    lists = policy.classification
    for name in ("types", "maturities", "firsts", "project_kinds"):
        yield from twice(f"classification.{name}", getattr(lists, name))
    for track, rule in policy.tracks.items():
        for at, maturity in enumerate(rule.maturities):
            yield from _unlisted(f"tracks.{track}.maturities.{at}", maturity, "maturities", lists.maturities)
    for at, maturity in enumerate(policy.trial.exit_panel_for.maturities):
        yield from _unlisted(f"trial.exit_panel_for.maturities.{at}", maturity, "maturities", lists.maturities)
    for at, benefit in enumerate(policy.promotion.benefits):
        for place, first in enumerate(() if isinstance(benefit, str) else benefit.firsts):
            yield from _unlisted(f"promotion.benefits.{at}.firsts.{place}", first, "firsts", lists.firsts)


def _unlisted(key: str, value: str, name: str, known: tuple[str, ...]) -> Iterator[Contradiction]:
    if value not in known:
        hint = nearest(value, known, f"use one of: {', '.join(known)}")
        yield Contradiction(key, f"`classification.{name}` lacks {value}", hint)


def steps(policy: Policy) -> Iterator[Contradiction]:
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
            hint = otherwise if step in known else nearest(step, lifecycle.SKIPPABLE, otherwise)
            yield Contradiction(f"{key}.{at}", f"{step} {what}", hint)
        yield from twice(key, steps)
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
