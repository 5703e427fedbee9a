"""A city's rules as data: one validated file per city and version, pinned by value to each scene at its submission.

The lifecycle table in `rules.lifecycle` is the superset; a policy switches steps off and sets limits, quorums, score
sheets and permissions. It adds no stages. Every group and every limit names the clause it comes from; `default: true`
marks a figure that the city's text does not state.
"""

import hashlib
import json
import re
from datetime import date, time
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, model_validator

from .calendar import Calendar, Period, Unit
from .deadline import Level
from .frozen import Frozen
from .text import Identifier, Name
from .vocabulary import (
    BenchmarkLevel,
    Credit,
    GateKind,
    Mode,
    Phase,
    PlanPart,
    Risk,
    Role,
    RunsFrom,
    SceneType,
    Suspends,
    Track,
)


def _fraction(value: object) -> object:
    if not isinstance(value, str | int | float):
        return value
    try:
        return Fraction(str(value))  # by its text: 0.1 is a tenth, not the binary number next to it
    except (ValueError, ZeroDivisionError):
        raise ValueError(f'{value!r} is no share; write it as "2/3"') from None


Share = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(str, return_type=str),
    Field(gt=0, le=1, description='a share such as "2/3"'),
]


class Sourced(Frozen):
    clause: Name = Field(description="the source clause: the policy text's section, or the statute a default leans on")
    default: bool = Field(False, description="true where the city's text names no figure and this one is a default")


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


class Limits(Frozen):
    """Every limit the engine knows; a file that lacks one, or names another, is refused."""

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
    trial_plan: Limit = Field(description="bidder files the trial plan")
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
    correction_order: Limit = Field(description="bidder corrects a fault under an order")
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
    refund: Limit = Field(description="bidder refunds after a failed acceptance")
    nomination: Limit = Field(description="nomination as a benchmark case, or closing without")
    evaluation: Limit = Field(description="evaluation team and leading group decide on a benchmark")
    yearly_review: Limit = Field(description="yearly review of a benchmark")
    lineage_review: Limit = Field(description="review after something went wrong among a scene's kin")
    service: Limit = Field(description="service (送达) of an adverse decision")
    appeal_window: Limit = Field(description="how long an adverse decision may be appealed, from its service")
    appeal: Limit = Field(description="decision on an appeal")
    resubmission: Limit = Field(description="owner corrects and resubmits a returned scene; else deemed withdrawn")
    withdrawal_consent: Limit = Field(description="the other parties answer a withdrawal after the contract")
    extension_answer: Limit = Field(description="answer to a request for extension")


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


class CityUnit(Frozen):
    name: Name = Field(description="the unit as the city writes it")
    assumed: bool = Field(False, description="true where no source text names this unit")


class Domain(Frozen):
    name: Name = Field(description="the domain as the city writes it")
    type: SceneType = Field(description="which of the four types it belongs to")
    lead: Name = Field(description="the lead department")
    units: tuple[Name, ...] = Field(min_length=1, description="responsible units; all but the lead cooperate")
    regulator: Name = Field(description="admits to the sandbox, grants inclusion, issues orders")
    livelihood: bool = Field(False, description="true: the stricter inclusion profile applies")
    assumed: bool = Field(False, description="true where the source does not name the units")
    clause: Name = Field(description="where the domain and its units are named")


class Offices(Sourced):
    """The unit that holds each office of which the city has one."""

    platform_office: Name = Field(description="checks completeness, publishes lists and notices")
    st_bureau: Name = Field(description="third party to task contracts")
    evaluation_team: Name = Field(description="evaluates and reviews benchmark cases")
    complaint_supervisor: Name = Field(description="decides complaints and appeals; decides nothing else")
    payer: Name = Field(description="pays; proposes and approves nothing")
    leading_group: Name = Field(description="last step of escalation; confirms and overrides")


class TrackRule(Sourced):
    skips: tuple[str, ...] = Field((), description="steps of the lifecycle that this track leaves out")


