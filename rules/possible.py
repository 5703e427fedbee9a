"""What can be done in a scene now, and by whom: an offer to a reader, not a judgement.

The lifecycle table, the policy's permissions and the scene's parties say what makes sense to try. `decide` alone says
whether an act stands: it also looks at what the act says, at who did the step before, and at the date.
"""

from collections.abc import Iterator
from typing import NamedTuple

from models.commands import ACTS, Act, BidderAct
from models.deadline import Deadline, DeadlineStatus
from models.policy import Policy
from models.state import Incident, IncidentStatus, Panel, PaymentStatus, SceneState, UnitOpinion
from models.state.review import ObjectionStatus
from models.vocabulary import Machine, PanelPurpose, Role
from rules import (
    acceptance,
    advice,
    anywhere,
    exit_panel,
    incidents,
    lifecycle,
    lineage,
    panels,
    payments,
    promotion,
    race,
    red_lines,
    refunds,
    trial,
    upheld_complaints,
)
from rules.decide import machines_judged
from rules.docket import BIDDER_MACHINES
from rules.keyed import find
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
        if _has_an_object(policy, state, verb, bidder)
        and (not state.stands_still or verb in lifecycle.WHILE_STANDING_STILL)
        and policy.permissions.get(verb)
    )


def _machines_of(verb: str) -> set[Machine]:
    """Those whose step must allow the act, whichever panel it is about."""
    act = ACTS[verb]
    purposes = (None, PanelPurpose.EXIT) if "purpose" in act.model_fields else (None,)
    return {machine for purpose in purposes for machine in machines_judged(act, purpose)}


def _named(state: SceneState) -> Iterator[tuple[str, Machine, str | None]]:
    tried = [trial.bidder for trial in state.trials]
    for verb in lifecycle.verbs_at(Machine.SCENE, state.step):
        # A scene moves with a bidder's machine by acts that are possible only there.
        if not (issubclass(ACTS[verb], BidderAct) and lifecycle.machines_of(verb)):
            yield verb, Machine.SCENE, None
    for machine, parts in BIDDER_MACHINES.items():
        for part in getattr(state, parts):
            for verb in lifecycle.verbs_at(machine, part.step):
                # Terminating and withdrawing are acts on the whole scene, whatever they do to a bidder's machines.
                of_trial = machine is Machine.CONTRACT and part.bidder in tried and verb in lifecycle.OF_INCIDENTS
                judged = not of_trial and machine in _machines_of(verb)
                if verb not in lifecycle.ANYWHERE and verb != "terminate" and judged:
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


