"""Trial: plan, admission, running, reports, suspension and resumption, termination, exit; inclusion and incidents."""

from datetime import date
from typing import Literal

from models.calendar import Period
from models.document import Document
from models.frozen import Frozen
from models.text import Identifier, Name, Text
from models.vocabulary import Phase, Risk

from .act import BidderAct


class TrialPlan(Frozen):
    """Bounds and safeguards of a trial. `duration` is at most the policy's limit `trial`."""

    duration: Period
    bounds: Text
    emergency_plan: Document
    commitment: Document
    exit_plan: Document
    insurance: Document | None = None
    insurance_until: date | None = None
    complaint_channel: Text
    risk: Risk


class SubmitTrialPlan(BidderAct):
    verb: Literal["submit_trial_plan"] = "submit_trial_plan"
    plan: TrialPlan


class AdmitTrial(BidderAct):
    verb: Literal["admit_trial"] = "admit_trial"
    reasons: Text


class ReturnTrialPlan(BidderAct):
    verb: Literal["return_trial_plan"] = "return_trial_plan"
    reasons: Text


class RefuseTrial(BidderAct):
    verb: Literal["refuse_trial"] = "refuse_trial"
    reasons: Text


class StartTrial(BidderAct):
    """The regulator's start notice. `inclusion` grants the inclusion period, which starts on the same date."""

    verb: Literal["start_trial"] = "start_trial"
    notice: Document
    inclusion: bool = True


class AdvancePhase(BidderAct):
    verb: Literal["advance_phase"] = "advance_phase"
    phase: Phase
    reasons: Text


class FileReport(BidderAct):
    verb: Literal["file_report"] = "file_report"
    kind: Literal["regular", "midterm"]
    document: Document


class RenewInsurance(BidderAct):
    """The trial stays insured, to the end of the day `until`."""

    verb: Literal["renew_insurance"] = "renew_insurance"
    document: Document
    until: date


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
    verb: Literal["file_exit_report"] = "file_exit_report"
    document: Document


class ConcludeExit(BidderAct):
    verb: Literal["conclude_exit"] = "conclude_exit"
    fit_for_acceptance: bool
    reasons: Text


class FirstFault(Frozen):
    """The officer's four findings on a fault that is not punished (行政处罚法33): 初次、轻微、改正、无危害后果."""

    first: bool
    minor: bool
    corrected: bool
    harmless: bool


class RecordFault(BidderAct):
    """The officer's finding with its evidence; the engine never decides guilt itself.

    `red_line` names one of the policy's red lines and breaches at once. `punishable` false records a first, minor,
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


class VerifyCorrection(BidderAct):
    verb: Literal["verify_correction"] = "verify_correction"
    corrected: bool
    finding: Text


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
    """`with_officer` is the second officer, by person id: needed with an order."""

    verb: Literal["analyse_incident"] = "analyse_incident"
    incident: Identifier
    analysis: Document
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

    `no_red_line` says why an incident that may be a red line of the inclusion period was found to be none.
    """

    verb: Literal["close_incident"] = "close_incident"
    incident: Identifier
    cause: Text
    remedy: Text
    lessons: Text
    no_red_line: Text | None = None


TrialAct = (
    SubmitTrialPlan
    | AdmitTrial
    | ReturnTrialPlan
    | RefuseTrial
    | StartTrial
    | AdvancePhase
    | FileReport
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

InclusionAct = RecordFault | VerifyCorrection | EndInclusionEarly | LiftSupervision

IncidentAct = (
    ReportIncident | AcknowledgeIncident | ReportUpward | NotifyLeak | AnalyseIncident | VerifyIncident | CloseIncident
)