class Quorum(Frozen):
    """`all`: every voice; `majority`: more than half; `share`: at least `share`; `count`: at least `count`.

    A department has one voice, or as many as `weights` gives it.
    """

    rule: Literal["all", "majority", "share", "count"] = Field(description="how it is counted")
    share: Share | None = Field(None, description="the share, with rule: share")
    count: int | None = Field(None, ge=1, description="the number, with rule: count")
    weights: dict[Name, Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=dict,
        exclude_if=lambda weights: not weights,
        description="unit: how many voices its opinion has; one where it is not named here",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.rule == "share") != (self.share is not None):
            raise ValueError("`share` goes with rule: share, and only there; add it there, remove it elsewhere")
        if (self.rule == "count") != (self.count is not None):
            raise ValueError("`count` goes with rule: count, and only there; add it there, remove it elsewhere")
        return self


class Closing(StrEnum):
    WHEN_ANSWERED = "when_all_answered"
    WHEN_DECIDED = "when_decided"
    AT_DEADLINE = "at_deadline"


class ConsultationRules(Sourced):
    quorum: Quorum = Field(description="how many yeses carry a round")
    silence: Literal["no_objection", "abstains", "objects"] = Field(description="what a department's silence counts as")
    veto: bool = Field(False, description="true: a single objection blocks, whatever the quorum")
    vetoers: tuple[Name, ...] = Field(
        (),
        exclude_if=lambda units: not units,
        description="units of which a single objection blocks, also where others' do not",
    )
    closes: Closing = Field(description="when the count is taken")
    rounds: int = Field(2, ge=1, description="how often the departments may be asked")


class PanelRules(Sourced):
    minimum: int = Field(ge=1, description="fewest members")
    odd: bool = Field(True, description="an odd number of members")
    expert_share: Share = Field(description="smallest share of experts among the members")
    pass_share: Share = Field(description="share of the members that must recommend")
    overlap: Share | None = Field(None, description="largest share of members who sat on the bidder's trial panel")
    drawn: bool = Field(
        False,
        exclude_if=lambda drawn: not drawn,
        description="true: the members are drawn by lot from a pool (随机抽取), never named",
    )


class Criterion(Frozen):
    key: Identifier = Field(description="its short name in scores")
    name: Name = Field(description="its name for people")
    points: int = Field(ge=1, description="the most points a judge can give")


class Dimension(Frozen):
    key: Identifier = Field(description="its short name")
    name: Name = Field(description="its name for people")
    criteria: tuple[Criterion, ...] = Field(min_length=1, description="what is scored in it")

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)


class ScoreSheet(Sourced):
    dimensions: tuple[Dimension, ...] = Field(min_length=1, description="what a bid is scored on")
    pass_mark: int = Field(ge=1, description="fewest points of a bid that may be awarded")
    drop_extremes_from: int = Field(7, ge=3, description="from this many judges one high and one low score are dropped")
    tie_break: Identifier = Field(description="the dimension that decides a tie")

    @property
    def points(self) -> int:
        return sum(dimension.points for dimension in self.dimensions)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for dimension in self.dimensions for criterion in dimension.criteria)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        keys = [criterion.key for criterion in self.criteria]
        if len(keys) != len(set(keys)):
            raise ValueError("two criteria have the same key")
        if self.tie_break not in [dimension.key for dimension in self.dimensions]:
            raise ValueError(f"tie_break names no dimension: {self.tie_break}")
        if self.pass_mark > self.points:
            raise ValueError(f"pass_mark {self.pass_mark} is above the sheet's {self.points} points")
        return self


class ModeRule(Sourced):
    scored: bool = Field(description="false: no panel scores, the invited bidder is ranked alone")
    winners: int = Field(1, ge=1, description="how many bidders may be awarded at once")
    invited_only: bool = Field(False, description="only who is invited may bid")
    fewest_invited: int = Field(
        1, ge=1, exclude_if=lambda fewest: fewest == 1, description="fewest who are invited, where the mode invites"
    )
    most_invited: int = Field(
        20, ge=1, exclude_if=lambda most: most == 20, description="most who are invited, where the mode invites"
    )
    legal_bases: tuple[Name, ...] = Field(
        (),
        exclude_if=lambda bases: not bases,
        description="the legal bases of which a challenge names one; where none is listed any may be named",
    )
    compare_from: Share | None = Field(
        None,
        exclude_if=lambda share: share is None,
        description="赛马: the share of each racer's trial from which the race may be compared; none means at any time",
    )
    needs_pledge: bool = Field(False, description="军令状: the bidder signs a pledge")
    called: Name | None = Field(None, description="the city's own name for the mode, such as 场景大赛（以赛代招）")


