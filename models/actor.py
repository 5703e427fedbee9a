"""Who acts. Persons stand here by id only; names and contacts stay in the directory."""

from .frozen import Frozen
from .text import Identifier, Name
from .vocabulary import Role


class Actor(Frozen):
    """One person acting in one role for one unit, as of one version of the directory.

    `on_behalf_of` is the delegation path, nearest first: empty when the person acts for themselves.
    """

    person: Identifier
    unit: Name
    role: Role
    directory_version: int = 0
    on_behalf_of: tuple[Identifier, ...] = ()

    @property
    def persons(self) -> tuple[str, ...]:
        """Everybody who acts when this actor does: the person, and those on whose behalf."""
        return (self.person, *self.on_behalf_of)


SYSTEM = Actor(person="system", unit="system", role=Role.SYSTEM)
"""Alarms, silence and publications that are due: always marked as the system."""
