"""Review: consultation, fair competition, experts, recognition, public notice, listing; objections to any notice."""

from typing import Literal, Self

from pydantic import Field, model_validator

from models.document import Document
from models.frozen import Frozen
from models.text import Identifier, Name, Text
from models.vocabulary import ComplaintOutcome, GateKind, NoticeAbout, PanelPurpose, Position

from .act import Act


class AskConsultation(Act):
    verb: Literal["ask_consultation"] = "ask_consultation"
    question: Text


class GiveOpinion(Act):
    verb: Literal["give_opinion"] = "give_opinion"
    position: Position
    text: Text
    conditions: tuple[Text, ...] = Field((), max_length=20)


class EntryCondition(Frozen):
    kind: GateKind
    text: Text


class WordingFinding(Frozen):
    """A person's answer to flagged wording: why it keeps nobody from taking part."""

    wording: Name
    reasons: Text


class ConcludeFairCompetition(Act):
    """`findings` answer all wording that the policy flags in the conditions and the conclusion."""

    verb: Literal["conclude_fair_competition"] = "conclude_fair_competition"
    passed: bool
    conditions: tuple[EntryCondition, ...] = Field((), max_length=50)
    conclusion: Text
    findings: tuple[WordingFinding, ...] = Field((), max_length=50)


class PanelMember(Frozen):
    """`ties` are the units with which the member declares ties: worked for within three years, kin, an interest."""

    person: Identifier
    unit: Name
    expert: bool = True
    ties: tuple[Name, ...] = Field((), max_length=20)


LARGEST_POOL = 300


class ConvenePanel(Act):
    """`bidder` names whose acceptance, or whose trial's exit, the panel reviews; the other panels have none.

    Either the `members` are named, or so many (`size`) are drawn by lot from a `pool`. To draw again although nobody
    has recused themselves takes `reasons` and a second officer, `with_officer`.
    """

    verb: Literal["convene_panel"] = "convene_panel"
    purpose: PanelPurpose
    members: tuple[PanelMember, ...] = Field((), max_length=49)
    pool: tuple[PanelMember, ...] = Field((), max_length=LARGEST_POOL)
    size: int = Field(0, ge=0, le=49)
    bidder: Name | None = None
    reasons: Text | None = Field(None, exclude_if=lambda reasons: reasons is None)
    with_officer: Identifier | None = Field(None, exclude_if=lambda officer: officer is None)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.members) == bool(self.pool):
            raise ValueError("either `members` are named or a `pool` to draw from; give one of the two")
        if bool(self.pool) != bool(self.size):
            raise ValueError("`size` goes with `pool`: how many are drawn; add it there, remove it elsewhere")
        return self


class Mark(Frozen):
    """Points for one criterion of a panel; tenths are allowed."""

    criterion: Identifier
    points: float = Field(ge=0, le=1000, multiple_of=0.1)


class GiveExpertOpinion(Act):
    """`marks` speak to every criterion that the policy has for the panel, and to no other."""

    verb: Literal["give_expert_opinion"] = "give_expert_opinion"
    purpose: Literal[PanelPurpose.RECOGNITION, PanelPurpose.ACCEPTANCE, PanelPurpose.EXIT]
    recommend: bool
    text: Text
    bidder: Name | None = None
    marks: tuple[Mark, ...] = Field((), max_length=40, exclude_if=lambda marks: not marks)


class Recuse(Act):
    """回避: a seated member declares a tie after the draw. The seat is freed, whatever was said from it is void."""

    verb: Literal["recuse"] = "recuse"
    purpose: PanelPurpose
    reasons: Text
    bidder: Name | None = None


class Finding(Frozen):
    """What was found on one criterion of the city's recognition standard."""

    criterion: Name
    text: Text


class Recognise(Act):
    """`findings` speak to every criterion of the recognition standard, where the city has one."""

    verb: Literal["recognise"] = "recognise"
    value: Text
    findings: tuple[Finding, ...] = Field((), max_length=40)


class Refuse(Act):
    verb: Literal["refuse"] = "refuse"
    reasons: Text


class ConfirmScene(Act):
    verb: Literal["confirm_scene"] = "confirm_scene"
    confirmed: bool
    reasons: Text


class PublishNotice(Act):
    verb: Literal["publish_notice"] = "publish_notice"
    about: NoticeAbout
    document: Document
    bidder: Name | None = None


class ListScene(Act):
    verb: Literal["list_scene"] = "list_scene"
    list: Literal["demand", "project"]
    batch: Identifier


class RaiseObjection(Act):
    """In a real name and in writing; the person stands in the actor, the paper in `document`."""

    verb: Literal["raise_objection"] = "raise_objection"
    about: NoticeAbout
    real_name: bool
    text: Text
    document: Document
    bidder: Name | None = None


class AnswerObjection(Act):
    verb: Literal["answer_objection"] = "answer_objection"
    objection: Identifier
    upheld: bool
    text: Text


class FileComplaint(Act):
    verb: Literal["file_complaint"] = "file_complaint"
    objection: Identifier
    text: Text


class DecideComplaint(Act):
    verb: Literal["decide_complaint"] = "decide_complaint"
    objection: Identifier
    upheld: bool
    text: Text


class ConcludeComplaint(Act):
    """The leading group's word on a result that counts already, after the supervisor upheld a complaint against it.

    `stands`: it stands all the same; `done_again`: it does not, and `follows` says what is done instead.
    """

    verb: Literal["conclude_complaint"] = "conclude_complaint"
    objection: Identifier
    outcome: ComplaintOutcome
    reasons: Text
    follows: Text | None = Field(None, exclude_if=lambda follows: follows is None)


ReviewAct = (
    AskConsultation
    | GiveOpinion
    | ConcludeFairCompetition
    | ConvenePanel
    | GiveExpertOpinion
    | Recuse
    | Recognise
    | Refuse
    | ConfirmScene
    | ListScene
)

NoticeAct = PublishNotice | RaiseObjection | AnswerObjection | FileComplaint | DecideComplaint | ConcludeComplaint
