"""Trial, inclusion period, incidents."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.calendar import Period
from models.plan import EmploymentImpact, Kpi, KpiResult, Reading
from models.state.trial import Fault, Incident
from models.vocabulary import Credit, Phase, Position, Risk

from .event import Event


class BidderEvent(Event):
    bidder: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"trial/{self.bidder}",)


def _orders(bidder: str, fault: int | None) -> tuple[str, ...]:
    """One order, and the orders of its bidder: whoever names none rests on which there are."""
    return () if fault is None else (f"order/{bidder}", f"order/{bidder}/{fault}")


class TrialPlanned(BidderEvent):
    """A trial record exists from the first plan on; a re-trial begins a new one with the next `attempt`.

    `clauses` are the keys of everything in the plan that can be cited.
    """

    kind: Literal["trial_planned"] = "trial_planned"
    duration: Period
    risk: Risk
    plan_sha256: str
    insurance_until: date | None
    insured_yuan: int | None = Field(None, exclude_if=lambda sum: sum is None)
    kpis: tuple[Kpi, ...] = Field((), exclude_if=lambda kpis: not kpis)
    clauses: tuple[str, ...] = Field((), exclude_if=lambda clauses: not clauses)
    factors: tuple[str, ...] = Field((), exclude_if=lambda factors: not factors)


class TrialOpinionGiven(BidderEvent):
    """`person`, `on`: of an expert, who speaks for themselves; of a department the entry tells that."""

    kind: Literal["trial_opinion_given"] = "trial_opinion_given"
    unit: str
    position: Position
    person: str | None = Field(None, exclude_if=lambda person: person is None)
    on: date | None = Field(None, exclude_if=lambda on: on is None)
    expert: bool = Field(False, exclude_if=lambda expert: not expert)

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"trial/{self.bidder}/{f'expert/{self.person}' if self.expert else self.unit}",)


class TrialAdmitted(BidderEvent):
    """`officers`: who admitted it, everybody on whose behalf, and the second officer where there was one.

    `risk` is what they found it to be, None where they left it at what was declared.
    """

    kind: Literal["trial_admitted"] = "trial_admitted"
    officers: tuple[str, ...]
    risk: Risk | None = Field(None, exclude_if=lambda risk: risk is None)


class TrialStarted(BidderEvent):
    kind: Literal["trial_started"] = "trial_started"
    started_on: date
    phase: Phase


class PhaseAdvanced(BidderEvent):
    kind: Literal["phase_advanced"] = "phase_advanced"
    phase: Phase
    on: date | None = Field(None, exclude_if=lambda on: on is None)


class ReportFiled(BidderEvent):
    kind: Literal["report_filed"] = "report_filed"
    report: Literal["regular", "midterm"]
    employment: EmploymentImpact | None = Field(None, exclude_if=lambda impact: impact is None)


class ReadingRecorded(BidderEvent):
    """`counts` false: the same day's reading before it was past the stop threshold, and stands."""

    kind: Literal["reading_recorded"] = "reading_recorded"
    reading: Reading
    past_stop: bool
    counts: bool = Field(True, exclude_if=lambda counts: counts)

    @property
    def touches(self) -> tuple[str, ...]:
        """A reading makes no decision stale but one that rests on readings."""
        return (f"reading/{self.bidder}",)


class InsuranceRenewed(BidderEvent):
    kind: Literal["insurance_renewed"] = "insurance_renewed"
    until: date
    insured_yuan: int | None = Field(None, exclude_if=lambda sum: sum is None)


class TrialSuspended(BidderEvent):
    kind: Literal["trial_suspended"] = "trial_suspended"
    by: str
    on: date | None = Field(None, exclude_if=lambda on: on is None)


class FixReported(BidderEvent):
    kind: Literal["fix_reported"] = "fix_reported"


class ResumptionProposed(BidderEvent):
    kind: Literal["resumption_proposed"] = "resumption_proposed"
    by: str


class TrialResumed(BidderEvent):
    kind: Literal["trial_resumed"] = "trial_resumed"
    on: date | None = Field(None, exclude_if=lambda on: on is None)


class TrialTerminated(BidderEvent):
    kind: Literal["trial_terminated"] = "trial_terminated"
    ground: Literal["safety", "breach", "force_majeure"]


class RollbackProven(BidderEvent):
    kind: Literal["rollback_proven"] = "rollback_proven"


class ExitReportFiled(BidderEvent):
    """What the indicators reached, and how many incidents and faults there were, as the scene knows them."""

    kind: Literal["exit_report_filed"] = "exit_report_filed"
    results: tuple[KpiResult, ...] = Field((), exclude_if=lambda results: not results)
    incidents: int = 0
    faults: int = 0
    employment: EmploymentImpact | None = Field(None, exclude_if=lambda impact: impact is None)


class ExitConcluded(BidderEvent):
    """`results` by the readings as they are now: some may have come in after the exit report.

    `shortfalls` are the reports that were owed still, and the indicators past their stop threshold. `panel` is whether
    the panel of experts found it fit; None where none was asked.
    """

    kind: Literal["exit_concluded"] = "exit_concluded"
    fit_for_acceptance: bool
    results: tuple[KpiResult, ...] = Field((), exclude_if=lambda results: not results)
    shortfalls: tuple[str, ...] = Field((), exclude_if=lambda short: not short)
    panel: bool | None = Field(None, exclude_if=lambda fit: fit is None)


