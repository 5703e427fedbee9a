"""A draft: an act that somebody prepares and nobody has submitted. It is no entry, and no rule has judged it."""

from enum import StrEnum

from pydantic import Field, JsonValue

from models.actor import Actor
from models.frozen import Frozen
from models.text import Identifier, Moment
from models.vocabulary import Role


class DraftStatus(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"


class Draft(Frozen):
    """One revision, as `by` saved it; a later one leaves it as it is. `content` are the act's fields so far.

    `seen` is the scene's last entry then: submitted later, the act is judged on what its author had seen.
    `entry` is where the act stands in the scene's journal, once it was submitted.
    """

    id: Identifier
    revision: int = Field(1, ge=1)
    scene: Identifier
    verb: Identifier
    content: dict[str, JsonValue]
    by: Actor
    seen: int = 0
    saved_at: Moment
    status: DraftStatus = DraftStatus.OPEN
    entry: int | None = None

    def is_seen_by(self, actor: Actor) -> bool:
        """A unit prepares together; what an expert prepares is the expert's own."""
        if self.by.role is Role.EXPERT or actor.role is Role.EXPERT:
            return actor.person == self.by.person
        return (actor.unit, actor.role) == (self.by.unit, self.by.role)

    @property
    def command_id(self) -> str:
        """Submitted twice, it is one act."""
        return f"draft-{self.id}-{self.revision}"
