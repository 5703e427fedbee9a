"""A city's quotas: the figures of its texts, and what the leading group set since (docs/explanation/domain.md).

The leading group alone decides (its document says so); a figure of the texts may get another value or period, and
stays what it is about. Nothing is overwritten: the last setting of an id is in force, those before it stay on record.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches

from pydantic import ValidationError

from models.actor import Actor
from models.document import Document
from models.policy import Policy
from models.quota import FIRST_YEAR, LAST_YEAR, MOST, Quota, QuotaSet
from models.refusal import Refused
from rules.permissions import authorise_office

SET = "set_quota"
CHANGEABLE = ("op", "value", "unit", "period", "period_basis", "note")
"""Of a quota of the texts; `source` and `section` go on to say where it comes from."""


def set_quota(
    policy: Policy,
    of_texts: Sequence[Quota],
    before: Sequence[QuotaSet],
    quota: Quota,
    reasons: str,
    document: Document,
    actor: Actor,
    now: datetime,
) -> QuotaSet:
    """Raises Refused: not_permitted, not_the_office, quota_invalid, wrong_city, same_quota or quota_of_texts."""
    authorise_office(policy, actor, SET)
    quota = _valid(quota, {})
    if quota.city != policy.city:
        raise Refused("wrong_city", city=quota.city, expected=policy.city)
    stands = next((each for each in in_force(of_texts, before) if each.id == quota.id), None)
    if stands == quota:
        raise Refused("same_quota", quota=quota.id)
    told = next((each for each in of_texts if each.id == quota.id), None)
    if told is not None:
        for field in Quota.model_fields:
            if field not in CHANGEABLE and getattr(told, field) != getattr(quota, field):
                raise Refused("quota_of_texts", quota=quota.id, field=field)
    return QuotaSet(number=len(before) + 1, quota=quota, reasons=reasons, document=document, set_by=actor, at=now)


def with_value(policy: Policy, quotas: Sequence[Quota], id: str, value: float) -> Quota:
    """A quota in force, with another figure. Raises Refused: unknown_quota or quota_invalid."""
    found = next((each for each in quotas if each.id == id), None)
    if found is None:
        near = get_close_matches(id, [each.id for each in quotas], n=3, cutoff=0.3)
        raise Refused("unknown_quota", quota=id, city=policy.city, near=", ".join(near) or "-")
    return _valid(found, {"value": int(value) if float(value).is_integer() else value})


def _valid(quota: Quota, changed: Mapping[str, object]) -> Quota:
    """A copy is checked by nobody: what is set is what its model takes."""
    try:
        return Quota.model_validate({**quota.model_dump(), **changed})
    except ValidationError as invalid:
        fields = ", ".join(dict.fromkeys(str((*error["loc"], "value")[0]) for error in invalid.errors()))
        raise Refused(
            "quota_invalid", quota=quota.id, fields=fields, most=MOST, first=FIRST_YEAR, last=LAST_YEAR
        ) from None


def replaced(of_texts: Iterable[Quota], before: Sequence[QuotaSet], id: str) -> Quota | None:
    """What was in force under an id before it was set; None where it is new."""
    return next((each for each in in_force(of_texts, before) if each.id == id), None)


def in_force(of_texts: Iterable[Quota], sets: Iterable[QuotaSet]) -> tuple[Quota, ...]:
    """Those of the texts in their order, each as it was set last, then what the leading group added."""
    found = {each.id: each for each in of_texts}
    found |= {each.quota.id: each.quota for each in sorted(sets, key=lambda each: each.number)}
    return tuple(found.values())
