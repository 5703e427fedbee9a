"""Time limits, how they may be extended, and the ladders of reminders."""

from typing import Any, Literal

from pydantic import Field

from models.calendar import Period, Unit
from models.deadline import Level
from models.frozen import Frozen
from models.vocabulary import Role, RunsFrom, Suspends

from .sourced import Sourced


class ExtensionRule(Sourced):
    """How a limit may be extended: `ask_before` the due date, approved by one of `approvers`, never by who asked."""

    period: Period = Field(description="how much longer, counted from the due date")
    times: int = Field(1, ge=1, description="how often")
    ask_before: Period | None = Field(None, description="latest moment to ask, before the due date")
    approvers: tuple[Role, ...] = Field(min_length=1, description="roles that may grant it")


class Limit(Sourced):
    period: Period = Field(description="how long, and in what it is counted")
    when_suspended: Suspends = Field(Suspends.PAUSES, description="what a suspension of the scene does to this clock")
    runs_from: RunsFrom = Field(
        RunsFrom.ACT,
        exclude_if=lambda start: start is RunsFrom.ACT,
        description="act: it starts with the act; service: with the proven service (送达) of what was decided",
    )
    ladder: str = Field("standard", description="the reminder ladder, by its name in `ladders`")
    extension: ExtensionRule | None = Field(None, description="whether and how it may be extended")


UNTOLD_SUGGESTION = Limit(
    period=Period(length=20, unit=Unit.WORKDAYS), clause="平台默认值（无法定期限）", default=True,
    when_suspended=Suspends.RUNS,
)  # fmt: skip
"""Of a policy that does not say in what time a suggestion to change a rule is answered."""
FINDING = Limit(period=Period(length=20, unit=Unit.WORKDAYS), clause="平台默认值（无法定期限）", default=True)
"""For a policy from before there was this limit: it keeps its digest."""


def _since(length: int, clause: str) -> Any:
    """A limit that came later: a policy from before keeps its digest, and has these working days."""
    limit = Limit(period=Period(length=length, unit=Unit.WORKDAYS), clause=clause, default=True, ladder="reminders")
    return {"default": limit, "exclude_if": lambda present: present == limit}


