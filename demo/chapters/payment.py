"""Paying for what was delivered: claimed, approved, paid, by three."""

from demo.scene import Scene, Script
from models.commands.payment import ApprovePayment, PayMilestone, ProposePayment

MILESTONE = "交付"


def paid(scene: Scene, bidder: str, amount_yuan: int) -> Script:
    yield scene.soon()
    claim = ProposePayment(
        bidder=bidder, milestone=MILESTONE, amount_yuan=amount_yuan, proof=scene.document("交付确认单")
    )
    yield scene.bidder(bidder).does(claim)
    yield scene.workdays(4)
    approval = ApprovePayment(bidder=bidder, milestone=MILESTONE, approved=True, reasons="交付属实，同意支付。")
    yield scene.lead.does(approval)
    yield scene.workdays(3)
    payment = PayMilestone(bidder=bidder, milestone=MILESTONE, proof=scene.document("支付凭证"))
    yield scene.payer.does(payment)
