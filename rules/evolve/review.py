"""Review, public notices, objections."""

from typing import assert_never

from models.events.review import (
    ComplaintConcluded,
    ComplaintDecided,
    ComplaintFiled,
    ConsultationAsked,
    ConsultationClosed,
    ExpertOpinionGiven,
    FairCompetitionConcluded,
    MemberRecused,
    NoticeEvent,
    NoticePublished,
    NoticeRanOut,
    ObjectionAnswered,
    ObjectionRaised,
    ObjectionSettled,
    OpinionGiven,
    OpinionsVoided,
    PanelConvened,
    ReviewEvent,
    SceneConfirmed,
    SceneListed,
    SceneRecognised,
)
from models.state import Consultation, Notice, Objection, Opinion, Panel, SceneState
from models.state.review import ObjectionStatus
from models.vocabulary import PanelPurpose
from rules.evolve.acceptance import unsigned
from rules.keyed import change, find, put


def evolve(state: SceneState, event: ReviewEvent | NoticeEvent) -> SceneState:
    match event:
        case ConsultationAsked():
            return state.model_copy(update={"consultation": Consultation(round=event.round, units=event.units)})
        case OpinionGiven():
            return _opinion(state, event)
        case ConsultationClosed(tally=tally):
            if state.consultation is None:
                return state
            return state.model_copy(update={"consultation": state.consultation.model_copy(update={"result": tally})})
        case OpinionsVoided():
            return _voided(state, event)
        case FairCompetitionConcluded(result=result):
            return state.model_copy(update={"fair_competition": result})
        case PanelConvened(panel=panel):
            if panel.purpose is PanelPurpose.ACCEPTANCE:
                state = unsigned(state, panel.bidder)
            return state.model_copy(update={"panels": put(state.panels, panel, by=lambda each: each.key)})
        case MemberRecused():
            return _recused(state, event)
        case ExpertOpinionGiven():
            return state.model_copy(update={"panels": tuple(_reviewed(panel, event) for panel in state.panels)})
        case SceneRecognised() | SceneConfirmed():
            return state
        case SceneListed(batch=batch):
            return state.model_copy(update={"listed_in": batch})
        case NoticePublished():
            notice = Notice(
                about=event.about, bidder=event.bidder, document=event.document, sequence=state.sequence + 1
            )
            return state.model_copy(update={"notices": put(state.notices, notice, by=lambda each: each.key)})
        case NoticeRanOut():
            to: dict[str, object] = {"ran_out": True}
            return state.model_copy(
                update={"notices": change(state.notices, to=to, about=event.about, bidder=event.bidder)}
            )
        case ObjectionRaised():
            against = find(state.notices, about=event.about, bidder=event.bidder)
            objection = Objection(
                id=event.objection,
                about=event.about,
                bidder=event.bidder,
                objector=event.objector,
                notice=against.sequence if against is not None else 0,
            )
            return state.model_copy(update={"objections": (*state.objections, objection)})
        case ObjectionAnswered():
            to = {
                "status": ObjectionStatus.UPHELD if event.upheld else ObjectionStatus.ANSWERED,
                "answered_by": event.by,
            }
            return _objection(state, event.objection, to)
        case ComplaintFiled():
            return _objection(state, event.objection, {"status": ObjectionStatus.COMPLAINT})
        case ComplaintDecided(to_conclude=True):
            return _objection(state, event.objection, {"status": ObjectionStatus.TO_CONCLUDE})
        case ComplaintConcluded(outcome=outcome):
            return _objection(state, event.objection, {"status": ObjectionStatus.UPHELD, "outcome": outcome})
        case ComplaintDecided():
            status = ObjectionStatus.UPHELD if event.upheld else ObjectionStatus.SETTLED
            return _objection(state, event.objection, {"status": status})
        case ObjectionSettled():
            return _objection(state, event.objection, {"status": ObjectionStatus.SETTLED})
        case _:
            assert_never(event)


def _objection(state: SceneState, id: str, to: dict[str, object]) -> SceneState:
    return state.model_copy(update={"objections": change(state.objections, to=to, id=id)})


def _opinion(state: SceneState, event: OpinionGiven) -> SceneState:
    if state.consultation is None:
        return state
    opinion = Opinion(
        unit=event.unit,
        person=event.person,
        position=event.position,
        conditions=event.conditions,
        sequence=event.corrects or state.sequence + 1,
    )
    opinions = put(state.consultation.opinions, opinion, by=lambda each: each.unit)
    return state.model_copy(update={"consultation": state.consultation.model_copy(update={"opinions": opinions})})


def _reviewed(panel: Panel, event: ExpertOpinionGiven) -> Panel:
    if (panel.purpose, panel.bidder) != (event.purpose, event.bidder):
        return panel
    seats = change(panel.seats, to={"recommend": event.recommend, "tenths": event.tenths}, person=event.person)
    return panel.model_copy(update={"seats": seats})


def _recused(state: SceneState, event: MemberRecused) -> SceneState:
    """The successor sits where the member sat. Scores of a void panel are those of nobody."""
    panel = find(state.panels, purpose=event.purpose, bidder=event.bidder)
    if panel is None:
        return state
    successor = event.successor
    seats = tuple(successor if seat.person == event.person and successor else seat for seat in panel.seats)
    reserve = tuple(each for each in panel.reserve if successor is None or each.person != successor.person)
    seated = panel.model_copy(update={"seats": seats, "reserve": reserve, "void": successor is None})
    update: dict[str, object] = {
        "panels": put(state.panels, seated, by=lambda each: each.key),
        "recused": tuple(dict.fromkeys((*state.recused, event.person))),
    }
    if event.purpose is PanelPurpose.ACCEPTANCE:
        state = unsigned(state, event.bidder, event.person if successor is not None else None)
    if event.purpose is PanelPurpose.SCORING:
        update["bids"] = tuple(
            bid.model_copy(
                update={
                    "scores": tuple(each for each in bid.scores if successor is not None and each[0] != event.person)
                }
            )
            for bid in state.bids
        )
    return state.model_copy(update=update)


def _voided(state: SceneState, event: OpinionsVoided) -> SceneState:
    update: dict[str, object] = {}
    if event.consultation and state.consultation is not None:
        void = tuple(opinion.model_copy(update={"void": True}) for opinion in state.consultation.opinions)
        update["consultation"] = state.consultation.model_copy(update={"opinions": void, "result": None})
    if event.fair_competition and state.fair_competition is not None:
        update["fair_competition"] = state.fair_competition.model_copy(update={"void": True})
    update["panels"] = tuple(
        panel.model_copy(update={"void": True}) if panel.purpose in event.panels else panel for panel in state.panels
    )
    return state.model_copy(update=update)
