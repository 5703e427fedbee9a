"""Acceptance: application, opinions, conclusion, rectification or re-trial, refund, fault tolerance."""

from datetime import date
from typing import Literal

from pydantic import Field

from models.document import Document
from models.frozen import Frozen
from models.policy import Share
from models.text import Name, Text
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


class IpItem(Frozen):
    """One piece of intellectual property: what it is, where it comes from, whose it is, under which licence it is used.

    `licence` is needed for what belongs to others; `conflict` says what stands against its use, where anything does.
    """

    name: Name
    kind: Literal["patent", "software", "data", "design", "trade_secret", "other"]
    origin: Literal["brought_in", "made", "licensed", "open_source"]
    owners: tuple[Name, ...] = Field(min_length=1, max_length=20)
    licence: Text | None = None
    conflict: Text | None = None


class CheckIntellectualProperty(BidderAct):
    """What a result brings in, makes, owns and licenses, held against the contract's terms; the last check counts.

    None at all is an answer too: then `finding` says so.
    """

    verb: Literal["check_intellectual_property"] = "check_intellectual_property"
    items: tuple[IpItem, ...] = Field((), max_length=200)
    finding: Text
    document: Document


class SignAcceptanceOpinion(BidderAct):
    """A member of the panel signs the acceptance opinion (验收意见书), with a dissent where they think otherwise."""

    verb: Literal["sign_acceptance_opinion"] = "sign_acceptance_opinion"
    document: Document
    dissent: Text | None = None


class Defence(Frozen):
    """The bidder's defence before the panel (答辩), with its record."""

    on: date
    record: Document


class SiteVisit(Frozen):
    """现场核查: when, by whom, and what they recorded."""

    on: date
    by: tuple[Name, ...] = Field(min_length=1, max_length=20)
    record: Document


class FieldTest(Frozen):
    """R50: one field test of the result (实测), by whom, and its report."""

    kind: Name
    on: date
    by: Name
    report: Document


class ConcludeAcceptance(BidderAct):
    """`document` is the acceptance opinion (验收意见书) that every member of the panel has signed.

    `against_panel` says why the verdict falls short of what the panel recommends, `over_objections` why it passes
    over objections that the policy wants answered. `defence` and `visit` are needed from the policy's budget on;
    `site_visit` is all that was said of them before there were these.
    """

    verb: Literal["conclude_acceptance"] = "conclude_acceptance"
    verdict: Literal["passed", "conditional", "retrial", "failed"]
    conditions: tuple[Text, ...] = Field((), max_length=20)
    site_visit: bool = False
    defence: Defence | None = Field(None, exclude_if=lambda defence: defence is None)
    visit: SiteVisit | None = Field(None, exclude_if=lambda visit: visit is None)
    field_tests: tuple[FieldTest, ...] = Field((), max_length=50, exclude_if=lambda tests: not tests)
    reasons: Text
    document: Document
    against_panel: Text | None = Field(None, exclude_if=lambda reasons: reasons is None)
    over_objections: Text | None = Field(None, exclude_if=lambda reasons: reasons is None)


class SubmitRectification(BidderAct):
    verb: Literal["submit_rectification"] = "submit_rectification"
    documents: tuple[Document, ...] = Field(min_length=1, max_length=50)


class RecordRefund(BidderAct):
    """Whoever owes it says what was paid back."""

    verb: Literal["record_refund"] = "record_refund"
    amount_yuan: int = Field(ge=0, le=100_000_000_000)
    proof: Document


class ConfirmRefund(BidderAct):
    """The payer says what came; 0: nothing of what was said to be paid back."""

    verb: Literal["confirm_refund"] = "confirm_refund"
    amount_yuan: int = Field(ge=0, le=100_000_000_000)
    proof: Document


class AskFaultTolerance(BidderAct):
    """容错 (S0), 尽职免责 (S4)."""

    verb: Literal["ask_fault_tolerance"] = "ask_fault_tolerance"
    grounds: Text


class ToleranceAnswer(Frozen):
    """What was found on one criterion of the city's list for fault tolerance."""

    criterion: Name
    met: bool
    finding: Text


class DecideFaultTolerance(BidderAct):
    """Tolerated is a failure that meets every criterion of the city, answered one by one."""

    verb: Literal["decide_fault_tolerance"] = "decide_fault_tolerance"
    tolerated: bool
    finding: Text
    answers: tuple[ToleranceAnswer, ...] = Field((), max_length=50)


class ValueFigure(Frozen):
    indicator: Name
    amount_yuan: int = Field(ge=0, le=100_000_000_000_000)


class BenefitShare(Frozen):
    """What a party gets of the value, as a share such as "3/5" or 0.6."""

    party: Name
    share: Share


class AssessValue(Act):
    """Value assessment and benefit sharing (S4 十一): how it was found, by whom, what adds up to it, who gets what."""

    verb: Literal["assess_value"] = "assess_value"
    value_yuan: int = Field(ge=0, le=100_000_000_000_000)
    sharing: Text
    method: Name | None = None
    assessors: tuple[Name, ...] = Field((), max_length=20)
    figures: tuple[ValueFigure, ...] = Field((), max_length=50)
    shares: tuple[BenefitShare, ...] = Field((), max_length=50)


AcceptanceAct = (
    ApplyForAcceptance
    | GiveAcceptanceOpinion
    | CheckIntellectualProperty
    | SignAcceptanceOpinion
    | ConcludeAcceptance
    | SubmitRectification
    | RecordRefund
    | ConfirmRefund
    | AskFaultTolerance
    | DecideFaultTolerance
    | AssessValue
)
