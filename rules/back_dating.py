"""补录: how far back an act done on paper may be entered, by the policy's `back_dating`. Never in the future."""

from datetime import date

from models.calendar import Unit
from models.policy import Policy
from models.refusal import Refused
from rules.calendar import shift_workdays


def refuse_out_of_bounds(policy: Policy, on: date, today: date) -> None:
    """Raises Refused: effective_in_future, effective_too_old."""
    if on > today:
        raise Refused("effective_in_future", effective_on=on, today=today)
    bound = policy.back_dating.at_most
    earliest = shift_workdays(policy.calendar, today, -bound.length) if bound.unit is Unit.WORKDAYS else None
    if earliest is None:
        days = {Unit.DAYS: 1, Unit.MONTHS: 30, Unit.YEARS: 365}.get(bound.unit, 0) * bound.length
        earliest = date.fromordinal(today.toordinal() - days)
    if on < earliest:
        raise Refused("effective_too_old", effective_on=on, earliest=earliest)
