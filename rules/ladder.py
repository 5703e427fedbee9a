"""The ladder of measures (提醒、指导、约谈、责令限期改正) and why a fault meets the rung that it meets.

One computation for whoever decides and whoever audits: `climb` is asked when a fault is found punishable, what it says
is recorded with the fault, and the statement of an inclusion period (`rules.inclusion_statement`) reads it from there.
A fault stands one rung above the highest so far, two where its kind has come back as often as the policy says within
its window. Above the last rung lies the breach. A tolerated fault climbs nothing and is no repeat, but whoever had one
has had the first of its kind. What an upheld appeal annulled counts no more. A city's ladder may hold steps
of its own (`models.policy.Measure`) anywhere: what such a step asks is recorded with the fault that met it.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import assert_never

from models.calendar import Period, Unit
from models.policy import InclusionRules
from models.state import Climb, Fault

MEASURES = ("remind", "advise", "interview", "order")
"""The measures that every city knows, mildest first."""


def climb(rules: InclusionRules, faults: tuple[Fault, ...], kind: str, on: date) -> Climb:
    """The rung of the next fault of a kind, with all that it follows from. `faults` are those recorded before it."""
    climbed = [fault for fault in faults if fault.rung is not None and not (fault.annulled or fault.ordinary)]
    met = [fault.rung for fault in climbed if fault.rung is not None and not fault.breaches]
    above = max(met, key=lambda rung: (_place(rules, rung), _severity(rung)), default=None)
    repeats = tuple(fault.number for fault in climbed if fault.kind == kind and within(rules, fault, on))
    steps = 2 if len(repeats) >= rules.repeats_to_skip else 1
    at = _place(rules, above) + steps
    rung = rules.measures[at] if at < len(rules.measures) else "breach"
    return Climb(
        above=above,
        steps=steps,
        rung=rung,
        repeats=repeats,
        repeats_to_skip=rules.repeats_to_skip,
        window=rules.repeat_window,
        measure=rules.own_measure(rung),
    )


def _place(rules: InclusionRules, measure: str | None) -> int:
    """Where a measure stands on the ladder, -1 at its foot.

    A ladder that was adopted later may lack it: then it counts as the last known to all cities that is no harsher. A
    city's own step that the city has given up counts for nothing: what was met below it stands.
    """
    if measure in rules.measures:
        return rules.measures.index(measure)
    milder = (at for at, rung in enumerate(rules.measures) if 0 <= _severity(rung) <= _severity(measure))
    return max(milder, default=-1)


def _severity(measure: str | None) -> int:
    """Among the measures that every city knows; -1 of a city's own."""
    return MEASURES.index(measure) if measure in MEASURES else -1


def earlier_of_its_kind(rules: InclusionRules, faults: tuple[Fault, ...], kind: str, on: date) -> Fault | None:
    """The fault that came before within the window, whatever was made of it: then the next is not the first."""
    standing = (fault for fault in faults if not fault.annulled)
    return next((fault for fault in standing if fault.kind == kind and within(rules, fault, on)), None)


def within(rules: InclusionRules, fault: Fault, on: date) -> bool:
    """Whether two faults lie within the window, whichever of them was found first (补录)."""
    first, last = sorted((fault.recorded_on, on))
    return last <= window_end(first, rules.repeat_window)


def window_end(start: date, window: Period) -> date:
    """The last day of a window in natural days, months or years; it rolls over no rest day, it grants nobody time."""
    match window.unit:
        case Unit.DAYS | Unit.WORKDAYS | Unit.HOURS:
            return start + timedelta(days=window.length)
        case Unit.MONTHS | Unit.YEARS:
            months = window.length * (12 if window.unit is Unit.YEARS else 1)
            year, month = divmod(start.month - 1 + months, 12)
            last = monthrange(start.year + year, month + 1)[1]
            return date(start.year + year, month + 1, min(start.day, last))
        case _:
            assert_never(window.unit)
