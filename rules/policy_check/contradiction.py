"""What was found wrong with a policy, and the words in which it is told."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

from models import words
from models.calendar import Period, Unit
from models.commands import ACTS
from models.policy import Policy


class Contradiction(NamedTuple):
    """`key` is a dotted path into the file, list items counted from 0; `hint` says what to do about it.

    `zh` is message and hint in Chinese, with "；" between.
    """

    key: str
    message: str
    hint: str
    zh: str


VERBS: tuple[str, ...] = tuple(verb for verb in ACTS if verb != "pass_deadline")
"""Every verb that a policy gives to roles. Passing a deadline is the system's and is given to nobody."""


OF_THE_MANUAL = words.Word("请用操作手册（scene verbs）中的操作", "use a verb of the manual")
OFFICE_VERBS: tuple[str, ...] = tuple(words.OFFICE_VERBS)
"""May stand in the table as well. A file without them is no contradiction: it was adopted before there were any, and a
replay decides as it did then; nobody may do it there."""


def nearest(word: str, known: Sequence[str], otherwise: words.Word | None = None) -> words.Word:
    """What was likely meant; else what `otherwise` says, by default all that may stand there."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return words.Word(f"是否应为 {near[0]}？", f"did you mean {near[0]}?")
    return otherwise or one_of(known)


def one_of(known: Sequence[str]) -> words.Word:
    return words.Word(f"可选：{'、'.join(known)}", f"use one of: {', '.join(known)}")


Item = TypeVar("Item")


def twice(key: str, items: Sequence[Item]) -> Iterator[Contradiction]:
    for at, item in enumerate(items):
        if item in items[:at]:
            yield Contradiction(
                f"{key}.{at}", f"{item} stands twice", "keep one of the two", f"{item} 出现两次；请保留其一"
            )


def unknown_unit(policy: Policy, key: str, name: str) -> Iterator[Contradiction]:
    known = sorted(policy.unit_names)
    if name not in known:
        hint = nearest(
            name,
            known,
            words.Word("请把它加进 `units`，或写已列入的单位", f"add {name} to `units`, or name one that stands there"),
        )
        yield Contradiction(key, f"{name} is not among `units`", hint.en, f"{name} 没有列入 `units`；{hint.zh}")


def about_days(period: Period) -> float:
    """About how long a period is, to compare periods of different units."""
    return period.length * _DAYS[period.unit]


def shown(period: Period) -> str:
    return f"{period.length} {period.unit}"


def shown_zh(period: Period) -> str:
    return f"{period.length}{words.UNITS[period.unit].zh}"


_DAYS = {Unit.HOURS: 1 / 24, Unit.WORKDAYS: 1.4, Unit.DAYS: 1.0, Unit.MONTHS: 30.5, Unit.YEARS: 366.0}
