"""Trial: plan, admission, running, reports, suspension and resumption, termination, exit; inclusion and incidents."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.calendar import Period
from models.document import Document
from models.frozen import Frozen
from models.plan import Bounds, CheckAnswer, EmploymentImpact, ExemptedRule, Kpi, Quantity, Safeguard
from models.text import Identifier, Name, Text
from models.vocabulary import Phase, Position, Risk

from .act import BidderAct


class TrialPlan(Frozen):
    """Bounds and safeguards of a trial. `duration` is at most the policy's limit `trial`.

    `bounds` says in words what `within` and the lists say item by item, each with a key that is its own in the whole
    plan; which of them a plan has to have is the policy's (`risk_profiles`). `insured_yuan` is the sum insured.
    """

    duration: Period
    bounds: Text
    emergency_plan: Document
    commitment: Document
    exit_plan: Document
    insurance: Document | None = None
    insurance_until: date | None = None
    complaint_channel: Text
    risk: Risk
    # A plan from before there were these keeps its digest.
    insured_yuan: int | None = Field(None, ge=1, exclude_if=lambda sum: sum is None)
    within: Bounds | None = Field(None, exclude_if=lambda within: within is None)
    exempted_rules: tuple[ExemptedRule, ...] = Field((), max_length=20, exclude_if=lambda rules: not rules)
    safeguards: tuple[Safeguard, ...] = Field((), max_length=20, exclude_if=lambda safeguards: not safeguards)
    kpis: tuple[Kpi, ...] = Field((), max_length=20, exclude_if=lambda kpis: not kpis)
    factors: tuple[Identifier, ...] = Field((), max_length=20, exclude_if=lambda factors: not factors)
    """Requests for factors without whose grant it is not admitted."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Of everything in it that can be cited, in the plan's order."""
        within = self.within or Bounds()
        lists = (
            within.areas, within.scale, within.users, within.windows, within.data,
            self.exempted_rules, self.safeguards, self.kpis,
        )  # fmt: skip
        return tuple(each.key for items in lists for each in items)


class SubmitTrialPlan(BidderAct):
    verb: Literal["submit_trial_plan"] = "submit_trial_plan"
    plan: TrialPlan


class GiveTrialOpinion(BidderAct):
    """A department, or an expert of the scene, on a trial plan: they advise, the regulator decides on admission."""

    verb: Literal["give_trial_opinion"] = "give_trial_opinion"
    position: Position
    text: Text
    conditions: tuple[Text, ...] = Field((), max_length=20)


class AdmitTrial(BidderAct):
    """Answers the policy's checklist item by item. `with_officer` is the second officer, where two are asked.

    `risk` is what the regulator found it to be, where that is another than owner and bidder declared.
    """

    verb: Literal["admit_trial"] = "admit_trial"
    reasons: Text
    checks: tuple[CheckAnswer, ...] = Field((), max_length=100, exclude_if=lambda checks: not checks)
    with_officer: Identifier | None = Field(None, exclude_if=lambda officer: officer is None)
    risk: Risk | None = Field(None, exclude_if=lambda risk: risk is None)


class ReturnTrialPlan(BidderAct):
    verb: Literal["return_trial_plan"] = "return_trial_plan"
    reasons: Text


class RefuseTrial(BidderAct):
    verb: Literal["refuse_trial"] = "refuse_trial"
    reasons: Text


class StartTrial(BidderAct):
    """The regulator's start notice. `inclusion` grants the inclusion period, which starts on the same date.

    `suspension_pauses`: whether the notice says that the period's clock stands still while the trial does; None leaves
    it to the policy.
    """

    verb: Literal["start_trial"] = "start_trial"
    notice: Document
    inclusion: bool = True
    suspension_pauses: bool | None = Field(None, exclude_if=lambda pauses: pauses is None)


class AdvancePhase(BidderAct):
    verb: Literal["advance_phase"] = "advance_phase"
    phase: Phase
    reasons: Text


class FileReport(BidderAct):
    """A midterm report says what the trial does to people's work, where the policy asks it (R43)."""

    verb: Literal["file_report"] = "file_report"
    kind: Literal["regular", "midterm"]
    document: Document
    employment: EmploymentImpact | None = Field(None, exclude_if=lambda impact: impact is None)