class RecognitionRules(Sourced):
    criteria: tuple[Name, ...] = Field(min_length=1, description="what the panel and the lead department look at")


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(
            f"{value} is no pattern ({error}); write a regular expression, or the words themselves"
        ) from None
    return value


Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_pattern)]


class Wording(Frozen):
    flags: tuple[Pattern, ...] = Field(min_length=1, description="words, or regular expressions, that are flagged")
    unless: tuple[Pattern, ...] = Field((), description="what they are part of where they mean something else")


class FairCompetition(Sourced):
    unfair: tuple[GateKind, ...] = Field(description="kinds of entry condition that are refused")
    wording: dict[GateKind, Wording] = Field(
        default_factory=dict,
        exclude_if=lambda wording: not wording,
        description="wording that is flagged in a challenge and in the fair-competition review, for a person to answer",
    )


class Contracting(Sourced):
    parties: tuple[Literal["owner", "st_bureau", "bidder"], ...] = Field(min_length=2, description="who signs")
    next_ranked: bool = Field(True, description="a lapsed contract is offered to the next in the ranking")
    reissues: int = Field(1, ge=0, description="how often a failed call may be re-issued")


class Check(Frozen):
    """One item of the compliance checklist (R44, R48)."""

    key: Identifier = Field(description="its short name in the answers")
    name: Name = Field(description="what is looked for")
    at_exit: bool = Field(
        False, exclude_if=lambda again: not again, description="true: asked again when the exit is concluded"
    )


class PhaseGate(Frozen):
    """What a trial has to show before it leaves a phase for the next."""

    phase: Phase = Field(description="the phase that is left")
    at_least: Period | None = Field(
        None,
        exclude_if=lambda period: period is None,
        description="shortest time in it; while the trial is stopped, none goes by",
    )
    targets: bool = Field(
        False,
        exclude_if=lambda targets: not targets,
        description="true: every indicator was read in it, and the last reading reaches its target",
    )
    nothing_open: bool = Field(
        False,
        exclude_if=lambda nothing: not nothing,
        description="true: no incident and no order is open, and no report overdue",
    )
    reports: int = Field(
        0, ge=0, exclude_if=lambda fewest: not fewest, description="fewest regular reports filed in it"
    )


class TrialRules(Sourced):
    phases: tuple[Phase, ...] = Field(min_length=1, description="the stages of a trial, in order")
    insurance: bool = Field(True, description="an insured trial only")
    checks: tuple[Check, ...] = Field(
        (),
        exclude_if=lambda checks: not checks,
        description="the checklist that an admission answers item by item",
    )
    gates: tuple[PhaseGate, ...] = Field(
        (), exclude_if=lambda gates: not gates, description="what each phase asks before the next may begin"
    )
    exit_report: tuple[Literal["kpis", "incidents", "faults"], ...] = Field(
        (),
        exclude_if=lambda parts: not parts,
        description="what an exit report answers for: a reading of every indicator; incidents, faults, if any",
    )
    employment: tuple[Literal["midterm", "exit"], ...] = Field(
        (),
        exclude_if=lambda reports: not reports,
        description="the reports that say what the trial does to people's work (就业影响)",
    )
    stop_suspends: bool = Field(
        False,
        exclude_if=lambda stops: not stops,
        description="true: a reading past its stop threshold stops the trial by itself; false: who may stop it is told",
    )


