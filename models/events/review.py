"""Review, public notices and objections."""

from typing import Literal

from pydantic import Field

from models.frozen import Frozen
from models.state.review import FairCompetitionResult, Flag, Panel, Seat, Tally
from models.vocabulary import ComplaintOutcome, NoticeAbout, PanelPurpose, Position

from .event import Event


class ConsultationAsked(Event):
    kind: Literal["consultation_asked"] = "consultation_asked"
    round: int
    units: tuple[str, ...]

    @property
    def touches(self) -> tuple[str, ...]:
        return tuple(f"opinion/{unit}" for unit in self.units)


class OpinionGiven(Event):
    """`corrects` is the sequence of the wrongly entered opinion that this one supersedes."""

    kind: Literal["opinion_given"] = "opinion_given"
    unit: str
    person: str
    position: Position
    conditions: int = 0
    corrects: int | None = None

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"opinion/{self.unit}",)


class ConsultationClosed(Event):
    """`decided` and `everyone_answered` are two facts; only `passed` lets the scene go on."""

    kind: Literal["consultation_closed"] = "consultation_closed"
    tally: Tally
    passed: bool


class OpinionsVoided(Event):
    """A return for correction voids what was said since the step it returns to."""

    kind: Literal["opinions_voided"] = "opinions_voided"
    consultation: bool
    fair_competition: bool
    panels: tuple[PanelPurpose, ...]

    @property
    def touches(self) -> tuple[str, ...]:
        return ("step",)


class FairCompetitionConcluded(Event):
    kind: Literal["fair_competition_concluded"] = "fair_competition_concluded"
    result: FairCompetitionResult
    flags: tuple[Flag, ...] = Field((), exclude_if=lambda flags: not flags)

    @property
    def touches(self) -> tuple[str, ...]:
        return ("fair_competition",)


class Excused(Frozen):
    """Somebody of the pool who may not sit, by the code that a named member would be refused with."""

    person: str
    because: str


class Draw(Frozen):
    """How a panel was drawn, for who draws again; see `rules.lots`. The pool stands in the command."""

    seed: str
    excused: tuple[Excused, ...] = ()


class PanelConvened(Event):
    kind: Literal["panel_convened"] = "panel_convened"
    panel: Panel
    draw: Draw | None = Field(None, exclude_if=lambda draw: draw is None)

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"panel/{self.panel.key}",)


class MemberRecused(Event):
    """`successor` takes the seat; where there is none the panel is void, and convened again.

    Void are the member's opinion and scores, and with the panel those of everybody on it.
    """

    kind: Literal["member_recused"] = "member_recused"
    purpose: PanelPurpose
    bidder: str | None
    person: str
    successor: Seat | None

    @property
    def touches(self) -> tuple[str, ...]:
        key = f"{self.purpose}/{self.bidder or ''}"
        return (f"expert/{key}/{self.person}",) if self.successor is not None else (f"panel/{key}",)


class ExpertOpinionGiven(Event):
    """`tenths` are the points for each criterion of the panel, where it has any."""

    kind: Literal["expert_opinion_given"] = "expert_opinion_given"
    purpose: PanelPurpose
    bidder: str | None
    person: str
    recommend: bool
    tenths: tuple[tuple[str, int], ...] = Field((), exclude_if=lambda tenths: not tenths)

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"expert/{self.purpose}/{self.bidder or ''}/{self.person}",)


class SceneRecognised(Event):
    kind: Literal["scene_recognised"] = "scene_recognised"


class SceneConfirmed(Event):
    kind: Literal["scene_confirmed"] = "scene_confirmed"


class NoticePublished(Event):
    kind: Literal["notice_published"] = "notice_published"
    about: NoticeAbout
    bidder: str | None
    document: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"notice/{self.about}/{self.bidder or ''}",)


class NoticeRanOut(Event):
    """The days of a public notice are over; the scene goes on once no objection is open."""

    kind: Literal["notice_ran_out"] = "notice_ran_out"
    about: NoticeAbout
    bidder: str | None


class ObjectionRaised(Event):
    kind: Literal["objection_raised"] = "objection_raised"
    objection: str
    about: NoticeAbout
    bidder: str | None
    objector: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"objection/{self.objection}",)


class ObjectionAnswered(Event):
    kind: Literal["objection_answered"] = "objection_answered"
    objection: str
    upheld: bool
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"objection/{self.objection}",)


class ComplaintFiled(Event):
    kind: Literal["complaint_filed"] = "complaint_filed"
    objection: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"objection/{self.objection}",)


class ComplaintDecided(Event):
    """`to_conclude`: its result counts already, and the leading group says what follows."""

    kind: Literal["complaint_decided"] = "complaint_decided"
    objection: str
    upheld: bool
    by: str
    to_conclude: bool = Field(False, exclude_if=lambda waits: not waits)

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"objection/{self.objection}",)


class ComplaintConcluded(Event):
    kind: Literal["complaint_concluded"] = "complaint_concluded"
    objection: str
    outcome: ComplaintOutcome
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"objection/{self.objection}",)


class ObjectionSettled(Event):
    """Nobody went to the supervisor in time."""

    kind: Literal["objection_settled"] = "objection_settled"
    objection: str


class SceneListed(Event):
    kind: Literal["scene_listed"] = "scene_listed"
    list: Literal["demand", "project"]
    batch: str


ReviewEvent = (
    ConsultationAsked
    | OpinionGiven
    | ConsultationClosed
    | OpinionsVoided
    | FairCompetitionConcluded
    | PanelConvened
    | MemberRecused
    | ExpertOpinionGiven
    | SceneRecognised
    | SceneConfirmed
    | SceneListed
)

NoticeEvent = (
    NoticePublished
    | NoticeRanOut
    | ObjectionRaised
    | ObjectionAnswered
    | ComplaintFiled
    | ComplaintDecided
    | ComplaintConcluded
    | ObjectionSettled
)
