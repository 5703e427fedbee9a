"""存量导入: a scene already running elsewhere enters at any settled step. Its past is declared, not witnessed.

What is declared is marked so for good: the scene, its contracts and trials. Opinions, scores and rankings of the past
are not invented; steps that would need them (a consultation half done, bids half opened) cannot be entered.

From the contract on money hangs on what one person declared: where the policy says so, nothing is claimed, paid or
awarded on it until a second person has confirmed it (as a correction is, 更正), which is a duty with a clock
of its own. All else goes on.
"""

from models.commands.anywhere import DeclaredBidder, TakeOver
from models.events.acceptance import AcceptanceOpened
from models.events.anywhere import SceneTakenOver, TakeOverConfirmed
from models.events.trial import PhaseAdvanced
from models.vocabulary import Machine
from rules import lifecycle, lineage, settling, solicitation, trial, trial_plan
from rules.calendar import due_date
from rules.docket import Docket

TAKE_OVER_TO: tuple[str, ...] = tuple(
    row.target for row in lifecycle.ROWS if row.machine is Machine.SCENE and row.by == "take_over"
)
_WITH_BIDDERS = ("contracting", "trial", "acceptance", "candidate", "benchmark")


def take_over(docket: Docket, act: TakeOver) -> None:
    policy, application = docket.policy, act.application
    if application.city != policy.city:
        docket.refuse("wrong_city", city=application.city, expected=policy.city)
    solicitation.refuse_before_its_day(docket, policy)
    lineage.refuse_itself(docket, application.copied_from)
    domain = policy.domain(application.domain)
    if domain is None:
        known = ", ".join(each.name for each in policy.domains)
        docket.refuse("unknown_domain", domain=application.domain, known=known)
    solicitation.refuse_unknown_words(docket, application)
    if act.step not in TAKE_OVER_TO:
        docket.refuse("unknown_step", step=act.step, known=", ".join(TAKE_OVER_TO))
    if act.since > docket.day:
        docket.refuse("effective_in_future", effective_on=act.since, today=docket.day)
    lead = act.lead or domain.lead
    cooperating = act.cooperating if act.cooperating is not None else domain.units
    solicitation.refuse_unknown_units(docket, lead, act.regulator or domain.regulator, *cooperating)
    solicitation.refuse_judge_of_itself(docket, lead, act.regulator or domain.regulator)
    docket.record(
        SceneTakenOver(
            application=application,
            by=docket.person,
            since=act.since,
            lead=lead,
            cooperating=tuple(dict.fromkeys(unit for unit in cooperating if unit != lead)),
            regulator=act.regulator or domain.regulator,
            bidders=act.bidders,
            policy_version=policy.version,
            policy_digest=policy.digest,
            calendar=policy.calendar.version,
            awarded_yuan=act.awarded_yuan,
            to_confirm=policy.back_dating.confirm_take_over and bool(act.bidders),
        )
    )
    if not docket.used(act.step):
        docket.refuse("step_off", step=act.step)
    _refuse_bidders(docket, act)
    docket.enter(act.step)
    if docket.state.unconfirmed:
        _ask_to_confirm(docket)
    today = docket.day
    for bidder in act.bidders:
        docket.day = bidder.trial_ended_on or today
        _bidder(docket, act.step, bidder)


def _ask_to_confirm(docket: Docket) -> None:
    """Of the first of the policy's roles that one unit plays: a second person there, or of another that may."""
    holder = docket.first_holder("confirm_take_over")
    docket.set_deadline("take_over_confirmation", holder, ("confirm_take_over",), step="")


def confirm(docket: Docket) -> None:
    if not docket.state.unconfirmed:
        docket.refuse("nothing_taken_over_to_confirm")
    docket.record(TakeOverConfirmed(by=docket.person))
    docket.met("take_over_confirmation")


def refuse_unconfirmed(docket: Docket) -> None:
    """For whatever pays or awards on the word of one person."""
    if docket.state.unconfirmed:
        docket.refuse("take_over_unconfirmed", verb=docket.command.act.verb)


