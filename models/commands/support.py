"""What helps a scene along and who looks after it: complaints, factors, the green channel, loans and insurance."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.document import Document
from models.text import Identifier, Name, Text
from models.vocabulary import Credit

from .act import Act


class Complain(Act):
    """R47: about the scene, or `against` one of its contractors, at any open step; anybody may."""

    verb: Literal["complain"] = "complain"
    complaint: Identifier
    to: Literal["regulator", "complaint_supervisor"] = "regulator"
    against: Name | None = None
    real_name: bool
    text: Text
    document: Document | None = None


class AnswerComplaint(Act):
    """`credit` is the contractor's grade from here on, where the complaint is founded."""

    verb: Literal["answer_complaint"] = "answer_complaint"
    complaint: Identifier
    founded: bool
    finding: Text
    credit: Credit | None = None


class RequestFactor(Act):
    """R69: green power, compute, airspace, sea, spectrum, ...; `factor` is a kind of the city's policy."""

    verb: Literal["request_factor"] = "request_factor"
    request: Identifier
    factor: Identifier
    amount: Name
    grounds: Text


class AnswerFactor(Act):
    verb: Literal["answer_factor"] = "answer_factor"
    request: Identifier
    granted: bool
    result: Text


class AskGreenChannel(Act):
    """R68: shorter limits for what authorities have to do."""

    verb: Literal["ask_green_channel"] = "ask_green_channel"
    grounds: Text


class DecideGreenChannel(Act):
    verb: Literal["decide_green_channel"] = "decide_green_channel"
    granted: bool
    reasons: Text


class RecordFinance(Act):
    """R70: a scene loan or an insurance, with its period; recorded by whom it is for."""

    verb: Literal["record_finance"] = "record_finance"
    kind: Literal["loan", "insurance"]
    provider: Name
    amount_yuan: int = Field(gt=0, le=100_000_000_000)
    premium_yuan: int | None = Field(None, ge=0, le=100_000_000_000)
    since: date
    until: date
    document: Document


SupportAct = (
    Complain | AnswerComplaint | RequestFactor | AnswerFactor | AskGreenChannel | DecideGreenChannel | RecordFinance
)
