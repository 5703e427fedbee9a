"""Acceptance: application, opinions, conclusion, rectification or re-trial, refund, fault tolerance."""

from typing import Literal

from pydantic import Field

from models.document import Document
from models.text import Text
from models.vocabulary import Position

from .act import Act, BidderAct


class ApplyForAcceptance(BidderAct):
    verb: Literal["apply_for_acceptance"] = "apply_for_acceptance"
    documents: tuple[Document, ...] = Field(min_length=1, max_length=50)


class GiveAcceptanceOpinion(BidderAct):
    """Owner, regulator and cooperating departments."""

    verb: Literal["give_acceptance_opinion"] = "give_acceptance_opinion"
    position: Position
    text: Text


class SignAcceptanceOpinion(BidderAct):
    """A member of the panel signs the acceptance opinion (验收意见书), with a dissent where they think otherwise."""

    verb: Literal["sign_acceptance_opinion"] = "sign_acceptance_opinion"
    document: Document
    dissent: Text | None = None


class ConcludeAcceptance(BidderAct):
    """`document` is the acceptance opinion (验收意见书) that every member of the panel has signed."""

    verb: Literal["conclude_acceptance"] = "conclude_acceptance"
    verdict: Literal["passed", "conditional", "retrial", "failed"]
    conditions: tuple[Text, ...] = Field((), max_length=20)
    site_visit: bool = False
    reasons: Text
    document: Document


class SubmitRectification(BidderAct):
    verb: Literal["submit_rectification"] = "submit_rectification"
    documents: tuple[Document, ...] = Field(min_length=1, max_length=50)


class RecordRefund(BidderAct):
    verb: Literal["record_refund"] = "record_refund"
    amount_yuan: int = Field(ge=0, le=100_000_000_000)
    proof: Document


class AskFaultTolerance(BidderAct):
    """容错 (S0), 尽职免责 (S4)."""

    verb: Literal["ask_fault_tolerance"] = "ask_fault_tolerance"
    grounds: Text


class DecideFaultTolerance(BidderAct):
    verb: Literal["decide_fault_tolerance"] = "decide_fault_tolerance"
    tolerated: bool
    finding: Text


class AssessValue(Act):
    """Value assessment and benefit sharing (S4 十一)."""

    verb: Literal["assess_value"] = "assess_value"
    value_yuan: int = Field(ge=0, le=100_000_000_000_000)
    sharing: Text


AcceptanceAct = (
    ApplyForAcceptance
    | GiveAcceptanceOpinion
    | SignAcceptanceOpinion
    | ConcludeAcceptance
    | SubmitRectification
    | RecordRefund
    | AskFaultTolerance
    | DecideFaultTolerance
    | AssessValue
)
