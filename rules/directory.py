"""Who somebody is in a city's directory on a day, and who may change the directory.

A directory says who may act in which role, so two persons stand behind each version: the administrator proposes, the
leading group confirms, and never the one who proposed. Whoever acts for another needs a delegation for each step of
the path, valid on that day for the role and unit in which they act; the membership that counts is that of the last
person on the path.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise

from models.actor import Actor
from models.commands.review import PanelMember
from models.directory import Directory, DirectoryChange, Membership, Person
from models.policy import Policy
from models.proposal import ProposalDecision
from models.refusal import Refused
from models.vocabulary import Role
from rules.deadlines import local_day, local_minute
from rules.permissions import FROM_THE_CITY, authorise_office

TIE_YEARS = 3
"""How long somebody who has left a unit is tied to it (domain.md, duties kept apart, 2)."""
MOST_TIES = 100
PROPOSE, CONFIRM = "propose_directory", "confirm_directory"


def unit_on(directory: Directory, name: str, day: date) -> str:
    """The organisation that a name stands for on a day: an alias leads to the name, a merger to its successor."""
    found = directory.organisation(name)
    while found is not None and found.merged_into is not None and found.merged_on is not None:
        if day < found.merged_on:
            break
        found = directory.organisation(found.merged_into)
    return found.name if found is not None else name


def actor(
    directory: Directory,
    version: int,
    person: str,
    day: date,
    *,
    role: Role | None = None,
    unit: str | None = None,
    among: Sequence[Role] = (),
    on_behalf_of: tuple[str, ...] = (),
    known_as: Sequence[str] = (),
) -> Actor:
    """The person as an actor. `role` and `unit` may be left out where one membership fits, of those in a role `among`.

    The unit is written as in `known_as`, where one of these names means it: a scene and its policy may know it by its
    alias, or by its name before a merger.

    Raises Refused: delegation_cycle, unknown_person, not_a_member, unclear_membership, not_delegated.
    """
    path = (person, *on_behalf_of)
    if len(set(path)) < len(path):
        raise Refused("delegation_cycle", path=" > ".join(path))
    people = [_person(directory, id) for id in path]
    fitting = _fitting(directory, people[-1], day, role, unit)
    if role is None and len(fitting) > 1 and among:
        fitting = [each for each in fitting if each[1] in among] or fitting
    if not fitting:
        known = _memberships(directory, people[-1], day)
        raise Refused("not_a_member", person=path[-1], role=role or "-", unit=unit or "-", known=known or "-")
    if len(fitting) > 1:
        raise Refused("unclear_membership", person=path[-1], known=_memberships(directory, people[-1], day))
    ((acts_for, acts_as),) = fitting
    for to, by in pairwise(path):
        _refuse_undelegated(directory, by, to, acts_for, acts_as, day)
    return Actor(
        person=person,
        unit=_known_as(directory, acts_for, day, known_as),
        role=acts_as,
        directory_version=version,
        on_behalf_of=on_behalf_of,
        ties=_ties(directory, people, (acts_for, acts_as), day, known_as),
    )


def _ties(
    directory: Directory, people: Sequence[Person], acting: tuple[str, Role], day: date, known_as: Sequence[str]
) -> tuple[str, ...]:
    """The units of everybody on the path, now or in the years that count, and those above them, but for the acting one.

    What stands over an office is its line of command and no interest of its people's.
    """
    since = day.replace(day=min(day.day, 28), year=day.year - TIE_YEARS)
    own, role = acting
    units = [] if role in FROM_THE_CITY else list(_above(directory, own))
    for person in people:
        for each in person.memberships:
            unit = unit_on(directory, each.unit, day)
            begun, over = each.first is not None and each.first > day, each.last is not None and each.last < since
            if unit != own and not begun and not over:
                units += [unit, *_above(directory, unit)]
    known = (_known_as(directory, unit, day, known_as) for unit in dict.fromkeys(units) if unit != own)
    return tuple(known)[:MOST_TIES]


def _above(directory: Directory, unit: str) -> Iterator[str]:
    """The organisations that one belongs to, nearest first. A directory has no rings."""
    found = directory.organisation(unit)
    while found is not None and found.parent is not None:
        found = directory.organisation(found.parent)
        if found is not None:
            yield found.name


def candidates(directory: Directory, unit: str, role: Role, day: date) -> tuple[str, ...]:
    """The persons who may take up a duty of that unit in that role on that day, in the directory's order."""
    wanted = unit_on(directory, unit, day)
    return tuple(person.id for person in directory.persons if (wanted, role) in _of(directory, person.memberships, day))


def experts(directory: Directory, day: date, known_as: Sequence[str] = ()) -> tuple[PanelMember, ...]:
    """Everybody who may sit on a panel as an expert on that day, in the directory's order: a pool to draw from.

    An expert of several units sits for the first; every other unit that the directory ever has them in is a tie, whose
    scenes and bids they do not judge. Units are written as in `known_as`, as in `actor`.
    """
    found = []
    for person in directory.persons:
        units = [unit for unit, role in _of(directory, person.memberships, day) if role is Role.EXPERT]
        if units:
            ever = units_of(directory, person.id, day, known_as=known_as)
            unit, *ties = dict.fromkeys((_known_as(directory, units[0], day, known_as), *ever))
            found.append(PanelMember(person=person.id, unit=unit, ties=tuple(ties)))
    return tuple(found)