class RecordReading(BidderAct):
    """What was measured of one of the plan's indicators on a day, with its evidence."""

    verb: Literal["record_reading"] = "record_reading"
    kpi: Identifier
    value: Quantity
    on: date
    evidence: Document


class RenewInsurance(BidderAct):
    """The trial stays insured, to the end of the day `until`; for the same sum, where none is named."""

    verb: Literal["renew_insurance"] = "renew_insurance"
    document: Document
    until: date
    insured_yuan: int | None = Field(None, ge=1, exclude_if=lambda sum: sum is None)


class SuspendTrial(BidderAct):
    """One person is enough for safety."""

    verb: Literal["suspend_trial"] = "suspend_trial"
    reasons: Text


class ReportFix(BidderAct):
    verb: Literal["report_fix"] = "report_fix"
    proof: Document


class ProposeResumption(BidderAct):
    verb: Literal["propose_resumption"] = "propose_resumption"
    reasons: Text


class ApproveResumption(BidderAct):
    """The second person; the same one as proposed is refused."""

    verb: Literal["approve_resumption"] = "approve_resumption"


class TerminateTrial(BidderAct):
    verb: Literal["terminate_trial"] = "terminate_trial"
    ground: Literal["safety", "breach", "force_majeure"]
    reasons: Text


class ProveRollback(BidderAct):
    verb: Literal["prove_rollback"] = "prove_rollback"
    proof: Document


class FileExitReport(BidderAct):
    """`incidents` and `faults` say what came of them. What the indicators reached is computed.

    Of a trial that still runs it asks for the end before its time: in its last phase, with every target reached.
    """

    verb: Literal["file_exit_report"] = "file_exit_report"
    document: Document
    incidents: Text | None = Field(None, exclude_if=lambda text: text is None)
    faults: Text | None = Field(None, exclude_if=lambda text: text is None)
    employment: EmploymentImpact | None = Field(None, exclude_if=lambda impact: impact is None)


class Shortfall(Frozen):
    """Why a trial is fit all the same: `of` is a report that is owed (`report/2026-05-15`), or an indicator's key."""

    of: Name
    finding: Text


class ConcludeExit(BidderAct):
    """Answers the items of the checklist that are asked again; what is fit has failed none of them.

    Where reports are owed, or the last reading of an indicator is past its stop threshold, fit takes a finding on each
    (`shortfalls`). `against_panel` says why the conclusion is another than the panel of experts recommends.
    """

    verb: Literal["conclude_exit"] = "conclude_exit"
    fit_for_acceptance: bool
    reasons: Text
    checks: tuple[CheckAnswer, ...] = Field((), max_length=100, exclude_if=lambda checks: not checks)
    shortfalls: tuple[Shortfall, ...] = Field((), max_length=100, exclude_if=lambda short: not short)
    against_panel: Text | None = Field(None, exclude_if=lambda reasons: reasons is None)


class FirstFault(Frozen):
    """The officer's four findings on a fault that is not punished (行政处罚法33): 初次、轻微、改正、无危害后果."""

    first: bool
    minor: bool
    corrected: bool
    harmless: bool


class RecordFault(BidderAct):
    """The officer's finding with its evidence; the engine never decides guilt itself.

    Outside an inclusion period it is ordinary supervision: what is punishable is ordered to be corrected at once.
    `red_line` names one of the policy's red lines and breaches at once, also when the period is over and the trial is
    not. `plan_clause` is a key of the plan. `punishable` false records a first, minor,
    corrected, harmless fault, which climbs no rung: it takes the four findings (`first_fault`) and the `guidance` that
    was given and followed. `incident` ties it to an incident. `with_officer` is the second officer, by person id:
    needed where an order comes of it.
    """

    verb: Literal["record_fault"] = "record_fault"
    kind: Identifier
    red_line: Identifier | None = None
    punishable: bool = True
    plan_clause: Text
    finding: Text
    evidence: Document
    guidance: Text | None = None
    first_fault: FirstFault | None = None
    incident: Identifier | None = None
    with_officer: Identifier | None = None


