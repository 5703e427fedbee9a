"""An upheld appeal against a measure under an inclusion period, or against the order of an incident.

None of these measures waits for its appeal. What was found annulled counts no more: a fault climbs nothing, an order
falls away, a period that a decision ended is given back with what was left of it, and with it the supervision ends. A
trial that was stopped is still resumed by two, with proof of the fix.
"""

from models.deadline import Deadline
from models.events.trial import MeasureAnnulled, SupervisionLifted
from models.state import Decision, Fault, IncidentStatus
from models.vocabulary import Machine, Role
from rules.docket import ENDED_FOR_NOW, Docket
from rules.keyed import find


def annul(docket: Docket, decision: Decision) -> None:
    bidder = decision.bidder or ""
    if Machine(decision.machine) is Machine.TRIAL:
        _lift_order_of_incident(docket, bidder, decision.item or "")
        return
    if (fault := _fault(docket, decision)) is not None:
        docket.record(MeasureAnnulled(bidder=bidder, fault=fault.number))
    if fault is not None and fault.rung == "order":
        docket.cancel(f"correction_order/{bidder}")
        docket.cancel(f"correction_check/{bidder}")
    else:
        _give_back(docket, decision, bidder)


def _fault(docket: Docket, decision: Decision) -> Fault | None:
    period = find(docket.state.inclusions, bidder=decision.bidder)
    return find(period.faults, number=int(decision.item)) if period is not None and decision.item else None


def _lift_order_of_incident(docket: Docket, bidder: str, incident: str) -> None:
    """What was investigated is closed without an order; one that was verified already is closed as it is."""
    ordered = find(docket.state.incidents, id=incident, status=IncidentStatus.ORDERED) is not None
    docket.record(MeasureAnnulled(bidder=bidder, incident=incident))
    if not ordered:
        return
    docket.cancel(f"correction_order/{bidder}/{incident}")
    docket.cancel(f"correction_check/{bidder}/{incident}")
    docket.cancel(f"incident_close/{bidder}/{incident}")
    docket.set_deadline(
        "incident_close", docket.holder(Role.REGULATOR), ("close_incident",),
        key=incident, machine=Machine.TRIAL, bidder=bidder, step="",
    )  # fmt: skip


def _give_back(docket: Docket, decision: Decision, bidder: str) -> None:
    """A period that a decision ended runs on with what was left of it, if its trial is not over."""
    step = docket.step(Machine.INCLUSION, bidder)
    if step != _entered(decision):
        return
    left = _left_of_period(docket, decision)
    if left is not None or (step == "breached" and decision.reopens in ("ended", "ordinary")):
        docket.move(Machine.INCLUSION, bidder, decision.reopens)
    elif step == "breached" and decision.reopens != "breached":
        docket.move(Machine.INCLUSION, bidder, "ended_early")
    trial = find(docket.state.trials, bidder=bidder)
    if trial is not None and trial.supervised:
        docket.record(SupervisionLifted(bidder=bidder, by=docket.person))
        docket.cancel(f"supervision/{bidder}")
    _drop_uncontested(docket, bidder)
    docket.run_on()


def let_go(docket: Docket, decision: Decision) -> None:
    """The decision stands: what was left of the period waits no longer, unless for another decision."""
    _drop_uncontested(docket, decision.bidder or "")


def _entered(decision: Decision) -> str:
    return "ended_early" if decision.verb == "end_inclusion_early" else "breached"


def _left_of_period(docket: Docket, decision: Decision) -> Deadline | None:
    """The clock of the period that the decision ended; a period granted since then, in a re-trial, is another."""
    clock = docket.deadline(f"inclusion/{decision.bidder}")
    return clock if clock is not None and clock.started_by < decision.sequence else None


def _drop_uncontested(docket: Docket, bidder: str) -> None:
    """What is left of a period that has ended waits for nobody's appeal any more."""
    if docket.step(Machine.INCLUSION, bidder) not in ENDED_FOR_NOW:
        return
    ends = [
        each
        for each in docket.state.decisions
        if (each.machine, each.bidder) == (Machine.INCLUSION, bidder)
        and ((fault := _fault(docket, each)) is None or fault.rung != "order")
    ]
    if not ends:
        docket.cancel(f"inclusion/{bidder}")
