"""What a scene remembers of the payments of its contracts."""

from enum import StrEnum

from models.frozen import Frozen


class PaymentStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    PAID = "paid"


class Payment(Frozen):
    """Of one milestone; a payment that was not approved is forgotten, and may be proposed again."""

    bidder: str
    milestone: str
    amount_yuan: int
    status: PaymentStatus = PaymentStatus.PROPOSED
    refunded_yuan: int = 0

    @property
    def kept_yuan(self) -> int:
        """What the bidder has, or will have, of it."""
        return self.amount_yuan - self.refunded_yuan
