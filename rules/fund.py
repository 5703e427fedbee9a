"""The risk compensation pool (风险补偿资金池, 盐城场景行动计划 三（五）12): who may draw on it, for what, and how much.

A bidder of a scene claims for an incident, or for a trial that was terminated through no fault of its own. The lead
department proposes an amount, the leading group approves or declines it, the payer pays. Approval reserves the amount,
and nothing is approved that the pool does not have: reserved money never exceeds the balance, whoever acts at once.
The caps of the policy's section `fund` hold for the claim, the scene and the year; what was paid and came back frees
none of them. Due dates and their reminders are facts of the claim, counted when the step before was taken: on the day
of the act, or of the paper where one is entered afterwards (补录).

Duties kept apart (5): proposer, approver and payer of a claim are three persons, whoever acts on whose behalf; the
claimant's people are none of them, and no unit decides on what it bids for itself.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, assert_never

from models.actor import Actor
from models.calendar import Period
from models.deadline import Holder
from models.events.trial import MeasureAnnulled, TrialTerminated
from models.fund import (
    ApproveCompensation,
    Claim,
    ClaimFiled,
    ClaimStatus,
    ClaimWithdrawn,
    CompensationApproved,
    CompensationDeclined,
    CompensationPaid,
    CompensationProposed,
    CompensationRecovered,
    DeclineCompensation,
    FileClaim,
    FundCommand,
    FundDue,
    FundEntry,
    FundEvent,
    FundState,
    OnClaim,
    PaidIn,
    PayCompensation,
    PayIn,
    ProposeCompensation,
    RecoverCompensation,
    SceneReading,
    WithdrawClaim,
)
from models.journal import JournalEntry
from models.policy import FundRules, Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Role
from rules import red_lines
from rules.back_dating import refuse_out_of_bounds
from rules.calendar import due_date
from rules.deadlines import end_of, local_day, rungs
from rules.journal import fold as fold_scene
from rules.keyed import change, find
from rules.permissions import authorise_party
from rules.separation import BIDDER, DECISIONS, units_bidding

RESTS_ON_SCENE = (ProposeCompensation, ApproveCompensation, PayCompensation)
"""What is decided on a claim by how its scene stands then, not only by how it stood when it was filed."""
OPEN = (ClaimStatus.FILED, ClaimStatus.PROPOSED, ClaimStatus.APPROVED)
_POSSIBLE: dict[str, tuple[ClaimStatus, ...]] = {
    "withdraw_fund_claim": OPEN,
    "propose_compensation": (ClaimStatus.FILED, ClaimStatus.PROPOSED),
    "approve_compensation": (ClaimStatus.PROPOSED,),
    "decline_compensation": (ClaimStatus.PROPOSED, ClaimStatus.APPROVED),
    "pay_compensation": (ClaimStatus.APPROVED,),
    "recover_compensation": (ClaimStatus.PAID,),
}
"""Verb: the claims that it is for. A proposal can be made again until it is decided on."""
_OVER = ("rolling_back", "terminated")
"""Where a trial stands that was terminated."""


# what a claim rests on


def read_scene(
    scene: str, entries: Sequence[JournalEntry], head: str, bidder: str, incident: str | None
) -> SceneReading:
    """How a scene stands for a claim of `bidder`; `entries` is its whole journal, `head` the chain's last hash.

    Raises ValueError for a journal with gaps.
    """
    state = SceneState(scene=scene)
    terminated_on, ground = None, None
    for entry in entries:
        state = fold_scene(state, entry)
        for event in entry.events:
            if isinstance(event, TrialTerminated) and event.bidder == bidder:
                terminated_on, ground = entry.command.effective_on or local_day(entry.at), event.ground
            if isinstance(event, MeasureAnnulled) and event.end and event.bidder == bidder:
                terminated_on, ground = None, None
        trial = find(state.trials, bidder=bidder)
        if trial is None or trial.step not in _OVER:
            # A trial that began anew is not the one that was terminated.
            terminated_on, ground = None, None
    trial = find(state.trials, bidder=bidder)
    happened_on = terminated_on
    if incident is not None:
        reported = find(state.incidents, id=incident, bidder=bidder)
        happened_on, ground = (reported.reported_on if reported is not None else None), None
    return SceneReading(
        scene=scene,
        sequence=state.sequence,
        head=head,
        city=state.profile.city if state.profile else "-",
        lead=state.lead,
        trial=trial.step if trial is not None else None,
        breached=red_lines.crossed(state, bidder),
        unconfirmed=state.unconfirmed,
        red_line_open=bool(red_lines.open_questions(state, bidder)),
        happened_on=happened_on,
        ground=ground,
        people=_persons(state, (BIDDER,)),
        judges=_persons(state, DECISIONS),
        units=units_bidding(state),
    )


def _persons(state: SceneState, deeds: tuple[str, ...]) -> tuple[str, ...]:
    """Those who had a hand in one of the deeds, of whatever kind."""
    hands = (hand for hand in state.hands if hand.deed.partition(":")[0] in deeds)
    return tuple(dict.fromkeys(person for hand in hands for person in hand.persons))


# deciding


def decide(
    policy: Policy, state: FundState, command: FundCommand, now: datetime, reading: SceneReading | None = None
) -> tuple[FundEvent, ...]:
    """What the command makes happen. `reading` is how the claim's scene stands now, for `RESTS_ON_SCENE`.

    Raises Refused.
    """
    if policy.fund is None:
        raise Refused("fund_off", city=policy.city)
    act, actor = command.act, command.actor
    made = _Made(state.sequence + 1, command.effective_on or local_day(now), now)
    if command.effective_on is not None:
        _refuse_effective_date(policy, state, command, command.effective_on, now)
    match act:
        case PayIn():
            authorise_party(policy, actor, act.verb, act.source)
            return (PaidIn(amount_yuan=act.amount_yuan, source=act.source),)
        case FileClaim():
            return (_filed(policy, policy.fund, state, actor, act, made),)
        case _:
            event = _on_claim(policy, policy.fund, state, actor, act, made)
            _refuse_crossed(policy.fund, state, act, reading)
            return (event,)


class _Made(NamedTuple):
    """The entry that is being made: its number, the day that counts, the moment."""

    sequence: int
    day: date
    at: datetime


def _refuse_effective_date(policy: Policy, state: FundState, command: FundCommand, on: date, now: datetime) -> None:
    """As a scene's: not in the future, within the bound, not before the claim's last step, with its document."""
    refuse_out_of_bounds(policy, on, local_day(now))
    claim = find(state.claims, number=getattr(command.act, "claim", None))
    if claim is not None and on < (since := claim.stepped_on or claim.filed_on):
        raise Refused("effective_before_step", effective_on=on, entered_on=since)
    if command.effective_document is None:
        raise Refused("effective_without_document")


def _filed(policy: Policy, rules: FundRules, state: FundState, actor: Actor, act: FileClaim, made: _Made) -> FundEvent:
    authorise_party(policy, actor, act.verb, act.bidder)
    reading = act.reading
    if reading.city != policy.city:
        raise Refused("wrong_city", city=reading.city, expected=policy.city)
    if reading.trial is None:
        raise Refused("unknown_bidder", bidder=act.bidder, known=", ".join(reading.units) or "-")
    _refuse_unconfirmed(reading, act.verb)
    if known := [person for person in actor.persons if person in reading.judges]:
        raise Refused("fund_judge_claims", person=known[0], scene=reading.scene)
    _refuse_without_ground(rules, act)
    if reading.breached and rules.excludes_breach:
        raise Refused("fund_breach", bidder=act.bidder)
    _refuse_untimely(policy, rules, reading, made.day)
    for claim in state.claims:
        same = (claim.scene, claim.bidder, claim.incident) == (reading.scene, act.bidder, act.incident)
        if same and claim.status not in (ClaimStatus.DECLINED, ClaimStatus.WITHDRAWN):
            raise Refused("fund_claim_stands", bidder=act.bidder, claim=claim.number, stands=claim.status)
    _refuse_over_claim_caps(rules, act.loss_yuan, act.amount_yuan)
    return ClaimFiled(
        claim=Claim(
            number=len(state.claims) + 1,
            scene=reading.scene,
            bidder=act.bidder,
            lead=reading.lead,
            cause=act.cause,
            incident=act.incident,
            loss_yuan=act.loss_yuan,
            amount_yuan=act.amount_yuan,
            evidence=act.evidence,
            rests_on=reading.sequence,
            head=reading.head,
            people=tuple(dict.fromkeys((*actor.persons, *reading.people))),
            units=tuple(dict.fromkeys((act.bidder, *reading.units))),
            filed_on=made.day,
            stepped_on=made.day,
            due=_due(policy, rules, "propose_compensation", rules.proposal, reading.lead, made),
        )
    )


def _refuse_without_ground(rules: FundRules, act: FileClaim) -> None:
    cause, reading = rules.cause(act.cause), act.reading
    if cause is None:
        raise Refused("fund_cause_unknown", cause=act.cause, known=", ".join(each.key for each in rules.causes))
    of_incident = cause.rests_on == "incident"
    fits = (act.incident is not None) == of_incident and reading.happened_on is not None
    if not fits or (not of_incident and reading.ground not in cause.grounds):
        rests_on = cause.rests_on if of_incident else f"{cause.rests_on}: {', '.join(cause.grounds)}"
        raise Refused(
            "fund_no_ground", scene=reading.scene, bidder=act.bidder, cause=cause.name, rests_on=rests_on
        )  # fmt: skip


def _refuse_untimely(policy: Policy, rules: FundRules, reading: SceneReading, today: date) -> None:
    if (happened := reading.happened_on) is None:
        return
    if rules.claim_after is not None:
        earliest = due_date(policy.calendar, happened, rules.claim_after).on
        if today < earliest:
            raise Refused("fund_too_early", earliest=earliest)
    latest = due_date(policy.calendar, happened, rules.claim_within).on
    if today > latest:
        raise Refused("fund_too_late", latest=latest)


def _refuse_unconfirmed(reading: SceneReading, verb: str) -> None:
    """As payments of its contracts: nothing on the word of the one who declared the scene (`rules.taking_over`)."""
    if reading.unconfirmed:
        raise Refused("take_over_unconfirmed", verb=verb)


def _refuse_crossed(rules: FundRules, state: FundState, act: OnClaim, reading: SceneReading | None) -> None:
    """Who filed before a red line was found gets no more than who filed after it."""
    claim = find(state.claims, number=act.claim)
    if claim is None or not isinstance(act, RESTS_ON_SCENE):
        return
    if reading is None:
        raise Refused("fund_reading_untrue", scene=claim.scene, sequence="-")
    _refuse_unconfirmed(reading, act.verb)
    if rules.excludes_breach and reading.breached:
        raise Refused("fund_breach", bidder=claim.bidder)
    if rules.excludes_breach and reading.red_line_open:
        raise Refused("fund_question_open", bidder=claim.bidder, scene=claim.scene)


def _on_claim(policy: Policy, rules: FundRules, state: FundState, actor: Actor, act: OnClaim, made: _Made) -> FundEvent:
    claim = find(state.claims, number=act.claim)
    if claim is None:
        raise Refused("fund_unknown_claim", claim=act.claim, count=len(state.claims))
    own = isinstance(act, WithdrawClaim)
    authorise_party(policy, actor, act.verb, claim.bidder if own else claim.lead)
    if claim.status not in _POSSIBLE[act.verb]:
        raise Refused("fund_claim_status", claim=claim.number, stands=claim.status, verb=act.verb)
    match act:
        case WithdrawClaim():
            if known := _known(actor, (*claim.proposers, *claim.approvers)):
                raise Refused("other_side", person=known, did="propose_compensation", verb=act.verb)
            return ClaimWithdrawn(claim=claim.number)
        case ProposeCompensation():
            _refuse_involved(claim, actor, act.verb)
            if act.amount_yuan > claim.amount_yuan:
                raise Refused("fund_over_asked", amount=act.amount_yuan, asked=claim.amount_yuan)
            _refuse_over_claim_caps(rules, claim.loss_yuan, act.amount_yuan)
            due = _due(policy, rules, "approve_compensation", rules.decision, claim.lead, made)
            return CompensationProposed(claim=claim.number, amount_yuan=act.amount_yuan, by=actor.persons, due=due)
        case ApproveCompensation():
            _refuse_involved(claim, actor, act.verb, ("propose_compensation", claim.proposers))
            return _approved(policy, rules, state, claim, actor, act, made)
        case DeclineCompensation():
            _refuse_involved(claim, actor, act.verb, ("propose_compensation", claim.proposers))
            return CompensationDeclined(claim=claim.number)
        case PayCompensation():
            _refuse_involved(
                claim, actor, act.verb,
                ("propose_compensation", claim.proposers), ("approve_compensation", claim.approvers),
            )  # fmt: skip
            return CompensationPaid(claim=claim.number, amount_yuan=claim.granted_yuan, on=made.day)
        case RecoverCompensation():
            _refuse_involved(claim, actor, act.verb)
            if act.amount_yuan > (most := claim.granted_yuan - claim.recovered_yuan):
                raise Refused("fund_over_paid", claim=claim.number, amount=act.amount_yuan, most=most)
            return CompensationRecovered(claim=claim.number, amount_yuan=act.amount_yuan)
        case _:
            assert_never(act)


def _approved(
    policy: Policy,
    rules: FundRules,
    state: FundState,
    claim: Claim,
    actor: Actor,
    act: ApproveCompensation,
    made: _Made,
) -> FundEvent:
    amount, year = act.amount_yuan, made.day.year
    if amount != claim.proposed_yuan:
        raise Refused("fund_other_amount", proposed=claim.proposed_yuan, amount=amount)
    _refuse_over_claim_caps(rules, claim.loss_yuan, amount)
    in_scene = sum(each.granted_yuan for each in state.claims if each.scene == claim.scene)
    if rules.per_scene_yuan is not None and in_scene + amount > rules.per_scene_yuan:
        raise Refused(
            "fund_over_scene_cap", scene=claim.scene, granted=in_scene, amount=amount, most=rules.per_scene_yuan
        )  # fmt: skip
    in_year = sum(each.granted_yuan for each in state.claims if each.granted_in == year)
    if rules.per_year_yuan is not None and in_year + amount > rules.per_year_yuan:
        raise Refused("fund_over_year_cap", year=year, granted=in_year, amount=amount, most=rules.per_year_yuan)
    if amount > state.available_yuan:
        raise Refused("fund_short", available=state.available_yuan, amount=amount)
    due = _due(policy, rules, "pay_compensation", rules.payment, claim.lead, made)
    return CompensationApproved(claim=claim.number, amount_yuan=amount, year=year, by=actor.persons, due=due)


def _refuse_over_claim_caps(rules: FundRules, loss: int, amount: int) -> None:
    if amount > (most := int(loss * rules.loss_share)):
        raise Refused("fund_over_share", amount=amount, loss=loss, share=rules.loss_share, most=most)
    if rules.per_claim_yuan is not None and amount > rules.per_claim_yuan:
        raise Refused("fund_over_claim_cap", amount=amount, most=rules.per_claim_yuan)


def _refuse_involved(claim: Claim, actor: Actor, verb: str, *before: tuple[str, tuple[str, ...]]) -> None:
    """Raises Refused: own_bid, own_unit_bids, approver_pays."""
    if known := _known(actor, claim.people):
        raise Refused("own_bid", person=known, did=BIDDER, verb=verb)
    if actor.unit in claim.units:
        raise Refused("own_unit_bids", unit=actor.unit)
    for did, persons in before:
        if known := _known(actor, persons):
            raise Refused("approver_pays", person=known, did=did, verb=verb)


def _known(actor: Actor, persons: Sequence[str]) -> str | None:
    """The first of those who act that is among `persons`: the person, or one on whose behalf."""
    return next((person for person in actor.persons if person in persons), None)


_WHO = {
    "propose_compensation": Role.LEAD,
    "approve_compensation": Role.LEADING_GROUP,
    "pay_compensation": Role.PAYER,
}


def _due(policy: Policy, rules: FundRules, verb: str, period: Period, lead: str | None, made: _Made) -> FundDue:
    """With the reminders of the policy's ladder that still lie ahead."""
    role, counted = _WHO[verb], due_date(policy.calendar, made.day, period)
    unit = lead if role is Role.LEAD else policy.office(role)
    return FundDue(
        verb=verb, since=made.day, period=period, on=counted.on, provisional=counted.provisional,
        calendar=policy.calendar.version, clause=rules.clause, sequence=made.sequence,
        holder=Holder(role=role, unit=unit or ""),
        rungs=rungs(
            policy, policy.ladders[rules.ladder], counted.on, end_of(policy, counted.on), period, after=made.at
        ),
    )  # fmt: skip


