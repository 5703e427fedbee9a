"""Whether every event from outside that is taken becomes an act that the engine has, in a role that may use it."""

from collections.abc import Iterator

from models.commands import ACTS
from models.policy import OutsideRule, Policy
from models.vocabulary import Role
from rules.act_fields import fields_of
from rules.permissions import FROM_THE_CITY
from rules.policy_check.contradiction import VERBS, Contradiction, nearest, unknown_unit

_BY_PERSONS_ONLY = {
    "submit": "begins a scene, which no event can name yet",
    "take_over": "begins a scene, which no event can name yet",
    "adopt_policy": "carries a whole policy, which people have to approve",
    "reveal_bid": "opens a sealed bid, which would lie open among the events that were received",
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
            yield Contradiction(f"{key}.event", f"{rule.event} stands twice", "an event becomes one act: keep one")
        if rule.verb not in VERBS:
            hint = nearest(rule.verb, VERBS, "use a verb of the manual")
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
        yield from unknown_unit(policy, f"{key}.unit", rule.unit)
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
            hint = nearest(name, list(known), f"use one of: {', '.join(known) or 'none, it takes no field'}")
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
