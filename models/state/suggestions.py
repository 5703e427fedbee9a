"""What a scene remembers of the suggestions to change a rule; what was written of them stands in the journal."""

from datetime import date

from models.frozen import Frozen
from models.vocabulary import Role


class Suggestion(Frozen):
    """`sequence` is the entry that made it, `to` who answers; `answer` is None while nobody has.

    `document` is the digest of the paper with which it was passed on to `authority`, in entry `answered_in`.
    """

    id: str
    sequence: int
    bidder: str
    rule: str
    clause: str
    by_role: Role
    by_unit: str
    to: Role
    on: date
    answer: str | None = None
    answered_on: date | None = None
    answered_in: int | None = None
    authority: str | None = None
    document: str | None = None