class RiskProfile(Sourced):
    """What the trials of some domains have to fulfil (R39, R41).

    A domain falls under the profile that names it, a livelihood domain under the one with `livelihood: true`, every
    other under the one with neither.
    """

    name: Name = Field(description="its name for people")
    domains: tuple[Name, ...] = Field((), exclude_if=lambda domains: not domains, description="the domains it is for")
    livelihood: bool = Field(
        False,
        exclude_if=lambda stricter: not stricter,
        description="true: for the livelihood domains not named elsewhere",
    )
    plan: tuple[PlanPart, ...] = Field(description="what a plan has to say; one that lacks it is refused")
    insured_yuan: int = Field(
        0, ge=0, exclude_if=lambda least: not least, description="least sum insured, in yuan; 0: none"
    )
    phases: tuple[Phase, ...] = Field(
        (), exclude_if=lambda phases: not phases, description="which of the city's phases are used; none named: all"
    )
    report: Period | None = Field(
        None,
        exclude_if=lambda period: period is None,
        description="how often the bidder reports, where that is more often than `limits.report` says",
    )
    checks: tuple[Check, ...] = Field(
        (), exclude_if=lambda checks: not checks, description="further items of the checklist"
    )
    two_officers: bool = Field(
        False, exclude_if=lambda two: not two, description="true: two officers of the regulator admit a trial"
    )


class InclusionRules(Sourced):
    risks: tuple[Risk, ...] = Field(min_length=1, description="risk levels that are eligible")
    credit_at_least: Credit = Field(description="worst credit grade that is eligible")
    ladder: tuple[Literal["remind", "advise", "interview", "order"], ...] = Field(
        min_length=1, description="measures for faults, mildest first; after the last comes breach"
    )
    repeats_to_skip: int = Field(2, ge=1, description="this many repeats within `repeat_window` skip a step")
    repeat_window: Period = Field(description="how long a fault counts as a repeat")
    red_lines: tuple[Identifier, ...] = Field(min_length=1, description="faults that breach at once")
    livelihood_commitment: bool = Field(True, description="livelihood domains need commitment and credit check")
    suspension_pauses: bool = Field(False, description="whether a suspended trial stops the period's clock")
    at_most: Period = Field(
        Period(length=24, unit=Unit.MONTHS), description="longest period in all, with every extension"
    )


class Severity(Frozen):
    key: Identifier = Field(description="its short name in reports")
    name: Name = Field(description="its name for people")
    stops: bool = Field(False, description="true: the report alone stops the trial, as a casualty always does")
    upward: bool = Field(False, description="true: it is reported upward, as a casualty always is")


class IncidentRedLines(Frozen):
    """Offered to the regulator, who alone finds whether a line was crossed; None offers nothing."""

    casualty: Identifier | None = Field(None, description="the red line that a casualty may be")
    leak: Identifier | None = Field(None, description="the red line that a leak of personal data may be")


class IncidentRules(Sourced):
    severities: tuple[Severity, ...] = Field(min_length=1, description="mildest first; a report may name one")
    red_lines: IncidentRedLines = Field(
        IncidentRedLines(), description="what an incident during an inclusion period may be"
    )


class AcceptanceRules(Sourced):
    defence_from_yuan: int = Field(ge=0, description="from this budget with defence and site visit, below on papers")
    retrials: int = Field(1, ge=0, description="how often a trial may be repeated")
    rectifications: int = Field(1, ge=0, description="how often a conditional result may be rectified")
    tolerance: tuple[Name, ...] = Field(
        (),
        max_length=50,
        description="criteria of fault tolerance (容错、尽职免责): a tolerated failure meets all",
    )


class BenchmarkCriterion(Frozen):
    """What a benchmark is evaluated by; a level that it does not name leaves it out."""

    key: Identifier = Field(description="its short name in the answers")
    name: Name = Field(description="what is asked")
    levels: tuple[BenchmarkLevel, ...] = Field(
        (), exclude_if=lambda levels: not levels, description="the levels it is asked at; none named: all"
    )
    obligatory: bool = Field(
        True, exclude_if=lambda must: must, description="true: nothing is recommended that does not meet it"
    )


class Benefit(Frozen):
    """A kind of benefit with what it may come to."""

    kind: Identifier = Field(description="its short name")
    each_yuan: int | None = Field(
        None,
        gt=0,
        exclude_if=lambda cap: cap is None,
        description="most that one record may say, in yuan; none: no cap",
    )
    in_all_yuan: int | None = Field(
        None,
        gt=0,
        exclude_if=lambda cap: cap is None,
        description="most that all its records in one scene come to; none: no cap; for `award`: `award_cap_yuan`",
    )
    amount: bool = Field(
        False, exclude_if=lambda needed: not needed, description="true: a record without an amount is refused"
    )
    default: bool = Field(
        False, exclude_if=lambda default: not default, description="true where the city's text names no such cap"
    )


