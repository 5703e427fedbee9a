"""What a scene remembers of complaints, factors, its green channel, loans and insurance."""

from datetime import date
from typing import Literal

from models.frozen import Frozen
from models.vocabulary import Credit, Role


class Complaint(Frozen):
    """`founded` None: not answered yet. `credit` is the grade that `against` has since."""

    id: str
    to: Role
    against: str | None
    by: str
    real_name: bool
    founded: bool | None = None
    credit: Credit | None = None


class FactorRequest(Frozen):
    """`granted` None: not answered yet."""

    id: str
    factor: str
    amount: str
    by: str
    granted: bool | None = None


class GreenChannel(Frozen):
    """`granted` None: not decided yet; `on` is the day of the decision."""

    by: str
    granted: bool | None = None
    on: date | None = None


class Finance(Frozen):
    """`by` is the person who recorded it for `unit`."""

    kind: Literal["loan", "insurance"]
    unit: str
    by: str
    provider: str
    amount_yuan: int
    premium_yuan: int | None
    since: date
    until: date
