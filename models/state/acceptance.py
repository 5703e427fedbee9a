"""What a scene remembers of each bidder's acceptance, and of its promotion."""

from datetime import date

from pydantic import Field

from models.frozen import Frozen
from models.vocabulary import Position


class UnitOpinion(Frozen):
    """`person`, `on`: who spoke, and when; of the opinions that have none the journal tells it. An `expert` speaks for
    themselves, and not for the unit."""

    unit: str
    position: Position
    person: str | None = Field(None, exclude_if=lambda person: person is None)
    on: date | None = Field(None, exclude_if=lambda on: on is None)
    expert: bool = Field(False, exclude_if=lambda expert: not expert)


class Signature(Frozen):
    """A member of the panel under the acceptance opinion whose digest is `document`."""

    person: str
    document: str
    dissents: bool = False


class IpCheck(Frozen):
    """The last look at a result's intellectual property; `conflicts` are the items with something against their use."""

    items: int
    conflicts: tuple[str, ...]
    by: str
    on: date
    document: str


class Acceptance(Frozen):
    """`step` is one of the acceptance machine's steps in `rules.lifecycle`.

    `rectifications` and `retrials` count the conclusions that asked for one, whatever came of it.
    """

    bidder: str
    step: str
    budget_yuan: int = 0
    by_defence: bool = False
    opinions: tuple[UnitOpinion, ...] = ()
    silent: tuple[str, ...] = ()
    """Units that were asked and let their time go by."""
    signatures: tuple[Signature, ...] = ()
    rectifications: int = 0
    retrials: int = 0
    refund_due: bool = False
    refund_due_yuan: int = 0
    refunded_yuan: int | None = None
    fault_tolerance_asked: bool = False
    fault_tolerated: bool | None = None
    concluded_by: str | None = None
    verdict: str | None = None
    concluded_on: date | None = None
    entered_on: date | None = None
    document_sha256: str | None = None
    """Of the signed acceptance opinion (验收意见书)."""
    ip_check: IpCheck | None = Field(None, exclude_if=lambda check: check is None)


class BenchmarkApplication(Frozen):
    unit: str
    level: str


class Raising(Frozen):
    """A higher level that a benchmark was nominated for; its title stands meanwhile."""

    level: str
    case_type: str | None = None
    recommended: bool | None = None
    confirmed: bool = False


class Benchmark(Frozen):
    """`level` "": a title that was taken over, of which nobody said the level.

    `notice`: where a higher level was ever proposed, the entry at which the title that stands was announced.
    """

    level: str
    recommended: bool | None = None
    confirmed: bool = False
    confirmed_on: date | None = None
    reviews: int = 0
    withdrawn: bool = False
    case_type: str | None = Field(None, exclude_if=lambda of: of is None)
    raising: Raising | None = Field(None, exclude_if=lambda raising: raising is None)
    notice: int | None = Field(None, exclude_if=lambda notice: notice is None)


class Uptake(Frozen):
    route: str
    bidder: str
    legal_basis: str
    amount_yuan: int = 0


class Replication(Frozen):
    city: str
    district: str | None = None
    scene: str | None = None