def _has_an_object(policy: Policy, state: SceneState, verb: str, bidder: str | None) -> bool:
    """Whether there is something for the verb to act on."""
    match verb:
        case "propose_payment" | "approve_payment" | "pay_milestone" | "record_benefit" if state.unconfirmed:
            return False
        case "confirm_take_over":
            return state.unconfirmed
        case "suspend":
            return state.suspension is None
        case "resume":
            return state.suspension is not None
        case "request_extension":
            return any(_extendable(policy, state, each) for each in state.deadlines)
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
            alone = state.step in lifecycle.BEFORE_CONTRACT
            return alone or (state.step in lifecycle.BY_AGREEMENT and state.withdrawal is None)
        case "answer_withdrawal":
            return state.withdrawal is not None
        case "answer_objection":
            return any(objection.status is ObjectionStatus.RAISED for objection in state.objections)
        case "file_complaint":
            return any(objection.status is ObjectionStatus.ANSWERED for objection in state.objections)
        case "decide_complaint":
            return any(objection.status is ObjectionStatus.COMPLAINT for objection in state.objections)
        case "conclude_complaint":
            return bool(upheld_complaints.to_conclude(state))
        case "claim_duty":
            return any(each.holder is not None and not _claimed(each) for each in state.deadlines)
        case "release_duty" | "transfer_duty" | "delegate_duty":
            return any(_claimed(each) for each in state.deadlines)
        case "hand_back_duty":
            return any(each.desk is not None and each.desk.delegated_to for each in state.deadlines)
        case "confirm_refund":
            comes = find(state.refunds_on_their_way, bidder=bidder) is not None
            due = find(state.owed_refunds, bidder=bidder)
            said = due is not None and due.declared_yuan is not None
            return comes or said or (due is not None and not refunds.awaits_a_finding(state, bidder))
        case "record_refund":
            return _owes(state, bidder) and not refunds.awaits_a_finding(state, bidder)
        case "ask_fault_tolerance":
            owed = refunds.debt(state, bidder)
            return _owes(state, bidder) and owed is not None and not owed.fault_tolerance_asked
        case "decide_fault_tolerance":
            return refunds.awaits_a_finding(state, bidder)
        case "nudge":
            return any(each.holder is not None and each.status is not DeadlineStatus.PAUSED for each in state.deadlines)
        case "answer_suggestion":
            return any(each.answer is None for each in state.suggestions)
        case "suggest_rule_change":
            return any(
                each.clauses or each.readings or find(state.incidents, bidder=each.bidder) for each in state.trials
            )
        case "take_back":
            return state.last is not None
        case "acknowledge_incident":
            return any(each.bidder == bidder and each.acknowledged_by is None for each in _open_incidents(state))
        case "report_upward":
            return any(each.bidder == bidder for each in _open_incidents(state))
        case "review_invitation":
            mode = policy.modes.get(state.challenge.mode) if state.challenge is not None else None
            unread = state.challenge is not None and state.challenge.reviewed is None
            return mode is not None and mode.invited_only and unread
        case "ask_green_channel":
            open_to = state.green_channel is None or state.green_channel.granted is False
            return policy.green_channel is not None and open_to
        case "decide_green_channel":
            return state.green_channel is not None and state.green_channel.granted is None
        case "request_factor":
            return policy.factors is not None and state.lead is not None
        case "answer_factor":
            return any(each.granted is None for each in state.factors)
        case "answer_complaint":
            return any(each.founded is None for each in state.complaints)
        case "record_finance":
            return bool(state.contracts)
        case "conclude_lineage_review":
            return bool(lineage.open_reviews(state))
        case "give_acceptance_opinion":
            accepting = find(state.acceptances, bidder=bidder)
            given = {opinion.unit for opinion in accepting.opinions} if accepting is not None else set()
            asked = _parties(policy, state, verb, bidder)
            return any(each.units is None or not given.issuperset(each.units) for each in asked)
        case "give_trial_opinion":
            trial_ = find(state.trials, bidder=bidder)
            asked = _parties(policy, state, verb, bidder)
            return trial_ is not None and _may_advise(state, asked, trial_.opinions, bidder)
        case "give_benchmark_opinion":
            return _may_advise(state, _parties(policy, state, verb, None), state.benchmark_opinions, None)
        case "convene_panel":
            if _at_exit(state, bidder) and not exit_panel.is_asked(policy, state, bidder or ""):
                return False
            panel = _panel(state, bidder)
            return panel is None or not panels.has_spoken(state, panel)
        case "give_expert_opinion":
            panel = _panel(state, bidder)
            return panel is not None and not panels.all_have_spoken(panel)
        case "recuse":
            panel = _panel(state, bidder)
            return panel is not None and not panels.all_have_spoken(panel)
        case "score_bid":
            return _panel(state, None) is not None
        case "sign_acceptance_opinion":
            panel = _panel(state, bidder)
            return panel is not None and any(seat.recommend is not None for seat in panel.seats)
        case "recognise":
            panel = _panel(state, None)
            return panel is not None and panels.all_have_spoken(panel)
        case "conclude_acceptance":
            return acceptance.may_be_concluded(state, bidder or "")
        case "override" if bidder is not None:
            return anywhere.overridable_trial(state, bidder) is not None
        case "override":
            return bool(anywhere.override_targets(state))
        case "conclude_exit":
            return any(each.bidder == bidder and each.exit_report for each in state.trials)
        case "record_reading":
            return any(each.bidder == bidder and each.kpis for each in state.trials)
        case "approve_payment":
            return find(state.payments, bidder=bidder, status=PaymentStatus.PROPOSED) is not None
        case "pay_milestone":
            return find(state.payments, bidder=bidder, status=PaymentStatus.APPROVED) is not None
        case "propose_payment":
            return payments.may_be_claimed(state, bidder or "")
        case "record_replication" | "recommend_upward":
            what = {"record_replication": "replication", "recommend_upward": "recommendation"}[verb]
            return promotion.may_have(policy, state, what)
        case "record_benefit":
            return any(promotion.may_have(policy, state, each.kind) for each in policy.promotion.kinds)
        case "nominate_benchmark":
            return promotion.may_be_nominated(policy, state)
        case "notify_leak":
            return any(each.bidder == bidder and len(each.leak_told) < 2 for each in _open_incidents(state))
        case "close_scene":
            return promotion.may_be_closed(state)
        case "ask_consultation":
            used_up = state.consultation is not None and state.consultation.round >= policy.consultation.rounds
            return state.step != "deadlock" or not used_up
        case "compare_racers":
            return race.is_on(policy, state)
        case "file_exit_report":
            return trial.may_report_exit(policy, state, bidder or "")
        case "close_incident":
            waiting = (each for each in state.incidents if each.status is IncidentStatus.INVESTIGATED)
            return any(each.bidder == bidder and not incidents.owed(state, each) for each in waiting)
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
                not each.correction_reported for each in state.open_orders(bidder)
            )
        case "verify_correction":
            return bool(state.open_orders(bidder))
        case "approve_resumption":
            return any(each.bidder == bidder and each.resumption_proposed_by for each in state.trials)
        case _:
            return True


