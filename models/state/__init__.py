"""The state of one scene: what the rules need to judge the next command, and nothing else.

It is a fold of the journal's events (`rules.evolve`). Free text stays in the journal. Everything of a bidder stands in
a tuple keyed by that bidder, because a horse race (赛马) has several at once.
"""

from datetime import date

from pydantic import Field

from models.commands.solicitation import Call, CoOwner, MajorProject
from models.deadline import AwaitedService, Deadline
from models.frozen import Frozen
from models.lineage import Evidence
from models.receipt import Receipt
from models.text import Moment
from models.vocabulary import Outcome, Position, Risk, Scale, Stage, Track

from .acceptance import (
    Acceptance,
    Benchmark,
    BenchmarkApplication,
    IpCheck,
    Raising,
    Replication,
    Signature,
    UnitOpinion,
    Uptake,
)
from .lineage import LineageReview
from .matching import Bid, Challenge, Contract, Ranked
from .payment import Payment, PaymentStatus, Refund, RefundOnItsWay
from .review import Consultation, FairCompetitionResult, Notice, Objection, Opinion, Panel, Seat, Tally
from .suggestions import Suggestion
from .support import Complaint, FactorRequest, Finance, GreenChannel
from .trial import Climb, Fault, Incident, IncidentStatus, Inclusion, Trial, order_key

RECEIPTS = 256
"""How many recent receipts a scene remembers; the ledger knows all."""


class Profile(Frozen):
    """What the rules and the lists need of the application."""

    name: str
    city: str
    domain: str
    type: str
    scale: Scale
    maturity: str
    track: Track
    risk: Risk
    owner: str
    owner_person: str
    budget_yuan: int
    copied_from: str | None = None
    assumed: tuple[str, ...] = ()
    firsts: tuple[str, ...] = ()
    project: MajorProject | None = None
    co_owners: tuple[CoOwner, ...] = ()


class Return(Frozen):
    to: str
    returned_from: str
    then: str
    by: str


class Suspension(Frozen):
    """`on` is the day that counts in law, `since` the moment it was entered."""

    since: Moment
    on: date
    by: str


class Withdrawal(Frozen):
    """`bidder` None: the owner withdraws the whole scene."""

    by: str
    bidder: str | None
    parties: tuple[str, ...]
    agreed: tuple[str, ...] = ()


class Decision(Frozen):
    """An adverse decision whose remedies are still open. `item`: the fault, or the incident, that it is about."""

    sequence: int
    verb: str
    against: str
    by: str
    machine: str
    bidder: str | None
    reopens: str
    closes_as: Outcome | None
    on: date
    served_on: date | None = None
    appealed_by: str | None = None
    item: str | None = None


class Correction(Frozen):
    id: str
    sequence: int
    proposed_by: str
    position: Position | None = None


class ExtensionRequest(Frozen):
    deadline: str
    asked_by: str
    reasons_sha256: str


class Hand(Frozen):
    """Who had a hand in a deed, as `rules.separation` names it: whoever acted, and everybody on whose behalf.

    `bidder` and `item` (a deadline, a correction) say what it was about; "" where the deed has none.
    """

    deed: str
    bidder: str = ""
    item: str = ""
    persons: tuple[str, ...]


class LastAct(Frozen):
    """What can still be taken back: the last act, while nobody else has acted, and the scene before it.

    `before` lacks what a scene never forgets: receipts, hands, and what was touched when.
    """

    verb: str
    persons: tuple[str, ...]
    unit: str
    on: date
    subjects: tuple[str, ...]
    before: "SceneState"


