"""Sandbox trials, their risk profiles, the inclusion period (包容期) and incidents."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from models.calendar import Period, Unit
from models.frozen import Frozen
from models.text import Identifier, Name, wrong
from models.vocabulary import Credit, Phase, PlanPart, Risk, Role, Scale

from .sourced import Sourced


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


class TrialKinds(Frozen):
    """Trials that are one of these; nothing named: every trial."""

    risks: tuple[Risk, ...] = Field((), exclude_if=lambda risks: not risks, description="of such a risk")
    scales: tuple[Scale, ...] = Field(
        (), exclude_if=lambda scales: not scales, description="of a scene of such a scale"
    )
    maturities: tuple[Name, ...] = Field(
        (), exclude_if=lambda maturities: not maturities, description="of a scene of such a maturity"
    )

    def has(self, risk: Risk | None, scale: Scale, maturity: str) -> bool:
        return risk in self.risks or scale in self.scales or maturity in self.maturities or self == TrialKinds()


class TrialRules(Sourced):
    phases: tuple[Phase, ...] = Field(min_length=1, description="the stages of a trial, in order")
    insurance: bool = Field(True, description="an insured trial only")
    checks: tuple[Check, ...] = Field(
        (),
        exclude_if=lambda checks: not checks,
        description="the checklist that an admission answers item by item",
    )
    gates: tuple[PhaseGate, ...] = Field(
        (),
        exclude_if=lambda gates: not gates,
        description="what each phase asks before the next may begin; the last one's, before the trial is found fit",
    )
    fit_from: Phase | None = Field(
        None,
        exclude_if=lambda phase: phase is None,
        description="the phase that a trial has to have passed to be found fit for acceptance; none named: the last, "
        "where there are gates",
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
    early_exit: bool = Field(
        True,
        exclude_if=lambda early: early,
        description="true: in its last phase, with every target reached, a trial ends when its exit report is filed",
    )
    contestable: tuple[Literal["safety", "breach", "force_majeure"], ...] = Field(
        ("breach",),
        exclude_if=lambda grounds: grounds == ("breach",),
        description="grounds on which ending a trial is a decision against its bidder: served, and open to appeal",
    )
    consult: bool = Field(
        False,
        exclude_if=lambda asked: not asked,
        description="true: every cooperating department is asked about a plan, and the admission waits for its word",
    )
    exit_panel_for: TrialKinds = Field(
        TrialKinds(),
        exclude_if=lambda kinds: kinds == TrialKinds(),
        description="whose exit is evaluated by experts, where there is `panels.exit`: one of these is enough",
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


class Measure(Frozen):
    """A step of the ladder that the city adds or calls by its own name, such as a second interview or 通报批评."""

    key: Identifier = Field(description="its short name in the records; one of the four words keeps what it does")
    name: Name = Field(description="its Chinese name")
    name_en: Name = Field(description="its English name")
    correct_within: Period | None = Field(
        None,
        exclude_if=lambda period: period is None,
        description="orders a correction in this time, as `order` does: two officers, a report, verified by a third",
    )
    two_officers: bool = Field(False, exclude_if=lambda two: not two, description="true: it takes two officers")
    contestable: bool = Field(
        False,
        exclude_if=lambda contestable: not contestable,
        description="true: a decision against the bidder, served and open to appeal, as an order always is",
    )
    roles: tuple[Role, ...] = Field(
        (), exclude_if=lambda roles: not roles, description="who alone may take it; none: whoever may `record_fault`"
    )
    told: tuple[Role, ...] = Field((), exclude_if=lambda told: not told, description="who gets a copy of it")

    @property
    def orders(self) -> bool:
        return self.key == "order" or self.correct_within is not None


def _kind_of_step(value: object) -> str:
    return "step" if isinstance(value, dict | Measure) else "word"


def _known_word(value: object) -> object:
    if value not in ("remind", "advise", "interview", "order"):
        raise wrong(
            f"{value!r} is no step that every city knows; use remind, advise, interview, order, or write your own: "
            "{key: ..., name: ..., name_en: ...}",
            f"“{value}”不是各市通用的一级；请用 remind、advise、interview、order，"
            "本市自己的一级写成 {key: …, name: 中文名, name_en: 英文名}",
        )
    return value


Step = Annotated[
    Annotated[Literal["remind", "advise", "interview", "order"], BeforeValidator(_known_word), Tag("word")]
    | Annotated[Measure, Tag("step")],
    Discriminator(_kind_of_step),
]


class InclusionRules(Sourced):
    risks: tuple[Risk, ...] = Field(min_length=1, description="risk levels that are eligible")
    credit_at_least: Credit = Field(description="worst credit grade that is eligible")
    ladder: tuple[Step, ...] = Field(
        min_length=1,
        description="measures for faults, mildest first; after the last comes breach. A word, or a step of the city's "
        "own: `{key, name, name_en}` and what it asks",
    )
    repeats_to_skip: int = Field(2, ge=1, description="this many repeats within `repeat_window` skip a step")
    repeat_window: Period = Field(description="how long a fault counts as a repeat")
    red_lines: tuple[Identifier, ...] = Field(min_length=1, description="faults that breach at once")
    livelihood_commitment: bool = Field(True, description="livelihood domains need commitment and credit check")
    suspension_pauses: bool = Field(False, description="whether a suspended trial stops the period's clock")
    at_most: Period = Field(
        Period(length=24, unit=Unit.MONTHS), description="longest period in all, with every extension"
    )

    @property
    def measures(self) -> tuple[str, ...]:
        """The ladder by its keys."""
        return tuple(step.key if isinstance(step, Measure) else step for step in self.ladder)

    def own_measure(self, key: str) -> Measure | None:
        """What the city says of a step; None of one that is a plain word, and of the breach."""
        return next((step for step in self.ladder if isinstance(step, Measure) and step.key == key), None)


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
