"""What every event shares."""

from models.frozen import Frozen


class Event(Frozen):
    """One fact, in the past tense. `kind` is the discriminator.

    Events hold what the state is made of. The words that were written (reasons, opinions, findings) stand beside them
    in the same journal entry, in the command that caused it.
    """

    kind: str

    @property
    def touches(self) -> tuple[str, ...]:
        """The subjects that this event changes: a command on one of them, seen before it, is stale."""
        return ()
