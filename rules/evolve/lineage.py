"""Copies and their kin."""

from typing import assert_never

from models.events.lineage import EvidenceInherited, LineageEvent, LineageReviewConcluded, LineageReviewOpened
from models.state import LineageReview, SceneState
from rules.keyed import change, put


def evolve(state: SceneState, event: LineageEvent) -> SceneState:
    match event:
        case EvidenceInherited(evidence=evidence):
            inherited = put(state.inherited, evidence, by=lambda each: each.scene)
            return state.model_copy(update={"inherited": inherited})
        case LineageReviewOpened(cause=cause):
            opened = LineageReview(id=cause.review, cause=cause)
            return state.model_copy(update={"lineage_reviews": (*state.lineage_reviews, opened)})
        case LineageReviewConcluded():
            to: dict[str, object] = {"affected": event.affected, "concluded_by": event.by}
            if not event.affected:
                to = {"affected": False, "cause": None, "concluded_by": None}
            return state.model_copy(update={"lineage_reviews": change(state.lineage_reviews, to=to, id=event.review)})
        case _:
            assert_never(event)
