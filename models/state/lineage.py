"""What a scene remembers of the reviews that its kin re-opened."""

from pydantic import Field

from models.frozen import Frozen
from models.lineage import Cause


class LineageReview(Frozen):
    """`affected` is None while nobody has answered it. Of one that is over only the id is kept, so that it is not
    opened again; the journal has the rest."""

    id: str
    cause: Cause | None = Field(None, exclude_if=lambda cause: cause is None)
    affected: bool | None = None
    concluded_by: str | None = Field(None, exclude_if=lambda person: person is None)

    @property
    def caused_by(self) -> tuple[str, int]:
        """The kin scene and its entry, which the id names."""
        scene, _, sequence = self.id.rpartition("@")
        return scene, int(sequence)
