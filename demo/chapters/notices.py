"""Public notices, and what is said against them."""

from demo.scene import Scene, Script, Until
from models.commands.review import (
    AnswerObjection,
    ConcludeComplaint,
    DecideComplaint,
    FileComplaint,
    PublishNotice,
    RaiseObjection,
)
from models.vocabulary import ComplaintOutcome, NoticeAbout


def published(scene: Scene, about: NoticeAbout, bidder: str | None = None) -> Script:
    yield scene.soon()
    notice = PublishNotice(about=about, document=scene.document("公示"), bidder=bidder)
    yield scene.platform.does(notice)


def announced(scene: Scene, about: NoticeAbout, bidder: str | None = None) -> Script:
    """Published, and its days are over."""
    yield from published(scene, about, bidder)
    yield ran_out(scene, bidder)


def ran_out(scene: Scene, bidder: str | None = None) -> Until:
    return scene.passed("public_notice" + (f"/{bidder}" if bidder else ""))


def objected(scene: Scene, about: NoticeAbout, bidder: str | None = None) -> Script:
    """A citizen objects, in a real name and in writing."""
    yield scene.workdays(1)
    yield scene.citizen.does(
        RaiseObjection(
            about=about, real_name=True, text="与已建成项目内容相近，请说明差异。",
            document=scene.document("异议书"), bidder=bidder,
        )
    )  # fmt: skip


def answered(scene: Scene, *, upheld: bool) -> Script:
    yield scene.workdays(2)
    text = "异议成立，退回重办。" if upheld else "经核实，内容不同，异议不成立。"
    objection = scene.state.objections[-1].id
    yield scene.platform.does(AnswerObjection(objection=objection, upheld=upheld, text=text))


def complained(scene: Scene, *, upheld: bool) -> Script:
    """The objector goes to the supervisor: before the notice has run out it is frozen until the decision."""
    yield scene.workdays(1)
    objection = scene.state.objections[-1].id
    yield scene.citizen.does(FileComplaint(objection=objection, text="对答复不服。"))
    yield scene.workdays(8)
    text = "投诉成立，责令重新办理。" if upheld else "投诉不成立，维持答复。"
    yield scene.supervisor.does(DecideComplaint(objection=objection, upheld=upheld, text=text))


def concluded(scene: Scene) -> Script:
    """The complaint was upheld when others relied on the result already: the leading group lets it stand."""
    yield scene.workdays(5)
    objection = scene.state.objections[-1].id
    reasons = "公示材料有疏漏，已补正，不影响认定结果。"
    act = ConcludeComplaint(objection=objection, outcome=ComplaintOutcome.STANDS, reasons=reasons)
    yield scene.leading_group.does(act)
