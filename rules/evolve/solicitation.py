"""Solicitation."""

from typing import assert_never

from models.commands.solicitation import Application
from models.events.solicitation import (
    FilingAccepted,
    SceneRegistered,
    SceneSubmitted,
    SolicitationEvent,
    SupplementAnswered,
    SupplementRequested,
)
from models.state import Profile, SceneState


def profile_of(application: Application, owner_person: str) -> Profile:
    return Profile(
        name=application.name,
        city=application.city,
        domain=application.domain,
        type=application.type,
        scale=application.scale,
        maturity=application.maturity,
        track=application.track,
        risk=application.risk,
        owner=application.owner,
        owner_person=owner_person,
        budget_yuan=application.budget_yuan,
        copied_from=application.copied_from,
        assumed=application.assumed,
        firsts=application.firsts,
        project=application.project,
        co_owners=application.co_owners,
    )


def evolve(state: SceneState, event: SolicitationEvent) -> SceneState:
    match event:
        case SceneSubmitted():
            return state.model_copy(
                update={
                    "profile": profile_of(event.application, event.by),
                    "call": event.call,
                    "began_on": event.on,
                    "policy_version": event.policy_version,
                    "policy_digest": event.policy_digest,
                    "calendar": event.calendar,
                }
            )
        case SupplementRequested():
            return state.model_copy(update={"supplements": state.supplements + 1})
        case SceneRegistered():
            return state.model_copy(
                update={"lead": event.lead, "cooperating": event.cooperating, "regulator": event.regulator}
            )
        case FilingAccepted() | SupplementAnswered():
            return state
        case _:
            assert_never(event)
