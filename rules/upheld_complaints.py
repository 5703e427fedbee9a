"""A complaint that the supervisor upholds when others rely on the result already.

Until then the scene goes back by itself (`rules.notices`). Once it is listed, a contract was offered, an acceptance or
a title stands, nothing falls back by itself: owner and bidder have acted on it. The leading group, which is the last
step of escalation and alone may override, has to say within its limit whether the result stands, with reasons, or is
done again, and what follows then. An override, a termination or a withdrawn title that names the complaint says it as
well. Nobody closes the scene before; of a result that was annulled since nothing follows.
"""

from typing import assert_never

from models.commands.review import ConcludeComplaint
from models.events.review import ComplaintConcluded
from models.state import Notice, Objection, SceneState
from models.state.review import ObjectionStatus
from models.vocabulary import ComplaintOutcome, Machine, NoticeAbout, Role
from rules import lifecycle
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: ConcludeComplaint) -> None:
    """Raises Refused: what_follows, unknown_objection or complaint_not_to_conclude."""
    if (act.outcome is ComplaintOutcome.DONE_AGAIN) != (act.follows is not None):
        docket.refuse("what_follows", outcome=act.outcome)
    _conclude(docket, act.objection, act.outcome)


def followed(docket: Docket, objection: str | None) -> None:
    """An act that undoes a result and names the complaint which it follows from; None: it follows from none.

    Whoever may do the act for other reasons says nothing on the complaint by it. Raises Refused: not_permitted.
    """
    if objection is None:
        return
    allowed = docket.policy.permissions.get("conclude_complaint", ())
    if docket.role not in allowed:
        docket.refuse("not_permitted", role=docket.role, verb="conclude_complaint", allowed=", ".join(allowed) or "-")
    _conclude(docket, objection, ComplaintOutcome.DONE_AGAIN)


def _conclude(docket: Docket, id: str, outcome: ComplaintOutcome) -> None:
    objection = find(docket.state.objections, id=id)
    if objection is None:
        docket.refuse("unknown_objection", objection=id)
    if objection.status is not ObjectionStatus.TO_CONCLUDE:
        waiting = ", ".join(to_conclude(docket.state)) or "-"
        docket.refuse("complaint_not_to_conclude", objection=id, status=objection.status, waiting=waiting)
    docket.record(ComplaintConcluded(objection=id, outcome=outcome, by=docket.person))
    docket.met(f"complaint_outcome/{id}")


def ask_what_follows(docket: Docket, objection: Objection) -> None:
    group = docket.holder(Role.LEADING_GROUP)
    docket.set_deadline("complaint_outcome", group, ("conclude_complaint",), key=objection.id, step="")


def to_conclude(state: SceneState) -> tuple[str, ...]:
    """The upheld complaints of which nobody has said yet what follows from them."""
    return tuple(each.id for each in state.objections if each.status is ObjectionStatus.TO_CONCLUDE)


def refuse_unconcluded(docket: Docket) -> None:
    """Raises Refused: complaint_outcome_open."""
    if waiting := to_conclude(docket.state):
        docket.refuse("complaint_outcome_open", objections=", ".join(waiting))


def standing(state: SceneState, objection: Objection) -> Notice | None:
    """The notice that it was raised against; None where another was put up since."""
    return find(state.notices, about=objection.about, bidder=objection.bidder, sequence=objection.notice)


def counts_already(docket: Docket, objection: Objection) -> bool:
    """Whether others rely on the result that the notice announced; a policy from before has nobody conclude on it."""
    state = docket.state
    if "conclude_complaint" not in docket.policy.permissions:
        return False
    stands = standing(state, objection) is not None
    match objection.about:
        case NoticeAbout.RECOGNITION:
            return stands and state.listed_in is not None and lifecycle.comes_before("returned", state.step)
        case NoticeAbout.RANKING:
            return stands and any(each.step in ("offered", "signing", "signed") for each in state.contracts)
        case NoticeAbout.ACCEPTANCE:
            return stands and docket.step(Machine.ACCEPTANCE, objection.bidder) == "passed"
        case NoticeAbout.BENCHMARK:
            of_title = state.benchmark.notice if state.benchmark is not None else None
            return state.titled and (stands if of_title is None else objection.notice == of_title)
        case _:
            assert_never(objection.about)
