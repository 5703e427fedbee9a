"""Public notices (公示) and what may be said against them.

A notice stands for its days. An objection, in a real name and in writing, freezes the step after it until it is
answered; an answered one may go to the supervisor, which freezes it again. Upheld, the scene goes back to the step
whose result the notice announced. An objection is raised against one notice: where the result was annulled and another
is announced, what was said against the former neither freezes the latter nor brings it back.

Where others rely on the result already nothing falls back by itself: `rules.upheld_complaints`.
"""

from typing import NamedTuple, assert_never

from models.commands.review import (
    AnswerObjection,
    ConcludeComplaint,
    DecideComplaint,
    FileComplaint,
    NoticeAct,
    PublishNotice,
    RaiseObjection,
)
from models.deadline import Deadline, Holder
from models.events.review import (
    ComplaintDecided,
    ComplaintFiled,
    NoticePublished,
    NoticeRanOut,
    ObjectionAnswered,
    ObjectionRaised,
    ObjectionSettled,
    OpinionsVoided,
)
from models.state import Objection
from models.state.review import ObjectionStatus
from models.vocabulary import Machine, NoticeAbout, PanelPurpose, Role
from rules import ineligible, promotion, settling, upheld_complaints
from rules.docket import Docket
from rules.keyed import find
from rules.upheld_complaints import standing


class Course(NamedTuple):
    """Where a notice stands: to be published at `before`, open at `during`, then `after`.

    What an upheld objection puts in question is done again at the first of `back` that the city uses, and by panels
    that are convened anew.
    """

    machine: Machine
    before: str
    during: str
    after: str
    back: tuple[str, ...]
    panels: tuple[PanelPurpose, ...] = ()


COURSES: dict[NoticeAbout, Course] = {
    NoticeAbout.RECOGNITION: Course(
        Machine.SCENE,
        before="recognised",
        during="recognition_notice",
        after="listing",
        back=("expert_review", "fair_competition"),
        panels=(PanelPurpose.RECOGNITION,),
    ),
    NoticeAbout.RANKING: Course(Machine.SCENE, "ranked", "ranking_notice", "awarding", ("eligibility",)),
    NoticeAbout.ACCEPTANCE: Course(Machine.ACCEPTANCE, "concluded", "noticed", "passed", ("reviewing",)),
    NoticeAbout.BENCHMARK: Course(
        Machine.SCENE, "benchmark_confirmed", "benchmark_notice", "benchmark", ("evaluation",)
    ),
}


BEFORE_IT_COUNTS = ("listing", "awarding")
"""Steps after a notice at which nobody relies on its result yet: an upheld complaint still brings the scene back."""


def refuse_while_complained(docket: Docket, about: NoticeAbout) -> None:
    """A complaint freezes the step after the notice also where the notice has run out. Raises Refused."""
    for each in docket.state.objections:
        if each.about is about and each.freezes and standing(docket.state, each) is not None:
            docket.refuse("complaint_open", objection=each.id)


def judge(docket: Docket, act: NoticeAct) -> None:
    match act:
        case PublishNotice():
            _publish(docket, act)
        case RaiseObjection():
            _raise(docket, act)
        case AnswerObjection():
            _answer(docket, act)
        case FileComplaint():
            objection = _objection(docket, act.objection, ObjectionStatus.ANSWERED)
            if objection.objector not in docket.command.actor.persons:
                docket.refuse("not_your_part", unit=docket.person, role="objector", expected=objection.objector)
            docket.record(ComplaintFiled(objection=act.objection))
            docket.cancel(f"complaint_window/{act.objection}")
            supervisor = docket.holder(Role.SUPERVISOR)
            docket.set_deadline("complaint", supervisor, ("decide_complaint",), key=act.objection, step="")
        case DecideComplaint():
            objection = _objection(docket, act.objection, ObjectionStatus.COMPLAINT)
            counts = act.upheld and upheld_complaints.counts_already(docket, objection)
            docket.record(
                ComplaintDecided(objection=act.objection, upheld=act.upheld, by=docket.person, to_conclude=counts)
            )
            docket.met(f"complaint/{act.objection}")
            if counts:
                upheld_complaints.ask_what_follows(docket, objection)
            else:
                _after_decision(docket, objection, upheld=act.upheld)
        case ConcludeComplaint():
            upheld_complaints.judge(docket, act)
        case _:
            assert_never(act)