class SceneState(Frozen):
    """`sequence` is that of the last journal entry folded in; 0 before the first."""

    scene: str
    sequence: int = 0
    stage: Stage = Stage.SOLICITATION
    step: str = "draft"
    entered_at: Moment | None = None
    entered_on: date | None = None
    outcome: Outcome | None = None
    declared: bool = False
    unconfirmed: bool = Field(False, exclude_if=lambda unconfirmed: not unconfirmed)
    """Taken over with bidders, and no second person has confirmed it: nothing is paid or awarded on it."""
    began_on: date | None = None
    profile: Profile | None = None
    call: Call | None = None
    policy_version: str = ""
    policy_digest: str = ""
    calendar: str = ""
    lead: str | None = None
    cooperating: tuple[str, ...] = ()
    regulator: str | None = None

    supplements: int = 0
    consultation: Consultation | None = None
    fair_competition: FairCompetitionResult | None = None
    panels: tuple[Panel, ...] = ()
    recused: tuple[str, ...] = ()
    """Who recused themselves from a panel of this scene: they sit on none of its panels again."""
    notices: tuple[Notice, ...] = ()
    objections: tuple[Objection, ...] = ()
    listed_in: str | None = None

    challenge: Challenge | None = None
    bids: tuple[Bid, ...] = ()
    ranking: tuple[Ranked, ...] = ()
    contracts: tuple[Contract, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = Field((), exclude_if=lambda refunds: not refunds)
    refunds_on_their_way: tuple[RefundOnItsWay, ...] = Field((), exclude_if=lambda refunds: not refunds)

    trials: tuple[Trial, ...] = ()
    race_compared: bool = Field(False, exclude_if=lambda compared: not compared)
    """Whether the racers of this call (赛马) were compared."""
    inclusions: tuple[Inclusion, ...] = ()
    incidents: tuple[Incident, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    acceptances: tuple[Acceptance, ...] = ()
    value_yuan: int | None = None
    value_shares: tuple[tuple[str, str], ...] = ()
    """Party and share of the value, such as "3/5"."""

    benchmark: Benchmark | None = None
    benchmark_applications: tuple[BenchmarkApplication, ...] = ()
    """Of the parties themselves, until somebody is nominated."""
    benchmark_opinions: tuple[UnitOpinion, ...] = Field((), exclude_if=lambda opinions: not opinions)
    """Of departments and experts on what is nominated now, and on what was last."""
    replications: tuple[Replication, ...] = ()
    uptakes: tuple[Uptake, ...] = ()
    """What the owner bought, or develops further, of what was accepted."""
    awarded_yuan: int = 0
    benefits_yuan: tuple[tuple[str, int], ...] = ()
    """What the records of each other kind of benefit come to."""
    recommendations: int = 0
    inherited: tuple[Evidence, ...] = ()
    """What the scenes had shown that this one copies."""
    lineage_reviews: tuple[LineageReview, ...] = ()

    complaints: tuple[Complaint, ...] = ()
    factors: tuple[FactorRequest, ...] = ()
    green_channel: GreenChannel | None = None
    finances: tuple[Finance, ...] = ()

    returns: int = 0
    returned: Return | None = None
    suspension: Suspension | None = None
    withdrawal: Withdrawal | None = None
    decisions: tuple[Decision, ...] = ()
    services: tuple[AwaitedService, ...] = ()
    ran_on: date | None = None
    """When clocks last ran on that a suspension, or the stop of a trial, had held."""
    reopened_on: date | None = None
    """When they last ran on that open remedies had held."""
    corrections: tuple[Correction, ...] = ()
    extension_requests: tuple[ExtensionRequest, ...] = ()

    directory_version: int = Field(0, exclude_if=lambda version: not version)
    """The newest version of the city's directory that somebody acted by; 0: none was asked so far."""
    hands: tuple[Hand, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    last: LastAct | None = Field(None, exclude_if=lambda last: last is None)
    touched: tuple[tuple[str, int], ...] = ()
    receipts: tuple[Receipt, ...] = ()

    @property
    def closed(self) -> bool:
        return self.step == "closed"

    @property
    def titled(self) -> bool:
        """Whether it is a benchmark whose title stands, also while a higher one is being decided on."""
        return self.step == "benchmark" or (self.is_raised and self.step != "remedies")

    @property
    def is_raised(self) -> bool:
        """Whether a benchmark is on its way to a higher level."""
        return self.benchmark is not None and self.benchmark.raising is not None

    @property
    def contested(self) -> Benchmark | Raising | None:
        """What is evaluated and decided on: the first title, or the higher one."""
        return self.benchmark.raising or self.benchmark if self.benchmark is not None else None

    @property
    def owners(self) -> tuple[str, ...]:
        """The owner, who answers for the scene, and those who open it with it."""
        return (self.profile.owner, *(each.unit for each in self.profile.co_owners)) if self.profile else ()

    @property
    def owed_payments(self) -> tuple[Payment, ...]:
        """Claimed on delivery, and neither paid nor declined."""
        return tuple(each for each in self.payments if each.status is not PaymentStatus.PAID)

    def open_orders(self, bidder: str | None) -> tuple[Fault, ...]:
        """The faults that a bidder was ordered to correct, of which nobody has verified it yet."""
        return tuple(fault for each in self.inclusions if each.bidder == bidder for fault in each.open_orders)

    @property
    def owed_refunds(self) -> tuple[Refund, ...]:
        """Of bidders whose work ended without acceptance, and who have kept something of what they were paid."""
        kept = {each.bidder for each in self.payments if each.status is PaymentStatus.PAID and each.kept_yuan}
        return tuple(each for each in self.refunds if not each.settled and each.bidder in kept)

    @property
    def stands_still(self) -> bool:
        """Suspended, or waiting for remedies to be used up: only safety, remedies and records go on."""
        return self.suspension is not None or self.step == "remedies"


LastAct.model_rebuild()


__all__ = [
    "RECEIPTS",
    "Acceptance",
    "AwaitedService",
    "Benchmark",
    "BenchmarkApplication",
    "Bid",
    "Challenge",
    "Climb",
    "Consultation",
    "Contract",
    "Correction",
    "Decision",
    "ExtensionRequest",
    "FairCompetitionResult",
    "Fault",
    "Hand",
    "Incident",
    "IncidentStatus",
    "Inclusion",
    "IpCheck",
    "LineageReview",
    "Notice",
    "Objection",
    "Opinion",
    "Panel",
    "Payment",
    "PaymentStatus",
    "Profile",
    "Ranked",
    "Refund",
    "RefundOnItsWay",
    "Replication",
    "Return",
    "SceneState",
    "Seat",
    "Signature",
    "Suggestion",
    "Suspension",
    "Tally",
    "Trial",
    "UnitOpinion",
    "Uptake",
    "Withdrawal",
    "order_key",
]
