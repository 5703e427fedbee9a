"""A city's quotas as its texts set them (`samples/quotas.yaml`): a figure, what it binds, and for which years."""

from typing import Literal, Self

from pydantic import Field, model_validator

from models.actor import Actor
from models.document import Document
from models.frozen import Frozen
from models.text import Identifier, Moment, Name, Text
from models.vocabulary import Scale

Counter = Literal["scenes", "copies", "copies_outside", "recommendations"]
"""What the ledger can count: scenes put on a list, scenes copied anywhere, scenes copied in another city, scenes
recommended to province or nation. A scene counts once for a quota."""


class QuotaPeriod(Frozen):
    kind: Literal["per_year", "cumulative", "by", "maintain", "each_award"]
    start: int | None = None
    end: int | None = None


class Quota(Frozen):
    """`counts` names the counter that answers it; None: the ledger does not know what it is about."""

    id: Identifier
    city: Name
    source: Name
    section: Name
    subject: Name
    relevance: Name
    domain: Name | None
    scale: Scale | None
    scope: Name
    per_unit: bool
    op: Literal[">=", ">", "<=", "<", "==", "approx", "range"]
    value: int | float | tuple[int | float, int | float]
    unit: Name
    period: QuotaPeriod
    period_basis: Name
    counts: Counter | None = None
    qualifier: Name | None = None
    baseline: int | float | None = None
    note: Name | None = None

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.counts is not None and (self.op not in (">=", ">", "range") or self.per_unit):
            raise ValueError(f"{self.id}: only a least number for the whole city can be counted")
        return self

    @property
    def least(self) -> int:
        """The smallest number that fulfils it."""
        value = self.value[0] if isinstance(self.value, tuple) else self.value
        return int(value) + int(self.op == ">")

    def years(self, year: int) -> tuple[int, int] | None:
        """The first and last year that are counted for a year of the plan; None where it does not bind that year."""
        start, end = self.period.start or 0, self.period.end or 9999
        if not start <= year <= end:
            return None
        return (year, year) if self.period.kind == "per_year" else (start, year)


class Quotas(Frozen):
    """The file `quotas.yaml`."""

    quotas: tuple[Quota, ...] = Field(min_length=1)


class QuotaSet(Frozen):
    """A quota as the leading group set it: for the city `number` counts from 1, and the last of an id is in force."""

    number: int = Field(ge=1)
    quota: Quota
    reasons: Text
    document: Document
    set_by: Actor
    at: Moment
