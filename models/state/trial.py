"""What a scene remembers of each bidder's trial, inclusion period and incidents."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.calendar import Period
from models.frozen import Frozen
from models.plan import EmploymentImpact, Kpi, KpiResult, Reading
from models.policy import Measure
from models.state.acceptance import UnitOpinion
from models.vocabulary import Credit, Phase, Risk


class Trial(Frozen):
    """`attempt` is 2 in a re-trial. `step` is one of the trial machine's steps in `rules.lifecycle`.

    `supervised_for`: the entries of the breaches that stopped it, of which the regulator has not decided yet.
    `clauses` are the keys of the plan's bounds, exempted rules, safeguards and indicators: what a fault can cite.
    `readings` holds the last of each indicator, `stood_still` the days of the phase in which the trial was stopped.
    `entered_on` is the day on which it entered its step, `admitted_by` are the officers who admitted it.
    `opinions` are those of the departments on the plan that is filed, `factors` the requests that it rests on.
    `last_day` is that of its time, once it is over: nothing is measured of it later. `risk` is the bidder's word,
    `found_risk` what the regulator found at the admission, if it said so. `end_annulled`: its termination did not stand
    on appeal; it is planned anew once what it put up is taken down.
    """

    bidder: str
    step: str
    attempt: int = 1
    duration: Period | None = None
    risk: Risk | None = None
    plan_sha256: str | None = None
    insurance_until: date | None = None
    phase: Phase | None = None
    started_on: date | None = None
    reports: int = 0
    fix_reported: bool = False
    resumption_proposed_by: str | None = None
    exit_report: bool = False
    declared: bool = False
    supervised_for: tuple[int, ...] = ()
    insured_yuan: int | None = None
    kpis: tuple[Kpi, ...] = ()
    clauses: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    phase_since: date | None = None
    phase_reports: int = 0
    suspended_on: date | None = None
    stood_still: int = 0
    results: tuple[KpiResult, ...] = ()
    employment: EmploymentImpact | None = None
    entered_on: date | None = None
    admitted_by: tuple[str, ...] = ()
    last_day: date | None = None
    found_risk: Risk | None = None
    opinions: tuple[UnitOpinion, ...] = ()
    factors: tuple[str, ...] = ()
    end_annulled: bool = Field(False, exclude_if=lambda annulled: not annulled)

    @property
    def supervised(self) -> bool:
        """Under formal supervision after a breach."""
        return bool(self.supervised_for)


class Climb(Frozen):
    """Why a fault met its rung: `steps` rungs over `above`, the highest before (None at the ladder's foot).

    `repeats` are the numbers of the earlier faults of its kind within `window`; from `repeats_to_skip` of them on it is
    two steps. The policy's figures stand here as they were then, so that the journal alone tells why; `measure` is what
    it said of a step of the city's own.
    """

    above: str | None
    steps: int
    rung: str
    repeats: tuple[int, ...]
    repeats_to_skip: int
    window: Period
    measure: Measure | None = Field(None, exclude_if=lambda measure: measure is None)


def order_key(fault: int) -> str:
    """What the clocks of the order that came of a fault are named by: no incident is ever called so."""
    return f"#{fault}"


class Fault(Frozen):
    """`rung` is the measure that the fault met, None for one that is not punished; `number` counts from 1.

    `officers` are the persons who issued the order that came of it, `climb` is why it met that rung. What the officer
    found, the clause, the guidance and the evidence stand in the journal (`rules.inclusion_statement`). `annulled`: an
    appeal against what was made of it was upheld, and it counts no more. `correction_reported`: the bidder has said
    that it carried the order out. `order_over`: it was verified. `unfollowed`: it was found not to be carried out,
    which is a breach. `order_fell`: with a breach, for as long as one stands.
    """

    number: int
    kind: str
    recorded_on: date
    rung: str | None
    by: str
    tolerated: bool = False
    red_line: str | None = None
    officers: tuple[str, ...] = ()
    climb: Climb | None = None
    incident: str | None = None
    annulled: bool = Field(False, exclude_if=lambda annulled: not annulled)
    ordinary: bool = Field(False, exclude_if=lambda ordinary: not ordinary)
    """Found outside an inclusion period: ordered to be corrected at once, and no part of any ladder."""
    correction_reported: bool = Field(False, exclude_if=lambda reported: not reported)
    order_over: bool = Field(False, exclude_if=lambda over: not over)
    order_fell: bool = Field(False, exclude_if=lambda fell: not fell)
    unfollowed: bool = Field(False, exclude_if=lambda unfollowed: not unfollowed)

    @property
    def measure(self) -> Measure | None:
        return self.climb.measure if self.climb else None

    @property
    def orders(self) -> bool:
        """Something has to be corrected in time, and a third officer verifies it."""
        return self.rung == "order" or (self.measure is not None and self.measure.orders)

    @property
    def order_stands(self) -> bool:
        """It is still to be carried out, or to be verified."""
        return self.orders and not (self.annulled or self.order_over or self.order_fell)

    @property
    def takes_two_officers(self) -> bool:
        return self.orders or (self.measure is not None and self.measure.two_officers)

    @property
    def contestable(self) -> bool:
        """What came of it is a decision against the bidder, served and open to appeal, as a breach always is."""
        return self.orders or (self.measure is not None and self.measure.contestable)

    @property
    def breaches(self) -> bool:
        return self.rung == "breach" or self.red_line is not None

    @property
    def is_breach(self) -> bool:
        """By itself, or because what was ordered was not carried out; no appeal has changed that."""
        return self.unfollowed or (self.breaches and not self.annulled)


class Inclusion(Frozen):
    """The inclusion period (包容期) of one bidder's trial. `step` is one of its own machine's steps.

    `ordinary` is that of a trial that had none: its faults and orders stand here all the same. `faults` are all that
    the bidder ever had, also in a period before. `suspension_pauses` is what its start notice says of its clock; None:
    what the policy says. `breached_from` is the step at which a breach found it.
    """

    bidder: str
    step: str
    credit: Credit | None = None
    granted_by: str | None = None
    started_on: date | None = None
    faults: tuple[Fault, ...] = ()
    entered_on: date | None = None
    suspension_pauses: bool | None = Field(None, exclude_if=lambda pauses: pauses is None)
    breached_from: str | None = Field(None, exclude_if=lambda step: step is None)

    @property
    def open_orders(self) -> tuple[Fault, ...]:
        """The faults whose orders nobody has verified yet; an order outlives its period."""
        return tuple(fault for fault in self.faults if fault.order_stands)


class IncidentStatus(StrEnum):
    REPORTED = "reported"
    ORDERED = "ordered"
    INVESTIGATED = "investigated"
    CLOSED = "closed"


class Incident(Frozen):
    """`red_line` is the one that it may be, offered to the regulator, who alone finds so; `upward` to whom it went.

    `in_period`: reported while an inclusion period ran. `found_red_line` is the one that it was found to be after that
    period; within it the fault tells (`Fault.incident`).
    """

    id: str
    bidder: str
    casualty: bool
    reported_on: date
    status: IncidentStatus = IncidentStatus.REPORTED
    severity: str | None = None
    leak: bool = False
    red_line: str | None = None
    acknowledged_by: str | None = None
    upward: tuple[str, ...] = ()
    leak_told: tuple[str, ...] = ()
    in_period: bool = False
    found_red_line: str | None = None
    ordered_by: str | None = None
    officers: tuple[str, ...] = ()
    correction_reported: bool = Field(False, exclude_if=lambda reported: not reported)
