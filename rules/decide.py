"""`decide(policy, state, command, now) -> events`, or `Refused`: the judgement on one command.

The order of the questions is the order in which a person would be told: is the scene still open, may this role do this
here, does the decision rest on what is still so, is the date possible, is the scene suspended, does the step allow it,
is it kept apart from what the same person did before, has a colleague claimed the duty. Then the stage's own rules
speak. Nothing here reads a clock; `now` is given.
"""

from datetime import date, datetime
from typing import assert_never

from models.commands import Act, BidderAct, Command
from models.commands.acceptance import (
    AcceptanceAct,
    AskFaultTolerance,
    ConfirmRefund,
    DecideFaultTolerance,
    RecordRefund,
)
from models.commands.anywhere import AnywhereAct, Override, PassDeadline, TakeOver
from models.commands.handling import HandlingAct
from models.commands.lineage import LineageAct
from models.commands.matching import MatchingAct
from models.commands.payment import PaymentAct
from models.commands.promotion import PromotionAct
from models.commands.review import NoticeAct, ReviewAct
from models.commands.solicitation import SolicitationAct, Submit
from models.commands.suggestions import SuggestionAct
from models.commands.support import SupportAct
from models.commands.trial import IncidentAct, InclusionAct, ReportCorrection, TrialAct
from models.events import AnyEvent
from models.policy import Policy
from models.refusal import Refused
from models.state import SceneState
from models.vocabulary import Machine, PanelPurpose
from rules import (
    acceptance,
    alarms,
    anywhere,
    documents,
    handling,
    incidents,
    inclusion,
    lifecycle,
    lineage,
    matching,
    notices,
    payments,
    promotion,
    race,
    review,
    separation,
    solicitation,
    suggestions,
    support,
    trial,
)
from rules.back_dating import refuse_out_of_bounds
from rules.deadlines import local_day, local_minute
from rules.docket import BIDDER_MACHINES, Docket
from rules.keyed import find
from rules.permissions import authorise
from rules.staleness import refuse_stale


def decide(policy: Policy, state: SceneState, command: Command, now: datetime) -> tuple[AnyEvent, ...]:
    """The events that follow from a command at `now`, in the order applied. Raises Refused; nothing changes then."""
    if state.closed:
        raise Refused("already_closed", outcome=state.outcome)
    authorise(policy, state, command)
    docket = Docket(policy, state, command, now)
    act = command.act
    if isinstance(act, PassDeadline):
        alarms.pass_deadline(docket, act.at)
        lineage.hand_over(docket)
        race.keep_clock(docket)
        return tuple(docket.events)
    _refuse_before_submission(state, command)
    refuse_stale(state, command)
    _refuse_effective_date(policy, state, command, now)
    _refuse_while_suspended(state, command)
    _refuse_step(state, command)
    separation.refuse_involved(docket)
    handling.refuse_unless_handler(docket)
    _judge(docket)
    lineage.hand_over(docket)
    race.keep_clock(docket)
    documents.issue(docket, state)
    return tuple(docket.events)


def _judge(docket: Docket) -> None:
    act = docket.command.act
    if isinstance(act, SolicitationAct):
        solicitation.judge(docket, act)
    elif isinstance(act, ReviewAct):
        review.judge(docket, act)
    elif isinstance(act, NoticeAct):
        notices.judge(docket, act)
    elif isinstance(act, MatchingAct):
        matching.judge(docket, act)
    elif isinstance(act, TrialAct):
        trial.judge(docket, act)
    elif isinstance(act, InclusionAct):
        inclusion.judge(docket, act)
    elif isinstance(act, IncidentAct):
        incidents.judge(docket, act)
    elif isinstance(act, AcceptanceAct):
        acceptance.judge(docket, act)
    elif isinstance(act, PromotionAct):
        promotion.judge(docket, act)
    elif isinstance(act, PaymentAct):
        payments.judge(docket, act)
    elif isinstance(act, LineageAct):
        lineage.judge(docket, act)
    elif isinstance(act, SuggestionAct):
        suggestions.judge(docket, act)
    elif isinstance(act, AnywhereAct):
        anywhere.judge(docket, act)
    elif isinstance(act, HandlingAct):
        handling.judge(docket, act)
    elif isinstance(act, SupportAct):
        support.judge(docket, act)
    else:
        assert_never(act)


def _refuse_before_submission(state: SceneState, command: Command) -> None:
    first = isinstance(command.act, Submit | TakeOver)
    if state.profile is None and not first:
        raise Refused("not_submitted")
    if state.profile is not None and first:
        raise Refused("already_submitted", scene=state.scene)


