"""What a scene remembers of each bidder's trial, inclusion period and incidents."""

from datetime import date
from enum import StrEnum

from models.calendar import Period
from models.frozen import Frozen
from models.plan import EmploymentImpact, Kpi, KpiResult, Reading
from models.vocabulary import Credit, Phase, Risk


class Trial(Frozen):
    """`attempt` is 2 in a re-trial. `step` is one of the trial machine's steps in `rules.lifecycle`.

    `clauses` are the keys of the plan's bounds, exempted rules, safeguards and indicators: what a fault can cite.
    `readings` holds the last of each indicator, `stood_still` the days of the phase in which the trial was stopped.
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


class Fault(Frozen):
    """`rung` is the measure that the fault met, None for one that is not punished; `number` counts from 1.

    `officers` are the persons who issued the order that came of it.
    """

    number: int
    kind: str
    recorded_on: date
    rung: str | None
    by: str
    tolerated: bool = False
    red_line: str | None = None
    officers: tuple[str, ...] = ()


class Inclusion(Frozen):
    """The inclusion period (包容期) of one bidder's trial. `step` is one of its own machine's steps."""

    bidder: str
    step: str
    credit: Credit | None = None
    granted_by: str | None = None
    started_on: date | None = None
    faults: tuple[Fault, ...] = ()
    order_open: bool = False
    ordered_by: str | None = None
    officers: tuple[str, ...] = ()


class IncidentStatus(StrEnum):
    REPORTED = "reported"
    ORDERED = "ordered"
    CLOSED = "closed"


class Incident(Frozen):
    id: str
    bidder: str
    casualty: bool
    reported_on: date
    status: IncidentStatus = IncidentStatus.REPORTED
    ordered_by: str | None = None
    officers: tuple[str, ...] = ()
