"""Steps and deadlines."""

from typing import assert_never

from models.deadline import DeadlineStatus
from models.events.clock import (
    ClockEvent,
    DeadlineCancelled,
    DeadlineMet,
    DeadlineMoved,
    DeadlinePassed,
    DeadlinePaused,
    DeadlineSet,
    RungDue,
    SceneClosed,
    SceneEnding,
    StepEntered,
)
from models.state import Acceptance, Inclusion, RefundOnItsWay, SceneState, Trial
from models.vocabulary import Machine, Stage
from rules.evolve.acceptance import reviewed_anew
from rules.evolve.matching import checked_anew
from rules.evolve.trial import evaluated_anew
from rules.keyed import change, find, put, without
from rules.lifecycle import BY_AGREEMENT, step_of


def evolve(state: SceneState, event: ClockEvent) -> SceneState:
    match event:
        case StepEntered():
            return _entered(state, event)
        case DeadlineSet(deadline=deadline) | DeadlineMoved(deadline=deadline):
            return state.model_copy(update={"deadlines": put(state.deadlines, deadline, by=lambda each: each.id)})
        case DeadlineMet(id=id) | DeadlineCancelled(id=id) | DeadlinePassed(id=id, overdue=False):
            requests = without(state.extension_requests, deadline=id)
            return state.model_copy(
                update={"deadlines": without(state.deadlines, id=id), "extension_requests": requests}
            )
        case DeadlinePassed(id=id):
            to: dict[str, object] = {"status": DeadlineStatus.OVERDUE}
            return state.model_copy(update={"deadlines": change(state.deadlines, to=to, id=id)})
        case DeadlinePaused(id=id, remaining=left):
            to = {"status": DeadlineStatus.PAUSED, "remaining": left}
            return state.model_copy(update={"deadlines": change(state.deadlines, to=to, id=id)})
        case RungDue(id=id, rung=rung):
            reminded = find(state.deadlines, id=id)
            rungs = tuple(each for each in reminded.rungs if each.at > rung.at) if reminded else ()
            return state.model_copy(update={"deadlines": change(state.deadlines, to={"rungs": rungs}, id=id)})
        case SceneEnding(outcome=outcome) | SceneClosed(outcome=outcome):
            return state.model_copy(update={"outcome": outcome})
        case _:
            assert_never(event)


def _entered(state: SceneState, event: StepEntered) -> SceneState:
    step: dict[str, object] = {"step": event.step}
    of_bidder = {**step, "entered_on": event.on}
    match event.machine, event.bidder:
        case Machine.SCENE, _:
            entered: dict[str, object] = {"stage": event.stage, "entered_at": event.at, "entered_on": event.on}
            if event.stage is not Stage.CLOSED:
                entered["outcome"] = None
            if event.step not in (*BY_AGREEMENT, "remedies"):
                entered["withdrawal"] = None
            if event.left == "remedies":
                entered["reopened_on"] = event.on
            state = state.model_copy(update={**step, **entered})
            return checked_anew(state) if event.step == "eligibility" else state
        case Machine.CONTRACT, bidder:
            return state.model_copy(update={"contracts": change(state.contracts, to=of_bidder, bidder=bidder)})
        case Machine.TRIAL, str(bidder):
            trial = find(state.trials, bidder=bidder) or Trial(bidder=bidder, step="")
            if event.step == "planning" and event.left in ("ended", "rolling_back", "terminated"):
                # A re-trial, or a trial whose end did not stand: nothing of the old one binds the new one.
                trial = Trial(bidder=bidder, step="", attempt=trial.attempt + int(event.left == "ended"))
            if event.step == "exit" and event.left != "unfit":
                of_bidder["last_day"] = event.on
            elif event.step == "exit":
                of_bidder["supervised_for"] = ()  # whoever upheld the appeal has decided on the red line as well
            if event.step == "rolling_back":
                of_bidder["supervised_for"] = ()
            entered_trial = trial.model_copy(update=of_bidder)
            trials = put(state.trials, entered_trial, by=lambda each: each.bidder)
            ran_on = event.on if event.left == "suspended" else state.ran_on
            state = state.model_copy(update={"trials": trials, "ran_on": ran_on})
            return _goes_on(evaluated_anew(state, bidder) if event.step == "exit" else state, event)
        case Machine.INCLUSION, str(bidder):
            inclusion = find(state.inclusions, bidder=bidder) or Inclusion(bidder=bidder, step="")
            if event.step == "breached":
                of_bidder["breached_from"] = event.left
            if event.left == "breached":  # no breach stands any more
                of_bidder["faults"] = tuple(
                    fault.model_copy(update={"order_fell": False}) for fault in inclusion.faults
                )
            entered_inclusion = inclusion.model_copy(update=of_bidder)
            return state.model_copy(
                update={"inclusions": put(state.inclusions, entered_inclusion, by=lambda each: each.bidder)}
            )
        case Machine.ACCEPTANCE, str(bidder):
            acceptance = find(state.acceptances, bidder=bidder) or Acceptance(bidder=bidder, step="")
            entered_acceptance = acceptance.model_copy(update=of_bidder)
            acceptances = put(state.acceptances, entered_acceptance, by=lambda each: each.bidder)
            state = _goes_on(state.model_copy(update={"acceptances": acceptances}), event)
            return reviewed_anew(state, bidder) if event.step == "reviewing" else state
        case _:
            raise ValueError(f"{event.machine} belongs to a bidder")


def _goes_on(state: SceneState, event: StepEntered) -> SceneState:
    """A bidder who is at work, or at work again, owes nothing back; what is said to be paid back is on its way."""
    if step_of(event.machine, event.step).terminal or event.step in ("rolling_back", "failed"):
        return state
    update: dict[str, object] = {"refunds": without(state.refunds, bidder=event.bidder)}
    owed = find(state.refunds, bidder=event.bidder, settled=False)
    if owed is not None and owed.declared_yuan is not None:
        coming = RefundOnItsWay(bidder=owed.bidder, amount_yuan=owed.declared_yuan)
        update["refunds_on_their_way"] = (*state.refunds_on_their_way, coming)
    return state.model_copy(update=update)
