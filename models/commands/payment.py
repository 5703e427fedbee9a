"""Payment of a contract's milestones: claimed on delivery, approved by a second, paid by a third."""

from typing import Literal

from pydantic import Field

from models.document import Document
from models.text import Name, Text

from .act import BidderAct


class ProposePayment(BidderAct):
    """A milestone of the contract was delivered: `proof` says so, and from here on the money is owed."""

    verb: Literal["propose_payment"] = "propose_payment"
    milestone: Name
    amount_yuan: int = Field(gt=0, le=100_000_000_000)
    proof: Document


class ApprovePayment(BidderAct):
    verb: Literal["approve_payment"] = "approve_payment"
    milestone: Name
    approved: bool
    reasons: Text


class PayMilestone(BidderAct):
    verb: Literal["pay_milestone"] = "pay_milestone"
    milestone: Name
    proof: Document


PaymentAct = ProposePayment | ApprovePayment | PayMilestone
