"""Remedies against a decision: its service, the appeal, the supervisor's word; and when it is final.

What an upheld appeal brings back is what can be: `rules.annulment` for what took effect at once, `rules.ineligible` for
who was kept out of a call, here for all that is simply decided anew.
"""

from collections.abc import Callable, Mapping

from models.commands.anywhere import Appeal, DecideAppeal, RecordService
from models.deadline import Deadline
from models.events.anywhere import AppealDecided, AppealLodged, DecisionFinal, DecisionServed, NoticeServed
from models.events.promotion import BenchmarkRestored
from models.state import Decision
from models.vocabulary import Machine, Outcome, Role
from rules import annulment, ineligible, settling
from rules.deadlines import local_day
from rules.docket import Docket
from rules.keyed import find


def _decision(docket: Docket, sequence: int) -> Decision:
    decision = find(docket.state.decisions, sequence=sequence)
    if decision is None:
        docket.refuse("unknown_decision", decision=sequence)
    return decision


def serve(docket: Docket, act: RecordService) -> None:
    """What waited for the service runs from it, whenever it is entered: the time for an appeal, an owner's answer."""
    decision = find(docket.state.decisions, sequence=act.entry)
    waiting = tuple(each for each in docket.state.services if each.entry == act.entry)
    if decision is None and not waiting:
        docket.refuse("nothing_to_serve", entry=act.entry, known=_unserved(docket) or "-")
    if decision is not None and decision.served_on is not None:
        docket.refuse("already_served", entry=act.entry)
    if act.served_on > local_day(docket.now):
        docket.refuse("served_in_future", served_on=act.served_on)
    decided_on = decision.on if decision is not None else waiting[0].on
    if act.served_on < decided_on:
        docket.refuse("served_before_decision", served_on=act.served_on, decided_on=decided_on)
    docket.met(f"service/{act.entry}")
    if decision is not None:
        docket.record(DecisionServed(decision=act.entry, served_on=act.served_on, proof=act.proof.sha256))
        docket.set_deadline("appeal_window", None, (), key=str(act.entry), step="", counted_from=act.served_on)
    if waiting:
        docket.record(NoticeServed(entry=act.entry, served_on=act.served_on, proof=act.proof.sha256))
    for each in waiting:
        docket.start_served(each, act.served_on)


def _unserved(docket: Docket) -> str:
    unserved = [each.sequence for each in docket.state.decisions if each.served_on is None]
    return ", ".join(map(str, sorted({*unserved, *(each.entry for each in docket.state.services)})))


def appeal(docket: Docket, act: Appeal) -> None:
    decision = _decision(docket, act.decision)
    if decision.served_on is None:
        docket.refuse("decision_not_served", decision=act.decision)
    if decision.appealed_by is not None:
        docket.refuse("already_appealed", decision=act.decision)
    if decision.against != docket.unit:
        docket.refuse("not_against_you", decision=act.decision, unit=docket.unit)
    docket.record(AppealLodged(decision=act.decision, by=docket.person))
    docket.cancel(f"appeal_window/{act.decision}")
    supervisor = docket.holder(Role.SUPERVISOR)
    docket.set_deadline("appeal", supervisor, ("decide_appeal",), key=str(act.decision), step="")


def decide_appeal(docket: Docket, act: DecideAppeal) -> None:
    decision = _decision(docket, act.decision)
    if decision.appealed_by is None:
        docket.refuse("not_appealed", decision=act.decision)
    docket.record(AppealDecided(decision=act.decision, upheld=act.upheld, by=docket.person))
    docket.met(f"appeal/{act.decision}")
    if act.upheld:
        _reopen(docket, decision)
    else:
        _final(docket, decision)


def _reopen(docket: Docket, decision: Decision) -> None:
    """Back to where the decision was made; the clocks that stood still with the scene run on."""
    machine = Machine(decision.machine)
    if annulment.is_taken_down_first(docket, decision):
        annulment.keep_ended(docket, decision)
    else:
        _OF_VERB.get((machine, decision.verb), _OF_MACHINE[machine])(docket, decision)
    end_if_final(docket)