class PromotionRules(Sourced):
    award_cap_yuan: int = Field(ge=0, description="largest award for one case, and most for one scene in all")
    benefits: tuple[Identifier | Benefit, ...] = Field(
        description="kinds of benefit that may be recorded: a name, or a kind with its caps"
    )
    criteria: tuple[BenchmarkCriterion, ...] = Field(
        (),
        max_length=50,
        exclude_if=lambda criteria: not criteria,
        description="what the evaluation answers, one by one; none: the evaluation team finds as it sees fit",
    )
    value_first: bool = Field(
        False,
        exclude_if=lambda first: not first,
        description="true: a benchmark is nominated once its value has been assessed",
    )

    @property
    def kinds(self) -> tuple[Benefit, ...]:
        """Every kind with its caps; one that stands there as a name has none. An award has the cap of its own key."""
        return tuple(self._capped(each if isinstance(each, Benefit) else Benefit(kind=each)) for each in self.benefits)

    def _capped(self, benefit: Benefit) -> Benefit:
        if benefit.kind != "award":
            return benefit
        return benefit.model_copy(update={"in_all_yuan": self.award_cap_yuan})

    def criteria_at(self, level: BenchmarkLevel) -> tuple[BenchmarkCriterion, ...]:
        return tuple(each for each in self.criteria if not each.levels or level in each.levels)


class ReturnRules(Sourced):
    times: int = Field(3, ge=1, description="how often one scene may be returned for correction")


class BackDating(Sourced):
    at_most: Period = Field(description="how far back a paper act may be entered (补录)")


class HandlingRules(Sourced):
    """How duties are handled among people: nudging (催办) and taking back (撤回)."""

    nudge_every: Period = Field(description="how long after a nudge the next one of the same duty may come")
    take_back: tuple[Identifier, ...] = Field(
        (), description="acts that their author may take back, as long as nobody else has acted"
    )
    take_back_within: Period = Field(description="how long after the act")


class FundCause(Frozen):
    """What the pool compensates. A termination counts on one of `grounds` only."""

    key: Identifier = Field(description="its short name in claims")
    name: Name = Field(description="its name for people")
    rests_on: Literal["incident", "termination"] = Field(description="what there has to be in the scene's journal")
    grounds: tuple[Literal["safety", "breach", "force_majeure"], ...] = Field(
        ("safety", "force_majeure"), description="with rests_on: termination, the grounds that count"
    )


class FundRules(Sourced):
    """The risk compensation pool (风险补偿资金池). A cap that is left out does not exist."""

    causes: tuple[FundCause, ...] = Field(min_length=1, description="what may be claimed for")
    excludes_breach: bool = Field(True, description="true: nothing for who crossed a red line of the inclusion period")
    loss_share: Share = Field(description="largest share of the proven loss that is compensated")
    per_claim_yuan: int | None = Field(None, ge=1, description="most for one claim")
    per_scene_yuan: int | None = Field(None, ge=1, description="most for all claims of one scene")
    per_year_yuan: int | None = Field(None, ge=1, description="most that is approved in a calendar year")
    claim_after: Period | None = Field(None, description="how long after what happened a claim may first be filed")
    claim_within: Period = Field(description="how long after what happened a claim may still be filed")
    proposal: Period = Field(description="lead department proposes, from the claim")
    decision: Period = Field(description="leading group decides, from the proposal")
    payment: Period = Field(description="payer pays, from the approval")

    def cause(self, key: str) -> FundCause | None:
        return next((each for each in self.causes if each.key == key), None)


NumberForm = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^{}]*(\{(mark|year|number)\}[^{}]*)+$")]


class DocumentForm(Frozen):
    """The official document that comes of an act."""

    title: Name = Field(description="what the document is called, such as 补正通知书")
    mark: Annotated[str, StringConstraints(max_length=10, pattern=r"^[^{}\s]*$")] = Field(
        "", description="what stands for {mark} in its number; each mark is counted apart"
    )