# folding


def evolve(state: FundState, event: FundEvent) -> FundState:
    match event:
        case PaidIn(amount_yuan=amount):
            return state.model_copy(update={"paid_in_yuan": state.paid_in_yuan + amount})
        case ClaimFiled(claim=claim):
            return state.model_copy(update={"claims": (*state.claims, claim)})
        case ClaimWithdrawn(claim=number):
            return _ended(state, number, ClaimStatus.WITHDRAWN)
        case CompensationDeclined(claim=number):
            return _ended(state, number, ClaimStatus.DECLINED)
        case CompensationProposed(claim=number, amount_yuan=amount, by=by, due=due):
            proposers = tuple(dict.fromkeys((*_claim(state, number).proposers, *by)))
            to = {
                "status": ClaimStatus.PROPOSED, "proposed_yuan": amount, "proposers": proposers, "due": due,
                "stepped_on": due.since,
            }  # fmt: skip
            return _changed(state, number, to)
        case CompensationApproved(claim=number, amount_yuan=amount, year=year, by=by, due=due):
            to = {
                "status": ClaimStatus.APPROVED, "granted_yuan": amount, "granted_in": year, "approvers": by, "due": due,
                "stepped_on": due.since,
            }  # fmt: skip
            return _changed(state, number, to, reserved_yuan=state.reserved_yuan + amount)
        case CompensationPaid(claim=number, amount_yuan=amount, on=on):
            money = {"reserved_yuan": state.reserved_yuan - amount, "paid_out_yuan": state.paid_out_yuan + amount}
            return _changed(state, number, {"status": ClaimStatus.PAID, "due": None, "stepped_on": on}, **money)
        case CompensationRecovered(claim=number, amount_yuan=amount):
            back = _claim(state, number).recovered_yuan + amount
            return _changed(state, number, {"recovered_yuan": back}, recovered_yuan=state.recovered_yuan + amount)
        case _:
            assert_never(event)


def fold(state: FundState, entry: FundEntry) -> FundState:
    """The state after an entry. Raises ValueError for one that is not the next."""
    if entry.sequence != state.sequence + 1:
        raise ValueError(f"entry {entry.sequence} does not follow {state.sequence}")
    for event in entry.events:
        state = evolve(state, event)
    return state.model_copy(update={"sequence": entry.sequence})


def _ended(state: FundState, number: int, status: ClaimStatus) -> FundState:
    """Nothing of it is granted any more: what was reserved for it is free again."""
    free = _claim(state, number).granted_yuan
    to = {"status": status, "granted_yuan": 0, "granted_in": None, "due": None}
    return _changed(state, number, to, reserved_yuan=state.reserved_yuan - free)


def _claim(state: FundState, number: int) -> Claim:
    return state.claims[number - 1]


def _changed(state: FundState, number: int, to: dict[str, object], **money: int) -> FundState:
    return state.model_copy(update={"claims": change(state.claims, to=to, number=number), **money})