def _owes(state: SceneState, bidder: str | None) -> bool:
    """Something back, or after a failure that there is nothing."""
    failed = find(state.acceptances, bidder=bidder, step="failed") is not None
    return failed or find(state.owed_refunds, bidder=bidder) is not None


def _may_advise(
    state: SceneState, parties: tuple[Party, ...], given: tuple[UnitOpinion, ...], bidder: str | None
) -> bool:
    """Whether a department, or an expert of the scene, has not spoken yet."""
    units = {unit for each in parties for unit in each.units or ()}
    experts = advice.assigned(state, bidder) if any(each.role is Role.EXPERT for each in parties) else ()
    heard = {each.person for each in given if each.expert}
    return any(not advice.is_heard(given, unit) for unit in units) or not heard.issuperset(experts)


def _extendable(policy: Policy, state: SceneState, deadline: Deadline) -> bool:
    """Not asked for yet, and not as often as it may be; whether it is too late to ask, the day tells."""
    rule = policy.limit(deadline.limit).extension
    asked = find(state.extension_requests, deadline=deadline.id) is not None
    return rule is not None and not asked and len(deadline.extensions) < rule.times


def _panel(state: SceneState, bidder: str | None) -> Panel | None:
    """The panel in force of a bidder's trial at its exit, of its acceptance, or of the scene's own step."""
    scene = PanelPurpose.SCORING if state.step == "scoring" else PanelPurpose.RECOGNITION
    of_bidder = PanelPurpose.EXIT if _at_exit(state, bidder) else PanelPurpose.ACCEPTANCE
    found = find(state.panels, purpose=of_bidder if bidder else scene, bidder=bidder)
    return found if found is not None and not found.void else None


def _at_exit(state: SceneState, bidder: str | None) -> bool:
    return any((each.bidder, each.step) == (bidder, "exit") for each in state.trials)


def _claimed(deadline: Deadline) -> bool:
    return deadline.desk is not None and deadline.desk.claimed_by is not None


def _open_incidents(state: SceneState) -> tuple[Incident, ...]:
    return tuple(each for each in state.incidents if each.status is not IncidentStatus.CLOSED)


def _incident(state: SceneState, bidder: str | None, status: IncidentStatus) -> bool:
    return any(each.bidder == bidder and each.status is status for each in state.incidents)