def _refuse_bidders(docket: Docket, act: TakeOver) -> None:
    """From the contract on the bidders are declared, each once, and of each what its step needs and no more."""
    state, begun = docket.state, [each for each in act.bidders if each.trial_started_on is not None]
    missing = []
    if bool(act.bidders) is not (act.step in _WITH_BIDDERS):
        missing.append("bidders" if act.step in _WITH_BIDDERS else "no bidders")
    if len({each.bidder for each in act.bidders}) < len(act.bidders):
        missing.append("each bidder once")
    if act.step == "contracting" or not docket.used("trial"):
        missing += [f"no trial_started_on ({each.bidder})" for each in begun]
    if act.step == "trial":
        missing += [f"plan ({each.bidder})" for each in begun if each.plan is None]
        order = trial_plan.phases_of(docket.policy, state)
        missing += [
            f"phase ({each.bidder}): {' / '.join(order)}" for each in begun if order and each.phase not in order
        ]
        missing += [f"no trial_ended_on ({each.bidder})" for each in act.bidders if each.trial_ended_on is not None]
    if act.awarded_yuan:
        missing += ["no awarded_yuan"] if act.step != "benchmark" else []
        if act.awarded_yuan > (cap := docket.policy.promotion.award_cap_yuan):
            docket.refuse("budget_exceeded", amount=act.awarded_yuan, cap=cap)
    if missing:
        docket.refuse("take_over_incomplete", step=act.step, missing=", ".join(missing))
    own = {
        act.application.owner,
        *(each.unit for each in act.application.co_owners),
        state.lead,
        state.regulator,
        *state.cooperating,
    }
    for each in act.bidders:
        if each.bidder in own:
            docket.refuse("own_scene", bidder=each.bidder)
        if each.paid_yuan > each.budget_yuan:
            docket.refuse("budget_exceeded", amount=each.paid_yuan, cap=each.budget_yuan)
        if each.plan is not None:
            trial_plan.refuse_wrong_keys(docket, each.plan)
        if act.step == "trial":
            _refuse_uninsured(docket, each)
        for day in (each.trial_started_on, each.trial_ended_on):
            if day is not None and day > docket.day:
                docket.refuse("effective_in_future", effective_on=day, today=docket.day)


def _refuse_uninsured(docket: Docket, declared: DeclaredBidder) -> None:
    """A running trial is insured today, or was to its end where its time is over: what comes after, its clock tells."""
    plan, began = declared.plan, declared.trial_started_on
    if plan is None or began is None or not docket.policy.trial.insurance:
        return
    needed = min(docket.day, due_date(docket.policy.calendar, began, plan.duration).on)
    if plan.insurance_until is None or plan.insurance_until < needed:
        docket.refuse(
            "take_over_uninsured", bidder=declared.bidder, until=plan.insurance_until or "-", today=docket.day
        )  # fmt: skip


def _bidder(docket: Docket, step: str, declared: DeclaredBidder) -> None:
    """What was declared to have happened on a day is counted from that day."""
    bidder, begun = declared.bidder, declared.trial_started_on is not None
    if step == "contracting":
        docket.move(Machine.CONTRACT, bidder, "offered")
        return
    docket.move(Machine.CONTRACT, bidder, "signed")
    if step == "trial":
        docket.move(Machine.TRIAL, bidder, "running" if begun else "planning")
        if begun:
            if declared.phase is not None:
                docket.record(PhaseAdvanced(bidder=bidder, phase=declared.phase, on=docket.day))
            trial.set_running_clocks(docket, bidder)
        return
    if begun:
        docket.move(Machine.TRIAL, bidder, "ended")
    if step == "acceptance":
        settling.open_acceptance(docket, bidder)
    else:
        docket.record(AcceptanceOpened(bidder=bidder, budget_yuan=declared.budget_yuan))
        docket.move(Machine.ACCEPTANCE, bidder, "passed")
