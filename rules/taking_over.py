"""存量导入: a scene already running elsewhere enters at any settled step. Its past is declared, not witnessed.

What is declared is marked so for good: the scene, its contracts and trials. Opinions, scores and rankings of the past
are not invented; steps that would need them (a consultation half done, bids half opened) cannot be entered.
"""

from datetime import date

from models.commands.anywhere import DeclaredBidder, TakeOver
from models.events.acceptance import AcceptanceOpened
from models.events.anywhere import SceneTakenOver
from models.vocabulary import Machine
from rules import lifecycle, settling, solicitation, trial
from rules.docket import Docket

TAKE_OVER_TO: tuple[str, ...] = tuple(
    row.target for row in lifecycle.ROWS if row.machine is Machine.SCENE and row.by == "take_over"
)
_WITH_BIDDERS = ("contracting", "trial", "acceptance", "candidate", "benchmark")


def take_over(docket: Docket, act: TakeOver) -> None:
    policy, application = docket.policy, act.application
    if application.city != policy.city:
        docket.refuse("wrong_city", city=application.city, expected=policy.city)
    domain = policy.domain(application.domain)
    if domain is None:
        known = ", ".join(each.name for each in policy.domains)
        docket.refuse("unknown_domain", domain=application.domain, known=known)
    if act.step not in TAKE_OVER_TO:
        docket.refuse("unknown_step", step=act.step, known=", ".join(TAKE_OVER_TO))
    if act.since > docket.day:
        docket.refuse("effective_in_future", effective_on=act.since, today=docket.day)
    _refuse_incomplete(docket, act)
    lead = act.lead or domain.lead
    cooperating = act.cooperating if act.cooperating is not None else domain.units
    solicitation.refuse_unknown_units(docket, lead, act.regulator or domain.regulator, *cooperating)
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
        )
    )
    if not docket.used(act.step):
        docket.refuse("step_off", step=act.step)
    docket.enter(act.step)
    for bidder in act.bidders:
        _bidder(docket, act.step, bidder)


def _refuse_incomplete(docket: Docket, act: TakeOver) -> None:
    missing = []
    if act.step in _WITH_BIDDERS and not act.bidders:
        missing.append("bidders")
    if act.step not in _WITH_BIDDERS and act.bidders:
        docket.refuse("take_over_incomplete", step=act.step, missing="no bidders")
    if act.step == "trial":
        missing += [f"plan ({each.bidder})" for each in act.bidders if each.trial_started_on and each.plan is None]
    if missing:
        docket.refuse("take_over_incomplete", step=act.step, missing=", ".join(missing))
    for each in act.bidders:
        for day in (each.trial_started_on, each.trial_ended_on):
            if day is not None and day > docket.day:
                docket.refuse("effective_in_future", effective_on=day, today=docket.day)


def _bidder(docket: Docket, step: str, declared: DeclaredBidder) -> None:
    bidder = declared.bidder
    if step == "contracting":
        docket.move(Machine.CONTRACT, bidder, "offered")
        return
    docket.move(Machine.CONTRACT, bidder, "signed")
    if step == "trial":
        _trial(docket, declared)
        return
    if docket.used("trial") and declared.trial_started_on is not None:
        docket.move(Machine.TRIAL, bidder, "ended")
    if step == "acceptance":
        _counted_from(docket, declared.trial_ended_on)
        settling.open_acceptance(docket, bidder)
    else:
        docket.record(AcceptanceOpened(bidder=bidder, budget_yuan=declared.budget_yuan))
        docket.move(Machine.ACCEPTANCE, bidder, "passed")


def _trial(docket: Docket, declared: DeclaredBidder) -> None:
    if declared.trial_started_on is None:
        docket.move(Machine.TRIAL, declared.bidder, "planning")
    else:
        docket.move(Machine.TRIAL, declared.bidder, "running")
        trial.set_running_clocks(docket, declared.bidder)


def _counted_from(docket: Docket, day: date | None) -> None:
    """What was declared to have happened on a day is counted from that day."""
    docket.day = day or docket.day
