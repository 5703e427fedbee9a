"""Solicitation: the owner applies, the platform office checks and registers."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.document import Document
from models.frozen import Frozen
from models.text import Identifier, Name, Text
from models.vocabulary import Risk, Scale, Track

from .act import Act


class Call(Frozen):
    """The solicitation window that an application answers; absent in rolling solicitation."""

    batch: Identifier
    opened_on: date


class MajorProject(Frozen):
    kind: Name
    name: Name


class CoOwner(Frozen):
    """R19: another unit that opens the scene with the owner, and the region it stands for."""

    unit: Name
    region: Name | None = None


class Application(Frozen):
    """What the owner applies with. `assumed` names the fields that no source states (demo data)."""

    name: Name
    city: Name
    domain: Name
    type: Name
    scale: Scale
    maturity: Name = "早期"
    track: Track = Track.SANDBOX
    risk: Risk = Risk.MEDIUM
    owner: Name
    need: Text
    budget_yuan: int = Field(ge=0, le=100_000_000_000)
    funding_source: Name
    project_stage: Literal["在建", "待建"] = "待建"
    fair_competition_self_check: bool
    documents: tuple[Document, ...] = Field((), max_length=50)
    regions: tuple[Name, ...] = Field((), max_length=50)
    source: Name | None = None
    copied_from: Identifier | None = None
    assumed: tuple[Name, ...] = Field((), max_length=20)
    # An application from before there were these keeps its digest.
    firsts: tuple[Name, ...] = Field((), max_length=3, exclude_if=lambda firsts: not firsts)
    project: MajorProject | None = Field(None, exclude_if=lambda project: project is None)
    green_channel: Text | None = Field(None, exclude_if=lambda grounds: grounds is None)
    """R68: why the green channel (绿色通道) is asked for; it is decided as one that is asked for later."""
    co_owners: tuple[CoOwner, ...] = Field((), max_length=20, exclude_if=lambda owners: not owners)


class Submit(Act):
    verb: Literal["submit"] = "submit"
    application: Application
    call: Call | None = None


class AcceptFiling(Act):
    verb: Literal["accept_filing"] = "accept_filing"


class RequestSupplement(Act):
    """One complete list (行政许可法32); a second one is refused."""

    verb: Literal["request_supplement"] = "request_supplement"
    items: tuple[Text, ...] = Field(min_length=1, max_length=50)


class AnswerSupplement(Act):
    verb: Literal["answer_supplement"] = "answer_supplement"
    documents: tuple[Document, ...] = Field(min_length=1, max_length=50)
    note: Text | None = None


class DuplicateCheck(Frozen):
    """R16: the look-alikes considered, and what the platform office finds. `proposed` is what the system showed it."""

    looked_at: tuple[Identifier, ...] = Field((), max_length=50)
    duplicate: bool = False
    finding: Text
    proposed: tuple[Identifier, ...] = Field((), max_length=50)


class Register(Act):
    """Without `lead`, `cooperating` and `regulator` the policy's units for the domain are taken."""

    verb: Literal["register"] = "register"
    duplicate_check: DuplicateCheck
    lead: Name | None = None
    cooperating: tuple[Name, ...] | None = Field(None, max_length=40)
    regulator: Name | None = None


class DeclineAdmission(Act):
    verb: Literal["decline_admission"] = "decline_admission"
    reasons: Text


SolicitationAct = Submit | AcceptFiling | RequestSupplement | AnswerSupplement | Register | DeclineAdmission
