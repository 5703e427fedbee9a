"""Whether every event from outside that is taken becomes an act that the engine has, in a role that may use it."""

from collections.abc import Iterator

from models.commands import ACTS
from models.policy import OutsideRule, Policy
from models.vocabulary import Role
from models.words import Word
from rules.act_fields import fields_of
from rules.permissions import FROM_THE_CITY
from rules.policy_check.contradiction import OF_THE_MANUAL, VERBS, Contradiction, nearest, one_of, unknown_unit

_BY_PERSONS_ONLY = {
    "submit": Word("会新建场景，事件还不能指明是哪个场景", "begins a scene, which no event can name yet"),
    "take_over": Word("会新建场景，事件还不能指明是哪个场景", "begins a scene, which no event can name yet"),
    "adopt_policy": Word("带来整份政策，须由人批准", "carries a whole policy, which people have to approve"),
    "reveal_bid": Word(
        "会拆开密封的投标，内容将留在所收事件中",
        "opens a sealed bid, which would lie open among the events that were received",
    ),
}
"""Verbs that no event from outside is entered as, and why."""


_ONE_OF_MANY = (Role.COOPERATING, Role.EXPERT, Role.PUBLIC)
"""Roles that the scene alone gives no unit to."""


def outside(policy: Policy) -> Iterator[Contradiction]:
    """Whether every event that is taken becomes an act that the engine has, in a role that may use it."""
    types = [rule.event for rule in policy.outside]
    for at, rule in enumerate(policy.outside):
        key = f"outside.{at}"
        if rule.event in types[:at]:
            yield Contradiction(
                f"{key}.event",
                f"{rule.event} stands twice",
                "an event becomes one act: keep one",
                f"{rule.event} 出现两次；一种事件只转为一项操作，请保留其一",
            )
        if rule.verb not in VERBS:
            hint = nearest(rule.verb, VERBS, OF_THE_MANUAL)
            yield Contradiction(
                f"{key}.verb",
                f"{rule.verb} is no verb that a role may use",
                hint.en,
                f"{rule.verb} 不是角色可用的操作；{hint.zh}",
            )
            continue
        if rule.verb in _BY_PERSONS_ONLY:
            yield Contradiction(
                f"{key}.verb",
                f"{rule.verb} {_BY_PERSONS_ONLY[rule.verb].en}",
                "leave it to people",
                f"{rule.verb} {_BY_PERSONS_ONLY[rule.verb].zh}；请留给人办理",
            )
        allowed = policy.permissions.get(rule.verb, ())
        if rule.role not in allowed:
            hint = one_of(allowed) if allowed else Word("请先在那里写上这项操作", "name the verb there first")
            yield Contradiction(
                f"{key}.role",
                f"permissions do not give {rule.verb} to {rule.role}",
                hint.en,
                f"`permissions` 没有把 {rule.verb} 给 {rule.role}；{hint.zh}",
            )
        yield from _outside_unit(policy, key, rule)
        yield from _outside_fields(key, rule)


def _outside_unit(policy: Policy, key: str, rule: OutsideRule) -> Iterator[Contradiction]:
    if rule.unit is not None and rule.role in FROM_THE_CITY:
        yield from unknown_unit(policy, f"{key}.unit", rule.unit)
    if rule.role in _ONE_OF_MANY and rule.unit is None and rule.unit_path is None:
        yield Contradiction(
            f"{key}.role",
            f"a scene has no single {rule.role}",
            "add `unit` or `unit_path`",
            f"一个场景没有唯一的 {rule.role}；请加上 `unit` 或 `unit_path`",
        )


def _outside_fields(key: str, rule: OutsideRule) -> Iterator[Contradiction]:
    known = fields_of(ACTS[rule.verb])
    filled = [field.field for field in rule.fields]
    for at, field in enumerate(rule.fields):
        place, name = f"{key}.fields.{at}", field.field
        if name in filled[:at]:
            yield Contradiction(
                f"{place}.field", f"{name} stands twice", "keep one of the two", f"{name} 出现两次；请保留其一"
            )
        elif any(name.startswith(f"{each}.") for each in filled):
            yield Contradiction(
                f"{place}.field",
                f"{name} is part of another field that is filled",
                "keep one of them",
                f"{name} 是另一个已填字段的一部分；请保留其一",
            )
        if (there := known.get(_numbered(name))) is None:
            hint = nearest(name, list(known), None if known else Word("它没有任何字段", "it takes no field"))
            yield Contradiction(
                f"{place}.field", f"{rule.verb} has no field {name}", hint.en, f"{rule.verb} 没有字段 {name}；{hint.zh}"
            )
            continue
        for option in ("value", "otherwise"):
            constant = getattr(field, option)
            if constant is not None and not there.takes(constant):
                yield Contradiction(
                    f"{place}.{option}",
                    f"{constant} is nothing that {name} can be",
                    "correct it",
                    f"{name} 不能是 {constant}；请改正",
                )
    covered = {_numbered(name) for name in filled}
    for name, there in known.items():
        wanted = there.needed and (not there.inside or any(each.startswith(f"{there.inside}.") for each in covered))
        if wanted and not _is_filled(name, covered):
            yield Contradiction(
                f"{key}.fields",
                f"{rule.verb} needs {name}, which nothing fills",
                "add it",
                f"{rule.verb} 必须有 {name}，却无处可取；请补上",
            )


def _is_filled(name: str, covered: set[str]) -> bool:
    """Whether a field is filled, as a whole or in its parts, or with what it is a part of."""
    return any(f"{name}.".startswith(f"{each}.") or each.startswith(f"{name}.") for each in covered)


def _numbered(name: str) -> str:
    """A field's name as `fields_of` knows it: every item of a list is its first."""
    return ".".join("0" if step.isdecimal() else step for step in name.split("."))
