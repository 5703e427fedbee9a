"""Who may do what: the policy's table says which roles, the scene says which unit plays each role in it.

Deny by default: a verb that the table does not give to a role is refused, and so is a role that the actor's unit does
not play in this scene. Administrators and auditors have no business rights, whatever the table says. A delegation path
that names somebody twice is refused. Finer conditions (a seat on a panel, a second person) stand with the stage's own
rules and in `rules.separation`.
"""

from difflib import get_close_matches

from models.actor import SYSTEM, Actor
from models.commands import Act, BidderAct, Command
from models.commands.acceptance import GiveAcceptanceOpinion
from models.commands.anywhere import AnswerWithdrawal, PassDeadline, TakeOver
from models.commands.matching import SignContract
from models.commands.solicitation import Submit
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role

FROM_THE_CITY = {
    Role.PLATFORM_OFFICE, Role.LEAD, Role.COOPERATING, Role.ST_BUREAU, Role.REGULATOR, Role.EVALUATION_TEAM,
    Role.SUPERVISOR, Role.PAYER, Role.LEADING_GROUP,
}  # fmt: skip
"""Roles that only a unit of the city's policy can play."""

OF_EVERY_OWNER = (SignContract, AnswerWithdrawal, GiveAcceptanceOpinion)
"""What each unit that opens a scene does for itself; for all else the first of them answers."""

NO_BUSINESS = (Role.SYSTEM, Role.AUDITOR, Role.ADMINISTRATOR)
"""Roles that may do nothing in a scene, whatever a policy says."""


def authorise(policy: Policy, state: SceneState, command: Command) -> None:
    """Raises Refused: delegation_cycle, not_permitted, public_speaks_for_itself, path_unproven, unknown_unit or
    not_your_part."""
    actor, act = command.actor, command.act
    if isinstance(act, PassDeadline) and actor == SYSTEM:
        return
    allowed = () if isinstance(act, PassDeadline) else policy.permissions.get(act.verb, ())
    _refuse_actor(policy, actor, act.verb, allowed, never=NO_BUSINESS)
    _refuse_unproven_path(state, actor)
    expected = units_playing(policy, state, actor.role, act)
    if expected is not None and actor.unit not in expected:
        raise Refused("not_your_part", unit=actor.unit, role=actor.role, expected=", ".join(expected) or "-")


def _refuse_unproven_path(state: SceneState, actor: Actor) -> None:
    """No directory says for whom a citizen acts: only for who has objected here, never so as to involve an official.

    In a scene that goes by a directory, it alone says who acts for whom; where there is none, the sender answers.
    """
    if actor.role is Role.PUBLIC:
        objectors = {objection.objector for objection in state.objections}
        if others := [person for person in actor.on_behalf_of if person not in objectors]:
            raise Refused("public_speaks_for_itself", person=others[0])
    elif actor.on_behalf_of and state.directory_version and not actor.directory_version:
        raise Refused("path_unproven", path=" > ".join(actor.persons), version=state.directory_version)


def authorise_office(policy: Policy, actor: Actor, verb: str) -> None:
    """For what is done outside any scene: only the unit that holds the office may; an administrator holds none.

    Raises Refused: delegation_cycle, not_permitted, unknown_unit or not_the_office.
    """
    _refuse_actor(policy, actor, verb, policy.permissions.get(verb, ()), never=(Role.SYSTEM, Role.AUDITOR))
    if actor.role is not Role.ADMINISTRATOR and actor.unit != (office := policy.office(actor.role)):
        raise Refused("not_the_office", unit=actor.unit, city=policy.city, role=actor.role, expected=office or "-")


def authorise_party(policy: Policy, actor: Actor, verb: str, unit: str | None) -> None:
    """For what is done outside the scenes about one of them: an office by its unit, any other role by `unit`.

    Raises Refused: delegation_cycle, not_permitted, unknown_unit or not_your_part.
    """
    _refuse_actor(policy, actor, verb, policy.permissions.get(verb, ()), never=NO_BUSINESS)
    expected = policy.office(actor.role) or unit
    if actor.unit != expected:
        raise Refused("not_your_part", unit=actor.unit, role=actor.role, expected=expected or "-")


def _refuse_actor(
    policy: Policy, actor: Actor, verb: str, allowed: tuple[Role, ...], *, never: tuple[Role, ...]
) -> None:
    if len(set(actor.persons)) < len(actor.persons):
        raise Refused("delegation_cycle", path=" > ".join(actor.persons))
    if actor.role not in allowed or actor.role in never:
        raise Refused("not_permitted", role=actor.role, verb=verb, allowed=", ".join(allowed) or "-")
    if actor.role in FROM_THE_CITY and actor.unit not in policy.unit_names:
        raise unknown_unit(policy, actor.unit)


def unknown_unit(policy: Policy, unit: str) -> Refused:
    near = get_close_matches(unit, sorted(policy.unit_names), n=3, cutoff=0.3)
    return Refused("unknown_unit", unit=unit, near=", ".join(near) or ", ".join(sorted(policy.unit_names)[:5]))


def units_playing(policy: Policy, state: SceneState, role: Role, act: Act) -> tuple[str, ...] | None:
    """The units that play a role in this scene, as far as this act is concerned; None where any may."""
    match role:
        case Role.LEAD:
            return (state.lead,) if state.lead else ()
        case Role.COOPERATING:
            return state.cooperating
        case Role.OWNER:
            if isinstance(act, Submit | TakeOver):
                return (act.application.owner,)
            return state.owners if isinstance(act, OF_EVERY_OWNER) else state.owners[:1]
        case Role.REGULATOR:
            return (state.regulator,) if state.regulator else ()
        case Role.BIDDER:
            return (act.bidder,) if isinstance(act, BidderAct) else bidders(state)
        case Role.EXPERT | Role.AUDITOR | Role.ADMINISTRATOR | Role.PUBLIC | Role.SYSTEM:
            return None
        case _:
            office = policy.office(role)
            return (office,) if office else ()


def bidders(state: SceneState) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(bid.bidder for bid in state.bids), *(each.bidder for each in state.contracts))))
