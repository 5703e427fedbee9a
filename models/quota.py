"""A city's quotas as its texts set them (`samples/quotas.yaml`): a figure, what it binds, and for which years."""

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.actor import Actor
from models.document import Document
from models.frozen import Frozen
from models.text import Identifier, Moment, Name, Text, wrong
from models.vocabulary import Scale

Counter = Literal["scenes", "copies", "copies_outside", "recommendations"]
"""What the ledger can count: scenes put on a list, scenes copied anywhere, scenes copied in another city, scenes
recommended to province or nation. A scene counts once for a quota."""


MOST = 10**12
FIRST_YEAR, LAST_YEAR = 2000, 2100
Figure = Annotated[int, Field(strict=True, ge=0, le=MOST)] | Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class QuotaPeriod(Frozen):
    kind: Literal["per_year", "cumulative", "by", "maintain", "each_award"]
    start: Year | None = None
    end: Year | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start is not None and self.end is not None and self.start > self.end:
            raise wrong("ends before it starts; turn the two years round", "止年早于起年；请对调")
        return self

    def covers(self, other: "QuotaPeriod") -> bool:
        """Whether it binds every year that the other binds."""
        first, last = self.start or FIRST_YEAR, self.end or LAST_YEAR
        return first <= (other.start or FIRST_YEAR) and last >= (other.end or LAST_YEAR)


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
    value: Figure | tuple[Figure, Figure]
    unit: Name
    period: QuotaPeriod
    period_basis: Name
    counts: Counter | None = None
    qualifier: Name | None = None
    baseline: Figure | None = None
    note: Name | None = None

    @model_validator(mode="after")
    def _fits_its_op(self) -> Self:
        if (self.op == "range") != isinstance(self.value, tuple):
            raise wrong(
                "value: two figures go with the op range, one with any other; mend one of them",
                "value：op 为 range 的写两个数，其余写一个；请改其一",
            )
        if isinstance(self.value, tuple) and self.value[0] > self.value[1]:
            raise wrong("value: a range begins with the smaller; turn the two round", "value：区间由小到大；请对调")
        return self

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.counts is not None and (self.op not in (">=", ">", "range") or self.per_unit):
            raise wrong(
                "counts: only a least number for the whole city can be counted; leave `counts` out",
                "counts：只有全市的最低数可由台账统计；请删去 counts",
            )
        return self

    @property
    def least(self) -> int:
        """The smallest number that fulfils it."""
        value = self.value[0] if isinstance(self.value, tuple) else self.value
        return math.floor(value) + 1 if self.op == ">" else math.ceil(value)

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