class DocumentRules(Sourced):
    """Official documents (公文) and their numbers (文号), counted without a gap for each year and mark."""

    number: NumberForm = Field(description="how a number is written: {year}, {number} and, with marks, {mark}")
    forms: dict[str, DocumentForm] = Field(min_length=1, description="verb: the document that comes of that act")

    @model_validator(mode="after")
    def _countable(self) -> Self:
        for part in ("{year}", "{number}"):
            if self.number.count(part) != 1:
                raise ValueError(f"number: {part} stands there {self.number.count(part)} times; write it once")
        marked = any(form.mark for form in self.forms.values())
        if marked != (self.number.count("{mark}") == 1):
            raise ValueError(
                "number: {mark} goes with forms that have a mark; write it once there, remove it elsewhere"
            )
        return self

    def series(self, form: DocumentForm) -> str:
        """The number's form with the mark filled in: what is counted together."""
        return self.number.replace("{mark}", form.mark)


EventPath = Annotated[
    str,
    StringConstraints(pattern=r"^(id|source|type|subject|time|data(\.[^.\s]+)*)$", max_length=200),
]
"""Where something stands in an event from outside: an attribute, or a dotted path into its data."""


class OutsideField(Frozen):
    """How one field of the act is filled: with a constant `value`, or with what stands at `path`."""

    field: Name = Field(description="the act's field, nested ones as proof.sha256, list items as documents.0.title")
    path: EventPath | None = Field(
        None, description="where it stands in the event: id, source, type, subject, time, or data.KEY.KEY"
    )
    value: bool | int | float | str | None = Field(None, description="a constant")
    otherwise: bool | int | float | str | None = Field(None, description="the constant where nothing stands at `path`")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.path is None) == (self.value is None):
            raise ValueError("either `path` or `value` fills a field; write one of the two")
        if self.otherwise is not None and self.path is None:
            raise ValueError("`otherwise` goes with `path`; remove it")
        return self


class OutsideRule(Sourced):
    """What an event from outside is entered as. Who may send it, and how it is signed, stands in no policy."""

    event: Name = Field(description="the type of event")
    verb: Identifier = Field(description="the act it becomes")
    role: Role = Field(description="the role it is entered in; `permissions` has to give it the verb")
    unit: Name | None = Field(None, description="the unit it is entered for; left out: whoever plays the role there")
    unit_path: EventPath | None = Field(None, description="where that unit stands in the event, instead of `unit`")
    scene: EventPath = Field("subject", description="where the scene's id stands in the event")
    fields: tuple[OutsideField, ...] = Field((), description="how the act's fields are filled")

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if self.unit is not None and self.unit_path is not None:
            raise ValueError("`unit` and `unit_path` both name the unit; write one of the two")
        return self


SAME_WORDS = (
    ("人工智能", "AI"), ("自动驾驶", "无人驾驶", "智能驾驶"), ("无人机", "无人航空器"),
    ("数字人", "虚拟人", "虚拟主播"), ("高层", "高楼", "楼宇"), ("灭火", "消防", "扑救"),
    ("火情", "林火", "山火", "森林火灾"), ("泄漏", "泄露"), ("危化品", "危险化学品", "危险品"),
    ("工地", "施工现场"), ("双碳", "能碳", "碳达峰碳中和"), ("车网互动", "V2G"), ("光储充", "光伏储能充电"),
    ("文旅", "文化和旅游", "文化旅游"), ("社保", "社会保险"), ("医保", "医疗保险"), ("快递", "末端配送", "派件"),
)  # fmt: skip
"""Abbreviations and turns of phrase. A city's file may list its own instead."""
COMMON_WORDS = (
    "智慧", "智能", "智能化", "数字", "数字化", "信息化", "人工智能", "大数据", "数据", "场景", "应用", "应用场景",
    "平台", "系统", "中心", "体系", "模式", "项目", "方案", "解决", "解决方案", "建设", "服务", "管理", "技术", "创新",
    "融合", "协同", "一体化", "综合", "示范", "试点", "全程", "全市", "城市", "开放", "真实", "征集", "验证", "推广",
    "提高", "提升", "实现", "开展", "支持", "提供", "引入", "采用", "利用", "通过", "要求", "希望", "实时", "自动",
    "新型", "高级", "级别", "高质量", "现代", "未来", "经济",
)  # fmt: skip
"""What the names and needs of most scenes hold, whatever they are about. A city's file may list its own instead."""