class ReportCorrection(BidderAct):
    """What was ordered is corrected, as the bidder says and proves.

    The order came of an `incident`, or else of a `fault`, by its number; that may be left out where one order stands.
    """

    verb: Literal["report_correction"] = "report_correction"
    proof: Document
    fault: int | None = Field(None, ge=1, exclude_if=lambda fault: fault is None)
    incident: Identifier | None = Field(None, exclude_if=lambda incident: incident is None)


class VerifyCorrection(BidderAct):
    """Of the order that came of a `fault`, by its number; it may be left out where one order stands."""

    verb: Literal["verify_correction"] = "verify_correction"
    corrected: bool
    finding: Text
    fault: int | None = Field(None, ge=1, exclude_if=lambda fault: fault is None)


class EndInclusionEarly(BidderAct):
    """By the regulator, and against the bidder, who has its remedies, unless the bidder asked for it itself."""

    verb: Literal["end_inclusion_early"] = "end_inclusion_early"
    reasons: Text
    at_bidders_request: bool = False


class LiftSupervision(BidderAct):
    """After a breach: the trial may be resumed, by two and with proof of the fix, without its inclusion period."""

    verb: Literal["lift_supervision"] = "lift_supervision"
    reasons: Text


class ReportIncident(BidderAct):
    """`severity` is one of the policy's; `leak`: personal information may have leaked, was altered or lost."""

    verb: Literal["report_incident"] = "report_incident"
    incident: Identifier
    casualty: bool = False
    severity: Identifier | None = None
    leak: bool = False
    text: Text


class AcknowledgeIncident(BidderAct):
    """Somebody of the regulator has read the report and deals with it."""

    verb: Literal["acknowledge_incident"] = "acknowledge_incident"
    incident: Identifier


class ReportUpward(BidderAct):
    """A mandatory report (R72) to the body `to`; the document carries its number."""

    verb: Literal["report_upward"] = "report_upward"
    incident: Identifier
    to: Name
    document: Document


class NotifyLeak(BidderAct):
    """个人信息保护法57: the authority and the persons concerned are told of a leak, each by a notice of its own."""

    verb: Literal["notify_leak"] = "notify_leak"
    incident: Identifier
    to: Literal["authority", "persons"]
    document: Document


class AnalyseIncident(BidderAct):
    """`with_officer` is the second officer, by person id: needed with an order.

    `casualty`, `severity` and `leak` are what was found, where the reports said otherwise: more, or less.
    """

    verb: Literal["analyse_incident"] = "analyse_incident"
    incident: Identifier
    analysis: Document
    casualty: bool | None = None
    severity: Identifier | None = None
    leak: bool | None = None
    order: Text | None = None
    with_officer: Identifier | None = None


class VerifyIncident(BidderAct):
    """The verifier is neither of the two officers who issued the order."""

    verb: Literal["verify_incident"] = "verify_incident"
    incident: Identifier
    verified: bool
    finding: Text


class CloseIncident(BidderAct):
    """What caused it, what was done about it, what is learnt.

    `no_red_line` says why an incident that may be a red line of the inclusion period was found to be none; `red_line`
    is the one that it was, where that period is over and no fault can be recorded under it any more.
    """

    verb: Literal["close_incident"] = "close_incident"
    incident: Identifier
    cause: Text
    remedy: Text
    lessons: Text
    no_red_line: Text | None = None
    red_line: Identifier | None = None


TrialAct = (
    SubmitTrialPlan
    | GiveTrialOpinion
    | AdmitTrial
    | ReturnTrialPlan
    | RefuseTrial
    | StartTrial
    | AdvancePhase
    | FileReport
    | RecordReading
    | RenewInsurance
    | SuspendTrial
    | ReportFix
    | ProposeResumption
    | ApproveResumption
    | TerminateTrial
    | ProveRollback
    | FileExitReport
    | ConcludeExit
)

InclusionAct = RecordFault | ReportCorrection | VerifyCorrection | EndInclusionEarly | LiftSupervision

IncidentAct = (
    ReportIncident | AcknowledgeIncident | ReportUpward | NotifyLeak | AnalyseIncident | VerifyIncident | CloseIncident
)
