"""What can be done in a scene now, and by whom: an offer to a reader, not a judgement.

The lifecycle table, the policy's permissions and the scene's parties say what makes sense to try. `decide` alone says
whether an act stands: it also looks at what the act says, at who did the step before, and at the date.
"""

from collections.abc import Iterator
from typing import NamedTuple

from models.commands import Act
from models.deadline import Deadline
from models.policy import Policy
from models.state import Incident, IncidentStatus, SceneState
from models.state.review import ObjectionStatus
from models.vocabulary import Machine, Role
from rules import lifecycle, red_lines
from rules.docket import BIDDER_MACHINES
from rules.permissions import bidders, units_playing


class Party(NamedTuple):
    """A role that may act, and the units that play it here; None: any unit may."""

    role: Role
    units: tuple[str, ...] | None


class Offer(NamedTuple):
    """A verb that is possible, in the scene's own machine (`bidder` None) or in one of a bidder's."""

    verb: str
    machine: Machine
    bidder: str | None
    parties: tuple[Party, ...]


def offers(policy: Policy, state: SceneState) -> tuple[Offer, ...]:
    """The verbs that are possible now: at the scene's step, at its bidders' steps, and those possible anywhere."""
    if state.closed:
        return ()
    found = dict.fromkeys(_named(state))
    return tuple(
        Offer(verb, machine, bidder, _parties(policy, state, verb, bidder))
        for verb, machine, bidder in found
        if _has_an_object(state, verb, bidder)
        and (not state.stands_still or verb in lifecycle.WHILE_STANDING_STILL)
        and policy.permissions.get(verb)
    )


def _named(state: SceneState) -> Iterator[tuple[str, Machine, str | None]]:
    for verb in lifecycle.verbs_at(Machine.SCENE, state.step):
        yield verb, Machine.SCENE, None
    tried = [trial.bidder for trial in state.trials]
    for machine, parts in BIDDER_MACHINES.items():
        for part in getattr(state, parts):
            for verb in lifecycle.verbs_at(machine, part.step):
                # Terminating and withdrawing are acts on the whole scene, whatever they do to a bidder's machines.
                of_trial = machine is Machine.CONTRACT and part.bidder in tried and verb in lifecycle.OF_INCIDENTS
                if verb not in lifecycle.ANYWHERE and verb != "terminate" and not of_trial:
                    yield verb, machine, part.bidder
    if state.profile is not None:
        for verb in lifecycle.ANYWHERE:
            yield verb, Machine.SCENE, None


def _parties(policy: Policy, state: SceneState, verb: str, bidder: str | None) -> tuple[Party, ...]:
    return tuple(Party(role, _units(policy, state, verb, role, bidder)) for role in policy.permissions.get(verb, ()))


def _units(policy: Policy, state: SceneState, verb: str, role: Role, bidder: str | None) -> tuple[str, ...] | None:
    match role:
        case Role.OWNER if state.profile is None:
            return None
        case Role.BIDDER if verb == "submit_bid":
            return state.challenge.invited or None if state.challenge else None
        case Role.BIDDER:
            return (bidder,) if bidder else bidders(state)
        case _:
            return units_playing(policy, state, role, Act(verb=verb))


def _has_an_object(state: SceneState, verb: str, bidder: str | None) -> bool:
    """Whether there is something for the verb to act on."""
    match verb:
        case "suspend":
            return state.suspension is None
        case "resume":
            return state.suspension is not None
        case "request_extension":
            return bool(state.deadlines)
        case "decide_extension":
            return bool(state.extension_requests)
        case "confirm_correction":
            return bool(state.corrections)
        case "record_service":
            return bool(state.services) or any(decision.served_on is None for decision in state.decisions)
        case "appeal":
            return any(each.served_on is not None and each.appealed_by is None for each in state.decisions)
        case "decide_appeal":
            return any(decision.appealed_by is not None for decision in state.decisions)
        case "withdraw":
            return state.withdrawal is None
        case "answer_withdrawal":
            return state.withdrawal is not None
        case "answer_objection":
            return any(objection.status is ObjectionStatus.RAISED for objection in state.objections)
        case "file_complaint":
            return any(objection.status is ObjectionStatus.ANSWERED for objection in state.objections)
        case "decide_complaint":
            return any(objection.status is ObjectionStatus.COMPLAINT for objection in state.objections)
        case "claim_duty":
            return any(each.holder is not None and not _claimed(each) for each in state.deadlines)
        case "release_duty" | "transfer_duty" | "delegate_duty":
            return any(_claimed(each) for each in state.deadlines)
        case "hand_back_duty":
            return any(each.desk is not None and each.desk.delegated_to for each in state.deadlines)
        case "record_refund" | "ask_fault_tolerance" | "decide_fault_tolerance":
            failed = any((each.bidder, each.step) == (bidder, "failed") for each in state.acceptances)
            return failed or any(each.bidder == bidder for each in state.owed_refunds)
        case "nudge":
            return any(each.holder is not None for each in state.deadlines)
        case "answer_suggestion":
            return any(each.answer is None for each in state.suggestions)
        case "suggest_rule_change":
            return bool(state.trials)
        case "take_back":
            return state.last is not None
        case "acknowledge_incident":
            return any(each.bidder == bidder and each.acknowledged_by is None for each in _open_incidents(state))
        case "report_upward":
            return any(each.bidder == bidder for each in _open_incidents(state))
        case "notify_leak":
            return any(each.bidder == bidder and len(each.leak_told) < 2 for each in _open_incidents(state))
        case "close_incident":
            return _incident(state, bidder, IncidentStatus.INVESTIGATED)
        case "analyse_incident":
            return _incident(state, bidder, IncidentStatus.REPORTED)
        case "verify_incident":
            return _incident(state, bidder, IncidentStatus.ORDERED)
        case "record_fault":
            running = ("active", "extended")
            return any(each.bidder == bidder and each.step in red_lines.LIVE for each in state.trials) or any(
                each.bidder == bidder and each.step in running for each in state.inclusions
            )
        case "end_inclusion_early":
            return any(each.bidder == bidder and each.step in ("active", "extended") for each in state.inclusions)
        case "lift_supervision":
            return any(each.bidder == bidder and each.supervised for each in state.trials)
        case "report_correction":
            ordered = [each for each in state.incidents if each.status is IncidentStatus.ORDERED]
            return any(each.bidder == bidder and not each.correction_reported for each in ordered) or any(
                each.bidder == bidder and not each.correction_reported and state.order_stands(each.bidder)
                for each in state.inclusions
            )
        case "verify_correction":
            return bidder is not None and state.order_stands(bidder)
        case "approve_resumption":
            return any(each.bidder == bidder and each.resumption_proposed_by for each in state.trials)
        case _:
            return True


def _claimed(deadline: Deadline) -> bool:
    return deadline.desk is not None and deadline.desk.claimed_by is not None


def _open_incidents(state: SceneState) -> tuple[Incident, ...]:
    return tuple(each for each in state.incidents if each.status is not IncidentStatus.CLOSED)


def _incident(state: SceneState, bidder: str | None, status: IncidentStatus) -> bool:
    return any(each.bidder == bidder and each.status is status for each in state.incidents)
