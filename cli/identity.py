"""Who acts: `--as @PERSON[:ROLE[:UNIT]]`, or `--as ROLE[:UNIT[:PERSON]]`.

Where the city has a directory, a person has to be in it, in that role and unit, today. Where it has none, what is left
out is filled in from the scene, where only one answer fits. Nobody checks who types; so this works on the embedded
server of the same machine only (`session.refuse_remote`).
"""

from difflib import get_close_matches
from hashlib import sha256
from typing import NamedTuple

from models.actor import Actor
from models.directory import DirectoryChange
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from models.words import ROLES
from rules.directory import actor as resolve
from rules.separation import units_bidding

from . import shown
from .fields import validated
from .output import Failure, misuse

_SHORT = {
    "platform": Role.PLATFORM_OFFICE, "lead": Role.LEAD, "cooperating": Role.COOPERATING, "owner": Role.OWNER,
    "bureau": Role.ST_BUREAU, "evaluation": Role.EVALUATION_TEAM, "supervisor": Role.SUPERVISOR,
    "group": Role.LEADING_GROUP,
}  # fmt: skip
"""Names that are typed often, beside the roles' own and their Chinese ones."""
_NAMES = {**{role.value: role for role in Role}, **{word.zh: Role(key) for key, word in ROLES.items()}, **_SHORT}
_NOBODY = (Role.SYSTEM, Role.AUDITOR, Role.ADMINISTRATOR)


class Who(NamedTuple):
    """`role` None: the directory says which."""

    role: Role | None
    unit: str | None
    person: str | None


def who(text: str | None, *, outside: tuple[Role, ...] = ()) -> Who:
    """`outside`: roles that act outside of scenes only. Raises Failure for a role that nobody can act in."""
    if not text:
        raise misuse(
            "请用 --as @人员编号 或 --as 角色[:单位[:人员编号]] 说明以谁的身份办理，或设置 SCENE_AS。",
            "Say who acts with --as @PERSON or --as ROLE[:UNIT[:PERSON]], or set SCENE_AS.",
            code="who",
        )
    if text.startswith("@"):
        id, _, rest = text.removeprefix("@").partition(":")
        name, _, where = rest.partition(":")
        return Who(_role(name, among=outside) if name else None, where.strip() or None, id.strip())
    name, _, rest = text.partition(":")
    unit, _, person = rest.partition(":")
    return Who(_role(name, among=outside), unit.strip() or None, person.strip() or None)


def _role(name: str, *, among: tuple[Role, ...]) -> Role:
    role = _NAMES.get(name.strip())
    if role is None or (role in _NOBODY and role not in among):
        near = get_close_matches(name, _NAMES, n=3, cutoff=0.4)
        known = ", ".join(dict.fromkeys(near)) or ", ".join(each.value for each in Role if each not in _NOBODY)
        raise misuse(
            f"没有可办事的角色“{name}”。可选：{known}。", f"Nobody acts as {name}. Possible: {known}.", code="who"
        )
    return role


def actor(
    acting: Who,
    policy: Policy | None,
    state: SceneState,
    bidder: str | None,
    on_behalf_of: tuple[str, ...] = (),
    *,
    directory: DirectoryChange | None = None,
    verb: str = "",
) -> Actor:
    """The person in full, as of the directory where there is one.

    Raises Refused for who is not what they say; Failure where the unit is not given and the scene does not tell it.
    """
    if directory is not None and acting.role is not Role.PUBLIC:
        return _of_the_directory(directory, acting, policy, state, bidder, on_behalf_of, verb)
    if acting.role is None:
        raise misuse(
            "本市还没有人员目录，请写明角色：--as 角色[:单位[:人员编号]]。",
            "The city has no directory yet; name the role: --as ROLE[:UNIT[:PERSON]].",
            code="who",
        )
    unit = acting.unit or _unit(acting.role, policy, state, bidder)
    if not unit:
        raise misuse(
            f"请写明单位：--as {acting.role.value}:单位。",
            f"Name the unit: --as {acting.role.value}:UNIT.",
            code="who",
        )
    if acting.role is Role.EXPERT and acting.person is None:
        raise misuse(
            "专家须写明人员编号：--as expert:单位:人员编号。",
            "An expert is named by id: --as expert:UNIT:PERSON.",
            code="who",
        )
    content = {
        "person": acting.person or default_person(acting.role, unit),
        "unit": unit,
        "role": acting.role,
        "on_behalf_of": on_behalf_of,
    }
    try:
        return validated(Actor, content)
    except Failure as failure:
        raise Failure("who", failure.message, status=2) from None


def _of_the_directory(
    directory: DirectoryChange,
    acting: Who,
    policy: Policy | None,
    state: SceneState,
    bidder: str | None,
    on_behalf_of: tuple[str, ...],
    verb: str,
) -> Actor:
    if acting.person is None:
        raise misuse(
            f"{directory.directory.city}已启用人员目录，请写明人员：--as @人员编号。",
            f"{directory.directory.city} has a directory; name the person: --as @PERSON.",
            code="who",
        )
    among = policy.permissions.get(verb, ()) if policy else ()
    here = _unit(acting.role, policy, state, bidder) if acting.role is not None else None
    parts = [here, state.lead, state.regulator, *state.cooperating, state.profile.owner if state.profile else None]
    known_as = [*filter(None, parts), *(sorted(policy.unit_names) if policy else ()), *units_bidding(state)]

    def found(unit: str | None) -> Actor:
        return resolve(
            directory.directory, directory.version, acting.person or "", shown.today(),
            role=acting.role, unit=unit, among=among, on_behalf_of=on_behalf_of, known_as=known_as,
        )  # fmt: skip

    try:
        return found(acting.unit)
    except Refused as refused:
        if refused.code != "unclear_membership" or here is None:
            raise
        return found(here)


def default_person(role: Role, unit: str) -> str:
    """One id for one unit in one role, for who does not say more; separate persons have to be named."""
    return f"{role.value}-{sha256(unit.encode('utf-8', 'replace')).hexdigest()[:6]}"


def _unit(role: Role, policy: Policy | None, state: SceneState, bidder: str | None) -> str | None:
    match role:
        case Role.LEAD:
            return state.lead
        case Role.OWNER:
            return state.profile.owner if state.profile else None
        case Role.REGULATOR:
            return state.regulator
        case Role.COOPERATING:
            return state.cooperating[0] if len(state.cooperating) == 1 else None
        case Role.BIDDER:
            return bidder
        case Role.EXPERT:
            return "专家库"
        case Role.PUBLIC:
            return "公众"
        case _:
            return policy.office(role) if policy else None
