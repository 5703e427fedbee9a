"""An upheld appeal against what took effect at once: a measure under an inclusion period, the order of an incident, the
end of a trial for safety or force majeure, a refused tolerance.

None of these waits for its appeal. What was found annulled counts no more: a fault climbs nothing, an order falls away,
a period that a decision ended is given back with what was left of it, and with it the supervision ends. A trial that
was stopped is still resumed by two, with proof of the fix. One that was ended for safety is taken down whatever comes
of the appeal; its bidder hands in a new plan afterwards, and owes nothing back. A refused tolerance is found on anew
while something is still owed for the same failure.
"""

from models.deadline import Deadline
from models.events.acceptance import FaultToleranceAnnulled
from models.events.anywhere import UpheldTooLate
from models.events.trial import MeasureAnnulled, SupervisionLifted
from models.state import Decision, Fault, IncidentStatus
from models.vocabulary import Machine, Role
from rules import orders, red_lines, refunds
from rules.docket import ENDED_FOR_NOW, Docket
from rules.keyed import find

TAKEN_DOWN_FIRST = ("safety", "force_majeure")
"""Grounds on which a trial is ended at once, and for the safety of others: no appeal stops its rollback."""


def is_taken_down_first(docket: Docket, decision: Decision) -> bool:
    """Whether a trial that was ended on such a ground is still being taken down."""
    ended = decision.verb == "terminate_trial" and decision.item in TAKEN_DOWN_FIRST
    return ended and docket.step(Machine.TRIAL, decision.bidder) == "rolling_back"


def keep_ended(docket: Docket, decision: Decision) -> None:
    """It is taken down all the same, and then planned anew."""
    docket.record(MeasureAnnulled(bidder=decision.bidder or "", end=True))


def annul_fault(docket: Docket, decision: Decision) -> None:
    """A measure after a fault: an order is lifted, a period that was breached by it given back."""
    bidder, fault = decision.bidder or "", _fault(docket, decision)
    if fault is None:
        return
    docket.record(MeasureAnnulled(bidder=bidder, fault=fault.number))
    if fault.orders:
        orders.lift(docket, bidder, fault)
    elif fault.breaches:
        give_back(docket, decision)


def annul_finding_on_order(docket: Docket, decision: Decision) -> None:
    """That an order was not carried out."""
    docket.record(MeasureAnnulled(bidder=decision.bidder or "", fault=int(decision.item or 0), finding=True))
    give_back(docket, decision)


def annul_finding_on_incident(docket: Docket, decision: Decision) -> None:
    """That an incident crossed a red line."""
    docket.record(MeasureAnnulled(bidder=decision.bidder or "", incident=decision.item, finding=True))
    give_back(docket, decision)


def find_on_tolerance_anew(docket: Docket, decision: Decision) -> None:
    """The refund waits for the finding again, by somebody else (separation 4).

    Where it was made already, the upheld appeal is what remains; so it is where another question is asked by now.
    """
    bidder = decision.bidder or ""
    if (because := refunds.not_found_on_anew(docket.state, bidder)) is not None:
        docket.record(UpheldTooLate(decision=decision.sequence, because=because))
        return
    docket.record(FaultToleranceAnnulled(bidder=bidder))
    refunds.ask_for_finding(docket, bidder)


def _fault(docket: Docket, decision: Decision) -> Fault | None:
    """What the decision made of a fault; None of any other decision, also on whether an order was carried out."""
    period = find(docket.state.inclusions, bidder=decision.bidder)
    if period is None or decision.verb != "record_fault" or decision.item is None:
        return None
    return find(period.faults, number=int(decision.item))


def lift_order_of_incident(docket: Docket, decision: Decision) -> None:
    """What was investigated is closed without an order; one that was verified already is closed as it is."""
    bidder, incident = decision.bidder or "", decision.item or ""
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


def give_back(docket: Docket, decision: Decision) -> None:
    """A period that a decision ended runs on with what was left of it, if its trial is not over.

    Not while another breach stands, whichever of them was found first; then only the supervision for this one ends.
    Nor one that was granted since, in a re-trial: how that ended is another decision.
    """
    bidder = decision.bidder or ""
    period = find(docket.state.inclusions, bidder=bidder)
    if period is None:
        return
    ended_before = (period.step, period.breached_from, _entered(decision)) == ("breached", "ended_early", "ended_early")
    if ended_before and not _of_a_later_period(docket, decision):
        docket.record(MeasureAnnulled(bidder=bidder, period=decision.reopens))
    if period.step != _entered(decision):
        return
    clock = _left_of_period(docket, decision)
    if period.step == "breached":
        _end_supervision(docket, decision, bidder)
        if not red_lines.breach_stands(docket.state, bidder):
            to = period.breached_from or ""
            docket.move(Machine.INCLUSION, bidder, to if clock or to in ("ended", "ordinary") else "ended_early")
            orders.stand_again(docket, bidder)
    elif clock is not None:
        docket.move(Machine.INCLUSION, bidder, decision.reopens)
    _drop_uncontested(docket, bidder)
    docket.run_on()


def _end_supervision(docket: Docket, decision: Decision, bidder: str) -> None:
    trial = find(docket.state.trials, bidder=bidder)
    if trial is None or decision.sequence not in trial.supervised_for:
        return
    docket.record(SupervisionLifted(bidder=bidder, by=docket.person, decision=decision.sequence))
    if trial.supervised_for == (decision.sequence,):
        docket.cancel(f"supervision/{bidder}")


def let_go(docket: Docket, decision: Decision) -> None:
    """The decision stands: what was left of the period waits no longer, unless for another decision."""
    _drop_uncontested(docket, decision.bidder or "")


def _entered(decision: Decision) -> str:
    return "ended_early" if decision.verb == "end_inclusion_early" else "breached"


def _left_of_period(docket: Docket, decision: Decision) -> Deadline | None:
    """The clock of the period that the decision ended; a period granted since then, in a re-trial, is another."""
    return None if _of_a_later_period(docket, decision) else docket.deadline(f"inclusion/{decision.bidder}")


def _of_a_later_period(docket: Docket, decision: Decision) -> bool:
    """Whether the clock that stands is that of a period which was granted after the decision."""
    clock = docket.deadline(f"inclusion/{decision.bidder}")
    return clock is not None and clock.started_by > decision.sequence


def _drop_uncontested(docket: Docket, bidder: str) -> None:
    """What is left of a period that has ended waits for nobody's appeal any more."""
    if docket.step(Machine.INCLUSION, bidder) not in ENDED_FOR_NOW:
        return
    ends = [
        each
        for each in docket.state.decisions
        if (each.machine, each.bidder) == (Machine.INCLUSION, bidder)
        and ((fault := _fault(docket, each)) is None or fault.breaches)
    ]
    if not ends:
        docket.cancel(f"inclusion/{bidder}")
