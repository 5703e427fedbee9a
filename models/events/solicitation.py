"""Solicitation."""

from datetime import date
from typing import Literal

from models.commands.solicitation import Application, Call

from .event import Event


class SceneSubmitted(Event):
    """The scene exists from here on. The policy and calendar that it is pinned to are named by digest and version."""

    kind: Literal["scene_submitted"] = "scene_submitted"
    application: Application
    call: Call | None
    by: str
    on: date
    policy_version: str
    policy_digest: str
    calendar: str


class FilingAccepted(Event):
    """`silent`: the platform office let its time pass, and silence is acceptance (行政许可法32)."""

    kind: Literal["filing_accepted"] = "filing_accepted"
    silent: bool


class SupplementRequested(Event):
    kind: Literal["supplement_requested"] = "supplement_requested"
    items: int


class SupplementAnswered(Event):
    kind: Literal["supplement_answered"] = "supplement_answered"
    documents: int


class SceneRegistered(Event):
    kind: Literal["scene_registered"] = "scene_registered"
    lead: str
    cooperating: tuple[str, ...]
    regulator: str


SolicitationEvent = SceneSubmitted | FilingAccepted | SupplementRequested | SupplementAnswered | SceneRegistered
