"""A city's rules as data: one validated file per city and version, pinned by value to each scene at its submission.

The lifecycle table in `rules.lifecycle` is the superset; a policy switches steps off and sets limits, quorums, score
sheets and permissions. It adds no stages. Every group and every limit names the clause it comes from; `default: true`
marks a figure that the city's text does not state.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, time
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from models.calendar import Calendar
from models.frozen import Frozen
from models.text import Identifier, Name
from models.vocabulary import Mode, Role, Track

from .city import UNTOLD_CLASSIFICATION, CityUnit, Classification, Domain, Offices, TrackRule
from .documents import DocumentForm, DocumentRules, NumberForm
from .fund import FundCause, FundRules
from .limits import ExtensionRule, Ladder, LadderRung, Limit, Limits
from .lookalikes import COMMON_WORDS, NO_LOOKALIKE_RULES, SAME_WORDS, LookAlikeRules
from .matching import Contracting, Criterion, Dimension, FairCompetition, ModeRule, Pattern, ScoreSheet, Wording
from .office import BackDating, HandlingRules, ReturnRules
from .outside import EventPath, OutsideField, OutsideRule
from .reads import DEFAULT_READS, Reading, ReadRules, Subject
from .results import AcceptanceRules, BenchmarkCriterion, BenchmarkLevel, Benefit, PromotionRules, UptakeRoute, Upward
from .review import Closing, ConsultationRules, PanelCriterion, PanelRules, Quorum, RecognitionRules
from .sourced import Share, Sourced
from .support import FactorKind, FactorRules, GreenChannelRules
from .trial import (
    Check,
    IncidentRedLines,
    IncidentRules,
    InclusionRules,
    Measure,
    PhaseGate,
    RiskProfile,
    Severity,
    TrialKinds,
    TrialRules,
)

__all__ = [
    "COMMON_WORDS",
    "DEFAULT_READS",
    "NO_LOOKALIKE_RULES",
    "SAME_WORDS",
    "AcceptanceRules",
    "BackDating",
    "BenchmarkCriterion",
    "BenchmarkLevel",
    "Benefit",
    "Check",
    "CityUnit",
    "Classification",
    "Closing",
    "ConsultationRules",
    "Contracting",
    "Criterion",
    "Dimension",
    "DocumentForm",
    "DocumentRules",
    "Domain",
    "EventPath",
    "ExtensionRule",
    "FactorKind",
    "FactorRules",
    "FairCompetition",
    "FundCause",
    "FundRules",
    "GreenChannelRules",
    "HandlingRules",
    "IncidentRedLines",
    "IncidentRules",
    "InclusionRules",
    "Ladder",
    "LadderRung",
    "Limit",
    "Limits",
    "LookAlikeRules",
    "Measure",
    "ModeRule",
    "NumberForm",
    "Offices",
    "OutsideField",
    "OutsideRule",
    "PanelCriterion",
    "PanelRules",
    "Pattern",
    "PhaseGate",
    "Policy",
    "PromotionRules",
    "Quorum",
    "ReadRules",
    "Reading",
    "RecognitionRules",
    "ReturnRules",
    "RiskProfile",
    "ScoreSheet",
    "Severity",
    "Share",
    "Sourced",
    "Subject",
    "TrackRule",
    "TrialKinds",
    "TrialRules",
    "UptakeRoute",
    "Upward",
    "Wording",
]


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
    classification: Classification = Field(
        UNTOLD_CLASSIFICATION,
        # A policy without it keeps its digest, as with `outside`.
        exclude_if=lambda lists: lists == UNTOLD_CLASSIFICATION,
        description="types, maturities, 三首 products and kinds of projects that an application may name",
    )
    domains: tuple[Domain, ...] = Field(min_length=1, description="the domains that scenes belong to, with their units")
    tracks: dict[Track, TrackRule] = Field(description="what the sandbox track and the fast track leave out")
    steps_off: tuple[str, ...] = Field((), description="steps of the lifecycle that the city does not use")
    limits: Limits = Field(description="every time limit")
    ladders: dict[str, Ladder] = Field(description="reminder ladders by name")
    consultation: ConsultationRules = Field(description="how departments are asked and counted")
    panels: dict[Literal["recognition", "scoring", "acceptance", "exit"], PanelRules] = Field(
        description="who may sit on which panel; without `exit` no panel evaluates the end of a trial"
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
    reads: ReadRules | None = Field(
        None,
        # A policy without it keeps its digest, as with `outside`.
        exclude_if=lambda rules: rules is None,
        description="who may read what, and from when on; without it the table of the three cities holds",
    )
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
    factors: FactorRules | None = Field(
        None,
        exclude_if=lambda rules: rules is None,
        description="factors (要素) that may be asked for; without it none",
    )
    green_channel: GreenChannelRules | None = Field(
        None,
        exclude_if=lambda rules: rules is None,
        description="the green channel (绿色通道); without it there is none",
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

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """What was computed of this policy is not said of another."""
        copied = super().model_copy(update=update, deep=deep)
        for computed in ("digest", "unit_names"):
            copied.__dict__.pop(computed, None)
        return copied

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

    @property
    def reading(self) -> ReadRules:
        return self.reads or DEFAULT_READS

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
        for key in self.limits.stated:
            if (ladder := self.limit(key).ladder) not in self.ladders:
                raise ValueError(f"limits: {key} uses the ladder {ladder}, which `ladders` lacks")
        missing = {"recognition", "scoring", "acceptance"} - self.panels.keys()
        if missing:
            raise ValueError(f"panels: {', '.join(sorted(missing))} missing")
        if missing_tracks := set(Track) - self.tracks.keys():
            raise ValueError(f"tracks: {', '.join(sorted(missing_tracks))} missing")
        return self