def _refuse_effective_date(policy: Policy, state: SceneState, command: Command, now: datetime) -> None:
    """A paper act entered afterwards (补录): not in the future, within the policy's bound, with its document."""
    if (on := command.effective_on) is None:
        return
    refuse_out_of_bounds(policy, on, local_day(now))
    for entered_on in (state.entered_on, _bidders_step_since(state, command.act)):
        if entered_on is not None and on < entered_on:
            raise Refused("effective_before_step", effective_on=on, entered_on=entered_on)
    if command.effective_document is None:
        raise Refused("effective_without_document")


def _bidders_step_since(state: SceneState, act: Act) -> date | None:
    """Since when the bidder's machines have stood where they allow the act; None where it is about no bidder."""
    bidder = getattr(act, "bidder", None)
    if bidder is None or not lifecycle.machines_of(act.verb):
        return None
    parts = [
        (machine, find(getattr(state, BIDDER_MACHINES[machine]), bidder=bidder))
        for machine in machines_judged(type(act))
    ]
    days = [
        part.entered_on
        for machine, part in parts
        if part is not None and part.entered_on is not None and act.verb in lifecycle.verbs_at(machine, part.step)
    ]
    return max(days, default=None)


def _refuse_while_suspended(state: SceneState, command: Command) -> None:
    if state.suspension is not None and command.act.verb not in lifecycle.WHILE_STANDING_STILL:
        since = local_minute(state.suspension.since)
        raise Refused("suspended", since=since, possible=", ".join(lifecycle.WHILE_STANDING_STILL))


def _refuse_step(state: SceneState, command: Command) -> None:
    """The lifecycle table must name the verb, at the scene's step or at a step of the bidder's own machines."""
    act = command.act
    verb = act.verb
    if state.step == "remedies" and verb not in lifecycle.WHILE_STANDING_STILL:
        raise Refused("wrong_step", step=state.step, verb=verb, possible=", ".join(lifecycle.WHILE_STANDING_STILL))
    if verb in lifecycle.ANYWHERE or isinstance(act, Override):
        return
    bidder = act.bidder if isinstance(act, BidderAct) else getattr(act, "bidder", None)
    if bidder is None or not lifecycle.machines_of(verb):
        if verb not in lifecycle.verbs_of_scene(state.step, titled=state.titled):
            raise Refused("wrong_step", step=state.step, verb=verb, possible=", ".join(possible_verbs(state)))
        return
    machines = machines_judged(type(act), getattr(act, "purpose", None))
    standing = {machine: _standing(state, machine, bidder) for machine in machines}
    if any(step and verb in lifecycle.verbs_at(machine, step) for machine, step in standing.items()):
        return
    machine = next((machine for machine, step in standing.items() if step), machines[0])
    if not standing[machine]:
        known = ", ".join(part.bidder for part in getattr(state, BIDDER_MACHINES[machine])) or "-"
        raise Refused("unknown_bidder", bidder=bidder, known=known)
    raise Refused(
        "wrong_bidder_step", bidder=bidder, machine=machine, step=standing[machine], verb=verb,
        possible=", ".join(lifecycle.verbs_at(machine, standing[machine])),
    )  # fmt: skip


def machines_judged(act: type[Act], purpose: PanelPurpose | None = None) -> tuple[Machine, ...]:
    """Those of the bidder's machines whose step must allow the act; others may move with it."""
    if issubclass(act, MatchingAct | PaymentAct):
        return (Machine.CONTRACT,)
    if issubclass(act, IncidentAct | ReportCorrection):
        return (Machine.TRIAL, Machine.CONTRACT)  # on the fast track the contract is carried out without a trial
    if issubclass(act, TrialAct | Override) or purpose is PanelPurpose.EXIT:
        return (Machine.TRIAL,)
    if issubclass(act, InclusionAct):
        return (Machine.TRIAL, Machine.INCLUSION)
    if issubclass(act, RecordRefund | ConfirmRefund | AskFaultTolerance | DecideFaultTolerance):
        return (Machine.ACCEPTANCE, Machine.CONTRACT)
    return (Machine.ACCEPTANCE,)


def _standing(state: SceneState, machine: Machine, bidder: str) -> str:
    part = find(getattr(state, BIDDER_MACHINES[machine]), bidder=bidder)
    return part.step if part is not None else ""


def possible_verbs(state: SceneState) -> tuple[str, ...]:
    """What the table allows now, at the scene's step and at those of its bidders."""
    verbs = list(lifecycle.verbs_of_scene(state.step, titled=state.titled))
    for machine, parts in BIDDER_MACHINES.items():
        for part in getattr(state, parts):
            verbs.extend(lifecycle.verbs_at(machine, part.step))
    return tuple(dict.fromkeys(verbs))