class InclusionGranted(BidderEvent):
    """Whoever granted it may not extend it alone. `risk` to `commitment` say how its eligibility was found.

    `credit` and `commitment` are those of the bidding, None where a scene was taken over and nobody witnessed it.
    """

    kind: Literal["inclusion_granted"] = "inclusion_granted"
    by: str
    started_on: date
    risk: Risk | None = None
    credit: Credit | None = None
    livelihood: bool = False
    commitment: bool | None = None
    suspension_pauses: bool | None = Field(None, exclude_if=lambda pauses: pauses is None)


class FaultRecorded(BidderEvent):
    kind: Literal["fault_recorded"] = "fault_recorded"
    fault: Fault

    @property
    def touches(self) -> tuple[str, ...]:
        return (*super().touches, *_orders(self.bidder, self.fault.number if self.fault.orders else None))


class CorrectionReported(BidderEvent):
    """By the bidder; an officer has to verify it. The order came of a fault, by its number, or of an incident."""

    kind: Literal["correction_reported"] = "correction_reported"
    fault: int | None = Field(None, exclude_if=lambda fault: fault is None)
    incident: str | None = Field(None, exclude_if=lambda incident: incident is None)

    @property
    def touches(self) -> tuple[str, ...]:
        if self.incident is not None:
            return (f"incident/{self.incident}",)
        return (*super().touches, *_orders(self.bidder, self.fault))


class CorrectionVerified(BidderEvent):
    """`fault` is the number of the one that the order came of."""

    kind: Literal["correction_verified"] = "correction_verified"
    fault: int
    corrected: bool

    @property
    def touches(self) -> tuple[str, ...]:
        return (*super().touches, *_orders(self.bidder, self.fault))


class SupervisionBegan(BidderEvent):
    """After a breach: the regulator decides whether the trial ends, or may be resumed without its inclusion period.

    `decision` is the entry that found the breach; each has its own, also where supervision began before.
    """

    kind: Literal["supervision_began"] = "supervision_began"
    because: str
    decision: int


class SupervisionLifted(BidderEvent):
    """By the regulator for good, or for one breach only, the `decision` that did not stand on appeal."""

    kind: Literal["supervision_lifted"] = "supervision_lifted"
    by: str
    decision: int | None = Field(None, exclude_if=lambda decision: decision is None)


class MeasureAnnulled(BidderEvent):
    """An upheld appeal: the order of an incident, what was made of a fault, or the trial's end does not stand.

    `finding`: of the fault only that its order was not carried out, of the incident that it was a red line. `period`:
    its early end, before a breach; the step to which it goes back should that not stand either.
    """

    kind: Literal["measure_annulled"] = "measure_annulled"
    fault: int | None = None
    incident: str | None = None
    end: bool = Field(False, exclude_if=lambda end: not end)
    finding: bool = Field(False, exclude_if=lambda finding: not finding)
    period: str | None = Field(None, exclude_if=lambda step: step is None)

    @property
    def touches(self) -> tuple[str, ...]:
        of_incident = (f"incident/{self.incident}",) if self.incident is not None else ()
        return (*super().touches, *_orders(self.bidder, self.fault), *of_incident)


class IncidentReported(BidderEvent):
    kind: Literal["incident_reported"] = "incident_reported"
    incident: Incident

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"incident/{self.incident.id}",)


class IncidentAcknowledged(BidderEvent):
    kind: Literal["incident_acknowledged"] = "incident_acknowledged"
    incident: str
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"incident/{self.incident}",)


class ReportedUpward(BidderEvent):
    """`number` is the document's, `document` its digest."""

    kind: Literal["reported_upward"] = "reported_upward"
    incident: str
    to: str
    number: str
    document: str
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"upward/{self.incident}",)


class LeakNotified(BidderEvent):
    kind: Literal["leak_notified"] = "leak_notified"
    incident: str
    to: Literal["authority", "persons"]
    document: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"leak/{self.incident}/{self.to}",)


class IncidentAnalysed(BidderEvent):
    kind: Literal["incident_analysed"] = "incident_analysed"
    incident: str
    ordered: bool
    by: str
    officers: tuple[str, ...] = ()

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"incident/{self.incident}",)


class IncidentAssessed(BidderEvent):
    """What the incident is, after the bidder's own report or the analysis said otherwise than was known."""

    kind: Literal["incident_assessed"] = "incident_assessed"
    incident: str
    casualty: bool
    severity: str | None
    leak: bool
    red_line: str | None

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"incident/{self.incident}",)


class IncidentVerified(BidderEvent):
    kind: Literal["incident_verified"] = "incident_verified"
    incident: str
    verified: bool

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"incident/{self.incident}",)


class IncidentClosed(BidderEvent):
    kind: Literal["incident_closed"] = "incident_closed"
    incident: str
    by: str
    red_line: str | None = None

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"incident/{self.incident}",)


TrialEvent = (
    TrialPlanned
    | TrialOpinionGiven
    | TrialAdmitted
    | TrialStarted
    | PhaseAdvanced
    | ReportFiled
    | ReadingRecorded
    | InsuranceRenewed
    | TrialSuspended
    | FixReported
    | ResumptionProposed
    | TrialResumed
    | TrialTerminated
    | RollbackProven
    | ExitReportFiled
    | ExitConcluded
)

InclusionEvent = (
    InclusionGranted
    | FaultRecorded
    | CorrectionReported
    | CorrectionVerified
    | SupervisionBegan
    | SupervisionLifted
    | MeasureAnnulled
)

IncidentEvent = (
    IncidentReported
    | IncidentAcknowledged
    | ReportedUpward
    | LeakNotified
    | IncidentAnalysed
    | IncidentAssessed
    | IncidentVerified
    | IncidentClosed
)
