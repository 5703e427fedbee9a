"""A duty on its way from desk to desk, and who signs with it."""

from demo.scene import Scene, Script
from models.commands.handling import (
    AddSigner,
    ClaimDuty,
    CopyTo,
    DelegateDuty,
    HandBackDuty,
    Nudge,
    ReleaseDuty,
    RemoveSigner,
    TakeBack,
    TransferDuty,
)
from models.commands.review import AskConsultation

_START = "consultation_start"
_ASK = AskConsultation(question="是否同意？")


def asked_by_the_right_desk(scene: Scene) -> Script:
    """Claimed, prepared by a colleague, transferred; asked a day too early, taken back, and asked again."""
    one, other, third = scene.lead, scene.lead.colleague, scene.lead.third
    yield other.does(ClaimDuty(duty=_START))
    yield other.does(ReleaseDuty(duty=_START, reasons="借调。"))
    yield one.does(ClaimDuty(duty=_START))
    yield other.may_not(_ASK, "claimed_by_another")
    yield one.does(DelegateDuty(duty=_START, to=other.id, reasons="请拟征求意见稿。"))
    yield scene.platform.does(Nudge(duty=_START, note="请按时发起会商。"))
    yield one.may_not(_ASK, "delegated")
    yield other.does(HandBackDuty(duty=_START, note="稿已拟好。"))
    yield one.does(TransferDuty(duty=_START, to=third.id, reasons="分工调整。"))
    yield third.does(_ASK)
    yield third.does(TakeBack(entry=scene.state.sequence, reasons="漏附材料。"))
    scene.stands_at("registered")
    yield third.does(_ASK)


def signers_changed(scene: Scene) -> Script:
    """A department is added to the consultation, turns out not to be concerned, and is left out again."""
    offices = scene.policy.offices
    judges = (offices.platform_office, offices.complaint_supervisor, offices.payer, offices.leading_group)
    inside = (scene.state.lead, *scene.state.cooperating, scene.application.owner, *judges)
    added = next(each.name for each in scene.policy.units if each.name not in inside)
    yield scene.lead.does(AddSigner(unit=added, reasons="涉及其职责。"))
    yield scene.lead.does(CopyTo(units=(scene.application.owner,), note="会商已发起，请知悉。"))
    yield scene.platform.does(RemoveSigner(unit=added, reasons="经核，不涉及其职责。"))
