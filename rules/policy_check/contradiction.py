"""What was found wrong with a policy, and the words in which it is told."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from models import words
from models.calendar import Period, Unit
from models.commands import ACTS
from models.policy import Policy


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


def nearest(word: str, known: Sequence[str], otherwise: str) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else otherwise


Item = TypeVar("Item")


def twice(key: str, items: Sequence[Item]) -> Iterator[Contradiction]:
    for at, item in enumerate(items):
        if item in items[:at]:
            yield Contradiction(f"{key}.{at}", f"{item} stands twice", "keep one of the two")


def unknown_unit(policy: Policy, key: str, name: str) -> Iterator[Contradiction]:
    known = sorted(policy.unit_names)
    if name not in known:
        hint = nearest(name, known, f"add {name} to `units`, or name one that stands there")
        yield Contradiction(key, f"{name} is not among `units`", hint)


def about_days(period: Period) -> float:
    """About how long a period is, to compare periods of different units."""
    return period.length * _DAYS[period.unit]


def shown(period: Period) -> str:
    return f"{period.length} {period.unit}"


_DAYS = {Unit.HOURS: 1 / 24, Unit.WORKDAYS: 1.4, Unit.DAYS: 1.0, Unit.MONTHS: 30.5, Unit.YEARS: 366.0}
