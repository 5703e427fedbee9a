"""What a scene remembers of the payments of its contracts."""

from enum import StrEnum

from pydantic import Field

from models.frozen import Frozen


class PaymentStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    PAID = "paid"


class Payment(Frozen):
    """Of one milestone; a payment that was not approved is forgotten, and may be proposed again.

    `declared`: all that had been paid when the scene was taken over, of no milestone.
    """

    bidder: str
    milestone: str
    amount_yuan: int
    status: PaymentStatus = PaymentStatus.PROPOSED
    refunded_yuan: int = 0
    declared: bool = Field(False, exclude_if=lambda declared: not declared)

    @property
    def kept_yuan(self) -> int:
        """What the bidder has, or will have, of it."""
        return self.amount_yuan - self.refunded_yuan


class Refund(Frozen):
    """What a bidder whose work ended without acceptance was paid is owed back, until it is settled.

    `declared_yuan`: what is said to be paid back, and the payer has not answered for yet.
    """

    bidder: str
    fault_tolerance_asked: bool = False
    fault_tolerated: bool | None = None
    settled: bool = False
    declared_yuan: int | None = Field(None, exclude_if=lambda amount: amount is None)


class RefundOnItsWay(Frozen):
    """What was said to be paid back when the work went on again, and owed nothing: the payer has yet to receive it."""

    bidder: str
    amount_yuan: int
