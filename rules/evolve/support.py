"""Complaints, factors, the green channel, loans and insurance."""

from typing import assert_never

from models.events.support import (
    ComplaintAnswered,
    ComplaintMade,
    FactorAnswered,
    FactorRequested,
    FinanceRecorded,
    GreenChannelAsked,
    GreenChannelDecided,
    SupportEvent,
)
from models.state import SceneState
from models.state.support import GreenChannel
from rules.keyed import change, find


def evolve(state: SceneState, event: SupportEvent) -> SceneState:
    match event:
        case ComplaintMade(complaint=complaint):
            return state.model_copy(update={"complaints": (*state.complaints, complaint)})
        case ComplaintAnswered():
            return _answered(state, event)
        case FactorRequested(request=request):
            return state.model_copy(update={"factors": (*state.factors, request)})
        case FactorAnswered():
            factors = change(state.factors, to={"granted": event.granted}, id=event.request)
            return state.model_copy(update={"factors": factors})
        case GreenChannelAsked(by=by):
            return state.model_copy(update={"green_channel": GreenChannel(by=by)})
        case GreenChannelDecided():
            asked = state.green_channel or GreenChannel(by="")
            decided = asked.model_copy(update={"granted": event.granted, "on": event.on})
            return state.model_copy(update={"green_channel": decided})
        case FinanceRecorded(finance=finance):
            return state.model_copy(update={"finances": (*state.finances, finance)})
        case _:
            assert_never(event)


def _answered(state: SceneState, event: ComplaintAnswered) -> SceneState:
    """A grade that came of it is the one that later grants are judged by."""
    complaint = find(state.complaints, id=event.complaint)
    to: dict[str, object] = {"founded": event.founded, "credit": event.credit}
    update: dict[str, object] = {"complaints": change(state.complaints, to=to, id=event.complaint)}
    if complaint is not None and event.credit is not None and find(state.bids, bidder=complaint.against) is not None:
        update["bids"] = change(state.bids, to={"credit": event.credit}, bidder=complaint.against)
    return state.model_copy(update=update)