class LookAlikeRules(Sourced):
    """The duplicate check (避免重复建设): what is proposed as a look-alike, for a person to decide."""

    propose_from: float = Field(0.35, ge=0, le=1, description="the likeness from which a scene is proposed, of 0 to 1")
    at_most: int = Field(10, ge=1, le=50, description="how many scenes are proposed at a time, the likest first")
    name: int = Field(20, ge=0, description="what alike names count, as a share of all four")
    need: int = Field(60, ge=1, description="what alike needs count: all that is said, the name as well")
    place: int = Field(10, ge=0, description="what the same places count, where both scenes name places")
    domain: int = Field(10, ge=0, description="what the same domain counts; each city has domains of its own")
    places: tuple[Name, ...] = Field(
        (), max_length=500, description="the city's districts and counties, looked for in the texts, as 大丰区"
    )
    same: tuple[tuple[Name, ...], ...] = Field(
        SAME_WORDS, max_length=500, description="words that mean the same; each group begins with the one to be shown"
    )
    common: tuple[Name, ...] = Field(
        COMMON_WORDS,
        max_length=1000,
        description="words that most scenes use, which say little of what one needs; what is made of them as well",
    )
    common_weight: float = Field(0.02, ge=0, le=1, description="how much such a word weighs beside any other")


NO_LOOKALIKE_RULES = LookAlikeRules(clause="平台默认值（无法定依据）", default=True)
"""Where a city's file has no such section."""


