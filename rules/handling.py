"""How a duty is handled among people: at whose desk it lies, who signs with it, who is told, what is taken back.

A duty belongs to a unit. Whoever of that unit claims it has it alone, until they release it (back to all), transfer it
(转办: it does not come back) or delegate it (委办: somebody prepares it and hands it back). The date stays as it is:
nobody gains time by passing a paper on. A seat on a panel is personal and is neither claimed nor passed on.

A signer may be added to a consultation (加签) until somebody has spoken, with the full time of the others; one who
has not answered may be left out (减签), never one who has, nor one with a veto: an objection does not go away. The last
act can be taken back (撤回) by who did it, for as long as the policy says, while nobody else has acted; the scene then
stands as before, but for what it never forgets: entries, receipts, and who had a hand in what.
"""

from typing import NoReturn, assert_never

from models.commands import Act
from models.commands.handling import (
    AddSigner,
    ClaimDuty,
    CopyTo,
    DelegateDuty,
    DutyAct,
    HandBackDuty,
    HandlingAct,
    Nudge,
    ReleaseDuty,
    RemoveSigner,
    TakeBack,
    TransferDuty,
)
from models.commands.trial import ReportCorrection, VerifyCorrection
from models.deadline import Deadline, DeadlineStatus, Holder
from models.events.clock import DeadlineSet, StepEntered
from models.events.handling import (
    ActTakenBack,
    CopySent,
    DutyClaimed,
    DutyDelegated,
    DutyHandedBack,
    DutyNudged,
    DutyReleased,
    DutyTransferred,
    SignerAdded,
    SignerRemoved,
)
from models.policy import HandlingRules
from models.state import Consultation, LastAct, Panel, SceneState, order_key
from models.vocabulary import Machine, Role
from rules import lifecycle, orders, panels, review, separation
from rules.calendar import due_date
from rules.deadlines import local_day
from rules.docket import BIDDER_MACHINES, Docket
from rules.keyed import find
from rules.permissions import unknown_unit


def judge(docket: Docket, act: HandlingAct) -> None:
    match act:
        case ClaimDuty():
            _claim(docket, act)
        case ReleaseDuty():
            person = _claimant(docket, _own_duty(docket, act))
            docket.record(DutyReleased(duty=act.duty, person=person, by=docket.person))
        case TransferDuty():
            person = _handed_on(docket, act)
            docket.record(DutyTransferred(duty=act.duty, person=person, to=act.to))
        case DelegateDuty():
            person = _handed_on(docket, act)
            docket.record(DutyDelegated(duty=act.duty, person=person, to=act.to))
        case HandBackDuty():
            _hand_back(docket, act)
        case Nudge():
            _nudge(docket, act)
        case CopyTo():
            _copy(docket, act)
        case AddSigner():
            _add_signer(docket, act)
        case RemoveSigner():
            _remove_signer(docket, act)
        case TakeBack():
            _take_back(docket, act)
        case _:
            assert_never(act)


# whose desk


def refuse_unless_handler(docket: Docket) -> None:
    """Who discharges a duty that somebody has claimed is that person, or acts on their behalf.

    Raises Refused: claimed_by_another, delegated.
    """
    actor = docket.command.actor
    for duty in docket.state.deadlines:
        if duty.desk is None or not _discharges(docket, duty):
            continue
        claimant, delegate = duty.desk.claimed_by, duty.desk.delegated_to
        if claimant is not None and claimant not in actor.persons:
            docket.refuse("claimed_by_another", duty=duty.id, person=claimant)
        if delegate is not None and delegate not in actor.persons:
            docket.refuse("delegated", duty=duty.id, person=delegate)


OPEN_TO_COLLEAGUES = ("suspend_trial", "terminate_trial", "terminate", "approve_resumption")
"""Whoever has claimed the duty: for safety one person is enough, and a second person is another."""
_MEETS_WITHOUT_LEAVING = ("report_fix",)