def units_of(directory: Directory, person: str, day: date, *, known_as: Sequence[str] = ()) -> tuple[str, ...]:
    """Every unit that the directory ever has somebody in, and those above it; nothing for who is not in it."""
    found = directory.person(person)
    ever = [unit_on(directory, each.unit, day) for each in (found.memberships if found else ())]
    above = [higher for unit in ever for higher in _above(directory, unit)]
    return tuple(dict.fromkeys(_known_as(directory, unit, day, known_as) for unit in (*ever, *above)))


def _known_as(directory: Directory, unit: str, day: date, names: Sequence[str]) -> str:
    return next((name for name in names if unit_on(directory, name, day) == unit), unit)


def refuse_stranger(directory: Directory, to: str, unit: str, role: Role, day: date) -> None:
    """A duty is passed on within its unit. Raises Refused: not_a_candidate."""
    able = candidates(directory, unit, role, day)
    if to not in able:
        raise Refused("not_a_candidate", person=to, unit=unit, role=role, candidates=", ".join(able) or "-")


def refuse_unknown_officer(directory: Directory, second: str, of: Actor, day: date) -> None:
    """The second of two officers acts for the same unit in the same role as the first, `of`, on that day.

    Raises Refused: unknown_person, not_a_member.
    """
    actor(directory, of.directory_version, second, day, role=of.role, unit=of.unit)


def _person(directory: Directory, id: str) -> Person:
    found = directory.person(id)
    if found is None:
        raise Refused("unknown_person", person=id, city=directory.city)
    return found


def _fitting(
    directory: Directory, person: Person, day: date, role: Role | None, unit: str | None
) -> list[tuple[str, Role]]:
    wanted = unit_on(directory, unit, day) if unit is not None else None
    return [
        (where, as_role)
        for where, as_role in _of(directory, person.memberships, day)
        if wanted in (None, where) and role in (None, as_role)
    ]


def _of(directory: Directory, memberships: Sequence[Membership], day: date) -> list[tuple[str, Role]]:
    """Unit and role of every membership that holds on a day, each once."""
    held = [each for each in memberships if each.holds_on(day)]
    return list(dict.fromkeys((unit_on(directory, each.unit, day), role) for each in held for role in each.roles))


def _memberships(directory: Directory, person: Person, day: date) -> str:
    return ", ".join(f"{role}:{unit}" for unit, role in _of(directory, person.memberships, day))


def _refuse_undelegated(directory: Directory, by: str, to: str, unit: str, role: Role, day: date) -> None:
    for each in directory.delegations:
        scope = unit_on(directory, each.unit, day) if each.unit is not None else None
        if (each.by, each.to) == (by, to) and each.model_copy(update={"unit": scope}).covers(unit, role, day):
            return
    raise Refused("not_delegated", person=to, by=by, role=role, unit=unit, day=day)


# changing it


def propose(
    policy: Policy, standing: DirectoryChange | None, directory: Directory, actor: Actor, now: datetime
) -> DirectoryChange:
    """`standing` is the version in force.

    Raises Refused: not_permitted, wrong_city, same_directory, directory_locks_out.
    """
    authorise_office(policy, actor, PROPOSE)
    if directory.city != policy.city:
        raise Refused("wrong_city", city=directory.city, expected=policy.city)
    base = standing.version if standing is not None else 0
    if standing is not None and standing.directory == directory:
        raise Refused("same_directory", version=base)
    _refuse_lockout(policy, directory, local_day(now))
    id = sha256(f"{directory.city}\n{base}\n{directory.digest}".encode()).hexdigest()
    return DirectoryChange(id=id, base=base, directory=directory, proposed_by=actor, proposed_at=now)


def able(policy: Policy, directory: Directory, verb: str, day: date) -> tuple[str, ...]:
    """The people who may propose or confirm a directory on a day."""
    found = []
    for person in directory.persons:
        for unit, role in _of(directory, person.memberships, day):
            office = policy.office(role)
            holds = role is Role.ADMINISTRATOR or (office is not None and unit_on(directory, office, day) == unit)
            if role in policy.permissions.get(verb, ()) and holds:
                found.append(person.id)
    return tuple(dict.fromkeys(found))


def _refuse_lockout(policy: Policy, directory: Directory, day: date) -> None:
    """Once it is in force only its own people can change it: one to propose, another to confirm."""
    proposing, confirming = able(policy, directory, PROPOSE, day), able(policy, directory, CONFIRM, day)
    if not any(one != other for one in proposing for other in confirming):
        who = {"proposing": ", ".join(proposing) or "-", "confirming": ", ".join(confirming) or "-"}
        raise Refused("directory_locks_out", **who)


def decide(
    policy: Policy,
    standing: DirectoryChange | None,
    change: DirectoryChange,
    actor: Actor,
    now: datetime,
    *,
    confirmed: bool,
    reasons: str | None = None,
) -> DirectoryChange:
    """The change with its decision. The same decision by the same person again changes nothing.

    Raises Refused: not_permitted, not_the_office, same_person, directory_decided, directory_overtaken.
    """
    authorise_office(policy, actor, CONFIRM)
    if set(change.proposed_by.persons) & set(actor.persons):
        raise Refused("same_person", person=actor.person)
    if (decision := change.decision) is not None:
        if (decision.confirmed, decision.by) == (confirmed, actor):
            return change
        raise Refused(
            "directory_decided", change=change.id[:12], status=change.status, at=local_minute(decision.at),
            person=decision.by.person,
        )  # fmt: skip
    if confirmed:
        _refuse_lockout(policy, change.directory, local_day(now))
    version = standing.version if standing is not None else 0
    if confirmed and version != change.base:
        raise Refused("directory_overtaken", change=change.id[:12], base=change.base, version=version)
    made = ProposalDecision(confirmed=confirmed, by=actor, at=now, reasons=reasons)
    return change.model_copy(update={"decision": made})