class Policy(Frozen):
    """The whole file. `decide` reads it and nothing else about the city."""

    city: Name = Field(description="the city as scenes name it")
    code: Identifier = Field(description="the city's short code in scene ids")
    version: Identifier = Field(description="names this version; a scene stays pinned to its own")
    title: Name = Field(description="what the policy is called")
    effective_from: date = Field(description="when it took effect")
    sources: tuple[Name, ...] = Field(min_length=1, description="the texts this file was made from")
    day_ends: time = Field(time(0), description="when the due day ends, +08:00; 00:00 is midnight at its end")
    reminders_at: time = Field(time(9), description="when a reminder goes out, +08:00")
    units: tuple[CityUnit, ...] = Field(min_length=1, description="the city's units; nobody else plays a city's role")
    offices: Offices = Field(description="who holds each office")
    domains: tuple[Domain, ...] = Field(min_length=1, description="the domains that scenes belong to, with their units")
    tracks: dict[Track, TrackRule] = Field(description="what the sandbox track and the fast track leave out")
    steps_off: tuple[str, ...] = Field((), description="steps of the lifecycle that the city does not use")
    limits: Limits = Field(description="every time limit")
    ladders: dict[str, Ladder] = Field(description="reminder ladders by name")
    consultation: ConsultationRules = Field(description="how departments are asked and counted")
    panels: dict[Literal["recognition", "scoring", "acceptance"], PanelRules] = Field(
        description="who may sit on which panel"
    )
    recognition: RecognitionRules | None = Field(None, description="the recognition standard, where a city has one")
    fair_competition: FairCompetition = Field(description="which entry conditions are unfair")
    modes: dict[Mode, ModeRule] = Field(min_length=1, description="the challenge modes in use")
    score_sheet: ScoreSheet = Field(description="how bids are scored")
    contracting: Contracting = Field(description="task contracts and what follows a failed call")
    trial: TrialRules = Field(description="sandbox trials")
    risk_profiles: tuple[RiskProfile, ...] = Field(
        (),
        # A policy without it keeps its digest, as with `outside`; its trials are judged as they were before.
        exclude_if=lambda profiles: not profiles,
        description="what the trials of which domains have to fulfil",
    )
    inclusion: InclusionRules = Field(description="the inclusion period (包容期)")
    incidents: IncidentRules = Field(description="how severe an incident can be, and what follows from that by itself")
    acceptance: AcceptanceRules = Field(description="acceptance")
    promotion: PromotionRules = Field(description="benchmark cases and benefits")
    returns: ReturnRules = Field(description="return for correction")
    back_dating: BackDating = Field(description="entering paper acts afterwards (补录)")
    permissions: dict[str, tuple[Role, ...]] = Field(description="verb: the roles that may use it; all else is denied")
    outside: tuple[OutsideRule, ...] = Field(
        (),
        # A policy without it keeps the digest and the text that it had before there was this section.
        exclude_if=lambda rules: not rules,
        description="what events from other systems are entered as, and in whose name",
    )
    documents: DocumentRules | None = Field(
        None,
        exclude_if=lambda rules: rules is None,
        description="official documents, by the act they come of, and how they are numbered",
    )
    handling: HandlingRules | None = Field(
        None,
        exclude_if=lambda rules: rules is None,
        description="how duties are nudged and acts taken back; without it neither is possible",
    )
    fund: FundRules | None = Field(
        None,
        exclude_if=lambda rules: rules is None,
        description="the risk compensation pool (风险补偿资金池); without it there is none",
    )
    calendar: Calendar = Field(default_factory=Calendar, description="joined at load from policies/calendars")
    lookalikes: LookAlikeRules = Field(
        default_factory=lambda: NO_LOOKALIKE_RULES,
        # A policy without it keeps its digest, as with `outside`.
        exclude_if=lambda rules: rules == NO_LOOKALIKE_RULES,
        description="what the duplicate check (避免重复建设) proposes to the person who registers a scene",
    )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the rules, without the calendar, which has a version of its own."""
        rules = self.model_dump(mode="json", exclude={"calendar"})
        text = json.dumps(rules, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def unit_names(self) -> frozenset[str]:
        return frozenset(unit.name for unit in self.units)

    def domain(self, name: str) -> Domain | None:
        return next((domain for domain in self.domains if domain.name == name), None)

    def risk_profile(self, domain: str) -> RiskProfile | None:
        """None for a policy from before there were any."""
        known = self.domain(domain)
        named = next((each for each in self.risk_profiles if domain in each.domains), None)
        stricter = next((each for each in self.risk_profiles if each.livelihood), None)
        general = next((each for each in self.risk_profiles if not each.domains and not each.livelihood), None)
        return named or (stricter if known is not None and known.livelihood else None) or general

    def outside_rule(self, event: str) -> OutsideRule | None:
        return next((rule for rule in self.outside if rule.event == event), None)

    def office(self, role: Role) -> str | None:
        """The unit that holds an office, or None for a role that is not one."""
        return getattr(self.offices, role.value, None)

    def limit(self, key: str) -> Limit:
        limit: Limit = getattr(self.limits, key)
        return limit

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        known = {unit.name for unit in self.units}
        if len(known) != len(self.units):
            raise ValueError("two units have the same name")
        names = [domain.name for domain in self.domains]
        if len(names) != len(set(names)):
            raise ValueError("two domains have the same name")
        for domain in self.domains:
            for unit in (domain.lead, domain.regulator, *domain.units):
                if unit not in known:
                    raise ValueError(f"domains: {domain.name} names the unit {unit}, which `units` lacks")
        for role in Offices.model_fields.keys() - Sourced.model_fields.keys():
            if getattr(self.offices, role) not in known:
                raise ValueError(f"offices: {role} is held by {getattr(self.offices, role)}, which `units` lacks")
        for key in Limits.model_fields:
            if (ladder := self.limit(key).ladder) not in self.ladders:
                raise ValueError(f"limits: {key} uses the ladder {ladder}, which `ladders` lacks")
        missing = {"recognition", "scoring", "acceptance"} - self.panels.keys()
        if missing:
            raise ValueError(f"panels: {', '.join(sorted(missing))} missing")
        if missing_tracks := set(Track) - self.tracks.keys():
            raise ValueError(f"tracks: {', '.join(sorted(missing_tracks))} missing")
        return self