def _discharges(docket: Docket, duty: Deadline) -> bool:
    """Whether the act is one by which this actor's unit does this duty; of several alike, the one that it names."""
    act = docket.command.act
    if duty.holder is None or not _holds(docket, duty.holder) or not _is_done_by(duty, act.verb):
        return False
    if duty.bidder is not None and getattr(act, "bidder", None) not in (None, duty.bidder):
        return False
    item = _item(docket, act)
    return item is None or f"/{item}/" in f"/{duty.id}/"


def _is_done_by(duty: Deadline, verb: str) -> bool:
    """Of what is possible at a step, its duty is done by what leaves it; what else one does there is open to all."""
    if verb not in duty.verbs or verb in OPEN_TO_COLLEAGUES:
        return False
    step = lifecycle.step_of(duty.machine, duty.step) if duty.step else None
    if step is None or step.limit != duty.limit or verb in _MEETS_WITHOUT_LEAVING:
        return True
    return lifecycle.leaves(duty.machine, duty.step, verb)


def _holds(docket: Docket, holder: Holder) -> bool:
    return (holder.role, holder.unit) == (docket.role, docket.unit)


def _item(docket: Docket, act: Act) -> str | None:
    """What tells a duty from its unit's others with the same verb: an objection, an order, an incident, a deadline."""
    if isinstance(act, VerifyCorrection) or (isinstance(act, ReportCorrection) and act.incident is None):
        fault = orders.named(docket.state, act)
        return order_key(fault) if fault is not None else None
    for name in ("objection", "incident", "deadline", "decision", "entry"):
        if (item := getattr(act, name, None)) is not None:
            return str(item)
    return None


def _duty(docket: Docket, act: DutyAct) -> tuple[Deadline, Holder]:
    duty = docket.deadline(act.duty)
    if duty is None or duty.holder is None:
        known = ", ".join(each.id for each in docket.state.deadlines if each.holder is not None) or "-"
        docket.refuse("unknown_deadline", deadline=act.duty, known=known)
    return duty, duty.holder


def _own_duty(docket: Docket, act: DutyAct) -> Deadline:
    """A duty of the actor's unit that anybody there may do."""
    duty, holder = _duty(docket, act)
    if holder.person is not None:
        docket.refuse("duty_is_personal", duty=duty.id, person=holder.person)
    if not _holds(docket, holder):
        docket.refuse("not_your_deadline", deadline=duty.id, holder=holder.unit)
    return duty


def _claimant(docket: Docket, duty: Deadline) -> str:
    if duty.desk is None or duty.desk.claimed_by is None:
        docket.refuse("not_claimed", duty=duty.id)
    return duty.desk.claimed_by


def _claim(docket: Docket, act: ClaimDuty) -> None:
    duty = _own_duty(docket, act)
    if duty.desk is not None and duty.desk.claimed_by is not None:
        docket.refuse("claimed_by_another", duty=duty.id, person=duty.desk.claimed_by)
    _refuse_sides(docket, duty, docket.command.actor.persons)
    docket.record(DutyClaimed(duty=duty.id, person=docket.person))


def _refuse_sides(docket: Docket, duty: Deadline, persons: tuple[str, ...]) -> None:
    """An authority's duty does not lie with somebody who has acted for the owner or a bidder."""
    if duty.holder is None or duty.holder.role in (Role.OWNER, Role.BIDDER):
        return
    for person in persons:
        if separation.took_sides(docket.state, person):
            docket.refuse("handler_takes_sides", person=person, duty=duty.id)


def _handed_on(docket: Docket, act: TransferDuty | DelegateDuty) -> str:
    """By who has claimed it, to somebody else, one at a time."""
    duty = _own_duty(docket, act)
    person = _claimant(docket, duty)
    if person not in docket.command.actor.persons:
        docket.refuse("claimed_by_another", duty=duty.id, person=person)
    if duty.desk is not None and duty.desk.delegated_to is not None:
        docket.refuse("delegated", duty=duty.id, person=duty.desk.delegated_to)
    if act.to in (person, *docket.command.actor.persons):
        docket.refuse("same_person", person=act.to)
    _refuse_sides(docket, duty, (act.to,))
    return person


