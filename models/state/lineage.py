"""What a scene remembers of the reviews that its kin re-opened."""

from models.frozen import Frozen
from models.lineage import Cause


class LineageReview(Frozen):
    """`affected` is None while it is open."""

    id: str
    cause: Cause
    affected: bool | None = None
    concluded_by: str | None = None
