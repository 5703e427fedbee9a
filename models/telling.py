"""What a scene is told of its kin, by a command whose id and content are functions of the cause and of the scene."""

from hashlib import sha256
from typing import NamedTuple

from .commands.lineage import InheritEvidence, ReopenReview
from .frozen import Frozen
from .lineage import Cause

PERSON = "lineage-watch"
"""Who enters it, in the name of the platform office of the scene that is told."""


class Message(Frozen):
    """What one scene has to be told."""

    scene: str
    act: InheritEvidence | ReopenReview

    @property
    def command_id(self) -> str:
        return f"{PERSON}-{sha256(f'{self._what} > {self.scene}'.encode()).hexdigest()[:32]}"

    @property
    def _what(self) -> str:
        match self.act:
            case InheritEvidence(evidence=evidence, replaces=None):
                return f"evidence {evidence.scene} {evidence.sequence}"
            case InheritEvidence(evidence=evidence, replaces=head):
                return f"evidence {evidence.scene} {evidence.sequence} in place of {head}"
            case ReopenReview(cause=cause):
                return f"alarm {cause.scene} {cause.sequence}"


class Unread(Frozen):
    """A copy that cannot be told what its original had shown, because the record of one of them cannot be read."""

    original: str
    replica: str
    problem: str


class Untold(Frozen):
    """A closed scene can not be told, or closed before it answered: a person has to look at what became of it."""

    scene: str
    cause: Cause


class Due(NamedTuple):
    """What is left to tell, and what cannot be told."""

    messages: tuple[Message, ...]
    untold: tuple[Untold, ...]
    unread: tuple[Unread, ...]
