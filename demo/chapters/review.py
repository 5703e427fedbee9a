"""From registered to listed."""

from collections.abc import Collection

from demo.chapters.notices import announced
from demo.scene import Scene, Script
from models.commands.review import (
    AskConsultation,
    ConcludeFairCompetition,
    ConfirmScene,
    ConvenePanel,
    EntryCondition,
    Finding,
    GiveExpertOpinion,
    GiveOpinion,
    ListScene,
    PanelMember,
    Recognise,
)
from models.policy import Closing
from models.vocabulary import GateKind, NoticeAbout, PanelPurpose, Position

POOL = range(1, 61)
"""The expert pool, by number; panels are drawn from it."""


def recognised_and_listed(scene: Scene, *, silent: Collection[str] = ()) -> Script:
    """The whole review of a scene that everybody finds good."""
    yield from consulted(scene, silent=silent)
    yield from found_fair(scene)
    yield from recognised(scene)
    yield from listed_after_notice(scene)


def consulted(scene: Scene, *, objecting: Collection[str] = (), silent: Collection[str] = ()) -> Script:
    """The departments are asked, and the round closes: by their answers, or when the silent ones' time is over."""
    yield scene.soon()
    yield scene.lead.does(AskConsultation(question="是否同意将本场景列入清单？"))
    if scene.state.step != "consultation":
        return  # a domain with one responsible unit has nobody to ask
    yield scene.workdays(3)
    yield from opinions(scene, objecting=objecting, silent=silent)
    if scene.state.step == "consultation":
        yield scene.passed(next(each.id for each in scene.state.deadlines if each.limit == "consultation"))


def opinions(scene: Scene, *, objecting: Collection[str] = (), silent: Collection[str] = ()) -> Script:
    answers = [
        scene.department(unit).does(_opinion(unit in objecting))
        for unit in scene.state.cooperating
        if unit not in silent
    ]
    if scene.policy.consultation.closes is not Closing.WHEN_DECIDED:
        yield answers
        return
    for answer in answers:  # the round may be decided before the last one has spoken
        if scene.state.step == "consultation":
            yield answer


def _opinion(objects: bool) -> GiveOpinion:
    if objects:
        return GiveOpinion(position=Position.OBJECT, text="与在建工程冲突，不同意现方案。")
    return GiveOpinion(position=Position.CONDITIONAL, text="同意。", conditions=("数据不出市域",))


def found_fair(scene: Scene) -> Script:
    yield scene.soon()
    conditions = (EntryCondition(kind=GateKind.TECHNICAL, text="具备同类技术的验证报告"),)
    conclusion = ConcludeFairCompetition(passed=True, conditions=conditions, conclusion="未见排除、限制竞争的内容。")
    yield scene.lead.does(conclusion)


def recognition(scene: Scene, value: str) -> Recognise:
    """With something found on every criterion of the city's standard, where it has one."""
    standard = scene.policy.recognition.criteria if scene.policy.recognition else ()
    return Recognise(value=value, findings=tuple(Finding(criterion=each, text="经核，符合。") for each in standard))


def recognised(scene: Scene) -> Script:
    """Experts advise, the lead department recognises, and a comprehensive scene is confirmed by the leading group."""
    if scene.state.step == "expert_review":
        if not any(panel.purpose is PanelPurpose.RECOGNITION and not panel.void for panel in scene.state.panels):
            yield from advised(scene)
        yield scene.soon()
        yield scene.lead.does(recognition(scene, "需求真实，风险可控，可复制推广。"))
    if scene.state.step == "confirmation":
        yield scene.workdays(3)
        yield scene.leading_group.does(ConfirmScene(confirmed=True, reasons="同意列入重点场景。"))


def advised(scene: Scene, *, against: int = 0) -> Script:
    """A panel is drawn, and its members give their reviews, so many of them `against`."""
    yield from convened(scene, PanelPurpose.RECOGNITION)
    yield scene.workdays(4)
    yield [
        scene.expert(number).does(
            GiveExpertOpinion(
                purpose=PanelPurpose.RECOGNITION,
                recommend=place >= against,
                text="建议认定。" if place >= against else "场景价值不足。",
            )
        )
        for place, number in enumerate(seated(scene, PanelPurpose.RECOGNITION))
    ]


def convened(scene: Scene, purpose: PanelPurpose, bidder: str | None = None) -> Script:
    """As many as the policy asks, drawn by lot; nobody who sits on another panel of the scene."""
    sitting = {seat.person for panel in scene.state.panels for seat in panel.seats}
    pool = tuple(
        PanelMember(person=scene.expert(number).id, unit=f"专家库{number:02}号")
        for number in POOL
        if scene.expert(number).id not in sitting
    )
    size = scene.policy.panels[purpose.value].minimum
    convener = scene.regulator if purpose is PanelPurpose.EXIT else scene.lead
    yield convener.does(ConvenePanel(purpose=purpose, pool=pool, size=size, bidder=bidder))


def seated(scene: Scene, purpose: PanelPurpose, bidder: str | None = None) -> tuple[int, ...]:
    """The numbers of the experts on a panel."""
    panel = next(each for each in scene.state.panels if (each.purpose, each.bidder) == (purpose, bidder))
    return tuple(int(seat.person.rpartition("-")[2]) for seat in panel.seats)


def listed_after_notice(scene: Scene) -> Script:
    if scene.state.step == "recognised":
        yield from announced(scene, NoticeAbout.RECOGNITION)
    yield from listed(scene)


def listed(scene: Scene) -> Script:
    scene.stands_at("listing")
    yield scene.workdays(3)
    yield scene.platform.does(ListScene(list="demand", batch=f"{scene.today.year}-{(scene.today.month + 2) // 3}"))
