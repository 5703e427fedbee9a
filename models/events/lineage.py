"""Copies and their kin."""

from typing import Literal

from models.lineage import Cause, Evidence

from .event import Event


class EvidenceInherited(Event):
    kind: Literal["evidence_inherited"] = "evidence_inherited"
    evidence: Evidence

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"evidence/{self.evidence.scene}",)


class LineageReviewOpened(Event):
    kind: Literal["lineage_review_opened"] = "lineage_review_opened"
    cause: Cause

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"lineage/{self.cause.review}",)


class LineageReviewConcluded(Event):
    kind: Literal["lineage_review_concluded"] = "lineage_review_concluded"
    review: str
    affected: bool
    by: str

    @property
    def touches(self) -> tuple[str, ...]:
        return (f"lineage/{self.review}",)


LineageEvent = EvidenceInherited | LineageReviewOpened | LineageReviewConcluded
