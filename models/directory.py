"""The directory of a city: its organisations, who belongs to them in which role, and who stands in for whom.

Names of persons stand here and nowhere else; commands carry a person's id and the directory's version. A directory is
changed as a whole: one proposes a new version, another confirms it, and every version is kept.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Literal, Self

from pydantic import Field, model_validator

from .actor import Actor
from .canonical import canonical
from .frozen import Frozen
from .proposal import ProposalDecision, ProposalStatus, status_of
from .text import Digest, Identifier, Moment, Name, Text
from .vocabulary import Role

ALONE = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Roles that nobody has beside another: who runs the system, or reads everything, has no part in the business."""


class Span(Frozen):
    """From `first` to `last`, both included; None is open."""

    first: date | None = Field(None, description="from this day on; left out: since ever")
    last: date | None = Field(None, description="to the end of this day; left out: until further notice")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}; exchange the two")
        return self

    def holds_on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class Organisation(Frozen):
    name: Name = Field(description="as the city's policy writes it")
    kind: Literal["department", "district", "enterprise", "institution", "expert_pool"] = Field(
        "department", description="what it is"
    )
    parent: Name | None = Field(None, description="the organisation it belongs to")
    aliases: tuple[Name, ...] = Field((), max_length=20, description="other ways to write its name")
    merged_into: Name | None = Field(None, description="the organisation that took its place")
    merged_on: date | None = Field(None, description="since when")
    assumed: bool = Field(False, description="true where no source text names it")
    source: Name | None = Field(None, description="where it is named")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.merged_into is None) != (self.merged_on is None):
            raise ValueError("merged_into and merged_on go together; write both, or neither")
        return self


class Membership(Span):
    unit: Name = Field(description="the organisation, by its name or an alias")
    roles: tuple[Role, ...] = Field(min_length=1, max_length=10, description="what the person may act as there")


class Person(Frozen):
    id: Identifier = Field(description="stands in commands and histories; never used for another person")
    name: Name = Field(description="the person's name")
    memberships: tuple[Membership, ...] = Field((), max_length=20, description="where the person belongs")

    @property
    def roles(self) -> set[Role]:
        return {role for each in self.memberships for role in each.roles}

    @model_validator(mode="after")
    def _apart(self) -> Self:
        roles = self.roles
        for role in ALONE:
            if role in roles and len(roles) > 1:
                others = ", ".join(sorted(roles - {role}))
                raise ValueError(f"{self.id} is {role} and also {others}; an {role} has no other role")
        if Role.SYSTEM in roles:
            raise ValueError(f"{self.id} is no system; remove the role")
        return self


class Delegation(Span):
    """`to` acts for `by`. Without `unit` and `roles`: in everything that `by` may do."""

    by: Identifier = Field(description="who is away")
    to: Identifier = Field(description="who stands in")
    unit: Name | None = Field(None, description="only as a member of this organisation")
    roles: tuple[Role, ...] = Field((), max_length=10, description="only in these roles")
    reasons: Text = Field(description="why")

    def covers(self, unit: str, role: Role, day: date) -> bool:
        return self.holds_on(day) and self.unit in (None, unit) and (not self.roles or role in self.roles)


class Directory(Frozen):
    """Raises ValueError for names or ids that stand twice, that nobody has, and for rings."""

    city: Name = Field(description="the city")
    organisations: tuple[Organisation, ...] = Field(min_length=1, max_length=5_000, description="the organisations")
    persons: tuple[Person, ...] = Field((), max_length=50_000, description="the people")
    delegations: tuple[Delegation, ...] = Field((), max_length=10_000, description="who stands in for whom")

    @property
    def digest(self) -> str:
        return sha256(canonical(self)).hexdigest()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        names = [name for each in self.organisations for name in (each.name, *each.aliases)]
        _refuse_doubles("organisations", names)
        _refuse_doubles("persons", [each.id for each in self.persons])
        known, people = self._by_name, self._by_id
        for each in self.organisations:
            for other in (each.parent, each.merged_into):
                if other is not None and other not in known:
                    raise ValueError(f"organisations: {each.name} names {other}, which is not there")
            _refuse_ring(each.name, self._chain(each.name, "parent"))
            _refuse_ring(each.name, self._chain(each.name, "merged_into"))
        for person in self.persons:
            for membership in person.memberships:
                if membership.unit not in known:
                    raise ValueError(f"persons: {person.id} belongs to {membership.unit}, which is not there")
        for delegation in self.delegations:
            for id in (delegation.by, delegation.to):
                if id not in people:
                    raise ValueError(f"delegations: there is no person {id}")
                if alone := [role for role in people[id].roles if role in ALONE]:
                    raise ValueError(f"delegations: {id} is {alone[0]}, whom nobody stands in for, and who for nobody")
            if delegation.by == delegation.to:
                raise ValueError(f"delegations: {delegation.by} stands in for nobody but themselves")
            if delegation.unit is not None and delegation.unit not in known:
                raise ValueError(f"delegations: {delegation.unit} is not there")
        return self

    def _chain(self, name: str, by: Literal["parent", "merged_into"]) -> Iterator[str]:
        """The organisations above one, or after it, for as long as no ring closes."""
        seen = {name}
        while (found := self.organisation(name)) is not None and (other := getattr(found, by)) is not None:
            yield other
            if other in seen:
                return
            seen.add(name := other)

    @cached_property
    def _by_name(self) -> dict[str, Organisation]:
        return {name: each for each in self.organisations for name in (each.name, *each.aliases)}

    @cached_property
    def _by_id(self) -> dict[str, Person]:
        return {each.id: each for each in self.persons}

    def organisation(self, name: str) -> Organisation | None:
        """By its name or an alias."""
        return self._by_name.get(name)

    def person(self, id: str) -> Person | None:
        return self._by_id.get(id)


def _refuse_doubles(what: str, names: Sequence[str]) -> None:
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what}: {name} stands twice; keep one of the two")
        seen.add(name)


def _refuse_ring(name: str, above: Iterator[str]) -> None:
    if name in above:
        raise ValueError(f"organisations: {name} stands above itself; correct parent or merged_into")


class DirectoryChange(Frozen):
    """A directory that is to follow version `base` (0: there is none yet). Confirmed, it is version `base` + 1."""

    id: Digest
    base: int
    directory: Directory
    proposed_by: Actor
    proposed_at: Moment
    decision: ProposalDecision | None = None

    @property
    def status(self) -> ProposalStatus:
        return status_of(self.decision)

    @property
    def version(self) -> int:
        return self.base + 1
