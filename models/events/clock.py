"""Steps and deadlines: the events that every stage uses."""

from datetime import date
from typing import Literal

from models.deadline import Deadline, Rung
from models.text import Moment
from models.vocabulary import Machine, Outcome, Stage

from .event import Event


class StepEntered(Event):
    """A machine moved along one row of the lifecycle table. `bidder` is None for the scene's own machine.

    `on` is the day that counts in law, `at` the moment it was entered: they differ for an act done on paper (补录).
    """

    kind: Literal["step_entered"] = "step_entered"
    machine: Machine
    bidder: str | None
    step: str
    stage: Stage
    left: str
    at: Moment
    on: date

    @property
    def touches(self) -> tuple[str, ...]:
        return ("step",) if self.bidder is None else (f"{self.machine}/{self.bidder}",)


class DeadlineSet(Event):
    kind: Literal["deadline_set"] = "deadline_set"
    deadline: Deadline


class DeadlineMet(Event):
    kind: Literal["deadline_met"] = "deadline_met"
    id: str
    late: bool


class DeadlinePassed(Event):
    """Not met in time. `overdue` True: it stays open and escalates; False: it is over, its consequence follows."""

    kind: Literal["deadline_passed"] = "deadline_passed"
    id: str
    overdue: bool


class DeadlineCancelled(Event):
    """What it was for is gone: the step was left another way."""

    kind: Literal["deadline_cancelled"] = "deadline_cancelled"
    id: str
    because: str


class DeadlinePaused(Event):
    kind: Literal["deadline_paused"] = "deadline_paused"
    id: str
    remaining: int


class DeadlineMoved(Event):
    """The same deadline with its new date: extended, resumed, recomputed, or handed to another holder."""

    kind: Literal["deadline_moved"] = "deadline_moved"
    deadline: Deadline
    because: Literal["extension", "resumption", "calendar", "reassignment", "change"]


class RungDue(Event):
    """A reminder is due; `skipped` are the earlier rungs that came due together with it and are not sent."""

    kind: Literal["rung_due"] = "rung_due"
    id: str
    rung: Rung
    skipped: tuple[str, ...] = ()


class SceneEnding(Event):
    """How the scene will end once the remedies against its last decisions are used up."""

    kind: Literal["scene_ending"] = "scene_ending"
    outcome: Outcome


class SceneClosed(Event):
    kind: Literal["scene_closed"] = "scene_closed"
    outcome: Outcome
    at: Moment

    @property
    def touches(self) -> tuple[str, ...]:
        return ("step",)


ClockEvent = (
    StepEntered
    | DeadlineSet
    | DeadlineMet
    | DeadlinePassed
    | DeadlineCancelled
    | DeadlinePaused
    | DeadlineMoved
    | RungDue
    | SceneEnding
    | SceneClosed
)
