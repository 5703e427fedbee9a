"""What a trial plan (试点方案) says so that it can be counted and cited, and what its reports bring to it.

Each bound, exempted rule, safeguard and indicator has a key of its own in the plan: the plan's clause that a fault
cites. Figures are decimals written as text: a history holds no binary fractions.
"""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from .document import Document
from .frozen import Frozen
from .text import Identifier, Name, Text
from .vocabulary import Phase, Role


def _as_written(value: object) -> object:
    """A number of a file by its text: 0.1 is a tenth, not the binary number next to it."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Quantity = Annotated[
    str, BeforeValidator(_as_written), StringConstraints(strip_whitespace=True, pattern=r"^-?\d{1,15}(\.\d{1,6})?$")
]
"""A decimal number as it is written, such as "99.5"."""


class Area(Frozen):
    key: Identifier
    where: Text


class Deployment(Frozen):
    """How many of what at most: vehicles, drones, beds."""

    key: Identifier
    what: Name
    at_most: int = Field(ge=1)


class Users(Frozen):
    key: Identifier
    who: Text
    at_most: int | None = Field(None, ge=1)


class Window(Frozen):
    """When it may run: on which days, from when to when; both times or neither."""

    key: Identifier
    days: Name
    opens: time | None = None
    closes: time | None = None


class PersonalData(Frozen):
    """One kind of personal data, and how it is protected."""

    key: Identifier
    what: Name
    protection: Text


class Bounds(Frozen):
    """The bounds (边界) of a trial. Who touches no personal data says so; it stands in for `data`."""

    areas: tuple[Area, ...] = Field((), max_length=20)
    scale: tuple[Deployment, ...] = Field((), max_length=20)
    users: tuple[Users, ...] = Field((), max_length=20)
    windows: tuple[Window, ...] = Field((), max_length=20)
    data: tuple[PersonalData, ...] = Field((), max_length=20)
    no_personal_data: bool = False


class ExemptedRule(Frozen):
    """A rule that does not apply in the trial: which, its clause, why, and what protects people instead."""

    key: Identifier
    rule: Name
    clause: Name
    why: Text
    instead: Text


class Safeguard(Frozen):
    key: Identifier
    text: Text


class Kpi(Frozen):
    """An indicator: what is to be reached, and from where on the trial has to stop."""

    key: Identifier
    name: Name
    unit: Name
    better: Literal["higher", "lower"]
    target: Quantity
    stop: Quantity | None = None


class Reading(Frozen):
    """What was measured of an indicator on a day, in a phase of the trial, and who recorded it: bidder or regulator."""

    kpi: str
    value: Quantity
    on: date
    phase: Phase | None = None
    by: Role | None = Field(None, exclude_if=lambda role: role is None)


class KpiResult(Frozen):
    """What became of an indicator by the trial's end; `value` is the last reading."""

    kpi: str
    target: Quantity
    value: Quantity | None
    reached: bool


class EmploymentImpact(Frozen):
    """R43: what the trial does to people's work, in jobs and persons."""

    created: int = Field(ge=0)
    displaced: int = Field(ge=0)
    retrained: int = Field(0, ge=0)
    note: Text | None = None


class CheckAnswer(Frozen):
    """One item of the policy's checklist, answered; all but `found` takes reasons."""

    check: Identifier
    answer: Literal["found", "not_applicable", "failed"]
    reasons: Text | None = None
    evidence: Document | None = None
