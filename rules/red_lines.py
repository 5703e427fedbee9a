"""Red lines (红线, S3 四（二）): what follows when one was crossed, wherever and whenever that is found.

A line is found by an officer: with a fault while the bidder has, or had, an inclusion period, or at the closing of an
incident. Found within the period it breaches it. Found afterwards, or in a trial that never had one, it weighs no
less: what is left of the trial stops and comes under formal supervision, nothing is fit for acceptance, there is no
other period and nothing from the risk pool. While it is asked whether an incident was one, the period does not end
before its time, and only a finding answers: a fault with its red line, or the reasons why it was none.
"""

from models.events.trial import SupervisionBegan
from models.state import Incident, IncidentStatus, SceneState
from models.vocabulary import Machine, Role
from rules import settling
from rules.docket import Docket
from rules.keyed import find

LIVE = ("running", "suspended", "exit")
"""Where a trial stands that a red line can still stop."""


def crossed(state: SceneState, bidder: str) -> bool:
    """Whether the bidder's period was breached, or an incident was found to be a red line."""
    inclusion = find(state.inclusions, bidder=bidder)
    breached = inclusion is not None and inclusion.step == "breached"
    return breached or any(each.bidder == bidder and each.found_red_line for each in state.incidents)


def breach_stands(state: SceneState, bidder: str) -> bool:
    """Whether one of all that was ever found against the bidder still is a breach."""
    ledger = find(state.inclusions, bidder=bidder)
    found = any(each.bidder == bidder and each.found_red_line for each in state.incidents)
    return found or (ledger is not None and any(fault.is_breach for fault in ledger.faults))


def open_questions(state: SceneState, bidder: str) -> tuple[str, ...]:
    """Incidents of which nobody has found yet whether they were a red line."""
    return tuple(
        each.id
        for each in state.incidents
        if each.bidder == bidder
        and each.status is not IncidentStatus.CLOSED
        and each.red_line is not None
        and not answered_by_fault(state, each)
    )


def answered_by_fault(state: SceneState, incident: Incident) -> bool:
    """A fault that is tied to it and is no red line says nothing about one."""
    inclusion = find(state.inclusions, bidder=incident.bidder)
    return inclusion is not None and any(
        fault.incident == incident.id and fault.red_line is not None for fault in inclusion.faults
    )


def refuse_open_question(docket: Docket, bidder: str) -> None:
    if incidents := open_questions(docket.state, bidder):
        docket.refuse("red_line_question_open", bidder=bidder, incidents=", ".join(incidents))


def breach(docket: Docket, bidder: str, item: str) -> None:
    """Red line, refusal to correct, or the ladder's end: the period is over and the trial stands still.

    `item` is the fault, by its number, or the incident of which it was found.
    A decision against the bidder that takes effect at once; an upheld appeal gives back what is left of the period.
    A period that was over already counts as breached from now on, and nothing of it is given back.
    """
    before = docket.step(Machine.INCLUSION, bidder)
    if before:
        docket.decide_against(bidder, reopens=before, machine=Machine.INCLUSION, bidder=bidder, item=item)
    if before in ("ended", "ended_early", "ordinary"):
        docket.move(Machine.INCLUSION, bidder, "breached")
    settling.end_inclusion(docket, bidder, "breached", for_now=True)
    settling.suspend_trial(docket, bidder)
    _supervise(docket, bidder)


def _supervise(docket: Docket, bidder: str) -> None:
    """Formal supervision (S3 四（二）): within its limit the regulator ends the trial, whose rollback is then proven,
    or lets it be resumed without an inclusion period. A trial whose time is over is only evaluated any more: its
    supervision has no date, and bars that it is found fit.
    """
    trial = find(docket.state.trials, bidder=bidder)
    if trial is None or trial.step not in LIVE:
        return
    docket.record(SupervisionBegan(bidder=bidder, because=docket.cause, decision=docket.sequence))
    if trial.step == "suspended" and not docket.has_clock(f"supervision/{bidder}"):
        docket.set_deadline(
            "supervision", docket.holder(Role.REGULATOR), ("terminate_trial", "lift_supervision"),
            machine=Machine.TRIAL, bidder=bidder,
        )  # fmt: skip


def refuse_unfit(docket: Docket, bidder: str) -> None:
    """Nobody is fit for acceptance who crossed a red line that the regulator has not dealt with."""
    trial = find(docket.state.trials, bidder=bidder)
    if trial is not None and trial.supervised:
        docket.refuse("red_line_bars_fit", bidder=bidder)