def _scene_back(docket: Docket, decision: Decision) -> None:
    _go_on(docket, decision.reopens)


def _title_back(docket: Docket, decision: Decision) -> None:
    if docket.state.step in ("candidate", "remedies"):
        docket.record(BenchmarkRestored())
    if docket.state.step == "candidate":
        docket.enter(decision.reopens)
    _go_on(docket, decision.reopens)


def _part_back(docket: Docket, decision: Decision) -> None:
    """A bidder's part that is reopened does not bring back a scene that another decision ends."""
    machine = Machine(decision.machine)
    docket.move(machine, decision.bidder, decision.reopens)
    if machine is Machine.ACCEPTANCE:
        settling.ask_for_acceptance_opinions(docket, decision.bidder or "")
    _go_on(docket, "trial" if machine is Machine.TRIAL else "acceptance")


_OF_VERB: Mapping[tuple[Machine, str], Callable[[Docket, Decision], None]] = {
    (Machine.SCENE, "verify_eligibility"): ineligible.check_anew,
    (Machine.SCENE, "review_benchmark"): _title_back,
    (Machine.SCENE, "withdraw_benchmark"): _title_back,
    (Machine.TRIAL, "analyse_incident"): annulment.lift_order_of_incident,
    (Machine.INCLUSION, "record_fault"): annulment.annul_fault,
    (Machine.INCLUSION, "verify_correction"): annulment.annul_finding_on_order,
    (Machine.INCLUSION, "close_incident"): annulment.annul_finding_on_incident,
    (Machine.ACCEPTANCE, "decide_fault_tolerance"): annulment.find_on_tolerance_anew,
}
_OF_MACHINE: Mapping[Machine, Callable[[Docket, Decision], None]] = {
    Machine.SCENE: _scene_back,
    Machine.CONTRACT: _part_back,
    Machine.TRIAL: _part_back,
    Machine.ACCEPTANCE: _part_back,
    Machine.INCLUSION: annulment.give_back,
}
"""What an upheld appeal brings back of a decision: by where it was made, unless its verb has a way of its own."""


def reopen_trial(docket: Docket, bidder: str, to: str) -> None:
    """The leading group has a decision on a trial taken anew: no remedy against it is needed any more.

    The order of an incident is another decision, and stands as before.
    """
    for decision in docket.state.decisions:
        of_trial = (decision.machine, decision.bidder) == (Machine.TRIAL, bidder)
        if of_trial and decision.verb != "analyse_incident":
            docket.make_final(decision.sequence)
    docket.move(Machine.TRIAL, bidder, to)
    _go_on(docket, "trial")


def _go_on(docket: Docket, to: str) -> None:
    """A scene that waited for nothing but this remedy goes on there."""
    if docket.state.step == "remedies" and not any(each.closes_as for each in docket.state.decisions):
        docket.enter(to)
        docket.run_on()
    settling.settle(docket)


def appeal_window_ran_out(docket: Docket, deadline: Deadline) -> None:
    _final(docket, _decision(docket, int(deadline.id.removeprefix("appeal_window/"))))


def _final(docket: Docket, decision: Decision) -> None:
    docket.record(DecisionFinal(decision=decision.sequence))
    if Machine(decision.machine) is Machine.INCLUSION:
        annulment.let_go(docket, decision)
    end_if_final(docket)


def end_if_final(docket: Docket) -> None:
    """A scene that is ending ends when nothing can be done against it any more, nothing is owed, no incident open."""
    state = docket.state
    if state.step != "remedies" or state.decisions or state.outcome is None:
        return
    if state.outcome is Outcome.TERMINATED:
        for contract in state.contracts:
            settling.end_part(docket, contract.bidder, "terminated")
    docket.close(state.outcome)
