"""Duties of the risk compensation pools, for the lists of duties of scenes and units."""

from models.deadline import Duty
from models.policy import Policy
from models.state import SceneState
from models.vocabulary import Role
from rules.fund_duties import fund_duties
from runtime.policy_files import load_city
from runtime.wiring import Parts
from runtime.yaml_files import FileProblems
from storage.reads import InboxItem

from . import shown


def of_scene(opened: Parts, state: SceneState, policy: Policy | None) -> tuple[Duty, ...]:
    """What is to be done about the claims that rest on this scene."""
    if policy is None or policy.city not in opened.funds.cities():
        return ()
    found = fund_duties(policy, opened.funds.state(policy.city), shown.now())
    return tuple(duty for claim, duty in found if claim.scene == state.scene)


def of_units(
    opened: Parts, *, city: str | None, unit: str | None, role: Role | None, person: str | None
) -> tuple[InboxItem, ...]:
    """What these have to do in the pools; a pool knows units, so for a person alone there is nothing."""
    if person is not None and unit is None and role is None:
        return ()
    found = []
    for known in opened.funds.cities():
        policy = _policy_of(opened, known) if city in (None, known) else None
        for claim, duty in fund_duties(policy, opened.funds.state(known), shown.now()) if policy else ():
            summary = opened.reads.scene(claim.scene)
            holder = duty.holder
            if summary is None or unit not in (None, holder.unit) or role not in (None, holder.role):
                continue
            found.append(
                InboxItem(
                    scene=claim.scene, name=summary.name, city=known, stage=summary.stage, step=summary.step,
                    deadline=duty.deadline, limit=duty.limit, holder=holder, verbs=duty.verbs, machine=duty.machine,
                    bidder=duty.bidder, due_on=duty.due_on, due_at=duty.due_at, provisional=duty.provisional,
                    status=duty.status,
                )
            )  # fmt: skip
    return tuple(found)


def _policy_of(opened: Parts, city: str) -> Policy | None:
    """The city's rules as its file has them today; a pool goes by no other."""
    try:
        return load_city(opened.settings.policies_dir, city)
    except FileProblems:
        return None
