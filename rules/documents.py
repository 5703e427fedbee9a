"""Which official documents (公文) come of an act, and to whom they are addressed: as the policy's forms say.

A decision against somebody is addressed to them, and what has to be served to whom it is served to; else a document
goes to whom the act is about: the winners, the objector, the bidder, or the scene's owner. Its number (文号) is given
when it is recorded, one after the other for the city's year.
"""

from collections.abc import Iterator

from models.commands.anywhere import DecideAppeal
from models.commands.review import AnswerObjection, ConcludeComplaint, DecideComplaint
from models.commands.trial import AnalyseIncident, RecordFault
from models.deadline import Holder
from models.events.anywhere import AdverseDecision, DocumentIssued, ServiceAwaited
from models.events.clock import DeadlineSet
from models.events.matching import Awarded
from models.state import SceneState
from models.vocabulary import Role
from rules.docket import Docket
from rules.keyed import find


def issue(docket: Docket, before: SceneState) -> None:
    """Records the documents of the act that was just judged; `before` is the state that it was judged in."""
    rules = docket.policy.documents
    form = rules.forms.get(docket.cause) if rules is not None else None
    if rules is None or form is None:
        return
    for to in tuple(dict.fromkeys(_addressees(docket, before))):
        docket.record(DocumentIssued(form=docket.cause, title=form.title, series=rules.series(form), to=to))


def _addressees(docket: Docket, before: SceneState) -> Iterator[Holder]:
    act, events = docket.command.act, docket.events
    if isinstance(act, RecordFault | AnalyseIncident) and not _orders(docket):
        return
    named = [
        *(_party(event.against, event.bidder) for event in events if isinstance(event, AdverseDecision)),
        *(event.awaited.to for event in events if isinstance(event, ServiceAwaited) if event.awaited.to),
        *(docket.holder(Role.BIDDER, event.bidder) for event in events if isinstance(event, Awarded)),
    ]
    if named:
        yield from named
    elif isinstance(act, AnswerObjection | DecideComplaint | ConcludeComplaint):
        objection = find(before.objections, id=act.objection)
        if objection is not None:
            yield Holder(role=Role.PUBLIC, unit="", person=objection.objector)
    elif isinstance(act, DecideAppeal):
        decision = find(before.decisions, sequence=act.decision)
        if decision is not None:
            yield _party(decision.against, decision.bidder)
    elif (bidder := getattr(act, "bidder", None)) is not None:
        yield docket.holder(Role.BIDDER, bidder)
    else:
        yield docket.holder(Role.OWNER)


def _party(against: str, bidder: str | None) -> Holder:
    return Holder(role=Role.OWNER if bidder is None else Role.BIDDER, unit=against)


def _orders(docket: Docket) -> bool:
    """Whether something was ordered to be corrected: a milder measure is no document."""
    limits = [event.deadline.limit for event in docket.events if isinstance(event, DeadlineSet)]
    limits += [event.awaited.limit for event in docket.events if isinstance(event, ServiceAwaited)]
    return "correction_order" in limits