def _hand_back(docket: Docket, act: HandBackDuty) -> None:
    duty = _own_duty(docket, act)
    person, delegate = _claimant(docket, duty), duty.desk.delegated_to if duty.desk else None
    if delegate is None:
        docket.refuse("duty_not_delegated", duty=duty.id)
    if not {person, delegate} & set(docket.command.actor.persons):
        docket.refuse("delegated", duty=duty.id, person=delegate)
    docket.record(DutyHandedBack(duty=duty.id, person=person, by=docket.person))


# who is told


def _rules(docket: Docket) -> HandlingRules:
    if docket.policy.handling is None:
        docket.refuse("not_permitted", role=docket.role, verb=docket.command.act.verb, allowed="-")
    return docket.policy.handling


def _nudge(docket: Docket, act: Nudge) -> None:
    """Not one's own duty, not one that stands still, and not more often than the policy says."""
    (duty, holder), every = _duty(docket, act), _rules(docket).nudge_every
    if _holds(docket, holder):
        docket.refuse("own_duty", duty=duty.id)
    if duty.status is DeadlineStatus.PAUSED:
        docket.refuse("duty_paused", duty=duty.id)
    last = duty.desk.nudged_on if duty.desk is not None else None
    if last is not None and docket.day < (again := due_date(docket.policy.calendar, last, every).on):
        docket.refuse("nudged_already", duty=duty.id, on=last, again=again)
    docket.record(DutyNudged(duty=duty.id, by_unit=docket.unit, on=docket.day))


def _copy(docket: Docket, act: CopyTo) -> None:
    """To units of the city and parties to the scene, never to one's own."""
    state = docket.state
    opened = state.step != "posted"
    parties = {*state.owners, *(separation.units_bidding(state) if opened else ())}
    units = tuple(dict.fromkeys(act.units))
    for unit in units:
        if unit == docket.unit:
            docket.refuse("same_part", unit=unit)
        if unit not in docket.policy.unit_names and unit not in parties:
            raise unknown_unit(docket.policy, unit)
    docket.record(CopySent(units=units, by_unit=docket.unit))


# who signs


def _round(docket: Docket) -> Consultation:
    consultation = docket.state.consultation
    if consultation is None or docket.state.step != "consultation":
        verb = docket.command.act.verb
        docket.refuse("wrong_step", step=docket.state.step, verb=verb, possible="consultation")
    return consultation


def _add_signer(docket: Docket, act: AddSigner) -> None:
    """Before anybody has spoken: who knows the answers adds nobody who outweighs them. No office that judges later."""
    consultation, state = _round(docket), docket.state
    if any(not opinion.void for opinion in consultation.opinions):
        docket.refuse("opinions_in")
    offices = docket.policy.offices
    if act.unit in (offices.platform_office, offices.complaint_supervisor, offices.payer, offices.leading_group):
        docket.refuse("no_signer", unit=act.unit)
    if act.unit not in docket.policy.unit_names:
        raise unknown_unit(docket.policy, act.unit)
    if act.unit in (state.lead, *state.cooperating):
        docket.refuse("same_part", unit=act.unit)
    if act.unit in state.owners:
        docket.refuse("own_scene", bidder=act.unit)
    docket.record(SignerAdded(unit=act.unit))
    holder = Holder(role=Role.COOPERATING, unit=act.unit)
    docket.set_deadline("consultation", holder, ("give_opinion",), key=act.unit)


