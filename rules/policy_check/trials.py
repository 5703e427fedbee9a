"""Trials: the gates of their phases, risk profiles and checklists."""

from collections.abc import Iterator

from models.calendar import Unit
from models.policy import Policy, RiskProfile
from rules.policy_check.contradiction import Contradiction, about_days, nearest, shown, shown_zh, twice


def risk_profiles(policy: Policy) -> Iterator[Contradiction]:
    """Every domain falls under exactly one profile, and no profile asks for what the city does not have."""
    known = [domain.name for domain in policy.domains]
    taken: list[str] = []
    for at, profile in enumerate(policy.risk_profiles):
        key = f"risk_profiles.{at}"
        if profile.name in [each.name for each in policy.risk_profiles[:at]]:
            yield Contradiction(
                f"{key}.name",
                f"{profile.name} stands twice",
                "name it differently",
                f"{profile.name} 出现两次；请另取一个名字",
            )
        if profile.domains and profile.livelihood:
            yield Contradiction(
                f"{key}.livelihood",
                "goes without `domains`",
                "remove one of the two",
                "不能与 `domains` 同时写；请删去其一",
            )
        for place, domain in enumerate(profile.domains):
            if domain not in known:
                hint = nearest(domain, known)
                yield Contradiction(
                    f"{key}.domains.{place}",
                    f"{domain} is not among `domains`",
                    hint.en,
                    f"`domains` 中没有 {domain}；{hint.zh}",
                )
            elif domain in taken:
                yield Contradiction(
                    f"{key}.domains.{place}",
                    f"{domain} stands twice",
                    "keep one of the two",
                    f"{domain} 出现两次；请保留其一",
                )
            taken.append(domain)
        others = [each.livelihood for each in policy.risk_profiles[:at] if not each.domains]
        if not profile.domains and profile.livelihood in others:
            yield Contradiction(
                key,
                "is for the same domains as one above",
                "name its `domains`",
                "与前面一类适用于同样的领域；请写明其 `domains`",
            )
        yield from _profile(policy, key, profile)
    if policy.risk_profiles and (without := [name for name in known if policy.risk_profile(name) is None]):
        message = f"{', '.join(without)} falls under no profile"
        yield Contradiction(
            "risk_profiles",
            message,
            "add one without `domains` and `livelihood`",
            f"{'、'.join(without)} 不属于任何一类；请加一类既无 `domains` 也无 `livelihood` 的",
        )


def gates(policy: Policy) -> Iterator[Contradiction]:
    """A gate that is never reached, or that takes longer than the longest trial, is none."""
    order = policy.trial.phases
    for at, gate in enumerate(policy.trial.gates):
        key = f"trial.gates.{at}.phase"
        if gate.phase not in order:
            yield Contradiction(
                key,
                f"{gate.phase} is not among `trial.phases`",
                f"use one of: {', '.join(order)}",
                f"`trial.phases` 中没有 {gate.phase}；可选：{'、'.join(order)}",
            )
        elif gate.phase in [each.phase for each in policy.trial.gates[:at]]:
            yield Contradiction(
                key, f"{gate.phase} stands twice", "keep one of the two", f"{gate.phase} 出现两次；请保留其一"
            )
        if gate.at_least is not None and gate.at_least.unit is Unit.HOURS:
            yield Contradiction(
                f"trial.gates.{at}.at_least",
                "is in hours",
                "count it in workdays, days or months",
                "不能以小时计；请用工作日、自然日或月",
            )
    in_all = sum(about_days(gate.at_least) for gate in policy.trial.gates if gate.at_least is not None)
    if in_all >= about_days(longest := policy.limits.trial.period):
        message = f"the phases together last longer than the longest trial ({shown(longest)})"
        yield Contradiction(
            "trial.gates",
            message,
            "shorten them, or lengthen limits.trial",
            f"各阶段合计长于最长的试点（{shown_zh(longest)}）；请缩短，或延长 limits.trial",
        )
    if (named := policy.trial.fit_from) is not None and named not in order:
        message = f"{named} is not among `trial.phases`"
        yield Contradiction(
            "trial.fit_from",
            message,
            f"use one of: {', '.join(order)}",
            f"`trial.phases` 中没有 {named}；可选：{'、'.join(order)}",
        )


def _profile(policy: Policy, key: str, profile: RiskProfile) -> Iterator[Contradiction]:
    for place, phase in enumerate(profile.phases):
        if phase not in policy.trial.phases:
            hint = f"use one of: {', '.join(policy.trial.phases)}"
            yield Contradiction(
                f"{key}.phases.{place}",
                f"{phase} is not among `trial.phases`",
                hint,
                f"`trial.phases` 中没有 {phase}；可选：{'、'.join(policy.trial.phases)}",
            )
    yield from twice(f"{key}.phases", profile.phases)
    yield from twice(f"{key}.plan", profile.plan)
    if profile.insured_yuan and not policy.trial.insurance:
        hint = "remove it, or set trial.insurance: true"
        yield Contradiction(
            f"{key}.insured_yuan",
            "trials need no insurance here",
            hint,
            "本市试点不要求保险；请删去，或写 trial.insurance: true",
        )
    longest = policy.limits.report.period
    if profile.report is not None and profile.report.unit is Unit.HOURS:
        yield Contradiction(
            f"{key}.report",
            "is in hours",
            "count it in workdays, days or months",
            "不能以小时计；请用工作日、自然日或月",
        )
    elif profile.report is not None and about_days(profile.report) > about_days(longest):
        message = f"{shown(profile.report)} is less often than limits.report ({shown(longest)})"
        yield Contradiction(
            f"{key}.report",
            message,
            "shorten it",
            f"{shown_zh(profile.report)}一报，比 limits.report（{shown_zh(longest)}）更少；请缩短",
        )
    keys = [check.key for check in (*policy.trial.checks, *profile.checks)]
    for at, check in enumerate(keys):
        if check in keys[:at]:
            place = at - len(policy.trial.checks)
            where = f"{key}.checks.{place}" if place >= 0 else f"trial.checks.{at}"
            yield Contradiction(
                f"{where}.key", f"{check} stands twice", "name it differently", f"{check} 出现两次；请另取一个名字"
            )
