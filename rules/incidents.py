"""Incidents (S4 四（十一） 安全风险闭环管控): report, stop, analyse, order, verify, close.

A casualty stops the trial at once. An order takes two officers and is verified by a third person; one that nobody
verified by its due date stops the trial by itself.
"""

from typing import assert_never

from models.commands.trial import AnalyseIncident, IncidentAct, ReportIncident, VerifyIncident
from models.events.trial import IncidentAnalysed, IncidentReported, IncidentVerified
from models.state import Incident, IncidentStatus
from models.vocabulary import Machine, Role
from rules import separation, settling
from rules.docket import Docket
from rules.keyed import find


def judge(docket: Docket, act: IncidentAct) -> None:
    match act:
        case ReportIncident():
            _report(docket, act)
        case AnalyseIncident():
            _analyse(docket, act)
        case VerifyIncident():
            _verify(docket, act)
        case _:
            assert_never(act)


def _report(docket: Docket, act: ReportIncident) -> None:
    """Whoever reports first opens the incident; if that was not the bidder, the bidder owes its own report at once."""
    owed = f"incident_report/{act.bidder}/{act.incident}"
    if find(docket.state.incidents, id=act.incident) is not None:
        if docket.role is Role.BIDDER and docket.deadline(owed) is not None:
            docket.met(owed)
            return
        docket.refuse("incident_exists", incident=act.incident)
    incident = Incident(id=act.incident, bidder=act.bidder, casualty=act.casualty, reported_on=docket.day)
    docket.record(IncidentReported(bidder=act.bidder, incident=incident))
    if docket.role is not Role.BIDDER:
        docket.set_deadline(
            "incident_report", docket.holder(Role.BIDDER, act.bidder), ("report_incident",),
            key=act.incident, machine=Machine.TRIAL, bidder=act.bidder, step="",
        )  # fmt: skip
    docket.set_deadline(
        "incident_analysis", docket.holder(Role.REGULATOR), ("analyse_incident",),
        key=act.incident, machine=Machine.TRIAL, bidder=act.bidder, step="",
    )  # fmt: skip
    if act.casualty:
        settling.suspend_trial(docket, act.bidder)


def _incident(docket: Docket, act: AnalyseIncident | VerifyIncident, status: IncidentStatus) -> Incident:
    incident = find(docket.state.incidents, id=act.incident, bidder=act.bidder)
    if incident is None:
        docket.refuse("unknown_incident", incident=act.incident)
    if incident.status is not status:
        docket.refuse("incident_not_open", incident=act.incident, status=incident.status)
    return incident


def _analyse(docket: Docket, act: AnalyseIncident) -> None:
    _incident(docket, act, IncidentStatus.REPORTED)
    ordered = act.order is not None
    officers = separation.two_officers(docket, act.with_officer) if ordered else ()
    docket.record(
        IncidentAnalysed(bidder=act.bidder, incident=act.incident, ordered=ordered, by=docket.person, officers=officers)
    )
    docket.met(f"incident_analysis/{act.bidder}/{act.incident}")
    if ordered:
        docket.set_deadline(
            "correction_order", docket.holder(Role.BIDDER, act.bidder), (),
            key=act.incident, machine=Machine.TRIAL, bidder=act.bidder, step="",
        )  # fmt: skip


def _verify(docket: Docket, act: VerifyIncident) -> None:
    incident = _incident(docket, act, IncidentStatus.ORDERED)
    separation.refuse_officers(docket, incident.officers)
    docket.record(IncidentVerified(bidder=act.bidder, incident=act.incident, verified=act.verified))
    if act.verified:
        docket.met(f"correction_order/{act.bidder}/{act.incident}")
    else:
        settling.suspend_trial(docket, act.bidder)
