"""The city itself: its times, units, offices, domains, and the steps that it leaves out."""

from collections.abc import Iterator

from models.calendar import Unit
from models.policy import Policy
from models.vocabulary import Role, Track
from models.words import Word
from rules import lifecycle
from rules.policy_check.contradiction import Contradiction, nearest, one_of, twice, unknown_unit
from rules.policy_check.duties import OFFICES


def times(policy: Policy) -> Iterator[Contradiction]:
    for key in ("day_ends", "reminders_at"):
        if getattr(policy, key).tzinfo is not None:
            yield Contradiction(
                key, "names a time zone", "leave it out: every time is +08:00", "写了时区；去掉时区：时间一律是北京时间"
            )
            return
    ends = policy.day_ends
    if (ends.hour, ends.minute, ends.second) != (0, 0, 0) and policy.reminders_at >= ends:
        yield Contradiction(
            "reminders_at",
            f"{policy.reminders_at:%H:%M} is not before {ends:%H:%M}, when the day ends: "
            "the reminder of the last day would come after it is over",
            "set it earlier",
            f"{policy.reminders_at:%H:%M} 不早于每日截止的 {ends:%H:%M}，最后一天的提醒会在截止之后才发出；请改早",
        )
    if policy.back_dating.at_most.unit is Unit.HOURS:
        yield Contradiction(
            "back_dating.at_most",
            "is in hours",
            "count it in days, workdays, months or years",
            "不能以小时计；请用自然日、工作日、月或年",
        )


def units(policy: Policy) -> Iterator[Contradiction]:
    names = [unit.name for unit in policy.units]
    for at, name in enumerate(names):
        if name in names[:at]:
            yield Contradiction(
                f"units.{at}.name", f"{name} stands twice", "keep one of the two", f"{name} 出现两次；请保留其一"
            )


def offices(policy: Policy) -> Iterator[Contradiction]:
    held = {role: getattr(policy.offices, role.value) for role in OFFICES}
    for role, unit in held.items():
        yield from unknown_unit(policy, f"offices.{role}", unit)
    judged = {unit for domain in policy.domains for unit in (domain.lead, domain.regulator)}
    for role, does in (
        (Role.PLATFORM_OFFICE, Word("答复异议", "answers objections")),
        (Role.SUPERVISOR, Word("裁决申诉", "decides appeals")),
    ):
        if held[role] in judged:
            yield Contradiction(
                f"offices.{role}",
                f"{held[role]} {does.en} and is also a domain's lead or regulator: it would judge its own decisions",
                "give the office to another unit",
                f"{held[role]} {does.zh}，又是某领域的牵头或监管单位，等于审自己的决定；请把这项职责交给别的单位",
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
                f"{held[role]} 同时承担 {other}；提出、决定、付款须是不同单位，请把其中一项交给别的单位",
            )


def domains(policy: Policy) -> Iterator[Contradiction]:
    names = [domain.name for domain in policy.domains]
    for at, domain in enumerate(policy.domains):
        key = f"domains.{at}"
        if domain.name in names[:at]:
            yield Contradiction(
                f"{key}.name",
                f"{domain.name} stands twice",
                "keep one of the two",
                f"{domain.name} 出现两次；请保留其一",
            )
        yield from _unlisted(f"{key}.type", domain.type, "types", policy.classification.types)
        yield from unknown_unit(policy, f"{key}.lead", domain.lead)
        yield from unknown_unit(policy, f"{key}.regulator", domain.regulator)
        for place, unit in enumerate(domain.units):
            yield from unknown_unit(policy, f"{key}.units.{place}", unit)
        yield from twice(f"{key}.units", domain.units)
        if domain.lead not in domain.units:
            yield Contradiction(
                f"{key}.units",
                f"lacks the lead {domain.lead}",
                "add it: the lead is one of them",
                f"没有列入牵头单位 {domain.lead}；请补上：牵头单位也是其中之一",
            )


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
        hint = nearest(value, known)
        yield Contradiction(
            key, f"`classification.{name}` lacks {value}", hint.en, f"`classification.{name}` 中没有 {value}；{hint.zh}"
        )


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
            what = Word("不是生命周期的环节", "is no step of the lifecycle")
            hint = nearest(step, lifecycle.SKIPPABLE)
            if step in known:
                what = Word("是任何城市都不能略去的环节", "is a step that no city may leave out")
                hint = one_of(lifecycle.SKIPPABLE)
            yield Contradiction(f"{key}.{at}", f"{step} {what.en}", hint.en, f"{step} {what.zh}；{hint.zh}")
        yield from twice(key, steps)
    for track in Track:
        if track not in policy.tracks:
            yield Contradiction(
                "tracks",
                f"{track} is missing",
                "add it, with `skips: []` if it leaves nothing out",
                f"缺少 {track}；请补上，不略去任何环节的写 `skips: []`",
            )
    sandbox = policy.tracks.get(Track.SANDBOX)
    if sandbox is not None and "trial" in sandbox.skips:
        yield Contradiction(
            f"tracks.sandbox.skips.{sandbox.skips.index('trial')}",
            "the sandbox track would have no sandbox trial",
            "remove it; a scene that needs no trial takes the fast track",
            "沙盒通道会没有沙盒试点；请删除：不需要试点的场景走快速通道",
        )
    if "scoring" in policy.steps_off and (scored := [mode for mode, rule in policy.modes.items() if rule.scored]):
        yield Contradiction(
            f"steps_off.{policy.steps_off.index('scoring')}",
            f"{', '.join(scored)} would be scored by a panel, and scoring is left out",
            "remove it, or set `scored: false` there",
            f"{'、'.join(scored)} 须由评审组评分，评分却被略去；请删除这一项，或在对接方式中写 `scored: false`",
        )