class Limits(Frozen):
    """Every limit the engine knows; a file that names another is refused, and so is one that lacks a limit of old."""

    call_window: Limit = Field(description="how long a call for scenes stays open")
    completeness: Limit = Field(description="platform office checks completeness; silence means accepted")
    supplement: Limit = Field(description="owner completes the application; else deemed withdrawn")
    registration: Limit = Field(description="platform office registers, or declines admission")
    consultation_start: Limit = Field(description="lead department asks the cooperating departments")
    consultation: Limit = Field(description="each cooperating department gives its opinion")
    deadlock: Limit = Field(description="lead department settles a consultation that found no quorum")
    fair_competition: Limit = Field(description="conclusion of the fair-competition review")
    expert_review: Limit = Field(description="experts review and the lead department decides on recognition")
    confirmation: Limit = Field(description="leading group confirms a comprehensive scene")
    notice_publication: Limit = Field(description="platform office publishes a public notice that is due")
    public_notice: Limit = Field(description="how long a public notice stands open to objections")
    objection: Limit = Field(description="an objection is answered")
    complaint_window: Limit = Field(description="how long an answered objection may go to the supervisor")
    complaint: Limit = Field(description="the supervisor decides a complaint")
    complaint_outcome: Limit = Field(
        **_since(10, "平台默认值（无法定期限）"),
        description="leading group says what follows from a complaint upheld against a result that counts already",
    )
    listing: Limit = Field(description="platform office puts the scene on a list, in a batch")
    posting: Limit = Field(description="owner posts the challenge")
    bidding: Limit = Field(description="shortest time a challenge stays open")
    invitation_review: Limit = Field(description="lead department reviews why just these are invited")
    amendment: Limit = Field(description="how long before the close a challenge may still be changed")
    opening_session: Limit = Field(description="platform office holds the opening session, after the close")
    bid_opening: Limit = Field(description="bidders reveal their sealed bids, from the opening session")
    eligibility: Limit = Field(description="lead department checks eligibility and credit")
    scoring: Limit = Field(description="the panel scores the bids")
    award: Limit = Field(description="lead department issues the award notice")
    contract: Limit = Field(description="the parties sign the task contract")
    reissue: Limit = Field(description="owner re-issues a challenge that found no valid bid")
    payment: Limit = Field(description="a delivered milestone is approved and paid: at most 60 days")
    race_comparison: Limit | None = Field(
        None,
        exclude_if=lambda limit: limit is None,
        description="赛马: lead department compares the racers, from when they may be; left out, nobody is asked to",
    )
    trial_plan: Limit = Field(description="bidder files the trial plan")
    trial_opinion: Limit = Field(
        **_since(5, "平台默认值（无法定期限）"),
        description="each department asked about a trial plan gives its opinion",
    )
    admission: Limit = Field(description="regulator decides on admission to the trial")
    start: Limit = Field(description="regulator issues the start notice")
    trial: Limit = Field(description="longest trial; its extension rule is the trial's")
    insurance: Limit = Field(
        description="the trial's insurance, to its last day; a renewal lasts this long, or for the rest of the trial"
    )
    report: Limit = Field(description="bidder's regular report")
    midterm: Limit = Field(description="bidder's midterm report, counted from the half of the trial")
    fix: Limit = Field(description="bidder removes the cause of a suspension")
    resumption: Limit = Field(description="decision on resumption, after the fix")
    rollback: Limit = Field(description="bidder proves the rollback of a terminated trial")
    exit_evaluation: Limit = Field(description="exit evaluation after the trial's end")
    inclusion: Limit = Field(description="length of the inclusion period; its extension rule is the period's")
    supervision: Limit = Field(description="regulator decides on a trial whose inclusion period was breached")
    correction_order: Limit = Field(description="bidder corrects a fault under an order, and reports it with proof")
    correction_check: Limit = Field(
        **_since(10, "平台默认值（无法定期限）"),
        description="an officer who did not issue the order verifies it: reported as corrected, or past its time",
    )
    incident_report: Limit = Field(description="first report of an incident")
    incident_analysis: Limit = Field(description="analysis of an incident")
    incident_acknowledgement: Limit = Field(description="regulator acknowledges the report of an incident")
    incident_close: Limit = Field(description="regulator closes an incident that was investigated")
    casualty_report: Limit = Field(description="report upward of a casualty")
    upward_report: Limit = Field(description="report upward of an incident whose severity asks for it")
    leak_notice: Limit = Field(description="bidder tells the authority, and those concerned, of leaked personal data")
    acceptance_application: Limit = Field(description="bidder applies for acceptance after the trial's end")
    delivery: Limit = Field(description="fast track: bidder delivers and applies for acceptance after signing")
    acceptance_review: Limit = Field(description="acceptance review and conclusion")
    acceptance_opinion: Limit = Field(description="owner, regulator and departments give their opinion on the result")
    rectification: Limit = Field(description="bidder rectifies after a conditional acceptance")
    refund: Limit = Field(description="bidder refunds what it was paid, once its work ended without acceptance")
    fault_tolerance: Limit = Field(
        FINDING,
        exclude_if=lambda limit: limit == FINDING,
        description="finding on whether a failure is tolerated (容错); the refund's clock waits for it",
    )
    refund_receipt: Limit = Field(
        **_since(10, "平台默认值（无法定期限）"),
        description="payer records whether a refund that is said to be paid back has come; the refund's clock waits",
    )
    nomination: Limit = Field(description="nomination as a benchmark case, or closing without")
    evaluation: Limit = Field(description="evaluation team and leading group decide on a benchmark")
    yearly_review: Limit = Field(description="yearly review of a benchmark")
    lineage_review: Limit = Field(description="review after something went wrong among a scene's kin")
    service: Limit = Field(description="service (送达) of an adverse decision")
    appeal_window: Limit = Field(description="how long an adverse decision may be appealed, from its service")
    appeal: Limit = Field(description="decision on an appeal")
    resubmission: Limit = Field(description="owner corrects and resubmits a returned scene; else deemed withdrawn")
    withdrawal_consent: Limit = Field(description="the other parties answer a withdrawal after the contract")
    suggestion: Limit = Field(
        default_factory=lambda: UNTOLD_SUGGESTION,
        # A policy from before there were any keeps its digest.
        exclude_if=lambda limit: limit == UNTOLD_SUGGESTION,
        description="lead department or regulator answers the suggestion to change a rule",
    )
    take_over_confirmation: Limit = Field(
        **_since(10, "平台默认值（无法定期限）"),
        description="a second person confirms a scene that was taken over with bidders; until then it pays nothing",
    )
    complaint_answer: Limit = Field(
        **_since(15, "平台默认值（无法定期限）"),
        description="who was addressed answers a complaint about a trial",
    )
    factor: Limit = Field(
        **_since(10, "平台默认值（无法定期限）"), description="a department answers a request for a factor"
    )
    green_channel: Limit = Field(
        **_since(3, "平台默认值（无法定期限）"), description="decision on a green channel that was asked for"
    )
    extension_answer: Limit = Field(description="answer to a request for extension")

    @property
    def stated(self) -> tuple[str, ...]:
        """The keys of those that the file states; a draft may lack some."""
        return tuple(key for key in type(self).model_fields if getattr(self, key, None) is not None)


class LadderRung(Frozen):
    """A reminder `offset` from when it is due: negative before, 0 on the day or at the minute, positive overdue.

    In working days or days it comes at the policy's `reminders_at`; in hours or minutes from the very minute.
    """

    offset: int = Field(ge=-366, le=366, description="how far from when it is due; negative before it")
    unit: Literal["workdays", "days", "hours", "minutes"] = Field(
        "workdays", description="what the offset is counted in"
    )
    level: Level = Field(Level.REMIND, description="how loud it is")
    to: Role | None = Field(None, description="who hears of it; none means the holder of the duty")
    if_limit_at_least: int = Field(0, ge=0, description="only where the limit has at least so many working days")


class Ladder(Sourced):
    rungs: tuple[LadderRung, ...] = Field(description="its reminders; none for a period that nobody has to act in")
    rest_days: Literal["keep", "before", "after"] = Field(
        "keep",
        description="where a reminder counted in days falls on a rest day: it comes all the same, or on the working "
        "day before or after",
    )