def _publish(docket: Docket, act: PublishNotice) -> None:
    course = COURSES[act.about]
    if docket.step(course.machine, _bidder(course, act.bidder)) != course.before:
        docket.refuse("notice_not_due", about=act.about)
    docket.record(NoticePublished(about=act.about, bidder=act.bidder, document=act.document.sha256))
    docket.move(course.machine, _bidder(course, act.bidder), course.during)


def _bidder(course: Course, bidder: str | None) -> str | None:
    return None if course.machine is Machine.SCENE else bidder or ""


def _raise(docket: Docket, act: RaiseObjection) -> None:
    course = COURSES[act.about]
    if docket.step(course.machine, _bidder(course, act.bidder)) != course.during:
        docket.refuse("no_open_notice", about=act.about)
    notice = find(docket.state.notices, about=act.about, bidder=act.bidder)
    if notice is None or notice.ran_out:
        docket.refuse("no_open_notice", about=act.about)
    if not act.real_name:
        docket.refuse("real_name_needed")
    name = f"objection-{docket.sequence}"
    docket.record(ObjectionRaised(objection=name, about=act.about, bidder=act.bidder, objector=docket.person))
    office = docket.holder(Role.PLATFORM_OFFICE)
    docket.set_deadline("objection", office, ("answer_objection",), key=name, step="")


def _objection(docket: Docket, id: str, status: ObjectionStatus) -> Objection:
    objection = find(docket.state.objections, id=id)
    if objection is None:
        docket.refuse("unknown_objection", objection=id)
    if objection.status is not status:
        docket.refuse("objection_not_open", objection=id, status=objection.status)
    return objection


def _answer(docket: Docket, act: AnswerObjection) -> None:
    objection = _objection(docket, act.objection, ObjectionStatus.RAISED)
    docket.record(ObjectionAnswered(objection=act.objection, upheld=act.upheld, by=docket.person))
    docket.met(f"objection/{act.objection}")
    if not act.upheld:
        objector = Holder(role=Role.PUBLIC, unit="", person=objection.objector)
        docket.set_deadline("complaint_window", None, (), key=act.objection, step="", to=objector)
    _after_decision(docket, objection, upheld=act.upheld)


def _after_decision(docket: Docket, objection: Objection, *, upheld: bool) -> None:
    course = COURSES[objection.about]
    bidder = _bidder(course, objection.bidder)
    at = docket.step(course.machine, bidder) if standing(docket.state, objection) is not None else ""
    if at != course.during and not (upheld and course.machine is Machine.SCENE and at in BEFORE_IT_COUNTS):
        # The result is annulled already, or the scene ends.
        return
    if upheld:
        if course.panels:
            docket.record(OpinionsVoided(consultation=False, fair_competition=False, panels=course.panels))
        if objection.about is NoticeAbout.RANKING:
            ineligible.forget(docket)
        docket.move(course.machine, bidder, docket.first_used(*course.back))
        if course.machine is Machine.ACCEPTANCE:
            settling.ask_for_acceptance_opinions(docket, bidder or "")
    else:
        _onward(docket, objection.about, objection.bidder)


def notice_ran_out(docket: Docket, deadline: Deadline) -> None:
    about = next(
        about
        for about, course in COURSES.items()
        if (course.machine, course.during) == (deadline.machine, deadline.step)
    )
    docket.record(NoticeRanOut(about=about, bidder=deadline.bidder))
    _onward(docket, about, deadline.bidder)


def _onward(docket: Docket, about: NoticeAbout, bidder: str | None) -> None:
    notice = find(docket.state.notices, about=about, bidder=bidder)
    frozen = any(
        each.freezes and notice is not None and standing(docket.state, each) == notice
        for each in docket.state.objections
    )
    if notice is None or not notice.ran_out or frozen:
        return
    course = COURSES[about]
    if about is NoticeAbout.BENCHMARK:
        promotion.take_higher_title(docket)
    docket.move(course.machine, _bidder(course, bidder), course.after)
    if course.machine is Machine.ACCEPTANCE:
        settling.settle(docket)


def complaint_window_ran_out(docket: Docket, deadline: Deadline) -> None:
    docket.record(ObjectionSettled(objection=deadline.id.removeprefix("complaint_window/")))
