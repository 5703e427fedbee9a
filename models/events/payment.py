"""Payment of a contract's milestones."""

from typing import Literal

from .event import Event


class PaymentProposed(Event):
    kind: Literal["payment_proposed"] = "payment_proposed"
    bidder: str
    milestone: str
    amount_yuan: int

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"payment/{self.bidder}/{self.milestone}",)


class PaymentDecided(Event):
    kind: Literal["payment_decided"] = "payment_decided"
    bidder: str
    milestone: str
    approved: bool

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"payment/{self.bidder}/{self.milestone}",)


class MilestonePaid(Event):
    kind: Literal["milestone_paid"] = "milestone_paid"
    bidder: str
    milestone: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"payment/{self.bidder}/{self.milestone}",)


PaymentEvent = PaymentProposed | PaymentDecided | MilestonePaid
