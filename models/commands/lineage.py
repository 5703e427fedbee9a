"""Copies: what the original has shown is inherited, and what goes wrong in one of the kin is looked at in all."""

from typing import Literal

from pydantic import Field

from models.lineage import Cause, Evidence
from models.text import Digest, Name, Text

from .act import Act


class InheritEvidence(Act):
    """What the original of this copy had shown, as of an entry of its journal.

    `replaces` is the head that the evidence before it names, where the original's journal has no such entry: it goes,
    whatever its sequence.
    """

    verb: Literal["inherit_evidence"] = "inherit_evidence"
    evidence: Evidence
    replaces: Digest | None = Field(None, exclude_if=lambda head: head is None)


class ReopenReview(Act):
    """An incident in a kin scene, or the loss of its title, re-opens this scene's review."""

    verb: Literal["reopen_review"] = "reopen_review"
    cause: Cause


class ConcludeLineageReview(Act):
    """Whether what happened in the kin scene can happen here. `review` is the cause's scene and entry: `NB-023@45`."""

    verb: Literal["conclude_lineage_review"] = "conclude_lineage_review"
    review: Name
    affected: bool
    finding: Text


LineageAct = InheritEvidence | ReopenReview | ConcludeLineageReview