def _remove_signer(docket: Docket, act: RemoveSigner) -> None:
    consultation = _round(docket)
    if act.unit not in consultation.units:
        docket.refuse("not_asked", unit=act.unit)
    if docket.policy.consultation.veto or act.unit in docket.policy.consultation.vetoers:
        docket.refuse("signer_has_veto", unit=act.unit)
    if any(opinion.unit == act.unit and not opinion.void for opinion in consultation.opinions):
        docket.refuse("opinion_already_given", unit=act.unit)
    if consultation.units == (act.unit,):
        docket.refuse("last_signer", unit=act.unit)
    if docket.deadline(f"consultation/{act.unit}") is None:
        docket.refuse("silent_already", unit=act.unit)
    docket.cancel(f"consultation/{act.unit}")
    docket.record(SignerRemoved(unit=act.unit))
    for clock in docket.state.deadlines:  # what else was asked of it, the lead answers or has answered
        if clock.holder == Holder(role=Role.COOPERATING, unit=act.unit):
            docket.shift(clock.model_copy(update={"holder": docket.holder(Role.LEAD), "desk": None}), "reassignment")
    review.count(docket)


# taking back


def _take_back(docket: Docket, act: TakeBack) -> None:
    rules, last = _rules(docket), docket.state.last
    if last is None or last.before.sequence + 1 != act.entry:
        _refuse_what_stays(docket, act)
    if last.verb not in rules.take_back:
        docket.refuse("cannot_be_taken_back", verb=last.verb, known=", ".join(rules.take_back) or "-")
    if docket.unit != last.unit or not set(docket.command.actor.persons) & set(last.persons):
        docket.refuse("not_your_act", entry=act.entry)
    if last.verb == "give_expert_opinion" and any(map(panels.all_have_spoken, _changed_panels(docket.state, last))):
        docket.refuse("votes_open")
    latest = due_date(docket.policy.calendar, last.on, rules.take_back_within).on
    if local_day(docket.now) > latest:
        docket.refuse("take_back_too_late", entry=act.entry, latest=latest)
    _move_back(docket, last)
    _clocks_as_before(docket, last.before)
    docket.record(ActTakenBack(entry=act.entry, verb=last.verb, by=docket.person, at=docket.at, subjects=last.subjects))


def _refuse_what_stays(docket: Docket, act: TakeBack) -> NoReturn:
    """Why an entry cannot be taken back, whoever asks: it decided against somebody, went out, or is not the last."""
    if (decision := find(docket.state.decisions, sequence=act.entry)) is not None:
        docket.refuse("decision_not_taken_back", entry=act.entry, against=decision.against)
    if docket.state.last is None and act.entry == docket.state.sequence:
        docket.refuse("went_out", entry=act.entry)
    docket.refuse("not_the_last_act", entry=act.entry)


def _changed_panels(state: SceneState, last: LastAct) -> tuple[Panel, ...]:
    return tuple(panel for panel in state.panels if panel not in last.before.panels)


def _move_back(docket: Docket, last: LastAct) -> None:
    before = last.before
    stood: list[tuple[Machine, str | None, str]] = [(Machine.SCENE, None, before.step)]
    for machine, parts in BIDDER_MACHINES.items():
        stood.extend((machine, part.bidder, part.step) for part in getattr(before, parts))
    for machine, bidder, step in stood:
        if (left := docket.step(machine, bidder)) == step:
            continue
        if not lifecycle.has_row(machine, step, last.verb, left):
            raise AssertionError(f"no row in the lifecycle table to go back: {machine} {step} --{last.verb}--> {left}")
        docket.record(
            StepEntered(
                machine=machine, bidder=bidder, step=step, stage=before.stage, left=left, at=docket.at, on=docket.day
            )
        )


def _clocks_as_before(docket: Docket, before: SceneState) -> None:
    """What the act set is cancelled, what it ended runs again to its old date; what it left alone is left alone."""
    for deadline in docket.state.deadlines:
        if find(before.deadlines, id=deadline.id, started_by=deadline.started_by) is None:
            docket.cancel(deadline.id)
    for deadline in before.deadlines:
        if find(docket.state.deadlines, id=deadline.id, started_by=deadline.started_by) is None:
            docket.record(DeadlineSet(deadline=deadline))
