"""From nothing to registered."""

from demo.scene import Scene, Script
from models.commands.solicitation import (
    AcceptFiling,
    AnswerSupplement,
    Call,
    DuplicateCheck,
    Register,
    RequestSupplement,
    Submit,
)

BATCH = "2040-1"


def submitted(scene: Scene) -> Script:
    call = Call(batch=BATCH, opened_on=scene.workday(-5))
    yield scene.owner.does(Submit(application=scene.application, call=call))


def filed(scene: Scene) -> Script:
    """Submitted, found complete, registered."""
    yield from submitted(scene)
    yield scene.soon()
    yield scene.platform.does(AcceptFiling())
    yield from registered(scene)


def registered(scene: Scene) -> Script:
    check = DuplicateCheck(finding="检索三张清单，未见重复建设。")
    yield scene.platform.does(Register(duplicate_check=check))


def asked_for_more(scene: Scene) -> Script:
    """One complete list of what is missing."""
    yield scene.soon()
    yield scene.platform.does(RequestSupplement(items=("资金证明未加盖公章", "风险评估表缺应急联系人")))


def filed_after_supplement(scene: Scene) -> Script:
    yield from submitted(scene)
    yield from asked_for_more(scene)
    yield scene.workdays(4)
    yield scene.owner.does(AnswerSupplement(documents=(scene.document("资金证明"), scene.document("风险评估表"))))
    yield scene.soon()
    yield scene.platform.does(AcceptFiling())
    yield from registered(scene)
