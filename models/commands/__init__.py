"""Everything that can be asked of a scene: one envelope, `Command`, around one `Act`."""

import hashlib
from datetime import date
from typing import Annotated, get_args

from pydantic import Field

from models.actor import Actor
from models.canonical import canonical
from models.frozen import Frozen
from models.text import Digest, Identifier

from .acceptance import AcceptanceAct
from .act import Act, BidderAct
from .anywhere import AnywhereAct
from .handling import HandlingAct
from .lineage import LineageAct
from .matching import MatchingAct
from .payment import PaymentAct
from .promotion import PromotionAct
from .review import NoticeAct, ReviewAct
from .solicitation import SolicitationAct
from .suggestions import SuggestionAct
from .support import SupportAct
from .trial import IncidentAct, InclusionAct, TrialAct

SceneAct = (
    SolicitationAct
    | ReviewAct
    | NoticeAct
    | MatchingAct
    | TrialAct
    | InclusionAct
    | IncidentAct
    | AcceptanceAct
    | PromotionAct
    | PaymentAct
    | LineageAct
    | SuggestionAct
    | AnywhereAct
    | HandlingAct
    | SupportAct
)

ACTS: dict[str, type[Act]] = {act.model_fields["verb"].default: act for act in get_args(SceneAct)}
"""Verb: its class."""

COMMAND_BYTES = 64 * 1024
"""The largest command, as JSON; above it client and validator refuse (documents travel by hash)."""


class Command(Frozen):
    """An act with its envelope.

    `command_id` is the update id and the idempotency key: same id and same content gives the same receipt.
    `seen` is the scene's sequence that the actor had before them: the command is stale if a later entry changed its own
    subject. `effective_on` with `effective_document` enters an act that was done on paper earlier (补录).
    """

    command_id: Identifier
    actor: Actor
    seen: int = Field(ge=0)
    effective_on: date | None = None
    effective_document: Digest | None = None
    act: Annotated[SceneAct, Field(discriminator="verb")]

    @property
    def digest(self) -> str:
        """SHA-256 of the command's content: what makes a repetition the same command."""
        return hashlib.sha256(canonical(self)).hexdigest()


__all__ = ["ACTS", "COMMAND_BYTES", "Act", "BidderAct", "Command", "SceneAct"]
