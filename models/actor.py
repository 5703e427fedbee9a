"""Who acts. Persons stand here by id only; names and contacts stay in the directory."""

from pydantic import Field

from .frozen import Frozen
from .text import Identifier, Name
from .vocabulary import Role


class Actor(Frozen):
    """One person acting in one role for one unit, as of one version of the directory.

    `on_behalf_of` is the delegation path, nearest first: empty when the person acts for themselves. `ties` are the
    other units that the directory has anybody on the path in, now or in the last three years, and those above them.
    """

    person: Identifier
    unit: Name
    role: Role
    directory_version: int = 0
    on_behalf_of: tuple[Identifier, ...] = ()
    ties: tuple[Name, ...] = Field((), max_length=100, exclude_if=lambda ties: not ties)

    @property
    def persons(self) -> tuple[str, ...]:
        """Everybody who acts when this actor does: the person, and those on whose behalf."""
        return (self.person, *self.on_behalf_of)


SYSTEM = Actor(person="system", unit="system", role=Role.SYSTEM)
"""Alarms, silence and publications that are due: always marked as the system."""
